//! Parts of shaped runs as operators of a content stream.
//!
//! Readers hold text from right to left for drawn from the left, letter by letter, and turn it themselves; that goes for
//! ActualText as well. So a run from right to left says what it says in the order in which it is drawn, and where several
//! letters are one glyph, those after the first are said by a space that is a hundredth as wide.

use std::io::Write as _;
use std::ops::Range;

use crate::content::{actual_text, decimal};
use crate::fonts::Subset;
use crate::layout::Shaped;
use crate::typefaces::{Cluster, Embedding, Glyph, Shown, clusters};

/// The code of a space, in every face that is not compiled in.
const SPACE: u16 = 1;

/// How far around a run its letters may be drawn, in parts of the size: to either side, above the baseline and below it.
const ASIDE: f32 = 0.15;
const ABOVE: f32 = 1.15;
const BELOW: f32 = 0.5;

/// Keeps what follows, up to the end of the graphics state that this begins, within the room of a run: whoever made the
/// file chose the shapes of its letters, and no letter may be drawn over a word beside it or in another line. `x` and `y` are
/// the left end of its baseline as the file counts them, in points.
pub(crate) fn confine((x, y): (f32, f32), size: f32, width: f32, out: &mut Vec<u8>) {
    out.push(b'q');
    let room = [x - ASIDE * size, y - BELOW * size, width + 2.0 * ASIDE * size, (ABOVE + BELOW) * size];
    for edge in room {
        decimal((edge * 100.0).round() as i64, 2, out);
    }
    out.extend_from_slice(b" re W n\n");
}

/// A part of a run about to be written.
pub(crate) struct Showing<'a> {
    shown: &'a Shown,
    font: &'a Subset,
    part: Range<usize>,
}

/// Where the pen is. Lengths are hundred-thousandths of an em.
struct Pen<'a> {
    font: &'a Subset,
    size: f32,
    /// Where the operators so far have brought it.
    at: i64,
    /// How far text is raised, in units.
    rise: i32,
    open: bool,
    out: &'a mut Vec<u8>,
}

impl<'a> Showing<'a> {
    /// A part of a run, if the document embeds it.
    pub(crate) fn of(embedding: &'a Embedding, shaped: Shaped) -> Option<Self> {
        let shown = embedding.shown.get(&(shaped.run, shaped.bold))?;
        let font = embedding.fonts.get(shown.font)?;
        Some(Self { shown, font, part: shaped.from..shaped.to })
    }

    /// The name of its font in page resources.
    pub(crate) fn resource(&self) -> &'a str {
        &self.font.resource
    }

    /// Writes it at the pen, in its font, which is set.
    pub(crate) fn write(&self, size: f32, out: &mut Vec<u8>) {
        let clusters = clusters(&self.shown.text, &self.shown.glyphs, self.part.clone());
        let mut pen = Pen { font: self.font, size, at: 0, rise: 0, open: false, out };
        // Where the next glyph belongs, in units.
        let mut want = 0;
        if self.shown.rtl {
            for cluster in &clusters {
                self.backwards(cluster, &mut pen, &mut want);
            }
        } else {
            let said: String = clusters.iter().flat_map(|c| c.glyphs).map(|glyph| self.font.letter(glyph.id)).collect();
            let text = self.shown.text.get(self.part.clone()).unwrap_or_default();
            // Readers take a letter that stands aside, or higher, for one of another word or line.
            let level = |glyph: &Glyph| (glyph.dx, glyph.dy) == (0, 0);
            let plain = said == text && clusters.iter().flat_map(|cluster| cluster.glyphs).all(level);
            let glyphs = clusters.iter().flat_map(|cluster| cluster.glyphs);
            if plain {
                glyphs.for_each(|glyph| pen.glyph(glyph, &mut want));
            } else {
                pen.begin(text);
                pen.edged(glyphs, &mut want);
                pen.end();
            }
        }
        pen.close();
        pen.raise(0);
    }

    /// A cluster from right to left, its letters from the last to the first.
    fn backwards(&self, cluster: &Cluster<'_>, pen: &mut Pen<'_>, want: &mut i64) {
        let mut letters = cluster.text.chars();
        let first = letters.next().map(String::from).unwrap_or_default();
        let plain = |glyph: &Glyph| self.font.letter(glyph.id) == cluster.text;
        if letters.as_str().is_empty() && matches!(cluster.glyphs, [glyph] if plain(glyph)) {
            for glyph in cluster.glyphs {
                pen.glyph(glyph, want);
            }
            return;
        }
        for letter in letters.rev() {
            pen.begin(&String::from(letter));
            pen.hair(*want);
            pen.end();
        }
        pen.begin(&first);
        pen.edged(cluster.glyphs.iter(), want);
        pen.end();
    }
}

