import type { MemberRef } from "../../src/ipc/contract";
import { NOW, type StoredChange } from "./changes";
import * as extras from "./extras";
import { type Meeting, newItem, newMeeting } from "./meeting";
import { MEMBERS } from "./people";
import { contested } from "./record";

const REASONS = [
  "Carried over from 14 November",
  "New, high risk, window in 7 days",
  "Standard, for consent",
  "Emergency for review",
  "New, medium risk",
];

/** Puts changes on a meeting's agenda, each with why it is there. */
export function fill(meeting: Meeting, ids: string[]) {
  meeting.items = ids.map((id, index) =>
    newItem(`${meeting.head.id}-i${index + 1}`, id, REASONS[index % REASONS.length]!, index % 3 === 2 ? 2 : 5),
  );
}

/** Calls a meeting to order, with everybody there but one. */
function session(meeting: Meeting) {
  meeting.head = {
    ...meeting.head,
    state: "in_session",
    called_to_order_at: "2026-11-21T14:02:00Z",
    agenda_digest: "sha256:77aa",
  };
  for (const row of MEMBERS.filter((one) => one.member.id !== "m-priya"))
    meeting.present[row.member.id] = "2026-11-21T14:00:00Z";
  meeting.current = meeting.items[0]?.id ?? null;
  meeting.late = [
    { change: "chg-14", reason: "Arrived 20 minutes after the freeze" },
    { change: "chg-16", reason: "Risk rose to High this morning" },
  ];
}

/** Decides the first items of a meeting, one way after the other, and goes on to the next. */
function settle(meeting: Meeting, count: number) {
  const kinds = ["approved", "approved_with_conditions", "rejected", "approved", "deferred"] as const;
  meeting.items.slice(0, count).forEach((item, index) => {
    const kind = kinds[index % kinds.length]!;
    const approved = kind === "approved" || kind === "approved_with_conditions";
    item.decision = {
      kind,
      basis: index % 2 ? "vote" : "consent",
      rationale: index % 2 ? "The rollback was rehearsed; the window is clear." : "",
      meeting: meeting.head.id,
      meeting_title: meeting.head.title,
      decided_at: NOW,
      recorder: "Ines Duarte",
      approval: approved ? (index % 4 === 0 ? "holds" : "awaiting_sign_off") : "not_applicable",
      tally: {
        approve: 4,
        reject: 1,
        abstain: 0,
        absent: 1,
        recused: 0,
        advice: "approve",
        arithmetic: "4 of 5 counted votes approve; more than 2 needed",
      },
      deferred_to: null,
    };
    if (kind === "approved_with_conditions")
      item.conditions = [
        {
          id: `k${index}`,
          text: "Attach the restore log of the staging rehearsal before the window.",
          owner: "Henrik Dahl",
          due_on: "2026-11-26",
          when: "before",
          state: "open",
        },
      ];
  });
  meeting.current = meeting.items[count]?.id ?? meeting.items[0]?.id ?? null;
  const current = meeting.items[count];
  if (current) {
    current.positions = { "m-ines": "approve", "m-tomasz": "approve" };
    current.recused = { "m-lena": "Requested this change (R89)" };
    current.timer = {
      running: true,
      started_at: new Date(Date.now() - 157_000).toISOString(),
      spent: 0,
      planned: 300,
    };
  }
}

function memberOf(id: string): MemberRef {
  return MEMBERS.find((row) => row.member.id === id)!.member;
}

/** The next meeting of the board and the one before, each as far as the scene says. */
export function meetingsOf(scene: string, changes: Map<string, StoredChange>): Map<string, Meeting> {
  const next = newMeeting("mtg-next", "CAB 21 Nov 2026", "2026-11-21T14:00:00Z", "Room Lisbon and call");
  const previous = newMeeting("mtg-prev", "CAB 14 Nov 2026", "2026-11-14T10:00:00Z", "Room Lisbon");
  previous.head = {
    ...previous.head,
    state: "sealed",
    called_to_order_at: "2026-11-14T10:02:00Z",
    closed_at: "2026-11-14T10:58:00Z",
  };
  next.contested = contested(scene);
  next.overdue = scene === "record" ? ["EMG-2: Overdue since the emergency: A ticket for EMG-2"] : [];
  if (changes.size > 0) {
    fill(
      next,
      Array.from({ length: 12 }, (_, i) => `chg-${i + 1}`),
    );
    fill(
      previous,
      Array.from({ length: 8 }, (_, i) => `chg-${i + 37}`),
    );
    for (const item of previous.items) item.decision = changes.get(item.change)!.view.decision;
    for (const row of MEMBERS.slice(0, 5)) previous.present[row.member.id] = "2026-11-14T10:00:00Z";
    previous.minutes = {
      state: "sealed",
      path: "minutes/2026-11-14-cab.pdf",
      pages: 9,
      sha256: "e2b7c0ffa1d94c1e7702b6a9c3f1d5580a4e66f0b7d2c9a1835e0d4f6b21c7aa",
      composed_at: NOW,
      outdated: false,
      sealed_at: "2026-11-14T11:20:00Z",
      sealer: "Ines Duarte",
      signers: [
        {
          member: memberOf("m-ines"),
          state: "signed",
          signed_at: "2026-11-14T11:20:00Z",
          here: false,
          displaced_by: null,
        },
        {
          member: memberOf("m-amara"),
          state: "signed",
          signed_at: "2026-11-14T12:05:00Z",
          here: false,
          displaced_by: null,
        },
        { member: memberOf("m-tomasz"), state: "turn", signed_at: null, here: true, displaced_by: "Amara Okafor" },
        { member: memberOf("m-lena"), state: "later", signed_at: null, here: false, displaced_by: null },
      ],
    };
    previous.verification = extras.verification;
  }
  if (scene === "approving") {
    previous.head = { ...previous.head, state: "closed" };
    previous.minutes = { ...previous.minutes, state: "draft", sealed_at: null, sha256: null, signers: [] };
    previous.verification = null;
  }
  if (scene === "meeting") {
    session(next);
    settle(next, 4);
  }
  const sealed = scene === "sealed" || scene === "circulated";
  if (scene === "closed" || sealed) {
    session(next);
    settle(next, 12);
    next.head = { ...next.head, state: sealed ? "sealed" : "closed", closed_at: "2026-11-21T14:55:00Z" };
    next.minutes = {
      ...previous.minutes,
      path: "minutes/2026-11-21-cab.pdf",
      state: sealed ? "sealed" : "draft",
      // Corrections were asked for since.
      outdated: !sealed,
      sealed_at: sealed ? "2026-11-21T15:10:00Z" : null,
      sha256: sealed ? previous.minutes.sha256 : null,
    };
    if (sealed) next.verification = extras.verification;
  }
  return new Map<string, Meeting>([
    [next.head.id, next],
    [previous.head.id, previous],
  ]);
}
