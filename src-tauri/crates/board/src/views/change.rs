//! Views: change.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Gate {
    pub id: String,
    pub label: String,
    pub clause: String,
    pub result: domain::gate::GateResult,
    /// A hard gate blocks a decision and can never be waived.
    pub hard: bool,
    /// Whether it keeps the change from being approved where it fails or has no evidence.
    pub blocks: bool,
    pub finding: String,
    /// What would satisfy it; null when passed.
    pub remedy: Option<String>,
    /// Controls of common frameworks that its clause serves; empty where none is known.
    pub control: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RequiredField {
    pub field: String,
    pub label: String,
    pub clause: String,
    pub present: bool,
    pub value: Vec<domain::text::Block>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Attachment {
    pub id: String,
    pub name: String,
    pub bytes: u32,
    pub media_type: String,
    /// Named in the plan: part of what is signed.
    pub material: bool,
    /// SHA-256 once downloaded; a material one without it cannot be signed.
    pub digest: Option<String>,
    /// Its bytes were disposed of; the digest stands.
    pub disposed: Option<Disposal>,
}

/// Whose word it is that bytes are gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Disposal {
    pub by: String,
    pub at: String,
    pub ground: domain::disposal::Ground,
    pub reason: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Relation {
    /// As the server words it, for example `blocks`, `relates to`.
    pub relation: String,
    pub key: String,
    pub title: Option<String>,
    /// What it is, in words; null when it could not be read.
    pub kind: Option<String>,
    /// Ours, when it is a change we hold.
    pub id: Option<String>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Condition {
    pub id: String,
    pub text: String,
    pub owner: String,
    pub due_on: Option<String>,
    /// `before` blocks approval and gate; `after` is an obligation.
    pub when: ConditionWhen,
    pub state: ConditionState,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ConditionWhen {
    Before,
    After,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ConditionState {
    Open,
    Met,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SignOff {
    pub id: String,
    /// Whose it is.
    pub member: String,
    pub signer: String,
    pub role: domain::roster::Role,
    pub meaning: String,
    pub attestation: domain::entry::Attestation,
    pub signed_at: String,
    pub key_fingerprint: String,
    pub state: SignOffState,
    /// Since signing, for a stale one.
    pub differences: Vec<Difference>,
    /// Names of what was signed and is not kept here: nothing can be laid beside it.
    pub not_kept: Vec<String>,
    /// It is stale, and its signer can give it again at this device.
    pub reaffirmable: bool,
    /// What was said of the edit since, that it is immaterial.
    pub rulings: Vec<RulingView>,
}

/// An edit of which somebody says that it does not matter; in force once the chair and another do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RulingView {
    /// The fields that were edited, by their names.
    pub fields: Vec<String>,
    pub by: Vec<String>,
    pub reason: String,
    pub in_force: bool,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SignOffState {
    Holds,
    /// It speaks for the change as it is, and against it.
    Rejects,
    Stale,
    Withdrawn,
    /// It came after the decision: kept, and not counted.
    Late,
}

/// A slot the decision needs: who could fill it, and whether it is filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RequiredSignOff {
    pub role: domain::roster::Role,
    pub holders: Vec<String>,
    pub state: RequiredSignOffState,
    /// Why this role is asked, with its clause.
    pub reason: String,
    pub clause: Option<String>,
    /// For which department it is; null: the authority's.
    pub department: Option<DepartmentSlot>,
}

/// A department that is involved, and whose sign-off stands for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DepartmentSlot {
    pub name: String,
    pub signer: Option<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RequiredSignOffState {
    Missing,
    Holds,
    /// An authority rejects the change as it is.
    Rejected,
    Stale,
    /// Two people waived the department's slot.
    Waived,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Decision {
    pub kind: domain::meeting::DecisionKind,
    pub basis: domain::meeting::Basis,
    pub rationale: String,
    pub meeting: Option<String>,
    pub meeting_title: Option<String>,
    pub decided_at: String,
    pub recorder: String,
    pub approval: ApprovalState,
    pub tally: Option<Tally>,
    pub deferred_to: Option<String>,
}

/// An approval that the chain delegates to an authority, while the board has not decided (R61).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DelegatedApproval {
    /// Who approved, by name.
    pub by: String,
    pub at: String,
    /// Whether it holds, or is stale.
    pub approval: ApprovalState,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HistoryEntry {
    pub at: String,
    pub who: String,
    pub source: HistoryEntrySource,
    /// What happened, in words.
    pub what: String,
    pub detail: Vec<domain::text::Block>,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HistoryEntrySource {
    Ticket,
    Record,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangeView {
    pub row: ChangeRow,
    pub url: String,
    pub project: String,
    pub requester: Option<String>,
    pub assignee: Option<String>,
    pub implementer: Option<String>,
    pub synced_at: String,
    /// False while details are still being fetched.
    pub complete: bool,
    pub description: Vec<domain::text::Block>,
    pub required_fields: Vec<RequiredField>,
    pub gates: Vec<Gate>,
    pub relations: Vec<Relation>,
    pub attachments: Vec<Attachment>,
    pub decision: Option<Decision>,
    /// Approved without the board; stale once edited.
    pub delegated: Option<DelegatedApproval>,
    pub conditions: Vec<Condition>,
    pub required_sign_offs: Vec<RequiredSignOff>,
    pub sign_offs: Vec<SignOff>,
    /// Null: I never looked before.
    pub last_looked_at: Option<String>,
    pub since_last_looked: Vec<Difference>,
    /// Null: the person at this device may sign now; otherwise why not.
    pub signing_refusal: Option<Refusal>,
    pub meeting: Option<ChangeViewMeeting>,
    pub risk: RiskOutcome,
    pub plan: Vec<PlanSectionSummary>,
    pub history: Vec<HistoryEntry>,
    /// In a copy that was made from evidence, what the evidence does not tell; empty everywhere else.
    pub missing: Vec<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangeViewMeeting {
    pub id: String,
    pub title: String,
    pub starts_at: String,
}
