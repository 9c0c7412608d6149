//! Faces cut down to what one document draws with them, and what their glyphs say.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use subsetter::GlyphRemapper;

use super::{Foreign, Glyph, Program, Run, Shape, Typeface};
use crate::error::MinutesError;
use crate::fonts::Subset;

/// A run as it stands on pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Which of the embedded fonts.
    pub(crate) font: usize,
    pub(crate) text: String,
    pub(crate) rtl: bool,
    /// From left to right, by their numbers in the embedded font.
    pub(crate) glyphs: Vec<Glyph>,
}

/// The fonts that a document embeds for what the compiled-in faces cannot write, and its runs by number and weight.
#[derive(Default)]
pub(crate) struct Embedding {
    pub(crate) fonts: Vec<Subset>,
    pub(crate) families: Vec<String>,
    pub(crate) shown: BTreeMap<(usize, bool), Shown>,
}

/// The name of an embedded font in page resources.
pub(crate) fn resource(font: usize) -> String {
    format!("F{font}")
}

impl Foreign {
    /// Cuts the faces down to the runs that pages draw, by number and weight. A run that no page draws is kept as well: the
    /// words that are missing are counted by what there is.
    pub(crate) fn embed(&self, drawn: &BTreeSet<(usize, bool)>) -> Result<Embedding, MinutesError> {
        let mut used: BTreeMap<(usize, bool), (&Run, &Shape)> = BTreeMap::new();
        for (number, run) in self.runs.iter().enumerate() {
            let slots = [false, true].into_iter().filter(|bold| drawn.contains(&(number, *bold)));
            let mut slots: Vec<bool> = slots.collect();
            if slots.is_empty() {
                slots.push(false);
            }
            for bold in slots {
                if let Some((slot, shape)) = run.shape(bold) {
                    used.insert((number, slot), (run, shape));
                }
            }
        }
        let faces: BTreeSet<usize> = used.values().map(|(_, shape)| shape.face).collect();
        let mut embedding = Embedding::default();
        for (font, number) in faces.into_iter().enumerate() {
            let face = self.faces.get(number).ok_or_else(|| MinutesError::Font("a typeface is missing".into()))?;
            let own: Vec<(&Run, &Shape)> = used.values().filter(|(_, shape)| shape.face == number).copied().collect();
            let (subset, codes) = face.cut(font, &own)?;
            for (key, (run, shape)) in used.iter().filter(|(_, (_, shape))| shape.face == number) {
                let code = |glyph: &Glyph| Some(Glyph { id: *codes.get(&glyph.id)?, ..*glyph });
                let glyphs: Option<Vec<Glyph>> = shape.glyphs.iter().map(code).collect();
                let glyphs = glyphs.ok_or_else(|| MinutesError::Font("a glyph is missing".into()))?;
                embedding.shown.insert(*key, Shown { font, text: run.text.clone(), rtl: run.rtl, glyphs });
            }
            embedding.fonts.push(subset);
            embedding.families.push(face.family.clone());
        }
        Ok(embedding)
    }
}

impl Typeface {
    /// The face cut down to `runs`, and the new number of each of its glyphs. A space is always number 1.
    fn cut(&self, font: usize, runs: &[(&Run, &Shape)]) -> Result<(Subset, BTreeMap<u16, u16>), MinutesError> {
        let glyphs: BTreeSet<u16> = runs.iter().flat_map(|(_, shape)| &shape.glyphs).map(|glyph| glyph.id).collect();
        match &self.program {
            Program::Machine { data, number, postscript } => {
                let failed = |error: &dyn std::fmt::Display| MinutesError::Font(error.to_string());
                let face = ttf_parser::Face::parse(data, *number).map_err(|error| failed(&error))?;
                let space = face.glyph_index(' ').ok_or_else(|| MinutesError::Font("it has no space".into()))?.0;
                let mut remapper = GlyphRemapper::new();
                let mut codes = BTreeMap::new();
                let mut advances = BTreeMap::new();
                for glyph in std::iter::once(space).chain(glyphs.iter().copied().filter(|glyph| *glyph != space)) {
                    let code = remapper.remap(glyph);
                    codes.insert(glyph, code);
                    advances.insert(code, face.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or(0));
                }
                let bytes = subsetter::subset(data, *number, &remapper).map_err(|error| failed(&error))?;
                let mut letters = letters(&face, runs, &codes);
                letters.insert(1, " ".to_owned());
                let name = format!("{}+{postscript}", tag(font, postscript, &codes));
                Ok((self.subset(font, name, bytes, advances, letters), codes))
            }
            Program::File { name, data, advances, letters } => {
                let advances = (1..).zip(advances.iter().copied()).collect();
                let letters = (1..).zip(letters.iter().cloned()).collect();
                let codes = glyphs.into_iter().map(|glyph| (glyph, glyph)).collect();
                Ok((self.subset(font, name.clone(), data.as_ref().clone(), advances, letters), codes))
            }
        }
    }

