//! Names that no directory compares as they are: the certificate carries what is made of them, and pyHanko reads it.

use super::attacks::{anchor, two_fields};
use super::board::{chair, member, request};
use super::tools::Desk;
use crate::{MinutesError, SignatureRequest, sign, verify};

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
