import type { CircularView, Commands, Noun } from "../../src/ipc/contract";
import { notFound } from "./refusals";

/** One that is carried if the chair ends it now, and has not been answered by whoever is here. */
function asked(): CircularView {
  const answer = (member: string, name: string, said: CircularView["answers"][number]["said"], why = "") => ({
    member,
    name,
    said,
    why,
    has_key: true,
  });
  return {
    id: "c1",
    change: "CHG-38",
    title: "Stop duplicate refunds after gateway time-outs",
    question: "May the fix go out tonight?",
    chair: "Lena Hoffmann",
    opened_at: "2026-11-13T21:50:00Z",
    closes_at: "2026-11-13T23:50:00Z",
    state: "open",
    answers: [
      answer("m-chair", "Lena Hoffmann", "approve"),
      answer("m-cto", "Amara Okafor", "approve"),
      answer("m-lead", "Tomasz Zielinski", "silent"),
      answer("m-security", "Priya Nair", "barred", "wrote the change (R89)"),
    ],
    arithmetic:
      "2 approve, 0 reject, 0 abstain, 1 silent, which is no yes; majority of all entitled: floor(n/2)+1 = 2 needed with n = 3: carried",
    outcome: "Carried by a majority of all who are entitled; silence is no yes.",
    may_end: true,
    asked: true,
  };
}

/** What was asked in writing, and its end. */
export function circularCommands(
  none: boolean,
  changed: (...nouns: Noun[]) => void,
): Pick<Commands, "circulars" | "endCircular"> {
  const one = asked();
  return {
    circulars: async () => structuredClone(none ? [] : [one]),
    endCircular: async ({ circular, instead }) => {
      if (none || circular !== one.id) throw notFound("circular", circular);
      const carried = instead.trim() === "";
      Object.assign(one, {
        state: carried ? "carried" : "not_carried",
        outcome: carried
          ? "Not ratified yet: it stands, and tops the agenda of the next meeting."
          : `Not carried, and left to the next meeting. ${instead}`,
        may_end: false,
        asked: false,
      });
      changed("meetings", "votes", "decisions", "changes");
      return structuredClone(one);
    },
  };
}
