//! Whoever committed the code never carries its approval alone (R89), by what anybody signed of who committed.
use domain::dispensation::WaiverBody;
use domain::entry::{Auth, Body, Involved, Verdict};
use domain::ids::MemberId;
use domain::meeting::DecisionKind;
use domain::policy::{Policy, Strength};
use domain::roster::Role;
use record::statement::Subject;
use record::testing::{CHAIR, CTO, Desk, LEAD, id};

use super::Case;
use crate::Reason;
use crate::testing::{Handed, Story, digest_of, fields, key};

const GRACE: &str = "grace@example.org";

/// Decided, and signed by the CTO on a device that knew no merge request; the roster knows the CTO's address in git.
fn signed() -> Story {
    let mut story = Story::of(Desk::open(), &Policy::built_in(Strength::Starter));
    let mut next = story.desk.rosters[0].clone();
    next.version = 2;
    let cto = next.members.iter_mut().find(|m| m.id == MemberId(id(CTO))).expect("a CTO");
    cto.git = vec![GRACE.to_owned()];
    story.desk.rosters.push(next);
    story.desk.adopt(2, &[CHAIR, CTO]);
    story.decide_on(DecisionKind::Approved, digest_of(&fields()), Vec::new());
    story.sign_what(CTO, Verdict::Approve, &fields(), |_| {});
    story
}

/// Another's signed word, by which somebody committed: the lead's sign-off, or of the chair a waiver of something else.
fn and_says(story: &mut Story, who: u128, committer: &str) {
    let committers = vec![committer.to_owned()];
    if who == LEAD {
        story.sign_what(LEAD, Verdict::Approve, &fields(), |body| body.involved.committers = committers);
        return;
    }
    let content = digest_of(&fields());
    let body = WaiverBody {
        change: key(),
        clause: "R23".to_owned(),
        content,
        gate: "plan-r23".to_owned(),
        involved: Involved { author: story.author.clone(), committers, ..Involved::default() },
        reason: "The vendor restores it".to_owned(),
        until: None,
    };
    let subject = vec![Subject { name: key().to_string(), sha256: content }];
    story.write(CHAIR, subject, Body::Waived(body), |p| (p.auth, p.role) = (Auth::Pin, Some(Role::Chair)));
}

#[test]
fn what_one_signer_says_of_who_committed_holds_against_another() {
    for (who, committer, codes, why) in [
        (CHAIR, "zoe@example.org", vec![], "nobody of the board"),
        (CHAIR, "Grace@example.org", vec![Reason::SignOffMissing], "who signed, by the chair's signed word"),
        (LEAD, GRACE, vec![], "who signed, and the lead signed as well"),
    ] {
        let mut story = signed();
        and_says(&mut story, who, committer);
        story.export(Handed::of(&fields()));
        let verdict = Case::of(&story).judge();
        assert_eq!(verdict.codes(), codes, "{why}: {}", verdict.text(false));
    }
}

#[test]
fn what_was_signed_since_of_who_committed_refuses_the_older_file() {
    let mut story = signed();
    story.export(Handed::of(&fields()));
    let case = Case::of(&story);
    assert!(case.judge().passed(), "{}", case.judge().text(false));
    and_says(&mut story, CHAIR, GRACE);
    assert_eq!(case.fresh(&story).codes(), [Reason::SignOffMissing]);
}
