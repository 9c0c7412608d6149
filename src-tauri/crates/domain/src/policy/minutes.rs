//! In which language a board's minutes are written, on which paper, and by what they are approved. It is a rule like any other, so that whoever has a
//! sealed file can draw its pages again from the evidence inside and nothing else.
use serde::{Deserialize, Serialize};

use super::is_default;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
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

const fn correction_days() -> u32 {
    CORRECTION_DAYS
}

fn is_correction_days(days: &u32) -> bool {
    *days == CORRECTION_DAYS
}

/// What the table `minutes` says. What is as built in is left out, so that equal rules have equal bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinutesRules {
    /// In which language they are written; left out: English.
    #[serde(default, skip_serializing_if = "is_default")]
    pub language: MinutesLanguage,
    /// On which paper; left out: A4.
    #[serde(default, skip_serializing_if = "is_default")]
    pub paper: MinutesPaper,
    /// By what they are approved; left out: by the chair's seal, at once.
    #[serde(default, skip_serializing_if = "is_default")]
    pub approval: MinutesApprovalRule,
    /// For how many days after the close corrections may be asked for, where a deadline approves; left out: 7.
    #[serde(default = "correction_days", skip_serializing_if = "is_correction_days")]
    pub correction_days: u32,
}

impl Default for MinutesRules {
    fn default() -> Self {
        Self {
            language: MinutesLanguage::default(),
            paper: MinutesPaper::default(),
            approval: MinutesApprovalRule::default(),
            correction_days: CORRECTION_DAYS,
        }
    }
}
