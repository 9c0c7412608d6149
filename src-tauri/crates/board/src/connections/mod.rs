//! The connection to a ticketing system: tried, mapped, tried on real changes, saved.
use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::{ChangeKey, ConnectionId};
use domain::text::mark_invisible;
use secrecy::SecretString;
use ticketing::mapping::{Mapping, Schema};
use ticketing::{Identity, Position, ProbeReport, Source, SystemKind, TicketingError, TicketingSystem, suggest};
use tokio::sync::Mutex;

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::first_run::FIRST_PREFIX;
use crate::requests::{DryRunRequest, OfDraftProject};
use crate::sync::{Consents, Notes, adapter, keep_notes, named, notes_of, of_stored};
use crate::views::{
    Capability, CapabilityState, ConnectionTest, ConnectionView, DryRun, MappingProposal, Noun, RemoteProject,
    SaveConnectionRequest, TestConnectionRequest, TicketingSystemKind, WorkKind,
};

mod rows;
mod targets;

/// Connections being made at the same time; more are forgotten, oldest first.
const MOST_DRAFTS: usize = 4;
/// Projects whose changes are counted while a connection is tried; each costs a few requests.
const MOST_COUNTED: usize = 6;
/// Real changes on which a mapping is tried.
const SAMPLE: u32 = 20;
/// The zone of instants without one, until a person says otherwise.
const ZONE: &str = "UTC";

/// A connection to be made in one go, as the command line and the sample board do.
#[derive(Debug)]
pub struct Connect {
    /// Which system it is.
    pub system: SystemKind,
    /// Base address.
    pub url: String,
    /// The key; it goes into the vault.
    pub api_key: SecretString,
    /// The project's name in addresses.
    pub project: String,
    /// The prefix of change keys.
    pub prefix: String,
    /// Consent to http on a private network.
    pub allow_http: bool,
}

/// Connections being made: address and key stay here until they are saved, never in the window.
#[derive(Default)]
pub(crate) struct Drafts {
    open: Mutex<Vec<(String, Arc<Draft>)>>,
}

struct Draft {
    url: String,
    consents: Consents,
    key: SecretString,
    system: Arc<dyn TicketingSystem>,
    probe: ProbeReport,
    /// Per project what the server says of it, and the mapping that was proposed.
    proposed: Mutex<BTreeMap<String, (Schema, Mapping)>>,
}

impl Drafts {
    async fn put(&self, draft: Draft) -> String {
        let id = uuid::Uuid::now_v7().to_string();
        let mut open = self.open.lock().await;
        open.push((id.clone(), Arc::new(draft)));
        let surplus = open.len().saturating_sub(MOST_DRAFTS);
        open.drain(..surplus);
        id
    }

    async fn get(&self, id: &str) -> Answer<Arc<Draft>> {
        let open = self.open.lock().await;
        let found = open.iter().find(|(known, _)| known == id).map(|(_, draft)| draft.clone());
        found.ok_or_else(|| BoardError::not_found("connection being made", id))
    }

    async fn forget(&self, id: &str) {
        self.open.lock().await.retain(|(known, _)| known != id);
    }
}

fn in_draft(kind: SystemKind, url: &str, error: &TicketingError) -> BoardError {
    if let TicketingError::Address { why } = error {
        return BoardError::invalid("url", crate::gates::sentence(why));
    }
    named(Some(kind), url, error)
}

impl Draft {
    fn error(&self, error: &TicketingError) -> BoardError {
        in_draft(self.probe.system, &self.url, error)
    }

    /// What the server says of a project, and a first mapping; asked for once.
    async fn project(&self, project: &str) -> Answer<(Schema, Mapping)> {
        let mut proposed = self.proposed.lock().await;
        if let Some(known) = proposed.get(project) {
            return Ok(known.clone());
        }
        let schema = self.system.discover(project).await.map_err(|e| self.error(&e))?;
        let mut mapping = suggest(&schema, ZONE).map_err(|e| self.error(&e))?;
        // What was not recognised is not mapped: a decision of that kind then says so instead of guessing.
        mapping.decisions.retain(|_, rule| rule.status.is_some());
        proposed.insert(project.to_owned(), (schema.clone(), mapping.clone()));
        Ok((schema, mapping))
    }
}

