//! That every sentence of the program's own has a German one, that nothing others wrote is lost, and what is not known stays.
use std::collections::BTreeSet;
use std::path::Path;

use domain::attested::Question;
use domain::gate::{self, catalogue};
use domain::policy::{Policy, Strength};

use super::*;

/// What is alike in both languages.
const ALIKE: [&str; 1] = ["Version"];

/// Literals of gates that are no sentence of theirs but a part of several, which stand in the tables as a whole; and what
/// only the window shows, as the thing that was looked at.
const PARTS: [&str; 50] = [
    "%Y-%m-%d %H:%M %Z",
    "%Y-%m-%d %H:%M UTC",
    ", before the change was edited: it does not count",
    ", with evidence",
    "a former member",
    "author, committers",
    "author: {}",
    "bring what its host tells of the merge request of",
    "by the rollback evidence, that it was tested in staging and succeeded",
    "committed by:",
    "consulted: {}",
    "deployer: {}",
    "incident: {}",
    "it was moved on the ticket since the change was decided for {}, and nobody recorded why",
    "links not yet synced",
    "links: none",
    "links: {}",
    "missing: environment",
    "missing: release manager",
    "missing: source branch",
    "no decision yet",
    "no file",
    "no number in the answer measures {} {}",
    "nobody says {} {}",
    "not counted: {}",
    "nothing of it has high traffic by the policy",
    "of unknown type",
    "or {}",
    "requester: {}",
    "risk: {})",
    "somebody who left",
    "source branch: {}",
    "that nothing in use equals",
    "the answer does not say {} {}",
    "the benefit of",
    "ticket: {}",
    "to {} or later",
    "window: from {}",
    "{} again",
    "{} and requester may not vote or sign",
    "{} and {}",
    "{} and {} others",
    "{} characters",
    "{} commit {}, or mend what the ticket names",
    "{} has high traffic by the policy",
    "{} minutes",
    "{} repository {} and commit {}, or mend what the ticket names",
    "{} to {}",
    "{}: not attested",
    "{}: {}, attested by {} ({}){}{}",
];

fn rows() -> impl Iterator<Item = &'static Row> {
    TABLES.into_iter().flatten()
}

fn in_german(text: &str) -> String {
    Words::GERMAN.recorded(text)
}

#[test]
fn each_row_says_something_else_in_german_and_loses_no_gap() {
    let mut known = BTreeSet::new();
    for (english, german) in rows() {
        assert!(known.insert(*english), "{english:?} stands twice");
        let gaps = english.matches("{}").count();
        let mut named = BTreeSet::new();
        for part in german.split('{').skip(1) {
            let (gap, _) = part.split_once('}').expect("a gap that ends");
            let number: usize = gap.trim_end_matches(['!', ',', '&']).parse().expect("the number of a gap");
            assert!(named.insert(number), "{german:?} says a gap twice");
        }
        assert_eq!(named, (0..gaps).collect::<BTreeSet<_>>(), "{english:?} / {german:?}");
        let whole = |text: &str| -> Vec<String> {
            text.split('{').map(|part| part.rsplit('}').next().unwrap_or(part).to_owned()).collect()
        };
        assert!(*english == "Plan: {}" || whole(english) != whole(german), "{english:?}");
        // No row before it takes its sentence.
        let told = german.split('{').map(|part| part.split_once('}').map_or_else(|| part.to_owned(), gapless));
        let told: String = told.collect();
        assert_eq!(in_german(&english.replace("{}", "X")), told);
    }
}

/// What follows a gap, with a letter in it.
fn gapless((_, behind): (&str, &str)) -> String {
    format!("X{behind}")
}

/// The text literals of a source that are not in its tests, with a blank in each; gaps have no names.
fn literals(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let said = |line: &&str| !line.trim_start().starts_with("//") && !line.trim_start().starts_with('#');
    let code: Vec<&str> = code.lines().filter(said).collect();
    let (code, mut found) = (without_looks(&code.join("\n")), Vec::new());
    let mut letters = code.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '"' {
            continue;
        }
        let mut text = String::new();
        while let Some(letter) = letters.next() {
            match letter {
                '"' => break,
                '\\' if letters.peek() == Some(&'\n') => while letters.next_if(|l| l.is_whitespace()).is_some() {},
                '\\' => text.extend(letters.next()),
                '{' => {
                    while letters.next_if(|l| *l != '}').is_some() {}
                    text.push('{');
                }
                other => text.push(other),
            }
        }
        found.push(text);
    }
    found.retain(|text| text.contains(' '));
    found
}

/// A source without what its gates look at.
fn without_looks(code: &str) -> String {
    let mut parts = code.split("Look::at(");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut open = 1;
        let ends = part.char_indices().find(|(_, letter)| {
            open += match letter {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            open == 0
        });
        out.push_str(ends.and_then(|(at, _)| part.get(at + 1..)).unwrap_or_default());
    }
    out
}

