//! Each reason once refused, and beside it the nearest case that passes.
use std::collections::BTreeSet;

use domain::approval::Artifact;
use domain::entry::{Body, Verdict};
use domain::ids::{BoardId, ConditionId, Digest, EntryId};
use domain::meeting::{Condition, ConditionTime, DecisionKind};
use domain::policy::{Policy, Strength};
use domain::risk::{AnsweredAssessment, RiskLevel};
use record::bundle::{Bundle, Scope};
use record::entry::Entry;
use record::envelope::Envelope;
use record::statement::Subject;
use record::testing::{CTO, Desk, LEAD, id, policy_digest};

use super::{Case, departments, standing};
use crate::reason::Reason;
use crate::testing::{DEVICE, Handed, Story, artifact, at, digest_of, fields, key, stamp, with};

/// The story told until it was decided, signed, and handed out as `tell` has it.
fn told(tell: impl FnOnce(&mut Story)) -> Case {
    let mut story = Story::begin();
    tell(&mut story);
    story.export(Handed::of(&fields()));
    Case::of(&story)
}

/// The approved story, asked for differently.
fn asks(edit: impl FnOnce(&mut Case)) -> Case {
    let mut case = Case::of(&Story::approved());
    edit(&mut case);
    case
}

/// The approved story, with the file rewritten.
fn rewritten(edit: impl FnOnce(&mut Bundle)) -> Case {
    let story = Story::approved();
    let mut bundle = story.extract(&[]);
    edit(&mut bundle);
    Case { approval: bundle.to_bytes().expect("writable"), ..Case::of(&story) }
}

/// The approved story, and what was written after it, as a newer file.
fn later(tell: impl FnOnce(&mut Story)) -> Case {
    let mut story = Story::approved();
    let case = Case::of(&story);
    tell(&mut story);
    case.fresh(&story)
}

fn handed(fields_signed: &std::collections::BTreeMap<String, Vec<u8>>, edit: impl FnOnce(&mut Handed)) -> Case {
    let mut story = Story::begin();
    story.decide_on(DecisionKind::Approved, digest_of(fields_signed), Vec::new());
    story.sign_what(CTO, Verdict::Approve, fields_signed, |_| {});
    let mut export = Handed::of(fields_signed);
    edit(&mut export);
    story.export(export);
    Case::of(&story)
}

fn decided(kind: DecisionKind) -> Case {
    told(|story| {
        story.decide(kind);
        story.sign(CTO, Verdict::Approve);
    })
}

fn condition(when: ConditionTime) -> Condition {
    Condition {
        id: ConditionId(id(70)),
        text: "Rehearse the backout".to_owned(),
        owner: "Ops".to_owned(),
        due: String::new(),
        when,
    }
}

pub(super) fn conditional(story: &mut Story, when: ConditionTime) {
    story.decide_on(DecisionKind::ApprovedWithConditions, digest_of(&fields()), vec![condition(when)]);
}

pub(super) fn met(story: &mut Story) {
    let subject = Subject { name: "condition".to_owned(), sha256: Digest::of(b"condition") };
    let body = Body::ConditionMet { condition: ConditionId(id(70)), note: "Rehearsed".to_owned() };
    story.write(DEVICE, vec![subject], body, |_| {});
}

/// An assessment that says `level`.
pub(super) fn assessed(story: &mut Story, level: RiskLevel) {
    let assessment = AnsweredAssessment { answers: std::collections::BTreeMap::new(), stamp: stamp(level) };
    let subject = Subject { name: key().to_string(), sha256: Digest::of(b"answers") };
    story.write(DEVICE, vec![subject], Body::Assessment { change: key(), assessment }, |_| {});
}

