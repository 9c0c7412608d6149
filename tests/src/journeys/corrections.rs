//! From the draft to the seal and after it: corrections are entries, the policy's rule approves, decisions never wait, and an
//! erratum stands beside minutes that stay as they are.
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use board::requests::OfMeeting;
use board::views::{CorrectionsView, DecisionKind, HandedEdition, MeetingState, MinutesStateState, Role, VotePosition};
use board::{
    Answer, AnswerCorrectionRequest, ApproveMinutesRequest, CorrectRequest, DistributeRequest, Distributed,
    DocumentKind, ErratumSealed, SealErratumRequest, Strength, verify_minutes,
};
use chrono::Duration;
use domain::policy::authored::pack;

use super::chase::begin;
use super::seven::lines_of;
use crate::gates::code;
use crate::journey::{Journey, now};

/// The starter pack, where minutes are approved by a deadline a day after the close.
pub(super) fn by_deadline() -> String {
    let text = pack(Strength::Starter).replace("name = \"starter/1\"", "name = \"corrected/1\"");
    format!("{text}\n[minutes]\napproval = \"deadline\"\ncorrection_days = 1\n")
}

async fn corrects(journey: &Journey, meeting: &str, about: &str) -> Answer<CorrectionsView> {
    let member = journey.member(Role::Cto).await;
    let request = CorrectRequest {
        meeting: meeting.to_owned(),
        pin: journey.pin(&member).await.into(),
        member,
        about: about.to_owned(),
        was: "Ten hosts".to_owned(),
        wording: "Two hosts".to_owned(),
        reason: "misheard".to_owned(),
    };
    journey.cabinet.correct_minutes(request).await
}

async fn takes_in(journey: &Journey, meeting: &str, who: Role, correction: &str) -> Answer<CorrectionsView> {
    let member = journey.member(who).await;
    let request = AnswerCorrectionRequest {
        meeting: meeting.to_owned(),
        pin: journey.pin(&member).await.into(),
        member,
        correction: correction.to_owned(),
        taken: true,
        wording: String::new(),
        reason: String::new(),
    };
    journey.cabinet.answer_correction(request).await
}

async fn approves(journey: &Journey, meeting: &str) -> Answer<CorrectionsView> {
    let member = journey.member(Role::Chair).await;
    let pin = journey.pin(&member).await.into();
    let request = ApproveMinutesRequest { meeting: meeting.to_owned(), member, pin, by: None };
    journey.cabinet.approve_minutes(request).await
}

async fn puts_right(journey: &Journey, meeting: &str, wrong: &str) -> Answer<ErratumSealed> {
    let pin = journey.pin(&journey.member(Role::Chair).await).await.into();
    let (wrong, right) = (wrong.to_owned(), "Three hosts".to_owned());
    journey.cabinet.seal_erratum(SealErratumRequest { meeting: meeting.to_owned(), pin, wrong, right }).await
}

async fn hands_out(journey: &Journey, meeting: &str, edition: HandedEdition) -> Answer<Distributed> {
    let to = journey.data_dir().with_file_name("handed-out");
    let request = DistributeRequest { meeting: meeting.to_owned(), edition: Some(edition), whole: false, to };
    journey.cabinet.distribute_minutes(request).await
}

/// The file in the data folder's `minutes` whose name has this in it.
fn file(journey: &Journey, part: &str) -> Option<PathBuf> {
    let files = std::fs::read_dir(journey.data_dir().join("minutes")).expect("a folder");
    let mut paths = files.map(|file| file.expect("a file").path());
    paths.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains(part)))
}

