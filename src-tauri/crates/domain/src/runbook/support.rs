//! Whether support is ready (R109), and the playbook for escalation (R111).
use super::Runbook;
use super::said::Said;
use crate::change::{Attachment, ChangeRequest};
use crate::plan::PlanSection as S;

/// What the plan says to those who will be asked for help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Support {
    /// It speaks of release notes.
    pub release_notes: bool,
    /// It speaks of known issues, or says that there are none.
    pub known_issues: bool,
}

impl Runbook {
    /// What support is given; `None` where neither *Documentation* nor *Communication* is written.
    #[must_use]
    pub fn support(&self) -> Option<Support> {
        if !self.has(S::Documentation) && !self.has(S::Communication) {
            return None;
        }
        let sections = [S::Training, S::Communication, S::RiskManagement, S::Documentation, S::RelatedChanges];
        Some(Support {
            release_notes: self.says(&sections, &["release note*", "changelog*", "change log*"]),
            known_issues: self
                .says(&sections, &["known issue*", "known error*", "known problem*", "known bug*", "known defect*"]),
        })
    }

    /// The files that are the playbook for escalation: by their name, or since the plan calls them so.
    #[must_use]
    pub fn playbooks<'c>(&self, change: &'c ChangeRequest) -> Vec<&'c Attachment> {
        const NAMES: &[&str] = &["escalat*", "playbook*"];
        let told: Vec<&Said> = self.sentences(&S::ALL).filter(|said| said.says(NAMES)).collect();
        let called =
            |file: &Attachment| !file.name.is_empty() && told.iter().any(|said| said.text.contains(file.name.as_str()));
        let theirs = change.attachments.iter().filter(|file| !file.own);
        theirs.filter(|file| Said::of(&file.name).says(NAMES) || called(file)).collect()
    }
}
