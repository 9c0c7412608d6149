import type { RawBytes } from "../ipc/contract";

/** Bytes as the program sends them: beside JSON they cross as they are, whatever the bindings call them. */
export function bytesOf(answer: RawBytes): Uint8Array {
  const raw: unknown = answer;
  return raw instanceof ArrayBuffer ? new Uint8Array(raw) : Uint8Array.from(answer);
}

/** The bytes of a file that the window has read itself, as Base64. */
export function bytesOfText(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
