//! What is at hand of a change besides its ticket: files out of pipelines, and what members attest.
use std::collections::BTreeMap;

use crate::attested::{Attested, Question};
use crate::change::ChangeRequest;
use crate::evidence::{
    Artifacts, Components, Coverage, Environment, Evidence, Findings, MergeRequest, PlannedChanges, Run, Says, Stage,
    Tests, same_repository,
};
use crate::ids::Digest;
use crate::policy::Policy;
use crate::roster::Roster;

use super::{GateOutcome, Look, quoted};

/// Digits of a commit's whole name.
const WHOLE_COMMIT: usize = 40;

/// What was read of a change's files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EvidenceRead {
    /// What was read.
    pub files: Vec<Evidence>,
    /// Names of the files that could not be read.
    pub unread: Vec<String>,
}

impl EvidenceRead {
    /// Accounts and mail addresses of those who committed, by every merge request among the files (R89): by one of another
    /// commit as well, since no file frees anybody.
    pub fn committers(&self) -> impl Iterator<Item = &str> {
        self.requests().flat_map(|request| &request.committers).map(String::as_str)
    }

    /// Whether any merge request among the files brings its commits (R89).
    #[must_use]
    pub fn tells_commits(&self) -> bool {
        self.requests().any(|request| request.commits_told)
    }

    fn requests(&self) -> impl Iterator<Item = &MergeRequest> {
        self.files.iter().filter_map(|file| match &file.says {
            Says::MergeRequest(request) => Some(request),
            Says::Tests(_)
            | Says::Findings(_)
            | Says::Components(_)
            | Says::Coverage(_)
            | Says::PlannedChanges(_)
            | Says::Runs(_)
            | Says::Artifacts(_) => None,
        })
    }
}

/// Everything that evidence gates look at.
#[derive(Debug, Clone, Copy)]
pub struct AtHand<'a> {
    /// The change.
    pub change: &'a ChangeRequest,
    /// The policy in force.
    pub policy: &'a Policy,
    /// What was read.
    pub read: &'a EvidenceRead,
    /// What members attest: the newest to each question.
    pub attested: &'a BTreeMap<Question, Attested>,
    /// The digest of the change's material content as it is now: what was attested of another does not count.
    pub content: Digest,
    /// Who they are.
    pub roster: &'a Roster,
}

/// For what a file of test results stands: by its own word or that of a list of runs, else by a word of its name; any
/// file that says no other stage is of unit tests.
fn stage(file: &Evidence) -> Stage {
    if let Some(said) = Stage::of_word(&file.run.kind) {
        return said;
    }
    let lower = file.provenance.file.to_lowercase();
    let staged = lower.split(|c: char| !c.is_alphanumeric()).find_map(|word| match Stage::of_word(word) {
        Some(Stage::Unit) | None => None,
        Some(other) => Some(other),
    });
    staged.unwrap_or(Stage::Unit)
}

/// What results of tests must say of their run to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    /// Of which commit, where the ticket names one.
    pub commit: bool,
    /// In which environment.
    pub environment: Option<Environment>,
}

impl Asked {
    /// Nothing; what they say must be true of the change all the same.
    pub const NOTHING: Self = Self { commit: false, environment: None };

    /// What would satisfy it, for people.
    pub fn words(self, commit: &str) -> String {
        let mut asked = Vec::new();
        if !commit.trim().is_empty() {
            asked.push(format!("commit {}", quoted(commit)));
        }
        asked.extend(self.environment.map(|environment| format!("environment “{}”", environment.word())));
        let asked = asked.join(" and ");
        format!("bring results that say {asked}, in their properties or in a list of runs beside them")
    }
}

/// Files that speak of one thing, and what each says.
pub(super) struct Found<'a, T> {
    /// The files.
    pub files: Vec<&'a Evidence>,
    /// What they say, in the same order.
    pub says: Vec<&'a T>,
    /// Those that do not count, each with why.
    pub aside: Vec<String>,
}

impl<T> Found<'_, T> {
    /// Sets aside each file of which there is a reason to.
    fn set_aside(&mut self, why: impl Fn(&Evidence, &T) -> Option<String>) {
        let all = std::mem::take(&mut self.files).into_iter().zip(std::mem::take(&mut self.says));
        for (file, says) in all {
            match why(file, says) {
                Some(why) => self.aside.push(format!("{} {why}", quoted(&file.provenance.file))),
                None => {
                    self.files.push(file);
                    self.says.push(says);
                }
            }
        }
    }

    /// Files by name with what each says, in one line.
    pub fn shown(&self) -> String {
        let shown = |file: &&Evidence| format!("{}: {}", quoted(&file.provenance.file), file.says);
        let aside = self.aside.iter().map(|why| format!("not counted: {why}"));
        self.files.iter().map(shown).chain(aside).collect::<Vec<_>>().join("; ")
    }

    /// The same, or that there is none.
    pub fn shown_or(&self, none: &str) -> String {
        if self.files.is_empty() && self.aside.is_empty() { none.to_owned() } else { self.shown() }
    }

    /// Beside another word: what does not count is shown before it.
    pub fn beside(&self, word: String) -> String {
        if self.aside.is_empty() { word } else { format!("{}; {word}", self.shown()) }
    }

    /// Why nothing counts, in the words of the first files that do not.
    pub fn uncounted(&self) -> Option<String> {
        let first: Vec<&str> = self.aside.iter().take(3).map(String::as_str).collect();
        (self.files.is_empty() && !first.is_empty()).then(|| first.join("; "))
    }
}

