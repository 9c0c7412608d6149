use std::collections::BTreeMap;

use domain::entry::Head;
use domain::ids::{EntryId, LogId, MemberId};

use super::*;
use crate::chain::{self, Fault};
use crate::entry::WriteError;
use crate::testing::{CHAIR, CTO, Desk, LEAD, POLICY, TestKey, agenda, change, id, running, sign_off, time, vote};

const DEVICE: u128 = 11;

fn none() -> BTreeMap<LogId, Head> {
    BTreeMap::new()
}

/// The refusal of an entry that was signed after `edit`.
fn refused(signer: u128, body: Body, edit: impl FnOnce(&mut Predicate)) -> Refusal {
    let mut desk = Desk::open();
    let chain = desk.chain();
    let (subjects, mut predicate) = desk.prepare(signer, body);
    edit(&mut predicate);
    let entry = desk.push(signer, subjects, predicate);
    verify_entry(entry.bytes(), &Context::of(&chain)).expect_err("must be refused")
}

#[test]
fn a_whole_record_holds() {
    let mut desk = Desk::open();
    for n in 1..4 {
        desk.write(CTO, sign_off(n));
        desk.write(DEVICE, running());
        desk.write(LEAD, vote());
    }
    let (chain, policies) = (desk.chain(), Policies::of([POLICY]));
    let context = Context { policies: Some(&policies), ..Context::of(&chain) };
    let verified = verify_log(desk.bytes(), &context, &desk.heads());
    assert!(verified.holds(), "{:?} {:?}", verified.refusals, verified.faults);
    assert_eq!(verified.entries, desk.entries, "already in causal order");
    assert_eq!(verified.heads(), desk.heads());
    let backwards: Vec<&[u8]> = desk.bytes().into_iter().rev().chain(desk.bytes()).collect();
    assert_eq!(verify_log(backwards, &context, &desk.heads()), verified, "in any order, any number of times");
}

/// No entry can be refused for this alone: one that binds a person is refused as `auth` before, by itself where it names
/// the device, by the roster where it names a PIN. The rule stands for itself all the same.
#[test]
fn a_recording_key_binds_nobody_whichever_rule_is_asked_first() {
    let desk = Desk::open();
    let version = desk.roster();
    let owner = version.roster().member(MemberId(id(CHAIR))).expect("the chair");
    let key = owner.keys.iter().find(|key| key.usage == KeyUse::Recording).expect("the chair's device");
    let mut binding = 0;
    for body in crate::testing::bodies::bodies(&desk) {
        let (kind, binds) = (body.kind(), body.binds_a_person());
        let (_, mut predicate) = desk.prepare(DEVICE, body);
        let code = |found: Result<(), Refusal>| found.err().map(|refusal| refusal.code);
        let alone = code(check_people(&predicate, version.roster(), owner, key));
        assert_eq!(alone == Some(Code::OwnKeyRequired), binds, "{kind}: {alone:?}");
        if binds {
            assert_eq!(code(check_auth(&predicate)), Some(Code::Auth), "{kind}, by itself");
            predicate.auth = Auth::Pin;
            let with_pin = code(check_people(&predicate, version.roster(), owner, key));
            assert_eq!(with_pin, Some(Code::Auth), "{kind}, with the PIN of a key that has none");
            binding += 1;
        }
    }
    assert!(binding > 20, "{binding} kinds bind a person");
}

#[test]
fn an_entry_replayed_into_another_board_meeting_or_change_is_refused() {
    let mut desk = Desk::open();
    let entry = desk.write(CTO, sign_off(17));
    let chain = desk.chain();
    verify_entry(entry.bytes(), &Context::of(&chain)).expect("at home");
    let elsewhere = Desk::open_as(BoardId(id(101))).chain();
    assert_eq!(verify_entry(entry.bytes(), &Context::of(&elsewhere)).expect_err("board").code, Code::OtherBoard);
    let meeting = Context { meeting: Some(MeetingId(id(51))), ..Context::of(&chain) };
    assert_eq!(verify_entry(entry.bytes(), &meeting).expect_err("meeting").code, Code::OtherMeeting);
    let (other, own) = (change(18), change(17));
    let context = |change| Context { change: Some(change), ..Context::of(&chain) };
    assert_eq!(verify_entry(entry.bytes(), &context(&other)).expect_err("change").code, Code::OtherChange);
    verify_entry(entry.bytes(), &context(&own)).expect("its own change");
}

