//! Deciding an item: who may, when not, and what the decision carries.
use domain::change::ChangeRequest;
use domain::entry::{Act, ActKind};
use domain::gate::{GateOutcome, GateResult};
use domain::ids::{ConditionId, MemberId};
use domain::ledger::{Meeting, RecordedDecision};
use domain::meeting::{Basis, Brief, Condition, ConditionTime, Decision, DecisionKind};
use domain::risk::RiskLevel;
use domain::sign_off::Standing;
use domain::vote::Outcome;

use super::{item_number, meeting_id, views as shown};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::content::Content;
use crate::error::{Answer, BoardError, refusal, with_fact};
use crate::risk::answers_behind;
use crate::state::BoardState;
use crate::views::{self, ConsoleItem, DecideRequest, DecisionOption, Noun, Refusal};
use crate::writer::{Act as Write, Key};

/// The kinds the chair can choose from, in the order of the decision bar.
const KINDS: [DecisionKind; 7] = [
    DecisionKind::Approved,
    DecisionKind::ApprovedWithConditions,
    DecisionKind::Rejected,
    DecisionKind::Deferred,
    DecisionKind::MoreInformation,
    DecisionKind::Withdrawn,
    DecisionKind::NoDecision,
];

impl Cabinet {
    /// Each kind of decision, and why it is refused if it is.
    pub(crate) fn decision_options(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: &Meeting,
        item: u32,
        change: &ChangeRequest,
    ) -> Answer<Vec<DecisionOption>> {
        let level = self.risk_of(state, change)?.decided.level;
        let gates = self.gates(board, state, change, Some(level));
        // Whoever lowered the level takes nothing away of what its score asks for.
        let asked = self.level_asked(state, change, level);
        let after = state.policy.after_care(asked);
        let quorum = shown::item_quorum(state, meeting, item, change);
        let tally = shown::count(state, meeting, item, change);
        Ok(KINDS
            .into_iter()
            .map(|kind| DecisionOption {
                kind,
                refusal: refuses(state, kind, &quorum, &gates).or_else(|| owes_after_care(kind, asked, after)),
                needs_reason: needs_reason(tally.outcome, kind),
                after_care: if kind == DecisionKind::ApprovedWithConditions { after.to_vec() } else { Vec::new() },
            })
            .collect())
    }

    /// Records the chair's decision on an item. It is in the record once the chair moves on.
    pub async fn decide(&self, request: DecideRequest) -> Answer<ConsoleItem> {
        let board = self.board()?;
        let state = board.state().await?;
        let id = meeting_id(&request.meeting)?;
        let number = item_number(&request.item)?;
        let _one_at_a_time = board.console.lock().await;
        let mut session = self.open_session(&board, &state, id).await?;
        let meeting = &session.shown;
        let item = meeting
            .agenda
            .items
            .iter()
            .find(|i| i.number == number)
            .cloned()
            .ok_or_else(|| BoardError::not_found("agenda item", number))?;
        let change = self.load_change(&board, &item.change).await?;
        self.keep_files(&board, &change).await?;
        let options = self.decision_options(&board, &state, meeting, number, &change)?;
        let option = options
            .iter()
            .find(|o| o.kind == request.kind)
            .ok_or_else(|| BoardError::not_found("decision kind", request.kind.words()))?;
        if let Some(refused) = &option.refusal {
            return Err(BoardError::Refused(refused.clone()));
        }
        if option.needs_reason {
            reasoned(request.kind, &request.rationale)?;
        }
        let owner = answers_for(&state, &change, meeting.agenda.chair);
        let conditions = conditions(&request, &option.after_care, &owner)?;
        let risk = self.risk_of(&state, &change)?;
        let content = Content::of(&state.policy, &change, &item.material_attachments)?;
        let tally = shown::count(&state, meeting, number, &change);
        let basis = basis(request.basis, meeting, number, &tally)?;
        let quorum = shown::item_quorum(&state, meeting, number, &change);
        let decision = Decision {
            item: number,
            change: item.change.clone(),
            kind: request.kind,
            basis,
            rationale: request.rationale.trim().to_owned(),
            conditions,
            deferred_to: request.deferred_to.clone().unwrap_or_default(),
            quorum: quorum.stamp,
            tally: (tally.stamp.approve + tally.stamp.reject + tally.stamp.abstain > 0).then_some(tally.stamp),
            content: content.digest,
            brief: self.brief(&board, &state, &change, &risk),
            risk: risk.stamp,
        };
        self.refuse_moved(&board, &item.change).await?;
        let act = Act {
            actor: meeting.agenda.chair,
            at: self.now(),
            what: ActKind::Decided { decision: Box::new(decision) },
        };
        // A decision that is still on this device is replaced; one in the record is superseded by
        // the next entry, never erased.
        session.running.put(act, |a| matches!(&a.what, ActKind::Decided { decision } if decision.item == number));
        self.save_running(&board, &mut session.running).await?;
        session.shown = state
            .ledger
            .preview(id, &session.running.acts)
            .ok_or_else(|| BoardError::not_found("meeting in session", id))?;
        self.changed(&[Noun::Decisions], &[&request.meeting, item.change.as_str()]);
        self.item_view(&board, &state, &session, number).await
    }

