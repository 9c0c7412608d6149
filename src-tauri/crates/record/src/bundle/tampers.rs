//! A bundle with one row or one byte of it changed: refused, and the refusal says which part was touched.
use std::ops::Range;

use serde_json::Value;

use super::tests::{bundle_of, desk, judge};
use super::*;
use crate::chain;
use crate::keys::Signer as _;
use crate::merkle;
use crate::testing::{CHAIR, CTO, LEAD, sign_off, vote};
use crate::verify;

/// The list of digests made anew, as whoever changes a file on purpose would.
fn relisted(mut value: Value) -> Vec<u8> {
    let list = |noun: &str, part: &str| -> Vec<Value> {
        let parts = value[part].as_array().into_iter().flatten().enumerate();
        parts
            .map(|(index, one)| {
                let digest = match one.get("text").and_then(Value::as_str) {
                    Some(text) => Digest::of(text.as_bytes()),
                    None => Digest::of(&canonical::to_bytes(one).expect("writable")),
                };
                serde_json::json!({"name": format!("{noun}/{}", index + 1), "sha256": digest})
            })
            .collect()
    };
    let mut all = [("roster", "roster"), ("policy", "policies"), ("entry", "entries"), ("manifest", "manifests")]
        .map(|(noun, part)| list(noun, part))
        .concat();
    for blob in value["blobs"].as_array().into_iter().flatten().filter(|blob| !blob["salted"].is_null()) {
        let digest = blob["sha256"].as_str().expect("text");
        all.push(serde_json::json!({"name": format!("blob/{digest}"), "sha256": digest}));
    }
    value["digests"] = all.into();
    canonical::to_bytes(&value).expect("writable")
}

/// A whole record with two rosters, two sign-offs and a Merkle root, and one change's extract of it.
fn files() -> [Vec<u8>; 2] {
    let mut desk = desk();
    let mut next = desk.rosters[0].clone();
    (next.version, next.name) = (2, "Payments".to_owned());
    desk.rosters.push(next);
    desk.adopt(2, &[CHAIR, CTO]);
    desk.write(CTO, sign_off(18));
    desk.write(LEAD, vote());
    let links: Vec<chain::Link> = desk.entries.iter().map(verify::link).collect();
    let order = chain::causal_order(&links);
    let mut whole = Bundle { board_name: "Payments".to_owned(), ..bundle_of(&desk) };
    let of = |id: &EntryId| desk.entries.iter().find(|entry| entry.id() == *id).expect("there").bytes().to_vec();
    whole.entries = order.iter().map(of).collect();
    let kept: Vec<chain::Link> = links.iter().filter(|link| link.log.id.key != desk.lead.key_id()).cloned().collect();
    let mut part = Bundle { scope: Scope::default(), ..whole.clone() };
    part.entries = chain::causal_order(&kept).iter().map(of).collect();
    part.checkpoint.heads = chain::heads(&kept);
    let (tree, proofs) = merkle::prove(&order, &kept.iter().map(|link| link.id).collect()).expect("few");
    whole.merkle = Some(tree.clone());
    (part.merkle, part.proofs) = (Some(tree), Some(proofs));
    [whole, part].map(|bundle| bundle.to_bytes().expect("writable"))
}

/// What a refusal may call a part of a file: by its number, by what it says it is, or by its digest.
fn called(noun: &str, row: usize, value: &Value) -> Vec<String> {
    let number = row + 1;
    let short = |field: &str| value[field].as_str().unwrap_or_default().chars().take(8).collect::<String>();
    let document = |noun: &str| {
        [format!("{noun} {number}"), format!("{noun}/{number}"), format!("{noun} {}", short("sha256"))].to_vec()
    };
    match noun {
        "roster" => [document("roster"), vec![format!("{number} must follow")]].concat(),
        "policies" => document("policy"),
        "manifests" => document("manifest"),
        "blobs" => vec![format!("blob {}", short("sha256"))],
        "digests" => value["name"].as_str().filter(|name| !name.is_empty()).map(str::to_owned).into_iter().collect(),
        "proofs" => vec![format!("entry {}", short("entry")), "the last entry of the tree".to_owned()],
        "entries" => {
            let mut names = vec![format!("entry/{number}")];
            if let Ok(entry) = Entry::parse(&canonical::to_bytes(value).expect("writable")) {
                let log = entry.log();
                names.push(format!("entry {}", entry.id().short()));
                names.push(format!("log {}:{} #{}", log.id.key.short(), log.id.epoch, log.seq));
                // Without it, that version of the roster is not signed.
                if let Some(Body::Roster { version }) = entry.predicate().map(|predicate| &predicate.body) {
                    names.push(format!("roster {version}"));
                }
            }
            names
        }
        "board" | "checkpoint" => vec![noun.to_owned()],
        "merkle" => vec!["merkle".to_owned(), "the root".to_owned()],
        _ => Vec::new(),
    }
}

/// Whether a refusal names one of them, in its place or in its words.
fn says(refusal: &Refusal, names: &[String]) -> bool {
    let text = format!("{}; {}", refusal.place, refusal.what);
    let ends = |at: usize| text[at..].chars().next().is_none_or(|next| !next.is_ascii_alphanumeric());
    names.iter().any(|name| text.match_indices(name.as_str()).any(|(at, _)| ends(at + name.len())))
}

