//! Waivers of gates, overrides of risk levels, exceptions to freezes: said by one who holds the right, seconded by another,
//! each with PIN and reason (R69, R77). What is in force the ledger says.
use chrono::{DateTime, Utc};
use domain::calendar::Exception;
use domain::change::ChangeRequest;
use domain::dispensation::{
    Dispensation, ExceptionBody, Force, Grant, OverrideBody, SecondBody, WaiverBody, overridden,
};
use domain::entry::{Attestation, Auth, Body, Involved};
use domain::gate::{GateOutcome, Waiver, can_be_waived};
use domain::ids::{ChangeKey, Digest, EntryId};
use domain::risk::RiskLevel;
use domain::roster::{Member, Role};
use record::statement::Subject;
use serde::Serialize;
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::{Cabinet, OpenBoard};
use crate::content::Content;
use crate::error::{Answer, BoardError};
use crate::gates::sentence;
use crate::risk::RiskNow;
use crate::state::BoardState;
use crate::views::Noun;
use crate::writer::{Act, Key};

mod rights;
mod take_back;
mod window;
mod words;

use rights::{excepted, holder, no_right, others, right_of, unbound, untied};
pub use take_back::TakeBackRequest;
pub use window::{FreezeAct, GateAct, GateActs, LevelAct, LevelChoice, SaidWord, SlotAct, WaitingWords};
pub(crate) use window::{role_for, why_not};
pub(crate) use words::{back, in_words};
use words::{said, view};

mod slot;

/// What is to be set aside for a change.
#[derive(Debug, Clone)]
pub enum SetAside {
    /// A gate, by its id; until this time (RFC 3339), or as long as the change is not edited.
    Gate {
        /// Its id, as the change's gates list it; of departments the slot of one, `departments:Payments`.
        gate: String,
        /// Until when.
        until: Option<String>,
    },
    /// The level of its risk.
    Level {
        /// The level that counts instead.
        to: RiskLevel,
    },
    /// A freeze, by its id; until this time (RFC 3339).
    Freeze {
        /// Its id in the policy.
        freeze: String,
        /// Until when.
        until: String,
    },
}

/// The first of the two words.
#[derive(Debug, Clone)]
pub struct DispenseRequest {
    /// The change.
    pub change: String,
    /// What is to be set aside.
    pub what: SetAside,
    /// Why; the minutes print it.
    pub reason: String,
    /// Who says so.
    pub by: String,
    /// Their PIN: no session covers this.
    pub pin: SecretString,
}

/// The second of the two words.
#[derive(Debug, Clone)]
pub struct SecondRequest {
    /// The change.
    pub change: String,
    /// The entry that is seconded, or the beginning of it; blank where only one waits.
    pub entry: String,
    /// Why, in words of their own; may be blank.
    pub reason: String,
    /// Who seconds.
    pub by: String,
    /// Their PIN: no session covers this.
    pub pin: SecretString,
}

/// A waiver, an override or an exception, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DispensationView {
    /// Its entry.
    pub entry: EntryId,
    /// Waiver, override or exception.
    pub kind: String,
    /// What it sets aside.
    pub what: String,
    /// Who said it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Who seconded it.
    pub second: Option<String>,
    /// Why they did, where they said so.
    pub second_reason: Option<String>,
    /// Until when, where it ends by itself.
    pub until: Option<String>,
    /// Whether it counts.
    pub in_force: bool,
    /// Where it stands, in words.
    pub state: String,
    /// Who took their word back, and why.
    pub taken_back: Vec<String>,
}

/// What one of them is about: the change as it stands, for those who may say something of it.
struct Present {
    change: ChangeRequest,
    content: Content,
    involved: Involved,
}