/// The CTO's log twice from one place; the device that exports has seen a branch, or none.
fn forked(seen: bool) -> Case {
    let mut story = Story::begin();
    story.decide(DecisionKind::Approved);
    let before = story.desk.entries.clone();
    let one = story.sign(CTO, Verdict::Approve);
    story.desk.entries = before;
    let two = story.sign_what(CTO, Verdict::Approve, &fields(), |b| b.reason = "once more".to_owned());
    story.desk.entries.push(one.clone());
    let log = two.log().id;
    let subjects =
        story.manifests.iter().map(|m| Subject { name: key().to_string(), sha256: m.digest().expect("writable") });
    let subjects = subjects.collect();
    story.export_with(Handed::of(&fields()), subjects, |p| {
        if !seen {
            p.log.seen.remove(&log);
        }
    });
    Case::of(&story)
}

/// The same entry as a newer Cabinet would write it.
fn of_a_newer_cabinet(story: &mut Story) {
    let (manifests, blobs) = (story.manifests.clone(), story.blobs.clone());
    let known = story.sign(LEAD, Verdict::Approve);
    story.desk.entries.pop();
    // Nobody here can tell that it is about a manifest.
    (story.manifests, story.blobs) = (manifests, blobs);
    let mut value: serde_json::Value = serde_json::from_slice(known.envelope().payload()).expect("JSON");
    value["predicateType"] = "urn:x-cabinet:entry:sign_off:2".into();
    value["predicate"]["body"] = serde_json::json!({"sign_off": {"two": true}});
    let payload = record::canonical::to_bytes(&value).expect("writable");
    let newer = Envelope::seal(payload, &story.desk.lead).expect("signs");
    story.desk.entries.push(Entry::of(newer).expect("kept"));
}

/// A second version of the roster, adopted by both root holders.
fn second_roster(story: &mut Story) {
    let mut next = story.desk.rosters[0].clone();
    next.version = 2;
    story.desk.rosters.push(next);
    story.desk.adopt(2, &[record::testing::CHAIR, CTO]);
}

/// Signed by a lead who decides on these projects only; the change is of group/payments.
fn signed_by_a_lead_of(projects: &str) -> Case {
    let mut story = Story::begin();
    let mut next = story.desk.rosters[0].clone();
    next.version = 2;
    let lead = next.members.iter_mut().find(|m| m.id == domain::ids::MemberId(id(LEAD))).expect("a lead");
    lead.scope = vec![projects.to_owned()];
    story.desk.rosters.push(next);
    story.desk.adopt(2, &[record::testing::CHAIR, CTO]);
    let fields = with("repository", "https://git.example/group/payments.git");
    story.decide_on(DecisionKind::Approved, digest_of(&fields), Vec::new());
    story.sign_what(LEAD, Verdict::Approve, &fields, |_| {});
    story.export(Handed::of(&fields));
    Case::of(&story)
}

/// Withholds the blob of a field.
fn withhold(bundle: &mut Bundle, field: &str) {
    let digest = bundle.manifests[0].lines().iter().find(|l| l.field == field).expect("a field").sha256;
    bundle.blobs.remove(&digest);
}

type Make = fn() -> Case;

