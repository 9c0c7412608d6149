//! What seals and countersignatures mean: the sentence that is printed beside a field and signed in it, in the language of
//! the document. A document of one language is not sealed by the sentence of another.
use super::{Language, Words};

/// A sentence that is signed, in each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    english: &'static str,
    german: &'static str,
}

impl Meaning {
    pub(in crate::minutes) const fn new(english: &'static str, german: &'static str) -> Self {
        Self { english, german }
    }

    /// The sentence in the language of a document.
    pub(crate) const fn in_words(self, words: Words) -> &'static str {
        match words.language {
            Language::English => self.english,
            Language::German => self.german,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::minutes::approved_plan::PLAN_MEANING;
    use crate::minutes::circulated::CIRCULATED_MEANING;
    use crate::minutes::compile::{ANNEX_MEANING, ERRATUM_MEANING, SEAL_MEANING};
    use crate::minutes::countersign::COUNTERSIGN_MEANING;

    #[test]
    fn no_two_documents_and_no_two_languages_are_signed_with_the_same_sentence() {
        let all = [SEAL_MEANING, CIRCULATED_MEANING, ANNEX_MEANING, ERRATUM_MEANING, PLAN_MEANING, COUNTERSIGN_MEANING];
        let mut said: Vec<&str> =
            all.iter().flat_map(|one| [one.in_words(Words::ENGLISH), one.in_words(Words::GERMAN)]).collect();
        let count = said.len();
        said.sort_unstable();
        said.dedup();
        assert_eq!(said.len(), count);
        // What the fields of a signature are drawn with has these letters and no others.
        let drawn = |letter: char| letter.is_ascii() || "ÄÖÜäöüß".contains(letter);
        assert!(said.iter().all(|sentence| sentence.chars().all(drawn)), "{said:?}");
    }
}
