//! For every gate of the catalogue: what passes, what fails, what is no evidence, and the words each shows.
use std::collections::{BTreeMap, BTreeSet};

use super::at_hand::attest;
use super::fixture::{board, change, id};
use super::*;
use crate::attested::{Attested, AttestedAnswer, Question};
use crate::chain::ReleaseType;
use crate::change::{RawText, TextFormat};
use crate::evidence::{
    Artifact, Artifacts, CodeHost, Component, Components, Coverage, Evidence, Finding, Findings, Format, Level,
    MergeRequest, MergeState, PlannedChanges, Provenance, Run, Says, Tests, Tool,
};
use crate::ids::{Digest, EntryId};
use crate::policy::{Strength, TypeRules};
use crate::roster::{Role, Roster};

mod rows;
mod rows_of_runs;
pub(super) mod waived;

use GateResult::{Failed, NoEvidence, NotApplicable, Passed, Waived, Warned};
use Question as Q;
use rows::ROWS;
use rows_of_runs::MORE;

/// The content that is attested of.
const CONTENT: Digest = Digest([9; 32]);

/// A change with what is at hand of it.
struct Story {
    change: ChangeRequest,
    policy: Policy,
    read: EvidenceRead,
    attested: BTreeMap<Question, Attested>,
    content: Digest,
    roster: Roster,
}

impl Story {
    fn new() -> Self {
        Self {
            change: change(),
            policy: Policy { coverage_percent: 80, ..Policy::built_in(Strength::Starter) },
            read: EvidenceRead::default(),
            attested: BTreeMap::new(),
            content: CONTENT,
            roster: board(2),
        }
    }

    fn file(&mut self, name: &str, says: Says) -> &mut Self {
        let provenance = Provenance {
            file: name.to_owned(),
            bytes: 10,
            sha256: Digest::of(name.as_bytes()),
            format: Format::Junit,
            format_version: String::new(),
            tools: vec![Tool { name: "a tool".to_owned(), version: String::new() }],
        };
        self.read.files.push(Evidence { provenance, run: Run::default(), says });
        self
    }

    /// Of which run the last file is.
    fn of(&mut self, commit: &str, kind: &str, environment: &str) -> &mut Self {
        let text = |text: &str| text.to_owned();
        let (commit, kind, environment) = (text(commit), text(kind), text(environment));
        if let Some(file) = self.read.files.last_mut() {
            file.run = Run { commit, kind, environment, dataset: String::new() };
        }
        self
    }

    /// With which data the last file was made.
    fn with_data(&mut self, dataset: &str) -> &mut Self {
        if let Some(file) = self.read.files.last_mut() {
            file.run.dataset = dataset.to_owned();
        }
        self
    }

    /// What a build says that it made.
    fn built(&mut self, digests: [Digest; 2]) -> &mut Self {
        let listed = digests.map(|sha256| Artifact { name: "pay.tar".to_owned(), sha256 }).to_vec();
        self.file("pay.intoto.json", Says::Artifacts(Artifacts { total: 2, listed, builder: String::new() }))
    }

    /// A merge request of three builds, so many of them green.
    fn requested(&mut self, approvals: u32, green: u32) -> &mut Self {
        let request = MergeRequest {
            host: CodeHost::Gitlab,
            number: 12,
            url: String::new(),
            state: MergeState::Merged,
            author: "ada".to_owned(),
            commit: "5f0c3a".to_owned(),
            approved: true,
            approvals,
            approved_by: Vec::new(),
            refused_by: Vec::new(),
            builds: 3,
            green,
            not_green: (green..3).map(|n| format!("pipeline {n} (failed)")).collect(),
            repository: "https://example/payments".to_owned(),
            merged_as: Vec::new(),
            committers: Vec::new(),
            commits_told: false,
        };
        self.file("mr.json", Says::MergeRequest(request))
    }

    /// Changes the last merge request.
    fn but(&mut self, change: fn(&mut MergeRequest)) -> &mut Self {
        if let Some(Says::MergeRequest(request)) = self.read.files.last_mut().map(|file| &mut file.says) {
            change(request);
        }
        self
    }

