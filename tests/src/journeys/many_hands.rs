//! Many hands, no server: members with data folders of their own, whose entries travel through a folder.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use board::requests::{
    AttendanceRequest, MeetingChangeRequest, OfItem, OfMeeting, SecretaryRequest, SigningRequest, VoteRequest,
};
use board::views::{
    ApprovalState, Attestation, Basis, DecideRequest, DecisionKind, OutboxState, Role, SigningSubject, VotePosition,
};
use board::{
    ACCEPTANCE, AdmitRequest, AffirmRequest, BoardError, Cabinet, CreateBoard, InviteRequest, JoinRequest, Keyholder,
    NewMember, PackRequest, RelaySetting, RevocationReason, RevokeRequest, Strength,
};

use super::ways::{Way, joins_through};
use super::written::person;
use crate::journey::{Journey, approving, now, options, sample_board};

pub(super) fn pin_of(name: &str) -> &'static str {
    sample::board::MEMBERS.iter().find(|m| m.name == name).expect("a sample member").pin
}

/// A board of the sample's people on which only the chair has a key, with a relay folder.
pub(super) async fn one_key() -> (Journey, std::path::PathBuf) {
    one_key_where(false).await
}

/// The same, where entries may be sealed on their way.
pub(super) async fn one_key_where(sealed_relays: bool) -> (Journey, std::path::PathBuf) {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let relay = folder.path().join("relay");
    std::fs::create_dir(&relay).expect("a relay folder");
    let cabinet = Cabinet::open(options(&folder.path().join("data"))).await.expect("the desk opens");
    let roles = |word: &str| match word {
        "chair" => vec![Role::Chair],
        "technical development lead" => vec![Role::TechnicalLead],
        "CTO" => vec![Role::Cto],
        "security" => vec![Role::Security],
        "service manager" => vec![Role::ServiceManager],
        _ => vec![Role::BoardMember],
    };
    let members = sample::board::MEMBERS
        .iter()
        .map(|m| NewMember {
            name: m.name.to_owned(),
            roles: roles(m.role),
            voting: true,
            mandatory: false,
            accounts: BTreeMap::from([
                (sample::board::PREFIX.to_owned(), m.account.to_owned()),
                (board::MAIL.to_owned(), m.mail.to_owned()),
            ]),
            key: (m.role == "chair")
                .then(|| Keyholder { pin: m.pin.to_owned().into(), accepted: ACCEPTANCE.to_owned() }),
        })
        .collect();
    let request = CreateBoard {
        name: sample::board::NAME.to_owned(),
        members,
        strength: Strength::Starter,
        part_11: false,
        sealed_relays,
    };
    cabinet.create_board_with(request).await.expect("a board of one key");
    cabinet.open_sample(sample_board(&server)).await.expect("connected and synced");
    cabinet.set_relays(vec![RelaySetting::Folder { path: relay.clone() }]).await.expect("a relay");
    (Journey { server, cabinet, folder }, relay)
}

/// The member joins on a device of their own, and the chair admits them, through a folder that both reach.
pub(super) async fn joins(chair: &Journey, role: Role, data: &Path, relay: &Path) -> (Cabinet, String) {
    joins_through(chair, role, data, &Way::Folder(relay.to_owned())).await
}

pub(super) async fn sign_queue(cabinet: &Cabinet, meeting: &str, member: &str, pin: &str) -> u32 {
    let subject = SigningSubject::Queue { meeting: meeting.to_owned() };
    cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let mut signed = 0;
    for statement in cabinet.signing_view().await.expect("a view").statements {
        let request = approving(statement.id, member, Some(pin.to_owned()));
        signed += u32::from(cabinet.sign(request).await.is_ok());
    }
    cabinet.close_signing().await.expect("closed");
    signed
}

