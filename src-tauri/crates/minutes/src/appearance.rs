//! What a filled signature field shows: name, role, meaning, time and key fingerprint, in the document's own fonts.
//!
//! All of it follows from the file: whoever verifies a signature draws its appearance again and compares.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};

use crate::error::{MinutesError, Refusal, RefusalCode};
use crate::fonts::{BOX, Face, Fonts, Subset};
use crate::language::Language;
use crate::layout::lines::{BODY, line_of};
use crate::layout::{Drawn, Shaped};
use crate::pdf::file::{Object, PdfFile};
use crate::pdf::value::{Dict, Value, dict, get};
use crate::shown::{Showing, confine};
use crate::typefaces::{Embedding, Foreign, Typefaces};

/// A ToUnicode map larger than this, in bytes, is not one of ours.
const MAX_MAP: u64 = 4 << 20;

/// More characters than this of one text are not set: no field has room for them, and to fit a text into a line costs
/// the square of its length.
const LONGEST_TEXT: usize = 300;

/// What an appearance says: name and role by the signer's certificate, meaning and time by the signature, and the key's
/// fingerprint in hexadecimal.
pub(crate) struct Words<'a> {
    pub(crate) name: &'a str,
    pub(crate) role: &'a str,
    pub(crate) meaning: &'a str,
    pub(crate) at: DateTime<FixedOffset>,
    pub(crate) fingerprint: &'a str,
}

/// One of the document's embedded fonts, as found in the form's resources.
struct Embedded {
    resource: String,
    object: u32,
    /// `None` for a typeface that is not compiled in: only shaped runs are drawn with it.
    face: Option<Face>,
    codes: BTreeMap<char, u16>,
}

/// A field's rectangle: width and height in points.
pub(crate) fn extent(field: &Dict) -> Option<(f32, f32)> {
    let sides = get(field, "Rect")?.as_array()?;
    let side = |index: usize| match sides.get(index)? {
        Value::Int(number) => Some(*number as f32),
        Value::Real(text) => text.parse::<f32>().ok(),
        Value::Null
        | Value::Bool(_)
        | Value::Name(_)
        | Value::Text(_)
        | Value::Array(_)
        | Value::Dict(_)
        | Value::Ref(_)
        | Value::Verbatim(_) => None,
    };
    let (width, height) = (side(2)? - side(0)?, side(3)? - side(1)?);
    (width > 0.0 && height > 0.0 && width < 2000.0 && height < 2000.0).then_some((width, height))
}

/// What the appearances of a file are drawn with: the fonts that it holds, and its language.
pub(crate) struct Pen {
    metrics: Fonts,
    /// The shaped words that the document holds: names, roles and meanings of those who were to sign are among them.
    shaped: Embedding,
    fonts: Vec<Embedded>,
    language: Language,
}

impl Pen {
    /// The pen of a file.
    pub(crate) fn of(file: &PdfFile<'_>) -> Result<Self, MinutesError> {
        let fonts = embedded_fonts(file).ok_or_else(|| refused("the form does not name the document's fonts"))?;
        let foreign = Foreign::written(&Typefaces::of(file)?);
        let shaped = foreign.embed(&foreign.all_shapes())?;
        Ok(Self { metrics: Fonts::with(foreign)?, shaped, fonts, language: language(file) })
    }

    /// The content of the appearance of `field`; `None` for a field without a rectangle.
    pub(crate) fn drawn(&self, field: &Dict, words: &Words<'_>) -> Option<String> {
        let (width, height) = extent(field)?;
        let (metrics, shaped, fonts) = (&self.metrics, &self.shaped, self.fonts.as_slice());
        let mut drawing = Drawing { metrics, shaped, fonts, width, out: String::new() };
        drawing.frame(height);
        let left = 10.0;
        let mut y = height - 16.0;
        let room = width - left - 10.0;
        y = drawing.paragraph(Face::Bold, 10.5, left, y, room, words.name, 1);
        let role = self.language.role_named(words.role);
        y = drawing.paragraph(Face::Regular, 8.5, left, y, room, role, 1);
        y = drawing.paragraph(Face::Regular, 8.5, left, y, room, words.meaning, 2);
        let signed = self.language.signed_at(&self.language.time_and_offset(words.at));
        drawing.paragraph(Face::Regular, 8.5, left, y, room, &signed, 1);
        let short: Vec<&str> = (0..4).filter_map(|group| words.fingerprint.get(group * 8..group * 8 + 8)).collect();
        let key = self.language.fingerprint_begins(&short.join(" "));
        drawing.paragraph(Face::Regular, 7.0, left, 9.0, room, &key, 1);
        Some(drawing.out)
    }