    fn ran(&mut self, name: &str, passed: u32, failed: u32) -> &mut Self {
        let first_failed = (0..failed).map(|n| format!("test {n}")).collect();
        let (total, skipped) = (passed + failed, 0);
        let lower = name.to_lowercase();
        let early = lower.contains("regression") || lower.contains("e2e");
        self.file(name, Says::Tests(Tests { total, passed, failed, skipped, first_failed }));
        // What a pipeline that says everything says.
        self.of("5f0c3a9b", "", if early { "development" } else { "test" })
    }

    fn found(&mut self, errors: u32, unsuccessful: u32) -> &mut Self {
        let finding = Finding { level: Level::Error, rule: "xss".to_owned(), message: "unescaped".to_owned() };
        let first = vec![finding; errors as usize];
        self.file(
            "scan.sarif",
            Says::Findings(Findings { errors, unsuccessful, runs: 1, first, ..Findings::default() }),
        )
    }

    fn covered(&mut self, lines_covered: u32, lines_valid: u32) -> &mut Self {
        self.file("coverage.xml", Says::Coverage(Coverage { lines_covered, lines_valid }))
    }

    /// Components with their licences; one without an `=` says none.
    fn contains(&mut self, name: &str, components: &[&str]) -> &mut Self {
        let component = |text: &&str| {
            let (name, licence) = text.split_once('=').unwrap_or((*text, ""));
            let licences = Some(licence.to_owned()).filter(|licence| !licence.is_empty()).into_iter().collect();
            Component { name: name.to_owned(), version: "1".to_owned(), purl: String::new(), licences }
        };
        let listed: Vec<Component> = components.iter().map(component).collect();
        let total = u32::try_from(listed.len()).expect("few");
        self.file(name, Says::Components(Components { total, listed }))
    }

    fn planned(&mut self) -> &mut Self {
        self.file("plan.json", Says::PlannedChanges(PlannedChanges { create: 1, ..PlannedChanges::default() }))
    }

    fn answers(&mut self, question: Question, value: &str) -> &mut Self {
        let answer = AttestedAnswer { evidence: None, value: value.to_owned() };
        let attested = Attested {
            entry: EntryId([1; 32]),
            actor: id(1),
            role: Role::ReleaseManager,
            claimed: super::fixture::at(3),
            content: CONTENT,
            answer,
        };
        self.attested.insert(question, attested);
        self
    }

    fn shows(&mut self, question: Question, value: &str) -> &mut Self {
        self.answers(question, value);
        if let Some(attested) = self.attested.get_mut(&question) {
            attested.answer.evidence = Some(Digest([7; 32]));
        }
        self
    }

    /// Writes a section of the plan, or takes it away.
    fn plan(&mut self, section: PlanSection, text: &str) {
        if text.is_empty() {
            self.change.plan.remove(&section);
        } else {
            let raw = RawText { format: TextFormat::Plain, text: text.to_owned() };
            self.change.plan.insert(section, raw);
        }
    }

    /// Makes the change a major release, of which the policy asks this.
    fn major(&mut self, rules: TypeRules) -> &mut Self {
        self.change.version = "5.0.0".to_owned();
        self.policy.types.insert(ReleaseType::Major, rules);
        self
    }

    fn judged(&self) -> Vec<GateOutcome> {
        evidence_gates(&AtHand {
            change: &self.change,
            policy: &self.policy,
            read: &self.read,
            attested: &self.attested,
            content: self.content,
            roster: &self.roster,
        })
    }

    fn outcome(&self, id: &str) -> GateOutcome {
        self.judged().into_iter().find(|outcome| outcome.gate.id == id).expect("a gate of the catalogue")
    }
}

/// Ends a row's doing.
fn done(_: &mut Story) {}

