//! What the window offers at a blocked change's gates, and signs in its signing window: a waiver, an exception from a freeze,
//! another level, the second person's word on each, the plan's approval (R16, R69, R77); and an attested answer.
use board::requests::{AttestAnswer, OfChange, OfMember, SigningRequest};
use board::views::{DecisionKind, GateResult, Role, ScheduleRequest, SigningSubject, SigningView, VotePosition};
use board::{Answer, GateActs, Strength};
use chrono::Duration;
use domain::policy::authored::pack;

use super::gate::{begin, change_with_a_window};
use crate::gates::{asks, code};
use crate::journey::{Journey, approving, now};

const WHY: &str = "The vendor names the version on the day";

/// The observe pack, which blocks R16, R39 and R77, lets two people waive R39, and freezes everything these days.
fn blocking() -> String {
    let text = pack(Strength::Observe).replace("name = \"observe/1\"", "name = \"ours/2\"");
    let text = text.replace("\nblocking = []", "\nblocking = [\"R16\", \"R39\", \"R77\"]");
    let text = text.replace("\nwaivable = []", "\nwaivable = [\"R39\"]");
    let text = text.replace("\nplan_approval = []", "\nplan_approval = [\"technical_lead\"]");
    let midnight = |days: i64| (now() + Duration::days(days)).format("%Y-%m-%dT00:00").to_string();
    format!(
        "{text}\n[[freezes]]\nid = \"audit\"\nname = \"Audit\"\nhardness = \"hard\"\n\
         scope = {{ environment = \"*\" }}\nstart = \"{}\"\nend = \"{}\"\nzone = \"Etc/UTC\"\nreason = \"An audit\"\n",
        midnight(-1),
        midnight(3)
    )
}

/// A board under that policy, and a change that nothing blocked before.
async fn blocked() -> (Journey, String, u32) {
    let journey = begin().await;
    let (key, number) = change_with_a_window(&journey).await;
    let chair = journey.member(Role::Chair).await;
    journey.adopt(&blocking(), &chair).await.expect("the chair holds root");
    (journey, key, number)
}

async fn acts(journey: &Journey, key: &str) -> GateActs {
    Box::pin(journey.cabinet.gate_acts(OfChange { change: key.to_owned() })).await.expect("readable")
}

async fn looks(journey: &Journey, member: &str) {
    journey.cabinet.set_me(OfMember { member: member.to_owned() }).await.expect("chosen");
}

/// Asks for the signing window.
async fn shown(journey: &Journey, subject: &SigningSubject) -> Answer<SigningView> {
    Box::pin(journey.cabinet.request_signing(SigningRequest { subject: subject.clone() })).await?;
    journey.cabinet.signing_view().await
}

/// Signs there what it shows, with the member's PIN.
async fn sign(journey: &Journey, subject: &SigningSubject, member: &str) -> Answer<SigningView> {
    let view = shown(journey, subject).await?;
    let pin = journey.pin(member).await;
    Box::pin(journey.cabinet.sign(approving(&view.statements[0].id, member, Some(pin)))).await
}

fn waiver(key: &str, gate: &str, reason: &str) -> SigningSubject {
    SigningSubject::Waiver {
        change: key.to_owned(),
        gate: gate.to_owned(),
        reason: reason.to_owned(),
        until: String::new(),
    }
}

