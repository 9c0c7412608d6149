//! The calendar: windows of changes, freezes of the policy, and what is in whose way (R73 to R77).
//!
//! Made from the rows of the list, so that a month costs a month, however many changes the board has. Which service depends
//! on which, and whose it is, the policy says ([`domain::calendar::Service`]), and a ticket where the mapping reads it.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::calendar::{
    Conflict, Conflicts, Dependencies, Exception, Freeze, Hardness, Item, Service, Twice, covered, dependencies_told,
    hits, reckoned, team_of,
};
use domain::change::{ChangeRequest, Deployment, StatusCategory, Window};
use domain::ids::ChangeKey;
use domain::meeting::DecisionKind;
use domain::policy::Policy;
use domain::sign_off::Standing;
use domain::text::mark_invisible;
use store::{IndexRow, PlannedChange};

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::views::{
    CalendarConflict, CalendarFreeze, CalendarItem, CalendarRelease, CalendarRequest, CalendarView,
    ImplementationWindow,
};

pub(crate) mod beside;
mod file;
mod freezes;
mod kept;
mod reschedule;
mod schedule;
#[cfg(test)]
pub(crate) mod testing;

pub use file::{freezes_as_toml, freezes_of_calendar};
pub(crate) use kept::last_kept;
pub(crate) use reschedule::{decided_window, explained};

/// Changes of a calendar at most.
const MOST: u32 = 5_000;
/// Changes of which a free slot is looked for at most.
const MOST_AHEAD: u32 = 20_000;
/// Pairs that are in each other's way, at most as many are listed; each change's own count is whole.
const MOST_PAIRS: usize = 10_000;
/// Days of a calendar at most: a year and a month.
const MOST_DAYS: i64 = 400;
/// Days of a calendar for which nobody said how many.
const DAYS: u64 = 31;

/// A part of the calendar: local days, and their instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    zone: Tz,
    first: NaiveDate,
    last: NaiveDate,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Span {
    fn of(request: &CalendarRequest, now: DateTime<Utc>) -> Answer<Self> {
        let zone = zone_or_utc(request.zone.as_deref())?;
        let day = |field: &str, text: &Option<String>| match text {
            Some(text) => NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d")
                .map(Some)
                .map_err(|_| BoardError::invalid(field, format!("{text:?} is no day; write it as 2026-11-25."))),
            None => Ok(None),
        };
        let first = day("from", &request.from)?.unwrap_or_else(|| now.with_timezone(&zone).date_naive());
        let last = day("to", &request.to)?.or_else(|| first.checked_add_days(Days::new(DAYS - 1))).unwrap_or(first);
        let days = last.signed_duration_since(first).num_days();
        if !(0..MOST_DAYS).contains(&days) {
            return Err(BoardError::invalid("to", "A calendar has 400 days at most, and ends after it begins."));
        }
        let after = last.succ_opt().unwrap_or(last);
        let midnight = |date: NaiveDate, twice: Twice| {
            reckoned(date.and_time(NaiveTime::MIN), zone, twice)
                .map(|at| at.at)
                .map_err(|why| BoardError::invalid("from", why.to_string()))
        };
        Ok(Self { zone, first, last, from: midnight(first, Twice::Earlier)?, until: midnight(after, Twice::Later)? })
    }
}

/// The zone that was asked for.
fn zone_or_utc(name: Option<&str>) -> Answer<Tz> {
    name.map_or(Ok(Tz::UTC), |name| crate::words::zone(name.trim()))
}

/// A time span in words, in a zone.
fn words(from: DateTime<Utc>, until: DateTime<Utc>, zone: Tz) -> String {
    format!("{} to {}", crate::words::local(from, zone), crate::words::local(until, zone))
}

/// A window in words, in the zone in which it is planned.
pub(crate) fn window_words(window: &Window) -> String {
    words(window.start, window.end, crate::words::zone(&window.zone).unwrap_or(Tz::UTC))
}

/// Whether a change is in nobody's way any more.
fn over(planned: &PlannedChange) -> bool {
    planned.row.decision.is_some_and(is_over) || planned.row.category == Some(StatusCategory::Closed)
}

