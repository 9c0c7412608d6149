//! Text before it is measured or drawn: one form for what looks the same, and nothing invisible.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

/// Normalises text for drawing. NFC; every kind of space becomes a space; controls that reorder, join or hide
/// (bidi marks, zero-width characters, tags, variation selectors) are written out as `‹U+202E›`, so that a title
/// cannot read differently from what it says.
#[must_use]
pub fn clean(text: &str) -> String {
    cleaned(text).into_owned()
}

/// The same, without a copy where nothing changes: most text is plain ASCII, and documents hold a million letters.
pub(crate) fn cleaned(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
        return Cow::Borrowed(text.trim());
    }
    let mut out = String::with_capacity(text.len());
    let composed = is_nfc_quick(text.chars()) == IsNormalized::Yes;
    let (plain, normalised) = if composed { (Some(text.chars()), None) } else { (None, Some(text.nfc())) };
    for character in plain.into_iter().flatten().chain(normalised.into_iter().flatten()) {
        match character {
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
    Cow::Owned(out.trim().to_owned())
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

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn what_looks_the_same_is_the_same() {
        assert_eq!(clean("Zoe\u{308} A\u{30a}ngstro\u{308}m"), "Zoë Ångström");
        assert_eq!(clean("a\u{a0}b\u{2009}c\td\ne"), "a b c d e");
        assert_eq!(clean("\u{2126}"), "Ω");
    }

    #[test]
    fn invisible_controls_are_written_out() {
        assert_eq!(clean("fact\u{202e}ory"), "fact‹U+202E›ory");
        assert_eq!(clean("ad\u{200b}min\u{feff}"), "ad‹U+200B›min‹U+FEFF›");
        assert_eq!(clean("\u{0}\u{1b}[31m"), "‹U+0000›‹U+001B›[31m");
    }
}
