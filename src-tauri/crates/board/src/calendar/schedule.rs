//! One change's schedule, and the next free slot.
use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::calendar::{
    Conflicts, DayHours, Exception, FreezeHit, Hardness, Item, Service, Slot, SlotError, Wanted, WorkingHours, covered,
    hits, next_free,
};
use domain::chain::{Region, business_hours};
use domain::change::{ChangeRequest, Window};
use domain::ids::ChangeKey;
use domain::policy::Policy;
use domain::text::mark_invisible;
use store::PlannedChange;

use super::{MOST, MOST_AHEAD, dependencies, deployment_words, items, reasons, team, window_view, words, zone_or_utc};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError, refusal, with_fact};
use crate::views::{
    ScheduleConflict, ScheduleCoverage, ScheduleFreeze, ScheduleRequest, ScheduleView, SlotDay, SlotHours, SlotRequest,
    SlotView,
};

/// How far ahead a slot is looked for, in days, and what may still run into that.
const AHEAD: u64 = 368;
/// Days that a refusal names.
const NAMED_DAYS: usize = 5;

pub(super) fn item_of(change: &ChangeRequest, window: &Window, services: &[Service]) -> Item {
    let people = [&change.deployer, &change.assignee];
    Item {
        change: change.key.clone(),
        start: window.start,
        end: window.end,
        environment: change.environment.clone(),
        service: change.service.clone(),
        team: team(&change.team, services, &change.service),
        people: people.into_iter().flatten().map(|account| account.name.clone()).collect(),
    }
}

/// At the same local hours, on any day: the hours of the window, or the whole day where it is longer than one.
pub(super) fn same_hours(window: &Window, zone: Tz) -> WorkingHours {
    let local = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
    let (start, end) = (local(window.start), local(window.end));
    let whole_days = end.signed_duration_since(start).num_days() > 0;
    let hours = if whole_days {
        DayHours { from: NaiveTime::MIN, until: NaiveTime::MIN }
    } else {
        DayHours { from: start.time(), until: end.time() }
    };
    WorkingHours::daily(zone, hours)
}

/// How long it is: real minutes, but over a shift of the clocks no more than the clock shows, so that it fits into the same
/// hours of another day.
pub(super) fn minutes(window: &Window, zone: Tz) -> Option<u32> {
    let local = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
    let real = window.end.signed_duration_since(window.start);
    let shown = local(window.end).signed_duration_since(local(window.start));
    u32::try_from(real.min(shown).num_minutes()).ok().filter(|minutes| *minutes > 0)
}

pub(super) fn allowed(hours: SlotHours, zone: Tz, regions: &[Region]) -> WorkingHours {
    let clock = |hour: u32| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
    let day = |from: u32, until: u32| DayHours { from: clock(from), until: clock(until) };
    match hours {
        SlotHours::Any => WorkingHours::daily(zone, day(0, 0)),
        SlotHours::Business => business_hours(regions, zone),
        SlotHours::Quiet => WorkingHours::daily(zone, day(20, 6)),
    }
}

pub(super) fn freeze_view(hit: &FreezeHit<'_>, zone: Tz) -> ScheduleFreeze {
    let until = |exception: &Exception| {
        format!("until {}: {}", crate::words::local(exception.expires, zone), mark_invisible(&exception.reason))
    };
    let excepted = hit.exception.map_or_else(String::new, until);
    let needs = match hit.freeze.hardness {
        Hardness::Hard | Hardness::Soft if hit.exception.is_some() => "Nothing: an exception holds.",
        Hardness::Hard => "Move the window, or get an exception that names who allows it, why, and until when (R77).",
        Hardness::Soft => "Nothing: this freeze warns. Say in the meeting why the change cannot wait.",
    };
    ScheduleFreeze {
        id: mark_invisible(&hit.freeze.id),
        name: mark_invisible(&hit.freeze.name),
        hard: hit.freeze.hardness == Hardness::Hard,
        whole: hit.whole,
        local: words(hit.start, hit.end, zone),
        reason: mark_invisible(&hit.freeze.reason),
        excepted,
        needs: needs.to_owned(),
    }
}

