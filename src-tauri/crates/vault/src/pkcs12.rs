//! Reading a PKCS#12 file (RFC 7292): the private key and the certificates that a company hands to its people as `.p12` or
//! `.pfx`.
//!
//! Read here and not by a crate: `pkcs12`, and `p12-keystore` on it, hold to another pre-release of `cms` than the minutes
//! do. Only structure and the one key derivation of RFC 7292 are ours; digests, PBKDF2 and ciphers are not.
//!
//! The file is DER as OpenSSL, Windows and Java write it. What deriving keys costs is bounded over the whole file, not for
//! each part of it.

use std::num::NonZeroU32;

use aes::{Aes128, Aes192, Aes256};
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt as _, KeyInit, KeyIvInit as _};
use cms::content_info::ContentInfo;
use cms::encrypted_data::EncryptedData;
use der::asn1::{Any, ObjectIdentifier, OctetString};
use der::{Decode as _, Sequence};
use des::TdesEde3;
use rc2::Rc2;
use ring::{digest, hmac, pbkdf2};
use secrecy::{ExposeSecret as _, SecretString};
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::corporate::CorporateKey;

/// The largest file that is read, in bytes.
pub const GREATEST_FILE: usize = 256 * 1024;
/// The most certificates in a file.
pub const MOST_CERTIFICATES: usize = 16;
/// The most rounds of all key derivations of a file together. OpenSSL writes files of 6,144 and Java of 30,000.
const MOST_ROUNDS: u64 = 5_000_000;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.6");
const KEY_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.2");
const CERTIFICATE_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.3");
const X509: ObjectIdentifier = oid("1.2.840.113549.1.9.22.1");
const PBES2: ObjectIdentifier = oid("1.2.840.113549.1.5.13");
const PBKDF2: ObjectIdentifier = oid("1.2.840.113549.1.5.12");
const SHA1_AND_3DES: ObjectIdentifier = oid("1.2.840.113549.1.12.1.3");
const SHA1_AND_RC2_40: ObjectIdentifier = oid("1.2.840.113549.1.12.1.6");
const DES_EDE3_CBC: ObjectIdentifier = oid("1.2.840.113549.3.7");
const AES_128_CBC: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.2");
const AES_192_CBC: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.22");
const AES_256_CBC: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.42");

/// Why a PKCS#12 file gave no key. No variant holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Pkcs12Error {
    /// Larger than any file of one key.
    #[error("The file is larger than {} bytes: it is no PKCS#12 file of one person", GREATEST_FILE)]
    TooLarge,
    /// Not read as PKCS#12 in DER.
    #[error("The file is not read as PKCS#12 in DER")]
    NotPkcs12,
    /// The password does not fit, as far as can be told.
    #[error("The password does not open the file")]
    WrongPassword,
    /// Deriving its keys would take too long.
    #[error("Deriving keys for the file would take more than {} rounds", MOST_ROUNDS)]
    TooCostly,
    /// Encrypted or sealed in another way than is read here.
    #[error("The file uses an algorithm that is not known here ({0})")]
    UnknownAlgorithm(String),
    /// Certificates at most.
    #[error("There is no private key in the file")]
    NoKey,
    /// More than one key: which is meant is not guessed.
    #[error("There are {0} private keys in the file, and which is meant is not guessed")]
    SeveralKeys(usize),
    /// Not RSA of 2048 to 4096 bits, nor P-256.
    #[error("The private key is neither RSA of 2048 to 4096 bits nor ECDSA P-256")]
    OtherKey,
    /// More than anybody's path needs.
    #[error("There are more than {} certificates in the file", MOST_CERTIFICATES)]
    TooManyCertificates,
}

impl Pkcs12Error {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::TooLarge | Self::NotPkcs12 => {
                "Give the .p12 or .pfx file as it was handed to you, or as `openssl pkcs12` writes it again."
            }
            Self::WrongPassword => "Check the password of the file; it is not your PIN.",
            Self::TooCostly | Self::UnknownAlgorithm(_) => {
                "Write the file again with `openssl pkcs12`, which takes AES-256 and a bearable number of rounds."
            }
            Self::NoKey => "Export the certificate again together with its private key.",
            Self::SeveralKeys(_) | Self::TooManyCertificates => "Export your own key and its certificates alone.",
            Self::OtherKey => "Ask for a certificate for a key that is RSA of 2048 to 4096 bits, or ECDSA P-256.",
        }
    }
}

#[derive(Sequence)]
struct Pfx {
    version: u8,
    auth_safe: ContentInfo,
    mac_data: Option<MacData>,
}

#[derive(Sequence)]
struct DigestInfo {
    algorithm: AlgorithmIdentifierOwned,
    digest: OctetString,
}

