//! A freeze and windows for unit tests.
use chrono::{DateTime, NaiveDateTime, Utc};
use domain::calendar::{Freeze, Hardness, Scope};
use domain::change::{ChangeKind, StatusCategory, Window};
use domain::ids::{ChangeKey, ConnectionId, Digest};
use domain::risk::RiskLevel;
use domain::sign_off::Standing;
use store::{IndexRow, PlannedChange};

/// From 18 December 2026, 18:00 in Berlin, to 4 January, 06:00, for everything in production.
pub(crate) fn year_end() -> Freeze {
    let local = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").expect("a local time");
    Freeze {
        id: "year-end-2026".to_owned(),
        name: "Year end".to_owned(),
        hardness: Hardness::Hard,
        scope: Scope { environment: "prod*".to_owned(), services: Vec::new() },
        start: local("2026-12-18T18:00"),
        end: local("2027-01-04T06:00"),
        zone: "Europe/Berlin".to_owned(),
        reason: "Closing of the books".to_owned(),
        repeats: String::new(),
    }
}

/// A window that was planned in Berlin.
pub(crate) fn window(start: &str, end: &str) -> Window {
    let at = |text: &str| DateTime::parse_from_rfc3339(text).expect("an instant").with_timezone(&Utc);
    Window { start: at(start), end: at(end), zone: "Europe/Berlin".to_owned() }
}

/// A change in production that Dora Lind deploys.
pub(crate) fn planned(number: u32, service: &str, window: Window) -> PlannedChange {
    let row = IndexRow {
        key: ChangeKey::new("CHG", number),
        connection: ConnectionId(uuid::Uuid::from_u128(1)),
        remote_id: number.to_string(),
        title: "Move the ledger".to_owned(),
        kind: Some(ChangeKind::Normal),
        status: "New".to_owned(),
        category: Some(StatusCategory::Awaiting),
        requester: String::new(),
        author: "Ada".to_owned(),
        service: service.to_owned(),
        systems: String::new(),
        environment: "production".to_owned(),
        window: Some(window),
        updated: DateTime::UNIX_EPOCH,
        content: Digest([0; 32]),
        assessed: false,
        level: None,
        level_low: RiskLevel::Low,
        level_high: RiskLevel::Critical,
        score_low: 0,
        score_high: 100,
        open_questions: 15,
        standing: Standing::Undecided,
        decision: None,
        gates_failed: 0,
        gates_blocking: 0,
        gates_warned: 0,
        plan_ticked: 0,
        plan_total: 13,
        stale: false,
        attention: false,
        release: String::new(),
        search: String::new(),
    };
    let people = vec!["Dora Lind".to_owned()];
    PlannedChange { row, people, team: String::new(), depends_on: String::new(), deployment: None }
}
