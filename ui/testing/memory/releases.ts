import type {
  ChangeRow,
  Commands,
  Decision,
  DecisionKind,
  ReleaseDecided,
  ReleaseQuestion,
  ReleaseRow,
  ReleaseView,
  RiskLevel,
} from "../../src/ipc/contract";
import { NOW, RELEASE } from "./changes";
import { consoleItem, meetingView } from "./meeting";
import { MEMBERS } from "./people";
import { notFound, refuse } from "./refusals";
import type { World } from "./world";

const LEVELS: RiskLevel[] = ["low", "medium", "high", "critical"];

const asked = (
  question: string,
  asks: string,
  ...choices: [word: string, words: string, least: RiskLevel][]
): Omit<ReleaseQuestion, "answer" | "open"> => ({
  question,
  asks,
  choices: choices.map(([word, words, least]) => ({ word, words, least })),
});

const QUESTIONS = [
  asked(
    "release_impact",
    "How bad is it for the business if the whole release fails?",
    ["low", "hardly anybody notices", "low"],
    ["medium", "some work around it", "medium"],
    ["high", "many are kept from their work", "high"],
    ["critical", "the business or its customers stand still", "critical"],
  ),
  asked(
    "release_complexity",
    "How do the changes of the release hang together?",
    ["independent", "each change can go by itself", "low"],
    ["ordered", "the changes go one after the other, in one order", "medium"],
    ["together", "all go at once, or none", "high"],
  ),
  asked(
    "release_rollback",
    "Can the release be taken back?",
    ["each", "each change can be taken back by itself", "low"],
    ["whole", "it can only be taken back as a whole", "medium"],
    ["impossible", "some of it cannot be taken back", "high"],
  ),
];

function worst(levels: RiskLevel[]): RiskLevel {
  return LEVELS[Math.max(0, ...levels.map((level) => LEVELS.indexOf(level)))] ?? "low";
}

/** What the board in memory says of its one release. */
function releaseView(rows: ChangeRow[], answers: Map<string, string>): ReleaseView {
  const keys = rows.map((row) => row.key);
  const questions = QUESTIONS.map((one): ReleaseQuestion => {
    const answer = answers.get(one.question) ?? null;
    return { ...one, answer, open: answer === null ? keys : [] };
  });
  const own = (open: RiskLevel | null) =>
    questions.map((one) => one.choices.find((choice) => choice.word === one.answer)?.least ?? open ?? "low");
  const low = worst([...rows.map((row) => row.risk.low_level), ...own(null)]);
  const high = worst([...rows.map((row) => row.risk.high_level), ...own("critical")]);
  const windows = rows.flatMap((row) => (row.window ? [row.window] : []));
  const release: ReleaseRow = {
    name: RELEASE,
    changes: rows.length,
    approved: rows.filter((row) => row.decision === "approved").length,
    undecided: rows.filter((row) => row.decision === null).length,
    starts_at: windows.map((window) => window.starts_at).sort()[0] ?? null,
    ends_at:
      windows
        .map((window) => window.ends_at)
        .sort()
        .at(-1) ?? null,
    level: low === high ? high : null,
    low_level: low,
    high_level: high,
    milestone: "Passwordless",
    manager: null,
  };
  return {
    release,
    changes: rows,
    out: [],
    worst: rows.filter((row) => row.risk.high_level === high).map((row) => row.key),
    questions,
    plan: [
      { title: "Backout plan", clause: "R23", lacking: [] },
      { title: "Testing", clause: "R24", lacking: keys.slice(1, 2) },
    ],
    lacks: [`The tickets disagree about the Release Manager: Priya Raman (${keys[0]}); Karel Novak (${keys[1]}).`],
  };
}

type Answered = Pick<Commands, "releases" | "release" | "assessRelease" | "decideRelease">;

/** Releases, and a meeting's question about one. */
export function releaseCommands(world: World): Answered {
  const answers = new Map<string, string>();
  const rows = () => [...world.changes.values()].map(({ view }) => view.row).filter((row) => row.release === RELEASE);
  const view = (name: string) => {
    if (name !== RELEASE || rows().length === 0) throw notFound("release", name);
    return releaseView(rows(), answers);
  };
  return {
    releases: async () => ({
      releases: rows().length > 0 ? [releaseView(rows(), answers).release] : [],
      more: false,
    }),
    release: async (request) => view(request.release),
    assessRelease: async (request) => {
      const given = [request.impact, request.complexity, request.rollback];
      QUESTIONS.forEach(({ question }, index) => {
        const word = given[index];
        if (word) answers.set(question, word);
      });
      world.changed("changes", "risk");
      return view(request.release);
    },
    decideRelease: async (request): Promise<ReleaseDecided> => {
      const of = world.meeting(request.meeting);
      const decided: string[] = [];
      const left: ReleaseDecided["left"] = [];
      for (const item of of.items) {
        const row = world.change(item.change).view.row;
        if (row.release !== request.release) continue;
        const refusal = consoleItem(of, item, world.changes).options.find((one) => one.kind === request.kind)?.refusal;
        const alone = (rule: string) => ({
          code: "alone",
          rule,
          clause: null,
          remedy: "Decide it as its own item.",
          facts: [],
        });
        if (refusal) left.push({ change: row.key, refusal });
        else if (request.without.includes(row.key))
          left.push({ change: row.key, refusal: alone("Somebody wants it to be decided by itself.") });
        else if (item.decision) left.push({ change: row.key, refusal: alone("It is decided already.") });
        else {
          item.consent = {
            present: MEMBERS.filter((one) => of.present[one.member.id]).map((one) => one.member.name),
            at: NOW,
          };
          item.decision = decision(request.kind, request.rationale, of.head.id, of.head.title, world.me.name);
          decided.push(row.key);
        }
      }
      const [first] = left;
      if (decided.length === 0 && first) throw refuse(first.refusal);
      world.changed("decisions", "meetings");
      return { release: request.release, decided, left, meeting: meetingView(of, world.changes) };
    },
  };
}

function decision(kind: DecisionKind, rationale: string, meeting: string, title: string, recorder: string): Decision {
  return {
    kind,
    basis: "consent",
    rationale,
    meeting,
    meeting_title: title,
    decided_at: NOW,
    recorder,
    approval: kind === "approved" ? "awaiting_sign_off" : "not_applicable",
    tally: null,
    deferred_to: null,
  };
}
