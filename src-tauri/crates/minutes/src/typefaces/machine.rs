//! The typefaces of the machine: found once for all documents of a process, and only when one needs them.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use fontdb::{Database, Source, Stretch, Style};
use rustybuzz::{Direction, UnicodeBuffer};
use ttf_parser::{Permissions, Tag};
use unicode_script::Script;

use super::runs::{is_joiner, is_rtl, script};
use super::{Glyph, Typeface};

/// Faces that have a glyph for every character and draw none: they say that one is missing.
const SAYS_NOTHING: [&str; 5] = [".LastResort", "LastResort", "Last Resort", "Adobe Blank", "Adobe NotDef"];

/// Faces from this weight on are bold.
const BOLD: u16 = 600;

/// One face of the machine.
pub(super) struct Candidate {
    id: fontdb::ID,
    family: String,
    postscript: String,
    weight: u16,
    /// The code points it draws, as ranges in order; none for a face that is not used.
    covers: OnceLock<Vec<(u32, u32)>>,
    data: OnceLock<Option<Arc<Vec<u8>>>>,
    face: OnceLock<Option<rustybuzz::Face<'static>>>,
}

/// All faces, ordered by family, then from the regular one on.
pub(super) struct Library {
    database: Database,
    candidates: Vec<Candidate>,
    families: BTreeMap<String, Vec<usize>>,
}

impl Library {
    /// The machine's, read once.
    pub(super) fn of_machine() -> &'static Self {
        static LIBRARY: OnceLock<Library> = OnceLock::new();
        LIBRARY.get_or_init(|| {
            let mut database = Database::new();
            database.load_system_fonts();
            Self::of(database)
        })
    }

    fn of(database: Database) -> Self {
        let mut found = Vec::new();
        for info in database.faces() {
            let upright = info.style == Style::Normal && info.stretch == Stretch::Normal;
            let Some((family, _)) = info.families.first() else { continue };
            if !upright || SAYS_NOTHING.contains(&family.as_str()) {
                continue;
            }
            let place = match &info.source {
                Source::File(path) => path.to_string_lossy().into_owned(),
                Source::Binary(_) | Source::SharedFile(..) => String::new(),
            };
            let weight = info.weight.0;
            let named = info.post_script_name.clone();
            let order = (family.clone(), weight.abs_diff(400), weight, named, place, info.index);
            found.push((order, info.id));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let mut candidates = Vec::new();
        let mut families: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for ((family, _, weight, postscript, _, _), id) in found {
            families.entry(family.clone()).or_default().push(candidates.len());
            let (covers, data, face) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
            candidates.push(Candidate { id, family, postscript, weight, covers, data, face });
        }
        Self { database, candidates, families }
    }

    fn of_family(&self, family: &str) -> &[usize] {
        self.families.get(family).map(Vec::as_slice).unwrap_or_default()
    }

    /// How many bytes of the beginning of `text` a face draws.
    fn covered(&self, index: usize, text: &str) -> usize {
        let Some(candidate) = self.candidates.get(index) else { return 0 };
        let covers = candidate.covers.get_or_init(|| {
            let read = self.database.with_face_data(candidate.id, coverage);
            read.flatten().unwrap_or_default()
        });
        let draws = |character: char| {
            let code = u32::from(character);
            let after = covers.partition_point(|(first, _)| *first <= code);
            after.checked_sub(1).and_then(|at| covers.get(at)).is_some_and(|(_, last)| code <= *last)
        };
        text.find(|character| !is_joiner(character) && !draws(character)).unwrap_or(text.len())
    }

    fn data(&self, index: usize) -> Option<&Arc<Vec<u8>>> {
        let candidate = self.candidates.get(index)?;
        let read = || self.database.with_face_data(candidate.id, |data, _| Arc::new(data.to_vec()));
        candidate.data.get_or_init(read).as_ref()
    }

    fn number(&self, index: usize) -> u32 {
        let info = self.candidates.get(index).and_then(|candidate| self.database.face(candidate.id));
        info.map_or(0, |info| info.index)
    }

    fn face(&'static self, index: usize) -> Option<&'static rustybuzz::Face<'static>> {
        let candidate = self.candidates.get(index)?;
        let read = || rustybuzz::Face::from_slice(self.data(index)?.as_slice(), self.number(index));
        candidate.face.get_or_init(read).as_ref()
    }

    /// The shape of `text` in a face; `None` if any of its glyphs would say that it is missing.
    fn shape(&'static self, index: usize, text: &str) -> Option<Vec<Glyph>> {
        let face = self.face(index)?;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(if is_rtl(text) { Direction::RightToLeft } else { Direction::LeftToRight });
        if let Some(script) = rustybuzz::Script::from_iso15924_tag(Tag(script(text).as_iso15924_tag())) {
            buffer.set_script(script);
        }
        let shaped = rustybuzz::shape(face, &[], buffer);
        let mut glyphs = Vec::new();
        for (info, position) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            let id = u16::try_from(info.glyph_id).ok().filter(|id| *id != 0)?;
            glyphs.push(Glyph {
                id,
                cluster: info.cluster,
                advance: position.x_advance,
                dx: position.x_offset,
                dy: position.y_offset,
            });
        }
        (!glyphs.is_empty()).then_some(glyphs)
    }
}

