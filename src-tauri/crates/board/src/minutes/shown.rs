//! A document page by page in the window: the bytes of what the record names, or of what a person chose and had verified.
//! Never of another path: the window draws text of tickets, and must not read files by itself.
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::Digest;
use domain::ledger::Meeting;
use domain::text::mark_invisible;
use minutes::{GREATEST_PDF, Sheet, sheet};

use super::window::chosen;
use super::{annex_file, circulated_file, erratum_file, minutes_file, off_thread};
use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::meetings::meeting_id;
use crate::paths;
use crate::requests::OfMeeting;
use crate::views::{DocumentAsked, DocumentPageRequest, VerifyDocumentRequest};

/// Where a PDF begins, its first bytes at the latest.
const BEGINS_WITHIN: usize = 1024;

/// A file of this board, and what the record names there; `None` for a draft, which the record does not name.
type Named = (PathBuf, Option<Vec<Digest>>);

/// Of larger documents nothing is held, in bytes (32 MiB): those of five hundred items have a fifth of it.
const MOST_HELD: usize = 32 << 20;

/// The document that is looked at: all its pages come from the file of which the first one came, and nobody has to find,
/// read and compare that file for each.
#[derive(Default)]
pub(crate) struct LookedAt(Mutex<Option<Held>>);

#[derive(Clone)]
struct Held {
    asked: DocumentAsked,
    pdf: Arc<Vec<u8>>,
    /// The answer for its first page.
    first: Arc<Vec<u8>>,
}

