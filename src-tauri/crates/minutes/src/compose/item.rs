//! One agenda item.

use super::words::{attestation, basis, decision, gate, grouped, position, risk};
use super::{row, table};
use crate::document::{Block, KeyValue, Mark, Span};
use crate::language::Language;
use crate::model::{Condition, ConditionTime, Item, Risk, SignOff, Vote};
use crate::phrases::is_override;

/// The blocks of an item.
pub(super) fn item(language: Language, item: &Item) -> Vec<Block> {
    let mut blocks = vec![Block::ItemHead {
        number: item.number,
        key: item.key.clone(),
        title: item.title.clone(),
        verdict: decision(language, item.decision),
    }];
    let mut rows = vec![row(language.kind(), vec![vec![Span::plain(&item.kind)]])];
    if let Some(release) = &item.release {
        rows.push(row(language.release(), vec![vec![Span::plain(release)]]));
    }
    if !item.window.is_empty() {
        rows.push(row(language.window(), item.window.iter().map(|window| vec![Span::plain(window)]).collect()));
    }
    if let Some(risk) = &item.risk {
        rows.push(risk_row(language, risk));
    }
    rows.push(gates(language, item));
    if let Some(review) = &item.plan_review {
        rows.push(row(language.plan_review(), vec![vec![Span::plain(review)]]));
    }
    rows.push(decided(language, item));
    if let Some(approval) = &item.approval {
        rows.push(row(language.approval(), vec![vec![Span::strong(approval)]]));
    }
    if let Some(manifest) = &item.manifest {
        let shown = vec![Span::quiet(language.manifest()), Span::code(grouped(manifest))];
        rows.push(row(language.what_was_shown(), vec![shown]));
    }
    blocks.push(Block::KeyValues { rows });
    if let Some(votes) = votes(language, &item.votes) {
        blocks.push(heading(language.votes()));
        blocks.push(votes);
        if let Some(count) = &item.attestation_count {
            blocks.push(Block::Paragraph { spans: vec![Span::plain(count)] });
        }
    }
    if let Some(conditions) = conditions(language, &item.conditions) {
        blocks.push(heading(language.conditions()));
        blocks.push(conditions);
    }
    if let Some(sign_offs) = sign_offs(language, &item.sign_offs) {
        blocks.push(heading(language.sign_offs()));
        blocks.push(sign_offs);
    }
    if !item.circular.is_empty() {
        blocks.push(heading(language.circular_resolution()));
        blocks.extend(sentences(&item.circular));
    }
    if !item.emergency.is_empty() {
        blocks.push(heading(language.emergency()));
        blocks.extend(sentences(&item.emergency));
    }
    if !item.rulings.is_empty() {
        blocks.push(heading(language.immaterial()));
        blocks.extend(sentences(&item.rulings));
    }
    if !item.dispensations.is_empty() {
        blocks.push(heading(language.dispensations()));
        blocks.extend(sentences(&item.dispensations));
    }
    blocks
}

pub(super) fn sentences(texts: &[String]) -> impl Iterator<Item = Block> + '_ {
    texts.iter().map(|text| Block::Paragraph { spans: vec![Span::plain(text)] })
}

pub(super) fn heading(text: &str) -> Block {
    Block::Heading { level: 2, text: text.into(), item: None }
}

/// The heading with which an item begins that has no head.
pub(super) fn heading_of(number: u32, text: String) -> Block {
    Block::Heading { level: 2, text, item: Some(number) }
}

pub(super) fn risk_row(language: Language, level: &Risk) -> KeyValue {
    let mut lines =
        vec![vec![risk(language, level.level), Span::plain(&level.scored), Span::quiet(format!("({})", level.model))]];
    lines.extend(level.follows.iter().map(|follows| vec![Span::quiet(follows)]));
    // An override may lower the level, and says so itself.
    let raised = |floor: &String| if is_override(floor) { floor.clone() } else { language.raised(floor) };
    lines.extend(level.floors.iter().map(|floor| vec![Span::plain(raised(floor))]));
    lines.extend(level.heaviest.iter().map(|answer| vec![Span::plain(format!("· {answer}"))]));
    lines.extend(level.assumed.iter().map(|assumed| vec![Span::plain(assumed).with_mark(Mark::Attention)]));
    row(language.risk(), lines)
}

