//! The rule that looks at how early a change was asked for.
use chrono::TimeDelta;
use chrono_tz::Tz;

use super::timing::local;
use super::{Gate, GateOutcome, Look};
use crate::calendar::zone_named;
use crate::chain::ReleaseType;
use crate::change::ChangeRequest;
use crate::policy::{Policy, article};

/// R56: between the ticket and the start of its window lie as many days, of 24 hours each, as the policy asks for its type of
/// release. It fails where the policy blocks R56, and warns elsewhere. The ticket counts from when its system says that it
/// was made.
#[must_use]
pub fn lead_time_gate(change: &ChangeRequest, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("lead-time", "R56", "The lead time of its type of release");
    let release = ReleaseType::of(change);
    let asked = policy.lead_time_of(release);
    if asked.number == 0 {
        let why = format!("the policy asks for no lead time of {}", article(release));
        return Look::at(gate, "lead time: nothing").not_applicable(why);
    }
    let Some(window) = &change.window else {
        return Look::at(gate, "window: nothing").not_applicable("the change has no implementation window yet");
    };
    let zone = zone_named(&window.zone).unwrap_or(Tz::UTC);
    let seen = format!("ticket: {}; window: from {}", local(change.created, zone), local(window.start, zone));
    let look = Look::at(gate, seen);
    let (lead, least) = (window.start - change.created, TimeDelta::days(i64::from(asked.number)));
    let said = if lead < TimeDelta::zero() {
        "the window begins before the ticket was made".to_owned()
    } else {
        format!("the window begins {} after the ticket was made", span(lead))
    };
    let words = asked.said(&format!("{said}, and the policy asks for {}", span(least)));
    if lead >= least {
        return look.passed(words);
    }
    let earliest = change.created.checked_add_signed(least);
    let to = earliest.map_or_else(String::new, |at| format!(" to {} or later", local(at, zone)));
    look.broken(policy, words, format!("move the window{to}"))
}

/// `6 days and 19 hours`, without the rest of the hour.
fn span(of: TimeDelta) -> String {
    let counted = |number: i64, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    match (of.num_days(), of.num_hours() % 24) {
        (0, 0) => "less than an hour".to_owned(),
        (0, hours) => counted(hours, "hour"),
        (days, 0) => counted(days, "day"),
        (days, hours) => format!("{} and {}", counted(days, "day"), counted(hours, "hour")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{ChangeKind, Window};
    use crate::gate::GateResult;
    use crate::gate::fixture::{at, change};
    use crate::policy::{Strength, TypeRules};

    /// So many days for each of these types.
    fn policy(types: &[(ReleaseType, u32)], blocks: bool) -> Policy {
        let rules = |days: u32| TypeRules { lead_time_days: Some(days), ..TypeRules::default() };
        let types = types.iter().map(|(release, days)| (*release, rules(*days))).collect();
        let mut policy = Policy { types, ..Policy::built_in(Strength::Starter) };
        if blocks {
            policy.blocking.push("R56".to_owned());
        }
        policy
    }

    /// The fixture's ticket was made on 4 March 2026, 01:00 UTC; its window starts so many hours later.
    fn planned(kind: ChangeKind, version: &str, hours: Option<i64>) -> ChangeRequest {
        let start = |hours: i64| at(1) + TimeDelta::hours(hours);
        let window = |hours: i64| Window { start: start(hours), end: start(hours + 2), zone: "Etc/UTC".to_owned() };
        ChangeRequest { kind: Some(kind), version: version.to_owned(), window: hours.map(window), ..change() }
    }

    #[test]
    fn a_window_is_as_far_from_its_ticket_as_its_type_of_release_asks() {
        use ChangeKind::{Emergency, Normal, Standard};
        use GateResult::{Failed, NotApplicable, Passed};
        let asked = [(ReleaseType::Major, 5), (ReleaseType::Minor, 1), (ReleaseType::Patch, 0)];
        let begins = |when: &str, asks: &str| format!("the window begins {when} the ticket was made, and {asks}");
        let major = |when: &str| format!("for a major release: {}", begins(when, "the policy asks for 5 days"));
        let minor = |when: &str| format!("for a minor release: {}", begins(when, "the policy asks for 1 day"));
        for (kind, version, hours, result, why) in [
            (Normal, "5.0.0", Some(19), Failed, major("19 hours after")),
            (Normal, "5.0.0", Some(119), Failed, major("4 days and 23 hours after")),
            (Normal, "5.0.0", Some(120), Passed, major("5 days after")),
            (Normal, "5.0.0", Some(-3), Failed, major("before")),
            (Normal, "4.2.0", Some(0), Failed, minor("less than an hour after")),
            (Normal, "4.2.0", Some(25), Passed, minor("1 day and 1 hour after")),
            (Normal, "5.0.0", None, NotApplicable, "the change has no implementation window yet".to_owned()),
            (Standard, "4.2.0", Some(1), NotApplicable, "the policy asks for no lead time of a patch".to_owned()),
            (Emergency, "5.0.0", Some(1), NotApplicable, "the policy asks for no lead time of an emergency".to_owned()),
        ] {
            let change = planned(kind, version, hours);
            let outcome = lead_time_gate(&change, &policy(&asked, true));
            assert_eq!((outcome.result, outcome.why.as_str()), (result, why.as_str()));
            assert_eq!((outcome.blocks, !outcome.satisfied_by.is_empty()), (result == Failed, result == Failed));
            let advised = if result == Failed { GateResult::Warned } else { result };
            let lenient = lead_time_gate(&change, &policy(&asked, false));
            assert_eq!((lenient.result, lenient.blocks, lenient.why), (advised, false, why));
        }
    }

    #[test]
    fn an_emergency_has_a_lead_time_only_where_its_own_type_says_so() {
        let urgent = planned(ChangeKind::Emergency, "4.2.0", Some(2));
        let outcome = lead_time_gate(&urgent, &policy(&[(ReleaseType::Emergency, 1)], true));
        assert_eq!(outcome.result, GateResult::Failed);
        assert!(outcome.why.starts_with("for an emergency: "), "{}", outcome.why);
    }

    #[test]
    fn what_was_looked_at_and_the_earliest_window_are_said_in_the_windows_zone() {
        let outcome = lead_time_gate(&change_of("5.0.0"), &policy(&[(ReleaseType::Major, 5)], true));
        assert_eq!(outcome.looked_at, "ticket: 2026-03-04 02:00 CET; window: from 2026-03-04 21:00 CET");
        assert_eq!(outcome.satisfied_by, "move the window to 2026-03-09 02:00 CET or later");
        let endless = lead_time_gate(&change_of("5.0.0"), &policy(&[(ReleaseType::Major, u32::MAX)], true));
        assert!(endless.why.ends_with("the policy asks for 366 days"), "{}", endless.why);
    }

    fn change_of(version: &str) -> ChangeRequest {
        ChangeRequest { version: version.to_owned(), ..change() }
    }
}
