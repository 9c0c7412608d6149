//! Making a board: the ceremony of roster version 1.
use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::entry::{Attestation, Auth, Body, ClaimedTime, Predicate, RosterRef};
use domain::ids::{BoardId, Digest, LogId, MemberId};
use domain::policy::{Policy, Strength};
use domain::roster::{KeyStatus, KeyUse, Member, Role, Roster, RosterKey};
use minutes::{LeafRequest, RootRequest};
use record::entry::Entry;
use record::keys::Signer;
use record::statement::Subject;
use store::{Folder, Store};
use vault::{MemberKeys, Patience, Pin, PublicHalf, SecretString, Vault};

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::keys::{blocking, cost_of, vault_of};
use crate::views::Noun;

/// The sentence a member accepts on enrolment (21 CFR 11.100(c) asks for it to be said).
pub const ACCEPTANCE: &str =
    "I accept that signing with this PIN binds me as my handwritten signature does, and I keep the PIN to myself.";

/// A person on a board that is being made.
#[derive(Debug, Clone)]
pub struct NewMember {
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
    /// The member's PIN, if they enrol now on this device.
    pub key: Option<Keyholder>,
}

/// A member who enrols in the ceremony.
#[derive(Debug, Clone)]
pub struct Keyholder {
    /// The PIN.
    pub pin: SecretString,
    /// The sentence as accepted; must be [`ACCEPTANCE`].
    pub accepted: String,
}

/// A board to be made. The first member with the role *chair* leads it and holds root.
#[derive(Debug, Clone)]
pub struct CreateBoard {
    /// Its name.
    pub name: String,
    /// Its members.
    pub members: Vec<NewMember>,
    /// The built-in policy it starts with.
    pub strength: Strength,
    /// Its *Part 11* profile: every signature takes the PIN (21 CFR 11.200).
    pub part_11: bool,
    /// Entries are sealed to the members before they go to a relay.
    pub sealed_relays: bool,
}

impl CreateBoard {
    /// The policy that the board starts with.
    fn policy(&self) -> Policy {
        let policy = if self.part_11 { Policy::part_11(self.strength) } else { Policy::built_in(self.strength) };
        if self.sealed_relays { policy.with_sealed_entries() } else { policy }
    }
}

/// Everybody's keys after enrolment.
struct Enrolled {
    id: MemberId,
    signature: Option<PublicHalf>,
    recording: Option<PublicHalf>,
    /// Where packs for the member are sealed to.
    sealed_to: Option<String>,
}

