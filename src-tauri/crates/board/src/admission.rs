//! Admitting members and taking keys away: new versions of the roster, signed by whom their change calls for
//! (`record.md`, *Roster*).
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::entry::{Attestation, Auth, Body};
use domain::ids::{Digest, KeyId, MemberId};
use domain::roster::{Consent, KeyStatus, KeyUse, Member, Revocation, RevocationReason, Roster, consent_needed};
use record::enrolment::Enrolment;
use record::roster::{RosterFingerprint, RosterVersion};
use record::statement::Subject;
use serde::Serialize;
use vault::{ExposeSecret as _, Patience, SecretString};

use crate::boards::{ACCEPTANCE, member_certificate};
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::exchange::{Exchanged, Incoming};
use crate::keys::in_vault;
use crate::members::{NewSeat, invited_seat, waiting, words};
use crate::state::{BoardState, refused};
use crate::views::Noun;
use crate::writer::{Act, Key, Local};

/// An enrolment that waits to be admitted, or a roster that waits for signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Admission {
    /// Digest of the enrolment's bytes.
    pub enrolment: Digest,
    /// Who asks.
    pub member: MemberId,
    /// Their name, by the roster or the invitation.
    pub name: String,
    /// Six words that both sides compare.
    pub words: String,
}

/// The chair (or who else may) admits a member.
#[derive(Debug, Clone)]
pub struct AdmitRequest {
    /// The enrolment, by its digest.
    pub enrolment: Digest,
    /// Who signs.
    pub by: String,
    /// Their PIN.
    pub pin: SecretString,
    /// How identity was checked, in words: it goes into what is signed.
    pub checked: String,
    /// Whether the member shall hold root (chair and security only).
    pub hold_root: bool,
}

/// A root holder signs a roster that another proposed.
#[derive(Debug, Clone)]
pub struct SignRosterRequest {
    /// Who signs.
    pub by: String,
    /// Their PIN.
    pub pin: SecretString,
}

/// A member's keys are taken away.
#[derive(Debug, Clone)]
pub struct RevokeRequest {
    /// Whose.
    pub member: String,
    /// Why.
    pub reason: RevocationReason,
    /// Since when they are gone, as far as anybody knows; `None` for now. It is told, and decides nothing: what counts
    /// is what others had seen.
    pub from: Option<DateTime<Utc>>,
    /// Who signs.
    pub by: String,
    /// Their PIN.
    pub pin: SecretString,
}

impl Cabinet {
    /// Takes an enrolment that was handed over as a file.
    pub async fn receive_enrolment(&self, file: &[u8]) -> Answer<Admission> {
        let board = self.board()?;
        let state = board.state().await?;
        Enrolment::open(file, state.rosters.board(), state.rosters.fingerprint())
            .map_err(|r| refused("the enrolment", &r))?;
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        tx.put_quarantine(&waiting(file, "enrolment", self.now())).await.map_err(stored)?;
        tx.commit().await.map_err(stored)?;
        let digest = Digest::of(file);
        let all = self.admissions().await?;
        all.into_iter().find(|a| a.enrolment == digest).ok_or_else(|| {
            BoardError::refused(
                "already_admitted",
                "The board knows these keys already.",
                None,
                "Nothing is left to do.",
            )
        })
    }

    /// Enrolments that wait to be admitted.
    pub async fn admissions(&self) -> Answer<Vec<Admission>> {
        let board = self.board()?;
        let state = board.state().await?;
        let mut found = Vec::new();
        for (digest, enrolment, fingerprint) in waiting_enrolments(&board, &state).await? {
            let seat = invited_seat(&board, enrolment.member).await?;
            let name = state.roster().member(enrolment.member).map(|m| m.name.clone()).or(seat.map(|s| s.name));
            found.push(Admission {
                enrolment: digest,
                member: enrolment.member,
                name: name.unwrap_or_else(|| "somebody this device did not invite".to_owned()),
                words: words(fingerprint),
            });
        }
        Ok(found)
    }

