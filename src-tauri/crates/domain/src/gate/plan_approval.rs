//! The rule that asks whether the plan is approved, apart from its change (R16).
use std::collections::BTreeMap;

use crate::change::ChangeRequest;
use crate::duties;
use crate::ids::Digest;
use crate::plan::{PlanApproval, PlanSection};
use crate::policy::Policy;
use crate::roster::Roster;

use super::{Gate, GateOutcome, GateResult, Look, quoted};

/// R16: somebody in one of the policy's roles approved the plan as it is, who neither wrote nor requested the change.
/// `sections`: the digests of the plan's texts now.
#[must_use]
pub fn plan_approval_gate(
    change: &ChangeRequest,
    sections: &BTreeMap<PlanSection, Digest>,
    approvals: &[PlanApproval],
    roster: &Roster,
    policy: &Policy,
) -> GateOutcome {
    let gate = Gate::new("plan-approval", "R16", "The plan is approved");
    if policy.plan_approval.is_empty() {
        return Look::at(gate, "the policy").not_applicable("the policy asks for no approval of plans");
    }
    let roles: Vec<&str> = policy.plan_approval.iter().map(|role| role.title()).collect();
    let by = format!("have the plan approved by: {}", roles.join(", "));
    let involved = duties::involved(change);
    let may = |approval: &&PlanApproval| {
        approval.withdrawn.is_none()
            && approval.role.is_some_and(|role| policy.plan_approval.contains(&role))
            && duties::may_sign(roster, policy, approval.actor, change.key.prefix(), &involved).is_ok()
    };
    let counted: Vec<&PlanApproval> = approvals.iter().filter(may).collect();
    let look = Look::at(gate, format!("{} approvals of the plan, {} that count", approvals.len(), counted.len()));
    let name = |approval: &PlanApproval| {
        let member = roster.member(approval.actor);
        quoted(member.map_or("somebody who left", |member| member.name.as_str()))
    };
    if let Some(approval) = counted.iter().find(|approval| approval.speaks_for(sections)) {
        return look.passed(format!("approved by {}", name(approval)));
    }
    match counted.last() {
        Some(approval) => look.broken(policy, format!("the plan was edited since {} approved it", name(approval)), by),
        None => {
            let blocks = policy.blocks(&look.gate.clause);
            look.says(GateResult::NoEvidence, blocks, "nobody whose word counts approved the plan", by)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::fixture::{at, board, change, id};
    use crate::ids::EntryId;
    use crate::plan::PlanApprovalBody;
    use crate::policy::Strength;
    use crate::roster::Role;

    fn sections(text: &str) -> BTreeMap<PlanSection, Digest> {
        BTreeMap::from([(PlanSection::Backout, Digest::of(text.as_bytes()))])
    }

    fn approval(actor: u8, role: Option<Role>, text: &str) -> PlanApproval {
        PlanApproval {
            entry: EntryId([actor; 32]),
            actor: id(actor),
            role,
            claimed: at(3),
            body: PlanApprovalBody { change: change().key, reason: String::new(), sections: sections(text) },
            withdrawn: None,
        }
    }

    #[test]
    fn a_plan_is_approved_as_it_is_by_whom_the_policy_names_and_by_no_author() {
        use GateResult::{Failed, NoEvidence, Passed, Warned};
        let lead = Some(Role::TechnicalLead);
        let withdrawn = PlanApproval { withdrawn: Some(EntryId([9; 32])), ..approval(3, lead, "now") };
        let cases = [
            (vec![approval(3, lead, "now")], true, Passed, "approved by “Member 3”"),
            (vec![approval(3, lead, "before")], true, Failed, "the plan was edited since “Member 3” approved it"),
            (vec![approval(3, lead, "before")], false, Warned, "the plan was edited since “Member 3” approved it"),
            (vec![approval(3, lead, "before"), approval(4, lead, "now")], true, Passed, "approved by “Member 4”"),
            (vec![], true, NoEvidence, "nobody whose word counts approved the plan"),
            (vec![withdrawn], true, NoEvidence, "nobody whose word counts approved the plan"),
            (
                vec![approval(3, Some(Role::Security), "now")],
                true,
                NoEvidence,
                "nobody whose word counts approved the plan",
            ),
            (vec![approval(3, None, "now")], true, NoEvidence, "nobody whose word counts approved the plan"),
            // Member 5 requested the change, member 6 wrote it.
            (vec![approval(5, lead, "now")], true, NoEvidence, "nobody whose word counts approved the plan"),
            (vec![approval(6, lead, "now")], true, NoEvidence, "nobody whose word counts approved the plan"),
        ];
        for (approvals, named, result, why) in cases {
            let mut policy = Policy { plan_approval: vec![Role::TechnicalLead], ..Policy::built_in(Strength::Starter) };
            if named {
                policy.blocking.push("R16".to_owned());
            }
            let outcome = plan_approval_gate(&change(), &sections("now"), &approvals, &board(6), &policy);
            assert_eq!((outcome.result, outcome.why.as_str()), (result, why));
            assert_eq!(outcome.blocks, named && result != Passed, "{outcome:?}");
            let mend = if result == Passed { "" } else { "have the plan approved by: Technical Development Lead" };
            assert_eq!(outcome.satisfied_by, mend);
        }
    }

    #[test]
    fn where_the_policy_names_no_role_nobody_is_asked() {
        let policy = Policy::built_in(Strength::Full);
        let outcome = plan_approval_gate(&change(), &sections("now"), &[], &board(6), &policy);
        assert_eq!((outcome.result, outcome.blocks), (GateResult::NotApplicable, false));
        assert_eq!(outcome.why, "the policy asks for no approval of plans");
    }
}