impl Cabinet {
    /// Makes a board in the (empty) data folder: keys, certificates, roster version 1 and the policy,
    /// each adopted by a signed entry of the chair.
    pub async fn create_board_with(&self, request: CreateBoard) -> Answer<()> {
        let folder = Folder::new(&self.options().data_dir);
        if folder.holds_board() {
            return Err(BoardError::refused(
                "board_exists",
                "This data folder holds a board already; a board is never overwritten.",
                None,
                "Choose another data folder.",
            ));
        }
        let chair = check(&request)?;
        let choice = self.options().vault.clone();
        folder.create().map_err(stored)?;
        let vault = vault_of(&choice, &folder, true)?;
        let now = self.now();
        let made = {
            let (vault, request, cost) = (vault.clone(), request.clone(), cost_of(&choice));
            blocking(move || {
                let ceremony = Ceremony { vault, cost, now, patience: Patience::default() };
                ceremony.enrol(&request, chair)
            })
            .await?
        };
        let Made { board, enrolled, authority, chair_key, authority_key } = made;
        let keystore = vault.keystore().word().to_owned();
        let device = enrolled[chair]
            .recording
            .as_ref()
            .map(|half| half.key_id)
            .ok_or_else(|| BoardError::not_found("recording key", "of the chair"))?;
        let roster = roster(&request, board, &enrolled, &authority, authority_key.as_ref(), chair, &keystore, now)?;
        let policy = request.policy();
        let roster_bytes = record::canonical::to_bytes(&roster).map_err(|e| BoardError::internal(&e))?;
        let policy_bytes = record::canonical::to_bytes(&policy).map_err(|e| BoardError::internal(&e))?;
        let first = Founding {
            board,
            chair: enrolled[chair].id,
            keystore,
            roster: RosterRef { version: 1, digest: Digest::of(&roster_bytes) },
            policy: Digest::of(&policy_bytes),
            now,
        };
        let roster_entry = first.entry(
            chair_key.as_ref(),
            None,
            Body::Roster { version: 1 },
            Subject { name: "roster 1".to_owned(), sha256: first.roster.digest },
            format!("Roster 1 of {} with {} members is adopted. {ACCEPTANCE}", request.name, request.members.len()),
        )?;
        let policy_entry = first.entry(
            chair_key.as_ref(),
            Some(&roster_entry),
            Body::Policy { name: policy.name.clone() },
            Subject { name: policy.name.clone(), sha256: first.policy },
            format!("Policy {} is adopted.", policy.name),
        )?;
        let store = Store::create(&folder, now).await.map_err(stored)?;
        let mut tx = store.begin_immediate().await.map_err(stored)?;
        tx.put_roster(1, &roster_bytes).await.map_err(stored)?;
        tx.put_policy(&policy_bytes, None).await.map_err(stored)?;
        for entry in [&roster_entry, &policy_entry] {
            tx.insert_entry(crate::writer::row_of(entry)).await.map_err(stored)?;
        }
        let device = serde_json::to_string(&device).map_err(|e| BoardError::internal(&e))?;
        tx.put_setting(crate::cabinet::DEVICE_KEY, Some(&device)).await.map_err(stored)?;
        let here: Vec<MemberId> = enrolled.iter().filter(|e| e.signature.is_some()).map(|e| e.id).collect();
        let here = serde_json::to_string(&here).map_err(|e| BoardError::internal(&e))?;
        tx.put_setting(crate::cabinet::ENROLLED, Some(&here)).await.map_err(stored)?;
        tx.commit().await.map_err(stored)?;
        store.close().await;
        let opened = OpenBoard::open(folder, self.options(), now).await?;
        let board = self.put_board(opened);
        let head = domain::entry::Head { seq: policy_entry.log().seq, id: policy_entry.id() };
        board.keys.remember_head(policy_entry.log().id, head).await?;
        self.changed(&[Noun::Board], &[]);
        Ok(())
    }
}

/// Where the chair stands in the list; refuses what no board can be.
fn check(request: &CreateBoard) -> Answer<usize> {
    if request.name.trim().is_empty() {
        return Err(BoardError::invalid("board_name", "Give the board a name."));
    }
    for (index, member) in request.members.iter().enumerate() {
        if member.name.trim().is_empty() {
            return Err(BoardError::invalid(&format!("members[{index}].name"), "Every member needs a name."));
        }
        if let Some(key) = &member.key
            && key.accepted != ACCEPTANCE
        {
            return Err(BoardError::invalid("accepted_sentence", "The sentence must be accepted as it stands."));
        }
    }
    let chair = request
        .members
        .iter()
        .position(|m| m.roles.contains(&Role::Chair))
        .ok_or_else(|| BoardError::invalid("chair", "A board needs a chair."))?;
    if request.members[chair].key.is_none() {
        return Err(BoardError::invalid("pin", "The chair chooses a PIN: the roster is signed with it."));
    }
    Ok(chair)
}

struct Ceremony {
    vault: Arc<dyn Vault>,
    cost: vault::Cost,
    now: chrono::DateTime<chrono::Utc>,
    patience: Patience,
}

struct Made {
    board: BoardId,
    enrolled: Vec<Enrolled>,
    authority: PublicHalf,
    chair_key: Box<dyn Signer + Send + Sync>,
    authority_key: Box<dyn Signer + Send + Sync>,
}

