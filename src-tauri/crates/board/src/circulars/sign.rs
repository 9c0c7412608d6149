//! What is signed of a circular: the question by the chair, each answer by the member themselves, with the PIN.
use chrono::{DateTime, Utc};
use domain::circular::{CircularBody, NoCircular, may_circulate};
use domain::entry::{Act, ActKind, Attestation, Auth, Body};
use domain::ids::{Digest, MeetingId, MemberId};
use domain::ledger::Meeting;
use domain::meeting::{Agenda, AgendaItem, Position};
use domain::roster::{Member, Role};
use domain::sign_off::Standing;
use domain::text::mark_invisible;
use record::statement::Subject;
use vault::{ExposeSecret as _, SecretString};

use super::{CircularView, counted, edited, item, named, over};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::conditions::one_line;
use crate::content::Content;
use crate::error::{Answer, BoardError, refusal};
use crate::meetings::reference;
use crate::signing_hands::{Prepared, standing};
use crate::state::BoardState;
use crate::views::{Fact, Noun, Refusal, SigningSubject};
use crate::writer::{Act as Write, Key};

/// Days that a question may wait at most: the next meeting comes before.
const LONGEST_DAYS: i64 = 30;

/// A question is put to all members.
#[derive(Debug, Clone)]
pub struct OpenCircularRequest {
    /// The chair.
    pub member: String,
    /// Their PIN.
    pub pin: SecretString,
    /// The change.
    pub change: String,
    /// The question.
    pub question: String,
    /// Until when answers count, RFC 3339.
    pub closes: String,
}

/// A member's answer.
#[derive(Debug, Clone)]
pub struct VoteCircularRequest {
    /// The circular, or its change.
    pub circular: String,
    /// Who answers.
    pub member: String,
    /// Their PIN.
    pub pin: SecretString,
    /// What they say.
    pub position: Position,
}

/// A member steps aside.
#[derive(Debug, Clone)]
pub struct RecuseCircularRequest {
    /// The circular, or its change.
    pub circular: String,
    /// Who steps aside.
    pub member: String,
    /// Their PIN.
    pub pin: SecretString,
    /// Why.
    pub reason: String,
}

/// What would be asked.
struct Proposed {
    item: AgendaItem,
    involved: domain::entry::Involved,
    question: String,
    closes: DateTime<Utc>,
}

/// What a member says.
#[derive(Clone, Copy)]
enum Said<'a> {
    Position(Position),
    Aside(&'a str),
}

impl Proposed {
    /// The sentence that is signed.
    fn meaning(&self) -> String {
        format!(
            "I ask all members in writing about {}, as it is now (content {}), until {}: {}",
            self.item.change,
            self.item.content.short(),
            crate::words::time(self.closes),
            one_line(&self.question)
        )
    }
}

fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: value.into() }
}

/// The sentence of an answer.
fn meaning(meeting: &Meeting, item: &AgendaItem, said: Said<'_>) -> String {
    let question = meeting.circular.as_ref().map_or_else(String::new, |circular| one_line(&circular.question));
    let about = format!("{} (content {}), asked in writing: {question}", item.change, item.content.short());
    match said {
        Said::Position(Position::Approve) => format!("I vote for {about}"),
        Said::Position(Position::Reject) => format!("I vote against {about}"),
        Said::Position(Position::Abstain) => format!("I abstain on {about}"),
        Said::Aside(reason) => format!("I step aside on {about} Why: {}", one_line(reason)),
    }
}

/// Why the member cannot answer; `None` where they can.
fn refuses(state: &BoardState, meeting: &Meeting, member: &Member, said: Said<'_>) -> Answer<Option<Refusal>> {
    let found = counted(state, meeting)?;
    let recused = meeting.circular.as_ref().is_some_and(|circular| circular.recused.contains_key(&member.id));
    let seat = (member.voting || member.mandatory) && !member.has(Role::Auditor);
    let votes = match said {
        Said::Position(_) => true,
        Said::Aside(_) => false,
    };
    Ok(if !seat {
        Some(refusal(
            "no_seat",
            format!("{} has no seat that votes.", member.name),
            Some("R68"),
            "Those who vote by the roster answer, each for themselves.",
        ))
    } else if recused {
        Some(refusal(
            "recused",
            format!("{} stepped aside on it.", member.name),
            Some("R89"),
            "Nothing is left to say: whoever steps aside is not counted.",
        ))
    } else {
        found.barred.get(&member.id).filter(|_| votes).map(|duty| {
            let remedy = format!("{}.", duty.satisfied_by());
            refusal(duty.code(), format!("{}: {duty}.", member.name), Some("R89"), remedy)
        })
    })
}

