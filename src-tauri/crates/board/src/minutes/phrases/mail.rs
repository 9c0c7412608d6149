//! What goes with documents that are handed out: the names of their files, and the mail.
use domain::ids::Digest;

use super::{Language, Words};
use crate::minutes::extracts::NoExtract;

/// Sealed minutes, as the mail tells of them.
pub(in crate::minutes) struct SealedMinutes<'a> {
    pub board: &'a str,
    pub meeting: &'a str,
    /// The day of the meeting, written out.
    pub day: &'a str,
    /// The name of the file.
    pub file: &'a str,
    pub digest: Digest,
    pub sealer: &'a str,
    pub sealed: &'a str,
    /// How many annexes go with them.
    pub annexes: usize,
    /// How many errata.
    pub errata: usize,
    /// Whether it is the edition in which restricted items are withheld.
    pub circulated: bool,
}

/// Until when corrections of a draft are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::minutes) enum Until {
    /// Until this time, written out.
    Time(String),
    /// Until the chair seals the minutes.
    Sealed,
    /// Until a later meeting approves the minutes.
    LaterMeeting,
    /// They are not taken any more.
    Over,
}

/// The draft of minutes, as the mail tells of it.
pub(in crate::minutes) struct DraftMinutes<'a> {
    pub board: &'a str,
    pub meeting: &'a str,
    /// The identity of the meeting.
    pub id: &'a str,
    /// The day of the meeting, written out.
    pub day: &'a str,
    /// The name of the file.
    pub file: &'a str,
    pub digest: Digest,
    /// When it was composed.
    pub composed: &'a str,
    pub until: Until,
    /// Who enters what somebody without Cabinet asks for.
    pub keepers: &'a [String],
}