    /// Admits a member: a new version of the roster with the member's keys, signed. Where the change needs more than
    /// this signature, the version waits for the others. Answers whether it is in force.
    pub async fn admit(&self, request: AdmitRequest) -> Answer<bool> {
        let board = self.board()?;
        let state = board.state().await?;
        let kept = board.store.quarantine().await.map_err(stored)?;
        let kept = kept
            .iter()
            .find(|q| q.digest == request.enrolment)
            .ok_or_else(|| BoardError::not_found("enrolment", request.enrolment))?;
        let (enrolment, fingerprint) = Enrolment::open(&kept.bytes, state.rosters.board(), state.rosters.fingerprint())
            .map_err(|r| refused("the enrolment", &r))?;
        if enrolment.accepted != ACCEPTANCE {
            return Err(BoardError::invalid("enrolment", "The member did not accept the sentence as it stands."));
        }
        if request.checked.trim().is_empty() {
            return Err(BoardError::invalid("checked", "Say how the member's identity was checked."));
        }
        let mut next = next_version(state.roster(), self.now());
        let mut member = match state.roster().member(enrolment.member) {
            Some(member) => member.clone(),
            None => {
                let seat = invited_seat(&board, enrolment.member).await?;
                seated(enrolment.member, seat.ok_or_else(|| BoardError::not_found("invitation of", enrolment.member))?)
            }
        };
        let signer = self.signer(&board, &request.by, &request.pin).await?;
        let authority = self.authority(&board, &request.by, &request.pin).await;
        if member.signature_key().is_none() || !enrolment.replaces.is_empty() {
            member.sealed_to = Some(enrolment.sealed_to.clone());
        }
        for key in member.keys.iter_mut().filter(|k| enrolment.replaces.contains(&k.id)) {
            key.status = KeyStatus::Retired;
        }
        for mut key in enrolment.keys.clone() {
            if key.usage == KeyUse::Signature
                && let Some((root, authority)) = &authority
            {
                let spki = STANDARD.decode(&key.spki).map_err(|e| BoardError::internal(&e))?;
                let who = (member.name.as_str(), member.id, member.roles.as_slice());
                key.certificate = Some(member_certificate(root, who, &spki, self.now(), authority.as_ref())?);
            }
            member.keys.push(key);
        }
        if request.hold_root {
            if !member.roles.iter().any(|r| r.may_hold_root()) {
                return Err(BoardError::refused(
                    "no_root",
                    format!("{} can hold no root: it belongs to chair and security.", member.name),
                    None,
                    "Admit without root.",
                ));
            }
            if !next.root_holders.contains(&member.id) {
                next.root_holders.push(member.id);
            }
            next.threshold = next.threshold.max(2);
        }
        match next.members.iter_mut().find(|m| m.id == member.id) {
            Some(place) => *place = member.clone(),
            None => next.members.push(member.clone()),
        }
        let who = (next.version, member.name.as_str());
        let meaning = admission(who, &enrolment, fingerprint, &request.checked, request.hold_root);
        self.propose(&board, next, signer, meaning).await
    }

    /// Takes a member's keys away.
    pub async fn revoke(&self, request: RevokeRequest) -> Answer<bool> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(&request.member)?)?.clone();
        let now = self.now();
        let since = not_after(now, request.from)?;
        let signer = self.signer(&board, &request.by, &request.pin).await?;
        let mut next = next_version(state.roster(), now);
        let mut taken = 0;
        // With the keys goes the certificate of their company: nothing more is signed in their name.
        for place in next.members.iter_mut().filter(|m| m.id == member.id) {
            place.certificate = None;
        }
        for key in next.members.iter_mut().filter(|m| m.id == member.id).flat_map(|m| &mut m.keys) {
            if key.status == KeyStatus::Active {
                key.status = KeyStatus::Revoked;
                key.revoked = Some(Revocation { from: since.unwrap_or(now), reason: request.reason });
                taken += 1;
            }
        }
        if taken == 0 {
            return Err(BoardError::not_found("active key of", &member.name));
        }
        next.root_holders.retain(|id| *id != member.id);
        let holders = u32::try_from(next.root_holders.len()).unwrap_or(u32::MAX);
        if holders == 0 {
            return Err(BoardError::refused(
                "last_root",
                format!("{} is the last who holds root: nobody could sign the next roster.", member.name),
                None,
                "Admit another root holder first.",
            ));
        }
        next.threshold = next.threshold.min(holders);
        let meaning = revocation(next.version, &member.name, request.reason, since);
        self.propose(&board, next, signer, meaning).await
    }

    /// Signs the roster that another root holder proposed. Answers whether it is in force now.
    pub async fn sign_roster(&self, request: SignRosterRequest) -> Answer<bool> {
        let board = self.board()?;
        let state = board.state().await?;
        let wanted = state.roster().version.saturating_add(1);
        let proposals: Vec<RosterVersion> = board
            .store
            .quarantine()
            .await
            .map_err(stored)?
            .iter()
            .filter_map(|q| RosterVersion::parse(&q.bytes).ok())
            .filter(|v| v.roster().version == wanted && v.roster().board == state.rosters.board())
            .collect();
        let [proposal] = proposals.as_slice() else {
            let what = format!("{} proposals for roster {wanted} are here.", proposals.len());
            return Err(BoardError::refused("proposal", what, None, "There must be one: exchange, or propose anew."));
        };
        let signer = self.signer(&board, &request.by, &request.pin).await?;
        let meaning = adoption(proposal.roster());
        self.propose(&board, proposal.roster().clone(), signer, meaning).await
    }

    /// Signs a version of the roster and keeps it until enough others have.
    pub(crate) async fn propose(
        &self,
        board: &OpenBoard,
        next: Roster,
        signer: Signature,
        meaning: String,
    ) -> Answer<bool> {
        let state = board.state().await?;
        let version = RosterVersion::of(&next).map_err(|r| refused("the roster", &r))?;
        if let Consent::OwnKey(own) = consent_needed(state.roster(), &next)
            && own != signer.member
        {
            tracing::debug!(member = %own, "another's further device: a root holder signs instead");
        }
        let act = Act {
            actor: signer.member,
            attestation: Attestation::Signed,
            role: None,
            meaning,
            meeting: None,
            subjects: vec![Subject { name: format!("roster {}", next.version), sha256: version.digest() }],
            body: Body::Roster { version: next.version },
            blobs: Vec::new(),
        };
        let document = waiting(version.bytes(), "roster", self.now());
        self.write(board, vec![(act, signer.key)], vec![Local::Propose(document)]).await?;
        let mut done = Exchanged::default();
        self.take(board, Incoming::default(), None, &mut done).await?;
        self.exchange_in_background(board).await;
        self.changed(&[Noun::Board], &[]);
        Ok(board.state().await?.roster().version == next.version)
    }

    pub(crate) async fn signer(&self, board: &OpenBoard, by: &str, pin: &SecretString) -> Answer<Signature> {
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(by)?)?;
        let signer = board.keys.unlock(member, pin.expose_secret(), self.now()).await?;
        let keystore = board.keys.keystore().to_owned();
        Ok(Signature { member: member.id, key: Key::Member { signer, auth: Auth::Pin, keystore } })
    }

    /// The board's certificate authority, where this device has it: certificates are for other people's readers, and
    /// an admission does not wait for one.
    pub(crate) async fn authority(
        &self,
        board: &OpenBoard,
        by: &str,
        pin: &SecretString,
    ) -> Option<(Vec<u8>, Box<vault::UnlockedKey>)> {
        let state = board.state().await.ok()?;
        let root = minutes::certificate_der(&state.roster().certificate_root).ok()?;
        let expected = KeyId(minutes::key_fingerprint(&root).ok()?);
        let keys = board.keys.of(crate::words::member_id(by).ok()?);
        let (pin, now) = (pin.clone(), self.now());
        let opened = tokio::task::spawn_blocking(move || {
            keys.unlock_authority(expected, &pin, now, &Patience::default()).map_err(|e| in_vault(&e))
        });
        match opened.await {
            Ok(Ok(key)) => Some((root, Box::new(key))),
            Ok(Err(error)) => {
                tracing::info!(%error, "admitted without a certificate");
                None
            }
            Err(_) => None,
        }
    }
}

