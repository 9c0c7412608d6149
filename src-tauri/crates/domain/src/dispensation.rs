//! What two people may set aside: a gate (*waiver*, R69), the level of a risk (*override*, R80), a freeze
//! (*exception*, R77). Each is one person's signed word; it is in force when another, who holds the right as well, has
//! *seconded* it, and only as long as it is not over and the change says what it was given for. A level may be raised by
//! one.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::duties::{may_dispense, same_ticket};
use crate::entry::Involved;
use crate::gate::{HARD_CLAUSES, SLOT};
use crate::ids::{ChangeKey, Digest, EntryId, MemberId};
use crate::policy::Policy;
use crate::risk::RiskLevel;
use crate::roster::{Role, Roster};

#[cfg(test)]
mod tests;

/// A waiver of a gate. The subject is the content it is given for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiverBody {
    /// The change.
    pub change: ChangeKey,
    /// The clause of the gate; never a hard one.
    pub clause: String,
    /// Digest of the material content it is given for.
    pub content: Digest,
    /// The gate, by its stable id; of departments the slot of one, `departments:Payments`.
    pub gate: String,
    /// Accounts whose own change this is (R89): none of them waives.
    pub involved: Involved,
    /// Why, in the words of whoever waives.
    pub reason: String,
    /// Until when; `None`: as long as the content stands.
    pub until: Option<DateTime<Utc>>,
}

/// An override of a risk level. The subject is the content it is given for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverrideBody {
    /// The change.
    pub change: ChangeKey,
    /// Digest of the material content it is given for.
    pub content: Digest,
    /// The level by score and floors.
    pub from: RiskLevel,
    /// Accounts whose own change this is (R89): none of them overrides.
    pub involved: Involved,
    /// Why, in the words of whoever overrides.
    pub reason: String,
    /// The level that counts instead.
    pub to: RiskLevel,
}

/// An exception to a freeze, for one change. The subject is the content the change had then; an edit does not end it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionBody {
    /// The change.
    pub change: ChangeKey,
    /// Digest of the material content then.
    pub content: Digest,
    /// The freeze, by its id in the policy.
    pub freeze: String,
    /// Accounts whose own change this is (R89): none of them excepts.
    pub involved: Involved,
    /// Why, in the words of whoever excepts.
    pub reason: String,
    /// Until when; a window that ends later is not covered.
    pub until: DateTime<Utc>,
}

/// The second person's word on a waiver, an override or an exception. The subject is the content it was given for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondBody {
    /// The change.
    pub change: ChangeKey,
    /// Digest of the material content that it was given for.
    pub content: Digest,
    /// The entry *waived*, *overridden* or *excepted*.
    pub entry: EntryId,
    /// Accounts whose own change this is (R89): none of them seconds.
    pub involved: Involved,
    /// Why, in the words of whoever seconds; may be empty.
    pub reason: String,
}

/// Why a waiver, an override or an exception says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoDispensation {
    /// Nobody can waive it.
    #[error("{clause} is hard: nobody can waive it")]
    Hard {
        /// The clause.
        clause: String,
    },
    /// It does not say what is waived or excepted.
    #[error("it names no gate, clause or freeze")]
    Nothing,
    /// The level is the one it was.
    #[error("the level before and after is the same")]
    SameLevel,
    /// Nobody could tell why.
    #[error("it gives no reason")]
    NoReason,
}

fn named(names: &[&str], reason: &str) -> Result<(), NoDispensation> {
    if names.iter().any(|name| name.trim().is_empty()) {
        return Err(NoDispensation::Nothing);
    }
    if reason.trim().is_empty() { Err(NoDispensation::NoReason) } else { Ok(()) }
}

impl WaiverBody {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first rule that does not hold; a hard clause first.
    pub fn check(&self) -> Result<(), NoDispensation> {
        if HARD_CLAUSES.contains(&self.clause.as_str()) {
            return Err(NoDispensation::Hard { clause: self.clause.clone() });
        }
        named(&[&self.clause, &self.gate], &self.reason)
    }
}

impl OverrideBody {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check(&self) -> Result<(), NoDispensation> {
        if self.from == self.to {
            return Err(NoDispensation::SameLevel);
        }
        named(&[], &self.reason)
    }
}

