//! An approval that the policy's chain delegated to an authority (R61), on its way to its ticket: a note and the status of what
//! is approved, once.
//!
//! It is planned from the record and the ticket as it was last synced, by the chair's device and no other, like a hand-off. Its
//! id, and so its marker on the ticket, follows from the sign-off that approves: planned again it is the same one. No extract
//! goes with it, since no meeting made one. What is withdrawn, stale, or decided by the board before it was sent stays here;
//! given up and approved again it is the same operation, whose marker is looked for on the ticket first. One that failed after it
//! was sent may stand there: it stays with its error, and a later decision goes out past it. Tried again it is looked for, and
//! what the board has decided since keeps it from being sent.
use std::collections::{BTreeMap, BTreeSet};

use chrono::SecondsFormat;
use domain::chain::ReleaseType;
use domain::change::{ChangeRequest, StatusCategory};
use domain::entry::{Attestation, Body, Verdict};
use domain::ids::{BoardId, ChangeKey, Digest, EntryId, OperationId};
use domain::meeting::{Condition, ConditionTime, DecisionKind};
use domain::roster::Role;
use domain::sign_off::{SignOff, carrying};
use record::statement::Subject;
use serde::{Deserialize, Serialize};
use store::{NewOperation, Operation, OutboxState, Transition};
use ticketing::mapping::Mapping;
use ticketing::{Note, NoteBlock, ON_THE_TICKET, PushOperation, PushReceipt, marker};

use super::write_back::{Base, Planned, base_of, outlived, own_fields, status, visible};
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::conditions::one_line;
use crate::error::{Answer, BoardError};
use crate::minutes::phrases::Words;
use crate::state::BoardState;
use crate::views::{ApprovalState, DelegatedApproval, Noun};
use crate::writer::{Act, Key};

/// A delegated approval on its way to its ticket.
pub(super) const KIND: &str = store::PASSED_OVER_ONCE_FAILED;

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Delegated {
    /// The sign-off that approves.
    pub sign_off: EntryId,
    /// The note and the status.
    pub operation: PushOperation,
    /// Names of the remote fields, for the preview.
    pub field_names: BTreeMap<String, String>,
}

impl Delegated {
    pub fn read(operation: &Operation) -> Answer<Self> {
        serde_json::from_str(&operation.payload).map_err(|e| BoardError::internal(&e))
    }
}

/// An approval without the board, as it stands.
struct Approval<'s> {
    /// The sign-off from which it stands.
    signed: &'s SignOff,
    /// Who approves, in which role, and how that is known.
    approvers: Vec<String>,
}

/// One approval has one operation, on whichever device it is planned and however often: no device knows how often another
/// gave it up.
fn operation_id(board: BoardId, change: &ChangeKey, sign_off: EntryId) -> OperationId {
    let named = format!("delegated\n{board}\n{change}\n{sign_off}");
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&Digest::of(named.as_bytes()).0[..16]);
    OperationId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Which sign-off an operation tells, if it is of this kind.
fn told(operation: &Operation) -> Option<EntryId> {
    let payload = (operation.kind == KIND).then(|| serde_json::from_str::<Delegated>(&operation.payload).ok());
    payload.flatten().map(|payload| payload.sign_off)
}

/// Whether an operation is a delegated approval that was given up: it may be queued again, as the same one.
pub(super) fn comes_again(operation: &Operation) -> bool {
    operation.kind == KIND && operation.state == OutboxState::Cancelled
}

/// Whether an operation is a delegated approval that may be given up without a person. What failed after it was sent, or was
/// found on its ticket, may stand there.
fn can_be_given_up(operation: &Operation) -> bool {
    let found = || operation.last_error.as_deref().is_some_and(|why| why.starts_with(ON_THE_TICKET));
    operation.kind == KIND
        && match operation.state {
            OutboxState::Queued | OutboxState::Blocked => true,
            OutboxState::Failed => operation.attempts == 0 && !found(),
            OutboxState::Sending | OutboxState::Unknown | OutboxState::Verified | OutboxState::Cancelled => false,
        }
}

