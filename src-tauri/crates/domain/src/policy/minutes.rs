//! In which language a board's minutes are written, and on which paper. It is a rule like any other, so that whoever has a
//! sealed file can draw its pages again from the evidence inside and nothing else.
use serde::{Deserialize, Serialize};

use super::is_default;
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
}
