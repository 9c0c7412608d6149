//! With which number the program ends, and what it says of a refusal.
use std::path::PathBuf;

use board::BoardError;
use serde_json::{Value, json};

/// Done.
pub const OK: u8 = 0;
/// A business rule said no, or the person cancelled.
pub const REFUSED: u8 = 1;
/// The command line is wrong.
pub const USAGE: u8 = 2;
/// There is no such thing.
pub const NOT_FOUND: u8 = 3;
/// The input is not usable.
pub const INVALID: u8 = 4;
/// The ticketing system did not do its part.
pub const TICKETING: u8 = 5;
/// The key store did not do its part.
pub const VAULT: u8 = 6;
/// A signature, file or record does not verify.
pub const VERIFICATION: u8 = 7;
/// A fault in Cabinet.
pub const INTERNAL: u8 = 70;

/// Why `cab` did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CabError {
    /// What the desk says.
    #[error(transparent)]
    Board(#[from] BoardError),
    /// What was asked cannot be understood.
    #[error("{0}")]
    Usage(String),
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] board::config::ConfigError),
    /// A file that was named cannot be read or written.
    #[error("{}: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The system's word.
        why: std::io::Error,
    },
    /// Something of the operating system that nothing can go on without.
    #[error("{what}: {why}")]
    System {
        /// What was being done.
        what: &'static str,
        /// The system's word.
        why: std::io::Error,
    },
    /// The demonstration found something other than it claims, or a record does not hold.
    #[error("{what}")]
    Findings {
        /// In one sentence.
        what: String,
        /// Each finding, as the result has it.
        findings: Value,
    },
    /// Some of what was asked for is there and was done, some is not.
    #[error("{what}")]
    Partly {
        /// What is lacking, for people.
        what: String,
        /// All of it, for scripts.
        detail: Value,
        /// With which number the program ends.
        exit: u8,
    },
    /// The gate does not let it pass.
    #[error("{}", verdict.message())]
    Gate {
        /// The answer.
        verdict: Box<gate::Verdict>,
        /// With which number the program ends.
        exit: u8,
    },
}

/// What a verb answers.
pub type Done<T> = Result<T, CabError>;

