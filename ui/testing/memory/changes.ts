import type {
  ChangeKind,
  ChangeRow,
  ChangeView,
  Difference,
  Gate,
  RequiredField,
  RequiredSignOff,
} from "../../src/ipc/contract";
import { type Answers, MODEL, outcomeOf, summaryOf } from "./model";
import { planSections } from "./plan";
import { code, link, list, p, words } from "./text";

export const NOW = "2026-11-21T13:40:00Z";

/** The one release of this board, and the changes in it: the first of them is blocked. */
export const RELEASE = "Winter platform";
const IN_RELEASE = [4, 5, 8];

/** What was edited after the sign-offs that are stale. */
export const EDITED: Difference[] = [
  {
    field: "plan.timing",
    label: "Plan: Timing and timescales",
    material: true,
    lines: [
      { kind: "same", text: "22:00  Readers move" },
      { kind: "removed", text: "22:50  Writes stop, switch, writes resume" },
      { kind: "added", text: "22:35  Writes stop, switch, writes resume" },
      { kind: "added", text: "22:40  Point of no return" },
    ],
    rows: [
      { kind: "same", before: "22:00  Readers move", after: "22:00  Readers move" },
      {
        kind: "changed",
        before: "22:50  Writes stop, switch, writes resume",
        after: "22:35  Writes stop, switch, writes resume",
      },
      { kind: "added", before: "", after: "22:40  Point of no return" },
    ],
  },
  {
    field: "affected_data",
    label: "Affected data",
    material: true,
    lines: [{ kind: "removed", text: "Card tokens" }],
    rows: [{ kind: "removed", before: "Card tokens", after: "" }],
  },
];

const SUBJECTS: [string, string, ChangeKind][] = [
  ["Move the payments ledger to PostgreSQL 17", "payments-ledger, settlement", "normal"],
  ["Rotate the signing certificates of the partner API", "partner-gateway", "normal"],
  ["Weekly base image refresh, week 47", "all container images", "standard"],
  ["Stop duplicate refunds after gateway time-outs", "payments-api", "emergency"],
  ["Enable passkeys for customer sign-in", "identity, web shop", "normal"],
  ["Raise the message broker’s disk to 2 TB", "broker-eu", "standard"],
  ["Replace the fraud rules engine, phase 2 of 3", "fraud, payments-api", "normal"],
  ["Archive order history older than seven years", "orders-db", "normal"],
  ["Switch outbound mail to the new relay", "mail, notifications", "normal"],
  ["Patch OpenSSL on the edge proxies", "edge-1 to edge-8", "emergency"],
  ["Add read replicas for the product catalogue", "catalogue-db", "normal"],
  ["Decommission the legacy voucher service", "vouchers", "normal"],
  ["Monthly operating system patches, warehouse", "wms-1 to wms-14", "standard"],
  ["Introduce rate limits on the public API", "api-gateway", "normal"],
  ["Move session storage to Valkey", "web shop, sessions", "normal"],
  ["Change VAT rates for Slovakia", "pricing, invoicing", "normal"],
  ["Upgrade Kubernetes to 1.35, cluster blue", "cluster-blue", "normal"],
  ["Renew wildcard certificate *.shop.example", "edge", "standard"],
  ["Replace the barcode scanners’ firmware", "warehouse devices", "normal"],
  ["Data centre cross-connect maintenance by the carrier", "network", "normal"],
  ["Encrypt backups with per-tenant keys", "backup, vault", "normal"],
  ["Tune garbage collection of the search nodes", "search", "standard"],
  ["New loyalty points calculation", "loyalty, orders", "normal"],
  ["Restore missing indexes on invoices", "invoicing-db", "emergency"],
];
/** Signed by an authority to whom the chain delegates it; no board decided. */
const DELEGATED = 20;
/** The same, and edited since. */
const DELEGATED_STALE = 24;

const AUTHORS = ["Marta Silva", "Henrik Dahl", "Nadia Benali", "Oluwaseun Adeyemi", "Karel Novak", "Yuki Tanaka"];
const STATUSES = ["Awaiting CAB", "Assessment", "New", "Scheduled"];

