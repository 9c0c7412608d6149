//! Every material field and attachment: an edit on the real Redmine makes the approval stale, and taking the edit back
//! makes it hold again. What is not material does neither.
use std::collections::BTreeSet;

use board::views::ApprovalState;
use domain::policy::MaterialField as F;
use serde_json::json;

use super::desk::{approve, desk, key};
use super::equal::PLAN;
use super::server::Redmine;
use crate::journey::Journey;

/// A custom field with the value it has ([`Redmine::ticket`]) and another one the server takes.
const FIELDS: [(F, &str, &str, &str); 18] = [
    (F::Kind, "Change kind", "Normal", "Standard"),
    (F::Reason, "Change reason", "The old release leaves support", "Somebody asked for it"),
    (F::AffectedSystems, "Affected systems", "sess-1, sess-2", "sess-1"),
    (F::AffectedApplications, "Affected applications", "session-store", "session-store, portal"),
    (F::AffectedData, "Affected data", "none", "sessions"),
    (F::Service, "Affected service", "Identity", "Payments API"),
    (F::Version, "Version", "4.2.0", "4.2.1"),
    (F::SecurityScanStatus, "Security scan status", "Passed", "Failed"),
    (F::SecurityScanResults, "Security scan results", "No findings above low.", "One high finding."),
    (F::Environment, "Environment", "prod-eu", "prod-us"),
    (F::Repository, "Repository", "https://git.meridian.example/session-store", "https://git.meridian.example/other"),
    (F::SourceBranch, "Branch", "main", "hotfix"),
    (F::Commit, "Commit", "4e8ec8d3a0c270b6d88c29b7554fd2b477ca28f3", "5e8ec8d3a0c270b6d88c29b7554fd2b477ca28f3"),
    (F::DeploymentMethod, "Deployment pipeline", "session-store/deploy-prod", "session-store/by-hand"),
    (F::RollbackEvidence, "Rollback evidence", "Rolled back in staging, took 6 minutes", "None yet"),
    (F::Window, "Planned start", "2027-01-12T20:00:00+01:00", "2027-01-12T19:00:00+01:00"),
    (F::Window, "Planned end", "2027-01-12T21:30:00+01:00", "2027-01-12T23:30:00+01:00"),
    (F::Window, "Time zone", "Europe/Berlin", "Europe/Lisbon"),
];

/// What is edited in `gate.rs` alone: people, what is linked or attached, and fields that a ticket may leave empty.
const ELSEWHERE: [F; 9] = [
    F::ArtifactDigest,
    F::Incident,
    F::Requester,
    F::Author,
    F::Deployer,
    F::TechnicalLead,
    F::ReleaseManager,
    F::LinkedDefects,
    F::Attachments,
];

async fn approval(journey: &Journey<Redmine>, id: u32) -> ApprovalState {
    journey.cabinet.sync_now().await.expect("synced");
    journey.change(&key(id)).await.decision.expect("decided").approval
}

#[tokio::test(flavor = "multi_thread")]
async fn every_material_field_makes_an_approval_stale_until_the_edit_is_taken_back() {
    let server = Redmine::given();
    let project = server.project();
    let id = server.ticket(&project, "Signed", "Authorize");
    let url = server.url.clone();
    let journey = desk(server.clone(), &url, &project).await;
    approve(&journey, &[id]).await;
    assert_eq!(approval(&journey, id).await, ApprovalState::Holds);

    let here = [F::Title, F::Description, F::Plan];
    let fields = FIELDS.iter().map(|(field, ..)| *field).chain(here);
    let covered: BTreeSet<F> = fields.chain(ELSEWHERE).collect();
    assert_eq!(covered, F::ALL.iter().copied().collect::<BTreeSet<_>>(), "every field is edited here or there");
    let full = std::env::var("CABINET_COUNTS").is_ok_and(|c| c == "full");
    let mut edits: Vec<(String, String, String)> =
        FIELDS.iter().map(|(_, name, was, now)| ((*name).to_owned(), (*was).to_owned(), (*now).to_owned())).collect();
    for (_, name) in PLAN {
        let was = format!("# First step of {name}\n# Second step");
        edits.push((name.to_owned(), was.clone(), format!("{was}\n# A third step nobody reviewed")));
    }
    let tried = edits.iter().enumerate().filter(|(n, _)| full || n % 4 == 2);
    let mut count = 0;
    for (_, (name, was, now)) in tried {
        server.set("alice", id, name, now);
        assert_eq!(approval(&journey, id).await, ApprovalState::Stale, "after an edit of {name}");
        server.set("alice", id, name, was);
        assert_eq!(approval(&journey, id).await, ApprovalState::Holds, "after {name} was put back");
        count += 1;
    }
    for (what, now, was) in [
        ("the subject", json!({"subject": "Signed, or so they say"}), json!({"subject": "Signed"})),
        (
            "the description",
            json!({"description": "Something else"}),
            json!({"description": "h2. What\n\nReplace the *session store* by the new release.\n\n* one\n* two"}),
        ),
    ] {
        server.edit("alice", id, &now);
        assert_eq!(approval(&journey, id).await, ApprovalState::Stale, "after an edit of {what}");
        server.edit("alice", id, &was);
        assert_eq!(approval(&journey, id).await, ApprovalState::Holds, "after {what} was put back");
        count += 1;
    }
    for (what, edit) in [
        ("a comment", json!({"notes": "Only a comment"})),
        ("the assignee", json!({"assigned_to_id": server.user("alice")})),
    ] {
        server.edit("alice", id, &edit);
        assert_eq!(approval(&journey, id).await, ApprovalState::Holds, "{what} is not material");
    }
    println!("{count} material fields edited and put back on the real Redmine, 2 others edited");
}
