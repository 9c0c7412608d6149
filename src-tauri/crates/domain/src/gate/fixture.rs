//! A complete change and a small board, for the rules' tables.
use std::collections::BTreeMap;

use chrono::{DateTime, TimeZone, Utc};
use uuid::Uuid;

use crate::change::{
    Account, Attachment, ChangeKind, ChangeRequest, IssueKind, LinkedIssue, RawText, Severity, Status, TextFormat,
    Window,
};
use crate::ids::{BoardId, ChangeKey, ConnectionId, Digest, MemberId};
use crate::plan::PlanSection;
use crate::roster::{Member, Role, Roster};

pub(crate) fn at(hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 4, hour, 0, 0).unwrap()
}

pub(crate) fn textile(text: &str) -> RawText {
    RawText { format: TextFormat::Textile, text: text.to_owned() }
}

pub(crate) fn account(id: &str, name: &str) -> Account {
    Account { id: id.to_owned(), name: name.to_owned() }
}

/// A change that passes every gate at every level.
pub(crate) fn change() -> ChangeRequest {
    let text = |s: &str| s.to_owned();
    ChangeRequest {
        key: ChangeKey::new("CHG", 17),
        connection: ConnectionId(Uuid::from_u128(1)),
        remote_id: text("17"),
        url: text("http://tickets.example/issues/17"),
        title: text("Move payments to the new schema"),
        kind: Some(ChangeKind::Normal),
        status: Status { name: text("New"), category: None },
        requester: Some(account("5", "Rita Vogel")),
        author: Some(account("6", "Anton Weiss")),
        assignee: None,
        deployer: Some(account("7", "Dora Lind")),
        technical_lead: Some(account("8", "Tom Berg")),
        release_manager: Some(account("9", "Ria Maas")),
        description: textile("h1. What\n\nMove the tables."),
        reason: text("The old schema cannot hold instant payments"),
        affected_systems: text("payments"),
        affected_applications: text("checkout"),
        affected_data: text("none"),
        version: text("4.2.0"),
        release: String::new(),
        milestone: String::new(),
        security_scan_status: text("passed"),
        security_scan_results: text("0 findings"),
        environment: text("production"),
        source_branch: text("main"),
        repository: text("git@example:payments.git"),
        commit: text("5f0c3a"),
        artifact_digest: text("sha256:00"),
        service: text("payments"),
        deployment_method: text("pipeline payments-deploy"),
        rollback_evidence: text("Rolled back in staging, run 812: succeeded"),
        incident: String::new(),
        window: Some(Window { start: at(20), end: at(22), zone: text("Europe/Berlin") }),
        plan: PlanSection::ALL.iter().map(|s| (*s, textile(crate::runbook::specimen::complete(*s)))).collect(),
        risk_answers: BTreeMap::new(),
        linked_issues: vec![issue("100", Some(IssueKind::Feature), None, Some(true))],
        attachments: vec![file("backout.md", Some("backout")), file("notes.txt", None)],
        journals: Vec::new(),
        details_synced: true,
        created: at(1),
        updated: at(2),
        mapping_problems: Vec::new(),
        team: String::new(),
        depends_on: String::new(),
        deployments: Vec::new(),
        committers: Vec::new(),
        unknown_committers: None,
    }
}

pub(crate) fn issue(id: &str, kind: Option<IssueKind>, severity: Option<Severity>, open: Option<bool>) -> LinkedIssue {
    LinkedIssue {
        remote_id: id.to_owned(),
        relation: "relates".to_owned(),
        title: format!("Issue {id}"),
        kind,
        severity,
        open,
    }
}

pub(crate) fn file(name: &str, content: Option<&str>) -> Attachment {
    Attachment {
        remote_id: format!("a-{name}"),
        name: name.to_owned(),
        size: 12,
        content_type: "text/plain".to_owned(),
        sha256: content.map(|c| Digest::of(c.as_bytes())),
        own: false,
    }
}

pub(crate) fn id(n: u8) -> MemberId {
    MemberId(Uuid::from_u128(u128::from(n)))
}

/// A voting member with account `n` on CHG.
pub(crate) fn member(n: u8, roles: &[Role]) -> Member {
    Member {
        id: id(n),
        name: format!("Member {n}"),
        accounts: BTreeMap::from([("CHG".to_owned(), n.to_string())]),
        roles: roles.to_vec(),
        scope: Vec::new(),
        voting: true,
        mandatory: false,
        git: Vec::new(),
        departments: Vec::new(),
        sealed_to: None,
        certificate: None,
        keys: Vec::new(),
    }
}

pub(crate) fn roster(members: Vec<Member>) -> Roster {
    Roster {
        schema: Roster::SCHEMA.to_owned(),
        board: BoardId(Uuid::from_u128(9)),
        name: "Board".to_owned(),
        version: 1,
        created: at(0),
        members,
        root_holders: Vec::new(),
        threshold: 1,
        certificate_root: String::new(),
    }
}

/// `n` voting members, 1 to n.
pub(crate) fn board(n: u8) -> Roster {
    roster((1..=n).map(|i| member(i, &[Role::BoardMember])).collect())
}
