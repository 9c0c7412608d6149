/**
 * What crosses between the window and the program: every command, every view, every event.
 *
 * Rules of this file: integers only; times are RFC 3339 strings (UTC) unless a field says "local";
 * ids are opaque strings; enums are unions of snake_case strings; what may be missing is `T | null`;
 * no HTML: synced text is a tree of `Block`s. Prose that explains (a finding, a remedy, arithmetic)
 * is written by the program, because the same words stand in the minutes; labels of enums are ours.
 */

// ───────────────────────────────────────────── words ──

export type ChangeKind = "standard" | "normal" | "emergency";
export type RiskLevel = "low" | "medium" | "high" | "critical";
export type RiskFactor = "impact" | "complexity" | "recoverability" | "exposure";
export type Provenance = "synced" | "attested" | "assumed";
export type GateResult = "passed" | "failed" | "waived" | "warned" | "not_applicable" | "no_evidence";
export type VotePosition = "approve" | "reject" | "abstain" | "absent";
export type DecisionKind =
  | "approved"
  | "approved_with_conditions"
  | "rejected"
  | "deferred"
  | "more_information"
  | "withdrawn"
  /** A skipped item, when the meeting closes. */
  | "no_decision";
/** Whether a decision has become an approval: its required sign-offs all hold, or not yet, or no longer. */
export type ApprovalState = "not_applicable" | "awaiting_sign_off" | "holds" | "stale";
export type DecisionBasis = "consent" | "vote" | "chair_ruling";
export type Attestation = "signed" | "confirmed" | "written" | "witnessed" | "recorded";
export type Role =
  | "chair"
  | "cto"
  | "technical_lead"
  | "release_manager"
  | "service_manager"
  | "security"
  | "board_member"
  | "auditor";
export type KeySourceKind = "keyring" | "passphrase_file" | "sample" | "memory";
export type VaultState = "available" | "locked" | "absent" | "lost" | "ambiguous" | "corrupt";

// ────────────────────────────────────────────── text ──

/** Synced text, parsed in the program from the ticket's markup. Nothing here is ever interpreted again. */
export type Block =
  | { type: "paragraph"; inlines: Inline[] }
  | { type: "heading"; level: number; inlines: Inline[] }
  | { type: "list"; ordered: boolean; items: { blocks: Block[] }[] }
  | { type: "table"; header: Cell[]; rows: { cells: Cell[] }[] }
  | { type: "code"; language: string; text: string }
  | { type: "quote"; blocks: Block[] }
  | { type: "rule" }
  /** The text goes on for so many bytes, but is not shown. */
  | { type: "not_shown"; bytes: number };

export interface Cell {
  inlines: Inline[];
}

export type Inline =
  | { type: "text"; text: string }
  | { type: "strong"; inlines: Inline[] }
  | { type: "emphasis"; inlines: Inline[] }
  | { type: "code"; text: string }
  /** Shown as words followed by the target in full. Never a clickable anchor. */
  | { type: "link"; text: string; target: string }
  | { type: "break" };

/** A label with a plain value: for statements, refusals and details. */
export interface Fact {
  label: string;
  value: string;
}

/** One line of a difference. */
export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
}

/** What differs in one field between two moments. */
export interface Difference {
  field: string;
  label: string;
  /** A material difference makes sign-offs stale; any other does not. */
  material: boolean;
  lines: DiffLine[];
}

// ──────────────────────────────────────────── errors ──

/** A business rule said no. It explains itself: which rule, which clause, what would satisfy it. */
export interface Refusal {
  /** Stable word, for example `quorum_short`, `own_change`, `recused`, `stale`, `hard_block`, `wrong_pin`. */
  code: string;
  /** One sentence: which rule refuses, with its data. */
  rule: string;
  /** The clause it enforces, for example `R31`; null if it comes from the board's own rules. */
  clause: string | null;
  /** One sentence: what would satisfy it. */
  remedy: string;
  facts: Fact[];
}

