//! Standing approvals of standard changes, and what a broken glass leaves owing (`record.md`, *The gate*; R3, R117).
//!
//! Most deployments repeat one that the board knows. An authority who signed such a change off lets a service's pipeline
//! deploy it into one environment again, so often and until then. Whether it still may is counted from the receipts that
//! the pipelines' gates wrote; one that tells of a failure suspends it, and only another signature lets it run again.
use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::emergency::{EmergencyRules, Owed};
use crate::ids::{ChangeKey, Digest, EntryId, MemberId};
use crate::roster::Role;

/// What an authority lets run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingBody {
    /// The standard change that was approved: what is repeated.
    pub change: ChangeKey,
    /// Digest of its material content, as it was signed off.
    pub content: Digest,
    /// The service that is deployed.
    pub service: String,
    /// The pipeline that may deploy it.
    pub pipeline: String,
    /// Where to.
    pub environment: String,
    /// How often; 1 at least.
    pub uses: u32,
    /// Until when.
    pub expires: DateTime<Utc>,
}

/// How a deployment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As planned.
    Succeeded,
    /// It failed, or was backed out.
    Failed,
}

/// A use, by the receipt of the gate that let it through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseBody {
    /// The entry *standing approved*.
    pub standing: EntryId,
    /// SHA-256 of the receipt: one receipt is one use.
    pub receipt: Digest,
    /// For when the gate judged, by the pipeline's clock.
    pub at: DateTime<Utc>,
    /// How it ended.
    pub outcome: Outcome,
}

/// What is owed after a deployment that the gate would have refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObligationBody {
    /// The change that was deployed.
    pub change: ChangeKey,
    /// What has to be done, in words.
    pub what: String,
    /// Why the glass was broken, in the words of whoever did.
    pub reason: String,
    /// SHA-256 of the gate's receipt.
    pub receipt: Digest,
    /// For when the gate judged, by the pipeline's clock.
    pub at: DateTime<Utc>,
}

/// A standing approval as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingApproval {
    /// The entry that says so.
    pub entry: EntryId,
    /// Who signed it.
    pub actor: MemberId,
    /// In which role.
    pub role: Option<Role>,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// What may run.
    pub body: StandingBody,
    /// Uses by their receipts.
    pub uses: BTreeMap<Digest, Use>,
    /// The entry that suspended it first, and why.
    pub suspended: Option<(EntryId, String)>,
}

/// A use as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The entry that tells of it first.
    pub entry: EntryId,
    /// When, by the pipeline's clock.
    pub at: DateTime<Utc>,
    /// How it ended: a failure that is told later counts.
    pub outcome: Outcome,
}

/// Why a standing approval does not let anything run now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spent {
    /// It was suspended, or a deployment under it failed.
    Suspended,
    /// It is over.
    Expired,
    /// It has been used as often as it may be.
    UsedUp,
}

impl StandingApproval {
    /// How often it has been used, as far as receipts were brought back.
    #[must_use]
    pub fn counted(&self) -> u32 {
        u32::try_from(self.uses.len()).unwrap_or(u32::MAX)
    }

    /// Whether it lets something run at `now`; the gravest reason why not.
    ///
    /// # Errors
    /// [`Spent`].
    pub fn holds(&self, now: DateTime<Utc>) -> Result<(), Spent> {
        if self.suspended.is_some() {
            Err(Spent::Suspended)
        } else if now >= self.body.expires {
            Err(Spent::Expired)
        } else if self.counted() >= self.body.uses {
            Err(Spent::UsedUp)
        } else {
            Ok(())
        }
    }

    /// Counts a use; answers whether it changed anything.
    pub(crate) fn use_once(&mut self, entry: EntryId, body: &UseBody) -> bool {
        let failed = body.outcome == Outcome::Failed;
        if failed && self.suspended.is_none() {
            self.suspended = Some((entry, "a deployment under it failed".to_owned()));
        }
        match self.uses.get_mut(&body.receipt) {
            None => {
                self.uses.insert(body.receipt, Use { entry, at: body.at, outcome: body.outcome });
                true
            }
            Some(told) if failed && told.outcome == Outcome::Succeeded => {
                told.outcome = Outcome::Failed;
                true
            }
            Some(_) => false,
        }
    }
}

/// What is owed, as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obligation {
    /// The entry that opened it.
    pub entry: EntryId,
    /// When it was recorded, as claimed.
    pub claimed: DateTime<Utc>,
    /// The policy it names: it says by when.
    pub policy: Digest,
    /// What is owed.
    pub body: ObligationBody,
    /// The entry that says it is met, and what shows it.
    pub met: Option<(EntryId, String)>,
}

