//! Standing approvals of standard changes, the receipts that pipelines bring back, and what a broken glass owes (R3, R117).
use chrono::{DateTime, Utc};
use domain::change::ChangeKind;
use domain::entry::{Attestation, Auth, Body};
use domain::ids::{ChangeKey, Digest, EntryId};
use domain::policy::Slot;
use domain::sign_off::carrying;
use domain::standing::{Obligation, ObligationBody, Outcome, Spent, StandingApproval, StandingBody, UseBody};
use record::statement::Subject;
use serde::{Deserialize, Serialize};
use specta::Type;
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::Cabinet;
use crate::conditions::one_line;
use crate::error::{Answer, BoardError};
use crate::requests::OfChange;
use crate::sign_offs::capacity;
use crate::state::BoardState;
use crate::views::Noun;
use crate::writer::{Act, Key};

/// Uses of one standing approval at most.
const MOST_USES: u32 = 10_000;
/// Bytes of a receipt at most.
const LONGEST_RECEIPT: usize = 1 << 20;
/// Characters of an id at least.
const LEAST_OF_AN_ID: usize = 8;

/// What an authority lets a pipeline repeat.
#[derive(Debug, Clone)]
pub struct StandRequest {
    /// The standard change that was approved.
    pub change: String,
    /// Who signs: an authority who signed it off.
    pub member: String,
    /// Their PIN: no session covers this.
    pub pin: SecretString,
    /// The service.
    pub service: String,
    /// The pipeline.
    pub pipeline: String,
    /// How often.
    pub uses: u32,
    /// Until when.
    pub expires: DateTime<Utc>,
}

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
}

/// What came of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// A use was counted, or a failure noted.
    Used(StandingView),
    /// Something is owed.
    Owed(ObligationView),
}

/// The parts of a gate's receipt that the board takes in (docs/pipeline.md, *Receipts*).
#[derive(Deserialize)]
struct Receipt {
    schema: String,
    verdict: String,
    at: DateTime<Utc>,
    asked: ReceiptAsked,
    shown: Option<ReceiptShown>,
    broken: Option<ReceiptBroken>,
}

#[derive(Deserialize)]
struct ReceiptAsked {
    change: ChangeKey,
    environment: String,
}

#[derive(Deserialize)]
struct ReceiptShown {
    board: ReceiptBoard,
    standing: Option<ReceiptStanding>,
}

#[derive(Deserialize)]
struct ReceiptBoard {
    id: String,
}

#[derive(Deserialize)]
struct ReceiptStanding {
    entry: EntryId,
}

#[derive(Deserialize)]
struct ReceiptBroken {
    reason: String,
    owed: String,
}

const RECEIPT: &str = "urn:x-cabinet:gate-receipt:1";

