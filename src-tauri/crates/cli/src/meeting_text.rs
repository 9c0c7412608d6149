//! How meetings read: agenda, console, item, wrap-up.
use board::views::{AgendaView, ConsoleItem, MeetingHead, MeetingView, SeatAttendance, WrapUp};

use crate::changes::word;
use crate::exit::Done;
use crate::reply::Reply;
use crate::table::{Table, counted, cut};

/// All meetings in one table.
pub fn heads(all: &[MeetingHead]) -> String {
    let mut table = Table::new(&["Meeting", "State", "Begins", "Items", "Decided", "Id"]);
    for m in all {
        table.row([
            m.title.clone(),
            word(&m.state),
            m.starts_at.clone(),
            m.items.to_string(),
            m.decided.to_string(),
            m.id.clone(),
        ]);
    }
    if all.is_empty() { "No meeting yet.".to_owned() } else { table.text() }
}

/// The agenda in preparation, in both forms.
pub fn agenda_reply(view: &AgendaView) -> Done<Reply> {
    let mut table = Table::new(&["", "Change", "Title", "Why", "Minutes"]);
    for i in &view.items {
        table.row([
            i.number.to_string(),
            i.change.key.clone(),
            cut(&i.change.title, 56),
            i.reason.clone(),
            i.minutes.to_string(),
        ]);
    }
    let mut text = format!("{}\n\n", view.meeting.title);
    for line in &view.overdue {
        text.push_str(&format!("{line}\n"));
    }
    text.push_str(&format!("{}\n{} planned, ", table.text(), counted(view.minutes_total, "minute", "minutes")));
    text.push_str(&format!("{} more could be added.", view.candidates.len()));
    if let Some(refused) = &view.call_refusal {
        text.push_str(&format!("\nIt cannot be called to order yet: {} {}", refused.rule, refused.remedy));
    }
    Ok(Reply::of(view, text))
}

/// The meeting at a glance, in both forms.
pub fn meeting_reply(view: &MeetingView) -> Done<Reply> {
    let mut items = Table::new(&["", "Change", "Title", "State", "Decision"]);
    for i in &view.items {
        items.row([
            i.number.to_string(),
            i.key.clone(),
            cut(&i.title, 56),
            word(&i.state),
            i.decision.map(|d| word(&d)).unwrap_or_default(),
        ]);
    }
    let names = |state: SeatAttendance| {
        view.seats
            .iter()
            .filter(|s| s.attendance == state)
            .map(|s| s.member.name.clone())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let quorum = if view.quorum.met { "met".to_owned() } else { format!("short by {}", view.quorum.short_by) };
    let text = format!(
        "{} ({})\n\n{}\nPresent: {}\nQuorum: {quorum}; {}",
        view.meeting.title,
        word(&view.meeting.state),
        items.text(),
        names(SeatAttendance::Present),
        view.quorum.arithmetic
    );
    Ok(Reply::of(view, text))
}

/// One item, in both forms.
pub fn item_reply(view: &ConsoleItem) -> Done<Reply> {
    let row = &view.change.row;
    let mut votes = Table::new(&["Member", "Seat", "Position"]);
    for v in &view.votes {
        let position = match (&v.recused, v.position) {
            (Some(why), _) => format!("stepped aside: {why}"),
            (None, Some(position)) => word(&position),
            (None, None) => String::new(),
        };
        votes.row([v.member.name.clone(), v.seat.clone(), position]);
    }
    let quorum = if view.quorum.met { "met".to_owned() } else { format!("short by {}", view.quorum.short_by) };
    let mut text = format!(
        "{} {} {}\n\n{}\nVotes: {}\nQuorum on this item: {quorum}; {}",
        view.id,
        row.key,
        row.title,
        votes.text(),
        view.tally.arithmetic,
        view.quorum.arithmetic
    );
    if let Some(consent) = &view.consent {
        text.push_str(&format!("\nConsent asked, no objection: {}", consent.present.join(", ")));
    }
    match &view.decision {
        Some(d) => text.push_str(&format!("\nDecision: {} {}", word(&d.kind), d.rationale)),
        None => {
            for o in view.options.iter().filter_map(|o| Some((o.kind, o.refusal.as_ref()?))) {
                text.push_str(&format!("\nCannot be {}: {}", word(&o.0), o.1.rule));
            }
        }
    }
    Ok(Reply::of(view, text))
}

/// The wrap-up in both forms.
pub fn wrap_up_reply(view: &WrapUp) -> Done<Reply> {
    let mut items = Table::new(&["", "Change", "Decision", "Sign-off"]);
    for i in &view.items {
        items.row([
            i.number.to_string(),
            i.key.clone(),
            i.decision.as_ref().map_or_else(|| "none".to_owned(), |d| word(&d.kind)),
            i.required_sign_offs.iter().map(|s| word(&s.state)).collect::<Vec<_>>().join(", "),
        ]);
    }
    let mut text = format!(
        "{} ({})\n\n{}\nPresent: {}\n{} undecided, {} missing, {} in the outbox\nMinutes: {}",
        view.meeting.title,
        word(&view.meeting.state),
        items.text(),
        view.attendance.present.join(", "),
        view.undecided,
        counted(view.sign_offs_missing, "sign-off", "sign-offs"),
        view.queued,
        word(&view.minutes.state)
    );
    if let Some(path) = &view.minutes.path {
        text.push_str(&format!(", {path}"));
    }
    if view.minutes.outdated {
        text.push_str("\nMore was said of the minutes since the draft was composed: cab minutes compile");
    }
    if let Some(why) = &view.compose_failed {
        text.push_str(&format!("\nThe meeting is closed. The draft was not composed: {why}\nTry: cab minutes compile"));
    }
    for signer in &view.minutes.signers {
        text.push_str(&format!("\n  {}: {}", signer.member.name, word(&signer.state)));
        if let Some(rival) = &signer.displaced_by {
            text.push_str(&format!(", again: at the same time {rival} signed"));
        }
    }
    if let Some(refused) = &view.seal_refusal {
        text.push_str(&format!("\nIt cannot be sealed yet: {} {}", refused.rule, refused.remedy));
    }
    Ok(Reply::of(view, text))
}
