import type {
  Improvement,
  Provenance,
  RiskFactor,
  RiskFloor,
  RiskLevel,
  RiskOutcome,
  RiskQuestion,
  RiskSummary,
  WaterfallStep,
} from "../../src/ipc/contract";

/** The default model `points-100` of the design, so that the walk answers as the program would. */
interface ModelQuestion {
  id: string;
  factor: RiskFactor;
  label: string;
  prompt: string;
  help: string | null;
  options: [string, number][];
}

export const MODEL: ModelQuestion[] = [
  q(
    "I1",
    "impact",
    "Criticality",
    "How critical is the most critical service this touches?",
    "The service catalogue's tier, not a guess.",
    ["None", 0],
    ["Low", 3],
    ["Medium", 6],
    ["High", 9],
    ["Mission-critical", 12],
  ),
  q(
    "I2",
    "impact",
    "Who is hurt",
    "Who is hurt if it fails?",
    null,
    ["Nobody", 0],
    ["One team", 2],
    ["A department, or under 5 % of customers", 4],
    ["Many", 7],
    ["All, or customers", 10],
  ),
  q(
    "I3",
    "impact",
    "Data and security",
    "Which data or security does it expose?",
    null,
    ["None", 0],
    ["Internal data", 2],
    ["Confidential data, or authentication", 5],
    ["Regulated data", 8],
  ),
  q(
    "I4",
    "impact",
    "Planned outage",
    "How long is the planned outage?",
    null,
    ["None", 0],
    ["Degraded service", 1],
    ["Up to 30 minutes", 2],
    ["More than 30 minutes", 4],
  ),
  q(
    "C1",
    "complexity",
    "Components",
    "How many components or teams are touched?",
    null,
    ["One", 0],
    ["Two or three", 2],
    ["Four to six", 5],
    ["More than six", 8],
  ),
  q(
    "C2",
    "complexity",
    "Dependencies",
    "Have the owners of what depends on it agreed?",
    null,
    ["None needed", 0],
    ["All signed", 1],
    ["Pending", 4],
    ["Unknown", 6],
  ),
  q(
    "C3",
    "complexity",
    "Novelty",
    "How often was this done before?",
    null,
    ["Routine", 0],
    ["Done well before", 2],
    ["Rarely", 4],
    ["First time", 6],
    ["Failed before", 8],
  ),
  q(
    "C4",
    "complexity",
    "Manual steps",
    "How much is done by hand?",
    null,
    ["Automated", 0],
    ["Few steps", 1],
    ["Mixed", 2],
    ["Mostly manual", 4],
  ),
  q(
    "B1",
    "recoverability",
    "Rollback",
    "How is it taken back?",
    "The evidence is a run in staging, not a page that says so.",
    ["Automated and tested", 0],
    ["By hand, tested", 3],
    ["Written, never tested", 7],
    ["Restore or fix forward", 10],
    ["Impossible", 12],
  ),
  q(
    "B2",
    "recoverability",
    "Rollback time",
    "How long does taking back last, against the recovery-time objective?",
    null,
    ["Up to a quarter", 0],
    ["Within it", 3],
    ["Over, or unknown", 6],
  ),
  q(
    "B3",
    "recoverability",
    "Schema",
    "Does it change a database schema?",
    null,
    ["No", 0],
    ["Backward compatible", 1],
    ["Tested migration", 2],
    ["Irreversible", 4],
  ),
  q(
    "E1",
    "exposure",
    "Test evidence",
    "What do the tests show, unit to performance?",
    null,
    ["All green", 0],
    ["Partial", 3],
    ["None", 6],
  ),
  q(
    "E2",
    "exposure",
    "Roll-out",
    "How does it reach people?",
    null,
    ["Flag or canary", 0],
    ["Rolling or blue-green", 1],
    ["All at once", 3],
  ),
  q(
    "E3",
    "exposure",
    "Timing",
    "When does it happen?",
    null,
    ["Quiet window", 0],
    ["Business hours", 2],
    ["Next to a freeze, or overlapping", 4],
  ),
  q(
    "E4",
    "exposure",
    "Record",
    "How did the team's changes go in the last 90 days?",
    "By the raw rate, and only from 20 changes on.",
    ["At least 95 % well", 0],
    ["85 to 95 %, or unknown", 2],
    ["Under 85 %", 5],
  ),
];

