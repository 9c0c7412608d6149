//! An envelope with one byte changed, left out or put in is another envelope, and none but the one that was signed holds.
use std::collections::{BTreeMap, BTreeSet};

use super::tests::{naive, real};
use crate::entry::Entry;
use crate::keys::{PublicKey, Signer as _};
use crate::refusal::Code;
use crate::statement::KINDS;
use crate::testing::bodies::{bodies, signer_of, write};
use crate::testing::{Desk, TestKey};

/// What is tried of an envelope beside each byte left out.
#[derive(Clone, Copy)]
struct Plan {
    /// What each byte is changed by, exclusively ored: a value of 1 to 255 each.
    changes: &'static [u8],
    /// Every how many places, and at the end, each of the 256 bytes is put in.
    put_in: usize,
    /// Every how many mutants a naive verifier is asked as well: most of what reaches it costs it a signature.
    naive: u64,
}

/// Every other value of a byte.
const ALL: [u8; 255] = {
    let mut all = [0; 255];
    let mut at = 0u8;
    while at < 255 {
        all[at as usize] = at + 1;
        at += 1;
    }
    all
};

/// Each bit of a byte, and other values near and far.
const SOME: [u8; 16] = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x03, 0x06, 0x0f, 0x1b, 0x55, 0x60, 0x7f, 0xff];

/// What was tried, and what became of it.
#[derive(Default)]
struct Tried {
    bytes: u64,
    changed: u64,
    left_out: u64,
    put_in: u64,
    accepted: u64,
    asked: u64,
    passed: u64,
    codes: BTreeMap<&'static str, u64>,
}

impl Tried {
    fn all(&self) -> u64 {
        self.changed + self.left_out + self.put_in
    }

    fn add(&mut self, other: &Self) {
        self.bytes += other.bytes;
        self.changed += other.changed;
        self.left_out += other.left_out;
        self.put_in += other.put_in;
        self.accepted += other.accepted;
        self.asked += other.asked;
        self.passed += other.passed;
        for (code, count) in &other.codes {
            *self.codes.entry(*code).or_default() += count;
        }
    }

    fn judge(&mut self, mutant: &[u8], key: &TestKey, public: &PublicKey, plan: Plan) {
        match refusal_of(mutant, public) {
            Some(code) => *self.codes.entry(code.as_str()).or_default() += 1,
            None => self.accepted += 1,
        }
        if self.all().is_multiple_of(plan.naive) {
            self.asked += 1;
            self.passed += u64::from(naive(mutant, key));
        }
    }

    fn at(&mut self, at: usize, bytes: &[u8], key: &TestKey, public: &PublicKey, plan: Plan) {
        if at < bytes.len() {
            self.bytes += 1;
            let mut other = bytes.to_vec();
            for change in plan.changes {
                other[at] = bytes[at] ^ change;
                self.changed += 1;
                self.judge(&other, key, public, plan);
            }
            let mut shorter = bytes.to_vec();
            shorter.remove(at);
            self.left_out += 1;
            self.judge(&shorter, key, public, plan);
        }
        if at == bytes.len() || at.is_multiple_of(plan.put_in) {
            let mut longer = bytes.to_vec();
            longer.insert(at, 0);
            for value in 0..=u8::MAX {
                longer[at] = value;
                self.put_in += 1;
                self.judge(&longer, key, public, plan);
            }
        }
    }

    fn report(&self, of: &str, plan: Plan) -> String {
        format!(
            "{of}, {} bytes: {} mutants ({} with a byte changed, {} other values of every byte; {} with one left out, every \
             byte; {} with one put in, all 256 at every {}. place and the end): {} accepted by this verifier; of every \
             {}. mutant, {}, a naive one accepts {}; {:?}",
            self.bytes,
            self.all(),
            self.changed,
            plan.changes.len(),
            self.left_out,
            self.put_in,
            plan.put_in,
            self.accepted,
            plan.naive,
            self.asked,
            self.passed,
            self.codes
        )
    }
}

/// What the verifier asks of an envelope, its statement and its signature. The signature comes last here, because it takes
/// longest: what is refused is the same in any order.
fn refusal_of(bytes: &[u8], key: &PublicKey) -> Option<Code> {
    let judged = Entry::parse(bytes).and_then(|entry| {
        crate::verify::check_self(&entry)?;
        entry.envelope().verify(key)
    });
    judged.err().map(|refusal| refusal.code)
}

/// Every place of one envelope, by two at a time, on the two cores there are.
fn try_all(bytes: &[u8], key: &TestKey, plan: Plan) -> Tried {
    let public = PublicKey::from_spki(key.spki_der()).expect("a key");
    assert_eq!(refusal_of(bytes, &public), None, "the envelope itself holds");
    assert!(naive(bytes, key), "for a naive verifier too");
    let half = |from: usize| {
        let mut tried = Tried::default();
        (from..=bytes.len()).step_by(2).for_each(|at| tried.at(at, bytes, key, &public, plan));
        tried
    };
    let half = &half;
    let mut both = Tried::default();
    std::thread::scope(|scope| {
        let halves = [0, 1].map(|from| scope.spawn(move || half(from)));
        for one in halves {
            both.add(&one.join().expect("no mutant ends the test"));
        }
    });
    let [all, each] = [bytes.len(), plan.changes.len()].map(|count| u64::try_from(count).expect("few"));
    assert_eq!((both.bytes, both.changed, both.left_out), (all, all * each, all), "nothing is passed over");
    both
}

/// An envelope of every kind of entry, and the key that signed it.
fn one_of_each() -> Vec<(String, TestKey, Vec<u8>)> {
    let mut desk = Desk::open();
    let all: Vec<(String, TestKey, Vec<u8>)> = bodies(&desk)
        .into_iter()
        .map(|body| {
            let key = TestKey::new(u8::try_from(signer_of(&body)).expect("small"));
            let entry = write(&mut desk, body);
            (entry.statement().kind().to_owned(), key, entry.bytes().to_vec())
        })
        .collect();
    let kinds: BTreeSet<&str> = all.iter().map(|(kind, _, _)| kind.as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(KINDS), "every kind is here");
    all
}

/// The envelope of a sign-off in every way; `make gauntlet` puts every byte in at every place, and tries an envelope of every
/// kind of entry at every byte.
#[test]
fn none_of_the_one_byte_mutants_of_an_envelope_is_accepted() {
    let full = std::env::var("CABINET_COUNTS").is_ok_and(|counts| counts == "full");
    let thorough = if full { (1, 1) } else { (15, 31) };
    let (key, bytes) = real();
    refused("sign_off", &key, &bytes, Plan { changes: &ALL, put_in: thorough.0, naive: thorough.1 });
    if full {
        let plan = Plan { changes: &SOME, put_in: 101, naive: 31 };
        let mut total = Tried::default();
        for (kind, key, bytes) in one_of_each() {
            total.add(&refused(&kind, &key, &bytes, plan));
        }
        println!("{}", total.report(&format!("{} kinds", KINDS.len()), plan));
    }
}

/// No mutant is accepted; a naive verifier accepts some.
fn refused(kind: &str, key: &TestKey, bytes: &[u8], plan: Plan) -> Tried {
    let tried = try_all(bytes, key, plan);
    let report = tried.report(kind, plan);
    println!("{report}");
    assert_eq!(tried.accepted, 0, "{report}");
    assert!(tried.passed > 5, "the naive verifier shows what strictness is for: {report}");
    tried
}
