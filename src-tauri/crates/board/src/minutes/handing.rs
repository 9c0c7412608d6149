//! Sealed files on their way out of the data folder: read as the record names them, and written under names that people
//! read.
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use domain::ids::Digest;
use domain::text::mark_invisible;

use super::off_thread;
use crate::cabinet::OpenBoard;
use crate::error::{Answer, BoardError};
use crate::paths::unwritable;

/// Bytes of a title in a file's name at most; what a file system takes is 255 for the whole name.
const LONGEST_SLUG: usize = 60;

/// A sealed file of the data folder.
pub(super) enum Kept {
    /// Its bytes have the digest that the record names.
    Whole(Vec<u8>),
    /// It is not here: it was sealed on another device.
    Elsewhere,
    /// It is not what was sealed.
    Damaged,
}

/// Reads a sealed file, and compares it with the record.
///
/// # Errors
/// [`BoardError::Internal`] when the disk does not give it.
pub(super) async fn kept(board: &OpenBoard, file: &str, recorded: Digest) -> Answer<Kept> {
    let path = board.store.folder().minutes().join(file);
    off_thread(move || match std::fs::read(&path) {
        Ok(bytes) if Digest::of(&bytes) == recorded => Ok(Kept::Whole(bytes)),
        Ok(_) => Ok(Kept::Damaged),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Kept::Elsewhere),
        Err(error) => Err(BoardError::internal(&error)),
    })
    .await
}

/// A file to be handed out.
pub(super) struct Out {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Writes all files into a folder, which is made if it is not there. Answers of each whether it was there already, byte
/// for byte the same. Where something else has one of the names, nothing is written.
///
/// # Errors
/// [`BoardError::Refused`] with the file and what to do.
pub(super) fn write_all(to: &Path, files: &[Out]) -> Answer<Vec<bool>> {
    std::fs::create_dir_all(to).map_err(|error| unwritable(to, &error))?;
    let there = files.iter().map(|file| is_there(&to.join(&file.name), &file.bytes)).collect::<Answer<Vec<bool>>>()?;
    for (file, there) in files.iter().zip(&there) {
        if !there {
            let path = to.join(&file.name);
            place(to, &path, &file.bytes).map_err(|error| unwritable(&path, &error))?;
        }
    }
    if cfg!(unix) {
        std::fs::File::open(to).and_then(|folder| folder.sync_all()).map_err(|error| unwritable(to, &error))?;
    }
    Ok(there)
}

/// Whether these bytes are there already; refused where something else is.
fn is_there(path: &Path, bytes: &[u8]) -> Answer<bool> {
    let found = match std::fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(unwritable(path, &error)),
    };
    let as_long = u64::try_from(bytes.len()).is_ok_and(|length| length == found.len());
    if found.is_file() && as_long && std::fs::read(path).is_ok_and(|held| held == bytes) {
        return Ok(true);
    }
    Err(BoardError::refused(
        "file_there",
        format!("{} is there already and says something else; nothing was written.", path.display()),
        None,
        "Choose another folder, or move the file away.",
    ))
}

/// Writes beside, syncs, takes the name, renames: whole or not there, and never over what came in the meantime.
fn place(to: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = to.join(format!(".cabinet-{}.part", uuid::Uuid::now_v7().simple()));
    let placed = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        OpenOptions::new().write(true).create_new(true).open(path)?;
        std::fs::rename(&beside, path).inspect_err(|_| {
            // The name was taken for nothing.
            let _ = std::fs::remove_file(path);
        })
    })();
    placed.inspect_err(|_| {
        // A part is never read, but need not stay.
        let _ = std::fs::remove_file(&beside);
    })
}

/// A text on one line, nothing in it hidden: what goes into a header of a mail, or a name.
pub(super) fn one_line(text: &str) -> String {
    mark_invisible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Of a title what a file may be called: letters and digits of any script, with `-` for all between.
pub(super) fn slug(title: &str) -> String {
    let mut slug = String::new();
    for letter in one_line(title).chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            if slug.len() + letter.len_utf8() > LONGEST_SLUG {
                break;
            }
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') && slug.len() < LONGEST_SLUG {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    fn out(name: &str, bytes: &[u8]) -> Out {
        Out { name: name.to_owned(), bytes: bytes.to_vec() }
    }

    #[test]
    fn files_are_written_whole_and_written_again_they_are_there_already() {
        let folder = tempfile::tempdir().expect("a folder");
        let to = folder.path().join("new/and/deep");
        let files = [out("a.pdf", b"one"), out("b.pdf", b"two")];
        assert_eq!(write_all(&to, &files).expect("written"), [false, false]);
        assert_eq!(write_all(&to, &files).expect("there"), [true, true]);
        let more = [out("a.pdf", b"one"), out("c.pdf", b"three")];
        assert_eq!(write_all(&to, &more).expect("one more"), [true, false]);
        let mut names: Vec<_> =
            std::fs::read_dir(&to).expect("a folder").map(|f| f.expect("a file").file_name()).collect();
        names.sort();
        assert_eq!(names, ["a.pdf", "b.pdf", "c.pdf"], "no part is left");
    }

    #[test]
    fn where_a_name_is_taken_nothing_is_written_and_nothing_is_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("b.pdf"), b"mine").expect("written");
        std::fs::create_dir(folder.path().join("d.pdf")).expect("a folder");
        for taken in ["b.pdf", "d.pdf"] {
            let refused = write_all(folder.path(), &[out("a.pdf", b"one"), out(taken, b"two!")]).expect_err("taken");
            assert!(matches!(&refused, BoardError::Refused(r) if r.code == "file_there"), "{refused}");
            assert!(!folder.path().join("a.pdf").exists(), "looked through before anything is written");
        }
        assert_eq!(std::fs::read(folder.path().join("b.pdf")).expect("kept"), b"mine");
        let file = folder.path().join("b.pdf");
        assert!(matches!(write_all(&file, &[out("a", b"")]), Err(BoardError::Refused(_))), "a file is no folder");
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed_out_of_the_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let elsewhere = folder.path().join("elsewhere");
        let to = folder.path().join("to");
        std::fs::create_dir(&to).expect("a folder");
        std::os::unix::fs::symlink(&elsewhere, to.join("a.pdf")).expect("a link");
        assert!(matches!(write_all(&to, &[out("a.pdf", b"one")]), Err(BoardError::Refused(_))));
        assert!(!elsewhere.exists());
    }

    #[test]
    fn a_title_becomes_a_name_that_leads_nowhere() {
        for (title, name) in [
            ("Weekly change advisory board", "weekly-change-advisory-board"),
            ("  ../../etc/passwd\0 ", "etc-passwd-u-0000"),
            ("Änderungen & Öffnungen: K\u{202e}W 48", "änderungen-öffnungen-k-u-202e-w-48"),
            ("変更諮問", "変更諮問"),
            ("C:\\con|<>?*\r\n", "c-con-u-000d"),
            ("...", ""),
        ] {
            assert_eq!(slug(title), name, "{title:?}");
        }
        let long = slug(&"Ä bc".repeat(1000));
        assert!(long.len() <= LONGEST_SLUG && !long.ends_with('-'), "{long}");
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(one_line(" a\r\nBcc: b\n\tc\u{2028}d\u{85}e "), "a⟦U+000D⟧ Bcc: b c⟦U+2028⟧d⟦U+0085⟧e");
    }
}
