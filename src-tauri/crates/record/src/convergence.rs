//! Whatever order the parcels of a board come in, every device ends with the same record and shows the same forks;
//! and whatever older copy of a folder is put back, somebody notices.
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::Head;
use domain::ids::{Digest, EntryId, LogId};
use domain::meeting::DecisionKind;

use crate::chain::{self, Fault, HeadComparison, Link};
use crate::entry::Entry;
use crate::gather::{Parcels, gather_checked};
use crate::refusal::Refusal;
use crate::roster::RosterChain;
use crate::testing::change;
use crate::verify::{Checked, Context, link, verify_log};

mod corrected;
mod history;
mod network;
mod scribe;

use history::{History, Parcel};
use network::{Device, Dice, Network, State, duties, state_of};
use scribe::DEVICES;

fn orders() -> u64 {
    if std::env::var("CABINET_COUNTS").is_ok_and(|counts| counts == "full") { 10_000 } else { 200 }
}

fn seed() -> u64 {
    std::env::var("CABINET_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_126)
}

/// The whole record at once, on the straight way: the roster chain in order, then every entry in order.
fn at_once(history: &History) -> State {
    let rosters = RosterChain::verify(&history.rosters, &history.entries).expect("the roster chain holds");
    let context = Context { duties: Some(&duties), ..Context::of(&rosters) };
    let verified = verify_log(history.entries.iter().map(Entry::bytes), &context, &BTreeMap::new());
    state_of(verified, &rosters, &history.policies)
}

#[test]
fn the_history_is_what_the_tests_below_need() {
    let history = History::write();
    let state = at_once(&history);
    println!(
        "history: {} entries, {} parcels, {} count, {} disputed, {} refused",
        history.entries.len(),
        history.parcels.len(),
        state.counts.len(),
        state.verified.disputed.len(),
        state.verified.refusals.len()
    );
    assert!(history.entries.len() >= 60);
    assert_eq!(state.forked, history.forked, "two forks");
    let kinds: BTreeSet<&str> = history.entries.iter().map(|entry| entry.statement().kind()).collect();
    for kind in crate::statement::KINDS {
        assert!(kinds.contains(kind), "no entry of kind {kind}");
    }
    let all: BTreeSet<EntryId> = history.entries.iter().map(Entry::id).collect();
    let missing: BTreeSet<EntryId> = all.difference(&state.counts).copied().collect();
    assert_eq!(missing, history.never, "what does not count");
    assert!(state.verified.needs_newer());
    assert_eq!(history.policies.len(), 1, "the policy is read");
    let kept = Some(DecisionKind::Approved);
    assert_eq!(state.decision(&change(17)), kept, "carried in writing");
    assert_eq!(state.decision(&change(6)), kept, "who was left when it was decided again was no quorum");
}

/// What a number of random deliveries came to.
#[derive(Default)]
struct Count {
    orders: u64,
    received: u64,
    looks: u64,
}

fn deliver(
    history: &History,
    (expected, projection): (&State, Digest),
    checked: &Checked,
    run: u64,
    count: &mut Count,
) {
    let mut dice = Dice::new(seed().wrapping_add(run));
    let mut devices: Vec<Device> = (0..DEVICES).map(|_| Device::default()).collect();
    for (number, (origin, parcel)) in history.parcels.iter().enumerate() {
        devices[*origin].receive(number, parcel);
    }
    let mut network = Network::new(DEVICES, &mut dice);
    for _ in 0..40 {
        network.step(&mut devices, history, &mut dice);
        if dice.one_in(16) {
            let who = dice.roll(DEVICES);
            devices[who].look(history, checked);
        }
    }
    network.settle(&mut devices, history, &mut dice);
    for (who, device) in devices.iter_mut().enumerate() {
        assert_eq!(device.has.len(), history.parcels.len(), "seed {}, order {run}: device {who} has all", seed());
        let state = device.look(history, checked).expect("the root is here");
        let place = format!("seed {}, order {run}, device {who}", seed());
        assert_eq!(state.projection(), projection, "{place}: another projection");
        assert_eq!(state.forked, history.forked, "{place}: both forks are reported");
        assert_eq!(state.counts, expected.counts, "{place}");
        assert_eq!(state.verified.entries, expected.verified.entries, "{place}: in one order, with the same bytes");
        count.received += u64::from(device.received);
        count.looks += u64::from(device.looks);
    }
    count.orders += 1;
}

#[test]
fn five_devices_end_with_one_projection_whatever_was_lost_came_twice_or_late() {
    let history = History::write();
    let expected = at_once(&history);
    let projection = expected.projection();
    let checked = Checked::keeping_entries();
    // Two halves at a time, on the two cores there are.
    let halves = std::thread::scope(|scope| {
        let half = |from: u64| {
            let (history, expected, checked) = (&history, &expected, &checked);
            scope.spawn(move || {
                let mut count = Count::default();
                for run in (from..orders()).step_by(2) {
                    deliver(history, (expected, projection), checked, run, &mut count);
                }
                count
            })
        };
        [half(0), half(1)].map(|half| half.join().expect("every order ended alike"))
    });
    let sum = |of: fn(&Count) -> u64| halves.iter().map(of).sum::<u64>();
    assert_eq!(sum(|count| count.orders), orders());
    println!(
        "convergence: {} delivery orders of {} parcels to {DEVICES} devices, {} deliveries, {} states looked at, one \
         projection {}, {} forks reported by all; {} signatures verified (seed {})",
        sum(|count| count.orders),
        history.parcels.len(),
        sum(|count| count.received),
        sum(|count| count.looks),
        projection.short(),
        expected.forked.len(),
        checked.len(),
        seed()
    );
}

/// What one device has, in the order in which it came there: its database as it grew.
fn grown(history: &History, device: usize) -> Vec<usize> {
    let mut dice = Dice::new(seed().wrapping_add(device as u64));
    let (mut order, mut held) = (Vec::new(), Vec::new());
    // Own entries in their order; others' now and then before them.
    for number in 0..history.parcels.len() {
        if history.parcels[number].0 == device {
            order.push(number);
        } else {
            held.push(number);
        }
        if dice.one_in(3) {
            dice.shuffle(&mut held);
            order.append(&mut held);
        }
    }
    order.append(&mut held);
    order
}

/// The place of each parcel that is an entry.
fn places(history: &History) -> Vec<Option<Link>> {
    let of = |parcel: &Parcel| match parcel {
        Parcel::Envelope(bytes) => Entry::parse(bytes).ok().map(|entry| link(&entry)),
        Parcel::Roster(_) | Parcel::Policy(_) => None,
    };
    history.parcels.iter().map(|(_, parcel)| of(parcel)).collect()
}

fn links_of(places: &[Option<Link>], numbers: &[usize]) -> Vec<Link> {
    numbers.iter().filter_map(|number| places[*number].clone()).collect()
}

/// The heads beside the keys of a device: the newest own entry of each of its logs.
fn beside_the_keys(history: &History, device: usize, links: &[Link]) -> BTreeMap<LogId, Head> {
    let own = [history.recording_logs[device], history.signing_logs[device]];
    chain::heads(links).into_iter().filter(|(log, _)| own.contains(log)).collect()
}

#[test]
fn every_older_copy_of_a_folder_that_lost_own_entries_is_noticed_offline_by_the_heads_beside_the_keys() {
    let history = History::write();
    let places = places(&history);
    let (mut copies, mut noticed) = (0, 0);
    for device in 0..DEVICES {
        let order = grown(&history, device);
        let vault = beside_the_keys(&history, device, &links_of(&places, &order));
        for end in 0..=order.len() {
            let copy = links_of(&places, &order[..end]);
            let lost_own = vault.values().any(|head| !copy.iter().any(|link| link.id == head.id));
            let by_comparison = vault.iter().any(|(log, head)| {
                matches!(chain::compare_with_vault(*log, Some(*head), &copy), HeadComparison::RolledBack { .. })
            });
            let by_faults =
                chain::faults(&copy, &vault).iter().any(|fault| matches!(fault, Fault::SeenMissing { by: None, .. }));
            assert_eq!(by_comparison, lost_own, "device {device}, first {end} parcels");
            assert_eq!(by_faults, lost_own, "device {device}, first {end} parcels");
            copies += 1;
            noticed += usize::from(lost_own);
        }
    }
    assert!(noticed > 100 && noticed < copies);
    println!("older copies: {copies} put back, {noticed} lost own entries, each noticed offline");
}

/// What a folder or a relay amounts to.
fn gathered(history: &History, numbers: &[usize], checked: &Checked) -> Result<BTreeSet<EntryId>, Refusal> {
    let mut shelves = Parcels::default();
    for number in numbers {
        let (shelf, bytes) = match &history.parcels[*number].1 {
            Parcel::Roster(bytes) => (&mut shelves.rosters, bytes),
            Parcel::Policy(bytes) => (&mut shelves.policies, bytes),
            Parcel::Envelope(bytes) => (&mut shelves.envelopes, bytes),
        };
        shelf.insert(Digest::of(bytes), bytes.clone());
    }
    let gathered = gather_checked(history.root, &shelves, Some(&duties), checked)?;
    Ok(gathered.entries.values().map(Entry::id).collect())
}

/// The relay here is a folder to which everything was sent: its word is the complete set, from which a copy is judged
/// as `exchange` judges it, by the own entries that come above the copy's own head. What was never sent nobody can give
/// back, and where a copy lost nothing of its own, there is nothing to notice: it catches up like any other device. That
/// the product does so with real folders is shown by the journeys (`tests/src/journeys/older_copy.rs`).
#[test]
fn what_an_older_copy_lost_comes_back_from_a_relay_and_own_entries_among_it_say_that_it_is_older() {
    let history = History::write();
    let (places, checked) = (places(&history), Checked::keeping_entries());
    let (mut copies, mut behind, mut older) = (0, 0, 0);
    for device in 0..DEVICES {
        let order = grown(&history, device);
        let whole = gathered(&history, &order, &checked).expect("the root is here");
        let all = links_of(&places, &order);
        let own = [history.recording_logs[device], history.signing_logs[device]];
        for end in 0..order.len() {
            let here = gathered(&history, &order[..end], &checked).unwrap_or_default();
            let copy = links_of(&places, &order[..end]);
            let have: BTreeSet<EntryId> = copy.iter().map(|link| link.id).collect();
            let come: BTreeSet<EntryId> = whole.difference(&here).copied().collect();
            let lost: Vec<&Link> =
                all.iter().filter(|link| whole.contains(&link.id) && !have.contains(&link.id)).collect();
            assert!(
                lost.iter().all(|link| come.contains(&link.id)),
                "device {device}, first {end} parcels: all that was lost comes back"
            );
            let heads = chain::heads(&copy);
            let above = |link: &Link| heads.get(&link.log.id).is_none_or(|head| link.log.seq > head.seq);
            let returned: Vec<&Link> = all
                .iter()
                .filter(|link| come.contains(&link.id) && own.contains(&link.log.id) && above(link))
                .collect();
            let lost_above = lost.iter().filter(|link| own.contains(&link.log.id) && above(link)).count();
            assert_eq!(returned.len(), lost_above, "device {device}, first {end} parcels: no more and no fewer");
            copies += 1;
            behind += usize::from(!lost.is_empty());
            older += usize::from(!returned.is_empty());
        }
    }
    assert!(older > 100 && behind > older, "{older} of {behind}");
    println!(
        "older copies: {copies} compared with a relay, {behind} had lost entries, all of which came back; {older} of \
         them are told apart as older copies, by their own entries"
    );
}
