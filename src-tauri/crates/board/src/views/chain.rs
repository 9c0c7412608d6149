//! Views: who is asked about a change, and who owes an answer.
use domain::chain::{Letter, Part, ReleaseType};

#[allow(unused_imports)]
use super::*;
use serde::{Deserialize, Serialize};
use specta::Type;

/// A view: everybody who is asked about a change, in order, each with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChainView {
    pub change: String,
    pub release: ReleaseType,
    pub level: domain::risk::RiskLevel,
    pub route: Route,
    pub asked: Vec<ChainAsked>,
    /// What nobody on the roster can be asked for, in words.
    pub vacant: Vec<String>,
    /// The RACI matrix of this type of release; empty where the policy has none.
    pub raci: Vec<RaciRow>,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChainAsked {
    pub member: String,
    pub name: String,
    pub role: domain::roster::Role,
    pub part: Part,
    pub department: Option<String>,
    pub reason: String,
    pub clause: String,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RaciRow {
    pub letter: Letter,
    pub role: domain::roster::Role,
    pub people: Vec<String>,
}

/// A view: who owes an answer, the longest overdue first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChaseView {
    /// The zone of the board's working hours; times in texts are in it.
    pub zone: String,
    /// Within how many working hours an answer is expected.
    pub answer_hours: u32,
    pub rows: Vec<ChaseRow>,
    /// Answers that came late, or that the board stopped waiting for: the newest question first.
    pub breaches: Vec<BreachRow>,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BreachRow {
    pub change: String,
    /// Who answered in the end; empty: nobody did before the board decided anew.
    pub name: String,
    /// What was owed: the sign-off that decides, or that for a department.
    pub what: String,
    pub asked_at: String,
    pub due_at: String,
    pub ended_at: String,
    /// Whether it was answered, or the board decided anew.
    pub answered: bool,
    /// Working minutes from when it was due to its end.
    pub late_minutes: i32,
    /// All of it in a sentence.
    pub text: String,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChaseRow {
    pub change: String,
    pub title: String,
    pub member: String,
    pub name: String,
    /// What is owed: the sign-off that decides, or that for a department.
    pub what: String,
    /// Why they are asked.
    pub reason: String,
    pub asked_at: String,
    pub due_at: String,
    /// Working minutes since it was asked.
    pub used_minutes: i32,
    /// Working minutes that are left; fewer than none once it is breached.
    pub left_minutes: i32,
    pub breached: bool,
    /// How far it has been taken by the policy's ladder.
    pub rung: Rung,
    /// To whom the text goes now.
    pub to: Vec<String>,
    /// Ready to be sent.
    pub text: String,
}
