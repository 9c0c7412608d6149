//! Whether a section of the plan says anything, or only that it will (R17–R29).
use super::PlanSection;
use crate::change::RawText;
use crate::template::hint;
use crate::text;

/// What stands in place of a text, as its words in small letters: `T.B.D.` is `t b d`, and `n/a` with a reason is not `n a`.
const PLACEHOLDERS: [&[&str]; 8] = [
    &["tbd"],
    &["t", "b", "d"],
    &["todo"],
    &["to", "do"],
    &["n", "a"],
    &["to", "be", "defined"],
    &["see", "above"],
    &["same"],
];
/// Of a placeholder so much is quoted, in characters.
const QUOTED: usize = 40;

/// Why a section does not count as written. Its words say so: ``only a placeholder: `TBD` ``.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lacking {
    /// Nothing is there.
    #[error("missing")]
    Missing,
    /// What is there stands in place of a text; as it was written, cut.
    #[error("only a placeholder: `{0}`")]
    Placeholder(String),
    /// The template's own line of what belongs there, unchanged.
    #[error("only what the template asks for, unchanged")]
    Prompt,
}

/// What a section's text lacks to be one; `None` where it says something, however short. A text without any letter or digit
/// says nothing in any language; of words only placeholders do not count.
#[must_use]
pub fn lacking(text: Option<&RawText>) -> Option<Lacking> {
    let Some(raw) = text.filter(|raw| !raw.is_blank()) else { return Some(Lacking::Missing) };
    let quoted = |text: &str| Some(Lacking::Placeholder(text.trim().chars().take(QUOTED).collect()));
    if !raw.text.contains(char::is_alphanumeric) {
        return quoted(&raw.text);
    }
    let shown = text::visible(&text::blocks(raw));
    let said = words(&shown);
    // A picture alone has no words, and is no placeholder.
    if said.is_empty() {
        return None;
    }
    if PlanSection::ALL.into_iter().any(|section| said == words(hint(section))) {
        return Some(Lacking::Prompt);
    }
    if is_placeholder(&said) { quoted(&shown) } else { None }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Whether these words are placeholders, one after the other.
fn is_placeholder(mut said: &[String]) -> bool {
    while !said.is_empty() {
        let begins = |one: &[&str]| said.len() >= one.len() && one.iter().zip(said).all(|(a, b)| *a == b.as_str());
        let Some(taken) = PLACEHOLDERS.into_iter().find(|one| begins(one)).map(<[&str]>::len) else { return false };
        said = &said[taken..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::TextFormat;

    fn of(format: TextFormat, text: &str) -> Option<Lacking> {
        lacking(Some(&RawText { format, text: text.to_owned() }))
    }

    #[test]
    fn what_only_stands_in_place_of_a_text_is_none() {
        assert_eq!(lacking(None), Some(Lacking::Missing));
        assert_eq!(of(TextFormat::Plain, " \n\t"), Some(Lacking::Missing));
        for text in [
            "tbd",
            "TBD",
            "T.B.D.",
            " tbd! ",
            "todo",
            "TODO:",
            "to-do",
            "n/a",
            "N/A.",
            "N.A.",
            "-",
            "–",
            "...",
            "…",
            "?",
            "???",
            "To be defined",
            "to be defined.",
            "(see above)",
            "See  above",
            "same",
            "Same.",
            "TBD\nTBD",
            "n/a, tbd",
            "。",
            "***",
        ] {
            let found = of(TextFormat::Plain, text).expect(text);
            assert!(matches!(found, Lacking::Placeholder(_)), "{text}: {found}");
        }
        for text in ["*TBD*", "* TBD", "h3. TBD", "_n/a_"] {
            let found = of(TextFormat::Textile, text);
            assert!(matches!(found, Some(Lacking::Placeholder(_))), "{text}: {found:?}");
        }
    }

    #[test]
    fn what_is_lacking_is_said_in_words() {
        let told = |text: &str| of(TextFormat::Plain, text).map(|found| found.to_string());
        assert_eq!(told(" TBD ").as_deref(), Some("only a placeholder: `TBD`"));
        assert_eq!(told("").as_deref(), Some("missing"));
        let long = "-".repeat(500);
        assert_eq!(told(&long).map(|told| told.len()), Some("only a placeholder: ``".len() + QUOTED));
        for section in PlanSection::ALL {
            let asked = told(hint(section));
            assert_eq!(asked.as_deref(), Some("only what the template asks for, unchanged"), "{section:?}");
        }
    }

    #[test]
    fn short_real_words_stay_a_text() {
        for text in [
            "x",
            "None",
            "no",
            "As written",
            "Run the job.",
            "1",
            "N",
            "A",
            "n/a: nobody uses it",
            "N/A since it is internal",
            "TBD by Dora on Monday",
            "same as CHG-12",
            "see above in CHG-12",
            "Testplan folgt",
            "なし",
            "нет",
            "to be",
            "todo list in the wiki",
            "!plan.png!",
        ] {
            assert_eq!(of(TextFormat::Plain, text), None, "{text}");
            assert_eq!(of(TextFormat::Textile, text), None, "{text}");
        }
    }
}