impl Pen<'_> {
    /// Draws a glyph where it belongs, and moves on by its advance.
    fn glyph(&mut self, glyph: &Glyph, want: &mut i64) {
        self.raise(glyph.dy);
        self.move_to(*want + i64::from(glyph.dx));
        // Writing into a vector cannot fail.
        let _ = write!(self.out, "<{:04x}>", glyph.id);
        self.at += self.font.width(glyph.id) * 100;
        *want += i64::from(glyph.advance);
    }

    /// Draws glyphs, and nothing beyond where they begin and end: readers take the first and the last thing drawn for the
    /// edges of what is said, and that may be a mark in the middle of a letter.
    fn edged<'g>(&mut self, glyphs: impl Iterator<Item = &'g Glyph>, want: &mut i64) {
        let mut glyphs = glyphs.peekable();
        if glyphs.peek().is_some_and(|glyph| glyph.dx != 0) {
            self.hair(*want);
        }
        for glyph in glyphs {
            self.glyph(glyph, want);
        }
        if (self.there(*want) - self.at).abs() >= 2_000 {
            self.hair(*want);
        }
    }

    /// A space that nobody sees.
    fn hair(&mut self, want: i64) {
        self.raise(0);
        self.move_to(want);
        self.close();
        let _ = writeln!(self.out, "1 Tz <{SPACE:04x}>Tj 100 Tz");
        self.at += self.font.width(SPACE);
    }

    /// Opens the array of an operator, and moves within it where the widths alone lead elsewhere.
    fn move_to(&mut self, units: i64) {
        if !self.open {
            self.out.push(b'[');
            self.open = true;
        }
        let there = self.there(units);
        // What the list of widths rounds away is below what anyone sees; it does not add up, since each place is absolute.
        if (there - self.at).abs() >= 100 {
            decimal(self.at - there, 2, self.out);
            self.at = there;
        }
    }

    /// A place in units as one of the pen.
    fn there(&self, units: i64) -> i64 {
        let per_em = i64::from(self.font.units_per_em.max(1));
        (units * 100_000 + per_em / 2).div_euclid(per_em)
    }

    fn raise(&mut self, units: i32) {
        if self.rise == units {
            return;
        }
        self.close();
        self.rise = units;
        let points = units as f32 * self.size / f32::from(self.font.units_per_em.max(1));
        decimal((points * 100.0).round() as i64, 2, self.out);
        self.out.extend_from_slice(b" Ts\n");
    }

    fn close(&mut self) {
        if self.open {
            self.out.extend_from_slice(b"]TJ\n");
            self.open = false;
        }
    }

    fn begin(&mut self, text: &str) {
        self.close();
        actual_text(text, self.out);
    }

    fn end(&mut self) {
        self.close();
        self.out.extend_from_slice(b"EMC\n");
    }
}

#[cfg(test)]
mod tests {
    use super::confine;

    #[test]
    fn a_run_has_room_around_its_own_letters_and_no_more() {
        let mut out = Vec::new();
        confine((100.0, 200.0), 10.0, 50.0, &mut out);
        assert_eq!(String::from_utf8_lossy(&out), "q 98.5 195 53 16.5 re W n\n");
    }
}
