//! The rule that looks at the calendar.
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Gate, GateOutcome, GateResult, Look, quoted};
use crate::calendar::{Exception, hits, zone_named};
use crate::change::{ChangeRequest, Window};
use crate::policy::Policy;

/// R77: no part of the window lies in a freeze of the policy. A hard freeze fails where the policy blocks R77, and warns
/// elsewhere as a soft one does; an exception that covers the change waives it.
#[must_use]
pub fn freeze_gate(change: &ChangeRequest, policy: &Policy, exceptions: &[Exception]) -> GateOutcome {
    let gate = Gate::new("freeze", "R77", "Outside every freeze");
    let Some(window) = &change.window else {
        return Look::at(gate, "window: nothing").not_applicable("the change has no implementation window yet");
    };
    let zone = zone_named(&window.zone).unwrap_or(Tz::UTC);
    let look = Look::at(gate, format!("window: {} to {}", local(window.start, zone), local(window.end, zone)));
    let place = (change.environment.as_str(), change.service.as_str());
    let found = hits(&policy.freezes, exceptions, Some(&change.key), place, window);
    let worst = found.iter().find(|h| h.blocks()).or_else(|| found.iter().find(|h| h.exception.is_none()));
    let Some(hit) = worst.or_else(|| found.first()) else {
        return look.passed("it lies outside of every freeze");
    };
    let why = format!(
        "it lies {} the {} freeze {} ({} to {}): {}",
        if hit.whole { "in" } else { "partly in" },
        hit.freeze.hardness.word(),
        quoted(&hit.freeze.name),
        local(hit.start, zone),
        local(hit.end, zone),
        quoted(&hit.freeze.reason),
    );
    let by = "move the window out of the freeze";
    match hit.exception {
        Some(exception) => look.says(
            GateResult::Waived,
            false,
            format!(
                "{why}; an exception holds until {}: {}",
                local(exception.expires, zone),
                quoted(&exception.reason)
            ),
            "",
        ),
        None if hit.blocks() => look.broken(policy, why, by),
        None => look.warned(why, by),
    }
}

/// R79: the window is where it was when the change was decided, or somebody recorded why it was moved there. It fails where the
/// policy blocks R79, and warns elsewhere. `recorded` are the windows of which the record says why they were moved to.
#[must_use]
pub fn moved_gate(change: &ChangeRequest, policy: &Policy, decided: &Window, recorded: &[Window]) -> GateOutcome {
    let gate = Gate::new("moved", "R79", "A window that was moved has its reason");
    let Some(window) = &change.window else {
        return Look::at(gate, "window: nothing").not_applicable("the change has no implementation window any more");
    };
    let zone = zone_named(&window.zone).unwrap_or(Tz::UTC);
    let words = |window: &Window| format!("{} to {}", local(window.start, zone), local(window.end, zone));
    let look = Look::at(gate, format!("window: {}", words(window)));
    let same = |other: &Window| (other.start, other.end) == (window.start, window.end);
    if same(decided) {
        return look.passed("it is where it was when the change was decided");
    }
    if recorded.iter().any(same) {
        return look.passed("it was moved since the change was decided, and the record says why");
    }
    let from = words(decided);
    look.broken(
        policy,
        format!("it was moved on the ticket since the change was decided for {from}, and nobody recorded why"),
        "record why: Move the window, on its schedule, to where it is now; that names the sign-offs that are stale, what is in \
         the way, and the notice to send",
    )
}

