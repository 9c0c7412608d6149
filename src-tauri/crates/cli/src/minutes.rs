//! `cab minutes`: compile, correct, approve, seal, distribute, verify.
use std::path::{Path, PathBuf};

use board::requests::{OfMeeting, SigningRequest};
use board::views::{HandedEdition, MinutesSignerState, MinutesStateState, SigningSubject, Verdict, WrapUp};
use board::{
    BoardError, Cabinet, CheckedMinutes, ChooseSignatories, MinutesSigners, SealAnnexRequest, SealCirculatedRequest,
    TrustAnchor,
};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use crate::distribute;
use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::meeting_text::wrap_up_reply;
use crate::meetings::Which;
use crate::names::{self, Wanted};
use crate::reply::Reply;
use crate::secrets;
use crate::sign_offs::{self, How, sign_all};
use crate::table::counted;

/// Minutes: compile, correct, approve, seal, distribute, verify.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Compose a draft to be read; nobody can sign it.
    Compile {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Copy the draft to this file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Seal the minutes and the extracts that wait, with the chair's PIN.
    Seal {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// The full minutes, or once they are sealed the edition to circulate, which withholds restricted items.
        #[arg(long, value_enum, default_value = "full")]
        edition: EditionArg,
        /// Who signs after the chair, instead of whom the policy names; once for each turn. Names with commas share a turn.
        #[arg(long = "signatory", value_name = "MEMBER[,MEMBER]")]
        signatories: Vec<String>,
        /// Seal without a timestamp, whatever service the settings name.
        #[arg(long)]
        without_timestamp: bool,
        /// Copy the sealed minutes to this file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Sign sealed minutes in your turn, with your PIN: the file is verified first, and goes on with the record.
    Countersign {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Sign without a timestamp, whatever service the settings name.
        #[arg(long)]
        without_timestamp: bool,
        /// Copy the signed minutes to this file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Who has signed the minutes, and whose turn it is.
    Turns {
        /// Which.
        #[command(flatten)]
        which: Which,
    },
    /// Seal an annex: what members confirmed and contested since the minutes were sealed, with the chair's PIN.
    Annex {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Seal without a timestamp, whatever service the settings name.
        #[arg(long)]
        without_timestamp: bool,
        /// Copy the annex to this file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Corrections, approval and errata.
    #[command(flatten)]
    Corrected(crate::corrections::Verb),
    /// Write the sealed minutes, their annexes, errata and extracts into a folder, with the draft of a mail (.eml).
    Distribute {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// The full minutes, or the circulated edition with the extracts of what it does not withhold. To be said where
        /// both are sealed.
        #[arg(long, value_enum)]
        edition: Option<EditionArg>,
        /// Before the seal: the draft, with a mail that says until when and how corrections are asked for.
        /// Where items are restricted it tells them too: then `--edition full` says that this is meant.
        #[arg(long)]
        draft: bool,
        /// The folder; it is made if it is not there, and nothing in it is written over.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// One sealed extract for each of these changes, of its newest decision, with an index (index.csv, index.json).
    Extracts {
        /// The changes.
        #[arg(value_name = "KEY", required_unless_present = "keys_from")]
        keys: Vec<String>,
        /// A file with more of them, a key a line.
        #[arg(long, value_name = "FILE")]
        keys_from: Option<PathBuf>,
        /// The folder; it is made if it is not there, and nothing in it is written over.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Verify a sealed file: minutes (either edition), extract, annex, erratum or approved plan; needs no data folder.
    Verify {
        /// The PDF file.
        file: PathBuf,
        /// The certificate root known from elsewhere: a PEM file, or its SHA-256 fingerprint.
        #[arg(long, value_name = "PEM|FINGERPRINT")]
        root: Option<String>,
        /// Fail when no root was given to compare with.
        #[arg(long)]
        require_root: bool,
        /// The certificates that timestamps must come from: a PEM file.
        #[arg(long, value_name = "PEM")]
        timestamp_root: Option<PathBuf>,
    },
}

/// Which edition of the minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EditionArg {
    /// All that the record holds of the meeting.
    Full,
    /// What restricted items say is withheld.
    Circulated,
}

/// Runs the verb.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    match verb {
        Verb::Compile { which, out } => {
            let cabinet = host.open().await?;
            let meeting = names::meeting(&cabinet, which.meeting.as_deref(), Wanted::Held).await?.id;
            let view = cabinet.compose_minutes(OfMeeting { meeting }).await?;
            keep(&view, out.as_deref())?;
            wrap_up_reply(&view)
        }
        Verb::Seal { which, edition: EditionArg::Circulated, signatories, without_timestamp, out } => {
            if !signatories.is_empty() {
                let why = "--signatory goes with the full minutes: nobody signs the circulated edition after the chair";
                return Err(CabError::Usage(why.to_owned()));
            }
            let cabinet = host.open_to_seal(without_timestamp).await?;
            let meeting = names::meeting(&cabinet, which.meeting.as_deref(), Wanted::Closed).await?.id;
            let pin = secrets::one(host.global.pin_fd, "--pin-fd", "PIN of the chair: ")?;
            let sealed = cabinet.seal_circulated(SealCirculatedRequest { meeting, pin }).await?;
            host.finish(&cabinet).await;
            if let Some(out) = &out {
                std::fs::copy(&sealed.path, out).map_err(CabError::file(out))?;
            }
            let text = format!(
                "The circulated edition of the minutes with SHA-256 {}.\nwithheld: {} of {}\n{}\nSHA-256 {}",
                sealed.minutes,
                counted(sealed.withheld, "field", "fields"),
                sealed.restricted.join(", "),
                sealed.path.display(),
                sealed.sha256
            );
            Ok(Reply::of(&sealed, text))
        }
        Verb::Seal { which, edition: EditionArg::Full, signatories, without_timestamp, out } => {
            let cabinet = host.open_to_seal(without_timestamp).await?;
            let meeting = names::meeting(&cabinet, which.meeting.as_deref(), Wanted::Closed).await?.id;
            if !signatories.is_empty() {
                let all = cabinet.members().await?;
                let id = |typed: &str| names::member(&all, typed).map(|row| row.member.id.clone());
                let turn = |typed: &String| typed.split(',').map(id).collect::<Done<Vec<String>>>();
                let turns = signatories.iter().map(turn).collect::<Done<Vec<Vec<String>>>>()?;
                cabinet.choose_signatories(ChooseSignatories { meeting: meeting.clone(), turns }).await?;
            }
            let nobody = ("The chair has no key here.", "The chair enrols with a PIN first.");
            sign(host, &cabinet, SigningSubject::Minutes { meeting: meeting.clone() }, nobody).await?;
            let after = cabinet.wrap_up(OfMeeting { meeting: meeting.clone() }).await?;
            if after.minutes.state != MinutesStateState::Sealed {
                let mut reply = wrap_up_reply(&after)?;
                let waits = "\nThe extracts are sealed. The minutes are once they are approved: cab minutes approve";
                reply.text.push_str(waits);
                return Ok(reply);
            }
            let view = cabinet.verify_minutes(OfMeeting { meeting }).await?;
            keep(&view, out.as_deref())?;
            let mut reply = wrap_up_reply(&view)?;
            if let Some(verification) = &view.verification {
                reply.text.push_str(&format!("\n{}", verification.verdict));
            }
            Ok(reply)
        }
        Verb::Countersign { which, without_timestamp, out } => {
            let cabinet = host.open_to_seal(without_timestamp).await?;
            let meeting = names::meeting(&cabinet, which.meeting.as_deref(), Wanted::Closed).await?.id;
            let nobody = (
                "It is the turn of nobody whose key is on this device.",
                "`cab minutes turns` says whose turn it is; they sign on their own device.",
            );
            sign(host, &cabinet, SigningSubject::Countersign { meeting: meeting.clone() }, nobody).await?;
            let turns = cabinet.minutes_turns(OfMeeting { meeting }).await?;
            if let Some(out) = &out {
                std::fs::copy(&turns.path, out).map_err(CabError::file(out))?;
            }
            Ok(Reply::of(&turns, told(&turns)))
        }
        Verb::Turns { which } => {
            let cabinet = host.open().await?;
            let meeting = names::meeting(&cabinet, which.meeting.as_deref(), Wanted::Closed).await?.id;
            let turns = cabinet.minutes_turns(OfMeeting { meeting }).await?;
            Ok(Reply::of(&turns, told(&turns)))
        }
        Verb::Annex { which, without_timestamp, out } => {
            let cabinet = host.open_to_seal(without_timestamp).await?;
            let meeting = names::meeting(&cabinet, which.meeting.as_deref(), Wanted::Closed).await?.id;
            let pin = secrets::one(host.global.pin_fd, "--pin-fd", "PIN of the chair: ")?;
            let annex = cabinet.seal_annex(SealAnnexRequest { meeting, pin }).await?;
            host.finish(&cabinet).await;
            if let Some(out) = &out {
                std::fs::copy(&annex.path, out).map_err(CabError::file(out))?;
            }
            let text = format!(
                "Annex {} to the minutes with SHA-256 {}: what {} said since.\n{}\nSHA-256 {}",
                annex.number,
                annex.minutes,
                annex.members.join(", "),
                annex.path.display(),
                annex.sha256
            );
            Ok(Reply::of(&annex, text))
        }
        Verb::Corrected(verb) => crate::corrections::run(host, verb).await,
        Verb::Distribute { which, edition, draft, to } => {
            let (edition, whole) = match (draft, edition) {
                (true, Some(EditionArg::Circulated)) => {
                    return Err(BoardError::Invalid {
                        field: "edition".to_owned(),
                        why: "A draft is of the full minutes; the circulated edition is sealed.".to_owned(),
                    }
                    .into());
                }
                (true, told) => (Some(HandedEdition::Draft), told.is_some()),
                (false, Some(EditionArg::Full)) => (Some(HandedEdition::Full), true),
                (false, Some(EditionArg::Circulated)) => (Some(HandedEdition::Circulated), false),
                (false, None) => (None, false),
            };
            distribute::minutes(host, which.meeting.as_deref(), (edition, whole), to).await
        }
        Verb::Extracts { keys, keys_from, to } => distribute::extracts(host, keys, keys_from.as_deref(), to).await,
        Verb::Verify { file, root, require_root, timestamp_root } => {
            let trust = root.as_deref().map(anchor).transpose()?;
            if trust.is_none() && require_root {
                return Err(BoardError::Verification {
                    code: "root-not-given".to_owned(),
                    what: "the certificate root".to_owned(),
                    why: "there is none to compare with; give it with --root".to_owned(),
                }
                .into());
            }
            let pdf = std::fs::read(&file).map_err(CabError::file(&file))?;
            let stamps = timestamp_root.as_deref().map(board::timestamp_roots).transpose()?;
            let checked = board::verify_minutes_with_stamps(&pdf, trust.as_ref(), stamps.as_ref())?;
            Ok(Reply { text: shown(&checked), result: result(&checked) })
        }
    }
}

/// Shows what is signed, asks for the PIN of who signs it here, and signs. `nobody` is what is said where nobody can, and
/// what to do then.
async fn sign(host: &Host, cabinet: &Cabinet, subject: SigningSubject, nobody: (&str, &str)) -> Done<()> {
    cabinet.request_signing(SigningRequest { subject }).await?;
    let view = cabinet.signing_view().await?;
    let signer = view.signers.first().cloned();
    let signer = signer.ok_or_else(|| BoardError::refused("no_key", nobody.0, Some("R115"), nobody.1))?;
    if host.global.pin_fd.is_none() {
        crate::reply::complain(&sign_offs::shown(&view, None));
    }
    let pin = secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {}: ", signer.member.name))?;
    let how = How { signer: &signer, pin: &pin, single: true, verdict: Verdict::Approve, reason: "" };
    let signed = sign_all(cabinet, &view, &how).await;
    cabinet.close_signing().await?;
    host.finish(cabinet).await;
    signed?;
    Ok(())
}

/// Who has signed, and whose turn it is.
fn told(turns: &MinutesSigners) -> String {
    let mut text = String::new();
    for signer in &turns.signers {
        let at = signer.signed_at.as_deref().unwrap_or_default();
        let line = match signer.state {
            MinutesSignerState::Signed => format!("signed {at} (claimed)"),
            MinutesSignerState::Turn => "whose turn it is".to_owned(),
            MinutesSignerState::Later => "later".to_owned(),
        };
        text.push_str(&format!("{}: {line}", signer.member.name));
        if let Some(rival) = &signer.displaced_by {
            text.push_str(&format!("; signed at the same time as {rival}, whose signature stands: to sign again"));
        }
        text.push('\n');
    }
    format!("{text}{}\nSHA-256 {}", turns.path.display(), turns.sha256)
}

/// A PEM file, or a fingerprint.
fn anchor(given: &str) -> Done<TrustAnchor> {
    let path = Path::new(given);
    let text = if path.is_file() {
        std::fs::read_to_string(path).map_err(CabError::file(path))?
    } else if given.contains(['/', '.']) {
        return Err(BoardError::not_found("certificate root", given).into());
    } else {
        given.to_owned()
    };
    TrustAnchor::parse(&text).map_err(|e| BoardError::invalid("root", format!("{given}: {}", e.detail)).into())
}

/// What was found, flat enough for scripts: `anchored` says whether the root was compared.
fn result(checked: &CheckedMinutes) -> serde_json::Value {
    let mut value = serde_json::to_value(checked).unwrap_or_default();
    if let Some(object) = value.as_object_mut() {
        object.insert("verified".to_owned(), json!(true));
        object.insert("root".to_owned(), json!(root_words(checked)));
    }
    value
}

fn root_words(checked: &CheckedMinutes) -> String {
    if checked.anchored {
        format!("root compared: {}", checked.pdf.certificate_root)
    } else {
        format!(
            "root not compared: {} is what the file itself brings; compare it with the board's, or give --root",
            checked.pdf.certificate_root
        )
    }
}

fn shown(checked: &CheckedMinutes) -> String {
    let mut text = format!("{}\n{}\n", checked.verdict, root_words(checked));
    for s in &checked.pdf.signatures {
        text.push_str(&format!("Signed by {} ({}), {} (claimed)\n", s.name, s.role, s.claimed_time));
        if let Some(corporate) = &s.corporate {
            let (issuer, subject) = (&corporate.issuer, &corporate.subject);
            let (issuer, subject) = (board::mark_invisible(issuer), board::mark_invisible(subject));
            text.push_str(&format!("  by a corporate certificate issued by {issuer} to {subject}\n"));
        }
        if let Some(stamped) = &s.stamped {
            let compared = if stamped.compared { "root compared" } else { "root not compared: give --timestamp-root" };
            text.push_str(&format!("  existed {}, by {} ({compared})\n", stamped.at, stamped.authority));
        }
    }
    if !checked.next.is_empty() {
        text.push_str(&format!("Not signed yet; it is the turn of {}\n", checked.next.join(", ")));
    }
    text.push_str(&format!("Board: {}\nRoster root: {}\n", checked.board, checked.roster_words));
    text.push_str(&format!("{}, SHA-256 {}", counted(checked.pdf.pages, "page", "pages"), checked.pdf.sha256));
    if checked.withheld > 0 {
        let fields = counted(checked.withheld, "field is", "fields are");
        text.push_str(&format!("\n{fields} withheld in this edition."));
    }
    if !checked.restricted.is_empty() {
        let keys = checked.restricted.join(", ");
        text.push_str(&format!("\nRestricted: {keys}. Nothing that was said on it is in this edition."));
    }
    if checked.disposed > 0 {
        let fields = counted(checked.disposed, "field was", "fields were");
        text.push_str(&format!("\n{fields} disposed of by an entry."));
    }
    if checked.sample {
        text.push_str("\nThis is a sample board with published PINs: it proves nothing about anybody.");
    }
    text
}

/// Copies the newest file of the minutes.
fn keep(view: &WrapUp, out: Option<&Path>) -> Done<()> {
    let (Some(out), Some(path)) = (out, &view.minutes.path) else { return Ok(()) };
    std::fs::copy(path, out).map(drop).map_err(CabError::file(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_a_file_or_a_fingerprint_and_nothing_else() {
        assert!(anchor(&"ab".repeat(32)).is_ok(), "a fingerprint");
        assert!(anchor(&["AB"; 32].join(":")).is_ok(), "as other tools print it");
        assert_eq!(anchor("./no/such/root.pem").expect_err("no file").code(), crate::exit::NOT_FOUND);
        assert_eq!(anchor("abcd").expect_err("too short").code(), crate::exit::INVALID);
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("root.pem");
        std::fs::write(&path, "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n").expect("written");
        assert_eq!(anchor(path.to_str().expect("text")).expect_err("no certificate").code(), crate::exit::INVALID);
    }
}
