//! The CMS container of a PAdES B-B signature (ETSI EN 319 142-1, 5.3; RFC 5652; RFC 5035), and of a B-T one, which has
//! a timestamp beside it ([`crate::timestamp`]).

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{Any, ObjectIdentifier, OctetString};
use der::{Decode as _, Encode as _, Sequence};
use p256::ecdsa::VerifyingKey;
use p256::ecdsa::signature::Verifier as _;
use p256::pkcs8::DecodePublicKey as _;
use sha2::{Digest as _, Sha256};
use spki::AlgorithmIdentifierOwned;
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::certificate::Certificate;

use crate::certificates::set_of;
use crate::corporate::{self, KeyKind};
use crate::error::{MinutesError, Refusal, RefusalCode};
use crate::foreign::{Hash, signed_by};
use crate::seal::PdfSigner;
use crate::signature_value::{canonical, low_s};
use crate::timestamp::{self, StampRoots, Stamped};

const ID_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
pub(crate) const ID_SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
pub(crate) const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
pub(crate) const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
pub(crate) const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
pub(crate) const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

/// The certificate's digest; SHA-256 is the default algorithm and therefore absent in DER (RFC 5035, 4).
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct EssCertIdV2 {
    cert_hash: OctetString,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
}

pub(crate) fn sha256_identifier() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: SHA256, parameters: None }
}

fn attribute(oid: ObjectIdentifier, value: Any) -> Result<Attribute, der::Error> {
    Ok(Attribute { oid, values: set_of(vec![value])? })
}

/// The signed attributes: content type, message digest, and which certificate signs. There is no signing time:
/// PAdES takes it from the signature dictionary's M.
fn signed_attributes(digest: &[u8; 32], leaf: &[u8]) -> Result<Attributes, der::Error> {
    let certificate = SigningCertificateV2 {
        certs: vec![EssCertIdV2 { cert_hash: OctetString::new(Sha256::digest(leaf).as_slice())? }],
    };
    set_of(vec![
        attribute(CONTENT_TYPE, Any::encode_from(&ID_DATA)?)?,
        attribute(MESSAGE_DIGEST, Any::encode_from(&OctetString::new(digest.as_slice())?)?)?,
        attribute(SIGNING_CERTIFICATE_V2, Any::encode_from(&certificate)?)?,
    ])
}

/// Signs a document's digest, and has the signature stamped where the signer brings a service for it. Returns the DER of
/// the ContentInfo.
pub(crate) fn sign(digest: &[u8; 32], signer: &dyn PdfSigner) -> Result<Vec<u8>, MinutesError> {
    let encoding = |error: der::Error| MinutesError::Encoding(error.to_string());
    let leaf_der = signer.certificate_der();
    let leaf = Certificate::from_der(&leaf_der).map_err(encoding)?;
    let attributes = signed_attributes(digest, &leaf_der).map_err(encoding)?;
    // What is signed is the SET OF itself, not its [0] IMPLICIT spelling (RFC 5652, 5.4).
    let message = attributes.to_der().map_err(encoding)?;
    let kind = KeyKind::of(leaf.tbs_certificate().subject_public_key_info())
        .ok_or_else(|| MinutesError::Certificate("its key is neither RSA of 2048 to 4096 bits nor P-256".into()))?;
    let value = signer.sign(&message)?;
    let value = match kind {
        KeyKind::P256 => low_s(&value).map_err(|why| MinutesError::Encoding(why.into()))?,
        KeyKind::Rsa => value,
    };
    let unsigned_attrs = signer.stamp().map(|service| timestamp::stamp(&value, service)).transpose()?;
    let mut certificates = vec![CertificateChoices::Certificate(leaf.clone())];
    for der in signer.endorsement_der().into_iter().chain(signer.chain_der()) {
        certificates.push(CertificateChoices::Certificate(Certificate::from_der(&der).map_err(encoding)?));
    }
    let info = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(issuer_and_serial(&leaf)),
        digest_alg: sha256_identifier(),
        signed_attrs: Some(attributes),
        signature_algorithm: kind.algorithm(),
        signature: OctetString::new(value).map_err(encoding)?,
        unsigned_attrs,
    };
    let signed = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: set_of(vec![sha256_identifier()]).map_err(encoding)?,
        encap_content_info: EncapsulatedContentInfo { econtent_type: ID_DATA, econtent: None },
        certificates: Some(CertificateSet::try_from(certificates).map_err(encoding)?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![info]).map_err(encoding)?,
    };
    let content = ContentInfo { content_type: ID_SIGNED_DATA, content: Any::encode_from(&signed).map_err(encoding)? };
    content.to_der().map_err(encoding)
}

