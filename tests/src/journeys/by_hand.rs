//! Entries that another program writes on a device: signed with a member's own key, and by no use case of the desk. Whoever
//! reads the record judges them as any other.
use std::path::Path;
use std::sync::Arc;

use board::SecretString;
use domain::entry::{ClaimedTime, Predicate, RosterRef};
use domain::ids::LogId;
use domain::roster::Roster;
use record::entry::Entry;
use record::keys::Signer as _;
use record::statement::Subject;
use store::{Folder, NewEntry, Store};
use vault::{MemberKeys, Patience, UnlockedKey, Vault};

use crate::journey::now;

/// A member's hand on the data folder of their device.
pub(super) struct Hand {
    pub(super) store: Store,
    roster: RosterRef,
    signer: UnlockedKey,
}

impl Hand {
    /// The member's, by their PIN, with the keys that this device has.
    pub(super) async fn of(data: &Path, keys: Arc<dyn Vault>, member: &str, pin: &str) -> Self {
        let store = Store::open(&Folder::new(data), now()).await.expect("the data folder opens");
        let kept = store.roster().await.expect("readable").expect("a roster");
        let roster: Roster = serde_json::from_slice(&kept.bytes).expect("a roster");
        let member = roster.members.iter().find(|m| m.id.to_string() == member).expect("on it");
        let key = member.signature_key().expect("enrolled").id;
        let pin = SecretString::from(pin.to_owned());
        let own = MemberKeys::new(keys, roster.board, member.id);
        let signer = own.unlock(key, &pin, now(), &Patience::default()).expect("their PIN");
        Self { store, roster: RosterRef { version: roster.version, digest: kept.digest }, signer }
    }

    /// The newest entry of this kind in the folder.
    pub(super) async fn newest(&self, kind: &str) -> Entry {
        let all = self.store.all_entries().await.expect("entries");
        let kept = all.iter().rfind(|entry| entry.kind == kind).expect("one of the kind");
        Entry::parse(&kept.envelope).expect("readable")
    }

    /// Writes an entry like this one at the end of the member's log, now.
    pub(super) async fn write(self, subjects: Vec<Subject>, like: Predicate) {
        let key = self.signer.key_id();
        let mut tx = self.store.begin_immediate().await.expect("nobody else writes");
        let heads = tx.heads().await.expect("readable");
        let predicate = Predicate {
            recorder: key,
            roster: self.roster.clone(),
            log: record::chain::next_position(LogId { key, epoch: 1 }, &heads),
            time: ClaimedTime { claimed: now() },
            ..like
        };
        let entry = Entry::sign(subjects, predicate, &self.signer).expect("signed");
        let said = entry.predicate().expect("readable");
        let row = NewEntry {
            log: entry.log().id,
            seq: entry.log().seq,
            prev: entry.log().prev,
            id: entry.id(),
            kind: entry.statement().kind().to_owned(),
            subject: entry.statement().subjects.first().expect("about something").sha256,
            change: record::verify::change_of(&said.body).cloned(),
            meeting: said.meeting.as_ref().map(|meeting| meeting.id),
            claimed: said.time.claimed,
            envelope: entry.bytes().to_vec(),
        };
        tx.insert_entry(row).await.expect("at its place");
        tx.commit().await.expect("committed");
        self.store.close().await;
    }
}