#[derive(Sequence)]
struct MacData {
    mac: DigestInfo,
    salt: OctetString,
    #[asn1(default = "one")]
    rounds: u32,
}

fn one() -> u32 {
    1
}

#[derive(Sequence)]
struct SafeBag {
    id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    value: Any,
    attributes: Option<Any>,
}

#[derive(Sequence)]
struct CertificateBag {
    id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    value: OctetString,
}

#[derive(Sequence)]
struct Shrouded {
    algorithm: AlgorithmIdentifierOwned,
    data: OctetString,
}

#[derive(Sequence)]
struct Pbes1 {
    salt: OctetString,
    rounds: u32,
}

#[derive(Sequence)]
struct Pbes2 {
    kdf: AlgorithmIdentifierOwned,
    cipher: AlgorithmIdentifierOwned,
}

#[derive(Sequence)]
struct Pbkdf2 {
    salt: OctetString,
    rounds: u32,
    key_length: Option<u16>,
    prf: Option<AlgorithmIdentifierOwned>,
}

/// What a file held.
pub struct Opened {
    /// The one private key.
    pub key: CorporateKey,
    /// The certificates, DER, in the order of the file.
    pub certificates: Vec<Vec<u8>>,
}

/// Opens a PKCS#12 file.
///
/// # Errors
/// [`Pkcs12Error`]; any bytes at all may be given.
pub fn open(file: &[u8], password: &SecretString) -> Result<Opened, Pkcs12Error> {
    if file.len() > GREATEST_FILE {
        return Err(Pkcs12Error::TooLarge);
    }
    let pfx = Pfx::from_der(file).map_err(|_| Pkcs12Error::NotPkcs12)?;
    if pfx.version != 3 || pfx.auth_safe.content_type != DATA {
        return Err(Pkcs12Error::NotPkcs12);
    }
    let safe = octets(&pfx.auth_safe.content)?;
    let password = password.expose_secret();
    let mut reader = Reader { password, rounds: 0, keys: Vec::new(), certificates: Vec::new() };
    if let Some(mac) = &pfx.mac_data {
        reader.check(mac, safe.as_bytes())?;
    }
    for part in Vec::<ContentInfo>::from_der(safe.as_bytes()).map_err(|_| Pkcs12Error::NotPkcs12)? {
        if part.content_type == DATA {
            reader.bags(octets(&part.content)?.as_bytes())?;
        } else if part.content_type == ENCRYPTED_DATA {
            let data = part.content.decode_as::<EncryptedData>().map_err(|_| Pkcs12Error::NotPkcs12)?;
            let Some(secret) = &data.enc_content_info.encrypted_content else { continue };
            let plain = reader.decrypt(&data.enc_content_info.content_enc_alg, secret.as_bytes())?;
            reader.bags(&plain)?;
        } else {
            return Err(Pkcs12Error::UnknownAlgorithm(part.content_type.to_string()));
        }
    }
    match reader.keys.as_slice() {
        [key] => {
            let key = CorporateKey::from_pkcs8(key).ok_or(Pkcs12Error::OtherKey)?;
            Ok(Opened { key, certificates: reader.certificates })
        }
        [] => Err(Pkcs12Error::NoKey),
        several => Err(Pkcs12Error::SeveralKeys(several.len())),
    }
}

fn octets(content: &Any) -> Result<OctetString, Pkcs12Error> {
    content.decode_as::<OctetString>().map_err(|_| Pkcs12Error::NotPkcs12)
}

struct Reader<'p> {
    password: &'p str,
    /// Spent so far.
    rounds: u64,
    keys: Vec<Zeroizing<Vec<u8>>>,
    certificates: Vec<Vec<u8>>,
}

