//! What reviews propose for the policy: which proposals are open, and what the policy in force would be with one of them
//! (R97, R102). Nothing is adopted by it: a policy is adopted by signature, after its simulation.
use domain::emergency::{Emergency, Proposed};
use domain::policy::authored::with_settings;
use domain::policy::proposal::{Proposal, ProposedSetting};
use domain::text::mark_invisible;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{check_name, compile, next_name};
use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::requests::ProposalForm;
use crate::state::BoardState;

/// The name of a board's first model of its own.
const FIRST_MODEL: &str = "board/1";

/// What a review proposes for the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyProposal {
    /// The entry of the review.
    pub id: String,
    /// The change that was reviewed.
    pub change: String,
    /// Who says so.
    pub by: String,
    /// When, RFC 3339, as claimed.
    pub at: String,
    /// What is proposed, and why.
    pub words: String,
    /// Settings, each a line of `policy.toml`; none where it is said in words only.
    pub settings: Vec<String>,
    /// The policy that took it up; null while it is open.
    pub taken_up: Option<String>,
    /// The policy in force with these settings, to be simulated; null where there is nothing to put into it.
    pub text: Option<String>,
    /// Why these settings cannot be put into the policy in force, a line each.
    pub problems: Vec<String>,
}

impl Cabinet {
    /// Every proposal for the policy, those that are open first, and of these the newest.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] before the first run.
    pub async fn policy_proposals(&self) -> Answer<Vec<PolicyProposal>> {
        let board = self.board()?;
        let state = board.state().await?;
        Ok(listed(&state))
    }
}

pub(super) fn listed(state: &BoardState) -> Vec<PolicyProposal> {
    let with = |one: &Emergency| Some((one.about().to_string(), one.proposed.clone()?));
    let mut all: Vec<(String, Proposed)> = state.ledger.emergencies.values().filter_map(with).collect();
    all.sort_by_key(|(_, one)| std::cmp::Reverse((one.claimed, one.entry)));
    let mut views: Vec<PolicyProposal> = all.iter().map(|(change, one)| view(state, change, one)).collect();
    views.sort_by_key(|one| one.taken_up.is_some());
    views
}

fn view(state: &BoardState, change: &str, one: &Proposed) -> PolicyProposal {
    let taken_up = taken_up(state, one);
    let mut problems = Vec::new();
    let text = if taken_up.is_some() || one.proposal.settings.is_empty() {
        None
    } else {
        put_in(state, &one.proposal).map_err(|wrong| problems = wrong).ok()
    };
    PolicyProposal {
        id: one.entry.to_string(),
        change: change.to_owned(),
        by: state.name(one.actor),
        at: crate::words::time(one.claimed),
        words: mark_invisible(&one.proposal.words),
        settings: one.proposal.settings.iter().map(|setting| mark_invisible(&setting.line())).collect(),
        taken_up,
        text,
        problems: problems.iter().map(|line| mark_invisible(line)).collect(),
    }
}

/// The first policy that was adopted after the review and has every setting of its proposal.
fn taken_up(state: &BoardState, one: &Proposed) -> Option<String> {
    let later = state.adoptions.iter().filter(|adoption| adoption.at >= one.claimed);
    let mut policies = later.filter_map(|adoption| state.policies.get(&adoption.policy));
    policies.find(|policy| one.proposal.is_in(policy)).map(|policy| policy.name.clone())
}

/// The `policy.toml` of the policy in force with these settings, under a name of its own.
fn put_in(state: &BoardState, proposal: &Proposal) -> Result<String, Vec<String>> {
    let mut settings = Vec::new();
    let names = |path: &str| proposal.settings.iter().any(|setting| setting.path == path);
    if !names("name") {
        let taken = |name: &str| state.policies.values().any(|policy| policy.name == name);
        settings.push(text_setting("name", &free(next_name(&state.policy.name), taken)));
    }
    // Another model is another name: every score says which.
    if proposal.settings.iter().any(|setting| setting.path.starts_with("risk.")) && !names("risk.name") {
        let taken = |name: &str| state.policies.values().any(|policy| policy.risk.name == name);
        let first = match state.policy.risk.name.as_str() {
            "" => FIRST_MODEL.to_owned(),
            name => next_name(name),
        };
        settings.push(text_setting("risk.name", &free(first, taken)));
    }
    settings.extend(proposal.settings.iter().cloned());
    let text = with_settings(&state.policy, &settings)?;
    let compiled = compile(&text).map_err(|error| vec![why(&error)])?;
    check_name(state, &compiled.policy, compiled.digest).map_err(|error| vec![why(&error)])?;
    Ok(text)
}

/// The first of the names from this one on that nobody has.
fn free(mut name: String, taken: impl Fn(&str) -> bool) -> String {
    while taken(&name) {
        name = next_name(&name);
    }
    name
}

fn text_setting(path: &str, value: &str) -> ProposedSetting {
    // A text of JSON is one of TOML.
    ProposedSetting { path: path.to_owned(), value: serde_json::Value::from(value).to_string() }
}

/// What is wrong, in words.
fn why(error: &BoardError) -> String {
    if let BoardError::Invalid { why, .. } = error { why.clone() } else { error.to_string() }
}

/// What a review is to propose, as it goes into its entry; a setting that is none, and values that make no policy together,
/// are refused before anything is written.
///
/// # Errors
/// [`BoardError::Invalid`] with every mistake.
pub(crate) fn asked(state: &BoardState, form: &ProposalForm) -> Answer<Proposal> {
    let wrong = |why: String| BoardError::invalid("proposal", why);
    let line = |line: &String| {
        ProposedSetting::of_line(line)
            .ok_or_else(|| wrong(format!("“{}” is no setting; write path = value.", mark_invisible(line))))
    };
    let settings: Vec<ProposedSetting> =
        form.settings.iter().filter(|text| !text.trim().is_empty()).map(line).collect::<Answer<_>>()?;
    let proposal = Proposal { settings, words: form.words.trim().to_owned() };
    proposal.check().map_err(|why| wrong(format!("{why}.")))?;
    if !proposal.settings.is_empty() {
        put_in(state, &proposal).map_err(|lines| wrong(lines.join("\n")))?;
    }
    Ok(proposal)
}
