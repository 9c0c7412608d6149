//! What a text says: its words, and the numbers in it.
use std::iter::Peekable;
use std::str::CharIndices;

/// A piece of text with its words in lower case, one blank around each, so that phrases are found whatever stands between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// As people see it, on one line.
    pub text: String,
    words: String,
}

impl Said {
    pub(super) fn of(text: &str) -> Self {
        let words: Vec<String> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
        Self { text: text.split_whitespace().collect::<Vec<_>>().join(" "), words: format!(" {} ", words.join(" ")) }
    }

    /// Whether it says one of these phrases: whole words, or with `*` at the end the beginning of the last one.
    pub(super) fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| holds(&self.words, phrase))
    }

    /// Whether it says one of these and takes none of it back.
    pub(super) fn affirms(&self, phrases: &[&str]) -> bool {
        self.says(phrases) && !self.says(DENIALS)
    }
}

/// Words that take back what the rest of a sentence says.
const DENIALS: &[&str] = &["no", "not", "never", "none", "without", "pending", "to be", "todo", "tbd"];

fn holds(words: &str, phrase: &str) -> bool {
    let (phrase, whole) = phrase.strip_suffix('*').map_or((phrase, true), |start| (start, false));
    words
        .match_indices(phrase)
        .any(|(at, found)| words[..at].ends_with(' ') && (!whole || words[at + found.len()..].starts_with(' ')))
}

/// A number or a word of a text, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Token<'t> {
    at: usize,
    end: usize,
    what: What<'t>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What<'t> {
    /// In hundredths.
    Number(u64),
    /// Letters, or the sign for per cent.
    Word(&'t str),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        if c == '%' {
            tokens.push(Token { at, end: at + 1, what: What::Word("%") });
        } else if c.is_ascii_digit() {
            let end = run(text, at + 1, &mut rest, |next, after| {
                next.is_ascii_digit() || (matches!(next, '.' | ',') && after.starts_with(|c: char| c.is_ascii_digit()))
            });
            if let Some(number) = hundredths(&text[at..end]) {
                tokens.push(Token { at, end, what: What::Number(number) });
            }
        } else if c.is_alphabetic() {
            let end = run(text, at + c.len_utf8(), &mut rest, |next, _| next.is_alphabetic());
            tokens.push(Token { at, end, what: What::Word(&text[at..end]) });
        }
    }
    tokens
}

/// Takes characters while they go on; where they end.
fn run(
    text: &str,
    mut end: usize,
    rest: &mut Peekable<CharIndices<'_>>,
    goes_on: impl Fn(char, &str) -> bool,
) -> usize {
    while let Some((at, next)) = rest.peek().copied() {
        let after = at + next.len_utf8();
        if !goes_on(next, &text[after..]) {
            break;
        }
        end = after;
        rest.next();
    }
    end
}

/// `1.5` is 150; `None` for numbers that nobody means.
fn hundredths(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let whole: u32 = whole.parse().ok()?;
    let mut digits = fraction.bytes().take_while(u8::is_ascii_digit).map(|b| u64::from(b - b'0'));
    let (tenths, rest) = (digits.next().unwrap_or(0), digits.next().unwrap_or(0));
    Some(u64::from(whole) * 100 + tenths * 10 + rest)
}

fn seconds_in(unit: &str) -> Option<u64> {
    match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => Some(1),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(60),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(3_600),
        "d" | "day" | "days" => Some(86_400),
        _ => None,
    }
}

/// How long the text says that things take, in seconds: `45 min`, `1 h 30 min`, `1h30`, `1.5 hours`. A time of day is none.
pub(super) fn durations(text: &str) -> Vec<u64> {
    let text = text.to_lowercase();
    let tokens = tokens(&text);
    let unit_at = |place: usize| match tokens.get(place).map(|token| token.what) {
        Some(What::Word(word)) => seconds_in(word),
        Some(What::Number(_)) | None => None,
    };
    let mut found: Vec<u64> = Vec::new();
    // Where the minutes of hours that were just read would stand.
    let mut minutes_at = None;
    for (place, pair) in tokens.windows(2).enumerate() {
        let [number, unit] = pair else { continue };
        let (What::Number(n), Some(scale)) = (number.what, unit_at(place + 1)) else { continue };
        if text[..number.at].ends_with(':') || text[number.end..].starts_with(':') {
            continue;
        }
        let mut seconds = n * scale / 100;
        let hours = scale == 3_600;
        if hours
            && unit_at(place + 3).is_none()
            && let Some(Token { at, what: What::Number(minutes), .. }) = tokens.get(place + 2)
            && *at == unit.end
        {
            seconds += minutes * 60 / 100;
        }
        match found.last_mut().filter(|_| minutes_at == Some(place) && scale < 3_600) {
            Some(last) => *last += seconds,
            None => found.push(seconds),
        }
        minutes_at = hours.then_some(place + 2);
    }
    found.retain(|seconds| *seconds > 0);
    found
}

