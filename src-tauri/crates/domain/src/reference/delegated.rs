//! What the ledger says of approvals without the board, of what is owed after them, and of delegates' seats: for the
//! comparison with the naive model.
use std::collections::{BTreeMap, BTreeSet};

use crate::chain::ReleaseType;
use crate::ids::{ChangeKey, ConditionId, EntryId, MemberId};
use crate::ledger::{Answer, Ledger};

/// Something that is owed, or was done, after a deployment that the board did not decide on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    pub text: String,
    pub owner: String,
    pub releases: BTreeSet<ReleaseType>,
    pub met: Option<EntryId>,
}

/// In whose seat somebody did what was recorded of them.
#[derive(Debug, PartialEq, Eq)]
pub struct Sat {
    /// As the record has it.
    pub recorded: Option<MemberId>,
    /// Whether they say that it was so; `None` while they are silent.
    pub so: Option<bool>,
    /// In which seat they say, and the record as well.
    pub said: Option<MemberId>,
}

impl Sat {
    /// What is counted of delegates who confirmed.
    pub fn word(&self) -> Option<&'static str> {
        let delegate = self.recorded.is_some() && self.so == Some(true);
        delegate.then_some(if self.said.is_some() { "seat said as it is recorded" } else { "seat not said" })
    }
}

pub fn care(ledger: &Ledger, change: &ChangeKey) -> BTreeMap<ConditionId, Owed> {
    let all = ledger.conditions.iter();
    let stands = all.filter(|(_, state)| state.change == *change && !state.releases.is_empty() && !state.void);
    let owed = stands.map(|(id, state)| {
        let owed = Owed {
            text: state.condition.text.clone(),
            owner: state.condition.owner.clone(),
            releases: state.releases.clone(),
            met: state.met.as_ref().map(|(entry, _)| *entry),
        };
        (*id, owed)
    });
    owed.collect()
}

pub fn seats(ledger: &Ledger) -> BTreeMap<(EntryId, u32, MemberId), Sat> {
    let all = ledger.spoken.iter().filter_map(|((at, who), spoken)| {
        let (so, said) = match &spoken.answer {
            None => (None, None),
            Some(Answer::Confirmed { seat, .. }) => (Some(true), *seat),
            Some(Answer::Contested { .. }) => (Some(false), None),
        };
        Some(((at.entry, at.act?, *who), Sat { recorded: spoken.seat, so, said }))
    });
    all.collect()
}
