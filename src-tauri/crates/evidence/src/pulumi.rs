//! Pulumi's preview as `pulumi preview --json` writes it, of a program in Python or in another language.
use domain::evidence::{Format, LISTED_COMPONENTS, PlannedChanges, Says, Tool};
use serde::Deserialize;

use crate::Read;
use crate::error::{At, Fault};
use crate::json::{Fold, Sink, Text, add};

#[derive(Deserialize)]
struct Preview {
    steps: Fold<Steps>,
    diagnostics: Option<Fold<Diagnostics>>,
}

#[derive(Deserialize)]
struct Step {
    op: Operation,
    urn: Text,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Operation {
    Same,
    Create,
    Update,
    Delete,
    Replace,
    CreateReplacement,
    DeleteReplaced,
    Read,
    ReadReplacement,
    Refresh,
    Discard,
    DiscardReplaced,
    RemovePendingReplace,
    Import,
    ImportReplacement,
}

#[derive(Default)]
struct Steps(PlannedChanges);

impl Sink for Steps {
    type Item = Step;
    fn take(&mut self, step: Step) -> Result<(), String> {
        let planned = &mut self.0;
        let (sum, goes) = match step.op {
            Operation::Create => (&mut planned.create, false),
            Operation::Update | Operation::Import => (&mut planned.update, false),
            Operation::Delete => (&mut planned.delete, true),
            // A replacement is three steps, of which this is the one that each has.
            Operation::Replace => (&mut planned.replace, true),
            Operation::Same
            | Operation::CreateReplacement
            | Operation::DeleteReplaced
            | Operation::Read
            | Operation::ReadReplacement
            | Operation::Refresh
            | Operation::Discard
            | Operation::DiscardReplaced
            | Operation::RemovePendingReplace
            | Operation::ImportReplacement => return Ok(()),
        };
        add(sum, 1);
        if goes && planned.deletions.len() < LISTED_COMPONENTS {
            planned.deletions.push(step.urn.0);
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Diagnostic {
    severity: Option<Text>,
}

#[derive(Default)]
struct Diagnostics {
    failed: bool,
}

impl Sink for Diagnostics {
    type Item = Diagnostic;
    fn take(&mut self, one: Diagnostic) -> Result<(), String> {
        self.failed |= one.severity.is_some_and(|severity| severity.0 == "error");
        Ok(())
    }
}

/// Reads a preview.
pub(crate) fn read(text: &str) -> Result<Read, At> {
    let preview: Preview = serde_json::from_str(text)?;
    if preview.diagnostics.is_some_and(|told| told.0.failed) {
        return Err(At::whole(Fault::Unfinished));
    }
    let Fold(Steps(planned)) = preview.steps;
    let tool = Tool { name: "pulumi".to_owned(), version: String::new() };
    Ok(Read {
        format: Format::PulumiPreview,
        version: String::new(),
        tools: vec![tool],
        says: Says::PlannedChanges(planned),
    })
}
