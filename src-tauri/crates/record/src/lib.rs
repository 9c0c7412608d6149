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
//! | [`chain`] | order, gaps, forks and omissions of logs, as pure functions of a set |
//! | [`roster`] | the chain of roster versions, and the fingerprint of its root |
//! | [`verify`] | the strict verifier |
//! | [`merkle`], [`bundle`] | the evidence bundle and its proofs |
//! | [`refusal`] | why something does not hold, as stable codes |
pub mod bundle;
pub mod canonical;
pub mod chain;
pub mod entry;
pub mod envelope;
pub mod json;
pub mod keys;
pub mod manifest;
pub mod merkle;
pub mod refusal;
pub mod roster;
pub mod statement;
pub mod verify;

#[cfg(test)]
mod outside;
#[cfg(test)]
mod testing;
