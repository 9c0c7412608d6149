use super::board::{EVIDENCE, root, sealed};
use crate::{TrustAnchor, certificate_pem, extract_evidence, verify};

#[test]
fn sealed_minutes_verify_against_the_boards_root() {
    let pdf = sealed();
    let root = TrustAnchor::parse(&certificate_pem(&root()).expect("pem")).expect("the root is read");
    let report = verify(&pdf, Some(&root)).expect("the minutes hold");
    assert!(report.anchored);
    assert_eq!(report.signatures.len(), 1);
    assert_eq!(report.signatures[0].name, "Zoë Ångström-Kovačević");
    assert_eq!(report.signatures[0].role, "Chair");
    assert_eq!(extract_evidence(&pdf).expect("evidence"), EVIDENCE);
}
