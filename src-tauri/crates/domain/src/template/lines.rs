//! What a line is to a template: heading, hint, code, quotation, or text.
use std::collections::BTreeSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::change::TextFormat;
use crate::plan::PlanSection;

use super::{ANSWERS_CLAUSE, ANSWERS_HINT, ANSWERS_TITLE, hint};

/// A longer line is no heading and no hint, in bytes.
const LONGEST_HEAD: usize = 400;
/// The level of a heading without markup: every heading with one ends what it opened.
pub(super) const BARE: usize = 7;
/// Fences are told apart up to this length.
const LONGEST_FENCE: usize = 16;

/// What a heading of a template opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A section of the plan.
    Section(PlanSection),
    /// The risk answers.
    Answers,
}

/// A heading, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heading<'l> {
    /// Of a template; `rest` is what stands after its colon, `sure`: it names the clause, not a title alone.
    Ours { place: Place, level: usize, rest: &'l str, sure: bool },
    /// Of something else.
    Other { level: usize },
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// In the text itself.
    Text,
    /// In the code block with this number; `edge`: its first or last line.
    Code { block: usize, edge: bool },
    /// In a quotation.
    Quote,
}

/// Letters and digits in lower case, in one form whatever their width.
pub(super) fn fold(text: &str) -> String {
    text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a line says anything.
pub(super) fn says(line: &str) -> bool {
    line.chars().any(char::is_alphanumeric)
}

/// Whether a line is a template's own hint, however it is decorated.
pub(super) fn is_hint(line: &str) -> bool {
    if line.len() > LONGEST_HEAD || !says(line) {
        return false;
    }
    HINTS.contains(&fold(line))
}

/// The first colon of either width: where it stands, and where what follows begins.
pub(super) fn colon(text: &str) -> Option<(usize, usize)> {
    text.char_indices().find(|(_, c)| is_colon(*c)).map(|(at, c)| (at, at + c.len_utf8()))
}

/// A colon of either width.
pub(super) fn is_colon(c: char) -> bool {
    matches!(c, ':' | '：')
}

/// What follows a colon, without the end of an emphasis around what stands before it.
pub(super) fn after_colon(text: &str) -> &str {
    text.trim_start_matches(['*', '_']).trim()
}

/// A heading's level and words by its markup.
fn by_markup(line: &str, format: TextFormat) -> Option<(usize, &str)> {
    match format {
        TextFormat::Plain => None,
        TextFormat::Textile => {
            let rest = line.strip_prefix(['h', 'H'])?;
            let level = rest.chars().next()?.to_digit(10).filter(|n| (1..=6).contains(n))?;
            let rest = &rest[1..];
            let words = if rest.starts_with(['(', '{', '[', '<', '>', '=']) {
                rest.split_once(". ")?.1
            } else {
                rest.strip_prefix('.').filter(|words| words.starts_with(char::is_whitespace))?
            };
            Some((level as usize, words.trim()))
        }
        TextFormat::Markdown => {
            let words = line.trim_start_matches('#');
            let level = line.len() - words.len();
            let marked = (1..=6).contains(&level) && (words.is_empty() || words.starts_with(char::is_whitespace));
            marked.then(|| (level, words.trim().trim_end_matches('#').trim_end()))
        }
    }
}

/// Title and hints of R29, and the hint of R26, in templates that an older Cabinet handed out: they are still read.
const RELATED_TITLE: &str = "Related changes";
const RELATED_HINT: &str = "Changes that this one waits for or hinders; or none.";
const TIMING_HINT: &str = "Start, end and milestones, with the time zone.";

/// The places of a template with their clauses and titles, folded.
static PLACES: LazyLock<Vec<(Place, String, String)>> = LazyLock::new(|| {
    let sections = PlanSection::ALL.into_iter().map(|s| (Place::Section(s), s.clause(), s.title()));
    let related = PlanSection::RelatedChanges;
    let before = (Place::Section(related), related.clause(), RELATED_TITLE);
    let all = sections.chain([before, (Place::Answers, ANSWERS_CLAUSE, ANSWERS_TITLE)]);
    all.map(|(place, clause, title)| (place, fold(clause), fold(title))).collect()
});

/// The hints of a template, folded.
static HINTS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let others = [ANSWERS_HINT, RELATED_HINT, TIMING_HINT];
    PlanSection::ALL.into_iter().map(hint).chain(others).map(fold).collect()
});

/// Whether `folded` is these two words in either order.
fn both(folded: &str, clause: &str, title: &str) -> bool {
    folded.strip_prefix(clause) == Some(title) || folded.strip_prefix(title) == Some(clause)
}

/// The place that a marked heading opens: by its clause, whatever its title was translated to, or by its title.
fn named(words: &str) -> Option<(Place, &str, bool)> {
    let words = words.trim_matches(['*', '_', '+', '@', '`', ' ']);
    let (head, rest) = split(words);
    if head.len() > LONGEST_HEAD {
        return None;
    }
    let first: String = head.chars().take_while(|c| c.is_alphanumeric()).collect();
    let (first, whole) = (fold(&first), fold(head));
    PLACES.iter().find_map(|(place, clause, title)| {
        let sure = *clause == first || both(&whole, clause, title);
        (sure || *title == whole).then_some((*place, rest, sure))
    })
}

/// The place that a line without markup opens: clause and title both, since either may stand in any sentence.
fn unmarked(line: &str) -> Option<(Place, &str)> {
    let (head, rest) = split(line);
    if head.len() > LONGEST_HEAD {
        return None;
    }
    let folded = fold(head);
    let found = PLACES.iter().find(|(_, clause, title)| both(&folded, clause, title));
    found.map(|(place, _, _)| (*place, rest))
}

