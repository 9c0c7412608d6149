//! When a folder turns out to be an older copy and nobody has what is missing: its keys say so in the record and go
//! on in a new epoch (`record.md`, *Log*). A restored laptop is not an attack, and forks nothing.
use domain::entry::{Attestation, Auth, Body, Head};
use domain::ids::LogId;
use record::statement::Subject;
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::views::Noun;
use crate::writer::{Act, Key};

/// Who says that what is missing is gone.
#[derive(Debug, Clone)]
pub struct RecoverRequest {
    /// What happened, in words.
    pub reason: String,
    /// The member whose signature key's log ends early too, with their PIN; the device's own log needs neither.
    pub member: Option<(String, SecretString)>,
}

impl Cabinet {
    /// Logs that are known beside the keys to go further than they do here, in words; empty on a sound folder.
    pub async fn behind(&self) -> Answer<Vec<String>> {
        let board = self.board()?;
        Ok(missing(&board).await?.into_iter().map(|(log, known, held)| told(log, known, held)).collect())
    }

    /// Gives up what is missing, after every relay was asked once more, and begins a new epoch for each log that ends
    /// early. Answers how many logs.
    pub async fn recover(&self, request: RecoverRequest) -> Answer<u32> {
        let reason = request.reason.trim();
        if reason.is_empty() {
            return Err(BoardError::invalid("reason", "Say what happened to the folder."));
        }
        let board = self.board()?;
        self.exchange().await?;
        let behind = missing(&board).await?;
        if behind.is_empty() {
            return Err(BoardError::refused(
                "not_behind",
                "Nothing is missing here: this is the newest copy.",
                None,
                "Go on as usual.",
            ));
        }
        let state = board.state().await?;
        let recorder = board.recorder_of_older_copy().await?;
        let mut acts = Vec::new();
        for (log, known, held) in &behind {
            let (owner, key) =
                state.rosters.current().key(log.key).map_err(|r| crate::state::refused("the log", &r))?;
            let signing = if log.key == board.device {
                Key::Device
            } else {
                let given = request.member.as_ref().filter(|(id, _)| *id == owner.id.to_string());
                let (_, pin) = given.ok_or_else(|| {
                    BoardError::refused(
                        "pin_needed",
                        format!("{} also ends early: {}.", owner.name, told(*log, *known, *held)),
                        None,
                        format!("{} says so with their own PIN.", owner.name),
                    )
                })?;
                let signer = board.keys.unlock(owner, pin.expose_secret(), self.now()).await?;
                Key::Member { signer, auth: Auth::Pin, keystore: key.keystore.clone() }
            };
            let own = matches!(signing, Key::Member { .. });
            let act = Act {
                actor: owner.id,
                attestation: if own { Attestation::Signed } else { Attestation::Recorded },
                role: None,
                meaning: format!("This folder was an older copy ({}): {reason}", told(*log, *known, *held)),
                meeting: None,
                subjects: vec![Subject {
                    name: format!("entry {} of log {}:{}", known.seq, log.key.short(), log.epoch),
                    sha256: domain::ids::Digest(known.id.0),
                }],
                body: Body::Recovered { before: *log, known: *known, held: *held, reason: reason.to_owned() },
                blobs: Vec::new(),
            };
            acts.push((act, signing));
        }
        self.write_with(&board, recorder, acts, Vec::new()).await?;
        // The state knows which logs were given up only after a reading of the whole.
        board.reload().await?;
        self.changed(&[Noun::Board], &[]);
        Ok(u32::try_from(behind.len()).unwrap_or(u32::MAX))
    }
}

async fn missing(board: &OpenBoard) -> Answer<Vec<(LogId, Head, Option<Head>)>> {
    let witnessed = board.keys.heads().await?;
    Ok(board.state().await?.behind(&witnessed))
}

/// A log that ends early, for auditors.
pub(crate) fn told(log: LogId, known: Head, held: Option<Head>) -> String {
    let held = held.map_or(0, |h| h.seq);
    format!("log {}:{} ends at {held} here, its key knows entry {}", log.key.short(), log.epoch, known.seq)
}
