import type { Commands } from "../../../src/ipc/contract";
import { CommandError } from "../../../src/ipc/errors";
import { invitation, joiningView } from "../record";
import { statusOf } from "../status";
import type { World } from "../world";

type Answered = Pick<Commands, "readInvitation" | "joinBoard" | "joining" | "saveEnrolment">;

/** Joining a board with an invitation, until the board has admitted whoever joins. */
export function joiningCommands(world: World): Answered {
  return {
    readInvitation: async ({ text }) => {
      if (!text.startsWith("{"))
        throw new CommandError({
          kind: "invalid",
          detail: { field: "invitation", why: "This is no invitation: it is not what Cabinet writes." },
        });
      return invitation;
    },
    joinBoard: async (request) => {
      world.board = {
        id: "b1",
        name: invitation.board,
        sample: false,
        sample_pin: null,
        provisional: true,
        roster_version: 1,
        policy_label: "starter, version 1",
      };
      world.joining = { folders: request.folder === "" ? [] : [request.folder], looks: 0 };
      return statusOf(world);
    },
    joining: async () => (world.joining ? joiningView(world.joining.folders, world.joining.looks > 0) : null),
    saveEnrolment: async () => joiningView(world.joining?.folders ?? [], (world.joining?.looks ?? 0) > 0),
  };
}
