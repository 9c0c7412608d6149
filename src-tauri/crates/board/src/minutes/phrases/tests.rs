//! The same in both languages, case by case.
use chrono::TimeZone as _;
use domain::ids::{ChangeKey, Digest};
use domain::meeting::{QuorumStamp, TallyStamp};
use domain::policy::Strength;
use domain::vote::Outcome;

use super::*;

const BERLIN: Tz = Tz::Europe__Berlin;

fn at(month: u32, day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, month, day, hour, 0, 0).single().expect("a time")
}

fn both(said: impl Fn(Words) -> String) -> [String; 2] {
    [said(Words::ENGLISH), said(Words::GERMAN)]
}

#[test]
fn the_policy_says_the_language_and_english_is_what_it_says_by_silence() {
    let mut policy = Policy::built_in(Strength::Starter);
    assert_eq!(Words::of(&policy).language, Language::English);
    policy.minutes.language = MinutesLanguage::German;
    assert_eq!(Words::of(&policy).language, Language::German);
}

#[test]
fn times_are_written_as_each_language_writes_them() {
    for (time, zone, wanted) in [
        (at(11, 18, 13), BERLIN, ["18 Nov 2026, 14:00 CET", "18.11.2026, 14:00 Uhr MEZ"]),
        (at(3, 5, 8), BERLIN, ["5 Mar 2026, 09:00 CET", "5.3.2026, 09:00 Uhr MEZ"]),
        (at(7, 1, 12), BERLIN, ["1 Jul 2026, 14:00 CEST", "1.7.2026, 14:00 Uhr MESZ"]),
        (at(7, 1, 12), Tz::UTC, ["1 Jul 2026, 12:00 UTC", "1.7.2026, 12:00 Uhr UTC"]),
    ] {
        assert_eq!(both(|words| words.local(time, zone)), wanted);
        let claimed = [format!("{} (claimed)", wanted[0]), format!("{} (laut Angabe)", wanted[1])];
        assert_eq!(both(|words| words.claimed(time, zone)), claimed);
        assert!(wanted[1].is_ascii(), "it stands in the field of the signature");
    }
}

#[test]
fn the_day_of_a_meeting_is_written_out() {
    let (began, ended) = (at(11, 18, 13), at(11, 18, 15));
    for (ended, wanted) in [
        (
            Some(ended),
            [
                "Wednesday 18 November 2026, 14:00–16:00 CET (Europe/Berlin)",
                "Mittwoch, 18. November 2026, 14:00–16:00 Uhr MEZ (Europe/Berlin)",
            ],
        ),
        (
            None,
            [
                "Wednesday 18 November 2026, 14:00 CET (Europe/Berlin)",
                "Mittwoch, 18. November 2026, 14:00 Uhr MEZ (Europe/Berlin)",
            ],
        ),
    ] {
        assert_eq!(both(|words| words.day(began, ended, BERLIN)), wanted);
    }
    let march = Words::GERMAN.day(at(3, 1, 9), None, Tz::UTC);
    assert_eq!(march, "Sonntag, 1. März 2026, 09:00 Uhr UTC (UTC)");
}

#[test]
fn a_window_is_told_in_its_own_zone_and_in_utc() {
    let window =
        |hours: u32| Window { start: at(11, 21, 20), end: at(11, 21, hours), zone: "Europe/Berlin".to_owned() };
    let told = |words: Words, hours: u32| words.window(&window(hours), BERLIN).first().cloned().unwrap_or_default();
    assert_eq!(
        both(|words| told(words, 22)),
        ["Sat 21 Nov 2026, 21:00–23:00 CET (Europe/Berlin)", "Sa., 21.11.2026, 21:00–23:00 Uhr MEZ (Europe/Berlin)"]
    );
    assert_eq!(
        both(|words| told(words, 23)),
        [
            "Sat 21 Nov 2026, 21:00 CET – Sun 22 Nov 2026, 00:00 CET (Europe/Berlin)",
            "Sa., 21.11.2026, 21:00 Uhr MEZ – So., 22.11.2026, 00:00 Uhr MEZ (Europe/Berlin)",
        ]
    );
    assert_eq!(Words::GERMAN.window(&window(22), BERLIN).len(), 2);
}

