//! The review pack: one sealed file out, one back, for a member whose machine never meets a relay or the ticketing
//! system (`product.md`, *The CTO on a plane*).
//!
//! Out go the whole record, what was shown to those who signed, and the changes to be reviewed as they were synced,
//! with the files the plan names. Back comes what the member wrote. Neither is believed: entries verify themselves,
//! and a change that came in a pack is what its maker had, shown "as of".
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use domain::change::ChangeRequest;
use domain::ids::{BoardId, ChangeKey, ConnectionId, Digest, MemberId};
use domain::roster::KeyUse;
use record::canonical;
use record::enrolment::Enrolment;
use record::json::Limits;
use relay::pack::{About, LeftOut, Omission, Pack, PackError, Purpose};
use relay::{Parcel, ParcelKind};
use serde::{Deserialize, Serialize};
use vault::Patience;

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::exchange::{Exchanged, Incoming, everything};
use crate::keys::blocking;
use crate::state::BoardState;
use crate::views::Noun;

/// The last pack that was opened here, for the reply.
const OPENED: &str = "pack";
/// A pack is worth acting on for so long unless its maker says otherwise.
const USUAL_HOURS: i64 = 72;

/// What a pack is to hold, and for whom.
#[derive(Debug, Clone)]
pub struct PackRequest {
    /// The member it is sealed to.
    pub to: String,
    /// The changes; none: all that are decided or on an agenda and wait for sign-offs.
    pub changes: Vec<String>,
    /// Until when it is worth acting on, in hours; `None` for three days.
    pub good_for_hours: Option<u32>,
}

/// A pack that was made.
#[derive(Debug, Clone)]
pub struct PackMade {
    /// The sealed bytes.
    pub file: Vec<u8>,
    /// For whom.
    pub to: String,
    /// The changes in it.
    pub changes: Vec<String>,
    /// What is not in it, in words.
    pub omissions: Vec<String>,
    /// Until when.
    pub good_until: Option<DateTime<Utc>>,
}

/// A pack that was opened.
#[derive(Debug, Clone, Serialize)]
pub struct PackOpened {
    /// Out (`review`) or back (`reply`).
    pub purpose: &'static str,
    /// Who made it.
    pub from: String,
    /// The state it shows.
    pub as_of: DateTime<Utc>,
    /// Until when its maker thinks it worth acting on; no lock.
    pub good_until: Option<DateTime<Utc>>,
    /// What is not in it: to be read first.
    pub omissions: Vec<String>,
    /// Changes that can be reviewed now.
    pub changes: Vec<String>,
    /// Entries that came.
    pub came: u32,
    /// What did not hold, with the reasons.
    pub refused: Vec<String>,
}