export type BoardError =
  | { kind: "refused"; detail: Refusal }
  | { kind: "not_found"; detail: { what: string; id: string } }
  | { kind: "invalid"; detail: { field: string; why: string } }
  | { kind: "ticketing"; detail: { system: string; problem: string; remedy: string; retry_after: string | null } }
  | { kind: "vault"; detail: { state: VaultState; message: string; remedy: string } }
  | { kind: "verification"; detail: { code: string; what: string; why: string } }
  | { kind: "cancelled" }
  | { kind: "internal"; detail: { incident: string } };

// ──────────────────────────────────────────── events ──

/** What changed, as nouns; the window decides what to read again. */
export type Noun =
  | "board"
  | "connection"
  | "changes"
  | "risk"
  | "plan"
  | "meetings"
  | "agenda"
  | "attendance"
  | "votes"
  | "decisions"
  | "sign_offs"
  | "minutes"
  | "outbox"
  | "session"
  | "preferences";

export type WorkKind = "sync" | "reconcile" | "dry_run" | "sample" | "compose" | "seal" | "verify" | "push";

/** Progress of something long. `total` null: not known yet. */
export interface Progress {
  work: string;
  kind: WorkKind;
  state: "running" | "done" | "cancelled" | "failed";
  done: number;
  total: number | null;
  /** What it is doing now, in words. */
  step: string;
  cancellable: boolean;
}

export type CabinetEvent =
  | { kind: "changed"; nouns: Noun[]; ids: string[] }
  | { kind: "progress"; progress: Progress }
  /** A deep link was opened: `change/CHG-17`, `meeting/<id>`. Only navigates. */
  | { kind: "navigate"; to: string }
  | { kind: "color_scheme"; dark: boolean };

// ──────────────────────────────────── application ──

export interface AppStatus {
  version: string;
  /** Null: nothing here yet, show First run. */
  board: BoardSummary | null;
  me: MemberRef | null;
  link: LinkStatus;
  keystore: { source: KeySourceKind; state: VaultState; label: string };
  session: SessionView | null;
  /** A meeting in session, so that a killed window can come back to it. */
  meeting_in_session: string | null;
  /** Whether the desktop prefers dark (portal); null: not known. */
  system_dark: boolean | null;
}

export interface BoardSummary {
  id: string;
  name: string;
  /** The sample board shows a banner everywhere. */
  sample: boolean;
  sample_pin: string | null;
  /** One keyholder only: said on each document. */
  provisional: boolean;
  roster_version: number;
  policy_label: string;
}

export interface LinkStatus {
  state: "online" | "offline" | "conflict" | "not_connected";
  queued: number;
  last_synced_at: string | null;
  /** Why offline or in conflict, in words. */
  reason: string | null;
}

export interface MemberRef {
  id: string;
  name: string;
  roles: Role[];
}

export interface MemberRow {
  member: MemberRef;
  seat: string;
  voting: boolean;
  /** A mandatory seat: without it there is no quorum. */
  mandatory: boolean;
  has_key: boolean;
  account: string | null;
}

/** An unlocked signing session: no PIN until it ends. */
export interface SessionView {
  member: MemberRef;
  /** What it was opened for, for example `CAB 21 November 2026`. */
  purpose: string;
  ends_at: string;
}

export interface Preferences {
  theme: "system" | "light" | "dark" | "high_contrast";
  /** Text and control size, 80 to 250. */
  scale_percent: number;
  /** Single-key shortcuts can be switched off (WCAG 2.1.4). */
  single_keys: boolean;
}

// ─────────────────────────────────────────── first run ──

export interface EnrolmentTerms {
  /** The sentence the member accepts: that using the PIN equals a handwritten signature. */
  sentence: string;
  pin_rule: string;
  least_pin_length: number;
}

export interface MemberDraft {
  name: string;
  roles: Role[];
  seat: string;
  voting: boolean;
  mandatory: boolean;
  /** Login in the ticketing system: a signer without one is refused (R89). */
  account: string | null;
}

