//! What the window shows of what is set aside, and of what can be.
use domain::risk::RiskLevel;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::attesting::QuestionView;
use crate::plan_approval::PlanAct;
use crate::views::Refusal;

/// What can be done about the gates of a change, besides mending what they found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct GateActs {
    /// The change.
    pub change: String,
    /// Why the member at this device sets nothing aside for it; null: they may.
    pub refusal: Option<Refusal>,
    /// Who may and has a key on this device.
    pub signers: Vec<String>,
    /// The gates that keep it from being approved, each with whether two people may waive it.
    pub gates: Vec<GateAct>,
    /// The level of its risk.
    pub level: LevelAct,
    /// The hard freezes that its window touches.
    pub freezes: Vec<FreezeAct>,
    /// The approval of its plan (R16); null where it is approved as it is, or the policy asks for none.
    pub plan: Option<PlanAct>,
    /// What can be attested, and what is.
    pub questions: Vec<QuestionView>,
    /// Why the member at this device attests nothing; null: they may.
    pub attest_refusal: Option<Refusal>,
    /// What was said already, oldest first.
    pub said: Vec<SaidWord>,
}

/// A gate that keeps a change from being approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct GateAct {
    /// Its id.
    pub gate: String,
    /// Why nobody may waive it; null: two people may.
    pub refusal: Option<Refusal>,
    /// What would be in the way nevertheless.
    pub still: Vec<String>,
    /// Of the gate of departments: each whose sign-off is open, of which a waiver covers one (R12); else none.
    pub slots: Vec<SlotAct>,
}

/// The open sign-off of a department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SlotAct {
    /// As a waiver names it: `departments:Payments`.
    pub gate: String,
    /// The department.
    pub department: String,
    /// Why nobody may waive it now; null: two people may.
    pub refusal: Option<Refusal>,
}

/// The level of a change's risk, and what may count instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LevelAct {
    /// By score and floors.
    pub by_score: RiskLevel,
    /// The one that counts.
    pub counts: RiskLevel,
    /// No override goes below it.
    pub floor: RiskLevel,
    /// Every other level.
    pub choices: Vec<LevelChoice>,
}

/// A level that could count instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LevelChoice {
    /// Which.
    pub level: RiskLevel,
    /// Whether it takes a second person: a level is raised by one.
    pub two: bool,
    /// Why it cannot; null: it can.
    pub refusal: Option<Refusal>,
}

/// A hard freeze that the change's window touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FreezeAct {
    /// Its id in the policy.
    pub freeze: String,
    /// Its name.
    pub name: String,
    /// Why it is there.
    pub reason: String,
    /// When the window ends, RFC 3339: an exception lasts until then at least.
    pub window_ends: String,
    /// Why no exception can be asked for; null: one can.
    pub refusal: Option<Refusal>,
}

/// A waiver, an override or an exception that somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SaidWord {
    /// Its entry.
    pub entry: String,
    /// The change.
    pub change: String,
    /// Its title.
    pub title: String,
    /// Waiver, override or exception.
    pub kind: String,
    /// What it sets aside.
    pub what: String,
    /// Who said it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Until when, RFC 3339, where it ends by itself.
    pub until: Option<String>,
    /// Who seconded it.
    pub second: Option<String>,
    /// Why they did, where they said so.
    pub second_reason: Option<String>,
    /// Whether it counts.
    pub in_force: bool,
    /// Where it stands, in words.
    pub state: String,
    /// Whether it waits for a second person.
    pub waits: bool,
    /// Why the member at this device does not second it; null: they may, or it does not wait.
    pub refusal: Option<Refusal>,
    /// Who took their word back, and why.
    pub taken_back: Vec<String>,
    /// The entry of the word that the member at this device can take back; null: none is theirs, it is over, or no key is here.
    pub own: Option<String>,
}

/// What waits for the word of the member at this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WaitingWords {
    /// By change, the oldest first.
    pub rows: Vec<SaidWord>,
}
