//! Emergencies (R49 to R53, R60, R65 to R67, R95): what the Service Manager declares, and what follows from it by itself.
//!
//! A declaration asserts three facts and says ten things; it takes three minutes. What the policy calls deferrable may
//! wait, and nothing else: each such item is owed by a date, and so is the review afterwards. Nobody opens these
//! obligations, so nobody forgets to: they follow from the declaration and the policy it names.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::change::{Deployment, DeploymentState, Window};
use crate::ids::{ChangeKey, Digest, EntryId, MemberId};
use crate::policy::proposal::Proposal;

mod owed;
mod rules;

pub use owed::{Owed, owed, repeats};
pub use rules::{DEFERRABLE, EmergencyRules, may_wait};

/// The prefix of the keys that are used while the ticketing system is down: `EMG-1`. No connection has it.
pub const PROVISIONAL: &str = "EMG";

/// The id of the review that every emergency owes (R66).
pub const REVIEW: &str = "review";

/// Whether the key is one until there is a ticket.
#[must_use]
pub fn is_provisional(key: &ChangeKey) -> bool {
    key.prefix() == PROVISIONAL
}

/// The three facts that make a change an emergency (R49).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asserted {
    /// It corrects an error.
    pub corrects_error: bool,
    /// The error is in the current release.
    pub current_release: bool,
    /// The impact on the business is major.
    pub major_impact: bool,
}

/// What the Service Manager declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmergencyBody {
    /// How it is taken back.
    pub backout: String,
    /// What is broken: the service, as people call it.
    pub breaks: String,
    /// The change, or a provisional key while the ticketing system is down.
    pub change: ChangeKey,
    /// Who of the business was consulted (R51).
    pub consulted: String,
    /// Who deploys.
    pub deployer: String,
    /// The three facts.
    pub facts: Asserted,
    /// The incident (R65).
    pub incident: String,
    /// What is done.
    pub plan: String,
    /// When.
    pub window: Window,
}

/// Why what is declared, or told of a rollback, does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoEmergency {
    /// A fact is not asserted.
    #[error("{0}: an emergency asserts that it corrects an error, in the current release, with major impact")]
    Fact(&'static str),
    /// Something is not said.
    #[error("{0} says nothing")]
    Blank(&'static str),
    /// The window ends before it begins.
    #[error("the window ends before it begins")]
    Window,
    /// A provisional key is bound to another.
    #[error("a provisional key is bound to a ticket, not to another provisional key")]
    Provisional,
}

/// Refuses texts of which one says nothing.
///
/// # Errors
/// [`NoEmergency::Blank`] with the field.
pub fn all_said(texts: &[(&'static str, &str)]) -> Result<(), NoEmergency> {
    match texts.iter().find(|(_, text)| text.trim().is_empty()) {
        Some(&(field, _)) => Err(NoEmergency::Blank(field)),
        None => Ok(()),
    }
}

impl EmergencyBody {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check(&self) -> Result<(), NoEmergency> {
        let facts = [
            ("corrects_error", self.facts.corrects_error),
            ("current_release", self.facts.current_release),
            ("major_impact", self.facts.major_impact),
        ];
        if let Some((fact, _)) = facts.into_iter().find(|(_, asserted)| !asserted) {
            return Err(NoEmergency::Fact(fact));
        }
        all_said(&[
            ("incident", &self.incident),
            ("consulted", &self.consulted),
            ("breaks", &self.breaks),
            ("plan", &self.plan),
            ("backout", &self.backout),
            ("deployer", &self.deployer),
        ])?;
        if self.window.start < self.window.end { Ok(()) } else { Err(NoEmergency::Window) }
    }
}

/// The ticket that a provisional key stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// The entry that says so.
    pub entry: EntryId,
    /// The ticket.
    pub change: ChangeKey,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
}

/// An emergency as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    /// The entry that declares it.
    pub entry: EntryId,
    /// The Service Manager.
    pub actor: MemberId,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// The policy it names: it says what may wait.
    pub policy: Digest,
    /// What was declared.
    pub body: EmergencyBody,
    /// The ticket of a provisional key.
    pub bound: Option<Bound>,
    /// What was owed and is done: by the obligation's id the entry that says so first, and what shows it.
    pub met: BTreeMap<String, (EntryId, String)>,
    /// What its review proposes for the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<Proposed>,
}

/// What a review proposes for the policy (R97, R102), as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// The entry of the review.
    pub entry: EntryId,
    /// Whose word it is.
    pub actor: MemberId,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// What is proposed.
    pub proposal: Proposal,
}

impl Emergency {
    /// The change as people know it now: its ticket, or the provisional key until there is one.
    #[must_use]
    pub fn about(&self) -> &ChangeKey {
        self.bound.as_ref().map_or(&self.body.change, |bound| &bound.change)
    }

    /// The ticket; `None` while the key is provisional.
    #[must_use]
    pub fn ticket(&self) -> Option<&ChangeKey> {
        Some(self.about()).filter(|key| !is_provisional(key))
    }
}

/// A deployment that was taken back, as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollback {
    /// The entry that tells of it.
    pub entry: EntryId,
    /// In whose name.
    pub actor: MemberId,
    /// The change.
    pub change: ChangeKey,
    /// The incident.
    pub incident: String,
    /// When it was taken back, as told.
    pub at: DateTime<Utc>,
    /// The entry that lets it be deployed again.
    pub revalidated: Option<Revalidation>,
}

/// Why a change that was taken back may be deployed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revalidation {
    /// The entry that says so.
    pub entry: EntryId,
    /// Whose word it is.
    pub actor: MemberId,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// The root cause.
    pub root_cause: String,
    /// What shows that it works now.
    pub note: String,
}

/// The rollbacks that a ticket tells of and that nobody has recorded (R78, R95). A recorded one answers for all that the
/// ticket told until it was revalidated; what the ticket tells later was taken back once more. Ticketing systems tell times
/// to the second: in the same one it is answered for. A clock that is ahead answers for nothing that is still to come.
#[must_use]
pub fn unrecorded<'d>(told: &'d [Deployment], recorded: &[&Rollback], now: DateTime<Utc>) -> Vec<&'d Deployment> {
    let answered = |at: DateTime<Utc>| {
        recorded.iter().any(|one| match &one.revalidated {
            None => true,
            Some(again) => again.claimed.min(now).timestamp() >= at.timestamp(),
        })
    };
    told.iter().filter(|one| one.state == DeploymentState::RolledBack && !answered(one.at)).collect()
}

#[cfg(test)]
pub(crate) mod tests;