impl Cabinet {
    /// The connection, if there is one.
    pub async fn connection(&self) -> Answer<Option<ConnectionView>> {
        let board = self.board()?;
        match board.store.connections().await.map_err(stored)?.into_iter().next() {
            Some(connection) => Ok(Some(self.connection_view(&board, &connection).await?)),
            None => Ok(None),
        }
    }

    async fn connection_view(&self, board: &OpenBoard, connection: &store::Connection) -> Answer<ConnectionView> {
        let notes = notes_of(board, connection.id).await?;
        let mapping = Mapping::from_json(connection.mapping.as_bytes()).map_err(|e| of_stored(connection, &e))?;
        let changes = board.store.census_ids(connection.id).await.map_err(stored)?.len();
        Ok(ConnectionView {
            id: connection.id.to_string(),
            system: system_view(mapping.system),
            url: connection.url.clone(),
            project: mark_invisible(&connection.project),
            prefix: connection.prefix.clone(),
            account: mark_invisible(&notes.account),
            changes: u32::try_from(changes).unwrap_or(u32::MAX),
            last_synced_at: notes.last_synced.map(crate::words::time),
            stopped: notes.stopped,
            mapping: rows::of(&mapping, None),
            capabilities: notes.capabilities,
        })
    }

    /// "Test connection": the account, its projects, and what the server can do. Nothing is saved.
    pub async fn test_connection(&self, request: TestConnectionRequest) -> Answer<ConnectionTest> {
        let board = self.board()?;
        let key = match request.api_key.as_deref().map(str::trim).filter(|k| !k.is_empty()) {
            Some(key) => SecretString::from(key.to_owned()),
            None => self.known_key(&board, &request.url).await?,
        };
        let consents = Consents { plain_http: request.allow_http };
        let kind = match request.system {
            TicketingSystemKind::Redmine => SystemKind::Redmine,
        };
        let draft = self.try_connection(kind, &request.url, consents, key).await?;
        let mut projects = Vec::new();
        for (at, project) in draft.probe.projects.iter().enumerate() {
            let changes = if at < MOST_COUNTED { self.count_changes(&draft, &project.identifier).await } else { 0 };
            projects.push(RemoteProject {
                id: project.identifier.clone(),
                name: mark_invisible(&project.name),
                changes,
            });
        }
        let mut warnings = draft.probe.warnings.clone();
        if draft.probe.administrator {
            warnings.push("The account is an administrator: Cabinet needs far less.".to_owned());
        }
        if let Some(seconds) = draft.probe.clock_skew_seconds.filter(|s| s.unsigned_abs() >= 60) {
            warnings.push(format!("The server's clock differs from this one by {seconds} seconds."));
        }
        Ok(ConnectionTest {
            server: crate::sync::system_name(Some(draft.probe.system), &draft.url),
            account: mark_invisible(&draft.probe.account_name),
            projects,
            capabilities: capabilities(&draft.probe),
            warnings,
            draft: self.connection_drafts().put(draft).await,
        })
    }

    async fn try_connection(
        &self,
        kind: SystemKind,
        url: &str,
        consents: Consents,
        key: SecretString,
    ) -> Answer<Draft> {
        let address = ticketing::acceptable(url, consents.plain_http).map_err(|e| in_draft(kind, url, &e))?.to_string();
        let system = adapter(kind, &address, consents, &key, &self.options().network)
            .map_err(|e| in_draft(kind, &address, &e))?;
        let probe = system.probe(self.now()).await.map_err(|e| in_draft(kind, &address, &e))?;
        Ok(Draft { url: address, consents, key, system, probe, proposed: Mutex::default() })
    }

