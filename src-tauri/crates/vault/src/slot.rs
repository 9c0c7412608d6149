//! The names under which secrets are kept.
use domain::ids::{BoardId, ConnectionId, MemberId};

/// Where private keys live, as the roster and each entry name it (R114).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keystore {
    /// The platform's keyring.
    Keyring,
    /// A passphrase file.
    File,
    /// The sample board's file, whose passphrase and PINs are published.
    Sample,
    /// Memory; for tests only.
    Memory,
}

impl Keystore {
    /// The word in entries.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
            Self::Sample => "sample",
            Self::Memory => "memory",
        }
    }
}

/// What a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    SignatureKey(MemberId),
    RecordingKey(MemberId),
    Heads(MemberId),
    Attempts(MemberId),
    CertificateAuthority,
    ApiKey(ConnectionId),
}

/// The name of one secret of one board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    board: BoardId,
    kind: Kind,
}

impl Slot {
    pub(crate) fn new(board: BoardId, kind: Kind) -> Self {
        Self { board, kind }
    }

    /// A member's signature key, sealed under the PIN.
    #[must_use]
    pub fn signature_key(board: BoardId, member: MemberId) -> Self {
        Self::new(board, Kind::SignatureKey(member))
    }

    /// The recording key of this device for a member.
    #[must_use]
    pub fn recording_key(board: BoardId, member: MemberId) -> Self {
        Self::new(board, Kind::RecordingKey(member))
    }

    /// The API key of a connection to a ticketing system.
    #[must_use]
    pub fn api_key(board: BoardId, connection: ConnectionId) -> Self {
        Self::new(board, Kind::ApiKey(connection))
    }

    /// The name within the vault: `<board>/<what>`.
    #[must_use]
    pub fn name(&self) -> String {
        let what = match self.kind {
            Kind::SignatureKey(member) => format!("signature-key/{member}"),
            Kind::RecordingKey(member) => format!("recording-key/{member}"),
            Kind::Heads(member) => format!("heads/{member}"),
            Kind::Attempts(member) => format!("attempts/{member}"),
            Kind::CertificateAuthority => "certificate-authority".to_owned(),
            Kind::ApiKey(connection) => format!("api-key/{connection}"),
        };
        format!("{}/{what}", self.board)
    }
}
