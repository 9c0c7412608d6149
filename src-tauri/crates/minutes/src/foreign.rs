//! Certificates that others made, under their rules: those of timestamping services, and of companies for their people
//! ([`crate::corporate`]). Ours are P-256 and one step deep ([`crate::chain`]); theirs may be RSA or P-384, and stand under
//! authorities of several steps.

use chrono::{DateTime, Utc};
use der::Encode as _;
use der::asn1::ObjectIdentifier;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey,
    VerificationAlgorithm,
};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::certificate::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, SubjectKeyIdentifier};

/// The most certificates of a path.
pub(crate) const DEEPEST: usize = 6;

pub(crate) const RSA_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(crate) const EC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(crate) const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
pub(crate) const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");

/// Digests that are accepted from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

const DIGESTS: [(ObjectIdentifier, Hash); 3] = [
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"), Hash::Sha256),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"), Hash::Sha384),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"), Hash::Sha512),
];

/// Algorithms of signatures, with the kind of key and the digest. RSA-PSS is none of them.
const SIGNATURES: [(ObjectIdentifier, ObjectIdentifier, Hash); 5] = [
    (SHA256_WITH_RSA, RSA_KEY, Hash::Sha256),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12"), RSA_KEY, Hash::Sha384),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13"), RSA_KEY, Hash::Sha512),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"), EC_KEY, Hash::Sha256),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3"), EC_KEY, Hash::Sha384),
];

impl Hash {
    pub(crate) fn of(oid: ObjectIdentifier) -> Option<Self> {
        DIGESTS.iter().find(|(known, _)| *known == oid).map(|(_, hash)| *hash)
    }

    pub(crate) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// Whether `key` signed `message`. `digest` is the one that stands beside the algorithm, where one does: it must be the
/// algorithm's own, and names it where the algorithm is bare RSA.
pub(crate) fn signed_by(
    key: &SubjectPublicKeyInfoOwned,
    algorithm: &AlgorithmIdentifierOwned,
    digest: Option<Hash>,
    message: &[u8],
    value: &[u8],
) -> bool {
    let known = SIGNATURES.iter().find(|(oid, ..)| *oid == algorithm.oid).map(|(_, kind, hash)| (*kind, *hash));
    let bare = digest.filter(|_| algorithm.oid == RSA_KEY).map(|hash| (RSA_KEY, hash));
    let Some((kind, hash)) = known.or(bare) else { return false };
    if key.algorithm.oid != kind || digest.is_some_and(|digest| digest != hash) {
        return false;
    }
    let method = method(&key.algorithm, hash).zip(key.subject_public_key.as_bytes());
    method.is_some_and(|(method, key)| UnparsedPublicKey::new(method, key).verify(message, value).is_ok())
}

/// The curve of a key, if it has one.
pub(crate) fn curve_of(key: &AlgorithmIdentifierOwned) -> Option<ObjectIdentifier> {
    key.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()
}

fn method(key: &AlgorithmIdentifierOwned, hash: Hash) -> Option<&'static dyn VerificationAlgorithm> {
    if key.oid == RSA_KEY {
        let rsa: &'static dyn VerificationAlgorithm = match hash {
            Hash::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
            Hash::Sha384 => &RSA_PKCS1_2048_8192_SHA384,
            Hash::Sha512 => &RSA_PKCS1_2048_8192_SHA512,
        };
        return Some(rsa);
    }
    let curve = curve_of(key)?;
    if curve != P256 && curve != P384 {
        return None;
    }
    match (hash, curve == P256) {
        (Hash::Sha256, true) => Some(&ECDSA_P256_SHA256_ASN1),
        (Hash::Sha256, false) => Some(&ECDSA_P384_SHA256_ASN1),
        (Hash::Sha384, true) => Some(&ECDSA_P256_SHA384_ASN1),
        (Hash::Sha384, false) => Some(&ECDSA_P384_SHA384_ASN1),
        (Hash::Sha512, _) => None,
    }
}

/// Whether a certificate's key is named so.
pub(crate) fn names_key(certificate: &Certificate, wanted: &SubjectKeyIdentifier) -> bool {
    let found = certificate.tbs_certificate().get_extension::<SubjectKeyIdentifier>().ok().flatten();
    found.is_some_and(|(_, found)| found == *wanted)
}

/// Whether `issuer` may issue certificates, and issued this one.
pub(crate) fn made_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    let (below, above) = (certificate.tbs_certificate(), issuer.tbs_certificate());
    let authority = above.get_extension::<BasicConstraints>().ok().flatten().is_some_and(|(_, found)| found.ca);
    let may_issue = match above.get_extension::<KeyUsage>() {
        Ok(None) => true,
        Ok(Some((_, usage))) => usage.key_cert_sign(),
        Err(_) => false,
    };
    let algorithm = certificate.signature_algorithm();
    below.issuer() == above.subject()
        && authority
        && may_issue
        && below.signature() == algorithm
        // Whole bytes: bits that are left unused could be changed.
        && certificate.signature().as_bytes().zip(below.to_der().ok()).is_some_and(|(value, message)| {
            signed_by(above.subject_public_key_info(), algorithm, None, &message, value)
        })
}

/// Whether a certificate was good at a time.
pub(crate) fn lives_at(certificate: &Certificate, at: DateTime<Utc>) -> bool {
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    let validity = certificate.tbs_certificate().validity();
    let (from, to) =
        (validity.not_before.to_unix_duration().as_secs(), validity.not_after.to_unix_duration().as_secs());
    (from..=to).contains(&seconds)
}

/// A certificate and those above it among `others`, each of which issued the one before. The topmost is held by nothing
/// here unless it signs itself: it counts once it is compared.
pub(crate) fn path_from(leaf: Certificate, others: &[Certificate]) -> Vec<Certificate> {
    let mut path = vec![leaf];
    while let Some(last) = path.last().filter(|_| path.len() < DEEPEST) {
        let Some(next) = others.iter().find(|other| !path.contains(other) && made_by(last, other)) else { break };
        path.push(next.clone());
    }
    path
}
