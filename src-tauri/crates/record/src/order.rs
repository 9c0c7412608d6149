//! The order of entries of which others were left out.
//!
//! An extract holds one change's entries. Whoever came later names the heads they had seen; those heads may be left out,
//! and with them the chain of names from one entry to the next. The *positions* are still there: who had seen position 9
//! of a log comes after its position 4. Without this, a decision of a later meeting on another device could be folded
//! before that of an earlier one.
use std::collections::BTreeMap;

use domain::entry::Head;
use domain::ids::{EntryId, LogId};

use crate::chain::{self, Link};

/// The causal order across what was left out. Where nothing is missing it is [`chain::causal_order`].
#[must_use]
pub fn across_gaps(links: &[Link]) -> Vec<EntryId> {
    let mut logs: BTreeMap<LogId, BTreeMap<u32, Vec<EntryId>>> = BTreeMap::new();
    for link in links {
        logs.entry(link.log.id).or_default().entry(link.log.seq).or_default().push(link.id);
    }
    // The newest entry at hand of a log up to a position; at the position itself the very one that was named, if it is here.
    let at_hand = |log: &LogId, upto: u32, named: Option<EntryId>| -> Option<EntryId> {
        let (_, ids) = logs.get(log)?.range(..=upto).next_back()?;
        named.filter(|id| ids.contains(id)).or_else(|| ids.iter().min().copied())
    };
    let bridged: Vec<Link> = links
        .iter()
        .map(|link| {
            let mut log = link.log.clone();
            log.prev = link.log.seq.checked_sub(1).and_then(|before| at_hand(&link.log.id, before, link.log.prev));
            log.seen = link
                .log
                .seen
                .iter()
                .filter_map(|(id, head)| {
                    let found = at_hand(id, head.seq, Some(head.id))?;
                    Some((*id, Head { seq: head.seq, id: found }))
                })
                .collect();
            Link { id: link.id, log }
        })
        .collect();
    chain::causal_order(&bridged)
}

#[cfg(test)]
mod tests {
    use domain::entry::LogPosition;
    use domain::ids::KeyId;
    use proptest::prelude::*;

    use super::*;

    fn id(log: u8, seq: u32) -> EntryId {
        EntryId::of(&[&[log][..], &seq.to_be_bytes()].concat())
    }

    fn log(n: u8) -> LogId {
        LogId { key: KeyId([n; 32]), epoch: 1 }
    }

    fn link(n: u8, seq: u32, seen: &[(u8, u32)]) -> Link {
        let prev = (seq > 1).then(|| id(n, seq - 1));
        let seen = seen.iter().map(|(l, s)| (log(*l), Head { seq: *s, id: id(*l, *s) })).collect();
        Link { id: id(n, seq), log: LogPosition { id: log(n), seq, prev, seen } }
    }

    #[test]
    fn who_had_seen_a_later_position_comes_later_though_that_entry_was_left_out() {
        // Log 1 sorts first, so without the positions its entry would come first.
        let (earlier, later) = (link(2, 4, &[]), link(1, 1, &[(2, 9)]));
        let all = [later.clone(), earlier.clone()];
        assert_eq!(chain::causal_order(&all)[0], later.id, "by names alone the order is wrong");
        assert_eq!(across_gaps(&all), [earlier.id, later.id]);
    }

    #[test]
    fn a_gap_within_a_log_keeps_its_order_and_what_others_saw_of_it() {
        let links = [link(1, 1, &[(2, 7)]), link(2, 8, &[]), link(2, 3, &[]), link(2, 5, &[])];
        assert_eq!(across_gaps(&links), [id(2, 3), id(2, 5), id(1, 1), id(2, 8)]);
    }

    /// Logs of random lengths whose entries have seen random earlier ones, all present.
    fn whole() -> impl Strategy<Value = Vec<Link>> {
        proptest::collection::vec((0u8..4, proptest::collection::vec(any::<bool>(), 4)), 1..40).prop_map(|steps| {
            let mut heads = [0u32; 4];
            steps
                .into_iter()
                .map(|(writer, looks)| {
                    let seen: Vec<(u8, u32)> = (0u8..4)
                        .filter(|l| *l != writer && looks[*l as usize] && heads[*l as usize] > 0)
                        .map(|l| (l, heads[l as usize]))
                        .collect();
                    heads[writer as usize] += 1;
                    link(writer, heads[writer as usize], &seen)
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn where_nothing_is_missing_it_is_the_records_own_order(links in whole()) {
            prop_assert_eq!(across_gaps(&links), chain::causal_order(&links));
        }

        #[test]
        fn whatever_is_left_out_no_entry_comes_before_what_its_writer_had_seen(
            links in whole(), keep in proptest::collection::vec(any::<bool>(), 40)
        ) {
            let kept: Vec<Link> = links.iter().zip(keep).filter(|(_, k)| *k).map(|(l, _)| l.clone()).collect();
            let order = across_gaps(&kept);
            prop_assert_eq!(order.len(), kept.len());
            let place = |id: EntryId| order.iter().position(|o| *o == id).expect("every entry is in the order");
            for later in &kept {
                for earlier in &kept {
                    let own = earlier.log.id == later.log.id && earlier.log.seq < later.log.seq;
                    let seen = later.log.seen.get(&earlier.log.id).is_some_and(|h| h.seq >= earlier.log.seq);
                    if own || seen {
                        prop_assert!(place(earlier.id) < place(later.id));
                    }
                }
            }
        }
    }
}
