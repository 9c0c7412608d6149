//! A connection at work: its adapter, its mapping, its key from the vault, and how it last went.
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use serde::{Deserialize, Serialize};
use ticketing::mapping::Mapping;
use ticketing::{Endpoint, ErrorClass, Identity, Redmine, SystemKind, TicketingError, TicketingSystem, classify};

use super::later;
use crate::cabinet::{Cabinet, Network, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::gates::sentence;
use crate::views::{LinkStatus, LinkStatusState, Noun};

/// What a person agreed to for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Consents {
    /// http on a private network.
    pub plain_http: bool,
}

/// How a connection last went; local, never part of the record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Notes {
    /// The account's name, as the server told it.
    pub account: String,
    /// What "Test connection" found.
    pub capabilities: Vec<crate::views::Capability>,
    /// The last pull that went through.
    pub last_synced: Option<DateTime<Utc>>,
    /// The last try, however it went.
    pub last_tried: Option<DateTime<Utc>>,
    /// The last comparison of all ids.
    pub last_census: Option<DateTime<Utc>>,
    /// Tickets that were missing at once.
    pub suspicious: Option<u32>,
    /// The mapping was corrected: every change is read again, even those that have not moved.
    pub remap: bool,
    /// Why nothing is tried any more, until a person mends it.
    pub stopped: Option<String>,
    /// Why the last try did not go through.
    pub problem: Option<String>,
}

/// An open connection.
pub(crate) struct Link {
    /// As stored.
    pub connection: store::Connection,
    /// Its mapping.
    pub mapping: Mapping,
    /// What its changes are called.
    pub identity: Identity,
    /// The adapter.
    pub system: Arc<dyn TicketingSystem>,
}

/// An adapter for an address and a key.
pub(crate) fn adapter(
    kind: SystemKind,
    address: &str,
    consents: Consents,
    key: &secrecy::SecretString,
    network: &Network,
) -> Result<Arc<dyn TicketingSystem>, TicketingError> {
    let endpoint = Endpoint {
        consent_plain_http: consents.plain_http,
        proxy: network.proxy.clone(),
        extra_roots_pem: network.extra_roots_pem.clone(),
        ..Endpoint::at(address)
    };
    match kind {
        SystemKind::Redmine => Ok(Arc::new(Redmine::new(&endpoint, key)?)),
    }
}

fn notes_key(id: ConnectionId) -> String {
    format!("connection:{id}")
}

impl Link {
    /// Opens a connection; nothing is sent yet. Refused while it is stopped.
    pub async fn open(board: &OpenBoard, id: ConnectionId) -> Answer<Self> {
        let connection =
            board.store.connection(id).await.map_err(stored)?.ok_or_else(|| BoardError::not_found("connection", id))?;
        let mapping = Mapping::from_json(connection.mapping.as_bytes()).map_err(|e| of_stored(&connection, &e))?;
        let notes = notes_of(board, id).await?;
        if let Some(stopped) = notes.stopped {
            return Err(BoardError::Ticketing {
                system: system_name(SystemKind::of_word(&connection.kind), &connection.url),
                problem: stopped,
                remedy: "Enter a new API key under Settings, Connection.".to_owned(),
                retry_after: None,
            });
        }
        let consents: Consents = serde_json::from_str(&connection.consents).map_err(|e| BoardError::internal(&e))?;
        let key = board.keys.api_key(id).await?;
        let system = adapter(mapping.system, &connection.url, consents, &key, &board.network)
            .map_err(|e| of_stored(&connection, &e))?;
        let identity = Identity { connection: id, prefix: connection.prefix.clone() };
        Ok(Self { connection, mapping, identity, system })
    }

    /// How it last went.
    pub async fn notes(&self, board: &OpenBoard) -> Answer<Notes> {
        notes_of(board, self.connection.id).await
    }

    /// Keeps how it went.
    pub async fn keep(&self, board: &OpenBoard, notes: &Notes) -> Answer<()> {
        keep_notes(board, self.connection.id, notes).await
    }
}

/// How a connection last went.
pub(crate) async fn notes_of(board: &OpenBoard, id: ConnectionId) -> Answer<Notes> {
    Ok(board.setting(&notes_key(id)).await?.unwrap_or_default())
}

/// Keeps how a connection went.
pub(crate) async fn keep_notes(board: &OpenBoard, id: ConnectionId, notes: &Notes) -> Answer<()> {
    board.put_setting(&notes_key(id), Some(notes)).await
}

/// The system for people: its kind, as far as this program knows it, and where it is.
pub(crate) fn system_name(kind: Option<SystemKind>, address: &str) -> String {
    let name = kind.map_or("The ticketing system", SystemKind::name);
    let host = url::Url::parse(address).ok().and_then(|u| u.host_str().map(ToOwned::to_owned));
    host.map_or_else(|| name.to_owned(), |host| format!("{name} at {host}"))
}

/// An error of a connection as the wire error.
pub(crate) fn in_ticketing(link: &Link, error: &TicketingError) -> BoardError {
    of_stored(&link.connection, error)
}

/// The same, of a connection that is only stored.
pub(crate) fn of_stored(connection: &store::Connection, error: &TicketingError) -> BoardError {
    named(SystemKind::of_word(&connection.kind), &connection.url, error)
}

