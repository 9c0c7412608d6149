//! Risk of a change: the score as it stands, the walk through its questions, and what is submitted (R80).
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::attested::{Attested, Question};
use domain::calendar::{Timing, hits};
use domain::change::{ChangeKind, ChangeRequest};
use domain::entry::{Attestation, Body};
use domain::ids::{ChangeKey, Digest, MemberId};
use domain::policy::Policy;
use domain::risk::{
    Answer as RiskAnswer, AnsweredAssessment, Assessment, Decided, Facts, Model, Provenance, Range, RiskLevel,
    RiskStamp, Synced, answers_document,
};
use record::statement::Subject;
use serde::{Deserialize, Serialize};

use crate::cabinet::{Cabinet, OpenBoard};
use crate::content::Content;
use crate::error::{Answer, BoardError};
use crate::requests::{AnswerRiskRequest, OfChange};
use crate::state::BoardState;
use crate::views::{Noun, RiskSummary, RiskWalk};
use crate::writer::{Act as Write, Key, Local};

mod in_force;
mod receipts;
mod replay;
mod shown;
mod simulation;

pub use in_force::RiskModel;
pub use replay::ScoresAgain;
pub(crate) use replay::{answers_behind, models_of, scored, scores_again};
pub(crate) use shown::outcome;
use shown::question_view;
pub use simulation::{RiskSimulation, SimulateRiskRequest};
pub(crate) use simulation::{past_scores, since};

/// The kind of the draft under which a member's answers wait.
const DRAFT: &str = "assessment";
/// The question that the calendar has a word on.
const TIMING: &str = "E3";
/// Longest note kept beside an answer.
const LONGEST_NOTE: usize = 2_000;

/// The risk of a change as it stands now.
#[derive(Debug, Clone)]
pub(crate) struct RiskNow {
    /// The answers that count.
    pub assessment: Assessment,
    /// What follows when deciding: unanswered questions at their worst.
    pub decided: Decided,
    /// What it can still be.
    pub range: Range,
    /// What goes into signed payloads.
    pub stamp: RiskStamp,
    /// Who submitted the assessment, and when.
    pub submitted: Option<(MemberId, DateTime<Utc>)>,
    /// The model under which it was submitted, where that is another than the one in force: its answers are scored anew.
    pub older: Option<String>,
    /// The ticket's words that are no answers of the model.
    pub unknown: Vec<domain::risk::UnknownWord>,
    /// The override that set the level, in words.
    pub overridden: Option<String>,
}

impl RiskNow {
    fn of(
        assessment: Assessment,
        model: Digest,
        synced: Synced,
        submitted: Option<(MemberId, DateTime<Utc>)>,
    ) -> Answer<Self> {
        let answers = record::canonical::to_bytes(&answers_document(assessment.answers()))
            .map_err(|e| BoardError::internal(&e))?;
        let decided = assessment.decide();
        Ok(Self {
            range: assessment.range(),
            stamp: decided.stamp(model, Digest::of(&answers)),
            decided,
            assessment,
            submitted,
            older: None,
            unknown: synced.unknown,
            overridden: None,
        })
    }

    /// The answers and what follows from them, as an assessment says it in the record.
    #[must_use]
    pub fn answered(&self) -> AnsweredAssessment {
        self.assessment.submit(self.stamp.model_digest, self.stamp.answers)
    }

    /// The level once it is settled: nothing is open, or what is open cannot change the level, or the
    /// assessment was submitted and silence counts as the worst answer.
    #[must_use]
    pub fn settled_level(&self) -> Option<RiskLevel> {
        let known = self.range.lowest == self.range.highest || self.overridden.is_some();
        let settled = known || self.submitted.is_some();
        settled.then_some(self.decided.level)
    }

    /// Risk in one line. `decided`: a decision stands, so the score that counted is shown.
    #[must_use]
    pub fn summary(&self, decided: bool) -> RiskSummary {
        RiskSummary {
            assessed: self.submitted.is_some(),
            score: (self.range.open == 0 || decided).then_some(self.decided.score),
            low: self.range.min,
            high: self.range.max,
            open: self.range.open,
            level: if decided { Some(self.decided.level) } else { self.settled_level() },
            low_level: self.range.lowest,
            high_level: self.range.highest,
        }
    }
}