/// What a face draws; `None` if it is not used at all: its outlines are not TrueType's, it is coloured, its maker forbids
/// that it is embedded in parts, or it has no space.
fn coverage(data: &[u8], index: u32) -> Option<Vec<(u32, u32)>> {
    let face = ttf_parser::Face::parse(data, index).ok()?;
    let tables = face.tables();
    let allowed = face.permissions() != Some(Permissions::Restricted)
        && tables.os2.is_none_or(|os2| os2.is_subsetting_allowed() && os2.is_outline_embedding_allowed());
    let space = face.glyph_index(' ').is_some_and(|glyph| glyph.0 != 0);
    if tables.glyf.is_none() || tables.colr.is_some() || !allowed || !space {
        return None;
    }
    let mut codes = Vec::new();
    for subtable in tables.cmap.iter().flat_map(|cmap| cmap.subtables).filter(|subtable| subtable.is_unicode()) {
        if matches!(subtable.format, ttf_parser::cmap::Format::ManyToOneRangeMappings(_)) {
            continue;
        }
        subtable.codepoints(|code| {
            if subtable.glyph_index(code).is_some_and(|glyph| glyph.0 != 0) {
                codes.push(code);
            }
        });
    }
    codes.sort_unstable();
    codes.dedup();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for code in codes {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == code => *last = code,
            Some(_) | None => ranges.push((code, code)),
        }
    }
    Some(ranges)
}

/// Han, kana, Hangul and the signs between them.
const EAST: [Script; 6] =
    [Script::Han, Script::Hiragana, Script::Katakana, Script::Hangul, Script::Bopomofo, Script::Common];
/// What writes them, on one machine or another.
const EASTERN: [&str; 8] = [
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans JP",
    "Noto Sans SC",
    "Yu Gothic",
    "Microsoft YaHei",
    "Hiragino Sans",
    "PingFang SC",
];
/// Families beside Noto's own of a script.
const BESIDE: [(Script, &[&str]); 6] = [
    (Script::Hangul, &["Noto Sans CJK KR", "Noto Sans KR", "Malgun Gothic", "Apple SD Gothic Neo", "NanumGothic"]),
    (Script::Arabic, &["Noto Naskh Arabic", "Segoe UI", "Geeza Pro"]),
    (Script::Thai, &["Leelawadee UI", "Thonburi"]),
    (Script::Devanagari, &["Nirmala UI", "Kohinoor Devanagari"]),
    (Script::Bengali, &["Nirmala UI", "Kohinoor Bangla"]),
    (Script::Tamil, &["Nirmala UI", "InaiMathi"]),
];
/// Tried last of those with a name.
const LAST: [&str; 5] =
    ["Droid Sans Fallback", "Noto Sans Symbols", "Noto Sans Symbols2", "Noto Sans Math", "DejaVu Sans"];

/// Families that are tried first, by script.
fn preferred(script: Script) -> Vec<String> {
    let mut names = vec![format!("Noto Sans {}", script.full_name().replace('_', " "))];
    let beside = BESIDE.iter().filter(|(of, _)| *of == script).flat_map(|(_, families)| families.iter());
    names.extend(beside.map(|name| (*name).to_owned()));
    if EAST.contains(&script) {
        names.extend(EASTERN.map(str::to_owned));
    }
    names.extend(LAST.map(str::to_owned));
    names
}

/// What the machine drew for one document.
pub(super) struct Machine {
    library: &'static Library,
    /// Faces in the order in which they were first needed, and which of the machine's each is.
    pub(super) faces: Vec<Typeface>,
    chosen: BTreeMap<usize, usize>,
}

/// A shape and the number of its face.
pub(super) type Drawn = (usize, Vec<Glyph>);

impl Machine {
    pub(super) fn new() -> Self {
        Self { library: Library::of_machine(), faces: Vec::new(), chosen: BTreeMap::new() }
    }

    /// How much of the beginning of `text` can be drawn, in bytes, with its shapes: the regular one and the bold one, if
    /// the family has a bold face. `None` if not even its first character can.
    pub(super) fn longest(&mut self, text: &str) -> Option<(usize, Drawn, Option<Drawn>)> {
        let library = self.library;
        let first = preferred(script(text));
        let named = first.iter().flat_map(|family| library.of_family(family)).copied();
        let mut best: Option<(usize, usize)> = None;
        for index in named.chain(0..library.candidates.len()) {
            let covered = library.covered(index, text);
            if covered > best.map_or(0, |(longest, _)| longest) {
                best = Some((covered, index));
            }
            if covered == text.len() {
                break;
            }
        }
        let (length, index) = best?;
        let part = text.get(..length)?;
        let regular = (self.face(index)?, library.shape(index, part)?);
        let family = &library.candidates.get(index)?.family;
        let bold = |index: &&usize| {
            let heavy = library.candidates.get(**index).is_some_and(|candidate| candidate.weight >= BOLD);
            heavy && library.covered(**index, part) == length
        };
        let weight = |index: &&usize| library.candidates.get(**index).map_or(0, |face| face.weight).abs_diff(700);
        let heavier = library.of_family(family).iter().filter(bold).min_by_key(weight).copied();
        let heavier = heavier.filter(|heavier| *heavier != index);
        let heavier = heavier.and_then(|heavier| Some((self.face(heavier)?, library.shape(heavier, part)?)));
        Some((length, regular, heavier))
    }

    /// The number of a face in this document.
    fn face(&mut self, index: usize) -> Option<usize> {
        if let Some(known) = self.chosen.get(&index) {
            return Some(*known);
        }
        let candidate = self.library.candidates.get(index)?;
        let data = Arc::clone(self.library.data(index)?);
        let face = Typeface::of_machine(&candidate.family, &candidate.postscript, data, self.library.number(index))?;
        let number = self.faces.len();
        self.faces.push(face);
        self.chosen.insert(index, number);
        Some(number)
    }
}
