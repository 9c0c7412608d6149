//! The calendar as a file that is kept up to date (R73): whoever has no Cabinet subscribes to it, from a share or by way of a
//! web server. Where it lies the settings say (`docs/configuration.md`); it is written after each sync, where it would say
//! something else than before, and never keeps a sync from ending well.
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Duration, Utc};
use domain::calendar::ics::{is_ours, says_the_same};
use serde::{Deserialize, Serialize};
use store::Store;

use super::Span;
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::views::CalendarRequest;

/// Under what it is remembered how it last went.
const KEPT: &str = "calendar_file";
/// Days in it before today.
const BEFORE: i64 = 31;
/// Days in it from today on.
const AFTER: i64 = 365;
/// Bytes of a file that may be one of ours; a larger one is somebody else's.
const LONGEST: u64 = 64 << 20;
/// Links after one another that are followed to the file.
const LINKS: usize = 16;

/// How it last went; local, never part of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The file.
    pub path: String,
    /// When it was last looked at.
    pub at: DateTime<Utc>,
    /// Why it was not written; `None` where it is up to date.
    pub problem: Option<String>,
}

/// How it last went; `None` where no file is kept.
pub(crate) async fn last_kept(store: &Store) -> Answer<Option<Kept>> {
    let json = store.setting(KEPT).await.map_err(stored)?;
    json.map(|json| serde_json::from_str(&json).map_err(|e| BoardError::internal(&e))).transpose()
}

impl Cabinet {
    /// Writes the calendar where the settings name a file for it. Answers what kept it from being written, in words.
    pub(crate) async fn keep_calendar(&self, board: &OpenBoard) -> Option<String> {
        let Some(path) = self.options().calendar_file.clone() else {
            // A setting that was taken away leaves no complaint behind.
            if matches!(board.setting::<Kept>(KEPT).await, Ok(Some(_))) {
                remember(board, None).await;
            }
            return None;
        };
        let problem = match self.write_calendar(board, &path).await {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(%error, "the calendar file is not up to date");
                Some(format!("{}: {error}", path.display()))
            }
        };
        let kept = Kept { path: path.display().to_string(), at: self.now(), problem: problem.clone() };
        remember(board, Some(&kept)).await;
        problem
    }

    async fn write_calendar(&self, board: &OpenBoard, path: &Path) -> Result<(), String> {
        let in_words = |error: BoardError| error.to_string();
        let state = board.state().await.map_err(in_words)?;
        let now = self.now();
        let day = |days: i64| Some((now + Duration::days(days)).date_naive().to_string());
        let request = CalendarRequest { from: day(-BEFORE), to: day(AFTER), zone: None };
        let span = Span::of(&request, now).map_err(in_words)?;
        let file = self.file_of(board, &state, &span).await.map_err(in_words)?;
        let path = path.to_owned();
        let written = tokio::task::spawn_blocking(move || replace(&path, &file.text)).await;
        written.map_err(|error| error.to_string())?
    }
}

/// Keeps how it went; what cannot be kept is logged, since the sync goes on.
async fn remember(board: &OpenBoard, kept: Option<&Kept>) {
    if let Err(error) = board.put_setting(KEPT, kept).await {
        tracing::warn!(%error, "how the calendar file went was not kept");
    }
}

/// The text of the file that is there; `None` where there is none, and an error where it is not one of ours.
fn before(path: &Path) -> Result<Option<String>, String> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    // Before opening: a pipe would wait for its writer.
    if !found.is_file() {
        return Err("it is no plain file; name another one as calendar_file".to_owned());
    }
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).ok().filter(|text| found.len() <= LONGEST && is_ours(text));
    let foreign = || "another program's file is there and stays as it is; name another one as calendar_file".to_owned();
    text.map(Some).ok_or_else(foreign)
}

