//! The language of words in another script than the document's own, where the script tells it: a reader that speaks
//! then says a name in its own language (ISO 14289-1, 7.2). Latin and Cyrillic tell none.

/// What a letter says of its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// A language, by its BCP 47 code.
    Of(&'static str),
    /// Arabic, unless letters of other languages stand near by.
    Arabic,
    /// A letter of the Arabic script that Arabic does not have.
    NotArabic,
    /// Chinese, unless Japanese or Korean letters stand near by.
    Han,
}

impl Sign {
    const fn of(character: char) -> Option<Self> {
        // Nearly every letter: Latin tells nothing.
        if (character as u32) < 0x370 {
            return None;
        }
        Some(match character {
            '\u{370}'..='\u{3e1}' | '\u{3f0}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Self::Of("el"),
            '\u{531}'..='\u{58f}' | '\u{fb13}'..='\u{fb17}' => Self::Of("hy"),
            '\u{591}'..='\u{5f4}' | '\u{fb1d}'..='\u{fb4f}' => Self::Of("he"),
            '\u{621}'..='\u{63a}' | '\u{641}'..='\u{65f}' | '\u{670}' | '\u{fe70}'..='\u{fefc}' => Self::Arabic,
            '\u{63b}'..='\u{63f}' | '\u{66e}'..='\u{66f}' | '\u{671}'..='\u{6d3}' | '\u{6d5}' => Self::NotArabic,
            '\u{6ee}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}' | '\u{fb50}'..='\u{fbff}' => {
                Self::NotArabic
            }
            '\u{900}'..='\u{963}' | '\u{966}'..='\u{97f}' => Self::Of("hi"),
            '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e5b}' => Self::Of("th"),
            '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}' | '\u{2d00}'..='\u{2d2d}' => Self::Of("ka"),
            '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{ac00}'..='\u{d7a3}' => Self::Of("ko"),
            '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => Self::Of("ja"),
            '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' => Self::Han,
            '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' => Self::Han,
            _ => return None,
        })
    }
}

/// What a text says of those of its letters that several languages share.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Near {
    han: Option<&'static str>,
    arabic: Option<&'static str>,
}

impl Near {
    /// Of a whole text: a name is in one language.
    pub(crate) fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self::default();
        }
        let mut near = Self { han: Some("zh"), arabic: Some("ar") };
        for character in text.chars() {
            match Sign::of(character) {
                Some(Sign::Of(code @ ("ja" | "ko"))) if near.han == Some("zh") => near.han = Some(code),
                Some(Sign::NotArabic) => near.arabic = None,
                Some(Sign::Of(_) | Sign::Arabic | Sign::Han) | None => {}
            }
        }
        near
    }

    /// The language of a run, which is in one script, in such a text.
    pub(crate) fn language(self, run: &str) -> Option<&'static str> {
        match run.chars().find_map(Sign::of)? {
            Sign::Of(code) => Some(code),
            Sign::Arabic => self.arabic,
            Sign::NotArabic => None,
            Sign::Han => self.han,
        }
    }
}

/// The next Greek words in a text, from where to where in bytes: the compiled-in faces write them, so they are no run
/// of their own. One letter alone is a sign of physics.
pub(crate) fn greek(text: &str) -> Option<(usize, usize)> {
    if text.is_ascii() {
        return None;
    }
    let is_greek = |character: char| Sign::of(character) == Some(Sign::Of("el"));
    let mut found: Option<(usize, usize)> = None;
    let mut letters = 0;
    for (at, character) in text.char_indices() {
        if is_greek(character) {
            let from = found.map_or(at, |(from, _)| from);
            found = Some((from, at + character.len_utf8()));
            letters += 1;
        } else if letters > 0 && !matches!(character, ' ' | '-' | '\'' | '\u{2019}' | '.') {
            if letters > 1 {
                break;
            }
            (found, letters) = (None, 0);
        }
    }
    found.filter(|_| letters > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The language of the first run of a text that has one.
    fn of(text: &str) -> Option<&'static str> {
        let near = Near::of(text);
        text.split(' ').find_map(|word| near.language(word))
    }

    #[test]
    fn a_script_names_its_language_where_it_tells() {
        for (text, language) in [
            ("فاطمة الزهراء", Some("ar")),
            ("נועה כהן", Some("he")),
            ("Ελένη Παππά", Some("el")),
            ("Ἀθηνᾶ", Some("el")),
            ("Արամ Սարյան", Some("hy")),
            ("ნინო ბერიძე", Some("ka")),
            ("สมชาย ใจดี", Some("th")),
            ("김민준", Some("ko")),
            ("さくら タナカ", Some("ja")),
            ("प्रिया शर्मा", Some("hi")),
            ("王小明", Some("zh")),
            // Kana near by make it Japanese, Hangul Korean, wherever in the name they stand.
            ("山田 さくら", Some("ja")),
            ("佐々木 ケンジ", Some("ja")),
            ("金민준", Some("ko")),
            // Persian and Urdu have letters that Arabic has not; then the others tell nothing either.
            ("محمد پرویز", None),
            ("گلناز", None),
            // Latin, Cyrillic and what is not among the languages told by their script.
            ("Zoë Ångström", None),
            ("Дмитрий Соколов", None),
            ("তানিয়া", None),
            ("…–□", None),
            ("", None),
        ] {
            assert_eq!(of(text), language, "{text}");
        }
    }

    #[test]
    fn greek_words_are_found_with_the_spaces_between_them_and_single_letters_are_signs() {
        for (text, found) in [
            ("Ελένη Παππά", Some("Ελένη Παππά")),
            ("by Ελένη Παππά, chair", Some("Ελένη Παππά")),
            ("5 Ω and 3 µs", None),
            ("Δ of Νίκος", Some("Νίκος")),
            ("α β", Some("α β")),
            ("plain", None),
            ("", None),
        ] {
            assert_eq!(greek(text).map(|(from, to)| &text[from..to]), found, "{text}");
        }
    }
}
