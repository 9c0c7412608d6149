//! Where a document names one of its own items, the name leads there.
//!
//! Links stay inside the document. A ticket is named by its key: its address is no part of what a board decides, and a
//! reader never opens it for whoever holds the file (decision record 0044).

use std::collections::BTreeMap;

use crate::document::{Block, Link, Span};

/// What stands around a key in a sentence and is no part of it.
const AROUND: [char; 14] = ['(', ')', '[', ']', '"', '\'', '„', '“', '”', ',', '.', ';', ':', '!'];

/// The items of a document by their keys.
#[derive(Debug, Default)]
pub(super) struct Keys<'m>(BTreeMap<&'m str, u32>);

impl<'m> Keys<'m> {
    /// Of keys and numbers; where a key stands twice, the first counts.
    pub(super) fn of(items: impl Iterator<Item = (&'m str, u32)>) -> Self {
        let mut keys = BTreeMap::new();
        for (key, number) in items {
            keys.entry(key).or_insert(number);
        }
        Self(keys)
    }

    /// Words that say nothing but a key.
    pub(super) fn key(&self, mut span: Span) -> Span {
        let item = self.0.get(span.text.as_str()).copied();
        if let Some((item, letters)) = item.zip(one_word(&span.text)) {
            span.links = Box::new([link(item, 0, 0, letters)]);
        }
        span
    }

    /// Words that may name items among others. A key of digits alone could be any number, and one without any could be
    /// any word: neither is looked for.
    pub(super) fn named(&self, mut span: Span) -> Span {
        if !self.0.is_empty() {
            span.links = self.links(&span.text);
        }
        span
    }

    fn links(&self, text: &str) -> Box<[Link]> {
        let cleaned = crate::text::cleaned(text);
        let mut links = Vec::new();
        for (index, word) in cleaned.split(' ').filter(|word| !word.is_empty()).enumerate() {
            let key = word.trim_matches(AROUND);
            let digits = key.bytes().filter(u8::is_ascii_digit).count();
            if digits == 0 || digits == key.len() {
                continue;
            }
            let from = word.len() - word.trim_start_matches(AROUND).len();
            links.extend(self.0.get(key).map(|item| link(*item, index, from, from + key.len())));
        }
        links.into_boxed_slice()
    }

    /// A paragraph for each sentence.
    pub(super) fn sentences(&self, texts: &[String]) -> impl Iterator<Item = Block> {
        texts.iter().map(|text| Block::Paragraph { spans: vec![self.named(Span::plain(text))] })
    }
}

/// The length of a text that is one word, in bytes.
fn one_word(text: &str) -> Option<usize> {
    let cleaned = crate::text::cleaned(text);
    (!cleaned.is_empty() && !cleaned.contains(' ')).then_some(cleaned.len())
}

fn link(item: u32, word: usize, from: usize, to: usize) -> Link {
    // No text of a document has four thousand million letters.
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Link { item, word: small(word), from: small(from), to: small(to) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The linked words of a span and the items they lead to.
    fn linked(span: &Span) -> Vec<(String, u32)> {
        let cleaned = crate::text::cleaned(&span.text);
        let words: Vec<&str> = cleaned.split(' ').filter(|word| !word.is_empty()).collect();
        let said = |link: &Link| words[link.word as usize][link.from as usize..link.to as usize].to_owned();
        span.links.iter().map(|link| (said(link), link.item)).collect()
    }

    fn keys() -> Keys<'static> {
        Keys::of([("CHG-1", 4), ("CHG-12", 5), ("#7", 6), ("88", 7), ("LEDGER", 8), ("CHG-1", 9)].into_iter())
    }

    #[test]
    fn a_key_in_a_sentence_leads_to_its_item_without_the_signs_around_it() {
        for (text, expected) in [
            ("CHG-1: Taken back", vec![("CHG-1", 4)]),
            ("as (CHG-12), and  CHG-1.", vec![("CHG-12", 5), ("CHG-1", 4)]),
            ("„CHG-12“ und #7", vec![("CHG-12", 5), ("#7", 6)]),
            ("CHG-123 and XCHG-1 and CHG-1a", vec![]),
            // Numbers and plain words are no keys, whatever a tracker calls its tickets.
            ("88 of LEDGER", vec![]),
            ("", vec![]),
        ] {
            let expected: Vec<(String, u32)> = expected.into_iter().map(|(key, item)| (key.to_owned(), item)).collect();
            assert_eq!(linked(&keys().named(Span::plain(text))), expected, "{text}");
        }
        assert!(Keys::default().named(Span::plain("CHG-1")).links.is_empty());
    }

    #[test]
    fn a_cell_that_is_a_key_leads_to_its_item_whatever_the_key_looks_like() {
        for (text, item) in [("CHG-1", Some(4)), ("88", Some(7)), ("LEDGER", Some(8)), ("CHG-2", None), ("–", None)] {
            let found = linked(&keys().key(Span::strong(text)));
            assert_eq!(found, item.map(|item| (text.to_owned(), item)).into_iter().collect::<Vec<_>>(), "{text}");
        }
    }
}
