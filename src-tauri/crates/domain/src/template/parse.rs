//! Reading a filled template back.
use std::collections::BTreeSet;

use crate::change::RawText;
use crate::plan::PlanSection;

use super::lines::{Heading, Kind, Place, after_colon, colon, heading, is_colon, is_hint, kinds, says};
use super::{Parsed, Problem};

/// Characters of an answer that are kept.
const LONGEST_WORD: usize = 200;
/// Characters with which people begin the items of a list.
const BULLETS: [char; 8] = ['*', '-', '+', '•', '·', '–', '#', '‣'];

/// Reads what a text gives of plan and answers. In time proportional to the text.
#[must_use]
pub fn parse(raw: &RawText) -> Parsed {
    let lines: Vec<&str> = raw.text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let kinds = kinds(&lines, raw.format);
    let quoting = quoting(&lines, &kinds, raw);
    let mut reader = Reader { raw, read: Parsed::default(), open: None };
    for (&line, kind) in lines.iter().zip(&kinds) {
        match kind {
            Kind::Text => match heading(line, raw.format) {
                Some(Heading::Ours { place, level, rest, sure }) if sure || reader.may_begin(level) => {
                    reader.begin(place, level, rest);
                }
                Some(Heading::Other { level }) if reader.ends_at(level) => reader.finish(),
                Some(Heading::Ours { .. } | Heading::Other { .. }) | None => reader.text(line),
            },
            Kind::Code { block, edge } => reader.aside(line, !edge && !quoting.contains(block) && says(line)),
            Kind::Quote => reader.aside(line, false),
        }
    }
    reader.finish();
    reader.read
}

/// The code blocks that show a template instead of filling it in.
fn quoting(lines: &[&str], kinds: &[Kind], raw: &RawText) -> BTreeSet<usize> {
    let mut blocks = BTreeSet::new();
    for (line, kind) in lines.iter().zip(kinds) {
        if let Kind::Code { block, .. } = kind
            && matches!(heading(line, raw.format), Some(Heading::Ours { .. }))
        {
            blocks.insert(*block);
        }
    }
    blocks
}

/// What is open while the lines go by.
enum Open<'t> {
    /// A section: its lines, and whether one of them says something.
    Section { section: PlanSection, level: usize, lines: Vec<&'t str>, says: bool },
    /// The answers: the question at hand.
    Answers { level: usize, question: Option<Given> },
}

/// What stands under a question.
struct Given {
    id: String,
    word: String,
    /// The first line of its choices, and how many there are.
    choice: String,
    choices: usize,
    /// Nothing stands between the question and the line at hand.
    directly: bool,
}

struct Reader<'t> {
    raw: &'t RawText,
    read: Parsed,
    open: Option<Open<'t>>,
}

impl<'t> Reader<'t> {
    /// Whether a heading with a title alone begins something: a deeper one belongs to what is open.
    fn may_begin(&self, level: usize) -> bool {
        self.open.is_none() || self.ends_at(level)
    }

    /// Whether a heading of something else at this level ends what is open.
    fn ends_at(&self, level: usize) -> bool {
        match &self.open {
            Some(Open::Section { level: own, .. } | Open::Answers { level: own, .. }) => level <= *own,
            None => false,
        }
    }

    fn begin(&mut self, place: Place, level: usize, rest: &'t str) {
        self.finish();
        self.open = Some(match place {
            Place::Section(section) => Open::Section { section, level, lines: Vec::new(), says: false },
            Place::Answers => Open::Answers { level, question: None },
        });
        if !rest.is_empty() {
            self.text(rest);
        }
    }

    /// A line of the text itself.
    fn text(&mut self, line: &'t str) {
        match &mut self.open {
            None => {}
            Some(Open::Section { .. }) if is_hint(line) => {}
            Some(Open::Section { lines, says: said, .. }) => {
                *said |= says(line);
                lines.push(line);
            }
            Some(Open::Answers { question, .. }) => {
                if let Some(next) = asked(line) {
                    let before = question.replace(next);
                    self.answered(before);
                } else if let Some(given) = question {
                    given.below(line);
                }
            }
        }
    }

