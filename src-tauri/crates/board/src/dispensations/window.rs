//! What is set aside, in the window: what can be said of a change and why not, what the signing window shows of a word before
//! it is signed, and which words wait for another.
use domain::calendar::{Hardness, hits};
use domain::dispensation::{Dispensation, ExceptionBody, Force, Grant, WaiverBody};
use domain::gate::{DEPARTMENTS, GateOutcome, SLOT};
use domain::ids::{Digest, MemberId};
use domain::risk::RiskLevel;
use domain::roster::{Member, Role};
use domain::text::mark_invisible;
use vault::SecretString;

use super::take_back::own;
use super::words::capital;
use super::{
    DispenseRequest, Present, SecondRequest, SetAside, arrived, first_word, floor, no_right, not_the_first, others,
    right_of, second_word, to_waive, unbound, unless_blank, view,
};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::conditions::one_line;
use crate::error::{Answer, BoardError, refusal};
use crate::requests::OfChange;
use crate::signing_hands::Prepared;
use crate::state::BoardState;
use crate::views::{Fact, Refusal, SigningSubject};

mod rows;

pub use rows::{FreezeAct, GateAct, GateActs, LevelAct, LevelChoice, SaidWord, SlotAct, WaitingWords};

/// The gate that an exception to a freeze satisfies.
const FREEZE: &str = "R77";

/// What a subject of the signing window wants set aside, of which change, and why; `None` for any other.
fn wanted(subject: &SigningSubject) -> Option<(&str, SetAside, &str)> {
    if let SigningSubject::Waiver { change, gate, reason, until } = subject {
        let until = Some(until.trim().to_owned()).filter(|until| !until.is_empty());
        return Some((change.as_str(), SetAside::Gate { gate: gate.clone(), until }, reason.as_str()));
    }
    if let SigningSubject::Override { change, to, reason } = subject {
        return Some((change.as_str(), SetAside::Level { to: *to }, reason.as_str()));
    }
    if let SigningSubject::Exception { change, freeze, reason, until } = subject {
        let what = SetAside::Freeze { freeze: freeze.clone(), until: until.clone() };
        return Some((change.as_str(), what, reason.as_str()));
    }
    None
}

/// The role in which a member says what the subject is about; `None` for a subject of another kind, and for who may not.
pub(crate) fn role_for(state: &BoardState, member: &Member, subject: &SigningSubject) -> Option<Role> {
    if matches!(subject, SigningSubject::Second { .. }) || wanted(subject).is_some() {
        return right_of(state, member);
    }
    let plan = matches!(subject, SigningSubject::PlanApproval { .. });
    crate::plan_approval::role_of(state, member).filter(|_| plan)
}

