//! A policy of the board's own: looked at before it is adopted, signed by whoever holds root, in force on every device; what
//! was handed out before it goes on.
use std::collections::BTreeSet;
use std::process::Command;

use board::views::{ChangeColumn, ChangesQuery, ChangesQuerySort, ChangesQueryView, DecisionKind, Role, VotePosition};
use board::{AdoptPolicyRequest, Answer, BoardError, Cabinet, PolicyAdopted, Strength, verify_minutes};
use domain::policy::authored::pack;

use super::gate::{approve, begin, change_with_a_window};
use super::many_hands::{joins, one_key};
use super::ways::{amounts_to, entries_in, files_in};
use crate::gates::{asks, code};
use crate::journey::{Journey, now, sample_board};

/// Far enough back for every change of the sample.
const DAYS: u32 = 3650;

/// The strictest pack, with another name and with production only in one place.
fn stricter() -> String {
    let text = pack(Strength::Full).replace("name = \"full/1\"", "name = \"ours/2\"");
    text.replace("environment = \"prod*\"", "environment = \"prod-elsewhere*\"")
}

/// The changes that a gate blocks, as the list has them.
async fn blocked(cabinet: &Cabinet) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut offset = 0;
    loop {
        let query = ChangesQuery {
            text: String::new(),
            kinds: Vec::new(),
            levels: Vec::new(),
            view: ChangesQueryView::All,
            sort: ChangesQuerySort { column: ChangeColumn::Key, descending: false },
            offset,
            limit: 200,
        };
        let rows = cabinet.list_changes(query).await.expect("a list").rows;
        if rows.is_empty() {
            return found;
        }
        offset += u32::try_from(rows.len()).expect("few");
        found.extend(rows.into_iter().filter(|row| row.gates_blocking > 0).map(|row| row.key));
    }
}

