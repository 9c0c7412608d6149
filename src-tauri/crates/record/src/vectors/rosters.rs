//! Roster chains that do not hold; modelled on the tests of TUF's root (rollback, skipped versions, too few or repeated
//! signatures, unknown roles, wrong thresholds).
use domain::ids::{BoardId, MemberId};
use domain::roster::{KeyStatus, KeyUse, Revocation, RevocationReason, Role, Roster};
use serde_json::Value;

use super::Vector;
use super::build::{bundle, desk, sealed, statement, vector, with};
use crate::bundle::Bundle;
use crate::canonical;
use crate::entry::Entry;
use crate::envelope::Envelope;
use crate::testing::{CHAIR, CTO, Desk, LEAD, TestKey, id, member, roster_key, sign_off, time, vote};

pub fn all() -> Vec<Vector> {
    [documents(), keys(), chains(), thresholds(), revocations()].concat()
}

/// A board with a second version of the roster, which nobody has signed yet.
pub fn proposed(edit: impl FnOnce(&mut Roster)) -> Desk {
    let mut desk = desk();
    let mut next = desk.rosters[0].clone();
    next.version = 2;
    edit(&mut next);
    desk.rosters.push(next);
    desk
}

/// The same, signed by chair and CTO.
pub fn adopted(edit: impl FnOnce(&mut Roster)) -> Desk {
    let mut desk = proposed(edit);
    desk.adopt(2, &[CHAIR, CTO]);
    desk
}

/// A bundle whose second roster is this document. Whether it is signed is not even looked at.
fn document(name: &str, edit: impl FnOnce(&mut Value)) -> Vector {
    let mut whole = bundle(&desk());
    let mut value: Value = serde_json::from_slice(&whole.rosters[0]).expect("JSON");
    value["version"] = 2.into();
    edit(&mut value);
    whole.rosters.push(canonical::to_bytes(&value).expect("writable"));
    vector(name, &whole)
}

fn documents() -> Vec<Vector> {
    let first = |v: &mut Value| v["members"][0].clone();
    vec![
        document("roster-version--later-schema", |v| v["schema"] = "urn:x-cabinet:roster:2".into()),
        document("roster-version--member-twice", |v| {
            let one = first(v);
            v["members"].as_array_mut().expect("list").push(one);
        }),
        document("roster-version--key-of-two-members", |v| {
            let key = v["members"][0]["keys"][0].clone();
            v["members"][3]["keys"] = vec![key].into();
        }),
        document("roster-version--root-holder-twice", |v| {
            let one = v["root_holders"][0].clone();
            v["root_holders"].as_array_mut().expect("list").push(one);
        }),
        document("roster-version--root-holder-who-is-no-member", |v| {
            v["root_holders"][0] = id(77).to_string().into();
        }),
        document("roster-version--root-holder-without-a-key", |v| v["root_holders"][0] = id(9).to_string().into()),
        document("roster-version--root-holder-with-a-retired-key", |v| {
            v["members"][0]["keys"][0]["status"] = "retired".into();
        }),
        document("roster-version--root-holder-who-is-an-auditor", |v| {
            v["members"][1]["roles"] = vec!["auditor"].into();
        }),
        document("roster-version--threshold-of-0", |v| v["threshold"] = 0.into()),
        document("roster-version--threshold-nobody-can-reach", |v| v["threshold"] = 3.into()),
        document("schema--unknown-role", |v| v["members"][0]["roles"] = vec!["king"].into()),
        document("schema--member-with-an-unknown-field", |v| v["members"][0]["mood"] = "fine".into()),
        document("schema--revoked-without-a-reason", |v| {
            v["members"][2]["keys"][0]["revoked"] = serde_json::json!({"from": time(5)});
        }),
        document("schema--member-with-an-empty-corporate-certificate", |v| {
            v["members"][0]["certificate"] = serde_json::Value::Null;
        }),
        document("schema--corporate-certificate-without-an-endorsement", |v| {
            v["members"][0]["certificate"] = serde_json::json!({"chain": ["AQ=="]});
        }),
    ]
}

