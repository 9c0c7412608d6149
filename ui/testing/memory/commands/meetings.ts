import type { Commands } from "../../../src/ipc/contract";
import { NOW } from "../changes";
import { consoleItem, meetingView, newItem } from "../meeting";
import { MEMBERS } from "../people";
import { refuse } from "../refusals";
import type { World } from "../world";

type Answered = Pick<
  Commands,
  | "meeting"
  | "meetingItem"
  | "setCurrentItem"
  | "setAttendance"
  | "recuse"
  | "unrecuse"
  | "vote"
  | "recordConsent"
  | "decide"
  | "assignAction"
  | "setNote"
  | "setTimer"
  | "admitLate"
>;

/** A meeting in session. */
export function meetingCommands(world: World): Answered {
  const { changes, meeting, item, changed } = world;
  return {
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
        recorder: world.me.name,
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
  };
}