impl LookedAt {
    fn get(&self, document: &DocumentAsked) -> Option<Held> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|held| held.asked == *document).cloned()
    }

    /// Holds a document if it is given page by page; answers its first page.
    fn open(&self, asked: DocumentAsked, pdf: Arc<Vec<u8>>) -> Arc<Vec<u8>> {
        let apart = sheet(&pdf, 1).ok();
        let first = Arc::new(answer(apart.as_ref(), &pdf));
        let held = (apart.is_some() && pdf.len() <= MOST_HELD).then(|| Held { asked, pdf, first: Arc::clone(&first) });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = held;
        first
    }

    /// Holds a file that somebody chose, as it was verified.
    pub(super) fn open_verified(&self, path: String, sha256: String, pdf: Vec<u8>) {
        self.open(DocumentAsked::Verified { path, sha256 }, Arc::new(pdf));
    }

    /// Holds nothing any more.
    pub(crate) fn close(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Cabinet {
    /// A page of a document, to be drawn: how many pages that has, as four bytes with the highest first, then the page as a
    /// PDF of its own. Of a PDF that is not written as Cabinet writes, no pages are counted, and the whole file follows.
    ///
    /// # Errors
    /// As [`Cabinet::document_bytes`].
    pub async fn document_page(&self, request: DocumentPageRequest) -> Answer<Vec<u8>> {
        let DocumentPageRequest { document, page } = request;
        // Of a file that was verified each page is as it was then; of the board's the first page is of what stands now.
        let verified = matches!(document, DocumentAsked::Verified { .. });
        if !verified {
            self.board()?;
        }
        if let Some(held) = self.looked_at().get(&document).filter(|_| verified || page > 1) {
            return off_thread(move || Ok(if page == 1 { held.first.to_vec() } else { page_of(&held.pdf, page) }))
                .await;
        }
        let pdf = Arc::new(self.document_bytes(document.clone()).await?);
        let desk = self.clone();
        off_thread(move || {
            let first = desk.looked_at().open(document, Arc::clone(&pdf));
            Ok(if page == 1 { first.to_vec() } else { page_of(&pdf, page) })
        })
        .await
    }

    /// The bytes of a document, to be shown page by page. Of sealed documents it is the very file that the record names; of
    /// a file that was chosen, the very file that was verified.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] where there is no such document, [`BoardError::Verification`] where another file lies in its
    /// place, [`BoardError::Refused`] for a chosen file that cannot be read or has changed, [`BoardError::Invalid`] for one
    /// that is no PDF.
    pub async fn document_bytes(&self, request: DocumentAsked) -> Answer<Vec<u8>> {
        let (path, named) = match request {
            DocumentAsked::Minutes { meeting } => self.shown_minutes(meeting).await?,
            DocumentAsked::Annex { meeting, number } => {
                let id = meeting_id(&meeting)?;
                self.shown_beside(&meeting, "annex", number, annex_file(id, number), annex_pdf).await?
            }
            DocumentAsked::Erratum { meeting, number } => {
                let id = meeting_id(&meeting)?;
                self.shown_beside(&meeting, "erratum", number, erratum_file(id, number), erratum_pdf).await?
            }
            DocumentAsked::Circulated { meeting } => {
                let file = circulated_file(meeting_id(&meeting)?);
                self.shown_beside(&meeting, "circulated edition", 1, file, circulated_pdf).await?
            }
            DocumentAsked::Verified { path, sha256 } => return off_thread(move || verified(path, &sha256)).await,
        };
        off_thread(move || {
            let pdf = paths::read_up_to(&path, GREATEST_PDF)?;
            let digest = Digest::of(&pdf);
            if named.is_some_and(|named| !named.contains(&digest)) {
                return Err(BoardError::Verification {
                    code: "not-in-record".to_owned(),
                    what: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
                    why: "the record names another file".to_owned(),
                });
            }
            Ok(pdf)
        })
        .await
    }

    async fn shown_minutes(&self, meeting: String) -> Answer<Named> {
        let id = meeting_id(&meeting)?;
        let board = self.board()?;
        let state = board.state().await?;
        let told = state.ledger.meetings.get(&id);
        let mut path = board.store.folder().minutes().join(minutes_file(id));
        // Which file stands is judged only where others signed after the chair: that takes its time.
        let alone = told.is_some_and(|told| told.countersigned.is_empty());
        if !alone || !path.is_file() {
            path = self.minutes_path(OfMeeting { meeting }).await?;
        }
        let sealed = path.file_name().is_some_and(|name| name == minutes_file(id).as_str());
        if !sealed {
            return Ok((path, None));
        }
        let told = told.ok_or_else(|| BoardError::not_found("meeting", id))?;
        let named = told.sealed_files().map(|sealed| sealed.pdf).collect();
        Ok((path, Some(named)))
    }

    /// What was sealed beside the minutes, numbered from 1.
    async fn shown_beside(
        &self,
        meeting: &str,
        what: &str,
        number: u32,
        file: String,
        pdf: fn(&Meeting, usize) -> Option<Digest>,
    ) -> Answer<Named> {
        let board = self.board()?;
        let id = meeting_id(meeting)?;
        let state = board.state().await?;
        let told = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        let at = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let named = at.and_then(|at| pdf(told, at)).ok_or_else(|| BoardError::not_found(what, number))?;
        let path = board.store.folder().minutes().join(file);
        if path.is_file() { Ok((path, Some(vec![named]))) } else { Err(BoardError::not_found(what, number)) }
    }
}

fn annex_pdf(told: &Meeting, at: usize) -> Option<Digest> {
    told.annexes.get(at).map(|annex| annex.sealed.pdf)
}

fn erratum_pdf(told: &Meeting, at: usize) -> Option<Digest> {
    told.errata_sealed.get(at).map(|erratum| erratum.sealed.pdf)
}

/// There is one file of it, the newest.
fn circulated_pdf(told: &Meeting, _: usize) -> Option<Digest> {
    told.circulated.last().map(|sealed| sealed.pdf)
}

fn page_of(pdf: &[u8], page: u32) -> Vec<u8> {
    answer(usize::try_from(page).ok().and_then(|page| sheet(pdf, page).ok()).as_ref(), pdf)
}

fn answer(alone: Option<&Sheet>, pdf: &[u8]) -> Vec<u8> {
    let (count, bytes) = match alone {
        Some(alone) => (u32::try_from(alone.pages).unwrap_or(0), alone.pdf.as_slice()),
        None => (0, pdf),
    };
    [count.to_be_bytes().as_slice(), bytes].concat()
}

/// A file that a person chose, if it is a PDF and still what was verified.
fn verified(path: String, sha256: &str) -> Answer<Vec<u8>> {
    let request = VerifyDocumentRequest { path, name: String::new(), content: String::new(), root: String::new() };
    let (name, pdf) = chosen(request)?;
    if !pdf.windows(5).take(BEGINS_WITHIN).any(|five| five == b"%PDF-") {
        return Err(BoardError::invalid("path", "That is no PDF: it has no pages to show."));
    }
    if Digest::of(&pdf).to_string() != sha256 {
        return Err(BoardError::refused(
            "file_changed",
            format!("{} is no longer the file that was verified.", mark_invisible(&name)),
            None,
            "Verify it again, then look at its pages.",
        ));
    }
    Ok(pdf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_chosen_file_only_a_pdf_is_shown_and_only_as_it_was_verified() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("minutes.pdf");
        let of = |bytes: &[u8], sha256: &str| {
            std::fs::write(&path, bytes).expect("written");
            verified(path.display().to_string(), sha256)
        };
        let pdf = b"%PDF-1.7\n";
        let sha256 = Digest::of(pdf).to_string();
        assert_eq!(of(pdf, &sha256).expect("shown"), pdf);
        let changed = of(b"%PDF-1.7\n% more\n", &sha256).expect_err("changed");
        assert!(matches!(&changed, BoardError::Refused(refusal) if refusal.code == "file_changed"), "{changed}");
        for other in [b"".as_slice(), b"[user]\n", b"PK\x03\x04"] {
            let refused = of(other, &Digest::of(other).to_string()).expect_err("no PDF");
            assert!(matches!(&refused, BoardError::Invalid { field, .. } if field == "path"), "{refused}");
        }
        let elsewhere = verified("minutes.pdf".to_owned(), &sha256).expect_err("no whole path");
        assert!(matches!(elsewhere, BoardError::Invalid { .. }), "{elsewhere}");
    }
}
