//! The state that follows from the record: entries folded in their causal order.
//!
//! Everything here can be thrown away and folded again (`cab rebuild`); the digest of the rows is
//! the same each time. Only *verified* entries are folded.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::attested::{Attested, Question};
use crate::delegation::Delegation;
use crate::dispensation::{Dispensation, Grant};
use crate::disposal::Disposal;
use crate::emergency::{Emergency, Rollback};
use crate::entry::{ActRef, Attestation, Body, Edition, Predicate};
use crate::ids::{ChangeKey, ConditionId, Digest, EntryId, MeetingId, MemberId};
use crate::meeting::DecisionKind;
use crate::plan::{PlanApproval, PlanReview};
use crate::policy::Policy;
use crate::risk::AnsweredAssessment;
use crate::roster::{Role, Roster};
use crate::ruling::Ruling;
use crate::sign_off::{Authority, Present, SignOff, Standing, authority_holds};
use crate::standing::{Obligation, StandingApproval};

mod answers;
mod ballots;
mod circulars;
mod corrections;
mod countersigned;
mod decisions;
mod delegated;
mod dispensations;
mod disposals;
mod emergencies;
mod meeting;
mod moved;
mod places;
mod plans;
mod rescheduled;
mod rulings;
mod running;
mod spoken;
mod standing;
mod touched;

pub use corrections::follows;
pub use countersigned::Countersigned;
pub use decisions::ConditionState;
pub use delegated::AfterCare;
pub use dispensations::{TakenBack, exceptions, waivers};
pub use meeting::{Action, Annex, CastVote, Consent, Meeting, Note, RecordedDecision, Sealed};
use places::Places;
pub use running::Running;
pub use spoken::{Answer, Spoken};
pub use touched::Touched;

/// A verified entry, ready to be folded.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a> {
    /// Its id.
    pub id: EntryId,
    /// Digest of its (first) subject.
    pub subject: Digest,
    /// What it says.
    pub predicate: &'a Predicate,
    /// What was in force where it was written; `None`: numbers that follow from it are believed.
    pub rules: Option<Rules<'a>>,
}

/// The roster and policy that an entry names.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Who sat on the board.
    pub roster: &'a Roster,
    /// What was enough.
    pub policy: &'a Policy,
}

/// A submitted assessment or review with its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted<T> {
    /// Its entry.
    pub entry: EntryId,
    /// Who.
    pub actor: MemberId,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// What.
    pub what: T,
    /// Came after a decision that approves and was made without it: kept, and not counted.
    pub late: bool,
}

/// A decision that stands on its ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenBack {
    /// The entry that says so.
    pub entry: EntryId,
    /// The marker on the ticket.
    pub marker: String,
    /// The remote's own time of the write.
    pub remote_time: String,
}

/// An approval as it was handed out for the pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// The entry that says so.
    pub entry: EntryId,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// Digest of the material content then.
    pub content: Digest,
    /// What may be deployed.
    pub artifacts: Vec<String>,
    /// Where to.
    pub environment: String,
    /// When.
    pub window: Option<crate::change::Window>,
    /// Until when it may be used without a newer export.
    pub fresh_until: DateTime<Utc>,
}

