//! The board's keys as the use cases need them: asynchronous, in the wire's words. The vault itself
//! blocks (a keyring may prompt), so every call runs on a thread of its own.
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::entry::Head;
use domain::ids::{BoardId, ConnectionId, KeyId, LogId, MemberId};
use domain::roster::{KeyUse, Member, Roster};
use record::keys::Signer;
use store::Folder;
use vault::{Connections, Cost, Keystore, MemberKeys, Patience, SecretString, Vault, VaultError};

use crate::cabinet::VaultChoice;
use crate::error::{Answer, BoardError};
use crate::views::{KeySourceKind, VaultState};

/// How often a PIN may still be tried, and from when.
pub(crate) struct AttemptsLeft {
    pub left: u32,
    pub wait_until: Option<DateTime<Utc>>,
}

/// The keys of one board on this device.
#[derive(Clone)]
pub(crate) struct Keys {
    vault: Arc<dyn Vault>,
    board: BoardId,
    /// Which member's keys sign which log.
    owners: BTreeMap<KeyId, MemberId>,
}

/// Opens or makes the vault that was chosen.
pub(crate) fn vault_of(choice: &VaultChoice, folder: &Folder, create: bool) -> Answer<Arc<dyn Vault>> {
    let vault: Arc<dyn Vault> = match choice {
        VaultChoice::Keyring => Arc::new(vault::KeyringVault::new()),
        VaultChoice::Sample => Arc::new(vault::FileVault::sample(&folder.vault()).map_err(|e| in_vault(&e))?),
        VaultChoice::File(passphrase) => {
            let passphrase: SecretString = passphrase.clone();
            if create && !vault::FileVault::at(&folder.vault()).exists() {
                Arc::new(vault::FileVault::create(&folder.vault(), &passphrase).map_err(|e| in_vault(&e))?)
            } else {
                let file = vault::FileVault::at(&folder.vault());
                file.unlock(&passphrase).map_err(|e| in_vault(&e))?;
                Arc::new(file)
            }
        }
        VaultChoice::Memory(vault) => vault.clone(),
    };
    Ok(vault)
}

/// What deriving a key from a PIN costs: next to nothing where the PIN is published or a test's.
pub(crate) fn cost_of(choice: &VaultChoice) -> Cost {
    match choice {
        VaultChoice::Keyring | VaultChoice::File(_) => Cost::STANDARD,
        VaultChoice::Sample | VaultChoice::Memory(_) => Cost::SAMPLE,
    }
}

/// A failure of the vault as the wire error: its state, its words, what to do.
pub(crate) fn in_vault(error: &VaultError) -> BoardError {
    match error {
        VaultError::PinWrong { failed, .. } => BoardError::Refused(crate::error::with_fact(
            crate::error::refusal(
                "wrong_pin",
                error.to_string(),
                Some("R114"),
                "Enter the PIN you chose on enrolment.",
            ),
            "Failed in a row",
            failed.to_string(),
        )),
        VaultError::PinDelayed { .. } => {
            BoardError::refused("pin_delayed", error.to_string(), Some("R114"), "Wait, then enter your PIN.")
        }
        VaultError::PinTooWeak { .. } => BoardError::invalid("pin", error.to_string()),
        VaultError::Locked { .. }
        | VaultError::Absent { .. }
        | VaultError::Lost { .. }
        | VaultError::Ambiguous { .. }
        | VaultError::Corrupt { .. }
        | VaultError::TimedOut { .. }
        | VaultError::Cancelled
        | VaultError::AlreadyThere { .. }
        | VaultError::PassphraseWrong
        | VaultError::TooLong { .. }
        | VaultError::Io { .. }
        | VaultError::Cryptography(_) => {
            let state = error.state().map_or(VaultState::Corrupt, state_view);
            // The message says what happened and what to do; it is split at its first sentence.
            let text = error.to_string();
            let (message, remedy) = match text.split_once(". ") {
                Some((first, rest)) => (format!("{first}."), rest.to_owned()),
                None => (text, String::new()),
            };
            BoardError::Vault { state, message, remedy }
        }
    }
}

/// Long enough for a keyring that is open; one that prompts counts as locked until it is answered.
fn glance() -> Patience {
    Patience { give_up_after: std::time::Duration::from_secs(2), ..Patience::default() }
}

fn state_view(state: vault::VaultState) -> VaultState {
    match state {
        vault::VaultState::Available => VaultState::Available,
        vault::VaultState::Locked => VaultState::Locked,
        vault::VaultState::Absent => VaultState::Absent,
        vault::VaultState::Lost => VaultState::Lost,
        vault::VaultState::Ambiguous => VaultState::Ambiguous,
        vault::VaultState::Corrupt => VaultState::Corrupt,
    }
}

/// Runs a blocking call of the vault off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    f: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Answer<T> {
    match tokio::task::spawn_blocking(f).await {
        Ok(answer) => answer.map_err(|e| in_vault(&e)),
        Err(error) => Err(BoardError::internal(&error)),
    }
}

impl Keys {
    pub fn new(vault: Arc<dyn Vault>, roster: &Roster) -> Self {
        let owners = roster.members.iter().flat_map(|m| m.keys.iter().map(|k| (k.id, m.id))).collect();
        Self { vault, board: roster.board, owners }
    }

