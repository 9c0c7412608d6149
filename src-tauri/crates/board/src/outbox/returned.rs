//! A change on its way back to its requester: one comment, at most once a day per ticket.
use chrono::{DateTime, Duration, Utc};
use domain::change::{ChangeRequest, StatusCategory, carries_marker};
use domain::ids::{BoardId, ChangeKey, Digest, OperationId};
use domain::sign_off::Standing;
use domain::template::{AskBack, ask_back};
use domain::text::mark_invisible;
use serde::{Deserialize, Serialize};
use store::{NewOperation, Operation, OutboxState, StoredChange, Transition};
use ticketing::mapping::Mapping;
use ticketing::{Note, NoteBlock, PushOperation, marker};

use super::decides;
use super::write_back::{Base, Planned, base_of};
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::gates::sentence;
use crate::state::BoardState;

/// A change that goes back to its requester.
pub(super) const RETURN: &str = "return";
/// The comment's heading; by it and a marker every device knows the comment again.
const TITLE: &str = "Returned to the requester";
/// A ticket is asked once in so long.
const ONCE_IN: Duration = Duration::hours(24);

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Return {
    /// A comment and nothing else.
    pub operation: PushOperation,
}

/// What returning a change comes to.
pub(crate) enum Returning {
    /// This is asked.
    Ask(Box<Asking>),
    /// Nothing is, and why.
    No(String),
}

/// A comment that could be queued.
pub(crate) struct Asking {
    /// The operation.
    planned: Planned,
    /// The comment as it will stand on the ticket, in its markup.
    pub text: String,
    /// How many things are missing.
    pub missing: usize,
}

/// That a comment of this kind stands on a ticket.
pub(super) struct Asked {
    since: DateTime<Utc>,
    /// The marker that is one's own.
    own: String,
}

impl Asked {
    /// For a return that is about to be sent: whether another device, or another day's, asked meanwhile.
    pub fn by_others(operation: &Operation, now: DateTime<Utc>) -> Option<Self> {
        (operation.kind == RETURN).then(|| Self { since: now - ONCE_IN, own: operation.marker.clone() })
    }

    /// Whether the ticket shows it.
    pub fn on(&self, change: &ChangeRequest) -> bool {
        asked_at(change).is_some_and(|(at, text)| at > self.since && !text.contains(&self.own))
    }
}

/// When the ticket's requester was last asked, as the ticket shows it, whichever device did; with the comment.
fn asked_at(change: &ChangeRequest) -> Option<(DateTime<Utc>, &str)> {
    // A reply may quote the comment.
    let asks = |line: &str| line.contains(TITLE) && !line.trim_start().starts_with('>');
    let ours = |text: &str| carries_marker(text) && text.lines().any(asks);
    let comments = change.journals.iter().filter(|journal| ours(&journal.notes.text));
    comments.map(|journal| (journal.at, journal.notes.text.as_str())).max_by_key(|(at, _)| *at)
}

/// One ticket has one operation a day, on whichever device it is planned: its id, and so its marker on the ticket,
/// follows from the day. `generation` counts those that were given up before anything was sent.
fn operation_id(board: BoardId, change: &ChangeKey, now: DateTime<Utc>, generation: usize) -> OperationId {
    let named = format!("return\n{board}\n{change}\n{}\n{generation}", now.date_naive());
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&Digest::of(named.as_bytes()).0[..16]);
    OperationId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// The comment: what is missing, each with its clause, and the templates for that alone.
fn note(board: &str, asked: &AskBack) -> Note {
    let items = asked.missing.iter().map(|missing| {
        let (why, by) = (sentence(&missing.why), sentence(&missing.by));
        mark_invisible(&format!("{} {}: {why} {by}", missing.clause, missing.title))
    });
    let mut blocks = vec![
        NoteBlock::Heading { text: TITLE.to_owned() },
        NoteBlock::Paragraph { text: mark_invisible(&format!("{board} misses on this change:")) },
        NoteBlock::Bullets { items: items.collect() },
    ];
    if !asked.template.is_empty() {
        let how = "Copy these lines into the description, or into a comment of your own, and fill them in there. They \
                   are read back from there; nothing else needs to be repeated.";
        blocks.push(NoteBlock::Paragraph { text: how.to_owned() });
        blocks.push(NoteBlock::Code { text: asked.template.clone() });
    }
    Note { blocks }
}

/// Why a change does not go back to its requester, as far as the ticket and its standing say.
fn unfit(found: &StoredChange, standing: Standing) -> Option<&'static str> {
    let open = match standing {
        Standing::Undecided | Standing::Deferred | Standing::MoreInformation => true,
        Standing::AwaitingSignOff
        | Standing::AwaitingConditions
        | Standing::Approved
        | Standing::Stale
        | Standing::Rejected
        | Standing::Withdrawn => false,
    };
    let change = &found.change;
    if found.tombstone.is_some() {
        Some("the ticket is gone from its system, or we may no longer read it")
    } else if !open {
        Some("it is decided")
    } else if change.status.category == Some(StatusCategory::Closed) {
        Some("its ticket is closed")
    } else if !change.details_synced {
        Some("its details have not arrived yet; sync first")
    } else if change.requester.is_none() && change.author.is_none() {
        Some("there is nobody to ask: the ticket names no requester and no author")
    } else {
        None
    }
}

