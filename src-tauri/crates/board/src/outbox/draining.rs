//! Draining the outbox: per change in order, one write each, found again after a lost answer.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use domain::change::ChangeRequest;
use domain::entry::{Attestation, Body};
use domain::ids::{ConnectionId, Digest, OperationId};
use record::statement::Subject;
use store::{Operation, OutboxState, Transition};
use ticketing::{Judgement, PushReceipt, PushState, Run, TicketingError};
use tokio::sync::Mutex;

use super::delegated;
use super::hand_offs;
use super::journal::{At, Journal, rest};
use super::returned::Asked;
use super::write_back::{self, Base, WriteBack};
use super::{Payload, decides, push_state};
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::sync::Link;
use crate::views::{Noun, WorkKind};
use crate::writer::{Act as Write, Key};

/// Operations taken up at once.
const BATCH: u32 = 32;
/// A write that has been under way for so long was lost with its process.
const LOST_AFTER_MINUTES: i64 = 10;
/// Longer than any operation rests.
const LONGEST_REST: Duration = Duration::days(1);

/// How eager a draining is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Eager {
    /// Only what has rested long enough.
    Due,
    /// Everything that waits: the server was just reached.
    Everything,
}

/// What draining came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Drained {
    /// Decisions that were written, read back and found.
    pub verified: u32,
    /// Still in the outbox.
    pub waiting: u32,
}

impl Cabinet {
    /// Lets the outbox go out in the background, unless a sync does so anyway.
    pub(crate) fn push_in_background(&self, board: &Arc<OpenBoard>) {
        if self.works().of_kind(WorkKind::Push).is_some() {
            return;
        }
        let work = self.begin_work(WorkKind::Push, true, "Writing back");
        let (cabinet, board) = (self.clone(), board.clone());
        tokio::spawn(async move {
            let outcome = {
                let _alone = board.syncing.lock().await;
                cabinet.drain(&board, &cabinet.run_of(&work.token()), Eager::Due).await
            };
            cabinet.changed(&[Noun::Outbox, Noun::Connection], &[]);
            let ended = work.end(outcome, |d| match d.waiting {
                0 => "Everything is written back.".to_owned(),
                n => format!("{n} wait in the outbox."),
            });
            if let Err(error) = ended {
                tracing::info!(%error, "writing back ended early");
            }
        });
    }

    /// Sends what is due until nothing is. The caller holds `board.syncing`.
    pub(crate) async fn drain(&self, board: &OpenBoard, run: &Run, eager: Eager) -> Answer<Drained> {
        let mut drained = Drained::default();
        self.recover_lost(board).await?;
        self.record_written(board).await?;
        self.step_aside(board).await?;
        Box::pin(self.take_back_delegated(board)).await?;
        self.hold_back(board).await?;
        let mut links: BTreeMap<ConnectionId, Option<Link>> = BTreeMap::new();
        let mut tried: BTreeSet<OperationId> = BTreeSet::new();
        loop {
            let by = match eager {
                Eager::Due => self.now(),
                Eager::Everything => self.now() + LONGEST_REST,
            };
            let due = board.store.next_due(by, BATCH).await.map_err(stored)?;
            let fresh: Vec<Operation> = due.into_iter().filter(|o| tried.insert(o.id)).collect();
            if fresh.is_empty() {
                break;
            }
            for operation in fresh {
                let change = self.load_change(board, &operation.change).await?;
                if let std::collections::btree_map::Entry::Vacant(place) = links.entry(change.connection) {
                    // A stopped connection, or a locked keyring: its operations wait.
                    place.insert(match Link::open(board, change.connection).await {
                        Ok(link) => Some(link),
                        Err(error) => {
                            tracing::info!(%error, "the outbox waits for its connection");
                            None
                        }
                    });
                }
                let Some(Some(link)) = links.get(&change.connection) else { continue };
                let journal = self.journal(board, &operation)?;
                let outcome = self.send(board, link, &operation, &change, &journal, run).await;
                self.note_outcome(board, link, outcome.as_ref().err()).await?;
                self.changed(&[Noun::Outbox], &[operation.change.as_str()]);
                match outcome {
                    Ok(PushState::Verified { receipt }) => {
                        drained.verified += u32::from(decides(&operation.kind));
                        self.record_one(board, &operation, &receipt).await?;
                    }
                    Ok(
                        PushState::Planned { .. }
                        | PushState::Sending { .. }
                        | PushState::Unknown { .. }
                        | PushState::Failed { .. }
                        | PushState::Blocked { .. },
                    ) => {}
                    Err(TicketingError::Cancelled) => return Err(BoardError::Cancelled),
                    Err(error) => {
                        // Three of four retries lock accounts, and a server that is away stays away for the
                        // next one too: nothing more goes there now.
                        let away = matches!(
                            error,
                            TicketingError::Auth { .. }
                                | TicketingError::Transient { .. }
                                | TicketingError::RateLimited { .. }
                        );
                        if away {
                            links.insert(change.connection, None);
                        }
                        let at = journal.at.into_inner().state;
                        self.put_off(board, operation.id, at, &error).await?;
                    }
                }
            }
        }
        let left = board.store.operations().await.map_err(stored)?;
        drained.waiting = u32::try_from(super::waiting(&left).len()).unwrap_or(u32::MAX);
        Ok(drained)
    }

