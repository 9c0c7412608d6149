//! Minutes to a document: order and wording. Pure.

mod agenda;
mod annex;
mod circulated;
mod corrections;
mod item;
mod links;
mod plan;
mod prose;
mod review;
mod summary;
pub(crate) mod words;

pub use agenda::{compose_agenda, compose_pre_read};
pub use plan::compose_plan;
pub use review::compose_review;

use crate::document::{Block, Column, Document, KeyValue, Mark, Span, Table};
use crate::language::Language;
use crate::model::{Action, Attendee, Evidence, Extract, Head, Item, Minutes, Presence, Quorum, Raci, Signatory};
pub use annex::compose_annex;
pub use corrections::{compose_draft, compose_erratum};
use links::Keys;
use words::{grouped, presence};

/// Composes the minutes of a meeting.
#[must_use]
pub fn compose(minutes: &Minutes) -> Document {
    let head = &minutes.head;
    let language = head.language;
    let circulated = minutes.circulated.as_ref();
    let keys = Keys::of(minutes.items.iter().map(|item| (item.key.as_str(), item.number)));
    let kind = if circulated.is_some() { language.circulated() } else { language.minutes() };
    let mut blocks = vec![title(head, kind)];
    blocks.extend(provisional(head));
    blocks.extend(circulated.map(|_| circulated::notice(language)));
    blocks.push(facts(head));
    blocks.push(section(language.attendance_and_quorum()));
    blocks.extend(attendance(language, &minutes.attendance, &keys));
    blocks.extend(quorum(language, &minutes.quorum));
    blocks.extend(summary::summary(minutes, &keys));
    blocks.push(section(language.items_and_decisions()));
    blocks.extend(overview(language, &minutes.items, &keys));
    for item in &minutes.items {
        blocks.extend(item::item(language, item));
        blocks.extend(corrections::of_item(language, &minutes.corrections, item.number));
    }
    blocks.extend(corrections::of_sections(language, &minutes.corrections));
    if !minutes.emergencies.is_empty() {
        blocks.push(section(language.emergencies_since()));
        blocks.extend(keys.sentences(&minutes.emergencies));
    }
    if !minutes.deployments.is_empty() {
        blocks.push(section(language.deployments_since()));
        blocks.extend(keys.sentences(&minutes.deployments));
    }
    blocks.extend(circulated.into_iter().flat_map(|edition| circulated::withheld(language, edition)));
    if !minutes.rulings.is_empty() {
        blocks.push(section(language.immaterial_since()));
        blocks.extend(keys.sentences(&minutes.rulings));
    }
    if !minutes.dispensations.is_empty() {
        blocks.push(section(language.dispensations_since()));
        blocks.extend(keys.sentences(&minutes.dispensations));
    }
    if !minutes.delegated.is_empty() {
        blocks.push(section(language.delegated_since()));
        blocks.extend(keys.sentences(&minutes.delegated));
    }
    if !minutes.breaches.is_empty() {
        blocks.push(section(language.late_answers()));
        blocks.extend(keys.sentences(&minutes.breaches));
    }
    if let Some(matrix) = raci(language, &minutes.raci) {
        blocks.push(section(language.who_does_what()));
        blocks.push(matrix);
    }
    if !minutes.circulars.is_empty() {
        blocks.push(section(language.not_ratified()));
        blocks.extend(keys.sentences(&minutes.circulars));
    }
    blocks.push(section(language.actions_and_next()));
    blocks.extend(actions(minutes, &keys));
    blocks.extend(corrections::approval(language, &minutes.approval));
    blocks.extend(signatures(language, &minutes.signatories));
    blocks.extend(evidence(&minutes.evidence, head));
    let subject = language.items_decided(minutes.items.len(), &head.date);
    document(head, kind, subject, blocks)
}

