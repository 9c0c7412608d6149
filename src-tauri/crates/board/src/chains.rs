//! Who is asked about a change, in which order, and why (R31, R56, R59, R61): what the policy and the roster say, for people.
use domain::chain::{self, Chain, ReleaseType};
use domain::change::ChangeRequest;
use domain::risk::RiskLevel;
use domain::roster::{Member, Role};
use domain::text::mark_invisible;

use crate::cabinet::Cabinet;
use crate::error::Answer;
use crate::requests::OfChange;
use crate::state::BoardState;
use crate::views::{ChainAsked, ChainView, RaciRow};

impl Cabinet {
    /// Everybody who is asked about a change.
    pub async fn chain(&self, request: OfChange) -> Answer<ChainView> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?;
        let change = self.load_change(&board, &key).await?;
        let found = self.chain_of(&state, &change)?;
        let release = ReleaseType::of(&change);
        let raci = chain::raci_of(&state.policy.raci, release, state.roster());
        Ok(ChainView {
            change: key.to_string(),
            release,
            level: found.level,
            route: found.route,
            asked: found
                .asked
                .into_iter()
                .map(|asked| ChainAsked {
                    member: asked.member.to_string(),
                    name: state.name(asked.member),
                    role: asked.role,
                    part: asked.part,
                    department: asked.department,
                    reason: mark_invisible(&asked.reason),
                    clause: asked.clause.to_owned(),
                })
                .collect(),
            vacant: found.vacant.iter().map(|words| mark_invisible(words)).collect(),
            raci: raci
                .into_iter()
                .map(|line| RaciRow { letter: line.letter, role: line.role, people: line.people })
                .collect(),
        })
    }

    /// The chain at the level that counts now: an open question counts at its worst. Departments and owners are asked by the
    /// level by which gates ask.
    pub(crate) fn chain_of(&self, state: &BoardState, change: &ChangeRequest) -> Answer<Chain> {
        let level = self.risk_of(state, change)?.decided.level;
        let asked = self.level_asked(state, change, level);
        Ok(chain::resolve(change, (level, asked), &state.policy, state.roster()))
    }
}

/// The role in which a member signs for a department that the change involves; `None` for who speaks for none of them. One that
/// is asked from a level of risk on may sign at any: the level may rise before the board decides (R85).
pub(crate) fn role_for_department(state: &BoardState, member: &Member, change: &ChangeRequest) -> Option<Role> {
    let involved = chain::involved(change, RiskLevel::Critical, &state.policy);
    let speaks = involved.iter().any(|involvement| chain::speaks_for(member, &involvement.department));
    speaks.then(|| member.roles.first().copied().unwrap_or(Role::BoardMember))
}
