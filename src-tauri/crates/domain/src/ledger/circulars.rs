//! Circulars: a question of the chair's, signed answers, and what the chair makes of them by the rules.
use std::collections::{BTreeMap, BTreeSet};

use super::ballots::Ballot;
use super::places::Places;
use super::{CastVote, Ledger, Meeting, RecordedDecision, Touched, Verified};
use crate::circular::{Circular, CircularBody, Ratification, decides_on, may_circulate, resolution};
use crate::entry::{Act, ActKind, Attestation};
use crate::ids::{ChangeKey, EntryId, MeetingId, MemberId};
use crate::meeting::{Basis, ConditionTime, Decision, DecisionKind, Position};

impl Ledger {
    /// Whether it is held in writing.
    pub(super) fn is_circular(&self, id: MeetingId) -> bool {
        self.meetings.get(&id).is_some_and(|meeting| meeting.circular.is_some())
    }

    /// A vote in an entry of the member's own: on an item of a meeting, or in writing.
    pub(super) fn cast_own(
        &mut self,
        entry: Verified<'_>,
        id: Option<MeetingId>,
        (item, position): (u32, Position),
    ) -> Vec<Touched> {
        let meeting = id.and_then(|id| self.meetings.get_mut(&id)).filter(|meeting| meeting.has_item(item));
        let Some(meeting) = meeting else { return Vec::new() };
        let vote = CastVote { position, attestation: entry.predicate.attestation, entry: entry.id };
        if meeting.circular.is_some() {
            meeting.vote_in_writing(entry, item, vote);
        } else {
            meeting.vote(&self.places, item, entry.predicate.actor, vote);
        }
        vec![Touched::Meeting(meeting.agenda.meeting)]
    }

    pub(super) fn open_circular(&mut self, entry: Verified<'_>, body: &CircularBody) -> Vec<Touched> {
        let id = body.agenda.meeting;
        // Who answers names the digest of the whole question: the verifier has compared it.
        let reference = entry.predicate.meeting.as_ref().filter(|named| named.id == id);
        let Some(reference) = reference else { return Vec::new() };
        if self.meetings.contains_key(&id) || body.check().is_err() {
            return Vec::new();
        }
        let mut meeting = Meeting::called(body.agenda.clone(), reference.agenda);
        meeting.circular = Some(Circular {
            entry: entry.id,
            closes: body.closes,
            involved: body.involved.clone(),
            question: body.question.clone(),
            recused: BTreeMap::new(),
        });
        self.meetings.insert(id, meeting);
        vec![Touched::Meeting(id)]
    }

    /// A member steps aside by their own key, or the chair ends it. Nothing else happens in writing.
    pub(super) fn run_in_writing(&mut self, entry: Verified<'_>, id: MeetingId, acts: &[Act]) -> Vec<Touched> {
        let Some(meeting) = self.meetings.get_mut(&id) else { return Vec::new() };
        let mut decided = None;
        for act in acts {
            if let ActKind::Recused { item, reason } = &act.what {
                meeting.recuse_in_writing(entry, act.actor, (*item, reason));
            } else if let ActKind::Decided { decision } = &act.what
                && act.actor == meeting.agenda.chair
            {
                let elsewhere = self.decisions.get(&decision.change).map_or(&[][..], Vec::as_slice);
                let mut emergencies = self.emergencies.values();
                let declared = emergencies.any(|one| one.ticket() == Some(&decision.change));
                let beside = (&self.places, elsewhere, declared);
                decided = decided.or_else(|| meeting.resolve(entry, beside, act, decision));
            }
        }
        let mut touched = vec![Touched::Meeting(id)];
        if let Some(recorded) = decided {
            touched.extend(self.decide(recorded));
        }
        touched
    }

