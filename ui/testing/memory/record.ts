import type {
  ExchangeAnswer,
  InvitationView,
  JoiningView,
  RecordView,
  SigningView,
  SpokenRow,
  SpokenView,
  WaitingMember,
} from "../../src/ipc/contract";
import { NOW } from "./changes";
import { lateActs } from "./packs";
import { MEMBERS } from "./people";

export const WORDS = ["orbit", "velvet", "harvest", "pilot", "lemon", "quarter"];
export const ROOT_WORDS = ["anchor", "merit", "saddle", "crystal", "oven", "twelve"];
const DIGEST = "5b1c02ad9e7f43c1a0d27a1f4be8d3906c1f7be2e7fb0c5b1d12a6f3a0c9d48e";

const STANDS = "This one counts. The other one is kept and shown, and what rested on it has to be said again.";

export function exchangeAnswer(more: Partial<ExchangeAnswer> = {}): ExchangeAnswer {
  return { at: NOW, came: 3, went: 5, waiting: 0, not_ours: 0, refused: 0, told: [], unreachable: [], ...more };
}

const wei: WaitingMember = {
  enrolment: DIGEST,
  member: "m-wei",
  name: "Wei Zhang",
  seat: "Security",
  words: WORDS,
  may_hold_root: true,
  holds_root: false,
  replaces: false,
  expected: true,
};

const empty: RecordView = {
  members: MEMBERS.map((row) => ({
    member: row.member,
    seat: row.seat,
    voting: row.voting,
    has_key: row.has_key,
    devices: row.has_key ? (row.member.id === "m-tomasz" ? 2 : 1) : 0,
    holds_root: row.member.id === "m-ines",
    may_hold_root: row.member.roles.some((role) => role === "chair" || role === "security"),
    certificate:
      row.member.id === "m-ines"
        ? { subject: "CN=Ines Duarte", issuer: "CN=Meridian People", until: "2028-05-01T12:00:00Z" }
        : null,
  })),
  provisional: false,
  waiting: [],
  proposal: null,
  relays: [{ name: "folder /mnt/board", folder: "/mnt/board" }],
  last_exchange: exchangeAnswer(),
  held: [],
  disputes: [],
  older_copy: null,
  came_back: null,
  late: [],
  invitation_folder: "/home/ines/Documents",
  details: {
    roster_version: 3,
    roster_root: DIGEST,
    roster_words: ROOT_WORDS,
    root_holders: ["Ines Duarte"],
    threshold: 1,
    entries: 214,
    logs: [
      {
        key: "7c1e40bb92aa03dd8e17",
        epoch: 1,
        owner: "Ines Duarte",
        recording: true,
        length: 131,
        head: DIGEST,
        given_up: false,
      },
      {
        key: "03dd8e1755c07c1e40bb",
        epoch: 1,
        owner: "Ines Duarte",
        recording: false,
        length: 22,
        head: "9f3a22c1d0b7e401",
        given_up: false,
      },
      {
        key: "41f09bc2aa7710b17ce0",
        epoch: 1,
        owner: "Tomasz Zielinski",
        recording: false,
        length: 61,
        head: "b17ce0a4d5f2219c",
        given_up: false,
      },
    ],
    forks: [],
    problems: [],
  },
};

/** The record of a scene: `record` shows everything at once that a chair may meet on a bad day. */
export function recordView(scene: string): RecordView {
  const view = structuredClone(empty);
  if (scene === "not-connected") {
    view.provisional = true;
    view.relays = [];
    view.last_exchange = null;
    for (const row of view.members) {
      row.has_key = row.member.id === "m-ines";
      row.devices = row.has_key ? 1 : 0;
    }
  }
  if (scene === "record" || scene === "older") {
    view.waiting = scene === "record" ? [wei] : [];
    view.proposal =
      scene === "record"
        ? {
            version: 4,
            changes: ["Amara Okafor (CTO) gets a key on one more device", "Jonas Berg no longer signs: left"],
            signed_by: ["Ines Duarte"],
            needed: 2,
          }
        : null;
    view.last_exchange = exchangeAnswer({
      waiting: 1,
      not_ours: 2,
      refused: 1,
      told: [
        "folder /mnt/board: entry 5f3a91c2 (sign off, number 7 of log 41f09bc2:1 of Tomasz Zielinski) was given to it and is gone from it, or was changed there. It is kept here, and given again.",
      ],
      unreachable: ["folder /media/stick/board: there is no such folder"],
    });
    view.relays.push({ name: "folder /media/stick/board", folder: "/media/stick/board" });
    view.held = [
      {
        what: "An entry",
        plainly: "Something it builds on has not come yet.",
        waits: true,
        came: "2026-11-21T13:20:00Z",
        digest: "c07d11e95b3f28d01fa2",
        code: "chain-gap",
        why: "position 12 is missing before this entry (chain-gap, log 41f09bc2:1)",
      },
      {
        what: "An entry",
        plainly: "Its signature does not hold, so it is not counted.",
        waits: false,
        came: "2026-11-21T13:22:00Z",
        digest: "2219c0aa7710b17ce0a4",
        code: "signature",
        why: "the signature does not belong to these bytes and this key (signature, envelope)",
      },
    ];
    view.disputes = [
      "Tomasz Zielinski's device has written two different things in one place, as after a copied folder. Both are kept, and neither counts until Tomasz Zielinski says which stands.",
    ];
    view.late = scene === "record" ? lateActs : [];
    view.details.forks = [
      {
        owner: "Tomasz Zielinski",
        key: "41f09bc2aa7710b17ce0",
        epoch: 1,
        seq: 62,
        entries: [
          {
            id: "aa7710b17ce041f09bc2",
            meaning: "I approve CHG-4100 as shown to me, with high risk.",
            at: "2026-11-20T09:12:00Z",
            counts: false,
            outcome: STANDS,
          },
          {
            id: "d0b7e4019f3a22c1aa77",
            meaning: "I reject CHG-4100 as shown to me: no backout.",
            at: "2026-11-20T16:40:00Z",
            counts: false,
            outcome: STANDS,
          },
        ],
        settled: false,
        deciders: [MEMBERS[1]!.member, MEMBERS[0]!.member],
        holders_needed: 1,
      },
    ];
    view.details.problems = ["two entries stand at position 62 (chain-fork, log 41f09bc2:1)"];
  }
  if (scene === "older")
    view.older_copy = {
      missing: 4,
      signer: MEMBERS[0]!.member,
      logs: ["log 7c1e40bb:1 ends at 131 here, its key knows entry 135"],
    };
  return view;
}