    /// The key of the connection that already leads to this very address: it is sent nowhere else.
    async fn known_key(&self, board: &OpenBoard, url: &str) -> Answer<SecretString> {
        let wanted = url::Url::parse(url).ok().map(|u| u.origin());
        for connection in board.store.connections().await.map_err(stored)? {
            if wanted.is_some() && url::Url::parse(&connection.url).ok().map(|u| u.origin()) == wanted {
                return board.keys.api_key(connection.id).await;
            }
        }
        Err(BoardError::invalid("api_key", "Enter an API key: none is kept for this address."))
    }

    /// How many changes a project holds; none when the account may not see.
    async fn count_changes(&self, draft: &Draft, project: &str) -> u32 {
        let Ok((_, mapping)) = draft.project(project).await else { return 0 };
        let at = Position::From { bound: None };
        match draft.system.list(&mapping.scope, &at, self.now()).await {
            Ok(page) => page.total.unwrap_or_else(|| u32::try_from(page.rows.len()).unwrap_or(u32::MAX)),
            Err(_) => 0,
        }
    }

    /// A first mapping for a project, from the server's own words; a person confirms it.
    pub async fn propose_mapping(&self, request: OfDraftProject) -> Answer<MappingProposal> {
        let draft = self.connection_drafts().get(&request.draft).await?;
        let (schema, mapping) = draft.project(&request.project).await?;
        let known = self.board()?.store.connections().await.map_err(stored)?;
        Ok(MappingProposal {
            draft: request.draft,
            suggested_prefix: known.first().map_or(FIRST_PREFIX, |c| c.prefix.as_str()).to_owned(),
            project: request.project,
            fields: targets::fields(&schema),
            targets: targets::targets(),
            mapping: rows::of(&mapping, Some(&schema)),
        })
    }

    /// Tries a mapping on the newest changes. Nothing is saved.
    pub async fn dry_run_mapping(&self, request: DryRunRequest) -> Answer<DryRun> {
        let draft = self.connection_drafts().get(&request.draft).await?;
        let (schema, proposed) = draft.project(&request.project).await?;
        let mapping = rows::applied(proposed, &request.mapping, &schema)?;
        let work = self.begin_work(WorkKind::DryRun, false, "Reading the newest changes");
        let outcome = async {
            let identity = Identity { connection: ConnectionId(uuid::Uuid::nil()), prefix: FIRST_PREFIX.to_owned() };
            let now = self.now();
            let newest = draft.system.newest(&mapping.scope, SAMPLE, now).await.map_err(|e| draft.error(&e))?;
            let payloads: Vec<_> = newest.iter().map(|row| &row.payload).collect();
            draft.system.meet(&mapping, &payloads).await.map_err(|e| draft.error(&e))?;
            let changes = payloads
                .iter()
                .map(|p| draft.system.interpret(&mapping, &identity, Source::Row(p)).map_err(|e| draft.error(&e)))
                .collect::<Answer<Vec<_>>>()?;
            Ok(targets::dry_run(&mapping, &changes))
        }
        .await;
        work.end(outcome, |done: &DryRun| format!("Tried on {} changes.", done.rows.len()))
    }

    /// Saves a connection that was tried; its key goes into the vault.
    pub async fn save_connection(&self, request: SaveConnectionRequest) -> Answer<ConnectionView> {
        let draft = self.connection_drafts().get(&request.draft).await?;
        let (schema, proposed) = draft.project(&request.project).await?;
        let mapping = rows::applied(proposed, &request.mapping, &schema)?;
        let view = self.keep_connection(&draft, &request.project, &request.prefix, &mapping).await?;
        self.connection_drafts().forget(&request.draft).await;
        Ok(view)
    }

    /// Tries, maps by the server's own words, and saves: for the command line and the sample board.
    /// A connection with this prefix is changed, not doubled.
    pub async fn connect_with(&self, connect: Connect) -> Answer<ConnectionView> {
        let consents = Consents { plain_http: connect.allow_http };
        let draft = self.try_connection(connect.system, &connect.url, consents, connect.api_key).await?;
        let (_, mapping) = draft.project(&connect.project).await?;
        self.keep_connection(&draft, &connect.project, &connect.prefix, &mapping).await
    }