/// Everything the record says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Meetings.
    pub meetings: BTreeMap<MeetingId, Meeting>,
    /// Submitted assessments, oldest first.
    pub assessments: BTreeMap<ChangeKey, Vec<Submitted<AnsweredAssessment>>>,
    /// Submitted plan reviews, oldest first.
    pub plan_reviews: BTreeMap<ChangeKey, Vec<Submitted<PlanReview>>>,
    /// Approvals of plans, oldest first.
    pub plan_approvals: BTreeMap<ChangeKey, Vec<PlanApproval>>,
    /// Sign-offs, oldest first.
    pub sign_offs: BTreeMap<ChangeKey, Vec<SignOff>>,
    /// Rulings that an edit is immaterial, oldest first; what is in force [`Ledger::ruled`] says.
    pub rulings: BTreeMap<ChangeKey, Vec<Ruling>>,
    /// Waivers, overrides and exceptions, oldest first; what is in force [`Ledger::dispensing`] says.
    pub dispensations: BTreeMap<ChangeKey, Vec<Dispensation>>,
    /// What was taken back, by the entries that say so.
    pub taken_back: BTreeMap<EntryId, TakenBack>,
    /// Decisions, oldest first; the last is in force.
    pub decisions: BTreeMap<ChangeKey, Vec<RecordedDecision>>,
    /// Conditions.
    pub conditions: BTreeMap<ConditionId, ConditionState>,
    /// Write-backs, oldest first.
    pub written_back: BTreeMap<ChangeKey, Vec<WrittenBack>>,
    /// Approvals handed out, oldest first.
    pub exports: BTreeMap<ChangeKey, Vec<Export>>,
    /// Seats that members delegated.
    pub delegations: BTreeMap<EntryId, Delegation>,
    /// Acts that were recorded in members' names, each with the member named, and what they say of it.
    pub spoken: BTreeMap<(ActRef, MemberId), Spoken>,
    /// Standing approvals by their entries.
    pub standing_approvals: BTreeMap<EntryId, StandingApproval>,
    /// Obligations by the entries that opened them.
    pub obligations: BTreeMap<EntryId, Obligation>,
    /// Attested answers of each change: the newest to each question.
    pub attested: BTreeMap<ChangeKey, BTreeMap<Question, Attested>>,
    /// Bytes that were disposed of, by the digest under which they were kept; the first word on each.
    pub disposals: BTreeMap<Digest, Disposal>,
    /// Windows that were moved, oldest first, and why.
    pub rescheduled: BTreeMap<ChangeKey, Vec<crate::rescheduling::Rescheduling>>,
    /// Emergencies by their declarations.
    pub emergencies: BTreeMap<EntryId, Emergency>,
    /// Deployments that were taken back, by the entries that tell of them.
    pub rollbacks: BTreeMap<EntryId, Rollback>,
    /// Entries that need a newer Cabinet: the state is incomplete.
    pub unknown: BTreeSet<EntryId>,
    /// Where the entries stand that may be too late for another, or have others too late for them.
    places: Places,
}

impl Ledger {
    /// Notes an entry whose kind or version this program does not know.
    pub fn note_unknown(&mut self, id: EntryId) -> Vec<Touched> {
        self.unknown.insert(id);
        vec![Touched::Unknown(id)]
    }

