import type { LateAct, OpenedPack, PackFile, PacksView } from "../../src/ipc/contract";
import { makeChange, NOW } from "./changes";
import { MEMBERS } from "./people";

const row = (index: number) => makeChange(index).view.row;

export const lateActs: LateAct[] = [
  {
    change: row(3).key,
    who: "Amara Okafor",
    what: "signed off",
    said_at: "2026-11-21T09:12:00Z",
    decided_at: "2026-11-21T14:20:00Z",
  },
  {
    change: row(5).key,
    who: "Amara Okafor",
    what: "reviewed the plan",
    said_at: "2026-11-21T09:30:00Z",
    decided_at: "2026-11-21T14:31:00Z",
  },
];

/** The pack that lies open on a device which never had a network. */
export function openedPack(): OpenedPack {
  return {
    purpose: "review",
    from: "Ines Duarte",
    to: "Amara Okafor",
    as_of: "2026-11-20T16:05:00Z",
    good_until: "2026-11-23T16:05:00Z",
    past: false,
    omissions: [
      `${row(0).key} load-test.pcap: not downloaded`,
      "9 other changes the board has decided on: they do not wait for this review; their entries are here, their plans are not",
    ],
    changes: [0, 3, 5].map((index) => ({
      key: row(index).key,
      title: row(index).title,
      level: row(index).risk.level,
      assessed: index !== 5,
      plan_ticked: index === 0 ? 13 : 4,
      plan_total: 13,
      signed: index === 0,
      newer_here: false,
    })),
    came: 41,
    refused: [],
    late: [],
    pdf: "/home/amara/.local/share/cabinet/board/minutes/review-pack-5b1c02ad.pdf",
    policy: "starter 1",
    roster_version: 3,
    signed: 1,
    answer_file: "/home/amara/Documents/okafor-answer.pack",
  };
}

export function packsView(scene: string): PacksView {
  const alone = scene === "not-connected";
  return {
    refusal:
      scene === "joining"
        ? {
            code: "not_admitted",
            rule: "The board has not admitted this device yet.",
            clause: "R68",
            remedy: "Give the enrolment file to the chair and compare the six words.",
            facts: [],
          }
        : null,
    recipients: MEMBERS.map(({ member, seat, has_key }) => ({
      member,
      seat,
      can_open: has_key && !alone,
      here: member.id === "m-ines",
    })),
    candidates: alone
      ? []
      : [0, 3, 5].map((index) => ({
          key: row(index).key,
          title: row(index).title,
          level: row(index).risk.level,
          why: index === 5 ? "Decided, and waits for a sign-off" : "On the agenda of “CAB 21 Nov 2026”",
          missing: index === 0 ? ["load-test.pcap"] : [],
        })),
    folder: "/home/ines/Documents",
    opened: scene === "record" ? openedPack() : null,
    late: scene === "record" ? lateActs : [],
  };
}

export function packFile(path: string, to: string, changes: string[]): PackFile {
  return {
    path,
    to,
    bytes: 184_320,
    changes,
    omissions: changes.length > 0 ? [`${row(0).key} load-test.pcap: not downloaded`] : [],
    good_until: changes.length > 0 ? "2026-11-24T13:32:00Z" : null,
  };
}

/** An answer that came back: one entry in time, one after the decision. */
export function answerBack(): OpenedPack {
  return {
    ...openedPack(),
    purpose: "reply",
    from: "Amara Okafor",
    to: "Ines Duarte",
    as_of: NOW,
    good_until: null,
    omissions: [],
    changes: [],
    came: 2,
    late: lateActs.slice(0, 1),
    pdf: null,
    answer_file: "",
  };
}
