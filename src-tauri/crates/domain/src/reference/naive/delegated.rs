//! What the policy's chain lets an authority approve without the board (R61), and what is owed after it (R85): as somebody with
//! the sign-offs, the policy and the roster on the table works it out.
use std::collections::{BTreeMap, BTreeSet};

use super::super::delegated::Owed;
use super::Naive;
use super::approval::Signed;
use crate::chain::{ReleaseType, Route};
use crate::entry::{Attestation, Body, Predicate, SignOffBody, Verdict};
use crate::ids::{ChangeKey, ConditionId, Digest, EntryId, MemberId};
use crate::meeting::{ConditionTime, DecisionKind};
use crate::risk::RiskLevel;
use crate::roster::Role;

/// Somebody's word on a change: who said what in which role, and the entry.
type Word<'h> = (&'h Predicate, &'h SignOffBody, Signed);

impl<'h> Naive<'h> {
    /// Low goes to an authority and everything above to the board, unless the policy says otherwise; nothing from High on.
    fn is_delegated(&self, release: ReleaseType, level: RiskLevel) -> bool {
        let policy = &self.history.policy;
        let said = policy.chains.get(&release).and_then(|levels| levels.get(&level));
        let route = match said {
            Some(route) => *route == Route::Delegated,
            None => level == RiskLevel::Low,
        };
        policy.chain_binds && (level == RiskLevel::Low || level == RiskLevel::Medium) && route
    }

    /// In writing at least: nobody else was there.
    fn wanted(&self, level: RiskLevel) -> Attestation {
        let least = self.least(level);
        if least < Attestation::Written { Attestation::Written } else { least }
    }