    /// The appearance stream of `field`.
    pub(crate) fn appearance(&self, field: &Dict, words: &Words<'_>) -> Result<Object, MinutesError> {
        let without = || refused("a signature field without a rectangle");
        let (width, height) = extent(field).ok_or_else(without)?;
        let content = self.drawn(field, words).ok_or_else(without)?;
        let named = |font: &Embedded| (font.resource.as_bytes().to_vec(), Value::Ref(font.object));
        let resources = self.fonts.iter().map(named).collect();
        let stream = dict([
            ("BBox", Value::Array(vec![Value::Int(0), Value::Int(0), real(width), real(height)])),
            ("FormType", Value::Int(1)),
            ("Resources", Value::Dict(dict([("Font", Value::Dict(resources))]))),
            ("Subtype", Value::name("Form")),
            ("Type", Value::name("XObject")),
        ]);
        Ok(Object::deflated(stream, content.as_bytes()))
    }
}

fn refused(detail: &str) -> MinutesError {
    MinutesError::Refused(Refusal::new(RefusalCode::Structure, detail))
}

/// A text as it is set: cleaned, and cut visibly where no field has room for more.
fn settable(text: &str) -> String {
    let begins: String = text.chars().take(LONGEST_TEXT).collect();
    let cleaned = crate::text::clean(&begins);
    if begins.len() == text.len() && cleaned.chars().count() <= LONGEST_TEXT {
        return cleaned;
    }
    cleaned.chars().take(LONGEST_TEXT).chain(['…']).collect()
}

/// The language of a file's own words, as its catalog names it; English where it names none of ours.
fn language(file: &PdfFile<'_>) -> Language {
    let code = file.catalog().and_then(|catalog| get(catalog, "Lang")).and_then(Value::as_words);
    code.and_then(|code| Language::of_code(&code)).unwrap_or_default()
}

/// The appearance of a field that nobody has signed yet: a dashed frame that says so.
pub(crate) fn waiting(language: Language, width: f32, height: f32, fonts: &Dict, regular: Option<&Subset>) -> Object {
    let mut out =
        format!("q 0.62 0.66 0.71 RG 0.8 w [3 2.5] 0 d 0.5 0.5 {:.2} {:.2} re S Q\n", width - 1.0, height - 1.0);
    let codes = |text: &str| -> Option<String> {
        text.chars().map(|character| Some(format!("{:04x}", regular?.codes.get(&character)?))).collect()
    };
    if let Some(codes) = codes(language.not_signed_yet()) {
        let name = Face::Regular.resource();
        out.push_str(&format!("BT 0.45 0.49 0.54 rg /{name} 8.5 Tf 10 {:.2} Td <{codes}> Tj ET\n", height - 18.0));
    }
    let stream = dict([
        ("BBox", Value::Array(vec![Value::Int(0), Value::Int(0), real(width), real(height)])),
        ("FormType", Value::Int(1)),
        ("Resources", Value::Dict(dict([("Font", Value::Dict(fonts.clone()))]))),
        ("Subtype", Value::name("Form")),
        ("Type", Value::name("XObject")),
    ]);
    Object::deflated(stream, out.as_bytes())
}

pub(crate) fn real(number: f32) -> Value {
    Value::Real(format!("{number:.2}"))
}

struct Drawing<'a> {
    metrics: &'a Fonts,
    shaped: &'a Embedding,
    fonts: &'a [Embedded],
    width: f32,
    out: String,
}

impl<'a> Drawing<'a> {
    /// A hairline frame with a firm left edge.
    fn frame(&mut self, height: f32) {
        let (w, h) = (self.width, height);
        self.out.push_str("q 0.95 0.965 0.98 rg ");
        self.out.push_str(&format!("0 0 {w:.2} {h:.2} re f 0.11 0.23 0.37 rg 0 0 3 {h:.2} re f Q\n"));
    }

    /// Sets `text` in at most `lines` lines beginning at the baseline `y`; what does not fit ends in an ellipsis.
    /// Returns the next baseline.
    #[allow(clippy::too_many_arguments)] // a line of type has this many coordinates
    fn paragraph(&mut self, face: Face, size: f32, x: f32, y: f32, room: f32, text: &str, lines: usize) -> f32 {
        let text = settable(text);
        let mut rest: Vec<&str> = text.split(' ').collect();
        let mut y = y;
        for line in 0..lines {
            if rest.is_empty() {
                break;
            }
            let last = line + 1 == lines;
            let mut count = rest.len();
            while count > 1 && self.metrics.width(face, size, &rest[..count].join(" ")) > room {
                count -= 1;
            }
            let mut shown = rest[..count].join(" ");
            let cut = last && count < rest.len();
            while (cut && !shown.ends_with('…')) || self.metrics.width(face, size, &shown) > room {
                let kept: String = shown.trim_end_matches('…').chars().collect();
                let shorter = if self.metrics.width(face, size, &format!("{kept}…")) > room {
                    kept.chars().take(kept.chars().count().saturating_sub(1)).collect()
                } else {
                    kept
                };
                if shorter.is_empty() {
                    break;
                }
                shown = format!("{shorter}…");
            }
            self.line(face, size, x, y, &shown);
            rest.drain(..count);
            y -= size * 1.32;
        }
        y
    }

