//! Gates that look at evidence, where a policy makes them blocks: with nothing at hand the board cannot approve, and what a
//! pipeline brings and members attest lets it go.
use board::requests::{OfAttachment, OfChange, OfMember};
use board::views::{ChangeColumn, ChangesQuery, ChangesQuerySort, ChangesQueryView, DecisionKind, Role, VotePosition};
use board::{Answer, AttestRequest, BoardError, GatesView};
use domain::policy::{Policy, Strength};

use super::shifts::under;
use crate::gates::code;
use crate::journey::Journey;

/// Every clause whose gate looks at evidence and may block.
const CLAUSES: [&str; 15] =
    ["R2", "R5", "R7", "R8", "R9", "R10", "R13", "R33", "R34", "R35", "R43", "R44", "R62", "R81", "R83"];

/// A report that says of which run it is.
fn ran(commit: &str, environment: &str) -> String {
    format!(
        "<testsuites><testsuite><properties><property name='commit' value='{commit}'/>\
         <property name='environment' value='{environment}'/></properties><testcase name='posts'/></testsuite></testsuites>"
    )
}

/// What GitLab tells of a merge request that somebody else approved and whose build is green.
const MERGED: &str = r#"{"cabinet_merge_request":1,"gitlab":{"merge_request":{"iid":12,"state":"merged","web_url":"https://example/pay/-/merge_requests/12","author":{"username":"ada"},"sha":"5f0c3a9b","head_pipeline":{"id":7,"sha":"5f0c3a9b","status":"success"}},"approvals":{"approved":true,"approved_by":[{"user":{"username":"grace"}}]}}}"#;
const SCAN: &str = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"scan"}},"results":[{"ruleId":"R1","level":"note","message":{"text":"a long line"}}]}]}"#;
const COVERED: &str = "SF:pay.c\nDA:1,1\nend_of_record\n";
const ARTIFACT: &str = "sha256:abababababababababababababababababababababababababababababababab";

/// A board whose policy blocks all of them.
async fn strict() -> Journey {
    under(|n| {
        let mut policy =
            Policy { name: format!("evidence/{n}"), coverage_percent: 80, ..Policy::built_in(Strength::Starter) };
        policy.blocking.extend(CLAUSES.map(str::to_owned));
        policy
    })
    .await
}

async fn gates(journey: &Journey, key: &str) -> GatesView {
    journey.cabinet.change_gates(OfChange { change: key.to_owned() }).await.expect("the gates of a change")
}

pub(super) async fn attest(
    journey: &Journey,
    key: &str,
    question: &str,
    value: &str,
    evidence: Option<&str>,
) -> Answer<GatesView> {
    let request = AttestRequest {
        change: key.to_owned(),
        question: question.to_owned(),
        value: value.to_owned(),
        evidence: evidence.map(|text| text.as_bytes().to_vec()),
    };
    journey.cabinet.attest(request).await
}

fn blocked(view: &GatesView) -> Vec<&str> {
    view.blocking.iter().map(|gate| gate.clause.as_str()).collect()
}

/// Undecided changes that nothing blocks but the want of evidence: one that is linked to an issue, and one that is not.
async fn candidates(journey: &Journey) -> (String, String) {
    let query = ChangesQuery {
        text: String::new(),
        kinds: Vec::new(),
        levels: Vec::new(),
        view: ChangesQueryView::Open,
        sort: ChangesQuerySort { column: ChangeColumn::Key, descending: false },
        offset: 0,
        limit: 200,
    };
    let (mut linked, mut bare) = (None, None);
    let page = journey.cabinet.list_changes(query).await.expect("a list");
    for row in page.rows.into_iter().filter(|row| row.remote_status == "Authorize") {
        let view = gates(journey, &row.key).await;
        let clauses = blocked(&view);
        if clauses.iter().all(|clause| CLAUSES.contains(clause)) {
            let found = if clauses.contains(&"R5") { &mut bare } else { &mut linked };
            if found.is_none() {
                *found = Some(row.key);
            }
        }
    }
    (linked.expect("a change with an issue"), bare.expect("a change without one"))
}

/// The clauses for which a decision is refused.
fn refused<T>(answer: &Answer<T>) -> Vec<&str> {
    match answer {
        Err(BoardError::Refused(refusal)) if refusal.code == "hard_block" => {
            refusal.facts.iter().map(|fact| fact.label.as_str()).collect()
        }
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was decided"),
    }
}

