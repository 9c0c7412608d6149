//! An auditor's copy: what `pdfdetach` saves from sealed minutes becomes a board that can be read, and gives the same decisions.
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use board::requests::{OfChange, OfItem, OfMeeting};
use board::views::{
    ApprovalState, Basis, ChangeColumn, ChangeRow, ChangesQuery, ChangesQuerySort, ChangesQueryView,
    CreateMeetingRequest, DecideRequest, DecideRequestConditions, DecideRequestConditionsWhen, DecisionKind, Role,
    VotePosition,
};
use board::{Answer, BoardError, Cabinet, ImportRequest, Imported};
use serde_json::{Value, json};

use crate::gates::code;
use crate::journey::{Journey, now, options};

/// A meeting of two items, one approved with a condition and signed off, the other rejected: sealed.
async fn sealed() -> (Journey, String, [String; 2]) {
    let journey = Journey::begin_small().await;
    let mut keys = journey.approvable().await.into_iter();
    let keys = [keys.next().expect("a change"), keys.next().expect("another")];
    let meeting = journey.meet(&[&keys[0], &keys[1]]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    let condition = DecideRequestConditions {
        text: "Watch the error rate for a day".to_owned(),
        owner: "Release Manager".to_owned(),
        due_on: Some("2030-01-01".to_owned()),
        when: DecideRequestConditionsWhen::After,
    };
    let approved = DecideRequest {
        meeting: meeting.clone(),
        item: "1".to_owned(),
        kind: DecisionKind::ApprovedWithConditions,
        basis: Basis::Vote,
        rationale: "Rehearsed twice".to_owned(),
        conditions: vec![condition],
        deferred_to: None,
    };
    journey.cabinet.decide(approved).await.expect("decided");
    journey.all_vote(&meeting, "2", VotePosition::Reject).await;
    journey.decide(&meeting, "2", DecisionKind::Rejected, "The backout was not rehearsed.").await.expect("decided");
    journey.close(&meeting).await;
    let cto = journey.member(Role::Cto).await;
    let (_, refusals) = journey.sign_queue(&meeting, &cto).await;
    assert!(refusals.is_empty(), "the CTO may sign: {refusals:?}");
    journey.seal(&meeting).await.expect("sealed");
    journey.cabinet.finish_work().await;
    (journey, meeting, keys)
}

/// What other people's tool saves from the PDF.
fn detached(pdf: &Path, to: &Path) -> Vec<u8> {
    let output = Command::new("pdfdetach").args(["-savefile", "evidence.json", "-o"]).arg(to).arg(pdf).output();
    let output = output.expect("pdfdetach runs; tests/support/pdf/install.sh installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(to).expect("the evidence")
}

pub(super) async fn import(folder: &Path, file: &[u8]) -> (Cabinet, Answer<Imported>) {
    let cabinet = Cabinet::open(options(folder)).await.expect("the desk opens");
    let request = ImportRequest { file: file.to_owned(), root: None, least_roster: None };
    let made = cabinet.import_evidence(request).await;
    (cabinet, made)
}

/// The decisions of a meeting, as JSON: key, kind, rationale, conditions, sign-offs with names and fingerprints, votes.
async fn decisions(cabinet: &Cabinet, meeting: &str) -> Value {
    let of = OfMeeting { meeting: meeting.to_owned() };
    let mut all = Vec::new();
    for row in cabinet.meeting(of).await.expect("the meeting").items {
        let asked = OfItem { meeting: meeting.to_owned(), item: row.id.clone() };
        let item = cabinet.meeting_item(asked).await.expect("an item");
        let cast = item.votes.iter().filter(|vote| vote.position.is_some());
        let votes: Vec<Value> =
            cast.map(|v| json!({"who": v.member.name, "said": v.position, "how": v.attestation})).collect();
        let view = item.change;
        all.push(json!({
            "key": row.key,
            "kind": row.decision,
            "title": view.row.title,
            "risk": [json!(view.row.risk.score), json!(view.row.risk.level)],
            "window": view.row.window,
            "decision": view.decision,
            "conditions": view.conditions,
            "sign_offs": view.sign_offs,
            "votes": votes,
            "quorum": [item.quorum.present, item.quorum.required],
            "tally": [item.tally.approve, item.tally.reject, item.tally.abstain],
        }));
    }
    Value::Array(all)
}

async fn listed(cabinet: &Cabinet) -> Vec<ChangeRow> {
    let query = ChangesQuery {
        text: String::new(),
        kinds: Vec::new(),
        levels: Vec::new(),
        view: ChangesQueryView::All,
        sort: ChangesQuerySort { column: ChangeColumn::Key, descending: false },
        offset: 0,
        limit: 100,
    };
    cabinet.list_changes(query).await.expect("a list").rows
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).expect("a folder").next().is_none()
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_that_pdfdetach_saves_becomes_a_copy_with_the_same_decisions() {
    let (journey, meeting, keys) = sealed().await;
    let of = || OfMeeting { meeting: meeting.clone() };
    let pdf = journey.cabinet.minutes_path(of()).await.expect("sealed minutes");
    let evidence = detached(&pdf, &journey.folder.path().join("evidence.json"));
    let folder = journey.folder.path().join("auditor");
    std::fs::create_dir(&folder).expect("an empty folder");

    // One byte changed anywhere: refused, and nothing is written.
    for part in 1..8 {
        let mut changed = evidence.clone();
        let at = changed.len() * part / 8;
        changed[at] ^= 1;
        let (_, made) = import(&folder, &changed).await;
        assert!(matches!(made, Err(BoardError::Verification { .. })), "byte {at}: {made:?}");
        assert!(is_empty(&folder), "byte {at}");
    }
    // An extract leaves entries out.
    let minutes = std::fs::read_dir(journey.data_dir().join("minutes")).expect("sealed files");
    let extract = minutes.map(|file| file.expect("a file").path()).find(|p| p.to_string_lossy().contains("-decision-"));
    let extract = detached(&extract.expect("an extract"), &journey.folder.path().join("extract.json"));
    assert_eq!(code(&import(&folder, &extract).await.1), "extract");
    assert!(is_empty(&folder));

    let (copy, made) = import(&folder, &evidence).await;
    let made = made.expect("imported");
    assert_eq!((made.meetings, made.changes, made.in_part), (1, 2, 1), "{made:?}");
    let before = decisions(&journey.cabinet, &meeting).await;
    assert_eq!(before[0]["sign_offs"].as_array().map(Vec::len), Some(1), "{before:#}");
    assert!(before[0]["conditions"].as_array().is_some_and(|all| !all.is_empty()), "{before:#}");
    assert_eq!(decisions(&copy, &meeting).await, before);
    assert_eq!(code(&import(&folder, &evidence).await.1), "board_exists", "never into a board");

    // Closed and opened again, by whoever asks for whichever keys: it has none, and no connection.
    drop(copy);
    let copy = Cabinet::open(options(&folder)).await.expect("it opens");
    assert_eq!(decisions(&copy, &meeting).await, before);
    assert_eq!(copy.connection().await.expect("asked"), None);
    let rows = listed(&copy).await;
    assert_eq!(rows.iter().map(|row| row.key.clone()).collect::<BTreeSet<String>>(), BTreeSet::from(keys));
    assert!(rows.iter().all(|row| row.decision.is_some() && row.gates_failed == 0), "{rows:?}");
    let report = board::verify_folder(&folder, None, now()).await.expect("looked over");
    assert_eq!((report.findings, report.copy, report.not_in_evidence), (Vec::new(), true, 0));
    let (first, again) = copy.rebuild().await.expect("made again");
    assert_eq!(first, again);
    let draft = copy.compose_minutes(of()).await.expect("composed").minutes.path.expect("a draft");
    assert!(std::fs::read(draft).expect("a file").starts_with(b"%PDF"));
    let head = CreateMeetingRequest {
        title: "CAB".to_owned(),
        starts_at: now().to_rfc3339(),
        zone: "UTC".to_owned(),
        place: String::new(),
    };
    assert_eq!(code(&copy.create_meeting(head).await), "read_only_copy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_names_what_its_evidence_does_not_tell() {
    let (journey, meeting, keys) = sealed().await;
    let pdf = journey.cabinet.minutes_path(OfMeeting { meeting }).await.expect("sealed minutes");
    let folder = journey.folder.path().join("auditor");
    // The PDF itself does as well.
    let (copy, made) = import(&folder, &std::fs::read(&pdf).expect("a file")).await;
    let made = made.expect("imported");
    assert!(made.evidence.findings.is_empty());
    let of = |key: &str| OfChange { change: key.to_owned() };
    let (signed, source) = (copy.change(of(&keys[0])).await.expect("a change"), journey.change(&keys[0]).await);
    assert_eq!(signed.decision.as_ref().map(|decision| decision.approval), Some(ApprovalState::Holds));
    assert_eq!((signed.row.kind, &signed.row.systems), (source.row.kind, &source.row.systems));
    assert_eq!(signed.required_fields.len(), source.required_fields.len(), "each was shown to who signed");
    assert_eq!((signed.plan.len(), signed.gates.len()), (source.plan.len(), 0));
    assert_eq!(signed.missing.len(), 2, "{:?}", signed.missing);
    assert!(source.missing.is_empty());
    assert_eq!(signed.signing_refusal.map(|refusal| refusal.code).as_deref(), Some("read_only_copy"));

    // Nobody signed over the other: its title, kind and window stand in agenda and decision, and nothing else.
    let (told, source) = (copy.change(of(&keys[1])).await.expect("a change"), journey.change(&keys[1]).await);
    let stands = |row: &ChangeRow| (row.title.clone(), row.kind, row.window.clone());
    assert_eq!(stands(&told.row), stands(&source.row));
    assert!(told.required_fields.is_empty() && told.plan.is_empty(), "{:?}", told.required_fields);
    assert!(told.required_sign_offs.is_empty() && told.description.is_empty());
    for field in ["Description", "Author", "Reason"] {
        assert!(told.missing.iter().any(|missing| missing == field), "{field}: {:?}", told.missing);
    }
    assert_eq!(told.row.remote_status, "not in the evidence");
}
