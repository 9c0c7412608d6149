//! Who votes, how each vote is known, and what the votes come to.
use std::collections::{BTreeMap, BTreeSet};

use super::Naive;
use crate::entry::{ActKind, ActRef, Attestation, Body, Involved, Predicate};
use crate::ids::{ChangeKey, EntryId, MeetingId, MemberId};
use crate::meeting::{DecisionKind, Position};
use crate::policy::{QuorumFormula, ThresholdFormula};
use crate::roster::{Member, Role};

impl<'h> Naive<'h> {
    /// A member's vote on an item and how it is known. Their own word (signed, confirmed) yields to no one else's.
    pub fn vote(&self, meeting: MeetingId, item: u32, who: MemberId) -> Option<(Position, Attestation)> {
        let (frozen, _) = self.agenda(meeting)?;
        let mut vote: Option<(Position, Attestation, EntryId)> = None;
        let mut aside = false;
        for (at, entry, predicate) in self.entries() {
            if at < frozen {
                continue;
            }
            if let Body::Vote { item: on, position } = predicate.body
                && predicate.actor == who
                && on == item
                && !self.too_late(meeting, item, predicate)
                && Self::of(predicate, meeting)
                && !aside
                && self.items(meeting, (at, 0)).iter().any(|(number, _)| *number == item)
            {
                let own = vote.is_some_and(|(_, known, _)| known >= Attestation::Confirmed);
                if !own || predicate.attestation >= vote.expect("own").1 {
                    vote = Some((position, predicate.attestation, entry));
                }
            }
            for said in self.said(meeting).iter().filter(|said| said.at == at && said.act.actor == who) {
                if let ActKind::Recused { item: on, .. } = &said.act.what
                    && *on == item
                {
                    aside = true;
                    vote = None;
                }
                if let ActKind::Voted { item: on, position } = said.act.what
                    && on == item
                    && !aside
                {
                    let items = self.items(meeting, (at, said.number));
                    let known = if said.keeper == who { said.known } else { Attestation::Recorded };
                    let own = vote.is_some_and(|(_, before, _)| before >= Attestation::Confirmed);
                    let stronger = vote.is_some_and(|(_, before, _)| known >= before);
                    if items.iter().any(|(number, _)| *number == item) && (!own || stronger) {
                        vote = Some((position, known, entry));
                    }
                }
            }
            if let Body::Witness { entries } = &predicate.body
                && let Some((position, known, of)) = vote
                && entries.contains(&of)
                && let Some((keeper, there)) = self.around(meeting, of)
                && self.vouches(predicate, meeting, keeper, &there)
                && known < Attestation::Witnessed
            {
                vote = Some((position, Attestation::Witnessed, of));
            }
            if let Body::Affirmation { .. } = predicate.body
                && predicate.actor == who
                && let Some((position, known, of)) = vote
                && known < Attestation::Confirmed
            {
                // Confirmed is a vote that somebody else recorded, if it is this very one.
                for said in self.said(meeting).iter().filter(|said| said.entry == of && said.keeper != who) {
                    let ActKind::Voted { item: on, position: told } = said.act.what else { continue };
                    let act = ActRef { entry: of, act: Some(said.number) };
                    let same = said.act.actor == who && on == item && told == position;
                    if same && self.answer(who, act) == Some((at, true)) {
                        vote = Some((position, Attestation::Confirmed, of));
                    }
                }
            }
        }
        vote.map(|(position, known, _)| (position, known))
    }

    /// Whether the meeting was closed without this vote, or the item decided while neither knew of the other.
    fn too_late(&self, meeting: MeetingId, item: u32, vote: &Predicate) -> bool {
        let closed = self.closed(meeting);
        let closed = self.entries().find(|(at, _, _)| *at == closed).map(|(_, _, predicate)| predicate);
        if closed.is_some_and(|closed| !self.had(closed, vote)) {
            return true;
        }
        let mut of_item = self.decided().into_iter().filter(|(_, _, _, of, d)| *of == meeting && d.item == item);
        let last = of_item.next_back().filter(|(_, _, _, _, decision)| decision.kind != DecisionKind::NoDecision);
        last.is_some_and(|(_, _, entry, _, _)| self.without_each_other(self.predicate(entry), vote))
    }