export interface CreateBoardRequest {
  board_name: string;
  /** The person at this device: becomes the chair and first root holder. */
  chair: MemberDraft;
  others: MemberDraft[];
  pin: string;
  /** The sentence of `EnrolmentTerms`, as accepted. */
  accepted_sentence: string;
}

// ────────────────────────────────────────── connection ──

export type TicketingSystemKind = "redmine";

export interface ConnectionView {
  id: string;
  system: TicketingSystemKind;
  url: string;
  project: string;
  prefix: string;
  account: string;
  changes: number;
  last_synced_at: string | null;
  /** 401 stops the connection at once; the words say what to do. */
  stopped: string | null;
  mapping: MappingRow[];
  capabilities: Capability[];
}

export interface Capability {
  name: string;
  state: "available" | "missing" | "unknown";
  note: string;
}

export interface TestConnectionRequest {
  system: TicketingSystemKind;
  url: string;
  /** Null: use the key already in the keyring (when changing an existing connection). */
  api_key: string | null;
  /** Explicit consent to http on a private network. Loopback needs none. */
  allow_http: boolean;
}

export interface RemoteProject {
  id: string;
  name: string;
  /** How many changes (issues) it holds. */
  changes: number;
}

export interface ConnectionTest {
  /** The program keeps address and key under this id until the connection is saved. */
  draft: string;
  server: string;
  account: string;
  projects: RemoteProject[];
  capabilities: Capability[];
  /** Things to know, such as a clock that differs. */
  warnings: string[];
}

export type MappingType = "text" | "choice" | "date_time" | "person" | "number";

export interface RemoteField {
  /** `core:description`, `core:tracker`, `cf:12`, `section:Backout plan`. */
  id: string;
  name: string;
  type: MappingType;
  /** The values the server offers, for a choice. */
  values: string[];
  /** A value seen on a recent change. */
  example: string | null;
}

/** A field of ours that wants a source. */
export interface MappingTarget {
  target: string;
  label: string;
  clause: string | null;
  required: boolean;
  type: MappingType;
  choices: { value: string; label: string }[];
}

export interface MappingRow {
  target: string;
  /** Null: not mapped. */
  source: string | null;
  /** For choices: each remote value and ours; ours null = unmapped, shown as an error. */
  values: { remote: string; ours: string | null }[];
  /** IANA zone for times without one. */
  zone: string | null;
}

export interface MappingProposal {
  draft: string;
  project: string;
  suggested_prefix: string;
  fields: RemoteField[];
  targets: MappingTarget[];
  mapping: MappingRow[];
}

export interface DryRunRow {
  key: string;
  title: string;
  cells: { target: string; value: string | null; problem: string | null }[];
}

export interface DryRun {
  rows: DryRunRow[];
  /** Values no rule maps: an error on the screen, not a guess. */
  unmapped: { target: string; remote: string; count: number }[];
  problems: number;
  ready: boolean;
}

export interface SaveConnectionRequest {
  draft: string;
  project: string;
  prefix: string;
  mapping: MappingRow[];
}

// ───────────────────────────────────────────── changes ──

export type ChangeColumn = "key" | "title" | "kind" | "risk" | "decision" | "window" | "updated";

export interface ChangesQuery {
  /** Search as you type: key, title, people, systems. */
  text: string;
  kinds: ChangeKind[];
  levels: RiskLevel[];
  /** `open`: no decision yet; `decided`; `attention`: gates failed, stale, or changed since I looked. */
  view: "all" | "open" | "attention" | "decided";
  sort: { column: ChangeColumn; descending: boolean };
  offset: number;
  limit: number;
}

export interface ChangesPage {
  total: number;
  offset: number;
  rows: ChangeRow[];
  counts: { all: number; open: number; attention: number; decided: number };
}

export interface ImplementationWindow {
  starts_at: string;
  ends_at: string;
  /** IANA zone of the implementation. */
  zone: string;
}

