use super::*;

/// Words that are the same in both languages.
const SHARED: [&str; 2] = ["Name", "Release"];

#[test]
fn every_phrase_differs_between_the_languages_but_for_words_they_share() {
    for (english, german) in ALL.iter().chain(summary::ALL).chain(plan::ALL).chain(moments::ALL) {
        assert!(!english.trim().is_empty() && !german.trim().is_empty());
        assert_eq!(english == german, SHARED.contains(english), "{english} / {german}");
        let ends = |text: &str| text.chars().next_back().filter(char::is_ascii_punctuation);
        assert_eq!(ends(english), ends(german), "{english} / {german}");
        assert_eq!(english.starts_with(' '), german.starts_with(' '), "{english} / {german}");
    }
}

#[test]
fn phrases_with_gaps_differ_and_keep_what_fills_them() {
    let all = |language: Language| {
        vec![
            language.extract("fill"),
            language.annex(7),
            language.erratum(7),
            language.withheld_item(7, "fill"),
            language.withheld_fields(7),
            language.annex_subject("fill"),
            language.items_decided(7, "fill"),
            language.foot("fill", "7", "8"),
            language.review_foot("fill", "7", "8"),
            language.policy("fill"),
            language.roster("fill"),
            language.roster_root("fill"),
            language.made("fill"),
            language.delegate_for("fill"),
            language.there("fill", Some("7")),
            language.there("fill", None),
            language.until("fill"),
            language.quorum_short(7),
            language.quorum_arithmetic(7, 8, 9),
            language.seats_missing(&["fill".to_owned(), "7".to_owned()]),
            language.raised("fill"),
            language.passed_count(7),
            language.gates_passed(7, true),
            language.gates_passed(7, false),
            language.answered(7, 8),
            language.recorded_as("fill", "7"),
            language.for_as_of("fill", "7"),
            language.running_for("fill"),
            language.to_be_reviewed(7, "fill"),
            language.plan("fill"),
            language.since("fill", true),
            language.since("fill", false),
            language.page(7, 8),
            language.no_glyph(7, "fill", 8),
            language.signed_at("fill"),
            language.fingerprint_begins("fill"),
            language.signature_of("fill", "7"),
            language.items(7),
            language.opened(7, 8),
            language.overdue_count(7),
            language.untold(7),
            language.more_conditions(7),
            language.away(&["fill".to_owned(), "7".to_owned()]),
            language.approved_plan("fill"),
            language.seats_needed(7, 8),
            language.items_in_minutes(7, 8),
            language.go_to("fill"),
        ]
    };
    let (english, german) = (all(Language::English), all(Language::German));
    for (english, german) in english.iter().zip(&german) {
        assert_ne!(english, german);
        for gap in ["fill", "7", "8", "9"] {
            assert_eq!(english.contains(gap), german.contains(gap), "{english} / {german}");
        }
    }
}

#[test]
fn german_counts_one_as_one() {
    let german = Language::German;
    for (one, two, said_of_one, said_of_two) in [
        (
            german.items_decided(1, "Montag"),
            german.items_decided(2, "Montag"),
            "1 Punkt, entschieden am Montag",
            "2 Punkte, entschieden am Montag",
        ),
        (
            german.quorum_short(1),
            german.quorum_short(2),
            "Nicht beschlussfähig, es fehlt 1 Sitz",
            "Nicht beschlussfähig, es fehlen 2 Sitze",
        ),
        (
            german.quorum_arithmetic(1, 1, 1),
            german.quorum_arithmetic(1, 2, 2),
            "1 anwesend, 1 erforderlich von 1 stimmberechtigten Sitz",
            "1 anwesend, 2 erforderlich von 2 stimmberechtigten Sitzen",
        ),
        (
            german.seats_missing(&["CTO".to_owned()]),
            german.seats_missing(&["CTO".to_owned(), "Security".to_owned()]),
            "Es fehlt der Pflichtsitz: CTO",
            "Es fehlen die Pflichtsitze: CTO, Security",
        ),
        (
            german.gates_passed(1, true),
            german.gates_passed(2, false),
            "Keine. 1 Prüfpunkt bestanden.",
            "2 Prüfpunkte bestanden.",
        ),
        (
            german.to_be_reviewed(1, "Ada"),
            german.to_be_reviewed(2, "Ada"),
            "1 Änderung zur Prüfung durch Ada",
            "2 Änderungen zur Prüfung durch Ada",
        ),
    ] {
        assert_eq!((one.as_str(), two.as_str()), (said_of_one, said_of_two));
    }
}

#[test]
fn what_happened_is_counted_in_full_in_both_languages() {
    let since = crate::model::Since {
        emergencies: 11,
        taken_back: 12,
        failed: 13,
        against_the_gate: 14,
        exceptions: 15,
        overrides: 16,
        waivers: 17,
    };
    for language in Language::ALL {
        let said = language.happened(&since).join(" ");
        assert!((11..=17).all(|count| said.contains(&count.to_string())), "{said}");
    }
}

#[test]
fn the_summary_counts_one_as_one() {
    let (english, german) = (Language::English, Language::German);
    for (said, expected) in [
        (english.items(1), "1 item."),
        (german.items(1), "1 Punkt."),
        (german.items(2), "2 Punkte."),
        (english.opened(1, 0), "1 condition: 1 before deployment, 0 after deployment."),
        (german.opened(0, 1), "1 Auflage: 0 vor der Bereitstellung, 1 nach der Bereitstellung."),
        (german.opened(1, 1), "2 Auflagen: 1 vor der Bereitstellung, 1 nach der Bereitstellung."),
        (english.overdue_count(1), "1 obligation is overdue by the record."),
        (german.overdue_count(1), "Nach den Einträgen ist 1 Verpflichtung überfällig."),
        (german.overdue_count(2), "Nach den Einträgen sind 2 Verpflichtungen überfällig."),
        (english.more_conditions(1), "1 more stands with its item."),
        (german.more_conditions(1), "1 weitere steht bei ihrem Punkt."),
        (german.more_conditions(2), "2 weitere stehen bei ihren Punkten."),
    ] {
        assert_eq!(said, expected);
    }
}

#[test]
fn a_time_is_said_with_its_offset_and_utc_where_there_is_none() {
    for (at, english, german) in [
        ("2026-11-18T15:30:59+01:00", "18 Nov 2026, 15:30 +01:00", "18.11.2026, 15:30 +01:00"),
        ("2026-03-01T00:05:00-04:30", "1 Mar 2026, 00:05 -04:30", "1.3.2026, 00:05 -04:30"),
        ("2026-12-31T23:59:00Z", "31 Dec 2026, 23:59 UTC", "31.12.2026, 23:59 UTC"),
        ("2026-05-06T07:08:00-00:30", "6 May 2026, 07:08 -00:30", "6.5.2026, 07:08 -00:30"),
    ] {
        let at = DateTime::parse_from_rfc3339(at).expect("a time");
        assert_eq!(Language::English.time_and_offset(at), english);
        assert_eq!(Language::German.time_and_offset(at), german);
        assert!(english.is_ascii() && german.is_ascii());
    }
}

#[test]
fn an_override_is_known_in_either_language() {
    for (floor, expected) in [
        ("Override of risk from High to Medium by Ada", true),
        ("Übersteuerung des Risikos von Hoch auf Mittel durch Ada", true),
        ("regulated data and irreversible schema, to Critical", false),
        ("", false),
    ] {
        assert_eq!(is_override(floor), expected, "{floor}");
    }
}
