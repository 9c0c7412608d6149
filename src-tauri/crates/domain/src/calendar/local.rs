//! Local times and the instants they are.
use chrono::{DateTime, FixedOffset, LocalResult, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _, Utc};
use chrono_tz::{GapInfo, Tz};

/// A time as people say it in a zone, with the offset where it would otherwise be ambiguous.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    /// The clock on the wall.
    pub time: NaiveDateTime,
    /// Which of two, where the clock shows this time twice; `None` where nobody said.
    pub offset: Option<FixedOffset>,
}

/// Why a local time is no instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocalError {
    /// No such zone.
    #[error("{name:?} is not an IANA time zone such as Europe/Berlin")]
    Zone {
        /// As given, cut to 80 characters.
        name: String,
    },
    /// The clocks jump over it.
    #[error(
        "{} does not occur in {zone}: the clocks go forward; the next time that does is {}",
        minute(*.local),
        minute(*.next)
    )]
    Gap {
        /// As given.
        local: NaiveDateTime,
        /// Where.
        zone: Tz,
        /// The first local time after the jump.
        next: NaiveDateTime,
    },
    /// The clocks show it twice, and nobody said which.
    #[error(
        "{} occurs twice in {zone}: the clocks go back; say which by its offset, {earlier} or {later}",
        minute(*.local)
    )]
    Fold {
        /// As given.
        local: NaiveDateTime,
        /// Where.
        zone: Tz,
        /// The offset of the first time.
        earlier: FixedOffset,
        /// The offset of the second time.
        later: FixedOffset,
    },
    /// The offset that was given is not the zone's.
    #[error("{} in {zone} has the offset {known}, not {given}", minute(*.local))]
    Offset {
        /// As given.
        local: NaiveDateTime,
        /// Where.
        zone: Tz,
        /// As given.
        given: FixedOffset,
        /// What the zone has; of two, the first.
        known: FixedOffset,
    },
    /// A window must take some time.
    #[error("the window ends at {}, which is not after its start at {}", minute(*.end), minute(*.start))]
    Order {
        /// Its start.
        start: NaiveDateTime,
        /// Its end.
        end: NaiveDateTime,
    },
    /// Beyond the years that can be reckoned with.
    #[error("{} in {zone} is beyond the years that can be reckoned with", minute(*.local))]
    Range {
        /// As given.
        local: NaiveDateTime,
        /// Where.
        zone: Tz,
    },
}

/// `2026-03-29 02:30`.
fn minute(local: NaiveDateTime) -> String {
    local.format("%Y-%m-%d %H:%M").to_string()
}

/// Which of two instants a rule takes, where the clock shows one time twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twice {
    /// The first: for what begins.
    Earlier,
    /// The second: for what ends.
    Later,
}

/// An instant that a rule made of a local time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reckoned {
    /// The instant.
    pub at: DateTime<Utc>,
    /// What had to be decided, for people; `None` where the time occurs once.
    pub note: Option<String>,
}

/// The IANA zone of this name.
///
/// # Errors
/// [`LocalError::Zone`].
pub fn zone_named(name: &str) -> Result<Tz, LocalError> {
    name.trim().parse().map_err(|_| LocalError::Zone { name: name.chars().take(80).collect() })
}

/// What a local time is in a zone.
enum Found {
    Once(DateTime<Tz>),
    Twice(DateTime<Tz>, DateTime<Tz>),
    /// Never; the instant at which the clocks jump over it.
    Never(DateTime<Tz>),
}

fn found(local: NaiveDateTime, zone: Tz) -> Result<Found, LocalError> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) => Ok(Found::Once(at)),
        LocalResult::Ambiguous(one, other) => Ok(Found::Twice(one.min(other), one.max(other))),
        LocalResult::None => {
            let gap = GapInfo::new(&local, &zone).and_then(|gap| gap.begin);
            let jump = gap.and_then(|(begin, offset)| begin.checked_sub_offset(offset.fix()));
            let jump = jump.ok_or(LocalError::Range { local, zone })?;
            Ok(Found::Never(zone.from_utc_datetime(&jump)))
        }
    }
}

/// The instant of a local time that somebody gave.
///
/// # Errors
/// The time does not occur in the zone, occurs twice and no offset says which, or has another offset there.
pub fn instant(local: Local, zone: Tz) -> Result<DateTime<Utc>, LocalError> {
    let Local { time, offset } = local;
    let fits = |at: &DateTime<Tz>| offset.is_none_or(|given| at.offset().fix() == given);
    let wrong = |known: &DateTime<Tz>| {
        let known = known.offset().fix();
        LocalError::Offset { local: time, zone, given: offset.unwrap_or(known), known }
    };
    match found(time, zone)? {
        Found::Once(at) if fits(&at) => Ok(at.with_timezone(&Utc)),
        Found::Once(at) => Err(wrong(&at)),
        Found::Never(jump) => Err(LocalError::Gap { local: time, zone, next: jump.naive_local() }),
        Found::Twice(earlier, later) if offset.is_none() => {
            Err(LocalError::Fold { local: time, zone, earlier: earlier.offset().fix(), later: later.offset().fix() })
        }
        Found::Twice(earlier, _) if fits(&earlier) => Ok(earlier.with_timezone(&Utc)),
        Found::Twice(_, later) if fits(&later) => Ok(later.with_timezone(&Utc)),
        Found::Twice(earlier, _) => Err(wrong(&earlier)),
    }
}

/// The instant of a local time that nobody can be asked about: a rule's own, such as the start of business on each day.
/// A time that the clocks jump over is the moment they jump; of two, the one that is asked for. Either is noted.
///
/// # Errors
/// [`LocalError::Range`].
pub fn reckoned(local: NaiveDateTime, zone: Tz, twice: Twice) -> Result<Reckoned, LocalError> {
    Ok(match found(local, zone)? {
        Found::Once(at) => Reckoned { at: at.with_timezone(&Utc), note: None },
        Found::Never(jump) => Reckoned {
            at: jump.with_timezone(&Utc),
            note: Some(format!(
                "{} does not occur in {zone}; {} counts instead",
                minute(local),
                minute(jump.naive_local())
            )),
        },
        Found::Twice(earlier, later) => {
            let (at, which) = match twice {
                Twice::Earlier => (earlier, "first"),
                Twice::Later => (later, "second"),
            };
            Reckoned {
                at: at.with_timezone(&Utc),
                note: Some(format!(
                    "{} occurs twice in {zone}; the {which} counts ({})",
                    minute(local),
                    at.offset().fix()
                )),
            }
        }
    })
}

/// Start and end of a window that was planned in a zone, and how many real minutes it has: over a shift of the clocks these
/// are more or fewer than the difference of the two local times.
///
/// # Errors
/// As [`instant`], and [`LocalError::Order`] where nothing lies between the two.
pub fn span(start: Local, end: Local, zone: Tz) -> Result<(DateTime<Utc>, DateTime<Utc>, i64), LocalError> {
    let (from, until) = (instant(start, zone)?, instant(end, zone)?);
    let length: TimeDelta = until.signed_duration_since(from);
    if length <= TimeDelta::zero() {
        return Err(LocalError::Order { start: start.time, end: end.time });
    }
    Ok((from, until, length.num_minutes()))
}
