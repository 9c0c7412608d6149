//! A forgotten PIN: an invitation, new keys on the same computer, six words, and what was signed before stands.
use std::sync::Arc;

use board::views::Role;
use board::{AffirmRequest, BoardError, Cabinet, MemoryVault, Options, VaultChoice};

use super::many_hands::{decided, one_key};
use super::ways::{Way, joins_with};
use crate::journey::{Journey, options};

const BEFORE: &str = "one of the past";
const AFTER: &str = "a new one, kept";

/// The member confirms one act that was spoken in their name.
async fn confirms(cabinet: &Cabinet, member: &str, act: &str, pin: &str) -> Result<(), BoardError> {
    let request = AffirmRequest {
        member: member.to_owned(),
        pin: pin.to_owned().into(),
        confirmed: vec![act.to_owned()],
        contested: Vec::new(),
    };
    cabinet.affirm(request).await.map(drop)
}

/// What the member answered for by now, on the chair's device, whose record holds.
async fn answered(chair: &Journey, member: &str) -> Vec<String> {
    chair.cabinet.exchange().await.expect("what was sent comes in");
    assert!(chair.cabinet.problems().await.expect("readable").is_empty());
    let acts = chair.cabinet.spoken(member).await.expect("readable");
    acts.into_iter().filter(|act| act.answer.is_some()).map(|act| act.act).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_forgot_the_pin_gets_new_keys_on_the_same_computer_and_old_signatures_stand() {
    let (chair, relay) = one_key().await;
    decided(&chair, 2).await;
    let (home, way) = (chair.folder.path(), Way::Folder(relay));
    let keyring = Arc::new(MemoryVault::default());
    let on = |folder: &str| Options { vault: VaultChoice::Memory(keyring.clone()), ..options(&home.join(folder)) };

    let (first, member) = joins_with(&chair, Role::Cto, on("before"), (BEFORE, false), &way).await;
    let acts = first.spoken(&member).await.expect("readable");
    let [one, two, ..] = acts.as_slice() else { panic!("presence and votes: {acts:?}") };
    confirms(&first, &member, &one.act, BEFORE).await.expect("signed with the first keys");
    first.exchange().await.expect("which goes out");
    assert_eq!(answered(&chair, &member).await, std::slice::from_ref(&one.act));
    drop(first);

    let (again, same) = joins_with(&chair, Role::Cto, on("after"), (AFTER, true), &way).await;
    assert_eq!(same, member);
    assert!(!again.app_status().await.expect("a status").record.older_copy, "nothing of the new keys is missing");
    assert_eq!(answered(&chair, &member).await, std::slice::from_ref(&one.act), "what was signed stands");
    let old = confirms(&again, &member, &two.act, BEFORE).await;
    assert!(
        matches!(&old, Err(BoardError::Refused(_) | BoardError::Vault { .. })),
        "the old PIN opens nothing: {old:?}"
    );
    confirms(&again, &member, &two.act, AFTER).await.expect("signed with the new keys");
    again.exchange().await.expect("which goes out");
    assert_eq!(answered(&chair, &member).await, [one.act.clone(), two.act.clone()]);
    assert!(again.problems().await.expect("readable").is_empty());
    drop(again);

    // What is left of the first folder can be read, and signs nothing.
    let left = Cabinet::open(on("before")).await.expect("it opens");
    let gone = confirms(&left, &member, &two.act, BEFORE).await;
    assert!(gone.is_err(), "its keys are gone");
}
