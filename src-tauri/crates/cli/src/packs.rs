//! `cab pack`: one sealed file out, one back, for a machine that never meets a network.
use std::path::PathBuf;

use board::{PackMade, PackOpened, PackRequest};
use clap::Subcommand;
use serde_json::json;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::names;
use crate::reply::Reply;

/// Review packs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make a pack for a member.
    Make {
        /// For whom.
        #[arg(long = "for", value_name = "MEMBER")]
        to: String,
        /// A change to be reviewed; without any, those of the coming meeting and all that wait for a sign-off.
        #[arg(long = "change", value_name = "CHANGE")]
        changes: Vec<String>,
        /// For how many hours it is worth acting on.
        #[arg(long, value_name = "N")]
        hours: Option<u32>,
        /// Where to write it.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Open a pack that was sealed to you: to review, or what came back.
    Open {
        /// The file.
        file: PathBuf,
        /// Where to write its PDF, for a tablet.
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
    },
    /// Put together what goes back after reviewing and signing.
    Reply {
        /// Where to write it.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Runs the verb.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    let cabinet = host.open().await?;
    match verb {
        Verb::Make { to, changes, hours, out } => {
            let to = names::member(&cabinet.members().await?, &to)?.member.id.clone();
            let changes = changes.iter().map(|c| names::change(c)).collect();
            let made = cabinet.make_pack(PackRequest { to, changes, good_for_hours: hours }).await?;
            written(&made, out)
        }
        Verb::Open { file, pdf } => {
            let bytes = std::fs::read(&file).map_err(CabError::file(&file))?;
            let opened = cabinet.open_pack(bytes).await?;
            host.finish(&cabinet).await;
            if let (Some(out), Some(kept)) = (&pdf, &opened.pdf) {
                std::fs::copy(kept, out).map_err(CabError::file(out))?;
            }
            Ok(Reply::of(&opened, first_page(&opened)))
        }
        Verb::Reply { out } => {
            let made = cabinet.reply_pack().await?;
            written(&made, out)
        }
    }
}

/// What stands on the first page of the pack's PDF, too, and what came of opening it.
fn first_page(opened: &PackOpened) -> String {
    let kind = if opened.purpose == "review" { "A review pack" } else { "An answer to a review pack" };
    let mut lines = vec![
        format!("{kind} for {}, made by {}", opened.to, opened.from),
        format!("As of       {}", opened.as_of.to_rfc3339()),
    ];
    if let Some(until) = opened.good_until {
        lines.push(format!("Good until  {}", until.to_rfc3339()));
    }
    lines.push(format!("Rests on    policy {}, roster {}", opened.policy, opened.roster_version));
    if opened.purpose == "review" && opened.omissions.is_empty() {
        lines.push("Left out    nothing that belongs to these changes".to_owned());
    }
    lines.extend(opened.omissions.iter().map(|omission| format!("Left out    {omission}")));
    if !opened.changes.is_empty() {
        lines.push(format!("To review   {}", opened.changes.join(", ")));
    }
    if !opened.newer_here.is_empty() {
        lines.push(format!("Newer here  {}", opened.newer_here.join(", ")));
    }
    if let Some(pdf) = &opened.pdf {
        lines.push(format!("PDF         {}", pdf.display()));
    }
    lines.push(match opened.came {
        0 => "Nothing new came with it.".to_owned(),
        1 => "1 entry came.".to_owned(),
        came => format!("{came} entries came."),
    });
    lines.extend(opened.refused.iter().map(|refused| format!("Not taken: {refused}")));
    lines.extend(opened.late.iter().map(|late| format!("Kept, not counted: {late}")));
    lines.join("\n")
}

fn written(made: &PackMade, out: PathBuf) -> Done<Reply> {
    std::fs::write(&out, &made.file).map_err(CabError::file(&out))?;
    let mut text = format!("For {}, sealed: {}", made.to, out.display());
    if !made.changes.is_empty() {
        text.push_str(&format!("\n{}", made.changes.join(", ")));
    }
    for omission in &made.omissions {
        text.push_str(&format!("\nNot in it: {omission}"));
    }
    let result = json!({
        "to": made.to, "file": out, "changes": made.changes, "omissions": made.omissions,
        "good_until": made.good_until,
    });
    Ok(Reply { result, text })
}