    /// The answers behind the scores of these decisions, where the record does not say them yet: they go into it before
    /// them, so that whoever holds the evidence can make the scores again.
    pub(crate) async fn answers_behind_decisions(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        acts: &[Act],
    ) -> Answer<Vec<(Write, Key)>> {
        let mut behind = Vec::new();
        for act in acts {
            let ActKind::Decided { decision } = &act.what else { continue };
            let change = self.load_change(board, &decision.change).await?;
            let risk = self.risk_of(state, &change)?;
            // Answered otherwise since: the answers of then are no longer known.
            if risk.stamp != decision.risk {
                continue;
            }
            let content = Content::of(&state.policy, &change, &self.material_attachments(state, &change))?;
            let told = answers_behind(board, state, (&change.key, &content), &risk.answered())?;
            behind.extend(told.map(|told| (told, Key::Device)));
        }
        Ok(behind)
    }

    /// What the board has before it, for the record.
    pub(crate) fn brief(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &ChangeRequest,
        risk: &crate::risk::RiskNow,
    ) -> Brief {
        let gates = self.gates(board, state, change, Some(risk.decided.level));
        // R30 and R89 speak of this very decision; the minutes show them by what follows.
        let told = gates.iter().filter(|g| !matches!(g.gate.clause.as_str(), "R30" | "R89"));
        let reviews = state.ledger.plan_reviews.get(&change.key);
        let files = crate::read_files::looked_at(&board.read_files.of(&change.key));
        Brief {
            kind: change.kind,
            window: change.window.clone(),
            heaviest: risk
                .decided
                .heaviest(3)
                .into_iter()
                .map(|l| format!("{} {} {}, {}", l.question, l.text, l.words, l.points))
                .collect(),
            floors: risk
                .decided
                .floors
                .iter()
                .filter(|f| f.lifts)
                .map(|f| format!("{} ({})", f.words, f.clause))
                .chain(risk.overridden.clone())
                .collect(),
            gates: crate::gates::briefly(told.clone()).into_iter().chain(files).collect(),
            gates_passed: u32::try_from(told.filter(|g| g.result == GateResult::Passed).count()).unwrap_or(u32::MAX),
            plan_review: reviews.and_then(|r| r.last()).map_or_else(String::new, |r| {
                let ticked = r.what.sections.values().filter(|s| s.ticked).count();
                let comments = r.what.sections.values().filter(|s| !s.comment.is_empty()).count();
                format!(
                    "{ticked} of {} sections ticked, {comments} comment{}, by {}",
                    domain::plan::PlanSection::ALL.len(),
                    if comments == 1 { "" } else { "s" },
                    state.name(r.actor)
                )
            }),
        }
    }

