//! What the Service Manager signs of an emergency, and who lets a change be deployed again after it was taken back.
use chrono::{DateTime, Utc};
use domain::change::Window;
use domain::emergency::{Asserted, EmergencyBody, NoEmergency, PROVISIONAL, is_provisional};
use domain::entry::{Attestation, Auth, Body};
use domain::ids::{ChangeKey, Digest};
use domain::roster::{Member, Role};
use domain::text::mark_invisible;
use record::statement::Subject;
use vault::{ExposeSecret as _, SecretString};

use super::{EmergencyView, RollbackView, declared};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::conditions::one_line;
use crate::error::{Answer, BoardError};
use crate::signing_hands::Prepared;
use crate::standing::found;
use crate::state::BoardState;
use crate::views::{EmergencyForm, Fact, Noun, SigningSubject};
use crate::words::text;
use crate::writer::{Act, Key};

/// What the Service Manager declares: ten things, three of them facts.
#[derive(Debug, Clone)]
pub struct DeclareRequest {
    /// The Service Manager.
    pub member: String,
    /// Their PIN: no session covers this.
    pub pin: SecretString,
    /// The change; `None` while the ticketing system is down.
    pub change: Option<String>,
    /// The three facts.
    pub facts: Asserted,
    /// The incident.
    pub incident: String,
    /// Who of the business was consulted.
    pub consulted: String,
    /// What is broken: the service.
    pub breaks: String,
    /// What is done.
    pub plan: String,
    /// How it is taken back.
    pub backout: String,
    /// Who deploys.
    pub deployer: String,
    /// From when.
    pub start: DateTime<Utc>,
    /// Until when.
    pub end: DateTime<Utc>,
    /// The zone in which people read it.
    pub zone: String,
}

impl DeclareRequest {
    fn form(&self) -> EmergencyForm {
        EmergencyForm {
            change: self.change.clone().unwrap_or_default(),
            corrects_error: self.facts.corrects_error,
            current_release: self.facts.current_release,
            major_impact: self.facts.major_impact,
            incident: self.incident.clone(),
            consulted: self.consulted.clone(),
            breaks: self.breaks.clone(),
            plan: self.plan.clone(),
            backout: self.backout.clone(),
            deployer: self.deployer.clone(),
            from: self.start.to_rfc3339(),
            until: self.end.to_rfc3339(),
            zone: self.zone.clone(),
        }
    }
}

/// Which ticket a provisional key stands for.
#[derive(Debug, Clone)]
pub struct BindRequest {
    /// The Service Manager.
    pub member: String,
    /// Their PIN.
    pub pin: SecretString,
    /// The declaration, or its provisional key.
    pub declaration: String,
    /// The ticket.
    pub change: String,
}

/// Why a change that was taken back may be deployed again.
#[derive(Debug, Clone)]
pub struct RevalidateRequest {
    /// Who says so.
    pub member: String,
    /// Their PIN.
    pub pin: SecretString,
    /// The rollback: so much of its id that it is the only one.
    pub rollback: String,
    /// The root cause.
    pub root_cause: String,
    /// What shows that it works now.
    pub note: String,
}

impl Cabinet {
    /// Declares an emergency (R49, R51, R65). What may wait is owed from then on, by itself.
    ///
    /// # Errors
    /// [`BoardError::Refused`] by whoever is not the Service Manager, and without the three facts;
    /// [`BoardError::Invalid`] with the field that says nothing; [`BoardError::NotFound`]; [`BoardError::Vault`].
    pub async fn declare_emergency(&self, request: DeclareRequest) -> Answer<EmergencyView> {
        self.declare_by(&request.form(), &request.member, request.pin).await
    }