/// Composes the extract of one change.
#[must_use]
pub fn compose_extract(extract: &Extract) -> Document {
    let (head, item) = (&extract.head, &extract.item);
    let language = head.language;
    let kind = language.extract(&item.key);
    let mut blocks = vec![title(head, &kind)];
    blocks.extend(provisional(head));
    blocks.push(facts(head));
    blocks.push(section(language.decision()));
    blocks.extend(item::item(language, item));
    if let Some(quorum) = quorum(language, &extract.quorum) {
        blocks.push(item::heading(language.quorum()));
        blocks.push(quorum);
    }
    blocks.extend(signatures(language, &extract.signatories));
    blocks.extend(evidence(&extract.evidence, head));
    document(head, &kind, format!("{}: {}", item.key, item.title), blocks)
}

fn document(head: &Head, kind: &str, subject: String, blocks: Vec<Block>) -> Document {
    let language = head.language;
    let provisional = if head.provisional { language.running_provisional() } else { "" };
    let checkpoint: String = head.checkpoint.chars().take(16).collect();
    Document {
        title: format!("{kind} · {} · {}", head.meeting_title, head.meeting_id),
        author: head.board.clone(),
        subject,
        language,
        paper: head.paper,
        made_at: head.made_at,
        running_head: (
            format!("{} · {}{provisional}", head.board, head.meeting_title),
            format!("{kind} · {}", head.meeting_id),
        ),
        running_foot: language.foot(&grouped(&checkpoint), &head.policy_version, &head.roster_version),
        watermark: None,
        blocks,
    }
}

pub(super) fn section(text: &str) -> Block {
    Block::Heading { level: 1, text: text.into(), item: None }
}

fn title(head: &Head, kind: &str) -> Block {
    Block::Title { above: head.board.clone(), title: kind.into(), below: head.meeting_title.clone() }
}

fn provisional(head: &Head) -> Option<Block> {
    let language = head.language;
    head.provisional.then(|| Block::Notice {
        spans: vec![
            Span::strong(language.provisional()).with_mark(Mark::Attention),
            Span::plain(language.provisional_one_keyholder()),
        ],
    })
}

pub(super) fn row(label: &str, lines: Vec<Vec<Span>>) -> KeyValue {
    KeyValue { label: label.into(), lines }
}

fn facts(head: &Head) -> Block {
    let language = head.language;
    let plain = |text: &str| vec![vec![Span::plain(text)]];
    let mut rows = vec![
        row(language.date(), vec![vec![Span::strong(&head.date)]]),
        row(language.place(), plain(&head.place)),
        row(language.chair(), plain(&head.chair)),
    ];
    if let Some(secretary) = &head.secretary {
        rows.push(row(language.secretary(), plain(secretary)));
    }
    rows.push(rests_on(head));
    Block::KeyValues { rows }
}

fn rests_on(head: &Head) -> KeyValue {
    let language = head.language;
    let mut lines = vec![
        vec![Span::quiet(language.policy(&head.policy_version)), Span::code(grouped(&head.policy_digest))],
        vec![Span::quiet(language.roster(&head.roster_version))],
        vec![Span::quiet(language.checkpoint(head.covers)), Span::code(grouped(&head.checkpoint))],
        vec![Span::quiet(language.made(&head.made_at_text))],
    ];
    // Of a plan on which no meeting decided there is none.
    if !head.meeting_id.is_empty() {
        lines.insert(0, vec![Span::quiet(language.meeting()), Span::code(&head.meeting_id)]);
    }
    row(language.rests_on(), lines)
}

fn columns<const N: usize>(titles: [(&str, u32); N]) -> Vec<Column> {
    titles.into_iter().map(|(title, share)| Column { title: title.into(), share }).collect()
}

pub(super) fn table<const N: usize>(titles: [(&str, u32); N], rows: Vec<Vec<Vec<Span>>>) -> Option<Block> {
    (!rows.is_empty()).then(|| Block::Table(Table { columns: columns(titles), rows }))
}

