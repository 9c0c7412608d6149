//! The gates of a change at a glance, and what members attest where no file of a machine can say it (R2 to R13, R33 to R35,
//! R43, R44, R62, R83, R93, R96).
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::attested::{AttestedAnswer, AttestedBody, Question};
use domain::entry::{Attestation, Body};
use domain::gate::GateResult;
use domain::ids::{ChangeKey, Digest};
use domain::roster::{Member, Role};
use domain::text::mark_invisible;
use record::statement::Subject;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::cabinet::{Cabinet, OpenBoard};
use crate::content::Content;
use crate::dispensations::GateActs;
use crate::error::{Answer, BoardError};
use crate::requests::{AttestAnswer, OfChange};
use crate::state::BoardState;
use crate::views::{Gate, Noun};
use crate::writer::{Act as Write, Key};

/// Longest answer.
const LONGEST: usize = 2_000;

/// Largest file that is kept as evidence of an answer.
const LARGEST: usize = 4 << 20;

/// A question with its answer, if it has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct QuestionView {
    /// Its word.
    pub question: String,
    /// The clause for which it is asked.
    pub clause: String,
    /// What is asked.
    pub asks: String,
    /// Whether the answer begins with yes or no.
    pub yes_or_no: bool,
    /// The newest answer.
    pub answer: Option<AnswerView>,
}

/// An attested answer, and whose word it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AnswerView {
    /// What it says.
    pub value: String,
    /// Who attests it.
    pub by: String,
    /// In which role.
    pub role: Role,
    /// When, as claimed.
    pub at: String,
    /// SHA-256 of the evidence, if any was given.
    pub evidence: Option<String>,
    /// Whether the change was edited since: then it does not count.
    pub lapsed: bool,
}

/// Every gate of a change, grouped by what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatesView {
    /// The change.
    pub change: String,
    /// Its title.
    pub title: String,
    /// The policy in force.
    pub policy: String,
    /// What keeps the change from being approved.
    pub blocking: Vec<Gate>,
    /// Broken, and stops nobody.
    pub warned: Vec<Gate>,
    /// Cannot be judged, and stops nobody.
    pub no_evidence: Vec<Gate>,
    /// Broken, and waived.
    pub waived: Vec<Gate>,
    /// Kept.
    pub passed: Vec<Gate>,
    /// No concern of this change.
    pub not_applicable: Vec<Gate>,
    /// What can be attested, and what is.
    pub questions: Vec<QuestionView>,
}

/// What a member attests of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestRequest {
    /// The change.
    pub change: String,
    /// The question's word.
    pub question: String,
    /// The answer.
    pub value: String,
    /// What shows it: the bytes of a file, which are kept.
    pub evidence: Option<Vec<u8>>,
}

/// The role in which a member attests: the most particular one that is no auditor's.
pub(crate) fn role_of(member: &Member) -> Option<Role> {
    let acts = |role: &&Role| !matches!(role, Role::Auditor);
    let particular = |role: &&Role| !matches!(role, Role::Auditor | Role::BoardMember);
    member.roles.iter().find(particular).or_else(|| member.roles.iter().find(acts)).copied()
}

/// What is asked of each change by itself.
fn of_changes() -> impl Iterator<Item = Question> {
    Question::ALL.into_iter().filter(|question| !Question::OF_A_RELEASE.contains(question))
}

/// The question of this word.
fn question(word: &str) -> Answer<Question> {
    let typed = word.trim().to_lowercase().replace('-', "_");
    typed.parse().map_err(|_| {
        let known: Vec<&str> = of_changes().map(Question::word).collect();
        let why = format!("There is no question {:?}; give one of: {}.", mark_invisible(word), known.join(", "));
        BoardError::invalid("question", why)
    })
}