/// Whether the record says that it stands on its ticket, whichever device wrote it.
fn stands(state: &BoardState, change: &ChangeKey, sign_off: EntryId) -> bool {
    let marker = marker(&operation_id(state.rosters.board(), change, sign_off));
    state.ledger.written_back.get(change).is_some_and(|written| written.iter().any(|known| known.marker == marker))
}

/// What was approved and by whom, for people on the ticket.
fn note(state: &BoardState, change: &ChangeRequest, approval: &Approval<'_>) -> Note {
    let fact = |label: &str, value: String| NoteBlock::Fact { label: label.to_owned(), value };
    let (signed, release) = (approval.signed, ReleaseType::of(change));
    let risk = &signed.body.risk;
    let words = Words::of(&state.policy);
    let level = words.recorded(crate::words::level(risk.level));
    let scored = words.recorded(&crate::risk::scored(state, risk));
    let mut blocks = vec![
        NoteBlock::Heading { text: words.delegated_by(&state.roster().name) },
        NoteBlock::Paragraph { text: words.chain_delegates().to_owned() },
        fact(words.approved_by(), approval.approvers.join("; ")),
        fact(words.signed_at(), crate::words::time(signed.claimed)),
        fact(words.risk_label(), format!("{level} ({scored})")),
        fact(words.release_label(), words.release(release).to_owned()),
        fact(words.policy_label(), format!("{}, SHA-256 {}", state.policy.name, state.policy_digest)),
    ];
    let owed = state.ledger.conditions.values().filter(|c| c.change == change.key && c.stands(release));
    let open = owed.filter(|c| c.met.is_none()).map(|c| &c.condition);
    let afterwards = |c: &Condition| words.condition(&one_line(&c.text), &one_line(&c.owner), ConditionTime::After, "");
    let items: Vec<String> = open.map(afterwards).collect();
    if !items.is_empty() {
        blocks.push(NoteBlock::Paragraph { text: words.conditions_follow().to_owned() });
        blocks.push(NoteBlock::Bullets { items });
    }
    blocks.push(fact(words.sign_off_entry(), signed.entry.to_string()));
    visible(blocks)
}

impl Cabinet {
    /// Queues every approval that the chain delegated and that is not on its ticket.
    pub(super) async fn queue_delegated(&self, board: &OpenBoard) -> Answer<()> {
        let state = board.state().await?;
        if !state.policy.chain_binds || !self.is_chairs(board, &state) {
            return Ok(());
        }
        let existing = board.store.operations().await.map_err(stored)?;
        let known: BTreeSet<EntryId> =
            existing.iter().filter(|o| o.state != OutboxState::Cancelled).filter_map(told).collect();
        for (key, signed) in &state.ledger.sign_offs {
            let untold = signed
                .iter()
                .any(|s| s.withdrawn.is_none() && s.body.verdict == Verdict::Approve && !known.contains(&s.entry));
            if !untold || state.ledger.is_decided(key) || board.store.change(key).await.map_err(stored)?.is_none() {
                continue;
            }
            let found = self.load_stored(board, key).await?;
            let change = &found.change;
            // Nobody is told on a ticket that is gone or closed, nor what it says before that has arrived.
            let closed = change.status.category == Some(StatusCategory::Closed);
            if found.tombstone.is_some() || closed || !change.details_synced {
                continue;
            }
            let Some(approval) = self.delegated_now(&state, change)? else { continue };
            let entry = approval.signed.entry;
            if known.contains(&entry) || stands(&state, key, entry) {
                continue;
            }
            if self.blocked_by(board, &state, change)?.is_some() {
                continue;
            }
            if let Some(planned) = self.plan_delegated(board, &state, change, &approval).await? {
                self.enqueue(board, &planned).await?;
            }
        }
        Ok(())
    }

