//! The outbox: decisions, delegated approvals and hand-offs on their way to their tickets, and what is asked back of
//! requesters, exactly once (R118).
use domain::ids::{ChangeKey, OperationId};
use domain::text::mark_invisible;
use store::{Operation, OutboxState, Transition};
use ticketing::{NoteBlock, PushOperation, PushState};

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::changes::between;
use crate::error::{Answer, BoardError};
use crate::requests::OfOperation;
use crate::state::BoardState;
use crate::views::{self, Noun, Outbox, OutboxRow, OutboxRowPreview};

mod delegated;
mod draining;
mod hand_offs;
mod held;
mod journal;
mod returned;
mod write_back;

use delegated::Delegated;
pub(crate) use draining::Eager;
use hand_offs::HandOff;
pub(crate) use returned::Returning;
use returned::{RETURN, Return};
pub(crate) use write_back::decision_word;
use write_back::{Base, Comparable, WriteBack};

impl WriteBack {
    fn read(operation: &Operation) -> Answer<Self> {
        serde_json::from_str(&operation.payload).map_err(|e| BoardError::internal(&e))
    }
}

/// What an operation sends, and what it follows from.
enum Payload {
    /// A decision.
    WriteBack(WriteBack),
    /// A change that goes back to its requester.
    Return(Return),
    /// What is handed over between incident, change and problem.
    HandOff(HandOff),
    /// An approval that the chain delegated.
    Delegated(Delegated),
}

impl Payload {
    fn read(operation: &Operation) -> Answer<Self> {
        if operation.kind == RETURN {
            return serde_json::from_str(&operation.payload).map(Self::Return).map_err(|e| BoardError::internal(&e));
        }
        if operation.kind == hand_offs::KIND {
            return serde_json::from_str(&operation.payload).map(Self::HandOff).map_err(|e| BoardError::internal(&e));
        }
        if operation.kind == delegated::KIND {
            return Delegated::read(operation).map(Self::Delegated);
        }
        WriteBack::read(operation).map(Self::WriteBack)
    }

    fn push(&self) -> &PushOperation {
        match self {
            Self::WriteBack(payload) => &payload.operation,
            Self::Return(payload) => &payload.operation,
            Self::HandOff(payload) => &payload.operation,
            Self::Delegated(payload) => &payload.operation,
        }
    }

    fn into_push(self) -> PushOperation {
        match self {
            Self::WriteBack(payload) => payload.operation,
            Self::Return(payload) => payload.operation,
            Self::HandOff(payload) => payload.operation,
            Self::Delegated(payload) => payload.operation,
        }
    }

    /// What the window calls a remote field.
    fn field_name<'a>(&'a self, id: &'a str) -> &'a str {
        match self {
            Self::WriteBack(payload) => payload.field_names.get(id).map_or(id, String::as_str),
            Self::Delegated(payload) => payload.field_names.get(id).map_or(id, String::as_str),
            Self::Return(_) | Self::HandOff(_) => id,
        }
    }
}

impl Base {
    fn read(operation: &Operation) -> Answer<Self> {
        serde_json::from_str(&operation.base).map_err(|e| BoardError::internal(&e))
    }
}

impl Cabinet {
    /// What waits, what is under way, and what was written: the newest first.
    pub async fn outbox(&self) -> Answer<Outbox> {
        let board = self.board()?;
        let state = board.state().await?;
        let operations = board.store.operations().await.map_err(stored)?;
        let mut rows = Vec::with_capacity(operations.len());
        for operation in operations.iter().rev().filter(|o| o.state != OutboxState::Cancelled) {
            rows.push(self.operation_view(&board, &state, operation).await?);
        }
        Ok(Outbox { link: self.link_status(&board).await?, rows })
    }

    /// How many operations are not done: for the wrap-up and the status line.
    pub(crate) async fn queued(&self, board: &OpenBoard) -> Answer<u32> {
        let operations = board.store.operations().await.map_err(stored)?;
        Ok(u32::try_from(waiting(&operations).len()).unwrap_or(u32::MAX))
    }

