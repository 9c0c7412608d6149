use domain::ids::KeyId;
use proptest::prelude::*;

use super::*;

fn log(n: u8) -> LogId {
    LogId { key: KeyId([n; 32]), epoch: 1 }
}

fn named(name: &str) -> EntryId {
    EntryId::of(name.as_bytes())
}

/// A link named `name` at `seq` of log `n`, after `prev`, having seen entries `(log, seq, name)`.
fn at(n: u8, seq: u32, name: &str, prev: Option<&str>, seen: &[(u8, u32, &str)]) -> Link {
    Link {
        id: named(name),
        log: LogPosition {
            id: log(n),
            seq,
            prev: prev.map(named),
            seen: seen.iter().map(|(n, seq, name)| (log(*n), Head { seq: *seq, id: named(name) })).collect(),
        },
    }
}

fn none() -> BTreeMap<LogId, Head> {
    BTreeMap::new()
}

#[test]
fn an_entry_comes_after_what_it_had_seen_whatever_its_log() {
    let links = [at(1, 1, "late", None, &[(2, 2, "b2")]), at(2, 2, "b2", Some("b1"), &[]), at(2, 1, "b1", None, &[])];
    assert_eq!(causal_order(&links), ["b1", "b2", "late"].map(named));
}

#[test]
fn concurrent_entries_stand_by_log_and_position() {
    let links = [
        at(2, 1, "b1", None, &[]),
        at(1, 2, "a2", Some("a1"), &[]),
        at(1, 1, "a1", None, &[]),
        at(3, 1, "c1", None, &[]),
    ];
    assert_eq!(causal_order(&links), ["a1", "a2", "b1", "c1"].map(named));
}

#[test]
fn the_order_is_total_even_with_gaps_forks_and_impossible_circles() {
    let links = [
        at(1, 1, "x", None, &[(2, 1, "y")]),
        at(2, 1, "y", None, &[(1, 1, "x")]),
        at(1, 7, "after a gap", Some("missing"), &[(9, 3, "elsewhere")]),
        at(1, 1, "fork", None, &[]),
    ];
    let order = causal_order(&links);
    assert_eq!(order.len(), 4);
    assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), 4, "each entry once");
}

#[test]
fn a_whole_log_has_no_faults() {
    let links =
        [at(1, 1, "a1", None, &[]), at(1, 2, "a2", Some("a1"), &[(2, 1, "b1")]), at(2, 1, "b1", None, &[(1, 1, "a1")])];
    assert_eq!(faults(&links, &heads(&links)), []);
}

#[test]
fn gaps_are_named_with_their_bounds() {
    let links = [at(1, 1, "a1", None, &[]), at(1, 5, "a5", Some("a4"), &[]), at(2, 3, "b3", Some("b2"), &[])];
    let expected = [Fault::Gap { log: log(1), from: 2, to: 4 }, Fault::Gap { log: log(2), from: 1, to: 2 }];
    assert_eq!(faults(&links, &none()), expected);
    assert_eq!(expected[0].refusal().code, Code::ChainGap);
    assert!(expected[0].refusal().what.contains("2 to 4"));
}

#[test]
fn two_entries_at_one_position_are_a_fork_and_both_are_named() {
    let links = [
        at(1, 1, "a1", None, &[]),
        at(1, 2, "left", Some("a1"), &[]),
        at(1, 2, "right", Some("a1"), &[]),
        at(1, 3, "on the left", Some("left"), &[]),
    ];
    let mut entries = vec![named("left"), named("right")];
    entries.sort();
    assert_eq!(faults(&links, &none()), [Fault::Fork { log: log(1), seq: 2, entries }]);
}

#[test]
fn an_entry_that_does_not_follow_from_the_one_before_is_named() {
    let wrong = |links: &[Link]| match faults(links, &none()).as_slice() {
        [Fault::Prev { entry, .. }] => *entry,
        other => panic!("one fault expected: {other:?}"),
    };
    assert_eq!(wrong(&[at(1, 1, "a1", None, &[]), at(1, 2, "a2", Some("other"), &[])]), named("a2"));
    assert_eq!(wrong(&[at(1, 1, "a1", Some("before the first"), &[])]), named("a1"));
    assert_eq!(wrong(&[at(1, 1, "a1", None, &[]), at(1, 2, "a2", None, &[])]), named("a2"));
}

#[test]
fn reordering_two_entries_shows() {
    let links = [at(1, 1, "a1", None, &[]), at(1, 3, "a2", Some("a1"), &[]), at(1, 2, "a3", Some("a2"), &[])];
    let wrong = faults(&links, &none());
    assert_eq!(wrong.len(), 2, "neither follows from the one before it: {wrong:?}");
}

