//! What evidence tells of changes. There is no ticket: a change is what was shown to who signed it last, or what its agenda and
//! decision say of it. What neither says is named as missing, and is not taken for empty.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::change::{ChangeRequest, FROM_EVIDENCE, MappingProblem, Status};
use domain::ids::{ChangeKey, Digest};
use domain::ledger::RecordedDecision;
use domain::policy::change_as_shown;
use domain::risk::RiskStamp;
use record::bundle::Bundle;
use record::manifest::{Manifest, Shown};

use crate::error::Answer;
use crate::risk::RiskNow;
use crate::sign_offs::latest_item;
use crate::state::{BoardState, refused};

/// In the place of what the evidence does not tell.
const NOT_HERE: &str = "not in the evidence";

/// What the record says last of a change.
pub(crate) struct LastKnown<'s> {
    at: DateTime<Utc>,
    /// The digest of its material content then.
    pub content: Digest,
    risk: &'s RiskStamp,
}

/// What was decided or signed of a change last; nothing where it was neither.
pub(crate) fn last_known<'s>(state: &'s BoardState, key: &ChangeKey) -> Option<LastKnown<'s>> {
    let signed = state.ledger.sign_offs.get(key).into_iter().flatten();
    let signed = signed.filter(|sign_off| sign_off.withdrawn.is_none() && !sign_off.late).map(|sign_off| LastKnown {
        at: sign_off.claimed,
        content: sign_off.body.content,
        risk: &sign_off.body.risk,
    });
    let decided = state.ledger.decision(key).map(|recorded| LastKnown {
        at: recorded.at,
        content: recorded.decision.content,
        risk: &recorded.decision.risk,
    });
    signed.chain(decided).max_by_key(|known| known.at)
}

/// The risk of a change in a copy is the one that was decided or signed: nothing is scored anew without its ticket.
pub(crate) fn as_recorded(state: &BoardState, change: &ChangeRequest, mut risk: RiskNow) -> RiskNow {
    if !change.is_from_evidence() {
        return risk;
    }
    if let Some(known) = last_known(state, &change.key) {
        let stamp = known.risk;
        (risk.decided.score, risk.decided.level) = (stamp.score, stamp.level);
        (risk.range.min, risk.range.max, risk.range.open) = (stamp.score, stamp.score, stamp.assumed);
        (risk.range.lowest, risk.range.highest) = (stamp.level, stamp.level);
        risk.stamp = stamp.clone();
    }
    risk
}

/// Whether the evidence tells every material field of a change.
pub(crate) fn is_whole(change: &ChangeRequest) -> bool {
    change.mapping_problems.is_empty()
}

/// Whether a material field of a change is not in the evidence.
pub(crate) fn is_missing(change: &ChangeRequest, field: &str) -> bool {
    change.is_from_evidence() && change.mapping_problems.iter().any(|problem| problem.field == field)
}

/// What the evidence does not tell of a change, for people; nothing of a change that a ticket tells.
pub(crate) fn missing(change: &ChangeRequest) -> Vec<String> {
    if !change.is_from_evidence() {
        return Vec::new();
    }
    let fields = change.mapping_problems.iter().map(|problem| crate::changes::label(&problem.field));
    let never = ["The ticket: status, assignee, comments, links and other files", "What the gates say now"];
    let asked = (!is_whole(change)).then_some("Whose sign-off it takes");
    fields.chain(never.into_iter().chain(asked).map(ToOwned::to_owned)).collect()
}

/// The changes that stood on an agenda or were signed, as far as the evidence tells of them.
pub(super) fn changes(state: &BoardState, bundle: &Bundle) -> Answer<Vec<ChangeRequest>> {
    let manifests: BTreeMap<Digest, &Manifest> =
        bundle.manifests.iter().filter_map(|manifest| Some((manifest.digest().ok()?, manifest))).collect();
    let items = state.ledger.meetings.values().flat_map(|meeting| &meeting.agenda.items);
    let mut keys: BTreeSet<&ChangeKey> = items.map(|item| &item.change).collect();
    keys.extend(state.ledger.sign_offs.keys());
    keys.into_iter().map(|key| change(state, bundle, &manifests, key)).collect()
}

fn change(
    state: &BoardState,
    bundle: &Bundle,
    manifests: &BTreeMap<Digest, &Manifest>,
    key: &ChangeKey,
) -> Answer<ChangeRequest> {
    let known = last_known(state, key);
    let signed = state.ledger.sign_offs.get(key).into_iter().flatten().rev();
    let mut of_it = signed.filter(|s| known.as_ref().is_some_and(|known| s.body.content == known.content));
    let shown = match of_it.find_map(|sign_off| manifests.get(&sign_off.manifest)) {
        Some(manifest) => manifest.open(&bundle.blobs).map_err(|r| refused("what was shown", &r))?,
        None => BTreeMap::new(),
    };
    let fields: BTreeMap<&str, &[u8]> = shown
        .iter()
        .filter_map(|(field, value)| match value {
            Shown::Present(bytes) => Some((*field, *bytes)),
            Shown::Withheld => None,
        })
        .collect();
    let mut change = change_as_shown(key.clone(), &fields, |account| name_of(state, key, account));
    let item = latest_item(state, key).and_then(|(meeting, number)| {
        let meeting = state.ledger.meetings.get(&meeting)?;
        Some((meeting.agenda.called, meeting.agenda.items.iter().find(|item| item.number == number)?))
    });
    let mut told: BTreeSet<&str> = fields.keys().copied().collect();
    if let Some((called, item)) = item {
        (change.created, change.updated) = (called, called);
        change.release = item.release.clone().unwrap_or_default();
        if told.insert("title") {
            change.title.clone_from(&item.title);
        }
    }
    if let Some(recorded) = state.ledger.decision(key) {
        as_decided(&mut change, recorded, &mut told);
    }
    if let Some(known) = &known {
        change.updated = known.at;
    }
    if !told.contains("title") {
        change.title = format!("Title {NOT_HERE}");
    }
    change.status = Status { name: NOT_HERE.to_owned(), category: None };
    let named = item.map_or(&[][..], |(_, item)| item.material_attachments.as_slice());
    let all = state.policy.material_fields(&ChangeRequest::bare(key.clone(), FROM_EVIDENCE), named);
    let lacking = all.into_iter().map(|(field, _)| field).filter(|field| !told.contains(field.as_str()));
    change.mapping_problems = lacking
        .map(|field| MappingProblem { field, value: String::new(), why: format!("It is {NOT_HERE}.") })
        .collect();
    Ok(change)
}

/// With what its decision says the board had before it, where nobody signed over it.
fn as_decided(change: &mut ChangeRequest, recorded: &RecordedDecision, told: &mut BTreeSet<&str>) {
    let brief = &recorded.decision.brief;
    if told.insert("kind") {
        change.kind = brief.kind;
    }
    if told.insert("window.start") {
        change.window.clone_from(&brief.window);
        told.extend(["window.end", "window.zone"]);
    }
}

/// The member whose account it is by the newest roster; of others the evidence tells no name.
fn name_of(state: &BoardState, key: &ChangeKey, account: &str) -> String {
    let of = state.roster().members.iter().find(|m| m.accounts.get(key.prefix()).is_some_and(|own| own == account));
    of.map_or_else(|| format!("account {account}"), |member| member.name.clone())
}
