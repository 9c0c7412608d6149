//! Which changes of the sample come before the board: of different levels, one that cannot be approved.
use board::views::{ApprovalState, ChangeRow, DecisionKind, RiskLevel};
use serde_json::{Value, json};

/// The status from which the sample's workflow lets a change be approved.
const READY: &str = "Authorize";

/// Four changes for four ways to decide.
#[derive(Debug)]
pub struct Chosen {
    /// High risk: approved with a condition.
    pub conditional: ChangeRow,
    /// Medium risk: approved by counted vote, somebody steps aside.
    pub voted: ChangeRow,
    /// Low risk: approved by consent.
    pub consent: ChangeRow,
    /// Blocked by a gate, or just assessed: deferred.
    pub deferred: ChangeRow,
}

impl Chosen {
    /// In the order of the agenda.
    pub fn rows(&self) -> [&ChangeRow; 4] {
        [&self.conditional, &self.voted, &self.consent, &self.deferred]
    }

    /// What is decided of each.
    pub fn decisions(&self) -> [(&ChangeRow, DecisionKind); 4] {
        [
            (&self.conditional, DecisionKind::ApprovedWithConditions),
            (&self.voted, DecisionKind::Approved),
            (&self.consent, DecisionKind::Approved),
            (&self.deferred, DecisionKind::Deferred),
        ]
    }

    /// For the result.
    pub fn to_json(&self) -> Value {
        let item = |(row, kind): (&ChangeRow, DecisionKind)| json!({ "change": row.key, "title": row.title, "level": row.risk.level, "decision": kind });
        Value::Array(self.decisions().map(item).to_vec())
    }
}

/// A change of which a few answers are missing.
pub fn to_assess(rows: &[ChangeRow]) -> Option<&ChangeRow> {
    rows.iter().find(|r| r.decision.is_none() && (1..=8).contains(&r.risk.open))
}

/// The four; `None` if the sample has no change for one of them.
pub fn choose(rows: &[ChangeRow], assessed: &str) -> Option<Chosen> {
    let clean = |r: &&ChangeRow| undecided(r) && r.gates_failed == 0 && r.key != assessed;
    let at = |levels: &[RiskLevel]| {
        rows.iter().find(|r| clean(r) && r.risk.level.is_some_and(|l| levels.contains(&l))).cloned()
    };
    let blocked = |r: &&ChangeRow| undecided(r) && r.gates_blocking > 0;
    Some(Chosen {
        conditional: at(&[RiskLevel::High]).or_else(|| at(&[RiskLevel::Critical]))?,
        voted: at(&[RiskLevel::Medium])?,
        consent: at(&[RiskLevel::Low])?,
        deferred: rows.iter().find(|r| r.key == assessed).or_else(|| rows.iter().find(blocked)).cloned()?,
    })
}

fn undecided(row: &ChangeRow) -> bool {
    row.decision.is_none() && row.approval == ApprovalState::NotApplicable && row.remote_status == READY
}
