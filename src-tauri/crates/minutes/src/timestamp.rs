//! Timestamps on signatures (RFC 3161, RFC 5816; PAdES B-T in ETSI EN 319 142-1, 6.3): what a service is asked, which of
//! its tokens are accepted, and in what form they are kept.
//!
//! A token says that a signature existed at a time, by a clock that is not the signer's. It stands beside the signature
//! and is not signed by it, so each of its bytes must be held by the service's own signature: what is not is left out
//! when the token is taken over, and refused when a file is verified. Nothing here reaches a network: [`Stamp`] is a port.

use chrono::{DateTime, TimeZone as _, Utc};
use cms::cert::CertificateChoices;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{CertificateSet, SignedData, SignerIdentifier, SignerInfo, SignerInfos};
use der::asn1::{Any, BitString, Int, ObjectIdentifier, OctetString, Uint};
use der::{Decode as _, Encode as _, Sequence, Tag, Tagged as _};
use sha2::{Digest as _, Sha256};
use spki::AlgorithmIdentifierOwned;
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::certificate::Certificate;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::ExtendedKeyUsage;

use crate::certificates::{COMMON_NAME, ORGANISATION, as_printed, attribute, set_of};
use crate::cms::{
    CONTENT_TYPE, ID_SIGNED_DATA, MESSAGE_DIGEST, SHA256, SIGNING_CERTIFICATE_V2, issuer_and_serial, sha256_identifier,
    verifying_key,
};
use crate::error::{MinutesError, Refusal, RefusalCode, StampRefusal};
use crate::foreign::{Hash, lives_at, made_by, names_key, path_from, signed_by};
use crate::signature_value::{canonical, low_s};

/// The unsigned attribute that holds a signature's timestamp (RFC 3161, appendix A).
const SIGNATURE_TIMESTAMP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
const ID_TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
/// The largest token that is kept, in bytes: the signature that it stamps needs the rest of the room.
const LARGEST_TOKEN: usize = 10_000;
/// The longest words of a service that are repeated, in characters.
const LONGEST_WORDS: usize = 200;

/// The port to a timestamping service.
pub trait Stamp {
    /// 16 random bytes, new for each request.
    ///
    /// # Errors
    /// Why there is no randomness.
    fn nonce(&self) -> Result<[u8; 16], StampRefusal>;

    /// Sends a TimeStampReq, DER, and brings the TimeStampResp, DER.
    ///
    /// # Errors
    /// Why the service did not answer.
    fn ask(&self, request: &[u8]) -> Result<Vec<u8>, StampRefusal>;

    /// The roots that the board names for its service; `None`: its tokens are taken without a comparison.
    fn roots(&self) -> Option<&StampRoots> {
        None
    }
}

/// The certificates that a board trusts to issue its timestamping service: roots, and what stands between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampRoots {
    certificates: Vec<Certificate>,
    /// Whether a timestamp of another service is told apart and not refused.
    telling: bool,
}

impl StampRoots {
    /// Reads one PEM certificate or more.
    ///
    /// # Errors
    /// [`MinutesError::Certificate`] if there is none, or one cannot be read.
    pub fn parse(pem: &str) -> Result<Self, MinutesError> {
        let found = Certificate::load_pem_chain(pem.trim().as_bytes());
        let found = found.map_err(|error| MinutesError::Certificate(error.to_string()))?;
        if found.is_empty() {
            return Err(MinutesError::Certificate("there is no certificate in it".into()));
        }
        Ok(Self { certificates: found, telling: false })
    }

    /// The same, for whoever judges files of others: a timestamp that does not come from here is not refused, and its report
    /// says that it was not found to.
    #[must_use]
    pub fn telling(self) -> Self {
        Self { telling: true, ..self }
    }

    /// Whether a path ends here: one of its certificates is named, or was issued by one that is and was good then.
    fn hold(&self, path: &[Certificate], at: DateTime<Utc>) -> bool {
        let ends = |last: &Certificate| {
            self.certificates.iter().any(|root| lives_at(root, at) && (root == last || made_by(last, root)))
        };
        path.iter().any(ends)
    }
}

/// The timestamp on a signature that holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Stamped {
    /// When the signature existed by the service's clock, to the second.
    pub at: DateTime<Utc>,
    /// The service, as its certificate names it.
    pub authority: String,
    /// True if the service's certificate was compared with a root from elsewhere, and comes from it; false: anybody can have
    /// made it.
    pub compared: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct MessageImprint {
    hash_algorithm: AlgorithmIdentifierOwned,
    hashed_message: OctetString,
}

