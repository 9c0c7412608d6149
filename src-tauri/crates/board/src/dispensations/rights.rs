//! Who may set something aside for a change, and of which freeze a change can be excepted (R69, R77, R89).
use chrono::{DateTime, Utc};
use domain::calendar::hits;
use domain::change::ChangeRequest;
use domain::dispensation::Dispensation;
use domain::ids::MemberId;
use domain::roster::{Member, Role};

use super::Present;
use crate::error::{Answer, BoardError};
use crate::gates::sentence;
use crate::state::BoardState;

/// The member and the role that gives them the right.
pub(super) fn holder<'s>(state: &'s BoardState, by: &str) -> Answer<(&'s Member, Role)> {
    let member = state.member(crate::words::member_id(by)?)?;
    right_of(state, member).map(|role| (member, role)).ok_or_else(|| no_right(member))
}

/// The role that gives a member the right.
pub(super) fn right_of(state: &BoardState, member: &Member) -> Option<Role> {
    member.roles.iter().copied().find(|role| state.policy.may_dispense(Some(*role)))
}

pub(super) fn no_right(member: &Member) -> BoardError {
    BoardError::refused(
        "no_right",
        format!("{} holds no role that may waive, override or except.", member.name),
        Some("R69"),
        "The policy's dispensation_roles say who may; by default chair, CTO and Service Manager.",
    )
}

/// Whoever wrote, requested, committed or deploys the change sets nothing aside for it, and nobody under a shared account
/// does (R89).
pub(super) fn unbound(state: &BoardState, member: &Member, present: &Present) -> Answer<()> {
    let prefix = present.change.key.prefix();
    domain::duties::may_dispense(state.roster(), &state.policy, member.id, prefix, &present.involved).map_err(|duty| {
        let rule = format!("{} cannot say it of {}: {duty}.", member.name, present.change.key);
        BoardError::refused(duty.code(), rule, Some("R89"), sentence(duty.satisfied_by()))
    })
}

/// Whether another could second it.
pub(super) fn others(state: &BoardState, first: MemberId, present: &Present) -> bool {
    let prefix = present.change.key.prefix();
    state.roster().members.iter().any(|member| {
        member.id != first
            && member.signature_key().is_some()
            && member.roles.iter().any(|role| state.policy.may_dispense(Some(*role)))
            && domain::duties::may_dispense(state.roster(), &state.policy, member.id, prefix, &present.involved).is_ok()
    })
}

/// That the change's window touches this freeze, and is over before the exception is.
pub(super) fn excepted(state: &BoardState, change: &ChangeRequest, freeze: &str, until: DateTime<Utc>) -> Answer<()> {
    if !state.policy.freezes.iter().any(|known| known.id == freeze) {
        return Err(BoardError::not_found("freeze", freeze));
    }
    let place = (change.environment.as_str(), change.service.as_str());
    let touched = change.window.as_ref().filter(|window| {
        hits(&state.policy.freezes, &[], Some(&change.key), place, window).iter().any(|hit| hit.freeze.id == freeze)
    });
    let Some(window) = touched else {
        return Err(BoardError::refused(
            "exception_pointless",
            format!("The window of {} does not touch the freeze {freeze}.", change.key),
            Some("R77"),
            "Nothing needs an exception.",
        ));
    };
    if until < window.end {
        return Err(BoardError::invalid("until", "The change's window ends later; give its end, or later."));
    }
    Ok(())
}

/// Whether neither of its people has a part in the change as its ticket and its merge requests name them now (R89).
pub(super) fn untied(state: &BoardState, change: &ChangeRequest, dispensation: &Dispensation) -> bool {
    dispensation.untied(state.roster(), &state.policy, &domain::duties::involved(change))
}
