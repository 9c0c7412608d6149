//! A meeting: the frozen agenda, who was there, and what was decided (R116).
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::change::{ChangeKind, Window};
use crate::gate::GateResult;
use crate::ids::{ChangeKey, ConditionId, Digest, MeetingId, MemberId};
use crate::risk::{RiskLevel, RiskStamp};

/// A vote: advice, never authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// For.
    Approve,
    /// Against.
    Reject,
    /// Neither; printed, not counted.
    Abstain,
}

/// A decision's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// May go ahead once the sign-offs hold.
    Approved,
    /// May go ahead once the conditions `before` are met and the sign-offs hold.
    ApprovedWithConditions,
    /// May not; the reason is mandatory.
    Rejected,
    /// To a date or meeting.
    Deferred,
    /// Goes back with a question.
    MoreInformation,
    /// The requester took it back.
    Withdrawn,
    /// Skipped: logged as *no decision*.
    NoDecision,
}

impl DecisionKind {
    /// The words people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Approved => "Approved",
            Self::ApprovedWithConditions => "Approved with conditions",
            Self::Rejected => "Rejected",
            Self::Deferred => "Deferred",
            Self::MoreInformation => "More information",
            Self::Withdrawn => "Withdrawn",
            Self::NoDecision => "No decision",
        }
    }
    /// Whether it lets the change go ahead.
    #[must_use]
    pub fn approves(self) -> bool {
        matches!(self, Self::Approved | Self::ApprovedWithConditions)
    }
}

/// What a decision rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Asked, no objection.
    Consent,
    /// Counted vote.
    Vote,
    /// The chair's ruling; deviating from votes needs a reason.
    ChairRuling,
    /// Votes in writing between meetings, of a majority of all who are entitled.
    CircularResolution,
}

/// When a condition has to be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ConditionTime {
    /// Blocks the approval and the gate until met.
    Before,
    /// An obligation afterwards.
    After,
}

/// A condition of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Identity.
    pub id: ConditionId,
    /// What has to be the case.
    pub text: String,
    /// Who sees to it: a name in words, since it need not be a member.
    pub owner: String,
    /// Until, `YYYY-MM-DD`; empty when open.
    pub due: String,
    /// Before or after.
    pub when: ConditionTime,
}

/// The quorum as it stood for an item, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuorumStamp {
    /// The formula, as the policy names it.
    pub formula: String,
    /// Filled voting seats not recused.
    pub seats: u32,
    /// Of these present, delegates counted.
    pub present: u32,
    /// Needed.
    pub required: u32,
    /// Mandatory seats that are missing.
    pub missing_mandatory: Vec<MemberId>,
}

impl QuorumStamp {
    /// Whether the board may decide.
    #[must_use]
    pub fn met(&self) -> bool {
        self.present >= self.required && self.missing_mandatory.is_empty()
    }
}

/// The count of votes for an item, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TallyStamp {
    /// The formula, as the policy names it.
    pub formula: String,
    /// For.
    pub approve: u32,
    /// Against.
    pub reject: u32,
    /// Printed, not counted.
    pub abstain: u32,
    /// Needed for approval.
    pub required: u32,
}

/// The decision on an item, recorded by the chair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Item number.
    pub item: u32,
    /// The change.
    pub change: ChangeKey,
    /// What was decided.
    pub kind: DecisionKind,
    /// On what it rests.
    pub basis: Basis,
    /// Why; mandatory for rejections and for deviating from the votes.
    pub rationale: String,
    /// For approvals with conditions.
    pub conditions: Vec<Condition>,
    /// For deferrals: a date or meeting in words.
    pub deferred_to: String,
    /// The quorum in numbers.
    pub quorum: QuorumStamp,
    /// The votes in numbers, if counted.
    pub tally: Option<TallyStamp>,
    /// Digest of the material content the board had before it.
    pub content: Digest,
    /// The risk the board had before it, unanswered questions at their worst.
    pub risk: RiskStamp,
    /// What else the board had before it, so that minutes follow from the record alone.
    pub brief: Brief,
}

