//! What was decided in writing, as a person counts the answers on the table: `docs/FORMAT.md`, *A circular*, and 0033 in
//! `docs/decisions`.
use std::collections::{BTreeMap, BTreeSet};

use super::{Decided, Naive};
use crate::circular::CircularBody;
use crate::entry::{ActKind, Attestation, Body, Involved, Predicate};
use crate::ids::{ChangeKey, Digest, EntryId, MeetingId, MemberId};
use crate::meeting::{Basis, ConditionTime, Decision, DecisionKind, Position};
use crate::policy::{QuorumFormula, ThresholdFormula};
use crate::roster::Role;

/// A question that was put, where, and by which digest answers name it.
#[derive(Clone, Copy)]
struct Question<'h> {
    at: usize,
    by: &'h Predicate,
    body: &'h CircularBody,
    digest: Digest,
}

impl Question<'_> {
    fn id(&self) -> MeetingId {
        self.body.agenda.meeting
    }
}

/// What came in writing on a question: votes and steps aside in time, the latest last, and whose votes came too late.
#[derive(Default)]
struct Answers<'h> {
    votes: Vec<(&'h Predicate, MemberId, Position)>,
    aside: Vec<(&'h Predicate, MemberId)>,
    late: BTreeSet<MemberId>,
}

impl<'h> Naive<'h> {
    fn questions(&self) -> Vec<Question<'h>> {
        let mut found: Vec<Question<'h>> = Vec::new();
        for (at, _, predicate) in self.entries() {
            let Body::CircularOpened(body) = &predicate.body else { continue };
            let one = body.agenda.items.len() == 1 && body.agenda.items.iter().all(|item| item.number == 1);
            let puts = one && !body.question.trim().is_empty() && body.agenda.called < body.closes;
            let new = !found.iter().any(|asked| asked.id() == body.agenda.meeting);
            if let (true, true, Some(named)) = (puts, new, &predicate.meeting) {
                found.push(Question { at, by: predicate, body, digest: named.agenda });
            }
        }
        found
    }

    fn question(&self, id: MeetingId) -> Option<Question<'h>> {
        self.questions().into_iter().find(|asked| asked.id() == id)
    }

    /// Whether an entry is about this very question.
    fn about(asked: Question<'_>, predicate: &Predicate) -> bool {
        let named = predicate.meeting.as_ref();
        named.is_some_and(|reference| reference.id == asked.id() && reference.agenda == asked.digest)
    }

    /// Where a circular was closed; a number beyond all if it was not.
    fn ended(&self, asked: Question<'_>) -> usize {
        for (at, _, predicate) in self.entries() {
            let agenda = &asked.body.agenda;
            let keeps = predicate.actor == agenda.chair || predicate.actor == agenda.secretary;
            let closes = matches!(predicate.body, Body::MeetingClosed { .. });
            if at > asked.at && closes && keeps && Self::of(predicate, asked.id()) {
                return at;
            }
        }
        usize::MAX
    }

    /// Everything that was answered up to a place of the record; `over` is where it was decided or closed.
    fn answered(&self, asked: Question<'h>, until: usize, over: usize) -> Answers<'h> {
        let mut found = Answers::default();
        for (at, _, predicate) in self.entries() {
            let own = predicate.attestation == Attestation::Signed && Self::about(asked, predicate);
            if at <= asked.at || at >= until || !own {
                continue;
            }
            let in_time = predicate.time.claimed <= asked.body.closes && at < over;
            if let Body::Vote { item: 1, position } = predicate.body {
                if in_time {
                    found.votes.push((predicate, predicate.actor, position));
                } else {
                    found.late.insert(predicate.actor);
                }
            }
            if let Body::Running { acts } = &predicate.body
                && in_time
            {
                for act in acts.iter().filter(|act| act.actor == predicate.actor) {
                    if let ActKind::Recused { item: 1, .. } = act.what {
                        found.aside.push((predicate, act.actor));
                    }
                }
            }
        }
        found
    }

    /// What took effect, each by the answers that its recorder had, in the order in which it was written.
    pub(super) fn decided_in_writing(&self) -> Vec<Decided<'h>> {
        let mut written: Vec<Decided<'h>> = Vec::new();
        let rooms = self.decided_in_rooms();
        let questions = self.questions();
        for (at, entry, predicate) in self.entries() {
            let Body::Running { acts } = &predicate.body else { continue };
            let about = questions.iter().copied().find(|asked| asked.at < at && Self::about(*asked, predicate));
            let Some(asked) = about else { continue };
            let agenda = &asked.body.agenda;
            let keeps = predicate.actor == agenda.chair || predicate.actor == agenda.secretary;
            let over = written.iter().any(|(_, _, _, id, _)| *id == asked.id()) || self.ended(asked) < at;
            if !keeps || over {
                continue;
            }
            let before: Vec<Decided<'h>> = rooms.iter().chain(&written).filter(|d| d.0 < at).copied().collect();
            for (number, act) in acts.iter().enumerate() {
                let ActKind::Decided { decision } = &act.what else { continue };
                if act.actor == agenda.chair && self.takes_effect(asked, (at, predicate), decision, &before) {
                    let number = u32::try_from(number).expect("few");
                    written.push((at, number, entry, asked.id(), decision.as_ref()));
                    break;
                }
            }
        }
        written
    }

    fn takes_effect(
        &self,
        asked: Question<'h>,
        (at, by): (usize, &Predicate),
        decision: &Decision,
        before: &[Decided<'h>],
    ) -> bool {
        let put = asked.body.agenda.items.first().expect("one item");
        let same = decision.item == 1 && decision.change == put.change && decision.content == put.content;
        let care = decision.conditions.iter().all(|condition| condition.when == ConditionTime::After);
        if !same || !care || decision.basis != Basis::CircularResolution {
            return false;
        }
        match decision.kind {
            DecisionKind::NoDecision => decision.conditions.is_empty(),
            DecisionKind::Approved if !decision.conditions.is_empty() => false,
            DecisionKind::ApprovedWithConditions if decision.conditions.is_empty() => false,
            DecisionKind::Approved | DecisionKind::ApprovedWithConditions => {
                let urgent = decision.brief.kind == Some(crate::change::ChangeKind::Emergency);
                let lets = self.history.policy.circular_any || urgent;
                // What the board decided since it was asked, it decides again in a room.
                let since = before.iter().any(|(_, _, entry, _, other)| {
                    let earlier = self.predicate(*entry);
                    let decides = other.change == decision.change && other.kind != DecisionKind::NoDecision;
                    decides && self.had(by, earlier) && !self.had(asked.by, earlier)
                });
                lets && !since && self.carried(asked, (at, by), decision)
            }
            DecisionKind::Rejected
            | DecisionKind::Deferred
            | DecisionKind::MoreInformation
            | DecisionKind::Withdrawn => false,
        }
    }

    /// Whether the answers that the recorder had carry it, and the decision says their very numbers.
    fn carried(&self, asked: Question<'h>, (at, by): (usize, &Predicate), decision: &Decision) -> bool {
        let answers = self.answered(asked, at, at);
        let aside: BTreeSet<MemberId> =
            answers.aside.iter().filter(|(entry, _)| self.had(by, entry)).map(|(_, who)| *who).collect();
        let mut said: BTreeMap<MemberId, Position> = BTreeMap::new();
        for (entry, who, position) in &answers.votes {
            if self.had(by, entry) {
                said.insert(*who, *position);
            }
        }
        let (mut n, mut sitting, mut missing) = (0u32, 0u32, Vec::new());
        let (mut approve, mut reject, mut abstain) = (0u32, 0u32, 0u32);
        for member in &self.history.roster.members {
            let out = aside.contains(&member.id) || self.has_a_part(member.id, &asked.body.involved);
            let sits = !out && said.contains_key(&member.id);
            if self.history.policy.quorum.mandatory_seats && member.mandatory && !sits {
                missing.push(member.id);
            }
            if !member.voting || member.roles.contains(&Role::Auditor) || out {
                continue;
            }
            n += 1;
            sitting += u32::from(sits);
            match said.get(&member.id) {
                Some(Position::Approve) => approve += 1,
                Some(Position::Reject) => reject += 1,
                Some(Position::Abstain) => abstain += 1,
                None => {}
            }
        }
        let majority = n / 2 + 1;
        let wanted = match self.history.policy.threshold.formula {
            ThresholdFormula::SimpleMajority => majority,
            ThresholdFormula::AtLeastPercent { percent } => majority.max((percent * n).div_ceil(100)),
        };
        let there = match self.history.policy.quorum.formula {
            QuorumFormula::StrictMajority => majority,
            QuorumFormula::AtLeastPercent { percent } => (percent * n).div_ceil(100).max(1),
        };
        let stamp = &decision.quorum;
        let quorum = (stamp.seats, stamp.present, stamp.required) == (n, sitting, there);
        let tally = decision.tally.as_ref().is_some_and(|tally| {
            (tally.approve, tally.reject, tally.abstain, tally.required) == (approve, reject, abstain, wanted)
        });
        let told = quorum && tally && stamp.missing_mandatory == missing;
        told && approve >= wanted && sitting >= there && missing.is_empty()
    }

    /// Whether a member wrote, requested, committed or deploys what is asked about.
    fn has_a_part(&self, who: MemberId, involved: &Involved) -> bool {
        if self.is_among(who, &involved.committers) {
            return true;
        }
        let Some(own) = self.own(who) else { return false };
        let people = [&involved.author, &involved.requester, &involved.deployer];
        people.iter().any(|account| Self::named(account.as_ref()) == Some(own))
    }

    pub fn circulars(&self) -> Vec<MeetingId> {
        self.questions().iter().map(Question::id).collect()
    }

    /// The answers that stand to a question, whose came too late, and who stepped aside: once it is decided, of those that
    /// whoever decided had.
    pub fn in_writing(&self, id: MeetingId) -> (BTreeMap<MemberId, Position>, BTreeSet<MemberId>, BTreeSet<MemberId>) {
        let asked = self.question(id).expect("it was put");
        let decided = self.written.iter().find(|(_, _, _, of, _)| *of == id).map(|(at, _, entry, _, _)| (*at, *entry));
        let over = self.ended(asked).min(decided.map_or(usize::MAX, |(at, _)| at));
        let Answers { votes, aside, mut late } = self.answered(asked, usize::MAX, over);
        let counts = |entry: &Predicate| decided.is_none_or(|(_, by)| self.had(self.predicate(by), entry));
        let aside: BTreeSet<MemberId> =
            aside.into_iter().filter(|(entry, _)| counts(entry)).map(|(_, who)| who).collect();
        let mut stand = BTreeMap::new();
        for (entry, who, position) in votes {
            if !counts(entry) {
                late.insert(who);
            } else if !aside.contains(&who) {
                stand.insert(who, position);
            }
        }
        (stand, late, aside)
    }

    /// What came of a question, by which entry.
    pub fn outcome(&self, id: MeetingId) -> Option<(EntryId, DecisionKind)> {
        self.written.iter().find(|(_, _, _, of, _)| *of == id).map(|(_, _, entry, _, d)| (*entry, d.kind))
    }

    pub fn ended_in_writing(&self, id: MeetingId) -> bool {
        self.question(id).is_some_and(|asked| self.ended(asked) != usize::MAX)
    }

    /// The newest approval in writing of a change, and what the first meeting that decided since made of it.
    pub fn resolved(&self, on: &ChangeKey) -> Option<(EntryId, &'static str)> {
        let of_change: Vec<Decided<'h>> = self.decided().into_iter().filter(|d| d.4.change == *on).collect();
        let approves = |kind| kind == DecisionKind::Approved || kind == DecisionKind::ApprovedWithConditions;
        let in_writing = |d: &Decided<'h>| self.written.iter().any(|w| w.2 == d.2);
        let place = of_change.iter().rposition(|d| in_writing(d) && approves(d.4.kind))?;
        let since = &of_change[place + 1..];
        let mut word = "awaited";
        for first in since {
            if in_writing(first) {
                continue;
            }
            let last = since.iter().rfind(|d| d.3 == first.3).expect("the first, at least").4.kind;
            if last != DecisionKind::NoDecision {
                word = if approves(last) { "ratified" } else { "not ratified" };
                break;
            }
        }
        Some((of_change[place].2, word))
    }
}
