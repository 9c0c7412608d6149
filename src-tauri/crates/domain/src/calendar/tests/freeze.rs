use super::*;
use crate::ids::MemberId;
use crate::policy::{Policy, PolicyError, Strength};

fn key() -> ChangeKey {
    ChangeKey::new("CHG", 17)
}

fn exception(expires: &str) -> Exception {
    Exception {
        freeze: "year-end-2026".to_owned(),
        change: key(),
        who: MemberId(uuid::Uuid::from_u128(7)),
        reason: "The regulator's deadline".to_owned(),
        expires: at(expires),
    }
}

#[test]
fn a_window_is_in_a_freeze_partly_or_as_a_whole_or_only_touches_it() {
    // 18 December, 18:00 in Berlin is 17:00 UTC; 4 January, 06:00 is 05:00.
    for (start, end, found) in [
        ("2026-12-18T16:00Z", "2026-12-18T17:00Z", None),
        ("2026-12-18T16:00Z", "2026-12-18T17:01Z", Some(false)),
        ("2026-12-18T17:00Z", "2026-12-18T18:00Z", Some(true)),
        ("2027-01-04T04:00Z", "2027-01-04T05:00Z", Some(true)),
        ("2027-01-04T04:00Z", "2027-01-04T05:01Z", Some(false)),
        ("2027-01-04T05:00Z", "2027-01-04T06:00Z", None),
        ("2026-12-01T00:00Z", "2027-02-01T00:00Z", Some(false)),
    ] {
        let freezes = [year_end()];
        let place = ("production", "payments");
        let hit = hits(&freezes, &[], Some(&key()), place, &window(start, end));
        assert_eq!(hit.first().map(|h| h.whole), found, "{start} {end}");
    }
}

#[test]
fn a_freeze_concerns_its_environments_and_services_and_what_nobody_named() {
    let all = Scope { environment: "prod*".to_owned(), services: Vec::new() };
    let one = Scope { environment: "prod*".to_owned(), services: vec!["Payments".to_owned()] };
    for (scope, environment, service, concerned) in [
        (&all, "production", "payments", true),
        (&all, "staging", "payments", false),
        (&all, " PROD ", "", true),
        (&all, "", "payments", true),
        (&one, "production", "payments ", true),
        (&one, "production", "ledger", false),
        (&one, "production", "", true),
        (&one, "staging", "", false),
    ] {
        assert_eq!(scope.concerns(environment, service), concerned, "{environment:?} {service:?}");
    }
}

#[test]
fn only_a_hard_freeze_without_an_exception_blocks() {
    let soft = Freeze { hardness: Hardness::Soft, ..year_end() };
    let inside = window("2026-12-20T20:00Z", "2026-12-20T22:00Z");
    for (freeze, exceptions, blocks) in [
        (year_end(), vec![], true),
        (soft, vec![], false),
        (year_end(), vec![exception("2026-12-20T22:00Z")], false),
        // It expires while the change is still going out.
        (year_end(), vec![exception("2026-12-20T21:59Z")], true),
        (year_end(), vec![Exception { change: ChangeKey::new("CHG", 18), ..exception("2027-01-01T00:00Z") }], true),
        (year_end(), vec![Exception { freeze: "other".to_owned(), ..exception("2027-01-01T00:00Z") }], true),
    ] {
        let freezes = [freeze];
        let found = hits(&freezes, &exceptions, Some(&key()), ("production", "payments"), &inside);
        assert_eq!(found.iter().map(FreezeHit::blocks).collect::<Vec<_>>(), [blocks], "{exceptions:?}");
    }
}

#[test]
fn a_freeze_lasts_through_the_repeated_hour() {
    let freeze = Freeze { start: wall("2026-10-25T02:30"), end: wall("2026-10-25T02:45"), ..year_end() };
    assert_eq!(freeze.instants(), Ok((at("2026-10-25T00:30Z"), at("2026-10-25T01:45Z"))));
    assert_eq!(freeze.check(), Ok(()));
}

