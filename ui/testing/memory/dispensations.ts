import type {
  ChangeView,
  Commands,
  Gate,
  GateActs,
  QuestionView,
  Refusal,
  RiskLevel,
  SaidWord,
  SigningSubject,
  SigningView,
  SlotAct,
} from "../../src/ipc/contract";
import { CommandError } from "../../src/ipc/errors";
import { NOW } from "./changes";
import { signingView } from "./extras";
import { MEMBERS } from "./people";
import { notFound } from "./refusals";
import type { World } from "./world";

/** The scene of a board whose policy lets two people set things aside, and the change they do it for. */
const SCENE = "two-words";
const CHANGE = "chg-1";
const LEVELS: RiskLevel[] = ["low", "medium", "high", "critical"];

/** The departments that have not signed: one whose waiver waits already, two that can be waived. */
const SLOTS: SlotAct[] = [
  {
    gate: "departments:Legal",
    department: "Legal",
    refusal: no("said_already", "Amara Okafor said it already.", "R69", "Another member seconds it."),
  },
  { gate: "departments:Payments", department: "Payments", refusal: null },
  { gate: "departments:Security", department: "Security", refusal: null },
];

function no(code: string, rule: string, clause: string, remedy: string): Refusal {
  return { code, rule, clause, remedy, facts: [] };
}

function gate(id: string, clause: string, label: string, finding: string, remedy: string): Gate {
  return { id, clause, label, hard: false, blocks: true, result: "failed", finding, remedy, control: "" };
}

/** What blocks the change of the scene: something to waive, to except, to approve and to attest, and something hard. */
function blocking(): Gate[] {
  return [
    gate("plan-r23", "R23", "Resources are named", "The section is blank.", "Write it on the ticket."),
    gate("freeze", "R77", "Outside every freeze", "It lies in the hard freeze “Year end”.", "Move the window."),
    gate("plan-approval", "R16", "The plan is approved", "Nobody approved it.", "Have it approved by the leads."),
    gate("peer-review", "R62", "Reviewed by another", "Nobody attests it.", "Attest it."),
    gate("departments", "R12", "Every department has signed", "Two have not.", "Somebody signs for each."),
    { ...gate("ticket-gone", "R11", "The ticket exists", "It is gone.", "Enter it again."), hard: true },
  ];
}

function question(): QuestionView {
  return {
    question: "peer_review",
    clause: "R62",
    asks: "Was every change of code reviewed by somebody other than its author?",
    yes_or_no: true,
    answer: null,
  };
}

function budget(): QuestionView {
  return {
    question: "error_budget",
    clause: "R85",
    asks: "Is the error budget of the service spent, and is this no fix of what spent it?",
    yes_or_no: true,
    answer: null,
  };
}

function word(view: ChangeView): SaidWord {
  return {
    entry: "e3b0c44298fc1c14",
    change: view.row.key,
    title: view.row.title,
    kind: "waiver",
    what: "gate systems (R38)",
    by: "Amara Okafor",
    reason: "The list of systems comes with the vendor's note",
    until: null,
    second: null,
    second_reason: null,
    in_force: false,
    state: "not in force: no second person has seconded it",
    waits: true,
    refusal: null,
    taken_back: [],
    own: null,
  };
}

/** What the member at this device said, in force, after a first second was taken back. */
function ownWord(view: ChangeView): SaidWord {
  return {
    ...word(view),
    entry: "9a0c11d2e3f40516",
    what: "gate version (R39)",
    by: "Ines Duarte",
    reason: "The vendor names it on the day",
    second: "Tomasz Zielinski",
    in_force: true,
    state: "in force",
    waits: false,
    taken_back: ["taken back by Amara Okafor: I had not read the vendor's note"],
    own: "9a0c11d2e3f40516",
  };
}

function whyNotWaived(one: Gate): Refusal | null {
  if (one.hard || one.clause === "R77")
    return no("never_waived", `${one.label} (${one.clause}) is never waived, by nobody.`, one.clause, one.remedy ?? "");
  if (one.clause === "R23" || one.clause === "R12") return null;
  const remedy = `Satisfy the gate, or adopt a policy whose waivable names ${one.clause}.`;
  return no("not_waivable", `The policy starter/1 lets nobody waive ${one.clause}.`, "R69", remedy);
}

