//! Minutes and extracts: composed from the record, sealed by the chair, verified by anyone (R115).
mod about;
mod actions;
mod agenda;
pub(crate) mod annex;
mod approved_plan;
mod beside;
mod circulars;
mod circulated;
pub(crate) mod compile;
mod corrected;
mod corrections;
mod counted;
pub(crate) mod countersign;
mod dispensed;
mod distribute;
mod drafted;
mod emergencies;
mod eml;
pub(crate) mod erratum;
mod evidence;
mod extracts;
#[cfg(test)]
pub(crate) mod fixture;
mod gathered;
mod handing;
mod kinds;
mod late;
pub(crate) mod opened;
mod papers;
pub(crate) mod phrases;
mod room;
mod ruled;
mod said;
mod scored;
mod seal;
mod sealing;
pub(crate) mod shown;
mod since;
mod stamping;
mod told;
mod verify;
mod voices;
mod window;

pub use about::{About, DocumentKind};
pub use agenda::{AgendaPaper, AgendaPaperRequest};
pub use annex::{AnnexSealed, SealAnnexRequest};
pub use approved_plan::{ExportPlanRequest, PlanExported};
pub use circulated::{CirculatedSealed, SealCirculatedRequest};
pub use corrections::{AnswerCorrectionRequest, ApproveMinutesRequest, CorrectRequest};
pub use countersign::{ChooseSignatories, CountersignRequest, MinutesSigners};
pub use distribute::{DistributeRequest, Distributed, HandedExtract, HandedFile};
pub use erratum::{ErratumSealed, SealErratumRequest};
pub use extracts::{ExtractRow, Extracts, ExtractsRequest, NoExtract};
pub(crate) use stamping::StampRoot;
pub use stamping::timestamp_roots;
pub use told::{Borrowed, Unsaid};
pub use verify::{CheckedMinutes, Composed, compose_again, verify_minutes, verify_minutes_with_stamps};
pub(crate) use verify::{OTHER_LAYOUT, check_what_was_shown};

use domain::ids::{ChangeKey, Digest, MeetingId};

use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError, refusal};
use crate::state::BoardState;
use crate::views::{Fact, Refusal};
use compile::{SEAL_MEANING, Source};
pub(crate) use drafted::draft_file;
pub(crate) use seal::{off_thread, write_whole};

/// What the chair sees before sealing.
pub(crate) struct MinutesDraft {
    pub meaning: String,
    pub facts: Vec<Fact>,
    pub digest: Digest,
    pub parts: Vec<Fact>,
    pub refusal: Option<Refusal>,
}

/// The file name of a meeting's minutes.
pub(crate) fn minutes_file(meeting: MeetingId) -> String {
    format!("minutes-{meeting}.pdf")
}

/// The file name of a change's extract.
pub(crate) fn extract_file(change: &ChangeKey, meeting: MeetingId) -> String {
    format!("{change}-decision-{}.pdf", &meeting.to_string()[..8])
}

/// The file name of the circulated edition of a meeting's minutes.
pub(crate) fn circulated_file(meeting: MeetingId) -> String {
    format!("minutes-{meeting}-circulated.pdf")
}

/// The file name of an annex to a meeting's minutes, numbered from 1.
pub(crate) fn annex_file(meeting: MeetingId, number: u32) -> String {
    format!("minutes-{meeting}-annex-{number}.pdf")
}

/// The file name of an erratum to a meeting's minutes, numbered from 1.
pub(crate) fn erratum_file(meeting: MeetingId, number: u32) -> String {
    format!("minutes-{meeting}-erratum-{number}.pdf")
}

pub(crate) fn in_pdf(error: &minutes::MinutesError) -> BoardError {
    if let minutes::MinutesError::Stamp(refused) = error {
        return stamping::unstamped(&refused.to_string());
    }
    BoardError::internal(error)
}

