//! Blocks to pages: measuring, breaking and placing. Pure; no PDF here.
//!
//! Every block becomes *strips*, full-width pieces that never split; pages are strips stacked. Coordinates are points
//! from the page's top left, y downwards; [`crate::render`] turns them over.

mod blocks;
mod figures;
pub(crate) mod lines;
mod links;
mod marks;
mod pages;
pub(crate) mod structure;
mod turned;

use std::collections::BTreeSet;

use crate::document::{Block, Document, PaperSize, SignatureField, Span};
use crate::error::MinutesError;
use crate::fonts::{Face, Fonts};
use crate::language::Language;
use structure::{Structure, Tag};

/// A colour as printed, in thousandths of red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u16, pub(crate) u16, pub(crate) u16);

pub(crate) const INK: Colour = Colour(110, 130, 160);
pub(crate) const GREY: Colour = Colour(360, 400, 450);
pub(crate) const ACCENT: Colour = Colour(100, 220, 360);
pub(crate) const HAIRLINE: Colour = Colour(810, 840, 870);
pub(crate) const PANEL: Colour = Colour(950, 962, 975);
/// Pale enough that words on it are read as on white.
pub(crate) const WATERMARK: Colour = Colour(915, 925, 935);
pub(crate) const GREEN: Colour = Colour(80, 420, 260);
pub(crate) const AMBER: Colour = Colour(660, 400, 0);
pub(crate) const RED: Colour = Colour(690, 110, 110);
pub(crate) const WHITE: Colour = Colour(1000, 1000, 1000);

/// Paper, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Paper {
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) side: f32,
    pub(crate) top: f32,
    pub(crate) bottom: f32,
}

/// A4 with the margins of a letter.
pub(crate) const A4: Paper = Paper { width: 595.276, height: 841.89, side: 54.0, top: 62.0, bottom: 62.0 };

/// US Letter with the same margins.
pub(crate) const LETTER: Paper = Paper { width: 612.0, height: 792.0, ..A4 };

impl Paper {
    pub(crate) const fn of(size: PaperSize) -> Self {
        match size {
            PaperSize::A4 => A4,
            PaperSize::Letter => LETTER,
        }
    }

    pub(crate) fn measure(&self) -> f32 {
        self.width - 2.0 * self.side
    }

    /// The height strips may fill.
    pub(crate) fn room(&self) -> f32 {
        self.height - self.top - self.bottom
    }
}

/// A piece of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Segment {
    Move(f32, f32),
    Line(f32, f32),
    Curve(f32, f32, f32, f32, f32, f32),
}

/// A part of a shaped run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shaped {
    /// The run's number.
    pub(crate) run: usize,
    /// Which of its shapes.
    pub(crate) bold: bool,
    /// Where the part begins and ends in the run's text, in bytes.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// In points.
    pub(crate) width: f32,
    /// The language it is in, where its script tells.
    pub(crate) tongue: Option<&'static str>,
}

/// Something on a page. A document has a hundred thousand, which are moved more than once: what few of them have is kept
/// elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Drawn {
    /// Words; `y` is the baseline. `kept` is the true text where boxes stand for missing glyphs.
    Text {
        x: f32,
        y: f32,
        size: f32,
        face: Face,
        colour: Colour,
        text: Box<str>,
        kept: Option<Box<str>>,
        /// What is drawn in place of the letters of `text`, where they are part of a shaped run.
        shaped: Option<Box<Shaped>>,
        tag: Tag,
    },
    /// A closed, filled path.
    Fill { path: Vec<Segment>, colour: Colour, tag: Tag },
    /// A stroked path; `closed` joins its ends.
    Stroke { path: Vec<Segment>, colour: Colour, width: f32, closed: bool, tag: Tag },
    /// Room for a signature.
    Field { x: f32, y: f32, width: f32, height: f32, field: Box<SignatureField>, tag: Tag },
}

impl Drawn {
    /// The same thing, moved.
    pub(crate) fn moved(mut self, dx: f32, dy: f32) -> Self {
        match &mut self {
            Self::Text { x, y, .. } | Self::Field { x, y, .. } => {
                *x += dx;
                *y += dy;
            }
            Self::Fill { path, .. } | Self::Stroke { path, .. } => {
                for segment in path {
                    *segment = match *segment {
                        Segment::Move(x, y) => Segment::Move(x + dx, y + dy),
                        Segment::Line(x, y) => Segment::Line(x + dx, y + dy),
                        Segment::Curve(a, b, c, d, e, f) => {
                            Segment::Curve(a + dx, b + dy, c + dx, d + dy, e + dx, f + dy)
                        }
                    };
                }
            }
        }
        self
    }
}

