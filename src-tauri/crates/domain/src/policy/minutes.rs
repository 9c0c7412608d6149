//! In which language a board's minutes are written, on which paper, who signs them, and by what they are approved. It is a rule
//! like any other, so that whoever has a sealed file can draw its pages again from the evidence inside and nothing else.
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{is_default, is_zero};
use crate::roster::Role;

/// The language of minutes, extracts and annexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum MinutesLanguage {
    /// English, `en`.
    #[default]
    #[serde(rename = "en")]
    English,
    /// German, `de`.
    #[serde(rename = "de")]
    German,
}

/// The paper of minutes, extracts and annexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum MinutesPaper {
    /// ISO 216 A4, `a4`.
    #[default]
    #[serde(rename = "a4")]
    A4,
    /// US Letter, `letter`.
    #[serde(rename = "letter")]
    Letter,
}

/// By what minutes are approved before they are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, Type)]
pub enum MinutesApprovalRule {
    /// By nothing but the chair's seal, which may follow the close at once, `at_once`.
    #[default]
    #[serde(rename = "at_once")]
    AtOnce,
    /// By the deadline for corrections, once none is open, `deadline`.
    #[serde(rename = "deadline")]
    Deadline,
    /// By the decision of a later meeting, `next_meeting`.
    #[serde(rename = "next_meeting")]
    NextMeeting,
}

/// For how many days after the close of a meeting its minutes can be corrected, where a policy does not say.
pub const CORRECTION_DAYS: u32 = 7;

/// Who signs the minutes after the chair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Countersigner {
    /// Whom the meeting's agenda names as its secretary.
    Secretary,
    /// The Chief Technology Officer, if present.
    Cto,
    /// The Technical Development Leads who were present.
    TechnicalLead,
    /// The release managers who were present.
    ReleaseManager,
    /// The service managers who were present.
    ServiceManager,
    /// Who speaks for security and was present.
    Security,
    /// The board members who were present.
    BoardMember,
    /// The auditors who were present.
    Auditor,
}

impl Countersigner {
    /// The role; `None` for the secretary, who is named by each meeting.
    #[must_use]
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Secretary => None,
            Self::Cto => Some(Role::Cto),
            Self::TechnicalLead => Some(Role::TechnicalLead),
            Self::ReleaseManager => Some(Role::ReleaseManager),
            Self::ServiceManager => Some(Role::ServiceManager),
            Self::Security => Some(Role::Security),
            Self::BoardMember => Some(Role::BoardMember),
            Self::Auditor => Some(Role::Auditor),
        }
    }
}

/// What the table `minutes` says. What is as built in is left out, so that equal rules have equal bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinutesRules {
    /// In which language they are written; left out: English.
    #[serde(default, skip_serializing_if = "is_default")]
    pub language: MinutesLanguage,
    /// On which paper; left out: A4.
    #[serde(default, skip_serializing_if = "is_default")]
    pub paper: MinutesPaper,
    /// Who signs them after the chair, one after another; left out: nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countersign: Vec<Countersigner>,
    /// By what they are approved; left out: by the chair's seal, at once.
    #[serde(default, skip_serializing_if = "is_default")]
    pub approval: MinutesApprovalRule,
    /// For how many days after the close corrections may be asked for, where a deadline approves; left out, or 0: 7.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub correction_days: u32,
}

impl MinutesRules {
    /// For how many days after the close corrections may be asked for.
    #[must_use]
    pub const fn days_for_corrections(&self) -> u32 {
        if self.correction_days == 0 { CORRECTION_DAYS } else { self.correction_days }
    }
}
