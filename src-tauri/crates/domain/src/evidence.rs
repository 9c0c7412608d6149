//! What a file out of a pipeline says about a change (R7–R10, R33–R35, R40, R62, R81, R83), whichever tool wrote it.
//!
//! Counts are integers: a share such as "87 % covered" is computed where it is judged, from the lines. Nothing here
//! judges; gates do. The formats, and where their fields are laid down:
//!
//! | format | what it is here | source |
//! |---|---|---|
//! | JUnit XML | [`Tests`] | no standard: the schema of Ant's `junitreport` as Jenkins and Surefire read it |
//! | SARIF 2.1.0 | [`Findings`] | OASIS SARIF 2.1.0, §3.14 (run), §3.27 (result), §3.27.10 (level) |
//! | CycloneDX 1.4–1.6, JSON | [`Components`] | cyclonedx.org/docs, `components`; ECMA-424 for 1.6 |
//! | SPDX 2.2, 2.3, JSON | [`Components`] | SPDX 2.3, §7 (package), §7.13 and §7.15 (licences), §7.21 (external references) |
//! | Cobertura XML | [`Coverage`] | `coverage-04.dtd` of cobertura.sourceforge.net: `lines-covered`, `lines-valid` |
//! | LCOV | [`Coverage`] | the manual page geninfo(1), *Files*: `SF`, `DA`, `LF`, `LH`, `end_of_record` |
//! | Terraform plan, JSON | [`PlannedChanges`] | Terraform, *JSON Output Format*, `resource_changes[].change.actions` |
//! | CloudFormation change set, JSON | [`PlannedChanges`] | AWS, *DescribeChangeSet*, `Changes[].ResourceChange` |
//! | Pulumi preview, JSON | [`PlannedChanges`] | `pulumi preview --json`, `steps[].op` |
//! | unified diff | [`PlannedChanges`] | POSIX diff(1), *Diff -u Output Format*, as Python's `difflib` and Git write it |
//! | merge request | [`MergeRequest`] | GitLab's and GitHub's REST interfaces, in an envelope of ours (docs/evidence.md) |
//! | in-toto statement, JSON | [`Artifacts`] | in-toto Statement v1 and v0.1, `subject`; SLSA provenance v1 and v0.2, the builder |
//! | list of runs | [`Runs`] | ours (docs/evidence.md) |
//!
//! [`Run`] says of which run a report is; what is not said is blank.
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::Digest;

mod repository;
mod run;

pub use repository::same_repository;
pub use run::{Environment, FileRun, Run, Runs, Stage};

/// Names and findings that are listed one by one; what is beyond is counted only.
pub const LISTED: usize = 20;

/// Components and deletions that are listed one by one; what is beyond is counted only.
pub const LISTED_COMPONENTS: usize = 20_000;

/// Accounts and mail addresses of committers that one merge request may name.
pub const COMMITTERS: usize = 1_000;

/// What a file speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Tests that ran.
    Tests,
    /// Findings of an analysis.
    Findings,
    /// Components that are contained.
    Components,
    /// Lines that tests reached.
    Coverage,
    /// What a plan would do to an infrastructure (R2).
    PlannedChanges,
    /// A merge request: who approved it, and its builds (R44, R62).
    MergeRequest,
    /// Of which runs the files beside it are.
    Runs,
    /// Artifacts that a build made (R10).
    Artifacts,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// JUnit XML.
    Junit,
    /// SARIF.
    Sarif,
    /// CycloneDX as JSON.
    Cyclonedx,
    /// SPDX as JSON.
    Spdx,
    /// Cobertura XML.
    Cobertura,
    /// LCOV.
    Lcov,
    /// Terraform's plan as JSON.
    TerraformPlan,
    /// A change set of CloudFormation as JSON.
    CloudformationChangeSet,
    /// Pulumi's preview as JSON.
    PulumiPreview,
    /// A unified diff.
    UnifiedDiff,
    /// A merge request as its host tells of it.
    MergeRequest,
    /// A list of runs.
    Runs,
    /// A statement of in-toto as JSON.
    InTotoStatement,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Junit => "JUnit XML",
            Self::Sarif => "SARIF",
            Self::Cyclonedx => "CycloneDX",
            Self::Spdx => "SPDX",
            Self::Cobertura => "Cobertura",
            Self::Lcov => "LCOV",
            Self::TerraformPlan => "Terraform plan",
            Self::CloudformationChangeSet => "CloudFormation change set",
            Self::PulumiPreview => "Pulumi preview",
            Self::UnifiedDiff => "unified diff",
            Self::MergeRequest => "merge request",
            Self::Runs => "list of runs",
            Self::InTotoStatement => "in-toto statement",
        })
    }
}