impl Cabinet {
    /// What would be sealed now, and why it cannot be if so.
    pub(crate) async fn minutes_draft(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        id: MeetingId,
    ) -> Answer<MinutesDraft> {
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        let evidence = self.evidence_of_meeting(board, state, id).await?;
        let extracts = self.unsealed_extracts(state, id)?;
        // Once they are sealed, what is sealed now are extracts alone.
        let sealed = !meeting.minutes.is_empty();
        let after = if sealed { Vec::new() } else { self.signatories(board, state, meeting).await? };
        let fact = |label: &str, value: String| Fact { label: label.to_owned(), value };
        let refusal = self.seal_refusal(state, id);
        let mut facts = vec![
            fact("Meeting", meeting.agenda.title.clone()),
            fact("Items", meeting.agenda.items.len().to_string()),
            fact("Decided", meeting.decisions.len().to_string()),
            fact(
                "Extracts",
                if extracts.is_empty() {
                    "none waits".to_owned()
                } else {
                    extracts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                },
            ),
            fact("Evidence", format!("{} signed entries", evidence.entries)),
        ];
        if !meeting.corrections.is_empty() {
            let (asked, open) = (meeting.corrections.len(), meeting.open_corrections().count());
            facts.push(fact("Corrections", format!("{asked} asked for, {open} of them open")));
        }
        if self.approval_refusal(state, meeting).is_some() {
            facts.push(fact("Minutes", "not approved yet: extracts alone are sealed".to_owned()));
        }
        // Said only where somebody does: no other field can be added later.
        facts.extend(countersign::told(state, &after).map(|names| fact("Sign after", names)));
        Ok(MinutesDraft {
            meaning: SEAL_MEANING.in_words(phrases::Words::of(&state.policy)).to_owned(),
            facts,
            digest: Digest::of(&evidence.bytes),
            parts: vec![fact("evidence.json", Digest::of(&evidence.bytes).to_string())],
            refusal,
        })
    }

    /// Why minutes cannot be sealed; `None` when they can.
    pub(crate) fn seal_refusal(&self, state: &BoardState, id: MeetingId) -> Option<Refusal> {
        let Some(meeting) = state.ledger.meetings.get(&id) else {
            return Some(refusal("meeting_open", "The meeting has not been held.", Some("R115"), "Call it to order."));
        };
        if meeting.closed.is_none() {
            return Some(refusal(
                "meeting_open",
                "The meeting is still in session.",
                Some("R115"),
                "Close it; what is decided stands from then on.",
            ));
        }
        let chair = meeting.agenda.chair;
        if state.roster().member(chair).is_none_or(|m| m.signature_key().is_none()) {
            return Some(refusal(
                "no_key",
                format!("{} has no signature key on this board.", state.name(chair)),
                Some("R115"),
                "The chair enrols with a PIN first.",
            ));
        }
        let waiting = self.unsealed_extracts(state, id).is_ok_and(|w| !w.is_empty());
        if !meeting.minutes.is_empty() && !waiting {
            return Some(refusal(
                "already_sealed",
                "The minutes of this meeting are sealed, and no extract waits.",
                Some("R115"),
                "The chair puts right what is wrong in an erratum.",
            ));
        }
        // Decisions never wait for the minutes: what waits for its ticket is sealed before they are approved.
        if waiting { None } else { self.approval_refusal(state, meeting) }
    }

    /// Changes of a closed meeting whose decision is settled and whose extract is not sealed yet.
    pub(crate) fn unsealed_extracts(&self, state: &BoardState, id: MeetingId) -> Answer<Vec<ChangeKey>> {
        let Some(meeting) = state.ledger.meetings.get(&id) else { return Ok(Vec::new()) };
        let mut waiting = Vec::new();
        for recorded in meeting.decisions.values() {
            let d = &recorded.decision;
            let sealed = meeting.extracts.contains_key(&d.change);
            if !sealed && settled(state, d) {
                waiting.push(d.change.clone());
            }
        }
        Ok(waiting)
    }

    pub(crate) fn source<'s>(
        &self,
        state: &'s BoardState,
        evidence: &'s evidence::EvidenceFile,
        meeting: MeetingId,
        made_at: chrono::DateTime<chrono::Utc>,
    ) -> Source<'s> {
        Source {
            roster: state.roster(),
            policy: &state.policy,
            policy_digest: state.policy_digest,
            rules: evidence.called_under.and_then(|named| state.policies.get(&named)).unwrap_or(&state.policy),
            ledger: &evidence.ledger,
            meeting,
            made_at,
            evidence: Digest::of(&evidence.bytes),
            certificate_root: root_fingerprint(state.roster()),
            checkpoint: evidence.checkpoint,
        }
    }
}

/// Whether a decision can go to its ticket: at once unless it approves; then once the approval holds,
/// judged by what the board had before it.
pub(crate) fn settled(state: &BoardState, d: &domain::meeting::Decision) -> bool {
    if d.kind == domain::meeting::DecisionKind::NoDecision {
        return false;
    }
    if !d.kind.approves() {
        return true;
    }
    let least = state.policy.least(domain::policy::Slot::SignOff, d.risk.level);
    let standing = state.ledger.standing_of(state.roster(), d, least);
    standing == domain::sign_off::Standing::Approved
}

/// SHA-256 of the board's certificate root, for the page.
pub(crate) fn root_fingerprint(roster: &domain::roster::Roster) -> Option<String> {
    let der = minutes::certificate_der(&roster.certificate_root).ok()?;
    Some(hex::encode(minutes::certificate_fingerprint(&der)))
}
