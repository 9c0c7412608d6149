//! Spans to lines: greedy breaking at spaces, and inside words that are wider than the measure.

use super::pages::rule;
use super::structure::{ElementId, Tag};
use super::turned::turned;
use super::{Colour, Drawn, GREY, INK, Shaped, marks};
use crate::document::{Mark, Span, Style};
use crate::fonts::{Atom, BOX, Face, Fonts};
use crate::tongues::Near;

/// How a style is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Type {
    pub(crate) face: Face,
    pub(crate) size: f32,
    pub(crate) colour: Colour,
    pub(crate) leading: f32,
    /// The link that the words belong to.
    pub(crate) link: Tag,
}

pub(crate) const BODY: Type = Type { face: Face::Regular, size: 9.5, colour: INK, leading: 13.4, link: None };
/// How far below its baseline a link is underlined, and how thick, in points.
const UNDERLINE: (f32, f32) = (1.9, 0.45);

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
pub(super) enum Piece {
    Words {
        x: f32,
        text: String,
        set: Type,
    },
    /// Part of a shaped run; `text` is what it says.
    Run {
        x: f32,
        text: String,
        shaped: Shaped,
        set: Type,
    },
    /// A sign that is drawn as another because it stands among words from right to left.
    Mirrored {
        x: f32,
        shown: char,
        kept: char,
        set: Type,
    },
    Mark {
        x: f32,
        mark: Mark,
        size: f32,
    },
}

struct Word<'t> {
    text: &'t str,
    set: Type,
    mark: Option<Mark>,
    link: Option<Linked>,
}

/// A word that is a link, or part of one: which word of which span, where in it in bytes, and its element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Linked {
    pub(super) span: usize,
    pub(super) word: usize,
    pub(super) within: (usize, usize),
    pub(super) element: ElementId,
}

/// Breaks spans into lines no wider than `measure`. Spans are set one after the other with a space between.
pub(crate) fn set(fonts: &Fonts, spans: &[Span], base: Type, measure: f32) -> Vec<Line> {
    set_linked(fonts, spans, &[], base, measure)
}

