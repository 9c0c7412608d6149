//! Templates for plan and risk answers in the ticket's own markup, for requesters without Cabinet: written out here,
//! pasted and filled in on the ticket, read back from its description or a comment.
//!
//! Reading forgives what people and ticketing systems do to a text (case, blank lines, moved sections, other bullets,
//! a full-width colon), never what they mean: a quotation of a template answers nothing, an untouched hint is no text.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::change::{RawText, TextFormat};
use crate::plan::PlanSection;
use crate::risk::Question;

mod ask_back;
mod found;
mod lines;
mod parse;
#[cfg(test)]
mod tests;

pub use ask_back::{AskBack, Missing, ask_back};
pub use found::{Found, Whence, fill, found};
pub use parse::parse;

/// The clause of the risk answers.
pub const ANSWERS_CLAUSE: &str = "R80";
/// The heading of the risk answers.
pub const ANSWERS_TITLE: &str = "Risk answers";
/// How they are given, in one line.
const ANSWERS_HINT: &str = "Write each answer after the colon, or leave only the line that applies.";

/// What a text gives of plan and answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parsed {
    /// Sections with a text of their own, in their markup.
    pub sections: BTreeMap<PlanSection, RawText>,
    /// Question id → the words given for it; whether they are an answer of the model is the model's to say.
    pub answers: BTreeMap<String, String>,
    /// What is contradictory; the later counts.
    pub problems: Vec<Problem>,
}

/// Something in a filled template that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Problem {
    /// The clause of the section, or the id of the question.
    pub place: String,
    /// What is wrong, and what counts.
    pub why: String,
}

/// What belongs into a section, in one line.
pub(crate) fn hint(section: PlanSection) -> &'static str {
    match section {
        PlanSection::Approach => "What is done, in which order, and why in this way.",
        PlanSection::Prerequisites => "What must be there or finished before the first step.",
        PlanSection::Method => "The pipeline, job or steps by which it is deployed.",
        PlanSection::ConfigurationItems => "The systems, applications and settings that change.",
        PlanSection::Training => "Who must learn what, and when; or none.",
        PlanSection::Roles => "Who deploys, who verifies, who decides to go back.",
        PlanSection::Backout => "How one gets back, how long it takes, and what triggers it.",
        PlanSection::Testing => "What was tested where, with which result.",
        PlanSection::Communication => "Who is told what before, during and after.",
        PlanSection::Timing => "Start, end and milestones, with the time zone; what monitors and alerts in the window.",
        PlanSection::RiskManagement => "What can go wrong, and what is done about it.",
        PlanSection::Documentation => "Which documents change, and where they are.",
        PlanSection::RelatedChanges => {
            "Changes, known errors and problems that this one waits for or touches; or none."
        }
    }
}

/// A heading in a markup. Text without markup has none: there the line stands for itself.
fn heading(format: TextFormat, clause: &str, title: &str) -> String {
    match format {
        TextFormat::Plain => format!("{clause} {title}"),
        TextFormat::Textile => format!("h3. {clause} {title}"),
        TextFormat::Markdown => format!("### {clause} {title}"),
    }
}

/// A hint in a markup.
fn aside(format: TextFormat, words: &str) -> String {
    match format {
        TextFormat::Plain => format!("({words})"),
        TextFormat::Textile | TextFormat::Markdown => format!("_{words}_"),
    }
}

/// The template of these sections of a plan: each with its clause, its title and what belongs there.
#[must_use]
pub fn plan_template(format: TextFormat, wanted: &[PlanSection]) -> String {
    let sections = wanted.iter().map(|section| {
        let title = heading(format, section.clause(), section.title());
        format!("{title}\n\n{}\n", aside(format, hint(*section)))
    });
    sections.collect::<Vec<_>>().join("\n")
}

/// The template of these questions: each with the words of its choices, to be answered after the colon or by leaving
/// one of its lines. Empty where nothing is asked.
#[must_use]
pub fn answers_template(format: TextFormat, wanted: &[&Question]) -> String {
    if wanted.is_empty() {
        return String::new();
    }
    let bullet = match format {
        TextFormat::Textile => "*",
        TextFormat::Plain | TextFormat::Markdown => "-",
    };
    let title = heading(format, ANSWERS_CLAUSE, ANSWERS_TITLE);
    let mut out = format!("{title}\n\n{}\n", aside(format, ANSWERS_HINT));
    for question in wanted {
        out.push_str(&format!("\n{} ({}):\n\n", question.id, question.text));
        for choice in &question.answers {
            out.push_str(&format!("{bullet} {}\n", choice.words));
        }
    }
    out
}
