//! The use cases of the desk: one cloneable [`Cabinet`], one file per noun.
//!
//! Every use case has one shape: load → decide (pure, in `domain`) → write in one transaction → emit.
//! Adapters never import each other; this crate passes ports in (signer → minutes, store → ticketing).
// The compiler lays a use case out down to the store's innermost future, in one query when nothing is incremental.
#![recursion_limit = "256"]

pub mod cabinet;
pub mod config;
pub mod error;
pub mod events;
pub mod logs;
pub mod requests;
pub mod state;
mod status;
pub mod views;

mod admission;
mod approvals;
mod attending;
mod attesting;
mod audit;
mod backup;
mod boards;
mod breaches;
mod calendar;
mod chains;
mod changes;
mod chase;
mod circulars;
mod conditions;
mod connections;
mod content;
mod corporate;
mod delegation;
mod dispensations;
mod disposals;
mod doctor;
mod emergencies;
mod evidence;
mod exchange;
mod export;
mod exported;
mod first_run;
mod forks;
mod gates;
mod imported;
mod invitations;
mod joining;
mod keys;
mod late;
mod meetings;
mod members;
mod membership;
mod minutes;
mod network;
mod outbox;
mod packs;
mod part_11;
mod paths;
mod plan;
mod plan_approval;
mod policies;
mod read_files;
mod reaffirm;
mod record_view;
mod recovery;
mod releases;
mod returns;
mod risk;
mod rulings;
mod samples;
mod sessions;
mod settings;
mod sign_offs;
mod signing_hands;
mod sources;
mod spoken;
mod standing;
mod sync;
mod verdicts;
mod witness;
mod words;
mod work;
mod writer;
mod written;

pub use ::minutes::{StampRoots, TrustAnchor};
pub use admission::{Admission, AdmitRequest, RevokeRequest, SignRosterRequest};
pub use approvals::HandedOut;
pub use attesting::{AnswerView, AttestRequest, GatesView, QuestionView};
pub use audit::{DisposedBlob, Finding, RecordReport, keystore_of, strength, verify_folder};
pub use backup::{Copied, backup, restore};
pub use boards::{ACCEPTANCE, CreateBoard, Keyholder, NewMember};
pub use cabinet::{Cabinet, Network, Options, VaultChoice};
pub use calendar::{freezes_as_toml, freezes_of_calendar};
pub use circulars::{
    CircularAnswer, CircularSaid, CircularState, CircularView, OpenCircularRequest, RecuseCircularRequest,
    VoteCircularRequest,
};
pub use corporate::{CertificateImported, ImportCertificateRequest, NameCertificateRequest};
pub use delegation::{DelegateRequest, DelegatedSeat, EndDelegationRequest};
pub use dispensations::{
    DispensationView, DispenseRequest, FreezeAct, GateAct, GateActs, LevelAct, LevelChoice, SaidWord, SecondRequest,
    SetAside, SlotAct, TakeBackRequest, WaitingWords,
};
pub use disposals::{Disposable, DisposableFile, DisposeRequest, DisposedOf};
pub use doctor::{Examination, Health, LEAST_FREE_BYTES, Line, MemberKeysState, examine};
pub use domain::calendar::ics::LONGEST_FILE as LONGEST_CALENDAR;
pub use domain::change::TextFormat;
pub use domain::disposal::Ground;
pub use domain::emergency::Asserted;
pub use domain::meeting::Position;
pub use domain::policy::Strength;
pub use domain::risk::RiskLevel;
pub use domain::roster::RevocationReason;
pub use domain::text::{mark_invisible, visible};
pub use domain::written::MAIL;
pub use emergencies::{
    BindRequest, DeclareRequest, EmergenciesView, EmergencyView, OwedView, RevalidateRequest, RollbackView,
};
pub use error::{Answer, BoardError};
pub use events::{EventSink, Silent};
pub use evidence::{CheckedEvidence, verify_evidence};
pub use exchange::{Exchanged, RelaySetting, Returned};
pub use export::{Exported, evidence_inside, export_all};
pub use exported::{CheckedExport, verify_export};
pub use forks::SettleForkRequest;
pub use imported::{ImportRequest, Imported};
pub use members::{InviteRequest, Invited, JoinRequest, Joined, NewSeat};
pub use membership::{ChangeMemberRequest, MemberChange};
pub use minutes::{
    About, AgendaPaper, AgendaPaperRequest, AnnexSealed, AnswerCorrectionRequest, ApproveMinutesRequest, Borrowed,
    CheckedMinutes, ChooseSignatories, CirculatedSealed, Composed, CorrectRequest, CountersignRequest,
    DistributeRequest, Distributed, DocumentKind, ErratumSealed, ExportPlanRequest, ExtractRow, Extracts,
    ExtractsRequest, HandedExtract, HandedFile, MinutesSigners, NoExtract, PlanExported, SealAnnexRequest,
    SealCirculatedRequest, SealErratumRequest, Unsaid, compose_again, timestamp_roots, verify_minutes,
    verify_minutes_with_stamps,
};
pub use packs::{PackMade, PackOpened, PackRequest};
pub use plan_approval::{ApprovePlanRequest, PlanAct, PlanApproved};
pub use policies::{
    AdoptPolicyRequest, ChangeUnder, ClauseTotals, LevelMoved, LevelsUnder, PackFare, PolicyAdopted, PolicyFare,
    PolicyInForce, PolicyProposal, PolicyProposed, PolicyRead, PolicySimulation,
};
pub use recovery::RecoverRequest;
pub use returns::templates;
pub use risk::{RiskModel, RiskSimulation, ScoresAgain, SimulateRiskRequest};
pub use samples::{SampleBoard, SampleMember};
pub use sources::{EvidenceFile, EvidenceProblem, EvidenceView};
pub use spoken::{AffirmRequest, SpokenAct};
pub use standing::{Brought, ObligationView, PipelinesView, StandRequest, StandingOffer, StandingView, Taken};
pub use vault::{ExposeSecret, MemoryVault, SecretString};
pub use witness::WitnessRequest;
pub use written::{Asking, RecordWrittenRequest, WordsIn, WrittenRecorded};

/// Bytes of stack for each thread that carries the use cases out, as many as a program's main thread has: unoptimised, what
/// seals and hands out nests deeper than the two mebibytes that threads get.
pub const STACK: usize = 8 << 20;
