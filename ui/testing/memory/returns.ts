import type { ReturnRow } from "../../src/ipc/contract";
import type { StoredChange } from "./changes";

/** What a return writes: each failing gate with its clause. What was asked is not asked again. */
export function returnRow({ view }: StoredChange, asked: ReadonlySet<string>): ReturnRow {
  const missing = view.gates.filter((gate) => gate.result === "failed" || gate.result === "warned");
  const lines = missing.map((gate) => `* ${gate.clause} ${gate.label}: ${gate.remedy ?? gate.finding}`);
  let none: string | null = null;
  if (view.decision) none = "It is decided.";
  else if (missing.length === 0) none = "Nothing is missing.";
  else if (asked.has(view.row.id)) none = "Its requester was asked at 2026-11-21T14:00:00Z.";
  return {
    change: view.row.key,
    title: view.row.title,
    to: view.requester ?? view.row.author,
    text: none === null ? `h3. Returned to the requester\n\n${lines.join("\n")}` : null,
    missing: none === null ? missing.length : 0,
    none,
  };
}