/** Risk in one line. `score` is null while questions are open and nothing was decided. */
export interface RiskSummary {
  assessed: boolean;
  score: number | null;
  low: number;
  high: number;
  open: number;
  /** The level after floors; while open, the level of the low and of the high end. */
  level: RiskLevel | null;
  low_level: RiskLevel;
  high_level: RiskLevel;
}

export interface ChangeRow {
  id: string;
  key: string;
  title: string;
  kind: ChangeKind;
  /** The ticket's own status, as the server words it. */
  remote_status: string;
  risk: RiskSummary;
  decision: DecisionKind | null;
  approval: ApprovalState;
  window: ImplementationWindow | null;
  systems: string | null;
  author: string | null;
  gates_failed: number;
  /** Of the failed ones, those that block and can never be waived. */
  gates_blocking: number;
  plan_ticked: number;
  plan_total: number;
  changed_since_looked: boolean;
  on_agenda: boolean;
  updated_at: string;
}

// ────────────────────────────────────────────── change ──

export interface Gate {
  id: string;
  label: string;
  clause: string;
  result: GateResult;
  /** A hard gate blocks a decision and can never be waived. */
  hard: boolean;
  finding: string;
  /** What would satisfy it; null when passed. */
  remedy: string | null;
}

export interface RequiredField {
  field: string;
  label: string;
  clause: string;
  present: boolean;
  value: Block[];
}

export interface Attachment {
  id: string;
  name: string;
  bytes: number;
  media_type: string;
  /** Named in the plan: part of what is signed. */
  material: boolean;
  /** SHA-256 once downloaded; a material one without it cannot be signed. */
  digest: string | null;
}

export interface Relation {
  /** As the server words it, for example `blocks`, `relates to`. */
  relation: string;
  key: string;
  title: string | null;
  /** Ours, when it is a change we hold. */
  id: string | null;
}

export interface Condition {
  id: string;
  text: string;
  owner: string;
  due_on: string | null;
  /** `before` blocks approval and gate; `after` is an obligation. */
  when: "before" | "after";
  state: "open" | "met";
}

export interface SignOff {
  id: string;
  signer: string;
  role: Role;
  meaning: string;
  attestation: Attestation;
  signed_at: string;
  key_fingerprint: string;
  state: "holds" | "stale" | "withdrawn";
  /** Since signing, for a stale one. */
  differences: Difference[];
}

/** A slot the decision needs: who could fill it, and whether it is filled. */
export interface RequiredSignOff {
  role: Role;
  holders: string[];
  state: "missing" | "holds" | "stale";
  /** Why this role is asked, with its clause. */
  reason: string;
  clause: string | null;
}

export interface Decision {
  kind: DecisionKind;
  basis: DecisionBasis;
  rationale: string;
  meeting: string | null;
  meeting_title: string | null;
  decided_at: string;
  recorder: string;
  approval: ApprovalState;
  tally: Tally | null;
  deferred_to: string | null;
}

export interface HistoryEntry {
  at: string;
  who: string;
  source: "ticket" | "record";
  /** What happened, in words. */
  what: string;
  detail: Block[];
}

export interface ChangeView {
  row: ChangeRow;
  url: string;
  project: string;
  requester: string | null;
  assignee: string | null;
  implementer: string | null;
  synced_at: string;
  /** False while details are still being fetched. */
  complete: boolean;
  description: Block[];
  required_fields: RequiredField[];
  gates: Gate[];
  relations: Relation[];
  attachments: Attachment[];
  decision: Decision | null;
  conditions: Condition[];
  required_sign_offs: RequiredSignOff[];
  sign_offs: SignOff[];
  /** Null: I never looked before. */
  last_looked_at: string | null;
  since_last_looked: Difference[];
  /** Null: the person at this device may sign now; otherwise why not. */
  signing_refusal: Refusal | null;
  meeting: { id: string; title: string; starts_at: string } | null;
  risk: RiskOutcome;
  plan: PlanSectionSummary[];
  history: HistoryEntry[];
}

