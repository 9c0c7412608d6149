//! What is declared, what follows from it, and by when.
use std::collections::BTreeSet;

use chrono::Duration;

use super::*;
use crate::gate::fixture::{at, id};

/// A declaration with nothing wrong.
pub(crate) fn body(change: ChangeKey) -> EmergencyBody {
    let text = |s: &str| s.to_owned();
    EmergencyBody {
        backout: text("Deploy 4.1.9 again"),
        breaks: text("payments"),
        change,
        consulted: text("Head of Retail"),
        deployer: text("Dora Lind"),
        facts: Asserted { corrects_error: true, current_release: true, major_impact: true },
        incident: text("INC-7"),
        plan: text("Deploy 4.2.1, which closes the leak"),
        window: Window { start: at(22), end: at(23), zone: text("Europe/Berlin") },
    }
}

/// It as the ledger keeps it.
pub(crate) fn declared(n: u8, change: ChangeKey, claimed: DateTime<Utc>) -> Emergency {
    Emergency {
        entry: EntryId([n; 32]),
        actor: id(3),
        claimed,
        policy: Digest([0; 32]),
        body: body(change),
        bound: None,
        met: BTreeMap::new(),
        proposed: None,
    }
}

fn chg(n: u32) -> ChangeKey {
    ChangeKey::new("CHG", n)
}

fn ids(owed: &[Owed]) -> Vec<&str> {
    owed.iter().map(|o| o.id.as_str()).collect()
}

#[test]
fn a_declaration_asserts_three_facts_and_leaves_nothing_out() {
    type Case = (fn(&mut EmergencyBody), Result<(), NoEmergency>);
    let cases: [Case; 12] = [
        (|_| (), Ok(())),
        (|b| b.change = ChangeKey::new(PROVISIONAL, 1), Ok(())),
        (|b| b.facts.corrects_error = false, Err(NoEmergency::Fact("corrects_error"))),
        (|b| b.facts.current_release = false, Err(NoEmergency::Fact("current_release"))),
        (|b| b.facts.major_impact = false, Err(NoEmergency::Fact("major_impact"))),
        (|b| b.incident.clear(), Err(NoEmergency::Blank("incident"))),
        (|b| b.consulted = " \u{2003}\n".to_owned(), Err(NoEmergency::Blank("consulted"))),
        (|b| b.breaks.clear(), Err(NoEmergency::Blank("breaks"))),
        (|b| b.plan.clear(), Err(NoEmergency::Blank("plan"))),
        (|b| b.backout.clear(), Err(NoEmergency::Blank("backout"))),
        (|b| b.deployer.clear(), Err(NoEmergency::Blank("deployer"))),
        (|b| b.window.end = b.window.start, Err(NoEmergency::Window)),
    ];
    for (spoil, expected) in cases {
        let mut body = body(chg(17));
        spoil(&mut body);
        assert_eq!(body.check(), expected, "{body:?}");
    }
}

#[test]
fn what_the_policy_lets_wait_is_owed_by_a_date_and_so_is_the_review() {
    let emergency = declared(1, chg(17), at(22));
    let rules = EmergencyRules::default();
    let all = owed(&emergency, [&emergency], &rules, &BTreeSet::new());
    assert_eq!(ids(&all), ["R21", "R25", "R28", "R29", "review"]);
    for one in &all {
        let days = if one.id == "review" { 7 } else { 5 };
        let from = if one.id == "review" { at(23) } else { at(22) };
        assert_eq!(one.due, from + Duration::days(days), "{one:?}");
        assert!(!one.overdue(one.due) && one.overdue(one.due + Duration::seconds(1)), "{one:?}");
    }
    assert_eq!(all.last().map(|o| o.clause.as_str()), Some("R66"));
    assert_eq!(all.first().map(|o| o.what.as_str()), Some("The plan: Training"));
}

#[test]
fn what_the_ticket_says_by_now_is_not_owed_and_what_was_done_is_met() {
    let mut emergency = declared(1, chg(17), at(22));
    emergency.met.insert("R28".to_owned(), (EntryId([9; 32]), "Page 4 of the wiki".to_owned()));
    let kept = BTreeSet::from(["R21".to_owned(), "R25".to_owned(), "R29".to_owned()]);
    let all = owed(&emergency, [&emergency], &EmergencyRules::default(), &kept);
    assert_eq!(ids(&all), ["R28", "review"]);
    let (done, open) = (all.first().expect("one"), all.last().expect("another"));
    assert_eq!((done.met.as_deref(), open.met.as_deref()), (Some("Page 4 of the wiki"), None));
    let later = at(22) + Duration::days(400);
    assert!(!done.overdue(later) && open.overdue(later));
}

