//! What two people set aside, from the first word to the sealed minutes: a gate that is waived (R69), a risk level that is
//! overridden (R80).
use std::collections::BTreeSet;

use board::requests::OfChange;
use board::views::{
    ChangeColumn, ChangesQuery, ChangesQuerySort, ChangesQueryView, DecisionKind, GateResult, RequiredSignOffState,
    Role, VotePosition,
};
use board::{
    Answer, BoardError, DispensationView, DispenseRequest, RiskLevel, SecondRequest, SetAside, TakeBackRequest,
    verify_evidence, verify_minutes,
};
use chrono::{Duration, NaiveDate};
use domain::calendar::{Coverage, Freeze, Hardness, Scope, Service, WeekDay};
use domain::chain::{Department, DepartmentField, ReleaseType};
use domain::policy::{Policy, Strength, TypeRules};
use gate::Reason;

use super::calendar::{claims, frozen, schedule};
use super::gate::{approve, begin, change_with_a_window, open_window};
use super::shifts::under;
use crate::gates::{asks, code};
use crate::journey::{Journey, now};

const WHY: &str = "The vendor names the version on the day";
const AGREED: &str = "It was so in May";
const BACK: &str = "They are back from their journey";
const DEPARTS: &str = "The contract ends on Friday";

/// A board whose policy blocks a change without a version, and lets two people waive that.
async fn waiving() -> Journey {
    under(|n| Policy {
        name: format!("waiving/{n}"),
        blocking: vec!["R39".to_owned()],
        waivable: vec!["R39".to_owned()],
        ..Policy::built_in(Strength::Observe)
    })
    .await
}

pub(super) async fn say(
    journey: &Journey,
    key: &str,
    what: SetAside,
    reason: &str,
    by: &str,
) -> Answer<DispensationView> {
    let (change, reason, pin) = (key.to_owned(), reason.to_owned(), journey.pin(by).await.into());
    journey.cabinet.dispense(DispenseRequest { change, what, reason, by: by.to_owned(), pin }).await
}

async fn waive(journey: &Journey, key: &str, gate: &str, by: &str) -> Answer<DispensationView> {
    say(journey, key, SetAside::Gate { gate: gate.to_owned(), until: None }, WHY, by).await
}

/// Takes the member's own word back: the one of this entry, or the only one.
async fn take_back(journey: &Journey, key: &str, entry: &str, reason: &str, by: &str) -> Answer<DispensationView> {
    let (change, entry, reason) = (key.to_owned(), entry.to_owned(), reason.to_owned());
    let (by, pin) = (by.to_owned(), journey.pin(by).await.into());
    journey.cabinet.take_back(TakeBackRequest { change, entry, reason, by, pin }).await
}

