//! Drafts, settings, looks, candidates, PIN failures and the outbox.
use domain::ids::Digest;

use super::support::*;
use crate::{AgendaCandidate, Draft, NewOperation, OutboxState, Store, StoreError, Transition};

#[tokio::test]
async fn a_draft_is_one_members_and_survives_closing() {
    let (_dir, store) = new_store().await;
    let draft = |member_n, json: &str, second| Draft {
        kind: "assessment".to_owned(),
        key: "CHG-1".to_owned(),
        member: member(member_n),
        json: json.to_owned(),
        saved_at: at(second),
    };
    store.save_draft(&draft(1, "{\"a\":1}", 1)).await.unwrap();
    store.save_draft(&draft(2, "{\"a\":2}", 2)).await.unwrap();
    store.save_draft(&draft(1, "{\"a\":3}", 3)).await.unwrap();
    assert!(store.save_draft(&draft(1, "not json", 4)).await.is_err());
    store.close().await;
    let store = Store::open(store.folder(), at(9)).await.unwrap();
    assert_eq!(store.draft("assessment", "CHG-1", member(1)).await.unwrap(), Some(draft(1, "{\"a\":3}", 3)));
    assert_eq!(store.drafts("assessment").await.unwrap().len(), 2);
    store.discard_draft("assessment", "CHG-1", member(1)).await.unwrap();
    assert_eq!(store.draft("assessment", "CHG-1", member(1)).await.unwrap(), None);
    assert!(store.draft("assessment", "CHG-1", member(2)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_setting_is_set_changed_and_taken_away() {
    let (_dir, store) = new_store().await;
    store.put_setting("theme", Some("\"dark\"")).await.unwrap();
    store.put_setting("theme", Some("\"light\"")).await.unwrap();
    store.put_setting("zone", Some("\"Europe/Berlin\"")).await.unwrap();
    assert_eq!(store.setting("theme").await.unwrap().unwrap(), "\"light\"");
    assert_eq!(store.settings().await.unwrap().len(), 2);
    store.put_setting("theme", None).await.unwrap();
    assert_eq!(store.setting("theme").await.unwrap(), None);
}

#[tokio::test]
async fn what_a_member_last_looked_at_is_kept_whole_and_older_looks_are_let_go() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 1).await;
    let see = async |who, text: &str, second| {
        store.mark_seen(member(who), &key(1), Digest::of(text.as_bytes()), text.as_bytes(), at(second)).await.unwrap();
    };
    see(1, "first", 1).await;
    see(2, "first", 2).await;
    see(1, "second", 3).await;
    let seen = store.last_seen(member(1), &key(1)).await.unwrap().unwrap();
    assert_eq!((seen.snapshot.as_slice(), seen.content, seen.at), (&b"second"[..], Digest::of(b"second"), at(3)));
    assert_eq!(store.last_seen(member(2), &key(1)).await.unwrap().unwrap().snapshot, b"first");
    assert_eq!(store.last_seen(member(3), &key(1)).await.unwrap(), None);
    see(2, "second", 4).await;
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM snapshot")
        .fetch_one(&mut *store.reader().await.unwrap())
        .await
        .unwrap();
    assert_eq!(kept, 1, "nobody's look refers to the first any more");
}

#[tokio::test]
async fn candidates_stand_by_rank_then_by_when_they_were_put_forward() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 3).await;
    let candidate = |n, rank, second| AgendaCandidate { change: key(n), rank, added_at: at(second) };
    let mut append = store.begin_immediate().await.unwrap();
    append.put_candidate(&candidate(1, None, 1)).await.unwrap();
    append.put_candidate(&candidate(2, None, 2)).await.unwrap();
    append.put_candidate(&candidate(3, Some(1), 3)).await.unwrap();
    append.put_candidate(&candidate(2, Some(0), 99)).await.unwrap();
    let order: Vec<_> = append.candidates().await.unwrap();
    assert_eq!(order, [candidate(2, Some(0), 2), candidate(3, Some(1), 3), candidate(1, None, 1)]);
    assert!(append.remove_candidate(&key(2)).await.unwrap());
    assert!(!append.remove_candidate(&key(2)).await.unwrap());
    assert!(append.put_candidate(&candidate(44, None, 1)).await.is_err(), "an unknown change");
    drop(append);
    assert_eq!(store.candidates().await.unwrap(), [], "nothing was committed");
}