/// An answer that waits on this device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct DraftAnswer {
    /// `None` opens the question again.
    choice: Option<String>,
}

/// A member's answers to one change, before they are submitted. Notes stay on this device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct RiskDraft {
    answers: BTreeMap<String, DraftAnswer>,
    notes: BTreeMap<String, String>,
    saved_at: Option<DateTime<Utc>>,
}

/// Whether a member attests that the error budget is spent, and that this is no fix of what spent it (R85).
fn budget_spent(attested: Option<&BTreeMap<Question, Attested>>) -> bool {
    let said = attested.and_then(|answers| answers.get(&Question::ErrorBudget));
    said.is_some_and(|attested| attested.answer.yes() == Some(true))
}

fn facts(policy: &Policy, change: &ChangeRequest, error_budget_spent: bool) -> Facts {
    let place = (change.environment.as_str(), change.service.as_str());
    let frozen = |window| !hits(&policy.freezes, &[], Some(&change.key), place, window).is_empty();
    // What nobody attested is not assumed.
    Facts {
        emergency: change.kind == Some(ChangeKind::Emergency),
        inside_freeze: change.window.as_ref().is_some_and(frozen),
        error_budget_spent,
        ..Facts::default()
    }
}

/// The answers that count: what members attested wins over the ticket; what came from the ticket is
/// read from the ticket again, so that a change there is noticed.
fn standing_answers(
    model: &Model,
    synced: &Synced,
    submitted: Option<&BTreeMap<String, RiskAnswer>>,
) -> BTreeMap<String, RiskAnswer> {
    let mut answers = synced.answers.clone();
    for (question, answer) in submitted.into_iter().flatten() {
        let known = model.question(question).is_some_and(|q| q.choice(&answer.choice).is_some());
        if answer.provenance == Provenance::Attested && known {
            answers.insert(question.clone(), answer.clone());
        }
    }
    answers
}

fn with_draft(
    mut answers: BTreeMap<String, RiskAnswer>,
    synced: &Synced,
    draft: &RiskDraft,
) -> BTreeMap<String, RiskAnswer> {
    for (question, given) in &draft.answers {
        let from_ticket = synced.answers.get(question);
        match &given.choice {
            // Saying what the ticket says needs nobody's word.
            Some(choice) if from_ticket.is_some_and(|t| t.choice == *choice) => {
                answers.extend(from_ticket.map(|t| (question.clone(), t.clone())));
            }
            Some(choice) => {
                let answer = RiskAnswer { choice: choice.clone(), provenance: Provenance::Attested };
                answers.insert(question.clone(), answer);
            }
            None => {
                answers.remove(question);
                answers.extend(from_ticket.map(|t| (question.clone(), t.clone())));
            }
        }
    }
    answers
}

impl Cabinet {
    /// The risk of a change as it stands: the ticket's answers and the latest submitted assessment, with the override in
    /// force.
    pub(crate) fn risk_of(&self, state: &BoardState, change: &ChangeRequest) -> Answer<RiskNow> {
        let risk = self.with_override(state, change, without_override(state, change)?);
        Ok(crate::imported::as_recorded(state, change, risk))
    }

