//! The deployment plan: thirteen sections and their review (R15–R29).
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ids::Digest;

mod approval;
mod lacking;

pub use approval::{PlanApproval, PlanApprovalBody};
pub use lacking::{Lacking, lacking};

/// A section of the plan. The order is the plan's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PlanSection {
    /// R17.
    Approach,
    /// R18.
    Prerequisites,
    /// R19.
    Method,
    /// R20.
    ConfigurationItems,
    /// R21.
    Training,
    /// R22.
    Roles,
    /// R23, mandatory above Low risk.
    Backout,
    /// R24, mandatory above Low risk.
    Testing,
    /// R25, mandatory above Low risk.
    Communication,
    /// R26.
    Timing,
    /// R27.
    RiskManagement,
    /// R28.
    Documentation,
    /// R29.
    RelatedChanges,
}

impl PlanSection {
    /// All thirteen, in order.
    pub const ALL: [Self; 13] = [
        Self::Approach,
        Self::Prerequisites,
        Self::Method,
        Self::ConfigurationItems,
        Self::Training,
        Self::Roles,
        Self::Backout,
        Self::Testing,
        Self::Communication,
        Self::Timing,
        Self::RiskManagement,
        Self::Documentation,
        Self::RelatedChanges,
    ];

    /// The clause, `R17` to `R29`.
    #[must_use]
    pub fn clause(self) -> &'static str {
        match self {
            Self::Approach => "R17",
            Self::Prerequisites => "R18",
            Self::Method => "R19",
            Self::ConfigurationItems => "R20",
            Self::Training => "R21",
            Self::Roles => "R22",
            Self::Backout => "R23",
            Self::Testing => "R24",
            Self::Communication => "R25",
            Self::Timing => "R26",
            Self::RiskManagement => "R27",
            Self::Documentation => "R28",
            Self::RelatedChanges => "R29",
        }
    }

    /// The name people read.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Approach => "Approach",
            Self::Prerequisites => "Prerequisites",
            Self::Method => "Method of deployment",
            Self::ConfigurationItems => "Configuration items",
            Self::Training => "Training",
            Self::Roles => "Roles and responsibilities",
            Self::Backout => "Backout plan",
            Self::Testing => "Testing",
            Self::Communication => "Communication",
            Self::Timing => "Timing and timescales",
            Self::RiskManagement => "Risk management",
            Self::Documentation => "Documentation",
            Self::RelatedChanges => "Related changes, known errors and problems",
        }
    }

    /// Whether the section must be there above Low risk (R23–R25).
    #[must_use]
    pub fn mandatory_above_low(self) -> bool {
        matches!(self, Self::Backout | Self::Testing | Self::Communication)
    }
}

/// What a reviewer says of one section.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
pub struct SectionReview {
    /// Ticked as sufficient.
    pub ticked: bool,
    /// The reviewer's comment; empty when none.
    pub comment: String,
}

/// A submitted review of a plan: one entry of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanReview {
    /// Per section; a section not mentioned was not looked at.
    pub sections: BTreeMap<PlanSection, SectionReview>,
    /// Digest of the sections' texts that were reviewed, per section.
    #[specta(type = BTreeMap<PlanSection, String>)]
    pub digests: BTreeMap<PlanSection, Digest>,
}
