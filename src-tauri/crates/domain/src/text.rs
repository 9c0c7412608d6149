//! Synced text as harmless blocks. HTML never leaves this module: the window and the PDF draw the
//! tree, and what cannot be parsed is shown verbatim in a code block.
//!
//! Bounded whatever the ticket holds: nesting to 32 levels, display to 256 KiB and 20,000 nodes.
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::change::{RawText, TextFormat};

pub(crate) mod invisible;
mod links;
mod markdown;
mod plain;
#[cfg(test)]
mod tests;
mod textile;
mod textile_inline;

pub use invisible::mark_invisible;

/// Deepest nesting of blocks and inlines together; what lies deeper is flattened to text.
pub const MAX_DEPTH: usize = 32;

/// Bytes of a text that are shown; a final paragraph says how many more there are.
pub const MAX_SHOWN: usize = 256 * 1024;

/// Most blocks and inlines of a tree: what a window can lay out at once.
pub const MAX_NODES: usize = 20_000;

/// A block of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
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
        items: Vec<Vec<Block>>,
    },
    /// A table.
    Table {
        /// The head's cells; empty when there is none.
        header: Vec<Vec<Inline>>,
        /// Rows of cells; they need not be equally long.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// Verbatim text.
    Code {
        /// The language as the text names it.
        language: Option<String>,
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
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Inline {
    /// Words, without invisible characters.
    Text {
        /// As they are.
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
    /// Struck out.
    Strike {
        /// Its content.
        inlines: Vec<Inline>,
    },
    /// Verbatim words.
    Code {
        /// As it is, invisible characters marked.
        text: String,
    },
    /// A link to http, https or mailto; any other is text with its target visible.
    Link {
        /// The words of the link.
        inlines: Vec<Inline>,
        /// Where it leads: always shown beside the words.
        target: String,
    },
    /// A control, bidirectional or zero-width character made visible.
    Mark {
        /// For example `U+202E`.
        code_point: String,
    },
    /// A new line.
    LineBreak,
}

/// Words as inlines: invisible characters become marks of their own.
fn words(text: &str) -> Vec<Inline> {
    let mut inlines = Vec::new();
    push_words(text, &mut inlines);
    inlines
}

/// Appends words; neighbouring texts become one.
fn push_words(text: &str, inlines: &mut Vec<Inline>) {
    let mut rest = text;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| invisible::invisible(*c)) {
        push_text(&rest[..at], inlines);
        inlines.push(Inline::Mark { code_point: invisible::code_point(c) });
        rest = &rest[at + c.len_utf8()..];
    }
    push_text(rest, inlines);
}

fn push_text(text: &str, inlines: &mut Vec<Inline>) {
    if text.is_empty() {
        return;
    }
    if let Some(Inline::Text { text: before }) = inlines.last_mut() {
        before.push_str(text);
    } else {
        inlines.push(Inline::Text { text: text.to_owned() });
    }
}

/// Whether nothing is to be seen, and nothing hidden either.
fn blank(text: &str) -> bool {
    trim(text).is_empty()
}

/// Without white space around; hidden characters are not white space, they are marked.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() && !invisible::invisible(c))
}

/// A code block, cleaned; an empty language is none.
fn code(language: &str, text: &str) -> Block {
    let language: String = mark_invisible(trim(language)).chars().take(40).collect();
    Block::Code { language: (!language.is_empty()).then_some(language), text: mark_invisible(text) }
}

/// The text as blocks. Never fails and never panics: what is not understood is shown verbatim.
#[must_use]
pub fn blocks(raw: &RawText) -> Vec<Block> {
    parse(raw.format, &raw.text)
}

/// As [`blocks`], for a text whose format is known.
#[must_use]
pub fn parse(format: TextFormat, text: &str) -> Vec<Block> {
    let mut limit = MAX_SHOWN;
    loop {
        let (shown, hidden) = cut(text, limit);
        let shown = one_line_end(shown);
        let mut blocks = match format {
            TextFormat::Plain => plain::parse(&shown),
            TextFormat::Markdown => markdown::parse(&shown),
            TextFormat::Textile => textile::parse(&shown),
        };
        // Few bytes can make many nodes; halving ends soon, since a node takes a byte at least.
        if limit > MAX_NODES / 4 && nodes(&blocks) > MAX_NODES {
            limit /= 2;
            continue;
        }
        if hidden > 0 {
            blocks.push(not_shown(hidden));
        }
        return blocks;
    }
}

/// The last block of a text that is cut for display.
fn not_shown(bytes: usize) -> Block {
    let text = format!("… {bytes} more bytes of this text are not shown");
    Block::Paragraph { inlines: vec![Inline::Emphasis { inlines: vec![Inline::Text { text }] }] }
}

/// The part that is shown and the number of bytes that are not: cut at a line's end if one is
/// near, else between two characters.
fn cut(text: &str, limit: usize) -> (&str, usize) {
    if text.len() <= limit {
        return (text, 0);
    }
    let at = text.floor_char_boundary(limit);
    let at = text[..at].rfind('\n').map(|n| n + 1).filter(|n| *n > at - 4096).unwrap_or(at);
    (&text[..at], text.len() - at)
}

/// LF ends lines, whatever the remote sends.
fn one_line_end(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}

/// How many blocks, rows, cells and inlines there are.
fn nodes(blocks: &[Block]) -> usize {
    fn of(inlines: &[Inline]) -> usize {
        let below = |i: &Inline| match i {
            Inline::Emphasis { inlines }
            | Inline::Strong { inlines }
            | Inline::Strike { inlines }
            | Inline::Link { inlines, .. } => of(inlines),
            Inline::Text { .. } | Inline::Code { .. } | Inline::Mark { .. } | Inline::LineBreak => 0,
        };
        inlines.len() + inlines.iter().map(below).sum::<usize>()
    }
    let cells = |row: &Vec<Vec<Inline>>| 1 + row.len() + row.iter().map(|c| of(c)).sum::<usize>();
    let below = |block: &Block| match block {
        Block::Paragraph { inlines } | Block::Heading { inlines, .. } => of(inlines),
        Block::List { items, .. } => items.len() + items.iter().map(|i| nodes(i)).sum::<usize>(),
        Block::Table { header, rows } => cells(header) + rows.iter().map(cells).sum::<usize>(),
        Block::Quote { blocks } => nodes(blocks),
        Block::Code { .. } | Block::Rule => 0,
    };
    blocks.len() + blocks.iter().map(below).sum::<usize>()
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
            Block::List { items, .. } => items.iter().for_each(|blocks| visible_blocks(blocks, out)),
            Block::Table { header, rows } => {
                for cell in header.iter().chain(rows.iter().flatten()) {
                    visible_inlines(cell, out);
                    out.push('\t');
                }
            }
            Block::Code { text, .. } => out.push_str(text),
            Block::Quote { blocks } => visible_blocks(blocks, out),
            Block::Rule => {}
        }
        out.push('\n');
    }
}

fn visible_inlines(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text { text } | Inline::Code { text } => out.push_str(text),
            Inline::Emphasis { inlines } | Inline::Strong { inlines } | Inline::Strike { inlines } => {
                visible_inlines(inlines, out);
            }
            Inline::Link { inlines, target } => {
                visible_inlines(inlines, out);
                out.push_str(" (");
                out.push_str(target);
                out.push(')');
            }
            Inline::Mark { code_point } => {
                out.push('⟦');
                out.push_str(code_point);
                out.push('⟧');
            }
            Inline::LineBreak => out.push('\n'),
        }
    }
}
