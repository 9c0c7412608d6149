//! The gates of a change as the board sees them: rules about the change, and rules about people.
use domain::chain::{self, Matter, Slot};
use domain::change::ChangeRequest;
use domain::entry::Attestation;
use domain::gate::{self, AtHand, GateOutcome, GateResult};
use domain::ids::{ChangeKey, Digest, MemberId};
use domain::meeting::{BriefGate, DecisionKind};
use domain::plan::PlanSection;
use domain::risk::RiskLevel;
use domain::sign_off::{Authority, Present, authority_holds, carrying};
use domain::text::mark_invisible;
use std::collections::BTreeMap;

use crate::cabinet::{Cabinet, OpenBoard};
use crate::content::Content;
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::views;

/// The gate of R30; it shows where the decision stands and is enforced where one is made.
const DECISION: &str = "decision";
/// The gate of R74; it depends on other changes, and so is no part of what the list keeps of this one.
pub(crate) const CONFLICTS: &str = "conflicts";

/// What fails, in numbers for the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Broken, or cannot be judged and therefore blocks.
    pub failed: u32,
    /// Of these, those that keep the change from being approved; nobody can waive them.
    pub blocking: u32,
    /// Broken, and the policy only warns.
    pub warned: u32,
}

impl Cabinet {
    /// Every gate, in a fixed order: the change's own, those of evidence and attested answers, those that look at the calendar,
    /// those of departments and emergencies where there are any, then R89 and R30. `level` is `None` while unassessed.
    ///
    /// R30 never blocks here, since it *is* the decision; R89 blocks once a decision approves, since until
    /// then it is each voter and signer who is judged by it. What two people waived is waived (R69).
    pub(crate) fn gates(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &ChangeRequest,
        level: Option<RiskLevel>,
    ) -> Vec<GateOutcome> {
        let outcomes = self.gates_as_judged(board, state, change, level);
        gate::waive(outcomes, &self.set_aside(state, change).0, &state.policy)
    }

    /// The same, without what waivers make of them.
    pub(crate) fn gates_as_judged(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &ChangeRequest,
        level: Option<RiskLevel>,
    ) -> Vec<GateOutcome> {
        if change.is_from_evidence() {
            // What a ticket says now is what they judge. What they said then stands in the decision.
            return Vec::new();
        }
        let named = self.material_attachments(state, change);
        let outcomes = self.gates_of_the_change(board, state, change, level);
        let mut outcomes = self.with_emergencies(state, change, outcomes);
        let decision = state.ledger.decision(&change.key).map(|d| d.decision.kind);
        let mut duties = gate::duties_gate(change, state.roster(), &state.policy);
        duties.blocks &= decision.is_some_and(|d| d.approves());
        outcomes.push(duties);
        let (authority, delegated) = authority(state, change, &named, level);
        if let Some(mut own) = gate::own_code_gate(change, state.roster(), &signers(state, change, &named, level)) {
            own.blocks &= delegated || decision.is_some_and(|d| d.approves());
            outcomes.push(own);
        }
        let by_board = decision.is_some_and(|kind| kind != DecisionKind::NoDecision);
        let mut decided = if delegated && !by_board {
            gate::delegation_gate(authority)
        } else {
            gate::decision_gate(decision, authority)
        };
        decided.blocks = false;
        outcomes.push(decided);
        outcomes
    }

    /// The slots of the departments that the change involves (R12), with what two people waived of them (R69), and of the
    /// owners of its service (R85) and of services beside it (R76). Who is asked follows from the level by which gates ask.
    pub(crate) fn slots(
        &self,
        state: &BoardState,
        change: &ChangeRequest,
        named: &[String],
        level: Option<RiskLevel>,
    ) -> Vec<Slot> {
        // Unassessed counts as the worst.
        let level = level.unwrap_or(RiskLevel::Critical);
        let asked = self.level_asked(state, change, level);
        let slots = slots(state, change, named, (level, asked));
        gate::waive_slots(slots, &self.set_aside(state, change).0, &state.policy)
    }

