import type { Commands } from "../../src/ipc/contract";
import { CommandError } from "../../src/ipc/errors";
import { tinyPdf } from "../pdf";

type Answered = Pick<Commands, "documentBytes">;

/** Documents with numbered pages; of one that is called broken, bytes that are no PDF; beside the minutes one annex. */
export function documentCommands(): Answered {
  return {
    documentBytes: async (asked) => {
      if ((asked.kind === "annex" || asked.kind === "erratum") && asked.number !== 1)
        throw new CommandError({ kind: "not_found", detail: { what: asked.kind, id: String(asked.number) } });
      if (asked.kind === "verified" && /broken/.test(asked.path)) return [37, 80, 68, 70];
      return Array.from(tinyPdf(asked.kind === "minutes" ? 11 : 3));
    },
  };
}
