//! Who is asked, for which department, and what happens to whoever does not answer: under a clock that the test moves.
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use board::requests::SigningRequest;
use board::views::{
    ApprovalState, ChangeView, ChaseRow, DecisionKind, GateResult, RequiredSignOffState, Role, Rung, SigningSubject,
    VotePosition,
};
use board::{
    BoardError, Cabinet, ChangeMemberRequest, DelegateRequest, MemberChange, MemoryVault, Options, Strength,
    VaultChoice,
};
use chrono::Duration;
use domain::chain::Part;
use domain::policy::authored::pack;

use crate::gates::code;
use crate::journey::{Journey, approving, board_on, now, options, sample_board};

/// Working hours that are all hours, so that it does not matter on which day the test runs.
const ROUND_THE_CLOCK: &str = r#"
[hours]
zone = "Etc/UTC"
days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
from = "00:00"
until = "00:00"

[ladder]
answer = 16
remind = 8
deputy = 16
chair = 24
"#;

/// Operations signs for whatever goes anywhere.
const OPERATIONS: &str = r#"
[[departments]]
name = "Operations"
field = "environment"
says = ["*"]
"#;

/// Operations owns a service on which every service of these tests depends.
const OWNED: &str = r#"
[[services]]
name = "payments"
owner = "Operations"

[[services]]
name = "shop"
depends_on = ["payments"]
"#;

/// A board with everybody's keys on one device, whose clock is so many hours ahead.
pub(super) async fn begin() -> (Journey, Arc<AtomicI64>) {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let ahead = Arc::new(AtomicI64::new(0));
    let hours = ahead.clone();
    let vault = VaultChoice::Memory(Arc::<MemoryVault>::default());
    let clock = Arc::new(move || now() + Duration::hours(hours.load(Ordering::SeqCst)));
    let cabinet = Cabinet::open(Options { vault, clock, ..options(&folder.path().join("data")) }).await;
    let cabinet = cabinet.expect("the desk opens");
    board_on(&cabinet, sample_board(&server), |_| true, |_| ()).await;
    (Journey { server, cabinet, folder }, ahead)
}

/// The chair adopts *starter* under another name, with more in it and with these edits.
async fn adopt(journey: &Journey, more: &str, blocks: bool, edits: &[(&str, &str)]) {
    let mut text = format!("{}{more}", pack(Strength::Starter).replace("name = \"starter/1\"", "name = \"chased/1\""));
    for (old, new) in edits {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        text = text.replace(old, new);
    }
    if blocks {
        text = text.replace("blocking = [\n", "blocking = [\n    \"R12\",\n    \"R76\",\n");
    }
    let by = journey.member(Role::Chair).await;
    journey.adopt(&text, &by).await.expect("adopted");
}

/// The chair changes what the roster says of whoever has this role.
async fn change(journey: &Journey, role: Role, change: MemberChange) {
    let (by, member) = (journey.member(Role::Chair).await, journey.member(role).await);
    let pin = journey.pin(&by).await.into();
    let request = ChangeMemberRequest { member, change, by, pin };
    assert!(journey.cabinet.change_member(request).await.expect("changed"), "it is in force");
}

async fn name(journey: &Journey, member: &str) -> String {
    let members = journey.cabinet.members().await.expect("members");
    members.into_iter().find(|m| m.member.id == member).expect("a member").member.name
}

/// What is owed on this change.
async fn owed(journey: &Journey, key: &str) -> Vec<ChaseRow> {
    let rows = journey.cabinet.chase().await.expect("a list").rows;
    rows.into_iter().filter(|row| row.change == key).collect()
}