impl Cabinet {
    /// Says that something is set aside for a change. It takes a second person, unless a level is raised.
    ///
    /// # Errors
    /// [`BoardError::Refused`] with the rule, [`BoardError::Invalid`] with the field.
    pub async fn dispense(&self, request: DispenseRequest) -> Answer<DispensationView> {
        let board = self.board()?;
        let state = board.state().await?;
        let reason = crate::words::text("reason", &request.reason, "Write why; the minutes print it.")?;
        let present = self.as_it_stands(&board, &state, &request.change).await?;
        let (member, role) = holder(&state, &request.by)?;
        unbound(&state, member, &present)?;
        let grant = self.grant(&board, &state, &present, &request.what, reason)?;
        self.refuse_again(&state, &present, &grant)?;
        if grant.takes_two() && !others(&state, member.id, &present) {
            return Err(BoardError::refused(
                "nobody_to_second",
                format!("A {} takes two people, and nobody else on this board could second it.", grant.word()),
                Some("R69"),
                "Admit another member who holds the right and has no part in the change.",
            ));
        }
        let (meaning, body) = first_word(grant);
        let blobs = vec![crate::changes::document(&present.content)?];
        let entry = self.say(&board, (member, role), &present, (meaning, body, blobs), &request.pin).await?;
        self.dispensation(&board, &present.change.key, entry).await
    }

    /// Seconds what another said.
    ///
    /// # Errors
    /// [`BoardError::Refused`] with the rule, [`BoardError::Invalid`] with the field.
    pub async fn second(&self, request: SecondRequest) -> Answer<DispensationView> {
        let board = self.board()?;
        let state = board.state().await?;
        let reason = unless_blank(&request.reason)?;
        let present = self.as_it_stands(&board, &state, &request.change).await?;
        let key = present.change.key.clone();
        let found = self.waits_for_a_second(&state, &present, &request.entry)?;
        let (member, role) = holder(&state, &request.by)?;
        not_the_first(member, found)?;
        unbound(&state, member, &present)?;
        let (meaning, body) = second_word(&state, found, reason);
        let entry = found.entry;
        self.say(&board, (member, role), &present, (meaning, body, Vec::new()), &request.pin).await?;
        self.dispensation(&board, &key, entry).await
    }