/// Whether nothing comes of a change that was decided so.
pub(crate) fn is_over(decision: DecisionKind) -> bool {
    matches!(decision, DecisionKind::Rejected | DecisionKind::Withdrawn)
}

/// Whether a calendar can count on a change: the board decided for it, or an authority approved what the policy's chain
/// delegates, on which no decision is made (R61).
pub(crate) fn is_approved(row: &IndexRow) -> bool {
    row.decision.is_some_and(|decision| decision.approves()) || row.standing == Standing::Approved
}

/// The team: the ticket's word, and where it says nothing the policy's.
fn team(told: &str, services: &[Service], service: &str) -> String {
    if told.trim().is_empty() { team_of(services, service) } else { told.trim().to_owned() }
}

/// Which service depends on which, by the policy and by the tickets: those that are planned, and one more.
fn dependencies(services: &[Service], planned: &[PlannedChange], also: Option<&ChangeRequest>) -> Dependencies {
    let of_planned = planned.iter().map(|planned| (planned.row.service.as_str(), planned.depends_on.as_str()));
    let of_one = also.map(|change| (change.service.as_str(), change.depends_on.as_str()));
    dependencies_told(services, of_planned.chain(of_one))
}

/// An event of a deployment, in words, in a zone (R78).
fn deployment_words(deployment: &Deployment, zone: Tz) -> String {
    let at = crate::words::local(deployment.at, zone);
    let by = if deployment.by.trim().is_empty() { String::new() } else { format!(", {}", deployment.by.trim()) };
    mark_invisible(&format!("{} {at}{by} ({})", deployment.state.words(), deployment.source))
}

/// What may be in somebody's way.
fn item(planned: &PlannedChange, window: &Window, services: &[Service]) -> Item {
    Item {
        change: planned.row.key.clone(),
        start: window.start,
        end: window.end,
        environment: planned.row.environment.clone(),
        service: planned.row.service.clone(),
        team: team(&planned.team, services, &planned.row.service),
        people: planned.people.iter().cloned().collect::<BTreeSet<String>>(),
    }
}

/// The changes that may be in somebody's way.
fn items(planned: &[PlannedChange], services: &[Service]) -> Vec<Item> {
    let current = planned.iter().filter(|p| !over(p));
    current.filter_map(|p| p.row.window.as_ref().map(|window| item(p, window, services))).collect()
}

fn reasons(conflict: &Conflict) -> Vec<String> {
    conflict.reasons.iter().map(|reason| mark_invisible(&reason.words())).collect()
}

fn window_view(window: &Window) -> ImplementationWindow {
    ImplementationWindow {
        starts_at: crate::words::time(window.start),
        ends_at: crate::words::time(window.end),
        zone: mark_invisible(&window.zone),
    }
}

fn freeze_view(freeze: &Freeze, from: DateTime<Utc>, until: DateTime<Utc>, zone: Tz) -> CalendarFreeze {
    CalendarFreeze {
        id: mark_invisible(&freeze.id),
        name: mark_invisible(&freeze.name),
        hard: freeze.hardness == Hardness::Hard,
        environment: mark_invisible(&freeze.scope.environment),
        services: freeze.scope.services.iter().map(|s| mark_invisible(s)).collect(),
        starts_at: crate::words::time(from),
        ends_at: crate::words::time(until),
        local: words(from, until, zone),
        reason: mark_invisible(&freeze.reason),
        repeats: freeze.rule().ok().flatten().map_or_else(String::new, |rule| rule.words()),
    }
}

/// The exceptions in force, by change.
type Excepted = BTreeMap<ChangeKey, Vec<Exception>>;

