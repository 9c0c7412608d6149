//! How far a collection came. See *The cursor* in the page of the module.
use std::fmt;

const MARK: &str = "postgres-1";

/// Where a pass over the table stopped, that did not fit into one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pass {
    /// xmin when the pass began: where the next one begins.
    pub(super) next: u64,
    /// The last row looked at, by transaction and number.
    pub(super) after: (u64, i64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    /// When the server was started, as it says: one that was restored or replaced was started at another time.
    pub(super) server: String,
    /// Rows of transactions below it need no look.
    pub(super) from: u64,
    pub(super) pass: Option<Pass>,
}

impl Cursor {
    /// `None` for a beginning, and for a cursor that is not ours: then everything is looked at, which only costs time.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(' ').collect();
        let (server, from, pass) = match parts.as_slice() {
            [MARK, server, from] => (server, from, None),
            [MARK, server, from, next, tx, seq] => {
                let after = (tx.parse().ok()?, seq.parse().ok()?);
                (server, from, Some(Pass { next: next.parse().ok()?, after }))
            }
            _ => return None,
        };
        Some(Self { server: (*server).to_owned(), from: from.parse().ok()?, pass })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MARK} {} {}", self.server, self.from)?;
        match self.pass {
            Some(Pass { next, after: (tx, seq) }) => write!(f, " {next} {tx} {seq}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_from_its_text_and_anything_else_is_a_beginning() {
        let whole = Cursor { server: "1700000000.123".to_owned(), from: 740, pass: None };
        let part = Cursor { pass: Some(Pass { next: 760, after: (750, -3) }), ..whole.clone() };
        for cursor in [whole, part] {
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
        for other in ["", "folder-1", "postgres-1", "postgres-1 x -1", "postgres-1 x 1 2", "postgres-1 x 1 2 3 y"] {
            assert_eq!(Cursor::parse(other), None, "{other:?}");
        }
    }
}
