//! The board as the record tells it, in memory: verified, folded, and reloaded when another process
//! (`cab` beside the window) has written.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::entry::{Body, Head, RosterRef};
use domain::ids::{Digest, EntryId, KeyId, LogId, MemberId};
use domain::ledger::{Ledger, Touched, Verified};
use domain::policy::Policy;
use domain::roster::{Member, Roster};
use record::chain::Fault;
use record::entry::Entry;
use record::refusal::Refusal;
use record::roster::RosterChain;
use record::verify::{self, Checked, Context, Policies};

use crate::error::{Answer, BoardError};
use crate::risk::RiskModel;

pub use record::duties::judge_duties;

/// What every use case decides from.
#[derive(Debug, Clone)]
pub struct BoardState {
    /// Roster versions, verified.
    pub rosters: RosterChain,
    /// The policy in force.
    pub policy: Policy,
    /// Digest of its canonical form.
    pub policy_digest: Digest,
    /// The risk model in force: the policy's, or the one that is built in.
    pub model: Arc<RiskModel>,
    /// When and by whom it was adopted; `None` in a folder whose board is not begun.
    pub adoption: Option<Adoption>,
    /// Every adoption that counts, the newest last.
    pub adoptions: Vec<Adoption>,
    /// Every policy there was, by digest: what counted is judged by what was in force.
    pub policies: BTreeMap<Digest, Policy>,
    /// What follows from the record.
    pub ledger: Ledger,
    /// Newest entry of each log.
    pub heads: BTreeMap<LogId, Head>,
    /// Where the next entries go.
    pub ends: record::forks::Ends,
    /// Number of entries in the store when this was loaded.
    pub entries: u32,
    /// Place of the newest of them in the store.
    pub last_position: u32,
    /// What does not verify, in words; empty on a sound board.
    pub problems: Vec<String>,
    /// Positions at which two entries stand, for people and reports.
    pub forks: Vec<Fault>,
    /// Those of which their author, or enough root holders, have said which entry stands.
    pub settled: BTreeSet<(LogId, u32)>,
    /// Entries that are kept and do not count.
    pub disputed: BTreeSet<EntryId>,
    /// Logs that ended when an older copy was put back, with the head that was given up.
    pub recovered: BTreeMap<LogId, Head>,
}

/// The adoption of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adoption {
    /// The entry that says so.
    pub entry: EntryId,
    /// Which policy.
    pub policy: Digest,
    /// By whom.
    pub by: MemberId,
    /// When, as claimed.
    pub at: DateTime<Utc>,
}

impl Adoption {
    /// What an entry adopts, if it adopts a policy.
    fn of(entry: &Entry) -> Option<Self> {
        let predicate = entry.predicate()?;
        let policy = entry.statement().subjects.first().filter(|_| matches!(predicate.body, Body::Policy { .. }))?;
        Some(Self { entry: entry.id(), policy: policy.sha256, by: predicate.actor, at: predicate.time.claimed })
    }
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
    /// Verifies everything, each signature anew, and folds what holds.
    ///
    /// # Errors
    /// [`BoardError::Verification`] when the roster chain itself does not hold: then nothing can be said.
    pub fn load(stored: &Stored) -> Answer<Self> {
        Self::load_checked(stored, &Checked::default(), BTreeMap::new())
    }

