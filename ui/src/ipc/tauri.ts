import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { BoardError, CabinetEvent, Commands, Transport } from "./contract";
import { CommandError } from "./errors";

const EVENT = "cabinet-event";

/** `listChanges` → `list_changes`: the name of a command in the program. */
function commandName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Commands over tauri: one function per command of the contract, refusals thrown as `CommandError`. */
export function tauriTransport(): Transport {
  const subscribe = (listener: (event: CabinetEvent) => void) => {
    const stopping = listen<CabinetEvent>(EVENT, (event) => listener(event.payload));
    return () => {
      void stopping.then((stop) => stop());
    };
  };
  const base: Record<string, unknown> = { name: "tauri", subscribe };
  return new Proxy(base, {
    get(target, property) {
      if (typeof property !== "string" || property === "then") return undefined;
      if (property in target) return target[property];
      const command = commandName(property as keyof Commands);
      const run = async (request?: unknown) => {
        try {
          return await invoke(command, request === undefined ? {} : { request });
        } catch (thrown) {
          throw new CommandError(thrown as BoardError);
        }
      };
      target[property] = run;
      return run;
    },
  }) as unknown as Transport;
}
