//! What happened to a change: on its ticket, and in the board's record.
use chrono::{DateTime, Utc};
use domain::change::{ChangeRequest, Journal, RawText, TextFormat};
use domain::entry::Verdict;
use domain::meeting::DecisionKind;
use domain::text::{Block, mark_invisible};

use super::required::blocks;
use crate::state::BoardState;
use crate::views::{HistoryEntry, HistoryEntrySource};

/// More of a ticket's history than anybody reads here; the newest are kept.
const MOST: usize = 500;

/// Newest first.
pub(super) fn of(state: &BoardState, change: &ChangeRequest) -> Vec<HistoryEntry> {
    let ticket = change.journals.iter().map(|j| (j.at, journal(j))).chain(deployments(change));
    let mut all: Vec<(DateTime<Utc>, HistoryEntry)> = ticket.chain(record(state, change)).collect();
    // Stable: what happened at one moment keeps its order.
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().rev().take(MOST).map(|(_, entry)| entry).collect()
}

fn plain(text: &str) -> Vec<Block> {
    blocks(&RawText { format: TextFormat::Plain, text: text.to_owned() })
}

fn journal(journal: &Journal) -> HistoryEntry {
    let what = match (journal.private, journal.own, journal.notes.is_blank()) {
        // Not everyone on the ticketing system may read it, so nobody reads it here.
        (true, _, _) => "Wrote a private comment".to_owned(),
        (false, true, _) => "Cabinet wrote back".to_owned(),
        (false, false, false) => "Commented".to_owned(),
        (false, false, true) => "Changed fields".to_owned(),
    };
    let mut detail = Vec::new();
    if !journal.private {
        detail.extend(blocks(&journal.notes));
        detail.extend(plain(&journal.details.join("\n")));
    }
    HistoryEntry {
        at: crate::words::time(journal.at),
        who: mark_invisible(&journal.author.name),
        source: HistoryEntrySource::Ticket,
        what,
        detail,
    }
}

/// What the ticket tells of deployments (R78).
fn deployments(change: &ChangeRequest) -> impl Iterator<Item = (DateTime<Utc>, HistoryEntry)> {
    change.deployments.iter().map(|told| {
        let entry = HistoryEntry {
            at: crate::words::time(told.at),
            who: mark_invisible(&told.by),
            source: HistoryEntrySource::Ticket,
            what: format!("Deployment {} ({})", told.state.words(), mark_invisible(&told.source)),
            detail: Vec::new(),
        };
        (told.at, entry)
    })
}

