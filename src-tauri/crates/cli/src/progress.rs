//! Long work, told while it runs: NDJSON on stderr for scripts, one line that is overwritten for people.
use std::io::{IsTerminal as _, Write as _};

use board::EventSink;
use board::views::{CabinetEvent, Progress, ProgressState};

use crate::reply::{complain, event};

/// Tells progress on stderr.
#[derive(Debug, Clone, Copy)]
pub enum Teller {
    /// One JSON object a line.
    Json,
    /// A line that is overwritten.
    Terminal,
    /// Nobody looks: only how it ended.
    Quiet,
}

impl Teller {
    /// The one for this run.
    pub fn of(json: bool) -> Self {
        if json {
            Self::Json
        } else if std::io::stderr().is_terminal() {
            Self::Terminal
        } else {
            Self::Quiet
        }
    }

    fn tell(self, progress: &Progress) {
        let line = words(progress);
        match self {
            Self::Json => event("progress", progress),
            Self::Terminal => {
                let end = if progress.state == ProgressState::Running { "" } else { "\n" };
                let line = board::mark_invisible(&crate::table::cut(&line, 100));
                let _ = write!(std::io::stderr().lock(), "\r\u{1b}[2K{line}{end}");
            }
            Self::Quiet => {
                if matches!(progress.state, ProgressState::Failed | ProgressState::Cancelled) {
                    complain(&line);
                }
            }
        }
    }
}

fn words(progress: &Progress) -> String {
    match (progress.state, progress.total) {
        (ProgressState::Running, Some(total)) => format!("{} {} of {total}", progress.step, progress.done),
        (ProgressState::Running, None) if progress.done > 0 => format!("{} {}", progress.step, progress.done),
        (ProgressState::Running | ProgressState::Done | ProgressState::Cancelled | ProgressState::Failed, _) => {
            progress.step.clone()
        }
    }
}

impl EventSink for Teller {
    fn emit(&self, event: CabinetEvent) {
        match event {
            CabinetEvent::Progress { progress } => self.tell(&progress),
            // What changed matters to a screen that stays; we end.
            CabinetEvent::Changed { .. } | CabinetEvent::Navigate { .. } | CabinetEvent::ColorScheme { .. } => {}
        }
    }
}
