//! Restricted items: what the circulated edition of the minutes withholds. The frozen agenda only commits to such an
//! item, and what is said on it stands in entries of its own, which that edition leaves out.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::entry::{Act, ActKind, Attestation, Body, MeetingRef};
use domain::ids::{ChangeKey, Digest, MemberId};
use domain::ledger::{Ledger, Meeting, Spoken};
use domain::meeting::AgendaItem;
use domain::roster::Role;
use record::entry::Entry;
use record::statement::Subject;

use crate::error::{Answer, BoardError};
use crate::writer::Act as Write;

/// The name of the subject that marks an entry about a restricted item. Its digest is 32 random bytes: the entry's id,
/// which others name, then says nothing to whoever guesses at the words.
const MARK: &str = "restricted";

/// 32 random bytes.
pub(super) fn salt() -> Answer<Digest> {
    let mut salt = [0_u8; 32];
    getrandom::fill(&mut salt).map_err(|e| BoardError::internal(&e))?;
    Ok(Digest(salt))
}

/// Whether an entry of the running record is about a restricted item.
pub(crate) fn is_marked(entry: &Entry) -> bool {
    entry.statement().subjects.iter().any(|subject| subject.name == MARK)
}

/// Which item an act is about, where it is about one.
pub(crate) fn item_of(what: &ActKind) -> Option<u32> {
    match what {
        ActKind::Arrived { .. } | ActKind::Left {} | ActKind::ActionAssigned { .. } => None,
        ActKind::Recused { item, .. } | ActKind::ConsentAsked { item, .. } | ActKind::Voted { item, .. } => Some(*item),
        ActKind::Decided { decision } => Some(decision.item),
        ActKind::LateAdmitted { item } => Some(item.number),
        ActKind::Noted { item, .. } => *item,
    }
}

/// Whether an act is on an item that is restricted.
pub(crate) fn is_on_restricted(ledger: &Ledger, spoken: &Spoken) -> bool {
    let items = ledger.meetings.get(&spoken.meeting).map(|meeting| meeting.agenda.items.as_slice()).unwrap_or_default();
    let on_it = |number: u32| items.iter().find(|item| item.number == number);
    item_of(&spoken.what).and_then(on_it).is_some_and(|item| item.restricted.is_some())
}

/// Whether a change was a restricted item of any meeting.
pub(crate) fn was_restricted(ledger: &Ledger, change: &ChangeKey) -> bool {
    let mut items = ledger.meetings.values().flat_map(|meeting| &meeting.agenda.items);
    items.any(|item| item.change == *change && item.restricted.is_some())
}

/// Who keeps the running record of which meeting.
pub(super) struct Keeping {
    pub actor: MemberId,
    pub role: Option<Role>,
    /// The meeting's title.
    pub title: String,
    pub reference: MeetingRef,
}

impl Keeping {
    /// The entry that opens a restricted item, which the frozen agenda only commits to.
    pub(super) fn opens(&self, chair: MemberId, item: AgendaItem, at: DateTime<Utc>) -> Answer<Write> {
        let what = ActKind::LateAdmitted { item: Box::new(item) };
        self.entry(vec![Act { actor: chair, at, what }], true)
    }

    /// The entries of these acts, in their order: one, where none of them or all are about restricted items.
    pub(super) fn running(&self, meeting: &Meeting, current: Option<u32>, acts: Vec<Act>) -> Answer<Vec<Write>> {
        let restricted: BTreeSet<u32> =
            meeting.agenda.items.iter().filter(|item| item.restricted.is_some()).map(|item| item.number).collect();
        // What is agreed while a restricted item is before the board may tell of it.
        let in_camera = current.is_some_and(|item| restricted.contains(&item));
        let apart = |act: &Act| match item_of(&act.what) {
            Some(item) => restricted.contains(&item),
            None => in_camera && !matches!(act.what, ActKind::Arrived { .. } | ActKind::Left {}),
        };
        acts.chunk_by(|one, next| apart(one) == apart(next))
            .map(|together| self.entry(together.to_vec(), together.first().is_some_and(apart)))
            .collect()
    }

