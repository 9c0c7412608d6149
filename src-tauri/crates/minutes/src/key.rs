//! A signer over a key in memory: for sample boards, tests and benchmarks. Real members sign through the vault.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};

use crate::error::SignerRefusal;
use crate::seal::PdfSigner;

/// A key in memory with its certificates.
pub struct KeySigner {
    key: SigningKey,
    leaf: Vec<u8>,
    root: Vec<u8>,
}

impl KeySigner {
    /// A signer from its key, its leaf certificate and the certificate root, both DER.
    #[must_use]
    pub const fn new(key: SigningKey, leaf: Vec<u8>, root: Vec<u8>) -> Self {
        Self { key, leaf, root }
    }
}

impl std::fmt::Debug for KeySigner {
    // A key never prints.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeySigner").finish_non_exhaustive()
    }
}

impl PdfSigner for KeySigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerRefusal> {
        let signature: Signature = self.key.try_sign(message).map_err(|error| SignerRefusal(error.to_string()))?;
        Ok(signature.to_der().as_bytes().to_vec())
    }

    fn certificate_der(&self) -> Vec<u8> {
        self.leaf.clone()
    }

    fn chain_der(&self) -> Vec<Vec<u8>> {
        vec![self.root.clone()]
    }
}
