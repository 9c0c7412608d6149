//! Logs that are not whole: gaps, forks, predecessors that are others, entries that were seen and are gone.
use domain::entry::Body;
use domain::ids::EntryId;

use super::Vector;
use super::build::{bundle, desk, vector};
use crate::testing::bodies::{DEVICE, around};
use crate::testing::{CTO, Desk, LEAD, running, sign_off, vote};

pub fn all() -> Vec<Vector> {
    let mut vectors = vec![gap(), other_predecessor(), seen_and_gone(), cut_short(), closed_and_cut_short()];
    vectors.extend(order());
    vectors.extend(forks());
    vectors
}

/// Writes an entry that had seen nothing of the other logs.
fn alone(desk: &mut Desk, signer: u128, body: Body) {
    let (subjects, mut predicate) = desk.prepare(signer, body);
    predicate.log.seen.clear();
    desk.push(signer, subjects, predicate);
}

fn gap() -> Vector {
    let mut desk = desk();
    for _ in 0..3 {
        alone(&mut desk, LEAD, vote());
    }
    desk.entries.remove(4);
    vector("chain-gap--one-missing", &bundle(&desk))
}

fn other_predecessor() -> Vector {
    let mut desk = desk();
    alone(&mut desk, LEAD, vote());
    let (subjects, mut predicate) = desk.prepare(LEAD, vote());
    predicate.log.prev = Some(EntryId([1; 32]));
    desk.push(LEAD, subjects, predicate);
    vector("chain-prev--another-predecessor", &bundle(&desk))
}

fn seen_and_gone() -> Vector {
    let mut desk = desk();
    desk.write(LEAD, vote());
    desk.write(CTO, sign_off(18));
    desk.entries.remove(3);
    vector("seen-missing--another-log-had-seen-it", &bundle(&desk))
}

fn cut_short() -> Vector {
    let mut desk = desk();
    desk.write(DEVICE, running());
    let mut short = bundle(&desk);
    short.entries.pop();
    short.scope.complete = false;
    vector("checkpoint--ends-before-its-head", &short)
}

/// Whoever closed the meeting had the lead's vote, and says so nowhere but in the heads of the meeting.
fn closed_and_cut_short() -> Vector {
    let mut desk = desk();
    alone(&mut desk, LEAD, vote());
    let (subjects, mut predicate) = around(&desk, Body::MeetingClosed { heads: desk.heads() });
    predicate.log.seen.clear();
    desk.push(DEVICE, subjects, predicate);
    desk.entries.remove(3);
    vector("incomplete--a-closed-meeting-had-more", &bundle(&desk))
}

fn order() -> Vec<Vector> {
    let mut desk = desk();
    alone(&mut desk, LEAD, vote());
    let (mut swapped, mut twice) = (bundle(&desk), bundle(&desk));
    let last = swapped.entries.len() - 1;
    swapped.entries.swap(last, last - 1);
    let first = twice.entries[0].clone();
    twice.entries.insert(1, first);
    vec![vector("not-canonical--entries-out-of-order", &swapped), vector("not-canonical--entry-twice", &twice)]
}

/// A board whose lead voted twice at one position; nobody saw either.
pub fn forked() -> Desk {
    let mut desk = desk();
    let (subjects, predicate) = desk.prepare(LEAD, vote());
    let mut other = predicate.clone();
    other.meaning = "I say otherwise".to_owned();
    desk.push(LEAD, subjects.clone(), predicate);
    desk.push(LEAD, subjects, other);
    desk
}

fn forks() -> Vec<Vector> {
    let unsettled = bundle(&forked());
    let mut by_another = forked();
    let (log, stands) = (by_another.entries[3].log().id, by_another.entries[3].id());
    // One root holder of the two that it takes.
    let body = Body::ForkSettled { log, seq: 1, stands, reason: "the first was meant".to_owned() };
    let (subjects, mut predicate) = by_another.prepare(CTO, body);
    predicate.auth = domain::entry::Auth::Pin;
    by_another.push(CTO, subjects, predicate);
    vec![
        vector("chain-fork--two-at-one-position", &unsettled),
        vector("chain-fork--settled-by-one-root-holder-of-two", &bundle(&by_another)),
    ]
}
