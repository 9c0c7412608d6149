//! Faces for what the compiled-in ones cannot write: those of the machine when a document is made, those that travel in it
//! when it is drawn again.
//!
//! The words of a document are cut into runs before any line is set ([`runs`]), each is shaped once, and lines are made of
//! the shapes. What was shaped travels in the file, so that whoever verifies draws the same without these typefaces.

mod embed;
mod file;
mod machine;
pub(crate) mod runs;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use machine::Machine;

pub(crate) use embed::{Cluster, Embedding, Shown, clusters};
pub use file::{TYPEFACES, Typefaces, typefaces};

/// More different runs than this are not shaped; those after them stay boxes.
pub(crate) const MOST_RUNS: usize = 50_000;

/// A glyph of a shaped run; lengths are in units of its face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glyph {
    /// Its number in the face.
    pub(crate) id: u16,
    /// Where in the run's text the letters begin that it stands for, in bytes.
    pub(crate) cluster: u32,
    pub(crate) advance: i32,
    pub(crate) dx: i32,
    pub(crate) dy: i32,
}

/// The lengths of a face that a PDF names (ISO 32000-1, 9.8.1), in its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Measures {
    /// Units to the em.
    pub(crate) units: u16,
    pub(crate) ascent: i16,
    pub(crate) descent: i16,
    /// Left, bottom, right, top.
    pub(crate) bounds: (i16, i16, i16, i16),
    pub(crate) weight: u16,
}

/// A face that is not compiled in.
#[derive(Debug, Clone)]
pub(crate) struct Typeface {
    family: String,
    measures: Measures,
    program: Program,
}

#[derive(Debug, Clone)]
enum Program {
    /// The whole font of the machine, and which of its faces.
    Machine { data: Arc<Vec<u8>>, number: u32, postscript: String },
    /// Cut down already, as a document holds it; what follows is by glyph number, from 1.
    File { name: String, data: Arc<Vec<u8>>, advances: Vec<u16>, letters: Vec<String> },
}

impl Typeface {
    fn of_machine(family: &str, postscript: &str, data: Arc<Vec<u8>>, number: u32) -> Option<Self> {
        let measures = measured(&data, number)?;
        let plain = |character: &char| character.is_ascii_alphanumeric() || *character == '-';
        let mut postscript: String = postscript.chars().filter(plain).take(63).collect();
        if postscript.is_empty() {
            "Typeface".clone_into(&mut postscript);
        }
        let family = crate::text::clean(family).chars().take(100).collect();
        Some(Self { family, measures, program: Program::Machine { data, number, postscript } })
    }
}

fn measured(data: &[u8], number: u32) -> Option<Measures> {
    let face = ttf_parser::Face::parse(data, number).ok()?;
    let bounds = face.global_bounding_box();
    Some(Measures {
        units: face.units_per_em(),
        ascent: face.ascender(),
        descent: face.descender(),
        bounds: (bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max),
        weight: face.weight().to_number(),
    })
}

/// A run in one face: its glyphs from left to right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    face: usize,
    glyphs: Vec<Glyph>,
}

/// Letters of one script and one direction that are shaped together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) text: String,
    /// Whether it is read from right to left.
    pub(crate) rtl: bool,
    regular: Option<Shape>,
    bold: Option<Shape>,
}

impl Run {
    /// Its shape where text is bold or not, and which of the two it is: a family may have one of them only.
    fn shape(&self, bold: bool) -> Option<(bool, &Shape)> {
        let (regular, heavy) = (self.regular.as_ref().map(|s| (false, s)), self.bold.as_ref().map(|s| (true, s)));
        if bold { heavy.or(regular) } else { regular.or(heavy) }
    }
}

/// What a segment of a word is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A run, by its number.
    Run(usize),
    /// So many bytes that no face has.
    Missing(usize),
}

/// Where shapes come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// The typefaces of this machine.
    Machine,
    /// Those that travel in a document, and no other.
    File(&'a Typefaces),
}

/// The shaped words of one document.
#[derive(Debug, Default)]
pub(crate) struct Foreign {
    faces: Vec<Typeface>,
    runs: Vec<Run>,
    parts: BTreeMap<String, Vec<Part>>,
}

