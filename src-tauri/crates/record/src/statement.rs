//! The in-toto Statement an entry signs: what it is about, and what is said of it.
use domain::entry::{Body, LogPosition, Predicate, RosterRef};
use domain::ids::{BoardId, Digest, KeyId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::json::{Limits, Value};
use crate::refusal::{Code, Refusal};

/// The in-toto Statement type.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// Every predicate type begins so; the kind and the version follow.
pub const PREDICATE_PREFIX: &str = "urn:x-cabinet:entry:";
/// The version of predicates this program writes and understands.
pub const PREDICATE_VERSION: u32 = 1;
/// The kinds of version 1.
pub const KINDS: [&str; 46] = [
    "roster",
    "policy",
    "assessment",
    "plan_review",
    "agenda_frozen",
    "running",
    "vote",
    "sign_off",
    "withdrawal",
    "witness",
    "delegation",
    "condition_met",
    "meeting_closed",
    "minutes_sealed",
    "extracts_sealed",
    "annex_sealed",
    "written_back",
    "affirmation",
    "fork_settled",
    "recovered",
    "ruled_immaterial",
    "approval_exported",
    "standing_approved",
    "standing_used",
    "standing_suspended",
    "obligation_opened",
    "obligation_met",
    "disposed",
    "attested",
    "waived",
    "overridden",
    "excepted",
    "seconded",
    "plan_approved",
    "rescheduled",
    "emergency_declared",
    "emergency_bound",
    "emergency_met",
    "rolled_back",
    "revalidated",
    "circular_opened",
    "correction",
    "correction_answered",
    "minutes_approved",
    "erratum",
    "erratum_sealed",
];

/// What a statement is about: a name for people, and the SHA-256 of the bytes that were shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// For example `CHG-17`, `roster 2` or `minutes.pdf`.
    pub name: String,
    /// SHA-256 of the manifest of what was shown, or of the document acted on.
    pub sha256: Digest,
}

/// What an entry says, as far as this program understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// A kind and version this program knows.
    Known(Box<Predicate>),
    /// Written by a newer Cabinet: kept, chained and shown as "needs a newer Cabinet".
    Unknown(Box<Unknown>),
}

/// An entry of a kind or version this program does not know. Board, recorder, roster and position
/// keep their form in every version to come, so such an entry still takes its place in its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Its kind.
    pub kind: String,
    /// Its version.
    pub version: u32,
    /// The board.
    pub board: BoardId,
    /// The key that signs.
    pub recorder: KeyId,
    /// The roster in force.
    pub roster: RosterRef,
    /// Where it stands.
    pub log: LogPosition,
}