export const invitation: InvitationView = {
  board: "Shop Change Advisory Board",
  name: "Wei Zhang",
  seat: "Security",
  roster_words: ROOT_WORDS,
  folders: ["/mnt/board"],
  has_key: false,
};

export function joiningView(folders: string[], looked: boolean): JoiningView {
  return {
    board: invitation.board,
    name: invitation.name,
    words: WORDS,
    roster_words: ROOT_WORDS,
    folders,
    last_exchange: looked ? exchangeAnswer({ came: 0, went: 0 }) : null,
    file: "/home/wei/Documents/zhang.enrolment",
  };
}

function act(number: number, what: string, item: string | null, more: Partial<SpokenRow> = {}): SpokenRow {
  return {
    act: `9f3a22c1#${number}`,
    member: MEMBERS[1]!.member,
    meeting: "CAB 14 Nov 2026",
    called: "2026-11-14T10:02:00Z",
    item,
    what,
    recorder: "Ines Duarte",
    answer: "open",
    reason: null,
    ...more,
  };
}

export function spokenView(scene: string): SpokenView {
  const acts =
    scene === "record"
      ? [
          act(0, "was present", null),
          act(1, "voted to approve", "1. CHG-4352 New loyalty points calculation"),
          act(2, "voted to reject", "2. CHG-4359 Restore missing indexes on invoices"),
          act(3, "abstained", "3. CHG-4366 Change VAT rates for Slovakia"),
          act(4, "voted to approve", "1. CHG-4310 Switch outbound mail to the new relay", {
            meeting: "CAB 7 Nov 2026",
            called: "2026-11-07T10:01:00Z",
            answer: "confirmed",
          }),
          act(5, "voted to approve", "2. CHG-4317 Patch OpenSSL on the edge proxies", {
            meeting: "CAB 7 Nov 2026",
            called: "2026-11-07T10:01:00Z",
            answer: "contested",
            reason: "I had left the call by then.",
          }),
        ]
      : [];
  return { member: MEMBERS[1]!.member, acts, open: acts.filter((row) => row.answer === "open").length, refusal: null };
}

/** What heads the next agenda of the scene `record`. */
export function contested(scene: string): SpokenRow[] {
  return scene === "record"
    ? [
        act(5, "voted to approve", "2. CHG-4317 Patch OpenSSL on the edge proxies", {
          answer: "contested",
          reason: "I had left the call by then.",
        }),
      ]
    : [];
}

/** What the signing window shows when somebody is admitted. */
export function admissionSigning(): SigningView {
  return {
    purpose: invitation.board,
    signers: [
      {
        member: MEMBERS[0]!.member,
        capacity: "chair",
        key_source: "keyring",
        key_label: "Key in the system keyring, sealed under the PIN",
        key_fingerprint: "7c1e40bb92aa03dd8e17",
        vault: "available",
        session: null,
        pin_always: true,
        name_asked: false,
        attempts_left: 5,
        wait_until: null,
      },
    ],
    statements: [
      {
        id: "own-act.5b1c02ad",
        title: "Admission of Wei Zhang",
        meaning: `Roster 4 admits Wei Zhang with the key 41f09bc2 (${WORDS.join(" ")}). Identity checked: Video call; I know her face and voice.`,
        facts: [
          { label: "Member", value: "Wei Zhang, Security" },
          { label: "Six words", value: WORDS.join(" ") },
          { label: "Identity checked", value: "Video call; I know her face and voice." },
          { label: "From then on", value: "Wei Zhang may admit others, too" },
        ],
        digest: DIGEST,
        manifest: [
          { label: "Signature key", value: "41f09bc2aa7710b17ce0" },
          { label: "Recording key", value: "03dd8e1755c07c1e40bb" },
        ],
        state: "ready",
        refusal: null,
        signed_at: null,
        rejection: null,
        reaffirmation: null,
        stale: [],
        differences: [],
        tick_each: false,
      },
    ],
  };
}