/// Whether it is the file as a whole that cannot be read.
fn unreadable(refusal: &Refusal) -> bool {
    let codes = [Code::Json, Code::NotCanonical, Code::DuplicateKey, Code::Schema];
    refusal.place == "evidence" && codes.contains(&refusal.code)
}

/// Why a file is refused; nothing where it holds.
fn reasons(file: &[u8]) -> Vec<Refusal> {
    match Bundle::parse(file).and_then(|bundle| judge(&bundle)) {
        Ok(evidence) => evidence.reasons(),
        Err(refusal) => vec![refusal],
    }
}

/// Where the parts of a file stand in its bytes: rows before the lists they are in.
fn spans(value: &Value) -> Vec<(Range<usize>, &str, Option<usize>)> {
    let length = |value: &Value| canonical::to_bytes(value).expect("writable").len();
    let mut spans = Vec::new();
    let mut at = "{".len();
    for (noun, part) in value.as_object().expect("an object") {
        at += "\"\":".len() + noun.len();
        let mut row_at = at + "[".len();
        for (row, one) in part.as_array().into_iter().flatten().enumerate() {
            let end = row_at + length(one);
            spans.push((row_at..end, noun.as_str(), Some(row)));
            row_at = end + ",".len();
        }
        let end = at + length(part);
        spans.push((at..end, noun.as_str(), None));
        at = end + ",".len();
    }
    assert_eq!(at, length(value), "the parts are the whole");
    spans
}

#[test]
fn no_one_byte_change_of_the_file_goes_unnoticed() {
    // `make gauntlet` tries every byte; other runs every 29th.
    let full = std::env::var("CABINET_COUNTS").is_ok_and(|counts| counts == "full");
    let step = if full { 1 } else { 29 };
    for bytes in files() {
        let value: Value = serde_json::from_slice(&bytes).expect("JSON");
        let spans = spans(&value);
        let (mut tried, mut by_file) = (0, 0);
        for at in (bytes.len() % step..bytes.len()).step_by(step) {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let reasons = reasons(&changed);
            assert!(!reasons.is_empty(), "byte {at}: accepted");
            tried += 1;
            if reasons.iter().all(unreadable) {
                by_file += 1;
                continue;
            }
            let (_, noun, row) = spans.iter().find(|(span, ..)| span.contains(&at)).expect("within a part");
            let names = match row {
                None => called(noun, 0, &value[noun]),
                Some(row) => {
                    let after: Value = serde_json::from_slice(&changed).expect("JSON still");
                    [called(noun, *row, &value[noun][row]), called(noun, *row, &after[noun][row])].concat()
                }
            };
            assert!(reasons.iter().any(|reason| says(reason, &names)), "byte {at}, {noun} {row:?}: {reasons:?}");
        }
        println!(
            "{} bytes, every {step}. with its last bit turned: {tried} refused, {} by the name of the part, {by_file} as a file \
             that cannot be read",
            bytes.len(),
            tried - by_file
        );
    }
}

#[test]
fn no_row_of_a_file_can_be_left_out_doubled_or_moved() {
    let mut tried = 0;
    for bytes in files() {
        assert!(reasons(&bytes).is_empty(), "the file itself holds");
        let value: Value = serde_json::from_slice(&bytes).expect("JSON");
        for noun in ["roster", "policies", "entries", "manifests", "blobs", "digests", "proofs"] {
            let rows = value[noun].as_array().map_or(0, Vec::len);
            for row in 0..rows {
                let edits: [fn(&mut Vec<Value>, usize); 3] = [
                    |rows, row| drop(rows.remove(row)),
                    |rows, row| rows.insert(row, rows[row].clone()),
                    |rows, row| {
                        let next = (row + 1) % rows.len();
                        rows.swap(row, next);
                    },
                ];
                let own = &value[noun][row];
                let next = (row + 1) % rows;
                // What was doubled stands in the next place as well; what was moved changed places with the next.
                let names = [
                    called(noun, row, own),
                    [called(noun, row, own), called(noun, row + 1, own)].concat(),
                    [called(noun, row, own), called(noun, next, &value[noun][next])].concat(),
                ];
                for ((trick, edit), names) in ["left out", "doubled", "moved"].iter().zip(edits).zip(names) {
                    let mut changed = value.clone();
                    edit(changed[noun].as_array_mut().expect("list"), row);
                    if changed == value {
                        continue;
                    }
                    let plain = canonical::to_bytes(&changed).expect("writable");
                    // Where the list of digests itself was changed, making it anew would mend it.
                    let anew = if noun == "digests" { plain.clone() } else { relisted(changed) };
                    for file in [plain, anew] {
                        tried += 1;
                        let reasons = reasons(&file);
                        assert!(!reasons.is_empty(), "{noun} {row} {trick}: accepted");
                        assert!(reasons.iter().all(|r| !r.place.is_empty()), "{noun} {row} {trick}: {reasons:?}");
                        let named = reasons.iter().any(|reason| says(reason, &names));
                        assert!(named, "{noun} {row} {trick}, which is {names:?}: {reasons:?}");
                    }
                }
            }
        }
    }
    println!("{tried} changed rows, all refused by name");
}
