//! An authority's word that is written elsewhere: it carries an approval where the policy lets it, and says so.
use domain::entry::{ActRef, Body};
use domain::ids::Digest;
use domain::meeting::DecisionKind;
use domain::policy::{Policy, Strength};
use domain::risk::RiskLevel;
use record::statement::Subject;
use record::testing::{CHAIR, CTO, Desk, LEAD};

use super::Case;
use super::refusals::assessed;
use crate::reason::Reason;
use crate::testing::{Handed, Story, fields};

/// Decided at this level; the CTO wrote it, and perhaps confirmed it with a key of their own since.
fn written(strength: Strength, level: RiskLevel, confirmed: bool) -> Case {
    let mut story = Story::of(Desk::open(), &Policy::built_in(strength));
    story.level = level;
    story.decide(DecisionKind::Approved);
    let entry = story.sign_in_writing(CHAIR, |_| ()).id();
    if confirmed {
        let subject = Subject { name: "entry".to_owned(), sha256: Digest(entry.0) };
        let confirmed = vec![ActRef { entry, act: None }];
        let body = Body::Affirmation { confirmed, contested: Vec::new(), seats: Vec::new() };
        story.write(CTO, vec![subject], body, |_| {});
    }
    story.export(Handed::of(&fields()));
    Case::of(&story)
}

#[test]
fn the_policy_says_from_which_level_on_it_must_be_signed_or_confirmed() {
    use RiskLevel::{Critical, High, Low, Medium};
    use Strength::{Full, Observe, Starter};
    for (strength, level) in [(Observe, High), (Starter, Low), (Starter, High), (Starter, Critical), (Full, Medium)] {
        let verdict = written(strength, level, false).judge();
        assert!(verdict.passed(), "{strength:?} {level:?}: {}", verdict.text(false));
        assert!(verdict.text(false).contains("Sign-off: Grace (CTO), written"), "{}", verdict.text(false));
    }
    for level in [High, Critical] {
        let verdict = written(Full, level, false).judge();
        assert_eq!(verdict.codes(), [Reason::SignOffMissing], "{level:?}");
        assert!(verdict.text(false).contains("must be confirmed or stronger"), "{}", verdict.text(false));
        let verdict = written(Full, level, true).judge();
        assert!(verdict.text(false).contains("Sign-off: Grace (CTO), confirmed"), "{}", verdict.text(false));
    }
}

#[test]
fn a_lower_level_after_the_decision_lets_nothing_weaker_count_until_the_board_decides_anew() {
    use RiskLevel::{High, Low};
    let told = |strength, decided_anew: bool| {
        let mut story = Story::of(Desk::open(), &Policy::built_in(strength));
        story.level = High;
        story.decide(DecisionKind::Approved);
        assessed(&mut story, Low);
        story.level = Low;
        if decided_anew {
            story.decide(DecisionKind::Approved);
        }
        story.sign_in_writing(CHAIR, |_| ());
        story.export(Handed::of(&fields()));
        Case::of(&story).judge()
    };
    let refused = told(Strength::Full, false);
    assert_eq!(refused.codes(), [Reason::SignOffMissing], "{}", refused.text(false));
    let text = refused.text(false);
    assert!(text.contains("at High risk a sign-off must be confirmed or stronger, as it was decided"), "{text}");
    let anew = told(Strength::Full, true);
    assert!(anew.passed(), "the board decided at the lower level: {}", anew.text(false));
    let starter = told(Strength::Starter, false);
    assert!(starter.passed(), "where written counts at every level: {}", starter.text(false));
}

#[test]
fn a_comment_that_says_something_else_or_a_recorder_with_a_part_in_it_is_refused() {
    let told = |author: &str, edit: fn(&mut String)| {
        let mut story = Story::begin();
        story.author = Some(author.to_owned());
        story.decide(DecisionKind::Approved);
        story.sign_in_writing(LEAD, edit);
        story.export(Handed::of(&fields()));
        Case::of(&story).codes()
    };
    assert_eq!(told("7", |_| ()), Vec::<Reason>::new(), "beside the nearest case that passes");
    assert_eq!(told("7", |text| text.push_str(", but not yet")), [Reason::Evidence]);
    assert_eq!(told("7", |text| text.insert_str(0, "> ")), [Reason::Evidence]);
    assert_eq!(told(&LEAD.to_string(), |_| ()), [Reason::Duties]);
}
