//! Answers that came late, or never, by the record alone (R64). Nothing more is written down: whoever reads the record reckons
//! the same breaches again.
use std::collections::BTreeSet;
use std::iter;

use chrono::{DateTime, Utc};

use super::departments::speaks_for;
use super::due::{Ladder, asked_at};
use crate::calendar::{HoursError, WorkingHours};
use crate::ids::{ChangeKey, MemberId};
use crate::ledger::{Ledger, RecordedDecision};
use crate::meeting::DecisionKind;
use crate::policy::Policy;
use crate::roster::{Role, Roster};
use crate::sign_off::SignOff;

/// How a question ended that was not answered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was answered then.
    Answered(DateTime<Utc>),
    /// The board decided anew then, before it was answered.
    Over(DateTime<Utc>),
    /// It is still to be answered.
    Open,
}

/// A question that was not answered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    /// When it was asked.
    pub asked: DateTime<Utc>,
    /// Until when it was to be answered.
    pub until: DateTime<Utc>,
    /// How it ended.
    pub ended: Ended,
    /// Working minutes from then to its end, or to now.
    pub minutes: i64,
}

/// Whether a question was not answered in time. It ends with its answer, or where the board decides anew (`over`), whichever
/// was first.
///
/// # Errors
/// [`HoursError`] where the hours lead nowhere.
pub fn late(
    asked: DateTime<Utc>,
    (answered, over): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    now: DateTime<Utc>,
    hours: &WorkingHours,
    ladder: &Ladder,
) -> Result<Option<Late>, HoursError> {
    let until = hours.add(asked, ladder.answer.saturating_mul(60))?;
    let ended = match (answered, over) {
        (Some(answered), Some(over)) if over < answered => Ended::Over(over),
        (Some(answered), _) => Ended::Answered(answered),
        (None, Some(over)) => Ended::Over(over),
        (None, None) => Ended::Open,
    };
    let end = match ended {
        Ended::Answered(at) | Ended::Over(at) => at,
        Ended::Open => now,
    };
    if end <= until {
        return Ok(None);
    }
    Ok(Some(Late { asked, until, ended, minutes: hours.between(until, end)? }))
}

/// A breach of the time in which an answer is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// On which change.
    pub change: ChangeKey,
    /// For which department a sign-off was owed; `None`: the authority's, which decides.
    pub department: Option<String>,
    /// Who answered in the end.
    pub by: Option<MemberId>,
    /// By how much, and how it ended.
    pub late: Late,
}

/// A question, and the first answer to it.
struct Question<'l> {
    department: Option<String>,
    asked: DateTime<Utc>,
    answer: Option<&'l SignOff>,
    over: Option<DateTime<Utc>>,
}

/// Every breach that the record knew of at this time, the newest question first. An authority is asked by the meeting that
/// decides in favour; a department when the plan is first reviewed or an agenda with the change is frozen. What a department
/// still owes follows from the ticket, and is not here.
///
/// # Errors
/// [`HoursError`] where the hours lead nowhere.
pub fn breaches(
    ledger: &Ledger,
    (policy, roster): (&Policy, &Roster),
    hours: &WorkingHours,
    now: DateTime<Utc>,
) -> Result<Vec<Breach>, HoursError> {
    let keys: BTreeSet<&ChangeKey> = ledger.decisions.keys().chain(ledger.sign_offs.keys()).collect();
    let mut found = Vec::new();
    for key in keys {
        let decided = decisions(ledger, key, now);
        let signed = ledger.sign_offs.get(key).into_iter().flatten().filter(|s| s.claimed <= now);
        let signed: Vec<&SignOff> = signed.collect();
        let departments = of_departments(ledger, key, &decided, &signed, (policy, roster));
        for question in of_authority(ledger, &decided, &signed).into_iter().chain(departments) {
            let answered = question.answer.map(|answer| answer.claimed);
            if let Some(late) = late(question.asked, (answered, question.over), now, hours, &policy.ladder)? {
                let by =
                    question.answer.filter(|_| matches!(late.ended, Ended::Answered(_))).map(|answer| answer.actor);
                found.push(Breach { change: key.clone(), department: question.department, by, late });
            }
        }
    }
    found.sort_by(|a, b| b.late.asked.cmp(&a.late.asked).then_with(|| a.change.cmp(&b.change)));
    Ok(found)
}