/// What stands before the first colon, and what after it.
fn split(words: &str) -> (&str, &str) {
    colon(words).map_or((words, ""), |(at, after)| (&words[..at], after_colon(&words[after..])))
}

/// The heading that a line of the text is.
pub(super) fn heading(line: &str, format: TextFormat) -> Option<Heading<'_>> {
    // Four blanks or a tab begin code.
    if line.starts_with("    ") || line.starts_with('\t') {
        return None;
    }
    let line = line.trim();
    let marked = by_markup(line, format);
    if let Some((level, words)) = marked
        && let Some((place, rest, sure)) = named(words)
    {
        return Some(Heading::Ours { place, level, rest, sure });
    }
    if let Some((place, rest)) = unmarked(line) {
        let level = marked.map_or(BARE, |(level, _)| level);
        return Some(Heading::Ours { place, level, rest, sure: true });
    }
    marked.map(|(level, _)| Heading::Other { level })
}

/// What opens a region that runs until something closes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fence {
    /// A run of this character, of at least this length.
    Run(char, usize),
    /// `<pre>`.
    Pre,
    /// `<blockquote>`.
    Blockquote,
}

/// Where a tag stands last in a line, whatever its case.
fn last_of(line: &str, tag: &str) -> Option<usize> {
    line.as_bytes().windows(tag.len()).rposition(|w| w.eq_ignore_ascii_case(tag.as_bytes()))
}

/// Whether a line leaves an element open (`Some(true)`), closed (`Some(false)`), or does not speak of it.
fn leaves(line: &str, opening: [&str; 2], closing: &str) -> Option<bool> {
    let opened = opening.into_iter().filter_map(|tag| last_of(line, tag)).max();
    let closed = last_of(line, closing);
    (opened.is_some() || closed.is_some()).then(|| opened > closed)
}

fn leaves_pre(line: &str) -> Option<bool> {
    leaves(line, ["<pre>", "<pre "], "</pre>")
}

fn leaves_quote(line: &str) -> Option<bool> {
    leaves(line, ["<blockquote>", "<blockquote "], "</blockquote>")
}

/// The run that opens or closes a fence, and what follows it.
fn run_of(line: &str) -> Option<(char, usize, &str)> {
    let line = line.trim_start();
    let sign = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let rest = line.trim_start_matches(sign);
    let length = line.len() - rest.len();
    (length >= 3).then_some((sign, length, rest))
}

fn opens(line: &str, format: TextFormat) -> Option<Fence> {
    match format {
        TextFormat::Plain => return None,
        TextFormat::Textile => {}
        TextFormat::Markdown => {
            if let Some((sign, length, rest)) = run_of(line)
                && !(sign == '`' && rest.contains('`'))
            {
                return Some(Fence::Run(sign, length.min(LONGEST_FENCE)));
            }
        }
    }
    if leaves_pre(line) == Some(true) {
        Some(Fence::Pre)
    } else if leaves_quote(line) == Some(true) {
        Some(Fence::Blockquote)
    } else {
        None
    }
}

fn closes(line: &str, fence: Fence) -> bool {
    match fence {
        Fence::Run(sign, length) => {
            run_of(line).is_some_and(|(s, l, rest)| s == sign && l >= length && rest.trim().is_empty())
        }
        Fence::Pre => leaves_pre(line) == Some(false),
        Fence::Blockquote => leaves_quote(line) == Some(false),
    }
}

/// Where each line stands. A fence that nothing closes opens nothing; each is looked for to the end once at most, so
/// that the time stays in proportion to the text.
pub(super) fn kinds(lines: &[&str], format: TextFormat) -> Vec<Kind> {
    let mut kinds = Vec::with_capacity(lines.len());
    let mut never_closed: BTreeSet<Fence> = BTreeSet::new();
    let mut in_quoted_paragraph = false;
    while let Some(line) = lines.get(kinds.len()) {
        let at = kinds.len();
        let fence = opens(line, format).filter(|fence| !never_closed.contains(fence));
        if let Some(fence) = fence {
            if let Some(more) = lines[at + 1..].iter().position(|line| closes(line, fence)) {
                let last = at + 1 + more;
                kinds.extend((at..=last).map(|n| match fence {
                    Fence::Run(..) | Fence::Pre => Kind::Code { block: at, edge: n == at || n == last },
                    Fence::Blockquote => Kind::Quote,
                }));
                continue;
            }
            never_closed.insert(fence);
        }
        let begins = line.trim_start();
        let opens_quote = format == TextFormat::Textile && (begins.starts_with("bq.") || begins.starts_with("bq("));
        in_quoted_paragraph = (in_quoted_paragraph || opens_quote) && !begins.is_empty();
        let quoted = begins.starts_with('>') || in_quoted_paragraph || leaves_closed(line, format, leaves_quote);
        kinds.push(if quoted {
            Kind::Quote
        } else if leaves_closed(line, format, leaves_pre) && last_of(line, "<pre").is_some() {
            Kind::Code { block: at, edge: false }
        } else {
            Kind::Text
        });
    }
    kinds
}

/// Whether an element begins and ends on this line.
fn leaves_closed(line: &str, format: TextFormat, leaves: fn(&str) -> Option<bool>) -> bool {
    format != TextFormat::Plain && leaves(line) == Some(false)
}