/// Who is on call, and for which part of the window nobody is; `None` where the policy names no hours of support.
pub(super) fn coverage_view(policy: &Policy, service: &str, window: &Window, zone: Tz) -> Option<ScheduleCoverage> {
    if policy.coverage.is_empty() {
        return None;
    }
    let found = covered(&policy.coverage, service, window);
    let by = found.by.iter().map(|c| mark_invisible(&format!("{}: {}", c.name, c.on_call.join(", "))));
    Some(ScheduleCoverage {
        by: by.collect(),
        gaps: found.gaps.iter().map(|(start, end)| words(*start, *end, zone)).collect(),
    })
}

fn slot_view(slot: &Slot, zone: Tz) -> SlotView {
    let passed = slot.passed.iter().map(|day| SlotDay {
        date: day.date.to_string(),
        why: day.refusals.iter().map(|why| mark_invisible(&why.words())).collect(),
    });
    SlotView {
        window: window_view(&slot.window),
        local: words(slot.window.start, slot.window.end, zone),
        passed: passed.collect(),
    }
}

/// Looks among what is planned ahead. Where that is cut off, a slot that lies beyond the cut is none.
fn free(wanted: &Wanted, ahead: &[PlannedChange], policy: &Policy, excepted: &[Exception]) -> Result<Slot, SlotError> {
    let items = items(ahead, &policy.services);
    let known = dependencies(&policy.services, ahead, None);
    let slot = next_free(wanted, &Conflicts::among(&items, &known), &policy.freezes, excepted)?;
    let cut = ahead.len() >= MOST_AHEAD as usize;
    let known = ahead.last().and_then(|last| last.row.window.as_ref()).map(|window| window.start);
    match known {
        Some(known) if cut && known < slot.window.end => Err(SlotError::Full { passed: slot.passed }),
        Some(_) | None => Ok(slot),
    }
}

/// No slot, as a refusal that names the first days.
fn refused(error: SlotError) -> BoardError {
    match error {
        SlotError::Nothing => BoardError::invalid("minutes", "A slot has one minute at least."),
        SlotError::Local(why) => BoardError::invalid("after", why.to_string()),
        SlotError::Full { passed } => {
            let no = refusal(
                "no_free_slot",
                "Nothing is free within a year.",
                Some("R74"),
                "Shorten the window, allow more hours, or move what is in the way.",
            );
            BoardError::Refused(passed.iter().take(NAMED_DAYS).fold(no, |no, day| {
                let why: Vec<String> = day.refusals.iter().map(|why| mark_invisible(&why.words())).collect();
                with_fact(no, &day.date.to_string(), why.join("; "))
            }))
        }
    }
}

/// The zone in which a slot is looked for: that of the region, or the one that was asked for.
fn zone_of(request: &SlotRequest, regions: &[Region]) -> Answer<Tz> {
    let Some(name) = request.region.as_deref() else { return zone_or_utc(request.zone.as_deref()) };
    if request.zone.is_some() {
        return Err(BoardError::invalid("zone", "A region has its own zone; leave one of the two out."));
    }
    match regions.iter().find(|region| region.is(name)) {
        Some(region) => crate::words::zone(region.zone.trim()),
        None => {
            let known: Vec<String> = regions.iter().map(|region| mark_invisible(&region.name)).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            Err(BoardError::invalid("region", format!("The policy has no region of this name; it has: {known}.")))
        }
    }
}

