import type { Block, Inline } from "../../src/ipc/contract";

export const words = (text: string): Inline => ({ type: "text", text });
export const strong = (text: string): Inline => ({ type: "strong", inlines: [words(text)] });
export const code = (text: string): Inline => ({ type: "code", text });
export const link = (text: string, target: string): Inline => ({ type: "link", text, target });

export const p = (...inlines: (string | Inline)[]): Block => ({
  type: "paragraph",
  inlines: inlines.map((one) => (typeof one === "string" ? words(one) : one)),
});
export const list = (...items: string[]): Block => ({
  type: "list",
  ordered: false,
  items: items.map((item) => ({ blocks: [p(item)] })),
});
export const steps = (...items: string[]): Block => ({
  type: "list",
  ordered: true,
  items: items.map((item) => ({ blocks: [p(item)] })),
});
export const table = (header: string[], ...rows: string[][]): Block => ({
  type: "table",
  header: header.map((cell) => ({ inlines: [words(cell)] })),
  rows: rows.map((row) => ({ cells: row.map((cell) => ({ inlines: [words(cell)] })) })),
});
export const verbatim = (text: string, language = ""): Block => ({ type: "code", language, text });
