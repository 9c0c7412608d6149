//! Between meetings: a question that each member answers on a device of their own, carried, signed off and ratified; and
//! one that fails because nobody answers it.
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use board::requests::{BuildAgendaRequest, OfMeeting};
use board::views::{ApprovalState, CreateMeetingRequest, DecisionKind, Position, Role, VotePosition};
use board::{
    ACCEPTANCE, Answer, Cabinet, CircularSaid, CircularState, CircularView, CreateBoard, Keyholder, NewMember,
    OpenCircularRequest, Options, RecuseCircularRequest, RelaySetting, Strength, VoteCircularRequest,
};
use chrono::Duration;

use super::hard_blocks::{free, number};
use super::many_hands::{joins, pin_of, sign_queue};
use crate::gates::code;
use crate::journey::{Journey, now, options, role, sample_board};

/// A board of chair, lead and CTO, whose chair alone has a key yet, on a clock that goes on by hours when the test says so.
async fn three() -> (Journey, PathBuf, Arc<AtomicI64>) {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let relay = folder.path().join("relay");
    std::fs::create_dir(&relay).expect("a relay folder");
    let later = Arc::new(AtomicI64::new(0));
    let hours = Arc::clone(&later);
    let clock = Arc::new(move || now() + Duration::hours(hours.load(Ordering::SeqCst)));
    let cabinet = Cabinet::open(Options { clock, ..options(&folder.path().join("data")) }).await.expect("it opens");
    let deciding = sample::board::MEMBERS.iter().take(3);
    let members = deciding.map(|m| NewMember {
        name: m.name.to_owned(),
        roles: vec![role(m.role)],
        voting: true,
        mandatory: false,
        accounts: BTreeMap::from([(sample::board::PREFIX.to_owned(), m.account.to_owned())]),
        key: (m.role == "chair").then(|| Keyholder { pin: m.pin.to_owned().into(), accepted: ACCEPTANCE.to_owned() }),
    });
    let request = CreateBoard {
        name: sample::board::NAME.to_owned(),
        members: members.collect(),
        strength: Strength::Starter,
        part_11: false,
        sealed_relays: false,
    };
    cabinet.create_board_with(request).await.expect("a board of three");
    cabinet.open_sample(sample_board(&server)).await.expect("connected and synced");
    cabinet.set_relays(vec![RelaySetting::Folder { path: relay.clone() }]).await.expect("a relay");
    (Journey { server, cabinet, folder }, relay, later)
}

async fn asks(journey: &Journey, key: &str) -> Answer<CircularView> {
    let chair = journey.member(Role::Chair).await;
    let request = OpenCircularRequest {
        pin: journey.pin(&chair).await.into(),
        member: chair,
        change: key.to_owned(),
        question: "May it go ahead tonight?".to_owned(),
        closes: (now() + Duration::hours(2)).to_rfc3339(),
    };
    journey.cabinet.open_circular(request).await
}

async fn votes(cabinet: &Cabinet, circular: &str, member: &str, position: Position) -> Answer<CircularView> {
    let name = name_of(cabinet, member).await;
    let (circular, member, pin) = (circular.to_owned(), member.to_owned(), pin_of(&name).to_owned().into());
    cabinet.vote_circular(VoteCircularRequest { circular, member, pin, position }).await
}

fn said(view: &CircularView, member: &str) -> CircularSaid {
    view.answers.iter().find(|answer| answer.member == member).expect("asked").said
}

