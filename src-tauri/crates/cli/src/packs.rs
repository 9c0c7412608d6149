//! `cab pack`: one sealed file out, one back, for a machine that never meets a network.
use std::path::PathBuf;

use board::{PackMade, PackRequest};
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
        /// A change to be reviewed; without any, all that wait for a sign-off.
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
        Verb::Open { file } => {
            let bytes = std::fs::read(&file).map_err(CabError::file(&file))?;
            let opened = cabinet.open_pack(bytes).await?;
            host.finish(&cabinet).await;
            let mut text = String::new();
            for omission in &opened.omissions {
                text.push_str(&format!("Not in this pack: {omission}\n"));
            }
            text.push_str(&format!("A {} by {}, as of {}", opened.purpose, opened.from, opened.as_of.to_rfc3339()));
            if let Some(until) = opened.good_until {
                text.push_str(&format!(", good until {}", until.to_rfc3339()));
            }
            text.push_str(&format!("\n{} entries came. {}", opened.came, opened.changes.join(", ")));
            for refused in &opened.refused {
                text.push_str(&format!("\nNot taken: {refused}"));
            }
            Ok(Reply::of(&opened, text.trim_end().to_owned()))
        }
        Verb::Reply { out } => {
            let made = cabinet.reply_pack().await?;
            written(&made, out)
        }
    }
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
