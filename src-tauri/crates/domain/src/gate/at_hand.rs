//! What is at hand of a change besides its ticket: files out of pipelines, and what members attest.
use std::collections::BTreeMap;

use crate::attested::{Attested, Question};
use crate::change::ChangeRequest;
use crate::evidence::{Components, Coverage, Evidence, Findings, PlannedChanges, Says, Tests};
use crate::policy::Policy;
use crate::roster::Roster;

use super::{GateOutcome, Look, quoted};

/// What was read of a change's files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EvidenceRead {
    /// What was read.
    pub files: Vec<Evidence>,
    /// Names of the files that could not be read.
    pub unread: Vec<String>,
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
    /// Who they are.
    pub roster: &'a Roster,
}

/// For what a file of test results stands, by a word of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Any file that names no other stage.
    Unit,
    /// `regression`, `e2e`.
    Regression,
    /// `performance`, `perf`.
    Performance,
    /// `load`.
    Load,
    /// `security`.
    Security,
    /// `preprod`, `preproduction`, `staging`.
    PreProduction,
}

impl Stage {
    fn of(file: &str) -> Self {
        let lower = file.to_lowercase();
        let staged = lower.split(|c: char| !c.is_alphanumeric()).find_map(|word| match word {
            "regression" | "e2e" => Some(Self::Regression),
            "performance" | "perf" => Some(Self::Performance),
            "load" => Some(Self::Load),
            "security" => Some(Self::Security),
            "preprod" | "preproduction" | "staging" => Some(Self::PreProduction),
            _ => None,
        });
        staged.unwrap_or(Self::Unit)
    }
}

/// Files that speak of one thing, and what each says.
pub(super) struct Found<'a, T> {
    /// The files.
    pub files: Vec<&'a Evidence>,
    /// What they say, in the same order.
    pub says: Vec<&'a T>,
}

impl<T> Found<'_, T> {
    /// Files by name with what each says, in one line.
    pub fn shown(&self) -> String {
        let shown = |file: &&Evidence| format!("{}: {}", quoted(&file.provenance.file), file.says);
        self.files.iter().map(shown).collect::<Vec<_>>().join("; ")
    }

    /// The same, or that there is none.
    pub fn shown_or(&self, none: &str) -> String {
        if self.files.is_empty() { none.to_owned() } else { self.shown() }
    }
}

impl<'a> AtHand<'a> {
    fn found<T: 'a>(&self, of: impl Fn(&'a Evidence) -> Option<&'a T>) -> Found<'a, T> {
        let all: &'a [Evidence] = &self.read.files;
        let (files, says) = all.iter().filter_map(|file| of(file).map(|says| (file, says))).unzip();
        Found { files, says }
    }

    /// Results of tests of a stage.
    pub(super) fn tests(&self, stage: Stage) -> Found<'a, Tests> {
        self.found(|file| match &file.says {
            Says::Tests(tests) if Stage::of(&file.provenance.file) == stage => Some(tests),
            Says::Tests(_) | Says::Findings(_) | Says::Components(_) | Says::Coverage(_) | Says::PlannedChanges(_) => {
                None
            }
        })
    }

    /// Findings of analyses.
    pub(super) fn findings(&self) -> Found<'a, Findings> {
        self.found(|file| match &file.says {
            Says::Findings(findings) => Some(findings),
            Says::Tests(_) | Says::Components(_) | Says::Coverage(_) | Says::PlannedChanges(_) => None,
        })
    }

    /// Components.
    pub(super) fn components(&self) -> Found<'a, Components> {
        self.found(|file| match &file.says {
            Says::Components(components) => Some(components),
            Says::Tests(_) | Says::Findings(_) | Says::Coverage(_) | Says::PlannedChanges(_) => None,
        })
    }

    /// Coverage.
    pub(super) fn coverage(&self) -> Found<'a, Coverage> {
        self.found(|file| match &file.says {
            Says::Coverage(coverage) => Some(coverage),
            Says::Tests(_) | Says::Findings(_) | Says::Components(_) | Says::PlannedChanges(_) => None,
        })
    }

    /// Plans of an infrastructure.
    pub(super) fn planned(&self) -> Found<'a, PlannedChanges> {
        self.found(|file| match &file.says {
            Says::PlannedChanges(planned) => Some(planned),
            Says::Tests(_) | Says::Findings(_) | Says::Components(_) | Says::Coverage(_) => None,
        })
    }

    /// What is attested.
    pub(super) fn answer(&self, question: Question) -> Option<&'a Attested> {
        self.attested.get(&question)
    }

    /// A question with its answer, and who attests it.
    pub(super) fn shown(&self, question: Question) -> String {
        let Some(attested) = self.answer(question) else { return format!("{}: not attested", question.word()) };
        let name = self.roster.member(attested.actor).map_or("a former member", |member| member.name.as_str());
        let shown = if attested.answer.evidence.is_some() { ", with evidence" } else { "" };
        let value = quoted(&attested.answer.value);
        format!("{}: {value}, attested by {name} ({}){shown}", question.word(), attested.role.title())
    }

    /// The end of a sentence about what is not here: files that could not be read may have been it.
    pub(super) fn unread(&self) -> String {
        match self.read.unread.as_slice() {
            [] => String::new(),
            [only] => format!("; {} could not be read", quoted(only)),
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