/// Each reason, a case it refuses, and the nearest one that passes.
const TABLE: &[(Reason, Make, Make)] = &[
    (
        Reason::ProgramOlder,
        || asks(|c| c.asked.least_program = Some("999.0.0".parse().expect("a version"))),
        || asks(|c| c.asked.least_program = Some(env!("CARGO_PKG_VERSION").parse().expect("a version"))),
    ),
    (Reason::Unreadable, || asks(|c| c.approval.push(b' ')), || asks(|_| {})),
    (
        Reason::RosterRoot,
        || asks(|c| c.asked.roster_root = record::roster::RosterFingerprint(Digest::of(b"another board"))),
        || asks(|_| {}),
    ),
    (
        Reason::RosterOlder,
        || asks(|c| c.asked.least_roster = 2),
        || {
            let mut case = told(|story| {
                second_roster(story);
                story.decide(DecisionKind::Approved);
                story.sign(CTO, Verdict::Approve);
            });
            case.asked.least_roster = 2;
            case
        },
    ),
    (
        Reason::Duties,
        || {
            told(|story| {
                story.author = Some("2".to_owned());
                story.decide(DecisionKind::Approved);
                story.sign(CTO, Verdict::Approve);
            })
        },
        || {
            told(|story| {
                story.author = Some("2".to_owned());
                story.decide(DecisionKind::Approved);
                story.sign(LEAD, Verdict::Approve);
            })
        },
    ),
    (
        Reason::Evidence,
        || rewritten(|b| b.manifests.clear()),
        // Entries about other things are left out, and their proofs with them.
        || {
            let mut story = Story::signed();
            let other = story.withdraw(LEAD, EntryId([9; 32]));
            story.export(Handed::of(&fields()));
            let approval = story.extract(&[other.id()]).to_bytes().expect("writable");
            Case { approval, ..Case::of(&story) }
        },
    ),
    (
        Reason::NeedsNewer,
        || {
            told(|story| {
                story.decide(DecisionKind::Approved);
                story.sign(CTO, Verdict::Approve);
                of_a_newer_cabinet(story);
            })
        },
        || {
            told(|story| {
                story.decide(DecisionKind::Approved);
                story.sign(CTO, Verdict::Approve);
                story.sign(LEAD, Verdict::Approve);
            })
        },
    ),
    (
        Reason::SampleBoard,
        || {
            let mut story = Story::signed();
            let subjects = vec![Subject { name: "x".to_owned(), sha256: Digest::of(b"x") }];
            story.export_with(Handed::of(&fields()), subjects, |p| p.keystore = "sample".to_owned());
            Case::of(&story)
        },
        || asks(|_| {}),
    ),
    (Reason::NotExported, || Case::of(&Story::signed()), || asks(|_| {})),
    (
        Reason::Snapshot,
        || {
            let mut story = Story::approved();
            story.snapshot(&fields());
            Case::of(&story)
        },
        || later(|story| drop(story.snapshot(&fields()))),
    ),
    (
        Reason::Policy,
        || {
            let mut story = Story::signed();
            let manifest = story.manifests[0].digest().expect("writable");
            let subjects = vec![Subject { name: key().to_string(), sha256: manifest }];
            story.export_with(Handed::of(&fields()), subjects, |p| p.policy = policy_digest());
            Case::of(&story)
        },
        || {
            let mut story = Story::of(Desk::open(), &Policy::built_in(Strength::Full));
            story.decide(DecisionKind::Approved);
            story.sign(CTO, Verdict::Approve);
            story.export(Handed::of(&fields()));
            Case::of(&story)
        },
    ),
    (Reason::Disputed, || forked(false), || forked(true)),
    (Reason::Undecided, || told(|story| drop(story.sign(CTO, Verdict::Approve))), || asks(|_| {})),
    (Reason::Rejected, || decided(DecisionKind::Rejected), || decided(DecisionKind::Approved)),
    (Reason::Deferred, || decided(DecisionKind::Deferred), || decided(DecisionKind::Approved)),
    (Reason::MoreInformation, || decided(DecisionKind::MoreInformation), || decided(DecisionKind::Approved)),
    (Reason::ChangeWithdrawn, || decided(DecisionKind::Withdrawn), || decided(DecisionKind::Approved)),
    (
        Reason::SignOffMissing,
        || {
            told(|story| {
                story.decide(DecisionKind::Approved);
                let signed = story.sign(CTO, Verdict::Approve);
                story.withdraw(CTO, signed.id());
            })
        },
        || {
            told(|story| {
                story.decide(DecisionKind::Approved);
                let signed = story.sign(CTO, Verdict::Approve);
                story.withdraw(CTO, signed.id());
                story.sign(CTO, Verdict::Approve);
            })
        },
    ),
    (Reason::LeadScope, || signed_by_a_lead_of("other/*"), || signed_by_a_lead_of("group/pay*")),
    (Reason::DepartmentMissing, || departments::for_payments(false), || departments::for_payments(true)),
    (
        Reason::Stale,
        || {
            told(|story| {
                story.decide(DecisionKind::Approved);
                story.sign_what(CTO, Verdict::Approve, &with("plan.backout", "None"), |_| {});
            })
        },
        || {
            told(|story| {
                story.decide(DecisionKind::Approved);
                story.sign_what(CTO, Verdict::Approve, &with("plan.backout", "None"), |_| {});
                story.sign(CTO, Verdict::Approve);
            })
        },
    ),
    (
        Reason::ConditionOpen,
        || {
            told(|story| {
                conditional(story, ConditionTime::Before);
                story.sign(CTO, Verdict::Approve);
            })
        },
        || {
            told(|story| {
                conditional(story, ConditionTime::Before);
                story.sign(CTO, Verdict::Approve);
                met(story);
            })
        },
    ),
    (
        Reason::Withheld,
        || rewritten(|b| withhold(b, "version")),
        // Nothing that a pipeline needs.
        || rewritten(|b| withhold(b, "plan.backout")),
    ),
    (
        Reason::Content,
        || {
            let other = digest_of(&with("version", "4.2.1"));
            let mut story = Story::begin();
            story.decide_on(DecisionKind::Approved, other, Vec::new());
            story.sign_what(CTO, Verdict::Approve, &fields(), |b| b.content = other);
            story.export(Handed { content: other, ..Handed::of(&fields()) });
            Case::of(&story)
        },
        || handed(&with("plan.backout", "Another"), |_| {}),
    ),
    (
        Reason::ExportDiffers,
        || handed(&fields(), |h| h.artifacts.push(artifact('d').to_string())),
        // Fewer than were signed may be handed out.
        || handed(&fields(), |h| h.artifacts = vec![artifact('a').to_string()]),
    ),
    (
        Reason::Artifact,
        || asks(|c| c.asked.artifacts.push(artifact('d'))),
        || asks(|c| c.asked.artifacts = vec![artifact('a'), artifact('b'), artifact('c')]),
    ),
    (
        Reason::Environment,
        || asks(|c| c.asked.environment = "prod".to_owned()),
        || asks(|c| c.asked.environment = " prod-eu ".to_owned()),
    ),
    (Reason::WindowMissing, || handed(&with("window.start", ""), |_| {}), || handed(&with("window.zone", ""), |_| {})),
    (Reason::WindowBefore, || asks(|c| c.now = at(19, 44)), || asks(|c| c.now = at(19, 45))),
    (Reason::WindowAfter, || asks(|c| c.now = at(22, 16)), || asks(|c| c.now = at(22, 15))),
    (
        Reason::NotYetExported,
        || handed(&fields(), |h| h.claimed = at(20, 46)),
        // Clocks differ.
        || handed(&fields(), |h| h.claimed = at(20, 45)),
    ),
    (
        Reason::Expired,
        || handed(&fields(), |h| h.fresh_until = at(20, 29)),
        || handed(&fields(), |h| h.fresh_until = at(20, 30)),
    ),
    (Reason::StandingKind, || standing::repeated_as("normal"), || standing::repeated_as("standard")),
    (
        Reason::StandingMissing,
        || standing::repeated(|c| standing::of(c).pipeline = "deploy-all".to_owned()),
        || standing::repeated(|_| {}),
    ),
    (
        Reason::StandingSuspended,
        || standing::since(|story, standing| drop(story.suspend(standing))),
        || standing::since(|story, _| drop(story.suspend(EntryId([9; 32])))),
    ),
    (Reason::StandingExpired, || standing::at_the_end(0), || standing::at_the_end(1)),
    (
        Reason::StandingUsedUp,
        || standing::since(|story, standing| standing::uses(story, standing, 3)),
        || standing::since(|story, standing| standing::uses(story, standing, 2)),
    ),
    (Reason::StandingUncounted, || standing::uncounted(false), || standing::uncounted(true)),
    (
        Reason::FreshUnreadable,
        || asks(|c| c.fresh = Some(b"{}".to_vec())),
        || later(|story| drop(story.snapshot(&fields()))),
    ),
    (
        Reason::FreshEvidence,
        || {
            let desk = Desk::open_as(BoardId(id(101)));
            let other = Story::of(desk, &Policy::built_in(Strength::Starter));
            Case::of(&Story::approved()).fresh(&other)
        },
        || later(second_roster),
    ),
    (
        Reason::FreshOlder,
        || Case::of(&Story::approved()).fresh(&Story::signed()),
        || Case::of(&Story::approved()).fresh(&Story::approved()),
    ),
    (
        Reason::FreshContent,
        || later(|story| drop(story.snapshot(&with("version", "4.2.1")))),
        || later(|story| drop(story.snapshot(&fields()))),
    ),
    (
        Reason::FreshWithdrawn,
        || {
            later(|story| {
                let signed = story.desk.entries.iter().rev().nth(1).expect("the sign-off").id();
                story.withdraw(CTO, signed);
            })
        },
        || {
            later(|story| {
                let signed = story.desk.entries.iter().rev().nth(1).expect("the sign-off").id();
                story.withdraw(CTO, signed);
                story.sign(LEAD, Verdict::Approve);
            })
        },
    ),
    (
        Reason::FreshDecision,
        || later(|story| drop(story.decide(DecisionKind::Rejected))),
        || later(|story| drop(story.decide(DecisionKind::Approved))),
    ),
    (
        Reason::FreshCondition,
        || later(|story| conditional(story, ConditionTime::Before)),
        || later(|story| conditional(story, ConditionTime::After)),
    ),
    (
        Reason::FreshStale,
        || later(|story| assessed(story, RiskLevel::High)),
        // A lower level makes nothing stale, and takes back nothing of what was asked for: `written`.
        || later(|story| assessed(story, RiskLevel::Low)),
    ),
];