impl Foreign {
    /// Shapes what `texts` say and `own` does not draw. The machine is asked only if there is something to ask for.
    pub(crate) fn of(texts: &[&str], own: impl Fn(char) -> bool, origin: Origin<'_>) -> Self {
        let mut wanted = BTreeSet::new();
        for text in texts.iter().filter(|text| !text.is_ascii()) {
            for word in crate::text::cleaned(text).split(' ').filter(|word| !word.is_ascii()) {
                for segment in runs::segments(word, &own) {
                    if !segment.own && wanted.len() < MOST_RUNS {
                        wanted.insert(segment.text.to_owned());
                    }
                }
            }
        }
        if wanted.is_empty() {
            return Self::default();
        }
        match origin {
            Origin::Machine => Self::shaped(wanted),
            Origin::File(typefaces) => Self::held(wanted, typefaces),
        }
    }

    fn shaped(wanted: BTreeSet<String>) -> Self {
        let mut machine = Machine::new();
        let (mut runs, mut numbers, mut parts) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        for segment in wanted {
            let mut own = Vec::new();
            let mut rest = segment.as_str();
            while !rest.is_empty() {
                let Some((length, regular, bold)) = machine.longest(rest) else {
                    let first = rest.chars().next().map_or(rest.len(), char::len_utf8);
                    own.push(Part::Missing(first));
                    rest = &rest[first..];
                    continue;
                };
                let (text, later) = rest.split_at(length);
                let number = *numbers.entry(text.to_owned()).or_insert_with(|| {
                    let shape = |(face, glyphs)| Shape { face, glyphs };
                    let (regular, bold) = (Some(shape(regular)), bold.map(shape));
                    runs.push(Run { text: text.to_owned(), rtl: runs::is_rtl(text), regular, bold });
                    runs.len() - 1
                });
                own.push(Part::Run(number));
                rest = later;
            }
            if own.iter().any(|part| matches!(part, Part::Run(_))) {
                parts.insert(segment, own);
            }
        }
        Self { faces: machine.faces, runs, parts }
    }

    /// Whether there is nothing to draw.
    pub(crate) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// What a segment is drawn with; nothing where no face has any of it.
    pub(crate) fn parts(&self, segment: &str) -> &[Part] {
        self.parts.get(segment).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every run in every shape that it has.
    pub(crate) fn all_shapes(&self) -> BTreeSet<(usize, bool)> {
        let both = |(number, run): (usize, &Run)| {
            let held = [run.regular.is_some().then_some((number, false)), run.bold.is_some().then_some((number, true))];
            held.into_iter().flatten()
        };
        self.runs.iter().enumerate().flat_map(both).collect()
    }

    pub(crate) fn run(&self, number: usize) -> Option<&Run> {
        self.runs.get(number)
    }

    /// Whether a run is drawn by its bold shape.
    pub(crate) fn slot(&self, run: usize, bold: bool) -> bool {
        self.run(run).and_then(|run| run.shape(bold)).is_some_and(|(slot, _)| slot)
    }

    /// Where the letters begin that a run can be cut before, in bytes, and how wide each group of them is at `size` points.
    pub(crate) fn clusters(&self, run: usize, bold: bool, size: f32) -> Vec<(usize, f32)> {
        let Some((_, shape)) = self.run(run).and_then(|run| run.shape(bold)) else { return Vec::new() };
        let units = self.faces.get(shape.face).map_or(1000, |face| face.measures.units).max(1);
        let mut advances: BTreeMap<usize, i64> = BTreeMap::new();
        for glyph in &shape.glyphs {
            *advances.entry(glyph.cluster as usize).or_default() += i64::from(glyph.advance);
        }
        advances.into_iter().map(|(at, advance)| (at, advance as f32 * size / f32::from(units))).collect()
    }

    /// How wide a run is at `size` points.
    pub(crate) fn width(&self, run: usize, bold: bool, size: f32) -> f32 {
        self.clusters(run, bold, size).iter().map(|(_, width)| width).sum()
    }
}
