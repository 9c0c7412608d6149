//! The strict verifier: what makes an entry hold, in a fixed order, with a stable code per refusal.
//!
//! size → strict JSON → canonical → exactly the known fields → key id → base64 → key known → DER →
//! low-S → signature over the PAE → *the same bytes* parsed → statement → schema → consistent in
//! itself → board → roster → key active, its owner, role → policy → context → duties → staleness;
//! then, over the whole set: chain, roster order, withdrawals, policies that were replaced.
use std::collections::BTreeSet;

use domain::correction::ErratumSealedBody;
use domain::dispensation::{ExceptionBody, NoDispensation, OverrideBody, SecondBody, WaiverBody};
use domain::emergency::{NoEmergency, all_said, is_provisional};
use domain::entry::{Attestation, Auth, Body, LogPosition, Predicate};
use domain::ids::{BoardId, ChangeKey, Digest, MeetingId};
use domain::roster::{KeyStatus, KeyUse, Member, Role, Roster, RosterKey};
use domain::standing::{ObligationBody, UseBody};

use crate::canonical;
use crate::entry::Entry;
use crate::envelope::Envelope;
use crate::refusal::{Code, Refusal};
use crate::roster::RosterChain;

mod about;
mod checked;
mod circulars;
mod corrections;
mod policies;
mod seats;
mod set;
mod superseded;

pub use about::change_of;
pub use checked::Checked;
pub use circulars::called;
pub use policies::Policies;
pub use set::{Verified, link, verify_entries, verify_log, verify_read};

/// A rule of the board that the verifier asks about each entry it understands, with the roster the
/// entry names. `Err` refuses the entry.
pub type Rule<'a> = &'a dyn Fn(&Entry, &Predicate, &Roster) -> Result<(), Refusal>;

/// As [`Rule`], of segregation of duties, with the policies that are at hand: they say which accounts are shared.
pub type DutyRule<'a> = &'a dyn Fn(&Entry, &Predicate, &Roster, Option<&Policies>) -> Result<(), Refusal>;

/// What an entry is judged against.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The verified roster versions; they name the board.
    pub rosters: &'a RosterChain,
    /// The policies that were in force; `None` where they are not at hand.
    pub policies: Option<&'a Policies>,
    /// Refuse what belongs to another meeting.
    pub meeting: Option<MeetingId>,
    /// Refuse what belongs to another change.
    pub change: Option<&'a ChangeKey>,
    /// Segregation of duties (R89), judged from signed data.
    pub duties: Option<DutyRule<'a>>,
    /// Whether what was signed still stands; only where the present content is at hand.
    pub staleness: Option<Rule<'a>>,
    /// Signatures that were verified before; those verified from now on are added.
    pub checked: Option<&'a Checked>,
}

impl<'a> Context<'a> {
    /// Judge by the roster alone.
    #[must_use]
    pub fn of(rosters: &'a RosterChain) -> Self {
        Self { rosters, policies: None, meeting: None, change: None, duties: None, staleness: None, checked: None }
    }
}

/// Verifies one entry from its stored bytes; the chain is judged over the set ([`verify_log`]).
///
/// # Errors
/// The first refusal, in the order of the module's page.
pub fn verify_entry(bytes: &[u8], context: &Context<'_>) -> Result<Entry, Refusal> {
    let envelope = Envelope::parse(bytes)?;
    check_signature(&envelope, context)?;
    let entry = Entry::of(envelope)?;
    judge(&entry, context).map_err(|refusal| refusal.within(&entry.place()))?;
    Ok(entry)
}

/// As [`verify_entry`], for an entry whose bytes have been read already.
pub(crate) fn verify_parsed(entry: &Entry, context: &Context<'_>) -> Result<(), Refusal> {
    check_signature(entry.envelope(), context)?;
    judge(entry, context).map_err(|refusal| refusal.within(&entry.place()))
}

fn check_signature(envelope: &Envelope, context: &Context<'_>) -> Result<(), Refusal> {
    let key = context.rosters.public_key(envelope.key_id()).ok_or_else(|| {
        let what = format!("no version of the roster knows key {}", envelope.key_id().short());
        Refusal::new(Code::KeyUnknown, what, "envelope, keyid")
    })?;
    match context.checked {
        Some(checked) => checked.verify(envelope, key),
        None => envelope.verify(key),
    }
}

