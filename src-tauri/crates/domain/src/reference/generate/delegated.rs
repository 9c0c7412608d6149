//! What an authority approves without the board, and what is done after its deployment.
use std::collections::BTreeMap;

use super::{CHANGES, Dice, Maker, change, risk, windows};
use crate::chain::{ReleaseType, Route};
use crate::entry::{ActRef, Attestation, Body, InSeat, SignOffBody, Verdict};
use crate::gate::fixture::id;
use crate::ids::{ChangeKey, ConditionId, MemberId};
use crate::policy::Policy;
use crate::risk::RiskLevel;
use crate::roster::Role;

/// The first two are what meetings and circulars ask for of their own, in other letters.
const ASKED: [&str; 4] = ["Rehearse", "Watch", " Report after a week ", "Tell the desk"];

/// Has the chain bind, mostly, and says which type of release each change is.
pub fn bind(policy: &mut Policy, dice: &mut Dice) -> BTreeMap<ChangeKey, Option<ReleaseType>> {
    policy.chain_binds = !dice.one_in(3);
    for release in ReleaseType::ALL {
        if dice.one_in(2) {
            policy.chains.entry(release).or_default().insert(RiskLevel::Medium, Route::Delegated);
        }
        if dice.one_in(5) {
            policy.chains.entry(release).or_default().insert(RiskLevel::Low, Route::Board);
        }
    }
    for level in [RiskLevel::Low, RiskLevel::Medium, RiskLevel::High] {
        let asked: Vec<String> = ASKED.iter().filter(|_| dice.one_in(2)).map(|text| (*text).to_owned()).collect();
        if !asked.is_empty() {
            policy.after_care.insert(level, asked);
        }
    }
    (1..=CHANGES).map(|n| (change(n), ReleaseType::ALL.get(dice.roll(5)).copied())).collect()
}

impl Maker<'_> {
    /// Now and then an authority signs what the change says now, or somebody says that what is owed is done.
    pub(super) fn beside_the_board(&mut self) {
        if self.beside.one_in(4) {
            self.approve();
        }
        if self.beside.one_in(3) {
            self.look_after();
        }
    }

    fn approve(&mut self) {
        let who = id(u8::try_from(1 + self.beside.roll(usize::from(self.members))).expect("small"));
        let change = change(u32::try_from(1 + self.beside.roll(3)).expect("small"));
        let (content, level) = self.now[&change];
        let role = self.beside.of(&[Role::Cto, Role::Cto, Role::TechnicalLead, Role::BoardMember]);
        let body = SignOffBody {
            item: None,
            verdict: if self.beside.one_in(8) { Verdict::Reject } else { Verdict::Approve },
            reason: String::new(),
            sections: BTreeMap::new(),
            content: if self.beside.one_in(8) { windows::content(3, windows::number(content)) } else { content },
            involved: self.history.involved[&change].clone(),
            risk: risk(level),
            written: None,
            change,
        };
        self.away = self.beside.one_in(4);
        let entry = self.put(who, Attestation::Signed, None, Some(role), Body::SignOff(body));
        self.away = false;
        self.sign_offs.push((entry, who));
    }

    fn look_after(&mut self) {
        let all = self.ledger.conditions.iter().filter(|(_, state)| !state.releases.is_empty());
        let all: Vec<ConditionId> = all.map(|(id, _)| *id).collect();
        if all.is_empty() {
            return;
        }
        let condition = self.beside.of(&all);
        let note = if self.beside.one_in(4) { " " } else { "two quiet days" };
        let body = Body::ConditionMet { condition, note: note.to_owned() };
        self.put(id(1), Attestation::Recorded, None, None, body);
    }

    /// In whose seats a member says that they did what they confirm: as the record has it, or otherwise.
    pub(super) fn in_seats(&mut self, who: MemberId, confirmed: &[ActRef]) -> Vec<InSeat> {
        let mut seats = Vec::new();
        for act in confirmed.iter().filter(|act| act.act.is_some()) {
            let known = self.ledger.spoken.get(&(*act, who)).and_then(|spoken| spoken.seat);
            let other = id(u8::try_from(1 + self.beside.roll(usize::from(self.members))).expect("small"));
            let seat = if self.beside.one_in(4) { Some(other) } else { known };
            seats.extend(seat.map(|seat| InSeat { act: *act, seat }));
        }
        seats
    }
}
