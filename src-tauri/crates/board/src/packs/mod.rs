//! The review pack: one sealed file out, one back, for a member whose machine never meets a relay or the ticketing
//! system (`product.md`, *The CTO on a plane*).
//!
//! Out go the whole record, what was shown to those who signed, and the changes to be reviewed as they were synced,
//! with the files the plan names. Back comes what the member wrote. Neither is believed: entries verify themselves,
//! and a change that came in a pack is what its maker had, shown "as of". What comes back after the decision is kept
//! and does not count (`domain::ledger`).
use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::{DateTime, Duration, Utc};
use domain::change::ChangeRequest;
use domain::ids::{ChangeKey, ConnectionId, Digest, MemberId};
use domain::text::mark_invisible;
use record::canonical;
use relay::pack::{About, LeftOut, Omission, Pack, PackError, Purpose};
use relay::{Parcel, ParcelKind};
use serde::{Deserialize, Serialize};

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::exchange::everything;
use crate::meetings::draft::MeetingDraft;
use crate::state::BoardState;
use crate::views::WorkKind;
use crate::work::Work;

mod open;
mod page;
mod window;

/// The last pack that was opened here, for the reply.
const OPENED: &str = "pack";
/// A pack is worth acting on for so long unless its maker says otherwise.
const USUAL_HOURS: i64 = 72;

/// What a pack is to hold, and for whom.
#[derive(Debug, Clone)]
pub struct PackRequest {
    /// The member it is sealed to.
    pub to: String,
    /// The changes; none: those of the coming meeting, and those that wait for a sign-off.
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
    /// For whom it is.
    pub to: String,
    /// The state it shows.
    pub as_of: DateTime<Utc>,
    /// Until when its maker thinks it worth acting on; no lock.
    pub good_until: Option<DateTime<Utc>>,
    /// What is not in it: to be read first.
    pub omissions: Vec<String>,
    /// Changes that can be reviewed now.
    pub changes: Vec<String>,
    /// Of these, such that this device has newer than the pack.
    pub newer_here: Vec<String>,
    /// Entries that came.
    pub came: u32,
    /// What did not hold, with the reasons.
    pub refused: Vec<String>,
    /// What came after the decision, in words: kept, and not counted.
    pub late: Vec<String>,
    /// The PDF for a tablet, as it is kept on this device.
    pub pdf: Option<PathBuf>,
    /// The policy in force, by name.
    pub policy: String,
    /// The roster's version in force.
    pub roster_version: u32,
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

/// The pack that was opened last, for its first page and for the reply.
#[derive(Serialize, Deserialize)]
struct Opened {
    from: MemberId,
    cover: Digest,
    /// For whom; `None` in a folder from before that was kept.
    #[serde(default)]
    first_page: Option<FirstPage>,
}

/// What the first page of a pack says, as it was when the pack was opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct FirstPage {
    to: MemberId,
    as_of: DateTime<Utc>,
    good_until: Option<DateTime<Utc>>,
    omissions: Vec<String>,
    changes: Vec<String>,
    newer_here: Vec<String>,
    came: u32,
    refused: Vec<String>,
    pdf: Option<PathBuf>,
}

const REVIEW: &str = "urn:x-cabinet:review:1";

impl Cabinet {
    /// Makes a review pack for a member.
    pub async fn make_pack(&self, request: PackRequest) -> Answer<PackMade> {
        let work = self.begin_work(WorkKind::Pack, true, "Putting the pack together");
        let made = self.put_together(request, &work).await;
        work.end(made, |made| format!("for {}", made.to))
    }

    async fn put_together(&self, request: PackRequest, work: &Work) -> Answer<PackMade> {
        let board = self.board()?;
        let state = board.state().await?;
        let to = state.member(crate::words::member_id(&request.to)?)?;
        let sealed_to = sealed_to(to)?.to_owned();
        let keys: Vec<ChangeKey> = if request.changes.is_empty() {
            self.to_be_reviewed(&board, &state).await?.into_iter().map(|(key, _)| key).collect()
        } else {
            request.changes.iter().map(|c| crate::words::change_key(c)).collect::<Answer<_>>()?
        };
        if keys.is_empty() {
            return Err(BoardError::refused(
                "nothing_to_review",
                "No change is on the coming agenda, and none waits for a sign-off.",
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
        let pdf = self.pack_pdf(&board, &state, &about, &keys, work).await?;
        let pack = Pack::new(about, parcels, Some(pdf)).map_err(|e| packed(&e))?;
        let file = crate::minutes::off_thread(move || pack.seal(&[&sealed_to]).map_err(|e| packed(&e))).await?;
        if work.token().is_cancelled() {
            return Err(BoardError::Cancelled);
        }
        Ok(PackMade {
            file,
            to: to.name.clone(),
            changes: keys.iter().map(ToString::to_string).collect(),
            omissions: omitted,
            good_until,
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

    /// What somebody away would be asked about, with the reason in words: the changes of the coming meeting, and those
    /// that are decided in favour and wait for a sign-off.
    async fn to_be_reviewed(&self, board: &OpenBoard, state: &BoardState) -> Answer<Vec<(ChangeKey, String)>> {
        let mut found: Vec<(ChangeKey, String)> = Vec::new();
        for meeting in state.ledger.meetings.values().filter(|m| m.closed.is_none()) {
            let why = format!("On the agenda of \u{201c}{}\u{201d}, in session", meeting.agenda.title);
            let undecided = meeting.agenda.items.iter().filter(|i| !meeting.decisions.contains_key(&i.number));
            found.extend(undecided.map(|item| (item.change.clone(), why.clone())));
        }
        let mut drafts: Vec<MeetingDraft> = board.drafts("meeting").await?;
        drafts.retain(|d| !state.ledger.meetings.contains_key(&d.id) && !d.items.is_empty());
        drafts.sort_by_key(|d| d.starts_at);
        if let Some(next) = drafts.first() {
            let why = format!("On the agenda of \u{201c}{}\u{201d}", next.title);
            found.extend(next.items.iter().map(|item| (item.change.clone(), why.clone())));
        }
        for (key, all) in &state.ledger.decisions {
            let decided = all.last().is_some_and(|d| d.decision.kind.approves());
            let mut signed = state.ledger.sign_offs.get(key).into_iter().flatten();
            if decided && signed.all(|s| s.withdrawn.is_some() || s.late) {
                found.push((key.clone(), "Decided, and waits for a sign-off".to_owned()));
            }
        }
        let mut seen = BTreeSet::new();
        found.retain(|(key, _)| seen.insert(key.clone()));
        Ok(found)
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
                        why: if attachment.sha256.is_some_and(|d| state.ledger.disposals.contains_key(&d)) {
                            "disposed of".to_owned()
                        } else if material.contains(&attachment.name) {
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
}

impl PackOpened {
    /// Names people, policy and roster as the record has them by now.
    fn name(&mut self, state: &BoardState, from: MemberId, to: MemberId) {
        self.from = state.name(from);
        self.to = state.name(to);
        self.policy = state.policy.name.replace('/', " ");
        self.roster_version = state.roster().version;
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
    let all = about.omissions.iter().map(|o| format!("{}: {}", o.what, o.why)).chain(files);
    // A file's name is the ticket's word, and the cover is whatever its maker wrote.
    all.map(|line| mark_invisible(&line)).collect()
}

fn packed(error: &PackError) -> BoardError {
    BoardError::refused(
        "pack",
        format!("The pack cannot be used: {error}."),
        None,
        "Ask for it anew; nothing of it was taken.",
    )
}
