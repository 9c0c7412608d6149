use super::*;
use crate::chain;
use crate::merkle;
use crate::testing::bodies::{disposal, write};
use crate::testing::{CTO, Desk, LEAD, POLICY, blobs, manifest, running, sign_off, vote};
use crate::verify;

fn desk() -> Desk {
    let mut desk = Desk::open();
    desk.write(CTO, sign_off(17));
    desk.write(LEAD, vote());
    desk.write(11, running());
    desk
}

fn bundle_of(desk: &Desk) -> Bundle {
    Bundle {
        board: desk.board,
        board_name: "Payments board".to_owned(),
        scope: Scope { complete: true, ..Scope::default() },
        rosters: desk.documents(),
        policies: vec![POLICY.to_vec()],
        entries: desk.entries.iter().map(|entry| entry.bytes().to_vec()).collect(),
        manifests: vec![manifest()],
        blobs: blobs().into_values().map(|blob| (blob.digest(), blob)).collect(),
        checkpoint: Checkpoint { entry: None, heads: desk.heads() },
        merkle: None,
        proofs: None,
    }
}

fn bundle() -> Bundle {
    bundle_of(&desk())
}

fn judge(bundle: &Bundle) -> Result<Evidence, Refusal> {
    bundle.verify(Some(Desk::open().chain().fingerprint()), &Options::default())
}

fn codes(bundle: &Bundle) -> Vec<Code> {
    let evidence = judge(bundle).expect("the roster holds");
    assert!(!evidence.holds(), "must not hold");
    evidence.reasons().into_iter().map(|refusal| refusal.code).collect()
}

#[test]
fn a_bundle_reads_back_and_holds() {
    let bundle = bundle();
    let bytes = bundle.to_bytes().expect("writable");
    assert_eq!(bytes, bundle.to_bytes().expect("writable"), "the same bytes each time");
    let read = Bundle::parse(&bytes).expect("reads");
    assert_eq!(read, bundle);
    let evidence = judge(&read).expect("judged");
    assert!(evidence.holds(), "{:?}", evidence.reasons());
    assert!(evidence.anchored);
    assert_eq!(evidence.verified.entries.len(), 5);
    assert!(!read.verify(None, &Options::default()).expect("judged").anchored);
}

#[test]
fn no_one_byte_change_of_the_file_goes_unnoticed() {
    let bytes = bundle().to_bytes().expect("writable");
    // `make gauntlet` tries every byte; other runs every eleventh.
    let full = std::env::var("CABINET_COUNTS").is_ok_and(|counts| counts == "full");
    let (first, step) = if full { (0, 1) } else { (bytes.len() % 11, 11) };
    let unnoticed: Vec<usize> = (first..bytes.len())
        .step_by(step)
        .filter(|at| {
            let mut changed = bytes.clone();
            changed[*at] ^= 1;
            Bundle::parse(&changed).and_then(|bundle| judge(&bundle)).is_ok_and(|evidence| evidence.holds())
        })
        .collect();
    assert_eq!(unnoticed, Vec::<usize>::new(), "of {} bytes", bytes.len());
}

#[test]
fn another_root_is_refused() {
    let other = RosterFingerprint(Digest([1; 32]));
    let refusal = bundle().verify(Some(other), &Options::default()).expect_err("another root");
    assert_eq!(refusal.code, Code::RosterRoot);
}

#[test]
fn whoever_knows_a_newer_roster_refuses_what_was_cut_before_it() {
    let root = Desk::open().chain().fingerprint();
    let asking = |least| bundle().verify(Some(root), &Options { least_roster: Some(least), ..Options::default() });
    assert!(asking(1).expect("judged").holds());
    assert_eq!(asking(2).expect_err("roster 2 is not here").code, Code::RosterOlder);
}

#[test]
fn a_withheld_blob_is_told_and_the_rest_holds() {
    let mut bundle = bundle();
    let (digest, _) = bundle.blobs.pop_first().expect("two blobs");
    let read = Bundle::parse(&bundle.to_bytes().expect("writable")).expect("reads");
    let evidence = judge(&read).expect("judged");
    assert!(evidence.holds(), "{:?}", evidence.reasons());
    assert_eq!(evidence.withheld, BTreeSet::from([digest]));
}