/// A meeting approves it and is over.
async fn decided(journey: &Journey, key: &str) -> String {
    let meeting = journey.meet(&[key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    meeting
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_asked_and_does_not_answer_is_reminded_then_their_delegate_then_the_chair() {
    let (journey, ahead) = begin().await;
    adopt(&journey, ROUND_THE_CLOCK, false, &[]).await;
    let key = journey.approvable().await.first().expect("a change that can be approved").clone();
    assert!(owed(&journey, &key).await.is_empty(), "nobody was asked yet");
    let meeting = decided(&journey, &key).await;

    let request = board::requests::OfChange { change: key.clone() };
    let chain = journey.cabinet.chain(request).await.expect("a chain");
    let decides = chain.asked.iter().find(|asked| asked.part == Part::Decides).expect("somebody decides");
    assert!(decides.reason.contains("risk"), "{decides:?}");
    let service = journey.member(Role::ServiceManager).await;
    let pin = journey.pin(&decides.member).await.into();
    let until = (now() + Duration::days(9)).to_rfc3339();
    let delegation = DelegateRequest {
        member: decides.member.clone(),
        to: service.clone(),
        meeting: None,
        from: None,
        until,
        reason: "On leave".to_owned(),
        pin,
    };
    journey.cabinet.delegate(delegation).await.expect("delegated");

    let asked = decides.name.clone();
    let deputy = name(&journey, &service).await;
    let chair = name(&journey, &journey.member(Role::Chair).await).await;
    let all = [asked.clone(), deputy, chair];
    for (hours, rung, told, breached) in [
        (0, Rung::Asked, 1, false),
        (8, Rung::Remind, 1, false),
        (17, Rung::Deputy, 2, true),
        (25, Rung::Chair, 3, true),
    ] {
        ahead.store(hours, Ordering::SeqCst);
        let rows = owed(&journey, &key).await;
        let row = rows.iter().find(|row| row.name == asked).expect("it is still owed");
        assert_eq!((row.rung, row.breached), (rung, breached), "after {hours} hours: {row:?}");
        assert_eq!(row.to, all[..told], "after {hours} hours");
        let used = i64::from(row.used_minutes);
        assert!((hours * 60..hours * 60 + 60).contains(&used), "working hours are all hours: {row:?}");
        assert_eq!(row.left_minutes, 16 * 60 - row.used_minutes);
        assert!(row.text.contains(&key) && row.text.contains(&asked), "{}", row.text);
        assert_eq!(row.text.contains(" late. Why"), breached, "{}", row.text);
    }

    let (_, refusals) = journey.sign_queue(&meeting, &decides.member).await;
    assert!(refusals.is_empty(), "{refusals:?}");
    assert!(owed(&journey, &key).await.is_empty(), "it is answered");
    let log = journey.cabinet.chase().await.expect("a list").breaches;
    let late = log.iter().find(|row| row.change == key).expect("the log keeps what was answered late");
    assert!(late.answered && late.name == asked, "{late:?}");
    assert!((9 * 60..10 * 60).contains(&late.late_minutes), "sixteen hours were given, and it took 25: {late:?}");
    assert!(late.text.contains("sign-off that decides") && late.text.contains(&asked), "{}", late.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_department_signs_before_the_board_decides_and_a_lead_of_other_projects_decides_nothing() {
    let (journey, _) = begin().await;
    let keys = journey.approvable().await;
    let departments = Some(vec!["Operations".to_owned()]);
    change(&journey, Role::ServiceManager, MemberChange { departments, ..MemberChange::default() }).await;
    let scope = Some(vec!["somewhere/else".to_owned()]);
    change(&journey, Role::TechnicalLead, MemberChange { scope, ..MemberChange::default() }).await;
    adopt(&journey, &format!("{ROUND_THE_CLOCK}{OPERATIONS}"), true, &[]).await;
    let (cto, service) = (journey.member(Role::Cto).await, journey.member(Role::ServiceManager).await);
    let (decides, signs) = (name(&journey, &cto).await, name(&journey, &service).await);

    let mut found = None;
    for key in keys {
        let slots = journey.change(&key).await.required_sign_offs;
        let may =
            |slot: Option<&board::views::RequiredSignOff>, who: &String| slot.is_some_and(|s| s.holders.contains(who));
        if may(slots.first(), &decides) && may(slots.get(1), &signs) {
            found = Some(key);
            break;
        }
    }
    let key = found.expect("a change of somebody else's");
    let view = journey.change(&key).await;
    let slot = &view.required_sign_offs[1];
    assert_eq!(slot.department.as_ref().map(|d| d.name.as_str()), Some("Operations"));
    assert_eq!((slot.state, slot.holders.as_slice()), (RequiredSignOffState::Missing, [signs.clone()].as_slice()));
    assert_eq!(journey.gate(&key, "R12").await.0, GateResult::Failed);

    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    let refused = journey.decide(&meeting, "1", DecisionKind::Approved, "").await;
    assert_eq!(code(&refused), "hard_block", "the department has not signed");
    let rows = owed(&journey, &key).await;
    assert_eq!(
        rows.iter().map(|r| (r.name.as_str(), r.what.as_str())).collect::<Vec<_>>(),
        [(signs.as_str(), "sign-off for Operations")]
    );

    // Whoever speaks for it signs; nobody else does, and it decides nothing.
    let security = journey.member(Role::Security).await;
    for (member, wanted) in [(&security, Some("no_authority")), (&service, None)] {
        let subject = SigningSubject::Change { change: key.clone() };
        journey.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
        let statement = journey.cabinet.signing_view().await.expect("a view").statements.remove(0);
        let pin = Some(journey.pin(member).await);
        let signed = journey.cabinet.sign(approving(statement.id, member.as_str(), pin)).await;
        match wanted {
            Some(wanted) => assert_eq!(code(&signed), wanted),
            None => drop(signed.expect("signed for Operations")),
        }
        journey.cabinet.close_signing().await.expect("closed");
    }
    assert_eq!(journey.gate(&key, "R12").await.0, GateResult::Passed);
    assert_eq!(journey.change(&key).await.required_sign_offs[1].state, RequiredSignOffState::Holds);
    assert!(owed(&journey, &key).await.is_empty(), "the authority is asked once the board has decided");
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    let approval = journey.change(&key).await.decision.expect("decided").approval;
    assert_eq!(approval, ApprovalState::AwaitingSignOff, "a department's sign-off is no authority's");

    let lead = journey.member(Role::TechnicalLead).await;
    let (_, refusals) = journey.sign_queue(&meeting, &lead).await;
    assert!(
        matches!(refusals.as_slice(), [BoardError::Refused(refusal)] if refusal.code == "lead_scope"),
        "{refusals:?}"
    );
    let (_, refusals) = journey.sign_queue(&meeting, &cto).await;
    assert!(refusals.is_empty(), "{refusals:?}");
    let approval = journey.change(&key).await.decision.expect("decided").approval;
    assert_eq!(approval, ApprovalState::Holds);
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_whom_the_ticket_does_not_name_signs_nothing_where_the_policy_compares_them() {
    let (journey, _) = begin().await;
    let lead = journey.member(Role::TechnicalLead).await;
    let theirs = name(&journey, &lead).await;
    let may = |view: &ChangeView| view.required_sign_offs[0].holders.contains(&theirs);
    let mut open = Vec::new();
    for key in journey.approvable().await {
        if may(&journey.change(&key).await) {
            open.push(key);
        }
    }
    adopt(&journey, "", false, &[("named_lead = false", "named_lead = true")]).await;
    let (mut own, mut others) = (0, Vec::new());
    for key in open {
        if may(&journey.change(&key).await) {
            own += 1;
        } else {
            others.push(key);
        }
    }
    assert!(own > 0, "where the ticket names this lead nothing changes");
    let key = others.first().expect("a ticket that names another lead");
    let request = board::requests::OfChange { change: key.clone() };
    let chain = journey.cabinet.chain(request).await.expect("a chain");
    assert!(!chain.asked.iter().any(|asked| asked.part == Part::Decides && asked.member == lead), "{chain:?}");
    journey
        .cabinet
        .request_signing(SigningRequest { subject: SigningSubject::Change { change: key.clone() } })
        .await
        .expect("prepared");
    let statement = journey.cabinet.signing_view().await.expect("a view").statements.remove(0);
    let pin = Some(journey.pin(&lead).await);
    let signed = journey.cabinet.sign(approving(statement.id, lead.as_str(), pin)).await;
    assert_eq!(code(&signed), "lead_other");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_of_a_service_upstream_signs_before_the_board_decides() {
    let (journey, _) = begin().await;
    let keys = journey.approvable().await;
    let departments = Some(vec!["Operations".to_owned()]);
    change(&journey, Role::ServiceManager, MemberChange { departments, ..MemberChange::default() }).await;
    adopt(&journey, &format!("{ROUND_THE_CLOCK}{OWNED}"), true, &[]).await;
    let (cto, service) = (journey.member(Role::Cto).await, journey.member(Role::ServiceManager).await);
    let (decides, signs) = (name(&journey, &cto).await, name(&journey, &service).await);
    for key in &keys {
        let number = key.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number");
        journey.server.set_field(number, "Service", "shop").expect("a field of the sample");
    }
    journey.cabinet.sync_now().await.expect("synced");
    let mut found = None;
    for key in keys {
        let slots = journey.change(&key).await.required_sign_offs;
        let may = |at: usize, who: &String| slots.get(at).is_some_and(|slot| slot.holders.contains(who));
        if may(0, &decides) && may(1, &signs) {
            found = Some(key);
            break;
        }
    }
    let key = found.expect("a change of somebody else's");
    let slot = journey.change(&key).await.required_sign_offs.remove(1);
    assert_eq!(slot.clause.as_deref(), Some("R76"));
    assert!(slot.reason.contains("it owns “payments”, on which “shop” depends"), "{slot:?}");
    assert_eq!(journey.gate(&key, "R76").await.0, GateResult::Failed);

    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    let refused = journey.decide(&meeting, "1", DecisionKind::Approved, "").await;
    assert_eq!(code(&refused), "hard_block", "the owner has not signed");
    let rows = owed(&journey, &key).await;
    let told: Vec<_> = rows.iter().map(|r| (r.name.as_str(), r.what.as_str())).collect();
    assert_eq!(told, [(signs.as_str(), "sign-off for Operations")]);

    let subject = SigningSubject::Change { change: key.clone() };
    journey.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let statement = journey.cabinet.signing_view().await.expect("a view").statements.remove(0);
    let pin = Some(journey.pin(&service).await);
    journey.cabinet.sign(approving(statement.id, service.as_str(), pin)).await.expect("signed for Operations");
    journey.cabinet.close_signing().await.expect("closed");
    assert_eq!(journey.gate(&key, "R76").await.0, GateResult::Passed);
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    let (_, refusals) = journey.sign_queue(&meeting, &cto).await;
    assert!(refusals.is_empty(), "{refusals:?}");
    assert_eq!(journey.change(&key).await.decision.expect("decided").approval, ApprovalState::Holds);
    journey.cabinet.export_approval(&key, &journey.folder.path().join("a.json")).await.expect("handed out");
}
