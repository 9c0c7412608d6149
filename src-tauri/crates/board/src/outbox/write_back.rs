//! Planning a write-back: what a decision writes on its ticket, from the record alone.
use std::collections::{BTreeMap, BTreeSet};

use domain::change::ChangeRequest;
use domain::ids::{ChangeKey, Digest, EntryId, MeetingId, MemberId, OperationId};
use domain::ledger::{Meeting, RecordedDecision, Sealed};
use domain::meeting::DecisionKind;
use domain::policy::Policy;
use domain::sign_off::Standing;
use domain::text::mark_invisible;
use serde::{Deserialize, Serialize};
use store::{NewOperation, Operation, OutboxState, Transition};
use ticketing::mapping::{Mapping, NamedId};
use ticketing::{BaseSeen, Judgement, Note, NoteBlock, PushFile, PushOperation, PushReceipt, content_digest, marker};

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::changes::between;
use crate::error::{Answer, BoardError};
use crate::minutes::phrases::Words;
use crate::state::BoardState;

/// A decision on its way to its ticket.
pub(super) const KIND: &str = "write_back";

/// What is to be written, and which decision it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WriteBack {
    /// The meeting that decided.
    pub meeting: MeetingId,
    /// Its chair: whose act the write-back follows from.
    pub chair: MemberId,
    /// The entry that carries the decision.
    pub decision: EntryId,
    /// What was decided.
    pub kind: DecisionKind,
    /// What is sent.
    pub operation: PushOperation,
    /// Names of the remote fields, for the preview.
    pub field_names: BTreeMap<String, String>,
}

/// What the ticket was like when the write-back was planned, and what was read back after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Base {
    /// For the engine.
    pub seen: BaseSeen,
    /// The material fields, as far as a direct read shows them.
    pub fields: Comparable,
    /// The policy that says which fields are material; `None`: it was planned before that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Digest>,
    /// What stands on the ticket, once verified.
    pub receipt: Option<PushReceipt>,
}

impl Base {
    /// The policy under which the ticket is compared: another that was adopted since is no edit of it.
    pub fn rules<'s>(&self, state: &'s BoardState) -> &'s Policy {
        self.policy.and_then(|named| state.policies.get(&named)).unwrap_or(&state.policy)
    }
}

/// The material content of a change as one direct read of its ticket shows it: without the state of
/// linked tickets, and without the content of attachments.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Comparable(pub BTreeMap<String, String>);

impl Comparable {
    pub fn of(policy: &Policy, change: &ChangeRequest, named: &[String]) -> Self {
        let mut change = change.clone();
        change.linked_issues.clear();
        for attachment in &mut change.attachments {
            attachment.sha256 = None;
        }
        let fields = policy.material_fields(&change, named).into_iter();
        Self(fields.map(|(field, bytes)| (field, String::from_utf8_lossy(&bytes).into_owned())).collect())
    }

    /// Judges a ticket as it was just read.
    pub fn judge(&self, policy: &Policy, change: &ChangeRequest, named: &[String]) -> Judgement {
        let now = Self::of(policy, change, named);
        if now == *self {
            return Judgement::Same;
        }
        Judgement::Different(between(&self.0, &now.0, |_| true).into_iter().map(|d| d.label).collect())
    }
}

/// One decision has one operation, however often it is planned: its id follows from the decision.
/// `generation` counts operations of it that a person gave up before anything was sent.
pub(super) fn operation_id(meeting: MeetingId, change: &ChangeKey, decision: EntryId, generation: u32) -> OperationId {
    let named = format!("write-back\n{meeting}\n{change}\n{decision}\n{generation}");
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&Digest::of(named.as_bytes()).0[..16]);
    OperationId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// The decision's word in a mapping.
pub(crate) fn decision_word(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::Approved => "approved",
        DecisionKind::ApprovedWithConditions => "approved_with_conditions",
        DecisionKind::Rejected => "rejected",
        DecisionKind::Deferred => "deferred",
        DecisionKind::MoreInformation => "more_information",
        DecisionKind::Withdrawn => "withdrawn",
        DecisionKind::NoDecision => "no_decision",
    }
}

