//! A merge request as its host tells of it (R44, R62): what GitLab's and GitHub's REST interfaces answer, put side by side in
//! one file.
//!
//! ```json
//! {"cabinet_merge_request": 1, "gitlab": {"merge_request": {}, "approvals": {}, "pipelines": []}}
//! {"cabinet_merge_request": 1, "github": {"pull_request": {}, "reviews": [], "check_runs": {}}}
//! ```
//!
//! | member | the answer to |
//! |---|---|
//! | `merge_request` | `GET /projects/:id/merge_requests/:iid` |
//! | `approvals` | `GET /projects/:id/merge_requests/:iid/approvals` |
//! | `pipelines` | `GET /projects/:id/merge_requests/:iid/pipelines` |
//! | `pull_request` | `GET /repos/:owner/:repo/pulls/:number` |
//! | `reviews` | `GET /repos/:owner/:repo/pulls/:number/reviews`, all pages |
//! | `check_runs` | `GET /repos/:owner/:repo/commits/:sha/check-runs`, all pages as one |
//! | `commits` of GitLab, may be left out | `GET /projects/:id/merge_requests/:iid/commits`, all pages |
//! | `commits` of GitHub, may be left out | `GET /repos/:owner/:repo/pulls/:number/commits`, all pages |
//!
//! What an author says of their own code is no approval, and what was built or approved of another commit than the last is
//! not counted. Of which repository it is, is told by the address of its page. Who committed is whoever wrote a commit or
//! committed it: by mail address, and on GitHub by account too (R89). That these are all commits is known where the host counts
//! them, and of GitLab's where every parent is in the list or is what the request branched off from (`diff_refs.base_sha`).
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use domain::evidence::{COMMITTERS, CodeHost, Format, LISTED, MergeRequest, MergeState, Says};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Read;
use crate::error::{At, Fault};
use crate::json::{Fold, Sink, Text, or_empty};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    cabinet_merge_request: u32,
    gitlab: Option<Gitlab>,
    github: Option<Github>,
}

#[derive(Deserialize)]
struct Gitlab {
    merge_request: GitlabRequest,
    approvals: Approvals,
    pipelines: Option<Fold<Pipelines>>,
    commits: Option<Fold<Commits<GitlabCommit>>>,
}

#[derive(Deserialize)]
struct GitlabRequest {
    iid: u32,
    web_url: Option<Text>,
    state: GitlabState,
    author: GitlabUser,
    sha: Text,
    merge_commit_sha: Option<Text>,
    squash_commit_sha: Option<Text>,
    head_pipeline: Option<Pipeline>,
    diff_refs: Option<DiffRefs>,
}