    /// The questions that neither the ticket nor a member answered, in the order of the walk.
    pub(crate) fn open_questions<'s>(
        &self,
        state: &'s BoardState,
        change: &ChangeRequest,
    ) -> Answer<Vec<&'s domain::risk::Question>> {
        let given = self.risk_of(state, change)?.assessment;
        Ok(state.model.model.questions.iter().filter(|q| !given.answers().contains_key(&q.id)).collect())
    }

    /// The walk through the questions, with the answers that wait on this device.
    pub async fn risk_walk(&self, request: OfChange) -> Answer<RiskWalk> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?;
        self.walk(&board, &state, &key).await
    }

    /// Answers a question, or opens it again. A draft until it is submitted.
    pub async fn answer_risk(&self, request: AnswerRiskRequest) -> Answer<RiskWalk> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?;
        let question = state.model.model.question(&request.question);
        let question = question.ok_or_else(|| BoardError::not_found("question", &request.question))?;
        let choice = match request.answer {
            None => None,
            Some(at) => Some(question.answers.get(at as usize).map(|c| c.id.clone()).ok_or_else(|| {
                BoardError::invalid("answer", format!("{} has {} answers.", question.id, question.answers.len()))
            })?),
        };
        if request.note.len() > LONGEST_NOTE {
            return Err(BoardError::invalid("note", format!("Keep the note under {LONGEST_NOTE} characters.")));
        }
        let change = self.load_change(&board, &key).await?;
        let me = self.my_id(&board, &state).await?;
        let now = self.now();
        {
            let _one_at_a_time = board.console.lock().await;
            let mut draft: RiskDraft = board.my_draft(DRAFT, key.as_str(), me).await?.unwrap_or_default();
            // An answer that only repeats what stands needs no submitting.
            let stands = standing(&state, &change).remove(&question.id);
            let same = stands.as_ref().map(|a| &a.choice) == choice.as_ref();
            // What the ticket says cannot be opened again here.
            let from_ticket = choice.is_none() && stands.is_some_and(|a| a.provenance == Provenance::Synced);
            if same || from_ticket {
                draft.answers.remove(&question.id);
            } else {
                draft.answers.insert(question.id.clone(), DraftAnswer { choice });
            }
            match request.note.trim() {
                "" => drop(draft.notes.remove(&question.id)),
                note => drop(draft.notes.insert(question.id.clone(), note.to_owned())),
            }
            draft.saved_at = Some(now);
            board.put_my_draft(DRAFT, key.as_str(), me, &draft, now).await?;
        }
        self.changed(&[Noun::Risk], &[key.as_str()]);
        self.walk(&board, &state, &key).await
    }

    /// Submits the answers as one entry of the record.
    pub async fn submit_risk(&self, request: OfChange) -> Answer<RiskWalk> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?;
        let change = self.load_change(&board, &key).await?;
        let me = self.my_id(&board, &state).await?;
        let draft: RiskDraft = board.my_draft(DRAFT, key.as_str(), me).await?.unwrap_or_default();
        let risk = risk_with(&state, &change, &draft)?;
        if draft.answers.is_empty() && risk.submitted.is_some() && risk.older.is_none() {
            return Err(BoardError::refused(
                "nothing_to_submit",
                "No answer has changed since the assessment was submitted.",
                Some("R80"),
                "Answer a question first.",
            ));
        }
        let named = self.material_attachments(&state, &change);
        let content = Content::of(&state.policy, &change, &named)?;
        let act = Write {
            actor: me,
            // The device's key proves the device; whose hands were on it is its recorder's word.
            attestation: Attestation::Recorded,
            role: None,
            meaning: format!(
                "I assess {key} at {}, {} risk; {}.",
                risk.decided.scored(),
                crate::words::level(risk.decided.level).to_lowercase(),
                open_words(risk.stamp.assumed)
            ),
            meeting: None,
            subjects: vec![Subject { name: key.to_string(), sha256: content.digest }],
            body: Body::Assessment { change: key.clone(), assessment: risk.answered() },
            blobs: vec![crate::changes::document(&content)?],
        };
        let local = if draft.notes.is_empty() {
            Local::DropDraft { kind: DRAFT, key: key.to_string(), member: me }
        } else {
            // Notes are no part of the entry; they stay for the next walk.
            let kept = RiskDraft { answers: BTreeMap::new(), ..draft };
            Local::PutDraft(crate::changes::draft_of(DRAFT, key.as_str(), me, &kept, self.now())?)
        };
        self.write(&board, vec![(act, Key::Device)], vec![local]).await?;
        self.changed(&[Noun::Risk, Noun::Changes, Noun::SignOffs, Noun::Agenda], &[key.as_str()]);
        let state = board.state().await?;
        self.walk(&board, &state, &key).await
    }

    async fn walk(&self, board: &OpenBoard, state: &BoardState, key: &ChangeKey) -> Answer<RiskWalk> {
        let change = self.load_change(board, key).await?;
        let draft: RiskDraft = match self.me(board, state).await? {
            Some(me) => board.my_draft(DRAFT, key.as_str(), me.id).await?.unwrap_or_default(),
            None => RiskDraft::default(),
        };
        let risk = self.with_override(state, &change, risk_with(state, &change, &draft)?);
        let found = domain::template::found(&change);
        let told = receipts::record_words(state, &change, self.now());
        let questions = state.model.model.questions.iter();
        let mut questions: Vec<_> =
            questions.map(|q| question_view(state, &change, &risk, &draft, &found, q)).collect();
        // What the ticket says wrong comes first.
        for asked in questions.iter_mut().filter(|q| q.id == receipts::ASKED && q.help.is_none()) {
            asked.help.clone_from(&told);
        }
        let by_calendar = crate::calendar::beside::timing(board, state, &change);
        let by_calendar = by_calendar.and_then(|timing| timing_words(&state.model.model, timing));
        for asked in questions.iter_mut().filter(|q| q.id == TIMING && q.help.is_none()) {
            asked.help.clone_from(&by_calendar);
        }
        let decided = state.ledger.decision(key).is_some();
        Ok(RiskWalk {
            change: self.row(board, state, key).await?,
            questions,
            outcome: outcome(state, &risk, decided),
            unsubmitted: waiting(&state.model.model, &draft),
            saved_at: draft.saved_at.map(crate::words::time),
        })
    }
}

