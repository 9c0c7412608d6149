//! The freezes of the policy, all of them, and those of a file before anybody takes them into a policy.
use domain::calendar::{Between, Freeze};
use domain::text::mark_invisible;

use super::{freeze_view, freezes_as_toml, freezes_of_calendar, zone_or_utc};
use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::views::{CalendarFreeze, FreezeRow, FreezesOfFile, FreezesProposed, FreezesRequest, FreezesView};

/// One freeze in words; none of a policy is without instants.
fn shown(freeze: &Freeze, zone: chrono_tz::Tz) -> Option<CalendarFreeze> {
    let (from, until) = freeze.instants().ok()?;
    Some(freeze_view(freeze, from, until, zone))
}

impl Cabinet {
    /// Every freeze of the policy in force, the earliest first, those that are over included.
    pub async fn freezes(&self, request: FreezesRequest) -> Answer<FreezesView> {
        let state = self.board()?.state().await?;
        let zone = zone_or_utc(request.zone.as_deref())?;
        let now = self.now();
        let policy = &state.policy;
        // One that repeats is shown as it runs or comes next, and once its rule is over as it was first.
        let time = |freeze: &Freeze| match freeze.comes_next(now).ok()? {
            Some((from, until)) => Some(((from, until), until <= now)),
            None => Some((freeze.instants().ok()?, true)),
        };
        let mut found: Vec<_> = policy.freezes.iter().filter_map(|freeze| Some((time(freeze)?, freeze))).collect();
        found.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
        let row = |(((from, until), over), freeze): ((Between, bool), &Freeze)| FreezeRow {
            freeze: freeze_view(freeze, from, until, zone),
            over,
        };
        Ok(FreezesView {
            policy: mark_invisible(&policy.name),
            blocks: policy.blocks("R77"),
            freezes: found.into_iter().map(row).collect(),
        })
    }

    /// What an organisation's calendar comes to as freezes, and the rows to take into a policy. Changes nothing.
    pub async fn preview_freezes(&self, request: FreezesOfFile) -> Answer<FreezesProposed> {
        let state = self.board()?.state().await?;
        let zone = crate::words::zone(request.zone.trim())?;
        if request.environment.trim().is_empty() {
            return Err(BoardError::invalid("environment", "Say for which environments they are, such as prod*."));
        }
        let found = freezes_of_calendar(request.text.as_bytes(), &request.zone, &request.environment, request.hard)?;
        // A policy names no freeze twice.
        let known = |freeze: &&Freeze| state.policy.freezes.iter().any(|other| other.id == freeze.id);
        let (held, new): (Vec<&Freeze>, Vec<&Freeze>) = found.iter().partition(known);
        let rows: Vec<Freeze> = new.iter().copied().cloned().collect();
        Ok(FreezesProposed {
            freezes: new.iter().filter_map(|freeze| shown(freeze, zone)).collect(),
            known: held.iter().map(|freeze| mark_invisible(&freeze.name)).collect(),
            toml: if rows.is_empty() { String::new() } else { freezes_as_toml(&rows) },
        })
    }
}
