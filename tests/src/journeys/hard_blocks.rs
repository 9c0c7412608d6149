//! No way past a hard block: whatever blocks every approval is tried on each way by which a change could come to be
//! approved, by the use cases that the window and `cab` call. Nothing approved is there afterwards.
//!
//! A way that another part of the house adds becomes a [`Path`] and is named in the list of one of these tests: [`Tried::all`]
//! fails until it was tried on each change of that test. `table.rs` says for each hard block which lists are tried on it, and
//! why no other way can bring an approval past it.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::PathBuf;

use board::requests::{HandOutRequest, OfChange, SigningRequest};
use board::views::{
    ApprovalState, Basis, DecideRequest, DecideRequestConditions, DecideRequestConditionsWhen, DecisionKind, Role,
    SigningSubject, SigningView,
};
use board::{Answer, BoardError, StandRequest};
use chrono::{DateTime, Duration, Utc};

use crate::journey::{Journey, approving, now};

mod after;
mod before;
mod delegated;
mod duties;
mod elsewhere;
mod frozen;
mod in_writing;
mod outbox;
mod plan;
mod relay;
mod required;
mod table;

/// A way by which somebody could come to an approval, or bring one out of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Path {
    /// The chair decides in favour, on whatever ground.
    Decision,
    /// An authority signs the change off.
    Key,
    /// An authority signs what lay in the signing window before the block came.
    OpenWindow,
    /// An authority signs what a meeting left to be signed.
    Queue,
    /// Who sits in an authority's seat signs.
    Delegate,
    /// An authority is asked for a line in writing.
    Asking,
    /// The chair records the line that an authority wrote.
    Written,
    /// A stale sign-off is given again.
    Reaffirm,
    /// The edit since is ruled immaterial.
    Immaterial,
    /// The approval is exported.
    Export,
    /// The same from the window.
    HandOut,
    /// A pipeline is let repeat it.
    Standing,
    /// The same in the signing window.
    StandingWindow,
    /// A file of before is renewed for the pipeline.
    Gate,
    /// Two people waive the gate that blocks.
    Waiver,
    /// The Service Manager declares an emergency, and the chair decides in favour.
    Emergency,
    /// The chair asks all members in writing, or ends it where all are in favour.
    Circular,
    /// An authority signs on a device of their own that knows of no block, and both devices exchange.
    Relay,
    /// The same on a machine without a network, by a pack and its answer.
    Pack,
}

/// What was tried on which change.
#[derive(Debug, Default)]
struct Tried(BTreeMap<String, BTreeSet<Path>>);

impl Tried {
    /// The way ends in this refusal, by its code and clause, and says what would satisfy it.
    #[track_caller]
    fn refused<T: Debug>(&mut self, key: &str, path: Path, answer: Answer<T>, (code, clause): (&str, &str)) {
        let refusal = match answer {
            Err(BoardError::Refused(refusal)) => refusal,
            other => panic!("{key}, {path:?}: {code} of {clause} is expected, not {other:?}"),
        };
        let told = (refusal.code.as_str(), refusal.clause.as_deref().unwrap_or("no clause"));
        assert_eq!(told, (code, clause), "{key}, {path:?}: {refusal:?}");
        assert!(!refusal.remedy.is_empty(), "{key}, {path:?}: it says what would satisfy the rule");
        let named = code != "hard_block" || refusal.rule.starts_with(&format!("{clause} blocks every approval"));
        assert!(named, "{key}, {path:?}: {refusal:?}");
        self.tried(key, path);
    }

    fn tried(&mut self, key: &str, path: Path) {
        self.0.entry(key.to_owned()).or_default().insert(path);
    }

    /// These ways, and no others, were tried on the change.
    #[track_caller]
    fn all(&self, key: &str, wanted: &[Path]) {
        let wanted: BTreeSet<Path> = wanted.iter().copied().collect();
        assert_eq!(self.0.get(key), Some(&wanted), "{key}: what was tried, and what is to be");
    }
}

/// What blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    /// The ticket is gone (R11).
    Gone,
    /// An open severe defect is linked (R32).
    Severe,
    /// What is linked may be one (R32).
    Unclear,
    /// A file that the plan names is not here (R113).
    NotHere,
    /// It says no version (R39), as each of R36 to R42 may be lacking.
    Version,
    /// It says nothing of a rollback test (R84).
    Evidence,
}

