import type {
  AgendaView,
  ConsoleItem,
  Decision,
  DecisionKind,
  MeetingHead,
  MeetingView,
  Quorum,
  Seat,
  Tally,
  Vote,
  VotePosition,
  WrapUp,
} from "../../src/ipc/contract";
import { approvers, NOW, type StoredChange } from "./changes";
import { MEMBERS } from "./people";

export interface Item {
  id: string;
  change: string;
  reason: string;
  minutes: number;
  restricted: boolean;
  late: boolean;
  positions: Record<string, VotePosition>;
  recused: Record<string, string>;
  consent: { present: string[]; at: string } | null;
  decision: Decision | null;
  conditions: StoredChange["view"]["conditions"];
  note: string;
  timer: { running: boolean; started_at: string | null; spent: number; planned: number };
}

export interface Meeting {
  /** What heads its agenda. */
  contested: AgendaView["contested"];
  /** What is overdue and has no ticket. */
  overdue: AgendaView["overdue"];
  head: MeetingHead;
  items: Item[];
  current: string | null;
  late: { change: string; reason: string }[];
  actions: MeetingView["actions"];
  present: Record<string, string>;
  minutes: WrapUp["minutes"];
  verification: WrapUp["verification"];
  /** When and where the board meets next. */
  next: string | null;
}

export function newItem(id: string, change: string, reason: string, minutes: number): Item {
  return {
    id,
    change,
    reason,
    minutes,
    restricted: false,
    late: false,
    positions: {},
    recused: {},
    consent: null,
    decision: null,
    conditions: [],
    note: "",
    timer: { running: false, started_at: null, spent: 0, planned: minutes * 60 },
  };
}

export function newMeeting(id: string, title: string, startsAt: string, place: string): Meeting {
  return {
    contested: [],
    overdue: [],
    head: {
      id,
      title,
      state: "draft",
      starts_at: startsAt,
      zone: "Europe/Berlin",
      place,
      chair: "Ines Duarte",
      items: 0,
      decided: 0,
      called_to_order_at: null,
      closed_at: null,
      agenda_digest: null,
    },
    items: [],
    current: null,
    late: [],
    actions: [],
    present: {},
    minutes: {
      state: "none",
      path: null,
      pages: null,
      sha256: null,
      composed_at: null,
      outdated: false,
      sealed_at: null,
      sealer: null,
      signers: [],
    },
    verification: null,
    next: null,
  };
}

export function head(meeting: Meeting): MeetingHead {
  return {
    ...meeting.head,
    items: meeting.items.length,
    decided: meeting.items.filter((item) => item.decision).length,
  };
}

function quorum(meeting: Meeting, item: Item | null): Quorum {
  const voting = MEMBERS.filter((row) => row.voting && !item?.recused[row.member.id]);
  const required = Math.floor(voting.length / 2) + 1;
  const present = voting.filter((row) => meeting.present[row.member.id]);
  const absent = voting.filter((row) => !meeting.present[row.member.id]);
  const mandatory = absent.filter((row) => row.mandatory);
  const short = Math.max(required - present.length, mandatory.length);
  const recused = item ? Object.keys(item.recused).length : 0;
  return {
    met: short <= 0,
    present: present.length,
    required,
    short_by: Math.max(0, short),
    arithmetic: `floor(${voting.length} / 2) + 1 = ${required} of ${voting.length} voting seats; ${present.length} present${recused ? `; ${recused} recused on this item` : ""}`,
    missing: (mandatory.length > 0 ? mandatory : absent).map((row) => row.member.name),
  };
}

function seats(meeting: Meeting): Seat[] {
  return MEMBERS.map((row) => ({
    member: row.member,
    seat: row.seat,
    voting: row.voting,
    mandatory: row.mandatory,
    has_key: row.has_key,
    attendance: meeting.present[row.member.id] ? "present" : "not_recorded",
    since: meeting.present[row.member.id] ?? null,
  }));
}

export function meetingView(meeting: Meeting, changes: Map<string, StoredChange>): MeetingView {
  return {
    meeting: head(meeting),
    items: meeting.items.map((item, index) => {
      const row = changes.get(item.change)!.view.row;
      return {
        id: item.id,
        number: index + 1,
        change_id: item.change,
        key: row.key,
        title: row.title,
        state: item.decision ? "decided" : item.id === meeting.current ? "current" : "open",
        decision: item.decision?.kind ?? null,
        level: row.risk.level ?? row.risk.high_level,
        minutes: item.minutes,
        late: item.late,
        release: row.release,
      };
    }),
    current: meeting.current,
    late: meeting.late.map(({ change, reason }) => ({ change: changes.get(change)!.view.row, reason })),
    actions: [...meeting.actions],
    seats: seats(meeting),
    quorum: quorum(meeting, null),
    saved_at: NOW,
  };
}

function tally(item: Item): Tally {
  const count = (position: VotePosition) => Object.values(item.positions).filter((one) => one === position).length;
  const approve = count("approve");
  const reject = count("reject");
  const of = approve + reject;
  return {
    approve,
    reject,
    abstain: count("abstain"),
    absent: count("absent"),
    recused: Object.keys(item.recused).length,
    advice: of === 0 || approve === reject ? null : approve > reject ? "approve" : "reject",
    arithmetic:
      of === 0
        ? "No votes yet"
        : `${approve} of ${of} counted votes approve; more than ${Math.floor(of / 2)} needed${count("abstain") ? `; ${count("abstain")} abstained` : ""}`,
  };
}

