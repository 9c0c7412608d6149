//! Merge requests as GitLab and GitHub tell of them.
use domain::evidence::{MergeRequest, MergeState};
use serde_json::{Value, json};

use super::*;

const HEAD: &str = "5f0c3a9b1d2e3f405162738495a6b7c8d9e0f102";

fn gitlab() -> Value {
    json!({
        "cabinet_merge_request": 1,
        "gitlab": {
            "merge_request": {
                "iid": 12, "title": "Pay faster", "state": "merged", "web_url": "https://code.example/pay/-/merge_requests/12",
                "author": {"id": 1, "username": "ada"}, "sha": HEAD, "draft": false,
                "head_pipeline": {"id": 7, "sha": HEAD, "status": "success", "ref": "pay"},
            },
            "approvals": {
                "approved": true, "approvals_required": 1, "approvals_left": 0,
                "approved_by": [{"user": {"id": 2, "username": "barbara"}}, {"user": {"id": 1, "username": "ada"}}],
            },
            "pipelines": [
                {"id": 7, "sha": HEAD, "status": "success", "source": "push"},
                {"id": 6, "sha": HEAD, "status": "failed", "source": "push"},
                {"id": 5, "sha": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "status": "failed", "source": "schedule"},
            ],
        },
    })
}

fn github() -> Value {
    json!({
        "cabinet_merge_request": 1,
        "github": {
            "pull_request": {
                "number": 15, "state": "open", "merged": false, "html_url": "https://code.example/pay/pull/15",
                "user": {"login": "ada"}, "head": {"sha": HEAD, "ref": "pay"},
            },
            "reviews": [
                {"user": {"login": "barbara"}, "state": "CHANGES_REQUESTED", "commit_id": HEAD},
                {"user": {"login": "barbara"}, "state": "APPROVED", "commit_id": HEAD},
                {"user": {"login": "barbara"}, "state": "COMMENTED", "commit_id": HEAD},
                {"user": null, "state": "APPROVED", "commit_id": HEAD},
            ],
            "check_runs": {
                "total_count": 3,
                "check_runs": [
                    {"name": "build", "head_sha": HEAD, "status": "completed", "conclusion": "success"},
                    {"name": "lint", "head_sha": HEAD, "status": "in_progress", "conclusion": null},
                    {"name": "docs", "head_sha": HEAD, "status": "completed", "conclusion": "skipped"},
                ],
            },
        },
    })
}

fn request(export: &Value) -> MergeRequest {
    let Says::MergeRequest(request) = says("mr.json", export.to_string()) else { panic!("a merge request") };
    request
}

#[test]
fn gitlab_tells_who_approved_and_how_the_newest_builds_of_the_last_commit_came_out() {
    let told = request(&gitlab());
    assert_eq!((told.number, told.state, told.author.as_str()), (12, MergeState::Merged, "ada"));
    assert!(told.approved);
    assert_eq!((told.approvals, told.approved_by.as_slice()), (1, &["barbara".to_owned()][..]), "not the author");
    assert_eq!((told.builds, told.green), (1, 1), "{:?}", told.not_green);
    let mut failed = gitlab();
    failed["gitlab"]["pipelines"][0]["status"] = json!("running");
    failed["gitlab"]["approvals"]["approvals_left"] = json!(1);
    // The pipeline of the merged result has another commit.
    failed["gitlab"]["merge_request"]["head_pipeline"] = json!({"id": 9, "sha": "b".repeat(40), "status": "failed"});
    let told = request(&failed);
    assert!(!told.approved);
    assert_eq!((told.builds, told.green), (2, 0));
    assert_eq!(told.not_green, ["pipeline 7 push (running)", "pipeline 9 (failed)"]);
    let mut bare = gitlab();
    bare["gitlab"]["merge_request"]["head_pipeline"] = Value::Null;
    bare["gitlab"]["pipelines"] = Value::Null;
    assert_eq!(request(&bare).builds, 0);
}

