//! Handing an approval out for the pipeline, and telling how a change stands (R3, R11, R30, R117).
//!
//! Both are an entry of the device and a file: the evidence bundle of the one change, that entry in it, with proofs that
//! its entries are part of the board's record. `cab-gate` judges the file and nothing else.
use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Duration, Utc};
use domain::approval::{Allowed, Artifact};
use domain::change::ChangeRequest;
use domain::entry::{Attestation, Body};
use domain::ids::{ChangeKey, Digest, EntryId, MeetingId};
use domain::plan::PlanSection;
use domain::policy::plan_field;
use domain::sign_off::{Standing, carrying};
use record::bundle::{Bundle, Scope};
use record::chain::{self, Link};
use record::entry::Entry;
use record::merkle;
use record::statement::Subject;
use record::verify::link;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::cabinet::{Cabinet, OpenBoard};
use crate::content::Content;
use crate::error::{Answer, BoardError};
use crate::requests::HandOutRequest;
use crate::state::{BoardState, refused};
use crate::views::Noun;
use crate::writer::{Act, Key};

/// A file that was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HandedOut {
    /// The file.
    pub path: PathBuf,
    /// SHA-256 of it.
    pub sha256: String,
    /// The change.
    pub change: String,
    /// What may be deployed; empty for a snapshot, which allows nothing.
    pub artifacts: Vec<String>,
    /// Where to.
    pub environment: String,
    /// From when, RFC 3339.
    pub window_start: Option<String>,
    /// Until when.
    pub window_end: Option<String>,
    /// Until when it may be used without a newer one.
    pub fresh_until: String,
    /// The root of trust a pipeline pins.
    pub roster_root: String,
    /// The version of the roster a pipeline may demand.
    pub roster: u32,
    /// A board with one keyholder.
    pub provisional: bool,
    /// Entries in the file.
    pub entries: u32,
}

/// What a change says and how it stands, as it is handed out.
pub(crate) struct Present {
    pub change: ChangeRequest,
    pub content: Content,
    pub allowed: Allowed,
    standing: Standing,
    /// The manifests of the sign-offs that carry the approval.
    pub signed: Vec<Digest>,
    /// How the window was moved since the decision, in words.
    moved: Option<String>,
}

/// An approval that is about to be handed out.
pub(crate) struct Handing {
    pub present: Present,
    /// The entry that says so.
    pub act: Act,
    /// Until when it may be used.
    pub until: DateTime<Utc>,
}

impl Cabinet {
    /// Hands an approval or a snapshot out into a file that was not there.
    ///
    /// # Errors
    /// As [`Cabinet::export_approval`]; [`BoardError::Refused`] where the file is there already.
    pub async fn hand_out(&self, request: HandOutRequest) -> Answer<HandedOut> {
        let path = crate::paths::whole("path", &request.path)?;
        if path.exists() {
            return Err(BoardError::refused(
                "file_unwritable",
                format!("{} was not written: it is there already.", path.display()),
                None,
                "Choose another name.",
            ));
        }
        if request.snapshot {
            self.export_snapshot(&request.change, &path).await
        } else {
            self.export_approval(&request.change, &path).await
        }
    }

    /// Hands the approval of a change out: a signed entry, then the file. Refused unless the change as it was last synced
    /// is approved, and says what may be deployed, where and when.
    ///
    /// # Errors
    /// [`BoardError::Refused`] with the rule; [`BoardError::Invalid`] when the file cannot be written.
    pub async fn export_approval(&self, change: &str, to: &Path) -> Answer<HandedOut> {
        let board = self.board()?;
        let state = board.state().await?;
        let Handing { present, act, until } = self.handing(&board, &state, change).await?;
        self.write_out(&board, act, &present, until, to).await
    }

