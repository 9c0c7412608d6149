//! What people say in their own name: of what was recorded of them, of a change, of an edit.
use std::collections::BTreeMap;

use super::{LEVELS, Maker, change, risk, windows};
use crate::entry::{ActRef, Attestation, Body, Contest, SignOffBody, Verdict};
use crate::gate::fixture::id;
use crate::roster::Role;
use crate::ruling::RulingBody;

impl Maker<'_> {
    pub(super) fn affirm(&mut self) {
        let who = self.someone();
        let (mut confirmed, mut contested) = (Vec::new(), Vec::new());
        let sign_offs = self.sign_offs.iter().map(|(entry, _)| ActRef { entry: *entry, act: None });
        let all: Vec<ActRef> = self.acts.iter().copied().chain(sign_offs).collect();
        for act in all {
            match self.dice.roll(6) {
                0..=2 => confirmed.push(act),
                3 => contested.push(Contest { act, reason: "not so".to_owned() }),
                _ => {}
            }
        }
        let seats = self.in_seats(who, &confirmed);
        self.put(who, Attestation::Signed, None, None, Body::Affirmation { confirmed, contested, seats });
    }

    pub(super) fn sign(&mut self, n: u128) {
        let who = self.someone();
        let roles = self.history.roster.member(who).map_or_else(Vec::new, |member| member.roles.clone());
        let role = if roles.is_empty() || self.dice.one_in(6) { None } else { Some(self.dice.of(&roles)) };
        let role = if self.dice.one_in(2) { Some(self.dice.of(&[Role::Cto, Role::TechnicalLead])) } else { role };
        let levels = [Attestation::Signed, Attestation::Signed, Attestation::Written, Attestation::Recorded];
        let attestation = self.dice.of(&levels);
        let change = change(u32::try_from(1 + self.dice.roll(3)).expect("small"));
        let (now, level) = self.now[&change];
        let edited = windows::content(1 + self.dice.roll(2), windows::number(now));
        let body = SignOffBody {
            item: None,
            verdict: if self.dice.one_in(4) { Verdict::Reject } else { Verdict::Approve },
            reason: String::new(),
            sections: BTreeMap::new(),
            content: if self.dice.one_in(6) { edited } else { now },
            involved: self.history.involved[&change].clone(),
            risk: risk(if self.dice.one_in(6) { self.dice.of(&LEVELS) } else { level }),
            written: None,
            change,
        };
        self.away = self.dice.one_in(3);
        let entry = self.put(who, attestation, Some(n), role, Body::SignOff(body));
        self.away = false;
        self.sign_offs.push((entry, who));
    }

    /// Somebody, often the chair, says that an edit does not matter.
    pub(super) fn rule(&mut self) {
        let who = if self.dice.one_in(2) { id(1) } else { self.someone() };
        let role = self.history.roster.member(who).and_then(|member| member.roles.first().copied());
        let from = 1 + self.dice.roll(2);
        let to = if self.dice.one_in(8) { 9 } else { 3 - from };
        let field = if self.dice.one_in(6) { "reason" } else { "title" };
        let change = change(u32::try_from(1 + self.dice.roll(3)).expect("small"));
        let window = windows::number(self.now[&change].0);
        let body = RulingBody {
            fields: vec![field.to_owned()],
            from: windows::content(from, window),
            involved: self.history.involved[&change].clone(),
            reason: "a typing error".to_owned(),
            to: windows::content(to, window),
            change,
        };
        let role = if self.dice.one_in(8) { None } else { role };
        let entry = self.put(who, Attestation::Signed, None, role, Body::RuledImmaterial(body));
        self.sign_offs.push((entry, who));
    }
}
