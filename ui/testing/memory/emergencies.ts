import type { Commands, EmergencyView, Noun } from "../../src/ipc/contract";
import { notFound } from "./refusals";

/** One that has its ticket by now, with something overdue, something due, and something done. */
function declared(): EmergencyView {
  const owes = (id: string, clause: string, what: string, due: string, overdue: boolean, met: string | null) => ({
    id,
    clause,
    what,
    due,
    overdue,
    met,
  });
  return {
    id: "e1",
    change: "CHG-38",
    declared_as: "EMG-1",
    declared_by: "Lena Hoffmann",
    at: "2026-11-13T21:40:00Z",
    incident: "INC-7",
    told: "The incident is no ticket of Redmine at tickets.example: what is handed over is told on CHG-38 alone.",
    consulted: "Head of Retail",
    breaks: "Payments",
    plan: "Deploy 4.2.1, which closes the leak",
    backout: "Deploy 4.1.9 again",
    deployer: "Dora Lind",
    window: "13 Nov 2026, 23:00 CET to 13 Nov 2026, 23:30 CET",
    owed: [
      owes("binding", "R11", "A ticket for EMG-1", "2026-11-14T21:40:00Z", false, "bound to CHG-38"),
      owes("R28", "R28", "The plan: Documentation", "2026-11-18T21:40:00Z", true, null),
      owes("review", "R66", "The review after it", "2026-11-27T22:30:00Z", false, null),
    ],
  };
}

/** Emergencies, and what is said of what they owe. */
export function emergencyCommands(
  none: boolean,
  changed: (...nouns: Noun[]) => void,
): Pick<Commands, "emergencies" | "meetOwed"> {
  const one = declared();
  const back = {
    id: "b1",
    change: "CHG-38",
    incident: "INC-8",
    told: "What is handed over is told on CHG-8 as well.",
    at: "2026-11-14T01:00:00Z",
    revalidated: null,
  };
  return {
    emergencies: async () =>
      structuredClone(none ? { emergencies: [], rollbacks: [] } : { emergencies: [one], rollbacks: [back] }),
    meetOwed: async ({ declaration, owed: id, note, proposal }) => {
      const owed = one.id === declaration ? one.owed.find((asked) => asked.id === id) : undefined;
      if (!owed) throw notFound("obligation", id);
      if (proposal && proposal.words.trim() === "") throw notFound("proposal", "without words");
      Object.assign(owed, { met: note, overdue: false });
      changed("changes", "agenda");
      return structuredClone(one);
    },
  };
}
