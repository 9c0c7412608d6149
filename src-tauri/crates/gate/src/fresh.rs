//! What a newer export or snapshot says of an approval (`--fresh`): later edits, withdrawals and decisions.
use domain::ledger::Export;
use domain::roster::Role;
use domain::shift::Moved;
use domain::sign_off::{Present, Standing};

use crate::asked::Asked;
use crate::evidence::{Disputed, Held, Told, Unheld};
use crate::export::{exports, is_snapshot};
use crate::judge::{check_newer, stands};
use crate::reason::{Finding, Reason};

/// Reads the fresh file: it holds under the same root, is about this change (or the whole record), and knows of the
/// approval, so that it cannot be an older one.
pub(crate) fn read(bytes: &[u8], asked: &Asked, export: &Export, told: &Told<'_>) -> Result<Held, Finding> {
    let held = Held::read(bytes, asked.roster_root).map_err(|why| match why {
        Unheld::Form(refusal) => Finding::new(Reason::FreshUnreadable, refusal.to_string()),
        Unheld::Broken(refusal) => Finding::new(Reason::FreshEvidence, refusal.to_string()),
    })?;
    check_newer(&held, Reason::FreshEvidence)?;
    let scope = &held.bundle.scope;
    if !scope.complete && scope.change.as_ref() != Some(&asked.change) {
        let of = scope.change.as_ref().map_or_else(|| "a part of the record".to_owned(), ToString::to_string);
        return Err(Finding::new(
            Reason::FreshOlder,
            format!("the fresh file is about {of}, not about {}", asked.change),
        ));
    }
    let place = told.entry(export.entry).map(|entry| entry.log().clone());
    let knows = place.is_some_and(|place| {
        held.evidence.verified.entries.iter().map(|entry| entry.log()).any(|log| {
            let own = log.id == place.id && log.seq >= place.seq;
            own || log.seen.get(&place.id).is_some_and(|head| head.seq >= place.seq)
        })
    });
    if knows {
        return Ok(held);
    }
    Err(Finding::new(Reason::FreshOlder, "nothing in the fresh file was written after the approval was exported"))
}

/// Whether the change still says what was approved: word for word, or but for an edit that was ruled immaterial, or that
/// touched nothing on which the board's word depends; what is deployed, where and when is never among those. Or but for a
/// shift of the window that the policy tolerates.
fn says_the_same(now: &Present, export: &Export, newest: &Export) -> bool {
    if newest.content == export.content {
        return true;
    }
    let moved = now.moved.is_some_and(|moved| moved.from == export.content);
    let deploys = newest.environment.trim() == export.environment.trim()
        && (moved || newest.window == export.window)
        && (is_snapshot(newest) || newest.artifacts == export.artifacts);
    deploys && now.speaks(export.content, Some(Role::Chair))
}

/// Judges both files as one; answers with the newest export that speaks of the same content, whose age counts,
/// and with the shift of its window since the decision, where there is one: then its window counts as well.
pub(crate) fn judge(both: &Held, asked: &Asked, export: &Export) -> Result<(Export, Option<Moved>), Finding> {
    let told = both.tell(Disputed::Left);
    let exported = exports(&told, &asked.change);
    let newest = exported.last().unwrap_or(export);
    let (policy, _) = both.policy(&told).map_err(|what| Finding::new(Reason::FreshEvidence, what))?;
    let found = stands(both, &told, &policy, &asked.change, newest);
    if !says_the_same(&found.now, export, newest) {
        let what = format!(
            "the change says something else since {}: content {}, approved was {}",
            crate::export::time(newest.claimed),
            newest.content.short(),
            export.content.short()
        );
        return Err(Finding::new(Reason::FreshContent, what));
    }
    if !exported.is_empty() && newest.fresh_until <= newest.claimed {
        // A snapshot of what the board no longer holds for approved, for whatever reason, renews nothing.
        let what = format!("by the board's own word it was no longer approved {}", crate::export::time(newest.claimed));
        return Err(Finding::new(Reason::FreshStale, what));
    }
    let reason = match found.standing {
        Standing::Approved => return Ok((newest.clone(), found.now.moved)),
        Standing::AwaitingSignOff => Reason::FreshWithdrawn,
        Standing::AwaitingConditions => Reason::FreshCondition,
        Standing::Stale => Reason::FreshStale,
        Standing::Undecided
        | Standing::Rejected
        | Standing::Deferred
        | Standing::MoreInformation
        | Standing::Withdrawn => Reason::FreshDecision,
    };
    Err(Finding::new(reason, format!("since the approval was exported: {}", found.standing.words())))
}
