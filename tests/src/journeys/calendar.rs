//! The calendar of a board: a freeze of its policy at a change's gates, in its risk and in the meeting, and what the desk
//! says of it.
use board::views::{
    CalendarRequest, DecisionKind, FreezesOfFile, FreezesRequest, GateResult, RiskLevel, ScheduleRequest, ScheduleView,
    SlotHours, SlotRequest, VotePosition,
};
use board::{Cabinet, Health, Options};
use chrono::{Duration, NaiveDateTime, Timelike as _};
use domain::calendar::{Freeze, Hardness, Scope};
use domain::policy::{Policy, Strength};

use super::gate::change_with_a_window;
use super::shifts::under;
use crate::gates::code;
use crate::journey::{Journey, now, options};

/// A board whose policy freezes everything from yesterday until the day after tomorrow, and blocks R77.
pub(super) async fn frozen(hardness: Hardness) -> Journey {
    freezing(hardness, 1, "").await
}

/// A board whose policy freezes everything for three days from so many days ago, and again by a rule; it blocks R77.
pub(super) async fn freezing(hardness: Hardness, days_ago: i64, repeats: &str) -> Journey {
    let minute = |time: NaiveDateTime| time.with_second(0).and_then(|t| t.with_nanosecond(0)).expect("a minute");
    let today = minute(now().naive_utc());
    under(|n| {
        let freeze = Freeze {
            id: "audit".to_owned(),
            name: "Audit".to_owned(),
            hardness,
            scope: Scope { environment: "*".to_owned(), services: Vec::new() },
            start: today - Duration::days(days_ago),
            end: today - Duration::days(days_ago) + Duration::days(3),
            zone: "Etc/UTC".to_owned(),
            reason: "The auditors are in the house".to_owned(),
            repeats: repeats.to_owned(),
        };
        let mut policy =
            Policy { name: format!("frozen/{n}"), freezes: vec![freeze], ..Policy::built_in(Strength::Starter) };
        policy.blocking.push("R77".to_owned());
        policy
    })
    .await
}

pub(super) async fn schedule(journey: &Journey, key: &str) -> ScheduleView {
    let request = ScheduleRequest { change: key.to_owned(), zone: Some("Asia/Tokyo".to_owned()) };
    journey.cabinet.schedule(request).await.expect("a schedule")
}

/// What the freeze's gate says of a change.
async fn gate(journey: &Journey, key: &str) -> GateResult {
    let view = journey.change(key).await;
    view.gates.iter().find(|gate| gate.clause == "R77").expect("the policy has freezes").result
}

/// The freezes that claim a change, as the calendar of these days shows it.
pub(super) async fn claims(journey: &Journey, key: &str) -> Vec<String> {
    let request = CalendarRequest { from: day(-1), to: day(3), zone: None };
    let calendar = journey.cabinet.calendar(request).await.expect("a calendar");
    calendar.items.into_iter().find(|item| item.key == key).expect("it is planned").freezes
}

