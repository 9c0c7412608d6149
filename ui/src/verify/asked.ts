import { useSyncExternalStore } from "react";
import type { VerifyDocumentRequest } from "../ipc/contract";

/** A document that somebody dropped, named or chose: by its path, or by its name and bytes. */
export type Chosen = Omit<VerifyDocumentRequest, "root">;

let asked: Chosen | null = null;
const listeners = new Set<() => void>();

/** What the screen *Verify* is to look at. Never in the address: a link only navigates, it reads no file. */
export function ask(document: Chosen | null) {
  asked = document;
  for (const listener of listeners) listener();
}

export function byPath(path: string): Chosen {
  return { path, name: "", content: "" };
}

export function useAsked(): Chosen | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asked,
    () => asked,
  );
}