/// The last word of each meeting that decided, in the order of the record.
fn decisions<'l>(ledger: &'l Ledger, key: &ChangeKey, now: DateTime<Utc>) -> Vec<&'l RecordedDecision> {
    let all = ledger.decisions.get(key).map_or(&[][..], Vec::as_slice);
    let known: Vec<&RecordedDecision> =
        all.iter().filter(|d| d.at <= now && d.decision.kind != DecisionKind::NoDecision).collect();
    let last = |place: usize| !known[place + 1..].iter().any(|later| later.meeting == known[place].meeting);
    (0..known.len()).filter(|place| last(*place)).map(|place| known[place]).collect()
}

/// What an authority was asked by each decision in favour, until the next one.
fn of_authority<'l>(ledger: &Ledger, decided: &[&RecordedDecision], signed: &[&'l SignOff]) -> Vec<Question<'l>> {
    let authority = |s: &&&SignOff| matches!(s.role, Some(Role::Cto | Role::TechnicalLead));
    let mut questions = Vec::new();
    for (place, decision) in decided.iter().enumerate().filter(|(_, d)| d.decision.kind.approves()) {
        let asked = ledger.meetings.get(&decision.meeting).map_or(decision.at, |meeting| meeting.agenda.called);
        let over = decided.get(place + 1).map(|next| next.at);
        // Whoever signed what was decided before anybody asked has answered.
        let answers = signed.iter().filter(authority).filter(|s| {
            (s.claimed >= asked || s.body.content == decision.decision.content)
                && over.is_none_or(|over| s.claimed < over)
        });
        let answer = answers.min_by_key(|s| s.claimed).copied();
        questions.push(Question { department: None, asked, answer, over });
    }
    questions
}

/// What departments were asked and have answered, each time since the change was last sent away.
fn of_departments<'l>(
    ledger: &Ledger,
    key: &ChangeKey,
    decided: &[&RecordedDecision],
    signed: &[&'l SignOff],
    (policy, roster): (&Policy, &Roster),
) -> Vec<Question<'l>> {
    let reviews = ledger.plan_reviews.get(key).into_iter().flatten().map(|review| review.claimed);
    let reviews: Vec<DateTime<Utc>> = reviews.collect();
    let on = ledger.meetings.values().filter(|meeting| meeting.agenda.items.iter().any(|item| item.change == *key));
    let agendas: Vec<DateTime<Utc>> = on.map(|meeting| meeting.agenda.called).collect();
    let sent_away: Vec<DateTime<Utc>> = decided.iter().filter(|d| !d.decision.kind.approves()).map(|d| d.at).collect();
    let names: BTreeSet<&str> = policy.departments.iter().map(|row| row.name.as_str()).collect();
    let mut questions = Vec::new();
    for (place, since) in iter::once(None).chain(sent_away.iter().copied().map(Some)).enumerate() {
        let over = sent_away.get(place).copied();
        let within = |at: DateTime<Utc>| since.is_none_or(|since| at > since) && over.is_none_or(|over| at < over);
        let Some(asked) = asked_at(&reviews, &agendas, since).filter(|at| within(*at)) else { continue };
        for name in &names {
            let theirs = |s: &&&SignOff| {
                !matches!(s.role, Some(Role::Cto | Role::TechnicalLead))
                    && within(s.claimed)
                    && roster.member(s.actor).is_some_and(|member| speaks_for(member, name))
            };
            if let Some(answer) = signed.iter().filter(theirs).min_by_key(|s| s.claimed).copied() {
                let department = Some((*name).to_owned());
                questions.push(Question { department, asked, answer: Some(answer), over: None });
            }
        }
    }
    questions
}
