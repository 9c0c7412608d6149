//! A circular resolution: the board decides between meetings, in writing (`meeting.md`, *Emergency CAB*).
//!
//! The chair puts one question about one change, with a closing time, in an entry that reaches every member. Each answers
//! with their own key, in person: nobody votes for another, and no delegate sits. It is carried by a majority of *all*
//! who are entitled to vote; whoever is silent is counted in n and is never a yes. The next meeting ratifies it.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::change::ChangeKind;
use crate::duties::{Duty, may_vote};
use crate::entry::Involved;
use crate::ids::{EntryId, MemberId};
use crate::meeting::{Agenda, AgendaItem, DecisionKind, Position, QuorumStamp, TallyStamp};
use crate::policy::{Policy, ThresholdFormula, ThresholdRule};
use crate::quorum::{Room, quorum};
use crate::roster::{Role, Roster};
use crate::vote::{NotCounted, required};

#[cfg(test)]
pub(crate) mod tests;

/// The question, as the chair puts it to all members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CircularBody {
    /// One item, and who puts the question: as of a meeting, so that votes and the decision name it as they name one.
    pub agenda: Agenda,
    /// Until when answers count, by the time that each claims.
    pub closes: DateTime<Utc>,
    /// Accounts whose own change this is (R89): they do not vote.
    pub involved: Involved,
    /// The question, in the chair's words.
    pub question: String,
}

/// Why a question is none that a board can answer in writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCircular {
    /// It is about no change, or about several.
    #[error("a circular puts one question, as item 1")]
    OneItem,
    /// It asks nothing.
    #[error("the question says nothing")]
    Blank,
    /// It closes before it is put.
    #[error("it closes before it is put")]
    Closes,
}

impl CircularBody {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check(&self) -> Result<(), NoCircular> {
        let numbers: Vec<u32> = self.agenda.items.iter().map(|item| item.number).collect();
        if numbers != [1] {
            return Err(NoCircular::OneItem);
        }
        if self.question.trim().is_empty() {
            return Err(NoCircular::Blank);
        }
        if self.agenda.called < self.closes { Ok(()) } else { Err(NoCircular::Closes) }
    }
}

/// What makes a meeting of the ledger a circular: it has no room, and its votes come in writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circular {
    /// The entry *circular opened*.
    pub entry: EntryId,
    /// Until when answers count.
    pub closes: DateTime<Utc>,
    /// Accounts whose own change this is.
    pub involved: Involved,
    /// The question.
    pub question: String,
    /// Who stepped aside, each by the entry that says so.
    pub recused: BTreeMap<MemberId, BTreeSet<EntryId>>,
}

/// The answers to a circular, counted, with their arithmetic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// Who answered, of the seats that count: mandatory seats must be among them.
    pub quorum: QuorumStamp,
    /// The votes; `required` is of all who are entitled, not of those who voted.
    pub tally: TallyStamp,
    /// How many are entitled to vote: n.
    pub entitled: u32,
    /// The position of each counted voter.
    pub counted: BTreeMap<MemberId, Position>,
    /// Votes that are printed but not counted, with the reason.
    pub not_counted: Vec<(MemberId, Position, NotCounted)>,
    /// Who is entitled and has said nothing.
    pub silent: BTreeSet<MemberId>,
    /// Whose own change it is.
    pub barred: BTreeMap<MemberId, Duty>,
}

impl Resolution {
    /// Whether it is carried: more than half of all who are entitled say yes, or as many as the policy asks for, and no
    /// mandatory seat is missing.
    #[must_use]
    pub fn carried(&self) -> bool {
        self.tally.approve >= self.tally.required && self.quorum.met()
    }

    /// Whether the chair may end it: it is carried, nobody is left to answer, or its time is over.
    #[must_use]
    pub fn may_end(&self, now: DateTime<Utc>, closes: DateTime<Utc>) -> bool {
        self.carried() || self.silent.is_empty() || now > closes
    }

    /// The arithmetic in one line: "3 approve, 1 reject, 0 abstain, 1 silent, which is no yes; … = 3 needed with n = 5".
    #[must_use]
    pub fn words(&self) -> String {
        let TallyStamp { formula, approve, reject, abstain, required } = &self.tally;
        let missing = match self.quorum.missing_mandatory.len() {
            0 => String::new(),
            1 => "; 1 mandatory seat has not answered".to_owned(),
            n => format!("; {n} mandatory seats have not answered"),
        };
        format!(
            "{approve} approve, {reject} reject, {abstain} abstain, {} silent, which is no yes; {formula} = {required} \
             needed with n = {}{missing}: {}",
            self.silent.len(),
            self.entitled,
            if self.carried() { "carried" } else { "not carried" }
        )
    }
}

