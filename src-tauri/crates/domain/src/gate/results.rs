//! Results of tests: R7, R8, R9, R10, R83.
use super::at_hand::{AtHand, Found, Stage, attest};
use super::{Gate, GateOutcome, Look, quoted};
use crate::attested::Question;
use crate::evidence::Tests;

/// What is wrong with results, if anything.
enum Wrong {
    /// There are none.
    None,
    /// None of them ran.
    NothingRan,
    /// Some failed: how many, and which.
    Failed(String),
}

fn wrong(found: &Found<'_, Tests>) -> Option<Wrong> {
    if found.says.is_empty() {
        return Some(Wrong::None);
    }
    let failed: u64 = found.says.iter().map(|tests| u64::from(tests.failed)).sum();
    if failed > 0 {
        let names = found.says.iter().flat_map(|tests| &tests.first_failed).take(3).map(|name| quoted(name));
        return Some(Wrong::Failed(format!("{failed} failed: {}", names.collect::<Vec<_>>().join(", "))));
    }
    let passed: u64 = found.says.iter().map(|tests| u64::from(tests.passed)).sum();
    (passed == 0).then_some(Wrong::NothingRan)
}

/// Results that must be there and green. `what` and `name`: what they are, and a name that their file has.
fn judged(look: Look, hand: &AtHand<'_>, found: &Found<'_, Tests>, what: &str, name: &str) -> GateOutcome {
    match wrong(found) {
        None => look.passed("all that ran passed"),
        Some(Wrong::None) => look.no_evidence(
            hand.policy,
            format!("no results of {what} are at hand{}", hand.unread()),
            format!("put them into the evidence folder or on the ticket as JUnit XML, as “{name}”"),
        ),
        Some(Wrong::NothingRan) => {
            look.no_evidence(hand.policy, "nothing ran", format!("run {what} and bring the results"))
        }
        Some(Wrong::Failed(why)) => {
            look.broken(hand.policy, why, "mend what fails, and bring the results of a run that passes")
        }
    }
}

/// R7: unit and functional tests, of the commit.
pub(super) fn unit(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let found = hand.tests(Stage::Unit);
    let commit = &hand.change.commit;
    let look = Look::at(gate, format!("{}; commit: {}", found.shown_or("no file"), quoted(commit)));
    if commit.trim().is_empty() && !found.files.is_empty() {
        return look.no_evidence(
            hand.policy,
            "the ticket names no commit, so nobody can say what was tested",
            "name the commit on the ticket",
        );
    }
    judged(look, hand, &found, "unit and functional tests", "unit.xml")
}

/// R8: regression and end-to-end tests.
pub(super) fn regression(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let found = hand.tests(Stage::Regression);
    let look = Look::at(gate, found.shown_or("no file"));
    judged(look, hand, &found, "regression and end-to-end tests", "regression.xml")
}

/// R9: performance and security tests, and the data set they ran on.
pub(super) fn test_environment(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let (performance, load) = (hand.tests(Stage::Performance), hand.tests(Stage::Load));
    let security = hand.tests(Stage::Security);
    let performance = if performance.files.is_empty() { load } else { performance };
    let look = Look::at(
        gate,
        format!(
            "performance: {}; security: {}; {}",
            performance.shown_or("no file"),
            security.shown_or("no file"),
            hand.shown(Question::TestDataSet)
        ),
    );
    for (found, what, name) in
        [(&performance, "performance tests", "performance.xml"), (&security, "security tests", "security.xml")]
    {
        if wrong(found).is_some() {
            return judged(look, hand, found, what, name);
        }
    }
    if hand.answer(Question::TestDataSet).is_none() {
        return look.no_evidence(
            hand.policy,
            "nobody says with which data set it was tested",
            attest(Question::TestDataSet),
        );
    }
    look.passed("performance and security were tested, and the data set is named")
}

/// R10: a run in pre-production of the very artifact.
pub(super) fn pre_production(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let (change, found) = (hand.change, hand.tests(Stage::PreProduction));
    let artifact = change.artifact_digest.trim();
    let look = Look::at(
        gate,
        format!(
            "artifact: {}; {}; {}",
            quoted(artifact),
            found.shown_or("no file"),
            hand.shown(Question::PreproductionRun)
        ),
    );
    if artifact.is_empty() {
        let why = "the ticket names no artifact, so no run can be told to be of it";
        return look.no_evidence(hand.policy, why, "name the artifact's digest on the ticket");
    }
    if let Some(Wrong::Failed(why)) = wrong(&found) {
        return look.broken(hand.policy, why, "mend what fails in pre-production, and run it again");
    }
    match hand.answer(Question::PreproductionRun) {
        None => {
            let why = "nobody attests a run in pre-production";
            look.no_evidence(hand.policy, why, attest(Question::PreproductionRun))
        }
        Some(attested) if attested.answer.value.contains(artifact) => {
            look.passed("a run in pre-production was of the same artifact")
        }
        Some(_) => look.broken(
            hand.policy,
            "the run that is attested names another artifact, or none",
            "run the artifact that will be promoted, and quote its digest",
        ),
    }
}

/// R83: load tests for components with high traffic; what is read is kept under its digest.
pub(super) fn load(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let found = hand.tests(Stage::Load);
    let look = Look::at(gate, format!("{}; {}", found.shown_or("no file"), hand.shown(Question::HighTraffic)));
    if !found.files.is_empty() {
        return judged(look, hand, &found, "load tests", "load.xml");
    }
    let Some(attested) = hand.answer(Question::HighTraffic) else {
        let why = "nobody says whether it touches a component with high traffic";
        return look.no_evidence(hand.policy, why, attest(Question::HighTraffic));
    };
    match attested.answer.yes() {
        Some(false) => look.not_applicable("it is attested that it touches no component with high traffic"),
        Some(true) if attested.answer.evidence.is_some() => look.passed("the results are kept under their digest"),
        Some(true) => judged(look, hand, &found, "load tests", "load.xml"),
        None => {
            let why = "the answer begins neither with yes nor with no";
            look.no_evidence(hand.policy, why, attest(Question::HighTraffic))
        }
    }
}
