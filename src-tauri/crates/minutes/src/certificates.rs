//! X.509 certificates: what PDF readers and openssl need to know about the board and its members.
//!
//! They are a *projection* of the roster. The board's own verifier trusts the roster; other readers import one file,
//! the certificate root (`root.pem`), and see "trusted". Leaves live as long as the root: the roster, not an expiry
//! date, decides when a key may sign.

use chrono::{DateTime, Datelike as _, Months, Timelike as _, Utc};
use der::asn1::{Any, BitString, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode as _, DecodePem as _, Encode as _, EncodePem as _, Tag};
use p256::ecdsa::VerifyingKey;
use p256::ecdsa::signature::Keypair;
use p256::pkcs8::DecodePublicKey as _;
use sha2::{Digest as _, Sha256};
use spki::{
    AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef,
};
use x509_cert::TbsCertificate;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder as _, CertificateBuilder};
use x509_cert::certificate::Certificate;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier};
use x509_cert::ext::{Extension, ToExtension as _};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

use crate::corporate::KeyKind;
use crate::error::{MinutesError, SignerRefusal};
use crate::signature_value::low_s;

/// How long a certificate root and all its leaves live, in years.
pub const LIFETIME_YEARS: u32 = 10;
/// The longest common name, title or organisation a certificate may carry, in characters (RFC 5280, appendix A).
const LONGEST_NAME: usize = 64;

pub(crate) const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
pub(crate) const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
pub(crate) const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
pub(crate) const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
pub(crate) const TITLE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.12");

/// A key that signs a message with ECDSA P-256 and SHA-256 and answers in DER.
pub type SignMessage<'a> = dyn Fn(&[u8]) -> Result<Vec<u8>, SignerRefusal> + 'a;

/// What a board's certificate root is made from.
#[derive(Debug, Clone, Copy)]
pub struct RootRequest<'a> {
    /// The board's name.
    pub board: &'a str,
    /// The CA key's SubjectPublicKeyInfo, DER.
    pub spki_der: &'a [u8],
    /// 16 random bytes; an argument so that the same input gives the same certificate.
    pub serial: [u8; 16],
    /// When the lifetime begins.
    pub not_before: DateTime<Utc>,
}

/// What a member's leaf is made from. The leaf ends when the root ends.
#[derive(Debug, Clone, Copy)]
pub struct LeafRequest<'a> {
    /// The member's name as printed.
    pub name: &'a str,
    /// The member's role on the board ("chair", "CTO").
    pub role: &'a str,
    /// The member's id, so that two members of one name can be told apart.
    pub member_id: &'a str,
    /// The SubjectPublicKeyInfo, DER, of the member's signature key, or of the key of their corporate certificate.
    pub spki_der: &'a [u8],
    /// 16 random bytes.
    pub serial: [u8; 16],
    /// When the key was admitted.
    pub not_before: DateTime<Utc>,
}

/// Makes the board's self-signed certificate root, valid for [`LIFETIME_YEARS`]. Returns DER.
///
/// # Errors
/// [`MinutesError::Certificate`] if the key is not P-256 or the times cannot be written; [`MinutesError::Signer`] if the key declines.
pub fn root_certificate(request: &RootRequest<'_>, ca: &SignMessage<'_>) -> Result<Vec<u8>, MinutesError> {
    let subject =
        name(&[(ORGANISATION, request.board), (COMMON_NAME, &format!("{} certificate root", request.board))])?;
    let end = request
        .not_before
        .checked_add_months(Months::new(12 * LIFETIME_YEARS))
        .ok_or_else(|| MinutesError::Certificate("the lifetime ends beyond the calendar".into()))?;
    let validity = Validity::new(time(request.not_before)?, time(end)?);
    let profile = RootProfile { subject };
    build(profile, request.serial, validity, request.spki_der, request.spki_der, ca)
}

