//! The verifier in the window: any sealed document that somebody brings, of this board or another's, also where no
//! board is open yet. What is judged is what `cab minutes verify` judges, and whether it is this board's.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ids::Digest;
use domain::text::mark_invisible;
use minutes::{GREATEST_PDF, RefusalCode, SignatureReport, TrustAnchor};

use super::{
    Borrowed, CheckedMinutes, OTHER_LAYOUT, StampRoot, Unsaid, off_thread, root_fingerprint, verify_minutes_with_stamps,
};
use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::paths;
use crate::views::{
    DocumentHeld, DocumentRefused, DocumentSignature, DocumentTypeface, DocumentUnsaid, DocumentVerdict,
    MemberCertificate, RootCompared, StampCompared, VerifyDocumentRequest,
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

/// What a document is compared with.
#[derive(Clone, Copy)]
struct Against<'a> {
    /// The root that somebody gave.
    given: Option<&'a TrustAnchor>,
    own: Option<&'a Own>,
    stamps: &'a StampRoot,
}

impl Against<'_> {
    fn same_root(own: &Own, root: &str) -> bool {
        own.root.as_deref() == Some(root)
    }

    /// What a root was compared with that whatever was given let through.
    fn compared(&self, root: &str) -> RootCompared {
        match self.own {
            Some(own) if Self::same_root(own, root) => RootCompared::Own,
            Some(_) | None if self.given.is_some() => RootCompared::Given,
            Some(_) | None => RootCompared::Nothing,
        }
    }
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
        let (desk, path) = (self.clone(), request.name.is_empty().then(|| request.path.clone()));
        off_thread(move || {
            let (name, pdf) = chosen(request)?;
            let stamps = StampRoot::of(&desk.options().network);
            let verdict = judged(&name, &pdf, Against { given: given.as_ref(), own: own.as_ref(), stamps: &stamps })?;
            if let Some(path) = path {
                // Whoever has the verdict looks at the pages next.
                desk.looked_at().open_verified(path, verdict.sha256.clone(), pdf);
            }
            Ok(verdict)
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

fn judged(name: &str, pdf: &[u8], against: Against<'_>) -> Answer<DocumentVerdict> {
    let checked = verify_minutes_with_stamps(pdf, against.given, against.stamps.roots());
    let (held, refused) = match checked.and_then(|checked| held(checked, against)) {
        Ok(held) => (Some(held), None),
        Err(BoardError::Verification { code, what, why }) => (None, Some(refused(pdf, against, code, &what, &why))),
        // Of evidence that holds by itself and lacks what the document needs.
        Err(BoardError::NotFound { what, id }) => {
            let why = format!("there is no {what} {id}");
            (None, Some(refused(pdf, against, INCOMPLETE.to_owned(), "the evidence inside", &why)))
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
fn held(checked: CheckedMinutes, against: Against<'_>) -> Answer<DocumentHeld> {
    let CheckedMinutes { pdf, about, .. } = &checked;
    let same_root = |own: &Own| Against::same_root(own, &pdf.certificate_root);
    let root = match against.own.filter(|own| own.id == about.board_id || same_root(own)) {
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
        Some(_) | None => against.compared(&pdf.certificate_root),
    };
    let called_alike = |own: &Own| own.name.trim().to_lowercase() == checked.board.trim().to_lowercase();
    let namesake = against.own.is_some_and(|own| own.id != about.board_id && called_alike(own));
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
        signatures: pdf.signatures.iter().map(|report| signature(report, against.stamps)).collect(),
        unsigned: shown(&checked.waiting),
        next: shown(&checked.next),
        entries: checked.entries,
        withheld: checked.withheld,
        unsaid: checked.unsaid.iter().map(unsaid).collect(),
        disposed: checked.disposed,
        left_out: checked.left_out,
        borrowed: checked.borrowed.iter().map(typeface).collect(),
        sample: checked.sample,
        root,
        namesake,
        certificate_root: pdf.certificate_root.clone(),
        roster_words: checked.roster_words.clone(),
    })
}

fn shown(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| mark_invisible(text)).collect()
}

fn unsaid(one: &Unsaid) -> DocumentUnsaid {
    DocumentUnsaid { change: mark_invisible(&one.change), fields: shown(&one.fields), entries: one.entries }
}

fn typeface(one: &Borrowed) -> DocumentTypeface {
    DocumentTypeface { family: mark_invisible(&one.family), words: one.words }
}

fn signature(report: &SignatureReport, stamps: &StampRoot) -> DocumentSignature {
    DocumentSignature {
        name: mark_invisible(&report.name),
        role: mark_invisible(&report.role),
        meaning: mark_invisible(&report.meaning),
        at: crate::words::time(report.claimed_time),
        key: report.key_fingerprint.clone(),
        certifies: report.certifies,
        stamped_at: report.stamped.as_ref().map(|stamped| crate::words::time(stamped.at)).unwrap_or_default(),
        stamped_by: report.stamped.as_ref().map(|stamped| mark_invisible(&stamped.authority)).unwrap_or_default(),
        stamp_root: report.stamped.as_ref().map_or(StampCompared::Nothing, |stamped| stamps.compared(stamped)),
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

fn refused(pdf: &[u8], against: Against<'_>, code: String, what: &str, why: &str) -> DocumentRefused {
    let judge = |bytes: &[u8]| minutes::verify_with_stamps(bytes, against.given, against.stamps.roots());
    // Of the file itself, or of what is inside: only the former can have been added to. In the latter case its signatures
    // hold, and whose they are is what a reader has to know.
    let (plainly, part, signatures_hold) = match judge(pdf) {
        Err(refusal) => {
            let length = minutes::sealed_part(pdf, against.given).map(|(_, length)| length);
            let part = length.and_then(|length| Some((judge(pdf.get(..length)?).ok()?, length)));
            (refusal.code.plainly(), part, false)
        }
        Ok(report) => (plainly(&code), Some((report, pdf.len())), true),
    };
    let sealed = part.as_ref().map_or(0, |(_, length)| *length);
    let root = part.as_ref().map_or(RootCompared::Nothing, |(report, _)| against.compared(&report.certificate_root));
    let signed = part.iter().flat_map(|(report, _)| &report.signatures);
    DocumentRefused {
        code,
        plainly: plainly.to_owned(),
        detail: mark_invisible(&format!("{what}: {why}")),
        signatures_hold,
        root,
        sealed_bytes: count(sealed),
        added_bytes: if part.is_some() { count(pdf.len().saturating_sub(sealed)) } else { 0 },
        signatures: signed.map(|report| signature(report, against.stamps)).collect(),
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
        "page-mismatch" => {
            "The signatures hold, and the rows do not follow from the record inside: it was signed as it is, with a row \
             that the record does not give."
        }
        OTHER_LAYOUT => {
            "The signatures hold, and so does the record inside. The pages were not compared with it: another edition of \
             Cabinet drew them, and only such an edition can tell whether they say what the record says."
        }
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
                layout: Some(minutes::LAYOUT),
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
            waiting: Vec::new(),
            unsaid: Vec::new(),
            borrowed: Vec::new(),
            verdict: String::new(),
        }
    }

    fn with<'a>(given: Option<&'a TrustAnchor>, own: Option<&'a Own>) -> Against<'a> {
        Against { given, own, stamps: &StampRoot::Nothing }
    }

    #[test]
    fn what_is_signed_and_does_not_follow_is_refused_with_who_signed_it_and_when() {
        let (content, signer) = (minutes::specimen::minutes(1), minutes::specimen::signer().expect("certified"));
        let request = minutes::specimen::request();
        let pdf = minutes::seal_minutes(&content, b"{}", &request, &signer).expect("sealed");
        let found = judged("minutes.pdf", &pdf, with(None, None)).expect("judged").refused.expect("refused");
        let altered = refused(&pdf, with(None, None), "page-mismatch".to_owned(), "the pages", "a row is another");
        for refused in [found, altered.clone()] {
            assert!(refused.signatures_hold, "{refused:?}");
            assert_eq!((refused.sealed_bytes as usize, refused.added_bytes), (pdf.len(), 0));
            let seal = refused.signatures.first().expect("the chair's");
            assert_eq!((seal.name.as_str(), seal.meaning.as_str()), (request.name, request.meaning));
            assert_eq!(seal.at, crate::words::time(minutes::specimen::made_at()));
            assert_eq!(refused.root, RootCompared::Nothing, "whoever signs may have made the root");
        }
        assert!(altered.plainly.starts_with("The signatures hold, and the rows do not follow"), "{}", altered.plainly);
        // Added to: what came before still tells who signed it, and is no whole file.
        let more = [pdf.as_slice(), b"% see page 4\n%%EOF\n"].concat();
        let added = judged("minutes.pdf", &more, with(None, None)).expect("judged").refused.expect("refused");
        assert!(!added.signatures_hold && added.signatures == altered.signatures, "{added:?}");
    }

    #[test]
    fn what_is_not_said_and_whose_signature_is_missing_is_handed_on_by_name() {
        let mut found = checked("ours", "root", "roster");
        found.waiting = vec!["Ana".to_owned(), "Tom".to_owned()];
        found.next = vec!["Ana".to_owned()];
        let fields = vec!["title".to_owned()];
        found.unsaid = vec![Unsaid { change: "CHG-2".to_owned(), fields, entries: true }];
        found.borrowed = vec![Borrowed { family: "Amiri\u{202e}".to_owned(), words: 3 }];
        let held = held(found, with(None, None)).expect("it holds");
        assert_eq!((held.unsigned.join(", "), held.next.join(", ")), ("Ana, Tom".to_owned(), "Ana".to_owned()));
        assert_eq!((held.unsaid[0].change.as_str(), held.unsaid[0].entries), ("CHG-2", true));
        assert!(held.borrowed[0].words == 3 && !held.borrowed[0].family.contains('\u{202e}'));
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
        assert_eq!(held(ours, with(Some(&given), Some(&own))).map(|held| held.root), Ok(RootCompared::Own));
        // Under another root; with a roster that somebody made up; under this root and as another board.
        for (board, root, roster, code) in [
            ("ours", "another", "roster", "certificate-other-root"),
            ("ours", "root", "another", "roster-root"),
            ("another", "root", "another", "roster-root"),
        ] {
            let refused = held(checked(board, root, roster), with(Some(&given), Some(&own))).expect_err("refused");
            assert!(matches!(&refused, BoardError::Verification { code: found, .. } if found == code), "{refused}");
        }
        let other = || checked("another", "another", "another");
        let nothing = held(other(), with(None, Some(&own))).expect("it holds");
        assert_eq!((nothing.root, nothing.namesake), (RootCompared::Nothing, true));
        assert_eq!(held(other(), with(Some(&given), Some(&own))).map(|held| held.root), Ok(RootCompared::Given));
        assert!(!held(other(), with(None, None)).expect("it holds").namesake, "there is no board to be mistaken for");
    }

    #[test]
    fn what_another_edition_drew_is_not_said_to_be_made_by_another_hand() {
        assert!(plainly(OTHER_LAYOUT).contains("The pages were not compared"));
        assert!(!plainly(OTHER_LAYOUT).contains("hand"));
        assert!(plainly("page-mismatch").contains("the rows do not follow from the record inside"));
    }

    #[test]
    fn whatever_is_no_sealed_document_is_refused_in_plain_words() {
        for bytes in [b"".as_slice(), b"%PDF-1.7\n", b"PK\x03\x04", b"\n%%EOF\n\n%%EOF\n"] {
            let verdict = judged("note\u{202e}fdp.exe", bytes, with(None, None)).expect("judged");
            assert!(verdict.held.is_none());
            assert!(!verdict.name.contains('\u{202e}'), "what is invisible is shown: {}", verdict.name);
            let refused = verdict.refused.expect("refused");
            assert!(!refused.code.is_empty() && refused.plainly.ends_with('.'), "{refused:?}");
            assert_eq!((refused.sealed_bytes, refused.added_bytes), (0, 0));
        }
    }
}