    fn line(&mut self, face: Face, size: f32, x: f32, y: f32, text: &str) {
        if self.metrics.is_plain(text) {
            return self.letters(face, size, x, y, text);
        }
        let mut set_in = BODY.sized(size, size);
        set_in.face = face;
        for drawn in line_of(self.metrics, text, set_in, x, y) {
            match drawn {
                Drawn::Text { x, shaped: Some(shaped), .. } => self.run(size, x, y, *shaped),
                Drawn::Text { x, text, kept, shaped: None, .. } => {
                    self.letters(face, size, x, y, kept.as_deref().filter(|_| text.contains(BOX)).unwrap_or(&text));
                }
                Drawn::Fill { .. } | Drawn::Stroke { .. } | Drawn::Field { .. } => {}
            }
        }
    }

    /// Part of a shaped run.
    fn run(&mut self, size: f32, x: f32, y: f32, shaped: Shaped) {
        let Some(showing) = Showing::of(self.shaped, shaped) else { return };
        let font = showing.resource();
        let mut operators = Vec::new();
        confine((x, y), size, shaped.width, &mut operators);
        let begin = format!("BT 0.12 0.14 0.17 rg {x:.2} {y:.2} Td /{font} {size:.2} Tf\n");
        operators.extend_from_slice(begin.as_bytes());
        showing.write(size, &mut operators);
        self.out.push_str(&String::from_utf8_lossy(&operators));
        self.out.push_str("ET Q\n");
    }

    fn letters(&mut self, face: Face, size: f32, x: f32, y: f32, text: &str) {
        self.out.push_str(&format!("BT 0.12 0.14 0.17 rg {x:.2} {y:.2} Td\n"));
        let mut current: Option<&'a str> = None;
        let mut run = String::new();
        for character in text.chars() {
            // A character the document's fonts do not hold shows as a question mark here; the printed name beside
            // the field and the certificate keep the true one.
            let found = self.code(face, character).or_else(|| self.code(face, '?'));
            let Some((font, code)) = found else {
                continue;
            };
            if current != Some(font) {
                if !run.is_empty() {
                    self.out.push_str(&format!("<{run}> Tj\n"));
                    run.clear();
                }
                self.out.push_str(&format!("/{font} {size:.2} Tf\n"));
                current = Some(font);
            }
            run.push_str(&format!("{code:04x}"));
        }
        if !run.is_empty() {
            self.out.push_str(&format!("<{run}> Tj\n"));
        }
        self.out.push_str("ET\n");
    }

    fn code(&self, face: Face, character: char) -> Option<(&'a str, u16)> {
        let holds = |font: &&Embedded| font.codes.contains_key(&character);
        // A face that no page of the base needed is not in the file; another one then serves.
        let font = self.fonts.iter().filter(holds).max_by_key(|font| font.face == Some(face))?;
        Some((&font.resource, *font.codes.get(&character)?))
    }
}

/// The fonts of the form's default resources, with their character maps.
fn embedded_fonts(file: &PdfFile<'_>) -> Option<Vec<Embedded>> {
    let form = file.resolve(get(file.catalog()?, "AcroForm")?)?.as_dict()?;
    let listed = get(get(form, "DR")?.as_dict()?, "Font")?.as_dict()?;
    let mut fonts = Vec::new();
    for (resource, reference) in listed {
        let resource = String::from_utf8(resource.clone()).ok()?;
        let object = reference.as_ref()?;
        let font = file.object(object)?.dict()?;
        let Some(face) = Face::of_resource(&resource) else {
            resource.strip_prefix('F')?.parse::<u16>().ok()?;
            fonts.push(Embedded { resource, object, face: None, codes: BTreeMap::new() });
            continue;
        };
        let map = file.object(get(font, "ToUnicode")?.as_ref()?)?;
        let codes = read_map(&file.stream(map, MAX_MAP)?);
        fonts.push(Embedded { resource, object, face: Some(face), codes });
    }
    Some(fonts)
}