    fn subset(
        &self,
        font: usize,
        name: String,
        bytes: Vec<u8>,
        advances: BTreeMap<u16, u16>,
        letters: BTreeMap<u16, String>,
    ) -> Subset {
        let codes = BTreeMap::from([(' ', 1)]);
        Subset::of_typeface(resource(font), name, bytes, codes, advances, letters, &self.measures)
    }
}

/// What each glyph says, by its new number: the letters it stands for alone, or the one letter that it is the plain glyph
/// of, or the letters that it is part of. Readers that know no ActualText copy this.
fn letters(face: &ttf_parser::Face<'_>, runs: &[(&Run, &Shape)], codes: &BTreeMap<u16, u16>) -> BTreeMap<u16, String> {
    let mut letters: BTreeMap<u16, String> = BTreeMap::new();
    for (run, shape) in runs {
        for cluster in clusters(&run.text, &shape.glyphs, 0..run.text.len()) {
            let alone = cluster.glyphs.len() == 1;
            for glyph in cluster.glyphs {
                let plain = |character: &char| face.glyph_index(*character).is_some_and(|plain| plain.0 == glyph.id);
                let plain = cluster.text.chars().find(plain).filter(|_| !alone);
                let said = plain.map_or_else(|| cluster.text.to_owned(), String::from);
                let Some(code) = codes.get(&glyph.id) else { continue };
                let order = |text: &str| (text.chars().count(), text.to_owned());
                if letters.get(code).is_none_or(|known| order(&said) < order(known)) {
                    letters.insert(*code, said);
                }
            }
        }
    }
    letters
}

/// Letters that are drawn together, and their glyphs.
pub(crate) struct Cluster<'a> {
    pub(crate) text: &'a str,
    pub(crate) glyphs: &'a [Glyph],
}

/// The clusters of the part of a run, in the order of their glyphs.
pub(crate) fn clusters<'a>(text: &'a str, glyphs: &'a [Glyph], part: std::ops::Range<usize>) -> Vec<Cluster<'a>> {
    let within: Vec<&[Glyph]> = glyphs
        .chunk_by(|a, b| a.cluster == b.cluster)
        .filter(|group| group.first().is_some_and(|glyph| part.contains(&(glyph.cluster as usize))))
        .collect();
    let starts: BTreeSet<usize> = within.iter().flat_map(|group| group.first()).map(|g| g.cluster as usize).collect();
    let first = starts.first().copied().unwrap_or(part.start);
    let cut = |group: &[Glyph]| {
        let at = group.first()?.cluster as usize;
        let end = starts.range(at + 1..).next().copied().unwrap_or(part.end);
        // Letters before the first cluster are part of it.
        let begins = if at == first { part.start } else { at };
        text.get(begins..end)
    };
    within.into_iter().filter_map(|group| Some(Cluster { text: cut(group)?, glyphs: group })).collect()
}

/// Six capitals that name this selection of glyphs (ISO 32000-1, 9.6.4), from the selection itself.
fn tag(font: usize, postscript: &str, codes: &BTreeMap<u16, u16>) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("{font} {postscript}"));
    for glyph in codes.keys() {
        digest.update(glyph.to_be_bytes());
    }
    digest.finalize().iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}
