/**
 * Every command the keyboard knows, in one list: it feeds the keymap, the palette (Ctrl+K) and the `?` sheet.
 * A screen binds what a command does; a test holds that no two commands of one scope share a key.
 *
 * A stroke is `Mod+k`, `Shift+1`, `/`, `Enter`; a sequence is strokes with a space between: `g c`.
 */
export const SCOPES = [
  "everywhere",
  "changes",
  "change",
  "risk",
  "plan",
  "meetings",
  "agenda",
  "meeting",
  "wrapUp",
  "calendar",
  "outbox",
  "record",
  "spoken",
  "join",
  "sign",
] as const;
export type Scope = (typeof SCOPES)[number];

interface Entry {
  scope: Scope;
  keys: readonly string[];
  /** Works while typing in a field or inside a dialog. */
  always?: boolean;
  /** Left out of the palette: moving about makes no sense there. */
  hidden?: boolean;
}

export const CATALOGUE = {
  "palette.open": { scope: "everywhere", keys: ["Mod+k"], always: true, hidden: true },
  "sheet.open": { scope: "everywhere", keys: ["?", "F1"] },
  "layer.close": { scope: "everywhere", keys: ["Escape"], always: true, hidden: true },
  "region.next": { scope: "everywhere", keys: ["F6"], always: true, hidden: true },
  "region.previous": { scope: "everywhere", keys: ["Shift+F6"], always: true, hidden: true },
  "go.changes": { scope: "everywhere", keys: ["g c"] },
  "go.meetings": { scope: "everywhere", keys: ["g m"] },
  "go.calendar": { scope: "everywhere", keys: ["g k"] },
  "go.emergencies": { scope: "everywhere", keys: ["g e"] },
  "go.outbox": { scope: "everywhere", keys: ["g o"] },
  "go.connection": { scope: "everywhere", keys: ["g t"] },
  "go.record": { scope: "everywhere", keys: ["g a"] },
  "go.spoken": { scope: "everywhere", keys: ["g n"] },
  "sync.start": { scope: "everywhere", keys: ["Mod+r"] },
  "preferences.open": { scope: "everywhere", keys: ["Mod+,"], always: true },
  "scale.larger": { scope: "everywhere", keys: ["Mod+="], always: true },
  "scale.smaller": { scope: "everywhere", keys: ["Mod+-"], always: true },
  "scale.normal": { scope: "everywhere", keys: ["Mod+0"], always: true },

  "changes.filter": { scope: "changes", keys: ["/"] },
  "changes.next": { scope: "changes", keys: ["j", "ArrowDown"], hidden: true },
  "changes.previous": { scope: "changes", keys: ["k", "ArrowUp"], hidden: true },
  "changes.first": { scope: "changes", keys: ["Home"], hidden: true },
  "changes.last": { scope: "changes", keys: ["End"], hidden: true },
  "changes.open": { scope: "changes", keys: ["Enter"] },
  "changes.peek": { scope: "changes", keys: [" "] },
  "changes.risk": { scope: "changes", keys: ["r"] },
  "changes.plan": { scope: "changes", keys: ["p"] },
  "changes.returns": { scope: "changes", keys: ["t"] },
  "changes.nextView": { scope: "changes", keys: ["]"] },
  "changes.previousView": { scope: "changes", keys: ["["] },

  "change.overview": { scope: "change", keys: ["1"] },
  "change.riskTab": { scope: "change", keys: ["2"] },
  "change.planTab": { scope: "change", keys: ["3"] },
  "change.conditions": { scope: "change", keys: ["4"] },
  "change.history": { scope: "change", keys: ["5"] },
  "change.schedule": { scope: "change", keys: ["6"] },
  "change.risk": { scope: "change", keys: ["r"] },
  "change.plan": { scope: "change", keys: ["p"] },
  "change.sign": { scope: "change", keys: ["s"] },
  "change.difference": { scope: "change", keys: ["d"] },
  "change.reaffirm": { scope: "change", keys: ["f"] },
  "change.askInWriting": { scope: "change", keys: ["w"] },
  "change.countWritten": { scope: "change", keys: ["c"] },
  "change.suspend": { scope: "change", keys: ["x"] },
  "change.meetOwed": { scope: "change", keys: ["m"] },
  "change.stand": { scope: "change", keys: ["a"] },
  "change.bringReceipts": { scope: "change", keys: ["b"] },
  "change.copy": { scope: "change", keys: ["y"] },
  "change.handOut": { scope: "change", keys: ["e"] },
  "change.returns": { scope: "change", keys: ["t"] },
  "change.next": { scope: "change", keys: ["j"] },
  "change.previous": { scope: "change", keys: ["k"] },
  "change.back": { scope: "change", keys: ["u"] },

  "risk.answer1": { scope: "risk", keys: ["1"], hidden: true },
  "risk.answer2": { scope: "risk", keys: ["2"], hidden: true },
  "risk.answer3": { scope: "risk", keys: ["3"], hidden: true },
  "risk.answer4": { scope: "risk", keys: ["4"], hidden: true },
  "risk.answer5": { scope: "risk", keys: ["5"], hidden: true },
  "risk.clear": { scope: "risk", keys: ["0"] },
  "risk.next": { scope: "risk", keys: ["ArrowRight"], hidden: true },
  "risk.previous": { scope: "risk", keys: ["ArrowLeft"], hidden: true },
  "risk.nextOpen": { scope: "risk", keys: ["n"] },
  "risk.note": { scope: "risk", keys: ["m"] },
  "risk.submit": { scope: "risk", keys: ["Mod+Enter"], always: true },
  "risk.back": { scope: "risk", keys: ["u"] },

  "plan.next": { scope: "plan", keys: ["j", "ArrowDown"], hidden: true },
  "plan.previous": { scope: "plan", keys: ["k", "ArrowUp"], hidden: true },
  "plan.tick": { scope: "plan", keys: [" "] },
  "plan.comment": { scope: "plan", keys: ["c"] },
  "plan.nextOpen": { scope: "plan", keys: ["n"] },
  "plan.submit": { scope: "plan", keys: ["Mod+Enter"], always: true },
  "plan.back": { scope: "plan", keys: ["u"] },

  "meetings.next": { scope: "meetings", keys: ["j", "ArrowDown"], hidden: true },
  "meetings.previous": { scope: "meetings", keys: ["k", "ArrowUp"], hidden: true },
  "meetings.open": { scope: "meetings", keys: ["Enter"] },
  "meetings.create": { scope: "meetings", keys: ["c"] },

  "agenda.next": { scope: "agenda", keys: ["j", "ArrowDown"], hidden: true },
  "agenda.previous": { scope: "agenda", keys: ["k", "ArrowUp"], hidden: true },
  "agenda.moveUp": { scope: "agenda", keys: ["Alt+ArrowUp"] },
  "agenda.moveDown": { scope: "agenda", keys: ["Alt+ArrowDown"] },
  "agenda.more": { scope: "agenda", keys: ["+"] },
  "agenda.less": { scope: "agenda", keys: ["-"] },
  "agenda.switchList": { scope: "agenda", keys: ["ArrowRight", "ArrowLeft"], hidden: true },
  "agenda.toggle": { scope: "agenda", keys: ["x"] },
  "agenda.open": { scope: "agenda", keys: ["Enter"] },
  "agenda.build": { scope: "agenda", keys: ["b"] },
  "agenda.callToOrder": { scope: "agenda", keys: ["f"] },
  "agenda.back": { scope: "agenda", keys: ["u"] },

  "meeting.next": { scope: "meeting", keys: ["j"], hidden: true },
  "meeting.previous": { scope: "meeting", keys: ["k"], hidden: true },
  "meeting.current": { scope: "meeting", keys: ["."] },
  "meeting.makeCurrent": { scope: "meeting", keys: ["Enter"] },
  "meeting.nextUndecided": { scope: "meeting", keys: ["n"] },
  "meeting.previousUndecided": { scope: "meeting", keys: ["b"] },
  "meeting.timer": { scope: "meeting", keys: ["t"] },
  "meeting.minute": { scope: "meeting", keys: ["+"] },
  "meeting.vote": { scope: "meeting", keys: ["v"] },
  "meeting.voteApprove": { scope: "meeting", keys: ["1"], hidden: true },
  "meeting.voteReject": { scope: "meeting", keys: ["2"], hidden: true },
  "meeting.voteAbstain": { scope: "meeting", keys: ["3"], hidden: true },
  "meeting.voteAbsent": { scope: "meeting", keys: ["0"], hidden: true },
  "meeting.consent": { scope: "meeting", keys: ["Shift+1"] },
  "meeting.approve": { scope: "meeting", keys: ["a"] },
  "meeting.conditions": { scope: "meeting", keys: ["w"] },
  "meeting.reject": { scope: "meeting", keys: ["r"] },
  "meeting.defer": { scope: "meeting", keys: ["d"] },
  "meeting.information": { scope: "meeting", keys: ["i"] },
  "meeting.confirm": { scope: "meeting", keys: ["Mod+Enter"], always: true },
  "meeting.note": { scope: "meeting", keys: ["m"] },
  "meeting.roster": { scope: "meeting", keys: ["q"] },
  "meeting.recuse": { scope: "meeting", keys: ["x"] },
  "meeting.late": { scope: "meeting", keys: ["l"] },
  "meeting.sign": { scope: "meeting", keys: ["s"] },
  "meeting.wrapUp": { scope: "meeting", keys: ["e"] },

  "wrapUp.close": { scope: "wrapUp", keys: ["c"] },
  "wrapUp.sign": { scope: "wrapUp", keys: ["s"] },
  "wrapUp.seal": { scope: "wrapUp", keys: ["Mod+Enter"], always: true },
  "wrapUp.open": { scope: "wrapUp", keys: ["o"] },
  "wrapUp.annex": { scope: "wrapUp", keys: ["a"] },
  "wrapUp.verify": { scope: "wrapUp", keys: ["v"] },
  "wrapUp.back": { scope: "wrapUp", keys: ["u"] },

  "calendar.next": { scope: "calendar", keys: ["j", "ArrowDown"], hidden: true },
  "calendar.previous": { scope: "calendar", keys: ["k", "ArrowUp"], hidden: true },
  "calendar.open": { scope: "calendar", keys: ["Enter"] },
  "calendar.later": { scope: "calendar", keys: ["]"] },
  "calendar.earlier": { scope: "calendar", keys: ["["] },

  "outbox.next": { scope: "outbox", keys: ["j", "ArrowDown"], hidden: true },
  "outbox.previous": { scope: "outbox", keys: ["k", "ArrowUp"], hidden: true },
  "outbox.retry": { scope: "outbox", keys: ["r"] },
  "outbox.open": { scope: "outbox", keys: ["Enter"] },

  "record.members": { scope: "record", keys: ["1"] },
  "record.exchange": { scope: "record", keys: ["2"] },
  "record.packs": { scope: "record", keys: ["3"] },
  "record.details": { scope: "record", keys: ["4"] },
  "record.next": { scope: "record", keys: ["j", "ArrowDown"], hidden: true },
  "record.previous": { scope: "record", keys: ["k", "ArrowUp"], hidden: true },
  "record.invite": { scope: "record", keys: ["i"] },
  "record.inviteNew": { scope: "record", keys: ["n"] },
  "record.admit": { scope: "record", keys: ["a"] },
  "record.sign": { scope: "record", keys: ["s"] },
  "record.delegate": { scope: "record", keys: ["d"] },
  "record.exchangeNow": { scope: "record", keys: ["e"] },
  "record.packMake": { scope: "record", keys: ["p"] },
  "record.packOpen": { scope: "record", keys: ["o"] },
  "record.packAnswer": { scope: "record", keys: ["w"] },

  "spoken.next": { scope: "spoken", keys: ["j", "ArrowDown"], hidden: true },
  "spoken.previous": { scope: "spoken", keys: ["k", "ArrowUp"], hidden: true },
  "spoken.confirm": { scope: "spoken", keys: ["y"] },
  "spoken.contest": { scope: "spoken", keys: ["x"] },
  "spoken.confirmAll": { scope: "spoken", keys: ["a"] },
  "spoken.sign": { scope: "spoken", keys: ["Mod+Enter"], always: true },

  "join.look": { scope: "join", keys: ["l"] },

  "sign.confirm": { scope: "sign", keys: ["Mod+Enter"], always: true },
  "sign.next": { scope: "sign", keys: ["Mod+ArrowDown"], always: true, hidden: true },
  "sign.previous": { scope: "sign", keys: ["Mod+ArrowUp"], always: true, hidden: true },
} as const satisfies Record<string, Entry>;

export type CommandId = keyof typeof CATALOGUE;

export function entryOf(id: CommandId): Entry {
  return CATALOGUE[id];
}

export const COMMAND_IDS = Object.keys(CATALOGUE) as CommandId[];
