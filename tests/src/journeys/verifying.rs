//! The verifier in the window: a document that somebody brings, where its board is open and where none is.
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use board::requests::OfMeeting;
use board::views::{
    DecisionKind, DocumentAsked, DocumentHeld, DocumentPageRequest, DocumentRefused, DocumentVerdict, RootCompared,
    VerifyDocumentRequest, VotePosition,
};
use board::{BoardError, Cabinet, DocumentKind};
use domain::ids::Digest;

use crate::journey::{Journey, own_desk};

/// Verifies bytes as the window reads them of a chosen file.
async fn of_bytes(cabinet: &Cabinet, pdf: &[u8], root: &str) -> DocumentVerdict {
    let request = VerifyDocumentRequest {
        path: String::new(),
        name: "brought.pdf".to_owned(),
        content: STANDARD.encode(pdf),
        root: root.to_owned(),
    };
    cabinet.verify_document(request).await.expect("judged")
}

fn held(verdict: DocumentVerdict) -> DocumentHeld {
    assert_eq!(verdict.refused, None);
    verdict.held.expect("it holds")
}

fn refused(verdict: DocumentVerdict) -> DocumentRefused {
    assert_eq!(verdict.held, None);
    verdict.refused.expect("it is refused")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_compared_with_the_boards_own_root_or_a_given_one_or_says_that_nothing_was_compared() {
    let journey = Journey::begin().await;
    let key = journey.approvable().await.first().expect("a change").clone();
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Reject).await;
    journey.decide(&meeting, "1", DecisionKind::Rejected, "Not rehearsed.").await.expect("decided");
    journey.close(&meeting).await;
    journey.seal(&meeting).await.expect("sealed");
    let path = journey.cabinet.minutes_path(OfMeeting { meeting: meeting.clone() }).await.expect("sealed minutes");
    let pdf = std::fs::read(&path).expect("readable");

    // By the path that a drop brings: this board's own root.
    let dropped = VerifyDocumentRequest {
        path: path.display().to_string(),
        name: String::new(),
        content: String::new(),
        root: String::new(),
    };
    let minutes = held(journey.cabinet.verify_document(dropped).await.expect("judged"));
    assert_eq!((minutes.document, minutes.root), (DocumentKind::Minutes, RootCompared::Own));
    assert_eq!(minutes.board, sample::board::NAME);
    assert!(minutes.sample && !minutes.namesake, "a sample proves nothing about anybody");
    let seal = minutes.signatures.first().expect("the chair's");
    assert!(seal.certifies && seal.role == "Chair" && seal.key.len() == 64, "{seal:?}");

    // Where no board is open: nothing to compare with, until somebody says what the board's root is.
    let elsewhere = tempfile::tempdir().expect("a folder");
    let desk = own_desk(elsewhere.path()).await;
    assert_eq!(held(of_bytes(&desk, &pdf, "").await).root, RootCompared::Nothing);
    assert_eq!(held(of_bytes(&desk, &pdf, &minutes.certificate_root).await).root, RootCompared::Given);
    let other = refused(of_bytes(&desk, &pdf, &"ab".repeat(32)).await);
    assert_eq!((other.code.as_str(), other.sealed_bytes), ("certificate-other-root", 0));
    let request = VerifyDocumentRequest {
        path: path.display().to_string(),
        name: String::new(),
        content: String::new(),
        root: "the blue one".to_owned(),
    };
    let unread = desk.verify_document(request).await.expect_err("no root");
    assert!(matches!(&unread, BoardError::Invalid { field, .. } if field == "root"), "{unread}");

    // Added to, and changed: refused, and what was sealed is told apart from what came after it.
    let added = refused(of_bytes(&journey.cabinet, &[pdf.as_slice(), b"% see page 4\n%%EOF\n"].concat(), "").await);
    assert_eq!(added.sealed_bytes as usize, pdf.len());
    assert_eq!(added.added_bytes as usize, b"% see page 4\n%%EOF\n".len());
    assert_eq!(added.signatures, minutes.signatures);
    assert!(!added.code.is_empty() && added.plainly.ends_with('.'), "{added:?}");
    let mut changed = pdf.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let changed = refused(of_bytes(&journey.cabinet, &changed, "").await);
    assert_eq!((changed.sealed_bytes, changed.signatures.len()), (0, 0), "{changed:?}");
    pages_are_shown_of_the_very_file_that_the_record_names(&journey, &meeting, &path, &pdf).await;
}

