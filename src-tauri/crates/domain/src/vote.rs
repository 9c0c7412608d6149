//! Counting votes: the board's advice, never authority (`meeting.md`, *Threshold arithmetic*).
//!
//! n = approve + reject; abstentions are printed, not counted. A person votes once, whoever's seat
//! they fill, and the latest vote counts. Rounding is always up, and the formula is printed.
use std::collections::{BTreeMap, BTreeSet};

use crate::duties::Duty;
use crate::ids::MemberId;
use crate::meeting::{Position, TallyStamp};
use crate::policy::{ThresholdFormula, ThresholdRule};
use crate::quorum::{Room, SeatStanding, percent_of};
use crate::roster::Roster;

#[cfg(test)]
mod tests;

/// Why a vote is printed but not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotCounted {
    /// The voter is not on the roster.
    Unknown,
    /// The voter has no voting seat and sits for none.
    NoSeat,
    /// The voter was not present.
    Absent,
    /// The voter stepped aside.
    Recused,
    /// It is the voter's own change (R89).
    Duty(Duty),
}

impl NotCounted {
    /// The words people read.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Unknown => "not on the roster".to_owned(),
            Self::NoSeat => "no voting seat".to_owned(),
            Self::Absent => "absent".to_owned(),
            Self::Recused => "recused".to_owned(),
            Self::Duty(duty) => duty.to_string(),
        }
    }
}

/// What a vote says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The threshold is reached.
    Carried,
    /// The chair's casting vote broke a tie in favour.
    CarriedByCastingVote,
    /// The threshold is not reached.
    NotCarried,
    /// As many for as against, and the chair may break the tie but has not.
    Tied,
    /// Nobody voted for or against.
    NoVotes,
}

impl Outcome {
    /// Whether the board advises to approve.
    #[must_use]
    pub fn carried(self) -> bool {
        match self {
            Self::Carried | Self::CarriedByCastingVote => true,
            Self::NotCarried | Self::Tied | Self::NoVotes => false,
        }
    }

    /// The words people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Carried => "carried",
            Self::CarriedByCastingVote => "carried by the chair's casting vote",
            Self::NotCarried => "not carried",
            Self::Tied => "tied",
            Self::NoVotes => "no votes for or against",
        }
    }
}

impl TallyStamp {
    /// The arithmetic of a count, in the window and in minutes the same: "9 approve, 1 reject, 0 abstain; at least 100 %
    /// of approve and reject: ceil(100·n/100) = 10 needed".
    #[must_use]
    pub fn arithmetic(&self) -> String {
        let Self { formula, approve, reject, abstain, required } = self;
        format!("{approve} approve, {reject} reject, {abstain} abstain; {formula} = {required} needed")
    }

    /// The same with what it says: "…: not carried".
    #[must_use]
    pub fn arithmetic_and(&self, outcome: Outcome) -> String {
        format!("{}: {}", self.arithmetic(), outcome.words())
    }
}

/// The count of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The numbers, as they go into the decision.
    pub stamp: TallyStamp,
    /// What it says as it stands.
    pub outcome: Outcome,
    /// Votes that count, the latest of each voter.
    pub counted: BTreeMap<MemberId, Position>,
    /// Votes that do not, and why.
    pub not_counted: Vec<(MemberId, Position, NotCounted)>,
    /// Those who may vote and have not.
    pub outstanding: BTreeSet<MemberId>,
    /// Whether no outstanding vote can still change what it says: `true` carried, `false` not.
    pub certain: Option<bool>,
}

impl Tally {
    /// What the board advises; `None` without a vote or on an unbroken tie.
    #[must_use]
    pub fn advice(&self) -> Option<Position> {
        match self.outcome {
            Outcome::Carried | Outcome::CarriedByCastingVote => Some(Position::Approve),
            Outcome::NotCarried => Some(Position::Reject),
            Outcome::Tied | Outcome::NoVotes => None,
        }
    }
}

/// How many of n = approve + reject are needed. One at least: no refusal is not an acceptance.
#[must_use]
pub fn required(formula: ThresholdFormula, n: u32) -> u32 {
    match formula {
        ThresholdFormula::SimpleMajority => n / 2 + 1,
        ThresholdFormula::AtLeastPercent { percent } => percent_of(percent, n).max(1),
    }
}

impl ThresholdRule {
    /// The formula as minutes print it.
    #[must_use]
    pub fn words(&self) -> String {
        let formula = match self.formula {
            ThresholdFormula::SimpleMajority => "simple majority of approve and reject: floor(n/2)+1".to_owned(),
            ThresholdFormula::AtLeastPercent { percent } => {
                format!("at least {percent} % of approve and reject: ceil({percent}·n/100)")
            }
        };
        if self.casting_vote { format!("{formula}; the chair breaks a tie") } else { formula }
    }
}