async fn second(journey: &Journey, key: &str, by: &str) -> Answer<DispensationView> {
    let (change, by, pin) = (key.to_owned(), by.to_owned(), journey.pin(by).await.into());
    let request = SecondRequest { change, entry: String::new(), reason: AGREED.to_owned(), by, pin };
    journey.cabinet.second(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_is_waived_once_another_seconds_it_and_the_minutes_name_both_and_why() {
    let journey = waiving().await;
    let (key, number) = change_with_a_window(&journey).await;
    let (chair, service) = (journey.member(Role::Chair).await, journey.member(Role::ServiceManager).await);
    assert_eq!(code(&waive(&journey, &key, "version", &chair).await), "waiver_pointless", "the change passes it");
    journey.server.set_field(number, "Version", "").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    assert_eq!(journey.gate(&key, "R39").await.0, GateResult::Failed);

    for hard in ["ticket", "open-defects", "decision", "duties"] {
        assert_eq!(code(&waive(&journey, &key, hard, &chair).await), "never_waived", "{hard}");
    }
    assert_eq!(code(&waive(&journey, &key, "horoscope", &chair).await), "not_found");
    let gate = || SetAside::Gate { gate: "version".to_owned(), until: None };
    assert_eq!(code(&say(&journey, &key, gate(), " ", &chair).await), "invalid", "a waiver says why");
    let over = SetAside::Gate { gate: "version".to_owned(), until: Some("2020-01-01T00:00:00Z".to_owned()) };
    assert_eq!(code(&say(&journey, &key, over, WHY, &chair).await), "invalid", "and is not over before it begins");
    let security = journey.member(Role::Security).await;
    assert_eq!(code(&waive(&journey, &key, "version", &security).await), "no_right");
    assert_eq!(code(&second(&journey, &key, &service).await), "nothing_to_second");

    let said = waive(&journey, &key, "version", &chair).await.expect("said");
    assert!(!said.in_force && said.second.is_none(), "{said:?}");
    assert_eq!(code(&waive(&journey, &key, "version", &service).await), "said_already");
    assert_eq!(code(&second(&journey, &key, &chair).await), "nobody_is_two");
    assert_eq!(code(&second(&journey, &key, &security).await), "no_right");
    assert_eq!(journey.gate(&key, "R39").await.0, GateResult::Failed, "one word waives nothing");
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    let refused = journey.decide(&meeting, "1", DecisionKind::Approved, "").await;
    assert!(matches!(&refused, Err(BoardError::Refused(r)) if r.code == "hard_block"), "not in force");

    let seconded = second(&journey, &key, &service).await.expect("seconded");
    assert!(seconded.in_force, "{seconded:?}");
    let names = [seconded.by.clone(), seconded.second.clone().expect("both")];
    assert_eq!((seconded.reason.as_str(), seconded.second_reason.as_deref()), (WHY, Some(AGREED)));
    let (result, finding) = journey.gate(&key, "R39").await;
    assert_eq!(result, GateResult::Waived);
    assert!(names.iter().all(|name| finding.contains(name)) && finding.contains(WHY), "{finding}");

    // The votes say no, and the chair departs from them: with a reason.
    journey.all_vote(&meeting, "1", VotePosition::Reject).await;
    for blank in ["", " \n"] {
        let refused = journey.decide(&meeting, "1", DecisionKind::Approved, blank).await;
        assert_eq!(code(&refused), "reason_missing", "{blank:?}");
    }
    journey.decide(&meeting, "1", DecisionKind::Approved, DEPARTS).await.expect("decided");
    journey.close(&meeting).await;
    let decided = journey.change(&key).await.decision.expect("decided");
    assert_eq!(decided.rationale, DEPARTS);
    let (_, refusals) = journey.sign_queue(&meeting, &journey.member(Role::Cto).await).await;
    assert!(refusals.is_empty(), "{refusals:?}");
    journey.seal(&meeting).await.expect("sealed");
    let path = journey.data_dir().join("minutes").join(format!("minutes-{meeting}.pdf"));
    let minutes = std::fs::read(path).expect("minutes");
    assert!(verify_minutes(&minutes, None).expect("they hold").recomputed, "the pages follow from the evidence");
    let report = verify_evidence(&minutes, None, None).expect("readable").report;
    let line =
        format!("{key}: Waiver of gate version (R39) by {}, seconded by {}: {WHY} / {AGREED}", names[0], names[1]);
    assert!(report.contains(&line), "{report}");
    let handed =
        journey.cabinet.export_approval(&key, &journey.folder.path().join("a.json")).await.expect("handed out");
    let verdict = asks(&handed, None);
    assert!(verdict.passed(), "{}", verdict.text(false));

    journey.server.set_field(number, "Change reason", "Another one").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    assert_eq!(journey.gate(&key, "R39").await.0, GateResult::Failed, "it was given for what stood there");
    let listed = journey.cabinet.dispensations(&key).await.expect("listed");
    assert!(listed[0].state.starts_with("stale"), "{listed:?}");
    let (before, after) = journey.cabinet.rebuild().await.expect("rebuilt");
    assert_eq!(before, after, "and all of it follows from the record");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_risk_level_is_raised_by_one_and_two_do_not_lower_it_while_that_stands() {
    let journey = waiving().await;
    let (key, _) = change_with_a_window(&journey).await;
    let (chair, service) = (journey.member(Role::Chair).await, journey.member(Role::ServiceManager).await);
    let outcome = || async {
        let walk = journey.cabinet.risk_walk(OfChange { change: key.clone() }).await.expect("a walk");
        walk.outcome
    };
    // The first word is refused where the level is the one by score already.
    let mut from = None;
    for to in [RiskLevel::Low, RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical] {
        let word = say(&journey, &key, SetAside::Level { to }, WHY, &chair).await;
        if code(&word) == "override_pointless" {
            from = Some(to);
        }
    }
    let from = from.expect("one of the four is its level");
    let listed = journey.cabinet.dispensations(&key).await.expect("listed");
    for said in &listed {
        assert!(said.what.starts_with(&format!("risk from {} to ", from.word())), "{said:?}");
    }
    let raised = listed.iter().filter(|said| said.in_force).count();
    let above = [RiskLevel::Low, RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical];
    assert_eq!(raised, above.into_iter().filter(|level| *level > from).count(), "raised by one: {listed:?}");
    if from < RiskLevel::Critical {
        let shown = outcome().await;
        assert_eq!(shown.summary.level, Some(RiskLevel::Critical), "{shown:?}");
        let told = shown.floors.iter().find(|floor| floor.label.starts_with("Override of risk from "));
        assert!(told.is_some_and(|floor| floor.applies && floor.label.contains(WHY)), "{:?}", shown.floors);
    }
    if let Some(waits) = listed.iter().find(|said| !said.in_force) {
        let entry = waits.entry.to_string();
        let (change, by, pin) = (key.clone(), service.clone(), journey.pin(&service).await.into());
        let request = SecondRequest { change, entry, reason: String::new(), by, pin };
        assert!(journey.cabinet.second(request).await.expect("seconded").in_force);
        assert_eq!(outcome().await.summary.level, Some(RiskLevel::Critical), "who raised it has not taken it back");
    }
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_that_two_lower_takes_no_evidence_of_the_rollback_off_the_table() {
    let journey = begin().await;
    let (chair, service) = (journey.member(Role::Chair).await, journey.member(Role::ServiceManager).await);
    let query = ChangesQuery {
        text: String::new(),
        kinds: Vec::new(),
        levels: Vec::new(),
        view: ChangesQueryView::Open,
        sort: ChangesQuerySort { column: ChangeColumn::Key, descending: false },
        offset: 0,
        limit: 200,
    };
    let mut lowered = 0;
    for row in journey.cabinet.list_changes(query).await.expect("a list").rows {
        // It fails above Medium alone, so that this is a lowering; where a floor or a duty forbids it, the next one is tried.
        if journey.gate(&row.key, "R84").await.0 != GateResult::Failed
            || say(&journey, &row.key, SetAside::Level { to: RiskLevel::Medium }, WHY, &chair).await.is_err()
        {
            continue;
        }
        if second(&journey, &row.key, &service).await.is_ok_and(|said| said.in_force) {
            let walk = journey.cabinet.risk_walk(OfChange { change: row.key.clone() }).await.expect("a walk");
            assert_eq!(walk.outcome.summary.level, Some(RiskLevel::Medium), "{}", row.key);
            assert_eq!(journey.gate(&row.key, "R84").await.0, GateResult::Failed, "{}", row.key);
            lowered += 1;
        }
    }
    assert!(lowered > 0, "the sample has a change above Medium without evidence, and without a floor");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_excepted_from_a_hard_freeze_by_two_until_its_window_is_over() {
    let journey = frozen(Hardness::Hard).await;
    let (key, number) = change_with_a_window(&journey).await;
    let (chair, service) = (journey.member(Role::Chair).await, journey.member(Role::ServiceManager).await);
    let until = |hours: i64| (now() + Duration::hours(hours)).to_rfc3339();
    let freeze = |id: &str, hours: i64| SetAside::Freeze { freeze: id.to_owned(), until: until(hours) };
    assert_eq!(code(&say(&journey, &key, freeze("year-end", 4), WHY, &chair).await), "not_found");
    assert_eq!(code(&say(&journey, &key, freeze("audit", -1), WHY, &chair).await), "invalid", "over already");
    assert_eq!(code(&say(&journey, &key, freeze("audit", 1), WHY, &chair).await), "invalid", "before the window is");
    assert_eq!(code(&waive(&journey, &key, "freeze", &chair).await), "never_waived", "a freeze has exceptions");

    let said = say(&journey, &key, freeze("audit", 4), WHY, &chair).await.expect("said");
    assert!(!said.in_force && said.until.is_some(), "{said:?}");
    assert_eq!(journey.gate(&key, "R77").await.0, GateResult::Failed, "one word excepts nothing");
    assert_eq!(claims(&journey, &key).await, ["Audit"]);
    assert!(second(&journey, &key, &service).await.expect("seconded").in_force);
    let (result, finding) = journey.gate(&key, "R77").await;
    assert!(result == GateResult::Waived && finding.contains(WHY), "{finding}");
    let shown = schedule(&journey, &key).await.freezes.remove(0);
    assert!(shown.excepted.ends_with(WHY) && shown.needs == "Nothing: an exception holds.", "{shown:?}");
    assert!(claims(&journey, &key).await.is_empty(), "the freeze claims it no longer");
    journey.server.set_field(number, "Change reason", "Another one").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    assert_eq!(journey.gate(&key, "R77").await.0, GateResult::Waived, "it is about a time, not about a text");

    // Moved to where the exception has ended, it lies in the freeze again.
    for (field, hours) in [("Planned start", 5), ("Planned end", 7)] {
        let then = (now() + Duration::hours(hours)).format("%Y-%m-%dT%H:%M").to_string();
        journey.server.set_field(number, field, &then).expect("a field of the sample");
    }
    journey.cabinet.sync_now().await.expect("synced");
    assert_eq!(journey.gate(&key, "R77").await.0, GateResult::Failed);
    assert_eq!(claims(&journey, &key).await, ["Audit"]);
    assert!(schedule(&journey, &key).await.freezes.iter().all(|freeze| freeze.excepted.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_waive_the_sign_off_of_one_department_at_a_time_and_it_is_deployed() {
    let row = |name: &str| Department {
        name: name.to_owned(),
        field: Some(DepartmentField::Environment),
        says: vec!["*".to_owned()],
        level: None,
    };
    let journey = under(|n| Policy {
        name: format!("departments/{n}"),
        blocking: vec!["R12".to_owned()],
        waivable: vec!["R12".to_owned()],
        departments: vec![row("Operations"), row("Legal")],
        ..Policy::built_in(Strength::Observe)
    })
    .await;
    // Nobody speaks for either, so no change passes before its slots are waived.
    let mut found = None;
    for key in waiting(&journey).await {
        let gates = journey.change(&key).await.gates;
        let broken = gates.iter().filter(|g| matches!(g.result, GateResult::Failed | GateResult::NoEvidence));
        let blocking: Vec<&str> = broken.filter(|g| g.blocks && g.clause != "R30").map(|g| g.clause.as_str()).collect();
        if blocking == ["R12"] {
            found = Some(key);
            break;
        }
    }
    let key = found.expect("a change that R12 alone blocks");
    open_window(&journey, &key).await;
    let (chair, service) = (journey.member(Role::Chair).await, journey.member(Role::ServiceManager).await);
    assert_eq!(code(&waive(&journey, &key, "departments", &chair).await), "slot_unnamed", "two are open");
    assert_eq!(code(&waive(&journey, &key, "departments:Sales", &chair).await), "not_found");
    // The window names each, and one that waits for its second word is not offered again.
    let free = |name: &str| (format!("departments:{name}"), true);
    assert_eq!(offered_slots(&journey, &key).await, [free("Operations"), free("Legal")]);
    let mut entries = Vec::new();
    // Once one is left, it need not be named.
    for (gate, then) in [("departments:Legal", GateResult::Failed), ("departments", GateResult::Waived)] {
        let said = waive(&journey, &key, gate, &chair).await.expect("said");
        assert!(said.what.starts_with("the sign-off for "), "{said:?}");
        entries.push(said.entry.to_string());
        assert!(offered_slots(&journey, &key).await.iter().any(|(_, free)| !free), "it waits: {said:?}");
        second(&journey, &key, &service).await.expect("seconded");
        assert_eq!(journey.gate(&key, "R12").await.0, then, "{gate}");
    }
    let slots = journey.change(&key).await.required_sign_offs;
    let waived: Vec<_> = slots[1..].iter().map(|slot| (slot.state, slot.reason.contains("It is waived by"))).collect();
    assert_eq!(waived, [(RequiredSignOffState::Waived, true); 2]);

    approve(&journey, &key).await;
    let handed =
        journey.cabinet.export_approval(&key, &journey.folder.path().join("a.json")).await.expect("handed out");
    let verdict = asks(&handed, None);
    assert!(verdict.passed(), "{}", verdict.text(false));

    // What one of the two takes back is asked for again: by the gate, at the desk, and of the file that was handed out.
    let on_legal = entries[0].as_str();
    assert_eq!(code(&take_back(&journey, &key, on_legal, " ", &service).await), "invalid", "with a reason");
    assert_eq!(code(&take_back(&journey, &key, "", BACK, &service).await), "invalid", "two are theirs");
    assert_eq!(code(&take_back(&journey, &key, "0000000000000000", BACK, &service).await), "not_found");
    let cto = journey.member(Role::Cto).await;
    assert_eq!(code(&take_back(&journey, &key, on_legal, BACK, &cto).await), "not_own_word");
    assert_eq!(code(&take_back(&journey, &key, "", BACK, &cto).await), "nothing_to_take_back");
    let left = take_back(&journey, &key, on_legal, BACK, &service).await.expect("taken back");
    assert!(!left.in_force && left.second.is_none(), "{left:?}");
    assert!(left.taken_back.len() == 1 && left.taken_back[0].ends_with(BACK), "{left:?}");
    assert_eq!(code(&take_back(&journey, &key, on_legal, BACK, &service).await), "taken_back_already");
    let (result, finding) = journey.gate(&key, "R12").await;
    assert!(result == GateResult::Failed && finding.contains("signed for Legal"), "{finding}");
    let told = journey.cabinet.export_snapshot(&key, &journey.folder.path().join("now.json")).await.expect("told");
    let verdict = asks(&handed, Some(&told));
    assert_eq!(verdict.codes(), [Reason::FreshStale], "by the board's own word it is approved no more");
    let shown = journey.change(&key).await;
    let line = shown.history.iter().find(|line| line.what.starts_with("Took back: waiver, the sign-off for Legal"));
    assert!(line.is_some(), "{:?}", shown.history);
    let (before, after) = journey.cabinet.rebuild().await.expect("rebuilt");
    assert_eq!(before, after, "and all of it follows from the record");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

/// The departments of which the window offers a waiver, as it names them, each with whether it can be asked for now.
async fn offered_slots(journey: &Journey, key: &str) -> Vec<(String, bool)> {
    let acts = journey.cabinet.gate_acts(OfChange { change: key.to_owned() }).await.expect("readable");
    let gate = acts.gates.into_iter().find(|act| act.gate == "departments").expect("it blocks");
    gate.slots.into_iter().map(|slot| (slot.gate, slot.refusal.is_none())).collect()
}

/// The keys of the open changes that wait for the board.
async fn waiting(journey: &Journey) -> Vec<String> {
    let open = ChangesQuery {
        text: String::new(),
        kinds: Vec::new(),
        levels: Vec::new(),
        view: ChangesQueryView::Open,
        sort: ChangesQuerySort { column: ChangeColumn::Key, descending: false },
        offset: 0,
        limit: 200,
    };
    let rows = journey.cabinet.list_changes(open).await.expect("a list").rows;
    rows.into_iter().filter(|row| row.remote_status == "Authorize").map(|row| row.key).collect()
}

/// A policy with every part that makes gates of its own. Nobody is on call for any service of the sample.
fn asking_for_everything(n: u32) -> Policy {
    let day = |n: u32| NaiveDate::from_ymd_opt(2020, 1, n).and_then(|day| day.and_hms_opt(0, 0, 0)).expect("a day");
    let freeze = Freeze {
        id: "audit".to_owned(),
        name: "Audit".to_owned(),
        hardness: Hardness::Hard,
        scope: Scope { environment: "*".to_owned(), services: Vec::new() },
        start: day(1),
        end: day(2),
        zone: "Etc/UTC".to_owned(),
        reason: "The auditors are in the house".to_owned(),
        repeats: String::new(),
    };
    let coverage = Coverage {
        name: "Lab".to_owned(),
        services: vec!["The lab's own".to_owned()],
        zone: "Etc/UTC".to_owned(),
        days: WeekDay::ALL.to_vec(),
        from: "00:00".to_owned(),
        until: "00:00".to_owned(),
        on_call: vec!["Ada".to_owned()],
    };
    let department = Department {
        name: "Operations".to_owned(),
        field: Some(DepartmentField::Environment),
        says: vec!["*".to_owned()],
        level: None,
    };
    let owned = Service {
        name: "The lab's own".to_owned(),
        team: String::new(),
        depends_on: Vec::new(),
        owner: "Operations".to_owned(),
    };
    let early = TypeRules { lead_time_days: Some(5), ..TypeRules::default() };
    Policy {
        name: format!("everything/{n}"),
        blocking: vec!["R110".to_owned()],
        waivable: vec!["R110".to_owned()],
        freezes: vec![freeze],
        coverage: vec![coverage],
        departments: vec![department],
        services: vec![owned],
        plan_approval: vec![domain::roster::Role::TechnicalLead],
        types: [(ReleaseType::Major, early)].into(),
        coverage_percent: 80,
        ..Policy::built_in(Strength::Observe)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_two_gates_share_a_name_and_who_is_on_call_is_waived_by_its_own() {
    let journey = under(asking_for_everything).await;
    let (chair, service) = (journey.member(Role::Chair).await, journey.member(Role::ServiceManager).await);
    let mut waived = None;
    for key in waiting(&journey).await {
        let gates = journey.change(&key).await.gates;
        let ids: BTreeSet<&str> = gates.iter().map(|gate| gate.id.as_str()).collect();
        assert_eq!(ids.len(), gates.len(), "{key}: each name stands once: {ids:?}");
        let asked =
            ["freeze", "plan-approval", "departments", "owners", "conflicts", "on-call", "lead-time", "coverage"];
        assert!(asked.iter().all(|id| ids.contains(id)), "{key}: {ids:?}");
        let on_call = gates.iter().find(|gate| gate.id == "on-call").expect("a gate");
        if waived.is_some() || on_call.result != GateResult::Failed {
            continue;
        }
        // One of the two may have a part in the change.
        if waive(&journey, &key, "on-call", &chair).await.is_err() {
            continue;
        }
        // That of R62 does not block: its name waives nothing, and least of all the other.
        assert_eq!(code(&waive(&journey, &key, "coverage", &chair).await), "waiver_pointless");
        if second(&journey, &key, &service).await.is_ok() {
            waived = Some(key);
        }
    }
    let key = waived.expect("a change whose window nobody covers");
    let gates = journey.change(&key).await.gates;
    let of = |id: &str| gates.iter().find(|gate| gate.id == id).expect("a gate");
    assert_eq!((of("on-call").clause.as_str(), of("on-call").result), ("R110", GateResult::Waived));
    assert!(of("on-call").finding.contains(WHY), "{}", of("on-call").finding);
    assert!([of("coverage"), of("window-watch")].iter().all(|gate| gate.result != GateResult::Waived));
}
