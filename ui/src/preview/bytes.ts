import type { RawBytes } from "../ipc/contract";

/** What a document's source gives for a page. */
export interface Part {
  /** How many pages the document has, of which `bytes` are one as a PDF of its own; 0: `bytes` are the whole document. */
  pages: number;
  bytes: Uint8Array;
}

/** Brings a page of a document, from 1. */
export type Source = (page: number) => Promise<Part>;

/** A page as the program sends it: four bytes that count the document's pages, the highest first, then a PDF. */
export function partOf(answer: RawBytes): Part {
  const raw: unknown = answer;
  const all = raw instanceof ArrayBuffer ? new Uint8Array(raw) : Uint8Array.from(answer);
  const pages = new DataView(all.buffer).getUint32(0);
  return { pages, bytes: all.subarray(4) };
}

/** A file that the window has read itself, as Base64. */
export function wholeOfText(base64: string): Part {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return { pages: 0, bytes };
}
