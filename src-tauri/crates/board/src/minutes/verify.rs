//! Verifying sealed minutes without a data folder: the signatures, the evidence inside, and that every
//! page follows from the evidence.
use std::collections::BTreeMap;

use domain::entry::Body;
use domain::ids::Digest;
use domain::text::mark_invisible;
use minutes::{CorporateReport, Report, SignatureReport, StampRoots, TrustAnchor};
use record::bundle::Bundle;
use record::entry::Entry;
use serde::Serialize;

use super::about::{About, DocumentKind};
use super::circulated::{fields, withheld};
use super::countersign::{next_names, waiting_names};
use super::kinds::{Kind, Read};
use super::opened::Opened;
use super::told::{self, Borrowed, Unsaid};
use crate::error::{Answer, BoardError};
use crate::state::refused;

/// What was found in a file that holds.
#[derive(Debug, Clone, Serialize)]
pub struct CheckedMinutes {
    /// The PDF's own report.
    pub pdf: Report,
    /// What the document is, by the evidence inside.
    pub about: About,
    /// True if the certificate root was compared with one brought along.
    pub anchored: bool,
    /// Entries in the evidence.
    pub entries: u32,
    /// The board, by its roster.
    pub board: String,
    /// Fingerprint of the roster root, as six words and in hexadecimal.
    pub roster_root: String,
    /// The same in six words.
    pub roster_words: String,
    /// Whether the page was drawn again from the evidence and is the same, byte for byte.
    pub recomputed: bool,
    /// Fields that are not in this edition.
    pub withheld: u32,
    /// Of the circulated edition, the changes of its restricted items: what they say is not in it.
    pub restricted: Vec<String>,
    /// Fields that an entry in it disposed of.
    pub disposed: u32,
    /// Places in the record that this document leaves out; an extract shows its own change only.
    pub left_out: u32,
    /// A sample board proves nothing about anybody.
    pub sample: bool,
    /// Of an annex, the SHA-256 of the minutes it belongs to.
    pub annex_to: Option<String>,
    /// Of an erratum, the SHA-256 of the minutes it puts right.
    pub erratum_to: Option<String>,
    /// Whose turn it is to sign, by name; nobody's once all who were to sign have.
    pub next: Vec<String>,
    /// Whose prepared signatures are not given yet, by name, in turn.
    pub waiting: Vec<String>,
    /// What this edition does not say, change by change.
    pub unsaid: Vec<Unsaid>,
    /// Typefaces of the machine that sealed with which words in it are drawn.
    pub borrowed: Vec<Borrowed>,
    /// In one sentence.
    pub verdict: String,
}

/// Verifies a sealed document. Without `trust` integrity alone is judged: `anchored` is false.
///
/// # Errors
/// [`BoardError::Verification`] with a stable code for whatever does not hold.
pub fn verify_minutes(pdf: &[u8], trust: Option<&TrustAnchor>) -> Answer<CheckedMinutes> {
    verify_minutes_with_stamps(pdf, trust, None)
}

/// The same, with the roots that timestamps must come from; without them a timestamp has to hold by itself.
///
/// # Errors
/// As [`verify_minutes`].
pub fn verify_minutes_with_stamps(
    pdf: &[u8],
    trust: Option<&TrustAnchor>,
    stamps: Option<&StampRoots>,
) -> Answer<CheckedMinutes> {
    judged(pdf, trust, stamps).map(|(checked, _)| checked)
}

/// What the evidence inside a sealed document makes, with which its pages were compared: the blocks, the files that travel
/// beside them, and the typefaces of the machine that sealed.
///
/// # Errors
/// As [`verify_minutes`]: of a document that does not hold nothing is made.
pub fn compose_again(pdf: &[u8]) -> Answer<Composed> {
    judged(pdf, None, None).map(|(_, composed)| composed)
}

/// A document as it was drawn for comparison.
#[derive(Debug, Clone)]
pub struct Composed {
    /// What is said, block by block.
    pub document: minutes::Document,
    /// The files that travel inside.
    pub attachments: Vec<minutes::Attachment>,
    /// The typefaces that are not compiled in.
    pub typefaces: minutes::Typefaces,
}

