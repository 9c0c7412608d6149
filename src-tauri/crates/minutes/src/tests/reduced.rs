//! Names that no directory compares as they are: the certificate carries what is made of them, and pyHanko reads it.

use super::attacks::{anchor, replaced, two_fields};
use super::board::{chair, key, member, request, root, sign_with};
use super::malleable::{children, element, joined};
use super::tools::Desk;
use crate::signature_value::low_s;
use crate::{KeySigner, MinutesError, PdfSigner as _, SignatureRequest, sign, verify};

#[test]
fn whoever_has_a_name_that_no_directory_compares_signs_and_every_tool_reads_it() {
    let desk = Desk::new();
    for (seed, name, role, certified) in [
        (31, "Ada 🚀 Lovelace", "Lead 🚨", ("Ada ‹U+1F680› Lovelace", "Lead ‹U+1F6A8›")),
        (32, "נועה Noa כהן 2", "מנהלת DevOps", ("נועה כהן", "מנהלת")),
        (33, "Omar محمد (ops)", "Chair", ("Omar (ops)", "Chair")),
    ] {
        let signer = member(name, role, seed);
        let asked = SignatureRequest { name, role, ..request() };
        let pdf = sign(&two_fields(), &asked, &signer).expect("signed");
        let report = verify(&pdf, Some(&anchor())).expect("it holds");
        let seal = &report.signatures[0];
        assert_eq!((seal.name.as_str(), seal.role.as_str()), certified);
        let file = desk.put("reduced.pdf", &pdf);
        let (valid, said) = desk.pyhanko_trusting(&file, &[]);
        assert!(valid && said.contains("The signature is judged VALID"), "{name}: {said}");
        assert!(desk.calls_all_valid(&file), "{name}: pdfsig");
    }
}

#[test]
fn a_reduced_name_is_nobody_elses() {
    let asked = SignatureRequest { name: "Ada 🚀", ..request() };
    for other in [member("Ada", "Chair", 34), member("Ada 🚁", "Chair", 35), chair()] {
        assert!(matches!(sign(&two_fields(), &asked, &other), Err(MinutesError::OtherName { .. })));
    }
}

/// A member whose certificate was made before names were reduced.
fn certified_before(name: &str) -> KeySigner {
    let like = "Q".repeat(name.len());
    let mut parts = children(&member(&like, "Chair", 36).certificate_der());
    parts[0] = replaced(&parts[0], like.as_bytes(), name.as_bytes());
    let value = low_s(&sign_with(&key(1))(&parts[0]).expect("signed")).expect("a value");
    parts[2] = element(3, &joined(&[&[0], &value]));
    KeySigner::new(key(36), element(0x30, &parts.concat()), root())
}

#[test]
fn a_certificate_from_before_goes_on_signing_in_its_own_name() {
    let asked = SignatureRequest { name: "Ada 🚀", ..request() };
    let pdf = sign(&two_fields(), &asked, &certified_before("Ada 🚀")).expect("signed");
    assert_eq!(verify(&pdf, Some(&anchor())).expect("it holds").signatures[0].name, "Ada 🚀");
    let reduced = sign(&two_fields(), &asked, &certified_before("Ada 🚁"));
    assert!(matches!(reduced, Err(MinutesError::OtherName { .. })));
}
