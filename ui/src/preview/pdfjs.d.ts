// The build for older web views says nothing of its types: they are those of the newest.
declare module "pdfjs-dist/legacy/build/pdf.mjs" {
  export * from "pdfjs-dist";
}
