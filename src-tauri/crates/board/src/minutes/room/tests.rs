use chrono::TimeZone as _;
use domain::change::{ChangeKind, Window};
use domain::ids::{ChangeKey, Digest, EntryId};
use domain::ledger::{Action, Ledger, Note};
use domain::meeting::{Agenda, Basis, Brief, Decision};
use domain::policy::{MinutesLanguage, Policy, Strength};
use domain::risk::{Facts, RiskLevel, RiskStamp};
use domain::roster::{Member, Role, Roster};

use super::*;
use crate::minutes::fixture::{self, agenda, held, item, member, source, who};

fn at(day: u32, minute: i64) -> DateTime<Utc> {
    let began = Utc.with_ymd_and_hms(2026, 11, day, 9, 0, 0).single().expect("a time");
    began + Duration::minutes(minute)
}

/// Five voting seats.
fn roster() -> Roster {
    let seat = |n: u128| Member { roles: Vec::new(), ..member(n, &format!("Member {n}"), Role::BoardMember) };
    fixture::roster((1..=5).map(seat).collect())
}

fn meeting(n: u128, day: u32) -> Meeting {
    held(Agenda { title: format!("Board {n}"), ..agenda(n, at(day, 0), vec![item(1, 1), item(2, 2)]) })
}

/// Comes at a minute, and leaves at another or stays.
fn stay(day: u32, arrived: i64, left: Option<i64>) -> Stay {
    Stay { arrived: at(day, arrived), left: left.map(|minute| at(day, minute)), delegate_for: None }
}

fn decide(meeting: &mut Meeting, item: u32, at: DateTime<Utc>, kind: DecisionKind, present: u32) {
    let decision = Decision {
        item,
        change: ChangeKey::new("CHG", item),
        kind,
        basis: Basis::ChairRuling,
        rationale: String::new(),
        conditions: Vec::new(),
        deferred_to: String::new(),
        quorum: QuorumStamp {
            formula: "strict majority: floor(n/2)+1".to_owned(),
            seats: 5,
            present,
            required: 3,
            missing_mandatory: Vec::new(),
        },
        tally: None,
        content: Digest([1; 32]),
        risk: RiskStamp {
            facts: Facts::default(),
            model: "points-100/1".to_owned(),
            model_digest: Digest([2; 32]),
            answers: Digest([3; 32]),
            score: 42,
            level: RiskLevel::Medium,
            assumed: 0,
        },
        brief: Brief {
            kind: Some(ChangeKind::Standard),
            window: Some(Window { start: at, end: at + Duration::hours(1), zone: "UTC".to_owned() }),
            heaviest: Vec::new(),
            floors: Vec::new(),
            gates: Vec::new(),
            gates_passed: 4,
            plan_review: String::new(),
        },
    };
    let of = meeting.agenda.meeting;
    meeting.decisions.insert(item, RecordedDecision { entry: EntryId([4; 32]), meeting: of, at, decision });
}

fn minutes(ledger: &Ledger, n: u128, policy: &Policy) -> m::Minutes {
    let roster = roster();
    let source = source((&roster, policy), ledger, n, at(20, 0));
    source.minutes("minutes.pdf").expect("a meeting")
}

fn of(held: impl IntoIterator<Item = Meeting>) -> Ledger {
    let mut ledger = Ledger::default();
    ledger.meetings.extend(held.into_iter().map(|one| (one.agenda.meeting, one)));
    ledger
}

fn starter() -> Policy {
    Policy::built_in(Strength::Starter)
}

fn told(quorums: &[m::Quorum]) -> Vec<(&str, u32, bool, &str)> {
    quorums.iter().map(|one| (one.scope.as_str(), one.present, one.met, one.moment.as_str())).collect()
}

#[test]
fn somebody_who_left_before_another_came_makes_no_quorum_with_them() {
    let mut held = meeting(1, 18);
    for (n, arrived, left) in [(1, 0, None), (2, 1, Some(10)), (3, 20, None)] {
        held.attendance.insert(who(n), vec![stay(18, arrived, left)]);
    }
    let quorums = minutes(&of([held.clone()]), 1, &starter()).quorum;
    let opening = "at the call to order, when the roll was taken: 09:01";
    assert_eq!(told(&quorums), [("Meeting", 2, false, opening)], "three came, and never more than two were there");
    // Enough came later for what was decided: the item says so.
    held.attendance.insert(who(4), vec![stay(18, 25, None)]);
    decide(&mut held, 1, at(18, 30), DecisionKind::Approved, 3);
    let quorums = minutes(&of([held]), 1, &starter()).quorum;
    let expected = [
        ("Meeting", 2, false, opening),
        ("Meeting", 3, true, "the fewest while the board was deciding: 09:30"),
        ("CHG-1", 3, true, "when it was decided: 09:30"),
    ];
    assert_eq!(told(&quorums), expected);
}

#[test]
fn the_fewest_between_the_first_and_the_last_decision_are_told_with_their_moment() {
    let mut held = meeting(1, 18);
    for n in 1..=4 {
        held.attendance.insert(who(n), vec![stay(18, 0, None)]);
    }
    held.attendance.insert(who(4), vec![stay(18, 0, Some(12)), stay(18, 14, None)]);
    held.attendance.insert(who(3), vec![stay(18, 0, Some(13)), stay(18, 15, None)]);
    decide(&mut held, 1, at(18, 10), DecisionKind::Approved, 4);
    decide(&mut held, 2, at(18, 20), DecisionKind::Rejected, 4);
    let quorums = minutes(&of([held.clone()]), 1, &starter()).quorum;
    let opening = ("Meeting", 4, true, "at the call to order, when the roll was taken: 09:00");
    let expected = [opening, ("Meeting", 2, false, "the fewest while the board was deciding: 09:13")];
    assert_eq!(told(&quorums), expected, "nobody decided meanwhile, and the page hides nothing of it");
    // Who leaves after the last decision, or in between when nothing was decided, changes nothing.
    held.decisions.remove(&2);
    decide(&mut held, 2, at(18, 30), DecisionKind::NoDecision, 4);
    assert_eq!(told(&minutes(&of([held]), 1, &starter()).quorum), [opening]);
}