function q(
  id: string,
  factor: RiskFactor,
  label: string,
  prompt: string,
  help: string | null,
  ...options: [string, number][]
): ModelQuestion {
  return { id, factor, label, prompt, help, options };
}

export interface DraftAnswer {
  answer: number | null;
  provenance: Provenance | null;
  note: string;
}

export type Answers = Record<string, DraftAnswer>;

const LEVELS: RiskLevel[] = ["low", "medium", "high", "critical"];

export function levelOf(score: number): RiskLevel {
  return score >= 75 ? "critical" : score >= 50 ? "high" : score >= 25 ? "medium" : "low";
}

function atLeast(level: RiskLevel, floors: RiskFloor[]): RiskLevel {
  return floors
    .filter((f) => f.applies)
    .reduce((top, f) => (LEVELS.indexOf(f.level) > LEVELS.indexOf(top) ? f.level : top), level);
}

function points(question: ModelQuestion, answers: Answers): number | null {
  const index = answers[question.id]?.answer;
  return index === null || index === undefined ? null : (question.options[index]?.[1] ?? 0);
}

const most = (question: ModelQuestion) => Math.max(...question.options.map(([, p]) => p));

export function floorsOf(answers: Answers): RiskFloor[] {
  const at = (id: string) => answers[id]?.answer ?? null;
  return [
    { label: "No rollback possible", clause: "R94", level: "high", applies: at("B1") === 4 },
    {
      label: "Mission-critical and rollback untested",
      clause: "R84",
      level: "high",
      applies: at("I1") === 4 && (at("B1") ?? 0) >= 2,
    },
    {
      label: "Regulated data and irreversible schema",
      clause: "R96",
      level: "critical",
      applies: at("I3") === 3 && at("B3") === 3,
    },
  ];
}

export function summaryOf(answers: Answers): RiskSummary {
  let low = 0;
  let high = 0;
  let open = 0;
  for (const question of MODEL) {
    const p = points(question, answers);
    if (p === null) {
      open += 1;
      high += most(question);
    } else {
      low += p;
      high += p;
    }
  }
  const floors = floorsOf(answers);
  const level = open === 0 ? atLeast(levelOf(low), floors) : null;
  return {
    assessed: open < MODEL.length,
    score: open === 0 ? low : null,
    low,
    high,
    open,
    level,
    low_level: atLeast(levelOf(low), floors),
    high_level: atLeast(levelOf(high), floors),
  };
}

const CHEAP: Record<string, [number, string]> = {
  B1: [1, "Test the written rollback by hand"],
  E2: [0, "Roll out behind a flag or to a canary"],
  C2: [1, "Get the dependency owners' sign-offs"],
  E1: [0, "Close the gaps in the test evidence"],
  E3: [0, "Move it to a quiet window"],
  B2: [1, "Measure the rollback against the recovery-time objective"],
};

/** What is done about the risk; at its worst the score is the inherent one. */
const GUARDS = ["B1", "B2", "E1", "E2"];

function inherentOf(answers: Answers, summary: RiskSummary): RiskOutcome["inherent"] {
  const worst = (question: ModelQuestion) => {
    const given = GUARDS.includes(question.id) ? null : points(question, answers);
    return given ?? most(question);
  };
  const score = MODEL.reduce((n, question) => n + worst(question), 0);
  const byScore = levelOf(score);
  const level = LEVELS.indexOf(byScore) > LEVELS.indexOf(summary.high_level) ? byScore : summary.high_level;
  return { score, level };
}

