//! What the runbook leaves out (R82), and the hold points and the point of no return (R26).
use std::fmt;

use super::said::{Said, time_of_day};
use super::{Runbook, STEPS};
use crate::plan::PlanSection as S;

/// Something that the runbook leaves out: where, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The clause that asks for it.
    pub clause: &'static str,
    /// The section it is about.
    pub section: S,
    /// The step in that section, counted from 1.
    pub step: Option<u32>,
    /// What is missing or wrong.
    pub what: String,
    /// What would mend it.
    pub mend: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.section.title())?;
        if let Some(step) = self.step {
            write!(f, ", step {step}")?;
        }
        write!(f, ": {}", self.what)
    }
}

const CHECKS: &[&str] = &[
    "pre check*",
    "precheck*",
    "check",
    "checks",
    "checked",
    "checking",
    "verif*",
    "confirm*",
    "ensure*",
    "make sure",
    "validat*",
    "health*",
];

const VERIFIES: &[&str] = &[
    "check",
    "checks",
    "checked",
    "checking",
    "verif*",
    "confirm*",
    "test",
    "tests",
    "tested",
    "smoke*",
    "validat*",
    "monitor*",
    "compar*",
    "health*",
    "observe*",
    "watch",
    "probe*",
    "make sure",
    "ensure*",
];

/// What a step does that may go wrong.
const RISKY: &[&str] = &[
    "migrat*",
    "drop",
    "drops",
    "delet*",
    "truncat*",
    "remov*",
    "restart*",
    "reboot*",
    "switch*",
    "cut over*",
    "cutover*",
    "fail over",
    "failover*",
    "deploy",
    "deploys",
    "upgrad*",
    "install",
    "installs",
    "replac*",
    "alter",
    "alters",
    "restor*",
    "shut*",
    "disabl*",
    "roll out",
    "promot*",
    "swap*",
    "patch",
    "apply",
    "applies",
];

const DEPENDS: &[&str] = &["depend*", "upstream*", "downstream*", "relies on", "rely on"];

const KNOWN: &[&str] = &["known issue*", "known error*", "known problem*", "known bug*", "known defect*"];

const MITIGATES: &[&str] = &[
    "mitigat*",
    "workaround*",
    "work around*",
    "work arounds",
    "instead",
    "avoid*",
    "fallback*",
    "fall back*",
    "fixed",
    "handled by",
    "no known*",
    "none",
];

const HOLDS: &[&str] = &["hold point*", "hold", "holds", "go no go", "pause*", "wait for"];

const NO_RETURN: &[&str] =
    &["point of no return", "points of no return", "no way back", "reversible at*", "always reversible"];

impl Runbook {
    /// What the runbook leaves out, in the plan's order; empty where nothing is.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        found.extend(self.pre_checks());
        found.extend(self.dependencies());
        if self.steps() == 0 {
            found.push(self.no_steps());
        }
        for section in STEPS {
            let steps: Vec<&Said> = self.ordered(section).collect();
            found.extend(unverified(section, &steps));
            found.extend(out_of_order(section, &steps));
        }
        if !self.says(&STEPS, HOLDS) {
            found.push(at(
                "R26",
                S::Timing,
                "no hold point",
                "say where one stops and who lets it go on, as a “hold point”",
            ));
        }
        if !self.says(&[S::Method, S::Backout, S::Timing], NO_RETURN) {
            let mend = "name the step that is the “point of no return”, or say that there is no point of no return";
            found.push(at("R26", S::Timing, "no point of no return", mend));
        }
        found.extend(self.known_issues());
        found
    }

    /// A check before the first step that may do harm.
    fn pre_checks(&self) -> Option<Finding> {
        let mut before =
            STEPS.into_iter().flat_map(|section| self.ordered(section)).take_while(|step| !step.says(RISKY));
        let checked = self.says(&[S::Prerequisites], CHECKS) || before.any(|step| step.says(CHECKS));
        let mend = "say what is checked before the first step, for example “check that the replica is healthy”";
        (!checked).then(|| at("R82", S::Prerequisites, "no check before the first step", mend))
    }

    fn dependencies(&self) -> Option<Finding> {
        let told = self.says(&[S::Prerequisites, S::Method, S::ConfigurationItems, S::RelatedChanges], DEPENDS);
        let mend = "name the services it depends on, or write “no dependencies”";
        (!told).then(|| at("R82", S::Prerequisites, "no dependencies on services", mend))
    }

    fn no_steps(&self) -> Finding {
        let bullets = STEPS.into_iter().find(|s| self.sections.get(s).is_some_and(|s| s.steps.len() > 1));
        match bullets {
            Some(section) => at("R82", section, "the steps have no order", "number the steps"),
            None => at("R82", S::Timing, "no steps", "write the steps as a numbered list"),
        }
    }

    /// Known issues each with what is done about them, or the word that there are none.
    fn known_issues(&self) -> Option<Finding> {
        let sections = [S::Prerequisites, S::RiskManagement, S::Documentation, S::RelatedChanges];
        let told = sections.into_iter().find(|section| self.says(&[*section], KNOWN));
        match told {
            None => Some(at(
                "R82",
                S::RelatedChanges,
                "no word on known issues",
                "list the known issues, each with its mitigation, or write “no known issues”",
            )),
            Some(section) if !self.says(&[section], MITIGATES) => Some(at(
                "R82",
                section,
                "known issues without a mitigation",
                "say what is done about each, as “mitigation: …”",
            )),
            Some(_) => None,
        }
    }
}

fn at(clause: &'static str, section: S, what: &str, mend: &'static str) -> Finding {
    Finding { clause, section, step: None, what: what.to_owned(), mend }
}

/// Steps that may do harm and are verified neither themselves nor by the next.
fn unverified(section: S, steps: &[&Said]) -> Vec<Finding> {
    let verified = |step: Option<&&Said>| step.is_some_and(|step| step.says(VERIFIES));
    let risky = (0_usize..)
        .zip(steps)
        .filter(|(place, step)| step.says(RISKY) && !step.says(VERIFIES) && !verified(steps.get(place + 1)));
    let finding = |(place, step): (usize, &&Said)| Finding {
        step: u32::try_from(place + 1).ok(),
        ..at(
            "R82",
            section,
            &format!("nothing verifies it (“{}”)", short(&step.text)),
            "add a step that checks its result",
        )
    };
    risky.map(finding).collect()
}

/// Steps whose time of day lies before the one of the step above. More than half a day back is past midnight.
fn out_of_order(section: S, steps: &[&Said]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut latest: Option<u32> = None;
    for (place, step) in (1_u32..).zip(steps) {
        let Some(time) = time_of_day(&step.text) else { continue };
        if latest.is_some_and(|latest| time < latest && latest - time < 720) {
            let what = "its time lies before that of a step above";
            found.push(Finding {
                step: Some(place),
                ..at("R82", section, what, "put the steps in the order of their times")
            });
        }
        latest = Some(time);
    }
    found
}

/// The beginning of a step, for a message.
fn short(text: &str) -> String {
    let cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() { format!("{}…", cut.trim_end()) } else { cut }
}
