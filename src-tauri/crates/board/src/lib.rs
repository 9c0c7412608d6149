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
pub mod views;

mod boards;
mod changes;
mod connections;
mod content;
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
mod words;
mod work;
mod writer;

pub use boards::{ACCEPTANCE, CreateBoard, Keyholder, NewMember};
pub use cabinet::{Cabinet, Options, VaultChoice};
pub use error::{Answer, BoardError};
pub use events::{EventSink, Silent};
pub use minutes::{CheckedMinutes, verify_minutes};
pub use samples::{SampleBoard, SampleMember};
