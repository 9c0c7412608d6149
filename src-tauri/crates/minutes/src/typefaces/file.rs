//! `typefaces.json`: the shapes that a document was drawn with, and the fonts beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Embedding, Foreign, Glyph, MOST_RUNS, Measures, Part, Program, Run, Shape, Typeface, runs};
use crate::error::{MinutesError, Refusal, RefusalCode};
use crate::pdf::file::PdfFile;
use crate::pdf::value::get;

/// The name of the attached shapes.
pub const TYPEFACES: &str = "typefaces.json";
/// The only schema there is.
const SCHEMA: &str = "cabinet-typefaces-1";

/// More than this of `typefaces.json` is not read, in bytes.
const LARGEST: usize = 32 << 20;
/// More than this of all fonts together is not unpacked, in bytes.
const LARGEST_FONTS: u64 = 64 << 20;
/// More faces than this are refused: two for each script and weight there is are fewer.
const MOST_FACES: usize = 400;
/// More letters than this of one run are refused, in bytes.
const LONGEST_RUN: usize = 4096;
/// Lengths beyond this many ems are refused; the widest glyph there is, a whole sentence in Arabic, has some ten.
const FARTHEST: u32 = 32;

/// The file, its keys in this order.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: String,
    /// The fonts F0, F1 and so on.
    faces: Vec<WrittenFace>,
    runs: Vec<WrittenRun>,
    /// Segments of words that no face draws whole.
    torn: Vec<Torn>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFace {
    /// Its PostScript name with the tag of the selection: the font's name in the file.
    name: String,
    family: String,
    measures: Measures,
    /// Of each glyph from number 1, in units.
    advances: Vec<u16>,
    /// What each glyph says, from number 1.
    letters: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRun {
    text: String,
    bold: bool,
    /// Which of the faces.
    face: usize,
    /// From left to right: number, where its letters begin in the text (bytes), advance, and offsets to the right and up.
    glyphs: Vec<(u16, u32, i32, i32, i32)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Torn {
    text: String,
    /// Lengths in bytes: of a run, or with a minus of what no face has.
    parts: Vec<i32>,
}

/// The typefaces that travel in a document, with the shapes of the words that are drawn with them. The default has none:
/// what the compiled-in faces do not write is then a box.
#[derive(Debug, Clone, Default)]
pub struct Typefaces {
    written: Written,
    fonts: Vec<Arc<Vec<u8>>>,
}

impl Typefaces {
    /// How many different words or signs are drawn with each typeface, by the name of its family. The names and the numbers
    /// are those of whoever made the file.
    #[must_use]
    pub fn families(&self) -> Vec<(String, usize)> {
        let mut texts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for run in &self.written.runs {
            if let Some(face) = self.written.faces.get(run.face) {
                texts.entry(face.family.as_str()).or_default().insert(run.text.as_str());
            }
        }
        texts.into_iter().map(|(family, texts)| (family.to_owned(), texts.len())).collect()
    }

    /// The typefaces of a file that was walked.
    pub(crate) fn of(file: &PdfFile<'_>) -> Result<Self, Refusal> {
        let Some(bytes) = crate::attachments::named(file, TYPEFACES)? else { return Ok(Self::default()) };
        if bytes.len() > LARGEST {
            return Err(refuse("it is too large"));
        }
        let written: Written = serde_json::from_slice(&bytes).map_err(|error| refuse(&error.to_string()))?;
        check(&written).map_err(refuse)?;
        let mut fonts = Vec::new();
        let mut left = LARGEST_FONTS;
        for (number, face) in written.faces.iter().enumerate() {
            let font = font(file, &super::embed::resource(number), face, left);
            let font = font.ok_or_else(|| refuse("a font that it names is not in the document, or is too large"))?;
            left = left.saturating_sub(font.len() as u64);
            fonts.push(Arc::new(font));
        }
        Ok(Self { written, fonts })
    }

    fn faces(&self) -> Vec<Typeface> {
        let face = |(face, font): (&WrittenFace, &Arc<Vec<u8>>)| Typeface {
            family: face.family.clone(),
            measures: face.measures,
            program: Program::File {
                name: face.name.clone(),
                data: Arc::clone(font),
                advances: face.advances.clone(),
                letters: face.letters.clone(),
            },
        };
        self.written.faces.iter().zip(&self.fonts).map(face).collect()
    }
}

/// The typefaces that travel in a document, for drawing it again. They are what the file says: the comparison of the bytes
/// then shows whether the pages were drawn with them.
///
/// # Errors
/// A [`Refusal`] if the file is not one Cabinet writes, or its `typefaces.json` or a font that it names cannot be read.
pub fn typefaces(pdf: &[u8]) -> Result<Typefaces, Refusal> {
    Typefaces::of(&PdfFile::read(pdf)?)
}

fn refuse(detail: &str) -> Refusal {
    Refusal::new(RefusalCode::Attachment, format!("{TYPEFACES}: {detail}"))
}

/// Whether what was read can be drawn from at all.
fn check(written: &Written) -> Result<(), &'static str> {
    if written.schema != SCHEMA {
        return Err("its schema is not known; it takes a newer program");
    }
    if written.faces.len() > MOST_FACES || written.runs.len() > 2 * MOST_RUNS || written.torn.len() > MOST_RUNS {
        return Err("it holds too much");
    }
    let mut names = BTreeSet::new();
    for face in &written.faces {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+');
        let named = face.name.len() <= 80 && face.name.len() > 7 && face.name.bytes().all(plain);
        let held = face.advances.len() == face.letters.len() && (1..60_000).contains(&face.advances.len());
        let said = face.letters.iter().all(|letters| letters.len() <= LONGEST_RUN);
        if !named || !held || !said || face.family.len() > 400 || !(16..=16_384).contains(&face.measures.units) {
            return Err("a face of it is malformed");
        }
        if !names.insert(face.name.as_str()) {
            return Err("two faces of it share a name");
        }
    }
    let mut runs = BTreeSet::new();
    for run in &written.runs {
        let Some(face) = written.faces.get(run.face) else { return Err("a run names a face that is not there") };
        let near = |length: i32| length.unsigned_abs() <= FARTHEST * u32::from(face.measures.units);
        let good = |(id, cluster, advance, dx, dy): &(u16, u32, i32, i32, i32)| {
            let letters = run.text.get(*cluster as usize..).is_some_and(|rest| !rest.is_empty());
            let held = *id > 0 && usize::from(*id) <= face.advances.len();
            letters && held && near(*advance) && near(*dx) && near(*dy)
        };
        if run.text.len() > LONGEST_RUN || run.glyphs.is_empty() || run.glyphs.len() > LONGEST_RUN {
            return Err("a run of it is empty or too long");
        }
        if !run.glyphs.iter().all(good) {
            return Err("a run names a glyph that is not there, or places it far away");
        }
        if runs_back(run) {
            return Err("a run of it goes back over what stands before it");
        }
        if !runs.insert((run.text.as_str(), run.bold)) {
            return Err("it names a run twice");
        }
    }
    for torn in &written.torn {
        if torn.text.len() > LONGEST_RUN || parts(torn).is_none() {
            return Err("a word of it is torn where it cannot be");
        }
    }
    Ok(())
}

/// Whether letters of a run take less than no room: what comes after them would be set over other words.
fn runs_back(run: &WrittenRun) -> bool {
    let mut widths: BTreeMap<u32, i64> = BTreeMap::new();
    for (_, cluster, advance, _, _) in &run.glyphs {
        *widths.entry(*cluster).or_default() += i64::from(*advance);
    }
    widths.values().any(|width| *width < 0)
}

/// The parts of a torn word: text and whether it is drawn.
fn parts(torn: &Torn) -> Option<Vec<(&str, bool)>> {
    let mut rest = torn.text.as_str();
    let mut out = Vec::new();
    for length in &torn.parts {
        let (part, later) = rest.split_at_checked(usize::try_from(length.unsigned_abs()).ok()?)?;
        if part.is_empty() {
            return None;
        }
        out.push((part, *length > 0));
        rest = later;
    }
    rest.is_empty().then_some(out)
}

/// The program of an embedded font, if it is the one that `face` describes and has no more than `limit` bytes.
fn font(file: &PdfFile<'_>, resource: &str, face: &WrittenFace, limit: u64) -> Option<Vec<u8>> {
    let form = file.resolve(get(file.catalog()?, "AcroForm")?)?.as_dict()?;
    let listed = get(get(form, "DR")?.as_dict()?, "Font")?.as_dict()?;
    let font = file.resolve(get(listed, resource)?)?.as_dict()?;
    if !get(font, "BaseFont")?.is_name(&face.name) {
        return None;
    }
    let descendant = file.resolve(get(font, "DescendantFonts")?.as_array()?.first()?)?.as_dict()?;
    let descriptor = file.resolve(get(descendant, "FontDescriptor")?)?.as_dict()?;
    let program = file.object(get(descriptor, "FontFile2")?.as_ref()?)?;
    let bytes = file.stream(program, limit)?;
    let parsed = ttf_parser::Face::parse(&bytes, 0).ok()?;
    let wide = |(code, advance): (u16, &u16)| parsed.glyph_hor_advance(ttf_parser::GlyphId(code)) == Some(*advance);
    let same = parsed.units_per_em() == face.measures.units && (1..).zip(&face.advances).all(wide);
    same.then_some(bytes)
}

impl Foreign {
    /// The shapes of `wanted`, as far as a document holds them.
    pub(super) fn held(wanted: BTreeSet<String>, typefaces: &Typefaces) -> Self {
        let mut shapes: BTreeMap<&str, [Option<&WrittenRun>; 2]> = BTreeMap::new();
        for run in &typefaces.written.runs {
            shapes.entry(run.text.as_str()).or_default()[usize::from(run.bold)] = Some(run);
        }
        let torn: BTreeMap<&str, &Torn> =
            typefaces.written.torn.iter().map(|torn| (torn.text.as_str(), torn)).collect();
        let mut foreign = Self { faces: typefaces.faces(), runs: Vec::new(), parts: BTreeMap::new() };
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        for segment in wanted {
            let pieces = torn.get(segment.as_str()).and_then(|torn| parts(torn));
            let pieces = pieces.unwrap_or_else(|| vec![(segment.as_str(), true)]);
            let mut own = Vec::new();
            for (text, drawn) in pieces {
                let Some([regular, bold]) = shapes.get(text).filter(|_| drawn) else {
                    own.push(Part::Missing(text.len()));
                    continue;
                };
                let number = *numbers.entry(text.to_owned()).or_insert_with(|| {
                    let (regular, bold) = (regular.map(shape), bold.map(shape));
                    foreign.runs.push(Run { text: text.to_owned(), rtl: runs::is_rtl(text), regular, bold });
                    foreign.runs.len() - 1
                });
                own.push(Part::Run(number));
            }
            if own.iter().any(|part| matches!(part, Part::Run(_))) {
                foreign.parts.insert(segment, own);
            }
        }
        foreign
    }

    /// Everything that a document holds.
    pub(crate) fn written(typefaces: &Typefaces) -> Self {
        let runs = typefaces.written.runs.iter().map(|run| run.text.clone());
        let torn = typefaces.written.torn.iter().map(|torn| torn.text.clone());
        Self::held(runs.chain(torn).collect(), typefaces)
    }

    /// `typefaces.json` of what was embedded; `None` if nothing was.
    pub(crate) fn attached(&self, embedding: &Embedding) -> Result<Option<Vec<u8>>, MinutesError> {
        if embedding.fonts.is_empty() {
            return Ok(None);
        }
        let face = |(subset, family): (&crate::fonts::Subset, &String)| WrittenFace {
            name: subset.name.clone(),
            family: family.clone(),
            measures: Measures {
                units: subset.units_per_em,
                ascent: subset.ascent,
                descent: subset.descent,
                bounds: subset.bounds,
                weight: subset.weight,
            },
            advances: subset.advances.values().copied().collect(),
            letters: subset.advances.keys().map(|code| subset.letter(*code).to_owned()).collect(),
        };
        let run = |(key, shown): (&(usize, bool), &super::Shown)| WrittenRun {
            text: shown.text.clone(),
            bold: key.1,
            face: shown.font,
            glyphs: shown.glyphs.iter().map(|g| (g.id, g.cluster, g.advance, g.dx, g.dy)).collect(),
        };
        let length = |part: &Part| match part {
            Part::Run(number) => self.run(*number).map_or(0, |run| i32::try_from(run.text.len()).unwrap_or(0)),
            Part::Missing(length) => -i32::try_from(*length).unwrap_or(0),
        };
        let torn = self.parts.iter().filter(|(_, parts)| parts.len() > 1);
        let torn = torn.map(|(text, parts)| Torn { text: text.clone(), parts: parts.iter().map(length).collect() });
        let written = Written {
            schema: SCHEMA.to_owned(),
            faces: embedding.fonts.iter().zip(&embedding.families).map(face).collect(),
            runs: embedding.shown.iter().map(run).collect(),
            torn: torn.collect(),
        };
        serde_json::to_vec(&written).map(Some).map_err(|error| MinutesError::Font(error.to_string()))
    }
}

fn shape(run: &WrittenRun) -> Shape {
    let glyph = |(id, cluster, advance, dx, dy): &(u16, u32, i32, i32, i32)| Glyph {
        id: *id,
        cluster: *cluster,
        advance: *advance,
        dx: *dx,
        dy: *dy,
    };
    Shape { face: run.face, glyphs: run.glyphs.iter().map(glyph).collect() }
}
