//! How a deployment is watched during its window: monitoring and alerting (R110). Who is on call then the policy's hours of
//! support say.
use super::Runbook;
use super::said::Said;
use crate::plan::PlanSection as S;

/// What the plan says of watching the window (R110): the sentence that says each, where one does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Watch {
    /// What is looked at.
    pub monitoring: Option<String>,
    /// What calls somebody.
    pub alerting: Option<String>,
}

/// Where a plan speaks of it.
const WHERE: [S; 7] = [S::Approach, S::Method, S::Roles, S::Testing, S::Communication, S::Timing, S::RiskManagement];

const MONITORS: &[&str] = &["monitor*", "dashboard*", "watched by", "observability"];

const ALERTS: &[&str] = &["alert*", "alarm*", "pager*", "paged"];

/// What takes it back: alerts that are silenced for the window alert nobody.
const OFF: &[&str] =
    &["is off", "are off", "turned off", "switched off", "mute*", "silence*", "disable*", "paused", "suppress*", "n a"];

/// Words of a label or a heading: alone they name nothing.
const LABEL: [&str; 13] = [
    "monitoring",
    "monitors",
    "alerting",
    "alerts",
    "alarms",
    "and",
    "or",
    "of",
    "for",
    "during",
    "the",
    "window",
    "deployment",
];

/// Whether a sentence names something by one of these words, and not only the word itself.
fn names(said: &Said, words: &[&str]) -> bool {
    let mut told = said.text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    said.affirms(words) && !said.says(OFF) && told.any(|word| !LABEL.contains(&word.to_lowercase().as_str()))
}

impl Runbook {
    /// How the window is watched; `None` where no section is written that would say so.
    #[must_use]
    pub fn watch(&self) -> Option<Watch> {
        if !WHERE.iter().any(|section| self.has(*section)) {
            return None;
        }
        let first =
            |words: &[&str]| self.sentences(&WHERE).find(|said| names(said, words)).map(|said| said.text.clone());
        Some(Watch { monitoring: first(MONITORS), alerting: first(ALERTS) })
    }
}
