//! What was recorded in a member's name: confirmed or contested in one list, under one PIN (`record.md`, *Who acts*).
use std::collections::BTreeMap;

use domain::entry::{ActKind, ActRef, Attestation, Auth, Body, Contest, InSeat, SignOffBody, Verdict};
use domain::ids::{EntryId, MemberId};
use domain::ledger::{Answer as Said, Meeting, Spoken};
use domain::meeting::Position;
use domain::roster::Member;
use domain::sign_off::SignOff;
use record::statement::Subject;
use serde::Serialize;
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::meetings::restricted::{is_on_restricted, was_restricted};
use crate::state::BoardState;
use crate::views::Noun;
use crate::writer::{Act, Key};

/// An act that somebody else recorded, as the member is asked about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SpokenAct {
    /// Its name in [`AffirmRequest`]: `<entry>#<number>`.
    pub act: String,
    /// Whose act it is said to be.
    pub member: MemberId,
    /// The meeting's title.
    pub meeting: String,
    /// When the meeting was called to order, or the sign-off recorded, as claimed.
    pub called: String,
    /// The change's key and title, where it is about an item.
    pub item: Option<String>,
    /// What was recorded, in words.
    pub what: String,
    /// On whose word.
    pub recorder: String,
    /// `confirmed`, or what the member says was so instead; `None` while silent.
    pub answer: Option<String>,
    /// Whether the answer confirms.
    pub confirmed: bool,
}

/// A member's answers.
#[derive(Debug, Clone)]
pub struct AffirmRequest {
    /// Who answers.
    pub member: String,
    /// Their PIN: one for the whole list.
    pub pin: SecretString,
    /// Acts that were so.
    pub confirmed: Vec<String>,
    /// Acts that were not, with what was so instead.
    pub contested: Vec<(String, String)>,
}

impl Cabinet {
    /// Everything that was recorded in a member's name, answered or not, in the order of the record.
    pub async fn spoken(&self, member: &str) -> Answer<Vec<SpokenAct>> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(member)?)?.id;
        let acts = state.ledger.spoken.iter().filter(|((_, actor), _)| *actor == member);
        let signed = state.ledger.sign_offs.values().flatten().filter(|s| s.actor == member && s.recorder.is_some());
        let acts = acts.map(|((at, _), s)| shown(&state, *at, s));
        Ok(acts.chain(signed.map(|s| shown_sign_off(&state, s))).collect())
    }

    /// What members say was not so. It heads the next agenda.
    pub async fn contested(&self) -> Answer<Vec<SpokenAct>> {
        let board = self.board()?;
        let state = board.state().await?;
        Ok(contested(&state).into_iter().map(|one| one.act).collect())
    }

    /// Confirms and contests, in one entry under one PIN. What is not named stays as it was: silence never upgrades.
    /// Answers how many acts were answered.
    pub async fn affirm(&self, request: AffirmRequest) -> Answer<u32> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(&request.member)?)?;
        let answers = Answers::of(&state, member, &request.confirmed, &request.contested)?;
        let meaning = answers.meaning(&|id| state.name(id));
        let Answers { confirmed, contested, seats } = answers;
        let count = u32::try_from(confirmed.len() + contested.len()).unwrap_or(u32::MAX);
        let signer = board.keys.unlock(member, request.pin.expose_secret(), self.now()).await?;
        let about: std::collections::BTreeSet<EntryId> =
            confirmed.iter().copied().chain(contested.iter().map(|c| c.act)).map(|at| at.entry).collect();
        let act = Act {
            actor: member.id,
            attestation: Attestation::Signed,
            role: None,
            meaning,
            meeting: None,
            subjects: about
                .into_iter()
                .map(|entry| Subject { name: format!("entry {}", entry.short()), sha256: domain::ids::Digest(entry.0) })
                .collect(),
            body: Body::Affirmation { confirmed, contested, seats },
            blobs: Vec::new(),
        };
        let keystore = board.keys.keystore().to_owned();
        self.write(&board, vec![(act, Key::Member { signer, auth: Auth::Pin, keystore })], Vec::new()).await?;
        self.changed(&[Noun::Votes, Noun::Meetings], &[]);
        Ok(count)
    }
}

/// What a member says of acts that are theirs and not answered yet.
pub(crate) struct Answers {
    pub confirmed: Vec<ActRef>,
    pub contested: Vec<Contest>,
    /// In whose seats they did what they confirm: the signature says it (R72).
    pub seats: Vec<InSeat>,
}

