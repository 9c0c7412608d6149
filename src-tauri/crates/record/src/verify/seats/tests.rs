use std::collections::BTreeMap;

use domain::entry::{Act, ActKind, ActRef, Body, InSeat};
use domain::ids::{EntryId, MemberId};
use domain::meeting::Position;

use crate::entry::Entry;
use crate::refusal::Code;
use crate::testing::bodies::DEVICE;
use crate::testing::{CTO, Desk, LEAD, id, time};
use crate::verify::{Checked, Context, verify_entries};

fn tells(acts: Vec<ActKind>) -> Body {
    let act = |what| Act { actor: MemberId(id(CTO)), at: time(2), what };
    Body::Running { acts: acts.into_iter().map(act).collect() }
}

fn came_for(seat: Option<u128>) -> ActKind {
    ActKind::Arrived { delegate_for: seat.map(|n| MemberId(id(n))) }
}

fn voted() -> ActKind {
    ActKind::Voted { item: 1, position: Position::Approve }
}

/// The CTO confirms the first act of an entry, and that they did it in the lead's seat.
fn confirms(entry: EntryId) -> Body {
    let act = ActRef { entry, act: Some(0) };
    let seats = vec![InSeat { act, seat: MemberId(id(LEAD)) }];
    Body::Affirmation { confirmed: vec![act], contested: Vec::new(), seats }
}

/// The codes with which a set is refused.
fn refused(entries: &[Entry], context: &Context<'_>) -> Vec<Code> {
    let verified = verify_entries(entries.iter().cloned(), context, &BTreeMap::new());
    verified.refusals.iter().map(|refusal| refusal.code).collect()
}

/// Whether a vote is refused that the CTO confirms in the lead's seat, where the chair's device told of the vote and of
/// `had`, which the CTO had, and the lead's log tells of `unseen`, which they had not.
fn judges(had: Option<ActKind>, unseen: ActKind, wanted: bool, why: &str) {
    let mut desk = Desk::open();
    let ceremony = desk.entries.clone();
    let running = desk.write(DEVICE, tells(vec![voted()])).id();
    if let Some(had) = had {
        desk.write(DEVICE, tells(vec![had]));
    }
    let known = desk.entries.clone();
    desk.write(LEAD, tells(vec![unseen]));
    let said = desk.write_after(&known, CTO, confirms(running)).id();
    let (chain, checked) = (desk.chain(), Checked::default());
    let context = Context { checked: Some(&checked), ..Context::of(&chain) };
    let others: Vec<&Entry> = desk.entries[ceremony.len()..].iter().collect();
    // Whatever came before it has come or has not, and in whatever order the rest comes, every set is one of these.
    let sets = 1u32 << others.len();
    for chosen in 0..sets {
        let here = others.iter().enumerate().filter(|(n, _)| (chosen >> n) & 1 == 1).map(|(_, entry)| (*entry).clone());
        let here: Vec<Entry> = ceremony.iter().cloned().chain(here).collect();
        let has = |id: EntryId| here.iter().any(|entry| entry.id() == id);
        let whole = has(said) && known.iter().all(|entry| has(entry.id()));
        let found = refused(&here, &context);
        let expected: &[Code] = if whole && wanted { &[Code::Seat] } else { &[] };
        assert_eq!(found, expected, "{why}, of others {chosen:b}");
        let backwards: Vec<Entry> = here.iter().rev().cloned().collect();
        assert_eq!(refused(&backwards, &context), found, "{why}, backwards, of others {chosen:b}");
    }
}

#[test]
fn a_seat_is_judged_by_what_was_had_and_never_by_what_another_log_brings_later() {
    judges(None, came_for(None), false, "nothing was told of an arrival, and later another is");
    judges(None, came_for(Some(LEAD)), false, "nothing was told of an arrival, and later that one is");
    judges(Some(came_for(Some(LEAD))), came_for(None), false, "they came for the lead, and later for nobody");
    judges(Some(came_for(None)), came_for(None), true, "they came for nobody");
    judges(Some(came_for(None)), came_for(Some(LEAD)), true, "they came for nobody, and later for the lead");
}

#[test]
fn of_an_act_in_an_entry_that_was_not_had_nothing_is_said() {
    let mut desk = Desk::open();
    let ceremony = desk.entries.clone();
    let running = desk.write(DEVICE, tells(vec![came_for(None)])).id();
    desk.write_after(&ceremony, CTO, confirms(running));
    let chain = desk.chain();
    let context = Context::of(&chain);
    assert!(refused(&desk.entries, &context).is_empty(), "it names what it had not");
    // The same word with the entry in hand.
    desk.entries.pop();
    desk.write(CTO, confirms(running));
    assert_eq!(refused(&desk.entries, &context), [Code::Seat]);
}
