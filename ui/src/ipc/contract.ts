/**
 * What a screen may rely on, whatever carries it: the program's commands, views and events, under the names the
 * screens use. The types are the program's own (`bindings.ts`, generated from Rust and never edited); this file
 * only chooses the side: views as the program writes them, requests as it reads them.
 */
import type { commands, CabinetEvent_Serialize as Event } from "./bindings";

export type {
  AgendaItemRow_Serialize as AgendaItemRow,
  AgendaRule,
  AgendaView_Serialize as AgendaView,
  ApprovalState,
  AppStatus_Serialize as AppStatus,
  Attachment_Serialize as Attachment,
  Attestation,
  Basis as DecisionBasis,
  Block_Serialize as Block,
  BoardError_Serialize as BoardError,
  BoardSummary_Serialize as BoardSummary,
  CabinetEvent_Serialize as CabinetEvent,
  Capability,
  ChangeColumn,
  ChangeKind,
  ChangeRow_Serialize as ChangeRow,
  ChangesPage_Serialize as ChangesPage,
  ChangesQuery,
  ChangeView_Serialize as ChangeView,
  Condition_Serialize as Condition,
  ConnectionTest,
  ConnectionView_Serialize as ConnectionView,
  ConsoleItem_Serialize as ConsoleItem,
  ConsoleItemRow_Serialize as ConsoleItemRow,
  CreateBoardRequest_Deserialize as CreateBoardRequest,
  CreateMeetingRequest,
  DecideRequest_Deserialize as DecideRequest,
  Decision_Serialize as Decision,
  DecisionKind,
  DecisionOption_Serialize as DecisionOption,
  Difference,
  DiffLine,
  DryRun_Serialize as DryRun,
  DryRunRow_Serialize as DryRunRow,
  EnrolmentTerms,
  Fact,
  Gate_Serialize as Gate,
  GateResult,
  HistoryEntry_Serialize as HistoryEntry,
  ImplementationWindow,
  Improvement,
  Inline,
  KeySourceKind,
  LinkStatus_Serialize as LinkStatus,
  MappingProposal_Serialize as MappingProposal,
  MappingRow_Serialize as MappingRow,
  MappingTarget_Serialize as MappingTarget,
  MappingType,
  MeetingHead_Serialize as MeetingHead,
  MeetingState,
  MeetingView_Serialize as MeetingView,
  MemberDraft_Deserialize as MemberDraft,
  MemberRef,
  MemberRow_Serialize as MemberRow,
  MinutesState_Serialize as MinutesState,
  Noun,
  Outbox_Serialize as Outbox,
  OutboxRow_Serialize as OutboxRow,
  OutboxState,
  PlanComment,
  PlanReview_Serialize as PlanReview,
  PlanSection_Serialize as PlanSection,
  PlanSectionSummary,
  Preferences,
  Progress_Serialize as Progress,
  Provenance,
  Quorum,
  Refusal_Serialize as Refusal,
  Relation_Serialize as Relation,
  RemoteField_Serialize as RemoteField,
  RemoteProject,
  RequiredField_Serialize as RequiredField,
  RequiredSignOff_Serialize as RequiredSignOff,
  RiskFactor,
  RiskFloor_Serialize as RiskFloor,
  RiskLevel,
  RiskOption,
  RiskOutcome_Serialize as RiskOutcome,
  RiskQuestion_Serialize as RiskQuestion,
  RiskSummary_Serialize as RiskSummary,
  RiskWalk_Serialize as RiskWalk,
  Role,
  SaveConnectionRequest_Deserialize as SaveConnectionRequest,
  Seat_Serialize as Seat,
  SessionView,
  Signer_Serialize as Signer,
  SigningSubject,
  SigningView_Serialize as SigningView,
  SignOff,
  SignRequest_Deserialize as SignRequest,
  Statement_Serialize as Statement,
  Tally_Serialize as Tally,
  TestConnectionRequest_Deserialize as TestConnectionRequest,
  TicketingSystemKind,
  Timer_Serialize as Timer,
  VaultState,
  Verification,
  Vote_Serialize as Vote,
  VotePosition,
  WaterfallStep_Serialize as WaterfallStep,
  WorkKind,
  WrapUp_Serialize as WrapUp,
  WrapUpItem_Serialize as WrapUpItem,
} from "./bindings";

type Bound = typeof commands;

/** What a command answers when nothing is refused. */
type Answered<A> = A extends { status: "ok"; data: infer Data } ? Data : A extends { status: "error" } ? never : A;

/** Every command of the program: one request (or none), its answer, refusals thrown as `CommandError`. */
export type Commands = {
  [C in keyof Bound]: (...request: Parameters<Bound[C]>) => Promise<Answered<Awaited<ReturnType<Bound[C]>>>>;
};

/** Commands plus events: the one way from a screen to the program. */
export type Transport = Commands & {
  readonly name: "tauri" | "memory";
  /** Events until the returned function is called. */
  subscribe(listener: (event: Event) => void): () => void;
};