#[test]
fn a_day_by_which_something_is_due_is_written_with_its_weekday() {
    for (due, wanted) in [
        ("2026-12-01", ["Tue 1 Dec 2026", "Di., 1.12.2026"]),
        ("2026-11-24", ["Tue 24 Nov 2026", "Di., 24.11.2026"]),
        ("", ["open", "offen"]),
        ("soon\u{202e}", ["soon⟦U+202E⟧", "soon⟦U+202E⟧"]),
        ("2026-02-30", ["2026-02-30", "2026-02-30"]),
    ] {
        assert_eq!(both(|words| words.due(due)), wanted);
    }
}

#[test]
fn a_role_is_called_the_same_on_the_pages_and_beside_a_signature() {
    for role in [
        Role::Chair,
        Role::Cto,
        Role::TechnicalLead,
        Role::ReleaseManager,
        Role::ServiceManager,
        Role::Security,
        Role::BoardMember,
        Role::Auditor,
    ] {
        let beside = Language::ALL.map(|language| language.role_named(role.title()).to_owned());
        assert_eq!(both(|words| words.role(role).to_owned()), beside);
    }
}

#[test]
fn what_an_emergency_owes_late_heads_the_agenda_in_its_language() {
    let owed = ["The review after it".to_owned()];
    let glass = ["Review the deployment".to_owned()];
    assert_eq!(
        both(|words| words.overdue_since(&owed, &glass, true)),
        [
            "Closed while it was owed. Overdue since the emergency: The review after it. Overdue since the glass was broken: \
             Review the deployment",
            "Geschlossen, obwohl es noch geschuldet war. Überfällig seit dem Notfall: Die Nachbetrachtung. Überfällig seit \
             der Umgehung des Gates: Review the deployment",
        ]
    );
    assert_eq!(
        both(|words| words.overdue_since(&owed, &[], false)),
        ["Overdue since the emergency: The review after it", "Überfällig seit dem Notfall: Die Nachbetrachtung"]
    );
}

#[test]
fn one_is_counted_otherwise_than_several() {
    for (n, wanted) in [(1, ["1 vote: x", "1 Stimme: x"]), (2, ["2 votes: x", "2 Stimmen: x"])] {
        assert_eq!(both(|words| words.votes(n, &["x".to_owned()])), wanted);
    }
    for (n, wanted) in [
        (1, ["1 answer assumed; each counted as its worst", "1 Antwort angenommen; jede zählt als die ungünstigste"]),
        (
            2,
            ["2 answers assumed; each counted as its worst", "2 Antworten angenommen; jede zählt als die ungünstigste"],
        ),
    ] {
        assert_eq!(both(|words| words.assumed(n)), wanted);
    }
}

#[test]
fn a_formula_that_is_known_is_translated_and_any_other_is_quoted() {
    for (recorded, german) in [
        ("strict majority: floor(n/2)+1", "absolute Mehrheit: floor(n/2)+1"),
        ("at least 60 %: ceil(60·n/100)", "mindestens 60 %: ceil(60·n/100)"),
        (
            "at least 67 % of approve and reject: ceil(67·n/100)",
            "mindestens 67 % der Stimmen dafür und dagegen: ceil(67·n/100)",
        ),
        (
            "simple majority of approve and reject: floor(n/2)+1; the chair breaks a tie",
            "einfache Mehrheit der Stimmen dafür und dagegen: floor(n/2)+1; bei Stimmengleichheit entscheidet der Vorsitz",
        ),
        ("majority of all entitled: floor(n/2)+1", "Mehrheit aller Stimmberechtigten: floor(n/2)+1"),
        ("by lot", "by lot"),
        ("at least many %: n", "at least many %: n"),
    ] {
        assert_eq!(both(|words| words.formula(recorded)), [recorded, german]);
    }
}

