//! Votes as the record tells them, counted anew when a decision or the close shows that one came too late for it.
use std::collections::BTreeMap;

use super::places::Places;
use super::{CastVote, Meeting};
use crate::entry::Attestation;
use crate::ids::{EntryId, MemberId};
use crate::meeting::{DecisionKind, Position};

/// Something that changes what votes stand, in the order of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ballot {
    /// A vote. *Own*: in an entry of the member's own, which may come from elsewhere and late.
    Cast { item: u32, who: MemberId, vote: CastVote, own: bool },
    /// Another who was there vouched for an entry of the running record.
    Witnessed { entry: EntryId },
    /// The member says that a vote recorded for them was so.
    Confirmed { item: u32, who: MemberId, entry: EntryId, position: Position },
}

impl Meeting {
    /// Lets it take effect; says whether anything changed.
    pub(super) fn ballot(&mut self, ballot: Ballot) -> bool {
        let changed = self.step(&ballot);
        self.ballots.push(ballot);
        changed
    }

    /// A vote in an entry of the member's own: it counts unless the board had decided or closed without it.
    pub(super) fn vote(&mut self, places: &Places, item: u32, who: MemberId, vote: CastVote) {
        if self.without(places, item, vote.entry) {
            self.late_votes.entry(item).or_default().insert(who, vote.clone());
            self.ballots.push(Ballot::Cast { item, who, vote, own: true });
        } else {
            self.ballot(Ballot::Cast { item, who, vote, own: true });
        }
    }

    /// Counts again: by now something is decided, or the meeting closed. What the running record says is in the
    /// keeper's own hand and never late.
    pub(super) fn recount(&mut self, places: &Places) {
        if !self.ballots.iter().any(|ballot| matches!(ballot, Ballot::Cast { own: true, .. })) {
            return;
        }
        self.votes.clear();
        self.late_votes.clear();
        for ballot in std::mem::take(&mut self.ballots) {
            match &ballot {
                Ballot::Cast { item, who, vote, own: true } if self.without(places, *item, vote.entry) => {
                    self.late_votes.entry(*item).or_default().insert(*who, vote.clone());
                }
                Ballot::Cast { .. } | Ballot::Witnessed { .. } | Ballot::Confirmed { .. } => {
                    self.step(&ballot);
                }
            }
            self.ballots.push(ballot);
        }
    }

    /// Counts again what whoever decided had; the rest came too late.
    pub(super) fn count_what_was_had(&mut self, had: impl Fn(EntryId) -> bool) {
        self.votes.clear();
        for ballot in std::mem::take(&mut self.ballots) {
            match &ballot {
                Ballot::Cast { item, who, vote, .. } if !had(vote.entry) => {
                    self.late_votes.entry(*item).or_default().insert(*who, vote.clone());
                }
                Ballot::Cast { .. } | Ballot::Witnessed { .. } | Ballot::Confirmed { .. } => {
                    self.step(&ballot);
                }
            }
            self.ballots.push(ballot);
        }
    }

    /// Whether the item was decided, or the meeting closed, without this vote.
    fn without(&self, places: &Places, item: u32, vote: EntryId) -> bool {
        let decided = self.decisions.get(&item).filter(|d| d.decision.kind != DecisionKind::NoDecision);
        self.closed.is_some_and(|closed| !places.had(closed, vote))
            || decided.is_some_and(|decided| places.apart(decided.entry, vote))
    }

    fn step(&mut self, ballot: &Ballot) -> bool {
        match ballot {
            Ballot::Cast { item, who, vote, .. } => self.cast(*item, *who, vote),
            Ballot::Witnessed { entry } => {
                let mut raised = false;
                let votes = self.votes.values_mut().flat_map(BTreeMap::values_mut);
                for vote in votes.filter(|v| v.entry == *entry && v.attestation < Attestation::Witnessed) {
                    vote.attestation = Attestation::Witnessed;
                    raised = true;
                }
                raised
            }
            Ballot::Confirmed { item, who, entry, position } => self.confirm(*item, *who, (*entry, *position)),
        }
    }

    /// A member's own word (signed, confirmed, written) is never overwritten by somebody's word for it. Of what was
    /// spoken the latest counts, however well the earlier is known.
    fn cast(&mut self, item: u32, who: MemberId, vote: &CastVote) -> bool {
        if self.recusals.get(&item).is_some_and(|r| r.contains_key(&who)) {
            return false;
        }
        let votes = self.votes.entry(item).or_default();
        let replaces = |known: Attestation| known < Attestation::Written || vote.attestation >= known;
        let counts = votes.get(&who).is_none_or(|before| replaces(before.attestation));
        if counts {
            votes.insert(who, vote.clone());
        }
        counts
    }

    /// Raises the vote that stands if it is the one that was recorded; never lowers a signed one. Where one entry tells
    /// of two votes, the one that was confirmed must be the one that stands.
    fn confirm(&mut self, item: u32, who: MemberId, (entry, position): (EntryId, Position)) -> bool {
        let Some(vote) = self.votes.get_mut(&item).and_then(|votes| votes.get_mut(&who)) else { return false };
        if vote.entry != entry || vote.position != position || vote.attestation >= Attestation::Confirmed {
            return false;
        }
        vote.attestation = Attestation::Confirmed;
        true
    }
}
