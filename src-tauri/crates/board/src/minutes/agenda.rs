//! The agenda on paper, before the meeting and unsealed, alone or with what is to be read for it. What a restricted
//! item says is not in it: the paper goes to whoever is invited.
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::change::ChangeRequest;
use domain::ids::{ChangeKey, Digest, MeetingId, MemberId};
use domain::quorum::{Room, quorum};
use domain::text::mark_invisible;
use minutes::agenda as a;
use serde::Serialize;

use super::compile::{self, paper};
use super::phrases::Words;
use super::{in_pdf, off_thread};
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::Answer;
use crate::state::BoardState;

/// Writes the agenda of a meeting as a PDF.
#[derive(Debug, Clone)]
pub struct AgendaPaperRequest {
    /// The meeting, in preparation or called to order.
    pub meeting: String,
    /// The file, which is not there yet.
    pub path: PathBuf,
    /// With the review pages of its changes behind it.
    pub pre_read: bool,
}

/// An agenda, on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgendaPaper {
    /// The file.
    pub path: PathBuf,
    /// SHA-256 of it.
    pub sha256: String,
    /// How many items there are.
    pub items: u32,
    /// The changes whose review pages are in it.
    pub read: Vec<String>,
    /// Those of restricted items: what they say is not in it.
    pub restricted: Vec<String>,
}

/// A meeting as its agenda tells of it, frozen or not.
struct Planned {
    title: String,
    begins: DateTime<Utc>,
    zone: Tz,
    place: String,
    chair: MemberId,
    secretary: MemberId,
    frozen: bool,
    items: Vec<PlannedItem>,
}

struct PlannedItem {
    change: ChangeKey,
    minutes: u32,
    restricted: bool,
}

impl Cabinet {
    /// Writes the agenda of a meeting to a file that was not there: a PDF that nobody signs.
    ///
    /// # Errors
    /// [`crate::BoardError::NotFound`] for a meeting that is not there; [`crate::BoardError::Refused`] where the file is.
    pub async fn agenda_paper(&self, request: AgendaPaperRequest) -> Answer<AgendaPaper> {
        let board = self.board()?;
        let state = board.state().await?;
        let path = crate::paths::unused(&request.path)?;
        let meeting = self.planned_meeting(&board, &state, crate::meetings::meeting_id(&request.meeting)?).await?;
        let words = Words::of(&state.policy);
        let mut items = Vec::new();
        let mut pages = Vec::new();
        for (number, item) in (1_u32..).zip(&meeting.items) {
            let said = if item.restricted {
                None
            } else {
                let change = self.load_change(&board, &item.change).await?;
                Some(self.agenda_line(&state, words, meeting.zone, &change)?)
            };
            if request.pre_read && said.is_some() {
                pages.push(self.page_of(&board, &state, None, &item.change, (words, meeting.zone)).await?);
            }
            items.push(a::AgendaLine { number, key: item.change.to_string(), minutes: item.minutes, said });
        }
        let first = self.comes_first(&board, &state, words).await?;
        let agenda = agenda(&state, words, &meeting, (first, items), self.now());
        let restricted = meeting.items.iter().filter(|item| item.restricted).map(|item| item.change.to_string());
        let mut made = AgendaPaper {
            path: path.clone(),
            sha256: String::new(),
            items: u32::try_from(agenda.items.len()).unwrap_or(u32::MAX),
            read: pages.iter().map(|page| page.key.clone()).collect(),
            restricted: restricted.collect(),
        };
        made.sha256 = off_thread(move || {
            let document = if request.pre_read {
                minutes::compose_pre_read(&agenda, &pages)
            } else {
                minutes::compose_agenda(&agenda)
            };
            let pdf = minutes::render(&document, &[]).map_err(|e| in_pdf(&e))?;
            crate::paths::write_new(&path, &pdf)?;
            Ok(Digest::of(&pdf).to_string())
        })
        .await?;
        Ok(made)
    }