impl Cabinet {
    /// Lets a pipeline repeat a standard change: refused unless it is approved as it was last synced, and the signer is an
    /// authority who signed it off (R31, R89).
    ///
    /// # Errors
    /// [`BoardError::Refused`] with the rule, [`BoardError::Invalid`] with the field.
    pub async fn stand(&self, request: StandRequest) -> Answer<StandingView> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(&request.member)?)?;
        let role = capacity(member).ok_or_else(|| {
            BoardError::refused(
                "no_authority",
                format!("{} is neither the Technical Development Lead nor the CTO.", member.name),
                Some("R31"),
                "An authority who signed the change off signs its standing approval.",
            )
        })?;
        let (service, pipeline) = (name("service", &request.service)?, name("pipeline", &request.pipeline)?);
        if request.uses == 0 || request.uses > MOST_USES {
            return Err(BoardError::invalid("uses", format!("Say how often, from 1 to {MOST_USES}.")));
        }
        if request.expires <= self.now() {
            return Err(BoardError::invalid("expires", "That time is over; give one to come."));
        }
        let present = self.present(&board, &state, &request.change).await?;
        self.approved(&board, &state, &present)?;
        let key = present.change.key.clone();
        if present.change.kind != Some(ChangeKind::Standard) {
            return Err(BoardError::refused(
                "not_standard",
                format!("{key} is no standard change."),
                None,
                "Only what the board knows as a standard change is repeated without it.",
            ));
        }
        let level = self.risk_of(&state, &present.change)?.decided.level;
        let least = state.policy.least(Slot::SignOff, level);
        let sign_offs = state.ledger.sign_offs.get(&key).map_or(&[][..], Vec::as_slice);
        let now = crate::changes::present(&state, &key, &present.content, level);
        if !carrying(sign_offs, least, &now).iter().any(|s| s.actor == member.id) {
            return Err(BoardError::refused(
                "not_signed_off",
                format!("{} has not signed {key} off.", member.name),
                Some("R89"),
                "Sign the change off first, or have the authority who did sign this.",
            ));
        }
        let body = StandingBody {
            change: key.clone(),
            content: present.content.digest,
            service,
            pipeline,
            environment: present.allowed.environment.clone(),
            uses: request.uses,
            expires: request.expires,
        };
        let signer = board.keys.unlock(member, request.pin.expose_secret(), self.now()).await?;
        let act = Act {
            actor: member.id,
            attestation: Attestation::Signed,
            role: Some(role),
            meaning: meaning(&body),
            meeting: None,
            subjects: present.signed.iter().map(|d| Subject { name: key.to_string(), sha256: *d }).collect(),
            body: Body::StandingApproved(body),
            blobs: Vec::new(),
        };
        let keystore = board.keys.keystore().to_owned();
        let ids =
            self.write(&board, vec![(act, Key::Member { signer, auth: Auth::Pin, keystore })], Vec::new()).await?;
        self.changed(&[Noun::Changes], &[key.as_str()]);
        let state = board.state().await?;
        let made = ids.first().and_then(|id| state.ledger.standing_approvals.get(id));
        made.map(|s| view(&state, s, self.now())).ok_or_else(|| BoardError::not_found("standing approval of", key))
    }

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
        let key = crate::words::change_key(&request.change)?.to_string();
        let standing = self.standing_approvals(Some(&key)).await?;
        let mut obligations = self.obligations().await?;
        obligations.retain(|owed| owed.change == key);
        Ok(PipelinesView { standing, obligations })
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

    /// Takes a gate's receipt in: a use of a standing approval, its failure, or what a broken glass owes. One receipt counts
    /// once, whoever brings it.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] for what is no receipt of this board, or tells of nothing to keep.
    pub async fn take_receipt(&self, bytes: Vec<u8>, failed: bool) -> Answer<Taken> {
        let board = self.board()?;
        let state = board.state().await?;
        let invalid = |why: String| BoardError::invalid("receipt", why);
        if bytes.len() > LONGEST_RECEIPT {
            return Err(invalid("It is longer than any receipt of cab-gate.".to_owned()));
        }
        let receipt: Receipt = serde_json::from_slice(&bytes)
            .map_err(|why| invalid(format!("It is no receipt that cab-gate wrote: {why}")))?;
        if receipt.schema != RECEIPT {
            return Err(invalid(format!("It is no receipt of cab-gate, but {:?}.", receipt.schema)));
        }
        let shown = receipt.shown.as_ref();
        if shown.is_none_or(|s| s.board.id != state.rosters.board().to_string()) {
            return Err(invalid("It is about another board.".to_owned()));
        }
        let receipt_digest = Digest::of(&bytes);
        let change = receipt.asked.change.clone();
        let outcome = if failed { Outcome::Failed } else { Outcome::Succeeded };
        let (receipt_of, at) = (receipt_digest, receipt.at);
        let (body, meaning) = match (receipt.verdict.as_str(), receipt.broken, shown.and_then(|s| s.standing.as_ref()))
        {
            ("glass-broken", Some(broken), _) => {
                let what = format!("{change} → {}: {}", one_line(&receipt.asked.environment), one_line(&broken.owed));
                let reason = crate::words::text("receipt", &broken.reason, "It gives no reason for the broken glass.")?;
                let meaning = format!("Deployed although the gate refused it. Owed: {what}");
                (Body::ObligationOpened(ObligationBody { change, what, reason, receipt: receipt_of, at }), meaning)
            }
            ("passed", _, Some(standing)) => {
                let standing = standing.entry;
                if !state.ledger.standing_approvals.contains_key(&standing) {
                    return Err(BoardError::not_found("standing approval", standing));
                }
                let ended = if failed { "failed" } else { "succeeded" };
                let meaning = format!("A deployment under standing approval {} {ended}.", standing.short());
                (Body::StandingUsed(UseBody { standing, receipt: receipt_of, at, outcome }), meaning)
            }
            _ => {
                let why =
                    "It tells of no use of a standing approval and of no broken glass: the board keeps nothing of it.";
                return Err(invalid(why.to_owned()));
            }
        };
        if told(&state, receipt_of, outcome, self.now()).is_none() {
            let act = Act {
                actor: self.my_id(&board, &state).await?,
                attestation: Attestation::Recorded,
                role: None,
                meaning,
                meeting: None,
                subjects: vec![Subject { name: "receipt".to_owned(), sha256: receipt_of }],
                body,
                // The subject's document, so that the entry can be checked by itself.
                blobs: vec![bytes],
            };
            self.write(&board, vec![(act, Key::Device)], Vec::new()).await?;
            self.changed(&[Noun::Changes], &[]);
        }
        let state = board.state().await?;
        told(&state, receipt_of, outcome, self.now()).ok_or_else(|| BoardError::not_found("receipt", receipt_of))
    }

    /// What broken glasses owe: the open ones first, then by time.
    ///
    /// # Errors
    /// Where no board is open.
    pub async fn obligations(&self) -> Answer<Vec<ObligationView>> {
        let state = self.board()?.state().await?;
        let mut all: Vec<&Obligation> = state.ledger.obligations.values().collect();
        all.sort_by_key(|o| (o.met.is_some(), o.body.at, o.entry));
        Ok(all.into_iter().map(owed_view).collect())
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
        held.map(owed_view).ok_or_else(|| BoardError::not_found("obligation", id))
    }
}

