//! Adopting a policy: one entry, signed by whoever holds root with the PIN. From then on the gates speak by it.
use domain::entry::{Attestation, Auth, Body};
use domain::ids::Digest;
use domain::roster::Member;
use record::statement::Subject;
use serde::Serialize;
use vault::{ExposeSecret as _, SecretString};

use super::{Compiled, check_name, compile, next_name, refuse_unsimulated};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::conditions::one_line;
use crate::disposals::holders;
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::views::{MemberRef, Noun};
use crate::writer::{Act, KeptPolicy, Key, Local};

/// Somebody adopts a policy.
#[derive(Debug, Clone)]
pub struct AdoptPolicyRequest {
    /// The `policy.toml`.
    pub text: String,
    /// Who adopts it.
    pub by: String,
    /// Their PIN.
    pub pin: SecretString,
}

/// What would be signed, and who may sign it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyProposed {
    /// Its name and version.
    pub name: String,
    /// SHA-256 of its canonical form.
    pub digest: String,
    /// The sentence that is signed.
    pub meaning: String,
    /// Who may adopt it: whoever holds root, those whose keys are on this device first.
    pub holders: Vec<MemberRef>,
}

/// What was adopted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyAdopted {
    /// Its name and version.
    pub name: String,
    /// SHA-256 of its canonical form, as entries name it from now on.
    pub digest: String,
    /// The entry that says so.
    pub entry: String,
    /// SHA-256 of the text, which is kept as it is.
    pub text_sha256: String,
}

impl Cabinet {
    /// What adopting a policy would sign, and who may do so.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] with every mistake of the text and its line; [`BoardError::Refused`] where it cannot be adopted.
    pub async fn propose_policy(&self, text: &str) -> Answer<PolicyProposed> {
        let board = self.board()?;
        let state = board.state().await?;
        let compiled = compile(text)?;
        may_be_adopted(&state, &compiled)?;
        Ok(PolicyProposed {
            name: compiled.policy.name.clone(),
            digest: compiled.digest.to_string(),
            meaning: meaning(&state, &compiled, Digest::of(text.as_bytes())),
            holders: holders(&board, &state),
        })
    }

    /// Adopts a policy: from then on every entry names it, and the gates speak by it at once. It was simulated before, since
    /// the board was opened (R102).
    ///
    /// # Errors
    /// [`BoardError::Invalid`], [`BoardError::Refused`], [`BoardError::Vault`].
    pub async fn adopt_policy(&self, request: AdoptPolicyRequest) -> Answer<PolicyAdopted> {
        let board = self.board()?;
        let adopted = self.write_adoption(&board, request).await?;
        // What waits for a signature was made under the policy before.
        *board.signing.lock().await = None;
        self.follow_policy(&board).await;
        Ok(adopted)
    }

    /// As [`Cabinet::adopt_policy`], from within the signing window: what it shows is this act, and stays until it is closed.
    pub(crate) async fn adopt_shown(&self, board: &OpenBoard, request: AdoptPolicyRequest) -> Answer<()> {
        self.write_adoption(board, request).await?;
        self.follow_policy(board).await;
        Ok(())
    }

    async fn write_adoption(&self, board: &OpenBoard, request: AdoptPolicyRequest) -> Answer<PolicyAdopted> {
        let state = board.state().await?;
        let compiled = compile(&request.text)?;
        may_be_adopted(&state, &compiled)?;
        let member = state.member(crate::words::member_id(&request.by)?)?.clone();
        may_adopt(board, &state, &member)?;
        refuse_unsimulated(board, compiled.digest)?;
        // Both before the transaction: a keyring may wait for its prompt. The first also refuses an older copy.
        board.recorder().await?;
        let signer = board.keys.unlock(&member, request.pin.expose_secret(), self.now()).await?;
        let keystore = board.keys.keystore().to_owned();
        let text = Digest::of(request.text.as_bytes());
        let name = compiled.policy.name.clone();
        let act = Act {
            actor: member.id,
            attestation: Attestation::Signed,
            role: None,
            meaning: meaning(&state, &compiled, text),
            meeting: None,
            subjects: vec![Subject { name: name.clone(), sha256: compiled.digest }],
            body: Body::Policy { name: name.clone() },
            blobs: Vec::new(),
        };
        let key = Key::Member { signer, auth: Auth::Pin, keystore };
        let Compiled { policy, bytes, digest } = compiled;
        let kept = KeptPolicy { policy, bytes, source: request.text.into_bytes() };
        let ids = self.write(board, vec![(act, key)], vec![Local::KeepPolicy(Box::new(kept))]).await?;
        Ok(PolicyAdopted {
            name,
            digest: digest.to_string(),
            entry: ids.first().map(ToString::to_string).unwrap_or_default(),
            text_sha256: text.to_string(),
        })
    }

