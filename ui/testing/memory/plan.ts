import type { PlanSection } from "../../src/ipc/contract";
import { code, list, p, steps, strong, table, verbatim } from "./text";

const TITLES: [string, string, string, boolean, string][] = [
  ["approach", "Approach", "R17", false, "How the release goes in, in a paragraph anyone on the board understands."],
  ["prerequisites", "Prerequisites", "R18", false, "What must be true before the first step."],
  ["method", "Method of deployment", "R19", false, "The pipeline or job, and what it is given."],
  ["configuration", "Configuration items", "R20", false, "What is touched, with versions before and after."],
  ["training", "Training", "R21", false, "Who must learn what, and by when."],
  ["roles", "Roles and responsibilities", "R22", false, "Who does each step, and who decides at the hold points."],
  ["backout", "Backout plan", "R23", true, "How it is taken back, tested where and when, and how long it lasts."],
  ["testing", "Testing", "R24", true, "What was tested, against which data, with which result."],
  ["communication", "Communication", "R25", true, "Who is told what, before, during and after."],
  ["timing", "Timing and timescales", "R26", false, "Steps, hold points and the point of no return."],
  ["risk", "Risk management", "R27", false, "What could go wrong, and what is done about it."],
  ["documentation", "Documentation", "R28", false, "What is written or changed, and where."],
  ["related", "Related changes, known errors and problems", "R29", false, "Links, each with its kind."],
];

const BODIES: Record<string, PlanSection["body"]> = {
  approach: [
    p(
      "The ledger service moves from PostgreSQL 14 to 17 by logical replication. Both clusters run side by side for two days; the switch itself stops writes for about ninety seconds.",
    ),
    p(
      "Readers are moved first, by weight, over one hour. Writers follow in a single step behind the flag ",
      code("ledger.primary=pg17"),
      ".",
    ),
  ],
  prerequisites: [
    list(
      "Replication lag under 200 ms for the last 24 hours",
      "Restore of last night’s backup verified on pg17",
      "No settlement run between 21:30 and 00:30 UTC",
      "Payments on-call has read the runbook",
    ),
  ],
  method: [
    p("Pipeline ", code("ledger/deploy-db"), ", job ", code("promote-pg17"), ", artifact digest pinned:"),
    verbatim(
      "artifact: sha256:8d0f3c7a1b2e…\nenvironment: prod-eu-central\nplan: terraform plan -out=ledger.tfplan\n  # 3 to add, 4 to change, 0 to destroy",
    ),
  ],
  configuration: [
    table(
      ["Item", "Before", "After"],
      ["ledger-db-1", "PostgreSQL 14.12", "PostgreSQL 17.2"],
      ["ledger-db-2", "PostgreSQL 14.12", "PostgreSQL 17.2"],
      ["ledger-api", "8.14.3", "8.15.0"],
      ["pgbouncer", "1.21", "1.23"],
    ),
  ],
  roles: [
    table(
      ["Step", "Who", "Decides"],
      ["Replication check", "Tomasz Zielinski", "Tomasz Zielinski"],
      ["Switch", "Marta Silva", "Priya Raman"],
      ["Go or back out", "Marta Silva", "Priya Raman, by 22:40 UTC"],
    ),
  ],
  backout: [
    p(strong("Before the switch: "), "drop the subscription; nothing else has changed."),
    p(strong("After the switch: "), "the old primary keeps following through a reverse subscription for 48 hours."),
    steps(
      "Set ledger.primary=pg14 and wait for the flag to reach all pods (30 s)",
      "Stop writes; wait until the reverse lag is 0",
      "Promote pg14 and resume writes",
      "Tell the settlement team",
    ),
    p("Rehearsed in staging on 12 November: 6 minutes 40 seconds against an objective of 15 minutes."),
  ],
  testing: [
    table(
      ["Test", "Data", "Result"],
      ["Unit and functional", "Build 2291", "4 812 passed"],
      ["Regression", "Anonymised October", "Passed"],
      ["Load", "1.4 × Black Friday 2025", "p99 210 ms, was 240 ms"],
      ["Rollback", "Staging, full size", "6 min 40 s"],
    ),
  ],
  communication: [
    list(
      "Status page at 20:00 UTC: maintenance 22:00 to 23:30",
      "Settlement partners by mail, five days ahead",
      "Support briefed in Thursday’s stand-up",
    ),
  ],
  timing: [
    table(
      ["UTC", "Step", "Hold point"],
      ["22:00", "Freeze of schema changes", ""],
      ["22:10", "Readers to pg17, 10 → 50 → 100 %", "Error rate under 0.1 %"],
      ["22:35", "Writes stop, switch, writes resume", "Point of no return at 22:40"],
      ["23:00", "Verification by settlement", ""],
    ),
    p("The point of no return is soft until the reverse subscription ends on 30 November."),
  ],
  risk: [
    list(
      "Replication slot fills the disk: alert at 70 %, drop slot at 85 %",
      "Collation differences: index check ran on a copy, none found",
    ),
  ],
  documentation: [
    p("Runbook ", code("docs/runbooks/pg17.md"), " at commit 41f09bc; architecture page updated after the window."),
  ],
  related: [],
};

const FINDINGS: Record<string, PlanSection["findings"]> = {
  timing: [
    {
      clause: "R82",
      what: "Step 2: nothing verifies it (“22:10 Readers to pg17, 10 → 50 → 100 %”).",
      mend: "Add a step that checks its result.",
    },
  ],
};

const LINKS: PlanSection["links"] = [
  { relation: "relates to", key: "KE-77", title: "Sequences are not replicated", kind: "known error", id: null },
  { relation: "relates to", key: "PRB-318", title: null, kind: null, id: null },
];

export function planSections(seed: number, changed: boolean): PlanSection[] {
  return TITLES.map(([id, title, clause, mandatory, guidance], index) => {
    const missing = id === "training" ? seed % 3 === 0 : id === "related" ? true : (seed * 7 + index * 5) % 19 === 0;
    const body = missing ? [] : (BODIES[id] ?? []);
    const touched = changed && id === "timing";
    return {
      summary: {
        id,
        number: index + 1,
        title,
        clause,
        mandatory,
        completeness: body.length === 0 ? "missing" : id === "risk" || id === "documentation" ? "thin" : "complete",
        ticked: !missing && index < (seed * 5) % 14,
        comments: 0,
        changed_since_looked: touched,
      },
      guidance,
      body,
      comments:
        id === "backout" && seed % 4 === 1
          ? [
              {
                id: "c1",
                author: "Wei Zhang",
                at: "2026-11-19T09:12:00Z",
                text: "Does the reverse subscription also carry sequences? If not, the first insert after a rollback collides.",
                draft: false,
              },
            ]
          : [],
      findings: FINDINGS[id] ?? [],
      links: id === "related" ? LINKS : [],
      since_last_looked: touched
        ? [
            { kind: "same", text: "22:10  Readers to pg17, 10 → 50 → 100 %" },
            { kind: "removed", text: "22:50  Writes stop, switch, writes resume" },
            { kind: "added", text: "22:35  Writes stop, switch, writes resume. Point of no return at 22:40" },
          ]
        : [],
    };
  });
}
