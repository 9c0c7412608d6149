use chrono::TimeDelta;

use super::*;

fn coverage(name: &str, place: &str, days: &[WeekDay], (from, until): (&str, &str)) -> Coverage {
    Coverage {
        name: name.to_owned(),
        services: Vec::new(),
        zone: place.to_owned(),
        days: days.to_vec(),
        from: from.to_owned(),
        until: until.to_owned(),
        on_call: vec![format!("{name} desk")],
    }
}

fn names<'c>(found: &Covered<'c>) -> Vec<&'c str> {
    found.by.iter().map(|coverage| coverage.name.as_str()).collect()
}

#[test]
fn a_window_is_covered_by_regions_together_and_what_is_left_is_named() {
    let office = &WeekDay::ALL[..5];
    let all = [
        coverage("Berlin", "Europe/Berlin", office, ("08:00", "17:00")),
        coverage("New York", "America/New_York", office, ("09:00", "18:00")),
    ];
    // Wednesday, 25 November 2026: Berlin until 16:00 in UTC, New York from 14:00 until 23:00.
    for (start, end, by, gaps) in [
        ("2026-11-25T08:00Z", "2026-11-25T10:00Z", vec!["Berlin"], vec![]),
        ("2026-11-25T15:00Z", "2026-11-25T22:00Z", vec!["Berlin", "New York"], vec![]),
        ("2026-11-25T16:00Z", "2026-11-25T17:00Z", vec!["New York"], vec![]),
        ("2026-11-25T22:00Z", "2026-11-26T01:00Z", vec!["New York"], vec![("2026-11-25T23:00Z", "2026-11-26T01:00Z")]),
        (
            "2026-11-25T22:00Z",
            "2026-11-26T08:00Z",
            vec!["Berlin", "New York"],
            vec![("2026-11-25T23:00Z", "2026-11-26T07:00Z")],
        ),
        // A Sunday.
        ("2026-11-29T10:00Z", "2026-11-29T11:00Z", vec![], vec![("2026-11-29T10:00Z", "2026-11-29T11:00Z")]),
    ] {
        let window = window(start, end);
        let found = covered(&all, "payments", &window);
        let wanted: Vec<Between> = gaps.into_iter().map(|(from, until)| (at(from), at(until))).collect();
        assert_eq!((names(&found), found.gaps), (by, wanted), "{start} to {end}");
    }
}

#[test]
fn a_night_shift_covers_its_whole_night_over_both_shifts_of_the_clocks_and_a_change_of_rules() {
    for (place, start, end) in [
        ("Europe/Berlin", "2026-03-28T21:00Z", "2026-03-29T04:00Z"),
        ("Europe/Berlin", "2026-10-24T20:00Z", "2026-10-25T05:00Z"),
        ("America/New_York", "2026-03-08T03:00Z", "2026-03-08T10:00Z"),
        ("America/New_York", "2026-11-01T02:00Z", "2026-11-01T11:00Z"),
        ("Australia/Lord_Howe", "2026-10-03T11:30Z", "2026-10-03T19:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T11:00Z", "2026-04-04T19:30Z"),
        ("Asia/Almaty", "2024-02-29T16:00Z", "2024-03-01T01:00Z"),
    ] {
        let all = [coverage("night", place, &WeekDay::ALL, ("22:00", "06:00"))];
        let whole = window(start, end);
        assert!(covered(&all, "payments", &whole).gaps.is_empty(), "{place} {start}");
        let minute = TimeDelta::minutes(1);
        let longer = Window { start: whole.start - minute, end: whole.end + minute, ..whole.clone() };
        assert_eq!(
            covered(&all, "payments", &longer).gaps,
            [(longer.start, whole.start), (whole.end, longer.end)],
            "{place} {start}"
        );
    }
}

#[test]
fn coverage_of_one_service_is_none_of_another_and_none_of_a_change_that_names_none() {
    let mut own = coverage("payments desk", "Etc/UTC", &WeekDay::ALL, ("00:00", "00:00"));
    own.services = vec!["Payments".to_owned()];
    let window = window("2026-11-25T08:00Z", "2026-11-25T10:00Z");
    for (service, gaps) in [(" payments ", 0), ("ledger", 1), ("", 1)] {
        assert_eq!(covered(std::slice::from_ref(&own), service, &window).gaps.len(), gaps, "{service}");
    }
    assert_eq!(covered(&[], "payments", &window).gaps, [(window.start, window.end)]);
}

#[test]
fn a_team_and_dependencies_come_from_the_services_of_the_policy() {
    let service = |name: &str, team: &str, on: &[&str]| Service {
        name: name.to_owned(),
        team: team.to_owned(),
        depends_on: on.iter().map(|name| (*name).to_owned()).collect(),
        owner: String::new(),
    };
    let services = [service("Shop", "Web", &["payments"]), service("payments", "", &["ledger"])];
    let team = |name: &str| team_of(&services, name);
    assert_eq!((team(" shop "), team("payments"), team("ledger")), ("Web".to_owned(), String::new(), String::new()));
    let known = dependencies_of(&services);
    let items = [item(1, "ledger", "2026-11-25T08:00Z", "2026-11-25T10:00Z")];
    let mut shop = item(2, "shop", "2026-11-25T09:00Z", "2026-11-25T11:00Z");
    shop.environment = String::new();
    let found = Conflicts::among(&items, &known).with(&shop);
    let wanted = Reason::Dependency { of: "shop".to_owned(), on: "ledger".to_owned() };
    assert_eq!(found, [Conflict { other: 0, reasons: vec![wanted] }], "two steps");
}

#[test]
fn the_services_beside_one_are_those_it_depends_on_and_those_that_depend_on_it() {
    let service = |name: &str, on: &[&str]| Service {
        name: name.to_owned(),
        team: String::new(),
        depends_on: on.iter().map(|name| (*name).to_owned()).collect(),
        owner: String::new(),
    };
    let services = [
        service("Shop", &["payments", "shop"]),
        service("payments", &["ledger"]),
        service("ledger", &[]),
        service("web", &["SHOP "]),
        service("phone", &["ghost"]),
    ];
    let beside = |name: &str| -> Vec<(&str, bool)> {
        services_beside(&services, name).into_iter().map(|(service, up)| (service.name.as_str(), up)).collect()
    };
    assert_eq!(beside(" shop"), [("payments", true), ("web", false)], "one step, and never itself");
    assert_eq!(beside("ledger"), [("payments", false)]);
    assert_eq!(beside("ghost"), [("phone", false)], "a service that has no row of its own");
    assert!(beside("nobody's").is_empty());
}

#[test]
fn what_tickets_say_of_their_services_is_known_beside_the_policy() {
    let shop = Service {
        name: "shop".to_owned(),
        team: String::new(),
        depends_on: vec!["payments".to_owned()],
        owner: String::new(),
    };
    let services = [shop];
    let told = dependencies_told(&services, [("payments", "ledger; vault,\n"), ("", "everything"), ("web", " ")]);
    let pairs = [("shop", "payments"), ("payments", "ledger"), ("payments", "vault")];
    assert_eq!(told, Dependencies::of(pairs));
    assert_eq!(dependencies_of(&services), Dependencies::of([("shop", "payments")]));
}
