//! What travels out.
use std::collections::BTreeSet;

use domain::entry::Body;
use domain::ids::Digest;
use record::entry::Entry;
use record::manifest::Manifest;
use relay::{Parcel, ParcelKind};
use store::QuarantineKind;

use crate::cabinet::{OpenBoard, stored};
use crate::error::Answer;

/// Everything that travels: entries after a position (0 for all) with what they show, and all documents. Entries and blobs
/// that lie where this goes need not go there again.
pub(crate) async fn everything(board: &OpenBoard, after: u32, there: &BTreeSet<Digest>) -> Answer<Vec<Parcel>> {
    let parcel = |kind, bytes: Vec<u8>| Parcel { kind, digest: Digest::of(&bytes), bytes };
    let mut parcels = Vec::new();
    for roster in board.store.rosters().await.map_err(stored)? {
        parcels.push(parcel(ParcelKind::Document, roster.bytes));
    }
    for policy in board.store.policies().await.map_err(stored)? {
        parcels.push(parcel(ParcelKind::Document, policy.bytes));
    }
    for kept in board.store.quarantine().await.map_err(stored)?.into_iter().filter(|k| k.waits) {
        let kind = match kept.kind {
            QuarantineKind::Entry => ParcelKind::Entry,
            QuarantineKind::Document => ParcelKind::Document,
        };
        parcels.push(parcel(kind, kept.bytes));
    }
    let mut wanted = BTreeSet::new();
    let here: BTreeSet<Digest> = board.store.blobs().await.map_err(stored)?.into_iter().map(|b| b.digest).collect();
    for kept in board.store.entries_after(after, u32::MAX).await.map_err(stored)? {
        if [SIGN_OFF, MINUTES_SEALED].contains(&kept.kind.as_str())
            && let Ok(entry) = Entry::parse(&kept.envelope)
        {
            wanted.extend(shown(board, &entry, &here).await);
        }
        let parcel = parcel(ParcelKind::Entry, kept.envelope);
        if !there.contains(&parcel.digest) {
            parcels.push(parcel);
        }
    }
    for digest in wanted.intersection(&here).copied().filter(|digest| !there.contains(digest)) {
        // A blob that was disposed of or never came here cannot be passed on; whoever has it will.
        if let Ok(bytes) = board.store.blob(digest).await {
            parcels.push(Parcel { kind: ParcelKind::Blob, digest, bytes });
        }
    }
    Ok(parcels)
}

/// The kind of entry that shows something.
const SIGN_OFF: &str = "sign_off";

/// The kind of entry behind which there are minutes that others sign.
const MINUTES_SEALED: &str = "minutes_sealed";

/// The blobs behind an entry: what was shown to who signed, the words of who wrote elsewhere, minutes that are signed in turn.
async fn shown(board: &OpenBoard, entry: &Entry, here: &BTreeSet<Digest>) -> BTreeSet<Digest> {
    let mut wanted = BTreeSet::new();
    let body = entry.predicate().map(|p| &p.body);
    if let Some(Body::MinutesSealed { pdf, .. }) = body {
        // It is among the blobs only where somebody signs after the chair.
        wanted.insert(*pdf);
    }
    let Some(Body::SignOff(body)) = body else { return wanted };
    wanted.extend(body.written.as_ref().map(|written| written.raw));
    for subject in &entry.statement().subjects {
        wanted.insert(subject.sha256);
        if here.contains(&subject.sha256)
            && let Ok(bytes) = board.store.blob(subject.sha256).await
            && let Ok(manifest) = Manifest::parse(&bytes)
        {
            wanted.extend(manifest.digests());
        }
    }
    wanted
}
