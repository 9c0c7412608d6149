//! Waivers, overrides and exceptions in words.
use chrono::{DateTime, Utc};
use domain::change::ChangeRequest;
use domain::dispensation::{Dispensation, Force, Grant};
use domain::ids::{Digest, MemberId};
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

/// A waiver, an override or an exception as minutes and reports print it: what, by whom, seconded by whom, until when, and why.
pub(crate) fn in_words(dispensation: &Dispensation, name: impl Fn(MemberId) -> String) -> String {
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
    let until = grant.until().map_or_else(String::new, |at| format!(", until {}", crate::words::time(at)));
    let withdrawn = if dispensation.withdrawn.is_some() { ", taken back since" } else { "" };
    let mut reasons = vec![one_line(grant.reason())];
    reasons.extend(second.map(|second| one_line(&second.reason)).filter(|reason| !reason.is_empty()));
    mark_invisible(&format!(
        "{} {joins} {} by {}{seconded}{until}{withdrawn}: {}",
        capital(grant.word()),
        grant.what(),
        name(dispensation.actor),
        reasons.join(" / ")
    ))
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
    }
}
