//! Friday, 22:40: the ticketing system is down, the shop is broken, and the Service Manager declares an emergency. What may
//! wait is owed by itself, and what is overdue begins the next agenda.
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use board::requests::{BuildAgendaRequest, OfChange};
use board::views::{
    CreateMeetingRequest, DecisionKind, EmergencyForm, GateResult, OutboxState, Refusal, RiskLevel, Role,
    SigningSubject, VotePosition,
};
use board::{
    Asserted, BindRequest, BoardError, Cabinet, DeclareRequest, EmergencyView, Options, RevalidateRequest,
    SecretString, VaultChoice,
};
use chrono::Duration;
use domain::policy::{Policy, Strength};

use super::forks::signed;
use super::gate::{approve, begin, change_with_a_window, open_window};
use super::shifts::under;
use super::standing::telling;
use crate::gates::code;
use crate::journey::{Journey, board_on, now, options, sample_board};

const FACTS: Asserted = Asserted { corrects_error: true, current_release: true, major_impact: true };

pub(super) async fn asked(journey: &Journey, member: &str, change: Option<&str>) -> DeclareRequest {
    let text = |s: &str| s.to_owned();
    DeclareRequest {
        member: member.to_owned(),
        pin: SecretString::from(journey.pin(member).await),
        change: change.map(str::to_owned),
        facts: FACTS,
        incident: text("INC-7"),
        consulted: text("Head of Retail"),
        breaks: text("payments"),
        plan: text("Deploy 4.2.1, which closes the leak"),
        backout: text("Deploy 4.1.9 again"),
        deployer: text("Dora Lind"),
        start: now(),
        end: now() + Duration::hours(1),
        zone: text("Europe/Berlin"),
    }
}

async fn bind(journey: &Journey, member: &str, change: &str) -> Result<EmergencyView, BoardError> {
    let pin = SecretString::from(journey.pin(member).await);
    let (declaration, change) = ("EMG-1".to_owned(), change.to_owned());
    journey.cabinet.bind_emergency(BindRequest { member: member.to_owned(), pin, declaration, change }).await
}

fn open(view: &EmergencyView) -> Vec<&str> {
    view.owed.iter().filter(|o| o.met.is_none()).map(|o| o.id.as_str()).collect()
}

/// A meeting in preparation; its id.
async fn next_meeting(cabinet: &Cabinet) -> String {
    let request = CreateMeetingRequest {
        title: "The next one".to_owned(),
        starts_at: now().to_rfc3339(),
        zone: "Europe/Berlin".to_owned(),
        place: "Room Athena".to_owned(),
    };
    cabinet.create_meeting(request).await.expect("a meeting").id
}

