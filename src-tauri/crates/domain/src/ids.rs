//! Identities and digests.
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

/// Why a text is not the identity it claims to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} is malformed: {text:?}")]
pub struct MalformedId {
    /// Which kind of identity was expected.
    pub what: &'static str,
    /// The text as given, cut to 80 characters.
    pub text: String,
}

impl MalformedId {
    fn new(what: &'static str, text: &str) -> Self {
        Self { what, text: text.chars().take(80).collect() }
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
        #[serde(transparent)]
        pub struct $name(#[specta(type = String)] pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self).map_err(|_| MalformedId::new($what, text))
            }
        }
    };
}

uuid_id!(/// A board (UUIDv7, made at its creation).
    BoardId, "a board id");
uuid_id!(/// A member of the board (UUIDv7). Payloads carry this, never a name.
    MemberId, "a member id");
uuid_id!(/// A meeting (UUIDv7).
    MeetingId, "a meeting id");
uuid_id!(/// A connection to a ticketing system (UUIDv7).
    ConnectionId, "a connection id");
uuid_id!(/// A condition attached to a decision (UUIDv7).
    ConditionId, "a condition id");
uuid_id!(/// An operation in the outbox (UUIDv7); its last eight hex digits are the marker on the ticket (the first are the time).
    OperationId, "an operation id");

/// The key under which a change is known to people: `<prefix>-<n>`, for example `CHG-17` (R1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Type)]
#[specta(transparent)]
pub struct ChangeKey(String);

impl ChangeKey {
    /// The key of remote number `n` on the connection with `prefix`.
    #[must_use]
    pub fn new(prefix: &str, n: u32) -> Self {
        Self(format!("{prefix}-{n}"))
    }
    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The connection's prefix.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.0.rsplit_once('-').map_or("", |(p, _)| p)
    }
    /// The remote number.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.0.rsplit_once('-').and_then(|(_, n)| n.parse().ok()).unwrap_or(0)
    }
}

impl fmt::Display for ChangeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ChangeKey {
    type Err = MalformedId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || MalformedId::new("a change key", text);
        let (prefix, n) = text.rsplit_once('-').ok_or_else(bad)?;
        let prefix_ok = !prefix.is_empty()
            && prefix.len() <= 12
            && prefix.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let number_ok = !n.is_empty() && n.len() <= 9 && !n.starts_with('0') && n.bytes().all(|b| b.is_ascii_digit());
        if prefix_ok && number_ok { Ok(Self(text.to_owned())) } else { Err(bad()) }
    }
}

impl Serialize for ChangeKey {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ChangeKey {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Type)]
        pub struct $name(#[specta(type = String)] pub [u8; 32]);

        impl $name {
            /// The first eight hex digits, for people.
            #[must_use]
            pub fn short(&self) -> String {
                hex::encode(&self.0[..4])
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.short())
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let lower = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
                let mut bytes = [0u8; 32];
                if lower && text.len() == 64 && hex::decode_to_slice(text, &mut bytes).is_ok() {
                    Ok(Self(bytes))
                } else {
                    Err(MalformedId::new($what, text))
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hex_id!(/// A SHA-256 digest, 64 lower-case hex digits in text.
    Digest, "a SHA-256 digest");
hex_id!(/// A key: the SHA-256 of its SubjectPublicKeyInfo (DER).
    KeyId, "a key id");
hex_id!(/// An entry of the record: SHA-256(0x00 ‖ payload), the leaf hash of RFC 6962.
    EntryId, "an entry id");

impl Digest {
    /// The SHA-256 of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }
}

impl EntryId {
    /// The id of the entry with this payload (RFC 6962 leaf hash).
    #[must_use]
    pub fn of(payload: &[u8]) -> Self {
        use sha2::Digest as _;
        let mut hash = sha2::Sha256::new();
        hash.update([0u8]);
        hash.update(payload);
        Self(hash.finalize().into())
    }
}

/// One hash chain of the record: `<key>:<epoch>`. A device's recording key writes one, each
/// member's signature key another; a new epoch begins after a recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Type)]
pub struct LogId {
    /// The key whose signature every entry of the log carries.
    #[specta(type = String)]
    pub key: KeyId,
    /// Starts at 1.
    pub epoch: u32,
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.key, self.epoch)
    }
}

impl FromStr for LogId {
    type Err = MalformedId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || MalformedId::new("a log id", text);
        let (key, epoch) = text.split_once(':').ok_or_else(bad)?;
        let key = key.parse().map_err(|_| bad())?;
        if epoch.starts_with('0') || epoch.starts_with('+') {
            return Err(bad());
        }
        Ok(Self { key, epoch: epoch.parse().map_err(|_| bad())? })
    }
}

impl Serialize for LogId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LogId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}
