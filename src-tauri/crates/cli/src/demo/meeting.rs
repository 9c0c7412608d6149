//! The meeting of the demonstration: agenda, attendance, votes, decisions, sign-offs.
use board::requests::{
    AttendanceRequest, BuildAgendaRequest, MeetingChangeRequest, NoteRequest, OfItem, OfMeeting, RecuseRequest,
    SigningRequest, VoteRequest,
};
use board::views::{
    Basis, CreateMeetingRequest, DecideRequest, DecideRequestConditions, DecideRequestConditionsWhen, DecisionKind,
    MemberRef, Role, SignRequest, SigningSubject, StatementState, VotePosition,
};
use board::{BoardError, Cabinet};

use super::choice::{Chosen, choose};
use super::{Journey, missing};
use crate::exit::Done;

impl Journey<'_> {
    pub(super) async fn prepare(&mut self) -> Done<String> {
        let starts_at = self.host.now().format("%Y-%m-%dT%H:%M:00Z").to_string();
        let head = self
            .cabinet
            .create_meeting(CreateMeetingRequest {
                title: format!("Change Advisory Board, {}", self.host.now().format("%-d %B %Y")),
                starts_at,
                zone: "Europe/Berlin".to_owned(),
                place: "Room Elbe, and by call".to_owned(),
            })
            .await?;
        Ok(head.id)
    }

    /// The agenda as the rule for high risks takes it; the chair keeps one and adds three others.
    pub(super) async fn build(&mut self, meeting: &str, assessed: &str) -> Done<Chosen> {
        let rule = "high".to_owned();
        let view = self.cabinet.build_agenda(BuildAgendaRequest { meeting: meeting.to_owned(), rule }).await?;
        let by_rule = view.items.len();
        let rows: Vec<_> = view
            .items
            .iter()
            .map(|i| i.change.clone())
            .chain(view.candidates.iter().map(|c| c.change.clone()))
            .collect();
        let chosen = choose(&rows, assessed).ok_or_else(|| missing("change for one of the four decisions"))?;
        let wanted: Vec<&str> = chosen.rows().iter().map(|r| r.key.as_str()).collect();
        for item in view.items.iter().filter(|i| !wanted.contains(&i.change.key.as_str())) {
            let item = item.id.clone();
            self.cabinet.remove_agenda_item(OfItem { meeting: meeting.to_owned(), item }).await?;
        }
        for change in wanted.iter().filter(|w| !view.items.iter().any(|i| i.change.key == **w)) {
            let change = (*change).to_owned();
            self.cabinet.add_agenda_item(MeetingChangeRequest { meeting: meeting.to_owned(), change }).await?;
        }
        let [kept, added @ ..] = wanted.as_slice() else { return Err(missing("change for the agenda")) };
        self.told(format!(
            "Built the agenda by the rule for high risks: {by_rule} items; the chair keeps {kept} and adds {}",
            added.join(", ")
        ));
        Ok(chosen)
    }

    /// From the call to order to the last decision.
    pub(super) async fn hold(&mut self, meeting: &str, chosen: &Chosen) -> Done<()> {
        let view = self.cabinet.call_to_order(OfMeeting { meeting: meeting.to_owned() }).await?;
        self.told(format!("{} called to order; the agenda is frozen", view.meeting.chair));
        let members = self.cabinet.members().await?;
        for m in &members {
            let request = AttendanceRequest { meeting: meeting.to_owned(), member: m.member.id.clone(), present: true };
            self.cabinet.set_attendance(request).await?;
        }
        let of = || OfMeeting { meeting: meeting.to_owned() };
        let view = self.cabinet.meeting(of()).await?;
        self.told(format!("{} are present; quorum {}", view.quorum.present, view.quorum.arithmetic));
        for item in &view.items {
            let (row, kind) = chosen
                .decisions()
                .into_iter()
                .find(|(r, _)| r.key == item.key)
                .ok_or_else(|| missing("item of the agenda"))?;
            let at = || OfItem { meeting: meeting.to_owned(), item: item.id.clone() };
            self.cabinet.set_current_item(at()).await?;
            let aside = row.key == chosen.voted.key;
            if aside {
                self.step_aside(meeting, &item.id).await?;
            }
            let (basis, how) = if row.key == chosen.consent.key {
                self.cabinet.record_consent(at()).await?;
                (Basis::Consent, "by consent".to_owned())
            } else {
                (Basis::Vote, self.votes(meeting, &item.id, kind).await?)
            };
            let text = match kind {
                DecisionKind::Deferred => "The figures of the load test are to be added to the ticket.",
                DecisionKind::Approved
                | DecisionKind::ApprovedWithConditions
                | DecisionKind::Rejected
                | DecisionKind::MoreInformation
                | DecisionKind::Withdrawn
                | DecisionKind::NoDecision => "Presented by its author; questions were answered.",
            };
            let note = NoteRequest { meeting: meeting.to_owned(), item: item.id.clone(), text: text.to_owned() };
            self.cabinet.set_note(note).await?;
            self.cabinet.decide(decision(meeting, &item.id, kind, basis)).await?;
            let aside = if aside { ", one member stepped aside" } else { "" };
            self.told(format!("Item {}: {} {}{aside}, {how}", item.number, item.key, kind.words().to_lowercase()));
        }
        // Moving on from the last item puts its decision into the record as well.
        if let Some(first) = view.items.first() {
            self.cabinet.set_current_item(OfItem { meeting: meeting.to_owned(), item: first.id.clone() }).await?;
        }
        Ok(())
    }

    async fn step_aside(&self, meeting: &str, item: &str) -> Done<()> {
        let members = self.cabinet.members().await?;
        let who = members
            .iter()
            .find(|m| m.member.roles.contains(&Role::ReleaseManager))
            .ok_or_else(|| missing("release manager"))?;
        self.cabinet
            .recuse(RecuseRequest {
                meeting: meeting.to_owned(),
                item: item.to_owned(),
                member: who.member.id.clone(),
                reason: "Prepared the deployment plan of this change".to_owned(),
            })
            .await?;
        Ok(())
    }

    /// Everybody who may votes: for it, one abstains; against, where it is put off.
    async fn votes(&self, meeting: &str, item: &str, kind: DecisionKind) -> Done<String> {
        let at = || OfItem { meeting: meeting.to_owned(), item: item.to_owned() };
        let view = self.cabinet.meeting_item(at()).await?;
        let voters: Vec<&str> =
            view.votes.iter().filter(|v| v.recused.is_none()).map(|v| v.member.id.as_str()).collect();
        let said = if kind.approves() { VotePosition::Approve } else { VotePosition::Reject };
        let last = voters.len().saturating_sub(1);
        for (n, member) in voters.iter().enumerate() {
            let position = Some(if n == last { VotePosition::Abstain } else { said });
            let member = (*member).to_owned();
            self.cabinet
                .vote(VoteRequest { meeting: meeting.to_owned(), item: item.to_owned(), member, position })
                .await?;
        }
        let tally = self.cabinet.meeting_item(at()).await?.tally;
        Ok(format!("{} for, {} against, {} abstaining", tally.approve, tally.reject, tally.abstain))
    }

    /// The CTO signs all but the last under one PIN; the Technical Development Lead the last.
    pub(super) async fn sign(&mut self, meeting: &str, chosen: &Chosen) -> Done<()> {
        let subject = SigningSubject::Queue { meeting: meeting.to_owned() };
        self.cabinet.request_signing(SigningRequest { subject }).await?;
        let view = self.cabinet.signing_view().await?;
        let with = |role: Role| view.signers.iter().find(|s| s.capacity == role).map(|s| s.member.clone());
        let cto = with(Role::Cto).ok_or_else(|| missing("CTO with a key"))?;
        let lead = with(Role::TechnicalLead).ok_or_else(|| missing("Technical Development Lead with a key"))?;
        let waiting = view.statements.len();
        let approved = chosen.decisions().iter().filter(|(_, k)| k.approves()).count();
        if waiting != approved {
            return Err(missing(&format!("{approved} statements to sign, but {waiting}")));
        }
        let mut signed: Vec<(String, Vec<String>)> = Vec::new();
        let mut unlocked = Vec::new();
        for (n, statement) in view.statements.iter().enumerate() {
            let order = if n + 1 == waiting { [&lead, &cto] } else { [&cto, &lead] };
            let mut refused = None;
            for member in order {
                let fresh = !unlocked.contains(&member.id);
                match sign_one(&self.cabinet, &statement.id, member, fresh).await {
                    Ok(()) => {
                        unlocked.push(member.id.clone());
                        let key = statement.title.split(' ').next().unwrap_or_default().to_owned();
                        match signed.iter_mut().find(|(who, _)| *who == member.name) {
                            Some((_, keys)) => keys.push(key),
                            None => signed.push((member.name.clone(), vec![key])),
                        }
                        refused = None;
                        break;
                    }
                    // Their own change (R89): the other authority signs.
                    Err(crate::exit::CabError::Board(BoardError::Refused(refusal))) => refused = Some(refusal),
                    Err(other) => return Err(other),
                }
            }
            if let Some(refusal) = refused {
                return Err(BoardError::Refused(refusal).into());
            }
        }
        let after = self.cabinet.signing_view().await?;
        let left = after.statements.iter().filter(|s| s.state != StatementState::Signed).count();
        self.cabinet.close_signing().await?;
        if left > 0 {
            return Err(missing(&format!("signature on {left} statements")));
        }
        let words: Vec<String> =
            signed.iter().map(|(who, keys)| format!("{who} signed {} with one PIN", keys.join(" and "))).collect();
        self.told(words.join("; "));
        Ok(())
    }
}