fn gates(language: Language, item: &Item) -> KeyValue {
    let passed = match (item.gates_passed, item.gates.is_empty()) {
        (0, true) if item.basis.is_none() => language.gates_not_recorded().to_owned(),
        (0, true) => language.none_apply().to_owned(),
        (count, _) => language.passed_count(count),
    };
    let mut lines: Vec<Vec<Span>> = item
        .gates
        .iter()
        .map(|found| {
            vec![
                gate(language, found.result),
                Span::strong(&found.clause),
                Span::plain(format!("{}: {}", found.title, found.why)),
            ]
        })
        .collect();
    lines.push(vec![Span::plain(passed)]);
    row(language.gates(), lines)
}

pub(super) fn decided(language: Language, item: &Item) -> KeyValue {
    let mut verdict = vec![decision(language, item.decision)];
    verdict.extend(item.decision_detail.as_ref().map(Span::plain));
    let mut how: Vec<Span> = item.basis.map(|found| Span::strong(basis(language, found))).into_iter().collect();
    how.push(Span::plain(&item.basis_text));
    let mut lines = vec![verdict, how];
    lines.extend(item.rationale.as_ref().map(|rationale| vec![Span::plain(rationale)]));
    row(language.decision(), lines)
}

pub(super) fn votes(language: Language, votes: &[Vote]) -> Option<Block> {
    let line = |vote: &Vote| {
        vec![
            vec![Span::strong(&vote.name)],
            vec![Span::plain(&vote.role)],
            vec![position(language, vote.position)],
            vec![Span::plain(attestation(language, vote.attestation))],
        ]
    };
    if votes.iter().all(|vote| vote.remark.is_none()) {
        let rows = votes.iter().map(line).collect();
        let columns =
            [(language.name(), 36), (language.role(), 36), (language.vote(), 22), (language.attestation(), 20)];
        return table(columns, rows);
    }
    let remarked = |vote: &Vote| {
        let mut cells = line(vote);
        cells.push(vec![Span::plain(vote.remark.as_deref().unwrap_or(""))]);
        cells
    };
    let rows = votes.iter().map(remarked).collect();
    let columns = [
        (language.name(), 29),
        (language.role(), 23),
        (language.vote(), 18),
        (language.attestation(), 15),
        (language.remark(), 29),
    ];
    table(columns, rows)
}

pub(super) fn conditions(language: Language, conditions: &[Condition]) -> Option<Block> {
    let line = |condition: &Condition| {
        let when = match condition.when {
            ConditionTime::Before => language.before_deployment(),
            ConditionTime::After => language.after_deployment(),
        };
        let state = if condition.met {
            Span::strong(language.met()).with_mark(Mark::Met(true))
        } else {
            Span::plain(language.open())
        };
        vec![
            vec![Span::plain(&condition.text)],
            vec![Span::plain(&condition.owner)],
            vec![Span::plain(&condition.due)],
            vec![Span::plain(when)],
            vec![state],
        ]
    };
    table(
        [
            (language.condition(), 42),
            (language.owner(), 20),
            (language.due(), 19),
            (language.when(), 17),
            (language.state(), 11),
        ],
        conditions.iter().map(line).collect(),
    )
}

pub(super) fn sign_offs(language: Language, sign_offs: &[SignOff]) -> Option<Block> {
    let line = |given: &SignOff| {
        let mut how = vec![Span::plain(attestation(language, given.attestation))];
        if given.stale {
            how.push(Span::strong(language.stale()).with_mark(Mark::Attention));
        }
        let key = given.key_fingerprint.as_deref().map_or_else(
            || Span::plain(language.no_key()),
            |key| Span::code(format!("{} …", grouped(&key.chars().take(32).collect::<String>()))),
        );
        vec![
            vec![Span::strong(&given.name), Span::plain(&given.role)],
            vec![Span::plain(&given.meaning)],
            vec![Span::plain(&given.time)],
            vec![key],
            how,
        ]
    };
    table(
        [
            (language.name_and_role(), 25),
            (language.meaning(), 36),
            (language.time_claimed(), 19),
            (language.key_fingerprint(), 20),
            (language.attestation(), 14),
        ],
        sign_offs.iter().map(line).collect(),
    )
}
