//! `cab change reschedule`: what follows from moving a window, the notice to send, and the reason in the record.
use board::Cabinet;
use board::views::{RescheduleRequest, RescheduleView};
use clap::Args;

use crate::exit::Done;
use crate::names;
use crate::reply::Reply;
use crate::table::Table;

/// Move a window: what follows from it, and the notice to send. Changes nothing, unless it is recorded.
#[derive(Debug, Args)]
pub struct Reschedule {
    /// The change's key.
    change: String,
    /// The first local minute: 2026-11-25T22:00, with +01:00 where the clocks show it twice.
    #[arg(long, value_name = "TIME")]
    start: String,
    /// The local minute in which it is over.
    #[arg(long, value_name = "TIME")]
    end: String,
    /// The zone of both, such as Europe/Berlin; otherwise that in which the window is planned.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Why; whoever signed reads it.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Put the reason into the record. The window itself is moved on the ticket.
    #[arg(long)]
    record: bool,
}

/// Runs `cab change reschedule`.
pub async fn run(cabinet: &Cabinet, args: Reschedule) -> Done<Reply> {
    let Reschedule { change, start, end, zone, reason, record } = args;
    let request = RescheduleRequest { change: names::change(&change), start, end, zone, reason };
    let view = if record { cabinet.reschedule(request).await? } else { cabinet.preview_reschedule(request).await? };
    let mut text = text_of(&view);
    text.push_str(if record {
        "\n\nRecorded. Now move the window on the ticket, and send the notice."
    } else {
        "\n\nNothing is recorded yet: add --record, then move the window on the ticket."
    });
    Ok(Reply::of(&view, text))
}

fn text_of(view: &RescheduleView) -> String {
    let mut facts = Table::bare();
    facts.row(["Minutes".to_owned(), view.minutes.to_string()]);
    facts.row(["Stands".to_owned(), view.standing.clone()]);
    facts.row(["Then".to_owned(), view.standing_then.clone()]);
    for by in view.coverage.iter().flat_map(|coverage| &coverage.by) {
        facts.row(["On call".to_owned(), by.clone()]);
    }
    format!("{}\n{}\n{}", view.change, facts.text(), view.notice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use board::views::ImplementationWindow;

    #[test]
    fn the_text_ends_with_the_notice() {
        let view = RescheduleView {
            change: "CHG-1".to_owned(),
            window: ImplementationWindow {
                starts_at: "2026-11-26T21:00:00Z".to_owned(),
                ends_at: "2026-11-26T23:00:00Z".to_owned(),
                zone: "Europe/Berlin".to_owned(),
            },
            from: None,
            to: "later".to_owned(),
            minutes: 120,
            conflicts: Vec::new(),
            freezes: Vec::new(),
            coverage: None,
            standing: "Approved".to_owned(),
            standing_then: "Stale".to_owned(),
            sign_offs: Vec::new(),
            notice: "CHG-1: the window moves".to_owned(),
        };
        let text = text_of(&view);
        assert!(text.starts_with("CHG-1\n") && text.ends_with("\nCHG-1: the window moves"), "{text}");
        assert!(text.contains("Approved") && text.contains("Stale"), "{text}");
    }
}
