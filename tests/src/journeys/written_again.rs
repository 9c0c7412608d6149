//! Words in writing count once: brought in again, on the same device or on another, they are refused; recorded by two
//! without each other both stand; and whoever had them and records them again all the same is refused by every reader.
use std::path::{Path, PathBuf};
use std::sync::Arc;

use board::requests::OfChange;
use board::views::{ApprovalState, ChangeView, Role, SignOffState};
use board::{
    AffirmRequest, Answer, BoardError, Cabinet, Finding, RecordWrittenRequest, RelaySetting, WordsIn, WrittenRecorded,
    verify_evidence,
};
use store::{Folder, Store};
use vault::FileVault;

use super::by_hand::Hand;
use super::many_hands::{decided, joins, one_key};
use super::ways::amounts_to;
use super::written::{comment, mail, person};
use crate::journey::{Journey, now, sample_board};

/// A device whose member records what the CTO writes.
struct Device<'b> {
    cabinet: &'b Cabinet,
    member: String,
    pin: &'static str,
    cto: String,
}

impl Device<'_> {
    async fn record(&self, key: &str, words: WordsIn) -> Answer<WrittenRecorded> {
        let request = RecordWrittenRequest {
            change: key.to_owned(),
            member: self.cto.clone(),
            recorder: self.member.clone(),
            pin: self.pin.to_owned().into(),
            words,
        };
        self.cabinet.record_in_writing(request).await
    }

    /// Refused with this code and in these words, and nothing is written.
    async fn refuses(&self, key: &str, words: WordsIn, code: &str, rule: &str) {
        self.cabinet.finish_work().await;
        let before = self.cabinet.entry_count().await.expect("readable");
        let error = self.record(key, words).await.expect_err("refused");
        let BoardError::Refused(refusal) = error else { panic!("{error}") };
        assert_eq!(refusal.code, code, "{refusal:?}");
        assert!(refusal.rule.contains(rule) && !refusal.remedy.is_empty(), "{refusal:?}");
        assert_eq!(self.cabinet.entry_count().await.expect("readable"), before);
    }

    async fn change(&self, key: &str) -> ChangeView {
        self.cabinet.change(OfChange { change: key.to_owned() }).await.expect("a change")
    }

    /// How approval and sign-offs stand on this device.
    async fn stands(&self, key: &str) -> (ApprovalState, Vec<SignOffState>) {
        let view = self.change(key).await;
        let states = view.sign_offs.iter().map(|s| s.state).collect();
        (view.decision.expect("decided").approval, states)
    }
}

/// The chair's device and that of the member for security, through a folder, after a meeting that approved some changes.
struct Board {
    journey: Journey,
    own: Cabinet,
    security: String,
    chair: String,
    cto: String,
    relay: PathBuf,
    changes: Vec<String>,
}

impl Board {
    async fn begin() -> Self {
        let (journey, relay) = one_key().await;
        let (_, changes) = decided(&journey, 4).await;
        let data = journey.folder.path().join("security");
        let (own, security) = joins(&journey, Role::Security, &data, &relay).await;
        own.open_sample(sample_board(&journey.server)).await.expect("connected and synced");
        let (chair, cto) = (journey.member(Role::Chair).await, journey.member(Role::Cto).await);
        Self { journey, own, security, chair, cto, relay, changes }
    }

    fn others_data(&self) -> PathBuf {
        self.journey.folder.path().join("security")
    }

    fn devices(&self) -> [Device<'_>; 2] {
        let device = |cabinet, member: &str, role| Device {
            cabinet,
            member: member.to_owned(),
            pin: person(role).pin,
            cto: self.cto.clone(),
        };
        [device(&self.journey.cabinet, &self.chair, "chair"), device(&self.own, &self.security, "security")]
    }

    /// A change on which both may record, and the line that approves it. What was asked about it is known on both.
    async fn asked(&self) -> (String, String) {
        for key in &self.changes {
            let Ok(asking) = self.journey.cabinet.ask_in_writing(key, &self.cto).await else { continue };
            tell(&self.journey.data_dir(), &self.others_data()).await;
            let mut both = true;
            for device in self.devices() {
                match device.record(key, mail("CTO", &asking.text)).await {
                    Err(BoardError::Refused(refusal)) if refusal.code == "written-not-said" => {}
                    // Its member has a part in this one.
                    Err(BoardError::Refused(refusal)) if refusal.code.starts_with("duty-") => both = false,
                    other => panic!("{other:?}"),
                }
            }
            if both {
                return (key.clone(), asking.approve);
            }
        }
        panic!("the sample has a change on which both may record a sign-off")
    }

    /// Each takes what the other has.
    async fn exchanged(&self) {
        for device in self.devices().iter().chain(&self.devices()) {
            device.cabinet.exchange().await.expect("exchanged");
        }
    }

    /// What a reader of the change's evidence finds wrong with it.
    async fn found(&self, key: &str, file: &str) -> Vec<Finding> {
        let to = self.journey.folder.path().join(file);
        self.journey.cabinet.export_snapshot(key, &to).await.expect("told");
        verify_evidence(&std::fs::read(to).expect("readable"), None, None).expect("evidence").findings
    }
}