    /// Who confirmed what was recorded of them when consent was asked on the item, the last time that it was.
    pub fn consented(&self, meeting: MeetingId, item: u32) -> BTreeSet<MemberId> {
        let mut who = BTreeSet::new();
        let Some((_, agenda)) = self.agenda(meeting) else { return who };
        let mut last = None;
        for said in self.said(meeting) {
            if let ActKind::ConsentAsked { item: on, present, objections } = &said.act.what
                && *on == item
                && said.act.actor == agenda.chair
            {
                last = Some((said.entry, present, objections));
            }
        }
        for said in self.said(meeting) {
            let ActKind::ConsentAsked { item: on, present, objections } = &said.act.what else { continue };
            if *on != item || last != Some((said.entry, present, objections)) {
                continue;
            }
            let act = ActRef { entry: said.entry, act: Some(said.number) };
            for named in present.iter().chain(objections).filter(|named| **named != said.keeper) {
                if self.answer(*named, act).is_some_and(|(_, so)| so) {
                    who.insert(*named);
                }
            }
        }
        who
    }

    /// Whose own votes on an item came too late for it.
    pub fn late_votes(&self, meeting: MeetingId, item: u32) -> BTreeSet<MemberId> {
        let mut late = BTreeSet::new();
        for (at, _, predicate) in self.entries() {
            if let Body::Vote { item: on, .. } = predicate.body
                && on == item
                && Self::of(predicate, meeting)
                && self.agenda(meeting).is_some_and(|(frozen, _)| at > frozen)
                && self.items(meeting, (at, 0)).iter().any(|(number, _)| *number == item)
                && self.too_late(meeting, item, predicate)
            {
                late.insert(predicate.actor);
            }
        }
        late
    }