    /// A line of a code block or a quotation: part of a section, never an answer.
    fn aside(&mut self, line: &'t str, counts: bool) {
        if let Some(Open::Section { lines, says, .. }) = &mut self.open {
            *says |= counts;
            lines.push(line);
        }
    }

    fn finish(&mut self) {
        match self.open.take() {
            Some(Open::Section { section, lines, says: true, .. }) => {
                self.section(section, lines.join("\n").trim());
            }
            None | Some(Open::Section { .. }) => {}
            Some(Open::Answers { question, .. }) => self.answered(question),
        }
    }

    fn section(&mut self, section: PlanSection, text: &str) {
        let text = RawText { format: self.raw.format, text: text.to_owned() };
        let before = self.read.sections.insert(section, text.clone());
        if before.is_some_and(|b| b != text) {
            self.problem(section.clause(), "the section stands there twice with different texts; the later counts");
        }
    }

    fn answered(&mut self, given: Option<Given>) {
        let Some(given) = given else { return };
        let left = (given.choices == 1).then_some(given.choice);
        let word = if given.word.is_empty() {
            left.unwrap_or_default()
        } else {
            if left.is_some_and(|left| differ(&left, &given.word)) {
                let why = "one answer stands after the colon and another below it; the one after the colon counts";
                self.problem(&given.id, why);
            }
            given.word
        };
        if word.is_empty() {
            return;
        }
        let before = self.read.answers.insert(given.id.clone(), word.clone());
        if before.is_some_and(|b| differ(&b, &word)) {
            self.problem(&given.id, "the question is answered twice in different words; the later counts");
        }
    }

    fn problem(&mut self, place: &str, why: &str) {
        let found = Problem { place: place.to_owned(), why: why.to_owned() };
        if !self.read.problems.contains(&found) {
            self.read.problems.push(found);
        }
    }
}

impl Given {
    /// A line below the question: one of its choices, or the answer if it stands directly there.
    fn below(&mut self, line: &str) {
        let line = line.trim();
        if line.starts_with(BULLETS) {
            if self.choices == 0 {
                self.choice = word(line.trim_start_matches(BULLETS));
            }
            self.choices += usize::from(says(line));
        } else if self.directly && self.word.is_empty() && says(line) {
            self.word = word(line);
        }
        self.directly = false;
    }
}

/// Whether two answers are different words.
fn differ(one: &str, other: &str) -> bool {
    one.to_lowercase() != other.to_lowercase()
}

/// An answer without what decorates it.
fn word(text: &str) -> String {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | '@' | '…'));
    if says(bare) { bare.chars().take(LONGEST_WORD).collect() } else { String::new() }
}

/// The question that a line asks, with what stands after its colon: `I1 (How critical …?): high`, `i1: high`.
fn asked(line: &str) -> Option<Given> {
    let line = line.trim_start().trim_start_matches(BULLETS).trim_start_matches(['_', ' ']);
    let length = line.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (id, rest) = line.split_at(length);
    let letters = id.bytes().take_while(u8::is_ascii_alphabetic).count();
    let numbered = id.len() > letters && id.bytes().skip(letters).all(|b| b.is_ascii_digit());
    if letters == 0 || !numbered || id.len() > 20 || rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let rest = rest.trim_start();
    let bracketed = rest.starts_with('(');
    // A question may have a colon of its own: the one behind its bracket counts.
    let behind = || {
        let mut colons = rest.char_indices().filter(|(_, c)| is_colon(*c));
        colons.find(|(at, _)| rest[..*at].trim_end().ends_with(')')).map(|(at, c)| at + c.len_utf8())
    };
    let after = if bracketed { behind() } else { colon(rest).map(|(_, after)| after) };
    let word = match after {
        Some(after) => word(after_colon(&rest[after..])),
        None if bracketed || rest.trim_matches(['*', '_']).is_empty() => String::new(),
        None => return None,
    };
    Some(Given { id: id.to_ascii_uppercase(), word, choice: String::new(), choices: 0, directly: true })
}
