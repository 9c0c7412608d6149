//! How the votes on an item are known, counted in words: "7 votes: 1 signed, 6 spoken, on the word of the chair".
use std::collections::BTreeMap;

use domain::entry::{ActKind, ActRef, Attestation};
use domain::ids::MemberId;
use domain::ledger::{Answer, CastVote, Ledger, Meeting};

use super::phrases::Words;

/// The words, and the names of members.
type Told<'n> = (Words, &'n dyn Fn(MemberId) -> String);

/// The count, from the best known to the least; `None` where nobody voted.
pub(super) fn votes(meeting: &Meeting, item: u32, told: Told<'_>) -> Option<String> {
    let votes = meeting.votes.get(&item).filter(|votes| !votes.is_empty())?;
    let mut by: BTreeMap<Attestation, BTreeMap<String, usize>> = BTreeMap::new();
    for vote in votes.values() {
        *by.entry(vote.attestation).or_default().entry(word(meeting, vote, told)).or_default() += 1;
    }
    let parts: Vec<String> = by.values().rev().flatten().map(|(word, n)| format!("{n} {word}")).collect();
    Some(told.0.votes(votes.len(), &parts))
}

/// As whose delegate a member signed that such an act of theirs was so (R72): "signed as the delegate of Piotr Nowak".
pub(super) fn as_delegate(
    ledger: &Ledger,
    who: MemberId,
    is: impl Fn(&ActRef, &ActKind) -> bool,
    (words, name): Told<'_>,
) -> Option<String> {
    let mut acts = ledger.spoken.iter().filter(|((at, actor), spoken)| *actor == who && is(at, &spoken.what));
    let seat = acts.find_map(|(_, spoken)| match spoken.answer {
        Some(Answer::Confirmed { seat, .. }) => seat,
        Some(Answer::Contested { .. }) | None => None,
    })?;
    Some(words.signed_as_delegate(&name(seat)))
}

fn word(meeting: &Meeting, vote: &CastVote, told: Told<'_>) -> String {
    match vote.attestation {
        Attestation::Recorded => {
            let keeper = meeting.running.get(&vote.entry).map(|running| running.keeper);
            told.0.spoken_on(&keeper_words(meeting, keeper, told))
        }
        Attestation::Witnessed | Attestation::Written | Attestation::Confirmed | Attestation::Signed => {
            told.0.attested(vote.attestation).to_owned()
        }
    }
}

