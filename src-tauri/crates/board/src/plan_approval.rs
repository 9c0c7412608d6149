//! Approving a plan (R16): a decision of its own, apart from the change's, signed with the approver's own PIN.
use domain::entry::{Attestation, Auth, Body};
use domain::gate::GateOutcome;
use domain::plan::PlanApprovalBody;
use domain::roster::{Member, Role};
use record::statement::Subject;
use serde::Serialize;
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::Cabinet;
use crate::conditions::one_line;
use crate::content::{Content, section_digests};
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::views::Noun;
use crate::writer::{Act, Key};

/// Longest word with an approval, in bytes.
const LONGEST_REASON: usize = 2_000;

/// Somebody approves the plan of a change.
#[derive(Debug, Clone)]
pub struct ApprovePlanRequest {
    /// The change.
    pub change: String,
    /// Who approves.
    pub member: String,
    /// Their PIN.
    pub pin: SecretString,
    /// What is to be said with it; may be empty.
    pub reason: String,
}

/// A plan that was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanApproved {
    /// The entry that says so.
    pub entry: String,
    /// The change.
    pub change: String,
    /// Who approved.
    pub by: String,
    /// In which role.
    pub role: String,
}

impl Cabinet {
    /// Approves the plan as it was last synced. It decides nothing about the change, and an edit of any section makes it
    /// stale.
    ///
    /// # Errors
    /// [`BoardError::NotFound`], [`BoardError::Invalid`], [`BoardError::Refused`] with the rule, [`BoardError::Vault`].
    pub async fn approve_plan(&self, request: ApprovePlanRequest) -> Answer<PlanApproved> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?;
        let change = self.load_change(&board, &key).await?;
        let member = state.member(crate::words::member_id(&request.member)?)?.clone();
        let role = capacity(&state, &member)?;
        let reason = request.reason.trim().to_owned();
        if reason.len() > LONGEST_REASON {
            return Err(BoardError::invalid("reason", "It has at most 2,000 bytes; put the rest on the ticket."));
        }
        if change.plan.values().all(domain::change::RawText::is_blank) {
            return Err(BoardError::refused(
                "no_plan",
                format!("{key} has no plan."),
                Some("R16"),
                "Write the plan's sections on the ticket, and sync.",
            ));
        }
        let involved = domain::duties::involved(&change);
        domain::duties::may_sign(state.roster(), &state.policy, member.id, key.prefix(), &involved).map_err(
            |duty| {
                let rule = format!("{}: {duty}.", member.name);
                BoardError::refused(duty.code(), rule, Some("R89"), format!("{}.", duty.satisfied_by()))
            },
        )?;
        let sections = section_digests(&change);
        let written = change.plan.values().filter(|text| !text.is_blank()).count();
        let named = self.material_attachments(&state, &change);
        let content = Content::of(&state.policy, &change, &named)?;
        let mut meaning = format!(
            "I approve the plan of {key} as it is, {written} of {} sections written. This decides nothing about the \
             change itself.",
            sections.len()
        );
        if !reason.is_empty() {
            meaning = format!("{meaning} {}", one_line(&reason));
        }
        // Both before the transaction: a keyring may wait for its prompt. The first also refuses an older copy.
        board.recorder().await?;
        let signer = board.keys.unlock(&member, request.pin.expose_secret(), self.now()).await?;
        let keystore = board.keys.keystore().to_owned();
        let act = Act {
            actor: member.id,
            attestation: Attestation::Signed,
            role: Some(role),
            meaning,
            meeting: None,
            subjects: vec![Subject { name: key.to_string(), sha256: content.digest }],
            body: Body::PlanApproved(PlanApprovalBody { change: key.clone(), reason, sections }),
            blobs: vec![crate::changes::document(&content)?],
        };
        let ids =
            self.write(&board, vec![(act, Key::Member { signer, auth: Auth::Pin, keystore })], Vec::new()).await?;
        self.changed(&[Noun::Plan, Noun::Changes], &[key.as_str()]);
        Ok(PlanApproved {
            entry: ids.first().map(ToString::to_string).unwrap_or_default(),
            change: key.to_string(),
            by: domain::text::mark_invisible(&member.name),
            role: role.title().to_owned(),
        })
    }
}

/// In which role somebody approves a plan: the first that the policy names.
fn capacity(state: &BoardState, member: &Member) -> Answer<Role> {
    let roles = state.policy.plan_approvers();
    roles.iter().copied().find(|role| member.has(*role)).ok_or_else(|| {
        let titles: Vec<&str> = roles.iter().map(|role| role.title()).collect();
        BoardError::refused(
            "no_plan_approver",
            format!("{} is none of those who approve plans: {}.", member.name, titles.join(", ")),
            Some("R16"),
            "Have one of them approve it, or name the role in the policy (plan_approval).",
        )
    })
}

/// Whether the plan is approved as it is (R16).
pub(crate) fn gate(state: &BoardState, change: &domain::change::ChangeRequest) -> GateOutcome {
    let approvals = state.ledger.plan_approvals.get(&change.key).map_or(&[][..], Vec::as_slice);
    domain::gate::plan_approval_gate(change, &section_digests(change), approvals, state.roster(), &state.policy)
}
