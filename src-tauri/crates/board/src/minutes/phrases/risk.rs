//! The built-in risk model in German: its questions, their answers and its floors. Questions and answers that a policy asks
//! in their place are its author's words, and stay as they are written.
use domain::risk::{Model, Question, points_100};

use super::{Language, Words};

/// A question by its id, and its answers by theirs.
type Asked = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

static QUESTIONS: [Asked; 15] = [
    (
        "I1",
        "Wie kritisch ist der kritischste betroffene Dienst?",
        &[
            ("none", "gar nicht"),
            ("low", "wenig"),
            ("medium", "mittel"),
            ("high", "sehr"),
            ("mission_critical", "geschäftskritisch"),
        ],
    ),
    (
        "I2",
        "Wen trifft es, wenn er scheitert?",
        &[
            ("nobody", "niemanden"),
            ("one_team", "ein Team"),
            ("department", "eine Abteilung oder <5 %"),
            ("many", "viele"),
            ("all", "alle oder Kunden"),
        ],
    ),
    (
        "I3",
        "Welche Daten oder Sicherheitsfunktionen sind exponiert?",
        &[
            ("none", "keine"),
            ("internal", "interne"),
            ("confidential", "vertrauliche oder Anmeldung/Verschlüsselung"),
            ("regulated", "regulierte"),
        ],
    ),
    (
        "I4",
        "Wie lange dauert der geplante Ausfall?",
        &[
            ("none", "keiner"),
            ("degraded", "eingeschränkter Betrieb"),
            ("up_to_30_min", "≤30 Min."),
            ("over_30_min", ">30 Min."),
        ],
    ),
    (
        "C1",
        "Wie viele Komponenten oder Teams sind berührt?",
        &[("one", "1"), ("two_to_three", "2–3"), ("four_to_six", "4–6"), ("over_six", ">6")],
    ),
    (
        "C2",
        "Haben die Verantwortlichen der Abhängigkeiten freigegeben?",
        &[
            ("none_needed", "nicht nötig"),
            ("all_signed", "alle haben freigegeben"),
            ("pending", "steht aus"),
            ("unknown", "unbekannt"),
        ],
    ),
    (
        "C3",
        "Wie neu ist diese Art von Change?",
        &[
            ("routine", "Routine"),
            ("done_well", "schon gut gelungen"),
            ("rarely", "selten"),
            ("first_time", "zum ersten Mal"),
            ("failed_before", "schon gescheitert"),
        ],
    ),
    (
        "C4",
        "Wie viele Schritte sind Handarbeit?",
        &[("automated", "keine"), ("few", "wenige"), ("mixed", "gemischt"), ("mostly_manual", "die meisten")],
    ),
    (
        "B1",
        "Wie wird zurückgenommen?",
        &[
            ("automated_tested", "automatisch und getestet"),
            ("manual_tested", "von Hand, getestet"),
            ("written_untested", "beschrieben, ungetestet"),
            ("restore", "Wiederherstellung/Korrektur"),
            ("impossible", "unmöglich"),
        ],
    ),
    (
        "B2",
        "Wie lange dauert die Rücknahme, gemessen am Ziel für die Wiederherstellungszeit?",
        &[("quarter", "≤25 %"), ("within", "≤100 %"), ("over_or_unknown", "darüber oder unbekannt")],
    ),
    (
        "B3",
        "Was geschieht mit dem Datenbankschema?",
        &[
            ("none", "nichts"),
            ("backward_compatible", "abwärtskompatibel"),
            ("tested_migration", "getestete Migration"),
            ("irreversible", "unumkehrbar"),
        ],
    ),
    (
        "E1",
        "Welche Testnachweise gibt es, von Unit- bis Leistungstests?",
        &[("all_green", "alle grün"), ("partial", "teilweise"), ("none", "keine")],
    ),
    (
        "E2",
        "Wie wird ausgebracht?",
        &[("canary", "Schalter/Canary"), ("rolling", "schrittweise/Blue-Green"), ("all_at_once", "alles auf einmal")],
    ),
    (
        "E3",
        "Wann wird ausgebracht?",
        &[
            ("quiet", "ruhige Zeit"),
            ("business_hours", "Geschäftszeit"),
            ("crowded", "neben einer Sperrzeit oder überlappend"),
        ],
    ),
    (
        "E4",
        "Wie liefen die Changes des Teams oder Dienstes in den letzten 90 Tagen?",
        &[("good", "≥95 % gut"), ("fair_or_unknown", "85–95 oder unbekannt"), ("poor", "<85")],
    ),
];

/// Floors by their ids.
static FLOORS: [(&str, &str); 6] = [
    ("no_rollback", "keine Rücknahme: mindestens Hoch"),
    ("mission_critical_untested", "geschäftskritisch und die Rücknahme ungetestet: mindestens Hoch"),
    ("regulated_irreversible", "regulierte Daten und ein unumkehrbares Schema: Kritisch"),
    ("emergency", "Notfall: durch das Notfallgremium, danach nachbetrachtet"),
    ("inside_freeze", "in einer Sperrzeit: mindestens Hoch"),
    ("error_budget", "Fehlerbudget verbraucht und keine Behebung: mindestens Hoch"),
];

fn asked(id: &str) -> Option<&'static Asked> {
    QUESTIONS.iter().find(|(known, _, _)| *known == id)
}

fn answered(question: &Question, words: &str) -> Option<&'static str> {
    let id = &question.answers.iter().find(|answer| answer.words == words)?.id;
    let (_, _, answers) = asked(&question.id)?;
    answers.iter().find(|(known, _)| known == id).map(|(_, german)| *german)
}

