//! What came back after the decision: kept in the record, shown where people look, counted nowhere.
use chrono::{DateTime, Utc};
use domain::entry::Verdict;
use domain::ids::{ChangeKey, EntryId, MemberId};
use domain::text::mark_invisible;

use crate::state::BoardState;
use crate::views::LateAct;

/// What is kept and does not count, newest first, with the entry that says it.
pub(crate) fn late(state: &BoardState) -> Vec<(EntryId, LateAct)> {
    let ledger = &state.ledger;
    let mut all: Vec<(DateTime<Utc>, EntryId, LateAct)> = Vec::new();
    let mut put = |entry: EntryId, who: MemberId, change: &ChangeKey, at: Option<DateTime<Utc>>, what: &str| {
        let decided = ledger.decision(change).map(|d| crate::words::time(d.at));
        let act = LateAct {
            change: change.to_string(),
            who: mark_invisible(&state.name(who)),
            what: what.to_owned(),
            said_at: at.map(crate::words::time),
            decided_at: decided,
        };
        all.push((at.unwrap_or(DateTime::UNIX_EPOCH), entry, act));
    };
    for (change, sign_offs) in &ledger.sign_offs {
        for sign_off in sign_offs.iter().filter(|s| s.late && s.withdrawn.is_none()) {
            let what = match sign_off.body.verdict {
                Verdict::Approve => "signed off",
                Verdict::Reject => "refused to sign off",
            };
            put(sign_off.entry, sign_off.actor, change, Some(sign_off.claimed), what);
        }
    }
    for (change, assessments) in &ledger.assessments {
        for assessed in assessments.iter().filter(|a| a.late) {
            put(assessed.entry, assessed.actor, change, Some(assessed.claimed), "assessed the risk");
        }
    }
    for (change, reviews) in &ledger.plan_reviews {
        for reviewed in reviews.iter().filter(|r| r.late) {
            put(reviewed.entry, reviewed.actor, change, Some(reviewed.claimed), "reviewed the plan");
        }
    }
    for meeting in ledger.meetings.values() {
        for (number, votes) in &meeting.late_votes {
            let Some(item) = meeting.agenda.items.iter().find(|i| i.number == *number) else { continue };
            for (who, vote) in votes {
                put(vote.entry, *who, &item.change, None, "voted");
            }
        }
    }
    all.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    all.into_iter().map(|(_, entry, act)| (entry, act)).collect()
}

/// In one sentence, for reports and the command line.
pub(crate) fn sentence(act: &LateAct) -> String {
    let LateAct { change, who, what, .. } = act;
    format!(
        "{who} {what} on {change}, which came after the decision: it is kept, and counts neither for the decision nor \
         for approval, minutes or gate. Signed again with the decision in hand, it counts."
    )
}
