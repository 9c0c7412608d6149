//! Ways by which entries travel between the devices of a journey.
use std::path::{Path, PathBuf};

use board::requests::OfMeeting;
use board::views::{Role, VotePosition};
use board::{
    ACCEPTANCE, AdmitRequest, AffirmRequest, Cabinet, InviteRequest, JoinRequest, Options, RelaySetting, SecretString,
};
use domain::ids::Digest;
use store::{Folder, Store, StoredEntry};

use super::many_hands::pin_of;
use crate::journey::{Journey, now, options};

/// How a device reaches the others.
#[derive(Clone)]
pub(super) enum Way {
    /// A folder.
    Folder(PathBuf),
    /// A table, by its address.
    Postgres(SecretString),
}

impl Way {
    /// Adds it to a device's relays.
    pub(super) async fn taken(&self, cabinet: &Cabinet) {
        match self {
            Self::Folder(path) => {
                let mut relays = cabinet.relays().await.expect("readable");
                relays.push(RelaySetting::Folder { path: path.clone() });
                cabinet.set_relays(relays).await.expect("a folder");
            }
            Self::Postgres(address) => {
                cabinet.use_postgres(address.clone()).await.expect("a table");
            }
        }
    }
}

/// The member joins on a device of their own, and the chair, who takes the same way, admits them.
pub(super) async fn joins_through(chair: &Journey, role: Role, data: &Path, way: &Way) -> (Cabinet, String) {
    let pin = pin_of(role_name(chair, role).await.as_str());
    joins_with(chair, role, options(data), (pin, false), way).await
}

async fn role_name(chair: &Journey, role: Role) -> String {
    let member = chair.member(role).await;
    let members = chair.cabinet.members().await.expect("members");
    members.into_iter().find(|m| m.member.id == member).expect("a member").member.name
}

/// As [`joins_through`], on a desk of these options, under this PIN, and with keys that may replace earlier ones.
pub(super) async fn joins_with(
    chair: &Journey,
    role: Role,
    options: Options,
    (pin, replace): (&str, bool),
    way: &Way,
) -> (Cabinet, String) {
    let member = chair.member(role).await;
    let invited = chair.cabinet.invite(InviteRequest::Member(member.clone())).await.expect("invited");
    let own = Cabinet::open(options).await.expect("an empty folder opens");
    let joined = own
        .join(JoinRequest {
            invitation: invited.file,
            pin: pin.to_owned().into(),
            accepted: ACCEPTANCE.to_owned(),
            relays: Some(Vec::new()),
            replace,
        })
        .await
        .expect("joined");
    way.taken(&own).await;
    assert_eq!(joined.roster_words, invited.roster_words, "both sides read the same root");
    own.exchange().await.expect("the enrolment goes to the relay");
    chair.cabinet.exchange().await.expect("and comes to the chair");
    let waiting = chair.cabinet.admissions().await.expect("readable");
    let asked = waiting.iter().find(|a| a.member == member.parse().expect("an id")).expect("it waits");
    assert_eq!(asked.words, joined.words, "both sides see the same six words");
    let by = chair.member(Role::Chair).await;
    let request = AdmitRequest {
        enrolment: asked.enrolment,
        pin: chair.pin(&by).await.into(),
        by,
        checked: "by video call".to_owned(),
        hold_root: false,
    };
    assert!(chair.cabinet.admit(request).await.expect("admitted"), "one root holder is all there is");
    chair.cabinet.exchange().await.expect("the new roster goes out");
    own.exchange().await.expect("and comes in");
    (own, member)
}

/// A meeting on one change, spoken, decided and closed on the chair's device.
pub(super) async fn spoken_meeting(journey: &Journey) -> String {
    let changes = journey.approvable().await;
    let meeting = journey.meet(&[changes[0].as_str()]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", board::views::DecisionKind::Approved, "").await.expect("decided");
    journey.cabinet.close_meeting(OfMeeting { meeting: meeting.clone() }).await.expect("closed");
    meeting
}

/// The member confirms the first of what was said in their name: one entry with their own key.
pub(super) async fn confirms_one(cabinet: &Cabinet, member: &str) {
    let open = cabinet.spoken(member).await.expect("readable");
    let act = open.iter().find(|act| act.answer.is_none()).expect("something was said in their name").act.clone();
    let name = cabinet.members().await.expect("members").into_iter().find(|m| m.member.id == member).expect("on it");
    let request = AffirmRequest {
        member: member.to_owned(),
        pin: pin_of(&name.member.name).to_owned().into(),
        confirmed: vec![act],
        contested: Vec::new(),
    };
    cabinet.affirm(request).await.expect("confirmed");
}

/// All entries of a data folder, as another process reads them.
pub(super) async fn entries_in(data: &Path) -> Vec<StoredEntry> {
    let store = Store::open(&Folder::new(data), now()).await.expect("the data folder opens");
    let entries = store.all_entries().await.expect("entries");
    store.close().await;
    entries
}

/// Made anew from what is kept, which changes nothing: the digest of what the record amounts to.
pub(super) async fn amounts_to(cabinet: &Cabinet) -> Digest {
    let (before, after) = cabinet.rebuild().await.expect("rebuilt");
    assert_eq!(before, after, "what was received folds to what is kept");
    after
}

/// Everything that a folder holds, its parts included.
pub(super) fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(listing) = std::fs::read_dir(folder) else { return found };
    for entry in listing {
        let path = entry.expect("a name").path();
        if path.is_dir() { found.extend(files_in(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// A data folder with its keys, as somebody copies it to another machine: while it is in use.
pub(super) async fn copied(from: &Path, to: &Path) {
    let between = tempfile::tempdir().expect("a folder");
    let backup = between.path().join("backup");
    board::backup(from, &backup, true, now()).await.expect("backed up");
    let restored = board::restore(&backup, to).await.expect("restored");
    assert!(restored.vault && restored.blobs_lost.is_empty(), "{restored:?}");
}
