import type { AnnexesView, MeetingHead } from "../../src/ipc/contract";

/** Of the next meeting, once it is sealed, two answers wait; to the one before an annex is sealed already. */
export function annexesView(head: MeetingHead): AnnexesView {
  const next = head.id === "mtg-next";
  return {
    sealed: next
      ? []
      : [{ number: 1, sealed_at: "2026-11-16T09:30:00Z", sha256: "41f09bc2aa7710b17ce041f09bc2aa7710b17ce0" }],
    waiting: next
      ? [
          {
            member: "Tomasz Zielinski",
            item: null,
            recorded: "was present",
            instead: null,
            time: "22 Nov 2026, 09:12 CET",
          },
          {
            member: "Tomasz Zielinski",
            item: "CHG-4100",
            recorded: "voted to approve",
            instead: "I abstained.",
            time: "22 Nov 2026, 09:12 CET",
          },
        ]
      : [],
    refusal: null,
  };
}
