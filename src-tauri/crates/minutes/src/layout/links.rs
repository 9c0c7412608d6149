//! Words that lead to an item of the same document: which of them do, and the elements that hold them.

use std::collections::BTreeSet;

use super::blocks::Setter;
use super::lines::{Line, Linked, Type, set, set_linked};
use super::structure::Tag;
use crate::document::{Block, Span};

/// The numbers of the items that have a head in the document.
pub(super) fn headed(blocks: &[Block]) -> BTreeSet<u32> {
    let number = |block: &Block| match block {
        Block::ItemHead { number, .. } => Some(*number),
        Block::Heading { item, .. } => *item,
        Block::Title { .. }
        | Block::Paragraph { .. }
        | Block::Notice { .. }
        | Block::KeyValues { .. }
        | Block::Table(_)
        | Block::Commands { .. }
        | Block::SignatureField(_)
        | Block::Charts { .. } => None,
    };
    blocks.iter().filter_map(number).collect()
}

impl Setter<'_> {
    /// Spans as lines, their links as elements in `parent`. Whatever names an item without a head stays words.
    pub(super) fn linked(&mut self, spans: &[Span], base: Type, measure: f32, parent: Tag) -> Vec<Line> {
        if spans.iter().all(|span| span.links.is_empty()) {
            return set(self.fonts, spans, base, measure);
        }
        let mut links = Vec::new();
        for (index, span) in spans.iter().enumerate() {
            for link in span.links.iter().filter(|link| self.headed.contains(&link.item)) {
                let element = self.structure.link(link.item, parent);
                let within = (link.from as usize, link.to as usize);
                links.push(Linked { span: index, word: link.word as usize, within, element });
            }
        }
        set_linked(self.fonts, spans, &links, base, measure)
    }
}

#[cfg(test)]
mod tests;
