//! `cab evidence`: a copy of a board, made from what its sealed minutes carry.
use std::path::PathBuf;

use board::{Cabinet, ImportRequest, Imported, VaultChoice};
use clap::Subcommand;

use crate::exit::{CabError, Done};
use crate::folder::root_words;
use crate::host::Host;
use crate::reply::Reply;
use crate::table::counted;

/// The evidence inside sealed minutes.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Verify evidence and make a read-only copy of its board in the data folder, which must be empty or not exist yet.
    Import {
        /// `evidence.json`, as `pdfdetach` saves it from sealed minutes; or the PDF itself.
        file: PathBuf,
        /// The fingerprint of the roster root, known from elsewhere: 64 hexadecimal digits.
        #[arg(long, value_name = "FINGERPRINT")]
        roster_root: Option<String>,
        /// Refuse evidence whose newest roster is older: it was cut before a version that you know of.
        #[arg(long, value_name = "N")]
        least_roster: Option<u32>,
    },
}

/// Runs the verb.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    match verb {
        Verb::Import { file, roster_root: root, least_roster } => {
            let file = std::fs::read(&file).map_err(CabError::file(&file))?;
            // A copy has no keys, so no keyring and no passphrase is asked for them.
            let vault = VaultChoice::Memory(std::sync::Arc::default());
            let cabinet = Cabinet::open(host.options(host.data_dir(), vault)).await?;
            let made = cabinet.import_evidence(ImportRequest { file, root, least_roster }).await?;
            let text = told(&made);
            Ok(Reply::of(&made, text))
        }
    }
}

fn told(made: &Imported) -> String {
    let evidence = &made.evidence;
    let mut text = format!(
        "{}: the evidence holds, and a read-only copy is in {}\n{}, {}, {}\nSHA-256 of the evidence {}\n{}",
        evidence.board,
        made.path.display(),
        counted(evidence.entries, "entry", "entries"),
        counted(made.meetings, "meeting", "meetings"),
        counted(made.changes, "change", "changes"),
        made.sha256,
        root_words(evidence.anchored, &evidence.roster_words, &evidence.roster_root)
    );
    if made.in_part > 0 {
        let changes = counted(made.in_part, "change is", "changes are");
        text.push_str(&format!("\n{changes} told in part; `cab change show` names what is not in the evidence."));
    }
    if evidence.sample {
        text.push_str("\nThis is a sample board with published PINs: it proves nothing about anybody.");
    }
    text
}