impl ExceptionBody {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check(&self) -> Result<(), NoDispensation> {
        named(&[&self.freeze], &self.reason)
    }
}

/// What is set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// A gate.
    Waiver(WaiverBody),
    /// A level.
    Override(OverrideBody),
    /// A freeze.
    Exception(ExceptionBody),
}

impl Grant {
    /// The change.
    #[must_use]
    pub fn change(&self) -> &ChangeKey {
        match self {
            Self::Waiver(body) => &body.change,
            Self::Override(body) => &body.change,
            Self::Exception(body) => &body.change,
        }
    }

    /// The content it was given for.
    #[must_use]
    pub fn content(&self) -> Digest {
        match self {
            Self::Waiver(body) => body.content,
            Self::Override(body) => body.content,
            Self::Exception(body) => body.content,
        }
    }

    /// Whose own change this is.
    #[must_use]
    pub fn involved(&self) -> &Involved {
        match self {
            Self::Waiver(body) => &body.involved,
            Self::Override(body) => &body.involved,
            Self::Exception(body) => &body.involved,
        }
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Waiver(body) => &body.reason,
            Self::Override(body) => &body.reason,
            Self::Exception(body) => &body.reason,
        }
    }

    /// Until when, where it ends by itself.
    #[must_use]
    pub fn until(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Waiver(body) => body.until,
            Self::Override(_) => None,
            Self::Exception(body) => Some(body.until),
        }
    }

    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check(&self) -> Result<(), NoDispensation> {
        match self {
            Self::Waiver(body) => body.check(),
            Self::Override(body) => body.check(),
            Self::Exception(body) => body.check(),
        }
    }

    /// What it sets aside, in words: "gate version (R39)", "risk from High to Medium", "freeze year-end".
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Self::Waiver(body) => match body.gate.strip_prefix(SLOT) {
                Some(department) => format!("the sign-off for {} ({})", department.trim(), body.clause),
                None => format!("gate {} ({})", body.gate, body.clause),
            },
            Self::Override(body) => format!("risk from {} to {}", body.from.word(), body.to.word()),
            Self::Exception(body) => format!("freeze {}", body.freeze),
        }
    }

    /// The word people read: waiver, override or exception.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Waiver(_) => "waiver",
            Self::Override(_) => "override",
            Self::Exception(_) => "exception",
        }
    }

    /// Whether it takes a second person; a level may be raised by one.
    #[must_use]
    pub fn takes_two(&self) -> bool {
        match self {
            Self::Override(body) => body.to < body.from,
            Self::Waiver(_) | Self::Exception(_) => true,
        }
    }

    /// Whether an edit of the change ends it.
    fn ends_with_an_edit(&self) -> bool {
        match self {
            Self::Waiver(_) | Self::Override(_) => true,
            Self::Exception(_) => false,
        }
    }
}

/// The second person's word, as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Second {
    /// Its entry.
    pub entry: EntryId,
    /// Whose word.
    pub actor: MemberId,
    /// In which role.
    pub role: Option<Role>,
    /// As claimed.
    pub claimed: DateTime<Utc>,
    /// Why, in words of their own; may be empty.
    pub reason: String,
    /// Taken back by this entry.
    pub withdrawn: Option<EntryId>,
}

/// A waiver, an override or an exception, as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispensation {
    /// Its entry.
    pub entry: EntryId,
    /// Whose word.
    pub actor: MemberId,
    /// In which role.
    pub role: Option<Role>,
    /// As claimed.
    pub claimed: DateTime<Utc>,
    /// What is set aside.
    pub grant: Grant,
    /// Who seconded it, in the order of the record.
    pub seconds: Vec<Second>,
    /// Taken back by this entry.
    pub withdrawn: Option<EntryId>,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// It counts.
    InForce,
    /// No second person has said so.
    NotSeconded,
    /// Whoever said it does not hold the right under the policy.
    NoRight,
    /// The policy lets nobody set this aside.
    NotAllowed,
    /// It is over.
    Expired,
    /// The change was edited since.
    Stale,
    /// It was taken back.
    Withdrawn,
}