    /// Folds one verified entry; entries come in causal order. Returns what it touched.
    /// An act that does not fit the state (a vote on an item the agenda does not have) changes
    /// nothing: it stays in the record and has no effect.
    pub fn apply(&mut self, entry: Verified<'_>) -> Vec<Touched> {
        let predicate = entry.predicate;
        let meeting_id = predicate.meeting.as_ref().map(|m| m.id);
        if has_a_place(&predicate.body) {
            self.places.note(entry.id, &predicate.log);
        }
        match &predicate.body {
            Body::Roster { .. } | Body::Policy { .. } => Vec::new(),
            Body::Assessment { change, assessment } => {
                let submitted = submitted(entry, assessment.clone());
                self.assessments.entry(change.clone()).or_default().push(submitted);
                self.mark_late(change);
                vec![Touched::Assessments(change.clone())]
            }
            Body::PlanReview { change, review } => {
                self.plan_reviews.entry(change.clone()).or_default().push(submitted(entry, review.clone()));
                self.mark_late(change);
                vec![Touched::PlanReviews(change.clone())]
            }
            Body::AgendaFrozen { agenda } => self.freeze(entry, agenda),
            Body::CircularOpened(body) => self.open_circular(entry, body),
            Body::Running { acts } => match meeting_id {
                Some(id) if self.is_circular(id) => self.run_in_writing(entry, id, acts),
                Some(id) => self.run(entry, id, acts),
                None => Vec::new(),
            },
            Body::Vote { item, position } => self.cast_own(entry, meeting_id, (*item, *position)),
            Body::SignOff(body) => {
                self.sign_offs.entry(body.change.clone()).or_default().push(SignOff {
                    entry: entry.id,
                    actor: predicate.actor,
                    role: predicate.role,
                    attestation: predicate.attestation,
                    manifest: entry.subject,
                    meaning: predicate.meaning.clone(),
                    claimed: predicate.time.claimed,
                    body: body.clone(),
                    withdrawn: None,
                    recorder: (predicate.attestation < Attestation::Confirmed).then_some(predicate.recorder),
                    answer: None,
                    late: false,
                    scope: scope_of(entry),
                    account: account_of(entry, &body.change),
                    care: AfterCare::of(entry, body),
                });
                self.mark_late(&body.change);
                let mut touched = vec![Touched::SignOffs(body.change.clone())];
                touched.extend(self.owe_after_care(&body.change));
                touched
            }
            Body::Withdrawal { entry: target, reason } => {
                let touched = self.withdraw(*target, predicate.actor, entry.id);
                self.note_taken_back(entry, reason, &touched);
                touched
            }
            Body::Witness { entries } => self.witness(predicate.actor, entries, meeting_id),
            Body::Delegation { to, from, until, meeting, reason } => {
                let delegation = Delegation {
                    entry: entry.id,
                    seat: predicate.actor,
                    to: *to,
                    from: *from,
                    until: *until,
                    meeting: *meeting,
                    reason: reason.clone(),
                    withdrawn: None,
                };
                self.delegations.insert(entry.id, delegation);
                vec![Touched::Delegation(entry.id)]
            }
            Body::ConditionMet { condition, note } => match self.conditions.get_mut(condition) {
                Some(state) if state.can_be_met(note) => {
                    state.met = Some((entry.id, note.clone()));
                    vec![Touched::Condition(*condition)]
                }
                Some(_) | None => Vec::new(),
            },
            Body::MeetingClosed { heads } => match meeting_id.and_then(|id| self.meetings.get_mut(&id)) {
                Some(meeting) if meeting.closed.is_none() && meeting.kept_by(predicate.actor) => {
                    meeting.closed = Some(entry.id);
                    meeting.closed_by = Some(predicate.recorder);
                    meeting.closed_at = Some(predicate.time.claimed);
                    meeting.heads.clone_from(heads);
                    // Of a circular the decision says what counted.
                    if meeting.circular.is_none() {
                        meeting.recount(&self.places);
                    }
                    vec![Touched::Meeting(meeting.agenda.meeting)]
                }
                Some(_) | None => Vec::new(),
            },
            Body::MinutesSealed { pdf, checkpoint, edition, after } => {
                let sealed = sealed(entry, *pdf);
                self.seal(*checkpoint, meeting_id, |m| match (edition, after) {
                    (None, Some(after)) => m.countersigned.push(Countersigned { after: *after, sealed }),
                    (None, None) => m.minutes.push(sealed),
                    (Some(Edition::Circulated), _) => m.circulated.push(sealed),
                })
            }
            Body::AnnexSealed { minutes, pdf, answers, checkpoint } => {
                let annex = Annex { minutes: *minutes, answers: answers.clone(), sealed: sealed(entry, *pdf) };
                let known = |m: &Meeting| m.sealed_files().any(|sealed| sealed.pdf == *minutes);
                self.seal(*checkpoint, meeting_id, |m| {
                    // An annex to minutes that nobody sealed is an annex to nothing.
                    if known(m) {
                        m.annexes.push(annex);
                    }
                })
            }
            Body::ExtractsSealed { extracts, checkpoint } => self.seal(*checkpoint, meeting_id, |m| {
                for (change, pdf) in extracts {
                    m.extracts.insert(change.clone(), sealed(entry, *pdf));
                }
            }),
            Body::WrittenBack { change, marker, remote_time } => {
                self.written_back.entry(change.clone()).or_default().push(WrittenBack {
                    entry: entry.id,
                    marker: marker.clone(),
                    remote_time: remote_time.clone(),
                });
                vec![Touched::WrittenBack(change.clone())]
            }
            Body::Affirmation { confirmed, contested, seats } => self.affirm(entry, confirmed, contested, seats),
            // Which entries count was settled before they were folded; a recovered log has no state of its own.
            Body::ForkSettled { .. } | Body::Recovered { .. } => Vec::new(),
            Body::PlanApproved(body) => self.approve_plan(entry, body),
            Body::Disposed(body) => self.dispose(entry, body),
            Body::Attested(body) => self.attest(entry, body),
            Body::Rescheduled(body) => self.reschedule(entry, body),
            Body::RuledImmaterial(body) => self.rule(entry, body),
            Body::Waived(body) => self.dispense(entry, Grant::Waiver(body.clone())),
            Body::Overridden(body) => self.dispense(entry, Grant::Override(body.clone())),
            Body::Excepted(body) => self.dispense(entry, Grant::Exception(body.clone())),
            Body::Seconded(body) => self.second(entry, body),
            Body::ApprovalExported { change, content, artifacts, environment, window, fresh_until } => {
                self.exports.entry(change.clone()).or_default().push(Export {
                    entry: entry.id,
                    claimed: predicate.time.claimed,
                    content: *content,
                    artifacts: artifacts.clone(),
                    environment: environment.clone(),
                    window: window.clone(),
                    fresh_until: *fresh_until,
                });
                vec![Touched::Exports(change.clone())]
            }
            Body::StandingApproved(body) => self.stand(entry, body),
            Body::StandingUsed(body) => self.use_standing(entry, body),
            Body::StandingSuspended { standing, reason } => self.suspend(entry, *standing, reason),
            Body::ObligationOpened(body) => self.owe(entry, body),
            Body::ObligationMet { obligation, note } => self.meet(entry, *obligation, note),
            Body::EmergencyDeclared(body) => self.declare(entry, body),
            Body::EmergencyBound { change, declaration } => self.bind(entry, *declaration, change),
            Body::EmergencyMet { declaration, note, owed, proposal } => {
                self.meet_owed(entry, *declaration, (owed, note), proposal.as_ref())
            }
            Body::RolledBack { at, change, incident } => self.roll_back(entry, change, (incident, *at)),
            Body::Revalidated { note, rollback, root_cause } => self.revalidate(entry, *rollback, (root_cause, note)),
            Body::Correction(body) => self.ask_correction(entry, meeting_id, body),
            Body::CorrectionAnswered(body) => self.answer_correction(entry, meeting_id, body),
            Body::MinutesApproved(body) => self.approve_minutes(entry, meeting_id, body),
            Body::Erratum(body) => self.state_erratum(entry, meeting_id, body),
            Body::ErratumSealed(body) => self.seal_erratum(entry, meeting_id, body),
        }
    }