#[test]
fn a_blob_is_disposed_of_by_an_entry_and_withheld_without_one() {
    let mut desk = desk();
    let entry = write(&mut desk, disposal());
    let (backout, title) = (blobs()["plan.backout"].digest(), blobs()["title"].digest());
    let with = |kept: &[Digest]| {
        let mut bundle = bundle_of(&desk);
        bundle.blobs.retain(|digest, _| kept.contains(digest));
        let evidence = judge(&bundle).expect("judged");
        assert!(evidence.holds(), "{:?}", evidence.reasons());
        (evidence.disposed, evidence.outlived, evidence.withheld)
    };
    let said = BTreeMap::from([(backout, entry.id())]);
    let nothing = BTreeMap::new();
    assert_eq!(with(&[title]), (said.clone(), nothing.clone(), BTreeSet::new()));
    assert_eq!(with(&[]), (said.clone(), nothing.clone(), BTreeSet::from([title])));
    assert_eq!(with(&[backout, title]), (nothing, said, BTreeSet::new()), "told, and not wrong");
}

#[test]
fn what_is_missing_or_moved_in_a_complete_bundle_is_named() {
    let mut short = bundle();
    short.entries.pop();
    assert!(codes(&short).contains(&Code::SeenMissing), "the checkpoint knows it");
    let mut moved = bundle();
    moved.entries.swap(2, 3);
    assert_eq!(codes(&moved), [Code::NotCanonical]);
    let mut twice = bundle();
    twice.entries.push(twice.entries[4].clone());
    assert_eq!(codes(&twice), [Code::NotCanonical]);
    let mut without_manifest = bundle();
    without_manifest.manifests.clear();
    without_manifest.blobs.clear();
    assert_eq!(codes(&without_manifest), [Code::Subject]);
    let mut without_policy = bundle();
    without_policy.policies.clear();
    assert!(codes(&without_policy).contains(&Code::Policy));
    let mut more = bundle();
    more.checkpoint.heads.clear();
    assert_eq!(codes(&more), [Code::Checkpoint]);
    let mut elsewhere = bundle();
    elsewhere.checkpoint.entry = Some(EntryId([1; 32]));
    assert_eq!(codes(&elsewhere), [Code::Checkpoint]);
}

#[test]
fn an_extract_says_what_it_leaves_out_and_proves_the_rest() {
    let desk = desk();
    let ids: Vec<EntryId> = desk.entries.iter().map(crate::entry::Entry::id).collect();
    let mut extract = bundle_of(&desk);
    extract.scope.complete = false;
    extract.entries.remove(3);
    let kept = desk.entries.iter().enumerate().filter(|(index, _)| *index != 3).map(|(_, entry)| verify::link(entry));
    extract.checkpoint.heads = chain::heads(&kept.collect::<Vec<_>>());
    extract.merkle = Some(Merkle { root: merkle::root(&ids), size: 5 });
    let proof = |n: u32| {
        let path = merkle::path(&ids, n as usize).expect("inside");
        Proof { entry: ids[n as usize], index: n, path }
    };
    extract.proofs = Some([0, 1, 2, 4].map(proof).to_vec());
    let read = Bundle::parse(&extract.to_bytes().expect("writable")).expect("reads");
    let evidence = judge(&read).expect("judged");
    assert!(evidence.holds(), "{:?}", evidence.reasons());
    assert!(!evidence.left_out.is_empty());
    extract.proofs.as_mut().expect("set")[1].index = 2;
    assert_eq!(codes(&extract), [Code::MerkleProof]);
    extract.proofs.as_mut().expect("set").remove(1);
    assert_eq!(codes(&extract), [Code::MerkleProof]);
    let mut whole = bundle_of(&desk);
    whole.merkle = Some(Merkle { root: merkle::root(&ids), size: 5 });
    assert!(judge(&whole).expect("judged").holds());
    whole.merkle = Some(Merkle { root: Digest([0; 32]), size: 5 });
    assert_eq!(codes(&whole), [Code::MerkleProof]);
}