/// The decision in words for people on the ticket. Votes stay with the board.
fn note(state: &BoardState, meeting: &Meeting, recorded: &RecordedDecision, extract: &Sealed) -> Note {
    let decision = &recorded.decision;
    let fact = |label: &str, value: String| NoteBlock::Fact { label: label.to_owned(), value };
    let zone = meeting.agenda.zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    // As its extract, which is attached.
    let words = Words::of(&state.policy);
    let (label, decided) = words.decided_at(&meeting.agenda.title, recorded.at, zone);
    let (rests_on, basis) = words.rests_on(decision.basis);
    let level = words.recorded(crate::words::level(decision.risk.level));
    let scored = words.recorded(&crate::risk::scored(state, &decision.risk));
    let mut blocks = vec![
        NoteBlock::Heading { text: words.decision_of(&state.roster().name, decision) },
        fact(label, decided),
        fact(words.chair_label(), state.name(meeting.agenda.chair)),
        fact(rests_on, basis.to_owned()),
        fact(words.risk_label(), format!("{level} ({scored})")),
    ];
    if !decision.rationale.is_empty() {
        blocks.push(NoteBlock::Paragraph { text: decision.rationale.clone() });
    }
    if !decision.conditions.is_empty() {
        let items = decision.conditions.iter().map(|c| words.condition(&c.text, &c.owner, c.when, &c.due));
        blocks.push(NoteBlock::Paragraph { text: words.conditions_follow().to_owned() });
        blocks.push(NoteBlock::Bullets { items: items.collect() });
    }
    if decision.kind.approves() {
        let signed = state.ledger.sign_offs.get(&decision.change).into_iter().flatten();
        let names: Vec<String> = signed
            .filter(|s| s.withdrawn.is_none() && !s.late && s.body.content == decision.content)
            .map(|s| words.signer(&state.name(s.actor), s.role, s.attestation))
            .collect();
        if !names.is_empty() {
            blocks.push(fact(words.signed_off_by(), names.join("; ")));
        }
    }
    blocks.push(fact(words.extract_digest(), extract.pdf.to_string()));
    visible(blocks)
}

/// A note in which nothing is invisible.
pub(super) fn visible(blocks: Vec<NoteBlock>) -> Note {
    let marked = blocks.into_iter().map(|block| match block {
        NoteBlock::Heading { text } => NoteBlock::Heading { text: mark_invisible(&text) },
        NoteBlock::Paragraph { text } => NoteBlock::Paragraph { text: mark_invisible(&text) },
        NoteBlock::Bullets { items } => NoteBlock::Bullets { items: items.iter().map(|i| mark_invisible(i)).collect() },
        NoteBlock::Fact { label, value } => NoteBlock::Fact { label, value: mark_invisible(&value) },
        NoteBlock::Code { text } => NoteBlock::Code { text: mark_invisible(&text) },
    });
    Note { blocks: marked.collect() }
}

/// The board's own fields on the ticket, as a decision of this kind sets them; and what the window calls them.
pub(super) fn own_fields(
    mapping: &Mapping,
    kind: DecisionKind,
    id: &OperationId,
) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let (mut fields, mut names) = (BTreeMap::new(), BTreeMap::new());
    let value = mapping.decisions.get(decision_word(kind)).and_then(|rule| rule.value.clone());
    let own = [(&mapping.decision_field, value), (&mapping.reference_field, Some(marker(id)))];
    for (field, value) in own {
        if let (Some(field), Some(value)) = (field, value) {
            names.insert(field.id.clone(), field.name.clone());
            fields.insert(field.id.clone(), value);
        }
    }
    (fields, names)
}

/// The status a decision of this kind sets, by the connection's mapping; never guessed.
pub(super) fn status(mapping: &Mapping, kind: DecisionKind) -> Result<Option<NamedId>, String> {
    mapping.decisions.get(decision_word(kind)).map(|rule| rule.status.clone()).ok_or_else(|| {
        format!(
            "the mapping does not say which status \u{201c}{}\u{201d} sets on the ticket; choose one under Settings, \
             Connection, then try again",
            kind.words()
        )
    })
}

/// A planned operation, and why it cannot be sent yet if so.
pub(super) struct Planned {
    pub new: NewOperation,
    pub blocked: Option<String>,
}