fn keys() -> Vec<Vector> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let spki = |name: &str, edit: fn(Vec<u8>) -> Vec<u8>| {
        document(name, |v| {
            let key = &mut v["members"][2]["keys"][0];
            let changed = edit(STANDARD.decode(key["spki"].as_str().expect("text")).expect("base64"));
            key["id"] = crate::keys::key_id_of(&changed).to_string().into();
            key["spki"] = STANDARD.encode(changed).into();
        })
    };
    vec![
        spki("key-encoding--byte-after-the-end", |bytes| [bytes.as_slice(), &[0]].concat()),
        spki("key-encoding--cut-short", |bytes| bytes[..90].to_vec()),
        spki("key-encoding--not-on-the-curve", |mut bytes| {
            bytes[90] ^= 1;
            bytes
        }),
        spki("key-encoding--coordinate-beyond-the-prime", |mut bytes| {
            // A point whose x is 0, written as the prime: the same one to whoever reduces it.
            let x = hex::decode("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff").expect("hex");
            let y = hex::decode("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4").expect("hex");
            bytes.truncate(27);
            [bytes, x, y].concat()
        }),
        spki("key-encoding--compressed-point", |bytes| {
            let mut short = bytes[..59].to_vec();
            (short[1], short[24], short[26]) = (0x39, 0x22, 2 + (bytes[90] & 1));
            short
        }),
        document("key-encoding--another-algorithm", |v| v["members"][2]["keys"][0]["alg"] = "ed25519".into()),
        document("key-id--not-that-of-the-key", |v| v["members"][2]["keys"][0]["id"] = "0".repeat(64).into()),
        document("base64--key-without-padding", |v| {
            let key = &mut v["members"][2]["keys"][0]["spki"];
            *key = key.as_str().expect("text").trim_end_matches('=').into();
        }),
    ]
}

fn chains() -> Vec<Vector> {
    let changed = |name: &str, desk: &Desk, edit: fn(&mut Bundle)| {
        let mut bundle = bundle(desk);
        edit(&mut bundle);
        vector(name, &bundle)
    };
    let renamed = adopted(|next| next.name = "Payments".to_owned());
    let mut backwards = adopted(|next| next.name = "Payments".to_owned());
    backwards.write(LEAD, vote());
    let (subjects, mut predicate) = backwards.prepare(LEAD, vote());
    predicate.roster = crate::roster::RosterVersion::of(&backwards.rosters[0]).expect("valid").reference();
    backwards.push(LEAD, subjects, predicate);
    let other = {
        let mut desk = Desk::open_as(BoardId(id(101)));
        desk.write(CTO, sign_off(17));
        desk
    };
    vec![
        vector("roster-root--another-ceremony", &bundle(&other)),
        changed("roster-version--none-at-all", &desk(), |b| b.rosters.clear()),
        changed("roster-version--begins-with-2", &renamed, |b| drop(b.rosters.remove(0))),
        changed("roster-version--goes-back-to-1", &renamed, |b| {
            let first = b.rosters[0].clone();
            b.rosters.push(first);
        }),
        changed("roster-version--the-same-twice", &desk(), |b| {
            let first = b.rosters[0].clone();
            b.rosters.push(first);
        }),
        document("roster-version--skips-2", |v| v["version"] = 3.into()),
        document("roster-version--of-another-board", |v| v["board"] = id(101).to_string().into()),
        changed("roster-version--adopted-and-left-out", &renamed, |b| {
            b.rosters.truncate(1);
            b.board_name = "Payments board".to_owned();
        }),
        vector("roster-backwards--after-a-newer-one", &bundle(&backwards)),
        {
            let desk = adopted(|next| {
                next.members[3].keys.push(roster_key(&TestKey::new(4), KeyUse::Signature));
                next.members[3].roles = vec![Role::BoardMember];
            });
            let (subjects, mut predicate) = desk.prepare(CTO, vote());
            let key = TestKey::new(4);
            let own = crate::keys::Signer::key_id(&key);
            predicate.roster = crate::roster::RosterVersion::of(&desk.rosters[0]).expect("valid").reference();
            (predicate.actor, predicate.recorder) = (MemberId(id(9)), own);
            predicate.log = crate::chain::next_position(domain::ids::LogId { key: own, epoch: 1 }, &desk.heads());
            let bytes = sealed(&statement(subjects, predicate), &key);
            vector("key-unknown--not-in-the-roster-it-names", &with(&desk, [bytes]))
        },
    ]
}