    fn of(&self, member: MemberId) -> MemberKeys {
        MemberKeys::new(self.vault.clone(), self.board, member)
    }

    /// The word entries carry (R114).
    pub fn keystore(&self) -> &'static str {
        self.vault.keystore().word()
    }

    /// The same for the window.
    pub fn source(&self) -> KeySourceKind {
        match self.vault.keystore() {
            Keystore::Keyring => KeySourceKind::Keyring,
            Keystore::File => KeySourceKind::PassphraseFile,
            Keystore::Sample => KeySourceKind::Sample,
            Keystore::Memory => KeySourceKind::Memory,
        }
    }

    /// In words.
    pub fn label(&self) -> String {
        match self.vault.keystore() {
            Keystore::Keyring => "Key in the system keyring, sealed under the PIN",
            Keystore::File => "Key in a passphrase file, sealed under the PIN",
            Keystore::Sample => "Sample key with a published PIN: proves nothing",
            Keystore::Memory => "Key in memory, for tests",
        }
        .to_owned()
    }

    /// Opens a member's signature key.
    pub async fn unlock(
        &self,
        member: &Member,
        pin: &str,
        now: DateTime<Utc>,
    ) -> Answer<Arc<dyn Signer + Send + Sync>> {
        let expected = member
            .signature_key()
            .map(|k| k.id)
            .ok_or_else(|| BoardError::not_found("signature key of", &member.name))?;
        let (keys, pin) = (self.of(member.id), SecretString::from(pin.to_owned()));
        let key = blocking(move || keys.unlock(expected, &pin, now, &Patience::default())).await?;
        Ok(Arc::new(key))
    }

    /// This device's recording key, as the roster names it.
    pub async fn recorder(&self, roster: &Roster) -> Answer<Arc<dyn Signer + Send + Sync>> {
        let (owner, expected) = roster
            .members
            .iter()
            .find_map(|m| m.keys.iter().find(|k| k.usage == KeyUse::Recording).map(|k| (m.id, k.id)))
            .ok_or_else(|| BoardError::not_found("recording key", "in the roster"))?;
        let keys = self.of(owner);
        let key = blocking(move || keys.recording_key(expected, &Patience::default())).await?;
        Ok(Arc::new(key))
    }

    /// Heads known beside the keys, of every log whose key lives here.
    pub async fn heads(&self) -> Answer<BTreeMap<LogId, Head>> {
        self.heads_within(Patience::default()).await
    }

    /// The same where reading must not wait for somebody to answer a keyring's prompt.
    pub async fn heads_at_a_glance(&self) -> Answer<BTreeMap<LogId, Head>> {
        self.heads_within(glance()).await
    }

    async fn heads_within(&self, patience: Patience) -> Answer<BTreeMap<LogId, Head>> {
        let owners: std::collections::BTreeSet<MemberId> = self.owners.values().copied().collect();
        let all: Vec<MemberKeys> = owners.into_iter().map(|m| self.of(m)).collect();
        blocking(move || {
            let mut heads = BTreeMap::new();
            for keys in all {
                heads.extend(keys.heads(&patience)?);
            }
            Ok(heads)
        })
        .await
    }

    /// Keeps the newest head of a log beside its key; after COMMIT.
    pub async fn remember_head(&self, log: LogId, head: Head) -> Answer<()> {
        let Some(owner) = self.owners.get(&log.key) else { return Ok(()) };
        let keys = self.of(*owner);
        blocking(move || keys.keep_head(log, head, &Patience::default())).await
    }

    /// The state of the vault as a member meets it.
    pub async fn state_for(&self, member: &Member) -> VaultState {
        let Some(expected) = member.signature_key().map(|k| k.id) else { return VaultState::Available };
        let keys = self.of(member.id);
        match tokio::task::spawn_blocking(move || keys.check(expected, &glance())).await {
            Ok(Ok(state)) => state_view(state),
            Ok(Err(error)) => error.state().map_or(VaultState::Corrupt, state_view),
            Err(_) => VaultState::Absent,
        }
    }

    /// How often the member's PIN may be tried now.
    pub async fn attempts(&self, member: MemberId, now: DateTime<Utc>) -> Answer<AttemptsLeft> {
        let keys = self.of(member);
        let (failed, until) = blocking(move || keys.failed_attempts(now, &Patience::default())).await?;
        let left = if until.is_some() { 0 } else { vault::attempts::FREE.saturating_sub(failed).saturating_add(1) };
        Ok(AttemptsLeft { left, wait_until: until })
    }

    /// The API key of a connection.
    pub async fn api_key(&self, connection: ConnectionId) -> Answer<SecretString> {
        let keys = Connections::new(self.vault.clone(), self.board);
        blocking(move || keys.api_key(connection, &Patience::default())).await
    }

    /// Keeps the API key of a connection.
    pub async fn set_api_key(&self, connection: ConnectionId, key: SecretString) -> Answer<()> {
        let keys = Connections::new(self.vault.clone(), self.board);
        blocking(move || keys.keep_api_key(connection, &key, &Patience::default())).await
    }
}