    async fn planned_meeting(&self, board: &OpenBoard, state: &BoardState, id: MeetingId) -> Answer<Planned> {
        if let Some(meeting) = state.ledger.meetings.get(&id) {
            let agenda = &meeting.agenda;
            let item = |item: &domain::meeting::AgendaItem| PlannedItem {
                change: item.change.clone(),
                minutes: item.minutes,
                restricted: item.restricted.is_some(),
            };
            return Ok(Planned {
                title: agenda.title.clone(),
                begins: agenda.called,
                zone: agenda.zone.parse().unwrap_or(Tz::UTC),
                place: agenda.place.clone(),
                chair: agenda.chair,
                secretary: agenda.secretary,
                frozen: true,
                items: agenda.items.iter().map(item).collect(),
            });
        }
        let draft = self.meeting_draft(board, id).await?;
        let items = draft.items.into_iter().map(|item| PlannedItem {
            change: item.change,
            minutes: item.minutes,
            restricted: item.restricted,
        });
        Ok(Planned {
            title: draft.title,
            begins: draft.starts_at,
            zone: crate::words::zone(&draft.zone)?,
            place: draft.place,
            chair: draft.chair,
            secretary: draft.secretary.unwrap_or(draft.chair),
            frozen: false,
            items: items.collect(),
        })
    }

    fn agenda_line(&self, state: &BoardState, words: Words, zone: Tz, change: &ChangeRequest) -> Answer<a::AgendaSaid> {
        // Who owns the plan presents it (R15); else whoever knows the change best.
        let people = [&change.release_manager, &change.author, &change.requester];
        let presents = people.into_iter().flatten().next().map(|account| mark_invisible(&account.name));
        let slots = self.required_sign_offs(state, change)?.into_iter();
        let approvers = slots.map(|slot| {
            let whose = slot
                .department
                .as_ref()
                .map_or_else(|| words.role(slot.role).to_owned(), |department| mark_invisible(&department.name));
            let holders: Vec<String> = slot.holders.iter().map(|name| mark_invisible(name)).collect();
            if holders.is_empty() { whose } else { format!("{whose}: {}", holders.join(", ")) }
        });
        Ok(a::AgendaSaid {
            title: mark_invisible(&change.title),
            kind: words.kind(change.kind).to_owned(),
            release: domain::release::name(&change.release).map(|name| mark_invisible(&name)),
            window: change.window.as_ref().map_or_else(Vec::new, |window| words.window(window, zone)),
            level: self.risk_of(state, change)?.settled_level().map(compile::level),
            presents: presents.unwrap_or_default(),
            approvers: approvers.collect(),
        })
    }

    /// What is contested, and what is overdue and has no ticket here that could be an item.
    async fn comes_first(&self, board: &OpenBoard, state: &BoardState, words: Words) -> Answer<Vec<String>> {
        let mut first = Vec::new();
        // The paper goes to whoever is invited: nothing of a restricted item is on it.
        for row in self.contested_since(board, state, true).await? {
            let item = row.item.map_or_else(String::new, |item| format!(" ({})", mark_invisible(&item)));
            let what = format!("{}{item}", mark_invisible(&words.recorded(&row.what)));
            first.push(words.contests(&mark_invisible(&row.member.name), &what, row.reason.as_deref()));
        }
        for (key, late) in self.overdue(board, state).await? {
            if board.store.change(&key).await.map_err(stored)?.is_none() {
                first.push(format!("{key}: {}", late.in_words(words)));
            }
        }
        Ok(first)
    }
}

fn agenda(
    state: &BoardState,
    words: Words,
    meeting: &Planned,
    (first, items): (Vec<String>, Vec<a::AgendaLine>),
    now: DateTime<Utc>,
) -> a::MeetingAgenda {
    let (roster, policy) = (state.roster(), &state.policy);
    let name = |id: MemberId| mark_invisible(&state.name(id));
    // With nobody there yet everybody who is mandatory is missing.
    let needed = quorum(&policy.quorum, roster, &Room::default()).stamp;
    a::MeetingAgenda {
        board: mark_invisible(&roster.name),
        provisional: roster.provisional(),
        meeting: mark_invisible(&meeting.title),
        begins: words.day(meeting.begins, None, meeting.zone),
        place: mark_invisible(&meeting.place),
        chair: name(meeting.chair),
        secretary: (meeting.secretary != meeting.chair).then(|| name(meeting.secretary)),
        quorum: a::QuorumNeeded {
            required: needed.required,
            of: needed.seats,
            formula: words.quorum(&needed),
            mandatory: needed.missing_mandatory.iter().map(|id| name(*id)).collect(),
        },
        frozen: meeting.frozen,
        as_of: words.local(now, meeting.zone),
        made_at: now,
        language: words.language(),
        paper: paper(policy),
        policy_version: policy.name.replace('/', " "),
        policy_digest: state.policy_digest.to_string(),
        roster_version: roster.version.to_string(),
        first,
        items,
    }
}
