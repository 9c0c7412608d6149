import type {
  Commands,
  Difference,
  PolicyChecked,
  PolicySimulation,
  PolicyView,
  SettingInWords,
  SigningView,
  Strength,
} from "../../src/ipc/contract";
import { signingView } from "./extras";
import { MEMBERS } from "./people";
import type { World } from "./world";

type Answered = Pick<Commands, "policy" | "checkPolicy" | "simulatePolicy" | "policyFare">;

const IN_FORCE = "starter/1";

function text(name: string, strength: Strength, blocking: string[]): string {
  return [
    "# A policy of Cabinet.",
    'schema = "urn:x-cabinet:policy:1"',
    "# Name and version (R14).",
    `name = "${name}"`,
    `strength = "${strength}"`,
    'environment = "prod*"',
    'branch = "main"',
    "blocking = [",
    ...blocking.map((clause) => `    "${clause}",`),
    "]",
    "",
    "[quorum]",
    'formula = "strict_majority"',
    "mandatory_seats = true",
    "",
  ].join("\n");
}

const STARTER = text(IN_FORCE, "starter", ["R36", "R39", "R42", "R84"]);
const PACKS: PolicyView["packs"] = [
  { strength: "observe", text: text("observe/1", "observe", []) },
  { strength: "starter", text: STARTER },
  { strength: "full", text: text("full/1", "full", ["R23", "R24", "R36", "R39", "R42", "R84"]) },
];

/** What the draft is called that begins with the open proposal: with it, the risk model is another. */
const PROPOSED = "starter/2";

const PROPOSALS: PolicyView["proposals"] = [
  {
    id: "7c1e09d2",
    change: "CHG-38",
    by: "Lena Hoffmann",
    at: "2026-11-20T15:00:00Z",
    words: "It was scored Medium, and took the shop down.",
    settings: ["risk.levels.high = 45"],
    taken_up: null,
    text: `${text(PROPOSED, "starter", ["R36", "R39", "R42", "R84"])}\n[risk]\nname = "board/1"\n\n[risk.levels]\nhigh = 45\n`,
    problems: [],
  },
  {
    id: "5d0b77a1",
    change: "CHG-31",
    by: "Lena Hoffmann",
    at: "2026-10-02T15:00:00Z",
    words: "Nobody had tried the rollback.",
    settings: [],
    taken_up: null,
    text: null,
    problems: [],
  },
  {
    id: "1f3a91c2",
    change: "CHG-29",
    by: "Lena Hoffmann",
    at: "2026-09-11T15:00:00Z",
    words: "A version was missing.",
    settings: ['blocking = ["R36", "R39", "R42", "R84"]'],
    taken_up: IN_FORCE,
    text: null,
    problems: [],
  },
];

const setting = (path: string, says: string, clause: string, values: string[]): SettingInWords => ({
  path,
  says,
  clause,
  values,
});

function policyView(scene: string): PolicyView {
  const here = scene !== "record";
  return {
    name: IN_FORCE,
    digest: "9f3a22c1d0b7e4015b1c02ad9e7f43c19f3a22c1d0b7e4015b1c02ad9e7f43c1",
    strength: "starter",
    adopted_by: "Ines Duarte",
    adopted_at: "2026-11-02T09:12:00Z",
    entry: "41f09bc2aa77",
    blocking: ["R11", "R30", "R32", "R89", "R113", "R36", "R39", "R42", "R84"],
    sections: [
      {
        key: "gates",
        title: "What blocks",
        clause: "",
        settings: [
          setting("environment", "Production, by the environment's name.", "R41", ["prod*"]),
          setting("branch", "The only branch that is promoted.", "R42", ["main"]),
          setting("blocking", "The clauses whose gates block; every other gate warns.", "", [
            "R36, a description",
            "R39, a version",
            "R42, only the main branch is promoted",
            "R84, evidence of a rollback test, above Medium",
          ]),
          setting("shared_accounts", "Accounts that several people or programs use.", "R89", []),
        ],
      },
      {
        key: "quorum",
        title: "How many must be present to decide.",
        clause: "",
        settings: [
          setting("quorum.formula", "How many of the filled voting seats must be present.", "", ["strict majority"]),
          setting("quorum.mandatory_seats", "Whether mandatory seats must be present as well.", "", ["yes"]),
        ],
      },
    ],
    text: STARTER,
    as_adopted: true,
    packs: PACKS,
    holders: MEMBERS.slice(0, 1).map(({ member }) => member),
    proposals: PROPOSALS,
    refusal: here
      ? null
      : {
          code: "root_elsewhere",
          rule: "Nobody who holds root has a key on this device, and a policy decides what is enough to approve a change.",
          clause: "R14",
          remedy: "Copy the draft into a file and hand it over: Ines Duarte can adopt it.",
          facts: [],
        },
  };
}

/** Two plan sections block that only warned. */
export const BLOCKING_DIFFERS: Difference[] = [
  {
    field: "blocking",
    label: "The clauses whose gates block; every other gate warns",
    material: true,
    lines: [
      { kind: "added", text: "R23, the plan says how to back out, above Low" },
      { kind: "added", text: "R24, the plan says how it is tested, above Low" },
      { kind: "same", text: "R36, a description" },
    ],
    rows: [
      { kind: "added", before: "", after: "R23, the plan says how to back out, above Low" },
      { kind: "added", before: "", after: "R24, the plan says how it is tested, above Low" },
      { kind: "same", before: "R36, a description", after: "R36, a description" },
    ],
  },
];

