//! SARIF 2.1.0. Results are folded as they are read: what is kept is one count for each rule and level.
use std::collections::BTreeMap;

use domain::evidence::{Finding, Findings, Format, LISTED, Level, Says, Tool};
use serde::Deserialize;

use crate::Read;
use crate::error::{At, Fault};
use crate::json::{Fold, Sink, Text, Tools, add, or_empty};

/// Rules, and different kinds of results, that are told apart.
const MOST: usize = 50_000;

#[derive(Deserialize)]
struct Log {
    version: Text,
    runs: Fold<Runs>,
}

#[derive(Default)]
struct Runs {
    findings: Findings,
    tools: Tools,
    nothing: bool,
}

#[derive(Deserialize)]
struct Run {
    tool: Parts,
    results: Option<Fold<Results>>,
    invocations: Option<Fold<Invocations>>,
}

#[derive(Deserialize)]
struct Parts {
    driver: Part,
    extensions: Option<Fold<Extensions>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    name: Option<Text>,
    version: Option<Text>,
    semantic_version: Option<Text>,
    rules: Option<Fold<Rules>>,
}

#[derive(Default)]
struct Extensions(BTreeMap<String, Level>);

impl Sink for Extensions {
    type Item = Part;
    fn take(&mut self, part: Part) -> Result<(), String> {
        let rules = part.rules.unwrap_or_default().0.0;
        self.0.extend(rules.into_iter().filter_map(|(id, level)| Some((id, level?))));
        if self.0.len() > MOST { Err(format!("more than {MOST} rules")) } else { Ok(()) }
    }
}

/// Id and default level (§3.49.14, §3.50.4) in their order.
#[derive(Default)]
struct Rules(Vec<(String, Option<Level>)>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: Text,
    default_configuration: Option<Configuration>,
}

#[derive(Deserialize)]
struct Configuration {
    level: Option<Level>,
}

impl Sink for Rules {
    type Item = Rule;
    fn take(&mut self, rule: Rule) -> Result<(), String> {
        if self.0.len() >= MOST {
            return Err(format!("more than {MOST} rules"));
        }
        self.0.push((rule.id.0, rule.default_configuration.and_then(|c| c.level)));
        Ok(())
    }
}

#[derive(Default)]
struct Invocations {
    failed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: Option<bool>,
}

impl Sink for Invocations {
    type Item = Invocation;
    fn take(&mut self, one: Invocation) -> Result<(), String> {
        self.failed |= one.execution_successful == Some(false);
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct One {
    rule_id: Option<Text>,
    rule_index: Option<i32>,
    rule: Option<RuleReference>,
    kind: Option<ResultKind>,
    level: Option<Level>,
    message: Option<Message>,
    suppressions: Option<Fold<Suppressions>>,
    baseline_state: Option<Baseline>,
}

#[derive(Deserialize)]
struct RuleReference {
    id: Option<Text>,
    index: Option<i32>,
    #[serde(rename = "toolComponent")]
    elsewhere: Option<serde::de::IgnoredAny>,
}

/// §3.27.9: only a result that fails has a level.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum ResultKind {
    Pass,
    Open,
    Informational,
    NotApplicable,
    Review,
    Fail,
}

/// §3.27.24.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Baseline {
    New,
    Unchanged,
    Updated,
    Absent,
}

#[derive(Deserialize)]
struct Message {
    text: Option<Text>,
    markdown: Option<Text>,
    id: Option<Text>,
}

/// §3.27.23: suppressed when there is one and each is accepted.
#[derive(Default)]
struct Suppressions {
    some: bool,
    open: bool,
}

#[derive(Deserialize)]
struct Suppression {
    status: Option<SuppressionStatus>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum SuppressionStatus {
    Accepted,
    UnderReview,
    Rejected,
}

impl Sink for Suppressions {
    type Item = Suppression;
    fn take(&mut self, one: Suppression) -> Result<(), String> {
        self.some = true;
        self.open |= one.status.is_some_and(|status| status != SuppressionStatus::Accepted);
        Ok(())
    }
}

/// What makes results alike.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Alike {
    rule: String,
    /// Into the driver's own rules.
    index: Option<usize>,
    fails: bool,
    level: Option<Level>,
    suppressed: bool,
}

#[derive(Default)]
struct Results {
    counted: BTreeMap<Alike, u32>,
    first: Vec<(Alike, String)>,
}