impl Force {
    /// The words people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::NotSeconded => "not in force: no second person has seconded it",
            Self::NoRight => "not in force: whoever said it does not hold the right",
            Self::NotAllowed => "not in force: the policy does not let anybody set this aside",
            Self::Expired => "over",
            Self::Stale => "stale: the change was edited since",
            Self::Withdrawn => "taken back",
        }
    }
}

impl Dispensation {
    /// The second person whose word counts: another than the first, with the right, and not taken back.
    #[must_use]
    pub fn second(&self, policy: &Policy) -> Option<&Second> {
        self.eligible(policy).next()
    }

    fn eligible<'d>(&'d self, policy: &Policy) -> impl Iterator<Item = &'d Second> {
        let counts = move |second: &&Second| {
            second.withdrawn.is_none() && second.actor != self.actor && policy.may_dispense(second.role)
        };
        self.seconds.iter().filter(counts)
    }

    /// Whether whoever said it, and a second whose word counts, have no part in the change whose people are `involved` now, by
    /// its ticket and its commits, and have accounts of their own (R69, R89): an entry's own word on whose change it is is no
    /// more than that. Who has left the board since was judged when they said it. What one person may say alone, that a level
    /// is higher, stands whoever said it: no file and no edit takes it back.
    #[must_use]
    pub fn untied(&self, roster: &Roster, policy: &Policy, involved: &Involved) -> bool {
        let same = match &self.grant {
            Grant::Override(body) if body.to > body.from => return true,
            Grant::Waiver(_) | Grant::Override(_) => same_ticket(self.grant.involved(), involved),
            Grant::Exception(_) => true,
        };
        let prefix = self.grant.change().prefix();
        let free =
            |who: MemberId| roster.member(who).is_none() || may_dispense(roster, policy, who, prefix, involved).is_ok();
        let mut seconds = self.eligible(policy).filter(|_| self.grant.takes_two()).peekable();
        same && free(self.actor) && (seconds.peek().is_none() || seconds.any(|second| free(second.actor)))
    }

    /// Where it stands under this policy, for a change that says this, at this time.
    #[must_use]
    pub fn force(&self, policy: &Policy, content: Digest, now: DateTime<Utc>) -> Force {
        let allowed = match &self.grant {
            Grant::Waiver(body) => policy.may_waive(&body.clause),
            Grant::Override(_) | Grant::Exception(_) => true,
        };
        if self.withdrawn.is_some() {
            Force::Withdrawn
        } else if !allowed || self.grant.check().is_err() {
            Force::NotAllowed
        } else if !policy.may_dispense(self.role) {
            Force::NoRight
        } else if self.grant.until().is_some_and(|until| until <= now) {
            Force::Expired
        } else if self.grant.ends_with_an_edit() && self.grant.content() != content {
            Force::Stale
        } else if self.grant.takes_two() && self.second(policy).is_none() {
            Force::NotSeconded
        } else {
            Force::InForce
        }
    }
}

/// The level that counts, and the override that says so, where one in force changes it. The highest that anybody raised it to
/// counts, whatever others say after: only who raised it takes that back. Where nobody did, the newest that lowers it counts
/// if it speaks of this level, and a floor holds.
#[must_use]
pub fn overridden<'d>(
    in_force: impl Iterator<Item = &'d Dispensation>,
    level: RiskLevel,
    floor: RiskLevel,
) -> Option<(RiskLevel, &'d Dispensation)> {
    let overrides: Vec<(&Dispensation, &OverrideBody)> = in_force
        .filter_map(|dispensation| match &dispensation.grant {
            Grant::Override(body) => Some((dispensation, body)),
            Grant::Waiver(_) | Grant::Exception(_) => None,
        })
        .collect();
    let raised = overrides.iter().filter(|(_, body)| body.to > body.from).max_by_key(|(_, body)| body.to);
    let speaks = match raised {
        Some((dispensation, body)) => Some((level.max(body.to), *dispensation)),
        None => {
            let lowered = overrides.iter().rev().find(|(_, body)| body.from == level);
            lowered.map(|(dispensation, body)| (body.to.max(floor), *dispensation))
        }
    };
    speaks.filter(|(counts, _)| *counts != level)
}
