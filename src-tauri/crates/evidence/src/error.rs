//! Why a file is not read, where, and what would mend it.
use std::fmt;

use crate::bounds;

/// A file that is not read: nothing of it counts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{place}: {fault}. {}", .fault.mend())]
pub struct EvidenceError {
    /// The file's name.
    pub file: String,
    /// Where in it.
    pub place: Place,
    /// What is wrong.
    pub fault: Fault,
}

/// Where in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In no one place.
    Whole,
    /// At this byte, from 0.
    Byte(u64),
    /// In this line, from 1.
    Line(usize),
    /// In this line and column, from 1.
    Column(usize, usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Byte(at) => write!(f, ", byte {at}"),
            Self::Line(line) => write!(f, ", line {line}"),
            Self::Column(line, column) => write!(f, ", line {line}, column {column}"),
        }
    }
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It could not be opened or read; the text says why.
    Unreadable(String),
    /// It is no plain file, but a link, a folder or a device.
    NotAFile,
    /// More bytes than are read.
    TooLarge,
    /// Nested deeper than is read.
    TooDeep,
    /// More elements than are read.
    TooMany,
    /// Not UTF-8.
    NotUtf8,
    /// A byte 0, which no text has.
    Nul,
    /// A document type that declares things, or names another document.
    Doctype,
    /// A reference to an entity.
    Entity(String),
    /// Not what its format asks for; the text is the parser's.
    Malformed(String),
    /// None of the formats that are read.
    Unrecognised,
    /// A version of a format that is not read.
    Version(String),
    /// It says itself that the work was not done to its end.
    Unfinished,
    /// Two of its own statements contradict each other.
    Disagrees(String),
}

impl Fault {
    /// A stable word for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "evidence_unreadable",
            Self::NotAFile => "evidence_not_a_file",
            Self::TooLarge => "evidence_too_large",
            Self::TooDeep => "evidence_too_deep",
            Self::TooMany => "evidence_too_many",
            Self::NotUtf8 => "evidence_not_utf8",
            Self::Nul => "evidence_nul",
            Self::Doctype => "evidence_doctype",
            Self::Entity(_) => "evidence_entity",
            Self::Malformed(_) => "evidence_malformed",
            Self::Unrecognised => "evidence_unrecognised",
            Self::Version(_) => "evidence_version",
            Self::Unfinished => "evidence_unfinished",
            Self::Disagrees(_) => "evidence_disagrees",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "See that the file is whole and may be read by you",
            Self::NotAFile => "Copy the file itself to this place",
            Self::TooLarge | Self::TooMany => "Split the report, or leave out what is no result",
            Self::TooDeep => "No tool nests that deep: make the file again",
            Self::NotUtf8 => "Write it as UTF-8",
            Self::Nul | Self::Malformed(_) => "See that the file is whole and let the tool make it again",
            Self::Doctype | Self::Entity(_) => "Write it without DOCTYPE declarations and without entities",
            Self::Unrecognised => {
                "Read are JUnit XML, SARIF, CycloneDX and SPDX as JSON, Cobertura, LCOV, plans of Terraform, CloudFormation and \
                 Pulumi as JSON, unified diffs, in-toto statements, merge requests and lists of runs"
            }
            Self::Version(_) => "Let the tool write a version that is read",
            Self::Unfinished => "Let the tool run to its end",
            Self::Disagrees(_) => "Let the tool make the file again",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "it cannot be read: {why}"),
            Self::NotAFile => f.write_str("it is no plain file but a link, a folder or a device"),
            Self::TooLarge => write!(f, "it is larger than {} MiB", bounds::BYTES >> 20),
            Self::TooDeep => write!(f, "it is nested deeper than {} levels", bounds::DEPTH),
            Self::TooMany => write!(f, "it has more than {} elements", bounds::ELEMENTS),
            Self::NotUtf8 => f.write_str("it is not UTF-8"),
            Self::Nul => f.write_str("it has a byte 0, which no text has"),
            Self::Doctype => {
                f.write_str("its DOCTYPE declares things or names another document, which is never followed")
            }
            Self::Entity(name) => write!(f, "it refers to the entity {name:?}, and entities are never expanded"),
            Self::Malformed(why) | Self::Disagrees(why) => f.write_str(why),
            Self::Unrecognised => f.write_str("its content is of no format that is read"),
            Self::Version(found) => write!(f, "it is written in {found}, which is not read"),
            Self::Unfinished => f.write_str("it says itself that the work was not done to its end"),
        }
    }
}

/// A fault and its place; the file's name is added at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At {
    pub place: Place,
    pub fault: Fault,
}

impl At {
    pub fn whole(fault: Fault) -> Self {
        Self { place: Place::Whole, fault }
    }

    pub fn byte(at: usize, fault: Fault) -> Self {
        Self { place: Place::Byte(at as u64), fault }
    }

    pub fn of(self, file: &str) -> EvidenceError {
        EvidenceError { file: file.to_owned(), place: self.place, fault: self.fault }
    }
}

impl From<serde_json::Error> for At {
    fn from(error: serde_json::Error) -> Self {
        // The parser's words end with the place, which is told in its own field.
        let place = Place::Column(error.line(), error.column());
        let said = error.to_string();
        let end = format!(" at line {} column {}", error.line(), error.column());
        let why = said.strip_suffix(&end).unwrap_or(&said);
        Self { place, fault: Fault::Malformed(format!("it is not as its format asks: {}", bounds::cut(why))) }
    }
}
