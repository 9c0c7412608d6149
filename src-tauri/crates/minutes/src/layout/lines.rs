//! Spans to lines: greedy breaking at spaces, and inside words that are wider than the measure.

use super::structure::Tag;
use super::{Colour, Drawn, GREY, INK, marks};
use crate::document::{Mark, Span, Style};
use crate::fonts::{BOX, Face, Fonts};

/// How a style is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Type {
    pub(crate) face: Face,
    pub(crate) size: f32,
    pub(crate) colour: Colour,
    pub(crate) leading: f32,
}

pub(crate) const BODY: Type = Type { face: Face::Regular, size: 9.5, colour: INK, leading: 13.4 };

impl Type {
    pub(crate) const fn bold(mut self) -> Self {
        self.face = Face::Bold;
        self
    }

    pub(crate) const fn sized(mut self, size: f32, leading: f32) -> Self {
        self.size = size;
        self.leading = leading;
        self
    }

    pub(crate) const fn coloured(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }
}

/// How a span's style is set where running text is `base`.
fn type_of(span: &Span, base: Type) -> Type {
    let tone = span.mark.map_or(base.colour, marks::colour);
    match span.style {
        Style::Plain => base,
        Style::Strong => base.bold().coloured(tone),
        Style::Quiet => base.sized(base.size - 1.2, base.leading).coloured(GREY),
        Style::Code => base.sized(base.size - 1.7, base.leading).coloured(GREY),
    }
}

/// A set line: pieces relative to its left end, on its baseline.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pieces: Vec<Piece>,
    pub(crate) leading: f32,
    pub(crate) width: f32,
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Words { x: f32, text: String, set: Type },
    Mark { x: f32, mark: Mark, size: f32 },
}

struct Word<'t> {
    text: &'t str,
    set: Type,
    mark: Option<Mark>,
}

/// Breaks spans into lines no wider than `measure`. Spans are set one after the other with a space between.
pub(crate) fn set(fonts: &Fonts, spans: &[Span], base: Type, measure: f32) -> Vec<Line> {
    let mut lines = Lines { fonts, measure, base, done: Vec::new(), pieces: Vec::new(), x: 0.0 };
    for span in spans {
        let set = type_of(span, base);
        let cleaned = crate::text::cleaned(&span.text);
        let mut mark = span.mark;
        for text in cleaned.split(' ').filter(|word| !word.is_empty()) {
            lines.word(&Word { text, set, mark: mark.take() });
        }
        if let Some(mark) = mark {
            lines.word(&Word { text: "", set, mark: Some(mark) });
        }
    }
    lines.finish()
}

struct Lines<'a> {
    fonts: &'a Fonts,
    measure: f32,
    base: Type,
    done: Vec<Line>,
    pieces: Vec<Piece>,
    x: f32,
}

impl Lines<'_> {
    fn word(&mut self, word: &Word<'_>) {
        let Word { text, set, mark } = *word;
        let mark_width = mark.map_or(0.0, |mark| marks::advance(mark) * set.size);
        let text_width = self.fonts.width(set.face, set.size, text);
        let mut space = if self.pieces.is_empty() { 0.0 } else { self.fonts.width(set.face, set.size, " ") };
        if self.x + space + mark_width + text_width > self.measure && !self.pieces.is_empty() {
            self.break_line();
            space = 0.0;
        }
        if let Some(mark) = mark {
            self.pieces.push(Piece::Mark { x: self.x + space, mark, size: set.size });
            self.x += space + mark_width;
            space = 0.0;
        }
        if self.x + space + text_width <= self.measure {
            self.push(text, set, space, text_width);
        } else {
            self.cut(text, set, space);
        }
    }

    /// Sets a word that is wider than the measure, over as many lines as it takes.
    fn cut(&mut self, text: &str, set: Type, space: f32) {
        let mut rest = text;
        let mut space = space;
        loop {
            let room = self.measure - self.x - space;
            let mut fits = 0;
            let mut sum = 0.0;
            for (at, character) in rest.char_indices() {
                sum += self.fonts.advance_at(set.face, set.size, character);
                if sum > room + 0.01 && (at > 0 || !self.pieces.is_empty()) {
                    break;
                }
                fits = at + character.len_utf8();
            }
            let (now, later) = rest.split_at(fits);
            self.push(now, set, space, self.fonts.width(set.face, set.size, now));
            if later.is_empty() {
                return;
            }
            rest = later;
            space = 0.0;
            self.break_line();
        }
    }

    /// Adds text at the pen, joining it to the piece before where the type is the same.
    fn push(&mut self, text: &str, set: Type, space: f32, width: f32) {
        match self.pieces.last_mut() {
            Some(Piece::Words { text: before, set: same, .. }) if *same == set => {
                if space > 0.0 {
                    before.push(' ');
                }
                before.push_str(text);
            }
            Some(_) | None if !text.is_empty() => {
                let mut words = String::with_capacity(64);
                words.push_str(text);
                self.pieces.push(Piece::Words { x: self.x + space, text: words, set });
            }
            Some(_) | None => {}
        }
        self.x += space + width;
    }

    fn break_line(&mut self) {
        let pieces = std::mem::take(&mut self.pieces);
        self.done.push(Line { pieces, leading: self.base.leading, width: self.x });
        self.x = 0.0;
    }

    fn finish(mut self) -> Vec<Line> {
        if !self.pieces.is_empty() {
            self.break_line();
        }
        self.done
    }
}

impl Line {
    /// The line as drawn things, its left end at `x`, its top at `y`.
    pub(crate) fn draw(&self, fonts: &Fonts, x: f32, y: f32, tag: Tag) -> Vec<Drawn> {
        // The baseline stands so that capitals look centred in the leading.
        let tallest = self.pieces.iter().map(|piece| match piece {
            Piece::Words { set, .. } => set.size,
            Piece::Mark { size, .. } => *size,
        });
        let size = tallest.fold(0.0, f32::max);
        let baseline = y + (self.leading + 0.72 * size) / 2.0;
        let mut out = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Words { x: dx, text, set } => out.extend(words(fonts, text, *set, x + dx, baseline, tag)),
                Piece::Mark { x: dx, mark, size } => out.extend(marks::draw(*mark, x + dx, baseline, *size)),
            }
        }
        out
    }
}

/// Text at a baseline. Characters the face lacks are set as boxes, each run of them apart, with the true text kept.
pub(crate) fn words(fonts: &Fonts, text: &str, set: Type, x: f32, baseline: f32, tag: Tag) -> Vec<Drawn> {
    let mut out = Vec::new();
    let (mut x, mut rest) = (x, text);
    while let Some(first) = rest.chars().next() {
        let drawable = fonts.has(set.face, first);
        let end = rest.find(|character| fonts.has(set.face, character) != drawable).unwrap_or(rest.len());
        let (run, later) = rest.split_at(end);
        let (shown, kept) =
            if drawable { (run.to_owned(), None) } else { (run.chars().map(|_| BOX).collect(), Some(run.to_owned())) };
        let width = if later.is_empty() { 0.0 } else { fonts.width(set.face, set.size, &shown) };
        out.push(Drawn::Text {
            x,
            y: baseline,
            size: set.size,
            face: set.face,
            colour: set.colour,
            text: shown,
            kept,
            tag,
        });
        x += width;
        rest = later;
    }
    out
}
