//! `cab meeting decide`: the chair's decision as typed.
use board::views::{Basis, DecideRequest, DecideRequestConditions, DecideRequestConditionsWhen, DecisionKind};
use clap::{Args, ValueEnum};

use crate::exit::{CabError, Done};

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Go.
    Approved,
    /// Go, with at least one --condition.
    ApprovedWithConditions,
    /// No; --reason.
    Rejected,
    /// Later; --reason, --until.
    Deferred,
    /// Something is missing; --reason.
    MoreInformation,
    /// Its requester took it back.
    Withdrawn,
    /// Skipped.
    NoDecision,
}

impl Kind {
    /// As the desk has it.
    pub fn decided(self) -> DecisionKind {
        match self {
            Self::Approved => DecisionKind::Approved,
            Self::ApprovedWithConditions => DecisionKind::ApprovedWithConditions,
            Self::Rejected => DecisionKind::Rejected,
            Self::Deferred => DecisionKind::Deferred,
            Self::MoreInformation => DecisionKind::MoreInformation,
            Self::Withdrawn => DecisionKind::Withdrawn,
            Self::NoDecision => DecisionKind::NoDecision,
        }
    }
}

/// On which ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ground {
    /// Votes were counted.
    Vote,
    /// Asked, no objection.
    Consent,
    /// The chair ruled.
    Chair,
}

/// A decision.
#[derive(Debug, Args)]
pub struct Decision {
    /// The item.
    pub item: String,
    /// What was decided.
    #[arg(value_enum)]
    pub kind: Kind,
    /// On which ground.
    #[arg(long, value_enum, default_value = "vote")]
    pub basis: Ground,
    /// Why; printed in the minutes. Needed to reject, to defer, and to depart from the votes.
    #[arg(long, default_value = "")]
    pub reason: String,
    /// 'TEXT;OWNER;DUE;WHEN': DUE is a date or nothing; WHEN is before (blocks until met) or after (an obligation).
    #[arg(long = "condition", value_name = "CONDITION")]
    pub conditions: Vec<String>,
    /// For a deferral: the date, or without it the next meeting.
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
}

impl Decision {
    /// As the desk takes it.
    pub fn request(&self, meeting: String, item: String) -> Done<DecideRequest> {
        Ok(DecideRequest {
            meeting,
            item,
            kind: self.kind.decided(),
            basis: match self.basis {
                Ground::Vote => Basis::Vote,
                Ground::Consent => Basis::Consent,
                Ground::Chair => Basis::ChairRuling,
            },
            rationale: self.reason.clone(),
            conditions: self.conditions.iter().map(|c| condition(c)).collect::<Done<_>>()?,
            deferred_to: self.until.clone(),
        })
    }
}

fn condition(text: &str) -> Done<DecideRequestConditions> {
    let wrong = |why: &str| CabError::Usage(format!("--condition {text:?}: {why}"));
    let fields: Vec<&str> = text.split(';').map(str::trim).collect();
    let [what, owner, due, when] = fields.as_slice() else {
        return Err(wrong("write TEXT;OWNER;DUE;WHEN"));
    };
    if !due.is_empty() && due.parse::<chrono::NaiveDate>().is_err() {
        return Err(wrong("DUE is a date such as 2026-12-01, or nothing"));
    }
    Ok(DecideRequestConditions {
        text: (*what).to_owned(),
        owner: (*owner).to_owned(),
        due_on: (!due.is_empty()).then(|| (*due).to_owned()),
        when: match *when {
            "before" => DecideRequestConditionsWhen::Before,
            "after" => DecideRequestConditionsWhen::After,
            _ => return Err(wrong("WHEN is before or after")),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_read_field_by_field_and_its_time_is_never_assumed() {
        let read = condition("Rehearse the rollback; Ines; 2026-12-01; before").expect("right");
        assert_eq!((read.text.as_str(), read.owner.as_str()), ("Rehearse the rollback", "Ines"));
        assert_eq!((read.due_on.as_deref(), read.when), (Some("2026-12-01"), DecideRequestConditionsWhen::Before));
        assert_eq!(condition("Report; Ines; ; after").expect("no date").due_on, None);
        for wrong in ["Rehearse", "Rehearse;Ines;2026-12-01", "Rehearse;Ines;soon;before", "Rehearse;Ines;;later"] {
            assert_eq!(condition(wrong).expect_err(wrong).code(), crate::exit::USAGE);
        }
    }
}
