//! What the wrap-up of the window does with minutes by way of its signing window: corrections, the approval, the circulated
//! edition, an erratum; and beside it who signs, when the board meets next, and what is handed out (R115).
use std::sync::atomic::Ordering;

use board::requests::{
    ExtractsByList, HandOutMinutesRequest, OfAnnex, OfItem, OfMeeting, SettleNextMeeting, SignatoriesRequest,
    SigningRequest,
};
use board::views::{
    CorrectionsView, DecisionKind, HandedEdition, MinutesWord, Role, SigningSubject, SigningView, VotePosition,
};
use board::{Answer, BoardError, DistributeRequest};

use super::chase::begin;
use super::circulated::called;
use super::corrections::by_deadline;
use crate::gates::code;
use crate::journey::{Journey, approving};

/// Asks for the signing window, and signs there what it shows, with the member's PIN.
async fn signs(journey: &Journey, meeting: &str, word: MinutesWord, who: Role) -> Answer<SigningView> {
    let subject = SigningSubject::OfMinutes { meeting: meeting.to_owned(), word };
    Box::pin(journey.cabinet.request_signing(SigningRequest { subject })).await?;
    let shown = journey.cabinet.signing_view().await?;
    let member = journey.member(who).await;
    assert!(shown.signers.iter().any(|signer| signer.member.id == member && signer.pin_always), "{shown:?}");
    let pin = journey.pin(&member).await;
    Box::pin(journey.cabinet.sign(approving(&shown.statements[0].id, &member, Some(pin)))).await?;
    Ok(shown)
}

fn corrects(wording: &str) -> MinutesWord {
    MinutesWord::Correct {
        about: "actions".to_owned(),
        was: "Ten hosts".to_owned(),
        wording: wording.to_owned(),
        reason: "misheard".to_owned(),
    }
}

fn refused(view: &CorrectionsView) -> [Option<&str>; 3] {
    [&view.ask_refusal, &view.answer_refusal, &view.approve_refusal].map(|why| why.as_ref().map(|r| r.code.as_str()))
}

/// Both items rejected, and when the board meets next settled before the close.
async fn held(journey: &Journey, meeting: &str) {
    for item in ["1", "2"] {
        let of = OfItem { meeting: meeting.to_owned(), item: item.to_owned() };
        journey.cabinet.set_current_item(of).await.expect("before the board");
        journey.all_vote(meeting, item, VotePosition::Reject).await;
        journey.decide(meeting, item, DecisionKind::Rejected, "Nobody rehearsed it").await.expect("decided");
    }
    let settle = SettleNextMeeting { meeting: meeting.to_owned(), when: "Wednesday, 14:00".to_owned() };
    let view = journey.cabinet.settle_next(settle).await.expect("settled");
    assert_eq!(view.next_meeting.as_deref(), Some("Wednesday, 14:00"));
    let view = journey.close(meeting).await;
    assert_eq!(view.next_meeting.as_deref(), Some("Wednesday, 14:00"), "it is there to read afterwards");
}

