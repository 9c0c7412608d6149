//! Corrections of minutes, drafts before they are approved, and errata once they are sealed.
use super::item::heading;
use super::words::grouped;
use super::{compose, document, evidence, facts, provisional, row, section, signatures, table, title};
use crate::document::{Block, Document, Mark, Span};
use crate::language::Language;
use crate::model::{Correction, Erratum, Minutes, PutRight};

/// Composes minutes to be read before they are approved: every page says that they are a draft, and nobody can sign it.
#[must_use]
pub fn compose_draft(minutes: &Minutes) -> Document {
    let mut draft = minutes.clone();
    let word = draft.head.language.draft();
    draft.signatories.clear();
    draft.head.meeting_title = format!("{word} · {}", draft.head.meeting_title);
    Document { watermark: Some(word.to_owned()), ..compose(&draft) }
}

/// Composes the document that says what is wrong in sealed minutes.
#[must_use]
pub fn compose_erratum(erratum: &Erratum) -> Document {
    let head = &erratum.head;
    let language = head.language;
    let kind = language.erratum(erratum.number);
    let mut blocks = vec![title(head, &kind)];
    blocks.extend(provisional(head));
    blocks.push(facts(head));
    blocks.push(section(language.belongs_to()));
    blocks.push(Block::Paragraph { spans: vec![Span::plain(language.erratum_text())] });
    blocks.push(Block::KeyValues {
        rows: vec![
            row(language.minutes_digest(), vec![vec![Span::code(grouped(&erratum.minutes))]]),
            row(language.sealed(), vec![vec![Span::plain(&erratum.sealed)]]),
        ],
    });
    blocks.push(section(language.put_right()));
    blocks.extend(erratum.errata.iter().map(|one| put_right(language, one)));
    blocks.extend(signatures(language, &erratum.signatories));
    blocks.extend(evidence(&erratum.evidence, head));
    document(head, &kind, language.annex_subject(&erratum.minutes), blocks)
}

fn put_right(language: Language, one: &PutRight) -> Block {
    let entry: String = one.entry.chars().take(8).collect();
    Block::KeyValues {
        rows: vec![
            row(language.wrong(), vec![vec![Span::plain(&one.wrong).with_mark(Mark::Attention)]]),
            row(language.right(), vec![vec![Span::strong(&one.right)]]),
            row(language.stated(), vec![vec![Span::plain(&one.time), Span::code(entry)]]),
        ],
    }
}

/// The corrections of an item, after what its minutes say.
pub(super) fn of_item(language: Language, corrections: &[Correction], number: u32) -> Vec<Block> {
    blocks(language, corrections.iter().filter(|one| one.item == Some(number)), heading(language.corrections()))
}

/// The corrections of everything else.
pub(super) fn of_sections(language: Language, corrections: &[Correction]) -> Vec<Block> {
    blocks(language, corrections.iter().filter(|one| one.item.is_none()), section(language.corrections()))
}

fn blocks<'c>(language: Language, asked: impl Iterator<Item = &'c Correction>, head: Block) -> Vec<Block> {
    let rows: Vec<_> = asked.map(|one| line(language, one)).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let columns = [
        (language.about(), 16),
        (language.as_it_stood(), 28),
        (language.new_wording(), 28),
        (language.asked_by(), 26),
        (language.answer(), 26),
    ];
    let mut blocks = vec![head, Block::Paragraph { spans: vec![Span::plain(language.words_and_no_decision())] }];
    blocks.extend(table(columns, rows));
    blocks
}

fn line(language: Language, one: &Correction) -> Vec<Vec<Span>> {
    let was = if one.was.is_empty() { Span::quiet(language.nothing_stood()) } else { Span::plain(&one.was) };
    let verdict = match one.taken {
        Some(true) => Span::strong(language.taken_in()).with_mark(Mark::Met(true)),
        Some(false) => Span::strong(language.declined()).with_mark(Mark::Met(false)),
        None => Span::strong(language.unanswered()).with_mark(Mark::Attention),
    };
    let mut answer = vec![verdict];
    answer.extend(one.answered.as_deref().map(Span::plain));
    let wording = if one.taken == Some(true) { Span::strong(&one.wording) } else { Span::plain(&one.wording) };
    vec![vec![Span::plain(&one.about)], vec![was], vec![wording], vec![Span::plain(&one.asked)], answer]
}

/// By what the minutes are approved.
pub(super) fn approval(language: Language, sentence: &str) -> Option<Block> {
    let rows = vec![row(language.approval_of_minutes(), vec![vec![Span::plain(sentence)]])];
    (!sentence.is_empty()).then_some(Block::KeyValues { rows })
}
