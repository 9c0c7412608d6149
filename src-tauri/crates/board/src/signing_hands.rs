//! What binds a person besides changes and minutes: an admission, a proposed roster, what was said in one's name, an
//! older copy, a word on two histories, keys that are taken away, a seat that is delegated, what a pipeline may repeat, what
//! another wrote, what is said of minutes or sealed beside them, a policy, what two people set aside, a plan. Prepared from
//! the board's own state when the signing window is asked for, and performed there with the PIN itself, session or not
//! (`record.md`, *Two keys*).
use chrono::{DateTime, Utc};
use domain::ids::{Digest, MemberId};
use domain::roster::{KeyStatus, Member, RevocationReason, Role};
use vault::SecretString;

use crate::admission::{
    AdmitRequest, RevokeRequest, SignRosterRequest, admission, adoption, not_after, revocation, waiting_enrolments,
};
use crate::cabinet::{Cabinet, OpenBoard, seat_words, stored};
use crate::circulars::{RecuseCircularRequest, VoteCircularRequest};
use crate::delegation::{self, DelegateRequest, EndDelegationRequest, Wanted};
use crate::dispensations::TakeBackRequest;
use crate::error::{Answer, BoardError};
use crate::forks::{SettleForkRequest, plan};
use crate::members::invited_seat;
use crate::minutes::{CountersignRequest, SealAnnexRequest};
use crate::plan_approval::ApprovePlanRequest;
use crate::policies::AdoptPolicyRequest;
use crate::record_view::{changes, proposal_in};
use crate::recovery::{RecoverRequest, told};
use crate::spoken::{AffirmRequest, Answers};
use crate::standing::StandRequest;
use crate::state::BoardState;
use crate::views::{ContestedAct, Fact, SigningSubject};
use crate::written::{RecordWrittenRequest, WordsIn, mail_from};

/// What is shown, who may sign it, and what it was made from.
pub(crate) struct Prepared {
    pub subject: SigningSubject,
    pub title: String,
    /// The sentence that is signed.
    pub meaning: String,
    pub facts: Vec<Fact>,
    pub digest: Digest,
    pub manifest: Vec<Fact>,
    pub signers: Vec<MemberId>,
}

fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: value.into() }
}

/// The role in which somebody signs for the board.
pub(crate) fn standing(member: &Member) -> Role {
    let root = member.roles.iter().copied().find(|role| role.may_hold_root());
    root.or_else(|| member.roles.first().copied()).unwrap_or(Role::BoardMember)
}

