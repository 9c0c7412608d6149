//! The pipeline's gate: whether this approval lets this artifact into this environment now. Offline, from signed data.
//!
//! [`check`] is the whole of it: the bytes of an approval, what is asked, and the time go in, a [`Verdict`] comes out. The
//! binary `cab-gate` and `cab gate` read the files and print. It knows the rules (`domain`, `record`) and nothing else of
//! the house, so that it can be one static program in a pipeline's image.
//!
//! An approval is an evidence bundle of one change that holds an entry *approval exported*: the one format, and the one
//! verifier, of everything that leaves a board. Nothing is taken from the file that is not signed: not the export's list of
//! artifacts either, which must follow from what the approver was shown.
//!
//! | module | what |
//! |---|---|
//! | [`asked`] | what a pipeline asks |
//! | [`reason`] | why it is refused, as stable codes |
//! | [`verdict`] | the answer, as text, as JSON, and as a receipt |
//! | [`mod@line`] | the command line of `cab-gate`, and running it |
pub mod asked;
mod conditions;
mod departments;
mod disposed;
mod evidence;
mod export;
mod fresh;
mod judge;
pub mod line;
mod own_code;
mod present;
pub mod reason;
mod standing;
pub mod verdict;

#[cfg(any(test, feature = "testing"))]
#[allow(missing_docs)] // As far as tests read it, the names say it.
pub mod testing;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use domain::ids::Digest;

pub use asked::Asked;
pub use conditions::ConditionShown;
pub use disposed::DisposedShown;
pub use reason::{Finding, Kind, Reason};
pub use verdict::{Files, Shown, Verdict};

/// `cab-gate/<version>`, as receipts name it.
pub const PROGRAM: &str = concat!("cab-gate/", env!("CARGO_PKG_VERSION"));

/// Judges an approval, and with it a newer export or snapshot, at a time.
#[must_use]
pub fn check(approval: &[u8], fresh: Option<&[u8]>, asked: &Asked, now: DateTime<Utc>) -> Verdict {
    let files = Files { approval: Some(Digest::of(approval)), fresh: fresh.map(Digest::of) };
    let mut shown = None;
    let findings = match judge::judge(approval, fresh, asked, now, &mut shown) {
        Ok(findings) => findings,
        Err(first) => vec![first],
    };
    Verdict { asked: asked.clone(), at: now, files, shown, findings, broken: None }
}