/// Files of the pipeline come with the ticket, and are downloaded.
pub(super) async fn bring(journey: &Journey, key: &str, files: &[(&str, &str)]) {
    let number: u32 = key.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number");
    for (name, content) in files {
        journey.server.attach(number, name, content.as_bytes()).expect("attached");
    }
    journey.cabinet.sync_now().await.expect("synced");
    for file in journey.change(key).await.attachments {
        if files.iter().any(|(name, _)| *name == file.name) {
            let wanted = OfAttachment { change: key.to_owned(), attachment: file.id };
            journey.cabinet.download_attachment(wanted).await.expect("downloaded");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_evidence_the_board_cannot_approve_and_with_it_the_board_does() {
    let journey = strict().await;
    let (key, bare) = candidates(&journey).await;
    let number: u32 = key.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number");
    for (field, value) in [("Artifact digest", ARTIFACT), ("Commit", "5f0c3a"), ("Repository", "https://example/pay")] {
        journey.server.set_field(number, field, value).expect("a field of the sample");
    }
    journey.cabinet.sync_now().await.expect("synced");
    // Where it is a block, silence on whether it changes infrastructure is no pass.
    assert!(blocked(&gates(&journey, &key).await).contains(&"R2"));
    attest(&journey, &key, "infrastructure", "yes, of the queues", None).await.expect("attested");

    let meeting = journey.meet(&[&key, &bare]).await.meeting.id;
    for item in ["1", "2"] {
        journey.all_vote(&meeting, item, VotePosition::Approve).await;
    }
    let answer = journey.decide(&meeting, "1", DecisionKind::Approved, "").await;
    let expected: Vec<&str> = CLAUSES.into_iter().filter(|clause| *clause != "R5").collect();
    let mut clauses = refused(&answer);
    clauses.dedup();
    assert_eq!(clauses, expected);
    assert!(refused(&journey.decide(&meeting, "2", DecisionKind::Approved, "").await).contains(&"R5"));

    // What was tested is another commit, and what was merged another repository: both are here, and do not count.
    let old = ran("aaaaaaaaaa", "development");
    let elsewhere = MERGED.replace("https://example/pay/", "https://example/shop/");
    bring(&journey, &key, &[("unit-old.xml", old.as_str()), ("mr-9.json", elsewhere.as_str())]).await;
    let blocking = gates(&journey, &key).await.blocking;
    for (clause, other) in [
        ("R7", "“unit-old.xml” is of commit “aaaaaaaaaa”, and the ticket names “5f0c3a”"),
        ("R44", "“mr-9.json” is of repository “https://example/shop”, and the ticket names “https://example/pay”"),
    ] {
        let told = blocking.iter().find(|gate| gate.clause == clause).expect("it blocks");
        assert!(told.finding.contains(other), "{}", told.finding);
    }
    let (early, tested) = (ran("5f0c3a9b", "development"), ran("5f0c3a9b", "test"));
    let reports = [
        ("unit.xml", early.as_str()),
        ("regression.xml", early.as_str()),
        ("performance.xml", tested.as_str()),
        ("security.xml", tested.as_str()),
        ("load.xml", tested.as_str()),
        ("scan.sarif", SCAN),
        ("coverage.info", COVERED),
        ("mr-12.json", MERGED),
    ];
    bring(&journey, &key, &reports).await;
    let run = format!("run 12 in staging, of {ARTIFACT}");
    for (question, value, evidence) in [
        ("infrastructure", "yes, of the queues", Some("+ queue")),
        ("test-data-set", "spring 2026, masked", None),
        ("preproduction_run", run.as_str(), None),
        ("last_known_good", "the one before, by the job restore", Some("restored")),
        ("new_components", "none", None),
        ("main_protected", "yes", Some("no direct pushes")),
        ("peer_review", "yes, by a colleague", None),
    ] {
        attest(&journey, &key, question, value, evidence).await.expect("attested");
    }
    let view = gates(&journey, &key).await;
    assert!(view.blocking.is_empty(), "{:#?}", view.blocking);
    let review = view.questions.iter().find(|question| question.question == "peer_review").expect("a question");
    let answer = review.answer.as_ref().expect("answered");
    let me = journey.cabinet.app_status().await.expect("a desk").me.expect("somebody").name;
    assert_eq!((answer.value.as_str(), answer.by.as_str()), ("yes, by a colleague", me.as_str()));
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
    let shown = journey.change(&key).await.required_fields;
    let of_r2: Vec<&str> = shown.iter().filter(|f| f.clause == "R2").map(|f| f.field.as_str()).collect();
    assert_eq!(of_r2, ["repository", "commit"], "the page of a change shows both");

    // An edit of what is material ends what was attested, and makes what was tested that of another commit.
    journey.server.set_field(number, "Commit", "bbbbbbbb").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    let view = gates(&journey, &key).await;
    let mut answered = view.questions.iter().filter_map(|question| question.answer.as_ref());
    assert!(answered.all(|answer| answer.lapsed), "{:#?}", view.questions);
    let clauses = blocked(&view);
    for clause in ["R7", "R13", "R43"] {
        assert!(clauses.contains(&clause), "{clause}: {clauses:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_no_question_or_none_at_all_is_not_recorded() {
    let journey = Journey::begin().await;
    let key = journey.approvable().await.into_iter().next().expect("a change");
    for (question, value, field) in
        [("weather", "fine", "question"), ("peer_review", "a colleague", "value"), ("work_branch", " ", "value")]
    {
        match attest(&journey, &key, question, value, None).await {
            Err(BoardError::Invalid { field: told, .. }) => assert_eq!(told, field),
            other => panic!("{other:?}"),
        }
    }
    let lead = journey.member(Role::TechnicalLead).await;
    journey.cabinet.set_me(OfMember { member: lead }).await.expect("somebody else sits down at the chair's device");
    let other = attest(&journey, &key, "peer_review", "yes", None).await;
    assert_eq!(code(&other), "not_own_device", "no verifier takes from a device what it tells in another's name");
    let view = gates(&journey, &key).await;
    assert!(view.questions.iter().all(|question| question.answer.is_none()));
    assert!(view.blocking.is_empty(), "the shipped policy blocks nothing for want of evidence: {:#?}", view.blocking);
    assert!(view.no_evidence.iter().any(|gate| gate.clause == "R7"), "{:#?}", view.no_evidence);
}