/// What the board had before it when it decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brief {
    /// Standard, normal, emergency.
    pub kind: Option<ChangeKind>,
    /// The implementation window.
    pub window: Option<Window>,
    /// The three heaviest answers, in words.
    pub heaviest: Vec<String>,
    /// Floors that lifted the level, in words with their clause.
    pub floors: Vec<String>,
    /// Gates that failed, warned, were waived, or had no evidence; last, where there were any, the files that were looked at
    /// (R83).
    pub gates: Vec<BriefGate>,
    /// How many gates passed.
    pub gates_passed: u32,
    /// The plan review's result in words; empty when there was none.
    pub plan_review: String,
}

/// A gate that minutes mention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BriefGate {
    /// Its clause.
    pub clause: String,
    /// What it asks.
    pub title: String,
    /// Its result.
    pub result: GateResult,
    /// Why.
    pub why: String,
}

/// Why an item stands where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AgendaGroup {
    /// Carried over from an earlier meeting.
    CarryOver,
    /// Emergencies for review.
    Emergency,
    /// Critical and high, by window start.
    HighRisk,
    /// Medium.
    Medium,
    /// Low and pre-approved, taken together.
    Consent,
}

/// An item of the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgendaItem {
    /// From 1.
    pub number: u32,
    /// The change.
    pub change: ChangeKey,
    /// Its title when the agenda was frozen.
    pub title: String,
    /// Why it stands here.
    pub group: AgendaGroup,
    /// The level it was placed by; `None` while unassessed.
    pub level: Option<RiskLevel>,
    /// Time planned, minutes.
    pub minutes: u32,
    /// Digest of the material content at freeze.
    pub content: Digest,
    /// Names of attachments that are material: those the plan names at freeze.
    pub material_attachments: Vec<String>,
    /// The release it belongs to at freeze (R119); not there where it belongs to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Of a restricted item alone: where the agenda is frozen the commitment that stands in `content`, too; where the item
    /// is opened, the salt of that commitment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted: Option<Digest>,
}

/// SHA-256(salt ‖ content), as a manifest commits to a field (`record.md`).
fn commitment(salt: Digest, content: Digest) -> Digest {
    Digest::of(&[salt.0, content.0].concat())
}

impl AgendaItem {
    /// What an item that is withheld does not say, by the names of its fields.
    pub const WITHHELD: [&str; 5] = ["title", "level", "content", "material_attachments", "release"];

    /// Whether this is a restricted item as the frozen agenda shows it: its number and change, and nothing else of it.
    #[must_use]
    pub fn is_withheld(&self) -> bool {
        self.restricted == Some(self.content)
    }

    /// A restricted item in two: as the frozen agenda shows it, and as its own entry opens it. Without the salt, 32 random
    /// bytes, nobody can tell what the first one commits to, not even by guessing.
    #[must_use]
    pub fn restrict(self, salt: Digest) -> (Self, Self) {
        let commitment = commitment(salt, self.content);
        let shown = Self {
            number: self.number,
            change: self.change.clone(),
            title: String::new(),
            // Where an item stands of which nobody says the level.
            group: AgendaGroup::HighRisk,
            level: None,
            minutes: 5,
            content: commitment,
            material_attachments: Vec::new(),
            release: None,
            restricted: Some(commitment),
        };
        (shown, Self { restricted: Some(salt), ..self })
    }

    /// Whether this is what the frozen agenda committed to by `shown`.
    #[must_use]
    pub fn opens(&self, shown: &Self) -> bool {
        let opened = |salt| commitment(salt, self.content) == shown.content;
        shown.is_withheld()
            && !self.is_withheld()
            && (self.number, &self.change) == (shown.number, &shown.change)
            && self.restricted.is_some_and(opened)
    }
}