    /// Those that no emergency, no waiver and no decision has touched; departments' slots are waived one by one.
    pub(crate) fn gates_of_the_change(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &ChangeRequest,
        level: Option<RiskLevel>,
    ) -> Vec<GateOutcome> {
        let named = self.material_attachments(state, change);
        let gone = board.vanished.contains(&change.key);
        let asked = level.map(|level| self.level_asked(state, change, level));
        let mut outcomes = gate::evaluate(change, asked, &state.policy, gone, &named);
        let (read, nothing) = (board.read_files.of(&change.key), BTreeMap::new());
        let attested = state.ledger.attested.get(&change.key).unwrap_or(&nothing);
        let (policy, roster) = (&state.policy, state.roster());
        // What nobody attested needs no content to be laid beside; content that cannot be digested is that of no answer.
        let content = if attested.is_empty() { None } else { Content::of(policy, change, &named).ok() };
        let content = content.map_or(Digest([0; 32]), |content| content.digest);
        outcomes.extend(gate::evidence_gates(&AtHand { change, policy, read: &read, attested, content, roster }));
        if !state.policy.freezes.is_empty() {
            outcomes.push(gate::freeze_gate(change, &state.policy, &self.set_aside(state, change).1));
        }
        if !state.policy.plan_approval.is_empty() {
            outcomes.push(crate::plan_approval::gate(state, change));
        }
        let owners = chain::owners_named(policy);
        if !policy.departments.is_empty() || owners {
            let slots = self.slots(state, change, &named, level).into_iter();
            let (of_owners, of_departments): (Vec<Slot>, Vec<Slot>) =
                slots.partition(|slot| slot.involvement.clause == chain::OWNERS);
            if !policy.departments.is_empty() {
                outcomes.push(gate::departments_gate(&of_departments, policy));
            }
            if owners {
                outcomes.push(gate::owners_gate(change, &of_owners, policy));
            }
        }
        outcomes.extend(crate::calendar::beside::conflicts(board, state, change));
        if !state.policy.coverage.is_empty() {
            outcomes.push(gate::coverage_gate(change, &state.policy));
        }
        if let Some(decided) = crate::calendar::decided_window(state, &change.key) {
            outcomes.push(gate::moved_gate(change, policy, decided, &crate::calendar::explained(state, &change.key)));
        }
        if policy.asks_lead_time() {
            outcomes.push(gate::lead_time_gate(change, policy));
        }
        outcomes
    }

    /// The first gate that keeps the change, as it was last synced, from being approved.
    pub(crate) fn blocked_by(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &ChangeRequest,
    ) -> Answer<Option<GateOutcome>> {
        let level = self.risk_of(state, change)?.decided.level;
        Ok(self.gates(board, state, change, Some(level)).into_iter().find(|gate| gate.blocks))
    }

    /// Refuses what would let a change through that a gate keeps from being approved.
    pub(crate) fn refuse_blocked(&self, board: &OpenBoard, state: &BoardState, change: &ChangeRequest) -> Answer<()> {
        self.blocked_by(board, state, change)?.map_or(Ok(()), |gate| Err(refused(gate)))
    }

    /// Refuses an approval that was prepared before one of the [`gate::HARD_CLAUSES`] came to block it. What else was
    /// edited since it was shown makes it stale, and says so.
    pub(crate) async fn refuse_blocked_since(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        key: &ChangeKey,
    ) -> Answer<()> {
        let change = self.load_change(board, key).await?;
        let level = self.risk_of(state, &change)?.decided.level;
        // Nothing waits for the network: what has not arrived yet is judged when it has.
        let known = |gate: &GateOutcome| change.details_synced || gate.result == GateResult::Failed;
        let mut gates = self.gates(board, state, &change, Some(level)).into_iter();
        // Where only who committed has signed, another authority's signature is what is asked for.
        let asks_for_it = |gate: &GateOutcome| gate.gate.id == gate::OWN_CODE;
        let blocking = gates.find(|gate| gate.blocks && gate.gate.hard && known(gate) && !asks_for_it(gate));
        blocking.map_or(Ok(()), |gate| Err(refused(gate)))
    }
}