#[tokio::test(flavor = "multi_thread")]
async fn minutes_are_corrected_approved_circulated_put_right_and_handed_out_in_the_window() {
    let (journey, ahead) = begin().await;
    let chair = journey.member(Role::Chair).await;
    journey.adopt(&by_deadline(), &chair).await.expect("adopted");
    let keys = journey.approvable().await;
    let meeting = called(&journey, &keys[0], &keys[1]).await;
    let of = || OfMeeting { meeting: meeting.clone() };
    let cabinet = &journey.cabinet;
    assert_eq!(refused(&cabinet.corrections(of()).await.expect("readable"))[0], Some("meeting_open"));
    held(&journey, &meeting).await;

    let offered = cabinet.signatories_of(of()).await.expect("readable");
    assert!(offered.refusal.is_none() && offered.able.iter().all(|member| member.id != chair), "{offered:?}");
    let cto = journey.member(Role::Cto).await;
    for turns in [vec![vec![cto.clone()]], Vec::new()] {
        let expected = turns.len();
        let chosen = SignatoriesRequest { meeting: meeting.clone(), turns };
        let chosen = cabinet.choose_signatories_of(chosen).await.expect("chosen");
        assert_eq!(chosen.turns.len(), expected, "the last choice stands: {chosen:?}");
    }

    let same = signs(&journey, &meeting, corrects("Ten hosts"), Role::Cto).await;
    assert!(matches!(&same, Err(BoardError::Invalid { field, .. }) if field == "wording"), "{same:?}");
    let shown = signs(&journey, &meeting, corrects("Two hosts"), Role::Cto).await.expect("asked");
    assert!(shown.statements[0].facts.iter().any(|fact| fact.value == "Two hosts"), "{shown:?}");
    let view = cabinet.corrections(of()).await.expect("readable");
    assert_eq!(refused(&view), [None, None, Some("correction_open")]);
    let answer = MinutesWord::Answer {
        correction: view.corrections[0].entry.clone(),
        taken: true,
        wording: "Two hosts in all".to_owned(),
        reason: String::new(),
    };
    let shown = signs(&journey, &meeting, answer, Role::Chair).await.expect("taken in");
    assert!(shown.signers.iter().all(|signer| signer.member.id != cto), "{shown:?}");
    let view = cabinet.corrections(of()).await.expect("readable");
    assert_eq!(view.corrections[0].answer.as_deref(), Some("Two hosts in all"));
    assert_eq!(refused(&view)[2], Some("before_the_deadline"));
    ahead.store(25, Ordering::SeqCst);
    let approve = || MinutesWord::Approve { by: String::new() };
    signs(&journey, &meeting, approve(), Role::Chair).await.expect("approved");
    assert!(cabinet.corrections(of()).await.expect("readable").approved_by.is_some());
    assert_eq!(code(&signs(&journey, &meeting, approve(), Role::Chair).await), "already_approved");

    assert_eq!(code(&signs(&journey, &meeting, MinutesWord::Circulated, Role::Chair).await), "not_sealed");
    let told = |edition, whole, to: &str| {
        let to = journey.data_dir().with_file_name(to);
        cabinet.distribute_minutes(DistributeRequest { meeting: meeting.clone(), edition, whole, to })
    };
    // What tells restricted items goes out where somebody says that this is meant, and not before.
    assert_eq!(code(&told(Some(HandedEdition::Draft), false, "drafted").await), "restricted_items");
    told(Some(HandedEdition::Draft), true, "drafted").await.expect("handed out");
    journey.seal(&meeting).await.expect("sealed");
    assert_eq!(code(&told(None, false, "before").await), "which_edition", "no edition is circulated yet");
    let beside = cabinet.beside_minutes(of()).await.expect("readable");
    let withheld: Vec<&str> = beside.circulated.restricted.iter().map(|item| item.key.as_str()).collect();
    assert_eq!((withheld, beside.circulated.fields), (vec![keys[1].as_str()], 5));
    assert!(beside.circulated.refusal.is_none() && beside.errata.refusal.is_none(), "{beside:?}");
    signs(&journey, &meeting, MinutesWord::Circulated, Role::Chair).await.expect("sealed");
    cabinet.circulated_path(of()).await.expect("a file");
    let erratum = MinutesWord::Erratum { wrong: "Ten hosts".to_owned(), right: "Two hosts".to_owned() };
    signs(&journey, &meeting, erratum, Role::Chair).await.expect("sealed");
    cabinet.erratum_path(OfAnnex { meeting: meeting.clone(), number: 1 }).await.expect("a file");
    let beside = cabinet.beside_minutes(of()).await.expect("readable");
    let again = beside.circulated.refusal.as_ref().map(|why| why.code.as_str());
    assert_eq!((again, beside.errata.sealed.len(), beside.errata.untold.len()), (Some("already_sealed"), 1, 0));
    assert!(cabinet.signatories_of(of()).await.expect("readable").refusal.is_some(), "the fields are in the file");

    let folder = journey.data_dir().with_file_name("handed-out");
    let to = |edition, path: &str| HandOutMinutesRequest { meeting: meeting.clone(), edition, path: path.to_owned() };
    let relative = cabinet.hand_out_minutes(to(HandedEdition::Full, "minutes")).await;
    assert!(matches!(&relative, Err(BoardError::Invalid { field, .. }) if field == "path"), "{relative:?}");
    let path = folder.display().to_string();
    let unsaid = DistributeRequest { meeting: meeting.clone(), edition: None, whole: false, to: folder.clone() };
    assert_eq!(code(&cabinet.distribute_minutes(unsaid).await), "which_edition", "nobody guesses what is told to whom");
    let cut = cabinet.hand_out_minutes(to(HandedEdition::Circulated, &path)).await.expect("handed out");
    let names: Vec<&str> = cut.files.iter().map(|file| file.file.as_str()).collect();
    assert!(names[0].ends_with("-circulated.pdf") && names[names.len() - 1].ends_with("-circulated.eml"), "{names:?}");
    assert!(names.iter().any(|name| name.starts_with(&format!("{}-extract-", keys[0]))), "{names:?}");
    let tells = |name: &str| name.contains(&keys[1]) || name.contains("-erratum-");
    assert!(!names.iter().any(|name| tells(name)), "nothing tells of what is restricted: {names:?}");
    assert_eq!(cut.left_out.iter().filter(|name| tells(name)).count(), 2, "and it says what is missing: {cut:?}");
    let mail = std::fs::read_to_string(folder.join(names[names.len() - 1])).expect("a mail");
    assert_eq!(mail.matches("Content-Type: application/pdf").count(), 1, "the edition alone is attached");
    let out = cabinet.hand_out_minutes(to(HandedEdition::Full, &path)).await.expect("handed out");
    assert!(out.files.iter().all(|file| folder.join(&file.file).is_file()) && out.left_out.is_empty(), "{out:?}");
    assert!(out.files.iter().any(|file| tells(&file.file)), "the full ones go with all: {out:?}");
    let out = cabinet.hand_out_minutes(to(HandedEdition::Full, &path)).await.expect("handed out");
    assert!(out.files.iter().all(|file| file.already), "nothing is written over: {out:?}");

    let pasted = format!("{}, {};\nCHG-999999\n", keys[0], keys[1].to_lowercase());
    let to = |path: &str| ExtractsByList { keys: pasted.clone(), path: path.to_owned() };
    let relative = cabinet.write_extracts(to("extracts")).await;
    assert!(matches!(&relative, Err(BoardError::Invalid { field, .. }) if field == "path"), "{relative:?}");
    let listed = journey.data_dir().with_file_name("extracts");
    let written = cabinet.write_extracts(to(&listed.display().to_string())).await.expect("written");
    let there: Vec<bool> = written.lines.iter().map(|line| !line.file.is_empty()).collect();
    assert_eq!(there, [true, true, false], "each line says what became of it: {written:?}");
    assert!(written.lines.iter().all(|line| line.file.is_empty() != line.why.is_empty()), "{written:?}");
    assert!(listed.join(&written.lines[1].file).is_file() && listed.join("index.csv").is_file());
    journey.cabinet.finish_work().await;
}