/// Makes a member's leaf certificate under the board's root. Returns DER.
///
/// # Errors
/// [`MinutesError::Certificate`] if the root or the key cannot be read, or the leaf would begin outside the root's
/// lifetime; [`MinutesError::Signer`] if the CA key declines.
pub fn leaf_certificate(
    root_der: &[u8],
    request: &LeafRequest<'_>,
    ca: &SignMessage<'_>,
) -> Result<Vec<u8>, MinutesError> {
    VerifyingKey::from_public_key_der(request.spki_der).map_err(certificate)?;
    issued(root_der, request, KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation), ca)
}

/// Makes the board's own certificate for a key that a company certified already, so that its signatures count on this
/// board: RSA of 2048 to 4096 bits, or P-256. It names no digital signature among its uses, so it signs nothing without the
/// company's beside it. Returns DER.
///
/// # Errors
/// As [`leaf_certificate`].
pub fn endorsing_certificate(
    root_der: &[u8],
    request: &LeafRequest<'_>,
    ca: &SignMessage<'_>,
) -> Result<Vec<u8>, MinutesError> {
    let key = SubjectPublicKeyInfoOwned::from_der(request.spki_der).map_err(certificate)?;
    if KeyKind::of(&key).is_none() {
        return Err(MinutesError::Certificate("the key is neither RSA of 2048 to 4096 bits nor ECDSA P-256".into()));
    }
    issued(root_der, request, KeyUsage(KeyUsages::NonRepudiation.into()), ca)
}

fn issued(
    root_der: &[u8],
    request: &LeafRequest<'_>,
    usages: KeyUsage,
    ca: &SignMessage<'_>,
) -> Result<Vec<u8>, MinutesError> {
    let root = Certificate::from_der(root_der).map_err(certificate)?;
    let tbs = root.tbs_certificate();
    let board = attribute(tbs.subject(), ORGANISATION).unwrap_or_default();
    let subject = name(&[
        (ORGANISATION, &board),
        (COMMON_NAME, request.name),
        (TITLE, request.role),
        (SERIAL_NUMBER, request.member_id),
    ])?;
    let not_before = time(request.not_before)?;
    let (begins, ends) = (tbs.validity().not_before, tbs.validity().not_after);
    if not_before.to_unix_duration() < begins.to_unix_duration()
        || not_before.to_unix_duration() >= ends.to_unix_duration()
    {
        return Err(MinutesError::Certificate("the leaf would begin outside the root's lifetime".into()));
    }
    let issuer_spki = tbs.subject_public_key_info().to_der().map_err(certificate)?;
    let profile = LeafProfile { issuer: tbs.subject().clone(), subject, usages };
    build(profile, request.serial, Validity::new(not_before, ends), request.spki_der, &issuer_spki, ca)
}

/// A certificate in PEM, as `root.pem` is.
///
/// # Errors
/// [`MinutesError::Certificate`] if `der` is no certificate.
pub fn certificate_pem(der: &[u8]) -> Result<String, MinutesError> {
    let parsed = Certificate::from_der(der).map_err(certificate)?;
    parsed.to_pem(der::pem::LineEnding::LF).map_err(certificate)
}

/// A certificate in DER, from PEM.
///
/// # Errors
/// [`MinutesError::Certificate`] if `pem` is not one certificate.
pub fn certificate_der(pem: &str) -> Result<Vec<u8>, MinutesError> {
    Certificate::from_pem(pem).and_then(|parsed| parsed.to_der()).map_err(certificate)
}

/// The certificates of a PEM file, DER, in its order.
///
/// # Errors
/// [`MinutesError::Certificate`] if there is none, or one cannot be read.
pub fn certificates_of_pem(pem: &str) -> Result<Vec<Vec<u8>>, MinutesError> {
    let found = Certificate::load_pem_chain(pem.trim().as_bytes()).map_err(certificate)?;
    if found.is_empty() {
        return Err(MinutesError::Certificate("there is no certificate in it".into()));
    }
    found.iter().map(|one| one.to_der().map_err(certificate)).collect()
}

