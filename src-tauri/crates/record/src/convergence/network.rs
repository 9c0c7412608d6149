//! Devices and what carries parcels between them: a folder, a table, packs; each with the faults it has in life.
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::{Body, Predicate};
use domain::ids::{ChangeKey, Digest, EntryId, LogId};
use domain::ledger::{Ledger, Verified as Folded};
use domain::meeting::DecisionKind;
use domain::policy::Policy;
use domain::roster::Roster;
use sha2::Digest as _;

use super::history::{History, Parcel};
use crate::canonical;
use crate::chain::Fault;
use crate::entry::Entry;
use crate::gather::{Parcels, gather_checked};
use crate::refusal::{Code, Refusal};
use crate::roster::RosterChain;
use crate::rules;
use crate::verify::{Checked, Context, Policies, Verified, verify_entries};

/// A small generator with a printed seed: a failure can be run again.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed ^ 0x9e37_79b9_7f4a_7c15);
        dice.roll(2);
        dice
    }

    pub fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % below as u64).expect("below fits")
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.roll(n) == 0
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.roll(at + 1));
        }
    }
}

/// What a device shows.
pub struct State {
    ledger: Ledger,
    pub forked: BTreeSet<LogId>,
    pub counts: BTreeSet<EntryId>,
    pub verified: Verified,
}

/// Folds what counts, by the roster and the policy that each entry names.
pub fn state_of(verified: Verified, rosters: &RosterChain, policies: &BTreeMap<Digest, Policy>) -> State {
    let mut ledger = Ledger::default();
    let counting = || verified.entries.iter().filter(|entry| !verified.disputed.contains(&entry.id()));
    for entry in counting() {
        match entry.predicate() {
            Some(predicate) => {
                let subject = entry.statement().subjects[0].sha256;
                let rules = rules::of(entry, rosters, policies);
                ledger.apply(Folded { id: entry.id(), subject, predicate, rules });
            }
            None => {
                ledger.note_unknown(entry.id());
            }
        }
    }
    let forked = verified
        .faults
        .iter()
        .filter_map(|fault| match fault {
            Fault::Fork { log, .. } => Some(*log),
            Fault::Gap { .. } | Fault::Prev { .. } | Fault::SeenMissing { .. } => None,
        })
        .collect();
    let counts = counting().map(Entry::id).collect();
    State { ledger, forked, counts, verified }
}

impl State {
    /// What was decided of a change.
    pub fn decision(&self, key: &ChangeKey) -> Option<DecisionKind> {
        self.ledger.decision(key).map(|recorded| recorded.decision.kind)
    }

    /// The digest of all rows, as the store computes it.
    pub fn projection(&self) -> Digest {
        let mut rows: Vec<(String, String, Vec<u8>)> = self
            .ledger
            .all()
            .iter()
            .map(|touched| {
                let (noun, id) = touched.row();
                let row = self.ledger.row(touched).expect("a row for what there is");
                (noun.to_owned(), id, canonical::to_bytes(&row).expect("writable"))
            })
            .collect();
        rows.sort();
        let mut hash = sha2::Sha256::new();
        for (noun, id, json) in rows {
            for part in [noun.as_bytes(), id.as_bytes(), &json] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        Digest(hash.finalize().into())
    }
}

/// Segregation of duties as the board asks it of each parcel.
pub fn duties(_: &Entry, predicate: &Predicate, roster: &Roster, _: Option<&Policies>) -> Result<(), Refusal> {
    let Body::SignOff(body) = &predicate.body else { return Ok(()) };
    let policy = Policy::built_in(domain::policy::Strength::Starter);
    domain::duties::may_sign(roster, &policy, predicate.actor, body.change.prefix(), &body.involved)
        .map_err(|duty| Refusal::new(Code::Duties, duty.to_string(), "predicate.body"))
}

/// A data folder: what arrived, and in which order.
#[derive(Default)]
pub struct Device {
    parcels: Parcels,
    arrived: Vec<Digest>,
    pub has: BTreeSet<usize>,
    counted: BTreeSet<EntryId>,
    pub looks: u32,
    pub received: u32,
}

impl Device {
    pub fn receive(&mut self, number: usize, parcel: &Parcel) {
        self.received += 1;
        self.has.insert(number);
        match parcel {
            Parcel::Roster(bytes) => drop(self.parcels.rosters.insert(Digest::of(bytes), bytes.clone())),
            Parcel::Policy(bytes) => drop(self.parcels.policies.insert(Digest::of(bytes), bytes.clone())),
            Parcel::Envelope(bytes) => {
                let digest = Digest::of(bytes);
                self.arrived.push(digest);
                self.parcels.envelopes.insert(digest, bytes.clone());
            }
        }
    }

