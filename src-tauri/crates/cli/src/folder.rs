//! The data folder as a whole: verify, rebuild, export, backup, restore.
use std::path::PathBuf;

use board::RecordReport;
use clap::Args;
use serde_json::json;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::reply::Reply;

/// Writes everything out in open formats, with a FORMAT.md that says what is what.
#[derive(Debug, Args)]
pub struct Export {
    /// Everything: there is no smaller export yet.
    #[arg(long, required = true)]
    all: bool,
    /// A folder that is empty or does not exist yet.
    to: PathBuf,
}

/// Copies the data folder while it is in use. The keyring is in no backup.
#[derive(Debug, Args)]
pub struct Backup {
    /// A folder that does not exist yet.
    to: PathBuf,
    /// With the passphrase-file vault: whoever holds the copy can try passphrases at leisure.
    #[arg(long)]
    with_vault: bool,
}

/// Restores a backup into the data folder, which must be empty or not exist yet.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup's folder.
    from: PathBuf,
}

/// Runs `cab verify`.
pub async fn verify(host: &Host) -> Done<Reply> {
    let vault = host.vault_unasked().await?;
    let report = board::verify_folder(&host.data_dir(), vault.as_ref(), host.now()).await?;
    if !report.findings.is_empty() {
        let n = report.findings.len();
        let thing = if n == 1 { "thing does" } else { "things do" };
        return Err(CabError::Findings {
            what: format!("The record does not hold: {n} {thing} not verify."),
            findings: json!(report.findings),
        });
    }
    let text = verified(&report);
    Ok(Reply::of(&report, text))
}

fn verified(report: &RecordReport) -> String {
    let mut text = format!(
        "{}: the record holds.\n{} entries in {} logs, {} blobs, {} sealed files\nRoster root: {} ({})\nHeads beside the keys: {}",
        report.board,
        report.entries,
        report.logs,
        report.blobs,
        report.sealed,
        report.roster_words,
        report.roster_root,
        report.heads
    );
    if report.sample {
        text.push_str("\nThis is a sample board with published PINs: it proves nothing about anybody.");
    }
    text
}

/// Runs `cab rebuild`.
pub async fn rebuild(host: &Host) -> Done<Reply> {
    let cabinet = host.open().await?;
    let (before, after) = cabinet.rebuild().await?;
    let (before, after) = (before.to_string(), after.to_string());
    if before != after {
        return Err(CabError::Findings {
            what: format!(
                "The projection was not what the record says: {before} before, {after} after. It is made again."
            ),
            findings: json!([{
                "code": "projection",
                "place": "cabinet.db",
                "why": format!("digest {before} before, {after} after"),
            }]),
        });
    }
    let text = format!("Before  {before}\nAfter   {after}\nThe same: nothing had drifted.");
    Ok(Reply { result: json!({ "before": before, "after": after, "same": true }), text })
}

/// Runs `cab export`.
pub async fn export(host: &Host, args: Export) -> Done<Reply> {
    tracing::debug!(all = args.all, "exporting");
    let done = board::export_all(&host.data_dir(), &args.to, host.now()).await?;
    let mut text = format!(
        "{} changes, {} entries, {} blobs in {}\nFORMAT.md there says what is what.",
        done.changes,
        done.entries,
        done.blobs,
        done.path.display()
    );
    if done.blobs_lost > 0 {
        text.push_str(&format!("\n{} blobs are missing here and so are missing there.", done.blobs_lost));
    }
    Ok(Reply::of(&done, text))
}

/// Runs `cab backup`.
pub async fn backup(host: &Host, args: Backup) -> Done<Reply> {
    let done = board::backup(&host.data_dir(), &args.to, args.with_vault, host.now()).await?;
    let keys = if done.vault { "with the passphrase file" } else { "without keys" };
    let mut text = format!("{} files, {} bytes, {keys}, in {}", done.files, done.bytes, done.path.display());
    if !done.blobs_lost.is_empty() {
        text.push_str(&format!(
            "\n{} blobs were missing or damaged already; `cab verify` names them.",
            done.blobs_lost.len()
        ));
    }
    Ok(Reply::of(&done, text))
}

/// Runs `cab restore`.
pub async fn restore(host: &Host, args: Restore) -> Done<Reply> {
    let done = board::restore(&args.from, &host.data_dir()).await?;
    let text = format!(
        "{} files, {} bytes, each as it was, in {}\nNext: cab verify",
        done.files,
        done.bytes,
        done.path.display()
    );
    Ok(Reply::of(&done, text))
}
