//! The annex to sealed minutes: what members said later of what was recorded in their names.
use super::words::grouped;
use super::{document, evidence, facts, provisional, row, section, signatures, table, title};
use crate::document::{Block, Document, Mark, Span};
use crate::model::{Annex, Answer};

/// Composes an annex to minutes.
#[must_use]
pub fn compose_annex(annex: &Annex) -> Document {
    let head = &annex.head;
    let kind = format!("Annex {} to the minutes", annex.number);
    let mut blocks = vec![title(head, &kind)];
    blocks.extend(provisional(head));
    blocks.push(facts(head));
    blocks.push(section("What it belongs to"));
    blocks.push(paragraph(
        "The minutes of this meeting are sealed and stay as they are. Since then members have said, each by their own key, \
         whether what was recorded in their names was so. What nobody names here stands as it was recorded: silence confirms \
         nothing.",
    ));
    blocks.push(Block::KeyValues {
        rows: vec![
            row("Minutes, SHA-256", vec![vec![Span::code(grouped(&annex.minutes))]]),
            row("Sealed", vec![vec![Span::plain(&annex.sealed)]]),
        ],
    });
    blocks.push(section("Confirmed and contested"));
    blocks.push(paragraph(&counted(&annex.answers)));
    blocks.extend(answers(&annex.answers));
    blocks.extend(annex.answers.iter().filter_map(contested));
    blocks.extend(signatures(&annex.signatories));
    blocks.extend(evidence(&annex.evidence, head));
    document(head, &kind, format!("To the minutes with SHA-256 {}", annex.minutes), blocks)
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph { spans: vec![Span::plain(text)] }
}

/// "3 confirmed, 1 contested. What is contested heads the next agenda."
fn counted(answers: &[Answer]) -> String {
    let contested = answers.iter().filter(|answer| answer.instead.is_some()).count();
    let next = if contested > 0 { " What is contested heads the next agenda." } else { "" };
    format!("{} confirmed, {contested} contested.{next}", answers.len() - contested)
}

fn answers(answers: &[Answer]) -> Option<Block> {
    let line = |answer: &Answer| {
        let said = match answer.instead {
            None => Span::strong("Confirmed").with_mark(Mark::Met(true)),
            Some(_) => Span::strong("Contested").with_mark(Mark::Attention),
        };
        vec![
            vec![Span::strong(&answer.name), Span::plain(&answer.role)],
            vec![Span::plain(answer.item.as_deref().unwrap_or("–"))],
            vec![Span::plain(&answer.recorded)],
            vec![said],
            vec![Span::plain(&answer.time), Span::code(answer.entry.chars().take(8).collect::<String>())],
        ]
    };
    table(
        [("Name and role", 28), ("Item", 14), ("Recorded", 28), ("Says now", 18), ("Time (claimed), entry", 26)],
        answers.iter().map(line).collect(),
    )
}

/// Below the table, where it may run over a page.
fn contested(answer: &Answer) -> Option<Block> {
    let instead = answer.instead.as_ref()?;
    let item = answer.item.as_ref().map_or_else(String::new, |item| format!(", {item}"));
    let what = format!("{}{item}, recorded as \u{201c}{}\u{201d}:", answer.name, answer.recorded);
    Some(Block::Paragraph {
        spans: vec![Span::strong("Contested.").with_mark(Mark::Attention), Span::plain(what), Span::plain(instead)],
    })
}