// ──────────────────────────────────────────────── risk ──

export interface RiskOption {
  label: string;
  points: number;
}

export interface RiskQuestion {
  /** `I1` … `E4`. */
  id: string;
  factor: RiskFactor;
  prompt: string;
  /** What the answer is about, where to look; null if the prompt says it all. */
  help: string | null;
  options: RiskOption[];
  /** Index into `options`; null: open. */
  answer: number | null;
  provenance: Provenance | null;
  /** Where a synced answer came from, in words. */
  evidence: string | null;
  note: string;
}

export interface RiskFloor {
  label: string;
  clause: string | null;
  level: RiskLevel;
  applies: boolean;
}

export interface WaterfallStep {
  question: string;
  factor: RiskFactor;
  label: string;
  answer: string | null;
  points: number;
  /** The most this question can give. */
  most: number;
  provenance: Provenance | null;
  /** Sum up to and including this step. */
  sum: number;
}

export interface Improvement {
  question: string;
  /** For example: "Test the written rollback by hand". */
  text: string;
  saves: number;
  new_score: number;
  new_level: RiskLevel;
}

export interface RiskOutcome {
  model: string;
  model_version: number;
  summary: RiskSummary;
  /** Level by score alone, before floors. */
  score_level: RiskLevel | null;
  floors: RiskFloor[];
  factors: { factor: RiskFactor; low: number; high: number; most: number }[];
  waterfall: WaterfallStep[];
  improvements: Improvement[];
  /** Points-weight that is synced or attested, of 100. */
  confidence: number;
  answers_digest: string;
  submitted_at: string | null;
  submitted_by: string | null;
}

export interface RiskWalk {
  change: ChangeRow;
  questions: RiskQuestion[];
  outcome: RiskOutcome;
  /** Draft answers not yet submitted. */
  unsubmitted: number;
  saved_at: string | null;
}

// ──────────────────────────────────────────────── plan ──

export interface PlanSectionSummary {
  id: string;
  number: number;
  title: string;
  clause: string;
  mandatory: boolean;
  completeness: "complete" | "thin" | "missing";
  ticked: boolean;
  comments: number;
  changed_since_looked: boolean;
}

export interface PlanComment {
  id: string;
  author: string;
  at: string;
  text: string;
  /** A local draft until the review is submitted. */
  draft: boolean;
}

export interface PlanSection {
  summary: PlanSectionSummary;
  /** What is asked for in this section, in one sentence. */
  guidance: string;
  body: Block[];
  comments: PlanComment[];
  since_last_looked: DiffLine[];
}

export interface PlanReview {
  change: ChangeRow;
  sections: PlanSection[];
  ticked: number;
  submitted_at: string | null;
  submitted_by: string | null;
  unsubmitted: number;
  saved_at: string | null;
}

// ──────────────────────────────────── meeting, agenda ──

export type MeetingState = "draft" | "in_session" | "closed" | "sealed";

export interface MeetingHead {
  id: string;
  title: string;
  state: MeetingState;
  starts_at: string;
  zone: string;
  place: string;
  chair: string;
  items: number;
  decided: number;
  called_to_order_at: string | null;
  closed_at: string | null;
  agenda_digest: string | null;
}

export interface CreateMeetingRequest {
  title: string;
  starts_at: string;
  zone: string;
  place: string;
}

export interface AgendaRule {
  id: string;
  label: string;
  /** What it takes and in which order. */
  explanation: string;
}

export interface AgendaItemRow {
  id: string;
  number: number;
  change: ChangeRow;
  /** Why it is here: "carried over from 14 November", "new, high risk". */
  reason: string;
  minutes: number;
}

export interface AgendaView {
  meeting: MeetingHead;
  rules: AgendaRule[];
  rule: string | null;
  items: AgendaItemRow[];
  /** Changes that could be added, best first (at most 200). */
  candidates: { change: ChangeRow; reason: string }[];
  minutes_total: number;
  roster: MemberRow[];
  quorum_rule: string;
  /** Why it cannot be called to order yet; null: it can. */
  call_refusal: Refusal | null;
  saved_at: string | null;
}

