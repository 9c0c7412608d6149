//! The board as the record tells it, in memory: verified, folded, and reloaded when another process
//! (`cab` beside the window) has written.
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::{Attestation, Body, Head, Predicate, RosterRef};
use domain::ids::{Digest, LogId, MemberId};
use domain::ledger::{Ledger, Touched, Verified};
use domain::policy::{Policy, Strength};
use domain::roster::{Member, Roster};
use record::entry::Entry;
use record::refusal::{Code, Refusal};
use record::roster::RosterChain;
use record::verify::{self, Context};

use crate::error::{Answer, BoardError};

/// What every use case decides from.
#[derive(Debug, Clone)]
pub struct BoardState {
    /// Roster versions, verified.
    pub rosters: RosterChain,
    /// The policy in force.
    pub policy: Policy,
    /// Digest of its canonical form.
    pub policy_digest: Digest,
    /// What follows from the record.
    pub ledger: Ledger,
    /// Newest entry of each log.
    pub heads: BTreeMap<LogId, Head>,
    /// Number of entries in the store when this was loaded.
    pub entries: u32,
    /// Place of the newest of them in the store.
    pub last_position: u32,
    /// What does not verify, in words; empty on a sound board.
    pub problems: Vec<String>,
}

/// The stored bytes a state is made from.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// Roster documents, version 1 first.
    pub rosters: Vec<Vec<u8>>,
    /// Policy documents, newest last.
    pub policies: Vec<Vec<u8>>,
    /// Envelopes in the order of insertion.
    pub envelopes: Vec<Vec<u8>>,
    /// Place of the newest envelope in the store.
    pub last_position: u32,
    /// Heads known beside the keys.
    pub witnessed: BTreeMap<LogId, Head>,
}

impl BoardState {
    /// Verifies everything and folds what holds.
    ///
    /// # Errors
    /// [`BoardError::Verification`] when the roster chain itself does not hold: then nothing can be said.
    pub fn load(stored: &Stored) -> Answer<Self> {
        let parsed: Vec<Entry> = stored.envelopes.iter().filter_map(|e| Entry::parse(e).ok()).collect();
        let rosters = RosterChain::verify(&stored.rosters, &parsed).map_err(|r| refused("roster", &r))?;
        let mut policies = BTreeSet::new();
        let mut policy = None;
        for bytes in &stored.policies {
            let read: Policy =
                record::canonical::read(bytes, record::json::Limits::ENTRY).map_err(|e| BoardError::internal(&e))?;
            policies.insert(Digest::of(bytes));
            policy = Some((read, Digest::of(bytes)));
        }
        let (policy, policy_digest) = policy.ok_or_else(|| BoardError::not_found("policy", "in force"))?;
        let context = Context { policies: Some(&policies), duties: Some(&judge_duties), ..Context::of(&rosters) };
        let verified = verify::verify_log(stored.envelopes.iter().map(Vec::as_slice), &context, &stored.witnessed);
        let mut ledger = Ledger::default();
        for entry in &verified.entries {
            if verified.disputed.contains(&entry.id()) {
                continue;
            }
            fold(&mut ledger, entry);
        }
        let mut problems: Vec<String> = verified.refusals.iter().map(ToString::to_string).collect();
        problems.extend(verified.faults.iter().map(|f| f.refusal().to_string()));
        Ok(Self {
            heads: verified.heads(),
            rosters,
            policy,
            policy_digest,
            ledger,
            entries: u32::try_from(stored.envelopes.len()).unwrap_or(u32::MAX),
            last_position: stored.last_position,
            problems,
        })
    }

    /// The roster in force.
    #[must_use]
    pub fn roster(&self) -> &Roster {
        self.rosters.current().roster()
    }

    /// How entries name it.
    #[must_use]
    pub fn roster_ref(&self) -> RosterRef {
        self.rosters.current().reference()
    }

    /// A member of the roster in force.
    ///
    /// # Errors
    /// [`BoardError::NotFound`].
    pub fn member(&self, id: MemberId) -> Answer<&Member> {
        self.roster().member(id).ok_or_else(|| BoardError::not_found("member", id))
    }

    /// A member's printed name, or the id of somebody who left.
    #[must_use]
    pub fn name(&self, id: MemberId) -> String {
        self.roster().member(id).map_or_else(|| format!("member {id}"), |m| m.name.clone())
    }

    /// Folds an entry that was just written and verified.
    pub fn fold(&mut self, entry: &Entry) -> Vec<Touched> {
        self.entries = self.entries.saturating_add(1);
        self.heads.insert(entry.log().id, Head { seq: entry.log().seq, id: entry.id() });
        fold(&mut self.ledger, entry)
    }

    /// What the verifier would say of an entry about to be written.
    ///
    /// # Errors
    /// The refusal.
    pub fn judge(&self, bytes: &[u8]) -> Result<Entry, Refusal> {
        let policies = BTreeSet::from([self.policy_digest]);
        let context = Context { policies: Some(&policies), duties: Some(&judge_duties), ..Context::of(&self.rosters) };
        verify::verify_entry(bytes, &context)
    }
}

fn fold(ledger: &mut Ledger, entry: &Entry) -> Vec<Touched> {
    let subject = entry.statement().subjects.first().map_or(Digest([0; 32]), |s| s.sha256);
    match entry.predicate() {
        Some(predicate) => ledger.apply(Verified { id: entry.id(), subject, predicate }),
        None => ledger.note_unknown(entry.id()),
    }
}

/// Segregation of duties (R89), judged by the verifier from signed data.
pub fn judge_duties(_: &Entry, predicate: &Predicate, roster: &Roster) -> Result<(), Refusal> {
    let Body::SignOff(body) = &predicate.body else { return Ok(()) };
    // Written, confirmed and witnessed sign-offs come with the evidence behind them, in a later version.
    // Until then an authority's word is its own signature, or nothing.
    if predicate.attestation != Attestation::Signed {
        let what = format!("a sign-off that is only {} is not counted", predicate.attestation.word());
        return Err(Refusal::new(Code::Attestation, what, "predicate.attestation"));
    }
    // The starter's rule: an account that two members claim is shared. Lists of shared accounts come
    // with the policy pack.
    let policy = Policy::built_in(Strength::Starter);
    domain::duties::may_sign(roster, &policy, predicate.actor, body.change.prefix(), &body.involved)
        .map_err(|duty| Refusal::new(Code::Duties, duty.to_string(), "predicate.body"))
}

/// A refusal of the verifier as the wire error.
#[must_use]
pub fn refused(what: &str, refusal: &Refusal) -> BoardError {
    BoardError::Verification {
        code: refusal.code.as_str().to_owned(),
        what: what.to_owned(),
        why: format!("{} ({})", refusal.what, refusal.place),
    }
}