#[test]
fn what_another_log_or_the_vault_had_seen_and_is_missing_is_an_omission() {
    let head = Head { seq: 4, id: named("b4") };
    let links = [at(1, 1, "a1", None, &[(2, 4, "b4")])];
    let by = Some(named("a1"));
    assert_eq!(faults(&links, &none()), [Fault::SeenMissing { log: log(2), seq: 4, entry: head.id, by }]);
    let own = [at(2, 1, "b1", None, &[])];
    let known = BTreeMap::from([(log(2), head)]);
    assert_eq!(faults(&own, &known), [Fault::SeenMissing { log: log(2), seq: 4, entry: head.id, by: None }]);
}

#[test]
fn an_older_copy_of_the_database_is_noticed_by_the_head_beside_the_key() {
    let links = [at(1, 1, "a1", None, &[]), at(1, 2, "a2", Some("a1"), &[]), at(1, 3, "a3", Some("a2"), &[])];
    let head = |seq: u32, name: &str| Head { seq, id: named(name) };
    let compare = |vault, links: &[Link]| compare_with_vault(log(1), vault, links);
    assert_eq!(compare(None, &links), HeadComparison::Consistent);
    assert_eq!(compare(Some(head(3, "a3")), &links), HeadComparison::Consistent);
    assert_eq!(compare(Some(head(2, "a2")), &links), HeadComparison::Consistent, "killed after COMMIT");
    let rolled_back = HeadComparison::RolledBack { vault: head(3, "a3"), store: Some(head(2, "a2")) };
    assert_eq!(compare(Some(head(3, "a3")), &links[..2]), rolled_back);
    let other = compare(Some(head(3, "another a3")), &links);
    assert_eq!(other, HeadComparison::RolledBack { vault: head(3, "another a3"), store: Some(head(3, "a3")) });
    assert_eq!(compare(Some(head(1, "a1")), &[]), HeadComparison::RolledBack { vault: head(1, "a1"), store: None });
}

#[test]
fn the_next_place_follows_all_heads() {
    let links = [at(1, 1, "a1", None, &[]), at(2, 1, "b1", None, &[]), at(2, 2, "b2", Some("b1"), &[])];
    let next = next_position(log(2), &heads(&links));
    assert_eq!((next.seq, next.prev), (3, Some(named("b2"))));
    assert_eq!(next.seen, BTreeMap::from([(log(1), Head { seq: 1, id: named("a1") })]));
    let first = next_position(log(3), &heads(&links));
    assert_eq!((first.seq, first.prev, first.seen.len()), (1, None, 2));
}

/// A history of up to four logs: each step a log writes, having seen some of the others' heads.
fn histories() -> impl Strategy<Value = Vec<Link>> {
    prop::collection::vec((1u8..5, prop::collection::vec(any::<bool>(), 4)), 1..40).prop_map(|steps| {
        let mut links: Vec<Link> = Vec::new();
        for (index, (writer, sees)) in steps.into_iter().enumerate() {
            let mut known = heads(&links);
            known.retain(|id, _| *id == log(writer) || sees[usize::from(id.key.0[0] - 1)]);
            links.push(Link { id: named(&format!("entry {index}")), log: next_position(log(writer), &known) });
        }
        links
    })
}

proptest! {
    #[test]
    fn any_order_of_arrival_gives_the_same_order(
        (links, shuffled) in histories().prop_flat_map(|links| (Just(links.clone()), Just(links).prop_shuffle()))
    ) {
        prop_assert_eq!(causal_order(&links), causal_order(&shuffled));
        prop_assert_eq!(faults(&links, &none()), faults(&shuffled, &none()));
        prop_assert_eq!(heads(&links), heads(&shuffled));
    }

    #[test]
    fn nothing_comes_before_what_it_follows(links in histories()) {
        let order = causal_order(&links);
        let place: BTreeMap<EntryId, usize> = order.iter().enumerate().map(|(n, id)| (*id, n)).collect();
        prop_assert_eq!(place.len(), links.len());
        for link in &links {
            for before in link.log.prev.into_iter().chain(link.log.seen.values().map(|head| head.id)) {
                prop_assert!(place[&before] < place[&link.id]);
            }
        }
        prop_assert_eq!(faults(&links, &heads(&links)), vec![]);
    }

    #[test]
    fn leaving_out_any_entry_but_an_unseen_last_one_shows(links in histories(), pick in any::<prop::sample::Index>()) {
        let left_out = pick.index(links.len());
        let mut rest = links.clone();
        rest.remove(left_out);
        // The heads of the whole stand for a checkpoint, which also shows a missing last entry.
        prop_assert!(!faults(&rest, &heads(&links)).is_empty());
    }
}