impl Block {
    /// The refusal of a decision.
    fn deciding(self) -> (&'static str, &'static str) {
        match self {
            Self::Version => ("hard_block", "R39"),
            Self::Evidence => ("hard_block", "R84"),
            Self::Gone => ("hard_block", "R11"),
            Self::Severe | Self::Unclear => ("hard_block", "R32"),
            Self::NotHere => ("hard_block", "R113"),
        }
    }

    /// The gate that blocks, by its id.
    fn gate(self) -> &'static str {
        match self {
            Self::Gone => "ticket",
            Self::Severe | Self::Unclear => "open-defects",
            Self::NotHere => "attachments",
            Self::Version => "version",
            Self::Evidence => "rollback-evidence",
        }
    }

    /// The refusal of a waiver: nobody may waive it under any policy, or under this one.
    fn waiving(self) -> (&'static str, &'static str) {
        ("never_waived", self.deciding().1)
    }

    /// The refusal of a signature.
    fn signing(self) -> (&'static str, &'static str) {
        match self {
            Self::NotHere => ("attachment_missing", "R86"),
            Self::Gone | Self::Severe | Self::Unclear | Self::Version | Self::Evidence => self.deciding(),
        }
    }

    /// It comes about on the server; a link can be taken away again by its number.
    fn comes(self, journey: &Journey, key: &str) -> Option<u32> {
        let (server, change) = (&journey.server, number(key));
        match self {
            Self::Gone => {
                server.delete(change).expect("its ticket");
                None
            }
            Self::Severe => Some(server.relate(change, severe_defect(journey), "relates").expect("linked")),
            Self::Unclear => {
                let unclear = server.copy(severe_defect(journey)).expect("a defect like it");
                server.set_field(unclear, "Severity", "").expect("nobody says how severe");
                Some(server.relate(change, unclear, "relates").expect("linked"))
            }
            Self::NotHere => {
                server.attach(change, "cut-over-steps.txt", b"1. Stop. 2. Start.").expect("attached");
                let named = "The steps are in cut-over-steps.txt and nowhere else.";
                server.set_field(change, "Plan: Approach", named).expect("a section of the plan");
                None
            }
            Self::Version => {
                server.set_field(change, "Version", "").expect("a field of the sample");
                None
            }
            Self::Evidence => {
                server.set_field(change, required::EVIDENCE, "").expect("a field of the sample");
                None
            }
        }
    }
}

/// The ticket's number.
pub(super) fn number(key: &str) -> u32 {
    key.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number")
}

/// A defect of the sample that is open, and high or critical.
fn severe_defect(journey: &Journey) -> u32 {
    let world = journey.server.world();
    let severity = world.field("Severity").expect("a field of the sample").id;
    let tracker = world.trackers.values().find(|tracker| tracker.name == "Bug").expect("a tracker of the sample").id;
    let severe = |word: Option<&String>| word.is_some_and(|word| word == "High" || word == "Critical");
    let open = |status: u32| world.statuses.get(&status).is_some_and(|status| !status.closed);
    let found = world
        .issues
        .values()
        .find(|issue| issue.tracker == tracker && open(issue.status) && severe(issue.custom.get(&severity)));
    found.expect("the sample has an open one").id
}

/// So many changes that nothing blocks and in which neither chair, lead nor CTO has a part.
pub(super) async fn free(journey: &Journey, count: usize) -> Vec<String> {
    let world = journey.server.world();
    let deciding: BTreeSet<&str> = sample::board::MEMBERS.iter().take(3).map(|member| member.account).collect();
    let people = ["Requester account", "Deployer"].map(|name| world.field(name).expect("a field of the sample").id);
    let apart = |key: &String| {
        let issue = world.issues.get(&number(key)).expect("its ticket");
        let author = issue.author.to_string();
        let mut others = people.iter().filter_map(|field| issue.custom.get(field));
        !deciding.contains(author.as_str()) && others.all(|id| !deciding.contains(id.as_str()))
    };
    let found: Vec<String> = journey.approvable().await.into_iter().filter(apart).take(count).collect();
    assert_eq!(found.len(), count, "the sample has as many");
    found
}

/// Standard changes whose windows are on now: a pipeline could ask for them, and repeat them.
async fn deployable(journey: &Journey, keys: &[String]) {
    let minute = |t: DateTime<Utc>| t.format("%Y-%m-%dT%H:%M").to_string();
    for key in keys {
        for (field, value) in [
            ("Change kind", "Standard".to_owned()),
            ("Time zone", "Etc/UTC".to_owned()),
            ("Planned start", minute(now() - Duration::hours(1))),
            ("Planned end", minute(now() + Duration::hours(3))),
        ] {
            journey.server.set_field(number(key), field, &value).expect("a field of the sample");
        }
    }
    journey.cabinet.sync_now().await.expect("synced");
}

