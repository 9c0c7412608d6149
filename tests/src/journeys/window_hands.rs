//! Many hands as the window does it: what it may call from the main window, and what only the signing window signs.
use board::requests::{FileText, OfItem, OfMeeting, RelayFolders, SigningRequest};
use board::views::{
    ContestedAct, DecisionKind, InvitationRequest, JoinBoardRequest, MemberDraft, Role, SignRequest, SigningSubject,
    SigningView, SpokenAnswer, StatementState, VotePosition,
};
use board::{ACCEPTANCE, AdmitRequest, Answer, BoardError, Cabinet};

use super::many_hands::{joins, one_key, pin_of};
use crate::journey::{Journey, approving, now, options};

fn code(error: &BoardError) -> &str {
    match error {
        BoardError::Refused(refusal) => &refusal.code,
        BoardError::NotFound { .. } => "not_found",
        BoardError::Invalid { .. } => "invalid",
        BoardError::Ticketing { .. }
        | BoardError::Vault { .. }
        | BoardError::Verification { .. }
        | BoardError::Cancelled
        | BoardError::Internal { .. } => "other",
    }
}

async fn asked(cabinet: &Cabinet, subject: SigningSubject) -> SigningView {
    cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    cabinet.signing_view().await.expect("a view")
}

async fn signed(cabinet: &Cabinet, view: &SigningView, member: &str, pin: Option<&str>) -> Answer<SigningView> {
    let request =
        SignRequest { keep_unlocked: true, ..approving(&view.statements[0].id, member, pin.map(ToOwned::to_owned)) };
    cabinet.sign(request).await
}

/// The member's device, joined by what the window calls and not admitted yet; the invitation's text.
async fn joined(chair: &Journey, role: Role, data: &str, relay: &std::path::Path) -> Cabinet {
    let member = chair.member(role).await;
    let path = chair.folder.path().join(format!("{data}.invitation"));
    let request = InvitationRequest { member: Some(member), seat: None, path: path.display().to_string() };
    let made = chair.cabinet.write_invitation(request.clone()).await.expect("written");
    let again = chair.cabinet.write_invitation(request).await.expect_err("nothing is written over");
    assert_eq!(code(&again), "file_unwritable");
    let own = Cabinet::open(options(&chair.folder.path().join(data))).await.expect("an empty folder opens");
    let text = std::fs::read_to_string(&path).expect("there");
    let seen = own.read_invitation(&FileText { text: format!("{text}\n") }).expect("an invitation");
    assert_eq!((seen.name.as_str(), &seen.roster_words), (made.name.as_str(), &made.roster_words));
    let (before, root) = text.split_once("\"roster_root\":\"").expect("it names its root");
    let other = if root.starts_with('0') { "1" } else { "0" };
    let bent = format!("{before}\"roster_root\":\"{other}{}", &root[1..]);
    own.read_invitation(&FileText { text: bent }).expect_err("what does not lead back to its root is refused");
    let request = JoinBoardRequest {
        invitation: text,
        folder: relay.display().to_string(),
        replace: false,
        pin: pin_of(&made.name).to_owned(),
        accepted_sentence: ACCEPTANCE.to_owned(),
    };
    let status = own.join_board(request).await.expect("joined");
    assert!(status.record.joining, "until the board has admitted it");
    own
}

