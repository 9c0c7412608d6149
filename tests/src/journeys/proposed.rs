//! A review proposes where the levels of risk begin; the proposal is simulated, adopted and taken up, and from then on scores
//! follow the new model, in what is handed out as well (R97, R102).
use std::path::Path;
use std::process::Command;

use board::requests::{MeetOwed, OfChange, ProposalForm};
use board::views::{RiskLevel, RiskOutcome, Role};
use board::{AdoptPolicyRequest, BoardError, HandedOut};

use super::emergency::asked;
use super::gate::{approve, begin, open_window};
use super::ways::entries_in;
use crate::gates::{asks, code};
use crate::journey::Journey;

/// Far enough back for every assessment.
const DAYS: u32 = 3650;

async fn risk(journey: &Journey, change: &str) -> RiskOutcome {
    journey.cabinet.risk_walk(OfChange { change: change.to_owned() }).await.expect("a walk").outcome
}

async fn submit(journey: &Journey, change: &str) -> Result<RiskOutcome, BoardError> {
    journey.cabinet.submit_risk(OfChange { change: change.to_owned() }).await.map(|walk| walk.outcome)
}

/// Points, open questions at their worst.
fn score(outcome: &RiskOutcome) -> u32 {
    outcome.waterfall.last().map_or(0, |step| step.sum)
}

/// A bound of a level, and the level to which a change moves by it.
struct Bound {
    name: &'static str,
    from: u32,
    then: RiskLevel,
}

/// The bound by which a change with these points would be in the level beside its own; `None` where the next is too near.
fn beside(level: Option<RiskLevel>, points: u32) -> Option<Bound> {
    let (name, from, then, most) = match level? {
        RiskLevel::Low => ("medium", points, RiskLevel::Medium, 24),
        RiskLevel::Medium => ("medium", points + 1, RiskLevel::Low, 49),
        RiskLevel::High => ("high", points + 1, RiskLevel::Medium, 74),
        RiskLevel::Critical => ("critical", points + 1, RiskLevel::High, 100),
    };
    (1..=most).contains(&from).then_some(Bound { name, from, then })
}

/// An assessed change that no floor holds, and the bound by which it moves.
async fn movable(journey: &Journey) -> (String, Bound) {
    for change in journey.approvable().await {
        open_window(journey, &change).await;
        let outcome = submit(journey, &change).await.expect("assessed");
        assert_eq!((outcome.model.as_str(), outcome.older_model.as_deref()), ("points-100", None));
        let free = outcome.floors.iter().all(|floor| !floor.applies);
        if let Some(bound) = beside(outcome.score_level, score(&outcome)).filter(|_| free) {
            return (change, bound);
        }
    }
    panic!("every change of the sample is held by a floor, or stands at the end of its level");
}

fn review(settings: &[&str]) -> MeetOwed {
    let settings = settings.iter().map(|line| (*line).to_owned()).collect();
    MeetOwed {
        declaration: "EMG-1".to_owned(),
        owed: "review".to_owned(),
        note: "Held on Monday".to_owned(),
        proposal: Some(ProposalForm { words: "It was scored by the wrong bound".to_owned(), settings }),
    }
}