/// SHA-256 over a certificate's DER: the certificate root's fingerprint.
#[must_use]
pub fn certificate_fingerprint(der: &[u8]) -> [u8; 32] {
    Sha256::digest(der).into()
}

/// The SubjectPublicKeyInfo (DER) of the key in a certificate.
///
/// # Errors
/// [`MinutesError::Certificate`] if `der` is no certificate.
pub fn certificate_spki(der: &[u8]) -> Result<Vec<u8>, MinutesError> {
    let parsed = Certificate::from_der(der).map_err(certificate)?;
    parsed.tbs_certificate().subject_public_key_info().to_der().map_err(certificate)
}

/// The key fingerprint (SHA-256 of the SubjectPublicKeyInfo) of the key in a certificate.
///
/// # Errors
/// [`MinutesError::Certificate`] if `der` is no certificate.
pub fn key_fingerprint(der: &[u8]) -> Result<[u8; 32], MinutesError> {
    Ok(Sha256::digest(certificate_spki(der)?).into())
}

/// The first attribute of this kind in a name, as text.
pub(crate) fn attribute(name: &Name, oid: ObjectIdentifier) -> Option<String> {
    let found = name.iter().find(|attribute| attribute.oid == oid)?;
    String::from_utf8(found.value.value().to_vec()).ok()
}

/// A member's name and role as their certificate, DER, gives them: what a signature with it has to say.
///
/// # Errors
/// [`MinutesError::Certificate`] if it cannot be read.
pub fn certified_name_and_role(der: &[u8]) -> Result<(String, String), MinutesError> {
    let leaf = Certificate::from_der(der).map_err(certificate)?;
    let named = |oid| attribute(leaf.tbs_certificate().subject(), oid).unwrap_or_default();
    Ok((named(COMMON_NAME), named(TITLE)))
}

fn certificate(error: impl std::fmt::Display) -> MinutesError {
    MinutesError::Certificate(error.to_string())
}

/// A text as a certificate carries it: cleaned, reduced to what every directory compares ([`crate::directory`]), and cut
/// where X.520 allows no more, visibly but for what is read from right to left, which has to end with a letter.
pub(crate) fn as_certified(text: &str) -> String {
    let text = crate::text::clean(text);
    let text = crate::directory::comparable(&text);
    if crate::directory::is_from_right(&text) && text.chars().count() > LONGEST_NAME {
        let cut: String = text.chars().take(LONGEST_NAME).collect();
        return crate::directory::from_letter_to_letter(&cut).to_owned();
    }
    cut(text.into_owned())
}

/// The same without the reduction: how names of other people's certificates are shown, and what certificates of Cabinet
/// carried before there was one. Those go on being signed with.
pub(crate) fn as_printed(text: &str) -> String {
    cut(crate::text::clean(text))
}

fn cut(text: String) -> String {
    if text.chars().count() > LONGEST_NAME {
        return text.chars().take(LONGEST_NAME - 1).chain(['…']).collect();
    }
    text
}

/// A name from attributes, each its own RDN. Longer values than X.520 allows are cut, visibly.
fn name(attributes: &[(ObjectIdentifier, &str)]) -> Result<Name, MinutesError> {
    let mut sequence = RdnSequence::default();
    for (oid, text) in attributes {
        let cut = as_certified(text);
        if cut.is_empty() {
            continue;
        }
        // X.520 wants serialNumber printable; everything else is UTF-8.
        let tag = if *oid == SERIAL_NUMBER { Tag::PrintableString } else { Tag::Utf8String };
        let value = Any::new(tag, cut.into_bytes()).map_err(certificate)?;
        let attribute = AttributeTypeAndValue { oid: *oid, value };
        let mut rdn = RelativeDistinguishedName::default();
        rdn.insert(attribute).map_err(certificate)?;
        sequence.push(rdn);
    }
    let der = sequence.to_der().map_err(certificate)?;
    Name::from_der(&der).map_err(certificate)
}