fn attendance(language: Language, attendees: &[Attendee], keys: &Keys<'_>) -> Option<Block> {
    let line = |attendee: &Attendee| {
        let mut name = vec![Span::strong(&attendee.name)];
        if let Some(seat) = &attendee.delegate_for {
            name.push(Span::plain(language.delegate_for(seat)));
        }
        let mut times = match (&attendee.arrived, &attendee.left, attendee.presence) {
            (Some(arrived), Some(left), _) => language.there(arrived, Some(left)),
            (Some(arrived), None, _) => language.there(arrived, None),
            (None, Some(left), _) => language.until(left),
            (None, None, Presence::Present | Presence::Guest) => language.throughout().into(),
            (None, None, Presence::Absent | Presence::ByDelegate) => "–".into(),
        };
        if !attendee.away.is_empty() {
            times = format!("{times}; {}", language.away(&attendee.away));
        }
        let recused = if attendee.recused_from.is_empty() { "–".into() } else { attendee.recused_from.join("; ") };
        vec![
            name,
            vec![Span::plain(&attendee.role)],
            vec![presence(language, attendee.presence)],
            vec![Span::plain(times)],
            vec![keys.named(Span::plain(recused))],
        ]
    };
    let rows = attendees.iter().map(line).collect();
    let columns = [
        (language.name(), 30),
        (language.role(), 23),
        (language.attendance(), 17),
        (language.time(), 18),
        (language.recused_from(), 26),
    ];
    table(columns, rows)
}

fn quorum(language: Language, quorums: &[Quorum]) -> Option<Block> {
    let line = |quorum: &Quorum| {
        let verdict = if quorum.met {
            Span::strong(language.quorum_met()).with_mark(Mark::Met(true))
        } else {
            let short = quorum.required.saturating_sub(quorum.present);
            let words = if short > 0 { language.quorum_short(short) } else { language.quorum_not_met().into() };
            Span::strong(words).with_mark(Mark::Met(false))
        };
        let arithmetic = language.quorum_arithmetic(quorum.present, quorum.required, quorum.of);
        let mut lines = vec![vec![verdict, Span::plain(arithmetic)]];
        if !quorum.moment.is_empty() {
            lines.push(vec![Span::plain(&quorum.moment)]);
        }
        lines.push(vec![Span::quiet(&quorum.formula)]);
        if !quorum.missing_seats.is_empty() {
            lines.push(vec![Span::plain(language.seats_missing(&quorum.missing_seats))]);
        }
        row(&quorum.scope, lines)
    };
    (!quorums.is_empty()).then(|| Block::KeyValues { rows: quorums.iter().map(line).collect() })
}

fn overview(language: Language, items: &[Item], keys: &Keys<'_>) -> Option<Block> {
    let line = |item: &Item| {
        let risk = item.risk.as_ref().map_or_else(|| Span::plain("–"), |risk| words::risk(language, risk.level));
        vec![
            vec![Span::plain(item.number.to_string())],
            vec![keys.key(Span::strong(&item.key))],
            vec![Span::plain(&item.title)],
            vec![risk],
            vec![words::decision(language, item.decision)],
        ]
    };
    let rows: Vec<_> = items.iter().map(line).collect();
    if rows.is_empty() {
        return Some(Block::Paragraph { spans: vec![Span::plain(language.no_items())] });
    }
    let columns = [
        (language.number(), 5),
        (language.key(), 15),
        (language.title(), 48),
        (language.risk(), 16),
        (language.decision(), 30),
    ];
    table(columns, rows)
}

fn raci(language: Language, lines: &[Raci]) -> Option<Block> {
    let line = |line: &Raci| {
        let people = if line.people.is_empty() { language.nobody().to_owned() } else { line.people.join(", ") };
        vec![
            vec![Span::plain(&line.release)],
            vec![Span::plain(&line.letter)],
            vec![Span::plain(&line.role)],
            vec![Span::plain(people)],
        ]
    };
    let columns = [(language.release(), 20), (language.letter(), 22), (language.role(), 32), (language.who(), 40)];
    table(columns, lines.iter().map(line).collect())
}