impl Words {
    /// What the file of minutes is called, between its date and the meeting's title.
    pub(in crate::minutes) fn minutes_name(self) -> &'static str {
        self.either("minutes", "protokoll")
    }

    /// What the file of an extract is called, between its change and its date.
    pub(in crate::minutes) fn extract_name(self) -> &'static str {
        self.either("extract", "auszug")
    }

    /// What the file of an annex is called, before its number.
    pub(in crate::minutes) fn annex_name(self) -> &'static str {
        self.either("annex", "nachtrag")
    }

    /// What the file of an erratum is called, before its number.
    pub(in crate::minutes) fn erratum_name(self) -> &'static str {
        self.either("erratum", "richtigstellung")
    }

    /// What the file of the circulated edition is called, behind the meeting's title.
    pub(in crate::minutes) fn circulated_name(self) -> &'static str {
        self.either("circulated", "verteilfassung")
    }

    /// What the file of a draft is called, before the time at which it was composed.
    pub(in crate::minutes) fn draft_name(self) -> &'static str {
        self.either("draft", "entwurf")
    }

    /// What is attached beside the minutes, after a comma; empty where nothing is.
    fn beside(self, annexes: usize, errata: usize) -> String {
        let annexes = match annexes {
            0 => None,
            1 => Some(self.either("one annex", "einem Nachtrag").to_owned()),
            n => Some(format!("{n} {}", self.either("annexes", "Nachträgen"))),
        };
        let errata = match errata {
            0 => None,
            1 => Some(self.either("one erratum", "einer Richtigstellung").to_owned()),
            n => Some(format!("{n} {}", self.either("errata", "Richtigstellungen"))),
        };
        let all: Vec<String> = annexes.into_iter().chain(errata).collect();
        if all.is_empty() {
            return String::new();
        }
        format!(", {} {}", self.either("with", "mit"), all.join(self.either(" and ", " und ")))
    }

    /// The subject of the mail.
    pub(in crate::minutes) fn mail_subject(self, date: &str, meeting: &str, board: &str) -> String {
        format!("{} {date}: {meeting} ({board})", self.either("Minutes of", "Protokoll vom"))
    }

    /// The subject of the mail with a draft.
    pub(in crate::minutes) fn draft_subject(self, date: &str, meeting: &str, board: &str) -> String {
        format!("{} {date}: {meeting} ({board})", self.either("Draft minutes of", "Protokollentwurf vom"))
    }

    /// The text of the mail.
    pub(in crate::minutes) fn mail_text(self, m: &SealedMinutes<'_>) -> String {
        let SealedMinutes { board, meeting, day, file, digest, sealer, sealed, annexes, errata, circulated } = m;
        let what = if *circulated {
            self.either(
                "The circulated edition of the minutes is attached; what restricted items say is withheld.",
                "Anbei die Verteilfassung des Protokolls; vertrauliche Punkte sind darin zurückgehalten.",
            )
            .to_owned()
        } else {
            let minutes = self.either("The sealed minutes are attached", "Anbei das gesiegelte Protokoll");
            format!("{minutes}{}.", self.beside(*annexes, *errata))
        };
        match self.language {
            Language::English => format!(
                "{board}\n{meeting}\n{day}\n\n{what}\n\nFile: {file}\n\
                 SHA-256: {digest}\nSealed by {sealer}, {sealed}\n\n\
                 A PDF reader that checks signatures shows whether the file is as it was sealed.\n\
                 The evidence is attached to it. With Cabinet, all of it is checked without a network:\n\n    \
                 cab minutes verify {file}\n\nWhat counts is the sealed file; this mail is no part of it.\n"
            ),
            Language::German => format!(
                "{board}\n{meeting}\n{day}\n\n{what}\n\nDatei: {file}\n\
                 SHA-256: {digest}\nGesiegelt von {sealer}, {sealed}\n\n\
                 Ein PDF-Programm, das Unterschriften prüft, zeigt, ob die Datei noch die gesiegelte ist.\n\
                 Die Nachweise sind ihr angehängt. Mit Cabinet wird alles ohne Netz geprüft:\n\n    \
                 cab minutes verify {file}\n\nEs gilt die gesiegelte Datei; diese E-Mail gehört nicht zu ihr.\n"
            ),
        }
    }

    /// Until when corrections are taken, in a sentence.
    fn taken_until(self, until: &Until) -> String {
        match (self.language, until) {
            (Language::English, Until::Time(time)) => format!("Corrections are taken until {time}."),
            (Language::German, Until::Time(time)) => format!("Berichtigungen werden bis {time} angenommen."),
            (_, Until::Sealed) => self
                .either(
                    "Corrections are taken until the chair seals the minutes.",
                    "Berichtigungen werden angenommen, bis der Vorsitz das Protokoll siegelt.",
                )
                .to_owned(),
            (_, Until::LaterMeeting) => self
                .either(
                    "Corrections are taken until a later meeting approves the minutes.",
                    "Berichtigungen werden angenommen, bis eine spätere Sitzung das Protokoll genehmigt.",
                )
                .to_owned(),
            (_, Until::Over) => self
                .either(
                    "Corrections are not taken any more.\n\
                     Once the minutes are sealed the chair puts right what is wrong in an erratum.",
                    "Berichtigungen werden nicht mehr angenommen.\n\
                     Was falsch ist, stellt der Vorsitz richtig, sobald das Protokoll gesiegelt ist.",
                )
                .to_owned(),
        }
    }

    /// How corrections are asked for, with Cabinet and without.
    fn how_to_correct(self, meeting: &str, keepers: &[String]) -> String {
        let keepers = keepers.join(self.either(" or ", " oder "));
        match self.language {
            Language::English => format!(
                "With Cabinet: ask for a correction in the wrap-up of the meeting, or type\n\n    \
                 cab minutes correct NAME ABOUT --was WORDS --wording WORDS --reason WORDS \\\n        \
                 --meeting {meeting}\n\n\
                 Without Cabinet: answer this mail, to\n{keepers}.\n\
                 Name the item, the words that stand there, the words you ask for, and why.\n"
            ),
            Language::German => format!(
                "Mit Cabinet: beantragen Sie eine Berichtigung beim Abschluss der Sitzung, oder mit\n\n    \
                 cab minutes correct NAME STELLE --was WORTE --wording WORTE --reason GRUND \\\n        \
                 --meeting {meeting}\n\n\
                 Ohne Cabinet: antworten Sie auf diese E-Mail, an\n{keepers}.\n\
                 Nennen Sie den Punkt, die Worte, die dort stehen, die Worte, die dort stehen sollen, und den Grund.\n"
            ),
        }
    }

    /// The text of the mail with a draft.
    pub(in crate::minutes) fn mail_draft(self, m: &DraftMinutes<'_>) -> String {
        let DraftMinutes { board, meeting, id, day, file, digest, composed, until, keepers } = m;
        let taken = self.taken_until(until);
        let how = if *until == Until::Over { String::new() } else { format!("{}\n", self.how_to_correct(id, keepers)) };
        match self.language {
            Language::English => format!(
                "{board}\n{meeting}\n{day}\n\nThe draft of the minutes is attached. Nobody has sealed it.\n\n\
                 File: {file}\nSHA-256: {digest}\nComposed: {composed}\n\n{taken}\n\n{how}\
                 A correction changes the words of the minutes alone. What was decided stands.\n"
            ),
            Language::German => format!(
                "{board}\n{meeting}\n{day}\n\nAnbei der Entwurf des Protokolls. Niemand hat ihn gesiegelt.\n\n\
                 Datei: {file}\nSHA-256: {digest}\nErstellt: {composed}\n\n{taken}\n\n{how}\
                 Eine Berichtigung ändert nur den Wortlaut des Protokolls. Was entschieden ist, gilt.\n"
            ),
        }
    }

    /// Why there is no extract of a change, and what helps.
    pub(in crate::minutes) fn no_extract(self, why: NoExtract) -> &'static str {
        match why {
            NoExtract::UnknownChange => {
                self.either("This board has no such change.", "Diesen Change gibt es in diesem Gremium nicht.")
            }
            NoExtract::NoDecision => {
                self.either("No meeting has decided on it.", "Keine Sitzung hat über ihn entschieden.")
            }
            NoExtract::NotSealed => self.either(
                "The extract of its newest decision is not sealed yet; the chair seals it with the minutes.",
                "Der Auszug der neuesten Entscheidung ist nicht gesiegelt; der Vorsitz siegelt ihn mit dem Protokoll.",
            ),
            NoExtract::NotHere => self.either(
                "Its extract was sealed on another device; ask there for the file.",
                "Sein Auszug wurde auf einem anderen Gerät gesiegelt; dort liegt die Datei.",
            ),
            NoExtract::Damaged => self.either(
                "The file here is not the extract that was sealed; take it from a backup.",
                "Die Datei hier ist nicht der gesiegelte Auszug; nehmen Sie ihn aus einer Sicherung.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mail_is_in_the_language_of_the_minutes_and_its_lines_are_short() {
        let told = |words: Words, annexes, errata| {
            words.mail_text(&SealedMinutes {
                board: "Ostwind",
                meeting: "CAB",
                day: "18.11.2026",
                file: "a.pdf",
                digest: Digest::of(b""),
                sealer: "Ines",
                sealed: "18.11.2026, 15:00",
                annexes,
                errata,
                circulated: false,
            })
        };
        for (annexes, errata) in [(0, 0), (1, 0), (0, 1), (2, 2)] {
            let (english, german) = (told(Words::ENGLISH, annexes, errata), told(Words::GERMAN, annexes, errata));
            for text in [&english, &german] {
                assert!(text.contains(&format!("SHA-256: {}\n", Digest::of(b""))), "{text}");
                assert!(text.contains("    cab minutes verify a.pdf\n"), "{text}");
                assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
            }
            assert!(english.contains("The sealed minutes are attached"), "{english}");
            assert!(german.contains("Anbei das gesiegelte Protokoll"), "{german}");
            assert!(german.contains("Gesiegelt von Ines"), "{german}");
            assert_eq!(english.contains("erratum") || english.contains("errata"), errata > 0, "{english}");
            assert_eq!(german.contains("Richtigstellung"), errata > 0, "{german}");
            for word in ["The ", "Sealed", "File", "minutes are", "errat"] {
                assert!(!german.contains(word), "no English remains: {german}");
            }
        }
        let subject = |words: Words| words.mail_subject("2026-11-18", "CAB", "Ostwind");
        assert_eq!(subject(Words::ENGLISH), "Minutes of 2026-11-18: CAB (Ostwind)");
        assert_eq!(subject(Words::GERMAN), "Protokoll vom 2026-11-18: CAB (Ostwind)");
    }

    #[test]
    fn the_mail_with_the_circulated_edition_says_that_something_is_withheld() {
        for (words, says) in [(Words::ENGLISH, "is withheld."), (Words::GERMAN, "sind darin zurückgehalten.")] {
            let text = words.mail_text(&SealedMinutes {
                board: "Ostwind",
                meeting: "CAB",
                day: "18.11.2026",
                file: "a.pdf",
                digest: Digest::of(b""),
                sealer: "Ines",
                sealed: "18.11.2026, 15:00",
                annexes: 0,
                errata: 0,
                circulated: true,
            });
            assert!(text.lines().any(|line| line.ends_with(says)), "{text}");
        }
    }

    #[test]
    fn the_mail_with_a_draft_says_until_when_and_how_it_is_corrected() {
        let keepers = ["Ines <ines@example.org>".to_owned(), "Tom".to_owned()];
        let told = |words: Words, until: Until| {
            words.mail_draft(&DraftMinutes {
                board: "Ostwind",
                meeting: "CAB",
                id: "01938f60-0000-7000-8000-000000000000",
                day: "18.11.2026",
                file: "a.pdf",
                digest: Digest::of(b""),
                composed: "18.11.2026, 15:00",
                until,
                keepers: &keepers,
            })
        };
        for (until, english, german) in [
            (Until::Time("18:00".to_owned()), "Corrections are taken until 18:00.", "werden bis 18:00 angenommen."),
            (Until::Sealed, "until the chair seals the minutes.", "bis der Vorsitz das Protokoll siegelt."),
            (Until::LaterMeeting, "until a later meeting approves", "bis eine spätere Sitzung"),
            (Until::Over, "are not taken any more.", "werden nicht mehr angenommen."),
        ] {
            let over = until == Until::Over;
            let (in_english, in_german) = (told(Words::ENGLISH, until.clone()), told(Words::GERMAN, until));
            assert!(in_english.contains(english) && in_english.contains("Nobody has sealed it."), "{in_english}");
            assert!(in_german.contains(german) && in_german.contains("Niemand hat ihn gesiegelt."), "{in_german}");
            for text in [&in_english, &in_german] {
                assert_eq!(text.contains("    cab minutes correct NAME "), !over, "{text}");
                assert_eq!(text.contains("        --meeting 01938f60-"), !over, "{text}");
                assert_eq!(text.contains("ines@example.org"), !over, "{text}");
                assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
            }
            for word in ["The ", "Nobody", "File", "orrection", "WORDS", " or "] {
                assert!(!in_german.contains(word), "no English remains: {in_german}");
            }
        }
        let subject = |words: Words| words.draft_subject("2026-11-18", "CAB", "Ostwind");
        assert_eq!(subject(Words::ENGLISH), "Draft minutes of 2026-11-18: CAB (Ostwind)");
        assert_eq!(subject(Words::GERMAN), "Protokollentwurf vom 2026-11-18: CAB (Ostwind)");
    }
}
