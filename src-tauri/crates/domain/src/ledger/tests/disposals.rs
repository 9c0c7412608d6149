//! What was disposed of is noted with the first word on it, and nothing that was signed or decided moves by it.
use super::*;
use crate::disposal::{DisposalBody, Ground};

fn disposed(actor: u8, blobs: &[u8], reason: &str) -> Predicate {
    let blobs = blobs.iter().map(|n| Digest([*n; 32])).collect();
    let body = DisposalBody { blobs, change: Some(key(1)), ground: Ground::Erasure, reason: reason.to_owned() };
    predicate(actor, Attestation::Signed, Body::Disposed(body))
}

#[test]
fn the_first_word_on_a_blob_stays_and_no_row_is_touched() {
    let mut ledger = in_session();
    let before = ledger.all();
    assert!(apply(&mut ledger, 2, &disposed(CHAIR, &[1, 2], "asked to")).is_empty());
    assert!(apply(&mut ledger, 3, &disposed(OTHER, &[2, 3], "once more")).is_empty());
    let said = |n: u8| ledger.disposals.get(&Digest([n; 32])).map(|d| (d.entry, d.actor, d.reason.as_str()));
    assert_eq!(said(1), Some((EntryId([2; 32]), id(CHAIR), "asked to")));
    assert_eq!(said(2), Some((EntryId([2; 32]), id(CHAIR), "asked to")), "of what is gone, nobody disposes again");
    assert_eq!(said(3), Some((EntryId([3; 32]), id(OTHER), "once more")));
    assert_eq!(said(4), None);
    assert_eq!(ledger.all(), before, "what was signed over the digests stands");
}