impl Cabinet {
    /// Queues the write-back of every decision that is settled and whose extract is sealed, each once;
    /// then lets them go out in the background. Nobody waits for the network here.
    pub(crate) async fn settle_write_backs(&self, board: &OpenBoard) -> Answer<()> {
        self.queue_write_backs(board).await?;
        self.step_aside(board).await?;
        // Boxed, as below: few boards delegate, and each act that settles something would carry the future of it.
        Box::pin(self.take_back_delegated(board)).await?;
        let due = board.store.next_due(self.now(), 1).await.map_err(stored)?;
        if !due.is_empty() {
            self.push_in_background(&self.board()?);
        }
        Ok(())
    }

    /// Queues what is to be written back, or handed over, and is not queued yet.
    pub(crate) async fn queue_write_backs(&self, board: &OpenBoard) -> Answer<()> {
        let state = board.state().await?;
        let existing = board.store.operations().await.map_err(stored)?;
        let decided: BTreeSet<EntryIdOf> = existing.iter().filter_map(of_decision).collect();
        let mut queued = Vec::new();
        // The device that closed the meeting writes back, and no other (`decisions.md`).
        for meeting in state.ledger.meetings.values().filter(|m| m.closed_by == Some(board.device)) {
            for recorded in meeting.decisions.values() {
                let change = &recorded.decision.change;
                let of = (meeting.agenda.meeting, change.clone(), recorded.entry);
                if decided.contains(&of) || !self.is_settled(board, &state, meeting, recorded).await? {
                    continue;
                }
                let given_up = count_given_up(&existing, &of);
                if let Some(planned) = self.plan_write_back(board, &state, meeting, recorded, given_up).await? {
                    queued.push(planned);
                }
            }
        }
        for planned in queued {
            self.enqueue(board, &planned).await?;
        }
        Box::pin(self.queue_delegated(board)).await?;
        self.queue_hand_offs(board).await
    }

    /// Whether a decision can go to its ticket: its extract is sealed, and what it needs holds now.
    async fn is_settled(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: &Meeting,
        recorded: &RecordedDecision,
    ) -> Answer<bool> {
        let decision = &recorded.decision;
        if !meeting.extracts.contains_key(&decision.change) || !crate::minutes::settled(state, decision) {
            return Ok(false);
        }
        if !decision.kind.approves() {
            return Ok(true);
        }
        // A later decision stands instead, or the change is not what was approved any more.
        if state.ledger.decision(&decision.change).is_none_or(|d| d.entry != recorded.entry) {
            return Ok(false);
        }
        let change = self.load_change(board, &decision.change).await?;
        Ok(self.standing(state, &change)? == Standing::Approved && self.blocked_by(board, state, &change)?.is_none())
    }

    /// Makes the operation of a decision; `None` if the change or its connection is not here.
    pub(super) async fn plan_write_back(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: &Meeting,
        recorded: &RecordedDecision,
        generation: u32,
    ) -> Answer<Option<Planned>> {
        let decision = &recorded.decision;
        let key = &decision.change;
        let Some(found) = board.store.change(key).await.map_err(stored)? else { return Ok(None) };
        let change = found.change;
        let Some(connection) = board.store.connection(change.connection).await.map_err(stored)? else {
            return Ok(None);
        };
        let Some(extract) = meeting.extracts.get(key) else { return Ok(None) };
        let mapping =
            Mapping::from_json(connection.mapping.as_bytes()).map_err(|e| crate::sync::of_stored(&connection, &e))?;
        let id = operation_id(meeting.agenda.meeting, key, recorded.entry, generation);
        let mut blocked = None;
        let status = status(&mapping, decision.kind).unwrap_or_else(|why| {
            blocked = Some(why);
            None
        });
        let (fields, field_names) = own_fields(&mapping, decision.kind, &id);
        let named = self.material_attachments(state, &change);
        let policy = Some(state.policy_digest);
        let base = Base { policy, ..base_of(&mapping, &state.policy, &change, &named) };
        let now = self.now();
        let payload = WriteBack {
            meeting: meeting.agenda.meeting,
            chair: meeting.agenda.chair,
            decision: recorded.entry,
            kind: decision.kind,
            operation: PushOperation {
                id,
                remote_id: change.remote_id.clone(),
                note: note(state, meeting, recorded, extract),
                status,
                fields,
                file: Some(PushFile {
                    name: crate::minutes::extract_file(key, meeting.agenda.meeting),
                    content_type: "application/pdf".to_owned(),
                    sha256: extract.pdf,
                }),
                base: base.seen.clone(),
            },
            field_names,
        };
        let new = NewOperation {
            id,
            change: key.clone(),
            kind: KIND.to_owned(),
            payload: serde_json::to_string(&payload).map_err(|e| BoardError::internal(&e))?,
            base: serde_json::to_string(&base).map_err(|e| BoardError::internal(&e))?,
            marker: marker(&id),
            not_before: now,
            created_at: now,
        };
        Ok(Some(Planned { new, blocked }))
    }