/// RFC 3161, 2.4.1; the policy is the service's choice.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct TimeStampReq {
    version: u8,
    message_imprint: MessageImprint,
    nonce: Uint,
    cert_req: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct PkiStatusInfo {
    status: u8,
    #[asn1(optional = "true")]
    words: Option<Vec<Any>>,
    #[asn1(optional = "true")]
    failure: Option<BitString>,
}

/// RFC 3161, 2.4.2.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct TimeStampResp {
    status: PkiStatusInfo,
    #[asn1(optional = "true")]
    token: Option<Any>,
}

/// RFC 3161, 2.4.2. The time may have fractions of a second, which `GeneralizedTime` of certificates may not.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct TstInfo {
    version: u8,
    policy: ObjectIdentifier,
    message_imprint: MessageImprint,
    serial_number: Int,
    gen_time: Any,
    #[asn1(optional = "true")]
    accuracy: Option<Vec<Any>>,
    #[asn1(default = "Default::default")]
    ordering: bool,
    #[asn1(optional = "true")]
    nonce: Option<Uint>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    tsa: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

/// RFC 5035, 4, as others write it; without a hash algorithm it is SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct CertificateId {
    #[asn1(optional = "true")]
    hash_algorithm: Option<AlgorithmIdentifierOwned>,
    cert_hash: OctetString,
    #[asn1(optional = "true")]
    issuer_serial: Option<Vec<Any>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct SigningCertificate {
    certs: Vec<CertificateId>,
    #[asn1(optional = "true")]
    policies: Option<Vec<Any>>,
}

/// The request for a timestamp on a signature value with this SHA-256, DER. The service is asked for its certificate.
///
/// # Errors
/// [`MinutesError::Encoding`] if it cannot be encoded.
pub fn timestamp_request(imprint: &[u8; 32], nonce: &[u8; 16]) -> Result<Vec<u8>, MinutesError> {
    let made = || -> Result<Vec<u8>, der::Error> {
        let message_imprint = MessageImprint {
            hash_algorithm: sha256_identifier(),
            hashed_message: OctetString::new(imprint.as_slice())?,
        };
        TimeStampReq { version: 1, message_imprint, nonce: Uint::new(nonce)?, cert_req: true }.to_der()
    };
    made().map_err(|error| MinutesError::Encoding(error.to_string()))
}

/// Reads a service's reply: granted, for this imprint and this nonce, by a service under `roots` if there are any.
/// Returns the token, DER, in the one form that is kept: with the certificates of its signer's path, and without
/// whatever else its signature does not hold.
///
/// # Errors
/// [`MinutesError::Stamp`] with what is wrong with it.
pub fn timestamp_token(
    reply: &[u8],
    imprint: &[u8; 32],
    nonce: &[u8; 16],
    roots: Option<&StampRoots>,
) -> Result<Vec<u8>, MinutesError> {
    let refuse = |why: String| MinutesError::Stamp(StampRefusal(why));
    let read = TimeStampResp::from_der(reply);
    let TimeStampResp { status, token } = read.map_err(|_| refuse("its answer is no timestamp reply".into()))?;
    if status.status != 0 {
        let said: Vec<String> = status.words.iter().flatten().map(words).filter(|said| !said.is_empty()).collect();
        let said = if said.is_empty() { "it gave no reason".to_owned() } else { said.join("; ") };
        return Err(refuse(format!("it did not grant a timestamp (status {}): {said}", status.status)));
    }
    let token = token.ok_or_else(|| refuse("its answer holds no token".into()))?;
    let token = tidied(&token, roots).ok_or_else(|| refuse("its token cannot be read".into()))?;
    if token.len() > LARGEST_TOKEN {
        return Err(refuse(format!("its token has {} bytes; there is room for {LARGEST_TOKEN}", token.len())));
    }
    let (_, echoed) = judged(&token, imprint, roots).map_err(|refusal| refuse(refusal.detail))?;
    if echoed.is_none() || echoed != Uint::new(nonce).ok() {
        return Err(refuse("its token answers another request".into()));
    }
    Ok(token)
}

/// What a service says, cleaned and cut.
fn words(said: &Any) -> String {
    crate::text::clean(&String::from_utf8_lossy(said.value())).chars().take(LONGEST_WORDS).collect()
}

