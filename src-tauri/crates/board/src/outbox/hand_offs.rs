//! Hand-offs between incident, change and problem (R60), and what keeps a change open though its ticket could be closed
//! (R53): what the record tells of them stands on the change's ticket as well, one comment each, and on the tickets of the
//! incident and the problem where those are of the same system.
//!
//! They are planned from the record alone, by the chair's device and no other. The operation's id, and so its marker on the
//! ticket, follows from what is told: planned again it is the same one.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::change::{ChangeRequest, IssueKind, StatusCategory};
use domain::emergency::{Emergency, Owed, Rollback};
use domain::ids::{BoardId, ChangeKey, Digest, OperationId};
use serde::{Deserialize, Serialize};
use store::{Connection, NewOperation, Operation, OutboxState};
use ticketing::mapping::Mapping;
use ticketing::{Note, NoteBlock, PushOperation, SystemKind, marker};

use super::write_back::{Planned, base_of};
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::conditions::one_line;
use crate::emergencies::glass;
use crate::error::{Answer, BoardError};
use crate::state::BoardState;

/// A hand-off on its way to its ticket.
pub(super) const KIND: &str = store::PASSED_OVER;

/// What stands before the entry of which something is overdue, and before the one of which nothing is owed any more.
const OVERDUE: &str = "overdue ";
const SETTLED: &str = "settled ";
/// What stands before the entry of which something was overdue when its ticket was closed.
const CLOSED: &str = "closed ";

/// Problems on whose tickets one thing is told, at most.
const MOST_BESIDE: usize = 4;

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct HandOff {
    /// What is told, and the entry that it follows from.
    pub of: String,
    /// The ticket, in words, where it is not the change's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// A comment and nothing else.
    pub operation: PushOperation,
}

/// On whose ticket something is told.
#[derive(Debug, Clone, PartialEq, Eq)]
enum To {
    /// The change's own.
    Change,
    /// That of an incident, as people named it.
    Incident(String),
    /// Those of the problems that the change's ticket is linked to.
    Problems,
}

/// A comment that is owed to a ticket.
struct Telling {
    of: String,
    change: ChangeKey,
    to: To,
    note: Note,
}

/// A change and what is needed to write on a ticket of its system.
pub(crate) struct Told {
    change: ChangeRequest,
    gone: bool,
    connection: Connection,
    mapping: Mapping,
}

impl Told {
    /// The ticket of the change's own system that an incident's name leads to: the first that it names. What people wrote
    /// after it may name anything.
    fn named(&self, incident: &str) -> Option<String> {
        let (address, prefix) = (&self.connection.url, &self.connection.prefix);
        self.mapping.system.tickets_named(address, prefix, incident).into_iter().next()
    }

    /// The same, unless it is the change's own.
    fn incident(&self, incident: &str) -> Option<String> {
        self.named(incident).filter(|id| *id != self.change.remote_id)
    }

    fn is_closed(&self) -> bool {
        self.change.status.category == Some(StatusCategory::Closed)
    }

    /// The remote ids of the tickets on which it is told.
    fn tickets(&self, to: &To) -> Vec<String> {
        match to {
            To::Change => vec![self.change.remote_id.clone()],
            To::Incident(incident) => self.incident(incident).into_iter().collect(),
            To::Problems => problems(&self.change),
        }
    }

    /// Whether a telling goes out as the change's ticket stands.
    fn is_told_now(&self, telling: &Telling) -> bool {
        // Nobody is told on a change's ticket that is closed, and least of what was over before Cabinet told anything; but that
        // it was closed too early is told there. The tickets of the incident and the problem are others.
        let here = telling.to == To::Change;
        !self.gone && (!here || self.is_closed() == telling.of.starts_with(CLOSED))
    }

