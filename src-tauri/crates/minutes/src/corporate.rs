//! Corporate certificates: those that a member's company issued, for RSA or P-256, with which the member may sign instead of
//! with the board's own.
//!
//! Readers outside see who issued it. What is trusted here does not change: beside it in the signature stands an
//! *endorsement*, a certificate of the board's own root for the same key, and name, role and member are read from that one.
//! So nobody's certificate counts because a company issued it, and none counts that the board's root did not endorse.
//! Whether the roster names this very certificate is for whoever holds the roster to compare ([`CorporateReport`]).

use chrono::{DateTime, TimeZone as _, Utc};
use der::asn1::{Any, Uint};
use der::{Decode as _, Encode as _, Sequence};
use sha2::{Digest as _, Sha256};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::certificate::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

use crate::certificates::ECDSA_WITH_SHA256;
use crate::error::{Refusal, RefusalCode};
use crate::foreign::{DEEPEST, EC_KEY, P256, RSA_KEY, SHA256_WITH_RSA, curve_of, lives_at, made_by, path_from};

/// The most certificates that are looked at to find a path.
const MOST: usize = 16;
/// The largest certificate of a path, in bytes.
const LARGEST: usize = 8192;
/// The least and the greatest length of an RSA modulus, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// ECDSA P-256 with SHA-256.
    P256,
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rsa,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct RsaPublicKey {
    modulus: Uint,
    exponent: Uint,
}

impl KeyKind {
    /// `None` for a key that signs nothing here.
    pub(crate) fn of(key: &SubjectPublicKeyInfoOwned) -> Option<Self> {
        if key.algorithm.oid == EC_KEY && curve_of(&key.algorithm) == Some(P256) {
            return Some(Self::P256);
        }
        if key.algorithm.oid != RSA_KEY {
            return None;
        }
        let rsa = RsaPublicKey::from_der(key.subject_public_key.as_bytes()?).ok()?;
        let modulus = rsa.modulus.as_bytes();
        let unused = modulus.first().map_or(0, |byte| byte.leading_zeros());
        let bits = (8 * modulus.len()).saturating_sub(usize::try_from(unused).ok()?);
        RSA_BITS.contains(&bits).then_some(Self::Rsa)
    }

    /// The algorithm of its signatures.
    pub(crate) fn algorithm(self) -> AlgorithmIdentifierOwned {
        match self {
            Self::P256 => AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA256, parameters: None },
            Self::Rsa => AlgorithmIdentifierOwned { oid: SHA256_WITH_RSA, parameters: Some(Any::null()) },
        }
    }
}

/// Why certificates are no corporate certificate that may sign here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CorporateFault {
    /// Not read, or too large, or too many.
    #[error("a certificate cannot be read, or is larger than {} bytes", LARGEST)]
    Unreadable,
    /// None is for the key.
    #[error("none of the certificates is for the private key")]
    NotOfTheKey,
    /// No issuer beside it.
    #[error("no certificate of the authority that issued {0} is beside it")]
    NoIssuer(String),
    /// One does not follow from the next.
    #[error("a certificate was not issued by the one after it")]
    NotIssued,
    /// More than anybody needs.
    #[error("the path has more than {} certificates", DEEPEST)]
    TooDeep,
    /// A certificate of an authority.
    #[error("{0} is the certificate of an authority, not of a person")]
    Authority(String),
    /// Issued for something else.
    #[error("{0} may not sign documents: its key usage names neither digital signature nor non-repudiation")]
    Usage(String),
    /// A key of another kind.
    #[error("the key of {0} is neither RSA of 2048 to 4096 bits nor ECDSA P-256")]
    OtherKey(String),
    /// Not valid at the time.
    #[error("{name} is valid from {from} until {until} only")]
    Lifetime {
        /// Whose it is.
        name: String,
        /// From when.
        from: DateTime<Utc>,
        /// Until when.
        until: DateTime<Utc>,
    },
}