/// How many of n entitled members must say yes: as the policy's threshold has it, and more than half in any case.
#[must_use]
pub fn needed(rule: &ThresholdRule, n: u32) -> u32 {
    required(rule.formula, n).max(n / 2 + 1)
}

/// The formula as minutes print it.
#[must_use]
pub fn formula(rule: &ThresholdRule) -> String {
    match rule.formula {
        ThresholdFormula::SimpleMajority => "majority of all entitled: floor(n/2)+1".to_owned(),
        ThresholdFormula::AtLeastPercent { percent } => {
            format!("at least {percent} % of all entitled and more than half: max(ceil({percent}·n/100), floor(n/2)+1)")
        }
    }
}

/// Whether the policy lets a change of this kind be decided so: an emergency always.
#[must_use]
pub fn may_circulate(policy: &Policy, kind: Option<ChangeKind>, declared: bool) -> bool {
    policy.circular_any || declared || kind == Some(ChangeKind::Emergency)
}

/// Counts the answers to a circular, given in the order in which they were given; of each member the latest counts.
/// `prefix` is of the change's ticketing system. There is no casting vote: a tie is no majority.
#[must_use]
pub fn resolution(
    policy: &Policy,
    roster: &Roster,
    (prefix, involved): (&str, &Involved),
    recused: &BTreeSet<MemberId>,
    votes: &[(MemberId, Position)],
) -> Resolution {
    let barred: BTreeMap<MemberId, Duty> = roster
        .members
        .iter()
        .filter_map(|m| may_vote(roster, m.id, prefix, involved).err().map(|duty| (m.id, duty)))
        .collect();
    let entitled: BTreeSet<MemberId> = roster
        .members
        .iter()
        .filter(|m| m.voting && !m.has(Role::Auditor))
        .map(|m| m.id)
        .filter(|id| !recused.contains(id) && !barred.contains_key(id))
        .collect();
    let latest: BTreeMap<MemberId, Position> = votes.iter().copied().collect();
    let mut counted = BTreeMap::new();
    let mut not_counted = Vec::new();
    for (voter, position) in &latest {
        if entitled.contains(voter) {
            counted.insert(*voter, *position);
            continue;
        }
        let why = if roster.member(*voter).is_none() {
            NotCounted::Unknown
        } else if recused.contains(voter) {
            NotCounted::Recused
        } else if let Some(duty) = barred.get(voter) {
            NotCounted::Duty(duty.clone())
        } else {
            NotCounted::NoSeat
        };
        not_counted.push((*voter, *position, why));
    }
    // Whoever answered is as if in the room; a mandatory seat that only advises answers, too.
    let room = Room {
        present: latest.keys().copied().collect(),
        recused: recused.iter().chain(barred.keys()).copied().collect(),
        ..Room::default()
    };
    let of = |wanted: Position| number(counted.values().filter(|position| **position == wanted).count());
    let n = number(entitled.len());
    Resolution {
        quorum: quorum(&policy.quorum, roster, &room).stamp,
        tally: TallyStamp {
            formula: formula(&policy.threshold),
            approve: of(Position::Approve),
            reject: of(Position::Reject),
            abstain: of(Position::Abstain),
            required: needed(&policy.threshold, n),
        },
        entitled: n,
        silent: entitled.into_iter().filter(|id| !counted.contains_key(id)).collect(),
        counted,
        not_counted,
        barred,
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Whether the decision of a circular says of its item what was put to the members.
#[must_use]
pub fn decides_on(item: &AgendaItem, decision: &crate::meeting::Decision) -> bool {
    item.number == decision.item && item.change == decision.change && item.content == decision.content
}

/// What the board's meetings made of a resolution that was carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ratification {
    /// No meeting has decided on the change since: it tops the next agenda.
    Awaited,
    /// A meeting approves the change, too.
    Ratified(crate::ids::MeetingId),
    /// A meeting decided otherwise: from then on that stands, and no approval.
    NotRatified(crate::ids::MeetingId, DecisionKind),
}
