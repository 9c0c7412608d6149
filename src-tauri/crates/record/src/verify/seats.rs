//! In whose seat a delegate says that they sat (R72): as the running record tells it.
use std::collections::BTreeMap;

use domain::entry::{Act, ActKind, Body, InSeat};
use domain::ids::{EntryId, MeetingId, MemberId};

use crate::chain::Past;
use crate::entry::Entry;
use crate::refusal::{Code, Refusal};

/// What is named are acts that the same entry confirms, by their numbers, in its order.
pub(super) fn check(body: &Body) -> Result<(), Refusal> {
    let Body::Affirmation { confirmed, seats, .. } = body else { return Ok(()) };
    let mut told = confirmed.iter();
    if seats.iter().all(|sat| sat.act.act.is_some() && told.any(|act| *act == sat.act)) {
        return Ok(());
    }
    Err(Refusal::new(Code::Seat, "seats of acts that it does not confirm, or in another order", "predicate.body"))
}

/// By which entry it is told that somebody arrived, and in whose seat; `None` for nobody's but their own.
type Arrived = (EntryId, Option<MemberId>);

/// In whose seats members arrived at meetings, as the running records here tell it.
pub(super) struct Arrivals(BTreeMap<(MeetingId, MemberId), Vec<Arrived>>);

impl Arrivals {
    /// Of these entries; where none of them names a seat nothing is looked up.
    pub(super) fn of(all: &BTreeMap<EntryId, Entry>) -> Self {
        let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
        if !all.values().any(|entry| seats(entry).is_some_and(|seats| !seats.is_empty())) {
            return Self(found);
        }
        for (id, meeting, acts) in all.iter().filter_map(|(id, entry)| kept(entry).map(|(m, acts)| (*id, m, acts))) {
            for act in acts {
                if let ActKind::Arrived { delegate_for } = act.what {
                    found.entry((meeting, act.actor)).or_default().push((id, delegate_for));
                }
            }
        }
        Self(found)
    }

    /// An affirmation names no seat of an act that is not its actor's, and none in which they did not arrive at that
    /// meeting: by what it had before it, so that nothing another log brings later judges it anew. Of what is not among
    /// that nothing can be said, and of arrivals nothing where some of that is not here.
    pub(super) fn check(&self, entry: &Entry, all: &BTreeMap<EntryId, Entry>, past: &Past) -> Result<(), Refusal> {
        let Some(actor) = entry.predicate().map(|predicate| predicate.actor) else { return Ok(()) };
        let mut had = None;
        for InSeat { act, seat } in seats(entry).into_iter().flatten() {
            // An entry of a newer Cabinet says nothing to this one.
            let Some(named) = all.get(&act.entry).filter(|named| named.predicate().is_some()) else { continue };
            let number = act.act.and_then(|number| usize::try_from(number).ok());
            let told = kept(named).and_then(|(meeting, acts)| Some((meeting, acts.get(number?)?)));
            let own = told.is_some_and(|(_, act)| is_of(act, actor));
            let arrived = told.and_then(|(meeting, _)| self.0.get(&(meeting, actor))).map_or(&[][..], Vec::as_slice);
            // Mostly nobody tells of another seat, and it does not matter what it had.
            if own && arrived.iter().all(|(_, sat)| *sat == Some(*seat)) {
                continue;
            }
            let had = had.get_or_insert_with(|| past.up_to([entry.id()]));
            if !had.contains(&act.entry) {
                continue;
            }
            let told: Vec<_> = arrived.iter().filter(|(by, _)| had.contains(by)).map(|(_, sat)| *sat).collect();
            let sat = told.is_empty() || told.contains(&Some(*seat)) || !past.is_whole(had);
            if !own || !sat {
                let what = format!("{act} tells of nothing that its actor did in the seat of {seat}");
                return Err(Refusal::new(Code::Seat, what, entry.place()));
            }
        }
        Ok(())
    }
}

fn seats(entry: &Entry) -> Option<&[InSeat]> {
    if let Body::Affirmation { seats, .. } = &entry.predicate()?.body { Some(seats.as_slice()) } else { None }
}

/// The acts of a running record, and its meeting.
fn kept(entry: &Entry) -> Option<(MeetingId, &[Act])> {
    let predicate = entry.predicate()?;
    let Body::Running { acts } = &predicate.body else { return None };
    Some((predicate.meeting.as_ref()?.id, acts.as_slice()))
}

/// Whether the act is told of the member: as theirs, or as of one of those who were asked.
fn is_of(act: &Act, member: MemberId) -> bool {
    let asked = if let ActKind::ConsentAsked { present, objections, .. } = &act.what {
        present.contains(&member) || objections.contains(&member)
    } else {
        false
    };
    act.actor == member || asked
}

#[cfg(test)]
mod tests;