/// The other arithmetic, over the same file.
fn scored_elsewhere(handed: &HandedOut) {
    let done = Command::new("python3")
        .arg("-B")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("second-verifier/score.py"))
        .arg("--evidence")
        .arg(&handed.path)
        .output()
        .expect("python3 runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_review_proposes_is_simulated_adopted_and_scores_the_next_assessment() {
    let journey = begin().await;
    let cabinet = &journey.cabinet;
    let (change, bound) = movable(&journey).await;
    let line = format!("risk.levels.{} = {}", bound.name, bound.from);
    let then = bound.then;
    let (before, chair) = (risk(&journey, &change).await, journey.member(Role::Chair).await);
    assert_eq!(code(&submit(&journey, &change).await), "nothing_to_submit");

    let manager = journey.member(Role::ServiceManager).await;
    cabinet.declare_emergency(asked(&journey, &manager, None).await).await.expect("declared");
    let written = entries_in(&journey.data_dir()).await.len();
    for (line, told) in [
        ("risk.levels.medum = 20", "did you mean `medium`?"),
        ("risk.levels.medium = 90", "do not rise"),
        ("risk.levels.medium", "write path = value"),
    ] {
        let refused = cabinet.meet_owed_with(review(&[line])).await;
        assert!(
            matches!(&refused, Err(BoardError::Invalid { field, why }) if field == "proposal" && why.contains(told)),
            "{line}: {refused:?}"
        );
    }
    assert_eq!(entries_in(&journey.data_dir()).await.len(), written, "a proposal that is none is not recorded");

    cabinet.meet_owed_with(review(&[&line])).await.expect("reviewed");
    let listed = cabinet.policy_proposals().await.expect("a list");
    let [proposal] = listed.as_slice() else { panic!("one proposal: {listed:?}") };
    assert_eq!((proposal.change.as_str(), proposal.taken_up.as_deref()), ("EMG-1", None));
    assert_eq!(proposal.settings, [line]);
    let text = proposal.text.clone().expect("it can be put in");

    let found = cabinet.simulate_policy(&text, DAYS).await.expect("looked at");
    let levels = found.levels.expect("another risk model");
    assert_eq!((levels.now.as_str(), levels.then.as_str()), ("points-100/1", "board/1"));
    let moved = levels.moved.iter().find(|moved| moved.change == change).expect("it would move");
    assert_eq!((Some(moved.level), moved.new_level), (before.summary.level, then));
    assert_eq!(risk(&journey, &change).await, before, "looking changes nothing");

    let request = AdoptPolicyRequest { text, by: chair.clone(), pin: journey.pin(&chair).await.into() };
    let adopted = cabinet.adopt_policy(request).await.expect("the chair holds root");
    let listed = cabinet.policy_proposals().await.expect("a list");
    assert_eq!(listed.first().and_then(|one| one.taken_up.as_ref()), Some(&adopted.name));

    let now = risk(&journey, &change).await;
    assert_eq!((now.model.as_str(), now.model_version, now.summary.level), ("board", 1, Some(then)));
    assert_eq!(score(&now), score(&before));
    assert!(now.bounds.contains(&bound.from), "{:?}", now.bounds);
    assert_eq!(now.older_model.as_deref(), Some("points-100/1"), "it was submitted under the model before");
    let again = submit(&journey, &change).await.expect("the same answers, by the new model");
    assert_eq!((again.summary.level, again.older_model), (Some(then), None));

    approve(&journey, &change).await;
    let handed = cabinet.export_approval(&change, &journey.folder.path().join("a.json")).await.expect("handed out");
    let verdict = asks(&handed, None);
    assert!(verdict.passed(), "{}", verdict.text(false));
    let file = std::fs::read(&handed.path).expect("readable");
    let scores = board::verify_evidence(&file, None, None).expect("evidence").scores;
    assert!(scores.signed >= 2 && scores.signed == scores.again, "each by the model it names: {scores:?}");
    assert!(scores.wrong.is_empty() && scores.without_answers.is_empty(), "{scores:?}");
    scored_elsewhere(&handed);
    assert!(cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

/// The bounds of a matrix by which this cell is of this level.
fn around(level: RiskLevel, cell: u32) -> Option<[u32; 3]> {
    let first = match level {
        RiskLevel::Low => cell + 1,
        RiskLevel::Medium => cell,
        RiskLevel::High => cell.checked_sub(1)?,
        RiskLevel::Critical => cell.checked_sub(2)?,
    };
    (first > 0 && first + 2 <= 25).then_some([first, first + 1, first + 2])
}

/// An assessed change, its cell in the matrix beside the score, and bounds by which its level stays.
async fn in_the_matrix(journey: &Journey) -> (String, u32, [u32; 3]) {
    for change in journey.approvable().await {
        open_window(journey, &change).await;
        let outcome = submit(journey, &change).await.expect("assessed");
        let matrix = outcome.matrix.expect("laid beside");
        let cell = matrix.likelihood * matrix.impact;
        if let Some(bounds) = outcome.score_level.and_then(|level| around(level, cell)) {
            return (change, cell, bounds);
        }
    }
    panic!("every change of the sample stands at the edge of the matrix");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_matrix_is_simulated_adopted_and_scores_the_next_assessment() {
    let journey = begin().await;
    let cabinet = &journey.cabinet;
    let (change, cell, [medium, high, critical]) = in_the_matrix(&journey).await;
    let before = risk(&journey, &change).await;
    let chair = journey.member(Role::Chair).await;
    let pack = domain::policy::authored::pack(domain::policy::Strength::Starter);
    let text = |critical: u32| {
        format!(
            "{}\n[risk]\nname = \"ours-5x5/1\"\nkind = \"matrix\"\n\n[risk.levels]\nmedium = {medium}\nhigh = {high}\n\
             critical = {critical}\n",
            pack.replace("name = \"starter/1\"", "name = \"ours-5x5/1\"")
        )
    };
    let refused = cabinet.simulate_policy(&text(26), DAYS).await;
    assert!(
        matches!(&refused, Err(BoardError::Invalid { why, .. }) if why.contains("25 is the most")),
        "no cell is beyond 25: {refused:?}"
    );

    let text = text(critical);
    let found = cabinet.simulate_policy(&text, DAYS).await.expect("looked at");
    let levels = found.levels.expect("another risk model");
    assert_eq!((levels.then.as_str(), levels.of, levels.new_of), ("ours-5x5/1", 100, 25));
    assert!(levels.floors_gone.is_empty() && levels.questions_gone.is_empty(), "it asks the same: {levels:?}");
    let request = AdoptPolicyRequest { text, by: chair.clone(), pin: journey.pin(&chair).await.into() };
    cabinet.adopt_policy(request).await.expect("the chair holds root");

    let again = submit(&journey, &change).await.expect("the same answers, in the matrix");
    assert_eq!((again.model.as_str(), again.of, again.matrix), ("ours-5x5", 25, None));
    assert_eq!((again.summary.level, again.score_level), (before.summary.level, before.score_level));
    assert!(again.follows.is_some_and(|how| how.ends_with(&format!("= {cell} of 25"))));
    assert_eq!(again.points.map(|points| points.score), Some(score(&before)), "the points stand beside");

    approve(&journey, &change).await;
    let handed = cabinet.export_approval(&change, &journey.folder.path().join("m.json")).await.expect("handed out");
    let file = std::fs::read(&handed.path).expect("readable");
    let scores = board::verify_evidence(&file, None, None).expect("evidence").scores;
    assert!(scores.signed >= 2 && scores.signed == scores.again && scores.wrong.is_empty(), "{scores:?}");
    scored_elsewhere(&handed);
}