#[tokio::test(flavor = "multi_thread")]
async fn two_members_enrol_after_a_spoken_meeting_confirm_contest_and_sign_on_their_own_devices() {
    let (journey, relay) = one_key().await;
    let changes = journey.approvable().await;
    let chosen: Vec<&str> = changes.iter().take(2).map(String::as_str).collect();
    let meeting = journey.meet(&chosen).await.meeting.id;
    for item in ["1", "2"] {
        let of = OfItem { meeting: meeting.clone(), item: item.to_owned() };
        journey.cabinet.set_current_item(of).await.expect("moved on");
        journey.all_vote(&meeting, item, VotePosition::Approve).await;
        journey.decide(&meeting, item, DecisionKind::Approved, "").await.expect("decided");
    }
    journey.close(&meeting).await;
    journey.seal(&meeting).await.expect("the chair seals what was spoken");

    let home = journey.folder.path();
    let (lead, lead_id) = joins(&journey, Role::TechnicalLead, &home.join("lead"), &relay).await;
    let (security, security_id) = joins(&journey, Role::Security, &home.join("security"), &relay).await;
    let names = lead.members().await.expect("the roster came");
    let name = |id: &str| names.iter().find(|m| m.member.id == id).expect("a member").member.name.clone();
    let lead_pin = pin_of(&name(&lead_id)).to_owned();

    // The lead confirms everything, security contests one vote: one list, one PIN each.
    let asked = lead.spoken(&lead_id).await.expect("readable");
    assert!(asked.iter().all(|a| a.answer.is_none()) && asked.len() >= 3, "presence and two votes: {asked:?}");
    let confirmed = asked.iter().map(|a| a.act.clone()).collect();
    let request =
        AffirmRequest { member: lead_id.clone(), pin: lead_pin.clone().into(), confirmed, contested: Vec::new() };
    lead.affirm(request).await.expect("confirmed under one PIN");
    let mine = security.spoken(&security_id).await.expect("readable");
    let vote = mine.iter().find(|a| a.what.contains("voted")).expect("a vote").act.clone();
    let others_act = asked[0].act.clone();
    let pin = pin_of(&name(&security_id));
    let contest = |act: String| AffirmRequest {
        member: security_id.clone(),
        pin: pin.to_owned().into(),
        confirmed: Vec::new(),
        contested: vec![(act, "I abstained".to_owned())],
    };
    let refused = security.affirm(contest(others_act)).await.expect_err("nobody answers for another");
    assert!(matches!(&refused, BoardError::Refused(r) if r.code == "not_asked"), "{refused}");
    security.affirm(contest(vote)).await.expect("contested");

    // Signing needs the change's content, which the lead's device has from the server itself.
    lead.open_sample(sample_board(&journey.server)).await.expect("connected and synced");
    let signed = sign_queue(&lead, &meeting, &lead_id, &lead_pin).await;
    assert!(signed >= 1, "the lead signs what is not their own change");
    for cabinet in [&lead, &security] {
        cabinet.exchange().await.expect("sent");
    }
    journey.cabinet.exchange().await.expect("received");

    let item = journey.item(&meeting, "1").await;
    let known: BTreeMap<String, Option<Attestation>> =
        item.votes.iter().map(|v| (v.member.id.clone(), v.attestation)).collect();
    assert_eq!(known[&lead_id], Some(Attestation::Confirmed), "the lead's vote is confirmed");
    let recorded = known.values().filter(|a| **a == Some(Attestation::Recorded)).count();
    assert!(recorded >= 3, "silence never upgrades: {known:?}");
    let contested = journey.cabinet.contested().await.expect("readable");
    assert_eq!(contested.len(), 1, "it heads the next agenda");
    assert_eq!(contested[0].answer.as_deref(), Some("I abstained"));
    let mut approvals = Vec::new();
    for key in &chosen {
        approvals.extend(journey.change(key).await.decision.map(|d| d.approval));
    }
    assert!(
        approvals.contains(&ApprovalState::Holds),
        "a signature from another device makes the approval: {approvals:?}"
    );

    // The same record everywhere, and the same projection.
    lead.exchange().await.expect("again");
    security.exchange().await.expect("again");
    let mut digests = Vec::new();
    for cabinet in [&journey.cabinet, &lead, &security] {
        assert!(cabinet.problems().await.expect("readable").is_empty(), "nothing is wrong");
        let (before, after) = cabinet.rebuild().await.expect("rebuilt");
        assert_eq!(before, after, "what was received folds to what is kept");
        digests.push(after);
    }
    assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "three devices, one digest: {digests:?}");
    journey.cabinet.finish_work().await;
}

