//! The window's page about the record: who has keys, how entries travel, and what only an auditor asks for.
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::Body;
use domain::ids::{KeyId, MemberId};
use domain::roster::{KeyStatus, KeyUse, Member, Roster};
use record::chain::Fault;
use record::enrolment::Enrolment;
use record::entry::Entry;
use record::roster::RosterVersion;
use store::{QuarantineKind, Quarantined};

use crate::cabinet::{Cabinet, OpenBoard, member_ref, seat_words, stored};
use crate::error::Answer;
use crate::exchange::Exchanged;
use crate::joining::{folder_of, relays_of, words};
use crate::recovery::{RecoverRequest, told};
use crate::requests::{RecoveryRequest, RelayFolders};
use crate::state::BoardState;
use crate::views::{
    CameBack, ExchangeAnswer, HeldParcel, LogRow, Noun, OlderCopy, ProposedRoster, RecordDetails, RecordMember,
    RecordView, RelayRow, WorkKind,
};

/// A roster that waits for signatures, as it came.
pub(crate) struct Proposal {
    pub version: RosterVersion,
    /// Who has signed it so far.
    pub signed_by: Vec<MemberId>,
}

impl Cabinet {
    /// Members, exchange and details.
    pub async fn record(&self) -> Answer<RecordView> {
        let board = self.board()?;
        let state = board.state().await?;
        let quarantine = board.store.quarantine().await.map_err(stored)?;
        let roster = state.roster();
        let proposal = proposal_in(&board, &state, &quarantine).await?;
        Ok(RecordView {
            members: roster.members.iter().map(|m| member_row(roster, m)).collect(),
            provisional: roster.provisional(),
            waiting: self.waiting_members(&board, &state, proposal.as_ref()).await?,
            proposal: proposal.as_ref().map(|p| proposed(&state, p)),
            relays: self
                .relays()
                .await?
                .iter()
                .map(|relay| RelayRow { name: relay.name(), folder: folder_of(relay) })
                .collect(),
            last_exchange: board.last_exchange(),
            held: quarantine.iter().filter(|kept| is_loose(&state, kept)).map(held).collect(),
            disputes: disputes(&state),
            older_copy: self.older_copy(&board, &state).await?,
            came_back: came_back(&board, &state).await?,
            late: crate::late::late(&state).into_iter().map(|(_, act)| act).collect(),
            invitation_folder: crate::paths::suggested("").display().to_string().trim_end_matches('/').to_owned(),
            details: details(&board, &state).await?,
        })
    }

    /// Sets the folders through which this device exchanges, and exchanges through them.
    pub async fn set_relay_folders(&self, request: RelayFolders) -> Answer<RecordView> {
        // What is no folder is set up on the command line, and stays.
        let mut relays = relays_of(&request.folders)?;
        relays.extend(self.relays().await?.into_iter().filter(|relay| folder_of(relay).is_none()));
        self.set_relays(relays).await?;
        let board = self.board()?;
        board.forget_last_exchange();
        self.exchange_in_background(&board).await;
        self.record().await
    }

    /// Exchanges with every relay now, telling how far it is, and what came of it.
    pub async fn exchange_and_tell(&self) -> Answer<ExchangeAnswer> {
        let board = self.board()?;
        let work = self.begin_work(WorkKind::Exchange, false, "Looking into the shared folder");
        let done = self.exchange().await;
        let done = work.end(done, |done| {
            let mut ended = format!("{} came, {} went out", done.came, done.went);
            for returned in &done.returned {
                ended.push_str(". ");
                ended.push_str(&returned.told(done.incomplete));
            }
            ended
        })?;
        Ok(board.last_exchange().unwrap_or_else(|| answer(&done, self.now())))
    }

    /// Exchanges where there is a relay, without telling how far it is: for the host's own clock.
    pub async fn keep_exchanging(&self) -> Answer<()> {
        if !self.relays().await?.is_empty() {
            self.exchange().await?;
        }
        Ok(())
    }

    /// Gives up what is missing where only this device's own notes are: a member's signatures need their PIN, in the
    /// signing window.
    pub async fn recover_device(&self, request: RecoveryRequest) -> Answer<RecordView> {
        self.recover(RecoverRequest { reason: request.reason, member: None }).await?;
        self.record().await
    }

