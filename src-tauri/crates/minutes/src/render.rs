//! Pages to bytes: printpdf draws them, then its document is finished here: fonts' character maps, metadata,
//! attachments, and the empty signature fields that later revisions fill.

use std::collections::{BTreeMap, BTreeSet};

use printpdf::{
    Codepoint, Color, DictItem, FontId, Line, LinePoint, Mm, Op, PaintMode, ParsedFont, PdfDocument, PdfFontHandle,
    PdfPage, PdfSaveOptions, Point, Polygon, PolygonRing, Pt, Rgb, TextItem, WindingOrder,
};

use crate::document::Document;
use crate::error::MinutesError;
use crate::finish::{self, Pages, PlacedField};
use crate::fonts::{BOX, Face, Fonts, Subset};
use crate::layout::structure::{ElementId, Structure, Tag};
use crate::layout::{Colour, Drawn, Layout, Paper, Segment, lay_out};
use crate::tags::{Heading, Parts};

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

/// Draws a document with its attachments: the complete base revision, with every signature field empty.
/// The same input gives the same bytes.
///
/// # Errors
/// [`MinutesError::Drawing`] or [`MinutesError::Font`] if the pages cannot be made; [`MinutesError::Attachment`] for
/// names that are doubled or not plain.
pub fn render(document: &Document, attachments: &[Attachment]) -> Result<Vec<u8>, MinutesError> {
    let fonts = Fonts::load()?;
    let layout = lay_out(document, fonts, Paper::of(document.paper))?;
    let subsets = subsets(fonts, document, &layout)?;
    let (drawn, parts) = draw(&layout, &subsets)?;
    let (fields, headings) = (placed_fields(&layout), headings(&layout));
    let pages = Pages { drawn, structure: layout.structure, parts, headings, fields };
    finish::finish(&pages, document, &subsets, attachments)
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
    for drawn in layout.pages.iter().flatten() {
        if let Drawn::Text { face, text, .. } = drawn {
            used.entry(*face).or_default().extend(text.chars());
        }
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
                fields.push(PlacedField { page, rect, field: field.clone(), element: *element });
            }
        }
    }
    fields
}

/// Where each heading begins.
fn headings(layout: &Layout) -> Vec<Heading> {
    let mut seen = BTreeSet::new();
    let mut headings = Vec::new();
    for (page, drawn) in layout.pages.iter().enumerate() {
        for thing in drawn {
            let Drawn::Text { y, size, tag: Some(element), .. } = thing else { continue };
            let titled = layout.structure.elements.get(element.0 as usize).is_some_and(|e| e.title.is_some());
            if titled && seen.insert(*element) {
                headings.push(Heading { element: *element, page, top: layout.paper.height - y + 1.6 * size });
            }
        }
    }
    headings
}

/// The pages in printpdf's own document, and what belongs to which element.
fn draw(layout: &Layout, subsets: &BTreeMap<Face, Subset>) -> Result<(lopdf::Document, Parts), MinutesError> {
    let mut pdf = PdfDocument::new("");
    for (face, subset) in subsets {
        let font = printpdf::PdfFont::new(parsed(subset));
        pdf.resources.fonts.map.insert(FontId(face.resource().to_owned()), font);
    }
    let mut parts = Parts::new();
    for page in &layout.pages {
        let mut brush = Brush::new(layout.paper.height, subsets, &layout.structure);
        for drawn in page {
            brush.paint(drawn);
        }
        brush.leave();
        parts.push(brush.parts);
        let mut made = PdfPage::new(Mm(210.0), Mm(297.0), brush.ops);
        for area in [&mut made.media_box, &mut made.trim_box, &mut made.crop_box] {
            area.width = Pt(layout.paper.width);
            area.height = Pt(layout.paper.height);
        }
        pdf.pages.push(made);
    }
    let mut warnings = Vec::new();
    let options = PdfSaveOptions { optimize: false, subset_fonts: false, ..PdfSaveOptions::default() };
    let made = pdf.to_lopdf_document(&options, &mut warnings);
    // printpdf drops what it cannot draw with a warning; minutes with something missing must not exist.
    match warnings.first() {
        Some(warning) => Err(MinutesError::Drawing(format!("{warning:?}"))),
        None => Ok((made, parts)),
    }
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

/// Two decimals are a hundredth of a point: finer than any printer, and short in the file.
fn short(number: f32) -> f32 {
    (number * 100.0).round() / 100.0
}

fn colour(colour: Colour) -> Color {
    let part = |thousandths: u16| f32::from(thousandths) / 1000.0;
    Color::Rgb(Rgb { r: part(colour.0), g: part(colour.1), b: part(colour.2), icc_profile: None })
}

/// Paints one page. Colours and fonts are set only where they change; that halves the file.
struct Brush<'a> {
    height: f32,
    subsets: &'a BTreeMap<Face, Subset>,
    ops: Vec<Op>,
    fill: Option<Colour>,
    outline: Option<(Colour, f32)>,
    font: Option<(Face, f32)>,
    structure: &'a Structure,
    /// What the things now painted belong to; the outer `None` before the first.
    within: Option<Tag>,
    parts: Vec<ElementId>,
}

