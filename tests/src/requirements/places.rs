//! Whether what the register names is in the tree: files, symbols in them, and tests.

use std::fs;
use std::path::Path;

use super::Register;

/// References that lead nowhere, each with its number.
pub(super) fn unfound(root: &Path, register: &Register) -> Vec<String> {
    let mut problems = Vec::new();
    for one in &register.requirement {
        let code = one.code.iter().map(|reference| (reference, code(root, reference)));
        let tests = one.tests.iter().map(|reference| (reference, test(root, reference)));
        for (reference, found) in code.chain(tests) {
            if let Err(why) = found {
                problems.push(format!("{}: {reference}: {why}", one.number));
            }
        }
    }
    problems
}

fn code(root: &Path, reference: &str) -> Result<(), &'static str> {
    let (_, text, symbol) = opened(root, reference)?;
    if holds_word(&text, symbol) { Ok(()) } else { Err("the file does not hold that symbol") }
}

fn test(root: &Path, reference: &str) -> Result<(), &'static str> {
    let (path, text, name) = opened(root, reference)?;
    let found = match path.extension().and_then(|extension| extension.to_str()) {
        Some("rs") => is_rust_test(&text, name),
        Some("ts" | "tsx" | "mjs") => is_script_test(&text, name),
        Some(_) | None => return Err("tests stand in .rs, .ts, .tsx and .mjs files"),
    };
    if found { Ok(()) } else { Err("the file holds no test of that name") }
}

/// A reference's path, what stands in that file, and what is meant in it.
fn opened<'r>(root: &Path, reference: &'r str) -> Result<(&'r Path, String, &'r str), &'static str> {
    let (path, name) = reference.split_once('#').ok_or("a reference is a path, #, and a name")?;
    let text = fs::read_to_string(root.join(path)).map_err(|_| "there is no such file")?;
    Ok((Path::new(path), text, name))
}

/// Whether the word stands there, and not merely as a part of a longer one.
fn holds_word(text: &str, word: &str) -> bool {
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            before.is_none_or(ends_a_word) && after.is_none_or(ends_a_word)
        })
}

fn ends_a_word(letter: char) -> bool {
    letter != '_' && !letter.is_alphanumeric()
}

/// A function under `#[test]` or `#[tokio::test]`, with whatever other attributes and comments stand between.
fn is_rust_test(text: &str, name: &str) -> bool {
    let head = format!("fn {name}(");
    let mut marked = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            marked = true;
        } else if marked && line.strip_prefix("async ").unwrap_or(line).starts_with(&head) {
            return true;
        } else if !line.starts_with("#[") && !line.starts_with("//") {
            marked = false;
        }
    }
    false
}

/// A line that begins with `test("name"` or `it("name"`.
fn is_script_test(text: &str, name: &str) -> bool {
    let heads = [format!("test(\"{name}\""), format!("it(\"{name}\"")];
    text.lines().map(str::trim_start).any(|line| heads.iter().any(|head| line.starts_with(head)))
}
