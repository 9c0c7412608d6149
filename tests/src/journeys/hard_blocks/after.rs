//! What comes to block after the board decided: what is not signed stays so, and what was signed goes nowhere.
use board::requests::SigningRequest;
use board::views::{DecisionKind, Role, SigningSubject, VotePosition};
use board::{Answer, HandedOut, RecordWrittenRequest, WordsIn, WrittenRecorded};
use chrono::Duration;
use gate::Reason;

use super::super::gate::begin;
use super::{
    Block, Path, Tried, deployable, file, free, hand_out, not_written_back, nothing_approved, number, of_change, sign,
};
use crate::gates::{asks, asks_at};
use crate::journey::{Journey, approving, now};

/// What is tried on a change that was decided and waits for its sign-off.
pub(super) const PENDING: &[Path] = &[
    Path::Key,
    Path::OpenWindow,
    Path::Asking,
    Path::Written,
    Path::Export,
    Path::HandOut,
    Path::Standing,
    Path::StandingWindow,
];

/// What is tried on a change that was approved.
pub(super) const SIGNED: &[Path] =
    &[Path::Reaffirm, Path::Immaterial, Path::Export, Path::HandOut, Path::Standing, Path::StandingWindow, Path::Gate];

/// A block, and the changes that it hits: one that waits for its sign-off, and one that was approved.
struct Hit {
    block: Block,
    pending: String,
    signed: String,
}

impl Hit {
    /// A lost ticket leaves what was signed as it is; a defect is part of what is signed.
    fn or(
        &self,
        gone: (&'static str, &'static str),
        edited: (&'static str, &'static str),
    ) -> (&'static str, &'static str) {
        if self.block == Block::Gone { gone } else { edited }
    }
}

/// A meeting approves them all, and closes.
async fn approved(journey: &Journey, keys: &[String]) -> String {
    let chosen: Vec<&str> = keys.iter().map(String::as_str).collect();
    let meeting = journey.meet(&chosen).await.meeting.id;
    for item in (1..=keys.len()).map(|n| n.to_string()) {
        journey.all_vote(&meeting, &item, VotePosition::Approve).await;
        journey.decide(&meeting, &item, DecisionKind::Approved, "").await.expect("decided");
    }
    journey.close(&meeting).await;
    meeting
}

/// The chair records what the CTO wrote on the ticket.
async fn record(journey: &Journey, key: &str) -> Answer<WrittenRecorded> {
    let (recorder, member) = (journey.member(Role::Chair).await, journey.member(Role::Cto).await);
    let pin = journey.pin(&recorder).await.into();
    let request = RecordWrittenRequest { change: key.to_owned(), member, recorder, pin, words: WordsIn::Comment(None) };
    journey.cabinet.record_in_writing(request).await
}

/// Everybody who might sign tries to, with what was prepared before the block came as well.
async fn pending(journey: &Journey, tried: &mut Tried, hit: &Hit, open: &str) {
    let (key, cabinet) = (hit.pending.as_str(), &journey.cabinet);
    let cto = journey.member(Role::Cto).await;
    let lain = approving(open, cto.as_str(), Some(journey.pin(&cto).await));
    tried.refused(key, Path::OpenWindow, cabinet.sign(lain).await, hit.block.deciding());
    let written = hit.or(("hard_block", "R11"), ("edited_since_asked", "R31"));
    tried.refused(key, Path::Written, record(journey, key).await, written);
}

/// The same, from the beginning.
async fn anew(journey: &Journey, tried: &mut Tried, hit: &Hit) {
    let (key, cto) = (hit.pending.as_str(), journey.member(Role::Cto).await);
    tried.refused(key, Path::Asking, journey.cabinet.ask_in_writing(key, &cto).await, hit.block.signing());
    for member in [&cto, &journey.member(Role::TechnicalLead).await] {
        tried.refused(key, Path::Key, sign(journey, of_change(key), member).await, hit.block.signing());
    }
    hand_out(journey, tried, key, hit.or(("no_ticket", "R11"), ("stale", "R30"))).await;
    tried.all(key, PENDING);
    nothing_approved(journey, key).await;
}

