//! Pushing: one write, read back; after a lost answer, look for our own marker.
use domain::change::{Attachment, ChangeRequest};
use domain::ids::Digest;

use super::push_state::{Judgement, PushJournal, PushOperation, PushReceipt, PushState};
use super::run::{Run, TRIES};
use crate::errors::{Effect, TicketingError};
use crate::mapping::Mapping;
use crate::note::{NoteBlock, marker};
use crate::system::{FileToSend, Identity, NoteSeen, TicketState, TicketingSystem, Write};

/// Judges a ticket that was read just before or after the write.
pub type Judge<'a> = &'a (dyn Fn(&ChangeRequest) -> Judgement + Sync);

/// What the reason of a failure begins with where the comment is on the ticket all the same.
pub const ON_THE_TICKET: &str = "the comment is on the ticket, but";

/// Everything one push draws on.
struct Push<'a, J> {
    system: &'a dyn TicketingSystem,
    mapping: &'a Mapping,
    identity: &'a Identity,
    operation: &'a PushOperation,
    file: Option<&'a [u8]>,
    judge: Judge<'a>,
    journal: &'a J,
    run: &'a Run,
    marker: String,
}

/// Carries an operation on from `state` until it is settled or cannot go on now.
///
/// The state is saved before each step, so that a killed process goes on from it: `Sending` and `Unknown` look
/// for the marker first. Returns the state reached, which may be `Planned` or `Unknown` when the server is away.
///
/// # Errors
/// [`TicketingError::Auth`] stops the whole connection; [`TicketingError::Storage`] and
/// [`TicketingError::Cancelled`] end the run. The saved state is right in each case.
#[allow(clippy::too_many_arguments)] // A struct would only name the same things a second time.
pub async fn push<J: PushJournal>(
    system: &dyn TicketingSystem,
    mapping: &Mapping,
    identity: &Identity,
    operation: &PushOperation,
    file: Option<&[u8]>,
    state: PushState,
    judge: Judge<'_>,
    journal: &J,
    run: &Run,
) -> Result<PushState, TicketingError> {
    if state.is_settled() {
        return Ok(state);
    }
    let given = file.map(Digest::of);
    if given != operation.file.as_ref().map(|f| f.sha256) {
        let why = "the file handed over is not the one that the operation names".to_owned();
        return Err(TicketingError::Mapping { why });
    }
    let marker = marker(&operation.id);
    Push { system, mapping, identity, operation, file, judge, journal, run, marker }.carry_on(state).await
}

/// Looks for an operation's marker on its ticket, by direct read. `None`: it is not there, and may be sent (again).
///
/// # Errors
/// Whatever the server answers.
pub async fn recover(
    system: &dyn TicketingSystem,
    mapping: &Mapping,
    identity: &Identity,
    operation: &PushOperation,
    run: &Run,
) -> Result<Option<PushState>, TicketingError> {
    let push = Push {
        system,
        mapping,
        identity,
        operation,
        file: None,
        judge: &|_| Judgement::Same,
        journal: &(),
        run,
        marker: marker(&operation.id),
    };
    let ticket = push.read().await?;
    match push.ours(&ticket) {
        Some(_) => push.verify(&ticket, false).await.map(Some),
        None => Ok(None),
    }
}

/// How a push goes on after an error of its write.
enum Next {
    /// Not at all, for now.
    Settled(PushState),
    /// Wait, read the ticket, and send again if the marker is not there.
    LookAgain(TicketingError),
}

impl PushJournal for () {
    async fn save(&self, _: &domain::ids::OperationId, _: &PushState) -> Result<(), crate::errors::StorageError> {
        Ok(())
    }
}