export interface Quorum {
  met: boolean;
  present: number;
  required: number;
  short_by: number;
  /** "floor(5 / 2) + 1 = 3 of 5 voting seats; 1 recused on this item". */
  arithmetic: string;
  /** Who would make it, by name. */
  missing: string[];
}

export interface Tally {
  approve: number;
  reject: number;
  abstain: number;
  absent: number;
  recused: number;
  /** What the votes advise; null: none or a tie. */
  advice: "approve" | "reject" | null;
  arithmetic: string;
}

export interface Seat {
  member: MemberRef;
  seat: string;
  voting: boolean;
  mandatory: boolean;
  has_key: boolean;
  attendance: "present" | "absent" | "left" | "not_recorded";
  since: string | null;
}

export interface Timer {
  running: boolean;
  /** When it was last started; null when paused. */
  started_at: string | null;
  /** Counted before `started_at`. */
  spent_seconds: number;
  planned_seconds: number;
}

export interface ConsoleItemRow {
  id: string;
  number: number;
  change_id: string;
  key: string;
  title: string;
  state: "open" | "current" | "decided" | "no_decision";
  decision: DecisionKind | null;
  level: RiskLevel | null;
  minutes: number;
  late: boolean;
}

export interface Vote {
  member: MemberRef;
  seat: string;
  position: VotePosition | null;
  attestation: Attestation | null;
  /** Recused on this item: reason with clause. */
  recused: string | null;
}

/** An act the chair could take on the item now, or why not. */
export interface DecisionOption {
  kind: DecisionKind;
  refusal: Refusal | null;
  /** A reason must be given (rejecting, deferring, deviating from the votes). */
  needs_reason: boolean;
}

export interface ConsoleItem {
  id: string;
  change: ChangeView;
  reason: string;
  quorum: Quorum;
  votes: Vote[];
  tally: Tally;
  /** Asked, no objection: who was present; null: not asked. */
  consent: { present: string[]; at: string } | null;
  options: DecisionOption[];
  decision: Decision | null;
  /** The minute note of this item: a draft until the chair moves on. */
  note: string;
  timer: Timer;
}

export interface MeetingView {
  meeting: MeetingHead;
  items: ConsoleItemRow[];
  current: string | null;
  late: { change: ChangeRow; reason: string }[];
  seats: Seat[];
  quorum: Quorum;
  saved_at: string | null;
}

export interface DecideRequest {
  meeting: string;
  item: string;
  kind: DecisionKind;
  basis: DecisionBasis;
  rationale: string;
  conditions: { text: string; owner: string; due_on: string | null; when: "before" | "after" }[];
  /** For a deferral: a date (local), or null for the next meeting. */
  deferred_to: string | null;
}

// ───────────────────────────────────────────── signing ──

/** What the person asks to sign; the program alone makes the statement from its own state. */
export type SigningSubject =
  | { kind: "change"; change: string }
  /** Every sign-off of a meeting that waits for somebody at this device. */
  | { kind: "queue"; meeting: string }
  | { kind: "minutes"; meeting: string };

/** A statement in plain words. No ticket markup is ever in here. */
export interface Statement {
  id: string;
  title: string;
  /** The sentence that is signed. */
  meaning: string;
  facts: Fact[];
  /** Fingerprint of what was shown, and its parts. */
  digest: string;
  manifest: Fact[];
  state: "ready" | "signed" | "refused";
  refusal: Refusal | null;
  signed_at: string | null;
}

export interface Signer {
  member: MemberRef;
  /** The role in which they would sign. */
  capacity: Role;
  key_source: KeySourceKind;
  key_label: string;
  key_fingerprint: string;
  vault: VaultState;
  session: SessionView | null;
  /** True: this act always asks for the PIN, session or not. */
  pin_always: boolean;
  /** Attempts before the next delay, and when the next is allowed. */
  attempts_left: number;
  wait_until: string | null;
}