impl Cabinet {
    /// A change's schedule: its window, what is in its way, and when the same hours are free.
    pub async fn schedule(&self, request: ScheduleRequest) -> Answer<ScheduleView> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?;
        let found = self.load_stored(&board, &key).await?;
        let change = &found.change;
        let elsewhere = request.zone.as_deref().map(|name| crate::words::zone(name.trim())).transpose()?;
        let told =
            |zone: Tz| -> Vec<String> { change.deployments.iter().map(|told| deployment_words(told, zone)).collect() };
        let Some(window) = &change.window else {
            return Ok(ScheduleView { deployments: told(elsewhere.unwrap_or(Tz::UTC)), ..without_window(&key) });
        };
        // The mapping lets no other zone in; an older program's might have.
        let zone = crate::words::zone(&window.zone).unwrap_or(Tz::UTC);
        let policy = &state.policy;
        let item = item_of(change, window, &policy.services);
        let beside = self.planned(&board, window.start, window.end, MOST).await?;
        let place = (change.environment.as_str(), change.service.as_str());
        let exceptions = self.set_aside(&state, change).1;
        let frozen = hits(&policy.freezes, &exceptions, Some(&key), place, window);
        let conflicts = conflict_views(&item, &beside, &policy.services, change, zone);
        let length = minutes(window, zone);
        let (mut next, mut no_next) = (None, None);
        let in_the_way = !conflicts.is_empty() || frozen.iter().any(|hit| hit.exception.is_none());
        if let Some(minutes) = length
            && in_the_way
        {
            let wanted = Wanted { item, minutes, hours: same_hours(window, zone), after: self.now().max(window.start) };
            match self.free_after(&board, &wanted, policy, &exceptions).await? {
                Ok(slot) => next = Some(slot_view(&slot, zone)),
                Err(why) => no_next = Some(crate::gates::sentence(&why.to_string())),
            }
        }
        Ok(ScheduleView {
            change: key.to_string(),
            window: Some(window_view(window)),
            planned: Some(words(window.start, window.end, zone)),
            elsewhere: elsewhere.filter(|other| *other != zone).map(|other| words(window.start, window.end, other)),
            minutes: u32::try_from(window.end.signed_duration_since(window.start).num_minutes()).ok(),
            conflicts,
            freezes: frozen.iter().map(|hit| freeze_view(hit, zone)).collect(),
            coverage: coverage_view(policy, &change.service, window, zone),
            deployments: told(zone),
            next,
            no_next,
        })
    }

    /// The next free slot for a service in an environment.
    pub async fn free_slot(&self, request: SlotRequest) -> Answer<SlotView> {
        let board = self.board()?;
        let state = board.state().await?;
        let zone = zone_of(&request, &state.policy.regions)?;
        let after = match request.after.as_deref().map(str::trim) {
            Some(text) => DateTime::parse_from_rfc3339(text)
                .map_err(|_| {
                    BoardError::invalid("after", format!("{text:?} is no time; write it as 2026-11-25T20:00:00+01:00."))
                })?
                .with_timezone(&Utc),
            None => self.now(),
        };
        // A key that no ticket has: nothing planned is the change itself.
        let change = ChangeKey::new("", 0);
        let item = Item {
            change,
            start: after,
            end: after,
            environment: request.environment,
            service: request.service,
            team: String::new(),
            people: BTreeSet::new(),
        };
        let regions = state.policy.regions.as_slice();
        let named = request.region.as_deref().and_then(|name| regions.iter().find(|region| region.is(name)));
        let hours = allowed(request.hours, zone, named.map_or(regions, std::slice::from_ref));
        let wanted = Wanted { item, minutes: request.minutes, hours, after };
        let slot = self.free_after(&board, &wanted, &state.policy, &[]).await?.map_err(refused)?;
        Ok(slot_view(&slot, zone))
    }

    async fn free_after(
        &self,
        board: &OpenBoard,
        wanted: &Wanted,
        policy: &Policy,
        excepted: &[Exception],
    ) -> Answer<Result<Slot, SlotError>> {
        let until = wanted.after.checked_add_days(Days::new(AHEAD)).unwrap_or(wanted.after);
        let ahead = self.planned(board, wanted.after, until, MOST_AHEAD).await?;
        Ok(free(wanted, &ahead, policy, excepted))
    }
}