/// The same, for an address that is no connection yet.
pub(crate) fn named(kind: Option<SystemKind>, address: &str, error: &TicketingError) -> BoardError {
    let remedy = match classify(error) {
        ErrorClass::Cancelled => return BoardError::Cancelled,
        ErrorClass::Auth => "Check the API key; nothing is tried again until a person mends it.",
        ErrorClass::Forbidden => "Give Cabinet's account the right, or choose another account.",
        ErrorClass::Gone => "Sync again: it was deleted, moved, or our access was taken away.",
        ErrorClass::Conflict => "Read the ticket again, then decide.",
        ErrorClass::Invalid => "Read what the server says, and mend the mapping or the ticket.",
        ErrorClass::RateLimited => "Wait; Cabinet tries again by itself.",
        ErrorClass::Transient => "Nothing is lost: go on working, Cabinet tries again by itself.",
        ErrorClass::Protocol => "Check the address: does it lead to the ticketing system itself?",
        ErrorClass::Fatal => {
            if let TicketingError::Storage(source) = error {
                return BoardError::internal(source);
            }
            if matches!(error, TicketingError::Mapping { .. }) {
                "Mend the mapping under Settings, Connection."
            } else {
                "Check the address."
            }
        }
    };
    BoardError::Ticketing {
        system: system_name(kind, address),
        problem: sentence(&error.to_string()),
        remedy: remedy.to_owned(),
        retry_after: error.wait().map(|wait| format!("{} s", wait.as_secs())),
    }
}

impl Cabinet {
    /// Keeps how a run went: a refused key stops the connection at once, for retries lock accounts.
    pub(crate) async fn note_outcome(
        &self,
        board: &OpenBoard,
        link: &Link,
        error: Option<&TicketingError>,
    ) -> Answer<()> {
        let mut notes = link.notes(board).await?;
        notes.last_tried = Some(self.now());
        let before = (notes.problem.clone(), notes.stopped.clone());
        match error {
            None => (notes.problem, notes.stopped) = (None, None),
            Some(error) => match classify(error) {
                ErrorClass::Cancelled => {}
                ErrorClass::Auth => notes.stopped = Some(sentence(&error.to_string())),
                ErrorClass::Forbidden
                | ErrorClass::Gone
                | ErrorClass::Conflict
                | ErrorClass::Invalid
                | ErrorClass::RateLimited
                | ErrorClass::Transient
                | ErrorClass::Protocol
                | ErrorClass::Fatal => notes.problem = Some(sentence(&error.to_string())),
            },
        }
        link.keep(board, &notes).await?;
        if (notes.problem, notes.stopped) != before {
            self.changed(&[Noun::Connection], &[]);
        }
        Ok(())
    }

    /// The chip in the status line: online, offline with what is queued, or in conflict.
    pub(crate) async fn link_status(&self, board: &OpenBoard) -> Answer<LinkStatus> {
        let connections = board.store.connections().await.map_err(stored)?;
        let operations = board.store.operations().await.map_err(stored)?;
        let mut last = None;
        let mut problem = None;
        for connection in &connections {
            let notes = notes_of(board, connection.id).await?;
            last = later(last, notes.last_synced);
            problem = problem.or(notes.stopped).or(notes.problem);
        }
        let (mut queued, mut stuck) = (0u32, 0u32);
        for operation in &operations {
            match operation.state {
                store::OutboxState::Queued | store::OutboxState::Sending | store::OutboxState::Unknown => queued += 1,
                store::OutboxState::Failed | store::OutboxState::Blocked => stuck += 1,
                store::OutboxState::Verified | store::OutboxState::Cancelled => {}
            }
        }
        let (state, reason) = if connections.is_empty() {
            (LinkStatusState::NotConnected, Some("There is no connection to a ticketing system yet.".to_owned()))
        } else if problem.is_some() {
            (LinkStatusState::Offline, problem)
        } else if stuck > 0 {
            let words = if stuck == 1 {
                "1 write-back needs a person to look.".to_owned()
            } else {
                format!("{stuck} write-backs need a person to look.")
            };
            (LinkStatusState::Conflict, Some(words))
        } else {
            (LinkStatusState::Online, None)
        };
        Ok(LinkStatus { state, queued: queued + stuck, last_synced_at: last.map(crate::words::time), reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ticketing::Effect;

    #[test]
    fn every_error_of_a_server_says_what_to_do() {
        let what = || "GET /issues.json".to_owned();
        for error in [
            TicketingError::Auth { what: what() },
            TicketingError::Forbidden { what: what(), reason: String::new() },
            TicketingError::Gone { what: what() },
            TicketingError::Transient { what: what(), why: "no route".into(), effect: Effect::None, wait: None },
            TicketingError::Mapping { why: "no tracker".into() },
        ] {
            let kind = SystemKind::of_word("redmine");
            let told = named(kind, "https://tickets.example.org/", &error);
            let BoardError::Ticketing { system, problem, remedy, .. } = told else {
                panic!("{error:?} is an error of the ticketing system");
            };
            assert_eq!(system, "Redmine at tickets.example.org");
            assert!(problem.ends_with('.') && remedy.ends_with('.'), "{problem} {remedy}");
        }
        assert_eq!(named(None, "x", &TicketingError::Cancelled), BoardError::Cancelled);
        let stranger = system_name(SystemKind::of_word("slips"), "https://slips.example");
        assert_eq!(stranger, "The ticketing system at slips.example");
    }

    #[test]
    fn notes_of_an_older_program_are_read() {
        let notes: Notes = serde_json::from_str(r#"{"account":"svc"}"#).expect("missing fields have defaults");
        assert_eq!(notes.account, "svc");
    }
}
