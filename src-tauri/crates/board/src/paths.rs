//! Files and folders that people name in the window.
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Answer, BoardError};

/// A whole path; `~/` is the person's own folder. What is relative would mean another place with each start.
pub(crate) fn whole(field: &str, text: &str) -> Answer<PathBuf> {
    let text = text.trim();
    let path = match (text.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        (Some(_) | None, _) => PathBuf::from(text),
    };
    if !path.is_absolute() {
        return Err(BoardError::invalid(
            field,
            format!("Write the whole path, as in {}.", suggested("board").display()),
        ));
    }
    Ok(path)
}

/// Where a file is put unless the person says otherwise: their documents, else their own folder.
pub(crate) fn suggested(name: &str) -> PathBuf {
    let home = std::env::home_dir().filter(|home| home.is_absolute()).unwrap_or_else(|| PathBuf::from("/"));
    let documents = home.join("Documents");
    if documents.is_dir() { documents.join(name) } else { home.join(name) }
}

/// Of a person's name what a file may be called: the last word, its letters and digits.
pub(crate) fn file_name(name: &str) -> String {
    let last = name.split_whitespace().last().unwrap_or_default().to_lowercase();
    let plain: String = last.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect();
    if plain.is_empty() { "member".to_owned() } else { plain }
}

/// Reads a file that a person named; no more than `limit` bytes of it.
pub(crate) fn read_up_to(path: &Path, limit: usize) -> Answer<Vec<u8>> {
    let refuse = |why: String, remedy: &str| {
        BoardError::refused("file_unreadable", format!("{} was not read: {why}.", path.display()), None, remedy)
    };
    let read = std::fs::File::open(path).and_then(|file| {
        let mut bytes = Vec::new();
        file.take(u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    match read {
        Ok(bytes) if bytes.len() > limit => Err(refuse(format!("it has more than {limit} bytes"), "Ask for it anew.")),
        Ok(bytes) => Ok(bytes),
        Err(error) => {
            let kind = error.kind();
            Err(if kind == ErrorKind::NotFound {
                refuse("there is no such file".to_owned(), "Look where it was saved.")
            } else if kind == ErrorKind::IsADirectory {
                refuse("it is a folder".to_owned(), "Choose the file in it.")
            } else if kind == ErrorKind::PermissionDenied {
                refuse("this account may not read it".to_owned(), "Copy it to a folder of your own.")
            } else {
                refuse(error.to_string(), "Copy it to another place.")
            })
        }
    }
}

/// The whole path of a file that is to be written and is not there: said before anything else is done, signed or asked.
pub(crate) fn unused(path: &Path) -> Answer<PathBuf> {
    let whole =
        std::path::absolute(path).map_err(|why| BoardError::invalid("file", format!("{}: {why}", path.display())))?;
    if whole.exists() {
        return Err(unwritable(&whole, &std::io::Error::from(ErrorKind::AlreadyExists)));
    }
    Ok(whole)
}

/// Writes a file that was not there: nothing of the person's is overwritten by a name they did not look at.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Answer<()> {
    let written = OpenOptions::new().write(true).create_new(true).open(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| unwritable(path, &error))
}

/// Why a file that a person named was not written, and what to do.
pub(crate) fn unwritable(path: &Path, error: &std::io::Error) -> BoardError {
    let kind = error.kind();
    let (why, remedy) = if kind == ErrorKind::AlreadyExists {
        ("it is there already".to_owned(), "Choose another name.")
    } else if kind == ErrorKind::NotFound {
        ("its folder is not there".to_owned(), "Choose another folder.")
    } else if kind == ErrorKind::PermissionDenied {
        ("this account may not write there".to_owned(), "Choose another folder.")
    } else {
        (error.to_string(), "Choose another place.")
    };
    BoardError::refused("file_unwritable", format!("{} was not written: {why}.", path.display()), None, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_whole_or_refused() {
        assert_eq!(whole("folder", " /mnt/board ").expect("whole"), PathBuf::from("/mnt/board"));
        for text in ["board", "./board", "", "~"] {
            assert!(matches!(whole("folder", text), Err(BoardError::Invalid { .. })), "{text:?}");
        }
    }

    #[test]
    fn a_file_is_called_after_the_person() {
        for (name, file) in [("Rana Haddad", "haddad"), ("Piotr Wójcik", "wójcik"), ("../..", "member"), ("", "member")]
        {
            assert_eq!(file_name(name), file, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_where_to_look() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("board.pack");
        std::fs::write(&path, b"12345").expect("written");
        assert_eq!(read_up_to(&path, 5).expect("read"), b"12345");
        for (path, limit, remedy) in [
            (path.clone(), 4, "Ask for it anew."),
            (folder.path().join("none"), 9, "Look where it was saved."),
            (folder.path().to_owned(), 9, "Choose the file in it."),
        ] {
            let refused = read_up_to(&path, limit).expect_err("refused");
            assert!(matches!(&refused, BoardError::Refused(r) if r.code == "file_unreadable" && r.remedy == remedy));
        }
    }

    #[test]
    fn a_file_that_is_there_is_not_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("haddad.invitation");
        write_new(&path, b"one").expect("new");
        let refused = write_new(&path, b"two").expect_err("there already");
        assert!(matches!(&refused, BoardError::Refused(r) if r.remedy == "Choose another name."), "{refused}");
        assert_eq!(std::fs::read(&path).expect("kept"), b"one");
        let nowhere = write_new(&folder.path().join("none/file"), b"x").expect_err("no folder");
        assert!(matches!(&nowhere, BoardError::Refused(r) if r.remedy == "Choose another folder."), "{nowhere}");
    }
}