impl From<CorporateFault> for Refusal {
    fn from(fault: CorporateFault) -> Self {
        let code = match fault {
            CorporateFault::Lifetime { .. } => RefusalCode::Validity,
            CorporateFault::Unreadable
            | CorporateFault::NotOfTheKey
            | CorporateFault::NoIssuer(_)
            | CorporateFault::NotIssued
            | CorporateFault::TooDeep
            | CorporateFault::Authority(_)
            | CorporateFault::Usage(_)
            | CorporateFault::OtherKey(_) => RefusalCode::Chain,
        };
        Self::new(code, format!("the corporate certificate: {fault}"))
    }
}

/// What a corporate certificate says of itself. Names are those that its authority wrote, in the form of RFC 4514.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CorporateReport {
    /// To whom it was issued.
    pub subject: String,
    /// By whom.
    pub issuer: String,
    /// From when it is valid.
    pub not_before: DateTime<Utc>,
    /// Until when.
    pub not_after: DateTime<Utc>,
    /// SHA-256 of it and of each certificate above it, hexadecimal.
    pub chain: Vec<String>,
    /// SHA-256 of the board's endorsement beside it, hexadecimal; empty where none was looked at.
    pub endorsement: String,
}

/// Of these certificates, DER, the one for a key and those above it, in order, if the key may sign documents with them at
/// this time. `public_bits` is the key's public half as `subjectPublicKey` holds it.
///
/// # Errors
/// [`CorporateFault`], in words for whoever brought the certificates.
pub fn corporate_path(
    certificates: &[Vec<u8>],
    public_bits: &[u8],
    at: DateTime<Utc>,
) -> Result<Vec<Vec<u8>>, CorporateFault> {
    let mut all = read(certificates)?;
    let of_key = |one: &Certificate| {
        one.tbs_certificate().subject_public_key_info().subject_public_key.as_bytes() == Some(public_bits)
    };
    // Of several for one key, as after a renewal, the one that is valid longest.
    let ends = |one: &Certificate| one.tbs_certificate().validity().not_after.to_unix_duration();
    let newest = (0..all.len()).filter(|index| of_key(&all[*index])).max_by_key(|index| ends(&all[*index]));
    let leaf = all.swap_remove(newest.ok_or(CorporateFault::NotOfTheKey)?);
    let path = path_from(leaf, &all);
    check_path(&path, at)?;
    path.iter().map(|one| one.to_der().map_err(|_| CorporateFault::Unreadable)).collect()
}

/// What such a path, DER, says of itself, if it may sign documents at this time.
///
/// # Errors
/// [`CorporateFault`].
pub fn corporate_report(path: &[Vec<u8>], at: DateTime<Utc>) -> Result<CorporateReport, CorporateFault> {
    let path = read(path)?;
    check_path(&path, at)?;
    report(&path, None)
}

/// The same whether or not it may sign at any time: what is shown of a certificate that is past its time.
///
/// # Errors
/// [`CorporateFault::Unreadable`].
pub fn corporate_words(path: &[Vec<u8>]) -> Result<CorporateReport, CorporateFault> {
    report(&read(path)?, None)
}

fn read(certificates: &[Vec<u8>]) -> Result<Vec<Certificate>, CorporateFault> {
    let one = |der: &Vec<u8>| {
        let read = Certificate::from_der(der).ok().filter(|_| der.len() <= LARGEST)?;
        // It is compared byte for byte later: in one spelling only.
        read.to_der().is_ok_and(|again| again == *der).then_some(read)
    };
    if certificates.len() > MOST {
        return Err(CorporateFault::Unreadable);
    }
    certificates.iter().map(one).collect::<Option<Vec<_>>>().ok_or(CorporateFault::Unreadable)
}

fn subject(certificate: &Certificate) -> String {
    certificate.tbs_certificate().subject().to_string()
}

