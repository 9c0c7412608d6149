//! The agenda until the chair calls to order: built by rule, moved by hand, frozen once.
use std::collections::{BTreeMap, BTreeSet};

use domain::change::{ChangeKind, StatusCategory};
use domain::entry::{Act, ActKind, Attestation, Body, MeetingRef};
use domain::ids::{ChangeKey, Digest, MeetingId};
use domain::meeting::{Agenda, AgendaGroup, AgendaItem, Candidate, in_order};
use domain::release;
use domain::roster::Role;
use domain::sign_off::Standing;
use record::statement::Subject;

use super::draft::{DraftItem, MeetingDraft, Running};
use super::restricted::Keeping;
use super::{keeper, meeting_id};
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::content::Content;
use crate::emergencies::Late;
use crate::error::{Answer, BoardError, refusal};
use crate::requests::{
    BuildAgendaRequest, ItemMinutesRequest, MeetingChangeRequest, MoveItemRequest, OfItem, OfMeeting,
    RestrictItemRequest, SecretaryRequest,
};
use crate::state::BoardState;
use crate::views::{self, AgendaRule, AgendaView, CreateMeetingRequest, MeetingHead, MeetingView, Noun, Refusal};
use crate::writer::{Act as Write, Key, Local};

/// A candidate with the reason it is offered.
pub(crate) struct Offered {
    pub candidate: Candidate,
    pub reason: String,
    /// The release it belongs to.
    pub release: Option<String>,
}

fn rules() -> Vec<AgendaRule> {
    let rule = |id: &str, label: &str, explanation: &str| AgendaRule {
        id: id.to_owned(),
        label: label.to_owned(),
        explanation: explanation.to_owned(),
    };
    vec![
        rule(
            "standard",
            "All that wait",
            "Carry-overs, then emergencies, critical and high by window start, medium, and the consent block.",
        ),
        rule("high", "High and critical only", "Carry-overs, emergencies and what is high, critical or unassessed."),
        rule("consent", "Consent block only", "Low and pre-approved changes, taken together."),
    ]
}

fn takes(rule: &str, group: AgendaGroup) -> bool {
    match rule {
        "high" => matches!(group, AgendaGroup::CarryOver | AgendaGroup::Emergency | AgendaGroup::HighRisk),
        "consent" => matches!(group, AgendaGroup::Consent),
        _ => true,
    }
}

pub(crate) fn reason_words(group: AgendaGroup, level: Option<domain::risk::RiskLevel>) -> String {
    match (group, level) {
        (AgendaGroup::CarryOver, _) => "Carried over from an earlier meeting".to_owned(),
        (AgendaGroup::Emergency, _) => "Emergency, for review".to_owned(),
        (AgendaGroup::HighRisk, None) => "Not assessed yet: stands with the high ones".to_owned(),
        (AgendaGroup::HighRisk, Some(level)) => format!("{} risk", crate::words::level(level)),
        (AgendaGroup::Medium, _) => "Medium risk".to_owned(),
        (AgendaGroup::Consent, _) => "Consent block: low or pre-approved".to_owned(),
    }
}

impl Cabinet {
    /// All meetings: in preparation, in session, closed; newest first.
    pub async fn list_meetings(&self) -> Answer<Vec<MeetingHead>> {
        let board = self.board()?;
        let state = board.state().await?;
        let mut heads = Vec::new();
        for draft in board.drafts::<MeetingDraft>("meeting").await? {
            if !state.ledger.meetings.contains_key(&draft.id) {
                heads.push(self.draft_head(&state, &draft));
            }
        }
        // A circular is no meeting to go to; once it is over, its minutes are sealed as a meeting's.
        for meeting in state.ledger.meetings.values().filter(|m| m.circular.is_none() || m.closed.is_some()) {
            heads.push(super::views::head(&state, meeting));
        }
        heads.sort_by(|a, b| b.starts_at.cmp(&a.starts_at).then_with(|| a.id.cmp(&b.id)));
        Ok(heads)
    }

