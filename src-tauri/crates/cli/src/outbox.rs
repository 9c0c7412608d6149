//! `cab outbox` and `cab sync`: what comes from and what goes to the ticketing system.
use board::requests::OfOperation;
use board::views::{Outbox as View, OutboxState};
use clap::{Args, Subcommand};

use crate::changes::word;
use crate::exit::Done;
use crate::host::Host;
use crate::reply::Reply;
use crate::table::Table;

/// What waits for its ticket.
#[derive(Debug, Args)]
pub struct Outbox {
    /// Without it, the list.
    #[command(subcommand)]
    verb: Option<Verb>,
}

/// What to do with it.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Try again what failed or is blocked: one operation, or all.
    Retry {
        /// Its id, as the list shows it.
        id: Option<String>,
    },
}

/// Pulls changes, then pushes what waits.
#[derive(Debug, Args)]
pub struct Sync {
    /// Compare everything with the server: finds edits that do not move "updated", and deletions.
    #[arg(long)]
    compare: bool,
}

/// Runs `cab sync`.
pub async fn sync(host: &Host, args: Sync) -> Done<Reply> {
    let cabinet = host.open().await?;
    if args.compare {
        cabinet.reconcile_now().await?;
    }
    let report = cabinet.sync_now().await?;
    let text = report.words();
    Ok(Reply::of(&report, text))
}

/// Runs `cab outbox`.
pub async fn run(host: &Host, args: Outbox) -> Done<Reply> {
    let cabinet = host.open().await?;
    let mut view = cabinet.outbox().await?;
    if let Some(Verb::Retry { id }) = args.verb {
        let ids: Vec<String> = match id {
            Some(id) => vec![id],
            None => view.rows.iter().filter(|r| r.can_retry).map(|r| r.id.clone()).collect(),
        };
        for id in ids {
            cabinet.retry_outbox(OfOperation { id }).await?;
        }
        host.finish(&cabinet).await;
        view = cabinet.outbox().await?;
    }
    let text = shown(&view);
    Ok(Reply::of(&view, text))
}

fn shown(view: &View) -> String {
    let mut table = Table::new(&["Change", "What", "State", "Tries", "Id"]);
    for r in &view.rows {
        table.row([r.key.clone(), r.what.clone(), word(&r.state), r.attempts.to_string(), r.id.clone()]);
    }
    let mut text = if view.rows.is_empty() { "Nothing waits.".to_owned() } else { table.text() };
    for r in view.rows.iter().filter(|r| r.state != OutboxState::Verified) {
        if let Some(problem) = &r.problem {
            text.push_str(&format!("\n{}: {problem} {}", r.key, r.remedy.as_deref().unwrap_or_default()));
        }
    }
    if let Some(reason) = &view.link.reason {
        text.push_str(&format!("\n{reason}"));
    }
    text
}