/// Where a file came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Attached to the ticket, and downloaded.
    Ticket,
    /// In the evidence folder of the change.
    Folder,
}

/// The program that wrote a file, in the file's own words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version; empty when the file does not say.
    pub version: String,
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.version.is_empty() { Ok(()) } else { write!(f, " {}", self.version) }
    }
}

/// Which bytes it was, and what wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The file's name; never a path.
    pub file: String,
    /// Bytes.
    pub bytes: u32,
    /// SHA-256 of the bytes.
    pub sha256: Digest,
    /// How it is written.
    pub format: Format,
    /// The format's version as the file says; empty where the format has none.
    pub format_version: String,
    /// What wrote it, by its own word; empty when it does not say. JUnit has no field for it: there it is what the
    /// outermost element calls itself.
    pub tools: Vec<Tool>,
}

/// Where code is hosted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeHost {
    /// GitLab.
    Gitlab,
    /// GitHub.
    Github,
}

/// What became of a merge request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeState {
    /// It waits.
    Open,
    /// It was merged.
    Merged,
    /// It was closed, and not merged.
    Closed,
}

/// A merge request (R44, R62).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeRequest {
    /// Where.
    pub host: CodeHost,
    /// Its number there.
    pub number: u32,
    /// Where people find it.
    pub url: String,
    /// What became of it.
    pub state: MergeState,
    /// The account of whoever opened it.
    pub author: String,
    /// Its last commit.
    pub commit: String,
    /// Whether the rules of its host are met, as far as the host says.
    pub approved: bool,
    /// How many accounts other than the author's approve it.
    pub approvals: u32,
    /// The first of them, at most [`LISTED`].
    pub approved_by: Vec<String>,
    /// Accounts that ask for changes, at most [`LISTED`].
    pub refused_by: Vec<String>,
    /// Builds of its last commit.
    pub builds: u32,
    /// Of these, those that are green.
    pub green: u32,
    /// The others with how they stand, at most [`LISTED`].
    pub not_green: Vec<String>,
    /// The address of the repository into which it is to be merged; empty where its host does not say.
    #[serde(default)]
    pub repository: String,
    /// The commits that it became by being merged: its merge commit, and the one of what was squashed.
    #[serde(default)]
    pub merged_as: Vec<String>,
    /// Accounts and mail addresses of those who wrote and committed its commits (R89), sorted, each once, mail addresses in
    /// small letters, at most [`COMMITTERS`]; empty where the file does not bring the commits.
    #[serde(default)]
    pub committers: Vec<String>,
    /// Whether the file brings the commits, and these are known to be all.
    #[serde(default)]
    pub commits_told: bool,
}

impl MergeRequest {
    /// Whether it is of this commit: as the last that was pushed, or as what was merged.
    #[must_use]
    pub fn is_of(&self, commit: &str) -> bool {
        std::iter::once(&self.commit).chain(&self.merged_as).any(|own| Run::same_commit(own, commit))
    }
}

/// An artifact that a build made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
}

/// Artifacts that a build made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Artifacts {
    /// All of them.
    pub total: u32,
    /// Those with a SHA-256, at most [`LISTED_COMPONENTS`].
    pub listed: Vec<Artifact>,
    /// Who built them, by the statement's word; empty when it does not say.
    pub builder: String,
}