/// The refusal of whatever a gate keeps from being approved: everywhere the same.
fn refused(gate: GateOutcome) -> BoardError {
    let clause = gate.gate.clause;
    let rule = format!("{clause} blocks every approval: {}", gate.why);
    BoardError::refused("hard_block", rule, Some(&clause), gate.satisfied_by)
}

/// The slots as they were signed.
fn slots(
    state: &BoardState,
    change: &ChangeRequest,
    named: &[String],
    (level, asked): (RiskLevel, RiskLevel),
) -> Vec<Slot> {
    // Content that cannot be digested is signed by nobody.
    let least = state.ledger.least(&state.policy, &change.key, level);
    let (sign_offs, now) = match Content::of(&state.policy, change, named) {
        Ok(content) => (
            state.ledger.sign_offs.get(&change.key).map_or(&[][..], Vec::as_slice),
            crate::changes::present(state, &change.key, &content, level),
        ),
        Err(_) => (&[][..], Present::of(Digest([0; 32]), level)),
    };
    chain::slots(&Matter::of(change, asked), &state.policy, state.roster(), sign_offs, least, &now)
}

/// The first gate that keeps anybody from approving; what a department, an owner or another than who committed has not signed
/// yet keeps nobody from signing for it.
pub(crate) fn first_blocking(outcomes: &[GateOutcome]) -> Option<&GateOutcome> {
    let slots = [gate::DEPARTMENTS, gate::OWNERS_GATE, gate::OWN_CODE];
    outcomes.iter().find(|outcome| outcome.blocks && !slots.contains(&outcome.gate.id.as_str()))
}

/// The authorities whose sign-offs carry the change as it is; where nobody on the roster committed, it is not asked.
fn signers(state: &BoardState, change: &ChangeRequest, named: &[String], level: Option<RiskLevel>) -> Vec<MemberId> {
    let sign_offs = state.ledger.sign_offs.get(&change.key).map_or(&[][..], Vec::as_slice);
    if change.committers.is_empty() || sign_offs.is_empty() {
        return Vec::new();
    }
    let Ok(content) = Content::of(&state.policy, change, named) else { return Vec::new() };
    let level = level.unwrap_or(RiskLevel::Critical);
    let least = state.ledger.least(&state.policy, &change.key, level);
    let now = crate::changes::present(state, &change.key, &content, level);
    carrying(sign_offs, least, &now).iter().map(|s| s.actor).collect()
}

/// Whether an authority has signed, and whether the decision is delegated to one (R61).
fn authority(
    state: &BoardState,
    change: &ChangeRequest,
    named: &[String],
    level: Option<RiskLevel>,
) -> (Authority, bool) {
    let sign_offs = state.ledger.sign_offs.get(&change.key).map_or(&[][..], Vec::as_slice);
    if sign_offs.is_empty() && !state.policy.chain_binds {
        return (Authority::Missing, false);
    }
    // Unassessed counts as the worst, and content that cannot be digested speaks for nobody.
    let level = level.unwrap_or(RiskLevel::Critical);
    let least = state.ledger.least(&state.policy, &change.key, level);
    Content::of(&state.policy, change, named).map_or((Authority::Missing, false), |content| {
        let now = crate::changes::present(state, &change.key, &content, level);
        let undecided = state.ledger.decision(&change.key).is_none_or(|d| d.decision.kind == DecisionKind::NoDecision);
        // What nobody but the authority was there for is known in writing at least.
        if !(now.delegated && undecided) {
            return (authority_holds(state.roster(), sign_offs, least, &now), now.delegated);
        }
        let own = state.ledger.delegated_sign_offs(&change.key, now.level);
        (authority_holds(state.roster(), &own, least.max(Attestation::Written), &now), true)
    })
}

/// The gates that keep the change from being approved now: what [`Counts::blocking`] counts.
pub(crate) fn blocking<'o>(
    change: &ChangeRequest,
    outcomes: &'o [GateOutcome],
) -> impl Iterator<Item = &'o GateOutcome> {
    let synced = change.details_synced;
    outcomes.iter().filter(move |outcome| {
        let holds_up = outcome.blocks || outcome.gate.hard;
        outcome.gate.id != DECISION
            && match outcome.result {
                GateResult::Failed => holds_up,
                GateResult::NoEvidence => synced && holds_up,
                GateResult::Warned | GateResult::Passed | GateResult::Waived | GateResult::NotApplicable => false,
            }
    })
}