    /// What a screen says of where it is told, beside the change's own ticket.
    pub(crate) fn words(&self, incident: &str, taken_back: bool) -> String {
        let key = &self.change.key;
        if self.gone {
            return format!("{key} is not in its system any more: nothing more is told on a ticket.");
        }
        let mut tickets: Vec<String> = self.incident(incident).into_iter().collect();
        let no_incident = tickets.is_empty();
        let told_back = if taken_back { problems(&self.change) } else { Vec::new() };
        for problem in told_back {
            if !tickets.contains(&problem) {
                tickets.push(problem);
            }
        }
        let prefix = &self.connection.prefix;
        let system = crate::sync::system_name(SystemKind::of_word(&self.connection.kind), &self.connection.url);
        let keys = tickets.iter().map(|id| format!("{prefix}-{id}")).collect::<Vec<_>>().join(", ");
        let incident_is = if self.named(incident).is_some() {
            format!("What the incident is called leads to {key} itself")
        } else {
            format!("The incident is no ticket of {system}")
        };
        let (also, closed) = if self.is_closed() {
            ("", format!(" {key} is closed: nothing more is handed over there."))
        } else {
            (" as well", String::new())
        };
        match (no_incident, keys.is_empty()) {
            (_, true) if self.is_closed() => {
                format!("{incident_is}, and {key} is closed: nothing more that is handed over is told on a ticket.")
            }
            (_, true) => format!("{incident_is}: what is handed over is told on {key} alone."),
            (true, false) => {
                format!("{incident_is}; what is handed over to the problem is told on {keys}{also}.{closed}")
            }
            (false, false) => format!("What is handed over is told on {keys}{also}.{closed}"),
        }
    }
}

/// The remote ids of the open problems that the change's ticket is linked to.
fn problems(change: &ChangeRequest) -> Vec<String> {
    let linked = change.linked_issues.iter();
    let open = linked.filter(|one| one.kind == Some(IssueKind::Problem) && one.open != Some(false));
    open.map(|one| one.remote_id.clone()).take(MOST_BESIDE).collect()
}

/// A heading, a sentence, and facts; whatever people wrote stands on one line.
fn note(title: &str, says: &str, facts: &[(&str, &str)]) -> Note {
    let mut blocks =
        vec![NoteBlock::Heading { text: title.to_owned() }, NoteBlock::Paragraph { text: says.to_owned() }];
    let fact = |(label, value): &(&str, &str)| NoteBlock::Fact { label: (*label).to_owned(), value: one_line(value) };
    blocks.extend(facts.iter().map(fact));
    Note { blocks }
}

/// From the incident to the change.
fn taken_over(change: &ChangeKey, one: &Emergency, declared_by: &str) -> Telling {
    let body = &one.body;
    let facts: [(&str, &str); 7] = [
        ("Incident", &body.incident),
        ("Declared by", declared_by),
        ("Consulted", &body.consulted),
        ("Broken", &body.breaks),
        ("What is done", &body.plan),
        ("How it is taken back", &body.backout),
        ("Deployed by", &body.deployer),
    ];
    let says = "It was declared an emergency: the error behind the incident is corrected by this change.";
    Telling {
        of: format!("emergency {}", one.entry),
        change: change.clone(),
        to: To::Change,
        note: note("Handed over from an incident to this change", says, &facts),
    }
}

/// The same on the incident's own ticket. More people may read that one: plan and backout stay with the change.
fn taken_over_there(change: &ChangeKey, one: &Emergency, declared_by: &str) -> Telling {
    let body = &one.body;
    let facts: [(&str, &str); 3] =
        [("Change", change.as_str()), ("Declared by", declared_by), ("Deployed by", &body.deployer)];
    let says = "It was declared an emergency: the error behind this incident is corrected by the change.";
    Telling {
        of: format!("emergency {}", one.entry),
        change: change.clone(),
        to: To::Incident(body.incident.clone()),
        note: note(&format!("Handed over from this incident to the change {change}"), says, &facts),
    }
}

/// From the change back to an incident.
fn handed_back(back: &Rollback) -> Telling {
    let at = crate::words::time(back.at);
    let facts: [(&str, &str); 2] = [("Incident", &back.incident), ("Taken back", &at)];
    let says = "The deployment was taken back. It is not deployed again until the root cause is known and it is \
                revalidated.";
    Telling {
        of: format!("rollback {}", back.entry),
        change: back.change.clone(),
        to: To::Change,
        note: note("Handed back from this change to an incident", says, &facts),
    }
}

/// The same on the incident's own ticket.
fn handed_back_there(back: &Rollback) -> Telling {
    let at = crate::words::time(back.at);
    let facts: [(&str, &str); 2] = [("Change", back.change.as_str()), ("Taken back", &at)];
    let says = "Its deployment was taken back. It is not deployed again until the root cause is known and it is \
                revalidated.";
    Telling {
        of: format!("rollback {}", back.entry),
        change: back.change.clone(),
        to: To::Incident(back.incident.clone()),
        note: note(&format!("Handed back from the change {} to this incident", back.change), says, &facts),
    }
}