/** Answers that lie about where the seed says, so that all levels occur. */
function answersFor(seed: number): Answers {
  const weight = [0.15, 0.3, 0.45, 0.62, 0.8][seed % 5] ?? 0.3;
  const open = seed % 4 === 2 ? 6 : seed % 9 === 0 && seed > 0 ? 3 : 0;
  const answers: Answers = {};
  MODEL.forEach((question, index) => {
    const wobble = ((seed * 31 + index * 17) % 10) / 24 - 0.2;
    const share = Math.max(0, Math.min(0.999, weight + wobble));
    const isOpen = index >= MODEL.length - open && open > 0;
    answers[question.id] = {
      answer: isOpen ? null : Math.floor(share * question.options.length),
      provenance: isOpen ? null : index % 3 === 0 ? "synced" : "attested",
      note: "",
    };
  });
  return answers;
}

/** The controls that a clause serves, as the program names them. */
const CHANGE_MANAGEMENT = "ISO 27001 A.8.32; NIST CM-3; SOC 2 CC8.1";
const CONTROLS: Record<string, string> = {
  R11: CHANGE_MANAGEMENT,
  R32: "ISO 27001 A.8.8; NIST SI-2; SOC 2 CC7.1",
  R36: CHANGE_MANAGEMENT,
  R37: CHANGE_MANAGEMENT,
  R38: "ISO 27001 A.8.32; NIST CM-4; SOC 2 CC8.1",
  R39: CHANGE_MANAGEMENT,
  R40: "ISO 27001 A.8.8; NIST RA-5; SOC 2 CC7.1",
  R41: "ISO 27001 A.8.31; NIST CM-4; SOC 2 CC8.1",
  R42: CHANGE_MANAGEMENT,
  R84: "ISO 27001 A.8.32; NIST CP-10; SOC 2 CC7.5",
};

function gatesFor(seed: number, title: string): Gate[] {
  const defect = seed % 11 === 6;
  const branch = seed % 13 === 4;
  const noVersion = seed % 7 === 3;
  const gate = (
    id: string,
    clause: string,
    label: string,
    ok: boolean,
    finding: string,
    remedy: string | null,
    hard = true,
  ): Gate => ({
    id,
    clause,
    label,
    hard,
    blocks: hard,
    result: ok ? "passed" : "failed",
    finding,
    remedy: ok ? null : remedy,
    control: CONTROLS[clause] ?? "",
  });
  return [
    gate("ticket", "R11", "Ticket", true, "The change is a ticket of the change-management project.", null),
    gate(
      "defects",
      "R32",
      "Open security defects",
      !defect,
      defect
        ? "DEF-4471 is open, severity critical: token replay in the callback handler."
        : "No open critical or high defect is linked.",
      "Fix and close DEF-4471, or take the affected component out of this release.",
    ),
    gate("description", "R36", "Description", true, "Present, 164 words.", null),
    gate("reason", "R37", "Change reason", true, "Present.", null),
    gate("systems", "R38", "Affected systems", true, `Named for “${title.slice(0, 24)}…”.`, null),
    gate(
      "version",
      "R39",
      "Version",
      !noVersion,
      noVersion ? "The field “Version” is empty on the ticket." : "ledger-api 8.15.0, image sha256:8d0f…",
      "Fill in code, image and deployment version on the ticket.",
    ),
    gate("scan", "R40", "Security scan", true, "Trivy 2026-11-18: 0 critical, 0 high, 3 medium.", null),
    gate("environment", "R41", "Production environment", true, "prod-eu-central matches the board’s pattern.", null),
    gate(
      "branch",
      "R42",
      "Promoted from main",
      !branch,
      branch ? "The plan names release/2026.11 as its source." : "Source is main at 41f09bc.",
      "Merge to main and build from there.",
    ),
    {
      id: "rollback",
      clause: "R84",
      label: "Rollback evidence",
      hard: false,
      blocks: false,
      result: seed % 6 === 1 ? "warned" : "passed",
      finding:
        seed % 6 === 1
          ? "A rollback is written but no staging run is attached."
          : "Staging run of 12 November, 6 min 40 s.",
      remedy: seed % 6 === 1 ? "Attach the log of a staging run." : null,
      control: CONTROLS.R84 ?? "",
    },
  ];
}

