//! iCalendar: the calendar for people's own programs, and an organisation's calendar as freezes.
use std::collections::BTreeSet;

use domain::calendar::ics::{Category, Event, EventStatus, read, write};
use domain::calendar::{Freeze, Hardness, Scope};
use domain::meeting::DecisionKind;
use domain::policy::authored::{LONGEST_LINE, freeze_rows};
use domain::text::mark_invisible;
use store::PlannedChange;

use super::{MOST, Span, is_approved};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::views::{CalendarFile, CalendarRequest};

/// Characters of a name in the id of a freeze.
const LONGEST_ID: usize = 40;

fn event(planned: &PlannedChange, board: &str) -> Option<Event> {
    let row = &planned.row;
    let window = row.window.as_ref()?;
    let status = match row.decision {
        Some(DecisionKind::Rejected | DecisionKind::Withdrawn) => EventStatus::Cancelled,
        Some(_) | None if is_approved(row) => EventStatus::Confirmed,
        Some(_) | None => EventStatus::Tentative,
    };
    let risk = row.level.map_or_else(|| "not settled".to_owned(), |level| crate::words::level(level).to_owned());
    let lines = [("Service", row.service.clone()), ("Status", row.status.clone()), ("Risk", risk)];
    let lines = lines.into_iter().filter(|(_, text)| !text.trim().is_empty());
    let description: Vec<String> = lines.map(|(label, text)| format!("{label}: {text}")).collect();
    Some(Event {
        uid: format!("{}@{board}.cabinet", row.key),
        start: window.start,
        end: window.end,
        zone: window.zone.clone(),
        summary: mark_invisible(&format!("{} {}", row.key, row.title)),
        location: mark_invisible(&row.environment),
        description: mark_invisible(&description.join("\n")),
        status,
        category: Category::Change,
    })
}

impl Cabinet {
    /// The calendar of some days as a file that calendar programs open: its changes and its releases (R73). Each keeps its
    /// event's id in every file.
    pub async fn calendar_file(&self, request: CalendarRequest) -> Answer<CalendarFile> {
        let board = self.board()?;
        let state = board.state().await?;
        let span = Span::of(&request, self.now())?;
        self.file_of(&board, &state, &span).await
    }

    /// The same of a span.
    pub(super) async fn file_of(&self, board: &OpenBoard, state: &BoardState, span: &Span) -> Answer<CalendarFile> {
        let planned = self.planned(board, span.from, span.until, MOST).await?;
        let (releases, _) = self.all_releases(board).await?;
        let roster = state.roster();
        let id = roster.board.to_string();
        let mut events: Vec<Event> = planned.iter().filter_map(|p| event(p, &id)).collect();
        events.extend(releases.iter().filter_map(|release| release.event(state, span.from, span.until)));
        let name = format!("{}: changes and releases", mark_invisible(&roster.name));
        let text = write(&events, &name, self.now());
        Ok(CalendarFile { text, events: u32::try_from(events.len()).unwrap_or(u32::MAX) })
    }
}

/// The events of an organisation's calendar as freezes, as a policy has them. Whole days and times without a zone are those
/// of `zone`; they are for environments of this pattern.
///
/// # Errors
/// [`BoardError::Invalid`] with the line of the file that cannot be used.
pub fn freezes_of_calendar(bytes: &[u8], zone: &str, environment: &str, hard: bool) -> Answer<Vec<Freeze>> {
    let hardness = if hard { Hardness::Hard } else { Hardness::Soft };
    let zone = crate::words::zone(zone.trim())?;
    let events = read(bytes, zone).map_err(|why| BoardError::invalid("file", why.to_string()))?;
    let mut ids = BTreeSet::new();
    let mut freezes = Vec::new();
    for event in events {
        let named = line_of(&event.summary);
        let id = format!("{}-{}", slug(&named), event.start.date());
        // Two of one name and day are told apart by number.
        let id = (1..).map(|n| if n == 1 { id.clone() } else { format!("{id}-{n}") }).find(|id| !ids.contains(id));
        let id = id.unwrap_or_default();
        ids.insert(id.clone());
        let reason = if event.description.trim().is_empty() { named.clone() } else { line_of(&event.description) };
        let freeze = Freeze {
            id,
            name: named,
            hardness,
            scope: Scope { environment: environment.trim().to_owned(), services: Vec::new() },
            start: event.start,
            end: event.end,
            zone: event.zone.name().to_owned(),
            reason,
            repeats: String::new(),
        };
        freeze.check().map_err(|why| {
            BoardError::invalid("file", format!("line {}: the event cannot be a freeze: {why}", event.line))
        })?;
        freezes.push(freeze);
    }
    Ok(freezes)
}

/// Freezes as text that is pasted at the end of a `policy.toml`.
#[must_use]
pub fn freezes_as_toml(freezes: &[Freeze]) -> String {
    let many = freezes.len();
    format!(
        "# Freezes: {many}. Paste them at the end of policy.toml, give it another name, then: cab policy check policy.toml\n\n{}",
        freeze_rows(freezes)
    )
}

/// A text of the calendar as a policy has texts: on one line, with nothing hidden in it, and no longer than it may be.
fn line_of(text: &str) -> String {
    let line = mark_invisible(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    if line.chars().count() <= LONGEST_LINE {
        return line;
    }
    let cut: String = line.chars().take(LONGEST_LINE - 1).collect();
    format!("{}…", cut.trim_end())
}

/// `Weihnachten & Neujahr` → `weihnachten-neujahr`.
fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars().take(LONGEST_ID) {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use domain::sign_off::Standing;

    use super::*;
    use crate::calendar::testing::{planned, window};

    #[test]
    fn a_change_that_the_board_or_a_delegated_authority_approved_is_confirmed() {
        for (decision, standing, status) in [
            (None, Standing::Undecided, EventStatus::Tentative),
            (None, Standing::Approved, EventStatus::Confirmed),
            (None, Standing::Stale, EventStatus::Tentative),
            (Some(DecisionKind::NoDecision), Standing::Approved, EventStatus::Confirmed),
            (Some(DecisionKind::NoDecision), Standing::Undecided, EventStatus::Tentative),
            (Some(DecisionKind::Approved), Standing::AwaitingSignOff, EventStatus::Confirmed),
            (Some(DecisionKind::Deferred), Standing::Deferred, EventStatus::Tentative),
            (Some(DecisionKind::Rejected), Standing::Rejected, EventStatus::Cancelled),
        ] {
            let mut one = planned(1, "ledger", window("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z"));
            one.row.decision = decision;
            one.row.standing = standing;
            let event = event(&one, "board").expect("it has a window");
            assert_eq!(event.status, status, "{decision:?}, {standing:?}");
        }
    }
}
