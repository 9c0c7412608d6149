//! Opening a pack: unsealed with a key of a member of this device, its entries verified like a relay's, its changes
//! taken where this device has none of its own, its PDF laid beside the minutes.
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use domain::ids::{BoardId, Digest, EntryId};
use record::canonical;
use record::entry::Entry;
use record::json::Limits;
use relay::pack::{Pack, PackError, Purpose};
use relay::{Parcel, ParcelKind};

use super::{FirstPage, OPENED, Opened, PackOpened, REVIEW, Review, packed, told};
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::exchange::{ExchangeKeys, Exchanged, Incoming, exchange_keys};
use crate::state::BoardState;
use crate::views::{Noun, WorkKind};

impl Cabinet {
    /// Opens a pack that was sealed to a member of this device: out or back, by what it says it is. Its entries are
    /// verified like a relay's. A change is taken from it only where this device has no newer one of its own.
    pub async fn open_pack(&self, file: Vec<u8>) -> Answer<PackOpened> {
        let board = self.board()?;
        let state = board.state().await?;
        let pack = self.unseal(&board, &state, file).await?;
        let about = pack.about();
        if about.board != state.rosters.board() || about.roster_root != state.rosters.fingerprint().0 {
            return Err(BoardError::refused(
                "other_board",
                "This pack is another board's.",
                None,
                "Open it on the device that joined that board.",
            ));
        }
        let work = self.begin_work(WorkKind::Pack, false, "Verifying what came");
        let taken = self.take_pack(&board, pack).await;
        work.end(taken, |opened| format!("{} entries came", opened.came))
    }

    /// Takes what an open pack holds; each part is judged by itself.
    async fn take_pack(&self, board: &OpenBoard, pack: Pack) -> Answer<PackOpened> {
        let about = pack.about().clone();
        let cover = pack.cover();
        let pdf = match pack.pdf().map(<[u8]>::to_vec) {
            Some(bytes) => Some(keep_pdf(board, cover, bytes).await?),
            None => None,
        };
        let parcels = pack.into_parcels();
        let review = parcels.iter().filter(|p| p.kind == ParcelKind::Blob).find_map(|p| read_review(&p.bytes));
        let mut done = Exchanged::default();
        let incoming = Incoming { parcels: parcels.clone(), ..Incoming::default() };
        self.take(board, incoming, None, &mut done).await?;
        let mut opened = PackOpened {
            purpose: if about.purpose == Purpose::Review { "review" } else { "reply" },
            from: String::new(),
            to: String::new(),
            as_of: about.as_of,
            good_until: about.good_until,
            omissions: told(&about),
            changes: Vec::new(),
            newer_here: Vec::new(),
            came: done.came,
            refused: done.refused,
            late: Vec::new(),
            pdf,
            policy: String::new(),
            roster_version: 0,
        };
        if about.purpose == Purpose::Review {
            if let Some(review) = review {
                (opened.changes, opened.newer_here) = self.take_review(board, about.board, review, &parcels).await?;
            }
            let first_page = FirstPage {
                to: about.to,
                as_of: opened.as_of,
                good_until: opened.good_until,
                omissions: opened.omissions.clone(),
                changes: opened.changes.clone(),
                newer_here: opened.newer_here.clone(),
                came: opened.came,
                refused: opened.refused.clone(),
                pdf: opened.pdf.clone(),
            };
            let kept = Opened { from: about.from, cover, first_page: Some(first_page) };
            let kept = serde_json::to_string(&kept).map_err(|e| BoardError::internal(&e))?;
            let mut tx = board.store.begin_immediate().await.map_err(stored)?;
            tx.put_setting(OPENED, Some(&kept)).await.map_err(stored)?;
            tx.commit().await.map_err(stored)?;
        } else {
            self.settle_write_backs(board).await?;
        }
        // Named by the roster that may have come just now.
        let state = board.state().await?;
        opened.name(&state, about.from, about.to);
        let entries = parcels.iter().filter(|p| p.kind == ParcelKind::Entry);
        let ids: BTreeSet<EntryId> = entries.filter_map(|p| Entry::parse(&p.bytes).ok()).map(|e| e.id()).collect();
        let late = crate::late::late(&state).into_iter().filter(|(id, _)| ids.contains(id));
        opened.late = late.map(|(_, act)| crate::late::sentence(&act)).collect();
        self.exchange_in_background(board).await;
        self.changed(&[Noun::Changes, Noun::SignOffs, Noun::Decisions, Noun::Board], &[]);
        Ok(opened)
    }

