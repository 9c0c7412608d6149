//! What crosses between the window and the program: views and requests, one file per noun.
//!
//! Integers only; times are RFC 3339 strings in UTC unless a field says "local"; ids are opaque
//! strings; no HTML: synced text is a tree of [`domain::text::Block`]s. Prose that explains is written
//! here, because the same words stand in the minutes; labels of enums are the window's.
#![allow(missing_docs)] // The fields are the screen's words; each carries a comment where a word is not enough.

pub use domain::chain::{Route, Rung};
pub use domain::change::ChangeKind;
pub use domain::entry::{Attestation, Verdict};
pub use domain::gate::GateResult;
pub use domain::meeting::{Basis, DecisionKind, Position};
pub use domain::risk::{Provenance, RiskLevel};
pub use domain::roster::Role;
pub use domain::text::Block;

mod app;
mod calendar;
mod chain;
mod change;
mod changes;
mod connection;
mod document;
mod first_run;
mod freezes;
mod meeting;
mod outbox;
mod pack;
mod plan;
mod policy;
mod record;
mod refusal;
mod release;
mod rescheduling;
mod returns;
mod risk;
mod signing;
mod wrap_up;
mod written;

pub use app::*;
pub use calendar::*;
pub use chain::*;
pub use change::*;
pub use changes::*;
pub use connection::*;
pub use document::*;
pub use first_run::*;
pub use freezes::*;
pub use meeting::*;
pub use outbox::*;
pub use pack::*;
pub use plan::*;
pub use policy::*;
pub use record::*;
pub use refusal::*;
pub use release::*;
pub use rescheduling::*;
pub use returns::*;
pub use risk::*;
pub use signing::*;
pub use wrap_up::*;
pub use written::*;
