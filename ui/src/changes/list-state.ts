import { useSyncExternalStore } from "react";
import type { ChangesQuery } from "../ipc/contract";

export type ListQuery = Omit<ChangesQuery, "offset" | "limit">;

interface ListState {
  query: ListQuery;
  /** Where the reader is: survives opening a change and coming back. */
  cursor: number;
  peek: boolean;
  /** Whether the pane beside the list says why the change is blocked. */
  why: boolean;
}

let state: ListState = {
  query: { text: "", kinds: [], levels: [], view: "open", sort: { column: "window", descending: false } },
  cursor: 0,
  peek: false,
  why: false,
};
const listeners = new Set<() => void>();

export function setListState(next: Partial<ListState>) {
  state = { ...state, ...next };
  for (const listener of listeners) listener();
}

export function changeQuery(next: Partial<ListQuery>) {
  setListState({ query: { ...state.query, ...next }, cursor: 0 });
}

export function listState(): ListState {
  return state;
}

export function useListState(): ListState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
    () => state,
  );
}