    /// The newest circular by which a change was approved, with what meetings made of it since.
    #[must_use]
    pub fn resolved(&self, change: &ChangeKey) -> Option<(&RecordedDecision, Ratification)> {
        let all = self.decisions.get(change)?;
        let at = all.iter().rposition(|d| self.is_circular(d.meeting) && d.decision.kind.approves())?;
        let recorded = all.get(at)?;
        Some((recorded, self.ratified(recorded)?))
    }

    /// What a meeting decided on a change since a circular about it was opened, by the order of the record.
    #[must_use]
    pub fn decided_beside(&self, change: &ChangeKey, circular: &Meeting) -> Option<&RecordedDecision> {
        let opened = circular.circular.as_ref()?.entry;
        let since = |d: &&RecordedDecision| {
            let kind = d.decision.kind;
            d.meeting != circular.agenda.meeting
                && kind != DecisionKind::NoDecision
                && !self.places.had(opened, d.entry)
        };
        self.decisions.get(change)?.iter().rev().find(since)
    }

    /// What meetings made of a resolution since; `None` where the record does not have it.
    #[must_use]
    pub fn ratified(&self, resolved: &RecordedDecision) -> Option<Ratification> {
        let all = self.decisions.get(&resolved.decision.change)?;
        let at = all.iter().position(|d| d.entry == resolved.entry)?;
        Some(self.ratification(all.get(at + 1..).unwrap_or_default()))
    }

    /// By the last word of the first meeting that decided.
    fn ratification(&self, since: &[RecordedDecision]) -> Ratification {
        for recorded in since.iter().filter(|d| !self.is_circular(d.meeting)) {
            let last = since.iter().rev().find(|d| d.meeting == recorded.meeting).unwrap_or(recorded);
            let kind = last.decision.kind;
            if kind.approves() {
                return Ratification::Ratified(last.meeting);
            }
            if kind != DecisionKind::NoDecision {
                return Ratification::NotRatified(last.meeting, kind);
            }
        }
        Ratification::Awaited
    }

    /// The changes whose resolution waits for a meeting to ratify it: they top the next agenda.
    #[must_use]
    pub fn to_be_ratified(&self) -> BTreeSet<&ChangeKey> {
        let waits = |key: &&ChangeKey| self.resolved(key).is_some_and(|(_, then)| then == Ratification::Awaited);
        self.decisions.keys().filter(waits).collect()
    }
}

impl Meeting {
    /// The answers to a circular as they stand, in the order in which they were given.
    #[must_use]
    pub fn answers(&self) -> Vec<(MemberId, Position)> {
        let cast = self.votes.values().flatten();
        cast.map(|(who, vote)| (*who, vote.position)).collect()
    }

    /// Whether the entry is about this very question and not another's word.
    fn answers_it(&self, entry: Verified<'_>) -> bool {
        let predicate = entry.predicate;
        let asked = predicate.meeting.as_ref().is_some_and(|meeting| meeting.agenda == self.agenda_digest);
        asked && predicate.attestation == Attestation::Signed
    }

    /// Whether it comes in time: by its own clock, and before the chair ended it.
    fn in_time(&self, entry: Verified<'_>) -> bool {
        let by_the_clock = self.circular.as_ref().is_some_and(|c| entry.predicate.time.claimed <= c.closes);
        by_the_clock && self.decisions.is_empty() && self.closed.is_none()
    }

    /// A vote of a member's own; one that comes too late is kept and does not count.
    fn vote_in_writing(&mut self, entry: Verified<'_>, item: u32, vote: CastVote) {
        let who = entry.predicate.actor;
        if !self.answers_it(entry) {
            return;
        }
        if self.in_time(entry) {
            self.ballot(Ballot::Cast { item, who, vote, own: true });
        } else {
            self.late_votes.entry(item).or_default().insert(who, vote);
        }
    }

