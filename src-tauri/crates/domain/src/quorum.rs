//! Whether enough of the board is there to decide an item (`meeting.md`, *Quorum*).
//!
//! n = filled voting seats not recused on the item. A delegate counts for the seat, not for the
//! person; one delegate sits for one other member at a time, and only while present and not
//! recused. A recused member's delegate may sit, and then the seat counts again. Vacant seats are
//! in no roster and never count.
use std::collections::{BTreeMap, BTreeSet};

use crate::ids::MemberId;
use crate::meeting::{Attendance, QuorumStamp};
use crate::policy::{QuorumFormula, QuorumRule};
use crate::roster::{Member, Role, Roster};

#[cfg(test)]
mod tests;

/// Who is in the room for an item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Room {
    /// Members who are present themselves.
    pub present: BTreeSet<MemberId>,
    /// Delegate → the member for whom they sit.
    pub delegates: BTreeMap<MemberId, MemberId>,
    /// Members who stepped aside on the item.
    pub recused: BTreeSet<MemberId>,
}

/// How a seat stands on an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatStanding {
    /// The member sits.
    Present,
    /// This delegate sits for the member.
    Delegate(MemberId),
    /// Nobody sits; the seat counts in n.
    Absent,
    /// The member stepped aside and nobody sits: the seat does not count in n.
    Recused,
}

impl Room {
    /// Who is there now by the attendance list, less those who stepped aside on the item.
    #[must_use]
    pub fn now(attendance: &Attendance, recused: impl IntoIterator<Item = MemberId>) -> Self {
        let mut room = Self { recused: recused.into_iter().collect(), ..Self::default() };
        for (member, stays) in attendance {
            let Some(stay) = stays.last().filter(|s| s.left.is_none()) else { continue };
            room.present.insert(*member);
            if let Some(seat) = stay.delegate_for {
                room.delegates.insert(*member, seat);
            }
        }
        room
    }

    /// Who sits in the member's seat on this item.
    #[must_use]
    pub fn standing(&self, roster: &Roster, member: MemberId) -> SeatStanding {
        let recused = self.recused.contains(&member);
        if self.present.contains(&member) && !recused {
            return SeatStanding::Present;
        }
        match self.delegate_of(roster, member) {
            Some(delegate) => SeatStanding::Delegate(delegate),
            None if recused => SeatStanding::Recused,
            None => SeatStanding::Absent,
        }
    }

    /// The delegate who sits for `member`: on the roster, present, not recused, another person, and
    /// not an auditor, who decides nothing. If several claim the seat, the first by id.
    fn delegate_of(&self, roster: &Roster, member: MemberId) -> Option<MemberId> {
        self.delegates
            .iter()
            .filter(|(delegate, seat)| **seat == member && **delegate != member)
            .map(|(delegate, _)| *delegate)
            .find(|d| {
                self.present.contains(d)
                    && !self.recused.contains(d)
                    && roster.member(*d).is_some_and(|m| !m.has(Role::Auditor))
            })
    }

    /// The voting member in whose place `delegate` sits on this item.
    #[must_use]
    pub fn sits_for(&self, roster: &Roster, delegate: MemberId) -> Option<MemberId> {
        let seat = *self.delegates.get(&delegate)?;
        let voting = roster.member(seat).is_some_and(|m| m.voting);
        (voting && self.standing(roster, seat) == SeatStanding::Delegate(delegate)).then_some(seat)
    }
}

/// The quorum of an item, with who is missing: numbers people argue about show their arithmetic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quorum {
    /// The numbers, as they go into the decision.
    pub stamp: QuorumStamp,
    /// Voting members whose seat is empty.
    pub absent: Vec<MemberId>,
    /// Voting members who stepped aside with nobody in their seat.
    pub recused: Vec<MemberId>,
    /// Delegate → the voting member for whom they sit.
    pub delegates: BTreeMap<MemberId, MemberId>,
}

