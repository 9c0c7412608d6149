//! Synced text as harmless blocks. HTML never leaves this module: the window and the PDF draw the
//! tree, and what cannot be parsed is shown verbatim in a code block.
//!
//! Bounded whatever the ticket holds: nesting to 32 levels, display to 256 KiB.
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::change::{RawText, TextFormat};

mod invisible;
mod links;
mod markdown;
mod plain;
#[cfg(test)]
mod tests;
mod textile;
mod textile_inline;

pub use invisible::mark_invisible;

/// Deepest nesting of blocks and inlines; what lies deeper is flattened to text.
pub const MAX_DEPTH: usize = 32;

/// Bytes of a text that are shown; the rest is counted in a final [`Block::NotShown`].
pub const MAX_SHOWN: usize = 256 * 1024;

/// A block of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// Running text.
    Paragraph {
        /// Its content.
        inlines: Vec<Inline>,
    },
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its content.
        inlines: Vec<Inline>,
    },
    /// A list.
    List {
        /// Numbered or not.
        ordered: bool,
        /// Each item's blocks.
        items: Vec<Item>,
    },
    /// A table.
    Table {
        /// The head's cells; empty when there is none.
        header: Vec<Cell>,
        /// Rows of cells; they need not be equally long.
        rows: Vec<Row>,
    },
    /// Verbatim text.
    Code {
        /// The language as the text names it; empty when it does not.
        language: String,
        /// As it is, invisible characters marked.
        text: String,
    },
    /// Quoted blocks.
    Quote {
        /// Its content.
        blocks: Vec<Block>,
    },
    /// A line across.
    Rule,
    /// The text goes on, but is not shown.
    NotShown {
        /// How many bytes of the raw text are not shown.
        bytes: u32,
    },
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Item {
    /// Its content.
    pub blocks: Vec<Block>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Cell {
    /// Its content.
    pub inlines: Vec<Inline>,
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Inline {
    /// Words.
    Text {
        /// As it is, invisible characters marked.
        text: String,
    },
    /// Emphasised.
    Emphasis {
        /// Its content.
        inlines: Vec<Inline>,
    },
    /// Strongly emphasised.
    Strong {
        /// Its content.
        inlines: Vec<Inline>,
    },
    /// Verbatim words.
    Code {
        /// As it is, invisible characters marked.
        text: String,
    },
    /// A link to http, https or mailto; any other is [`Inline::Text`] with its target visible.
    Link {
        /// The words of the link.
        text: String,
        /// Where it leads: always shown beside the words.
        target: String,
    },
    /// A new line.
    Break,
}

impl Inline {
    /// Words, with invisible characters marked.
    fn words(text: &str) -> Self {
        Self::Text { text: mark_invisible(text) }
    }
}

/// The text as blocks. Never fails and never panics: what is not understood is shown verbatim.
#[must_use]
pub fn blocks(raw: &RawText) -> Vec<Block> {
    parse(raw.format, &raw.text)
}

/// As [`blocks`], for a text whose format is known.
#[must_use]
pub fn parse(format: TextFormat, text: &str) -> Vec<Block> {
    let (shown, hidden) = cut(text);
    let shown = one_line_end(shown);
    let mut blocks = match format {
        TextFormat::Plain => plain::parse(&shown),
        TextFormat::Markdown => markdown::parse(&shown),
        TextFormat::Textile => textile::parse(&shown),
    };
    if hidden > 0 {
        blocks.push(Block::NotShown { bytes: u32::try_from(hidden).unwrap_or(u32::MAX) });
    }
    blocks
}

/// The part that is shown and the number of bytes that are not: cut at a line's end if one is
/// near, else between two characters.
fn cut(text: &str) -> (&str, usize) {
    if text.len() <= MAX_SHOWN {
        return (text, 0);
    }
    let at = text.floor_char_boundary(MAX_SHOWN);
    let at = text[..at].rfind('\n').map(|n| n + 1).filter(|n| *n > at - 4096).unwrap_or(at);
    (&text[..at], text.len() - at)
}

/// LF ends lines, whatever the remote sends.
fn one_line_end(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}

/// The text that people see, blocks on lines of their own: for searching and for tests.
#[must_use]
pub fn visible(blocks: &[Block]) -> String {
    let mut out = String::new();
    visible_blocks(blocks, &mut out);
    out
}

fn visible_blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph { inlines } | Block::Heading { inlines, .. } => visible_inlines(inlines, out),
            Block::List { items, .. } => items.iter().for_each(|i| visible_blocks(&i.blocks, out)),
            Block::Table { header, rows } => {
                for cell in header.iter().chain(rows.iter().flat_map(|r| &r.cells)) {
                    visible_inlines(&cell.inlines, out);
                    out.push('\t');
                }
            }
            Block::Code { text, .. } => out.push_str(text),
            Block::Quote { blocks } => visible_blocks(blocks, out),
            Block::Rule | Block::NotShown { .. } => {}
        }
        out.push('\n');
    }
}

fn visible_inlines(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text { text } | Inline::Code { text } => out.push_str(text),
            Inline::Emphasis { inlines } | Inline::Strong { inlines } => visible_inlines(inlines, out),
            Inline::Link { text, target } => {
                out.push_str(text);
                if text != target {
                    out.push_str(&format!(" ({target})"));
                }
            }
            Inline::Break => out.push('\n'),
        }
    }
}
