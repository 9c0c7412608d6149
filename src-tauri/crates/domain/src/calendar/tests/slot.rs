use super::*;

/// Two hours of payments in production after a moment, in these hours.
fn wanted(after: &str, hours: WorkingHours) -> Wanted {
    Wanted { item: item(17, "payments", after, after), minutes: 120, hours, after: at(after) }
}

fn quiet() -> WorkingHours {
    WorkingHours::daily(zone("Europe/Berlin"), hours("20:00", "00:00"))
}

fn found(wanted: &Wanted, items: &[Item], freezes: &[Freeze]) -> Result<Slot, SlotError> {
    next_free(wanted, &Conflicts::among(items, &Dependencies::default()), freezes, &[])
}

fn said(passed: &[Day]) -> Vec<String> {
    let words = |day: &Day| day.refusals.iter().map(DayRefusal::words).collect::<Vec<_>>().join("; ");
    passed.iter().map(|day| format!("{}: {}", day.date, words(day))).collect()
}

#[test]
fn the_first_window_within_the_hours_is_taken_when_nothing_is_in_the_way() {
    for (after, start) in [
        // 20:00 there is 19:00 UTC in November.
        ("2026-11-25T08:00Z", "2026-11-25T19:00Z"),
        ("2026-11-25T20:15Z", "2026-11-25T20:15Z"),
        ("2026-11-25T21:00Z", "2026-11-25T21:00Z"),
    ] {
        let slot = found(&wanted(after, quiet()), &[], &[]).unwrap();
        assert_eq!((slot.window.start, slot.window.zone.as_str()), (at(start), "Europe/Berlin"), "{after}");
        assert_eq!(slot.window.end.signed_duration_since(slot.window.start).num_minutes(), 120);
        assert!(slot.passed.is_empty(), "{:?}", slot.passed);
    }
    let late = found(&wanted("2026-11-25T21:01Z", quiet()), &[], &[]).unwrap();
    assert_eq!(late.window.start, at("2026-11-26T19:00Z"));
    assert_eq!(said(&late.passed), ["2026-11-25: too little of the allowed hours is left"]);
}

#[test]
fn other_changes_are_waited_for() {
    let items = [
        item(1, "ledger", "2026-11-25T19:30Z", "2026-11-25T20:30Z"),
        item(2, "ledger", "2026-11-25T20:00Z", "2026-11-25T21:00Z"),
        // Touches the slot and no more.
        item(3, "ledger", "2026-11-25T23:00Z", "2026-11-26T01:00Z"),
        // The change itself, where it is now.
        item(17, "payments", "2026-11-25T21:00Z", "2026-11-25T23:00Z"),
    ];
    let slot = found(&wanted("2026-11-25T08:00Z", quiet()), &items, &[]).unwrap();
    assert_eq!(slot.window.start, at("2026-11-25T21:00Z"));
    assert_eq!(said(&slot.passed), ["2026-11-25: conflict with CHG-1; conflict with CHG-2"]);
    let elsewhere = Item { environment: "staging".to_owned(), ..items[0].clone() };
    let slot = found(&wanted("2026-11-25T08:00Z", quiet()), &[elsewhere], &[]).unwrap();
    assert_eq!(slot.window.start, at("2026-11-25T19:00Z"));
}

#[test]
fn a_freeze_is_waited_for_and_each_of_its_days_says_so() {
    let office = WorkingHours::weekdays(zone("Europe/Berlin"), hours("09:00", "17:00"));
    let freeze = Freeze { end: wall("2026-12-22T12:00"), ..year_end() };
    let slot = found(&wanted("2026-12-18T15:30Z", office), &[], std::slice::from_ref(&freeze)).unwrap();
    assert_eq!(slot.window.start, at("2026-12-22T11:00Z"));
    assert_eq!(
        said(&slot.passed),
        [
            "2026-12-18: too little of the allowed hours is left",
            "2026-12-19: no allowed hours",
            "2026-12-20: no allowed hours",
            "2026-12-21: freeze “Year end”",
            "2026-12-22: freeze “Year end”",
        ]
    );
    let elsewhere = Freeze { scope: Scope { environment: "staging".to_owned(), services: Vec::new() }, ..freeze };
    let slot = found(&wanted("2026-12-21T08:00Z", quiet()), &[], &[elsewhere]).unwrap();
    assert_eq!(slot.window.start, at("2026-12-21T19:00Z"));
}

#[test]
fn an_exception_of_the_change_opens_its_freeze() {
    let exception = Exception {
        freeze: "year-end-2026".to_owned(),
        change: ChangeKey::new("CHG", 17),
        who: crate::ids::MemberId(uuid::Uuid::from_u128(7)),
        reason: "The regulator's deadline".to_owned(),
        expires: at("2026-12-31T00:00Z"),
    };
    let depends = Dependencies::default();
    let conflicts = Conflicts::among(&[], &depends);
    let wanted = wanted("2026-12-20T08:00Z", quiet());
    let slot = next_free(&wanted, &conflicts, &[year_end()], &[exception]).unwrap();
    assert_eq!(slot.window.start, at("2026-12-20T19:00Z"));
    let without = next_free(&wanted, &conflicts, &[year_end()], &[]).unwrap();
    assert_eq!(without.window.start, at("2027-01-04T19:00Z"));
}

#[test]
fn hours_around_the_clock_are_one_and_a_long_change_runs_over_midnight() {
    let all = WorkingHours::daily(zone("Europe/Berlin"), hours("00:00", "00:00"));
    let long = Wanted { minutes: 600, ..wanted("2026-11-25T20:00Z", all) };
    let items = [item(1, "ledger", "2026-11-25T20:00Z", "2026-11-25T22:00Z")];
    let slot = found(&long, &items, &[]).unwrap();
    assert_eq!((slot.window.start, slot.window.end), (at("2026-11-25T22:00Z"), at("2026-11-26T08:00Z")));
}

#[test]
fn a_search_has_an_end_and_says_what_it_passed_over() {
    let long = Wanted { minutes: 241, ..wanted("2026-11-25T08:00Z", quiet()) };
    let Err(SlotError::Full { passed }) = found(&long, &[], &[]) else { panic!("four hours a night are too few") };
    assert_eq!(passed.first().map(|d| d.refusals.clone()), Some(vec![DayRefusal::Short]));
    assert!(passed.len() >= 365, "{}", passed.len());
    let nothing = Wanted { minutes: 0, ..wanted("2026-11-25T08:00Z", quiet()) };
    assert_eq!(found(&nothing, &[], &[]), Err(SlotError::Nothing));
}