/// How many answers of a draft are to questions that are asked.
fn waiting(model: &Model, draft: &RiskDraft) -> u32 {
    let asked = draft.answers.keys().filter(|id| model.question(id).is_some());
    u32::try_from(asked.count()).unwrap_or(u32::MAX)
}

/// What the calendar says to the question, in the words of its answer.
fn timing_words(model: &Model, timing: Timing) -> Option<String> {
    let answers = &model.question(TIMING)?.answers;
    let answer = answers.iter().find(|answer| answer.id == timing.choice())?;
    Some(format!("By the calendar: {}.", answer.words))
}

/// How many questions are open, in words.
fn open_words(assumed: u32) -> String {
    match assumed {
        0 => "every question answered".to_owned(),
        1 => "1 question open, counted at its worst answer".to_owned(),
        n => format!("{n} questions open, counted at their worst answers"),
    }
}

fn latest<'s>(
    state: &'s BoardState,
    key: &ChangeKey,
) -> Option<&'s domain::ledger::Submitted<domain::risk::AnsweredAssessment>> {
    // What came after an approving decision is kept and does not count; in session the board looks at it anew.
    let in_session =
        |m: &domain::ledger::Meeting| m.closed.is_none() && m.agenda.items.iter().any(|i| i.change == *key);
    let anew = state.ledger.meetings.values().any(in_session);
    state.ledger.assessments.get(key).and_then(|all| all.iter().rev().find(|a| anew || !a.late))
}

fn standing(state: &BoardState, change: &ChangeRequest) -> BTreeMap<String, RiskAnswer> {
    let submitted = latest(state, &change.key);
    let model = &state.model.model;
    standing_answers(model, &model.synced(&change.risk_answers), submitted.map(|s| &s.what.answers))
}

/// The risk of a change by score and floors alone.
pub(crate) fn without_override(state: &BoardState, change: &ChangeRequest) -> Answer<RiskNow> {
    risk_with(state, change, &RiskDraft::default())
}

fn risk_with(state: &BoardState, change: &ChangeRequest, draft: &RiskDraft) -> Answer<RiskNow> {
    let RiskModel { model, digest } = &*state.model;
    let synced = model.synced(&change.risk_answers);
    let submitted = latest(state, &change.key);
    let told = submitted.map(|s| &s.what.answers);
    let answers = if change.is_from_evidence() {
        // There is no ticket that could say otherwise by now.
        told.cloned().unwrap_or_default()
    } else {
        standing_answers(model, &synced, told)
    };
    let mut answers = with_draft(answers, &synced, draft);
    // A draft may be older than the model.
    answers.retain(|id, given| model.question(id).is_some_and(|question| question.choice(&given.choice).is_some()));
    let spent = budget_spent(state.ledger.attested.get(&change.key));
    let assessment = Assessment::new(model.clone(), answers, facts(&state.policy, change, spent))
        .map_err(|e| BoardError::internal(&e))?;
    let older = submitted.map(|s| &s.what.stamp).filter(|stamp| stamp.model_digest != *digest);
    let older = older.map(|stamp| stamp.model.clone());
    Ok(RiskNow { older, ..RiskNow::of(assessment, *digest, synced, submitted.map(|s| (s.actor, s.claimed)))? })
}