#[derive(Deserialize)]
struct DiffRefs {
    /// The newest commit that both branches have.
    base_sha: Option<Text>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum GitlabState {
    Opened,
    Closed,
    Locked,
    Merged,
}

#[derive(Deserialize)]
struct GitlabUser {
    username: Text,
}

#[derive(Deserialize)]
struct Approvals {
    approved: Option<bool>,
    approvals_left: Option<u32>,
    approved_by: Fold<Approvers>,
}

#[derive(Deserialize)]
struct Approver {
    user: GitlabUser,
}

#[derive(Default)]
struct Approvers(BTreeSet<String>);

impl Sink for Approvers {
    type Item = Approver;
    fn take(&mut self, one: Approver) -> Result<(), String> {
        self.0.insert(one.user.username.0);
        Ok(())
    }
}

#[derive(Deserialize)]
struct Pipeline {
    id: u64,
    sha: Text,
    status: Text,
    source: Option<Text>,
}

/// Of each commit and source the newest pipeline: one that was run again counts as it came out the last time.
#[derive(Default)]
struct Pipelines(BTreeMap<(String, String), (u64, String)>);

impl Sink for Pipelines {
    type Item = Pipeline;
    fn take(&mut self, one: Pipeline) -> Result<(), String> {
        let newest = self.0.entry((one.sha.0, or_empty(one.source))).or_default();
        if one.id >= newest.0 {
            *newest = (one.id, one.status.0);
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Github {
    pull_request: PullRequest,
    reviews: Fold<Reviews>,
    check_runs: CheckRuns,
    commits: Option<Fold<Commits<GithubCommit>>>,
}

#[derive(Deserialize)]
struct PullRequest {
    number: u32,
    html_url: Option<Text>,
    state: GithubState,
    merged: Option<bool>,
    user: Option<GithubUser>,
    head: Head,
    base: Option<Base>,
    merge_commit_sha: Option<Text>,
    /// How many there are.
    commits: Option<u32>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum GithubState {
    Open,
    Closed,
}

#[derive(Deserialize)]
struct GithubUser {
    login: Text,
}

#[derive(Deserialize)]
struct Head {
    sha: Text,
}

#[derive(Deserialize)]
struct Base {
    repo: Option<BaseRepo>,
}

#[derive(Deserialize)]
struct BaseRepo {
    full_name: Option<Text>,
}

#[derive(Deserialize)]
struct Review {
    user: Option<GithubUser>,
    state: ReviewState,
    commit_id: Option<Text>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ReviewState {
    Approved,
    ChangesRequested,
    Commented,
    Dismissed,
    Pending,
}

/// Of each account its newest word, and of which commit: a comment takes none back.
#[derive(Default)]
struct Reviews(BTreeMap<String, (ReviewState, String)>);

impl Sink for Reviews {
    type Item = Review;
    fn take(&mut self, one: Review) -> Result<(), String> {
        // An account that is gone speaks for nobody.
        let Some(user) = one.user else { return Ok(()) };
        if !matches!(one.state, ReviewState::Commented | ReviewState::Pending) {
            self.0.insert(user.login.0, (one.state, or_empty(one.commit_id)));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct CheckRuns {
    total_count: u32,
    check_runs: Fold<Checks>,
}

#[derive(Deserialize)]
struct CheckRun {
    name: Text,
    head_sha: Text,
    status: Text,
    conclusion: Option<Text>,
}

#[derive(Default)]
struct Checks {
    seen: u32,
    builds: Builds,
    commits: BTreeSet<String>,
}

impl Sink for Checks {
    type Item = CheckRun;
    fn take(&mut self, one: CheckRun) -> Result<(), String> {
        self.seen = self.seen.saturating_add(1);
        // Two are enough to see that they are not of one.
        if self.commits.len() < 2 {
            self.commits.insert(one.head_sha.0);
        }
        let conclusion = or_empty(one.conclusion);
        // What had nothing to do is no build.
        if matches!(conclusion.as_str(), "skipped" | "neutral") {
            return Ok(());
        }
        let stands = if conclusion.is_empty() { one.status.0.as_str() } else { conclusion.as_str() };
        self.builds.add(stands == "success", &one.name.0, stands);
        Ok(())
    }
}

#[derive(Default)]
struct Builds {
    all: u32,
    green: u32,
    others: Vec<String>,
}

impl Builds {
    fn add(&mut self, green: bool, name: &str, stands: &str) {
        crate::json::add(&mut self.all, 1);
        if green {
            crate::json::add(&mut self.green, 1);
        } else if self.others.len() < LISTED {
            self.others.push(format!("{name} ({stands})"));
        }
    }
}

/// The address before one of these, if it has one: the page of a merge request lies below its repository.
fn above(url: &str, pages: &[&str]) -> String {
    pages.iter().find_map(|page| url.rsplit_once(page)).map_or_else(String::new, |(before, _)| before.to_owned())
}

/// The commits that were made by merging. Before that hosts name one as well, which was only tried.
fn made(state: MergeState, commits: impl IntoIterator<Item = Option<Text>>) -> Vec<String> {
    if state != MergeState::Merged {
        return Vec::new();
    }
    commits.into_iter().map(or_empty).filter(|commit| !commit.is_empty()).collect()
}

/// A commit as a host tells of it.
struct Told {
    /// Which one.
    id: String,
    /// Mail address and account of whoever wrote it.
    wrote: [Option<Text>; 2],
    /// Mail address and account of whoever committed it.
    committed: [Option<Text>; 2],
    /// The commits before it; empty where the host does not say.
    parents: Vec<Text>,
}

trait Commit: DeserializeOwned {
    fn told(self) -> Told;
}

#[derive(Deserialize)]
struct GitlabCommit {
    id: Text,
    author_email: Option<Text>,
    committer_email: Option<Text>,
    parent_ids: Option<Vec<Text>>,
}

impl Commit for GitlabCommit {
    fn told(self) -> Told {
        Told {
            id: self.id.0,
            wrote: [self.author_email, None],
            committed: [self.committer_email, None],
            parents: self.parent_ids.unwrap_or_default(),
        }
    }
}

#[derive(Deserialize)]
struct GithubCommit {
    sha: Text,
    commit: GitCommit,
    author: Option<GithubAccount>,
    committer: Option<GithubAccount>,
}

#[derive(Deserialize)]
struct GitCommit {
    author: Option<GitPerson>,
    committer: Option<GitPerson>,
}

#[derive(Deserialize)]
struct GitPerson {
    email: Option<Text>,
}

/// The account to which GitHub maps an address; an empty object where it has none.
#[derive(Deserialize)]
struct GithubAccount {
    login: Option<Text>,
}

impl Commit for GithubCommit {
    fn told(self) -> Told {
        let mail = |person: Option<GitPerson>| person.and_then(|person| person.email);
        let login = |account: Option<GithubAccount>| account.and_then(|account| account.login);
        let GitCommit { author, committer } = self.commit;
        Told {
            id: self.sha.0,
            wrote: [mail(author), login(self.author)],
            committed: [mail(committer), login(self.committer)],
            parents: Vec::new(),
        }
    }
}

/// As whom GitHub commits what is merged or edited in its window: no person. Whoever writes under it may be one.
const WEB_FLOW: [&str; 2] = ["noreply@github.com", "web-flow"];

/// Which commits there are, and whose.
struct Commits<C> {
    seen: u32,
    ids: BTreeSet<String>,
    parents: BTreeSet<String>,
    /// Whether one of them does not say what was before it.
    rootless: bool,
    people: BTreeSet<String>,
    of: PhantomData<C>,
}

impl<C> Default for Commits<C> {
    fn default() -> Self {
        Self {
            seen: 0,
            ids: BTreeSet::new(),
            parents: BTreeSet::new(),
            rootless: false,
            people: BTreeSet::new(),
            of: PhantomData,
        }
    }
}

impl<C: Commit> Sink for Commits<C> {
    type Item = C;
    fn take(&mut self, one: C) -> Result<(), String> {
        let Told { id, wrote, committed, parents } = one.told();
        crate::json::add(&mut self.seen, 1);
        self.ids.insert(id);
        self.rootless |= parents.is_empty();
        self.parents.extend(parents.into_iter().map(|parent| parent.0));
        let mut named = false;
        let wrote = wrote.into_iter().flatten().map(|person| (person, false));
        let committed = committed.into_iter().flatten().map(|person| (person, true));
        for (Text(person), only_committed) in wrote.chain(committed) {
            let person = person.trim();
            // Mail addresses are the same in capitals; accounts are not.
            let person = if person.contains('@') { person.to_ascii_lowercase() } else { person.to_owned() };
            named |= !person.is_empty();
            let passed_over = only_committed && WEB_FLOW.contains(&person.as_str());
            if !person.is_empty() && !passed_over {
                self.people.insert(person);
            }
        }
        if !named {
            return Err("a commit names nobody who wrote or committed it".to_owned());
        }
        if self.people.len() > COMMITTERS {
            return Err(format!("more than {COMMITTERS} accounts and addresses committed"));
        }
        Ok(())
    }
}

impl<C> Commits<C> {
    /// Whether nothing that came after `base` is left out: then every commit's parents are here, or are `base`. Where the
    /// target was merged into the branch meanwhile this cannot be seen, nor where commits do not say their parents.
    fn all_since(&self, base: &str) -> bool {
        !base.is_empty() && !self.rootless && self.parents.iter().all(|one| one == base || self.ids.contains(one))
    }
}

/// How one knows that a list of commits is whole.
enum Whole<'a> {
    /// By their number, where the host says it.
    Counted(Option<u32>),
    /// By the commit after which they all come, where the host says it.
    Since(Option<&'a Text>),
}

/// Whose commits they are, sorted, and whether these are known to be all; nobody's where the file does not bring them. `last`
/// is among them, and they are as many as the host counts, or a page is missing.
fn committers<C>(commits: Option<Fold<Commits<C>>>, last: &str, by: &Whole<'_>) -> Result<(Vec<String>, bool), At> {
    let Some(Fold(commits)) = commits else { return Ok((Vec::new(), false)) };
    let (counted, whole) = match *by {
        Whole::Counted(counted) => (counted, counted.is_some()),
        Whole::Since(base) => (None, base.is_some_and(|base| commits.all_since(&base.0))),
    };
    if !commits.ids.contains(last) || counted.is_some_and(|counted| counted != commits.seen) {
        let why = "its commits are not all of its commits; bring all pages".to_owned();
        return Err(At::whole(Fault::Disagrees(why)));
    }
    Ok((commits.people.into_iter().collect(), whole))
}

/// How many there are, and the first by name.
fn first(accounts: &BTreeSet<String>) -> (u32, Vec<String>) {
    let count = u32::try_from(accounts.len()).unwrap_or(u32::MAX);
    (count, accounts.iter().take(LISTED).cloned().collect())
}

impl Gitlab {
    fn told(self) -> Result<MergeRequest, At> {
        let Self { merge_request: request, approvals, pipelines, commits } = self;
        let (author, commit) = (request.author.username.0, request.sha.0);
        let base = request.diff_refs.as_ref().and_then(|refs| refs.base_sha.as_ref());
        let (committers, commits_told) = committers(commits, &commit, &Whole::Since(base))?;
        let mut accounts = approvals.approved_by.0.0;
        accounts.remove(&author);
        let (count, approved_by) = first(&accounts);
        let pipelines = pipelines.unwrap_or_default().0.0;
        let mut builds = Builds::default();
        let mut listed = false;
        for ((sha, source), (id, status)) in &pipelines {
            if *sha == commit {
                builds.add(status == "success", &format!("pipeline {id} {source}"), status);
                listed |= request.head_pipeline.as_ref().is_some_and(|head| head.id == *id);
            }
        }
        // The one of the merged result has a commit of its own.
        if let Some(head) = request.head_pipeline.filter(|_| !listed) {
            builds.add(head.status.0 == "success", &format!("pipeline {}", head.id), &head.status.0);
        }
        let url = or_empty(request.web_url);
        let state = match request.state {
            GitlabState::Opened | GitlabState::Locked => MergeState::Open,
            GitlabState::Merged => MergeState::Merged,
            GitlabState::Closed => MergeState::Closed,
        };
        Ok(MergeRequest {
            host: CodeHost::Gitlab,
            number: request.iid,
            repository: above(&url, &["/-/merge_requests/", "/merge_requests/"]),
            merged_as: made(state, [request.merge_commit_sha, request.squash_commit_sha]),
            url,
            state,
            author,
            commit,
            approved: approvals.approved != Some(false) && approvals.approvals_left.unwrap_or(0) == 0,
            approvals: count,
            approved_by,
            refused_by: Vec::new(),
            builds: builds.all,
            green: builds.green,
            not_green: builds.others,
            committers,
            commits_told,
        })
    }
}

impl Github {
    fn told(self) -> Result<MergeRequest, At> {
        let Self { pull_request: request, reviews, check_runs, commits } = self;
        let (author, commit) = (request.user.map_or_else(String::new, |user| user.login.0), request.head.sha.0);
        let (committers, commits_told) = committers(commits, &commit, &Whole::Counted(request.commits))?;
        let Fold(checks) = check_runs.check_runs;
        let disagrees = |why: &str| Err(At::whole(Fault::Disagrees(why.to_owned())));
        if checks.seen != check_runs.total_count {
            return disagrees("its check runs are fewer than it counts; bring all pages");
        }
        if checks.commits.iter().any(|sha| *sha != commit) {
            return disagrees("its check runs are of another commit than its last");
        }
        let said = |state: ReviewState| -> BTreeSet<String> {
            let of = reviews.0.0.iter().filter(|(login, (said, _))| *said == state && **login != author);
            // What was approved before the last push is not what will be deployed; who asked for changes waits for them.
            let of = of.filter(|(_, (_, sha))| state == ReviewState::ChangesRequested || *sha == commit);
            of.map(|(login, _)| login.clone()).collect()
        };
        let (count, approved_by) = first(&said(ReviewState::Approved));
        let (refusals, refused_by) = first(&said(ReviewState::ChangesRequested));
        let builds = checks.builds;
        let url = or_empty(request.html_url);
        let state = match (request.merged, request.state) {
            (Some(true), _) => MergeState::Merged,
            (Some(false) | None, GithubState::Open) => MergeState::Open,
            (Some(false) | None, GithubState::Closed) => MergeState::Closed,
        };
        let (address, base) = (above(&url, &["/pull/"]), request.base.and_then(|base| base.repo));
        // The name alone says no host.
        let repository = if address.is_empty() { or_empty(base.and_then(|repo| repo.full_name)) } else { address };
        Ok(MergeRequest {
            host: CodeHost::Github,
            number: request.number,
            repository,
            merged_as: made(state, [request.merge_commit_sha]),
            url,
            state,
            author,
            commit,
            approved: count > 0 && refusals == 0,
            approvals: count,
            approved_by,
            refused_by,
            builds: builds.all,
            green: builds.green,
            not_green: builds.others,
            committers,
            commits_told,
        })
    }
}

/// Reads a merge request.
pub(crate) fn read(text: &str) -> Result<Read, At> {
    let envelope: Envelope = serde_json::from_str(text)?;
    if envelope.cabinet_merge_request != 1 {
        let found = format!("a merge request {}, not 1", envelope.cabinet_merge_request);
        return Err(At::whole(Fault::Version(found)));
    }
    let request = match (envelope.gitlab, envelope.github) {
        (Some(gitlab), None) => gitlab.told()?,
        (None, Some(github)) => github.told()?,
        (Some(_), Some(_)) | (None, None) => {
            let why = "it has neither a member gitlab nor one github, or both".to_owned();
            return Err(At::whole(Fault::Malformed(why)));
        }
    };
    if request.commit.is_empty() || request.author.is_empty() {
        let why = "it names no last commit or no author".to_owned();
        return Err(At::whole(Fault::Malformed(why)));
    }
    Ok(Read {
        format: Format::MergeRequest,
        version: "1".to_owned(),
        tools: Vec::new(),
        says: Says::MergeRequest(request),
    })
}
