import type { DelegationRow, DelegationsView, MemberRef } from "../../src/ipc/contract";
import { MEMBERS } from "./people";

function row(entry: string, more: Partial<DelegationRow>): DelegationRow {
  return {
    entry,
    seat: "Ines Duarte",
    to: "Lena Hoffmann",
    from: "2026-11-20T08:00:00Z",
    until: "2026-12-01T18:00:00Z",
    meeting: null,
    reason: "On leave",
    state: "in_force",
    can_end: false,
    ...more,
  };
}

/** Who sits in whose seat: in the scene `record` one of each kind, elsewhere nobody. */
export function delegationsView(scene: string, me: MemberRef): DelegationsView {
  const seat = MEMBERS.find(({ member }) => member.id === me.id);
  const one = seat?.has_key && seat.voting;
  return {
    member: me,
    refusal: one
      ? null
      : {
          code: "no_key",
          rule: `${me.name} has no key on this device, and a seat is delegated by the member's own PIN.`,
          clause: "R72",
          remedy: "Have the member enrol here, or delegate on the device that has the key.",
          facts: [],
        },
    delegates: MEMBERS.map(({ member }) => member).filter(
      (member) => member.id !== me.id && !member.roles.includes("auditor"),
    ),
    delegations:
      scene === "record"
        ? [
            row("d0b7e4019f3a", { can_end: me.id === "m-ines" }),
            row("41f09bc2aa77", {
              seat: "Tomasz Zielinski",
              to: "Priya Raman",
              meeting: "CAB 21 Nov 2026",
              reason: "",
              from: "2026-11-21T12:00:00Z",
              until: "2026-11-22T14:00:00Z",
              state: "ahead",
            }),
            row("7c1e40bb92aa", { seat: "Amara Okafor", to: "Wei Zhang", state: "taken_back" }),
          ]
        : [],
  };
}
