use domain::roster::CorporateCertificate;

use super::*;
use crate::testing::{CHAIR, CTO, Desk, LEAD, TestKey, id, member, roster_key};

/// The desk with a second version in preparation.
fn desk_with_next(edit: impl FnOnce(&mut Roster)) -> Desk {
    let mut desk = Desk::open();
    let mut next = desk.rosters[0].clone();
    next.version = 2;
    edit(&mut next);
    desk.rosters.push(next);
    desk
}

fn verdict(desk: &Desk) -> Result<RosterChain, Refusal> {
    RosterChain::verify(&desk.documents(), &desk.entries)
}

#[test]
fn version_1_holds_when_all_its_root_holders_signed_it() {
    let desk = Desk::open();
    let chain = verdict(&desk).expect("holds");
    assert_eq!(chain.current().roster().version, 1);
    assert_eq!(chain.board(), desk.board);
    for missing in 0..desk.entries.len() {
        let mut fewer = desk.entries.clone();
        fewer.remove(missing);
        let refusal = RosterChain::verify(&desk.documents(), &fewer).expect_err("one signature is missing");
        assert_eq!(refusal.code, Code::RosterThreshold);
    }
}

#[test]
fn the_next_version_needs_the_threshold_of_the_one_before() {
    let mut desk = desk_with_next(|next| next.name = "Renamed".to_owned());
    assert_eq!(verdict(&desk).expect_err("unsigned").code, Code::RosterThreshold);
    desk.adopt(2, &[CHAIR]);
    assert_eq!(verdict(&desk).expect_err("one of two").code, Code::RosterThreshold);
    desk.adopt(2, &[CHAIR]);
    assert_eq!(verdict(&desk).expect_err("the same one twice").code, Code::RosterThreshold);
    desk.adopt(2, &[LEAD]);
    assert_eq!(verdict(&desk).expect_err("not a root holder").code, Code::RosterThreshold);
    desk.adopt(2, &[CTO]);
    assert_eq!(verdict(&desk).expect("two of two").current().roster().name, "Renamed");
}

#[test]
fn one_root_holder_with_two_keys_counts_once() {
    let second = TestKey::new(21);
    let mut desk = desk_with_next(|next| {
        next.members[0].keys.push(roster_key(&second, KeyUse::Signature));
    });
    desk.adopt(2, &[CHAIR, CTO]);
    let mut next = desk.rosters[1].clone();
    next.version = 3;
    desk.rosters.push(next);
    desk.adopt(3, &[CHAIR]);
    desk.chair = second;
    desk.adopt(3, &[CHAIR]);
    assert_eq!(verdict(&desk).expect_err("two keys, one person").code, Code::RosterThreshold);
}

#[test]
fn a_member_who_makes_oneself_root_holder_does_not_count_yet() {
    let mut desk = desk_with_next(|next| {
        next.root_holders = vec![MemberId(id(LEAD))];
        next.threshold = 1;
    });
    desk.adopt(2, &[LEAD]);
    assert_eq!(verdict(&desk).expect_err("judged by version 1").code, Code::RosterThreshold);
}

#[test]
fn versions_neither_skip_nor_repeat_nor_go_back() {
    let desk = Desk::open();
    let document = desk.documents().remove(0);
    let twice = RosterChain::verify(&[document.clone(), document], &desk.entries).expect_err("repeated");
    assert_eq!(twice.code, Code::RosterVersion);
    let mut skipping = desk_with_next(|next| next.version = 3);
    skipping.adopt(3, &[CHAIR, CTO]);
    assert_eq!(verdict(&skipping).expect_err("2 is missing").code, Code::RosterVersion);
    let without_first = &skipping.documents()[1..];
    assert_eq!(RosterChain::verify(without_first, &skipping.entries).expect_err("no root").code, Code::RosterVersion);
    assert_eq!(RosterChain::verify(&[], &desk.entries).expect_err("nothing").code, Code::RosterVersion);
}

#[test]
fn a_roster_of_another_board_does_not_follow() {
    let mut desk = desk_with_next(|next| next.board = BoardId(id(101)));
    desk.adopt(2, &[CHAIR, CTO]);
    assert_eq!(verdict(&desk).expect_err("another board").code, Code::RosterVersion);
}

