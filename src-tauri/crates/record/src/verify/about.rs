//! Which change an entry is about.
use domain::entry::Body;
use domain::ids::ChangeKey;

/// The change an entry is about, where it is about one.
#[must_use]
pub fn change_of(body: &Body) -> Option<&ChangeKey> {
    match body {
        Body::Assessment { change, .. }
        | Body::PlanReview { change, .. }
        | Body::WrittenBack { change, .. }
        | Body::EmergencyBound { change, .. }
        | Body::RolledBack { change, .. }
        | Body::ApprovalExported { change, .. } => Some(change),
        Body::SignOff(sign_off) => Some(&sign_off.change),
        Body::StandingApproved(body) => Some(&body.change),
        Body::ObligationOpened(body) => Some(&body.change),
        Body::RuledImmaterial(ruling) => Some(&ruling.change),
        Body::PlanApproved(approval) => Some(&approval.change),
        Body::Disposed(disposal) => disposal.change.as_ref(),
        Body::Attested(attested) => Some(&attested.change),
        Body::Waived(waiver) => Some(&waiver.change),
        Body::Overridden(overridden) => Some(&overridden.change),
        Body::Excepted(exception) => Some(&exception.change),
        Body::Seconded(second) => Some(&second.change),
        Body::Rescheduled(body) => Some(&body.change),
        Body::EmergencyDeclared(body) => Some(&body.change),
        Body::Roster { .. }
        | Body::Policy { .. }
        | Body::AgendaFrozen { .. }
        | Body::Running { .. }
        | Body::Vote { .. }
        | Body::Withdrawal { .. }
        | Body::Witness { .. }
        | Body::Delegation { .. }
        | Body::ConditionMet { .. }
        | Body::MeetingClosed { .. }
        | Body::MinutesSealed { .. }
        | Body::ExtractsSealed { .. }
        | Body::AnnexSealed { .. }
        | Body::Affirmation { .. }
        | Body::ForkSettled { .. }
        | Body::Recovered { .. }
        | Body::StandingUsed(_)
        | Body::StandingSuspended { .. }
        | Body::ObligationMet { .. }
        | Body::EmergencyMet { .. }
        | Body::CircularOpened(_)
        | Body::Revalidated { .. }
        | Body::Correction(_)
        | Body::CorrectionAnswered(_)
        | Body::MinutesApproved(_)
        | Body::Erratum(_)
        | Body::ErratumSealed(_) => None,
    }
}