    fn journal<'a>(&'a self, board: &'a OpenBoard, operation: &Operation) -> Answer<Journal<'a>> {
        Ok(Journal {
            cabinet: self,
            store: &board.store,
            base: Base::read(operation)?,
            at: Mutex::new(At { state: operation.state, attempts: operation.attempts }),
        })
    }

    async fn send(
        &self,
        board: &OpenBoard,
        link: &Link,
        operation: &Operation,
        change: &ChangeRequest,
        journal: &Journal<'_>,
        run: &Run,
    ) -> Result<PushState, TicketingError> {
        let storage = |e: BoardError| TicketingError::Storage(ticketing::StorageError::new(e));
        let payload = Payload::read(operation).map_err(storage)?;
        let base = journal.base.clone();
        let state = board.state().await.map_err(storage)?;
        // What may be on its ticket already is looked for there first, and is not sent again.
        let taken_back = match &payload {
            Payload::Delegated(told) => self.taken_back(&state, change, told.sign_off).map_err(storage)?,
            Payload::WriteBack(_) | Payload::Return(_) | Payload::HandOff(_) => None,
        };
        let mut sent = payload.into_push();
        sent.base = base.seen.clone();
        let file = match &sent.file {
            None => None,
            Some(file) => match read_extract(board, &file.name, file.sha256).await {
                Ok(bytes) => Some(bytes),
                Err(reason) => {
                    let failed = PushState::Failed { reason };
                    ticketing::PushJournal::save(journal, &sent.id, &failed).await?;
                    return Ok(failed);
                }
            },
        };
        let named = self.material_attachments(&state, change);
        let policy = base.rules(&state).clone();
        let asked = Asked::by_others(operation, self.now());
        // What is handed over was so, whatever else the ticket says by now.
        let handed_over = operation.kind == hand_offs::KIND;
        let judge = move |read: &ChangeRequest| match (taken_back, &asked) {
            (Some(why), _) => Judgement::Different(vec![why.to_owned()]),
            (None, Some(asked)) if asked.on(read) => {
                Judgement::Different(vec!["its requester was asked a short while ago".into()])
            }
            (None, Some(_) | None) if handed_over => Judgement::Same,
            (None, Some(_) | None) => base.fields.judge(&policy, read, &named),
        };
        ticketing::push(
            link.system.as_ref(),
            &link.mapping,
            &link.identity,
            &sent,
            file.as_deref(),
            push_state(operation),
            &judge,
            journal,
            run,
        )
        .await
    }

    /// Lets an operation rest that did not get through, if it still stands where we left it.
    async fn put_off(
        &self,
        board: &OpenBoard,
        id: OperationId,
        left_at: OutboxState,
        error: &TicketingError,
    ) -> Answer<()> {
        let found = board.store.operation(id).await.map_err(stored)?;
        let Some(operation) = found.filter(|o| o.state == left_at) else { return Ok(()) };
        let until = self.now() + rest(operation.attempts);
        self.postpone(board, &operation, until, Some(error.to_string())).await
    }