    /// Puts an operation into the outbox, unless it is there already; a delegated approval that was given up comes again.
    pub(super) async fn enqueue(&self, board: &OpenBoard, planned: &Planned) -> Answer<()> {
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        let known = tx.operation(planned.new.id).await.map_err(stored)?;
        if known.is_some_and(|known| !super::delegated::comes_again(&known)) {
            return tx.rollback().await.map_err(stored);
        }
        tx.enqueue_again(&planned.new).await.map_err(stored)?;
        if let Some(why) = &planned.blocked {
            let with = Transition { error: Some(why.clone()), ..Transition::default() };
            tx.transition(planned.new.id, OutboxState::Queued, OutboxState::Blocked, &with, self.now())
                .await
                .map_err(stored)?;
        }
        tx.commit().await.map_err(stored)?;
        self.changed(&[crate::views::Noun::Outbox], &[planned.new.change.as_str()]);
        Ok(())
    }

    /// A person has seen why an operation was blocked: lets it go on if what it needs holds now.
    pub(super) async fn unblock(&self, board: &OpenBoard, state: &BoardState, operation: &Operation) -> Answer<()> {
        let payload = WriteBack::read(operation)?;
        let meeting = state
            .ledger
            .meetings
            .get(&payload.meeting)
            .ok_or_else(|| BoardError::not_found("meeting", payload.meeting))?;
        let recorded = meeting
            .decisions
            .values()
            .find(|d| d.entry == payload.decision && d.decision.change == operation.change)
            .ok_or_else(|| BoardError::not_found("decision on", &operation.change))?;
        if !self.is_settled(board, state, meeting, recorded).await? {
            return Err(outlived(&operation.change));
        }
        // Planned anew: status and fields by the mapping as it is now, the base as the board sees it now.
        let existing = board.store.operations().await.map_err(stored)?;
        let of = (payload.meeting, operation.change.clone(), payload.decision);
        let generation = count_given_up(&existing, &of) + 1;
        let Some(planned) = self.plan_write_back(board, state, meeting, recorded, generation).await? else {
            return Err(BoardError::not_found("change", &operation.change));
        };
        self.replace(board, operation, &planned).await
    }

    /// Gives a blocked operation up for one that was planned anew.
    pub(super) async fn replace(&self, board: &OpenBoard, operation: &Operation, planned: &Planned) -> Answer<()> {
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        // Blocked means that nothing was sent, so giving this one up loses nothing.
        let with = Transition { error: operation.last_error.clone(), ..Transition::default() };
        let moved = tx
            .transition(operation.id, OutboxState::Blocked, OutboxState::Cancelled, &with, self.now())
            .await
            .map_err(stored)?;
        if !moved {
            return tx.rollback().await.map_err(stored);
        }
        // A delegated approval that is planned anew has the id of the one that was given up.
        tx.enqueue_again(&planned.new).await.map_err(stored)?;
        if let Some(why) = &planned.blocked {
            let with = Transition { error: Some(why.clone()), ..Transition::default() };
            tx.transition(planned.new.id, OutboxState::Queued, OutboxState::Blocked, &with, self.now())
                .await
                .map_err(stored)?;
        }
        tx.commit().await.map_err(stored)?;
        Ok(())
    }
}

/// What was to be written is not the case any more.
pub(super) fn outlived(change: &ChangeKey) -> BoardError {
    BoardError::refused(
        "stale",
        format!("{change} is not what was approved any more, or its approval does not hold."),
        Some("R30"),
        "Have it signed again, or decided again; then try again.",
    )
}

