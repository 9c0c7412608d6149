//! What stands behind a decision on an item: its risk, its gates, who said what, its conditions and who signed it off.
use serde::{Deserialize, Serialize};

/// Risk as scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// The level that governed.
    pub level: RiskLevel,
    /// The score ("31 of 100 points", "12 of 25 in the matrix").
    pub scored: String,
    /// How it follows from the answers, where points are not just added ("likelihood 3 × impact 4 = 12 of 25").
    pub follows: Option<String>,
    /// Model id and version ("points-100 v1").
    pub model: String,
    /// The three heaviest answers ("I1 most critical affected service: mission-critical, 12").
    pub heaviest: Vec<String>,
    /// Floors and overrides that lifted the level, with clause ("Regulated data and irreversible schema: Critical").
    pub floors: Vec<String>,
    /// Unanswered questions counted as their worst answer, if any ("2 answers assumed").
    pub assumed: Option<String>,
}

/// Risk levels, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RiskLevel {
    /// 0–24 points.
    Low,
    /// 25–49 points.
    Medium,
    /// 50–74 points.
    High,
    /// 75–100 points.
    Critical,
}

/// A gate that needs mentioning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Policy clause ("R32").
    pub clause: String,
    /// What the gate asks.
    pub title: String,
    /// Its result.
    pub result: GateResult,
    /// Why; for a waiver also who waived and until when.
    pub why: String,
}

/// Results of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GateResult {
    /// Evidence present and good.
    Passed,
    /// Evidence says no.
    Failed,
    /// Failed, and waived by somebody entitled to.
    Waived,
    /// Failed where the policy only advises.
    Warned,
    /// Does not apply to this change.
    NotApplicable,
    /// Nothing to judge by.
    NoEvidence,
}

/// One voice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// Printed name; with a delegate, "Mara Lind for Piotr Nowak".
    pub name: String,
    /// Role or seat.
    pub role: String,
    /// The position taken.
    pub position: Position,
    /// How we know.
    pub attestation: Attestation,
    /// What the voter wanted on paper, if anything.
    pub remark: Option<String>,
}

/// Positions on an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Position {
    /// For.
    Approve,
    /// Against.
    Reject,
    /// Neither; printed, not counted.
    Abstain,
    /// Stood aside; does not count towards quorum.
    Recused,
    /// Was present when consent was asked and did not object. Not a vote.
    NoObjection,
}

/// How a voice is known (`record`: who acts, who records).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Attestation {
    /// By the actor's own key.
    Signed,
    /// Recorded, later affirmed by the actor's key.
    Confirmed,
    /// By the actor's own account elsewhere.
    Written,
    /// Spoken; the recorder and another keyholder.
    Witnessed,
    /// Spoken; the recorder's word.
    Recorded,
}

/// How a decision came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Basis {
    /// Asked, no objection.
    Consent,
    /// Votes were counted.
    CountedVote,
    /// The chair ruled.
    ChairsRuling,
    /// A resolution by circulation.
    CircularResolution,
}

/// The kinds of decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Decision {
    /// Approved.
    Approved,
    /// Approved with conditions.
    ApprovedWithConditions,
    /// Rejected.
    Rejected,
    /// Put off.
    Deferred,
    /// Sent back for more information.
    MoreInformation,
    /// Withdrawn by the requester.
    Withdrawn,
    /// Skipped.
    NoDecision,
}

/// A condition of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What must be done.
    pub text: String,
    /// Who owes it.
    pub owner: String,
    /// By when, with zone where it has a time.
    pub due: String,
    /// Before deployment (blocks the approval) or after (an obligation).
    pub when: ConditionTime,
    /// Whether it is met.
    pub met: bool,
}

/// When a condition must be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ConditionTime {
    /// Blocks approval and gate until met.
    Before,
    /// Owed afterwards.
    After,
}

/// A member's signature over a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// Printed name.
    pub name: String,
    /// Role in which it was given.
    pub role: String,
    /// The sentence the signer saw.
    pub meaning: String,
    /// When, with zone; claimed time.
    pub time: String,
    /// Key fingerprint (SHA-256 of the SPKI, hexadecimal), unless given without a key.
    pub key_fingerprint: Option<String>,
    /// How we know.
    pub attestation: Attestation,
    /// True if the change was edited materially since.
    pub stale: bool,
}