/// Who may vote on the item: voting members in the room and delegates of voting members, less the
/// recused and those whose own change it is (`barred`).
#[must_use]
pub fn electorate(roster: &Roster, room: &Room, barred: &BTreeMap<MemberId, Duty>) -> BTreeSet<MemberId> {
    roster.members.iter().map(|m| m.id).filter(|id| eligible(roster, room, barred, *id).is_ok()).collect()
}

/// Whether the voter's vote counts on the item.
fn eligible(
    roster: &Roster,
    room: &Room,
    barred: &BTreeMap<MemberId, Duty>,
    voter: MemberId,
) -> Result<(), NotCounted> {
    let member = roster.member(voter).ok_or(NotCounted::Unknown)?;
    if room.recused.contains(&voter) {
        return Err(NotCounted::Recused);
    }
    if !room.present.contains(&voter) {
        return Err(NotCounted::Absent);
    }
    if let Some(duty) = barred.get(&voter) {
        return Err(NotCounted::Duty(duty.clone()));
    }
    let own_seat = member.voting && room.standing(roster, voter) == SeatStanding::Present;
    if own_seat || room.sits_for(roster, voter).is_some() { Ok(()) } else { Err(NotCounted::NoSeat) }
}

/// Counts the votes of an item, given in the order in which they were cast. `casting` is the
/// chair's casting vote, which counts only on a tie and only where the rule has one.
#[must_use]
pub fn tally(
    rule: &ThresholdRule,
    roster: &Roster,
    room: &Room,
    barred: &BTreeMap<MemberId, Duty>,
    votes: &[(MemberId, Position)],
    casting: Option<Position>,
) -> Tally {
    let latest: BTreeMap<MemberId, Position> = votes.iter().copied().collect();
    let mut counted = BTreeMap::new();
    let mut not_counted = Vec::new();
    for (voter, position) in latest {
        match eligible(roster, room, barred, voter) {
            Ok(()) => {
                counted.insert(voter, position);
            }
            Err(why) => not_counted.push((voter, position, why)),
        }
    }
    let of = |wanted: Position| counted.values().filter(|p| **p == wanted).count();
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (approve, reject) = (number(of(Position::Approve)), number(of(Position::Reject)));
    let mut outstanding = electorate(roster, room, barred);
    outstanding.retain(|id| !counted.contains_key(id));
    let stamp = TallyStamp {
        formula: rule.words(),
        approve,
        reject,
        abstain: number(of(Position::Abstain)),
        required: required(rule.formula, approve.saturating_add(reject)),
    };
    let outcome = outcome(rule, approve, reject, casting);
    let certain = certain(rule, approve, reject, number(outstanding.len()));
    Tally { stamp, outcome, counted, not_counted, outstanding, certain }
}

/// What approve and reject say.
#[must_use]
pub fn outcome(rule: &ThresholdRule, approve: u32, reject: u32, casting: Option<Position>) -> Outcome {
    let n = approve.saturating_add(reject);
    if n == 0 {
        return Outcome::NoVotes;
    }
    if approve >= required(rule.formula, n) {
        return Outcome::Carried;
    }
    // A casting vote breaks a tie; it is never one vote more towards a higher threshold.
    let breakable = match rule.formula {
        ThresholdFormula::SimpleMajority => true,
        ThresholdFormula::AtLeastPercent { .. } => false,
    };
    match (rule.casting_vote && breakable && approve == reject, casting) {
        (true, Some(Position::Approve)) => Outcome::CarriedByCastingVote,
        (true, None | Some(Position::Abstain)) => Outcome::Tied,
        (true, Some(Position::Reject)) | (false, _) => Outcome::NotCarried,
    }
}

/// Whether outstanding votes can still change the outcome. Casting votes aside: a possible tie is
/// not certain where the chair may break it.
fn certain(rule: &ThresholdRule, approve: u32, reject: u32, outstanding: u32) -> Option<bool> {
    let worst = outcome(rule, approve, reject.saturating_add(outstanding), None);
    let best = outcome(rule, approve.saturating_add(outstanding), reject, None);
    match (worst, best) {
        (Outcome::Carried, _) => Some(true),
        (_, Outcome::NotCarried) => Some(false),
        // All may abstain: then nothing was voted, and that is the outcome.
        (
            Outcome::NotCarried | Outcome::Tied | Outcome::NoVotes | Outcome::CarriedByCastingVote,
            Outcome::Carried | Outcome::CarriedByCastingVote | Outcome::Tied | Outcome::NoVotes,
        ) => None,
    }
}
