//! The data folder as a whole: verify, rebuild, export, backup, restore.
use std::path::{Path, PathBuf};

use board::{ExportPlanRequest, HandedOut, RecordReport};
use clap::Args;
use serde_json::json;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::secrets;
use crate::table::counted;

/// Writes everything out in open formats, with a FORMAT.md that says what is what; or one change for a pipeline.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["all", "approval", "snapshot", "plan"])))]
pub struct Export {
    /// Everything, into a folder that is empty or does not exist yet; needs no key.
    #[arg(long)]
    all: bool,
    /// The approval of this change, into a file that `cab gate` judges.
    #[arg(long, value_name = "KEY")]
    approval: Option<String>,
    /// How this change stands now, into a file for `cab gate --fresh`; it allows nothing.
    #[arg(long, value_name = "KEY")]
    snapshot: Option<String>,
    /// The approved plan of this change as a PDF with its approval and evidence inside, sealed with the PIN of a release
    /// manager.
    #[arg(long, value_name = "KEY")]
    plan: Option<String>,
    /// Which release manager seals the plan; otherwise the one whose key is here.
    #[arg(long = "as", value_name = "MEMBER", requires = "plan")]
    by: Option<String>,
    /// Seal the plan without a timestamp, whatever service the settings name.
    #[arg(long, requires = "plan")]
    without_timestamp: bool,
    /// The folder or file.
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

/// Verifies the whole record of the data folder, or a file or folder that left it; needs no key.
#[derive(Debug, Args)]
pub struct Verify {
    /// Verify an evidence bundle by itself, or the one a sealed PDF carries; needs no data folder.
    #[arg(long, value_name = "FILE", group = "outside")]
    evidence: Option<PathBuf>,
    /// The same, and tell on two pages in words what it shows.
    #[arg(long, value_name = "FILE", group = "outside")]
    report: Option<PathBuf>,
    /// Verify a folder that `cab export --all` wrote.
    #[arg(long, value_name = "FOLDER", group = "outside")]
    export: Option<PathBuf>,
    /// The fingerprint of the roster root, known from elsewhere: 64 hexadecimal digits.
    #[arg(long, value_name = "FINGERPRINT", requires = "outside")]
    roster_root: Option<String>,
    /// Refuse an evidence bundle whose newest roster is older: it was cut before a version that you know of.
    #[arg(long, value_name = "N", conflicts_with = "export", requires = "outside")]
    least_roster: Option<u32>,
}

/// Runs `cab verify`.
pub async fn verify(host: &Host, args: Verify) -> Done<Reply> {
    let root = args.roster_root.as_deref();
    if let Some(folder) = &args.export {
        return verify_export(folder, root);
    }
    if let Some(file) = args.evidence.as_ref().or(args.report.as_ref()) {
        return verify_evidence(host, file, (root, args.least_roster), args.report.is_some());
    }
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

/// What does not hold, with exit code 7.
fn does_not_hold(what: &str, findings: &[board::Finding]) -> CabError {
    let n = findings.len();
    let thing = if n == 1 { "thing does" } else { "things do" };
    CabError::Findings { what: format!("{what} does not hold: {n} {thing} not verify."), findings: json!(findings) }
}

/// Which root it is, and whether it was compared.
pub fn root_words(anchored: bool, words: &str, root: &str) -> String {
    let compared = if anchored { "compared" } else { "not compared: this is what the file itself brings" };
    format!("Roster root: {words} ({root}); {compared}")
}

/// Whether the scores that were signed follow from their answers.
fn scores_in_words(scores: &board::ScoresAgain) -> String {
    let signed = counted(scores.signed, "risk score", "risk scores");
    let mut words = format!("{signed} signed, {} made again from their answers", scores.again);
    for wrong in &scores.wrong {
        words.push_str(&format!("\nDOES NOT FOLLOW FROM ITS ANSWERS: {wrong}"));
    }
    if !scores.without_answers.is_empty() {
        let changes: Vec<&str> = scores.without_answers.iter().map(String::as_str).collect();
        words.push_str(&format!("\nnot to be made again, for want of answers or model: {}", changes.join(", ")));
    }
    words
}

fn verify_evidence(
    host: &Host,
    file: &Path,
    (root, least_roster): (Option<&str>, Option<u32>),
    in_words: bool,
) -> Done<Reply> {
    let bytes = std::fs::read(file).map_err(CabError::file(file))?;
    let checked = board::verify_evidence(&bytes, root, least_roster)?;
    if in_words && !checked.findings.is_empty() && !host.global.json {
        crate::reply::say(&checked.report);
    }
    if !checked.findings.is_empty() {
        return Err(does_not_hold("The evidence", &checked.findings));
    }
    let text = if in_words {
        checked.report.clone()
    } else {
        let unseen = if checked.complete { "" } else { "; what is left out cannot be seen" };
        format!(
            "{}: the evidence holds.\nscope: {}{unseen}\n{}, {} left out, {} withheld, {} disposed of, \
             {} disposed of and still here, {}\n{}\n{}",
            checked.board,
            checked.scope,
            counted(checked.entries, "entry", "entries"),
            counted(checked.left_out, "place", "places"),
            counted(checked.withheld, "field", "fields"),
            checked.disposed,
            checked.outlived,
            counted(checked.settled_forks, "settled fork", "settled forks"),
            scores_in_words(&checked.scores),
            root_words(checked.anchored, &checked.roster_words, &checked.roster_root)
        )
    };
    Ok(Reply::of(&checked, text))
}

fn verify_export(folder: &Path, root: Option<&str>) -> Done<Reply> {
    let checked = board::verify_export(folder, root)?;
    if !checked.findings.is_empty() {
        return Err(does_not_hold("The export", &checked.findings));
    }
    let text = format!(
        "{}: the export holds.\n{} as listed, {}\n{}",
        checked.board,
        counted(checked.files, "file", "files"),
        counted(checked.entries, "entry", "entries"),
        root_words(checked.anchored, &checked.roster_words, &checked.roster_root)
    );
    Ok(Reply::of(&checked, text))
}

fn verified(report: &RecordReport) -> String {
    let mut text = format!(
        "{}: the record holds.\n{} in {}, {}, {}\nRoster root: {} ({})\nHeads beside the keys: {}",
        report.board,
        counted(report.entries, "entry", "entries"),
        counted(report.logs, "log", "logs"),
        counted(report.blobs, "blob", "blobs"),
        counted(report.sealed, "sealed file", "sealed files"),
        report.roster_words,
        report.roster_root,
        report.heads
    );
    if report.sealed_elsewhere > 0 {
        let files = counted(report.sealed_elsewhere, "sealed file is", "sealed files are");
        text.push_str(&format!("\n{files} with who sealed them; the record has every digest."));
    }
    if report.other_layout > 0 {
        let files = counted(report.other_layout, "sealed file was", "sealed files were");
        text.push_str(&format!(
            "\n{files} drawn by another edition of Cabinet: signatures and evidence hold, the pages were not compared."
        ));
    }
    if report.copy {
        let fields = counted(report.not_in_evidence, "field that was shown is", "fields that were shown are");
        text.push_str(&format!(
            "\nA copy made from evidence: it ends where the evidence ends, and {fields} not in the evidence."
        ));
    }
    if !report.disposed.is_empty() {
        let blobs = counted(report.disposed.len(), "blob was", "blobs were");
        text.push_str(&format!("\n{blobs} disposed of; what stands is the digest:"));
    }
    for gone in &report.disposed {
        let about = gone.change.as_deref().unwrap_or("no change in particular");
        let here = if gone.still_here { " STILL HERE: open the board, or see the log." } else { "" };
        text.push_str(&format!(
            "\n  {}  {about}, by {}, {}, {}: {}{here}",
            gone.sha256.short(),
            gone.by,
            gone.at,
            gone.ground,
            gone.why
        ));
    }
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
    if let Some(change) = &args.approval {
        let done = host.open().await?.export_approval(change, &args.to).await?;
        let text = handed_out(&done, &format!("{}: may be deployed to {}", done.change, done.environment));
        return Ok(Reply::of(&done, text));
    }
    if let Some(change) = &args.snapshot {
        let done = host.open().await?.export_snapshot(change, &args.to).await?;
        let text = handed_out(&done, &format!("{}: a snapshot, it allows nothing", done.change));
        return Ok(Reply::of(&done, text));
    }
    if let Some(change) = args.plan {
        return plan(host, names::change(&change), args.by.as_deref(), (args.to, args.without_timestamp)).await;
    }
    tracing::debug!(all = args.all, "exporting");
    let done = board::export_all(&host.data_dir(), &args.to, host.now()).await?;
    let mut text = format!(
        "{}, {}, {} in {}\nFORMAT.md there says what is what.",
        counted(done.changes, "change", "changes"),
        counted(done.entries, "entry", "entries"),
        counted(done.blobs, "blob", "blobs"),
        done.path.display()
    );
    if done.blobs_lost > 0 {
        let blobs = counted(done.blobs_lost, "blob is", "blobs are");
        text.push_str(&format!("\n{blobs} missing here, and so there."));
    }
    if done.blobs_disposed > 0 {
        let blobs = counted(done.blobs_disposed, "blob was", "blobs were");
        text.push_str(&format!("\n{blobs} disposed of: only the digest is there."));
    }
    Ok(Reply::of(&done, text))
}

async fn plan(host: &Host, change: String, by: Option<&str>, (path, bare): (PathBuf, bool)) -> Done<Reply> {
    let cabinet = host.open_to_seal(bare).await?;
    let by = match by {
        Some(typed) => Some(names::member(&cabinet.members().await?, typed)?.member.id.clone()),
        None => None,
    };
    let pin = secrets::one(host.global.pin_fd, "--pin-fd", "PIN of the release manager: ")?;
    let done = cabinet.export_plan(ExportPlanRequest { change, path, by, pin }).await?;
    let text = format!(
        "{}: the approved plan, sealed by {}\nGood until {}\napproval.json inside, SHA-256 {}\n{}\nSHA-256 {}",
        done.change,
        done.by,
        done.good_until,
        done.approval,
        done.path.display(),
        done.sha256
    );
    Ok(Reply::of(&done, text))
}

fn handed_out(done: &HandedOut, what: &str) -> String {
    let mut text = format!("{what}\n");
    for artifact in &done.artifacts {
        text.push_str(&format!("  {artifact}\n"));
    }
    if let (Some(start), Some(end)) = (&done.window_start, &done.window_end) {
        text.push_str(&format!("Window {start} to {end}\n"));
    }
    text.push_str(&format!(
        "Good until {}\nRoster root {}, version {}",
        done.fresh_until, done.roster_root, done.roster
    ));
    if done.provisional {
        text.push_str("\nPROVISIONAL: one keyholder, nobody can check the chair's word.");
    }
    let entries = counted(done.entries, "entry", "entries");
    text.push_str(&format!("\n{entries}, SHA-256 {}\n{}", done.sha256, done.path.display()));
    text
}

/// Runs `cab backup`.
pub async fn backup(host: &Host, args: Backup) -> Done<Reply> {
    let done = board::backup(&host.data_dir(), &args.to, args.with_vault, host.now()).await?;
    let keys = if done.vault { "with the passphrase file" } else { "without keys" };
    let files = counted(done.files, "file", "files");
    let mut text = format!("{files}, {} bytes, {keys}, in {}", done.bytes, done.path.display());
    if !done.blobs_lost.is_empty() {
        let blobs = counted(done.blobs_lost.len(), "blob was", "blobs were");
        text.push_str(&format!("\n{blobs} missing or damaged already; `cab verify` names each."));
    }
    if !done.disposed.is_empty() {
        let blobs = counted(done.disposed.len(), "blob was", "blobs were");
        text.push_str(&format!("\n{blobs} disposed of, and not in it."));
    }
    Ok(Reply::of(&done, text))
}

/// Runs `cab restore`.
pub async fn restore(host: &Host, args: Restore) -> Done<Reply> {
    let done = board::restore(&args.from, &host.data_dir()).await?;
    let text = format!(
        "{}, {} bytes, each as it was, in {}\nNext: cab verify",
        counted(done.files, "file", "files"),
        done.bytes,
        done.path.display()
    );
    Ok(Reply::of(&done, text))
}