impl<'a> AtHand<'a> {
    fn found<T: 'a>(&self, of: impl Fn(&'a Evidence) -> Option<&'a T>) -> Found<'a, T> {
        let all: &'a [Evidence] = &self.read.files;
        let (files, says) = all.iter().filter_map(|file| of(file).map(|says| (file, says))).unzip();
        Found { files, says, aside: Vec::new() }
    }

    /// The same, without what is of another commit than the ticket names.
    fn of_this<T: 'a>(&self, of: impl Fn(&'a Evidence) -> Option<&'a T>) -> Found<'a, T> {
        let mut found = self.found(of);
        found.set_aside(|file, _| self.of_another(file));
        found
    }

    /// That a file is of another commit than the ticket names, if it is.
    fn of_another(&self, file: &Evidence) -> Option<String> {
        let (said, named) = (file.run.commit.trim(), self.change.commit.trim());
        let differs = !said.is_empty() && !named.is_empty() && !Run::same_commit(said, named);
        differs.then(|| format!("is of commit {}, and the ticket names {}", quoted(said), quoted(named)))
    }

    /// Results of tests of a stage. What does not say what is asked does not count, unless it failed: a failure is not
    /// mended by leaving out what it was of.
    pub(super) fn tests(&self, of: Stage, asked: Asked) -> Found<'a, Tests> {
        let mut found = self.found(|file| match &file.says {
            Says::Tests(tests) if stage(file) == of => Some(tests),
            Says::Tests(_)
            | Says::Findings(_)
            | Says::Components(_)
            | Says::Coverage(_)
            | Says::PlannedChanges(_)
            | Says::MergeRequest(_)
            | Says::Runs(_)
            | Says::Artifacts(_) => None,
        });
        let named = !self.change.commit.trim().is_empty();
        found.set_aside(|file, tests: &Tests| {
            if let Some(other) = self.of_another(file) {
                return Some(other);
            }
            if asked.commit && named && file.run.commit.trim().is_empty() {
                return (tests.failed == 0).then(|| "does not say of which commit it is".to_owned());
            }
            let (environment, said) = (asked.environment?, file.run.environment.trim());
            let word = environment.word();
            match (environment.is_named(said), said.is_empty()) {
                (true, _) => None,
                (false, true) => (tests.failed == 0).then(|| format!("does not say that it ran in {word}")),
                (false, false) => Some(format!("ran in {}, and not in {word}", quoted(said))),
            }
        });
        found
    }

    /// Findings of analyses.
    pub(super) fn findings(&self) -> Found<'a, Findings> {
        self.of_this(|file| match &file.says {
            Says::Findings(findings) => Some(findings),
            Says::Tests(_)
            | Says::Components(_)
            | Says::Coverage(_)
            | Says::PlannedChanges(_)
            | Says::MergeRequest(_)
            | Says::Runs(_)
            | Says::Artifacts(_) => None,
        })
    }

    /// Components; those of the version before are of another commit.
    pub(super) fn components(&self) -> Found<'a, Components> {
        self.found(|file| match &file.says {
            Says::Components(components) => Some(components),
            Says::Tests(_)
            | Says::Findings(_)
            | Says::Coverage(_)
            | Says::PlannedChanges(_)
            | Says::MergeRequest(_)
            | Says::Runs(_)
            | Says::Artifacts(_) => None,
        })
    }

    /// Coverage.
    pub(super) fn coverage(&self) -> Found<'a, Coverage> {
        self.of_this(|file| match &file.says {
            Says::Coverage(coverage) => Some(coverage),
            Says::Tests(_)
            | Says::Findings(_)
            | Says::Components(_)
            | Says::PlannedChanges(_)
            | Says::MergeRequest(_)
            | Says::Runs(_)
            | Says::Artifacts(_) => None,
        })
    }

    /// Plans of an infrastructure.
    pub(super) fn planned(&self) -> Found<'a, PlannedChanges> {
        self.of_this(|file| match &file.says {
            Says::PlannedChanges(planned) => Some(planned),
            Says::Tests(_)
            | Says::Findings(_)
            | Says::Components(_)
            | Says::Coverage(_)
            | Says::MergeRequest(_)
            | Says::Runs(_)
            | Says::Artifacts(_) => None,
        })
    }

    /// Artifacts that builds made.
    pub(super) fn artifacts(&self) -> Found<'a, Artifacts> {
        self.of_this(|file| match &file.says {
            Says::Artifacts(artifacts) => Some(artifacts),
            Says::Tests(_)
            | Says::Findings(_)
            | Says::Components(_)
            | Says::Coverage(_)
            | Says::PlannedChanges(_)
            | Says::MergeRequest(_)
            | Says::Runs(_) => None,
        })
    }

    /// Merge requests. One that is not shown to be of this change does not count, unless it `fails`: what came after it in
    /// the same repository may contain it, so its want is not mended by naming another commit, or none. One of another
    /// repository has nothing to do with the change at all. Where the ticket names no commit, none is shown to be of
    /// it: whoever brings a file may bring any.
    pub(super) fn merge_requests(&self, fails: impl Fn(&MergeRequest) -> bool) -> Found<'a, MergeRequest> {
        let mut found = self.found(|file| match &file.says {
            Says::MergeRequest(request) => Some(request),
            Says::Tests(_)
            | Says::Findings(_)
            | Says::Components(_)
            | Says::Coverage(_)
            | Says::PlannedChanges(_)
            | Says::Runs(_)
            | Says::Artifacts(_) => None,
        });
        found.set_aside(|_, request: &MergeRequest| {
            let (named, said) = (self.change.repository.trim(), request.repository.trim());
            let of_another = !named.is_empty() && !said.is_empty() && !same_repository(said, named);
            if of_another {
                return Some(format!("is of repository {}, and the ticket names {}", quoted(said), quoted(named)));
            }
            if fails(request) {
                return None;
            }
            if !named.is_empty() && said.is_empty() {
                return Some("does not say of which repository it is".to_owned());
            }
            let commit = self.commit_named();
            if commit.is_empty() {
                let none = if named.is_empty() { "neither repository nor commit" } else { "no commit" };
                return Some(format!("is not shown to be of this change: the ticket names {none}"));
            }
            (!request.is_of(commit)).then(|| {
                let own = request.merged_as.last().unwrap_or(&request.commit);
                format!("is of commit {}, and the ticket names {}", quoted(own), quoted(commit))
            })
        });
        found
    }

    /// The commit that the ticket names: in its own field, else as its version (R39), alone or behind a project; blank
    /// where it names none.
    pub(super) fn commit_named(&self) -> &'a str {
        let change: &'a ChangeRequest = self.change;
        let (commit, version) = (change.commit.trim(), change.version.trim());
        if !commit.is_empty() {
            return commit;
        }
        let last = version.rsplit_once('@').map_or(version, |(_, last)| last);
        let whole = last.len() == WHOLE_COMMIT && last.bytes().all(|b| b.is_ascii_hexdigit());
        if whole { last } else { "" }
    }

    /// What is attested of the change as it is: an edit of what is material ends an answer.
    pub(super) fn answer(&self, question: Question) -> Option<&'a Attested> {
        self.newest(question).filter(|attested| attested.holds(self.content))
    }

    /// The newest answer, of whatever content it speaks.
    pub(super) fn newest(&self, question: Question) -> Option<&'a Attested> {
        self.attested.get(&question)
    }

    /// Whether an answer to a question of this clause was ended by an edit.
    pub(super) fn lapsed(&self, clause: &str) -> bool {
        self.attested.iter().any(|(question, said)| question.clause() == clause && !said.holds(self.content))
    }

    /// A question with its answer, and who attests it.
    pub(super) fn shown(&self, question: Question) -> String {
        let Some(attested) = self.newest(question) else { return format!("{}: not attested", question.word()) };
        let name = self.roster.member(attested.actor).map_or("a former member", |member| member.name.as_str());
        let shown = if attested.answer.evidence.is_some() { ", with evidence" } else { "" };
        let value = quoted(&attested.answer.value);
        let holds = attested.holds(self.content);
        let lapsed = if holds { "" } else { ", before the change was edited: it does not count" };
        format!("{}: {value}, attested by {name} ({}){shown}{lapsed}", question.word(), attested.role.title())
    }

    /// The end of a sentence about what is not here: files that could not be read may have been it.
    pub(super) fn unread(&self) -> String {
        match self.read.unread.as_slice() {
            [] => String::new(),
            [only] => format!("; {} could not be read", quoted(only)),
            [first, _] => format!("; {} and 1 other could not be read", quoted(first)),
            [first, rest @ ..] => format!("; {} and {} others could not be read", quoted(first), rest.len()),
        }
    }
}

/// How an attested yes or no is judged: yes passes, no is broken, anything else is no evidence.
pub(super) fn yes(look: Look, hand: &AtHand<'_>, question: Question, by: &str) -> GateOutcome {
    match hand.answer(question).map(|attested| attested.answer.yes()) {
        Some(Some(true)) => look.passed("it is attested"),
        Some(Some(false)) => look.broken(hand.policy, "it is attested that this is not so", by),
        Some(None) => look.no_evidence(hand.policy, "the answer begins neither with yes nor with no", attest(question)),
        None => look.no_evidence(hand.policy, "nobody attests it", attest(question)),
    }
}

/// How to attest an answer.
pub(super) fn attest(question: Question) -> String {
    format!("attest it: `cab change attest KEY {} VALUE`; {}", question.word(), question.asks())
}
