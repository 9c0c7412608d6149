//! A release's items taken together: "anyone against?" is asked once, and each change still gets its own decision, by
//! its own gates, its own quorum and its own content (R119). What cannot be decided so stays behind, each with its
//! reason.
use domain::meeting::{AgendaItem, Basis, DecisionKind};
use domain::text::mark_invisible;

use super::{InSession, keeper, meeting_id};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError, refusal, with_fact};
use crate::releases::called;
use crate::requests::{OfItem, OfMeeting};
use crate::state::BoardState;
use crate::views::{DecideReleaseRequest, DecideRequest, Refusal, ReleaseDecided, ReleaseLeft};

/// Whether a whole release can be decided so: conditions, and who takes a change back, belong to one change.
fn of_a_release(kind: DecisionKind) -> Answer<()> {
    match kind {
        DecisionKind::Approved | DecisionKind::Rejected | DecisionKind::Deferred | DecisionKind::MoreInformation => {
            Ok(())
        }
        DecisionKind::ApprovedWithConditions | DecisionKind::Withdrawn | DecisionKind::NoDecision => {
            let why = format!("\u{201c}{}\u{201d} belongs to one change; decide it as its own item.", kind.words());
            Err(BoardError::invalid("kind", why))
        }
    }
}

impl Cabinet {
    /// Decides the items of a release together: consent is recorded on each, then each is decided, and all of it is in
    /// the record at once. An item that was decided already, on which votes were counted, which somebody wants by
    /// itself, or which its own gates or quorum refuse, stays as it is.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] where the agenda has nothing of the release; [`BoardError::Refused`] where nothing of
    /// it can be decided together, by the first item's reason.
    pub async fn decide_release(&self, request: DecideReleaseRequest) -> Answer<ReleaseDecided> {
        of_a_release(request.kind)?;
        let board = self.board()?;
        let state = board.state().await?;
        let id = meeting_id(&request.meeting)?;
        let session = self.open_session(&board, &state, id).await?;
        // Nothing is begun at a device that could not write it.
        keeper(&board, &state, &session.shown.agenda)?;
        let of = |item: &&AgendaItem| item.release.as_deref().is_some_and(|name| called(name, &request.release));
        let items: Vec<AgendaItem> = session.shown.agenda.items.iter().filter(of).cloned().collect();
        let Some(release) = items.first().and_then(|item| item.release.clone()) else {
            return Err(BoardError::not_found("release on this agenda", mark_invisible(&request.release)));
        };
        let (mut together, mut left) = (Vec::new(), Vec::new());
        for item in items {
            match self.kept_apart(&board, &state, &session, &item, &request).await? {
                Some(refusal) => left.push(ReleaseLeft { change: item.change.to_string(), refusal }),
                None => together.push(item),
            }
        }
        if together.is_empty() {
            return Err(BoardError::Refused(none_of(left)));
        }
        let rationale = self.told(&board, &state, &release, &together, &request).await?;
        let mut decided = Vec::new();
        for item in &together {
            let number = item.number.to_string();
            self.record_consent(OfItem { meeting: request.meeting.clone(), item: number.clone() }).await?;
            let one = DecideRequest {
                meeting: request.meeting.clone(),
                item: number,
                kind: request.kind,
                basis: Basis::Consent,
                rationale: rationale.clone(),
                conditions: Vec::new(),
                deferred_to: request.deferred_to.clone(),
            };
            match self.decide(one).await {
                Ok(_) => decided.push(item.change.to_string()),
                // It came to be blocked meanwhile: that is its own matter, too.
                Err(BoardError::Refused(refusal)) => {
                    left.push(ReleaseLeft { change: item.change.to_string(), refusal });
                }
                Err(error) => return Err(error),
            }
        }
        {
            let _one_at_a_time = board.console.lock().await;
            let session = self.open_session(&board, &state, id).await?;
            self.flush(&board, &state, session).await?;
        }
        let meeting = self.meeting(OfMeeting { meeting: request.meeting }).await?;
        Ok(ReleaseDecided { release: mark_invisible(&release), decided, left, meeting })
    }