/// The answer, if it can be one to the question.
fn answer(question: Question, value: &str, evidence: Option<&[u8]>) -> Answer<AttestedAnswer> {
    if Question::OF_A_RELEASE.contains(&question) {
        let why = "It is asked of a release and not of one change; answer it with `cab release assess`.";
        return Err(BoardError::invalid("question", why));
    }
    let answer = AttestedAnswer { evidence: evidence.map(Digest::of), value: value.trim().to_owned() };
    if answer.value.is_empty() {
        return Err(BoardError::invalid("value", format!("Say something. {}", question.asks())));
    }
    if answer.value.chars().count() > LONGEST {
        return Err(BoardError::invalid("value", format!("Keep the answer under {LONGEST} characters.")));
    }
    if question.yes_or_no() && answer.yes().is_none() {
        return Err(BoardError::invalid("value", format!("Begin the answer with yes or no. {}", question.asks())));
    }
    if evidence.is_some_and(|bytes| bytes.len() > LARGEST) {
        return Err(too_large());
    }
    Ok(answer)
}

fn too_large() -> BoardError {
    let why = format!("The file is larger than {} MiB; attest a digest or an address in words.", LARGEST >> 20);
    BoardError::invalid("evidence", why)
}

impl Cabinet {
    /// Every gate of a change at a glance. What pipelines say of it is read and archived.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] for a change that is not here; [`BoardError::Refused`] when nothing can be archived.
    pub async fn change_gates(&self, request: OfChange) -> Answer<GatesView> {
        let board = self.board()?;
        let key = crate::words::change_key(&request.change)?;
        self.evidence_of(request).await?;
        let state = board.state().await?;
        self.gates_view(&board, &state, &key).await
    }

    async fn gates_view(&self, board: &OpenBoard, state: &BoardState, key: &ChangeKey) -> Answer<GatesView> {
        let change = self.load_change(board, key).await?;
        let level = self.risk_of(state, &change)?.decided.level;
        let outcomes = self.gates(board, state, &change, Some(level));
        let content = Content::of(&state.policy, &change, &self.material_attachments(state, &change))?.digest;
        let blocking: Vec<&str> =
            crate::gates::blocking(&change, &outcomes).map(|outcome| outcome.gate.id.as_str()).collect();
        let mut view = GatesView {
            change: key.to_string(),
            title: mark_invisible(&change.title),
            policy: state.policy.name.clone(),
            blocking: Vec::new(),
            warned: Vec::new(),
            no_evidence: Vec::new(),
            waived: Vec::new(),
            passed: Vec::new(),
            not_applicable: Vec::new(),
            questions: questions(state, key, content),
        };
        for gate in crate::gates::views_of(&change, &outcomes) {
            if blocking.contains(&gate.id.as_str()) {
                view.blocking.push(gate);
                continue;
            }
            let group = match gate.result {
                GateResult::Failed | GateResult::Warned => &mut view.warned,
                GateResult::NoEvidence => &mut view.no_evidence,
                GateResult::Waived => &mut view.waived,
                GateResult::Passed => &mut view.passed,
                GateResult::NotApplicable => &mut view.not_applicable,
            };
            group.push(gate);
        }
        Ok(view)
    }

    /// Attests an answer as the member at this device, in one entry of the record; the newest one counts, until what is
    /// material of the change is edited.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] for a question that is none, or an answer that is none to it; [`BoardError::Refused`] for a
    /// member without a role, and on somebody else's device.
    pub async fn attest(&self, request: AttestRequest) -> Answer<GatesView> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?;
        let question = question(&request.question)?;
        let answer = answer(question, &request.value, request.evidence.as_deref())?;
        let change = self.load_change(&board, &key).await?;
        let me = self.my_id_on_my_device(&board, &state).await?;
        let role = attests_as(state.member(me)?, Some(question.clause()))?;
        let named = self.material_attachments(&state, &change);
        let content = Content::of(&state.policy, &change, &named)?;
        let mut blobs = vec![crate::changes::document(&content)?];
        blobs.extend(request.evidence);
        let act = Write {
            actor: me,
            // The device's key proves the device; whose hands were on it is its recorder's word.
            attestation: Attestation::Recorded,
            role: Some(role),
            meaning: format!("I attest of {key}, {}: {}", question.word(), answer.value),
            meeting: None,
            subjects: vec![Subject { name: key.to_string(), sha256: content.digest }],
            body: Body::Attested(AttestedBody { answers: [(question, answer)].into(), change: key.clone() }),
            blobs,
        };
        self.write(&board, vec![(act, Key::Device)], Vec::new()).await?;
        self.changed(&[Noun::Changes, Noun::Risk], &[key.as_str()]);
        let state = board.state().await?;
        self.gates_view(&board, &state, &key).await
    }

    /// The same from the window, where the evidence is a file in Base64; blank: there is none.
    ///
    /// # Errors
    /// As [`Cabinet::attest`]; [`BoardError::Invalid`] for a file that is too large or was not read whole.
    pub async fn attest_shown(&self, request: AttestAnswer) -> Answer<GateActs> {
        let AttestAnswer { change, question, value, evidence } = request;
        let evidence = evidence_from(evidence.trim())?;
        self.attest(AttestRequest { change: change.clone(), question, value, evidence }).await?;
        self.gate_acts(OfChange { change }).await
    }
}

