//! Reading the files that travel inside a document.

use sha2::{Digest as _, Sha256};

use crate::error::{Refusal, RefusalCode};
use crate::pdf::file::PdfFile;
use crate::pdf::value::{Value, get};

/// Attachments larger than this when unpacked are refused, in bytes (128 MiB).
const LARGEST: u64 = 128 << 20;
/// More attachments than this are refused.
const MOST: usize = 200;
/// The name of the attached evidence.
pub const EVIDENCE: &str = "evidence.json";
/// The name of the attached certificate root.
pub const ROOT: &str = "root.pem";

/// An attachment with its digest.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AttachmentReport {
    /// Its file name.
    pub name: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u32,
}

/// The attached evidence of a document, sealed or not. This only unpacks; [`crate::verify()`] judges.
///
/// # Errors
/// A [`Refusal`] if the file is not one Cabinet writes, or holds no `evidence.json`.
pub fn extract_evidence(pdf: &[u8]) -> Result<Vec<u8>, Refusal> {
    extract_attachment(pdf, EVIDENCE)
}

/// One attachment by name.
///
/// # Errors
/// A [`Refusal`] if the file is not one Cabinet writes, or holds no such attachment.
pub fn extract_attachment(pdf: &[u8], name: &str) -> Result<Vec<u8>, Refusal> {
    let file = PdfFile::read(pdf)?;
    let found = all(&file)?.into_iter().find(|(known, _)| known == name);
    found.map(|(_, bytes)| bytes).ok_or_else(|| refuse(&format!("the document holds no {name}")))
}

fn refuse(detail: &str) -> Refusal {
    Refusal::new(RefusalCode::Attachment, detail)
}

/// Names, digests and sizes.
pub(crate) fn report(file: &PdfFile<'_>) -> Result<Vec<AttachmentReport>, Refusal> {
    let report = |(name, bytes): (String, Vec<u8>)| AttachmentReport {
        name,
        sha256: hex::encode(Sha256::digest(&bytes)),
        size: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
    };
    Ok(all(file)?.into_iter().map(report).collect())
}

/// One attachment of a file that was walked, and no other unpacked; `None` if it holds none of this name. Whether the list
/// can be read at all is for [`report`] to judge.
pub(crate) fn named(file: &PdfFile<'_>, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
    let is_it = |pair: &&[Value]| pair[0].as_words().is_some_and(|found| found == name);
    let pair = listed(file).unwrap_or_default().chunks_exact(2).find(is_it);
    let Some(pair) = pair else { return Ok(None) };
    let found = one(file, &pair[0], &pair[1], LARGEST).ok_or_else(|| refuse("an attachment cannot be read"))?;
    Ok(Some(found.1))
}

/// Names and specifications, one after the other.
fn listed<'f>(file: &'f PdfFile<'_>) -> Result<&'f [Value], Refusal> {
    let catalog = file.catalog().ok_or_else(|| refuse("the document has no catalog"))?;
    let Some(names) = get(catalog, "Names") else {
        return Ok(&[]);
    };
    let tree = file.resolve(names).and_then(Value::as_dict).and_then(|names| get(names, "EmbeddedFiles"));
    let listed = tree.and_then(|tree| file.resolve(tree)).and_then(Value::as_dict).and_then(|tree| get(tree, "Names"));
    let listed = listed.and_then(Value::as_array).ok_or_else(|| refuse("the list of attachments cannot be read"))?;
    if listed.len() % 2 != 0 || listed.len() > 2 * MOST {
        return Err(refuse("the list of attachments is malformed or too long"));
    }
    Ok(listed)
}

fn all(file: &PdfFile<'_>) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
    let mut out: Vec<(String, Vec<u8>)> = Vec::new();
    let mut left = LARGEST;
    for pair in listed(file)?.chunks_exact(2) {
        let (name, bytes) =
            one(file, &pair[0], &pair[1], left).ok_or_else(|| refuse("an attachment cannot be read"))?;
        left = left.saturating_sub(bytes.len() as u64);
        if out.iter().any(|(known, _)| *known == name) {
            return Err(refuse("two attachments share a name"));
        }
        out.push((name, bytes));
    }
    Ok(out)
}

fn one(file: &PdfFile<'_>, name: &Value, specification: &Value, limit: u64) -> Option<(String, Vec<u8>)> {
    let specification = file.resolve(specification)?.as_dict()?;
    let name = name.as_words()?;
    // All three places must name the same file: readers differ in which one they show.
    let agrees = get(specification, "F")?.as_words()? == name && get(specification, "UF")?.as_words()? == name;
    let embedded = get(specification, "EF")?.as_dict()?;
    let stream = get(embedded, "F")?.as_ref()?;
    if !agrees || get(embedded, "UF")?.as_ref()? != stream {
        return None;
    }
    let found = file.object(stream)?;
    let bytes = file.stream(found, limit)?;
    let size = get(get(found.dict()?, "Params")?.as_dict()?, "Size")?.as_int()?;
    (usize::try_from(size) == Ok(bytes.len())).then_some((name, bytes))
}