fn judge(entry: &Entry, context: &Context<'_>) -> Result<(), Refusal> {
    check_self(entry)?;
    check_board(entry, context.rosters.board())?;
    let version = context.rosters.named(entry.statement().roster())?;
    let (owner, key) = version.key(entry.envelope().key_id())?;
    check_key_status(key)?;
    let Some(predicate) = entry.predicate() else {
        return Ok(());
    };
    let roster = version.roster();
    check_people(predicate, roster, owner, key)?;
    if let Some(policies) = context.policies {
        check_policy(predicate, policies)?;
    }
    check_context(predicate, context)?;
    if let Some(duties) = context.duties {
        duties(entry, predicate, roster, context.policies)?;
    }
    if let Some(staleness) = context.staleness {
        staleness(entry, predicate, roster)?;
    }
    Ok(())
}

/// What must hold of an entry whoever reads it: signed by the recorder it names, in that key's own
/// log, and its subject the document its kind demands.
///
/// # Errors
/// [`Code::KeyId`], [`Code::LogKey`], [`Code::Auth`], [`Code::Subject`], [`Code::Ruling`], [`Code::Disposal`],
/// [`Code::Attested`], [`Code::HardClause`], [`Code::Dispensation`], [`Code::PlanApproval`], [`Code::Emergency`],
/// [`Code::Circular`] or [`Code::Seat`].
pub fn check_self(entry: &Entry) -> Result<(), Refusal> {
    let statement = entry.statement();
    if statement.recorder() != entry.envelope().key_id() {
        return Err(Refusal::new(Code::KeyId, "the recorder is not the key that signed", "predicate.recorder"));
    }
    let log = statement.log();
    let wrong = |what: &str| Refusal::new(Code::LogKey, what, "predicate.log");
    if log.id.key != statement.recorder() {
        return Err(wrong("the log is another key's"));
    }
    if log.id.epoch == 0 || log.seq == 0 {
        return Err(wrong("epochs and positions start at 1"));
    }
    if (log.seq == 1) != log.prev.is_none() {
        return Err(wrong("the first entry has no predecessor, every other has one"));
    }
    if log.seen.contains_key(&log.id) {
        return Err(wrong("\"seen\" names other logs, never its own"));
    }
    match statement.predicate() {
        Some(predicate) => {
            check_auth(predicate)?;
            check_epoch(log, &predicate.body)?;
            check_subject(entry, predicate)?;
            check_ruling(&predicate.body)?;
            check_disposal(&predicate.body)?;
            check_attested(&predicate.body)?;
            check_dispensation(&predicate.body)?;
            check_plan_approval(&predicate.body)?;
            check_emergency(&predicate.body)?;
            circulars::check(&predicate.body)?;
            seats::check(&predicate.body)?;
            corrections::check(&predicate.body)
        }
        None => Ok(()),
    }
}

/// An unlocked session never covers roster, policy or minutes; what binds a person never comes from a
/// device's key (`record.md`, *Two keys*).
fn check_auth(predicate: &Predicate) -> Result<(), Refusal> {
    let refuse = |what: String| Err(Refusal::new(Code::Auth, what, "predicate.auth"));
    let kind = predicate.body.kind();
    match &predicate.auth {
        Auth::Device if predicate.body.binds_a_person() => refuse(format!("{kind} needs a member's PIN")),
        Auth::Session { .. } if needs_own_pin(&predicate.body) => {
            refuse(format!("{kind} needs the PIN itself, not a session"))
        }
        Auth::Session { n: 0, .. } => refuse("acts of a session are counted from 1".to_owned()),
        Auth::Device | Auth::Pin | Auth::Session { .. } => Ok(()),
    }
}

fn needs_own_pin(body: &Body) -> bool {
    matches!(
        body,
        Body::Roster { .. }
            | Body::Policy { .. }
            | Body::MinutesSealed { .. }
            | Body::AnnexSealed { .. }
            | Body::Delegation { .. }
            | Body::ForkSettled { .. }
            | Body::RuledImmaterial(_)
            | Body::StandingApproved(_)
            | Body::Disposed(_)
            | Body::Waived(_)
            | Body::Overridden(_)
            | Body::Excepted(_)
            | Body::Seconded(_)
            | Body::EmergencyDeclared(_)
            | Body::EmergencyBound { .. }
            | Body::Revalidated { .. }
            | Body::CircularOpened(_)
            | Body::MinutesApproved(_)
            | Body::Erratum(_)
            | Body::ErratumSealed(_)
    )
}