/// Counts what fails. R30 is not counted: "not decided yet" is no failing of the change.
pub(crate) fn counts(change: &ChangeRequest, outcomes: &[GateOutcome]) -> Counts {
    let mut counts = Counts::default();
    for outcome in outcomes.iter().filter(|o| o.gate.id != DECISION) {
        let failed = match outcome.result {
            GateResult::Failed => true,
            // Before the details arrive nothing has gone wrong yet.
            GateResult::NoEvidence => change.details_synced && (outcome.blocks || outcome.gate.hard),
            GateResult::Warned => {
                counts.warned += 1;
                false
            }
            GateResult::Passed | GateResult::Waived | GateResult::NotApplicable => false,
        };
        if failed {
            counts.failed += 1;
            counts.blocking += u32::from(outcome.blocks || outcome.gate.hard);
        }
    }
    counts
}

/// The gates as the window shows them, each section of the plan with where on the ticket it stands, if in no field of it.
pub(crate) fn views_of(change: &ChangeRequest, outcomes: &[GateOutcome]) -> Vec<views::Gate> {
    let found = domain::template::found(change);
    let shown = outcomes.iter().map(|outcome| {
        let mut shown = view(outcome);
        let section = PlanSection::ALL.into_iter().find(|section| section.clause() == outcome.gate.clause);
        if let Some(whence) = section.and_then(|section| found.section(change, section)) {
            shown.finding.push_str(&mark_invisible(&format!(" It is {}.", whence.words())));
        }
        for (problem, whence) in
            found.problems.iter().filter(|(p, _)| section.is_some() && p.place == outcome.gate.clause)
        {
            let words = sentence(&format!("{}: {}", whence.words(), problem.why));
            shown.finding.push_str(&mark_invisible(&format!(" {words}")));
        }
        shown
    });
    shown.collect()
}

/// A gate as the window shows it. The words may quote the ticket, so invisible characters are marked.
pub(crate) fn view(outcome: &GateOutcome) -> views::Gate {
    let why = sentence(&outcome.why);
    let finding = match outcome.result {
        GateResult::NotApplicable => why,
        GateResult::Passed | GateResult::Failed | GateResult::Waived | GateResult::Warned | GateResult::NoEvidence => {
            format!("{why} Looked at: {}.", outcome.looked_at)
        }
    };
    let remedy = (!outcome.satisfied_by.is_empty()).then(|| mark_invisible(&sentence(&outcome.satisfied_by)));
    views::Gate {
        id: outcome.gate.id.clone(),
        label: outcome.gate.title.clone(),
        clause: outcome.gate.clause.clone(),
        result: outcome.result,
        hard: outcome.gate.hard,
        blocks: outcome.blocks || outcome.gate.hard,
        finding: mark_invisible(&finding),
        remedy,
        control: outcome.control.clone(),
    }
}

/// What is told of gates that look at evidence and have none, where the policy only advises.
pub(crate) const BARE: &str = "not enough is at hand to judge, and the policy only advises it";

/// The ids of the gates that look at evidence.
pub(crate) fn catalogue() -> Vec<String> {
    gate::catalogue().into_iter().map(|gate| gate.id).collect()
}

/// The gates as minutes tell them. Those that look at evidence and find none, and stop nobody for that, stand in one line.
pub(crate) fn briefly<'o>(outcomes: impl Iterator<Item = &'o GateOutcome>) -> Vec<BriefGate> {
    let catalogue = catalogue();
    let (mut told, mut bare): (Vec<BriefGate>, Vec<&str>) = (Vec::new(), Vec::new());
    for outcome in outcomes.filter(|o| !matches!(o.result, GateResult::Passed | GateResult::NotApplicable)) {
        let advises = outcome.result == GateResult::NoEvidence && !outcome.blocks;
        if advises && catalogue.contains(&outcome.gate.id) {
            bare.push(&outcome.gate.clause);
        } else {
            told.push(BriefGate {
                clause: outcome.gate.clause.clone(),
                title: outcome.gate.title.clone(),
                result: outcome.result,
                why: outcome.why.clone(),
            });
        }
    }
    bare.dedup();
    if !bare.is_empty() {
        told.push(BriefGate {
            clause: bare.join(", "),
            title: "Evidence".to_owned(),
            result: GateResult::NoEvidence,
            why: BARE.to_owned(),
        });
    }
    told
}

