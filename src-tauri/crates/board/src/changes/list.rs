//! The list of changes: sorted, filtered and paged in the store, never in the window.
use std::collections::BTreeSet;

use domain::change::ChangeKind;
use domain::ids::ChangeKey;
use domain::sign_off::Standing;
use domain::text::mark_invisible;
use store::{IndexRow, SortColumn, View};

use super::looked::shown;
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::meetings::draft::MeetingDraft;
use crate::state::BoardState;
use crate::views::{
    ApprovalState, ChangeColumn, ChangeRow, ChangesPage, ChangesPageCounts, ChangesQuery, ChangesQueryView,
    ImplementationWindow, RiskSummary,
};

/// Changes that stand on an agenda in preparation or in session.
async fn on_agenda(board: &OpenBoard, state: &BoardState) -> Answer<BTreeSet<ChangeKey>> {
    let mut keys = BTreeSet::new();
    for draft in board.drafts::<MeetingDraft>("meeting").await? {
        if !state.ledger.meetings.contains_key(&draft.id) {
            keys.extend(draft.items.into_iter().map(|i| i.change));
        }
    }
    for meeting in state.ledger.meetings.values().filter(|m| m.closed.is_none()) {
        keys.extend(meeting.agenda.items.iter().map(|i| i.change.clone()));
    }
    Ok(keys)
}

/// Whether a standing is that of a decision in favour, and how far its approval is.
pub(super) fn approval(standing: Standing) -> ApprovalState {
    match standing {
        Standing::Approved => ApprovalState::Holds,
        Standing::Stale => ApprovalState::Stale,
        Standing::AwaitingSignOff | Standing::AwaitingConditions => ApprovalState::AwaitingSignOff,
        Standing::Undecided
        | Standing::Rejected
        | Standing::Deferred
        | Standing::MoreInformation
        | Standing::Withdrawn => ApprovalState::NotApplicable,
    }
}

/// A change in one line.
fn row_view(row: &IndexRow, changed_since_looked: bool, on_agenda: bool, in_the_way: bool) -> ChangeRow {
    let decided = row.decision.is_some();
    ChangeRow {
        id: row.key.to_string(),
        key: row.key.to_string(),
        title: mark_invisible(&row.title),
        // A kind that nobody mapped goes the board's way; the page of the change names the problem.
        kind: row.kind.unwrap_or(ChangeKind::Normal),
        remote_status: mark_invisible(&row.status),
        risk: RiskSummary {
            assessed: row.assessed,
            score: (row.open_questions == 0 || decided).then_some(row.score_high),
            low: row.score_low,
            high: row.score_high,
            open: row.open_questions,
            level: if decided { Some(row.level_high) } else { row.level },
            low_level: row.level_low,
            high_level: row.level_high,
        },
        decision: row.decision,
        approval: approval(row.standing),
        window: row.window.as_ref().map(|w| ImplementationWindow {
            starts_at: crate::words::time(w.start),
            ends_at: crate::words::time(w.end),
            zone: mark_invisible(&w.zone),
        }),
        systems: shown(&row.systems).or_else(|| shown(&row.service)),
        author: shown(&row.author),
        gates_failed: row.gates_failed + u32::from(in_the_way),
        gates_blocking: row.gates_blocking + u32::from(in_the_way),
        plan_ticked: row.plan_ticked,
        plan_total: row.plan_total,
        release: shown(&row.release),
        changed_since_looked,
        on_agenda,
        updated_at: crate::words::time(row.updated),
    }
}

impl Cabinet {
    /// A page of the list.
    pub async fn list_changes(&self, request: ChangesQuery) -> Answer<ChangesPage> {
        let board = self.board()?;
        let state = board.state().await?;
        let me = self.me(&board, &state).await?.map(|m| m.id);
        let query = store::ChangesQuery {
            text: request.text,
            kinds: request.kinds,
            levels: request.levels,
            view: match request.view {
                ChangesQueryView::All => View::All,
                ChangesQueryView::Open => View::Open,
                ChangesQueryView::Attention => View::Attention,
                ChangesQueryView::Decided => View::Decided,
            },
            with_tombstones: false,
            member: me,
            sort: match request.sort.column {
                ChangeColumn::Key => SortColumn::Key,
                ChangeColumn::Title => SortColumn::Title,
                ChangeColumn::Kind => SortColumn::Kind,
                ChangeColumn::Risk => SortColumn::Risk,
                ChangeColumn::Decision => SortColumn::Decision,
                ChangeColumn::Window => SortColumn::Window,
                ChangeColumn::Updated => SortColumn::Updated,
            },
            descending: request.sort.descending,
            offset: request.offset,
            limit: request.limit.clamp(1, store::MAX_LIMIT),
            ..store::ChangesQuery::default()
        };
        let page = board.store.list_changes(&query).await.map_err(stored)?;
        let agenda = on_agenda(&board, &state).await?;
        let shown: Vec<&IndexRow> = page.rows.iter().map(|r| &r.row).collect();
        let met = self.blocked_by_others(&board, &state, &shown).await?;
        Ok(ChangesPage {
            total: page.total,
            offset: request.offset,
            counts: ChangesPageCounts {
                all: page.counts.all,
                open: page.counts.open,
                attention: page.counts.attention,
                decided: page.counts.decided,
            },
            rows: page
                .rows
                .iter()
                .map(|r| {
                    let key = &r.row.key;
                    row_view(&r.row, r.changed_since_looked, agenda.contains(key), met.contains(key))
                })
                .collect(),
        })
    }

    /// A change in one line.
    pub(crate) async fn row(&self, board: &OpenBoard, state: &BoardState, key: &ChangeKey) -> Answer<ChangeRow> {
        let row = match board.store.index_row(key).await.map_err(stored)? {
            Some(row) => row,
            None => {
                // Not indexed yet: made for this answer, and kept by the next writing.
                let found = self.load_stored(board, key).await?;
                self.index_row(board, state, &found)?
            }
        };
        let seen = match self.me(board, state).await? {
            Some(me) => board.store.last_seen(me.id, key).await.map_err(stored)?,
            None => None,
        };
        let changed = seen.is_some_and(|s| s.content != row.content);
        let met = self.blocked_by_others(board, state, &[&row]).await?.contains(key);
        Ok(row_view(&row, changed, on_agenda(board, state).await?.contains(key), met))
    }

    /// The key a deep link or a command line names, if the board has it.
    pub async fn find_change(&self, text: &str) -> Answer<ChangeKey> {
        let board = self.board()?;
        let key = crate::words::change_key(text)?;
        match board.store.change(&key).await.map_err(stored)? {
            Some(_) => Ok(key),
            None => Err(BoardError::not_found("change", key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_decision_in_favour_has_an_approval() {
        for (standing, expected) in [
            (Standing::Undecided, ApprovalState::NotApplicable),
            (Standing::Rejected, ApprovalState::NotApplicable),
            (Standing::Deferred, ApprovalState::NotApplicable),
            (Standing::AwaitingSignOff, ApprovalState::AwaitingSignOff),
            (Standing::AwaitingConditions, ApprovalState::AwaitingSignOff),
            (Standing::Approved, ApprovalState::Holds),
            (Standing::Stale, ApprovalState::Stale),
        ] {
            assert_eq!(approval(standing), expected, "{standing:?}");
        }
    }
}