impl Cabinet {
    /// Makes the statement of such an act; `None` for a change, a queue or minutes, which have their own.
    pub(crate) async fn prepare(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
    ) -> Answer<Option<Prepared>> {
        Ok(match subject {
            SigningSubject::Change { .. }
            | SigningSubject::Reaffirm { .. }
            | SigningSubject::Queue { .. }
            | SigningSubject::Minutes { .. } => None,
            SigningSubject::Countersign { meeting } => {
                Some(self.prepare_countersign(board, state, subject, meeting).await?)
            }
            SigningSubject::Immaterial { change, reason } => {
                Some(self.prepare_ruling(board, state, subject, (change, reason)).await?)
            }
            SigningSubject::Admission { enrolment, checked, hold_root } => {
                Some(prepare_admission(board, state, subject, enrolment, checked, *hold_root).await?)
            }
            SigningSubject::RosterProposal => Some(prepare_proposal(board, state, subject).await?),
            SigningSubject::SpokenActs { confirmed, contested } => {
                let me = self.me(board, state).await?;
                let me = me.ok_or_else(|| BoardError::not_found("member", "at this device"))?;
                Some(self.prepare_spoken(state, subject, &me, confirmed, contested).await?)
            }
            SigningSubject::Recovery { reason } => Some(prepare_recovery(board, state, subject, reason).await?),
            SigningSubject::Fork { stands, reason } => Some(prepare_fork(board, state, subject, stands, reason).await?),
            SigningSubject::Revocation { member, reason, from } => {
                Some(prepare_revocation(state, subject, member, *reason, not_after(self.now(), since(from)?)?)?)
            }
            SigningSubject::Delegation { member, to, meeting, from, until, reason } => {
                let (meeting, from) = (unless_blank(meeting), unless_blank(from));
                let wanted = Wanted { member, to, meeting, from, until, reason };
                Some(delegation::prepare(board, state, wanted, self.now()).await?)
            }
            SigningSubject::EndDelegation { delegation, reason } => {
                Some(delegation::prepare_end(board, state, subject, (delegation, reason)).await?)
            }
            SigningSubject::Standing { change, service, pipeline, uses, expires } => {
                let (uses, expires) = (*uses, crate::standing::expiry(expires)?);
                let wanted = crate::standing::Wanted { change, service, pipeline, uses, expires };
                Some(self.prepare_standing(board, state, subject, wanted).await?)
            }
            SigningSubject::Written { change, member, comment } => {
                let words = WordsIn::Comment(Some(*comment));
                Some(self.prepare_written(board, state, subject, (change, member), &words).await?)
            }
            SigningSubject::WrittenMail { change, member, content } => {
                let words = mail_from(content)?;
                Some(self.prepare_written(board, state, subject, (change, member), &words).await?)
            }
            SigningSubject::Annex { meeting } => Some(self.prepare_annex(board, state, subject, meeting).await?),
            SigningSubject::Policy { text } => {
                let prepared = crate::policies::prepare(state, subject, text)?;
                crate::policies::refuse_unsimulated(board, prepared.digest)?;
                Some(prepared)
            }
            SigningSubject::Emergency { form } => Some(self.prepare_emergency(board, state, subject, form).await?),
            SigningSubject::Waiver { .. } | SigningSubject::Override { .. } | SigningSubject::Exception { .. } => {
                Some(self.prepare_dispense(board, state, subject).await?)
            }
            SigningSubject::Second { change, entry, reason } => {
                Some(self.prepare_second(board, state, subject, (change, entry, reason)).await?)
            }
            SigningSubject::TakeBack { change, entry, reason } => {
                Some(self.prepare_take_back(board, state, subject, (change, entry, reason)).await?)
            }
            SigningSubject::PlanApproval { change, reason } => {
                Some(self.prepare_plan_approval(board, state, subject, (change, reason)).await?)
            }
            SigningSubject::Circular { change, question, closes } => {
                Some(self.prepare_question(board, state, subject, (change, question, closes)).await?)
            }
            SigningSubject::CircularVote { circular, position } => {
                Some(self.prepare_circular_vote(board, state, subject, (circular, *position)).await?)
            }
            SigningSubject::CircularRecusal { circular, reason } => {
                Some(self.prepare_circular_recusal(board, state, subject, (circular, reason)).await?)
            }
            SigningSubject::OfMinutes { meeting, word } => Some(self.prepare_word(state, subject, (meeting, word))?),
            SigningSubject::ApprovedPlan { change, path } => {
                Some(self.prepare_plan(board, state, subject, (change, path)).await?)
            }
        })
    }

    async fn prepare_spoken(
        &self,
        state: &BoardState,
        subject: &SigningSubject,
        me: &Member,
        confirmed: &[String],
        contested: &[ContestedAct],
    ) -> Answer<Prepared> {
        let contests = pairs(contested);
        let answers = Answers::of(state, me, confirmed, &contests)?;
        let acts = self.spoken(&me.id.to_string()).await?;
        let line = |act: &str, reason: Option<&str>| {
            let said = acts.iter().find(|one| one.act == act);
            let what = said.map_or_else(String::new, |one| {
                let about = one.item.as_ref().map_or_else(String::new, |item| format!(", {item}"));
                format!("{}{about} ({}, on the word of {})", one.what, one.meeting, one.recorder)
            });
            reason.map_or_else(|| what.clone(), |reason| format!("{what}. Instead: {reason}"))
        };
        let mut facts = Vec::new();
        for (number, act) in confirmed.iter().enumerate() {
            facts.push(fact(&format!("It was so {}", number + 1), line(act, None)));
        }
        for (number, (act, reason)) in contests.iter().enumerate() {
            facts.push(fact(&format!("It was not so {}", number + 1), line(act, Some(reason))));
        }
        let body = domain::entry::Body::Affirmation {
            confirmed: answers.confirmed.clone(),
            contested: answers.contested.clone(),
            seats: answers.seats.clone(),
        };
        let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
        Ok(Prepared {
            subject: subject.clone(),
            title: "What was said in my name".to_owned(),
            meaning: answers.meaning(&|id| state.name(id)),
            facts,
            digest: Digest::of(&bytes),
            manifest: confirmed
                .iter()
                .map(|act| fact("Confirmed", act.clone()))
                .chain(contests.iter().map(|(act, _)| fact("Contested", act.clone())))
                .collect(),
            signers: vec![me.id],
        })
    }