/// Tests that ran.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tests {
    /// All of them.
    pub total: u32,
    /// Neither failed nor skipped.
    pub passed: u32,
    /// Failed, or ended in an error.
    pub failed: u32,
    /// Not run.
    pub skipped: u32,
    /// Names of the first that failed, at most [`LISTED`].
    pub first_failed: Vec<String>,
}

/// How bad a finding is, in SARIF's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A serious problem.
    Error,
    /// A problem.
    Warning,
    /// A minor problem, or an opportunity.
    Note,
    /// No problem, or one whose weight does not apply.
    None,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad.
    pub level: Level,
    /// The rule's id; empty when not given.
    pub rule: String,
    /// What the tool says, cut.
    pub message: String,
}

/// Findings of an analysis.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Findings {
    /// At level *error*.
    pub errors: u32,
    /// At level *warning*.
    pub warnings: u32,
    /// At level *note*.
    pub notes: u32,
    /// At level *none*.
    pub none: u32,
    /// Suppressed by the tool's own configuration or by a reviewer: in none of the four numbers above.
    pub suppressed: u32,
    /// Analyses in the file.
    pub runs: u32,
    /// Of these, those that by their own word did not succeed: what they did not find says nothing.
    pub unsuccessful: u32,
    /// How many findings each rule has, the suppressed ones left out.
    pub rules: BTreeMap<String, u32>,
    /// The first, at most [`LISTED`], the suppressed ones left out.
    pub first: Vec<Finding>,
}

impl Findings {
    /// All that are not suppressed.
    #[must_use]
    pub fn total(&self) -> u32 {
        [self.errors, self.warnings, self.notes, self.none].into_iter().fold(0, u32::saturating_add)
    }
}

/// A component that is contained.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// Its version; empty when not given.
    pub version: String,
    /// Its package URL; empty when not given.
    pub purl: String,
    /// Licences as the file says: identifiers or expressions of SPDX, or names. Empty when it says nothing, or that
    /// it does not know (`NOASSERTION`). Several stand side by side, without a word how they combine.
    pub licences: Vec<String>,
}

/// Components that are contained.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Components {
    /// All of them; what the file is *about* is not counted.
    pub total: u32,
    /// The first, at most [`LISTED_COMPONENTS`].
    pub listed: Vec<Component>,
}

/// Lines that tests reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// Reached.
    pub lines_covered: u32,
    /// Lines that could be.
    pub lines_valid: u32,
}

impl Coverage {
    /// Whether at least `percent` of the lines were reached, exactly; of no lines nothing can be said.
    #[must_use]
    pub fn reaches(&self, percent: u32) -> Option<bool> {
        (self.lines_valid > 0)
            .then(|| u64::from(self.lines_covered) * 100 >= u64::from(self.lines_valid) * u64::from(percent))
    }
}

/// What a plan would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlannedChanges {
    /// Made anew.
    pub create: u32,
    /// Changed in place.
    pub update: u32,
    /// Taken away.
    pub delete: u32,
    /// Taken away and made anew, in either order.
    pub replace: u32,
    /// Addresses of what is taken away, the replaced ones included, at most [`LISTED_COMPONENTS`].
    pub deletions: Vec<String>,
}

/// What a file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Says {
    /// Tests that ran.
    Tests(Tests),
    /// Findings of an analysis.
    Findings(Findings),
    /// Components that are contained.
    Components(Components),
    /// Lines that tests reached.
    Coverage(Coverage),
    /// What a plan would do.
    PlannedChanges(PlannedChanges),
    /// A merge request.
    MergeRequest(MergeRequest),
    /// Of which runs the files beside it are.
    Runs(Runs),
    /// Artifacts that a build made.
    Artifacts(Artifacts),
}

