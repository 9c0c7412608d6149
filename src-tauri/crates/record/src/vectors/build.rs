//! What the vectors are made with: a desk, bundles around it, and tricks on entries and files.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::entry::{Body, Predicate};
use domain::ids::{Digest, EntryId};
use serde_json::Value;

use super::Vector;
use crate::bundle::{Bundle, Checkpoint, Scope};
use crate::canonical;
use crate::chain;
use crate::entry::Entry;
use crate::envelope::{Envelope, PAYLOAD_TYPE};
use crate::keys::Signer as _;
use crate::merkle;
use crate::statement::{Statement, Subject};
use crate::testing::{CHAIR, CTO, Desk, POLICY, TestKey, blobs, manifest, sign_off};

/// A board with one sign-off.
pub fn desk() -> Desk {
    let mut desk = Desk::open();
    desk.write(CTO, sign_off(17));
    desk
}

/// A board that knows what its CTO is called in git.
pub fn in_git() -> Desk {
    let mut desk = Desk::open();
    let mut next = desk.rosters[0].clone();
    next.version = 2;
    next.members[1].git = vec!["grace@example.org".to_owned(), "grace".to_owned()];
    desk.rosters.push(next);
    desk.adopt(2, &[CHAIR, CTO]);
    desk
}

/// The sign-off on a change whose code these committed.
pub fn committed_by(n: u32, committers: &[&str]) -> Body {
    let mut body = sign_off(n);
    if let Body::SignOff(body) = &mut body {
        body.involved.committers = committers.iter().map(|committer| (*committer).to_owned()).collect();
    }
    body
}

/// The complete bundle of a desk, without a Merkle root.
pub fn bundle(desk: &Desk) -> Bundle {
    let links: Vec<chain::Link> = desk.entries.iter().map(crate::verify::link).collect();
    let signed = desk.entries.iter().any(|e| e.predicate().is_some_and(|p| matches!(p.body, Body::SignOff(_))));
    let in_order = chain::causal_order(&links);
    let bytes = |id: &EntryId| desk.entries.iter().find(|entry| entry.id() == *id).map(|entry| entry.bytes().to_vec());
    Bundle {
        board: desk.board,
        board_name: desk.rosters.last().expect("one").name.clone(),
        scope: Scope { complete: true, ..Scope::default() },
        rosters: desk.rosters.iter().map(|roster| canonical::to_bytes(roster).expect("writable")).collect(),
        policies: vec![POLICY.to_vec()],
        entries: in_order.iter().filter_map(bytes).collect(),
        manifests: if signed { vec![manifest()] } else { Vec::new() },
        blobs: if signed {
            blobs().into_values().map(|blob| (blob.digest(), blob)).collect()
        } else {
            std::collections::BTreeMap::new()
        },
        checkpoint: Checkpoint { entry: None, heads: desk.heads() },
        merkle: None,
        proofs: None,
    }
}

/// The same with a Merkle root.
pub fn rooted(desk: &Desk) -> Bundle {
    let mut bundle = bundle(desk);
    let ids = order(desk);
    bundle.merkle = Some(merkle::prove(&ids, &ids.iter().copied().collect()).expect("few").0);
    bundle
}

/// All entries of a desk in causal order.
pub fn order(desk: &Desk) -> Vec<EntryId> {
    chain::causal_order(&desk.entries.iter().map(crate::verify::link).collect::<Vec<_>>())
}

/// What is left of a desk's bundle when `keep` says so, with proofs.
pub fn extract(desk: &Desk, keep: impl Fn(&Entry) -> bool) -> Bundle {
    let kept: Vec<Entry> = desk.entries.iter().filter(|entry| keep(entry)).cloned().collect();
    let ids = kept.iter().map(Entry::id).collect();
    let (root, proofs) = merkle::prove(&order(desk), &ids).expect("few");
    let part = Desk { entries: kept, rosters: desk.rosters.clone(), ..Desk::open_as(desk.board) };
    let mut bundle = bundle(&part);
    bundle.scope.complete = false;
    (bundle.merkle, bundle.proofs) = (Some(root), Some(proofs));
    bundle
}