#[test]
fn a_delegate_counts_while_there_and_german_minutes_say_when_in_german() {
    let mut held = meeting(1, 18);
    held.attendance.insert(who(1), vec![stay(18, 0, None)]);
    let sits = Stay { delegate_for: Some(who(3)), ..stay(18, 0, None) };
    held.attendance.insert(who(2), vec![sits]);
    decide(&mut held, 1, at(18, 10), DecisionKind::Approved, 4);
    let mut policy = starter();
    policy.minutes.language = MinutesLanguage::German;
    let quorums = minutes(&of([held]), 1, &policy).quorum;
    let expected = [
        ("Sitzung", 3, true, "zu Beginn, nach Feststellung der Anwesenheit: 09:00 Uhr"),
        ("CHG-1", 4, true, "bei der Entscheidung: 09:10 Uhr"),
    ];
    assert_eq!(told(&quorums), expected);
}

#[test]
fn an_item_that_was_not_decided_rests_on_nothing_and_says_what_an_earlier_decision_on_the_same_content_tells() {
    let (mut before, mut held) = (meeting(1, 11), meeting(2, 18));
    decide(&mut before, 1, at(11, 10), DecisionKind::Deferred, 5);
    decide(&mut held, 2, at(18, 10), DecisionKind::NoDecision, 5);
    let mut ledger = of([before.clone(), held.clone()]);
    for one in [&before, &held] {
        for decided in one.decisions.values() {
            ledger.decisions.entry(decided.decision.change.clone()).or_default().push(decided.clone());
        }
    }
    let items = minutes(&ledger, 2, &starter()).items;
    for item in &items {
        assert_eq!((item.basis, item.basis_text.as_str()), (None, "The item was not decided."), "{}", item.key);
    }
    assert_eq!((items[0].kind.as_str(), items[0].gates_passed), ("standard change", 0), "kind, and no gates");
    assert_eq!(items[0].window, ["Wed 11 Nov 2026, 09:10–10:10 UTC (UTC)"]);
    // Edited since: nothing tells what it is now.
    if let Some(edited) = ledger.meetings.get_mut(&held.agenda.meeting) {
        edited.agenda.items[0].content = Digest([9; 32]);
    }
    let items = minutes(&ledger, 2, &starter()).items;
    assert_eq!((items[0].kind.as_str(), items[0].window.len()), ("change", 0));
    let ruled = minutes(&ledger, 1, &starter()).items;
    assert_eq!(ruled[0].basis, Some(m::Basis::ChairsRuling), "putting it off is a ruling");
}

#[test]
fn open_actions_of_earlier_meetings_are_carried_over_until_a_remark_says_they_are_done() {
    let action =
        |text: &str, due: &str, item| Action { action: text.to_owned(), owner: who(2), due: due.to_owned(), item };
    let (mut first, mut second, mut third) = (meeting(1, 4), meeting(2, 11), meeting(3, 18));
    first.actions = vec![action("Order the line", "2026-11-10", Some(2)), action("Publish the plan", "", None)];
    second.actions = vec![action("Rehearse CHG-1.", "2026-12-01", None)];
    second.notes = vec![Note { item: Some(1), text: "Long talk.\nDone: publish the  plan.".to_owned() }];
    third.actions = vec![action("Call the vendor", "", None)];
    let ledger = of([first, second, third.clone()]);
    let told = |n| {
        let all = minutes(&ledger, n, &starter());
        let lines = all.carried.iter().map(|one| {
            let (item, from) = (one.item.as_deref().unwrap_or("–"), one.meeting.as_deref().unwrap_or("–"));
            format!("{} {item} {from}", one.text)
        });
        (lines.collect::<Vec<_>>(), all.actions, all.overdue)
    };
    let (carried, own, overdue) = told(3);
    let expected = [
        "Order the line CHG-2 Board 1, 4 Nov 2026, 09:00 UTC",
        "Rehearse CHG-1. CHG-1 Board 2, 11 Nov 2026, 09:00 UTC",
    ];
    assert_eq!(carried, expected);
    assert!(own.len() == 1 && own[0].text == "Call the vendor" && own[0].meeting.is_none(), "{own:?}");
    let late: Vec<_> = overdue.iter().map(|one| (one.text.as_str(), one.item.as_str(), one.owner.as_str())).collect();
    assert_eq!(late, [("Order the line", "CHG-2", "Member 2")], "its day is past");
    assert_eq!(told(1).0, Vec::<String>::new(), "there was none before");
    // The same words agreed again are open again.
    third.actions = vec![action("Publish the plan", "", None)];
    let fourth = meeting(4, 19);
    let mut again = ledger.clone();
    again.meetings.extend([third, fourth].map(|one| (one.agenda.meeting, one)));
    let carried = minutes(&again, 4, &starter()).carried;
    assert!(carried.iter().any(|one| one.text == "Publish the plan"), "{carried:?}");
}
