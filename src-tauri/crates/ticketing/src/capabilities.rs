//! What a system can do: declared by its adapter, then probed by "Test connection".
use serde::{Deserialize, Serialize};
use specta::Type;
use url::Url;

/// Which ticketing system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SystemKind {
    /// Redmine 5 or newer.
    Redmine,
}

impl SystemKind {
    /// All that have an adapter.
    pub const ALL: [Self; 1] = [Self::Redmine];

    /// Its word where a connection is stored.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Redmine => "redmine",
        }
    }

    /// The system with this word; `None` where it has no adapter here.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The name people know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Redmine => "Redmine",
        }
    }

    /// The remote ids of the tickets that a text names, each once: by a key with the connection's prefix, or by their address
    /// on the server at `address`. Whether they are there only the server knows.
    #[must_use]
    pub fn tickets_named(self, address: &str, prefix: &str, text: &str) -> Vec<String> {
        match self {
            Self::Redmine => {
                Url::parse(address).map(|base| crate::redmine::issues(&base, prefix, text)).unwrap_or_default()
            }
        }
    }
}

/// How a repeated write is kept from having two effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Idempotency {
    /// Only our marker in the text: look before sending again.
    Marker,
    /// An upload's token can be used once, so a repeated write with it is refused.
    UploadToken,
}

/// How deletions can be noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Deletions {
    /// Only by comparing all ids.
    Census,
    /// The system lists them.
    Listed,
}

/// What an adapter can do with its system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Capabilities {
    /// Rows per page that the server grants.
    pub max_page: u32,
    /// Whether comments come with the list (else one request per change).
    pub journals_in_list: bool,
    /// Resolution of "updated", in milliseconds.
    pub updated_resolution_ms: u32,
    /// Whether a write can be made conditional on what was read.
    pub conditional_write: bool,
    /// Whether the server says which statuses the account may set next.
    pub allowed_statuses: bool,
    /// Whether a write must be read back, since the server answers 2xx to refusals.
    pub verify_writes: bool,
    /// Whether edits exist that do not move "updated".
    pub silent_edits: bool,
    /// How repeated writes are kept apart.
    pub idempotency: Idempotency,
    /// How deletions are noticed.
    pub deletions: Deletions,
    /// Largest accepted upload in bytes, where the server says so.
    pub max_upload: Option<u32>,
}

/// What "Test connection" found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProbeReport {
    /// The system.
    pub system: SystemKind,
    /// The account's id; comments and files of this account with our marker are our own.
    pub account_id: String,
    /// The account's name.
    pub account_name: String,
    /// Whether the account is an administrator: more than Cabinet needs.
    pub administrator: bool,
    /// Projects the account sees: identifier and name.
    pub projects: Vec<ProjectSeen>,
    /// What the server can do, as seen.
    pub capabilities: Capabilities,
    /// Difference of the server's clock to ours in seconds, where the server tells its time.
    pub clock_skew_seconds: Option<i32>,
    /// What a person should know before going on.
    pub warnings: Vec<String>,
}

/// A project as seen by the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProjectSeen {
    /// The remote's number.
    pub id: u32,
    /// The name in addresses.
    pub identifier: String,
    /// The name people read.
    pub name: String,
}
