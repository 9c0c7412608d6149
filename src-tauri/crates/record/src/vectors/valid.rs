//! Bundles that hold.
use domain::entry::{Auth, Body};
use domain::roster::{CorporateCertificate, KeyStatus, KeyUse, RevocationReason, Role};

use super::Vector;
use super::build::{bundle, committed_by, desk, extract, in_git, rooted, sealed, statement, vector};
use super::files::{in_a_session, two_policies, under_part_11};
use super::logs::forked;
use super::rosters::{adopted, left_and_seen, left_and_seen_after_a_newer_cabinet, proposed, revoke};
use crate::entry::Entry;
use crate::envelope::Envelope;
use crate::testing::bodies::{bodies, disposal, write};
use crate::testing::{
    CHAIR, CTO, Desk, LEAD, TestKey, change, exception, id, member, overriding, roster_key, ruling, seconding,
    sign_off, vote, waiver,
};

pub fn all() -> Vec<Vector> {
    let mut vectors = vec![
        vector("one-sign-off", &bundle(&desk())),
        vector("ceremony-alone", &bundle(&Desk::open())),
        vector("whole-record-with-a-root", &rooted(&busy())),
        withheld(),
        vector("one-blob-disposed-of", &disposed(false)),
        vector("one-blob-disposed-of-and-still-here", &disposed(true)),
        one_change(),
        ruled_immaterial(),
        dispensed(),
        committed_by_others(),
        every_kind(),
        vector("second-policy", &two_policies()),
        super::people::confirmed_as_a_delegate(),
        super::people::confirmed_before_another_log_tells_otherwise(),
        super::people::confirmed_by_what_is_left_out(),
        super::policies::unseen(),
        super::policies::shared_elsewhere(),
        vector("part-11-signed-with-the-pin", &under_part_11(true, Auth::Pin)),
        vector("part-11-not-asked-for-signed-in-a-session", &under_part_11(false, in_a_session())),
        newer_cabinet(),
        leap_second(),
    ];
    vectors.extend(rosters());
    vectors.extend(forks());
    vectors
}

fn busy() -> Desk {
    let mut desk = desk();
    for n in 18..20 {
        desk.write(CTO, sign_off(n));
        desk.write(LEAD, vote());
    }
    desk
}

fn withheld() -> Vector {
    let mut bundle = rooted(&desk());
    bundle.blobs.pop_first();
    vector("one-blob-withheld", &bundle)
}

/// A blob disposed of by the chair, and whether this edition holds it all the same.
fn disposed(still_here: bool) -> crate::bundle::Bundle {
    let mut desk = desk();
    let body = disposal();
    let Body::Disposed(disposal) = &body else { unreachable!("a disposal") };
    let gone = disposal.blobs.clone();
    write(&mut desk, body);
    let mut bundle = rooted(&desk);
    bundle.blobs.retain(|digest, _| still_here || !gone.contains(digest));
    bundle
}

fn one_change() -> Vector {
    let of_17 = |entry: &Entry| match entry.predicate().map(|p| &p.body) {
        Some(Body::SignOff(body)) => body.change == change(17),
        Some(body) => matches!(body, Body::Roster { .. }),
        None => false,
    };
    let mut bundle = extract(&busy(), of_17);
    bundle.scope.change = Some(change(17));
    vector("one-change-with-proofs", &bundle)
}

fn ruled_immaterial() -> Vector {
    let mut desk = desk();
    for signer in [CHAIR, LEAD] {
        let (subjects, mut predicate) = desk.prepare(signer, ruling());
        predicate.auth = Auth::Pin;
        predicate.role = (signer == CHAIR).then_some(Role::Chair);
        desk.push(signer, subjects, predicate);
    }
    vector("edit-ruled-immaterial-by-two", &bundle(&desk))
}

fn dispensed() -> Vector {
    let mut desk = desk();
    let mut say = |signer: u128, role: Role, body: Body| {
        let (subjects, mut predicate) = desk.prepare(signer, body);
        predicate.auth = Auth::Pin;
        predicate.role = Some(role);
        desk.push(signer, subjects, predicate).id()
    };
    for body in [waiver(), overriding(), exception()] {
        let first = say(CHAIR, Role::Chair, body);
        say(CTO, Role::Cto, seconding(first));
    }
    vector("waived-overridden-and-excepted-by-two", &bundle(&desk))
}

/// What the CTO committed, the lead signs off; what nobody on the roster committed, the CTO does, and who is called so but for
/// a capital in an account.
fn committed_by_others() -> Vector {
    let mut desk = in_git();
    desk.write(LEAD, committed_by(17, &["ada@example.org", "grace", "grace@example.org"]));
    desk.write(CTO, committed_by(18, &["Grace", "ada@example.org"]));
    vector("code-that-others-committed-signed-off", &bundle(&desk))
}

fn every_kind() -> Vector {
    let mut desk = Desk::open();
    for body in bodies(&desk) {
        write(&mut desk, body);
    }
    let closed = desk.entries.iter().find(|entry| entry.statement().kind() == "meeting_closed").expect("closed").id();
    let mut bundle = rooted(&desk);
    bundle.checkpoint.entry = Some(closed);
    bundle.scope.meeting = Some(domain::ids::MeetingId(id(50)));
    vector("every-kind-of-entry", &bundle)
}

