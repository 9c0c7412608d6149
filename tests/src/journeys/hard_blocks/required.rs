//! What a change must carry (R36 to R42, and R84): under *starter* what lacks one of them is neither decided nor signed nor
//! handed out, and once the ticket is mended it is; under *observe* it warns, and the minutes print the warning.
use std::process::Command;

use board::requests::{OfMeeting, SigningRequest};
use board::views::{DecisionKind, GateResult, Role, SigningSubject, VotePosition};
use board::{HandedOut, Strength};
use domain::policy::Policy;
use gate::Reason;

use super::super::gate::{begin, open_window};
use super::super::shifts::under;
use super::{Path, Tried, decision, file, free, hand_out, in_favour, nothing_approved, number, of_change, sign};
use crate::gates::{asks, code};
use crate::journey::{Journey, approving};

/// A clause, what is written on the ticket, in which of its fields; the description is no custom field.
const LACKING: [(&str, &str, &str); 13] = [
    ("R36", DESCRIPTION, ""),
    ("R37", "Change reason", " "),
    ("R38", "Affected systems", ""),
    ("R38", "Affected applications", ""),
    ("R38", "Affected data", ""),
    ("R39", "Version", ""),
    ("R40", "Security scan status", ""),
    ("R40", "Security scan results", ""),
    ("R41", "Environment", ""),
    ("R41", "Environment", "staging-warehouse"),
    ("R42", "Source branch", ""),
    ("R42", "Source branch", "release/4.2"),
    ("R84", EVIDENCE, ""),
];
const DESCRIPTION: &str = "description";
pub(super) const EVIDENCE: &str = "Rollback evidence";

/// What its ticket says of a rollback test that succeeded.
pub(super) const REHEARSED: &str = "Rehearsed on staging on 12 November: succeeded in four minutes.";

/// What is tried on each of them.
pub(super) const EACH: &[Path] = &[Path::Decision, Path::Key, Path::Export];

/// What is tried besides on a version and on evidence of a rollback test that are lacking once the change is signed.
pub(super) const SIGNED: &[Path] = &[
    Path::Key,
    Path::Reaffirm,
    Path::Immaterial,
    Path::Export,
    Path::HandOut,
    Path::Standing,
    Path::StandingWindow,
    Path::Gate,
];

/// Writes a field of the ticket; what stood there before.
pub(super) fn write(journey: &Journey, key: &str, field: &str, value: &str) -> String {
    let issue = journey.server.issue(number(key)).expect("the ticket");
    if field == DESCRIPTION {
        journey.server.edit(number(key), |issue| value.clone_into(&mut issue.description)).expect("edited");
        return issue.description;
    }
    let id = journey.server.world().field(field).expect("a field of the sample").id;
    journey.server.set_field(number(key), field, value).expect("edited");
    issue.custom.get(&id).cloned().unwrap_or_default()
}

/// Nobody has answered a question of its risk: then it counts as critical, and what is asked above Medium is asked.
pub(super) fn unassessed(journey: &Journey, key: &str) {
    for field in journey.server.world().fields.values().filter(|field| field.name.starts_with("Risk ")) {
        journey.server.set_field(number(key), field.name, "").expect("a question of the sample");
    }
}

/// The change lacks something: it is tried to be decided, signed and handed out.
async fn lacks(journey: &Journey, (meeting, key): (&str, &str), clause: &'static str) {
    let mut tried = Tried::default();
    for (kind, basis) in in_favour() {
        let answer = journey.cabinet.decide(decision(meeting, "1", kind, basis)).await;
        tried.refused(key, Path::Decision, answer, ("hard_block", clause));
    }
    for role in [Role::Cto, Role::TechnicalLead] {
        let member = journey.member(role).await;
        tried.refused(key, Path::Key, sign(journey, of_change(key), &member).await, ("hard_block", clause));
    }
    let handed = journey.cabinet.export_approval(key, &file(journey, "lacking.json")).await;
    tried.refused(key, Path::Export, handed, ("undecided", "R30"));
    tried.all(key, EACH);
}

/// What lay in the signing window before the version was emptied speaks for what the ticket said then, and approves nothing
/// until the ticket says it again.
async fn lies_open(journey: &Journey, key: &str, cto: &str) {
    journey.cabinet.request_signing(SigningRequest { subject: of_change(key) }).await.expect("prepared");
    let open = journey.cabinet.signing_view().await.expect("a view").statements.remove(0).id;
    let before = write(journey, key, "Version", "");
    journey.cabinet.sync_now().await.expect("synced");
    let lain = approving(open, cto, Some(journey.pin(cto).await));
    journey.cabinet.sign(lain).await.expect("signed as it was shown");
    let handed = journey.cabinet.export_approval(key, &file(journey, "lacking.json")).await;
    Tried::default().refused(key, Path::OpenWindow, handed, ("stale", "R30"));
    nothing_approved(journey, key).await;
    write(journey, key, "Version", &before);
    journey.cabinet.sync_now().await.expect("synced");
}