impl Ceremony {
    fn enrol(&self, request: &CreateBoard, chair: usize) -> Result<Made, vault::VaultError> {
        let board = BoardId(uuid::Uuid::now_v7());
        // Every PIN is looked at before the first key is made.
        let pins = request
            .members
            .iter()
            .map(|m| m.key.as_ref().map(|k| Pin::new(&k.pin)).transpose())
            .collect::<Result<Vec<_>, _>>()?;
        let mut enrolled = Vec::new();
        let mut authority = None;
        for (index, pin) in pins.iter().enumerate() {
            let id = MemberId(uuid::Uuid::now_v7());
            let keys = MemberKeys::new(self.vault.clone(), board, id);
            let signature = pin.as_ref().map(|p| keys.enrol(p, self.cost, &self.patience)).transpose()?;
            let sealed_to = pin.as_ref().map(|_| keys.make_exchange_key(&self.patience)).transpose()?;
            let mut recording = None;
            if index == chair
                && let Some(pin) = pin
            {
                authority = Some((keys.make_authority(pin, self.cost, &self.patience)?, keys.clone()));
                recording = Some(keys.make_recording_key(&self.patience)?);
            }
            enrolled.push(Enrolled { id, signature, recording, sealed_to });
        }
        let lost = || vault::VaultError::Lost { what: "signature key" };
        let (authority, keys) = authority.ok_or_else(lost)?;
        let pin = &request.members[chair].key.as_ref().ok_or_else(lost)?.pin;
        let chair_id = enrolled[chair].signature.as_ref().ok_or_else(lost)?.key_id;
        let chair_key = keys.unlock(chair_id, pin, self.now, &self.patience)?;
        let authority_key = keys.unlock_authority(authority.key_id, pin, self.now, &self.patience)?;
        Ok(Made { board, enrolled, authority, chair_key: Box::new(chair_key), authority_key: Box::new(authority_key) })
    }
}

fn serial() -> Answer<[u8; 16]> {
    let mut serial = [0u8; 16];
    getrandom::fill(&mut serial).map_err(|e| BoardError::internal(&e))?;
    // A positive number of full length (RFC 5280, 4.1.2.2).
    serial[0] = (serial[0] & 0x3f) | 0x40;
    Ok(serial)
}

#[expect(clippy::too_many_arguments, reason = "what a roster consists of, put together once")]
fn roster(
    request: &CreateBoard,
    board: BoardId,
    enrolled: &[Enrolled],
    authority: &PublicHalf,
    authority_key: &(dyn Signer + Send + Sync),
    chair: usize,
    keystore: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Answer<Roster> {
    let sign = |message: &[u8]| authority_key.sign(message).map_err(|e| minutes::SignerRefusal(e.to_string()));
    let in_pdf = |e: minutes::MinutesError| BoardError::internal(&e);
    let root = minutes::root_certificate(
        &RootRequest { board: &request.name, spki_der: &authority.spki_der, serial: serial()?, not_before: now },
        &sign,
    )
    .map_err(in_pdf)?;
    let mut members = Vec::new();
    for (new, keys) in request.members.iter().zip(enrolled) {
        let mut roster_keys = Vec::new();
        if let Some(half) = &keys.signature {
            let leaf = member_certificate(&root, (&new.name, keys.id, &new.roles), &half.spki_der, now, authority_key)?;
            roster_keys.push(roster_key(half, KeyUse::Signature, Some(leaf), keystore));
        }
        if let Some(half) = &keys.recording {
            roster_keys.push(roster_key(half, KeyUse::Recording, None, keystore));
        }
        members.push(Member {
            id: keys.id,
            name: new.name.trim().to_owned(),
            accounts: new.accounts.clone(),
            roles: new.roles.clone(),
            scope: Vec::new(),
            voting: new.voting,
            mandatory: new.mandatory,
            git: Vec::new(),
            departments: Vec::new(),
            sealed_to: keys.sealed_to.clone(),
            keys: roster_keys,
            certificate: None,
        });
    }
    Ok(Roster {
        schema: Roster::SCHEMA.to_owned(),
        board,
        name: request.name.trim().to_owned(),
        version: 1,
        created: now,
        root_holders: vec![members[chair].id],
        members,
        threshold: 1,
        certificate_root: minutes::certificate_pem(&root).map_err(in_pdf)?,
    })
}

/// The role that a certificate says. It says "Chair" of the chair and of nobody else: minutes are sealed by it.
fn certified_role(roles: &[Role]) -> &'static str {
    let chairs = roles.contains(&Role::Chair);
    let first = roles.iter().find(|r| **r != Role::Chair).map_or("Member", |r| r.title());
    if chairs { Role::Chair.title() } else { first }
}

