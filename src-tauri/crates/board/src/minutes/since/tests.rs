use std::collections::BTreeMap;

use chrono::Duration;
use domain::change::Window;
use domain::dispensation::{ExceptionBody, OverrideBody, Second};
use domain::emergency::{Asserted, EmergencyBody, Revalidation};
use domain::entry::Involved;
use domain::ids::{ConditionId, Digest, EntryId};
use domain::ledger::{ConditionState, Ledger};
use domain::meeting::{Condition, ConditionTime};
use domain::policy::Policy;
use domain::risk::RiskLevel;
use domain::standing::{ObligationBody, StandingBody, Use};

use super::*;
use crate::minutes::fixture::{agenda, at, held, id, item, key, roster, source, starter, who};

/// A meeting of an hour on CHG-1.
fn meeting(n: u128, day: u32) -> Meeting {
    held(agenda(n, at(day, 9), vec![item(1, 1)]))
}

fn emergency(n: u8, change: u32, claimed: DateTime<Utc>, policy: Digest) -> Emergency {
    let text = |s: &str| s.to_owned();
    let body = EmergencyBody {
        backout: text("Deploy 4.1.9 again"),
        breaks: format!("service {n}"),
        change: key(change),
        consulted: text("Head of Retail"),
        deployer: text("Dora Lind"),
        facts: Asserted { corrects_error: true, current_release: true, major_impact: true },
        incident: format!("INC-{n}"),
        plan: text("Deploy 4.2.1"),
        window: Window { start: claimed, end: claimed + Duration::hours(1), zone: text("UTC") },
    };
    let entry = EntryId([n; 32]);
    Emergency { entry, actor: who(3), claimed, policy, body, bound: None, met: BTreeMap::new(), proposed: None }
}

fn rollback(n: u8, change: u32, at: DateTime<Utc>) -> Rollback {
    let incident = format!("INC-{n}");
    Rollback { entry: EntryId([n; 32]), actor: who(3), change: key(change), incident, at, revalidated: None }
}

fn dispensation(n: u8, claimed: DateTime<Utc>, seconded: DateTime<Utc>, grant: Grant) -> Dispensation {
    let second = Second {
        entry: EntryId([n + 100; 32]),
        actor: who(2),
        role: None,
        claimed: seconded,
        reason: String::new(),
        withdrawn: None,
    };
    let entry = EntryId([n; 32]);
    Dispensation { entry, actor: who(1), role: None, claimed, grant, seconds: vec![second], withdrawn: None }
}

fn condition(n: u128, due: &str, met: bool) -> ConditionState {
    ConditionState {
        condition: Condition {
            id: ConditionId(uuid::Uuid::from_u128(n)),
            text: format!("Condition {n}"),
            owner: "Ines".to_owned(),
            due: due.to_owned(),
            when: ConditionTime::After,
        },
        change: key(60),
        opened: EntryId([7; 32]),
        met: met.then(|| (EntryId([8; 32]), "Done".to_owned())),
        void: false,
        releases: BTreeSet::new(),
    }
}

