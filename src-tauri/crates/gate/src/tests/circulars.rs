//! What was approved between meetings, in writing (0033 in `docs/decisions`): it passes as a meeting's approval does, until the
//! next meeting decides otherwise.
use std::collections::BTreeSet;

use domain::approval::Allowed;
use domain::circular::{CircularBody, resolution};
use domain::entry::{Act, ActKind, Auth, Body, Involved, MeetingRef, Predicate, Verdict};
use domain::ids::{Digest, MeetingId, MemberId};
use domain::meeting::{
    Agenda, AgendaGroup, AgendaItem, Basis, Brief, Decision, DecisionKind, Position, QuorumStamp, TallyStamp,
};
use domain::policy::{Policy, Strength};
use domain::risk::RiskLevel;
use record::canonical;
use record::statement::Subject;
use record::testing::{CHAIR, CTO, Desk, LEAD, id};

use super::Case;
use crate::Reason;
use crate::testing::{DEVICE, Handed, Story, artifact, at, digest_of, fields, key, stamp};

fn policy() -> Policy {
    Policy { name: "writing/1".to_owned(), circular_any: true, ..Policy::built_in(Strength::Starter) }
}

fn question() -> CircularBody {
    let item = AgendaItem {
        number: 1,
        change: key(),
        title: "Upgrade PostgreSQL".to_owned(),
        group: AgendaGroup::Emergency,
        level: Some(RiskLevel::Medium),
        minutes: 3,
        content: digest_of(&fields()),
        material_attachments: Vec::new(),
        release: None,
        restricted: None,
    };
    CircularBody {
        agenda: Agenda { meeting: MeetingId(id(51)), items: vec![item], ..record::testing::agenda() },
        closes: at(19, 20),
        involved: Involved { author: Some("7".to_owned()), ..Involved::default() },
        question: "May CHG-17 go ahead tonight?".to_owned(),
    }
}

/// What these answers come to, in the chair's words.
fn resolved(votes: &[(u128, Position)], desk: &Desk) -> (QuorumStamp, TallyStamp) {
    let votes: Vec<_> = votes.iter().map(|(who, position)| (MemberId(id(*who)), *position)).collect();
    let asked = question();
    let of = ("CHG", &asked.involved);
    let found = resolution(&policy(), desk.roster().roster(), of, &BTreeSet::new(), &votes);
    (found.quorum, found.tally)
}

/// A board that was asked in writing and has answered; the chair says that it is approved, with the numbers of `told`.
fn answered(votes: &[(u128, Position)], told: &[(u128, Position)]) -> Story {
    let mut story = Story::of(Desk::open(), &policy());
    let digest = Digest::of(&canonical::to_bytes(&question()).expect("writable"));
    let asked = |p: &mut Predicate| p.meeting = Some(MeetingRef { id: MeetingId(id(51)), agenda: digest });
    let subject = || vec![Subject { name: "circular".to_owned(), sha256: digest }];
    story.write(CHAIR, subject(), Body::CircularOpened(question()), |p| {
        p.auth = Auth::Pin;
        asked(p);
    });
    for (who, position) in votes {
        story.write(*who, subject(), Body::Vote { item: 1, position: *position }, asked);
    }
    let (quorum, tally) = resolved(told, &story.desk);
    let shown = fields();
    let decision = Decision {
        item: 1,
        change: key(),
        kind: DecisionKind::Approved,
        basis: Basis::CircularResolution,
        rationale: String::new(),
        conditions: Vec::new(),
        deferred_to: String::new(),
        quorum,
        tally: Some(tally),
        content: digest_of(&shown),
        risk: stamp(RiskLevel::Medium),
        brief: Brief {
            kind: None,
            window: Allowed::of(|name| shown.get(name).map(Vec::as_slice)).window,
            heaviest: Vec::new(),
            floors: Vec::new(),
            gates: Vec::new(),
            gates_passed: 0,
            plan_review: String::new(),
        },
    };
    let what = ActKind::Decided { decision: Box::new(decision) };
    let acts = vec![Act { actor: MemberId(id(CHAIR)), at: at(19, 10), what }];
    story.write(DEVICE, subject(), Body::Running { acts }, asked);
    story.sign(CTO, Verdict::Approve);
    story.export(Handed::of(&shown));
    story
}

/// The file, of whatever meeting.
fn file(story: &Story) -> Vec<u8> {
    let mut bundle = story.extract(&[]);
    bundle.scope.meeting = None;
    bundle.to_bytes().expect("writable")
}

const ALL: [(u128, Position); 3] = [(CHAIR, Position::Approve), (CTO, Position::Approve), (LEAD, Position::Approve)];

#[test]
fn what_all_approved_in_writing_may_be_deployed_and_nothing_else() {
    let story = answered(&ALL, &ALL);
    let mut case = Case { approval: file(&story), ..Case::of(&story) };
    let verdict = case.judge();
    assert!(verdict.passed(), "{}", verdict.text(false));
    case.asked.artifacts = vec![artifact('f')];
    assert_eq!(case.codes(), [Reason::Artifact]);
}

#[test]
fn what_the_answers_do_not_carry_is_undecided_whatever_the_chair_says_of_them() {
    let one = [(CHAIR, Position::Approve), (CTO, Position::Reject), (LEAD, Position::Reject)];
    for (votes, told, why) in [(&one, &one, "one of three"), (&one, &ALL, "the chair counts otherwise")] {
        let story = answered(votes, told);
        let case = Case { approval: file(&story), ..Case::of(&story) };
        assert_eq!(case.codes(), [Reason::Undecided], "{why}");
    }
}

#[test]
fn the_next_meeting_ends_it_where_it_does_not_ratify_it() {
    for (kind, codes) in [(DecisionKind::Approved, Vec::new()), (DecisionKind::Rejected, vec![Reason::FreshDecision])] {
        let mut story = answered(&ALL, &ALL);
        let approval = file(&story);
        story.decide(kind);
        story.snapshot(&fields());
        let case = Case { approval, fresh: Some(file(&story)), ..Case::of(&story) };
        assert_eq!(case.codes(), codes, "{kind:?}: {}", case.judge().text(false));
    }
}
