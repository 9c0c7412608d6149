// The command line beside the window: another device, or another person at this one.
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { start } from "./processes.mjs";
import { until } from "./wait.mjs";

const CAB = join(resolve(import.meta.dirname, "../../.."), "target/debug/cab");

/** The ticketing server of the sample alone, as `{ child, url, api_key, project }`. */
export async function sampleServer() {
  const child = start(process.env.CABINET_CAB ?? CAB, ["--json", "sample-server"], { stdio: ["ignore", "ignore", "pipe"] });
  let told = "";
  child.stderr.on("data", (part) => {
    told += part;
  });
  const serving = await until("the sample's server", () => {
    const line = told.split("\n").find((one) => one.includes('"serving"'));
    return line ? JSON.parse(line).serving : null;
  });
  return { child, ...serving };
}

/** Runs `cab` on a data folder and answers its result; what it refuses is thrown. `input`: what it reads. */
export function cab(data, args, { pin, input = "" } = {}) {
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
    child.stdin.end(pin ? `${pin}\n` : input);
  });
}