/// Where the kind says which document was acted on, the subject is its digest.
fn check_subject(entry: &Entry, predicate: &Predicate) -> Result<(), Refusal> {
    let subjects: BTreeSet<Digest> = entry.statement().subjects.iter().map(|subject| subject.sha256).collect();
    let refuse = |what: &str| Err(Refusal::new(Code::Subject, what, "payload, subject"));
    let of_meeting = || match &predicate.meeting {
        Some(meeting) if subjects.contains(&meeting.agenda) => Ok(()),
        Some(_) => refuse("not the agenda of the meeting it names"),
        None => refuse("no meeting is named"),
    };
    match &predicate.body {
        Body::AgendaFrozen { agenda } => {
            let bytes = canonical::to_bytes(agenda).map_err(|error| Refusal::of_canonical(&error, "agenda"))?;
            if !subjects.contains(&Digest::of(&bytes)) {
                return refuse("not the agenda it freezes");
            }
            if predicate.meeting.as_ref().is_some_and(|meeting| meeting.id != agenda.meeting) {
                return refuse("the agenda is another meeting's");
            }
            of_meeting()
        }
        Body::CircularOpened(circular) => circulars::check_subject(circular, predicate, &subjects),
        Body::Running { .. }
        | Body::Vote { .. }
        | Body::MeetingClosed { .. }
        | Body::Correction(_)
        | Body::CorrectionAnswered(_)
        | Body::MinutesApproved(_)
        | Body::Erratum(_) => of_meeting(),
        Body::RuledImmaterial(ruling) if !subjects.contains(&ruling.to) => refuse("not the content it rules on"),
        Body::Waived(WaiverBody { content, .. })
        | Body::Overridden(OverrideBody { content, .. })
        | Body::Excepted(ExceptionBody { content, .. })
        | Body::Seconded(SecondBody { content, .. })
            if !subjects.contains(content) =>
        {
            refuse("not the content it is given for")
        }
        Body::Rescheduled(body) if !subjects.contains(&body.content) => refuse("not the content it moves"),
        Body::MinutesSealed { pdf, .. }
        | Body::AnnexSealed { pdf, .. }
        | Body::ErratumSealed(ErratumSealedBody { pdf, .. })
            if !subjects.contains(pdf) =>
        {
            refuse("not the PDF it seals")
        }
        Body::ExtractsSealed { extracts, .. } if subjects != extracts.values().copied().collect() => {
            refuse("not the extracts it seals")
        }
        Body::StandingUsed(UseBody { receipt, .. }) | Body::ObligationOpened(ObligationBody { receipt, .. })
            if !subjects.contains(receipt) =>
        {
            refuse("not the receipt it tells of")
        }
        Body::MinutesSealed { .. }
        | Body::ExtractsSealed { .. }
        | Body::AnnexSealed { .. }
        | Body::Roster { .. }
        | Body::Policy { .. }
        | Body::Assessment { .. }
        | Body::PlanReview { .. }
        | Body::SignOff(_)
        | Body::Withdrawal { .. }
        | Body::Witness { .. }
        | Body::Delegation { .. }
        | Body::ConditionMet { .. }
        | Body::WrittenBack { .. }
        | Body::Affirmation { .. }
        | Body::ForkSettled { .. }
        | Body::Recovered { .. }
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
        | Body::ErratumSealed(_) => Ok(()),
    }
}

/// A ruling says what was edited and why it does not matter; whether it may be so ruled its own rule says.
fn check_ruling(body: &Body) -> Result<(), Refusal> {
    let Body::RuledImmaterial(ruling) = body else { return Ok(()) };
    ruling.check().map_err(|why| Refusal::new(Code::Ruling, why.to_string(), "predicate.body"))
}