fn time(at: DateTime<Utc>) -> Result<Time, MinutesError> {
    let field = |value: u32| u8::try_from(value).map_err(certificate);
    let year = u16::try_from(at.year()).map_err(certificate)?;
    der::DateTime::new(
        year,
        field(at.month())?,
        field(at.day())?,
        field(at.hour())?,
        field(at.minute())?,
        field(at.second())?,
    )
    .map(Time::from)
    .map_err(certificate)
}

fn build<P: BuilderProfile>(
    profile: P,
    serial: [u8; 16],
    validity: Validity,
    subject_spki: &[u8],
    issuer_spki: &[u8],
    ca: &SignMessage<'_>,
) -> Result<Vec<u8>, MinutesError> {
    let issuer = IssuerKey(VerifyingKey::from_public_key_der(issuer_spki).map_err(certificate)?);
    let spki = SubjectPublicKeyInfoOwned::from_der(subject_spki).map_err(certificate)?;
    // A serial number is a positive integer without leading zeros; the marker bits keep it so whatever the randomness.
    let mut serial = serial;
    serial[0] = (serial[0] & 0x7f) | 0x40;
    let serial = SerialNumber::new(&serial).map_err(certificate)?;
    let mut builder = CertificateBuilder::new(profile, serial, validity, spki).map_err(certificate)?;
    let to_sign = builder.finalize(&issuer).map_err(certificate)?;
    let signature = low_s(&ca(&to_sign)?).map_err(|error| MinutesError::Certificate(error.into()))?;
    let signature = BitString::from_bytes(&signature).map_err(certificate)?;
    let built = builder.assemble(signature, &issuer).map_err(certificate)?;
    built.to_der().map_err(certificate)
}

/// The issuer's public half: the builder asks whose key signs; the key itself stays behind [`SignMessage`].
struct IssuerKey(VerifyingKey);

impl Keypair for IssuerKey {
    type VerifyingKey = VerifyingKey;

    fn verifying_key(&self) -> VerifyingKey {
        self.0
    }
}

impl DynSignatureAlgorithmIdentifier for IssuerKey {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA256, parameters: None })
    }
}

type Extensions = x509_cert::builder::Result<Vec<Extension>>;

/// The first 20 bytes of SHA-256 over the key (RFC 7093, method 1).
fn key_id(spki: &SubjectPublicKeyInfoRef<'_>) -> x509_cert::builder::Result<OctetString> {
    let digest = Sha256::digest(spki.subject_public_key.raw_bytes());
    Ok(OctetString::new(&digest[..20])?)
}

struct RootProfile {
    subject: Name,
}

impl BuilderProfile for RootProfile {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        _issuer: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> Extensions {
        let subject = tbs.subject();
        Ok(vec![
            (&BasicConstraints { ca: true, path_len_constraint: Some(0) }).to_extension(subject, &[])?,
            (&KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)).to_extension(subject, &[])?,
            (&SubjectKeyIdentifier(key_id(&key)?)).to_extension(subject, &[])?,
        ])
    }
}

struct LeafProfile {
    issuer: Name,
    subject: Name,
    usages: KeyUsage,
}

impl BuilderProfile for LeafProfile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> Extensions {
        let subject = tbs.subject();
        let authority = AuthorityKeyIdentifier {
            key_identifier: Some(key_id(&issuer)?),
            authority_cert_issuer: None,
            authority_cert_serial_number: None,
        };
        Ok(vec![
            (&BasicConstraints { ca: false, path_len_constraint: None }).to_extension(subject, &[])?,
            (&self.usages).to_extension(subject, &[])?,
            (&SubjectKeyIdentifier(key_id(&key)?)).to_extension(subject, &[])?,
            (&authority).to_extension(subject, &[])?,
        ])
    }
}

/// An empty set, spelled once.
pub(crate) fn set_of<T: der::DerOrd>(values: Vec<T>) -> Result<SetOfVec<T>, der::Error> {
    SetOfVec::try_from(values)
}