/// What the record tells of a receipt, if it tells at least as much.
fn told(state: &BoardState, receipt: Digest, outcome: Outcome, now: DateTime<Utc>) -> Option<Taken> {
    let ledger = &state.ledger;
    let used = |s: &&StandingApproval| s.uses.get(&receipt).is_some_and(|u| u.outcome >= outcome);
    let standing = ledger.standing_approvals.values().find(used).map(|s| Taken::Used(view(state, s, now)));
    let owed = || ledger.obligations.values().find(|o| o.body.receipt == receipt);
    standing.or_else(|| owed().map(|o| Taken::Owed(owed_view(o))))
}

/// The sentence that is signed.
fn meaning(body: &StandingBody) -> String {
    format!(
        "Pipeline {} may deploy {} into {} as {} was approved, {} times until {}, without another decision. A failure \
         suspends it.",
        one_line(&body.pipeline),
        one_line(&body.service),
        one_line(&body.environment),
        body.change,
        body.uses,
        crate::words::time(body.expires)
    )
}

fn name(field: &str, typed: &str) -> Answer<String> {
    let name = typed.trim();
    if name.is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
        return Err(BoardError::invalid(
            field,
            "Give its name as the pipeline says it: 1 to 200 characters on one line.",
        ));
    }
    Ok(name.to_owned())
}

/// The one that is named: by its id, or by so much of its beginning that it is the only one.
fn found<'i>(id: &str, what: &str, all: impl Iterator<Item = &'i EntryId>) -> Answer<EntryId> {
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

fn owed_view(owed: &Obligation) -> ObligationView {
    ObligationView {
        id: owed.entry.to_string(),
        change: owed.body.change.to_string(),
        what: owed.body.what.clone(),
        reason: owed.body.reason.clone(),
        at: crate::words::time(owed.body.at),
        met: owed.met.as_ref().map(|(_, note)| note.clone()),
    }
}
