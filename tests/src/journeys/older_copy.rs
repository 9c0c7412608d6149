//! A data folder that is put back as it was some days ago, with the keys in it or beside it: told, healed, and no attack.
use std::path::{Path, PathBuf};
use std::sync::Arc;

use board::views::Role;
use board::{AffirmRequest, BoardError, Cabinet, MemoryVault, Options, RelaySetting, VaultChoice};

use super::many_hands::{joins, one_key, pin_of};
use super::ways::{Way, amounts_to, confirms_one, entries_in, joins_with, spoken_meeting};
use crate::journey::{Journey, now, options};

/// A copy of a data folder as it is now, to be put back later; with the keys where they lie in it.
async fn kept(data: &Path, keys_inside: bool) -> PathBuf {
    let copy = data.with_extension("monday");
    let made = board::backup(data, &copy, keys_inside, now()).await.expect("copied while in use");
    assert_eq!(made.vault, keys_inside);
    copy
}

/// The data folder is what it was.
async fn put_back(data: &Path, copy: &Path) {
    std::fs::remove_dir_all(data).expect("the newer one is gone");
    board::restore(copy, data).await.expect("put back");
}

/// How many entries the folder has.
async fn length(data: &Path) -> usize {
    entries_in(data).await.len()
}

/// Whoever sits in the technical lead's seat goes on for one act after the copy was made, and everybody has it.
async fn went_on(lead: &Cabinet, id: &str, chair: &Journey) {
    confirms_one(lead, id).await;
    lead.finish_work().await;
    lead.exchange().await.expect("it goes out");
    chair.cabinet.exchange().await.expect("and comes to the chair");
}

/// The member's PIN.
async fn pin(journey: &Journey, member: &str) -> &'static str {
    let members = journey.cabinet.members().await.expect("members");
    pin_of(&members.iter().find(|m| m.member.id == member).expect("on it").member.name)
}

/// The member says that the first of what was said in their name was not so.
async fn contest(cabinet: &Cabinet, journey: &Journey, member: &str) -> AffirmRequest {
    let act = cabinet.spoken(member).await.expect("readable")[0].act.clone();
    AffirmRequest {
        member: member.to_owned(),
        pin: pin(journey, member).await.to_owned().into(),
        confirmed: Vec::new(),
        contested: vec![(act, "I was away".to_owned())],
    }
}

