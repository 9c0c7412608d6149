//! What stands on a page as the operators of its content stream (ISO 32000-1, 7.8.2), each kind of content marked with
//! the element it belongs to.

use std::io::Write as _;

use crate::fonts::{BOX, Face};
use crate::layout::structure::{ElementId, Structure, Tag};
use crate::layout::{Colour, Drawn, Segment};
use crate::pdf::value::put_number;
use crate::render::FontSet;
use crate::shown::{Showing, confine};
use crate::tongues::{Near, greek};

/// Writes one page. Colours and fonts are set only where they change; that halves the file.
pub(crate) struct Brush<'a> {
    height: f32,
    fonts: &'a FontSet,
    structure: &'a Structure,
    out: Vec<u8>,
    fill: Option<Colour>,
    outline: Option<(Colour, f32)>,
    font: Option<(Face, f32)>,
    /// What the things now painted belong to; the outer `None` before the first.
    within: Option<Tag>,
    /// The language that the things now painted are in, where it is not the document's.
    tongue: Option<&'static str>,
    parts: Vec<ElementId>,
}

impl<'a> Brush<'a> {
    /// For a page of `height` points.
    pub(crate) fn new(height: f32, fonts: &'a FontSet, structure: &'a Structure) -> Self {
        Self {
            height,
            fonts,
            structure,
            out: Vec::with_capacity(16 << 10),
            fill: None,
            outline: None,
            font: None,
            within: None,
            tongue: None,
            parts: Vec::new(),
        }
    }

    /// The page's operators, and which element each of its marked parts belongs to.
    pub(crate) fn finish(mut self) -> (Vec<u8>, Vec<ElementId>) {
        self.leave();
        (self.out, self.parts)
    }

    /// Marks what follows as part of an element, or as no content.
    fn enter(&mut self, tag: Tag) {
        if self.within == Some(tag) {
            return;
        }
        self.leave();
        self.within = Some(tag);
        let element = tag.and_then(|id| Some((id, self.structure.elements.get(id.0 as usize)?)));
        let Some((id, element)) = element else {
            self.put("/Artifact BMC\n");
            return;
        };
        self.put("/");
        self.put(element.kind.name());
        self.put("<</MCID ");
        let number = self.parts.len();
        put_number(number as u64, &mut self.out);
        self.put(">>BDC\n");
        self.parts.push(id);
    }

    /// Marks what follows as being in a language, or in the document's (ISO 32000-1, 14.9.2.3).
    fn speak(&mut self, tongue: Option<&'static str>) {
        if self.tongue == tongue {
            return;
        }
        if self.tongue.is_some() {
            self.put("EMC\n");
        }
        if let Some(code) = tongue {
            self.in_tongue(code);
        }
        self.tongue = tongue;
    }

    fn in_tongue(&mut self, code: &str) {
        self.put("/Span<</Lang(");
        self.put(code);
        self.put(")>>BDC\n");
    }

    fn leave(&mut self) {
        self.speak(None);
        if self.within.take().is_some() {
            self.put("EMC\n");
        }
    }

    /// Adds one thing.
    pub(crate) fn paint(&mut self, drawn: &Drawn) {
        match drawn {
            Drawn::Text { x, y, size, shaped: Some(shaped), colour, tag, .. } => {
                self.enter(*tag);
                self.speak(shaped.tongue.filter(|_| tag.is_some()));
                self.fill(*colour);
                let Some(showing) = Showing::of(&self.fonts.foreign, **shaped) else { return };
                confine((*x, self.height - y), *size, shaped.width, &mut self.out);
                self.font = None;
                self.put("BT /");
                self.put(showing.resource());
                self.number(*size);
                self.put(" Tf");
                self.point(*x, *y);
                self.put(" Td ");
                showing.write(*size, &mut self.out);
                self.put("ET Q\n");
            }
            Drawn::Text { x, y, size, face, colour, text, kept, shaped: None, tag } => {
                self.enter(*tag);
                self.speak(kept.as_deref().filter(|_| tag.is_some()).and_then(|kept| Near::of(kept).language(kept)));
                self.fill(*colour);
                if let Some(kept) = kept {
                    actual_text(kept, &mut self.out);
                }
                self.put("BT");
                if self.font.replace((*face, *size)) != Some((*face, *size)) {
                    self.put("/");
                    self.put(face.resource());
                    self.number(*size);
                    self.put(" Tf");
                }
                self.point(*x, *y);
                self.put(" Td");
                let mut rest: &str = text;
                while let Some((from, to)) = greek(rest).filter(|_| tag.is_some()) {
                    self.show(*face, rest.get(..from).unwrap_or_default());
                    self.in_tongue("el");
                    self.show(*face, rest.get(from..to).unwrap_or_default());
                    self.put(" EMC\n");
                    rest = rest.get(to..).unwrap_or_default();
                }
                self.show(*face, rest);
                self.put(" ET\n");
                if kept.is_some() {
                    self.put("EMC\n");
                }
            }
            Drawn::Fill { path, colour, tag } => {
                self.enter(*tag);
                self.speak(None);
                self.fill(*colour);
                self.path(path);
                self.put(" f\n");
            }
            Drawn::Stroke { path, colour, width, closed, tag } => {
                self.enter(*tag);
                self.speak(None);
                self.outline(*colour, *width);
                self.path(path);
                self.put(if *closed { " s\n" } else { " S\n" });
            }
            // Its widget is drawn by the form.
            Drawn::Field { .. } => {}
        }
    }