/// A disposal says of what and why. That its digests are ones somebody was shown nobody asks: an extract does not hold all
/// manifests, and disposing of what nobody has takes nothing away.
fn check_disposal(body: &Body) -> Result<(), Refusal> {
    let Body::Disposed(disposal) = body else { return Ok(()) };
    disposal.check().map_err(|why| Refusal::new(Code::Disposal, why.to_string(), "predicate.body"))
}

/// An attestation answers something. What follows from an answer gates say.
fn check_attested(body: &Body) -> Result<(), Refusal> {
    let Body::Attested(attested) = body else { return Ok(()) };
    attested.check().map_err(|why| Refusal::new(Code::Attested, why.to_string(), "predicate.body"))
}

/// No entry waives what is hard; each of the three says what it sets aside and why. Whether it takes effect follows from
/// the set, and whether the policy lets it the policy says.
fn check_dispensation(body: &Body) -> Result<(), Refusal> {
    let checked = if let Body::Waived(waiver) = body {
        waiver.check()
    } else if let Body::Overridden(overridden) = body {
        overridden.check()
    } else if let Body::Excepted(exception) = body {
        exception.check()
    } else {
        Ok(())
    };
    checked.map_err(|why| {
        let code = match why {
            NoDispensation::Hard { .. } => Code::HardClause,
            NoDispensation::Nothing | NoDispensation::SameLevel | NoDispensation::NoReason => Code::Dispensation,
        };
        Refusal::new(code, why.to_string(), "predicate.body")
    })
}

/// An approval of a plan says of which sections; whether they are the ones that stand there now, the gate asks.
fn check_plan_approval(body: &Body) -> Result<(), Refusal> {
    let Body::PlanApproved(approval) = body else { return Ok(()) };
    let refused = || Refusal::new(Code::PlanApproval, "it approves no section of the plan", "predicate.body");
    approval.names_sections().then_some(()).ok_or_else(refused)
}

/// An emergency asserts its facts and leaves nothing out; neither does what is said after it.
fn check_emergency(body: &Body) -> Result<(), Refusal> {
    let holds = if let Body::EmergencyDeclared(emergency) = body {
        emergency.check()
    } else if let Body::EmergencyBound { change, .. } = body {
        if is_provisional(change) { Err(NoEmergency::Provisional) } else { Ok(()) }
    } else if let Body::EmergencyMet { note, owed, .. } = body {
        all_said(&[("note", note.as_str()), ("owed", owed.as_str())])
    } else if let Body::RolledBack { incident, .. } = body {
        all_said(&[("incident", incident.as_str())])
    } else if let Body::Revalidated { note, root_cause, .. } = body {
        all_said(&[("note", note.as_str()), ("root_cause", root_cause.as_str())])
    } else {
        Ok(())
    };
    holds.map_err(|why| Refusal::new(Code::Emergency, why.to_string(), "predicate.body"))
}

/// A log has a new epoch only where its key says why the old one ends (`record.md`, *Log*).
fn check_epoch(log: &LogPosition, body: &Body) -> Result<(), Refusal> {
    let refuse = |what: &str| Err(Refusal::new(Code::Epoch, what, "predicate.log"));
    let begins = log.id.epoch > 1 && log.seq == 1;
    if let Body::Recovered { before, .. } = body {
        let follows = begins && before.key == log.id.key && before.epoch < log.id.epoch;
        return if follows {
            Ok(())
        } else {
            refuse("only a new epoch's first entry tells of an older one of its key")
        };
    }
    if begins { refuse("a new epoch begins by saying why the old one ends") } else { Ok(()) }
}

fn check_board(entry: &Entry, board: BoardId) -> Result<(), Refusal> {
    if entry.statement().board() == board {
        return Ok(());
    }
    let what = format!("belongs to board {}, not to {board}", entry.statement().board());
    Err(Refusal::new(Code::OtherBoard, what, "predicate.board"))
}

fn check_key_status(key: &RosterKey) -> Result<(), Refusal> {
    let word = match key.status {
        KeyStatus::Active => return Ok(()),
        KeyStatus::Retired => "retired",
        KeyStatus::Revoked => "revoked",
    };
    let what = format!("key {} was {word} in the roster the entry names", key.id.short());
    Err(Refusal::new(Code::KeyInactive, what, "predicate.recorder"))
}

