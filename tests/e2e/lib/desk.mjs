// The program in a real window: a display, tauri-driver, the session, and what is kept of it.
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Display } from "./display.mjs";
import { Driver, ready } from "./driver.mjs";
import { Page } from "./page.mjs";
import { end, freePorts, start } from "./processes.mjs";
import { until } from "./wait.mjs";

const ROOT = resolve(import.meta.dirname, "../../..");
export const PROGRAM = join(ROOT, "target/debug/cabinet");

/** Where pictures and logs of a test stay. */
export async function gallery(name) {
  const folder = join(ROOT, ".artifacts/window", name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

export class Desk {
  /** `args`: of the program; `folder`: for pictures and logs; `env`: of the program besides the test's own. */
  static async open({ args = [], folder, env = {}, application = PROGRAM }) {
    const desk = new Desk(folder);
    try {
      desk.display = await Display.open(join(folder, "display.log"));
      const [port, native] = await freePorts(2);
      desk.service = start(
        "tauri-driver",
        ["--port", String(port), "--native-port", String(native), "--native-driver", "/usr/bin/WebKitWebDriver"],
        {
          env: { ...desk.display.env, NO_AT_BRIDGE: "1", LANG: "C.UTF-8", TZ: "Europe/Berlin", ...env },
          log: join(folder, "program.log"),
        },
      );
      const base = `http://127.0.0.1:${port}`;
      await Promise.race([ready(base), desk.service.failed]);
      desk.driver = await Driver.open(base, { "tauri:options": { application, args } });
      desk.page = new Page(desk.driver);
      return desk;
    } catch (error) {
      await desk.close();
      throw error;
    }
  }

  constructor(folder) {
    this.folder = folder;
    this.pictures = 0;
    /** Of the main window. */
    this.title = "^Cabinet$";
  }

  /** Ends the session, then everything that was started for it. */
  async close() {
    await this.driver?.close().catch(() => {});
    await end(this.service);
    await this.display?.close();
  }

  #next(name) {
    this.pictures += 1;
    return join(this.folder, `${String(this.pictures).padStart(2, "0")}-${name}.png`);
  }

  /**
   * The main window as it is now, from the display: it is what a person sees, and the second of WebDriver's own
   * pictures never came from this WebKit (2.50, without a graphics card).
   */
  async picture(name) {
    await this.page.settled();
    const [window] = await this.display.windows(this.title);
    await this.display.settled(window, "the window is drawn");
    await this.display.picture(this.#next(name), window);
  }

  /** The whole display, whatever state it is in: for a test that failed. */
  async evidence() {
    await this.display?.picture(join(this.folder, "failed.png")).catch(() => {});
  }

  /** Waits for the signing window to open, and to show what is to be signed. */
  async signing() {
    const [window] = await until("the signing window", async () => {
      const found = await this.display.windows("Sign-off");
      return found.length > 0 ? found : null;
    });
    return Signing.of(this, window);
  }

  keep(name) {
    return this.#next(name);
  }
}

/** The signing window: seen by pictures, driven by keystrokes, as WebDriver does not reach a second window. */
export class Signing {
  static async of(desk, window) {
    const signing = new Signing(desk, window);
    await desk.display.xdotool("windowfocus", "--sync", window);
    signing.now = await desk.display.settled(window, "the signing window shows its statement");
    return signing;
  }

  constructor(desk, window) {
    this.desk = desk;
    this.window = window;
  }

  async picture(name) {
    this.now = await this.desk.display.settled(this.window, "the signing window is drawn");
    await this.desk.display.picture(this.desk.keep(name), this.window);
  }

  /** Does something by keys and waits until the window shows something else. */
  async #then(what, ...args) {
    await this.desk.display.xdotool(...args);
    this.now = await this.desk.display.settled(this.window, what, this.now.digest);
  }

  enter(pin) {
    return this.#then("the PIN is in its field", "type", "--delay", "15", pin);
  }

  confirm() {
    return this.#then("the signing window answers", "key", "ctrl+Return");
  }

  /** Puts the window away and waits until it is gone. */
  async leave() {
    await this.desk.display.xdotool("key", "Escape");
    await until("the signing window is gone", async () => (await this.desk.display.windows("Sign-off")).length === 0);
  }
}