    /// Moves an operation's next try.
    pub(super) async fn postpone(
        &self,
        board: &OpenBoard,
        operation: &Operation,
        until: DateTime<Utc>,
        error: Option<String>,
    ) -> Answer<()> {
        let error = error.or_else(|| operation.last_error.clone());
        let with = Transition { not_before: Some(until), error, ..Transition::default() };
        match operation.state {
            OutboxState::Queued => {
                // Through "sending", since queued never becomes queued: should the program end between the two
                // steps, the ticket is looked at before anything is sent, which costs one read.
                let through = Transition::default();
                if self.step(board, operation.id, OutboxState::Queued, OutboxState::Sending, &through).await? {
                    self.step(board, operation.id, OutboxState::Sending, OutboxState::Queued, &with).await?;
                }
            }
            from @ (OutboxState::Sending | OutboxState::Unknown) => {
                self.step(board, operation.id, from, OutboxState::Unknown, &with).await?;
            }
            OutboxState::Verified | OutboxState::Failed | OutboxState::Blocked | OutboxState::Cancelled => {}
        }
        Ok(())
    }

    /// Writes that a killed process left under way: looked for on the ticket before anything else.
    async fn recover_lost(&self, board: &OpenBoard) -> Answer<()> {
        let now = self.now();
        for operation in board.store.operations().await.map_err(stored)? {
            let lost = now - operation.changed_at > Duration::minutes(LOST_AFTER_MINUTES);
            if operation.state == OutboxState::Sending && lost {
                let with = Transition {
                    not_before: Some(now),
                    error: Some("the program ended before the answer came".to_owned()),
                    ..Transition::default()
                };
                self.step(board, operation.id, OutboxState::Sending, OutboxState::Unknown, &with).await?;
            }
        }
        Ok(())
    }

    /// Records write-backs that were verified before the program ended.
    async fn record_written(&self, board: &OpenBoard) -> Answer<()> {
        for operation in board.store.operations().await.map_err(stored)? {
            if operation.state == OutboxState::Verified
                && let Some(receipt) = Base::read(&operation)?.receipt
            {
                self.record_one(board, &operation, &receipt).await?;
            }
        }
        Ok(())
    }

    /// Enters that a decision stands on its ticket, once.
    async fn record_one(&self, board: &OpenBoard, operation: &Operation, receipt: &PushReceipt) -> Answer<()> {
        if operation.kind == delegated::KIND {
            return self.record_delegated(board, operation, receipt).await;
        }
        // What went back to its requester is no decision, nor is a hand-off: no entry tells of it.
        if operation.kind != write_back::KIND {
            return Ok(());
        }
        let state = board.state().await?;
        let known = state.ledger.written_back.get(&operation.change).into_iter().flatten();
        if known.into_iter().any(|w| w.marker == operation.marker) {
            return Ok(());
        }
        let payload = WriteBack::read(operation)?;
        let meeting = state
            .ledger
            .meetings
            .get(&payload.meeting)
            .ok_or_else(|| BoardError::not_found("meeting", payload.meeting))?;
        let file = payload.operation.file.ok_or_else(|| BoardError::not_found("extract of", &operation.change))?;
        let act = Write {
            actor: payload.chair,
            attestation: Attestation::Recorded,
            role: None,
            meaning: format!("The decision on {} stands on its ticket ({}).", operation.change, operation.marker),
            meeting: Some(crate::meetings::reference(meeting)),
            subjects: vec![Subject { name: file.name, sha256: file.sha256 }],
            body: Body::WrittenBack {
                change: operation.change.clone(),
                marker: operation.marker.clone(),
                remote_time: receipt.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            },
            blobs: Vec::new(),
        };
        self.write(board, vec![(act, Key::Device)], Vec::new()).await?;
        self.changed(&[Noun::Outbox, Noun::Changes], &[operation.change.as_str()]);
        Ok(())
    }
}

/// The extract's bytes, if they are still those that were sealed.
async fn read_extract(board: &OpenBoard, name: &str, sha256: Digest) -> Result<Vec<u8>, String> {
    let path = board.store.folder().minutes().join(name);
    let read = tokio::task::spawn_blocking(move || std::fs::read(path)).await.map_err(|e| e.to_string())?;
    match read {
        Ok(bytes) if Digest::of(&bytes) == sha256 => Ok(bytes),
        Ok(_) => {
            Err(format!("the extract {name} in the data folder is not the one that was sealed; seal the minutes again"))
        }
        Err(error) => Err(format!("the extract {name} cannot be read ({error}); seal the minutes again")),
    }
}
