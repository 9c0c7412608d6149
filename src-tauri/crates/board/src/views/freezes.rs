//! Views: the freezes of the policy, and those of a file.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// In which zone somebody looks at the freezes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
pub struct FreezesRequest {
    /// IANA zone; left out: UTC.
    pub zone: Option<String>,
}

/// The freezes of the policy in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FreezesView {
    /// Name and version of the policy.
    pub policy: String,
    /// Whether a hard freeze blocks under it; otherwise it warns.
    pub blocks: bool,
    /// The earliest first.
    pub freezes: Vec<FreezeRow>,
}

/// A freeze of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FreezeRow {
    pub freeze: CalendarFreeze,
    pub over: bool,
}

/// An organisation's calendar, and as what its events are to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FreezesOfFile {
    /// The iCalendar file.
    pub text: String,
    /// IANA zone of whole days and of times without one.
    pub zone: String,
    /// The environments they are for: `prod*`.
    pub environment: String,
    pub hard: bool,
}

/// What a file comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FreezesProposed {
    /// Those that the policy does not have, in words, in the zone that was given.
    pub freezes: Vec<CalendarFreeze>,
    /// Names of those that it has already.
    pub known: Vec<String>,
    /// The rows for the end of a `policy.toml`; empty where there is nothing new.
    pub toml: String,
}
