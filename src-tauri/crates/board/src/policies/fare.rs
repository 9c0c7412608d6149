//! How the last days would have fared under each shipped strength, and what to switch on.
use domain::ids::Digest;
use domain::policy::{Policy, Strength};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::simulate::{ClauseTotals, Looked, compare, count};
use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};

/// A strength is proposed when at most one in so many changes would newly be blocked.
const ONE_IN: u32 = 10;

/// The shipped strengths, the strictest first.
const STRICTEST_FIRST: [Strength; 3] = [Strength::Full, Strength::Starter, Strength::Observe];

/// How the changes of some days would have fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyFare {
    /// The policy in force.
    pub now: String,
    /// How far back.
    pub days: u32,
    /// How many changes were looked at.
    pub changes: u32,
    /// Under each shipped strength, the strictest first.
    pub packs: Vec<PackFare>,
    /// The strictest under which at most a tenth of the changes would newly be blocked.
    pub proposed: Strength,
    /// Why.
    pub why: String,
}

/// How the changes would have fared under one strength.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PackFare {
    /// Which.
    pub strength: Strength,
    /// How many changes a gate would block.
    pub blocked: u32,
    /// How many of them none blocks now.
    pub newly_blocked: u32,
    /// How many approvals that hold now would not.
    pub approvals_lost: u32,
    /// By clause.
    pub clauses: Vec<ClauseTotals>,
}

impl Cabinet {
    /// How the changes that were updated within these days would have fared under each shipped strength, with a proposal of
    /// what to switch on.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] for days that nobody looks back.
    pub async fn how_they_would_have_fared(&self, days: u32) -> Answer<PolicyFare> {
        let board = self.board()?;
        let state = board.state().await?;
        let mut others = Vec::new();
        for strength in STRICTEST_FIRST {
            let policy = Policy::built_in(strength);
            let bytes = record::canonical::to_bytes(&policy).map_err(|e| BoardError::internal(&e))?;
            others.push(state.under(policy, Digest::of(&bytes)));
        }
        let mut states = vec![&*state];
        states.extend(&others);
        let looked = self.look(&board, &states, days).await?;
        let packs = fared(&looked);
        let (proposed, why) = propose(count(looked.len()), days, &packs);
        Ok(PolicyFare { now: state.policy.name.clone(), days, changes: count(looked.len()), packs, proposed, why })
    }
}

/// Each strength beside the policy in force.
fn fared(looked: &[Looked]) -> Vec<PackFare> {
    let pack = |(at, strength): (usize, Strength)| {
        let compared = compare(looked, at + 1);
        PackFare {
            strength,
            blocked: compared.blocked_then,
            newly_blocked: compared.newly_blocked,
            approvals_lost: compared.approvals_lost,
            clauses: compared.clauses,
        }
    };
    STRICTEST_FIRST.into_iter().enumerate().map(pack).collect()
}

/// The strictest strength that the changes of the last days would mostly have passed, and why not a stricter one.
fn propose(changes: u32, days: u32, packs: &[PackFare]) -> (Strength, String) {
    if changes == 0 {
        let why = format!("No change of the last {days} days is on the desk: there is nothing to judge by yet.");
        return (Strength::Observe, why);
    }
    let bearable = |pack: &&PackFare| pack.newly_blocked.saturating_mul(ONE_IN) <= changes;
    let Some(found) = packs.iter().find(bearable) else {
        return (
            Strength::Observe,
            format!("Under every strength more than a tenth of {changes} changes would be blocked."),
        );
    };
    let mut why = format!(
        "Under {} {} of {changes} changes would newly be blocked, at most a tenth.",
        found.strength.word(),
        found.newly_blocked
    );
    for stricter in packs.iter().take_while(|pack| pack.strength != found.strength) {
        let mut by: Vec<&ClauseTotals> = stricter.clauses.iter().filter(|totals| totals.then > totals.now).collect();
        by.sort_by_key(|totals| std::cmp::Reverse(totals.then - totals.now));
        let most: Vec<String> =
            by.iter().take(3).map(|totals| format!("{} {}", totals.clause, totals.then - totals.now)).collect();
        why.push_str(&format!(
            " Under {} it would be {}; what is missing most: {}.",
            stricter.strength.word(),
            stricter.newly_blocked,
            most.join(", ")
        ));
    }
    (found.strength, why)
}

#[cfg(test)]
mod tests {
    use super::super::simulate::tests::looked;
    use super::*;

    /// `full` and `starter` of ten changes would be blocked newly.
    fn ten(full: u32, starter: u32) -> Vec<Looked> {
        let change = |n: u32| {
            let by_full: &[&str] = if n < full { &["R23"] } else { &[] };
            let by_starter: &[&str] = if n < starter { &["R84"] } else { &[] };
            looked(n + 1, &[&[], by_full, by_starter, &[]])
        };
        (0..10).map(change).collect()
    }

    #[test]
    fn the_strictest_strength_is_proposed_that_newly_blocks_at_most_a_tenth() {
        let cases =
            [(0, 0, Strength::Full), (1, 0, Strength::Full), (2, 1, Strength::Starter), (10, 2, Strength::Observe)];
        for (full, starter, wanted) in cases {
            let packs = fared(&ten(full, starter));
            assert_eq!(propose(10, 90, &packs).0, wanted, "{full} {starter}");
        }
    }

    #[test]
    fn the_proposal_says_what_keeps_it_from_being_stricter() {
        let (proposed, why) = propose(10, 90, &fared(&ten(3, 1)));
        assert_eq!(proposed, Strength::Starter);
        let said = "Under starter 1 of 10 changes would newly be blocked, at most a tenth. Under full it would be 3; what is \
                    missing most: R23 3.";
        assert_eq!(why, said);
    }

    #[test]
    fn without_changes_nothing_is_switched_on() {
        let (proposed, why) = propose(0, 90, &fared(&[]));
        assert_eq!(proposed, Strength::Observe);
        assert!(why.contains("last 90 days"), "{why}");
    }
}