function checked(draft: string): PolicyChecked {
  const none = { name: null, digest: null, strength: null, in_force: false, refusal: null, differences: [] };
  const problems = draft.split("\n").flatMap((line, index) => {
    const at = { line: index + 1, column: 1 };
    if (line === 'branch = ""') return [{ ...at, path: "branch", what: "is empty; name the branch, such as main" }];
    if (line.startsWith("stregnth")) return [{ ...at, path: "", what: "is no setting; did you mean `strength`?" }];
    return [];
  });
  if (problems.length > 0) return { ...none, problems };
  const name = /^name = "([^"]*)"/m.exec(draft)?.[1] ?? "";
  const strength = (/^strength = "([^"]*)"/m.exec(draft)?.[1] ?? "observe") as Strength;
  const same = draft === STARTER;
  return {
    name,
    digest: same ? policyView("").digest : "c07d11e95b3f28c07d11e95b3f28c07d11e95b3f28c07d11e95b3f28c07d11e9",
    strength,
    in_force: same,
    problems,
    refusal:
      name === IN_FORCE && !same
        ? {
            code: "policy_name_taken",
            rule: `${name} is the name of other rules, and every entry that names them must go on meaning those.`,
            clause: "R14",
            remedy: "Give this policy another name, such as starter/2.",
            facts: [],
          }
        : null,
    differences: same ? [] : BLOCKING_DIFFERS,
  };
}

const CLAUSES: PolicySimulation["clauses"] = [
  { clause: "R23", title: "Backout plan", now: 0, then: 4 },
  { clause: "R24", title: "Test plan", now: 0, then: 2 },
  { clause: "R39", title: "Version", now: 9, then: 9 },
];

/** The policy in force, drafts, and what they would do to past changes. */
export function policyCommands({ scene, changes }: World): Answered {
  const size = changes.size;
  return {
    policy: async () => policyView(scene),
    checkPolicy: async (request) => checked(request.text),
    simulatePolicy: async ({ text: draft, days }) => {
      const found = checked(draft);
      return {
        now: IN_FORCE,
        then: found.name ?? "",
        digest: found.digest ?? "",
        days,
        changes: size,
        blocked_now: 14,
        blocked_then: 18,
        newly_blocked: 5,
        released: 1,
        approvals_lost: 1,
        clauses: CLAUSES,
        differing: [
          {
            change: "CHG-4100",
            title: "Move the payments ledger to PostgreSQL 17",
            now: [],
            then: ["R23", "R24"],
            newly: ["R23", "R24"],
            no_longer: [],
            approval_lost: true,
          },
          {
            change: "CHG-4121",
            title: "Raise the memory limit of the search indexer",
            now: ["R84"],
            then: [],
            newly: [],
            no_longer: ["R84"],
            approval_lost: false,
          },
        ],
        levels:
          found.name === PROPOSED
            ? {
                now: "points-100/1",
                then: "board/1",
                assessed: 3,
                rise: 1,
                fall: 0,
                stay: 2,
                moved: [{ change: "CHG-4100", score: 46, level: "medium", new_score: 46, new_level: "high" }],
                unscored: [],
                of: 100,
                new_of: 100,
                floors_gone: [],
                questions_gone: [],
              }
            : null,
      };
    },
    policyFare: async ({ days }) => ({
      now: IN_FORCE,
      days,
      changes: size,
      packs: [
        { strength: "full", blocked: 18, newly_blocked: 5, approvals_lost: 1, clauses: CLAUSES },
        { strength: "starter", blocked: 14, newly_blocked: 0, approvals_lost: 0, clauses: [] },
        { strength: "observe", blocked: 3, newly_blocked: 0, approvals_lost: 0, clauses: [] },
      ],
      proposed: size === 0 ? "observe" : "full",
      why:
        size === 0
          ? `No change of the last ${days} days is on the desk: there is nothing to judge by yet.`
          : `Under full 5 of ${size} changes would newly be blocked, at most a tenth.`,
    }),
  };
}

/** A policy lies in the signing window. */
export function policySigning(): SigningView {
  const view = signingView();
  const [first] = view.statements;
  const [signer] = view.signers;
  if (!first || !signer) return view;
  const [chair] = MEMBERS;
  return {
    purpose: "Change Advisory Board",
    signers: [{ ...signer, member: chair?.member ?? signer.member, capacity: "chair", pin_always: true }],
    statements: [
      {
        ...first,
        id: "own-act.c07d11e9",
        title: "Policy ours/1",
        meaning:
          "Policy ours/1 is adopted in place of starter/1. Its rules have SHA-256 c07d11e95b3f28, the policy.toml they were read from 5b1c02ad9e7f43.",
        facts: [
          { label: "In force now", value: "starter/1, of strength starter" },
          { label: "From then on", value: "ours/1, of strength full" },
          { label: "Settings that differ", value: "1" },
          { label: "To undo it", value: "adopt the earlier rules again, under a name of their own" },
        ],
        rejection: null,
        differences: BLOCKING_DIFFERS,
      },
    ],
  };
}