impl CabError {
    /// A file's failure.
    pub fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |why| Self::File { path, why }
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Board(error) => match error {
                BoardError::Refused(_) | BoardError::Cancelled => REFUSED,
                BoardError::NotFound { .. } => NOT_FOUND,
                BoardError::Invalid { .. } => INVALID,
                BoardError::Ticketing { .. } => TICKETING,
                BoardError::Vault { .. } => VAULT,
                BoardError::Verification { .. } => VERIFICATION,
                BoardError::Internal { .. } => INTERNAL,
            },
            Self::Usage(_) => USAGE,
            Self::Config(_) => INVALID,
            Self::File { why, .. } if why.kind() == std::io::ErrorKind::NotFound => NOT_FOUND,
            Self::File { .. } => INVALID,
            Self::System { .. } => INTERNAL,
            Self::Findings { .. } => VERIFICATION,
            Self::Partly { exit, .. } | Self::Gate { exit, .. } => *exit,
        }
    }

    /// The refusal as scripts read it: `kind`, `exit`, `message`, and what the kind carries.
    pub fn to_json(&self) -> Value {
        let mut out = json!({ "kind": self.kind(), "exit": self.code(), "message": self.to_string() });
        let detail = match self {
            Self::Board(error) => {
                serde_json::to_value(error).ok().and_then(|mut v| v.get_mut("detail").map(Value::take))
            }
            Self::Findings { findings, .. } => Some(json!({ "findings": findings })),
            Self::File { path, .. } => Some(json!({ "path": path })),
            Self::Partly { detail, .. } => Some(detail.clone()),
            Self::Gate { verdict, .. } => Some(verdict.receipt(false)),
            Self::Usage(_) | Self::Config(_) | Self::System { .. } => None,
        };
        if let (Some(object), Some(detail)) = (out.as_object_mut(), detail) {
            object.insert("detail".to_owned(), detail);
        }
        out
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Board(error) => match error {
                BoardError::Refused(_) => "refused",
                BoardError::Cancelled => "cancelled",
                BoardError::NotFound { .. } => "not_found",
                BoardError::Invalid { .. } => "invalid",
                BoardError::Ticketing { .. } => "ticketing",
                BoardError::Vault { .. } => "vault",
                BoardError::Verification { .. } => "verification",
                BoardError::Internal { .. } => "internal",
            },
            Self::Usage(_) => "usage",
            Self::Config(_) | Self::File { .. } => "invalid",
            Self::System { .. } => "internal",
            Self::Findings { .. } | Self::Partly { exit: VERIFICATION, .. } => "verification",
            Self::Partly { .. } => "not_found",
            Self::Gate { verdict, .. } => verdict.kind().map_or("invalid", gate::Kind::word),
        }
    }

    /// The refusal as people read it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Board(BoardError::Refused(refusal)) => {
                let clause = refusal.clause.as_deref().map(|c| format!(" ({c})")).unwrap_or_default();
                let mut text = format!("Refused{clause}: {}\n{}", refusal.rule, refusal.remedy);
                for fact in &refusal.facts {
                    text.push_str(&format!("\n  {}: {}", fact.label, fact.value));
                }
                text
            }
            Self::Board(BoardError::Verification { code, what, why }) => {
                format!("Does not verify: {what}: {why} [{code}]")
            }
            Self::Findings { what, findings } => {
                let mut text = what.clone();
                for f in findings.as_array().into_iter().flatten() {
                    let word = |key: &str| f.get(key).and_then(Value::as_str).unwrap_or_default();
                    text.push_str(&format!("\n  {}: {} [{}]", word("place"), word("why"), word("code")));
                }
                text
            }
            Self::Gate { verdict, .. } => verdict.text(false),
            Self::Partly { what, .. } => what.clone(),
            Self::Board(_) | Self::Usage(_) | Self::Config(_) | Self::File { .. } | Self::System { .. } => {
                let text = self.to_string();
                let mut chars = text.chars();
                chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> BoardError {
        BoardError::Vault {
            state: board::views::VaultState::Locked,
            message: "The keyring is locked.".to_owned(),
            remedy: "Unlock it.".to_owned(),
        }
    }

    #[test]
    fn every_kind_of_refusal_has_its_own_number() {
        let ticketing = BoardError::Ticketing {
            system: "Redmine".to_owned(),
            problem: "It is away.".to_owned(),
            remedy: String::new(),
            retry_after: None,
        };
        let verification =
            BoardError::Verification { code: "digest".to_owned(), what: "PDF".to_owned(), why: "changed".to_owned() };
        for (error, code, kind) in [
            (BoardError::refused("x", "No.", None, "Do.").into(), 1, "refused"),
            (BoardError::Cancelled.into(), 1, "cancelled"),
            (CabError::Usage("what?".to_owned()), 2, "usage"),
            (BoardError::not_found("change", "CHG-1").into(), 3, "not_found"),
            (BoardError::invalid("field", "wrong").into(), 4, "invalid"),
            (ticketing.into(), 5, "ticketing"),
            (vault().into(), 6, "vault"),
            (verification.into(), 7, "verification"),
            (CabError::Partly { what: "one".to_owned(), detail: Value::Null, exit: NOT_FOUND }, 3, "not_found"),
            (CabError::Partly { what: "one".to_owned(), detail: Value::Null, exit: VERIFICATION }, 7, "verification"),
            (BoardError::Internal { incident: "1".to_owned() }.into(), 70, "internal"),
        ] {
            let error: CabError = error;
            assert_eq!((error.code(), error.kind()), (code, kind), "{error}");
            assert_eq!(error.to_json()["exit"], code, "scripts read the number in the object as well");
        }
    }

    #[test]
    fn a_missing_file_is_not_found_and_an_unreadable_one_is_invalid_input() {
        let of = |kind: std::io::ErrorKind| CabError::file(std::path::Path::new("x.pdf"))(kind.into()).code();
        assert_eq!(of(std::io::ErrorKind::NotFound), NOT_FOUND);
        assert_eq!(of(std::io::ErrorKind::PermissionDenied), INVALID);
    }

    #[test]
    fn a_refusal_keeps_its_rule_clause_and_remedy_in_both_forms() {
        let error: CabError = BoardError::refused("own_change", "It is your own.", Some("R89"), "Ask another.").into();
        let json = error.to_json();
        assert_eq!(json["detail"]["clause"], "R89");
        assert_eq!(json["detail"]["code"], "own_change");
        assert_eq!(error.to_text(), "Refused (R89): It is your own.\nAsk another.");
    }
}
