//! Why the verifier refuses, as stable codes: documents, scripts and a second verifier name these.
use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The reason of a refusal. The text of a code never changes once released.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code, in the order in which the verifier checks.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

codes! {
    /// More bytes than an entry or a bundle may have.
    Size = "size",
    /// Not strict JSON (syntax, UTF-8, floats, large integers, depth).
    Json = "json",
    /// A key stands twice in one object.
    DuplicateKey = "duplicate-key",
    /// The bytes are not the canonical form (RFC 8785).
    NotCanonical = "not-canonical",
    /// The envelope has other fields than the known ones, or one of a wrong type.
    Fields = "fields",
    /// Not exactly one signature.
    SignatureCount = "signature-count",
    /// The payload type is not in-toto's.
    PayloadType = "payload-type",
    /// Base64 that does not encode back to itself.
    Base64 = "base64",
    /// A key id that is malformed, or not the SHA-256 of the key it names.
    KeyId = "key-id",
    /// A public key that is no P-256 SubjectPublicKeyInfo.
    KeyEncoding = "key-encoding",
    /// The signature is not DER.
    Der = "der",
    /// The signature is the high-S twin of another.
    HighS = "high-s",
    /// The signature does not belong to these bytes and this key.
    Signature = "signature",
    /// The statement is not the in-toto Statement this record uses.
    Statement = "statement",
    /// The predicate does not have the shape of its kind and version.
    Schema = "schema",
    /// The entry belongs to another board.
    OtherBoard = "other-board",
    /// The entry belongs to another meeting.
    OtherMeeting = "other-meeting",
    /// The entry belongs to another change.
    OtherChange = "other-change",
    /// What was shown is not the subject of the statement.
    Subject = "subject",
    /// A sign-off names another content, or another section, than what was shown.
    Content = "content",
    /// A ruling names no edit, what is never immaterial, or no reason.
    Ruling = "ruling",
    /// A disposal names no blob, one out of order or twice, or no reason.
    Disposal = "disposal",
    /// An attestation answers no question, or one with a blank.
    Attested = "attested",
    /// A waiver of a clause that nobody can waive.
    HardClause = "hard-clause",
    /// A waiver, override or exception names nothing, changes no level, or gives no reason.
    Dispensation = "dispensation",
    /// An approval of a plan names no section of it.
    PlanApproval = "plan-approval",
    /// An emergency without its facts, its words or an order of times; or what follows one, without its words.
    Emergency = "emergency",
    /// A circular puts no question, several, or one that closes before it is put.
    Circular = "circular",
    /// A delegate confirms something in a seat in which the record does not show them.
    Seat = "seat",
    /// A correction of minutes, its answer, their approval or an erratum says nothing, or contradicts itself.
    Correction = "correction",
    /// No version of the roster is the one the entry names.
    RosterUnknown = "roster-unknown",
    /// The roster does not know the key.
    KeyUnknown = "key-unknown",
    /// The entry names an older roster than one before it.
    RosterBackwards = "roster-backwards",
    /// The key was not active.
    KeyInactive = "key-inactive",
    /// The key does not belong to the recorder (or, where an own key is claimed, to the actor).
    KeyOwner = "key-owner",
    /// The actor or recorder is not a member, or not at that time.
    NotAMember = "not-a-member",
    /// The member does not hold the role the entry claims.
    Role = "role",
    /// The kind of entry demands the actor's own signature key and PIN.
    OwnKeyRequired = "own-key-required",
    /// A seat cannot be delegated so: to whom, by whom, or without an end.
    Delegation = "delegation",
    /// What opened the key contradicts the key, or is not enough for the kind of entry.
    Auth = "auth",
    /// The level of attestation contradicts the keys used.
    Attestation = "attestation",
    /// The policy the entry names is not in force, or not in the bundle.
    Policy = "policy",
    /// An act under a session, where the policy asks for the PIN at every act.
    PinEveryAct = "pin-every-act",
    /// The entry names, or adopts, a policy that had been replaced in the record it builds on.
    PolicyBackwards = "policy-backwards",
    /// The log position is not the key's own log.
    LogKey = "log-key",
    /// A log begins a new epoch without saying why, or says it in the wrong place.
    Epoch = "epoch",
    /// An entry is missing before this one.
    ChainGap = "chain-gap",
    /// `prev` is not the entry before.
    ChainPrev = "chain-prev",
    /// Two entries stand at one position.
    ChainFork = "chain-fork",
    /// An entry another log had seen is missing.
    SeenMissing = "seen-missing",
    /// A closing of a meeting names a head that a complete bundle does not hold.
    Incomplete = "incomplete",
    /// The key was taken away, and nobody had seen the entry before.
    Unwitnessed = "unwitnessed",
    /// A withdrawal by someone other than the original actor.
    NotOwnEntry = "not-own-entry",
    /// A sign-off in writing was recorded by somebody who wrote, requested, committed or deploys the change.
    WrittenRecorder = "written-recorder",
    /// A sign-off in writing comes from an account that is not the actor's own.
    WrittenAccount = "written-account",
    /// The words that are quoted are not the line for this change, manifest and verdict.
    WrittenQuote = "written-quote",
    /// The comment or mail itself does not say what the entry quotes.
    WrittenRaw = "written-raw",
    /// A comment or mail is recorded again that the record had already.
    WrittenAgain = "written-again",
    /// Segregation of duties forbids it.
    Duties = "duties",
    /// What was signed is no longer what stands in the plan.
    Stale = "stale",
    /// A roster version does not follow from the one before.
    RosterVersion = "roster-version",
    /// Not enough root holders signed the roster version.
    RosterThreshold = "roster-threshold",
    /// The roster root is not the one expected.
    RosterRoot = "roster-root",
    /// The newest roster is older than the one the reader knows of.
    RosterOlder = "roster-older",
    /// A blob's bytes are not those of its digest.
    Blob = "blob",
    /// A manifest names a field twice or is out of order.
    Manifest = "manifest",
    /// A digest in the bundle's own list does not match.
    BundleDigest = "bundle-digest",
    /// The checkpoint names heads the bundle does not hold.
    Checkpoint = "checkpoint",
    /// What the bundle says it is about is not what its entries are about.
    Label = "label",
    /// An inclusion proof does not lead to the Merkle root.
    MerkleProof = "merkle-proof",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A refusal: which rule, what is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{what} ({code}, {place})")]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// What is wrong, in words.
    pub what: String,
    /// Where: an entry id, a log and position, a field or a byte.
    pub place: String,
}