fn check_people(predicate: &Predicate, roster: &Roster, owner: &Member, key: &RosterKey) -> Result<(), Refusal> {
    let actor = roster.member(predicate.actor).ok_or_else(|| {
        Refusal::new(Code::NotAMember, format!("{} is not on the board", predicate.actor), "predicate.actor")
    })?;
    match (&predicate.auth, key.usage) {
        (Auth::Device, KeyUse::Recording) | (Auth::Pin | Auth::Session { .. }, KeyUse::Signature) => {}
        (Auth::Device, KeyUse::Signature) => {
            return Err(Refusal::new(Code::Auth, "a signature key opens by PIN only", "predicate.auth"));
        }
        (Auth::Pin | Auth::Session { .. }, KeyUse::Recording) => {
            return Err(Refusal::new(Code::Auth, "a recording key proves the device, no PIN", "predicate.auth"));
        }
    }
    if predicate.body.binds_a_person() && key.usage != KeyUse::Signature {
        let what = format!("{} needs a member's signature key", predicate.body.kind());
        return Err(Refusal::new(Code::OwnKeyRequired, what, "predicate.recorder"));
    }
    let own = owner.id == actor.id;
    match predicate.attestation {
        Attestation::Signed | Attestation::Confirmed if !own => {
            let what = format!("claims {}, but the key is not the actor's", predicate.attestation.word());
            return Err(Refusal::new(Code::KeyOwner, what, "predicate.attestation"));
        }
        Attestation::Signed | Attestation::Confirmed if key.usage != KeyUse::Signature => {
            let what = format!("claims {}, but the key only proves the device", predicate.attestation.word());
            return Err(Refusal::new(Code::Attestation, what, "predicate.attestation"));
        }
        // It follows from another keyholder's entry: whoever keeps a record cannot say it of their own word.
        Attestation::Witnessed => {
            let what = "nobody claims to be witnessed; the witness signs an entry of their own";
            return Err(Refusal::new(Code::Attestation, what, "predicate.attestation"));
        }
        Attestation::Written | Attestation::Confirmed if matches!(predicate.body, Body::Running { .. }) => {
            let what = "a running record is on its keeper's word, or signed by the keeper";
            return Err(Refusal::new(Code::Attestation, what, "predicate.attestation"));
        }
        Attestation::Signed | Attestation::Confirmed | Attestation::Written | Attestation::Recorded => {}
    }
    if keeps_the_record(&predicate.body) && !own {
        return Err(Refusal::new(
            Code::KeyOwner,
            "a meeting's record is kept by the owner of the device, in their own name",
            "predicate.actor",
        ));
    }
    if told_by_a_device(&predicate.body) && !own {
        let what = format!("{} is told by the owner of the device, in their own name", predicate.body.kind());
        return Err(Refusal::new(Code::KeyOwner, what, "predicate.actor"));
    }
    if let Some(agenda) = called(&predicate.body) {
        let chairs = roster.member(agenda.chair).is_some_and(|m| m.has(Role::Chair));
        if !chairs || ![agenda.chair, agenda.secretary].contains(&actor.id) {
            return Err(Refusal::new(Code::Role, "a meeting is called by its chair or secretary", "predicate.body"));
        }
    }
    if personal(&predicate.body) && !own {
        let what = format!("{} is the actor's own act", predicate.body.kind());
        return Err(Refusal::new(Code::KeyOwner, what, "predicate.actor"));
    }
    if personal(&predicate.body) && predicate.attestation != Attestation::Signed {
        let what = format!("{} is always signed, not {}", predicate.body.kind(), predicate.attestation.word());
        return Err(Refusal::new(Code::Attestation, what, "predicate.attestation"));
    }
    // A policy decides what is enough: whoever could adopt one would decide everything.
    if matches!(predicate.body, Body::Policy { .. }) && !roster.root_holders.contains(&actor.id) {
        return Err(Refusal::new(Code::Role, "a policy is adopted by a root holder", "predicate.actor"));
    }
    // What is gone no later word brings back.
    if matches!(predicate.body, Body::Disposed(_)) && !roster.root_holders.contains(&actor.id) {
        return Err(Refusal::new(Code::Role, "what was shown is disposed of by a root holder", "predicate.actor"));
    }
    // Whoever else could declare one would decide what waits (R51).
    let managed = matches!(predicate.body, Body::EmergencyDeclared(_) | Body::EmergencyBound { .. });
    if managed && predicate.role != Some(Role::ServiceManager) {
        return Err(Refusal::new(Code::Role, "an emergency is declared by the Service Manager", "predicate.role"));
    }
    if let Some(role) = predicate.role
        && !actor.has(role)
    {
        return Err(Refusal::new(Code::Role, format!("the actor is not {}", role.title()), "predicate.role"));
    }
    let only_reads = |member: &Member| !member.roles.is_empty() && member.roles.iter().all(|r| *r == Role::Auditor);
    if only_reads(actor) || only_reads(owner) {
        return Err(Refusal::new(Code::Role, "an auditor reads everything and decides nothing", "predicate.actor"));
    }
    if let Body::Delegation { to, from, until, .. } = &predicate.body {
        domain::delegation::check(roster, actor.id, *to, (*from, *until))
            .map_err(|why| Refusal::new(Code::Delegation, why.to_string(), "predicate.body"))?;
    }
    Ok(())
}

