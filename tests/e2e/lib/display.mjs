// A display of its own for each run, and what a person does at it: keystrokes to a window, and looking.
import { end, run, start } from "./processes.mjs";
import { until } from "./wait.mjs";

export const SIZE = { width: 1400, height: 900 };

export class Display {
  static async open(log) {
    // Xvfb chooses a free number itself and says which: no two runs can meet on one.
    const server = start("Xvfb", ["-displayfd", "3", "-screen", "0", `${SIZE.width}x${SIZE.height}x24`, "-nolisten", "tcp"], {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
      log,
    });
    let said = "";
    server.stdio[3].on("data", (part) => {
      said += part;
    });
    const number = await Promise.race([until("Xvfb's display number", () => /^(\d+)\n/.exec(said)?.[1]), server.failed]);
    return new Display(server, `:${number}`);
  }

  constructor(server, name) {
    this.server = server;
    this.name = name;
    this.env = { ...process.env, DISPLAY: name };
  }

  close() {
    return end(this.server);
  }

  xdotool(...args) {
    return run("xdotool", args, { env: this.env });
  }

  /** Visible windows whose title matches, by their X identifiers. */
  async windows(title) {
    const found = await run("xdotool", ["search", "--onlyvisible", "--name", title], { env: this.env, accept: [0, 1] });
    return found.text.split("\n").filter(Boolean);
  }

  /** The whole display, or one window, as a PNG file. */
  async picture(path, window = "root") {
    await run("import", ["-silent", "-window", window, path], { env: this.env });
  }

  /** What a window shows now, as one digest, and how many colours are in it: an empty window has very few. */
  async looks(window) {
    const shown = await run("import", ["-silent", "-window", window, "-format", "%# %k", "info:"], { env: this.env });
    const [digest, colours] = shown.text.trim().split(" ");
    return { digest, colours: Number(colours) };
  }

  /**
   * Waits until a window shows something, and the same twice in a row. `other`: a digest it must no longer show.
   * WebDriver cannot see into a second window, so its picture is all there is to wait for.
   */
  async settled(window, what, other = null) {
    let before = null;
    return until(what, async () => {
      const now = await this.looks(window);
      const still = before === now.digest;
      before = now.digest;
      return still && now.colours > 24 && now.digest !== other ? now : null;
    });
  }
}
