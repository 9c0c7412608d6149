//! Words cut into what the compiled-in faces write and into runs of one script and one direction.

use unicode_bidi::BidiClass;
use unicode_script::{Script, UnicodeScript as _};

/// More letters than this are not shaped as one: a word of a hundred thousand letters is no word, and lines break between
/// runs.
const LONGEST_RUN: usize = 64;
/// More marks than this on what stands before them begin a run of their own.
const MOST_MARKS: usize = 64;

/// A piece of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment<'t> {
    pub(crate) text: &'t str,
    /// Whether the compiled-in faces write all of it.
    pub(crate) own: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Own,
    /// Belongs to what stands before it.
    Mark,
    Letter {
        script: Script,
        turn: Option<bool>,
        alone: bool,
    },
}

impl Kind {
    fn of(character: char, own: impl Fn(char) -> bool) -> Self {
        let script = character.script();
        if is_joiner(character) {
            return Self::Mark;
        }
        if own(character) {
            return Self::Own;
        }
        if script == Script::Inherited || unicode_bidi::bidi_class(character) == BidiClass::NSM {
            return Self::Mark;
        }
        // Nothing of these is shaped by what stands beside it: each is a run, and a page of them needs each once.
        let alone = matches!(
            script,
            Script::Han
                | Script::Hiragana
                | Script::Katakana
                | Script::Bopomofo
                | Script::Hangul
                | Script::Common
                | Script::Unknown
        );
        Self::Letter { script, turn: turn(character), alone }
    }

    /// Whether a run that began with this goes on with `next` after so many letters.
    fn takes(self, next: Self, letters: usize) -> bool {
        match (self, next) {
            (Self::Own, Self::Own) => true,
            (Self::Own, Self::Mark | Self::Letter { .. }) | (Self::Mark | Self::Letter { .. }, Self::Own) => false,
            (Self::Mark | Self::Letter { .. }, Self::Mark) => letters < LONGEST_RUN + MOST_MARKS,
            (Self::Letter { alone, .. }, Self::Letter { .. }) => self == next && !alone && letters < LONGEST_RUN,
            (Self::Mark, Self::Letter { .. }) => false,
        }
    }
}

/// ZERO WIDTH NON-JOINER and ZERO WIDTH JOINER: where [`crate::text::clean`] leaves one, it belongs to its word.
pub(crate) const fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

/// Whether a letter is read from right to left; `None` where that depends on what stands around it.
fn turn(character: char) -> Option<bool> {
    let class = unicode_bidi::bidi_class(character);
    if matches!(class, BidiClass::R | BidiClass::AL) { Some(true) } else { (class == BidiClass::L).then_some(false) }
}

/// Whether a run is read from right to left.
pub(crate) fn is_rtl(run: &str) -> bool {
    run.chars().find_map(turn).unwrap_or(false)
}

/// The script of a run: that of its first letter that has one.
pub(crate) fn script(run: &str) -> Script {
    let scripts = run.chars().map(|character| character.script());
    let mut plain = scripts.filter(|script| !matches!(script, Script::Common | Script::Inherited | Script::Unknown));
    plain.next().unwrap_or(Script::Common)
}

/// Cuts a word, which has no spaces, into segments. What they are depends on the word alone.
pub(crate) fn segments(word: &str, own: impl Fn(char) -> bool) -> Vec<Segment<'_>> {
    let mut out = Vec::new();
    let mut run: Option<(usize, Kind, usize)> = None;
    for (at, character) in word.char_indices() {
        let here = Kind::of(character, &own);
        run = match run {
            Some((start, kind, letters)) if kind.takes(here, letters) => Some((start, kind, letters + 1)),
            Some((start, kind, _)) => {
                out.push(Segment { text: &word[start..at], own: kind == Kind::Own });
                Some((at, here, 1))
            }
            None => Some((at, here, 1)),
        };
    }
    if let Some((start, kind, _)) = run {
        out.push(Segment { text: &word[start..], own: kind == Kind::Own });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(word: &str) -> Vec<(&str, bool)> {
        segments(word, |character| character < '\u{530}').into_iter().map(|part| (part.text, part.own)).collect()
    }

    #[test]
    fn words_are_cut_where_script_or_direction_change_and_marks_stay() {
        assert_eq!(cut("Ada"), [("Ada", true)]);
        assert_eq!(cut("(\u{5d0}\u{5b8}\u{5d1})"), [("(", true), ("\u{5d0}\u{5b8}\u{5d1}", false), (")", true)]);
        assert_eq!(cut("\u{5d0}\u{645}"), [("\u{5d0}", false), ("\u{645}", false)]);
        assert_eq!(cut("\u{645}\u{661}"), [("\u{645}", false), ("\u{661}", false)], "digits run the other way");
        assert_eq!(cut("\u{915}\u{94d}\u{200d}\u{937}"), [("\u{915}\u{94d}\u{200d}\u{937}", false)]);
        assert_eq!(cut("\u{5c71}\u{7530}"), [("\u{5c71}", false), ("\u{7530}", false)]);
        assert!(cut("").is_empty());
    }

    #[test]
    fn no_run_is_longer_than_its_bound_and_nothing_is_lost() {
        for word in ["\u{628}".repeat(1_000), "\u{915}\u{94d}".repeat(1_000), "\u{5b8}".repeat(1_000)] {
            let parts = segments(&word, |_| false);
            assert!(parts.iter().all(|part| part.text.chars().count() <= LONGEST_RUN + MOST_MARKS));
            assert_eq!(parts.iter().map(|part| part.text).collect::<String>(), word);
        }
    }

    #[test]
    fn a_run_knows_its_script_and_its_direction() {
        for (run, expected, rtl) in [
            ("\u{5d0}", Script::Hebrew, true),
            ("\u{645}", Script::Arabic, true),
            ("\u{661}", Script::Common, false),
            ("\u{915}\u{93f}", Script::Devanagari, false),
            ("\u{1f600}", Script::Common, false),
        ] {
            assert_eq!(is_rtl(run), rtl, "{run}");
            assert!(script(run) == expected || run == "\u{661}", "{run}");
        }
    }
}
