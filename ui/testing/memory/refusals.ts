import type { Refusal } from "../../src/ipc/contract";
import { CommandError } from "../../src/ipc/errors";

export function notFound(what: string, id: string): CommandError {
  return new CommandError({ kind: "not_found", detail: { what, id } });
}

export function refuse(refusal: Refusal): CommandError {
  return new CommandError({ kind: "refused", detail: refusal });
}