#[cfg(test)]
mod tests {
    use super::shown::certain;
    use super::*;

    fn model() -> Model {
        domain::risk::points_100()
    }

    #[test]
    fn the_calendars_word_on_the_timing_is_one_of_the_answers() {
        for (timing, says) in [
            (Timing::Quiet, "By the calendar: quiet window."),
            (Timing::BusinessHours, "By the calendar: business hours."),
            (Timing::Crowded, "By the calendar: next to freeze or overlapping."),
        ] {
            assert_eq!(timing_words(&model(), timing).as_deref(), Some(says));
        }
    }

    fn answer(choice: &str, provenance: Provenance) -> RiskAnswer {
        RiskAnswer { choice: choice.to_owned(), provenance }
    }

    fn synced(words: &[(&str, &str)]) -> Synced {
        model().synced(&words.iter().map(|(q, w)| ((*q).to_owned(), (*w).to_owned())).collect())
    }

    fn draft(answers: &[(&str, Option<&str>)]) -> RiskDraft {
        let answers =
            answers.iter().map(|(q, c)| ((*q).to_owned(), DraftAnswer { choice: c.map(str::to_owned) })).collect();
        RiskDraft { answers, ..RiskDraft::default() }
    }

    #[test]
    fn what_a_member_attested_wins_over_the_ticket() {
        let submitted = BTreeMap::from([("I1".to_owned(), answer("low", Provenance::Attested))]);
        let now = standing_answers(&model(), &synced(&[("I1", "high")]), Some(&submitted));
        assert_eq!(now["I1"], answer("low", Provenance::Attested));
    }

    #[test]
    fn an_answer_that_came_from_the_ticket_is_read_from_it_again() {
        let submitted = BTreeMap::from([("I1".to_owned(), answer("low", Provenance::Synced))]);
        let now = standing_answers(&model(), &synced(&[("I1", "mission-critical")]), Some(&submitted));
        assert_eq!(now["I1"], answer("mission_critical", Provenance::Synced), "the rise is noticed");
        let gone = standing_answers(&model(), &synced(&[]), Some(&submitted));
        assert!(!gone.contains_key("I1"), "what the ticket no longer says is open, not remembered");
    }

    #[test]
    fn an_answer_of_another_model_is_not_carried_over() {
        let submitted = BTreeMap::from([
            ("I1".to_owned(), answer("enormous", Provenance::Attested)),
            ("Z9".to_owned(), answer("low", Provenance::Attested)),
        ]);
        assert!(standing_answers(&model(), &synced(&[]), Some(&submitted)).is_empty());
    }

    #[test]
    fn opening_a_question_again_falls_back_to_the_ticket() {
        let ticket = synced(&[("I1", "high")]);
        let base = BTreeMap::from([
            ("I1".to_owned(), answer("low", Provenance::Attested)),
            ("I2".to_owned(), answer("many", Provenance::Attested)),
        ]);
        let now = with_draft(base, &ticket, &draft(&[("I1", None), ("I2", None)]));
        assert_eq!(now.get("I1"), Some(&answer("high", Provenance::Synced)));
        assert_eq!(now.get("I2"), None, "the ticket says nothing: open");
    }

    #[test]
    fn repeating_the_tickets_word_stays_the_tickets_word() {
        let now = with_draft(BTreeMap::new(), &synced(&[("I1", "high")]), &draft(&[("I1", Some("high"))]));
        assert_eq!(now["I1"].provenance, Provenance::Synced);
    }

