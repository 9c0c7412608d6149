//! `cab standing`, `cab receipt`, `cab obligation`: what pipelines may repeat, what they bring back, and what is owed.
use std::path::PathBuf;

use board::{ObligationView, StandRequest, StandingView, Taken};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::secrets;
use crate::table::Table;

/// Standing approvals: a pipeline repeats a standard change without another decision.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Sign one, as an authority who signed the change off.
    Approve {
        /// The standard change that was approved.
        change: String,
        /// The service, as the pipeline will name it.
        #[arg(long, value_name = "NAME")]
        service: String,
        /// The pipeline.
        #[arg(long, value_name = "NAME")]
        pipeline: String,
        /// How often it may run.
        #[arg(long, value_name = "N")]
        uses: u32,
        /// Until when (RFC 3339).
        #[arg(long, value_name = "TIME")]
        until: String,
        /// Who signs.
        #[arg(long = "as", value_name = "MEMBER")]
        member: String,
    },
    /// All of them, or a change's.
    List {
        /// The change.
        change: Option<String>,
    },
    /// Stop one; only another signature lets it run again.
    Suspend {
        /// Its id, as `cab standing list` shows it.
        id: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// Takes in what a pipeline's gate wrote: a use of a standing approval, or what a broken glass owes.
#[derive(Debug, Args)]
pub struct Receipt {
    /// The file of `cab gate --receipt`.
    file: PathBuf,
    /// The deployment failed or was backed out: the standing approval is suspended.
    #[arg(long)]
    failed: bool,
}

/// What broken glasses owe.
#[derive(Debug, Subcommand)]
pub enum Owed {
    /// The open ones first.
    List,
    /// Say that one is done.
    Met {
        /// Its id, as `cab obligation list` shows it.
        id: String,
        /// What shows it.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
}

/// Runs `cab standing`.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    let cabinet = host.open().await?;
    match verb {
        Verb::Approve { change, service, pipeline, uses, until, member } => {
            let expires = DateTime::parse_from_rfc3339(until.trim()).map_err(|why| {
                CabError::Usage(format!("--until {until:?} is no time like 2026-12-31T00:00:00Z: {why}"))
            })?;
            let id = names::member(&cabinet.members().await?, &member)?.member.id.clone();
            let pin = secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {member}: "))?;
            let request = StandRequest {
                change: names::change(&change),
                member: id,
                pin,
                service,
                pipeline,
                uses,
                expires: expires.with_timezone(&Utc),
            };
            let made = cabinet.stand(request).await?;
            host.finish(&cabinet).await;
            let text = format!("Signed by {}.\n{}", made.signed_by, listed(std::slice::from_ref(&made)));
            Ok(Reply { result: json!({ "standing": made }), text })
        }
        Verb::List { change } => {
            let change = change.as_deref().map(names::change);
            let all = cabinet.standing_approvals(change.as_deref()).await?;
            let text = if all.is_empty() { "No pipeline may repeat anything.".to_owned() } else { listed(&all) };
            Ok(Reply { result: json!({ "standing": all }), text })
        }
        Verb::Suspend { id, reason } => {
            let held = cabinet.suspend_standing(&id, &reason).await?;
            host.finish(&cabinet).await;
            let text = listed(std::slice::from_ref(&held));
            Ok(Reply { result: json!({ "standing": held }), text })
        }
    }
}

/// Runs `cab receipt`.
pub async fn receipt(host: &Host, args: Receipt) -> Done<Reply> {
    let bytes = std::fs::read(&args.file).map_err(CabError::file(&args.file))?;
    let cabinet = host.open().await?;
    let taken = cabinet.take_receipt(bytes, args.failed).await?;
    host.finish(&cabinet).await;
    let text = match &taken {
        Taken::Used(standing) => listed(std::slice::from_ref(standing)),
        Taken::Owed(owed) => obligations(std::slice::from_ref(owed)),
    };
    Ok(Reply { result: json!(taken), text })
}

/// Runs `cab obligation`.
pub async fn owed(host: &Host, verb: Owed) -> Done<Reply> {
    let cabinet = host.open().await?;
    let all = match verb {
        Owed::List => cabinet.obligations().await?,
        Owed::Met { id, note } => {
            let met = cabinet.meet_obligation(&id, &note).await?;
            host.finish(&cabinet).await;
            vec![met]
        }
    };
    let text = if all.is_empty() { "Nothing is owed.".to_owned() } else { obligations(&all) };
    Ok(Reply { result: json!({ "obligations": all }), text })
}

/// As much of an id as names it.
fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

fn listed(all: &[StandingView]) -> String {
    let mut table =
        Table::new(&["Id", "Change", "Service", "Pipeline", "Environment", "Used", "Until", "Signed by", "State"]);
    for s in all {
        let used = format!("{} of {}", s.counted, s.uses);
        table.row([
            short(&s.id),
            s.change.as_str(),
            s.service.as_str(),
            s.pipeline.as_str(),
            s.environment.as_str(),
            used.as_str(),
            s.expires.as_str(),
            s.signed_by.as_str(),
            s.state.as_str(),
        ]);
    }
    table.text()
}

fn obligations(all: &[ObligationView]) -> String {
    let mut table = Table::new(&["Id", "Owed", "Since", "Due", "Reason given", "Met"]);
    for o in all {
        table.row([
            short(&o.id),
            o.what.as_str(),
            o.at.as_str(),
            o.due.as_str(),
            o.reason.as_str(),
            o.met.as_deref().unwrap_or(if o.overdue { "OVERDUE" } else { "open" }),
        ]);
    }
    table.text()
}
