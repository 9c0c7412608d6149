//! What can go wrong while making minutes, and why a file was refused.

use std::fmt;

/// Why minutes could not be drawn, signed or certified. A file that was *judged* bad is a [`Refusal`].
#[derive(Debug, thiserror::Error)]
pub enum MinutesError {
    /// The pages could not be drawn.
    #[error("the pages could not be drawn: {0}")]
    Drawing(String),
    /// A font could not be read or cut down to the used glyphs.
    #[error("the font could not be prepared: {0}")]
    Font(String),
    /// Two attachments share a name, or a name cannot stand in a file.
    #[error("attachment {name:?}: {why}")]
    Attachment {
        /// The attachment's file name.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A certificate could not be made or read.
    #[error("certificate: {0}")]
    Certificate(String),
    /// The key refused to sign (locked, cancelled, timed out).
    #[error("the key did not sign: {0}")]
    Signer(#[from] SignerRefusal),
    /// No timestamp came, or none that holds.
    #[error("the timestamping service: {0}")]
    Stamp(#[from] StampRefusal),
    /// The signature could not be encoded.
    #[error("the signature could not be encoded: {0}")]
    Encoding(String),
    /// The document has no signature field of this name.
    #[error("the document has no signature field {0:?}")]
    NoSuchField(String),
    /// The field already carries a signature; each is signed once.
    #[error("the signature field {0:?} is already signed")]
    AlreadySigned(String),
    /// The name or the role to be printed is not the one in the signer's certificate.
    #[error("the signature would say {printed:?}, the signer's certificate says {certified:?}")]
    OtherName {
        /// The name or the role in the request.
        printed: String,
        /// The one in the certificate.
        certified: String,
    },
    /// The file to be signed was refused: nobody may sign on top of a broken file.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// The words with which a key declined to sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SignerRefusal(pub String);

/// Why a signature got no timestamp, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StampRefusal(pub String);

/// Why a PDF file is not what it claims to be. [`RefusalCode::as_str`] is stable and may be matched on by scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: RefusalCode,
    /// What was found, for people.
    pub detail: String,
    /// Byte position in the file, where one is known.
    pub at: Option<usize>,
}

impl Refusal {
    pub(crate) fn new(code: RefusalCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), at: None }
    }

    pub(crate) fn at(code: RefusalCode, at: usize, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), at: Some(at) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)?;
        if let Some(at) = self.at {
            write!(f, " (byte {at})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

/// The stable codes of a [`Refusal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalCode {
    /// The file is larger than the verifier reads.
    TooLarge,
    /// The file does not begin as a PDF that Cabinet writes.
    NotOurPdf,
    /// An object, table or trailer is malformed, or bytes stand where none belong.
    Structure,
    /// Bytes follow the end of the last revision.
    TrailingBytes,
    /// The document carries no signature.
    NotSigned,
    /// A ByteRange is not four numbers that leave out exactly the signature and reach the revision's end.
    ByteRange,
    /// The signature value is not one lower-case hexadecimal string of canonical DER and zero padding.
    Contents,
    /// The signed bytes were changed: their digest differs.
    Digest,
    /// The CMS structure is not the one PAdES B-B asks for.
    Cms,
    /// The signature value does not fit the certificate's key.
    SignatureValue,
    /// The signature names somebody else than its certificate.
    SignerName,
    /// A field's appearance does not say what its signature says.
    Appearance,
    /// The certificate chain does not hold.
    Chain,
    /// The chain ends in another certificate root than the one given.
    OtherRoot,
    /// The claimed time of signing lies outside the certificate's validity.
    Validity,
    /// A later revision changes more than filling a prepared signature field.
    Revision,
    /// The document contains scripts or actions, which minutes never do.
    ActiveContent,
    /// An attachment is missing, malformed, or does not match its own digest.
    Attachment,
    /// The certificate root given to compare with cannot be read.
    RootUnreadable,
    /// What stands beside a signature is no timestamp on it that holds.
    Timestamp,
}

impl RefusalCode {
    /// The code as printed and as scripts see it; never changed once released.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "pdf-too-large",
            Self::NotOurPdf => "pdf-not-ours",
            Self::Structure => "pdf-structure",
            Self::TrailingBytes => "pdf-trailing-bytes",
            Self::NotSigned => "signature-missing",
            Self::ByteRange => "signature-byte-range",
            Self::Contents => "signature-contents",
            Self::Digest => "signature-digest",
            Self::Cms => "signature-cms",
            Self::SignatureValue => "signature-value",
            Self::SignerName => "signature-name",
            Self::Appearance => "signature-appearance",
            Self::Chain => "certificate-chain",
            Self::OtherRoot => "certificate-other-root",
            Self::Validity => "certificate-validity",
            Self::Revision => "revision-not-allowed",
            Self::ActiveContent => "pdf-active-content",
            Self::Attachment => "attachment",
            Self::RootUnreadable => "root-unreadable",
            Self::Timestamp => "signature-timestamp",
        }
    }
}