/// Nobody can do these in another's name. (A sign-off or vote may be recorded for someone, at a lower
/// level of attestation.)
fn personal(body: &Body) -> bool {
    matches!(
        body,
        Body::Roster { .. }
            | Body::Vote { .. }
            | Body::Withdrawal { .. }
            | Body::Witness { .. }
            | Body::Delegation { .. }
            | Body::Affirmation { .. }
            | Body::ForkSettled { .. }
            | Body::StandingApproved(_)
            | Body::RuledImmaterial(_)
            | Body::PlanApproved(_)
            | Body::Disposed(_)
            | Body::Waived(_)
            | Body::Overridden(_)
            | Body::Excepted(_)
            | Body::Seconded(_)
            | Body::EmergencyDeclared(_)
            | Body::EmergencyBound { .. }
            | Body::Revalidated { .. }
            | Body::CircularOpened(_)
            | Body::Correction(_)
            | Body::CorrectionAnswered(_)
            | Body::MinutesApproved(_)
            | Body::Erratum(_)
            | Body::ErratumSealed(_)
    )
}

/// The policy is at hand, and a session is nothing that it knows no sessions of (21 CFR 11.200).
fn check_policy(predicate: &Predicate, policies: &Policies) -> Result<(), Refusal> {
    if !policies.contains(&predicate.policy) {
        let what = format!("policy {} is not among those at hand", predicate.policy.short());
        return Err(Refusal::new(Code::Policy, what, "predicate.policy"));
    }
    match &predicate.auth {
        Auth::Session { .. } if policies.pin_every_act(&predicate.policy) => {
            let what = format!("policy {} asks for the PIN at every act", predicate.policy.short());
            Err(Refusal::new(Code::PinEveryAct, what, "predicate.auth"))
        }
        Auth::Session { .. } | Auth::Pin | Auth::Device => Ok(()),
    }
}

/// What people tell without a PIN: the device is all there is to go by, and none tells it for anybody but its owner.
fn told_by_a_device(body: &Body) -> bool {
    matches!(body, Body::Attested(_) | Body::Rescheduled(_) | Body::EmergencyMet { .. } | Body::RolledBack { .. })
}

/// What a meeting's chair or secretary writes down as it happens.
fn keeps_the_record(body: &Body) -> bool {
    matches!(
        body,
        Body::AgendaFrozen { .. } | Body::CircularOpened(_) | Body::Running { .. } | Body::MeetingClosed { .. }
    )
}

fn check_context(predicate: &Predicate, context: &Context<'_>) -> Result<(), Refusal> {
    if let Some(expected) = context.meeting
        && let Some(meeting) = &predicate.meeting
        && meeting.id != expected
    {
        let what = format!("belongs to meeting {}, not to {expected}", meeting.id);
        return Err(Refusal::new(Code::OtherMeeting, what, "predicate.meeting"));
    }
    if let Some(expected) = context.change
        && let Some(change) = change_of(&predicate.body)
        && change != expected
    {
        let what = format!("belongs to {change}, not to {expected}");
        return Err(Refusal::new(Code::OtherChange, what, "predicate.body"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