#[test]
fn a_freeze_that_cannot_be_followed_is_refused_by_name() {
    type Case = (fn(&mut Freeze), &'static str);
    let cases: [Case; 8] = [
        (|f| f.id.clear(), "its id is empty"),
        (|f| f.name = " ".to_owned(), "its name is empty"),
        (|f| f.reason.clear(), "its reason is empty"),
        (|f| f.scope.environment.clear(), "its environment is empty"),
        (|f| f.scope.services.push(String::new()), "its service is empty"),
        (|f| f.zone = "Berlin".to_owned(), "\"Berlin\" is not an IANA time zone such as Europe/Berlin"),
        (|f| f.end = f.start, "it is over before it begins"),
        (|f| f.end += chrono::TimeDelta::seconds(5), "its end is not a whole minute"),
    ];
    for (spoil, says) in cases {
        let mut freeze = year_end();
        spoil(&mut freeze);
        assert_eq!(freeze.check().unwrap_err().to_string(), says);
        let policy = Policy { freezes: vec![freeze], ..Policy::built_in(Strength::Starter) };
        let refused = policy.check();
        assert!(matches!(&refused, Err(PolicyError::Freeze { .. })), "{refused:?}");
    }
    assert_eq!(Freeze { end: wall("2026-12-18T18:00"), ..year_end() }.check(), Err(FreezeError::Order));
}

#[test]
fn a_policy_without_freezes_has_the_bytes_it_had_and_one_with_them_survives_json() {
    let plain = Policy::built_in(Strength::Starter);
    assert!(!serde_json::to_string(&plain).unwrap().contains("freezes"));
    let policy = Policy { freezes: vec![year_end()], ..plain };
    policy.check().unwrap();
    let json = serde_json::to_value(&policy).unwrap();
    assert_eq!(
        json["freezes"],
        serde_json::json!([{
            "id": "year-end-2026", "name": "Year end", "hardness": "hard", "scope": { "environment": "prod*" },
            "start": "2026-12-18T18:00:00", "end": "2027-01-04T06:00:00", "zone": "Europe/Berlin",
            "reason": "Closing of the books",
        }])
    );
    assert_eq!(serde_json::from_value::<Policy>(json).unwrap(), policy);
    let twice = Policy { freezes: vec![year_end(), year_end()], ..policy };
    assert_eq!(twice.check().unwrap_err().to_string(), "freezes names year-end-2026 twice");
}

#[test]
fn the_calendar_suggests_when_a_change_is_rolled_out() {
    let business = WorkingHours::weekdays(zone("Europe/Berlin"), hours("08:00", "18:00"));
    let freezes = [year_end()];
    let (none, other): (&[Conflict], &[Conflict]) = (&[], &[Conflict { other: 0, reasons: Vec::new() }]);
    // Wednesday, 25 November; the freeze begins on Friday, 18 December, at 17:00 UTC.
    for (start, end, conflicts, timing, choice) in [
        ("2026-11-25T21:00Z", "2026-11-25T23:00Z", none, Timing::Quiet, "quiet"),
        ("2026-11-25T16:30Z", "2026-11-25T23:00Z", none, Timing::BusinessHours, "business_hours"),
        ("2026-11-25T21:00Z", "2026-11-25T23:00Z", other, Timing::Crowded, "crowded"),
        ("2026-12-16T20:00Z", "2026-12-16T22:00Z", none, Timing::Quiet, "quiet"),
        ("2026-12-17T20:00Z", "2026-12-17T22:00Z", none, Timing::Crowded, "crowded"),
        ("2026-12-20T20:00Z", "2026-12-20T22:00Z", none, Timing::Crowded, "crowded"),
    ] {
        let place = ("production", "payments");
        let found = timing_of(&window(start, end), place, conflicts, &freezes, &business);
        assert_eq!(found, Ok(timing), "{start}");
        assert_eq!(timing.choice(), choice);
    }
    let model = crate::risk::points_100();
    let question = model.question("E3").expect("E3");
    assert!(
        [Timing::Quiet, Timing::BusinessHours, Timing::Crowded].iter().all(|t| question.choice(t.choice()).is_some())
    );
}
