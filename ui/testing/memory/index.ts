import type {
  AppStatus,
  CabinetEvent,
  Commands,
  Noun,
  Preferences,
  SigningSubject,
  SignRequest,
  Transport,
} from "../../src/ipc/contract";
import { CommandError } from "../../src/ipc/errors";
import { annexesView } from "./annexes";
import { makeChange, NOW, type StoredChange } from "./changes";
import { delegationsView } from "./delegations";
import * as extras from "./extras";
import {
  agendaView,
  consoleItem,
  head,
  type Item,
  type Meeting,
  meetingView,
  newItem,
  newMeeting,
  wrapUpView,
} from "./meeting";
import { outcomeOf, questionsOf, summaryOf } from "./model";
import { answerBack, openedPack, packFile, packsView } from "./packs";
import { page } from "./page";
import { MEMBERS } from "./people";
import { pipelineCommands } from "./pipelines";
import { planSections } from "./plan";
import * as hands from "./record";
import { asking, writtenView } from "./written";

export type Scene =
  | "first-run"
  | "not-connected"
  | "working"
  | "meeting"
  | "closed"
  | "sealed"
  | "offline"
  | "many"
  | "record"
  | "older"
  | "joining"
  | "stale";

/** A believable board held in memory: for unit tests, screenshots and the accessibility sweep. Never shipped. */
export function memoryTransport({
  scene = "working",
  theme = "light",
  scale = 100,
}: {
  scene?: string;
  theme?: string;
  scale?: number;
} = {}): Transport & {
  emit: (event: CabinetEvent) => void;
  calls: string[];
  asked: SigningSubject[];
  signings: SignRequest[];
} {
  const listeners = new Set<(event: CabinetEvent) => void>();
  const calls: string[] = [];
  const asked: SigningSubject[] = [];
  const signings: SignRequest[] = [];
  const emit = (event: CabinetEvent) => {
    for (const listener of listeners) listener(event);
  };
  const changed = (...nouns: Noun[]) => emit({ kind: "changed", nouns, ids: [] });

  const size = scene === "first-run" || scene === "not-connected" ? 0 : scene === "many" ? 10_000 : 64;
  const changes = new Map<string, StoredChange>();
  for (let i = 0; i < size; i++) {
    const made = makeChange(i);
    changes.set(made.view.row.id, made);
  }
  let preferences: Preferences = { theme: theme as Preferences["theme"], scale_percent: scale, single_keys: true };
  let board: AppStatus["board"] =
    scene === "first-run"
      ? null
      : {
          id: "b1",
          name: "Shop Change Advisory Board",
          sample: scene === "working",
          sample_pin: scene === "working" ? "Ines Duarte: maple-17-river · Tomasz Zielinski: maple-17-river" : null,
          provisional: scene === "not-connected",
          roster_version: 1,
          policy_label: "starter, version 1",
        };
  let me = MEMBERS[0]!.member;
  let record = hands.recordView(scene);
  let packs = packsView(scene);
  const spoken = hands.spokenView(scene);
  // Who joins is admitted at the second look into the folder.
  let joining: { folders: string[]; looks: number } | null =
    scene === "joining" ? { folders: ["/mnt/board"], looks: 0 } : null;
  const ticks = new Map<string, ReturnType<typeof planSections>>();
  const rules = new Map<string, string>();
  let signing =
    scene === "record"
      ? hands.admissionSigning()
      : scene === "stale"
        ? extras.reaffirmSigning()
        : scene === "part-11"
          ? extras.part11Signing()
          : extras.signingView();

  const next = newMeeting("mtg-next", "CAB 21 Nov 2026", "2026-11-21T14:00:00Z", "Room Lisbon and call");
  const previous = newMeeting("mtg-prev", "CAB 14 Nov 2026", "2026-11-14T10:00:00Z", "Room Lisbon");
  previous.head = {
    ...previous.head,
    state: "sealed",
    called_to_order_at: "2026-11-14T10:02:00Z",
    closed_at: "2026-11-14T10:58:00Z",
  };
  next.contested = hands.contested(scene);
  const meetings = new Map<string, Meeting>([
    [next.head.id, next],
    [previous.head.id, previous],
  ]);
  const reasons = [
    "Carried over from 14 November",
    "New, high risk, window in 7 days",
    "Standard, for consent",
    "Emergency for review",
    "New, medium risk",
  ];
  const fill = (meeting: Meeting, ids: string[]) => {
    meeting.items = ids.map((id, index) =>
      newItem(`${meeting.head.id}-i${index + 1}`, id, reasons[index % reasons.length]!, index % 3 === 2 ? 2 : 5),
    );
  };
  if (size > 0) {
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
      sealed_at: "2026-11-14T11:20:00Z",
      sealer: "Ines Duarte",
    };
    previous.verification = extras.verification;
  }
  const session = (meeting: Meeting) => {
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
  };
  const settle = (meeting: Meeting, count: number) => {
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
  };
  if (scene === "meeting") {
    session(next);
    settle(next, 4);
  }
  if (scene === "closed" || scene === "sealed") {
    session(next);
    settle(next, 12);
    next.head = { ...next.head, state: scene === "sealed" ? "sealed" : "closed", closed_at: "2026-11-21T14:55:00Z" };
    next.minutes = {
      ...previous.minutes,
      path: "minutes/2026-11-21-cab.pdf",
      state: scene === "sealed" ? "sealed" : "draft",
      sealed_at: scene === "sealed" ? "2026-11-21T15:10:00Z" : null,
      sha256: scene === "sealed" ? previous.minutes.sha256 : null,
    };
    if (scene === "sealed") next.verification = extras.verification;
  }

  const link = (): AppStatus["link"] => ({
    state: scene === "offline" ? "offline" : size === 0 ? "not_connected" : "online",
    queued: size === 0 ? 0 : scene === "offline" ? 3 : 0,
    last_synced_at: size === 0 ? null : "2026-11-21T13:32:00Z",
    reason: scene === "offline" ? "The server does not answer." : null,
  });
  const status = (): AppStatus => ({
    version: "0.1.0",
    board,
    me: board ? me : null,
    link: link(),
    keystore: { source: "keyring", state: "available", label: "Keyring of this desktop" },
    session: null,
    record: {
      spoken: spoken.open,
      admissions: scene === "record" ? record.waiting.length : 0,
      proposal: scene === "record" && record.proposal !== null,
      joining: joining !== null,
      older_copy: record.older_copy !== null,
    },
    meeting_in_session: [...meetings.values()].find((meeting) => meeting.head.state === "in_session")?.head.id ?? null,
    system_dark: null,
  });
  const notFound = (what: string, id: string) => new CommandError({ kind: "not_found", detail: { what, id } });
  const refuse = (refusal: Parameters<typeof JSON.stringify>[0]) =>
    new CommandError({ kind: "refused", detail: refusal });
  const change = (id: string) => {
    const found = changes.get(id) ?? [...changes.values()].find(({ view }) => view.row.key === id);
    if (!found) throw notFound("change", id);
    return found;
  };
  const meeting = (id: string) => {
    const found = meetings.get(id);
    if (!found) throw notFound("meeting", id);
    return found;
  };
  const item = (request: { meeting: string; item: string }): [Meeting, Item] => {
    const of = meeting(request.meeting);
    const found = of.items.find((one) => one.id === request.item);
    if (!found) throw notFound("agenda item", request.item);
    return [of, found];
  };
  const plan = (id: string) => {
    if (!ticks.has(id)) ticks.set(id, planSections(Number(id.slice(4)) - 1, change(id).view.row.changed_since_looked));
    return ticks.get(id)!;
  };
  const planView = (id: string) => {
    const sections = plan(id);
    const row = change(id).view.row;
    row.plan_ticked = sections.filter((section) => section.summary.ticked).length;
    return {
      change: row,
      sections: structuredClone(sections),
      ticked: row.plan_ticked,
      submitted_at: null,
      submitted_by: null,
      unsubmitted: 1,
      saved_at: NOW,
    };
  };
  const walkView = (id: string) => {
    const stored = change(id);
    return {
      change: stored.view.row,
      questions: questionsOf(stored.answers),
      outcome: outcomeOf(stored.answers, stored.submitted),
      unsubmitted: 1,
      saved_at: NOW,
    };
  };

  const commands: Commands = {
    appStatus: async () => status(),
    preferences: async () => preferences,
    setPreferences: async (next) => {
      preferences = next;
      return preferences;
    },
    members: async () => MEMBERS,
    setMe: async ({ member }) => {
      me = MEMBERS.find((row) => row.member.id === member)?.member ?? me;
      return status();
    },
    cancelWork: async () => null,
    touch: async () => undefined,
    enrolmentTerms: async () => ({
      sentence: "I accept that signing with this PIN equals my handwritten signature, and that I keep it to myself.",
      pin_rule: "At least 8 characters, not digits only.",
      least_pin_length: 8,
    }),
    createBoard: async (request) => {
      board = {
        id: "b1",
        name: request.board_name,
        sample: false,
        sample_pin: null,
        provisional: true,
        roster_version: 1,
        policy_label: request.part_11 ? "starter-part-11, version 1" : "starter, version 1",
      };
      me = { id: "m-me", name: request.chair.name, roles: request.chair.roles };
      return status();
    },
    openSampleBoard: async () => {
      board = {
        id: "b1",
        name: "Sample board",
        sample: true,
        sample_pin: "Ines Duarte: maple-17-river",
        provisional: false,
        roster_version: 1,
        policy_label: "starter, version 1",
      };
      return status();
    },
    connection: async () => (size === 0 ? null : extras.connectionView),
    testConnection: async (request) => {
      if (/wrong/.test(request.url))
        throw new CommandError({
          kind: "ticketing",
          detail: {
            system: "Redmine",
            problem: "The server refused the API key (401).",
            remedy:
              "Copy the key again from your Redmine account page. Cabinet stopped at once so that the account is not locked.",
            retry_after: null,
          },
        });
      return extras.connectionTest;
    },
    proposeMapping: async ({ project }) => extras.mappingProposal(project),
    dryRunMapping: async ({ mapping }) =>
      extras.dryRun(
        Array.from({ length: 20 }, (_, i) => ({
          key: makeChange(i).view.row.key,
          title: makeChange(i).view.row.title,
        })),
        mapping.every((row) => row.values.every((value) => value.ours !== null)),
      ),
    saveConnection: async () => extras.connectionView,
    sync: async () => {
      const progress = { work: "w1", kind: "sync" as const, total: 640, cancellable: true };
      emit({ kind: "progress", progress: { ...progress, state: "running", done: 120, step: "CHG-4219" } });
      setTimeout(
        () => emit({ kind: "progress", progress: { ...progress, state: "done", done: 640, step: "Done" } }),
        6000,
      );
      return { work: "w1" };
    },
    listChanges: async (request) =>
      page(
        [...changes.values()].map(({ view }) => view.row),
        request,
      ),
    change: async (request) => structuredClone(change(request.change).view),
    markLooked: async () => null,
    downloadAttachment: async ({ change: id, attachment }) => {
      const found = change(id).view.attachments.find((one) => one.id === attachment);
      if (!found) throw notFound("attachment", attachment);
      found.digest = "sha256:5b1c02ad9e7f43c1";
      changed("changes");
      return found;
    },
    handOut: async ({ change: id, path, snapshot }) => ({
      path,
      sha256: "0".repeat(64),
      change: change(id).view.row.key,
      artifacts: snapshot ? [] : [`sha256:${"a".repeat(64)}`],
      environment: "production",
      window_start: "2026-11-28T20:00:00Z",
      window_end: "2026-11-28T22:00:00Z",
      fresh_until: "2026-11-27T20:00:00Z",
      roster_root: "ab".repeat(32),
      roster: 1,
      provisional: true,
      entries: 9,
    }),
    ...pipelineCommands((id) => change(id).view.row, changed),
    meetCondition: async (request) => {
      for (const { view } of changes.values())
        for (const condition of view.conditions) if (condition.id === request.condition) condition.state = "met";
      changed("decisions", "changes");
      return null;
    },
    riskWalk: async (request) => walkView(request.change),
    answerRisk: async (request) => {
      const stored = change(request.change);
      stored.answers[request.question] = {
        answer: request.answer ?? null,
        provenance: (request.answer ?? null) === null ? null : "attested",
        note: request.note,
      };
      stored.view.row.risk = summaryOf(stored.answers);
      stored.view.risk = outcomeOf(stored.answers, null);
      return walkView(request.change);
    },
    submitRisk: async (request) => {
      const stored = change(request.change);
      stored.submitted = { at: NOW, by: me.name };
      stored.view.risk = outcomeOf(stored.answers, stored.submitted);
      changed("risk");
      return walkView(request.change);
    },
    planReview: async (request) => planView(request.change),
    tickSection: async (request) => {
      const found = plan(request.change).find((section) => section.summary.id === request.section);
      if (found) found.summary.ticked = request.ticked;
      return planView(request.change);
    },
    commentSection: async (request) => {
      const found = plan(request.change).find((section) => section.summary.id === request.section);
      if (found) {
        found.comments = found.comments.filter((comment) => !comment.draft);
        if (request.text)
          found.comments.push({ id: "draft", author: me.name, at: NOW, text: request.text, draft: true });
      }
      return planView(request.change);
    },
    submitPlanReview: async (request) => {
      changed("plan");
      return planView(request.change);
    },
    listMeetings: async () => [...meetings.values()].map(head),
    createMeeting: async (request) => {
      const made = newMeeting(`mtg-${meetings.size + 1}`, request.title, request.starts_at, request.place);
      meetings.set(made.head.id, made);
      changed("meetings");
      return head(made);
    },
    agenda: async (request) => agendaView(meeting(request.meeting), rules.get(request.meeting) ?? "standard", changes),
    buildAgenda: async (request) => {
      const of = meeting(request.meeting);
      rules.set(request.meeting, request.rule);
      fill(
        of,
        [...changes.values()]
          .filter(({ view }) => view.row.decision === null)
          .slice(0, 12)
          .map(({ view }) => view.row.id),
      );
      return agendaView(of, request.rule, changes);
    },
    addAgendaItem: async (request) => {
      const of = meeting(request.meeting);
      of.items.push(
        newItem(`${of.head.id}-x${of.items.length}${request.change}`, request.change, "Added by the chair", 5),
      );
      return agendaView(of, rules.get(of.head.id) ?? null, changes);
    },
    removeAgendaItem: async (request) => {
      const [of, found] = item(request);
      of.items = of.items.filter((one) => one !== found);
      return agendaView(of, rules.get(of.head.id) ?? null, changes);
    },
    moveAgendaItem: async (request) => {
      const [of, found] = item(request);
      of.items = of.items.filter((one) => one !== found);
      of.items.splice(request.to - 1, 0, found);
      return agendaView(of, rules.get(of.head.id) ?? null, changes);
    },
    setItemMinutes: async (request) => {
      const [of, found] = item(request);
      found.minutes = request.minutes;
      return agendaView(of, rules.get(of.head.id) ?? null, changes);
    },
    callToOrder: async (request) => {
      const of = meeting(request.meeting);
      of.head = { ...of.head, state: "in_session", called_to_order_at: NOW, agenda_digest: "sha256:77aa" };
      of.current = of.items[0]?.id ?? null;
      changed("meetings");
      return meetingView(of, changes);
    },
    meeting: async (request) => meetingView(meeting(request.meeting), changes),
    meetingItem: async (request) => consoleItem(...item(request), changes),
    setCurrentItem: async (request) => {
      const [of, found] = item(request);
      of.current = found.id;
      changed("meetings");
      return meetingView(of, changes);
    },
    setAttendance: async (request) => {
      const of = meeting(request.meeting);
      if (request.present) of.present[request.member] = NOW;
      else delete of.present[request.member];
      changed("attendance");
      return meetingView(of, changes);
    },
    recuse: async (request) => {
      const [of, found] = item(request);
      found.recused[request.member] = request.reason;
      delete found.positions[request.member];
      return consoleItem(of, found, changes);
    },
    unrecuse: async (request) => {
      const [of, found] = item(request);
      delete found.recused[request.member];
      return consoleItem(of, found, changes);
    },
    vote: async (request) => {
      const [of, found] = item(request);
      if (!request.position) delete found.positions[request.member];
      else found.positions[request.member] = request.position;
      return consoleItem(of, found, changes);
    },
    recordConsent: async (request) => {
      const [of, found] = item(request);
      found.consent = {
        present: MEMBERS.filter((row) => of.present[row.member.id]).map((row) => row.member.name),
        at: NOW,
      };
      return consoleItem(of, found, changes);
    },
    decide: async (request) => {
      const [of, found] = item(request);
      const before = consoleItem(of, found, changes);
      const refusal = before.options.find((option) => option.kind === request.kind)?.refusal;
      if (refusal) throw refuse(refusal);
      if (request.kind === "rejected" && request.rationale === "")
        throw refuse({
          code: "reason_missing",
          rule: "A rejection needs its reason.",
          clause: null,
          remedy: "Write one sentence; it stands in the minutes and on the ticket.",
          facts: [],
        });
      const approved = request.kind === "approved" || request.kind === "approved_with_conditions";
      found.decision = {
        kind: request.kind,
        basis: request.basis,
        rationale: request.rationale,
        meeting: of.head.id,
        meeting_title: of.head.title,
        decided_at: NOW,
        recorder: me.name,
        approval: approved ? "awaiting_sign_off" : "not_applicable",
        tally: before.tally,
        deferred_to: request.deferred_to ?? null,
      };
      found.conditions = request.conditions.map((condition, index) => ({
        ...condition,
        due_on: condition.due_on ?? null,
        id: `k${index}`,
        state: "open" as const,
      }));
      changed("decisions", "meetings");
      return consoleItem(of, found, changes);
    },
    assignAction: async (request) => {
      const of = meeting(request.meeting);
      const owner = MEMBERS.find((row) => row.member.id === request.owner)?.member.name ?? request.owner;
      of.actions.push({ text: request.text, owner, due_on: request.due_on ?? null });
      return meetingView(of, changes);
    },
    setNote: async (request) => {
      const [of, found] = item(request);
      found.note = request.text;
      return consoleItem(of, found, changes);
    },
    setTimer: async (request) => {
      const [of, found] = item(request);
      const now = Date.now();
      if (request.act === "add_minute") found.timer.planned += 60;
      else if (request.act === "start")
        found.timer = { ...found.timer, running: true, started_at: new Date(now).toISOString() };
      else
        found.timer = {
          ...found.timer,
          running: false,
          spent: found.timer.spent + Math.floor((now - Date.parse(found.timer.started_at ?? NOW)) / 1000),
          started_at: null,
        };
      return consoleItem(of, found, changes);
    },
    admitLate: async (request) => {
      const of = meeting(request.meeting);
      of.late = of.late.filter((one) => one.change !== request.change);
      of.items.push({
        ...newItem(`${of.head.id}-l${of.items.length}`, request.change, "Late, admitted by the chair", 5),
        late: true,
      });
      changed("agenda");
      return meetingView(of, changes);
    },
    requestSigning: async ({ subject }) => {
      asked.push(subject);
      if (subject.kind === "reaffirm") signing = extras.reaffirmSigning();
      return null;
    },
    written: async (request) => writtenView(change(request.change).view, me),
    askInWriting: async (request) => asking(change(request.change).view, request.member),
    signingView: async () => structuredClone(signing),
    sign: async (request) => {
      signings.push(request);
      const signer = signing.signers.find((one) => one.member.id === request.member);
      if (signer?.name_asked && request.named.trim() !== signer.member.name)
        throw refuse({
          code: "other_name",
          rule: `What was typed is neither the name of ${signer.member.name} nor an account of theirs.`,
          clause: null,
          remedy: "Type the name as the roster has it, or choose another signer.",
          facts: [],
        });
      if (request.pin !== null && request.pin !== "maple-17-river")
        throw refuse({
          code: "wrong_pin",
          rule: "The PIN is not right.",
          clause: null,
          remedy: "Try again; after three more the next attempt has to wait.",
          facts: [],
        });
      signing = {
        ...signing,
        signers: signing.signers.map((signer) => ({
          ...signer,
          name_asked: signer.name_asked && signer.member.id !== request.member,
          session: request.keep_unlocked
            ? { member: signer.member, purpose: signing.purpose, ends_at: "2026-11-21T14:50:00Z" }
            : null,
        })),
        statements: signing.statements.map((statement) =>
          statement.id === request.statement
            ? {
                ...statement,
                state: "signed",
                signed_at: NOW,
                rejection: null,
                reaffirmation: null,
                tick_each: false,
                meaning:
                  request.verdict === "reject"
                    ? `${statement.rejection} ${request.reason}`
                    : `${statement.meaning} ${request.reason}`.trim(),
              }
            : statement,
        ),
      };
      return structuredClone(signing);
    },
    closeSigning: async () => null,
    wrapUp: async (request) => wrapUpView(meeting(request.meeting), changes, scene === "sealed" ? 9 : 0),
    closeMeeting: async (request) => {
      const of = meeting(request.meeting);
      of.head = { ...of.head, state: "closed", closed_at: NOW };
      changed("meetings");
      return wrapUpView(of, changes, 0);
    },
    composeMinutes: async (request) => {
      const of = meeting(request.meeting);
      of.minutes = { ...of.minutes, state: "draft", path: "minutes/2026-11-21-cab.pdf", pages: 11, composed_at: NOW };
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
    outbox: async () => (size === 0 ? { link: link(), rows: [] } : extras.outboxView(link())),
    retryOutbox: async () => extras.outboxView(link()),
    record: async () => structuredClone(record),
    setRelayFolders: async ({ folders }) => {
      if (joining) joining = { ...joining, folders };
      record = {
        ...record,
        relays: folders.map((folder) => ({ name: `folder ${folder}`, folder })),
      };
      changed("board");
      return structuredClone(record);
    },
    exchange: async () => {
      const answer = hands.exchangeAnswer({ came: 1, went: 2 });
      record = { ...record, last_exchange: answer, older_copy: null };
      if (joining) joining = joining.looks > 0 ? null : { ...joining, looks: joining.looks + 1 };
      changed("board");
      return answer;
    },
    recover: async () => {
      record = { ...record, older_copy: null };
      changed("board");
      return structuredClone(record);
    },
    invite: async (request) => ({
      name: request.seat?.name ?? MEMBERS.find((row) => row.member.id === request.member)?.member.name ?? "",
      path: request.path,
      roster_words: hands.ROOT_WORDS,
    }),
    receiveEnrolment: async () => {
      record = { ...record, waiting: hands.recordView("record").waiting };
      changed("board");
      return structuredClone(record);
    },
    spoken: async () => structuredClone(spoken),
    delegations: async () => delegationsView(scene, me),
    packs: async () => structuredClone(packs),
    makePack: async (request) => {
      const to = MEMBERS.find((row) => row.member.id === request.to)?.member.name ?? "";
      return packFile(request.path, to, request.changes);
    },
    openPack: async ({ path }) => {
      if (/none/.test(path))
        throw refuse({
          code: "file_unreadable",
          rule: `${path} was not read: there is no such file.`,
          clause: null,
          remedy: "Look where it was saved.",
          facts: [],
        });
      if (/answer/.test(path)) {
        packs = { ...packs, late: answerBack().late };
        changed("sign_offs");
        return answerBack();
      }
      packs = { ...packs, opened: openedPack() };
      changed("changes");
      return openedPack();
    },
    saveAnswer: async ({ path }) => packFile(path, "Ines Duarte", []),
    openPackPdf: async () => null,
    readInvitation: async ({ text }) => {
      if (!text.startsWith("{"))
        throw new CommandError({
          kind: "invalid",
          detail: { field: "invitation", why: "This is no invitation: it is not what Cabinet writes." },
        });
      return hands.invitation;
    },
    joinBoard: async (request) => {
      board = {
        id: "b1",
        name: hands.invitation.board,
        sample: false,
        sample_pin: null,
        provisional: true,
        roster_version: 1,
        policy_label: "starter, version 1",
      };
      joining = { folders: request.folder === "" ? [] : [request.folder], looks: 0 };
      return status();
    },
    joining: async () => (joining ? hands.joiningView(joining.folders, joining.looks > 0) : null),
    saveEnrolment: async () => hands.joiningView(joining?.folders ?? [], (joining?.looks ?? 0) > 0),
  };
  const counted = Object.fromEntries(
    Object.entries(commands).map(([name, run]) => [
      name,
      (request: never) => {
        calls.push(name);
        return (run as (request: never) => Promise<unknown>)(request);
      },
    ]),
  ) as unknown as Commands;
  return {
    ...counted,
    name: "memory",
    calls,
    asked,
    signings,
    emit,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
