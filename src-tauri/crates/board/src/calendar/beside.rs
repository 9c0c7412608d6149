//! What else is planned for the time of a change, as it was when the change was last loaded: the gate of R74 speaks of it.
//!
//! Gates are asked in the middle of decisions and signatures, where nothing is waited for; so what they look at is laid
//! ready when the change is loaded, as is whether its ticket is gone.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Days, Utc};
use chrono_tz::Tz;
use domain::calendar::{Conflicts, Item, Timing, Wanted, next_free, timing_of};
use domain::change::{ChangeRequest, StatusCategory, Window};
use domain::gate::{self, GateOutcome, InTheWay};
use domain::ids::ChangeKey;
use domain::policy::Policy;
use store::{IndexRow, PlannedChange};

use super::schedule::{allowed, item_of, minutes, same_hours};
use super::{MOST, dependencies, item, items, over};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::Answer;
use crate::state::BoardState;
use crate::views::SlotHours;

/// Changes beside one that are looked at; more than that share its time on no real board.
const MOST_AT_ONCE: u32 = 500;
/// How far ahead a gate looks for a free slot, in days; the schedule looks a year ahead.
const AHEAD: u64 = 31;
/// Changes of those days that are looked at.
const MOST_AHEAD: u32 = 2_000;

/// What was found beside one change.
#[derive(Debug, Default)]
struct Found {
    /// Planned for some of its time.
    at_once: Vec<PlannedChange>,
    /// Planned within the days in which a free slot is looked for; empty where nothing is in the way.
    ahead: Vec<PlannedChange>,
    /// From when, and until when, a slot is looked for.
    looked: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// What stands beside each change, as last loaded.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    known: RwLock<BTreeMap<ChangeKey, Arc<Found>>>,
}

impl Beside {
    fn of(&self, key: &ChangeKey) -> Option<Arc<Found>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn note(&self, key: &ChangeKey, found: Found) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), Arc::new(found));
    }
}

impl Cabinet {
    /// Looks at what else is planned for the time of a change, for [`conflicts`].
    pub(crate) async fn look_beside(&self, board: &OpenBoard, change: &ChangeRequest) -> Answer<()> {
        let mut found = Found::default();
        if let Some(window) = &change.window {
            found.at_once = self.planned(board, window.start, window.end, MOST_AT_ONCE).await?;
            found.at_once.retain(|planned| planned.row.key != change.key && !over(planned));
            if !found.at_once.is_empty() {
                let after = self.now().max(window.start);
                let until = after.checked_add_days(Days::new(AHEAD)).unwrap_or(after);
                found.ahead = self.planned(board, after, until, MOST_AHEAD).await?;
                found.looked = Some((after, until));
            }
        }
        board.beside.note(&change.key, found);
        Ok(())
    }

    /// Of these rows of the list, the changes that another one blocks (R74): none where the policy only warns of it, and none
    /// of what two people waived.
    pub(crate) async fn blocked_by_others(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        rows: &[&IndexRow],
    ) -> Answer<BTreeSet<ChangeKey>> {
        let windows = || rows.iter().filter_map(|row| row.window.as_ref());
        let span = windows().map(|window| window.start).min().zip(windows().map(|window| window.end).max());
        let Some((from, until)) = span.filter(|_| state.policy.blocks("R74")) else { return Ok(BTreeSet::new()) };
        let planned = self.planned(board, from, until, MOST).await?;
        let mut blocked = BTreeSet::new();
        for key in in_the_way(rows, &planned, &state.policy) {
            // Few changes have any, so few are read.
            if state.ledger.dispensations.contains_key(&key) {
                let change = self.load_stored(board, &key).await?.change;
                if self.set_aside(state, &change).0.iter().any(|waiver| waiver.gate == crate::gates::CONFLICTS) {
                    continue;
                }
            }
            blocked.insert(key);
        }
        Ok(blocked)
    }
}

/// Which of these rows have another change in their way.
fn in_the_way(rows: &[&IndexRow], planned: &[PlannedChange], policy: &Policy) -> Vec<ChangeKey> {
    let asked: BTreeSet<&ChangeKey> = rows.iter().map(|row| &row.key).collect();
    let known = dependencies(&policy.services, planned, None);
    let all = items(planned, &policy.services);
    let index = Conflicts::among(&all, &known);
    let of_rows = planned.iter().filter(|planned| asked.contains(&planned.row.key) && !over(planned));
    let met = |planned: &&PlannedChange| {
        let window = planned.row.window.as_ref();
        window.is_some_and(|window| !index.with(&item(planned, window, &policy.services)).is_empty())
    };
    of_rows.filter(met).map(|planned| planned.row.key.clone()).collect()
}