/// A bundle whose last entries are `bad` ones, and whose checkpoint knows nothing of them.
pub fn with(desk: &Desk, bad: impl IntoIterator<Item = Vec<u8>>) -> Bundle {
    let mut bundle = bundle(desk);
    bundle.entries.extend(bad);
    bundle
}

/// A vector of a bundle.
pub fn vector(name: &str, bundle: &Bundle) -> Vector {
    (name.to_owned(), bundle.to_bytes().expect("writable"))
}

/// A vector of a bundle whose file was changed as a JSON value and written canonically again.
pub fn edited(name: &str, bundle: &Bundle, edit: impl FnOnce(&mut Value)) -> Vector {
    let mut value: Value = serde_json::from_slice(&bundle.to_bytes().expect("writable")).expect("JSON");
    edit(&mut value);
    (name.to_owned(), canonical::to_bytes(&value).expect("writable"))
}

/// A vector of a bundle whose file was changed as text.
pub fn replaced(name: &str, bundle: &Bundle, from: &str, to: &str) -> Vector {
    let text = String::from_utf8(bundle.to_bytes().expect("writable")).expect("UTF-8");
    assert!(text.contains(from), "{name}: {from} is not there");
    (name.to_owned(), text.replacen(from, to, 1).into_bytes())
}

/// The statement as a JSON value, to be changed.
pub fn statement(subjects: Vec<Subject>, predicate: Predicate) -> Value {
    serde_json::from_slice(&Statement::new(subjects, predicate).to_bytes().expect("writable")).expect("JSON")
}

/// Signs whatever a statement has become.
pub fn sealed(value: &Value, key: &TestKey) -> Vec<u8> {
    Envelope::seal(canonical::to_bytes(value).expect("writable"), key).expect("signs").bytes().to_vec()
}

/// The next sign-off of the CTO, its statement changed before it is signed.
pub fn signed_after(desk: &Desk, edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    written_after(desk, CTO, sign_off(18), edit)
}

/// The next entry of `signer`, its statement changed before it is signed.
pub fn written_after(desk: &Desk, signer: u128, body: Body, edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (subjects, predicate) = desk.prepare(signer, body);
    let mut value = statement(subjects, predicate);
    edit(&mut value);
    sealed(&value, desk.key_of(signer))
}

/// The next sign-off of the CTO, its payload changed as text before it is signed.
pub fn signed_text(desk: &Desk, from: &str, to: &str) -> Vec<u8> {
    let (subjects, predicate) = desk.prepare(CTO, sign_off(18));
    let text = String::from_utf8(Statement::new(subjects, predicate).to_bytes().expect("writable")).expect("UTF-8");
    assert!(text.contains(from), "{from} is not there");
    Envelope::seal(text.replacen(from, to, 1).into_bytes(), &desk.cto).expect("signs").bytes().to_vec()
}

/// The next sign-off of the CTO, its envelope changed after it was signed.
pub fn enveloped_after(desk: &Desk, edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(&signed_after(desk, |_| ())).expect("JSON");
    edit(&mut value);
    canonical::to_bytes(&value).expect("writable")
}

/// An envelope with this payload, whose signature is over other bytes.
pub fn signed_over(payload: &[u8], key: &TestKey, message: &[u8]) -> Vec<u8> {
    let value = serde_json::json!({
        "payload": STANDARD.encode(payload),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": key.key_id(), "sig": STANDARD.encode(key.sign(message).expect("signs"))}],
    });
    canonical::to_bytes(&value).expect("writable")
}

/// The hexadecimal text of a digest of nothing in particular.
pub fn some_digest() -> String {
    Digest::of(b"something else").to_string()
}