#[test]
fn no_window_and_no_number_of_a_policy_puts_the_review_off_for_ever_or_breaks_the_reckoning() {
    let mut emergency = declared(1, chg(17), at(22));
    emergency.body.window.end = at(22) + Duration::days(30_000);
    let due = |rules: &EmergencyRules| {
        let all = owed(&emergency, [&emergency], rules, &BTreeSet::new());
        all.iter().find(|o| o.id == "review").map(|o| o.due)
    };
    assert_eq!(due(&EmergencyRules::default()), Some(at(22) + Duration::days(7 + 7)));
    let beyond = EmergencyRules {
        bind_hours: u32::MAX,
        deferred_days: u32::MAX,
        repeat_days: u32::MAX,
        review_days: u32::MAX,
        ..EmergencyRules::default()
    };
    assert_eq!(due(&beyond), Some(DateTime::<Utc>::MAX_UTC));
}

#[test]
fn no_policy_lets_wait_what_never_may() {
    let never = ["R11", "R30", "R32", "R36", "R37", "R38", "R39", "R40", "R41", "R42", "R84", "R89", "R95", "R113"];
    let rules = EmergencyRules { deferrable: never.map(str::to_owned).to_vec(), ..EmergencyRules::default() };
    let emergency = declared(1, chg(17), at(22));
    assert_eq!(ids(&owed(&emergency, [&emergency], &rules, &BTreeSet::new())), ["review"]);
    assert!(never.iter().all(|clause| !may_wait(clause)));
}

#[test]
fn a_provisional_key_owes_its_ticket_until_it_is_bound() {
    let mut emergency = declared(1, ChangeKey::new(PROVISIONAL, 1), at(10));
    let rules = EmergencyRules { deferrable: Vec::new(), ..EmergencyRules::default() };
    let binding = |e: &Emergency| owed(e, [e], &rules, &BTreeSet::new()).first().cloned().expect("the first");
    let open = binding(&emergency);
    assert_eq!((open.id.as_str(), open.due, open.met.clone()), ("binding", at(10) + Duration::hours(24), None));
    assert_eq!((emergency.ticket(), emergency.about().as_str()), (None, "EMG-1"));
    assert!(open.overdue(at(10) + Duration::hours(25)));
    emergency.bound = Some(Bound { entry: EntryId([2; 32]), change: chg(17), claimed: at(12) });
    let done = binding(&emergency);
    assert_eq!((done.met.as_deref(), done.change), (Some("bound to CHG-17"), chg(17)));
    assert_eq!(emergency.ticket(), Some(&chg(17)));
}

#[test]
fn a_repeat_within_the_days_demands_the_root_cause() {
    let rules = EmergencyRules { deferrable: Vec::new(), ..EmergencyRules::default() };
    type Case = (fn(&mut Emergency), bool);
    let cases: [Case; 6] = [
        (|_| (), true),
        (|e| e.body.breaks = " Payments ".to_owned(), true),
        (|e| e.body.breaks = "search".to_owned(), true),
        (
            |e| {
                e.body.breaks = "search".to_owned();
                e.body.incident = "INC-8".to_owned();
            },
            false,
        ),
        (|e| e.claimed -= Duration::days(28), true),
        (|e| e.claimed -= Duration::days(30), false),
    ];
    for (edit, demanded) in cases {
        let mut before = declared(1, chg(16), at(10) - Duration::days(1));
        edit(&mut before);
        let now = declared(2, chg(17), at(10));
        let all = [before, now];
        let [before, now] = &all;
        let of_now = owed(now, &all, &rules, &BTreeSet::new());
        let root = of_now.iter().find(|o| o.id == "root_cause");
        assert_eq!(root.is_some(), demanded, "{before:?}");
        assert!(root.is_none_or(|o| o.what == "The root cause: it repeats CHG-16" && o.clause == "R67"), "{root:?}");
        assert_eq!(ids(&owed(before, &all, &rules, &BTreeSet::new())), ["review"], "the first repeats nothing");
    }
}
