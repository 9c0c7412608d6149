//! Evidence from pipelines: files that tools write, read as what they say (`domain::evidence`).
//!
//! A format is recognised by content, never by a name's ending. Everything is bounded ([`bounds`]); no document type is
//! followed and no entity expanded; whatever is wrong refuses the whole file with its place and what would mend it, since
//! half a report passes for a good one.
//!
//! Files come from [`Provider`]s: what the ticket carries, and a folder; whose they are, of pipelines, of hosts of code or of
//! stores of artifacts, is told by what they say. XML is read by quick-xml, which never expands an
//! entity by itself, JSON by `serde_json`. The crates made for single formats keep a whole document in memory and have
//! no bounds, so they are not used here.
pub mod bounds;
mod change_set;
mod cobertura;
mod cyclonedx;
mod diff;
mod error;
mod json;
mod junit;
mod lcov;
mod merge_request;
mod provenance;
mod provider;
mod pulumi;
mod runs;
mod sarif;
mod spdx;
mod terraform;
mod xml;

use domain::evidence::{Evidence, Format, Provenance, Run, Says, Tool};
use domain::ids::Digest;
use serde::Deserialize;
use serde::de::IgnoredAny;

pub use error::{EvidenceError, Fault, Place};
pub use provider::{Attachments, Collected, Folder, Found, Problem, Provider};

use error::At;

/// What a reader makes of a file.
struct Read {
    format: Format,
    version: String,
    tools: Vec<Tool>,
    says: Says,
}

impl Read {
    /// What a tool wrote that has no word for the run.
    fn of_no_run(self) -> (Self, Run) {
        (self, Run::default())
    }
}

/// Reads a file. `name` is only repeated, in the evidence and in errors.
///
/// # Errors
/// [`EvidenceError`]: nothing of the file counts.
pub fn read(name: &str, bytes: &[u8]) -> Result<Evidence, EvidenceError> {
    let (Read { format, version, tools, says }, run) = recognised(bytes).map_err(|at| at.of(name))?;
    let provenance = Provenance {
        file: name.to_owned(),
        // Held to 64 MiB before.
        bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        sha256: Digest::of(bytes),
        format,
        format_version: version,
        tools,
    };
    Ok(Evidence { provenance, run, says })
}

fn recognised(bytes: &[u8]) -> Result<(Read, Run), At> {
    let text = bounds::text(bytes)?;
    let unknown = || At::whole(Fault::Unrecognised);
    match text.trim_start().chars().next() {
        Some('<') => match xml::root(text)?.as_str() {
            "testsuites" | "testsuite" => junit::read(text),
            "coverage" => cobertura::read(text).map(Read::of_no_run),
            _ => Err(unknown()),
        },
        Some('{') => {
            bounds::json(text)?;
            let read = match Marks::of(text)? {
                Some(Format::InTotoStatement) => return provenance::read(text),
                Some(Format::Sarif) => sarif::read(text),
                Some(Format::Cyclonedx) => cyclonedx::read(text),
                Some(Format::Spdx) => spdx::read(text),
                Some(Format::TerraformPlan) => terraform::read(text),
                Some(Format::CloudformationChangeSet) => change_set::read(text),
                Some(Format::PulumiPreview) => pulumi::read(text),
                Some(Format::MergeRequest) => merge_request::read(text),
                Some(Format::Runs) => runs::read(text),
                Some(Format::Junit | Format::Cobertura | Format::Lcov | Format::UnifiedDiff) | None => Err(unknown()),
            };
            read.map(Read::of_no_run)
        }
        Some(_) if lcov::begins(text) => lcov::read(text).map(Read::of_no_run),
        Some(_) if diff::begins(text) => diff::read(text).map(Read::of_no_run),
        Some(_) | None => Err(unknown()),
    }
}

/// The members by which the formats in JSON are told apart.
#[derive(Deserialize)]
struct Marks {
    runs: Option<IgnoredAny>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<IgnoredAny>,
    #[serde(rename = "spdxVersion")]
    spdx_version: Option<IgnoredAny>,
    terraform_version: Option<IgnoredAny>,
    planned_values: Option<IgnoredAny>,
    #[serde(rename = "ChangeSetId")]
    change_set_id: Option<IgnoredAny>,
    #[serde(rename = "StackName")]
    stack_name: Option<IgnoredAny>,
    steps: Option<IgnoredAny>,
    #[serde(rename = "changeSummary")]
    change_summary: Option<IgnoredAny>,
    #[serde(rename = "_type")]
    statement: Option<IgnoredAny>,
    #[serde(rename = "predicateType")]
    predicate_type: Option<IgnoredAny>,
    cabinet_merge_request: Option<IgnoredAny>,
    cabinet_runs: Option<IgnoredAny>,
}

impl Marks {
    /// The one format that a text has the marks of; a text that has those of two is of neither.
    fn of(text: &str) -> Result<Option<Format>, At> {
        let marks: Self = serde_json::from_str(text)?;
        let found = [
            (marks.runs.is_some(), Format::Sarif),
            (marks.bom_format.is_some(), Format::Cyclonedx),
            (marks.spdx_version.is_some(), Format::Spdx),
            (marks.terraform_version.is_some() && marks.planned_values.is_some(), Format::TerraformPlan),
            (marks.change_set_id.is_some() && marks.stack_name.is_some(), Format::CloudformationChangeSet),
            (marks.steps.is_some() && marks.change_summary.is_some(), Format::PulumiPreview),
            (marks.statement.is_some() && marks.predicate_type.is_some(), Format::InTotoStatement),
            (marks.cabinet_merge_request.is_some(), Format::MergeRequest),
            (marks.cabinet_runs.is_some(), Format::Runs),
        ];
        let mut found = found.into_iter().filter(|(there, _)| *there).map(|(_, format)| format);
        Ok(match (found.next(), found.next()) {
            (Some(only), None) => Some(only),
            (Some(_) | None, _) => None,
        })
    }
}

#[cfg(test)]
mod tests;