    fn risk(answers: &[(&str, &str)], submitted: bool) -> RiskNow {
        let answers = answers.iter().map(|(q, c)| ((*q).to_owned(), answer(c, Provenance::Attested))).collect();
        let assessment = Assessment::new(model(), answers, Facts::default()).expect("answers of the model");
        let who = submitted.then(|| (MemberId(uuid::Uuid::from_u128(1)), DateTime::UNIX_EPOCH));
        RiskNow::of(assessment, Digest([0; 32]), Synced::default(), who).expect("risk")
    }

    #[test]
    fn a_window_in_a_freeze_is_a_fact_beside_the_answers() {
        let freeze = crate::calendar::testing::year_end();
        let frozen = Policy { freezes: vec![freeze], ..Policy::built_in(domain::policy::Strength::Starter) };
        let open = Policy::built_in(domain::policy::Strength::Starter);
        let mut change = crate::changes::testing::change("CHG-1");
        assert!(!facts(&frozen, &change, false).inside_freeze, "without a window nothing lies in it");
        change.window = Some(crate::calendar::testing::window("2026-12-20T20:00:00Z", "2026-12-20T22:00:00Z"));
        assert!(facts(&frozen, &change, false).inside_freeze);
        assert!(!facts(&open, &change, false).inside_freeze);
        change.window = Some(crate::calendar::testing::window("2026-12-10T20:00:00Z", "2026-12-10T22:00:00Z"));
        assert!(!facts(&frozen, &change, false).inside_freeze);
    }

    #[test]
    fn a_spent_error_budget_is_a_fact_where_a_member_attests_it() {
        let open = Policy::built_in(domain::policy::Strength::Starter);
        let change = crate::changes::testing::change("CHG-1");
        let attested = |question: Question, value: &str| {
            let answer = domain::attested::AttestedAnswer { evidence: None, value: value.to_owned() };
            let (entry, actor) = (domain::ids::EntryId([0; 32]), MemberId(uuid::Uuid::from_u128(1)));
            let role = domain::roster::Role::BoardMember;
            let (claimed, content) = (DateTime::UNIX_EPOCH, domain::ids::Digest([0; 32]));
            BTreeMap::from([(question, Attested { entry, actor, role, claimed, content, answer })])
        };
        for (question, value, spent) in [
            (Question::ErrorBudget, "yes, since Monday", true),
            (Question::ErrorBudget, "no", false),
            (Question::ErrorBudget, "perhaps", false),
            (Question::PeerReview, "yes", false),
        ] {
            let answers = attested(question, value);
            let found = facts(&open, &change, budget_spent(Some(&answers)));
            assert_eq!(found.error_budget_spent, spent, "{value}");
            let level = Assessment::new(model(), BTreeMap::new(), found).expect("no answers").decide();
            assert_eq!(level.floors.iter().any(|floor| floor.id == "error_budget"), spent, "{value}");
        }
        assert!(!budget_spent(None), "what nobody attested is not assumed");
    }

    #[test]
    fn an_open_assessment_shows_a_range_and_no_score() {
        let open = risk(&[("I1", "low")], false);
        let shown = open.summary(false);
        assert_eq!((shown.score, shown.level, shown.open), (None, None, 14));
        assert_eq!((shown.low, shown.high), (3, 91), "3 points given, and 88 still possible");
    }

    #[test]
    fn once_submitted_or_decided_silence_counts_as_the_worst_answer() {
        assert_eq!(risk(&[("I1", "low")], true).settled_level(), Some(RiskLevel::Critical));
        let decided = risk(&[("I1", "low")], false).summary(true);
        assert_eq!((decided.score, decided.level), (Some(91), Some(RiskLevel::Critical)));
    }

    #[test]
    fn open_questions_do_not_raise_a_floor_before_it_counts() {
        let open = certain(&risk(&[("I1", "mission_critical")], false));
        assert!(open.floors.iter().all(|f| f.id != "no_rollback"), "nobody said that there is no rollback");
        let known = certain(&risk(&[("B1", "impossible")], false));
        assert!(known.floors.iter().any(|f| f.id == "no_rollback"), "here somebody did");
    }
}
