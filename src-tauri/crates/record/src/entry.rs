//! An entry of the record: an envelope together with the statement read from its signed bytes.
use domain::entry::{LogPosition, Predicate};
use domain::ids::EntryId;

use crate::canonical::CanonicalError;
use crate::envelope::Envelope;
use crate::keys::{PublicKey, SignError, Signer};
use crate::refusal::Refusal;
use crate::statement::{Statement, Subject};

/// Why an entry was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The statement cannot be written exactly.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The statement contradicts the key or itself; the verifier would refuse it.
    #[error("the entry would be refused: {0}")]
    Refused(#[from] Refusal),
}

/// An entry whose form is right. Whether it holds is what [`crate::verify`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    envelope: Envelope,
    id: EntryId,
    statement: Statement,
}

impl Entry {
    /// Writes and signs an entry, then reads it back with the verifier's own eyes: what this returns
    /// is well formed, correctly signed and consistent in itself.
    ///
    /// # Errors
    /// [`WriteError`] if it could not be written, signed, or would be refused.
    pub fn sign(subjects: Vec<Subject>, predicate: Predicate, signer: &dyn Signer) -> Result<Self, WriteError> {
        let payload = Statement::new(subjects, predicate).to_bytes()?;
        let envelope = Envelope::seal(payload, signer)?;
        let entry = Self::parse(envelope.bytes())?;
        entry.envelope.verify(&PublicKey::from_spki(signer.spki_der())?)?;
        crate::verify::check_self(&entry)?;
        Ok(entry)
    }

    /// Reads stored bytes: the form of the envelope and of the statement, nothing about keys.
    ///
    /// # Errors
    /// The first refusal of [`Envelope::parse`] or [`Statement::parse`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        Self::of(Envelope::parse(bytes)?)
    }

    /// Reads the statement of an envelope.
    ///
    /// # Errors
    /// The first refusal of [`Statement::parse`].
    pub fn of(envelope: Envelope) -> Result<Self, Refusal> {
        let statement = Statement::parse(envelope.payload())?;
        Ok(Self { id: envelope.entry_id(), envelope, statement })
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> EntryId {
        self.id
    }

    /// The envelope.
    #[must_use]
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// The stored bytes of the envelope.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.envelope.bytes()
    }

    /// The statement.
    #[must_use]
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// What it says, unless that needs a newer Cabinet.
    #[must_use]
    pub fn predicate(&self) -> Option<&Predicate> {
        self.statement.predicate()
    }

    /// Where it stands.
    #[must_use]
    pub fn log(&self) -> &LogPosition {
        self.statement.log()
    }

    /// For refusals and reports: "entry 5f3a…, log 9c1d…:1 #7".
    #[must_use]
    pub fn place(&self) -> String {
        let log = self.log();
        format!("entry {}, log {}:{} #{}", self.id.short(), log.id.key.short(), log.id.epoch, log.seq)
    }
}
