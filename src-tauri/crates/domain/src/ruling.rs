//! Edits that the chair and a second person ruled immaterial (`record.md`, *Staleness people survive*): what was said of
//! the change before speaks for it after as well. Only of exactly that edit; any further one is judged anew.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::approval::Allowed;
use crate::entry::Involved;
use crate::ids::{ChangeKey, Digest, EntryId, MemberId};
use crate::roster::Role;

/// One person's word that an edit is immaterial. The subject is the content after the edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulingBody {
    /// The change.
    pub change: ChangeKey,
    /// The material fields that were edited, as their names stand in the manifest, sorted.
    pub fields: Vec<String>,
    /// Digest of the material content that was signed.
    pub from: Digest,
    /// Accounts whose own change this is (R89): none of them rules on it.
    pub involved: Involved,
    /// Why it does not matter, in the words of whoever rules.
    pub reason: String,
    /// Digest of the material content after the edit.
    pub to: Digest,
}

/// Why a ruling rules nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRuling {
    /// Nothing was edited.
    #[error("what it rules on is no edit: the content before and after is the same")]
    NoEdit,
    /// It does not say what was edited.
    #[error("it names no edited field")]
    NoField,
    /// The list has more than one form.
    #[error("the edited fields are not sorted, each once")]
    Unsorted,
    /// What a pipeline deploys, where and when is what the signature is for.
    #[error("{field} says what is deployed, where or when: an edit of it is never immaterial")]
    Deployed {
        /// Which field.
        field: String,
    },
    /// Nobody could tell why.
    #[error("it gives no reason")]
    NoReason,
}

impl RulingBody {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check(&self) -> Result<(), NoRuling> {
        if self.from == self.to {
            return Err(NoRuling::NoEdit);
        }
        if self.fields.is_empty() {
            return Err(NoRuling::NoField);
        }
        if !self.fields.is_sorted_by(|a, b| a < b) {
            return Err(NoRuling::Unsorted);
        }
        if let Some(field) = self.fields.iter().find(|field| is_deployed(field)) {
            return Err(NoRuling::Deployed { field: field.clone() });
        }
        if self.reason.trim().is_empty() {
            return Err(NoRuling::NoReason);
        }
        Ok(())
    }

    fn same_edit(&self, other: &Self) -> bool {
        self.from == other.from && self.to == other.to && self.fields == other.fields
    }
}

/// Whether a pipeline reads the field to know what to deploy, where and when.
#[must_use]
pub fn is_deployed(field: &str) -> bool {
    Allowed::FIELDS.contains(&field)
}

/// A ruling as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// Its entry.
    pub entry: EntryId,
    /// Whose word.
    pub actor: MemberId,
    /// In which role.
    pub role: Option<Role>,
    /// As claimed.
    pub claimed: DateTime<Utc>,
    /// What is ruled.
    pub body: RulingBody,
    /// Taken back by this entry.
    pub withdrawn: Option<EntryId>,
}

/// A ruling that is in force: the chair's word and a second person's on the same edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruled<'r> {
    /// The chair's.
    pub chair: &'r Ruling,
    /// The other person's.
    pub second: &'r Ruling,
}

impl Ruled<'_> {
    /// The content before the edit.
    #[must_use]
    pub fn before(&self) -> Digest {
        self.chair.body.from
    }

    /// The content after the edit.
    #[must_use]
    pub fn after(&self) -> Digest {
        self.chair.body.to
    }

    /// When the later of the two was given, as claimed.
    #[must_use]
    pub fn claimed(&self) -> DateTime<Utc> {
        self.chair.claimed.max(self.second.claimed)
    }
}

/// The rulings in force, each edit once: the earliest pair that agrees.
#[must_use]
pub fn in_force(rulings: &[Ruling]) -> Vec<Ruled<'_>> {
    let mut edits = BTreeSet::new();
    let mut ruled = Vec::new();
    for chair in standing(rulings).filter(|ruling| ruling.role == Some(Role::Chair)) {
        let second = standing(rulings).find(|other| other.actor != chair.actor && other.body.same_edit(&chair.body));
        if let Some(second) = second
            && edits.insert((chair.body.from, chair.body.to))
        {
            ruled.push(Ruled { chair, second });
        }
    }
    ruled
}

/// Those that nobody took back.
fn standing(rulings: &[Ruling]) -> impl Iterator<Item = &Ruling> {
    rulings.iter().filter(|ruling| ruling.withdrawn.is_none())
}

#[cfg(test)]
mod tests;