fn thresholds() -> Vec<Vector> {
    let signed = |name: &str, mut desk: Desk, by: &[u128]| {
        desk.adopt(2, by);
        vector(name, &bundle(&desk))
    };
    let renamed = || proposed(|next| next.name = "Payments".to_owned());
    let second = TestKey::new(21);
    let further = |n: usize| {
        let key = roster_key(&TestKey::new(21), KeyUse::Signature);
        proposed(move |next| next.members[n].keys.push(key))
    };
    let admit = |roles: &'static [Role]| {
        let key = roster_key(&second, KeyUse::Signature);
        proposed(move |next| next.members.push(member(4, "Barbara", roles, vec![key])))
    };
    let mut first = bundle(&Desk::open());
    first.entries.remove(1);
    first.checkpoint.heads.pop_last();
    vec![
        vector("roster-threshold--the-first-by-one-of-two", &first),
        vector("roster-threshold--unsigned", &bundle(&renamed())),
        signed("roster-threshold--one-of-two", renamed(), &[CHAIR]),
        signed("roster-threshold--the-same-one-twice", renamed(), &[CHAIR, CHAIR]),
        signed("roster-threshold--with-a-member-who-holds-no-root", renamed(), &[CHAIR, LEAD]),
        signed(
            "roster-threshold--holders-of-the-next-version-only",
            proposed(|next| next.root_holders = vec![MemberId(id(LEAD)), MemberId(id(CHAIR))]),
            &[LEAD, CHAIR],
        ),
        signed("roster-threshold--another-members-further-device", further(2), &[CHAIR]),
        signed("roster-threshold--authority-admitted-by-one", admit(&[Role::ReleaseManager]), &[CHAIR]),
        signed("roster-threshold--plain-member-admitted-by-a-member", admit(&[Role::BoardMember]), &[LEAD]),
        signed(
            "roster-threshold--own-key-and-another-role",
            proposed(|next| {
                next.members[2].keys.push(roster_key(&TestKey::new(21), KeyUse::Signature));
                next.members[2].roles.push(Role::Security);
            }),
            &[LEAD],
        ),
        signed(
            "roster-threshold--revoked-by-the-member-alone",
            proposed(|next| next.members[2].keys[0].status = KeyStatus::Revoked),
            &[LEAD],
        ),
        signed("roster-threshold--lower-threshold-by-one", proposed(|next| next.threshold = 1), &[CHAIR]),
    ]
}

/// The lead's key, taken away.
pub fn revoke(next: &mut Roster, reason: RevocationReason) {
    let key = &mut next.members[2].keys[0];
    key.status = KeyStatus::Revoked;
    key.revoked = Some(Revocation { from: time(30), reason });
}

/// A board on which the lead voted, and nobody saw it before the key was taken away.
fn unseen(name: &str, reason: RevocationReason) -> Vector {
    let mut desk = proposed(|next| revoke(next, reason));
    let (subjects, mut predicate) = desk.prepare(LEAD, vote());
    predicate.roster = crate::roster::RosterVersion::of(&desk.rosters[0]).expect("valid").reference();
    desk.adopt(2, &[CHAIR, CTO]);
    desk.push(LEAD, subjects, predicate);
    vector(name, &bundle(&desk))
}

/// The same, but another member saw it after the key was taken away.
fn seen_later(reason: RevocationReason) -> Desk {
    let mut desk = proposed(|next| revoke(next, reason));
    let (subjects, mut predicate) = desk.prepare(LEAD, vote());
    predicate.roster = crate::roster::RosterVersion::of(&desk.rosters[0]).expect("valid").reference();
    desk.adopt(2, &[CHAIR, CTO]);
    desk.push(LEAD, subjects, predicate);
    desk.write(CTO, vote());
    desk
}

/// A vote of a member who left, which somebody saw later: it counts.
pub fn left_and_seen() -> Desk {
    seen_later(RevocationReason::Left)
}

/// The same, but who saw it wrote with a newer Cabinet: whether that counts nobody here can say.
fn left_and_seen_by_a_newer_cabinet() -> Desk {
    let mut desk = seen_later(RevocationReason::Left);
    desk.entries.pop();
    let (subjects, predicate) = desk.prepare(CTO, vote());
    let mut value = statement(subjects, predicate);
    value["predicateType"] = "urn:x-cabinet:entry:horoscope:1".into();
    let envelope = Envelope::parse(&sealed(&value, &desk.cto)).expect("well formed");
    desk.entries.push(Entry::of(envelope).expect("kept"));
    desk
}

/// Then somebody else wrote, whose entry this program knows: the vote counts.
pub fn left_and_seen_after_a_newer_cabinet() -> Desk {
    let mut desk = left_and_seen_by_a_newer_cabinet();
    desk.write(CHAIR, vote());
    desk
}

fn revocations() -> Vec<Vector> {
    let after = |name: &str, edit: fn(&mut Roster)| {
        let desk = adopted(edit);
        let (subjects, predicate) = desk.prepare(LEAD, vote());
        vector(name, &with(&desk, [sealed(&statement(subjects, predicate), &desk.lead)]))
    };
    vec![
        after("key-inactive--retired", |next| next.members[2].keys[0].status = KeyStatus::Retired),
        after("key-inactive--revoked", |next| revoke(next, RevocationReason::Compromised)),
        unseen("unwitnessed--compromised-and-never-seen", RevocationReason::Compromised),
        unseen("unwitnessed--lost-and-never-seen", RevocationReason::Lost),
        unseen("unwitnessed--left-and-never-seen", RevocationReason::Left),
        vector("unwitnessed--left-and-seen-only-by-a-newer-cabinet", &bundle(&left_and_seen_by_a_newer_cabinet())),
        vector("unwitnessed--compromised-and-seen-only-later", &bundle(&seen_later(RevocationReason::Compromised))),
    ]
}
