//! The certificate chain of a signature: a leaf and the root beside it; and, where a company issued the certificate that
//! signed, the path of that one, which the leaf endorses.

use chrono::{DateTime, Utc};
use der::Encode as _;
use p256::ecdsa::signature::Verifier as _;
use x509_cert::certificate::{Certificate, Version};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

use crate::certificates::ECDSA_WITH_SHA256;
use crate::cms::{Signed, verifying_key};
use crate::corporate::check_path;
use crate::error::{Refusal, RefusalCode};
use crate::signature_value::canonical;

/// Leaf and root: names, keys, signatures, purposes, lifetimes.
pub(crate) fn check_chain(signed: &Signed, at: DateTime<Utc>) -> Result<(), Refusal> {
    let refuse = |detail: &str| Refusal::new(RefusalCode::Chain, detail);
    let (leaf, root) = (signed.leaf.tbs_certificate(), signed.root.tbs_certificate());
    if leaf.issuer() != root.subject() || root.issuer() != root.subject() {
        return Err(refuse("the signer's certificate was not issued by the certificate root beside it"));
    }
    let ca_key = verifying_key(&signed.root).ok_or_else(|| refuse("the certificate root's key is not P-256"))?;
    for (what, certificate) in [("the signer's certificate", &signed.leaf), ("the certificate root", &signed.root)] {
        // Whole bytes: a count of unused bits would be a second spelling of the same signature.
        let value = certificate.signature().as_bytes().and_then(canonical);
        let message = certificate.tbs_certificate().to_der().ok();
        let holds = value.zip(message).is_some_and(|(value, message)| ca_key.verify(&message, &value).is_ok());
        let algorithm = certificate.signature_algorithm();
        let known = algorithm.oid == ECDSA_WITH_SHA256
            && algorithm.parameters.is_none()
            && certificate.tbs_certificate().signature() == algorithm
            && certificate.tbs_certificate().version() == Version::V3;
        if !holds || !known {
            return Err(refuse(&format!("{what} is not signed by the certificate root")));
        }
    }
    let authority = |certificate: &Certificate| {
        let found = certificate.tbs_certificate().get_extension::<BasicConstraints>().ok().flatten();
        found.map(|(_, constraints)| constraints.ca)
    };
    let usage = |certificate: &Certificate| {
        certificate.tbs_certificate().get_extension::<KeyUsage>().ok().flatten().map(|(_, usage)| usage)
    };
    let purposes = authority(&signed.root) == Some(true)
        && authority(&signed.leaf) == Some(false)
        && usage(&signed.root).is_some_and(|usage| usage.key_cert_sign())
        && usage(&signed.leaf).is_some_and(|usage| {
            // What endorses another's certificate signs nothing by itself, and the other way round.
            let signs = usage.digital_signature();
            let endorses = usage.non_repudiation() && !signs;
            !usage.key_cert_sign() && if signed.corporate.is_some() { endorses } else { signs }
        });
    if !purposes {
        return Err(refuse("a certificate is used for what it was not issued for"));
    }
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    for certificate in [leaf, root] {
        let validity = certificate.validity();
        let (from, to) =
            (validity.not_before.to_unix_duration().as_secs(), validity.not_after.to_unix_duration().as_secs());
        if seconds < from || seconds > to {
            return Err(Refusal::new(
                RefusalCode::Validity,
                "the claimed time of signing lies outside a certificate's lifetime",
            ));
        }
    }
    if let Some(path) = &signed.corporate {
        check_path(path, at)?;
    }
    Ok(())
}
