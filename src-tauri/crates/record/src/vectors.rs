//! The committed vectors: evidence bundles that any verifier must accept, or refuse with the code in their name.
//!
//! They are made here, from fixed keys and times, and compared with the committed files byte for byte.
//! `CABINET_WRITE_VECTORS=1 cargo nextest run -p record vectors` writes them anew.
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::bundle::{Bundle, Evidence, Options};
use crate::duties;
use crate::refusal::Refusal;
use crate::testing::Desk;

mod build;
mod entries;
mod files;
mod logs;
mod people;
mod policies;
mod rosters;
mod valid;
mod written;

/// A vector: its file's name without `.json`, and its bytes.
type Vector = (String, Vec<u8>);

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

fn invalid() -> BTreeMap<String, Vec<u8>> {
    unique(
        [
            files::all(),
            entries::all(),
            people::all(),
            rosters::all(),
            logs::all(),
            policies::refused(),
            written::invalid(),
        ]
        .concat(),
    )
}

fn valid() -> BTreeMap<String, Vec<u8>> {
    unique([valid::all(), written::valid()].concat())
}

fn unique(vectors: Vec<Vector>) -> BTreeMap<String, Vec<u8>> {
    let count = vectors.len();
    let by_name: BTreeMap<String, Vec<u8>> = vectors.into_iter().collect();
    assert_eq!(by_name.len(), count, "each name once");
    by_name
}

/// What this verifier says of a file.
fn judge(bytes: &[u8]) -> Result<Evidence, Refusal> {
    let root = Desk::open().chain().fingerprint();
    Bundle::parse(bytes)?.verify(Some(root), &Options { duties: Some(&duties::judge_duties), ..Options::default() })
}

/// The codes with which a file is refused; none where it holds.
fn codes(bytes: &[u8]) -> Vec<&'static str> {
    match judge(bytes) {
        Ok(evidence) => evidence.reasons().iter().map(|refusal| refusal.code.as_str()).collect(),
        Err(refusal) => vec![refusal.code.as_str()],
    }
}

#[test]
fn every_valid_vector_is_accepted() {
    for (name, bytes) in valid() {
        let said = judge(&bytes).map(|evidence| evidence.reasons());
        assert!(matches!(&said, Ok(reasons) if reasons.is_empty()), "{name}: {said:?}");
    }
}

#[test]
fn every_invalid_vector_is_refused_with_exactly_the_code_of_its_name() {
    let invalid = invalid();
    let mut wrong = Vec::new();
    for (name, bytes) in &invalid {
        let expected = name.split("--").next().expect("a code");
        let said = codes(bytes);
        if said.is_empty() || said.iter().any(|code| *code != expected) {
            wrong.push(format!("{name}: {said:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let codes: std::collections::BTreeSet<&str> = invalid.keys().filter_map(|name| name.split("--").next()).collect();
    println!("{} invalid vectors, {} codes", invalid.len(), codes.len());
    assert!(invalid.len() >= 60, "{} vectors", invalid.len());
}

#[test]
fn the_committed_vectors_are_these() {
    let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    let root = Desk::open().chain().fingerprint();
    files.insert(folder().join("roster-root.txt"), format!("{root}\n").into_bytes());
    for (kind, vectors) in [("valid", valid()), ("invalid", invalid())] {
        files
            .extend(vectors.into_iter().map(|(name, bytes)| (folder().join(kind).join(format!("{name}.json")), bytes)));
    }
    if std::env::var_os("CABINET_WRITE_VECTORS").is_some() {
        for kind in ["valid", "invalid"] {
            let dir = folder().join(kind);
            let _ = fs::remove_dir_all(&dir);
            fs::create_dir_all(&dir).expect("a folder");
        }
        for (path, bytes) in &files {
            fs::write(path, bytes).expect("written");
        }
    }
    for kind in ["valid", "invalid"] {
        let dir = folder().join(kind);
        let listing = fs::read_dir(&dir).unwrap_or_else(|why| {
            panic!("{}: {why}; CABINET_WRITE_VECTORS=1 writes the vectors", dir.display());
        });
        for file in listing {
            let path = file.expect("a file").path();
            assert!(files.contains_key(&path), "{} is no vector any more", path.display());
        }
    }
    for (path, bytes) in &files {
        let committed = fs::read(path).unwrap_or_default();
        assert!(committed == *bytes, "{} has drifted; CABINET_WRITE_VECTORS=1 writes it anew", path.display());
    }
}
