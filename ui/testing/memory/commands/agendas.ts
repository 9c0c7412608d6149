import type { Commands } from "../../../src/ipc/contract";
import { NOW } from "../changes";
import { agendaView, head, meetingView, newItem, newMeeting } from "../meeting";
import { fill } from "../meetings";
import type { World } from "../world";

type Answered = Pick<
  Commands,
  | "listMeetings"
  | "createMeeting"
  | "agenda"
  | "buildAgenda"
  | "addAgendaItem"
  | "removeAgendaItem"
  | "moveAgendaItem"
  | "setItemMinutes"
  | "restrictAgendaItem"
  | "callToOrder"
  | "writeAgenda"
>;

/** The meetings, and the agenda of each until it is called to order. */
export function agendaCommands({ changes, meetings, meeting, item, changed }: World): Answered {
  const rules = new Map<string, string>();
  return {
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
    restrictAgendaItem: async (request) => {
      const [of, found] = item(request);
      found.restricted = request.restricted;
      return agendaView(of, rules.get(of.head.id) ?? null, changes);
    },
    writeAgenda: async (request) => {
      const keys = meeting(request.meeting).items.map((one) => changes.get(one.change)!.view.row.key);
      const read = request.pre_read ? keys.slice(1) : [];
      return { path: request.path, items: keys.length, read, restricted: keys.slice(0, 1) };
    },
    callToOrder: async (request) => {
      const of = meeting(request.meeting);
      of.head = { ...of.head, state: "in_session", called_to_order_at: NOW, agenda_digest: "sha256:77aa" };
      of.current = of.items[0]?.id ?? null;
      changed("meetings");
      return meetingView(of, changes);
    },
  };
}
