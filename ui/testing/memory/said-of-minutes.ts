import type {
  BesideView,
  CorrectionRow,
  CorrectionsView,
  HandedEdition,
  MinutesHandedOut,
  Refusal,
  SignatoriesView,
} from "../../src/ipc/contract";
import type { Meeting } from "./meeting";
import { MEMBERS } from "./people";

function refusal(code: string, rule: string, remedy: string): Refusal {
  return { code, rule, clause: "R115", remedy, facts: [] };
}

function correction(number: number, row: Partial<CorrectionRow>): CorrectionRow {
  return {
    entry: `${number}`.repeat(64),
    about: "other",
    was: "Ten hosts",
    wording: "Two hosts",
    reason: "It was misheard.",
    asked_by: "Tomasz Zielinski",
    asked_at: "2026-11-22T08:12:00Z",
    taken: null,
    answer: null,
    ...row,
  };
}

const CORRECTIONS = [
  correction(1, { about: "CHG-4100" }),
  correction(2, {
    about: "attendance",
    was: "",
    wording: "Amara Okafor came at 15:10.",
    asked_by: "Amara Okafor",
    taken: true,
    answer: "Amara Okafor came at 15:10.",
  }),
  correction(3, { about: "actions", taken: false, answer: "It was said so." }),
];

/** A closed meeting waits for its deadline with a correction open; another for a later meeting's approval. */
export function correctionsView(meeting: Meeting, scene: string): CorrectionsView {
  const sealed = meeting.minutes.state === "sealed";
  const byLater = scene === "approving";
  const over = refusal(
    "already_sealed",
    "The minutes of this meeting are sealed.",
    "The chair puts it right in an erratum.",
  );
  const open = refusal(
    "correction_open",
    "1 of the corrections asked for are not answered.",
    "Take each in or decline it.",
  );
  return {
    rule: byLater ? "next_meeting" : scene === "closed" ? "deadline" : "at_once",
    deadline: scene === "closed" ? "2026-11-28T14:55:00Z" : null,
    approved: null,
    approved_at: null,
    approved_by: null,
    corrections: scene === "closed" && !sealed ? structuredClone(CORRECTIONS) : [],
    ask_refusal: sealed ? over : null,
    answer_refusal: sealed ? over : null,
    approve_refusal: sealed ? over : byLater ? null : open,
    later: byLater ? [{ id: "mtg-next", title: "CAB 21 Nov 2026" }] : [],
  };
}

/** Of the next meeting two items are restricted; an erratum stands beside the minutes of the one before. */
export function besideView(meeting: Meeting, scene: string): BesideView {
  const next = meeting.head.id === "mtg-next";
  const sealed = meeting.minutes.state === "sealed";
  const circulated = next && scene === "circulated";
  const already = refusal(
    "already_sealed",
    "The circulated edition of these minutes is sealed.",
    "Circulate the file that there is.",
  );
  const first = refusal("not_sealed", "The minutes of this meeting are not sealed.", "Seal the full minutes first.");
  return {
    circulated: {
      restricted: next
        ? [
            { number: 2, key: "CHG-4107" },
            { number: 5, key: "CHG-4128" },
          ]
        : [],
      fields: next ? 10 : 0,
      sealed: circulated ? { number: 1, sealed_at: "2026-11-21T15:12:00Z", sha256: "4d".repeat(32) } : null,
      refusal: circulated ? already : sealed ? null : first,
    },
    errata: {
      sealed: next ? [] : [{ number: 1, sealed_at: "2026-11-17T10:00:00Z", sha256: "9a".repeat(32) }],
      untold: [],
      refusal: sealed ? null : first,
    },
  };
}

export function handedOut(folder: string, edition: HandedEdition): MinutesHandedOut {
  const file = (name: string, already = false) => ({ file: name, sha256: "7c".repeat(32), already });
  const name = "2026-11-21-cab-21-nov-2026-minutes";
  const files = {
    full: [file(`${name}.pdf`, true), file("CHG-4100-decision-2026-11-21.pdf"), file(`${name}.eml`)],
    circulated: [
      file(`${name}-circulated.pdf`),
      file("CHG-4100-decision-2026-11-21.pdf"),
      file(`${name}-circulated.eml`),
    ],
    draft: [file(`${name}-draft-2026-11-21-155800.pdf`), file(`${name}-draft-2026-11-21-155800.eml`)],
  };
  return {
    folder,
    files: files[edition],
    to: ["ines@shop.example", "tomasz@shop.example"],
    without_address: ["Amara Okafor"],
    not_here: [],
    left_out: edition === "circulated" ? ["CHG-4107-decision-2026-11-21.pdf"] : [],
  };
}

export function signatoriesView(turns: string[][], sealed: boolean): SignatoriesView {
  const members = MEMBERS.map((row) => row.member);
  return {
    turns: turns.map((turn) => members.filter((member) => turn.includes(member.id))),
    able: members.filter((member) => ["m-tomasz", "m-amara", "m-lena"].includes(member.id)),
    refusal: sealed
      ? refusal(
          "already_sealed",
          "The minutes are sealed, with the fields of those who sign them.",
          "Who else agrees says so by a comment or in the next meeting.",
        )
      : null,
  };
}