fn second(key: &str, entry: &str) -> SigningSubject {
    SigningSubject::Second { change: key.to_owned(), entry: entry.to_owned(), reason: String::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_people_set_aside_and_a_plans_approval_are_signed_in_the_window_until_nothing_blocks() {
    let (journey, key, number) = blocked().await;
    journey.server.set_field(number, "Version", "").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    let (chair, service) = (journey.member(Role::Chair).await, journey.member(Role::ServiceManager).await);
    looks(&journey, &chair).await;

    let offered = acts(&journey, &key).await;
    assert!(offered.refusal.is_none() && offered.signers.len() > 1, "{offered:?}");
    let of = |id: &str| offered.gates.iter().find(|act| act.gate == id).expect("it blocks");
    assert!(of("version").refusal.is_none() && of("version").still.iter().any(|still| still.ends_with("(R77)")));
    assert_eq!(of("freeze").refusal.as_ref().map(|why| why.code.as_str()), Some("never_waived"));
    assert_eq!(of("plan-approval").refusal.as_ref().map(|why| why.code.as_str()), Some("not_waivable"));
    assert_eq!(offered.freezes.iter().map(|freeze| freeze.freeze.as_str()).collect::<Vec<_>>(), ["audit"]);
    let refused = offered.plan.and_then(|plan| plan.refusal).expect("the chair approves no plan");
    assert_eq!(refused.code, "no_plan_approver");
    let security = journey.member(Role::Security).await;
    looks(&journey, &security).await;
    let barred = acts(&journey, &key).await;
    assert_eq!(barred.refusal.map(|why| why.code), Some("no_right".to_owned()));
    assert!(barred.attest_refusal.is_none(), "whoever has a role attests");
    looks(&journey, &chair).await;

    // Refused before any PIN is asked for.
    for (subject, expected) in [
        (waiver(&key, "version", " "), "invalid"),
        (waiver(&key, "ticket", WHY), "never_waived"),
        (waiver(&key, "plan-approval", WHY), "not_waivable"),
        (waiver(&key, "horoscope", WHY), "not_found"),
        (second(&key, ""), "nothing_to_second"),
    ] {
        assert_eq!(code(&shown(&journey, &subject).await), expected, "{subject:?}");
    }
    let view = shown(&journey, &waiver(&key, "version", WHY)).await.expect("shown");
    let follows = view.statements[0].facts.iter().find(|fact| fact.label == "What follows").expect("said before");
    assert!(follows.value.contains("R39 no longer") && follows.value.contains("(R77)"), "{follows:?}");
    assert!(view.statements[0].meaning.contains(WHY) && view.signers.iter().all(|one| one.pin_always), "{view:?}");
    let without = approving(&view.statements[0].id, &chair, None);
    assert_eq!(code(&journey.cabinet.sign(without).await), "pin_needed");

    sign(&journey, &waiver(&key, "version", WHY), &chair).await.expect("said");
    assert_eq!(journey.gate(&key, "R39").await.0, GateResult::Failed, "one word waives nothing");
    assert!(journey.cabinet.waiting_words().await.expect("readable").rows.is_empty(), "nobody is asked to be two");
    looks(&journey, &service).await;
    let waiting = journey.cabinet.waiting_words().await.expect("readable").rows;
    let told: Vec<_> = waiting.iter().map(|word| (word.change.as_str(), word.reason.as_str())).collect();
    assert_eq!(told, [(key.as_str(), WHY)]);
    let agreed = second(&key, &waiting[0].entry);
    assert_eq!(code(&sign(&journey, &agreed, &chair).await), "not_the_signer", "nobody seconds their own word");
    sign(&journey, &agreed, &service).await.expect("seconded");
    assert_eq!(journey.gate(&key, "R39").await.0, GateResult::Waived);
    assert!(journey.cabinet.waiting_words().await.expect("readable").rows.is_empty());

    let until = (now() + Duration::hours(4)).to_rfc3339();
    let (change, freeze, reason) = (key.clone(), "audit".to_owned(), WHY.to_owned());
    let exception = SigningSubject::Exception { change, freeze, reason, until };
    sign(&journey, &exception, &service).await.expect("said");
    sign(&journey, &second(&key, ""), &chair).await.expect("seconded");
    assert_eq!(journey.gate(&key, "R77").await.0, GateResult::Waived);
    let schedule = journey.cabinet.schedule(ScheduleRequest { change: key.clone(), zone: None }).await.expect("there");
    assert!(
        schedule.freezes[0].excepted.starts_with("until ") && schedule.freezes[0].needs.starts_with("Nothing"),
        "{schedule:?}"
    );

    // The plan is what still blocks: neither decided nor signed off.
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    assert_eq!(code(&journey.decide(&meeting, "1", DecisionKind::Approved, "").await), "hard_block");
    let cto = journey.member(Role::Cto).await;
    let change = SigningSubject::Change { change: key.clone() };
    assert_eq!(code(&sign(&journey, &change, &cto).await), "hard_block");
    let approval = SigningSubject::PlanApproval { change: key.clone(), reason: "Rehearsed on Tuesday".to_owned() };
    assert_eq!(code(&sign(&journey, &approval, &chair).await), "not_the_signer");
    sign(&journey, &approval, &journey.member(Role::TechnicalLead).await).await.expect("approved");
    assert_eq!(journey.gate(&key, "R16").await.0, GateResult::Passed);
    assert!(acts(&journey, &key).await.plan.is_none(), "it is approved as it is");
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    let (_, refusals) = journey.sign_queue(&meeting, &cto).await;
    assert!(refusals.is_empty(), "{refusals:?}");
    let handed = journey.cabinet.export_approval(&key, &journey.folder.path().join("a.json")).await;
    let verdict = asks(&handed.expect("handed out"), None);
    assert!(verdict.passed(), "{}", verdict.text(false));

    // On the heap: one test of all that would not fit on a thread.
    Box::pin(each_takes_their_own_word_back(&journey, &key, (&security, &service))).await;
}

/// Each takes back what they said themselves, in the signing window, with a reason; then it blocks again.
async fn each_takes_their_own_word_back(journey: &Journey, key: &str, (security, service): (&str, &str)) {
    let said = acts(journey, key).await.said;
    let waived = said.iter().find(|word| word.kind == "waiver").expect("it was said").clone();
    let theirs = waived.own.clone().expect("the service manager's second word");
    assert_ne!(theirs, waived.entry);
    let back = |entry: &str, reason: &str| SigningSubject::TakeBack {
        change: key.to_owned(),
        entry: entry.to_owned(),
        reason: reason.to_owned(),
    };
    looks(journey, security).await;
    assert!(acts(journey, key).await.said.iter().all(|word| word.own.is_none()), "security said nothing");
    assert_eq!(code(&shown(journey, &back(&theirs, WHY)).await), "not_own_word");
    looks(journey, service).await;
    assert_eq!(code(&shown(journey, &back(&theirs, " ")).await), "invalid");
    assert_eq!(code(&shown(journey, &back("0000000000000000", WHY)).await), "not_found");
    let view = shown(journey, &back(&theirs, WHY)).await.expect("shown");
    assert!(view.signers.iter().all(|one| one.pin_always && one.member.id == service), "{view:?}");
    let signed = approving(&view.statements[0].id, service, Some(journey.pin(service).await));
    journey.cabinet.sign(signed).await.expect("taken back");
    assert_eq!(journey.gate(key, "R39").await.0, GateResult::Failed, "it blocks again");
    let left = acts(journey, key).await.said.into_iter().find(|word| word.entry == waived.entry).expect("kept");
    assert!(!left.in_force && left.own.is_none() && left.taken_back[0].ends_with(WHY), "{left:?}");
    assert_eq!(code(&shown(journey, &back(&theirs, WHY)).await), "taken_back_already");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_is_raised_in_the_window_by_one_and_an_answer_attested_with_its_file() {
    let (journey, key, _) = blocked().await;
    let chair = journey.member(Role::Chair).await;
    looks(&journey, &chair).await;
    let level = acts(&journey, &key).await.level;
    for choice in &level.choices {
        assert_eq!(choice.two, choice.level < level.by_score, "two lower it, one raises it: {choice:?}");
    }
    for choice in level.choices.iter().filter(|choice| choice.level < level.floor) {
        assert_eq!(choice.refusal.as_ref().map(|why| why.code.as_str()), Some("below_floor"), "{choice:?}");
    }
    if let Some(higher) = level.choices.iter().find(|choice| !choice.two) {
        let subject = SigningSubject::Override { change: key.clone(), to: higher.level, reason: WHY.to_owned() };
        sign(&journey, &subject, &chair).await.expect("raised");
        let then = acts(&journey, &key).await;
        assert_eq!((then.level.by_score, then.level.counts), (level.by_score, higher.level));
        assert!(then.said.iter().all(|word| word.in_force && !word.waits), "{:?}", then.said);
        assert_eq!(code(&shown(&journey, &subject).await), "said_already");
    }

    let answer = |value: &str, evidence: &str| AttestAnswer {
        change: key.clone(),
        question: "peer_review".to_owned(),
        value: value.to_owned(),
        evidence: evidence.to_owned(),
    };
    assert_eq!(code(&journey.cabinet.attest_shown(answer("Barbara did", "")).await), "invalid");
    assert_eq!(code(&journey.cabinet.attest_shown(answer("yes", "no file")).await), "invalid");
    let attested = journey.cabinet.attest_shown(answer("yes, by Barbara", "bG9n")).await.expect("attested");
    let found = attested.questions.iter().find(|one| one.question == "peer_review").and_then(|one| one.answer.clone());
    let found = found.expect("answered");
    assert_eq!((found.value.as_str(), found.role), ("yes, by Barbara", Role::Chair));
    assert!(found.evidence.is_some() && journey.cabinet.problems().await.expect("a record").is_empty());
}