/// The built-in question that this is, if it is one.
fn built_in<'m>(model: &'m Model, id: &str, text: &str) -> Option<&'m Question> {
    model.question(id).filter(|question| question.text == text)
}

impl Words {
    /// A question with its answer.
    pub(crate) fn question(self, id: &str, text: &str, answer: Option<&str>) -> (String, Option<String>) {
        let quoted = || (text.to_owned(), answer.map(str::to_owned));
        if self.language == Language::English {
            return quoted();
        }
        let model = points_100();
        let Some(question) = built_in(&model, id, text) else { return quoted() };
        let words = answer.map(|words| answered(question, words).unwrap_or(words).to_owned());
        (asked(id).map_or(text, |(_, german, _)| *german).to_owned(), words)
    }

    /// One of the heaviest answers, as a decision's brief has it: "I1 How critical …? mission-critical, 12".
    pub(in crate::minutes) fn heaviest(self, recorded: &str) -> String {
        if self.language == Language::English {
            return recorded.to_owned();
        }
        let model = points_100();
        let german = model.questions.iter().find_map(|question| {
            let said = recorded.strip_prefix(question.id.as_str())?.strip_prefix(' ')?;
            let said = said.strip_prefix(question.text.as_str())?.strip_prefix(' ')?;
            let (words, points) = said.rsplit_once(", ")?;
            let (text, answer) = self.question(&question.id, &question.text, Some(words));
            Some(format!("{} {text} {}, {points}", question.id, answer?))
        });
        german.unwrap_or_else(|| recorded.to_owned())
    }

    /// A floor that lifts the level, with its clause; or the override of a level, which stands among them.
    pub(crate) fn floor(self, recorded: &str) -> String {
        if self.language == Language::English {
            return recorded.to_owned();
        }
        let model = points_100();
        let german = model.floors.iter().find_map(|floor| {
            let clause = recorded.strip_prefix(floor.words.as_str())?;
            let (_, german) = FLOORS.iter().find(|(id, _)| *id == floor.id)?;
            (clause.is_empty() || clause.starts_with(" (")).then(|| format!("{german}{clause}"))
        });
        german.or_else(|| self.overridden(recorded)).unwrap_or_else(|| recorded.to_owned())
    }

    /// "Override of risk from High to Medium by Ada, seconded by Grace: rehearsed twice"
    fn overridden(self, recorded: &str) -> Option<String> {
        let said = recorded.strip_prefix("Override of risk from ")?;
        let (from, said) = said.split_once(" to ")?;
        let (to, said) = said.split_once(" by ")?;
        let (who, reason) = said.split_once(": ")?;
        let (first, second) = match who.split_once(", seconded by ") {
            Some((first, second)) => (first, format!(", mitgetragen von {second}")),
            None => (who, String::new()),
        };
        let (from, to) = (self.recorded(from), self.recorded(to));
        Some(format!("Übersteuerung der Risikostufe von {from} auf {to} durch {first}{second}: {reason}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers that are alike in both languages: numbers.
    const ALIKE: [&str; 7] = ["1", "2–3", "4–6", ">6", "≤25 %", "≤100 %", "<85"];

    #[test]
    fn every_question_answer_and_floor_of_the_built_in_model_is_said_in_german() {
        let model = points_100();
        for question in &model.questions {
            for answer in &question.answers {
                let said = Some(answer.words.as_str());
                let (text, words) = Words::GERMAN.question(&question.id, &question.text, said);
                let words = words.expect("an answer");
                assert_ne!(text, question.text, "{}", question.id);
                assert_eq!(words == answer.words, ALIKE.contains(&words.as_str()), "{}: {words}", question.id);
                let recorded = format!("{} {} {}, {}", question.id, question.text, answer.words, answer.points);
                let german = format!("{} {text} {words}, {}", question.id, answer.points);
                assert_eq!(Words::GERMAN.heaviest(&recorded), german);
                assert_eq!(Words::ENGLISH.heaviest(&recorded), recorded);
            }
        }
        for floor in &model.floors {
            let recorded = format!("{} ({})", floor.words, floor.clause);
            let german = Words::GERMAN.floor(&recorded);
            assert_ne!(german, recorded);
            assert!(german.ends_with(&format!(" ({})", floor.clause)), "{german}");
            assert_ne!(Words::GERMAN.floor(&floor.words), floor.words);
        }
        assert_eq!((QUESTIONS.len(), FLOORS.len()), (model.questions.len(), model.floors.len()), "and nothing else is");
    }

    #[test]
    fn what_a_policy_asks_in_its_own_words_stays_as_it_is_written() {
        let own = ["Q1 How loud is it? very, 4", "I1 How loud is it? none, 0", "no floor of ours (R5)", "I1", ""];
        for recorded in own {
            assert_eq!(Words::GERMAN.heaviest(recorded), recorded);
            assert_eq!(Words::GERMAN.floor(recorded), recorded);
        }
        let own = Words::GERMAN.question("I1", "How loud is it?", Some("none"));
        assert_eq!(own, ("How loud is it?".to_owned(), Some("none".to_owned())));
    }

    #[test]
    fn an_override_among_the_floors_is_told_in_german() {
        for (english, german) in [
            (
                "Override of risk from High to Medium by Ada, seconded by Grace: rehearsed twice: by night",
                "Übersteuerung der Risikostufe von Hoch auf Mittel durch Ada, mitgetragen von Grace: rehearsed twice: by night",
            ),
            (
                "Override of risk from Low to Critical by Ada: nobody knows it",
                "Übersteuerung der Risikostufe von Niedrig auf Kritisch durch Ada: nobody knows it",
            ),
        ] {
            assert_eq!(Words::GERMAN.floor(english), german);
            assert_eq!(Words::ENGLISH.floor(english), english);
        }
    }
}