pub(crate) fn issuer_and_serial(leaf: &Certificate) -> IssuerAndSerialNumber {
    let tbs = leaf.tbs_certificate();
    IssuerAndSerialNumber { issuer: tbs.issuer().clone(), serial_number: tbs.serial_number().clone() }
}

/// The certificates of a signature whose value was found good.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    /// The board's own certificate for the key that signed.
    pub(crate) leaf: Certificate,
    pub(crate) leaf_der: Vec<u8>,
    pub(crate) root: Certificate,
    pub(crate) root_der: Vec<u8>,
    pub(crate) stamped: Option<Stamped>,
    /// The path of the corporate certificate that signed, if one did: then the leaf endorses its key.
    pub(crate) corporate: Option<Vec<Certificate>>,
}

/// Verifies a CMS container over a document's digest: its form, the digest, the signature value, and the timestamp on it
/// if there is one, under `roots` if there are any. The chain is judged by the caller.
pub(crate) fn verify(der: &[u8], digest: &[u8; 32], roots: Option<&StampRoots>) -> Result<Signed, Refusal> {
    let refuse = |detail: &str| Refusal::new(RefusalCode::Cms, detail);
    let content = ContentInfo::from_der(der).map_err(|_| refuse("the container cannot be read"))?;
    let signed = content.content.decode_as::<SignedData>().map_err(|_| refuse("the container holds no signed data"))?;
    let again = Any::encode_from(&signed).map(|content| ContentInfo { content_type: ID_SIGNED_DATA, content });
    let again = again.and_then(|content| content.to_der()).map_err(|_| refuse("the container cannot be re-encoded"))?;
    if again != der {
        // Two spellings of one container would let bytes change without effect.
        return Err(refuse("the container is not in canonical DER"));
    }
    let infos: Vec<&SignerInfo> = signed.signer_infos.0.iter().collect();
    let [info] = infos.as_slice() else {
        return Err(refuse("the container does not have exactly one signer"));
    };
    let digests: Vec<AlgorithmIdentifierOwned> = signed.digest_algorithms.iter().cloned().collect();
    let shape = signed.version == CmsVersion::V1
        && info.version == CmsVersion::V1
        && digests == [sha256_identifier()]
        && info.digest_alg == sha256_identifier()
        && [KeyKind::P256, KeyKind::Rsa].iter().any(|kind| info.signature_algorithm == kind.algorithm())
        && signed.encap_content_info == EncapsulatedContentInfo { econtent_type: ID_DATA, econtent: None }
        && signed.crls.is_none();
    if !shape {
        return Err(refuse("the container is not of the form PAdES B-B with SHA-256 and ECDSA P-256 or RSA"));
    }
    let Held { signer, leaf, root, corporate } = certificates(&signed, info)
        .ok_or_else(|| refuse("the container does not hold the signer's certificate and its root"))?;
    let signer_der = signer.to_der().map_err(|_| refuse("the signer's certificate cannot be re-encoded"))?;
    let leaf_der = leaf.to_der().map_err(|_| refuse("the signer's certificate cannot be re-encoded"))?;
    let root_der = root.to_der().map_err(|_| refuse("the certificate root cannot be re-encoded"))?;
    let attributes = info.signed_attrs.as_ref().ok_or_else(|| refuse("the container has no signed attributes"))?;
    let claimed = attributes.iter().find(|attribute| attribute.oid == MESSAGE_DIGEST);
    let claimed =
        claimed.and_then(|attribute| attribute.values.get(0)).and_then(|value| value.decode_as::<OctetString>().ok());
    if claimed.is_none_or(|claimed| claimed.as_bytes() != digest) {
        return Err(Refusal::new(RefusalCode::Digest, "the document was changed after it was signed"));
    }
    let expected =
        signed_attributes(digest, &signer_der).map_err(|_| refuse("the signed attributes cannot be encoded"))?;
    if *attributes != expected {
        return Err(refuse("the signed attributes are not content type, digest and signing certificate"));
    }
    let message = expected.to_der().map_err(|_| refuse("the signed attributes cannot be encoded"))?;
    if !made(&signer, corporate.is_some(), info, &message).ok_or_else(|| refuse("the signer's key is not P-256"))? {
        return Err(Refusal::new(RefusalCode::SignatureValue, "the signature was not made by the certificate's key"));
    }
    let unsigned = info.unsigned_attrs.as_ref();
    let stamped =
        unsigned.map(|unsigned| timestamp::stamped(unsigned, info.signature.as_bytes(), roots)).transpose()?;
    Ok(Signed { leaf, leaf_der, root, root_der, stamped, corporate })
}

