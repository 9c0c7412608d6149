//! The wire error of the desk: each variant is there because a screen does something different.
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::views::{Fact, Refusal, VaultState};

/// Why a use case did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type, thiserror::Error)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
pub enum BoardError {
    /// A business rule said no; shown as a notice.
    #[error("{} {}", .0.rule, .0.remedy)]
    Refused(Refusal),
    /// There is no such thing here.
    #[error("there is no {what} {id}")]
    NotFound {
        /// The noun.
        what: String,
        /// As asked for.
        id: String,
    },
    /// The input is not usable.
    #[error("{field}: {why}")]
    Invalid {
        /// Which field.
        field: String,
        /// What is wrong with it, and what would be right.
        why: String,
    },
    /// The ticketing system did not do its part.
    #[error("{system}: {problem} {remedy}")]
    Ticketing {
        /// Which.
        system: String,
        /// What happened.
        problem: String,
        /// What to do.
        remedy: String,
        /// When to try again, if it said so.
        retry_after: Option<String>,
    },
    /// The key store did not do its part.
    #[error("{message} {remedy}")]
    Vault {
        /// In which state it is.
        state: VaultState,
        /// What that means.
        message: String,
        /// What to do.
        remedy: String,
    },
    /// A signature, file or record does not verify.
    #[error("{what}: {why} [{code}]")]
    Verification {
        /// Stable code.
        code: String,
        /// What was verified.
        what: String,
        /// Why it does not hold.
        why: String,
    },
    /// The person cancelled.
    #[error("cancelled")]
    Cancelled,
    /// Something is broken in Cabinet; details are in the log under this number.
    #[error("something went wrong in Cabinet (incident {incident}); the log has the details")]
    Internal {
        /// Number in the log.
        incident: String,
    },
}

/// What a use case answers.
pub type Answer<T> = Result<T, BoardError>;

impl BoardError {
    /// A refusal by rule.
    pub fn refused(code: &str, rule: impl Into<String>, clause: Option<&str>, remedy: impl Into<String>) -> Self {
        Self::Refused(refusal(code, rule, clause, remedy))
    }
    /// A missing thing.
    pub fn not_found(what: &str, id: impl ToString) -> Self {
        Self::NotFound { what: what.to_owned(), id: id.to_string() }
    }
    /// An unusable input.
    pub fn invalid(field: &str, why: impl Into<String>) -> Self {
        Self::Invalid { field: field.to_owned(), why: why.into() }
    }
    /// A failure inside: logged with its source, shown as a number.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        let incident = uuid::Uuid::now_v7().simple().to_string()[..12].to_owned();
        let mut causes = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push_str(": ");
            causes.push_str(&cause.to_string());
            source = cause.source();
        }
        tracing::error!(%incident, error = %causes, "internal error");
        Self::Internal { incident }
    }
}

/// Makes a refusal without further facts.
pub fn refusal(code: &str, rule: impl Into<String>, clause: Option<&str>, remedy: impl Into<String>) -> Refusal {
    Refusal {
        code: code.to_owned(),
        rule: rule.into(),
        clause: clause.map(ToOwned::to_owned),
        remedy: remedy.into(),
        facts: Vec::new(),
    }
}

/// Adds a fact to a refusal.
#[must_use]
pub fn with_fact(mut refusal: Refusal, label: &str, value: impl Into<String>) -> Refusal {
    refusal.facts.push(Fact { label: label.to_owned(), value: value.into() });
    refusal
}
