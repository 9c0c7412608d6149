//! The certificate of a company (PKCS#12) as the chair's signing identity: imported, consented to, sealed with, verified by a
//! stranger, removed again.
use std::path::Path;
use std::process::Command;

use board::requests::OfMeeting;
use board::views::{DecisionKind, Role, VotePosition};
use board::{
    CertificateImported, ChangeMemberRequest, ImportCertificateRequest, MemberChange, NameCertificateRequest,
    SealErratumRequest, SignRosterRequest, TrustAnchor, verify_minutes,
};

use crate::gates::code;
use crate::journey::Journey;

const SETTINGS: &str = "[req]
distinguished_name = none
prompt = no
[none]
CN = none
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[person]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
";

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().expect("openssl runs");
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A PKCS#12 file with the password `sesame`, as a company hands it out: an RSA key, an authority, a root.
fn handed_out(folder: &Path) -> Vec<u8> {
    std::fs::write(folder.join("x.cnf"), SETTINGS).expect("written");
    let ec = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config x.cnf";
    openssl(folder, &format!("req -x509 -extensions ca -subj /O=Meridian/CN=Root {ec} -keyout root.key -out root.pem"));
    openssl(folder, &format!("req -new -subj /O=Meridian/CN=People {ec} -keyout people.key -out people.csr"));
    let rsa = "-newkey rsa:2048 -nodes -config x.cnf";
    openssl(folder, &format!("req -new -subj /O=Meridian/CN=Chair {rsa} -keyout me.key -out me.csr"));
    let issue = "x509 -req -sha256 -days 30 -extfile x.cnf -set_serial";
    openssl(folder, &format!("{issue} 2 -extensions ca -in people.csr -CA root.pem -CAkey root.key -out people.pem"));
    openssl(folder, &format!("{issue} 3 -extensions person -in me.csr -CA people.pem -CAkey people.key -out me.pem"));
    let above = ["people.pem", "root.pem"].map(|name| std::fs::read(folder.join(name)).expect("written")).concat();
    std::fs::write(folder.join("above.pem"), above).expect("written");
    openssl(folder, "pkcs12 -export -inkey me.key -in me.pem -certfile above.pem -out me.p12 -passout pass:sesame");
    std::fs::read(folder.join("me.p12")).expect("written")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chair_seals_with_the_certificate_of_their_company_once_another_root_holder_agrees() {
    let journey = Journey::begin().await;
    let cabinet = &journey.cabinet;
    let (chair, security) = (journey.member(Role::Chair).await, journey.member(Role::Security).await);
    let (pin, second_pin) = (journey.pin(&chair).await, journey.pin(&security).await);
    let change = MemberChange { hold_root: Some(true), ..MemberChange::default() };
    let (by, own) = (chair.clone(), pin.clone().into());
    let second = ChangeMemberRequest { member: security.clone(), change, by, pin: own };
    assert!(cabinet.change_member(second).await.expect("two hold root from now on"));

    let folder = tempfile::tempdir().expect("a folder");
    let file = handed_out(folder.path());
    let import = |member: &str, password: &str, pin: &str| {
        let (member, file) = (member.to_owned(), file.clone());
        let (password, pin) = (password.to_owned().into(), pin.to_owned().into());
        cabinet.import_certificate(ImportCertificateRequest { member, file, password, pin })
    };
    assert_eq!(code(&import(&chair, "Sesame", &pin).await), "wrong_password");
    assert_eq!(code(&import(&chair, "sesame", "no PIN of theirs 1").await), "wrong_pin");
    let CertificateImported { certificate, pem, in_force } = import(&chair, "sesame", &pin).await.expect("imported");
    assert_eq!((in_force, certificate.chain.len()), (Some(false), 3), "it waits for the other root holder");
    let sign = SignRosterRequest { by: security.clone(), pin: second_pin.into() };
    assert!(cabinet.sign_roster(sign).await.expect("the other agrees"));
    let again = import(&chair, "sesame", &pin).await.expect("imported again");
    assert_eq!(again.in_force, Some(true), "nothing is left to do");
    let (by, own) = (chair.clone(), pin.clone().into());
    let theirs = NameCertificateRequest { member: security, pem: Some(pem), by, pin: own };
    assert_eq!(code(&cabinet.name_certificate(theirs).await), "certificate_taken");
    let members = cabinet.record().await.expect("the record's page").members;
    let shown = members.into_iter().find(|row| row.member.id == chair).and_then(|row| row.certificate);
    assert!(shown.is_some_and(|shown| shown.issuer.contains("CN=People") && shown.subject.contains("CN=Chair")));

    let key = journey.approvable().await.first().expect("a change").clone();
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Reject).await;
    journey.decide(&meeting, "1", DecisionKind::Rejected, "Not rehearsed.").await.expect("decided");
    journey.close(&meeting).await;
    journey.seal(&meeting).await.expect("sealed");
    let of = OfMeeting { meeting: meeting.clone() };
    let pdf = std::fs::read(cabinet.minutes_path(of).await.expect("sealed minutes")).expect("readable");
    let root = minutes::extract_attachment(&pdf, minutes::ROOT).expect("the board's root");
    let root = TrustAnchor::parse(&String::from_utf8(root).expect("PEM")).expect("a root");
    let checked = verify_minutes(&pdf, Some(&root)).expect("a stranger finds it whole");
    assert!(checked.anchored);
    for told in ["by a corporate certificate issued by ", "CN=People"] {
        assert!(checked.verdict.contains(told), "{}", checked.verdict);
    }
    let seal = &checked.pdf.signatures[0];
    assert_eq!((seal.role.as_str(), seal.member_id.as_str()), ("Chair", chair.as_str()));
    assert_eq!(seal.corporate.as_ref().map(|found| &found.chain), Some(&certificate.chain));

    assert!(cabinet.remove_certificate(&chair).await.expect("removed"));
    let (wrong, right) = ("Ten".to_owned(), "Two".to_owned());
    let erratum = SealErratumRequest { meeting, wrong, right, pin: pin.into() };
    let erratum = cabinet.seal_erratum(erratum).await.expect("sealed with the board's own certificate");
    let erratum = verify_minutes(&std::fs::read(erratum.path).expect("readable"), Some(&root)).expect("it holds");
    assert_eq!(erratum.pdf.signatures[0].corporate, None);
}
