//! What minutes say: pure data, already worded where the wording is the board's.
//!
//! Nothing here is computed: quorum, thresholds, scores and counts arrive as the record holds them, so that the page
//! and `evidence.json` cannot disagree. Times are text with their zone; numbers people argue about come with their
//! arithmetic.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::document::PaperSize;
use crate::language::Language;

mod corrected;
mod decided;
mod evidence;

pub use corrected::{Correction, Erratum, PutRight};
pub use decided::{
    Attestation, Basis, Condition, ConditionTime, Decision, Gate, GateResult, Position, Risk, RiskLevel, SignOff, Vote,
};
pub use evidence::{Covers, Digest, Evidence, Signatory};

/// The minutes of one meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minutes {
    /// Who met, when, where, under which policy and roster.
    pub head: Head,
    /// Who was there, from when to when, for whom, and who stood aside.
    pub attendance: Vec<Attendee>,
    /// Quorum, in numbers, for the meeting and wherever an item's differed.
    pub quorum: Vec<Quorum>,
    /// The agenda items in the order they were taken.
    pub items: Vec<Item>,
    /// Edits of other changes that were ruled immaterial since the last meeting, each in a sentence.
    pub rulings: Vec<String>,
    /// Waivers, overrides and exceptions of other changes since the last meeting, each in a sentence.
    pub dispensations: Vec<String>,
    /// What authorities signed off since the last meeting without a decision of the board, each in a sentence (R61).
    #[serde(default)]
    pub delegated: Vec<String>,
    /// Answers that came late since the last meeting, and those that are still owed, each in a sentence (R64).
    #[serde(default)]
    pub breaches: Vec<String>,
    /// Who does, answers for, is asked about and is told of a release, by its type (R59); empty where the policy does not say.
    #[serde(default)]
    pub raci: Vec<Raci>,
    /// Resolutions made in writing that no meeting has ratified, of changes that were not on the agenda, each in a sentence.
    #[serde(default)]
    pub circulars: Vec<String>,
    /// By what the minutes are approved, in a sentence; empty in what is older.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub approval: String,
    /// Corrections that were asked for, with their answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    /// Actions agreed.
    pub actions: Vec<Action>,
    /// When and where the board meets next, if that was settled.
    pub next_meeting: Option<String>,
    /// Who signs the document, in turn; the first certifies it.
    pub signatories: Vec<Signatory>,
    /// What the document rests on and how to check it.
    pub evidence: Evidence,
    /// How much happened since the last meeting; nothing for a resolution in writing, which tells of itself alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
    /// Emergencies declared since the last meeting and what they owe, each in a sentence; of changes on the agenda where to
    /// read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emergencies: Vec<String>,
    /// Deployments since the last meeting that were taken back, failed, or were let through against the gate, each in a
    /// sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deployments: Vec<String>,
    /// What was owed by a date that had passed when the document was made, what was due first standing first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overdue: Vec<Overdue>,
    /// Of how many emergencies and deployments this document cannot tell by when they owe something.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub untold: u32,
    /// What was noted on the meeting as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// Of the circulated edition alone: the items that it withholds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circulated: Option<Circulated>,
    /// Actions of earlier meetings that are open by the record, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried: Vec<Action>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What happened since the last meeting, in numbers, whether on the agenda or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Since {
    /// Emergencies that were declared (R49).
    pub emergencies: u32,
    /// Deployments that were taken back (R95).
    pub taken_back: u32,
    /// Deployments under a standing approval that failed.
    pub failed: u32,
    /// Deployments that the gate had refused.
    pub against_the_gate: u32,
    /// Exceptions to freezes (R77).
    pub exceptions: u32,
    /// Overrides of risk levels (R69).
    pub overrides: u32,
    /// Waivers of gates (R69).
    pub waivers: u32,
}

/// Something owed whose time is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overdue {
    /// What.
    pub text: String,
    /// The change ("CHG-17").
    pub item: String,
    /// Who owes it; empty where nobody is named.
    pub owner: String,
    /// By when it was due.
    pub due: String,
}