    /// Every waiver, override and exception of a change, oldest first.
    ///
    /// # Errors
    /// Where the change is not known.
    pub async fn dispensations(&self, change: &str) -> Answer<Vec<DispensationView>> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(change)?;
        let change = self.load_change(&board, &key).await?;
        let content = self.content_now(&state, &change)?.digest;
        let all = state.ledger.dispensations.get(&key).into_iter().flatten();
        Ok(all.map(|dispensation| view(&state, &change, dispensation, content, self.now())).collect())
    }

    /// The waivers and exceptions in force for a change as it stands.
    pub(crate) fn set_aside(&self, state: &BoardState, change: &ChangeRequest) -> (Vec<Waiver>, Vec<Exception>) {
        if !state.ledger.dispensations.contains_key(&change.key) {
            return (Vec::new(), Vec::new());
        }
        // Content that cannot be digested is what nothing was given for.
        let Ok(content) = self.content_now(state, change) else { return (Vec::new(), Vec::new()) };
        let (ledger, policy) = (&state.ledger, &state.policy);
        let in_force = || {
            let all = ledger.dispensing(policy, &change.key, content.digest, self.now());
            all.filter(|dispensation| untied(state, change, dispensation))
        };
        let waivers = domain::ledger::waivers(in_force(), policy, state.roster());
        (waivers, domain::ledger::exceptions(in_force()))
    }

    /// The risk with the override in force, if one changes its level.
    pub(crate) fn with_override(&self, state: &BoardState, change: &ChangeRequest, mut risk: RiskNow) -> RiskNow {
        if !state.ledger.dispensations.contains_key(&change.key) {
            return risk;
        }
        let Ok(content) = self.content_now(state, change) else { return risk };
        let in_force = state.ledger.dispensing(&state.policy, &change.key, content.digest, self.now());
        let in_force = in_force.filter(|dispensation| untied(state, change, dispensation));
        if let Some((level, by)) = overridden(in_force, risk.decided.level, floor(&risk)) {
            risk.overridden = Some(in_words(by, &state.ledger, chrono_tz::Tz::UTC, |id| state.name(id)));
            risk.decided.level = level;
            risk.stamp.level = level;
        }
        risk
    }

    /// When the first of what is set aside for the change ends by itself.
    pub(crate) fn set_aside_until(&self, state: &BoardState, change: &ChangeRequest) -> Option<DateTime<Utc>> {
        let content = self.content_now(state, change).ok()?;
        let in_force = state.ledger.dispensing(&state.policy, &change.key, content.digest, self.now());
        in_force.filter(|dispensation| untied(state, change, dispensation)).filter_map(|d| d.grant.until()).min()
    }

    /// The level by which gates ask: the higher of the score's and of what overrides make of it. Whoever lowers a level takes
    /// nothing away of what the score asks for (R84).
    pub(crate) fn level_asked(&self, state: &BoardState, change: &ChangeRequest, level: RiskLevel) -> RiskLevel {
        if !state.ledger.dispensations.contains_key(&change.key) {
            return level;
        }
        crate::risk::without_override(state, change).map_or(RiskLevel::Critical, |risk| risk.decided.level.max(level))
    }

    fn content_now(&self, state: &BoardState, change: &ChangeRequest) -> Answer<Content> {
        Content::of(&state.policy, change, &self.material_attachments(state, change))
    }

    async fn as_it_stands(&self, board: &OpenBoard, state: &BoardState, change: &str) -> Answer<Present> {
        let key = crate::words::change_key(change)?;
        let change = self.load_change(board, &key).await?;
        arrived(&change)?;
        self.present_now(state, change)
    }

    fn present_now(&self, state: &BoardState, change: ChangeRequest) -> Answer<Present> {
        let content = self.content_now(state, &change)?;
        Ok(Present { content, involved: domain::duties::involved(&change), change })
    }

    /// What is wanted, where there is something to set aside and the policy lets two people do it.
    fn grant(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        present: &Present,
        what: &SetAside,
        reason: String,
    ) -> Answer<Grant> {
        let (change, content) = (present.change.key.clone(), present.content.digest);
        let involved = present.involved.clone();
        Ok(match what {
            SetAside::Gate { gate, until } => {
                let until = until.as_deref().map(|text| self.later(text)).transpose()?;
                let (gate, clause) = match self.slot_named(state, &present.change, gate)? {
                    Some(slot) => (slot, "R12".to_owned()),
                    None => (gate.clone(), self.waivable(board, state, &present.change, gate)?),
                };
                Grant::Waiver(WaiverBody { change, clause, content, gate, involved, reason, until })
            }
            SetAside::Level { to } => {
                let risk = crate::risk::without_override(state, &present.change)?;
                let (from, to) = (risk.decided.level, *to);
                if from == to {
                    return Err(BoardError::refused(
                        "override_pointless",
                        format!("The risk of {change} is {} by its score already.", from.word()),
                        Some("R69"),
                        "Nothing needs an override.",
                    ));
                }
                if to < floor(&risk) {
                    let held: Vec<&str> =
                        risk.decided.floors.iter().filter(|f| f.least > Some(to)).map(|f| f.words.as_str()).collect();
                    return Err(BoardError::refused(
                        "below_floor",
                        format!("{} is below a floor of {change}: {}.", to.word(), held.join("; ")),
                        Some("R69"),
                        "A floor holds whatever anybody says; mend what it is about.",
                    ));
                }
                Grant::Override(OverrideBody { change, content, from, involved, reason, to })
            }
            SetAside::Freeze { freeze, until } => {
                let until = self.later(until)?;
                excepted(state, &present.change, freeze, until)?;
                let freeze = freeze.clone();
                Grant::Exception(ExceptionBody { change, content, freeze, involved, reason, until })
            }
        })
    }

    /// The clause of a gate that fails and that two people may waive.
    fn waivable(&self, board: &OpenBoard, state: &BoardState, change: &ChangeRequest, gate: &str) -> Answer<String> {
        let level = self.risk_of(state, change)?.decided.level;
        let outcomes = self.gates_as_judged(board, state, change, Some(level));
        let named = outcomes.iter().find(|outcome| outcome.gate.id == gate);
        let outcome = named.ok_or_else(|| BoardError::not_found("gate", gate))?;
        to_waive(state, outcome)?;
        Ok(outcome.gate.clause.clone())
    }

    /// A time that is still to come.
    fn later(&self, text: &str) -> Answer<DateTime<Utc>> {
        let read = DateTime::parse_from_rfc3339(text.trim()).map(|time| time.to_utc());
        match read {
            Ok(at) if at > self.now() => Ok(at),
            Ok(_) => Err(BoardError::invalid("until", "It is over already; give a time that is still to come.")),
            Err(_) => Err(BoardError::invalid("until", "Give date and time, for example 2026-12-01T18:00:00Z.")),
        }
    }

    /// What counts or waits already is not said again.
    fn refuse_again(&self, state: &BoardState, present: &Present, grant: &Grant) -> Answer<()> {
        let mut all = state.ledger.dispensations.get(&present.change.key).into_iter().flatten();
        let now = self.now();
        let open = |d: &&Dispensation| match d.force(&state.policy, present.content.digest, now) {
            Force::InForce | Force::NotSeconded => d.grant.what() == grant.what(),
            Force::NoRight | Force::NotAllowed | Force::Expired | Force::Stale | Force::Withdrawn => false,
        };
        match all.find(open) {
            None => Ok(()),
            Some(found) => Err(BoardError::refused(
                "said_already",
                format!("{} said it already: {}.", state.name(found.actor), said(&found.grant)),
                Some("R69"),
                "Where it is not in force yet, another member seconds it.",
            )),
        }
    }

    /// What waits for a second person: the one that is meant.
    fn waits_for_a_second<'s>(
        &self,
        state: &'s BoardState,
        present: &Present,
        entry: &str,
    ) -> Answer<&'s Dispensation> {
        let key = &present.change.key;
        let all = state.ledger.dispensations.get(key).map_or(&[][..], Vec::as_slice);
        let (now, entry) = (self.now(), entry.trim());
        let force = |d: &Dispensation| d.force(&state.policy, present.content.digest, now);
        let mut found: Vec<&Dispensation> = if entry.is_empty() {
            all.iter().filter(|d| force(d) == Force::NotSeconded).collect()
        } else {
            all.iter().filter(|d| d.entry.to_string().starts_with(entry)).collect()
        };
        let found = match (found.pop(), found.is_empty()) {
            (Some(found), true) => found,
            (Some(_), false) => {
                return Err(BoardError::invalid("entry", "More than one is meant; give the beginning of its entry."));
            }
            (None, _) if entry.is_empty() => {
                return Err(BoardError::refused(
                    "nothing_to_second",
                    format!("Nothing on {key} waits for a second person."),
                    Some("R69"),
                    "cab change waivers lists what was said.",
                ));
            }
            (None, _) => return Err(BoardError::not_found("waiver, override or exception", entry)),
        };
        if force(found) != Force::NotSeconded {
            return Err(BoardError::refused(
                "nothing_to_second",
                format!("The {} does not wait for a second person: {}.", found.grant.word(), force(found).words()),
                Some("R69"),
                "cab change waivers lists what was said.",
            ));
        }
        Ok(found)
    }

    async fn say(
        &self,
        board: &OpenBoard,
        (member, role): (&Member, Role),
        present: &Present,
        (meaning, body, blobs): (String, Body, Vec<Vec<u8>>),
        pin: &SecretString,
    ) -> Answer<EntryId> {
        let key = &present.change.key;
        let sha256 = content_of(&body).unwrap_or(present.content.digest);
        let act = Act {
            actor: member.id,
            attestation: Attestation::Signed,
            role: Some(role),
            meaning,
            meeting: None,
            subjects: vec![Subject { name: key.to_string(), sha256 }],
            body,
            blobs,
        };
        let signer = board.keys.unlock(member, pin.expose_secret(), self.now()).await?;
        let keystore = board.keys.keystore().to_owned();
        let written =
            self.write(board, vec![(act, Key::Member { signer, auth: Auth::Pin, keystore })], Vec::new()).await?;
        self.changed(&[Noun::Changes, Noun::Risk, Noun::Decisions, Noun::SignOffs], &[key.as_str()]);
        written.first().copied().ok_or_else(|| BoardError::not_found("entry", "just written"))
    }

    async fn dispensation(&self, board: &OpenBoard, key: &ChangeKey, entry: EntryId) -> Answer<DispensationView> {
        let state = board.state().await?;
        let change = self.load_change(board, key).await?;
        // Content that cannot be digested is what nothing was given for.
        let content = self.content_now(&state, &change).map_or(Digest([0; 32]), |content| content.digest);
        let mut all = state.ledger.dispensations.get(key).into_iter().flatten();
        let found = all.find(|dispensation| dispensation.entry == entry);
        found
            .map(|dispensation| view(&state, &change, dispensation, content, self.now()))
            .ok_or_else(|| BoardError::not_found("waiver, override or exception", entry))
    }
}