/// The board's own certificate for the key of a member's corporate one, base64 of its DER. Name and role are those of the
/// certificate of their signature key, where there is one: documents say the same of the member whichever they sign with.
pub(crate) fn endorsement(
    root_der: &[u8],
    member: &Member,
    spki_der: &[u8],
    now: chrono::DateTime<chrono::Utc>,
    authority: &dyn Signer,
) -> Answer<String> {
    let own = member.signature_key().and_then(|key| key.certificate.as_deref());
    let own = own.and_then(|text| STANDARD.decode(text).ok());
    let own = own.and_then(|der| minutes::certified_name_and_role(&der).ok());
    let (name, role) = own.unwrap_or_else(|| (member.name.clone(), certified_role(&member.roles).to_owned()));
    let sign = |message: &[u8]| authority.sign(message).map_err(|e| minutes::SignerRefusal(e.to_string()));
    let (id, serial) = (member.id.to_string(), serial()?);
    let request = LeafRequest { name: &name, role: &role, member_id: &id, spki_der, serial, not_before: now };
    let der = minutes::endorsing_certificate(root_der, &request, &sign).map_err(|e| BoardError::internal(&e))?;
    Ok(STANDARD.encode(der))
}

/// A member's certificate for readers outside Cabinet, base64 of its DER.
pub(crate) fn member_certificate(
    root_der: &[u8],
    (name, id, roles): (&str, MemberId, &[Role]),
    spki_der: &[u8],
    now: chrono::DateTime<chrono::Utc>,
    authority: &dyn Signer,
) -> Answer<String> {
    let sign = |message: &[u8]| authority.sign(message).map_err(|e| minutes::SignerRefusal(e.to_string()));
    let role = certified_role(roles);
    let request = LeafRequest { name, role, member_id: &id.to_string(), spki_der, serial: serial()?, not_before: now };
    let leaf = minutes::leaf_certificate(root_der, &request, &sign).map_err(|e| BoardError::internal(&e))?;
    Ok(STANDARD.encode(leaf))
}

pub(crate) fn roster_key(half: &PublicHalf, usage: KeyUse, certificate: Option<String>, keystore: &str) -> RosterKey {
    RosterKey {
        id: half.key_id,
        alg: record::roster::ALGORITHM.to_owned(),
        usage,
        spki: STANDARD.encode(&half.spki_der),
        certificate,
        status: KeyStatus::Active,
        revoked: None,
        keystore: keystore.to_owned(),
    }
}

/// What the first entries of a board have in common.
struct Founding {
    board: BoardId,
    chair: MemberId,
    keystore: String,
    roster: RosterRef,
    policy: Digest,
    now: chrono::DateTime<chrono::Utc>,
}

impl Founding {
    fn entry(
        &self,
        signer: &(dyn Signer + Send + Sync),
        before: Option<&Entry>,
        body: Body,
        subject: Subject,
        meaning: String,
    ) -> Answer<Entry> {
        let heads = before.map(|b| record::chain::heads(&[record::verify::link(b)])).unwrap_or_default();
        let predicate = Predicate {
            board: self.board,
            actor: self.chair,
            recorder: signer.key_id(),
            attestation: Attestation::Signed,
            auth: Auth::Pin,
            keystore: self.keystore.clone(),
            meaning,
            role: Some(Role::Chair),
            policy: self.policy,
            roster: self.roster.clone(),
            meeting: None,
            log: record::chain::next_position(LogId { key: signer.key_id(), epoch: 1 }, &heads),
            time: ClaimedTime { claimed: self.now },
            app: concat!("cabinet/", env!("CARGO_PKG_VERSION")).to_owned(),
            body,
        };
        Entry::sign(vec![subject], predicate, signer).map_err(|e| BoardError::internal(&e))
    }
}
