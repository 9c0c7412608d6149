//! What the circulated edition of minutes says of what it withholds.
use super::{row, section};
use crate::document::{Block, Mark, Span};
use crate::language::Language;
use crate::model::Circulated;

/// At the top, so that nobody takes it for the full minutes.
pub(super) fn notice(language: Language) -> Block {
    Block::Notice {
        spans: vec![
            Span::strong(language.circulated_edition()).with_mark(Mark::Attention),
            Span::plain(language.circulated_says()),
        ],
    }
}

/// Each item that is withheld, with how much of it.
pub(super) fn withheld(language: Language, circulated: &Circulated) -> Vec<Block> {
    if circulated.withheld.is_empty() {
        return Vec::new();
    }
    let line = |item: &crate::model::Withheld| {
        let count = Span::strong(language.withheld_fields(item.fields)).with_mark(Mark::Attention);
        let lines = vec![vec![count], vec![Span::plain(language.withheld_what())]];
        row(&language.withheld_item(item.number, &item.key), lines)
    };
    let rows = circulated.withheld.iter().map(line).collect();
    vec![section(language.withheld()), Block::KeyValues { rows }]
}
