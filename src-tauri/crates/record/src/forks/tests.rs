use domain::entry::Head;

use super::*;
use crate::canonical;
use crate::envelope::Envelope;
use crate::testing::{CHAIR, CTO, Desk, LEAD, running, sign_off, vote};
use crate::verify::{Context, Verified, verify_log};

const DEVICE: u128 = 11;

/// Two histories of one log after `before`.
struct Fork {
    desk: Desk,
    before: Vec<Entry>,
    one: Entry,
    two: Entry,
}

fn body_of(author: u128, n: u32) -> Body {
    if author == DEVICE { running() } else { sign_off(n) }
}

/// `author` writes, puts an older copy back, and writes something else at the same place.
fn forked(author: u128) -> Fork {
    let mut desk = Desk::open();
    desk.write(author, body_of(author, 16));
    let before = desk.entries.clone();
    let one = desk.write(author, body_of(author, 17));
    // Running records without acts are alike; what the second had seen tells them apart.
    let mut restored = before.clone();
    if author == DEVICE {
        restored.push(desk.write_after(&before, LEAD, vote()));
    }
    let two = desk.write_after(&restored, author, body_of(author, 18));
    assert_eq!((one.log().id, one.log().seq), (two.log().id, two.log().seq), "one place");
    assert_ne!(one.id(), two.id(), "two entries");
    Fork { desk, before, one, two }
}

impl Fork {
    /// What a device knows that has only this branch.
    fn with(&self, branch: &[&Entry]) -> Vec<Entry> {
        self.before.iter().chain(branch.iter().copied()).cloned().collect()
    }

    fn settle(&self, stands: &Entry) -> Body {
        let (log, seq) = (stands.log().id, stands.log().seq);
        Body::ForkSettled { log, seq, stands: stands.id(), reason: "an older copy was put back".to_owned() }
    }

    fn verified(&self) -> Verified {
        verify_log(self.desk.bytes(), &Context::of(&self.desk.chain()), &BTreeMap::new())
    }

    #[track_caller]
    fn out(&self, expected: &[&Entry]) {
        let verified = self.verified();
        assert!(verified.refusals.is_empty(), "nothing here is refused: {:?}", verified.refusals);
        assert_eq!(verified.entries.len(), self.desk.entries.len(), "all are kept");
        assert!(verified.faults.iter().any(|f| f.refusal().code == crate::refusal::Code::ChainFork), "and shown");
        assert_eq!(verified.disputed, expected.iter().map(|entry| entry.id()).collect(), "what does not count");
        let backwards: Vec<&[u8]> = self.desk.bytes().into_iter().rev().collect();
        let again = verify_log(backwards, &Context::of(&self.desk.chain()), &BTreeMap::new());
        assert_eq!(again, verified, "in any order of arrival");
    }
}

#[test]
fn while_nobody_says_which_stands_neither_counts_nor_what_was_built_on_it() {
    let mut fork = forked(CTO);
    let known = fork.with(&[&fork.one]);
    let on_one = fork.desk.write_after(&known, CTO, sign_off(20));
    let known = fork.with(&[&fork.two]);
    let on_two = fork.desk.write_after(&known, CTO, sign_off(21));
    fork.out(&[&fork.one, &fork.two, &on_one, &on_two]);
}

#[test]
fn what_another_member_had_seen_before_the_second_appeared_stands() {
    let mut fork = forked(CTO);
    let known = fork.with(&[&fork.one]);
    fork.desk.write_after(&known, LEAD, vote());
    let known = fork.with(&[&fork.one]);
    let on_one = fork.desk.write_after(&known, CTO, sign_off(20));
    let known = fork.with(&[&fork.two]);
    let on_two = fork.desk.write_after(&known, CTO, sign_off(21));
    fork.out(&[&fork.two, &on_two]);
    assert_eq!(on_one.log().seq, on_two.log().seq, "branches that go on are no further forks");
}

#[test]
fn a_witness_of_a_witness_is_one() {
    let mut fork = forked(CTO);
    let known = fork.with(&[&fork.one]);
    let on_one = fork.desk.write_after(&known, CTO, sign_off(20));
    let far = fork.with(&[&fork.one, &on_one]);
    fork.desk.write_after(&far, LEAD, vote());
    fork.out(&[&fork.two]);
}

#[test]
fn two_who_had_seen_different_ones_settle_nothing() {
    let mut fork = forked(CTO);
    let known = fork.with(&[&fork.one]);
    fork.desk.write_after(&known, LEAD, vote());
    let known = fork.with(&[&fork.two]);
    fork.desk.write_after(&known, DEVICE, running());
    fork.out(&[&fork.one, &fork.two]);
}