async fn exchanged(cabinets: &[&Cabinet]) {
    for cabinet in cabinets {
        cabinet.exchange_and_tell().await.expect("exchanged");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_joins_in_the_window_and_is_admitted_in_the_signing_window_by_the_pin_alone() {
    let (journey, relay) = one_key().await;
    let chair = journey.member(Role::Chair).await;
    let pin = journey.pin(&chair).await;
    assert!(journey.cabinet.record().await.expect("readable").provisional, "one keyholder");
    let own = joined(&journey, Role::TechnicalLead, "lead", &relay).await;
    let waits = own.joining().await.expect("readable").expect("it waits");
    exchanged(&[&own, &journey.cabinet]).await;

    let record = journey.cabinet.record().await.expect("readable");
    assert_eq!(record.waiting.len(), 1);
    assert_eq!(record.waiting[0].words, waits.words, "both sides see the same six words");
    assert!(record.held.is_empty(), "who waits is told with the members, not as a parcel");
    assert_eq!(journey.cabinet.app_status().await.expect("a status").record.admissions, 1);
    assert_eq!(own.app_status().await.expect("a status").record.admissions, 0, "nobody admits themselves");

    let subject = |checked: &str| SigningSubject::Admission {
        enrolment: record.waiting[0].enrolment.clone(),
        checked: checked.to_owned(),
        hold_root: false,
    };
    let request = SigningRequest { subject: subject(" ") };
    let refused = journey.cabinet.request_signing(request).await.expect_err("how was it checked");
    assert_eq!(code(&refused), "invalid");
    let view = asked(&journey.cabinet, subject("Video call.")).await;
    let statement = &view.statements[0];
    assert!(statement.meaning.contains(&waits.words.join(" ")), "{}", statement.meaning);
    assert!(statement.meaning.ends_with("Identity checked: Video call."), "{}", statement.meaning);
    assert_eq!(view.signers.iter().map(|s| s.member.id.as_str()).collect::<Vec<_>>(), [chair.as_str()]);
    assert!(view.signers[0].pin_always, "no session serves it");
    let refused = signed(&journey.cabinet, &view, &chair, None).await.expect_err("no PIN");
    assert_eq!(code(&refused), "pin_needed");
    let refused = signed(&journey.cabinet, &view, &chair, Some("not the pin")).await.expect_err("another PIN");
    assert_eq!(code(&refused), "wrong_pin");
    let after = signed(&journey.cabinet, &view, &chair, Some(&pin)).await.expect("signed");
    assert_eq!(after.statements[0].state, StatementState::Signed);
    let again = signed(&journey.cabinet, &view, &chair, Some(&pin)).await.expect_err("once");
    assert_eq!(code(&again), "already_signed");

    let record = journey.cabinet.record().await.expect("readable");
    assert!(record.waiting.is_empty() && !record.provisional, "two keyholders");
    assert_eq!(record.members.iter().filter(|m| m.has_key).count(), 2);
    exchanged(&[&journey.cabinet, &own]).await;
    assert!(own.joining().await.expect("readable").is_none(), "admitted");
    let status = own.app_status().await.expect("a status");
    assert!(!status.record.joining);
    assert_eq!(status.me.map(|m| m.name), Some(record_name(&journey, Role::TechnicalLead).await), "whose device it is");
    journey.cabinet.finish_work().await;
}

async fn record_name(journey: &Journey, role: Role) -> String {
    let members = journey.cabinet.members().await.expect("readable");
    members.into_iter().find(|m| m.member.roles.contains(&role)).expect("one").member.name
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_another_sentence_by_now_is_not_signed() {
    let (journey, relay) = one_key().await;
    let chair = journey.member(Role::Chair).await;
    let pin = journey.pin(&chair).await;
    let lead = joined(&journey, Role::TechnicalLead, "lead", &relay).await;
    let cto = joined(&journey, Role::Cto, "cto", &relay).await;
    exchanged(&[&lead, &cto, &journey.cabinet]).await;
    let waiting = journey.cabinet.record().await.expect("readable").waiting;
    assert_eq!(waiting.len(), 2);
    let subject = SigningSubject::Admission {
        enrolment: waiting[0].enrolment.clone(),
        checked: "video call".to_owned(),
        hold_root: false,
    };
    let view = asked(&journey.cabinet, subject).await;
    let other = AdmitRequest {
        enrolment: waiting[1].enrolment.parse().expect("a digest"),
        by: chair.clone(),
        pin: pin.clone().into(),
        checked: "in the room".to_owned(),
        hold_root: false,
    };
    journey.cabinet.admit(other).await.expect("the roster moves on");
    let refused = signed(&journey.cabinet, &view, &chair, Some(&pin)).await.expect_err("roster 2 is there already");
    assert_eq!(code(&refused), "changed_meanwhile");
    assert_eq!(journey.cabinet.record().await.expect("readable").waiting.len(), 1, "and nobody was admitted by it");
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_root_holder_signs_a_proposed_roster_in_their_own_signing_window() {
    let (journey, relay) = one_key().await;
    let chair = journey.member(Role::Chair).await;
    let pin = journey.pin(&chair).await;
    let security = joined(&journey, Role::Security, "security", &relay).await;
    exchanged(&[&security, &journey.cabinet]).await;
    let waiting = journey.cabinet.record().await.expect("readable").waiting;
    assert!(waiting[0].may_hold_root && !waiting[0].holds_root);
    let admission = |enrolment: String, hold_root| SigningSubject::Admission {
        enrolment,
        checked: "video call".to_owned(),
        hold_root,
    };
    let view = asked(&journey.cabinet, admission(waiting[0].enrolment.clone(), true)).await;
    assert!(view.statements[0].meaning.contains("to hold root"), "{}", view.statements[0].meaning);
    signed(&journey.cabinet, &view, &chair, Some(&pin)).await.expect("one root holder was enough");
    let lead = joined(&journey, Role::TechnicalLead, "lead", &relay).await;
    exchanged(&[&lead, &journey.cabinet, &security]).await;

    // From here on an authority needs two: the chair's signature proposes.
    let waiting = journey.cabinet.record().await.expect("readable").waiting;
    let view = asked(&journey.cabinet, admission(waiting[0].enrolment.clone(), false)).await;
    signed(&journey.cabinet, &view, &chair, Some(&pin)).await.expect("signed");
    let record = journey.cabinet.record().await.expect("readable");
    assert!(record.waiting.is_empty(), "nobody is admitted twice while the change waits");
    let proposal = record.proposal.expect("it waits for another");
    assert_eq!(proposal.signed_by, [record_name(&journey, Role::Chair).await]);
    assert_eq!(proposal.needed, 2);
    assert!(proposal.changes.iter().any(|line| line.contains("gets a key")), "{:?}", proposal.changes);
    assert!(!journey.cabinet.app_status().await.expect("a status").record.proposal, "the chair has signed");
    exchanged(&[&journey.cabinet, &security]).await;
    assert!(security.app_status().await.expect("a status").record.proposal, "security is told");

    let view = asked(&security, SigningSubject::RosterProposal).await;
    let name = record_name(&journey, Role::Security).await;
    assert_eq!(view.signers.iter().map(|s| s.member.name.as_str()).collect::<Vec<_>>(), [name.as_str()]);
    let me = view.signers[0].member.id.clone();
    signed(&security, &view, &me, Some(pin_of(&name))).await.expect("signed");
    assert!(security.record().await.expect("readable").proposal.is_none(), "in force");
    exchanged(&[&security, &journey.cabinet, &lead]).await;
    assert!(lead.joining().await.expect("readable").is_none(), "admitted by two");
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spoken_acts_are_answered_in_one_list_under_one_pin_and_a_contest_heads_the_next_agenda() {
    let (journey, relay) = one_key().await;
    let changes = journey.approvable().await;
    let meeting = journey.meet(&[&changes[0]]).await.meeting.id;
    let item = OfItem { meeting: meeting.clone(), item: "1".to_owned() };
    journey.cabinet.set_current_item(item).await.expect("moved on");
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    assert_eq!(journey.cabinet.app_status().await.expect("a status").record.spoken, 0, "the chair kept the record");

    let (own, member) = joins(&journey, Role::Security, &journey.folder.path().join("security"), &relay).await;
    let view = own.spoken_view().await.expect("readable");
    assert_eq!(view.member.id, member);
    assert!(view.refusal.is_none() && view.open >= 2, "presence and a vote: {:?}", view.acts);
    assert_eq!(own.app_status().await.expect("a status").record.spoken, view.open);
    let vote = view.acts.iter().find(|a| a.what.contains("voted")).expect("a vote").act.clone();
    let contested = vec![ContestedAct { act: vote.clone(), reason: "I abstained".to_owned() }];
    let confirmed: Vec<String> = view.acts.iter().map(|a| a.act.clone()).filter(|act| *act != vote).collect();
    let subject = SigningSubject::SpokenActs { confirmed: confirmed.clone(), contested: contested.clone() };
    let signing = asked(&own, subject).await;
    assert!(signing.signers.iter().all(|s| s.member.id == member && s.pin_always), "nobody answers for another");
    assert!(signing.statements[0].facts.iter().any(|f| f.value.contains("Instead: I abstained")), "what is signed");
    let pin = pin_of(&signing.signers[0].member.name);
    let refused = signed(&own, &signing, &member, None).await.expect_err("no PIN");
    assert_eq!(code(&refused), "pin_needed");
    signed(&own, &signing, &member, Some(pin)).await.expect("one PIN for all");
    let after = own.spoken_view().await.expect("readable");
    assert_eq!(after.open, 0);
    let answer = |act: &str| after.acts.iter().find(|a| a.act == act).map(|a| (a.answer, a.reason.clone()));
    assert_eq!(answer(&vote), Some((SpokenAnswer::Contested, Some("I abstained".to_owned()))));
    assert_eq!(answer(&confirmed[0]), Some((SpokenAnswer::Confirmed, None)));
    let again = own
        .request_signing(SigningRequest { subject: SigningSubject::SpokenActs { confirmed, contested } })
        .await
        .expect_err("answered once");
    assert_eq!(code(&again), "not_asked");

    exchanged(&[&own, &journey.cabinet]).await;
    let draft = board::views::CreateMeetingRequest {
        title: "The next one".to_owned(),
        starts_at: now().to_rfc3339(),
        zone: "Europe/Berlin".to_owned(),
        place: String::new(),
    };
    let next = journey.cabinet.create_meeting(draft).await.expect("a draft");
    let agenda = journey.cabinet.agenda(OfMeeting { meeting: next.id }).await.expect("an agenda");
    let heads: Vec<&str> = agenda.contested.iter().map(|row| row.act.as_str()).collect();
    assert_eq!(heads, [vote.as_str()], "it heads the next agenda");
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_seat_is_invited_with_a_number_for_an_account_and_a_folder_by_its_whole_path() {
    let (journey, _) = one_key().await;
    let path = journey.folder.path().join("new.invitation").display().to_string();
    let seat = |account: &str| MemberDraft {
        name: "Rana Haddad".to_owned(),
        roles: vec![Role::BoardMember],
        seat: String::new(),
        voting: true,
        mandatory: false,
        account: Some(account.to_owned()),
    };
    let request = |account: &str| InvitationRequest { member: None, seat: Some(seat(account)), path: path.clone() };
    let refused = journey.cabinet.write_invitation(request("rhaddad")).await.expect_err("a log-in name");
    assert_eq!(code(&refused), "invalid");
    let made = journey.cabinet.write_invitation(request("4711")).await.expect("written");
    assert_eq!((made.name.as_str(), made.roster_words.len()), ("Rana Haddad", 6));
    let folders = |text: &str| RelayFolders { folders: vec![text.to_owned()] };
    let refused = journey.cabinet.set_relay_folders(folders("board")).await.expect_err("which folder would that be");
    assert_eq!(code(&refused), "invalid");
    let nowhere = journey.folder.path().join("away").display().to_string();
    journey.cabinet.set_relay_folders(folders(&nowhere)).await.expect("kept, though it is away now");
    journey.cabinet.exchange_and_tell().await.expect("answered");
    let record = journey.cabinet.record().await.expect("readable");
    assert_eq!(record.relays.iter().map(|r| r.folder.as_deref()).collect::<Vec<_>>(), [Some(nowhere.as_str())]);
    journey.cabinet.finish_work().await;
}