    /// Whether this device is a chair's: what follows from the record without a meeting goes out from there.
    pub(super) fn is_chairs(&self, board: &OpenBoard, state: &BoardState) -> bool {
        let owner = self.device_owner(board, state).ok().and_then(|owner| state.roster().member(owner));
        owner.is_some_and(|member| member.has(Role::Chair))
    }

    /// The approval that the chain delegates, of a change as it was last synced; `None` where there is none.
    fn delegated_now<'s>(&self, state: &'s BoardState, change: &ChangeRequest) -> Answer<Option<Approval<'s>>> {
        if !state.policy.chain_binds {
            return Ok(None);
        }
        let (_, now) = self.says(state, change)?;
        let least = state.ledger.least(&state.policy, &change.key, now.level);
        let Some(signed) = state.ledger.delegated_approval(state.roster(), &change.key, &now, least) else {
            return Ok(None);
        };
        let all = state.ledger.delegated_sign_offs(&change.key, now.level);
        let words = Words::of(&state.policy);
        let approvers = carrying(&all, least.max(Attestation::Written), &now).into_iter();
        let approvers = approvers.map(|s| words.signer(&state.name(s.actor), s.role, s.attestation));
        Ok(Some(Approval { signed, approvers: approvers.collect() }))
    }

    /// The same for the page of the change: who approved, when, and whether that holds. What went stale is told as well: a
    /// pipeline that has the approval is to hear of it.
    pub(crate) fn delegated_view(
        &self,
        state: &BoardState,
        change: &ChangeRequest,
    ) -> Answer<Option<DelegatedApproval>> {
        if !state.policy.chain_binds {
            return Ok(None);
        }
        let (_, now) = self.says(state, change)?;
        let least = state.ledger.least(&state.policy, &change.key, now.level);
        let (ledger, roster) = (&state.ledger, state.roster());
        let holding = ledger.delegated_approval(roster, &change.key, &now, least);
        let holding = holding.map(|signed| (signed, ApprovalState::Holds));
        let stale = || Some((ledger.delegated_stale(roster, &change.key, &now, least)?, ApprovalState::Stale));
        Ok(holding.or_else(stale).map(|(signed, approval)| DelegatedApproval {
            by: state.name(signed.actor),
            at: crate::words::time(signed.claimed),
            approval,
        }))
    }

    /// Why an approval that was planned is not to be sent any more; `None` while it is.
    pub(super) fn taken_back(
        &self,
        state: &BoardState,
        change: &ChangeRequest,
        sign_off: EntryId,
    ) -> Answer<Option<&'static str>> {
        if state.ledger.is_decided(&change.key) {
            return Ok(Some("the board has decided on it since"));
        }
        let mut signed = state.ledger.sign_offs.get(&change.key).into_iter().flatten();
        if signed.find(|s| s.entry == sign_off).is_none_or(|s| s.withdrawn.is_some()) {
            return Ok(Some("its sign-off was withdrawn"));
        }
        // An edit whose details have not arrived is compared on the ticket.
        if !change.details_synced {
            return Ok(None);
        }
        let holds = self.delegated_now(state, change)?.is_some_and(|approval| approval.signed.entry == sign_off);
        Ok((!holds).then_some("the sign-off that approved it does not hold any more"))
    }

    /// Gives up every delegated approval that was not sent and is none any more: a later decision must not wait behind it, and a
    /// later sign-off has an operation of its own. What a gate blocks now waits for a person, as a meeting's approval does, and
    /// so does what failed and may be on its ticket: tried again it is looked for there. It holds back nothing behind it.
    pub(super) async fn take_back_delegated(&self, board: &OpenBoard) -> Answer<()> {
        let all = board.store.operations().await.map_err(stored)?;
        let waiting: Vec<&Operation> = all.iter().filter(|o| can_be_given_up(o)).collect();
        if waiting.is_empty() {
            return Ok(());
        }
        let state = board.state().await?;
        for operation in waiting {
            let change = self.load_change(board, &operation.change).await?;
            let sign_off = Delegated::read(operation)?.sign_off;
            if let Some(why) = self.taken_back(&state, &change, sign_off)? {
                let with = Transition { error: Some(why.to_owned()), ..Transition::default() };
                self.step(board, operation.id, operation.state, OutboxState::Cancelled, &with).await?;
                continue;
            }
            if operation.state != OutboxState::Queued || !change.details_synced {
                continue;
            }
            if let Some(gate) = self.blocked_by(board, &state, &change)? {
                let error = format!("{} blocks every approval: {}", gate.gate.clause, gate.why);
                let with = Transition { error: Some(error), ..Transition::default() };
                self.step(board, operation.id, OutboxState::Queued, OutboxState::Blocked, &with).await?;
            }
        }
        Ok(())
    }

    /// Makes the operation; `None` where the ticket's connection is not here.
    async fn plan_delegated(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &ChangeRequest,
        approval: &Approval<'_>,
    ) -> Answer<Option<Planned>> {
        let Some(connection) = board.store.connection(change.connection).await.map_err(stored)? else {
            return Ok(None);
        };
        let mapping =
            Mapping::from_json(connection.mapping.as_bytes()).map_err(|e| crate::sync::of_stored(&connection, &e))?;
        let sign_off = approval.signed.entry;
        let id = operation_id(state.rosters.board(), &change.key, sign_off);
        let (status, blocked) = match status(&mapping, DecisionKind::Approved) {
            Ok(status) => (status, None),
            Err(why) => (None, Some(why)),
        };
        let (fields, field_names) = own_fields(&mapping, DecisionKind::Approved, &id);
        let named = self.material_attachments(state, change);
        let policy = Some(state.policy_digest);
        let base = Base { policy, ..base_of(&mapping, &state.policy, change, &named) };
        let now = self.now();
        let payload = Delegated {
            sign_off,
            operation: PushOperation {
                id,
                remote_id: change.remote_id.clone(),
                note: note(state, change, approval),
                status,
                fields,
                file: None,
                base: base.seen.clone(),
            },
            field_names,
        };
        let new = NewOperation {
            id,
            change: change.key.clone(),
            kind: KIND.to_owned(),
            payload: serde_json::to_string(&payload).map_err(|e| BoardError::internal(&e))?,
            base: serde_json::to_string(&base).map_err(|e| BoardError::internal(&e))?,
            marker: marker(&id),
            not_before: now,
            created_at: now,
        };
        Ok(Some(Planned { new, blocked }))
    }

    /// A person has seen why it was blocked: plans it anew if the approval holds now.
    pub(super) async fn delegate_anew(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        operation: &Operation,
    ) -> Answer<()> {
        let sign_off = Delegated::read(operation)?.sign_off;
        let change = self.load_change(board, &operation.change).await?;
        let approval = self.delegated_now(state, &change)?.filter(|approval| approval.signed.entry == sign_off);
        let Some(approval) = approval else { return Err(outlived(&operation.change)) };
        if self.blocked_by(board, state, &change)?.is_some() {
            return Err(outlived(&operation.change));
        }
        let Some(planned) = self.plan_delegated(board, state, &change, &approval).await? else {
            return Err(BoardError::not_found("connection of", &operation.change));
        };
        self.replace(board, operation, &planned).await
    }

    /// Enters that it stands on its ticket, once; the entry names what was signed.
    pub(super) async fn record_delegated(
        &self,
        board: &OpenBoard,
        operation: &Operation,
        receipt: &PushReceipt,
    ) -> Answer<()> {
        let state = board.state().await?;
        let known = state.ledger.written_back.get(&operation.change).into_iter().flatten();
        if known.into_iter().any(|w| w.marker == operation.marker) {
            return Ok(());
        }
        let sign_off = Delegated::read(operation)?.sign_off;
        let mut signed = state.ledger.sign_offs.get(&operation.change).into_iter().flatten();
        let signed = signed.find(|s| s.entry == sign_off);
        let signed = signed.ok_or_else(|| BoardError::not_found("sign-off on", &operation.change))?;
        let act = Act {
            actor: self.device_owner(board, &state)?,
            attestation: Attestation::Recorded,
            role: None,
            meaning: format!(
                "The approval of {} that was delegated stands on its ticket ({}).",
                operation.change, operation.marker
            ),
            meeting: None,
            subjects: vec![Subject { name: operation.change.to_string(), sha256: signed.manifest }],
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

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn operation(payload: &Delegated, state: OutboxState) -> Operation {
        Operation {
            seq: 1,
            id: payload.operation.id,
            change: ChangeKey::new("CHG", 17),
            kind: KIND.to_owned(),
            payload: serde_json::to_string(payload).expect("JSON"),
            base: String::new(),
            marker: marker(&payload.operation.id),
            upload_token: None,
            state,
            attempts: 0,
            not_before: DateTime::UNIX_EPOCH,
            last_error: None,
            created_at: DateTime::UNIX_EPOCH,
            changed_at: DateTime::UNIX_EPOCH,
        }
    }

    fn id(change: u32, sign_off: u8) -> OperationId {
        let board = BoardId(uuid::Uuid::from_u128(1));
        operation_id(board, &ChangeKey::new("CHG", change), EntryId([sign_off; 32]))
    }

    #[test]
    fn an_approval_has_one_operation_however_often_it_is_planned() {
        assert_eq!(id(17, 1), id(17, 1));
        for other in [id(18, 1), id(17, 2)] {
            assert_ne!(other, id(17, 1));
            assert_ne!(marker(&other), marker(&id(17, 1)), "the marker on the ticket differs as well");
        }
    }

    fn payload(sign_off: u8) -> Delegated {
        Delegated {
            sign_off: EntryId([sign_off; 32]),
            operation: PushOperation {
                id: id(17, sign_off),
                remote_id: "17".to_owned(),
                note: Note::default(),
                status: None,
                fields: BTreeMap::new(),
                file: None,
                base: ticketing::BaseSeen {
                    status: ticketing::mapping::NamedId { id: "1".to_owned(), name: "Assess".to_owned() },
                    content: Digest([0; 32]),
                },
            },
            field_names: BTreeMap::new(),
        }
    }

    #[test]
    fn only_what_was_given_up_is_planned_anew() {
        let cancelled = operation(&payload(1), OutboxState::Cancelled);
        assert_eq!(told(&cancelled), Some(EntryId([1; 32])));
        assert!(comes_again(&cancelled));
        for state in [OutboxState::Queued, OutboxState::Failed, OutboxState::Blocked, OutboxState::Verified] {
            assert!(!comes_again(&operation(&payload(1), state)), "{state:?}");
        }
        let other = Operation { kind: "write_back".to_owned(), ..cancelled };
        assert_eq!(told(&other), None, "a decision is another thing");
        assert!(!comes_again(&other));
        assert!(!can_be_given_up(&Operation { state: OutboxState::Queued, ..other }));
    }

    #[test]
    fn what_may_stand_on_its_ticket_waits_for_a_person() {
        use OutboxState::{Blocked, Cancelled, Failed, Queued, Sending, Unknown, Verified};
        let there = format!("{ON_THE_TICKET} the status is not");
        for (state, attempts, error, given_up) in [
            (Queued, 0, "", true),
            (Blocked, 1, "the ticket was changed", true),
            (Failed, 0, "the workflow does not allow it", true),
            (Failed, 1, "the server refused it", false),
            (Failed, 1, there.as_str(), false),
            (Failed, 0, there.as_str(), false),
            (Sending, 1, "", false),
            (Unknown, 1, "", false),
            (Verified, 1, "", false),
            (Cancelled, 0, "", false),
        ] {
            let last_error = (!error.is_empty()).then(|| error.to_owned());
            let one = Operation { attempts, last_error, ..operation(&payload(1), state) };
            assert_eq!(can_be_given_up(&one), given_up, "{state:?}, {attempts}, {error}");
        }
    }
}
