//! One agenda item.

use super::words::{attestation, basis, decision, gate, grouped, position, risk};
use super::{row, table};
use crate::document::{Block, KeyValue, Mark, Span};
use crate::model::{Condition, ConditionTime, Item, Risk, SignOff, Vote};

/// How the line of an override begins, among the floors of a decision.
const OVERRIDE: &str = "Override of ";

/// The blocks of an item.
pub(super) fn item(item: &Item) -> Vec<Block> {
    let mut blocks = vec![Block::ItemHead {
        number: item.number,
        key: item.key.clone(),
        title: item.title.clone(),
        verdict: decision(item.decision),
    }];
    let mut rows = vec![row("Kind", vec![vec![Span::plain(&item.kind)]])];
    if let Some(release) = &item.release {
        rows.push(row("Release", vec![vec![Span::plain(release)]]));
    }
    if !item.window.is_empty() {
        rows.push(row("Window", item.window.iter().map(|window| vec![Span::plain(window)]).collect()));
    }
    if let Some(risk) = &item.risk {
        rows.push(risk_row(risk));
    }
    rows.push(gates(item));
    if let Some(review) = &item.plan_review {
        rows.push(row("Plan review", vec![vec![Span::plain(review)]]));
    }
    rows.push(decided(item));
    if let Some(approval) = &item.approval {
        rows.push(row("Approval", vec![vec![Span::strong(approval)]]));
    }
    if let Some(manifest) = &item.manifest {
        rows.push(row("What was shown", vec![vec![Span::quiet("Manifest"), Span::code(grouped(manifest))]]));
    }
    blocks.push(Block::KeyValues { rows });
    if let Some(votes) = votes(&item.votes) {
        blocks.push(heading("Votes"));
        blocks.push(votes);
        if let Some(count) = &item.attestation_count {
            blocks.push(Block::Paragraph { spans: vec![Span::plain(count)] });
        }
    }
    if let Some(conditions) = conditions(&item.conditions) {
        blocks.push(heading("Conditions"));
        blocks.push(conditions);
    }
    if let Some(sign_offs) = sign_offs(&item.sign_offs) {
        blocks.push(heading("Sign-offs"));
        blocks.push(sign_offs);
    }
    if !item.circular.is_empty() {
        blocks.push(heading("Circular resolution"));
        blocks.extend(sentences(&item.circular));
    }
    if !item.emergency.is_empty() {
        blocks.push(heading("Emergency"));
        blocks.extend(sentences(&item.emergency));
    }
    if !item.rulings.is_empty() {
        blocks.push(heading("Edits ruled immaterial"));
        blocks.extend(sentences(&item.rulings));
    }
    if !item.dispensations.is_empty() {
        blocks.push(heading("Waivers, overrides and exceptions"));
        blocks.extend(sentences(&item.dispensations));
    }
    blocks
}

pub(super) fn sentences(texts: &[String]) -> impl Iterator<Item = Block> + '_ {
    texts.iter().map(|text| Block::Paragraph { spans: vec![Span::plain(text)] })
}

pub(super) fn heading(text: &str) -> Block {
    Block::Heading { level: 2, text: text.into() }
}

fn risk_row(level: &Risk) -> KeyValue {
    let mut lines =
        vec![vec![risk(level.level), Span::plain(&level.scored), Span::quiet(format!("({})", level.model))]];
    lines.extend(level.follows.iter().map(|follows| vec![Span::quiet(follows)]));
    // An override may lower the level, and says so itself.
    let raised = |floor: &String| if floor.starts_with(OVERRIDE) { floor.clone() } else { format!("Raised: {floor}") };
    lines.extend(level.floors.iter().map(|floor| vec![Span::plain(raised(floor))]));
    lines.extend(level.heaviest.iter().map(|answer| vec![Span::plain(format!("· {answer}"))]));
    lines.extend(level.assumed.iter().map(|assumed| vec![Span::plain(assumed).with_mark(Mark::Attention)]));
    row("Risk", lines)
}

fn gates(item: &Item) -> KeyValue {
    let passed = match (item.gates_passed, item.gates.is_empty()) {
        (0, true) => "none apply".to_owned(),
        (1, _) => "1 passed".to_owned(),
        (count, _) => format!("{count} passed"),
    };
    let mut lines: Vec<Vec<Span>> = item
        .gates
        .iter()
        .map(|found| {
            vec![
                gate(found.result),
                Span::strong(&found.clause),
                Span::plain(format!("{}: {}", found.title, found.why)),
            ]
        })
        .collect();
    lines.push(vec![Span::plain(passed)]);
    row("Gates", lines)
}

fn decided(item: &Item) -> KeyValue {
    let mut verdict = vec![decision(item.decision)];
    verdict.extend(item.decision_detail.as_ref().map(Span::plain));
    let mut lines = vec![verdict, vec![Span::strong(basis(item.basis)), Span::plain(&item.basis_text)]];
    lines.extend(item.rationale.as_ref().map(|rationale| vec![Span::plain(rationale)]));
    row("Decision", lines)
}

fn votes(votes: &[Vote]) -> Option<Block> {
    let line = |vote: &Vote| {
        vec![
            vec![Span::strong(&vote.name)],
            vec![Span::plain(&vote.role)],
            vec![position(vote.position)],
            vec![Span::plain(attestation(vote.attestation))],
        ]
    };
    if votes.iter().all(|vote| vote.remark.is_none()) {
        let rows = votes.iter().map(line).collect();
        return table([("Name", 36), ("Role", 36), ("Position", 22), ("Attestation", 20)], rows);
    }
    let remarked = |vote: &Vote| {
        let mut cells = line(vote);
        cells.push(vec![Span::plain(vote.remark.as_deref().unwrap_or(""))]);
        cells
    };
    let rows = votes.iter().map(remarked).collect();
    table([("Name", 29), ("Role", 23), ("Position", 18), ("Attestation", 15), ("Remark", 29)], rows)
}

pub(super) fn conditions(conditions: &[Condition]) -> Option<Block> {
    let line = |condition: &Condition| {
        let when = match condition.when {
            ConditionTime::Before => "before deployment",
            ConditionTime::After => "after deployment",
        };
        let state = if condition.met { Span::strong("Met").with_mark(Mark::Met(true)) } else { Span::plain("Open") };
        vec![
            vec![Span::plain(&condition.text)],
            vec![Span::plain(&condition.owner)],
            vec![Span::plain(&condition.due)],
            vec![Span::plain(when)],
            vec![state],
        ]
    };
    table(
        [("Condition", 42), ("Owner", 20), ("Due", 19), ("When", 17), ("State", 11)],
        conditions.iter().map(line).collect(),
    )
}

fn sign_offs(sign_offs: &[SignOff]) -> Option<Block> {
    let line = |given: &SignOff| {
        let mut how = vec![Span::plain(attestation(given.attestation))];
        if given.stale {
            how.push(Span::strong("stale").with_mark(Mark::Attention));
        }
        let key = given.key_fingerprint.as_deref().map_or_else(
            || Span::plain("no key"),
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
        [("Name and role", 25), ("Meaning", 36), ("Time (claimed)", 19), ("Key fingerprint", 20), ("Attestation", 14)],
        sign_offs.iter().map(line).collect(),
    )
}
