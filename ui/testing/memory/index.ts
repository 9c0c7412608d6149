import type {
  CabinetEvent,
  Commands,
  Drag,
  Preferences,
  SigningSubject,
  SignRequest,
  Transport,
} from "../../src/ipc/contract";
import { calendarCommands } from "./calendar";
import { chaseCommands } from "./chase";
import { circularCommands } from "./circulars";
import { agendaCommands } from "./commands/agendas";
import { boardCommands } from "./commands/board";
import { changeCommands } from "./commands/changes";
import { connectionCommands } from "./commands/connection";
import { joiningCommands } from "./commands/joining";
import { meetingCommands } from "./commands/meetings";
import { minutesCommands } from "./commands/minutes";
import { packCommands } from "./commands/packs";
import { recordCommands } from "./commands/record";
import { reviewCommands } from "./commands/reviews";
import { signingCommands } from "./commands/signing";
import { dispensationCommands } from "./dispensations";
import { documentCommands } from "./documents";
import { emergencyCommands } from "./emergencies";
import { pipelineCommands } from "./pipelines";
import { policyCommands } from "./policies";
import { releaseCommands } from "./releases";
import { verifyCommands } from "./verify";
import { makeWorld } from "./world";

export type Scene =
  | "first-run"
  | "not-connected"
  | "working"
  | "meeting"
  | "closed"
  | "sealed"
  | "offline"
  | "many"
  | "record"
  | "older"
  | "joining"
  | "stale"
  | "policy"
  | "two-words"
  | "circulated"
  | "approving";

/** A believable board held in memory: for unit tests, screenshots and the accessibility sweep. Never shipped. */
export function memoryTransport({
  scene = "working",
  theme = "light",
  scale = 100,
}: {
  scene?: string;
  theme?: string;
  scale?: number;
} = {}): Transport & {
  emit: (event: CabinetEvent) => void;
  drag: (drag: Drag) => void;
  calls: string[];
  asked: SigningSubject[];
  signings: SignRequest[];
} {
  const listeners = new Set<(event: CabinetEvent) => void>();
  const drops = new Set<(drag: Drag) => void>();
  const calls: string[] = [];
  const emit = (event: CabinetEvent) => {
    for (const listener of listeners) listener(event);
  };
  const preferences: Preferences = { theme: theme as Preferences["theme"], scale_percent: scale, single_keys: true };
  const world = makeWorld(scene, preferences, emit);

  const commands: Commands = {
    ...boardCommands(world),
    ...connectionCommands(world),
    ...changeCommands(world),
    ...calendarCommands(world),
    ...chaseCommands(world),
    ...releaseCommands(world),
    ...pipelineCommands((id) => world.change(id).view.row, world.changed),
    ...emergencyCommands(scene === "not-connected" || scene === "first-run", world.changed),
    ...dispensationCommands(world),
    ...circularCommands(scene === "not-connected" || scene === "first-run", world.changed),
    ...reviewCommands(world),
    ...agendaCommands(world),
    ...meetingCommands(world),
    ...signingCommands(world),
    ...minutesCommands(world),
    ...recordCommands(world),
    ...packCommands(world),
    ...policyCommands(world),
    ...joiningCommands(world),
    ...verifyCommands(world),
    ...documentCommands(),
  };
  const counted = Object.fromEntries(
    Object.entries(commands).map(([name, run]) => [
      name,
      (request: never) => {
        calls.push(name);
        return (run as (request: never) => Promise<unknown>)(request);
      },
    ]),
  ) as unknown as Commands;
  return {
    ...counted,
    name: "memory",
    calls,
    asked: world.asked,
    signings: world.signings,
    emit,
    drag: (drag) => {
      for (const listener of drops) listener(drag);
    },
    watchDrops: (listener) => {
      drops.add(listener);
      return () => drops.delete(listener);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
