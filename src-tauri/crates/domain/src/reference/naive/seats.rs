//! In whose seats people did what was recorded of them, and what they say of it (R72).
use std::collections::{BTreeMap, BTreeSet};

use super::super::delegated::Sat;
use super::{Naive, Said};
use crate::entry::{ActKind, ActRef, Body};
use crate::ids::{EntryId, MeetingId, MemberId};

impl Naive<'_> {
    /// Of every act that somebody else recorded, and of each who is asked about it.
    pub fn seats(&self) -> BTreeMap<(EntryId, u32, MemberId), Sat> {
        let mut all = BTreeMap::new();
        for meeting in self.meetings() {
            for said in self.said(meeting) {
                for who in asked(said) {
                    let recorded = self.seat_of(meeting, said, who);
                    let (so, named) = self.said_of(who, ActRef { entry: said.entry, act: Some(said.number) });
                    let sat = Sat { recorded, so, said: named.filter(|seat| recorded == Some(*seat)) };
                    all.insert((said.entry, said.number, who), sat);
                }
            }
        }
        all
    }

    /// Whoever leaves or steps aside sat there until then; everybody else sits there as the act leaves the room.
    fn seat_of(&self, meeting: MeetingId, said: &Said<'_>, who: MemberId) -> Option<MemberId> {
        let place = (said.at, said.number);
        let before = self.seat_at(meeting, said, who, place).filter(|_| who == said.act.actor);
        before.or_else(|| self.seat_at(meeting, said, who, (said.at, said.number + 1)))
    }

    fn seat_at(&self, meeting: MeetingId, said: &Said<'_>, who: MemberId, before: (usize, u32)) -> Option<MemberId> {
        let aside = match &said.act.what {
            ActKind::Recused { item, .. } | ActKind::ConsentAsked { item, .. } | ActKind::Voted { item, .. } => {
                self.aside_before(meeting, *item, before)
            }
            ActKind::Arrived { .. }
            | ActKind::Left {}
            | ActKind::Decided { .. }
            | ActKind::ActionAssigned { .. }
            | ActKind::LateAdmitted { .. }
            | ActKind::Noted { .. } => BTreeSet::new(),
        };
        let room = self.room(meeting, before);
        let seat = (*room.get(&who)?)?;
        let voting = self.history.roster.members.iter().any(|member| member.id == seat && member.voting);
        (voting && seat != who && self.sitter(&room, &aside, seat) == Some(who)).then_some(seat)
    }

    /// The first that a member says of an act: whether it was so, and in whose seat.
    fn said_of(&self, who: MemberId, act: ActRef) -> (Option<bool>, Option<MemberId>) {
        let Some((at, so)) = self.answer(who, act) else { return (None, None) };
        let entry = self.entries().find(|(when, _, _)| *when == at).map(|(_, _, predicate)| predicate);
        let mut named = None;
        if let Some(Body::Affirmation { seats, .. }) = entry.map(|predicate| &predicate.body) {
            named = seats.iter().find(|sat| sat.act == act).map(|sat| sat.seat).filter(|_| so);
        }
        (Some(so), named)
    }
}

/// Who is asked about an act: who did it, or of whom it tells that they agreed; never whoever wrote it down.
fn asked(said: &Said<'_>) -> BTreeSet<MemberId> {
    let mut who = BTreeSet::new();
    match &said.act.what {
        ActKind::Arrived { .. } | ActKind::Left {} | ActKind::Recused { .. } | ActKind::Voted { .. } => {
            who.insert(said.act.actor);
        }
        ActKind::ConsentAsked { present, objections, .. } => {
            who.extend(present);
            who.extend(objections);
        }
        ActKind::Decided { .. }
        | ActKind::ActionAssigned { .. }
        | ActKind::LateAdmitted { .. }
        | ActKind::Noted { .. } => {}
    }
    who.remove(&said.keeper);
    who
}
