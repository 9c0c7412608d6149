import type { Commands } from "../../../src/ipc/contract";
import { page } from "../page";
import { notFound } from "../refusals";
import { returnRow } from "../returns";
import type { World } from "../world";

type Answered = Pick<
  Commands,
  | "listChanges"
  | "change"
  | "markLooked"
  | "downloadAttachment"
  | "handOut"
  | "meetCondition"
  | "previewReturns"
  | "returnToRequester"
>;

/** The list of changes, and one of them. */
export function changeCommands({ changes, change, changed }: World): Answered {
  const asked = new Set<string>();
  const meant = (named: string[] | null | undefined) =>
    named ? named.map(change) : [...changes.values()].filter(({ view }) => view.decision === null);
  return {
    listChanges: async (request) =>
      page(
        [...changes.values()].map(({ view }) => view.row),
        request,
      ),
    change: async (request) => structuredClone(change(request.change).view),
    markLooked: async () => null,
    downloadAttachment: async ({ change: id, attachment }) => {
      const found = change(id).view.attachments.find((one) => one.id === attachment);
      if (!found) throw notFound("attachment", attachment);
      found.digest = "sha256:5b1c02ad9e7f43c1";
      changed("changes");
      return found;
    },
    handOut: async ({ change: id, path, snapshot }) => ({
      path,
      sha256: "0".repeat(64),
      change: change(id).view.row.key,
      artifacts: snapshot ? [] : [`sha256:${"a".repeat(64)}`],
      environment: "production",
      window_start: "2026-11-28T20:00:00Z",
      window_end: "2026-11-28T22:00:00Z",
      fresh_until: "2026-11-27T20:00:00Z",
      roster_root: "ab".repeat(32),
      roster: 1,
      provisional: true,
      entries: 9,
    }),
    previewReturns: async (request) => meant(request.changes).map((one) => returnRow(one, asked)),
    returnToRequester: async (request) => {
      const rows = meant(request.changes).map((one) => returnRow(one, asked));
      for (const row of rows) if (row.text !== null) asked.add(change(row.change).view.row.id);
      changed("outbox", "changes");
      return rows;
    },
    meetCondition: async (request) => {
      for (const { view } of changes.values())
        for (const condition of view.conditions) if (condition.id === request.condition) condition.state = "met";
      changed("decisions", "changes");
      return null;
    },
  };
}
