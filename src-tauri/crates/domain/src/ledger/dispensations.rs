//! Waivers, overrides and exceptions, and who seconded them.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Ledger, Touched, Verified};
use crate::calendar::Exception;
use crate::dispensation::{Dispensation, Force, Grant, Second, SecondBody};
use crate::duties::may_dispense;
use crate::entry::Involved;
use crate::gate::Waiver;
use crate::ids::{ChangeKey, Digest, EntryId, MemberId};
use crate::policy::Policy;
use crate::roster::Roster;

/// That somebody took their own word back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenBack {
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// Why; may be blank.
    pub reason: String,
}

impl Ledger {
    /// Keeps the first person's word; whether it counts, [`Ledger::dispensing`] says. What nobody can set aside is passed
    /// over even where an entry says so.
    pub(super) fn dispense(&mut self, entry: Verified<'_>, grant: Grant) -> Vec<Touched> {
        let change = grant.change().clone();
        if grant.check().is_err() || !unbound(entry, &change, grant.involved()) {
            return Vec::new();
        }
        self.dispensations.entry(change.clone()).or_default().push(Dispensation {
            entry: entry.id,
            actor: entry.predicate.actor,
            role: entry.predicate.role,
            claimed: entry.predicate.time.claimed,
            grant,
            seconds: Vec::new(),
            withdrawn: None,
        });
        vec![Touched::Dispensations(change)]
    }

    /// Who committed the code of a change, as anybody said who signed it or set something aside for it (R89): the evidence lies
    /// on one device, and what was signed of it holds on every other.
    #[must_use]
    pub fn committers(&self, change: &ChangeKey) -> BTreeSet<&str> {
        let signed = self.sign_offs.get(change).into_iter().flatten().map(|sign_off| &sign_off.body.involved);
        let set_aside = self.dispensations.get(change).into_iter().flatten().map(|one| one.grant.involved());
        signed.chain(set_aside).flat_map(|involved| &involved.committers).map(String::as_str).collect()
    }

    /// Keeps another person's word on the same: about the same change, content and people.
    pub(super) fn second(&mut self, entry: Verified<'_>, body: &SecondBody) -> Vec<Touched> {
        let actor = entry.predicate.actor;
        if !unbound(entry, &body.change, &body.involved) {
            return Vec::new();
        }
        let found = self.dispensations.get_mut(&body.change).into_iter().flatten().find(|d| d.entry == body.entry);
        let Some(found) = found else { return Vec::new() };
        let same = found.grant.content() == body.content && *found.grant.involved() == body.involved;
        if !same || found.actor == actor {
            return Vec::new();
        }
        found.seconds.push(Second {
            entry: entry.id,
            actor,
            role: entry.predicate.role,
            claimed: entry.predicate.time.claimed,
            reason: body.reason.clone(),
            withdrawn: None,
        });
        vec![Touched::Dispensations(body.change.clone())]
    }

    /// Either of the two may take their own word back.
    pub(super) fn withdraw_dispensation(&mut self, target: EntryId, actor: MemberId, by: EntryId) -> Option<Touched> {
        for (change, all) in &mut self.dispensations {
            for dispensation in all {
                let (whose, withdrawn) = if dispensation.entry == target {
                    (dispensation.actor, &mut dispensation.withdrawn)
                } else if let Some(second) = dispensation.seconds.iter_mut().find(|second| second.entry == target) {
                    (second.actor, &mut second.withdrawn)
                } else {
                    continue;
                };
                if whose != actor || withdrawn.is_some() {
                    return None;
                }
                *withdrawn = Some(by);
                return Some(Touched::Dispensations(change.clone()));
            }
        }
        None
    }

    /// Keeps when and why something was taken back, where the entry took something back.
    pub(super) fn note_taken_back(&mut self, entry: Verified<'_>, reason: &str, touched: &[Touched]) {
        if !touched.is_empty() {
            let claimed = entry.predicate.time.claimed;
            self.taken_back.insert(entry.id, TakenBack { claimed, reason: reason.to_owned() });
        }
    }

    /// What is set aside for a change that says this, at this time, under this policy.
    pub fn dispensing<'l>(
        &'l self,
        policy: &'l Policy,
        change: &ChangeKey,
        content: Digest,
        now: DateTime<Utc>,
    ) -> impl DoubleEndedIterator<Item = &'l Dispensation> + use<'l> {
        let all = self.dispensations.get(change).map_or(&[][..], Vec::as_slice);
        all.iter().filter(move |dispensation| dispensation.force(policy, content, now) == Force::InForce)
    }
}

/// The waivers among what is in force, with the names of their two people.
#[must_use]
pub fn waivers<'d>(in_force: impl Iterator<Item = &'d Dispensation>, policy: &Policy, roster: &Roster) -> Vec<Waiver> {
    let name = |id: MemberId| roster.member(id).map_or_else(|| id.to_string(), |member| member.name.clone());
    let waiver = |dispensation: &Dispensation| {
        let Grant::Waiver(body) = &dispensation.grant else { return None };
        Some(Waiver {
            gate: body.gate.clone(),
            clause: body.clause.clone(),
            by: name(dispensation.actor),
            second: name(dispensation.second(policy)?.actor),
            reason: body.reason.clone(),
        })
    };
    in_force.filter_map(waiver).collect()
}

/// The exceptions among what is in force.
#[must_use]
pub fn exceptions<'d>(in_force: impl Iterator<Item = &'d Dispensation>) -> Vec<Exception> {
    let exception = |dispensation: &Dispensation| {
        let Grant::Exception(body) = &dispensation.grant else { return None };
        Some(Exception {
            freeze: body.freeze.clone(),
            change: body.change.clone(),
            who: dispensation.actor,
            reason: body.reason.clone(),
            expires: body.until,
        })
    };
    in_force.filter_map(exception).collect()
}

/// Whether the member who speaks holds the right, has no part in the change and an account of their own, by the roster and
/// policy their entry names. Where these are not at hand, the verifier's word is believed.
fn unbound(entry: Verified<'_>, change: &ChangeKey, involved: &Involved) -> bool {
    entry.rules.is_none_or(|rules| {
        rules.policy.may_dispense(entry.predicate.role)
            && may_dispense(rules.roster, rules.policy, entry.predicate.actor, change.prefix(), involved).is_ok()
    })
}
