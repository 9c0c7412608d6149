//! Parcels and chance for the tests of this crate.
use std::collections::BTreeSet;

use domain::ids::{BoardId, Digest};
use uuid::Uuid;

use crate::{Collected, Parcel, Relay};

pub(crate) fn board() -> BoardId {
    BoardId(Uuid::from_u128(7))
}

/// Bytes in the form of an entry's envelope. Relays do not verify them.
pub(crate) fn entry(n: u32) -> Vec<u8> {
    format!(
        r#"{{"payload":"{n:08}","payloadType":"application/vnd.in-toto+json","signatures":[{{"keyid":"00","sig":"AA=="}}]}}"#
    )
    .into_bytes()
}

pub(crate) fn document(n: u32) -> Vec<u8> {
    format!(r#"{{"schema":"urn:x-cabinet:roster:1","version":{n}}}"#).into_bytes()
}

pub(crate) fn blob(n: u32) -> Vec<u8> {
    format!("blob {n}").into_bytes()
}

/// `count` parcels of every kind, each `n` another.
pub(crate) fn parcels(from: u32, count: u32) -> Vec<Parcel> {
    (from..from + count)
        .map(|n| match n % 3 {
            0 => Parcel::of(document(n)),
            1 => Parcel::of(entry(n)),
            _ => Parcel::of(blob(n)),
        })
        .collect()
}

pub(crate) fn digests(parcels: &[Parcel]) -> BTreeSet<Digest> {
    parcels.iter().map(|parcel| parcel.digest).collect()
}

/// Everything the relay has to say from `cursor` on, as a caller asks for it.
pub(crate) async fn collect_all(relay: &dyn Relay, cursor: &str, known: &BTreeSet<Digest>) -> Collected {
    let mut all = Collected { cursor: cursor.to_owned(), ..Collected::default() };
    let mut known = known.clone();
    let mut continued = false;
    loop {
        let some = relay.collect(&all.cursor, &known).await.expect("collects");
        assert!(some.parcels.iter().all(|parcel| known.insert(parcel.digest)), "never what is known, never twice");
        all.parcels.extend(some.parcels);
        all.damaged.extend(some.damaged);
        all.there = some.there;
        all.cursor = some.cursor;
        // What arrived during a pass of several answers comes with the next one.
        if !some.more && !continued {
            return all;
        }
        continued = some.more;
    }
}

/// A small generator with a printed seed: a failure can be run again.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % below
    }
}

/// `full` under `make gauntlet`, else few.
pub(crate) fn counted(few: u32, full: u32) -> u32 {
    if std::env::var("CABINET_COUNTS").is_ok_and(|counts| counts == "full") { full } else { few }
}
