//! The circulated edition: minutes for a list of people, sealed apart, in which what restricted items say is withheld, on
//! the page and in the evidence alike.
use std::path::PathBuf;

use domain::entry::{Body, Edition};
use domain::ids::{EntryId, MeetingId};
use domain::ledger::{Ledger, Meeting, Sealed};
use domain::meeting::AgendaItem;
use minutes::model as m;
use minutes::{PdfSigner, SignatureRequest};
use record::bundle::Scope;
use serde::Serialize;
use vault::SecretString;

use super::circulated_file;
use super::compile::Source;
use super::phrases::{Meaning, Words};
use super::sealing::{SealedFile, Sealing};
use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::views::Noun;

/// What the chair's seal on a circulated edition means.
pub(crate) const CIRCULATED_MEANING: Meaning = Meaning::new(
    "I seal this as a true account of what the board's record holds, restricted items withheld.",
    "Ich siegle dies als getreue Wiedergabe der Aufzeichnung des Gremiums, ohne vertrauliche Punkte.",
);

/// Seals the circulated edition of a meeting's minutes.
#[derive(Debug, Clone)]
pub struct SealCirculatedRequest {
    /// The meeting.
    pub meeting: String,
    /// The chair's PIN.
    pub pin: SecretString,
}

/// The circulated edition, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CirculatedSealed {
    /// Where the file is.
    pub path: PathBuf,
    /// Its SHA-256.
    pub sha256: String,
    /// SHA-256 of the full minutes.
    pub minutes: String,
    /// The changes of the items that are withheld.
    pub restricted: Vec<String>,
    /// How many fields are withheld.
    pub withheld: u32,
}

/// Whether evidence of this scope is that of a circulated edition: of a meeting, of no change alone, and not complete.
pub(super) fn is_circulated(scope: &Scope) -> bool {
    !scope.complete && scope.change.is_none() && scope.meeting.is_some()
}

/// The items that the evidence of a circulated edition withholds.
pub(super) fn withheld(ledger: &Ledger, meeting: MeetingId) -> Vec<&AgendaItem> {
    let items = ledger.meetings.get(&meeting).into_iter().flat_map(|held| &held.agenda.items);
    items.filter(|item| item.is_withheld()).collect()
}

/// How many fields these items do not say.
pub(super) fn fields(items: usize) -> u32 {
    u32::try_from(items.saturating_mul(AgendaItem::WITHHELD.len())).unwrap_or(u32::MAX)
}

/// The items of a meeting that were restricted when its agenda was frozen.
pub(super) fn restricted(meeting: &Meeting) -> Vec<&AgendaItem> {
    meeting.agenda.items.iter().filter(|item| item.restricted.is_some()).collect()
}

/// A meeting of which a circulated edition can be sealed, its sealed minutes and its close.
pub(super) fn circulable(state: &BoardState, id: MeetingId) -> Answer<(&Meeting, &Sealed, EntryId)> {
    let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
    let refuse = |code: &str, rule: &str, then: &str| BoardError::refused(code, rule, Some("R115"), then);
    let (Some(full), Some(checkpoint)) = (meeting.minutes.last(), meeting.closed) else {
        let rule = "The minutes of this meeting are not sealed.";
        return Err(refuse("not_sealed", rule, "Seal the full minutes first."));
    };
    if restricted(meeting).is_empty() {
        let rule = "No item was restricted when the agenda of this meeting was frozen.";
        return Err(refuse("nothing_restricted", rule, "Circulate the minutes themselves."));
    }
    if !meeting.circulated.is_empty() {
        let rule = "The circulated edition of these minutes is sealed.";
        return Err(refuse("already_sealed", rule, "Circulate the file that there is."));
    }
    Ok((meeting, full, checkpoint))
}

impl Source<'_> {
    /// The circulated edition; `None` if the record has no such meeting. What came since the last meeting of changes that
    /// were not on the agenda is left out, and so are corrections and the approval: the evidence inside holds nothing of them.
    pub fn circulated(&self, file: &str) -> Option<m::Minutes> {
        let full = self.minutes(file)?;
        let withheld = withheld(self.ledger, self.meeting);
        let shown = |number: u32| withheld.iter().all(|item| item.number != number);
        let meaning = CIRCULATED_MEANING.in_words(self.words());
        let seals = |who: m::Signatory| m::Signatory { meaning: meaning.to_owned(), ..who };
        let told =
            |item: &&AgendaItem| m::Withheld { number: item.number, key: item.change.to_string(), fields: fields(1) };
        Some(m::Minutes {
            items: full.items.into_iter().filter(|item| shown(item.number)).collect(),
            rulings: Vec::new(),
            dispensations: Vec::new(),
            delegated: Vec::new(),
            breaches: Vec::new(),
            circulars: Vec::new(),
            approval: String::new(),
            corrections: Vec::new(),
            since: None,
            emergencies: Vec::new(),
            deployments: Vec::new(),
            overdue: Vec::new(),
            untold: 0,
            carried: Vec::new(),
            signatories: full.signatories.into_iter().map(seals).collect(),
            circulated: Some(m::Circulated { withheld: withheld.iter().map(told).collect() }),
            ..full
        })
    }
}

impl Cabinet {
    /// Seals the circulated edition of minutes that are sealed, with the chair's PIN.
    ///
    /// # Errors
    /// `not_sealed` before the full minutes, `nothing_restricted`, `already_sealed`, and what the vault says of the PIN.
    pub async fn seal_circulated(&self, request: SealCirculatedRequest) -> Answer<CirculatedSealed> {
        let board = self.board()?;
        let state = board.state().await?;
        let id: MeetingId = crate::meetings::meeting_id(&request.meeting)?;
        let (meeting, full, checkpoint) = circulable(&state, id)?;
        let evidence = self.evidence_to_circulate(&board, &state, id).await?;
        let chair = state.member(meeting.agenda.chair)?;
        let key = self.opened_by_pin(&board, chair, &request.pin).await?;
        let (now, file) = (self.now(), circulated_file(id));
        let content = self
            .source(&state, &evidence, id, now)
            .circulated(&file)
            .ok_or_else(|| BoardError::not_found("meeting", id))?;
        let meaning = CIRCULATED_MEANING.in_words(Words::of(&state.policy));
        let hand = &self.pdf_signer(&board, &state, chair, (&key, &request.pin)).await?;
        let by = Sealing { board: &board, state: &state, meeting, chair, key: &key, hand, meaning, now };
        let seal = move |evidence: &[u8], request: &SignatureRequest<'_>, signer: &dyn PdfSigner| {
            minutes::seal_minutes(&content, evidence, request, signer)
        };
        let sealed = self.seal_file(&by, file, evidence.bytes, seal).await?;
        let SealedFile { path, digest, checked, subject, .. } = sealed;
        let body = Body::MinutesSealed { pdf: digest, checkpoint, edition: Some(Edition::Circulated), after: None };
        self.enter_sealed(&by, vec![subject], body, Vec::new(), Vec::new()).await?;
        self.changed(&[Noun::Minutes, Noun::Meetings], &[&request.meeting]);
        Ok(CirculatedSealed {
            path,
            sha256: digest.to_string(),
            minutes: full.pdf.to_string(),
            restricted: checked.restricted,
            withheld: checked.withheld,
        })
    }
}