type EntryIdOf = (MeetingId, ChangeKey, EntryId);

/// Which decision an operation writes back; `None` for one that was given up or cannot be read.
fn of_decision(operation: &Operation) -> Option<EntryIdOf> {
    if operation.state == OutboxState::Cancelled {
        return None;
    }
    let payload: WriteBack = serde_json::from_str(&operation.payload).ok()?;
    Some((payload.meeting, operation.change.clone(), payload.decision))
}

fn count_given_up(operations: &[Operation], of: &EntryIdOf) -> u32 {
    let given_up = operations.iter().filter(|o| o.state == OutboxState::Cancelled && o.change == of.1).filter(|o| {
        serde_json::from_str::<WriteBack>(&o.payload).is_ok_and(|p| (p.meeting, p.decision) == (of.0, of.2))
    });
    u32::try_from(given_up.count()).unwrap_or(u32::MAX)
}

pub(super) fn base_of(mapping: &Mapping, policy: &Policy, change: &ChangeRequest, named: &[String]) -> Base {
    let name = &change.status.name;
    // A name that no status has any more matches nothing on the ticket, and so blocks rather than guesses.
    let id = mapping.statuses.iter().find(|(_, rule)| rule.name == *name).map_or("", |(id, _)| id.as_str());
    Base {
        seen: BaseSeen { status: NamedId { id: id.to_owned(), name: name.clone() }, content: content_digest(change) },
        fields: Comparable::of(policy, change, named),
        policy: None,
        receipt: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::testing::change;
    use domain::change::{Attachment, LinkedIssue};
    use domain::policy::Strength;

    fn policy() -> Policy {
        Policy::built_in(Strength::Starter)
    }

    #[test]
    fn a_decision_has_one_operation_however_often_it_is_planned() {
        let meeting = MeetingId(uuid::Uuid::from_u128(7));
        let id = |change: &str, entry: u8, generation| {
            operation_id(meeting, &change.parse().expect("a key"), EntryId([entry; 32]), generation)
        };
        assert_eq!(id("CHG-17", 1, 0), id("CHG-17", 1, 0));
        for other in [id("CHG-18", 1, 0), id("CHG-17", 2, 0), id("CHG-17", 1, 1)] {
            assert_ne!(other, id("CHG-17", 1, 0));
            assert_ne!(marker(&other), marker(&id("CHG-17", 1, 0)), "the marker on the ticket differs as well");
        }
    }

    #[test]
    fn what_a_direct_read_cannot_show_does_not_block() {
        let mut synced = change("CHG-1");
        synced.linked_issues.push(LinkedIssue {
            remote_id: "9".into(),
            relation: "blocks".into(),
            title: "Crash".into(),
            kind: None,
            severity: None,
            open: None,
        });
        synced.attachments.push(Attachment {
            remote_id: "3".into(),
            name: "plan.sql".into(),
            size: 12,
            content_type: "text/plain".into(),
            sha256: Some(Digest::of(b"plan")),
            own: false,
        });
        let named = ["plan.sql".to_owned()];
        let base = Comparable::of(&policy(), &synced, &named);
        let mut read = synced.clone();
        read.linked_issues.clear();
        read.attachments[0].sha256 = None;
        read.status.name = "Assess".into();
        assert_eq!(base.judge(&policy(), &read, &named), Judgement::Same);
    }

    #[test]
    fn an_edit_the_board_has_not_seen_is_named() {
        let synced = change("CHG-1");
        let base = Comparable::of(&policy(), &synced, &[]);
        let mut read = synced.clone();
        read.version = "9.9".into();
        assert_eq!(base.judge(&policy(), &read, &[]), Judgement::Different(vec!["Version".to_owned()]));
    }

    #[test]
    fn every_kind_of_decision_has_its_own_word() {
        let kinds = [
            DecisionKind::Approved,
            DecisionKind::ApprovedWithConditions,
            DecisionKind::Rejected,
            DecisionKind::Deferred,
            DecisionKind::MoreInformation,
            DecisionKind::Withdrawn,
            DecisionKind::NoDecision,
        ];
        let words: BTreeSet<&str> = kinds.into_iter().map(decision_word).collect();
        assert_eq!(words.len(), kinds.len());
    }
}