/// Has a signature value stamped. Returns the unsigned attributes that say so.
pub(crate) fn stamp(value: &[u8], service: &dyn Stamp) -> Result<Attributes, MinutesError> {
    let encoding = |error: der::Error| MinutesError::Encoding(error.to_string());
    let imprint: [u8; 32] = Sha256::digest(value).into();
    let nonce = service.nonce()?;
    let reply = service.ask(&timestamp_request(&imprint, &nonce)?)?;
    let token = timestamp_token(&reply, &imprint, &nonce, service.roots())?;
    let token = Any::from_der(&token).map_err(encoding)?;
    let attribute = Attribute { oid: SIGNATURE_TIMESTAMP, values: set_of(vec![token]).map_err(encoding)? };
    set_of(vec![attribute]).map_err(encoding)
}

/// Judges the unsigned attributes of a signature: exactly one timestamp, on this signature value.
pub(crate) fn stamped(attributes: &Attributes, value: &[u8], roots: Option<&StampRoots>) -> Result<Stamped, Refusal> {
    let refuse = || refused("something else stands where a timestamp may stand");
    let [attribute] = attributes.as_slice() else { return Err(refuse()) };
    let [token] = attribute.values.as_slice() else { return Err(refuse()) };
    if attribute.oid != SIGNATURE_TIMESTAMP {
        return Err(refuse());
    }
    let token = token.to_der().map_err(|_| refused("it cannot be read"))?;
    judged(&token, &Sha256::digest(value).into(), roots).map(|(stamped, _)| stamped)
}

fn refused(detail: &str) -> Refusal {
    Refusal::new(RefusalCode::Timestamp, format!("the timestamp: {detail}"))
}

/// The certificates that stand in a token.
fn certificates(signed: &SignedData) -> Vec<Certificate> {
    let choices = signed.certificates.iter().flat_map(|set| set.0.iter());
    let certificate = |choice: &CertificateChoices| match choice {
        CertificateChoices::Certificate(certificate) => Some(certificate.clone()),
        CertificateChoices::Other(_) => None,
    };
    choices.filter_map(certificate).collect()
}

/// The one signer of a token with the path of its certificate.
fn signer(signed: &SignedData) -> Option<(&SignerInfo, Vec<Certificate>)> {
    let [info] = signed.signer_infos.0.as_slice() else { return None };
    let all = certificates(signed);
    let own = |certificate: &&Certificate| match &info.sid {
        SignerIdentifier::IssuerAndSerialNumber(wanted) => issuer_and_serial(certificate) == *wanted,
        SignerIdentifier::SubjectKeyIdentifier(wanted) => names_key(certificate, wanted),
    };
    let leaf = all.iter().find(own)?.clone();
    Some((info, path_from(leaf, &all)))
}

/// A token in DER without what no signature holds: other certificates, revocation lists, unsigned attributes. With the root
/// that was named, where the service leaves its own out: what stands at the top is held by its own signature alone.
fn tidied(token: &Any, roots: Option<&StampRoots>) -> Option<Vec<u8>> {
    let content = token.decode_as::<ContentInfo>().ok()?;
    let mut signed = content.content.decode_as::<SignedData>().ok()?;
    let (info, mut path) = signer(&signed)?;
    let above = path
        .last()
        .and_then(|last| roots?.certificates.iter().find(|root| !path.contains(root) && made_by(last, root)));
    path.extend(above.cloned());
    let mut info = info.clone();
    info.unsigned_attrs = None;
    if verifying_key(path.first()?).is_some() {
        info.signature = OctetString::new(low_s(info.signature.as_bytes()).ok()?).ok()?;
    }
    signed.digest_algorithms = set_of(vec![info.digest_alg.clone()]).ok()?;
    let path: Vec<CertificateChoices> = path.into_iter().map(CertificateChoices::Certificate).collect();
    signed.certificates = Some(CertificateSet::try_from(path).ok()?);
    signed.crls = None;
    signed.signer_infos = SignerInfos::try_from(vec![info]).ok()?;
    encoded(&signed)
}

fn encoded(signed: &SignedData) -> Option<Vec<u8>> {
    let content = Any::encode_from(signed).ok()?;
    ContentInfo { content_type: ID_SIGNED_DATA, content }.to_der().ok()
}

