//! What happened since the meeting before, whether it is on the agenda or not (R49, R69, R77, R95); and what is
//! overdue. All of it follows from entries. What only a ticket can tell is not claimed: that a plan was mended since is
//! no entry.
use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::change::ChangeKind;
use domain::dispensation::{Dispensation, Grant};
use domain::emergency::{Emergency, Owed, Rollback, owed};
use domain::ids::ChangeKey;
use domain::ledger::Meeting;
use domain::meeting::{AgendaItem, Brief};
use domain::policy::MaterialField;
use domain::standing::{Obligation, Outcome, StandingApproval};
use minutes::model as m;

use super::compile::Source;
use crate::conditions::one_line;

/// From the close of the meeting before to the close of this one.
#[derive(Debug, Clone, Copy)]
struct Period {
    since: Option<DateTime<Utc>>,
    until: DateTime<Utc>,
}

impl Period {
    fn holds(self, at: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| at > since) && at <= self.until
    }
}

impl Source<'_> {
    fn period(&self, meeting: &Meeting) -> Period {
        let held = self.ledger.meetings.values().filter(|m| m.circular.is_none());
        let earlier = held.filter(|m| m.agenda.called < meeting.agenda.called);
        let since = earlier.filter_map(|m| m.closed_at).max();
        Period { since, until: meeting.closed_at.unwrap_or(self.made_at) }
    }

    /// In numbers.
    pub(super) fn since(&self, meeting: &Meeting) -> m::Since {
        let period = self.period(meeting);
        let set_aside = |is: fn(&Grant) -> bool| {
            let all = self.ledger.dispensations.values().flatten();
            count(all.filter(|one| is(&one.grant) && period.holds(said(one))).count())
        };
        m::Since {
            emergencies: count(self.declared_in(period).len()),
            taken_back: count(self.ledger.rollbacks.values().filter(|one| period.holds(one.at)).count()),
            failed: count(self.failed_in(period).len()),
            against_the_gate: count(self.let_through_in(period).len()),
            exceptions: set_aside(|grant| matches!(grant, Grant::Exception(_))),
            overrides: set_aside(|grant| matches!(grant, Grant::Override(_))),
            waivers: set_aside(|grant| matches!(grant, Grant::Waiver(_))),
        }
    }

    fn declared_in(&self, period: Period) -> Vec<&Emergency> {
        let mut all: Vec<&Emergency> = self.ledger.emergencies.values().filter(|e| period.holds(e.claimed)).collect();
        all.sort_by_key(|one| (one.claimed, one.entry));
        all
    }

    /// By the clocks of the pipelines.
    fn failed_in(&self, period: Period) -> Vec<(DateTime<Utc>, &StandingApproval)> {
        let all = self.ledger.standing_approvals.values();
        let uses = all.flat_map(|one| one.uses.values().map(move |used| (used, one)));
        let failed = uses.filter(|(used, _)| used.outcome == Outcome::Failed && period.holds(used.at));
        let mut all: Vec<(DateTime<Utc>, &StandingApproval)> = failed.map(|(used, one)| (used.at, one)).collect();
        all.sort_by_key(|(at, one)| (*at, one.entry));
        all
    }

    fn let_through_in(&self, period: Period) -> Vec<&Obligation> {
        let all = self.ledger.obligations.values().filter(|one| period.holds(one.claimed));
        let mut all: Vec<&Obligation> = all.collect();
        all.sort_by_key(|one| (one.claimed, one.entry));
        all
    }

    /// The number of the change's item, where it is on the agenda: what is to be told of it stands there.
    fn on_the_agenda(meeting: &Meeting, change: &ChangeKey) -> Option<u32> {
        meeting.agenda.items.iter().find(|item| item.change == *change).map(|item| item.number)
    }

    /// Emergencies that were declared, each with what it owes.
    pub(super) fn emergencies_since(&self, meeting: &Meeting) -> Vec<String> {
        let (zone, words) = (Self::zone(meeting), self.words());
        let mut lines = Vec::new();
        for one in self.declared_in(self.period(meeting)) {
            let change = one.about();
            if let Some(number) = Self::on_the_agenda(meeting, change) {
                lines.push(words.emergency_at(change, number));
                continue;
            }
            lines.push(format!("{change}: {}", words.declared(one, &self.name(one.actor), zone)));
            match self.owing_as_told(one) {
                Some(all) => lines.extend(all.iter().map(|owed| format!("{change}: {}", words.owed(owed, zone)))),
                None => lines.push(format!("{change}: {}", words.owed_by_policy(one.policy))),
            }
            if self.brief(change).is_none() {
                lines.push(words.ticket_tells(change));
            }
        }
        lines
    }

    /// Deployments that were taken back, failed, or were let through although the gate refused them; and what was taken
    /// back before and is not revalidated yet.
    pub(super) fn deployments_since(&self, meeting: &Meeting) -> Vec<String> {
        let (zone, words, period) = (Self::zone(meeting), self.words(), self.period(meeting));
        let mut lines = Vec::new();
        let waiting = |one: &Rollback| one.revalidated.is_none() && one.at <= period.until;
        let backs = self.ledger.rollbacks.values().filter(|one| period.holds(one.at) || waiting(one));
        let mut backs: Vec<&Rollback> = backs.collect();
        backs.sort_by_key(|one| (one.at, one.entry));
        for back in backs {
            lines.push(match Self::on_the_agenda(meeting, &back.change) {
                Some(number) => words.taken_back_at(&back.change, number),
                None => format!("{}: {}", back.change, words.taken_back(back, zone, &|id| self.name(id))),
            });
        }
        for (at, standing) in self.failed_in(period) {
            lines.push(words.failed_use(&standing.body, &words.local(at, zone)));
        }
        for one in self.let_through_in(period) {
            lines.push(words.let_through(&one.body, &words.local(one.body.at, zone)));
            let change = &one.body.change;
            lines.push(match self.rules_of(one.policy) {
                Some(rules) => format!("{change}: {}", words.owed(&on_one_line(one.owed(rules)), zone)),
                None => format!("{change}: {}", words.owed_by_policy(one.policy)),
            });
        }
        lines
    }

    /// What the board had before it when it last decided on a change.
    fn brief(&self, change: &ChangeKey) -> Option<&Brief> {
        self.ledger.decision(change).map(|recorded| &recorded.decision.brief)
    }

    /// What the board had before it when it decided on the same content, where kind and window are part of that.
    pub(super) fn decided_before(&self, item: &AgendaItem) -> Option<&Brief> {
        let part = [MaterialField::Kind, MaterialField::Window];
        let recorded = self.ledger.decision(&item.change)?;
        let same = recorded.decision.content == item.content && part.iter().all(|f| self.policy.material.contains(f));
        same.then_some(&recorded.decision.brief)
    }

    /// An emergency where somebody declared the change to be one.
    pub(super) fn declared_kind(&self, item: &AgendaItem) -> Option<ChangeKind> {
        self.ledger.emergencies.values().any(|one| *one.about() == item.change).then_some(ChangeKind::Emergency)
    }

    /// What an emergency owes as far as entries tell: of what may wait that which did not pass when the board decided, or
    /// which somebody said is done. `None` where an older policy says by when.
    fn owing_as_told(&self, one: &Emergency) -> Option<Vec<Owed>> {
        let rules = self.rules_of(one.policy)?;
        let brief = self.brief(one.about());
        let passed = |clause: &str| brief.is_none_or(|brief| brief.gates.iter().all(|gate| gate.clause != clause));
        let waiting = rules.waiting().filter(|&clause| passed(clause) && !one.met.contains_key(clause));
        let kept: BTreeSet<String> = waiting.map(str::to_owned).collect();
        Some(owed(one, self.ledger.emergencies.values(), rules, &kept))
    }

    /// What was owed by a date that had passed when the document was made.
    pub(super) fn overdue(&self, meeting: &Meeting) -> Vec<m::Overdue> {
        // A signature tells its time to the second, and whoever verifies knows no more.
        let now = DateTime::from_timestamp(self.made_at.timestamp(), 0).unwrap_or(self.made_at);
        let zone = Self::zone(meeting);
        let today = now.with_timezone(&zone).date_naive();
        let mut found: Vec<(NaiveDate, m::Overdue)> = Vec::new();
        for one in self.ledger.emergencies.values() {
            let late = self.owing_as_told(one).unwrap_or_default().into_iter().filter(|owed| owed.overdue(now));
            found.extend(late.map(|owed| self.late(&owed, &self.name(one.actor), zone)));
        }
        for one in self.ledger.obligations.values() {
            let owed = self.rules_of(one.policy).map(|rules| on_one_line(one.owed(rules)));
            found.extend(owed.filter(|owed| owed.overdue(now)).map(|owed| self.late(&owed, "", zone)));
        }
        // Whether after-care that follows from a sign-off is owed depends on the type of the release: its ticket says.
        let open = self.ledger.conditions.values().filter(|c| !c.void && c.met.is_none() && c.releases.is_empty());
        for state in open {
            let condition = &state.condition;
            // A day; what is none is open for good.
            let Ok(day) = condition.due.parse::<NaiveDate>() else { continue };
            if day < today {
                let due = self.words().due(&condition.due);
                let (text, owner) = (one_line(&condition.text), one_line(&condition.owner));
                found.push((day, m::Overdue { text, item: state.change.to_string(), owner, due }));
            }
        }
        for (_, action, told) in self.open_actions(meeting) {
            let Ok(day) = action.due.parse::<NaiveDate>() else { continue };
            if day < today {
                let m::Action { text, owner, due, item, .. } = told;
                found.push((day, m::Overdue { text, item: item.unwrap_or_else(|| "–".to_owned()), owner, due }));
            }
        }
        found.sort_by(|(a, one), (b, other)| (a, &one.item, &one.text).cmp(&(b, &other.item, &other.text)));
        found.into_iter().map(|(_, one)| one).collect()
    }

    fn late(&self, owed: &Owed, owner: &str, zone: Tz) -> (NaiveDate, m::Overdue) {
        let one = m::Overdue {
            text: format!("{} ({})", self.words().owed_what(owed), owed.clause),
            item: owed.change.to_string(),
            owner: owner.to_owned(),
            due: self.words().local(owed.due, zone),
        };
        (owed.due.with_timezone(&zone).date_naive(), one)
    }

    /// Emergencies and deployments against the gate whose dates an older policy says, and of which something is open.
    pub(super) fn untold(&self) -> u32 {
        let reviewed = |one: &Emergency| one.met.contains_key(domain::emergency::REVIEW);
        let emergencies = self.ledger.emergencies.values().filter(|one| !reviewed(one)).map(|one| one.policy);
        let glasses = self.ledger.obligations.values().filter(|one| one.met.is_none()).map(|one| one.policy);
        count(emergencies.chain(glasses).filter(|named| self.rules_of(*named).is_none()).count())
    }
}

/// When a waiver, an override or an exception was said in full.
fn said(one: &Dispensation) -> DateTime<Utc> {
    one.seconds.iter().map(|second| second.claimed).fold(one.claimed, Ord::max)
}

/// What whoever broke the glass owes is said in their words.
fn on_one_line(owed: Owed) -> Owed {
    Owed { what: one_line(&owed.what), ..owed }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
