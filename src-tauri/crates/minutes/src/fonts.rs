//! Noto Sans, compiled in: measures, coverage and subsets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use subsetter::GlyphRemapper;

use crate::error::MinutesError;
use crate::layout::Segment;
use crate::typefaces::runs::{Segment as Stretch, segments};
use crate::typefaces::{Foreign, Measures, Part};

/// The faces documents are set in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Face {
    Regular,
    Bold,
    Italic,
}

impl Face {
    pub(crate) const ALL: [Self; 3] = [Self::Regular, Self::Bold, Self::Italic];

    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => notosans::REGULAR_TTF,
            Self::Bold => notosans::BOLD_TTF,
            Self::Italic => notosans::ITALIC_TTF,
        }
    }

    /// The name of the font in page resources.
    pub(crate) const fn resource(self) -> &'static str {
        match self {
            Self::Regular => "Regular",
            Self::Bold => "Bold",
            Self::Italic => "Italic",
        }
    }

    /// The face a resource name stands for.
    pub(crate) fn of_resource(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|face| face.resource() == name)
    }

    const fn postscript(self) -> &'static str {
        match self {
            Self::Regular => "NotoSans",
            Self::Bold => "NotoSans-Bold",
            Self::Italic => "NotoSans-Italic",
        }
    }
}

/// What stands where a character has no glyph: a box. The character itself is kept as text behind it.
pub(crate) const BOX: char = '\u{25a1}';

/// A face with its character table unrolled: documents are measured letter by letter, more than once.
struct Loaded {
    parsed: ttf_parser::Face<'static>,
    /// Glyph and advance (thousandths of an em) by code point, for the basic plane; glyph 0 where there is none.
    table: Vec<(u16, u16)>,
}

/// A piece of a word as it is measured and set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Atom<'t> {
    /// Letter by letter: what the compiled-in faces write, and what no face does.
    Letters(&'t str),
    /// A shaped run, by its number.
    Run(usize),
}

/// What one document is set in: the compiled-in faces, and the shaped words that these cannot write.
pub(crate) struct Fonts {
    /// In the order of [`Face::ALL`].
    faces: &'static [Loaded],
    pub(crate) foreign: Foreign,
}