/// Judges a token in the form that is kept. Returns what it says, and the nonce of the request it answers.
fn judged(token: &[u8], imprint: &[u8; 32], roots: Option<&StampRoots>) -> Result<(Stamped, Option<Uint>), Refusal> {
    let unreadable = || refused("it cannot be read");
    let content = ContentInfo::from_der(token).map_err(|_| unreadable())?;
    let signed = content.content.decode_as::<SignedData>().map_err(|_| unreadable())?;
    if encoded(&signed).as_deref() != Some(token) {
        return Err(refused("it is not in canonical DER"));
    }
    let (info, path) = signer(&signed).ok_or_else(|| refused("it does not hold its signer's certificate"))?;
    let [leaf, ..] = path.as_slice() else { return Err(unreadable()) };
    check_shape(&signed, info, path.len())?;
    let told = signed.encap_content_info.econtent.as_ref().and_then(|told| told.decode_as::<OctetString>().ok());
    let told = told.ok_or_else(unreadable)?;
    check_signature(info, leaf, told.as_bytes())?;
    let told = TstInfo::from_der(told.as_bytes()).map_err(|_| unreadable())?;
    if told.version != 1 || told.extensions.iter().flatten().any(|extension| extension.critical) {
        return Err(refused("it says more than is understood here"));
    }
    let of = &told.message_imprint;
    if of.hash_algorithm.oid != SHA256 || !plain(&of.hash_algorithm) || of.hashed_message.as_bytes() != imprint {
        return Err(refused("it was made for another signature"));
    }
    let at = moment(&told.gen_time).ok_or_else(|| refused("its time cannot be read"))?;
    check_path(&path, at)?;
    let compared = roots.is_some_and(|roots| roots.hold(&path, at));
    if !compared && roots.is_some_and(|roots| !roots.telling) {
        return Err(refused("its service does not come from the root that it was compared with"));
    }
    let subject = leaf.tbs_certificate().subject();
    let authority = attribute(subject, COMMON_NAME).or_else(|| attribute(subject, ORGANISATION)).unwrap_or_default();
    Ok((Stamped { at, authority: as_printed(&authority), compared }, told.nonce))
}

/// No parameters: absent, or the NULL that some write.
fn plain(algorithm: &AlgorithmIdentifierOwned) -> bool {
    algorithm.parameters.as_ref().is_none_or(|parameters| parameters.is_null())
}

/// Everything that the signature does not hold has one form only.
fn check_shape(signed: &SignedData, info: &SignerInfo, certificates: usize) -> Result<(), Refusal> {
    let version = match info.sid {
        SignerIdentifier::IssuerAndSerialNumber(_) => CmsVersion::V1,
        SignerIdentifier::SubjectKeyIdentifier(_) => CmsVersion::V3,
    };
    let known = signed.version == CmsVersion::V3
        && info.version == version
        && signed.digest_algorithms.as_slice() == std::slice::from_ref(&info.digest_alg)
        && plain(&info.digest_alg)
        && plain(&info.signature_algorithm)
        && signed.encap_content_info.econtent_type == ID_TST_INFO
        && signed.certificates.as_ref().is_some_and(|set| set.0.len() == certificates)
        && signed.crls.is_none()
        && info.unsigned_attrs.is_none();
    if known { Ok(()) } else { Err(refused("it is not of the form of RFC 3161, or holds what its signature does not")) }
}

/// The service signed `told`, and named its certificate in what it signed.
fn check_signature(info: &SignerInfo, leaf: &Certificate, told: &[u8]) -> Result<(), Refusal> {
    let attributes = info.signed_attrs.as_ref().ok_or_else(|| refused("it has no signed attributes"))?;
    let one = |oid: ObjectIdentifier| {
        let found: Vec<&Attribute> = attributes.iter().filter(|attribute| attribute.oid == oid).collect();
        match found.as_slice() {
            [attribute] if attribute.values.len() == 1 => attribute.values.get(0),
            _ => None,
        }
    };
    let content = one(CONTENT_TYPE).and_then(|value| value.decode_as::<ObjectIdentifier>().ok());
    let digest = one(MESSAGE_DIGEST).and_then(|value| value.decode_as::<OctetString>().ok());
    let hash = Hash::of(info.digest_alg.oid).ok_or_else(|| refused("its digest is not SHA-256, 384 or 512"))?;
    if content != Some(ID_TST_INFO) || digest.is_none_or(|digest| digest.as_bytes() != hash.digest(told)) {
        return Err(refused("it was changed after the service signed it"));
    }
    let named = one(SIGNING_CERTIFICATE_V2).and_then(|value| value.decode_as::<SigningCertificate>().ok());
    let leaf_der = leaf.to_der().map_err(|_| refused("its signer's certificate cannot be read"))?;
    let same = named.as_ref().and_then(|named| named.certs.first()).is_some_and(|id| {
        let hash = id.hash_algorithm.as_ref().map_or(Some(Hash::Sha256), |named| Hash::of(named.oid));
        hash.is_some_and(|hash| hash.digest(&leaf_der) == id.cert_hash.as_bytes())
    });
    if !same {
        return Err(refused("it does not name its signer's certificate by SHA-256, 384 or 512"));
    }
    let message = attributes.to_der().map_err(|_| refused("its signed attributes cannot be encoded"))?;
    let key = leaf.tbs_certificate().subject_public_key_info();
    let value = info.signature.as_bytes();
    // Of a P-256 key only one spelling, as everywhere here.
    let spelt = verifying_key(leaf).is_none() || canonical(value).is_some();
    if !spelt || !signed_by(key, &info.signature_algorithm, Some(hash), &message, value) {
        return Err(refused("it was not signed by the key of its service"));
    }
    Ok(())
}

