//! Who must sign a new version of the roster, by what it changes (`record.md`, *Roster*): one's own further device
//! needs one's existing key, a plain member one root holder, everything else the threshold.
use std::collections::BTreeMap;

use super::{KeyStatus, KeyUse, Member, Roster};
use crate::ids::MemberId;

/// Whose signatures a new version needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// The member's own: keys for another device of theirs.
    OwnKey(MemberId),
    /// One root holder: a plain member is admitted or gets keys.
    OneRootHolder,
    /// As many root holders as the version before says.
    Threshold,
}

/// Whose signatures `next` needs after `before`. Whatever is not plainly small needs the threshold.
#[must_use]
pub fn consent_needed(before: &Roster, next: &Roster) -> Consent {
    let same_frame = before.board == next.board
        && before.name == next.name
        && before.root_holders == next.root_holders
        && before.threshold == next.threshold
        && before.certificate_root == next.certificate_root;
    let old: BTreeMap<MemberId, &Member> = before.members.iter().map(|m| (m.id, m)).collect();
    let nobody_left = before.members.iter().all(|m| next.member(m.id).is_some());
    if !same_frame || !nobody_left {
        return Consent::Threshold;
    }
    let mut own = Vec::new();
    let mut plain = true;
    for member in &next.members {
        let Some(was) = old.get(&member.id) else {
            plain = plain && is_plain(member);
            continue;
        };
        if *was == member {
            continue;
        }
        if !only_adds_keys(was, member) {
            return Consent::Threshold;
        }
        if was.signature_key().is_some() && was.sealed_to == member.sealed_to {
            own.push(member.id);
        } else {
            plain = plain && is_plain(member);
        }
    }
    let admitted = next.members.len() > before.members.len()
        || next.members.iter().any(|m| !own.contains(&m.id) && old.get(&m.id).is_some_and(|was| *was != m));
    match (own.as_slice(), admitted, plain) {
        ([one], false, _) => Consent::OwnKey(*one),
        ([], true, true) => Consent::OneRootHolder,
        (_, _, _) => Consent::Threshold,
    }
}

fn is_plain(member: &Member) -> bool {
    !member.roles.iter().any(|role| role.is_authority())
}

/// Whether nothing differs but keys that came in (and, with a first key, where packs are sealed to).
fn only_adds_keys(was: &Member, now: &Member) -> bool {
    let mut same = now.clone();
    same.keys.clone_from(&was.keys);
    if was.signature_key().is_none() {
        same.sealed_to.clone_from(&was.sealed_to);
    }
    let kept = was.keys.iter().all(|key| now.keys.contains(key));
    let fresh = now.keys.iter().filter(|key| !was.keys.contains(key));
    let sound = fresh.clone().all(|key| key.status == KeyStatus::Active && !was.keys.iter().any(|k| k.id == key.id));
    let signs = fresh.clone().any(|key| key.usage == KeyUse::Signature);
    same == *was && kept && sound && signs
}

#[cfg(test)]
mod tests;