fn actions(minutes: &Minutes, keys: &Keys<'_>) -> Vec<Block> {
    let language = minutes.head.language;
    let line = |action: &Action| {
        vec![
            vec![keys.named(Span::plain(&action.text))],
            vec![Span::plain(&action.owner)],
            vec![Span::plain(&action.due)],
        ]
    };
    let with_item = |action: &Action| {
        let mut cells = line(action);
        cells.push(vec![keys.key(Span::plain(action.item.as_deref().unwrap_or("–")))]);
        cells
    };
    let none = || Block::Paragraph { spans: vec![Span::plain(language.no_actions())] };
    let [action, owner, due] = [(language.action(), 50), (language.owner(), 22), (language.due(), 20)];
    let agreed = if minutes.actions.iter().all(|action| action.item.is_none()) {
        table([action, owner, due], minutes.actions.iter().map(line).collect())
    } else {
        table([action, owner, due, (language.item(), 14)], minutes.actions.iter().map(with_item).collect())
    };
    let agreed = agreed.unwrap_or_else(none);
    let next = minutes.next_meeting.as_deref().unwrap_or(language.not_fixed());
    let mut blocks = vec![agreed];
    blocks.extend(carried(language, &minutes.carried));
    if !minutes.remarks.is_empty() {
        blocks.push(item::heading(language.remarks_made()));
        blocks.extend(keys.sentences(&minutes.remarks));
    }
    blocks.push(Block::KeyValues { rows: vec![row(language.next_meeting(), vec![vec![Span::strong(next)]])] });
    blocks
}

/// What was agreed in earlier meetings and is open, with the meeting each comes from.
fn carried(language: Language, open: &[Action]) -> Vec<Block> {
    let line = |action: &Action| {
        let cell = |text: Option<&str>| vec![Span::plain(text.unwrap_or("–"))];
        vec![
            vec![Span::plain(&action.text)],
            vec![Span::plain(&action.owner)],
            vec![Span::plain(&action.due)],
            cell(action.item.as_deref()),
            cell(action.meeting.as_deref()),
        ]
    };
    let columns = [
        (language.action(), 38),
        (language.owner(), 20),
        (language.due(), 18),
        (language.item(), 14),
        (language.carried_from(), 24),
    ];
    let Some(shown) = table(columns, open.iter().map(line).collect()) else { return Vec::new() };
    let means = Block::Paragraph { spans: vec![Span::plain(language.carried_means())] };
    vec![item::heading(language.carried()), means, shown]
}

fn evidence(evidence: &Evidence, head: &Head) -> Vec<Block> {
    let language = head.language;
    let mut rows: Vec<KeyValue> = evidence
        .digests
        .iter()
        .map(|digest| row(&digest.name, vec![vec![Span::code(grouped(&digest.sha256))]]))
        .collect();
    if let Some(root) = &evidence.certificate_root {
        rows.push(row(language.certificate_root(), vec![vec![Span::code(grouped(root))]]));
    }
    rows.push(row(language.checkpoint(head.covers), vec![vec![Span::code(grouped(&head.checkpoint))]]));
    let mut blocks = vec![section(language.evidence_section())];
    blocks.extend(evidence.how_to_verify.iter().map(|text| Block::Paragraph { spans: vec![Span::plain(text)] }));
    if !evidence.commands.is_empty() {
        blocks.push(Block::Commands { lines: evidence.commands.clone() });
    }
    blocks.push(item::heading(language.digests()));
    blocks.push(Block::KeyValues { rows });
    blocks
}

fn signatures(language: Language, signatories: &[Signatory]) -> Vec<Block> {
    if signatories.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![section(language.signatures())];
    blocks.extend(signatories.iter().map(|signatory| {
        Block::SignatureField(crate::document::SignatureField {
            field: signatory.field.clone(),
            name: signatory.name.clone(),
            role: language.role_named(&signatory.role).to_owned(),
            meaning: signatory.meaning.clone(),
        })
    }));
    blocks
}

#[cfg(test)]
mod tests;