    /// Where a change stands on which the board decided nothing.
    pub(super) fn without_the_board(&self, on: &ChangeKey) -> &'static str {
        let (_, level) = self.now(on);
        if !self.history.releases[on].is_some_and(|release| self.is_delegated(release, level)) {
            return "Undecided";
        }
        match self.authorities(on, self.wanted(level), Some(level), false) {
            "Holds" => "Approved",
            "Missing" => "Undecided",
            other => other,
        }
    }

    fn words(&self, on: &ChangeKey) -> Vec<Word<'h>> {
        let mut all = Vec::new();
        for signed in self.sign_offs(on) {
            let predicate = self.predicate(signed.entry);
            if let Body::SignOff(body) = &predicate.body {
                all.push((predicate, body, signed));
            }
        }
        all
    }

    /// The first approval that holds without the board, and the last that did where none holds any more.
    pub fn delegated_by(&self, on: &ChangeKey) -> [Option<EntryId>; 2] {
        if self.decision(on).is_some() {
            return [None, None];
        }
        let (_, level) = self.now(on);
        let mut approvals = self.words(on);
        approvals.retain(|(predicate, body, signed)| {
            let counts = !signed.withdrawn && !signed.late && signed.known >= self.wanted(level);
            let own = body.verdict == Verdict::Approve && body.risk.level <= level;
            counts && own && self.is_authority(predicate, on, false)
        });
        match self.without_the_board(on) {
            "Approved" => {
                let first = approvals.iter().find(|(_, _, signed)| signed.stale == "current");
                [first.map(|(_, _, signed)| signed.entry), None]
            }
            "Stale" => [None, approvals.last().map(|(_, _, signed)| signed.entry)],
            _ => [None, None],
        }
    }

    /// What is owed now, and what was done while it was owed.
    pub fn care(&self, on: &ChangeKey) -> BTreeMap<ConditionId, Owed> {
        let mut all = self.owed(on);
        let texts: BTreeSet<&str> = self.history.policy.after_care.values().flatten().map(|text| text.trim()).collect();
        let mut could_be = BTreeSet::new();
        for (_, body, _) in self.words(on) {
            for text in &texts {
                could_be.insert(called(on, body.content, text));
            }
        }
        let mut done = BTreeMap::new();
        for (at, entry, predicate) in self.entries() {
            let Body::ConditionMet { condition, note } = &predicate.body else { continue };
            if note.trim().is_empty() || !could_be.contains(condition) || done.contains_key(condition) {
                continue;
            }
            let then = Naive::read(self.history, at);
            if let Some(owed) = then.owed(on).remove(condition) {
                done.insert(*condition, Owed { met: Some(entry), ..owed });
            }
        }
        all.extend(done);
        all
    }

    /// What is owed of what was approved and goes on being approved, whether or not it was done.
    fn owed(&self, on: &ChangeKey) -> BTreeMap<ConditionId, Owed> {
        let mut owed = BTreeMap::new();
        if !self.known(on) {
            return owed;
        }
        let mut words = self.words(on);
        words.retain(|(_, _, signed)| !signed.withdrawn && !signed.late && signed.known >= Attestation::Written);
        // What an authority signed last is what the change has become.
        let Some(content) = words.iter().rev().find(|(p, _, _)| is_authority(p)).map(|(_, body, _)| body.content)
        else {
            return owed;
        };
        let decision = self.decision(on);
        if let Some((_, decision)) = decision {
            let approves = matches!(decision.kind, DecisionKind::Approved | DecisionKind::ApprovedWithConditions);
            if !approves || decision.content != content {
                return owed;
            }
        }
        let mut newest: BTreeMap<MemberId, (&Predicate, &SignOffBody)> = BTreeMap::new();
        for (predicate, body, _) in &words {
            newest.insert(predicate.actor, (*predicate, *body));
        }
        for (predicate, body) in newest.values() {
            let everywhere = self.member(predicate.actor).is_none_or(|member| member.scope.is_empty());
            let of_all = predicate.role == Some(Role::Cto) || everywhere;
            if body.verdict == Verdict::Reject && body.content == content && is_authority(predicate) && of_all {
                return owed;
            }
        }
        for (predicate, body, _) in &words {
            let (_, last) = newest[&predicate.actor];
            let stands = last.verdict == Verdict::Approve && last.content == content;
            let known_to_the_board = decision.is_none_or(|(entry, _)| self.had(self.predicate(entry), predicate));
            let approves = body.verdict == Verdict::Approve && body.content == content && is_authority(predicate);
            if !stands || !known_to_the_board || !approves {
                continue;
            }
            let level = body.risk.level;
            let mut releases = BTreeSet::new();
            for release in [ReleaseType::Major, ReleaseType::Minor, ReleaseType::Patch, ReleaseType::Emergency] {
                if self.is_delegated(release, level) {
                    releases.insert(release);
                }
            }
            if releases.is_empty() {
                continue;
            }
            for text in self.history.policy.after_care.get(&level).into_iter().flatten().map(|text| text.trim()) {
                let by_the_board = decision.is_some_and(|(_, decision)| {
                    let same = |asked: &str| asked.trim().to_lowercase() == text.to_lowercase();
                    decision.conditions.iter().any(|c| c.when == ConditionTime::After && same(&c.text))
                });
                if by_the_board {
                    continue;
                }
                let first = Owed { text: text.to_owned(), owner: String::new(), releases: BTreeSet::new(), met: None };
                let one = owed.entry(called(on, content, text)).or_insert(first);
                one.owner = self.looks_after(predicate, body);
                one.releases.extend(releases.iter().copied());
            }
        }
        owed
    }

    /// Whoever deploys, if exactly one member has that account; else whoever signed.
    fn looks_after(&self, said: &Predicate, body: &SignOffBody) -> String {
        let deployer = Self::named(body.involved.deployer.as_ref());
        let mut named = Vec::new();
        for member in &self.history.roster.members {
            if deployer.is_some() && self.own(member.id) == deployer {
                named.push(member.name.clone());
            }
        }
        if let [only] = named.as_slice() {
            return only.clone();
        }
        self.member(said.actor).map_or_else(|| format!("member {}", said.actor), |member| member.name.clone())
    }
}

fn is_authority(said: &Predicate) -> bool {
    said.role == Some(Role::Cto) || said.role == Some(Role::TechnicalLead)
}

/// What nobody opened is called by what it is: `docs/FORMAT.md`, *after-care*.
fn called(on: &ChangeKey, content: Digest, text: &str) -> ConditionId {
    let hashed = Digest::of(format!("after-care\n{on}\n{content}\n{text}").as_bytes());
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&hashed.0[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    ConditionId(uuid::Uuid::from_bytes(bytes))
}
