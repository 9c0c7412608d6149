import { useSyncExternalStore } from "react";

/** The draft of a policy: it outlives the screen, so that looking something up on another loses nothing. */
let draft: string | null = null;
/** The text it was begun with: what is no longer the same was edited. */
let begun: string | null = null;
const listeners = new Set<() => void>();

function told() {
  for (const listener of listeners) listener();
}

function listen(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The draft as it is typed; null where there is none any more. */
export function setDraft(text: string | null) {
  draft = text;
  if (text === null) begun = null;
  told();
}

/** A draft that begins with a text that stands elsewhere as well. */
export function beginDraft(text: string) {
  draft = text;
  begun = text;
  told();
}

export function useDraft(): string | null {
  return useSyncExternalStore(
    listen,
    () => draft,
    () => draft,
  );
}

/** Whether the draft holds what is kept nowhere else. */
export function useEdited(): boolean {
  const edited = () => draft !== null && draft !== begun;
  return useSyncExternalStore(listen, edited, edited);
}
