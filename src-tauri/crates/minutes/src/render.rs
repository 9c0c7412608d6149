//! Pages to bytes: printpdf draws them, then its document is finished here: fonts' character maps, metadata,
//! attachments, and the empty signature fields that later revisions fill.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;

use printpdf::{FontId, Mm, Op, ParsedFont, PdfDocument, PdfFontHandle, PdfPage, PdfSaveOptions, Pt, TextItem};

use crate::content::Brush;
use crate::document::Document;
use crate::error::MinutesError;
use crate::finish::{self, Pages, PlacedField};
use crate::fonts::{Atom, BOX, Face, Fonts, Subset};
use crate::layout::structure::{ElementId, Kind};
use crate::layout::{Drawn, Layout, Paper, lay_out};
use crate::links::{self, PlacedLink};
use crate::pdf::file::{PdfFile, deflated};
use crate::tags::{Heading, Parts};
use crate::typefaces::{Embedding, Foreign, Origin, TYPEFACES, Typefaces};

/// A file that travels inside the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its file name ("evidence.json"): ASCII letters, digits, dot, dash, underscore.
    pub name: String,
    /// Its media type ("application/json").
    pub media_type: String,
    /// What it is, for people.
    pub description: String,
    /// How it relates to the document.
    pub relationship: Relationship,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How an attachment relates to the document (ISO 19005-3, annex E).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relationship {
    /// The document was made from it.
    Source,
    /// It adds to the document.
    Supplement,
}

/// The fonts that a document embeds.
#[derive(Default)]
pub(crate) struct FontSet {
    /// The compiled-in faces.
    pub(crate) own: BTreeMap<Face, Subset>,
    /// Those for what these cannot write.
    pub(crate) foreign: Embedding,
}

impl FontSet {
    /// All of them, the compiled-in ones first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Subset> {
        self.own.values().chain(&self.foreign.fonts)
    }
}

/// Draws a document with its attachments: the complete base revision, with every signature field empty. What the
/// compiled-in faces cannot write is drawn with typefaces of this machine; these travel in the file, and their shapes are
/// attached. Where they could not be drawn again from these, boxes stand for such words: nobody may seal what nobody can
/// verify. The same input gives the same bytes, on a machine with the same typefaces.
///
/// # Errors
/// [`MinutesError::Drawing`] or [`MinutesError::Font`] if the pages cannot be made; [`MinutesError::Attachment`] for
/// names that are doubled or not plain.
pub fn render(document: &Document, attachments: &[Attachment]) -> Result<Vec<u8>, MinutesError> {
    match drawn_from(document, attachments, Origin::Machine) {
        Ok((pdf, borrowed)) if !borrowed || comes_again(document, attachments, &pdf) => Ok(pdf),
        Ok(_) | Err(_) => render_with(document, attachments, &Typefaces::default()),
    }
}

/// Whether a document is drawn again, to the byte, from the typefaces that travel in it.
fn comes_again(document: &Document, attachments: &[Attachment], pdf: &[u8]) -> bool {
    let Ok(held) = PdfFile::read(pdf).and_then(|file| Typefaces::of(&file)) else { return false };
    render_with(document, attachments, &held).is_ok_and(|again| again == pdf)
}

/// The same with the typefaces that travel in a document ([`crate::typefaces()`]) in place of the machine's. The same input
/// gives the same bytes, on every machine.
///
/// # Errors
/// As [`render`].
pub fn render_with(
    document: &Document,
    attachments: &[Attachment],
    typefaces: &Typefaces,
) -> Result<Vec<u8>, MinutesError> {
    drawn_from(document, attachments, Origin::File(typefaces)).map(|(pdf, _)| pdf)
}

