//! Other people's verifiers over our files: poppler's pdfsig with NSS, pyHanko, openssl, qpdf, pdfdetach. They are
//! installed by `tests/support/pdf/install.sh`; without them these tests fail, they do not skip.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::board::{EVIDENCE, root, sealed};
use crate::certificate_pem;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).expect("the crate is three folders deep").to_owned()
}

fn pyhanko() -> PathBuf {
    let cache = std::env::var_os("CABINET_CACHE").map_or_else(|| repository().join(".cache/pdf"), PathBuf::from);
    cache.join("venv/bin/pyhanko")
}

/// Runs a tool, failing the test with the way to install it if it is not there.
fn run(tool: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Output {
    let tool = tool.as_ref();
    Command::new(tool).args(arguments).env("LC_ALL", "C.UTF-8").output().unwrap_or_else(|error| {
        panic!("{} does not run ({error}); install it with tests/support/pdf/install.sh", tool.display())
    })
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A folder with the board's root in PEM and in an NSS database.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let desk = Self { folder };
        std::fs::write(desk.path("root.pem"), certificate_pem(&root()).expect("pem")).expect("written");
        let nss = format!("sql:{}", desk.path("nss"));
        std::fs::create_dir(desk.path("nss")).expect("a folder for NSS");
        let made = run("certutil", &["-N", "-d", &nss, "--empty-password"]);
        assert!(made.status.success(), "{}", text(&made));
        let added = run("certutil", &["-A", "-d", &nss, "-n", "board", "-t", "C,C,C", "-i", &desk.path("root.pem")]);
        assert!(added.status.success(), "{}", text(&added));
        desk
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    fn put(&self, name: &str, bytes: &[u8]) -> String {
        std::fs::write(self.folder.path().join(name), bytes).expect("written");
        if let Some(kept) = std::env::var_os("CABINET_ARTIFACTS") {
            std::fs::write(Path::new(&kept).join(name), bytes).expect("kept");
        }
        self.path(name)
    }

    fn pdfsig(&self, pdf: &str) -> String {
        text(&run("pdfsig", &["-nssdir", &format!("sql:{}", self.path("nss")), pdf]))
    }

    fn pyhanko(&self, pdf: &str) -> (bool, String) {
        let root = self.path("root.pem");
        let arguments =
            ["sign", "validate", "--pretty-print", "--no-revocation-check", "--trust", &root, "--trust-replace", pdf];
        let output = run(pyhanko(), &arguments);
        let said = text(&output);
        (output.status.success() && !said.contains("INVALID"), said)
    }
}

#[test]
fn pdfsig_says_valid_and_trusted_for_sealed_minutes() {
    let desk = Desk::new();
    let said = desk.pdfsig(&desk.put("minutes.pdf", &sealed()));
    assert!(said.contains("Signature is Valid."), "{said}");
    assert!(said.contains("Certificate is Trusted."), "{said}");
    assert!(said.contains("Total document signed"), "{said}");
    assert!(!said.contains("Not total document signed"), "{said}");
}

#[test]
fn pyhanko_says_valid_for_sealed_minutes() {
    let desk = Desk::new();
    let (valid, said) = desk.pyhanko(&desk.put("minutes.pdf", &sealed()));
    assert!(valid && said.contains("The signature is judged VALID"), "{said}");
}

#[test]
fn pdfdetach_gets_the_evidence_back_byte_for_byte() {
    let desk = Desk::new();
    let pdf = desk.put("minutes.pdf", &sealed());
    let out = desk.path("evidence.json");
    let output = run("pdfdetach", &["-savefile", "evidence.json", "-o", &out, &pdf]);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(std::fs::read(out).expect("saved"), EVIDENCE);
}

#[test]
fn qpdf_finds_no_fault_with_sealed_minutes() {
    let desk = Desk::new();
    let output = run("qpdf", &["--check", &desk.put("minutes.pdf", &sealed())]);
    assert!(output.status.success(), "{}", text(&output));
}