async fn adopt(journey: &Journey, text: &str, by: &str) -> Answer<PolicyAdopted> {
    journey.adopt(text, by).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_simulation_names_is_what_is_blocked_after_the_adoption_and_another_device_judges_the_same() {
    let (journey, relay) = one_key().await;
    let data = journey.data_dir();
    let (other, security) = joins(&journey, Role::Security, &journey.folder.path().join("security"), &relay).await;
    other.open_sample(sample_board(&journey.server)).await.expect("connected and synced");
    let chair = journey.member(Role::Chair).await;
    let before = blocked(&journey.cabinet).await;
    let written = entries_in(&data).await.len();

    let found = journey.cabinet.simulate_policy(&stricter(), DAYS).await.expect("looked at");
    let of = |pick: &dyn Fn(&board::ChangeUnder) -> bool| -> BTreeSet<String> {
        found.differing.iter().filter(|&change| pick(change)).map(|change| change.change.clone()).collect()
    };
    let newly = of(&|change| change.now.is_empty() && !change.then.is_empty());
    let released = of(&|change| !change.now.is_empty() && change.then.is_empty());
    assert!(!newly.is_empty(), "production elsewhere blocks what could be approved: {found:?}");
    assert_eq!((found.newly_blocked as usize, found.released as usize), (newly.len(), released.len()));
    assert_eq!(found.blocked_now as usize, before.len());
    assert!(found.clauses.iter().any(|totals| totals.clause == "R41" && totals.then > totals.now), "{found:?}");
    assert_eq!(entries_in(&data).await.len(), written, "looking writes nothing");
    assert_eq!(blocked(&journey.cabinet).await, before, "and changes nothing");

    let refused = adopt(&journey, &stricter(), &security).await.expect_err("security holds no root");
    assert!(
        matches!(&refused, BoardError::Refused(r) if r.code == "not_a_root_holder" && r.clause.as_deref() == Some("R14")),
        "{refused}"
    );
    assert_eq!(entries_in(&data).await.len(), written);

    let adopted = adopt(&journey, &stricter(), &chair).await.expect("the chair holds root");
    let after = blocked(&journey.cabinet).await;
    assert_eq!(after.difference(&before).cloned().collect::<BTreeSet<_>>(), newly);
    assert_eq!(before.difference(&after).cloned().collect::<BTreeSet<_>>(), released);
    let in_force = journey.cabinet.policy_in_force().await.expect("a policy");
    assert_eq!((in_force.name.as_str(), &in_force.digest), ("ours/2", &adopted.digest));
    assert_eq!((in_force.text, in_force.as_adopted), (stricter(), true), "the text is kept, comments and all");

    journey.cabinet.exchange().await.expect("sent");
    other.exchange().await.expect("received");
    let there = other.policy_in_force().await.expect("a policy");
    assert_eq!(
        (&there.digest, &there.entry),
        (&adopted.digest, &Some(adopted.entry)),
        "the same policy, by the same entry"
    );
    assert!(!there.as_adopted, "only the rules travel");
    assert!(
        other.check_policy(&there.text).await.expect("a text made from them").in_force,
        "it compiles to the same bytes"
    );
    assert_eq!(blocked(&other).await, after, "and judges the same");
    assert_eq!(amounts_to(&journey.cabinet).await, amounts_to(&other).await);
    for cabinet in [&journey.cabinet, &other] {
        assert!(cabinet.problems().await.expect("readable").is_empty(), "nothing is wrong");
        cabinet.finish_work().await;
    }
    let report = board::verify_folder(&data, None, now()).await.expect("looked over");
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    let out = journey.folder.path().join("export");
    board::export_all(&data, &out, now()).await.expect("exported");
    let text = std::fs::read_to_string(out.join(format!("policies/{}.toml", adopted.digest))).expect("the text");
    assert_eq!(text, stricter(), "comments and all");
    let checked = board::verify_export(&out, None).expect("an export");
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_a_mistake_a_taken_name_and_a_meeting_in_session_are_refused_and_nothing_is_written() {
    let (journey, _) = one_key().await;
    let data = journey.data_dir();
    let chair = journey.member(Role::Chair).await;
    let written = entries_in(&data).await.len();

    let text = stricter().replace("strength = ", "stregnth = ");
    let line = text.lines().position(|line| line.starts_with("stregnth")).expect("a line") + 1;
    let wanted = format!("line {line}, column 1: `stregnth` is no setting; did you mean `strength`?");
    for refused in [
        journey.cabinet.check_policy(&text).await.map(drop),
        journey.cabinet.simulate_policy(&text, DAYS).await.map(drop),
        adopt(&journey, &text, &chair).await.map(drop),
    ] {
        assert!(matches!(&refused, Err(BoardError::Invalid { why, .. }) if *why == wanted), "{refused:?}");
    }
    let unseen = AdoptPolicyRequest { text: stricter(), by: chair.clone(), pin: journey.pin(&chair).await.into() };
    assert_eq!(code(&journey.cabinet.adopt_policy(unseen).await), "not_simulated", "nobody looked at it (R102)");
    assert_eq!(entries_in(&data).await.len(), written, "nothing is written");
    let taken = stricter().replace("name = \"ours/2\"", "name = \"starter/1\"");
    assert_eq!(code(&adopt(&journey, &taken, &chair).await), "policy_name_taken");
    assert_eq!(code(&adopt(&journey, pack(Strength::Starter), &chair).await), "policy_in_force");

    let changes = journey.approvable().await;
    let meeting = journey.meet(&[changes[0].as_str()]).await.meeting.id;
    let in_session = entries_in(&data).await.len();
    assert!(in_session > written, "the meeting was called to order, and nothing else was written");
    assert_eq!(code(&adopt(&journey, &stricter(), &chair).await), "meeting_in_session");
    assert_eq!(entries_in(&data).await.len(), in_session);
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;

    // What the meeting counted is printed by its own rules, whatever was adopted before its minutes are sealed.
    let quorum = "formula = { at_least_percent = { percent = 100 } }";
    let text = stricter().replace("formula = \"strict_majority\"", quorum);
    adopt(&journey, &text, &chair).await.expect("nobody is deciding");
    assert_eq!(code(&adopt(&journey, pack(Strength::Starter), &chair).await), "policy_replaced");
    // With who does what, by type of release (R59): minutes print the matrix in force when they are made, with people.
    let raci = "\n[raci.minor]\naccountable = [\"cto\"]\ninformed = [\"chair\"]\n";
    let back = pack(Strength::Starter).replace("name = \"starter/1\"", "name = \"as-before/1\"") + raci;
    adopt(&journey, &back, &chair).await.expect("older rules, under a name of their own");
    assert_eq!(journey.cabinet.policy_in_force().await.expect("a policy").name, "as-before/1");
    assert_eq!(code(&adopt(&journey, &stricter(), &chair).await), "policy_name_taken");
    journey.seal(&meeting).await.expect("sealed");
    let minutes = files_in(&data.join("minutes"));
    let minutes = minutes.iter().find(|file| file.to_string_lossy().contains("minutes-")).expect("sealed minutes");
    verify_minutes(&std::fs::read(minutes).expect("readable"), None).expect("the pages follow from the evidence");
    let output = Command::new("pdftotext").arg("-layout").arg(minutes).arg("-").env("LC_ALL", "C.UTF-8").output();
    let output = output.expect("pdftotext runs; tests/support/pdf/install.sh installs it");
    let text = String::from_utf8(output.stdout).expect("text");
    for (letter, role, title) in [("accountable", Role::Cto, "CTO"), ("informed", Role::Chair, "Chair")] {
        let id = journey.member(role).await;
        let members = journey.cabinet.members().await.expect("members");
        let name = &members.iter().find(|row| row.member.id == id).expect("on the roster").member.name;
        let row = |line: &str| ["minor", letter, title, name.as_str()].iter().all(|word| line.contains(word));
        assert!(text.lines().any(row), "{letter} {title} {name}:\n{text}");
    }
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_comes_before_the_policy_it_adopts_leaves_the_one_before_in_force_until_that_comes() {
    let (journey, relay) = one_key().await;
    let home = journey.folder.path();
    let (other, _) = joins(&journey, Role::Security, &home.join("security"), &relay).await;
    let chair = journey.member(Role::Chair).await;
    let adopted = adopt(&journey, &stricter(), &chair).await.expect("adopted");
    journey.cabinet.exchange().await.expect("sent");
    journey.cabinet.finish_work().await;

    // A program that keeps folders in step brings one file before another.
    let rules = files_in(&relay).into_iter().find(|file| file.ends_with(&adopted.digest)).expect("it went out");
    let away = home.join("away");
    std::fs::rename(&rules, &away).expect("not here yet");
    other.exchange().await.expect("the entry comes, and whatever else is there");
    assert_eq!(other.policy_in_force().await.expect("a policy").name, "starter/1");
    let problems = other.problems().await.expect("readable");
    assert!(problems.iter().any(|problem| problem.contains("has not come yet")), "it is told: {problems:?}");

    std::fs::rename(&away, &rules).expect("now it is here");
    other.exchange().await.expect("and comes");
    assert_eq!(other.policy_in_force().await.expect("a policy").digest, adopted.digest);
    assert!(other.problems().await.expect("readable").is_empty());
    assert_eq!(amounts_to(&other).await, amounts_to(&journey.cabinet).await);
    other.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_was_handed_out_before_is_judged_under_the_policy_it_names() {
    let journey = begin().await;
    let (key, _) = change_with_a_window(&journey).await;
    approve(&journey, &key).await;
    let handed =
        journey.cabinet.export_approval(&key, &journey.folder.path().join("a.json")).await.expect("handed out");
    assert!(asks(&handed, None).passed());

    let chair = journey.member(Role::Chair).await;
    adopt(&journey, &stricter(), &chair).await.expect("adopted");
    let here = journey.change(&key).await;
    assert!(here.row.gates_blocking > 0, "on the desk it would not be approved any more");
    let verdict = asks(&handed, None);
    assert!(verdict.passed(), "{}", verdict.text(false));
    assert!(journey.cabinet.problems().await.expect("readable").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_days_are_laid_beside_each_strength_and_the_proposal_says_why() {
    let (journey, _) = one_key().await;
    let fare = journey.cabinet.how_they_would_have_fared(DAYS).await.expect("looked at");
    let strengths: Vec<Strength> = fare.packs.iter().map(|pack| pack.strength).collect();
    assert_eq!(strengths, [Strength::Full, Strength::Starter, Strength::Observe]);
    assert_eq!(fare.now, "starter/1");
    let [full, starter, observe] = fare.packs.as_slice() else { panic!("three packs") };
    assert_eq!(starter.newly_blocked, 0, "it is the policy in force");
    assert_eq!(starter.blocked as usize, blocked(&journey.cabinet).await.len());
    assert!(full.blocked >= starter.blocked && starter.blocked >= observe.blocked, "{fare:?}");
    let bearable = full.newly_blocked * 10 <= fare.changes;
    assert_eq!(fare.proposed, if bearable { Strength::Full } else { Strength::Starter }, "{}", fare.why);
    let refused = journey.cabinet.how_they_would_have_fared(0).await.expect_err("no day");
    assert!(matches!(&refused, BoardError::Invalid { field, .. } if field == "days"), "{refused}");
}