impl Reader<'_> {
    /// Counts rounds before they are spent; `blocks` digests are made of each.
    fn spend(&mut self, rounds: u32, blocks: usize) -> Result<NonZeroU32, Pkcs12Error> {
        let rounds = NonZeroU32::new(rounds).ok_or(Pkcs12Error::NotPkcs12)?;
        let blocks = u64::try_from(blocks).unwrap_or(u64::MAX);
        self.rounds = self.rounds.saturating_add(u64::from(rounds.get()).saturating_mul(blocks));
        if self.rounds > MOST_ROUNDS { Err(Pkcs12Error::TooCostly) } else { Ok(rounds) }
    }

    /// The password fits the file, and nobody changed the file since.
    fn check(&mut self, mac: &MacData, safe: &[u8]) -> Result<(), Pkcs12Error> {
        let named = mac.mac.algorithm.oid;
        let (plain, keyed) = hash(named).ok_or_else(|| Pkcs12Error::UnknownAlgorithm(named.to_string()))?;
        let key = self.derive(plain, (MAC_KEY, plain.output_len()), mac.salt.as_bytes(), mac.rounds)?;
        let holds = hmac::verify(&hmac::Key::new(keyed, &key), safe, mac.mac.digest.as_bytes());
        holds.map_err(|_| Pkcs12Error::WrongPassword)
    }

    fn bags(&mut self, der: &[u8]) -> Result<(), Pkcs12Error> {
        for bag in Vec::<SafeBag>::from_der(der).map_err(|_| Pkcs12Error::NotPkcs12)? {
            if bag.id == KEY_BAG {
                let key = der::Encode::to_der(&bag.value).map_err(|_| Pkcs12Error::NotPkcs12)?;
                self.keys.push(Zeroizing::new(key));
            } else if bag.id == SHROUDED_KEY_BAG {
                let shrouded = bag.value.decode_as::<Shrouded>().map_err(|_| Pkcs12Error::NotPkcs12)?;
                let key = self.decrypt(&shrouded.algorithm, shrouded.data.as_bytes())?;
                self.keys.push(key);
            } else if bag.id == CERTIFICATE_BAG {
                let held = bag.value.decode_as::<CertificateBag>().map_err(|_| Pkcs12Error::NotPkcs12)?;
                if held.id == X509 {
                    self.certificates.push(held.value.as_bytes().to_vec());
                }
            }
            if self.certificates.len() > MOST_CERTIFICATES {
                return Err(Pkcs12Error::TooManyCertificates);
            }
        }
        Ok(())
    }

    fn decrypt(
        &mut self,
        algorithm: &AlgorithmIdentifierOwned,
        data: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let parameters = algorithm.parameters.as_ref().ok_or(Pkcs12Error::NotPkcs12)?;
        if algorithm.oid == PBES2 {
            let scheme = parameters.decode_as::<Pbes2>().map_err(|_| Pkcs12Error::NotPkcs12)?;
            return self.decrypt_pbes2(&scheme, data);
        }
        let key_length = match algorithm.oid {
            SHA1_AND_3DES => 24,
            SHA1_AND_RC2_40 => 5,
            other => return Err(Pkcs12Error::UnknownAlgorithm(other.to_string())),
        };
        let scheme = parameters.decode_as::<Pbes1>().map_err(|_| Pkcs12Error::NotPkcs12)?;
        let (sha1, salt) = (&digest::SHA1_FOR_LEGACY_USE_ONLY, scheme.salt.as_bytes());
        let key = self.derive(sha1, (CIPHER_KEY, key_length), salt, scheme.rounds)?;
        let iv = self.derive(sha1, (IV, 8), salt, scheme.rounds)?;
        if key_length == 24 { unlocked::<TdesEde3>(&key, &iv, data) } else { unlocked::<Rc2>(&key, &iv, data) }
    }

    fn decrypt_pbes2(&mut self, scheme: &Pbes2, data: &[u8]) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let unknown = |oid: ObjectIdentifier| Pkcs12Error::UnknownAlgorithm(oid.to_string());
        if scheme.kdf.oid != PBKDF2 {
            return Err(unknown(scheme.kdf.oid));
        }
        let kdf = scheme.kdf.parameters.as_ref().ok_or(Pkcs12Error::NotPkcs12)?;
        let kdf = kdf.decode_as::<Pbkdf2>().map_err(|_| Pkcs12Error::NotPkcs12)?;
        // HMAC with SHA-1 is what an absent PRF means (RFC 8018, A.2).
        let (prf, block) = match &kdf.prf {
            None => (pbkdf2::PBKDF2_HMAC_SHA1, 20),
            Some(named) => prf(named.oid).ok_or_else(|| unknown(named.oid))?,
        };
        let cipher = scheme.cipher.oid;
        let key_length = match cipher {
            AES_128_CBC => 16,
            AES_192_CBC | DES_EDE3_CBC => 24,
            AES_256_CBC => 32,
            other => return Err(unknown(other)),
        };
        if kdf.key_length.is_some_and(|told| usize::from(told) != key_length) {
            return Err(Pkcs12Error::NotPkcs12);
        }
        let rounds = self.spend(kdf.rounds, key_length.div_ceil(block))?;
        let mut key = Zeroizing::new(vec![0; key_length]);
        pbkdf2::derive(prf, rounds, kdf.salt.as_bytes(), self.password.as_bytes(), &mut key);
        let iv = scheme.cipher.parameters.as_ref().ok_or(Pkcs12Error::NotPkcs12)?;
        let iv = octets(iv)?;
        match cipher {
            AES_128_CBC => unlocked::<Aes128>(&key, iv.as_bytes(), data),
            AES_192_CBC => unlocked::<Aes192>(&key, iv.as_bytes(), data),
            AES_256_CBC => unlocked::<Aes256>(&key, iv.as_bytes(), data),
            _ => unlocked::<TdesEde3>(&key, iv.as_bytes(), data),
        }
    }

    /// The key derivation of RFC 7292, appendix B.2, for `wanted` (what for, how many bytes).
    fn derive(
        &mut self,
        hash: &'static digest::Algorithm,
        (purpose, length): (u8, usize),
        salt: &[u8],
        rounds: u32,
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let (block, output) = (hash.block_len(), hash.output_len());
        let rounds = self.spend(rounds, length.div_ceil(output))?;
        let mut password = Zeroizing::new(Vec::with_capacity(2 * self.password.len() + 2));
        password.extend(self.password.encode_utf16().flat_map(u16::to_be_bytes));
        password.extend([0, 0]);
        // In one place with room for all of it: what grows leaves copies behind.
        let whole = |bytes: &[u8]| bytes.len().div_ceil(block) * block;
        let mut input = Zeroizing::new(Vec::with_capacity(whole(salt) + whole(&password)));
        for bytes in [salt, password.as_slice()] {
            input.extend(bytes.iter().copied().cycle().take(whole(bytes)));
        }
        let diversifier = vec![purpose; block];
        let mut key = Zeroizing::new(Vec::with_capacity(length + output));
        loop {
            let mut context = digest::Context::new(hash);
            context.update(&diversifier);
            context.update(&input);
            let mut hashed = context.finish();
            for _ in 1..rounds.get() {
                hashed = digest::digest(hash, hashed.as_ref());
            }
            key.extend_from_slice(hashed.as_ref());
            if key.len() >= length {
                break;
            }
            let addend: Vec<u8> = hashed.as_ref().iter().copied().cycle().take(block).collect();
            for part in input.chunks_exact_mut(block) {
                add_and_one(part, &addend);
            }
        }
        key.truncate(length);
        Ok(key)
    }
}