impl Sink for Results {
    type Item = One;
    fn take(&mut self, one: One) -> Result<(), String> {
        // It was there before and is gone.
        if one.baseline_state == Some(Baseline::Absent) {
            return Ok(());
        }
        let elsewhere = one.rule.as_ref().is_some_and(|rule| rule.elsewhere.is_some());
        let (also, at) = one.rule.map_or((None, None), |rule| (rule.id, rule.index));
        let index = one.rule_index.or(at).filter(|_| !elsewhere);
        let alike = Alike {
            rule: or_empty(one.rule_id.or(also)),
            index: index.and_then(|index| usize::try_from(index).ok()),
            fails: one.kind.is_none_or(|kind| kind == ResultKind::Fail),
            level: one.level,
            suppressed: one.suppressions.is_some_and(|all| all.0.some && !all.0.open),
        };
        if self.first.len() < LISTED && !alike.suppressed {
            let said = one.message.and_then(|message| message.text.or(message.markdown).or(message.id));
            self.first.push((alike.clone(), or_empty(said)));
        }
        add(self.counted.entry(alike).or_default(), 1);
        if self.counted.len() > MOST { Err(format!("more than {MOST} different rules and levels")) } else { Ok(()) }
    }
}

/// The rules of a run, to find an id and a level that a result leaves out.
struct Known {
    driver: Vec<(String, Option<Level>)>,
    by_id: BTreeMap<String, Level>,
}

impl Known {
    fn id(&self, alike: &Alike) -> String {
        let indexed = alike.index.and_then(|index| self.driver.get(index));
        if alike.rule.is_empty() { indexed.map_or_else(String::new, |(id, _)| id.clone()) } else { alike.rule.clone() }
    }

    /// §3.27.10.
    fn level(&self, alike: &Alike) -> Level {
        if !alike.fails {
            return Level::None;
        }
        let indexed = || alike.index.and_then(|index| self.driver.get(index)).and_then(|(_, level)| *level);
        alike.level.or_else(indexed).or_else(|| self.by_id.get(&alike.rule).copied()).unwrap_or(Level::Warning)
    }
}

impl Sink for Runs {
    type Item = Run;
    fn take(&mut self, run: Run) -> Result<(), String> {
        let driver = run.tool.driver;
        let version = driver.version.or(driver.semantic_version);
        self.tools.add(Tool { name: or_empty(driver.name), version: or_empty(version) });
        // §3.14.23: absent or null when the run did not get as far as looking.
        let Some(Fold(results)) = run.results else {
            self.nothing = true;
            return Ok(());
        };
        let found = &mut self.findings;
        add(&mut found.runs, 1);
        add(&mut found.unsuccessful, u32::from(run.invocations.is_some_and(|all| all.0.failed)));
        let driver = driver.rules.unwrap_or_default().0.0;
        let mut by_id = run.tool.extensions.unwrap_or_default().0.0;
        by_id.extend(driver.iter().filter_map(|(id, level)| Some((id.clone(), (*level)?))));
        let known = Known { driver, by_id };
        for (alike, count) in &results.counted {
            if alike.suppressed {
                add(&mut found.suppressed, *count);
                continue;
            }
            let sum = match known.level(alike) {
                Level::Error => &mut found.errors,
                Level::Warning => &mut found.warnings,
                Level::Note => &mut found.notes,
                Level::None => &mut found.none,
            };
            add(sum, *count);
            add(found.rules.entry(known.id(alike)).or_default(), *count);
        }
        if found.rules.len() > MOST {
            return Err(format!("more than {MOST} rules"));
        }
        for (alike, message) in results.first {
            if found.first.len() < LISTED {
                found.first.push(Finding { level: known.level(&alike), rule: known.id(&alike), message });
            }
        }
        Ok(())
    }
}

/// Reads a log.
pub(crate) fn read(text: &str) -> Result<Read, At> {
    let log: Log = serde_json::from_str(text)?;
    if log.version.0 != "2.1.0" {
        return Err(At::whole(Fault::Version(format!("SARIF {:?}, not 2.1.0", log.version.0))));
    }
    let Runs { findings, tools, nothing } = log.runs.0;
    if nothing || findings.runs == 0 {
        return Err(At::whole(Fault::Unfinished));
    }
    Ok(Read { format: Format::Sarif, version: log.version.0, tools: tools.0, says: Says::Findings(findings) })
}
