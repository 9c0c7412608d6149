//! The arithmetic of a score for the screen: questions, waterfall, floors, what would lower it.
use domain::change::ChangeRequest;
use domain::risk::{Answer as RiskAnswer, Assessment, Category, Decided, MATRIX, ModelKind, Provenance, Question};
use domain::template::Found;
use domain::text::mark_invisible;

use super::{RiskDraft, RiskNow};
use crate::gates::sentence;
use crate::state::BoardState;
use crate::views::{self, RiskFactor, RiskOutcome};

fn factor(category: Category) -> RiskFactor {
    match category {
        Category::Impact => RiskFactor::Impact,
        Category::Complexity => RiskFactor::Complexity,
        Category::Recoverability => RiskFactor::Recoverability,
        Category::Exposure => RiskFactor::Exposure,
    }
}

pub(super) fn question_view(
    state: &BoardState,
    change: &ChangeRequest,
    risk: &RiskNow,
    draft: &RiskDraft,
    found: &Found,
    question: &Question,
) -> views::RiskQuestion {
    let given = risk.assessment.answers().get(&question.id);
    let place = given.and_then(|g| question.answers.iter().position(|c| c.id == g.choice));
    let help =
        risk.unknown.iter().find(|u| u.question == question.id).map(|u| {
            format!("The ticket says \u{201c}{}\u{201d}, which is none of the answers.", mark_invisible(&u.word))
        });
    let contradicts = || {
        let (problem, whence) = found.problems.iter().find(|(p, _)| p.place == question.id)?;
        Some(mark_invisible(&sentence(&format!("{}: {}", whence.words(), problem.why))))
    };
    let help = help.or_else(contradicts);
    let evidence = given.and_then(|g| match g.provenance {
        Provenance::Synced => change.risk_answers.get(&question.id).map(|word| {
            let whence = found.answer(change, &question.id).map_or_else(String::new, |w| format!(", {}", w.words()));
            mark_invisible(&format!("{}: the ticket says \u{201c}{word}\u{201d}{whence}.", change.key))
        }),
        Provenance::Attested if draft.answers.contains_key(&question.id) => None,
        Provenance::Attested => {
            risk.submitted.map(|(who, at)| format!("{}, {}", state.name(who), at.format("%-d %B %Y")))
        }
        Provenance::Assumed => None,
    });
    views::RiskQuestion {
        id: question.id.clone(),
        factor: factor(question.category),
        prompt: question.text.clone(),
        help,
        options: question
            .answers
            .iter()
            .map(|c| views::RiskOption { label: c.words.clone(), points: c.points })
            .collect(),
        answer: place.and_then(|p| u32::try_from(p).ok()),
        provenance: given.map(|g| g.provenance),
        evidence,
        note: draft.notes.get(&question.id).cloned().unwrap_or_default(),
    }
}

/// The same answers with every open question at its best: what is certain already.
pub(super) fn certain(risk: &RiskNow) -> Decided {
    let model = risk.assessment.model();
    let mut answers = risk.assessment.answers().clone();
    for question in &model.questions {
        if let Some(best) = question.answers.first() {
            answers
                .entry(question.id.clone())
                .or_insert_with(|| RiskAnswer { choice: best.id.clone(), provenance: Provenance::Attested });
        }
    }
    Assessment::new(model.clone(), answers, *risk.assessment.facts())
        .map_or_else(|_| risk.decided.clone(), |a| a.decide())
}

/// The answers in a matrix, for comparison, where the model in force is none.
fn matrix_beside(assessment: &Assessment) -> Option<views::RiskMatrix> {
    let model = assessment.model();
    (model.kind != ModelKind::Matrix && model.has_axes()).then(|| {
        let matrix = assessment.matrix();
        views::RiskMatrix {
            model: MATRIX.to_owned(),
            likelihood: matrix.likelihood,
            impact: matrix.impact,
            level: matrix.level,
        }
    })
}

/// The answers by the built-in model, for comparison, where the model in force adds no points.
fn points_beside(assessment: &Assessment) -> Option<views::RiskPoints> {
    let points = assessment.by_points().filter(|_| !assessment.model().kind.is_sum())?;
    Some(views::RiskPoints { model: points.model, score: points.score, of: points.of, level: points.level_by_score })
}

/// The arithmetic for the screen: waterfall, floors, factors, what would lower it.
pub(crate) fn outcome(state: &BoardState, risk: &RiskNow, decided: bool) -> RiskOutcome {
    let model = risk.assessment.model();
    let counted = &risk.decided;
    let certain = certain(risk);
    let settled = decided || risk.submitted.is_some();
    let floors_now = if settled { &counted.floors } else { &certain.floors };
    let sum = |lines: &[domain::risk::Line], category: Category| {
        lines.iter().filter(|l| l.category == category).map(|l| l.points).sum::<u32>()
    };
    let factors = [Category::Impact, Category::Complexity, Category::Recoverability, Category::Exposure]
        .into_iter()
        .map(|category| views::RiskOutcomeFactors {
            factor: factor(category),
            low: sum(&certain.lines, category),
            high: sum(&counted.lines, category),
            most: model.questions.iter().filter(|q| q.category == category).map(Question::most).sum(),
        })
        .collect();
    let kind = match model.kind {
        ModelKind::Sum => views::RiskModelKind::Sum,
        ModelKind::Matrix => views::RiskModelKind::Matrix,
        ModelKind::Mean => views::RiskModelKind::Mean,
    };
    RiskOutcome {
        model: model.id.clone(),
        model_version: model.version,
        summary: risk.summary(decided),
        score_level: (risk.range.open == 0 || settled).then_some(counted.level_by_score),
        floors: model
            .floors
            .iter()
            .filter_map(|floor| {
                Some(views::RiskFloor {
                    label: sentence(&floor.words),
                    clause: Some(floor.clause.clone()).filter(|c| !c.is_empty()),
                    level: floor.least?,
                    applies: floors_now.iter().any(|hit| hit.id == floor.id),
                })
            })
            .chain(risk.overridden.iter().map(|words| views::RiskFloor {
                label: sentence(words),
                clause: Some("R69".to_owned()),
                level: counted.level,
                applies: true,
            }))
            .collect(),
        factors,
        inherent: model.has_guards().then(|| {
            let inherent = risk.assessment.inherent();
            views::RiskInherent { score: inherent.score, level: inherent.level }
        }),
        matrix: matrix_beside(&risk.assessment),
        points: points_beside(&risk.assessment),
        waterfall: counted
            .lines
            .iter()
            .map(|line| views::WaterfallStep {
                question: line.question.clone(),
                factor: factor(line.category),
                label: line.text.clone(),
                answer: (line.provenance != Provenance::Assumed).then(|| line.words.clone()),
                points: line.points,
                most: line.of,
                provenance: Some(line.provenance),
                sum: line.total,
            })
            .collect(),
        improvements: counted
            .improvements
            .iter()
            .map(|i| views::Improvement {
                question: i.question.clone(),
                text: sentence(&i.act),
                saves: i.saves,
                new_score: counted.score.saturating_sub(i.saves),
                new_level: i.level,
            })
            .collect(),
        confidence: counted.confidence,
        answers_digest: risk.stamp.answers.to_string(),
        submitted_at: risk.submitted.map(|(_, at)| crate::words::time(at)),
        submitted_by: risk.submitted.map(|(who, _)| state.name(who)),
        kind,
        follows: counted.follows.clone(),
        of: counted.of,
        bounds: model.levels.iter().skip(1).map(|bound| bound.from).collect(),
        older_model: risk.older.as_deref().map(mark_invisible),
    }
}