/// A field of what was signed is emptied: it is let through again by nobody, and the file of before by no pipeline that asks.
async fn emptied_since(journey: &Journey, (key, handed): (&str, &HandedOut), clause: &'static str, field: &str) {
    let blocked = ("hard_block", clause);
    let (cto, chair) = (journey.member(Role::Cto).await, journey.member(Role::Chair).await);
    let before = write(journey, key, field, "");
    journey.cabinet.sync_now().await.expect("synced");
    let mut tried = Tried::default();
    tried.refused(key, Path::Key, sign(journey, of_change(key), &cto).await, blocked);
    let sign_off = journey.change(key).await.sign_offs[0].id.clone();
    let again = sign(journey, SigningSubject::Reaffirm { sign_off }, &cto).await;
    tried.refused(key, Path::Reaffirm, again, blocked);
    let subject = SigningSubject::Immaterial { change: key.to_owned(), reason: "A detail".to_owned() };
    // What is deployed is never immaterial, whatever blocks beside it.
    let ruled = if field == "Version" { ("never_immaterial", "R30") } else { blocked };
    tried.refused(key, Path::Immaterial, sign(journey, subject, &chair).await, ruled);
    hand_out(journey, &mut tried, key, ("stale", "R30")).await;
    let snapshot = journey.cabinet.export_snapshot(key, &file(journey, &format!("{clause}.json"))).await.expect("told");
    assert_eq!(asks(handed, Some(&snapshot)).codes(), [Reason::FreshContent], "{clause}");
    tried.tried(key, Path::Gate);
    tried.all(key, SIGNED);
    write(journey, key, field, &before);
    journey.cabinet.sync_now().await.expect("synced");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_lacks_a_required_field_is_approved_once_its_ticket_is_mended_and_not_before() {
    let journey = begin().await;
    let key = free(&journey, 1).await.remove(0);
    open_window(&journey, &key).await;
    unassessed(&journey, &key);
    write(&journey, &key, EVIDENCE, REHEARSED);
    journey.cabinet.sync_now().await.expect("synced");
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    for (clause, field, value) in LACKING {
        let before = write(&journey, &key, field, value);
        journey.cabinet.sync_now().await.expect("synced");
        assert_eq!(journey.gate(&key, clause).await.0, GateResult::Failed, "{clause}, {field}");
        lacks(&journey, (&meeting, &key), clause).await;
        write(&journey, &key, field, &before);
        journey.cabinet.sync_now().await.expect("synced");
        assert_ne!(journey.gate(&key, clause).await.0, GateResult::Failed, "{clause}, {field}: mended");
    }

    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("nothing is lacking any more");
    journey.close(&meeting).await;
    let cto = journey.member(Role::Cto).await;
    lies_open(&journey, &key, &cto).await;
    let before = journey.cabinet.export_approval(&key, &file(&journey, "mended.json")).await.expect("handed out");
    for (clause, field) in [("R39", "Version"), ("R84", EVIDENCE)] {
        emptied_since(&journey, (&key, &before), clause, field).await;
    }
    for (clause, field, value) in LACKING {
        let before = write(&journey, &key, field, value);
        journey.cabinet.sync_now().await.expect("synced");
        let again = journey.cabinet.export_approval(&key, &file(&journey, "lacking.json")).await;
        assert_eq!(code(&again), "stale", "{clause}, {field}: emptied after the signature");
        let signed = sign(&journey, of_change(&key), &cto).await;
        Tried::default().refused(&key, Path::Key, signed, ("hard_block", clause));
        write(&journey, &key, field, &before);
        journey.cabinet.sync_now().await.expect("synced");
    }
    journey.cabinet.export_approval(&key, &file(&journey, "again.json")).await.expect("what was signed stands there");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_observe_what_is_lacking_warns_and_the_minutes_print_it() {
    let journey = under(|n| Policy { name: format!("watching/{n}"), ..Policy::built_in(Strength::Observe) }).await;
    let key = free(&journey, 1).await.remove(0);
    unassessed(&journey, &key);
    for (_, field, value) in LACKING {
        write(&journey, &key, field, value);
    }
    journey.cabinet.sync_now().await.expect("synced");
    for (clause, field, _) in LACKING {
        let (result, finding) = journey.gate(&key, clause).await;
        assert_eq!(result, GateResult::Warned, "{clause}, {field}: {finding}");
    }
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("nothing blocks it");
    journey.close(&meeting).await;
    let cto = journey.member(Role::Cto).await;
    sign(&journey, of_change(&key), &cto).await.expect("signed");
    journey.seal(&meeting).await.expect("sealed");
    let minutes = journey.cabinet.minutes_path(OfMeeting { meeting }).await.expect("sealed minutes");
    let output = Command::new("pdftotext").arg("-layout").arg(&minutes).arg("-").env("LC_ALL", "C.UTF-8").output();
    let output = output.expect("pdftotext runs; tests/support/pdf/install.sh installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    for (clause, field, _) in LACKING {
        let told = lines.iter().any(|line| line.contains(clause) && line.contains("Warned"));
        assert!(told, "{clause}, {field}: the minutes say that it was not there\n{text}");
    }
    journey.cabinet.finish_work().await;
}
