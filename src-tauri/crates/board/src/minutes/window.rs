//! The verifier in the window: any sealed document that somebody brings, of this board or another's, also where no
//! board is open yet. What is judged is what `cab minutes verify` judges, and whether it is this board's.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ids::Digest;
use domain::text::mark_invisible;
use minutes::{GREATEST_PDF, RefusalCode, SignatureReport, TrustAnchor};

use super::{CheckedMinutes, off_thread, root_fingerprint, verify_minutes};
use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::paths;
use crate::views::{
    DocumentHeld, DocumentRefused, DocumentSignature, DocumentVerdict, MemberCertificate, RootCompared,
    VerifyDocumentRequest,
};

/// Characters of a root that somebody gives, at most: a certificate in PEM has about a thousand.
const LONGEST_ROOT: usize = 64 << 10;

/// The board that is open here.
struct Own {
    id: String,
    name: String,
    /// Fingerprint of its certificate root.
    root: Option<String>,
    /// Fingerprint of its roster root.
    roster: String,
}

impl Cabinet {
    /// Verifies a sealed document. Its certificate root is compared with this board's own if the document is of this
    /// board, else with the one that was given, else with nothing, which the answer says.
    ///
    /// # Errors
    /// [`BoardError::Refused`] for a file that cannot be read, [`BoardError::Invalid`] for a path or a root that is
    /// none. A document that does not hold is an answer, not an error.
    pub async fn verify_document(&self, request: VerifyDocumentRequest) -> Answer<DocumentVerdict> {
        let given = given_root(&request.root)?;
        let own = match self.board() {
            Ok(board) => {
                let state = board.state().await?;
                let roster = state.roster();
                Some(Own {
                    id: state.rosters.board().to_string(),
                    name: roster.name.clone(),
                    root: root_fingerprint(roster),
                    roster: state.rosters.fingerprint().to_string(),
                })
            }
            Err(_) => None,
        };
        off_thread(move || {
            let (name, pdf) = chosen(request)?;
            judged(&name, &pdf, given.as_ref(), own.as_ref())
        })
        .await
    }
}

/// The root that somebody typed or pasted; blank: none.
fn given_root(text: &str) -> Answer<Option<TrustAnchor>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wanted = "Give the fingerprint of the board's certificate root, 64 digits and letters a to f, or its PEM.";
    if text.len() > LONGEST_ROOT {
        return Err(BoardError::invalid("root", wanted));
    }
    TrustAnchor::parse(text).map(Some).map_err(|_| BoardError::invalid("root", wanted))
}

