//! The board's record: an append-only log of signed entries that anyone can check.
//!
//! No input or output, no clock, no randomness: bytes come in, and verdicts go out. Bytes that were
//! signed are kept and hashed as they are, never written anew.
//!
//! | module | what |
//! |---|---|
//! | [`json`], [`canonical`] | strict reading, canonical bytes (RFC 8785) |
//! | [`envelope`], [`statement`], [`entry`] | DSSE, in-toto, and both as one entry |
//! | [`keys`] | P-256: verifying, and the port through which others sign |
//! | [`manifest`] | what was shown, as salted digests that can be withheld |
//! | [`forks`], [`revocation`] | what does not count: the losing side of a fork, a revoked key's unseen entries |
//! | [`gather`] | what a set of received parcels amounts to, whatever order they came in |
//! | [`enrolment`] | a new member's own keys, on their way into the roster |
//! | [`chain`], [`order`] | order, gaps, forks and omissions of logs, as pure functions of a set; the order across what was left out |
//! | [`roster`] | the chain of roster versions, and the fingerprint of its root |
//! | [`verify`], [`duties`] | the strict verifier, and the segregation of duties it asks about |
//! | [`written`], [`mail`] | sign-offs in writing: the comment or mail behind them |
//! | [`merkle`], [`bundle`] | the evidence bundle and its proofs |
//! | [`refusal`] | why something does not hold, as stable codes |
pub mod bundle;
pub mod canonical;
pub mod chain;
pub mod duties;
pub mod enrolment;
pub mod entry;
pub mod envelope;
pub mod forks;
pub mod gather;
pub mod json;
pub mod keys;
pub mod mail;
pub mod manifest;
pub mod merkle;
pub mod order;
pub mod refusal;
pub mod revocation;
pub mod roster;
pub mod rules;
pub mod statement;
pub mod verify;
pub mod written;

#[cfg(test)]
mod convergence;
#[cfg(test)]
mod outside;
#[cfg(test)]
mod replays;
#[cfg(any(test, feature = "testing"))]
#[allow(missing_docs, clippy::missing_panics_doc)] // As far as tests read it, the names say it.
pub mod testing;
#[cfg(test)]
mod vectors;