/// What the circulated edition of minutes withholds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circulated {
    /// The restricted items, of which neither page nor evidence says more than this.
    pub withheld: Vec<Withheld>,
}

/// An item that is withheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// Its number on the agenda, from 1.
    pub number: u32,
    /// Ticket key ("CHG-17").
    pub key: String,
    /// How many fields of the agenda item are withheld.
    pub fields: u32,
}

/// A line of the RACI matrix (R59).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raci {
    /// Type of release, in a word.
    pub release: String,
    /// Responsible, accountable, consulted or informed.
    pub letter: String,
    /// The role.
    pub role: String,
    /// Who has it; nobody where it is vacant.
    pub people: Vec<String>,
}

/// One change taken out of the minutes: the only document a ticket receives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extract {
    /// The head of the meeting the change was decided in.
    pub head: Head,
    /// Quorum for this item.
    pub quorum: Vec<Quorum>,
    /// The one item.
    pub item: Item,
    /// Who seals the extract.
    pub signatories: Vec<Signatory>,
    /// What the extract rests on and how to check it.
    pub evidence: Evidence,
}

/// What members said later of minutes that are sealed: the minutes stay, and this stands beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annex {
    /// The head of the meeting.
    pub head: Head,
    /// SHA-256 of the sealed minutes it belongs to, hexadecimal.
    pub minutes: String,
    /// When they were sealed and by whom ("25 Nov 2026, 15:02 CET (claimed), by Ines Duarte").
    pub sealed: String,
    /// Which annex to these minutes it is, from 1.
    pub number: u32,
    /// What was confirmed and contested.
    pub answers: Vec<Answer>,
    /// Who seals it.
    pub signatories: Vec<Signatory>,
    /// What it rests on and how to check it.
    pub evidence: Evidence,
}

/// What a member says, by their own key, of what was recorded in their name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Printed name.
    pub name: String,
    /// Role or seat.
    pub role: String,
    /// The item it is about ("CHG-17"), if it is about one.
    pub item: Option<String>,
    /// What was recorded ("voted to approve").
    pub recorded: String,
    /// What was so instead, in the member's words; `None` where they confirm it.
    pub instead: Option<String>,
    /// When they said so, with zone; claimed time.
    pub time: String,
    /// The entry in which they say so, hexadecimal.
    pub entry: String,
}

/// The head of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The board's name.
    pub board: String,
    /// True while the board has a single keyholder; every document says so (`record`: provisional).
    pub provisional: bool,
    /// The meeting's id as people cite it ("2026-W47" or a UUID).
    pub meeting_id: String,
    /// The meeting's title ("Weekly change advisory board").
    pub meeting_title: String,
    /// Date and time span with zone ("Wednesday 18 November 2026, 14:00–15:20 CET").
    pub date: String,
    /// Place or call ("Room Athena and video call").
    pub place: String,
    /// The chair's name.
    pub chair: String,
    /// The secretary's name, if there was one.
    pub secretary: Option<String>,
    /// The policy's version ("starter 1").
    pub policy_version: String,
    /// SHA-256 of the policy's canonical JSON, hexadecimal.
    pub policy_digest: String,
    /// The roster's version.
    pub roster_version: String,
    /// SHA-256 over the checkpoint (the heads of the record), hexadecimal.
    pub checkpoint: String,
    /// Which heads these are.
    #[serde(default, skip_serializing_if = "Covers::is_close")]
    pub covers: Covers,
    /// When this document was made; becomes the PDF's creation date. Claimed time.
    pub made_at: DateTime<Utc>,
    /// The same for people, with zone.
    pub made_at_text: String,
    /// The language of the words around what the board worded.
    #[serde(default)]
    pub language: Language,
    /// The paper its pages are drawn for.
    #[serde(default)]
    pub paper: PaperSize,
}