    /// Prepares a meeting.
    pub async fn create_meeting(&self, request: CreateMeetingRequest) -> Answer<MeetingHead> {
        let board = self.board()?;
        board.refuse_copy()?;
        let state = board.state().await?;
        if request.title.trim().is_empty() {
            return Err(BoardError::invalid("title", "Give the meeting a title."));
        }
        let starts_at = chrono::DateTime::parse_from_rfc3339(&request.starts_at)
            .map_err(|_| BoardError::invalid("starts_at", "Give date and time, for example 2026-11-25T14:00:00Z."))?
            .to_utc();
        crate::words::zone(&request.zone)?;
        let chair = state
            .roster()
            .members
            .iter()
            .find(|m| m.has(Role::Chair))
            .ok_or_else(|| BoardError::not_found("chair", "on the roster"))?;
        let draft = MeetingDraft {
            id: MeetingId(uuid::Uuid::now_v7()),
            title: request.title.trim().to_owned(),
            starts_at,
            zone: request.zone,
            place: request.place,
            chair: chair.id,
            secretary: None,
            rule: None,
            items: Vec::new(),
            saved_at: self.now(),
        };
        self.save_meeting(&board, &draft).await?;
        Ok(self.draft_head(&state, &draft))
    }

    async fn save_meeting(&self, board: &OpenBoard, draft: &MeetingDraft) -> Answer<()> {
        board.put_draft("meeting", &draft.id.to_string(), draft, draft.saved_at).await?;
        self.changed(&[Noun::Agenda, Noun::Meetings], &[&draft.id.to_string()]);
        Ok(())
    }

    fn draft_head(&self, state: &BoardState, draft: &MeetingDraft) -> MeetingHead {
        MeetingHead {
            id: draft.id.to_string(),
            title: draft.title.clone(),
            state: views::MeetingState::Draft,
            starts_at: crate::words::time(draft.starts_at),
            zone: draft.zone.clone(),
            place: draft.place.clone(),
            chair: state.name(draft.chair),
            items: u32::try_from(draft.items.len()).unwrap_or(u32::MAX),
            decided: 0,
            called_to_order_at: None,
            closed_at: None,
            agenda_digest: None,
        }
    }

    /// What could be put on an agenda, best first.
    pub(crate) async fn candidates(&self, board: &OpenBoard) -> Answer<Vec<Offered>> {
        let state = board.state().await?;
        let late = self.overdue(board, &state).await?;
        self.offered(board, &state, &late).await
    }

    /// As [`Cabinet::candidates`], what is overdue being at hand.
    async fn offered(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        late: &BTreeMap<ChangeKey, Late>,
    ) -> Answer<Vec<Offered>> {
        // From the list alone: reading every change in full would make each act of the meeting wait for it.
        let mut by_key = BTreeMap::new();
        let mut releases = BTreeMap::new();
        for row in self.waiting_rows(board).await? {
            if !matches!(row.category, None | Some(StatusCategory::Draft | StatusCategory::Awaiting)) {
                continue;
            }
            let carried_over = match row.standing {
                Standing::Undecided => false,
                Standing::Deferred | Standing::MoreInformation => true,
                Standing::AwaitingSignOff
                | Standing::AwaitingConditions
                | Standing::Approved
                | Standing::Stale
                | Standing::Rejected
                | Standing::Withdrawn => continue,
            };
            let candidate = Candidate {
                change: row.key.clone(),
                title: row.title,
                carried_over,
                emergency: row.kind == Some(ChangeKind::Emergency),
                standard: row.kind == Some(ChangeKind::Standard),
                level: row.level,
                window_start: row.window.map(|w| w.start),
                rank: None,
            };
            releases.extend(release::name(&row.release).map(|name| (row.key.clone(), name)));
            by_key.insert(row.key, candidate);
        }
        let resolved = state.ledger.to_be_ratified();
        // What was decided between meetings comes first, then what is overdue.
        let again: BTreeSet<&ChangeKey> = late.keys().chain(resolved.iter().copied()).collect();
        for key in again {
            let first = Some(u32::from(!resolved.contains(key)));
            if let Some(waiting) = by_key.get_mut(key) {
                waiting.rank = first;
                continue;
            }
            // It was decided, and is on the agenda again for what it owes, or to be ratified.
            let change = match self.load_change(board, key).await {
                Ok(change) => change,
                Err(BoardError::NotFound { .. }) => continue,
                Err(error) => return Err(error),
            };
            let candidate = Candidate {
                change: key.clone(),
                carried_over: resolved.contains(key),
                emergency: true,
                standard: false,
                level: Some(self.risk_of(state, &change)?.decided.level),
                window_start: change.window.map(|w| w.start),
                title: change.title,
                rank: first,
            };
            by_key.insert(key.clone(), candidate);
        }
        let reason = |candidate: &Candidate| {
            let owed = late.get(&candidate.change).map(Late::words);
            if resolved.contains(&candidate.change) {
                let also = owed.map_or_else(String::new, |owed| format!("; {owed}"));
                return format!("To be ratified: decided in writing between meetings{also}");
            }
            owed.unwrap_or_else(|| reason_words(candidate.group(), candidate.level))
        };
        let offered = in_order(by_key.into_values().collect()).into_iter().map(|candidate| Offered {
            reason: reason(&candidate),
            release: releases.get(&candidate.change).cloned(),
            candidate,
        });
        // An emergency, and what is overdue, waits for no release.
        let beside = |o: &Offered| o.release.clone().filter(|_| !o.candidate.emergency && o.candidate.rank.is_none());
        Ok(release::side_by_side(offered.collect(), beside))
    }