/// That the gate keeps the change from being approved, and that the policy lets two people waive it.
fn to_waive(state: &BoardState, outcome: &GateOutcome) -> Answer<()> {
    let clause = &outcome.gate.clause;
    if outcome.gate.hard || state.policy.never_waived(clause).is_some() {
        let remedy = if clause == "R77" {
            "Except the change from the freeze instead.".to_owned()
        } else {
            sentence(&outcome.satisfied_by)
        };
        return Err(BoardError::refused(
            "never_waived",
            format!("{} ({clause}) is never waived, by nobody.", outcome.gate.title),
            Some(clause.as_str()),
            remedy,
        ));
    }
    if !outcome.blocks {
        return Err(BoardError::refused(
            "waiver_pointless",
            format!("{} ({clause}) does not block: {}.", outcome.gate.title, outcome.result.words()),
            Some("R69"),
            "Nothing needs a waiver.",
        ));
    }
    if !can_be_waived(outcome, &state.policy) {
        return Err(BoardError::refused(
            "not_waivable",
            format!("The policy {} lets nobody waive {clause}.", state.policy.name),
            Some("R69"),
            format!("Satisfy the gate, or adopt a policy whose waivable names {clause}."),
        ));
    }
    Ok(())
}

/// The first person's sentence, and what is written with it.
fn first_word(grant: Grant) -> (String, Body) {
    let meaning = format!("I say for {}: {}", grant.change(), said(&grant));
    let body = match grant {
        Grant::Waiver(body) => Body::Waived(body),
        Grant::Override(body) => Body::Overridden(body),
        Grant::Exception(body) => Body::Excepted(body),
    };
    (meaning, body)
}