/// What the gate of R74 says of a change; `None` for one that was not loaded yet, or is over: then it is in nobody's way.
pub(crate) fn conflicts(board: &OpenBoard, state: &BoardState, change: &ChangeRequest) -> Option<GateOutcome> {
    let found = board.beside.of(&change.key)?;
    let decided = state.ledger.decision(&change.key).map(|recorded| recorded.decision.kind);
    let refused = decided.is_some_and(super::is_over);
    if refused || change.status.category == Some(StatusCategory::Closed) {
        return None;
    }
    Some(judged(change, &found, &state.policy))
}

/// What the calendar says to the model's question E3, for whoever answers it; it never answers by itself. `None` where there
/// is no window, or it was not loaded yet.
pub(crate) fn timing(board: &OpenBoard, state: &BoardState, change: &ChangeRequest) -> Option<Timing> {
    let found = board.beside.of(&change.key)?;
    timed(change, &found, &state.policy)
}

fn timed(change: &ChangeRequest, found: &Found, policy: &Policy) -> Option<Timing> {
    let window = change.window.as_ref()?;
    let zone = crate::words::zone(&window.zone).unwrap_or(Tz::UTC);
    let known = dependencies(&policy.services, &found.at_once, Some(change));
    let beside = items(&found.at_once, &policy.services);
    let conflicts = Conflicts::among(&beside, &known).with(&item_of(change, window, &policy.services));
    let place = (change.environment.as_str(), change.service.as_str());
    let business = allowed(SlotHours::Business, zone, &policy.regions);
    timing_of(window, place, &conflicts, &policy.freezes, &business).ok()
}

fn judged(change: &ChangeRequest, found: &Found, policy: &Policy) -> GateOutcome {
    let Some(window) = &change.window else { return gate::conflicts_gate(change, policy, &[], None) };
    let known = dependencies(&policy.services, &found.at_once, Some(change));
    let item = item_of(change, window, &policy.services);
    let beside = items(&found.at_once, &policy.services);
    let others: Vec<InTheWay> = Conflicts::among(&beside, &known)
        .with(&item)
        .into_iter()
        .filter_map(|conflict| {
            let key = &beside.get(conflict.other)?.change;
            let row = &found.at_once.iter().find(|planned| planned.row.key == *key)?.row;
            let (title, window) = (row.title.clone(), row.window.clone()?);
            Some(InTheWay { change: key.clone(), title, window, reasons: conflict.reasons })
        })
        .collect();
    let free = if others.is_empty() { None } else { free((window, change), item, found, policy) };
    gate::conflicts_gate(change, policy, &others, free.as_ref())
}

