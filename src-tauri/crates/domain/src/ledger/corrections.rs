//! Corrections of minutes, what is answered, by what the minutes are approved, and errata once they are sealed. None of it
//! touches a decision.
use super::meeting::Meeting;
use super::{Ledger, Touched, Verified, sealed};
use crate::correction::{
    Correction, CorrectionAnswer, CorrectionAnswerBody, CorrectionBody, Erratum, ErratumBody, ErratumSealedBody,
    MinutesApproval, MinutesApprovalBody, SealedErratum, deadline,
};
use crate::ids::MeetingId;
use crate::policy::MinutesApprovalRule;

impl Ledger {
    /// Keeps what is asked of minutes that are neither approved nor sealed, about an item that the meeting had; where the
    /// policy sets a deadline, until then by the clock of whoever asks.
    pub(super) fn ask_correction(
        &mut self,
        entry: Verified<'_>,
        id: Option<MeetingId>,
        body: &CorrectionBody,
    ) -> Vec<Touched> {
        let claimed = entry.predicate.time.claimed;
        let Some(meeting) = id.and_then(|id| self.meetings.get_mut(&id)) else { return Vec::new() };
        let known = body.item.is_none_or(|item| meeting.has_item(item));
        let until = entry.rules.and_then(|rules| deadline(&rules.policy.minutes, meeting.closed_at?));
        let in_time = until.is_none_or(|until| claimed <= until);
        let open = meeting.closed.is_some() && meeting.approved.is_none() && meeting.minutes.is_empty();
        if !(known && in_time && open) {
            return Vec::new();
        }
        let (actor, body) = (entry.predicate.actor, body.clone());
        meeting.corrections.push(Correction { entry: entry.id, actor, claimed, body, answer: None });
        vec![Touched::Meeting(meeting.agenda.meeting)]
    }

    /// Keeps the first answer of the chair or the secretary.
    pub(super) fn answer_correction(
        &mut self,
        entry: Verified<'_>,
        id: Option<MeetingId>,
        body: &CorrectionAnswerBody,
    ) -> Vec<Touched> {
        let actor = entry.predicate.actor;
        let Some(meeting) = id.and_then(|id| self.meetings.get_mut(&id)) else { return Vec::new() };
        if !meeting.kept_by(actor) || meeting.approved.is_some() || !meeting.minutes.is_empty() {
            return Vec::new();
        }
        let asked = meeting.corrections.iter_mut().find(|asked| asked.entry == body.correction);
        let Some(asked) = asked.filter(|asked| asked.answer.is_none()) else { return Vec::new() };
        asked.answer = Some(CorrectionAnswer {
            entry: entry.id,
            actor,
            claimed: entry.predicate.time.claimed,
            taken: body.taken.then(|| body.wording.clone()),
            reason: body.reason.clone(),
        });
        vec![Touched::Meeting(meeting.agenda.meeting)]
    }

    /// Keeps the first approval by the rule of the policy that its entry names: of whoever keeps the meeting's record, or
    /// that of the meeting which approves; and of nobody who had a correction that was still open. One that reached them
    /// later takes nothing back.
    pub(super) fn approve_minutes(
        &mut self,
        entry: Verified<'_>,
        id: Option<MeetingId>,
        body: &MinutesApprovalBody,
    ) -> Vec<Touched> {
        let Some(meeting) = id.and_then(|id| self.meetings.get(&id)) else { return Vec::new() };
        let (actor, claimed) = (entry.predicate.actor, entry.predicate.time.claimed);
        let open = |asked: &Correction| asked.answer.is_none() && self.places.had(entry.id, asked.entry);
        let fits = meeting.closed == Some(body.checkpoint)
            && meeting.approved.is_none()
            && meeting.minutes.is_empty()
            && !meeting.corrections.iter().any(open);
        let rules = entry.rules.map(|rules| &rules.policy.minutes);
        let by = |rule: MinutesApprovalRule| rules.is_none_or(|rules| rules.approval == rule);
        let approves = if let Some(until) = body.deadline {
            // Its own words, where no policy is at hand.
            let asked = rules.map_or(Some(until), |rules| deadline(rules, meeting.closed_at?));
            by(MinutesApprovalRule::Deadline) && asked == Some(until) && claimed >= until && meeting.kept_by(actor)
        } else {
            let later = body.meeting.and_then(|id| self.meetings.get(&id)).filter(|later| follows(later, meeting));
            let kept = |later: &Meeting| later.kept_by(actor) || meeting.kept_by(actor);
            by(MinutesApprovalRule::NextMeeting) && later.is_some_and(kept)
        };
        if !(fits && approves) {
            return Vec::new();
        }
        let (id, body) = (meeting.agenda.meeting, body.clone());
        let Some(meeting) = self.meetings.get_mut(&id) else { return Vec::new() };
        meeting.approved = Some(MinutesApproval { entry: entry.id, actor, claimed, body });
        vec![Touched::Meeting(id)]
    }

    /// Keeps what the chair of the meeting says is wrong in its sealed minutes.
    pub(super) fn state_erratum(
        &mut self,
        entry: Verified<'_>,
        id: Option<MeetingId>,
        body: &ErratumBody,
    ) -> Vec<Touched> {
        let (actor, claimed) = (entry.predicate.actor, entry.predicate.time.claimed);
        let Some(meeting) = id.and_then(|id| self.meetings.get_mut(&id)) else { return Vec::new() };
        let named = meeting.minutes.iter().any(|sealed| sealed.pdf == body.minutes);
        if !named || actor != meeting.agenda.chair {
            return Vec::new();
        }
        meeting.errata.push(Erratum { entry: entry.id, actor, claimed, body: body.clone() });
        vec![Touched::Meeting(meeting.agenda.meeting)]
    }

    /// Keeps a sealed document that tells of errata to minutes which are sealed.
    pub(super) fn seal_erratum(
        &mut self,
        entry: Verified<'_>,
        id: Option<MeetingId>,
        body: &ErratumSealedBody,
    ) -> Vec<Touched> {
        let (errata, sealed) = (body.errata.clone(), sealed(entry, body.pdf));
        let told = SealedErratum { minutes: body.minutes, errata, sealed };
        self.seal(body.checkpoint, id, |meeting| {
            if meeting.minutes.iter().any(|sealed| sealed.pdf == told.minutes) {
                meeting.errata_sealed.push(told);
            }
        })
    }
}

/// Whether a meeting, none in writing, was called after another.
#[must_use]
pub fn follows(later: &Meeting, earlier: &Meeting) -> bool {
    later.circular.is_none() && later.agenda.called > earlier.agenda.called
}

impl Meeting {
    /// Corrections that nobody has answered.
    pub fn open_corrections(&self) -> impl Iterator<Item = &Correction> {
        self.corrections.iter().filter(|asked| asked.answer.is_none())
    }

    /// What the chair said is wrong in the newest sealed minutes, and no sealed document tells yet.
    #[must_use]
    pub fn untold_errata(&self) -> Vec<&Erratum> {
        let minutes = self.minutes.last().map(|sealed| sealed.pdf);
        let told = |erratum: &Erratum| self.errata_sealed.iter().any(|sealed| sealed.errata.contains(&erratum.entry));
        self.errata.iter().filter(|e| Some(e.body.minutes) == minutes && !told(e)).collect()
    }
}
