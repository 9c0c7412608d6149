//! In which language a board's minutes are written, and on which paper. It is a rule like any other, so that whoever has a
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

/// What the table `minutes` says. What is as built in is left out, so that equal rules have equal bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinutesRules {
    /// In which language they are written; left out: English.
    #[serde(default, skip_serializing_if = "is_default")]
    pub language: MinutesLanguage,
    /// On which paper; left out: A4.
    #[serde(default, skip_serializing_if = "is_default")]
    pub paper: MinutesPaper,
}
