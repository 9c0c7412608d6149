//! What was recorded in members' names, and what they say of it once they have a key of their own
//! (`record.md`, *Who acts*): confirm or contest. Silence never upgrades.
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Ledger, Meeting, Rules, Touched, Verified};
use crate::entry::{Act, ActKind, ActRef, Attestation, Contest, InSeat};
use crate::ids::{EntryId, MeetingId, MemberId};
use crate::quorum::Room;
use crate::sign_off::SignOff;

/// An act that somebody else recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// Whose act it is said to be.
    pub actor: MemberId,
    /// In which meeting.
    pub meeting: MeetingId,
    /// What was recorded.
    pub what: ActKind,
    /// In whose seat they sat as a delegate while they did it (R72).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<MemberId>,
    /// What the member says of it; `None` while silent.
    pub answer: Option<Answer>,
}

/// What a member says of an act recorded in their name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It was so.
    Confirmed {
        /// The entry that says so.
        by: EntryId,
        /// In whose seat they say that they sat, which the record says as well (R72).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<MemberId>,
    },
    /// It was not so.
    Contested {
        /// The entry that says so.
        by: EntryId,
        /// What was so instead.
        reason: String,
    },
}

/// Who is asked about such an act: of whom it tells what they said and did, not what was done with them. Consent tells it
/// of everybody who was present.
fn asked(act: &Act) -> BTreeSet<MemberId> {
    match &act.what {
        ActKind::Arrived { .. } | ActKind::Left {} | ActKind::Recused { .. } | ActKind::Voted { .. } => {
            BTreeSet::from([act.actor])
        }
        ActKind::ConsentAsked { present, objections, .. } => present.iter().chain(objections).copied().collect(),
        ActKind::Decided { .. }
        | ActKind::ActionAssigned { .. }
        | ActKind::LateAdmitted { .. }
        | ActKind::Noted { .. } => BTreeSet::new(),
    }
}

/// Notes what `keeper` recorded in others' names, one act; `seat` answers in whose seat a member sits.
pub(super) fn hear(
    spoken: &mut BTreeMap<(ActRef, MemberId), Spoken>,
    at: ActRef,
    (meeting, keeper): (MeetingId, MemberId),
    act: &Act,
    seat: impl Fn(MemberId) -> Option<MemberId>,
) -> Vec<Touched> {
    let mut touched = Vec::new();
    for actor in asked(act).into_iter().filter(|who| *who != keeper) {
        let seat = seat(actor);
        spoken.insert((at, actor), Spoken { actor, meeting, what: act.what.clone(), seat, answer: None });
        touched.push(Touched::Spoken(at, actor));
    }
    touched
}

/// In whose seat a member sits as a delegate while they do this: before it takes effect, for whoever leaves or steps
/// aside; after it, for whoever arrives.
pub(super) fn sits_for(meeting: &Meeting, act: &Act, who: MemberId, rules: Option<Rules<'_>>) -> Option<MemberId> {
    // Mostly nobody sits for anybody.
    meeting.attendance.get(&who)?.last()?.delegate_for?;
    let item = match &act.what {
        ActKind::Recused { item, .. } | ActKind::ConsentAsked { item, .. } | ActKind::Voted { item, .. } => Some(*item),
        ActKind::Arrived { .. }
        | ActKind::Left {}
        | ActKind::Decided { .. }
        | ActKind::ActionAssigned { .. }
        | ActKind::LateAdmitted { .. }
        | ActKind::Noted { .. } => None,
    };
    let recused = item.and_then(|item| meeting.recusals.get(&item)).into_iter().flat_map(|r| r.keys().copied());
    Room::now(&meeting.attendance, recused).sits_for(rules?.roster, who)
}

impl Answer {
    /// The entry that says so.
    #[must_use]
    pub fn by(&self) -> EntryId {
        match self {
            Self::Confirmed { by, .. } | Self::Contested { by, .. } => *by,
        }
    }
}

