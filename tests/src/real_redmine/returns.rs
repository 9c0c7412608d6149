//! An incomplete change goes back to its requester on the real Redmine, and what they paste comes back.
use board::requests::OfChange;
use board::views::{GateResult, OutboxState, Provenance};
use serde_json::json;

use super::desk::{desk, kept_change, key, outbox};
use super::server::Redmine;
use crate::journey::{filled_answers, filled_plan, of, only};

/// The comments with Cabinet's marker.
fn asked(server: &Redmine, id: u32) -> Vec<String> {
    let ticket = server.issue(id);
    let notes = ticket["journals"].as_array().expect("journals").iter().filter_map(|j| j["notes"].as_str());
    notes.filter(|notes| ticketing::carries_marker(notes)).map(|notes| notes.replace("\r\n", "\n")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_change_goes_back_with_one_comment_and_the_pasted_template_is_read() {
    let server = Redmine::given();
    let project = server.project();
    let id = server.ticket(&project, "Incomplete", "Authorize");
    for field in ["Plan: Backout plan", "Plan: Testing"] {
        server.set("alice", id, field, "");
    }
    let url = server.url.clone();
    let journey = desk(server.clone(), &url, &project).await;
    let key = key(id);
    let preview = only(journey.cabinet.preview_returns(of(&key)).await.expect("a preview"));
    assert!(preview.text.is_some(), "it is incomplete: {preview:?}");
    assert_eq!(asked(&server, id).len(), 0, "a preview writes nothing");

    journey.cabinet.return_to_requester(of(&key)).await.expect("returned");
    journey.cabinet.finish_work().await;
    assert_eq!(outbox(&journey.cabinet).await.iter().map(|row| row.state).collect::<Vec<_>>(), [OutboxState::Verified]);
    for _ in 0..2 {
        journey.cabinet.return_to_requester(of(&key)).await.expect("answered");
        journey.cabinet.finish_work().await;
        journey.cabinet.sync_now().await.expect("synced");
    }
    let comments = asked(&server, id);
    assert_eq!(comments.len(), 1, "nothing is asked twice: {comments:?}");
    assert_eq!(server.issue(id)["status"]["name"], "Authorize", "a comment and nothing else");
    let change = kept_change(&journey.data_dir(), id).await;
    assert_eq!(change.plan.len(), 11, "the comment itself fills nothing in");

    let template =
        comments[0].split_once("<pre>\n").and_then(|(_, rest)| rest.split_once("\n</pre>")).expect("lines").0;
    for part in ["h3. R23 Backout plan", "h3. R24 Testing", "h3. R80 Risk answers"] {
        assert!(template.contains(part), "{part}: {template}");
    }
    assert!(!template.contains("R17"), "what is there is not asked: {template}");
    let (backout, rest) = template.split_once("h3. R24").expect("the sections in their order");
    let (testing, answers) = rest.split_once("h3. R80").expect("the answers last");
    let before = "h2. What\n\nReplace the *session store* by the new release.\n\n* one\n* two";
    let backout = filled_plan(backout, "# drain\n# roll back, 6 minutes");
    server.edit("alice", id, &json!({"description": format!("{before}\n\n{backout}")}));
    let testing = filled_plan(&format!("h3. R24{testing}"), "Run 812 in staging, *all green*.");
    let answers = filled_answers(&format!("h3. R80{answers}"));
    server.edit("alice", id, &json!({"notes": format!("{testing}\n\n{answers}")}));
    journey.cabinet.sync_now().await.expect("synced");

    for (clause, whence) in [("R23", "from the description"), ("R24", "from comment")] {
        let (result, finding) = journey.gate(&key, clause).await;
        assert_eq!(result, GateResult::Passed, "{clause}: {finding}");
        assert!(finding.contains(whence), "{clause}: {finding}");
    }
    let change = kept_change(&journey.data_dir(), id).await;
    let text = |section| change.plan.get(&section).map(|text| text.text.as_str());
    assert_eq!(text(domain::plan::PlanSection::Backout), Some("# drain\n# roll back, 6 minutes"));
    assert_eq!(text(domain::plan::PlanSection::Testing), Some("Run 812 in staging, *all green*."));
    let walk = journey.cabinet.risk_walk(OfChange { change: key.clone() }).await.expect("a walk");
    assert!(walk.questions.iter().all(|q| q.provenance == Some(Provenance::Synced)), "{:?}", walk.questions);

    let again = only(journey.cabinet.return_to_requester(of(&key)).await.expect("answered"));
    journey.cabinet.finish_work().await;
    assert_eq!((again.text, asked(&server, id).len()), (None, 1), "{:?}", again.none);
}