impl Drawn {
    /// What the thing belongs to.
    pub(crate) const fn tag(&self) -> Tag {
        match self {
            Self::Text { tag, .. } | Self::Fill { tag, .. } | Self::Stroke { tag, .. } | Self::Field { tag, .. } => {
                *tag
            }
        }
    }

    /// Where the thing stands: its baseline, or the highest point of its path.
    pub(crate) fn top(&self) -> f32 {
        match self {
            Self::Text { y, .. } | Self::Field { y, .. } => *y,
            Self::Fill { path, .. } | Self::Stroke { path, .. } => {
                let height = |segment: &Segment| match *segment {
                    Segment::Move(_, y) | Segment::Line(_, y) | Segment::Curve(.., y) => y,
                };
                path.iter().map(height).fold(f32::INFINITY, f32::min)
            }
        }
    }

    /// The thing with no point of a path below `bottom`.
    pub(crate) fn within(mut self, bottom: f32) -> Self {
        if let Self::Fill { path, .. } | Self::Stroke { path, .. } = &mut self {
            for segment in path {
                *segment = match *segment {
                    Segment::Move(x, y) => Segment::Move(x, y.min(bottom)),
                    Segment::Line(x, y) => Segment::Line(x, y.min(bottom)),
                    Segment::Curve(a, b, c, d, e, f) => {
                        Segment::Curve(a, b.min(bottom), c, d.min(bottom), e, f.min(bottom))
                    }
                };
            }
        }
        self
    }
}

/// A laid-out document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layout {
    pub(crate) paper: Paper,
    pub(crate) pages: Vec<Vec<Drawn>>,
    pub(crate) structure: Structure,
    /// Characters no face can draw; boxes stand for them.
    pub(crate) missing: BTreeSet<char>,
}

/// Lays a document out on `paper`.
pub(crate) fn lay_out(document: &Document, fonts: &Fonts, paper: Paper) -> Result<Layout, MinutesError> {
    let missing = missing_characters(document, fonts);
    let mut setter = blocks::Setter::new(fonts, paper, links::headed(&document.blocks));
    let mut stack = pages::Stack::new(paper);
    let notice_before = if missing.is_empty() { None } else { Some(before_signatures(&document.blocks)) };
    for (index, block) in document.blocks.iter().enumerate() {
        if notice_before == Some(index) {
            stack.add(setter.block(&missing_notice(document.language, &missing)));
        }
        stack.add(setter.block(block));
    }
    if notice_before == Some(document.blocks.len()) {
        stack.add(setter.block(&missing_notice(document.language, &missing)));
    }
    let pages = stack.finish(document, fonts);
    let mut structure = setter.structure;
    figures::place(&mut structure, &pages, fonts, paper);
    Ok(Layout { paper, pages, structure, missing })
}

/// Where the section of the signatures begins: what is said before it stands above what is signed.
fn before_signatures(blocks: &[Block]) -> usize {
    let field = blocks.iter().position(|block| matches!(block, Block::SignatureField(_))).unwrap_or(blocks.len());
    let heading = blocks[..field].iter().rposition(|block| matches!(block, Block::Heading { level: 1, .. }));
    heading.unwrap_or(field)
}

fn missing_characters(document: &Document, fonts: &Fonts) -> BTreeSet<char> {
    let mut missing = BTreeSet::new();
    for text in document.texts() {
        // Every face has ASCII, and what ASCII is cleaned to.
        if text.is_ascii() {
            continue;
        }
        fonts.missing(&crate::text::cleaned(text), &mut missing);
    }
    missing
}

fn missing_notice(language: Language, missing: &BTreeSet<char>) -> Block {
    let shown: Vec<String> =
        missing.iter().take(12).map(|character| format!("U+{:04X}", u32::from(*character))).collect();
    let text = language.no_glyph(missing.len(), &shown.join(", "), missing.len() - shown.len());
    Block::Notice { spans: vec![Span::plain(text).with_mark(crate::document::Mark::Attention)] }
}

#[cfg(test)]
mod tests;
