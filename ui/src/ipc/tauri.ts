import { listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { commands } from "./bindings";
import type { BoardError, CabinetEvent, Commands, Transport } from "./contract";
import { CommandError } from "./errors";

/** The name under which the shell sends events (`src-tauri/src/events.rs`). */
const EVENT = "cabinet-event";

type Outcome = { status: "ok"; data: unknown } | { status: "error"; error: BoardError };

function isOutcome(answer: unknown): answer is Outcome {
  return typeof answer === "object" && answer !== null && "status" in answer && ("data" in answer || "error" in answer);
}

/** Turns the bindings' `{status}` into an answer, or throws what the program refused. */
function unwrapped(run: (...request: unknown[]) => Promise<unknown>) {
  return async (...request: unknown[]) => {
    const answer = await run(...request);
    if (!isOutcome(answer)) return answer;
    if (answer.status === "error") throw new CommandError(answer.error);
    return answer.data;
  };
}

/** The generated commands over tauri, and the shell's events. */
export function tauriTransport(): Transport {
  const bound = Object.fromEntries(
    Object.entries(commands).map(([name, run]) => [
      name,
      unwrapped(run as (...request: unknown[]) => Promise<unknown>),
    ]),
  ) as unknown as Commands;
  return {
    ...bound,
    name: "tauri",
    subscribe: (listener) => {
      const stopping = listen<CabinetEvent>(EVENT, (event) => listener(event.payload));
      return () => {
        void stopping.then((stop) => stop());
      };
    },
    watchDrops: (listener) => {
      const stopping = getCurrentWebview().onDragDropEvent(({ payload }) => {
        if (payload.type === "drop") listener({ kind: "dropped", paths: payload.paths });
        else if (payload.type === "leave") listener({ kind: "left" });
        else listener({ kind: "over" });
      });
      return () => {
        void stopping.then((stop) => stop());
      };
    },
  };
}
