//! The use cases of the desk: one cloneable [`Cabinet`], one file per noun.
//!
//! Every use case has one shape: load → decide (pure, in `domain`) → write in one transaction → emit.
//! Adapters never import each other; this crate passes ports in (signer → minutes, store → ticketing).
pub mod cabinet;
pub mod config;
pub mod error;
pub mod events;
pub mod logs;
pub mod requests;
pub mod state;
mod status;
pub mod views;

mod audit;
mod backup;
mod boards;
mod changes;
mod conditions;
mod connections;
mod content;
mod doctor;
mod export;
mod first_run;
mod gates;
mod keys;
mod meetings;
mod minutes;
mod outbox;
mod plan;
mod risk;
mod samples;
mod sessions;
mod settings;
mod sign_offs;
mod sync;
mod verdicts;
mod witness;
mod words;
mod work;
mod writer;

pub use ::minutes::TrustAnchor;
pub use audit::{Finding, RecordReport, keystore_of, strength, verify_folder};
pub use backup::{Copied, backup, restore};
pub use boards::{ACCEPTANCE, CreateBoard, Keyholder, NewMember};
pub use cabinet::{Cabinet, Network, Options, VaultChoice};
pub use doctor::{Examination, Health, LEAST_FREE_BYTES, Line, MemberKeysState, examine};
pub use domain::policy::Strength;
pub use domain::text::{mark_invisible, visible};
pub use error::{Answer, BoardError};
pub use events::{EventSink, Silent};
pub use export::{Exported, evidence_inside, export_all};
pub use minutes::{CheckedMinutes, verify_minutes};
pub use samples::{SampleBoard, SampleMember};
pub use vault::{ExposeSecret, MemoryVault, SecretString};
pub use witness::WitnessRequest;
