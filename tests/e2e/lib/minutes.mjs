// Other people's judgement of a sealed document: poppler, with the board's root in an NSS database of its own.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { run } from "./processes.mjs";

/** Takes a file that travels in a PDF out of it. */
export async function extractFrom(pdf, name, to) {
  await run("pdfdetach", ["-savefile", name, "-o", to, pdf]);
}

/** Makes an NSS database that trusts one root and nothing else; returns its folder. */
export async function imported(root, folder) {
  await mkdir(folder, { recursive: true });
  await run("certutil", ["-N", "-d", `sql:${folder}`, "--empty-password"]);
  await run("certutil", ["-A", "-d", `sql:${folder}`, "-n", "board", "-t", "C,C,C", "-i", root]);
  return folder;
}

/** Poppler calls the signature valid, by a trusted certificate, over the whole document. */
export async function accepts(pdf, trusting) {
  const { text } = await run("pdfsig", ["-nssdir", `sql:${trusting}`, pdf], { accept: [0, 1] });
  assert.match(text, /Signature is Valid/, `pdfsig on ${pdf}:\n${text}`);
  assert.match(text, /Certificate is Trusted/, `pdfsig on ${pdf}:\n${text}`);
  assert.match(text, /Total document signed/, `pdfsig on ${pdf}:\n${text}`);
}