/// The file, and whether words of it are drawn with typefaces that are not compiled in.
fn drawn_from(
    document: &Document,
    attachments: &[Attachment],
    origin: Origin<'_>,
) -> Result<(Vec<u8>, bool), MinutesError> {
    let plain = Fonts::load()?;
    let foreign = Foreign::of(&document.texts(), |character| plain.writes(character), origin);
    let fonts = Fonts::with(foreign)?;
    let mut layout = lay_out(document, &fonts, Paper::of(document.paper))?;
    let foreign = fonts.foreign.embed(&runs_of(&fonts, document, &layout))?;
    let set = FontSet { own: subsets(&fonts, document, &layout)?, foreign };
    let shapes = fonts.foreign.attached(&set.foreign)?;
    let borrowed = shapes.is_some();
    let shapes = shapes.map(|bytes| Attachment {
        name: TYPEFACES.into(),
        media_type: "application/json".into(),
        description: document.language.typefaces_described().into(),
        relationship: Relationship::Supplement,
        bytes,
    });
    let attachments: Vec<&Attachment> = attachments.iter().chain(&shapes).collect();
    let fields = placed_fields(&layout);
    let (headings, links) = headings_and_links(&layout, &fonts);
    let (drawn, parts) = draw(std::mem::take(&mut layout.pages), &layout, &set)?;
    let pages = Pages { drawn, structure: layout.structure, parts, headings, links, fields };
    Ok((finish::finish(pages, document, &set, &attachments)?, borrowed))
}

/// The shaped runs that pages draw, and in which of their shapes; and those that are measured, whether drawn or not.
fn runs_of(fonts: &Fonts, document: &Document, layout: &Layout) -> BTreeSet<(usize, bool)> {
    let run = |drawn: &Drawn| match drawn {
        Drawn::Text { shaped: Some(shaped), .. } => Some((shaped.run, shaped.bold)),
        Drawn::Text { shaped: None, .. } | Drawn::Fill { .. } | Drawn::Stroke { .. } | Drawn::Field { .. } => None,
    };
    let mut runs: BTreeSet<(usize, bool)> = layout.pages.iter().flatten().filter_map(run).collect();
    for text in [&document.running_head.0, &document.running_head.1, &document.running_foot] {
        for atom in crate::text::cleaned(text).split(' ').flat_map(|word| fonts.atoms(word)) {
            if let Atom::Run(number) = atom {
                runs.insert((number, fonts.foreign.slot(number, false)));
            }
        }
    }
    runs
}

/// Cuts each face to what the document draws. ASCII, the letters of the document's language and the signatories' names
/// are always in, for the appearances of later signatures.
fn subsets(fonts: &Fonts, document: &Document, layout: &Layout) -> Result<BTreeMap<Face, Subset>, MinutesError> {
    let mut always: BTreeSet<char> = (' '..='~').chain(['…', '·', '–', BOX]).collect();
    always.extend(document.language.letters().chars());
    for block in &document.blocks {
        if let crate::document::Block::SignatureField(field) = block {
            for text in [&field.name, &field.role, &field.meaning] {
                always.extend(crate::text::clean(text).chars());
            }
        }
    }
    let mut used: BTreeMap<Face, BTreeSet<char>> = BTreeMap::new();
    used.insert(Face::Regular, always.clone());
    used.insert(Face::Bold, always);
    // A million letters, nearly all of them ASCII, which is looked up by its number.
    let mut plain: BTreeMap<Face, [bool; 128]> = BTreeMap::new();
    for drawn in layout.pages.iter().flatten() {
        let Drawn::Text { face, text, shaped: None, .. } = drawn else { continue };
        let plain = plain.entry(*face).or_insert([false; 128]);
        for byte in text.bytes().filter(u8::is_ascii) {
            plain[usize::from(byte & 0x7f)] = true;
        }
        if !text.is_ascii() {
            let others = text.chars().filter(|character| !character.is_ascii());
            used.entry(*face).or_default().extend(others);
        }
    }
    for (face, plain) in plain {
        let seen = ('\0'..='\x7f').zip(plain).filter_map(|(character, seen)| seen.then_some(character));
        used.entry(face).or_default().extend(seen);
    }
    used.into_iter().map(|(face, characters)| Ok((face, fonts.subset(face, &characters)?))).collect()
}