#[test]
fn github_tells_each_accounts_last_word_of_the_last_commit_and_what_is_not_green() {
    let told = request(&github());
    assert_eq!((told.number, told.state), (15, MergeState::Open));
    assert!(told.approved && told.refused_by.is_empty(), "a comment takes nothing back");
    assert_eq!((told.approvals, told.builds, told.green), (1, 2, 1));
    assert_eq!(told.not_green, ["lint (in_progress)"]);
    let mut older = github();
    for n in [1, 2] {
        older["github"]["reviews"][n]["commit_id"] = json!("c".repeat(40));
    }
    assert_eq!(request(&older).approvals, 0, "what was pushed since nobody approved");
    let mut refusing = github();
    refusing["github"]["reviews"][1]["user"]["login"] = json!("grace");
    let told = request(&refusing);
    assert_eq!((told.approved, told.approvals, told.refused_by), (false, 1, vec!["barbara".to_owned()]));
    let mut closed = github();
    closed["github"]["pull_request"]["state"] = json!("closed");
    assert_eq!(request(&closed).state, MergeState::Closed);
    closed["github"]["pull_request"]["merged"] = json!(true);
    assert_eq!(request(&closed).state, MergeState::Merged);
}

/// After which commit those of the export come.
const BASE: &str = "0123456789012345678901234567890123456789";

/// GitLab's export with the commits of two people.
fn gitlab_with_commits() -> Value {
    let mut export = gitlab();
    export["gitlab"]["merge_request"]["diff_refs"] = json!({"base_sha": BASE, "head_sha": HEAD, "start_sha": BASE});
    export["gitlab"]["commits"] = json!([
        {
            "id": HEAD, "title": "Pay faster", "author_name": "Ada", "author_email": "Ada@Example.org",
            "committer_name": "Grace", "committer_email": "grace@example.org", "parent_ids": ["a".repeat(40)],
        },
        {
            "id": "a".repeat(40), "author_email": "ada@example.org", "committer_email": "ada@example.org ",
            "parent_ids": [BASE],
        },
    ]);
    export
}

/// GitHub's export with a commit that was pushed, one that was edited in its window, and one of an address that is nobody's.
fn github_with_commits() -> Value {
    let mail = |author: &str, committer: &str| json!({"author": {"name": "A", "email": author}, "committer": {"name": "B", "email": committer}});
    let mut export = github();
    export["github"]["pull_request"]["commits"] = json!(3);
    export["github"]["commits"] = json!([
        {
            "sha": "a".repeat(40), "commit": mail("ada@example.org", "grace@example.org"),
            "author": {"login": "Ada"}, "committer": {"login": "grace", "id": 3},
        },
        {"sha": "b".repeat(40), "commit": mail("old@example.org", "old@example.org"), "author": {}, "committer": null},
        {
            "sha": HEAD, "commit": mail("ada@example.org", "noreply@github.com"),
            "author": {"login": "Ada"}, "committer": {"login": "web-flow"},
        },
    ]);
    export
}

#[test]
fn who_wrote_and_who_committed_is_told_once_each_and_the_hosts_own_account_is_no_person() {
    assert!(request(&gitlab()).committers.is_empty() && request(&github()).committers.is_empty(), "left out");
    assert_eq!(request(&gitlab_with_commits()).committers, ["ada@example.org", "grace@example.org"]);
    let expected = ["Ada", "ada@example.org", "grace", "grace@example.org", "old@example.org"];
    assert_eq!(request(&github_with_commits()).committers, expected);
    let mut uncounted = github_with_commits();
    uncounted["github"]["pull_request"].as_object_mut().expect("an object").remove("commits");
    let told = request(&uncounted);
    assert_eq!((told.committers, told.commits_told), (expected.map(str::to_owned).to_vec(), false), "perhaps not all");
    let told = |export: Value| request(&export).commits_told;
    assert!(told(gitlab_with_commits()) && told(github_with_commits()));
    assert!(!told(gitlab()) && !told(github()), "without them, nobody tells who committed");
}

#[test]
fn commits_that_nobody_counts_are_all_where_their_parents_are_here_or_are_what_they_branched_off_from() {
    let (a, b, other) = ("a".repeat(40), "b".repeat(40), "c".repeat(40));
    let since = json!({"base_sha": BASE});
    let rows = [
        ("a chain from the base", since.clone(), json!([a]), json!([BASE]), true),
        ("a merge of two of its own", since.clone(), json!([a, BASE]), json!([BASE]), true),
        ("a commit between is left out", since.clone(), json!([b]), json!([BASE]), false),
        ("the oldest page is missing", since.clone(), json!([a]), json!([b]), false),
        ("the target was merged in", since.clone(), json!([a, BASE]), json!([other]), false),
        ("one does not say its parents", since.clone(), json!([a]), Value::Null, false),
        ("one says that it has none", since, json!([a]), json!([]), false),
        ("no base is named", json!({"base_sha": null}), json!([a]), json!([BASE]), false),
        ("the base is empty", json!({"base_sha": ""}), json!([a]), json!([""]), false),
        ("no base at all", Value::Null, json!([a]), json!([BASE]), false),
    ];
    for (case, refs, newest, oldest, whole) in rows {
        let mut export = gitlab_with_commits();
        export["gitlab"]["merge_request"]["diff_refs"] = refs;
        export["gitlab"]["commits"][0]["parent_ids"] = newest;
        export["gitlab"]["commits"][1]["parent_ids"] = oldest;
        let told = request(&export);
        assert_eq!(told.commits_told, whole, "{case}");
        assert_eq!(told.committers, ["ada@example.org", "grace@example.org"], "{case}: whoever is named counts");
    }
}