    async fn unseal(&self, board: &OpenBoard, state: &BoardState, file: Vec<u8>) -> Answer<Pack> {
        // A member of this folder whose key is gone does not keep another from opening theirs.
        let ExchangeKeys { identities, .. } = exchange_keys(board, state).await?;
        crate::minutes::off_thread(move || {
            let mut last = PackError::NoRecipient;
            for identity in &identities {
                match Pack::open(identity, &file) {
                    Ok(pack) => return Ok(pack),
                    Err(error) => last = error,
                }
            }
            Err(packed(&last))
        })
        .await
    }

    /// Keeps the changes of a pack, each unless this device has it as new or newer. Which can be reviewed now, and of
    /// which this device has newer ones.
    async fn take_review(
        &self,
        board: &OpenBoard,
        of: BoardId,
        review: Review,
        parcels: &[Parcel],
    ) -> Answer<(Vec<String>, Vec<String>)> {
        let now = self.now();
        let blobs: BTreeMap<Digest, &Parcel> =
            parcels.iter().filter(|p| p.kind == ParcelKind::Blob).map(|p| (p.digest, p)).collect();
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        let here = board.store.connections().await.map_err(stored)?;
        let mut own = BTreeMap::new();
        for carried in review.connections {
            // A connection of one's own brings its changes itself.
            if let Some(mine) = here.iter().find(|c| c.prefix == carried.prefix) {
                own.insert(carried.id, (mine.id, mine.prefix.clone()));
                continue;
            }
            let connection = store::Connection {
                id: carried.id,
                prefix: carried.prefix.clone(),
                kind: carried.kind,
                url: carried.url,
                project: carried.project,
                mapping: carried.mapping,
                consents: "{}".to_owned(),
                created_at: now,
            };
            tx.put_connection(&connection).await.map_err(stored)?;
            own.insert(carried.id, (carried.id, carried.prefix));
        }
        let (mut here_now, mut newer, mut taken) = (Vec::new(), Vec::new(), 0u32);
        for mut carried in review.changes {
            let key = carried.change.key.clone();
            let Some((connection, _)) = own.get(&carried.connection).filter(|(_, prefix)| prefix == key.prefix())
            else {
                continue;
            };
            here_now.push(key.to_string());
            if let Some(mine) = tx.change(&key).await.map_err(stored)?.filter(|m| m.last_synced >= carried.synced) {
                if mine.last_synced > carried.synced {
                    newer.push(key.to_string());
                }
                continue;
            }
            carried.change.connection = *connection;
            let files: Vec<(String, Digest)> = carried
                .change
                .attachments
                .iter_mut()
                .filter_map(|a| a.sha256.take().map(|digest| (a.remote_id.clone(), digest)))
                .collect();
            let synced = store::SyncedChange {
                change: carried.change,
                remote_hash: Some(carried.remote_hash),
                details: carried.details_hash,
                payloads: Vec::new(),
            };
            tx.put_change(&synced, now).await.map_err(stored)?;
            for (remote_id, digest) in files {
                let Some(parcel) = blobs.get(&digest) else { continue };
                tx.put_blob("attachment", &parcel.bytes).await.map_err(stored)?;
                let size = u32::try_from(parcel.bytes.len()).unwrap_or(u32::MAX);
                tx.put_attachment(&key, &remote_id, store::StagedBlob { digest, size }, now).await.map_err(stored)?;
            }
            taken += 1;
        }
        tx.commit().await.map_err(stored)?;
        tracing::info!(board = %of, changes = taken, "a review pack was taken in");
        self.reindex(board).await?;
        Ok((here_now, newer))
    }
}

fn read_review(bytes: &[u8]) -> Option<Review> {
    let review: Review = canonical::read(bytes, Limits::BUNDLE).ok()?;
    (review.schema == REVIEW).then_some(review)
}

/// Lays the PDF beside the minutes; the same pack opened again is the same file.
async fn keep_pdf(board: &OpenBoard, cover: Digest, bytes: Vec<u8>) -> Answer<PathBuf> {
    let path = board.store.folder().minutes().join(format!("review-pack-{}.pdf", cover.short()));
    let to = path.clone();
    crate::minutes::off_thread(move || crate::minutes::write_whole(&to, &bytes).map_err(|e| BoardError::internal(&e)))
        .await?;
    Ok(path)
}
