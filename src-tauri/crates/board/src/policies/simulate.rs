//! What another policy would do to the changes on the desk. Nothing is written.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{ChangeKey, Digest};
use domain::risk::RiskLevel;
use domain::sign_off::Standing;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::compile;
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::changes::{as_committed, as_known};
use crate::error::{Answer, BoardError};
use crate::risk::{past_scores, since};
use crate::state::BoardState;
use crate::views::WorkKind;
use crate::work::Work;

/// How many changes are read at a time.
const BATCH: u32 = 200;

/// The longest that is looked back.
const MOST_DAYS: u32 = 3650;

/// The policies that were simulated since the board was opened. What else is held with it breaks nowhere.
fn simulated(board: &OpenBoard) -> std::sync::MutexGuard<'_, BTreeSet<Digest>> {
    board.simulated.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Refuses what nobody has looked at: a new version is simulated on past changes before it is adopted (R97, R102).
///
/// # Errors
/// `not_simulated`.
pub(crate) fn refuse_unsimulated(board: &OpenBoard, digest: Digest) -> Answer<()> {
    if simulated(board).contains(&digest) {
        return Ok(());
    }
    Err(BoardError::refused(
        "not_simulated",
        "Nobody has looked yet at what this policy would have done to past changes.",
        Some("R102"),
        "Simulate it, read what it would change, then adopt it.",
    ))
}

/// What a policy would do to the changes that were updated within some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicySimulation {
    /// The policy in force.
    pub now: String,
    /// The one that was looked at.
    pub then: String,
    /// SHA-256 of its canonical form.
    pub digest: String,
    /// How far back.
    pub days: u32,
    /// How many changes were looked at.
    pub changes: u32,
    /// How many of them a gate blocks now.
    pub blocked_now: u32,
    /// How many a gate would block.
    pub blocked_then: u32,
    /// How many a gate would block that none blocks now.
    pub newly_blocked: u32,
    /// How many would no longer be blocked.
    pub released: u32,
    /// How many approvals that hold now would not.
    pub approvals_lost: u32,
    /// By clause: what blocks now or would.
    pub clauses: Vec<ClauseTotals>,
    /// The changes for which anything would differ.
    pub differing: Vec<ChangeUnder>,
    /// Whose level would be another; null where the risk model is the same (R97, R102).
    pub levels: Option<LevelsUnder>,
}

/// The newest assessment of each change, scored by another risk model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LevelsUnder {
    /// The model in force.
    pub now: String,
    /// The one that was looked at.
    pub then: String,
    /// How many changes were assessed within the days.
    pub assessed: u32,
    /// How many would stand at a higher level.
    pub rise: u32,
    /// At a lower one.
    pub fall: u32,
    /// At the same.
    pub stay: u32,
    /// Those that would rise or fall.
    pub moved: Vec<LevelMoved>,
    /// Those that it cannot score, each with the reason.
    pub unscored: Vec<String>,
    /// The highest score of the model in force.
    pub of: u32,
    /// That of the one that was looked at.
    pub new_of: u32,
    /// Floors of the model in force that would no longer apply, in words with their clauses.
    pub floors_gone: Vec<String>,
    /// The questions of the model in force that would no longer be asked.
    pub questions_gone: Vec<String>,
}

/// A change whose level would be another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LevelMoved {
    /// Its key.
    pub change: String,
    /// The score as it is.
    pub score: u32,
    /// The level as it is.
    pub level: RiskLevel,
    /// The score then.
    pub new_score: u32,
    /// The level then.
    pub new_level: RiskLevel,
}

/// How many changes a clause holds up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ClauseTotals {
    /// The clause.
    pub clause: String,
    /// The gate's name.
    pub title: String,
    /// Now.
    pub now: u32,
    /// Under the policy that was looked at.
    pub then: u32,
}

/// A change under both policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangeUnder {
    /// Its key.
    pub change: String,
    /// Its title.
    pub title: String,
    /// Clauses that block it now.
    pub now: Vec<String>,
    /// Clauses that would.
    pub then: Vec<String>,
    /// Clauses that would block and do not now.
    pub newly: Vec<String>,
    /// Clauses that block now and would not.
    pub no_longer: Vec<String>,
    /// Whether its approval holds now and would not.
    pub approval_lost: bool,
}

/// A change and what each of several policies says of it.
pub(super) struct Looked {
    key: ChangeKey,
    title: String,
    under: Vec<Under>,
}

/// What one policy says of a change.
pub(super) struct Under {
    /// The clauses that block it, with their gates' names.
    pub blocking: BTreeSet<(String, String)>,
    approved: bool,
}

