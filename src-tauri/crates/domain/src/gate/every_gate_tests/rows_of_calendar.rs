//! The gates that look at the calendar: freezes, other changes, who is on call, the lead time, and moved windows.
use chrono::TimeDelta;

use super::{Blocks, Row, Waiving, Without, fails, passes, policy};
use crate::calendar::{Coverage, Exception, Freeze, Hardness, Reason, Scope, WeekDay};
use crate::chain::ReleaseType;
use crate::change::{ChangeRequest, Window};
use crate::gate::fixture::{at, change, id};
use crate::gate::{
    GateOutcome, GateResult, InTheWay, conflicts_gate, coverage_gate, freeze_gate, lead_time_gate, moved_gate,
};
use crate::ids::ChangeKey;
use crate::policy::{Policy, Strength, TypeRules};

/// The change's window is from 20:00 to 22:00 UTC, which is from 21:00 to 23:00 where it is planned.
fn window(start: u32, end: u32, zone: &str) -> Window {
    Window { start: at(start), end: at(end), zone: zone.to_owned() }
}

/// A hard freeze of the same day, in hours of UTC.
fn frozen(policy: &Policy, (start, end): (u32, u32), exceptions: &[Exception]) -> GateOutcome {
    let freeze = Freeze {
        id: "audit".to_owned(),
        name: "Audit".to_owned(),
        hardness: Hardness::Hard,
        scope: Scope { environment: "prod*".to_owned(), services: Vec::new() },
        start: at(start).naive_utc(),
        end: at(end).naive_utc(),
        zone: "UTC".to_owned(),
        reason: "The auditors are in the house".to_owned(),
        repeats: String::new(),
    };
    freeze_gate(&change(), &Policy { freezes: vec![freeze], ..policy.clone() }, exceptions)
}

fn other() -> InTheWay {
    InTheWay {
        change: ChangeKey::new("CHG", 18),
        title: "Move the ledger".to_owned(),
        window: window(21, 23, "America/New_York"),
        reasons: vec![Reason::Service("payments".to_owned())],
    }
}

/// Somebody is on call in these hours of the window's zone.
fn on_call(policy: &Policy, from: &str, until: &str) -> GateOutcome {
    let hours = Coverage {
        name: "Berlin".to_owned(),
        services: Vec::new(),
        zone: "Europe/Berlin".to_owned(),
        days: WeekDay::ALL.to_vec(),
        from: from.to_owned(),
        until: until.to_owned(),
        on_call: vec!["Ada".to_owned()],
    };
    coverage_gate(&change(), &Policy { coverage: vec![hours], ..policy.clone() })
}

/// A major release, for which five days are asked and whose ticket was made so many days before the window's own.
fn asked(policy: &Policy, days: i64) -> GateOutcome {
    let mut policy = policy.clone();
    policy.types.insert(ReleaseType::Major, TypeRules { lead_time_days: Some(5), ..TypeRules::default() });
    let created = at(1) - TimeDelta::days(days);
    lead_time_gate(&ChangeRequest { version: "5.0.0".to_owned(), created, ..change() }, &policy)
}

/// Why no gate of the calendar has an outcome without evidence.
const PLANNED: Without =
    Without::Never("a change without a window is no concern of the calendar yet: not applicable, and said so");

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "freeze",
        clause: "R77",
        passes: passes(|p| frozen(p, (10, 14), &[]), "it lies outside of every freeze"),
        breaks: fails(
            |p| frozen(p, (19, 23), &[]),
            "it lies in the hard freeze “Audit” (2026-03-04 20:00 CET to 2026-03-05 00:00 CET): “The auditors \
             are in the house”",
            "move the window out of the freeze",
        ),
        without: PLANNED,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::Refused("is set aside by an exception to the freeze, not by a waiver; leave it out"),
    },
    Row {
        id: "conflicts",
        clause: "R74",
        passes: passes(|p| conflicts_gate(&change(), p, &[], None), "no other change is in its way"),
        breaks: fails(
            |p| conflicts_gate(&change(), p, &[other()], None),
            "CHG-18 “Move the ledger” is in the way from 2026-03-04 22:00 CET to 2026-03-04 23:00 CET \
             (America/New_York: from 2026-03-04 16:00 EST to 2026-03-04 17:00 EST), same service payments",
            "move the window, or the other one",
        ),
        without: PLANNED,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "on-call",
        clause: "R110",
        passes: passes(|p| on_call(p, "20:00", "00:00"), "covered by “Berlin” (Ada)"),
        breaks: fails(
            |p| on_call(p, "08:00", "18:00"),
            "nobody is on call for “payments” from 2026-03-04 21:00 CET to 2026-03-04 23:00 CET",
            "move the window into hours of support, or have the policy name who is on call then",
        ),
        without: PLANNED,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "lead-time",
        clause: "R56",
        passes: passes(
            |p| asked(p, 5),
            "for a major release: the window begins 5 days and 19 hours after the ticket was made, and the policy asks \
             for 5 days",
        ),
        breaks: fails(
            |p| asked(p, 0),
            "for a major release: the window begins 19 hours after the ticket was made, and the policy asks for 5 days",
            "move the window to 2026-03-09 02:00 CET or later",
        ),
        without: PLANNED,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "moved",
        clause: "R79",
        passes: passes(
            |p| moved_gate(&change(), p, &window(20, 22, "Europe/Berlin"), &[]),
            "it is where it was when the change was decided",
        ),
        breaks: fails(
            |p| moved_gate(&change(), p, &window(8, 10, "UTC"), &[]),
            "it was moved on the ticket since the change was decided for 2026-03-04 09:00 CET to 2026-03-04 11:00 CET, \
             and nobody recorded why",
            "record why: Move the window, on its schedule, to where it is now; that names the sign-offs that are \
             stale, what is in the way, and the notice to send",
        ),
        without: PLANNED,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
];

#[test]
fn a_freeze_is_set_aside_by_an_exception_which_says_until_when_and_why() {
    let exception = |expires: u32| Exception {
        freeze: "audit".to_owned(),
        change: change().key,
        who: id(7),
        reason: "A regulator's deadline".to_owned(),
        expires: at(expires),
    };
    let strict = policy(Strength::Starter, "R77");
    let broken = frozen(&strict, (19, 23), &[]);
    let left = frozen(&strict, (19, 23), &[exception(23)]);
    assert_eq!((left.result, left.blocks, left.satisfied_by.as_str()), (GateResult::Waived, false, ""));
    let until = "an exception holds until 2026-03-05 00:00 CET: “A regulator's deadline”";
    assert_eq!(left.why, format!("{}; {until}", broken.why));
    // One that is over before the window is sets nothing aside.
    assert_eq!(frozen(&strict, (19, 23), &[exception(21)]), broken);
}
