//! Who may sign, in which role, or why not (R31, R89).
use domain::change::ChangeRequest;
use domain::entry::Verdict;
use domain::ids::ChangeKey;
use domain::risk::RiskLevel;
use domain::roster::{Member, Role};

use super::{HARD_BLOCK, Snapshot, What, capacity};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError, refusal};
use crate::signing_hands::standing;
use crate::state::BoardState;
use crate::views::{Refusal, SigningSubject};

/// The role in which a member would sign; `None` for who cannot.
pub(super) fn signs_as(state: &BoardState, member: &Member, what: &What) -> Option<Role> {
    match what {
        What::SignOff(s) => {
            let role = capacity(member).or_else(|| crate::chains::role_for_department(state, member, &s.change));
            role.filter(|_| s.reaffirms.as_ref().is_none_or(|again| again.actor == member.id))
        }
        What::Minutes(id) => {
            let chairs = state.ledger.meetings.get(id).is_some_and(|m| m.agenda.chair == member.id);
            chairs.then_some(Role::Chair)
        }
        What::OwnAct(prepared) => {
            // Whoever holds another office too lets a change be repeated as the authority who signed it off.
            let authority = matches!(prepared.subject, SigningSubject::Standing { .. });
            let urgent = matches!(prepared.subject, SigningSubject::Emergency { .. });
            let office = urgent.then_some(Role::ServiceManager);
            let named = crate::dispensations::role_for(state, member, &prepared.subject).or(office);
            let role = named.or_else(|| capacity(member).filter(|_| authority)).unwrap_or_else(|| standing(member));
            prepared.signers.contains(&member.id).then_some(role)
        }
    }
}

/// Who may say this of the change, or why not: authority (R31), duties (R89), and what blocks: a hard gate
/// blocks every approval and no rejection.
pub(crate) fn may_sign(state: &BoardState, member: &Member, snapshot: &Snapshot, verdict: Verdict) -> Answer<()> {
    let against = verdict == Verdict::Reject;
    if let Some(refused) = snapshot.refusal.as_ref().filter(|r| !(against && r.code == HARD_BLOCK)) {
        return Err(BoardError::Refused(refused.clone()));
    }
    if snapshot.reaffirms.as_ref().is_some_and(|again| again.actor != member.id) {
        return Err(BoardError::refused(
            "not_the_signer",
            format!("It is not {}'s sign-off that is given again.", member.name),
            Some("R31"),
            "Sign the change off in your own name.",
        ));
    }
    if let Some(refused) = signing_refusal(state, member, &snapshot.change) {
        return Err(BoardError::Refused(refused));
    }
    Ok(())
}

/// Why this member's sign-off would not be authority on this change; `None` when it would.
pub(crate) fn signer_refusal(state: &BoardState, member: &Member, change: &ChangeRequest) -> Option<Refusal> {
    if capacity(member).is_none() {
        return Some(refusal(
            "no_authority",
            format!("{} is neither the project's Technical Development Lead nor the CTO; others advise.", member.name),
            Some("R31"),
            "Ask the Technical Development Lead or the CTO to sign.",
        ));
    }
    let project = domain::chain::project_of_change(&change.repository);
    if capacity(member) == Some(Role::TechnicalLead) && !domain::chain::decides_for(&member.scope, project) {
        let of = if project.is_empty() {
            "a change that names no repository".to_owned()
        } else {
            domain::text::mark_invisible(project)
        };
        return Some(refusal(
            "lead_scope",
            format!("{} decides on {} and not on {of}.", member.name, member.scope.join(", ")),
            Some("R31"),
            "Ask the project's Technical Development Lead or the CTO to sign.",
        ));
    }
    if state.policy.chain_binds && capacity(member) == Some(Role::TechnicalLead) {
        // What cannot be scored counts as the worst.
        let level = crate::risk::without_override(state, change).map_or(RiskLevel::Critical, |risk| risk.decided.level);
        let level = state.ledger.binding_level(&change.key, level);
        if level >= RiskLevel::High {
            return Some(refusal(
                "chain_names_cto",
                format!("At {} risk the CTO decides, and {}'s sign-off would not count.", level.word(), member.name),
                Some("R61"),
                "Ask the CTO to sign.",
            ));
        }
    }
    let named = change.technical_lead.as_ref();
    let account = member.accounts.get(change.key.prefix()).map(String::as_str);
    if let Some(lead) = named
        && capacity(member) == Some(Role::TechnicalLead)
        && !domain::chain::is_named(domain::chain::lead_named(&state.policy, &lead.id), account)
    {
        let of = domain::text::mark_invisible(if lead.name.trim().is_empty() { &lead.id } else { &lead.name });
        return Some(refusal(
            "lead_other",
            format!("The ticket names {of} as Technical Development Lead, and not {}.", member.name),
            Some("R31"),
            "Ask whom the ticket names, or the CTO, to sign.",
        ));
    }
    duty_refusal(state, member, change)
}

/// Why this member may not sign the change at all; `None` where they may, as an authority or for a department that is
/// involved (R12).
pub(crate) fn signing_refusal(state: &BoardState, member: &Member, change: &ChangeRequest) -> Option<Refusal> {
    let refused = signer_refusal(state, member, change)?;
    match crate::chains::role_for_department(state, member, change) {
        Some(_) => duty_refusal(state, member, change),
        None => Some(refused),
    }
}

/// Why segregation of duties keeps the member from signing (R89).
fn duty_refusal(state: &BoardState, member: &Member, change: &ChangeRequest) -> Option<Refusal> {
    let involved = domain::duties::involved(change);
    domain::duties::may_sign(state.roster(), &state.policy, member.id, change.key.prefix(), &involved).err().map(|d| {
        let mut why = d.to_string();
        if let Some(first) = why.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        refusal(d.code(), format!("{}: {why}.", member.name), Some("R89"), format!("{}.", d.satisfied_by()))
    })
}

impl Cabinet {
    /// Refuses whoever has a part in the change by what is known now: that they committed its code may have come to be known
    /// while it lay before them (R89).
    pub(super) async fn refuse_own_since(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        member: &Member,
        key: &ChangeKey,
    ) -> Answer<()> {
        let change = self.load_change(board, key).await?;
        duty_refusal(state, member, &change).map_or(Ok(()), |refused| Err(BoardError::Refused(refused)))
    }
}
