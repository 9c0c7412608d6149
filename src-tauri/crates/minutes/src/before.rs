//! What still holds of a file that is refused: what was sealed, before somebody added to it.

use crate::pdf::file::MAX_FILE;
use crate::verify::{Report, TrustAnchor, verify};

/// How a revision ends.
const END: &[u8] = b"\n%%EOF\n";
/// Places at which a revision may have ended that are tried, from the end: each is judged whole.
const TRIES: usize = 8;

/// The longest part of a refused file, from its first byte on, that was a whole document once and verifies as one, with its
/// length in bytes; always less than the file. `None` if there is none, or none among the last few ends of revisions.
///
/// The file stays refused: this tells that what was signed is still in it, and how much came after it.
#[must_use]
pub fn sealed_part(pdf: &[u8], trust: Option<&TrustAnchor>) -> Option<(Report, usize)> {
    if pdf.len() > MAX_FILE {
        return None;
    }
    let mut end = pdf.len();
    for _ in 0..TRIES {
        let before = pdf.get(..end.checked_sub(1)?)?;
        end = before.windows(END.len()).rposition(|bytes| bytes == END)? + END.len();
        if let Ok(report) = verify(&pdf[..end], trust) {
            return Some((report, end));
        }
    }
    None
}
