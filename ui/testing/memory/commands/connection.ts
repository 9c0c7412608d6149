import type { Commands } from "../../../src/ipc/contract";
import { CommandError } from "../../../src/ipc/errors";
import { makeChange } from "../changes";
import * as extras from "../extras";
import { linkOf } from "../status";
import type { World } from "../world";

type Answered = Pick<
  Commands,
  | "connection"
  | "testConnection"
  | "proposeMapping"
  | "dryRunMapping"
  | "saveConnection"
  | "sync"
  | "outbox"
  | "retryOutbox"
>;

/** Where tickets are, and what goes back to them. */
export function connectionCommands(world: World): Answered {
  const { changes, emit } = world;
  return {
    connection: async () => (changes.size === 0 ? null : extras.connectionView),
    testConnection: async (request) => {
      if (/wrong/.test(request.url))
        throw new CommandError({
          kind: "ticketing",
          detail: {
            system: "Redmine",
            problem: "The server refused the API key (401).",
            remedy:
              "Copy the key again from your Redmine account page. Cabinet stopped at once so that the account is not locked.",
            retry_after: null,
          },
        });
      return extras.connectionTest;
    },
    proposeMapping: async ({ project }) => extras.mappingProposal(project),
    dryRunMapping: async ({ mapping }) =>
      extras.dryRun(
        Array.from({ length: 20 }, (_, i) => ({
          key: makeChange(i).view.row.key,
          title: makeChange(i).view.row.title,
        })),
        mapping.every((row) => row.values.every((value) => value.ours !== null)),
      ),
    saveConnection: async () => extras.connectionView,
    sync: async () => {
      const progress = { work: "w1", kind: "sync" as const, total: 640, cancellable: true };
      emit({ kind: "progress", progress: { ...progress, state: "running", done: 120, step: "CHG-4219" } });
      setTimeout(
        () => emit({ kind: "progress", progress: { ...progress, state: "done", done: 640, step: "Done" } }),
        6000,
      );
      return { work: "w1" };
    },
    outbox: async () => (changes.size === 0 ? { link: linkOf(world), rows: [] } : extras.outboxView(linkOf(world))),
    retryOutbox: async () => extras.outboxView(linkOf(world)),
  };
}
