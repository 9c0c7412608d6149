//! The roles that certificates name, which are in English in every file.
use crate::language::Language;

/// Each role that a board's certificates name, and what it is called in German.
const ROLES: [(&str, &str); 9] = [
    ("Chair", "Vorsitz"),
    ("CTO", "CTO"),
    ("Technical Development Lead", "Technische Entwicklungsleitung"),
    ("Release Manager", "Release-Management"),
    ("Service Manager", "Service-Management"),
    ("Security", "Sicherheit"),
    ("Board member", "Gremiumsmitglied"),
    ("Auditor", "Revision"),
    ("Member", "Mitglied"),
];

impl Language {
    /// A role as a certificate names it, in this language: what is drawn beside a signature and in it. Any other role is
    /// quoted.
    #[must_use]
    pub fn role_named(self, certified: &str) -> &str {
        match self {
            Self::English => certified,
            Self::German => ROLES.iter().find(|(role, _)| *role == certified).map_or(certified, |(_, german)| *german),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_drawn_in_the_documents_language_and_one_that_is_not_known_as_it_is_certified() {
        for (role, english, german) in [
            ("Chair", "Chair", "Vorsitz"),
            ("CTO", "CTO", "CTO"),
            ("Head of Warehousing", "Head of Warehousing", "Head of Warehousing"),
            ("", "", ""),
        ] {
            assert_eq!((Language::English.role_named(role), Language::German.role_named(role)), (english, german));
        }
        // A field is drawn with the letters that every file holds for its language.
        let drawn = |letter: char| letter.is_ascii() || Language::German.letters().contains(letter);
        assert!(ROLES.iter().all(|(_, german)| german.chars().all(drawn)));
    }
}
