//! What is asked back from a requester: what is missing, and the templates for that alone.
use crate::change::TextFormat;
use crate::gate::{GateOutcome, GateResult};
use crate::plan::PlanSection;
use crate::risk::Question;

use super::{ANSWERS_CLAUSE, ANSWERS_TITLE, answers_template, plan_template};

/// Clauses beside the plan's that a requester can satisfy on the ticket.
const ASKED: [&str; 9] = ["R32", "R36", "R37", "R38", "R39", "R40", "R41", "R42", "R84"];

/// Clauses that are read of the plan's text: asked only where the policy blocks by them, else a ticket would be asked for
/// what nobody waits for.
const ASKED_WHERE_IT_BLOCKS: [&str; 12] =
    ["R15", "R46", "R47", "R82", "R92", "R93", "R94", "R96", "R109", "R110", "R111", "R3"];

/// Of these, what a member attests: without an answer there is nothing that a requester could write on the ticket.
const ATTESTED: [&str; 2] = ["R93", "R96"];

/// One thing that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The clause that asks for it.
    pub clause: String,
    /// What it is.
    pub title: String,
    /// Why it counts as missing.
    pub why: String,
    /// What would satisfy it.
    pub by: String,
}

/// What is asked back. Nothing that is there is asked again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AskBack {
    /// What is missing, each with its clause, in the order of the gates; what blocks comes first.
    pub missing: Vec<Missing>,
    /// The template for the sections and answers among it, in the ticket's markup; empty when none is.
    pub template: String,
}

impl AskBack {
    /// Whether nothing is missing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

/// The section of the plan that an outcome judges.
fn section_of(outcome: &GateOutcome) -> Option<PlanSection> {
    PlanSection::ALL.into_iter().find(|section| section.clause() == outcome.gate.clause)
}

/// Whether the ticket lacks something that its requester can give. What merely could not be judged is not asked, unless it
/// is that the plan's text does not say it.
fn is_missing(outcome: &GateOutcome) -> bool {
    let clause = outcome.gate.clause.as_str();
    if outcome.blocks && ASKED_WHERE_IT_BLOCKS.contains(&clause) {
        return outcome.result != GateResult::NoEvidence || !ATTESTED.contains(&clause);
    }
    let broken = match outcome.result {
        GateResult::Failed | GateResult::Warned => !outcome.satisfied_by.is_empty(),
        GateResult::Passed | GateResult::Waived | GateResult::NotApplicable | GateResult::NoEvidence => false,
    };
    broken && (section_of(outcome).is_some() || ASKED.contains(&clause))
}

/// What to ask of a requester, from what the gates say and the questions that nobody answered.
#[must_use]
pub fn ask_back(outcomes: &[GateOutcome], open: &[&Question], format: TextFormat) -> AskBack {
    let mut lacking: Vec<&GateOutcome> = outcomes.iter().filter(|outcome| is_missing(outcome)).collect();
    lacking.sort_by_key(|outcome| !outcome.blocks);
    let mut missing: Vec<Missing> = lacking
        .iter()
        .map(|outcome| Missing {
            clause: outcome.gate.clause.clone(),
            title: outcome.gate.title.clone(),
            why: outcome.why.clone(),
            by: outcome.satisfied_by.clone(),
        })
        .collect();
    if !open.is_empty() {
        let ids: Vec<&str> = open.iter().map(|question| question.id.as_str()).collect();
        missing.push(Missing {
            clause: ANSWERS_CLAUSE.to_owned(),
            title: ANSWERS_TITLE.to_owned(),
            why: format!("open: {}", ids.join(", ")),
            by: "answer them in the words of the template; an open question counts as its worst answer".to_owned(),
        });
    }
    let sections: Vec<PlanSection> = PlanSection::ALL
        .into_iter()
        .filter(|section| lacking.iter().any(|o| section_of(o) == Some(*section)))
        .collect();
    let parts = [plan_template(format, &sections), answers_template(format, open)];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    AskBack { missing, template: parts.join("\n") }
}