impl Quorum {
    /// Whether the board may decide the item.
    #[must_use]
    pub fn met(&self) -> bool {
        self.stamp.met()
    }
    /// How many more must be present; 0 also when only a mandatory seat is missing.
    #[must_use]
    pub fn short_by(&self) -> u32 {
        self.stamp.required.saturating_sub(self.stamp.present)
    }
    /// The words people read: "met: 4 of 5 present, 3 needed" or "short by 2: …".
    #[must_use]
    pub fn words(&self) -> String {
        let QuorumStamp { seats, present, required, missing_mandatory, .. } = &self.stamp;
        let count = format!("{present} of {seats} present, {required} needed");
        match (self.met(), self.short_by(), missing_mandatory.len()) {
            (true, _, _) => format!("met: {count}"),
            (false, 0, mandatory) => format!("short of {mandatory} mandatory: {count}"),
            (false, short, 0) => format!("short by {short}: {count}"),
            (false, short, mandatory) => format!("short by {short} and of {mandatory} mandatory: {count}"),
        }
    }
}

impl Quorum {
    /// The arithmetic: "floor(5/2)+1 = 3 of 5 voting seats; 1 recused on this item".
    #[must_use]
    pub fn arithmetic(&self, formula: QuorumFormula) -> String {
        let QuorumStamp { seats, required, .. } = self.stamp;
        let sum = match formula {
            QuorumFormula::StrictMajority => format!("floor({seats}/2)+1"),
            QuorumFormula::AtLeastPercent { percent } => format!("ceil({percent}·{seats}/100), at least 1"),
        };
        let recused = match self.recused.len() {
            0 => String::new(),
            n => format!("; {n} recused on this item"),
        };
        format!("{sum} = {required} of {seats} voting seats{recused}")
    }
}

/// How many of n seats are needed. One at least: an empty board never decides.
#[must_use]
pub fn required(formula: QuorumFormula, n: u32) -> u32 {
    match formula {
        QuorumFormula::StrictMajority => n / 2 + 1,
        QuorumFormula::AtLeastPercent { percent } => percent_of(percent, n).max(1),
    }
}

/// ceil(p·n/100), without overflow.
pub(crate) fn percent_of(percent: u32, n: u32) -> u32 {
    let exact = (u64::from(percent) * u64::from(n)).div_ceil(100);
    u32::try_from(exact).unwrap_or(u32::MAX)
}

impl QuorumFormula {
    /// The formula as minutes print it.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::StrictMajority => "strict majority: floor(n/2)+1".to_owned(),
            Self::AtLeastPercent { percent } => format!("at least {percent} %: ceil({percent}·n/100)"),
        }
    }
}

/// Judges the quorum of an item.
#[must_use]
pub fn quorum(rule: &QuorumRule, roster: &Roster, room: &Room) -> Quorum {
    let mut seats = 0;
    let mut present = 0;
    let mut missing_mandatory = Vec::new();
    let mut absent = Vec::new();
    let mut recused = Vec::new();
    let mut delegates = BTreeMap::new();
    for member in &roster.members {
        let standing = room.standing(roster, member.id);
        if rule.mandatory_seats && mandatory(member) && !sat_in(standing) {
            missing_mandatory.push(member.id);
        }
        if !member.voting {
            continue;
        }
        match standing {
            SeatStanding::Present => {
                seats += 1;
                present += 1;
            }
            SeatStanding::Delegate(delegate) => {
                seats += 1;
                present += 1;
                delegates.insert(delegate, member.id);
            }
            SeatStanding::Absent => {
                seats += 1;
                absent.push(member.id);
            }
            SeatStanding::Recused => recused.push(member.id),
        }
    }
    let stamp = QuorumStamp {
        formula: rule.formula.words(),
        seats,
        present,
        required: required(rule.formula, seats),
        missing_mandatory,
    };
    Quorum { stamp, absent, recused, delegates }
}

/// A mandatory seat must be filled whether it votes or only advises.
fn mandatory(member: &Member) -> bool {
    member.mandatory
}

fn sat_in(standing: SeatStanding) -> bool {
    match standing {
        SeatStanding::Present | SeatStanding::Delegate(_) => true,
        SeatStanding::Absent | SeatStanding::Recused => false,
    }
}
