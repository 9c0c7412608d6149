//! Two histories of one device: told to everybody, gone on with, settled by whoever wrote both, and followed everywhere.
use board::requests::SigningRequest;
use board::views::{Role, SignRequest, SigningSubject, SigningView};
use board::{AffirmRequest, BoardError, Cabinet, RelaySetting, RevocationReason, SettleForkRequest};

use super::many_hands::{joins, one_key, pin_of};
use super::ways::{amounts_to, confirms_one, copied, spoken_meeting};
use crate::journey::{approving, options};

/// Shown in the signing window, and signed there with the PIN.
pub(super) async fn signed(cabinet: &Cabinet, member: &str, pin: &str, subject: SigningSubject) -> SigningView {
    cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let shown = cabinet.signing_view().await.expect("a view");
    let request = |pin: Option<&str>| SignRequest {
        keep_unlocked: true,
        ..approving(&shown.statements[0].id, member, pin.map(ToOwned::to_owned))
    };
    let unsigned = cabinet.sign(request(None)).await.expect_err("never without the PIN");
    assert!(matches!(&unsigned, BoardError::Refused(r) if r.code == "pin_needed"), "{unsigned:?}");
    cabinet.sign(request(Some(pin))).await.expect("signed");
    cabinet.close_signing().await.expect("closed");
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_two_histories_says_which_stands_and_every_device_follows() {
    let (journey, relay) = one_key().await;
    spoken_meeting(&journey).await;
    let home = journey.folder.path().to_owned();
    let (lead, id) = joins(&journey, Role::TechnicalLead, &home.join("lead"), &relay).await;
    let pin =
        pin_of(&lead.members().await.expect("members").iter().find(|m| m.member.id == id).expect("on it").member.name);
    lead.finish_work().await;
    copied(&home.join("lead"), &home.join("copied")).await;

    // Both go on: one says it was so, the other that it was not.
    let copied = Cabinet::open(options(&home.join("copied"))).await.expect("opens");
    for device in [&lead, &copied] {
        device.set_relays(Vec::new()).await.expect("nowhere yet");
    }
    confirms_one(&lead, &id).await;
    let act = copied.spoken(&id).await.expect("readable")[0].act.clone();
    let contest = AffirmRequest {
        member: id.clone(),
        pin: pin.to_owned().into(),
        confirmed: Vec::new(),
        contested: vec![(act, "I was away".to_owned())],
    };
    copied.affirm(contest).await.expect("contested");
    for device in [&lead, &copied] {
        device.set_relays(vec![RelaySetting::Folder { path: relay.clone() }]).await.expect("a relay");
    }
    let everybody = [&lead, &copied, &journey.cabinet];
    for device in everybody.iter().chain(&everybody) {
        device.exchange().await.expect("exchanged");
    }
    for device in everybody {
        assert_eq!(device.record().await.expect("readable").disputes.len(), 1, "everybody is told");
        let forks = device.forks().await.expect("readable");
        let [fork] = forks.as_slice() else { panic!("one fork: {forks:?}") };
        assert!(!fork.settled && fork.entries.len() == 2 && fork.entries.iter().all(|entry| !entry.counts), "{fork:?}");
        assert!(fork.entries.iter().all(|entry| entry.outcome.contains("The other one is kept")), "{fork:?}");
        assert_eq!(fork.deciders.len(), 2, "the lead and the chair, who holds root: {fork:?}");
        assert!(device.contested().await.expect("readable").is_empty(), "neither counts");
    }

    // Work goes on in the dispute, and is as disputed.
    confirms_one(&lead, &id).await;
    amounts_to(&lead).await;

    // Who may not say, and of what there is nothing to say.
    let fork = lead.forks().await.expect("readable").remove(0);
    let contested =
        fork.entries.iter().find(|entry| entry.meaning.contains("contest 1 act")).expect("the copy's").clone();
    let say = |stands: &str, by: String| SettleForkRequest {
        stands: stands.to_owned(),
        reason: "The folder was copied to a new laptop".to_owned(),
        by,
        pin: pin.to_owned().into(),
    };
    let stranger = journey.member(Role::Cto).await;
    let refused = lead.settle_fork(say(&contested.id, stranger)).await.expect_err("neither author nor root");
    assert!(matches!(&refused, BoardError::Refused(r) if r.code == "not_the_author"), "{refused:?}");
    let first = super::ways::entries_in(&home.join("lead")).await.remove(0).id.to_string();
    let refused = lead.settle_fork(say(&first, id.clone())).await.expect_err("nothing else stands there");
    assert!(matches!(&refused, BoardError::Refused(r) if r.code == "no_fork"), "{refused:?}");

    // The author says so in the signing window: the copy's word stands, which came second here.
    let reason = "The folder was copied to a new laptop".to_owned();
    let subject = SigningSubject::Fork { stands: contested.id.clone(), reason };
    let shown = signed(&lead, &id, pin, subject).await;
    let said = &shown.statements[0];
    assert!(said.meaning.contains(&contested.id[..8]) && said.meaning.contains("new laptop"), "{}", said.meaning);
    assert!(said.facts.iter().any(|fact| fact.label == "What follows"), "{:?}", said.facts);

    lead.finish_work().await;
    for device in everybody.iter().chain(&everybody) {
        device.exchange().await.expect("exchanged");
    }
    // And it goes on from what stands.
    confirms_one(&lead, &id).await;
    lead.finish_work().await;
    let mut digests = Vec::new();
    for device in everybody {
        device.exchange().await.expect("exchanged");
        let record = device.record().await.expect("readable");
        assert!(record.disputes.is_empty() && record.details.forks.iter().all(|fork| fork.settled), "{record:?}");
        assert!(record.details.problems.is_empty(), "{:?}", record.details.problems);
        let counting: Vec<bool> = record.details.forks[0].entries.iter().map(|entry| entry.counts).collect();
        assert_eq!(counting.iter().filter(|counts| **counts).count(), 1, "one of the two counts");
        assert_eq!(device.contested().await.expect("readable").len(), 1, "the one that was named");
        digests.push(amounts_to(device).await);
    }
    assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "three devices, one digest: {digests:?}");
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_taken_away_in_the_signing_window_with_reason_and_time() {
    let (journey, relay) = one_key().await;
    let change = journey.approvable().await.remove(0);
    spoken_meeting(&journey).await;
    let (lead, id) = joins(&journey, Role::TechnicalLead, &journey.folder.path().join("lead"), &relay).await;
    confirms_one(&lead, &id).await;
    lead.finish_work().await;
    lead.exchange().await.expect("it goes out");
    journey.cabinet.exchange().await.expect("and comes to the chair");
    let chair = journey.member(Role::Chair).await;
    let taken = |from: &str| SigningSubject::Revocation {
        member: id.clone(),
        reason: RevocationReason::Compromised,
        from: from.to_owned(),
    };
    for (from, what) in [("yesterday", "no time"), ("2999-01-01T00:00:00Z", "not come yet")] {
        let asked = journey.cabinet.request_signing(SigningRequest { subject: taken(from) }).await;
        assert!(matches!(&asked, Err(BoardError::Invalid { .. })), "{what}: {asked:?}");
    }
    let pin = journey.pin(&chair).await;
    let shown = signed(&journey.cabinet, &chair, &pin, taken("2026-11-01T08:00:00Z")).await;
    let said = &shown.statements[0];
    assert!(said.meaning.contains("keys away: compromised, since 2026-11-01T08:00:00Z."), "{}", said.meaning);
    assert!(said.facts.iter().any(|f| f.value.contains("signed again with a new key")), "{:?}", said.facts);
    let row =
        journey.cabinet.members().await.expect("members").into_iter().find(|m| m.member.id == id).expect("listed");
    assert!(!row.has_key, "in force at once on a board with one who holds root");

    // What was exchanged after the time from which the key is said to be gone counts, and an auditor is told which it is.
    let file = journey.folder.path().join("snapshot.json");
    journey.cabinet.export_snapshot(&change, &file).await.expect("told");
    let checked = board::verify_evidence(&std::fs::read(&file).expect("a file"), None, None).expect("it is evidence");
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
    let (_, told) = checked.report.split_once("## Keys that were taken away").expect("a part of its own");
    assert!(told.contains("compromised, said to be gone since 2026-11-01 08:00 UTC"), "{told}");
    assert!(told.contains("(affirmation), number "), "{told}");
    journey.cabinet.finish_work().await;
}
