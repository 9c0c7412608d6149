//! A digest over what a change *says*, to notice an edit that the board has not seen.
use std::collections::BTreeMap;

use domain::change::{Account, ChangeKind, ChangeRequest, RawText, Window};
use domain::ids::Digest;
use domain::plan::PlanSection;
use serde::Serialize;

/// Everything that counts as content. Status, assignee, comments, linked tickets, the updated time, and whatever
/// Cabinet wrote do not.
#[derive(Serialize)]
struct Content<'a> {
    title: &'a str,
    kind: Option<ChangeKind>,
    accounts: [Option<&'a Account>; 5],
    description: &'a RawText,
    texts: [&'a str; 16],
    window: Option<&'a Window>,
    plan: &'a BTreeMap<PlanSection, RawText>,
    risk_answers: &'a BTreeMap<String, String>,
    attachments: Vec<(&'a str, &'a str, u32)>,
}

/// The digest of a change's content.
#[must_use]
pub fn content_digest(change: &ChangeRequest) -> Digest {
    let mut attachments: Vec<_> =
        change.attachments.iter().filter(|a| !a.own).map(|a| (a.remote_id.as_str(), a.name.as_str(), a.size)).collect();
    attachments.sort_unstable();
    let content = Content {
        title: &change.title,
        kind: change.kind,
        accounts: [
            change.requester.as_ref(),
            change.author.as_ref(),
            change.deployer.as_ref(),
            change.technical_lead.as_ref(),
            change.release_manager.as_ref(),
        ],
        description: &change.description,
        texts: [
            &change.reason,
            &change.affected_systems,
            &change.affected_applications,
            &change.affected_data,
            &change.version,
            &change.security_scan_status,
            &change.security_scan_results,
            &change.environment,
            &change.source_branch,
            &change.repository,
            &change.commit,
            &change.artifact_digest,
            &change.service,
            &change.deployment_method,
            &change.rollback_evidence,
            &change.incident,
        ],
        window: change.window.as_ref(),
        plan: &change.plan,
        risk_answers: &change.risk_answers,
        attachments,
    };
    Digest::of(&serde_json::to_vec(&content).expect("texts, integers and maps with text keys always serialise"))
}
