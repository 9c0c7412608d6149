//! Emergencies (R49 to R53, R65 to R67, R95): what is declared, what it owes by when, and what was taken back.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::emergency::{self, Emergency, EmergencyRules, Owed, Rollback};
use domain::entry::{Attestation, Body};
use domain::ids::{ChangeKey, Digest};
use domain::standing::Obligation;
use domain::text::mark_invisible;
use record::statement::Subject;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::cabinet::{Cabinet, OpenBoard};
use crate::conditions::one_line;
use crate::error::{Answer, BoardError};
use crate::requests::MeetOwed;
use crate::standing::found;
use crate::state::BoardState;
use crate::views::Noun;
use crate::writer::{Act, Key};

mod gates;
mod sign;

pub(crate) use gates::Late;
pub use sign::{BindRequest, DeclareRequest, RevalidateRequest};

/// What an emergency owes, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OwedView {
    /// Which: `binding`, `review`, `root_cause`, or the clause that waits.
    pub id: String,
    /// The clause that asks for it.
    pub clause: String,
    /// What is owed.
    pub what: String,
    /// By when, RFC 3339.
    pub due: String,
    /// Whether it is open and its time is over.
    pub overdue: bool,
    /// What shows that it is done; `None` while it is open.
    pub met: Option<String>,
}

/// An emergency as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EmergencyView {
    /// Its declaration.
    pub id: String,
    /// The change; its provisional key while it has no ticket.
    pub change: String,
    /// The key under which it was declared.
    pub declared_as: String,
    /// The Service Manager.
    pub declared_by: String,
    /// When, RFC 3339, as claimed.
    pub at: String,
    /// The incident.
    pub incident: String,
    /// Where what is handed over is told beside the change's own ticket; empty while it has none.
    pub told: String,
    /// Who of the business was consulted.
    pub consulted: String,
    /// What is broken.
    pub breaks: String,
    /// What is done.
    pub plan: String,
    /// How it is taken back.
    pub backout: String,
    /// Who deploys.
    pub deployer: String,
    /// When, in words of the window's zone.
    pub window: String,
    /// What it owes, what is due first standing first.
    pub owed: Vec<OwedView>,
}

/// A deployment that was taken back, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RollbackView {
    /// Its entry.
    pub id: String,
    /// The change.
    pub change: String,
    /// The incident.
    pub incident: String,
    /// Where what is handed over is told beside the change's own ticket; empty where that is not here.
    pub told: String,
    /// When it was taken back, RFC 3339.
    pub at: String,
    /// The root cause and what shows that it works now; `None` while it may not be deployed again.
    pub revalidated: Option<String>,
}

/// Emergencies and what was taken back, each the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EmergenciesView {
    /// Emergencies, each with what it owes.
    pub emergencies: Vec<EmergencyView>,
    /// Deployments that were taken back.
    pub rollbacks: Vec<RollbackView>,
}

/// The policy's rules on an emergency: those of the policy that its declaration names (R14).
fn rules<'s>(state: &'s BoardState, emergency: &Emergency) -> &'s EmergencyRules {
    rules_of(state, emergency.policy)
}

/// The rules on what is owed of the policy that an entry names.
fn rules_of(state: &BoardState, policy: Digest) -> &EmergencyRules {
    &state.policies.get(&policy).unwrap_or(&state.policy).emergency
}

/// What a broken glass owes, and by when: by the policy under which it was recorded (R52).
pub(crate) fn glass(state: &BoardState, obligation: &Obligation) -> Owed {
    let owed = obligation.owed(rules_of(state, obligation.policy));
    Owed { what: one_line(&owed.what), ..owed }
}

impl Cabinet {
    /// Emergencies and what was taken back, as the window shows them.
    ///
    /// # Errors
    /// As [`Cabinet::emergencies`].
    pub async fn emergencies_view(&self) -> Answer<EmergenciesView> {
        Ok(EmergenciesView { emergencies: self.emergencies().await?, rollbacks: self.rollbacks().await? })
    }

    /// Every emergency, the newest first, each with what it owes.
    ///
    /// # Errors
    /// Where no board is open, or the store cannot be read.
    pub async fn emergencies(&self) -> Answer<Vec<EmergencyView>> {
        let board = self.board()?;
        let state = board.state().await?;
        let mut all: Vec<&Emergency> = state.ledger.emergencies.values().collect();
        all.sort_by_key(|one| std::cmp::Reverse((one.claimed, one.entry)));
        let mut views = Vec::with_capacity(all.len());
        for one in all {
            views.push(self.emergency_view(&board, &state, one).await?);
        }
        Ok(views)
    }

    async fn emergency_view(&self, board: &OpenBoard, state: &BoardState, one: &Emergency) -> Answer<EmergencyView> {
        let owed = self.owed_of(board, state, one).await?;
        let told = match one.ticket() {
            Some(key) => self.told_where(board, key, (&one.body.incident, false)).await?,
            None => String::new(),
        };
        Ok(EmergencyView { told, ..view(state, one, &owed, self.now()) })
    }

