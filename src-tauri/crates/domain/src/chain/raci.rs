//! Who does, answers for, is asked about and is told of a release (R59).
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::release::ReleaseType;
use crate::roster::{Role, Roster};

/// A letter of the matrix, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// Does it.
    Responsible,
    /// Answers for it.
    Accountable,
    /// Is asked before.
    Consulted,
    /// Is told after.
    Informed,
}

impl Letter {
    /// The word people read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Responsible => "responsible",
            Self::Accountable => "accountable",
            Self::Consulted => "consulted",
            Self::Informed => "informed",
        }
    }
}

/// The matrix of a policy: for each type of release the roles under each letter.
pub type Raci = BTreeMap<ReleaseType, BTreeMap<Letter, Vec<Role>>>;

/// A role of the matrix with the people who have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaciLine {
    /// The letter.
    pub letter: Letter,
    /// The role.
    pub role: Role,
    /// Who has it by the roster, by name; nobody where it is vacant.
    pub people: Vec<String>,
}

/// The matrix of this type of release, resolved to the people of the roster.
#[must_use]
pub fn raci_of(raci: &Raci, release: ReleaseType, roster: &Roster) -> Vec<RaciLine> {
    let letters = raci.get(&release).into_iter().flatten();
    let each = letters.flat_map(|(letter, roles)| roles.iter().map(move |role| (*letter, *role)));
    each.map(|(letter, role)| {
        let people = roster.members.iter().filter(|m| m.has(role)).map(|m| m.name.clone()).collect();
        RaciLine { letter, role, people }
    })
    .collect()
}