impl Fonts {
    /// The compiled-in faces alone.
    pub(crate) fn load() -> Result<&'static Self, MinutesError> {
        static FONTS: OnceLock<Fonts> = OnceLock::new();
        match FONTS.get() {
            Some(fonts) => Ok(fonts),
            None => Self::with(Foreign::default()).map(|fonts| FONTS.get_or_init(|| fonts)),
        }
    }

    /// The compiled-in faces, parsed once for all documents of a process, and the shaped words of one document.
    pub(crate) fn with(foreign: Foreign) -> Result<Self, MinutesError> {
        static FACES: OnceLock<Vec<Loaded>> = OnceLock::new();
        let faces = match FACES.get() {
            Some(faces) => faces,
            None => Self::parse().map(|faces| FACES.get_or_init(|| faces))?,
        };
        Ok(Self { faces, foreign })
    }

    fn parse() -> Result<Vec<Loaded>, MinutesError> {
        let mut faces = Vec::new();
        for face in Face::ALL {
            let parsed =
                ttf_parser::Face::parse(face.bytes(), 0).map_err(|error| MinutesError::Font(error.to_string()))?;
            let mut table = vec![(0, 0); 0x1_0000];
            for subtable in
                parsed.tables().cmap.iter().flat_map(|cmap| cmap.subtables).filter(|subtable| subtable.is_unicode())
            {
                subtable.codepoints(|code| {
                    let glyph = subtable.glyph_index(code).filter(|glyph| glyph.0 != 0);
                    let entry = usize::try_from(code).ok().and_then(|code| table.get_mut(code));
                    if let (Some(glyph), Some(entry)) = (glyph, entry) {
                        *entry = (glyph.0, advance_of(&parsed, glyph));
                    }
                });
            }
            faces.push(Loaded { parsed, table });
        }
        Ok(faces)
    }

    fn loaded(&self, face: Face) -> Option<&Loaded> {
        self.faces.get(face as usize)
    }

    fn entry(&self, face: Face, character: char) -> Option<(u16, u16)> {
        self.loaded(face)?.table.get(character as usize).copied().filter(|(glyph, _)| *glyph != 0)
    }

    fn glyph(&self, face: Face, character: char) -> Option<u16> {
        self.entry(face, character).map(|(glyph, _)| glyph)
    }

    /// Whether the face can draw the character.
    pub(crate) fn has(&self, face: Face, character: char) -> bool {
        self.entry(face, character).is_some()
    }

    /// Whether the compiled-in faces draw the character, in plain text and in bold. Then no other face does.
    pub(crate) fn writes(&self, character: char) -> bool {
        self.has(Face::Regular, character) && self.has(Face::Bold, character)
    }

    /// Whether text is set letter by letter, without a shaped word in it.
    pub(crate) fn is_plain(&self, text: &str) -> bool {
        self.foreign.is_empty() || text.is_ascii() || text.chars().all(|character| self.writes(character))
    }

    /// A word, which has no spaces, as it is measured and set.
    pub(crate) fn atoms<'t>(&self, word: &'t str) -> Vec<Atom<'t>> {
        if self.is_plain(word) {
            return vec![Atom::Letters(word)];
        }
        let mut atoms = Vec::new();
        for Stretch { text, own } in segments(word, |character| self.writes(character)) {
            let parts: &[Part] = if own { &[] } else { self.foreign.parts(text) };
            if parts.is_empty() {
                atoms.push(Atom::Letters(text));
                continue;
            }
            let mut rest = text;
            for part in parts {
                let length = match part {
                    Part::Run(number) => self.foreign.run(*number).map_or(0, |run| run.text.len()),
                    Part::Missing(length) => *length,
                };
                let Some((now, later)) = rest.split_at_checked(length) else { break };
                atoms.push(match part {
                    Part::Run(number) => Atom::Run(*number),
                    Part::Missing(_) => Atom::Letters(now),
                });
                rest = later;
            }
        }
        atoms
    }

    /// The width of an atom at `size` points, in points.
    pub(crate) fn atom_width(&self, face: Face, size: f32, atom: Atom<'_>) -> f32 {
        match atom {
            Atom::Letters(text) => self.letters_width(face, size, text),
            Atom::Run(number) => self.foreign.width(number, face == Face::Bold, size),
        }
    }

    /// Characters of `text` that no face draws.
    pub(crate) fn missing(&self, text: &str, missing: &mut BTreeSet<char>) {
        for word in text.split(' ') {
            for atom in self.atoms(word) {
                let Atom::Letters(letters) = atom else { continue };
                missing.extend(letters.chars().filter(|character| !self.writes(*character)));
            }
        }
    }

    /// A character's advance in thousandths of an em, rounded down as the PDF's widths are.
    fn advance(&self, face: Face, character: char) -> i64 {
        let entry = self.entry(face, character).or_else(|| self.entry(face, BOX));
        entry.map_or(600, |(_, advance)| i64::from(advance))
    }

    /// The width of one character at `size` points, in points.
    pub(crate) fn advance_at(&self, face: Face, size: f32, character: char) -> f32 {
        self.advance(face, character) as f32 * size / 1000.0
    }

    /// The width of `text` at `size` points, in points.
    pub(crate) fn width(&self, face: Face, size: f32, text: &str) -> f32 {
        if self.is_plain(text) {
            return self.letters_width(face, size, text);
        }
        let space = self.advance_at(face, size, ' ');
        let atoms = text.split(' ').flat_map(|word| self.atoms(word));
        let words: f32 = atoms.map(|atom| self.atom_width(face, size, atom)).sum();
        words + space * text.matches(' ').count() as f32
    }

    pub(crate) fn letters_width(&self, face: Face, size: f32, text: &str) -> f32 {
        let Some(loaded) = self.loaded(face) else { return 0.0 };
        let advance = |character: char| match loaded.table.get(character as usize) {
            Some((glyph, advance)) if *glyph != 0 => i64::from(*advance),
            Some(_) | None => self.advance(face, character),
        };
        let sum: i64 = text.chars().map(advance).sum();
        sum as f32 * size / 1000.0
    }

    /// The outline of a character of `size` points, its origin at `at`, y downwards; empty where there is none.
    pub(crate) fn outline(&self, face: Face, size: f32, character: char, at: (f32, f32)) -> Vec<Segment> {
        let Some((loaded, glyph)) = self.loaded(face).zip(self.glyph(face, character)) else { return Vec::new() };
        let scale = size / f32::from(loaded.parsed.units_per_em());
        let mut outline = Outline { at, scale, pen: at, path: Vec::new() };
        // A glyph without an outline, as a space, leaves the path empty.
        let _ = loaded.parsed.outline_glyph(ttf_parser::GlyphId(glyph), &mut outline);
        outline.path
    }

    /// Cuts the face down to `used`. New glyph numbers follow the order of the characters.
    pub(crate) fn subset(&self, face: Face, used: &BTreeSet<char>) -> Result<Subset, MinutesError> {
        let missing = || MinutesError::Font("a compiled-in face is missing".into());
        let parsed = &self.loaded(face).ok_or_else(missing)?.parsed;
        let mut remapper = GlyphRemapper::new();
        let mut codes = BTreeMap::new();
        let mut advances = BTreeMap::new();
        for character in used {
            let Some(glyph) = self.glyph(face, *character) else { continue };
            let code = remapper.remap(glyph);
            codes.insert(*character, code);
            advances.insert(code, parsed.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or(0));
        }
        let last = codes.keys().next_back().map_or(0, |last| *last as usize + 1);
        let mut table = vec![0; last];
        for (character, code) in &codes {
            if let Some(entry) = table.get_mut(*character as usize) {
                *entry = *code;
            }
        }
        let bytes =
            subsetter::subset(face.bytes(), 0, &remapper).map_err(|error| MinutesError::Font(error.to_string()))?;
        let bounds = parsed.global_bounding_box();
        let letters = codes.iter().map(|(character, code)| (*code, String::from(*character))).collect();
        Ok(Subset {
            resource: face.resource().to_owned(),
            name: format!("{}+{}", tag(&codes), face.postscript()),
            bytes,
            codes,
            advances,
            units_per_em: parsed.units_per_em(),
            ascent: parsed.ascender(),
            descent: parsed.descender(),
            bounds: (bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max),
            weight: parsed.weight().to_number(),
            slant: matches!(face, Face::Italic),
            letters,
            table,
        })
    }
}

