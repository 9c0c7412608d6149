import type {
  AppStatus,
  ConnectionTest,
  ConnectionView,
  DryRun,
  MappingProposal,
  Outbox,
  SigningView,
  Verification,
} from "../../src/ipc/contract";
import { EDITED } from "./changes";

const CAPABILITIES: ConnectionTest["capabilities"] = [
  { name: "Read tickets", state: "available", note: "512 tickets in 1 project are visible to this account." },
  { name: "Read history", state: "available", note: "Journals, relations and attachments." },
  { name: "Write notes and status", state: "available", note: "In one request, with the extract attached." },
  {
    name: "See deletions",
    state: "missing",
    note: "Redmine leaves no trace of them; found by the nightly comparison.",
  },
];

const TARGETS: MappingProposal["targets"] = [
  {
    target: "kind",
    label: "Change kind",
    clause: "R1",
    required: true,
    type: "choice",
    choices: [
      { value: "standard", label: "Standard" },
      { value: "normal", label: "Normal" },
      { value: "emergency", label: "Emergency" },
    ],
  },
  { target: "description", label: "Description", clause: "R36", required: true, type: "text", choices: [] },
  { target: "reason", label: "Change reason", clause: "R37", required: true, type: "text", choices: [] },
  { target: "systems", label: "Affected systems", clause: "R38", required: true, type: "text", choices: [] },
  { target: "version", label: "Version", clause: "R39", required: true, type: "text", choices: [] },
  { target: "scan", label: "Security scan", clause: "R40", required: true, type: "text", choices: [] },
  { target: "environment", label: "Production environment", clause: "R41", required: true, type: "text", choices: [] },
  { target: "window_start", label: "Window starts", clause: null, required: false, type: "date_time", choices: [] },
  { target: "window_end", label: "Window ends", clause: null, required: false, type: "date_time", choices: [] },
];

const FIELDS: MappingProposal["fields"] = [
  {
    id: "core:tracker",
    name: "Tracker",
    type: "choice",
    values: ["Normal change", "Standard change", "Emergency", "Hotfix"],
    example: "Normal change",
  },
  {
    id: "core:description",
    name: "Description",
    type: "text",
    values: [],
    example: "PostgreSQL 14 is out of support. This moves the ledger’s two clusters…",
  },
  {
    id: "cf:3",
    name: "Reason for change",
    type: "text",
    values: [],
    example: "Settlement audit asks for a supported version",
  },
  { id: "cf:4", name: "Affected services", type: "text", values: [], example: "payments-ledger, settlement" },
  { id: "cf:7", name: "Release version", type: "text", values: [], example: "ledger-api 8.15.0" },
  { id: "cf:9", name: "Scan report", type: "text", values: [], example: "Trivy 2026-11-18: 0 critical" },
  { id: "cf:11", name: "Environment", type: "text", values: [], example: "prod-eu-central" },
  { id: "cf:12", name: "Planned start", type: "date_time", values: [], example: "2026-11-28 22:00" },
  { id: "cf:13", name: "Planned end", type: "date_time", values: [], example: "2026-11-28 23:30" },
];

const SOURCES: Record<string, string> = {
  kind: "core:tracker",
  description: "core:description",
  reason: "cf:3",
  systems: "cf:4",
  version: "cf:7",
  scan: "cf:9",
  environment: "cf:11",
  window_start: "cf:12",
  window_end: "cf:13",
};

export const connectionTest: ConnectionTest = {
  draft: "draft-1",
  server: "Redmine 6.0.4 at redmine.shop.example",
  account: "Ines Duarte (ines)",
  projects: [
    { id: "change-management", name: "Change management", changes: 512 },
    { id: "it-problems", name: "IT problems", changes: 88 },
  ],
  capabilities: CAPABILITIES,
  warnings: ["The server’s clock is 4 seconds ahead of this device. Cabinet relies on neither."],
};

export function mappingProposal(project: string): MappingProposal {
  return {
    draft: "draft-1",
    project,
    suggested_prefix: "CHG",
    fields: FIELDS,
    targets: TARGETS,
    mapping: TARGETS.map(({ target }) => ({
      target,
      source: SOURCES[target] ?? null,
      values:
        target === "kind"
          ? [
              { remote: "Normal change", ours: "normal" },
              { remote: "Standard change", ours: "standard" },
              { remote: "Emergency", ours: "emergency" },
              { remote: "Hotfix", ours: null },
            ]
          : [],
      zone: target.startsWith("window") ? "Europe/Berlin" : null,
    })),
  };
}

