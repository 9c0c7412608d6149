//! The rows of what says of which run it is, of merge requests, and of what the policy names.
use super::{Row, done};
use crate::attested::Question as Q;
use crate::evidence::MergeState;
use crate::gate::GateResult::{Failed, NoEvidence, NotApplicable, Passed};
use crate::ids::Digest;
use crate::policy::TypeRules;

/// Every row there is besides.
pub(super) const MORE: &[Row] = &[
    (
        "unit-tests",
        |s| done(s.ran("junit.xml", 3, 0).of("aaaaaaa", "", "")),
        NoEvidence,
        "no results of unit and functional tests count: “junit.xml” is of commit “aaaaaaa”, and the ticket names “5f0c3a”",
        "bring results that say commit “5f0c3a”, in their properties or in a list of runs beside them",
    ),
    (
        "unit-tests",
        |s| done(s.ran("junit.xml", 3, 1).of("aaaaaaa", "", "")),
        NoEvidence,
        "no results of unit and functional tests count: “junit.xml” is of commit “aaaaaaa”, and the ticket names “5f0c3a”",
        "bring results that say commit “5f0c3a”, in their properties or in a list of runs beside them",
    ),
    (
        "unit-tests",
        |s| done(s.ran("junit.xml", 3, 0).of("", "", "")),
        NoEvidence,
        "no results of unit and functional tests count: “junit.xml” does not say of which commit it is",
        "bring results that say commit “5f0c3a”, in their properties or in a list of runs beside them",
    ),
    (
        "unit-tests",
        |s| done(s.ran("junit.xml", 3, 1).of("", "", "")),
        Failed,
        "1 failed: “test 0”",
        "mend what fails, and bring the results of a run that passes",
    ),
    (
        "unit-tests",
        |s| done(s.ran("security.xml", 3, 0).of("5f0c3a9b", "functional", "")),
        Passed,
        "all that ran passed",
        "",
    ),
    (
        "regression-tests",
        |s| done(s.ran("report.xml", 3, 0).of("5f0c3a9b", "End-to-end", "Dev")),
        Passed,
        "all that ran passed",
        "",
    ),
    (
        "regression-tests",
        |s| done(s.ran("regression.xml", 3, 0).of("5f0c3a", "", "test")),
        NoEvidence,
        "no results of regression and end-to-end tests count: “regression.xml” ran in “test”, and not in development",
        "bring results that say commit “5f0c3a” and environment “development”, in their properties or in a list of runs \
         beside them",
    ),
    (
        "test-environment",
        |s| done(s.ran("perf.xml", 1, 0).of("5f0c3a", "", "").ran("security.xml", 1, 0)),
        NoEvidence,
        "no results of performance tests count: “perf.xml” does not say that it ran in test",
        "bring results that say commit “5f0c3a” and environment “test”, in their properties or in a list of runs beside them",
    ),
    (
        "test-environment",
        |s| done(s.ran("perf.xml", 1, 0).with_data("spring").ran("security.xml", 1, 0).with_data("masked")),
        Passed,
        "performance and security were tested, and the data set is named",
        "",
    ),
    (
        "test-environment",
        |s| done(s.ran("perf.xml", 1, 0).with_data("spring").ran("security.xml", 1, 0)),
        NoEvidence,
        "nobody says with which data set it was tested",
        "?test_data_set",
    ),
    (
        "pre-production",
        |s| done(s.ran("preprod.xml", 0, 1).of("", "", "").answers(Q::PreproductionRun, "run 12 of sha256:00")),
        Failed,
        "1 failed: “test 0”",
        "mend what fails in pre-production, and run it again",
    ),
    (
        "pre-production",
        |s| {
            s.change.artifact_digest = format!("sha256:{}", Digest([5; 32]));
            let run = format!("run 12 of {}", s.change.artifact_digest);
            s.built([Digest([4; 32]), Digest([5; 32])]).answers(Q::PreproductionRun, &run);
        },
        Passed,
        "a run in pre-production was of the same artifact",
        "",
    ),
    (
        "pre-production",
        |s| {
            s.change.artifact_digest = format!("sha256:{}", Digest([5; 32]));
            let run = format!("run 12 of {}", s.change.artifact_digest);
            s.built([Digest([4; 32]), Digest([6; 32])]).answers(Q::PreproductionRun, &run);
        },
        Failed,
        "no build whose statement is at hand made the artifact that the ticket names",
        "name the artifact that was built, or bring the statement of the build that made it",
    ),
    ("merge-requests", |s| done(s.requested(1, 3)), Passed, "each is approved, and its builds are green", ""),
    (
        "merge-requests",
        |s| done(s.answers(Q::MergeRequests, "yes, all of them").requested(0, 2)),
        Failed,
        "nobody but its author approves !12; of !12 is not green: “pipeline 2 (failed)”",
        "have them approved and their builds mended, then bring what their host tells of them again",
    ),
    (
        "merge-requests",
        |s| done(s.requested(2, 3).requested(1, 3).but(|request| request.refused_by = vec!["grace".to_owned()])),
        Failed,
        "!12 waits for changes that “grace” asks for",
        "have them approved and their builds mended, then bring what their host tells of them again",
    ),
    (
        "merge-requests",
        |s| {
            done(s.requested(1, 3).but(|request| {
                request.approved = false;
                request.state = MergeState::Closed;
            }));
        },
        Failed,
        "!12 was closed, and not merged; !12 waits for further approvals by the rules of its host",
        "have them approved and their builds mended, then bring what their host tells of them again",
    ),
    (
        "merge-requests",
        |s| done(s.requested(1, 0).but(|request| (request.builds, request.not_green) = (0, Vec::new()))),
        NoEvidence,
        "no build of the last commit of !12 is at hand",
        "bring what the host tells of it again, with its pipelines or check runs",
    ),
    (
        "merge-requests",
        |s| done(s.requested(1, 3).but(|request| request.repository = "https://example/ledger".to_owned())),
        NoEvidence,
        "no merge request counts: “mr.json” is of repository “https://example/ledger”, and the ticket names \
         “git@example:payments.git”",
        "bring what its host tells of the merge request of repository “git@example:payments.git” and commit “5f0c3a”, \
         or mend what the ticket names; or ?merge_requests",
    ),
    (
        "merge-requests",
        |s| done(s.requested(0, 0).but(|request| request.repository = "https://other/payments".to_owned())),
        NoEvidence,
        "no merge request counts: “mr.json” is of repository “https://other/payments”, and the ticket names \
         “git@example:payments.git”",
        "bring what its host tells of the merge request of repository “git@example:payments.git” and commit “5f0c3a”, \
         or mend what the ticket names; or ?merge_requests",
    ),
    (
        "merge-requests",
        |s| done(s.requested(1, 3).but(|request| request.repository.clear())),
        NoEvidence,
        "no merge request counts: “mr.json” does not say of which repository it is",
        "bring what its host tells of the merge request of repository “git@example:payments.git” and commit “5f0c3a”, \
         or mend what the ticket names; or ?merge_requests",
    ),
    (
        "merge-requests",
        |s| {
            s.change.repository.clear();
            s.requested(1, 3).but(|request| request.commit = "aaaaaaa".to_owned());
        },
        NoEvidence,
        "no merge request counts: “mr.json” is of commit “aaaaaaa”, and the ticket names “5f0c3a”",
        "bring what its host tells of the merge request of commit “5f0c3a”, or mend what the ticket names; \
         or ?merge_requests",
    ),
    (
        "merge-requests",
        |s| {
            s.requested(1, 3).but(|request| request.commit = "aaaaaaa".to_owned());
            s.answers(Q::MergeRequests, "yes, !12");
        },
        Passed,
        "it is attested",
        "",
    ),
    (
        "merge-requests",
        |s| {
            s.change.repository.clear();
            s.change.commit.clear();
            s.requested(1, 3);
        },
        NoEvidence,
        "no merge request counts: “mr.json” is not shown to be of this change: the ticket names neither repository nor \
         commit",
        "name repository and commit on the ticket; or ?merge_requests",
    ),
    (
        "merge-requests",
        |s| {
            s.change.commit.clear();
            s.requested(1, 3);
        },
        NoEvidence,
        "no merge request counts: “mr.json” is not shown to be of this change: the ticket names no commit",
        "name the commit on the ticket beside repository “git@example:payments.git”; or ?merge_requests",
    ),
    (
        "merge-requests",
        |s| {
            s.change.commit.clear();
            s.requested(1, 2).answers(Q::MergeRequests, "yes, all of them");
        },
        Failed,
        "of !12 is not green: “pipeline 2 (failed)”",
        "have them approved and their builds mended, then bring what their host tells of them again",
    ),
    (
        "peer-review",
        |s| done(s.requested(1, 3).but(|request| request.repository = "https://example/ledger".to_owned())),
        NoEvidence,
        "no merge request counts: “mr.json” is of repository “https://example/ledger”, and the ticket names \
         “git@example:payments.git”",
        "bring what its host tells of the merge request of repository “git@example:payments.git” and commit “5f0c3a”, \
         or mend what the ticket names; or ?peer_review",
    ),
    (
        "peer-review",
        |s| {
            s.change.repository.clear();
            s.change.commit.clear();
            s.requested(1, 0);
        },
        NoEvidence,
        "no merge request counts: “mr.json” is not shown to be of this change: the ticket names neither repository nor \
         commit",
        "name repository and commit on the ticket; or ?peer_review",
    ),
    (
        "peer-review",
        |s| done(s.requested(1, 0)),
        Passed,
        "each merge request has 1 or more approvals by others than its author",
        "",
    ),
    (
        "peer-review",
        |s| {
            s.policy.review_approvals = 2;
            s.answers(Q::PeerReview, "yes").requested(2, 0).requested(1, 0);
        },
        Failed,
        "each takes 2 or more approvals by others than its author, and nobody who asks for changes; !12 has 1",
        "have the code reviewed, then bring what its host tells of it again",
    ),
    (
        "load-tests",
        |s| {
            s.policy.high_traffic = vec!["search".to_owned(), "PAY*".to_owned()];
            s.answers(Q::HighTraffic, "no");
        },
        NoEvidence,
        "no results of load tests are at hand",
        "put them into the evidence folder or on the ticket as JUnit XML, as “load.xml”",
    ),
    (
        "load-tests",
        |s| {
            s.policy.high_traffic = vec!["payments".to_owned()];
            s.shows(Q::HighTraffic, "yes, results of Gatling");
        },
        Passed,
        "the results are kept under their digest",
        "",
    ),
    (
        "load-tests",
        |s| s.policy.high_traffic = vec!["search*".to_owned()],
        NotApplicable,
        "it touches no component that the policy says has high traffic",
        "",
    ),
    (
        "coverage",
        |s| done(s.major(TypeRules { coverage_percent: Some(90), ..TypeRules::default() }).covered(85, 100)),
        Failed,
        "for a major release: less than 90 % of the lines are covered",
        "test what is not covered, up to 90 % of the lines",
    ),
    (
        "coverage",
        |s| done(s.major(TypeRules { coverage_percent: Some(90), ..TypeRules::default() }).covered(9, 10)),
        Passed,
        "for a major release: at least 90 % of the lines are covered",
        "",
    ),
    (
        "coverage",
        |s| done(s.major(TypeRules { coverage_percent: Some(90), ..TypeRules::default() })),
        NoEvidence,
        "for a major release: no coverage is at hand, and the policy asks for 90 %",
        "put it into the evidence folder or on the ticket, as Cobertura XML or LCOV",
    ),
    (
        "coverage",
        |s| done(s.major(TypeRules { coverage_percent: Some(0), ..TypeRules::default() }).covered(1, 100)),
        NotApplicable,
        "for a major release: the policy asks for no coverage (`coverage_percent`)",
        "",
    ),
    (
        "coverage",
        |s| done(s.major(TypeRules { review_approvals: Some(3), ..TypeRules::default() }).covered(85, 100)),
        Passed,
        "at least 80 % of the lines are covered",
        "",
    ),
    (
        "peer-review",
        |s| done(s.major(TypeRules { review_approvals: Some(3), ..TypeRules::default() }).requested(2, 0)),
        Failed,
        "for a major release: each takes 3 or more approvals by others than its author, and nobody who asks for \
         changes; !12 has 2",
        "have the code reviewed, then bring what its host tells of it again",
    ),
    (
        "peer-review",
        |s| done(s.major(TypeRules { review_approvals: Some(3), ..TypeRules::default() }).requested(3, 0)),
        Passed,
        "for a major release: each merge request has 3 or more approvals by others than its author",
        "",
    ),
];
