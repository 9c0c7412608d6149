//! A policy in the window: a draft is checked, simulated and adopted by the PIN in the signing window alone.
use board::Strength;
use board::requests::{FileText, SigningRequest};
use board::views::{SigningSubject, StatementState};
use domain::policy::authored::pack;

use crate::gates::code;
use crate::journey::{Journey, approving};

/// Far enough back for every change of the sample.
const DAYS: u32 = 3650;

/// What releases are asked for: a year between their tickets and their windows.
const TYPES: &str = "\n[types.minor]\nlead_time_days = 366\n\n[types.patch]\nlead_time_days = 366\n";

fn ours() -> String {
    pack(Strength::Full).replace("name = \"full/1\"", "name = \"ours/1\"")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_told_its_mistakes_by_line_and_what_it_would_change_setting_by_setting() {
    let journey = Journey::begin().await;
    let view = journey.cabinet.policy_view().await.expect("a policy");
    let packs: Vec<Strength> = view.packs.iter().map(|pack| pack.strength).collect();
    assert_eq!(packs, [Strength::Observe, Strength::Starter, Strength::Full]);
    assert!(view.refusal.is_none() && !view.holders.is_empty(), "root is held here");
    let blocking = view.sections.iter().flat_map(|section| &section.settings).find(|one| one.path == "blocking");
    assert!(blocking.is_some_and(|setting| setting.clause.is_empty()), "{:?}", view.sections);

    let broken = ours().replace("branch = \"main\"", "branch = \"\"");
    let line = broken.lines().position(|line| line.starts_with("branch")).expect("it is set") + 1;
    let checked = journey.cabinet.policy_checked(FileText { text: broken }).await.expect("an answer");
    assert_eq!(checked.problems.len(), 1, "{:?}", checked.problems);
    assert_eq!((checked.problems[0].line as usize, checked.problems[0].path.as_str()), (line, "branch"));
    assert_eq!(checked.name, None);

    let checked = journey.cabinet.policy_checked(FileText { text: ours() }).await.expect("an answer");
    assert_eq!(checked.name.as_deref(), Some("ours/1"));
    assert!(checked.problems.is_empty() && checked.refusal.is_none() && !checked.in_force, "{checked:?}");
    assert!(checked.differences.iter().any(|difference| difference.field == "blocking"), "{:?}", checked.differences);

    let text = format!("{}{TYPES}", ours());
    let checked = journey.cabinet.policy_checked(FileText { text }).await.expect("an answer");
    assert!(checked.differences.iter().any(|difference| difference.field == "types"), "{:?}", checked.differences);

    let same = journey.cabinet.policy_checked(FileText { text: view.text }).await.expect("an answer");
    assert!(same.in_force && same.differences.is_empty(), "{same:?}");
    assert_eq!(same.refusal.map(|refusal| refusal.code).as_deref(), Some("policy_in_force"));
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_adopted_in_the_signing_window_by_the_pin_after_its_simulation() {
    let journey = Journey::begin().await;
    let before = journey.cabinet.policy_view().await.expect("a policy");
    let holder = before.holders[0].id.clone();
    let types = format!("{}{TYPES}", ours().replace("blocking = [\n", "blocking = [\n    \"R56\",\n"));
    let found = journey.cabinet.simulate_policy(&types, DAYS).await.expect("looked at");
    assert!(found.changes > 0 && !found.clauses.is_empty(), "{found:?}");
    let early = found.clauses.iter().find(|clause| clause.clause == "R56").expect("windows come too early");
    assert!(early.now == 0 && early.then > 0, "{early:?}");

    // Not before anybody has seen what it would have done (R97, R102): it was another text that was looked at.
    let subject = || SigningSubject::Policy { text: ours() };
    let early = journey.cabinet.request_signing(SigningRequest { subject: subject() }).await;
    assert_eq!(code(&early), "not_simulated");
    journey.cabinet.simulate_policy(&ours(), DAYS).await.expect("looked at");
    let subject = subject();
    journey.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let view = journey.cabinet.signing_view().await.expect("a view");
    let statement = &view.statements[0];
    assert!(statement.meaning.starts_with("Policy ours/1 is adopted in place of"), "{}", statement.meaning);
    assert!(statement.differences.iter().any(|difference| difference.field == "blocking"), "{statement:?}");
    assert!(view.signers.iter().all(|signer| signer.pin_always), "no session serves it");
    assert!(view.signers.iter().any(|signer| signer.member.id == holder), "{:?}", view.signers);

    let without = journey.cabinet.sign(approving(&statement.id, &holder, None)).await;
    assert_eq!(code(&without), "pin_needed");
    let pin = Some("not the pin".to_owned());
    assert_eq!(code(&journey.cabinet.sign(approving(&statement.id, &holder, pin)).await), "wrong_pin");
    let unchanged = journey.cabinet.policy_view().await.expect("a policy");
    assert_eq!(unchanged.digest, before.digest, "nothing was written");

    let pin = Some(journey.pin(&holder).await);
    let after = journey.cabinet.sign(approving(&statement.id, &holder, pin)).await.expect("adopted");
    assert_eq!(after.statements[0].state, StatementState::Signed);
    let in_force = journey.cabinet.policy_view().await.expect("a policy");
    assert_eq!((in_force.name.as_str(), in_force.text), ("ours/1", ours()));
    assert_eq!(in_force.adopted_by, before.holders[0].name);

    // To undo it: the earlier rules, as a version of their own.
    let undo = before.text.replace(&format!("name = \"{}\"", before.name), "name = \"ours/2\"");
    let checked = journey.cabinet.policy_checked(FileText { text: undo }).await.expect("an answer");
    assert!(checked.refusal.is_none(), "{checked:?}");
    let again = journey.cabinet.policy_checked(FileText { text: before.text }).await.expect("an answer");
    assert!(again.refusal.is_some(), "the same rules again could not be told from their first time");
    journey.cabinet.finish_work().await;
}