fn newer_cabinet() -> Vector {
    let mut desk = desk();
    let (subjects, predicate) = desk.prepare(CTO, sign_off(18));
    let mut value = statement(subjects, predicate);
    value["predicateType"] = "urn:x-cabinet:entry:horoscope:2".into();
    value["predicate"]["body"] = serde_json::json!({"stars": "good"});
    let entry = Entry::of(Envelope::parse(&sealed(&value, &desk.cto)).expect("well formed")).expect("kept");
    desk.entries.push(entry);
    desk.write(CTO, sign_off(18));
    vector("entry-of-a-newer-cabinet", &bundle(&desk))
}

fn leap_second() -> Vector {
    let mut desk = desk();
    let (subjects, predicate) = desk.prepare(CTO, sign_off(18));
    let mut value = statement(subjects, predicate);
    value["predicate"]["time"]["claimed"] = "2026-11-21T23:59:60Z".into();
    let entry = Entry::of(Envelope::parse(&sealed(&value, &desk.cto)).expect("well formed")).expect("kept");
    desk.entries.push(entry);
    vector("time-in-a-leap-second", &bundle(&desk))
}

fn rosters() -> Vec<Vector> {
    let second = TestKey::new(21);
    let mut own_device = proposed(|next| next.members[2].keys.push(roster_key(&second, KeyUse::Signature)));
    own_device.adopt(2, &[LEAD]);
    let mut admitted = proposed(|next| {
        let key = roster_key(&second, KeyUse::Signature);
        next.members.push(member(4, "Barbara", &[Role::BoardMember], vec![key]));
    });
    admitted.adopt(2, &[CHAIR]);
    let mut first_key = proposed(|next| {
        next.members[3].keys.push(roster_key(&second, KeyUse::Signature));
        next.members[3].sealed_to = Some("age1example".to_owned());
    });
    first_key.adopt(2, &[CTO]);
    let mut retired = desk();
    retired.write(LEAD, vote());
    let mut next = retired.rosters[0].clone();
    next.version = 2;
    next.members[2].keys[0].status = KeyStatus::Retired;
    retired.rosters.push(next);
    retired.adopt(2, &[CHAIR, CTO]);
    let mut revoked = desk();
    revoked.write(LEAD, vote());
    let mut next = revoked.rosters[0].clone();
    next.version = 2;
    revoke(&mut next, RevocationReason::Compromised);
    revoked.rosters.push(next);
    revoked.adopt(2, &[CHAIR, CTO]);
    // Keys sort by UTF-16 code units: U+1F600 (D83D DE00) stands before U+FFFD.
    let utf16 = adopted(|next| {
        next.members[0].accounts.insert("\u{fffd}".to_owned(), "\u{1}\u{7f}\"\\".to_owned());
        next.members[0].accounts.insert("\u{1f600}".to_owned(), "2".to_owned());
    });
    let certified = adopted(|next| {
        let chain = vec!["AQ==".to_owned(), "Ag==".to_owned()];
        next.members[0].certificate = Some(CorporateCertificate { chain, endorsement: "Aw==".to_owned() });
    });
    let mut open = proposed(|next| next.name = "Payments".to_owned());
    open.adopt(2, &[CHAIR]);
    open.rosters.pop();
    vec![
        vector("further-device-by-the-members-own-key", &bundle(&own_device)),
        vector("plain-member-admitted-by-one-root-holder", &bundle(&admitted)),
        vector("first-key-of-an-auditor-by-one-root-holder", &bundle(&first_key)),
        vector("roster-2-by-two-root-holders", &bundle(&adopted(|next| next.name = "Payments".to_owned()))),
        vector("roster-2-proposed-by-one-of-two", &bundle(&open)),
        vector("retired-key-whose-entries-stand", &bundle(&retired)),
        vector("revoked-key-whose-entry-was-seen-before", &bundle(&revoked)),
        vector("member-who-left-and-was-seen-later", &bundle(&left_and_seen())),
        vector("member-who-left-and-was-seen-after-a-newer-cabinet", &bundle(&left_and_seen_after_a_newer_cabinet())),
        vector("keys-in-the-order-of-utf-16", &bundle(&utf16)),
        vector("member-with-a-corporate-certificate", &bundle(&certified)),
    ]
}

fn forks() -> Vec<Vector> {
    let settle = |signers: &[u128]| {
        let mut desk = forked();
        let (log, stands) = (desk.entries[3].log().id, desk.entries[3].id());
        for signer in signers {
            let body = Body::ForkSettled { log, seq: 1, stands, reason: "the first was meant".to_owned() };
            let (subjects, mut predicate) = desk.prepare(*signer, body);
            predicate.auth = Auth::Pin;
            if *signer == LEAD {
                predicate.log.prev = Some(stands);
            }
            desk.push(*signer, subjects, predicate);
        }
        bundle(&desk)
    };
    vec![
        vector("fork-settled-by-its-author", &settle(&[LEAD])),
        vector("fork-settled-by-two-root-holders", &settle(&[CHAIR, CTO])),
    ]
}