/// The same with links, which stand in the order of their words.
pub(super) fn set_linked(fonts: &Fonts, spans: &[Span], links: &[Linked], base: Type, measure: f32) -> Vec<Line> {
    let mut links = links.iter().copied().peekable();
    let mut lines = Lines { fonts, measure, base, done: Vec::new(), pieces: Vec::new(), x: 0.0, near: Near::default() };
    for (index, span) in spans.iter().enumerate() {
        let set = type_of(span, base);
        let cleaned = crate::text::cleaned(&span.text);
        lines.near = Near::of(&cleaned);
        let mut mark = span.mark;
        for (word, text) in cleaned.split(' ').filter(|word| !word.is_empty()).enumerate() {
            let link = links.next_if(|link| link.span == index && link.word == word);
            lines.word(&Word { text, set, mark: mark.take(), link });
        }
        if let Some(mark) = mark {
            lines.word(&Word { text: "", set, mark: Some(mark), link: None });
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
    /// What the span says of letters that several languages share.
    near: Near,
}

impl Lines<'_> {
    fn word(&mut self, word: &Word<'_>) {
        let Word { text, set, mark, link } = *word;
        let mark_width = mark.map_or(0.0, |mark| marks::advance(mark) * set.size);
        // Nearly every word is of one kind, and there are hundreds of thousands: nothing is set aside for one.
        let one = [Atom::Letters(text)];
        let several = if self.fonts.is_plain(text) { Vec::new() } else { self.fonts.atoms(text) };
        let atoms = if several.is_empty() { one.as_slice() } else { several.as_slice() };
        let text_width: f32 = match atoms {
            [Atom::Letters(text)] => self.fonts.letters_width(set.face, set.size, text),
            several => several.iter().map(|atom| self.fonts.atom_width(set.face, set.size, *atom)).sum(),
        };
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
        let fits = self.x + space + text_width <= self.measure;
        // Where a word is not set letter by letter in one line, all of it is the link.
        let whole = Type { link: link.map(|link| link.element), ..set };
        match (atoms, link) {
            ([Atom::Letters(text)], None) if fits => self.push(text, set, space, text_width),
            ([Atom::Letters(text)], Some(link)) if fits => self.push_linked(text, set, space, link),
            ([Atom::Letters(text)], _) => self.cut(text, whole, space),
            (several, _) => self.several(several, whole, space, fits),
        }
    }

    /// Sets a word that is a link, but for the signs before and after it.
    fn push_linked(&mut self, text: &str, set: Type, space: f32, link: Linked) {
        let (from, to) = link.within;
        let named = Type { link: Some(link.element), ..set };
        let parts = match (text.get(..from), text.get(from..to), text.get(to..)) {
            (Some(before), Some(name), Some(after)) => [(before, set), (name, named), (after, set)],
            _ => [("", set), (text, named), ("", set)],
        };
        let mut space = space;
        for (part, set) in parts {
            if !part.is_empty() {
                self.push(part, set, space, self.fonts.letters_width(set.face, set.size, part));
                space = 0.0;
            }
        }
    }

    /// Sets a word in which there are shaped runs. One that is wider than the measure is cut between them, and inside one
    /// only where that is wider than the measure alone.
    fn several(&mut self, atoms: &[Atom<'_>], set: Type, space: f32, fits: bool) {
        let mut space = space;
        for atom in atoms {
            let width = self.fonts.atom_width(set.face, set.size, *atom);
            if !fits && self.x + space + width > self.measure && !self.pieces.is_empty() {
                self.break_line();
                space = 0.0;
            }
            let alone = fits || self.x + space + width <= self.measure;
            match atom {
                Atom::Letters(text) if alone => self.push(text, set, space, width),
                Atom::Letters(text) => self.cut(text, set, space),
                Atom::Run(number) => self.push_run(*number, set, space, alone),
            }
            space = 0.0;
        }
    }

    /// Adds a shaped run at the pen; one that does not fit alone goes over as many lines as it takes.
    fn push_run(&mut self, run: usize, set: Type, space: f32, fits: bool) {
        let bold = set.face == Face::Bold;
        if space > 0.0 {
            // A space is drawn, so that whoever copies the line gets two words.
            self.letters(" ", set, 0.0);
            self.x += space;
        }
        let Some(length) = self.fonts.foreign.run(run).map(|run| run.text.len()) else { return };
        let (mut from, mut sum) = (0, 0.0);
        for (at, width) in self.fonts.foreign.clusters(run, bold, set.size) {
            if !fits && at > from && self.x + sum + width > self.measure + 0.01 {
                self.part(run, set, (from, at), sum);
                self.break_line();
                (from, sum) = (at, 0.0);
            }
            sum += width;
        }
        self.part(run, set, (from, length), sum);
    }

    /// Adds a part of a shaped run at the pen.
    fn part(&mut self, run: usize, set: Type, (from, to): (usize, usize), width: f32) {
        let foreign = &self.fonts.foreign;
        let text = foreign.run(run).and_then(|run| run.text.get(from..to)).unwrap_or_default().to_owned();
        let tongue = self.near.language(&text);
        let shaped = Shaped { run, bold: foreign.slot(run, set.face == Face::Bold), from, to, width, tongue };
        self.pieces.push(Piece::Run { x: self.x, text, shaped, set });
        self.x += width;
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
            self.push(now, set, space, self.fonts.letters_width(set.face, set.size, now));
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
        // Between a link and other words a space is drawn, so that whoever copies the line gets two words; it is no part of
        // the link.
        let spaced = space > 0.0
            && match self.pieces.last_mut() {
                Some(Piece::Run { .. }) => true,
                Some(Piece::Words { text: before, set: other, .. }) if other.link != set.link => {
                    if other.link.is_none() {
                        before.push(' ');
                    }
                    set.link.is_none()
                }
                Some(Piece::Words { .. } | Piece::Mirrored { .. } | Piece::Mark { .. }) | None => false,
            };
        if spaced {
            self.letters(&format!(" {text}"), set, 0.0);
        } else {
            self.letters(text, set, space);
        }
        self.x += space + width;
    }

    /// Text at the pen, which stays where it is.
    fn letters(&mut self, text: &str, set: Type, space: f32) {
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
    }

    fn break_line(&mut self) {
        let pieces = turned(self.fonts, std::mem::take(&mut self.pieces));
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
    /// Draws the line, its left end at `x`, its top at `y`.
    pub(crate) fn draw(self, fonts: &Fonts, (x, y): (f32, f32), tag: Tag, out: &mut Vec<Drawn>) {
        // The baseline stands so that capitals look centred in the leading.
        let tallest = self.pieces.iter().map(|piece| match piece {
            Piece::Words { set, .. } | Piece::Run { set, .. } | Piece::Mirrored { set, .. } => set.size,
            Piece::Mark { size, .. } => *size,
        });
        let size = tallest.fold(0.0, f32::max);
        let baseline = y + (self.leading + 0.72 * size) / 2.0;
        self.draw_at(fonts, (x, baseline), tag, out);
    }

    /// The same on a baseline.
    fn draw_at(self, fonts: &Fonts, (x, baseline): (f32, f32), tag: Tag, out: &mut Vec<Drawn>) {
        for piece in self.pieces {
            match piece {
                Piece::Words { x: dx, text, set } => {
                    let under = set.link.is_some().then(|| fonts.letters_width(set.face, set.size, &text));
                    words(fonts, &text, set, (x + dx, baseline), set.link.or(tag), out);
                    out.extend(under.map(|width| underline(x + dx, baseline, width)));
                }
                Piece::Run { x: dx, text, shaped, set } => {
                    let under = set.link.is_some().then(|| underline(x + dx, baseline, shaped.width));
                    out.push(drawn(&text, set, (x + dx, baseline), set.link.or(tag), None, Some(Box::new(shaped))));
                    out.extend(under);
                }
                Piece::Mirrored { x: dx, shown, kept, set } => {
                    let at = (x + dx, baseline);
                    let kept = Some(String::from(kept).into_boxed_str());
                    out.push(drawn(shown.encode_utf8(&mut [0; 4]), set, at, set.link.or(tag), kept, None));
                }
                Piece::Mark { x: dx, mark, size } => out.extend(marks::draw(mark, x + dx, baseline, size)),
            }
        }
    }
}

/// What tells a link from other words without a colour. It is no content: the structure says that it is a link.
fn underline(x: f32, baseline: f32, width: f32) -> Drawn {
    let (below, thickness) = UNDERLINE;
    rule(x, baseline + below, width, thickness, GREY)
}

/// Text on one line from `x` on, however wide it is.
pub(crate) fn line_of(fonts: &Fonts, text: &str, set_in: Type, x: f32, baseline: f32) -> Vec<Drawn> {
    let mut out = Vec::new();
    if fonts.is_plain(text) {
        words(fonts, text, set_in, (x, baseline), None, &mut out);
        return out;
    }
    for line in set(fonts, &[Span::plain(text)], set_in, f32::INFINITY) {
        line.draw_at(fonts, (x, baseline), None, &mut out);
    }
    out
}

fn drawn(
    text: &str,
    set: Type,
    (x, y): (f32, f32),
    tag: Tag,
    kept: Option<Box<str>>,
    shaped: Option<Box<Shaped>>,
) -> Drawn {
    Drawn::Text { x, y, size: set.size, face: set.face, colour: set.colour, text: text.into(), kept, shaped, tag }
}

/// Text at a baseline. Characters the face lacks are set as boxes, each run of them apart, with the true text kept.
pub(super) fn words(
    fonts: &Fonts,
    text: &str,
    set: Type,
    (mut x, baseline): (f32, f32),
    tag: Tag,
    out: &mut Vec<Drawn>,
) {
    // Nearly always the face has all of it.
    if !text.is_empty() && text.chars().all(|character| fonts.has(set.face, character)) {
        return out.push(drawn(text, set, (x, baseline), tag, None, None));
    }
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let drawable = fonts.has(set.face, first);
        let end = rest.find(|character| fonts.has(set.face, character) != drawable).unwrap_or(rest.len());
        let (run, later) = rest.split_at(end);
        let boxes: String = if drawable { String::new() } else { run.chars().map(|_| BOX).collect() };
        let (shown, kept) = if drawable { (run, None) } else { (boxes.as_str(), Some(Box::from(run))) };
        let width = if later.is_empty() { 0.0 } else { fonts.letters_width(set.face, set.size, shown) };
        out.push(drawn(shown, set, (x, baseline), tag, kept, None));
        x += width;
        rest = later;
    }
}
