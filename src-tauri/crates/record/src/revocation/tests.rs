use chrono::{DateTime, Utc};
use domain::entry::Body;
use domain::ids::{Digest, MemberId};
use domain::roster::{KeyUse, Revocation};

use super::*;
use crate::keys::Signer as _;
use crate::statement::Subject;
use crate::testing::{CHAIR, CTO, Desk, LEAD, TestKey, id, roster_key, running, time, vote};
use crate::verify::{Context, Verified, verify_log};

const DEVICE: u128 = 11;

fn verified(desk: &Desk) -> Verified {
    verify_log(desk.bytes(), &Context::of(&desk.chain()), &BTreeMap::new())
}

/// Takes a key of a member away, in a version adopted by two who had seen `known`.
fn revoke(desk: &mut Desk, known: &[Entry], members: &[usize], reason: Option<RevocationReason>) {
    let mut next = desk.rosters.last().expect("a roster").clone();
    next.version += 1;
    for member in members {
        for key in &mut next.members[*member].keys {
            // The chair keeps the signature key: who holds root must have one.
            if *member != 0 || key.usage == KeyUse::Recording {
                key.status = KeyStatus::Revoked;
                key.revoked = reason.map(|reason| Revocation { from: from(), reason });
            }
        }
    }
    let version = next.version;
    desk.rosters.push(next);
    desk.adopt_after(known, version, &[CHAIR, CTO]);
}

fn from() -> DateTime<Utc> {
    time(5)
}

/// Who had seen the entry.
#[derive(Debug, Clone, Copy, PartialEq)]
enum By {
    Adopters,
    AnotherLater,
    Nobody,
    RivalAdoption,
}

/// The lead writes; then the key is taken away.
fn lead_revoked(reason: Option<RevocationReason>, seen: By) -> (Desk, Entry) {
    let mut desk = Desk::open();
    let before = desk.entries.clone();
    let entry = desk.write(LEAD, vote());
    let known = if seen == By::Adopters { desk.entries.clone() } else { before };
    revoke(&mut desk, &known, &[2], reason);
    match seen {
        By::Adopters | By::Nobody => {}
        By::AnotherLater => {
            desk.write(DEVICE, running());
        }
        By::RivalAdoption => {
            // A root holder signs another document as version 2, which never became part of the chain.
            let mut predicate = desk.predicate(CTO, Body::Roster { version: 2 });
            predicate.roster = crate::roster::RosterVersion::of(&desk.rosters[0]).expect("valid").reference();
            predicate.auth = domain::entry::Auth::Pin;
            let subject = Subject { name: "roster 2".to_owned(), sha256: Digest::of(b"a rival") };
            desk.push(CTO, vec![subject], predicate);
        }
    }
    (desk, entry)
}

#[test]
fn what_counts_of_a_revoked_key_is_what_others_had_seen() {
    use RevocationReason::{Compromised, Left, Lost};
    for (reason, seen, counts) in [
        (Some(Lost), By::Adopters, true),
        (Some(Compromised), By::Adopters, true),
        (Some(Left), By::Adopters, true),
        (None, By::Adopters, true),
        (Some(Lost), By::AnotherLater, false),
        (Some(Compromised), By::AnotherLater, false),
        (Some(Left), By::AnotherLater, true),
        (None, By::AnotherLater, false),
        (Some(Lost), By::Nobody, false),
        (Some(Compromised), By::Nobody, false),
        (Some(Left), By::Nobody, false),
        (None, By::Nobody, false),
        (Some(Lost), By::RivalAdoption, false),
        (Some(Compromised), By::RivalAdoption, false),
        (Some(Left), By::RivalAdoption, true),
        (None, By::RivalAdoption, false),
    ] {
        let (desk, entry) = lead_revoked(reason, seen);
        let verified = verified(&desk);
        let case = format!("{reason:?}, seen by {seen:?}");
        assert_eq!(verified.entries.contains(&entry), counts, "{case}: {:?}", verified.refusals);
        let codes: Vec<Code> = verified.refusals.iter().map(|refusal| refusal.code).collect();
        assert_eq!(codes, if counts { Vec::new() } else { vec![Code::Unwitnessed] }, "{case}");
        assert!(verified.faults.is_empty(), "a refused entry still holds its place in the log: {case}");
    }
}

#[test]
fn nothing_signed_under_the_roster_that_revokes_the_key_counts() {
    use RevocationReason::{Compromised, Left, Lost};
    for reason in [Some(Lost), Some(Compromised), Some(Left), None] {
        let (mut desk, before) = lead_revoked(reason, By::Adopters);
        let after = desk.write(LEAD, vote());
        desk.write(DEVICE, running());
        let verified = verified(&desk);
        let codes: Vec<Code> = verified.refusals.iter().map(|refusal| refusal.code).collect();
        assert!(codes.contains(&Code::KeyInactive), "{reason:?}: {codes:?}");
        assert!(!verified.entries.contains(&after), "{reason:?}: not even seen by another");
        assert!(verified.entries.contains(&before), "{reason:?}: what was seen before stays");
    }
}

#[test]
fn a_member_who_left_does_not_vouch_for_oneself_by_another_device() {
    for by_another in [false, true] {
        let mut desk = Desk::open();
        let second = TestKey::new(13);
        let mut next = desk.rosters[0].clone();
        next.version = 2;
        next.members[2].keys.push(roster_key(&second, KeyUse::Recording));
        desk.rosters.push(next);
        desk.adopt(2, &[CHAIR, CTO]);
        let before = desk.entries.clone();
        let entry = desk.write(LEAD, vote());
        if by_another {
            desk.write(DEVICE, running());
        } else {
            let chairs = std::mem::replace(&mut desk.device, second);
            let (subjects, mut predicate) = desk.prepare(DEVICE, running());
            predicate.actor = MemberId(id(LEAD));
            desk.push(DEVICE, subjects, predicate);
            desk.device = chairs;
        }
        revoke(&mut desk, &before, &[2], Some(RevocationReason::Left));
        assert_eq!(verified(&desk).entries.contains(&entry), by_another, "seen by another member: {by_another}");
    }
}

#[test]
fn what_does_not_count_itself_vouches_for_nobody() {
    for device_lost_as_well in [false, true] {
        let mut desk = Desk::open();
        let before = desk.entries.clone();
        let entry = desk.write(LEAD, vote());
        desk.write(DEVICE, running());
        revoke(&mut desk, &before, &[2], Some(RevocationReason::Left));
        if device_lost_as_well {
            let device = desk.device.key_id();
            let of_others = |e: &&Entry| e.log().id.key != device && e.id() != entry.id();
            let known: Vec<Entry> = desk.entries.iter().filter(of_others).cloned().collect();
            revoke(&mut desk, &known, &[0], Some(RevocationReason::Lost));
        }
        assert_eq!(verified(&desk).entries.contains(&entry), !device_lost_as_well);
    }
}

#[test]
fn a_retired_key_was_only_replaced_and_all_it_signed_stands() {
    let mut desk = Desk::open();
    let before = desk.entries.clone();
    let entry = desk.write(LEAD, vote());
    let mut next = desk.rosters[0].clone();
    next.version = 2;
    next.members[2].keys[0].status = KeyStatus::Retired;
    desk.rosters.push(next);
    desk.adopt_after(&before, 2, &[CHAIR, CTO]);
    let verified = verified(&desk);
    assert!(verified.entries.contains(&entry) && verified.refusals.is_empty(), "{:?}", verified.refusals);
}
