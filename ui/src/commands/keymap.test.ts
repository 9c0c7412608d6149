import { describe, expect, it } from "vitest";
import type { CommandId } from "./catalogue";
import { match, strokeOf } from "./keymap";

const bound = (...ids: CommandId[]) => ({ bound: (id: CommandId) => ids.includes(id), singleKeys: true, modal: false });
const key = (init: KeyboardEventInit) => new KeyboardEvent("keydown", init);

describe("a stroke", () => {
  it("reads digits from the physical key, whatever Shift makes of them", () => {
    expect(strokeOf(key({ key: "!", code: "Digit1", shiftKey: true }))).toBe("Shift+1");
    expect(strokeOf(key({ key: '"', code: "Digit2", shiftKey: true }))).toBe("Shift+2");
  });

  it("treats Ctrl and Meta alike", () => {
    expect(strokeOf(key({ key: "k", ctrlKey: true }))).toBe("Mod+k");
    expect(strokeOf(key({ key: "K", metaKey: true }))).toBe("Mod+k");
  });

  it("is the character itself where Shift typed it", () => {
    expect(strokeOf(key({ key: "?", shiftKey: true, code: "Slash" }))).toBe("?");
  });

  it("ignores modifiers pressed alone", () => {
    expect(strokeOf(key({ key: "Shift" }))).toBeNull();
  });
});

describe("matching a stroke", () => {
  it("waits for the second key of a sequence", () => {
    const state = bound("go.changes", "changes.next");
    expect(match(["g"], document.body, state)).toEqual({ command: null, pending: true });
    expect(match(["g", "c"], document.body, state).command).toBe("go.changes");
  });

  it("leaves letters to a field one types in, but lets Ctrl+Enter through", () => {
    const field = document.createElement("textarea");
    expect(match(["a"], field, bound("meeting.approve")).command).toBeNull();
    expect(match(["Mod+Enter"], field, bound("meeting.confirm")).command).toBe("meeting.confirm");
  });

  it("leaves Enter and Space to a button that has the focus", () => {
    const button = document.createElement("button");
    expect(match([" "], button, bound("plan.tick")).command).toBeNull();
    expect(match([" "], document.body, bound("plan.tick")).command).toBe("plan.tick");
  });

  it("runs no single key once they are switched off, but arrows and Ctrl", () => {
    const state = { ...bound("changes.next", "palette.open", "go.changes", "meeting.consent"), singleKeys: false };
    expect(match(["j"], document.body, state).command).toBeNull();
    expect(match(["g"], document.body, state).pending).toBe(false);
    expect(match(["Shift+1"], document.body, state).command).toBeNull();
    expect(match(["ArrowDown"], document.body, state).command).toBe("changes.next");
    expect(match(["Mod+k"], document.body, state).command).toBe("palette.open");
  });

  it("passes nothing through an open dialog but what always works", () => {
    const state = { ...bound("changes.next", "layer.close"), modal: true };
    expect(match(["j"], document.body, state).command).toBeNull();
    expect(match(["Escape"], document.body, state).command).toBe("layer.close");
  });
});
