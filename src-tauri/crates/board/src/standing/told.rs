//! What tickets tell of deployments, and what follows for a standing approval: a failure suspends it as a receipt's does (R78).
use domain::change::Deployment;
use domain::ids::EntryId;
use domain::standing::StandingApproval;

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::conditions::one_line;
use crate::error::Answer;

/// Characters of an account's name in a reason.
const LONGEST_NAME: usize = 80;

/// The first failure that was told since the approval was signed; what went wrong before was known to its signer. Ticketing
/// systems tell times to the second: in the same one it counts.
fn failure<'d>(standing: &StandingApproval, told: &'d [Deployment]) -> Option<&'d Deployment> {
    let since = standing.claimed.timestamp();
    told.iter().find(|deployment| deployment.state.went_wrong() && deployment.at.timestamp() >= since)
}

impl Cabinet {
    /// Suspends every standing approval whose change's ticket tells, by now, of a deployment that went wrong since. How many.
    ///
    /// # Errors
    /// Where the record cannot be written.
    pub(crate) async fn suspend_failed(&self, board: &OpenBoard) -> Answer<u32> {
        let state = board.state().await?;
        let mut failed: Vec<(EntryId, String)> = Vec::new();
        for (id, standing) in state.ledger.standing_approvals.iter().filter(|(_, s)| s.suspended.is_none()) {
            // Another device may know the ticket.
            let Some(found) = board.store.change(&standing.body.change).await.map_err(stored)? else { continue };
            // A row of the list does not say when its fields were changed.
            if !found.change.details_synced {
                continue;
            }
            if let Some(told) = failure(standing, &found.change.deployments) {
                let by: String = one_line(&told.by).chars().take(LONGEST_NAME).collect();
                let by = if by.is_empty() { String::new() } else { format!(", by {by}") };
                let reason = format!(
                    "the ticket of {} says that a deployment {}: {}{by}",
                    standing.body.change,
                    if told.state == domain::change::DeploymentState::Failed { "failed" } else { "was rolled back" },
                    crate::words::time(told.at),
                );
                failed.push((*id, reason));
            }
        }
        let mut suspended = 0;
        for (id, reason) in failed {
            self.suspend_standing(&id.to_string(), &reason).await?;
            suspended += 1;
        }
        Ok(suspended)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration, Utc};
    use domain::change::DeploymentState;
    use domain::ids::{ChangeKey, Digest, MemberId};
    use domain::standing::StandingBody;

    use super::*;

    #[test]
    fn only_what_went_wrong_after_the_signature_suspends() {
        let signed = DateTime::<Utc>::UNIX_EPOCH + Duration::hours(100);
        let standing = StandingApproval {
            entry: EntryId([1; 32]),
            actor: MemberId(uuid::Uuid::from_u128(1)),
            role: None,
            claimed: signed,
            body: StandingBody {
                change: ChangeKey::new("CHG", 1),
                content: Digest([0; 32]),
                service: "pay".to_owned(),
                pipeline: "deploy-pay".to_owned(),
                environment: "production".to_owned(),
                uses: 3,
                expires: signed + Duration::hours(100),
            },
            uses: std::collections::BTreeMap::new(),
            suspended: None,
        };
        let told = |state, hours: i64| Deployment {
            state,
            at: signed + Duration::hours(hours),
            by: "Tom".to_owned(),
            source: "State".to_owned(),
        };
        for (all, found) in [
            (vec![], None),
            (vec![told(DeploymentState::Failed, -1)], None),
            (vec![told(DeploymentState::Started, 1), told(DeploymentState::Finished, 2)], None),
            (vec![told(DeploymentState::Started, 1), told(DeploymentState::Failed, 2)], Some(2)),
            (vec![told(DeploymentState::RolledBack, 3), told(DeploymentState::Finished, 4)], Some(3)),
        ] {
            assert_eq!(failure(&standing, &all).map(|told| (told.at - signed).num_hours()), found, "{all:?}");
        }
    }
}