/// A day so many days from today.
fn day(days: i64) -> Option<String> {
    Some((now() + Duration::days(days)).format("%Y-%m-%d").to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hard_freeze_blocks_the_approval_of_a_change_in_it_and_the_desk_says_when_its_hours_are_free() {
    let journey = frozen(Hardness::Hard).await;
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the policy is adopted by the rules");
    let (key, number) = change_with_a_window(&journey).await;
    assert_eq!(gate(&journey, &key).await, GateResult::Failed);
    let risk = journey.change(&key).await.row.risk;
    assert!(risk.low_level >= RiskLevel::High, "inside a freeze: at least High");

    let request = CalendarRequest { from: day(-1), to: day(3), zone: None };
    let calendar = journey.cabinet.calendar(request).await.expect("a calendar");
    let item = calendar.items.iter().find(|item| item.key == key).expect("it is planned");
    assert_eq!(item.freezes, ["Audit"]);
    assert_eq!(calendar.freezes.iter().map(|f| (f.id.as_str(), f.hard)).collect::<Vec<_>>(), [("audit", true)]);
    let shown = schedule(&journey, &key).await;
    assert!(shown.elsewhere.as_deref().is_some_and(|words| words.contains("JST")), "{shown:?}");
    assert!(shown.freezes.iter().any(|f| f.id == "audit" && f.needs.contains("exception")), "{shown:?}");
    let next = shown.next.expect("the same hours are free on some day of the year");
    assert!(next.passed.iter().any(|day| day.why.iter().any(|why| why.contains("Audit"))), "{next:?}");

    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    let refused = journey.decide(&meeting, "1", DecisionKind::Approved, "").await;
    assert_eq!(code(&refused), "hard_block");

    // Moved out of the freeze, nothing of it is left.
    for (field, hours) in [("Planned start", 24 * 10), ("Planned end", 24 * 10 + 2)] {
        let then = (now() + Duration::hours(hours)).format("%Y-%m-%dT%H:%M").to_string();
        journey.server.set_field(number, field, &then).expect("a field of the sample");
    }
    journey.cabinet.sync_now().await.expect("synced");
    assert_eq!(gate(&journey, &key).await, GateResult::Passed);
    assert!(schedule(&journey, &key).await.freezes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_freeze_warns_and_the_next_free_slot_lies_behind_it() {
    let journey = frozen(Hardness::Soft).await;
    let (key, _) = change_with_a_window(&journey).await;
    assert_eq!(gate(&journey, &key).await, GateResult::Warned);
    let request = SlotRequest {
        minutes: 60,
        environment: "a place of its own".to_owned(),
        service: "a service of its own".to_owned(),
        after: None,
        zone: None,
        region: None,
        hours: SlotHours::Any,
    };
    let slot = journey.cabinet.free_slot(request).await.expect("room");
    let starts = chrono::DateTime::parse_from_rfc3339(&slot.window.starts_at).expect("a time");
    assert!(starts > now() + Duration::days(1), "{slot:?}");
    assert!(!slot.passed.is_empty(), "{slot:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_freezes_of_the_policy_are_listed_and_those_of_a_file_are_looked_at_first() {
    let journey = frozen(Hardness::Hard).await;
    let listed = || async {
        let request = FreezesRequest { zone: Some("Asia/Tokyo".to_owned()) };
        journey.cabinet.freezes(request).await.expect("a list")
    };
    let view = listed().await;
    assert!(view.blocks && view.policy.starts_with("frozen/"), "{view:?}");
    let found: Vec<_> = view.freezes.iter().map(|row| (row.freeze.id.as_str(), row.over)).collect();
    assert_eq!(found, [("audit", false)]);
    assert!(view.freezes[0].freeze.local.contains("JST"), "{view:?}");

    let asked = |environment: &str| FreezesOfFile {
        text:
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Christmas\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\nEND:VCALENDAR\n"
                .to_owned(),
        zone: "Europe/Berlin".to_owned(),
        environment: environment.to_owned(),
        hard: true,
    };
    let proposed = journey.cabinet.preview_freezes(asked("prod*")).await.expect("readable");
    let names: Vec<_> = proposed.freezes.iter().map(|freeze| (freeze.name.as_str(), freeze.hard)).collect();
    assert_eq!(names, [("Christmas", true)]);
    assert!(proposed.known.is_empty() && proposed.toml.contains("[[freezes]]"), "{proposed:?}");
    assert_eq!(code(&journey.cabinet.preview_freezes(asked(" ")).await), "invalid");
    assert_eq!(listed().await, view, "nothing was taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_is_kept_in_a_file_for_those_without_cabinet_and_no_fault_of_it_ends_a_sync() {
    let mut journey = Journey::begin().await;
    let shared = journey.folder.path().join("shared");
    let file = shared.join("board.ics");
    let kept = Options { calendar_file: Some(file.clone()), ..options(&journey.data_dir()) };
    journey.cabinet = Cabinet::open(kept).await.expect("the desk opens again");
    let told = journey.cabinet.sync_now().await.expect("the sync ends well").calendar.expect("and says so");
    assert!(told.ends_with("board.ics: its folder is not there"), "{told}");
    let seen = || async {
        let lines = board::examine(&journey.data_dir(), None, now()).await.lines;
        lines.into_iter().find(|line| line.what == "calendar file").expect("one is kept").health
    };
    assert_eq!(seen().await, Health::Broken);

    std::fs::create_dir(&shared).expect("a folder");
    let (key, number) = change_with_a_window(&journey).await;
    journey.server.set_version(number, "Train 9").expect("a version");
    assert_eq!(journey.cabinet.sync_now().await.expect("synced").calendar, None);
    assert_eq!(seen().await, Health::Well);
    let text = || std::fs::read_to_string(&file).expect("it is there");
    let request = CalendarRequest { from: day(-31), to: day(365), zone: None };
    let shown = journey.cabinet.calendar(request).await.expect("a calendar");
    let first = text();
    let count = |what: &str| first.matches(&format!("\r\nCATEGORIES:{what}\r\n")).count();
    assert_eq!((count("CHANGE"), count("RELEASE")), (shown.items.len(), shown.releases.len()));
    assert!(first.contains(&format!("\r\nUID:{key}@")) && first.contains("\r\nSUMMARY:Release Train 9\r\n"), "{first}");

    journey.cabinet.sync_now().await.expect("synced");
    assert_eq!(text(), first, "nothing changed, so nothing was written");
    journey.server.set_version(number, "Train 10").expect("a version");
    journey.cabinet.sync_now().await.expect("synced");
    assert!(text().contains("\r\nSUMMARY:Release Train 10\r\n") && !text().contains("Release Train 9\r\n"));
}