/// From the incident to a problem, once somebody signed what was behind it: on the change's ticket.
fn understood(back: &Rollback, signed_by: &str) -> Option<Telling> {
    let again = back.revalidated.as_ref()?;
    let facts: [(&str, &str); 4] = [
        ("Incident", &back.incident),
        ("Root cause", &again.root_cause),
        ("What shows that it works now", &again.note),
        ("Signed by", signed_by),
    ];
    let says = "This is what the problem's record needs; the change may be deployed again.";
    Some(Telling {
        of: format!("revalidated {}", again.entry),
        change: back.change.clone(),
        to: To::Change,
        note: note("Handed over to the problem behind the incident", says, &facts),
    })
}

/// The same on the problem's own ticket, without what was done with the change.
fn understood_there(back: &Rollback, signed_by: &str) -> Option<Telling> {
    let again = back.revalidated.as_ref()?;
    let facts: [(&str, &str); 4] = [
        ("Change", back.change.as_str()),
        ("Incident", &back.incident),
        ("Root cause", &again.root_cause),
        ("Signed by", signed_by),
    ];
    let says = "The change was taken back, and its root cause is known now; it may be deployed again.";
    Some(Telling {
        of: format!("revalidated {}", again.entry),
        change: back.change.clone(),
        to: To::Problems,
        note: note("Handed over from an incident to this problem", says, &facts),
    })
}

/// What kept the change open is done: the ticket's last word on it.
fn settled(change: &ChangeKey, of: String) -> Telling {
    let says = "All that was owed of this change is done: the board no longer keeps it open.";
    Telling { of, change: change.clone(), to: To::Change, note: note("It may be closed", says, &[]) }
}

/// Of what is overdue, and since when.
fn late_items(late: &[Owed]) -> NoteBlock {
    let items = late.iter().map(|one| one_line(&format!("{} (due {})", one.what, crate::words::time(one.due))));
    NoteBlock::Bullets { items: items.collect() }
}

/// What keeps the change open, said once: when the first of it is overdue.
fn kept_open(change: &ChangeKey, of: String, late: &[Owed]) -> Telling {
    let mut note = note("Not to be closed yet", "The board waits for what is owed of this change and is overdue:", &[]);
    note.blocks.push(late_items(late));
    Telling { of, change: change.clone(), to: To::Change, note }
}

/// That the ticket was closed all the same: a breach, said once.
fn closed_early(change: &ChangeKey, of: String, late: &[Owed]) -> Telling {
    let says = "This is a breach (R53), and the next agenda begins with it. Overdue is:";
    let mut note = note("Closed while it was owed", says, &[]);
    note.blocks.push(late_items(late));
    Telling { of, change: change.clone(), to: To::Change, note }
}

/// What of it is to be told of a ticket's closing: of one that is open, and of one that was closed. Which of them is said the
/// ticket decides.
fn standing(change: &ChangeKey, entry: &str, late: &[Owed], done: bool) -> Vec<Telling> {
    if done {
        return vec![settled(change, format!("{SETTLED}{entry}"))];
    }
    if late.is_empty() {
        return Vec::new();
    }
    vec![kept_open(change, format!("{OVERDUE}{entry}"), late), closed_early(change, format!("{CLOSED}{entry}"), late)]
}

/// What is told, and where: beside the change's own ticket the same thing is told once on each.
fn of_place(telling: &Telling, remote_id: &str) -> String {
    match &telling.to {
        To::Change => telling.of.clone(),
        To::Incident(_) | To::Problems => format!("{} on {remote_id}", telling.of),
    }
}

/// Whether something has to be told yet. What somebody gave up is not told after all, and that a ticket may be closed only
/// where it says that it may not.
fn is_due(of: &str, known: &BTreeMap<String, OutboxState>) -> bool {
    let says_otherwise = |entry: &str| known.get(&format!("{OVERDUE}{entry}")) == Some(&OutboxState::Verified);
    !known.contains_key(of) && of.strip_prefix(SETTLED).is_none_or(says_otherwise)
}

/// One thing that is told has one operation, on whichever device it is planned and however often: its marker is looked for on
/// the ticket before it is sent.
fn operation_id(board: BoardId, change: &ChangeKey, of: &str) -> OperationId {
    let named = format!("hand-off\n{board}\n{change}\n{of}");
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&Digest::of(named.as_bytes()).0[..16]);
    OperationId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// What an operation tells, if it is of this kind.
fn told(operation: &Operation) -> Option<String> {
    let payload = (operation.kind == KIND).then(|| serde_json::from_str::<HandOff>(&operation.payload).ok());
    payload.flatten().map(|payload| payload.of)
}