    /// What the device shows now; `None` while it does not even have the root. Entries are judged in the order in
    /// which they arrived, with what came twice. What counted goes on counting, unless the set says why not.
    pub fn look(&mut self, history: &History, checked: &Checked) -> Option<State> {
        self.looks += 1;
        let gathered = gather_checked(history.root, &self.parcels, Some(&duties), checked).ok()?;
        let context = Context { checked: Some(checked), ..Context::of(&gathered.rosters) };
        let arrived = self.arrived.iter().filter_map(|digest| gathered.entries.get(digest)).cloned();
        let verified = verify_entries(arrived, &context, &BTreeMap::new());
        let state = state_of(verified, &gathered.rosters, &history.policies);
        for gone in self.counted.difference(&state.counts) {
            let explained = state.verified.disputed.contains(gone)
                || state.verified.refusals.iter().any(|refusal| {
                    let why = matches!(refusal.code, Code::Unwitnessed | Code::NotOwnEntry | Code::RosterBackwards);
                    why && refusal.place.contains(&gone.short())
                });
            assert!(explained, "entry {} counted and no longer does, and nobody says why", gone.short());
        }
        self.counted.clone_from(&state.counts);
        Some(state)
    }
}

/// The relays of a board and who is connected to which.
pub struct Network {
    /// Files in a folder: seen in any order, some not at once, some twice.
    folder: BTreeSet<usize>,
    on_folder: Vec<bool>,
    /// Rows of a table, each device with its cursor; a connection that breaks delivers without committing it.
    table: Vec<usize>,
    cursors: Vec<Option<usize>>,
    /// Packs on their way: for whom, and what is in them.
    packs: Vec<(usize, Vec<usize>)>,
}

impl Network {
    pub fn new(devices: usize, dice: &mut Dice) -> Self {
        let mut on_folder = vec![false; devices];
        let mut cursors = vec![None; devices];
        for device in 0..devices {
            // One bridges both; some have neither, and live on packs.
            let choice = if device == 0 { 0 } else { dice.roll(4) };
            on_folder[device] = choice <= 1;
            cursors[device] = (choice == 0 || choice == 2).then_some(0);
        }
        Self { folder: BTreeSet::new(), on_folder, table: Vec::new(), cursors, packs: Vec::new() }
    }

    /// One thing happens somewhere.
    pub fn step(&mut self, devices: &mut [Device], history: &History, dice: &mut Dice) {
        let who = dice.roll(devices.len());
        match dice.roll(5) {
            0 => self.publish(who, devices, Some(dice)),
            1 | 2 => self.read(who, devices, history, Some(dice)),
            3 => {
                let to = dice.roll(devices.len());
                let mut inside: Vec<usize> = devices[who].has.iter().copied().collect();
                dice.shuffle(&mut inside);
                self.packs.push((to, inside));
            }
            _ => self.open_a_pack(devices, history, dice),
        }
    }

    /// Puts what the device has into its relays. With `dice` some writes are lost, and made again the next time.
    pub fn publish(&mut self, who: usize, devices: &[Device], dice: Option<&mut Dice>) {
        let lost = |dice: &mut Option<&mut Dice>| dice.as_mut().is_some_and(|dice| dice.one_in(4));
        let mut dice = dice;
        for number in &devices[who].has {
            if self.on_folder[who] && !lost(&mut dice) {
                self.folder.insert(*number);
            }
            if self.cursors[who].is_some() && !self.table.contains(number) && !lost(&mut dice) {
                self.table.push(*number);
            }
        }
    }

    /// Takes what its relays have for the device.
    pub fn read(&mut self, who: usize, devices: &mut [Device], history: &History, mut dice: Option<&mut Dice>) {
        let device = &mut devices[who];
        if self.on_folder[who] {
            let mut listed: Vec<usize> = self.folder.iter().copied().collect();
            if let Some(dice) = dice.as_deref_mut() {
                // Known files are read again now and then; some are not there yet.
                listed.retain(|number| !dice.one_in(3) && (!device.has.contains(number) || dice.one_in(5)));
                dice.shuffle(&mut listed);
            }
            for number in listed {
                device.receive(number, &history.parcels[number].1);
            }
        }
        if let Some(cursor) = self.cursors[who] {
            let rows = self.table.len() - cursor;
            let (take, commits) = match dice {
                Some(dice) => (dice.roll(rows + 1), !dice.one_in(3)),
                None => (rows, true),
            };
            for number in &self.table[cursor..cursor + take] {
                device.receive(*number, &history.parcels[*number].1);
            }
            if commits {
                self.cursors[who] = Some(cursor + take);
            }
        }
    }

    /// A pack arrives whole, or never; some are opened twice.
    fn open_a_pack(&mut self, devices: &mut [Device], history: &History, dice: &mut Dice) {
        if self.packs.is_empty() {
            return;
        }
        let at = dice.roll(self.packs.len());
        let (to, inside) = if dice.one_in(4) { self.packs[at].clone() } else { self.packs.swap_remove(at) };
        if dice.one_in(3) {
            return;
        }
        for number in inside {
            devices[to].receive(number, &history.parcels[number].1);
        }
    }

    /// Everything that was lost is sent again, until nobody has anything new.
    pub fn settle(&mut self, devices: &mut [Device], history: &History, dice: &mut Dice) {
        loop {
            let before: usize = devices.iter().map(|device| device.has.len()).sum();
            for who in 0..devices.len() {
                self.publish(who, devices, None);
            }
            for who in 0..devices.len() {
                self.read(who, devices, history, None);
                if !self.on_folder[who] && self.cursors[who].is_none() {
                    let mut back: Vec<usize> = devices[who].has.difference(&devices[0].has).copied().collect();
                    let mut forth: Vec<usize> = devices[0].has.difference(&devices[who].has).copied().collect();
                    dice.shuffle(&mut back);
                    dice.shuffle(&mut forth);
                    back.into_iter().for_each(|number| devices[0].receive(number, &history.parcels[number].1));
                    forth.into_iter().for_each(|number| devices[who].receive(number, &history.parcels[number].1));
                }
            }
            if devices.iter().map(|device| device.has.len()).sum::<usize>() == before {
                return;
            }
        }
    }
}