fn placed_fields(layout: &Layout) -> Vec<PlacedField> {
    let mut fields = Vec::new();
    for (page, drawn) in layout.pages.iter().enumerate() {
        for thing in drawn {
            if let Drawn::Field { x, y, width, height, field, tag: Some(element) } = thing {
                let bottom = layout.paper.height - y - height;
                let rect = [*x, bottom, x + width, bottom + height];
                fields.push(PlacedField { page, rect, field: (**field).clone(), element: *element });
            }
        }
    }
    fields
}

/// Where each heading begins, and where the words of each link stand.
fn headings_and_links(layout: &Layout, fonts: &Fonts) -> (Vec<Heading>, Vec<PlacedLink>) {
    let mut seen = BTreeSet::new();
    let (mut headings, mut links) = (Vec::new(), Vec::new());
    for (page, drawn) in layout.pages.iter().enumerate() {
        for thing in drawn {
            let Drawn::Text { y, size, tag: Some(element), .. } = thing else { continue };
            let Some(of) = layout.structure.elements.get(element.0 as usize) else { continue };
            if of.kind == Kind::Link {
                links::place(&mut links, thing, page, fonts, layout.paper);
            } else if matches!(of.kind, Kind::Heading(_)) && seen.insert(*element) {
                headings.push(Heading { element: *element, page, top: layout.paper.height - y + 1.6 * size });
            }
        }
    }
    (headings, links)
}

/// The pages in printpdf's own document, and what belongs to which element. What is on them is written by us, since printpdf
/// marks nothing with its element; it stands behind what printpdf has drawn on the page.
fn draw(pages: Vec<Vec<Drawn>>, layout: &Layout, fonts: &FontSet) -> Result<(lopdf::Document, Parts), MinutesError> {
    let mut pdf = PdfDocument::new("");
    for subset in fonts.all() {
        let font = printpdf::PdfFont::new(parsed(subset));
        pdf.resources.fonts.map.insert(FontId(subset.resource.clone()), font);
    }
    for index in 0..pages.len() {
        let mut made = PdfPage::new(Mm(210.0), Mm(297.0), if index == 0 { spaces(fonts) } else { Vec::new() });
        for area in [&mut made.media_box, &mut made.trim_box, &mut made.crop_box] {
            area.width = Pt(layout.paper.width);
            area.height = Pt(layout.paper.height);
        }
        pdf.pages.push(made);
    }
    let mut warnings = Vec::new();
    let options = PdfSaveOptions { optimize: false, subset_fonts: false, ..PdfSaveOptions::default() };
    let mut made = pdf.to_lopdf_document(&options, &mut warnings);
    // printpdf drops what it cannot draw with a warning; minutes with something missing must not exist.
    if let Some(warning) = warnings.first() {
        return Err(MinutesError::Drawing(format!("{warning:?}")));
    }
    let mut streams = Vec::new();
    for place in made.get_pages().into_values() {
        let page = made.get_dictionary(place).and_then(|page| page.get(b"Contents"));
        streams.push(
            page.and_then(lopdf::Object::as_reference).map_err(|_| finish::unexpected("a page without content"))?,
        );
    }
    if streams.len() != pages.len() {
        return Err(finish::unexpected("another number of pages"));
    }
    let mut own = Vec::new();
    for number in &streams {
        let stream = made.get_object_mut(*number).and_then(lopdf::Object::as_stream_mut);
        own.push(std::mem::take(&mut stream.map_err(|_| finish::unexpected("content that is no stream"))?.content));
    }
    let mut parts = Parts::new();
    let painted = painted(&pages, &own, layout, fonts)?;
    drop(pages);
    for (number, painted) in streams.into_iter().zip(painted) {
        let stream = made.get_object_mut(number).and_then(lopdf::Object::as_stream_mut);
        let stream = stream.map_err(|_| finish::unexpected("content that is no stream"))?;
        if painted.packed {
            stream.dict.set("Filter", lopdf::Object::Name(b"FlateDecode".to_vec()));
        }
        stream.content = painted.content;
        parts.push(painted.marked);
    }
    Ok((made, parts))
}