    /// Does what the window showed, with the signer's PIN. What would be another sentence by now is refused.
    pub(crate) async fn perform(
        &self,
        board: &OpenBoard,
        member: &Member,
        shown: &Prepared,
        pin: SecretString,
    ) -> Answer<()> {
        let state = board.state().await?;
        let now = self.prepare(board, &state, &shown.subject).await?;
        if now.is_none_or(|now| now.meaning != shown.meaning || now.digest != shown.digest) {
            return Err(BoardError::refused(
                "changed_meanwhile",
                "The record has moved on since this was shown: it would be another sentence now.",
                None,
                "Close this window and ask to sign again.",
            ));
        }
        if !shown.signers.contains(&member.id) {
            return Err(BoardError::refused(
                "not_the_signer",
                format!("{} cannot sign this.", member.name),
                None,
                "Who may sign it is listed in the window.",
            ));
        }
        let by = member.id.to_string();
        match &shown.subject {
            SigningSubject::Change { .. }
            | SigningSubject::Reaffirm { .. }
            | SigningSubject::Queue { .. }
            | SigningSubject::Minutes { .. } => {}
            SigningSubject::Countersign { meeting } => {
                self.countersign(CountersignRequest { meeting: meeting.clone(), member: by, pin }).await?;
            }
            SigningSubject::Immaterial { change, reason } => {
                self.rule_immaterial(board, member, pin, (change, reason)).await?;
            }
            SigningSubject::Admission { enrolment, checked, hold_root } => {
                let (checked, hold_root) = (checked.clone(), *hold_root);
                let enrolment = digest_of(enrolment)?;
                self.admit(AdmitRequest { enrolment, by, pin, checked, hold_root }).await?;
            }
            SigningSubject::RosterProposal => {
                self.sign_roster(SignRosterRequest { by, pin }).await?;
            }
            SigningSubject::SpokenActs { confirmed, contested } => {
                let (confirmed, contested) = (confirmed.clone(), pairs(contested));
                self.affirm(AffirmRequest { member: by, pin, confirmed, contested }).await?;
            }
            SigningSubject::Recovery { reason } => {
                self.recover(RecoverRequest { reason: reason.clone(), member: Some((by, pin)) }).await?;
                let state = board.state().await?;
                self.older_copy(board, &state).await?;
            }
            SigningSubject::Fork { stands, reason } => {
                let (stands, reason) = (stands.clone(), reason.clone());
                self.settle_fork(SettleForkRequest { stands, reason, by, pin }).await?;
            }
            SigningSubject::Revocation { member, reason, from } => {
                let (member, reason, from) = (member.clone(), *reason, since(from)?);
                self.revoke(RevokeRequest { member, reason, from, by, pin }).await?;
            }
            SigningSubject::Delegation { member, to, meeting, from, until, reason } => {
                let [meeting, from] = [meeting, from].map(|text| unless_blank(text).map(ToOwned::to_owned));
                let (member, to, until, reason) = (member.clone(), to.clone(), until.clone(), reason.clone());
                self.delegate(DelegateRequest { member, to, meeting, from, until, reason, pin }).await?;
            }
            SigningSubject::EndDelegation { delegation, reason } => {
                let (delegation, reason) = (delegation.clone(), reason.clone());
                self.end_delegation(EndDelegationRequest { delegation, member: by, reason, pin }).await?;
            }
            SigningSubject::Standing { change, service, pipeline, uses, expires } => {
                let (change, service, pipeline) = (change.clone(), service.clone(), pipeline.clone());
                let (uses, expires) = (*uses, crate::standing::expiry(expires)?);
                self.stand(StandRequest { change, member: by, pin, service, pipeline, uses, expires }).await?;
            }
            SigningSubject::Written { change, member, comment } => {
                let (change, member, words) = (change.clone(), member.clone(), WordsIn::Comment(Some(*comment)));
                self.record_in_writing(RecordWrittenRequest { change, member, recorder: by, pin, words }).await?;
            }
            SigningSubject::WrittenMail { change, member, content } => {
                let (change, member, words) = (change.clone(), member.clone(), mail_from(content)?);
                self.record_in_writing(RecordWrittenRequest { change, member, recorder: by, pin, words }).await?;
            }
            SigningSubject::Annex { meeting } => {
                self.seal_annex(SealAnnexRequest { meeting: meeting.clone(), pin }).await?;
            }
            SigningSubject::Policy { text } => {
                self.adopt_shown(board, AdoptPolicyRequest { text: text.clone(), by, pin }).await?;
            }
            SigningSubject::Emergency { form } => {
                self.declare_by(form, &by, pin).await?;
            }
            SigningSubject::Waiver { .. }
            | SigningSubject::Override { .. }
            | SigningSubject::Exception { .. }
            | SigningSubject::Second { .. } => self.dispense_shown(&shown.subject, by, pin).await?,
            SigningSubject::TakeBack { change, entry, reason } => {
                let (change, entry, reason) = (change.clone(), entry.clone(), reason.clone());
                self.take_back(TakeBackRequest { change, entry, reason, by, pin }).await?;
            }
            SigningSubject::PlanApproval { change, reason } => {
                let (change, reason) = (change.clone(), reason.clone());
                self.approve_plan(ApprovePlanRequest { change, member: by, pin, reason }).await?;
            }
            SigningSubject::Circular { change, question, closes } => {
                self.put_question(board, &state, member, pin, (change, question, closes)).await?;
            }
            SigningSubject::CircularVote { circular, position } => {
                let (circular, position) = (circular.clone(), *position);
                self.vote_circular(VoteCircularRequest { circular, member: by, pin, position }).await?;
            }
            SigningSubject::CircularRecusal { circular, reason } => {
                let (circular, reason) = (circular.clone(), reason.clone());
                self.recuse_circular(RecuseCircularRequest { circular, member: by, pin, reason }).await?;
            }
            SigningSubject::OfMinutes { meeting, word } => self.say_word(member, pin, (meeting, word)).await?,
            SigningSubject::ApprovedPlan { change, path } => self.write_plan((change, path), by, pin).await?,
        }
        Ok(())
    }
}

