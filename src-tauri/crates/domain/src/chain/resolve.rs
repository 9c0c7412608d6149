//! From type, level and policy to the people who are asked (R31, R56, R61).
use serde::{Deserialize, Serialize};
use specta::Type;

use super::departments::{holders, involved};
use super::release::{ReleaseType, Route, route};
use super::scope::{decides_for, is_named, lead_named, project_of_change};
use crate::change::ChangeRequest;
use crate::duties;
use crate::ids::MemberId;
use crate::policy::Policy;
use crate::risk::RiskLevel;
use crate::roster::{Member, Role, Roster};

/// What somebody's answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A sign-off for a department (R12).
    Signs,
    /// A vote: advice.
    Advises,
    /// The sign-off that makes the decision an approval (R31).
    Decides,
}

impl Part {
    /// The word people read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Signs => "signs",
            Self::Advises => "advises",
            Self::Decides => "decides",
        }
    }
}

/// Somebody who is asked, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub member: MemberId,
    /// In which role.
    pub role: Role,
    /// What their answer is.
    pub part: Part,
    /// For which department, where it is for one.
    pub department: Option<String>,
    /// Why, in words.
    pub reason: String,
    /// The clause behind it.
    pub clause: &'static str,
}

/// Everybody who is asked about a change, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// What kind of release it is.
    pub release: ReleaseType,
    /// The level that counts.
    pub level: RiskLevel,
    /// Who takes it up.
    pub route: Route,
    /// Who is asked.
    pub asked: Vec<Asked>,
    /// What nobody on the roster can be asked for, in words.
    pub vacant: Vec<String>,
}

/// The chain of a change at this level (unassessed: the worst, which the caller gives). `asked` is the level by which
/// departments and owners are asked (R85): as gates ask, no lower than the score's. Whoever may not answer, since it is their
/// own change (R89), is not asked.
#[must_use]
pub fn resolve(
    change: &ChangeRequest,
    (level, asked): (RiskLevel, RiskLevel),
    policy: &Policy,
    roster: &Roster,
) -> Chain {
    let release = ReleaseType::of(change);
    let route = route(&policy.chains, release, level);
    let mut chain = Chain { release, level, route, asked: Vec::new(), vacant: Vec::new() };
    departments(&mut chain, (change, asked), policy, roster);
    if route == Route::Board {
        board(&mut chain, change, roster);
    }
    authority(&mut chain, change, policy, roster);
    chain
}

fn departments(chain: &mut Chain, (change, asked): (&ChangeRequest, RiskLevel), policy: &Policy, roster: &Roster) {
    for involvement in involved(change, asked, policy) {
        let (department, clause) = (involvement.department, involvement.clause);
        let reason =
            format!("{department} is involved ({}), and whoever speaks for it signs ({clause})", involvement.because);
        let found = holders(change, policy, roster, &department);
        if found.is_empty() {
            chain.vacant.push(format!("Nobody on the roster speaks for {department} and may sign ({clause})"));
        }
        for member in found.into_iter().filter_map(|id| roster.member(id)) {
            chain.asked.push(Asked {
                member: member.id,
                role: first_role(member),
                part: Part::Signs,
                department: Some(department.clone()),
                reason: reason.clone(),
                clause,
            });
        }
    }
}

fn board(chain: &mut Chain, change: &ChangeRequest, roster: &Roster) {
    let involved = duties::involved(change);
    let reason = if chain.level == RiskLevel::Low {
        format!("A {} release goes to the board at every level here; its votes advise (R56, R61)", chain.release.word())
    } else {
        format!("{} risk: the board is asked, and its votes advise (R61)", chain.level.word())
    };
    let votes = |m: &&Member| duties::may_vote(roster, m.id, change.key.prefix(), &involved).is_ok();
    for member in roster.members.iter().filter(|m| m.voting).filter(votes) {
        chain.asked.push(Asked {
            member: member.id,
            role: first_role(member),
            part: Part::Advises,
            department: None,
            reason: reason.clone(),
            clause: "R61",
        });
    }
}

/// Either authority may sign (R31); who is asked first follows from the level, and binds where the policy says so.
fn authority(chain: &mut Chain, change: &ChangeRequest, policy: &Policy, roster: &Roster) {
    let involved = duties::involved(change);
    let project = project_of_change(&change.repository);
    let may = |m: &&Member| duties::may_sign(roster, policy, m.id, change.key.prefix(), &involved).is_ok();
    let ctos: Vec<&Member> = roster.members.iter().filter(|m| m.has(Role::Cto)).filter(may).collect();
    let leads = roster.members.iter().filter(|m| m.has(Role::TechnicalLead) && !m.has(Role::Cto)).filter(may);
    let named = change.technical_lead.as_ref().and_then(|account| lead_named(policy, &account.id));
    let is_theirs = |m: &&Member| is_named(named, m.accounts.get(change.key.prefix()).map(String::as_str));
    let leads: Vec<&Member> = leads.filter(|m| decides_for(&m.scope, project)).filter(is_theirs).collect();
    let risk = chain.level.word();
    let high = chain.level >= RiskLevel::High;
    let (role, found, reason) = match (high, ctos.is_empty(), leads.is_empty()) {
        (true, false, _) => (Role::Cto, ctos, format!("{risk} risk: the CTO decides (R61)")),
        (true, true, false) if policy.chain_binds => {
            chain.vacant.push(format!("No CTO may sign, and at {risk} risk the policy lets no other decide (R61)"));
            return;
        }
        (true, true, false) => (
            Role::TechnicalLead,
            leads,
            format!("{risk} risk: the Technical Development Lead decides, as no CTO may (R31)"),
        ),
        (false, _, false) if chain.route == Route::Delegated => (
            Role::TechnicalLead,
            leads,
            format!("{risk} risk: the decision is delegated to the Technical Development Lead (R61)"),
        ),
        (false, _, false) => {
            (Role::TechnicalLead, leads, format!("{risk} risk: the Technical Development Lead decides (R31)"))
        }
        (false, false, true) => (
            Role::Cto,
            ctos,
            format!("{risk} risk: the CTO decides, as no Technical Development Lead of the project may (R31)"),
        ),
        (_, true, true) => {
            let of = if project.is_empty() { "a change without a repository" } else { project };
            chain.vacant.push(format!("Neither a Technical Development Lead of {of} nor a CTO may sign (R31)"));
            return;
        }
    };
    for member in found {
        chain.asked.push(Asked {
            member: member.id,
            role,
            part: Part::Decides,
            department: None,
            reason: reason.clone(),
            clause: "R61",
        });
    }
}

fn first_role(member: &Member) -> Role {
    member.roles.first().copied().unwrap_or(Role::BoardMember)
}
