//! The commands of the windows, one file per noun: functions of one line over [`board::Cabinet`].
//!
//! Each is named in `ipc/list.rs`, the one list of commands.
pub mod agenda;
pub mod attesting;
#[cfg(test)]
mod blocked;
pub mod boards;
pub mod calendar;
pub mod changes;
pub mod chase;
pub mod circulars;
pub mod connections;
pub mod dispensations;
pub mod documents;
pub mod emergencies;
pub mod joining;
pub mod meeting;
pub mod members;
pub mod outbox;
pub mod packs;
pub mod pipelines;
pub mod plan;
pub mod policies;
pub mod record;
pub mod releases;
pub mod risk;
pub mod sign_offs;
pub mod status;
pub mod verifying;
#[cfg(test)]
mod ways;
pub mod wrap_up;
