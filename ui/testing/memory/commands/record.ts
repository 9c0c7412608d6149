import type { Commands } from "../../../src/ipc/contract";
import { delegationsView } from "../delegations";
import { MEMBERS } from "../people";
import * as hands from "../record";
import type { World } from "../world";

type Answered = Pick<
  Commands,
  "record" | "setRelayFolders" | "exchange" | "recover" | "invite" | "receiveEnrolment" | "spoken" | "delegations"
>;

/** The record, how it travels, and whose word is in it. */
export function recordCommands(world: World): Answered {
  const { scene, spoken, changed } = world;
  return {
    record: async () => structuredClone(world.record),
    setRelayFolders: async ({ folders }) => {
      if (world.joining) world.joining = { ...world.joining, folders };
      world.record = {
        ...world.record,
        relays: folders.map((folder) => ({ name: `folder ${folder}`, folder })),
      };
      changed("board");
      return structuredClone(world.record);
    },
    exchange: async () => {
      const answer = hands.exchangeAnswer({ came: 1, went: 2 });
      const { older_copy, came_back } = world.record;
      const told =
        "This folder is an older copy: 4 entries of this device came back from folder /mnt/board; nothing is missing now.";
      world.record = {
        ...world.record,
        last_exchange: answer,
        older_copy: null,
        came_back: older_copy ? { at: answer.at, told } : came_back,
      };
      const { joining } = world;
      if (joining) world.joining = joining.looks > 0 ? null : { ...joining, looks: joining.looks + 1 };
      changed("board");
      return answer;
    },
    recover: async () => {
      world.record = { ...world.record, older_copy: null };
      changed("board");
      return structuredClone(world.record);
    },
    invite: async (request) => ({
      name: request.seat?.name ?? MEMBERS.find((row) => row.member.id === request.member)?.member.name ?? "",
      path: request.path,
      roster_words: hands.ROOT_WORDS,
    }),
    receiveEnrolment: async () => {
      world.record = { ...world.record, waiting: hands.recordView("record").waiting };
      changed("board");
      return structuredClone(world.record);
    },
    spoken: async () => structuredClone(spoken),
    delegations: async () => delegationsView(scene, world.me),
  };
}