    /// The agenda in preparation.
    pub async fn agenda(&self, request: OfMeeting) -> Answer<AgendaView> {
        let board = self.board()?;
        let state = board.state().await?;
        let draft = self.meeting_draft(&board, meeting_id(&request.meeting)?).await?;
        self.agenda_view(&board, &state, &draft).await
    }

    async fn agenda_view(&self, board: &OpenBoard, state: &BoardState, draft: &MeetingDraft) -> Answer<AgendaView> {
        let late = self.overdue(board, state).await?;
        let offered = self.offered(board, state, &late).await?;
        // What has no ticket here stands on no agenda as an item, and heads it all the same.
        let mut overdue = Vec::new();
        for (key, late) in &late {
            if board.store.change(key).await.map_err(stored)?.is_none() {
                overdue.push(format!("{key}: {}", late.words()));
            }
        }
        let mut items = Vec::new();
        for (index, item) in draft.items.iter().enumerate() {
            let reason = offered
                .iter()
                .find(|o| o.candidate.change == item.change)
                .map_or_else(|| "Put on by the chair".to_owned(), |o| o.reason.clone());
            let reason = if item.restricted { format!("{reason}; restricted") } else { reason };
            items.push(views::AgendaItemRow {
                id: item.change.to_string(),
                number: u32::try_from(index + 1).unwrap_or(u32::MAX),
                change: self.row(board, state, &item.change).await?,
                reason,
                minutes: item.minutes,
                restricted: item.restricted,
            });
        }
        let mut candidates = Vec::new();
        for o in offered.into_iter().filter(|o| !draft.items.iter().any(|i| i.change == o.candidate.change)).take(200) {
            candidates.push(views::AgendaViewCandidates {
                change: self.row(board, state, &o.candidate.change).await?,
                reason: o.reason,
            });
        }
        Ok(AgendaView {
            meeting: self.draft_head(state, draft),
            rules: rules(),
            rule: draft.rule.clone(),
            minutes_total: items.iter().map(|i| i.minutes).sum(),
            items,
            candidates,
            contested: self.contested_since(board, state, false).await?,
            overdue,
            roster: self.member_rows(state),
            quorum_rule: state.policy.quorum.formula.words(),
            call_refusal: self.call_refusal(board, state, draft).await?,
            saved_at: Some(crate::words::time(draft.saved_at)),
        })
    }

    async fn call_refusal(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        draft: &MeetingDraft,
    ) -> Answer<Option<Refusal>> {
        if draft.items.is_empty() {
            return Ok(Some(refusal(
                "agenda_empty",
                "The agenda has no items.",
                None,
                "Build it by a rule, or add a change.",
            )));
        }
        for running in board.drafts::<Running>("running").await? {
            if state.ledger.meetings.get(&running.meeting).is_some_and(|m| m.closed.is_none()) {
                return Ok(Some(refusal(
                    "meeting_in_session",
                    "Another meeting is in session.",
                    None,
                    "Close it first.",
                )));
            }
        }
        Ok(None)
    }

    /// Changes the draft and answers with the agenda as it then is.
    async fn edit_agenda(
        &self,
        meeting: &str,
        edit: impl FnOnce(&mut MeetingDraft) -> Answer<()>,
    ) -> Answer<AgendaView> {
        let board = self.board()?;
        let _one_at_a_time = board.console.lock().await;
        let state = board.state().await?;
        let mut draft = self.meeting_draft(&board, meeting_id(meeting)?).await?;
        if state.ledger.meetings.contains_key(&draft.id) {
            return Err(BoardError::refused(
                "agenda_frozen",
                "The agenda was frozen when the chair called to order.",
                None,
                "Late items enter by the chair's act, from the late tray.",
            ));
        }
        edit(&mut draft)?;
        draft.saved_at = self.now();
        self.save_meeting(&board, &draft).await?;
        self.agenda_view(&board, &state, &draft).await
    }