#[test]
fn who_may_sign_what_is_judged_by_the_roster() {
    let stranger = MemberId(id(77));
    let cases = [
        (refused(CTO, sign_off(1), |p| p.actor = stranger), Code::NotAMember),
        (refused(CTO, sign_off(1), |p| p.actor = MemberId(id(LEAD))), Code::KeyOwner),
        (refused(CTO, sign_off(1), |p| p.role = Some(Role::TechnicalLead)), Code::Role),
        (refused(LEAD, vote(), |p| p.actor = MemberId(id(CTO))), Code::KeyOwner),
        (refused(LEAD, vote(), |p| p.attestation = Attestation::Recorded), Code::Attestation),
        (refused(DEVICE, running(), |p| p.attestation = Attestation::Signed), Code::Attestation),
        (refused(DEVICE, running(), |p| p.auth = Auth::Pin), Code::Auth),
        (refused(DEVICE, vote(), |p| p.auth = Auth::Pin), Code::Auth),
        (refused(CHAIR, running(), |p| p.auth = Auth::Device), Code::Auth),
        (refused(CTO, sign_off(1), |p| p.roster.version = 2), Code::RosterUnknown),
        (refused(CTO, sign_off(1), |p| p.roster.digest = Digest([0; 32])), Code::RosterUnknown),
        (
            refused(CHAIR, sign_off(1), |p| {
                p.actor = MemberId(id(9));
                p.attestation = Attestation::Recorded;
            }),
            Code::Role,
        ),
    ];
    for (refusal, code) in cases {
        assert_eq!(refusal.code, code, "{refusal}");
    }
}

#[test]
fn a_spoken_sign_off_may_be_recorded_for_another_at_its_own_level() {
    let mut desk = Desk::open();
    let (subjects, mut predicate) = desk.prepare(CHAIR, sign_off(17));
    predicate.actor = MemberId(id(CTO));
    predicate.attestation = Attestation::Recorded;
    let entry = desk.push(CHAIR, subjects, predicate);
    verify_entry(entry.bytes(), &Context::of(&desk.chain())).expect("holds, as recorded");
}

#[test]
fn a_policy_that_is_not_at_hand_is_refused() {
    let mut desk = Desk::open();
    let entry = desk.write(CTO, sign_off(17));
    let (chain, policies) = (desk.chain(), Policies::of([b"{}".as_slice()]));
    let context = Context { policies: Some(&policies), ..Context::of(&chain) };
    assert_eq!(verify_entry(entry.bytes(), &context).expect_err("refused").code, Code::Policy);
}

