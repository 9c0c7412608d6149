import type { ChangeTab } from "../app/router";
import type { Decision, Gate, GateResult } from "../ipc/contract";

/** What blocks stands first, then what cannot be judged, then what is only told. */
export const GROUPS = ["blocks", "no_evidence", "failed", "warned", "waived", "passed", "not_applicable"] as const;
export type GateGroup = (typeof GROUPS)[number];

const UNMET: readonly GateResult[] = ["failed", "no_evidence", "warned"];

/** Whether something would still have to be done for the gate. */
export function isUnmet(gate: Gate): boolean {
  return UNMET.includes(gate.result);
}

export function groupOf(gate: Gate): GateGroup {
  const open = gate.result === "failed" || gate.result === "no_evidence";
  return open && (gate.blocks || gate.hard) ? "blocks" : gate.result;
}

/** The gates by group, in the order of the groups; within one they keep theirs. */
export function grouped(gates: Gate[]): { group: GateGroup; gates: Gate[] }[] {
  return GROUPS.map((group) => ({ group, gates: gates.filter((gate) => groupOf(gate) === group) })).filter(
    (one) => one.gates.length > 0,
  );
}

/** Where a gate is mended: on a page of the change, by what shows it, among emergencies, or by its requester on the ticket. */
export type Mend = ChangeTab | "evidence" | "emergencies" | "requester";

const between = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, step) => from + step);

/** No clause stands twice. */
export const PLACES: readonly [Mend, readonly number[]][] = [
  ["plan", [...between(15, 29), 46, 47, 82, 92, 93, 94, 96, 109, 111]],
  ["schedule", [56, 58, ...between(73, 75), ...between(77, 79), 110]],
  ["risk", [80]],
  ["conditions", [12, 30, 31, 61, 63, 64, 69, 72, 76, 89]],
  ["emergencies", [...between(49, 53), 66, 67, 95]],
  // A file, a link or a member's answer: the comment to the requester asks for none of them.
  ["evidence", [2, ...between(5, 10), 13, 33, 34, 35, 43, 44, 62, 81, 83]],
];

/** By its clause: what has no place here is the ticket's, which only its requester can fill in. */
export function mendOf(gate: Gate, change: { decision: Decision | null }): Mend {
  const number = Number.parseInt(gate.clause.replace(/^R/, ""), 10);
  const place = PLACES.find(([, clauses]) => clauses.includes(number));
  if (place) return place[0];
  // What was decided is not given back.
  return change.decision === null ? "requester" : "overview";
}