#[test]
fn who_had_seen_both_vouches_for_neither() {
    let mut fork = forked(CTO);
    let chain = fork.desk.chain();
    let verified = fork.verified();
    let (subjects, mut predicate) = fork.desk.prepare(LEAD, vote());
    let log = predicate.log.id;
    let named: Vec<EntryId> = predicate.log.seen.values().map(|head| head.id).collect();
    assert!(named.contains(&fork.one.id()) || named.contains(&fork.two.id()), "the plain head would take a side");
    predicate.log = verified.ends().next_position(log);
    assert_eq!(
        predicate.log.seen.get(&fork.one.log().id).map(|head| head.seq),
        Some(fork.one.log().seq - 1),
        "what is said to be seen ends before the fork"
    );
    fork.desk.push(LEAD, subjects, predicate);
    assert_eq!(fork.desk.chain(), chain);
    fork.out(&[&fork.one, &fork.two]);
}

#[test]
fn an_author_cannot_take_a_signature_back_by_a_second_history() {
    // Seen by the lead; then the author's own other log says otherwise.
    let mut fork = forked(CHAIR);
    let known = fork.with(&[&fork.one]);
    fork.desk.write_after(&known, LEAD, vote());
    let known = fork.with(&[&fork.two]);
    fork.desk.write_after(&known, DEVICE, running());
    fork.out(&[&fork.two]);
    // Not even the author's word with PIN undoes what another member had seen.
    let mut fork = forked(DEVICE);
    let all_but_two: Vec<Entry> = fork.desk.entries.iter().filter(|e| e.id() != fork.two.id()).cloned().collect();
    fork.desk.write_after(&all_but_two, LEAD, vote());
    let (known, word) = (fork.before.clone(), fork.settle(&fork.two));
    fork.desk.write_with_pin_after(&known, CHAIR, word);
    fork.out(&[&fork.two]);
}

#[test]
fn root_holders_do_not_undo_what_had_been_witnessed_either() {
    let mut fork = forked(LEAD);
    let known = fork.with(&[&fork.one]);
    fork.desk.write_after(&known, DEVICE, running());
    let known = fork.before.clone();
    for holder in [CHAIR, CTO] {
        let word = fork.settle(&fork.two);
        fork.desk.write_with_pin_after(&known, holder, word);
    }
    fork.out(&[&fork.two]);
}

#[test]
fn the_authors_own_other_device_speaks_while_nobody_else_does() {
    let mut fork = forked(CHAIR);
    let known = fork.with(&[&fork.two]);
    fork.desk.write_after(&known, DEVICE, running());
    fork.out(&[&fork.one]);
}

#[test]
fn the_author_settles_it_in_another_log() {
    for second in [false, true] {
        let mut fork = forked(DEVICE);
        let (stands, falls) =
            if second { (fork.two.clone(), fork.one.clone()) } else { (fork.one.clone(), fork.two.clone()) };
        let word = fork.settle(&stands);
        let known = fork.before.clone();
        fork.desk.write_with_pin_after(&known, CHAIR, word);
        fork.out(&[&falls]);
    }
}

#[test]
fn the_author_settles_it_in_the_same_log_as_long_as_no_branch_says_otherwise() {
    let mut fork = forked(CTO);
    let word = fork.settle(&fork.one);
    let known = fork.with(&[&fork.one]);
    let said = fork.desk.write_with_pin_after(&known, CTO, word);
    fork.out(&[&fork.two]);
    let otherwise = fork.settle(&fork.two);
    let known = fork.with(&[&fork.two]);
    let against = fork.desk.write_with_pin_after(&known, CTO, otherwise);
    fork.out(&[&fork.one, &fork.two, &said, &against]);
}

#[test]
fn root_holders_rule_by_their_threshold_and_not_below_it() {
    let mut fork = forked(LEAD);
    let known = fork.before.clone();
    let one = fork.settle(&fork.one);
    fork.desk.write_with_pin_after(&known, CHAIR, one.clone());
    fork.out(&[&fork.one, &fork.two]);
    // The same one again is still one of two.
    let so_far: Vec<Entry> =
        fork.desk.entries.iter().filter(|e| ![fork.one.id(), fork.two.id()].contains(&e.id())).cloned().collect();
    fork.desk.write_with_pin_after(&so_far, CHAIR, one.clone());
    fork.out(&[&fork.one, &fork.two]);
    fork.desk.write_with_pin_after(&known, CTO, one);
    fork.out(&[&fork.two]);
}

#[test]
fn root_holders_who_disagree_rule_nothing() {
    let mut fork = forked(LEAD);
    let known = fork.before.clone();
    let (one, two) = (fork.settle(&fork.one), fork.settle(&fork.two));
    fork.desk.write_with_pin_after(&known, CHAIR, one);
    fork.desk.write_with_pin_after(&known, CTO, two);
    fork.out(&[&fork.one, &fork.two]);
}