impl<J: PushJournal> Push<'_, J> {
    async fn save(&self, state: PushState) -> Result<PushState, TicketingError> {
        self.journal.save(&self.operation.id, &state).await?;
        Ok(state)
    }

    async fn read(&self) -> Result<TicketState, TicketingError> {
        let now = self.run.now();
        self.run.read(|| self.system.read_ticket(self.mapping, self.identity, &self.operation.remote_id, now)).await
    }

    /// Our comment, whoever's key wrote it: the account may have been changed in between.
    fn ours<'t>(&self, ticket: &'t TicketState) -> Option<&'t NoteSeen> {
        let mut ours = ticket.notes.iter().filter(|n| n.text.contains(&self.marker));
        let first = ours.next()?;
        // Somebody may have quoted it: our own account's counts first.
        Some(ours.chain([first]).find(|n| n.author_id == self.mapping.own_account).unwrap_or(first))
    }

    async fn carry_on(&self, state: PushState) -> Result<PushState, TicketingError> {
        // A handle that may be on its way is kept: it can be attached once, so two writes cannot both succeed.
        let mut upload = match state {
            PushState::Sending { upload } | PushState::Unknown { upload, .. } => upload,
            PushState::Planned { .. } => None,
            PushState::Verified { .. } | PushState::Failed { .. } | PushState::Blocked { .. } => return Ok(state),
        };
        let mut may_be_stale = upload.is_some();
        let mut tried = 0;
        let mut status_by_other;
        loop {
            let ticket = match self.read().await {
                Ok(ticket) => ticket,
                Err(error @ (TicketingError::Gone { .. } | TicketingError::Forbidden { .. })) => {
                    return self.save(PushState::Failed { reason: error.to_string() }).await;
                }
                Err(error) => return Err(error),
            };
            if self.ours(&ticket).is_some() {
                let verified = self.verify(&ticket, false).await?;
                return self.save(verified).await;
            }
            let status = match self.admissible(&ticket) {
                Ok(status) => status,
                Err(refused) => return self.save(refused).await,
            };
            status_by_other = self.operation.status.is_some() && status.is_none();
            if upload.is_none()
                && let (Some(file), Some(bytes)) = (&self.operation.file, self.file)
            {
                match self.run.read(|| self.system.upload(&file.name, bytes)).await {
                    Ok(handle) => upload = Some(handle),
                    Err(error @ (TicketingError::Invalid { .. } | TicketingError::Forbidden { .. })) => {
                        return self.save(PushState::Failed { reason: error.to_string() }).await;
                    }
                    Err(error) => return Err(error),
                }
            }
            tried += 1;
            self.save(PushState::Sending { upload: upload.clone() }).await?;
            let Err(error) = self.send(status, upload.as_deref()).await else {
                break;
            };
            match self.after_error(error, &upload, tried).await? {
                Next::Settled(PushState::Failed { .. }) if may_be_stale => {
                    // Not on the ticket and refused: the handle from an earlier run has expired there, and no
                    // write with it can succeed any more. Once with a fresh one.
                    may_be_stale = false;
                    upload = None;
                }
                Next::Settled(state) => return self.save(state).await,
                Next::LookAgain(error) => self.run.wait_for(&error, tried).await?,
            }
        }
        // Answered with 2xx, which proves nothing.
        let ticket = match self.read().await {
            Ok(ticket) => ticket,
            Err(error) => {
                let why = format!("written, but not read back yet: {error}");
                self.save(PushState::Unknown { upload, why }).await?;
                return Err(error);
            }
        };
        let verified = if self.ours(&ticket).is_some() {
            self.verify(&ticket, status_by_other).await?
        } else {
            let reason = "the server answered as if all was well, but the comment is not on the ticket; \
                          the account may lack the right to comment";
            PushState::Failed { reason: reason.into() }
        };
        self.save(verified).await
    }

    /// What an error of the write means for the operation.
    async fn after_error(
        &self,
        error: TicketingError,
        upload: &Option<String>,
        tried: u32,
    ) -> Result<Next, TicketingError> {
        let planned = PushState::Planned { upload: upload.clone() };
        let unknown = PushState::Unknown { upload: upload.clone(), why: error.to_string() };
        match error {
            TicketingError::Auth { .. }
            | TicketingError::Storage(_)
            | TicketingError::Address { .. }
            | TicketingError::Mapping { .. } => {
                self.save(planned).await?;
                Err(error)
            }
            TicketingError::Cancelled => {
                self.save(unknown).await?;
                Err(error)
            }
            TicketingError::Invalid { .. }
            | TicketingError::Conflict { .. }
            | TicketingError::Forbidden { .. }
            | TicketingError::Gone { .. } => {
                // An upload's handle is refused the second time: an earlier try of ours may have arrived after all.
                let ticket = match self.read().await {
                    Ok(ticket) => ticket,
                    Err(TicketingError::Gone { .. } | TicketingError::Forbidden { .. }) => {
                        return Ok(Next::Settled(PushState::Failed { reason: error.to_string() }));
                    }
                    Err(other) => {
                        self.save(unknown).await?;
                        return Err(other);
                    }
                };
                if self.ours(&ticket).is_some() {
                    return self.verify(&ticket, false).await.map(Next::Settled);
                }
                Ok(Next::Settled(PushState::Failed { reason: error.to_string() }))
            }
            TicketingError::RateLimited { .. }
            | TicketingError::Transient { .. }
            | TicketingError::Protocol { .. }
            | TicketingError::TooLarge { .. } => {
                let state = if error.effect() == Effect::None { planned } else { unknown };
                let state = self.save(state).await?;
                if tried >= TRIES { Ok(Next::Settled(state)) } else { Ok(Next::LookAgain(error)) }
            }
        }
    }

    /// Whether the write may be sent to the ticket as it is, and with which status.
    fn admissible(&self, ticket: &TicketState) -> Result<Option<&str>, PushState> {
        if let Judgement::Different(what) = (self.judge)(&ticket.change) {
            let what = if what.is_empty() { String::new() } else { format!(": {}", what.join(", ")) };
            let reason = format!("the ticket was changed since the board saw it{what}; look at it and decide again");
            return Err(PushState::Blocked { reason });
        }
        let Some(wanted) = &self.operation.status else {
            return Ok(None);
        };
        if ticket.status.id == wanted.id {
            return Ok(None);
        }
        if ticket.status.id != self.operation.base.status.id {
            let reason = format!(
                "somebody moved the ticket from \u{201c}{}\u{201d} to \u{201c}{}\u{201d} since the board saw it",
                self.operation.base.status.name, ticket.status.name
            );
            return Err(PushState::Blocked { reason });
        }
        if let Some(allowed) = &ticket.allowed
            && !allowed.iter().any(|s| s.id == wanted.id)
        {
            let names: Vec<&str> = allowed.iter().map(|s| s.name.as_str()).collect();
            let reason = format!(
                "the server's workflow does not let this account move the ticket from \u{201c}{}\u{201d} to \u{201c}{}\u{201d}; \
                 it allows: {}",
                ticket.status.name,
                wanted.name,
                names.join(", ")
            );
            return Err(PushState::Failed { reason });
        }
        Ok(Some(&wanted.id))
    }

    async fn send(&self, status: Option<&str>, upload: Option<&str>) -> Result<(), TicketingError> {
        let mut note = self.operation.note.clone();
        note.blocks.push(NoteBlock::Fact { label: "Reference".into(), value: self.marker.clone() });
        let description =
            self.operation.file.as_ref().map(|f| format!("{} sha256:{}", self.marker, f.sha256)).unwrap_or_default();
        let file = self.operation.file.as_ref().zip(upload).map(|(file, handle)| FileToSend {
            name: &file.name,
            content_type: &file.content_type,
            description: &description,
            handle,
        });
        let write =
            Write { note: self.system.render(self.mapping, &note), status, fields: &self.operation.fields, file };
        self.run.once(self.system.write(&self.operation.remote_id, &write)).await
    }

    /// Judges what stands on the ticket, part by part.
    async fn verify(&self, ticket: &TicketState, status_by_other: bool) -> Result<PushState, TicketingError> {
        let Some(note) = self.ours(ticket) else {
            return Ok(PushState::Failed { reason: "the comment is not on the ticket".into() });
        };
        let mut missing = Vec::new();
        if let Some(wanted) = &self.operation.status
            && ticket.status.id != wanted.id
            && note.status_set.as_deref() != Some(wanted.id.as_str())
        {
            missing.push(format!(
                "the status is \u{201c}{}\u{201d}, not \u{201c}{}\u{201d}: the workflow does not allow this step to the account",
                ticket.status.name, wanted.name
            ));
        }
        for (id, value) in &self.operation.fields {
            let there = ticket.fields.get(id).map(String::as_str).unwrap_or_default();
            if there != value && !note.fields_set.contains(&(id.clone(), value.clone())) {
                missing.push(format!("the field {id} holds \u{201c}{there}\u{201d}, not \u{201c}{value}\u{201d}"));
            }
        }
        let file_id = match &self.operation.file {
            None => None,
            Some(file) => match ticket.files.iter().find(|f| f.description.contains(&self.marker)) {
                None => {
                    missing.push(format!("the file {} is not there", file.name));
                    None
                }
                Some(found) => {
                    let attachment = Attachment {
                        remote_id: found.id.clone(),
                        name: found.name.clone(),
                        size: u32::try_from(found.size).unwrap_or(u32::MAX),
                        content_type: file.content_type.clone(),
                        sha256: None,
                        own: true,
                    };
                    let there = self.run.read(|| self.system.download(&attachment)).await?;
                    if there.sha256 != file.sha256 {
                        missing.push(format!("the file {} on the ticket has other content", file.name));
                    }
                    Some(found.id.clone())
                }
            },
        };
        if !missing.is_empty() {
            let reason = format!("{ON_THE_TICKET} {}", missing.join("; "));
            return Ok(PushState::Failed { reason });
        }
        let copies =
            ticket.notes.iter().filter(|n| n.author_id == note.author_id && n.text.contains(&self.marker)).count();
        let slipped_edit = match (self.judge)(&ticket.change) {
            Judgement::Same => None,
            Judgement::Different(what) if what.is_empty() => Some("the ticket's content".to_owned()),
            Judgement::Different(what) => Some(what.join(", ")),
        };
        Ok(PushState::Verified {
            receipt: PushReceipt {
                note_id: note.id.clone(),
                at: note.at,
                file_id,
                copies: super::run::count(copies),
                status_by_other,
                slipped_edit,
            },
        })
    }
}
