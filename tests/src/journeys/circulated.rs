//! The circulated edition of minutes: what a restricted item says is nowhere in the file, in no form, and the file says that
//! it is withheld; the full minutes go on holding.
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use board::requests::{
    AssignActionRequest, AttendanceRequest, MeetingChangeRequest, NoteRequest, OfAttachment, OfItem, OfMeeting,
    RestrictItemRequest,
};
use board::views::{CreateMeetingRequest, DecisionKind, Role, VotePosition};
use board::{CirculatedSealed, DocumentKind, SealCirculatedRequest, verify_minutes};
use domain::ids::Digest;
use flate2::read::ZlibDecoder;

use super::imported::import;
use crate::gates::code;
use crate::journey::{Journey, now};

const FILE: &str = "who-earns-how-much.csv";
const WHY: &str = "The vault's seal was found broken in March.";
const NOTE: &str = "Counsel asked for silence until the audit.";
const ACTION: &str = "Tell the auditors before anybody else";

fn number(key: &str) -> u32 {
    key.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number")
}

/// A file on the ticket that its plan names, here as well.
async fn with_file(journey: &Journey, key: &str) {
    let server = &journey.server;
    server.attach(number(key), FILE, b"Ines, 1; Tom, 2").expect("attached");
    let field = server.world().field("Rollback evidence").map(|f| f.id).expect("a field of the sample");
    let said = server.issue(number(key)).expect("the ticket").custom.get(&field).cloned().unwrap_or_default();
    server.set_field(number(key), "Rollback evidence", &format!("{said} See {FILE}.")).expect("edited");
    journey.cabinet.sync_now().await.expect("synced");
    for file in journey.change(key).await.attachments.into_iter().filter(|file| file.material) {
        let of = OfAttachment { change: key.to_owned(), attachment: file.id };
        journey.cabinet.download_attachment(of).await.expect("downloaded");
    }
}

/// What people wrote into a ticket, line by line, and did not write into the other one as well.
fn lines_of(journey: &Journey, key: &str, other: &str) -> Vec<String> {
    let issue = journey.server.issue(number(key)).expect("the ticket");
    let other = journey.server.issue(number(other)).expect("the other ticket");
    let theirs = [vec![other.subject, other.description], other.custom.into_values().collect()].concat().join("\n");
    let texts = [vec![issue.subject, issue.description], issue.custom.into_values().collect()].concat();
    let lines = texts.iter().flat_map(|text| text.lines()).map(str::trim);
    lines.filter(|line| line.len() >= 24 && !theirs.contains(line)).map(ToOwned::to_owned).collect()
}

/// A meeting on two changes, the second of them restricted, with everybody there.
pub(super) async fn called(journey: &Journey, open: &str, secret: &str) -> String {
    let request = CreateMeetingRequest {
        title: "Weekly change advisory board".to_owned(),
        starts_at: now().to_rfc3339(),
        zone: "Europe/Berlin".to_owned(),
        place: "Room Athena".to_owned(),
    };
    let cabinet = &journey.cabinet;
    let meeting = cabinet.create_meeting(request).await.expect("a meeting").id;
    for change in [open, secret] {
        let request = MeetingChangeRequest { meeting: meeting.clone(), change: change.to_owned() };
        cabinet.add_agenda_item(request).await.expect("an item");
    }
    let mark = RestrictItemRequest { meeting: meeting.clone(), item: secret.to_owned(), restricted: true };
    let agenda = cabinet.restrict_agenda_item(mark.clone()).await.expect("marked");
    let marked: Vec<bool> = agenda.items.iter().map(|item| item.reason.ends_with("; restricted")).collect();
    assert_eq!(marked, [false, true]);
    let session = cabinet.call_to_order(OfMeeting { meeting: meeting.clone() }).await.expect("in session");
    assert_eq!(code(&cabinet.restrict_agenda_item(mark).await), "agenda_frozen");
    for seat in session.seats {
        let here = AttendanceRequest { meeting: meeting.clone(), member: seat.member.id, present: true };
        cabinet.set_attendance(here).await.expect("present");
    }
    meeting
}