    /// A recorded decision as the window shows it.
    pub(crate) fn decision_view(
        &self,
        state: &BoardState,
        recorded: &RecordedDecision,
        change: &ChangeRequest,
    ) -> Answer<views::Decision> {
        let decision = &recorded.decision;
        let meeting = state.ledger.meetings.get(&recorded.meeting);
        let in_force = state.ledger.decision(&decision.change).is_some_and(|d| d == recorded);
        let approval = if !decision.kind.approves() {
            views::ApprovalState::NotApplicable
        } else if !in_force {
            views::ApprovalState::AwaitingSignOff
        } else {
            match self.standing(state, change)? {
                Standing::Approved => views::ApprovalState::Holds,
                Standing::Stale => views::ApprovalState::Stale,
                // An approver rejects: there is nothing to wait for.
                Standing::Rejected => views::ApprovalState::NotApplicable,
                Standing::AwaitingSignOff
                | Standing::AwaitingConditions
                | Standing::Undecided
                | Standing::Deferred
                | Standing::MoreInformation
                | Standing::Withdrawn => views::ApprovalState::AwaitingSignOff,
            }
        };
        Ok(views::Decision {
            kind: decision.kind,
            basis: decision.basis,
            rationale: decision.rationale.clone(),
            meeting: Some(recorded.meeting.to_string()),
            meeting_title: meeting.map(|m| m.agenda.title.clone()),
            decided_at: crate::words::time(recorded.at),
            recorder: meeting.map_or_else(String::new, |m| state.name(m.agenda.chair)),
            approval,
            tally: decision.tally.as_ref().map(|t| views::Tally {
                approve: t.approve,
                reject: t.reject,
                abstain: t.abstain,
                absent: 0,
                recused: 0,
                advice: None,
                arithmetic: format!(
                    "{} approve, {} reject, {} abstain; {} = {} needed",
                    t.approve, t.reject, t.abstain, t.formula, t.required
                ),
            }),
            deferred_to: Some(decision.deferred_to.clone()).filter(|d| !d.is_empty()),
        })
    }
}

/// Whether the chair says why: where the decision departs from the votes (R69), and where it sends the change back.
fn needs_reason(votes: Outcome, kind: DecisionKind) -> bool {
    let departs = match votes {
        Outcome::Carried | Outcome::CarriedByCastingVote => kind == DecisionKind::Rejected,
        Outcome::NotCarried => kind.approves(),
        Outcome::Tied | Outcome::NoVotes => false,
    };
    departs || matches!(kind, DecisionKind::Rejected | DecisionKind::Deferred | DecisionKind::MoreInformation)
}

/// That a reason is written where one is needed.
fn reasoned(kind: DecisionKind, rationale: &str) -> Answer<()> {
    if !rationale.trim().is_empty() {
        return Ok(());
    }
    Err(BoardError::refused(
        "reason_missing",
        format!("\u{201c}{}\u{201d} needs a reason here; it is printed in the minutes.", kind.words()),
        Some("R69"),
        "Write one sentence saying why.",
    ))
}

/// Why a kind is refused: no quorum (R30), or a gate that blocks every approval.
fn refuses(
    state: &BoardState,
    kind: DecisionKind,
    quorum: &domain::quorum::Quorum,
    gates: &[GateOutcome],
) -> Option<Refusal> {
    // Leaving an item undecided is no decision, so it needs no quorum.
    if kind != DecisionKind::NoDecision && !quorum.met() {
        let view = shown::quorum_view(state, quorum);
        let refused = refusal(
            "quorum_short",
            format!("The board has no quorum on this item: {}.", quorum.words()),
            Some("R30"),
            format!("Missing: {}. Without them the board may discuss, not decide.", view.missing.join(", ")),
        );
        return Some(with_fact(refused, "Arithmetic", view.arithmetic));
    }
    if kind.approves() {
        let blocking: Vec<&GateOutcome> = gates.iter().filter(|g| g.blocks).collect();
        if let Some(first) = blocking.first() {
            let mut refused = refusal(
                "hard_block",
                format!("{} blocks every approval: {}", first.gate.clause, first.why),
                Some(&first.gate.clause),
                first.satisfied_by.clone(),
            );
            for gate in &blocking {
                refused = with_fact(refused, &gate.gate.clause, gate.why.clone());
            }
            return Some(refused);
        }
    }
    None
}