    /// Voting members for whom this one may sit in a meeting at this time, by their own delegation.
    #[must_use]
    pub fn delegated_to(&self, to: MemberId, meeting: MeetingId, at: DateTime<Utc>) -> BTreeSet<MemberId> {
        self.delegations.values().filter(|d| d.covers(d.seat, to, meeting, at)).map(|d| d.seat).collect()
    }

    fn withdraw(&mut self, target: EntryId, actor: MemberId, by: EntryId) -> Vec<Touched> {
        if let Some(delegation) = self.delegations.get_mut(&target) {
            if delegation.seat != actor || delegation.withdrawn.is_some() {
                return Vec::new();
            }
            delegation.withdrawn = Some(by);
            return vec![Touched::Delegation(target)];
        }
        // Only the original actor may take back (`record.md`, *Log*).
        let own = |s: &&mut SignOff| s.entry == target && s.actor == actor && s.withdrawn.is_none();
        if let Some(sign_off) = self.sign_offs.values_mut().flatten().find(own) {
            sign_off.withdrawn = Some(by);
            let change = sign_off.body.change.clone();
            let mut touched = vec![Touched::SignOffs(change.clone())];
            touched.extend(self.owe_after_care(&change));
            return touched;
        }
        let ruling = self.withdraw_ruling(target, actor, by);
        let dispensed = ruling.or_else(|| self.withdraw_dispensation(target, actor, by));
        dispensed.or_else(|| self.withdraw_plan_approval(target, actor, by)).into_iter().collect()
    }