/// Where the file lies to which a path leads: it is put in its place there, so that a link stays a link.
fn behind_links(path: &Path) -> Result<PathBuf, String> {
    let mut at = path.to_owned();
    for _ in 0..LINKS {
        // What is no link, or is not there, is the file itself; what else is wrong is told once it is opened.
        let Ok(to) = fs::read_link(&at) else { return Ok(at) };
        at = at.parent().map_or_else(|| to.clone(), |folder| folder.join(&to));
    }
    Err("it is a link that leads to no file; name another one as calendar_file".to_owned())
}

/// Writes the file whole or not at all, where it would say something else than before.
fn replace(path: &Path, text: &str) -> Result<(), String> {
    let target = behind_links(path)?;
    let path = target.as_path();
    let before = before(path)?;
    if before.as_deref().is_some_and(|before| says_the_same(before, text)) {
        return Ok(());
    }
    let name = path.file_name().ok_or("it has no name of a file; name another one as calendar_file")?;
    let mut chance = [0u8; 8];
    getrandom::fill(&mut chance).map_err(|error| error.to_string())?;
    // In the same folder, and new: a link that somebody laid there is not followed.
    let beside = path.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), hex::encode(chance)));
    let written = (|| {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        if before.is_some() {
            // Whoever may read it now may read it then.
            fs::set_permissions(&beside, fs::metadata(path)?.permissions())?;
        }
        fs::rename(&beside, path)
    })();
    written.map_err(|error: io::Error| {
        // Our own file of this moment, which nobody reads.
        let _ = fs::remove_file(&beside);
        let folder = error.kind() == io::ErrorKind::NotFound;
        if folder { "its folder is not there".to_owned() } else { error.to_string() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(name: &str, stamp: i64) -> String {
        domain::calendar::ics::write(&[], name, DateTime::UNIX_EPOCH + Duration::days(stamp))
    }

    #[test]
    fn the_file_is_written_whole_where_it_says_something_else_and_nobody_elses_is_touched() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("board.ics");
        let there = || fs::read_to_string(&path).expect("it is there");
        replace(&path, &calendar("a", 1)).expect("new");
        assert_eq!(there(), calendar("a", 1));
        replace(&path, &calendar("a", 2)).expect("the same");
        assert_eq!(there(), calendar("a", 1), "it says the same, so it is not written again");
        replace(&path, &calendar("b", 3)).expect("another");
        assert_eq!(there(), calendar("b", 3));
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is left beside it");

        fs::write(&path, "my notes").expect("written");
        let foreign = replace(&path, &calendar("a", 4)).expect_err("not ours");
        assert!(foreign.starts_with("another program's file is there"), "{foreign}");
        assert_eq!(there(), "my notes");
        let nowhere = replace(&folder.path().join("none/board.ics"), &calendar("a", 1)).expect_err("no folder");
        assert_eq!(nowhere, "its folder is not there");
        let no_file = replace(folder.path(), &calendar("a", 1)).expect_err("a folder");
        assert!(no_file.starts_with("it is no plain file"), "{no_file}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_the_file_to_which_it_leads_is_written() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().expect("a folder");
        let published = folder.path().join("www");
        fs::create_dir(&published).expect("a folder");
        let (link, file) = (folder.path().join("board.ics"), published.join("changes.ics"));
        symlink("www/changes.ics", &link).expect("a link");
        for name in ["new", "another"] {
            replace(&link, &calendar(name, 1)).expect("written");
            assert!(link.is_symlink(), "{name}");
            assert_eq!(fs::read_to_string(&file).expect("it is there"), calendar(name, 1));
        }
        assert_eq!(fs::read_dir(&published).expect("a folder").count(), 1, "nothing is left beside it");
        let round = folder.path().join("round.ics");
        symlink(&round, &round).expect("a link");
        let nowhere = replace(&round, &calendar("a", 1)).expect_err("it leads to itself");
        assert!(nowhere.starts_with("it is a link that leads to no file"), "{nowhere}");
    }
}