/// Whose key signs a roster.
pub(crate) struct Signature {
    member: MemberId,
    key: Key,
}

/// Enrolments in quarantine whose keys the roster does not know, by the digest of their bytes.
pub(crate) async fn waiting_enrolments(
    board: &OpenBoard,
    state: &BoardState,
) -> Answer<Vec<(Digest, Enrolment, RosterFingerprint)>> {
    let kept = board.store.quarantine().await.map_err(stored)?;
    let opened = kept.iter().filter_map(|kept| {
        let opened = Enrolment::open(&kept.bytes, state.rosters.board(), state.rosters.fingerprint());
        opened.ok().map(|(enrolment, fingerprint)| (kept.digest, enrolment, fingerprint))
    });
    Ok(opened.filter(|(_, e, _)| e.keys.iter().all(|k| state.roster().key(k.id).is_none())).collect())
}

/// The sentence that admits a member.
pub(crate) fn admission(
    (version, name): (u32, &str),
    enrolment: &Enrolment,
    fingerprint: RosterFingerprint,
    checked: &str,
    hold_root: bool,
) -> String {
    let root = if hold_root { ", to hold root," } else { "" };
    let key = enrolment.keys.iter().find(|k| k.usage == KeyUse::Signature).map_or_else(String::new, |k| k.id.short());
    format!(
        "Roster {version} admits {name}{root} with the key {key} ({}). Identity checked: {}.",
        words(fingerprint),
        checked.trim().trim_end_matches('.')
    )
}

/// Keys are gone since some time that has come.
pub(crate) fn not_after(now: DateTime<Utc>, from: Option<DateTime<Utc>>) -> Answer<Option<DateTime<Utc>>> {
    if from.is_some_and(|from| from > now) {
        return Err(BoardError::invalid("from", "Keys cannot be gone since a time that has not come yet."));
    }
    Ok(from)
}

/// The sentence that takes a member's keys away.
pub(crate) fn revocation(version: u32, name: &str, reason: RevocationReason, from: Option<DateTime<Utc>>) -> String {
    let since = from.map_or_else(String::new, |from| format!(", since {}", crate::words::time(from)));
    format!("Roster {version} takes {name}'s keys away: {}{since}.", reason.word())
}

/// The sentence that adopts a proposed roster.
pub(crate) fn adoption(roster: &Roster) -> String {
    format!("Roster {} is adopted as proposed, with {} members.", roster.version, roster.members.len())
}

pub(crate) fn next_version(roster: &Roster, now: chrono::DateTime<chrono::Utc>) -> Roster {
    Roster { version: roster.version.saturating_add(1), created: now, ..roster.clone() }
}

fn seated(id: MemberId, seat: NewSeat) -> Member {
    Member {
        id,
        name: seat.name.trim().to_owned(),
        accounts: seat.accounts,
        roles: seat.roles,
        scope: Vec::new(),
        voting: seat.voting,
        mandatory: seat.mandatory,
        git: Vec::new(),
        departments: Vec::new(),
        sealed_to: None,
        keys: Vec::new(),
        certificate: None,
    }
}
