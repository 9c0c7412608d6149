//! Where plan and answers are looked for on a ticket, and where they were found.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::change::{ChangeRequest, Journal, RawText, carries_marker};
use crate::plan::PlanSection;

use super::{Parsed, Problem, parse};

/// Where a section or an answer stands that no field of the ticket gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whence {
    /// In the ticket's description.
    Description,
    /// In a comment.
    Comment {
        /// The remote's id of it.
        id: String,
        /// The name of who wrote it.
        author: String,
        /// When.
        at: DateTime<Utc>,
    },
}

impl Whence {
    /// The words people read: "from the description", "from comment 4711 by Ana, 4 March 2026".
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Description => "from the description".to_owned(),
            Self::Comment { id, author, at } => format!("from comment {id} by {author}, {}", at.format("%-d %B %Y")),
        }
    }
}

/// What templates on a ticket give, whatever its fields give besides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Sections, each with where it stands.
    pub sections: BTreeMap<PlanSection, (RawText, Whence)>,
    /// Question id → the words given for it, with where they stand.
    pub answers: BTreeMap<String, (String, Whence)>,
    /// What contradicts itself within one text.
    pub problems: Vec<(Problem, Whence)>,
}

impl Found {
    fn take(&mut self, parsed: Parsed, whence: &Whence) {
        for (section, text) in parsed.sections {
            self.sections.entry(section).or_insert_with(|| (text, whence.clone()));
        }
        for (question, word) in parsed.answers {
            self.answers.entry(question).or_insert_with(|| (word, whence.clone()));
        }
        self.problems.extend(parsed.problems.into_iter().map(|problem| (problem, whence.clone())));
    }

    /// Where the change's section comes from; `None`: from a field of the ticket, or it has none.
    #[must_use]
    pub fn section(&self, change: &ChangeRequest, section: PlanSection) -> Option<&Whence> {
        let (text, whence) = self.sections.get(&section)?;
        (change.plan.get(&section) == Some(text)).then_some(whence)
    }

    /// Where the change's answer comes from; `None`: from a field of the ticket, or it has none.
    #[must_use]
    pub fn answer(&self, change: &ChangeRequest, question: &str) -> Option<&Whence> {
        let (word, whence) = self.answers.get(question)?;
        (change.risk_answers.get(question) == Some(word)).then_some(whence)
    }
}

/// Whether a comment may fill what the ticket lacks: public, by somebody the change belongs to, and not Cabinet's. That
/// last is told from its text alone, by a marker outside any quotation, since the plan is material and every device must
/// read the same: which account is Cabinet's differs from one device to the next.
fn counts(change: &ChangeRequest, comment: &Journal) -> bool {
    let people = [&change.requester, &change.author, &change.assignee, &change.release_manager];
    let theirs = people.into_iter().flatten().any(|person| person.id == comment.author.id);
    let written_by_us = |line: &str| !line.trim_start().starts_with('>') && carries_marker(line);
    theirs && !comment.private && !comment.notes.text.lines().any(written_by_us)
}

/// What the description gives, else the newest comment that counts and has it.
#[must_use]
pub fn found(change: &ChangeRequest) -> Found {
    let mut found = Found::default();
    found.take(parse(&change.description), &Whence::Description);
    for comment in change.journals.iter().rev().filter(|comment| counts(change, comment)) {
        let (id, author) = (comment.remote_id.clone(), comment.author.name.clone());
        found.take(parse(&comment.notes), &Whence::Comment { id, author, at: comment.at });
    }
    found
}

/// Fills sections and answers that the ticket's fields do not give. Filling twice changes nothing.
pub fn fill(change: &mut ChangeRequest) {
    let found = found(change);
    for (section, (text, _)) in found.sections {
        change.plan.entry(section).or_insert(text);
    }
    for (question, (word, _)) in found.answers {
        change.risk_answers.entry(question).or_insert(word);
    }
}
