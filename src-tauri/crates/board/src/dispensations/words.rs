//! Waivers, overrides and exceptions in words.
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::change::ChangeRequest;
use domain::dispensation::{Dispensation, Force, Grant};
use domain::ids::{Digest, EntryId, MemberId};
use domain::ledger::Ledger;
use domain::text::mark_invisible;

use super::{DispensationView, untied};
use crate::conditions::one_line;
use crate::state::BoardState;

/// What is set aside, until when, and why, in one line.
pub(super) fn said(grant: &Grant) -> String {
    let joins = match grant {
        Grant::Waiver(_) | Grant::Override(_) => "of",
        Grant::Exception(_) => "to",
    };
    let until = grant.until().map_or_else(String::new, |at| format!(", until {}", crate::words::time(at)));
    let what = mark_invisible(&grant.what());
    format!("{} {joins} {what}{until}: {}", grant.word(), mark_invisible(&one_line(grant.reason())))
}

/// Whose words of it were taken back, by which entry, the first person's before the seconds'.
pub(crate) fn back(dispensation: &Dispensation) -> impl Iterator<Item = (MemberId, EntryId)> {
    let first = dispensation.withdrawn.map(|by| (dispensation.actor, by));
    let seconds = dispensation.seconds.iter().filter_map(|second| Some((second.actor, second.withdrawn?)));
    first.into_iter().chain(seconds)
}

/// Who took their word on it back, and why, one line each.
fn taken_back(dispensation: &Dispensation, ledger: &Ledger, name: impl Fn(MemberId) -> String) -> Vec<String> {
    let line = |(who, by): (MemberId, EntryId)| {
        let why = ledger.taken_back.get(&by).map_or_else(String::new, |back| one_line(&back.reason));
        let why = if why.is_empty() { why } else { format!(": {why}") };
        mark_invisible(&format!("taken back by {}{why}", name(who)))
    };
    back(dispensation).map(line).collect()
}

/// A waiver, an override or an exception as minutes and reports print it: what, by whom, seconded by whom, until when by the
/// clock of the zone, why, and who took their word back.
pub(crate) fn in_words(
    dispensation: &Dispensation,
    ledger: &Ledger,
    zone: Tz,
    name: impl Fn(MemberId) -> String,
) -> String {
    let grant = &dispensation.grant;
    let joins = match grant {
        Grant::Waiver(_) | Grant::Override(_) => "of",
        Grant::Exception(_) => "to",
    };
    let second = dispensation.seconds.iter().find(|second| second.withdrawn.is_none());
    let seconded = match second {
        Some(second) => format!(", seconded by {}", name(second.actor)),
        None if grant.takes_two() => ", not seconded and so not in force".to_owned(),
        None => String::new(),
    };
    let until = grant.until().map_or_else(String::new, |at| format!(", until {}", crate::words::local(at, zone)));
    let withdrawn = if dispensation.withdrawn.is_some() { ", taken back since" } else { "" };
    let mut reasons = vec![one_line(grant.reason())];
    reasons.extend(second.map(|second| one_line(&second.reason)).filter(|reason| !reason.is_empty()));
    let said = mark_invisible(&format!(
        "{} {joins} {} by {}{seconded}{until}{withdrawn}: {}",
        capital(grant.word()),
        grant.what(),
        name(dispensation.actor),
        reasons.join(" / ")
    ));
    std::iter::once(said).chain(taken_back(dispensation, ledger, name)).collect::<Vec<_>>().join("; ")
}

pub(super) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// One of them, for people: where it stands under the policy in force.
pub(super) fn view(
    state: &BoardState,
    change: &ChangeRequest,
    dispensation: &Dispensation,
    content: Digest,
    now: DateTime<Utc>,
) -> DispensationView {
    let grant = &dispensation.grant;
    let by_itself = dispensation.force(&state.policy, content, now);
    let tied = by_itself == Force::InForce && !untied(state, change, dispensation);
    let force = if tied { Force::NoRight } else { by_itself };
    let second = dispensation.second(&state.policy);
    let reason = second.map(|second| mark_invisible(second.reason.trim())).filter(|reason| !reason.is_empty());
    DispensationView {
        entry: dispensation.entry,
        kind: grant.word().to_owned(),
        what: mark_invisible(&grant.what()),
        by: state.name(dispensation.actor),
        reason: mark_invisible(grant.reason().trim()),
        second: second.map(|second| state.name(second.actor)),
        second_reason: reason,
        until: grant.until().map(crate::words::time),
        in_force: force == Force::InForce,
        state: force.words().to_owned(),
        taken_back: taken_back(dispensation, &state.ledger, |id| state.name(id)),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use domain::dispensation::{Second, WaiverBody};
    use domain::entry::Involved;
    use domain::ids::ChangeKey;
    use domain::ledger::TakenBack;
    use domain::roster::Role;

    use super::*;

    #[test]
    fn a_word_that_was_taken_back_is_printed_with_who_did_so_and_why() {
        let at = chrono::Utc.with_ymd_and_hms(2026, 11, 21, 9, 0, 0).single().expect("a time");
        let (ada, grace) = (MemberId(uuid::Uuid::from_u128(1)), MemberId(uuid::Uuid::from_u128(2)));
        let name = |id: MemberId| if id == ada { "Ada".to_owned() } else { "Grace".to_owned() };
        let mut ledger = Ledger::default();
        for (n, reason) in [(8, "The vendor\nanswered"), (9, "")] {
            ledger.taken_back.insert(EntryId([n; 32]), TakenBack { claimed: at, reason: reason.to_owned() });
        }
        let said = |first: Option<u8>, second: Option<u8>| Dispensation {
            entry: EntryId([1; 32]),
            actor: ada,
            role: Some(Role::Chair),
            claimed: at,
            grant: Grant::Waiver(WaiverBody {
                change: ChangeKey::new("CHG", 1),
                clause: "R39".to_owned(),
                content: Digest([1; 32]),
                gate: "version".to_owned(),
                involved: Involved::default(),
                reason: "On the day".to_owned(),
                until: None,
            }),
            seconds: vec![Second {
                entry: EntryId([2; 32]),
                actor: grace,
                role: Some(Role::Cto),
                claimed: at,
                reason: "Agreed".to_owned(),
                withdrawn: second.map(|n| EntryId([n; 32])),
            }],
            withdrawn: first.map(|n| EntryId([n; 32])),
        };
        let both = "seconded by Grace";
        for (first, second, rest) in [
            (None, None, format!("{both}: On the day / Agreed")),
            (
                Some(8),
                None,
                format!("{both}, taken back since: On the day / Agreed; taken back by Ada: The vendor answered"),
            ),
            (None, Some(9), "not seconded and so not in force: On the day; taken back by Grace".to_owned()),
        ] {
            let expected = format!("Waiver of gate version (R39) by Ada, {rest}");
            assert_eq!(in_words(&said(first, second), &ledger, Tz::UTC, name), expected);
        }
    }
}
