import { useEffect } from "react";
import type { Source } from "./bytes";
import { type OpenPaper, openPaper, type Paper } from "./paper";

interface Ready {
  key: string;
  paper: Promise<Paper>;
  away: AbortController;
}

/** The document that is likely to be looked at next. */
let ready: Ready | null = null;

/** Opens a document before somebody asks for its pages. `key` names it as it is now: of other bytes it is another. */
export function prepare(key: string, source: Source, open: OpenPaper = openPaper): void {
  if (ready?.key === key) return;
  discard();
  const away = new AbortController();
  const paper = open(source, away.signal);
  const made: Ready = { key, paper, away };
  ready = made;
  // What did not come is said to whoever asks for it.
  paper.catch(() => {
    if (ready === made) ready = null;
  });
}

/** Hands the document over, if it is the one that was prepared. */
export function take(key: string): Promise<Paper> | null {
  if (ready?.key !== key) return null;
  const { paper } = ready;
  ready = null;
  return paper;
}

/** Frees what was prepared and not taken. */
export function discard(): void {
  const left = ready;
  ready = null;
  if (left === null) return;
  left.away.abort();
  left.paper.then(
    (paper) => paper.close(),
    () => undefined,
  );
}

/** Prepares a document while it is likely to be looked at next; `null`: none is. */
export function usePrepared(key: string | null, source: Source): void {
  useEffect(() => {
    if (key !== null && typeof Worker !== "undefined") prepare(key, source);
  }, [key, source]);
}