impl Cabinet {
    /// What returning a change to its requester comes to, now.
    pub(crate) async fn returning(&self, board: &OpenBoard, state: &BoardState, key: &ChangeKey) -> Answer<Returning> {
        let found = self.load_stored(board, key).await?;
        let change = &found.change;
        if let Some(why) = unfit(&found, self.standing(state, change)?) {
            return Ok(Returning::No(why.to_owned()));
        }
        let now = self.now();
        let level = self.risk_of(state, change)?.decided.level;
        let open = self.open_questions(state, change)?;
        let asked = ask_back(&self.gates(board, state, change, Some(level)), &open, change.description.format);
        if asked.is_complete() {
            return Ok(Returning::No("nothing is missing".to_owned()));
        }
        if let Some((at, _)) = asked_at(change).filter(|(at, _)| *at > now - ONCE_IN) {
            return Ok(Returning::No(format!("its requester was asked at {}", crate::words::time(at))));
        }
        let existing = board.store.operations().await.map_err(stored)?;
        let mut given_up = 0;
        for operation in existing.iter().filter(|o| o.kind == RETURN && o.change == *key) {
            match operation.state {
                OutboxState::Cancelled => given_up += 1,
                OutboxState::Verified if operation.created_at > now - ONCE_IN => {
                    let at = crate::words::time(operation.created_at);
                    return Ok(Returning::No(format!("its requester was asked at {at}")));
                }
                OutboxState::Verified => {}
                OutboxState::Queued
                | OutboxState::Sending
                | OutboxState::Unknown
                | OutboxState::Failed
                | OutboxState::Blocked => {
                    return Ok(Returning::No("a return of it waits in the outbox already".to_owned()));
                }
            }
        }
        let Some(connection) = board.store.connection(change.connection).await.map_err(stored)? else {
            return Ok(Returning::No("its connection to the ticketing system is gone".to_owned()));
        };
        let mapping =
            Mapping::from_json(connection.mapping.as_bytes()).map_err(|e| crate::sync::of_stored(&connection, &e))?;
        let named = self.material_attachments(state, change);
        let base = base_of(&mapping, &state.policy, change, &named);
        let roster = state.roster();
        let id = operation_id(roster.board, key, now, given_up);
        let note = note(&roster.name, &asked);
        let mut shown = note.clone();
        shown.blocks.push(NoteBlock::Fact { label: "Reference".to_owned(), value: marker(&id) });
        let operation = PushOperation {
            id,
            remote_id: change.remote_id.clone(),
            note,
            status: None,
            fields: std::collections::BTreeMap::new(),
            file: None,
            base: base.seen.clone(),
        };
        let new = NewOperation {
            id,
            change: key.clone(),
            kind: RETURN.to_owned(),
            payload: serde_json::to_string(&Return { operation }).map_err(|e| BoardError::internal(&e))?,
            base: serde_json::to_string::<Base>(&base).map_err(|e| BoardError::internal(&e))?,
            marker: marker(&id),
            not_before: now,
            created_at: now,
        };
        Ok(Returning::Ask(Box::new(Asking {
            planned: Planned { new, blocked: None },
            text: shown.render(mapping.text_format),
            missing: asked.missing.len(),
        })))
    }

    /// Puts a return into the outbox, unless it is there already.
    pub(crate) async fn queue_return(&self, board: &OpenBoard, asking: &Asking) -> Answer<()> {
        self.enqueue(board, &asking.planned).await
    }

    /// A person has seen why a return was blocked: nothing was sent, so it is made anew from what the ticket says now,
    /// if there still is something to ask.
    pub(super) async fn ask_anew(&self, board: &OpenBoard, state: &BoardState, operation: &Operation) -> Answer<()> {
        let with = Transition { error: operation.last_error.clone(), ..Transition::default() };
        if !self.step(board, operation.id, OutboxState::Blocked, OutboxState::Cancelled, &with).await? {
            return Ok(());
        }
        match self.returning(board, state, &operation.change).await? {
            Returning::Ask(asking) => self.queue_return(board, &asking).await,
            Returning::No(_) => Ok(()),
        }
    }