/// Somebody invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendee {
    /// Printed name.
    pub name: String,
    /// Role or seat ("Chair", "Security", "Guest").
    pub role: String,
    /// Present, absent, or by delegate.
    pub presence: Presence,
    /// Time of arrival ("14:00"), if present.
    pub arrived: Option<String>,
    /// Time of leaving, if before the end.
    pub left: Option<String>,
    /// From when to when this person was out in between ("14:20–14:35").
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub away: Vec<String>,
    /// For whom this person sat as delegate.
    pub delegate_for: Option<String>,
    /// Keys of the items this person stood aside from, with the reason each ("CHG-17: author").
    pub recused_from: Vec<String>,
}

/// Whether somebody was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Presence {
    /// In the room or on the call.
    Present,
    /// Not there, and no delegate.
    Absent,
    /// Not there; a delegate sat for this seat.
    ByDelegate,
    /// There, without a vote.
    Guest,
}

/// Quorum with its arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quorum {
    /// What it is for ("Meeting", "CHG-17").
    pub scope: String,
    /// Seats present that count.
    pub present: u32,
    /// Seats required.
    pub required: u32,
    /// Filled voting seats not recused: n of the formula.
    pub of: u32,
    /// True if met.
    pub met: bool,
    /// The formula as the policy names it ("strict majority: floor(7/2)+1 = 4").
    pub formula: String,
    /// Mandatory seats that were missing, if any.
    pub missing_seats: Vec<String>,
    /// When it was counted, in words ("at the call to order, 14:00"); empty in what is older.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub moment: String,
}

/// One agenda item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its number on the agenda, from 1.
    pub number: u32,
    /// Ticket key ("CHG-17").
    pub key: String,
    /// The ticket's title.
    pub title: String,
    /// The release it belonged to when the agenda was frozen, if to one.
    #[serde(default)]
    pub release: Option<String>,
    /// Change kind ("normal", "standard", "emergency").
    pub kind: String,
    /// Implementation window in the reader's zone and in the system's ("Sat 21 Nov 22:00–23:30 CET"; "21:00–22:30 UTC").
    pub window: Vec<String>,
    /// The risk as it stood when deciding.
    pub risk: Option<Risk>,
    /// Gates that failed, were waived or warned. Passed ones are counted, not listed.
    pub gates: Vec<Gate>,
    /// How many gates passed.
    pub gates_passed: u32,
    /// The plan review's result ("13 of 13 sections reviewed, 1 comment").
    pub plan_review: Option<String>,
    /// Positions by name, or those present when consent was asked.
    pub votes: Vec<Vote>,
    /// The count with attestation ("7 votes: 1 signed, 6 spoken, on the word of the chair").
    pub attestation_count: Option<String>,
    /// How the decision came about; nothing where nothing was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The basis in words with its arithmetic ("5 approve, 1 reject, 1 abstain; threshold floor(6/2)+1 = 4").
    pub basis_text: String,
    /// The decision.
    pub decision: Decision,
    /// What the decision adds ("until the meeting of 25 November").
    pub decision_detail: Option<String>,
    /// Why.
    pub rationale: Option<String>,
    /// Conditions of the decision.
    pub conditions: Vec<Condition>,
    /// The authority: who signed the change off.
    pub sign_offs: Vec<SignOff>,
    /// Edits since it was signed that were ruled immaterial, each in a sentence.
    pub rulings: Vec<String>,
    /// Waivers of its gates, overrides of its level and exceptions to freezes, each in a sentence.
    pub dispensations: Vec<String>,
    /// Who declared it an emergency, what it owes by when, and what was taken back, each in a sentence.
    #[serde(default)]
    pub emergency: Vec<String>,
    /// What was asked in writing between meetings, what came of it, and whether it is ratified, each in a sentence.
    #[serde(default)]
    pub circular: Vec<String>,
    /// Whether the approval holds, in words ("Approval holds: every required sign-off is valid"), if the item is a change.
    pub approval: Option<String>,
    /// SHA-256 of the manifest of what was shown, hexadecimal.
    pub manifest: Option<String>,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What.
    pub text: String,
    /// Who.
    pub owner: String,
    /// By when.
    pub due: String,
    /// The item it came from, if any.
    pub item: Option<String>,
    /// Of one that is carried over, the meeting in which it was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<String>,
}
