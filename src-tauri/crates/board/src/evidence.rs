//! Verifying an evidence bundle by itself, and telling in words what it shows: for whoever sat on the board, and for
//! whoever asks two years later. Needs no data folder and no key.
use std::collections::BTreeMap;

use domain::ids::{Digest, EntryId};
use domain::ledger::{Ledger, Verified};
use record::bundle::{Bundle, Evidence, Options};
use record::chain::Link;
use record::entry::Entry;
use record::order::across_gaps;
use record::refusal::Refusal;
use record::roster::{RosterChain, RosterFingerprint};
use serde::Serialize;

use crate::audit::Finding;
use crate::error::{Answer, BoardError};
use crate::risk::{ScoresAgain, models_of, scores_again};
use crate::state::judge_duties;

mod report;

/// What an evidence file shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedEvidence {
    /// The board, by its roster; empty where the roster itself does not hold.
    pub board: String,
    /// Fingerprint of the roster root.
    pub roster_root: String,
    /// The same in six words.
    pub roster_words: String,
    /// Whether the roster root was compared with one known from elsewhere.
    pub anchored: bool,
    /// Whether it claims to hold everything up to its end.
    pub complete: bool,
    /// The same as a word: `complete`, or `extract`, of which nobody can say what it leaves out.
    pub scope: &'static str,
    /// Entries that hold.
    pub entries: u32,
    /// Places in the record that it leaves out.
    pub left_out: u32,
    /// Fields that are not in this edition.
    pub withheld: u32,
    /// Fields that an entry in it disposed of.
    pub disposed: u32,
    /// Fields that an entry in it disposed of, and that are here all the same.
    pub outlived: u32,
    /// Forks of which it is said which entry stands.
    pub settled_forks: u32,
    /// Whether a Merkle root stands in it, with which its entries agree.
    pub proven: bool,
    /// The scores that were signed, made again from the answers in it. Signatures hold whatever they say.
    pub scores: ScoresAgain,
    /// A sample board proves nothing about anybody.
    pub sample: bool,
    /// Everything that does not hold; empty when it holds.
    pub findings: Vec<Finding>,
    /// What it shows, in words.
    pub report: String,
}