/// Signs one statement: with the published PIN, or under the session that it opened.
pub(super) async fn sign_one(cabinet: &Cabinet, statement: &str, member: &MemberRef, typed: bool) -> Done<()> {
    let known = sample::board::MEMBERS.iter().find(|m| m.name == member.name);
    let pin = known.map(|m| m.pin.to_owned()).ok_or_else(|| missing("PIN of a signer"))?;
    cabinet
        .sign(SignRequest {
            statement: statement.to_owned(),
            member: member.id.clone(),
            pin: typed.then_some(pin),
            keep_unlocked: true,
            verdict: board::views::Verdict::Approve,
            reason: String::new(),
            named: String::new(),
            ticked: Vec::new(),
        })
        .await?;
    Ok(())
}

fn decision(meeting: &str, item: &str, kind: DecisionKind, basis: Basis) -> DecideRequest {
    let conditional = kind == DecisionKind::ApprovedWithConditions;
    DecideRequest {
        meeting: meeting.to_owned(),
        item: item.to_owned(),
        kind,
        basis,
        rationale: if kind == DecisionKind::Deferred {
            "The evidence of the load test is missing; the board wants to see it first.".to_owned()
        } else {
            String::new()
        },
        conditions: if conditional {
            vec![DecideRequestConditions {
                text: "Report the error rate of the first 24 hours to the board".to_owned(),
                owner: "Release Manager".to_owned(),
                due_on: None,
                when: DecideRequestConditionsWhen::After,
            }]
        } else {
            Vec::new()
        },
        deferred_to: None,
    }
}