/// The names of the freezes that claim a window, each once: those from which it is excepted do not.
fn claims(planned: &PlannedChange, window: &Window, policy: &Policy, excepted: &Excepted) -> Vec<String> {
    let exceptions = excepted.get(&planned.row.key).map_or(&[][..], Vec::as_slice);
    let place = (planned.row.environment.as_str(), planned.row.service.as_str());
    let mut names = Vec::new();
    for hit in hits(&policy.freezes, exceptions, Some(&planned.row.key), place, window) {
        let name = mark_invisible(&hit.freeze.name);
        if hit.exception.is_none() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The calendar of a span, from what is planned in it.
fn view(span: &Span, planned: &[PlannedChange], policy: &Policy, excepted: &Excepted) -> CalendarView {
    let (freezes, services) = (policy.freezes.as_slice(), policy.services.as_slice());
    let items = items(planned, services);
    let known = dependencies(services, planned, None);
    let index = Conflicts::among(&items, &known);
    let shown = planned.iter().filter_map(|p| {
        let window = p.row.window.as_ref()?;
        let over = over(p);
        let asked = !over && !policy.coverage.is_empty();
        let covered = asked.then(|| covered(&policy.coverage, &p.row.service, window).gaps.is_empty());
        let conflicts = if over { 0 } else { index.with(&item(p, window, services)).len() };
        Some(CalendarItem {
            key: p.row.key.to_string(),
            title: mark_invisible(&p.row.title),
            window: window_view(window),
            local: words(window.start, window.end, span.zone),
            environment: mark_invisible(&p.row.environment),
            service: mark_invisible(&p.row.service),
            status: mark_invisible(&p.row.status),
            over,
            level: p.row.level,
            decision: p.row.decision,
            conflicts: u32::try_from(conflicts).unwrap_or(u32::MAX),
            freezes: if over { Vec::new() } else { claims(p, window, policy, excepted) },
            covered,
            release: (!p.row.release.is_empty()).then(|| mark_invisible(&p.row.release)),
            deployment: p.deployment.as_ref().map_or_else(String::new, |told| deployment_words(told, span.zone)),
        })
    });
    let bands = freezes.iter().flat_map(|freeze| {
        let times = freeze.within(span.from, span.until).unwrap_or_default();
        times.into_iter().map(move |(from, until)| freeze_view(freeze, from, until, span.zone))
    });
    let key = |at: usize| items[at].change.to_string();
    let pairs = items.iter().enumerate().flat_map(|(one, of)| {
        let later = index.with(of).into_iter().filter(move |conflict| conflict.other > one);
        later.map(move |conflict| (one, conflict))
    });
    let conflicts = pairs.take(MOST_PAIRS).map(|(one, conflict)| CalendarConflict {
        one: key(one),
        other: key(conflict.other),
        reasons: reasons(&conflict),
    });
    CalendarView {
        from: span.first.to_string(),
        to: span.last.to_string(),
        zone: span.zone.name().to_owned(),
        items: shown.collect(),
        releases: Vec::new(),
        freezes: bands.collect(),
        conflicts: conflicts.collect(),
        more: planned.len() >= MOST as usize,
    }
}

impl Cabinet {
    /// The calendar of some days.
    pub async fn calendar(&self, request: CalendarRequest) -> Answer<CalendarView> {
        let board = self.board()?;
        let state = board.state().await?;
        let span = Span::of(&request, self.now())?;
        let planned = self.planned(&board, span.from, span.until, MOST).await?;
        let (releases, left_out) = self.all_releases(&board).await?;
        let begun = releases.iter().filter_map(|release| release.in_calendar(&state, span.from, span.until, span.zone));
        let mut releases: Vec<CalendarRelease> = begun.collect();
        releases.sort_by(|a, b| (&a.starts_at, &a.name).cmp(&(&b.starts_at, &b.name)));
        let mut excepted = Excepted::new();
        for key in planned.iter().map(|planned| &planned.row.key) {
            // Few changes have any, so few are read.
            if state.ledger.dispensations.contains_key(key) && !state.policy.freezes.is_empty() {
                let found = self.load_stored(&board, key).await?;
                excepted.insert(key.clone(), self.set_aside(&state, &found.change).1);
            }
        }
        let shown = view(&span, &planned, &state.policy, &excepted);
        Ok(CalendarView { releases, more: shown.more || left_out, ..shown })
    }

    /// The changes whose window has some time in common with a span.
    async fn planned(
        &self,
        board: &OpenBoard,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        most: u32,
    ) -> Answer<Vec<PlannedChange>> {
        board.store.windows_between(from, until, most).await.map_err(stored)
    }
}

#[cfg(test)]
mod tests;