/// Whose word it is: the record is the chair's or the secretary's to keep, and they may take turns.
fn keeper_words(meeting: &Meeting, keeper: Option<MemberId>, (words, name): Told<'_>) -> String {
    match keeper {
        Some(keeper) if keeper == meeting.agenda.chair => words.the_chair().to_owned(),
        Some(keeper) if keeper == meeting.agenda.secretary => words.the_secretary(&name(keeper)),
        Some(keeper) => name(keeper),
        None => words.whoever_recorded().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::DateTime;
    use domain::ids::{Digest, EntryId, MeetingId};
    use domain::ledger::{Running, Spoken};
    use domain::meeting::{Agenda, Position};

    use super::*;
    use crate::minutes::fixture::{agenda, who};

    const CHAIR: u128 = 1;
    const SECRETARY: u128 = 2;

    fn name(id: MemberId) -> String {
        let names = [(who(CHAIR), "Ada"), (who(SECRETARY), "Grace")];
        names.iter().find(|(known, _)| *known == id).map_or("somebody", |(_, name)| *name).to_owned()
    }

    /// A meeting with votes on its first item, each known so and from the running record that this member kept.
    fn voted(secretary: u128, votes: &[(Attestation, u128)]) -> Meeting {
        let agenda = agenda(50, DateTime::UNIX_EPOCH, Vec::new());
        let agenda = Agenda { chair: who(CHAIR), secretary: who(secretary), ..agenda };
        let mut meeting = Meeting::called(agenda, Digest([0; 32]));
        for (member, (attestation, keeper)) in (10u128..).zip(votes) {
            let entry = EntryId([u8::try_from(*keeper).expect("small"); 32]);
            let kept = Running { attestation: Attestation::Recorded, keeper: who(*keeper), present: BTreeSet::new() };
            meeting.running.insert(entry, kept);
            let vote = CastVote { position: Position::Approve, attestation: *attestation, entry };
            meeting.votes.entry(1).or_default().insert(who(member), vote);
        }
        meeting
    }

    #[test]
    fn it_names_who_kept_the_record_of_what_was_spoken() {
        use Attestation::{Confirmed, Recorded, Signed, Witnessed, Written};
        let spoken = |n: usize, keeper: u128| vec![(Recorded, keeper); n];
        let with = |mut votes: Vec<(Attestation, u128)>, more: &[(Attestation, u128)]| {
            votes.extend_from_slice(more);
            votes
        };
        for (secretary, votes, said) in [
            (CHAIR, spoken(1, CHAIR), "1 vote: 1 spoken, on the word of the chair"),
            (
                CHAIR,
                with(spoken(6, CHAIR), &[(Signed, CHAIR)]),
                "7 votes: 1 signed, 6 spoken, on the word of the chair",
            ),
            (SECRETARY, spoken(3, SECRETARY), "3 votes: 3 spoken, on the word of the secretary, Grace"),
            (
                SECRETARY,
                with(spoken(2, SECRETARY), &spoken(4, CHAIR)),
                "6 votes: 4 spoken, on the word of the chair, 2 spoken, on the word of the secretary, Grace",
            ),
            (
                SECRETARY,
                with(
                    spoken(1, SECRETARY),
                    &[(Witnessed, SECRETARY), (Written, CHAIR), (Confirmed, SECRETARY), (Signed, CHAIR)],
                ),
                "5 votes: 1 signed, 1 confirmed, 1 written, 1 witnessed, 1 spoken, on the word of the secretary, Grace",
            ),
        ] {
            assert_eq!(super::votes(&voted(secretary, &votes), 1, (Words::ENGLISH, &name)).as_deref(), Some(said));
        }
    }

    #[test]
    fn a_delegate_signed_for_a_seat_where_their_own_confirmation_says_so() {
        let act = ActRef { entry: EntryId([1; 32]), act: Some(0) };
        let by = EntryId([2; 32]);
        let said = |answer: Option<Answer>| {
            let mut ledger = Ledger::default();
            let what = ActKind::Voted { item: 1, position: Position::Approve };
            let meeting = MeetingId(uuid::Uuid::from_u128(50));
            let spoken = Spoken { actor: who(3), meeting, what, seat: Some(who(SECRETARY)), answer };
            ledger.spoken.insert((act, who(3)), spoken);
            let of = |member: u128, item: u32| {
                let is = |_: &ActRef, what: &ActKind| matches!(what, ActKind::Voted { item: on, .. } if *on == item);
                super::as_delegate(&ledger, who(member), is, (Words::ENGLISH, &name))
            };
            assert_eq!((of(CHAIR, 1), of(3, 2)), (None, None), "of another member, on another item");
            of(3, 1)
        };
        let seat = Some(who(SECRETARY));
        let signed = said(Some(Answer::Confirmed { by, seat }));
        assert_eq!(signed.as_deref(), Some("signed as the delegate of Grace"));
        assert_eq!(said(Some(Answer::Confirmed { by, seat: None })), None, "for nobody but themselves");
        assert_eq!(said(Some(Answer::Contested { by, reason: "I abstained".to_owned() })), None);
        assert_eq!(said(None), None, "they have said nothing yet");
    }

    #[test]
    fn where_nobody_voted_nothing_is_counted() {
        assert_eq!(super::votes(&voted(CHAIR, &[]), 1, (Words::ENGLISH, &name)), None);
        let one = voted(CHAIR, &[(Attestation::Recorded, CHAIR)]);
        assert_eq!(super::votes(&one, 2, (Words::ENGLISH, &name)), None, "another item");
    }

    #[test]
    fn a_vote_of_no_running_record_is_on_nobodys_word_in_particular() {
        let mut meeting = voted(CHAIR, &[(Attestation::Recorded, CHAIR)]);
        meeting.running.clear();
        let said = super::votes(&meeting, 1, (Words::ENGLISH, &name));
        assert_eq!(said.as_deref(), Some("1 vote: 1 spoken, on the word of whoever recorded it"));
    }
}