/// `2026-12-18 18:00 CET`.
pub(super) fn local(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Freeze, Hardness, Scope};
    use crate::gate::fixture::{at, change};
    use crate::ids::MemberId;
    use crate::policy::Strength;

    /// The fixture's day, 4 March 2026, from 10:00 to 14:00 UTC.
    fn freeze(hardness: Hardness) -> Freeze {
        let local = |hour: u32| at(hour).naive_utc();
        Freeze {
            id: "audit".to_owned(),
            name: "Audit".to_owned(),
            hardness,
            scope: Scope { environment: "prod*".to_owned(), services: Vec::new() },
            start: local(10),
            end: local(14),
            zone: "UTC".to_owned(),
            reason: "The auditors are in the house".to_owned(),
            repeats: String::new(),
        }
    }

    fn judged(hardness: Hardness, blocks: bool, hours: Option<(u32, u32)>, exceptions: &[Exception]) -> GateOutcome {
        let mut policy = Policy { freezes: vec![freeze(hardness)], ..Policy::built_in(Strength::Starter) };
        if blocks {
            policy.blocking.push("R77".to_owned());
        }
        let window = hours.map(|(start, end)| Window { start: at(start), end: at(end), zone: "UTC".to_owned() });
        freeze_gate(&crate::change::ChangeRequest { window, ..change() }, &policy, exceptions)
    }

    #[test]
    fn a_window_that_was_moved_on_the_ticket_wants_its_reason() {
        let window = |start: u32, zone: &str| Window { start: at(start), end: at(start + 2), zone: zone.to_owned() };
        let decided = window(8, "UTC");
        for (now, recorded, result) in [
            (Some(window(8, "Europe/Berlin")), vec![], GateResult::Passed),
            (Some(window(9, "UTC")), vec![], GateResult::Failed),
            (Some(window(9, "UTC")), vec![window(10, "UTC")], GateResult::Failed),
            (Some(window(9, "UTC")), vec![window(10, "UTC"), window(9, "Etc/UTC")], GateResult::Passed),
            (None, vec![], GateResult::NotApplicable),
        ] {
            let change = ChangeRequest { window: now, ..change() };
            let mut policy = Policy::built_in(Strength::Starter);
            let warns = moved_gate(&change, &policy, &decided, &recorded);
            let warned = if result == GateResult::Failed { GateResult::Warned } else { result };
            assert_eq!((warns.result, warns.blocks), (warned, false));
            policy.blocking.push("R79".to_owned());
            let outcome = moved_gate(&change, &policy, &decided, &recorded);
            assert_eq!((outcome.result, outcome.blocks), (result, result == GateResult::Failed), "{outcome:?}");
            assert_eq!(outcome.satisfied_by.is_empty(), result != GateResult::Failed);
        }
    }

    #[test]
    fn a_freeze_fails_warns_or_is_waived() {
        let exception = |expires: u32| Exception {
            freeze: "audit".to_owned(),
            change: change().key,
            who: MemberId(uuid::Uuid::from_u128(7)),
            reason: "A regulator's deadline".to_owned(),
            expires: at(expires),
        };
        let hard = Hardness::Hard;
        for (hardness, policy_blocks, hours, exceptions, result, blocks) in [
            (hard, true, Some((11, 12)), vec![], GateResult::Failed, true),
            (hard, true, Some((9, 11)), vec![], GateResult::Failed, true),
            (hard, false, Some((11, 12)), vec![], GateResult::Warned, false),
            (Hardness::Soft, true, Some((11, 12)), vec![], GateResult::Warned, false),
            (hard, true, Some((14, 15)), vec![], GateResult::Passed, false),
            (hard, true, None, vec![], GateResult::NotApplicable, false),
            (hard, true, Some((11, 12)), vec![exception(12)], GateResult::Waived, false),
            // The exception is over before the window is.
            (hard, true, Some((11, 13)), vec![exception(12)], GateResult::Failed, true),
        ] {
            let outcome = judged(hardness, policy_blocks, hours, &exceptions);
            assert_eq!((outcome.result, outcome.blocks), (result, blocks), "{hardness:?} {hours:?}");
            let broken = matches!(result, GateResult::Failed | GateResult::Warned);
            assert_eq!(!outcome.satisfied_by.is_empty(), broken);
        }
        let said = judged(hard, true, Some((9, 11)), &[]);
        assert_eq!(said.looked_at, "window: 2026-03-04 09:00 UTC to 2026-03-04 11:00 UTC");
        assert_eq!(
            said.why,
            "it lies partly in the hard freeze “Audit” (2026-03-04 10:00 UTC to 2026-03-04 14:00 UTC): \
             “The auditors are in the house”"
        );
    }
}