fn finding(refusal: &Refusal) -> Finding {
    Finding { code: refusal.code.as_str().to_owned(), place: refusal.place.clone(), why: refusal.what.clone() }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Verifies a file: an evidence bundle, or a sealed PDF that carries one (then the PDF is verified as well). `root` is the
/// fingerprint of the roster root, known from elsewhere; `least_roster` the version of the roster that there is to be at least,
/// because a file may have been cut before a later one.
///
/// # Errors
/// [`BoardError::Invalid`] for a root that is no fingerprint; [`BoardError::Verification`] where nothing further can be said:
/// the file is not read, or its roster does not hold. What is wrong beyond that stands in the answer's findings.
pub fn verify_evidence(file: &[u8], root: Option<&str>, least_roster: Option<u32>) -> Answer<CheckedEvidence> {
    let Judged { bundle, evidence, findings, .. } = judged(file, root, least_roster)?;
    Ok(told(&bundle, &evidence, findings))
}

/// A file that was read and judged.
pub(crate) struct Judged {
    pub bundle: Bundle,
    pub evidence: Evidence,
    /// Everything that does not hold.
    pub findings: Vec<Finding>,
    /// SHA-256 of the evidence itself, also where it came inside a PDF.
    pub sha256: Digest,
}

/// As [`verify_evidence`], for whoever goes on with what holds.
pub(crate) fn judged(file: &[u8], root: Option<&str>, least_roster: Option<u32>) -> Answer<Judged> {
    let root = root
        .map(|text| text.trim().parse().map(RosterFingerprint))
        .transpose()
        .map_err(|_| BoardError::invalid("roster_root", "A roster root is 64 lower-case hexadecimal digits."))?;
    let mut findings = Vec::new();
    let inside;
    let bytes = if file.starts_with(b"%PDF") {
        match crate::minutes::verify_minutes(file, None) {
            Ok(_) => {}
            Err(BoardError::Verification { code, what, why }) => findings.push(Finding { code, place: what, why }),
            // What could not be judged does not pass for judged.
            Err(other) => findings.push(Finding {
                code: "not-judged".to_owned(),
                place: "the PDF".to_owned(),
                why: other.to_string(),
            }),
        }
        inside = crate::export::evidence_inside(file)?;
        inside.as_slice()
    } else {
        file
    };
    let refused = |refusal: Refusal| crate::state::refused("the evidence", &refusal);
    let bundle = Bundle::parse(bytes).map_err(refused)?;
    let evidence = bundle.verify(root, &Options { duties: Some(&judge_duties), least_roster }).map_err(refused)?;
    let found: Vec<Finding> = evidence.reasons().iter().map(finding).collect();
    let fresh: Vec<Finding> = found.into_iter().filter(|f| !findings.iter().any(|g| g.code == f.code)).collect();
    findings.extend(fresh);
    Ok(Judged { bundle, evidence, findings, sha256: Digest::of(bytes) })
}

/// What a file shows, in words.
pub(crate) fn told(bundle: &Bundle, evidence: &Evidence, findings: Vec<Finding>) -> CheckedEvidence {
    let roster = evidence.rosters.current().roster();
    let fingerprint = evidence.rosters.fingerprint();
    let bodies = evidence.verified.entries.iter().filter_map(Entry::predicate).map(|predicate| &predicate.body);
    let ledger = ledger_of(bundle, evidence);
    let models = models_of(record::rules::policies(&bundle.policies).values());
    let scores = scores_again(bodies, &models, bundle.scope.change.as_ref(), &ledger.dispensations);
    let report = report::of(bundle, evidence, &ledger, (&findings, &scores));
    CheckedEvidence {
        board: roster.name.clone(),
        roster_root: fingerprint.to_string(),
        roster_words: fingerprint.words().join(" "),
        anchored: evidence.anchored,
        complete: bundle.scope.complete,
        scope: if bundle.scope.complete { "complete" } else { "extract" },
        entries: count(evidence.verified.entries.len()),
        left_out: count(evidence.left_out.len()),
        withheld: count(evidence.withheld.len()),
        disposed: count(evidence.disposed.len()),
        outlived: count(evidence.outlived.len()),
        settled_forks: count(evidence.settled.len()),
        proven: bundle.merkle.is_some(),
        scores,
        sample: roster.members.iter().flat_map(|m| &m.keys).any(|k| k.keystore == "sample"),
        findings,
        report,
    }
}

/// What follows from the entries that count.
pub(crate) fn ledger_of(bundle: &Bundle, evidence: &Evidence) -> Ledger {
    let verified = &evidence.verified;
    let counting = verified.entries.iter().filter(|entry| !verified.disputed.contains(&entry.id()));
    folded(counting, &verified.links(), &evidence.rosters, &bundle.policies)
}

/// What follows from entries, in their order across what was left out: `links` are of all that are at hand.
pub(crate) fn folded<'e>(
    entries: impl Iterator<Item = &'e Entry>,
    links: &[Link],
    rosters: &RosterChain,
    policies: &[Vec<u8>],
) -> Ledger {
    let mut ledger = Ledger::default();
    let policies = record::rules::policies(policies);
    let by_id: BTreeMap<EntryId, &Entry> = entries.map(|entry| (entry.id(), entry)).collect();
    for entry in across_gaps(links).iter().filter_map(|id| by_id.get(id)) {
        let subject = entry.statement().subjects.first().map_or(Digest([0; 32]), |s| s.sha256);
        match entry.predicate() {
            Some(predicate) => {
                let rules = record::rules::of(entry, rosters, &policies);
                ledger.apply(Verified { id: entry.id(), subject, predicate, rules })
            }
            None => ledger.note_unknown(entry.id()),
        };
    }
    ledger
}