    /// Takes what a rule takes, in the rule's order; items put on by hand stay at the end.
    pub async fn build_agenda(&self, request: BuildAgendaRequest) -> Answer<AgendaView> {
        let board = self.board()?;
        if !rules().iter().any(|r| r.id == request.rule) {
            return Err(BoardError::not_found("agenda rule", &request.rule));
        }
        let offered = self.candidates(&board).await?;
        self.edit_agenda(&request.meeting, |draft| {
            let before = std::mem::take(&mut draft.items);
            let restricted: BTreeSet<ChangeKey> =
                before.iter().filter(|i| i.restricted).map(|i| i.change.clone()).collect();
            let kept: Vec<DraftItem> =
                before.into_iter().filter(|i| !offered.iter().any(|o| o.candidate.change == i.change)).collect();
            draft.items = offered
                .iter()
                .filter(|o| takes(&request.rule, o.candidate.group()))
                .take(60)
                .map(|o| DraftItem {
                    change: o.candidate.change.clone(),
                    minutes: o.candidate.minutes(),
                    restricted: restricted.contains(&o.candidate.change),
                })
                .chain(kept)
                .collect();
            draft.rule = Some(request.rule.clone());
            Ok(())
        })
        .await
    }

    /// Adds a change at the end.
    pub async fn add_agenda_item(&self, request: MeetingChangeRequest) -> Answer<AgendaView> {
        let board = self.board()?;
        let change = crate::words::change_key(&request.change)?;
        self.load_change(&board, &change).await?;
        self.edit_agenda(&request.meeting, |draft| {
            if !draft.items.iter().any(|i| i.change == change) {
                draft.items.push(DraftItem { change, minutes: 5, restricted: false });
            }
            Ok(())
        })
        .await
    }

    /// Takes an item off; it stays a candidate.
    pub async fn remove_agenda_item(&self, request: OfItem) -> Answer<AgendaView> {
        let change = crate::words::change_key(&request.item)?;
        self.edit_agenda(&request.meeting, |draft| {
            draft.items.retain(|i| i.change != change);
            Ok(())
        })
        .await
    }

    /// Moves an item to a place, from 1.
    pub async fn move_agenda_item(&self, request: MoveItemRequest) -> Answer<AgendaView> {
        let change = crate::words::change_key(&request.item)?;
        self.edit_agenda(&request.meeting, |draft| {
            let from = position(draft, &change)?;
            let item = draft.items.remove(from);
            let to = (request.to.max(1) as usize - 1).min(draft.items.len());
            draft.items.insert(to, item);
            Ok(())
        })
        .await
    }

    /// Plans an item's time.
    pub async fn set_item_minutes(&self, request: ItemMinutesRequest) -> Answer<AgendaView> {
        let change = crate::words::change_key(&request.item)?;
        if !(1..=120).contains(&request.minutes) {
            return Err(BoardError::invalid("minutes", "Plan between 1 and 120 minutes."));
        }
        self.edit_agenda(&request.meeting, |draft| {
            let at = position(draft, &change)?;
            draft.items[at].minutes = request.minutes;
            Ok(())
        })
        .await
    }

    /// Marks an item as restricted, or takes the mark back: what it says is withheld in the circulated edition of the
    /// minutes. Only before the agenda is frozen: what an agenda names is signed, and cannot be taken out of it.
    pub async fn restrict_agenda_item(&self, request: RestrictItemRequest) -> Answer<AgendaView> {
        let change = crate::words::change_key(&request.item)?;
        self.edit_agenda(&request.meeting, |draft| {
            let at = position(draft, &change)?;
            draft.items[at].restricted = request.restricted;
            Ok(())
        })
        .await
    }

    /// Names who keeps the record beside the chair: from another device they can go on with the meeting.
    pub async fn set_secretary(&self, request: SecretaryRequest) -> Answer<AgendaView> {
        let board = self.board()?;
        let secretary = board.state().await?.member(crate::words::member_id(&request.member)?)?.id;
        self.edit_agenda(&request.meeting, |draft| {
            draft.secretary = Some(secretary);
            Ok(())
        })
        .await
    }

