//! Minutes to a document: order and wording. Pure.

mod annex;
mod item;
mod prose;
mod review;
mod words;

pub use review::compose_review;

use crate::document::{Block, Column, Document, KeyValue, Mark, Span, Table};
use crate::model::{Attendee, Evidence, Extract, Head, Item, Minutes, Presence, Quorum, Raci, Signatory};
pub use annex::compose_annex;
use words::{grouped, presence};

/// Composes the minutes of a meeting.
#[must_use]
pub fn compose(minutes: &Minutes) -> Document {
    let head = &minutes.head;
    let mut blocks = vec![title(head, "Minutes")];
    blocks.extend(provisional(head));
    blocks.push(facts(head));
    blocks.push(section("Attendance and quorum"));
    blocks.extend(attendance(&minutes.attendance));
    blocks.extend(quorum(&minutes.quorum));
    blocks.push(section("Items and decisions"));
    blocks.extend(overview(&minutes.items));
    for item in &minutes.items {
        blocks.extend(item::item(item));
    }
    if !minutes.rulings.is_empty() {
        blocks.push(section("Edits ruled immaterial since the last meeting"));
        blocks.extend(item::sentences(&minutes.rulings));
    }
    if !minutes.dispensations.is_empty() {
        blocks.push(section("Waivers, overrides and exceptions since the last meeting"));
        blocks.extend(item::sentences(&minutes.dispensations));
    }
    if !minutes.delegated.is_empty() {
        blocks.push(section("Signed off without an agenda since the last meeting"));
        blocks.extend(item::sentences(&minutes.delegated));
    }
    if !minutes.breaches.is_empty() {
        blocks.push(section("Answers that came late, or are still owed"));
        blocks.extend(item::sentences(&minutes.breaches));
    }
    if let Some(matrix) = raci(&minutes.raci) {
        blocks.push(section("Who does what, by type of release"));
        blocks.push(matrix);
    }
    if !minutes.circulars.is_empty() {
        blocks.push(section("Resolutions made in writing and not ratified"));
        blocks.extend(item::sentences(&minutes.circulars));
    }
    blocks.push(section("Actions and next meeting"));
    blocks.extend(actions(minutes));
    blocks.extend(signatures(&minutes.signatories));
    blocks.extend(evidence(&minutes.evidence, head));
    document(head, "Minutes", format!("{} items decided on {}", minutes.items.len(), head.date), blocks)
}

/// Composes the extract of one change.
#[must_use]
pub fn compose_extract(extract: &Extract) -> Document {
    let (head, item) = (&extract.head, &extract.item);
    let kind = format!("Extract: {}", item.key);
    let mut blocks = vec![title(head, &kind)];
    blocks.extend(provisional(head));
    blocks.push(facts(head));
    blocks.push(section("Decision"));
    blocks.extend(item::item(item));
    if let Some(quorum) = quorum(&extract.quorum) {
        blocks.push(item::heading("Quorum"));
        blocks.push(quorum);
    }
    blocks.extend(signatures(&extract.signatories));
    blocks.extend(evidence(&extract.evidence, head));
    document(head, &kind, format!("{}: {}", item.key, item.title), blocks)
}

fn document(head: &Head, kind: &str, subject: String, blocks: Vec<Block>) -> Document {
    let provisional = if head.provisional { " · provisional board" } else { "" };
    let checkpoint: String = head.checkpoint.chars().take(16).collect();
    Document {
        title: format!("{kind} · {} · {}", head.meeting_title, head.meeting_id),
        author: head.board.clone(),
        subject,
        language: "en".into(),
        made_at: head.made_at,
        running_head: (
            format!("{} · {}{provisional}", head.board, head.meeting_title),
            format!("{kind} · {}", head.meeting_id),
        ),
        running_foot: format!(
            "Checkpoint {} · policy {} · roster {}",
            grouped(&checkpoint),
            head.policy_version,
            head.roster_version
        ),
        blocks,
    }
}

pub(super) fn section(text: &str) -> Block {
    Block::Heading { level: 1, text: text.into() }
}

