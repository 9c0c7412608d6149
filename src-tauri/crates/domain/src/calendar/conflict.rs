//! Conflicts between windows: the same environment, service, team or person, or services that depend on each other, at
//! times that overlap (R74).
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::ids::ChangeKey;

/// How many steps of dependency make neighbours.
const DEPTH: u32 = 2;

/// A change in the calendar. What is blank is not known, and conflicts with nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The change.
    pub change: ChangeKey,
    /// First instant of its window.
    pub start: DateTime<Utc>,
    /// Last instant of its window.
    pub end: DateTime<Utc>,
    /// The environment.
    pub environment: String,
    /// The service.
    pub service: String,
    /// The team.
    pub team: String,
    /// Who is needed.
    pub people: BTreeSet<String>,
}

/// What two changes have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The environment.
    Environment(String),
    /// The service.
    Service(String),
    /// The team.
    Team(String),
    /// A person.
    Person(String),
    /// One service depends on the other, by one step or two.
    Dependency {
        /// Which depends.
        of: String,
        /// On which.
        on: String,
    },
}

impl Reason {
    /// The words people read.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Environment(name) => format!("same environment {name}"),
            Self::Service(name) => format!("same service {name}"),
            Self::Team(name) => format!("same team {name}"),
            Self::Person(name) => format!("same person {name}"),
            Self::Dependency { of, on } => format!("{of} depends on {on}"),
        }
    }
}

/// Another change that is in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Its place among the items.
    pub other: usize,
    /// Why, each reason once.
    pub reasons: Vec<Reason>,
}

/// Which service depends on which.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dependencies {
    on: BTreeMap<String, BTreeSet<String>>,
    of: BTreeMap<String, BTreeSet<String>>,
}

impl Dependencies {
    /// From pairs: the first depends on the second.
    #[must_use]
    pub fn of<'s>(pairs: impl IntoIterator<Item = (&'s str, &'s str)>) -> Self {
        let mut all = Self::default();
        for (of, on) in pairs {
            let (of, on) = (folded(of), folded(on));
            all.of.entry(on.clone()).or_default().insert(of.clone());
            all.on.entry(of).or_default().insert(on);
        }
        all
    }

    /// What the service depends on, and what depends on it, by two steps at most. Two services that merely share a
    /// dependency are no neighbours: each can change without the other.
    fn neighbours(&self, service: &str) -> (BTreeSet<String>, BTreeSet<String>) {
        (reached(&self.on, service), reached(&self.of, service))
    }
}

fn reached(steps: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut edge = BTreeSet::from([from.to_owned()]);
    for _ in 0..DEPTH {
        edge = edge.iter().filter_map(|service| steps.get(service)).flatten().cloned().collect();
        all.extend(edge.iter().cloned());
    }
    all.remove(from);
    all
}

/// Names are the same without regard to case and the white space around them.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Under what items are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Environment,
    Service,
    Team,
    Person,
}

/// A window and the place of its item.
type Span = (DateTime<Utc>, DateTime<Utc>, usize);

/// Windows sorted by start; `latest` has for the middle of each half, quarter and so on the latest end in that part.
#[derive(Debug, Clone, Default)]
struct Spans {
    spans: Vec<Span>,
    latest: Vec<DateTime<Utc>>,
}

impl Spans {
    fn of(mut spans: Vec<Span>) -> Self {
        spans.sort_unstable();
        let latest = spans.iter().map(|(_, end, _)| *end).collect();
        let all_of_them = spans.len();
        let mut all = Self { spans, latest };
        all.settle(0, all_of_them);
        all
    }

    /// Fills in `latest` for a part; answers its value.
    fn settle(&mut self, low: usize, high: usize) -> Option<DateTime<Utc>> {
        if low >= high {
            return None;
        }
        let middle = low + (high - low) / 2;
        let sides = [self.settle(low, middle), self.settle(middle + 1, high)];
        let here = sides.into_iter().flatten().fold(self.latest[middle], Ord::max);
        self.latest[middle] = here;
        Some(here)
    }

    /// Calls `found` with each item whose window overlaps.
    fn overlapping(&self, from: DateTime<Utc>, until: DateTime<Utc>, found: &mut impl FnMut(usize)) {
        self.within(0, self.spans.len(), from, until, found);
    }