export function dryRun(rows: { key: string; title: string }[], hotfixMapped: boolean): DryRun {
  const problems = hotfixMapped ? 0 : 2;
  return {
    rows: rows.slice(0, 20).map((row, index) => ({
      ...row,
      cells: [
        {
          target: "kind",
          value: index % 9 === 4 && !hotfixMapped ? null : index % 4 === 2 ? "Standard" : "Normal",
          problem: index % 9 === 4 && !hotfixMapped ? "“Hotfix” is not mapped" : null,
        },
        { target: "reason", value: "Settlement audit asks for a supported version", problem: null },
        { target: "systems", value: "payments-ledger, settlement", problem: null },
        { target: "version", value: index % 7 === 3 ? null : "8.15.0", problem: null },
        { target: "environment", value: "prod-eu-central", problem: null },
        { target: "window_start", value: "28 Nov 2026, 22:00", problem: null },
      ],
    })),
    unmapped: hotfixMapped ? [] : [{ target: "kind", remote: "Hotfix", count: 2 }],
    problems,
    ready: problems === 0,
  };
}

export const connectionView: ConnectionView = {
  id: "con-1",
  system: "redmine",
  url: "https://redmine.shop.example",
  project: "Change management",
  prefix: "CHG",
  account: "Ines Duarte (ines)",
  changes: 64,
  last_synced_at: "2026-11-21T13:32:00Z",
  stopped: null,
  capabilities: CAPABILITIES,
  mapping: TARGETS.map((target) => ({
    target: target.label,
    source: FIELDS.find((field) => field.id === SOURCES[target.target])?.name ?? null,
    values: [],
    zone: null,
  })),
};

const NOTE =
  "Decision of CAB 14 Nov 2026: approved.\nBasis: consent, asked, no objection; 5 of 6 voting seats present.\nSigned off by Tomasz Zielinski (Technical Development Lead).\nCabinet mark: cab-7c1e40bb";

export function outboxView(link: AppStatus["link"]): Outbox {
  const row = (
    id: string,
    key: string,
    title: string,
    more: Partial<Outbox["rows"][number]>,
  ): Outbox["rows"][number] => ({
    id,
    change_id: "chg-37",
    key,
    title,
    what: "Decision note, status and extract",
    state: "queued",
    attempts: 0,
    created_at: "2026-11-14T11:02:00Z",
    last_tried_at: null,
    next_try_at: null,
    problem: null,
    remedy: null,
    preview: [
      { field: "Status", before: "Awaiting CAB", after: "Scheduled" },
      { field: "Note", before: null, after: NOTE },
      { field: "Attachment", before: null, after: `${key}-extract.pdf (42 KB)` },
    ],
    differences: [],
    can_retry: false,
    ...more,
  });
  return {
    link,
    rows: [
      row("o1", "CHG-4359", "Move session storage to Valkey (follow-up)", {
        state: "blocked",
        attempts: 1,
        last_tried_at: "2026-11-21T13:32:00Z",
        problem: "The ticket was edited after the board decided: its window moved by a day.",
        remedy: "Look at the difference. If it is right, the sign-off has to be reaffirmed; then try again.",
        can_retry: true,
        differences: [
          {
            field: "window",
            label: "Implementation window",
            material: true,
            lines: [
              { kind: "removed", text: "Sat 28 Nov, 22:00–23:30 Europe/Berlin" },
              { kind: "added", text: "Sun 29 Nov, 20:00–21:30 Europe/Berlin" },
            ],
            rows: [
              {
                kind: "changed",
                before: "Sat 28 Nov, 22:00–23:30 Europe/Berlin",
                after: "Sun 29 Nov, 20:00–21:30 Europe/Berlin",
              },
            ],
          },
        ],
      }),
      row("o2", "CHG-4366", "Change VAT rates for Slovakia (follow-up)", {
        state: "failed",
        attempts: 2,
        last_tried_at: "2026-11-21T13:31:00Z",
        problem:
          "Redmine answered “no error” but kept the status “New”: the workflow does not allow New → Scheduled for this account.",
        remedy: "Ask the Redmine administrator to allow the transition, or set the status by hand; then try again.",
        can_retry: true,
      }),
      row("o3", "CHG-4373", "Upgrade Kubernetes to 1.35, cluster blue (follow-up)", {
        state: "queued",
        next_try_at: "2026-11-21T13:45:00Z",
      }),
      row("o4", "CHG-4380", "Renew wildcard certificate *.shop.example (follow-up)", {
        state: "verified",
        attempts: 1,
        last_tried_at: "2026-11-14T11:03:00Z",
      }),
      row("o5", "CHG-4387", "Replace the barcode scanners’ firmware (follow-up)", {
        state: "verified",
        attempts: 3,
        last_tried_at: "2026-11-14T11:09:00Z",
      }),
    ],
  };
}