/// The changes of a pack, as one blob.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Review {
    schema: String,
    connections: Vec<CarriedConnection>,
    changes: Vec<Carried>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CarriedConnection {
    id: ConnectionId,
    prefix: String,
    kind: String,
    url: String,
    project: String,
    mapping: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Carried {
    connection: ConnectionId,
    change: ChangeRequest,
    remote_hash: Digest,
    details_hash: Option<Digest>,
    synced: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct Opened {
    from: MemberId,
    cover: Digest,
}

const REVIEW: &str = "urn:x-cabinet:review:1";

impl Cabinet {
    /// Makes a review pack for a member.
    pub async fn make_pack(&self, request: PackRequest) -> Answer<PackMade> {
        let board = self.board()?;
        let state = board.state().await?;
        let to = state.member(crate::words::member_id(&request.to)?)?;
        let sealed_to = sealed_to(to)?.to_owned();
        let keys: Vec<ChangeKey> = if request.changes.is_empty() {
            self.waiting_for_sign_off(&state)
        } else {
            request.changes.iter().map(|c| crate::words::change_key(c)).collect::<Answer<_>>()?
        };
        if keys.is_empty() {
            return Err(BoardError::refused(
                "nothing_to_review",
                "No change waits for a sign-off.",
                None,
                "Name the changes that are to be reviewed.",
            ));
        }
        let mut parcels = everything(&board, 0, &BTreeSet::new()).await?;
        let (review, files, left_out) = self.carried(&board, &state, &keys).await?;
        parcels.extend(files);
        parcels.push(parcel(canonical::to_bytes(&review).map_err(|e| BoardError::internal(&e))?));
        let now = self.now();
        let hours = request.good_for_hours.map_or(USUAL_HOURS, i64::from);
        let about = About {
            purpose: Purpose::Review,
            board: state.rosters.board(),
            roster_root: state.rosters.fingerprint().0,
            from: self.device_owner(&board, &state)?,
            to: to.id,
            omissions: omissions(&state, &keys),
            left_out,
            as_of: now,
            good_until: now.checked_add_signed(Duration::hours(hours)),
            in_reply_to: None,
        };
        let omitted = told(&about);
        let good_until = about.good_until;
        let pack = Pack::new(about, parcels, None).map_err(|e| packed(&e))?;
        let file = crate::minutes::off_thread(move || pack.seal(&[&sealed_to]).map_err(|e| packed(&e))).await?;
        Ok(PackMade {
            file,
            to: to.name.clone(),
            changes: keys.iter().map(ToString::to_string).collect(),
            omissions: omitted,
            good_until,
        })
    }

    /// Opens a pack that was sealed to a member of this device: out or back, by what it says it is. Its entries are
    /// verified like a relay's. A change is taken from it only where this device has no newer one of its own.
    pub async fn open_pack(&self, file: Vec<u8>) -> Answer<PackOpened> {
        let board = self.board()?;
        let state = board.state().await?;
        let pack = self.unseal(&board, &state, file).await?;
        let about = pack.about().clone();
        if about.board != state.rosters.board() || about.roster_root != state.rosters.fingerprint().0 {
            return Err(BoardError::refused(
                "other_board",
                "This pack is another board's.",
                None,
                "Open it on the device that joined that board.",
            ));
        }
        let cover = pack.cover();
        let parcels = pack.into_parcels();
        let review = parcels.iter().filter(|p| p.kind == ParcelKind::Blob).find_map(|p| read_review(&p.bytes));
        let mut done = Exchanged::default();
        let incoming = Incoming { parcels: parcels.clone(), damaged: Vec::new() };
        self.take(&board, incoming, None, &mut done).await?;
        let mut changes = Vec::new();
        if about.purpose == Purpose::Review {
            if let Some(review) = review {
                changes = self.take_review(&board, about.board, review, &parcels).await?;
            }
            let opened =
                serde_json::to_string(&Opened { from: about.from, cover }).map_err(|e| BoardError::internal(&e))?;
            let mut tx = board.store.begin_immediate().await.map_err(stored)?;
            tx.put_setting(OPENED, Some(&opened)).await.map_err(stored)?;
            tx.commit().await.map_err(stored)?;
        } else {
            self.settle_write_backs(&board).await?;
        }
        self.exchange_in_background(&board).await;
        self.changed(&[Noun::Changes, Noun::SignOffs, Noun::Board], &[]);
        Ok(PackOpened {
            purpose: if about.purpose == Purpose::Review { "review" } else { "reply" },
            from: state.name(about.from),
            as_of: about.as_of,
            good_until: about.good_until,
            omissions: told(&about),
            changes,
            came: done.came,
            refused: done.refused,
        })
    }

    /// Puts together what goes back to the maker of the pack that was opened last: this device's own entries with
    /// what they show.
    pub async fn reply_pack(&self) -> Answer<PackMade> {
        let board = self.board()?;
        let state = board.state().await?;
        let opened = board.store.setting(OPENED).await.map_err(stored)?.ok_or_else(|| {
            BoardError::refused("no_pack", "No review pack was opened here.", None, "Open the pack first.")
        })?;
        let opened: Opened = serde_json::from_str(&opened).map_err(|e| BoardError::internal(&e))?;
        let to = state.member(opened.from)?;
        let sealed_to = sealed_to(to)?.to_owned();
        let about = About {
            purpose: Purpose::Reply,
            board: state.rosters.board(),
            roster_root: state.rosters.fingerprint().0,
            from: self.device_owner(&board, &state)?,
            to: to.id,
            omissions: Vec::new(),
            left_out: Vec::new(),
            as_of: self.now(),
            good_until: None,
            in_reply_to: Some(opened.cover),
        };
        let parcels = everything(&board, 0, &BTreeSet::new()).await?;
        let pack = Pack::new(about, parcels, None).map_err(|e| packed(&e))?;
        let file = crate::minutes::off_thread(move || pack.seal(&[&sealed_to]).map_err(|e| packed(&e))).await?;
        Ok(PackMade { file, to: to.name.clone(), changes: Vec::new(), omissions: Vec::new(), good_until: None })
    }

    async fn unseal(&self, board: &OpenBoard, state: &BoardState, file: Vec<u8>) -> Answer<Pack> {
        let mut mine: Vec<(vault::MemberKeys, String)> = state
            .roster()
            .members
            .iter()
            .filter(|m| board.is_enrolled_here(m.id))
            .filter_map(|m| Some((board.keys.of(m.id), m.sealed_to.clone()?)))
            .collect();
        // Whoever never had a network learns of the own admission from the very pack.
        for kept in board.store.quarantine().await.map_err(stored)? {
            let opened = Enrolment::open(&kept.bytes, state.rosters.board(), state.rosters.fingerprint());
            if let Ok((enrolment, _)) = opened
                && board.is_enrolled_here(enrolment.member)
            {
                mine.push((board.keys.of(enrolment.member), enrolment.sealed_to));
            }
        }
        let identities = blocking(move || {
            let patience = Patience::default();
            // A member of this folder whose key is gone does not keep another from opening theirs.
            Ok(mine
                .iter()
                .filter_map(|(keys, expected)| keys.exchange_key(expected, &patience).ok())
                .collect::<Vec<_>>())
        })
        .await?;
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

    /// Changes that are decided in favour and wait for a sign-off.
    fn waiting_for_sign_off(&self, state: &BoardState) -> Vec<ChangeKey> {
        let decided = state.ledger.decisions.iter();
        decided
            .filter(|(_, all)| all.last().is_some_and(|d| d.decision.kind.approves()))
            .map(|(key, _)| key.clone())
            .filter(|key| state.ledger.sign_offs.get(key).is_none_or(|s| s.iter().all(|s| s.withdrawn.is_some())))
            .collect()
    }

    /// The changes as they are here, their files, and which files are not.
    async fn carried(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        keys: &[ChangeKey],
    ) -> Answer<(Review, Vec<Parcel>, Vec<LeftOut>)> {
        let (mut changes, mut files, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        let connections = board.store.connections().await.map_err(stored)?;
        let mut used = BTreeSet::new();
        for key in keys {
            let found =
                board.store.change(key).await.map_err(stored)?.ok_or_else(|| BoardError::not_found("change", key))?;
            let material = self.material_attachments(state, &found.change);
            for attachment in found.change.attachments.iter().filter(|a| !a.own) {
                let bytes = match attachment.sha256 {
                    Some(digest) => board.store.blob(digest).await.ok(),
                    None => None,
                };
                match bytes {
                    Some(bytes) => files.push(parcel(bytes)),
                    None => left_out.push(LeftOut {
                        change: key.to_string(),
                        name: attachment.name.clone(),
                        digest: attachment.sha256,
                        size: attachment.size,
                        why: if material.contains(&attachment.name) {
                            "not downloaded; the plan names it, so nobody can sign without it".to_owned()
                        } else {
                            "not downloaded".to_owned()
                        },
                    }),
                }
            }
            let connection = connections
                .iter()
                .find(|c| c.prefix == key.prefix())
                .ok_or_else(|| BoardError::not_found("connection of", key))?;
            used.insert(connection.id);
            changes.push(Carried {
                connection: connection.id,
                change: found.change,
                remote_hash: found.remote_hash,
                details_hash: found.details_hash,
                synced: found.last_synced,
            });
        }
        let connections = connections
            .into_iter()
            .filter(|c| used.contains(&c.id))
            .map(|c| CarriedConnection {
                id: c.id,
                prefix: c.prefix,
                kind: c.kind,
                url: c.url,
                project: c.project,
                mapping: c.mapping,
            })
            .collect();
        Ok((Review { schema: REVIEW.to_owned(), connections, changes }, files, left_out))
    }

    /// Keeps the changes of a pack, each unless this device has it as new or newer.
    async fn take_review(
        &self,
        board: &OpenBoard,
        of: BoardId,
        review: Review,
        parcels: &[Parcel],
    ) -> Answer<Vec<String>> {
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
        let mut taken = Vec::new();
        for mut carried in review.changes {
            let key = carried.change.key.clone();
            let Some((connection, _)) = own.get(&carried.connection).filter(|(_, prefix)| prefix == key.prefix())
            else {
                continue;
            };
            if tx.change(&key).await.map_err(stored)?.is_some_and(|mine| mine.last_synced >= carried.synced) {
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
            taken.push(key.to_string());
        }
        tx.commit().await.map_err(stored)?;
        tracing::info!(board = %of, changes = taken.len(), "a review pack was taken in");
        self.reindex(board).await?;
        Ok(taken)
    }

    /// Whose device this is.
    fn device_owner(&self, board: &OpenBoard, state: &BoardState) -> Answer<MemberId> {
        let owner = state
            .roster()
            .members
            .iter()
            .find(|m| m.keys.iter().any(|k| k.id == board.device && k.usage == KeyUse::Recording));
        owner.map(|m| m.id).ok_or_else(|| {
            BoardError::refused(
                "not_admitted",
                "The board has not admitted this device yet.",
                Some("R68"),
                "Give the enrolment file to the chair and compare the six words.",
            )
        })
    }
}

/// Where a member's packs are sealed to.
fn sealed_to(member: &domain::roster::Member) -> Answer<&str> {
    member.sealed_to.as_deref().ok_or_else(|| {
        BoardError::refused(
            "no_exchange_key",
            format!("{} has no Cabinet yet, or enrolled before there were review packs.", member.name),
            None,
            "Invite the member; the pack is sealed to the key made on their device.",
        )
    })
}

fn parcel(bytes: Vec<u8>) -> Parcel {
    Parcel { kind: ParcelKind::of(&bytes), digest: Digest::of(&bytes), bytes }
}

fn read_review(bytes: &[u8]) -> Option<Review> {
    let review: Review = canonical::read(bytes, Limits::BUNDLE).ok()?;
    (review.schema == REVIEW).then_some(review)
}

/// What a pack does not show of the board as it is.
fn omissions(state: &BoardState, keys: &[ChangeKey]) -> Vec<Omission> {
    let others = state.ledger.decisions.keys().filter(|key| !keys.contains(key)).count();
    let mut omissions = Vec::new();
    if others > 0 {
        omissions.push(Omission {
            what: format!("{others} other changes the board has decided on"),
            why: "they do not wait for this review; their entries are here, their plans are not".to_owned(),
        });
    }
    omissions
}

fn told(about: &About) -> Vec<String> {
    let files = about.left_out.iter().map(|l| format!("{} {}: {}", l.change, l.name, l.why));
    about.omissions.iter().map(|o| format!("{}: {}", o.what, o.why)).chain(files).collect()
}

fn packed(error: &PackError) -> BoardError {
    BoardError::refused(
        "pack",
        format!("The pack cannot be used: {error}."),
        None,
        "Ask for it anew; nothing of it was taken.",
    )
}
