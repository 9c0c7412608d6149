//! Results of tests: R7, R8, R9, R10, R83.
use super::at_hand::{Asked, AtHand, Found, attest};
use super::{Gate, GateOutcome, Look, quoted};
use crate::attested::Question;
use crate::change::ChangeRequest;
use crate::evidence::{Environment, Stage, Tests};
use crate::policy::{Policy, matches};

/// What results of unit tests must say (R7).
const OF_COMMIT: Asked = Asked { commit: true, environment: None };
/// What those of regression tests must say (R8).
const IN_DEVELOPMENT: Asked = Asked { commit: true, environment: Some(Environment::Development) };
/// What those of performance and security must say (R9).
const IN_TEST: Asked = Asked { commit: true, environment: Some(Environment::Test) };

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
fn judged(
    look: Look,
    hand: &AtHand<'_>,
    found: &Found<'_, Tests>,
    (what, name): (&str, &str),
    asked: Asked,
) -> GateOutcome {
    if let Some(why) = found.uncounted() {
        let why = format!("no results of {what} count: {why}{}", hand.unread());
        return look.no_evidence(hand.policy, why, asked.words(&hand.change.commit));
    }
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
    let found = hand.tests(Stage::Unit, OF_COMMIT);
    let commit = &hand.change.commit;
    let look = Look::at(gate, format!("{}; commit: {}", found.shown_or("no file"), quoted(commit)));
    if commit.trim().is_empty() && !found.files.is_empty() {
        return look.no_evidence(
            hand.policy,
            "the ticket names no commit, so nobody can say what was tested",
            "name the commit on the ticket",
        );
    }
    judged(look, hand, &found, ("unit and functional tests", "unit.xml"), OF_COMMIT)
}

/// R8: regression and end-to-end tests, from development.
pub(super) fn regression(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let found = hand.tests(Stage::Regression, IN_DEVELOPMENT);
    let look = Look::at(gate, found.shown_or("no file"));
    judged(look, hand, &found, ("regression and end-to-end tests", "regression.xml"), IN_DEVELOPMENT)
}

/// The data sets that results name, each once; `None` where one names none.
fn data_sets(all: [&Found<'_, Tests>; 2]) -> Option<String> {
    let files = all.into_iter().flat_map(|found| &found.files);
    let mut named: Vec<&str> = files.map(|file| file.run.dataset.trim()).collect();
    named.sort_unstable();
    named.dedup();
    let complete = !named.is_empty() && !named.contains(&"");
    complete.then(|| named.into_iter().map(quoted).collect::<Vec<_>>().join(", "))
}

/// R9: performance and security tests from the test environment, and the data set they ran on: by their own word, else by a
/// member's.
pub(super) fn test_environment(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let (performance, load) = (hand.tests(Stage::Performance, IN_TEST), hand.tests(Stage::Load, IN_TEST));
    let security = hand.tests(Stage::Security, IN_TEST);
    let performance = if performance.files.is_empty() && !load.files.is_empty() { load } else { performance };
    let data = data_sets([&performance, &security]);
    let look = Look::at(
        gate,
        format!(
            "performance: {}; security: {}; {}",
            performance.shown_or("no file"),
            security.shown_or("no file"),
            data.as_ref().map_or_else(|| hand.shown(Question::TestDataSet), |data| format!("data set: {data}"))
        ),
    );
    for (found, what) in
        [(&performance, ("performance tests", "performance.xml")), (&security, ("security tests", "security.xml"))]
    {
        if wrong(found).is_some() {
            return judged(look, hand, found, what, IN_TEST);
        }
    }
    if data.is_none() && hand.answer(Question::TestDataSet).is_none() {
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
    let (change, found) = (hand.change, hand.tests(Stage::PreProduction, Asked::NOTHING));
    let artifact = change.artifact_digest.trim();
    let built = hand.artifacts();
    let look = Look::at(
        gate,
        format!(
            "artifact: {}; {}; {}; {}",
            quoted(artifact),
            built.shown_or("no statement of a build"),
            found.shown_or("no file"),
            hand.shown(Question::PreproductionRun)
        ),
    );
    if artifact.is_empty() {
        let why = "the ticket names no artifact, so no run can be told to be of it";
        return look.no_evidence(hand.policy, why, "name the artifact's digest on the ticket");
    }
    // Where builds say what they made, what is promoted is of them.
    let digest = artifact.strip_prefix("sha256:").unwrap_or(artifact).to_lowercase();
    let mut made = built.says.iter().flat_map(|artifacts| &artifacts.listed);
    if !built.says.is_empty() && !made.any(|one| one.sha256.to_string() == digest) {
        return look.broken(
            hand.policy,
            "no build whose statement is at hand made the artifact that the ticket names",
            "name the artifact that was built, or bring the statement of the build that made it",
        );
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

/// The component of the change that the policy says has high traffic, if there is one: of its service, systems and
/// applications.
fn busy<'c>(change: &'c ChangeRequest, policy: &Policy) -> Option<&'c str> {
    let fields = [&change.service, &change.affected_systems, &change.affected_applications];
    let mut named = fields.into_iter().flat_map(|field| field.split([',', ';', '\n'])).map(str::trim);
    named.find(|name| !name.is_empty() && policy.high_traffic.iter().any(|pattern| matches(pattern.trim(), name)))
}

/// R83: load tests for components with high traffic, which the policy names and a member may add to; what is read is kept
/// under its digest.
pub(super) fn load(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    const WHAT: (&str, &str) = ("load tests", "load.xml");
    let found = hand.tests(Stage::Load, Asked::NOTHING);
    let busy = busy(hand.change, hand.policy);
    let named = !hand.policy.high_traffic.is_empty();
    let by_policy = match busy {
        Some(name) => format!("; {} has high traffic by the policy", quoted(name)),
        None if named => "; nothing of it has high traffic by the policy".to_owned(),
        None => String::new(),
    };
    let shown = format!("{}; {}{by_policy}", found.shown_or("no file"), hand.shown(Question::HighTraffic));
    let look = Look::at(gate, shown);
    if !found.files.is_empty() {
        return judged(look, hand, &found, WHAT, Asked::NOTHING);
    }
    let attested = hand.answer(Question::HighTraffic);
    let said = attested.map(|attested| attested.answer.yes());
    let shown = attested.is_some_and(|attested| attested.answer.evidence.is_some());
    match (said, busy) {
        (Some(Some(true)), _) if shown => look.passed("the results are kept under their digest"),
        // What the policy names no answer takes out.
        (Some(Some(true)), _) | (_, Some(_)) => judged(look, hand, &found, WHAT, Asked::NOTHING),
        (Some(Some(false)), None) => {
            look.not_applicable("it is attested that it touches no component with high traffic")
        }
        (Some(None), None) => {
            let why = "the answer begins neither with yes nor with no";
            look.no_evidence(hand.policy, why, attest(Question::HighTraffic))
        }
        (None, None) if named => look.not_applicable("it touches no component that the policy says has high traffic"),
        (None, None) => {
            let why = "nobody says whether it touches a component with high traffic";
            look.no_evidence(hand.policy, why, attest(Question::HighTraffic))
        }
    }
}