/// Takes down a glyph's outline.
struct Outline {
    at: (f32, f32),
    scale: f32,
    pen: (f32, f32),
    path: Vec<Segment>,
}

impl Outline {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.at.0 + x * self.scale, self.at.1 - y * self.scale)
    }
}

impl ttf_parser::OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.pen = self.place(x, y);
        self.path.push(Segment::Move(self.pen.0, self.pen.1));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.pen = self.place(x, y);
        self.path.push(Segment::Line(self.pen.0, self.pen.1));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        // The same curve with two handles, as PDF has them.
        let (from, handle, to) = (self.pen, self.place(x1, y1), self.place(x, y));
        let toward = |end: (f32, f32)| (end.0 + (handle.0 - end.0) * 2.0 / 3.0, end.1 + (handle.1 - end.1) * 2.0 / 3.0);
        let (a, b) = (toward(from), toward(to));
        self.pen = to;
        self.path.push(Segment::Curve(a.0, a.1, b.0, b.1, to.0, to.1));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (a, b, to) = (self.place(x1, y1), self.place(x2, y2), self.place(x, y));
        self.pen = to;
        self.path.push(Segment::Curve(a.0, a.1, b.0, b.1, to.0, to.1));
    }

    fn close(&mut self) {}
}

fn advance_of(parsed: &ttf_parser::Face<'_>, glyph: ttf_parser::GlyphId) -> u16 {
    let advance = u32::from(parsed.glyph_hor_advance(glyph).unwrap_or(0));
    u16::try_from(advance * 1000 / u32::from(parsed.units_per_em())).unwrap_or(u16::MAX)
}

/// A face cut down to the characters of one document.
pub(crate) struct Subset {
    /// Its name in page resources.
    pub(crate) resource: String,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) codes: BTreeMap<char, u16>,
    /// In font units, by new glyph number.
    pub(crate) advances: BTreeMap<u16, u16>,
    pub(crate) units_per_em: u16,
    pub(crate) ascent: i16,
    pub(crate) descent: i16,
    pub(crate) bounds: (i16, i16, i16, i16),
    pub(crate) weight: u16,
    pub(crate) slant: bool,
    /// What each code says, in the order in which its map of characters lists them.
    pub(crate) letters: Vec<(u16, String)>,
    /// `codes` unrolled: pages are written letter by letter.
    table: Vec<u16>,
}

impl Subset {
    /// A face that is not compiled in, cut down already.
    pub(crate) fn of_typeface(
        resource: String,
        name: String,
        bytes: Vec<u8>,
        codes: BTreeMap<char, u16>,
        advances: BTreeMap<u16, u16>,
        letters: BTreeMap<u16, String>,
        measures: &Measures,
    ) -> Self {
        Self {
            resource,
            name,
            bytes,
            codes,
            advances,
            units_per_em: measures.units,
            ascent: measures.ascent,
            descent: measures.descent,
            bounds: measures.bounds,
            weight: measures.weight,
            slant: false,
            letters: letters.into_iter().collect(),
            table: Vec::new(),
        }
    }

    /// What a code says, of a face that is not compiled in: its codes are in order.
    pub(crate) fn letter(&self, code: u16) -> &str {
        let found = self.letters.binary_search_by_key(&code, |(known, _)| *known);
        found.ok().and_then(|at| self.letters.get(at)).map_or("", |(_, letters)| letters)
    }

    /// The width of a code in thousandths of an em, as the PDF's own list of widths says it.
    pub(crate) fn width(&self, code: u16) -> i64 {
        let advance = self.advances.get(&code).copied().unwrap_or(0);
        i64::from(advance) * 1000 / i64::from(self.units_per_em.max(1))
    }

    /// The code of a character, if the subset has it.
    pub(crate) fn code(&self, character: char) -> Option<u16> {
        self.table.get(character as usize).copied().filter(|code| *code != 0)
    }
}

/// Six capitals that name this selection of glyphs (ISO 32000-1, 9.6.4), from the selection itself.
fn tag(codes: &BTreeMap<char, u16>) -> String {
    use sha2::Digest as _;
    let characters: String = codes.keys().collect();
    let digest = sha2::Sha256::digest(characters.as_bytes());
    digest.iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}