impl Cabinet {
    /// Puts a question about a change to all members, to be answered in writing until it closes.
    ///
    /// # Errors
    /// [`BoardError::Refused`] by whoever is not the chair, on what a gate blocks, on what no policy lets be decided so,
    /// and where it is decided or before the board already; [`BoardError::Invalid`] without a question, or with a closing
    /// time that is over or too far; [`BoardError::NotFound`]; [`BoardError::Vault`].
    pub async fn open_circular(&self, request: OpenCircularRequest) -> Answer<CircularView> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(&request.member)?)?.clone();
        let asked = (request.change.as_str(), request.question.as_str(), request.closes.as_str());
        let id = self.put_question(&board, &state, &member, request.pin, asked).await?;
        self.circular(&id.to_string()).await
    }

    /// A member's own vote on a circular.
    ///
    /// # Errors
    /// [`BoardError::Refused`] once it is over, where the member has no seat, stepped aside or has a part in the change
    /// (R89), and where the change was edited since; [`BoardError::NotFound`]; [`BoardError::Vault`].
    pub async fn vote_circular(&self, request: VoteCircularRequest) -> Answer<CircularView> {
        let said = Said::Position(request.position);
        self.answer_circular(&request.circular, &request.member, request.pin, said).await
    }

    /// A member steps aside on a circular: the seat is not counted.
    ///
    /// # Errors
    /// As [`Cabinet::vote_circular`]; [`BoardError::Invalid`] without a reason.
    pub async fn recuse_circular(&self, request: RecuseCircularRequest) -> Answer<CircularView> {
        let reason = crate::words::text("reason", &request.reason, "Write why you step aside; the minutes carry it.")?;
        self.answer_circular(&request.circular, &request.member, request.pin, Said::Aside(&reason)).await
    }

    /// What the signing window shows of a question.
    pub(crate) async fn prepare_question(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        asked: (&str, &str, &str),
    ) -> Answer<Prepared> {
        let proposed = self.propose_question(board, state, asked).await?;
        let meaning = proposed.meaning();
        let seats = || state.roster().members.iter().filter(|m| m.voting || m.mandatory);
        let names = |all: Vec<&Member>| all.iter().map(|m| m.name.as_str()).collect::<Vec<_>>().join(", ");
        let mut facts = vec![
            fact("Change", proposed.item.change.as_str()),
            fact("Title", mark_invisible(&proposed.item.title)),
            fact("Question", mark_invisible(&proposed.question)),
            fact("Closes", crate::words::time(proposed.closes)),
            fact("Asked", names(seats().collect())),
            fact("Carried by", domain::circular::formula(&state.policy.threshold)),
            fact("Afterwards", "an authority signs it off, and the next meeting ratifies it"),
        ];
        let keyless: Vec<&Member> = seats().filter(|m| m.signature_key().is_none()).collect();
        if !keyless.is_empty() {
            facts.push(fact("Cannot answer, without a key", names(keyless)));
        }
        let chairs = state.roster().members.iter().filter(|m| m.has(Role::Chair) && m.signature_key().is_some());
        Ok(Prepared {
            subject: subject.clone(),
            title: format!("Circular on {}", proposed.item.change),
            digest: Digest::of(meaning.as_bytes()),
            meaning,
            facts,
            manifest: vec![fact("Content", proposed.item.content.to_string())],
            signers: chairs.map(|m| m.id).collect(),
        })
    }

    /// Says it in the record, with the chair's PIN.
    pub(crate) async fn put_question(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        member: &Member,
        pin: SecretString,
        asked: (&str, &str, &str),
    ) -> Answer<MeetingId> {
        if !member.has(Role::Chair) {
            return Err(BoardError::refused(
                "not_chair",
                format!("{} is not the chair, who puts the board's questions.", member.name),
                Some("R116"),
                "Ask the chair to put it.",
            ));
        }
        let proposed = self.propose_question(board, state, asked).await?;
        let (meaning, key) = (proposed.meaning(), proposed.item.change.clone());
        let id = MeetingId(uuid::Uuid::now_v7());
        let body = CircularBody {
            agenda: Agenda {
                meeting: id,
                title: format!("Circular resolution on {key}"),
                place: "in writing".to_owned(),
                zone: state.policy.hours.zone.clone(),
                called: self.now(),
                chair: member.id,
                secretary: member.id,
                items: vec![proposed.item],
            },
            closes: proposed.closes,
            involved: proposed.involved,
            question: proposed.question,
        };
        body.check().map_err(no_circular)?;
        let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
        let digest = Digest::of(&bytes);
        let act = Write {
            actor: member.id,
            attestation: Attestation::Signed,
            role: Some(Role::Chair),
            meaning,
            subjects: vec![Subject { name: format!("circular {id}"), sha256: digest }],
            meeting: Some(domain::entry::MeetingRef { id, agenda: digest }),
            body: Body::CircularOpened(body),
            blobs: Vec::new(),
        };
        self.sign_in_writing(board, member, pin, act).await?;
        self.changed(&[Noun::Meetings, Noun::Agenda, Noun::Votes, Noun::Changes], &[&id.to_string(), key.as_str()]);
        Ok(id)
    }

    async fn propose_question(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        (change, question, closes): (&str, &str, &str),
    ) -> Answer<Proposed> {
        let change = self.load_change(board, &crate::words::change_key(change)?).await?;
        let key = &change.key;
        // What a gate blocks no majority lets through, in a room or in writing.
        self.refuse_blocked(board, state, &change)?;
        if !change.details_synced {
            return Err(BoardError::refused(
                "details_due",
                format!("{key} was edited, and what it says now has not arrived yet."),
                Some("R30"),
                "Sync, then put the question.",
            ));
        }
        let declared = !state.ledger.emergencies_of(key).is_empty();
        if !may_circulate(&state.policy, change.kind, declared) {
            return Err(BoardError::refused(
                "circular_not_allowed",
                format!("{key} is no emergency, and the policy lets nothing else be decided between meetings."),
                Some("R49"),
                "Put it on the next agenda, or let the policy allow it (`circular_any`).",
            ));
        }
        let on = |m: &&Meeting| m.closed.is_none() && m.agenda.items.iter().any(|i| i.change == *key);
        if let Some(meeting) = state.ledger.meetings.values().find(on) {
            return Err(BoardError::refused(
                "before_the_board",
                format!("{key} is before the board already: \u{201c}{}\u{201d}.", one_line(&meeting.agenda.title)),
                None,
                "Let that come to an end first.",
            ));
        }
        match self.standing(state, &change)? {
            Standing::Undecided | Standing::Deferred | Standing::MoreInformation => {}
            decided @ (Standing::AwaitingSignOff
            | Standing::AwaitingConditions
            | Standing::Approved
            | Standing::Stale
            | Standing::Rejected
            | Standing::Withdrawn) => {
                return Err(BoardError::refused(
                    "decided",
                    format!("{key} is decided: {}.", decided.words().to_lowercase()),
                    Some("R30"),
                    "What a meeting decided, a meeting decides again.",
                ));
            }
        }
        let question = crate::words::text("question", question, "Write the question that members answer.")?;
        let read = DateTime::parse_from_rfc3339(closes.trim()).map(|at| at.to_utc());
        let closes = read.map_err(|_| BoardError::invalid("closes", "Give date and time, as 2026-11-27T23:40:00Z."))?;
        let now = self.now();
        if closes <= now || closes > now + chrono::Duration::days(LONGEST_DAYS) {
            return Err(BoardError::invalid("closes", "Give a closing time within the next thirty days."));
        }
        let item = self.freeze_item(board, state, key, 1, 5).await?;
        Ok(Proposed { item, involved: domain::duties::involved(&change), question, closes })
    }

    /// What the signing window shows of a vote.
    pub(crate) async fn prepare_circular_vote(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        (circular, position): (&str, Position),
    ) -> Answer<Prepared> {
        self.prepare_answer(board, state, subject, (circular, Said::Position(position))).await
    }

    /// What the signing window shows of somebody who steps aside.
    pub(crate) async fn prepare_circular_recusal(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        (circular, reason): (&str, &str),
    ) -> Answer<Prepared> {
        let reason = crate::words::text("reason", reason, "Write why you step aside; the minutes carry it.")?;
        self.prepare_answer(board, state, subject, (circular, Said::Aside(&reason))).await
    }

    async fn prepare_answer(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        (circular, said): (&str, Said<'_>),
    ) -> Answer<Prepared> {
        let meeting = named(state, circular)?;
        self.still_open(board, state, meeting).await?;
        let item = item(meeting)?;
        let meaning = meaning(meeting, item, said);
        let mut signers: Vec<MemberId> = Vec::new();
        for member in state.roster().members.iter().filter(|m| m.signature_key().is_some()) {
            if refuses(state, meeting, member, said)?.is_none() {
                signers.push(member.id);
            }
        }
        let asked = meeting.circular.as_ref();
        Ok(Prepared {
            subject: subject.clone(),
            title: meeting.agenda.title.clone(),
            digest: Digest::of(meaning.as_bytes()),
            meaning,
            facts: vec![
                fact("Change", item.change.as_str()),
                fact("Title", mark_invisible(&item.title)),
                fact("Question", asked.map_or_else(String::new, |c| mark_invisible(&c.question))),
                fact("Asked by", state.name(meeting.agenda.chair)),
                fact("Closes", asked.map_or_else(String::new, |c| crate::words::time(c.closes))),
            ],
            manifest: vec![
                fact("Question", meeting.agenda_digest.to_string()),
                fact("Content", item.content.to_string()),
            ],
            signers,
        })
    }

    async fn answer_circular(
        &self,
        circular: &str,
        member: &str,
        pin: SecretString,
        said: Said<'_>,
    ) -> Answer<CircularView> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(member)?)?;
        let meeting = named(&state, circular)?;
        self.still_open(&board, &state, meeting).await?;
        if let Some(refused) = refuses(&state, meeting, member, said)? {
            return Err(BoardError::Refused(refused));
        }
        let item = item(meeting)?;
        let reference = reference(meeting);
        let body = match said {
            Said::Position(position) => Body::Vote { item: item.number, position },
            Said::Aside(reason) => {
                let what = ActKind::Recused { item: item.number, reason: reason.to_owned() };
                Body::Running { acts: vec![Act { actor: member.id, at: self.now(), what }] }
            }
        };
        let act = Write {
            actor: member.id,
            attestation: Attestation::Signed,
            role: Some(standing(member)),
            meaning: meaning(meeting, item, said),
            subjects: vec![Subject { name: format!("circular {}", reference.id), sha256: reference.agenda }],
            meeting: Some(reference.clone()),
            body,
            blobs: Vec::new(),
        };
        self.sign_in_writing(&board, member, pin, act).await?;
        let id = reference.id.to_string();
        self.changed(&[Noun::Votes, Noun::Meetings, Noun::Changes], &[&id, item.change.as_str()]);
        self.circular(&id).await
    }

    /// Refuses an answer that would count for nothing, or to a question about another content than there is now.
    async fn still_open(&self, board: &OpenBoard, state: &BoardState, meeting: &Meeting) -> Answer<()> {
        let in_time = meeting.circular.as_ref().is_some_and(|circular| self.now() <= circular.closes);
        if !in_time || !meeting.decisions.is_empty() || meeting.closed.is_some() {
            return Err(over());
        }
        let item = item(meeting)?;
        let change = self.load_change(board, &item.change).await?;
        let content = Content::of(&state.policy, &change, &item.material_attachments)?;
        if content.digest == item.content { Ok(()) } else { Err(edited(item)) }
    }

    async fn sign_in_writing(&self, board: &OpenBoard, member: &Member, pin: SecretString, act: Write) -> Answer<()> {
        let signer = board.keys.unlock(member, pin.expose_secret(), self.now()).await?;
        let keystore = board.keys.keystore().to_owned();
        self.write(board, vec![(act, Key::Member { signer, auth: Auth::Pin, keystore })], Vec::new()).await?;
        Ok(())
    }
}

fn no_circular(why: NoCircular) -> BoardError {
    match why {
        NoCircular::OneItem => BoardError::invalid("change", "A circular is about one change."),
        NoCircular::Blank => BoardError::invalid("question", "Write the question that members answer."),
        NoCircular::Closes => BoardError::invalid("closes", "Give a closing time that is not over."),
    }
}