    /// Where a change stands, given what it says now ([`Ledger::present`]) and the least attestation an authority's
    /// sign-off needs (R30, R31). What the board decided is the chair's word.
    #[must_use]
    pub fn standing(&self, roster: &Roster, change: &ChangeKey, now: &Present, least: Attestation) -> Standing {
        let Some(recorded) = self.decision(change) else { return self.delegated(roster, change, now, least) };
        match recorded.decision.kind {
            DecisionKind::Rejected => Standing::Rejected,
            DecisionKind::Deferred => Standing::Deferred,
            DecisionKind::MoreInformation => Standing::MoreInformation,
            DecisionKind::Withdrawn => Standing::Withdrawn,
            DecisionKind::NoDecision => self.delegated(roster, change, now, least),
            DecisionKind::Approved | DecisionKind::ApprovedWithConditions => {
                let sign_offs = self.sign_offs.get(change).map_or(&[][..], Vec::as_slice);
                let decided = now.speaks(recorded.decision.content, Some(Role::Chair));
                match authority_holds(roster, sign_offs, least, now) {
                    Authority::Rejected => Standing::Rejected,
                    Authority::Stale => Standing::Stale,
                    Authority::Missing if !decided => Standing::Stale,
                    Authority::Missing => Standing::AwaitingSignOff,
                    Authority::Holds if !decided => Standing::Stale,
                    Authority::Holds if self.open_before(change).is_empty() => Standing::Approved,
                    Authority::Holds => Standing::AwaitingConditions,
                }
            }
        }
    }

    /// The row of the projection for what was touched, as JSON; `None` when there is none.
    #[must_use]
    pub fn row(&self, touched: &Touched) -> Option<serde_json::Value> {
        let value = match touched {
            Touched::Meeting(id) => serde_json::to_value(self.meetings.get(id)?),
            Touched::Assessments(key) => serde_json::to_value(self.assessments.get(key)?),
            Touched::PlanReviews(key) => serde_json::to_value(self.plan_reviews.get(key)?),
            Touched::PlanApprovals(key) => serde_json::to_value(self.plan_approvals.get(key)?),
            Touched::SignOffs(key) => serde_json::to_value(self.sign_offs.get(key)?),
            Touched::Rulings(key) => serde_json::to_value(self.rulings.get(key)?),
            Touched::Dispensations(key) => serde_json::to_value(self.dispensations.get(key)?),
            Touched::Decisions(key) => serde_json::to_value(self.decisions.get(key)?),
            Touched::Condition(id) => serde_json::to_value(self.conditions.get(id)?),
            Touched::WrittenBack(key) => serde_json::to_value(self.written_back.get(key)?),
            Touched::Exports(key) => serde_json::to_value(self.exports.get(key)?),
            Touched::Delegation(id) => serde_json::to_value(self.delegations.get(id)?),
            Touched::Spoken(act, member) => serde_json::to_value(self.spoken.get(&(*act, *member))?),
            Touched::Standing(id) => serde_json::to_value(self.standing_approvals.get(id)?),
            Touched::Obligation(id) => serde_json::to_value(self.obligations.get(id)?),
            Touched::Attested(key) => serde_json::to_value(self.attested.get(key)?),
            Touched::Emergency(id) => serde_json::to_value(self.emergencies.get(id)?),
            Touched::Rollback(id) => serde_json::to_value(self.rollbacks.get(id)?),
            Touched::Unknown(id) => serde_json::to_value(self.unknown.get(id)?),
        };
        value.ok()
    }

