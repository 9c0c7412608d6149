//! Approving a plan (R16): a decision of its own, apart from the change's, signed with the approver's own PIN.
use domain::change::ChangeRequest;
use domain::entry::{Attestation, Auth, Body};
use domain::gate::{GateOutcome, GateResult};
use domain::ids::Digest;
use domain::plan::{PlanApprovalBody, lacking};
use domain::roster::{Member, Role};
use domain::text::mark_invisible;
use record::statement::Subject;
use serde::{Deserialize, Serialize};
use specta::Type;
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::{Cabinet, OpenBoard};
use crate::conditions::one_line;
use crate::content::{Content, section_digests};
use crate::dispensations::why_not;
use crate::error::{Answer, BoardError};
use crate::signing_hands::Prepared;
use crate::state::BoardState;
use crate::views::{Fact, Noun, Refusal, SigningSubject};
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

/// An approval of a plan that can be signed now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanAct {
    /// Whose word the policy asks for, by their roles.
    pub roles: Vec<String>,
    /// Who may and has a key on this device.
    pub signers: Vec<String>,
    /// Why the member at this device does not approve it; null: they may.
    pub refusal: Option<Refusal>,
}

/// An approval as it would be written, and what it is of.
struct Proposed {
    change: ChangeRequest,
    body: PlanApprovalBody,
    content: Content,
    meaning: String,
    /// Sections that say something.
    written: usize,
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
        let member = state.member(crate::words::member_id(&request.member)?)?.clone();
        let role = capacity(&state, &member)?;
        let proposed = self.propose_approval(&board, &state, &request.change, &request.reason).await?;
        unbound(&state, &member, &proposed.change)?;
        let Proposed { body, content, meaning, .. } = proposed;
        let key = body.change.clone();
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
            body: Body::PlanApproved(body),
            blobs: vec![crate::changes::document(&content)?],
        };
        let ids =
            self.write(&board, vec![(act, Key::Member { signer, auth: Auth::Pin, keystore })], Vec::new()).await?;
        self.changed(&[Noun::Plan, Noun::Changes], &[key.as_str()]);
        Ok(PlanApproved {
            entry: ids.first().map(ToString::to_string).unwrap_or_default(),
            change: key.to_string(),
            by: mark_invisible(&member.name),
            role: role.title().to_owned(),
        })
    }

    /// What the signing window shows of an approval, and who may give it.
    pub(crate) async fn prepare_plan_approval(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        (change, reason): (&str, &str),
    ) -> Answer<Prepared> {
        let Proposed { change, body, meaning, written, .. } =
            self.propose_approval(board, state, change, reason).await?;
        let fact = |label: &str, value: String| Fact { label: label.to_owned(), value };
        let mut facts = vec![
            fact("Change", change.key.to_string()),
            fact("Title", mark_invisible(&change.title)),
            fact("Sections written", format!("{written} of {}", body.sections.len())),
        ];
        if !body.reason.is_empty() {
            facts.push(fact("Said with it", one_line(&body.reason)));
        }
        facts.push(fact("What follows", "the plan is approved until a section of it is edited".to_owned()));
        facts.push(fact("Not decided", "the change itself".to_owned()));
        let signers: Vec<&Member> = able(state, &change).collect();
        if !signers.iter().any(|member| board.is_enrolled_here(member.id)) {
            let names: Vec<&str> = signers.iter().map(|member| member.name.as_str()).collect();
            let remedy = if names.is_empty() {
                format!("Give one of these roles to a member without a part in the change: {}.", titles(state))
            } else {
                format!("It is signed where one of these has a key: {}.", names.join(", "))
            };
            let rule = "Nobody who may approve this plan can sign it on this device.";
            return Err(BoardError::refused("nobody_here", rule, Some("R16"), remedy));
        }
        let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
        let sections = body.sections.iter();
        Ok(Prepared {
            subject: subject.clone(),
            title: format!("Plan of {}", change.key),
            meaning,
            facts,
            digest: Digest::of(&bytes),
            manifest: sections.map(|(section, digest)| fact(section.title(), digest.to_string())).collect(),
            signers: signers.iter().map(|member| member.id).collect(),
        })
    }

    /// The approval of the plan as it was last synced.
    async fn propose_approval(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &str,
        reason: &str,
    ) -> Answer<Proposed> {
        let key = crate::words::change_key(change)?;
        let change = self.load_change(board, &key).await?;
        let reason = reason.trim().to_owned();
        if reason.len() > LONGEST_REASON {
            return Err(BoardError::invalid("reason", "It has at most 2,000 bytes; put the rest on the ticket."));
        }
        has_a_plan(&change)?;
        let sections = section_digests(&change);
        let written = change.plan.values().filter(|text| lacking(Some(text)).is_none()).count();
        let named = self.material_attachments(state, &change);
        let content = Content::of(&state.policy, &change, &named)?;
        let mut meaning = format!(
            "I approve the plan of {key} as it is, {written} of {} sections written. This decides nothing about the \
             change itself.",
            sections.len()
        );
        if !reason.is_empty() {
            meaning = format!("{meaning} {}", one_line(&reason));
        }
        Ok(Proposed { change, body: PlanApprovalBody { change: key, reason, sections }, content, meaning, written })
    }
}

