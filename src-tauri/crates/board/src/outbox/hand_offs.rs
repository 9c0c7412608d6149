//! Hand-offs between incident, change and problem (R60), and what keeps a change open though its ticket could be closed
//! (R53): what the record tells of them stands on the change's ticket as well, one comment each.
//!
//! They are planned from the record alone, by the chair's device and no other. The operation's id, and so its marker on the
//! ticket, follows from what is told: planned again it is the same one.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::change::StatusCategory;
use domain::emergency::{Emergency, Owed, Rollback};
use domain::ids::{BoardId, ChangeKey, Digest, OperationId};
use serde::{Deserialize, Serialize};
use store::{NewOperation, Operation, OutboxState};
use ticketing::mapping::Mapping;
use ticketing::{Note, NoteBlock, PushOperation, marker};

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

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct HandOff {
    /// What is told, and the entry that it follows from.
    pub of: String,
    /// A comment and nothing else.
    pub operation: PushOperation,
}

/// A comment that is owed to a ticket.
struct Telling {
    of: String,
    change: ChangeKey,
    note: Note,
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
        note: note("Handed over from an incident to this change", says, &facts),
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
        note: note("Handed back from this change to an incident", says, &facts),
    }
}

/// From the incident to a problem, once somebody signed what was behind it.
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
        note: note("Handed over to the problem behind the incident", says, &facts),
    })
}

/// What kept the change open is done: the ticket's last word on it.
fn settled(change: &ChangeKey, of: String) -> Telling {
    let says = "All that was owed of this change is done: the board no longer keeps it open.";
    Telling { of, change: change.clone(), note: note("It may be closed", says, &[]) }
}

/// What keeps the change open, said once: when the first of it is overdue.
fn kept_open(change: &ChangeKey, of: String, late: &[Owed]) -> Telling {
    let items = late.iter().map(|one| one_line(&format!("{} (due {})", one.what, crate::words::time(one.due))));
    let mut note = note("Not to be closed yet", "The board waits for what is owed of this change and is overdue:", &[]);
    note.blocks.push(NoteBlock::Bullets { items: items.collect() });
    Telling { of, change: change.clone(), note }
}

/// What of it is to be told of a ticket's closing, if anything.
fn standing(change: &ChangeKey, entry: &str, late: &[Owed], done: bool) -> Option<Telling> {
    if done {
        return Some(settled(change, format!("{SETTLED}{entry}")));
    }
    (!late.is_empty()).then(|| kept_open(change, format!("{OVERDUE}{entry}"), late))
}

/// Whether something has to be told yet. What somebody gave up is not told after all, and that a ticket may be closed only
/// where it says that it may not.
fn is_due(of: &str, known: &BTreeMap<String, OutboxState>) -> bool {
    let says_otherwise = |entry: &str| known.get(&format!("{OVERDUE}{entry}")) == Some(&OutboxState::Verified);
    !known.contains_key(of) && of.strip_prefix(SETTLED).is_none_or(says_otherwise)
}

