//! What is asked of circulars, answered by the rules and by hand.
use std::collections::{BTreeMap, BTreeSet};

use super::generate::circulars::{FIRST, MOST};
use super::generate::meeting;
use super::naive::Naive;
use crate::circular::Ratification;
use crate::ids::{ChangeKey, EntryId, MemberId};
use crate::ledger::Ledger;
use crate::meeting::{DecisionKind, Position};

/// A question and what came of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    votes: BTreeMap<MemberId, Position>,
    late: BTreeSet<MemberId>,
    aside: BTreeSet<MemberId>,
    outcome: Option<(EntryId, DecisionKind)>,
    closed: bool,
}

impl Asked {
    /// What a comparison should have met.
    pub fn words(&self) -> Vec<&'static str> {
        let mut words = vec![match self.outcome {
            None => "circular open",
            Some((_, DecisionKind::NoDecision)) => "circular not carried",
            Some(_) => "circular carried",
        }];
        if !self.late.is_empty() {
            words.push("circular, a late answer");
        }
        if !self.aside.is_empty() {
            words.push("circular, aside");
        }
        words
    }
}

pub fn by_the_rules(ledger: &Ledger) -> BTreeMap<u128, Asked> {
    let mut found = BTreeMap::new();
    for n in FIRST..FIRST + MOST {
        let Some(held) = ledger.meetings.get(&meeting(n)) else { continue };
        let late = held.late_votes.get(&1).into_iter().flat_map(|late| late.keys().copied());
        let asked = Asked {
            votes: held.answers().into_iter().collect(),
            late: late.collect(),
            aside: held.recusals.get(&1).into_iter().flat_map(|aside| aside.keys().copied()).collect(),
            outcome: held.decisions.get(&1).map(|decided| (decided.entry, decided.decision.kind)),
            closed: held.closed.is_some(),
        };
        found.insert(n, asked);
    }
    found
}

pub fn by_hand(naive: &Naive<'_>) -> BTreeMap<u128, Asked> {
    let mut found = BTreeMap::new();
    for n in FIRST..FIRST + MOST {
        if !naive.circulars().contains(&meeting(n)) {
            continue;
        }
        let (votes, late, aside) = naive.in_writing(meeting(n));
        let (outcome, closed) = (naive.outcome(meeting(n)), naive.ended_in_writing(meeting(n)));
        found.insert(n, Asked { votes, late, aside, outcome, closed });
    }
    found
}

/// The newest approval in writing of a change, and what meetings made of it.
pub fn resolved(ledger: &Ledger, key: &ChangeKey) -> Option<(EntryId, &'static str)> {
    let (recorded, then) = ledger.resolved(key)?;
    let word = match then {
        Ratification::Awaited => "awaited",
        Ratification::Ratified(_) => "ratified",
        Ratification::NotRatified(..) => "not ratified",
    };
    let waits = ledger.to_be_ratified().contains(key);
    assert_eq!(waits, word == "awaited", "what waits to be ratified is what is awaited");
    Some((recorded.entry, word))
}