export function signingView(): SigningView {
  const statement = (id: string, key: string, title: string, level: string): SigningView["statements"][number] => ({
    id,
    title: key,
    meaning: `I approve ${key}, “${title}”, as shown to me, for the window it names. I have read its plan and its risk assessment.`,
    facts: [
      { label: "Change", value: `${key}, normal` },
      { label: "Risk", value: level },
      { label: "Window", value: "Sat 28 Nov 2026, 22:00–23:30 Europe/Berlin" },
      { label: "Decision", value: "Approved, by consent, CAB 21 Nov 2026" },
      { label: "Gates", value: "9 passed, 1 warned (R84)" },
      { label: "Policy", value: "starter, version 1" },
      { label: "As of", value: "21 Nov 2026, 13:32 UTC" },
    ],
    digest: "sha256:5b1c02ad9e7f43c1a0d27a1f4be8d3906c1f7be2e7fb0c5b1d12a6f3a0c9d48e",
    manifest: [
      { label: "description", value: "9f3a22c1d0b7e4…" },
      { label: "plan.backout", value: "41f09bc2aa7710…" },
      { label: "plan.timing", value: "c07d11e95b3f28…" },
      { label: "pg17-runbook.pdf", value: "b17ce0a4d5f221…" },
    ],
    state: "ready",
    refusal: null,
    signed_at: null,
    rejection: `I reject ${key} as shown to me:`,
    reaffirmation: null,
    stale: [],
    differences: [],
    tick_each: false,
  });
  const signer = (
    id: string,
    name: string,
    role: "technical_lead" | "cto",
    fingerprint: string,
  ): SigningView["signers"][number] => ({
    member: { id, name, roles: [role] },
    capacity: role,
    key_source: "keyring",
    key_label: "Keyring of this desktop",
    key_fingerprint: fingerprint,
    vault: "available",
    session: null,
    pin_always: false,
    name_asked: false,
    attempts_left: 5,
    wait_until: null,
  });
  return {
    purpose: "CAB 21 Nov 2026",
    signers: [
      signer("m-tomasz", "Tomasz Zielinski", "technical_lead", "7c1e 40bb 92aa"),
      signer("m-amara", "Amara Okafor", "cto", "03dd 8e17 55c0"),
    ],
    statements: [
      statement("st-1", "CHG-4100", "Move the payments ledger to PostgreSQL 17", "52, High"),
      statement("st-2", "CHG-4107", "Rotate the signing certificates of the partner API", "31, Medium"),
      statement("st-3", "CHG-4114", "Weekly base image refresh, week 47", "12, Low"),
    ],
  };
}

/** What was said in the signer's name, on a board of the Part 11 profile, before anybody has signed. */
export function part11Signing(): SigningView {
  const view = signingView();
  const [first] = view.statements;
  if (!first) return view;
  return {
    ...view,
    signers: view.signers.slice(0, 1).map((signer) => ({ ...signer, pin_always: true, name_asked: true })),
    statements: [
      {
        ...first,
        title: "What was said in my name",
        meaning: "Of what was recorded in my name I confirm 2 acts and contest 1 act.",
        facts: [
          { label: "It was so 1", value: "was present (CAB 14 Nov 2026, on the word of Ines Duarte)" },
          { label: "It was so 2", value: "voted to approve, 1. CHG-4100 (CAB 14 Nov 2026, by Ines Duarte)" },
          {
            label: "It was not so 1",
            value: "voted to approve, 2. CHG-4107 (CAB 14 Nov 2026, on the word of Ines Duarte). Instead: I abstained",
          },
        ],
        rejection: null,
        tick_each: true,
      },
    ],
  };
}

/** A sign-off that was made stale by an edit is given again. */
export function reaffirmSigning(): SigningView {
  const view = signingView();
  const [first] = view.statements;
  if (!first) throw new Error("there is a statement");
  const statement: SigningView["statements"][number] = {
    ...first,
    meaning: "I approve CHG-4100 as shown to me, for the window it names, reaffirming my sign-off 41f09bc2.",
    reaffirmation: "Reaffirmed after a change of Plan: Timing and timescales and Affected data.",
    stale: [
      {
        id: "s-chg-1",
        member: "m-tomasz",
        signer: "Tomasz Zielinski",
        signed_at: "2026-11-14T10:31:00Z",
        differences: EDITED,
        not_kept: ["Attachment pg17-runbook.pdf"],
      },
    ],
  };
  return { ...view, signers: view.signers.slice(0, 1), statements: [statement] };
}

export const verification: Verification = {
  verified: true,
  verified_at: "2026-11-21T15:12:00Z",
  verdict: "Unmodified since it was sealed, by the key the roster gives to Ines Duarte, chair.",
  checks: [
    { label: "Whole file covered", result: "passed", detail: "The last signature covers all 214 880 bytes." },
    { label: "Signature", result: "passed", detail: "PAdES B-B, ECDSA P-256 with SHA-256" },
    { label: "Certificate chain", result: "passed", detail: "To the board’s certificate root 5b91 c2d4 0e7a" },
    {
      label: "Embedded evidence",
      result: "passed",
      detail: "62 entries; 12 decisions and 9 scores recomputed and equal",
    },
    { label: "Time", result: "no_evidence", detail: "Claimed by the sealer; no outside witness" },
  ],
};