/// Two policies over the same changes.
pub(super) struct Compared {
    pub blocked_now: u32,
    pub blocked_then: u32,
    pub newly_blocked: u32,
    pub released: u32,
    pub approvals_lost: u32,
    pub clauses: Vec<ClauseTotals>,
    pub differing: Vec<ChangeUnder>,
}

impl Cabinet {
    /// What a policy would block, and no longer block, of the changes that were updated within these days.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] with every mistake of the text and its line.
    pub async fn simulate_policy(&self, text: &str, days: u32) -> Answer<PolicySimulation> {
        let board = self.board()?;
        let state = board.state().await?;
        let proposed = compile(text)?;
        let (then, digest) = (proposed.policy.name.clone(), proposed.digest);
        let under = state.under(proposed.policy, digest);
        let looked = self.look(&board, &[&*state, &under], days).await?;
        let compared = compare(&looked, 1);
        let levels = levels(&state, &under, since(self.now(), days))?;
        simulated(&board).insert(digest);
        Ok(PolicySimulation {
            now: state.policy.name.clone(),
            then,
            digest: digest.to_string(),
            days,
            changes: count(looked.len()),
            blocked_now: compared.blocked_now,
            blocked_then: compared.blocked_then,
            newly_blocked: compared.newly_blocked,
            released: compared.released,
            approvals_lost: compared.approvals_lost,
            clauses: compared.clauses,
            differing: compared.differing,
            levels,
        })
    }

    /// Looks at every change on the desk that was updated within the days, as each of these boards would. The first is the
    /// board as it is.
    pub(super) async fn look(&self, board: &OpenBoard, states: &[&BoardState], days: u32) -> Answer<Vec<Looked>> {
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(BoardError::invalid("days", format!("Give 1 to {MOST_DAYS} days.")));
        }
        let work = self.begin_work(WorkKind::Simulate, true, "Looking at the changes");
        let looked = self.look_since(board, states, self.now() - TimeDelta::days(i64::from(days)), &work).await;
        work.end(looked, |looked| format!("{} changes looked at.", looked.len()))
    }

    async fn look_since(
        &self,
        board: &OpenBoard,
        states: &[&BoardState],
        since: DateTime<Utc>,
        work: &Work,
    ) -> Answer<Vec<Looked>> {
        let (voice, cancelled) = (work.voice(), work.token());
        let mut looked = Vec::new();
        let mut after: Option<ChangeKey> = None;
        loop {
            if cancelled.is_cancelled() {
                return Err(BoardError::Cancelled);
            }
            voice.progress(count(looked.len()), None, "Looking at the changes");
            let page = board.store.changes_after(after.as_ref(), BATCH).await.map_err(stored)?;
            let Some(last) = page.last() else { return Ok(looked) };
            after = Some(last.change.key.clone());
            for found in page {
                // A ticket that is gone is on nobody's desk.
                if found.tombstone.is_some() || found.change.updated < since {
                    continue;
                }
                board.vanished.note(&found.change.key, false);
                let found = as_known(found);
                self.read_files(board, &found.change).await?;
                self.look_beside(board, &found.change).await?;
                let state = board.state().await?;
                let change = as_committed(board, &state, found).change;
                let under: Answer<Vec<Under>> = states
                    .iter()
                    .map(|state| {
                        let level = self.risk_of(state, &change)?.decided.level;
                        let outcomes = self.gates(board, state, &change, Some(level));
                        let blocking = crate::gates::blocking(&change, &outcomes)
                            .map(|outcome| (outcome.gate.clause.clone(), outcome.gate.title.clone()))
                            .collect();
                        let approved = self.standing(state, &change)? == Standing::Approved;
                        Ok(Under { blocking, approved })
                    })
                    .collect();
                looked.push(Looked { key: change.key, title: change.title, under: under? });
            }
        }
    }
}

/// Whose level would be another under the policy that is looked at; `None` where its risk model is the one in force.
fn levels(state: &BoardState, under: &BoardState, since: Option<DateTime<Utc>>) -> Answer<Option<LevelsUnder>> {
    let (now, then) = (&state.model, &under.model);
    if now.digest == then.digest {
        return Ok(None);
    }
    let (assessed, found) = past_scores(state, since, &then.model).map_err(|e| BoardError::internal(&e))?;
    let moved = found.moved.into_iter().map(|moved| LevelMoved {
        change: moved.change.to_string(),
        score: moved.score,
        level: moved.level,
        new_score: moved.new_score,
        new_level: moved.new_level,
    });
    Ok(Some(LevelsUnder {
        now: now.model.name(),
        then: then.model.name(),
        assessed,
        rise: found.rise,
        fall: found.fall,
        stay: found.stay,
        moved: moved.collect(),
        unscored: found.unscored.into_iter().map(|one| format!("{}: {}", one.change, one.why)).collect(),
        of: now.model.max(),
        new_of: then.model.max(),
        floors_gone: now
            .model
            .floors_gone(&then.model)
            .into_iter()
            .map(|floor| format!("{} ({})", crate::gates::sentence(&floor.words).trim_end_matches('.'), floor.clause))
            .collect(),
        questions_gone: now.model.questions_gone(&then.model).into_iter().map(|one| one.id.clone()).collect(),
    }))
}