fn judged(pdf: &[u8], trust: Option<&TrustAnchor>, stamps: Option<&StampRoots>) -> Answer<(CheckedMinutes, Composed)> {
    let file = Opened::read(pdf, trust, stamps)?;
    let read = Read::of(&file)?;
    let kind = Kind::of(&read);
    kind.check_seal(&read)?;
    let about = kind.about(&read)?;
    check_what_was_shown(&file.bundle, file.entries())?;
    check_layout(&file.report)?;
    let typefaces =
        minutes::typefaces(pdf).map_err(|r| broken(r.code.as_str(), "the typefaces inside", r.to_string()))?;
    let (document, attachments) = kind.made_again(&read)?;
    let composed = Composed { document, attachments, typefaces };
    check_pages(pdf, &composed)?;
    Ok((told(kind, &read, about, &composed.typefaces), composed))
}

/// The code of pages that another edition drew: they were not compared, and nothing else is wrong.
pub(crate) const OTHER_LAYOUT: &str = "other-layout";

/// Pages that another edition of Cabinet drew cannot be drawn again here. Nothing is held against them, and they do not hold
/// either: whoever says another number says nothing for their own pages.
fn check_layout(report: &Report) -> Answer<()> {
    let Some(layout) = report.layout.filter(|layout| *layout != minutes::LAYOUT) else { return Ok(()) };
    let why = format!(
        "they were not compared: they follow layout {layout}, and this edition of Cabinet draws layout {}. The \
         signatures hold, and the evidence inside was verified. Verify the document with an edition of Cabinet that \
         draws layout {layout}",
        minutes::LAYOUT
    );
    Err(broken(OTHER_LAYOUT, "the pages", why))
}

/// The pages follow from the evidence: drawn again they are the same, byte for byte.
fn check_pages(pdf: &[u8], composed: &Composed) -> Answer<()> {
    let Composed { document, attachments, typefaces } = composed;
    let drawn = minutes::render_with(document, attachments, typefaces).map_err(|e| BoardError::internal(&e))?;
    let base = minutes::base_revision(pdf).map_err(|r| broken(r.code.as_str(), "the PDF", r.to_string()))?;
    if drawn != base {
        let why = "they do not follow from the evidence inside; some row is another than what follows";
        return Err(broken("page-mismatch", "the pages", why));
    }
    Ok(())
}

/// What is told of a document that holds.
fn told(kind: &Kind, read: &Read<'_>, about: About, typefaces: &minutes::Typefaces) -> CheckedMinutes {
    let file = read.file;
    let (report, roster) = (&file.report, file.roster());
    let fingerprint = file.found.rosters.fingerprint();
    let belongs_to = file.sealed_before().filter(|_| kind.beside_minutes).map(|minutes| minutes.pdf.to_string());
    let puts_right = kind.document == DocumentKind::Erratum;
    let (annex_to, erratum_to) = if puts_right { (None, belongs_to) } else { (belongs_to, None) };
    let edition = file.bundle.scope.meeting.filter(|_| kind.withholds);
    let unsaid = edition.map_or_else(Vec::new, |id| withheld(&file.ledger, id));
    let restricted: Vec<String> = unsaid.iter().map(|item| item.change.to_string()).collect();
    CheckedMinutes {
        anchored: report.anchored,
        entries: count(file.entries().len()),
        board: roster.name.clone(),
        roster_root: fingerprint.to_string(),
        roster_words: fingerprint.words().join(" "),
        recomputed: true,
        withheld: count(file.found.withheld.len()).saturating_add(fields(unsaid.len())),
        verdict: verdict(kind, read, &restricted, typefaces),
        restricted,
        disposed: count(file.found.disposed.len()),
        left_out: count(file.found.left_out.len()),
        sample: roster.members.iter().flat_map(|m| &m.keys).any(|k| k.keystore == "sample"),
        annex_to,
        erratum_to,
        next: next_names(report, roster),
        waiting: waiting_names(report, roster),
        unsaid: told::unsaid(&file.bundle, &file.found, &unsaid),
        borrowed: told::borrowed(typefaces),
        about,
        pdf: report.clone(),
    }
}

/// Who signed, and with whose certificate where it is not the board's.
fn signer_words(signature: &SignatureReport) -> String {
    let who = format!("{} ({})", signature.name, signature.role);
    let Some(corporate) = &signature.corporate else { return who };
    format!("{who}, {}", corporate_words(corporate))
}

/// In words: by whom a corporate certificate was issued, and to whom.
fn corporate_words(corporate: &CorporateReport) -> String {
    let (issuer, subject) = (mark_invisible(&corporate.issuer), mark_invisible(&corporate.subject));
    format!("by a corporate certificate issued by {issuer} to {subject}")
}