/// The percentages of the text, in hundredths of a per cent.
pub(super) fn percents(text: &str) -> Vec<u64> {
    let text = text.to_lowercase();
    let tokens = tokens(&text);
    let pairs = tokens.windows(2).filter_map(|pair| match pair {
        [Token { what: What::Number(n), .. }, Token { what: What::Word("%" | "percent" | "pct"), .. }] => Some(*n),
        _ => None,
    });
    pairs.collect()
}

/// The time of day that the text says first, in minutes.
pub(super) fn time_of_day(text: &str) -> Option<u32> {
    text.match_indices(':').find_map(|(at, _)| {
        let before = text[..at].bytes().rev().take_while(u8::is_ascii_digit).count();
        let after = text[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let hour = text[at - before..at].parse::<u32>().ok().filter(|hour| *hour < 24)?;
        let minute = text[at + 1..at + 1 + after].parse::<u32>().ok().filter(|minute| *minute < 60)?;
        ((1..=2).contains(&before) && after == 2).then_some(hour * 60 + minute)
    })
}

/// Whether the text names a file by its path: two parts at least, the last with an ending, or three.
pub(super) fn names_path(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
        let path = word.split_once("://").map_or(word, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let ending = parts.last().is_some_and(|last| last.trim_start_matches('.').contains('.'));
        path.chars().any(char::is_alphabetic) && (parts.len() >= 3 || (parts.len() == 2 && ending))
    })
}

/// Whether the text names a commit: 7 to 40 hexadecimal digits. Digits alone could be any number, so they need the word.
pub(super) fn names_commit(said: &Said) -> bool {
    let word = said.says(&["commit*", "revision*", "rev", "sha"]);
    said.text.split(|c: char| !c.is_alphanumeric()).any(|part| {
        let hexadecimal = (7..=40).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit());
        let digit = part.bytes().any(|b| b.is_ascii_digit());
        hexadecimal && digit && (word || part.bytes().any(|b| b.is_ascii_alphabetic()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_as_whole_words_or_as_their_beginning() {
        for (text, phrase, found) in [
            ("A Go/No-Go at 21:00", "go no go", true),
            ("Pre-checks: disk", "pre check*", true),
            ("Deploy checkout", "check", false),
            ("It is independent", "depend*", false),
            ("It depends on the ledger", "depend*", true),
            ("the point of\nno return", "point of no return", true),
            ("points of no return", "point of no return", false),
            ("", "check", false),
        ] {
            assert_eq!(Said::of(text).says(&[phrase]), found, "{text:?} {phrase}");
        }
        assert!(Said::of("Approved by the board").affirms(&["approved"]));
        assert!(!Said::of("Not yet approved").affirms(&["approved"]));
    }

    #[test]
    fn durations_are_read_in_seconds() {
        let cases: [(&str, &[u64]); 13] = [
            ("takes 45 min", &[2_700]),
            ("45min", &[2_700]),
            ("1 h 30 min", &[5_400]),
            ("1h30", &[5_400]),
            ("1h30min", &[5_400]),
            ("1.5 hours", &[5_400]),
            ("2 hours, then 20 minutes of checks", &[7_200, 1_200]),
            ("30–45 minutes", &[2_700]),
            ("90 s", &[90]),
            ("a day", &[]),
            ("at 20:30 h", &[]),
            ("5 apples and 99999999999 min", &[]),
            ("10 min. Then 3 hours", &[600, 10_800]),
        ];
        for (text, seconds) in cases {
            assert_eq!(durations(text), seconds, "{text}");
        }
    }

    #[test]
    fn percentages_are_read_in_hundredths() {
        for (text, found) in [
            ("1 %, 5%, then 25 percent and 100 %", vec![100, 500, 2_500, 10_000]),
            ("0.5 % of the users", vec![50]),
            ("5 users", vec![]),
        ] {
            assert_eq!(percents(text), found, "{text}");
        }
    }

    #[test]
    fn a_time_of_day_is_hours_and_minutes() {
        for (text, found) in [
            ("20:05 stop", Some(1_205)),
            ("Note: at 7:30", Some(450)),
            ("24:00", None),
            ("12:345", None),
            ("see http://x", None),
            ("", None),
        ] {
            assert_eq!(time_of_day(text), found, "{text}");
        }
    }

    #[test]
    fn paths_and_commits_are_told_from_other_words() {
        for (text, path) in [
            ("Run ops/rollback.sh.", true),
            ("(see `deploy/jobs/restore`)", true),
            ("https://git.example/ops/rollback.yml", true),
            ("go/no-go and/or stop", false),
            ("on 2026/03/04", false),
            ("rollback.sh", false),
        ] {
            assert_eq!(names_path(text), path, "{text}");
        }
        for (text, commit) in [
            ("at 5f0c3a1", true),
            ("commit 1234567", true),
            ("ticket 1234567", false),
            ("defaced", false),
            ("5f0c3", false),
            ("", false),
        ] {
            assert_eq!(names_commit(&Said::of(text)), commit, "{text}");
        }
    }
}