    /// Whether the keys know more than is here, and whose signatures are among it.
    pub(crate) async fn older_copy(&self, board: &OpenBoard, state: &BoardState) -> Answer<Option<OlderCopy>> {
        // A keyring that is locked says nothing; what was known when the board was opened stays known.
        let Ok(witnessed) = board.keys.heads_at_a_glance().await else { return Ok(None) };
        let behind = state.behind(&witnessed);
        board.note_older_copy(!behind.is_empty());
        if behind.is_empty() {
            return Ok(None);
        }
        let signer = behind
            .iter()
            .filter(|(log, _, _)| log.key != board.device)
            .find_map(|(log, _, _)| state.rosters.current().key(log.key).ok())
            .map(|(owner, _)| member_ref(owner));
        Ok(Some(OlderCopy {
            missing: behind.iter().map(|(_, known, held)| known.seq.saturating_sub(held.map_or(0, |h| h.seq))).sum(),
            signer,
            logs: behind.iter().map(|(log, known, held)| told(*log, *known, *held)).collect(),
        }))
    }
}

/// That entries of this device came back to this folder, the last time. After [`Cabinet::older_copy`], which looks
/// whether the keys know more still.
async fn came_back(board: &OpenBoard, state: &BoardState) -> Answer<Option<CameBack>> {
    let incomplete = board.older_copy_noted() || !state.problems.is_empty();
    let returned = crate::exchange::last_returned(&board.store).await?;
    Ok(returned.map(|returned| CameBack { told: returned.told(incomplete), at: returned.at }))
}

/// What an exchange did, for the window.
pub(crate) fn answer(done: &Exchanged, at: chrono::DateTime<chrono::Utc>) -> ExchangeAnswer {
    ExchangeAnswer {
        at: crate::words::time(at),
        came: done.came,
        went: done.went,
        waiting: done.waiting,
        not_ours: done.not_ours,
        refused: u32::try_from(done.refused.len()).unwrap_or(u32::MAX),
        told: done.refused.clone(),
        unreachable: done.unreachable.clone(),
    }
}

fn member_row(roster: &Roster, member: &Member) -> RecordMember {
    RecordMember {
        member: member_ref(member),
        seat: crate::membership::roles_words(member),
        voting: member.voting,
        has_key: member.signature_key().is_some(),
        devices: u32::try_from(member.signature_keys().count()).unwrap_or(u32::MAX),
        holds_root: roster.root_holders.contains(&member.id),
        may_hold_root: member.roles.iter().any(|role| role.may_hold_root()),
        certificate: crate::corporate::shown(member),
    }
}

/// The proposal for the next roster, if exactly one is here.
pub(crate) async fn proposal_in(
    board: &OpenBoard,
    state: &BoardState,
    quarantine: &[Quarantined],
) -> Answer<Option<Proposal>> {
    let wanted = state.roster().version.saturating_add(1);
    let mut fitting = quarantine
        .iter()
        .filter(|kept| kept.kind == QuarantineKind::Document)
        .filter_map(|kept| RosterVersion::parse(&kept.bytes).ok())
        .filter(|v| v.roster().version == wanted && v.roster().board == state.rosters.board());
    let (Some(version), None) = (fitting.next(), fitting.next()) else { return Ok(None) };
    let mut signed_by = Vec::new();
    for kept in board.store.all_entries().await.map_err(stored)? {
        let Ok(entry) = Entry::parse(&kept.envelope) else { continue };
        let Some(predicate) = entry.predicate() else { continue };
        let about = entry.statement().subjects.iter().any(|s| s.sha256 == version.digest());
        if matches!(predicate.body, Body::Roster { .. }) && about && !signed_by.contains(&predicate.actor) {
            signed_by.push(predicate.actor);
        }
    }
    Ok(Some(Proposal { version, signed_by }))
}

fn proposed(state: &BoardState, proposal: &Proposal) -> ProposedRoster {
    ProposedRoster {
        version: proposal.version.roster().version,
        changes: changes(state.roster(), proposal.version.roster()),
        signed_by: proposal.signed_by.iter().map(|id| state.name(*id)).collect(),
        needed: state.roster().threshold,
    }
}