    /// Calls to order: the agenda is frozen and becomes an entry of the record.
    pub async fn call_to_order(&self, request: OfMeeting) -> Answer<MeetingView> {
        let board = self.board()?;
        let _one_at_a_time = board.console.lock().await;
        let state = board.state().await?;
        let draft = self.meeting_draft(&board, meeting_id(&request.meeting)?).await?;
        if state.ledger.meetings.contains_key(&draft.id) {
            return self.meeting(request).await;
        }
        if let Some(refused) = self.call_refusal(&board, &state, &draft).await? {
            return Err(BoardError::Refused(refused));
        }
        let now = self.now();
        let mut items = Vec::new();
        let mut opened = Vec::new();
        for (index, item) in draft.items.iter().enumerate() {
            let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let frozen = self.freeze_item(&board, &state, &item.change, number, item.minutes).await?;
            if item.restricted {
                let (shown, behind) = frozen.restrict(super::restricted::salt()?);
                items.push(shown);
                opened.push(behind);
            } else {
                items.push(frozen);
            }
        }
        let agenda = Agenda {
            meeting: draft.id,
            title: draft.title.clone(),
            place: draft.place.clone(),
            zone: draft.zone.clone(),
            called: now,
            chair: draft.chair,
            secretary: draft.secretary.unwrap_or(draft.chair),
            items,
        };
        let bytes = record::canonical::to_bytes(&agenda).map_err(|e| BoardError::internal(&e))?;
        let digest = Digest::of(&bytes);
        let count = agenda.items.len();
        let (actor, role) = keeper(&board, &state, &agenda)?;
        let write = Write {
            actor,
            attestation: Attestation::Recorded,
            role,
            meaning: format!("{} called to order with {count} items; the agenda is frozen.", draft.title),
            meeting: Some(MeetingRef { id: draft.id, agenda: digest }),
            subjects: vec![Subject { name: format!("agenda of {}", draft.id), sha256: digest }],
            body: Body::AgendaFrozen { agenda },
            blobs: Vec::new(),
        };
        let reference = MeetingRef { id: draft.id, agenda: digest };
        let keeping = Keeping { actor, role, title: draft.title.clone(), reference };
        let mut writes = vec![(write, Key::Device)];
        for item in opened {
            writes.push((keeping.opens(draft.chair, item, now)?, Key::Device));
        }
        let mut running = Running::new(draft.id, now);
        running.current = Some(1);
        // Whoever calls to order is there.
        running.acts.push(Act { actor: draft.chair, at: now, what: ActKind::Arrived { delegate_for: None } });
        let saved = crate::cabinet::draft_of("running", &draft.id.to_string(), &running, now)?;
        self.write(&board, writes, vec![Local::PutDraft(saved)]).await?;
        self.changed(&[Noun::Meetings, Noun::Agenda, Noun::Changes], &[&draft.id.to_string()]);
        self.meeting(request).await
    }

    /// An item as it is frozen: content, level and the attachments the plan names.
    pub(crate) async fn freeze_item(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        key: &ChangeKey,
        number: u32,
        minutes: u32,
    ) -> Answer<AgendaItem> {
        let change = self.load_change(board, key).await?;
        let risk = self.risk_of(state, &change)?;
        let named = domain::policy::attachments_named_in_plan(&change);
        let content = Content::of(&state.policy, &change, &named)?;
        let candidate = Candidate {
            change: key.clone(),
            title: change.title.clone(),
            carried_over: matches!(self.standing(state, &change)?, Standing::Deferred | Standing::MoreInformation)
                || state.ledger.to_be_ratified().contains(key),
            emergency: change.kind == Some(ChangeKind::Emergency),
            standard: change.kind == Some(ChangeKind::Standard),
            level: risk.settled_level(),
            window_start: None,
            rank: None,
        };
        Ok(AgendaItem {
            number,
            change: key.clone(),
            title: change.title.clone(),
            group: candidate.group(),
            level: candidate.level,
            minutes,
            content: content.digest,
            material_attachments: named,
            release: release::name(&change.release),
            restricted: None,
        })
    }
}

fn position(draft: &MeetingDraft, change: &ChangeKey) -> Answer<usize> {
    draft.items.iter().position(|i| i.change == *change).ok_or_else(|| BoardError::not_found("agenda item", change))
}