#[tokio::test]
async fn failed_pins_are_counted_across_restarts_until_one_is_right() {
    let (_dir, store) = new_store().await;
    let key = log(1).key;
    store.count_pin_failure(key, at(1)).await.unwrap();
    assert_eq!(store.count_pin_failure(key, at(2)).await.unwrap().count, 2);
    store.close().await;
    let store = Store::open(store.folder(), at(3)).await.unwrap();
    let failures = store.pin_failures(key).await.unwrap().unwrap();
    assert_eq!((failures.count, failures.last), (2, at(2)));
    store.clear_pin_failures(key).await.unwrap();
    assert_eq!(store.pin_failures(key).await.unwrap(), None);
}

fn operation(n: u32, change: u32) -> NewOperation {
    NewOperation {
        id: operation_id(u128::from(n)),
        change: key(change),
        kind: "write_back".to_owned(),
        payload: "{\"note\":\"Approved\"}".to_owned(),
        base: "{}".to_owned(),
        marker: format!("cabinet:{n:08x}"),
        not_before: at(n),
        created_at: at(n),
    }
}

async fn queued(store: &Store, operations: &[NewOperation]) {
    let mut append = store.begin_immediate().await.unwrap();
    for operation in operations {
        append.enqueue(operation).await.unwrap();
    }
    append.commit().await.unwrap();
}

async fn due(store: &Store, second: u32) -> Vec<u128> {
    store.next_due(at(second), 10).await.unwrap().iter().map(|o| o.id.0.as_u128()).collect()
}

async fn step(store: &Store, n: u128, from: OutboxState, to: OutboxState) -> bool {
    store.transition(operation_id(n), from, to, &Transition::default(), at(50)).await.unwrap()
}

#[tokio::test]
async fn operations_of_a_change_go_one_after_the_other_and_a_refused_one_holds_the_next_back() {
    use OutboxState::{Cancelled, Failed, Queued, Sending, Verified};
    let (_dir, store) = new_store().await;
    with_changes(&store, 2).await;
    queued(&store, &[operation(1, 1), operation(2, 1), operation(3, 2)]).await;
    assert_eq!(due(&store, 0).await, [0u128; 0], "none is due yet");
    assert_eq!(due(&store, 2).await, [1], "the second of the same change waits for the first");
    assert_eq!(due(&store, 9).await, [1, 3]);
    assert!(step(&store, 1, Queued, Sending).await);
    assert_eq!(due(&store, 9).await, [3], "what is on its way is not sent again");
    assert!(step(&store, 1, Sending, Failed).await);
    assert_eq!(due(&store, 9).await, [3], "a person decides about the first before the second goes");
    assert!(step(&store, 1, Failed, Cancelled).await);
    assert_eq!(due(&store, 9).await, [2, 3]);
    assert!(step(&store, 2, Queued, Sending).await);
    assert!(step(&store, 2, Sending, Verified).await);
    assert_eq!(due(&store, 9).await, [3]);
}

#[tokio::test]
async fn a_delegated_approval_that_failed_holds_back_no_decision_and_stays_with_its_error() {
    use OutboxState::{Blocked, Failed, Queued, Sending, Unknown};
    let (_dir, store) = new_store().await;
    with_changes(&store, 1).await;
    let delegated = NewOperation { kind: crate::PASSED_OVER_ONCE_FAILED.to_owned(), ..operation(1, 1) };
    queued(&store, &[delegated, operation(2, 1)]).await;
    assert_eq!(due(&store, 9).await, [1], "in order while it can go out");
    assert!(step(&store, 1, Queued, Sending).await);
    assert!(due(&store, 9).await.is_empty(), "on its way it goes before the decision");
    let refused = Transition { error: Some("the server refused it".to_owned()), ..Transition::default() };
    assert!(store.transition(operation_id(1), Sending, Failed, &refused, at(50)).await.unwrap());
    assert_eq!(due(&store, 9).await, [2], "the decision goes out");
    let kept = store.operation(operation_id(1)).await.unwrap().unwrap();
    assert_eq!((kept.state, kept.last_error.as_deref()), (Failed, Some("the server refused it")));
    assert!(step(&store, 1, Failed, Unknown).await);
    assert_eq!(due(&store, 9).await, [1], "tried again it is looked for on the ticket first");
    assert!(step(&store, 1, Unknown, Blocked).await);
    assert!(due(&store, 9).await.is_empty(), "what is blocked is given up or signed again before that");
}