    async fn rollback_view(&self, board: &OpenBoard, one: &Rollback) -> Answer<RollbackView> {
        let told = self.told_where(board, &one.change, (&one.incident, true)).await?;
        Ok(RollbackView { told, ..rollback_view(one) })
    }

    /// Where a hand-off is told beside the change's own ticket, in words (R60); nothing where the change is not here.
    async fn told_where(
        &self,
        board: &OpenBoard,
        change: &ChangeKey,
        (incident, taken_back): (&str, bool),
    ) -> Answer<String> {
        let told = self.told_of(board, change).await?;
        Ok(told.map_or_else(String::new, |told| told.words(incident, taken_back)))
    }

    /// What an emergency owes; of what its ticket says by now, nothing.
    pub(crate) async fn owed_of(&self, board: &OpenBoard, state: &BoardState, one: &Emergency) -> Answer<Vec<Owed>> {
        let kept = match one.ticket() {
            Some(key) => match self.load_change(board, key).await {
                Ok(change) => self.kept(board, state, &change)?,
                // The ticket may be on its way to this device.
                Err(BoardError::NotFound { .. }) => BTreeSet::new(),
                Err(error) => return Err(error),
            },
            None => BTreeSet::new(),
        };
        Ok(emergency::owed(one, state.ledger.emergencies.values(), rules(state, one), &kept))
    }

    /// Says that something an emergency owed is done, and what shows it (R52, R66, R67).
    ///
    /// # Errors
    /// [`BoardError::NotFound`]; [`BoardError::Refused`] where it is met, or only a ticket meets it;
    /// [`BoardError::Invalid`] without a note.
    pub async fn meet_owed(&self, declaration: &str, owed: &str, note: &str) -> Answer<EmergencyView> {
        let text = str::to_owned;
        let (declaration, owed, note) = (text(declaration), text(owed), text(note));
        self.meet_owed_with(MeetOwed { declaration, owed, note, proposal: None }).await
    }

    /// As [`Cabinet::meet_owed`]; of a review also what it proposes for the policy (R97, R102).
    ///
    /// # Errors
    /// As [`Cabinet::meet_owed`]; [`BoardError::Invalid`] for a proposal without words, with a setting that is none or with
    /// values that make no policy, and for one that comes with anything but a review.
    pub async fn meet_owed_with(&self, request: MeetOwed) -> Answer<EmergencyView> {
        let MeetOwed { declaration, owed, note, proposal } = &request;
        let board = self.board()?;
        let state = board.state().await?;
        let note = crate::words::text("note", note, "Write what shows that it is done.")?;
        let one = declared(&state, declaration)?;
        let id = owed.trim();
        let all = self.owed_of(&board, &state, one).await?;
        let asked = all.iter().find(|o| o.id.eq_ignore_ascii_case(id)).ok_or_else(|| {
            let ids: Vec<&str> = all.iter().map(|o| o.id.as_str()).collect();
            BoardError::not_found("obligation", format!("{id}; {} owes: {}", one.about(), ids.join(", ")))
        })?;
        if let Some(before) = &asked.met {
            return Err(BoardError::refused(
                "obligation_met",
                format!("It is met already: {}", one_line(before)),
                Some(&asked.clause),
                "Nothing is left to do; the record keeps the first word.",
            ));
        }
        if asked.id == "binding" {
            return Err(BoardError::refused(
                "ticket_wanted",
                format!("That {} has a ticket only a ticket shows.", one.body.change),
                Some("R11"),
                "Enter it in the ticketing system, sync, and bind it: `cab emergency bind`.",
            ));
        }
        if proposal.is_some() && asked.id != emergency::REVIEW {
            return Err(BoardError::invalid("proposal", "A review proposes; leave it out here."));
        }
        let proposal = proposal.as_ref().map(|form| crate::policies::proposed(&state, form)).transpose()?;
        let mut meaning =
            format!("Owed by the emergency {}, and done: {}. {}", one.about(), asked.what, one_line(&note));
        if let Some(proposal) = &proposal {
            meaning.push_str(&format!(" It proposes for the policy: {}", one_line(&proposal.words)));
            let lines: Vec<String> = proposal.settings.iter().map(|setting| one_line(&setting.line())).collect();
            if !lines.is_empty() {
                meaning.push_str(&format!(" ({})", lines.join("; ")));
            }
        }
        let act = Act {
            actor: self.device_owner(&board, &state)?,
            attestation: Attestation::Recorded,
            role: None,
            meaning,
            meeting: None,
            subjects: vec![Subject { name: format!("entry {}", one.entry.short()), sha256: Digest(one.entry.0) }],
            body: Body::EmergencyMet { declaration: one.entry, note, owed: asked.id.clone(), proposal },
            blobs: Vec::new(),
        };
        self.write(&board, vec![(act, Key::Device)], Vec::new()).await?;
        self.changed(&[Noun::Board, Noun::Changes, Noun::Agenda], &[one.about().as_str()]);
        self.emergency(&one.entry.to_string()).await
    }