    async fn keep_connection(
        &self,
        draft: &Draft,
        project: &str,
        prefix: &str,
        mapping: &Mapping,
    ) -> Answer<ConnectionView> {
        let board = self.board()?;
        board.refuse_copy()?;
        let prefix = prefix.trim();
        if ChangeKey::new(prefix, 1).as_str().parse::<ChangeKey>().is_err() {
            return Err(BoardError::invalid("prefix", "Use 1 to 12 capital letters or digits, for example CHG."));
        }
        if prefix == domain::emergency::PROVISIONAL {
            let why = "EMG is kept for emergencies that have no ticket yet; use another, for example CHG.";
            return Err(BoardError::invalid("prefix", why));
        }
        mapping.check().map_err(|e| BoardError::invalid("mapping", crate::gates::sentence(&e.to_string())))?;
        let known = board.store.connections().await.map_err(stored)?.into_iter().find(|c| c.prefix == prefix);
        let json = serde_json::to_string(mapping).map_err(|e| BoardError::internal(&e))?;
        let id = known.as_ref().map_or_else(|| ConnectionId(uuid::Uuid::now_v7()), |c| c.id);
        let remapped = known.as_ref().is_some_and(|c| c.mapping != json);
        let connection = store::Connection {
            id,
            prefix: prefix.to_owned(),
            kind: mapping.system.word().to_owned(),
            url: draft.url.clone(),
            project: project.to_owned(),
            mapping: json,
            consents: serde_json::to_string(&draft.consents).map_err(|e| BoardError::internal(&e))?,
            created_at: known.as_ref().map_or_else(|| self.now(), |c| c.created_at),
        };
        // The key first: a connection without one could not even say what is missing.
        board.keys.set_api_key(id, draft.key.clone()).await?;
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        tx.put_connection(&connection).await.map_err(stored)?;
        if remapped {
            // Every change is read again, so that the corrected mapping applies to what is stored.
            tx.clear_cursor(id).await.map_err(stored)?;
        }
        tx.commit().await.map_err(stored)?;
        let before = notes_of(&board, id).await?;
        let notes = Notes {
            account: draft.probe.account_name.clone(),
            capabilities: capabilities(&draft.probe),
            stopped: None,
            problem: None,
            remap: before.remap || remapped,
            ..before
        };
        keep_notes(&board, id, &notes).await?;
        self.changed(&[Noun::Connection], &[]);
        self.connection_view(&board, &connection).await
    }
}

fn system_view(kind: SystemKind) -> TicketingSystemKind {
    match kind {
        SystemKind::Redmine => TicketingSystemKind::Redmine,
    }
}

/// What the server can do, and how Cabinet makes up for what it cannot.
fn capabilities(probe: &ProbeReport) -> Vec<Capability> {
    let c = &probe.capabilities;
    let capability = |name: &str, there: bool, note: &str| Capability {
        name: name.to_owned(),
        state: if there { CapabilityState::Available } else { CapabilityState::Missing },
        note: note.to_owned(),
    };
    let mut all = vec![
        capability(
            "Comments in the list",
            c.journals_in_list,
            if c.journals_in_list { "" } else { "Cabinet reads each change once more for its comments and relations." },
        ),
        capability(
            "Allowed status steps",
            c.allowed_statuses,
            if c.allowed_statuses {
                "Asked before a status is set."
            } else {
                "Cabinet reads back whether a status took."
            },
        ),
        capability(
            "Conditional writes",
            c.conditional_write,
            if c.conditional_write { "" } else { "Cabinet compares just before writing and reads back after it." },
        ),
        capability(
            "Reports of deletions",
            matches!(c.deletions, ticketing::Deletions::Listed),
            match c.deletions {
                ticketing::Deletions::Listed => "",
                ticketing::Deletions::Census => "Cabinet compares all ids twice a day.",
            },
        ),
    ];
    let (state, note) = match c.max_upload {
        Some(bytes) => (CapabilityState::Available, format!("Up to {} MiB.", bytes >> 20)),
        None => (CapabilityState::Unknown, "The server does not say how large a file may be.".to_owned()),
    };
    all.push(Capability { name: "Uploads".to_owned(), state, note });
    all
}