    /// As [`BoardState::load`], for whoever looks at the same record again and again. Signatures in `checked` are not
    /// verified again, those verified now are added to it; what the signed bytes say, and whether their key may say it
    /// under these rosters, is judged anew each time. `read` are entries that were read already, by the digest of
    /// their bytes.
    ///
    /// # Errors
    /// As [`BoardState::load`].
    pub fn load_checked(stored: &Stored, checked: &Checked, mut read: BTreeMap<Digest, Entry>) -> Answer<Self> {
        let mut take = |bytes: &[u8]| {
            // Nobody's word is taken for which bytes an entry was read from.
            let known = if read.is_empty() { None } else { read.remove(&Digest::of(bytes)) };
            known.filter(|entry| entry.bytes() == bytes)
        };
        let entries: Vec<Result<Entry, &[u8]>> = stored
            .envelopes
            .iter()
            .map(Vec::as_slice)
            .map(|bytes| take(bytes).map_or_else(|| Entry::parse(bytes).map_err(|_| bytes), Ok))
            .collect();
        let adopting: Vec<Entry> = entries.iter().flatten().filter(|entry| adopts_roster(entry)).cloned().collect();
        let rosters =
            RosterChain::verify_checked(&stored.rosters, &adopting, checked).map_err(|r| refused("roster", &r))?;
        let policies = Policies::of(stored.policies.iter().map(Vec::as_slice));
        let mut every = BTreeMap::new();
        for bytes in &stored.policies {
            let read: Policy =
                record::canonical::read(bytes, record::json::Limits::ENTRY).map_err(|e| BoardError::internal(&e))?;
            every.insert(Digest::of(bytes), read);
        }
        let context = Context {
            policies: Some(&policies),
            duties: Some(&judge_duties),
            checked: Some(checked),
            ..Context::of(&rosters)
        };
        let verified = verify::verify_read(entries, &context, &stored.witnessed);
        let newest = newest_adoption(&verified);
        let (policy, policy_digest, adoption) = in_force(&every, &verified)?;
        let mut adoptions: Vec<Adoption> = adoptions(&verified).collect();
        adoptions.reverse();
        let mut ledger = Ledger::default();
        for entry in &verified.entries {
            if verified.disputed.contains(&entry.id()) {
                continue;
            }
            fold(&mut ledger, entry, &rosters, &every);
        }
        let recovered = recovered(&verified.entries);
        let mut problems: Vec<String> = verified.refusals.iter().map(ToString::to_string).collect();
        let faults =
            verified.faults.iter().filter(|fault| !given_up(fault, &recovered) && !is_settled(fault, &verified));
        problems.extend(faults.map(|f| f.refusal().to_string()));
        if let Some(missing) = newest.filter(|newest| !every.contains_key(&newest.policy)) {
            problems.push(format!(
                "Policy {} was adopted and has not come yet; until it comes the one before it is in force here.",
                missing.policy.short()
            ));
        }
        let model = RiskModel::of(&policy).unwrap_or_else(|why| {
            problems.push(format!(
                "The risk model of policy {} cannot be used, and the one that is built in counts here: {why}.",
                policy.name
            ));
            RiskModel::built_in()
        });
        let forks = verified.faults.iter().filter(|f| matches!(f, Fault::Fork { .. })).cloned().collect();
        Ok(Self {
            heads: verified.heads(),
            ends: verified.ends(),
            rosters,
            policy,
            policy_digest,
            model,
            adoption,
            adoptions,
            policies: every,
            ledger,
            entries: u32::try_from(stored.envelopes.len()).unwrap_or(u32::MAX),
            last_position: stored.last_position,
            problems,
            forks,
            settled: verified.settled,
            disputed: verified.disputed,
            recovered,
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

    /// Logs of which more is known beside the keys than is here: what is known and what is here. A log that was
    /// given up in the record is not among them.
    #[must_use]
    pub fn behind(&self, witnessed: &BTreeMap<LogId, Head>) -> Vec<(LogId, Head, Option<Head>)> {
        witnessed
            .iter()
            .filter(|(log, known)| self.recovered.get(log).is_none_or(|given_up| given_up.seq < known.seq))
            .map(|(log, known)| (*log, *known, self.heads.get(log).copied()))
            .filter(|(_, known, held)| held.is_none_or(|held| held.seq < known.seq))
            .collect()
    }

    /// The epoch in which a key writes: the newest of its logs.
    #[must_use]
    pub fn epoch(&self, key: KeyId) -> u32 {
        self.heads.keys().filter(|log| log.key == key).map(|log| log.epoch).max().unwrap_or(1)
    }

    /// Folds an entry that was just written and verified.
    pub fn fold(&mut self, entry: &Entry) -> Vec<Touched> {
        self.entries = self.entries.saturating_add(1);
        let head = Head { seq: entry.log().seq, id: entry.id() };
        self.heads.insert(entry.log().id, head);
        self.ends.wrote(entry.log().id, head);
        if let Some(adoption) = Adoption::of(entry)
            && let Some(policy) = self.policies.get(&adoption.policy)
        {
            self.policy = policy.clone();
            self.policy_digest = adoption.policy;
            self.model = RiskModel::counting(policy);
            self.adoption = Some(adoption);
            self.adoptions.push(adoption);
        }
        fold(&mut self.ledger, entry, &self.rosters, &self.policies)
    }

    /// The same board as if this policy were in force: for looking at what would follow. Nothing of it is written.
    #[must_use]
    pub fn under(&self, policy: Policy, digest: Digest) -> Self {
        let model = RiskModel::counting(&policy);
        Self { policy, policy_digest: digest, model, ..self.clone() }
    }

    /// What the verifier would say of an entry about to be written.
    ///
    /// # Errors
    /// The refusal.
    pub fn judge(&self, bytes: &[u8]) -> Result<Entry, Refusal> {
        let policies = Policies::in_force(self.policy_digest, &self.policy);
        let context = Context { policies: Some(&policies), duties: Some(&judge_duties), ..Context::of(&self.rosters) };
        verify::verify_entry(bytes, &context)
    }
}

/// The newest adoption of a policy, whether or not the policy is here.
fn newest_adoption(verified: &verify::Verified) -> Option<Adoption> {
    adoptions(verified).next()
}

/// Every adoption of a policy that counts, the newest first.
fn adoptions(verified: &verify::Verified) -> impl Iterator<Item = Adoption> {
    verified.entries.iter().rev().filter(|entry| !verified.disputed.contains(&entry.id())).filter_map(Adoption::of)
}

/// The policy in force: the newest that was adopted and is here; an entry may come before the policy it adopts. A folder
/// whose board is not begun has the one it will begin with.
fn in_force(
    every: &BTreeMap<Digest, Policy>,
    verified: &verify::Verified,
) -> Answer<(Policy, Digest, Option<Adoption>)> {
    let newest = adoptions(verified).find(|adoption| every.contains_key(&adoption.policy));
    let digest = newest.map(|adoption| adoption.policy).or_else(|| every.keys().next_back().copied());
    let digest = digest.ok_or_else(|| BoardError::not_found("policy", "in force"))?;
    let policy = every.get(&digest).ok_or_else(|| BoardError::not_found("policy", digest.short()))?;
    Ok((policy.clone(), digest, newest))
}

fn adopts_roster(entry: &Entry) -> bool {
    entry.predicate().is_some_and(|predicate| matches!(predicate.body, Body::Roster { .. }))
}

/// Logs that their keys gave up, with the newest head that was known of them.
fn recovered(entries: &[Entry]) -> BTreeMap<LogId, Head> {
    entries
        .iter()
        .filter_map(|entry| {
            let Body::Recovered { before, known, .. } = &entry.predicate()?.body else { return None };
            Some((*before, *known))
        })
        .collect()
}

/// Whether a fault only repeats what the record says of a log that was given up.
fn given_up(fault: &Fault, recovered: &BTreeMap<LogId, Head>) -> bool {
    matches!(fault, Fault::SeenMissing { log, seq, by: None, .. }
        if recovered.get(log).is_some_and(|given_up| *seq <= given_up.seq))
}

/// Whether a fault is a fork that somebody had a word on: it is told, and nothing is wrong any more.
fn is_settled(fault: &Fault, verified: &verify::Verified) -> bool {
    matches!(fault, Fault::Fork { log, seq, .. } if verified.settled.contains(&(*log, *seq)))
}

fn fold(
    ledger: &mut Ledger,
    entry: &Entry,
    rosters: &RosterChain,
    policies: &BTreeMap<Digest, Policy>,
) -> Vec<Touched> {
    let subject = entry.statement().subjects.first().map_or(Digest([0; 32]), |s| s.sha256);
    match entry.predicate() {
        Some(predicate) => {
            let rules = record::rules::of(entry, rosters, policies);
            ledger.apply(Verified { id: entry.id(), subject, predicate, rules })
        }
        None => ledger.note_unknown(entry.id()),
    }
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