fn time(moment: x509_cert::time::Time) -> DateTime<Utc> {
    let seconds = i64::try_from(moment.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Utc.timestamp_opt(seconds, 0).single().unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A path that was found or told is whole, and its first certificate may sign documents at this time. What the authorities
/// above say of names and policies is not judged: the board names the very certificate.
pub(crate) fn check_path(path: &[Certificate], at: DateTime<Utc>) -> Result<(), CorporateFault> {
    let [leaf, above @ ..] = path else { return Err(CorporateFault::Unreadable) };
    let name = subject(leaf);
    let tbs = leaf.tbs_certificate();
    if above.is_empty() {
        return Err(CorporateFault::NoIssuer(name));
    }
    if path.len() > DEEPEST {
        return Err(CorporateFault::TooDeep);
    }
    if tbs.get_extension::<BasicConstraints>().ok().flatten().is_some_and(|(_, found)| found.ca) {
        return Err(CorporateFault::Authority(name));
    }
    let may_sign = match tbs.get_extension::<KeyUsage>() {
        Ok(None) => true,
        Ok(Some((_, usage))) => usage.digital_signature() || usage.non_repudiation(),
        Err(_) => false,
    };
    if !may_sign {
        return Err(CorporateFault::Usage(name));
    }
    if KeyKind::of(tbs.subject_public_key_info()).is_none() {
        return Err(CorporateFault::OtherKey(name));
    }
    let issued = path.iter().zip(above).all(|(one, issuer)| made_by(one, issuer));
    // Between an authority and the person stand no more authorities than it allows.
    let allowed = (0_usize..).zip(above).all(|(between, issuer)| {
        let found = issuer.tbs_certificate().get_extension::<BasicConstraints>().ok().flatten();
        found.and_then(|(_, found)| found.path_len_constraint).is_none_or(|most| between <= usize::from(most))
    });
    // One that ends the path by signing itself has to have done so.
    let ends = above
        .last()
        .is_none_or(|top| top.tbs_certificate().issuer() != top.tbs_certificate().subject() || made_by(top, top));
    if !(issued && allowed && ends) {
        return Err(CorporateFault::NotIssued);
    }
    match path.iter().find(|one| !lives_at(one, at)) {
        Some(dead) => {
            let validity = dead.tbs_certificate().validity();
            let (from, until) = (time(validity.not_before), time(validity.not_after));
            Err(CorporateFault::Lifetime { name: subject(dead), from, until })
        }
        None => Ok(()),
    }
}

/// What is said of a path; `endorsement` is the board's certificate beside it, DER.
pub(crate) fn report(path: &[Certificate], endorsement: Option<&[u8]>) -> Result<CorporateReport, CorporateFault> {
    let leaf = path.first().ok_or(CorporateFault::Unreadable)?.tbs_certificate();
    let digest = |der: &[u8]| hex::encode(Sha256::digest(der));
    let chain = path.iter().map(|one| one.to_der().map(|der| digest(&der)).map_err(|_| CorporateFault::Unreadable));
    Ok(CorporateReport {
        subject: leaf.subject().to_string(),
        issuer: leaf.issuer().to_string(),
        not_before: time(leaf.validity().not_before),
        not_after: time(leaf.validity().not_after),
        chain: chain.collect::<Result<_, _>>()?,
        endorsement: endorsement.map(digest).unwrap_or_default(),
    })
}

/// The certificates of a signature with a corporate one: its path, the board's endorsement of the same key, and the board's
/// root, and not one more.
pub(crate) struct Parted {
    pub(crate) path: Vec<Certificate>,
    pub(crate) endorsement: Certificate,
    pub(crate) root: Certificate,
}

/// Tells them apart; `None` where they are others.
pub(crate) fn part(signer: Certificate, others: Vec<Certificate>) -> Option<Parted> {
    if others.len() > DEEPEST + 1 {
        return None;
    }
    let same_key = |one: &Certificate| {
        one.tbs_certificate().subject_public_key_info() == signer.tbs_certificate().subject_public_key_info()
    };
    let (mut endorsing, others): (Vec<_>, Vec<_>) = others.into_iter().partition(same_key);
    let endorsement = endorsing.pop().filter(|_| endorsing.is_empty())?;
    let path = path_from(signer, &others);
    let mut left: Vec<Certificate> = others.into_iter().filter(|one| !path.contains(one)).collect();
    let root = left.pop().filter(|_| left.is_empty())?;
    Some(Parted { path, endorsement, root })
}