async fn prepare_admission(
    board: &OpenBoard,
    state: &BoardState,
    subject: &SigningSubject,
    enrolment: &str,
    checked: &str,
    hold_root: bool,
) -> Answer<Prepared> {
    let digest = digest_of(enrolment)?;
    let waiting = waiting_enrolments(board, state).await?;
    let (_, enrolment, fingerprint) = waiting
        .into_iter()
        .find(|(found, _, _)| *found == digest)
        .ok_or_else(|| BoardError::not_found("enrolment", digest))?;
    if checked.trim().is_empty() {
        return Err(BoardError::invalid("checked", "Say how the member's identity was checked."));
    }
    let member = state.roster().member(enrolment.member);
    let (name, seat, authority) = match member {
        Some(member) => (member.name.clone(), seat_words(member), member.roles.iter().any(|role| role.is_authority())),
        None => {
            let seat = invited_seat(board, enrolment.member).await?;
            let seat = seat.ok_or_else(|| BoardError::not_found("invitation of", enrolment.member))?;
            let titles: Vec<&str> = seat.roles.iter().map(|role| role.title()).collect();
            (seat.name.trim().to_owned(), titles.join(", "), seat.roles.iter().any(|role| role.is_authority()))
        }
    };
    let mut facts = vec![
        fact("Member", format!("{name}, {seat}")),
        fact("Six words", fingerprint.words().join(" ")),
        fact("Identity checked", checked.trim()),
    ];
    if !enrolment.replaces.is_empty() {
        facts.push(fact("Replaces", "the keys this member had before; what they signed stands"));
    }
    if hold_root {
        facts.push(fact("From then on", format!("{name} may admit others, too")));
    }
    if state.roster().threshold > 1 && (authority || hold_root || !enrolment.replaces.is_empty()) {
        let needed = state.roster().threshold;
        facts.push(fact("In force", format!("once {needed} of those who may admit have signed it")));
    }
    let mut signers = state.roster().root_holders.clone();
    // One's own further device needs no more than one's own key.
    if let Some(own) = member.filter(|m| m.signature_key().is_some() && enrolment.replaces.is_empty() && !hold_root)
        && !signers.contains(&own.id)
    {
        signers.push(own.id);
    }
    Ok(Prepared {
        subject: subject.clone(),
        title: format!("Admission of {name}"),
        meaning: admission(
            (state.roster().version.saturating_add(1), name.as_str()),
            &enrolment,
            fingerprint,
            checked,
            hold_root,
        ),
        facts,
        digest,
        manifest: enrolment.keys.iter().map(|key| fact(usage(key.usage), key.id.to_string())).collect(),
        signers,
    })
}