impl Obligation {
    /// By when it is met (R52): so many days after the deployment as the policy gives what waits in an emergency. A
    /// pipeline's clock that runs ahead puts off nothing.
    #[must_use]
    pub fn due(&self, rules: &EmergencyRules) -> DateTime<Utc> {
        let from = self.body.at.min(self.claimed);
        from.checked_add_signed(Duration::days(i64::from(rules.deferred_days))).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// It among what else is owed of a change.
    #[must_use]
    pub fn owed(&self, rules: &EmergencyRules) -> Owed {
        Owed {
            declaration: self.entry,
            change: self.body.change.clone(),
            id: self.entry.to_string(),
            clause: "R52".to_owned(),
            what: self.body.what.clone(),
            due: self.due(rules),
            met: self.met.as_ref().map(|(_, note)| note.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 21, 12, 0, 0).single().expect("a time")
    }

    fn standing(uses: u32) -> StandingApproval {
        StandingApproval {
            entry: EntryId([1; 32]),
            actor: MemberId(uuid::Uuid::from_u128(2)),
            role: Some(Role::Cto),
            claimed: noon(),
            body: StandingBody {
                change: ChangeKey::new("CHG", 7),
                content: Digest([0; 32]),
                service: "pay".to_owned(),
                pipeline: "deploy-pay".to_owned(),
                environment: "prod-eu".to_owned(),
                uses,
                expires: noon() + Duration::days(30),
            },
            uses: BTreeMap::new(),
            suspended: None,
        }
    }

    fn used(n: u8, outcome: Outcome) -> UseBody {
        UseBody { standing: EntryId([1; 32]), receipt: Digest([n; 32]), at: noon(), outcome }
    }

    #[test]
    fn it_runs_as_often_as_was_signed_and_not_once_more() {
        let mut standing = standing(2);
        for n in 1..=2 {
            assert_eq!(standing.holds(noon()), Ok(()));
            assert!(standing.use_once(EntryId([n; 32]), &used(n, Outcome::Succeeded)));
        }
        assert_eq!((standing.counted(), standing.holds(noon())), (2, Err(Spent::UsedUp)));
    }

    #[test]
    fn one_receipt_is_one_use_whoever_brings_it_back_how_often() {
        let mut standing = standing(2);
        assert!(standing.use_once(EntryId([3; 32]), &used(1, Outcome::Succeeded)));
        assert!(!standing.use_once(EntryId([4; 32]), &used(1, Outcome::Succeeded)));
        assert_eq!((standing.counted(), standing.holds(noon())), (1, Ok(())));
    }

    #[test]
    fn a_failure_suspends_it_also_when_it_is_told_after_the_use_was_counted() {
        let mut at_once = standing(9);
        at_once.use_once(EntryId([3; 32]), &used(1, Outcome::Failed));
        let mut later = standing(9);
        later.use_once(EntryId([3; 32]), &used(1, Outcome::Succeeded));
        assert!(later.use_once(EntryId([4; 32]), &used(1, Outcome::Failed)));
        for standing in [at_once, later] {
            assert_eq!((standing.counted(), standing.holds(noon())), (1, Err(Spent::Suspended)));
        }
    }

    #[test]
    fn what_a_broken_glass_owes_has_a_date_that_no_pipelines_clock_puts_off() {
        let rules = EmergencyRules::default();
        let owing = |at: DateTime<Utc>| Obligation {
            entry: EntryId([1; 32]),
            claimed: noon(),
            policy: Digest([0; 32]),
            body: ObligationBody {
                change: ChangeKey::new("CHG", 7),
                what: "Review the deployment".to_owned(),
                reason: "The shop was down".to_owned(),
                receipt: Digest([2; 32]),
                at,
            },
            met: None,
        };
        let days = Duration::days(5);
        assert_eq!(owing(noon() - Duration::hours(2)).due(&rules), noon() - Duration::hours(2) + days);
        assert_eq!(owing(noon() + Duration::days(900)).due(&rules), noon() + days, "its clock runs ahead");
        let mut owed = owing(noon()).owed(&rules);
        assert!(!owed.overdue(noon() + days) && owed.overdue(noon() + days + Duration::seconds(1)));
        owed.met = Some("Reviewed".to_owned());
        assert!(!owed.overdue(noon() + days + days));
        let never = EmergencyRules { deferred_days: u32::MAX, ..rules };
        assert_eq!(owing(noon()).due(&never), DateTime::<Utc>::MAX_UTC, "what others wrote may be any number");
    }

    #[test]
    fn it_ends_with_the_very_moment_that_was_signed() {
        let standing = standing(1);
        let end = standing.body.expires;
        assert_eq!(standing.holds(end - Duration::milliseconds(1)), Ok(()));
        assert_eq!(standing.holds(end), Err(Spent::Expired));
    }
}