/// The service may stamp, and each certificate was good when it did.
fn check_path(path: &[Certificate], at: DateTime<Utc>) -> Result<(), Refusal> {
    let leaf = path.first().map(Certificate::tbs_certificate);
    let purpose = leaf.and_then(|leaf| leaf.get_extension::<ExtendedKeyUsage>().ok().flatten());
    // RFC 3161, 2.3: this purpose alone, and critical.
    if purpose.is_none_or(|(critical, usage)| !critical || usage.0 != [TIME_STAMPING]) {
        return Err(refused("its signer's certificate is not one for timestamps"));
    }
    // Else what stands there could be changed: nothing above it would tell.
    if path.last().is_none_or(|root| !made_by(root, root)) {
        return Err(refused("its certificates do not end in a root that signed itself; name the service's root"));
    }
    if !path.iter().all(|certificate| lives_at(certificate, at)) {
        return Err(refused("its time lies outside a certificate's lifetime"));
    }
    Ok(())
}

/// `20261118143000Z`, with or without a fraction, which is dropped.
fn moment(value: &Any) -> Option<DateTime<Utc>> {
    if value.tag() != Tag::GeneralizedTime {
        return None;
    }
    let text = std::str::from_utf8(value.value()).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 14 || !digits(whole) || fraction.is_some_and(|fraction| !digits(fraction) || fraction.len() > 9) {
        return None;
    }
    let number = |from: usize, to: usize| whole.get(from..to)?.parse::<u32>().ok();
    let year = i32::try_from(number(0, 4)?).ok()?;
    Utc.with_ymd_and_hms(year, number(4, 6)?, number(6, 8)?, number(8, 10)?, number(10, 12)?, number(12, 14)?).single()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_what_openssl_reads_byte_for_byte() {
        let made = timestamp_request(&[0xab; 32], &[0x11; 16]).expect("encoded");
        let expected =
            format!("3049020101302f300b06096086480165030402010420{}0210{}0101ff", "ab".repeat(32), "11".repeat(16));
        assert_eq!(hex::encode(made), expected);
    }

    #[test]
    fn times_are_read_with_and_without_fractions() {
        let read = |tag, text: &str| moment(&Any::new(tag, text.as_bytes()).expect("a value"));
        let at = Utc.with_ymd_and_hms(2026, 11, 18, 14, 30, 5).single();
        for text in ["20261118143005Z", "20261118143005.25Z", "20261118143005.123456789Z"] {
            assert_eq!(read(Tag::GeneralizedTime, text), at, "{text}");
        }
        for text in ["", "Z", "20261118143005", "20261118143005+0100", "20261118143005.Z", "20261318143005Z"] {
            assert_eq!(read(Tag::GeneralizedTime, text), None, "{text}");
        }
        assert_eq!(read(Tag::GeneralizedTime, "20261118143é5Z"), None);
        assert_eq!(read(Tag::UtcTime, "20261118143005Z"), None);
    }

    #[test]
    fn a_reply_that_grants_nothing_is_refused_with_the_services_own_words() {
        let reply = |status, words: Option<Vec<Any>>, token| {
            let status = PkiStatusInfo { status, words, failure: None };
            TimeStampResp { status, token }.to_der().expect("encoded")
        };
        let said = Any::new(Tag::Utf8String, "quota\u{202e} spent".as_bytes()).expect("a value");
        for (bytes, told) in [
            (b"<html>".to_vec(), "no timestamp reply"),
            (reply(2, Some(vec![said]), None), "spent"),
            (reply(2, None, None), "no reason"),
            (reply(1, None, Some(Any::null())), "status 1"),
            (reply(0, None, None), "no token"),
            (reply(0, None, Some(Any::null())), "cannot be read"),
        ] {
            let refused = timestamp_token(&bytes, &[1; 32], &[2; 16], None).expect_err("refused").to_string();
            assert!(refused.contains(told) && !refused.contains('\u{202e}'), "{refused} does not say {told}");
        }
    }
}
