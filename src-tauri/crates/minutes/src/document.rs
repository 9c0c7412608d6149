//! A document as blocks: what is said and in which order, before anyone measures a letter.
//!
//! This is also what a screen previews before sealing: the same text, block by block.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::model::{Decision, GateResult, Position, RiskLevel};

/// A composed document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Title for readers and window bars.
    pub title: String,
    /// The board: the document's author.
    pub author: String,
    /// One line on what this is about.
    pub subject: String,
    /// Language of the words Cabinet wrote; its code is the file's `/Lang`.
    pub language: Language,
    /// The paper it is drawn for.
    pub paper: PaperSize,
    /// When it was made (claimed).
    pub made_at: DateTime<Utc>,
    /// What runs at the head of every page but the first, left and right.
    pub running_head: (String, String),
    /// What runs at the foot of every page, left; the page number stands right.
    pub running_foot: String,
    /// A word that stands large and pale behind the text of every page, as no content: "DRAFT".
    pub watermark: Option<String>,
    /// The content.
    pub blocks: Vec<Block>,
}

/// Sizes of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaperSize {
    /// 210 by 297 millimetres (ISO 216).
    #[default]
    A4,
    /// 8.5 by 11 inches (ANSI/ASME Y14.1).
    Letter,
}

/// A block of content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Block {
    /// The document's title with the line above it and the line below.
    Title {
        /// Above: whose document this is.
        above: String,
        /// The title.
        title: String,
        /// Below: which one.
        below: String,
    },
    /// A section heading; level 1 or 2.
    Heading {
        /// 1 for a section, 2 inside one.
        level: u8,
        /// The words.
        text: String,
        /// The agenda number of the item that begins here, where it has no head of its own.
        #[serde(skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
    },
    /// The head of an agenda item: number and key, title, and the decision at the right.
    ItemHead {
        /// Agenda number.
        number: u32,
        /// Ticket key.
        key: String,
        /// Title.
        title: String,
        /// The decision.
        verdict: Span,
    },
    /// Running text.
    Paragraph {
        /// The words.
        spans: Vec<Span>,
    },
    /// A line that must not be overlooked.
    Notice {
        /// The words.
        spans: Vec<Span>,
    },
    /// Labels with their values.
    KeyValues {
        /// The rows.
        rows: Vec<KeyValue>,
    },
    /// A table.
    Table(Table),
    /// Commands to type, one a line.
    Commands {
        /// The lines.
        lines: Vec<String>,
    },
    /// A field somebody signs.
    SignatureField(SignatureField),
    /// Counts as bars, one chart beside the other.
    Charts {
        /// From left to right; two have room.
        charts: Vec<Chart>,
    },
}

/// A label with one or more lines of value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyValue {
    /// The label.
    pub label: String,
    /// The lines; each is a paragraph of its own.
    pub lines: Vec<Vec<Span>>,
}

/// Words in one style.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The words.
    pub text: String,
    /// Their style.
    pub style: Style,
    /// The shape before them. Shapes repeat what the words say; colour repeats the shape.
    pub mark: Option<Mark>,
    /// Words in it that lead to an item of the same document, in their order. Paragraphs, labels' values and tables
    /// follow them; where the item has no head they are words like the others.
    #[serde(skip_serializing_if = "<[Link]>::is_empty")]
    pub links: Box<[Link]>,
}

/// A word that leads to an item of the same document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The item's agenda number.
    pub item: u32,
    /// Which word of the span, from 0: as they stand between spaces once the text is [`crate::clean`].
    pub word: u32,
    /// Where in that word the link begins, in bytes: a bracket before it is no part of it.
    pub from: u32,
    /// Where in that word it ends, in bytes.
    pub to: u32,
}

/// Styles of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Style {
    /// As running text.
    Plain,
    /// Firm.
    Strong,
    /// Small print.
    Quiet,
    /// Digests, fingerprints, commands.
    Code,
}

/// Shapes that stand beside their words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Mark {
    /// A decision.
    Decision(Decision),
    /// A risk level: one to four filled bars.
    Risk(RiskLevel),
    /// A gate's result.
    Gate(GateResult),
    /// A vote.
    Position(Position),
    /// Met or not: quorum, conditions.
    Met(bool),
    /// Attention.
    Attention,
}

/// A table. Its header repeats on each page, unless no column has a title; its rows never split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows; each as long as `columns`.
    pub rows: Vec<Vec<Vec<Span>>>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// Its share of the width, in relation to the other columns.
    pub share: u32,
}

/// A field prepared for a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignatureField {
    /// The field's name, unique in the document and ASCII.
    pub field: String,
    /// Printed name.
    pub name: String,
    /// Role.
    pub role: String,
    /// What the signature will mean.
    pub meaning: String,
}

/// Counts as bars: a figure. Its numbers stand beside the bars, and in words near by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chart {
    /// What is counted.
    pub title: String,
    /// All of it in words, for whoever does not see the bars (ISO 14289-1, 7.3).
    pub alt: String,
    /// The bars from above, on one scale.
    pub bars: Vec<Bar>,
}

/// A bar with its word and its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// What was counted; its mark gives the bar its colour.
    pub label: Span,
    /// How many.
    pub count: u32,
}

impl Span {
    /// Words in a style, without a shape.
    pub(crate) fn styled(text: String, style: Style) -> Self {
        Self { text, style, mark: None, links: Box::new([]) }
    }

    /// Plain words.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self::styled(text.into(), Style::Plain)
    }

    /// Firm words.
    #[must_use]
    pub fn strong(text: impl Into<String>) -> Self {
        Self::styled(text.into(), Style::Strong)
    }

    /// Small print.
    #[must_use]
    pub fn quiet(text: impl Into<String>) -> Self {
        Self::styled(text.into(), Style::Quiet)
    }

    /// Digests and commands.
    #[must_use]
    pub fn code(text: impl Into<String>) -> Self {
        Self::styled(text.into(), Style::Code)
    }

    /// The same words with a shape before them.
    #[must_use]
    pub fn with_mark(mut self, mark: Mark) -> Self {
        self.mark = Some(mark);
        self
    }
}

impl Document {
    /// Every text of the document in reading order, for previews, searches and coverage checks.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = vec![&self.running_head.0, &self.running_head.1, &self.running_foot];
        texts.extend(self.watermark.as_deref());
        for block in &self.blocks {
            match block {
                Block::Title { above, title, below } => texts.extend([above.as_str(), title, below]),
                Block::Heading { text, .. } => texts.push(text),
                Block::ItemHead { key, title, verdict, .. } => texts.extend([key.as_str(), title, &verdict.text]),
                Block::Paragraph { spans } | Block::Notice { spans } => {
                    texts.extend(spans.iter().map(|span| span.text.as_str()))
                }
                Block::KeyValues { rows } => {
                    for row in rows {
                        texts.push(&row.label);
                        texts.extend(row.lines.iter().flatten().map(|span| span.text.as_str()));
                    }
                }
                Block::Table(table) => {
                    texts.extend(table.columns.iter().map(|column| column.title.as_str()));
                    texts.extend(table.rows.iter().flatten().flatten().map(|span| span.text.as_str()));
                }
                Block::Commands { lines } => texts.extend(lines.iter().map(String::as_str)),
                Block::SignatureField(field) => texts.extend([field.name.as_str(), &field.role, &field.meaning]),
                Block::Charts { charts } => {
                    for chart in charts {
                        texts.extend([chart.title.as_str(), &chart.alt]);
                        texts.extend(chart.bars.iter().map(|bar| bar.label.text.as_str()));
                    }
                }
            }
        }
        texts
    }
}