    /// Why an item is not decided with its release; `None`: it is.
    async fn kept_apart(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        session: &InSession,
        item: &AgendaItem,
        request: &DecideReleaseRequest,
    ) -> Answer<Option<Refusal>> {
        let meeting = &session.shown;
        let alone = |code: &str, rule: &str| Ok(Some(refusal(code, rule, None, "Decide it as its own item.")));
        let change = self.load_change(board, &item.change).await?;
        let options = self.decision_options(board, state, meeting, item.number, &change)?;
        let option = options.into_iter().find(|option| option.kind == request.kind);
        let option = option.ok_or_else(|| BoardError::not_found("decision kind", request.kind.words()))?;
        // What its own gates and quorum say comes before everything else.
        if option.refusal.is_some() {
            return Ok(option.refusal);
        }
        if request.without.iter().any(|key| key.trim().eq_ignore_ascii_case(item.change.as_str())) {
            return alone("pulled_out", "Somebody wants it to be decided by itself.");
        }
        if meeting.decisions.contains_key(&item.number) {
            return alone("decided", "It is decided already.");
        }
        if meeting.votes.get(&item.number).is_some_and(|votes| !votes.is_empty()) {
            return alone("voted", "Votes were counted on it.");
        }
        if option.needs_reason && request.rationale.trim().is_empty() {
            return Err(BoardError::refused(
                "reason_missing",
                format!("\u{201c}{}\u{201d} needs a reason here; it is printed in the minutes.", request.kind.words()),
                Some("R69"),
                "Write one sentence saying why.",
            ));
        }
        Ok(None)
    }

    /// The reason of each decision: the chair's words, what was taken together, and the risk of the release as it
    /// counts.
    async fn told(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        release: &str,
        together: &[AgendaItem],
        request: &DecideReleaseRequest,
    ) -> Answer<String> {
        let keys: Vec<&str> = together.iter().map(|item| item.change.as_str()).collect();
        let name = mark_invisible(release);
        let mut told = format!("Asked together as release \u{201c}{name}\u{201d}: {}.", keys.join(", "));
        match self.release_called(board, release).await {
            Ok(found) => told.push_str(&format!(" {}", risk_words(&found.risk(state)))),
            // The tickets moved on; the agenda stays as it was frozen.
            Err(BoardError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        let said = request.rationale.trim();
        Ok(if said.is_empty() { told } else { format!("{said} {told}") })
    }
}

/// The risk of a release as it counts when deciding.
fn risk_words(risk: &domain::release::ReleaseRisk) -> String {
    let open = risk.own.iter().filter(|own| !own.open.is_empty()).count();
    let assumed = match open {
        0 => String::new(),
        1 => ", 1 answer assumed at its worst".to_owned(),
        n => format!(", {n} answers assumed at their worst"),
    };
    format!("Risk of the release: {}{assumed} (R80).", crate::words::level(risk.highest))
}

/// Nothing of the release can be decided together: the first item's reason, and every item's.
fn none_of(left: Vec<ReleaseLeft>) -> Refusal {
    let first = left.first().map(|one| one.refusal.clone());
    let none = || refusal("nothing_together", "Nothing of the release is on the agenda.", None, "Add its changes.");
    left.into_iter().fold(first.unwrap_or_else(none), |all, one| with_fact(all, &one.change, one.refusal.rule))
}

#[cfg(test)]
mod tests {
    use domain::release::{Part, risk};
    use domain::risk::RiskLevel;

    use super::*;

    #[test]
    fn what_belongs_to_one_change_is_not_decided_of_a_release() {
        use DecisionKind as K;
        for kind in [K::Approved, K::Rejected, K::Deferred, K::MoreInformation] {
            assert_eq!(of_a_release(kind), Ok(()), "{kind:?}");
        }
        for kind in [K::ApprovedWithConditions, K::Withdrawn, K::NoDecision] {
            assert!(matches!(of_a_release(kind), Err(BoardError::Invalid { .. })), "{kind:?}");
        }
    }

    #[test]
    fn the_minutes_hear_what_was_assumed_of_the_release() {
        let part = Part {
            change: "CHG-1".parse().expect("a key"),
            lowest: RiskLevel::Low,
            highest: RiskLevel::Low,
            answers: std::collections::BTreeMap::new(),
        };
        let told = risk_words(&risk("Winter", &[part]));
        assert_eq!(told, "Risk of the release: Critical, 3 answers assumed at their worst (R80).");
        assert_eq!(risk_words(&risk("Winter", &[])), "Risk of the release: Low (R80).");
    }

    #[test]
    fn where_nothing_can_be_decided_the_first_reason_is_told_with_all_of_them() {
        let one = |key: &str, code: &str| ReleaseLeft {
            change: key.to_owned(),
            refusal: refusal(code, format!("{code} refuses"), Some("R32"), "Close the defect."),
        };
        let told = none_of(vec![one("CHG-1", "hard_block"), one("CHG-2", "decided")]);
        assert_eq!((told.code.as_str(), told.clause.as_deref()), ("hard_block", Some("R32")));
        let facts: Vec<(&str, &str)> = told.facts.iter().map(|f| (f.label.as_str(), f.value.as_str())).collect();
        assert_eq!(facts, [("CHG-1", "hard_block refuses"), ("CHG-2", "decided refuses")]);
    }
}
