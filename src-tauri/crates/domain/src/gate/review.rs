//! R43, R44 and R62: how the code came to the main branch.
use super::at_hand::{AtHand, Found, attest, yes};
use super::{Gate, GateOutcome, Look, quoted};
use crate::attested::Question;
use crate::chain::ReleaseType;
use crate::evidence::{MergeRequest, MergeState};
use crate::ids::MemberId;

/// Merge requests that are told of one by one.
const TOLD: usize = 3;

/// R43: the main branch is protected, with evidence.
pub(super) fn main_protected(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let look = Look::at(gate, hand.shown(Question::MainProtected));
    let shown = hand.answer(Question::MainProtected).filter(|attested| attested.answer.yes() == Some(true));
    if shown.is_some_and(|attested| attested.answer.evidence.is_none()) {
        return look.no_evidence(
            hand.policy,
            "it is attested, and no evidence shows it",
            "attest it again with the branch's rules as evidence: `--evidence FILE`",
        );
    }
    yes(look, hand, Question::MainProtected, "protect the branch: no direct pushes, reviews and builds required")
}

/// What keeps a merge request from being approved and green.
fn open_ends(request: &MergeRequest) -> Vec<String> {
    let number = request.number;
    let mut open = Vec::new();
    if request.state == MergeState::Closed {
        open.push(format!("!{number} was closed, and not merged"));
    }
    if !request.refused_by.is_empty() {
        open.push(format!("!{number} waits for changes that {} asks for", quoted(&request.refused_by.join(", "))));
    } else if request.approvals == 0 {
        open.push(format!("nobody but its author approves !{number}"));
    } else if !request.approved {
        open.push(format!("!{number} waits for further approvals by the rules of its host"));
    }
    if request.green < request.builds {
        open.push(format!("of !{number} is not green: {}", quoted(&request.not_green.join(", "))));
    }
    open
}

/// Merge requests are at hand, none of them counts, and nobody attests anything instead.
fn none_counts(look: Look, hand: &AtHand<'_>, why: &str, question: Question) -> GateOutcome {
    let (repository, commit) = (quoted(hand.change.repository.trim()), quoted(hand.commit_named()));
    let told = "bring what its host tells of the merge request of";
    let by = match (hand.change.repository.trim(), hand.commit_named()) {
        ("", "") => "name repository and commit on the ticket".to_owned(),
        (_, "") => format!("name the commit on the ticket beside repository {repository}"),
        ("", _) => format!("{told} commit {commit}, or mend what the ticket names"),
        (_, _) => format!("{told} repository {repository} and commit {commit}, or mend what the ticket names"),
    };
    look.no_evidence(hand.policy, format!("no merge request counts: {why}"), format!("{by}; or {}", attest(question)))
}

/// R44: merge requests are approved, and their builds green: by what their host tells, else by a member's word.
pub(super) fn merge_requests(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let found = hand.merge_requests(|request| !open_ends(request).is_empty());
    if found.files.is_empty() {
        let look = Look::at(gate, found.beside(hand.shown(Question::MergeRequests)));
        if let (Some(why), None) = (found.uncounted(), hand.answer(Question::MergeRequests)) {
            return none_counts(look, hand, &why, Question::MergeRequests);
        }
        let by = "have them approved and their builds mended, then attest it again";
        return yes(look, hand, Question::MergeRequests, by);
    }
    let look = Look::at(gate, found.shown());
    let open: Vec<String> = found.says.iter().flat_map(|request| open_ends(request)).collect();
    if !open.is_empty() {
        let told = open.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join("; ");
        let by = "have them approved and their builds mended, then bring what their host tells of them again";
        return look.broken(hand.policy, told, by);
    }
    if let Some(bare) = found.says.iter().find(|request| request.builds == 0) {
        return look.no_evidence(
            hand.policy,
            format!("no build of the last commit of !{} is at hand", bare.number),
            "bring what the host tells of it again, with its pipelines or check runs",
        );
    }
    look.passed("each is approved, and its builds are green")
}

