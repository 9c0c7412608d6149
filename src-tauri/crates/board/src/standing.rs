//! Standing approvals of standard changes, the receipts that pipelines bring back, and what a broken glass owes (R3, R117).
use chrono::{DateTime, Utc};
use domain::entry::{Attestation, Body};
use domain::ids::{Digest, EntryId};
use domain::standing::{Obligation, Spent, StandingApproval};
use record::statement::Subject;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::cabinet::Cabinet;
use crate::conditions::one_line;
use crate::emergencies::glass;
use crate::error::{Answer, BoardError};
use crate::requests::OfChange;
use crate::state::BoardState;
use crate::views::{Noun, Refusal};
use crate::writer::{Act, Key};

mod receipts;
mod sign;
mod told;

pub use receipts::{Brought, Taken};
pub use sign::{StandRequest, StandingOffer};
pub(crate) use sign::{Wanted, expiry};

/// Characters of an id at least.
const LEAST_OF_AN_ID: usize = 8;

/// A standing approval as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StandingView {
    /// Its entry.
    pub id: String,
    /// The change that is repeated.
    pub change: String,
    /// The service.
    pub service: String,
    /// The pipeline.
    pub pipeline: String,
    /// Where to.
    pub environment: String,
    /// How often it may be used.
    pub uses: u32,
    /// How often it was, as far as receipts were brought back.
    pub counted: u32,
    /// Until when, RFC 3339.
    pub expires: String,
    /// Who signed it.
    pub signed_by: String,
    /// In words: it runs, or why it does not.
    pub state: String,
    /// Whether it lets something run now, as far as this device knows.
    pub holds: bool,
}

/// What is owed, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ObligationView {
    /// Its entry.
    pub id: String,
    /// The change that was deployed.
    pub change: String,
    /// What has to be done.
    pub what: String,
    /// Why the glass was broken.
    pub reason: String,
    /// For when the gate judged, RFC 3339.
    pub at: String,
    /// By when it is met, RFC 3339.
    pub due: String,
    /// Whether it is open and its time is over.
    pub overdue: bool,
    /// What shows that it is met; `None` while it is open.
    pub met: Option<String>,
}

/// What pipelines may repeat of a change, and what they left owing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PipelinesView {
    /// Standing approvals, newest first.
    pub standing: Vec<StandingView>,
    /// What broken glasses owe, the open ones first.
    pub obligations: Vec<ObligationView>,
    /// What a standing approval signed now would let run; null where none can be signed here.
    pub offer: Option<StandingOffer>,
    /// Why none can be signed here; null where one can, and of what is no standard change.
    pub refusal: Option<Refusal>,
}

