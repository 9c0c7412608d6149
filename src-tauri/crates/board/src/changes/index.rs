//! The rows of the long list: made from the change and the ledger, thrown away and made again.
use domain::change::{ChangeRequest, StatusCategory};
use domain::ids::ChangeKey;
use domain::ledger::Touched;
use domain::sign_off::{SignOff, Staleness, Standing};
use store::{IndexRow, StoredChange};

use super::required::stands_newest;
use super::{as_committed, as_known};
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::Answer;
use crate::state::BoardState;

/// Rows written in one transaction; others may write in between.
const BATCH: u32 = 200;
/// Of the description, what can be found by searching.
const SEARCHED: usize = 4_000;

impl Cabinet {
    /// The row of a change.
    pub(crate) fn index_row(&self, board: &OpenBoard, state: &BoardState, found: &StoredChange) -> Answer<IndexRow> {
        let change: &ChangeRequest = &found.change;
        board.vanished.note(&change.key, found.tombstone.is_some());
        let risk = self.risk_of(state, change)?;
        let (content, now) = self.says_at(state, change, risk.decided.level)?;
        let standing = self.standing(state, change)?;
        let mut gates = self.gates(board, state, change, Some(risk.decided.level));
        // A row is made again when its change is touched, not when another is moved into its way: that is counted as the list
        // is read.
        gates.retain(|outcome| outcome.gate.id != crate::gates::CONFLICTS);
        let counts = crate::gates::counts(change, &gates);
        let sign_offs = state.ledger.sign_offs.get(&change.key).map_or(&[][..], Vec::as_slice);
        // What its signer has said anew since is history, and asks for nobody's attention; nor does what came too late.
        let is_stale = |s: &SignOff| !s.late && stands_newest(sign_offs, s) && s.staleness(&now) != Staleness::Current;
        let stale = standing == Standing::Stale || sign_offs.iter().any(is_stale);
        let over = change.status.category == Some(StatusCategory::Closed);
        let decided = state.ledger.decision(&change.key).map(|d| d.decision.kind);
        let pending = decided.is_none_or(domain::meeting::DecisionKind::approves);
        let (ticked, total) = crate::plan::ticked(state, change);
        let name =
            |account: &Option<domain::change::Account>| account.as_ref().map_or_else(String::new, |a| a.name.clone());
        let description = &change.description.text;
        Ok(IndexRow {
            key: change.key.clone(),
            connection: change.connection,
            remote_id: change.remote_id.clone(),
            title: change.title.clone(),
            kind: change.kind,
            status: change.status.name.clone(),
            category: change.status.category,
            requester: name(&change.requester),
            author: name(&change.author),
            service: change.service.clone(),
            systems: change.affected_systems.clone(),
            environment: change.environment.clone(),
            window: change.window.clone(),
            updated: change.updated,
            content: content.digest,
            assessed: risk.submitted.is_some(),
            level: risk.settled_level(),
            level_low: risk.range.lowest,
            level_high: risk.range.highest,
            score_low: risk.range.min,
            score_high: risk.range.max,
            open_questions: risk.range.open,
            standing,
            decision: decided,
            gates_failed: counts.failed,
            gates_blocking: counts.blocking,
            gates_warned: counts.warned,
            plan_ticked: ticked,
            plan_total: total,
            stale,
            attention: !over && pending && (stale || counts.failed > 0),
            release: change.release.clone(),
            search: format!(
                "{}\n{}\n{}\n{}\n{}",
                &description[..description.floor_char_boundary(SEARCHED)],
                name(&change.assignee),
                change.affected_applications,
                change.version,
                change.release
            ),
        })
    }

    /// Makes the rows of these changes again.
    pub(crate) async fn reindex_changes(
        &self,
        board: &OpenBoard,
        keys: impl IntoIterator<Item = ChangeKey>,
    ) -> Answer<()> {
        let state = board.state().await?;
        let mut rows = Vec::new();
        for key in keys {
            // An entry may speak of a change that this device has not synced yet.
            let Some(found) = board.store.change(&key).await.map_err(stored)? else { continue };
            self.read_files(board, &found.change).await?;
            rows.push(self.index_row(board, &state, &as_committed(board, &state, as_known(found)))?);
        }
        if rows.is_empty() {
            return Ok(());
        }
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        tx.put_index(&rows).await.map_err(stored)?;
        tx.commit().await.map_err(stored)?;
        Ok(())
    }

    /// Makes the rows again of whatever an entry touched.
    pub(crate) async fn reindex_touched(&self, board: &OpenBoard, touched: &[Touched]) -> Answer<()> {
        let state = board.state().await?;
        let mut keys = std::collections::BTreeSet::new();
        for one in touched {
            match one {
                Touched::Assessments(key)
                | Touched::PlanReviews(key)
                | Touched::PlanApprovals(key)
                | Touched::SignOffs(key)
                | Touched::Rulings(key)
                | Touched::Dispensations(key)
                | Touched::Decisions(key)
                | Touched::WrittenBack(key)
                | Touched::Attested(key)
                | Touched::Exports(key) => drop(keys.insert(key.clone())),
                Touched::Condition(id) => keys.extend(state.ledger.conditions.get(id).map(|c| c.change.clone())),
                // What is frozen with the agenda says which attachments are material.
                Touched::Meeting(id) => {
                    let items = state.ledger.meetings.get(id).map(|m| m.agenda.items.as_slice()).unwrap_or_default();
                    keys.extend(items.iter().map(|i| i.change.clone()));
                }
                Touched::Emergency(id) => {
                    keys.extend(
                        state.ledger.emergencies.get(id).and_then(domain::emergency::Emergency::ticket).cloned(),
                    );
                }
                Touched::Rollback(id) => keys.extend(state.ledger.rollbacks.get(id).map(|r| r.change.clone())),
                Touched::Obligation(id) => keys.extend(state.ledger.obligations.get(id).map(|o| o.body.change.clone())),
                Touched::Delegation(_) | Touched::Spoken(..) | Touched::Standing(_) | Touched::Unknown(_) => {}
            }
        }
        self.reindex_changes(board, keys).await
    }

    /// Makes the whole list again.
    pub(crate) async fn reindex(&self, board: &OpenBoard) -> Answer<()> {
        let state = board.state().await?;
        let mut after: Option<ChangeKey> = None;
        loop {
            let page = board.store.changes_after(after.as_ref(), BATCH).await.map_err(stored)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.change.key.clone());
            let mut rows = Vec::with_capacity(page.len());
            for found in page {
                self.read_files(board, &found.change).await?;
                rows.push(self.index_row(board, &state, &as_committed(board, &state, as_known(found)))?);
            }
            let mut tx = board.store.begin_immediate().await.map_err(stored)?;
            tx.put_index(&rows).await.map_err(stored)?;
            tx.commit().await.map_err(stored)?;
        }
    }
}
