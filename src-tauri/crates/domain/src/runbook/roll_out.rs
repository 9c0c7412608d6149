//! Progressive roll-out and canary, read from the plan (R46, R47).
use super::Runbook;
use super::said::{Said, durations, percents};
use crate::plan::PlanSection as S;

/// A roll-out in steps (R46): the sentence that says each, where one does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RollOut {
    /// The feature's flag.
    pub flag: Option<String>,
    /// The steps of the ramp, in hundredths of a per cent, as the section with most of them says.
    pub steps: Vec<u64>,
    /// How long each step is held.
    pub hold: Option<String>,
    /// When to go on, and when to stop.
    pub criterion: Option<String>,
    /// Whose it is.
    pub owner: Option<String>,
}

/// A canary (R47): the sentence that says each, where one does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Canary {
    /// What is measured.
    pub metrics: Option<String>,
    /// What it is compared with.
    pub baseline: Option<String>,
    /// What is too much.
    pub threshold: Option<String>,
    /// When it is promoted, and when rejected.
    pub verdict: Option<String>,
}

/// Where a plan speaks of them.
const WHERE: [S; 5] = [S::Approach, S::Method, S::Testing, S::Timing, S::RiskManagement];

const RAMP: &[&str] = &[
    "ramp",
    "ramps",
    "ramped",
    "progressive*",
    "gradual*",
    "feature flag*",
    "phased roll*",
    "staged roll*",
    "rolled out in steps",
];

const NO_RAMP: &[&str] =
    &["no ramp", "without ramp", "without a ramp", "no progressive*", "no gradual*", "no feature flag*"];

const NO_CANARY: &[&str] = &["no canary", "without canary", "without a canary", "not a canary"];

/// Words beside a percentage that is no step of a ramp.
const NO_STEP: &[&str] = &[
    "error*",
    "threshold*",
    "rate",
    "rates",
    "above",
    "below",
    "exceeds",
    "more than",
    "less than",
    "cpu",
    "latency",
    "coverage",
];

impl Runbook {
    /// The roll-out in steps, where the plan speaks of one.
    #[must_use]
    pub fn roll_out(&self) -> Option<RollOut> {
        self.speaks(RAMP, NO_RAMP)?;
        Some(RollOut {
            flag: self.first(|said| said.affirms(&["flag", "flags", "feature flag*"])),
            steps: self.ramp(),
            hold: self.first(|said| {
                !durations(&said.text).is_empty()
                    && said.says(&["hold", "holds", "held", "wait*", "soak*", "each step", "bake*"])
            }),
            criterion: self.first(|said| {
                said.says(&[
                    "go",
                    "go on",
                    "continue*",
                    "proceed*",
                    "stop*",
                    "abort*",
                    "halt*",
                    "roll back",
                    "next step",
                ]) && said.says(&["if", "when", "unless", "while", "criterion", "criteria", "as long as"])
            }),
            owner: self.first(|said| said.says(&["owner", "owns", "owned by", "responsible", "in charge"])),
        })
    }

    /// The canary, where the plan speaks of one.
    #[must_use]
    pub fn canary(&self) -> Option<Canary> {
        self.speaks(&["canary*", "canaries"], NO_CANARY)?;
        Some(Canary {
            metrics: self.first(|said| {
                said.says(&[
                    "metric*",
                    "latency",
                    "error rate*",
                    "p95",
                    "p99",
                    "throughput",
                    "cpu",
                    "memory",
                    "conversion*",
                ])
            }),
            baseline: self.first(|said| said.says(&["baseline*", "compared with", "compared to", "control group"])),
            threshold: self.first(|said| {
                said.says(&[
                    "threshold*",
                    "at most",
                    "more than",
                    "less than",
                    "above",
                    "below",
                    "exceeds",
                    "no worse than",
                ]) && said.text.chars().any(|c| c.is_ascii_digit())
            }),
            verdict: self.first(|said| {
                said.says(&["promot*"])
                    && said.says(&["reject*", "roll back", "rolled back", "rollback*", "abort*", "stop*"])
            }),
        })
    }

    /// The first sentence that says one of `words` and none of `denied`.
    fn speaks(&self, words: &[&str], denied: &[&str]) -> Option<String> {
        self.first(|said| said.says(words) && !said.says(denied))
    }

    fn first(&self, wanted: impl Fn(&Said) -> bool) -> Option<String> {
        self.sentences(&WHERE).find(|said| wanted(said)).map(|said| said.text.clone())
    }

    fn ramp(&self) -> Vec<u64> {
        let in_section = |section: S| -> Vec<u64> {
            let of = [section];
            let told = self.sentences(&of).filter(|said| !said.says(NO_STEP));
            told.flat_map(|said| percents(&said.text)).collect()
        };
        // The first of the sections with most of them: `max_by_key` would give the last.
        let mut most = Vec::new();
        for steps in WHERE.map(in_section) {
            if steps.len() > most.len() {
                most = steps;
            }
        }
        most
    }
}
