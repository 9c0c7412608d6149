//! Characters that hide or reorder text are made visible: nobody signs what they cannot see.

/// The text with control, bidirectional, zero-width and other invisible characters shown as
/// `⟦U+202E⟧`. Line feed and tab stay.
#[must_use]
pub fn mark_invisible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if invisible(c) {
            out.push('⟦');
            out.push_str(&code_point(c));
            out.push('⟧');
        } else {
            out.push(c);
        }
    }
    out
}

/// The character's name in a mark, `U+202E`.
pub(crate) fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// Whether the character leaves no mark of its own or changes the order of others.
pub(crate) fn invisible(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{AD}' // soft hyphen
        | '\u{34F}' // combining grapheme joiner
        | '\u{61C}' // Arabic letter mark
        | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' // Hangul fillers
        | '\u{17B4}' | '\u{17B5}' // Khmer inherent vowels
        | '\u{180B}'..='\u{180F}' // Mongolian selectors
        | '\u{200B}'..='\u{200F}' // zero width, left-to-right and right-to-left marks
        | '\u{2028}' | '\u{2029}' // line and paragraph separators
        | '\u{202A}'..='\u{202E}' // embeddings and overrides
        | '\u{2060}'..='\u{206F}' // joiners, isolates, deprecated format characters
        | '\u{FE00}'..='\u{FE0D}' // selectors, but for those of emoji
        | '\u{FEFF}' // byte order mark
        | '\u{FFF9}'..='\u{FFFB}' // interlinear annotation
        | '\u{1BCA0}'..='\u{1BCA3}' // shorthand format controls
        | '\u{1D173}'..='\u{1D17A}' // musical format controls
        | '\u{E0000}'..='\u{E0FFF}' => true, // tags and further selectors
        other => other.is_control(),
    }
}