    /// Declares what a form says, in this member's name.
    pub(crate) async fn declare_by(&self, form: &EmergencyForm, by: &str, pin: SecretString) -> Answer<EmergencyView> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = manager(&state, by)?;
        let body = self.propose_emergency(&board, &state, form).await?;
        let key = body.change.clone();
        let meaning = meaning(&body);
        let id = self.sign_act(&board, member, pin, Body::EmergencyDeclared(body), (&key, meaning)).await?;
        self.emergency(&id).await
    }

    /// What the signing window shows of a declaration.
    pub(crate) async fn prepare_emergency(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        form: &EmergencyForm,
    ) -> Answer<Prepared> {
        let body = self.propose_emergency(board, state, form).await?;
        let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
        let fact = |label: &str, value: &str| Fact { label: label.to_owned(), value: mark_invisible(value) };
        let managers = state.roster().members.iter().filter(|m| m.has(Role::ServiceManager));
        Ok(Prepared {
            subject: subject.clone(),
            title: format!("Emergency {}", body.change),
            meaning: meaning(&body),
            facts: vec![
                fact("Change", body.change.as_str()),
                fact("Corrects an error", "yes"),
                fact("In the current release", "yes"),
                fact("Major impact on the business", "yes"),
                fact("Incident", &body.incident),
                fact("Consulted", &body.consulted),
                fact("Broken", &body.breaks),
                fact("What is done", &body.plan),
                fact("How it is taken back", &body.backout),
                fact("Deployed by", &body.deployer),
                fact("When", &window_words(&body.window)),
            ],
            digest: Digest::of(&bytes),
            manifest: Vec::new(),
            signers: managers.map(|m| m.id).collect(),
        })
    }

    /// Says which ticket a provisional key stands for (R11).
    ///
    /// # Errors
    /// [`BoardError::Refused`] by whoever is not the Service Manager, and where there is a ticket already;
    /// [`BoardError::NotFound`] for what is not there; [`BoardError::Vault`].
    pub async fn bind_emergency(&self, request: BindRequest) -> Answer<EmergencyView> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = manager(&state, &request.member)?;
        let one = declared(&state, &request.declaration)?;
        if let Some(key) = one.ticket() {
            return Err(BoardError::refused(
                "bound",
                format!("It has its ticket already: {key}."),
                Some("R11"),
                "Nothing is left to bind; another emergency is another declaration.",
            ));
        }
        let change = self.load_change(&board, &crate::words::change_key(&request.change)?).await?.key;
        let meaning = format!("What I declared as {} is {change}.", one.body.change);
        let body = Body::EmergencyBound { change: change.clone(), declaration: one.entry };
        self.sign_act(&board, member, request.pin, body, (&change, meaning)).await?;
        self.emergency(&one.entry.to_string()).await
    }

    /// Lets a change that was taken back be deployed again (R95).
    ///
    /// # Errors
    /// [`BoardError::Refused`] where it was revalidated; [`BoardError::Invalid`] without root cause or note;
    /// [`BoardError::NotFound`]; [`BoardError::Vault`].
    pub async fn revalidate(&self, request: RevalidateRequest) -> Answer<RollbackView> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(&request.member)?)?;
        let rollback = found(&request.rollback, "rollback", state.ledger.rollbacks.keys())?;
        let missing = || BoardError::not_found("rollback", &request.rollback);
        let held = state.ledger.rollbacks.get(&rollback).ok_or_else(missing)?;
        if let Some(again) = &held.revalidated {
            return Err(BoardError::refused(
                "revalidated",
                format!("{} was revalidated already: {}", held.change, one_line(&again.note)),
                Some("R95"),
                "Nothing is left to do; the record keeps the first word.",
            ));
        }
        let root_cause = text("root_cause", &request.root_cause, "Write why it had to be taken back.")?;
        let note = text("note", &request.note, "Write what shows that it works now.")?;
        let meaning = format!(
            "{} may be deployed again. Why it was taken back: {} What shows that it works now: {}",
            held.change,
            one_line(&root_cause),
            one_line(&note)
        );
        let body = Body::Revalidated { note, rollback, root_cause };
        self.sign_act(&board, member, request.pin, body, (&held.change, meaning)).await?;
        let after = board.state().await?;
        let held = after.ledger.rollbacks.get(&rollback).ok_or_else(missing)?;
        self.rollback_view(&board, held).await
    }

    /// Writes what a member signs with the PIN, in the role that the kind asks for; answers its entry.
    async fn sign_act(
        &self,
        board: &OpenBoard,
        member: &Member,
        pin: SecretString,
        body: Body,
        (change, meaning): (&ChangeKey, String),
    ) -> Answer<String> {
        let managed = matches!(body, Body::EmergencyDeclared(_) | Body::EmergencyBound { .. });
        let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
        let signer = board.keys.unlock(member, pin.expose_secret(), self.now()).await?;
        let act = Act {
            actor: member.id,
            attestation: Attestation::Signed,
            role: managed.then_some(Role::ServiceManager),
            meaning,
            meeting: None,
            subjects: vec![Subject { name: change.to_string(), sha256: Digest::of(&bytes) }],
            body,
            blobs: Vec::new(),
        };
        let keystore = board.keys.keystore().to_owned();
        let ids = self.write(board, vec![(act, Key::Member { signer, auth: Auth::Pin, keystore })], Vec::new()).await?;
        self.changed(&[Noun::Changes, Noun::Agenda], &[change.as_str()]);
        self.hand_over(board).await;
        Ok(ids.first().map(ToString::to_string).unwrap_or_default())
    }

    async fn propose_emergency(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        form: &EmergencyForm,
    ) -> Answer<EmergencyBody> {
        let change = match form.change.trim() {
            "" => next_provisional(state),
            typed => self.load_change(board, &crate::words::change_key(typed)?).await?.key,
        };
        crate::words::zone(&form.zone)?;
        let (corrects_error, current_release) = (form.corrects_error, form.current_release);
        let body = EmergencyBody {
            backout: text("backout", &form.backout, "Say how it is taken back.")?,
            breaks: text("breaks", &form.breaks, "Name the service that is broken.")?,
            change,
            consulted: text("consulted", &form.consulted, "Name who of the business was consulted.")?,
            deployer: text("deployer", &form.deployer, "Name who deploys.")?,
            facts: Asserted { corrects_error, current_release, major_impact: form.major_impact },
            incident: text("incident", &form.incident, "Name the incident.")?,
            plan: text("plan", &form.plan, "Say what is done.")?,
            window: Window {
                start: moment("from", &form.from)?,
                end: moment("until", &form.until)?,
                zone: form.zone.clone(),
            },
        };
        body.check().map_err(no_emergency)?;
        Ok(body)
    }
}

