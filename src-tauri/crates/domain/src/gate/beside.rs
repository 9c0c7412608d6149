//! The rules that look at what else is in the calendar: other changes, and who is on call.
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::timing::local;
use super::{Gate, GateOutcome, Look, quoted};
use crate::calendar::{Reason, covered, zone_named};
use crate::change::{ChangeRequest, Window};
use crate::ids::ChangeKey;
use crate::policy::Policy;

/// Other changes that are named; the rest is counted.
const NAMED: usize = 10;

/// Another change that is in the way of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InTheWay {
    /// Which.
    pub change: ChangeKey,
    /// Its title.
    pub title: String,
    /// When it is planned.
    pub window: Window,
    /// What both have in common.
    pub reasons: Vec<Reason>,
}

/// R74: no other change that shares an environment, a service, a team or a person, or on whose service this one's depends,
/// has some time of the window. It fails where the policy blocks R74, and warns elsewhere. `free` is when the same hours are
/// free next, where somebody looked.
#[must_use]
pub fn conflicts_gate(
    change: &ChangeRequest,
    policy: &Policy,
    others: &[InTheWay],
    free: Option<&Window>,
) -> GateOutcome {
    let gate = Gate::new("conflicts", "R74", "Nothing in the way of the window");
    let Some(window) = &change.window else {
        return Look::at(gate, "window: nothing").not_applicable("the change has no implementation window yet");
    };
    let zone = zone_named(&window.zone).unwrap_or(Tz::UTC);
    let look = Look::at(gate, format!("window: {}", between(window.start, window.end, zone)));
    if others.is_empty() {
        return look.passed("no other change is in its way");
    }
    let mut said: Vec<String> = others.iter().take(NAMED).map(|other| in_words(window, zone, other)).collect();
    if others.len() > NAMED {
        said.push(format!("and {} more", others.len() - NAMED));
    }
    let by = match free {
        Some(free) => format!(
            "move the window, or the other one; the same hours are free next {}",
            between(free.start, free.end, zone)
        ),
        None => "move the window, or the other one".to_owned(),
    };
    look.broken(policy, said.join("; "), by)
}

/// `CHG-18 “Title” from … to … (America/New_York: from … to …), same service payments`: the time that both have.
fn in_words(window: &Window, zone: Tz, other: &InTheWay) -> String {
    let (start, end) = (window.start.max(other.window.start), window.end.min(other.window.end));
    let mut said = format!("{} {} is in the way {}", other.change, quoted(&other.title), between(start, end, zone));
    let theirs = zone_named(&other.window.zone).unwrap_or(Tz::UTC);
    if theirs != zone {
        said.push_str(&format!(" ({theirs}: {})", between(start, end, theirs)));
    }
    let reasons: Vec<String> = other.reasons.iter().map(Reason::words).collect();
    format!("{said}, {}", reasons.join(", "))
}

/// R110: somebody is on call for the service during the whole window. It fails where the policy blocks R110, and warns
/// elsewhere.
#[must_use]
pub fn coverage_gate(change: &ChangeRequest, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("on-call", "R110", "Somebody is on call during the window");
    if policy.coverage.is_empty() {
        return Look::at(gate, "coverage: nothing").not_applicable("the policy names no hours of support");
    }
    let Some(window) = &change.window else {
        return Look::at(gate, "window: nothing").not_applicable("the change has no implementation window yet");
    };
    let zone = zone_named(&window.zone).unwrap_or(Tz::UTC);
    let look = Look::at(gate, format!("window: {}", between(window.start, window.end, zone)));
    let found = covered(&policy.coverage, &change.service, window);
    let by: Vec<String> = found.by.iter().map(|c| format!("{} ({})", quoted(&c.name), c.on_call.join(", "))).collect();
    if found.gaps.is_empty() {
        return look.passed(format!("covered by {}", by.join("; ")));
    }
    let gaps: Vec<String> = found.gaps.iter().take(NAMED).map(|(start, end)| between(*start, *end, zone)).collect();
    let some = if by.is_empty() { String::new() } else { format!("; otherwise covered by {}", by.join("; ")) };
    look.broken(
        policy,
        format!("nobody is on call for {} {}{some}", quoted(&change.service), gaps.join(" and ")),
        "move the window into hours of support, or have the policy name who is on call then",
    )
}