/// The level's after-care is a condition of every approval, so none goes without conditions (R85).
fn owes_after_care(kind: DecisionKind, level: RiskLevel, after: &[String]) -> Option<Refusal> {
    if kind != DecisionKind::Approved || after.is_empty() {
        return None;
    }
    Some(refusal(
        "after_care",
        format!("{} risk asks for after-care: {}.", level.word(), after.join("; ")),
        Some("R85"),
        "Approve with conditions: the after-care is among them.",
    ))
}

fn basis(asked: Basis, meeting: &Meeting, item: u32, tally: &domain::vote::Tally) -> Answer<Basis> {
    match asked {
        Basis::Consent if !meeting.consents.get(&item).is_some_and(|c| c.objections.is_empty()) => {
            Err(BoardError::refused(
                "consent_not_asked",
                "Consent was not recorded on this item.",
                None,
                "Ask \u{201c}anyone against?\u{201d} and record it (Shift+1), or count votes.",
            ))
        }
        Basis::Vote if tally.stamp.approve + tally.stamp.reject == 0 => Err(BoardError::refused(
            "no_votes",
            "Nobody has voted for or against.",
            None,
            "Record votes (v), consent (Shift+1), or decide by the chair's ruling.",
        )),
        Basis::CircularResolution => Err(BoardError::invalid("basis", "A meeting decides in a room; choose another.")),
        Basis::Consent | Basis::Vote | Basis::ChairRuling => Ok(asked),
    }
}

/// The conditions that were written, and the after-care that was not, owed by `owner`.
/// Who answers for what is asked after a deployment: whoever deploys it, else its release manager, else the chair.
pub(crate) fn answers_for(state: &BoardState, change: &ChangeRequest, chair: MemberId) -> String {
    let account = change.deployer.as_ref().or(change.release_manager.as_ref());
    let owner = account.map(|account| account.name.trim().to_owned()).filter(|name| !name.is_empty());
    owner.unwrap_or_else(|| state.name(chair))
}

/// What the policy asks for after a deployment, as conditions (R85).
pub(crate) fn after_care_conditions(after: &[String], owner: &str) -> Vec<Condition> {
    let asked = |text: &String| Condition {
        id: ConditionId(uuid::Uuid::now_v7()),
        text: text.trim().to_owned(),
        owner: owner.to_owned(),
        due: String::new(),
        when: ConditionTime::After,
    };
    after.iter().map(asked).collect()
}

