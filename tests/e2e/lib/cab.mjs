// The command line beside the window: another device, or another person at this one.
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";

const CAB = join(resolve(import.meta.dirname, "../../.."), "target/debug/cab");

/** Runs `cab` on a data folder and answers its result; what it refuses is thrown. */
export function cab(data, args, { pin } = {}) {
  const all = ["--data-dir", data, "--json", ...(pin ? ["--pin-fd", "0"] : []), ...args];
  return new Promise((answer, refuse) => {
    const child = spawn(process.env.CABINET_CAB ?? CAB, all, { stdio: ["pipe", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.on("data", (part) => {
      out += part;
    });
    child.stderr.on("data", (part) => {
      err += part;
    });
    child.once("error", refuse);
    child.once("close", (code) => {
      if (code !== 0) return refuse(new Error(`cab ${args.join(" ")} ended with ${code}: ${out || err}`));
      answer(JSON.parse(out).result);
    });
    child.stdin.end(pin ? `${pin}\n` : "");
  });
}
