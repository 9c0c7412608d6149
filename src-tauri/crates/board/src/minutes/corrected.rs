//! What minutes print of their corrections and of their approval, and what an erratum prints. Pure.
use chrono::{DateTime, Utc};
use domain::correction::{self, Correction};
use domain::ids::MemberId;
use domain::ledger::Meeting;
use domain::policy::MinutesApprovalRule;
use domain::text::mark_invisible;
use minutes::model as m;

use super::compile::{ERRATUM_MEANING, Source};

impl Source<'_> {
    /// The minutes as they are read before they are approved; the page says what comes next.
    pub fn draft(&self, file: &str) -> Option<m::Minutes> {
        let approval = self.comes_next(self.ledger.meetings.get(&self.meeting)?);
        Some(m::Minutes { approval, signatories: Vec::new(), ..self.minutes(file)? })
    }

    fn comes_next(&self, meeting: &Meeting) -> String {
        let words = self.words();
        if meeting.approved.is_some() {
            return self.approval_of_minutes(meeting);
        }
        let until = meeting.closed_at.and_then(|closed| correction::deadline(&self.policy.minutes, closed));
        let until = until.map(|until| words.local(until, Self::zone(meeting)));
        match self.policy.minutes.approval {
            MinutesApprovalRule::AtOnce => words.draft_until_sealed(),
            MinutesApprovalRule::Deadline | MinutesApprovalRule::NextMeeting => words.still_a_draft(until.as_deref()),
        }
    }

    /// By which rule the minutes are approved, as they are sealed.
    pub(super) fn approval_of_minutes(&self, meeting: &Meeting) -> String {
        let words = self.words();
        let zone = Self::zone(meeting);
        let Some(approved) = &meeting.approved else {
            return match self.policy.minutes.approval {
                MinutesApprovalRule::AtOnce => words.sealed_at_the_close(),
                MinutesApprovalRule::Deadline | MinutesApprovalRule::NextMeeting => words.not_approved(),
            };
        };
        let said = words.said_why(&self.name(approved.actor), &words.claimed(approved.claimed, zone), "");
        if let Some(until) = approved.body.deadline {
            return words.approved_at_deadline(&words.local(until, zone), &said);
        }
        let by = approved.body.meeting.and_then(|id| self.ledger.meetings.get(&id));
        by.map_or_else(
            || words.not_approved(),
            |by| {
                let day = words.day(by.agenda.called, by.closed_at, Self::zone(by));
                words.approved_by_meeting(&mark_invisible(&by.agenda.title), &day, &said)
            },
        )
    }

    /// The corrections that were asked for, in their order.
    pub(super) fn corrections(&self, meeting: &Meeting) -> Vec<m::Correction> {
        meeting.corrections.iter().map(|asked| self.correction(meeting, asked)).collect()
    }

    fn correction(&self, meeting: &Meeting, asked: &Correction) -> m::Correction {
        let words = self.words();
        let zone = Self::zone(meeting);
        let said = |who: MemberId, at: DateTime<Utc>, why: &str| {
            words.said_why(&self.name(who), &words.local(at, zone), &mark_invisible(why))
        };
        let key = |n: u32| meeting.agenda.items.iter().find(|i| i.number == n).map(|i| i.change.to_string());
        let section =
            || asked.body.section.map_or_else(String::new, |section| words.minutes_section(section).to_owned());
        let taken = asked.answer.as_ref().and_then(|answer| answer.taken.as_ref());
        m::Correction {
            item: asked.body.item,
            about: asked.body.item.and_then(key).unwrap_or_else(section),
            was: mark_invisible(&asked.body.was),
            wording: mark_invisible(taken.unwrap_or(&asked.body.wording)),
            taken: asked.answer.as_ref().map(|answer| answer.taken.is_some()),
            asked: said(asked.actor, asked.claimed, &asked.body.reason),
            answered: asked.answer.as_ref().map(|answer| said(answer.actor, answer.claimed, &answer.reason)),
        }
    }

    /// An erratum to the sealed minutes: what no sealed document tells yet; `None` if there are no such minutes.
    pub fn erratum(&self, file: &str, number: u32) -> Option<m::Erratum> {
        let meeting = self.ledger.meetings.get(&self.meeting)?;
        let minutes = meeting.minutes.last()?;
        let (words, zone) = (self.words(), Self::zone(meeting));
        let sealed = words.claimed(minutes.claimed, zone);
        let errata = meeting.untold_errata().into_iter().map(|erratum| m::PutRight {
            wrong: mark_invisible(&erratum.body.wrong),
            right: mark_invisible(&erratum.body.right),
            time: words.claimed(erratum.claimed, zone),
            entry: erratum.entry.to_string(),
        });
        Some(m::Erratum {
            head: self.head(meeting),
            minutes: minutes.pdf.to_string(),
            sealed: words.sealed(&sealed, &self.name(minutes.actor)),
            number,
            errata: errata.collect(),
            signatories: vec![self.signatory_of(meeting, ERRATUM_MEANING)],
            evidence: self.evidence(file),
        })
    }
}
