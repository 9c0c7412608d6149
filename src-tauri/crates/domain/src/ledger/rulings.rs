//! Edits that were ruled immaterial, and what of a change's record still speaks for it because of that.
use super::{Ledger, Touched, Verified};
use crate::entry::Attestation;
use crate::ids::{ChangeKey, Digest, EntryId, MemberId};
use crate::meeting::Decision;
use crate::risk::RiskLevel;
use crate::roster::Roster;
use crate::ruling::{Ruled, Ruling, RulingBody, in_force};
use crate::sign_off::{Present, Standing};

impl Ledger {
    /// Keeps one person's word; whether it rules, [`Ledger::ruled`] says.
    pub(super) fn rule(&mut self, entry: Verified<'_>, body: &RulingBody) -> Vec<Touched> {
        self.rulings.entry(body.change.clone()).or_default().push(Ruling {
            entry: entry.id,
            actor: entry.predicate.actor,
            role: entry.predicate.role,
            claimed: entry.predicate.time.claimed,
            body: body.clone(),
            withdrawn: None,
        });
        vec![Touched::Rulings(body.change.clone())]
    }

    /// Only the original actor may take a ruling back.
    pub(super) fn withdraw_ruling(&mut self, target: EntryId, actor: MemberId, by: EntryId) -> Option<Touched> {
        let found = self.rulings.values_mut().flatten().find(|ruling| ruling.entry == target)?;
        if found.actor != actor || found.withdrawn.is_some() {
            return None;
        }
        found.withdrawn = Some(by);
        Some(Touched::Rulings(found.body.change.clone()))
    }

    /// The edits of a change that were ruled immaterial.
    #[must_use]
    pub fn ruled(&self, change: &ChangeKey) -> Vec<Ruled<'_>> {
        self.rulings.get(change).map_or_else(Vec::new, |rulings| in_force(rulings))
    }

    /// Whether what was said of a change with one content speaks for it with another.
    #[must_use]
    pub fn speaks(&self, change: &ChangeKey, said: Digest, now: Digest) -> bool {
        said == now || self.ruled(change).iter().any(|edit| edit.before() == said && edit.after() == now)
    }

    /// What a change says now, for judging what was said of it before.
    #[must_use]
    pub fn present(&self, change: &ChangeKey, content: Digest, level: RiskLevel) -> Present {
        let edits = self.ruled(change);
        let ruled = edits.iter().filter(|edit| edit.after() == content).map(Ruled::before).collect();
        Present { ruled, ..Present::of(content, level) }
    }

    /// Where a change stands by what was decided, or by what became of that through an edit that was ruled immaterial.
    #[must_use]
    pub fn standing_of(&self, roster: &Roster, decision: &Decision, least: Attestation) -> Standing {
        let (change, level) = (&decision.change, decision.risk.level);
        let by = |content| self.standing(roster, change, &self.present(change, content, level), least);
        let edits = self.ruled(change);
        let mut after = edits.iter().filter(|edit| edit.before() == decision.content).map(|edit| by(edit.after()));
        let standing = by(decision.content);
        if standing != Standing::Stale {
            return standing;
        }
        after.find(|later| *later == Standing::Approved).unwrap_or(standing)
    }
}
