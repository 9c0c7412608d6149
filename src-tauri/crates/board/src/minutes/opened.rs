//! A sealed document as it is read before anything is said of it: what stands in it holds by itself, and nothing is
//! compared with its pages yet.
use domain::entry::Body;
use domain::ids::Digest;
use domain::ledger::{Ledger, Meeting, Sealed};
use domain::policy::Policy;
use domain::roster::Roster;
use minutes::{Report, StampRoots, TrustAnchor};
use record::bundle::{Bundle, Evidence, Options};
use record::entry::Entry;
use record::verify::Verified;

use super::approved_plan::{PlanSource, is_plan};
use super::root_fingerprint;
use super::verify::broken;
use crate::corporate::{check_certificates, check_keys};
use crate::error::{Answer, BoardError};
use crate::state::{judge_duties, refused};

/// What stands in a file whose signatures and evidence hold.
pub(super) struct Opened {
    /// The PDF's own report.
    pub report: Report,
    /// `evidence.json`.
    pub evidence: Vec<u8>,
    pub bundle: Bundle,
    pub found: Evidence,
    /// What follows from the evidence.
    pub ledger: Ledger,
    /// The policy in force where it ends.
    pub policy: Policy,
    pub policy_digest: Digest,
    /// SHA-256 of the certificate root, which signatures and roster agree on.
    pub certificate_root: Option<String>,
    /// The approval file, where one is attached.
    pub approval: Option<Vec<u8>>,
}

impl Opened {
    /// Reads and judges all that can be judged without knowing what document it is.
    pub(super) fn read(pdf: &[u8], trust: Option<&TrustAnchor>, stamps: Option<&StampRoots>) -> Answer<Self> {
        let report = minutes::verify_with_stamps(pdf, trust, stamps)
            .map_err(|r| broken(r.code.as_str(), "the PDF", r.to_string()))?;
        let evidence = minutes::extract_evidence(pdf)
            .map_err(|r| broken("evidence-missing", "the evidence inside", r.to_string()))?;
        let (bundle, found) = held(&evidence)?;
        let (policy, policy_digest) = in_force(&bundle, &found.verified)?;
        let ledger = crate::evidence::ledger_of(&bundle, &found);
        let certificate_root = root_fingerprint(found.rosters.current().roster());
        if certificate_root.as_deref() != Some(report.certificate_root.as_str()) {
            let why = "the signature's root is not the one the roster in the evidence names";
            return Err(broken("root-mismatch", "the certificate root", why));
        }
        check_certificates(&report, found.rosters.current().roster())?;
        check_keys(&report, found.rosters.current().roster())?;
        let approval = is_plan(&report).then(|| minutes::extract_attachment(pdf, minutes::APPROVAL)).transpose();
        let approval = approval.map_err(|r| broken("approval", "the approval file inside", r.to_string()))?;
        Ok(Self { report, evidence, bundle, found, ledger, policy, policy_digest, certificate_root, approval })
    }

    /// The roster in force where the evidence ends.
    pub(super) fn roster(&self) -> &Roster {
        self.found.rosters.current().roster()
    }

    /// The entries of the evidence that hold.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.found.verified.entries
    }

    /// The meeting that the evidence is of, as it was called to order.
    pub(super) fn meeting(&self) -> Option<&Meeting> {
        self.ledger.meetings.get(&self.bundle.scope.meeting?)
    }

    /// The minutes beside which this was sealed: minutes are made before the record says that they are sealed, so whatever
    /// holds that entry is no minutes of its meeting.
    pub(super) fn sealed_before(&self) -> Option<&Sealed> {
        if self.bundle.scope.change.is_some() {
            return None;
        }
        self.meeting()?.minutes.last()
    }

    /// What the pages of an approved plan are drawn from; `None` where no approval file is attached.
    pub(super) fn plan(&self) -> Answer<Option<PlanSource<'_>>> {
        match &self.approval {
            Some(approval) => PlanSource::of(&self.bundle, &self.found, &self.evidence, approval).map(Some),
            None => Ok(None),
        }
    }
}

/// Reads an evidence bundle, and refuses it where anything in it does not hold.
pub(super) fn held(bytes: &[u8]) -> Answer<(Bundle, Evidence)> {
    let bundle = Bundle::parse(bytes).map_err(|r| refused("the evidence inside", &r))?;
    let found = bundle
        .verify(None, &Options { duties: Some(&judge_duties), ..Options::default() })
        .map_err(|r| refused("the evidence inside", &r))?;
    match found.reasons().first() {
        Some(first) => Err(refused("the evidence inside", first)),
        None => Ok((bundle, found)),
    }
}

/// The policy in force where the evidence ends: the newest that was adopted. An older one may have been adopted again, so
/// that it is not the last in the list.
pub(super) fn in_force(bundle: &Bundle, verified: &Verified) -> Answer<(Policy, Digest)> {
    let missing = || BoardError::not_found("policy", "in the evidence");
    let adopts = |entry: &&Entry| entry.predicate().is_some_and(|p| matches!(p.body, Body::Policy { .. }));
    let newest = verified.entries.iter().rfind(|entry| adopts(entry) && !verified.disputed.contains(&entry.id()));
    let adopted = newest.and_then(|entry| entry.statement().subjects.first()).map(|subject| subject.sha256);
    let last = bundle.policies.last().map(|bytes| Digest::of(bytes));
    let digest = adopted.or(last).ok_or_else(missing)?;
    Ok((policy_of(bundle, digest)?.ok_or_else(missing)?, digest))
}

/// The policy with this digest, if the evidence holds it.
pub(super) fn policy_of(bundle: &Bundle, digest: Digest) -> Answer<Option<Policy>> {
    let Some(bytes) = bundle.policies.iter().find(|bytes| Digest::of(bytes) == digest) else { return Ok(None) };
    record::canonical::read(bytes, record::json::Limits::ENTRY).map(Some).map_err(|e| BoardError::internal(&e))
}