/// Whether a merge request lacks approvals by others than its author, or somebody asks for changes.
fn is_short(request: &MergeRequest, least: u32) -> bool {
    request.approvals < least || !request.refused_by.is_empty()
}

/// R62, of merge requests: how many approve each, of others than its author, as the policy asks for the type of release.
fn approvals(gate: Gate, hand: &AtHand<'_>, found: &Found<'_, MergeRequest>) -> GateOutcome {
    let look = Look::at(gate, found.shown());
    let asked = hand.policy.approvals_of(ReleaseType::of(hand.change));
    let least = asked.number;
    let short = found.says.iter().filter(|request| is_short(request, least));
    let short: Vec<String> = short.map(|request| format!("!{} has {}", request.number, request.approvals)).collect();
    if short.is_empty() {
        let words = format!("each merge request has {least} or more approvals by others than its author");
        return look.passed(asked.said(&words));
    }
    let told = short.into_iter().take(TOLD).collect::<Vec<_>>().join(", ");
    let words = format!(
        "each takes {least} or more approvals by others than its author, and nobody who asks for changes; {told}"
    );
    let by = "have the code reviewed, then bring what its host tells of it again";
    look.broken(hand.policy, asked.said(&words), by)
}

/// R62: somebody other than the author reviewed the code, as many as the policy asks for: by what the host of the code
/// tells, else by a member's word.
pub(super) fn peer_review(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let least = hand.policy.approvals_of(ReleaseType::of(hand.change)).number;
    let found = hand.merge_requests(|request| is_short(request, least));
    if !found.files.is_empty() {
        return approvals(gate, hand, &found);
    }
    let look = Look::at(gate, found.beside(hand.shown(Question::PeerReview)));
    if let (Some(why), None) = (found.uncounted(), hand.answer(Question::PeerReview)) {
        return none_counts(look, hand, &why, Question::PeerReview);
    }
    let author = hand.change.author.as_ref().map(|author| author.id.as_str());
    let own = |member: MemberId| {
        let account = hand.roster.member(member).and_then(|m| m.accounts.get(hand.change.key.prefix()));
        account.is_some() && account.map(String::as_str) == author
    };
    if hand.answer(Question::PeerReview).is_some_and(|attested| own(attested.actor)) {
        let why = "whoever wrote the change attests the review of it";
        return look.no_evidence(hand.policy, why, "let whoever reviewed it attest it");
    }
    yes(look, hand, Question::PeerReview, "have the code reviewed by somebody other than its author")
}

/// R62: the lines that tests reach are as many as the policy asks for the type of release, in each file of coverage.
pub(super) fn coverage(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let (found, asked) = (hand.coverage(), hand.policy.coverage_of(ReleaseType::of(hand.change)));
    let percent = asked.number;
    let look = Look::at(gate, found.shown_or("no file"));
    if percent == 0 {
        return look.not_applicable(asked.said("the policy asks for no coverage (`coverage_percent`)"));
    }
    if found.says.is_empty() {
        let words = format!("no coverage is at hand, and the policy asks for {percent} %{}", hand.unread());
        let by = "put it into the evidence folder or on the ticket, as Cobertura XML or LCOV";
        return look.no_evidence(hand.policy, asked.said(&words), by);
    }
    let reached = |asked: bool| found.says.iter().any(|coverage| coverage.reaches(percent) == Some(asked));
    if reached(false) {
        let why = asked.said(&format!("less than {percent} % of the lines are covered"));
        return look.broken(hand.policy, why, format!("test what is not covered, up to {percent} % of the lines"));
    }
    if reached(true) {
        return look.passed(asked.said(&format!("at least {percent} % of the lines are covered")));
    }
    look.no_evidence(hand.policy, "it speaks of no lines", "measure the coverage of the code that is changed")
}
