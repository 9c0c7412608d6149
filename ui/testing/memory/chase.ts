import type { BreachRow, ChaseRow, Commands } from "../../src/ipc/contract";
import type { World } from "./world";

const HELD_UP: ChaseRow = {
  change: "CHG-412",
  title: "Move the ledger",
  member: "m-cto",
  name: "Amara Okafor",
  what: "sign-off that decides",
  reason: "High risk: the CTO decides (R61)",
  asked_at: "2026-11-19T09:00:00Z",
  due_at: "2026-11-20T16:00:00Z",
  used_minutes: 1205,
  left_minutes: -245,
  breached: true,
  rung: "deputy",
  to: ["Amara Okafor", "Tomasz Zielinski"],
  text: "Amara Okafor has not given the sign-off that decides on CHG-412 “Move the ledger”; whoever stands in for Amara Okafor is asked as well.",
};

const LATE: BreachRow = {
  change: "CHG-398",
  name: "Amara Okafor",
  what: "sign-off that decides",
  asked_at: "2026-11-09T09:00:00Z",
  due_at: "2026-11-10T16:00:00Z",
  ended_at: "2026-11-11T10:00:00Z",
  answered: true,
  late_minutes: 120,
  text: "CHG-398: the sign-off that decides was asked on 9 Nov 2026, 10:00 CET and due by 10 Nov 2026, 17:00 CET; Amara Okafor gave it on 11 Nov 2026, 11:00 CET, 2 working hours late.",
};

/** Somebody owes an answer once a meeting is over; at other times nobody does. */
export function chaseCommands(world: World): Pick<Commands, "chase"> {
  return {
    chase: async () => ({
      zone: "Europe/Berlin",
      answer_hours: 16,
      rows: world.scene === "closed" ? [HELD_UP] : [],
      breaches: world.scene === "closed" ? [LATE] : [],
    }),
  };
}