impl Answers {
    /// As named by the member.
    pub fn of(
        state: &BoardState,
        member: &Member,
        confirmed: &[String],
        contested: &[(String, String)],
    ) -> Answer<Self> {
        let find = |text: &str| named(state, member, text);
        let mut confirmed: Vec<ActRef> = confirmed.iter().map(|t| find(t)).collect::<Answer<_>>()?;
        let mut contests = Vec::new();
        for (text, reason) in contested {
            if reason.trim().is_empty() {
                return Err(BoardError::invalid("reason", "Say what was so instead."));
            }
            contests.push(Contest { act: find(text)?, reason: reason.trim().to_owned() });
        }
        confirmed.sort();
        confirmed.dedup();
        contests.sort_by_key(|c| c.act);
        contests.dedup_by_key(|c| c.act);
        if let Some(both) = contests.iter().find(|c| confirmed.contains(&c.act)) {
            return Err(BoardError::invalid("contested", format!("{} is confirmed and contested at once.", both.act)));
        }
        if confirmed.is_empty() && contests.is_empty() {
            return Err(BoardError::invalid("confirmed", "Name what you confirm or contest."));
        }
        let seat = |act: &ActRef| state.ledger.spoken.get(&(*act, member.id)).and_then(|spoken| spoken.seat);
        let seats = confirmed.iter().filter_map(|act| Some(InSeat { act: *act, seat: seat(act)? })).collect();
        Ok(Self { confirmed, contested: contests, seats })
    }

    /// The sentence that is signed; it says as whose delegate (R72).
    pub fn meaning(&self, name: &dyn Fn(MemberId) -> String) -> String {
        let mut by: BTreeMap<MemberId, usize> = BTreeMap::new();
        for sat in &self.seats {
            *by.entry(sat.seat).or_default() += 1;
        }
        let as_delegate: Vec<String> = by
            .iter()
            .map(|(seat, n)| {
                let verb = if *n == 1 { "is" } else { "are" };
                format!(" Of these, {} {verb} confirmed as the delegate of {}.", acts(*n), name(*seat))
            })
            .collect();
        format!(
            "Of what was recorded in my name I confirm {} and contest {}.{}",
            acts(self.confirmed.len()),
            acts(self.contested.len()),
            as_delegate.concat()
        )
    }
}

/// One of a member's acts that are not answered yet.
fn named(state: &BoardState, member: &Member, text: &str) -> Answer<ActRef> {
    let acts = state.ledger.unanswered(member.id).into_iter().map(|(at, _)| at);
    let signed = state.ledger.unanswered_sign_offs(member.id).into_iter().map(|s| ActRef { entry: s.entry, act: None });
    acts.chain(signed).find(|at| at.to_string() == text).ok_or_else(|| {
        BoardError::refused(
            "not_asked",
            format!("Nothing named {text} waits for {}'s word.", member.name),
            None,
            "Answer only what was recorded in your own name and is not answered yet.",
        )
    })
}

fn acts(n: usize) -> String {
    if n == 1 { "1 act".to_owned() } else { format!("{n} acts") }
}

/// What was recorded of a member, in words, and the item it is about.
fn act_words(what: &ActKind, of: MemberId, name: &dyn Fn(MemberId) -> String) -> (Option<u32>, String) {
    match what {
        ActKind::Arrived { delegate_for: None } => (None, "was present".to_owned()),
        ActKind::Arrived { delegate_for: Some(other) } => (None, format!("was present, also for {}", name(*other))),
        ActKind::Left {} => (None, "left".to_owned()),
        ActKind::Recused { item, reason } => (Some(*item), format!("stepped aside: {reason}")),
        ActKind::Voted { item, position } => {
            let word = match position {
                Position::Approve => "voted to approve",
                Position::Reject => "voted to reject",
                Position::Abstain => "abstained",
            };
            (Some(*item), word.to_owned())
        }
        ActKind::ConsentAsked { item, objections, .. } if objections.contains(&of) => {
            (Some(*item), "objected when consent was asked".to_owned())
        }
        ActKind::ConsentAsked { item, .. } => (Some(*item), "did not object when consent was asked".to_owned()),
        ActKind::Decided { .. }
        | ActKind::ActionAssigned { .. }
        | ActKind::LateAdmitted { .. }
        | ActKind::Noted { .. } => (None, "acted".to_owned()),
    }
}