/// Two meetings, on the 4th and the 18th, and what happened around them.
fn ledger() -> Ledger {
    let mut ledger = Ledger::default();
    for held in [meeting(50, 4), meeting(51, 18)] {
        ledger.meetings.insert(held.agenda.meeting, held);
    }
    for one in [
        emergency(1, 1, at(10, 2), Digest([0; 32])),
        emergency(2, 2, at(11, 2), Digest([0; 32])),
        emergency(3, 3, at(3, 2), Digest([0; 32])),
        emergency(4, 4, at(20, 2), Digest([0; 32])),
        emergency(5, 5, at(12, 2), Digest([9; 32])),
    ] {
        ledger.emergencies.insert(one.entry, one);
    }
    let again = Revalidation {
        entry: EntryId([30; 32]),
        actor: who(3),
        claimed: at(3, 9),
        root_cause: "A typo".to_owned(),
        note: "Green".to_owned(),
    };
    for one in [
        rollback(11, 1, at(10, 5)),
        rollback(12, 7, at(12, 5)),
        rollback(13, 8, at(2, 5)),
        Rollback { revalidated: Some(again), ..rollback(14, 9, at(2, 6)) },
    ] {
        ledger.rollbacks.insert(one.entry, one);
    }
    let used = |outcome, at| Use { entry: EntryId([40; 32]), at, outcome };
    let standing = StandingApproval {
        entry: EntryId([41; 32]),
        actor: who(2),
        role: None,
        claimed: at(1, 9),
        body: StandingBody {
            change: key(70),
            content: Digest([0; 32]),
            service: "pay".to_owned(),
            pipeline: "deploy-pay".to_owned(),
            environment: "prod-eu".to_owned(),
            uses: 9,
            expires: at(30, 9),
        },
        uses: BTreeMap::from([
            (Digest([1; 32]), used(Outcome::Succeeded, at(9, 9))),
            (Digest([2; 32]), used(Outcome::Failed, at(9, 10))),
        ]),
        suspended: None,
    };
    ledger.standing_approvals.insert(standing.entry, standing);
    let glass = Obligation {
        entry: EntryId([42; 32]),
        claimed: at(9, 12),
        policy: Digest([0; 32]),
        body: ObligationBody {
            change: key(80),
            what: "Review\nthe deployment".to_owned(),
            reason: "The shop was down".to_owned(),
            receipt: Digest([5; 32]),
            at: at(9, 11),
        },
        met: None,
    };
    ledger.obligations.insert(glass.entry, glass);
    for state in [
        condition(1, "2026-11-17", false),
        condition(2, "2026-11-18", false),
        condition(3, "2026-11-01", true),
        condition(4, "soon", false),
    ] {
        ledger.conditions.insert(state.condition.id, state);
    }
    let excepted = Grant::Exception(ExceptionBody {
        change: key(90),
        content: Digest([1; 32]),
        freeze: "year-end".to_owned(),
        involved: Involved::default(),
        reason: "The law".to_owned(),
        until: at(30, 9),
    });
    let overridden = Grant::Override(OverrideBody {
        change: key(91),
        content: Digest([1; 32]),
        from: RiskLevel::High,
        involved: Involved::default(),
        reason: "Rehearsed".to_owned(),
        to: RiskLevel::Medium,
    });
    // The exception was said before the meeting of the 4th, and seconded after it.
    ledger.dispensations.insert(key(90), vec![dispensation(20, at(4, 8), at(5, 8), excepted)]);
    ledger.dispensations.insert(key(91), vec![dispensation(21, at(3, 8), at(3, 9), overridden)]);
    ledger
}

