//! Giving a stale sign-off again: a new one over what the change says now, with why. The earlier entry stays.
use domain::ids::{EntryId, MemberId};
use domain::sign_off::{SignOff, Staleness};

use crate::cabinet::{Cabinet, OpenBoard};
use crate::changes::{beside, present, stands_newest};
use crate::error::{Answer, BoardError};
use crate::minutes::phrases::Words;
use crate::sign_offs::Snapshot;
use crate::state::BoardState;
use crate::views::{Difference, StaleSignOff};

/// More names than these are counted.
const MOST_NAMES: usize = 3;

/// The sign-off that is given again.
pub(crate) struct Reaffirmed {
    pub entry: EntryId,
    /// Nobody gives another's sign-off again.
    pub actor: MemberId,
    /// Why, as it is prefilled.
    pub reason: String,
}

impl Cabinet {
    /// The sign-offs on the change that are stale beside what is about to be signed, each signer's newest.
    pub(crate) async fn stale_beside(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        shown: &Snapshot,
    ) -> Answer<Vec<StaleSignOff>> {
        let key = &shown.change.key;
        let sign_offs = state.ledger.sign_offs.get(key).map_or(&[][..], Vec::as_slice);
        let now = present(state, key, &shown.content, shown.risk.level);
        let mut stale = Vec::new();
        for sign_off in sign_offs.iter().filter(|s| s.withdrawn.is_none() && stands_newest(sign_offs, s)) {
            let staleness = sign_off.staleness(&now);
            if staleness == Staleness::Current {
                continue;
            }
            let differs = beside(board, sign_off, staleness, (&shown.content, now.level)).await?;
            stale.push(StaleSignOff {
                id: sign_off.entry.to_string(),
                member: sign_off.actor.to_string(),
                signer: state.name(sign_off.actor),
                signed_at: crate::words::time(sign_off.claimed),
                differences: differs.differences,
                not_kept: differs.not_kept,
            });
        }
        Ok(stale)
    }
}

/// The sign-off of this id.
pub(crate) fn named<'s>(state: &'s BoardState, id: &str) -> Answer<&'s SignOff> {
    let mut all = state.ledger.sign_offs.values().flatten();
    all.find(|s| s.entry.to_string() == id).ok_or_else(|| BoardError::not_found("sign-off", id))
}

/// What is given again, and why; refused where it still speaks for the change, or its signer has spoken since.
pub(crate) fn of(signed: &SignOff, shown: &Snapshot) -> Answer<Reaffirmed> {
    let id = signed.entry.to_string();
    let stale = shown.stale.iter().find(|s| s.id == id).ok_or_else(|| {
        BoardError::refused(
            "not_stale",
            format!("The sign-off {} does not wait to be given again.", signed.entry.short()),
            Some("R30"),
            "Look at the change: it may speak for it as it is, be withdrawn, or have been given again already.",
        )
    })?;
    Ok(Reaffirmed { entry: signed.entry, actor: signed.actor, reason: reason(&stale.differences, shown.words) })
}

/// "Reaffirmed after a change of Version and Plan: Backout plan."
fn reason(differences: &[Difference], words: Words) -> String {
    let named = differences.iter().take(MOST_NAMES).map(|d| words.field(&d.field, &d.label));
    words.reaffirmed(&named.collect::<Vec<_>>(), differences.len().saturating_sub(MOST_NAMES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefilled_reason_names_what_was_edited() {
        let differences = |labels: &[&str]| -> Vec<Difference> {
            let of = |label: &&str| Difference {
                field: String::new(),
                label: (*label).to_owned(),
                material: true,
                lines: Vec::new(),
                rows: Vec::new(),
            };
            labels.iter().map(of).collect()
        };
        for (labels, wanted) in [
            (vec![], "Reaffirmed after the change was edited."),
            (vec!["Version"], "Reaffirmed after a change of Version."),
            (vec!["Version", "Title"], "Reaffirmed after a change of Version and Title."),
            (vec!["A", "B", "C"], "Reaffirmed after a change of A, B and C."),
            (vec!["A", "B", "C", "D", "E"], "Reaffirmed after a change of A, B, C and 2 more."),
        ] {
            assert_eq!(reason(&differences(&labels), Words::ENGLISH), wanted);
        }
    }
}