/// The file's name and its bytes; never more than the verifier reads.
pub(super) fn chosen(request: VerifyDocumentRequest) -> Answer<(String, Vec<u8>)> {
    if request.name.is_empty() {
        let path = paths::whole("path", &request.path)?;
        // What never ends would never be judged.
        if std::fs::metadata(&path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            return Err(BoardError::invalid("path", "That is a device or a pipe, not a file."));
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        return Ok((name, paths::read_up_to(&path, GREATEST_PDF)?));
    }
    let unread = |_| BoardError::invalid("content", "The file was not read whole.");
    if request.content.len() > GREATEST_PDF.div_ceil(3) * 4 {
        return Err(BoardError::invalid("content", format!("It has more than {GREATEST_PDF} bytes.")));
    }
    Ok((request.name, STANDARD.decode(request.content).map_err(unread)?))
}

fn judged(name: &str, pdf: &[u8], given: Option<&TrustAnchor>, own: Option<&Own>) -> Answer<DocumentVerdict> {
    let found = verify_minutes(pdf, given).and_then(|checked| held(checked, given, own));
    let (held, refused) = match found {
        Ok(held) => (Some(held), None),
        Err(BoardError::Verification { code, what, why }) => (None, Some(refused(pdf, given, code, &what, &why))),
        // Of evidence that holds by itself and lacks what the document needs.
        Err(BoardError::NotFound { what, id }) => {
            let why = format!("there is no {what} {id}");
            (None, Some(refused(pdf, given, INCOMPLETE.to_owned(), "the evidence inside", &why)))
        }
        Err(other) => return Err(other),
    };
    Ok(DocumentVerdict {
        name: mark_invisible(name),
        bytes: count(pdf.len()),
        sha256: Digest::of(pdf).to_string(),
        held,
        refused,
    })
}

/// What a document is that holds, and what its root was compared with.
fn held(checked: CheckedMinutes, given: Option<&TrustAnchor>, own: Option<&Own>) -> Answer<DocumentHeld> {
    let CheckedMinutes { pdf, about, .. } = &checked;
    let same_root = |own: &Own| own.root.as_deref() == Some(pdf.certificate_root.as_str());
    let root = match own.filter(|own| own.id == about.board_id || same_root(own)) {
        // Whoever claims to be this board has its root, whatever else they were compared with.
        Some(own) if !same_root(own) => {
            return Err(BoardError::Verification {
                code: RefusalCode::OtherRoot.as_str().to_owned(),
                what: "the certificate root".to_owned(),
                why: format!("the document claims to be this board's and ends in root {}", pdf.certificate_root),
            });
        }
        // A member's key is certified under that root as well: what they made up alone follows from another roster.
        Some(own) if own.roster != checked.roster_root => {
            return Err(BoardError::Verification {
                code: OTHER_ROSTER.to_owned(),
                what: "the roster root".to_owned(),
                why: format!("the document claims to be this board's and rests on roster root {}", checked.roster_root),
            });
        }
        Some(_) => RootCompared::Own,
        None if given.is_some() => RootCompared::Given,
        None => RootCompared::Nothing,
    };
    let called_alike = |own: &Own| own.name.trim().to_lowercase() == checked.board.trim().to_lowercase();
    let namesake = own.is_some_and(|own| own.id != about.board_id && called_alike(own));
    Ok(DocumentHeld {
        document: about.document,
        title: mark_invisible(&pdf.title),
        board: mark_invisible(&checked.board),
        meeting: mark_invisible(&about.meeting),
        called: crate::words::time(about.called),
        zone: mark_invisible(&about.zone),
        change: about.change.as_deref().map(mark_invisible).unwrap_or_default(),
        annex_to: checked.annex_to.clone().or_else(|| checked.erratum_to.clone()).unwrap_or_default(),
        pages: pdf.pages,
        signatures: pdf.signatures.iter().map(signature).collect(),
        unsigned: pdf.unsigned_fields.iter().map(|field| mark_invisible(field)).collect(),
        entries: checked.entries,
        withheld: checked.withheld,
        disposed: checked.disposed,
        left_out: checked.left_out,
        sample: checked.sample,
        root,
        namesake,
        certificate_root: pdf.certificate_root.clone(),
        roster_words: checked.roster_words.clone(),
    })
}

fn signature(report: &SignatureReport) -> DocumentSignature {
    DocumentSignature {
        name: mark_invisible(&report.name),
        role: mark_invisible(&report.role),
        meaning: mark_invisible(&report.meaning),
        at: crate::words::time(report.claimed_time),
        key: report.key_fingerprint.clone(),
        certifies: report.certifies,
        stamped_at: report.stamped.as_ref().map(|stamped| crate::words::time(stamped.at)).unwrap_or_default(),
        stamped_by: report.stamped.as_ref().map(|stamped| mark_invisible(&stamped.authority)).unwrap_or_default(),
        certificate: report.corporate.as_ref().map(|corporate| MemberCertificate {
            subject: mark_invisible(&corporate.subject),
            issuer: mark_invisible(&corporate.issuer),
            until: crate::words::time(corporate.not_after),
        }),
    }
}

/// Evidence that lacks the meeting or the policy of which the document speaks.
const INCOMPLETE: &str = "evidence-incomplete";
/// A document that claims to be this board's and brings another roster.
const OTHER_ROSTER: &str = "roster-root";

fn refused(pdf: &[u8], given: Option<&TrustAnchor>, code: String, what: &str, why: &str) -> DocumentRefused {
    // Of the file itself, or of what is inside: only the former can have been added to.
    let (plainly, part) = match minutes::verify(pdf, given) {
        Err(refusal) => (refusal.code.plainly(), minutes::sealed_part(pdf, given)),
        Ok(_) => (plainly(&code), None),
    };
    let sealed = part.as_ref().map_or(0, |(_, length)| *length);
    DocumentRefused {
        code,
        plainly: plainly.to_owned(),
        detail: mark_invisible(&format!("{what}: {why}")),
        sealed_bytes: count(sealed),
        added_bytes: if part.is_some() { count(pdf.len().saturating_sub(sealed)) } else { 0 },
        signatures: part.iter().flat_map(|(report, _)| &report.signatures).map(signature).collect(),
    }
}

/// What does not hold of the evidence inside, in a sentence. Codes of the record share one: what they name is for
/// those who know the record.
fn plainly(code: &str) -> &'static str {
    match code {
        "root-mismatch" => "The signature comes from another root than the one that the board's own roster names.",
        "not-the-chair" => "It was sealed by somebody who did not chair this meeting.",
        "no-meeting" => "It speaks of no meeting that was called to order.",
        "meaning" => "The seal says something else than a chair says by sealing.",
        "shown-mismatch" => "A sign-off claims something else than what its signer was shown.",
        "page-mismatch" => "The pages do not follow from the record inside: some row was written by another hand.",
        "evidence-missing" => "The record that belongs inside the document is not there.",
        INCOMPLETE => "The record inside lacks what the document speaks of.",
        OTHER_ROSTER => "The document claims to be this board's, and rests on a roster that this board never had.",
        other if other == RefusalCode::OtherRoot.as_str() => {
            "The document claims to be this board's, and is not sealed under this board's root."
        }
        _ => "The record inside does not hold: something in it was changed, left out or made by another hand.",
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str, name: &str, content: &str) -> VerifyDocumentRequest {
        VerifyDocumentRequest {
            path: path.to_owned(),
            name: name.to_owned(),
            content: content.to_owned(),
            root: String::new(),
        }
    }

    #[test]
    fn a_file_is_taken_by_its_path_or_by_its_bytes() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("minutes.pdf");
        std::fs::write(&path, b"%PDF-").expect("written");
        let by_path = chosen(request(path.to_str().expect("text"), "", "")).expect("read");
        assert_eq!(by_path, ("minutes.pdf".to_owned(), b"%PDF-".to_vec()));
        let by_bytes = chosen(request("", "minutes.pdf", "JVBERi0=")).expect("read");
        assert_eq!(by_bytes, by_path);
        assert_eq!(chosen(request("", "empty.pdf", "")).expect("an empty file").1, Vec::<u8>::new());
        for (path, name, content) in [("", "", ""), ("minutes.pdf", "", ""), ("", "minutes.pdf", "no Base64!")] {
            let refused = chosen(request(path, name, content)).expect_err("neither");
            assert!(matches!(refused, BoardError::Invalid { .. }), "{path} {name}");
        }
    }

    #[test]
    fn a_root_is_read_or_the_field_says_what_is_wanted() {
        assert_eq!(given_root("  ").expect("none"), None);
        assert!(given_root(&"AB:".repeat(32)).expect("read").is_some());
        for text in ["abcd".to_owned(), "a".repeat(LONGEST_ROOT + 1)] {
            let refused = given_root(&text).expect_err("no root");
            assert!(matches!(refused, BoardError::Invalid { field, .. } if field == "root"));
        }
    }

    fn checked(board_id: &str, certificate_root: &str, roster_root: &str) -> CheckedMinutes {
        CheckedMinutes {
            pdf: minutes::Report {
                title: "Minutes".to_owned(),
                pages: 1,
                signatures: Vec::new(),
                unsigned_fields: Vec::new(),
                anchored: false,
                certificate_root: certificate_root.to_owned(),
                attachments: Vec::new(),
                sha256: String::new(),
            },
            about: crate::minutes::About {
                document: crate::minutes::DocumentKind::Minutes,
                board_id: board_id.to_owned(),
                meeting: "Weekly".to_owned(),
                called: chrono::DateTime::default(),
                zone: "UTC".to_owned(),
                change: None,
            },
            anchored: false,
            entries: 1,
            board: "The Board".to_owned(),
            roster_root: roster_root.to_owned(),
            roster_words: String::new(),
            recomputed: true,
            withheld: 0,
            disposed: 0,
            left_out: 0,
            sample: false,
            annex_to: None,
            erratum_to: None,
            restricted: Vec::new(),
            next: Vec::new(),
            verdict: String::new(),
        }
    }

    #[test]
    fn a_document_that_claims_to_be_this_boards_has_its_root_and_its_roster() {
        let own = Own {
            id: "ours".to_owned(),
            name: "the board ".to_owned(),
            root: Some("root".to_owned()),
            roster: "roster".to_owned(),
        };
        let given = TrustAnchor::Fingerprint([7; 32]);
        let ours = checked("ours", "root", "roster");
        assert_eq!(held(ours, Some(&given), Some(&own)).map(|held| held.root), Ok(RootCompared::Own));
        // Under another root; with a roster that somebody made up; under this root and as another board.
        for (board, root, roster, code) in [
            ("ours", "another", "roster", "certificate-other-root"),
            ("ours", "root", "another", "roster-root"),
            ("another", "root", "another", "roster-root"),
        ] {
            let refused = held(checked(board, root, roster), Some(&given), Some(&own)).expect_err("refused");
            assert!(matches!(&refused, BoardError::Verification { code: found, .. } if found == code), "{refused}");
        }
        let other = || checked("another", "another", "another");
        let nothing = held(other(), None, Some(&own)).expect("it holds");
        assert_eq!((nothing.root, nothing.namesake), (RootCompared::Nothing, true));
        assert_eq!(held(other(), Some(&given), Some(&own)).map(|held| held.root), Ok(RootCompared::Given));
        assert!(!held(other(), None, None).expect("it holds").namesake, "there is no board to be mistaken for");
    }

    #[test]
    fn whatever_is_no_sealed_document_is_refused_in_plain_words() {
        for bytes in [b"".as_slice(), b"%PDF-1.7\n", b"PK\x03\x04", b"\n%%EOF\n\n%%EOF\n"] {
            let verdict = judged("note\u{202e}fdp.exe", bytes, None, None).expect("judged");
            assert!(verdict.held.is_none());
            assert!(!verdict.name.contains('\u{202e}'), "what is invisible is shown: {}", verdict.name);
            let refused = verdict.refused.expect("refused");
            assert!(!refused.code.is_empty() && refused.plainly.ends_with('.'), "{refused:?}");
            assert_eq!((refused.sealed_bytes, refused.added_bytes), (0, 0));
        }
    }
}