    /// A return that is stuck, or has not gone out, makes way for a decision that waits behind it: what it asked has
    /// been decided without.
    pub(super) async fn step_aside(&self, board: &OpenBoard) -> Answer<()> {
        let all = board.store.operations().await.map_err(stored)?;
        for operation in all.iter().filter(|o| o.kind == RETURN) {
            let movable = matches!(operation.state, OutboxState::Queued | OutboxState::Failed | OutboxState::Blocked);
            let behind = |other: &&Operation| {
                let over = matches!(other.state, OutboxState::Verified | OutboxState::Cancelled);
                decides(&other.kind) && other.change == operation.change && other.seq > operation.seq && !over
            };
            if movable && all.iter().any(|other| behind(&other)) {
                let with = Transition { error: operation.last_error.clone(), ..Transition::default() };
                self.step(board, operation.id, operation.state, OutboxState::Cancelled, &with).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::testing::change;
    use domain::change::{Account, Journal, RawText, TextFormat};
    use domain::template::Missing;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::hours(hour)
    }

    fn asked() -> AskBack {
        AskBack {
            missing: vec![Missing {
                clause: "R23".into(),
                title: "Plan: Backout plan".into(),
                why: "missing".into(),
                by: "write the section “Backout plan” of the plan".into(),
            }],
            template: domain::template::plan_template(TextFormat::Textile, &[domain::plan::PlanSection::Backout]),
        }
    }

    fn commented(text: &str, hour: i64) -> ChangeRequest {
        let mut change = change("CHG-1");
        change.journals.push(Journal {
            remote_id: "9".into(),
            author: Account { id: "3".into(), name: "Desk".into() },
            at: at(hour),
            notes: RawText { format: TextFormat::Textile, text: text.into() },
            details: Vec::new(),
            private: false,
            own: false,
        });
        change
    }

    #[test]
    fn a_ticket_has_one_operation_a_day_on_every_device() {
        let board = BoardId(uuid::Uuid::from_u128(1));
        let id =
            |change: &str, hour, generation| operation_id(board, &change.parse().expect("a key"), at(hour), generation);
        assert_eq!(id("CHG-1", 1, 0), id("CHG-1", 23, 0));
        for other in [id("CHG-2", 1, 0), id("CHG-1", 24, 0), id("CHG-1", 1, 1)] {
            assert_ne!(marker(&other), marker(&id("CHG-1", 1, 0)));
        }
    }

    #[test]
    fn the_comment_lists_each_thing_with_its_clause_and_answers_nothing_itself() {
        let id = OperationId(uuid::Uuid::from_u128(7));
        let mut note = note("The board", &asked());
        note.blocks.push(NoteBlock::Fact { label: "Reference".into(), value: marker(&id) });
        for format in [TextFormat::Plain, TextFormat::Textile, TextFormat::Markdown] {
            let text = note.render(format);
            assert!(text.contains("R23 Plan") && text.contains("Write the section"));
            let mut back = commented(&text, 1);
            back.author = Some(Account { id: "3".into(), name: "Desk".into() });
            domain::template::fill(&mut back);
            assert!(back.plan.is_empty(), "{format:?}: {text}");
            assert_eq!(asked_at(&back).map(|(when, _)| when), Some(at(1)), "{format:?}: {text}");
        }
    }

    fn stored(change: ChangeRequest) -> StoredChange {
        StoredChange {
            change,
            remote_hash: Digest([0; 32]),
            details_hash: None,
            details_due: false,
            first_seen: DateTime::UNIX_EPOCH,
            last_synced: DateTime::UNIX_EPOCH,
            tombstone: None,
            tombstoned_at: None,
        }
    }

    #[test]
    fn only_an_open_change_that_is_here_and_has_somebody_goes_back() {
        let fit = |edit: fn(&mut ChangeRequest), standing| {
            let mut change = change("CHG-1");
            edit(&mut change);
            unfit(&stored(change), standing).is_none()
        };
        for (standing, goes) in [
            (Standing::Undecided, true),
            (Standing::Deferred, true),
            (Standing::MoreInformation, true),
            (Standing::AwaitingSignOff, false),
            (Standing::Approved, false),
            (Standing::Rejected, false),
        ] {
            assert_eq!(fit(|_| (), standing), goes, "{standing:?}");
        }
        assert!(!fit(|c| c.details_synced = false, Standing::Undecided), "what is on the ticket is not known yet");
        assert!(!fit(|c| c.author = None, Standing::Undecided), "there is nobody to ask");
        assert!(!fit(|c| c.status.category = Some(StatusCategory::Closed), Standing::Undecided), "it is over");
        let gone = StoredChange { tombstone: Some(store::Tombstone::Deleted), ..stored(change("CHG-1")) };
        assert!(unfit(&gone, Standing::Undecided).is_some());
    }

    #[test]
    fn a_quotation_of_the_comment_is_no_asking() {
        let text = "h3. Returned to the requester\n\nx\n\n*Reference:* CAB-1a2b3c4d";
        assert!(asked_at(&commented(text, 1)).is_some());
        let quoted: String = text.lines().map(|line| format!("> {line}\n")).collect();
        assert!(asked_at(&commented(&quoted, 1)).is_none());
        assert!(asked_at(&commented("Returned to the requester, I hear", 1)).is_none());
    }

    #[test]
    fn another_devices_comment_of_the_day_holds_a_return_back_and_its_own_does_not() {
        let text = "h3. Returned to the requester\n\n*Reference:* CAB-1a2b3c4d";
        let other = Asked { since: at(0), own: "CAB-00000000".into() };
        assert!(other.on(&commented(text, 1)));
        assert!(!other.on(&commented(text, 0)), "long ago");
        assert!(!Asked { since: at(0), own: "CAB-1a2b3c4d".into() }.on(&commented(text, 1)));
    }
}
