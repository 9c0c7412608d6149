import { CATALOGUE, COMMAND_IDS, type CommandId, entryOf } from "./catalogue";

/** The stroke of a key event in the catalogue's words: `Mod+k`, `Shift+1`, `?`. */
export function strokeOf(event: KeyboardEvent): string | null {
  const { key } = event;
  if (key === "Shift" || key === "Control" || key === "Alt" || key === "Meta") return null;
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  // Shift+1 types `!` on one keyboard and something else on the next: digits are read from the physical key.
  const digit = /^Digit([0-9])$/.exec(event.code)?.[1];
  if (event.shiftKey && digit !== undefined) return [...parts, "Shift", digit].join("+");
  const named = key.length > 1;
  if (event.shiftKey && named) parts.push("Shift");
  return [...parts, named || parts.length === 0 ? key : key.toLowerCase()].join("+");
}

/** A stroke without a modifier that types a character: can be switched off (WCAG 2.1.4). */
export function isSingle(keys: string): boolean {
  return keys.split(" ").every((stroke) => stroke.length === 1 && stroke !== " ") || keys.startsWith("Shift+");
}

const EDITABLE = "input:not([type=checkbox],[type=radio],[type=button]),textarea,select,[contenteditable=true]";
const PRESSABLE =
  "button,a[href],[role=button],[role=tab],[role=option],[role^=menuitem],[role=checkbox],[role=radio],input,summary";

export function isEditing(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(EDITABLE) !== null;
}

export interface KeyState {
  bound: (id: CommandId) => boolean;
  singleKeys: boolean;
  /** A dialog is open: only what works always passes. */
  modal: boolean;
}

/**
 * Which command a stroke means, given what was typed before it. `pending` says that a longer sequence
 * may follow. Bound commands of the screen come before those bound everywhere.
 */
export function match(
  typed: string[],
  target: EventTarget | null,
  state: KeyState,
): { command: CommandId | null; pending: boolean } {
  const sequence = typed.join(" ");
  const stroke = typed[typed.length - 1] ?? "";
  const editing = isEditing(target);
  const pressing =
    (stroke === "Enter" || stroke === " ") && target instanceof Element && target.closest(PRESSABLE) !== null;
  let found: CommandId | null = null;
  let pending = false;
  for (const id of COMMAND_IDS) {
    const entry = entryOf(id);
    if (!state.bound(id)) continue;
    if ((editing || state.modal) && !entry.always) continue;
    if (pressing && !entry.always) continue;
    for (const keys of entry.keys) {
      if (!state.singleKeys && isSingle(keys)) continue;
      const whole = keys === " " ? " " : keys;
      if (whole === (stroke === " " && typed.length === 1 ? " " : sequence)) {
        if (found === null || CATALOGUE[id].scope !== "everywhere") found = id;
      } else if (keys.startsWith(`${sequence} `) && keys !== " ") pending = true;
    }
  }
  return { command: found, pending };
}