#[test]
fn arithmetic_is_the_same_in_both_languages() {
    let formula = "strict majority: floor(n/2)+1".to_owned();
    let tally = TallyStamp { formula: formula.clone(), approve: 5, reject: 1, abstain: 1, required: 4 };
    assert_eq!(
        both(|words| words.arithmetic_and(&tally, Outcome::Carried)),
        [
            "5 approve, 1 reject, 1 abstain; strict majority: floor(n/2)+1 = 4 needed: carried",
            "5 dafür, 1 dagegen, 1 enthalten; absolute Mehrheit: floor(n/2)+1 = 4 erforderlich: angenommen",
        ]
    );
    let stamp = QuorumStamp { formula, seats: 4, present: 3, required: 3, missing_mandatory: Vec::new() };
    assert_eq!(
        both(|words| words.quorum(&stamp)),
        ["strict majority: floor(n/2)+1 = 3 with n = 4", "absolute Mehrheit: floor(n/2)+1 = 3 mit n = 4"]
    );
    assert_eq!(
        both(|words| words.fewest("14:40")),
        ["the fewest while the board was deciding: 14:40", "die wenigsten, während das Gremium entschied: 14:40 Uhr"]
    );
}

#[test]
fn sentences_are_whole_in_both_languages() {
    let change = ChangeKey::new("CHG", 17);
    assert_eq!(
        both(|words| words.delegated(&change, "Grace", "x", RiskLevel::Low)),
        [
            "CHG-17: Grace signed it off on x at Low risk, without a decision of the board.",
            "CHG-17: freigegeben durch Grace am x bei Risikostufe niedrig, ohne Entscheidung des Gremiums.",
        ]
    );
    assert_eq!(
        both(|words| words.owed_by_policy(Digest([0; 32]))),
        [
            "What it owes by when policy 00000000 says.",
            "Was bis wann geschuldet ist, bestimmt die Richtlinie 00000000.",
        ]
    );
    assert_eq!(
        both(|words| words.approval(Standing::Rejected)),
        ["Not an approval: rejected.", "Keine Genehmigung: abgelehnt."]
    );
    let fields = ["plan.backout".to_owned(), "title".to_owned(), "window.end".to_owned()];
    assert_eq!(Words::GERMAN.fields(&fields), "Plan: Rücknahmeplan, Titel, Zeitfenster: Ende");
}

#[test]
fn what_approves_minutes_is_told_in_both_languages_and_keeps_what_fills_it() {
    let sentences: [[String; 2]; 7] = [
        both(|words| words.approved_at_deadline("fill", "7")),
        both(|words| words.approved_by_meeting("fill", "7", "8")),
        both(Words::sealed_at_the_close),
        both(Words::not_approved),
        both(|words| words.still_a_draft(Some("fill"))),
        both(|words| words.still_a_draft(None)),
        both(Words::draft_until_sealed),
    ];
    for [english, german] in &sentences {
        assert_ne!(english, german);
        for gap in ["fill", "7", "8"] {
            assert_eq!(english.contains(gap), german.contains(gap), "{english} / {german}");
        }
    }
    for section in domain::correction::MinutesSection::ALL {
        let [english, german] = both(|words| words.minutes_section(section).to_owned());
        assert_ne!(english, german);
    }
    assert_eq!(Words::ENGLISH.said_why("Ines", "noon", " "), "Ines, noon");
    assert_eq!(Words::ENGLISH.said_why("Ines", "noon", "misheard"), "Ines, noon: misheard");
}

#[test]
fn sections_of_a_plan_and_contests_are_in_the_language() {
    for part in domain::plan::PlanSection::ALL {
        let [english, german] = both(|words| words.plan_section(part).to_owned());
        assert_eq!(english, part.title());
        assert_ne!(english, german);
    }
    let wanted = [
        "Ana Kovač contests what was recorded: voted; abstained",
        "Ana Kovač bestreitet, was festgehalten wurde: voted; abstained",
    ];
    assert_eq!(both(|words| words.contests("Ana Kovač", "voted", Some("abstained"))), wanted);
}
