//! The log of answers that came late (R64), in words: above the meetings, in `cab chase --breaches`, and in minutes.
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::calendar::WorkingHours;
use domain::chain::{self, Breach, Ended};
use domain::ids::MemberId;
use domain::text::mark_invisible;

use crate::chase::worked;
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::views::BreachRow;

/// Every answer that came late, or that the board stopped waiting for, the newest question first. What is still owed stands
/// among the rows of the chase itself.
pub(crate) fn rows(state: &BoardState, hours: &WorkingHours, now: DateTime<Utc>) -> Answer<Vec<BreachRow>> {
    let all = chain::breaches(&state.ledger, (&state.policy, state.roster()), hours, now)
        .map_err(|why| BoardError::invalid("hours", why.to_string()))?;
    let row = |breach: Breach| {
        let (ended, answered) = match breach.late.ended {
            Ended::Answered(at) => (at, true),
            Ended::Over(at) => (at, false),
            Ended::Open => return None,
        };
        Some(BreachRow {
            change: breach.change.to_string(),
            name: breach.by.map_or_else(String::new, |id| state.name(id)),
            what: mark_invisible(&what(&breach)),
            asked_at: crate::words::time(breach.late.asked),
            due_at: crate::words::time(breach.late.until),
            ended_at: crate::words::time(ended),
            answered,
            late_minutes: i32::try_from(breach.late.minutes).unwrap_or(i32::MAX),
            text: in_words(&breach, hours.zone, |id| state.name(id)),
        })
    };
    Ok(all.into_iter().filter_map(row).collect())
}

/// What was owed.
fn what(breach: &Breach) -> String {
    match &breach.department {
        Some(department) => format!("sign-off for {department}"),
        None => "sign-off that decides".to_owned(),
    }
}

/// A breach in a sentence.
pub(crate) fn in_words(breach: &Breach, zone: Tz, name: impl Fn(MemberId) -> String) -> String {
    let local = |at: DateTime<Utc>| crate::words::local(at, zone);
    let late = worked(breach.late.minutes);
    let end = match (breach.late.ended, breach.by) {
        (Ended::Answered(at), Some(by)) => format!("{} gave it on {}, {late} late", name(by), local(at)),
        (Ended::Answered(at), None) => format!("it was given on {}, {late} late", local(at)),
        (Ended::Over(at), _) => format!("nobody gave it before the board decided anew on {}, {late} later", local(at)),
        (Ended::Open, _) => format!("nobody has given it, {late} later"),
    };
    let (asked, until) = (local(breach.late.asked), local(breach.late.until));
    mark_invisible(&format!("{}: the {} was asked on {asked} and due by {until}; {end}.", breach.change, what(breach)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::chain::Late;
    use domain::ids::ChangeKey;

    #[test]
    fn a_breach_says_what_was_owed_since_when_and_how_it_ended() {
        let time = |text: &str| DateTime::parse_from_rfc3339(text).expect("an instant").with_timezone(&Utc);
        let (asked, until) = (time("2026-11-23T09:00:00Z"), time("2026-11-24T16:00:00Z"));
        let at = time("2026-11-25T10:00:00Z");
        let said = |ended: Ended, department: Option<&str>| {
            let breach = Breach {
                change: ChangeKey::new("CHG", 17),
                department: department.map(str::to_owned),
                by: matches!(ended, Ended::Answered(_)).then_some(MemberId(uuid::Uuid::nil())),
                late: Late { asked, until, ended, minutes: 180 },
            };
            in_words(&breach, Tz::Europe__Berlin, |_| "Grace".to_owned())
        };
        assert_eq!(
            said(Ended::Answered(at), None),
            "CHG-17: the sign-off that decides was asked on 23 Nov 2026, 10:00 CET and due by 24 Nov 2026, 17:00 CET; \
             Grace gave it on 25 Nov 2026, 11:00 CET, 3 working hours late."
        );
        let department = said(Ended::Over(at), Some("Legal"));
        assert!(department.contains("the sign-off for Legal was asked"), "{department}");
        assert!(department.ends_with("decided anew on 25 Nov 2026, 11:00 CET, 3 working hours later."), "{department}");
        assert!(said(Ended::Open, None).ends_with("nobody has given it, 3 working hours later."));
    }
}
