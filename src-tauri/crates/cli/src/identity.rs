//! `cab identity`: the certificate of a member's company, with which they sign sealed documents from this device.
use std::io::Read as _;
use std::path::{Path, PathBuf};

use board::{Cabinet, CertificateImported, ImportCertificateRequest};
use clap::Subcommand;
use serde_json::json;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::members;
use crate::names;
use crate::reply::Reply;
use crate::secrets;

/// The most bytes that are read of a file; the vault says what is too large.
const MOST: u64 = 1 << 20;

/// The certificate of a member's company.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Take in a PKCS#12 file (.p12, .pfx): its key comes under your PIN on this device, and the roster names it.
    Import {
        /// The file.
        file: PathBuf,
        /// Read the password of the file from this inherited file descriptor (0: standard input) instead of asking.
        #[arg(long, value_name = "N")]
        password_fd: Option<u32>,
        /// Write the certificates, nothing secret, for whoever names them with `cab member certificate`.
        #[arg(long, value_name = "FILE")]
        pem: Option<PathBuf>,
        /// Whose it is; otherwise the chair's.
        #[arg(long = "as", value_name = "MEMBER")]
        by: Option<String>,
    },
    /// Remove the key of the certificate from this device: the board's own certificate signs then.
    Remove {
        /// Whose it is.
        #[arg(long = "as", value_name = "MEMBER")]
        by: String,
    },
}

/// Runs the verb.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    let cabinet = host.open().await?;
    match verb {
        Verb::Import { file, password_fd, pem, by } => import(host, &cabinet, &file, password_fd, pem, by).await,
        Verb::Remove { by } => {
            let member = names::member(&cabinet.members().await?, &by)?.member.id.clone();
            let removed = cabinet.remove_certificate(&member).await?;
            let text = if removed {
                "The key is gone from this device: the board's own certificate signs from now on."
            } else {
                "There was no such key on this device."
            };
            Ok(Reply { result: json!({ "removed": removed }), text: text.to_owned() })
        }
    }
}

async fn import(
    host: &Host,
    cabinet: &Cabinet,
    path: &Path,
    password_fd: Option<u32>,
    pem: Option<PathBuf>,
    by: Option<String>,
) -> Done<Reply> {
    let mut file = Vec::new();
    let opened = std::fs::File::open(path).map_err(CabError::file(path))?;
    opened.take(MOST).read_to_end(&mut file).map_err(CabError::file(path))?;
    let (member, pin) = members::signer(host, cabinet, by.as_deref()).await?;
    let password = secrets::one(password_fd, "--password-fd", &format!("Password of {}: ", path.display()))?;
    let imported = cabinet.import_certificate(ImportCertificateRequest { member, file, password, pin }).await?;
    if let Some(out) = &pem {
        std::fs::write(out, &imported.pem).map_err(CabError::file(out))?;
    }
    host.finish(cabinet).await;
    let text = told(&imported, pem.as_deref());
    Ok(Reply::of(&imported, text))
}

fn told(imported: &CertificateImported, pem: Option<&Path>) -> String {
    let certificate = &imported.certificate;
    let mut text = format!(
        "Issued by {} to {}, until {}\n",
        board::mark_invisible(&certificate.issuer),
        board::mark_invisible(&certificate.subject),
        certificate.not_after
    );
    text.push_str(match imported.in_force {
        Some(true) => "What you seal and countersign here is signed with it from now on.",
        Some(false) => "Signed. The new roster waits for another root holder: `cab member sign`.",
        None => "The key is kept. The roster does not name the certificate yet: ",
    });
    if imported.in_force.is_none() {
        let next = match pem {
            Some(out) => format!("give {} to whoever founded the board, for `cab member certificate`.", out.display()),
            None => "import again with --pem FILE, and give that to whoever founded the board.".to_owned(),
        };
        text.push_str(&next);
    }
    text
}