/// A board that is no sample, on a clock that goes on by hours when the test says so.
async fn by_the_clock() -> (Journey, Arc<AtomicI64>) {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let later = Arc::new(AtomicI64::new(0));
    let hours = Arc::clone(&later);
    let options = Options {
        vault: VaultChoice::Memory(Arc::default()),
        clock: Arc::new(move || now() + Duration::hours(hours.load(Ordering::SeqCst))),
        ..options(&folder.path().join("data"))
    };
    let cabinet = Cabinet::open(options).await.expect("the desk opens");
    board_on(&cabinet, sample_board(&server), |_| true, |_| ()).await;
    (Journey { server, cabinet, folder }, later)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_service_manager_declares_and_only_with_the_three_facts() {
    let journey = begin().await;
    let (cto, manager) = (journey.member(Role::Cto).await, journey.member(Role::ServiceManager).await);
    let of_cto = journey.cabinet.declare_emergency(asked(&journey, &cto, None).await).await;
    assert_eq!(code(&of_cto), "not_service_manager");
    for facts in [
        Asserted { corrects_error: false, ..FACTS },
        Asserted { current_release: false, ..FACTS },
        Asserted { major_impact: false, ..FACTS },
    ] {
        let request = DeclareRequest { facts, ..asked(&journey, &manager, None).await };
        assert_eq!(code(&journey.cabinet.declare_emergency(request).await), "no_emergency", "{facts:?}");
    }
    let request = DeclareRequest { consulted: " ".to_owned(), ..asked(&journey, &manager, None).await };
    let blank = journey.cabinet.declare_emergency(request).await;
    assert!(matches!(&blank, Err(BoardError::Invalid { field, .. }) if field == "consulted"), "{blank:?}");
    let wrong = DeclareRequest { pin: "wrong-pin-1".into(), ..asked(&journey, &manager, None).await };
    assert!(journey.cabinet.declare_emergency(wrong).await.is_err(), "nobody declares in another's name");
    assert!(journey.cabinet.emergencies().await.expect("a list").is_empty(), "nothing was declared");
}

#[tokio::test(flavor = "multi_thread")]
async fn declared_while_the_server_is_down_bound_decided_and_everything_owed_is_met() {
    let (journey, later) = by_the_clock().await;
    let (key, number) = change_with_a_window(&journey).await;
    journey.server.set_field(number, "Change kind", "Emergency").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    let (result, _) = journey.gate(&key, "R49").await;
    assert_eq!(result, GateResult::Warned, "the ticket alone declares nothing");

    let manager = journey.member(Role::ServiceManager).await;
    let declared = journey.cabinet.declare_emergency(asked(&journey, &manager, None).await).await.expect("declared");
    assert_eq!((declared.change.as_str(), declared.declared_as.as_str()), ("EMG-1", "EMG-1"));
    assert!(open(&declared).contains(&"binding") && open(&declared).contains(&"review"), "{declared:?}");
    later.store(1, Ordering::SeqCst);
    let second = journey.cabinet.declare_emergency(asked(&journey, &manager, None).await).await.expect("declared");
    assert_eq!(second.change, "EMG-2");
    assert!(open(&second).contains(&"root_cause"), "it repeats the first: {second:?}");

    let cto = journey.member(Role::Cto).await;
    assert_eq!(code(&bind(&journey, &cto, &key).await), "not_service_manager");
    let bound = bind(&journey, &manager, &key).await.expect("bound");
    assert_eq!((bound.change.as_str(), bound.declared_as.as_str()), (key.as_str(), "EMG-1"));
    assert!(!open(&bound).contains(&"binding"), "{bound:?}");
    assert_eq!(code(&bind(&journey, &manager, &key).await), "bound");
    let (result, finding) = journey.gate(&key, "R49").await;
    assert_eq!(result, GateResult::Passed, "{finding}");

    approve(&journey, &key).await;
    let mut left = bound;
    while let Some(id) = left.owed.iter().find(|o| o.met.is_none()).map(|o| o.id.clone()) {
        left = journey.cabinet.meet_owed(&key, &id, "Done on Monday").await.expect("met");
    }
    assert!(left.owed.iter().all(|o| o.met.is_some()), "{left:?}");
    assert_eq!(code(&journey.cabinet.meet_owed(&key, "review", "again").await), "obligation_met");
    assert!(matches!(journey.cabinet.meet_owed(&key, "R36", "no").await, Err(BoardError::NotFound { .. })));
    assert_eq!(code(&journey.cabinet.meet_owed("EMG-2", "binding", "no").await), "ticket_wanted");
    let (result, finding) = journey.gate(&key, "R53").await;
    assert_eq!(result, GateResult::Passed, "{finding}");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_overdue_keeps_the_change_open_and_begins_the_next_agenda() {
    let (journey, clock) = by_the_clock().await;
    let (key, _) = change_with_a_window(&journey).await;
    approve(&journey, &key).await;
    let manager = journey.member(Role::ServiceManager).await;
    let declared = journey.cabinet.declare_emergency(asked(&journey, &manager, Some(&key)).await).await;
    let declared = declared.expect("declared");
    assert_eq!(declared.change, key);
    let review = declared.owed.iter().find(|o| o.id == "review").expect("a review is owed");
    assert!(!review.overdue, "{review:?}");
    journey.cabinet.declare_emergency(asked(&journey, &manager, None).await).await.expect("declared, without a ticket");

    // An hour before the review is due: nothing that is handed out now outlives it.
    let due = chrono::DateTime::parse_from_rfc3339(&review.due).expect("a time").to_utc();
    clock.store((due - now()).num_hours() - 1, Ordering::SeqCst);
    let later = &journey.cabinet;
    for id in declared.owed.iter().filter(|o| o.id != "review" && o.met.is_none()).map(|o| o.id.as_str()) {
        later.meet_owed(&key, id, "Done").await.expect("met");
    }
    let handed = later.export_approval(&key, &journey.folder.path().join("early.json")).await.expect("not overdue yet");
    assert_eq!(handed.fresh_until, review.due, "by the policy it would live for a day");

    clock.store(30 * 24, Ordering::SeqCst);
    let of_it = later.emergencies().await.expect("a list").into_iter().find(|e| e.change == key).expect("declared");
    assert!(of_it.owed.iter().any(|o| o.id == "review" && o.overdue), "{of_it:?}");
    let out = journey.folder.path().join("late.json");
    let refused = later.export_approval(&key, &out).await;
    assert!(matches!(&refused, Err(BoardError::Refused(why)) if why.clause.as_deref() == Some("R53")), "{refused:?}");
    let build = BuildAgendaRequest { meeting: next_meeting(later).await, rule: "standard".to_owned() };
    let agenda = later.build_agenda(build).await.expect("an agenda");
    let first = agenda.items.first().expect("an item");
    assert_eq!(first.change.key, key, "{:?}", first.reason);
    assert!(first.reason.starts_with("Overdue since the emergency: "), "{}", first.reason);
    assert_eq!(agenda.overdue.len(), 1, "{:?}", agenda.overdue);
    assert!(agenda.overdue[0].starts_with("EMG-1: Overdue since the emergency: A ticket for EMG-1, "), "{agenda:?}");
}

/// The board cannot approve its only item: this clause blocks it.
async fn undecided(journey: &Journey, meeting: &str, clause: &str) {
    let answer = journey.decide(meeting, "1", DecisionKind::Approved, "").await;
    let told = |r: &Refusal| r.code == "hard_block" && r.clause.as_deref() == Some(clause);
    assert!(matches!(&answer, Err(BoardError::Refused(r)) if told(r)), "{clause}: {answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_waits_at_the_desk_and_is_owed_by_its_date_until_the_ticket_says_it() {
    // The after-care of the level is another journey's.
    let journey = under(|n| Policy {
        name: format!("whole/{n}"),
        after_care: BTreeMap::new(),
        ..Policy::built_in(Strength::Full)
    })
    .await;
    let mut found = None;
    for key in journey.approvable().await {
        if found.is_none() && journey.change(&key).await.row.risk.level != Some(RiskLevel::Low) {
            found = Some(key);
        }
    }
    let key = found.expect("a change of which the plan must say who is told");
    let number = open_window(&journey, &key).await;
    let said = "Told to the service desk and on the status page.";
    let manager = journey.member(Role::ServiceManager).await;
    let meeting = journey.meet(&[key.as_str()]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    // The ticket alone declares nothing, and nor does the Service Manager who leaves a fact out (R49).
    for (field, value) in [("Change kind", "Emergency"), ("Incident", "INC-8")] {
        journey.server.set_field(number, field, value).expect("a field of the sample");
    }
    journey.cabinet.sync_now().await.expect("synced");
    undecided(&journey, &meeting, "R49").await;
    let facts = Asserted { major_impact: false, ..FACTS };
    let lacking = DeclareRequest { facts, ..asked(&journey, &manager, Some(&key)).await };
    assert_eq!(code(&journey.cabinet.declare_emergency(lacking).await), "no_emergency");
    undecided(&journey, &meeting, "R49").await;
    journey.server.set_field(number, "Plan: Communication", "").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    let gates = |view: &board::GatesView| -> Vec<String> { view.blocking.iter().map(|g| g.clause.clone()).collect() };
    let of = || OfChange { change: key.clone() };
    let blocked = journey.cabinet.change_gates(of()).await.expect("gates");
    assert_eq!(gates(&blocked), ["R25", "R49"], "a section of the plan is missing as well");

    let declared = journey.cabinet.declare_emergency(asked(&journey, &manager, Some(&key)).await).await;
    let declared = declared.expect("declared");
    let waits = declared.owed.iter().find(|o| o.id == "R25").expect("it is owed");
    assert!(waits.met.is_none() && !waits.overdue, "{waits:?}");
    let (result, finding) = journey.gate(&key, "R25").await;
    assert_eq!(result, GateResult::Warned, "{finding}");
    assert!(finding.contains("it waits until "), "{finding}");
    // It was declared for another incident than the ticket's.
    undecided(&journey, &meeting, "R49").await;
    journey.server.set_field(number, "Incident", "INC-7").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    assert!(gates(&journey.cabinet.change_gates(of()).await.expect("gates")).is_empty(), "nothing blocks any more");
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("the board decides it meanwhile");

    journey.server.set_field(number, "Plan: Communication", said).expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    let all = journey.cabinet.emergencies().await.expect("a list");
    assert!(all[0].owed.iter().all(|o| o.id != "R25"), "what the ticket says is not owed: {all:?}");
    assert_eq!(journey.gate(&key, "R25").await.0, GateResult::Passed);
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_is_not_handed_out_again_until_it_is_revalidated() {
    let journey = begin().await;
    let (key, _) = change_with_a_window(&journey).await;
    approve(&journey, &key).await;
    let cabinet = &journey.cabinet;
    let path = |name: &str| journey.folder.path().join(name);
    cabinet.export_approval(&key, &path("first.json")).await.expect("approved");
    let blank = cabinet.roll_back(&key, " ", now()).await;
    assert!(matches!(&blank, Err(BoardError::Invalid { field, .. }) if field == "incident"), "{blank:?}");
    let told = cabinet.roll_back(&key, "INC-8", now()).await.expect("told");
    assert_eq!((told.change.as_str(), told.revalidated.as_deref()), (key.as_str(), None));
    let refused = cabinet.export_approval(&key, &path("second.json")).await;
    assert!(matches!(&refused, Err(BoardError::Refused(why)) if why.clause.as_deref() == Some("R95")), "{refused:?}");

    let newer = cabinet.export_snapshot(&key, &path("newer.json")).await.expect("a snapshot");
    let until = chrono::DateTime::parse_from_rfc3339(&newer.fresh_until).expect("a time").to_utc();
    assert!(until <= now(), "whoever asks for a newer file is told at once: {}", newer.fresh_until);

    let cto = journey.member(Role::Cto).await;
    let pin = SecretString::from(journey.pin(&cto).await);
    let request = RevalidateRequest {
        member: cto,
        pin,
        rollback: told.id[..12].to_owned(),
        root_cause: "A missing index".to_owned(),
        note: "Run 9 was green".to_owned(),
    };
    let again = cabinet.revalidate(request.clone()).await.expect("revalidated");
    assert_eq!(again.revalidated.as_deref(), Some("A missing index; Run 9 was green"));
    assert_eq!(code(&cabinet.revalidate(request).await), "revalidated");
    cabinet.export_approval(&key, &path("third.json")).await.expect("it may be deployed again");
    assert_eq!(cabinet.rollbacks().await.expect("a list"), [again]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_ticket_says_was_rolled_back_is_not_handed_out_again_though_nobody_recorded_it() {
    let field = "Service tier";
    let journey = telling(field).await;
    let (key, number) = change_with_a_window(&journey).await;
    approve(&journey, &key).await;
    let cabinet = &journey.cabinet;
    let path = |name: &str| journey.folder.path().join(name);
    cabinet.export_approval(&key, &path("first.json")).await.expect("approved");
    // What the board's mapping reads as rolled back.
    journey.server.set_field(number, field, "Tier 3").expect("a field of the sample");
    cabinet.sync_now().await.expect("synced");
    let (result, finding) = journey.gate(&key, "R95").await;
    assert!(result == GateResult::Failed && finding.contains("nobody named the incident"), "{finding}");
    let refused = cabinet.export_approval(&key, &path("second.json")).await;
    assert!(matches!(&refused, Err(BoardError::Refused(why)) if why.clause.as_deref() == Some("R95")), "{refused:?}");

    let told = cabinet.roll_back(&key, "INC-8", now()).await.expect("told");
    let (_, finding) = journey.gate(&key, "R95").await;
    assert!(finding.contains("INC-8"), "{finding}");
    let cto = journey.member(Role::Cto).await;
    let pin = SecretString::from(journey.pin(&cto).await);
    let (root_cause, note) = ("A missing index".to_owned(), "Run 9 was green".to_owned());
    let request = RevalidateRequest { member: cto, pin, rollback: told.id, root_cause, note };
    cabinet.revalidate(request).await.expect("revalidated");
    assert_eq!(journey.gate(&key, "R95").await.0, GateResult::Passed);
    cabinet.export_approval(&key, &path("third.json")).await.expect("it may be deployed again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_handed_over_between_incident_change_and_problem_stands_on_the_ticket_once() {
    let (journey, clock) = by_the_clock().await;
    let (key, number) = change_with_a_window(&journey).await;
    let cabinet = &journey.cabinet;
    let manager = journey.member(Role::ServiceManager).await;
    let declared = cabinet.declare_emergency(asked(&journey, &manager, Some(&key)).await).await.expect("declared");
    assert!(declared.told.starts_with("The incident is no ticket of Redmine at "), "INC-7: {}", declared.told);
    // One of the same system, though no change of the board.
    let world = journey.server.world();
    let incident = world.issues.values().find(|issue| issue.tracker == 3).expect("an incident").id;
    let named = format!("{}-{incident}", key.rsplit_once('-').expect("a key").0);
    let told = cabinet.roll_back(&key, &named, now()).await.expect("told");
    assert_eq!(told.told, format!("What is handed over is told on {named} as well."));
    let pin = SecretString::from(journey.pin(&manager).await);
    let (root_cause, note) = ("A missing index".to_owned(), "Run 9 was green".to_owned());
    let request = RevalidateRequest { member: manager, pin, rollback: told.id, root_cause, note };
    cabinet.revalidate(request).await.expect("revalidated");
    let notes_of = |number: u32| -> Vec<String> {
        let journals = journey.server.issue(number).expect("the ticket").journals;
        journals.into_iter().map(|journal| journal.notes).collect()
    };
    let notes = || notes_of(number);
    let once_on = |number: u32, title: &str, parts: &[&str]| {
        let found: Vec<String> = notes_of(number).into_iter().filter(|note| note.contains(title)).collect();
        assert_eq!(found.len(), 1, "{title}: {found:?}");
        assert!(parts.iter().all(|part| found[0].contains(part)), "{title}: {found:?}");
    };
    let once = |title: &str, parts: &[&str]| once_on(number, title, parts);
    for _ in 0..2 {
        cabinet.sync_now().await.expect("synced");
        cabinet.finish_work().await;
    }
    once("Handed over from an incident to this change", &["INC-7", "Head of Retail"]);
    once("Handed back from this change to an incident", &[named.as_str()]);
    once("Handed over to the problem behind the incident", &[named.as_str(), "A missing index", "Run 9 was green"]);
    once_on(incident, "Handed back from the change", &[key.as_str(), "to this incident"]);
    assert!(notes().iter().all(|note| !note.contains("Not to be closed yet")), "nothing is overdue");

    clock.store(30 * 24, Ordering::SeqCst);
    for _ in 0..2 {
        cabinet.sync_now().await.expect("synced");
        cabinet.finish_work().await;
    }
    once("Not to be closed yet", &["The review after it"]);

    // Somebody closes it all the same, in its own system: a breach that the ticket, the change and the next agenda tell.
    journey.server.set_status(number, "Closed").expect("a status of the sample");
    for _ in 0..2 {
        cabinet.sync_now().await.expect("synced");
        cabinet.finish_work().await;
    }
    once("Closed while it was owed", &["The review after it"]);
    let (result, finding) = journey.gate(&key, "R53").await;
    assert!(result == GateResult::Failed && finding.contains("was closed while this was overdue"), "{finding}");
    let build = BuildAgendaRequest { meeting: next_meeting(cabinet).await, rule: "standard".to_owned() };
    let agenda = cabinet.build_agenda(build).await.expect("an agenda");
    let first = agenda.items.first().expect("an item");
    assert_eq!(first.change.key, key, "{:?}", first.reason);
    assert!(first.reason.starts_with("Closed while it was owed. Overdue since the emergency: "), "{}", first.reason);

    let rows = cabinet.outbox().await.expect("an outbox").rows;
    assert!(rows.iter().all(|row| row.state == OutboxState::Verified), "{rows:?}");
    let beside = format!("Hand-off to ticket {incident}");
    let (there, here): (Vec<_>, Vec<_>) = rows.iter().map(|row| row.what.as_str()).partition(|what| *what == beside);
    assert_eq!((there.len(), here), (1, vec!["Hand-off"; 5]));
    assert!(cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signing_window_shows_a_declaration_to_the_service_manager_alone() {
    let journey = begin().await;
    let manager = journey.member(Role::ServiceManager).await;
    let pin = journey.pin(&manager).await;
    let text = |s: &str| s.to_owned();
    let form = EmergencyForm {
        change: String::new(),
        corrects_error: true,
        current_release: true,
        major_impact: true,
        incident: text("INC-7"),
        consulted: text("Head of Retail"),
        breaks: text("payments"),
        plan: text("Deploy 4.2.1"),
        backout: text("Deploy 4.1.9 again"),
        deployer: text("Dora Lind"),
        from: now().to_rfc3339(),
        until: (now() + Duration::hours(1)).to_rfc3339(),
        zone: text("Europe/Berlin"),
    };
    let view = signed(&journey.cabinet, &manager, &pin, SigningSubject::Emergency { form }).await;
    let may: Vec<_> = view.signers.iter().map(|s| (s.member.id.as_str(), s.capacity, s.pin_always)).collect();
    assert_eq!(may, [(manager.as_str(), Role::ServiceManager, true)]);
    let said = &view.statements[0];
    assert!(said.meaning.starts_with("I declare EMG-1 an emergency: "), "{}", said.meaning);
    assert!(said.facts.iter().any(|f| f.label == "Consulted" && f.value == "Head of Retail"), "{said:?}");
    let all = journey.cabinet.emergencies().await.expect("a list");
    assert_eq!(all.iter().map(|e| e.change.as_str()).collect::<Vec<_>>(), ["EMG-1"]);
}
