import { useSyncExternalStore } from "react";

/** The draft of a policy: it outlives the screen, so that looking something up on another loses nothing. */
let draft: string | null = null;
const listeners = new Set<() => void>();

export function setDraft(text: string | null) {
  draft = text;
  for (const listener of listeners) listener();
}

export function useDraft(): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => draft,
    () => draft,
  );
}