impl Cabinet {
    /// What can be done about the gates of a change by the member at this device, and why not.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] for a change that is not here.
    pub async fn gate_acts(&self, request: OfChange) -> Answer<GateActs> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?;
        let me = self.me(&board, &state).await?;
        let me = me.ok_or_else(|| BoardError::not_found("member", "at this device"))?;
        let change = self.load_change(&board, &key).await?;
        let present = self.present_now(&state, change)?;
        let level = self.risk_of(&state, &present.change)?.decided.level;
        let outcomes = self.gates(&board, &state, &present.change, Some(level));
        let here = |member: &&Member| member.signature_key().is_some() && board.is_enrolled_here(member.id);
        let may = |member: &&Member| barred(&state, member, &present).is_none();
        let signers = state.roster().members.iter().filter(here).filter(may).map(|m| mark_invisible(&m.name)).collect();
        let all = state.ledger.dispensations.get(&key).into_iter().flatten();
        let keyed = here(&&me);
        let said = all.map(|dispensation| self.said_word(&state, (&me, keyed), &present, dispensation)).collect();
        Ok(GateActs {
            change: key.to_string(),
            refusal: barred(&state, &me, &present),
            signers,
            gates: self.gates_to_waive(&state, &present, &outcomes),
            level: self.level_act(&board, &state, &present, level)?,
            freezes: self.freezes_to_except(&state, &present),
            plan: crate::plan_approval::act(&board, &state, &me, &present.change, &outcomes),
            questions: crate::attesting::questions(&state, &key, present.content.digest),
            attest_refusal: why_not(crate::attesting::attests_as(&me, None).map(|_| ())),
            said,
        })
    }

    /// What waits for the word of the member at this device: said by another, and theirs to second.
    ///
    /// # Errors
    /// Where no board is open, or the store cannot be read.
    pub async fn waiting_words(&self) -> Answer<WaitingWords> {
        let board = self.board()?;
        let state = board.state().await?;
        let me = self.me(&board, &state).await?;
        let me = me.filter(|me| me.signature_key().is_some() && board.is_enrolled_here(me.id));
        let mut rows = Vec::new();
        let Some(me) = me else { return Ok(WaitingWords { rows }) };
        for (key, all) in &state.ledger.dispensations {
            if !all.iter().any(|said| said.withdrawn.is_none() && said.grant.takes_two()) {
                continue;
            }
            let change = match self.load_change(&board, key).await {
                Ok(change) => change,
                // Another device knows the ticket; this one has not synced it yet.
                Err(BoardError::NotFound { .. }) => continue,
                Err(error) => return Err(error),
            };
            // Content that cannot be digested is what nothing was given for.
            let Ok(present) = self.present_now(&state, change) else { continue };
            let words = all.iter().map(|said| self.said_word(&state, (&me, true), &present, said));
            rows.extend(words.filter(|word| word.waits && word.refusal.is_none()));
        }
        Ok(WaitingWords { rows })
    }

    /// A word as the member at this device sees it, whose key is on it or not.
    fn said_word(
        &self,
        state: &BoardState,
        (me, keyed): (&Member, bool),
        present: &Present,
        said: &Dispensation,
    ) -> SaidWord {
        let (content, now) = (present.content.digest, self.now());
        let shown = view(state, &present.change, said, content, now);
        let force = said.force(&state.policy, content, now);
        let waits = force == Force::NotSeconded;
        let seconds = not_the_first(me, said);
        let refusal = why_not(seconds).or_else(|| barred(state, me, present)).filter(|_| waits);
        SaidWord {
            entry: shown.entry.to_string(),
            change: present.change.key.to_string(),
            title: mark_invisible(&present.change.title),
            kind: shown.kind,
            what: shown.what,
            by: shown.by,
            reason: shown.reason,
            until: shown.until,
            second: shown.second,
            second_reason: shown.second_reason,
            in_force: shown.in_force,
            state: shown.state,
            waits,
            refusal,
            taken_back: shown.taken_back,
            own: own(said, me.id).filter(|_| keyed && force != Force::Expired).map(|entry| entry.to_string()),
        }
    }

    fn gates_to_waive(&self, state: &BoardState, present: &Present, outcomes: &[GateOutcome]) -> Vec<GateAct> {
        let blocking: Vec<&GateOutcome> = crate::gates::blocking(&present.change, outcomes).collect();
        let again = |clause: &str, gate: &str| {
            self.refuse_again(
                state,
                present,
                &Grant::Waiver(WaiverBody {
                    change: present.change.key.clone(),
                    clause: clause.to_owned(),
                    content: present.content.digest,
                    gate: gate.to_owned(),
                    involved: present.involved.clone(),
                    reason: String::new(),
                    until: None,
                }),
            )
        };
        let act = |outcome: &&GateOutcome| {
            let (gate, clause) = (outcome.gate.id.clone(), outcome.gate.clause.as_str());
            let still = still_blocking(&blocking, &gate);
            let tried = to_waive(state, outcome);
            if gate != DEPARTMENTS || tried.is_err() {
                let refusal = why_not(tried.and_then(|()| again(clause, &gate)));
                return GateAct { gate, refusal, still, slots: Vec::new() };
            }
            // A waiver covers one department (R12).
            match self.open_slots(state, &present.change) {
                Ok(open) => {
                    let slot = |department: String| {
                        let gate = format!("{SLOT}{department}");
                        let refusal = why_not(again(clause, &gate));
                        SlotAct { gate, department: mark_invisible(&department), refusal }
                    };
                    let slots: Vec<SlotAct> = open.into_iter().map(slot).collect();
                    let free = slots.iter().any(|slot| slot.refusal.is_none());
                    let refusal = slots.first().and_then(|slot| slot.refusal.clone()).filter(|_| !free);
                    GateAct { gate, refusal, still, slots }
                }
                Err(error) => GateAct { gate, refusal: why_not(Err(error)), still, slots: Vec::new() },
            }
        };
        blocking.iter().map(act).collect()
    }

    /// The other departments that have not signed, where the waiver is of the slot of one.
    fn other_slots(&self, state: &BoardState, present: &Present, grant: &Grant) -> Answer<Vec<String>> {
        let Grant::Waiver(WaiverBody { gate, .. }) = grant else { return Ok(Vec::new()) };
        let Some(department) = gate.strip_prefix(SLOT) else { return Ok(Vec::new()) };
        let open = self.open_slots(state, &present.change)?.into_iter();
        let others = open.filter(|name| name != department);
        Ok(others.map(|name| format!("the sign-off for {} (R12)", mark_invisible(&name))).collect())
    }

    fn level_act(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        present: &Present,
        counts: RiskLevel,
    ) -> Answer<LevelAct> {
        let risk = crate::risk::without_override(state, &present.change)?;
        let by_score = risk.decided.level;
        let all = [RiskLevel::Low, RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical];
        let choice = |level: RiskLevel| {
            let grant = self.grant(board, state, present, &SetAside::Level { to: level }, String::new());
            let tried = grant.and_then(|grant| self.refuse_again(state, present, &grant));
            LevelChoice { level, two: level < by_score, refusal: why_not(tried) }
        };
        Ok(LevelAct {
            by_score,
            counts,
            floor: floor(&risk),
            choices: all.into_iter().filter(|level| *level != by_score).map(choice).collect(),
        })
    }

    fn freezes_to_except(&self, state: &BoardState, present: &Present) -> Vec<FreezeAct> {
        let change = &present.change;
        let Some(window) = &change.window else { return Vec::new() };
        let place = (change.environment.as_str(), change.service.as_str());
        let found = hits(&state.policy.freezes, &[], Some(&change.key), place, window);
        let hard = found.iter().filter(|hit| hit.freeze.hardness == Hardness::Hard);
        let act = |freeze: &domain::calendar::Freeze| {
            let grant = Grant::Exception(ExceptionBody {
                change: change.key.clone(),
                content: present.content.digest,
                freeze: freeze.id.clone(),
                involved: present.involved.clone(),
                reason: String::new(),
                until: window.end,
            });
            let over = || {
                BoardError::refused(
                    "window_over",
                    format!("The window of {} is over.", change.key),
                    Some(FREEZE),
                    "Move the window, then except the change from the freeze.",
                )
            };
            let coming = if window.end > self.now() { Ok(()) } else { Err(over()) };
            FreezeAct {
                freeze: freeze.id.clone(),
                name: mark_invisible(&freeze.name),
                reason: mark_invisible(&freeze.reason),
                window_ends: crate::words::time(window.end),
                refusal: why_not(coming.and_then(|()| self.refuse_again(state, present, &grant))),
            }
        };
        hard.map(|hit| act(hit.freeze)).collect()
    }

    /// What the signing window shows of the first word, and who may say it.
    pub(crate) async fn prepare_dispense(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
    ) -> Answer<Prepared> {
        let (change, what, reason) = wanted(subject).ok_or_else(|| BoardError::not_found("statement", "to sign"))?;
        let reason = crate::words::text("reason", reason, "Write why; the minutes print it.")?;
        let present = self.as_it_stands(board, state, change).await?;
        let grant = self.grant(board, state, &present, &what, reason)?;
        self.refuse_again(state, &present, &grant)?;
        let level = self.risk_of(state, &present.change)?.decided.level;
        let outcomes = self.gates(board, state, &present.change, Some(level));
        let blocking: Vec<&GateOutcome> = crate::gates::blocking(&present.change, &outcomes).collect();
        let two = grant.takes_two();
        let may = |member: &&Member| {
            barred(state, member, &present).is_none() && (!two || others(state, member.id, &present))
        };
        let signers = able(state, may);
        somebody_here(board, state, &signers)?;
        let slots = self.other_slots(state, &present, &grant)?;
        let mut facts = about(&present, &grant);
        facts.push(fact("What follows", follows(&grant, slots, &blocking)));
        let counts = if two {
            "once another who holds the right has seconded it".to_owned()
        } else {
            "at once: one person may raise a level".to_owned()
        };
        facts.push(fact("In force", counts));
        facts.push(fact("In the minutes", "with the names and the reasons, in force or not"));
        let title = format!("{} for {}", capital(grant.word()), present.change.key);
        let (meaning, body) = first_word(grant);
        let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
        Ok(Prepared {
            subject: subject.clone(),
            title,
            meaning,
            facts,
            digest: Digest::of(&bytes),
            manifest: vec![fact("Content it is said of", present.content.digest.to_string())],
            signers,
        })
    }

    /// What the signing window shows of the second word, and who may say it.
    pub(crate) async fn prepare_second(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        (change, entry, reason): (&str, &str, &str),
    ) -> Answer<Prepared> {
        let reason = unless_blank(reason)?;
        let present = self.as_it_stands(board, state, change).await?;
        let found = self.waits_for_a_second(state, &present, entry)?;
        let may = |member: &&Member| not_the_first(member, found).is_ok() && barred(state, member, &present).is_none();
        let signers = able(state, may);
        somebody_here(board, state, &signers)?;
        let level = self.risk_of(state, &present.change)?.decided.level;
        let outcomes = self.gates(board, state, &present.change, Some(level));
        let blocking: Vec<&GateOutcome> = crate::gates::blocking(&present.change, &outcomes).collect();
        let slots = self.other_slots(state, &present, &found.grant)?;
        let mut facts = about(&present, &found.grant);
        facts.push(fact("Said by", state.name(found.actor)));
        facts.push(fact("What follows", follows(&found.grant, slots, &blocking)));
        facts.push(fact("In force", "with this signature"));
        let title = format!("Second word on the {} for {}", found.grant.word(), present.change.key);
        let (meaning, body) = second_word(state, found, reason);
        let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
        Ok(Prepared {
            subject: subject.clone(),
            title,
            meaning,
            facts,
            digest: Digest::of(&bytes),
            manifest: vec![fact("Entry that is seconded", found.entry.to_string())],
            signers,
        })
    }

    /// Says what the signing window showed.
    pub(crate) async fn dispense_shown(&self, subject: &SigningSubject, by: String, pin: SecretString) -> Answer<()> {
        if let SigningSubject::Second { change, entry, reason } = subject {
            let (change, entry, reason) = (change.clone(), entry.clone(), reason.clone());
            return self.second(SecondRequest { change, entry, reason, by, pin }).await.map(|_| ());
        }
        let (change, what, reason) = wanted(subject).ok_or_else(|| BoardError::not_found("statement", "to sign"))?;
        let (change, reason) = (change.to_owned(), reason.to_owned());
        self.dispense(DispenseRequest { change, what, reason, by, pin }).await.map(|_| ())
    }
}

fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: value.into() }
}

/// What was tried in vain, as a refusal for the screen.
pub(crate) fn why_not(tried: Answer<()>) -> Option<Refusal> {
    match tried {
        Ok(()) => None,
        Err(BoardError::Refused(why)) => Some(why),
        Err(error) => Some(refusal("not_now", error.to_string(), None, "Mend that, then look again.")),
    }
}

/// Why a member sets nothing aside for the change: the right (R69), or a part in it (R89).
fn barred(state: &BoardState, member: &Member, present: &Present) -> Option<Refusal> {
    let right = right_of(state, member).ok_or_else(|| no_right(member));
    let tried = right.and_then(|_| unbound(state, member, present)).and_then(|()| arrived(&present.change));
    why_not(tried)
}

/// Those who could sign it with a key of their own, wherever that is.
fn able(state: &BoardState, may: impl Fn(&&Member) -> bool) -> Vec<MemberId> {
    let members = state.roster().members.iter().filter(|member| member.signature_key().is_some());
    members.filter(may).map(|member| member.id).collect()
}

/// Whether one of them can sign on this device.
fn somebody_here(board: &OpenBoard, state: &BoardState, signers: &[MemberId]) -> Answer<()> {
    if signers.iter().any(|id| board.is_enrolled_here(*id)) {
        return Ok(());
    }
    let names: Vec<String> = signers.iter().map(|id| state.name(*id)).collect();
    let remedy = if names.is_empty() {
        "Admit another member who holds the right and has no part in the change.".to_owned()
    } else {
        format!("It is signed where one of these has a key: {}.", names.join(", "))
    };
    Err(BoardError::refused("nobody_here", "Nobody who may say this can sign it on this device.", Some("R69"), remedy))
}