/** What lies in the signing window for a word. */
export function wordSigning(subject: SigningSubject): SigningView {
  const view = signingView();
  const [first] = view.statements;
  const [signer] = view.signers;
  const [chair] = MEMBERS;
  if (!first || !signer || !chair) return view;
  const reason = "reason" in subject ? subject.reason : "";
  return {
    purpose: "Shop Change Advisory Board",
    signers: [{ ...signer, member: chair.member, capacity: "chair", pin_always: true }],
    statements: [
      {
        ...first,
        id: "own-act.77d0e1c2",
        title: "Waiver for CHG-4100",
        meaning: `I say for CHG-4100: waiver of gate plan-r23 (R23): ${reason}`,
        facts: [
          { label: "Change", value: "CHG-4100" },
          { label: "Waiver", value: "gate plan-r23 (R23)" },
          { label: "Why", value: reason },
          { label: "What follows", value: "R23 no longer keeps it from being approved." },
          { label: "In force", value: "once another who holds the right has seconded it" },
        ],
        rejection: null,
      },
    ],
  };
}

type Answered = Pick<Commands, "gateActs" | "waitingWords" | "attest">;

/** What can be done about the gates of a change, and what waits for a second person. */
export function dispensationCommands(world: World): Answered {
  const here = world.scene === SCENE;
  const asked = [question(), budget()];
  if (here) world.change(CHANGE).view.gates.push(...blocking());
  const acts = (id: string): GateActs => {
    const { view } = world.change(id);
    const scene = here && view.row.id === CHANGE;
    const failing = view.gates.filter((one) => one.result === "failed" && (one.hard || one.blocks));
    const counts = view.risk.summary.level ?? "critical";
    const choices = LEVELS.filter((level) => level !== counts).map((level) => ({
      level,
      two: LEVELS.indexOf(level) < LEVELS.indexOf(counts),
      refusal:
        level === "low"
          ? no("below_floor", "Low is below a floor of it: an emergency.", "R69", "A floor holds whatever is said.")
          : null,
    }));
    return {
      change: view.row.key,
      refusal: null,
      signers: ["Ines Duarte", "Amara Okafor"],
      gates: failing.map((one) => ({
        gate: one.id,
        refusal: whyNotWaived(one),
        still: failing.filter((other) => other !== one).map((other) => `${other.label} (${other.clause})`),
        slots: one.id === "departments" ? SLOTS : [],
      })),
      level: { by_score: counts, counts, floor: "medium", choices },
      freezes: scene
        ? [
            {
              freeze: "year-end",
              name: "Year end",
              reason: "The books are closed",
              window_ends: "2099-12-20T22:30:00Z",
              refusal: null,
            },
          ]
        : [],
      plan: scene
        ? {
            roles: ["Technical Development Lead"],
            signers: ["Tomasz Zielinski"],
            refusal: no(
              "no_plan_approver",
              "Ines Duarte is none of those who approve plans: Technical Development Lead.",
              "R16",
              "Have one of them approve it, or name the role in the policy (plan_approval).",
            ),
          }
        : null,
      questions: scene ? asked : [],
      attest_refusal: null,
      said: scene ? [word(view), ownWord(view)] : [],
    };
  };
  return {
    gateActs: async ({ change }) => structuredClone(acts(change)),
    waitingWords: async () => ({ rows: here ? [word(world.change(CHANGE).view)] : [] }),
    attest: async ({ change, question: id, value, evidence }) => {
      const meant = asked.find((one) => one.question === id);
      if (!meant) throw notFound("question", id);
      if (value.trim() === "")
        throw new CommandError({ kind: "invalid", detail: { field: "value", why: `Say something. ${meant.asks}` } });
      meant.answer = {
        value,
        by: world.me.name,
        role: "chair",
        at: NOW,
        evidence: evidence === "" ? null : "9f3a22c1d0b7e401",
        lapsed: false,
      };
      world.changed("changes");
      return structuredClone(acts(change));
    },
  };
}
