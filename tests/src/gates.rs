//! What a pipeline asks of a file that the desk handed out.
use board::{BoardError, HandedOut};
use chrono::{DateTime, Utc};
use gate::Verdict;
use gate::line::{Given, Line};

use crate::journey::now;

/// Asks for everything the file says, now.
pub fn asks(handed: &HandedOut, fresh: Option<&HandedOut>) -> Verdict {
    asks_at(handed, fresh, now())
}

/// The same at another time.
pub fn asks_at(handed: &HandedOut, fresh: Option<&HandedOut>, at: DateTime<Utc>) -> Verdict {
    let line = Line::of(Given {
        change: handed.change.clone(),
        approval: handed.path.clone(),
        artifacts: handed.artifacts.clone(),
        environment: handed.environment.clone(),
        roster_root: handed.roster_root.clone(),
        fresh: fresh.map(|f| f.path.clone()),
        ..Given::default()
    });
    gate::line::run(&line.expect("a command line"), at).verdict
}

/// The code of a refusal to hand out.
pub fn code<T>(answer: &Result<T, BoardError>) -> &str {
    match answer {
        Err(BoardError::Refused(refusal)) => &refusal.code,
        Err(BoardError::NotFound { .. }) => "not_found",
        Err(BoardError::Invalid { .. }) => "invalid",
        Err(
            BoardError::Ticketing { .. }
            | BoardError::Vault { .. }
            | BoardError::Verification { .. }
            | BoardError::Cancelled
            | BoardError::Internal { .. },
        ) => "other",
        Ok(_) => "handed out",
    }
}
