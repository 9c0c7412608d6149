//! Files as openssl writes them, and files that no honest program writes.
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::*;

const PASSWORD: &str = "Straße 8 𝄞";

struct Desk(tempfile::TempDir);

impl Desk {
    /// With a certificate that signs itself, of this kind of key.
    fn new(kind: &[&str]) -> Self {
        let desk = Self(tempfile::tempdir().expect("a folder"));
        let new = ["req", "-x509", "-nodes", "-subj", "/CN=Ada", "-keyout", "key.pem", "-out", "leaf.pem"];
        desk.openssl(&[&new[..], kind].concat());
        desk
    }

    fn openssl(&self, arguments: &[&str]) {
        let done = Command::new("openssl").args(arguments).current_dir(self.0.path()).output();
        let done = done.expect("openssl runs; tests/support/pdf/install.sh says what has to be there");
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn read(&self, name: impl AsRef<Path>) -> Vec<u8> {
        std::fs::read(self.0.path().join(name)).expect("written")
    }

    /// The file that openssl writes of it.
    fn file(&self, how: &[&str]) -> Vec<u8> {
        let password = format!("pass:{PASSWORD}");
        let export = ["pkcs12", "-export", "-inkey", "key.pem", "-in", "leaf.pem", "-out", "a.p12"];
        let export = [&export[..], &["-passout", &password]].concat();
        self.openssl(&[&export[..], how].concat());
        self.read("a.p12")
    }

    fn leaf(&self) -> Vec<u8> {
        self.openssl(&["x509", "-in", "leaf.pem", "-outform", "DER", "-out", "leaf.der"]);
        self.read("leaf.der")
    }
}

const RSA: &[&str] = &["-newkey", "rsa:2048"];
const P256: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
const OLD: &[&str] = &["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"];

fn found(file: &[u8], password: &str) -> Pkcs12Error {
    open(file, &password.into()).err().expect("refused")
}

#[test]
fn what_openssl_writes_is_read_with_its_key_and_certificate() {
    for kind in [RSA, P256] {
        let desk = Desk::new(kind);
        let leaf = desk.leaf();
        for how in [&[][..], OLD, &["-keypbe", "AES-128-CBC", "-certpbe", "NONE", "-macalg", "sha512"], &["-nomac"]] {
            let opened = open(&desk.file(how), &PASSWORD.into()).expect("read");
            assert_eq!(opened.certificates, std::slice::from_ref(&leaf), "{how:?}");
            let bits = opened.key.public_bits().expect("a public half");
            assert!(leaf.windows(bits.len()).any(|part| part == bits), "the certificate is of this key");
            std::fs::write(desk.0.path().join("value"), opened.key.sign(b"message").expect("signs")).expect("written");
            std::fs::write(desk.0.path().join("message"), b"message").expect("written");
            desk.openssl(&["x509", "-in", "leaf.pem", "-pubkey", "-noout", "-out", "public.pem"]);
            desk.openssl(&["dgst", "-sha256", "-verify", "public.pem", "-signature", "value", "message"]);
        }
    }
}

#[test]
fn certificates_in_rc2_as_windows_writes_them_are_read() {
    let desk = Desk::new(P256);
    let file = desk.file(&["-legacy"]);
    assert_eq!(open(&file, &PASSWORD.into()).expect("read").certificates, [desk.leaf()]);
}

#[test]
fn a_wrong_password_is_told_as_one_with_a_seal_and_without() {
    let desk = Desk::new(P256);
    for how in [&[][..], OLD] {
        assert_eq!(found(&desk.file(how), "another"), Pkcs12Error::WrongPassword);
    }
    let unsealed = found(&desk.file(&["-nomac"]), "another");
    assert!(matches!(unsealed, Pkcs12Error::WrongPassword | Pkcs12Error::NotPkcs12), "{unsealed}");
}

#[test]
fn a_file_without_a_key_or_with_another_kind_of_key_says_so() {
    let desk = Desk::new(P256);
    assert_eq!(found(&desk.file(&["-nokeys"]), PASSWORD), Pkcs12Error::NoKey);
    let other = Desk::new(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"]);
    assert_eq!(found(&other.file(&[]), PASSWORD), Pkcs12Error::OtherKey);
    let weak = Desk::new(&["-newkey", "rsa:1024"]);
    assert_eq!(found(&weak.file(&[]), PASSWORD), Pkcs12Error::OtherKey);
    assert_eq!(found(&desk.leaf(), PASSWORD), Pkcs12Error::NotPkcs12, "a certificate alone");
    assert_eq!(found(&vec![0x30; GREATEST_FILE + 1], PASSWORD), Pkcs12Error::TooLarge);
}

#[test]
fn a_file_that_asks_for_endless_rounds_is_refused_before_they_are_made() {
    let desk = Desk::new(P256);
    let file = desk.file(&[]);
    let mut pfx = Pfx::from_der(&file).expect("read");
    pfx.mac_data.as_mut().expect("a seal").rounds = 900_000_000;
    let endless = der::Encode::to_der(&pfx).expect("written");
    let begun = Instant::now();
    assert_eq!(found(&endless, PASSWORD), Pkcs12Error::TooCostly);
    assert!(begun.elapsed() < Duration::from_secs(2), "no round was made");
    pfx.mac_data.as_mut().expect("a seal").rounds = 0;
    assert_eq!(found(&der::Encode::to_der(&pfx).expect("written"), PASSWORD), Pkcs12Error::NotPkcs12);
}

#[test]
fn rounds_count_over_all_parts_of_a_file() {
    let mut reader = Reader { password: "", rounds: 0, keys: Vec::new(), certificates: Vec::new() };
    reader.spend(3_000_000, 1).expect("within");
    assert_eq!(reader.spend(1_500_000, 2).err(), Some(Pkcs12Error::TooCostly));
}

#[test]
fn no_change_of_a_byte_makes_reading_panic_or_gives_another_key() {
    let desk = Desk::new(P256);
    let file = desk.file(&["-iter", "1"]);
    let bits = |opened: Opened| opened.key.public_bits().expect("a public half");
    let own = bits(open(&file, &PASSWORD.into()).expect("read"));
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 0x01;
        if let Ok(opened) = open(&changed, &PASSWORD.into()) {
            assert_eq!(bits(opened), own, "byte {at}");
        }
        assert!(open(&file[..at], &PASSWORD.into()).is_err(), "cut at {at}");
    }
}

#[test]
fn the_key_derivation_is_that_of_rfc_7292() {
    // As `openssl kdf -keylen 72 -kdfopt digest:SHA1 -kdfopt hexpass:006100620000 -kdfopt hexsalt:0102030405060708
    // -kdfopt iter:2 -kdfopt id:1 PKCS12KDF` has it, and with SHA256: of several digests, so that the sum is tried.
    let cases = [
        (
            &digest::SHA1_FOR_LEGACY_USE_ONLY,
            "602233d90c8e678634ea381ab447b9326f19642acafafa24ab21f6ce3954b4f408dba2d2ddb2c849a9c65df4ed15602e\
             45d84bcc9729d6b71955386a454a475c12d7748fb06f6e7b",
        ),
        (
            &digest::SHA256,
            "ba3e06baad34e87a10850450e62983b3f709240305a87f8cce821970520a886e73788e910f7da58fb307536c4d5fd7e7\
             36e891d7e4f9c0296a0980d18c16d663da2b44f873f91617",
        ),
    ];
    for (hash, wanted) in cases {
        let mut reader = Reader { password: "ab", rounds: 0, keys: Vec::new(), certificates: Vec::new() };
        let key = reader.derive(hash, (CIPHER_KEY, wanted.len() / 2), &[1, 2, 3, 4, 5, 6, 7, 8], 2).expect("derived");
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, wanted);
    }
}
