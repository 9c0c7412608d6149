//! Text before it is measured or drawn: one form for what looks the same, and nothing invisible.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

/// Normalises text for drawing. NFC; every kind of space becomes a space; controls that reorder, join or hide
/// (bidi marks, zero-width characters, tags, variation selectors) are written out as `‹U+202E›`, so that a title
/// cannot read differently from what it says. A joiner stays where it is part of how a word of a complex script is
/// written, and only there.
#[must_use]
pub fn clean(text: &str) -> String {
    cleaned(text).into_owned()
}

/// The same, without a copy where nothing changes: most text is plain ASCII, and documents hold a million letters.
pub(crate) fn cleaned(text: &str) -> Cow<'_, str> {
    // Looked at whole, without stopping at the first that is not: that is many bytes at a time.
    if text.bytes().fold(true, |plain, byte| plain & matches!(byte, 0x20..=0x7e)) {
        return Cow::Borrowed(text.trim());
    }
    if text.chars().all(stays) { Cow::Borrowed(text.trim()) } else { Cow::Owned(by_character(text)) }
}

/// Whether a character stays as it is among others of its kind: printable ASCII, letters and signs of Latin, and what stands
/// between words.
const fn stays(character: char) -> bool {
    matches!(character,
        ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{2010}' | '\u{2012}'..='\u{2027}')
}

/// The text, each character looked at by itself.
fn by_character(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let composed = is_nfc_quick(text.chars()) == IsNormalized::Yes;
    let (plain, normalised) = if composed { (Some(text.chars()), None) } else { (None, Some(text.nfc())) };
    let mut characters = plain.into_iter().flatten().chain(normalised.into_iter().flatten()).peekable();
    while let Some(character) = characters.next() {
        match character {
            joiner @ ('\u{200c}' | '\u{200d}') if joins(&out, joiner, characters.peek().copied()) => out.push(joiner),
            '\t'
            | '\n'
            | '\r'
            | '\u{a0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}' => out.push(' '),
            // The non-breaking hyphen shares a glyph with the plain one; copied text should be the plain one.
            '\u{2011}' => out.push('\u{2010}'),
            hidden if is_hidden(hidden) => out.push_str(&format!("\u{2039}U+{:04X}\u{203a}", u32::from(hidden))),
            plain => out.push(plain),
        }
    }
    out.trim().to_owned()
}

/// Whether a character has no appearance of its own but changes what is around it.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a joiner changes how the letters beside it are written, by the rules that names of domains follow (RFC 5892,
/// appendix A.1 and A.2): after a virama, and a non-joiner also between Arabic letters that would join. Anywhere else
/// nobody sees it.
fn joins(before: &str, joiner: char, after: Option<char>) -> bool {
    let (Some(last), Some(after)) = (before.chars().next_back(), after) else { return false };
    if is_virama(last) {
        // Each of these scripts has a block of 128 code points.
        return u32::from(last) >> 7 == u32::from(after) >> 7 && after.is_alphabetic();
    }
    let letter = before.chars().rev().find(|character| !is_arabic_mark(*character));
    joiner == '\u{200c}' && letter.is_some_and(joins_on) && joins_back(after)
}

/// The sign that takes a consonant's vowel away, in the scripts of India and Sri Lanka.
fn is_virama(character: char) -> bool {
    matches!(
        character,
        '\u{94d}'
            | '\u{9cd}'
            | '\u{a4d}'
            | '\u{acd}'
            | '\u{b4d}'
            | '\u{bcd}'
            | '\u{c4d}'
            | '\u{ccd}'
            | '\u{d4d}'
            | '\u{dca}'
    )
}

fn is_arabic_mark(character: char) -> bool {
    matches!(character, '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// An Arabic letter that joins the one after it (Joining_Type D).
fn joins_on(character: char) -> bool {
    let letter = matches!(character,
        '\u{620}'..='\u{64a}' | '\u{66e}'..='\u{66f}' | '\u{678}'..='\u{6d1}' | '\u{6fa}'..='\u{6fc}' | '\u{6ff}');
    letter && !joins_only_back(character) && character != '\u{621}'
}

/// An Arabic letter that joins the one before it (Joining_Type D or R).
fn joins_back(character: char) -> bool {
    joins_on(character) || joins_only_back(character)
}

/// Joining_Type R of the Arabic block.
fn joins_only_back(character: char) -> bool {
    matches!(character,
        '\u{622}'..='\u{625}' | '\u{627}' | '\u{629}' | '\u{62f}'..='\u{632}' | '\u{648}' | '\u{671}'..='\u{673}'
        | '\u{675}'..='\u{677}' | '\u{688}'..='\u{699}' | '\u{6c0}' | '\u{6c3}'..='\u{6cb}' | '\u{6cd}' | '\u{6cf}'
        | '\u{6d2}'..='\u{6d3}' | '\u{6d5}' | '\u{6ee}'..='\u{6ef}')
}

#[cfg(test)]
mod tests {
    use unicode_normalization::char::canonical_combining_class;
    use unicode_normalization::{IsNormalized, is_nfc_quick};

    use super::{by_character, clean, stays};

    #[test]
    fn what_looks_the_same_is_the_same() {
        assert_eq!(clean("Zoe\u{308} A\u{30a}ngstro\u{308}m"), "Zoë Ångström");
        assert_eq!(clean("a\u{a0}b\u{2009}c\td\ne"), "a b c d e");
        assert_eq!(clean("\u{2126}"), "Ω");
    }

    #[test]
    fn text_that_stays_as_a_whole_stays_when_each_character_is_looked_at() {
        let mut all = String::new();
        for character in ('\0'..=char::MAX).filter(|character| stays(*character)) {
            // No two of them become one, whichever they are (Unicode Standard Annex #15, 9).
            let quick = is_nfc_quick(std::iter::once(character));
            assert!(quick == IsNormalized::Yes && canonical_combining_class(character) == 0, "{character:?}");
            for text in [format!("{character}"), format!("a{character}b"), format!("e{character} {character}")] {
                assert_eq!(by_character(&text), text.trim(), "{character:?}");
            }
            all.push(character);
        }
        assert_eq!(by_character(&all), all.trim());
        assert_eq!(clean(" Zo\u{eb} \u{2013} \u{20ac} "), "Zo\u{eb} \u{2013} \u{20ac}");
    }

    #[test]
    fn invisible_controls_are_written_out() {
        assert_eq!(clean("fact\u{202e}ory"), "fact‹U+202E›ory");
        assert_eq!(clean("ad\u{200b}min\u{feff}"), "ad‹U+200B›min‹U+FEFF›");
        assert_eq!(clean("\u{0}\u{1b}[31m"), "‹U+0000›‹U+001B›[31m");
    }

    #[test]
    fn a_joiner_stays_where_it_changes_how_a_word_is_written_and_nowhere_else() {
        for kept in [
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            "\u{645}\u{6cc}\u{64e}\u{200c}\u{62e}",
            "\u{915}\u{94d}\u{200d}\u{937}",
            "\u{915}\u{94d}\u{200c}\u{937}",
        ] {
            assert_eq!(clean(kept), kept);
        }
        for (text, expected) in [
            ("ad\u{200c}min", "ad\u{2039}U+200C\u{203a}min"),
            // Reh joins nothing after it: the joiner would be unseen.
            ("\u{631}\u{200c}\u{62e}", "\u{631}\u{2039}U+200C\u{203a}\u{62e}"),
            ("\u{645}\u{200d}\u{62e}", "\u{645}\u{2039}U+200D\u{203a}\u{62e}"),
            ("\u{645}\u{200c}", "\u{645}\u{2039}U+200C\u{203a}"),
            ("\u{645}\u{200c}\u{200c}\u{62e}", "\u{645}\u{2039}U+200C\u{203a}\u{2039}U+200C\u{203a}\u{62e}"),
            ("\u{915}\u{200d}\u{937}", "\u{915}\u{2039}U+200D\u{203a}\u{937}"),
            ("\u{915}\u{94d}\u{200d}a", "\u{915}\u{94d}\u{2039}U+200D\u{203a}a"),
        ] {
            assert_eq!(clean(text), expected);
        }
    }
}