/// The blocking gates besides this one, by name and clause.
fn still_blocking(blocking: &[&GateOutcome], gate: &str) -> Vec<String> {
    // A waiver of one department's slot is of the gate of all.
    let gate = if gate.starts_with(SLOT) { DEPARTMENTS } else { gate };
    let others = blocking.iter().filter(|outcome| outcome.gate.id != gate);
    others.map(|outcome| format!("{} ({})", mark_invisible(&outcome.gate.title), outcome.gate.clause)).collect()
}

/// What every word says of itself.
fn about(present: &Present, grant: &Grant) -> Vec<Fact> {
    let mut facts = vec![
        fact("Change", present.change.key.to_string()),
        fact("Title", mark_invisible(&present.change.title)),
        fact(&capital(grant.word()), mark_invisible(&grant.what())),
        fact("Why", one_line(grant.reason())),
    ];
    facts.extend(grant.until().map(|until| fact("Until", crate::words::time(until))));
    facts
}

/// What becomes of the change once it is in force; `slots` are of other departments that have not signed.
fn follows(grant: &Grant, slots: Vec<String>, blocking: &[&GateOutcome]) -> String {
    match grant {
        Grant::Waiver(body) => {
            let mut still = slots;
            still.extend(still_blocking(blocking, &body.gate));
            let rest = if still.is_empty() {
                "nothing else is in the way now".to_owned()
            } else {
                format!("still in the way: {}", still.join(", "))
            };
            let what = match body.gate.strip_prefix(SLOT) {
                Some(department) => format!("The sign-off for {} (R12)", mark_invisible(department)),
                None => body.clause.clone(),
            };
            format!("{what} no longer keeps it from being approved; {rest}. The next material edit ends it.")
        }
        Grant::Override(body) => {
            let (from, to) = (body.from.word(), body.to.word());
            let level = if grant.takes_two() {
                format!("{to} counts instead of {from}; gates go on asking as for {from}")
            } else {
                format!("{to} counts instead of {from}; sign-offs given at {from} become stale")
            };
            format!("{level}. The next material edit ends it.")
        }
        Grant::Exception(_) => {
            "The freeze no longer keeps it from being approved, as long as its window ends by then; no edit ends it."
                .to_owned()
        }
    }
}