    /// What is said when the approval of a change is handed out; refused unless the change as it was last synced is approved,
    /// and says what may be deployed, where and when.
    pub(crate) async fn handing(&self, board: &OpenBoard, state: &BoardState, change: &str) -> Answer<Handing> {
        let present = self.present(board, state, change).await?;
        let key = &present.change.key;
        self.approved(board, state, &present)?;
        deployable(&present.allowed)?;
        let subject = |sha256: &Digest| Subject { name: key.to_string(), sha256: *sha256 };
        let artifacts: Vec<String> = present.allowed.artifacts.iter().map(Artifact::to_string).collect();
        let until = self.now() + lifetime(state);
        let until = self.no_longer_than(board, state, &present.change, until).await?;
        let act = Act {
            actor: self.my_id(board, state).await?,
            attestation: Attestation::Recorded,
            role: None,
            meaning: iter::once(format!(
                "The approval of {key} is handed out, to be used until {}.",
                crate::words::time(until)
            ))
            .chain(present.moved.clone())
            .collect::<Vec<_>>()
            .join(" "),
            meeting: None,
            subjects: present.signed.iter().map(subject).chain(edited(state, &present)).collect(),
            body: body(&present, artifacts, until),
            blobs: Vec::new(),
        };
        Ok(Handing { present, act, until })
    }

    /// Writes the entry; the approval file that holds it.
    pub(crate) async fn put_on_record(&self, board: &OpenBoard, act: Act, key: &ChangeKey) -> Answer<Bundle> {
        self.write(board, vec![(act, Key::Device)], Vec::new()).await?;
        self.changed(&[Noun::Changes], &[key.as_str()]);
        let state = board.state().await?;
        self.approval_bundle(board, &state, key).await
    }

    /// Tells how a change stands now, for `cab-gate --fresh`: it allows nothing. Of a change that is not approved as it
    /// is, or is blocked since, it renews no earlier approval.
    ///
    /// # Errors
    /// As [`Self::export_approval`], but for the approval itself.
    pub async fn export_snapshot(&self, change: &str, to: &Path) -> Answer<HandedOut> {
        let board = self.board()?;
        let state = board.state().await?;
        let present = self.present(&board, &state, change).await?;
        let key = &present.change.key;
        let now = self.now();
        // What is not approved as it is, or is blocked since, is fresh for no time at all.
        let holds =
            present.standing == Standing::Approved && self.blocked_by(&board, &state, &present.change)?.is_none();
        let until = if holds { now + lifetime(&state) } else { now };
        let until = self.no_longer_than(&board, &state, &present.change, until).await?;
        let document = crate::changes::document(&present.content)?;
        let subject = |sha256: &Digest| Subject { name: key.to_string(), sha256: *sha256 };
        let act = Act {
            actor: self.my_id(&board, &state).await?,
            attestation: Attestation::Recorded,
            role: None,
            meaning: format!("How {key} stands is told: {}.", present.standing.words()),
            meeting: None,
            subjects: iter::once(subject(&present.content.digest)).chain(edited(&state, &present)).collect(),
            body: body(&present, Vec::new(), until),
            blobs: vec![document],
        };
        self.write_out(&board, act, &present, until, to).await
    }

    /// Until when something that is handed out may be used at most: what is set aside until a time holds up no approval
    /// after it, and what is owed blocks the change from its date on (R53).
    async fn no_longer_than(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &ChangeRequest,
        until: DateTime<Utc>,
    ) -> Answer<DateTime<Utc>> {
        let ends = [self.set_aside_until(state, change), self.first_due(board, state, &change.key).await?];
        Ok(ends.into_iter().flatten().fold(until, std::cmp::min))
    }