/// A statement read from signed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it is about; at least one.
    pub subjects: Vec<Subject>,
    /// What it says.
    pub claim: Claim,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireDigest {
    sha256: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSubject {
    name: String,
    digest: WireDigest,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wire {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<WireSubject>,
    predicate_type: String,
    predicate: Predicate,
}

impl Statement {
    /// A statement of this program's version.
    #[must_use]
    pub fn new(subjects: Vec<Subject>, predicate: Predicate) -> Self {
        Self { subjects, claim: Claim::Known(Box::new(predicate)) }
    }

    /// The bytes to sign. Only what this program understands can be written.
    ///
    /// # Errors
    /// [`CanonicalError::Unwritable`] for an unknown claim or a statement without subject; the others
    /// if a value cannot be written exactly.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        let Claim::Known(predicate) = &self.claim else {
            return Err(CanonicalError::Unwritable("an entry of a newer Cabinet is kept, never rewritten".to_owned()));
        };
        if self.subjects.is_empty() {
            return Err(CanonicalError::Unwritable("a statement without subject".to_owned()));
        }
        canonical::to_bytes(&Wire {
            kind: STATEMENT_TYPE.to_owned(),
            subject: self
                .subjects
                .iter()
                .map(|s| WireSubject { name: s.name.clone(), digest: WireDigest { sha256: s.sha256 } })
                .collect(),
            predicate_type: predicate_type(&predicate.body),
            predicate: Predicate::clone(predicate),
        })
    }

    /// Reads the signed bytes, strictly.
    ///
    /// # Errors
    /// [`Code::Size`], [`Code::Json`], [`Code::DuplicateKey`], [`Code::NotCanonical`],
    /// [`Code::Statement`] or [`Code::Schema`].
    pub fn parse(payload: &[u8]) -> Result<Self, Refusal> {
        let place = "payload";
        let value = canonical::parse(payload, Limits::ENTRY).map_err(|error| Refusal::of_canonical(&error, place))?;
        let wrong = |what: &str| Refusal::new(Code::Statement, what, place);
        if value.get("_type").and_then(Value::as_text) != Some(STATEMENT_TYPE) {
            return Err(wrong("not an in-toto Statement v1"));
        }
        let predicate_type =
            value.get("predicateType").and_then(Value::as_text).ok_or_else(|| wrong("no predicate type"))?;
        let (kind, version) =
            split_predicate_type(predicate_type).ok_or_else(|| wrong("the predicate type is not one of Cabinet's"))?;
        let statement = if version == PREDICATE_VERSION && KINDS.contains(&kind) {
            Self::parse_known(&value, payload, kind)?
        } else {
            Self::parse_unknown(&value, kind, version)?
        };
        if statement.subjects.is_empty() {
            return Err(wrong("no subject"));
        }
        if statement.subjects.iter().any(|subject| subject.name.is_empty()) {
            return Err(wrong("a subject without a name"));
        }
        Ok(statement)
    }

    fn parse_known(value: &Value, payload: &[u8], kind: &str) -> Result<Self, Refusal> {
        let wire: Wire =
            canonical::read_as(value, payload).map_err(|error| Refusal::of_canonical(&error, "payload"))?;
        if wire.predicate.body.kind() != kind {
            let what = format!("the predicate type says {kind:?}, the body {:?}", wire.predicate.body.kind());
            return Err(Refusal::new(Code::Schema, what, "payload, predicateType"));
        }
        let subjects = wire.subject.into_iter().map(|s| Subject { name: s.name, sha256: s.digest.sha256 }).collect();
        Ok(Self::new(subjects, wire.predicate))
    }

    fn parse_unknown(value: &Value, kind: &str, version: u32) -> Result<Self, Refusal> {
        fn part<T: DeserializeOwned + Serialize>(value: Option<&Value>, name: &str) -> Result<T, Refusal> {
            let refuse = |why: String| Refusal::new(Code::Schema, why, format!("payload, {name}"));
            let value = value.ok_or_else(|| refuse("missing".to_owned()))?;
            let json = serde_json::to_value(value).map_err(|error| refuse(error.to_string()))?;
            let read: T = serde_json::from_value(json.clone()).map_err(|error| refuse(error.to_string()))?;
            // As strict as what is known: a value that could be written in two ways has one form only.
            match serde_json::to_value(&read) {
                Ok(again) if again == json => Ok(read),
                Ok(_) | Err(_) => Err(refuse("a value written otherwise".to_owned())),
            }
        }
        let subjects: Vec<WireSubject> = part(value.get("subject"), "subject")?;
        let predicate = value.get("predicate");
        let field = |name: &str| predicate.and_then(|predicate| predicate.get(name));
        let unknown = Unknown {
            kind: kind.to_owned(),
            version,
            board: part(field("board"), "predicate.board")?,
            recorder: part(field("recorder"), "predicate.recorder")?,
            roster: part(field("roster"), "predicate.roster")?,
            log: part(field("log"), "predicate.log")?,
        };
        let subjects = subjects.into_iter().map(|s| Subject { name: s.name, sha256: s.digest.sha256 }).collect();
        Ok(Self { subjects, claim: Claim::Unknown(Box::new(unknown)) })
    }

    /// The board it belongs to.
    #[must_use]
    pub fn board(&self) -> BoardId {
        match &self.claim {
            Claim::Known(predicate) => predicate.board,
            Claim::Unknown(unknown) => unknown.board,
        }
    }

    /// The key that signs, as the statement says.
    #[must_use]
    pub fn recorder(&self) -> KeyId {
        match &self.claim {
            Claim::Known(predicate) => predicate.recorder,
            Claim::Unknown(unknown) => unknown.recorder,
        }
    }

    /// The roster in force.
    #[must_use]
    pub fn roster(&self) -> &RosterRef {
        match &self.claim {
            Claim::Known(predicate) => &predicate.roster,
            Claim::Unknown(unknown) => &unknown.roster,
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn log(&self) -> &LogPosition {
        match &self.claim {
            Claim::Known(predicate) => &predicate.log,
            Claim::Unknown(unknown) => &unknown.log,
        }
    }

    /// What it says, unless that needs a newer Cabinet.
    #[must_use]
    pub fn predicate(&self) -> Option<&Predicate> {
        match &self.claim {
            Claim::Known(predicate) => Some(predicate),
            Claim::Unknown(_) => None,
        }
    }

    /// The kind, known or not.
    #[must_use]
    pub fn kind(&self) -> &str {
        match &self.claim {
            Claim::Known(predicate) => predicate.body.kind(),
            Claim::Unknown(unknown) => &unknown.kind,
        }
    }
}

/// The predicate type of a body: `urn:x-cabinet:entry:<kind>:1`.
#[must_use]
pub fn predicate_type(body: &Body) -> String {
    format!("{PREDICATE_PREFIX}{}:{PREDICATE_VERSION}", body.kind())
}

fn split_predicate_type(text: &str) -> Option<(&str, u32)> {
    let (kind, version) = text.strip_prefix(PREDICATE_PREFIX)?.split_once(':')?;
    let kind_ok = !kind.is_empty() && kind.len() <= 40 && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let version_ok = !version.starts_with('0') && version.len() <= 4 && version.bytes().all(|b| b.is_ascii_digit());
    if !(kind_ok && version_ok) {
        return None;
    }
    Some((kind, version.parse().ok()?))
}

#[cfg(test)]
mod tests;