impl<'a> Brush<'a> {
    const fn new(height: f32, subsets: &'a BTreeMap<Face, Subset>, structure: &'a Structure) -> Self {
        Self {
            height,
            subsets,
            ops: Vec::new(),
            fill: None,
            outline: None,
            font: None,
            structure,
            within: None,
            parts: Vec::new(),
        }
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
            self.ops.push(Op::BeginMarkedContent { tag: "Artifact".to_owned() });
            return;
        };
        let number = i64::try_from(self.parts.len()).unwrap_or(i64::MAX);
        self.parts.push(id);
        let properties = DictItem::Dict { map: BTreeMap::from([("MCID".to_owned(), DictItem::Int(number))]) };
        self.ops.push(Op::BeginMarkedContentWithProperties { tag: element.kind.name().to_owned(), properties });
    }

    fn leave(&mut self) {
        if self.within.take().is_some() {
            self.ops.push(Op::EndMarkedContent);
        }
    }

    fn fill(&mut self, tone: Colour) {
        if self.fill.replace(tone) != Some(tone) {
            self.ops.push(Op::SetFillColor { col: colour(tone) });
        }
    }

    fn outline(&mut self, tone: Colour, width: f32) {
        if self.outline.replace((tone, width)) != Some((tone, width)) {
            self.ops.push(Op::SetOutlineColor { col: colour(tone) });
            self.ops.push(Op::SetOutlineThickness { pt: Pt(short(width)) });
        }
    }

    fn paint(&mut self, drawn: &Drawn) {
        // A field is drawn by its own annotation.
        if !matches!(drawn, Drawn::Field { .. }) {
            self.enter(drawn.tag());
        }
        match drawn {
            Drawn::Text { x, y, size, face, colour: tone, text, kept, .. } => {
                self.fill(*tone);
                if let Some(kept) = kept {
                    let words = DictItem::String { data: utf16(kept), literal: false };
                    let properties = DictItem::Dict { map: BTreeMap::from([("ActualText".to_owned(), words)]) };
                    self.ops.push(Op::BeginMarkedContentWithProperties { tag: "Span".into(), properties });
                }
                self.ops.push(Op::StartTextSection);
                if self.font.replace((*face, *size)) != Some((*face, *size)) {
                    let font = PdfFontHandle::External(FontId(face.resource().to_owned()));
                    self.ops.push(Op::SetFont { font, size: Pt(*size) });
                }
                self.ops.push(Op::SetTextCursor { pos: self.point(*x, *y) });
                self.ops.push(Op::ShowText { items: shown(text, self.subsets.get(face)) });
                self.ops.push(Op::EndTextSection);
                if kept.is_some() {
                    self.ops.push(Op::EndMarkedContentWithProperties);
                }
            }
            Drawn::Fill { path, colour: tone, .. } => {
                self.fill(*tone);
                let rings = vec![PolygonRing { points: self.points(path) }];
                let polygon = Polygon { rings, mode: PaintMode::Fill, winding_order: WindingOrder::NonZero };
                self.ops.push(Op::DrawPolygon { polygon });
            }
            Drawn::Stroke { path, colour: tone, width, closed, .. } => {
                self.outline(*tone, *width);
                let line = Line { points: self.points(path), is_closed: *closed };
                self.ops.push(Op::DrawLine { line });
            }
            // Its widget is drawn by the form.
            Drawn::Field { .. } => {}
        }
    }

    fn point(&self, x: f32, y: f32) -> Point {
        Point { x: Pt(short(x)), y: Pt(short(self.height - y)) }
    }

    fn points(&self, path: &[Segment]) -> Vec<LinePoint> {
        let point = |x: f32, y: f32, bezier: bool| LinePoint { p: self.point(x, y), bezier };
        let mut out = Vec::new();
        for segment in path {
            match *segment {
                Segment::Move(x, y) | Segment::Line(x, y) => out.push(point(x, y, false)),
                Segment::Curve(a, b, c, d, e, f) => {
                    out.extend([point(a, b, true), point(c, d, true), point(e, f, false)]);
                }
            }
        }
        out
    }
}

fn shown(text: &str, subset: Option<&Subset>) -> Vec<TextItem> {
    // One string where every character has its code; printpdf maps the rest to glyph 0 silently, so they never get here.
    let covered = subset.is_some_and(|subset| text.chars().all(|character| subset.codes.contains_key(&character)));
    if covered {
        return vec![TextItem::Text(text.to_owned())];
    }
    let boxed = subset.and_then(|subset| subset.codes.get(&BOX)).copied().unwrap_or(0);
    vec![TextItem::GlyphIds(text.chars().map(|_| Codepoint::new(boxed, 0.0)).collect())]
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}