/// The agenda as frozen at call to order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agenda {
    /// The meeting.
    pub meeting: MeetingId,
    /// Its title.
    pub title: String,
    /// Place or call.
    pub place: String,
    /// IANA zone of the meeting.
    pub zone: String,
    /// When it was called to order, as claimed.
    pub called: DateTime<Utc>,
    /// Chair.
    pub chair: MemberId,
    /// Secretary, who may be the chair.
    pub secretary: MemberId,
    /// Items in order.
    pub items: Vec<AgendaItem>,
}

/// An item before the agenda is frozen, with what the order depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The change.
    pub change: ChangeKey,
    /// Title.
    pub title: String,
    /// Whether an earlier meeting deferred it or ran out of time.
    pub carried_over: bool,
    /// Whether it is an emergency.
    pub emergency: bool,
    /// Whether it is a pre-approved standard change.
    pub standard: bool,
    /// Level; `None` while unassessed (then it stands with the high ones, by its upper bound).
    pub level: Option<RiskLevel>,
    /// Start of the window.
    pub window_start: Option<DateTime<Utc>>,
    /// Chair's order, if moved by hand.
    pub rank: Option<u32>,
}

impl Candidate {
    /// The group by rule (`meeting.md`, *Order*).
    #[must_use]
    pub fn group(&self) -> AgendaGroup {
        if self.carried_over {
            return AgendaGroup::CarryOver;
        }
        if self.emergency {
            return AgendaGroup::Emergency;
        }
        match self.level {
            Some(RiskLevel::Low) => AgendaGroup::Consent,
            Some(RiskLevel::Medium) if self.standard => AgendaGroup::Consent,
            Some(RiskLevel::Medium) => AgendaGroup::Medium,
            None if self.standard => AgendaGroup::Consent,
            None | Some(RiskLevel::High | RiskLevel::Critical) => AgendaGroup::HighRisk,
        }
    }
    /// Minutes planned: three for the consent block's items, five otherwise.
    #[must_use]
    pub fn minutes(&self) -> u32 {
        match self.group() {
            AgendaGroup::Consent => 2,
            AgendaGroup::Medium | AgendaGroup::CarryOver => 3,
            AgendaGroup::Emergency | AgendaGroup::HighRisk => 5,
        }
    }
}

/// Orders candidates by rule: carry-overs, emergencies, critical and high by window start, medium,
/// consent block. A rank given by the chair goes first, in its order. Stable and total.
#[must_use]
pub fn in_order(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by(|a, b| {
        let rank = |c: &Candidate| c.rank.unwrap_or(u32::MAX);
        let weight = |c: &Candidate| c.level.map_or(3, |l| l as u32);
        let start = |c: &Candidate| c.window_start.unwrap_or(DateTime::<Utc>::MAX_UTC);
        rank(a)
            .cmp(&rank(b))
            .then_with(|| a.group().cmp(&b.group()))
            .then_with(|| {
                if a.group() == AgendaGroup::HighRisk { weight(b).cmp(&weight(a)) } else { std::cmp::Ordering::Equal }
            })
            .then_with(|| start(a).cmp(&start(b)))
            .then_with(|| (a.change.prefix(), a.change.number()).cmp(&(b.change.prefix(), b.change.number())))
    });
    candidates
}

/// A stay in the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stay {
    /// In.
    pub arrived: DateTime<Utc>,
    /// Out; `None` while present or until the close.
    pub left: Option<DateTime<Utc>>,
    /// The member for whom they also sat.
    pub delegate_for: Option<MemberId>,
}

/// Attendance: per member the stays, in order.
pub type Attendance = BTreeMap<MemberId, Vec<Stay>>;

/// Who is present now.
#[must_use]
pub fn present(attendance: &Attendance) -> Vec<MemberId> {
    attendance.iter().filter(|(_, s)| s.last().is_some_and(|s| s.left.is_none())).map(|(m, _)| *m).collect()
}