#[test]
fn the_hosts_own_account_is_passed_over_as_who_committed_and_not_as_who_wrote() {
    let (web, web_mail) = ("web-flow", "noreply@github.com");
    let rows: [(&str, &str, &str, &str, &[&str]); 5] = [
        ("ada@example.org", web_mail, "Ada", web, &["Ada", "ada@example.org"]),
        (web_mail, web_mail, "Ada", web, &["Ada", "noreply@github.com"]),
        (web_mail, web_mail, web, web, &["noreply@github.com", "web-flow"]),
        ("NoReply@GitHub.com", "ada@example.org", "", "Ada", &["Ada", "ada@example.org", "noreply@github.com"]),
        ("", web_mail, "", web, &[]),
    ];
    for (wrote, committed, author, committer, expected) in rows {
        let mut export = github_with_commits();
        export["github"]["pull_request"]["commits"] = json!(1);
        export["github"]["commits"] = json!([{
            "sha": HEAD, "commit": {"author": {"email": wrote}, "committer": {"email": committed}},
            "author": {"login": author}, "committer": {"login": committer},
        }]);
        assert_eq!(request(&export).committers, expected, "{wrote} {author}, {committed} {committer}");
    }
}

#[test]
fn commits_of_which_a_page_is_missing_or_that_are_nobodys_or_too_many_peoples_are_refused() {
    let changed = |mut export: Value, path: &str, value: Value| {
        *export.pointer_mut(path).expect("a member") = value;
        export.to_string()
    };
    let people = |n: usize| -> Value {
        (0..n).map(|n| json!({"id": HEAD, "author_email": format!("a{n}@example.org")})).collect()
    };
    let most = domain::evidence::COMMITTERS;
    let full = changed(gitlab_with_commits(), "/gitlab/commits", people(most));
    let Says::MergeRequest(told) = says("mr.json", full) else { panic!("a merge request") };
    assert_eq!(told.committers.len(), most);
    let cases = [
        (changed(gitlab_with_commits(), "/gitlab/commits", json!([])), "evidence_disagrees"),
        (changed(gitlab_with_commits(), "/gitlab/commits/0/id", json!("c".repeat(40))), "evidence_disagrees"),
        (changed(gitlab_with_commits(), "/gitlab/commits/0/id", json!(7)), "evidence_malformed"),
        (changed(gitlab_with_commits(), "/gitlab/commits/1", json!({"id": "d"})), "evidence_malformed"),
        (changed(gitlab_with_commits(), "/gitlab/commits/1/author_email", json!(["a"])), "evidence_malformed"),
        (changed(gitlab_with_commits(), "/gitlab/commits", json!({"0": {}})), "evidence_malformed"),
        (changed(gitlab_with_commits(), "/gitlab/commits", people(most + 1)), "evidence_malformed"),
        (changed(github_with_commits(), "/github/pull_request/commits", json!(4)), "evidence_disagrees"),
        (changed(github_with_commits(), "/github/pull_request/commits", json!("3")), "evidence_malformed"),
        (changed(github_with_commits(), "/github/commits/2/sha", json!("e".repeat(40))), "evidence_disagrees"),
        (changed(github_with_commits(), "/github/commits/1/commit", Value::Null), "evidence_malformed"),
    ];
    for (text, code) in cases {
        let error = refused("mr.json", &text);
        assert_eq!(error.fault.code(), code, "{text}: {error}");
    }
}

