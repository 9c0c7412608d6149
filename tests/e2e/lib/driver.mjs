// A W3C WebDriver client, no larger than these tests need: https://www.w3.org/TR/webdriver2/
import { until } from "./wait.mjs";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** Keys by the names the window's own catalogue uses, as WebDriver's code points. */
const KEYS = {
  Enter: "\uE007",
  Escape: "\uE00C",
  Tab: "\uE004",
  Space: " ",
  Backspace: "\uE003",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
  Home: "\uE011",
  End: "\uE010",
  Delete: "\uE017",
  F1: "\uE031",
  F6: "\uE036",
  Mod: "\uE009",
  Shift: "\uE008",
  Alt: "\uE00A",
};

export class WebDriverError extends Error {
  constructor(command, value) {
    super(`${command}: ${value?.error ?? "error"}: ${value?.message ?? JSON.stringify(value)}`);
    this.code = value?.error;
    // A window that is gone does not come back by waiting for it.
    this.fatal = value?.error === "invalid session id";
  }
}

export class Driver {
  /** Opens a session at a driver that listens on `base`. */
  static async open(base, capabilities) {
    const answer = await call(base, "POST", "/session", { capabilities: { alwaysMatch: capabilities } });
    return new Driver(base, answer.sessionId);
  }

  constructor(base, session) {
    this.base = base;
    this.session = session;
  }

  command(method, path, body) {
    return call(this.base, method, `/session/${this.session}${path}`, body);
  }

  close() {
    return this.command("DELETE", "");
  }

  /** Runs a function's body in the page and returns what it returns. */
  async script(body, ...args) {
    return this.command("POST", "/execute/sync", { script: body, args });
  }

  /** The same for a body that calls its last argument when it is done. */
  async scriptAsync(body, ...args) {
    return this.command("POST", "/execute/async", { script: body, args });
  }

  /** The first element an XPath leads to, or null. */
  async find(xpath) {
    const found = await this.command("POST", "/elements", { using: "xpath", value: xpath });
    return found.length > 0 ? found[0][ELEMENT] : null;
  }

  async click(element) {
    await this.command("POST", `/element/${element}/click`, {});
  }

  /** Puts a file into a file field, as its dialog would. */
  async choose(element, path) {
    await this.command("POST", `/element/${element}/value`, { text: path });
  }

  /** Presses one stroke: `j`, `Shift+1`, `Mod+Enter`. */
  async stroke(stroke) {
    const parts = stroke === "+" ? ["+"] : stroke.split("+");
    const codes = parts.map((part) => KEYS[part] ?? part);
    const actions = [
      ...codes.map((value) => ({ type: "keyDown", value })),
      ...codes.reverse().map((value) => ({ type: "keyUp", value })),
    ];
    await this.command("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  /** Types text where the focus is. */
  async type(text) {
    const actions = [...text].flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await this.command("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }
}

async function call(base, method, path, body) {
  const response = await fetch(base + path, {
    method,
    headers: { "content-type": "application/json" },
    body: method === "POST" ? JSON.stringify(body ?? {}) : undefined,
    // A driver that answers nothing must not hold the run up for ever.
    signal: AbortSignal.timeout(45_000),
  }).catch((error) => {
    const reason = new Error(`${method} ${path}: ${error.message}`);
    reason.fatal = error.name === "TimeoutError";
    throw reason;
  });
  const { value } = await response.json();
  if (!response.ok) throw new WebDriverError(`${method} ${path}`, value);
  return value;
}

/** Waits until a driver answers that it is ready. */
export function ready(base) {
  return until("the driver answers", async () => (await call(base, "GET", "/status")).ready !== undefined);
}