export interface SigningView {
  purpose: string;
  signers: Signer[];
  statements: Statement[];
}

export interface SignRequest {
  statement: string;
  member: string;
  /** Null: under the unlocked session. */
  pin: string | null;
  /** Keep unlocked for this meeting or queue, within the limits of the policy. */
  keep_unlocked: boolean;
}

// ───────────────────────────────────────────── wrap-up ──

export interface WrapUpItem {
  id: string;
  number: number;
  change_id: string;
  key: string;
  title: string;
  level: RiskLevel | null;
  decision: Decision | null;
  conditions: Condition[];
  required_sign_offs: RequiredSignOff[];
}

export interface MinutesState {
  state: "none" | "draft" | "sealed";
  path: string | null;
  pages: number | null;
  sha256: string | null;
  composed_at: string | null;
  sealed_at: string | null;
  sealer: string | null;
}

/** What verifying the sealed PDF found, line by line. */
export interface Verification {
  verified: boolean;
  verified_at: string;
  /** In one sentence: "Unmodified since the chair sealed it; signed by the key of Ines Duarte." */
  verdict: string;
  checks: { label: string; result: GateResult; detail: string }[];
}

export interface WrapUp {
  meeting: MeetingHead;
  items: WrapUpItem[];
  undecided: number;
  attendance: { present: string[]; absent: string[]; arithmetic: string };
  /** Why the meeting cannot be closed; null: it can. */
  close_refusal: Refusal | null;
  seal_refusal: Refusal | null;
  sign_offs_missing: number;
  minutes: MinutesState;
  verification: Verification | null;
  queued: number;
}

// ────────────────────────────────────────────── outbox ──

export type OutboxState = "queued" | "sending" | "unknown" | "verified" | "failed" | "blocked";

export interface OutboxRow {
  id: string;
  change_id: string;
  key: string;
  title: string;
  /** "Decision note, status and extract". */
  what: string;
  state: OutboxState;
  attempts: number;
  created_at: string;
  last_tried_at: string | null;
  next_try_at: string | null;
  /** What went wrong and what to do, in words. */
  problem: string | null;
  remedy: string | null;
  /** Exactly what will be (or was) written. */
  preview: { field: string; before: string | null; after: string }[];
  /** An edit on the ticket that the board has not seen, for a blocked one. */
  differences: Difference[];
  can_retry: boolean;
}

export interface Outbox {
  link: LinkStatus;
  rows: OutboxRow[];
}

// ──────────────────────────────────────────── commands ──

type Item = { meeting: string; item: string };

/** Every command of the program. In the bindings each is a function of one request (or none). */
export interface Commands {
  // application
  appStatus(): Promise<AppStatus>;
  preferences(): Promise<Preferences>;
  setPreferences(request: Preferences): Promise<Preferences>;
  members(): Promise<MemberRow[]>;
  /** Several members may share one data folder; whose eyes are these? (for "since I last looked") */
  setMe(request: { member: string }): Promise<AppStatus>;
  cancelWork(request: { work: string }): Promise<null>;
  /** The person did something: keeps an unlocked session open. */
  touch(): Promise<null>;

  // first run
  enrolmentTerms(): Promise<EnrolmentTerms>;
  createBoard(request: CreateBoardRequest): Promise<AppStatus>;
  /** Makes the sample board with its own server and reads it; reports progress. */
  openSampleBoard(): Promise<AppStatus>;

  // connection
  connection(): Promise<ConnectionView | null>;
  testConnection(request: TestConnectionRequest): Promise<ConnectionTest>;
  proposeMapping(request: { draft: string; project: string }): Promise<MappingProposal>;
  dryRunMapping(request: { draft: string; project: string; mapping: MappingRow[] }): Promise<DryRun>;
  saveConnection(request: SaveConnectionRequest): Promise<ConnectionView>;
  /** Pull, then push what is queued. Returns once started; progress arrives as events. */
  sync(): Promise<{ work: string }>;