/// Whether the key of a certificate made the signature; `None` if it is of a kind that may not. Only a company issues RSA.
fn made(signer: &Certificate, corporate: bool, info: &SignerInfo, message: &[u8]) -> Option<bool> {
    let key = signer.tbs_certificate().subject_public_key_info();
    let kind = KeyKind::of(key).filter(|kind| corporate || *kind == KeyKind::P256)?;
    let value = info.signature.as_bytes();
    let good = match kind {
        KeyKind::P256 => {
            let key = verifying_key(signer)?;
            canonical(value).is_some_and(|value| key.verify(message, &value).is_ok())
        }
        KeyKind::Rsa => signed_by(key, &info.signature_algorithm, Some(Hash::Sha256), message, value),
    };
    Some(good && info.signature_algorithm == kind.algorithm())
}

/// The certificates of a container, told apart.
struct Held {
    /// Of the key that signed.
    signer: Certificate,
    /// The board's own for this key: the same, or one that endorses it.
    leaf: Certificate,
    root: Certificate,
    corporate: Option<Vec<Certificate>>,
}

/// The signer's certificate and the one other, which must be its issuer; or a corporate one with all that belongs to it.
fn certificates(signed: &SignedData, info: &SignerInfo) -> Option<Held> {
    let SignerIdentifier::IssuerAndSerialNumber(wanted) = &info.sid else {
        return None;
    };
    let mut found = Vec::new();
    for choice in signed.certificates.as_ref()?.0.iter() {
        let CertificateChoices::Certificate(certificate) = choice else {
            return None;
        };
        // The set is ordered, so the same twice would stand side by side; it is no other set, and no other file may be.
        if found.last() == Some(certificate) {
            return None;
        }
        found.push(certificate.clone());
    }
    let signer = found.iter().position(|certificate| issuer_and_serial(certificate) == *wanted)?;
    let signer = found.remove(signer);
    if found.len() == 1 {
        return Some(Held { leaf: signer.clone(), signer, root: found.remove(0), corporate: None });
    }
    let parted = corporate::part(signer.clone(), found)?;
    Some(Held { signer, leaf: parted.endorsement, root: parted.root, corporate: Some(parted.path) })
}

/// The P-256 key of a certificate.
pub(crate) fn verifying_key(certificate: &Certificate) -> Option<VerifyingKey> {
    let spki = certificate.tbs_certificate().subject_public_key_info().to_der().ok()?;
    VerifyingKey::from_public_key_der(&spki).ok()
}
