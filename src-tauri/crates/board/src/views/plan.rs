//! Views: plan.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanSectionSummary {
    pub id: String,
    pub number: u32,
    pub title: String,
    pub clause: String,
    pub mandatory: bool,
    pub completeness: PlanSectionSummaryCompleteness,
    pub ticked: bool,
    pub comments: u32,
    pub changed_since_looked: bool,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PlanSectionSummaryCompleteness {
    Complete,
    Thin,
    Missing,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanComment {
    pub id: String,
    pub author: String,
    pub at: String,
    pub text: String,
    /// A local draft until the review is submitted.
    pub draft: bool,
}

/// Something that the runbook leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanFinding {
    pub clause: String,
    /// A sentence; it begins with the step where it is about one.
    pub what: String,
    pub mend: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanSection {
    pub summary: PlanSectionSummary,
    /// What is asked for in this section, in one sentence.
    pub guidance: String,
    pub body: Vec<domain::text::Block>,
    pub comments: Vec<PlanComment>,
    pub since_last_looked: Vec<DiffLine>,
    /// What the runbook leaves out in this section.
    pub findings: Vec<PlanFinding>,
    /// The ticket's links with what each is, in the section that is about them (R29); else none.
    pub links: Vec<Relation>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanReview {
    pub change: ChangeRow,
    pub sections: Vec<PlanSection>,
    pub ticked: u32,
    pub submitted_at: Option<String>,
    pub submitted_by: Option<String>,
    pub unsubmitted: u32,
    pub saved_at: Option<String>,
}