    /// The change as it was last synced, with everything that is signed about it.
    pub(crate) async fn present(&self, board: &OpenBoard, state: &BoardState, change: &str) -> Answer<Present> {
        let key = crate::words::change_key(change)?;
        let change = self.load_change(board, &key).await?;
        if board.vanished.contains(&key) {
            return Err(BoardError::refused(
                "no_ticket",
                format!("The ticket of {key} is gone, or may no longer be read."),
                Some("R11"),
                "Restore the ticket, or the account's right to read it, and sync.",
            ));
        }
        if !change.details_synced {
            return Err(BoardError::refused(
                "details_due",
                format!("{key} was edited, and what it says now has not arrived yet."),
                Some("R30"),
                "Sync, then export.",
            ));
        }
        if !state.ledger.unknown.is_empty() {
            return Err(BoardError::refused(
                "needs_newer",
                "The record holds entries that this Cabinet cannot read; they may take an approval back.",
                Some("R30"),
                "Install a newer Cabinet on this device.",
            ));
        }
        let (content, now) = self.says(state, &change)?;
        let allowed = Allowed::of(|name| content.fields.get(name).map(Vec::as_slice));
        let standing = self.standing(state, &change)?;
        let least = state.ledger.least(&state.policy, &key, now.level);
        let sign_offs = state.ledger.sign_offs.get(&key).map_or(&[][..], Vec::as_slice);
        let signed = carrying(sign_offs, least, &now).iter().map(|s| s.manifest).collect();
        let moved = now.moved.map(|moved| moved.shift.words());
        Ok(Present { change, content, allowed, standing, signed, moved })
    }

    /// Refuses whatever is not an approval of the change as it is (R30), or is blocked by a hard gate since.
    pub(crate) fn approved(&self, board: &OpenBoard, state: &BoardState, present: &Present) -> Answer<()> {
        let key = &present.change.key;
        if present.standing != Standing::Approved {
            let (code, remedy) = no_approval(present.standing);
            let rule = format!("{key} is not approved: {}.", present.standing.words());
            return Err(BoardError::refused(code, rule, Some("R30"), remedy));
        }
        self.refuse_blocked(board, state, &present.change)
    }

    /// Writes the entry, then the file that holds it.
    async fn write_out(
        &self,
        board: &OpenBoard,
        act: Act,
        present: &Present,
        until: DateTime<Utc>,
        to: &Path,
    ) -> Answer<HandedOut> {
        let key = &present.change.key;
        let artifacts =
            if let Body::ApprovalExported { artifacts, .. } = &act.body { artifacts.clone() } else { Vec::new() };
        let bundle = self.put_on_record(board, act, key).await?;
        let state = board.state().await?;
        let entries = u32::try_from(bundle.entries.len()).unwrap_or(u32::MAX);
        let bytes = bundle.to_bytes().map_err(|e| BoardError::internal(&e))?;
        let sha256 = Digest::of(&bytes).to_string();
        let unwritten = |why: std::io::Error| BoardError::invalid("file", format!("{}: {why}", to.display()));
        let path = std::path::absolute(to).map_err(unwritten)?;
        let file = path.clone();
        crate::minutes::off_thread(move || {
            crate::minutes::write_whole(&file, &bytes)
                .map_err(|why| BoardError::invalid("file", format!("{}: {why}", file.display())))
        })
        .await?;
        let window = present.allowed.window.as_ref();
        Ok(HandedOut {
            path,
            sha256,
            change: key.to_string(),
            artifacts,
            environment: present.allowed.environment.clone(),
            window_start: window.map(|w| crate::words::time(w.start)),
            window_end: window.map(|w| crate::words::time(w.end)),
            fresh_until: crate::words::time(until),
            roster_root: state.rosters.fingerprint().to_string(),
            roster: state.roster().version,
            provisional: state.roster().provisional(),
            entries,
        })
    }

