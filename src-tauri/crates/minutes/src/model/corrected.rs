//! Corrections of minutes, and errata once they are sealed.
use serde::{Deserialize, Serialize};

use super::{Evidence, Head, Signatory};

/// A correction of the minutes that was asked for, and what came of it. It changes words, and never a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The number of the item it is about; `None` for another section.
    pub item: Option<u32>,
    /// What it is about, in a word ("CHG-17", "Attendance").
    pub about: String,
    /// The words that stood there; empty where something was missing.
    pub was: String,
    /// The words it was taken in with, or those asked for.
    pub wording: String,
    /// Whether it was taken in; `None` while it is open.
    pub taken: Option<bool>,
    /// Who asked, when and why ("Noor Haddad, 19 Nov 2026, 09:00 CET: misheard").
    pub asked: String,
    /// Who answered, when and why; `None` while it is open.
    pub answered: Option<String>,
}

/// A document beside sealed minutes that says what is wrong in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erratum {
    /// The head of the meeting.
    pub head: Head,
    /// SHA-256 of the sealed minutes it belongs to, hexadecimal.
    pub minutes: String,
    /// When they were sealed and by whom.
    pub sealed: String,
    /// Which erratum to these minutes it is, from 1.
    pub number: u32,
    /// What is wrong, and what is right.
    pub errata: Vec<PutRight>,
    /// Who seals it.
    pub signatories: Vec<Signatory>,
    /// What it rests on and how to check it.
    pub evidence: Evidence,
}

/// One thing that is wrong in sealed minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutRight {
    /// What is wrong, in the chair's words.
    pub wrong: String,
    /// What is right.
    pub right: String,
    /// When the chair said so, with zone; claimed time.
    pub time: String,
    /// The entry in which they say so, hexadecimal.
    pub entry: String,
}
