//! The DSSE envelope of an entry: exactly one way to write each.
//!
//! DSSE leaves freedom (white space, order of fields, several signatures, any base64); an append-only
//! log of evidence has no use for it. A naive verifier accepts an envelope with many a byte changed or put in (of
//! the key's id, white space, the last bits of base64), this one none.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ids::{EntryId, KeyId};
use serde::Serialize;

use crate::canonical;
use crate::json::{Limits, Value};
use crate::keys::{PublicKey, SignError, Signer};
use crate::refusal::{Code, Refusal};

/// The payload type of every entry: an in-toto Statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// DSSE v1 pre-authentication encoding: what is signed.
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    payload: String,
    payload_type: &'a str,
    signatures: [WireSignature; 1],
}

#[derive(Serialize)]
struct WireSignature {
    keyid: String,
    sig: String,
}

/// An envelope whose form has been checked; its signature only once [`Envelope::verify`] was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    bytes: Vec<u8>,
    payload: Vec<u8>,
    key_id: KeyId,
    signature: Vec<u8>,
}

impl Envelope {
    /// Signs `payload` (canonical bytes of a statement).
    ///
    /// # Errors
    /// [`SignError`] if the signer fails.
    pub fn seal(payload: Vec<u8>, signer: &dyn Signer) -> Result<Self, SignError> {
        let signature = signer.sign(&pae(PAYLOAD_TYPE, &payload))?;
        let key_id = signer.key_id();
        let wire = Wire {
            payload: STANDARD.encode(&payload),
            payload_type: PAYLOAD_TYPE,
            signatures: [WireSignature { keyid: key_id.to_string(), sig: STANDARD.encode(&signature) }],
        };
        let bytes = canonical::to_bytes(&wire).map_err(|error| SignError::Key(error.to_string()))?;
        Ok(Self { bytes, payload, key_id, signature })
    }

    /// Reads stored bytes and checks their form: size, strict JSON, canonical, exactly the known
    /// fields, one signature, payload type, canonical base64, key id.
    ///
    /// # Errors
    /// The first of these that does not hold.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let place = "envelope";
        let value = canonical::parse(bytes, Limits::ENTRY).map_err(|error| Refusal::of_canonical(&error, place))?;
        let envelope = members(&value, &["payload", "payloadType", "signatures"], place)?;
        let [payload, payload_type, signatures] = envelope.as_slice() else {
            return Err(Refusal::new(Code::Fields, "not the three fields of an envelope", place));
        };
        let Value::List(signatures) = signatures else {
            return Err(Refusal::new(Code::Fields, "\"signatures\" is not a list", place));
        };
        let [signature] = signatures.as_slice() else {
            let what = format!("{} signatures, where an entry carries one", signatures.len());
            return Err(Refusal::new(Code::SignatureCount, what, place));
        };
        let signature = members(signature, &["keyid", "sig"], "envelope, signature")?;
        let [keyid, sig] = signature.as_slice() else {
            return Err(Refusal::new(Code::Fields, "not the two fields of a signature", place));
        };
        if text(payload_type, "payloadType")? != PAYLOAD_TYPE {
            return Err(Refusal::new(Code::PayloadType, format!("the payload type is not {PAYLOAD_TYPE}"), place));
        }
        let key_id = text(keyid, "keyid")?.parse().map_err(|_| {
            Refusal::new(Code::KeyId, "the key id is not 64 lower-case hexadecimal digits", "envelope, keyid")
        })?;
        Ok(Self {
            bytes: bytes.to_vec(),
            payload: decode_base64(text(payload, "payload")?, "envelope, payload")?,
            key_id,
            signature: decode_base64(text(sig, "sig")?, "envelope, sig")?,
        })
    }

    /// Verifies the signature over the PAE with `key`, which must be the one the envelope names.
    ///
    /// # Errors
    /// [`Code::KeyId`], [`Code::Der`], [`Code::HighS`] or [`Code::Signature`].
    pub fn verify(&self, key: &PublicKey) -> Result<(), Refusal> {
        if key.key_id() != self.key_id {
            let what = format!("signed by key {}, checked with {}", self.key_id.short(), key.key_id().short());
            return Err(Refusal::new(Code::KeyId, what, "envelope, keyid"));
        }
        key.verify(&pae(PAYLOAD_TYPE, &self.payload), &self.signature)
    }

    /// The stored bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The signed bytes: an in-toto Statement.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The key that signed, as the envelope says.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The signature (DER).
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The entry's id: SHA-256(0x00 ‖ payload). Not over the signature, which may have twins.
    #[must_use]
    pub fn entry_id(&self) -> EntryId {
        EntryId::of(&self.payload)
    }
}

/// The values of `fields`, in their order, of an object that has these and no others.
fn members<'a>(value: &'a Value, fields: &[&str], place: &str) -> Result<Vec<&'a Value>, Refusal> {
    let Value::Object(object) = value else {
        return Err(Refusal::new(Code::Fields, "not an object", place));
    };
    if let Some(unknown) = object.keys().find(|key| !fields.contains(&key.as_str())) {
        return Err(Refusal::new(Code::Fields, format!("unknown field {unknown:?}"), place));
    }
    fields
        .iter()
        .map(|field| object.get(*field).ok_or_else(|| Refusal::new(Code::Fields, format!("no field {field:?}"), place)))
        .collect()
}

fn text<'a>(value: &'a Value, field: &str) -> Result<&'a str, Refusal> {
    value.as_text().ok_or_else(|| Refusal::new(Code::Fields, format!("{field:?} is not text"), "envelope"))
}

/// Standard base64 with padding, in the one form that encodes back to itself (RFC 4648 §3.5).
pub(crate) fn decode_base64(text: &str, place: &str) -> Result<Vec<u8>, Refusal> {
    let bytes = STANDARD
        .decode(text)
        .map_err(|error| Refusal::new(Code::Base64, format!("not canonical base64: {error}"), place))?;
    if STANDARD.encode(&bytes) != text {
        return Err(Refusal::new(Code::Base64, "base64 that does not encode back to itself", place));
    }
    Ok(bytes)
}

#[cfg(test)]
mod mutants;
#[cfg(test)]
mod tests;