fn title(head: &Head, kind: &str) -> Block {
    Block::Title {
        above: head.board.clone(),
        title: kind.into(),
        below: format!("{} · {}", head.meeting_title, head.meeting_id),
    }
}

fn provisional(head: &Head) -> Option<Block> {
    let text = "Provisional board: one keyholder only. What is recorded here rests on that one key until a second is admitted.";
    head.provisional.then(|| Block::Notice {
        spans: vec![Span::strong("Provisional.").with_mark(Mark::Attention), Span::plain(text)],
    })
}

pub(super) fn row(label: &str, lines: Vec<Vec<Span>>) -> KeyValue {
    KeyValue { label: label.into(), lines }
}

fn facts(head: &Head) -> Block {
    let plain = |text: &str| vec![vec![Span::plain(text)]];
    let mut rows = vec![
        row("Date", vec![vec![Span::strong(&head.date)]]),
        row("Place", plain(&head.place)),
        row("Chair", plain(&head.chair)),
    ];
    if let Some(secretary) = &head.secretary {
        rows.push(row("Secretary", plain(secretary)));
    }
    rows.push(row(
        "Rests on",
        vec![
            vec![Span::quiet(format!("Policy {}", head.policy_version)), Span::code(grouped(&head.policy_digest))],
            vec![Span::quiet(format!("Roster {}", head.roster_version))],
            vec![Span::quiet("Checkpoint"), Span::code(grouped(&head.checkpoint))],
            vec![Span::quiet(format!("Made {}", head.made_at_text))],
        ],
    ));
    Block::KeyValues { rows }
}

fn columns<const N: usize>(titles: [(&str, u32); N]) -> Vec<Column> {
    titles.into_iter().map(|(title, share)| Column { title: title.into(), share }).collect()
}

pub(super) fn table<const N: usize>(titles: [(&str, u32); N], rows: Vec<Vec<Vec<Span>>>) -> Option<Block> {
    (!rows.is_empty()).then(|| Block::Table(Table { columns: columns(titles), rows }))
}

fn attendance(attendees: &[Attendee]) -> Option<Block> {
    let line = |attendee: &Attendee| {
        let mut name = vec![Span::strong(&attendee.name)];
        if let Some(seat) = &attendee.delegate_for {
            name.push(Span::plain(format!("delegate for {seat}")));
        }
        let times = match (&attendee.arrived, &attendee.left, attendee.presence) {
            (Some(arrived), Some(left), _) => format!("{arrived} to {left}"),
            (Some(arrived), None, _) => format!("{arrived} to close"),
            (None, Some(left), _) => format!("until {left}"),
            (None, None, Presence::Present | Presence::Guest) => "throughout".into(),
            (None, None, Presence::Absent | Presence::ByDelegate) => "–".into(),
        };
        let recused = if attendee.recused_from.is_empty() { "–".into() } else { attendee.recused_from.join("; ") };
        vec![
            name,
            vec![Span::plain(&attendee.role)],
            vec![presence(attendee.presence)],
            vec![Span::plain(times)],
            vec![Span::plain(recused)],
        ]
    };
    let rows = attendees.iter().map(line).collect();
    table([("Name", 30), ("Role", 23), ("Attendance", 17), ("Time", 18), ("Recused from", 26)], rows)
}

fn quorum(quorums: &[Quorum]) -> Option<Block> {
    let line = |quorum: &Quorum| {
        let verdict = if quorum.met {
            Span::strong("Quorum met").with_mark(Mark::Met(true))
        } else {
            let short = quorum.required.saturating_sub(quorum.present);
            let words = if short > 0 { format!("Quorum short by {short}") } else { "Quorum not met".into() };
            Span::strong(words).with_mark(Mark::Met(false))
        };
        let arithmetic =
            format!("{} present, {} required of {} voting seats", quorum.present, quorum.required, quorum.of);
        let mut lines = vec![vec![verdict, Span::plain(arithmetic)], vec![Span::quiet(&quorum.formula)]];
        if !quorum.missing_seats.is_empty() {
            lines.push(vec![Span::plain(format!("Mandatory seats missing: {}", quorum.missing_seats.join(", ")))]);
        }
        row(&quorum.scope, lines)
    };
    (!quorums.is_empty()).then(|| Block::KeyValues { rows: quorums.iter().map(line).collect() })
}