#[tokio::test(flavor = "multi_thread")]
async fn minutes_go_from_draft_to_seal_by_the_policys_rule_and_an_erratum_follows() {
    let (journey, ahead) = begin().await;
    let chair = journey.member(Role::Chair).await;
    journey.adopt(&by_deadline(), &chair).await.expect("adopted");
    let key = journey.approvable().await.first().expect("a change").clone();
    let meeting = journey.meet(&[&key]).await.meeting.id;
    let of = || OfMeeting { meeting: meeting.clone() };
    journey.all_vote(&meeting, "1", VotePosition::Reject).await;
    journey.decide(&meeting, "1", DecisionKind::Rejected, "Nobody rehearsed it").await.expect("decided");
    assert_eq!(code(&corrects(&journey, &meeting, &key).await), "meeting_open");
    assert_eq!(code(&hands_out(&journey, &meeting, HandedEdition::Draft).await), "meeting_open");
    // Where the draft is to lie something else does.
    let in_the_way = journey.data_dir().join("minutes").join(format!("draft-{meeting}.pdf"));
    std::fs::create_dir(&in_the_way).expect("a folder");
    let closed = journey.close(&meeting).await;
    assert!(closed.compose_failed.is_some(), "it says so: {closed:?}");
    assert_eq!((closed.meeting.state, closed.minutes.state), (MeetingState::Closed, MinutesStateState::None));
    std::fs::remove_dir(&in_the_way).expect("a folder");
    journey.cabinet.compose_minutes(of()).await.expect("it is composed by hand");

    let view = journey.cabinet.wrap_up(of()).await.expect("a wrap-up");
    assert_eq!((view.minutes.state, view.minutes.outdated), (MinutesStateState::Draft, false), "it is new");
    let draft = lines_of(&PathBuf::from(view.minutes.path.expect("a file")));
    assert!(draft.iter().any(|line| line.contains("DRAFT ·")), "the draft says that it is one: {draft:#?}");
    assert!(draft.iter().any(|line| line.contains("Corrections may be asked for until")), "{draft:#?}");

    let first = hands_out(&journey, &meeting, HandedEdition::Draft).await.expect("handed out");
    let mail = std::fs::read_to_string(first.folder.join(&first.mail.file)).expect("a mail");
    assert!(first.minutes.file.contains("-draft-") && first.extracts.is_empty(), "{first:?}");
    assert_eq!(mail.matches("Content-Type: application/pdf").count(), 1, "the draft is attached");
    let asked = corrects(&journey, &meeting, &key).await.expect("asked");
    let view = journey.cabinet.wrap_up(of()).await.expect("a wrap-up");
    assert!(view.minutes.outdated, "a correction was asked for since");
    let [correction] = asked.corrections.as_slice() else { panic!("{asked:?}") };
    assert_eq!((correction.about.as_str(), correction.taken), (key.as_str(), None));

    // What is decided goes to its ticket before the minutes are approved.
    journey.seal(&meeting).await.expect("the extract is sealed");
    assert!(file(&journey, "-decision-").is_some(), "decisions never wait");
    assert!(file(&journey, &format!("minutes-{meeting}.pdf")).is_none());
    assert_eq!(code(&journey.seal(&meeting).await), "correction_open");
    assert_eq!(code(&approves(&journey, &meeting).await), "correction_open");
    assert_eq!(code(&puts_right(&journey, &meeting, "Ten hosts").await), "not_sealed");

    let entry = &correction.entry[..10];
    assert_eq!(code(&takes_in(&journey, &meeting, Role::Cto, entry).await), "not_the_keeper");
    let answered = takes_in(&journey, &meeting, Role::Chair, entry).await.expect("taken in");
    assert_eq!(answered.corrections[0].answer.as_deref(), Some("Two hosts"));
    let view = journey.cabinet.wrap_up(of()).await.expect("a wrap-up");
    assert!(!view.minutes.outdated, "the answer composed the draft anew");
    let draft = lines_of(&PathBuf::from(view.minutes.path.expect("a file")));
    assert!(draft.iter().any(|line| line.contains("Two hosts")), "{draft:#?}");
    assert_eq!(code(&approves(&journey, &meeting).await), "before_the_deadline");
    assert_eq!(code(&journey.seal(&meeting).await), "not_approved");

    ahead.store(25, Ordering::SeqCst);
    assert_eq!(code(&corrects(&journey, &meeting, "actions").await), "too_late");
    assert!(approves(&journey, &meeting).await.expect("nothing is open").approved.is_some());
    assert_eq!(code(&approves(&journey, &meeting).await), "already_approved");
    journey.seal(&meeting).await.expect("sealed");
    let path = file(&journey, &format!("minutes-{meeting}.pdf")).expect("sealed minutes");
    let lines = lines_of(&path);
    for words in ["Ten hosts", "Two hosts", "Taken in.", "Approved: no open correction at the deadline"] {
        assert!(lines.iter().any(|line| line.contains(words)), "{words}: {lines:#?}");
    }
    assert!(!lines.iter().any(|line| line.contains("DRAFT")), "{lines:#?}");

    let minutes = std::fs::read(&path).expect("a file");
    let first = puts_right(&journey, &meeting, "Ten hosts were measured").await.expect("sealed");
    let second = puts_right(&journey, &meeting, "Two hosts were measured").await.expect("sealed");
    assert_eq!((first.number, second.number), (1, 2));
    assert_eq!(std::fs::read(&path).expect("a file"), minutes, "the minutes stay as they are");
    let plain = verify_minutes(&minutes, None).expect("the minutes hold");
    for (erratum, wrong) in [(first, "Ten hosts were measured"), (second, "Two hosts were measured")] {
        let checked = verify_minutes(&std::fs::read(&erratum.path).expect("a file"), None).expect("it holds");
        assert_eq!((checked.annex_to, checked.erratum_to), (None, Some(plain.pdf.sha256.clone())));
        assert_eq!(checked.about.document, DocumentKind::Erratum);
        let lines = lines_of(&erratum.path);
        assert!(lines.iter().any(|line| line.contains(wrong)), "{lines:#?}");
    }
    assert!(file(&journey, "draft-").is_none(), "the sealed minutes take its place");
    assert_eq!(code(&hands_out(&journey, &meeting, HandedEdition::Draft).await), "already_sealed");
    let handed = hands_out(&journey, &meeting, HandedEdition::Full).await.expect("handed out");
    let names: Vec<&str> = handed.errata.iter().map(|erratum| erratum.file.as_str()).collect();
    assert!(names[0].ends_with("-erratum-1.pdf") && names[1].ends_with("-erratum-2.pdf"), "{names:?}");

    let later = now() + Duration::hours(26);
    let found = board::verify_folder(&journey.data_dir(), None, later).await.expect("looked over");
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    let (before, after) = journey.cabinet.rebuild().await.expect("rebuilt");
    assert_eq!(before, after, "and it follows from the record");
    journey.cabinet.finish_work().await;
}