#[cfg(test)]
mod restricted_tests {
    use super::*;
    use crate::entry::{Act, ActKind};
    use crate::ledger::{Ledger, Meeting};

    const SALT: Digest = Digest([9; 32]);

    fn item(number: u32) -> AgendaItem {
        AgendaItem {
            number,
            change: ChangeKey::new("CHG", number),
            title: "Move the vault".to_owned(),
            group: AgendaGroup::Medium,
            level: Some(RiskLevel::Medium),
            minutes: 3,
            content: Digest([7; 32]),
            material_attachments: vec!["people.csv".to_owned()],
            release: Some("R-4".to_owned()),
            restricted: None,
        }
    }

    #[test]
    fn a_restricted_item_shows_its_number_and_change_alone_and_is_opened_by_its_salt() {
        let (shown, opened) = item(2).restrict(SALT);
        assert!(shown.is_withheld() && !opened.is_withheld() && !item(2).is_withheld());
        assert_eq!((shown.number, &shown.change), (2, &item(2).change));
        let said = serde_json::to_string(&shown).expect("JSON");
        for unsaid in ["vault", "people.csv", "R-4", "medium", &Digest([7; 32]).to_string()] {
            assert!(!said.contains(unsaid), "{unsaid}: {said}");
        }
        assert_ne!(shown.content, Digest::of(&Digest([7; 32]).0), "not without the salt");
        assert_ne!(shown.content, item(2).restrict(Digest([8; 32])).0.content, "nor by another one");
        assert_eq!(AgendaItem { restricted: None, ..opened.clone() }, item(2));
        assert!(opened.opens(&shown));
        for (other, why) in [
            (AgendaItem { content: Digest([1; 32]), ..opened.clone() }, "other content"),
            (AgendaItem { restricted: Some(Digest([1; 32])), ..opened.clone() }, "another salt"),
            (AgendaItem { restricted: None, ..opened.clone() }, "no salt"),
            (AgendaItem { change: ChangeKey::new("CHG", 3), ..opened.clone() }, "another change"),
            (AgendaItem { number: 3, ..opened.clone() }, "another item"),
            (shown.clone(), "what is shown itself"),
        ] {
            assert!(!other.opens(&shown), "{why}");
        }
        assert!(!opened.opens(&item(2)), "what is not restricted is not opened");
    }

    #[test]
    fn the_chair_alone_opens_a_restricted_item_and_only_to_what_the_agenda_committed_to() {
        let (chair, other) = (MemberId(uuid::Uuid::from_u128(1)), MemberId(uuid::Uuid::from_u128(2)));
        let (id, at) = (MeetingId(uuid::Uuid::from_u128(3)), DateTime::<Utc>::UNIX_EPOCH);
        let (shown, opened) = item(2).restrict(SALT);
        let agenda = Agenda {
            meeting: id,
            title: String::new(),
            place: String::new(),
            zone: "UTC".to_owned(),
            called: at,
            chair,
            secretary: chair,
            items: vec![item(1), shown.clone()],
        };
        let mut ledger = Ledger::default();
        ledger.meetings.insert(id, Meeting::called(agenda, Digest([0; 32])));
        let after = |actor: MemberId, admitted: &AgendaItem| {
            let what = ActKind::LateAdmitted { item: Box::new(admitted.clone()) };
            let meeting = ledger.preview(id, &[Act { actor, at, what }]).expect("in session");
            assert!(meeting.late.is_empty(), "it is not late");
            meeting.agenda.items
        };
        assert_eq!(after(chair, &opened), [item(1), opened.clone()]);
        assert_eq!(after(other, &opened), [item(1), shown.clone()]);
        let swapped = AgendaItem { content: Digest([1; 32]), ..opened.clone() };
        assert_eq!(after(chair, &swapped), [item(1), shown.clone()]);
        let again = AgendaItem { title: "Another".to_owned(), ..item(1) };
        assert_eq!(after(chair, &again), [item(1), shown.clone()], "what stands there stands");
    }
}
