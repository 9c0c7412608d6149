//! What a random meeting decides: of what is known now and of what is not, with and without a quorum.
use super::{Maker, change, meeting, risk, windows};
use crate::entry::ActKind;
use crate::ids::{ConditionId, Digest};
use crate::meeting::{Basis, Brief, Condition, ConditionTime, Decision, DecisionKind, QuorumStamp};
use crate::quorum::{Room, quorum};

impl Maker<'_> {
    pub(super) fn decision(&mut self, n: u128) -> ActKind {
        let item = u32::try_from(1 + self.dice.roll(3)).expect("small");
        let change = change(if self.dice.one_in(8) { 1 + item % 3 } else { item });
        let kinds = [
            DecisionKind::Approved,
            DecisionKind::Approved,
            DecisionKind::ApprovedWithConditions,
            DecisionKind::ApprovedWithConditions,
            DecisionKind::Rejected,
            DecisionKind::Deferred,
            DecisionKind::MoreInformation,
            DecisionKind::Withdrawn,
            DecisionKind::NoDecision,
        ];
        let kind = self.dice.of(&kinds);
        let mut conditions = Vec::new();
        if kind == DecisionKind::ApprovedWithConditions {
            for _ in 0..1 + self.dice.roll(2) {
                self.conditions += 1;
                conditions.push(Condition {
                    id: ConditionId(uuid::Uuid::from_u128(self.conditions)),
                    text: "rehearse".to_owned(),
                    owner: "operations".to_owned(),
                    due: String::new(),
                    when: if self.dice.one_in(3) { ConditionTime::After } else { ConditionTime::Before },
                });
            }
        }
        let (content, level) = self.now[&change];
        let window = match self.dice.roll(12) {
            0 => None,
            1 => Some(self.dice.roll(windows::COUNT)),
            _ => Some(windows::number(content)),
        };
        let decision = Decision {
            item,
            quorum: self.claimed_stamp(n, item),
            change,
            kind,
            // What was resolved in writing no meeting has voted on.
            basis: if self.dice.one_in(16) { Basis::CircularResolution } else { Basis::Vote },
            rationale: String::new(),
            conditions,
            deferred_to: String::new(),
            tally: None,
            content: if self.dice.one_in(10) { Digest([9; 32]) } else { content },
            risk: risk(level),
            brief: Brief {
                kind: None,
                window: window.map(windows::window),
                heaviest: Vec::new(),
                floors: Vec::new(),
                gates: Vec::new(),
                gates_passed: 0,
                plan_review: String::new(),
            },
        };
        ActKind::Decided { decision: Box::new(decision) }
    }

    /// The quorum as a decision names it: now and then numbers that are not so.
    fn claimed_stamp(&mut self, n: u128, item: u32) -> QuorumStamp {
        let mut stamp = self.stamp(n, item);
        if self.dice.one_in(6) {
            stamp.present = stamp.required;
            stamp.missing_mandatory.clear();
        }
        stamp
    }

    /// The quorum as it stands, so that decisions are made with and without one.
    fn stamp(&self, n: u128, item: u32) -> QuorumStamp {
        let held = self.ledger.meetings.get(&meeting(n));
        let room = held.map_or_else(Room::default, |meeting| {
            let recused = meeting.recusals.get(&item).into_iter().flat_map(|r| r.keys().copied());
            Room::now(&meeting.attendance, recused)
        });
        quorum(&self.history.policy.quorum, &self.history.roster, &room).stamp
    }
}
