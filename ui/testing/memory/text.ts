import type { Block, Inline } from "../../src/ipc/contract";

export const words = (text: string): Inline => ({ kind: "text", text });
export const strong = (text: string): Inline => ({ kind: "strong", inlines: [words(text)] });
export const code = (text: string): Inline => ({ kind: "code", text });
export const link = (text: string, target: string): Inline => ({ kind: "link", inlines: [words(text)], target });

export const p = (...inlines: (string | Inline)[]): Block => ({
  kind: "paragraph",
  inlines: inlines.map((one) => (typeof one === "string" ? words(one) : one)),
});
export const list = (...items: string[]): Block => ({
  kind: "list",
  ordered: false,
  items: items.map((item) => [p(item)]),
});
export const steps = (...items: string[]): Block => ({
  kind: "list",
  ordered: true,
  items: items.map((item) => [p(item)]),
});
export const table = (header: string[], ...rows: string[][]): Block => ({
  kind: "table",
  header: header.map((cell) => [words(cell)]),
  rows: rows.map((row) => row.map((cell) => [words(cell)])),
});
export const verbatim = (text: string): Block => ({ kind: "code", language: null, text });
