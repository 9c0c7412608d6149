//! The languages a document's own words come in.
//!
//! What members wrote and what the board worded stays as it is: a document has one language, its content may have many.

use serde::{Deserialize, Serialize};

/// The language of the words that Cabinet writes into a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its BCP 47 code: what a file names its language by.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The language of a code, if there is one.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// Letters beyond ASCII that a later signature may need: its meaning may be in this language too.
    pub(crate) const fn letters(self) -> &'static str {
        match self {
            Self::English => "",
            Self::German => "ÄÖÜäöüß",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_one_language_and_json_holds_the_code() {
        for language in Language::ALL {
            assert_eq!(Language::of_code(language.code()), Some(language));
            assert_eq!(serde_json::to_string(&language).expect("written"), format!("\"{}\"", language.code()));
        }
        for code in ["", "EN", "en-GB", "fr"] {
            assert_eq!(Language::of_code(code), None, "{code}");
        }
        assert_eq!(Language::default(), Language::English);
    }
}
