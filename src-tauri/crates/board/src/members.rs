//! New members, their keys, and keys that are taken away (`record.md`, *Roster*).
//!
//! Invitation (a file) → the member's own keys on the member's own device → enrolment (a file, or through the relay)
//! → six words compared on a call → admitted by a new version of the roster, signed by whom its change calls for.
use std::collections::BTreeMap;

use domain::entry::Body;
use domain::ids::{BoardId, Digest, KeyId, MemberId};
use domain::roster::{KeyStatus, KeyUse, Role};
use record::enrolment::Enrolment;
use record::entry::Entry;
use record::gather::{Gathered, Parcels, gather};
use record::roster::RosterFingerprint;
use serde::{Deserialize, Serialize};
use store::{Folder, QuarantineKind, Quarantined, Store};
use vault::{MemberKeys, Patience, Pin, SecretString};

use crate::boards::{ACCEPTANCE, roster_key};
use crate::cabinet::{Cabinet, DEVICE_KEY, ENROLLED, OpenBoard, draft_of, stored};
use crate::error::{Answer, BoardError};
use crate::exchange::RelaySetting;
use crate::keys::{blocking, cost_of, vault_of};
use crate::state::{judge_duties, refused};
use crate::views::Noun;
use crate::writer::row_of;

/// Under which kind the seat of an invited person waits on this device.
const INVITED: &str = "invited";

/// A seat for somebody who is not on the roster yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSeat {
    /// Printed name.
    pub name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Fills a voting seat.
    pub voting: bool,
    /// The seat must be present for a quorum.
    pub mandatory: bool,
    /// Accounts in ticketing systems: connection prefix → account id.
    pub accounts: BTreeMap<String, String>,
}

/// Who is invited.
#[derive(Debug, Clone)]
pub enum InviteRequest {
    /// A member of the roster, who has no key yet, forgot the PIN, or has another device.
    Member(String),
    /// Somebody new.
    Seat(NewSeat),
}

/// An invitation, to be handed over by whatever way.
#[derive(Debug, Clone)]
pub struct Invited {
    /// Who.
    pub member: MemberId,
    /// Their name.
    pub name: String,
    /// The file.
    pub file: Vec<u8>,
    /// The board's roster root in six words, to be read out on the call.
    pub roster_words: String,
}

/// The invitation as it travels: what the member's device needs to begin, all of it verifiable by the root.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invitation {
    schema: String,
    board: BoardId,
    board_name: String,
    roster_root: Digest,
    pub member: MemberId,
    pub member_name: String,
    pub relays: Vec<RelaySetting>,
    rosters: Vec<String>,
    policies: Vec<String>,
    entries: Vec<String>,
}

const INVITATION: &str = "urn:x-cabinet:invitation:1";

/// A member joins from an empty data folder.
#[derive(Debug, Clone)]
pub struct JoinRequest {
    /// The invitation's bytes.
    pub invitation: Vec<u8>,
    /// The PIN the member chooses.
    pub pin: SecretString,
    /// The sentence as accepted; must be [`ACCEPTANCE`].
    pub accepted: String,
    /// Relays instead of those the invitation names: a folder has another path on another machine.
    pub relays: Option<Vec<RelaySetting>>,
    /// Whether these keys replace the member's earlier ones (a forgotten PIN, a lost device).
    pub replace: bool,
}

/// What the member sees after joining.
#[derive(Debug, Clone)]
pub struct Joined {
    /// The board's name.
    pub board: String,
    /// Own name.
    pub name: String,
    /// The enrolment, for the chair.
    pub file: Vec<u8>,
    /// Six words that both sides compare.
    pub words: String,
    /// The board's roster root in six words.
    pub roster_words: String,
}