/// One thing that is told has one operation, on whichever device it is planned and however often: its marker is looked for on
/// the ticket before it is sent.
fn operation_id(board: BoardId, telling: &Telling) -> OperationId {
    let named = format!("hand-off\n{board}\n{}\n{}", telling.change, telling.of);
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
        for telling in tellings.iter().filter(|telling| is_due(&telling.of, &known)) {
            if let Some(planned) = self.plan_hand_off(board, &state, telling).await? {
                self.enqueue(board, &planned).await?;
            }
        }
        Ok(())
    }

    async fn tellings(&self, board: &OpenBoard, state: &BoardState) -> Answer<Vec<Telling>> {
        let now: DateTime<Utc> = self.now();
        let mut all = Vec::new();
        for one in state.ledger.emergencies.values() {
            let Some(change) = one.ticket() else { continue };
            all.push(taken_over(change, one, &state.name(one.actor)));
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
            let signed_by = back.revalidated.as_ref().map(|again| state.name(again.actor)).unwrap_or_default();
            all.extend(understood(back, &signed_by));
        }
        Ok(all)
    }

    /// Makes the operation; `None` where the ticket is not here, or gone, or its connection is.
    async fn plan_hand_off(&self, board: &OpenBoard, state: &BoardState, telling: &Telling) -> Answer<Option<Planned>> {
        let Some(found) = board.store.change(&telling.change).await.map_err(stored)? else { return Ok(None) };
        let change = found.change;
        // Nobody is told on a ticket that is closed, and least of what was over before Cabinet told anything.
        if found.tombstone.is_some() || change.status.category == Some(StatusCategory::Closed) {
            return Ok(None);
        }
        let Some(connection) = board.store.connection(change.connection).await.map_err(stored)? else {
            return Ok(None);
        };
        let mapping =
            Mapping::from_json(connection.mapping.as_bytes()).map_err(|e| crate::sync::of_stored(&connection, &e))?;
        let named = self.material_attachments(state, &change);
        let base = base_of(&mapping, &state.policy, &change, &named);
        let id = operation_id(state.rosters.board(), telling);
        let now = self.now();
        let payload = HandOff {
            of: telling.of.clone(),
            operation: PushOperation {
                id,
                remote_id: change.remote_id.clone(),
                note: telling.note.clone(),
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
        Ok(Some(Planned { new, blocked: None }))
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use domain::change::TextFormat;
    use domain::emergency::Revalidation;
    use domain::ids::{EntryId, MemberId};

    use super::*;

    fn back() -> Rollback {
        Rollback {
            entry: EntryId([1; 32]),
            actor: MemberId(uuid::Uuid::from_u128(3)),
            change: "CHG-17".parse().expect("a key"),
            incident: "INC-8\nh1. Approved".to_owned(),
            at: DateTime::UNIX_EPOCH,
            revalidated: None,
        }
    }

    #[test]
    fn what_is_told_has_one_operation_however_often_it_is_planned() {
        let board = BoardId(uuid::Uuid::from_u128(1));
        let one = handed_back(&back());
        assert_eq!(operation_id(board, &one), operation_id(board, &handed_back(&back())));
        let other = handed_back(&Rollback { entry: EntryId([2; 32]), ..back() });
        assert_ne!(marker(&operation_id(board, &other)), marker(&operation_id(board, &one)));
    }

    #[test]
    fn a_ticket_that_said_not_to_close_it_is_told_once_that_it_may_be_closed() {
        let known = |all: &[(&str, OutboxState)]| -> BTreeMap<String, OutboxState> {
            all.iter().map(|(of, state)| ((*of).to_owned(), *state)).collect()
        };
        let said = ("overdue e1", OutboxState::Verified);
        for (of, before, due) in [
            ("overdue e1", known(&[]), true),
            ("overdue e1", known(&[said]), false),
            ("overdue e1", known(&[("overdue e1", OutboxState::Cancelled)]), false),
            ("settled e1", known(&[]), false),
            ("settled e1", known(&[("overdue e1", OutboxState::Failed)]), false),
            ("settled e1", known(&[("overdue e2", OutboxState::Verified)]), false),
            ("settled e1", known(&[said]), true),
            ("settled e1", known(&[said, ("settled e1", OutboxState::Queued)]), false),
        ] {
            assert_eq!(is_due(of, &before), due, "{of}, {before:?}");
        }
        let key: ChangeKey = "CHG-17".parse().expect("a key");
        assert!(standing(&key, "e1", &[], false).is_none(), "what is owed and not late is told by nobody");
        assert_eq!(standing(&key, "e1", &[], true).map(|telling| telling.of).as_deref(), Some("settled e1"));
    }

    #[test]
    fn a_hand_off_names_the_incident_and_nobodys_text_makes_a_heading_of_its_own() {
        for format in [TextFormat::Plain, TextFormat::Textile, TextFormat::Markdown] {
            let text = handed_back(&back()).note.render(format);
            assert!(text.contains("Handed back from this change to an incident"), "{text}");
            assert!(text.contains("INC-8") && !text.lines().any(|line| line.starts_with("h1.")), "{text}");
        }
    }

    #[test]
    fn a_problem_is_handed_over_once_the_root_cause_is_signed() {
        assert!(understood(&back(), "Rana").is_none());
        let again = Revalidation {
            entry: EntryId([4; 32]),
            actor: MemberId(uuid::Uuid::from_u128(4)),
            root_cause: "A missing index".to_owned(),
            note: "Run 9 was green".to_owned(),
        };
        let known = Rollback { revalidated: Some(again), ..back() };
        let text = understood(&known, "Rana").expect("it is known").note.render(TextFormat::Plain);
        assert!(["A missing index", "Run 9 was green", "Rana"].iter().all(|part| text.contains(part)), "{text}");
    }

    #[test]
    fn what_is_overdue_is_named_with_its_date() {
        let owed = Owed {
            declaration: EntryId([1; 32]),
            change: "CHG-17".parse().expect("a key"),
            id: "review".to_owned(),
            clause: "R66".to_owned(),
            what: "The review after it".to_owned(),
            due: DateTime::UNIX_EPOCH + Duration::days(1),
            met: None,
        };
        let text = kept_open(&owed.change, "overdue".to_owned(), std::slice::from_ref(&owed)).note;
        assert!(text.render(TextFormat::Plain).contains("The review after it (due 1970-01-02T00:00:00Z)"), "{text:?}");
    }
}
