//! Strips to pages.

use std::rc::Rc;

use super::lines::{BODY, line_of};
use super::{ACCENT, Drawn, GREY, HAIRLINE, Paper, Segment, WATERMARK};
use crate::document::Document;
use crate::fonts::{Face, Fonts};

/// A full-width piece of a page that never splits. Its things are relative to its top left.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Strip {
    pub(crate) height: f32,
    /// Space above, dropped at the head of a page.
    pub(crate) space: f32,
    /// Must not be the last thing on a page.
    pub(crate) keep_with_next: bool,
    pub(crate) drawn: Vec<Drawn>,
    /// Repeated above this strip where it begins a page: a table's header, one for all its rows.
    pub(crate) header: Option<Rc<Strip>>,
}

impl Strip {
    /// A strip taller than a page, as pieces that are not: a title of a hundred thousand letters is ugly, but nothing
    /// of it is lost. Panels stay with the first piece.
    pub(crate) fn cut(self, tallest: f32) -> Vec<Self> {
        if self.height <= tallest {
            return vec![self];
        }
        // Above each piece there is room for the letters of a line whose baseline just missed the piece before.
        let band = tallest - 36.0;
        let mut pieces: Vec<Self> = Vec::new();
        for drawn in self.drawn {
            let at = drawn.top();
            let index = (at / band).max(0.0) as usize;
            while pieces.len() <= index {
                let space = if pieces.is_empty() { self.space } else { 0.0 };
                pieces.push(Self { height: tallest, space, header: self.header.clone(), ..Self::default() });
            }
            let shift = if index == 0 { 0.0 } else { 30.0 - band * index as f32 };
            if let Some(piece) = pieces.get_mut(index) {
                piece.drawn.push(drawn.moved(0.0, shift).within(tallest));
            }
        }
        pieces
    }
}

/// So many things are drawn by a running head and foot, as a rule.
const RUNNING: usize = 6;

/// Pages in the making. Strips are placed as soon as it is known which of them stay together, so that of a long document
/// hardly more is kept than its pages.
pub(super) struct Stack {
    paper: Paper,
    /// Those before the last, each with room for its running head and foot and no more.
    pages: Vec<Vec<Drawn>>,
    /// The last page, in room that is used for all of them.
    last: Vec<Drawn>,
    /// The height that is taken on the last page.
    used: f32,
    /// Whether the next strip begins a chain.
    begins: bool,
    /// A chain whose last strip has not come.
    chain: Vec<Strip>,
}

impl Stack {
    pub(super) fn new(paper: Paper) -> Self {
        Self { paper, pages: Vec::new(), last: Vec::new(), used: 0.0, begins: true, chain: Vec::new() }
    }

    /// Adds strips below those that are there.
    pub(super) fn add(&mut self, strips: impl IntoIterator<Item = Strip>) {
        for strip in strips {
            let ends = !strip.keep_with_next;
            self.chain.push(strip);
            if ends {
                self.place_chain();
            }
        }
    }

    fn place_chain(&mut self) {
        let heights = chain_heights(&self.chain);
        let mut chain = std::mem::take(&mut self.chain);
        for (strip, together) in chain.drain(..).zip(heights) {
            self.place(strip, together);
        }
        self.chain = chain;
    }

    /// Places a strip. `together` is its height and that of those after it that it must stay with.
    fn place(&mut self, strip: Strip, together: f32) {
        let room = self.paper.room();
        let mut space = if self.used == 0.0 { 0.0 } else { strip.space };
        let fits = self.used + space + strip.height <= room;
        let chain_fits = self.used + space + together <= room;
        // A chain longer than a page cannot be kept together; then only the strip itself counts.
        let turn = self.used > 0.0 && (!fits || (!chain_fits && together <= room && self.begins));
        self.begins = !strip.keep_with_next;
        if turn {
            self.turn();
            space = 0.0;
            if let Some(header) = &strip.header {
                self.draw(header.drawn.clone(), 0.0);
                self.used = header.height;
            }
        }
        self.draw(strip.drawn, self.used + space);
        self.used += space + strip.height;
    }

    /// Draws things on the last page, their top at `y` of what strips may fill.
    fn draw(&mut self, drawn: Vec<Drawn>, y: f32) {
        let (dx, dy) = (self.paper.side, self.paper.top + y);
        self.last.extend(drawn.into_iter().map(|drawn| drawn.moved(dx, dy)));
    }

    fn turn(&mut self) {
        let mut page = Vec::with_capacity(self.last.len() + RUNNING);
        page.append(&mut self.last);
        self.pages.push(page);
        self.used = 0.0;
    }

