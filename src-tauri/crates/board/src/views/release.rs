//! Views: releases.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A view: the releases that the tickets name, the next one first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReleasesView {
    pub releases: Vec<ReleaseRow>,
    /// More changes of releases than are looked at: those of the last ones are missing.
    pub more: bool,
}

/// A release in one line. Changes that were rejected or withdrawn count for nothing in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReleaseRow {
    pub name: String,
    pub changes: u32,
    /// Of these, decided in favour.
    pub approved: u32,
    /// Of these, without a decision.
    pub undecided: u32,
    /// The first instant of its changes' windows; null: none has a window.
    pub starts_at: Option<String>,
    /// The last instant of its changes' windows.
    pub ends_at: Option<String>,
    /// Null while what is open can change it.
    pub level: Option<domain::risk::RiskLevel>,
    pub low_level: domain::risk::RiskLevel,
    /// What counts when deciding: what is open counts at its worst.
    pub high_level: domain::risk::RiskLevel,
    /// The roadmap's milestone; null: the tickets name none, or disagree.
    pub milestone: Option<String>,
    /// Its Release Manager, who owns its plan; null: the tickets name nobody, or disagree.
    pub manager: Option<String>,
}

/// A view: one release with its changes, its risk and its plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReleaseView {
    pub release: ReleaseRow,
    /// In the order of their windows: the order in which it is deployed.
    pub changes: Vec<ChangeRow>,
    /// Rejected or withdrawn: they do not go out with it.
    pub out: Vec<String>,
    /// The changes whose own level is the release's; none: its own answers lift it above all of them.
    pub worst: Vec<String>,
    /// What is asked of the release itself.
    pub questions: Vec<ReleaseQuestion>,
    /// The plan of the release: its changes' plans, section by section.
    pub plan: Vec<ReleaseSection>,
    /// What it lacks, in sentences.
    pub lacks: Vec<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReleaseQuestion {
    pub question: String,
    pub asks: String,
    pub choices: Vec<ReleaseChoice>,
    /// The worst answer that was given, by its word; null: none.
    pub answer: Option<String>,
    /// The changes of which it was not given: it counts at its worst until it is.
    pub open: Vec<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReleaseChoice {
    pub word: String,
    pub words: String,
    /// The release has this level at least.
    pub least: domain::risk::RiskLevel,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReleaseSection {
    pub title: String,
    pub clause: String,
    /// The changes whose ticket has nothing, or next to nothing, in this section.
    pub lacking: Vec<String>,
}

/// Answers of the member at this device to the questions of a release; null leaves a question as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AssessReleaseRequest {
    pub release: String,
    pub impact: Option<String>,
    pub complexity: Option<String>,
    pub rollback: Option<String>,
    pub reason: String,
}

/// The chair takes the items of a release together: asked, no objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DecideReleaseRequest {
    pub meeting: String,
    pub release: String,
    /// Approved, rejected, deferred or more information.
    pub kind: domain::meeting::DecisionKind,
    pub rationale: String,
    /// For a deferral: a date (local), or null for the next meeting.
    pub deferred_to: Option<String>,
    /// Keys of changes that somebody wants to have decided by themselves.
    pub without: Vec<String>,
}

/// What was decided together, and what was not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReleaseDecided {
    pub release: String,
    /// Keys of the changes that were decided.
    pub decided: Vec<String>,
    /// The changes that were not, each with why.
    pub left: Vec<ReleaseLeft>,
    pub meeting: MeetingView,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReleaseLeft {
    pub change: String,
    pub refusal: Refusal,
}