/// Which gate, what is at hand, and what it says where the policy blocks its clause: result, why, and what would satisfy
/// it. `?question` stands for how that question is attested.
type Row = (&'static str, fn(&mut Story), GateResult, &'static str, &'static str);

/// The words of a row, with how its question is attested.
fn spelled(by: &str) -> String {
    match by.rsplit_once('?') {
        Some((before, word)) => format!("{before}{}", attest(word.parse().expect("a question"))),
        None => by.to_owned(),
    }
}

#[test]
fn each_gate_says_what_it_finds_and_what_would_satisfy_it() {
    for (n, (id, at_hand, result, why, by)) in ROWS.iter().chain(MORE).enumerate() {
        let mut story = Story::new();
        let clause = story.outcome(id).gate.clause;
        story.policy.blocking = vec![clause.clone()];
        at_hand(&mut story);
        let outcome = story.outcome(id);
        let row = format!("row {n}, {id}: {outcome:#?}");
        assert_eq!((outcome.result, outcome.why.as_str()), (*result, *why), "{row}");
        assert_eq!(outcome.satisfied_by, spelled(by), "{row}");
        let blocks = match result {
            Failed => true,
            NoEvidence => clause != "R6",
            Passed | Warned | NotApplicable | Waived => false,
        };
        assert_eq!(outcome.blocks, blocks, "{row}");
        assert!(!outcome.looked_at.is_empty(), "{row}");
        // The same where no clause blocks: it is said, and stops nobody.
        story.policy.blocking.clear();
        let lenient = story.outcome(id);
        let advised = if *result == Failed { Warned } else { *result };
        assert_eq!((lenient.result, lenient.blocks, lenient.why.as_str()), (advised, false, *why), "{row}");
    }
}

#[test]
fn every_gate_of_the_catalogue_has_a_row_that_passes_one_that_fails_and_one_without_evidence() {
    for gate in catalogue() {
        let results: BTreeSet<GateResult> =
            ROWS.iter().filter(|(id, ..)| *id == gate.id).map(|(_, _, result, ..)| *result).collect();
        assert!(results.contains(&Passed), "{}", gate.id);
        assert!(results.contains(&Failed) || results.contains(&Warned), "{}", gate.id);
        // Findings are laid beside the ticket's word where there are some; that there are some another gate asks.
        let without = if gate.id == "scan-findings" { NotApplicable } else { NoEvidence };
        assert!(results.contains(&without), "{}", gate.id);
    }
}

#[test]
fn the_gates_are_the_same_in_the_same_order_whatever_is_at_hand() {
    let ids = |story: &Story| -> Vec<String> { story.judged().into_iter().map(|outcome| outcome.gate.id).collect() };
    let catalogued: Vec<String> = catalogue().into_iter().map(|gate| gate.id).collect();
    let mut bare = Story::new();
    bare.change.details_synced = false;
    assert_eq!((ids(&Story::new()), ids(&bare)), (catalogued.clone(), catalogued.clone()));
    assert_eq!(catalogued.iter().collect::<BTreeSet<_>>().len(), catalogued.len(), "each id stands once");
}

#[test]
fn the_tests_that_a_type_of_release_takes_block_for_it_alone_and_the_gates_say_so() {
    let tests = ["R7", "R62"].map(str::to_owned).to_vec();
    let mut story = Story::new();
    story.major(TypeRules { coverage_percent: Some(90), tests, ..TypeRules::default() }).covered(85, 100);
    let judged = |story: &Story| ["unit-tests", "regression-tests", "coverage"].map(|id| story.outcome(id));
    let [unit, regression, coverage] = judged(&story);
    assert_eq!((unit.result, unit.blocks), (NoEvidence, true));
    assert!(unit.why.ends_with("; it blocks for a major release"), "{}", unit.why);
    assert_eq!((regression.result, regression.blocks), (NoEvidence, false));
    assert_eq!((coverage.result, coverage.blocks), (Failed, true));
    let why = "for a major release: less than 90 % of the lines are covered; it blocks for a major release";
    assert_eq!(coverage.why, why);
    // The same files of a minor release: eighty are asked, and nothing blocks.
    story.change.version = "5.1.0".to_owned();
    let [unit, _, coverage] = judged(&story);
    assert_eq!((unit.result, unit.blocks, coverage.result), (NoEvidence, false, Passed));
    assert_eq!(coverage.why, "at least 80 % of the lines are covered");
    // What blocks for every change is not said to block for the type.
    story.major(TypeRules { tests: vec!["R7".to_owned()], ..TypeRules::default() });
    story.policy.blocking = vec!["R7".to_owned()];
    let unit = story.outcome("unit-tests");
    assert!(unit.blocks && !unit.why.contains("major"), "{}", unit.why);
}

#[test]
fn no_shipped_policy_blocks_for_want_of_evidence() {
    for strength in [Strength::Observe, Strength::Starter, Strength::Full] {
        let story = Story { policy: Policy::built_in(strength), ..Story::new() };
        assert_eq!(blocking(&story.judged()).count(), 0, "{strength:?}");
    }
}

#[test]
fn an_answer_is_shown_with_who_attests_it() {
    let mut story = Story::new();
    story.shows(Q::MergeRequests, "yes,\n!12");
    let shown = story.outcome("merge-requests").looked_at;
    assert_eq!(shown, "merge_requests: “yes, !12”, attested by Member 1 (Release Manager), with evidence");
    story.roster.members.clear();
    assert!(story.outcome("merge-requests").looked_at.contains("attested by a former member"));
    assert_eq!(
        attest(Q::PeerReview),
        "attest it: `cab change attest KEY peer_review VALUE`; \
         Was every change of code reviewed by somebody other than its author?"
    );
}

#[test]
fn an_edit_ends_what_was_attested_and_the_gate_says_so() {
    let mut story = Story::new();
    story.answers(Q::MergeRequests, "yes").answers(Q::HighTraffic, "no").answers(Q::NewComponents, "left-pad");
    let before = ["merge-requests", "load-tests"].map(|id| story.outcome(id).result);
    assert_eq!(before, [Passed, NotApplicable]);
    story.content = Digest([8; 32]);
    let lapsed = story.outcome("merge-requests");
    assert_eq!(lapsed.result, NoEvidence);
    assert_eq!(lapsed.why, "nobody attests it; what was attested before the change was edited does not count");
    assert!(lapsed.looked_at.ends_with(", before the change was edited: it does not count"), "{}", lapsed.looked_at);
    assert_eq!(lapsed.satisfied_by, attest(Q::MergeRequests));
    assert_eq!(story.outcome("load-tests").result, NoEvidence);
    let benefit = story.outcome("component-benefit");
    assert!(benefit.why.starts_with("nobody says the benefit of “left-pad”"), "it stays named: {benefit:?}");
    story.answers(Q::NewComponents, "none");
    assert_eq!(story.outcome("component-benefit").result, NoEvidence, "and that there is none has to be said again");
    // Another question of another clause is no concern of this gate.
    assert!(!story.outcome("peer-review").why.contains("edited"));
}

#[test]
fn what_does_not_count_is_shown_beside_what_does() {
    let mut story = Story::new();
    story.ran("unit.xml", 3, 0).ran("old.xml", 9, 9).of("aaaaaaa", "", "");
    let outcome = story.outcome("unit-tests");
    assert_eq!(outcome.result, Passed);
    let aside = "not counted: “old.xml” is of commit “aaaaaaa”, and the ticket names “5f0c3a”";
    assert!(outcome.looked_at.contains(aside), "{}", outcome.looked_at);
    story.found(2, 0).of("aaaaaaa", "", "");
    story.covered(1, 100).of("aaaaaaa", "", "");
    for id in ["scan-results", "coverage"] {
        let outcome = story.outcome(id);
        assert_eq!(outcome.result, NoEvidence, "{id}");
        assert!(outcome.looked_at.contains("is of commit “aaaaaaa”"), "{}", outcome.looked_at);
    }
}

#[test]
fn a_merge_request_counts_for_the_commit_that_was_pushed_or_merged_and_for_no_other() {
    const WHOLE: &str = "5f0c3a9b1d2e3f405162738495a6b7c8d9e0f102";
    for (commit, version, counts) in [
        ("aaaaaaa", "", true),
        ("5f0c3a", "", true),
        ("bbbbbbbb", "", true),
        ("ccccccc", "", false),
        ("", WHOLE, true),
        ("", "group/pay@5f0c3a9b1d2e3f405162738495a6b7c8d9e0f102", true),
        ("", "dddddddddddddddddddddddddddddddddddddddd", false),
        // Neither names a commit: no file shows whose it is.
        ("", "4.2.0", false),
        ("ccccccc", WHOLE, false),
    ] {
        let mut story = Story::new();
        story.requested(1, 3).but(|request| {
            request.commit = "aaaaaaa0".to_owned();
            request.merged_as = vec!["bbbbbbbb".to_owned(), WHOLE.to_owned()];
        });
        (story.change.commit, story.change.version) = (commit.to_owned(), version.to_owned());
        for id in ["merge-requests", "peer-review"] {
            let outcome = story.outcome(id);
            let expected = if counts { Passed } else { NoEvidence };
            assert_eq!(outcome.result, expected, "{commit} {version}: {outcome:#?}");
        }
        // What is open in it is not mended by the commit that the ticket names, nor by a member's word beside it.
        story.but(|request| (request.green, request.approvals) = (0, 0)).answers(Q::MergeRequests, "yes");
        story.policy.blocking = vec!["R44".to_owned()];
        assert_eq!(story.outcome("merge-requests").result, Failed, "{commit} {version}");
    }
}

#[test]
fn without_a_commit_on_the_ticket_no_file_stands_for_a_members_word() {
    for (gate, question) in [("merge-requests", Q::MergeRequests), ("peer-review", Q::PeerReview)] {
        for repository in ["", "git@example:payments.git"] {
            let mut story = Story::new();
            story.change.commit.clear();
            story.change.repository = repository.to_owned();
            story.requested(1, 3);
            let judged = |story: &Story| story.outcome(gate).result;
            assert_eq!(judged(&story), NoEvidence, "{gate} {repository}");
            // A member's word counts as it does without any file, and the file is shown beside it.
            story.answers(question, "yes, !12");
            assert_eq!(judged(&story), Passed, "{gate} {repository}");
            let shown = story.outcome(gate).looked_at;
            assert!(shown.starts_with("not counted: “mr.json” is not shown to be of this change"), "{shown}");
            story.answers(question, "no");
            assert_eq!(judged(&story), Warned, "{gate} {repository}");
            story.answers(question, "yes").content = Digest([8; 32]);
            assert_eq!(judged(&story), NoEvidence, "{gate} {repository}: an edit ends the word");
            // The commit alone names what was merged, whatever the repository is called.
            story.change.commit = "5f0c3a".to_owned();
            story.change.repository.clear();
            assert_eq!(judged(&story), Passed, "{gate} {repository}");
        }
    }
}

#[test]
fn whether_a_merge_request_brings_its_commits_is_known_apart_from_who_committed() {
    let mut story = Story::new();
    assert!(!story.read.tells_commits());
    story.requested(1, 3);
    assert!(!story.read.tells_commits(), "it came without them");
    story.requested(1, 3).but(|request| request.commits_told = true);
    assert!(story.read.tells_commits() && story.read.committers().next().is_none(), "the host's own account made them");
}

#[test]
fn lists_that_were_cut_cannot_say_what_is_new() {
    let mut story = Story::new();
    story.contains("base.json", &["serde"]).contains("bom.json", &["serde"]);
    for file in &mut story.read.files {
        if let Says::Components(components) = &mut file.says {
            components.total = 20_001;
        }
    }
    assert_eq!(story.outcome("component-benefit").result, NoEvidence);
}

#[test]
fn hard_blocks_are_never_waived_and_the_required_fields_only_in_observe() {
    for strength in [Strength::Observe, Strength::Starter, Strength::Full] {
        let policy = Policy::built_in(strength);
        for clause in HARD_CLAUSES.into_iter().chain(["R113"]) {
            assert!(policy.never_waived(clause).is_some(), "{clause} {strength:?}");
        }
        for clause in ["R36", "R37", "R38", "R39", "R40", "R41", "R42", "R84"] {
            assert_eq!(policy.never_waived(clause).is_none(), strength == Strength::Observe, "{clause} {strength:?}");
        }
        for clause in ["R23", "R24", "R25"] {
            assert!(policy.never_waived(clause).is_none(), "{clause} {strength:?}");
        }
    }
}