    async fn operation_view(&self, board: &OpenBoard, state: &BoardState, operation: &Operation) -> Answer<OutboxRow> {
        let (payload, base) = (Payload::read(operation)?, Base::read(operation)?);
        let title = board.store.index_row(&operation.change).await.map_err(stored)?.map(|r| r.title);
        let differences = if operation.state == OutboxState::Blocked {
            let change = self.load_change(board, &operation.change).await?;
            let named = self.material_attachments(state, &change);
            let now = Comparable::of(base.rules(state), &change, &named);
            between(&base.fields.0, &now.0, |_| true)
        } else {
            Vec::new()
        };
        let waits = matches!(operation.state, OutboxState::Queued | OutboxState::Unknown);
        let next = waits.then_some(operation.not_before).filter(|at| *at > self.now());
        Ok(OutboxRow {
            id: operation.id.to_string(),
            change_id: operation.change.to_string(),
            key: operation.change.to_string(),
            title: title.map_or_else(String::new, |t| mark_invisible(&t)),
            what: what(&payload),
            state: match operation.state {
                OutboxState::Queued => views::OutboxState::Queued,
                OutboxState::Sending => views::OutboxState::Sending,
                OutboxState::Unknown => views::OutboxState::Unknown,
                OutboxState::Verified => views::OutboxState::Verified,
                OutboxState::Failed | OutboxState::Cancelled => views::OutboxState::Failed,
                OutboxState::Blocked => views::OutboxState::Blocked,
            },
            attempts: operation.attempts,
            created_at: crate::words::time(operation.created_at),
            last_tried_at: (operation.attempts > 0).then(|| crate::words::time(operation.changed_at)),
            next_try_at: next.map(crate::words::time),
            problem: problem(operation, &base).map(|p| mark_invisible(&p)),
            remedy: remedy(operation.state).map(ToOwned::to_owned),
            preview: preview(&payload, &base),
            differences,
            can_retry: match operation.state {
                OutboxState::Failed | OutboxState::Blocked => true,
                OutboxState::Queued | OutboxState::Unknown => next.is_some(),
                OutboxState::Sending | OutboxState::Verified | OutboxState::Cancelled => false,
            },
        })
    }

    /// A person looked: tries an operation again. What may have reached the ticket is looked for first.
    pub async fn retry_outbox(&self, request: OfOperation) -> Answer<Outbox> {
        let board = self.board()?;
        let state = board.state().await?;
        let id: OperationId = request.id.parse().map_err(|_| BoardError::not_found("operation", &request.id))?;
        let operation = board
            .store
            .operation(id)
            .await
            .map_err(stored)?
            .ok_or_else(|| BoardError::not_found("operation", &request.id))?;
        let now = self.now();
        match operation.state {
            OutboxState::Queued | OutboxState::Unknown => self.postpone(&board, &operation, now, None).await?,
            OutboxState::Failed => {
                let with = Transition { not_before: Some(now), ..Transition::default() };
                self.step(&board, id, OutboxState::Failed, OutboxState::Unknown, &with).await?;
            }
            OutboxState::Blocked if operation.kind == RETURN => self.ask_anew(&board, &state, &operation).await?,
            OutboxState::Blocked if operation.kind == hand_offs::KIND => {
                let with = Transition { not_before: Some(now), ..Transition::default() };
                self.step(&board, id, OutboxState::Blocked, OutboxState::Queued, &with).await?;
            }
            OutboxState::Blocked if operation.kind == delegated::KIND => {
                self.delegate_anew(&board, &state, &operation).await?;
            }
            OutboxState::Blocked => self.unblock(&board, &state, &operation).await?,
            OutboxState::Sending | OutboxState::Verified | OutboxState::Cancelled => {}
        }
        self.changed(&[Noun::Outbox], &[operation.change.as_str()]);
        self.push_in_background(&board);
        self.outbox().await
    }

    /// One step of an operation, if it still stands where it stood.
    async fn step(
        &self,
        board: &OpenBoard,
        id: OperationId,
        from: OutboxState,
        to: OutboxState,
        with: &Transition,
    ) -> Answer<bool> {
        board.store.transition(id, from, to, with, self.now()).await.map_err(stored)
    }
}

/// Whether an operation of this kind tells a decision or an approval, for which a question to the requester steps aside.
fn decides(kind: &str) -> bool {
    [write_back::KIND, delegated::KIND].contains(&kind)
}

