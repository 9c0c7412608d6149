//! Requesters without Cabinet: an incomplete change goes back with one comment, and comes back filled in on its ticket.
use board::Cabinet;
use board::requests::{OfChange, OfOperation, ReturnRequest};
use board::views::{GateResult, OutboxRow, OutboxState, Provenance};

use super::gate::{approve, begin, change_with_a_window};
use crate::journey::{Journey, filled_answers, filled_plan, of, only};

const TITLE: &str = "Returned to the requester";
const RETURN: &str = "Return to requester";

async fn returns(cabinet: &Cabinet) -> Vec<OutboxRow> {
    let rows = cabinet.outbox().await.expect("an outbox").rows;
    rows.into_iter().filter(|row| row.what == RETURN).collect()
}

/// The comments on the ticket that ask its requester.
fn comments(journey: &Journey, number: u32) -> Vec<String> {
    let journals = journey.server.issue(number).expect("the ticket").journals;
    journals.into_iter().map(|journal| journal.notes).filter(|notes| notes.contains(TITLE)).collect()
}

/// Empties fields of the ticket and syncs.
async fn emptied(journey: &Journey, number: u32, fields: &[&str]) {
    for field in fields {
        journey.server.set_field(number, field, "").expect("a field of the sample");
    }
    journey.cabinet.sync_now().await.expect("synced");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_change_goes_back_once_and_what_its_requester_pastes_is_read_back() {
    let journey = begin().await;
    let (key, number) = change_with_a_window(&journey).await;
    emptied(&journey, number, &["Plan: Backout plan", "Plan: Training", "Risk B1"]).await;
    assert_ne!(journey.gate(&key, "R23").await.0, GateResult::Passed, "the premise");

    let preview = only(journey.cabinet.preview_returns(of(&key)).await.expect("a preview"));
    let text = preview.text.clone().expect("it is incomplete");
    for part in [TITLE, "h3. R23 Backout plan", "h3. R21 Training", "\nB1 (", "CAB-"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("R17 Approach"), "what is there is not asked: {text}");
    assert!(preview.to.is_some() && preview.none.is_none(), "{preview:?}");
    assert_eq!((returns(&journey.cabinet).await, comments(&journey, number)), (vec![], vec![]), "nothing was written");

    let asked = only(journey.cabinet.return_to_requester(of(&key)).await.expect("returned"));
    assert_eq!(asked, preview, "what was previewed is what is written");
    journey.cabinet.finish_work().await;
    let sent = returns(&journey.cabinet).await;
    assert_eq!(sent.iter().map(|row| row.state).collect::<Vec<_>>(), [OutboxState::Verified], "{sent:?}");
    assert_eq!(comments(&journey, number).len(), 1);
    for _ in 0..2 {
        let again = only(journey.cabinet.return_to_requester(of(&key)).await.expect("answered"));
        assert!(again.text.is_none() && again.none.is_some_and(|why| why.contains("was asked")), "once a day");
        journey.cabinet.sync_now().await.expect("synced");
        journey.cabinet.finish_work().await;
    }
    assert_eq!(comments(&journey, number).len(), 1, "and no more");
    assert_ne!(journey.gate(&key, "R23").await.0, GateResult::Passed, "the comment itself answers nothing");

    let templates = journey.cabinet.change_templates(OfChange { change: key.clone() }).await.expect("templates");
    let plan = filled_plan(&templates.plan, "Restore the snapshot, 6 minutes.");
    journey.server.edit(number, |issue| issue.description.push_str(&format!("\n\n{plan}"))).expect("the ticket");
    let author = journey.server.issue(number).expect("the ticket").author;
    let comment = journey.server.comment(number, author, &filled_answers(&templates.answers)).expect("a comment");
    journey.cabinet.sync_now().await.expect("synced");
    for clause in ["R21", "R23"] {
        let (result, finding) = journey.gate(&key, clause).await;
        assert_eq!(result, GateResult::Passed, "{clause}: {finding}");
        assert!(finding.contains("from the description"), "{clause}: {finding}");
    }
    let (_, field) = journey.gate(&key, "R17").await;
    assert!(!field.contains("from the description"), "what a field gives stays the field's: {field}");
    let walk = journey.cabinet.risk_walk(OfChange { change: key.clone() }).await.expect("a walk");
    assert!(walk.questions.iter().all(|q| q.provenance == Some(Provenance::Synced)), "{:?}", walk.questions);
    let evidence =
        |id: &str| walk.questions.iter().find(|q| q.id == id).and_then(|q| q.evidence.clone()).expect("said");
    assert!(evidence("B1").contains(&format!("from comment {comment} by ")), "{}", evidence("B1"));

    journey.server.rewrite_note(number, comment, "Never mind.").expect("a comment");
    journey.server.edit(number, |issue| issue.description = "Why.".to_owned()).expect("the ticket");
    journey.cabinet.sync_now().await.expect("synced");
    assert_ne!(journey.gate(&key, "R23").await.0, GateResult::Passed, "what is taken off the ticket is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_that_an_edit_overtook_is_held_back_and_made_anew_from_what_is_still_missing() {
    let journey = begin().await;
    let (key, number) = change_with_a_window(&journey).await;
    emptied(&journey, number, &["Plan: Backout plan", "Plan: Training"]).await;
    journey.server.go_offline().await;
    let asked = only(journey.cabinet.return_to_requester(of(&key)).await.expect("it waits"));
    assert!(asked.text.is_some_and(|text| text.contains("R23 Backout plan")));
    journey.cabinet.finish_work().await;
    let waits = only(journey.cabinet.preview_returns(of(&key)).await.expect("answered"));
    assert!(waits.none.is_some_and(|why| why.contains("outbox")), "one is enough");

    journey.server.come_back().expect("it comes back");
    journey.server.set_field(number, "Plan: Backout plan", "Restore the snapshot.").expect("a field");
    journey.cabinet.sync_now().await.expect("synced");
    journey.cabinet.finish_work().await;
    let held = returns(&journey.cabinet).await;
    assert_eq!(held.iter().map(|row| row.state).collect::<Vec<_>>(), [OutboxState::Blocked], "{held:?}");
    assert_eq!(comments(&journey, number).len(), 0, "nothing is asked that is there");

    journey.cabinet.retry_outbox(OfOperation { id: held[0].id.clone() }).await.expect("a person looked");
    journey.cabinet.finish_work().await;
    let sent = returns(&journey.cabinet).await;
    assert_eq!(sent.iter().map(|row| row.state).collect::<Vec<_>>(), [OutboxState::Verified], "{sent:?}");
    let said = comments(&journey, number);
    assert_eq!(said.len(), 1);
    assert!(said[0].contains("R21 Training") && !said[0].contains("R23"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_that_is_stuck_does_not_hold_a_decision_back() {
    let journey = begin().await;
    let (key, number) = change_with_a_window(&journey).await;
    emptied(&journey, number, &["Plan: Training"]).await;
    journey.server.go_offline().await;
    journey.cabinet.return_to_requester(of(&key)).await.expect("it waits");
    journey.cabinet.finish_work().await;
    journey.server.come_back().expect("it comes back");
    journey.server.set_field(number, "Change reason", "The audit asks for it").expect("a field");
    journey.cabinet.sync_now().await.expect("synced");
    journey.cabinet.finish_work().await;
    assert_eq!(returns(&journey.cabinet).await.len(), 1, "the premise: it is stuck");

    approve(&journey, &key).await;
    journey.cabinet.sync_now().await.expect("synced");
    journey.cabinet.finish_work().await;
    let rows = journey.cabinet.outbox().await.expect("an outbox").rows;
    assert_eq!(rows.iter().map(|row| row.state).collect::<Vec<_>>(), [OutboxState::Verified], "{rows:?}");
    assert_ne!(rows[0].what, RETURN);
    let none = only(journey.cabinet.preview_returns(of(&key)).await.expect("answered")).none;
    assert!(none.is_some_and(|why| why.contains("decided")), "what is decided is not asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_bulk_every_open_change_that_is_incomplete_is_asked_once() {
    let journey = Journey::begin().await;
    let all = || ReturnRequest { changes: None };
    let preview = journey.cabinet.preview_returns(all()).await.expect("a preview");
    let incomplete = preview.iter().filter(|row| row.text.is_some()).count();
    assert!(incomplete > 1, "the sample has open changes that lack something: {preview:?}");
    assert!(preview.iter().all(|row| row.text.is_some() != row.none.is_some()), "each is asked, or says why not");
    let asked = journey.cabinet.return_to_requester(all()).await.expect("returned");
    assert_eq!(asked, preview);
    journey.cabinet.finish_work().await;
    assert_eq!(returns(&journey.cabinet).await.len(), incomplete);
    journey.cabinet.sync_now().await.expect("synced");
    let again = journey.cabinet.return_to_requester(all()).await.expect("answered");
    assert!(again.iter().all(|row| row.text.is_none()), "nothing is asked twice: {again:?}");
    journey.cabinet.finish_work().await;
    assert_eq!(returns(&journey.cabinet).await.len(), incomplete);
}
