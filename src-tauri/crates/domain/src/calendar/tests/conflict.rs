use proptest::prelude::*;

use super::*;

fn reasons(of: &Item, other: &Item, dependencies: &Dependencies) -> Vec<String> {
    let items = [other.clone()];
    let found = Conflicts::among(&items, dependencies).with(of);
    found.iter().flat_map(|c| &c.reasons).map(Reason::words).collect()
}

#[test]
fn every_conflict_names_its_reasons() {
    let plain =
        |number: u32| Item { environment: String::new(), ..item(number, "", "2026-11-25T20:00Z", "2026-11-25T22:00Z") };
    let people = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<BTreeSet<String>>();
    let depends = Dependencies::of([("checkout", "payments"), ("payments", "ledger"), ("ledger", "mainframe")]);
    let with = |number: u32, service: &str| Item { service: service.to_owned(), ..plain(number) };
    let none = Vec::<&str>::new();
    for (one, other, wanted) in [
        (plain(1), plain(2), none.clone()),
        (
            Item { environment: "Production".to_owned(), ..plain(1) },
            Item { environment: " production ".to_owned(), ..plain(2) },
            vec!["same environment Production"],
        ),
        (
            Item { team: "Platform".to_owned(), people: people(&["Dora Lind", "Tom Berg"]), ..plain(1) },
            Item { team: "platform".to_owned(), people: people(&["dora lind"]), ..plain(2) },
            vec!["same team Platform", "same person Dora Lind"],
        ),
        (with(1, "payments"), with(2, "Payments"), vec!["same service payments"]),
        (with(1, "checkout"), with(2, "payments"), vec!["checkout depends on payments"]),
        (with(1, "ledger"), with(2, "checkout"), vec!["checkout depends on ledger"]),
        // Three steps are too far.
        (with(1, "checkout"), with(2, "mainframe"), none.clone()),
        // A change is not in its own way.
        (with(1, "payments"), with(1, "payments"), none),
    ] {
        assert_eq!(reasons(&one, &other, &depends), wanted, "{one:?} {other:?}");
    }
}

#[test]
fn two_services_that_share_a_dependency_are_no_neighbours() {
    let depends = Dependencies::of([("checkout", "ledger"), ("reports", "ledger")]);
    let item = |number: u32, service: &str| Item {
        environment: String::new(),
        ..item(number, service, "2026-11-25T20:00Z", "2026-11-25T22:00Z")
    };
    assert!(reasons(&item(1, "checkout"), &item(2, "reports"), &depends).is_empty());
}