/// What the chair decides.
fn decision(meeting: &str, item: &str, kind: DecisionKind, basis: Basis) -> DecideRequest {
    let condition = DecideRequestConditions {
        text: "Rehearse the backout on staging".to_owned(),
        owner: "Release Manager".to_owned(),
        due_on: None,
        when: DecideRequestConditionsWhen::Before,
    };
    DecideRequest {
        meeting: meeting.to_owned(),
        item: item.to_owned(),
        kind,
        basis,
        rationale: "It cannot wait".to_owned(),
        conditions: if kind == DecisionKind::ApprovedWithConditions { vec![condition] } else { Vec::new() },
        deferred_to: None,
    }
}

/// Every way in which the chair can decide in favour.
fn in_favour() -> impl Iterator<Item = (DecisionKind, Basis)> {
    [DecisionKind::Approved, DecisionKind::ApprovedWithConditions]
        .into_iter()
        .flat_map(|kind| [Basis::Vote, Basis::Consent, Basis::ChairRuling].map(|basis| (kind, basis)))
}

/// Shown in the signing window, and signed there with the member's PIN.
async fn sign(journey: &Journey, subject: SigningSubject, member: &str) -> Answer<SigningView> {
    journey.cabinet.request_signing(SigningRequest { subject }).await?;
    let statement = journey.cabinet.signing_view().await?.statements.remove(0).id;
    journey.cabinet.sign(approving(statement, member, Some(journey.pin(member).await))).await
}

fn of_change(key: &str) -> SigningSubject {
    SigningSubject::Change { change: key.to_owned() }
}

/// A file of the test's that nobody has written yet.
fn file(journey: &Journey, name: &str) -> PathBuf {
    journey.folder.path().join(name)
}

/// The approval is asked for by every door, for the pipeline to use once or to repeat.
async fn hand_out(journey: &Journey, tried: &mut Tried, key: &str, expected: (&str, &str)) {
    let cabinet = &journey.cabinet;
    let to = file(journey, &format!("approval-of-{key}.json"));
    tried.refused(key, Path::Export, cabinet.export_approval(key, &to).await, expected);
    let request = HandOutRequest { change: key.to_owned(), path: to.display().to_string(), snapshot: false };
    tried.refused(key, Path::HandOut, cabinet.hand_out(request).await, expected);
    assert!(!to.exists(), "{key}: no file is written");
    let cto = journey.member(Role::Cto).await;
    let expires = now() + Duration::days(30);
    let request = StandRequest {
        change: key.to_owned(),
        member: cto.clone(),
        pin: journey.pin(&cto).await.into(),
        service: "pay".to_owned(),
        pipeline: "deploy-pay".to_owned(),
        uses: 2,
        expires,
    };
    tried.refused(key, Path::Standing, cabinet.stand(request).await, expected);
    let subject = SigningSubject::Standing {
        change: key.to_owned(),
        service: "pay".to_owned(),
        pipeline: "deploy-pay".to_owned(),
        uses: 2,
        expires: expires.to_rfc3339(),
    };
    tried.refused(key, Path::StandingWindow, sign(journey, subject, &cto).await, expected);
    let pipelines = cabinet.pipelines(OfChange { change: key.to_owned() }).await.expect("readable");
    assert!(pipelines.offer.is_none() && pipelines.standing.is_empty(), "{key}: {pipelines:?}");
}

/// Nothing of the change stands as approved, and nothing that says so is on its way to a ticket.
async fn nothing_approved(journey: &Journey, key: &str) {
    let view = journey.change(key).await;
    assert!(view.decision.is_none_or(|decision| decision.approval != ApprovalState::Holds), "{key} is not approved");
    assert_ne!(view.row.approval, ApprovalState::Holds, "{key}: nor does the list say so");
    not_written_back(journey, key).await;
}

/// No decision on the change waits for its ticket, or stands there.
async fn not_written_back(journey: &Journey, key: &str) {
    let rows = journey.cabinet.outbox().await.expect("an outbox").rows;
    // An emergency is handed over whatever blocks the change.
    assert!(rows.iter().all(|row| row.key != key || row.what == "Hand-off"), "{key}: {rows:?}");
}