function fieldsFor(seed: number): RequiredField[] {
  const field = (id: string, label: string, clause: string, text: string | null): RequiredField => ({
    field: id,
    label,
    clause,
    present: text !== null,
    value: text === null ? [] : [p(text)],
  });
  return [
    field("description", "Description", "R36", "See above."),
    field(
      "reason",
      "Change reason",
      "R37",
      "PostgreSQL 14 leaves support on 12 November 2026; the settlement audit asks for a supported version.",
    ),
    field(
      "systems",
      "Affected systems, applications, data",
      "R38",
      "Payments ledger (tier 1), settlement export, nightly reconciliation. Holds card-scheme references, no card numbers.",
    ),
    field(
      "version",
      "Version",
      "R39",
      seed % 7 === 3 ? null : "ledger-api 8.15.0 · image sha256:8d0f3c7a · chart 41f09bc",
    ),
    field("scan", "Security scan", "R40", "Trivy, 18 November: 0 critical, 0 high, 3 medium (accepted in SEC-911)."),
    field("environment", "Production environment", "R41", "prod-eu-central"),
  ];
}

export function approvers(state: RequiredSignOff["state"]): RequiredSignOff[] {
  return [
    {
      role: "technical_lead",
      holders: ["Tomasz Zielinski", "Amara Okafor"],
      state,
      reason: "The Technical Development Lead or the CTO decides",
      clause: "R31",
      department: null,
    },
  ];
}

export interface StoredChange {
  view: ChangeView;
  answers: Answers;
  submitted: { at: string; by: string } | null;
}

const day = (offset: number, hour: number, minute = 0) => {
  const at = new Date(NOW);
  at.setUTCDate(at.getUTCDate() + offset);
  at.setUTCHours(hour, minute, 0, 0);
  return at.toISOString().replace(".000", "");
};

