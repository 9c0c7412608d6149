use std::borrow::Cow;
use std::fmt;

use sqlx::error::{DatabaseError, ErrorKind};

use super::*;

/// What SQLite says, by its code.
#[derive(Debug)]
struct Said(u32);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Said {}

impl DatabaseError for Said {
    fn message(&self) -> &'static str {
        "as SQLite puts it"
    }
    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.0.to_string().into())
    }
    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }
    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }
    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

#[test]
fn what_sqlite_says_is_told_as_what_a_person_can_do() {
    // (code, words of what is told); extended codes have their primary one in the low byte.
    for (code, told) in [
        (5, "busy"),
        (6, "busy"),
        (261, "busy"), // BUSY_RECOVERY
        (13, "the disk is full"),
        (10, "the disk did not answer"),
        (266, "the disk did not answer"),  // IOERR_READ
        (522, "the disk did not answer"),  // IOERR_SHORT_READ
        (778, "the disk did not answer"),  // IOERR_WRITE
        (1034, "the disk did not answer"), // IOERR_FSYNC
        (8458, "the disk did not answer"), // IOERR_CORRUPTFS: the file system, not the database
        (11, "damaged"),
        (267, "damaged"), // CORRUPT_VTAB
        (26, "damaged"),
        (14, "the disk refused"),
        (8, "the disk refused"),
        (1811, "refused: as SQLite puts it"),
        (1, "database: "),
        (19, "database: "),
    ] {
        let text = StoreError::from(sqlx::Error::from(Said(code))).to_string();
        assert!(text.contains(told), "{code}: {text}");
        assert_eq!(text.contains("damaged"), told == "damaged", "{code}: {text}");
    }
}

#[test]
fn a_page_that_the_disk_did_not_give_is_no_damage() {
    for (text, damaged) in [
        ("Tree 12 page 40: unable to get the page. error code=266", false),
        ("Tree 12 page 40: unable to get the page. error code=522\nPage 41: never used", false),
        ("Tree 12 page 40: unable to get the page. error code=11", true),
        ("Tree 12 page 40: btreeInitPage() returns error code 11", true),
        ("row 7 missing from index entry_by_change", true),
    ] {
        // SQLite gives what it found in one database as one row of several lines.
        let error = StoreError::found(&[format!("*** in database main ***\n{text}")]);
        assert_eq!(matches!(error, StoreError::Corrupt { .. }), damaged, "{text}");
        assert_eq!(matches!(error, StoreError::DiskSilent { .. }), !damaged, "{text}");
        assert!(error.to_string().contains(text), "{error}");
    }
}