#[test]
fn a_file_that_contradicts_itself_is_not_read() {
    let text = String::from_utf8(bundle().to_bytes().expect("writable")).expect("UTF-8");
    let title = STANDARD.encode("Upgrade PostgreSQL");
    let cases = [
        (text.replace("evidence:1", "evidence:2"), Code::Schema),
        (text.replacen(&title, &STANDARD.encode("Upgrade SQLite 3.51"), 1), Code::Blob),
        (text.replacen("{\"blobs\":", "{\"Blobs\":[],\"blobs\":", 1), Code::Schema),
        (text.replacen("\"proofs\":null,", "", 1), Code::Schema),
        (text.replacen("starter", "starker", 1), Code::BundleDigest),
        (format!("{text} "), Code::NotCanonical),
        (text.replacen("{\"blobs\":", "{\"blobs\":[],\"blobs\":", 1), Code::DuplicateKey),
    ];
    for (changed, code) in cases {
        let refusal = Bundle::parse(changed.as_bytes()).expect_err("refused");
        assert_eq!(refusal.code, code, "{refusal}");
    }
}

/// The list of digests made anew, as whoever changes a file on purpose would.
fn relisted(mut value: serde_json::Value) -> Vec<u8> {
    let list = |noun: &str, part: &str| -> Vec<serde_json::Value> {
        let parts = value[part].as_array().into_iter().flatten().enumerate();
        parts
            .map(|(index, one)| {
                let digest = match one.get("text").and_then(serde_json::Value::as_str) {
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
    desk.adopt(2, &[crate::testing::CHAIR, CTO]);
    desk.write(CTO, sign_off(18));
    desk.write(LEAD, vote());
    let links: Vec<chain::Link> = desk.entries.iter().map(verify::link).collect();
    let order = chain::causal_order(&links);
    let mut whole = Bundle { board_name: "Payments".to_owned(), ..bundle_of(&desk) };
    let of = |id: &EntryId| desk.entries.iter().find(|entry| entry.id() == *id).expect("there").bytes().to_vec();
    whole.entries = order.iter().map(of).collect();
    let kept: Vec<chain::Link> =
        links.iter().filter(|link| link.log.id.key != crate::keys::Signer::key_id(&desk.lead)).cloned().collect();
    let mut part = Bundle { scope: Scope::default(), ..whole.clone() };
    part.entries = chain::causal_order(&kept).iter().map(of).collect();
    part.checkpoint.heads = chain::heads(&kept);
    let (tree, proofs) = merkle::prove(&order, &kept.iter().map(|link| link.id).collect()).expect("few");
    whole.merkle = Some(tree.clone());
    (part.merkle, part.proofs) = (Some(tree), Some(proofs));
    [whole, part].map(|bundle| bundle.to_bytes().expect("writable"))
}

#[test]
fn no_row_of_a_file_can_be_left_out_doubled_or_moved() {
    let mut tried = 0;
    for bytes in files() {
        let holds = |bytes: &[u8]| Bundle::parse(bytes).and_then(|bundle| judge(&bundle));
        assert!(holds(&bytes).is_ok_and(|evidence| evidence.holds()), "the file itself holds");
        let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        for noun in ["roster", "policies", "entries", "manifests", "blobs", "digests", "proofs"] {
            let rows = value[noun].as_array().map_or(0, Vec::len);
            for row in 0..rows {
                let edits: [fn(&mut Vec<serde_json::Value>, usize); 3] = [
                    |rows, row| drop(rows.remove(row)),
                    |rows, row| rows.insert(row, rows[row].clone()),
                    |rows, row| {
                        let next = (row + 1) % rows.len();
                        rows.swap(row, next);
                    },
                ];
                for (trick, edit) in ["left out", "doubled", "moved"].iter().zip(edits) {
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
                        let reasons = match holds(&file) {
                            Ok(evidence) => evidence.reasons(),
                            Err(refusal) => vec![refusal],
                        };
                        assert!(!reasons.is_empty(), "{noun} {row} {trick}: accepted");
                        assert!(reasons.iter().all(|r| !r.place.is_empty()), "{noun} {row} {trick}: {reasons:?}");
                    }
                }
            }
        }
    }
    println!("{tried} changed rows, all refused by name");
}
