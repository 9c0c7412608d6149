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

    /// The text of the mail.
    pub(in crate::minutes) fn mail_text(self, m: &SealedMinutes<'_>) -> String {
        let SealedMinutes { board, meeting, day, file, digest, sealer, sealed, annexes, errata } = m;
        let with = self.beside(*annexes, *errata);
        match self.language {
            Language::English => format!(
                "{board}\n{meeting}\n{day}\n\nThe sealed minutes are attached{with}.\n\nFile: {file}\n\
                 SHA-256: {digest}\nSealed by {sealer}, {sealed}\n\n\
                 A PDF reader that checks signatures shows whether the file is as it was sealed.\n\
                 The evidence is attached to it. With Cabinet, all of it is checked without a network:\n\n    \
                 cab minutes verify {file}\n\nWhat counts is the sealed file; this mail is no part of it.\n"
            ),
            Language::German => format!(
                "{board}\n{meeting}\n{day}\n\nAnbei das gesiegelte Protokoll{with}.\n\nDatei: {file}\n\
                 SHA-256: {digest}\nGesiegelt von {sealer}, {sealed}\n\n\
                 Ein PDF-Programm, das Unterschriften prüft, zeigt, ob die Datei noch die gesiegelte ist.\n\
                 Die Nachweise sind ihr angehängt. Mit Cabinet wird alles ohne Netz geprüft:\n\n    \
                 cab minutes verify {file}\n\nEs gilt die gesiegelte Datei; diese E-Mail gehört nicht zu ihr.\n"
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
}
