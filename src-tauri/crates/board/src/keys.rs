//! The board's keys as the use cases need them: asynchronous, in the wire's words. The vault itself
//! blocks (a keyring may prompt), so every call runs on a thread of its own.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use domain::entry::Head;
use domain::ids::{BoardId, ConnectionId, KeyId, LogId, MemberId};
use domain::roster::{KeyStatus, KeyUse, Member, Roster, RosterKey};
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
    /// Which member's keys sign which log; grows with the roster.
    owners: Arc<RwLock<BTreeMap<KeyId, MemberId>>>,
    /// Whose keys this data folder uses; `None`: everybody's.
    here: Option<Arc<BTreeSet<MemberId>>>,
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
        let keys = Self { vault, board: roster.board, owners: Arc::default(), here: None };
        keys.learn(roster);
        keys
    }

    /// The keys as one data folder uses them. A keyring is its user's: it may hold those of other members' folders on
    /// the same board, too. What those wrote is not missing here, and nothing is signed here at the end of their logs.
    pub fn of_folder(self, here: Option<BTreeSet<MemberId>>) -> Self {
        Self { here: here.map(Arc::new), ..self }
    }

    fn is_here(&self, member: MemberId) -> bool {
        self.here.as_ref().is_none_or(|here| here.contains(&member))
    }

    /// Notes whose keys a roster names; those of earlier versions stay known.
    pub fn learn(&self, roster: &Roster) {
        let mut owners = self.owners.write().unwrap_or_else(PoisonError::into_inner);
        owners.extend(roster.members.iter().flat_map(|m| m.keys.iter().map(|k| (k.id, m.id))));
    }

    fn owners(&self) -> BTreeMap<KeyId, MemberId> {
        self.owners.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A member's keys in this vault.
    pub fn of(&self, member: MemberId) -> MemberKeys {
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
        // One for each of the member's devices; the one that is here signs.
        let all: Vec<KeyId> = member.signature_keys().map(|k| k.id).collect();
        let first = *all.first().ok_or_else(|| BoardError::not_found("signature key of", &member.name))?;
        let (keys, pin) = (self.of(member.id), SecretString::from(pin.to_owned()));
        let key = blocking(move || {
            let patience = Patience::default();
            let here = all.iter().copied().find(|id| keys.check(*id, &patience).is_ok());
            keys.unlock(here.unwrap_or(first), &pin, now, &patience)
        })
        .await?;
        if !self.is_here(member.id) {
            return Err(BoardError::refused(
                "keys_elsewhere",
                format!("The keys of {} belong to another data folder on this computer.", member.name),
                None,
                "Sign in that folder: it knows how far their log goes.",
            ));
        }
        Ok(Arc::new(key))
    }

    /// Keeps the key of a member's corporate certificate, under the PIN of their own key that is here.
    pub async fn keep_corporate_key(
        &self,
        member: &Member,
        (id, key): (KeyId, vault::CorporateKey),
        (pin, cost): (&SecretString, Cost),
        now: DateTime<Utc>,
    ) -> Answer<()> {
        let all: Vec<KeyId> = member.signature_keys().map(|k| k.id).collect();
        let first = *all.first().ok_or_else(|| BoardError::not_found("signature key of", &member.name))?;
        let (keys, pin) = (self.of(member.id), pin.clone());
        blocking(move || {
            let patience = Patience::default();
            let here = all.iter().copied().find(|id| keys.check(*id, &patience).is_ok());
            keys.keep_corporate_key((id, &key), here.unwrap_or(first), (&pin, cost), now, &patience)
        })
        .await
    }

    /// Opens the key of a member's corporate certificate; `None` where it is not here.
    pub async fn corporate_key(
        &self,
        member: MemberId,
        id: KeyId,
        pin: &SecretString,
        now: DateTime<Utc>,
    ) -> Answer<Option<vault::CorporateKey>> {
        if !self.is_here(member) {
            return Ok(None);
        }
        let (keys, pin) = (self.of(member), pin.clone());
        blocking(move || keys.corporate_key(id, &pin, now, &Patience::default())).await
    }

    /// Removes the key of a member's corporate certificate; whether there was one.
    pub async fn forget_corporate_key(&self, member: MemberId) -> Answer<bool> {
        let keys = self.of(member);
        blocking(move || keys.forget_corporate_key(&Patience::default())).await
    }

    /// This device's recording key, which the roster must name.
    pub async fn recorder(&self, roster: &Roster, device: KeyId) -> Answer<Arc<dyn Signer + Send + Sync>> {
        if crate::imported::is_nobody(device) {
            return Err(BoardError::Refused(crate::imported::read_only()));
        }
        let active = |k: &RosterKey| k.id == device && k.usage == KeyUse::Recording && k.status == KeyStatus::Active;
        let owner = roster.members.iter().find(|m| m.keys.iter().any(active)).ok_or_else(|| {
            BoardError::refused(
                "not_admitted",
                "The board has not admitted this device yet, or no longer knows it: it can read and cannot write.",
                Some("R68"),
                "Give the enrolment file to the chair, compare the six words, and exchange again.",
            )
        })?;
        let keys = self.of(owner.id);
        let key = blocking(move || keys.recording_key(device, &Patience::default())).await?;
        Ok(Arc::new(key))
    }

    /// Heads known beside the keys, of every log that this data folder writes.
    pub async fn heads(&self) -> Answer<BTreeMap<LogId, Head>> {
        self.heads_within(Patience::default()).await
    }

    /// The same where reading must not wait for somebody to answer a keyring's prompt.
    pub async fn heads_at_a_glance(&self) -> Answer<BTreeMap<LogId, Head>> {
        self.heads_within(glance()).await
    }

    async fn heads_within(&self, patience: Patience) -> Answer<BTreeMap<LogId, Head>> {
        let owners: BTreeSet<MemberId> = self.owners().into_values().filter(|member| self.is_here(*member)).collect();
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

    /// Signature keys of which this device has the private half, as far as the vault says so at a glance: nobody
    /// else writes the logs of these.
    pub async fn signing_here(&self) -> BTreeSet<KeyId> {
        let here: Vec<(KeyId, MemberKeys)> = self
            .owners()
            .into_iter()
            .filter(|(_, member)| self.is_here(*member))
            .map(|(key, member)| (key, self.of(member)))
            .collect();
        let looked = tokio::task::spawn_blocking(move || {
            let mut own = BTreeSet::new();
            for (key, keys) in here {
                match keys.check(key, &glance()).map_err(|error| error.state()) {
                    Ok(_) => {
                        own.insert(key);
                    }
                    // Another device's key, or an earlier one.
                    Err(Some(
                        vault::VaultState::Available
                        | vault::VaultState::Lost
                        | vault::VaultState::Ambiguous
                        | vault::VaultState::Corrupt,
                    )) => {}
                    // It says nothing of any key now.
                    Err(Some(vault::VaultState::Locked | vault::VaultState::Absent) | None) => break,
                }
            }
            own
        });
        looked.await.unwrap_or_default()
    }

    /// Keeps the newest head of a log beside its key; after COMMIT.
    pub async fn remember_head(&self, log: LogId, head: Head) -> Answer<()> {
        let Some(owner) = self.owners().get(&log.key).copied() else { return Ok(()) };
        let keys = self.of(owner);
        blocking(move || keys.keep_head(log, head, &Patience::default())).await
    }

    /// The state of the vault as a member meets it.
    pub async fn state_for(&self, member: &Member) -> VaultState {
        // One for each of the member's devices: any that is here will do.
        let all: Vec<KeyId> = member.signature_keys().map(|k| k.id).collect();
        let Some(first) = all.first().copied() else { return VaultState::Available };
        let keys = self.of(member.id);
        let looked = tokio::task::spawn_blocking(move || {
            let found = keys.check(first, &glance());
            let here =
                |state: &Result<vault::VaultState, VaultError>| matches!(state, Ok(vault::VaultState::Available));
            if here(&found) {
                return found;
            }
            all.iter().skip(1).map(|id| keys.check(*id, &glance())).find(here).unwrap_or(found)
        });
        match looked.await {
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

    /// The address of the database relay, with its password.
    pub async fn relay_address(&self) -> Answer<SecretString> {
        let keys = Connections::new(self.vault.clone(), self.board);
        blocking(move || keys.relay_address(&Patience::default())).await
    }

    /// Keeps the address of the database relay.
    pub async fn keep_relay_address(&self, address: SecretString) -> Answer<()> {
        let keys = Connections::new(self.vault.clone(), self.board);
        blocking(move || keys.keep_relay_address(&address, &Patience::default())).await
    }

    /// Keeps the API key of a connection.
    pub async fn set_api_key(&self, connection: ConnectionId, key: SecretString) -> Answer<()> {
        let keys = Connections::new(self.vault.clone(), self.board);
        blocking(move || keys.keep_api_key(connection, &key, &Patience::default())).await
    }
}
