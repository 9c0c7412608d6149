import type { Commands } from "../../../src/ipc/contract";
import { annexesView } from "../annexes";
import { NOW } from "../changes";
import * as extras from "../extras";
import { wrapUpView } from "../meeting";
import { besideView, correctionsView, handedOut, signatoriesView } from "../said-of-minutes";
import type { World } from "../world";

type Answered = Pick<
  Commands,
  | "wrapUp"
  | "closeMeeting"
  | "composeMinutes"
  | "verifyMinutes"
  | "openMinutes"
  | "annexes"
  | "openAnnex"
  | "corrections"
  | "besideMinutes"
  | "openCirculated"
  | "openErratum"
  | "handOutMinutes"
  | "signatories"
  | "chooseSignatories"
  | "settleNextMeeting"
  | "writeExtracts"
>;

/** A draft that was composed just now. */
const DRAFT = {
  state: "draft",
  path: "minutes/2026-11-21-cab.pdf",
  pages: 11,
  composed_at: NOW,
  outdated: false,
} as const;

/** The end of a meeting: its minutes, what is said of them, and what stands beside them. */
export function minutesCommands({ scene, changes, meeting, changed }: World): Answered {
  const turns = new Map<string, string[][]>();
  const chosen = (id: string) =>
    signatoriesView(turns.get(id) ?? [["m-tomasz"]], meeting(id).minutes.state === "sealed");
  return {
    wrapUp: async (request) => wrapUpView(meeting(request.meeting), changes, scene === "sealed" ? 9 : 0),
    closeMeeting: async (request) => {
      const of = meeting(request.meeting);
      of.head = { ...of.head, state: "closed", closed_at: NOW };
      of.minutes = { ...of.minutes, ...DRAFT };
      changed("meetings");
      return wrapUpView(of, changes, 0);
    },
    composeMinutes: async (request) => {
      const of = meeting(request.meeting);
      of.minutes = { ...of.minutes, ...DRAFT };
      changed("minutes");
      return wrapUpView(of, changes, 0);
    },
    verifyMinutes: async (request) => {
      const of = meeting(request.meeting);
      of.verification = extras.verification;
      return wrapUpView(of, changes, 0);
    },
    openMinutes: async () => null,
    annexes: async (request) => annexesView(meeting(request.meeting).head),
    openAnnex: async () => null,
    corrections: async (request) => correctionsView(meeting(request.meeting), scene),
    besideMinutes: async (request) => besideView(meeting(request.meeting), scene),
    openCirculated: async () => null,
    openErratum: async () => null,
    handOutMinutes: async (request) => handedOut(request.path, request.edition),
    signatories: async (request) => chosen(request.meeting),
    chooseSignatories: async (request) => {
      turns.set(request.meeting, request.turns);
      return chosen(request.meeting);
    },
    settleNextMeeting: async (request) => {
      const of = meeting(request.meeting);
      of.next = request.when;
      return wrapUpView(of, changes, 0);
    },
    writeExtracts: async (request) => ({
      folder: request.path,
      lines: request.keys
        .toUpperCase()
        .split(/[\s,;]+/)
        .filter((key) => key !== "")
        .map((key) => {
          const found = [...changes.values()].find(({ view }) => view.row.key === key);
          return {
            key,
            title: found?.view.row.title ?? "",
            file: found ? `${key}-extract-2026-11-14.pdf` : "",
            why: found ? "" : "This board has no such change.",
          };
        }),
    }),
  };
}
