import type { Commands } from "../../src/ipc/contract";
import { CommandError } from "../../src/ipc/errors";
import { tinyPdf } from "../pdf";

type Answered = Pick<Commands, "documentPage">;

/**
 * Documents with numbered pages: minutes page by page, others as a whole; of one that is called broken, bytes that are no
 * PDF; beside the minutes one annex.
 */
export function documentCommands(): Answered {
  return {
    documentPage: async ({ document: asked, page }) => {
      if ((asked.kind === "annex" || asked.kind === "erratum") && asked.number !== 1)
        throw new CommandError({ kind: "not_found", detail: { what: asked.kind, id: String(asked.number) } });
      if (asked.kind === "verified" && /broken/.test(asked.path)) return [0, 0, 0, 0, 37, 80, 68, 70];
      if (asked.kind === "minutes") return [0, 0, 0, 11, ...tinyPdf(11, page)];
      return [0, 0, 0, 0, ...tinyPdf(3)];
    },
  };
}
