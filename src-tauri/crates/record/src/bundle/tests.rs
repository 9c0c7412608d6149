use super::*;
use crate::chain;
use crate::merkle;
use crate::testing::bodies::{disposal, write};
use crate::testing::{CTO, Desk, LEAD, POLICY, blobs, manifest, running, sign_off, vote};
use crate::verify;

pub(super) fn desk() -> Desk {
    let mut desk = Desk::open();
    desk.write(CTO, sign_off(17));
    desk.write(LEAD, vote());
    desk.write(11, running());
    desk
}

pub(super) fn bundle_of(desk: &Desk) -> Bundle {
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

pub(super) fn judge(bundle: &Bundle) -> Result<Evidence, Refusal> {
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