impl Ledger {
    /// Takes a member's answers: only to acts in their own name, and only the first to each.
    pub(super) fn affirm(
        &mut self,
        entry: Verified<'_>,
        confirmed: &[ActRef],
        contested: &[Contest],
        seats: &[InSeat],
    ) -> Vec<Touched> {
        let actor = entry.predicate.actor;
        let seats: BTreeMap<ActRef, MemberId> = seats.iter().map(|sat| (sat.act, sat.seat)).collect();
        let answers = confirmed
            .iter()
            .map(|at| (*at, Answer::Confirmed { by: entry.id, seat: seats.get(at).copied() }))
            .chain(contested.iter().map(|c| (c.act, Answer::Contested { by: entry.id, reason: c.reason.clone() })));
        let mut touched = Vec::new();
        for (at, answer) in answers {
            if at.act.is_none() {
                touched.extend(self.affirm_sign_off(at.entry, actor, &answer));
                continue;
            }
            let Some(spoken) = self.spoken.get_mut(&(at, actor)).filter(|s| s.answer.is_none()) else {
                continue;
            };
            // A seat in which the record does not show them is nobody's.
            let answer = match answer {
                Answer::Confirmed { by, seat } => {
                    Answer::Confirmed { by, seat: seat.filter(|seat| spoken.seat == Some(*seat)) }
                }
                contested @ Answer::Contested { .. } => contested,
            };
            spoken.answer = Some(answer.clone());
            touched.push(Touched::Spoken(at, actor));
            let Answer::Confirmed { .. } = answer else { continue };
            if let Some(meeting) = self.meetings.get_mut(&spoken.meeting)
                && meeting.confirmed(actor, at.entry, &spoken.what)
            {
                touched.push(Touched::Meeting(meeting.agenda.meeting));
            }
        }
        touched
    }

    /// A sign-off that was recorded for somebody is confirmed by them, or was not theirs and counts no longer.
    fn affirm_sign_off(&mut self, entry: EntryId, actor: MemberId, answer: &Answer) -> Vec<Touched> {
        let Some(found) = self.sign_offs.values_mut().flatten().find(|s| s.entry == entry) else { return Vec::new() };
        if found.actor != actor || found.attestation >= Attestation::Confirmed || found.withdrawn.is_some() {
            return Vec::new();
        }
        match answer {
            Answer::Confirmed { .. } => found.attestation = Attestation::Confirmed,
            Answer::Contested { by, .. } => found.withdrawn = Some(*by),
        }
        found.answer = Some(answer.clone());
        let change = found.body.change.clone();
        let mut touched = vec![Touched::SignOffs(change.clone())];
        touched.extend(self.owe_after_care(&change));
        touched
    }

    /// What is recorded in a member's name and not answered yet, in the order of the record's entries.
    #[must_use]
    pub fn unanswered(&self, member: MemberId) -> Vec<(ActRef, &Spoken)> {
        self.spoken
            .iter()
            .filter(|((_, actor), s)| *actor == member && s.answer.is_none())
            .map(|((at, _), s)| (*at, s))
            .collect()
    }

    /// Sign-offs that somebody recorded for the member, who has not answered them yet.
    #[must_use]
    pub fn unanswered_sign_offs(&self, member: MemberId) -> Vec<&SignOff> {
        self.sign_offs.values().flatten().filter(|s| s.actor == member && s.unanswered()).collect()
    }

    /// Sign-offs that whoever is said to have given them says they have not: they head the next agenda.
    #[must_use]
    pub fn contested_sign_offs(&self) -> Vec<&SignOff> {
        let contested = |s: &&SignOff| matches!(s.answer, Some(Answer::Contested { .. }));
        self.sign_offs.values().flatten().filter(contested).collect()
    }

    /// What members say was not so: it heads the next agenda.
    #[must_use]
    pub fn contested(&self) -> Vec<(ActRef, &Spoken)> {
        self.spoken
            .iter()
            .filter(|(_, s)| matches!(s.answer, Some(Answer::Contested { .. })))
            .map(|((at, _), s)| (*at, s))
            .collect()
    }
}
