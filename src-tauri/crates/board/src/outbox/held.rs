//! Approvals that wait in the outbox while a gate comes to block them: they stay here.
use store::{Operation, OutboxState, Transition};

use super::write_back::{self, WriteBack};
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::Answer;

impl Cabinet {
    /// Blocks every approval of which nothing was sent yet and whose change, as it was last synced, a gate blocks: a linked
    /// defect or a lost ticket does not show in the fields that are compared before writing. What may be on its ticket
    /// already is looked for there, as ever.
    pub(super) async fn hold_back(&self, board: &OpenBoard) -> Answer<()> {
        let waits =
            |operation: &&Operation| operation.kind == write_back::KIND && operation.state == OutboxState::Queued;
        let all = board.store.operations().await.map_err(stored)?;
        let waiting: Vec<&Operation> = all.iter().filter(waits).collect();
        if waiting.is_empty() {
            return Ok(());
        }
        let state = board.state().await?;
        for operation in waiting {
            if !WriteBack::read(operation)?.kind.approves() {
                continue;
            }
            let change = self.load_change(board, &operation.change).await?;
            // An edit whose details have not arrived is no reason to wait for a person: it is compared on the ticket.
            if !change.details_synced {
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
}