fn what(payload: &Payload) -> String {
    let first = match payload {
        Payload::WriteBack(_) => "decision note".to_owned(),
        Payload::Return(_) => "return to requester".to_owned(),
        Payload::HandOff(payload) => {
            payload.on.as_ref().map_or_else(|| "hand-off".to_owned(), |on| format!("hand-off to {on}"))
        }
        Payload::Delegated(_) => "note of a delegated approval".to_owned(),
    };
    let mut parts = vec![first.as_str()];
    let operation = payload.push();
    if operation.status.is_some() {
        parts.push("status");
    }
    if !operation.fields.is_empty() {
        parts.push("fields");
    }
    if operation.file.is_some() {
        parts.push("extract");
    }
    let words = match parts.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    };
    crate::gates::sentence(&words).trim_end_matches('.').to_owned()
}

fn problem(operation: &Operation, base: &Base) -> Option<String> {
    let slipped = base.receipt.as_ref().and_then(|receipt| {
        let mut said = Vec::new();
        if let Some(edit) = &receipt.slipped_edit {
            said.push(format!("Somebody edited the ticket just before we wrote: {edit}."));
        }
        if receipt.copies > 1 {
            said.push(format!("Our comment stands there {} times.", receipt.copies));
        }
        if receipt.status_by_other {
            said.push("Somebody else had set the status already.".to_owned());
        }
        (!said.is_empty()).then(|| said.join(" "))
    });
    operation.last_error.clone().map(|e| crate::gates::sentence(&e)).or(slipped)
}

fn remedy(state: OutboxState) -> Option<&'static str> {
    match state {
        OutboxState::Failed => Some("Look at the ticket and mend what the server names, then try again."),
        OutboxState::Blocked => {
            Some("Sync, look at what differs, and mend it or have it decided or signed again; then try again.")
        }
        OutboxState::Unknown => {
            Some("Nothing to do: Cabinet looks for its own note on the ticket before it sends again.")
        }
        OutboxState::Queued | OutboxState::Sending | OutboxState::Verified | OutboxState::Cancelled => None,
    }
}

/// Exactly what will be, or was, written.
fn preview(payload: &Payload, base: &Base) -> Vec<OutboxRowPreview> {
    let operation = payload.push();
    let line = |field: &str, before: Option<&str>, after: String| OutboxRowPreview {
        field: field.to_owned(),
        before: before.map(mark_invisible),
        after: mark_invisible(&after),
    };
    let mut note = operation.note.clone();
    note.blocks.push(NoteBlock::Fact { label: "Reference".to_owned(), value: ticketing::marker(&operation.id) });
    let mut lines = vec![line("Comment", None, note.render(domain::change::TextFormat::Plain))];
    if let Some(status) = &operation.status {
        lines.push(line("Status", Some(&base.seen.status.name), status.name.clone()));
    }
    for (field, value) in &operation.fields {
        lines.push(line(payload.field_name(field), None, value.clone()));
    }
    if let Some(file) = &operation.file {
        lines.push(line("Attachment", None, format!("{} (SHA-256 {})", file.name, file.sha256)));
    }
    lines
}

/// Where the engine goes on from.
fn push_state(operation: &Operation) -> PushState {
    let upload = operation.upload_token.clone();
    let why = operation.last_error.clone().unwrap_or_default();
    match operation.state {
        OutboxState::Queued => PushState::Planned { upload },
        OutboxState::Sending => PushState::Sending { upload },
        OutboxState::Unknown => PushState::Unknown { upload, why },
        // Not taken up again without a person, and so never asked for here.
        OutboxState::Failed | OutboxState::Verified | OutboxState::Cancelled => PushState::Failed { reason: why },
        OutboxState::Blocked => PushState::Blocked { reason: why },
    }
}

/// The keys of changes with something in the outbox that is not done.
pub(crate) fn waiting(operations: &[Operation]) -> Vec<&ChangeKey> {
    operations
        .iter()
        .filter(|o| !matches!(o.state, OutboxState::Verified | OutboxState::Cancelled))
        .map(|o| &o.change)
        .collect()
}
