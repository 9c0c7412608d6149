//! Text without markup: paragraphs and lines, every character kept.
use super::{Block, Inline, blank, push_words};

/// Blank lines part paragraphs; other line ends are breaks.
pub(super) fn parse(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut inlines = Vec::new();
    for line in text.split('\n') {
        if blank(line) {
            close(&mut inlines, &mut blocks);
            continue;
        }
        if !inlines.is_empty() {
            inlines.push(Inline::LineBreak);
        }
        push_words(line, &mut inlines);
    }
    close(&mut inlines, &mut blocks);
    blocks
}

fn close(inlines: &mut Vec<Inline>, blocks: &mut Vec<Block>) {
    if !inlines.is_empty() {
        blocks.push(Block::Paragraph { inlines: std::mem::take(inlines) });
    }
}
