import { windowText } from "../../src/ds/time";
import type {
  CalendarFreeze,
  CalendarItem,
  CalendarRelease,
  ChangeRow,
  Commands,
  ScheduleView,
} from "../../src/ipc/contract";
import { RELEASE } from "./changes";
import { moves } from "./rescheduling";
import type { World } from "./world";

/** More than any screen of a test shows. */
const MOST = 200;

const FREEZE: CalendarFreeze = {
  id: "books-2026",
  name: "Closing of the books",
  hard: true,
  environment: "prod*",
  services: [],
  starts_at: "2026-12-04T17:00:00Z",
  ends_at: "2026-12-08T05:00:00Z",
  local: "4 Dec 2026, 18:00 CET to 8 Dec 2026, 06:00 CET",
  reason: "The ledger is closed for the year.",
  repeats: "every year",
};

const FAILED = "failed 6 Dec 2026, 22:10 CET, Tom Berg (Deployment state)";

type Window = NonNullable<ChangeRow["window"]>;

function overlap(one: Window, other: { starts_at: string; ends_at: string }): boolean {
  return one.starts_at < other.ends_at && other.starts_at < one.ends_at;
}

/** The changes of the span that have a window, the earliest first. */
function planned(world: World, from: string, to: string): [ChangeRow, Window][] {
  return [...world.changes.values()]
    .flatMap(({ view: { row } }): [ChangeRow, Window][] => (row.window ? [[row, row.window]] : []))
    .filter(([, window]) => window.starts_at.slice(0, 10) <= to && from <= window.ends_at.slice(0, 10))
    .sort(([, a], [, b]) => a.starts_at.localeCompare(b.starts_at));
}

/** Of the same system, at the same time. */
function inTheWay(row: ChangeRow, window: Window, all: [ChangeRow, Window][]): [ChangeRow, Window][] {
  if (row.systems === null) return [];
  return all.filter(([other, at]) => other.id !== row.id && other.systems === row.systems && overlap(window, at));
}

/** Each release from its first window until its last. */
function releaseBands(found: [ChangeRow, Window][]): CalendarRelease[] {
  const parts = found.filter(([row]) => row.release === RELEASE).map(([, window]) => window);
  const [first] = parts;
  if (!first) return [];
  const ends_at =
    parts
      .map((window) => window.ends_at)
      .sort()
      .at(-1) ?? first.ends_at;
  return [
    {
      name: RELEASE,
      starts_at: first.starts_at,
      ends_at,
      local: windowText({ ...first, ends_at }),
      changes: parts.length,
      level: "critical",
      milestone: "Passwordless",
    },
  ];
}

type Answered = "calendar" | "schedule" | "previewReschedule" | "reschedule" | "freezes" | "previewFreezes";

/** The calendar, and one change in it. */
export function calendarCommands(world: World): Pick<Commands, Answered> {
  return {
    ...moves(world),
    freezes: async () => ({
      policy: "starter/1",
      blocks: false,
      freezes: world.scene === "not-connected" ? [] : [{ freeze: FREEZE, over: false }],
    }),
    previewFreezes: async ({ text, environment, hard }) => {
      const names = [...text.matchAll(/^SUMMARY:(.*)$/gm)].map(([, name = ""]) => name.trim());
      const freezes = names.map((name) => ({ ...FREEZE, id: name, name, hard, environment, repeats: "" }));
      const toml = names.map((name) => `[[freezes]]\nname = "${name}"\n`).join("\n");
      return { freezes, known: [], toml };
    },
    calendar: async (request) => {
      const from = request.from ?? "2026-11-21";
      const to = request.to ?? "2026-12-21";
      const found = planned(world, from, to);
      const shown = found.slice(0, MOST);
      const items = shown.map(
        ([row, window]): CalendarItem => ({
          key: row.key,
          title: row.title,
          window,
          local: windowText(window),
          environment: "production",
          service: row.systems ?? "",
          status: row.remote_status,
          over: row.decision === "rejected",
          level: row.risk.level,
          decision: row.decision,
          conflicts: inTheWay(row, window, shown).length,
          freezes: overlap(window, FREEZE) ? [FREEZE.name] : [],
          covered: overlap(window, FREEZE) ? false : null,
          release: row.release,
          deployment: overlap(window, FREEZE) ? FAILED : "",
        }),
      );
      const freezes = FREEZE.starts_at.slice(0, 10) <= to && from <= FREEZE.ends_at.slice(0, 10) ? [FREEZE] : [];
      const releases = releaseBands(shown);
      return { from, to, zone: "Europe/Berlin", items, releases, freezes, conflicts: [], more: found.length > MOST };
    },
    schedule: async (request): Promise<ScheduleView> => {
      const { row } = world.change(request.change).view;
      const window = row.window;
      const others = window ? inTheWay(row, window, planned(world, "2026-11-01", "2027-01-31").slice(0, MOST)) : [];
      const scene = world.scene === "two-words" && row.id === "chg-1";
      const frozen = window !== null && (scene || overlap(window, FREEZE));
      const blocked = frozen || others.length > 0;
      return {
        change: row.key,
        window,
        planned: window ? windowText(window) : null,
        elsewhere: null,
        minutes: window ? Math.round((Date.parse(window.ends_at) - Date.parse(window.starts_at)) / 60_000) : null,
        conflicts: others.map(([other, at]) => ({
          key: other.key,
          title: other.title,
          local: windowText(at),
          reasons: [`same service ${other.systems}`],
        })),
        freezes: frozen
          ? [
              {
                id: FREEZE.id,
                name: FREEZE.name,
                hard: FREEZE.hard,
                whole: true,
                local: FREEZE.local,
                reason: FREEZE.reason,
                excepted: "",
                needs: "Move the window, or get an exception that names who allows it, why, and until when (R77).",
              },
            ]
          : [],
        deployments: frozen ? [FAILED] : [],
        coverage: frozen ? { by: ["Berlin, office hours: Service desk"], gaps: [FREEZE.local] } : null,
        next:
          window && blocked ? { window, local: "14 Dec 2026, 22:00 CET to 14 Dec 2026, 23:30 CET", passed: [] } : null,
        no_next: null,
      };
    },
  };
}