const CIPHER_KEY: u8 = 1;
const IV: u8 = 2;
const MAC_KEY: u8 = 3;

/// `part` becomes `part + addend + 1`, as big-endian numbers without what overflows.
fn add_and_one(part: &mut [u8], addend: &[u8]) {
    let mut carry = 1_u16;
    for (byte, add) in part.iter_mut().zip(addend).rev() {
        let [over, low] = (u16::from(*byte) + u16::from(*add) + carry).to_be_bytes();
        *byte = low;
        carry = u16::from(over);
    }
}

fn unlocked<C: BlockCipherDecrypt + KeyInit>(
    key: &[u8],
    iv: &[u8],
    data: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
    let cipher = Decryptor::<C>::new_from_slices(key, iv).map_err(|_| Pkcs12Error::NotPkcs12)?;
    let mut plain = Zeroizing::new(data.to_vec());
    // Of a file without a seal this is how a wrong password shows.
    let length = cipher.decrypt_padded::<Pkcs7>(&mut plain).map_err(|_| Pkcs12Error::WrongPassword)?.len();
    plain.truncate(length);
    Ok(plain)
}

fn hash(named: ObjectIdentifier) -> Option<(&'static digest::Algorithm, hmac::Algorithm)> {
    const SHA1: ObjectIdentifier = oid("1.3.14.3.2.26");
    const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
    const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
    const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
    match named {
        SHA1 => Some((&digest::SHA1_FOR_LEGACY_USE_ONLY, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY)),
        SHA256 => Some((&digest::SHA256, hmac::HMAC_SHA256)),
        SHA384 => Some((&digest::SHA384, hmac::HMAC_SHA384)),
        SHA512 => Some((&digest::SHA512, hmac::HMAC_SHA512)),
        _ => None,
    }
}

/// A pseudo-random function and how many bytes it gives at once.
fn prf(named: ObjectIdentifier) -> Option<(pbkdf2::Algorithm, usize)> {
    const SHA1: ObjectIdentifier = oid("1.2.840.113549.2.7");
    const SHA256: ObjectIdentifier = oid("1.2.840.113549.2.9");
    const SHA384: ObjectIdentifier = oid("1.2.840.113549.2.10");
    const SHA512: ObjectIdentifier = oid("1.2.840.113549.2.11");
    match named {
        SHA1 => Some((pbkdf2::PBKDF2_HMAC_SHA1, 20)),
        SHA256 => Some((pbkdf2::PBKDF2_HMAC_SHA256, 32)),
        SHA384 => Some((pbkdf2::PBKDF2_HMAC_SHA384, 48)),
        SHA512 => Some((pbkdf2::PBKDF2_HMAC_SHA512, 64)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
