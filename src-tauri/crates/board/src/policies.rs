//! The board's policy: which is in force, and what a text would make of it.
use domain::gate::HARD_CLAUSES;
use domain::ids::Digest;
use domain::policy::authored::{Problem, parse, write};
use domain::policy::{Policy, Strength};
use serde::Serialize;

use crate::cabinet::{Cabinet, stored};
use crate::error::{Answer, BoardError};
use crate::state::BoardState;

mod adopt;
mod fare;
mod proposals;
mod simulate;
mod window;

pub use adopt::{AdoptPolicyRequest, PolicyAdopted, PolicyProposed};
pub use fare::{PackFare, PolicyFare};
pub use proposals::PolicyProposal;
pub(crate) use proposals::asked as proposed;
pub(crate) use simulate::refuse_unsimulated;
pub use simulate::{ChangeUnder, ClauseTotals, LevelMoved, LevelsUnder, PolicySimulation};
pub(crate) use window::{differences_in, prepare};

/// Besides the hard clauses: what is not here cannot be signed, under any policy.
const ALSO_HARD: [&str; 1] = ["R113"];

/// The policy in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyInForce {
    /// Its name and version.
    pub name: String,
    /// SHA-256 of its canonical form, as entries name it.
    pub digest: String,
    /// How strict it is, in a word.
    pub strength: Strength,
    /// Who adopted it; empty where no entry says so.
    pub adopted_by: String,
    /// When, as claimed.
    pub adopted_at: Option<String>,
    /// The entry that says so.
    pub entry: Option<String>,
    /// The clauses that block, those that block in every policy first.
    pub blocking: Vec<String>,
    /// Whether every act takes the PIN.
    pub pin_every_act: bool,
    /// A `policy.toml` of it.
    pub text: String,
    /// Whether that is the text as it was adopted, byte for byte; otherwise it is made from the rules.
    pub as_adopted: bool,
}

/// A text that is a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyRead {
    /// Its name and version.
    pub name: String,
    /// SHA-256 of its canonical form.
    pub digest: String,
    /// How strict it is, in a word.
    pub strength: Strength,
    /// Whether it is in force.
    pub in_force: bool,
}

/// A text and what it compiles to.
struct Compiled {
    policy: Policy,
    /// Its canonical form.
    bytes: Vec<u8>,
    digest: Digest,
}

impl Cabinet {
    /// The policy in force, who adopted it, and its text.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] before the first run.
    pub async fn policy_in_force(&self) -> Answer<PolicyInForce> {
        let board = self.board()?;
        let state = board.state().await?;
        let kept = board.store.policy(state.policy_digest).await.map_err(stored)?;
        let source = kept.and_then(|kept| kept.source).and_then(|source| String::from_utf8(source).ok());
        let hard = HARD_CLAUSES.iter().chain(&ALSO_HARD).map(|clause| (*clause).to_owned());
        Ok(PolicyInForce {
            name: state.policy.name.clone(),
            digest: state.policy_digest.to_string(),
            strength: state.policy.strength,
            adopted_by: state.adoption.map(|adoption| state.name(adoption.by)).unwrap_or_default(),
            adopted_at: state.adoption.map(|adoption| crate::words::time(adoption.at)),
            entry: state.adoption.map(|adoption| adoption.entry.to_string()),
            blocking: hard.chain(state.policy.blocking.iter().cloned()).collect(),
            pin_every_act: state.policy.pin_every_act,
            as_adopted: source.is_some(),
            text: source.unwrap_or_else(|| write(&state.policy)),
        })
    }

    /// Whether a text is a policy that this board could adopt.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] with every mistake and its line; [`BoardError::Refused`] where its name is taken.
    pub async fn check_policy(&self, text: &str) -> Answer<PolicyRead> {
        let board = self.board()?;
        let state = board.state().await?;
        let Compiled { policy, digest, .. } = compile(text)?;
        check_name(&state, &policy, digest)?;
        let in_force = digest == state.policy_digest;
        Ok(PolicyRead { name: policy.name, digest: digest.to_string(), strength: policy.strength, in_force })
    }
}

fn compile(text: &str) -> Answer<Compiled> {
    let policy = parse(text).map_err(|problems| invalid(&problems))?;
    let bytes = record::canonical::to_bytes(&policy).map_err(|e| BoardError::internal(&e))?;
    let digest = Digest::of(&bytes);
    Ok(Compiled { policy, bytes, digest })
}

/// Every mistake, each on a line of its own.
fn invalid(problems: &[Problem]) -> BoardError {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    BoardError::invalid("policy.toml", lines.join("\n"))
}

/// One name means one set of rules, on this board and among those that are built in.
fn check_name(state: &BoardState, policy: &Policy, digest: Digest) -> Answer<()> {
    let strengths = [Strength::Observe, Strength::Starter, Strength::Full];
    let mut built_in =
        strengths.into_iter().flat_map(|strength| [Policy::built_in(strength), Policy::part_11(strength)]);
    let taken = state.policies.iter().any(|(other, adopted)| adopted.name == policy.name && *other != digest)
        || built_in.any(|other| other.name == policy.name && other != *policy);
    if taken {
        return Err(BoardError::refused(
            "policy_name_taken",
            format!(
                "{} is the name of other rules, and every entry that names them must go on meaning those.",
                policy.name
            ),
            Some("R14"),
            format!("Give this policy another name, such as {}.", next_name(&policy.name)),
        ));
    }
    check_model_name(state, policy)
}

/// One name means one risk model as well: every score names it.
fn check_model_name(state: &BoardState, policy: &Policy) -> Answer<()> {
    let named = &policy.risk.name;
    let model = policy.risk.model().ok();
    let mut others = state.policies.values().filter(|other| !other.risk.is_built_in() && other.risk.name == *named);
    if others.all(|other| other.risk.model().ok() == model) {
        return Ok(());
    }
    Err(BoardError::refused(
        "model_name_taken",
        format!("{named} is the name of another risk model, and every score that names it must go on meaning it."),
        Some("R97"),
        format!("Give the model in [risk] another name, such as {}.", next_name(named)),
    ))
}

/// The name with the version counted up.
fn next_name(name: &str) -> String {
    let counted = name.rsplit_once('/').and_then(|(of, version)| Some((of, version.parse::<u32>().ok()?)));
    match counted {
        Some((of, version)) => format!("{of}/{}", version.saturating_add(1)),
        None => format!("{name}-2"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_version_is_proposed() {
        assert_eq!(next_name("ours/1"), "ours/2");
        assert_eq!(next_name("ours/2026-11"), "ours/2026-11-2");
    }

    #[test]
    fn every_mistake_of_a_text_is_told_on_its_own_line() {
        let text = write(&Policy::built_in(Strength::Starter));
        let text = text.replace("strength = ", "stregnth = ").replace("branch = \"main\"", "branch = \"\"");
        let Err(BoardError::Invalid { field, why }) = compile(&text) else { panic!("two mistakes") };
        assert_eq!(field, "policy.toml");
        assert_eq!(why.lines().count(), 2, "{why}");
        assert!(why.contains("did you mean `strength`?") && why.contains("branch: is empty"), "{why}");
    }
}