/// `from 2026-12-18 18:00 CET to 2026-12-18 20:00 CET`.
fn between(start: DateTime<Utc>, end: DateTime<Utc>, zone: Tz) -> String {
    format!("from {} to {}", local(start, zone), local(end, zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Coverage, WeekDay};
    use crate::gate::GateResult;
    use crate::gate::fixture::{at, change};
    use crate::policy::Strength;

    fn policy(blocks: &[&str]) -> Policy {
        let mut policy = Policy::built_in(Strength::Starter);
        policy.blocking.extend(blocks.iter().map(|clause| (*clause).to_owned()));
        policy
    }

    fn window(start: u32, end: u32, zone: &str) -> Window {
        Window { start: at(start), end: at(end), zone: zone.to_owned() }
    }

    fn other(number: u32) -> InTheWay {
        InTheWay {
            change: ChangeKey::new("CHG", number),
            title: "Move the ledger".to_owned(),
            window: window(21, 23, "America/New_York"),
            reasons: vec![Reason::Service("payments".to_owned()), Reason::Person("Dora Lind".to_owned())],
        }
    }

    #[test]
    fn another_change_in_the_way_fails_or_warns_as_the_policy_says() {
        let none = || ChangeRequest { window: None, ..change() };
        for (change, blocks, others, result, blocked) in [
            (change(), true, vec![other(18)], GateResult::Failed, true),
            (change(), false, vec![other(18)], GateResult::Warned, false),
            (change(), true, vec![], GateResult::Passed, false),
            (none(), true, vec![other(18)], GateResult::NotApplicable, false),
        ] {
            let policy = policy(if blocks { &["R74"] } else { &[] });
            let outcome = conflicts_gate(&change, &policy, &others, None);
            assert_eq!((outcome.result, outcome.blocks), (result, blocked), "{outcome:?}");
            let broken = matches!(result, GateResult::Failed | GateResult::Warned);
            assert_eq!(!outcome.satisfied_by.is_empty(), broken, "{outcome:?}");
        }
    }

    #[test]
    fn it_names_each_other_change_the_time_of_both_in_both_zones_and_the_next_free_slot() {
        let free = window(22, 23, "Europe/Berlin");
        let outcome = conflicts_gate(&change(), &policy(&["R74"]), &[other(18)], Some(&free));
        assert_eq!(outcome.looked_at, "window: from 2026-03-04 21:00 CET to 2026-03-04 23:00 CET");
        assert_eq!(
            outcome.why,
            "CHG-18 “Move the ledger” is in the way from 2026-03-04 22:00 CET to 2026-03-04 23:00 CET \
             (America/New_York: from 2026-03-04 16:00 EST to 2026-03-04 17:00 EST), \
             same service payments, same person Dora Lind"
        );
        assert_eq!(
            outcome.satisfied_by,
            "move the window, or the other one; the same hours are free next from 2026-03-04 23:00 CET to 2026-03-05 00:00 CET"
        );
        let many: Vec<InTheWay> = (1..=12).map(other).collect();
        let outcome = conflicts_gate(&change(), &policy(&[]), &many, None);
        assert!(outcome.why.contains("CHG-10 ") && outcome.why.ends_with("; and 2 more"), "{}", outcome.why);
    }

    #[test]
    fn a_window_outside_of_support_fails_or_warns_and_one_inside_names_who_is_on_call() {
        let coverage = |from: &str, until: &str| Coverage {
            name: "Berlin".to_owned(),
            services: Vec::new(),
            zone: "Europe/Berlin".to_owned(),
            days: WeekDay::ALL.to_vec(),
            from: from.to_owned(),
            until: until.to_owned(),
            on_call: vec!["Ada".to_owned(), "Ben".to_owned()],
        };
        // The fixture's window is from 21:00 to 23:00 there.
        let (evening, half) = (coverage("20:00", "00:00"), coverage("08:00", "22:00"));
        for (rows, blocks, result, blocked, says) in [
            (vec![evening], true, GateResult::Passed, false, "covered by “Berlin” (Ada, Ben)"),
            (
                vec![half.clone()],
                true,
                GateResult::Failed,
                true,
                "nobody is on call for “payments” from 2026-03-04 22:00 CET to 2026-03-04 23:00 CET; \
                 otherwise covered by “Berlin” (Ada, Ben)",
            ),
            (
                vec![coverage("08:00", "18:00")],
                false,
                GateResult::Warned,
                false,
                "nobody is on call for “payments” from 2026-03-04 21:00 CET to 2026-03-04 23:00 CET",
            ),
            (vec![], true, GateResult::NotApplicable, false, "the policy names no hours of support"),
        ] {
            let policy = Policy { coverage: rows, ..policy(if blocks { &["R110"] } else { &[] }) };
            let outcome = coverage_gate(&change(), &policy);
            assert_eq!((outcome.result, outcome.blocks, outcome.why.as_str()), (result, blocked, says));
        }
        let unplanned = ChangeRequest { window: None, ..change() };
        let outcome = coverage_gate(&unplanned, &Policy { coverage: vec![half], ..policy(&["R110"]) });
        assert_eq!(outcome.result, GateResult::NotApplicable);
    }
}