    /// Nobody steps aside for another: it would take a seat out of n.
    fn recuse_in_writing(&mut self, entry: Verified<'_>, who: MemberId, (item, reason): (u32, &str)) {
        let own = who == entry.predicate.actor && self.answers_it(entry) && self.in_time(entry);
        if !own || !self.has_item(item) {
            return;
        }
        self.recusals.entry(item).or_default().insert(who, reason.to_owned());
        if let Some(votes) = self.votes.get_mut(&item) {
            votes.remove(&who);
        }
        if let Some(circular) = &mut self.circular {
            circular.recused.entry(who).or_default().insert(entry.id);
        }
    }

    /// What the chair says came of it, where the answers that the chair had say the same. Whoever comes later changes
    /// nothing of it: a decision that was made does not lapse in silence.
    fn resolve(
        &mut self,
        entry: Verified<'_>,
        (places, elsewhere, declared): (&Places, &[RecordedDecision], bool),
        act: &Act,
        decision: &Decision,
    ) -> Option<RecordedDecision> {
        let circular = self.circular.as_ref()?;
        let predicate = entry.predicate;
        let asked = predicate.meeting.as_ref().is_some_and(|meeting| meeting.agenda == self.agenda_digest);
        let fits = asked
            && self.kept_by(predicate.actor)
            && self.decisions.is_empty()
            && self.closed.is_none()
            && decision.basis == Basis::CircularResolution
            && decision.conditions.iter().all(|condition| condition.when == ConditionTime::After)
            && self.agenda.items.iter().any(|item| decides_on(item, decision));
        if !fits {
            return None;
        }
        let had = |id: EntryId| places.had(entry.id, id);
        let recused: BTreeSet<MemberId> =
            circular.recused.iter().filter(|(_, by)| by.iter().any(|by| had(*by))).map(|(who, _)| *who).collect();
        let votes: Vec<(MemberId, Position)> = self
            .ballots
            .iter()
            .filter_map(|ballot| match ballot {
                Ballot::Cast { who, vote, .. } if had(vote.entry) => Some((*who, vote.position)),
                Ballot::Cast { .. } | Ballot::Witnessed { .. } | Ballot::Confirmed { .. } => None,
            })
            .collect();
        let carried = match entry.rules {
            Some(rules) => {
                let of = (decision.change.prefix(), &circular.involved);
                if !may_circulate(rules.policy, decision.brief.kind, declared) && decision.kind.approves() {
                    return None;
                }
                let found = resolution(rules.policy, rules.roster, of, &recused, &votes);
                let told = decision.tally.as_ref() == Some(&found.tally) && decision.quorum == found.quorum;
                found.carried() && told
            }
            // By which rules it would have been carried nobody can tell.
            None => false,
        };
        // What a meeting decided since the question was put, a meeting decides again.
        let since = |d: &RecordedDecision| {
            d.decision.kind != DecisionKind::NoDecision && had(d.entry) && !places.had(circular.entry, d.entry)
        };
        let may = match decision.kind {
            DecisionKind::Approved => carried && decision.conditions.is_empty() && !elsewhere.iter().any(since),
            // What the policy asks for after a deployment is a condition of every approval (R85).
            DecisionKind::ApprovedWithConditions => {
                carried && !decision.conditions.is_empty() && !elsewhere.iter().any(since)
            }
            // What is not carried is left to the next meeting: a circular rejects and defers nothing.
            DecisionKind::NoDecision => decision.conditions.is_empty(),
            DecisionKind::Rejected
            | DecisionKind::Deferred
            | DecisionKind::MoreInformation
            | DecisionKind::Withdrawn => false,
        };
        if !may {
            return None;
        }
        let meeting = self.agenda.meeting;
        let recorded = RecordedDecision { entry: entry.id, meeting, at: act.at, decision: decision.clone() };
        for members in self.recusals.values_mut() {
            members.retain(|who, _| recused.contains(who));
        }
        if let Some(circular) = &mut self.circular {
            circular.recused.retain(|who, _| recused.contains(who));
        }
        self.count_what_was_had(had);
        self.decisions.insert(decision.item, recorded.clone());
        Some(recorded)
    }
}
