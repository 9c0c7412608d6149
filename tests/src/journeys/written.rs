//! An authority without a key: the CTO writes one line elsewhere, and the chair records it. Once they have a key of their own
//! they answer for it, and what they say is sealed beside the minutes, which stay as they are.
use std::collections::BTreeMap;

use board::requests::{OfAnnex, OfChange, OfMeeting, SigningRequest};
use board::views::{ApprovalState, Attestation, CreateMeetingRequest, Role, SigningSubject, Verdict};
use board::{
    AffirmRequest, Answer, BoardError, ChangeMemberRequest, MAIL, MemberChange, RecordWrittenRequest, SealAnnexRequest,
    WordsIn, WrittenRecorded, verify_minutes,
};

use super::forks::signed;
use super::many_hands::{decided, joins, one_key, pin_of};
use crate::journey::{Journey, now};

pub(super) fn person(role: &str) -> &'static sample::board::Member {
    sample::board::MEMBERS.iter().find(|m| m.role == role).expect("a sample member")
}

/// A mail in which somebody writes these words.
pub(super) fn mail(who: &str, text: &str) -> WordsIn {
    mail_from(who, person(who).mail, text)
}

/// The same from another address.
fn mail_from(who: &str, address: &str, text: &str) -> WordsIn {
    let head = format!("From: {} <{address}>\r\nSubject: Re: your question\r\n", person(who).name);
    WordsIn::Mail(format!("{head}\r\nGood evening,\r\n\r\n{text}\r\n").into_bytes())
}

fn number(key: &str) -> u32 {
    key.rsplit_once('-').and_then(|(_, n)| n.parse().ok()).expect("a change's key")
}

fn code<T: std::fmt::Debug>(answer: Answer<T>) -> String {
    let error = answer.expect_err("refused");
    let BoardError::Refused(refusal) = error else { panic!("{error}") };
    refusal.code
}

/// The chair records what the CTO wrote.
async fn record(journey: &Journey, key: &str, words: WordsIn) -> Answer<WrittenRecorded> {
    let (recorder, member) = (journey.member(Role::Chair).await, journey.member(Role::Cto).await);
    let pin = journey.pin(&recorder).await.into();
    let request = RecordWrittenRequest { change: key.to_owned(), member, recorder, pin, words };
    journey.cabinet.record_in_writing(request).await
}

/// The chair enters the CTO's mail address in the roster; an empty one is taken away.
async fn enter_address(journey: &Journey, address: &str) -> Answer<bool> {
    let (by, member) = (journey.member(Role::Chair).await, journey.member(Role::Cto).await);
    let pin = journey.pin(&by).await.into();
    let accounts = BTreeMap::from([(MAIL.to_owned(), address.to_owned())]);
    let change = MemberChange { accounts, ..MemberChange::default() };
    journey.cabinet.change_member(ChangeMemberRequest { member, change, by, pin }).await
}

/// Somebody comments on the ticket, and it is synced; the number the ticket shows at the comment.
pub(super) async fn comment(journey: &Journey, key: &str, who: &str, text: &str) -> u32 {
    let account = person(who).account.parse().expect("a number");
    journey.server.comment(number(key), account, text).expect("a comment");
    journey.cabinet.sync_now().await.expect("synced");
    let journals = journey.server.issue(number(key)).expect("the ticket").journals.len();
    u32::try_from(journals).expect("few")
}

