//! Counts as bars: each chart a figure of its own, its numbers beside the bars.

use super::blocks::{Setter, panel};
use super::lines::{BODY, Line, Type, set};
use super::pages::Strip;
use super::structure::{Structure, Tag};
use super::{Colour, Drawn, GREY, INK, PANEL, Paper, Segment, WHITE, marks};
use crate::document::Chart;
use crate::fonts::Fonts;

/// Between two charts, and around what stands in one, in points.
const GAP: f32 = 12.0;
const PAD: f32 = 9.0;
/// Between a word, its number and its bar.
const SPACE: f32 = 7.0;
const THICKNESS: f32 = 7.0;

const TITLE: Type = BODY.bold().sized(8.0, 12.0).coloured(GREY);
const WORD: Type = BODY.sized(8.6, 13.6);

impl Setter<'_> {
    /// Charts beside each other, on one scale: a strip that never splits.
    pub(super) fn charts(&mut self, charts: &[Chart]) -> Vec<Strip> {
        if charts.is_empty() {
            return Vec::new();
        }
        let width = (self.measure - GAP * (charts.len() - 1) as f32) / charts.len() as f32;
        let most = charts.iter().flat_map(|chart| &chart.bars).map(|bar| bar.count).max().unwrap_or(0).max(1);
        let left = |index: usize| (width + GAP) * index as f32;
        let mut drawn = Vec::new();
        let mut height: f32 = 0.0;
        for (index, chart) in charts.iter().enumerate() {
            let (things, own) = self.chart(chart, left(index), width, most);
            drawn.extend(things);
            height = height.max(own);
        }
        let mut all: Vec<Drawn> =
            (0..charts.len()).map(|index| panel(left(index), 0.0, width, height, PANEL)).collect();
        all.extend(drawn);
        vec![Strip { height: height + 7.0, space: 2.0, drawn: all, ..Strip::default() }]
    }

    /// One chart and its height; the longest of all bars stands for `most`.
    fn chart(&mut self, chart: &Chart, x: f32, width: f32, most: u32) -> (Vec<Drawn>, f32) {
        let tag = Some(self.structure.figure(crate::text::clean(&chart.alt)));
        let (left, room) = (x + PAD, width - 2.0 * PAD);
        let mut drawn = Vec::new();
        let mut y = PAD + self.stack(self.lines(&chart.title, TITLE, room), (left, PAD - 3.0), tag, &mut drawn);
        let word = |bar: &crate::document::Bar| set(self.fonts, std::slice::from_ref(&bar.label), WORD, room * 0.55);
        let number = |bar: &crate::document::Bar| self.lines(&bar.count.to_string(), WORD.bold(), room * 0.25);
        let widest = |lines: &[Line]| lines.iter().map(|line| line.width).fold(0.0, f32::max);
        let set_bars: Vec<_> = chart.bars.iter().map(|bar| (bar, word(bar), number(bar))).collect();
        let words = set_bars.iter().map(|(_, words, _)| widest(words)).fold(0.0, f32::max);
        let numbers = set_bars.iter().map(|(_, _, numbers)| widest(numbers)).fold(0.0, f32::max);
        let from = left + words + numbers + 2.0 * SPACE;
        let longest = left + room - from;
        for (bar, said, count) in set_bars {
            let height = self.stack(said, (left, y), tag, &mut drawn);
            let right = left + words + SPACE + numbers - widest(&count);
            self.stack(count, (right, y), tag, &mut drawn);
            let top = y + (WORD.leading - THICKNESS) / 2.0;
            drawn.push(panel(from, top, longest, THICKNESS, WHITE));
            if bar.count > 0 {
                let tone = bar.label.mark.map_or(INK, marks::colour);
                let length = (longest * bar.count as f32 / most as f32).max(1.5);
                drawn.push(filled((from, top), (length, THICKNESS), tone, tag));
            }
            y += height.max(WORD.leading);
        }
        (drawn, y + PAD - 3.0)
    }
}

/// A bar, which is content: it belongs to its figure.
fn filled((x, y): (f32, f32), (width, height): (f32, f32), colour: Colour, tag: Tag) -> Drawn {
    let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)];
    let segment = |(index, (x, y)): (usize, (f32, f32))| {
        if index == 0 { Segment::Move(x, y) } else { Segment::Line(x, y) }
    };
    Drawn::Fill { path: corners.into_iter().enumerate().map(segment).collect(), colour, tag }
}

/// Notes where each figure stands (ISO 32000-1, 14.8.5.4.3: its box, where it is on one page).
pub(super) fn place(structure: &mut Structure, pages: &[Vec<Drawn>], fonts: &Fonts, paper: Paper) {
    for drawn in pages.iter().flatten() {
        let Some(id) = drawn.tag() else { continue };
        let Some(figure) = structure.figures.get_mut(&id) else { continue };
        let [left, top, right, bottom] = edges(drawn, fonts);
        let hundredths = |points: f32| (points * 100.0).round() as i32;
        let own = [left, paper.height - bottom, right, paper.height - top].map(hundredths);
        let [west, south, east, north] = figure.bounds.unwrap_or(own);
        figure.bounds = Some([west.min(own[0]), south.min(own[1]), east.max(own[2]), north.max(own[3])]);
    }
}

/// Left, top, right and bottom of a drawn thing, from the page's top left.
fn edges(drawn: &Drawn, fonts: &Fonts) -> [f32; 4] {
    match drawn {
        Drawn::Text { x, y, size, face, text, shaped, .. } => {
            let width = shaped.as_ref().map_or_else(|| fonts.width(*face, *size, text), |shaped| shaped.width);
            [*x, y - 0.8 * size, x + width, y + 0.25 * size]
        }
        Drawn::Field { x, y, width, height, .. } => [*x, *y, x + width, y + height],
        Drawn::Fill { path, .. } | Drawn::Stroke { path, .. } => {
            let start = [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
            path.iter().fold(start, |[left, top, right, bottom], segment| {
                let (x, y) = match *segment {
                    Segment::Move(x, y) | Segment::Line(x, y) | Segment::Curve(.., x, y) => (x, y),
                };
                [left.min(x), top.min(y), right.max(x), bottom.max(y)]
            })
        }
    }
}
