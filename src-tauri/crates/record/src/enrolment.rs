//! A new member's own keys, on their way into the roster: made on the member's device, signed by the new key itself,
//! and compared with the chair by six words on a call (`record.md`, *Roster*).
use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::ids::{BoardId, Digest, KeyId, MemberId};
use domain::roster::{KeyStatus, KeyUse, RosterKey};
use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::envelope::{decode_base64, pae};
use crate::json::Limits;
use crate::keys::{SignError, Signer};
use crate::refusal::{Code, Refusal};
use crate::roster::{RosterFingerprint, read_key};

/// What is signed, apart from every other thing a member's key signs.
pub const PAYLOAD_TYPE: &str = "application/vnd.cabinet.enrolment+json";

/// What a member asks the board to admit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// `urn:x-cabinet:enrolment:1`.
    pub schema: String,
    /// The board.
    pub board: BoardId,
    /// Its roster root, as the invitation named it.
    pub roster_root: Digest,
    /// The member who was invited.
    pub member: MemberId,
    /// The sentence the member accepted.
    pub accepted: String,
    /// Where review packs are sealed to: an `age` recipient.
    pub sealed_to: String,
    /// The keys, without certificates: a signature key and the device's recording key.
    pub keys: Vec<RosterKey>,
    /// The member's keys that these replace (a forgotten PIN, a lost device); none for a first or further device.
    pub replaces: Vec<KeyId>,
    /// When, as claimed.
    pub made: DateTime<Utc>,
}

/// An enrolment with its signature, as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    enrolment: String,
    keyid: KeyId,
    sig: String,
}

impl Enrolment {
    /// The schema of this version.
    pub const SCHEMA: &'static str = "urn:x-cabinet:enrolment:1";

    /// The bytes that travel: the enrolment, signed by its own signature key.
    ///
    /// # Errors
    /// [`SignError`] if the key does not sign.
    pub fn seal(&self, signer: &dyn Signer) -> Result<Vec<u8>, SignError> {
        let unwritable = |error: canonical::CanonicalError| SignError::Key(error.to_string());
        let payload = canonical::to_bytes(self).map_err(unwritable)?;
        let sig = STANDARD.encode(signer.sign(&pae(PAYLOAD_TYPE, &payload))?);
        canonical::to_bytes(&Wire { enrolment: STANDARD.encode(&payload), keyid: signer.key_id(), sig })
            .map_err(unwritable)
    }

    /// Reads and checks what travelled: strict, for this board and root, signed by the very key it brings. Answers
    /// with the fingerprint whose six words both sides compare.
    ///
    /// # Errors
    /// The codes of the strict reader, [`Code::OtherBoard`], [`Code::RosterRoot`], [`Code::KeyId`],
    /// [`Code::KeyEncoding`], [`Code::Signature`] or [`Code::Schema`].
    pub fn open(bytes: &[u8], board: BoardId, root: RosterFingerprint) -> Result<(Self, RosterFingerprint), Refusal> {
        let place = "enrolment";
        let wire: Wire = canonical::read(bytes, Limits::ENTRY).map_err(|error| Refusal::of_canonical(&error, place))?;
        let payload = decode_base64(&wire.enrolment, place)?;
        let enrolment: Self =
            canonical::read(&payload, Limits::ENTRY).map_err(|error| Refusal::of_canonical(&error, place))?;
        let refuse = |code: Code, what: &str| Err(Refusal::new(code, what, place));
        if enrolment.schema != Self::SCHEMA {
            return refuse(Code::Schema, "not an enrolment of this version");
        }
        if enrolment.board != board {
            return refuse(Code::OtherBoard, "asks to be admitted to another board");
        }
        if enrolment.roster_root != root.0 {
            return refuse(Code::RosterRoot, "was made for another roster root");
        }
        if enrolment.accepted.trim().is_empty() || enrolment.sealed_to.trim().is_empty() {
            return refuse(Code::Schema, "names neither what was accepted nor where packs are sealed to");
        }
        let mut own = None;
        let mut ids = BTreeSet::new();
        for key in &enrolment.keys {
            let public = read_key(key).map_err(|refusal| refusal.within(place))?;
            let fresh = key.status == KeyStatus::Active && key.revoked.is_none() && key.certificate.is_none();
            if !fresh || !ids.insert(key.id) {
                return refuse(Code::Schema, "brings each key once, active and without a certificate");
            }
            if key.usage == KeyUse::Signature && own.replace(public).is_some() {
                return refuse(Code::Schema, "brings exactly one signature key");
            }
        }
        let Some(key) = own else {
            return refuse(Code::Schema, "brings exactly one signature key");
        };
        if key.key_id() != wire.keyid {
            return refuse(Code::KeyId, "is not signed by the key it brings");
        }
        key.verify(&pae(PAYLOAD_TYPE, &payload), &decode_base64(&wire.sig, place)?)?;
        Ok((enrolment, RosterFingerprint(Digest::of(&payload))))
    }
}

#[cfg(test)]
mod tests;