/// The bytes of a file as the window read it.
fn evidence_from(content: &str) -> Answer<Option<Vec<u8>>> {
    if content.is_empty() {
        return Ok(None);
    }
    // Four letters for three bytes: nothing larger is decoded at all.
    if content.len() > LARGEST / 3 * 4 + 4 {
        return Err(too_large());
    }
    let bytes = STANDARD.decode(content);
    bytes.map(Some).map_err(|_| BoardError::invalid("evidence", "The file was not read whole; choose it again."))
}

/// The role in which a member attests, for that clause.
pub(crate) fn attests_as(member: &Member, clause: Option<&str>) -> Answer<Role> {
    role_of(member).ok_or_else(|| {
        BoardError::refused(
            "no_role",
            "Whoever attests does so in a role, and an auditor only reads.",
            clause,
            "Let a member attest it who has a role on the board.",
        )
    })
}

/// Every question of a change, with its answer, which lapsed where it speaks of another content than this.
pub(crate) fn questions(state: &BoardState, key: &ChangeKey, content: Digest) -> Vec<QuestionView> {
    of_changes().map(|question| question_view(state, key, question, content)).collect()
}

fn question_view(state: &BoardState, key: &ChangeKey, question: Question, content: Digest) -> QuestionView {
    let attested = state.ledger.attested.get(key).and_then(|answers| answers.get(&question));
    QuestionView {
        question: question.word().to_owned(),
        clause: question.clause().to_owned(),
        asks: question.asks().to_owned(),
        yes_or_no: question.yes_or_no(),
        answer: attested.map(|attested| AnswerView {
            value: mark_invisible(&attested.answer.value),
            by: state.name(attested.actor),
            role: attested.role,
            at: crate::words::time(attested.claimed),
            evidence: attested.answer.evidence.map(|digest| digest.to_string()),
            lapsed: !attested.holds(content),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_known_by_its_word_and_a_wrong_one_is_told_which_there_are() {
        assert_eq!(question(" Peer-Review ").expect("a question"), Question::PeerReview);
        let Err(BoardError::Invalid { field, why }) = question("weather") else { panic!("no question") };
        assert_eq!(field, "question");
        assert!(why.starts_with("There is no question \"weather\"; give one of: infrastructure, "), "{why}");
    }

    #[test]
    fn an_answer_says_something_and_yes_or_no_where_that_is_asked() {
        let refused = |question, value: &str, evidence: Option<&[u8]>| match answer(question, value, evidence) {
            Err(BoardError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(Question::WorkBranch, "  \n", None), "value");
        assert_eq!(refused(Question::WorkBranch, &"x".repeat(2_001), None), "value");
        assert_eq!(refused(Question::PeerReview, "Barbara did", None), "value");
        assert_eq!(refused(Question::ReleaseImpact, "low", None), "question");
        assert_eq!(refused(Question::PeerReview, "yes", Some(vec![0; LARGEST + 1].as_slice())), "evidence");
        let kept = answer(Question::PeerReview, " yes, by Barbara\n", Some(b"log".as_slice())).expect("an answer");
        assert_eq!((kept.value.as_str(), kept.evidence), ("yes, by Barbara", Some(Digest::of(b"log"))));
    }

    #[test]
    fn a_file_crosses_from_the_window_whole_and_not_larger_than_it_may_be() {
        assert_eq!(evidence_from(""), Ok(None));
        assert_eq!(evidence_from("bG9n"), Ok(Some(b"log".to_vec())));
        for content in ["bG9", "no file", &"A".repeat(LARGEST / 3 * 4 + 8)] {
            assert!(matches!(evidence_from(content), Err(BoardError::Invalid { field, .. }) if field == "evidence"));
        }
    }
}