    /// The pages, with running heads and feet.
    pub(super) fn finish(mut self, document: &Document, fonts: &Fonts) -> Vec<Vec<Drawn>> {
        self.place_chain();
        self.turn();
        let (paper, mut pages) = (self.paper, self.pages);
        let count = pages.len();
        for (index, page) in pages.iter_mut().enumerate() {
            running(page, document, fonts, paper, index, count);
            if let Some(word) = &document.watermark {
                let mut behind = watermark(word, fonts, paper);
                behind.append(page);
                *page = behind;
            }
        }
        pages
    }
}

/// For each strip its height and that of those it must stay with.
fn chain_heights(strips: &[Strip]) -> Vec<f32> {
    let mut heights = vec![0.0; strips.len()];
    let mut after = 0.0;
    for (strip, height) in strips.iter().zip(&mut heights).rev() {
        *height = strip.height + if strip.keep_with_next { after } else { 0.0 };
        after = *height + strip.space;
    }
    heights
}

/// A horizontal hairline.
pub(crate) fn rule(x: f32, y: f32, width: f32, thickness: f32, colour: super::Colour) -> Drawn {
    let path = vec![Segment::Move(x, y), Segment::Line(x + width, y)];
    Drawn::Stroke { path, colour, width: thickness, closed: false, tag: None }
}

/// A word across the page, drawn before everything else and no part of the content: as shapes, so that whoever searches or
/// copies the page finds its text alone. The title and the running head say the word in letters.
fn watermark(word: &str, fonts: &Fonts, paper: Paper) -> Vec<Drawn> {
    let text = crate::text::clean(word);
    let face = Face::Bold;
    // As wide as the lines of the text, and never higher than a quarter of the page.
    let per_point = fonts.width(face, 1000.0, &text) / 1000.0;
    let size = if per_point > 0.0 { (paper.measure() / per_point).min(paper.height / 4.0) } else { 0.0 };
    let mut x = (paper.width - fonts.width(face, size, &text)) / 2.0;
    let mut out = Vec::new();
    for character in text.chars() {
        let path = fonts.outline(face, size, character, (x, paper.height * 0.55));
        if !path.is_empty() {
            out.push(Drawn::Fill { path, colour: WATERMARK, tag: None });
        }
        x += fonts.advance_at(face, size, character);
    }
    out
}

fn running(page: &mut Vec<Drawn>, document: &Document, fonts: &Fonts, paper: Paper, index: usize, count: usize) {
    let small = BODY.sized(7.5, 10.0).coloured(GREY);
    let right_edge = paper.width - paper.side;
    let mut line = |text: &str, right: bool, y: f32, set: super::lines::Type, room: f32| {
        let text = fitted(fonts, &crate::text::clean(text), set, room);
        let x = if right { right_edge - fonts.width(set.face, set.size, &text) } else { paper.side };
        page.extend(line_of(fonts, &text, set, x, y));
    };
    let measure = paper.measure();
    if index > 0 {
        line(&document.running_head.0, false, paper.top - 26.0, small, measure * 0.62);
        line(&document.running_head.1, true, paper.top - 26.0, small, measure * 0.36);
    }
    let foot = paper.height - paper.bottom + 28.0;
    line(&document.running_foot, false, foot, small, measure * 0.8);
    line(&document.language.page(index + 1, count), true, foot, small.bold(), measure * 0.2);
    page.push(rule(paper.side, foot - 13.0, measure, 0.5, HAIRLINE));
    if index > 0 {
        page.push(rule(paper.side, paper.top - 19.0, measure, 0.5, HAIRLINE));
    } else {
        let band = vec![
            Segment::Move(0.0, 0.0),
            Segment::Line(paper.width, 0.0),
            Segment::Line(paper.width, 7.0),
            Segment::Line(0.0, 7.0),
        ];
        page.push(Drawn::Fill { path: band, colour: ACCENT, tag: None });
    }
}

/// Cuts a running line to its room, visibly. Shaped words stay whole or go.
fn fitted(fonts: &Fonts, text: &str, set: super::lines::Type, room: f32) -> String {
    let wide = |text: &str| fonts.width(set.face, set.size, text) > room;
    if !wide(text) {
        return text.to_owned();
    }
    if !fonts.is_plain(text) {
        let mut kept = String::new();
        for word in text.split(' ') {
            let longer = if kept.is_empty() { word.to_owned() } else { format!("{kept} {word}") };
            if wide(&format!("{longer} …")) {
                break;
            }
            kept = longer;
        }
        return if kept.is_empty() { "…".to_owned() } else { format!("{kept} …") };
    }
    let mut kept: String = text.chars().take(400).collect();
    while !kept.is_empty() && wide(&format!("{kept}…")) {
        kept.pop();
    }
    format!("{}…", kept.trim_end())
}
