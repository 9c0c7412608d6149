//! Rules by which a freeze repeats (R58): the part of iCalendar's `RRULE` (RFC 5545, 3.3.10) that people plan with, in local
//! dates of the freeze's zone. A date is asked by itself, so a rule without an end costs no more than one with one.
use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};

/// Characters of a rule at most.
const LONGEST: usize = 200;

/// The days of a week as a rule names them, Monday first, with their names.
const DAYS: [(&str, &str); 7] = [
    ("MO", "Monday"),
    ("TU", "Tuesday"),
    ("WE", "Wednesday"),
    ("TH", "Thursday"),
    ("FR", "Friday"),
    ("SA", "Saturday"),
    ("SU", "Sunday"),
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Why a rule cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Nobody writes such a rule.
    #[error("it has more than 200 characters; shorten it")]
    Long,
    /// Not a part that is followed.
    #[error(
        "{part:?} is no part of it; write parts of FREQ, INTERVAL, BYMONTH, BYMONTHDAY, BYDAY and UNTIL, as FREQ=YEARLY"
    )]
    Part {
        /// As given, cut to 40 characters.
        part: String,
    },
    /// A part stands twice.
    #[error("{part} stands in it twice; once is enough")]
    Twice {
        /// Which.
        part: &'static str,
    },
    /// A part says something that it cannot.
    #[error("{part} is {value:?}; give {wanted}")]
    Value {
        /// Which.
        part: &'static str,
        /// As given, cut to 40 characters.
        value: String,
        /// What it may be.
        wanted: &'static str,
    },
    /// A part that its `FREQ` does not have.
    #[error("{part} does not go with this FREQ; {mend}")]
    Unfit {
        /// Which.
        part: &'static str,
        /// What to do.
        mend: &'static str,
    },
    /// Without it there is no rule.
    #[error("it does not say how often; add FREQ=YEARLY, MONTHLY, WEEKLY or DAILY")]
    Often,
}

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Every {
    Day,
    Week,
    Month,
    Year,
}