#[test]
fn every_reason_refuses_what_it_is_for_and_lets_its_neighbour_pass() {
    for (reason, refused, passes) in TABLE {
        let verdict = refused().judge();
        assert_eq!(verdict.codes(), [*reason], "{reason}: {}", verdict.text(false));
        assert_eq!(verdict.exit(false), reason.kind().exit(), "{reason}");
        assert_eq!(verdict.exit(true), 0, "{reason}: --warn never blocks");
        let verdict = passes().judge();
        assert!(verdict.passed(), "the neighbour of {reason}: {}", verdict.text(false));
        assert_eq!(verdict.exit(false), 0);
    }
}

#[test]
fn every_reason_stands_in_the_table_once_and_its_text_is_its_own() {
    let table: Vec<Reason> = TABLE.iter().map(|(reason, ..)| *reason).collect();
    let (judged, afterwards) = Reason::ALL.split_at(Reason::ALL.len() - 2);
    assert_eq!(table, judged, "in the order of the page");
    let expected = [Reason::BreakGlass, Reason::ReceiptUnwritten];
    assert_eq!(afterwards, expected, "no judgement of the file, and tried beside it (`standing`, `line`)");
    let texts: BTreeSet<&str> = Reason::ALL.iter().map(|r| r.as_str()).collect();
    assert_eq!(texts.len(), Reason::ALL.len());
    assert!(Reason::ALL.iter().all(|r| !r.remedy().is_empty() && r.remedy().ends_with('.')));
}

