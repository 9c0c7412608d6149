import type { BoardError } from "./contract";

/** A command's refusal or failure, thrown so that queries and acts meet it in one place. */
export class CommandError extends Error {
  readonly error: BoardError;

  constructor(error: BoardError) {
    super(error.kind);
    this.name = "CommandError";
    this.error = error;
  }
}

/** Whatever was thrown, as a `BoardError`: an unknown throw is an internal fault of the window. */
export function asBoardError(thrown: unknown): BoardError {
  if (thrown instanceof CommandError) return thrown.error;
  return { kind: "internal", detail: { incident: thrown instanceof Error ? thrown.message : String(thrown) } };
}
