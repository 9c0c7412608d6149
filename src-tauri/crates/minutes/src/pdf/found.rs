//! An object as it stands in a file that is read.

use std::cell::OnceCell;
use std::ops::Range;

use super::syntax::{Notes, Reader};
use super::value::{Dict, Value};

/// An object as found in a file.
#[derive(Debug, Clone)]
pub(crate) struct Found<'a> {
    file: &'a [u8],
    /// Where its value begins.
    at: usize,
    /// Which names occur in it.
    pub(crate) notes: Notes,
    /// Where the stream's bytes stand, if it is one.
    pub(crate) stream: Option<Range<usize>>,
    /// Its value, once somebody asked for it: of most nobody does.
    value: OnceCell<Box<Value>>,
}

impl<'a> Found<'a> {
    /// The one whose value begins at `at`, where it was walked.
    pub(super) const fn walked(file: &'a [u8], at: usize, notes: Notes) -> Self {
        Self { file, at, notes, stream: None, value: OnceCell::new() }
    }

    /// Its value. It was walked before, so it can be read.
    pub(crate) fn value(&self) -> &Value {
        self.value.get_or_init(|| Box::new(Reader::new(self.file, self.at).value().unwrap_or(Value::Null)))
    }

    pub(crate) fn dict(&self) -> Option<&Dict> {
        self.value().as_dict()
    }
}