impl Says {
    /// What it speaks about.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Tests(_) => Kind::Tests,
            Self::Findings(_) => Kind::Findings,
            Self::Components(_) => Kind::Components,
            Self::Coverage(_) => Kind::Coverage,
            Self::PlannedChanges(_) => Kind::PlannedChanges,
            Self::MergeRequest(_) => Kind::MergeRequest,
            Self::Runs(_) => Kind::Runs,
            Self::Artifacts(_) => Kind::Artifacts,
        }
    }
}

impl fmt::Display for Says {
    /// In one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tests(t) => {
                write!(f, "{} tests: {} passed, {} failed, {} skipped", t.total, t.passed, t.failed, t.skipped)
            }
            Self::Findings(s) => {
                let (all, errors, warnings) = (s.total(), s.errors, s.warnings);
                write!(f, "{all} findings: {errors} errors, {warnings} warnings, {} notes", s.notes)?;
                if s.suppressed > 0 {
                    write!(f, "; {} suppressed", s.suppressed)?;
                }
                if s.unsuccessful > 0 {
                    write!(f, "; {} of {} analyses did not succeed", s.unsuccessful, s.runs)?;
                }
                Ok(())
            }
            Self::Components(c) => {
                let silent = c.listed.iter().filter(|one| one.licences.is_empty()).count();
                write!(f, "{} components, {silent} without a licence", c.total)?;
                if c.listed.len() < c.total as usize {
                    write!(f, " among the first {}", c.listed.len())?;
                }
                Ok(())
            }
            Self::Coverage(c) => write!(f, "{} of {} lines covered", c.lines_covered, c.lines_valid),
            Self::PlannedChanges(p) => {
                write!(
                    f,
                    "{} to create, {} to update, {} to delete, {} to replace",
                    p.create, p.update, p.delete, p.replace
                )
            }
            Self::MergeRequest(m) => {
                let state = match m.state {
                    MergeState::Open => "open",
                    MergeState::Merged => "merged",
                    MergeState::Closed => "closed",
                };
                write!(f, "!{} {state}: {} approvals, {} of {} builds green", m.number, m.approvals, m.green, m.builds)
            }
            Self::Runs(r) => write!(f, "runs of {} files", r.files.len()),
            Self::Artifacts(a) => write!(f, "{} artifacts of a build", a.total),
        }
    }
}

/// What a file says, and which file it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Which bytes it was, and what wrote them.
    pub provenance: Provenance,
    /// Of which run it is.
    #[serde(default)]
    pub run: Run,
    /// What it says.
    pub says: Says,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_is_compared_exactly_and_of_no_lines_nothing_is_said() {
        let cases =
            [(799, 1000, 80, Some(false)), (800, 1000, 80, Some(true)), (2, 3, 67, Some(false)), (0, 0, 0, None)];
        for (lines_covered, lines_valid, percent, expected) in cases {
            let coverage = Coverage { lines_covered, lines_valid };
            assert_eq!(coverage.reaches(percent), expected, "{lines_covered} of {lines_valid} against {percent} %");
        }
    }

    #[test]
    fn one_line_says_what_was_not_looked_at() {
        let findings = Findings { errors: 1, notes: 2, suppressed: 3, runs: 2, unsuccessful: 1, ..Findings::default() };
        assert_eq!(
            Says::Findings(findings).to_string(),
            "3 findings: 1 errors, 0 warnings, 2 notes; 3 suppressed; 1 of 2 analyses did not succeed"
        );
        let components = Components { total: 2, listed: Vec::new() };
        assert_eq!(Says::Components(components).to_string(), "2 components, 0 without a licence among the first 0");
    }

    #[test]
    fn what_is_said_reads_back_as_it_was_written() {
        let says = Says::Tests(Tests { total: 2, passed: 1, failed: 1, skipped: 0, first_failed: vec!["a b".into()] });
        let json = serde_json::to_value(&says).expect("JSON");
        assert_eq!((json["kind"].as_str(), json["failed"].as_u64()), (Some("tests"), Some(1)));
        assert_eq!(serde_json::from_value::<Says>(json).expect("the same"), says);
    }
}
