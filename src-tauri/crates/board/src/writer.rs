//! Writing entries: the head is read, the statement signed and the entry inserted inside one
//! `BEGIN IMMEDIATE`, so that `cab` beside the window cannot fork a log. Acknowledged after COMMIT.
use std::collections::BTreeMap;
use std::sync::Arc;

use domain::entry::{Attestation, Auth, Body, ClaimedTime, LogPosition, MeetingRef, Predicate};
use domain::ids::{Digest, EntryId, LogId, MemberId};
use domain::ledger::Touched;
use domain::policy::Policy;
use domain::roster::Role;
use record::entry::Entry;
use record::keys::Signer;
use record::statement::Subject;

use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::state::{BoardState, Stored, refused};

/// What an entry is to say, before it has a place and a signature.
pub(crate) struct Act {
    pub actor: MemberId,
    pub attestation: Attestation,
    pub role: Option<Role>,
    pub meaning: String,
    pub meeting: Option<MeetingRef>,
    pub subjects: Vec<Subject>,
    pub body: Body,
    /// Stored beside the entry, each under its digest.
    pub blobs: Vec<Vec<u8>>,
}

/// Which key signs.
#[derive(Clone)]
pub(crate) enum Key {
    /// The device's recording key.
    Device,
    /// A member's signature key, opened by PIN or by a session.
    Member { signer: Arc<dyn Signer + Send + Sync>, auth: Auth, keystore: String },
}

/// A local write that must be true exactly when the entries are.
pub(crate) enum Local {
    /// Saves a draft.
    PutDraft(store::Draft),
    /// Removes a draft.
    DropDraft { kind: &'static str, key: String, member: MemberId },
    /// Keeps a document that waits for signatures.
    Propose(store::Quarantined),
    /// Keeps a policy that one of the entries adopts, with the text it was written as.
    KeepPolicy(Box<KeptPolicy>),
}

/// A policy about to be adopted.
pub(crate) struct KeptPolicy {
    pub policy: Policy,
    /// Its canonical form.
    pub bytes: Vec<u8>,
    /// The `policy.toml`, byte for byte.
    pub source: Vec<u8>,
}

impl Cabinet {
    /// Writes entries in order, with everything that follows from them, or nothing at all.
    pub(crate) async fn write(
        &self,
        board: &OpenBoard,
        acts: Vec<(Act, Key)>,
        locals: Vec<Local>,
    ) -> Answer<Vec<EntryId>> {
        // Before the transaction: a keyring may wait for its prompt.
        let recorder = board.recorder().await?;
        self.write_with(board, recorder, acts, locals).await
    }

    /// As [`Cabinet::write`], with the recording key given.
    pub(crate) async fn write_with(
        &self,
        board: &OpenBoard,
        recorder: Arc<dyn Signer + Send + Sync>,
        acts: Vec<(Act, Key)>,
        locals: Vec<Local>,
    ) -> Answer<Vec<EntryId>> {
        let _writing = board.writing.lock().await;
        let mut tx = board.store.begin_immediate().await.map_err(crate::cabinet::stored)?;
        // Read under the lock: whatever another process wrote before us is in here.
        let mut state = BoardState::clone(&*board.state_in(&mut tx).await?);
        let now = self.now();
        let mut ids = Vec::new();
        let mut touched: Vec<Touched> = Vec::new();
        let mut new_heads = Vec::new();
        let mut in_fork = false;
        for local in &locals {
            // Before the entry that adopts it, which finds it here and puts it in force.
            if let Local::KeepPolicy(kept) = local {
                let digest = tx.put_policy(&kept.bytes, Some(&kept.source)).await.map_err(crate::cabinet::stored)?;
                state.policies.insert(digest, kept.policy.clone());
            }
        }
        for (act, key) in acts {
            for blob in &act.blobs {
                tx.put_blob("evidence", blob).await.map_err(crate::cabinet::stored)?;
            }
            let entry = self.sign_entry(board, &state, act, &key, recorder.as_ref(), now)?;
            let held = state.judge(entry.bytes()).map_err(|r| refused("the entry about to be written", &r))?;
            let log = held.log();
            if state.forks.iter().any(|fault| fault.log() == log.id) {
                // Of two histories the one that goes on need not be the one that came first.
                tx.take_entry(row_of(&held)).await.map_err(crate::cabinet::stored)?;
                in_fork = true;
            } else {
                tx.insert_entry(row_of(&held)).await.map_err(crate::cabinet::stored)?;
            }
            new_heads.push((log.id, domain::entry::Head { seq: log.seq, id: held.id() }));
            touched.extend(state.fold(&held));
            ids.push(held.id());
        }
        touched.sort();
        touched.dedup();
        if in_fork {
            // What goes on in a dispute is as disputed: only the whole says what counts.
            state = self.made_again(board, &mut tx).await?;
        } else {
            let rows = projection_rows(&state, &touched)?;
            tx.project(&rows).await.map_err(crate::cabinet::stored)?;
        }
        let gone = crate::disposals::note(&mut tx, &state).await?;
        for local in locals {
            match local {
                Local::PutDraft(draft) => tx.save_draft(&draft).await.map_err(crate::cabinet::stored)?,
                Local::DropDraft { kind, key, member } => {
                    tx.discard_draft(kind, &key, member).await.map_err(crate::cabinet::stored)?;
                }
                Local::Propose(document) => {
                    tx.put_quarantine(&document).await.map_err(crate::cabinet::stored)?;
                }
                // It was kept before the entries were written.
                Local::KeepPolicy(_) => {}
            }
        }
        tx.commit().await.map_err(crate::cabinet::stored)?;
        board.replace_state(state).await;
        if gone {
            crate::disposals::remove(&board.store).await;
        }
        // After COMMIT: a keyring that is behind is fine, one that is ahead would be a rollback.
        for (log, head) in new_heads {
            if let Err(error) = board.keys.remember_head(log, head).await {
                tracing::warn!(%error, %log, "the head beside the key could not be kept");
            }
        }
        // It holds: whatever fails from here on is not the act's failure.
        if let Err(error) = self.reindex_touched(board, &touched).await {
            tracing::warn!(%error, "the list lags behind the record until the next sync or rebuild");
        }
        self.exchange_in_background(board).await;
        Ok(ids)
    }