#[test]
fn under_a_policy_that_asks_for_the_pin_at_every_act_a_session_signs_nothing() {
    let asks = |document: &'static str| {
        let mut desk = Desk::open();
        let policy = Digest::of(document.as_bytes());
        let mut write = |signer: u128, body: Body, auth: Option<Auth>| {
            let (subjects, mut predicate) = desk.prepare(signer, body);
            predicate.policy = policy;
            if let Some(auth) = auth {
                predicate.auth = auth;
            }
            desk.push(signer, subjects, predicate)
        };
        let by_session = [write(CTO, sign_off(17), None), write(LEAD, vote(), None)];
        let otherwise = [write(CTO, sign_off(18), Some(Auth::Pin)), write(DEVICE, running(), None)];
        let (chain, policies) = (desk.chain(), Policies::of([document.as_bytes()]));
        let context = Context { policies: Some(&policies), ..Context::of(&chain) };
        for entry in &otherwise {
            verify_entry(entry.bytes(), &context).expect("the PIN itself, and the device's own record");
        }
        for entry in &by_session {
            verify_entry(entry.bytes(), &Context::of(&chain)).expect("the policy is not at hand");
        }
        by_session.map(|entry| verify_entry(entry.bytes(), &context).err().map(|refusal| refusal.code))
    };
    assert_eq!(asks(r#"{"name":"strict","pin_every_act":true}"#), [Some(Code::PinEveryAct); 2]);
    assert_eq!(asks(r#"{"name":"mild","pin_every_act":false}"#), [None; 2]);
    assert_eq!(asks(r#"{"name":"silent"}"#), [None; 2]);
    assert_eq!(asks(r#"{"name":"no rule of ours","pin_every_act":"yes"}"#), [None; 2]);
}

#[test]
fn an_entry_the_verifier_would_refuse_is_not_even_signed() {
    type Edit = Box<dyn Fn(&mut Predicate)>;
    let other = TestKey::new(3);
    let other_id = crate::keys::Signer::key_id(&other);
    let cases: Vec<(&str, u128, Body, Edit, Code)> = vec![
        ("another recorder", CTO, sign_off(1), Box::new(move |p| p.recorder = other_id), Code::KeyId),
        ("another log", CTO, sign_off(1), Box::new(move |p| p.log.id.key = other_id), Code::LogKey),
        ("position 0", CTO, sign_off(1), Box::new(|p| p.log.seq = 0), Code::LogKey),
        ("epoch 0", CTO, sign_off(1), Box::new(|p| p.log.id.epoch = 0), Code::Schema),
        ("no predecessor", CTO, sign_off(1), Box::new(|p| p.log.prev = None), Code::LogKey),
        (
            "itself seen",
            CTO,
            sign_off(1),
            Box::new(|p| {
                let head = Head { seq: 1, id: p.log.prev.expect("second") };
                p.log.seen.insert(p.log.id, head);
            }),
            Code::LogKey,
        ),
        ("a vote by the device", DEVICE, vote(), Box::new(|_| ()), Code::Auth),
        ("a vote without a meeting", LEAD, vote(), Box::new(|p| p.meeting = None), Code::Subject),
        (
            "another agenda",
            LEAD,
            vote(),
            Box::new(|p| p.meeting.as_mut().expect("set").agenda = Digest([0; 32])),
            Code::Subject,
        ),
        ("a roster in a session", CHAIR, Body::Roster { version: 2 }, Box::new(|_| ()), Code::Auth),
        (
            "act 0 of a session",
            CTO,
            sign_off(1),
            Box::new(|p| p.auth = Auth::Session { id: "s".into(), n: 0 }),
            Code::Auth,
        ),
        (
            "minutes over another PDF",
            CHAIR,
            Body::MinutesSealed { pdf: Digest([9; 32]), checkpoint: EntryId([0; 32]), edition: None, after: None },
            Box::new(|p| p.auth = Auth::Pin),
            Code::Subject,
        ),
    ];
    for (what, signer, body, edit, code) in cases {
        let desk = Desk::open();
        let (subjects, mut predicate) = desk.prepare(signer, body);
        edit(&mut predicate);
        match Entry::sign(subjects, predicate, desk.key_of(signer)) {
            Err(WriteError::Refused(refusal)) => assert_eq!(refusal.code, code, "{what}: {refusal}"),
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn a_frozen_agenda_is_its_own_subject() {
    let mut desk = Desk::open();
    let frozen = desk.write(DEVICE, Body::AgendaFrozen { agenda: agenda() });
    let chain = desk.chain();
    verify_entry(frozen.bytes(), &Context::of(&chain)).expect("holds");
    let mut other = agenda();
    other.called = time(59);
    let (subjects, predicate) = desk.prepare(DEVICE, Body::AgendaFrozen { agenda: other });
    let refusal = Entry::sign(subjects, predicate, &desk.device).expect_err("another agenda");
    assert!(matches!(refusal, WriteError::Refused(Refusal { code: Code::Subject, .. })));
}

#[test]
fn retired_and_revoked_keys_sign_nothing_from_then_on() {
    for status in [KeyStatus::Retired, KeyStatus::Revoked] {
        let mut desk = Desk::open();
        let mut next = desk.rosters[0].clone();
        next.version = 2;
        next.members[2].keys[0].status = status;
        desk.rosters.push(next);
        desk.adopt(2, &[CHAIR, CTO]);
        let entry = desk.write(LEAD, vote());
        let refusal = verify_entry(entry.bytes(), &Context::of(&desk.chain())).expect_err("refused");
        assert_eq!(refusal.code, Code::KeyInactive);
        let (subjects, mut predicate) = desk.prepare(LEAD, vote());
        predicate.roster = crate::roster::RosterVersion::of(&desk.rosters[0]).expect("valid").reference();
        let backdated = desk.push(LEAD, subjects, predicate);
        let verified = verify_log(desk.bytes(), &Context::of(&desk.chain()), &none());
        let codes: Vec<Code> = verified.refusals.iter().map(|refusal| refusal.code).collect();
        assert!(codes.contains(&Code::KeyInactive));
        // Under roster 1 the key was active. What a retired key signed stands; what a revoked one signed and nobody
        // had seen when roster 2 was adopted does not.
        let unwitnessed = status == KeyStatus::Revoked;
        assert_eq!(verified.entries.contains(&backdated), !unwitnessed, "{status:?}");
        assert_eq!(codes.contains(&Code::Unwitnessed), unwitnessed, "{status:?}");
    }
}

#[test]
fn a_record_does_not_go_back_to_an_older_roster() {
    let mut desk = Desk::open();
    let mut next = desk.rosters[0].clone();
    next.version = 2;
    desk.rosters.push(next);
    desk.adopt(2, &[CHAIR, CTO]);
    desk.write(LEAD, vote());
    let (subjects, mut predicate) = desk.prepare(LEAD, vote());
    predicate.roster = crate::roster::RosterVersion::of(&desk.rosters[0]).expect("valid").reference();
    let old = desk.push(LEAD, subjects, predicate);
    let verified = verify_log(desk.bytes(), &Context::of(&desk.chain()), &none());
    let codes: Vec<Code> = verified.refusals.iter().map(|refusal| refusal.code).collect();
    assert_eq!(codes, [Code::RosterBackwards]);
    assert!(!verified.entries.contains(&old));
}

#[test]
fn only_the_actor_withdraws_an_entry() {
    let mut desk = Desk::open();
    let target = desk.write(CTO, sign_off(17)).id();
    let withdrawal = || Body::Withdrawal { entry: target, reason: "a mistake".to_owned() };
    desk.write(CTO, withdrawal());
    let chain = desk.chain();
    assert!(verify_log(desk.bytes(), &Context::of(&chain), &none()).holds());
    desk.write(LEAD, withdrawal());
    let verified = verify_log(desk.bytes(), &Context::of(&chain), &none());
    assert_eq!(verified.refusals.len(), 1);
    assert_eq!(verified.refusals[0].code, Code::NotOwnEntry);
}

#[test]
fn a_fork_is_kept_shown_and_disputed() {
    let mut desk = Desk::open();
    let before = desk.entries.clone();
    let one = desk.write(CTO, sign_off(17));
    let all_of_one = desk.entries.clone();
    desk.entries = before;
    let two = desk.write(CTO, sign_off(18));
    desk.entries = [all_of_one, vec![two.clone()]].concat();
    let verified = verify_log(desk.bytes(), &Context::of(&desk.chain()), &none());
    assert!(!verified.holds());
    assert_eq!(verified.disputed, BTreeSet::from([one.id(), two.id()]));
    assert_eq!(verified.entries.len(), 4, "both are kept");
    assert_eq!(verified.faults[0].refusal().code, Code::ChainFork);
}

#[test]
fn every_entry_left_out_of_a_record_is_noticed() {
    let mut desk = Desk::open();
    for n in 1..5 {
        desk.write(CTO, sign_off(n));
        desk.write(LEAD, vote());
    }
    let chain = desk.chain();
    for left_out in 0..desk.entries.len() {
        let mut bytes = desk.bytes();
        bytes.remove(left_out);
        let verified = verify_log(bytes, &Context::of(&chain), &desk.heads());
        assert!(!verified.holds(), "entry {left_out} was left out unnoticed");
    }
}

#[test]
fn one_bad_entry_does_not_hide_the_others() {
    let mut desk = Desk::open();
    desk.write(CTO, sign_off(17));
    let chain = desk.chain();
    let bytes = desk.bytes().into_iter().chain([b"garbage".as_slice(), b"{}"]).collect::<Vec<_>>();
    let verified = verify_log(bytes, &Context::of(&chain), &none());
    assert_eq!(verified.entries.len(), 3);
    assert_eq!(verified.refusals.iter().map(|r| r.code).collect::<Vec<_>>(), [Code::Json, Code::Fields]);
    assert!(verified.refusals[0].place.starts_with("entry number 4"), "{}", verified.refusals[0].place);
}

#[test]
fn rules_of_the_board_are_asked_about_each_entry() {
    let mut desk = Desk::open();
    let entry = desk.write(CTO, sign_off(17));
    let chain = desk.chain();
    let known_author = |_: &Entry, predicate: &Predicate, roster: &Roster, _: Option<&Policies>| {
        let Body::SignOff(body) = &predicate.body else {
            return Ok(());
        };
        let author = body.involved.author.as_deref().and_then(|account| roster.by_account("CHG", account));
        let refusal = || Refusal::new(Code::Duties, "no member has the author's account", "involved");
        author.map(|_| ()).ok_or_else(refusal)
    };
    let context = Context { duties: Some(&known_author), ..Context::of(&chain) };
    assert_eq!(verify_entry(entry.bytes(), &context).expect_err("fails closed").code, Code::Duties);
    let always = |_: &Entry, _: &Predicate, _: &Roster| Err(Refusal::new(Code::Stale, "the plan changed", "content"));
    let context = Context { staleness: Some(&always), ..Context::of(&chain) };
    assert_eq!(verify_entry(entry.bytes(), &context).expect_err("stale").code, Code::Stale);
}

#[test]
fn an_entry_of_a_newer_cabinet_takes_its_place_and_marks_the_rest_incomplete() {
    use crate::envelope::Envelope;
    let mut desk = Desk::open();
    let known = desk.write(CTO, sign_off(17));
    desk.entries.pop();
    let mut value: serde_json::Value = serde_json::from_slice(known.envelope().payload()).expect("JSON");
    value["predicateType"] = "urn:x-cabinet:entry:sign_off:2".into();
    value["predicate"]["body"] = serde_json::json!({"sign_off": {"two": true}});
    let payload = canonical::to_bytes(&value).expect("writable");
    let newer = Entry::of(Envelope::seal(payload, &desk.cto).expect("signs")).expect("kept");
    desk.entries.push(newer);
    desk.write(CTO, sign_off(18));
    let verified = verify_log(desk.bytes(), &Context::of(&desk.chain()), &none());
    assert!(verified.holds(), "{:?} {:?}", verified.refusals, verified.faults);
    assert!(verified.needs_newer());
    assert_eq!(verified.entries.len(), 4);
}

/// The chair's device begins epoch `epoch` with this body.
fn begins(desk: &Desk, epoch: u32, body: Body) -> (Vec<crate::statement::Subject>, Predicate) {
    let (subjects, mut predicate) = desk.prepare(DEVICE, body);
    let log = LogId { epoch, ..predicate.log.id };
    predicate.log = chain::next_position(log, &desk.heads());
    (subjects, predicate)
}

fn recovered(before: LogId) -> Body {
    let known = Head { seq: 9, id: EntryId([9; 32]) };
    Body::Recovered { before, known, held: None, reason: "the newest backup was a week old".to_owned() }
}

#[test]
fn a_new_epoch_begins_by_saying_why_the_old_one_ends_and_nothing_else_says_so() {
    let mut desk = Desk::open();
    desk.write(DEVICE, running());
    let log = |epoch: u32| LogId { key: crate::keys::Signer::key_id(&desk.device), epoch };
    let others = LogId { key: crate::keys::Signer::key_id(&desk.lead), epoch: 1 };
    for (what, epoch, body, holds) in [
        ("recovered", 2, recovered(log(1)), true),
        ("an epoch may be passed over", 3, recovered(log(1)), true),
        ("no reason at all", 2, running(), false),
        ("of itself", 2, recovered(log(2)), false),
        ("of a later one", 2, recovered(log(3)), false),
        ("of another key's log", 2, recovered(others), false),
        ("not at the beginning of an epoch", 1, recovered(log(1)), false),
    ] {
        let (subjects, predicate) = begins(&desk, epoch, body);
        match Entry::sign(subjects, predicate, &desk.device) {
            Ok(entry) => {
                assert!(holds, "{what}");
                verify_entry(entry.bytes(), &Context::of(&desk.chain())).expect(what);
            }
            Err(WriteError::Refused(refusal)) => {
                assert_eq!((refusal.code, holds), (Code::Epoch, false), "{what}: {refusal}");
            }
            Err(other) => panic!("{what}: {other}"),
        }
    }
}

#[test]
fn a_recovered_log_goes_on_and_what_others_had_seen_of_the_old_one_stays_missing() {
    let mut desk = Desk::open();
    desk.write(DEVICE, running());
    let lost = desk.write(DEVICE, running());
    desk.write(LEAD, vote());
    desk.entries.retain(|entry| entry.id() != lost.id());
    let known = Head { seq: lost.log().seq, id: lost.id() };
    let old = lost.log().id;
    let (subjects, predicate) = begins(&desk, 2, recovered(old));
    let first = desk.push(DEVICE, subjects, predicate);
    let (subjects, predicate) = begins(&desk, 2, running());
    assert_eq!((predicate.log.seq, predicate.log.prev), (2, Some(first.id())));
    desk.push(DEVICE, subjects, predicate);
    let verified = verify_log(desk.bytes(), &Context::of(&desk.chain()), &BTreeMap::from([(old, known)]));
    assert!(verified.refusals.is_empty(), "{:?}", verified.refusals);
    assert_eq!(verified.entries.len(), desk.entries.len());
    let missing: Vec<EntryId> = verified
        .faults
        .iter()
        .filter_map(|fault| match fault {
            Fault::SeenMissing { entry, .. } => Some(*entry),
            Fault::Gap { .. } | Fault::Fork { .. } | Fault::Prev { .. } => None,
        })
        .collect();
    assert_eq!(missing, [lost.id(); 2], "by the lead's vote and by the head beside the key, and nothing else");
    assert_eq!(verified.faults.len(), 2);
}

#[test]
fn what_was_read_before_is_judged_as_its_bytes_are() {
    let mut desk = Desk::open();
    for n in 1..4 {
        desk.write(CTO, sign_off(n));
        desk.write(LEAD, vote());
    }
    let chain = desk.chain();
    let mut bytes: Vec<Vec<u8>> = desk.entries.iter().map(|entry| entry.bytes().to_vec()).collect();
    // One whose signature does not hold, one that cannot be read at all, one that came twice.
    let bent = String::from_utf8(bytes[3].clone()).expect("text");
    let at = bent.find("\"sig\":\"").expect("a signature") + 20;
    let other = if bent.as_bytes()[at] == b'A' { "B" } else { "A" };
    bytes.push([&bent[..at], other, &bent[at + 1..]].concat().into_bytes());
    bytes.push(b"{}".to_vec());
    bytes.push(bytes[2].clone());
    let context = Context::of(&chain);
    let whole = verify_log(bytes.iter().map(Vec::as_slice), &context, &none());
    assert_eq!(whole.refusals.len(), 2, "{:?}", whole.refusals);
    let checked = Checked::default();
    for _ in 0..2 {
        let read = bytes.iter().map(|bytes| Entry::parse(bytes).map_err(|_| bytes.as_slice()));
        let context = Context { checked: Some(&checked), ..context };
        assert_eq!(verify_read(read, &context, &none()), whole, "the same refusals under the same numbers");
    }
    assert_eq!(checked.len(), desk.entries.len(), "nothing but what holds is remembered");
}
