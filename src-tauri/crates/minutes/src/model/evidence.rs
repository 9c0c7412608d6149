//! Who signs a document, and what it rests on.
use serde::{Deserialize, Serialize};

use crate::language::Language;

/// Somebody who signs the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signatory {
    /// The signature field's name, unique in the document and ASCII ("chair").
    pub field: String,
    /// Printed name.
    pub name: String,
    /// Role.
    pub role: String,
    /// What the signature means.
    pub meaning: String,
}

/// What the document rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Digests to compare ("evidence.json", SHA-256).
    pub digests: Vec<Digest>,
    /// SHA-256 of the certificate root's DER, hexadecimal.
    pub certificate_root: Option<String>,
    /// How to verify without Cabinet: paragraphs of prose.
    pub how_to_verify: Vec<String>,
    /// The commands that go with it, one a line.
    pub commands: Vec<String>,
}

/// A named digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Of what.
    pub name: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl Evidence {
    /// The paragraph and commands that let a reader check a sealed file without Cabinet. `file` is the file's name.
    #[must_use]
    pub fn how_to_verify(file: &str, language: Language) -> (Vec<String>, Vec<String>) {
        let prose = vec![language.how_to_verify().to_owned()];
        let commands = vec![
            "mkdir nss && certutil -N -d sql:nss --empty-password".to_owned(),
            "certutil -A -d sql:nss -n board -t C,C,C -i root.pem".to_owned(),
            format!("pdfsig -nssdir sql:nss {file}"),
            format!("pdfdetach -save 1 -o evidence.json {file}"),
            "sha256sum evidence.json".to_owned(),
        ];
        (prose, commands)
    }
}

/// Which entries the checkpoint of a document covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Covers {
    /// The record up to the close of the meeting: what came later is not under it.
    #[default]
    Close,
    /// Every entry of the evidence inside the document.
    Inside,
}

impl Covers {
    pub(super) const fn is_close(&self) -> bool {
        matches!(self, Self::Close)
    }
}