fn with<T>(ledger: &Ledger, policy: &Policy, what: impl Fn(&Source<'_>, &Meeting) -> T) -> T {
    let roster = roster(Vec::new());
    let source = source((&roster, policy), ledger, 51, at(18, 12));
    what(&source, &ledger.meetings[&source.meeting])
}

#[test]
fn what_happened_between_two_meetings_is_counted_wherever_it_stands() {
    let since = with(&ledger(), &starter(), |source, meeting| source.since(meeting));
    let expected = m::Since {
        emergencies: 3,
        taken_back: 2,
        failed: 1,
        against_the_gate: 1,
        exceptions: 1,
        overrides: 0,
        waivers: 0,
    };
    assert_eq!(since, expected);
}

#[test]
fn emergencies_of_other_changes_are_told_in_full_and_those_on_the_agenda_by_their_item() {
    let said = with(&ledger(), &starter(), |source, meeting| source.emergencies_since(meeting));
    assert_eq!(said[0], "CHG-1: Declared an emergency; see item 1.");
    assert!(said[1].starts_with("CHG-2: Declared an emergency by "), "{said:?}");
    assert_eq!(said[2], "CHG-2: Owed by 18 Nov 2026, 03:00 UTC: The review after it (R66): open");
    let ticket = "CHG-2: Not decided on by the board; of what may wait, its ticket tells what is open.";
    assert_eq!(said[3], ticket, "what only its ticket tells is not claimed");
    assert!(said.iter().any(|line| line == "CHG-5: What it owes by when policy 09090909 says."), "{said:?}");
    assert!(!said.iter().any(|line| line.contains("CHG-3") || line.contains("CHG-4")), "before, and after: {said:?}");
}

#[test]
fn deployments_that_did_not_go_well_are_told_and_what_waits_to_be_revalidated_again() {
    let said = with(&ledger(), &starter(), |source, meeting| source.deployments_since(meeting));
    let whole = said.join("\n");
    assert!(said[0].starts_with("CHG-8: Taken back on 2 Nov 2026, 05:00 UTC"), "it still waits: {whole}");
    assert!(!whole.contains("CHG-9"), "revalidated before: {whole}");
    assert_eq!(said[1], "CHG-1: Taken back after its deployment; see item 1.");
    assert!(said[2].starts_with("CHG-7: Taken back on 12 Nov 2026, 05:00 UTC; incident INC-12."), "{whole}");
    assert!(whole.contains("a deployment of pay to prod-eu by deploy-pay failed, or was backed out, on 9 Nov 2026"));
    assert!(
        whole.contains("CHG-80: Deployed on 9 Nov 2026, 11:00 UTC although the gate refused it: The shop was down")
    );
    assert!(whole.contains("CHG-80: Owed by 14 Nov 2026, 11:00 UTC: Review the deployment (R52): open"), "{whole}");
}

#[test]
fn what_is_overdue_follows_from_dates_in_entries_and_is_told_oldest_first() {
    let overdue = with(&ledger(), &starter(), |source, meeting| source.overdue(meeting));
    let told: Vec<String> = overdue.iter().map(|one| format!("{} {}", one.item, one.text)).collect();
    let expected = [
        "CHG-3 The review after it (R66)",
        "CHG-80 Review the deployment (R52)",
        "CHG-1 The review after it (R66)",
        "CHG-60 Condition 1",
        "CHG-2 The review after it (R66)",
    ];
    assert_eq!(told, expected, "neither what is due today, nor what is met, nor what has no day");
    assert_eq!((overdue[3].owner.as_str(), overdue[3].due.as_str()), ("Ines", "Tue 17 Nov 2026"));
    let untold = with(&ledger(), &starter(), |source, _| source.untold());
    assert_eq!(untold, 1, "of CHG-5 an older policy says by when");
}

#[test]
fn german_minutes_tell_the_same_in_german() {
    let mut policy = starter();
    policy.minutes.language = domain::policy::MinutesLanguage::German;
    let tell = |policy: &Policy| {
        with(&ledger(), policy, |source, meeting| {
            [source.emergencies_since(meeting), source.deployments_since(meeting)].concat()
        })
    };
    let (english, german) = (tell(&starter()), tell(&policy));
    assert_eq!(english.len(), german.len());
    for (english, german) in english.iter().zip(&german) {
        assert_ne!(english, german);
        for word in [" the ", "Taken back", "Declared", "Deployed", "see item", "Owed by"] {
            assert!(!german.contains(word) || german.contains("Review the deployment"), "{german}");
        }
    }
}

#[test]
fn the_page_says_who_was_out_in_between_what_was_noted_and_when_the_board_meets_next() {
    let mut ledger = ledger();
    let id = id(51);
    let stay = |arrived, left| domain::meeting::Stay { arrived, left, delegate_for: None };
    let half = at(18, 9) + Duration::minutes(30);
    let note = |item, text: &str| domain::ledger::Note { item, text: text.to_owned() };
    if let Some(held) = ledger.meetings.get_mut(&id) {
        held.attendance.insert(who(1), vec![stay(at(18, 9), Some(half)), stay(at(18, 10), None)]);
        held.notes = vec![
            note(None, "Next meeting: Tuesday"),
            note(None, "The chair thanks the night shift."),
            note(None, "Next meeting: Wednesday, 14:00"),
            note(Some(1), "Of the item"),
        ];
    }
    let minutes = with(&ledger, &starter(), |source, _| source.minutes("minutes.pdf")).expect("a meeting");
    assert_eq!(minutes.next_meeting.as_deref(), Some("Wednesday, 14:00"));
    assert_eq!(minutes.remarks, ["The chair thanks the night shift."]);
    let chair = minutes.attendance.iter().find(|one| !one.away.is_empty()).expect("who was out");
    assert_eq!((chair.arrived.as_deref(), chair.left.as_deref()), (Some("09:00"), None));
    assert_eq!(chair.away, ["09:30–10:00"]);
    assert_eq!(minutes.overdue.len(), 5, "the page has what was found");
}
