//! `bench-calendar COUNT ASKED`: conflicts of ASKED changes among COUNT windows of a year, each asked of the calendar's
//! index and then of a naive search, which must say the same; a hundred times a service depends on another. Prints one
//! line of JSON with the nanoseconds of each.
use std::collections::BTreeSet;
use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

use domain::calendar::{Conflict, Conflicts, Dependencies, Item, Reason};
use domain::ids::ChangeKey;
use serde_json::json;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// Windows of up to four hours; five environments, 400 services, a hundred teams, a thousand people.
fn many(dice: &mut Dice, count: u32) -> Vec<Item> {
    let first = chrono::DateTime::<chrono::Utc>::from_timestamp(1_767_225_600, 0).unwrap_or_default();
    let minutes = |count: u64| chrono::TimeDelta::minutes(i64::try_from(count).unwrap_or_default());
    (1..=count)
        .map(|number| {
            let start = first + minutes(dice.below(365 * 24 * 60));
            Item {
                change: ChangeKey::new("CHG", number),
                start,
                end: start + minutes(30 + dice.below(210)),
                environment: format!("environment {}", dice.below(5)),
                service: format!("service {}", dice.below(400)),
                team: format!("team {}", dice.below(100)),
                people: (0..2).map(|_| format!("person {}", dice.below(1_000))).collect(),
            }
        })
        .collect()
}

/// Pairs of services: the first depends on the second.
fn pairs(dice: &mut Dice, count: u32) -> Vec<(String, String)> {
    (0..count).map(|_| (format!("service {}", dice.below(400)), format!("service {}", dice.below(400)))).collect()
}

/// Whether one depends on the other, by one step or two.
fn depends(pairs: &[(String, String)], of: &str, on: &str) -> bool {
    let step = |a: &str, b: &str| pairs.iter().any(|(of, on)| of == a && on == b);
    of != on && (step(of, on) || pairs.iter().any(|(first, middle)| first == of && step(middle, on)))
}

fn naive(one: &Item, items: &[Item], pairs: &[(String, String)]) -> Vec<Conflict> {
    let mut found = Vec::new();
    for (at, other) in items.iter().enumerate() {
        if one.start < other.end && other.start < one.end && one.change != other.change {
            let mut reasons = BTreeSet::new();
            if one.environment == other.environment {
                reasons.insert(Reason::Environment(one.environment.clone()));
            }
            if one.service == other.service {
                reasons.insert(Reason::Service(one.service.clone()));
            }
            if one.team == other.team {
                reasons.insert(Reason::Team(one.team.clone()));
            }
            reasons.extend(one.people.intersection(&other.people).cloned().map(Reason::Person));
            for (of, on) in [(&one.service, &other.service), (&other.service, &one.service)] {
                if depends(pairs, of, on) {
                    reasons.insert(Reason::Dependency { of: of.clone(), on: on.clone() });
                }
            }
            if !reasons.is_empty() {
                found.push(Conflict { other: at, reasons: reasons.into_iter().collect() });
            }
        }
    }
    found
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let usage = "usage: bench-calendar COUNT ASKED";
    let count: u32 = args.next().ok_or(usage)?.parse()?;
    let asked: u32 = args.next().ok_or(usage)?.parse()?;
    let mut dice = Dice(17);
    let items = many(&mut dice, count);
    let pairs = pairs(&mut dice, 100);
    let depend = Dependencies::of(pairs.iter().map(|(of, on)| (of.as_str(), on.as_str())));

    let began = Instant::now();
    let index = Conflicts::among(&items, &depend);
    let made = began.elapsed().as_micros();

    let (mut ours, mut theirs, mut conflicts, mut by_dependency) = (Vec::new(), Vec::new(), 0, 0);
    for _ in 0..asked {
        let at = usize::try_from(dice.below(u64::from(count)))?;
        let one = items.get(at).ok_or(usage)?;
        let began = Instant::now();
        let found = index.with(one);
        ours.push(began.elapsed().as_nanos());
        let began = Instant::now();
        let wanted = naive(one, &items, &pairs);
        theirs.push(began.elapsed().as_nanos());
        if found != wanted {
            return Err(format!("{}: the index and the naive search differ", one.change).into());
        }
        conflicts += found.len();
        let told = |conflict: &&Conflict| conflict.reasons.iter().any(|why| matches!(why, Reason::Dependency { .. }));
        by_dependency += found.iter().filter(told).count();
    }
    let told = json!({
        "made_microseconds": made, "ours_nanoseconds": ours, "naive_nanoseconds": theirs,
        "conflicts": conflicts, "by_dependency": by_dependency,
    });
    writeln!(std::io::stdout(), "{told}")?;
    Ok(())
}