/// A time as the window writes it.
fn moment(field: &str, typed: &str) -> Answer<DateTime<Utc>> {
    let read = DateTime::parse_from_rfc3339(typed.trim()).map(|time| time.to_utc());
    read.map_err(|_| BoardError::invalid(field, "Give date and time, for example 2026-11-27T22:40:00Z."))
}

/// The next key while the ticketing system is down.
fn next_provisional(state: &BoardState) -> ChangeKey {
    let used = state.ledger.emergencies.values().map(|one| &one.body.change).filter(|key| is_provisional(key));
    ChangeKey::new(PROVISIONAL, used.map(ChangeKey::number).max().unwrap_or(0).saturating_add(1))
}

/// The Service Manager, who alone declares (R51).
fn manager<'s>(state: &'s BoardState, typed: &str) -> Answer<&'s Member> {
    let member = state.member(crate::words::member_id(typed)?)?;
    if member.has(Role::ServiceManager) {
        return Ok(member);
    }
    let all = state.roster().members.iter().filter(|m| m.has(Role::ServiceManager));
    let names: Vec<&str> = all.map(|m| m.name.as_str()).collect();
    let remedy = if names.is_empty() {
        "Nobody on the roster has the role; the root holders give it to a member.".to_owned()
    } else {
        format!("The Service Manager declares it: {}.", names.join(", "))
    };
    Err(BoardError::refused(
        "not_service_manager",
        format!("{} is not the Service Manager, who alone declares an emergency.", member.name),
        Some("R51"),
        remedy,
    ))
}

fn no_emergency(why: NoEmergency) -> BoardError {
    match why {
        NoEmergency::Fact(fact) => BoardError::refused(
            "no_emergency",
            format!("{} is not asserted, and all three facts make an emergency.", fact.replace('_', " ")),
            Some("R49"),
            "What does not correct an error of the current release with major impact on the business goes the normal way.",
        ),
        NoEmergency::Blank(field) => BoardError::invalid(field, "It says nothing."),
        NoEmergency::Window => BoardError::invalid("until", "Give an end after the start."),
        NoEmergency::Provisional => BoardError::invalid("change", "Give the ticket."),
    }
}

/// The window in its own zone; the zone was read before, or comes from elsewhere and is then shown as UTC.
pub(super) fn window_words(window: &Window) -> String {
    let zone = crate::words::zone(&window.zone).unwrap_or(chrono_tz::Tz::UTC);
    format!("{} to {}", crate::words::local(window.start, zone), crate::words::local(window.end, zone))
}

/// The sentence that is signed.
fn meaning(body: &EmergencyBody) -> String {
    format!(
        "I declare {} an emergency: it corrects an error, in the current release, with major impact on the business \
         (incident {}). Broken: {}. Consulted: {}. Deployed by {}, {}. What the policy lets wait is owed by its date.",
        body.change,
        one_line(&body.incident),
        one_line(&body.breaks),
        one_line(&body.consulted),
        one_line(&body.deployer),
        window_words(&body.window)
    )
}