/// A meeting that approves the first changes, closed and sealed.
pub(super) async fn decided(journey: &Journey, count: usize) -> (String, Vec<String>) {
    let changes: Vec<String> = journey.approvable().await.into_iter().take(count).collect();
    let chosen: Vec<&str> = changes.iter().map(String::as_str).collect();
    let meeting = journey.meet(&chosen).await.meeting.id;
    for item in (1..=count).map(|n| n.to_string()) {
        let of = OfItem { meeting: meeting.clone(), item: item.clone() };
        journey.cabinet.set_current_item(of).await.expect("moved on");
        journey.all_vote(&meeting, &item, VotePosition::Approve).await;
        journey.decide(&meeting, &item, DecisionKind::Approved, "").await.expect("decided");
    }
    journey.close(&meeting).await;
    journey.seal(&meeting).await.expect("the chair seals");
    (meeting, changes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_pack_is_signed_on_a_machine_without_network_and_counts_when_it_comes_back() {
    let (journey, relay) = one_key().await;
    let (meeting, changes) = decided(&journey, 2).await;
    let home = journey.folder.path();

    // Everything goes by file: the invitation out, the enrolment back.
    let member = journey.member(Role::Cto).await;
    let invited = journey.cabinet.invite(InviteRequest::Member(member.clone())).await.expect("invited");
    let plane = Cabinet::open(options(&home.join("plane"))).await.expect("an empty folder opens");
    let pin = pin_of(&invited.name);
    let joined = plane
        .join(JoinRequest {
            invitation: invited.file,
            pin: pin.to_owned().into(),
            accepted: ACCEPTANCE.to_owned(),
            relays: Some(Vec::new()),
            replace: false,
        })
        .await
        .expect("joined");
    let asked = journey.cabinet.receive_enrolment(&joined.file).await.expect("handed over");
    assert_eq!(asked.words, joined.words);
    let by = journey.member(Role::Chair).await;
    let admit = AdmitRequest {
        enrolment: asked.enrolment,
        pin: journey.pin(&by).await.into(),
        by,
        checked: "in person".to_owned(),
        hold_root: false,
    };
    assert!(journey.cabinet.admit(admit).await.expect("admitted"));

    let request = PackRequest { to: member.clone(), changes: Vec::new(), good_for_hours: Some(48) };
    let pack = journey.cabinet.make_pack(request).await.expect("a pack");
    assert_eq!(pack.changes, changes, "what waits for a sign-off");
    let (other, _) = joins(&journey, Role::Security, &home.join("security"), &relay).await;
    let refused = other.open_pack(pack.file.clone()).await.expect_err("sealed to its recipient");
    assert!(matches!(&refused, BoardError::Refused(r) if r.code == "pack"), "{refused}");
    let opened = plane.open_pack(pack.file).await.expect("opened");
    assert_eq!((opened.purpose, opened.changes.clone()), ("review", changes.clone()));
    assert!(opened.came > 0 && opened.refused.is_empty(), "{opened:?}");
    for key in &changes {
        let here = plane.change(board::requests::OfChange { change: key.clone() }).await.expect("to be reviewed");
        let there = journey.change(key).await;
        assert_eq!((here.row.title, here.plan), (there.row.title, there.plan), "the same plan");
    }
    let signed = sign_queue(&plane, &meeting, &member, pin).await;
    assert!(signed >= 1, "the CTO signs without network");
    let reply = plane.reply_pack().await.expect("the way back");

    let back = journey.cabinet.open_pack(reply.file.clone()).await.expect("taken in");
    assert_eq!((back.purpose, back.came), ("reply", signed), "the sign-offs, each once");
    let again = journey.cabinet.open_pack(reply.file).await.expect("again");
    assert_eq!(again.came, 0, "nothing counts twice");
    let mut holding = 0;
    for key in &changes {
        holding += u32::from(journey.change(key).await.decision.expect("decided").approval == ApprovalState::Holds);
    }
    assert_eq!(holding, signed, "counted");
    journey.seal(&meeting).await.expect("the chair seals their extracts");
    journey.cabinet.sync_now().await.expect("synced");
    journey.cabinet.finish_work().await;
    let rows = journey.cabinet.outbox().await.expect("an outbox").rows;
    let verified = rows.iter().filter(|r| r.state == OutboxState::Verified).count();
    assert_eq!(verified, usize::try_from(signed).expect("small"), "and on the tickets: {rows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_goes_on_with_the_meeting_on_another_machine() {
    let (journey, relay) = one_key().await;
    let home = journey.folder.path();
    let (deputy, deputy_id) = joins(&journey, Role::ServiceManager, &home.join("deputy"), &relay).await;
    let (bystander, _) = joins(&journey, Role::Security, &home.join("bystander"), &relay).await;
    let changes: Vec<String> = journey.approvable().await.into_iter().take(2).collect();
    let head = journey
        .cabinet
        .create_meeting(board::views::CreateMeetingRequest {
            title: "Weekly".to_owned(),
            starts_at: now().to_rfc3339(),
            zone: "Europe/Berlin".to_owned(),
            place: String::new(),
        })
        .await
        .expect("a meeting");
    for change in &changes {
        let request = MeetingChangeRequest { meeting: head.id.clone(), change: change.clone() };
        journey.cabinet.add_agenda_item(request).await.expect("an item");
    }
    let request = SecretaryRequest { meeting: head.id.clone(), member: deputy_id };
    journey.cabinet.set_secretary(request).await.expect("named");
    let meeting = journey.cabinet.call_to_order(OfMeeting { meeting: head.id.clone() }).await.expect("in session");
    for seat in meeting.seats {
        let request = AttendanceRequest { meeting: head.id.clone(), member: seat.member.id, present: true };
        journey.cabinet.set_attendance(request).await.expect("present");
    }
    journey.all_vote(&head.id, "1", VotePosition::Approve).await;
    journey.decide(&head.id, "1", DecisionKind::Approved, "").await.expect("decided");
    let next = OfItem { meeting: head.id.clone(), item: "2".to_owned() };
    journey.cabinet.set_current_item(next).await.expect("moved on: now it is in the record");
    journey.cabinet.finish_work().await;

    // The chair's machine is gone. What was decided lies with the relay.
    for cabinet in [&deputy, &bystander] {
        cabinet.exchange().await.expect("received");
        cabinet.open_sample(sample_board(&journey.server)).await.expect("the changes, from the server");
    }
    let of = OfMeeting { meeting: head.id.clone() };
    let shown = deputy.meeting(of.clone()).await.expect("the deputy has the meeting");
    assert_eq!(shown.meeting.decided, 1, "with what was decided");
    let refused = bystander.close_meeting(of.clone()).await.expect_err("nobody else goes on with it");
    assert!(matches!(&refused, BoardError::Refused(r) if r.code == "not_keeper"), "{refused}");
    let item = deputy.meeting_item(OfItem { meeting: head.id.clone(), item: "2".to_owned() }).await.expect("an item");
    for vote in item.votes.iter().filter(|v| v.recused.is_none()) {
        let request = VoteRequest {
            meeting: head.id.clone(),
            item: "2".to_owned(),
            member: vote.member.id.clone(),
            position: Some(VotePosition::Approve),
        };
        deputy.vote(request).await.expect("a vote");
    }
    let request = DecideRequest {
        meeting: head.id.clone(),
        item: "2".to_owned(),
        kind: DecisionKind::Approved,
        basis: Basis::Vote,
        rationale: String::new(),
        conditions: Vec::new(),
        deferred_to: None,
    };
    deputy.decide(request).await.expect("decided on the deputy's machine");
    deputy.close_meeting(of.clone()).await.expect("closed there");
    deputy.exchange().await.expect("sent");
    journey.cabinet.exchange().await.expect("received");
    let shown = journey.cabinet.meeting(of).await.expect("the chair sees it");
    assert_eq!((shown.meeting.decided, shown.meeting.closed_at.is_some()), (2, true));
    let mut kept = BTreeSet::new();
    for member in journey.cabinet.members().await.expect("members") {
        for act in journey.cabinet.spoken(&member.member.id).await.expect("readable") {
            let on_the_second = act.item.is_some_and(|item| item.starts_with("2. "));
            kept.insert((on_the_second, act.recorder));
        }
    }
    let on_whose_word =
        [(false, "chair"), (true, "service manager")].map(|(on, who)| (on, person(who).name.to_owned()));
    assert_eq!(kept, BTreeSet::from(on_whose_word), "each act is on the word of whoever kept the record of it");
    assert!(journey.cabinet.problems().await.expect("readable").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_device_puts_into_the_folder_is_taken_in_while_one_listens() {
    let (journey, relay) = one_key().await;
    let (lead, _) = joins(&journey, Role::TechnicalLead, &journey.folder.path().join("lead"), &relay).await;
    let before = lead.record().await.expect("readable").details.entries;
    assert!(!lead.attend_once(Duration::ZERO).await.expect("listens"), "nothing is new");
    let changes = journey.approvable().await;
    let patience = Duration::from_secs(60);
    let first = [changes[0].as_str()];
    let (heard, meeting) = tokio::join!(lead.attend_once(patience), journey.meet(&first));
    assert!(heard.expect("listens"), "without asking");
    assert!(lead.record().await.expect("readable").details.entries > before);
    journey.cabinet.finish_work().await;
    lead.exchange().await.expect("the rest");
    let of = OfMeeting { meeting: meeting.meeting.id };
    assert!(lead.meeting(of).await.is_ok(), "the meeting is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_not_admitted_reads_and_cannot_write_and_a_revoked_one_cannot_any_more() {
    let (journey, relay) = one_key().await;
    let member = journey.member(Role::TechnicalLead).await;
    let invited = journey.cabinet.invite(InviteRequest::Member(member.clone())).await.expect("invited");
    let data = journey.folder.path().join("early");
    let own = Cabinet::open(options(&data)).await.expect("an empty folder opens");
    let pin = pin_of(&invited.name);
    let join = JoinRequest {
        invitation: invited.file,
        pin: pin.to_owned().into(),
        accepted: ACCEPTANCE.to_owned(),
        relays: Some(vec![RelaySetting::Folder { path: relay.clone() }]),
        replace: false,
    };
    own.join(join).await.expect("joined");
    assert_eq!(own.members().await.expect("readable").len(), sample::board::MEMBERS.len());
    let meeting = board::views::CreateMeetingRequest {
        title: "Too early".to_owned(),
        starts_at: now().to_rfc3339(),
        zone: "Europe/Berlin".to_owned(),
        place: String::new(),
    };
    let draft = own.create_meeting(meeting).await.expect("a draft is local");
    let refused = own.call_to_order(OfMeeting { meeting: draft.id }).await.expect_err("not admitted yet");
    assert!(matches!(&refused, BoardError::Refused(_)), "{refused}");

    let (lead, lead_id) = joins(&journey, Role::Cto, &journey.folder.path().join("cto"), &relay).await;
    let by = journey.member(Role::Chair).await;
    let request = RevokeRequest {
        member: lead_id.clone(),
        reason: RevocationReason::Lost,
        from: None,
        pin: journey.pin(&by).await.into(),
        by,
    };
    assert!(journey.cabinet.revoke(request).await.expect("revoked"), "in force at once");
    journey.cabinet.exchange().await.expect("sent");
    lead.exchange().await.expect("received");
    let row = lead.members().await.expect("readable").into_iter().find(|m| m.member.id == lead_id).expect("listed");
    assert!(!row.has_key, "the roster no longer counts the key");
    journey.cabinet.finish_work().await;
}
