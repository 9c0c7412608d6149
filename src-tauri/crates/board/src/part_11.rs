//! The *Part 11* profile in the signing window (21 CFR 11.200, `record.md`, *Two keys*): the first signature takes the
//! member's name as well as the PIN, and one signature for a list takes a tick at each of its lines. Both are compared
//! here, never in the window. That there are no sessions is the policy's word, which the verifier judges as well.
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use domain::ids::MemberId;
use domain::policy::Policy;
use domain::roster::Member;

use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::sign_offs::What;
use crate::views::SigningSubject;

/// Who has signed with name and PIN since the program started, or since the screen was last locked.
#[derive(Default)]
pub(crate) struct Named {
    members: Mutex<BTreeSet<MemberId>>,
}

impl Named {
    fn with<T>(&self, f: impl FnOnce(&mut BTreeSet<MemberId>) -> T) -> T {
        f(&mut self.members.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the member's next signature takes their name.
    pub fn asked(&self, policy: &Policy, member: MemberId) -> bool {
        policy.pin_every_act && !self.with(|named| named.contains(&member))
    }

    /// The member has signed: the PIN was right, and so was the name.
    pub fn signed(&self, member: MemberId) {
        self.with(|named| named.insert(member));
    }

    /// Screen lock, suspend or user switch: whoever comes next names themselves.
    pub fn forget(&self) {
        self.with(BTreeSet::clear);
    }
}

impl Cabinet {
    /// Whether the policy in force asks for the PIN at every act, and for each line of a list by itself.
    pub async fn pin_every_act(&self) -> Answer<bool> {
        Ok(self.board()?.state().await?.policy.pin_every_act)
    }
}

/// Refuses what is neither the member's name nor an account of theirs.
pub(crate) fn check_name(member: &Member, typed: &str) -> Answer<()> {
    if typed.trim().is_empty() {
        return Err(BoardError::refused(
            "name_needed",
            "The first signature since Cabinet was started or the screen locked takes your name as well as the PIN.",
            None,
            "Type your name as the roster has it, or your account in the ticketing system.",
        ));
    }
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    let account = member.accounts.values().any(|account| account.trim() == typed.trim());
    if account || words(&member.name) == words(typed) {
        return Ok(());
    }
    Err(BoardError::refused(
        "other_name",
        format!("What was typed is neither the name of {} nor an account of theirs.", member.name),
        None,
        "Type the name as the roster has it, or choose another signer.",
    ))
}

/// How many lines of a list one signature covers, each to be ticked; `None` where nothing is.
pub(crate) fn lines(policy: &Policy, what: &What) -> Option<usize> {
    match what {
        What::OwnAct(prepared) if policy.pin_every_act => match &prepared.subject {
            SigningSubject::SpokenActs { .. } => Some(prepared.facts.len()),
            SigningSubject::Change { .. }
            | SigningSubject::Reaffirm { .. }
            | SigningSubject::Immaterial { .. }
            | SigningSubject::Queue { .. }
            | SigningSubject::Minutes { .. }
            | SigningSubject::Countersign { .. }
            | SigningSubject::Admission { .. }
            | SigningSubject::RosterProposal
            | SigningSubject::Recovery { .. }
            | SigningSubject::Fork { .. }
            | SigningSubject::Revocation { .. }
            | SigningSubject::Delegation { .. }
            | SigningSubject::EndDelegation { .. }
            | SigningSubject::Standing { .. }
            | SigningSubject::Written { .. }
            | SigningSubject::WrittenMail { .. }
            | SigningSubject::Annex { .. }
            | SigningSubject::Policy { .. }
            | SigningSubject::Emergency { .. }
            | SigningSubject::Waiver { .. }
            | SigningSubject::Override { .. }
            | SigningSubject::Exception { .. }
            | SigningSubject::Second { .. }
            | SigningSubject::TakeBack { .. }
            | SigningSubject::PlanApproval { .. }
            | SigningSubject::Circular { .. }
            | SigningSubject::CircularVote { .. }
            | SigningSubject::CircularRecusal { .. }
            | SigningSubject::OfMinutes { .. }
            | SigningSubject::ApprovedPlan { .. } => None,
        },
        What::OwnAct(_) | What::SignOff(_) | What::Minutes(_) => None,
    }
}

/// Refuses a signature for a list of which a line was not ticked.
pub(crate) fn check_ticks(lines: Option<usize>, ticked: &[u32]) -> Answer<()> {
    let Some(lines) = lines else { return Ok(()) };
    let ticked: BTreeSet<usize> =
        ticked.iter().filter_map(|line| usize::try_from(*line).ok()).filter(|line| *line < lines).collect();
    if ticked.len() == lines {
        return Ok(());
    }
    Err(BoardError::refused(
        "not_ticked",
        format!("{} of {lines} lines are ticked, and one signature for all of them takes each.", ticked.len()),
        None,
        "Read each line and tick it, then sign.",
    ))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::policy::Strength;

    use super::*;

    fn code(answer: Answer<()>) -> Option<String> {
        match answer {
            Err(BoardError::Refused(refusal)) => Some(refusal.code),
            Err(other) => Some(other.to_string()),
            Ok(()) => None,
        }
    }

    fn member() -> Member {
        Member {
            id: MemberId(uuid::Uuid::from_u128(1)),
            name: "Ines  Duarte".to_owned(),
            accounts: BTreeMap::from([("CHG".to_owned(), "17".to_owned())]),
            roles: Vec::new(),
            scope: Vec::new(),
            voting: true,
            mandatory: false,
            git: Vec::new(),
            departments: Vec::new(),
            sealed_to: None,
            certificate: None,
            keys: Vec::new(),
        }
    }

    #[test]
    fn a_member_is_named_by_name_or_account_and_by_nothing_else() {
        for (typed, said) in [
            ("Ines Duarte", None),
            (" ines duarte ", None),
            ("17", None),
            ("", Some("name_needed")),
            (" \t", Some("name_needed")),
            ("Ines", Some("other_name")),
            ("1", Some("other_name")),
            ("Tomasz Zielinski", Some("other_name")),
        ] {
            assert_eq!(code(check_name(&member(), typed)).as_deref(), said, "{typed:?}");
        }
    }

    #[test]
    fn a_list_is_signed_once_each_of_its_lines_is_ticked() {
        let refused = Some("not_ticked");
        for (lines, ticked, said) in [
            (None, vec![], None),
            (Some(2), vec![0, 1], None),
            (Some(2), vec![1, 0, 1], None),
            (Some(2), vec![], refused),
            (Some(2), vec![1], refused),
            (Some(2), vec![1, 1], refused),
            (Some(2), vec![1, 2], refused),
        ] {
            assert_eq!(code(check_ticks(lines, &ticked)).as_deref(), said, "{ticked:?} of {lines:?}");
        }
    }

    #[test]
    fn a_name_is_asked_for_once_until_the_screen_is_locked_and_never_under_another_policy() {
        let (named, one, other) =
            (Named::default(), MemberId(uuid::Uuid::from_u128(1)), MemberId(uuid::Uuid::from_u128(2)));
        let (plain, profile) = (Policy::built_in(Strength::Full), Policy::part_11(Strength::Full));
        assert!(!named.asked(&plain, one));
        assert!(named.asked(&profile, one));
        named.signed(one);
        assert!(!named.asked(&profile, one) && named.asked(&profile, other), "each for themselves");
        named.forget();
        assert!(named.asked(&profile, one));
    }
}