/// The first of the policies beside another of them.
pub(super) fn compare(looked: &[Looked], other: usize) -> Compared {
    let mut compared = Compared {
        blocked_now: 0,
        blocked_then: 0,
        newly_blocked: 0,
        released: 0,
        approvals_lost: 0,
        clauses: Vec::new(),
        differing: Vec::new(),
    };
    let mut clauses: BTreeMap<&(String, String), (u32, u32)> = BTreeMap::new();
    for one in looked {
        let (Some(now), Some(then)) = (one.under.first(), one.under.get(other)) else { continue };
        for gate in &now.blocking {
            clauses.entry(gate).or_default().0 += 1;
        }
        for gate in &then.blocking {
            clauses.entry(gate).or_default().1 += 1;
        }
        let (blocked_now, blocked_then) = (!now.blocking.is_empty(), !then.blocking.is_empty());
        let approval_lost = now.approved && !then.approved;
        compared.blocked_now += u32::from(blocked_now);
        compared.blocked_then += u32::from(blocked_then);
        compared.newly_blocked += u32::from(blocked_then && !blocked_now);
        compared.released += u32::from(blocked_now && !blocked_then);
        compared.approvals_lost += u32::from(approval_lost);
        if now.blocking != then.blocking || approval_lost {
            compared.differing.push(ChangeUnder {
                change: one.key.to_string(),
                title: domain::text::mark_invisible(&one.title),
                now: sorted(now.blocking.iter()),
                then: sorted(then.blocking.iter()),
                newly: sorted(then.blocking.difference(&now.blocking)),
                no_longer: sorted(now.blocking.difference(&then.blocking)),
                approval_lost,
            });
        }
    }
    let total = |((clause, title), (now, then)): (&(String, String), (u32, u32))| ClauseTotals {
        clause: clause.clone(),
        title: title.clone(),
        now,
        then,
    };
    compared.clauses = clauses.into_iter().map(total).collect();
    compared.clauses.sort_by_key(|totals| number(&totals.clause));
    compared
}

/// The clauses in the order of their numbers.
fn sorted<'g>(gates: impl Iterator<Item = &'g (String, String)>) -> Vec<String> {
    let mut clauses: Vec<String> = gates.map(|(clause, _)| clause.clone()).collect();
    clauses.sort_by_key(|clause| number(clause));
    clauses
}

fn number(clause: &str) -> u32 {
    clause.trim_start_matches('R').parse().unwrap_or(u32::MAX)
}

pub(super) fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A change that these clauses block under each policy.
    pub(in crate::policies) fn looked(key: u32, under: &[&[&str]]) -> Looked {
        let under = under.iter().map(|clauses| Under {
            blocking: clauses.iter().map(|clause| ((*clause).to_owned(), format!("gate of {clause}"))).collect(),
            approved: clauses.is_empty(),
        });
        Looked { key: ChangeKey::new("CHG", key), title: format!("Change {key}"), under: under.collect() }
    }

    #[test]
    fn what_blocks_now_and_then_is_told_by_change_and_by_clause() {
        let looked = [
            looked(1, &[&[], &["R84", "R9"]]),
            looked(2, &[&["R32"], &["R32"]]),
            looked(3, &[&["R36"], &[]]),
            looked(4, &[&[], &[]]),
            looked(5, &[&["R36"], &["R36", "R84"]]),
        ];
        let told = compare(&looked, 1);
        assert_eq!((told.blocked_now, told.blocked_then), (3, 3));
        assert_eq!((told.newly_blocked, told.released, told.approvals_lost), (1, 1, 1));
        let clauses: Vec<(&str, u32, u32)> =
            told.clauses.iter().map(|totals| (totals.clause.as_str(), totals.now, totals.then)).collect();
        assert_eq!(clauses, [("R9", 0, 1), ("R32", 1, 1), ("R36", 2, 1), ("R84", 0, 2)]);
        let differing: Vec<String> = told
            .differing
            .iter()
            .map(|c| format!("{} +{} -{}", c.change, c.newly.join("+"), c.no_longer.join("-")))
            .collect();
        assert_eq!(differing, ["CHG-1 +R9+R84 -", "CHG-3 + -R36", "CHG-5 +R84 -"]);
        assert!(told.differing[0].approval_lost && !told.differing[1].approval_lost);
    }
}