    /// Everything there is a row for, in the order of the dump.
    #[must_use]
    pub fn all(&self) -> Vec<Touched> {
        let mut all: Vec<Touched> = Vec::new();
        all.extend(self.meetings.keys().map(|k| Touched::Meeting(*k)));
        all.extend(self.assessments.keys().cloned().map(Touched::Assessments));
        all.extend(self.plan_reviews.keys().cloned().map(Touched::PlanReviews));
        all.extend(self.plan_approvals.keys().cloned().map(Touched::PlanApprovals));
        all.extend(self.sign_offs.keys().cloned().map(Touched::SignOffs));
        all.extend(self.rulings.keys().cloned().map(Touched::Rulings));
        all.extend(self.dispensations.keys().cloned().map(Touched::Dispensations));
        all.extend(self.decisions.keys().cloned().map(Touched::Decisions));
        all.extend(self.conditions.keys().map(|k| Touched::Condition(*k)));
        all.extend(self.written_back.keys().cloned().map(Touched::WrittenBack));
        all.extend(self.exports.keys().cloned().map(Touched::Exports));
        all.extend(self.delegations.keys().copied().map(Touched::Delegation));
        all.extend(self.spoken.keys().map(|(act, member)| Touched::Spoken(*act, *member)));
        all.extend(self.standing_approvals.keys().copied().map(Touched::Standing));
        all.extend(self.obligations.keys().copied().map(Touched::Obligation));
        all.extend(self.attested.keys().cloned().map(Touched::Attested));
        all.extend(self.emergencies.keys().copied().map(Touched::Emergency));
        all.extend(self.rollbacks.keys().copied().map(Touched::Rollback));
        all.extend(self.unknown.iter().map(|k| Touched::Unknown(*k)));
        all
    }
}

/// Whether it matters what its recorder had: it counts for a decision, or it is one.
fn has_a_place(body: &Body) -> bool {
    match body {
        Body::Assessment { .. }
        | Body::PlanReview { .. }
        | Body::CircularOpened(_)
        | Body::Running { .. }
        | Body::Vote { .. }
        | Body::SignOff(_)
        | Body::MeetingClosed { .. }
        | Body::Correction(_)
        | Body::MinutesApproved(_) => true,
        Body::Roster { .. }
        | Body::Policy { .. }
        | Body::AgendaFrozen { .. }
        | Body::Withdrawal { .. }
        | Body::Witness { .. }
        | Body::ConditionMet { .. }
        | Body::MinutesSealed { .. }
        | Body::ExtractsSealed { .. }
        | Body::WrittenBack { .. }
        | Body::Affirmation { .. }
        | Body::ForkSettled { .. }
        | Body::Recovered { .. }
        | Body::Delegation { .. }
        | Body::AnnexSealed { .. }
        | Body::RuledImmaterial(_)
        | Body::ApprovalExported { .. }
        | Body::StandingApproved(_)
        | Body::StandingUsed(_)
        | Body::StandingSuspended { .. }
        | Body::ObligationOpened(_)
        | Body::ObligationMet { .. }
        | Body::Attested(_)
        | Body::Waived(_)
        | Body::Overridden(_)
        | Body::Excepted(_)
        | Body::Seconded(_)
        | Body::PlanApproved(_)
        | Body::Disposed(_)
        | Body::Rescheduled(_)
        | Body::EmergencyDeclared(_)
        | Body::EmergencyBound { .. }
        | Body::EmergencyMet { .. }
        | Body::RolledBack { .. }
        | Body::Revalidated { .. }
        | Body::CorrectionAnswered(_)
        | Body::Erratum(_)
        | Body::ErratumSealed(_) => false,
    }
}

/// The projects of a lead by the roster that the sign-off names; empty for every other role.
fn scope_of(entry: Verified<'_>) -> Vec<String> {
    let lead = entry.predicate.role == Some(Role::TechnicalLead);
    let member = entry.rules.filter(|_| lead).and_then(|rules| rules.roster.member(entry.predicate.actor));
    member.map(|member| member.scope.clone()).unwrap_or_default()
}

/// The account of a lead in the change's ticketing system, by the roster that the sign-off names; `None` for every other role.
fn account_of(entry: Verified<'_>, change: &ChangeKey) -> Option<String> {
    let lead = entry.predicate.role == Some(Role::TechnicalLead);
    let member = entry.rules.filter(|_| lead).and_then(|rules| rules.roster.member(entry.predicate.actor));
    member.and_then(|member| member.accounts.get(change.prefix()).cloned())
}

fn submitted<T>(entry: Verified<'_>, what: T) -> Submitted<T> {
    let predicate = entry.predicate;
    Submitted { entry: entry.id, actor: predicate.actor, claimed: predicate.time.claimed, what, late: false }
}

fn sealed(entry: Verified<'_>, pdf: Digest) -> Sealed {
    Sealed { entry: entry.id, pdf, claimed: entry.predicate.time.claimed, actor: entry.predicate.actor }
}

#[cfg(test)]
mod tests;