    /// The change's evidence, its exports with it, and the proof that each entry is part of the record.
    async fn approval_bundle(&self, board: &OpenBoard, state: &BoardState, key: &ChangeKey) -> Answer<Bundle> {
        let decided = state.ledger.decision(key).map(|d| d.meeting);
        let nowhere = MeetingId(uuid::Uuid::nil());
        let evidence = self.evidence_of_change(board, state, decided.unwrap_or(nowhere), key).await?;
        let mut bundle = Bundle::parse(&evidence.bytes).map_err(|r| refused("the approval", &r))?;
        let stored = board.stored().await?;
        let mut record = BTreeMap::new();
        for bytes in &stored.envelopes {
            let entry = Entry::parse(bytes).map_err(|r| refused("the record", &r))?;
            record.insert(entry.id(), entry);
        }
        let extract: Vec<Entry> = bundle.entries.iter().filter_map(|bytes| Entry::parse(bytes).ok()).collect();
        // Acts that the extract shows, and what may be used, suspended or met of this change.
        let of_change = |id: &&EntryId| {
            state.ledger.standing_approvals.get(*id).is_some_and(|s| s.body.change == *key)
                || state.ledger.obligations.get(*id).is_some_and(|o| o.body.change == *key)
        };
        let held: BTreeSet<EntryId> =
            extract.iter().map(Entry::id).chain(record.keys().filter(of_change).copied()).collect();
        let also = record.values().filter(|entry| belongs(entry, key, &held));
        let kept: BTreeMap<_, Link> = extract.iter().chain(also).map(|entry| (entry.id(), link(entry))).collect();
        let kept: Vec<Link> = kept.into_values().collect();
        let whole: Vec<Link> = record.values().map(link).collect();
        let whole = chain::causal_order(&whole);
        let ordered = chain::causal_order(&kept);
        let (tree, proofs) =
            merkle::prove(&whole, &ordered.iter().copied().collect()).map_err(|r| refused("the record", &r))?;
        let entries: Vec<&Entry> = ordered.iter().filter_map(|id| record.get(id)).collect();
        bundle.entries = entries.iter().map(|entry| entry.bytes().to_vec()).collect();
        bundle.policies = in_named_order(&stored.policies, entries.into_iter());
        bundle.scope = Scope { complete: false, change: Some(key.clone()), meeting: decided };
        bundle.checkpoint.heads = chain::heads(&kept);
        bundle.merkle = Some(tree);
        bundle.proofs = Some(proofs);
        Ok(bundle)
    }
}

/// The policies that entries name, in the order in which they do.
pub(crate) fn in_named_order<'e>(policies: &[Vec<u8>], entries: impl Iterator<Item = &'e Entry>) -> Vec<Vec<u8>> {
    let at_hand: BTreeMap<Digest, &Vec<u8>> = policies.iter().map(|bytes| (Digest::of(bytes), bytes)).collect();
    record::bundle::policies_named(entries).iter().filter_map(|digest| at_hand.get(digest).copied().cloned()).collect()
}

/// What an approval needs beside the change's evidence: its exports, what decides which entries count, and what members
/// say of the votes that were recorded in their name.
fn belongs(entry: &Entry, key: &ChangeKey, held: &BTreeSet<EntryId>) -> bool {
    match entry.predicate().map(|p| &p.body) {
        Some(Body::ApprovalExported { change, .. }) => change == key,
        Some(Body::Affirmation { confirmed, contested, .. }) => {
            confirmed.iter().chain(contested.iter().map(|c| &c.act)).any(|act| held.contains(&act.entry))
        }
        Some(Body::StandingApproved(_) | Body::ObligationOpened(_)) => held.contains(&entry.id()),
        Some(Body::StandingUsed(used)) => held.contains(&used.standing),
        Some(Body::StandingSuspended { standing, .. }) => held.contains(standing),
        Some(Body::ObligationMet { obligation, .. }) => held.contains(obligation),
        Some(_) | None => false,
    }
}

/// The sections of the plan that were edited since somebody signed, as they are now: from them and from what was signed
/// the gate makes the content anew, and sees that nothing else was.
fn edited(state: &BoardState, present: &Present) -> Vec<Subject> {
    let now = crate::content::section_digests(&present.change);
    let signed = state.ledger.sign_offs.get(&present.change.key).into_iter().flatten();
    let before: Vec<_> = signed.filter(|s| s.body.content != present.content.digest).collect();
    let differs = |section: &PlanSection, digest: &Digest| {
        before.iter().any(|s| s.body.sections.get(section).is_some_and(|signed| signed != digest))
    };
    now.iter()
        .filter(|(section, digest)| differs(section, digest))
        .map(|(section, digest)| Subject { name: plan_field(*section), sha256: *digest })
        .collect()
}