/// Both items decided in favour, the second with words that nobody else is to read; closed.
async fn held(journey: &Journey, meeting: &str) {
    let cabinet = &journey.cabinet;
    journey.all_vote(meeting, "1", VotePosition::Approve).await;
    journey.decide(meeting, "1", DecisionKind::Approved, "It was rehearsed on staging.").await.expect("decided");
    cabinet
        .set_current_item(OfItem { meeting: meeting.to_owned(), item: "2".to_owned() })
        .await
        .expect("before the board");
    journey.all_vote(meeting, "2", VotePosition::Approve).await;
    let note = NoteRequest { meeting: meeting.to_owned(), item: "2".to_owned(), text: NOTE.to_owned() };
    cabinet.set_note(note).await.expect("noted");
    let action = AssignActionRequest {
        meeting: meeting.to_owned(),
        text: ACTION.to_owned(),
        owner: journey.member(Role::Cto).await,
        due_on: None,
    };
    cabinet.assign_action(action).await.expect("assigned");
    journey.decide(meeting, "2", DecisionKind::Approved, WHY).await.expect("decided");
    journey.close(meeting).await;
}

async fn circulate(journey: &Journey, meeting: &str) -> board::Answer<CirculatedSealed> {
    let chair = journey.member(Role::Chair).await;
    let pin = journey.pin(&chair).await.into();
    journey.cabinet.seal_circulated(SealCirculatedRequest { meeting: meeting.to_owned(), pin }).await
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Bytes as a text with a character for each: texts are searched fast.
fn as_text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The file as it is, every stream unpacked, and whatever its evidence holds in Base64.
fn all_of(pdf: &[u8]) -> Vec<String> {
    let mut found = vec![as_text(pdf)];
    let mut rest = pdf;
    while let Some(at) = find(rest, b"stream") {
        let begins = &rest[at + b"stream".len()..];
        let begins = begins.strip_prefix(b"\r").unwrap_or(begins);
        let begins = begins.strip_prefix(b"\n").unwrap_or(begins);
        let mut unpacked = Vec::new();
        // Of what is not packed the bytes stand in the file itself.
        let packed = ZlibDecoder::new(begins).read_to_end(&mut unpacked).is_ok();
        if packed {
            found.push(as_text(&unpacked));
        }
        rest = begins;
    }
    let evidence = minutes::extract_evidence(pdf).expect("evidence inside");
    let evidence: serde_json::Value = serde_json::from_slice(&evidence).expect("JSON");
    let payloads = evidence["entries"].as_array().expect("entries").iter().map(|entry| &entry["payload"]);
    let blobs = evidence["blobs"].as_array().expect("blobs").iter().map(|blob| &blob["salted"]["bytes"]);
    let decoded = payloads.chain(blobs).filter_map(|text| STANDARD.decode(text.as_str()?).ok());
    found.extend(decoded.map(|bytes| as_text(&bytes)));
    found
}

/// A text in the forms in which it could stand somewhere, and its digest: what is short is found by trying.
fn forms(text: &str) -> Vec<String> {
    let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let digest = Digest::of(text.as_bytes()).0;
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let wide_le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let plain = [text.as_bytes(), wide.as_slice(), wide_le.as_slice(), digest.as_slice()];
    let mut forms = vec![STANDARD.encode(digest)];
    for bytes in plain {
        forms.extend([as_text(bytes), hex(bytes), hex(bytes).to_uppercase()]);
    }
    forms
}

/// The words on the pages, white space aside.
fn on_the_page(pdf: &Path) -> String {
    let output =
        Command::new("pdftotext").arg(pdf).arg("-").env("LC_ALL", "C.UTF-8").output().unwrap_or_else(|error| {
            panic!("pdftotext does not run ({error}); install it with tests/support/pdf/install.sh")
        });
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    squeezed(&String::from_utf8(output.stdout).expect("text"))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_restricted_item_says_is_nowhere_in_the_circulated_edition_which_says_so_and_holds() {
    let journey = Journey::begin().await;
    let changes = journey.approvable().await;
    let (open, secret) = (changes[0].as_str(), changes[1].as_str());
    with_file(&journey, secret).await;
    let meeting = called(&journey, open, secret).await;
    held(&journey, &meeting).await;
    let cto = journey.member(Role::Cto).await;
    journey.sign_queue(&meeting, &cto).await;
    assert_eq!(code(&circulate(&journey, &meeting).await), "not_sealed");
    journey.seal(&meeting).await.expect("sealed");
    let sealed = circulate(&journey, &meeting).await.expect("sealed");
    assert_eq!((sealed.restricted.as_slice(), sealed.withheld), ([secret.to_owned()].as_slice(), 5));
    assert_eq!(code(&circulate(&journey, &meeting).await), "already_sealed");
    let (folder, file) = (journey.folder.path().join("auditor"), std::fs::read(&sealed.path).expect("a file"));
    assert_eq!(code(&import(&folder, &file).await.1), "circulated_edition", "no copy of a board is made of it");

    let title = journey.server.issue(number(secret)).expect("the ticket").subject;
    let mut unsaid = lines_of(&journey, secret, open);
    assert!(unsaid.len() > 3, "title, description and plan: {unsaid:?}");
    unsaid.truncate(8);
    unsaid.extend([title.as_str(), FILE, WHY, NOTE, ACTION].map(ToOwned::to_owned));
    let full = journey.data_dir().join("minutes").join(format!("minutes-{meeting}.pdf"));
    let (full_pdf, pdf) = (std::fs::read(&full).expect("a file"), std::fs::read(&sealed.path).expect("a file"));
    let (whole, cut) = (all_of(&full_pdf), all_of(&pdf));
    let holds = |file: &[String], what: &str| file.iter().any(|bytes| bytes.contains(what));
    for text in [title.as_str(), FILE, WHY, NOTE, ACTION] {
        assert!(
            holds(&whole, &as_text(text.as_bytes())),
            "the full one says {text:?}: the test looks where it would stand"
        );
    }
    let page = on_the_page(&sealed.path);
    for text in &unsaid {
        assert!(!page.contains(&squeezed(text)), "{text:?} stands on a page");
        for form in forms(text) {
            assert!(!holds(&cut, &form), "{text:?} is in the circulated edition as {form:?}");
        }
    }
    assert!(page.contains(&squeezed("withheld: 5 fields")) && page.contains(&squeezed(&format!("Item 2, {secret}"))));
    assert!(page.contains(open) && holds(&cut, "It was rehearsed on staging."), "the other item is all there");

    let checked = verify_minutes(&pdf, None).expect("drawn again from its evidence");
    assert!(checked.recomputed && checked.verdict.contains(&format!("withheld in this edition: {secret}")));
    assert_eq!((checked.restricted.as_slice(), checked.withheld), ([secret.to_owned()].as_slice(), 5));
    let unsaid: Vec<_> =
        checked.unsaid.iter().map(|one| (one.change.as_str(), one.fields.len(), one.entries)).collect();
    assert_eq!(unsaid, [(secret, 5, true)], "which change, which fields, and that its entries are left out whole");
    assert!(page.contains(&squeezed("Checkpoint at the close of the meeting")), "the rest of the record is not in it");
    assert_eq!(checked.about.document, DocumentKind::Circulated);
    let checked = verify_minutes(&full_pdf, None).expect("the full minutes hold");
    assert!(checked.restricted.is_empty() && checked.withheld == 0);
    assert!(on_the_page(&full).contains(&squeezed(WHY)), "and say all");
    assert!(on_the_page(&full).contains(&squeezed("Checkpoint of all entries inside")));
    let view = journey.cabinet.verify_minutes(OfMeeting { meeting }).await.expect("verified");
    assert!(view.verification.expect("a verification").verified, "the record names the full ones as the minutes");

    let another = journey.meet(&[&changes[2]]).await.meeting.id;
    journey.close(&another).await;
    journey.seal(&another).await.expect("sealed");
    assert_eq!(code(&circulate(&journey, &another).await), "nothing_restricted");
}