/// The operators of a page, and which element each marked part of it belongs to.
struct Painted {
    content: Vec<u8>,
    packed: bool,
    marked: Vec<ElementId>,
}

/// So many pages are worth a thread.
const PAGES_OF_A_THREAD: usize = 32;
/// No more threads than this, since one makes the rest of a document. Two were measured, more were not.
const MOST_THREADS: usize = 4;

/// Paints pages, each behind the operators that it has, and packs each. A page is by itself, so several threads make the same
/// as one.
fn painted(
    pages: &[Vec<Drawn>],
    own: &[Vec<u8>],
    layout: &Layout,
    fonts: &FontSet,
) -> Result<Vec<Painted>, MinutesError> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = (pages.len() / PAGES_OF_A_THREAD).clamp(1, cores.min(MOST_THREADS));
    let share = pages.len().div_ceil(threads).max(1);
    let (height, structure) = (layout.paper.height, &layout.structure);
    let paint = |pages: &[Vec<Drawn>], own: &[Vec<u8>]| -> Vec<Painted> {
        let brush = || Brush::new(height, fonts, structure);
        pages.iter().zip(own).map(|(page, own)| painted_page(page, own, brush())).collect()
    };
    let mut shares = pages.chunks(share).zip(own.chunks(share));
    let first = shares.next();
    let failed = |what: &str| MinutesError::Drawing(what.to_owned());
    std::thread::scope(|scope| {
        let spawn = |(pages, own)| std::thread::Builder::new().spawn_scoped(scope, move || paint(pages, own));
        let others: Result<Vec<_>, _> = shares.map(spawn).collect();
        let mut all = first.map_or_else(Vec::new, |(pages, own)| paint(pages, own));
        for other in others.map_err(|_| failed("no thread to paint pages"))? {
            all.extend(other.join().map_err(|_| failed("a page that could not be painted"))?);
        }
        Ok(all)
    })
}

fn painted_page(page: &[Drawn], own: &[u8], mut brush: Brush<'_>) -> Painted {
    for drawn in page {
        brush.paint(drawn);
    }
    let (mut content, marked) = brush.finish();
    if !own.is_empty() {
        content = [own, b"\n", &content].concat();
    }
    match deflated(&content) {
        Some(packed) => Painted { content: packed, packed: true, marked },
        // What could not be packed stays as it is: nothing is lost.
        None => Painted { content, packed: false, marked },
    }
}

/// A space in each face, where nobody sees it: printpdf embeds the fonts that its own operators use. It is not in the
/// invisible mode, in which a font is not held to be used.
fn spaces(fonts: &FontSet) -> Vec<Op> {
    let mut ops = vec![Op::BeginMarkedContent { tag: "Artifact".to_owned() }, Op::StartTextSection];
    for subset in fonts.all() {
        let font = PdfFontHandle::External(FontId(subset.resource.clone()));
        ops.push(Op::SetFont { font, size: Pt(1.0) });
        ops.push(Op::ShowText { items: vec![TextItem::Text(" ".to_owned())] });
    }
    ops.extend([Op::EndTextSection, Op::EndMarkedContent]);
    ops
}

fn parsed(subset: &Subset) -> ParsedFont {
    let map = subset.codes.iter().map(|(character, code)| (u32::from(*character), *code)).collect();
    let metrics = printpdf::font::FontMetrics { ascent: subset.ascent, descent: subset.descent };
    let mut font = ParsedFont::with_glyph_data(
        subset.bytes.clone(),
        0,
        Some(subset.name.clone()),
        map,
        subset.advances.clone(),
        subset.units_per_em,
        metrics,
    );
    let (x_min, y_min, x_max, y_max) = subset.bounds;
    let measures = &mut font.pdf_font_metrics;
    (measures.x_min, measures.y_min, measures.x_max, measures.y_max) = (x_min, y_min, x_max, y_max);
    measures.us_weight_class = subset.weight;
    if subset.slant {
        // Noto's italics lean 12 degrees: rise and run of the caret.
        (measures.caret_slope_rise, measures.caret_slope_run) = (1000, 213);
    }
    font
}
