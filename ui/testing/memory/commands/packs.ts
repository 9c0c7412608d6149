import type { Commands } from "../../../src/ipc/contract";
import { answerBack, openedPack, packFile } from "../packs";
import { MEMBERS } from "../people";
import { refuse } from "../refusals";
import type { World } from "../world";

type Answered = Pick<Commands, "packs" | "makePack" | "openPack" | "saveAnswer" | "openPackPdf">;

/** Review packs: made, opened and answered. */
export function packCommands(world: World): Answered {
  const { changed } = world;
  return {
    packs: async () => structuredClone(world.packs),
    makePack: async (request) => {
      const to = MEMBERS.find((row) => row.member.id === request.to)?.member.name ?? "";
      return packFile(request.path, to, request.changes);
    },
    openPack: async ({ path }) => {
      if (/none/.test(path))
        throw refuse({
          code: "file_unreadable",
          rule: `${path} was not read: there is no such file.`,
          clause: null,
          remedy: "Look where it was saved.",
          facts: [],
        });
      if (/answer/.test(path)) {
        world.packs = { ...world.packs, late: answerBack().late };
        changed("sign_offs");
        return answerBack();
      }
      world.packs = { ...world.packs, opened: openedPack() };
      changed("changes");
      return openedPack();
    },
    saveAnswer: async ({ path }) => packFile(path, "Ines Duarte", []),
    openPackPdf: async () => null,
  };
}
