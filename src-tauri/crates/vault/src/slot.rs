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
    CorporateKey(MemberId),
    RecordingKey(MemberId),
    ExchangeKey(MemberId),
    Heads(MemberId),
    Attempts(MemberId),
    CertificateAuthority,
    ApiKey(ConnectionId),
    Relay,
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

    /// The key that review packs are sealed to.
    #[must_use]
    pub fn exchange_key(board: BoardId, member: MemberId) -> Self {
        Self::new(board, Kind::ExchangeKey(member))
    }

    /// The API key of a connection to a ticketing system.
    #[must_use]
    pub fn api_key(board: BoardId, connection: ConnectionId) -> Self {
        Self::new(board, Kind::ApiKey(connection))
    }

    /// The address of the board's database relay, with its password.
    #[must_use]
    pub fn relay(board: BoardId) -> Self {
        Self::new(board, Kind::Relay)
    }

    /// The name within the vault: `<board>/<what>`.
    #[must_use]
    pub fn name(&self) -> String {
        let what = match self.kind {
            Kind::SignatureKey(member) => format!("signature-key/{member}"),
            Kind::CorporateKey(member) => format!("corporate-key/{member}"),
            Kind::RecordingKey(member) => format!("recording-key/{member}"),
            Kind::ExchangeKey(member) => format!("exchange-key/{member}"),
            Kind::Heads(member) => format!("heads/{member}"),
            Kind::Attempts(member) => format!("attempts/{member}"),
            Kind::CertificateAuthority => "certificate-authority".to_owned(),
            Kind::ApiKey(connection) => format!("api-key/{connection}"),
            Kind::Relay => "relay".to_owned(),
        };
        format!("{}/{what}", self.board)
    }
}