function matrixOf(factors: RiskOutcome["factors"]): RiskOutcome["matrix"] {
  const fifth = (own: RiskOutcome["factors"]) => {
    const all = own.reduce((n, factor) => n + factor.most, 0);
    const given = own.reduce((n, factor) => n + factor.high, 0);
    return 1 + Math.min(4, Math.floor((given * 5) / all));
  };
  const impact = fifth(factors.filter((factor) => factor.factor === "impact"));
  const likelihood = fifth(factors.filter((factor) => factor.factor !== "impact"));
  const cell = likelihood * impact;
  const level = cell > 16 ? "critical" : cell > 9 ? "high" : cell > 4 ? "medium" : "low";
  return { model: "matrix-5x5/1", likelihood, impact, level };
}

export function outcomeOf(answers: Answers, submitted: { at: string; by: string } | null): RiskOutcome {
  const summary = summaryOf(answers);
  let sum = 0;
  const waterfall: WaterfallStep[] = MODEL.map((question) => {
    const draft = answers[question.id];
    const p = points(question, answers);
    sum += p ?? 0;
    return {
      question: question.id,
      factor: question.factor,
      label: question.label,
      answer: p === null ? null : (question.options[draft?.answer ?? 0]?.[0] ?? null),
      points: p ?? 0,
      most: most(question),
      provenance: draft?.provenance ?? null,
      sum,
    };
  });
  const improvements: Improvement[] = Object.entries(CHEAP)
    .flatMap(([id, [to, text]]) => {
      const question = MODEL.find((one) => one.id === id);
      const now = question ? points(question, answers) : null;
      const then = question?.options[to]?.[1] ?? 0;
      if (now === null || now <= then) return [];
      const better = { ...answers, [id]: { answer: to, provenance: "attested" as const, note: "" } };
      const score = summary.low - (now - then);
      return [
        {
          question: id,
          text,
          saves: now - then,
          new_score: score,
          new_level: atLeast(levelOf(score), floorsOf(better)),
        },
      ];
    })
    .sort((a, b) => b.saves - a.saves)
    .slice(0, 3);
  const factors = (["impact", "complexity", "recoverability", "exposure"] as const).map((factor) => {
    const own = MODEL.filter((question) => question.factor === factor);
    return {
      factor,
      low: own.reduce((n, question) => n + (points(question, answers) ?? 0), 0),
      high: own.reduce((n, question) => n + (points(question, answers) ?? most(question)), 0),
      most: own.reduce((n, question) => n + most(question), 0),
    };
  });
  const known = MODEL.filter((question) => ["synced", "attested"].includes(answers[question.id]?.provenance ?? ""));
  return {
    model: "points-100",
    model_version: 1,
    summary,
    score_level: summary.score === null ? null : levelOf(summary.score),
    floors: floorsOf(answers),
    factors,
    inherent: inherentOf(answers, summary),
    matrix: matrixOf(factors),
    points: null,
    waterfall,
    improvements,
    confidence: known.reduce((n, question) => n + most(question), 0),
    answers_digest: "sha256:5b1c02ad9e7f43c1a0d27a1f4be8d3906c1f7be2e7fb0c5b1d12a6f3a0c9d48e",
    submitted_at: submitted?.at ?? null,
    submitted_by: submitted?.by ?? null,
    kind: "sum",
    follows: null,
    of: 100,
    bounds: [25, 50, 75],
    older_model: null,
  };
}

export function questionsOf(answers: Answers): RiskQuestion[] {
  return MODEL.map((question) => {
    const draft = answers[question.id];
    return {
      id: question.id,
      factor: question.factor,
      prompt: question.prompt,
      help: question.help,
      options: question.options.map(([label, p]) => ({ label, points: p })),
      answer: draft?.answer ?? null,
      provenance: draft?.provenance ?? null,
      evidence: draft?.provenance === "synced" ? `From the ticket’s field “${question.label}”` : null,
      note: draft?.note ?? "",
    };
  });
}
