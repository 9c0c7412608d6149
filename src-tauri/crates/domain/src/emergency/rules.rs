//! What a policy says of emergencies.
use serde::{Deserialize, Serialize};

/// The clauses that a policy may let wait. Never the required fields, the branch, the evidence of a rollback test above
/// Medium, or what blocks in every policy (R50).
pub const DEFERRABLE: &[&str] = &[
    "R7", "R8", "R9", "R10", "R16", "R17", "R18", "R19", "R20", "R21", "R22", "R23", "R24", "R25", "R26", "R27", "R28",
    "R29", "R46", "R47", "R62", "R81", "R82", "R83", "R92", "R93", "R94", "R96", "R109", "R110", "R111",
];

/// Whether the clause is one that a policy may let wait.
#[must_use]
pub fn may_wait(clause: &str) -> bool {
    DEFERRABLE.contains(&clause)
}

/// What waits in an emergency and how long (R50, R52, R66, R67).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmergencyRules {
    /// Hours in which a provisional key is bound to a ticket.
    pub bind_hours: u32,
    /// The clauses that may wait.
    pub deferrable: Vec<String>,
    /// Days in which what waits is done.
    pub deferred_days: u32,
    /// Days after the window in which it is reviewed.
    pub review_days: u32,
    /// Another emergency of the same within so many days demands the root cause.
    pub repeat_days: u32,
}

impl Default for EmergencyRules {
    /// Training, communication, documentation and the list of related changes wait for five days; a review within a week.
    fn default() -> Self {
        Self {
            bind_hours: 24,
            deferrable: ["R21", "R25", "R28", "R29"].map(str::to_owned).to_vec(),
            deferred_days: 5,
            review_days: 7,
            repeat_days: 30,
        }
    }
}

impl EmergencyRules {
    /// Whether a policy needs to say it.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The clauses that wait, each of which may.
    pub fn waiting(&self) -> impl Iterator<Item = &str> {
        self.deferrable.iter().map(String::as_str).filter(|clause| may_wait(clause))
    }
}