fn has_a_plan(change: &ChangeRequest) -> Answer<()> {
    if !change.plan.values().all(domain::change::RawText::is_blank) {
        return Ok(());
    }
    Err(BoardError::refused(
        "no_plan",
        format!("{} has no plan.", change.key),
        Some("R16"),
        "Write the plan's sections on the ticket, and sync.",
    ))
}

/// Whoever wrote or requested the change, or committed its code, does not approve its plan (R89).
fn unbound(state: &BoardState, member: &Member, change: &ChangeRequest) -> Answer<()> {
    let involved = domain::duties::involved(change);
    domain::duties::may_sign(state.roster(), &state.policy, member.id, change.key.prefix(), &involved).map_err(|duty| {
        let rule = format!("{}: {duty}.", member.name);
        BoardError::refused(duty.code(), rule, Some("R89"), format!("{}.", duty.satisfied_by()))
    })
}

/// Those who may approve the plan and have a key, wherever that is.
fn able<'s>(state: &'s BoardState, change: &ChangeRequest) -> impl Iterator<Item = &'s Member> {
    let members = state.roster().members.iter().filter(|member| member.signature_key().is_some());
    members.filter(move |member| role_of(state, member).is_some() && unbound(state, member, change).is_ok())
}

/// What can be signed of a change whose plan is not approved as it is; `None` where nothing is asked.
pub(crate) fn act(
    board: &OpenBoard,
    state: &BoardState,
    me: &Member,
    change: &ChangeRequest,
    outcomes: &[GateOutcome],
) -> Option<PlanAct> {
    let asked = outcomes.iter().find(|outcome| outcome.gate.clause == "R16")?;
    match asked.result {
        GateResult::Failed | GateResult::NoEvidence | GateResult::Warned => {}
        GateResult::Passed | GateResult::Waived | GateResult::NotApplicable => return None,
    }
    let tried = has_a_plan(change).and_then(|()| capacity(state, me)).and_then(|_| unbound(state, me, change));
    let here = able(state, change).filter(|member| board.is_enrolled_here(member.id));
    Some(PlanAct {
        roles: state.policy.plan_approvers().iter().map(|role| role.title().to_owned()).collect(),
        signers: here.map(|member| mark_invisible(&member.name)).collect(),
        refusal: why_not(tried),
    })
}

/// The titles of those who approve plans.
fn titles(state: &BoardState) -> String {
    let roles = state.policy.plan_approvers();
    roles.iter().map(|role| role.title()).collect::<Vec<_>>().join(", ")
}

/// In which role somebody approves a plan; `None` for who does not.
pub(crate) fn role_of(state: &BoardState, member: &Member) -> Option<Role> {
    state.policy.plan_approvers().iter().copied().find(|role| member.has(*role))
}

/// In which role somebody approves a plan: the first that the policy names.
fn capacity(state: &BoardState, member: &Member) -> Answer<Role> {
    role_of(state, member).ok_or_else(|| {
        BoardError::refused(
            "no_plan_approver",
            format!("{} is none of those who approve plans: {}.", member.name, titles(state)),
            Some("R16"),
            "Have one of them approve it, or name the role in the policy (plan_approval).",
        )
    })
}

/// Whether the plan is approved as it is (R16).
pub(crate) fn gate(state: &BoardState, change: &ChangeRequest) -> GateOutcome {
    let approvals = state.ledger.plan_approvals.get(&change.key).map_or(&[][..], Vec::as_slice);
    domain::gate::plan_approval_gate(change, &section_digests(change), approvals, state.roster(), &state.policy)
}
