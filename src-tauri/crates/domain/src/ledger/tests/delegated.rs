//! What the policy's chain delegates, and the board has not decided (R61).
use super::breaches::{recorded, signed};
use super::*;
use crate::entry::Verdict;
use crate::meeting::DecisionKind;

#[test]
fn what_is_delegated_is_approved_by_an_authority_until_the_board_decides_on_it() {
    let lead = || signed(OTHER, Role::TechnicalLead, 10);
    let member = || signed(OTHER, Role::BoardMember, 10);
    let spoken = || SignOff { attestation: Attestation::Recorded, ..lead() };
    let for_the_board = || {
        let mut at_medium = lead();
        at_medium.body.risk.level = RiskLevel::Medium;
        at_medium
    };
    let against = || {
        let mut rejecting = lead();
        rejecting.body.verdict = Verdict::Reject;
        rejecting
    };
    let (now, edited) = (Digest([8; 32]), Digest([9; 32]));
    for (sign_off, decision, content, delegated, wanted) in [
        (None, None, now, true, Standing::Undecided),
        (Some(lead()), None, now, true, Standing::Approved),
        (Some(lead()), None, now, false, Standing::Undecided),
        (Some(member()), None, now, true, Standing::Undecided),
        // Nobody else was there: the recorder's word alone approves nothing.
        (Some(spoken()), None, now, true, Standing::Undecided),
        // It was signed for the board, and the risk was assessed lower afterwards.
        (Some(for_the_board()), None, now, true, Standing::Undecided),
        (Some(against()), None, now, true, Standing::Rejected),
        (Some(lead()), None, edited, true, Standing::Stale),
        (Some(lead()), Some(DecisionKind::NoDecision), now, true, Standing::Approved),
        (Some(lead()), Some(DecisionKind::Deferred), now, true, Standing::Deferred),
        (Some(lead()), Some(DecisionKind::Rejected), now, true, Standing::Rejected),
    ] {
        let mut ledger = in_session();
        ledger.sign_offs.insert(key(1), sign_off.into_iter().collect());
        ledger.decisions.insert(key(1), decision.map(|kind| recorded(9, kind, 11)).into_iter().collect());
        let present = Present { delegated, ..Present::of(content, RiskLevel::Low) };
        let found = ledger.standing(&board(4), &key(1), &present, Attestation::Recorded);
        assert_eq!(found, wanted, "{decision:?} {delegated}");
    }
}