fn record(state: &BoardState, change: &ChangeRequest) -> Vec<(DateTime<Utc>, HistoryEntry)> {
    let key = &change.key;
    let ledger = &state.ledger;
    let entry = |at: DateTime<Utc>, who: String, what: String, detail: Vec<Block>| {
        let entry = HistoryEntry { at: crate::words::time(at), who, source: HistoryEntrySource::Record, what, detail };
        (at, entry)
    };
    let mut all = Vec::new();
    for submitted in ledger.assessments.get(key).into_iter().flatten() {
        let stamp = &submitted.what.stamp;
        let what = format!(
            "Assessed the risk: {} ({}, {} assumed)",
            crate::words::level(stamp.level),
            crate::risk::scored(state, stamp),
            stamp.assumed
        ) + after(submitted.late);
        all.push(entry(submitted.claimed, state.name(submitted.actor), what, Vec::new()));
    }
    for submitted in ledger.plan_reviews.get(key).into_iter().flatten() {
        let ticked = submitted.what.sections.values().filter(|s| s.ticked).count();
        let comments = submitted.what.sections.values().filter(|s| !s.comment.is_empty()).count();
        let what = format!("Reviewed the plan: {ticked} sections ticked, {comments} comments") + after(submitted.late);
        all.push(entry(submitted.claimed, state.name(submitted.actor), what, Vec::new()));
    }
    for meeting in ledger.meetings.values() {
        if let Some(item) = meeting.agenda.items.iter().find(|i| i.change == *key) {
            let what = format!("Item {} of \u{201c}{}\u{201d}", item.number, meeting.agenda.title);
            all.push(entry(meeting.agenda.called, state.name(meeting.agenda.chair), what, Vec::new()));
        }
        if let Some(extract) = meeting.extracts.get(key) {
            let what = "Sealed the extract of the minutes".to_owned();
            all.push(entry(extract.claimed, state.name(extract.actor), what, Vec::new()));
        }
    }
    for recorded in ledger.decisions.get(key).into_iter().flatten() {
        let decision = &recorded.decision;
        let chair = ledger.meetings.get(&recorded.meeting).map(|m| state.name(m.agenda.chair)).unwrap_or_default();
        let what = match decision.kind {
            DecisionKind::Deferred if !decision.deferred_to.is_empty() => {
                format!("Decided: {} to {}", decision.kind.words(), mark_invisible(&decision.deferred_to))
            }
            DecisionKind::NoDecision => "Closed without a decision".to_owned(),
            DecisionKind::Approved
            | DecisionKind::ApprovedWithConditions
            | DecisionKind::Rejected
            | DecisionKind::Deferred
            | DecisionKind::MoreInformation
            | DecisionKind::Withdrawn => format!("Decided: {}", decision.kind.words()),
        };
        all.push(entry(recorded.at, chair, what, plain(&decision.rationale)));
    }
    for sign_off in ledger.sign_offs.get(key).into_iter().flatten() {
        let verdict = match sign_off.body.verdict {
            Verdict::Approve => "Signed off",
            Verdict::Reject => "Refused to sign off",
        };
        let withdrawn = if sign_off.withdrawn.is_some() { "; withdrawn since" } else { "" };
        let what = format!("{verdict} ({}{withdrawn})", sign_off.attestation.word()) + after(sign_off.late);
        all.push(entry(sign_off.claimed, state.name(sign_off.actor), what, plain(&sign_off.body.reason)));
    }
    for ruling in ledger.rulings.get(key).into_iter().flatten() {
        let withdrawn = if ruling.withdrawn.is_some() { "; withdrawn since" } else { "" };
        let what = format!("Ruled an edit immaterial: {}{withdrawn}", crate::rulings::labels(&ruling.body.fields));
        all.push(entry(ruling.claimed, state.name(ruling.actor), what, plain(&ruling.body.reason)));
    }
    for dispensation in ledger.dispensations.get(key).into_iter().flatten() {
        let withdrawn = if dispensation.withdrawn.is_some() { "; taken back since" } else { "" };
        let grant = &dispensation.grant;
        let what = format!("Said: {}, {}{withdrawn}", grant.word(), mark_invisible(&grant.what()));
        all.push(entry(dispensation.claimed, state.name(dispensation.actor), what, plain(grant.reason())));
        for second in &dispensation.seconds {
            let withdrawn = if second.withdrawn.is_some() { "; taken back since" } else { "" };
            let what = format!("Seconded: {}, {}{withdrawn}", grant.word(), mark_invisible(&grant.what()));
            all.push(entry(second.claimed, state.name(second.actor), what, plain(&second.reason)));
        }
        for (who, by) in crate::dispensations::back(dispensation) {
            if let Some(back) = ledger.taken_back.get(&by) {
                let what = format!("Took back: {}, {}", grant.word(), mark_invisible(&grant.what()));
                all.push(entry(back.claimed, state.name(who), what, plain(&back.reason)));
            }
        }
    }
    for approval in ledger.plan_approvals.get(key).into_iter().flatten() {
        let role = approval.role.map_or_else(String::new, |role| format!(" as {}", role.title()));
        let withdrawn = if approval.withdrawn.is_some() { "; withdrawn since" } else { "" };
        let what = format!("Approved the plan{role}{withdrawn}");
        all.push(entry(approval.claimed, state.name(approval.actor), what, plain(&approval.body.reason)));
    }
    for moved in ledger.rescheduled.get(key).into_iter().flatten() {
        let what = format!("Moved the window: {}", crate::calendar::window_words(&moved.body.to));
        all.push(entry(moved.claimed, state.name(moved.actor), what, plain(&moved.body.reason)));
    }
    for written in ledger.written_back.get(key).into_iter().flatten() {
        let at = written.remote_time.parse().unwrap_or(change.updated);
        let what = format!("Decision written back to the ticket ({})", mark_invisible(&written.marker));
        all.push(entry(at, "Cabinet".to_owned(), what, Vec::new()));
    }
    all
}

/// Said of what came too late.
fn after(late: bool) -> &'static str {
    if late { "; came after the decision: kept, not counted" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::change::Account;

    fn note(text: &str, private: bool, own: bool) -> Journal {
        Journal {
            remote_id: "1".into(),
            author: Account { id: "5".into(), name: "Ada\u{200B}".into() },
            at: DateTime::UNIX_EPOCH,
            notes: RawText { format: TextFormat::Plain, text: text.into() },
            details: vec!["status: New → Assess".into()],
            private,
            own,
        }
    }

    #[test]
    fn a_private_comment_never_leaves_the_program() {
        let shown = journal(&note("the password is hunter2", true, false));
        assert!(shown.detail.is_empty());
        assert_eq!(shown.what, "Wrote a private comment");
    }

    #[test]
    fn a_comment_is_shown_with_its_fields_and_a_name_that_hides_nothing() {
        let shown = journal(&note("please test", false, false));
        assert_eq!(shown.who, "Ada⟦U+200B⟧");
        assert_eq!(domain::text::visible(&shown.detail).trim(), "please test\nstatus: New → Assess");
        assert_eq!(journal(&note("CAB-00000000", false, true)).what, "Cabinet wrote back");
    }
}