    fn entry(&self, acts: Vec<Act>, restricted: bool) -> Answer<Write> {
        let count = acts.len();
        let agenda = &self.reference;
        let mut subjects = vec![Subject { name: format!("agenda of {}", agenda.id), sha256: agenda.agenda }];
        if restricted {
            subjects.push(Subject { name: MARK.to_owned(), sha256: salt()? });
        }
        Ok(Write {
            actor: self.actor,
            attestation: Attestation::Recorded,
            role: self.role,
            meaning: format!("Running record of {}: {count} acts, on the word of the recorder.", self.title),
            subjects,
            meeting: Some(self.reference.clone()),
            body: Body::Running { acts },
            blobs: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::meeting::Position;

    use super::*;
    use crate::minutes::fixture::{self, agenda, item};

    #[test]
    fn an_act_is_on_a_restricted_item_by_its_meeting_and_number_and_a_change_was_one_in_any_meeting() {
        let (who, at) = (fixture::who(1), DateTime::<Utc>::UNIX_EPOCH);
        let mut ledger = Ledger::default();
        let secret = vec![item(1, 1), item(2, 2).restrict(Digest([7; 32])).1];
        for agenda in [agenda(2, at, secret), agenda(3, at, vec![item(1, 1), item(2, 2)])] {
            ledger.meetings.insert(agenda.meeting, Meeting::called(agenda, Digest([3; 32])));
        }
        let voted = |meeting, item| Spoken {
            actor: who,
            meeting: fixture::id(meeting),
            what: ActKind::Voted { item, position: Position::Approve },
            seat: None,
            answer: None,
        };
        let on_it = |meeting, item| is_on_restricted(&ledger, &voted(meeting, item));
        assert_eq!(
            [on_it(2, 1), on_it(2, 2), on_it(3, 2), on_it(2, 9), on_it(9, 2)],
            [false, true, false, false, false]
        );
        assert_eq!([1, 2, 3].map(|change| was_restricted(&ledger, &fixture::key(change))), [false, true, false]);
    }

    #[test]
    fn what_is_said_on_a_restricted_item_stands_in_entries_of_its_own_in_the_order_in_which_it_was_said() {
        let (who, at, id) = (fixture::who(1), DateTime::<Utc>::UNIX_EPOCH, fixture::id(2));
        let items = vec![item(1, 1), item(2, 2).restrict(Digest([7; 32])).1];
        let meeting = Meeting::called(agenda(2, at, items), Digest([3; 32]));
        let keeping = Keeping {
            actor: who,
            role: Some(Role::Chair),
            title: "Weekly".to_owned(),
            reference: MeetingRef { id, agenda: Digest([3; 32]) },
        };
        let act = |what| Act { actor: who, at, what };
        let voted = |item| act(ActKind::Voted { item, position: Position::Approve });
        let came = || act(ActKind::Arrived { delegate_for: None });
        let agreed = || act(ActKind::ActionAssigned { action: "Tell them".to_owned(), owner: who, due: String::new() });
        let shape = |current, acts| {
            let entries = keeping.running(&meeting, current, acts).expect("entries");
            let told = entries.iter().map(|entry| {
                let Body::Running { acts } = &entry.body else { panic!("a running record") };
                (acts.len(), entry.subjects.len())
            });
            told.collect::<Vec<_>>()
        };
        assert_eq!(shape(Some(1), vec![came(), voted(1), agreed()]), [(3, 1)], "nothing is restricted");
        assert_eq!(shape(Some(2), vec![came(), voted(2), agreed(), act(ActKind::Left {})]), [(1, 1), (2, 2), (1, 1)]);
        assert_eq!(shape(Some(2), vec![voted(1), voted(2)]), [(1, 1), (1, 2)]);
        assert!(shape(None, Vec::new()).is_empty());
    }
}
