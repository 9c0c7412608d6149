//! What a plan's text says of its steps, its way back and its roll-out, and what it leaves out.
//!
//! It reads English words in the block tree of the synced text and guesses nothing: what it does not find it calls missing,
//! with the words that would be found. So a finding is a question to the plan's author, and gates of it block only where a
//! policy says so.
use std::collections::BTreeMap;

use crate::change::ChangeRequest;
use crate::plan::{PlanSection, lacking};
use crate::text::{self, Block};

mod automation;
mod backout;
mod lint;
mod roll_out;
mod said;
#[cfg(test)]
pub(crate) mod specimen;
mod support;
#[cfg(test)]
mod tests;
mod watch;

pub use automation::names_pipeline;
pub use backout::{Backout, RollbackTest, SchemaRollback, touches_database};
pub use lint::Finding;
pub use roll_out::{Canary, RollOut};
pub use support::Support;
pub use watch::Watch;

use said::{Said, time_of_day};

/// Bytes of a section that are read; nobody follows a longer one.
const MOST_READ: usize = 32 * 1024;

/// The sections in which steps stand.
const STEPS: [PlanSection; 2] = [PlanSection::Method, PlanSection::Timing];

/// A step: an item of a list, a row of a table, or a line that begins with a number or a time.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    said: Said,
    /// Whether its place in the order is written: a bullet has none.
    ordered: bool,
}

/// A section as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Section {
    whole: Said,
    sentences: Vec<Said>,
    steps: Vec<Step>,
}

/// A plan that was read: the sections that say anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Runbook {
    sections: BTreeMap<PlanSection, Section>,
}

impl Runbook {
    /// Reads the plan of a change.
    #[must_use]
    pub fn read(change: &ChangeRequest) -> Self {
        let written = change.plan.iter().filter(|(_, raw)| lacking(Some(raw)).is_none());
        let sections = written.map(|(section, raw)| (*section, Section::read(&text::blocks(raw)))).collect();
        Self { sections }
    }

    /// Whether the plan has this section.
    #[must_use]
    pub fn has(&self, section: PlanSection) -> bool {
        self.sections.contains_key(&section)
    }

    /// How many steps are written in their order.
    #[must_use]
    pub fn steps(&self) -> usize {
        STEPS.into_iter().map(|section| self.ordered(section).count()).sum()
    }

    fn ordered(&self, section: PlanSection) -> impl Iterator<Item = &Said> {
        let steps = self.sections.get(&section).map_or(&[][..], |s| s.steps.as_slice());
        steps.iter().filter(|step| step.ordered).map(|step| &step.said)
    }

    /// The sentences of these sections, in the plan's order.
    fn sentences<'p>(&'p self, of: &'p [PlanSection]) -> impl Iterator<Item = &'p Said> {
        self.sections
            .iter()
            .filter(move |(section, _)| of.contains(section))
            .flat_map(|(_, section)| &section.sentences)
    }

    /// Whether one of these sections says one of these phrases.
    fn says(&self, of: &[PlanSection], phrases: &[&str]) -> bool {
        of.iter().any(|section| self.sections.get(section).is_some_and(|s| s.whole.says(phrases)))
    }
}

impl Section {
    fn read(blocks: &[Block]) -> Self {
        let visible = text::visible(blocks);
        let read = &visible[..visible.floor_char_boundary(MOST_READ)];
        let mut found = Vec::new();
        steps(blocks, &mut found);
        Self { whole: Said::of(read), sentences: sentences(read), steps: found }
    }
}

/// Lines and cells, each cut where a sentence ends.
fn sentences(text: &str) -> Vec<Said> {
    let mut found = Vec::new();
    for line in text.split(['\n', '\t']) {
        let mut rest = line;
        while let Some(end) = sentence_end(rest) {
            found.push(Said::of(&rest[..end]));
            rest = &rest[end..];
        }
        found.push(Said::of(rest));
    }
    found.retain(|said| !said.text.is_empty());
    found
}

/// Behind the first stop that a blank follows.
fn sentence_end(text: &str) -> Option<usize> {
    let ends = |(at, stop): &(usize, &str)| text[at + stop.len()..].starts_with(char::is_whitespace);
    text.match_indices(['.', '!', '?', ';']).find(ends).map(|(at, stop)| at + stop.len())
}

fn steps(blocks: &[Block], found: &mut Vec<Step>) {
    for block in blocks {
        match block {
            Block::List { ordered, items } => {
                found.extend(items.iter().map(|item| Step { said: Said::of(&text::visible(item)), ordered: *ordered }));
            }
            Block::Table { rows, .. } => found.extend(rows.iter().map(|row| {
                let row = Block::Table { header: Vec::new(), rows: vec![row.clone()] };
                Step { said: Said::of(&text::visible(&[row])), ordered: true }
            })),
            Block::Paragraph { .. } => {
                let visible = text::visible(std::slice::from_ref(block));
                let lines = visible.lines().filter(|line| numbered(line));
                found.extend(lines.map(|line| Step { said: Said::of(line), ordered: true }));
            }
            Block::Heading { .. } | Block::Code { .. } | Block::Quote { .. } | Block::Rule => {}
        }
    }
}

/// Whether a line begins as a step does: `3.`, `3)` or `20:05`.
fn numbered(line: &str) -> bool {
    let line = line.trim_start();
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = line.len() - rest.len();
    let number = (1..=3).contains(&digits) && rest.strip_prefix(['.', ')']).is_some_and(|r| r.starts_with(' '));
    number || (digits > 0 && line.split_whitespace().next().and_then(time_of_day).is_some())
}