async fn prepare_proposal(board: &OpenBoard, state: &BoardState, subject: &SigningSubject) -> Answer<Prepared> {
    let quarantine = board.store.quarantine().await.map_err(stored)?;
    let proposal = proposal_in(board, state, &quarantine).await?.ok_or_else(|| {
        BoardError::refused(
            "proposal",
            "There is not exactly one change of the roster that waits.",
            None,
            "Exchange, and look at the record again.",
        )
    })?;
    let next = proposal.version.roster();
    let names = |ids: &[MemberId]| ids.iter().map(|id| state.name(*id)).collect::<Vec<_>>().join(", ");
    let mut facts: Vec<Fact> = changes(state.roster(), next)
        .into_iter()
        .enumerate()
        .map(|(number, line)| fact(&format!("Change {}", number + 1), line))
        .collect();
    facts.push(fact("Signed by", names(&proposal.signed_by)));
    facts.push(fact("Signatures needed", state.roster().threshold.to_string()));
    Ok(Prepared {
        subject: subject.clone(),
        title: format!("Roster {}", next.version),
        meaning: adoption(next),
        facts,
        digest: proposal.version.digest(),
        manifest: next
            .members
            .iter()
            .flat_map(|m| {
                m.keys.iter().map(|key| fact(&format!("{}, {}", m.name, usage(key.usage)), key.id.to_string()))
            })
            .collect(),
        signers: state
            .roster()
            .root_holders
            .iter()
            .copied()
            .filter(|holder| !proposal.signed_by.contains(holder))
            .collect(),
    })
}

async fn prepare_recovery(
    board: &OpenBoard,
    state: &BoardState,
    subject: &SigningSubject,
    reason: &str,
) -> Answer<Prepared> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(BoardError::invalid("reason", "Say what happened to the folder."));
    }
    let behind = state.behind(&board.keys.heads().await?);
    let Some((_, first, _)) = behind.first() else {
        return Err(BoardError::refused(
            "not_behind",
            "Nothing is missing here: this is the newest copy.",
            None,
            "Go on as usual.",
        ));
    };
    let signers = behind
        .iter()
        .filter(|(log, _, _)| log.key != board.device)
        .filter_map(|(log, _, _)| state.rosters.current().key(log.key).ok())
        .map(|(owner, _)| owner.id)
        .collect();
    Ok(Prepared {
        subject: subject.clone(),
        title: "An older copy".to_owned(),
        meaning: format!("This folder was an older copy, and what is missing is gone: {reason}"),
        facts: behind
            .iter()
            .enumerate()
            .map(|(number, (log, known, held))| fact(&format!("Missing {}", number + 1), told(*log, *known, *held)))
            .collect(),
        digest: Digest(first.id.0),
        manifest: behind.iter().map(|(log, known, _)| fact(&log.to_string(), known.id.to_string())).collect(),
        signers,
    })
}