    fn within(
        &self,
        low: usize,
        high: usize,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        found: &mut impl FnMut(usize),
    ) {
        if low >= high {
            return;
        }
        let middle = low + (high - low) / 2;
        if self.latest[middle] <= from {
            return;
        }
        self.within(low, middle, from, until, found);
        let (start, end, at) = self.spans[middle];
        // What starts later still is out of reach as well.
        if start < until {
            if from < end {
                found(at);
            }
            self.within(middle + 1, high, from, until, found);
        }
    }
}

/// The calendar, ready to be asked what is in the way of a window.
#[derive(Debug, Clone)]
pub struct Conflicts<'i> {
    items: &'i [Item],
    dependencies: &'i Dependencies,
    by: BTreeMap<(Kind, String), Spans>,
}

/// What an item is looked up by: folded, and as it is written.
fn names(item: &Item) -> Vec<(Kind, String, &str)> {
    let single = [
        (Kind::Environment, item.environment.as_str()),
        (Kind::Service, item.service.as_str()),
        (Kind::Team, item.team.as_str()),
    ];
    let people = item.people.iter().map(|person| (Kind::Person, person.as_str()));
    let mut names: Vec<(Kind, String, &str)> =
        single.into_iter().chain(people).map(|(kind, name)| (kind, folded(name), name.trim())).collect();
    names.retain(|(_, folded, _)| !folded.is_empty());
    // One person under two spellings is one person.
    names.sort();
    names.dedup_by(|a, b| (a.0, &a.1) == (b.0, &b.1));
    names
}

impl<'i> Conflicts<'i> {
    /// Sorts the items: n log n.
    #[must_use]
    pub fn among(items: &'i [Item], dependencies: &'i Dependencies) -> Self {
        let mut by: BTreeMap<(Kind, String), Vec<Span>> = BTreeMap::new();
        for (at, item) in items.iter().enumerate() {
            for (kind, name, _) in names(item) {
                by.entry((kind, name)).or_default().push((item.start, item.end, at));
            }
        }
        let by = by.into_iter().map(|(key, spans)| (key, Spans::of(spans))).collect();
        Self { items, dependencies, by }
    }

    /// The items.
    #[must_use]
    pub fn items(&self) -> &'i [Item] {
        self.items
    }

    /// What is in the way of an item, in the order of the items: log n and what is found. A change is never in its own way.
    #[must_use]
    pub fn with(&self, item: &Item) -> Vec<Conflict> {
        let mut found: BTreeMap<usize, BTreeSet<Reason>> = BTreeMap::new();
        let mut look = |kind: Kind, folded: String, reason: &Reason| {
            if let Some(spans) = self.by.get(&(kind, folded)) {
                spans.overlapping(item.start, item.end, &mut |at| {
                    if self.items[at].change != item.change {
                        found.entry(at).or_default().insert(reason.clone());
                    }
                });
            }
        };
        for (kind, folded, name) in names(item) {
            let name = name.to_owned();
            let reason = match kind {
                Kind::Environment => Reason::Environment(name),
                Kind::Service => Reason::Service(name),
                Kind::Team => Reason::Team(name),
                Kind::Person => Reason::Person(name),
            };
            look(kind, folded, &reason);
        }
        let service = item.service.trim();
        if !service.is_empty() {
            let (on, of) = self.dependencies.neighbours(&folded(service));
            for other in on {
                let reason = Reason::Dependency { of: service.to_owned(), on: other.clone() };
                look(Kind::Service, other, &reason);
            }
            for other in of {
                let reason = Reason::Dependency { of: other.clone(), on: service.to_owned() };
                look(Kind::Service, other, &reason);
            }
        }
        found.into_iter().map(|(other, reasons)| Conflict { other, reasons: reasons.into_iter().collect() }).collect()
    }

    /// Every pair that is in each other's way, each once: the places of both, the smaller first, and why.
    #[must_use]
    pub fn all(&self) -> Vec<(usize, Conflict)> {
        let each = self.items.iter().enumerate();
        each.flat_map(|(at, item)| self.with(item).into_iter().filter(move |c| c.other > at).map(move |c| (at, c)))
            .collect()
    }
}