impl Cabinet {
    /// Queues what is to be told on a ticket and was not yet.
    pub(super) async fn queue_hand_offs(&self, board: &OpenBoard) -> Answer<()> {
        let state = board.state().await?;
        if !self.is_chairs(board, &state) {
            return Ok(());
        }
        let tellings = self.tellings(board, &state).await?;
        if tellings.is_empty() {
            return Ok(());
        }
        let existing = board.store.operations().await.map_err(stored)?;
        let known: BTreeMap<String, OutboxState> = existing.iter().filter_map(|o| Some((told(o)?, o.state))).collect();
        for telling in &tellings {
            if telling.to == To::Change && !is_due(&telling.of, &known) {
                continue;
            }
            let Some(told) = self.told_of(board, &telling.change).await? else { continue };
            if !told.is_told_now(telling) {
                continue;
            }
            for remote_id in told.tickets(&telling.to) {
                let of = of_place(telling, &remote_id);
                if is_due(&of, &known) {
                    let planned = self.plan_hand_off(&state, &told, (telling, of, remote_id))?;
                    self.enqueue(board, &planned).await?;
                }
            }
        }
        Ok(())
    }

    /// A change and its system; `None` where the ticket is not here, or its connection is not.
    pub(crate) async fn told_of(&self, board: &OpenBoard, change: &ChangeKey) -> Answer<Option<Told>> {
        let Some(found) = board.store.change(change).await.map_err(stored)? else { return Ok(None) };
        let Some(connection) = board.store.connection(found.change.connection).await.map_err(stored)? else {
            return Ok(None);
        };
        let mapping =
            Mapping::from_json(connection.mapping.as_bytes()).map_err(|e| crate::sync::of_stored(&connection, &e))?;
        Ok(Some(Told { change: found.change, gone: found.tombstone.is_some(), connection, mapping }))
    }

    async fn tellings(&self, board: &OpenBoard, state: &BoardState) -> Answer<Vec<Telling>> {
        let now: DateTime<Utc> = self.now();
        let mut all = Vec::new();
        for one in state.ledger.emergencies.values() {
            let Some(change) = one.ticket() else { continue };
            let declared_by = state.name(one.actor);
            all.push(taken_over(change, one, &declared_by));
            all.push(taken_over_there(change, one, &declared_by));
            let owed = self.owed_of(board, state, one).await?;
            let (entry, done) = (one.entry.to_string(), owed.iter().all(|owed| owed.met.is_some()));
            let late: Vec<Owed> = owed.into_iter().filter(|owed| owed.overdue(now)).collect();
            all.extend(standing(change, &entry, &late, done));
        }
        for owed in state.ledger.obligations.values().map(|one| glass(state, one)) {
            let late = if owed.overdue(now) { std::slice::from_ref(&owed) } else { &[] };
            all.extend(standing(&owed.change, &owed.declaration.to_string(), late, owed.met.is_some()));
        }
        for back in state.ledger.rollbacks.values() {
            all.push(handed_back(back));
            all.push(handed_back_there(back));
            let signed_by = back.revalidated.as_ref().map(|again| state.name(again.actor)).unwrap_or_default();
            all.extend(understood(back, &signed_by));
            all.extend(understood_there(back, &signed_by));
        }
        Ok(all)
    }

    /// Makes the operation that tells something on one ticket.
    fn plan_hand_off(
        &self,
        state: &BoardState,
        told: &Told,
        (telling, of, remote_id): (&Telling, String, String),
    ) -> Answer<Planned> {
        let change = &told.change;
        let named = self.material_attachments(state, change);
        // Of the change, wherever it is told: what is handed over was so, and no ticket is compared before it is written.
        let base = base_of(&told.mapping, &state.policy, change, &named);
        let id = operation_id(state.rosters.board(), &telling.change, &of);
        let now = self.now();
        let mut note = telling.note.clone();
        let beside = telling.to != To::Change;
        if beside && !change.url.is_empty() {
            let value = one_line(&change.url);
            note.blocks.push(NoteBlock::Fact { label: "Ticket of the change".to_owned(), value });
        }
        let payload = HandOff {
            of,
            on: beside.then(|| format!("ticket {remote_id}")),
            operation: PushOperation {
                id,
                remote_id,
                note,
                status: None,
                fields: BTreeMap::new(),
                file: None,
                base: base.seen.clone(),
            },
        };
        let new = NewOperation {
            id,
            change: telling.change.clone(),
            kind: KIND.to_owned(),
            payload: serde_json::to_string(&payload).map_err(|e| BoardError::internal(&e))?,
            base: serde_json::to_string(&base).map_err(|e| BoardError::internal(&e))?,
            marker: marker(&id),
            not_before: now,
            created_at: now,
        };
        Ok(Planned { new, blocked: None })
    }
}

#[cfg(test)]
mod tests;
