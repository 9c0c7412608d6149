import type { Commands } from "../../../src/ipc/contract";
import { MEMBERS } from "../people";
import { statusOf } from "../status";
import type { World } from "../world";

type Answered = Pick<
  Commands,
  | "appStatus"
  | "preferences"
  | "setPreferences"
  | "members"
  | "setMe"
  | "cancelWork"
  | "touch"
  | "enrolmentTerms"
  | "createBoard"
  | "openSampleBoard"
>;

/** Who sits at the desk, of which board. */
export function boardCommands(world: World): Answered {
  return {
    appStatus: async () => statusOf(world),
    preferences: async () => world.preferences,
    setPreferences: async (next) => {
      world.preferences = next;
      return world.preferences;
    },
    members: async () => MEMBERS,
    setMe: async ({ member }) => {
      world.me = MEMBERS.find((row) => row.member.id === member)?.member ?? world.me;
      return statusOf(world);
    },
    cancelWork: async () => null,
    touch: async () => undefined,
    enrolmentTerms: async () => ({
      sentence: "I accept that signing with this PIN equals my handwritten signature, and that I keep it to myself.",
      pin_rule: "At least 8 characters, not digits only.",
      least_pin_length: 8,
    }),
    createBoard: async (request) => {
      world.board = {
        id: "b1",
        name: request.board_name,
        sample: false,
        sample_pin: null,
        provisional: true,
        roster_version: 1,
        policy_label: `starter${request.part_11 ? "-part-11" : ""}${request.sealed_relays ? "-sealed" : ""}, version 1`,
      };
      world.me = { id: "m-me", name: request.chair.name, roles: request.chair.roles };
      return statusOf(world);
    },
    openSampleBoard: async () => {
      world.board = {
        id: "b1",
        name: "Sample board",
        sample: true,
        sample_pin: "Ines Duarte: maple-17-river",
        provisional: false,
        roster_version: 1,
        policy_label: "starter, version 1",
      };
      return statusOf(world);
    },
  };
}