    /// What was made under the policy before: the list is made again, and a session ends that the new policy would not have.
    async fn follow_policy(&self, board: &OpenBoard) {
        if board.state().await.is_ok_and(|state| state.policy.pin_every_act) {
            board.sessions.end_all();
        }
        if let Err(error) = self.reindex(board).await {
            tracing::warn!(%error, "the list lags behind the policy until the next sync or rebuild");
        }
        let nouns =
            [Noun::Board, Noun::Changes, Noun::Meetings, Noun::Agenda, Noun::Decisions, Noun::SignOffs, Noun::Session];
        self.changed(&nouns, &[]);
    }
}

/// The name is free, it is another than the one in force, and nobody is deciding right now.
pub(super) fn may_be_adopted(state: &BoardState, compiled: &Compiled) -> Answer<()> {
    let name = &compiled.policy.name;
    if compiled.digest == state.policy_digest {
        return Err(BoardError::refused(
            "policy_in_force",
            format!("{name} is in force already."),
            None,
            "Nothing is to be done; for other rules, change the text and its name.",
        ));
    }
    // Nobody could tell under which of the two an entry was made, so no verifier takes it (`policy-backwards`).
    if state.policies.contains_key(&compiled.digest) {
        return Err(BoardError::refused(
            "policy_replaced",
            format!("{name} was in force before, and was replaced."),
            Some("R14"),
            format!("To go back to its rules, adopt them under a name of their own, such as {}.", next_name(name)),
        ));
    }
    check_name(state, &compiled.policy, compiled.digest)?;
    if let Some(meeting) = state.ledger.meetings.values().find(|meeting| meeting.closed.is_none()) {
        return Err(BoardError::refused(
            "meeting_in_session",
            format!(
                "“{}” is in session: what it decides is counted by the rules under which it was called.",
                one_line(&meeting.agenda.title)
            ),
            Some("R14"),
            "Close the meeting, then adopt the policy.",
        ));
    }
    Ok(())
}

/// Whoever could adopt a policy would decide everything: it takes root, as the verifier asks.
fn may_adopt(board: &OpenBoard, state: &BoardState, member: &Member) -> Answer<()> {
    if state.roster().root_holders.contains(&member.id) {
        return Ok(());
    }
    let names: Vec<String> = holders(board, state).into_iter().map(|holder| holder.name).collect();
    Err(BoardError::refused(
        "not_a_root_holder",
        format!("{} holds no root, and a policy decides what is enough to approve a change.", member.name),
        Some("R14"),
        format!("Whoever holds root adopts it: {}.", names.join(", ")),
    ))
}

/// The sentence that is signed. It binds the text as well, whose bytes are kept beside the rules.
pub(super) fn meaning(state: &BoardState, compiled: &Compiled, text: Digest) -> String {
    format!(
        "Policy {} is adopted in place of {}. Its rules have SHA-256 {}, the policy.toml they were read from {text}.{}",
        compiled.policy.name,
        state.policy.name,
        compiled.digest,
        of_the_pin(state.policy.pin_every_act, compiled.policy.pin_every_act)
    )
}

/// A board enters or leaves the Part 11 profile by a word of its own, never by the way.
fn of_the_pin(before: bool, after: bool) -> &'static str {
    match (before, after) {
        (false, true) => " From now on every act takes the PIN.",
        (true, false) => " From now on not every act takes the PIN: the board leaves the Part 11 profile.",
        (false, false) | (true, true) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_signs_reads_that_the_board_enters_or_leaves_the_part_11_profile() {
        assert!(of_the_pin(true, false).contains("leaves the Part 11 profile"));
        assert!(of_the_pin(false, true).contains("every act takes the PIN"));
        assert_eq!((of_the_pin(true, true), of_the_pin(false, false)), ("", ""));
    }
}