  // changes
  listChanges(request: ChangesQuery): Promise<ChangesPage>;
  change(request: { change: string }): Promise<ChangeView>;
  /** "I have seen this": from now on differences count from here. */
  markLooked(request: { change: string }): Promise<null>;
  downloadAttachment(request: { change: string; attachment: string }): Promise<Attachment>;

  // risk
  riskWalk(request: { change: string }): Promise<RiskWalk>;
  answerRisk(request: { change: string; question: string; answer: number | null; note: string }): Promise<RiskWalk>;
  submitRisk(request: { change: string }): Promise<RiskWalk>;

  // plan
  planReview(request: { change: string }): Promise<PlanReview>;
  tickSection(request: { change: string; section: string; ticked: boolean }): Promise<PlanReview>;
  commentSection(request: { change: string; section: string; text: string }): Promise<PlanReview>;
  submitPlanReview(request: { change: string }): Promise<PlanReview>;

  // agenda
  listMeetings(): Promise<MeetingHead[]>;
  createMeeting(request: CreateMeetingRequest): Promise<MeetingHead>;
  agenda(request: { meeting: string }): Promise<AgendaView>;
  buildAgenda(request: { meeting: string; rule: string }): Promise<AgendaView>;
  addAgendaItem(request: { meeting: string; change: string }): Promise<AgendaView>;
  removeAgendaItem(request: Item): Promise<AgendaView>;
  /** `to` is the new place, from 1. */
  moveAgendaItem(request: Item & { to: number }): Promise<AgendaView>;
  setItemMinutes(request: Item & { minutes: number }): Promise<AgendaView>;
  /** Freezes the agenda. */
  callToOrder(request: { meeting: string }): Promise<MeetingView>;

  // meeting
  meeting(request: { meeting: string }): Promise<MeetingView>;
  meetingItem(request: Item): Promise<ConsoleItem>;
  setCurrentItem(request: Item): Promise<MeetingView>;
  setAttendance(request: { meeting: string; member: string; present: boolean }): Promise<MeetingView>;
  recuse(request: Item & { member: string; reason: string }): Promise<ConsoleItem>;
  unrecuse(request: Item & { member: string }): Promise<ConsoleItem>;
  vote(request: Item & { member: string; position: VotePosition | null }): Promise<ConsoleItem>;
  recordConsent(request: Item): Promise<ConsoleItem>;
  decide(request: DecideRequest): Promise<ConsoleItem>;
  setNote(request: Item & { text: string }): Promise<ConsoleItem>;
  setTimer(request: Item & { act: "start" | "pause" | "add_minute" }): Promise<ConsoleItem>;
  admitLate(request: { meeting: string; change: string }): Promise<MeetingView>;

  // signing: `requestSigning` from the main window opens the signing window;
  // the other three are callable from the signing window only
  requestSigning(request: { subject: SigningSubject }): Promise<null>;
  signingView(): Promise<SigningView>;
  sign(request: SignRequest): Promise<SigningView>;
  closeSigning(): Promise<null>;

  // wrap-up
  wrapUp(request: { meeting: string }): Promise<WrapUp>;
  closeMeeting(request: { meeting: string }): Promise<WrapUp>;
  composeMinutes(request: { meeting: string }): Promise<WrapUp>;
  verifyMinutes(request: { meeting: string }): Promise<WrapUp>;
  /** Opens the PDF in the desktop's reader. */
  openMinutes(request: { meeting: string }): Promise<null>;

  // outbox
  outbox(): Promise<Outbox>;
  retryOutbox(request: { id: string }): Promise<Outbox>;
}

/** Commands plus events: what a screen may rely on, whatever carries it. */
export interface Transport extends Commands {
  readonly name: "tauri" | "memory";
  subscribe(listener: (event: CabinetEvent) => void): () => void;
}