/// Reads the `<code> <unicode>` pairs of a ToUnicode map that we wrote.
fn read_map(map: &[u8]) -> BTreeMap<char, u16> {
    let text = String::from_utf8_lossy(map);
    let mut codes = BTreeMap::new();
    for line in text.lines() {
        let mut parts = line.split(['<', '>']).map(str::trim).filter(|part| !part.is_empty());
        let (Some(code), Some(unicode), None) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let (Ok(code), Some(unicode)) = (u16::from_str_radix(code, 16), one_character(unicode)) else {
            continue;
        };
        codes.entry(unicode).or_insert(code);
    }
    codes
}

fn one_character(digits: &str) -> Option<char> {
    let bytes = hex::decode(digits).ok()?;
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    let decoded = String::from_utf16(&units).ok()?;
    let mut characters = decoded.chars();
    characters.next().filter(|_| characters.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PaperSize, compose, render, sign, specimen};

    /// What the first field's appearance says, a line a text.
    fn said(pdf: &[u8]) -> Vec<String> {
        let file = PdfFile::read(pdf).expect("our own file");
        let fonts = embedded_fonts(&file).expect("fonts");
        let fields = crate::seal::fields(&file).expect("a form");
        let drawn = get(fields[0].1, "AP").and_then(Value::as_dict).and_then(|drawn| get(drawn, "N"));
        let drawn = drawn.and_then(Value::as_ref).and_then(|number| file.object(number)).expect("an appearance");
        let content = String::from_utf8(file.stream(drawn, MAX_MAP).expect("read")).expect("ASCII");
        let (mut lines, mut line, mut font) = (Vec::new(), String::new(), None);
        for token in content.split_whitespace() {
            if let Some(name) = token.strip_prefix('/') {
                font = fonts.iter().find(|font| font.resource == name);
            } else if let Some(codes) = token.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
                let codes = hex::decode(codes).expect("codes");
                for pair in codes.chunks_exact(2) {
                    let code = u16::from_be_bytes([pair[0], pair[1]]);
                    let mut known = font.expect("a font").codes.iter();
                    line.push(*known.find(|(_, known)| **known == code).expect("a known code").0);
                }
            } else if token == "ET" {
                lines.push(std::mem::take(&mut line));
            }
        }
        lines
    }

    #[test]
    fn a_field_speaks_the_language_of_its_file_before_and_after_it_is_signed() {
        for (language, waiting, signed, key) in [
            (
                Language::English,
                "Not signed yet",
                "Signed 18 Nov 2026, 15:30 +01:00 (time claimed)",
                "Key fingerprint ",
            ),
            (
                Language::German,
                "Noch nicht unterschrieben",
                "Signiert 18.11.2026, 15:30 +01:00 (laut Angabe)",
                "Fingerabdruck ",
            ),
        ] {
            let document = compose(&specimen::minutes_in(1, language, PaperSize::A4));
            let base = render(&document, &[]).expect("drawn");
            assert_eq!(said(&base), [waiting]);
            let pdf = sign(&base, &specimen::request(), &specimen::signer().expect("a signer")).expect("signed");
            let lines = said(&pdf);
            assert!(lines.iter().any(|line| line == signed), "{lines:?}");
            assert!(lines.iter().any(|line| line.starts_with(key) && line.ends_with(" …")), "{lines:?}");
            assert!(crate::verify(&pdf, None).is_ok(), "drawn again, it is the same");
        }
    }

    #[test]
    fn what_no_field_has_room_for_is_cut_visibly_before_it_is_measured() {
        assert_eq!(settable(" Ada\tLovelace "), "Ada Lovelace");
        let longest = "a".repeat(LONGEST_TEXT);
        assert_eq!(settable(&longest), longest);
        for text in ["a".repeat(LONGEST_TEXT + 1), "a b ".repeat(1_000_000), "\u{202e}".repeat(LONGEST_TEXT)] {
            let set = settable(&text);
            assert!(set.ends_with('…') && set.chars().count() <= LONGEST_TEXT + 1, "{set}");
        }
    }

    #[test]
    fn a_german_field_can_write_letters_that_no_page_has() {
        let document = compose(&specimen::minutes_in(0, Language::German, PaperSize::A4));
        let base = render(&document, &[]).expect("drawn");
        let request = crate::SignatureRequest { meaning: "Geprüft: ÄÖÜäöüß", ..specimen::request() };
        let pdf = sign(&base, &request, &specimen::signer().expect("a signer")).expect("signed");
        let lines = said(&pdf);
        assert!(lines.iter().any(|line| line == "Geprüft: ÄÖÜäöüß"), "{lines:?}");
    }
}