#[test]
fn each_says_its_repository_by_the_address_of_its_page_and_what_it_was_merged_as() {
    let (merge, squash) = ("e".repeat(40), "f".repeat(40));
    let mut export = gitlab();
    for (url, repository) in [
        ("https://code.example/pay/-/merge_requests/12", "https://code.example/pay"),
        ("https://code.example/group/merge_requests/merge_requests/12", "https://code.example/group/merge_requests"),
        ("https://code.example/pay", ""),
    ] {
        export["gitlab"]["merge_request"]["web_url"] = json!(url);
        assert_eq!(request(&export).repository, repository, "{url}");
    }
    export["gitlab"]["merge_request"]["web_url"] = Value::Null;
    export["gitlab"]["merge_request"]["merge_commit_sha"] = json!(merge);
    export["gitlab"]["merge_request"]["squash_commit_sha"] = json!(squash);
    let told = request(&export);
    assert_eq!((told.repository.as_str(), told.merged_as.as_slice()), ("", &[merge.clone(), squash.clone()][..]));
    assert!(told.is_of(&merge) && told.is_of(&squash[..8]) && told.is_of(HEAD) && !told.is_of(&"a".repeat(40)));
    export["gitlab"]["merge_request"]["state"] = json!("opened");
    assert!(request(&export).merged_as.is_empty(), "what was only tried is no commit of it");

    let mut export = github();
    export["github"]["pull_request"]["base"] = json!({"repo": {"full_name": "group/pay"}});
    export["github"]["pull_request"]["merge_commit_sha"] = json!(merge);
    let told = request(&export);
    assert_eq!((told.repository.as_str(), told.merged_as.len()), ("https://code.example/pay", 0));
    export["github"]["pull_request"]["merged"] = json!(true);
    export["github"]["pull_request"]["html_url"] = json!("https://code.example/group/pull/pull/15");
    let told = request(&export);
    assert_eq!((told.repository.as_str(), told.merged_as), ("https://code.example/group/pull", vec![merge]));
    export["github"]["pull_request"]["html_url"] = Value::Null;
    assert_eq!(request(&export).repository, "group/pay", "its name alone");
    export["github"]["pull_request"]["base"] = json!({"repo": null});
    assert_eq!(request(&export).repository, "");
}

#[test]
fn exports_that_are_cut_mixed_or_of_another_form_are_refused() {
    let changed = |mut export: Value, path: &str, value: Value| {
        *export.pointer_mut(path).expect("a member") = value;
        export.to_string()
    };
    let both = {
        let mut export = gitlab();
        export["github"] = github()["github"].clone();
        export.to_string()
    };
    let cases = [
        (both, "evidence_malformed"),
        (json!({"cabinet_merge_request": 1}).to_string(), "evidence_malformed"),
        (changed(gitlab(), "/cabinet_merge_request", json!(2)), "evidence_version"),
        (changed(gitlab(), "/gitlab/merge_request/iid", json!(-1)), "evidence_malformed"),
        (changed(gitlab(), "/gitlab/merge_request/sha", json!("")), "evidence_malformed"),
        (changed(gitlab(), "/gitlab/merge_request/state", json!("gone")), "evidence_malformed"),
        (changed(gitlab(), "/gitlab/approvals/approved_by", Value::Null), "evidence_malformed"),
        (changed(github(), "/github/check_runs/total_count", json!(31)), "evidence_disagrees"),
        (changed(github(), "/github/check_runs/check_runs/0/head_sha", json!("d".repeat(40))), "evidence_disagrees"),
        (changed(github(), "/github/reviews/0/state", json!("LOVED")), "evidence_malformed"),
        (r#"{"cabinet_merge_request": 1, "gitlab": 1, "gitlab": 2}"#.to_owned(), "evidence_malformed"),
    ];
    for (text, code) in cases {
        let error = refused("mr.json", &text);
        assert_eq!(error.fault.code(), code, "{text}: {error}");
    }
}

#[test]
fn names_of_very_many_accounts_and_builds_are_counted_and_not_listed() {
    let accounts: Vec<Value> = (0..5_000).map(|n| json!({"user": {"username": format!("a{n}")}})).collect();
    let mut export = gitlab();
    export["gitlab"]["approvals"]["approved_by"] = Value::Array(accounts);
    let told = request(&export);
    assert_eq!((told.approvals, told.approved_by.len()), (5_000, domain::evidence::LISTED));
    let checks: Vec<Value> = (0..5_000)
        .map(|n| json!({"name": "x".repeat(400), "head_sha": HEAD, "status": "completed", "conclusion": format!("f{n}")}))
        .collect();
    let mut export = github();
    export["github"]["check_runs"] = json!({"total_count": 5_000, "check_runs": checks});
    let told = request(&export);
    assert_eq!((told.builds, told.green, told.not_green.len()), (5_000, 0, domain::evidence::LISTED));
}
