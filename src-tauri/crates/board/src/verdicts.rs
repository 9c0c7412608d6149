//! An approver's verdict: for, or against with a reason, and the sentence that is signed (R31).
use domain::entry::Verdict;

use crate::conditions::one_line;
use crate::error::{Answer, BoardError};
use crate::reaffirm::Reaffirmed;
use crate::sign_offs::Snapshot;
use crate::views::SignRequest;

/// Bytes of a reason at most.
const LONGEST_REASON: usize = 2_000;

/// What an approver says of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub verdict: Verdict,
    /// Why; empty for an approval that gives no earlier one again.
    pub reason: String,
}

impl Said {
    /// For.
    pub fn approve() -> Self {
        Self { verdict: Verdict::Approve, reason: String::new() }
    }

    /// As asked for: a rejection has a reason, an approval says what its sentence says and nothing more, unless it gives
    /// an earlier one again: then it says why.
    pub fn of(request: &SignRequest, again: Option<&Reaffirmed>) -> Answer<Self> {
        let reason = request.reason.trim();
        if reason.len() > LONGEST_REASON {
            return Err(BoardError::invalid("reason", "A reason has at most 2,000 bytes."));
        }
        if request.verdict == Verdict::Approve
            && let Some(again) = again
        {
            let reason = if reason.is_empty() { again.reason.as_str() } else { reason };
            return Ok(Self { verdict: Verdict::Approve, reason: reason.to_owned() });
        }
        match request.verdict {
            Verdict::Approve if reason.is_empty() => Ok(Self::approve()),
            Verdict::Approve => {
                Err(BoardError::invalid("reason", "An approval carries no reason; what it needs is a condition."))
            }
            Verdict::Reject if reason.is_empty() => {
                Err(BoardError::invalid("reason", "Write why you reject the change; the minutes carry it."))
            }
            Verdict::Reject => Ok(Self { verdict: Verdict::Reject, reason: reason.to_owned() }),
        }
    }

    /// The sentence that is signed.
    pub fn meaning(&self, shown: &Snapshot) -> String {
        match self.verdict {
            Verdict::Approve => {
                let (kind, of) = shown.of;
                let (level, scored) = (shown.risk.level, (kind, shown.risk.score, of));
                let sentence = shown.words.i_approve(&shown.change.key, level, scored);
                match &shown.reaffirms {
                    None => format!("{sentence}."),
                    Some(again) => {
                        let again = shown.words.reaffirming(&sentence, &again.entry.short());
                        format!("{again} {}", one_line(&self.reason)).trim_end().to_owned()
                    }
                }
            }
            Verdict::Reject => format!("{} {}", rejection(shown), one_line(&self.reason)),
        }
    }
}

/// How the sentence of a rejection begins; the reason follows.
pub(crate) fn rejection(shown: &Snapshot) -> String {
    shown.words.i_reject(&shown.change.key)
}

/// Minutes are sealed as they are: who disagrees has them composed again, and does not sign.
pub(crate) fn for_minutes(said: &Said) -> Answer<()> {
    signed_or_left(said, "minutes are sealed or left unsealed", "Close the window; the minutes stay a draft.")
}

/// What is neither a change nor minutes is signed, or the window is closed.
pub(crate) fn for_own_act(said: &Said) -> Answer<()> {
    signed_or_left(said, "this is signed or left", "Close the window; nothing is signed then.")
}

fn signed_or_left(said: &Said, what: &str, remedy: &str) -> Answer<()> {
    match said.verdict {
        Verdict::Approve => Ok(()),
        Verdict::Reject => {
            let rule = format!("Only a change can be rejected; {what}.");
            Err(BoardError::refused("no_rejection", rule, Some("R31"), remedy))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(verdict: Verdict, reason: &str) -> SignRequest {
        SignRequest {
            statement: "CHG-1".into(),
            member: "m".into(),
            pin: None,
            keep_unlocked: false,
            verdict,
            reason: reason.into(),
            named: String::new(),
            ticked: Vec::new(),
        }
    }

    #[test]
    fn a_rejection_has_a_reason_and_an_approval_has_none() {
        assert_eq!(Said::of(&request(Verdict::Approve, " "), None), Ok(Said::approve()));
        let said = Said::of(&request(Verdict::Reject, " No backout. "), None).expect("a reason");
        assert_eq!((said.verdict, said.reason.as_str()), (Verdict::Reject, "No backout."));
        for (verdict, reason) in
            [(Verdict::Reject, " "), (Verdict::Approve, "But"), (Verdict::Reject, &"x".repeat(LONGEST_REASON + 1))]
        {
            assert!(matches!(Said::of(&request(verdict, reason), None), Err(BoardError::Invalid { .. })), "{reason}");
        }
    }

    #[test]
    fn an_approval_that_is_given_again_says_why_and_by_itself_what_was_edited() {
        let again = Reaffirmed {
            entry: domain::ids::EntryId([7; 32]),
            actor: domain::ids::MemberId(uuid::Uuid::nil()),
            reason: "Reaffirmed after a change of Version.".to_owned(),
        };
        let of = |reason: &str| Said::of(&request(Verdict::Approve, reason), Some(&again)).expect("a reason").reason;
        assert_eq!(of(" "), again.reason);
        assert_eq!(of(" Read again. "), "Read again.");
        let rejected = Said::of(&request(Verdict::Reject, " "), Some(&again));
        assert!(matches!(rejected, Err(BoardError::Invalid { .. })), "who minds it now says why");
    }

    #[test]
    fn nothing_but_a_change_can_be_rejected() {
        for signed in [for_minutes, for_own_act] {
            assert_eq!(signed(&Said::approve()), Ok(()));
            assert!(signed(&Said { verdict: Verdict::Reject, reason: "No".into() }).is_err());
        }
    }
}
