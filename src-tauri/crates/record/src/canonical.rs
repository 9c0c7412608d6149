//! Canonical bytes (RFC 8785) of what records hold.
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json::{self, JsonError, Limits, Value};

mod form;

/// Why a value has no canonical bytes, or bytes are not the canonical form of a value.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// The bytes are not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Strict JSON, but written otherwise than RFC 8785 says.
    #[error("not in canonical form (RFC 8785): first difference at byte {at}")]
    NotCanonical {
        /// Offset of the first byte that differs.
        at: usize,
    },
    /// Not of the expected shape.
    #[error("{0}")]
    Shape(String),
    /// The value cannot be written at all, for example a map whose keys are not text.
    #[error("cannot be written as JSON: {0}")]
    Unwritable(String),
}

/// The canonical bytes of `value`.
///
/// # Errors
/// [`CanonicalError::Json`] if the value holds a float, an integer beyond ±(2⁵³−1) or more than 32
/// levels: such a value must never be signed. [`CanonicalError::Unwritable`] if it is no JSON at all.
pub fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    write(&strict(value)?)
}

/// What the strict reader makes of a value: the canonicaliser alone would round 2⁵³+1 to 2⁵³.
fn strict<T: Serialize>(value: &T) -> Result<Value, CanonicalError> {
    let plain = serde_json::to_vec(value).map_err(|error| CanonicalError::Unwritable(error.to_string()))?;
    Ok(json::parse(&plain, Limits { bytes: usize::MAX, depth: Limits::ENTRY.depth })?)
}

fn write(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    serde_json_canonicalizer::to_vec(value).map_err(|error| CanonicalError::Unwritable(error.to_string()))
}

/// Reads strict JSON and insists that the bytes are its canonical form.
///
/// # Errors
/// [`CanonicalError::Json`] or [`CanonicalError::NotCanonical`].
pub fn parse(bytes: &[u8], limits: Limits) -> Result<Value, CanonicalError> {
    let value = json::parse(bytes, limits)?;
    let mut written = Vec::with_capacity(bytes.len());
    form::put(&value, &mut written);
    same(&written, bytes)?;
    Ok(value)
}

/// Whether `bytes` are strict JSON in canonical form.
#[must_use]
pub fn is_canonical(bytes: &[u8], limits: Limits) -> bool {
    parse(bytes, limits).is_ok()
}

/// Reads a document whose canonical bytes, written again from what was understood, are exactly
/// `bytes`: a field this program would not keep is refused rather than lost.
///
/// # Errors
/// Any [`CanonicalError`]; an unknown or missing field is a [`CanonicalError::Shape`].
pub fn read<T: DeserializeOwned + Serialize>(bytes: &[u8], limits: Limits) -> Result<T, CanonicalError> {
    read_as(&parse(bytes, limits)?, bytes)
}

/// As [`read`], where `value` is what [`parse`] made of these bytes.
pub(crate) fn read_as<T: DeserializeOwned + Serialize>(value: &Value, bytes: &[u8]) -> Result<T, CanonicalError> {
    let document: T = serde_json::from_slice(bytes).map_err(|error| CanonicalError::Shape(error.to_string()))?;
    let again = strict(&document)?;
    // Equal values have equal canonical bytes.
    if again == *value {
        return Ok(document);
    }
    let again = write(&again)?;
    same(&again, bytes).map_err(|_| {
        let at = first_difference(&again, bytes);
        let near = String::from_utf8_lossy(&bytes[at.saturating_sub(20)..bytes.len().min(at + 20)]).into_owned();
        CanonicalError::Shape(format!(
            "a field this program does not know, or a value written otherwise, near {near:?}"
        ))
    })?;
    Ok(document)
}

fn same(canonical: &[u8], bytes: &[u8]) -> Result<(), CanonicalError> {
    if canonical == bytes {
        return Ok(());
    }
    Err(CanonicalError::NotCanonical { at: first_difference(canonical, bytes) })
}

fn first_difference(left: &[u8], right: &[u8]) -> usize {
    left.iter().zip(right).position(|(a, b)| a != b).unwrap_or_else(|| left.len().min(right.len()))
}

#[cfg(test)]
mod tests;
