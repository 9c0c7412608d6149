//! Why a file was refused, for whoever sits on a board and reads no PDF.

use crate::error::RefusalCode;

impl RefusalCode {
    /// One sentence that needs no knowledge of PDF or of keys. The code stays beside it for those who ask further.
    #[must_use]
    pub const fn plainly(self) -> &'static str {
        match self {
            Self::TooLarge => "The file is larger than any minutes are; it was not read.",
            Self::NotOurPdf => "This is no document that Cabinet made.",
            Self::Structure => "The file is damaged, or somebody put something into it that Cabinet never writes.",
            Self::TrailingBytes => "Something was added behind the end of the document.",
            Self::NotSigned => "Nobody has signed this document. It may be a draft.",
            Self::ByteRange => "The signature does not cover the whole document.",
            Self::Contents => "The signature itself was damaged or tampered with.",
            Self::Digest => "The document was changed after it was signed.",
            Self::Cms => "The signature is not made the way Cabinet makes signatures.",
            Self::SignatureValue => "The signature does not fit the signer's key: it is forged or damaged.",
            Self::SignerName => "The signature claims another name than the signer's certificate.",
            Self::Appearance => "The page shows something else of a signature than the signature itself says.",
            Self::Chain => "The signer's certificate does not come from the board's root.",
            Self::OtherRoot => {
                "It was signed under another root than the one it was compared with: it is not that board's document."
            }
            Self::Validity => "The signer's certificate was not good at the time that the signature claims.",
            Self::Revision => "After it was signed, somebody changed more than signing changes.",
            Self::ActiveContent => "The document holds a script or an action, which minutes never do.",
            Self::Attachment => "A file that travels inside the document is missing, or was changed.",
            Self::RootUnreadable => "The root to compare with cannot be read.",
            Self::Timestamp => "The timestamp beside a signature is forged or damaged, or was made for something else.",
        }
    }
}