#[test]
fn the_page_for_pipelines_names_every_reason_with_its_exit_code_and_no_other() {
    let page = include_str!("../../../../../docs/pipeline.md");
    let rows: Vec<(&str, &str)> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .filter_map(|(code, rest)| Some((code, rest.split(" |").next()?)))
        .filter(|(code, _)| !code.starts_with('-'))
        .collect();
    let expected: Vec<(&str, String)> = Reason::ALL.iter().map(|r| (r.as_str(), r.kind().exit().to_string())).collect();
    assert_eq!(rows, expected.iter().map(|(code, exit)| (*code, exit.as_str())).collect::<Vec<_>>());
}

#[test]
fn an_approver_who_rejects_is_a_rejection_however_the_board_decided() {
    let case = told(|story| {
        story.decide(DecisionKind::Approved);
        story.sign(CTO, Verdict::Approve);
        story.sign(LEAD, Verdict::Reject);
    });
    assert_eq!(case.codes(), [Reason::Rejected]);
    let case = later(|story| drop(story.sign(LEAD, Verdict::Reject)));
    assert_eq!(case.codes(), [Reason::FreshDecision], "also when it came later");
}

#[test]
fn whoever_deploys_is_never_the_only_approver() {
    let deploys = |second: bool| {
        told(|story| {
            story.decide(DecisionKind::Approved);
            story.sign_what(CTO, Verdict::Approve, &fields(), |b| b.involved.deployer = Some("2".to_owned()));
            if second {
                story.sign_what(LEAD, Verdict::Approve, &fields(), |b| b.involved.deployer = Some("2".to_owned()));
            }
        })
    };
    assert_eq!(deploys(false).codes(), [Reason::SignOffMissing]);
    assert!(deploys(true).judge().passed());
}