impl Cabinet {
    /// Makes an invitation. Nothing is signed: what counts is the admission.
    pub async fn invite(&self, request: InviteRequest) -> Answer<Invited> {
        let board = self.board()?;
        let state = board.state().await?;
        let (member, name) = match request {
            InviteRequest::Member(text) => {
                let found = state.member(crate::words::member_id(&text)?)?;
                (found.id, found.name.clone())
            }
            InviteRequest::Seat(seat) => {
                if seat.name.trim().is_empty() {
                    return Err(BoardError::invalid("name", "A member needs a name."));
                }
                let id = MemberId(uuid::Uuid::now_v7());
                let draft = draft_of(INVITED, &id.to_string(), &seat, self.now())?;
                board.store.save_draft(&draft).await.map_err(stored)?;
                (id, seat.name)
            }
        };
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|e| BoardError::internal(&e));
        let kept = board.stored().await?;
        // Who may sign, and by which policy: the rest comes by the relay.
        let adopting = kept.envelopes.into_iter().filter(|bytes| {
            Entry::parse(bytes).is_ok_and(|e| {
                e.predicate().is_some_and(|p| matches!(p.body, Body::Roster { .. } | Body::Policy { .. }))
            })
        });
        let invitation = Invitation {
            schema: INVITATION.to_owned(),
            board: state.rosters.board(),
            board_name: state.roster().name.clone(),
            roster_root: state.rosters.fingerprint().0,
            member,
            member_name: name.clone(),
            relays: self.relays().await?,
            entries: adopting.map(text).collect::<Answer<_>>()?,
            rosters: kept.rosters.into_iter().map(text).collect::<Answer<_>>()?,
            policies: kept.policies.into_iter().map(text).collect::<Answer<_>>()?,
        };
        let file = record::canonical::to_bytes(&invitation).map_err(|e| BoardError::internal(&e))?;
        Ok(Invited { member, name, file, roster_words: words(state.rosters.fingerprint()) })
    }

    /// Joins a board from an empty data folder: own keys, on this device, under an own PIN. The board can be read
    /// at once; it is written to once it has admitted the member.
    pub async fn join(&self, request: JoinRequest) -> Answer<Joined> {
        let folder = Folder::new(&self.options().data_dir);
        if folder.holds_board() {
            return Err(BoardError::refused(
                "board_exists",
                "This data folder holds a board already.",
                None,
                "Choose another data folder.",
            ));
        }
        if request.accepted != ACCEPTANCE {
            return Err(BoardError::invalid("accepted_sentence", "The sentence must be accepted as it stands."));
        }
        let Opened { invitation, parcels, gathered } = opened(&request.invitation)?;
        let root = gathered.rosters.fingerprint();
        let before = gathered.rosters.current().roster().member(invitation.member).cloned();
        let replaces: Vec<KeyId> = before
            .iter()
            .flat_map(|m| &m.keys)
            .filter(|k| request.replace && k.status == KeyStatus::Active)
            .map(|k| k.id)
            .collect();
        folder.create().map_err(stored)?;
        let now = self.now();
        let (made, device, sealed) = self.make_keys(&folder, &invitation, &request.pin, replaces, now).await?;
        let store = Store::create(&folder, now).await.map_err(stored)?;
        let mut tx = store.begin_immediate().await.map_err(stored)?;
        for version in gathered.rosters.versions() {
            tx.put_roster(version.roster().version, version.bytes()).await.map_err(stored)?;
        }
        for bytes in parcels.policies.values() {
            tx.put_policy(bytes, None).await.map_err(stored)?;
        }
        let links: Vec<_> = gathered.entries.values().map(record::verify::link).collect();
        for id in record::chain::causal_order(&links) {
            if let Some(entry) = gathered.entries.values().find(|e| e.id() == id) {
                tx.take_entry(row_of(entry)).await.map_err(stored)?;
            }
        }
        tx.put_quarantine(&waiting(&sealed, "enrolment", now)).await.map_err(stored)?;
        let json = serde_json::to_string(&device).map_err(|e| BoardError::internal(&e))?;
        tx.put_setting(DEVICE_KEY, Some(&json)).await.map_err(stored)?;
        let json = serde_json::to_string(&[invitation.member]).map_err(|e| BoardError::internal(&e))?;
        tx.put_setting(ENROLLED, Some(&json)).await.map_err(stored)?;
        tx.commit().await.map_err(stored)?;
        store.close().await;
        let board = self.put_board(OpenBoard::open(folder, self.options(), now).await?);
        // Whose device this is; until they are admitted nobody else's eyes are meant either.
        board.put_setting(crate::settings::ME, Some(&invitation.member)).await?;
        self.set_relays(request.relays.unwrap_or(invitation.relays)).await?;
        self.changed(&[Noun::Board], &[]);
        Ok(Joined {
            board: invitation.board_name,
            name: before.map_or(invitation.member_name, |m| m.name),
            words: words(made),
            file: sealed,
            roster_words: words(root),
        })
    }

    async fn make_keys(
        &self,
        folder: &Folder,
        invitation: &Invitation,
        pin: &SecretString,
        replaces: Vec<KeyId>,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Answer<(RosterFingerprint, KeyId, Vec<u8>)> {
        let choice = self.options().vault.clone();
        let vault = vault_of(&choice, folder, true)?;
        let (keystore, cost) = (vault.keystore().word().to_owned(), cost_of(&choice));
        let keys = MemberKeys::new(vault, invitation.board, invitation.member);
        let pin = pin.clone();
        let again = !replaces.is_empty();
        let (signature, recording, sealed_to, signer) = blocking(move || {
            let patience = Patience::default();
            let checked = Pin::new(&pin)?;
            // The PIN of what this computer's keyring may hold is forgotten: nobody opens it any more.
            let signature = if again {
                keys.enrol_again(&checked, cost, &patience)
            } else {
                keys.enrol(&checked, cost, &patience)
            }?;
            let recording =
                if again { keys.make_recording_key_again(&patience) } else { keys.make_recording_key(&patience) }?;
            let sealed_to =
                if again { keys.exchange_key_kept_or_made(&patience) } else { keys.make_exchange_key(&patience) }?;
            let signer = keys.unlock(signature.key_id, &pin, now, &patience)?;
            Ok((signature, recording, sealed_to, signer))
        })
        .await?;
        let enrolment = Enrolment {
            schema: Enrolment::SCHEMA.to_owned(),
            board: invitation.board,
            roster_root: invitation.roster_root,
            member: invitation.member,
            accepted: ACCEPTANCE.to_owned(),
            sealed_to,
            keys: vec![
                roster_key(&signature, KeyUse::Signature, None, &keystore),
                roster_key(&recording, KeyUse::Recording, None, &keystore),
            ],
            replaces,
            made: now,
        };
        let sealed = enrolment.seal(&signer).map_err(|e| BoardError::internal(&e))?;
        let (_, fingerprint) = Enrolment::open(&sealed, invitation.board, RosterFingerprint(invitation.roster_root))
            .map_err(|r| refused("the enrolment", &r))?;
        Ok((fingerprint, recording.key_id, sealed))
    }
}