#[test]
fn every_sentence_in_the_source_of_the_gates_has_a_german_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/src/gate");
    let english: BTreeSet<&str> = rows().map(|(english, _)| *english).collect();
    let mut missing = BTreeSet::new();
    let mut read = 0;
    for file in std::fs::read_dir(&folder).expect("the gates") {
        let path = file.expect("a file").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let others = ["fixture.rs", "control.rs", "licences.rs"].contains(&name.as_str()) || name.ends_with("tests.rs");
        if others || !name.ends_with(".rs") {
            continue;
        }
        read += 1;
        for literal in literals(&std::fs::read_to_string(&path).expect("a source")) {
            for clause in literal.split("; ").map(str::trim).filter(|clause| clause.contains(' ')) {
                let bare = clause.strip_suffix("{}").unwrap_or(clause).trim();
                let behind_a_file = format!("{{}} {clause}");
                let told = [clause, bare, behind_a_file.as_str()].into_iter().any(|text| english.contains(text));
                let part = PARTS.contains(&clause) || ALIKE.contains(&clause);
                if !told && !part && clause.contains(char::is_lowercase) {
                    missing.insert(format!("{name}: {clause:?}"));
                }
            }
        }
    }
    assert!(read > 15, "the sources were found: {read}");
    assert!(missing.is_empty(), "without a German sentence: {missing:#?}");
}

#[test]
fn every_title_of_a_gate_and_every_question_to_a_member_is_told_in_german() {
    for gate in catalogue() {
        assert_ne!(in_german(&gate.title), gate.title, "{}", gate.id);
    }
    for question in Question::ALL {
        let asked = format!("attest it: `cab change attest KEY {} VALUE`; {}", question.word(), question.asks());
        let german = in_german(&asked);
        assert!(german.starts_with("es bezeugen: `cab change attest KEY "), "{german}");
        assert!(!german.contains(question.asks()), "{german}");
    }
    for standing in [
        domain::sign_off::Standing::Undecided,
        domain::sign_off::Standing::AwaitingSignOff,
        domain::sign_off::Standing::AwaitingConditions,
        domain::sign_off::Standing::Approved,
        domain::sign_off::Standing::Stale,
        domain::sign_off::Standing::Rejected,
        domain::sign_off::Standing::Deferred,
        domain::sign_off::Standing::MoreInformation,
        domain::sign_off::Standing::Withdrawn,
    ] {
        assert_ne!(in_german(standing.words()), standing.words());
    }
}

#[test]
fn whatever_the_gates_find_in_a_bare_ticket_is_told_in_german() {
    let mut change = crate::changes::testing::change("CHG-1");
    for synced in [false, true] {
        change.details_synced = synced;
        for strength in [Strength::Observe, Strength::Starter, Strength::Full] {
            for outcome in gate::evaluate(&change, None, &Policy::built_in(strength), synced, &["a.pdf".to_owned()]) {
                let title = &outcome.gate.title;
                assert!(in_german(title) != *title || ALIKE.contains(&title.as_str()), "{title}");
                assert_ne!(in_german(&outcome.why), outcome.why, "{title}");
                let asked = &outcome.satisfied_by;
                assert!(asked.is_empty() || in_german(asked) != *asked, "{title}: {asked}");
            }
        }
    }
}