fn conditions(request: &DecideRequest, after: &[String], owner: &str) -> Answer<Vec<Condition>> {
    let with = request.kind == DecisionKind::ApprovedWithConditions;
    if with && request.conditions.is_empty() && after.is_empty() {
        return Err(BoardError::invalid("conditions", "Write at least one condition, or approve without."));
    }
    if !with && !request.conditions.is_empty() {
        return Err(BoardError::invalid("conditions", "Only an approval with conditions carries conditions."));
    }
    let written: Vec<Condition> = request
        .conditions
        .iter()
        .map(|c| {
            if c.text.trim().is_empty() || c.owner.trim().is_empty() {
                return Err(BoardError::invalid("conditions", "Each condition needs a text and an owner."));
            }
            Ok(Condition {
                id: ConditionId(uuid::Uuid::now_v7()),
                text: c.text.trim().to_owned(),
                owner: c.owner.trim().to_owned(),
                due: c.due_on.clone().unwrap_or_default(),
                when: match c.when {
                    views::DecideRequestConditionsWhen::Before => ConditionTime::Before,
                    views::DecideRequestConditionsWhen::After => ConditionTime::After,
                },
            })
        })
        .collect::<Answer<_>>()?;
    let is_there = |text: &str| {
        let same = |c: &Condition| c.when == ConditionTime::After && c.text.to_lowercase() == text.to_lowercase();
        written.iter().any(same)
    };
    let asked = after_care_conditions(after, owner).into_iter();
    let missing: Vec<Condition> = asked.filter(|condition| !is_there(&condition.text)).collect();
    Ok(written.into_iter().chain(missing).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::{DecideRequestConditions, DecideRequestConditionsWhen};

    #[test]
    fn after_care_that_is_not_written_is_added_and_what_is_keeps_its_owner() {
        let written = |texts: &[(&str, DecideRequestConditionsWhen)], kind: DecisionKind| DecideRequest {
            meeting: String::new(),
            item: "1".to_owned(),
            kind,
            basis: Basis::ChairRuling,
            rationale: String::new(),
            conditions: texts
                .iter()
                .map(|(text, when)| DecideRequestConditions {
                    text: (*text).to_owned(),
                    owner: "Grace".to_owned(),
                    due_on: None,
                    when: *when,
                })
                .collect(),
            deferred_to: None,
        };
        let (before, later) = (DecideRequestConditionsWhen::Before, DecideRequestConditionsWhen::After);
        let with = DecisionKind::ApprovedWithConditions;
        let asked = ["Hyper-care for a week".to_owned()];
        for (texts, owners) in [
            (vec![], vec!["Ada"]),
            (vec![("hyper-care for a week ", later)], vec!["Grace"]),
            // Before the deployment is another thing.
            (vec![("Hyper-care for a week", before)], vec!["Grace", "Ada"]),
            (vec![("Rehearse", before)], vec!["Grace", "Ada"]),
        ] {
            let found = conditions(&written(&texts, with), &asked, "Ada").expect("conditions");
            assert_eq!(found.iter().map(|c| c.owner.as_str()).collect::<Vec<_>>(), owners, "{found:?}");
        }
        assert!(conditions(&written(&[], with), &[], "Ada").is_err(), "nothing is asked and nothing written");
        let none = conditions(&written(&[], DecisionKind::Rejected), &[], "Ada").expect("none");
        assert!(none.is_empty());
        assert!(owes_after_care(DecisionKind::Approved, RiskLevel::High, &asked).is_some());
        assert!(owes_after_care(with, RiskLevel::High, &asked).is_none());
        assert!(owes_after_care(DecisionKind::Approved, RiskLevel::High, &[]).is_none());
    }

    #[test]
    fn the_chair_says_why_where_the_decision_departs_from_the_votes() {
        let always = [DecisionKind::Rejected, DecisionKind::Deferred, DecisionKind::MoreInformation];
        for (votes, departs) in [
            (Outcome::Carried, vec![DecisionKind::Rejected]),
            (Outcome::CarriedByCastingVote, vec![DecisionKind::Rejected]),
            (Outcome::NotCarried, vec![DecisionKind::Approved, DecisionKind::ApprovedWithConditions]),
            (Outcome::Tied, Vec::new()),
            (Outcome::NoVotes, Vec::new()),
        ] {
            for kind in KINDS {
                let expected = departs.contains(&kind) || always.contains(&kind);
                assert_eq!(needs_reason(votes, kind), expected, "{votes:?} {kind:?}");
            }
        }
        for blank in ["", " \n\t"] {
            let Err(BoardError::Refused(why)) = reasoned(DecisionKind::Approved, blank) else { panic!("{blank:?}") };
            assert_eq!((why.code.as_str(), why.clause.as_deref()), ("reason_missing", Some("R69")));
        }
        assert!(reasoned(DecisionKind::Approved, "The vendor withdrew its warning").is_ok());
    }
}
