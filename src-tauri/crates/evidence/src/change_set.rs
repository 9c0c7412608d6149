//! CloudFormation's change set as `aws cloudformation describe-change-set` answers.
use domain::evidence::{Format, LISTED_COMPONENTS, PlannedChanges, Says, Tool};
use serde::Deserialize;

use crate::Read;
use crate::bounds::cut;
use crate::error::{At, Fault};
use crate::json::{Fold, Sink, Text, add, or_empty};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ChangeSet {
    status: Text,
    status_reason: Option<Text>,
    changes: Option<Fold<Changes>>,
    next_token: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    resource_change: Option<ResourceChange>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceChange {
    action: Action,
    logical_resource_id: Text,
    replacement: Option<Replacement>,
}

#[derive(Deserialize, Clone, Copy)]
enum Action {
    Add,
    Modify,
    Remove,
    Import,
    Dynamic,
    SyncWithActual,
}

#[derive(Deserialize, Clone, Copy)]
enum Replacement {
    True,
    False,
    Conditional,
}

#[derive(Default)]
struct Changes(PlannedChanges);

impl Sink for Changes {
    type Item = One;
    fn take(&mut self, one: One) -> Result<(), String> {
        // A hook changes no resource.
        let Some(change) = one.resource_change else { return Ok(()) };
        let planned = &mut self.0;
        let (sum, goes) = match (change.action, change.replacement) {
            (Action::Add, _) => (&mut planned.create, false),
            (Action::Remove, _) => (&mut planned.delete, true),
            // What depends on values of then may be replaced, and counts as if it were.
            (Action::Modify, Some(Replacement::True | Replacement::Conditional)) | (Action::Dynamic, _) => {
                (&mut planned.replace, true)
            }
            (Action::Modify, Some(Replacement::False) | None) | (Action::Import | Action::SyncWithActual, _) => {
                (&mut planned.update, false)
            }
        };
        add(sum, 1);
        if goes && planned.deletions.len() < LISTED_COMPONENTS {
            planned.deletions.push(change.logical_resource_id.0);
        }
        Ok(())
    }
}

/// Reads a change set.
pub(crate) fn read(text: &str) -> Result<Read, At> {
    let set: ChangeSet = serde_json::from_str(text)?;
    let Fold(Changes(planned)) = set.changes.unwrap_or_default();
    let reason = or_empty(set.status_reason);
    // That nothing would change is a failure, in the service's words.
    let nothing = set.status.0 == "FAILED"
        && planned == PlannedChanges::default()
        && (reason.contains("didn't contain changes") || reason.contains("No updates are to be performed"));
    if set.status.0 != "CREATE_COMPLETE" && !nothing {
        return Err(At::whole(Fault::Unfinished));
    }
    if set.next_token.is_some() {
        let why = format!("it goes on in another page ({} are here)", cut(&Says::PlannedChanges(planned).to_string()));
        return Err(At::whole(Fault::Disagrees(why)));
    }
    let tool = Tool { name: "cloudformation".to_owned(), version: String::new() };
    Ok(Read {
        format: Format::CloudformationChangeSet,
        version: String::new(),
        tools: vec![tool],
        says: Says::PlannedChanges(planned),
    })
}