/// A change of these that neither the CTO nor the chair has a part in, and the line that approves it.
async fn asked(journey: &Journey, changes: &[String]) -> (String, String) {
    let cto = journey.member(Role::Cto).await;
    for key in changes {
        let Ok(asking) = journey.cabinet.ask_in_writing(key, &cto).await else { continue };
        assert!(asking.text.contains(&asking.approve), "what to write is in what to send");
        let alone = asking.text.lines().any(|line| line.trim() == asking.approve);
        assert!(!alone, "quoting the question answers nothing: {}", asking.text);
        let again = journey.cabinet.ask_in_writing(key, &cto).await.expect("asked again");
        assert_eq!(again.approve, asking.approve, "the same question has the same answer");
        match record(journey, key, mail("CTO", &asking.text)).await {
            Err(BoardError::Refused(refusal)) if refusal.code == "written-not-said" => {
                return (key.clone(), asking.approve);
            }
            // The chair has a part in this one.
            Err(BoardError::Refused(refusal)) if refusal.code.starts_with("duty-") => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("the sample has a change on which the chair may record a sign-off")
}

async fn approval(journey: &Journey, key: &str) -> ApprovalState {
    journey.change(key).await.decision.expect("decided").approval
}

#[tokio::test(flavor = "multi_thread")]
async fn one_line_on_the_ticket_makes_the_approval_if_it_is_the_ctos_own_and_of_what_was_shown() {
    let (journey, _) = one_key().await;
    let (_, changes) = decided(&journey, 4).await;
    assert_eq!(code(record(&journey, &changes[0], WordsIn::Comment(None)).await), "not_asked");
    let (key, line) = asked(&journey, &changes).await;

    comment(&journey, &key, "CTO", "I approve it, it looks fine.").await;
    assert_eq!(code(record(&journey, &key, WordsIn::Comment(None)).await), "no_such_comment", "not what was asked for");
    let others = comment(&journey, &key, "security", &line).await;
    assert_eq!(code(record(&journey, &key, WordsIn::Comment(None)).await), "no_such_comment", "nobody's but their own");
    assert_eq!(code(record(&journey, &key, WordsIn::Comment(Some(others))).await), "written-not-theirs");
    assert_eq!(code(record(&journey, &key, mail("security", &line)).await), "written-not-theirs");
    assert_eq!(approval(&journey, &key).await, ApprovalState::AwaitingSignOff);

    comment(&journey, &key, "CTO", &format!("Read on the train.\n\n{line}\n")).await;
    let recorded = record(&journey, &key, WordsIn::Comment(None)).await.expect("it stands on the ticket");
    assert_eq!((recorded.verdict, recorded.quote.as_str(), recorded.counts), (Verdict::Approve, line.as_str(), true));
    let view = journey.change(&key).await;
    assert_eq!(
        view.decision.expect("decided").approval,
        ApprovalState::Holds,
        "under the starter policy written counts"
    );
    let shown = &view.sign_offs[0];
    assert_eq!(
        (shown.attestation, shown.key_fingerprint.as_str()),
        (Attestation::Written, ""),
        "and no key is claimed"
    );
    assert!(shown.meaning.contains(&line) && shown.meaning.contains(person("chair").name), "{}", shown.meaning);
    assert_eq!(code(record(&journey, &key, WordsIn::Comment(None)).await), "already_recorded");

    journey.server.set_field(number(&key), "Version", "9.9.9").expect("edited");
    journey.cabinet.sync_now().await.expect("synced");
    assert_eq!(approval(&journey, &key).await, ApprovalState::Stale);
    assert_eq!(code(record(&journey, &key, WordsIn::Comment(None)).await), "edited_since_asked");

    let found = board::verify_folder(&journey.data_dir(), None, now()).await.expect("looked over");
    assert!(found.findings.is_empty(), "the words are here, and say so: {:?}", found.findings);
    let (before, after) = journey.cabinet.rebuild().await.expect("rebuilt");
    assert_eq!(before, after, "and it follows from the record");
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_enrols_later_answers_for_what_they_wrote_and_the_sealed_minutes_gain_an_annex() {
    let (journey, relay) = one_key().await;
    let (meeting, changes) = decided(&journey, 4).await;
    let (key, line) = asked(&journey, &changes).await;
    record(&journey, &key, mail("CTO", &line)).await.expect("it stands in the mail");
    assert_eq!(approval(&journey, &key).await, ApprovalState::Holds);
    let chair = journey.member(Role::Chair).await;
    let pin = journey.pin(&chair).await;
    let annex = || SealAnnexRequest { meeting: meeting.clone(), pin: pin.clone().into() };
    assert_eq!(code(journey.cabinet.seal_annex(annex()).await), "nothing_new");
    let sealed = journey.data_dir().join("minutes").join(format!("minutes-{meeting}.pdf"));
    let minutes = std::fs::read(&sealed).expect("sealed minutes");

    // The CTO enrols, confirms what was said in the meeting and contests the mail.
    let (own, cto) = joins(&journey, Role::Cto, &journey.folder.path().join("cto"), &relay).await;
    let spoken = own.spoken(&cto).await.expect("readable");
    let written = spoken.iter().find(|act| act.what == "approved in writing").expect("asked about the mail, too");
    assert_eq!(written.recorder, person("chair").name);
    let rest = spoken.iter().filter(|act| act.act != written.act).map(|act| act.act.clone()).collect();
    let contested = vec![(written.act.clone(), "I never wrote this mail".to_owned())];
    let request =
        AffirmRequest { member: cto.clone(), pin: pin_of(person("CTO").name).into(), confirmed: rest, contested };
    own.affirm(request).await.expect("answered under one PIN");
    own.exchange().await.expect("sent");
    journey.cabinet.exchange().await.expect("received");
    assert_eq!(approval(&journey, &key).await, ApprovalState::AwaitingSignOff, "what they contest carries nothing");

    let next = CreateMeetingRequest {
        title: "Next".to_owned(),
        starts_at: now().to_rfc3339(),
        zone: "Europe/Berlin".to_owned(),
        place: String::new(),
    };
    let next = journey.cabinet.create_meeting(next).await.expect("a meeting");
    let agenda = journey.cabinet.agenda(OfMeeting { meeting: next.id }).await.expect("an agenda");
    let heads: Vec<&str> = agenda.contested.iter().filter_map(|row| row.reason.as_deref()).collect();
    assert_eq!(heads, ["I never wrote this mail"], "a contest heads the next agenda");

    let of = || OfMeeting { meeting: meeting.clone() };
    let view = journey.cabinet.annexes(of()).await.expect("readable");
    assert!(view.sealed.is_empty() && view.refusal.is_none(), "{view:?}");
    assert!(view.waiting.iter().all(|a| a.member == person("CTO").name), "{view:?}");
    assert_eq!(view.waiting.iter().filter(|a| a.instead.is_some()).count(), 1, "one contested: {view:?}");
    let subject = SigningSubject::Annex { meeting: meeting.clone() };
    let shown = signed(&journey.cabinet, &chair, &pin, subject).await;
    let facts = &shown.statements[0].facts;
    assert!(facts.iter().any(|f| f.value.contains("I never wrote this mail")), "who seals reads it: {facts:?}");
    let view = journey.cabinet.annexes(of()).await.expect("readable");
    let [row] = view.sealed.as_slice() else { panic!("{view:?}") };
    assert!(row.number == 1 && view.waiting.is_empty(), "{view:?}");
    let path = journey.cabinet.annex_path(OfAnnex { meeting: meeting.clone(), number: 1 }).await.expect("a file");
    assert_eq!(std::fs::read(&sealed).expect("still there"), minutes, "the sealed minutes stay");
    let checked = verify_minutes(&std::fs::read(&path).expect("a file"), None).expect("it holds by itself");
    let plain = verify_minutes(&minutes, None).expect("so do the minutes");
    assert_eq!(checked.pdf.sha256, row.sha256, "the record names this very file");
    assert_eq!((plain.annex_to, checked.annex_to), (None, Some(plain.pdf.sha256)), "the annex names their digest");
    assert_eq!(code(journey.cabinet.seal_annex(annex()).await), "nothing_new", "all is told");

    let found = board::verify_folder(&journey.data_dir(), None, now()).await.expect("looked over");
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_counts_from_the_address_that_the_roster_says_by_then() {
    let (journey, _) = one_key().await;
    let (_, changes) = decided(&journey, 4).await;
    assert!(enter_address(&journey, "").await.expect("signed"), "one key holds root, so it is in force");
    let (key, line) = asked(&journey, &changes).await;
    assert_eq!(code(record(&journey, &key, mail("CTO", &line)).await), "written-not-theirs", "no address is known");

    let taken = enter_address(&journey, &person("security").mail.to_uppercase()).await;
    assert!(matches!(&taken, Err(BoardError::Invalid { field, .. }) if field == "accounts"), "{taken:?}");
    assert!(enter_address(&journey, "Office@Cto.Example").await.expect("signed"));
    let cto = journey.member(Role::Cto).await;
    let asking = journey.cabinet.ask_in_writing(&key, &cto).await.expect("asked again");
    assert_eq!(asking.approve, line, "the change is the same, and so is the line");
    assert!(asking.text.contains("a mail from Office@Cto.Example"), "{}", asking.text);

    assert_eq!(code(record(&journey, &key, mail("CTO", &line)).await), "written-not-theirs", "an address of before");
    let words = mail_from("CTO", "office@cto.example", &line);
    let recorded = record(&journey, &key, words).await.expect("it stands in the mail");
    assert_eq!((recorded.account.as_str(), recorded.counts), ("office@cto.example", true));
    assert_eq!(approval(&journey, &key).await, ApprovalState::Holds);

    // The word was given while the address was theirs: that it changes later takes nothing back.
    assert!(enter_address(&journey, "cto@elsewhere.example").await.expect("signed"));
    assert_eq!(approval(&journey, &key).await, ApprovalState::Holds);
    let found = board::verify_folder(&journey.data_dir(), None, now()).await.expect("looked over");
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_offers_the_comments_that_say_the_line_and_counts_one_by_way_of_the_signing_window() {
    let (journey, _) = one_key().await;
    let (_, changes) = decided(&journey, 4).await;
    let of = |key: &str| OfChange { change: key.to_owned() };
    let none = journey.cabinet.written(of(&changes[0])).await.expect("readable");
    assert!(none.offers.is_empty() && none.facts.is_empty() && none.refusal.is_none(), "nobody was asked: {none:?}");
    let (key, line) = asked(&journey, &changes).await;
    comment(&journey, &key, "security", &line).await;
    comment(&journey, &key, "CTO", "I approve it.").await;
    let nothing = journey.cabinet.written(of(&key)).await.expect("readable");
    assert!(nothing.offers.is_empty() && !nothing.facts.is_empty(), "somebody else's, and not the line: {nothing:?}");

    let at = comment(&journey, &key, "CTO", &line).await;
    let view = journey.cabinet.written(of(&key)).await.expect("readable");
    let [offer] = view.offers.as_slice() else { panic!("{view:?}") };
    assert_eq!((offer.comment, offer.quote.as_str(), offer.verdict), (at, line.as_str(), Verdict::Approve));
    assert!(offer.refusal.is_none() && view.counts, "{view:?}");
    let chair = journey.member(Role::Chair).await;
    let pin = journey.pin(&chair).await;
    let (member, comment) = (offer.member.id.clone(), offer.comment);
    let signing = |subject| journey.cabinet.request_signing(SigningRequest { subject });
    let mail = |content: &str| SigningSubject::WrittenMail {
        change: key.clone(),
        member: member.clone(),
        content: content.to_owned(),
    };
    assert!(
        matches!(signing(mail("no Base64")).await, Err(BoardError::Invalid { .. })),
        "a file that was not read whole"
    );
    assert_eq!(code(signing(mail("")).await), "mail_unreadable");
    let subject = SigningSubject::Written { change: key.clone(), member: member.clone(), comment };
    let shown = signed(&journey.cabinet, &chair, &pin, subject).await;
    let said = &shown.statements[0];
    assert!(said.meaning.contains(&line) && said.meaning.contains(person("chair").name), "{}", said.meaning);
    assert!(view.facts.iter().all(|fact| said.facts.contains(fact)), "what the line speaks for is shown: {said:?}");
    assert_eq!(approval(&journey, &key).await, ApprovalState::Holds);
    let after = journey.cabinet.written(of(&key)).await.expect("readable");
    assert!(after.offers.is_empty(), "what is recorded is not offered again: {after:?}");
    journey.cabinet.finish_work().await;
}
