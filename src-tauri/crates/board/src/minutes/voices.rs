//! Who said what on an item, and how the decision came of it: votes with their attestation, consent, those who stepped
//! aside, and the arithmetic in words.
use domain::entry::{ActKind, ActRef, Attestation};
use domain::ids::MemberId;
use domain::ledger::{Meeting, RecordedDecision};
use domain::meeting::{Basis, DecisionKind, Position};
use domain::quorum::Room;
use domain::text::mark_invisible;
use domain::vote::outcome;
use minutes::model as m;

use super::compile::{Source, attestation, everyone_who_came};

impl Source<'_> {
    /// "Mara Lind for Piotr Nowak" where a delegate voted: one person, one vote, and whose seat it was (R72).
    fn voter(&self, meeting: &Meeting, item: u32, who: MemberId) -> String {
        let recused = meeting.recusals.get(&item).into_iter().flatten().map(|(member, _)| *member);
        let room = Room::now(&everyone_who_came(meeting), recused);
        match room.sits_for(self.roster, who) {
            Some(seat) => self.words().sits_for(&self.name(who), &self.name(seat)),
            None => self.name(who),
        }
    }

    /// As whose delegate a member signed that such an act of theirs was so (R72).
    fn as_delegate(&self, who: MemberId, is: impl Fn(&ActRef, &ActKind) -> bool) -> Option<String> {
        super::counted::as_delegate(self.ledger, who, is, (self.words(), &|id| self.name(id)))
    }

    pub(super) fn votes(&self, meeting: &Meeting, item: u32) -> Vec<m::Vote> {
        let mut votes: Vec<m::Vote> = meeting
            .votes
            .get(&item)
            .into_iter()
            .flatten()
            .map(|(who, cast)| m::Vote {
                name: self.voter(meeting, item, *who),
                role: self.role(*who),
                position: match cast.position {
                    Position::Approve => m::Position::Approve,
                    Position::Reject => m::Position::Reject,
                    Position::Abstain => m::Position::Abstain,
                },
                attestation: attestation(cast.attestation),
                remark: self.as_delegate(*who, |at, what| {
                    let ActKind::Voted { item: on, position } = what else { return false };
                    at.entry == cast.entry && *on == item && *position == cast.position
                }),
            })
            .collect();
        if votes.is_empty() {
            let level = self.consent_attestation(meeting);
            let consent = meeting.consents.get(&item);
            votes.extend(consent.into_iter().flat_map(|c| c.present.iter().map(move |who| (c, who))).map(
                |(c, who)| m::Vote {
                    name: self.name(*who),
                    role: self.role(*who),
                    position: m::Position::NoObjection,
                    attestation: if c.confirmed.contains(who) { m::Attestation::Confirmed } else { level },
                    remark: self.as_delegate(*who, |at, what| {
                        let ActKind::ConsentAsked { item: on, .. } = what else { return false };
                        at.entry == c.entry && *on == item
                    }),
                },
            ));
        }
        votes.extend(meeting.recusals.get(&item).into_iter().flatten().map(|(who, why)| m::Vote {
            name: self.name(*who),
            role: self.role(*who),
            position: m::Position::Recused,
            attestation: self.consent_attestation(meeting),
            remark: Some(mark_invisible(why)).filter(|w| !w.is_empty()),
        }));
        votes
    }

    /// Consent and recusals stand in the running record: they are known as well as its weakest entry.
    fn consent_attestation(&self, meeting: &Meeting) -> m::Attestation {
        // In writing each steps aside by the own key.
        if meeting.circular.is_some() {
            return m::Attestation::Signed;
        }
        attestation(meeting.running.values().map(|running| running.attestation).min().unwrap_or(Attestation::Recorded))
    }

    pub(super) fn basis_text(&self, meeting: &Meeting, decided: &RecordedDecision) -> String {
        let d = &decided.decision;
        let words = self.words();
        let counted = d.tally.as_ref().map(|t| {
            let casting = meeting.votes.get(&d.item).and_then(|v| v.get(&meeting.agenda.chair)).map(|v| v.position);
            words.arithmetic_and(t, outcome(&self.rules.threshold, t.approve, t.reject, casting))
        });
        match d.basis {
            Basis::Consent => {
                let present = meeting.consents.get(&d.item).map_or(0, |c| c.present.len());
                words.consented(present)
            }
            Basis::Vote => counted.unwrap_or_default(),
            Basis::CircularResolution => d.tally.as_ref().map(|t| words.tally(t)).unwrap_or_default(),
            Basis::ChairRuling if d.kind == DecisionKind::NoDecision => {
                [Some(words.undecided().to_owned()), counted].into_iter().flatten().collect::<Vec<_>>().join(" ")
            }
            Basis::ChairRuling => words.ruled(counted.as_deref()),
        }
    }
}