export function consoleItem(meeting: Meeting, item: Item, changes: Map<string, StoredChange>): ConsoleItem {
  const stored = changes.get(item.change)!;
  const q = quorum(meeting, item);
  const blocking = stored.view.gates.find((gate) => gate.hard && gate.result === "failed");
  const votes: Vote[] = MEMBERS.filter((row) => row.voting && meeting.present[row.member.id]).map((row) => ({
    member: row.member,
    seat: row.seat,
    position: item.positions[row.member.id] ?? null,
    attestation: item.positions[row.member.id] ? "recorded" : null,
    recused: item.recused[row.member.id] ?? null,
  }));
  const kinds: DecisionKind[] = [
    "approved",
    "approved_with_conditions",
    "rejected",
    "deferred",
    "more_information",
    "withdrawn",
  ];
  const positive = (kind: DecisionKind) => kind === "approved" || kind === "approved_with_conditions";
  return {
    id: item.id,
    change: {
      ...stored.view,
      decision: item.decision,
      conditions: item.conditions.length > 0 ? item.conditions : stored.view.conditions,
    },
    reason: item.reason,
    quorum: q,
    votes,
    tally: tally(item),
    consent: item.consent,
    options: kinds.map((kind) => ({
      kind,
      needs_reason: kind === "rejected" || kind === "deferred",
      after_care: [],
      refusal: !q.met
        ? {
            code: "quorum_short",
            rule: `The quorum is short by ${q.short_by}: ${q.present} of ${q.required} voting seats are present.`,
            clause: null,
            remedy: `Wait for ${q.missing.join(" or ")}, or discuss without deciding.`,
            facts: [{ label: "Counted", value: q.arithmetic }],
          }
        : blocking && positive(kind)
          ? {
              code: "hard_block",
              rule: `${blocking.label}: ${blocking.finding}`,
              clause: blocking.clause,
              remedy: blocking.remedy ?? "",
              facts: [{ label: "Strength", value: "Never waivable, in every policy" }],
            }
          : null,
    })),
    decision: item.decision,
    note: item.note,
    timer: {
      running: item.timer.running,
      started_at: item.timer.started_at,
      spent_seconds: item.timer.spent,
      planned_seconds: item.timer.planned,
    },
  };
}

export const RULES: AgendaView["rules"] = [
  {
    id: "standard",
    label: "The board’s order",
    explanation:
      "Carried over, then emergencies for review, then critical and high risk by window, then medium, then low for consent together.",
  },
  {
    id: "window",
    label: "By window",
    explanation: "Every open change with a window in the next 14 days, the nearest first.",
  },
  {
    id: "risk",
    label: "By risk",
    explanation: "Every open change, the heaviest first; while questions are open, the worst answer counts.",
  },
];

export function agendaView(meeting: Meeting, rule: string | null, changes: Map<string, StoredChange>): AgendaView {
  const on = new Set(meeting.items.map((item) => item.change));
  return {
    meeting: head(meeting),
    rules: RULES,
    rule,
    items: meeting.items.map((item, index) => ({
      id: item.id,
      number: index + 1,
      change: changes.get(item.change)!.view.row,
      reason: item.restricted ? `${item.reason}; restricted` : item.reason,
      minutes: item.minutes,
      restricted: item.restricted,
    })),
    candidates: [...changes.values()]
      .filter(({ view }) => !on.has(view.row.id) && view.row.decision === null)
      .slice(0, 200)
      .map(({ view }) => ({ change: view.row, reason: view.row.window ? "Window within 14 days" : "No window yet" })),
    minutes_total: meeting.items.reduce((sum, item) => sum + item.minutes, 0),
    roster: MEMBERS,
    contested: meeting.contested,
    overdue: meeting.overdue,
    quorum_rule: "quorum: more than half of the voting seats, Security among them",
    call_refusal:
      meeting.items.length === 0
        ? {
            code: "empty_agenda",
            rule: "The agenda is empty.",
            clause: null,
            remedy: "Build it by a rule, or add a change.",
            facts: [],
          }
        : null,
    saved_at: NOW,
  };
}

export function wrapUpView(meeting: Meeting, changes: Map<string, StoredChange>, queued: number): WrapUp {
  const present = MEMBERS.filter((row) => meeting.present[row.member.id]);
  const items = meeting.items.map((item, index) => {
    const row = changes.get(item.change)!.view.row;
    const positive = item.decision?.kind === "approved" || item.decision?.kind === "approved_with_conditions";
    const holds = item.decision?.approval === "holds";
    return {
      id: item.id,
      number: index + 1,
      change_id: item.change,
      key: row.key,
      title: row.title,
      level: row.risk.level ?? row.risk.high_level,
      decision: item.decision,
      conditions: item.conditions,
      required_sign_offs: positive ? approvers(holds ? "holds" : "missing") : [],
    };
  });
  const closed = meeting.head.state !== "in_session";
  return {
    meeting: head(meeting),
    items,
    undecided: items.filter((item) => !item.decision).length,
    attendance: {
      present: present.map((row) => `${row.member.name} (${row.seat})`),
      absent: MEMBERS.filter((row) => !meeting.present[row.member.id]).map((row) => row.member.name),
      arithmetic: quorum(meeting, null).arithmetic,
    },
    close_refusal: null,
    seal_refusal: null,
    sign_offs_missing: items.flatMap((item) => item.required_sign_offs).filter((slot) => slot.state === "missing")
      .length,
    minutes: closed ? meeting.minutes : { ...meeting.minutes, state: "none" },
    verification: meeting.verification,
    queued,
    next_meeting: meeting.next,
    compose_failed: null,
  };
}