#[test]
fn a_signature_on_another_version_does_not_count_for_this_one() {
    let mut desk = desk_with_next(|next| next.name = "Honest".to_owned());
    desk.adopt(2, &[CHAIR, CTO]);
    verdict(&desk).expect("holds");
    desk.rosters[1].name = "Swapped".to_owned();
    assert_eq!(verdict(&desk).expect_err("the signatures are on the other").code, Code::RosterThreshold);
}

#[test]
fn a_document_that_contradicts_itself_is_refused() {
    type Edit = Box<dyn Fn(&mut Roster)>;
    let cases: Vec<(&str, Edit, Code)> = vec![
        ("another schema", Box::new(|r| r.schema = "urn:x-cabinet:roster:2".into()), Code::RosterVersion),
        ("a member twice", Box::new(|r| r.members.push(member(CTO, "Twin", &[], vec![]))), Code::RosterVersion),
        (
            "a key with two members",
            Box::new(|r| r.members[3].keys = vec![r.members[0].keys[0].clone()]),
            Code::RosterVersion,
        ),
        ("another key's id", Box::new(|r| r.members[0].keys[0].id = KeyId([1; 32])), Code::KeyId),
        ("no key", Box::new(|r| r.members[0].keys[0].spki = "AAAA".into()), Code::KeyEncoding),
        ("loose base64", Box::new(|r| r.members[0].keys[0].spki.push('\n')), Code::Base64),
        ("another algorithm", Box::new(|r| r.members[0].keys[0].alg = "none".into()), Code::KeyEncoding),
        ("threshold 0", Box::new(|r| r.threshold = 0), Code::RosterVersion),
        ("threshold 3 of 2", Box::new(|r| r.threshold = 3), Code::RosterVersion),
        ("a root holder twice", Box::new(|r| r.root_holders[1] = r.root_holders[0]), Code::RosterVersion),
        ("a stranger holds root", Box::new(|r| r.root_holders[1] = MemberId(id(77))), Code::RosterVersion),
        ("root without a key", Box::new(|r| r.root_holders[1] = MemberId(id(9))), Code::RosterVersion),
        ("an auditor holds root", Box::new(|r| r.members[1].roles.push(Role::Auditor)), Code::RosterVersion),
        (
            "root with a revoked key",
            Box::new(|r| r.members[1].keys[0].status = KeyStatus::Revoked),
            Code::RosterVersion,
        ),
    ];
    for (what, edit, code) in cases {
        let mut roster = Desk::open().rosters.remove(0);
        edit(&mut roster);
        let refusal = RosterVersion::of(&roster).expect_err(what);
        assert_eq!(refusal.code, code, "{what}: {refusal}");
    }
}

#[test]
fn six_words_name_the_roster_root() {
    let zero = RosterFingerprint(Digest([0; 32]));
    assert_eq!(zero.words(), ["abandon"; 6]);
    let ones = RosterFingerprint(Digest([255; 32]));
    assert_eq!(ones.words(), ["zoo"; 6]);
    let mut bits = [0; 32];
    bits[1] = 0b0010_0000;
    bits[8] = 0b0100_0000;
    let words = RosterFingerprint(Digest(bits)).words();
    assert_eq!(words, ["ability", "abandon", "abandon", "abandon", "abandon", "ability"], "11 bits to a word");
}

#[test]
fn the_fingerprint_stays_when_versions_are_added() {
    let mut desk = desk_with_next(|next| next.name = "Renamed".to_owned());
    let before = Desk::open().chain().fingerprint();
    desk.adopt(2, &[CHAIR, CTO]);
    let chain = verdict(&desk).expect("holds");
    assert_eq!(chain.fingerprint(), before);
    assert_eq!(chain.fingerprint().to_string().len(), 64);
}

#[test]
fn a_members_corporate_certificate_takes_the_threshold_even_where_it_is_their_own() {
    let mut desk = desk_with_next(|next| {
        let certificate = CorporateCertificate { chain: vec!["AQ==".to_owned()], endorsement: "Ag==".to_owned() };
        next.members[0].certificate = Some(certificate);
    });
    desk.adopt(2, &[CHAIR]);
    assert_eq!(verdict(&desk).expect_err("one of two").code, Code::RosterThreshold);
    desk.adopt(2, &[CTO]);
    let certified = verdict(&desk).expect("holds");
    assert!(certified.current().roster().members[0].certificate.is_some());
}