/// What was approved is let through again by nobody, and the file of before by no pipeline that asks how it stands.
async fn signed(journey: &Journey, tried: &mut Tried, hit: &Hit, before: &HandedOut) {
    let key = hit.signed.as_str();
    let (cto, chair) = (journey.member(Role::Cto).await, journey.member(Role::Chair).await);
    let sign_off = journey.change(key).await.sign_offs[0].id.clone();
    let again = sign(journey, SigningSubject::Reaffirm { sign_off }, &cto).await;
    tried.refused(key, Path::Reaffirm, again, hit.or(("not_stale", "R30"), ("hard_block", "R32")));
    let subject = SigningSubject::Immaterial { change: key.to_owned(), reason: "It is none of ours".to_owned() };
    let ruled = sign(journey, subject, &chair).await;
    tried.refused(key, Path::Immaterial, ruled, hit.or(("nothing_to_rule", "R30"), ("hard_block", "R32")));
    hand_out(journey, tried, key, hit.or(("no_ticket", "R11"), ("stale", "R30"))).await;

    let snapshot = journey.cabinet.export_snapshot(key, &file(journey, &format!("snapshot-of-{key}.json"))).await;
    if hit.block == Block::Gone {
        tried.refused(key, Path::Gate, snapshot, ("no_ticket", "R11"));
        let later = asks_at(before, None, now() + Duration::hours(25));
        assert!(!later.passed(), "without a newer file the one of before ends by itself: {}", later.text(false));
    } else {
        let snapshot = snapshot.expect("told");
        assert_eq!(asks(before, Some(&snapshot)).codes(), [Reason::FreshContent], "{key}");
        tried.tried(key, Path::Gate);
    }
    tried.all(key, SIGNED);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_to_block_after_the_decision_stops_signature_export_and_ticket_until_it_is_gone() {
    let journey = begin().await;
    let keys = free(&journey, 6).await;
    let hits: Vec<Hit> = [Block::Gone, Block::Severe, Block::Unclear]
        .into_iter()
        .zip(keys.chunks(2))
        .map(|(block, pair)| Hit { block, pending: pair[0].clone(), signed: pair[1].clone() })
        .collect();
    let ready: Vec<String> = hits.iter().map(|hit| hit.signed.clone()).collect();
    deployable(&journey, &ready).await;
    let meeting = approved(&journey, &keys).await;
    let cto = journey.member(Role::Cto).await;
    let mut before = Vec::new();
    for hit in &hits {
        sign(&journey, of_change(&hit.signed), &cto).await.expect("signed off");
        let to = file(&journey, &format!("before-{}.json", hit.signed));
        before.push(journey.cabinet.export_approval(&hit.signed, &to).await.expect("approved"));
        let verdict = asks(before.last().expect("one"), None);
        assert!(verdict.passed(), "{}: {}", hit.signed, verdict.text(false));
        let line = journey.cabinet.ask_in_writing(&hit.pending, &cto).await.expect("asked").approve;
        journey.server.comment(number(&hit.pending), 12, &line).expect("the CTO's account comments");
    }
    journey.cabinet.sync_now().await.expect("synced");
    // Everything of the meeting lies in the signing window when the blocks come.
    let subject = SigningSubject::Queue { meeting: meeting.clone() };
    journey.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let lying = journey.cabinet.signing_view().await.expect("a view").statements;
    assert!(lying.iter().all(|statement| statement.refusal.is_none()), "nothing blocks yet: {lying:?}");
    let links: Vec<Option<u32>> = hits
        .iter()
        .map(|hit| {
            hit.block.comes(&journey, &hit.pending);
            hit.block.comes(&journey, &hit.signed)
        })
        .collect();
    journey.cabinet.reconcile_now().await.expect("compared");

    let mut tried = Tried::default();
    for hit in &hits {
        let begins = format!("{}.", hit.pending);
        let open = lying.iter().find(|statement| statement.id.starts_with(&begins)).expect("it lies there");
        pending(&journey, &mut tried, hit, &open.id).await;
    }
    for (hit, before) in hits.iter().zip(&before) {
        anew(&journey, &mut tried, hit).await;
        signed(&journey, &mut tried, hit, before).await;
    }
    journey.seal(&meeting).await.expect("the minutes say what was decided when");
    journey.cabinet.sync_now().await.expect("synced");
    for hit in &hits {
        nothing_approved(&journey, &hit.pending).await;
        not_written_back(&journey, &hit.signed).await;
    }

    // It was the block and nothing else: once the defects are unlinked, what was approved goes out.
    links.iter().flatten().for_each(|link| journey.server.unrelate(*link));
    journey.cabinet.reconcile_now().await.expect("compared");
    journey.cabinet.sync_now().await.expect("synced");
    for hit in hits.iter().filter(|hit| hit.block != Block::Gone) {
        let to = file(&journey, &format!("after-{}.json", hit.signed));
        journey.cabinet.export_approval(&hit.signed, &to).await.expect("approved again");
        let rows = journey.cabinet.outbox().await.expect("an outbox").rows;
        assert!(rows.iter().any(|row| row.key == hit.signed), "{}: {rows:?}", hit.signed);
    }
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
    journey.cabinet.finish_work().await;
}