/// What a roster changes, in words.
pub(crate) fn changes(before: &Roster, next: &Roster) -> Vec<String> {
    let old: BTreeMap<MemberId, &Member> = before.members.iter().map(|m| (m.id, m)).collect();
    let mut lines = Vec::new();
    for member in &next.members {
        let titled = format!("{} ({})", member.name, seat_words(member));
        let known: BTreeSet<KeyId> = old.get(&member.id).into_iter().flat_map(|m| &m.keys).map(|k| k.id).collect();
        let signs = member.keys.iter().filter(|k| k.usage == KeyUse::Signature);
        let fresh = signs.clone().any(|k| !known.contains(&k.id));
        let taken = member.keys.iter().any(|key| {
            let was = old.get(&member.id).and_then(|m| m.keys.iter().find(|k| k.id == key.id));
            key.usage == KeyUse::Signature
                && key.status == KeyStatus::Revoked
                && was.is_some_and(|w| w.status == KeyStatus::Active)
        });
        match old.get(&member.id) {
            None => lines.push(format!("{titled} joins the board")),
            Some(was) if was.name != member.name || was.roles != member.roles => {
                lines.push(format!("{} ({}) becomes {titled}", was.name, seat_words(was)));
            }
            Some(_) => {}
        }
        if let Some(was) = old.get(&member.id) {
            lines.extend(seat_changes(was, member));
        }
        if fresh {
            let first = old.get(&member.id).is_none_or(|m| m.signature_key().is_none());
            lines.push(format!("{titled} gets a key{}", if first { "" } else { " on one more device" }));
        }
        if taken {
            lines.push(format!("{titled} no longer signs: the key is taken away"));
        }
        if next.root_holders.contains(&member.id) && !before.root_holders.contains(&member.id) {
            lines.push(format!("{titled} may admit others"));
        }
        if !next.root_holders.contains(&member.id) && before.root_holders.contains(&member.id) {
            lines.push(format!("{titled} may no longer admit others"));
        }
    }
    for gone in before.members.iter().filter(|m| next.member(m.id).is_none()) {
        lines.push(format!("{} leaves the board", gone.name));
    }
    if next.threshold != before.threshold {
        lines.push(format!("Changes of the roster need {} signatures", next.threshold));
    }
    lines
}

/// What else the roster says of a member: whoever signs it reads everything that is new.
fn seat_changes(was: &Member, member: &Member) -> Vec<String> {
    let name = &member.name;
    let mut lines = Vec::new();
    let mut when = |changed: bool, line: String| lines.extend(changed.then_some(line));
    let (votes, no_longer) = ("votes", "no longer votes");
    when(was.voting != member.voting, format!("{name} {}", if member.voting { votes } else { no_longer }));
    let present = if member.mandatory { "must be present" } else { "need not be present" };
    when(was.mandatory != member.mandatory, format!("{name} {present} for a quorum"));
    let prefixes: BTreeSet<&String> = was.accounts.keys().chain(member.accounts.keys()).collect();
    for prefix in prefixes {
        let (old, new) = (was.accounts.get(prefix), member.accounts.get(prefix));
        let change = match (old, new) {
            (Some(old), Some(new)) => format!("{old} becomes {new}"),
            (None, Some(new)) => format!("{new} is new"),
            (Some(old), None) => format!("{old} is taken away"),
            (None, None) => continue,
        };
        when(old != new, format!("{name}'s account {prefix}: {change}"));
    }
    let list = |all: &[String], none: &str| if all.is_empty() { none.to_owned() } else { all.join(", ") };
    when(was.git != member.git, format!("{name} in git: {}", list(&member.git, "nobody")));
    when(
        was.departments != member.departments,
        format!("{name} speaks for: {}", list(&member.departments, "no department")),
    );
    when(was.scope != member.scope, format!("{name} decides on: {}", list(&member.scope, "every project")));
    lines.extend(crate::corporate::changed(was, member));
    lines
}

/// Whether a parcel in quarantine is neither an enrolment nor a roster: those have their own place on the page.
fn is_loose(state: &BoardState, kept: &Quarantined) -> bool {
    kept.kind == QuarantineKind::Entry
        || (RosterVersion::parse(&kept.bytes).is_err()
            && Enrolment::open(&kept.bytes, state.rosters.board(), state.rosters.fingerprint()).is_err())
}