impl Cabinet {
    /// Every standing approval, newest first; of one change, or of all.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] for a key that is none.
    pub async fn standing_approvals(&self, change: Option<&str>) -> Answer<Vec<StandingView>> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = change.map(crate::words::change_key).transpose()?;
        let of_it = |s: &&StandingApproval| key.as_ref().is_none_or(|k| *k == s.body.change);
        let mut found: Vec<&StandingApproval> = state.ledger.standing_approvals.values().filter(of_it).collect();
        found.sort_by_key(|s| std::cmp::Reverse((s.claimed, s.entry)));
        Ok(found.into_iter().map(|s| view(&state, s, self.now())).collect())
    }

    /// What pipelines may repeat of a change, and what they left owing.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] for a key that is none.
    pub async fn pipelines(&self, request: OfChange) -> Answer<PipelinesView> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?.to_string();
        let standing = self.standing_approvals(Some(&key)).await?;
        let mut obligations = self.obligations().await?;
        obligations.retain(|owed| owed.change == key);
        let (offer, refusal) = match self.standing_offer(&board, &state, &key).await {
            Ok(offer) => (Some(offer), None),
            // Nobody misses it where there is nothing to repeat.
            Err(BoardError::Refused(why)) => (None, Some(why).filter(|why| why.code != "not_standard")),
            // The record may tell of a change that no ticket here is of.
            Err(BoardError::NotFound { .. }) => (None, None),
            Err(error) => return Err(error),
        };
        Ok(PipelinesView { standing, obligations, offer, refusal })
    }

    /// Stops a standing approval. Anybody on the board may; only another signature lets it run again.
    ///
    /// # Errors
    /// [`BoardError::NotFound`]; [`BoardError::Refused`] where it is suspended already; [`BoardError::Invalid`] without a
    /// reason.
    pub async fn suspend_standing(&self, id: &str, reason: &str) -> Answer<StandingView> {
        let board = self.board()?;
        let state = board.state().await?;
        let reason = crate::words::text("reason", reason, "Say why it must not run any more.")?;
        let standing = found(id, "standing approval", state.ledger.standing_approvals.keys())?;
        let held = state.ledger.standing_approvals.get(&standing);
        if let Some((_, before)) = held.and_then(|s| s.suspended.as_ref()) {
            return Err(BoardError::refused(
                "suspended",
                format!("It is suspended already: {}", one_line(before)),
                None,
                "Nothing runs under it; an authority signs a new one when the reason is gone.",
            ));
        }
        let act = Act {
            actor: self.my_id(&board, &state).await?,
            attestation: Attestation::Recorded,
            role: None,
            meaning: format!("Standing approval {} is suspended: {}", standing.short(), one_line(&reason)),
            meeting: None,
            subjects: vec![Subject { name: format!("entry {}", standing.short()), sha256: Digest(standing.0) }],
            body: Body::StandingSuspended { standing, reason },
            blobs: Vec::new(),
        };
        self.write(&board, vec![(act, Key::Device)], Vec::new()).await?;
        self.changed(&[Noun::Changes], &[]);
        let state = board.state().await?;
        let held = state.ledger.standing_approvals.get(&standing);
        held.map(|s| view(&state, s, self.now())).ok_or_else(|| BoardError::not_found("standing approval", id))
    }

    /// What broken glasses owe: the open ones first, then by time.
    ///
    /// # Errors
    /// Where no board is open.
    pub async fn obligations(&self) -> Answer<Vec<ObligationView>> {
        let state = self.board()?.state().await?;
        let mut all: Vec<&Obligation> = state.ledger.obligations.values().collect();
        all.sort_by_key(|o| (o.met.is_some(), o.body.at, o.entry));
        Ok(all.into_iter().map(|o| owed_view(&state, o, self.now())).collect())
    }

    /// Records that what was owed is done, and what shows it.
    ///
    /// # Errors
    /// [`BoardError::NotFound`]; [`BoardError::Refused`] where it is met already; [`BoardError::Invalid`] without a note.
    pub async fn meet_obligation(&self, id: &str, note: &str) -> Answer<ObligationView> {
        let board = self.board()?;
        let state = board.state().await?;
        let note = crate::words::text("note", note, "Write what shows that it is done.")?;
        let obligation = found(id, "obligation", state.ledger.obligations.keys())?;
        let held = state.ledger.obligations.get(&obligation);
        if let Some((_, before)) = held.and_then(|o| o.met.as_ref()) {
            return Err(BoardError::refused(
                "obligation_met",
                format!("It is met already: {}", one_line(before)),
                None,
                "Nothing is left to do; the record keeps the first word.",
            ));
        }
        let act = Act {
            actor: self.my_id(&board, &state).await?,
            attestation: Attestation::Recorded,
            role: None,
            meaning: format!("What {} left owing is done: {}", obligation.short(), one_line(&note)),
            meeting: None,
            subjects: vec![Subject { name: format!("entry {}", obligation.short()), sha256: Digest(obligation.0) }],
            body: Body::ObligationMet { obligation, note },
            blobs: Vec::new(),
        };
        self.write(&board, vec![(act, Key::Device)], Vec::new()).await?;
        self.changed(&[Noun::Changes], &[]);
        let state = board.state().await?;
        let held = state.ledger.obligations.get(&obligation);
        held.map(|o| owed_view(&state, o, self.now())).ok_or_else(|| BoardError::not_found("obligation", id))
    }
}

/// The one that is named: by its id, or by so much of its beginning that it is the only one.
pub(crate) fn found<'i>(id: &str, what: &str, all: impl Iterator<Item = &'i EntryId>) -> Answer<EntryId> {
    let typed = id.trim().to_ascii_lowercase();
    let mut named = all.filter(|entry| typed.len() >= LEAST_OF_AN_ID && entry.to_string().starts_with(&typed));
    match (named.next(), named.next()) {
        (Some(only), None) => Ok(*only),
        (Some(_), Some(_)) => Err(BoardError::invalid("id", format!("{id} names more than one; give more of it."))),
        (None, _) => Err(BoardError::not_found(what, id)),
    }
}

fn view(state: &BoardState, standing: &StandingApproval, now: DateTime<Utc>) -> StandingView {
    let holds = standing.holds(now);
    let words = match holds {
        Ok(()) => "Runs".to_owned(),
        Err(Spent::Suspended) => {
            let reason = standing.suspended.as_ref().map_or("", |(_, reason)| reason.as_str());
            format!("Suspended: {}", one_line(reason))
        }
        Err(Spent::Expired) => "Over".to_owned(),
        Err(Spent::UsedUp) => "Used up".to_owned(),
    };
    StandingView {
        id: standing.entry.to_string(),
        change: standing.body.change.to_string(),
        service: standing.body.service.clone(),
        pipeline: standing.body.pipeline.clone(),
        environment: standing.body.environment.clone(),
        uses: standing.body.uses,
        counted: standing.counted(),
        expires: crate::words::time(standing.body.expires),
        signed_by: state.name(standing.actor),
        state: words,
        holds: holds.is_ok(),
    }
}

fn owed_view(state: &BoardState, owed: &Obligation, now: DateTime<Utc>) -> ObligationView {
    let follows = glass(state, owed);
    ObligationView {
        id: owed.entry.to_string(),
        change: owed.body.change.to_string(),
        what: owed.body.what.clone(),
        reason: owed.body.reason.clone(),
        at: crate::words::time(owed.body.at),
        due: crate::words::time(follows.due),
        overdue: follows.overdue(now),
        met: owed.met.as_ref().map(|(_, note)| note.clone()),
    }
}