/// All of it in one sentence.
fn verdict(kind: &Kind, read: &Read<'_>, restricted: &[String], typefaces: &minutes::Typefaces) -> String {
    let file = read.file;
    let signers: Vec<String> = file.report.signatures.iter().map(signer_words).collect();
    let left_out = match (file.bundle.scope.complete, restricted.is_empty()) {
        (true, _) => String::new(),
        (false, true) => "; entries about other items are left out".to_owned(),
        (false, false) => format!("; restricted, and withheld in this edition: {}", restricted.join(", ")),
    };
    format!(
        "{}Unmodified since it was sealed; signed by the key of {}; every line follows from {} signed entries{left_out}{}{}",
        (kind.sentence)(read),
        signers.join(", "),
        file.entries().len(),
        borrowed(typefaces),
        if file.report.anchored { "." } else { "; the root was not compared with one known from elsewhere." }
    )
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

pub(super) fn broken(code: &str, what: &str, why: impl Into<String>) -> BoardError {
    BoardError::Verification { code: code.to_owned(), what: what.to_owned(), why: why.into() }
}

/// Every sign-off says of its manifest what the manifest says itself: content and the people involved (R89).
/// Where blobs are withheld nothing can be compared, and nothing is claimed.
pub(crate) fn check_what_was_shown(bundle: &Bundle, entries: &[Entry]) -> Answer<()> {
    for entry in entries {
        let Some(Body::SignOff(body)) = entry.predicate().map(|p| &p.body) else { continue };
        for subject in &entry.statement().subjects {
            let manifest = bundle.manifests.iter().find(|m| m.digest().is_ok_and(|d| d == subject.sha256));
            let Some(manifest) = manifest else { continue };
            let shown = manifest.open(&bundle.blobs).map_err(|r| refused("what was shown", &r))?;
            let mut digests = BTreeMap::new();
            for (field, value) in &shown {
                let record::manifest::Shown::Present(bytes) = value else { break };
                digests.insert(*field, Digest::of(bytes).to_string());
            }
            if digests.len() < shown.len() {
                continue;
            }
            let content = record::canonical::to_bytes(&digests).map_err(|e| BoardError::internal(&e))?;
            let person = |field: &str| match shown.get(field) {
                Some(record::manifest::Shown::Present(bytes)) if !bytes.is_empty() => {
                    Some(String::from_utf8_lossy(bytes).into_owned())
                }
                Some(_) | None => None,
            };
            let same_people = person("author") == body.involved.author
                && person("requester") == body.involved.requester
                && person("deployer") == body.involved.deployer;
            if Digest::of(&content) != body.content || !same_people {
                return Err(broken(
                    "shown-mismatch",
                    &entry.place(),
                    "the sign-off claims other content or other people than its manifest shows",
                ));
            }
        }
    }
    Ok(())
}

/// What is said of words that the compiled-in faces do not write: whoever sealed chose the shapes of their letters.
fn borrowed(typefaces: &minutes::Typefaces) -> String {
    let said = |(family, words): (String, usize)| {
        let words = if words == 1 { "1 word or sign is".to_owned() } else { format!("{words} words or signs are") };
        format!("; {words} drawn with {}, a typeface of the machine that sealed", minutes::clean(&family))
    };
    typefaces.families().into_iter().map(said).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_no_typeface_was_borrowed_nothing_is_said_of_it() {
        assert_eq!(borrowed(&minutes::Typefaces::default()), "");
    }

    #[test]
    fn pages_of_another_layout_are_told_apart_from_pages_that_lie() {
        let drawn = |layout: Option<u32>| {
            let report = Report {
                title: String::new(),
                pages: 1,
                layout,
                signatures: Vec::new(),
                unsigned_fields: Vec::new(),
                anchored: true,
                certificate_root: String::new(),
                attachments: Vec::new(),
                sha256: String::new(),
            };
            check_layout(&report)
        };
        // What says no number as Cabinet writes it is drawn again, and then is another file.
        assert_eq!((drawn(Some(minutes::LAYOUT)), drawn(None)), (Ok(()), Ok(())));
        for other in [0, minutes::LAYOUT + 1, u32::MAX] {
            let Err(BoardError::Verification { code, what, why }) = drawn(Some(other)) else { panic!("{other} holds") };
            assert_eq!((code.as_str(), what.as_str()), (OTHER_LAYOUT, "the pages"));
            assert!(why.contains("The signatures hold, and the evidence inside was verified"), "{why}");
            assert!(why.ends_with(&format!("with an edition of Cabinet that draws layout {other}")), "{why}");
        }
    }
}