#[tokio::test]
async fn a_step_is_taken_once_and_never_backwards_from_the_end() {
    use OutboxState::{Cancelled, Queued, Sending, Unknown, Verified};
    let (_dir, store) = new_store().await;
    with_changes(&store, 1).await;
    queued(&store, &[operation(1, 1)]).await;
    // Two workers see it queued: one of them gets it.
    let (a, b) = tokio::join!(step(&store, 1, Queued, Sending), step(&store, 1, Queued, Sending));
    assert!(a ^ b);
    assert!(!step(&store, 1, Queued, Cancelled).await, "it is not queued any more");
    assert!(step(&store, 1, Sending, Unknown).await);
    let refused =
        store.transition(operation_id(1), Unknown, Cancelled, &Transition::default(), at(1)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unstorable { .. }), "it may have arrived: {refused}");
    assert!(step(&store, 1, Unknown, Verified).await);
    for next in [Queued, Sending, Unknown, OutboxState::Failed, OutboxState::Blocked, Cancelled, Verified] {
        assert!(!Verified.may_become(next) && !Cancelled.may_become(next));
    }
}

#[tokio::test]
async fn a_step_carries_what_was_learned() {
    use OutboxState::{Blocked, Queued, Sending};
    let (_dir, store) = new_store().await;
    with_changes(&store, 1).await;
    queued(&store, &[operation(1, 1)]).await;
    let sent = Transition { attempted: true, upload_token: Some("7.ab".to_owned()), ..Transition::default() };
    assert!(store.transition(operation_id(1), Queued, Sending, &sent, at(5)).await.unwrap());
    let stopped = Transition {
        not_before: Some(at(90)),
        error: Some("the ticket was edited".to_owned()),
        base: Some("{\"status\":2}".to_owned()),
        ..Transition::default()
    };
    assert!(store.transition(operation_id(1), Sending, Blocked, &stopped, at(6)).await.unwrap());
    let kept = store.operation(operation_id(1)).await.unwrap().unwrap();
    assert_eq!((kept.attempts, kept.upload_token.as_deref()), (1, Some("7.ab")));
    assert_eq!((kept.not_before, kept.last_error.as_deref()), (at(90), Some("the ticket was edited")));
    assert_eq!((kept.base.as_str(), kept.state, kept.changed_at), ("{\"status\":2}", Blocked, at(6)));
    assert!(store.transition(operation_id(1), Blocked, Queued, &Transition::default(), at(7)).await.unwrap());
    assert_eq!(store.operations().await.unwrap()[0].last_error, None);
    assert_eq!(due(&store, 89).await, [0u128; 0]);
    assert_eq!(due(&store, 90).await, [1]);
}

#[tokio::test]
async fn after_a_crash_what_was_being_sent_is_unknown() {
    use OutboxState::{Queued, Sending, Unknown};
    let (_dir, store) = new_store().await;
    with_changes(&store, 2).await;
    queued(&store, &[operation(1, 1), operation(2, 2)]).await;
    assert!(step(&store, 1, Queued, Sending).await);
    assert_eq!(store.recover_outbox(at(60)).await.unwrap(), 1);
    let states: Vec<_> = store.operations().await.unwrap().into_iter().map(|o| o.state).collect();
    assert_eq!(states, [Unknown, Queued]);
    assert_eq!(due(&store, 60).await, [1, 2], "its marker is looked for");
}

#[tokio::test]
async fn an_operation_is_queued_once() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 1).await;
    queued(&store, &[operation(1, 1)]).await;
    let mut append = store.begin_immediate().await.unwrap();
    assert!(append.enqueue(&operation(1, 1)).await.is_err(), "its id");
    let marked = NewOperation { id: operation_id(2), ..operation(1, 1) };
    assert!(append.enqueue(&marked).await.is_err(), "its marker");
    assert!(append.enqueue(&operation(3, 404)).await.is_err(), "an unknown change");
}

#[tokio::test]
async fn what_was_given_up_is_queued_again_under_its_own_id_and_behind_the_others() {
    use OutboxState::{Cancelled, Queued};
    let (_dir, store) = new_store().await;
    with_changes(&store, 1).await;
    queued(&store, &[operation(1, 1), operation(2, 1)]).await;
    let again = async || {
        let mut append = store.begin_immediate().await.unwrap();
        let done = append.enqueue_again(&operation(1, 1)).await;
        if done.is_ok() {
            append.commit().await.unwrap();
        }
        done.is_ok()
    };
    assert!(!again().await, "it is queued, and stays what it is");
    assert!(step(&store, 1, Queued, Cancelled).await);
    assert!(again().await);
    let all: Vec<_> = store.operations().await.unwrap().into_iter().map(|o| (o.id, o.state)).collect();
    assert_eq!(all, [(operation_id(2), Queued), (operation_id(1), Queued)]);
}
