//! The annex to sealed minutes: what members said later of what was recorded in their names.
use super::words::grouped;
use super::{document, evidence, facts, provisional, row, section, signatures, table, title};
use crate::document::{Block, Document, Mark, Span};
use crate::language::Language;
use crate::model::{Annex, Answer};

/// Composes an annex to minutes.
#[must_use]
pub fn compose_annex(annex: &Annex) -> Document {
    let head = &annex.head;
    let language = head.language;
    let kind = language.annex(annex.number);
    let mut blocks = vec![title(head, &kind)];
    blocks.extend(provisional(head));
    blocks.push(facts(head));
    blocks.push(section(language.belongs_to()));
    blocks.push(paragraph(language.belongs_to_text()));
    blocks.push(Block::KeyValues {
        rows: vec![
            row(language.minutes_digest(), vec![vec![Span::code(grouped(&annex.minutes))]]),
            row(language.sealed(), vec![vec![Span::plain(&annex.sealed)]]),
        ],
    });
    blocks.push(section(language.confirmed_and_contested()));
    blocks.push(paragraph(&counted(language, &annex.answers)));
    blocks.extend(answers(language, &annex.answers));
    blocks.extend(annex.answers.iter().filter_map(|answer| contested(language, answer)));
    blocks.extend(signatures(language, &annex.signatories));
    blocks.extend(evidence(&annex.evidence, head));
    document(head, &kind, language.annex_subject(&annex.minutes), blocks)
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph { spans: vec![Span::plain(text)] }
}

/// "3 confirmed, 1 contested. What is contested heads the next agenda."
fn counted(language: Language, answers: &[Answer]) -> String {
    let contested = answers.iter().filter(|answer| answer.instead.is_some()).count();
    language.answered(answers.len() - contested, contested)
}

fn answers(language: Language, answers: &[Answer]) -> Option<Block> {
    let line = |answer: &Answer| {
        let said = match answer.instead {
            None => Span::strong(language.confirmed()).with_mark(Mark::Met(true)),
            Some(_) => Span::strong(language.contested()).with_mark(Mark::Attention),
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
        [
            (language.name_and_role(), 28),
            (language.item(), 14),
            (language.recorded(), 28),
            (language.says_now(), 18),
            (language.time_claimed_entry(), 26),
        ],
        answers.iter().map(line).collect(),
    )
}

/// Below the table, where it may run over a page.
fn contested(language: Language, answer: &Answer) -> Option<Block> {
    let instead = answer.instead.as_ref()?;
    let item = answer.item.as_ref().map_or_else(String::new, |item| format!(", {item}"));
    let what = language.recorded_as(&format!("{}{item}", answer.name), &answer.recorded);
    Some(Block::Paragraph {
        spans: vec![
            Span::strong(language.contested_stop()).with_mark(Mark::Attention),
            Span::plain(what),
            Span::plain(instead),
        ],
    })
}