async fn prepare_fork(
    board: &OpenBoard,
    state: &BoardState,
    subject: &SigningSubject,
    stands: &str,
    reason: &str,
) -> Answer<Prepared> {
    let plan = plan(board, state, stands, reason).await?;
    let choices = plan.choices();
    let mut facts = Vec::new();
    for (id, said, outcome) in &choices {
        let label = if *id == plan.stands { "Stands" } else { "Does not stand" };
        facts.push(fact(label, said.clone()));
        if *id == plan.stands {
            facts.push(fact("What follows", outcome.clone()));
        }
    }
    facts
        .push(fact("Cannot be undone", "What another member had seen before the second appeared counts all the same."));
    Ok(Prepared {
        subject: subject.clone(),
        title: "Two histories".to_owned(),
        meaning: plan.meaning.clone(),
        facts,
        digest: Digest(plan.stands.0),
        manifest: choices.iter().map(|(id, _, _)| fact("Entry", id.to_string())).collect(),
        signers: plan.deciders.clone(),
    })
}

fn prepare_revocation(
    state: &BoardState,
    subject: &SigningSubject,
    member: &str,
    reason: RevocationReason,
    from: Option<DateTime<Utc>>,
) -> Answer<Prepared> {
    let roster = state.roster();
    let member = state.member(crate::words::member_id(member)?)?;
    let keys: Vec<_> = member.keys.iter().filter(|key| key.status == KeyStatus::Active).collect();
    let Some(first) = keys.first() else { return Err(BoardError::not_found("active key of", &member.name)) };
    let mut facts = vec![
        fact("Member", format!("{}, {}", member.name, seat_words(member))),
        fact("What follows", what_becomes(reason)),
    ];
    if let Some(from) = from {
        facts.push(fact("Gone since", crate::words::time(from)));
    }
    if roster.threshold > 1 {
        facts.push(fact("In force", format!("once {} of those who may admit have signed it", roster.threshold)));
    }
    Ok(Prepared {
        subject: subject.clone(),
        title: format!("Keys of {}", member.name),
        meaning: revocation(roster.version.saturating_add(1), &member.name, reason, from),
        facts,
        digest: Digest(first.id.0),
        manifest: keys.iter().map(|key| fact(usage(key.usage), key.id.to_string())).collect(),
        signers: roster.root_holders.iter().copied().filter(|holder| *holder != member.id).collect(),
    })
}

/// What becomes of what the keys had signed.
fn what_becomes(reason: RevocationReason) -> &'static str {
    match reason {
        RevocationReason::Lost | RevocationReason::Compromised => {
            "What others had seen before counts. What nobody had seen does not, until it is signed again with a new key."
        }
        RevocationReason::Left => "What others have seen counts. What nobody has seen does not.",
    }
}

/// Since when, as the window writes it; blank: from now on.
fn since(text: &str) -> Answer<Option<DateTime<Utc>>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let read = DateTime::parse_from_rfc3339(text);
    read.map(|at| Some(at.to_utc())).map_err(|_| BoardError::invalid("from", "Write the time as 2026-11-25T14:00:00Z."))
}

/// What a field says, if it says anything.
fn unless_blank(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn usage(usage: domain::roster::KeyUse) -> &'static str {
    match usage {
        domain::roster::KeyUse::Signature => "Signature key",
        domain::roster::KeyUse::Recording => "Recording key",
    }
}

fn digest_of(text: &str) -> Answer<Digest> {
    text.parse().map_err(|_| BoardError::not_found("enrolment", text))
}

fn pairs(contested: &[ContestedAct]) -> Vec<(String, String)> {
    contested.iter().map(|one| (one.act.clone(), one.reason.trim().to_owned())).collect()
}