/// The words as one sentence: capital first, full stop last.
pub(crate) fn sentence(words: &str) -> String {
    let words = words.trim();
    let mut out = String::with_capacity(words.len() + 1);
    let mut chars = words.chars();
    if let Some(first) = chars.next() {
        out.extend(first.to_uppercase());
        out.push_str(chars.as_str());
        if !words.ends_with(['.', '!', '?', '…']) {
            out.push('.');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::gate::Gate;

    fn outcome(id: &str, clause: &str, result: GateResult, blocks: bool) -> GateOutcome {
        let hard = gate::HARD_CLAUSES.contains(&clause);
        GateOutcome {
            gate: Gate { id: id.into(), clause: clause.into(), title: id.into(), hard },
            result,
            blocks,
            looked_at: "version: nothing".into(),
            why: "missing: version".into(),
            satisfied_by: "fill in on the ticket: version".into(),
            control: "NIST CM-3".into(),
        }
    }

    #[test]
    fn minutes_tell_in_one_line_for_what_no_evidence_is_at_hand() {
        let outcomes = [
            outcome("version", "R39", GateResult::Warned, false),
            outcome("unit-tests", "R7", GateResult::NoEvidence, false),
            outcome("merge-requests", "R44", GateResult::NoEvidence, true),
            outcome("peer-review", "R62", GateResult::NoEvidence, false),
            outcome("coverage", "R62", GateResult::NoEvidence, false),
            outcome("load-tests", "R83", GateResult::Passed, false),
            outcome("attachments", "R113", GateResult::NoEvidence, true),
        ];
        let told: Vec<(String, GateResult)> =
            briefly(outcomes.iter()).into_iter().map(|gate| (gate.clause, gate.result)).collect();
        let expected = [
            ("R39", GateResult::Warned),
            ("R44", GateResult::NoEvidence),
            ("R113", GateResult::NoEvidence),
            ("R7, R62", GateResult::NoEvidence),
        ];
        assert_eq!(told, expected.map(|(clause, result)| (clause.to_owned(), result)));
    }

    #[test]
    fn what_fails_is_counted_and_a_missing_decision_is_no_failing() {
        let mut change = crate::changes::testing::change("CHG-1");
        let outcomes = [
            outcome("version", "R39", GateResult::Failed, true),
            outcome("open-defects", "R32", GateResult::Failed, true),
            outcome("plan-r17", "R17", GateResult::Warned, false),
            outcome("ticket", "R11", GateResult::Passed, false),
            outcome("attachments", "R113", GateResult::NoEvidence, true),
            outcome(DECISION, "R30", GateResult::NoEvidence, false),
        ];
        assert_eq!(counts(&change, &outcomes), Counts { failed: 3, blocking: 3, warned: 1 });
        let named = |change: &ChangeRequest| -> Vec<String> {
            blocking(change, &outcomes).map(|outcome| outcome.gate.clause.clone()).collect()
        };
        assert_eq!(named(&change), ["R39", "R32", "R113"]);
        change.details_synced = false;
        assert_eq!(named(&change), ["R39", "R32"]);
        assert_eq!(counts(&change, &outcomes).failed, 2, "what has not arrived yet has not failed");
    }

    #[test]
    fn a_gate_says_what_it_found_where_and_what_would_satisfy_it() {
        let shown = view(&outcome("version", "R39", GateResult::Failed, true));
        assert_eq!(shown.finding, "Missing: version. Looked at: version: nothing.");
        assert_eq!(shown.remedy.as_deref(), Some("Fill in on the ticket: version."));
        assert_eq!(shown.control, "NIST CM-3");
    }
}