    pub(super) fn member(&self, who: MemberId) -> Option<&'h Member> {
        self.history.roster.members.iter().find(|member| member.id == who)
    }

    /// Who sits in a member's seat on an item: the member, or the first delegate who may.
    pub(super) fn sitter(
        &self,
        room: &BTreeMap<MemberId, Option<MemberId>>,
        aside: &BTreeSet<MemberId>,
        seat: MemberId,
    ) -> Option<MemberId> {
        if room.contains_key(&seat) && !aside.contains(&seat) {
            return Some(seat);
        }
        for (who, delegate_for) in room {
            let reads_only = self.member(*who).is_none_or(|member| member.roles.contains(&Role::Auditor));
            if *delegate_for == Some(seat) && *who != seat && !aside.contains(who) && !reads_only {
                return Some(*who);
            }
        }
        None
    }

    /// n, present, required, missing mandatory seats.
    pub fn quorum(&self, meeting: MeetingId, item: u32) -> (u32, u32, u32, Vec<MemberId>) {
        self.quorum_before(meeting, item, (usize::MAX, 0))
    }

    /// The same, as it stood before the act at this place.
    pub fn quorum_before(&self, meeting: MeetingId, item: u32, before: (usize, u32)) -> (u32, u32, u32, Vec<MemberId>) {
        let (room, aside) = (self.room(meeting, before), self.aside_before(meeting, item, before));
        let (mut n, mut present, mut missing) = (0u32, 0u32, Vec::new());
        for member in &self.history.roster.members {
            let sitter = self.sitter(&room, &aside, member.id);
            if member.voting && (sitter.is_some() || !aside.contains(&member.id)) {
                n += 1;
                present += u32::from(sitter.is_some());
            }
            if self.history.policy.quorum.mandatory_seats && member.mandatory && sitter.is_none() {
                missing.push(member.id);
            }
        }
        let required = match self.history.policy.quorum.formula {
            QuorumFormula::StrictMajority => n / 2 + 1,
            QuorumFormula::AtLeastPercent { percent } => (percent * n).div_ceil(100).max(1),
        };
        (n, present, required, missing)
    }

    /// Who may vote on an item: in the room, not aside, in a voting seat of one's own or another's, and not on one's
    /// own change.
    pub fn electorate(&self, meeting: MeetingId, item: u32, on: &ChangeKey) -> BTreeSet<MemberId> {
        let (room, aside) = (self.room(meeting, (usize::MAX, 0)), self.aside(meeting, item));
        let mut may = BTreeSet::new();
        for member in &self.history.roster.members {
            let who = member.id;
            if !room.contains_key(&who) || aside.contains(&who) || self.may_vote(who, on).is_some() {
                continue;
            }
            for seat in &self.history.roster.members {
                if seat.voting && self.sitter(&room, &aside, seat.id) == Some(who) {
                    may.insert(who);
                }
            }
        }
        may
    }

    /// For, against, abstained, and what the board advises; `None` where nothing was said or a tie is not broken.
    pub fn tally(&self, meeting: MeetingId, item: u32, on: &ChangeKey) -> (u32, u32, u32, Option<bool>) {
        let may = self.electorate(meeting, item, on);
        let (mut approve, mut reject, mut abstain) = (0u32, 0u32, 0u32);
        for who in &may {
            match self.vote(meeting, item, *who).map(|(position, _)| position) {
                Some(Position::Approve) => approve += 1,
                Some(Position::Reject) => reject += 1,
                Some(Position::Abstain) => abstain += 1,
                None => {}
            }
        }
        let n = approve + reject;
        let (carried, breakable) = match self.history.policy.threshold.formula {
            ThresholdFormula::SimpleMajority => (approve > reject, true),
            ThresholdFormula::AtLeastPercent { percent } => (approve >= 1 && approve * 100 >= percent * n, false),
        };
        let chair = self.agenda(meeting).map(|(_, agenda)| agenda.chair).expect("a meeting");
        let casting = may.contains(&chair).then(|| self.vote(meeting, item, chair)).flatten();
        let tied = approve == reject && breakable && self.history.policy.threshold.casting_vote;
        let advice = match (n, carried, tied, casting) {
            (0, _, _, _) => None,
            (_, true, _, _) => Some(true),
            (_, false, true, Some((Position::Approve, _))) => Some(true),
            (_, false, true, Some((Position::Abstain, _)) | None) => None,
            (_, false, _, _) => Some(false),
        };
        (approve, reject, abstain, advice)
    }

    pub(super) fn own(&self, who: MemberId) -> Option<&'h str> {
        let account = self.member(who)?.accounts.get("CHG")?.trim();
        if account.is_empty() { None } else { Some(account) }
    }

    pub(super) fn named(account: Option<&String>) -> Option<&str> {
        let account = account?.trim();
        if account.is_empty() { None } else { Some(account) }
    }

    pub(super) fn involved(&self, on: &ChangeKey) -> &'h Involved {
        &self.history.involved[on]
    }

    fn committed(&self, who: MemberId, on: &ChangeKey) -> bool {
        self.is_among(who, &self.involved(on).committers)
    }

    /// Whether a member is one of those who committed; all are called by mail addresses here.
    pub(super) fn is_among(&self, who: MemberId, committers: &[String]) -> bool {
        let small = |names: &[String]| names.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>();
        let committers = small(committers);
        self.member(who).is_some_and(|member| small(&member.git).iter().any(|own| committers.contains(own)))
    }

    /// Why a member may not vote on a change.
    pub fn may_vote(&self, who: MemberId, on: &ChangeKey) -> Option<&'static str> {
        if self.member(who).is_none() {
            return Some("duty-not-a-member");
        }
        let involved = self.involved(on);
        let Some(own) = self.own(who) else { return self.committed(who, on).then_some("duty-committer") };
        if Self::named(involved.author.as_ref()) == Some(own) {
            return Some("duty-author");
        }
        if Self::named(involved.requester.as_ref()) == Some(own) {
            return Some("duty-requester");
        }
        if self.committed(who, on) {
            return Some("duty-committer");
        }
        (Self::named(involved.deployer.as_ref()) == Some(own)).then_some("duty-deployer")
    }

    /// Why a member may not sign a change off.
    pub fn may_sign(&self, who: MemberId, on: &ChangeKey) -> Option<&'static str> {
        if self.member(who).is_none() {
            return Some("duty-not-a-member");
        }
        let Some(own) = self.own(who) else { return Some("duty-no-account") };
        let involved = self.involved(on);
        let Some(author) = Self::named(involved.author.as_ref()) else { return Some("duty-author-missing") };
        let mut claimed = 0;
        for member in &self.history.roster.members {
            claimed += u32::from(self.own(member.id) == Some(author));
        }
        if claimed > 1 || self.history.policy.shared_accounts.contains(&format!("CHG:{author}")) {
            return Some("duty-author-shared");
        }
        if author == own {
            return Some("duty-author");
        }
        if Self::named(involved.requester.as_ref()) == Some(own) {
            return Some("duty-requester");
        }
        self.committed(who, on).then_some("duty-committer")
    }

    /// Why a member may not record an authority's word on a change: whoever could not sign it, or deploys it.
    pub fn may_record(&self, who: MemberId, on: &ChangeKey) -> Option<&'static str> {
        if let Some(why) = self.may_sign(who, on) {
            return Some(why);
        }
        let deployer = Self::named(self.involved(on).deployer.as_ref());
        (deployer.is_some() && deployer == self.own(who)).then_some("duty-deployer")
    }
}