/// The same, with the seat in which a delegate did it (R72).
pub(crate) fn spoken_words(spoken: &Spoken, name: &dyn Fn(MemberId) -> String) -> (Option<u32>, String) {
    let (item, what) = act_words(&spoken.what, spoken.actor, name);
    match spoken.seat {
        // Whoever arrives says it already.
        Some(seat) if item.is_some() => (item, format!("{what}, as the delegate of {}", name(seat))),
        Some(_) | None => (item, what),
    }
}

/// The same of a sign-off that was recorded for somebody.
pub(crate) fn sign_off_words(body: &SignOffBody) -> String {
    match body.verdict {
        Verdict::Approve => "approved in writing".to_owned(),
        Verdict::Reject => format!("rejected in writing: {}", domain::text::mark_invisible(&body.reason)),
    }
}

/// What members say was not so, each with the entry in which they do.
pub(crate) fn contested(state: &BoardState) -> Vec<Contested> {
    let ledger = &state.ledger;
    let acts = ledger.contested().into_iter().map(|(at, s)| {
        let open = !is_on_restricted(ledger, s);
        (s.answer.as_ref(), shown(state, at, s), open)
    });
    let signed = ledger.contested_sign_offs().into_iter().map(|s| {
        let open = !was_restricted(ledger, &s.body.change);
        (s.answer.as_ref(), shown_sign_off(state, s), open)
    });
    acts.chain(signed).filter_map(|(answer, act, open)| Some(Contested { by: answer?.by(), act, open })).collect()
}

/// An act that a member says was not so.
pub(crate) struct Contested {
    /// The entry in which they say it.
    pub by: EntryId,
    pub act: SpokenAct,
    /// Whether it is about no restricted item: else only who sits on the board may read of it.
    pub open: bool,
}

/// A sign-off that was recorded for somebody, as they are asked about it.
fn shown_sign_off(state: &BoardState, s: &SignOff) -> SpokenAct {
    let change = &s.body.change;
    let on = |m: &&Meeting| m.agenda.items.iter().any(|i| i.change == *change && Some(i.number) == s.body.item);
    let meeting = state.ledger.meetings.values().filter(on).max_by_key(|m| m.agenda.called);
    let item = meeting.and_then(|m| m.agenda.items.iter().find(|i| i.change == *change));
    let owner = s.recorder.and_then(|key| state.rosters.current().key(key).ok());
    SpokenAct {
        act: ActRef { entry: s.entry, act: None }.to_string(),
        member: s.actor,
        meeting: meeting.map_or_else(|| "Sign-off in writing".to_owned(), |m| m.agenda.title.clone()),
        called: crate::words::time(s.claimed),
        item: Some(item.map_or_else(
            || change.to_string(),
            |i| format!("{}. {change} {}", i.number, domain::text::mark_invisible(&i.title)),
        )),
        what: sign_off_words(&s.body),
        recorder: owner.map_or_else(String::new, |(owner, _)| owner.name.clone()),
        confirmed: matches!(s.answer, Some(Said::Confirmed { .. })),
        answer: s.answer.as_ref().map(answer_words),
    }
}

fn answer_words(answer: &Said) -> String {
    match answer {
        Said::Confirmed { .. } => "confirmed".to_owned(),
        Said::Contested { reason, .. } => reason.clone(),
    }
}

fn shown(state: &BoardState, at: ActRef, spoken: &Spoken) -> SpokenAct {
    let meeting = state.ledger.meetings.get(&spoken.meeting);
    let item = |number: u32| {
        meeting.and_then(|m| m.agenda.items.iter().find(|i| i.number == number)).map_or_else(
            || format!("item {number}"),
            |i| format!("{number}. {} {}", i.change, domain::text::mark_invisible(&i.title)),
        )
    };
    let (number, what) = spoken_words(spoken, &|id| state.name(id));
    let about = number.map(item);
    SpokenAct {
        act: at.to_string(),
        member: spoken.actor,
        meeting: meeting.map_or_else(String::new, |m| m.agenda.title.clone()),
        called: meeting.map_or_else(String::new, |m| crate::words::time(m.agenda.called)),
        item: about,
        what,
        recorder: meeting.map_or_else(String::new, |m| {
            let kept = m.running.get(&at.entry);
            state.name(kept.map_or(m.agenda.chair, |running| running.keeper))
        }),
        confirmed: matches!(spoken.answer, Some(Said::Confirmed { .. })),
        answer: spoken.answer.as_ref().map(answer_words),
    }
}