impl Every {
    fn of(word: &str) -> Option<Self> {
        match word {
            "DAILY" => Some(Self::Day),
            "WEEKLY" => Some(Self::Week),
            "MONTHLY" => Some(Self::Month),
            "YEARLY" => Some(Self::Year),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The widest step: a rule comes round within the years that are looked at.
    fn widest(self) -> (i64, &'static str) {
        match self {
            Self::Day => (366, "a number from 1 to 366"),
            Self::Week => (52, "a number from 1 to 52"),
            Self::Month => (12, "a number from 1 to 12"),
            Self::Year => (4, "a number from 1 to 4"),
        }
    }
}

/// A rule that can be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    every: Every,
    interval: i64,
    /// None: every month, and of a year the first one's.
    months: BTreeSet<u32>,
    /// Days of the month; below zero they count from its end.
    month_days: BTreeSet<i64>,
    /// Days of the week from 0, Monday, each with its place in the month: 0 every one, below zero from the end.
    days: BTreeSet<(i64, u32)>,
    until: Option<NaiveDate>,
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Each value of a list, once; none of a part that is left out.
fn list<T: Ord>(
    (part, text): (&'static str, Option<&str>),
    wanted: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<BTreeSet<T>, RuleError> {
    let values = text.into_iter().flat_map(|text| text.split(','));
    values.map(|value| read(value).ok_or_else(|| RuleError::Value { part, value: cut(value), wanted })).collect()
}

/// A number as people write it: a sign, and digits.
fn number(text: &str, within: std::ops::RangeInclusive<i64>) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit());
    let read: Option<i64> = if plain { text.parse().ok() } else { None };
    read.filter(|number| *number != 0 && within.contains(number))
}

/// `SA`, `2TU`, `-1FR`.
fn day(text: &str) -> Option<(i64, u32)> {
    let split = text.len().checked_sub(2)?;
    let (place, name) = (text.get(..split)?, text.get(split..)?);
    let place = if place.is_empty() { 0 } else { number(place, -5..=5)? };
    let day = (0..).zip(DAYS).find(|(_, (short, _))| *short == name)?.0;
    Some((place, day))
}

impl Rule {
    /// Reads `FREQ=MONTHLY;BYDAY=2TU;UNTIL=20301231`; upper case or lower.
    ///
    /// # Errors
    /// [`RuleError`], the first thing that cannot be followed.
    pub fn read(text: &str) -> Result<Self, RuleError> {
        if text.chars().count() > LONGEST {
            return Err(RuleError::Long);
        }
        let text = text.to_uppercase();
        let mut found: [(&'static str, Option<&str>); 6] = [
            ("FREQ", None),
            ("INTERVAL", None),
            ("BYMONTH", None),
            ("BYMONTHDAY", None),
            ("BYDAY", None),
            ("UNTIL", None),
        ];
        for part in text.split(';') {
            let unknown = || RuleError::Part { part: cut(part) };
            let (name, value) = part.split_once('=').ok_or_else(unknown)?;
            let (part, held) = found.iter_mut().find(|(known, _)| *known == name).ok_or_else(unknown)?;
            if held.replace(value).is_some() {
                return Err(RuleError::Twice { part });
            }
        }
        let [freq, interval, months, month_days, days, until] = found.map(|(_, value)| value);
        let wanted = "DAILY, WEEKLY, MONTHLY or YEARLY";
        let freq = freq.ok_or(RuleError::Often)?;
        let every = Every::of(freq).ok_or_else(|| RuleError::Value { part: "FREQ", value: cut(freq), wanted })?;
        let (most, wanted) = every.widest();
        let interval = match interval {
            Some(text) => {
                number(text, 1..=most).ok_or_else(|| RuleError::Value { part: "INTERVAL", value: cut(text), wanted })?
            }
            None => 1,
        };
        let month = |text: &str| number(text, 1..=12).and_then(|month| u32::try_from(month).ok());
        let date = |text: &str| NaiveDate::parse_from_str(text, "%Y%m%d").ok().filter(|_| text.len() == 8);
        let wanted = "the last day, as 20301231";
        let until = match until {
            Some(text) => {
                Some(date(text).ok_or_else(|| RuleError::Value { part: "UNTIL", value: cut(text), wanted })?)
            }
            None => None,
        };
        let month_day = |text: &str| number(text, -31..=31);
        let rule = Self {
            every,
            interval,
            months: list(("BYMONTH", months), "months from 1 to 12", month)?,
            month_days: list(("BYMONTHDAY", month_days), "days from 1 to 31, or from -1 to -31", month_day)?,
            days: list(("BYDAY", days), "days as SA, 2TU or -1FR", day)?,
            until,
        };
        rule.fits()?;
        Ok(rule)
    }

    /// That its parts go with each other.
    fn fits(&self) -> Result<(), RuleError> {
        let placed = self.days.iter().any(|(place, _)| *place != 0);
        match self.every {
            Every::Day | Every::Week if placed => {
                let mend = "leave the number before the day out, or write FREQ=MONTHLY";
                Err(RuleError::Unfit { part: "BYDAY", mend })
            }
            Every::Week if !self.month_days.is_empty() => Err(RuleError::Unfit {
                part: "BYMONTHDAY",
                mend: "write FREQ=MONTHLY, or name days of the week by BYDAY",
            }),
            Every::Year if self.months.is_empty() && !self.month_days.is_empty() => {
                Err(RuleError::Unfit { part: "BYMONTHDAY", mend: "say in which months by BYMONTH" })
            }
            Every::Year if self.months.is_empty() && !self.days.is_empty() => {
                Err(RuleError::Unfit { part: "BYDAY", mend: "say in which months by BYMONTH" })
            }
            Every::Day | Every::Week | Every::Month | Every::Year => Ok(()),
        }
    }

    /// Whether it names a date, counted from its first one.
    #[must_use]
    pub fn names(&self, date: NaiveDate, first: NaiveDate) -> bool {
        date >= first
            && self.until.is_none_or(|until| date <= until)
            && self.steps(date, first) % self.interval == 0
            && (self.months.is_empty() || self.months.contains(&date.month()))
            && self.of_its_days(date, first)
    }

    /// How many of its days, weeks, months or years lie between. Weeks begin on Monday.
    fn steps(&self, date: NaiveDate, first: NaiveDate) -> i64 {
        let days = |date: NaiveDate| i64::from(date.num_days_from_ce());
        let months = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month());
        match self.every {
            Every::Day => days(date) - days(first),
            // The first day of the first year was a Monday.
            Every::Week => (days(date) - 1).div_euclid(7) - (days(first) - 1).div_euclid(7),
            Every::Month => months(date) - months(first),
            Every::Year => i64::from(date.year()) - i64::from(first.year()),
        }
    }

    fn of_its_days(&self, date: NaiveDate, first: NaiveDate) -> bool {
        if self.month_days.is_empty() && self.days.is_empty() {
            return match self.every {
                Every::Day => true,
                Every::Week => date.weekday() == first.weekday(),
                Every::Month => date.day() == first.day(),
                Every::Year => date.day() == first.day() && (!self.months.is_empty() || date.month() == first.month()),
            };
        }
        let (day, last) = (i64::from(date.day()), days_of_month(date));
        let from_end = day - last - 1;
        let weekday = date.weekday().num_days_from_monday();
        let places = [0, (day - 1) / 7 + 1, (from_end + 1) / 7 - 1];
        (self.month_days.is_empty() || self.month_days.contains(&day) || self.month_days.contains(&from_end))
            && (self.days.is_empty() || places.iter().any(|place| self.days.contains(&(*place, weekday))))
    }

    /// In words: `every month on the 2nd Tuesday until 2030-12-31`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut said = match self.interval {
            1 => format!("every {}", self.every.word()),
            n => format!("every {n} {}s", self.every.word()),
        };
        let mut add = |before: &str, items: Vec<String>| {
            if !items.is_empty() {
                said.push_str(&format!(" {before} {}", items.join(", ")));
            }
        };
        let month = |month: &u32| (1..).zip(MONTHS).find(|(n, _)| n == month).map(|(_, name)| name.to_owned());
        let placed = |(place, day): &(i64, u32)| {
            let name = (0..).zip(DAYS).find(|(n, _)| n == day).map(|(_, (_, name))| name)?;
            Some(if *place == 0 { name.to_owned() } else { format!("the {} {name}", ordinal(*place)) })
        };
        add("on", self.month_days.iter().map(|day| format!("the {} day", ordinal(*day))).collect());
        add(if self.month_days.is_empty() { "on" } else { "if it is" }, self.days.iter().filter_map(placed).collect());
        add(
            if self.month_days.is_empty() && self.days.is_empty() { "in" } else { "of" },
            self.months.iter().filter_map(month).collect(),
        );
        add("until", self.until.iter().map(ToString::to_string).collect());
        said
    }
}

/// `1st`, `2nd`, `last`, `3rd to last`.
fn ordinal(place: i64) -> String {
    let nth = |n: i64| {
        let ending = match (n % 10, n % 100) {
            (_, 11..=13) => "th",
            (1, _) => "st",
            (2, _) => "nd",
            (3, _) => "rd",
            _ => "th",
        };
        format!("{n}{ending}")
    };
    match place {
        -1 => "last".to_owned(),
        place if place < 0 => format!("{} to last", nth(-place)),
        place => nth(place),
    }
}

/// How many days the month of a date has.
fn days_of_month(date: NaiveDate) -> i64 {
    let (year, month) = if date.month() == 12 { (date.year() + 1, 1) } else { (date.year(), date.month() + 1) };
    let last = NaiveDate::from_ymd_opt(year, month, 1).and_then(|next| next.pred_opt());
    last.map_or(31, |last| i64::from(last.day()))
}