impl Refusal {
    /// A refusal with `code`: `what` is wrong at `place`.
    pub fn new(code: Code, what: impl Into<String>, place: impl Into<String>) -> Self {
        Self { code, what: what.into(), place: place.into() }
    }

    /// The same refusal, placed within `outer`: "entry 12, payload".
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.place = if self.place.is_empty() { outer.to_owned() } else { format!("{outer}, {}", self.place) };
        self
    }

    pub(crate) fn of_canonical(error: &crate::canonical::CanonicalError, place: &str) -> Self {
        use crate::canonical::CanonicalError;
        use crate::json::Fault;
        let code = match error {
            CanonicalError::Json(json) => match json.fault {
                Fault::TooLarge(_) => Code::Size,
                Fault::DuplicateKey(_) => Code::DuplicateKey,
                Fault::TooDeep(_) | Fault::NotUtf8 | Fault::Float | Fault::IntegerRange | Fault::Syntax(_) => {
                    Code::Json
                }
            },
            CanonicalError::NotCanonical { .. } => Code::NotCanonical,
            CanonicalError::Shape(_) | CanonicalError::Unwritable(_) => Code::Schema,
        };
        Self::new(code, error.to_string(), place)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_and_every_kind_stands_in_the_document_of_the_format() {
        let document = include_str!("../../../../docs/FORMAT.md");
        for word in Code::ALL.iter().map(|code| code.as_str()).chain(crate::statement::KINDS) {
            assert!(document.contains(&format!("\n| `{word}` |")), "docs/FORMAT.md does not tell of {word}");
        }
    }

    #[test]
    fn every_code_has_a_text_of_its_own() {
        let texts: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        assert!(
            texts.iter().all(|text| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'))
        );
    }
}