    /// Tells that a deployment was taken back: from then on the change is not deployed again until it is revalidated
    /// (R95). Anybody may say so, at any time.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] for a key that is none; [`BoardError::Invalid`] without an incident.
    pub async fn roll_back(&self, change: &str, incident: &str, at: DateTime<Utc>) -> Answer<RollbackView> {
        let board = self.board()?;
        let state = board.state().await?;
        let change = self.load_change(&board, &crate::words::change_key(change)?).await?.key;
        let incident = crate::words::text("incident", incident, "Name the incident.")?;
        let body = Body::RolledBack { at, change: change.clone(), incident: incident.clone() };
        let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
        let act = Act {
            actor: self.device_owner(&board, &state)?,
            attestation: Attestation::Recorded,
            role: None,
            meaning: format!("The deployment of {change} was taken back (incident {}).", one_line(&incident)),
            meeting: None,
            subjects: vec![Subject { name: format!("rollback of {change}"), sha256: Digest::of(&bytes) }],
            body,
            blobs: Vec::new(),
        };
        let ids = self.write(&board, vec![(act, Key::Device)], Vec::new()).await?;
        self.changed(&[Noun::Changes], &[change.as_str()]);
        self.hand_over(&board).await;
        let state = board.state().await?;
        let told = ids.first().and_then(|id| state.ledger.rollbacks.get(id));
        let told = told.ok_or_else(|| BoardError::not_found("rollback of", &change))?;
        self.rollback_view(&board, told).await
    }

    /// What follows from an act for its ticket goes there now (R60); what fails here goes there at the next sync.
    async fn hand_over(&self, board: &OpenBoard) {
        // Boxed: whoever declares something does not carry the futures of everything that is written back.
        if let Err(error) = Box::pin(self.settle_write_backs(board)).await {
            tracing::warn!(%error, "what is handed over goes to its ticket at the next sync");
        }
    }

    /// Every deployment that was taken back, the newest first.
    ///
    /// # Errors
    /// Where no board is open.
    pub async fn rollbacks(&self) -> Answer<Vec<RollbackView>> {
        let board = self.board()?;
        let state = board.state().await?;
        let mut all: Vec<&Rollback> = state.ledger.rollbacks.values().collect();
        all.sort_by_key(|one| std::cmp::Reverse((one.at, one.entry)));
        let mut views = Vec::with_capacity(all.len());
        for one in all {
            views.push(self.rollback_view(&board, one).await?);
        }
        Ok(views)
    }

    /// One emergency, by its declaration or its provisional key.
    async fn emergency(&self, declaration: &str) -> Answer<EmergencyView> {
        let board = self.board()?;
        let state = board.state().await?;
        self.emergency_view(&board, &state, declared(&state, declaration)?).await
    }
}

/// The one that is named: by the id of its declaration, or by a key, its newest.
fn declared<'s>(state: &'s BoardState, typed: &str) -> Answer<&'s Emergency> {
    let key = typed.trim().to_uppercase();
    let named = |one: &&Emergency| one.about().as_str() == key || one.body.change.as_str() == key;
    let newest = state.ledger.emergencies.values().filter(named).max_by_key(|one| (one.claimed, one.entry));
    match newest {
        Some(one) => Ok(one),
        None => {
            let id = found(typed, "emergency", state.ledger.emergencies.keys())?;
            state.ledger.emergencies.get(&id).ok_or_else(|| BoardError::not_found("emergency", typed))
        }
    }
}

fn view(state: &BoardState, one: &Emergency, owed: &[Owed], now: DateTime<Utc>) -> EmergencyView {
    let body = &one.body;
    let owed = owed.iter().map(|o| OwedView {
        id: o.id.clone(),
        clause: o.clause.clone(),
        what: o.what.clone(),
        due: crate::words::time(o.due),
        overdue: o.overdue(now),
        met: o.met.as_deref().map(mark_invisible),
    });
    EmergencyView {
        id: one.entry.to_string(),
        change: one.about().to_string(),
        declared_as: body.change.to_string(),
        declared_by: state.name(one.actor),
        at: crate::words::time(one.claimed),
        incident: mark_invisible(&body.incident),
        told: String::new(),
        consulted: mark_invisible(&body.consulted),
        breaks: mark_invisible(&body.breaks),
        plan: mark_invisible(&body.plan),
        backout: mark_invisible(&body.backout),
        deployer: mark_invisible(&body.deployer),
        window: sign::window_words(&body.window),
        owed: owed.collect(),
    }
}

fn rollback_view(one: &Rollback) -> RollbackView {
    let revalidated = one.revalidated.as_ref();
    RollbackView {
        id: one.entry.to_string(),
        change: one.change.to_string(),
        incident: mark_invisible(&one.incident),
        told: String::new(),
        at: crate::words::time(one.at),
        revalidated: revalidated.map(|again| mark_invisible(&format!("{}; {}", again.root_cause, again.note))),
    }
}
