//! What was recorded before: the same comment or mail counts once.
use domain::ids::Digest;
use record::manifest::Blob;

use super::Found;
use crate::cabinet::OpenBoard;
use crate::error::{Answer, BoardError};
use crate::sign_offs::Snapshot;
use crate::state::BoardState;

/// A comment or mail that was recorded, and taken back or contested since, is not recorded again: verifiers refuse it.
pub(super) async fn refuse(board: &OpenBoard, state: &BoardState, shown: &Snapshot, found: &Found) -> Answer<()> {
    let all = state.ledger.sign_offs.get(&shown.change.key).into_iter().flatten();
    let of_this = all.filter(|s| s.manifest == shown.digest);
    let raws: Vec<Digest> = of_this.filter_map(|s| s.body.written.as_ref().map(|written| written.raw)).collect();
    for raw in raws {
        // With what is not here nobody can compare, no verifier either.
        let Ok(stored) = board.store.blob(raw).await else { continue };
        if Blob::from_stored(&stored, raw).is_ok_and(|before| before.bytes == found.raw.bytes) {
            return Err(BoardError::refused(
                "recorded_before",
                format!("What stands in {} was recorded already, and does not count a second time.", found.place),
                Some("R31"),
                "Whoever approves again writes again: ask for the line in another comment or mail.",
            ));
        }
    }
    Ok(())
}
