//! JUnit XML: `testsuites` or `testsuite`, in it `testcase` with `failure`, `error` or `skipped`, and beside them
//! `properties` with a `property` for what is said of the run.
//!
//! What counts are the cases. The sums that the outermost element claims are held against them: a report that was cut
//! must not lose the failures it was cut at.
use domain::evidence::{Format, LISTED, Run, Says, Tests, Tool};

use crate::Read;
use crate::bounds::cut;
use crate::error::{At, Fault};
use crate::json::add;
use crate::xml::{Listener, Opened};

/// The sums a suite may claim.
const SUMS: [&str; 5] = ["tests", "failures", "errors", "skipped", "disabled"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    Passed,
    Skipped,
    Failed,
}

struct Case {
    name: String,
    around: usize,
    came: Came,
}

#[derive(Default)]
struct Report {
    tests: Tests,
    case: Option<Case>,
    claimed: u32,
    name: Option<String>,
    run: Run,
}

impl Listener for Report {
    fn open(&mut self, element: &Opened<'_>) -> Result<(), At> {
        match element.name {
            "testsuites" | "testsuite" => {
                for sum in SUMS {
                    let count = element.count(sum)?.unwrap_or(0);
                    if element.around.is_empty() && matches!(sum, "failures" | "errors") {
                        add(&mut self.claimed, count);
                    }
                }
                if element.around.is_empty() {
                    self.name = element.text("name")?;
                }
            }
            "testcase" => {
                if self.case.is_some() {
                    return Err(element.fault(Fault::Malformed("a test case stands within a test case".to_owned())));
                }
                let class = element.text("classname")?.unwrap_or_default();
                let name = element.text("name")?.unwrap_or_default();
                let status = element.text("status")?.unwrap_or_default();
                // GoogleTest marks what it did not run by an attribute alone.
                let came = if matches!(status.as_str(), "notrun" | "disabled") { Came::Skipped } else { Came::Passed };
                let name = cut(format!("{class} {name}").trim());
                self.case = Some(Case { name, around: element.around.len(), came });
            }
            "failure" | "error" => self.came(element, Came::Failed),
            "skipped" => self.came(element, Came::Skipped),
            // Those of a case speak of the case.
            "property" if self.case.is_none() && element.around.last().is_some_and(|name| name == "properties") => {
                self.property(element)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, around: usize) {
        if name != "testcase" {
            return;
        }
        let Some(case) = self.case.take_if(|case| case.around == around) else { return };
        let tests = &mut self.tests;
        add(&mut tests.total, 1);
        match case.came {
            Came::Passed => add(&mut tests.passed, 1),
            Came::Skipped => add(&mut tests.skipped, 1),
            Came::Failed => {
                add(&mut tests.failed, 1);
                if tests.first_failed.len() < LISTED {
                    tests.first_failed.push(case.name);
                }
            }
        }
    }
}

impl Report {
    /// What a suite says of its run; two suites of one file that say different things are of no one run.
    fn property(&mut self, element: &Opened<'_>) -> Result<(), At> {
        let Some(name) = element.text("name")? else { return Ok(()) };
        let value = element.text("value")?.unwrap_or_default().trim().to_owned();
        if value.is_empty() {
            return Ok(());
        }
        crate::runs::say(&mut self.run, &name, value).map_err(|fault| element.fault(fault))
    }

    fn came(&mut self, element: &Opened<'_>, came: Came) {
        // Directly in the case: within its output the same names say nothing.
        if let Some(case) = self.case.as_mut().filter(|case| case.around + 1 == element.around.len())
            && case.came != Came::Failed
        {
            case.came = came;
        }
    }
}

/// Reads a report of tests.
pub(crate) fn read(text: &str) -> Result<(Read, Run), At> {
    let mut report = Report::default();
    crate::xml::walk(text, &mut report)?;
    if report.claimed > report.tests.failed {
        return Err(At::whole(Fault::Disagrees(format!(
            "it claims {} failures and errors and shows {}",
            report.claimed, report.tests.failed
        ))));
    }
    let tools = report.name.into_iter().filter(|name| !name.is_empty());
    let read = Read {
        format: Format::Junit,
        version: String::new(),
        tools: tools.map(|name| Tool { name, version: String::new() }).collect(),
        says: Says::Tests(report.tests),
    };
    Ok((read, report.run))
}