pub(super) fn conflict_views(
    item: &Item,
    beside: &[PlannedChange],
    services: &[Service],
    change: &ChangeRequest,
    zone: Tz,
) -> Vec<ScheduleConflict> {
    let items = items(beside, services);
    let known = dependencies(services, beside, Some(change));
    let found = Conflicts::among(&items, &known).with(item);
    let title = |key: &ChangeKey| beside.iter().find(|p| p.row.key == *key).map_or("", |p| p.row.title.as_str());
    found
        .iter()
        .map(|conflict| {
            let other = &items[conflict.other];
            ScheduleConflict {
                key: other.change.to_string(),
                title: mark_invisible(title(&other.change)),
                local: words(other.start, other.end, zone),
                reasons: reasons(conflict),
            }
        })
        .collect()
}

fn without_window(key: &ChangeKey) -> ScheduleView {
    ScheduleView {
        change: key.to_string(),
        window: None,
        planned: None,
        elsewhere: None,
        minutes: None,
        conflicts: Vec::new(),
        freezes: Vec::new(),
        coverage: None,
        deployments: Vec::new(),
        next: None,
        no_next: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{planned, window, year_end};
    use super::*;
    use domain::calendar::{Freeze, WeekDay};
    use domain::policy::Strength;

    fn policy(freezes: Vec<Freeze>) -> Policy {
        Policy { freezes, ..Policy::built_in(Strength::Starter) }
    }

    fn berlin() -> Tz {
        Tz::Europe__Berlin
    }

    fn wanted(window: &Window) -> Wanted {
        let item = Item {
            change: ChangeKey::new("CHG", 17),
            start: window.start,
            end: window.end,
            environment: "production".to_owned(),
            service: "payments".to_owned(),
            team: String::new(),
            people: BTreeSet::new(),
        };
        let minutes = minutes(window, berlin()).expect("some time");
        Wanted { item, minutes, hours: same_hours(window, berlin()), after: window.start }
    }

    #[test]
    fn the_next_slot_is_at_the_same_hours_of_another_day() {
        let mine = window("2026-11-25T21:00:00Z", "2026-11-25T23:00:00Z");
        let taken = planned(1, "ledger", mine.clone());
        let slot = free(&wanted(&mine), &[taken], &policy(Vec::new()), &[]).expect("the next evening");
        assert_eq!(slot_view(&slot, berlin()).local, "26 Nov 2026, 22:00 CET to 27 Nov 2026, 00:00 CET");
        let frozen = window("2026-12-20T20:00:00Z", "2026-12-20T22:00:00Z");
        let slot = free(&wanted(&frozen), &[], &policy(vec![year_end()]), &[]).expect("after the freeze");
        let view = slot_view(&slot, berlin());
        assert_eq!(view.local, "4 Jan 2027, 21:00 CET to 4 Jan 2027, 23:00 CET");
        assert_eq!(view.passed.len(), 16);
        assert_eq!(
            (view.passed[0].date.as_str(), view.passed[0].why.join("; ").as_str()),
            ("2026-12-20", "freeze “Year end”")
        );
    }

    #[test]
    fn a_window_over_a_shift_of_the_clocks_still_fits_another_day() {
        for (start, end, minutes_wanted) in [
            // Six hours by the clock, seven in truth; and six by the clock, five in truth.
            ("2026-10-24T22:00:00Z", "2026-10-25T05:00:00Z", 360),
            ("2026-03-28T23:00:00Z", "2026-03-29T04:00:00Z", 300),
        ] {
            let mine = window(start, end);
            assert_eq!(minutes(&mine, berlin()), Some(minutes_wanted));
            let taken = planned(1, "ledger", mine.clone());
            assert!(free(&wanted(&mine), &[taken], &policy(Vec::new()), &[]).is_ok(), "{start}");
        }
        assert_eq!(minutes(&window("2026-11-25T21:00:00Z", "2026-11-25T20:00:00Z"), berlin()), None);
    }

    #[test]
    fn a_soft_freeze_needs_nothing_and_a_hard_one_an_exception() {
        let inside = window("2026-12-20T20:00:00Z", "2026-12-20T22:00:00Z");
        for (hardness, says) in [(Hardness::Hard, "get an exception"), (Hardness::Soft, "this freeze warns")] {
            let freezes = [Freeze { hardness, ..year_end() }];
            let found = hits(&freezes, &[], None, ("production", "payments"), &inside);
            let views: Vec<ScheduleFreeze> = found.iter().map(|hit| freeze_view(hit, berlin())).collect();
            assert!(views.len() == 1 && views[0].whole && views[0].needs.contains(says), "{views:?}");
            let exceptions = [Exception {
                freeze: year_end().id,
                change: ChangeKey::new("CHG", 17),
                who: domain::ids::MemberId(uuid::Uuid::from_u128(7)),
                reason: "The regulator's deadline".to_owned(),
                expires: inside.end,
            }];
            let key = ChangeKey::new("CHG", 17);
            let found = hits(&freezes, &exceptions, Some(&key), ("production", "payments"), &inside);
            let view = freeze_view(&found[0], berlin());
            assert_eq!(view.needs, "Nothing: an exception holds.");
            assert_eq!(view.excepted, "until 20 Dec 2026, 23:00 CET: The regulator's deadline");
            let slot = free(&wanted(&inside), &[], &policy(freezes.to_vec()), &exceptions).expect("as it is planned");
            assert_eq!(slot.window.start, inside.start);
        }
    }

    #[test]
    fn a_slot_is_looked_for_in_the_business_hours_of_the_region_that_was_named() {
        let region = Region {
            name: "Riyadh".to_owned(),
            zone: "Asia/Riyadh".to_owned(),
            days: WeekDay::ALL.into_iter().filter(|day| *day != WeekDay::Friday).collect(),
            from: "07:00".to_owned(),
            until: "15:00".to_owned(),
            holidays: Vec::new(),
        };
        let asked = |region: Option<&str>, zone: Option<&str>| SlotRequest {
            minutes: 60,
            environment: String::new(),
            service: String::new(),
            after: None,
            zone: zone.map(str::to_owned),
            region: region.map(str::to_owned),
            hours: SlotHours::Business,
        };
        let regions = [region];
        for (region, zone, found) in [
            (Some("riyadh"), None, Ok(Tz::Asia__Riyadh)),
            (None, Some("Europe/Berlin"), Ok(Tz::Europe__Berlin)),
            (None, None, Ok(Tz::UTC)),
            (Some("Riyadh"), Some("Asia/Riyadh"), Err("zone")),
            (Some("Berlin"), None, Err("region")),
        ] {
            let zone = zone_of(&asked(region, zone), &regions);
            match found {
                Ok(wanted) => assert_eq!(zone.expect("a zone"), wanted),
                Err(wanted) => {
                    assert!(matches!(&zone, Err(BoardError::Invalid { field, .. }) if field == wanted), "{zone:?}");
                }
            }
        }
        let hours = allowed(SlotHours::Business, Tz::Asia__Riyadh, &regions);
        let elsewhere = allowed(SlotHours::Business, berlin(), &regions);
        // Sunday, 29 November 2026.
        let sunday = window("2026-11-29T00:00:00Z", "2026-11-29T20:00:00Z");
        assert_eq!(hours.between(sunday.start, sunday.end), Ok(480));
        assert_eq!(elsewhere.between(sunday.start, sunday.end), Ok(0));
    }

    #[test]
    fn no_slot_is_a_refusal_that_names_the_first_days() {
        let mine = window("2026-11-25T21:00:00Z", "2026-11-25T23:00:00Z");
        let endless =
            Freeze { end: year_end().start + Days::new(3_000), start: year_end().start - Days::new(100), ..year_end() };
        let none = free(&wanted(&mine), &[], &policy(vec![endless]), &[]).expect_err("frozen for years");
        let BoardError::Refused(no) = refused(none) else { panic!("a rule says no") };
        assert_eq!((no.code.as_str(), no.facts.len()), ("no_free_slot", NAMED_DAYS));
        assert_eq!(no.facts[0].value, "freeze “Year end”");
    }
}