#[tokio::test(flavor = "multi_thread")]
async fn three_devices_decide_between_meetings_and_the_next_meeting_ratifies_it() {
    let (journey, relay, clock) = three().await;
    let keys = free(&journey, 3).await;
    let (urgent, silent, usual) = (keys[0].as_str(), keys[1].as_str(), keys[2].as_str());
    for key in [urgent, silent] {
        journey.server.set_field(number(key), "Change kind", "Emergency").expect("a field of the sample");
    }
    journey.cabinet.sync_now().await.expect("synced");
    assert_eq!(code(&asks(&journey, usual).await), "circular_not_allowed", "the policy says emergencies");
    journey.server.set_field(number(usual), "Change kind", "Emergency").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    let home = journey.folder.path();
    let (cto, cto_id) = joins(&journey, Role::Cto, &home.join("cto"), &relay).await;
    let (lead, lead_id) = joins(&journey, Role::TechnicalLead, &home.join("lead"), &relay).await;
    for cabinet in [&cto, &lead] {
        cabinet.open_sample(sample_board(&journey.server)).await.expect("the changes, from the server");
    }
    let chair = journey.member(Role::Chair).await;

    let asked = asks(&journey, urgent).await.expect("asked");
    assert_eq!(code(&asks(&journey, urgent).await), "before_the_board");
    for key in [silent, usual] {
        asks(&journey, key).await.expect("asked");
    }
    for key in [urgent, silent, usual] {
        votes(&journey.cabinet, key, &chair, Position::Approve).await.expect("the chair votes");
    }
    assert_eq!(code(&journey.cabinet.end_circular(urgent, "").await), "circular_open", "one yes of three is none");
    journey.cabinet.exchange().await.expect("the notice goes out");

    // Each on a device of their own; the CTO thinks again, the lead steps aside on one and says nothing of the other.
    cto.exchange().await.expect("received");
    let there = cto.circulars().await.expect("a list");
    let notice = there.iter().find(|c| c.change == urgent).expect("the question came");
    assert_eq!((notice.question.as_str(), notice.id.as_str()), ("May it go ahead tonight?", asked.id.as_str()));
    votes(&cto, urgent, &cto_id, Position::Reject).await.expect("a vote");
    votes(&cto, urgent, &cto_id, Position::Approve).await.expect("the last counts");
    votes(&cto, usual, &cto_id, Position::Approve).await.expect("two of three");
    assert_eq!(code(&cto.end_circular(urgent, "").await), "not_keeper", "the chair ends it");
    cto.exchange().await.expect("sent");
    lead.exchange().await.expect("received");
    let aside = RecuseCircularRequest {
        circular: urgent.to_owned(),
        member: lead_id.clone(),
        pin: pin_of(&name_of(&lead, &lead_id).await).to_owned().into(),
        reason: "My brother wrote it".to_owned(),
    };
    lead.recuse_circular(aside).await.expect("stepped aside");
    assert_eq!(code(&votes(&lead, urgent, &lead_id, Position::Reject).await), "recused");
    lead.exchange().await.expect("sent");

    journey.cabinet.exchange().await.expect("received");
    let carried = journey.cabinet.end_circular(urgent, "").await.expect("carried");
    assert_eq!((carried.state, said(&carried, &cto_id)), (CircularState::Carried, CircularSaid::Approve));
    assert_eq!(said(&carried, &lead_id), CircularSaid::Recused, "{carried:?}");
    let approval = journey.change(urgent).await.decision.expect("decided").approval;
    assert_eq!(approval, ApprovalState::AwaitingSignOff, "votes are no authority");
    assert_eq!(code(&votes(&journey.cabinet, urgent, &chair, Position::Reject).await), "circular_over");

    // The other fails by silence: one of three, whatever the clock says.
    assert_eq!(code(&journey.cabinet.end_circular(silent, "").await), "circular_open");
    clock.store(3, Ordering::SeqCst);
    let failed = journey.cabinet.end_circular(silent, "").await.expect("its time is over");
    assert_eq!((failed.state, said(&failed, &cto_id)), (CircularState::NotCarried, CircularSaid::Silent));
    assert!(failed.outcome.contains("Silence is no yes"), "{}", failed.outcome);

    journey.cabinet.exchange().await.expect("sent");
    cto.exchange().await.expect("received");
    let signed = sign_queue(&cto, &asked.id, &cto_id, pin_of(&name_of(&cto, &cto_id).await)).await;
    assert_eq!(signed, 1, "the authority signs it off");
    cto.exchange().await.expect("sent");
    journey.cabinet.exchange().await.expect("received");
    let approval = journey.change(urgent).await.decision.expect("decided").approval;
    assert_eq!(approval, ApprovalState::Holds);
    journey.seal(&asked.id).await.expect("its minutes are sealed as a meeting's");
    journey.cabinet.sync_now().await.expect("the decision goes to its ticket");
    journey.cabinet.finish_work().await;

    // It tops the next agenda.
    let head = journey
        .cabinet
        .create_meeting(CreateMeetingRequest {
            title: "The next one".to_owned(),
            starts_at: now().to_rfc3339(),
            zone: "Europe/Berlin".to_owned(),
            place: "Room Athena".to_owned(),
        })
        .await
        .expect("a meeting");
    let build = BuildAgendaRequest { meeting: head.id, rule: "standard".to_owned() };
    let agenda = journey.cabinet.build_agenda(build).await.expect("an agenda");
    let first = agenda.items.first().expect("an item");
    assert_eq!(first.change.key, urgent, "{}", first.reason);
    assert!(first.reason.starts_with("To be ratified: "), "{}", first.reason);
    let room = journey.meet(&[urgent, usual]).await;
    let meeting = room.meeting.id.clone();
    for (key, position, kind, why) in [
        (urgent, VotePosition::Approve, DecisionKind::Approved, ""),
        (usual, VotePosition::Reject, DecisionKind::Rejected, "Not this month"),
    ] {
        let item = room.items.iter().find(|row| row.key == key).expect("on the agenda").id.as_str();
        journey.all_vote(&meeting, item, position).await;
        journey.decide(&meeting, item, kind, why).await.expect("decided");
    }
    journey.close(&meeting).await;
    // What the board decided meanwhile, no circular decides again, however many said yes.
    assert_eq!(code(&journey.cabinet.end_circular(usual, "").await), "circular_decided");
    let ended = journey.cabinet.end_circular(usual, "The board rejected it").await.expect("it ends so");
    assert_eq!(ended.state, CircularState::NotCarried, "{ended:?}");
    let all = journey.cabinet.circulars().await.expect("a list");
    let ratified = all.iter().find(|c| c.change == urgent).expect("there");
    assert_eq!(ratified.state, CircularState::Ratified, "{ratified:?}");
    let listed = journey.cabinet.list_meetings().await.expect("meetings");
    assert!(listed.iter().any(|m| m.id == asked.id), "its minutes are among those of meetings");
    let as_meeting = journey.cabinet.close_meeting(OfMeeting { meeting: failed.id.clone() }).await;
    assert!(as_meeting.is_ok(), "it is closed already: {as_meeting:?}");

    // The same record everywhere, and the same projection.
    journey.cabinet.finish_work().await;
    journey.cabinet.exchange().await.expect("sent");
    let mut digests = Vec::new();
    for cabinet in [&journey.cabinet, &cto, &lead] {
        cabinet.exchange().await.expect("received");
        assert!(cabinet.problems().await.expect("readable").is_empty(), "nothing is wrong");
        let (before, after) = cabinet.rebuild().await.expect("rebuilt");
        assert_eq!(before, after, "what was received folds to what is kept");
        digests.push(after);
        cabinet.finish_work().await;
    }
    assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "three devices, one digest: {digests:?}");
}

async fn name_of(cabinet: &Cabinet, member: &str) -> String {
    let members = cabinet.members().await.expect("members");
    members.into_iter().find(|m| m.member.id == member).expect("a member").member.name
}