fn held(kept: &Quarantined) -> HeldParcel {
    let what = match kept.kind {
        QuarantineKind::Entry => "An entry",
        QuarantineKind::Document => "A document",
    };
    HeldParcel {
        what: what.to_owned(),
        plainly: plainly(&kept.code, kept.waits).to_owned(),
        waits: kept.waits,
        came: crate::words::time(kept.came),
        digest: kept.digest.to_string(),
        code: kept.code.clone(),
        why: kept.why.clone(),
    }
}

/// A refusal's code in words that need no knowledge of keys.
fn plainly(code: &str, waits: bool) -> &'static str {
    match code {
        "chain-gap" | "chain-prev" | "seen-missing" => "Something it builds on has not come yet.",
        "roster-unknown" | "roster-backwards" => "It names a roster that has not come yet.",
        "roster-threshold" | "roster-version" => "It waits for the signatures it needs.",
        "key-unknown" => "The board does not know who signed it yet.",
        "key-inactive" | "unwitnessed" => "The key that signed it had been taken away.",
        "signature" | "der" | "high-s" => "Its signature does not hold, so it is not counted.",
        "other-board" | "roster-root" => "It belongs to another board.",
        "duties" => "Whoever signed it had a part in the change.",
        "policy" => "It names a policy that has not come yet.",
        "policy-backwards" => "It was made under a policy that the board had replaced by then.",
        _ if waits => "It waits for something that has not come yet.",
        _ => "It does not hold, so it is not counted; the reason stands under Details.",
    }
}

/// Two histories of one device, for people.
fn disputes(state: &BoardState) -> Vec<String> {
    let mut owners = BTreeSet::new();
    for fault in &state.forks {
        let Fault::Fork { log, seq, entries } = fault else { continue };
        let open = !state.settled.contains(&(*log, *seq));
        if open && entries.iter().all(|id| state.disputed.contains(id)) {
            owners.insert(owner(state, log.key));
        }
    }
    owners
        .into_iter()
        .map(|name| {
            format!(
                "{name}'s device has written two different things in one place, as after a copied folder. Both are \
                 kept, and neither counts until {name} says which stands."
            )
        })
        .collect()
}

/// Whose key it is, in the newest roster that names it.
pub(crate) fn owner(state: &BoardState, key: KeyId) -> String {
    let versions = state.rosters.versions().iter().rev();
    let mut found = versions.filter_map(|v| v.roster().key(key));
    found.next().map_or_else(|| format!("key {}", key.short()), |(member, _)| member.name.clone())
}

async fn details(board: &OpenBoard, state: &BoardState) -> Answer<RecordDetails> {
    let roster = state.roster();
    let recording = |key: KeyId| {
        let versions = state.rosters.versions().iter().rev();
        versions.filter_map(|v| v.roster().key(key)).any(|(_, k)| k.usage == KeyUse::Recording)
    };
    let mut logs: Vec<LogRow> = state
        .heads
        .iter()
        .map(|(log, head)| LogRow {
            key: log.key.to_string(),
            epoch: log.epoch,
            owner: owner(state, log.key),
            recording: recording(log.key),
            length: head.seq,
            head: head.id.to_string(),
            given_up: state.recovered.contains_key(log),
        })
        .collect();
    logs.sort_by(|a, b| (&a.owner, !a.recording, a.epoch).cmp(&(&b.owner, !b.recording, b.epoch)));
    Ok(RecordDetails {
        roster_version: roster.version,
        roster_root: state.rosters.fingerprint().to_string(),
        roster_words: words(state.rosters.fingerprint()),
        root_holders: roster.root_holders.iter().map(|id| state.name(*id)).collect(),
        threshold: roster.threshold,
        entries: state.entries,
        logs,
        forks: crate::forks::rows(board, state).await?,
        problems: state.problems.clone(),
    })
}

impl Cabinet {
    /// After something came or went: the answer is kept for the window, and the window told.
    pub(crate) fn exchanged(&self, board: &OpenBoard, done: &Exchanged, arrivals: bool) {
        let fresh = answer(done, self.now());
        let before = board.keep_last_exchange(fresh.clone());
        let same = before.is_some_and(|b| b.unreachable == fresh.unreachable);
        if arrivals || !same || done.came + done.went > 0 || !done.refused.is_empty() {
            self.changed(&[Noun::Board], &[]);
        }
    }
}
