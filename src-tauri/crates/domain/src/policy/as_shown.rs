//! A change made again from what was shown to who signed it: [`Policy::material_fields`](super::Policy::material_fields) the
//! other way round.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{kind_named, plan_section};
use crate::change::{
    Account, Attachment, ChangeRequest, FROM_EVIDENCE, IssueKind, LinkedIssue, RawText, Severity, TextFormat, Window,
};
use crate::ids::{ChangeKey, Digest};

/// A line of a field `defect.<id>`.
#[derive(Deserialize)]
struct Defect {
    id: String,
    kind: Option<IssueKind>,
    open: Option<bool>,
    severity: Option<Severity>,
}

/// A line of a field `attachment.<name>`.
#[derive(Deserialize)]
struct File {
    name: String,
    sha256: Option<Digest>,
    size: u32,
}

/// The change that these material fields are of, as far as they tell of it; `name_of` is the name of an account. What no field
/// tells is left as [`ChangeRequest::bare`] has it. A text comes without its markup, which is not material.
#[must_use]
pub fn change_as_shown(
    key: ChangeKey,
    fields: &BTreeMap<&str, &[u8]>,
    name_of: impl Fn(&str) -> String,
) -> ChangeRequest {
    let text = |field: &str| -> String {
        fields.get(field).map_or_else(String::new, |bytes| String::from_utf8_lossy(bytes).into_owned())
    };
    let plain = |text: String| RawText { format: TextFormat::Plain, text };
    let account = |field: &str| {
        let id = text(field);
        (!id.is_empty()).then(|| Account { name: name_of(&id), id })
    };
    let time = |field: &str| DateTime::parse_from_rfc3339(&text(field)).ok().map(|at| at.with_timezone(&Utc));
    let window = time("window.start").zip(time("window.end"));
    let sections = fields.iter().filter_map(|(field, bytes)| Some((plan_section(field)?, *bytes)));
    let told = sections.filter(|(_, bytes)| !bytes.is_empty());
    ChangeRequest {
        remote_id: key.to_string(),
        title: text("title"),
        kind: kind_named(&text("kind")),
        requester: account("requester"),
        author: account("author"),
        deployer: account("deployer"),
        technical_lead: account("technical_lead"),
        release_manager: account("release_manager"),
        description: plain(text("description")),
        reason: text("reason"),
        affected_systems: text("affected_systems"),
        affected_applications: text("affected_applications"),
        affected_data: text("affected_data"),
        version: text("version"),
        security_scan_status: text("security_scan_status"),
        security_scan_results: text("security_scan_results"),
        environment: text("environment"),
        source_branch: text("source_branch"),
        repository: text("repository"),
        commit: text("commit"),
        artifact_digest: text("artifact_digest"),
        service: text("service"),
        deployment_method: text("deployment_method"),
        rollback_evidence: text("rollback_evidence"),
        incident: text("incident"),
        window: window.map(|(start, end)| Window { start, end, zone: text("window.zone") }),
        plan: told.map(|(section, bytes)| (section, plain(String::from_utf8_lossy(bytes).into_owned()))).collect(),
        linked_issues: lines(fields, "defect.").map(defect).collect(),
        attachments: lines(fields, "attachment.").map(attachment).collect(),
        ..ChangeRequest::bare(key, FROM_EVIDENCE)
    }
}

/// The lines of all fields whose names begin so, as far as they can be read.
fn lines<T: DeserializeOwned>(fields: &BTreeMap<&str, &[u8]>, begin: &str) -> impl Iterator<Item = T> {
    let values = fields.iter().filter(move |(field, _)| field.starts_with(begin)).map(|(_, bytes)| *bytes);
    let lines = values.flat_map(|bytes| std::str::from_utf8(bytes).unwrap_or_default().lines());
    lines.filter_map(|line| serde_json::from_str(line).ok())
}

fn defect(told: Defect) -> LinkedIssue {
    LinkedIssue {
        remote_id: told.id,
        relation: String::new(),
        title: String::new(),
        kind: told.kind,
        severity: told.severity,
        open: told.open,
    }
}

fn attachment(told: File) -> Attachment {
    Attachment {
        remote_id: told.name.clone(),
        name: told.name,
        size: told.size,
        content_type: String::new(),
        sha256: told.sha256,
        own: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::fixture::change;
    use crate::policy::{Policy, Strength, attachments_named_in_plan};

    /// A change made again, the fields that were signed, and the attachments that its plan names.
    type Shown = (ChangeRequest, Vec<(String, Vec<u8>)>, Vec<String>);

    fn shown(change: &ChangeRequest, leave_out: &str) -> Shown {
        let named = attachments_named_in_plan(change);
        let signed = Policy::built_in(Strength::Full).material_fields(change, &named);
        let fields: BTreeMap<&str, &[u8]> = signed
            .iter()
            .filter(|(field, _)| field != leave_out)
            .map(|(field, bytes)| (field.as_str(), bytes.as_slice()))
            .collect();
        (change_as_shown(change.key.clone(), &fields, |id| format!("account {id}")), signed, named)
    }

    #[test]
    fn what_was_signed_says_the_same_of_the_change_that_is_made_again_from_it() {
        let mut without_a_window = change();
        without_a_window.window = None;
        without_a_window.kind = None;
        without_a_window.plan.clear();
        for change in [change(), without_a_window] {
            let (again, signed, named) = shown(&change, "");
            assert!(again.is_from_evidence() && !change.is_from_evidence());
            assert_eq!(Policy::built_in(Strength::Full).material_fields(&again, &named), signed);
        }
    }

    #[test]
    fn a_field_that_was_withheld_is_missing_alone() {
        let change = change();
        let (again, _, _) = shown(&change, "reason");
        assert_eq!((again.reason.as_str(), &again.title), ("", &change.title));
    }

    #[test]
    fn lines_of_another_hand_are_passed_over() {
        let fields = BTreeMap::from([
            ("attachment.plan.pdf", b"{\"name\":\"plan.pdf\"".as_slice()),
            ("defect.7", b"[]".as_slice()),
            ("window.start", b"soon".as_slice()),
            ("plan.nothing", b"x".as_slice()),
            ("title", b"\xff".as_slice()),
        ]);
        let again = change_as_shown("CHG-7".parse().expect("a key"), &fields, str::to_owned);
        assert!(again.attachments.is_empty() && again.linked_issues.is_empty() && again.plan.is_empty());
        assert_eq!((again.window, again.title.as_str()), (None, "\u{fffd}"));
    }
}