/// A device keeps what it asked about to itself: another would ask with salts, and so for a line, of its own. Here both are
/// to ask for the same.
async fn tell(from: &Path, to: &Path) {
    let from = Store::open(&Folder::new(from), now()).await.expect("the data folder opens");
    let to = Store::open(&Folder::new(to), now()).await.expect("the data folder opens");
    for asked in from.drafts("written").await.expect("readable") {
        to.save_draft(&asked).await.expect("kept");
    }
    from.close().await;
    to.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_words_count_once_on_every_device_and_not_anew_after_they_were_contested() {
    let board = Board::begin().await;
    let (key, line) = board.asked().await;
    let devices = board.devices();
    let words = || mail("CTO", &line);
    devices[0].record(&key, words()).await.expect("it stands in the mail");
    board.exchanged().await;
    for device in &devices {
        device.refuses(&key, words(), "already_recorded", "is in the record already").await;
        assert_eq!(device.stands(&key).await, (ApprovalState::Holds, vec![SignOffState::Holds]));
    }

    // The CTO enrols and says it was not so.
    let home = board.journey.folder.path();
    let (theirs, cto) = joins(&board.journey, Role::Cto, &home.join("cto"), &board.relay).await;
    let spoken = theirs.spoken(&cto).await.expect("readable");
    let act = spoken.iter().find(|act| act.what == "approved in writing").expect("asked about the mail").act.clone();
    let request = AffirmRequest {
        member: cto,
        pin: person("CTO").pin.to_owned().into(),
        confirmed: Vec::new(),
        contested: vec![(act, "I never wrote this mail".to_owned())],
    };
    theirs.affirm(request).await.expect("contested");
    theirs.exchange().await.expect("sent");
    board.exchanged().await;
    for device in &devices {
        device.refuses(&key, words(), "recorded_before", "does not count a second time").await;
        assert_eq!(device.stands(&key).await, (ApprovalState::AwaitingSignOff, vec![SignOffState::Withdrawn]));
    }

    // Whoever approves again writes again; and that counts once, too.
    comment(&board.journey, &key, "CTO", &line).await;
    board.own.sync_now().await.expect("synced");
    devices[1].record(&key, WordsIn::Comment(None)).await.expect("other words, though the same line");
    board.exchanged().await;
    for device in &devices {
        device.refuses(&key, WordsIn::Comment(None), "already_recorded", "is in the record already").await;
        let both = vec![SignOffState::Withdrawn, SignOffState::Holds];
        assert_eq!(device.stands(&key).await, (ApprovalState::Holds, both));
    }
    assert_eq!(amounts_to(&board.journey.cabinet).await, amounts_to(&board.own).await, "two devices, one record");
    let found = board.found(&key, "told.json").await;
    assert!(found.is_empty(), "{found:?}");
    for device in [&theirs, &board.own, &board.journey.cabinet] {
        device.finish_work().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_by_two_without_each_other_both_stand_and_by_one_who_had_them_every_reader_refuses_them() {
    let board = Board::begin().await;
    let (key, line) = board.asked().await;
    let devices = board.devices();
    comment(&board.journey, &key, "CTO", &line).await;
    board.own.sync_now().await.expect("synced");
    for device in &devices {
        device.cabinet.set_relays(Vec::new()).await.expect("nowhere yet");
    }
    for device in &devices {
        device.record(&key, WordsIn::Comment(None)).await.expect("it stands on the ticket");
    }
    for device in &devices {
        let folder = RelaySetting::Folder { path: board.relay.clone() };
        device.cabinet.set_relays(vec![folder]).await.expect("a relay");
    }
    board.exchanged().await;
    for device in &devices {
        assert_eq!(device.stands(&key).await, (ApprovalState::Holds, vec![SignOffState::Holds; 2]));
        device.refuses(&key, WordsIn::Comment(None), "already_recorded", "is in the record already").await;
    }
    assert_eq!(amounts_to(&board.journey.cabinet).await, amounts_to(&board.own).await, "two devices, one record");
    let found = board.found(&key, "two.json").await;
    assert!(found.is_empty(), "neither had the other: {found:?}");
    board.exchanged().await;

    // A program that asks no desk writes it once more, on a device that has both.
    let data = board.others_data();
    let keys = Arc::new(FileVault::sample(&Folder::new(&data).vault()).expect("the sample's keys"));
    let hand = Hand::of(&data, keys, &board.security, person("security").pin).await;
    let before = hand.newest("sign_off").await;
    let like = before.predicate().expect("readable").clone();
    hand.write(before.statement().subjects.clone(), like).await;
    board.exchanged().await;
    for device in &devices {
        assert_eq!(device.change(&key).await.sign_offs.len(), 3, "it is kept, so that everybody can see it");
    }
    let found = board.found(&key, "again.json").await;
    let [again] = found.as_slice() else { panic!("one of the three: {found:?}") };
    assert_eq!(again.code, "written-again");
    assert!(again.why.contains("in the record already"), "{again:?}");
    for device in &devices {
        device.cabinet.finish_work().await;
    }
}