fn overview(items: &[Item]) -> Option<Block> {
    let line = |item: &Item| {
        let risk = item.risk.as_ref().map_or_else(|| Span::plain("–"), |risk| words::risk(risk.level));
        vec![
            vec![Span::plain(item.number.to_string())],
            vec![Span::strong(&item.key)],
            vec![Span::plain(&item.title)],
            vec![risk],
            vec![words::decision(item.decision)],
        ]
    };
    let rows: Vec<_> = items.iter().map(line).collect();
    if rows.is_empty() {
        return Some(Block::Paragraph { spans: vec![Span::plain("The meeting took no items.")] });
    }
    table([("No.", 5), ("Key", 15), ("Title", 48), ("Risk", 16), ("Decision", 30)], rows)
}

fn raci(lines: &[Raci]) -> Option<Block> {
    let line = |line: &Raci| {
        let people = if line.people.is_empty() { "nobody".to_owned() } else { line.people.join(", ") };
        vec![
            vec![Span::plain(&line.release)],
            vec![Span::plain(&line.letter)],
            vec![Span::plain(&line.role)],
            vec![Span::plain(people)],
        ]
    };
    table([("Release", 20), ("Letter", 22), ("Role", 32), ("Who", 40)], lines.iter().map(line).collect())
}

fn actions(minutes: &Minutes) -> Vec<Block> {
    let rows = minutes
        .actions
        .iter()
        .map(|action| {
            vec![
                vec![Span::plain(&action.text)],
                vec![Span::plain(&action.owner)],
                vec![Span::plain(&action.due)],
                vec![Span::plain(action.item.as_deref().unwrap_or("–"))],
            ]
        })
        .collect();
    let none = || Block::Paragraph { spans: vec![Span::plain("No actions were agreed.")] };
    let agreed = table([("Action", 50), ("Owner", 22), ("Due", 20), ("Item", 14)], rows).unwrap_or_else(none);
    let next = minutes.next_meeting.as_deref().unwrap_or("not settled");
    vec![agreed, Block::KeyValues { rows: vec![row("Next meeting", vec![vec![Span::strong(next)]])] }]
}

fn evidence(evidence: &Evidence, head: &Head) -> Vec<Block> {
    let mut rows: Vec<KeyValue> = evidence
        .digests
        .iter()
        .map(|digest| row(&digest.name, vec![vec![Span::code(grouped(&digest.sha256))]]))
        .collect();
    if let Some(root) = &evidence.certificate_root {
        rows.push(row("Certificate root", vec![vec![Span::code(grouped(root))]]));
    }
    rows.push(row("Checkpoint", vec![vec![Span::code(grouped(&head.checkpoint))]]));
    let mut blocks = vec![section("Evidence: how to verify without Cabinet")];
    blocks.extend(evidence.how_to_verify.iter().map(|text| Block::Paragraph { spans: vec![Span::plain(text)] }));
    if !evidence.commands.is_empty() {
        blocks.push(Block::Commands { lines: evidence.commands.clone() });
    }
    blocks.push(item::heading("Digests (SHA-256, hexadecimal)"));
    blocks.push(Block::KeyValues { rows });
    blocks
}

fn signatures(signatories: &[Signatory]) -> Vec<Block> {
    if signatories.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![section("Signatures")];
    blocks.extend(signatories.iter().map(|signatory| {
        Block::SignatureField(crate::document::SignatureField {
            field: signatory.field.clone(),
            name: signatory.name.clone(),
            role: signatory.role.clone(),
            meaning: signatory.meaning.clone(),
        })
    }));
    blocks
}

#[cfg(test)]
mod tests;