/// What the window shows page by page: the file that the record names, or the one that was verified, and no other.
async fn pages_are_shown_of_the_very_file_that_the_record_names(
    journey: &Journey,
    meeting: &str,
    path: &Path,
    pdf: &[u8],
) {
    let shown = || DocumentAsked::Minutes { meeting: meeting.to_owned() };
    let by_path = || DocumentAsked::Verified { path: path.display().to_string(), sha256: Digest::of(pdf).to_string() };
    assert_eq!(journey.cabinet.document_bytes(shown()).await.expect("shown"), pdf);
    assert_eq!(journey.cabinet.document_bytes(by_path()).await.expect("shown"), pdf);
    let page = |document, page| journey.cabinet.document_page(DocumentPageRequest { document, page });
    let (first, second) = (minutes::sheet(pdf, 1).expect("ours"), minutes::sheet(pdf, 2).expect("ours"));
    let told = |sheet: &minutes::Sheet| {
        let count = u32::try_from(sheet.pages).expect("few");
        [count.to_be_bytes().as_slice(), &sheet.pdf].concat()
    };
    assert!(first.pages > 1);
    for document in [shown(), by_path()] {
        assert_eq!(page(document.clone(), 1).await.expect("shown"), told(&first));
        assert_eq!(page(document, 2).await.expect("shown"), told(&second));
    }
    for number in [0, 1] {
        let meeting = || meeting.to_owned();
        let annex = DocumentAsked::Annex { meeting: meeting(), number };
        let erratum = DocumentAsked::Erratum { meeting: meeting(), number };
        for none in [annex, erratum] {
            let refused = journey.cabinet.document_bytes(none).await.expect_err("none was sealed");
            assert!(matches!(refused, BoardError::NotFound { .. }), "{refused}");
        }
    }
    let circulated = DocumentAsked::Circulated { meeting: meeting.to_owned() };
    let refused = journey.cabinet.document_bytes(circulated).await.expect_err("none was sealed");
    assert!(matches!(refused, BoardError::NotFound { .. }), "{refused}");
    // Another file in its place is not shown as the minutes.
    let another = [pdf, b"% see page 4\n"].concat();
    std::fs::write(path, &another).expect("writable");
    let other = journey.cabinet.document_bytes(shown()).await.expect_err("another file");
    for number in [1, 2] {
        page(shown(), number).await.expect_err("another file");
    }
    // Who is reading what was verified goes on reading that.
    assert_eq!(page(by_path(), 1).await.expect("shown"), told(&first));
    assert_eq!(page(by_path(), 2).await.expect("shown"), told(&second));
    // What is not as Cabinet writes is given as a whole, and nothing is held any more.
    let sha256 = Digest::of(&another).to_string();
    let refused = DocumentAsked::Verified { path: path.display().to_string(), sha256 };
    assert_eq!(page(refused, 1).await.expect("a PDF"), [[0; 4].as_slice(), &another].concat());
    page(by_path(), 2).await.expect_err("changed since");
    // Nor does the board's own document change under whoever reads it.
    std::fs::write(path, pdf).expect("writable");
    assert_eq!(page(shown(), 1).await.expect("shown"), told(&first));
    std::fs::write(path, &another).expect("writable");
    assert_eq!(page(shown(), 2).await.expect("shown"), told(&second));
    page(shown(), 1).await.expect_err("another file");
    assert!(matches!(&other, BoardError::Verification { code, .. } if code == "not-in-record"), "{other}");
    let changed = journey.cabinet.document_bytes(by_path()).await.expect_err("changed since");
    assert!(matches!(&changed, BoardError::Refused(refusal) if refusal.code == "file_changed"), "{changed}");
}