fn lifetime(state: &BoardState) -> Duration {
    Duration::hours(i64::from(state.policy.fresh_until_hours))
}

fn body(present: &Present, artifacts: Vec<String>, fresh_until: DateTime<Utc>) -> Body {
    Body::ApprovalExported {
        change: present.change.key.clone(),
        content: present.content.digest,
        artifacts,
        environment: present.allowed.environment.clone(),
        window: present.allowed.window.clone(),
        fresh_until,
    }
}

/// What no pipeline could ever ask for is not handed out.
fn deployable(allowed: &Allowed) -> Answer<()> {
    let refuse = |code, rule: &str, clause, remedy: &str| Err(BoardError::refused(code, rule, Some(clause), remedy));
    if allowed.artifacts.is_empty() {
        return refuse(
            "no_artifact",
            "The change names nothing that can be deployed: no sha256:<digest>, no <project>@<commit>.",
            "R39",
            "Write the artifact's digest into the ticket's version or artifact field, sync, and have that approved.",
        );
    }
    if allowed.environment.is_empty() {
        return refuse(
            "no_environment",
            "The change does not say where it is to be deployed.",
            "R41",
            "Name the environment on the ticket, sync, and have that approved.",
        );
    }
    if allowed.window.is_none() {
        return refuse(
            "no_window",
            "The change has no implementation window.",
            "R75",
            "Plan the window on the ticket, sync, and have that approved.",
        );
    }
    Ok(())
}

/// The code of a refusal by where the change stands, and what would satisfy the rule.
fn no_approval(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Undecided => ("undecided", "Bring it to a meeting of the board."),
        Standing::AwaitingSignOff => ("awaiting_sign_off", "The Technical Development Lead or the CTO signs it off."),
        Standing::AwaitingConditions => ("awaiting_conditions", "Meet its conditions, and record that they are met."),
        Standing::Approved => ("approved", "Nothing more is to be done."),
        Standing::Stale => (
            "stale",
            "It was edited since: rule the edit immaterial; or reaffirm the sign-off, and decide on what it says now.",
        ),
        Standing::Rejected => ("rejected", "Change the plan, and bring it to the board again."),
        Standing::Deferred => ("deferred", "Wait for the meeting it was deferred to."),
        Standing::MoreInformation => ("more_information", "Answer the board's question."),
        Standing::Withdrawn => ("withdrawn", "Bring it to the board again."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_pipeline_could_ask_for_is_not_handed_out() {
        let digest = format!("sha256:{}", "0".repeat(64));
        let fields = |version: &str, environment: &str, start: &str| {
            let end = "2026-11-21T22:00:00Z".to_owned();
            let map = BTreeMap::from([
                ("version".to_owned(), version.to_owned()),
                ("environment".to_owned(), environment.to_owned()),
                ("window.start".to_owned(), start.to_owned()),
                ("window.end".to_owned(), end),
            ]);
            deployable(&Allowed::of(|name| map.get(name).map(|v| v.as_bytes())))
        };
        let start = "2026-11-21T20:00:00Z";
        assert!(fields(&digest, "prod", start).is_ok());
        for (answer, code, clause) in [
            (fields("4.2.0", "prod", start), "no_artifact", "R39"),
            (fields(&digest, " ", start), "no_environment", "R41"),
            (fields(&digest, "prod", ""), "no_window", "R75"),
        ] {
            match answer {
                Err(BoardError::Refused(refusal)) => {
                    assert_eq!((refusal.code.as_str(), refusal.clause.as_deref()), (code, Some(clause)));
                }
                other => panic!("{code}: {other:?}"),
            }
        }
    }
}