#[test]
fn all_that_differs_is_told_at_once() {
    let case = asks(|c| {
        c.asked.artifacts = vec![artifact('d'), artifact('a'), artifact('e')];
        c.asked.environment = "test".to_owned();
        c.now = at(23, 0) + chrono::Duration::days(2);
    });
    let expected = [Reason::Artifact, Reason::Artifact, Reason::Environment, Reason::WindowAfter, Reason::Expired];
    assert_eq!(case.codes(), expected);
}

#[test]
fn a_snapshot_of_what_the_board_no_longer_holds_for_approved_renews_nothing() {
    let case = later(|story| {
        let now = at(20, 15);
        story.export(Handed { artifacts: Vec::new(), claimed: now, fresh_until: now, ..Handed::of(&fields()) });
    });
    assert_eq!(case.codes(), [Reason::FreshStale]);
}

#[test]
fn a_scope_that_speaks_of_another_change_than_its_entries_is_no_evidence() {
    let mut story = Story::approved();
    let case = Case::of(&story);
    story.snapshot(&fields());
    let mut bundle = story.extract(&[]);
    bundle.scope = Scope { change: Some(record::testing::change(18)), ..bundle.scope };
    let case = Case { fresh: Some(bundle.to_bytes().expect("writable")), ..case };
    assert_eq!(case.codes(), [Reason::FreshEvidence]);
}

#[test]
fn a_commit_of_a_project_is_an_artifact_too() {
    let commit: Artifact = format!("pay/ledger@{}", "0c".repeat(20)).parse().expect("an artifact");
    let mut signed = with("repository", "https://git.example/pay/ledger.git");
    signed.insert("commit".to_owned(), "0C".repeat(20).into_bytes());
    let mut case = handed(&signed, |_| {});
    case.asked.artifacts = vec![commit.clone()];
    assert!(case.judge().passed(), "{}", case.judge().text(false));
    let mut other = handed(&fields(), |_| {});
    other.asked.artifacts = vec![commit];
    assert_eq!(other.codes(), [Reason::Artifact]);
}

#[test]
fn a_device_cannot_make_an_approval_live_longer_than_the_policy_lets_it() {
    let mut case = handed(&fields(), |h| {
        h.claimed = at(20, 0) - chrono::Duration::days(1);
        h.fresh_until = at(20, 0) + chrono::Duration::days(365);
    });
    assert_eq!(case.codes(), [Reason::Expired], "a day has passed");
    case.now = at(20, 0);
    assert!(case.judge().passed(), "to the minute");
}
