//! One change in full: everything the board needs before it.
use domain::change::{Account, ChangeRequest};
use domain::ids::ChangeKey;
use domain::text::mark_invisible;

use super::looked::shown;
use super::required::{blocks, fields};
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, refusal};
use crate::imported;
use crate::meetings::draft::MeetingDraft;
use crate::requests::OfChange;
use crate::sign_offs;
use crate::state::BoardState;
use crate::views::{self, ChangeView, ChangeViewMeeting, Refusal};

fn person(account: &Option<Account>) -> Option<String> {
    account.as_ref().and_then(|a| shown(&a.name))
}

/// The tickets that the change is linked to, each with what it is (R29).
pub(crate) async fn relations(board: &OpenBoard, change: &ChangeRequest) -> Answer<Vec<views::Relation>> {
    let mut relations = Vec::with_capacity(change.linked_issues.len());
    for issue in &change.linked_issues {
        // The same system's number is the key of a change here, if the board has it.
        let other = issue.remote_id.parse().ok().map(|n| ChangeKey::new(change.key.prefix(), n));
        let ours = match &other {
            Some(other) => board.store.index_row(other).await.map_err(stored)?.map(|r| r.key),
            None => None,
        };
        relations.push(views::Relation {
            relation: mark_invisible(&issue.relation),
            key: ours.as_ref().map_or_else(|| format!("#{}", issue.remote_id), ToString::to_string),
            title: shown(&issue.title),
            kind: issue.kind.map(|kind| kind.words().to_owned()),
            id: ours.map(|k| k.to_string()),
        });
    }
    Ok(relations)
}

impl Cabinet {
    /// One change in full.
    pub async fn change(&self, request: OfChange) -> Answer<ChangeView> {
        let board = self.board()?;
        let state = board.state().await?;
        self.change_view(&board, &state, &crate::words::change_key(&request.change)?).await
    }

    pub(crate) async fn change_view(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        key: &ChangeKey,
    ) -> Answer<ChangeView> {
        let found = self.load_stored(board, key).await?;
        let change = &found.change;
        let me = self.me(board, state).await?;
        let risk = self.risk_of(state, change)?;
        let level = risk.decided.level;
        let since = self.since_looked(board, state, change, me.as_ref().map(|m| m.id)).await?;
        let recorded = state.ledger.decision(key);
        let connection = board.store.connection(change.connection).await.map_err(stored)?;
        let gates = self.gates(board, state, change, Some(level));
        let named = self.material_attachments(state, change);
        let mut plan = crate::plan::summaries(state, change, level, &since, me.as_ref().map(|m| m.id), None);
        plan.retain(|section| !imported::is_missing(change, &format!("plan.{}", section.id)));
        let missing = imported::missing(change);
        Ok(ChangeView {
            row: self.row(board, state, key).await?,
            url: mark_invisible(&change.url),
            project: connection.map_or_else(String::new, |c| mark_invisible(&c.project)),
            requester: person(&change.requester),
            assignee: person(&change.assignee),
            implementer: person(&change.deployer),
            synced_at: crate::words::time(found.last_synced),
            complete: change.details_synced,
            description: blocks(&change.description),
            required_fields: fields(change).into_iter().filter(|f| !imported::is_missing(change, &f.field)).collect(),
            gates: crate::gates::views_of(change, &gates),
            relations: relations(board, change).await?,
            attachments: change.attachments.iter().map(|a| attachment_view(state, a, &named)).collect(),
            decision: recorded.map(|d| self.decision_view(state, d, change)).transpose()?,
            delegated: self.delegated_view(state, change)?,
            conditions: self.condition_views(state, change),
            required_sign_offs: if missing.is_empty() || change.mapping_problems.is_empty() {
                self.required_sign_offs(state, change)?
            } else {
                Vec::new()
            },
            sign_offs: self.sign_off_views(board, state, change).await?,
            last_looked_at: since.at.map(crate::words::time),
            signing_refusal: self.signing_refusal(state, change, me.as_ref(), &gates),
            meeting: meeting_of(board, state, key).await?,
            risk: crate::risk::outcome(state, &risk, recorded.is_some()),
            plan,
            history: super::history::of(state, change),
            since_last_looked: since.differences,
            missing,
        })
    }

    /// Why the person at this device may not sign the change now.
    fn signing_refusal(
        &self,
        state: &BoardState,
        change: &ChangeRequest,
        me: Option<&domain::roster::Member>,
        gates: &[domain::gate::GateOutcome],
    ) -> Option<Refusal> {
        if change.is_from_evidence() {
            return Some(imported::read_only());
        }
        let Some(me) = me else {
            return Some(refusal("no_member", "Nobody is chosen for this device.", None, "Choose who you are."));
        };
        if let Some(refused) = sign_offs::signing_refusal(state, me, change) {
            return Some(refused);
        }
        crate::gates::first_blocking(gates).map(|g| {
            refusal(
                "hard_block",
                format!("{} blocks every approval: {}", g.gate.clause, mark_invisible(&g.why)),
                Some(&g.gate.clause),
                crate::gates::sentence(&g.satisfied_by),
            )
        })
    }
}

pub(super) fn attachment_view(
    state: &BoardState,
    attachment: &domain::change::Attachment,
    named: &[String],
) -> views::Attachment {
    views::Attachment {
        id: attachment.remote_id.clone(),
        name: mark_invisible(&attachment.name),
        bytes: attachment.size,
        media_type: mark_invisible(&attachment.content_type),
        material: !attachment.own && named.contains(&attachment.name),
        digest: attachment.sha256.map(|d| d.to_string()),
        disposed: crate::disposals::view(state, attachment.sha256),
    }
}

/// The meeting the change is for: one in session, else one in preparation, else the last it was in.
async fn meeting_of(board: &OpenBoard, state: &BoardState, key: &ChangeKey) -> Answer<Option<ChangeViewMeeting>> {
    // Where all is in writing there is nowhere to go while it is open.
    let held = |m: &domain::ledger::Meeting| m.circular.is_none() || m.closed.is_some();
    let holds = |m: &&domain::ledger::Meeting| held(m) && m.agenda.items.iter().any(|i| i.change == *key);
    let view = |m: &domain::ledger::Meeting| ChangeViewMeeting {
        id: m.agenda.meeting.to_string(),
        title: mark_invisible(&m.agenda.title),
        starts_at: crate::words::time(m.agenda.called),
    };
    let mut held: Vec<_> = state.ledger.meetings.values().filter(holds).collect();
    held.sort_by_key(|m| (m.closed.is_none(), m.agenda.called));
    if let Some(open) = held.last().filter(|m| m.closed.is_none()) {
        return Ok(Some(view(open)));
    }
    let mut drafts: Vec<MeetingDraft> = board.drafts("meeting").await?;
    drafts.retain(|d| !state.ledger.meetings.contains_key(&d.id) && d.items.iter().any(|i| i.change == *key));
    drafts.sort_by_key(|d| d.starts_at);
    if let Some(next) = drafts.first() {
        return Ok(Some(ChangeViewMeeting {
            id: next.id.to_string(),
            title: next.title.clone(),
            starts_at: crate::words::time(next.starts_at),
        }));
    }
    Ok(held.last().map(|m| view(m)))
}
