//! Of each question the newest answer counts, by a member with a role; the others stay.
use super::*;
use crate::attested::{AttestedAnswer, AttestedBody, Question};

fn attested(actor: u8, role: Option<Role>, answers: &[(Question, &str)]) -> Predicate {
    let answer = |value: &str| AttestedAnswer { evidence: None, value: value.to_owned() };
    let answers = answers.iter().map(|(question, value)| (*question, answer(value))).collect();
    let body = Body::Attested(AttestedBody { answers, change: key(1) });
    Predicate { role, ..predicate(actor, Attestation::Recorded, body) }
}

#[test]
fn the_newest_answer_to_each_question_counts_and_whose_it_is_stays_with_it() {
    let mut ledger = in_session();
    let (review, traffic) = (Question::PeerReview, Question::HighTraffic);
    let first = attested(CHAIR, Some(Role::Chair), &[(review, "no"), (traffic, "no")]);
    assert_eq!(apply(&mut ledger, 2, &first), [Touched::Attested(key(1))]);
    let second = attested(OTHER, Some(Role::BoardMember), &[(review, "yes, by Barbara")]);
    assert_eq!(apply(&mut ledger, 3, &second), [Touched::Attested(key(1))]);
    assert!(apply(&mut ledger, 4, &attested(THIRD, None, &[(traffic, "yes")])).is_empty(), "in no role");
    let answers = &ledger.attested[&key(1)];
    let said = |question: Question| {
        let found: &crate::attested::Attested = &answers[&question];
        (found.entry, found.actor, found.role, found.answer.value.as_str())
    };
    assert_eq!(said(review), (EntryId([3; 32]), id(OTHER), Role::BoardMember, "yes, by Barbara"));
    assert_eq!(said(traffic), (EntryId([2; 32]), id(CHAIR), Role::Chair, "no"));
    assert!(!ledger.attested.contains_key(&key(2)));
    let review = &answers[&review];
    assert!(review.holds(Digest([1; 32])), "of the content that its entry is about");
    assert!(!review.holds(Digest([2; 32])), "and of no other");
    let row = ledger.row(&Touched::Attested(key(1))).expect("a row");
    assert_eq!(
        (row["peer_review"]["answer"]["value"].as_str(), row["high_traffic"]["role"].as_str()),
        (Some("yes, by Barbara"), Some("chair"))
    );
    assert!(ledger.all().contains(&Touched::Attested(key(1))), "it is rebuilt with the others");
}