#[test]
fn the_word_of_a_member_who_is_neither_settles_nothing() {
    let mut fork = forked(CTO);
    let (known, word) = (fork.before.clone(), fork.settle(&fork.one));
    fork.desk.write_with_pin_after(&known, LEAD, word);
    fork.out(&[&fork.one, &fork.two]);
}

#[test]
fn a_settlement_for_an_entry_that_is_not_there_settles_nothing() {
    let fork = forked(DEVICE);
    let (log, seq) = (fork.one.log().id, fork.one.log().seq);
    let elsewhere = fork.before.last().expect("entries").id();
    for (log, seq, stands) in [
        (log, seq, EntryId([9; 32])),
        (log, seq, elsewhere),
        (log, seq + 1, fork.one.id()),
        (LogId { epoch: 2, ..log }, seq, fork.one.id()),
    ] {
        let mut fork = forked(DEVICE);
        let known = fork.before.clone();
        let body = Body::ForkSettled { log, seq, stands, reason: "a slip".to_owned() };
        fork.desk.write_with_pin_after(&known, CHAIR, body);
        fork.out(&[&fork.one, &fork.two]);
    }
}

#[test]
fn of_two_settlements_the_first_counts() {
    let mut fork = forked(DEVICE);
    let mut known = fork.before.clone();
    let (one, two) = (fork.settle(&fork.one), fork.settle(&fork.two));
    known.push(fork.desk.write_with_pin_after(&known, CHAIR, one));
    fork.desk.write_with_pin_after(&known, CHAIR, two);
    fork.out(&[&fork.two]);
}

#[test]
fn a_fork_with_an_entry_of_a_newer_cabinet_is_one() {
    let newer = |known: &Entry, desk: &Desk| {
        let mut value: serde_json::Value = serde_json::from_slice(known.envelope().payload()).expect("JSON");
        value["predicateType"] = "urn:x-cabinet:entry:sign_off:2".into();
        let payload = canonical::to_bytes(&value).expect("writable");
        Entry::of(Envelope::seal(payload, &desk.cto).expect("signs")).expect("kept")
    };
    let mut fork = forked(CTO);
    let unknown = newer(&fork.two, &fork.desk);
    fork.desk.entries.retain(|entry| entry.id() != fork.two.id());
    fork.desk.entries.push(unknown.clone());
    fork.out(&[&fork.one, &unknown]);
    // A newer Cabinet's entry can be witnessed, and then it stands.
    let known = fork.with(&[&unknown]);
    fork.desk.write_after(&known, LEAD, vote());
    fork.out(&[&fork.one]);
}

#[test]
fn three_at_one_place_are_a_fork_of_three() {
    let mut fork = forked(CTO);
    let three = fork.desk.write_after(&fork.before.clone(), CTO, sign_off(19));
    fork.out(&[&fork.one, &fork.two, &three]);
    let known = fork.with(&[&three]);
    fork.desk.write_after(&known, LEAD, vote());
    fork.out(&[&fork.one, &fork.two]);
}

#[test]
fn each_of_two_forks_of_one_log_is_judged_by_itself() {
    let mut fork = forked(CTO);
    let known = fork.with(&[&fork.one]);
    let left = fork.desk.write_after(&known, CTO, sign_off(30));
    let known = fork.with(&[&fork.one]);
    let right = fork.desk.write_after(&known, CTO, sign_off(31));
    let known = fork.with(&[&fork.one]);
    fork.desk.write_after(&known, LEAD, vote());
    fork.out(&[&fork.two, &left, &right]);
    let known = fork.with(&[&fork.one, &right]);
    fork.desk.write_after(&known, DEVICE, running());
    let verified = fork.verified();
    assert!(!verified.disputed.contains(&right.id()) && verified.disputed.contains(&left.id()));
}

#[test]
fn a_log_goes_on_from_the_branch_that_stands_and_from_some_branch_while_none_does() {
    let mut fork = forked(CTO);
    let known = fork.with(&[&fork.two]);
    let longer = fork.desk.write_after(&known, CTO, sign_off(21));
    let log = fork.one.log().id;
    let place = fork.verified().ends().next_position(log);
    assert_eq!((place.seq, place.prev), (longer.log().seq + 1, Some(longer.id())), "undecided: from the newest");

    let known = fork.with(&[&fork.one]);
    fork.desk.write_after(&known, LEAD, vote());
    let mut ends = fork.verified().ends();
    let place = ends.next_position(log);
    assert_eq!(
        (place.seq, place.prev),
        (fork.one.log().seq + 1, Some(fork.one.id())),
        "decided: from the one that stands"
    );
    let next = Head { seq: place.seq, id: EntryId([8; 32]) };
    ends.wrote(log, next);
    assert_eq!(ends.next_position(log).prev, Some(next.id));
    let other = ends.next_position(LogId { epoch: 7, ..log });
    assert_eq!(other.seen.get(&log), Some(&next), "and what is written on it is seen");
}