#[test]
fn sentences_in_sentences_and_lists_are_told_and_what_others_wrote_stays() {
    for (english, german) in [
        (
            "missing: version, source branch; it waits until 2026-03-09 22:00 UTC, by the emergency (R50)",
            "es fehlt: Version, Quellzweig; es hat wegen des Notfalls Zeit bis 2026-03-09 22:00 UTC (R50)",
        ),
        (
            "missing, and asked above Medium (risk: High); waived by Ada, seconded by Grace (R69): “it is; really: missing”",
            "fehlt, und oberhalb von Mittel verlangt (Risiko: Hoch); Verzicht durch Ada, mitgetragen von Grace (R69): \
             “it is; really: missing”",
        ),
        (
            "Timing and timescales, step 2: nothing verifies it (“drop the table; at once”); Prerequisites: no check before \
             the first step",
            "Zeitplan, Schritt 2: nichts prüft ihn („drop the table; at once“); Voraussetzungen: keine Prüfung vor dem \
             ersten Schritt",
        ),
        (
            "it lies partly in the hard freeze “Audit” (2026-03-04 10:00 UTC to 2026-03-04 14:00 UTC): “The auditors are in”",
            "es liegt teilweise in der harten Sperrzeit “Audit” (2026-03-04 10:00 UTC bis 2026-03-04 14:00 UTC): “The \
             auditors are in”",
        ),
        (
            "for a major release: the window begins 6 days and 1 hour after the ticket was made, and the policy asks for 7 days",
            "für eine Hauptversion: das Zeitfenster beginnt 6 Tage und 1 Stunde nach Anlage des Tickets, und die Richtlinie \
             verlangt 7 Tage",
        ),
        (
            "for a patch: no coverage is at hand, and the policy asks for 80 %; “a.xml” could not be read",
            "für einen Patch: keine Abdeckung liegt vor, und die Richtlinie verlangt 80 %; “a.xml” war nicht lesbar",
        ),
        (
            "no merge request counts: “a.json” is of commit “1”, and the ticket names “2”; “b.json” does not say of which \
             repository it is",
            "kein Merge-Request zählt: “a.json” ist von Commit “1”, und das Ticket nennt “2”; “b.json” sagt nicht, aus \
             welchem Repository es ist",
        ),
        (
            "CHG-18 “One from many” is in the way from 2026-12-18 18:00 CET to 2026-12-18 20:00 CET (America/New_York: from \
             2026-12-18 12:00 EST to 2026-12-18 14:00 EST), same service payments",
            "CHG-18 “One from many” steht im Weg von 2026-12-18 18:00 CET bis 2026-12-18 20:00 CET (America/New_York: von \
             2026-12-18 12:00 EST bis 2026-12-18 14:00 EST), gleicher Dienst payments",
        ),
        (
            "overdue: The review after it (due 1), The plan: Testing (due 2)",
            "überfällig: Die Nachbetrachtung (fällig 1), Der Plan: Tests (fällig 2)",
        ),
        ("12 of 13 sections ticked, 1 comment, by Ada", "12 von 13 Abschnitten abgehakt, 1 Kommentar, durch Ada"),
        ("it says what nobody knows; missing", "it says what nobody knows; fehlt"),
        ("", ""),
    ] {
        assert_eq!(in_german(english), german);
        assert_eq!(Words::ENGLISH.recorded(english), english);
    }
}

#[test]
fn what_is_nested_without_end_or_never_closes_a_quotation_costs_little_and_stays() {
    let nested = "for a: ".repeat(10_000);
    assert!(in_german(&nested).ends_with("for a: "));
    let open = format!("missing: {}", "“".repeat(10_000));
    assert!(in_german(&open).ends_with('“'));
}

#[test]
fn a_sentence_of_the_window_is_told_without_what_was_looked_at() {
    let german = |shown: &str| Words::GERMAN.sentence(shown);
    for (shown, wanted) in [
        ("Missing: version. Looked at: version: nothing.", "Es fehlt: Version."),
        ("Fill in on the ticket: version.", "Am Ticket ausfüllen: Version."),
        ("CHG-2 “T” is in the way from 1 to 2, same team a.", "CHG-2 “T” steht im Weg von 1 bis 2, gleiches Team a."),
        ("Nobody knows.", "Nobody knows."),
        (
            "Attest it: `cab change attest KEY main_protected VALUE`; Is the main branch protected? The evidence is the \
             branch's rules.",
            "Es bezeugen: `cab change attest KEY main_protected VALUE`; Ist der Hauptzweig geschützt? Der Nachweis sind die \
             Regeln des Zweigs.",
        ),
    ] {
        assert_eq!(german(shown), wanted);
        assert_eq!(Words::ENGLISH.sentence(shown), shown);
    }
}

#[test]
fn how_a_score_follows_and_what_is_owed_are_told_in_german() {
    for (english, german) in [
        ("likelihood 3 × impact 4 = 12 of 25", "Wahrscheinlichkeit 3 × Auswirkung 4 = 12 von 25"),
        ("(I1 2×50 %) = 100; 100 ÷ 2 = 50 of 100", "(I1 2×50 %) = 100; 100 ÷ 2 = 50 von 100"),
    ] {
        assert_eq!(Words::GERMAN.follows_from(english), german);
        assert_eq!(Words::ENGLISH.follows_from(english), english);
    }
    let owed = |id: &str, clause: &str, what: &str| Owed {
        declaration: domain::ids::EntryId([1; 32]),
        change: domain::ids::ChangeKey::new("CHG", 1),
        id: id.to_owned(),
        clause: clause.to_owned(),
        what: what.to_owned(),
        due: chrono::DateTime::UNIX_EPOCH,
        met: None,
    };
    let told = |one: &Owed| (Words::GERMAN.owed_what(one), Words::GERMAN.owed_met(one, "bound to CHG-2"));
    let said = |what: &str, met: &str| (what.to_owned(), met.to_owned());
    let binding = owed("binding", "R11", "A ticket for EMG-1");
    assert_eq!(told(&binding), said("Ein Ticket für EMG-1", "verbunden mit CHG-2"));
    assert_eq!(told(&owed("R23", "R23", "The plan: Backout plan")), said("Der Plan: Rücknahmeplan", "bound to CHG-2"));
    // In the words of whoever broke the glass.
    assert_eq!(told(&owed("x", "R52", "The review after it")), said("The review after it", "bound to CHG-2"));
}
