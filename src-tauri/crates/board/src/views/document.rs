//! Views: a sealed document that somebody brought, verified.
use serde::{Deserialize, Serialize};
use specta::Type;

use super::MemberCertificate;
use crate::minutes::DocumentKind;

/// A document to be verified: by its path, or by its bytes as the window read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VerifyDocumentRequest {
    /// The whole path; blank: see `name` and `content`.
    pub path: String,
    /// The file's name; blank: see `path`.
    pub name: String,
    /// Base64.
    pub content: String,
    /// What to compare the certificate root with, its fingerprint or PEM; blank: this board's own, if the document is of it.
    pub root: String,
}

/// A document whose pages the window shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DocumentAsked {
    /// The newest minutes of a meeting: sealed, else their draft.
    Minutes { meeting: String },
    /// An annex to the minutes of a meeting, from 1.
    Annex { meeting: String, number: u32 },
    /// An erratum to the minutes of a meeting, from 1.
    Erratum { meeting: String, number: u32 },
    /// The circulated edition of the minutes of a meeting.
    Circulated { meeting: String },
    /// A file that a person chose, as it was when it was verified: its whole path and its SHA-256.
    Verified { path: String, sha256: String },
}

/// A page of a document that the window shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DocumentPageRequest {
    /// Of which document.
    pub document: DocumentAsked,
    /// From 1.
    pub page: u32,
}

/// What a document's certificate root was compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RootCompared {
    /// This board's own, and it is the same.
    Own,
    /// One that the person gave, and it is the same.
    Given,
    /// Nothing: whoever made the document may have made the root.
    Nothing,
}

/// What the service of a timestamp was compared with: the root that the settings of this machine name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StampCompared {
    /// It comes from it.
    Same,
    /// It does not come from it.
    Other,
    /// The root that is named cannot be read.
    Unreadable,
    /// None is named, or there is no timestamp.
    Nothing,
}

/// What verifying a document found: it holds, or it is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DocumentVerdict {
    /// The file's name.
    pub name: String,
    pub bytes: u32,
    pub sha256: String,
    /// What it is, where it holds; null: it is refused.
    pub held: Option<DocumentHeld>,
    /// Why it is refused; null: it holds.
    pub refused: Option<DocumentRefused>,
}

/// A document that holds: every signature, its evidence, and its pages, drawn again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DocumentHeld {
    pub document: DocumentKind,
    pub title: String,
    pub board: String,
    pub meeting: String,
    /// When the meeting was called to order, as claimed.
    pub called: String,
    pub zone: String,
    /// Of an extract, its change; else blank.
    pub change: String,
    /// Of an annex or an erratum, the SHA-256 of its minutes; else blank.
    pub annex_to: String,
    pub pages: u32,
    pub signatures: Vec<DocumentSignature>,
    /// Whose prepared signatures are not given yet, by name, in turn.
    pub unsigned: Vec<String>,
    /// Whose turn it is of these.
    pub next: Vec<String>,
    /// Signed entries from which every row follows.
    pub entries: u32,
    /// Fields that are not in this edition.
    pub withheld: u32,
    /// Which fields, of which changes.
    pub unsaid: Vec<DocumentUnsaid>,
    /// Fields that an entry in it disposed of.
    pub disposed: u32,
    /// Places in the record that it leaves out.
    pub left_out: u32,
    /// Typefaces of the machine that sealed with which words in it are drawn: their shapes are that machine's.
    pub borrowed: Vec<DocumentTypeface>,
    /// A sample board proves nothing about anybody.
    pub sample: bool,
    pub root: RootCompared,
    /// It is another board's than this, of the same name.
    pub namesake: bool,
    /// Fingerprint of the certificate root, hexadecimal.
    pub certificate_root: String,
    /// Fingerprint of the roster root in six words.
    pub roster_words: String,
}

/// What an edition does not say of one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DocumentUnsaid {
    pub change: String,
    /// By their names in the record.
    pub fields: Vec<String>,
    /// Of a restricted item: every entry about it is left out whole. Else the salted digest of each field is in it.
    pub entries: bool,
}

/// A typeface that a document brings along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DocumentTypeface {
    pub family: String,
    /// How many different words or signs are drawn with it.
    pub words: u32,
}

/// A signature that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DocumentSignature {
    pub name: String,
    pub role: String,
    pub meaning: String,
    /// As the signer claims.
    pub at: String,
    /// Fingerprint of the key, hexadecimal.
    pub key: String,
    /// The first: it seals the document.
    pub certifies: bool,
    /// When a timestamping service says that it existed; empty where none does.
    pub stamped_at: String,
    /// The service, as its certificate names it.
    pub stamped_by: String,
    /// What that service was compared with.
    pub stamp_root: StampCompared,
    /// The corporate certificate that made it, where the board's own did not.
    pub certificate: Option<MemberCertificate>,
}

/// Why a document is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DocumentRefused {
    /// Stable code.
    pub code: String,
    /// In a sentence for whoever sits on the board.
    pub plainly: String,
    /// What was verified, and why it does not hold, for those who ask further.
    pub detail: String,
    /// Every signature in it holds, to its last byte: what does not hold is what they signed.
    pub signatures_hold: bool,
    /// What the root of these signatures was compared with.
    pub root: RootCompared,
    /// Bytes from the beginning whose signatures hold; 0: there are none.
    pub sealed_bytes: u32,
    /// Bytes that came after them.
    pub added_bytes: u32,
    /// Who had signed what still holds.
    pub signatures: Vec<DocumentSignature>,
}
