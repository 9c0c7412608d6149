//! What the minutes say of answers that came late, and of those that are still owed (R64).
use chrono::{DateTime, Utc};
use domain::chain::{self, Ended};
use domain::entry::Verdict;
use domain::ids::ChangeKey;
use domain::ledger::Meeting;
use domain::meeting::DecisionKind;
use domain::roster::Role;
use domain::text::mark_invisible;
use minutes::model as m;

use super::compile::Source;

impl Source<'_> {
    /// When the meeting before closed. A circular is none: its minutes tell of itself alone.
    fn closed_before(&self, meeting: &Meeting) -> Option<DateTime<Utc>> {
        let held = self.ledger.meetings.values().filter(|m| m.circular.is_none());
        held.filter(|m| m.agenda.called < meeting.agenda.called).filter_map(|m| m.closed_at).max()
    }

    /// Answers that came late between the close of the meeting before and that of this one, and those that were owed still
    /// when it closed. What a department still owes follows from its ticket, and is told at the desk alone.
    pub(super) fn breaches_since(&self, meeting: &Meeting) -> Vec<String> {
        let since = self.closed_before(meeting);
        let until = meeting.closed_at.unwrap_or(self.made_at);
        // A policy is adopted with hours that lead somewhere.
        let Ok(hours) = self.policy.hours.working() else { return Vec::new() };
        let all = chain::breaches(self.ledger, (self.policy, self.roster), &hours, until).unwrap_or_default();
        let told = all.into_iter().filter(|breach| match breach.late.ended {
            Ended::Answered(at) | Ended::Over(at) => since.is_none_or(|since| at > since),
            Ended::Open => true,
        });
        told.map(|breach| self.words().breach(&breach, hours.zone, &|id| self.name(id))).collect()
    }

    /// What authorities signed off between the close of the meeting before and that of this one without a decision of the board,
    /// where the policy's chain delegates decisions (R61); and what is owed after its deployment then (R85).
    pub(super) fn delegated_since(&self, meeting: &Meeting) -> Vec<String> {
        if !self.policy.chain_binds {
            return Vec::new();
        }
        let since = self.closed_before(meeting);
        let until = meeting.closed_at.unwrap_or(self.made_at);
        let zone = Self::zone(meeting);
        let mut lines = Vec::new();
        for (change, signed) in &self.ledger.sign_offs {
            let all = self.ledger.decisions.get(change).into_iter().flatten();
            let mut decided = all.filter(|d| d.at <= until && d.decision.kind != DecisionKind::NoDecision);
            if decided.next().is_some() {
                continue;
            }
            let before = lines.len();
            let authority = signed.iter().filter(|s| matches!(s.role, Some(Role::Cto | Role::TechnicalLead)));
            for s in authority.filter(|s| s.withdrawn.is_none() && s.body.verdict == Verdict::Approve) {
                if since.is_none_or(|since| s.claimed > since) && s.claimed <= until {
                    let at = self.words().local(s.claimed, zone);
                    lines.push(self.words().delegated(change, &self.name(s.actor), &at, s.body.risk.level));
                }
            }
            if lines.len() > before {
                lines.extend(self.owed_after(change));
            }
        }
        lines
    }

    /// After-care of a change that was signed off without the board. Which type of release it is its ticket says, and no entry.
    fn owed_after(&self, change: &ChangeKey) -> Vec<String> {
        let all = self.ledger.conditions.values();
        let owed = all.filter(|c| c.change == *change && !c.void && !c.releases.is_empty());
        owed.map(|c| self.words().after_care(change, c)).collect()
    }

    /// The RACI matrix of the policy, each role with who has it by the roster (R59).
    pub(super) fn raci(&self) -> Vec<m::Raci> {
        let words = self.words();
        let of_type = |release: chain::ReleaseType| {
            let lines = chain::raci_of(&self.policy.raci, release, self.roster);
            lines.into_iter().map(move |line| m::Raci {
                release: words.release(release).to_owned(),
                letter: words.letter(line.letter).to_owned(),
                role: words.role(line.role).to_owned(),
                people: line.people.iter().map(|name| mark_invisible(name)).collect(),
            })
        };
        chain::ReleaseType::ALL.into_iter().flat_map(of_type).collect()
    }
}