    /// Everything made again from what the transaction holds: a fork, or a word about one, may take back what was
    /// folded before.
    pub(crate) async fn made_again(&self, board: &OpenBoard, tx: &mut store::Append) -> Answer<BoardState> {
        let stored = crate::cabinet::stored;
        let entries = tx.entries_after(0, u32::MAX).await.map_err(stored)?;
        let whole = Stored {
            rosters: board.store.rosters().await.map_err(stored)?.into_iter().map(|r| r.bytes).collect(),
            // Those of the transaction: it may be the one that keeps another.
            policies: tx.policies().await.map_err(stored)?.into_iter().map(|p| p.bytes).collect(),
            last_position: entries.last().map_or(0, |e| e.position),
            envelopes: entries.into_iter().map(|e| e.envelope).collect(),
            witnessed: BTreeMap::new(),
        };
        let state = BoardState::load_checked(&whole, &board.checked, BTreeMap::new())?;
        tx.clear_projection().await.map_err(stored)?;
        tx.project(&projection_rows(&state, &state.ledger.all())?).await.map_err(stored)?;
        Ok(state)
    }

    fn sign_entry(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        act: Act,
        key: &Key,
        recorder: &dyn Signer,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Answer<Entry> {
        self.sign_entry_at(board, state, act, key, recorder, now, None)
    }

    /// As [`Cabinet::sign_entry`], at a place of its log that is given.
    #[expect(clippy::too_many_arguments, reason = "what an entry is made from, each once")]
    pub(crate) fn sign_entry_at(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        act: Act,
        key: &Key,
        recorder: &dyn Signer,
        now: chrono::DateTime<chrono::Utc>,
        place: Option<LogPosition>,
    ) -> Answer<Entry> {
        let (signer, auth, keystore): (&dyn Signer, Auth, String) = match key {
            Key::Device => (recorder, Auth::Device, board.keys.keystore().to_owned()),
            Key::Member { signer, auth, keystore } => (signer.as_ref(), auth.clone(), keystore.clone()),
        };
        let begins = u32::from(matches!(act.body, Body::Recovered { .. }));
        let log = LogId { key: signer.key_id(), epoch: state.epoch(signer.key_id()) + begins };
        let predicate = Predicate {
            board: state.rosters.board(),
            actor: act.actor,
            recorder: signer.key_id(),
            attestation: act.attestation,
            auth,
            keystore,
            meaning: act.meaning,
            role: act.role,
            policy: state.policy_digest,
            roster: state.roster_ref(),
            meeting: act.meeting,
            log: place.unwrap_or_else(|| state.ends.next_position(log)),
            time: ClaimedTime { claimed: now },
            app: concat!("cabinet/", env!("CARGO_PKG_VERSION")).to_owned(),
            body: act.body,
        };
        Entry::sign(act.subjects, predicate, signer).map_err(|e| BoardError::internal(&e))
    }
}

/// An entry as the store keeps it.
pub(crate) fn row_of(entry: &Entry) -> store::NewEntry {
    let log = entry.log();
    let predicate = entry.predicate();
    store::NewEntry {
        log: log.id,
        seq: log.seq,
        prev: log.prev,
        id: entry.id(),
        kind: entry.statement().kind().to_owned(),
        subject: entry.statement().subjects.first().map_or(Digest([0; 32]), |s| s.sha256),
        change: predicate.and_then(|p| record::verify::change_of(&p.body)).cloned(),
        meeting: predicate.and_then(|p| p.meeting.as_ref()).map(|m| m.id),
        // An entry of a newer Cabinet keeps its time to itself.
        claimed: predicate.map_or(chrono::DateTime::UNIX_EPOCH, |p| p.time.claimed),
        envelope: entry.bytes().to_vec(),
    }
}

/// The rows of what was touched, as canonical JSON.
pub(crate) fn projection_rows(state: &BoardState, touched: &[Touched]) -> Answer<Vec<store::ProjectionRow>> {
    touched
        .iter()
        .map(|t| {
            let (noun, id) = t.row();
            let json = match state.ledger.row(t) {
                Some(value) => {
                    let bytes = record::canonical::to_bytes(&value).map_err(|e| BoardError::internal(&e))?;
                    Some(String::from_utf8(bytes).map_err(|e| BoardError::internal(&e))?)
                }
                None => None,
            };
            Ok(store::ProjectionRow { noun: noun.to_owned(), id, json })
        })
        .collect()
}