/// The second person's sentence, and what is written with it.
fn second_word(state: &BoardState, found: &Dispensation, reason: String) -> (String, Body) {
    let change = found.grant.change().clone();
    let meaning = format!("I second, for {change}, what {} said: {}", state.name(found.actor), said(&found.grant));
    let (content, involved) = (found.grant.content(), found.grant.involved().clone());
    (meaning, Body::Seconded(SecondBody { change, content, entry: found.entry, involved, reason }))
}

/// Nobody seconds their own word.
fn not_the_first(member: &Member, found: &Dispensation) -> Answer<()> {
    if found.actor != member.id {
        return Ok(());
    }
    Err(BoardError::refused(
        "nobody_is_two",
        format!("{} said it; nobody seconds their own word.", member.name),
        Some("R69"),
        "Another member who holds the right seconds it.",
    ))
}

/// A reason that may be left out.
fn unless_blank(typed: &str) -> Answer<String> {
    if typed.trim().is_empty() { Ok(String::new()) } else { crate::words::text("reason", typed, "") }
}

/// That what the change says now has arrived.
fn arrived(change: &ChangeRequest) -> Answer<()> {
    if change.details_synced {
        return Ok(());
    }
    Err(BoardError::refused(
        "details_due",
        format!("What {} says now has not arrived yet.", change.key),
        Some("R30"),
        "Sync, then say it of what stands there.",
    ))
}

fn content_of(body: &Body) -> Option<Digest> {
    if let Body::Seconded(second) = body { Some(second.content) } else { None }
}

/// The highest floor under the level.
fn floor(risk: &RiskNow) -> RiskLevel {
    risk.decided.floors.iter().filter_map(|floor| floor.least).max().unwrap_or(RiskLevel::Low)
}