    fn fill(&mut self, tone: Colour) {
        if self.fill.replace(tone) != Some(tone) {
            self.tone(tone);
            self.put(" rg\n");
        }
    }

    fn outline(&mut self, tone: Colour, width: f32) {
        if self.outline.replace((tone, width)) != Some((tone, width)) {
            self.tone(tone);
            self.put(" RG");
            self.number(width);
            self.put(" w\n");
        }
    }

    fn tone(&mut self, tone: Colour) {
        for part in [tone.0, tone.1, tone.2] {
            self.decimal(i64::from(part), 3);
        }
    }

    fn path(&mut self, path: &[Segment]) {
        for segment in path {
            match *segment {
                Segment::Move(x, y) => {
                    self.point(x, y);
                    self.put(" m");
                }
                Segment::Line(x, y) => {
                    self.point(x, y);
                    self.put(" l");
                }
                Segment::Curve(a, b, c, d, e, f) => {
                    self.point(a, b);
                    self.point(c, d);
                    self.point(e, f);
                    self.put(" c");
                }
            }
        }
    }

    /// Shows a string of the face's own codes, two bytes each. As it is where that is ASCII, which printpdf asks of what it
    /// passes on: the codes of a Latin text are; else in hexadecimal.
    fn show(&mut self, face: Face, text: &str) {
        let Some(subset) = self.fonts.own.get(&face).filter(|_| !text.is_empty()) else { return };
        let boxed = subset.code(BOX).unwrap_or(0);
        let codes = || text.chars().map(|character| subset.code(character).unwrap_or(boxed));
        if codes().any(|code| code >= 0x80) {
            self.put("<");
            for code in codes() {
                // Writing into a vector cannot fail.
                let _ = write!(self.out, "{code:04x}");
            }
            return self.put(">Tj");
        }
        self.put("(");
        for code in codes() {
            let byte = code as u8;
            match byte {
                b'(' | b')' | b'\\' => self.out.extend_from_slice(&[0, b'\\', byte]),
                // The end of a line would be read as a line feed, whatever it is (7.3.4.2).
                b'\r' => self.out.extend_from_slice(&[0, b'\\', b'r']),
                plain => self.out.extend_from_slice(&[0, plain]),
            }
        }
        self.put(")Tj");
    }

    /// A point, turned over: files count from the bottom.
    fn point(&mut self, x: f32, y: f32) {
        self.number(x);
        self.number(self.height - y);
    }

    /// Two decimals are a hundredth of a point: finer than any printer, and short in the file.
    fn number(&mut self, number: f32) {
        self.decimal((number * 100.0).round() as i64, 2);
    }

    fn decimal(&mut self, number: i64, places: u32) {
        decimal(number, places, &mut self.out);
    }

    fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
}

/// A space and `number` shifted by `places` decimals, without zeros at its end.
pub(crate) fn decimal(number: i64, places: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(if number < 0 { b" -".as_slice() } else { b" " });
    let (mut rest, mut places) = (number.unsigned_abs(), places);
    while places > 0 && rest % 10 == 0 {
        (rest, places) = (rest / 10, places - 1);
    }
    let unit = 10_u64.pow(places);
    put_number(rest / unit, out);
    if places > 0 {
        out.push(b'.');
        let mut part = rest % unit;
        for place in (0..places).rev() {
            let power = 10_u64.pow(place);
            out.push(b'0' + (part / power) as u8);
            part %= power;
        }
    }
}

/// Begins what reads as `text`, whatever is drawn (ISO 32000-1, 14.9.4).
pub(crate) fn actual_text(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"/Span<</ActualText<feff");
    for unit in text.encode_utf16() {
        // Writing into a vector cannot fail.
        let _ = write!(out, "{unit:04x}");
    }
    out.extend_from_slice(b">>>BDC\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_rounded_to_hundredths() {
        let (fonts, structure) = (FontSet::default(), Structure::default());
        for (number, expected) in [
            (0.0, " 0"),
            (12.0, " 12"),
            (0.5, " 0.5"),
            (-0.004, " 0"),
            (-3.25, " -3.25"),
            (100.1, " 100.1"),
            (7.004, " 7"),
        ] {
            let mut brush = Brush::new(0.0, &fonts, &structure);
            brush.number(number);
            assert_eq!(String::from_utf8_lossy(&brush.out), expected, "{number}");
        }
    }
}
