//! A change for unit tests.
use std::collections::BTreeMap;

use domain::change::{Account, ChangeKind, ChangeRequest, RawText, Status, TextFormat};
use domain::ids::ConnectionId;

/// A plain change with nothing in it but who wrote it.
pub(crate) fn change(key: &str) -> ChangeRequest {
    let raw = |text: &str| RawText { format: TextFormat::Plain, text: text.to_owned() };
    ChangeRequest {
        key: key.parse().expect("a key"),
        connection: ConnectionId(uuid::Uuid::from_u128(1)),
        remote_id: "1".into(),
        url: "http://127.0.0.1/issues/1".into(),
        title: "Move the ledger".into(),
        kind: Some(ChangeKind::Normal),
        status: Status { name: "New".into(), category: None },
        requester: None,
        author: Some(Account { id: "5".into(), name: "Ada".into() }),
        assignee: None,
        deployer: None,
        technical_lead: None,
        release_manager: None,
        description: raw(""),
        reason: String::new(),
        affected_systems: String::new(),
        affected_applications: String::new(),
        affected_data: String::new(),
        version: String::new(),
        release: String::new(),
        milestone: String::new(),
        security_scan_status: String::new(),
        security_scan_results: String::new(),
        environment: String::new(),
        source_branch: String::new(),
        repository: String::new(),
        commit: String::new(),
        artifact_digest: String::new(),
        service: String::new(),
        deployment_method: String::new(),
        rollback_evidence: String::new(),
        incident: String::new(),
        window: None,
        plan: BTreeMap::new(),
        risk_answers: BTreeMap::new(),
        linked_issues: Vec::new(),
        attachments: Vec::new(),
        journals: Vec::new(),
        details_synced: true,
        created: chrono::DateTime::UNIX_EPOCH,
        updated: chrono::DateTime::UNIX_EPOCH,
        mapping_problems: Vec::new(),
        team: String::new(),
        depends_on: String::new(),
        deployments: Vec::new(),
        committers: Vec::new(),
        unknown_committers: None,
    }
}