export function makeChange(index: number): StoredChange {
  const [subject, systems, kind] = SUBJECTS[index % SUBJECTS.length] ?? SUBJECTS[0]!;
  const round = Math.floor(index / SUBJECTS.length);
  const title =
    round === 0 ? subject : `${subject} (${["second site", "follow-up", "region south", "retry"][(round - 1) % 4]})`;
  const seed = index;
  const answers = answersFor(seed);
  if (index === 0)
    for (const [id, answer] of Object.entries({
      I1: 4,
      I2: 4,
      I3: 2,
      I4: 2,
      C1: 1,
      C2: 1,
      C3: 3,
      C4: 1,
      B1: 2,
      B2: 1,
      B3: 2,
      E1: 0,
      E2: 1,
      E3: 0,
      E4: 1,
    }))
      answers[id] = { answer, provenance: id.startsWith("I") ? "synced" : "attested", note: "" };
  const summary = summaryOf(answers);
  const submitted = summary.open === 0 ? { at: day(-2, 15, 20), by: "Tomasz Zielinski" } : null;
  const decided = index >= 36 && index < 52;
  const changed = index % 5 === 0;
  const gates = gatesFor(seed, title);
  const failed = gates.filter((gate) => gate.result === "failed");
  const sections = planSections(seed, changed);
  const id = `chg-${index + 1}`;
  const author = AUTHORS[index % AUTHORS.length] ?? null;
  const stale = decided && index % 6 === 1;
  const kindOf = ["approved", "approved_with_conditions", "rejected", "approved", "deferred", "approved"] as const;
  const decision = decided ? kindOf[index % 6]! : null;
  const delegated = index === DELEGATED ? "holds" : index === DELEGATED_STALE ? "stale" : null;
  const approval =
    decision === "approved" || decision === "approved_with_conditions"
      ? stale
        ? "stale"
        : index % 5 === 2
          ? "awaiting_sign_off"
          : "holds"
      : (delegated ?? "not_applicable");
  const row: ChangeRow = {
    id,
    key: `CHG-${4100 + index * 7}`,
    title,
    kind,
    remote_status: decided
      ? decision === "rejected"
        ? "Rejected"
        : "Scheduled"
      : (STATUSES[index % STATUSES.length] ?? "New"),
    risk: summary,
    decision,
    approval,
    window:
      index % 8 === 5
        ? null
        : {
            starts_at: day(2 + (index % 17), 20 + (index % 3)),
            ends_at: day(2 + (index % 17), 22 + (index % 2), 30),
            zone: "Europe/Berlin",
          },
    systems,
    author,
    gates_failed: failed.length,
    gates_blocking: failed.filter((gate) => gate.hard).length,
    plan_ticked: sections.filter((section) => section.summary.ticked).length,
    plan_total: sections.length,
    release: IN_RELEASE.includes(index) ? RELEASE : null,
    changed_since_looked: changed,
    on_agenda: index < 12,
    updated_at: day(-(index % 6), 9 + (index % 8), (index * 7) % 60),
  };
  const view: ChangeView = {
    row,
    url: `https://redmine.shop.example/issues/${4100 + index * 7}`,
    project: "Change management",
    requester: AUTHORS[(index + 2) % AUTHORS.length] ?? null,
    assignee: "Priya Raman",
    implementer: AUTHORS[(index + 1) % AUTHORS.length] ?? null,
    synced_at: "2026-11-21T13:32:00Z",
    complete: true,
    description: [
      p(
        "PostgreSQL 14 is out of support. This moves the ledger’s two clusters to version 17 by logical replication, with both running side by side for two days.",
      ),
      p(
        "Settlement reads through the same connection pool and needs no change. The export to the card scheme is paused from 21:30 to 00:30 UTC, agreed with the scheme under ",
        code("CS-20931"),
        ".",
      ),
      list(
        "Writes stop for about ninety seconds",
        "Readers move first, by weight",
        "The old primary follows for 48 hours",
      ),
      p(
        { kind: "strong", inlines: [words("Known limit: ")] },
        "large objects are not replicated; the ledger has none. Details in the ",
        link("design note", "https://wiki.shop.example/ledger/pg17"),
        ".",
      ),
    ],
    required_fields: fieldsFor(seed),
    gates,
    relations: [
      {
        relation: "blocks",
        key: "CHG-4156",
        title: "Archive order history older than seven years",
        kind: "change",
        id: "chg-8",
      },
      { relation: "relates to", key: "PRB-318", title: null, kind: "problem", id: null },
    ],
    attachments: [
      {
        id: "a1",
        name: "pg17-runbook.pdf",
        bytes: 284_113,
        media_type: "application/pdf",
        material: true,
        digest: "sha256:b17ce0a4d5f2219c8e02aa41",
        disposed: null,
      },
      {
        id: "a2",
        name: "rollback-rehearsal-2026-11-12.log",
        bytes: 18_402,
        media_type: "text/plain",
        material: true,
        digest: index % 2 === 0 ? "sha256:1f03c9e277ab40d19c1e5544" : null,
        disposed: null,
      },
      {
        id: "a3",
        name: "load-test.png",
        bytes: 1_204_551,
        media_type: "image/png",
        material: false,
        digest: null,
        disposed: null,
      },
      {
        id: "a4",
        name: "on-call-rota.csv",
        bytes: 2_118,
        media_type: "text/csv",
        material: false,
        digest: "sha256:77d0e1c2b3a49586f0e1d2c3",
        disposed: {
          by: "Amara Okafor",
          at: "2026-11-20T09:12:00Z",
          ground: "erasure",
          reason: "It named people who left.",
        },
      },
    ],
    decision: decision
      ? {
          kind: decision,
          basis: index % 2 === 0 ? "consent" : "vote",
          rationale:
            decision === "rejected"
              ? "The rollback was never tested, and the window overlaps the settlement run."
              : "Plan complete, rollback rehearsed within the objective.",
          meeting: "mtg-prev",
          meeting_title: "CAB 14 Nov 2026",
          decided_at: "2026-11-14T10:22:00Z",
          recorder: "Ines Duarte",
          approval,
          tally: null,
          deferred_to: null,
        }
      : null,
    delegated: delegated ? { by: "Tomasz Zielinski", at: "2026-11-19T15:40:00Z", approval: delegated } : null,
    conditions:
      decision === "approved_with_conditions"
        ? [
            {
              id: "k1",
              text: "Attach the restore log of the staging rehearsal before the window.",
              owner: "Henrik Dahl",
              due_on: "2026-11-26",
              when: "before",
              state: "open",
            },
          ]
        : [],
    required_sign_offs: approvers(approval === "holds" ? "holds" : approval === "stale" ? "stale" : "missing"),
    sign_offs:
      approval === "holds" || approval === "stale"
        ? [
            {
              id: `s-${id}`,
              member: "m-tomasz",
              signer: "Tomasz Zielinski",
              role: "technical_lead",
              meaning: `I approve ${row.key}, “${title}”, as shown to me, for the window it names.`,
              attestation: "signed",
              signed_at: "2026-11-14T10:31:00Z",
              key_fingerprint: "7c1e 40bb 92aa",
              state: approval === "stale" ? "stale" : "holds",
              differences: approval === "stale" ? EDITED : [],
              not_kept: [],
              reaffirmable: approval === "stale",
              rulings: [],
            },
          ]
        : [],
    last_looked_at: changed ? "2026-11-18T16:05:00Z" : null,
    since_last_looked: changed
      ? [
          {
            field: "plan.timing",
            label: "Plan: Timing and timescales",
            material: true,
            lines: [
              { kind: "removed", text: "22:50  Writes stop, switch, writes resume" },
              { kind: "added", text: "22:35  Writes stop, switch, writes resume. Point of no return at 22:40" },
            ],
            rows: [],
          },
          {
            field: "assignee",
            label: "Assignee",
            material: false,
            lines: [
              { kind: "removed", text: "Henrik Dahl" },
              { kind: "added", text: "Priya Raman" },
            ],
            rows: [],
          },
        ]
      : [],
    signing_refusal: decision
      ? null
      : {
          code: "no_decision",
          rule: "There is no decision to sign off yet.",
          clause: "R30",
          remedy: "The board decides it in a meeting; then the sign-off can be given.",
          facts: [],
        },
    meeting: index < 12 ? { id: "mtg-next", title: "CAB 21 Nov 2026", starts_at: "2026-11-21T14:00:00Z" } : null,
    risk: outcomeOf(answers, submitted),
    plan: sections.map((section) => ({ ...section.summary, comments: section.comments.length })),
    history: [
      ...(decision
        ? [
            {
              at: "2026-11-14T10:31:00Z",
              who: "Tomasz Zielinski",
              source: "record" as const,
              what: "signed off the change",
              detail: [],
            },
            {
              at: "2026-11-14T10:22:00Z",
              who: "Ines Duarte",
              source: "record" as const,
              what: "recorded the decision of CAB 14 Nov 2026",
              detail: [],
            },
          ]
        : []),
      ...(submitted
        ? [
            {
              at: submitted.at,
              who: submitted.by,
              source: "record" as const,
              what: `submitted the risk assessment: ${summary.score} of 100`,
              detail: [],
            },
          ]
        : []),
      {
        at: "2026-11-18T17:40:00Z",
        who: author ?? "Unknown",
        source: "ticket" as const,
        what: "changed the plan’s timing",
        detail: [p("Moved the switch forward so that settlement can verify before 23:30.")],
      },
      {
        at: "2026-11-12T08:05:00Z",
        who: "Henrik Dahl",
        source: "ticket" as const,
        what: "attached rollback-rehearsal-2026-11-12.log",
        detail: [],
      },
      {
        at: "2026-11-09T11:20:00Z",
        who: author ?? "Unknown",
        source: "ticket" as const,
        what: "created the ticket",
        detail: [],
      },
    ],
    missing: [],
  };
  return { view, answers, submitted };
}
