//! Gates: a rule that a change passes or fails, with its clause and what would satisfy it.
//!
//! R11, R30, R32 and R89 are hard: they block in every strength and cannot be waived. Required
//! fields, the branch and rollback evidence block where the policy says so and warn elsewhere. What
//! cannot be judged is *no evidence*, never *passed*.
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::change::ChangeRequest;
use crate::plan::PlanSection;
use crate::policy::Policy;
use crate::risk::RiskLevel;

mod at_hand;
mod beside;
#[cfg(test)]
mod beside_catalogue_tests;
mod catalogue;
#[cfg(test)]
mod catalogue_tests;
mod checks;
mod components;
mod control;
mod departments;
mod emergency;
#[cfg(test)]
mod every_gate_tests;
#[cfg(test)]
pub(crate) mod fixture;
mod infrastructure;
mod issues;
mod lead_time;
mod licences;
mod people;
mod plan;
mod plan_approval;
mod releases;
mod results;
mod review;
mod rollback;
mod scans;
#[cfg(test)]
mod tests;
mod timing;
mod waive;

pub use at_hand::{AtHand, EvidenceRead};
pub use beside::{InTheWay, conflicts_gate, coverage_gate};
pub use catalogue::{catalogue, evidence_gates};
pub use departments::{DEPARTMENTS, OWNERS_GATE, SLOT, departments_gate, owners_gate, waive_slots};
pub use emergency::{declaration_gate, deferred, owed_gate, redeployment_gate};
pub use lead_time::lead_time_gate;
pub use people::{OWN_CODE, decision_gate, delegation_gate, duties_gate, own_code_gate};
pub use plan_approval::plan_approval_gate;
pub use timing::{freeze_gate, moved_gate};
pub use waive::{Waiver, can_be_waived, waive};

/// Clauses that block in every strength and cannot be waived (`decisions.md`, *Hard blocks*).
pub const HARD_CLAUSES: [&str; 4] = ["R11", "R30", "R32", "R89"];

/// A rule with its clause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
pub struct Gate {
    /// Stable id, for example `open-defects`.
    pub id: String,
    /// The clause it enforces, for example `R32`.
    pub clause: String,
    /// The name people read.
    pub title: String,
    /// Whether it blocks in every strength and can never be waived.
    pub hard: bool,
}

impl Gate {
    fn new(id: &str, clause: &str, title: &str) -> Self {
        let hard = HARD_CLAUSES.contains(&clause);
        Self { id: id.to_owned(), clause: clause.to_owned(), title: title.to_owned(), hard }
    }
}

/// What a gate says of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum GateResult {
    /// The rule is kept.
    Passed,
    /// The rule is broken, and it blocks.
    Failed,
    /// The rule is broken and a waiver covers it.
    Waived,
    /// The rule is broken, and the policy only warns.
    Warned,
    /// The rule does not concern this change.
    NotApplicable,
    /// It cannot be judged.
    NoEvidence,
}

impl GateResult {
    /// The words people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Waived => "waived",
            Self::Warned => "warned",
            Self::NotApplicable => "not applicable",
            Self::NoEvidence => "no evidence",
        }
    }
}

/// What a gate says, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct GateOutcome {
    /// The gate.
    pub gate: Gate,
    /// What it says.
    pub result: GateResult,
    /// Whether it keeps the change from being approved.
    pub blocks: bool,
    /// What was looked at, with its value.
    pub looked_at: String,
    /// Why it says so.
    pub why: String,
    /// What would satisfy it; empty when it is satisfied.
    pub satisfied_by: String,
    /// The controls of common frameworks that the clause serves (R87); empty where none is known.
    pub control: String,
}

/// Judges required fields, plan and hard blocks. `level` is the level of risk, `None` while
/// unassessed: then what is asked above a level is asked. `tombstoned`: the ticket is gone from its
/// system, or we lost access to it. `material_attachments`: names of files the plan names.
///
/// Always the same gates in the same order, so that two evaluations can be laid side by side.
#[must_use]
pub fn evaluate(
    change: &ChangeRequest,
    level: Option<RiskLevel>,
    policy: &Policy,
    tombstoned: bool,
    material_attachments: &[String],
) -> Vec<GateOutcome> {
    let mut outcomes = vec![checks::ticket(change, tombstoned), checks::open_defects(change)];
    outcomes.extend(checks::required_fields(change, policy));
    outcomes.push(checks::environment(change, policy));
    outcomes.push(checks::branch(change, policy));
    outcomes.push(checks::rollback_evidence(change, level, policy));
    outcomes.extend(PlanSection::ALL.into_iter().map(|s| checks::plan_section(change, s, level, policy)));
    outcomes.push(checks::attachments(change, material_attachments));
    outcomes.extend(plan::outcomes(change, level, policy));
    outcomes
}

/// The outcomes that keep the change from being approved.
pub fn blocking(outcomes: &[GateOutcome]) -> impl Iterator<Item = &GateOutcome> {
    outcomes.iter().filter(|o| o.blocks)
}

/// An outcome in the making: what was looked at.
struct Look {
    gate: Gate,
    looked_at: String,
}

impl Look {
    fn at(gate: Gate, looked_at: impl Into<String>) -> Self {
        Self { gate, looked_at: looked_at.into() }
    }
    fn says(self, result: GateResult, blocks: bool, why: impl Into<String>, by: impl Into<String>) -> GateOutcome {
        let Self { gate, looked_at } = self;
        let control = control::of(&gate.clause).to_owned();
        GateOutcome { gate, result, blocks, looked_at, why: why.into(), satisfied_by: by.into(), control }
    }
    fn passed(self, why: impl Into<String>) -> GateOutcome {
        self.says(GateResult::Passed, false, why, "")
    }
    fn not_applicable(self, why: impl Into<String>) -> GateOutcome {
        self.says(GateResult::NotApplicable, false, why, "")
    }
    /// Broken whatever the policy says.
    fn failed(self, why: impl Into<String>, by: impl Into<String>) -> GateOutcome {
        self.says(GateResult::Failed, true, why, by)
    }
    /// Cannot be judged, and therefore blocks.
    fn unclear(self, why: impl Into<String>, by: impl Into<String>) -> GateOutcome {
        self.says(GateResult::NoEvidence, true, why, by)
    }
    /// Cannot be judged: blocks where the policy says so.
    fn no_evidence(self, policy: &Policy, why: impl Into<String>, by: impl Into<String>) -> GateOutcome {
        let blocks = policy.blocks(&self.gate.clause);
        self.says(GateResult::NoEvidence, blocks, why, by)
    }
    /// Broken, and never blocks.
    fn warned(self, why: impl Into<String>, by: impl Into<String>) -> GateOutcome {
        self.says(GateResult::Warned, false, why, by)
    }
    /// Broken: fails or warns as the policy says.
    fn broken(self, policy: &Policy, why: impl Into<String>, by: impl Into<String>) -> GateOutcome {
        if policy.blocks(&self.gate.clause) { self.failed(why, by) } else { self.warned(why, by) }
    }
}

/// A value for people: quoted, on one line, cut to 120 characters.
fn quoted(value: &str) -> String {
    let line: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return "nothing".to_owned();
    }
    let cut: String = line.chars().take(120).collect();
    if cut.len() < line.len() { format!("“{cut}…”") } else { format!("“{cut}”") }
}
