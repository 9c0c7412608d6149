//! ECDSA values in the one form we accept: DER, low-S.

use p256::ecdsa::Signature;

/// Normalises a DER signature to low-S, so that no second valid spelling of it exists.
pub(crate) fn low_s(der: &[u8]) -> Result<Vec<u8>, &'static str> {
    let signature = Signature::from_der(der).map_err(|_| "the key answered with something that is no DER signature")?;
    Ok(signature.normalize_s().to_der().as_bytes().to_vec())
}

/// Reads a signature that must already be in canonical form.
pub(crate) fn canonical(der: &[u8]) -> Option<Signature> {
    let signature = Signature::from_der(der).ok()?;
    let same = signature.normalize_s().to_der().as_bytes() == der;
    same.then_some(signature)
}
