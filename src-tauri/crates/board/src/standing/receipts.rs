//! Receipts: what a pipeline's gate wrote comes back to the board, as a use of a standing approval or as what a broken glass
//! owes (docs/pipeline.md, *Receipts*).
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::entry::{Attestation, Body};
use domain::ids::{ChangeKey, Digest, EntryId};
use domain::standing::{ObligationBody, Outcome, StandingApproval, UseBody};
use record::statement::Subject;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ObligationView, StandingView, owed_view, view};
use crate::cabinet::Cabinet;
use crate::conditions::one_line;
use crate::error::{Answer, BoardError};
use crate::requests::BringReceipt;
use crate::state::BoardState;
use crate::views::Noun;
use crate::writer::{Act, Key};

/// Bytes of a receipt at most.
const LONGEST_RECEIPT: usize = 1 << 20;

/// What came of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// A use was counted, or a failure noted.
    Used(StandingView),
    /// Something is owed.
    Owed(ObligationView),
}

/// What came of a receipt that the window read: one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Brought {
    /// True: the record told of it before, and nothing was added.
    pub known: bool,
    /// The standing approval of which it is a use.
    pub standing: Option<StandingView>,
    /// What it leaves owing.
    pub owed: Option<ObligationView>,
}

/// The parts of a gate's receipt that the board takes in.
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
    /// Takes a gate's receipt in: a use of a standing approval, its failure, or what a broken glass owes. One receipt counts
    /// once, whoever brings it.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] for what is no receipt of this board, or tells of nothing to keep.
    pub async fn take_receipt(&self, bytes: Vec<u8>, failed: bool) -> Answer<Taken> {
        self.take_once(bytes, failed).await.map(|(taken, _)| taken)
    }

    /// Takes in what the window read of a receipt's file, byte by byte: its digest is what counts once.
    ///
    /// # Errors
    /// As [`Self::take_receipt`].
    pub async fn bring_receipt(&self, request: BringReceipt) -> Answer<Brought> {
        let bytes = STANDARD
            .decode(request.content)
            .map_err(|_| BoardError::invalid("content", "The file was not read whole."))?;
        Ok(match self.take_once(bytes, request.failed).await? {
            (Taken::Used(standing), known) => Brought { known, standing: Some(standing), owed: None },
            (Taken::Owed(owed), known) => Brought { known, standing: None, owed: Some(owed) },
        })
    }

    /// What came of a receipt, and whether the record told of it before.
    async fn take_once(&self, bytes: Vec<u8>, failed: bool) -> Answer<(Taken, bool)> {
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
        let known = told(&state, receipt_of, outcome, self.now()).is_some();
        if !known {
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
        let taken = told(&state, receipt_of, outcome, self.now());
        taken.map(|taken| (taken, known)).ok_or_else(|| BoardError::not_found("receipt", receipt_of))
    }
}

/// What the record tells of a receipt, if it tells at least as much.
fn told(state: &BoardState, receipt: Digest, outcome: Outcome, now: DateTime<Utc>) -> Option<Taken> {
    let ledger = &state.ledger;
    let used = |s: &&StandingApproval| s.uses.get(&receipt).is_some_and(|u| u.outcome >= outcome);
    let standing = ledger.standing_approvals.values().find(used).map(|s| Taken::Used(view(state, s, now)));
    let owed = || ledger.obligations.values().find(|o| o.body.receipt == receipt);
    standing.or_else(|| owed().map(|o| Taken::Owed(owed_view(state, o, now))))
}