/// When the same hours are free, as far as that was looked at.
fn free((window, change): (&Window, &ChangeRequest), item: Item, found: &Found, policy: &Policy) -> Option<Window> {
    let (after, until) = found.looked?;
    let zone = crate::words::zone(&window.zone).unwrap_or(Tz::UTC);
    let wanted = Wanted { item, minutes: minutes(window, zone)?, hours: same_hours(window, zone), after };
    let known = dependencies(&policy.services, &found.ahead, Some(change));
    let ahead = items(&found.ahead, &policy.services);
    let slot = next_free(&wanted, &Conflicts::among(&ahead, &known), &policy.freezes, &[]).ok()?;
    // What was cut off could be in its way.
    let cut = found.ahead.len() >= MOST_AHEAD as usize;
    let last = found.ahead.last().and_then(|last| last.row.window.as_ref()).map(|window| window.start);
    let known_until = if cut { last? } else { until };
    (slot.window.end <= known_until).then_some(slot.window)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{planned, window, year_end};
    use super::*;
    use domain::calendar::Service;
    use domain::gate::GateResult;
    use domain::policy::Strength;

    const START: &str = "2026-11-25T21:00:00Z";
    const END: &str = "2026-11-25T23:00:00Z";

    fn change() -> ChangeRequest {
        let mut change = crate::changes::testing::change("CHG-17");
        change.window = Some(window(START, END));
        change.environment = "staging".to_owned();
        change.service = "shop".to_owned();
        change
    }

    fn found(at_once: Vec<PlannedChange>) -> Found {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).expect("an instant").with_timezone(&Utc);
        let looked = Some((at(START), at("2026-12-26T21:00:00Z")));
        Found { ahead: at_once.clone(), at_once, looked }
    }

    fn policy(blocks: bool) -> Policy {
        let service = Service {
            name: "shop".to_owned(),
            team: "Web".to_owned(),
            depends_on: vec!["payments".to_owned()],
            owner: String::new(),
        };
        let mut policy = Policy { services: vec![service], ..Policy::built_in(Strength::Starter) };
        if blocks {
            policy.blocking.push("R74".to_owned());
        }
        policy
    }

    #[test]
    fn what_the_policy_knows_of_services_puts_changes_in_each_others_way() {
        let at_once = found(vec![planned(1, "payments", window(START, END))]);
        let outcome = judged(&change(), &at_once, &policy(true));
        assert_eq!((outcome.result, outcome.blocks), (GateResult::Failed, true));
        assert!(outcome.why.contains("CHG-1 “Move the ledger”") && outcome.why.ends_with("shop depends on payments"));
        // The next evening at the same hours.
        assert!(outcome.satisfied_by.contains("from 2026-11-26 22:00 CET to 2026-11-27 00:00 CET"), "{outcome:?}");
        assert_eq!(judged(&change(), &at_once, &policy(false)).result, GateResult::Warned);
        let bare = Policy { services: Vec::new(), ..policy(true) };
        assert_eq!(judged(&change(), &at_once, &bare).result, GateResult::Passed, "nothing is known in common");
        assert_eq!(judged(&change(), &Found::default(), &policy(true)).result, GateResult::Passed);
    }

    #[test]
    fn what_tickets_say_of_team_and_dependencies_puts_changes_in_each_others_way() {
        let other = |team: &str, depends_on: &str| PlannedChange {
            team: team.to_owned(),
            depends_on: depends_on.to_owned(),
            ..planned(1, "mail", window(START, END))
        };
        let mine = ChangeRequest { team: " Web".to_owned(), depends_on: "vault, mail".to_owned(), ..change() };
        let mute = Policy { services: Vec::new(), ..policy(true) };
        for (change, other, says) in [
            (&mine, other("web ", ""), Some("same team Web, shop depends on mail")),
            (&change(), other("", "shop"), Some("mail depends on shop")),
            (&change(), other("Web", ""), None),
        ] {
            let outcome = judged(change, &found(vec![other]), &mute);
            let ends = outcome.why.split(", ").skip(1).collect::<Vec<_>>().join(", ");
            assert_eq!(says.is_some(), outcome.blocks, "{outcome:?}");
            assert_eq!(says.unwrap_or_default(), if outcome.blocks { ends.as_str() } else { "" });
        }
    }

    #[test]
    fn a_row_of_the_list_counts_what_is_in_its_way() {
        let all = [
            planned(1, "payments", window(START, END)),
            planned(2, "payments", window(START, END)),
            planned(3, "payments", window("2026-11-27T21:00:00Z", "2026-11-27T23:00:00Z")),
        ];
        let rows: Vec<&IndexRow> = all.iter().skip(1).map(|planned| &planned.row).collect();
        assert_eq!(in_the_way(&rows, &all, &policy(true)), [ChangeKey::new("CHG", 2)]);
    }

    #[test]
    fn the_calendar_says_when_a_change_is_rolled_out() {
        let none = Found::default();
        let (day, night) = (("2026-11-25T08:00:00Z", "2026-11-25T09:00:00Z"), (START, END));
        let beside = found(vec![planned(1, "payments", window(START, END))]);
        let frozen = Policy { freezes: vec![year_end()], ..policy(false) };
        let december = ("2026-12-20T20:00:00Z", "2026-12-20T22:00:00Z");
        for ((start, end), environment, found, policy, wanted) in [
            (night, "staging", &none, &policy(false), Timing::Quiet),
            (day, "staging", &none, &policy(false), Timing::BusinessHours),
            (night, "staging", &beside, &policy(false), Timing::Crowded),
            (december, "production", &none, &frozen, Timing::Crowded),
            (december, "staging", &none, &frozen, Timing::Quiet),
        ] {
            let mut change = change();
            change.environment = environment.to_owned();
            change.window = Some(window(start, end));
            assert_eq!(timed(&change, found, policy), Some(wanted), "{start} in {environment}");
        }
        let unplanned = ChangeRequest { window: None, ..change() };
        assert_eq!(timed(&unplanned, &none, &policy(false)), None);
    }

    #[test]
    fn no_slot_is_named_that_lies_behind_what_was_looked_at() {
        let mut change = change();
        change.environment = "production".to_owned();
        change.window = Some(window("2026-12-10T20:00:00Z", "2026-12-10T22:00:00Z"));
        let mut beside = found(vec![planned(1, "payments", window("2026-12-10T20:00:00Z", "2026-12-10T22:00:00Z"))]);
        beside.looked =
            Some((change.window.as_ref().expect("planned").start, year_end().instants().expect("a known zone").1));
        let start = chrono::NaiveDate::from_ymd_opt(2026, 12, 1).and_then(|day| day.and_hms_opt(0, 0, 0));
        let long = domain::calendar::Freeze { start: start.expect("a time"), ..year_end() };
        let frozen = Policy { freezes: vec![long], ..policy(true) };
        let outcome = judged(&change, &beside, &frozen);
        assert_eq!(outcome.satisfied_by, "move the window, or the other one");
        let outcome = judged(&change, &beside, &policy(true));
        assert!(outcome.satisfied_by.contains("2026-12-11 21:00 CET"), "{outcome:?}");
    }
}