/// Both know the same, and nothing stands where another stands.
async fn agree(one: &Cabinet, other: &Cabinet) {
    for device in [one, other, one, other] {
        device.exchange().await.expect("exchanged");
    }
    for device in [one, other] {
        assert!(device.problems().await.expect("readable").is_empty());
        assert!(device.forks().await.expect("readable").is_empty(), "nothing forked");
    }
    assert_eq!(amounts_to(one).await, amounts_to(other).await, "one projection");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_put_back_with_its_keys_learns_from_the_relay_that_it_is_older_and_goes_on() {
    let (journey, relay) = one_key().await;
    spoken_meeting(&journey).await;
    let data = journey.folder.path().join("lead");
    let (lead, id) = joins(&journey, Role::TechnicalLead, &data, &relay).await;
    lead.finish_work().await;
    let copy = kept(&data, true).await;
    let before = length(&data).await;
    went_on(&lead, &id, &journey).await;
    let lost = length(&data).await - before;
    assert!(lost > 0);
    assert!(lead.record().await.expect("readable").came_back.is_none(), "a device that goes on is no older copy");
    drop(lead);
    put_back(&data, &copy).await;

    let older = Cabinet::open(options(&data)).await.expect("it opens");
    assert_eq!(length(&data).await, before);
    assert!(older.behind().await.expect("readable").is_empty(), "the heads beside its keys are as old as it is");
    let done = older.exchange().await.expect("exchanged");
    let [returned] = done.returned.as_slice() else { panic!("told once: {done:?}") };
    assert_eq!(usize::try_from(returned.entries).expect("few"), lost);
    assert!(returned.relay.contains(&relay.display().to_string()), "{returned:?}");
    assert!(!done.incomplete && done.rivals == 0, "{done:?}");
    assert!(returned.told(done.incomplete).starts_with("This folder is an older copy: "), "{returned:?}");
    agree(&older, &journey.cabinet).await;
    assert!(older.exchange().await.expect("again").returned.is_empty(), "nothing comes back twice");

    // It stays known, asks nothing of anybody, and work goes on.
    let told = older.record().await.expect("readable").came_back.expect("kept").told;
    assert!(told.contains("of this device came back from") && told.ends_with("nothing is missing now."), "{told}");
    assert!(!older.app_status().await.expect("a status").record.older_copy, "there is nothing to do");
    went_on(&older, &id, &journey).await;
    agree(&older, &journey.cabinet).await;
    drop(older);
    let again = Cabinet::open(options(&data)).await.expect("it opens");
    assert_eq!(again.record().await.expect("readable").came_back.expect("kept").told, told, "after a restart as well");
    assert!(journey.cabinet.record().await.expect("readable").came_back.is_none(), "it is nobody else's affair");
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_put_back_with_its_keys_and_writes_before_it_exchanges_forks_and_is_told_as_a_fork() {
    let (journey, relay) = one_key().await;
    spoken_meeting(&journey).await;
    let data = journey.folder.path().join("lead");
    let (lead, id) = joins(&journey, Role::TechnicalLead, &data, &relay).await;
    lead.finish_work().await;
    let copy = kept(&data, true).await;
    went_on(&lead, &id, &journey).await;
    drop(lead);
    put_back(&data, &copy).await;

    let older = Cabinet::open(options(&data)).await.expect("it opens");
    older.set_relays(Vec::new()).await.expect("out of reach");
    older.affirm(contest(&older, &journey, &id).await).await.expect("said otherwise than before");
    older.finish_work().await;
    older.set_relays(vec![RelaySetting::Folder { path: relay }]).await.expect("in reach again");
    let done = older.exchange().await.expect("exchanged");
    assert!(done.rivals > 0 && done.returned.is_empty(), "two histories are no older copy: {done:?}");
    journey.cabinet.exchange().await.expect("exchanged");
    for device in [&older, &journey.cabinet] {
        assert_eq!(device.forks().await.expect("readable").len(), 1, "told to everybody, to be settled");
    }
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_put_back_beside_its_keys_knows_it_offline_and_writes_once_it_has_caught_up() {
    let (journey, relay) = one_key().await;
    spoken_meeting(&journey).await;
    let data = journey.folder.path().join("lead");
    let keyring = Arc::new(MemoryVault::default());
    let on = || Options { vault: VaultChoice::Memory(keyring.clone()), ..options(&data) };
    let pin = pin(&journey, &journey.member(Role::TechnicalLead).await).await;
    let (lead, id) = joins_with(&journey, Role::TechnicalLead, on(), (pin, false), &Way::Folder(relay)).await;
    lead.finish_work().await;
    let copy = kept(&data, false).await;
    let before = length(&data).await;
    went_on(&lead, &id, &journey).await;
    let lost = length(&data).await - before;
    drop(lead);
    put_back(&data, &copy).await;

    let older = Cabinet::open(on()).await.expect("it opens, to catch up");
    assert!(older.app_status().await.expect("a status").record.older_copy, "known before anybody is asked");
    let missing = older.record().await.expect("readable").older_copy.expect("behind").missing;
    assert_eq!(usize::try_from(missing).expect("few"), lost);
    let contested = contest(&older, &journey, &id).await;
    let refused = older.affirm(contested).await.expect_err("nothing is written on top");
    assert!(matches!(&refused, BoardError::Refused(r) if r.code == "older_copy"), "{refused:?}");
    let done = older.exchange().await.expect("exchanged");
    assert!(done.returned.iter().any(|back| usize::try_from(back.entries).is_ok_and(|n| n == lost)), "{done:?}");
    assert!(!done.incomplete, "{done:?}");
    assert!(!older.app_status().await.expect("a status").record.older_copy, "it has caught up");
    went_on(&older, &id, &journey).await;
    agree(&older, &journey.cabinet).await;
    journey.cabinet.finish_work().await;
}
