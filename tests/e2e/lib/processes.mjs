// Programs that a test starts, and that end with it: by their process group, never by name.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createServer } from "node:net";
import { until } from "./wait.mjs";

const running = new Set();

/** Starts a program in a process group of its own; what it says goes to `log`. */
export function start(program, args, { env = process.env, log, stdio = ["ignore", "pipe", "pipe"] } = {}) {
  const child = spawn(program, args, { env, stdio, detached: true });
  child.name = program;
  running.add(child);
  child.once("exit", () => running.delete(child));
  // Without a listener a program that is not installed would end node with an unnamed error.
  child.failed = new Promise((_, reject) => {
    child.once("error", (error) => reject(new Error(`${program} did not start: ${error.message}`)));
  });
  child.failed.catch(() => {});
  if (log) {
    const file = createWriteStream(log, { flags: "a" });
    child.stdout?.pipe(file);
    child.stderr?.pipe(file);
  }
  return child;
}

/** True while any process of the group is there. */
function alive(pgid) {
  try {
    process.kill(-pgid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ends a program and everything it started. */
export async function end(child) {
  if (!child?.pid) return;
  const pgid = child.pid;
  for (const signal of ["SIGTERM", "SIGKILL"]) {
    if (!alive(pgid)) break;
    try {
      process.kill(-pgid, signal);
    } catch {
      break;
    }
    await until(`${child.name} ends`, () => !alive(pgid), { patience: 5000 }).catch(() => {});
  }
  running.delete(child);
}

process.on("exit", () => {
  for (const child of running) {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
});

/** Runs a program to its end and returns what it printed. */
export async function run(program, args, { env = process.env, accept = [0] } = {}) {
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: [], err: [] };
  child.stdout.on("data", (part) => said.out.push(part));
  child.stderr.on("data", (part) => said.err.push(part));
  const [code] = await Promise.race([
    once(child, "close"),
    once(child, "error").then(([error]) => Promise.reject(new Error(`${program}: ${error.message}`))),
  ]);
  const out = Buffer.concat(said.out);
  const err = Buffer.concat(said.err).toString();
  if (!accept.includes(code)) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${err || out}`);
  return { code, out, text: out.toString(), err };
}

/** Ports nobody listens on now. */
export async function freePorts(count) {
  const servers = [];
  for (let i = 0; i < count; i++) {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
  }
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
