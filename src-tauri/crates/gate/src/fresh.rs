//! What a newer export or snapshot says of an approval (`--fresh`): later edits, withdrawals and decisions.
use domain::ledger::Export;
use domain::sign_off::Standing;

use crate::asked::Asked;
use crate::evidence::{Disputed, Held, Told, Unheld};
use crate::export::exports;
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

/// Judges both files as one; answers with the newest export that speaks of the same content, whose age counts.
pub(crate) fn judge(both: &Held, asked: &Asked, export: &Export) -> Result<Export, Finding> {
    let told = both.tell(Disputed::Left);
    let exported = exports(&told, &asked.change);
    if let Some(newest) = exported.last()
        && newest.content != export.content
    {
        let what = format!(
            "the change says something else since {}: content {}, approved was {}",
            crate::export::time(newest.claimed),
            newest.content.short(),
            export.content.short()
        );
        return Err(Finding::new(Reason::FreshContent, what));
    }
    if let Some(newest) = exported.last()
        && newest.fresh_until <= newest.claimed
    {
        // A snapshot of what the board no longer holds for approved, for whatever reason, renews nothing.
        let what = format!("by the board's own word it was no longer approved {}", crate::export::time(newest.claimed));
        return Err(Finding::new(Reason::FreshStale, what));
    }
    let (policy, _) = both.policy(&told).map_err(|what| Finding::new(Reason::FreshEvidence, what))?;
    let found = stands(both, &told, &policy, &asked.change, export.content);
    let reason = match found.standing {
        Standing::Approved => return Ok(exported.last().unwrap_or(export).clone()),
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
