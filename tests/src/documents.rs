//! What the documents say about the tree is true of the tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The documents a reader meets, below the root: its own, the layers', and everything in `docs`.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root(), root().join("src-tauri"), root().join("docs"), root().join("docs/decisions")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of documents") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What stands between `open` and `close`, each time.
fn between<'a>(text: &'a str, open: &'a str, close: char) -> impl Iterator<Item = &'a str> {
    text.split(open).skip(1).filter_map(move |rest| rest.split(close).next())
}

/// A word in backticks that reads like a path of this repository.
fn looks_like_a_path(word: &str) -> bool {
    let first = word.split('/').next().unwrap_or_default();
    ["src-tauri", "ui", "tests", "docs", "icons", ".ci", ".config"].contains(&first)
        && word.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter))
}

#[test]
fn every_link_in_the_documents_leads_somewhere() {
    let mut dead = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).expect("a readable document");
        for target in between(&text, "](", ')') {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") {
                continue;
            }
            if !document.parent().expect("a folder").join(path).exists() {
                dead.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(dead.is_empty(), "links that lead nowhere:\n{}", dead.join("\n"));
}

#[test]
fn every_path_that_the_front_page_names_exists() {
    let text = fs::read_to_string(root().join("README.md")).expect("README.md");
    let named: BTreeSet<&str> = text.split('`').skip(1).step_by(2).filter(|word| looks_like_a_path(word)).collect();
    assert!(named.len() >= 10, "the map was not read: {named:?}");
    let missing: Vec<_> = named.iter().filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "README.md names what is not there: {missing:?}");
}

#[test]
fn both_maps_name_every_crate() {
    let crates: Vec<String> = fs::read_dir(root().join("src-tauri/crates"))
        .expect("the crates")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
        .collect();
    for (map, start) in [("README.md", "`src-tauri/crates/"), ("src-tauri/README.md", "`crates/")] {
        let text = fs::read_to_string(root().join(map)).expect("a map");
        let missing: Vec<_> = crates.iter().filter(|name| !text.contains(&format!("{start}{name}"))).collect();
        assert!(missing.is_empty(), "{map} does not name {missing:?}");
    }
}