/// An invitation that was read and checked, with what it brings.
pub(crate) struct Opened {
    pub invitation: Invitation,
    pub parcels: Parcels,
    pub gathered: Gathered,
}

/// Reads an invitation and verifies everything in it by the root it names.
pub(crate) fn opened(bytes: &[u8]) -> Answer<Opened> {
    let invitation: Invitation = record::canonical::read(bytes, record::json::Limits::BUNDLE)
        .map_err(|e| BoardError::invalid("invitation", format!("This is no invitation: {e}.")))?;
    if invitation.schema != INVITATION {
        return Err(BoardError::invalid("invitation", "It was made by a newer Cabinet."));
    }
    let parcels = parcels_of(&invitation);
    let root = RosterFingerprint(invitation.roster_root);
    let gathered = gather(root, &parcels, Some(&judge_duties)).map_err(|r| refused("the invitation", &r))?;
    if gathered.rosters.board() != invitation.board {
        return Err(BoardError::invalid("invitation", "Its roster is another board's."));
    }
    Ok(Opened { invitation, parcels, gathered })
}

/// The seat that waits on this device for somebody who was invited.
pub(crate) async fn invited_seat(board: &OpenBoard, member: MemberId) -> Answer<Option<NewSeat>> {
    board.draft(INVITED, &member.to_string()).await
}

/// The six words of a fingerprint.
pub(crate) fn words(fingerprint: RosterFingerprint) -> String {
    fingerprint.words().join(" ")
}

/// A document that waits for signatures.
pub(crate) fn waiting(bytes: &[u8], code: &str, now: chrono::DateTime<chrono::Utc>) -> Quarantined {
    Quarantined {
        digest: Digest::of(bytes),
        kind: QuarantineKind::Document,
        bytes: bytes.to_vec(),
        waits: true,
        code: code.to_owned(),
        why: "waits for signatures".to_owned(),
        came: now,
    }
}

fn parcels_of(invitation: &Invitation) -> Parcels {
    let by_digest = |texts: &[String]| -> BTreeMap<Digest, Vec<u8>> {
        texts.iter().map(|t| (Digest::of(t.as_bytes()), t.clone().into_bytes())).collect()
    };
    Parcels {
        rosters: by_digest(&invitation.rosters),
        policies: by_digest(&invitation.policies),
        envelopes: by_digest(&invitation.entries),
    }
}