#[test]
fn windows_that_only_touch_are_in_nobodys_way() {
    let none = Dependencies::default();
    let one = item(1, "a", "2026-11-25T20:00Z", "2026-11-25T22:00Z");
    for (start, end, found) in [
        ("2026-11-25T18:00Z", "2026-11-25T20:00Z", false),
        ("2026-11-25T18:00Z", "2026-11-25T20:01Z", true),
        ("2026-11-25T21:59Z", "2026-11-25T23:00Z", true),
        ("2026-11-25T22:00Z", "2026-11-25T23:00Z", false),
        ("2026-11-25T20:30Z", "2026-11-25T21:00Z", true),
        ("2026-11-25T10:00Z", "2026-11-26T10:00Z", true),
    ] {
        assert_eq!(!reasons(&one, &item(2, "b", start, end), &none).is_empty(), found, "{start} {end}");
    }
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// So many windows of up to four hours in so many days.
fn many(dice: &mut Dice, count: u32, days: u64, services: u64) -> Vec<Item> {
    let first = at("2026-01-01T00:00Z");
    (1..=count)
        .map(|number| {
            let start = first + chrono::TimeDelta::minutes(dice.below(days * 24 * 60) as i64);
            let people = (0..dice.below(3)).map(|_| format!("person {}", dice.below(services * 2))).collect();
            Item {
                change: ChangeKey::new("CHG", number),
                start,
                end: start + chrono::TimeDelta::minutes(dice.below(241) as i64),
                environment: ["", "staging", "Production"][dice.below(3) as usize].to_owned(),
                service: format!("service {}", dice.below(services)),
                team: format!("team {}", dice.below(services / 2 + 1)),
                people,
            }
        })
        .collect()
}

/// Straight from the words of the rule, pair by pair.
fn naive(one: &Item, other: &Item, pairs: &[(String, String)]) -> BTreeSet<Reason> {
    let mut reasons = BTreeSet::new();
    if one.change == other.change || one.start >= other.end || other.start >= one.end {
        return reasons;
    }
    if !one.environment.is_empty() && one.environment == other.environment {
        reasons.insert(Reason::Environment(one.environment.clone()));
    }
    if one.service == other.service {
        reasons.insert(Reason::Service(one.service.clone()));
    }
    if one.team == other.team {
        reasons.insert(Reason::Team(one.team.clone()));
    }
    reasons.extend(one.people.intersection(&other.people).cloned().map(Reason::Person));
    let depends = |of: &str, on: &str| {
        let one_step = |a: &str, b: &str| pairs.iter().any(|(of, on)| of == a && on == b);
        of != on && (one_step(of, on) || pairs.iter().any(|(first, middle)| first == of && one_step(middle, on)))
    };
    for (of, on) in [(&one.service, &other.service), (&other.service, &one.service)] {
        if depends(of, on) {
            reasons.insert(Reason::Dependency { of: of.clone(), on: on.clone() });
        }
    }
    reasons
}

fn pairs(dice: &mut Dice, count: u64, services: u64) -> Vec<(String, String)> {
    (0..count)
        .map(|_| (format!("service {}", dice.below(services)), format!("service {}", dice.below(services))))
        .collect()
}

proptest! {
    #[test]
    fn the_search_finds_what_a_naive_one_finds(seed in any::<u64>(), count in 0u32..60) {
        let mut dice = Dice(seed);
        let items = many(&mut dice, count, 3, 6);
        let pairs = pairs(&mut dice, 5, 6);
        let depends = Dependencies::of(pairs.iter().map(|(of, on)| (of.as_str(), on.as_str())));
        let index = Conflicts::among(&items, &depends);
        let mut both_ways = 0;
        for one in &items {
            let wanted: Vec<(usize, Vec<Reason>)> = items
                .iter()
                .enumerate()
                .map(|(at, other)| (at, naive(one, other, &pairs).into_iter().collect::<Vec<_>>()))
                .filter(|(_, reasons)| !reasons.is_empty())
                .collect();
            let found: Vec<(usize, Vec<Reason>)> =
                index.with(one).into_iter().map(|c| (c.other, c.reasons)).collect();
            both_ways += wanted.len();
            prop_assert_eq!(found, wanted);
        }
        prop_assert_eq!(index.all().len() * 2, both_ways, "each pair once");
    }
}

#[test]
fn a_thousand_changes_among_a_hundred_thousand_windows_are_judged_as_by_a_naive_search() {
    let mut dice = Dice(17);
    let items = many(&mut dice, 100_000, 365, 400);
    let pairs = pairs(&mut dice, 100, 400);
    let depends = Dependencies::of(pairs.iter().map(|(of, on)| (of.as_str(), on.as_str())));
    let index = Conflicts::among(&items, &depends);
    // Comparing plain numbers keeps a hundred million comparisons within seconds in a debug build.
    let spans: Vec<(i64, i64)> = items.iter().map(|i| (i.start.timestamp(), i.end.timestamp())).collect();
    let mut conflicts = 0;
    for _ in 0..1_000 {
        let one = &items[dice.below(100_000) as usize];
        let (from, until) = (one.start.timestamp(), one.end.timestamp());
        let mut wanted = Vec::new();
        for (at, (start, end)) in spans.iter().enumerate() {
            if *start < until && from < *end {
                let reasons = naive(one, &items[at], &pairs);
                if !reasons.is_empty() {
                    wanted.push(Conflict { other: at, reasons: reasons.into_iter().collect() });
                }
            }
        }
        conflicts += wanted.len();
        assert_eq!(index.with(one), wanted);
    }
    assert!(conflicts > 5_000, "the sample has conflicts to find: {conflicts}");
}
