//! `cab change dispose`: the bytes of attachments go, for good; their digests stay.
use std::io::IsTerminal as _;

use board::{Cabinet, Disposable, DisposableFile, DisposeRequest, DisposedOf, Ground};
use clap::{Args, ValueEnum};

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::names;
use crate::reply::{self, Reply};
use crate::secrets;

/// On which ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum On {
    /// Somebody may ask that they be erased.
    Erasure,
    /// They were kept for as long as they had to be.
    Retention,
}

impl On {
    fn ground(self) -> Ground {
        match self {
            Self::Erasure => Ground::Erasure,
            Self::Retention => Ground::Retention,
        }
    }
}

/// Disposes of the bytes of attachments.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["attachment", "all"])))]
pub struct Dispose {
    /// The change's key.
    change: String,
    /// This attachment, by its name or id.
    #[arg(long, value_name = "NAME")]
    attachment: Option<String>,
    /// Every attachment of the change whose content is known here.
    #[arg(long)]
    all: bool,
    /// Why; it stands in the record for good.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// On which ground.
    #[arg(long, value_enum, default_value = "erasure", value_name = "GROUND")]
    ground: On,
    /// Who disposes: somebody who holds root; otherwise the first of them whose keys are on this device.
    #[arg(long = "as", value_name = "MEMBER")]
    member: Option<String>,
    /// Without asking once more.
    #[arg(long)]
    yes: bool,
}

/// What no command can take back, and no command reaches.
const KEPT: &str = "Not touched: what the ticket says and what the ticketing system sent, as it is kept here (names, texts, \
                    comments); sealed PDFs; backups and exports that were made before; packs; the files on the ticket itself; \
                    and every copy that somebody else has. On the board's other devices they go with the next exchange.";

/// Runs the verb.
pub async fn run(host: &Host, cabinet: &Cabinet, args: Dispose) -> Done<Reply> {
    let change = names::change(&args.change);
    tracing::debug!(all = args.all, "disposing");
    let what = cabinet.disposable(&change, args.attachment.as_deref()).await?;
    if !args.yes {
        ask(host, &what)?;
    }
    let who = match &args.member {
        Some(typed) => names::member(&cabinet.members().await?, typed)?.member.clone(),
        None => {
            what.holders.first().cloned().ok_or_else(|| board::BoardError::not_found("member", "who holds root"))?
        }
    };
    let pin = secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {}: ", who.name))?;
    let request = DisposeRequest {
        change,
        attachment: args.attachment,
        ground: args.ground.ground(),
        reason: args.reason,
        by: who.id,
        pin,
    };
    let done = cabinet.dispose(request).await?;
    host.finish(cabinet).await;
    let text = told(&done);
    Ok(Reply::of(&done, text))
}

/// Lets whoever sits there type the key of the change, after they read what goes.
fn ask(host: &Host, what: &Disposable) -> Done<()> {
    if host.global.json || host.global.pin_fd == Some(0) || !std::io::stdin().is_terminal() {
        return Err(CabError::Usage("the bytes are gone for good; say it with --yes".into()));
    }
    reply::complain(&format!("{}\n{KEPT}\nType {} to dispose of them:", listed(what), what.change));
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed).map_err(|why| CabError::System { what: "reading the answer", why })?;
    if names::change(&typed) == what.change { Ok(()) } else { Err(board::BoardError::Cancelled.into()) }
}

fn lines(files: &[DisposableFile]) -> Vec<String> {
    files.iter().map(|file| format!("  {}  {}", file.sha256, file.name)).collect()
}

fn with_others(also: &[String]) -> String {
    if also.is_empty() { String::new() } else { format!("\nThe same content is attached to {}.", also.join(", ")) }
}

fn listed(what: &Disposable) -> String {
    let files = lines(&what.files).join("\n");
    format!("The bytes of these attachments of {} go, for good:\n{files}{}", what.change, with_others(&what.also))
}

fn told(done: &DisposedOf) -> String {
    let mut text = format!(
        "Disposed of, {}:\n{}{}\nTheir digests stand, and what was signed over them.\n{KEPT}",
        done.change,
        lines(&done.files).join("\n"),
        with_others(&done.also)
    );
    let left: Vec<&str> = done.files.iter().filter(|file| file.here).map(|file| file.name.as_str()).collect();
    if !left.is_empty() {
        text.push_str(&format!(
            "\nSTILL HERE: {}. The file could not be removed; open the board again, or see the log.",
            left.join(", ")
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(here: bool) -> DisposedOf {
        let file = DisposableFile { name: "backout.md".to_owned(), sha256: "0a".repeat(32), here };
        DisposedOf {
            entry: "e".repeat(64),
            change: "CHG-17".to_owned(),
            files: vec![file],
            also: vec!["CHG-18".to_owned()],
        }
    }

    #[test]
    fn what_is_gone_what_is_not_and_what_could_not_be_removed_is_said() {
        let text = told(&done(false));
        for words in ["backout.md", "0a0a0a0a", "attached to CHG-18", "backups", "every copy that somebody else has"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(!text.contains("STILL HERE"), "{text}");
        assert!(told(&done(true)).contains("STILL HERE: backout.md"));
    }
}
