//! Terraform's plan as `terraform show -json PLAN` writes it; OpenTofu writes the same.
use domain::evidence::{Format, LISTED_COMPONENTS, PlannedChanges, Says, Tool};
use serde::Deserialize;

use crate::Read;
use crate::error::{At, Fault};
use crate::json::{Fold, Sink, Text, add, or_empty};

#[derive(Deserialize)]
struct Plan {
    format_version: Text,
    terraform_version: Option<Text>,
    resource_changes: Option<Fold<Changes>>,
    errored: Option<bool>,
}

#[derive(Deserialize)]
struct ResourceChange {
    address: Text,
    change: Change,
}

#[derive(Deserialize)]
struct Change {
    actions: Fold<Actions>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Action {
    NoOp,
    Create,
    Read,
    Update,
    Delete,
    Forget,
}

#[derive(Default)]
struct Actions(Vec<Action>);

impl Sink for Actions {
    type Item = Action;
    fn take(&mut self, action: Action) -> Result<(), String> {
        if self.0.len() >= 2 {
            return Err("more than two actions on one resource".to_owned());
        }
        self.0.push(action);
        Ok(())
    }
}

#[derive(Default)]
struct Changes(PlannedChanges);

impl Sink for Changes {
    type Item = ResourceChange;
    fn take(&mut self, one: ResourceChange) -> Result<(), String> {
        let planned = &mut self.0;
        let sum = match one.change.actions.0.0.as_slice() {
            [Action::NoOp | Action::Read | Action::Forget] => return Ok(()),
            // Made anew, while what was there stays and is forgotten.
            [Action::Create] | [Action::Create, Action::Forget] => &mut planned.create,
            [Action::Update] => &mut planned.update,
            [Action::Delete] => &mut planned.delete,
            [Action::Delete, Action::Create] | [Action::Create, Action::Delete] => &mut planned.replace,
            _ => return Err(format!("actions on {:?} that no plan has together", one.address.0)),
        };
        add(sum, 1);
        if one.change.actions.0.0.contains(&Action::Delete) && planned.deletions.len() < LISTED_COMPONENTS {
            planned.deletions.push(one.address.0);
        }
        Ok(())
    }
}

/// Reads a plan.
pub(crate) fn read(text: &str) -> Result<Read, At> {
    let plan: Plan = serde_json::from_str(text)?;
    if !plan.format_version.0.starts_with("1.") {
        return Err(At::whole(Fault::Version(format!("a plan's format {:?}, not 1.x", plan.format_version.0))));
    }
    if plan.errored == Some(true) {
        return Err(At::whole(Fault::Unfinished));
    }
    // A plan that changes nothing leaves the list out.
    let Fold(Changes(planned)) = plan.resource_changes.unwrap_or_default();
    let tool = Tool { name: "terraform".to_owned(), version: or_empty(plan.terraform_version) };
    Ok(Read {
        format: Format::TerraformPlan,
        version: plan.format_version.0,
        tools: vec![tool],
        says: Says::PlannedChanges(planned),
    })
}
