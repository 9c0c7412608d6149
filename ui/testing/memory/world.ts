import type {
  AppStatus,
  CabinetEvent,
  MemberRef,
  Noun,
  PacksView,
  Preferences,
  RecordView,
  SigningSubject,
  SigningView,
  SignRequest,
  SpokenView,
} from "../../src/ipc/contract";
import { makeChange, type StoredChange } from "./changes";
import { wordSigning } from "./dispensations";
import * as extras from "./extras";
import type { Item, Meeting } from "./meeting";
import { meetingsOf } from "./meetings";
import { packsView } from "./packs";
import { MEMBERS } from "./people";
import { policySigning } from "./policies";
import * as hands from "./record";
import { notFound } from "./refusals";

/** What the board in memory holds; the commands read it and change it. */
export interface World {
  readonly scene: string;
  readonly changes: Map<string, StoredChange>;
  readonly meetings: Map<string, Meeting>;
  preferences: Preferences;
  board: AppStatus["board"];
  me: MemberRef;
  record: RecordView;
  packs: PacksView;
  readonly spoken: SpokenView;
  /** Who joins is admitted at the second look into the folder. */
  joining: { folders: string[]; looks: number } | null;
  signing: SigningView;
  /** What was asked to be signed, and how it was signed. */
  readonly asked: SigningSubject[];
  readonly signings: SignRequest[];
  readonly emit: (event: CabinetEvent) => void;
  readonly changed: (...nouns: Noun[]) => void;
  /** A change by its id or its key. */
  readonly change: (id: string) => StoredChange;
  readonly meeting: (id: string) => Meeting;
  readonly item: (request: { meeting: string; item: string }) => [Meeting, Item];
}

export function makeWorld(scene: string, preferences: Preferences, emit: (event: CabinetEvent) => void): World {
  const changes = changesOf(scene);
  const meetings = meetingsOf(scene, changes);
  const change = (id: string) => {
    const found = changes.get(id) ?? [...changes.values()].find(({ view }) => view.row.key === id);
    if (!found) throw notFound("change", id);
    return found;
  };
  const meeting = (id: string) => {
    const found = meetings.get(id);
    if (!found) throw notFound("meeting", id);
    return found;
  };
  return {
    scene,
    changes,
    meetings,
    preferences,
    board: boardOf(scene),
    me: MEMBERS[0]!.member,
    record: hands.recordView(scene),
    packs: packsView(scene),
    spoken: hands.spokenView(scene),
    joining: scene === "joining" ? { folders: ["/mnt/board"], looks: 0 } : null,
    signing: signingOf(scene),
    asked: [],
    signings: [],
    emit,
    changed: (...nouns) => emit({ kind: "changed", nouns, ids: [] }),
    change,
    meeting,
    item: (request) => {
      const of = meeting(request.meeting);
      const found = of.items.find((one) => one.id === request.item);
      if (!found) throw notFound("agenda item", request.item);
      return [of, found];
    },
  };
}

function changesOf(scene: string): Map<string, StoredChange> {
  const size = scene === "first-run" || scene === "not-connected" ? 0 : scene === "many" ? 10_000 : 64;
  const changes = new Map<string, StoredChange>();
  for (let i = 0; i < size; i++) {
    const made = makeChange(i);
    changes.set(made.view.row.id, made);
  }
  return changes;
}

function boardOf(scene: string): AppStatus["board"] {
  if (scene === "first-run") return null;
  return {
    id: "b1",
    name: "Shop Change Advisory Board",
    sample: scene === "working",
    sample_pin: scene === "working" ? "Ines Duarte: maple-17-river · Tomasz Zielinski: maple-17-river" : null,
    provisional: scene === "not-connected",
    roster_version: 1,
    policy_label: "starter, version 1",
  };
}

/** What lies in the signing window before anything is asked. */
function signingOf(scene: string): SigningView {
  switch (scene) {
    case "record":
      return hands.admissionSigning();
    case "stale":
      return extras.reaffirmSigning();
    case "policy":
      return policySigning();
    case "two-words":
      return wordSigning({ kind: "waiver", change: "chg-1", gate: "plan-r23", reason: "It comes late", until: "" });
    case "part-11":
      return extras.part11Signing();
    default:
      return extras.signingView();
  }
}
