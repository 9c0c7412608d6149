//! printpdf's document to ours: plain values, our own character maps, metadata, attachments, signature fields.

use std::collections::{BTreeMap, BTreeSet};

use crate::appearance::{real, waiting};
use crate::archive;
use crate::document::{Document, SignatureField};
use crate::error::MinutesError;
use crate::fonts::{Face, Subset};
use crate::language::Language;
use crate::layout::structure::{ElementId, Structure};
use crate::links::{self, PlacedLink};
use crate::pdf::file::{Object, write_identified};
use crate::pdf::time;
use crate::pdf::value::{Dict, Text, Value, dict, get, set};
use crate::render::{Attachment, FontSet, Relationship};
use crate::tags::{self, Heading, Parts, Widget};

/// An empty field and where it stands: page from 0, rectangle in points from the bottom left.
pub(crate) struct PlacedField {
    pub(crate) page: usize,
    pub(crate) rect: [f32; 4],
    pub(crate) field: SignatureField,
    /// The element that holds it.
    pub(crate) element: ElementId,
}

/// Pages as printpdf made them, and what stands on them.
pub(crate) struct Pages {
    pub(crate) drawn: lopdf::Document,
    pub(crate) structure: Structure,
    pub(crate) parts: Parts,
    pub(crate) headings: Vec<Heading>,
    pub(crate) links: Vec<PlacedLink>,
    pub(crate) fields: Vec<PlacedField>,
}

/// The objects of a file in the making. Numbers run from 1 without gaps.
pub(crate) struct Assembly {
    objects: Vec<Object>,
}

impl Assembly {
    /// The number that the next object gets.
    pub(crate) fn next(&self) -> u32 {
        u32::try_from(self.objects.len() + 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn add(&mut self, object: Object) -> u32 {
        let number = self.next();
        self.objects.push(object);
        number
    }

    fn replace(&mut self, number: u32, object: Object) -> Result<(), MinutesError> {
        *self.object_mut(number).ok_or_else(|| unexpected("an object that is not there"))? = object;
        Ok(())
    }

    fn object_mut(&mut self, number: u32) -> Option<&mut Object> {
        self.objects.get_mut(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    pub(crate) fn dict_mut(&mut self, number: u32) -> Result<&mut Dict, MinutesError> {
        match self.object_mut(number) {
            Some(Object::Value(Value::Dict(dict)) | Object::Stream { dict, .. }) => Ok(dict),
            Some(Object::Value(_)) | None => Err(unexpected("an object that should be a dictionary")),
        }
    }
}

pub(crate) fn unexpected(what: &str) -> MinutesError {
    MinutesError::Drawing(format!("the drawn document has {what}"))
}

/// Finishes a drawn document and writes it.
pub(crate) fn finish(
    drawn: Pages,
    document: &Document,
    fonts: &FontSet,
    attachments: &[&Attachment],
) -> Result<Vec<u8>, MinutesError> {
    let Pages { drawn, structure, parts, headings, links, fields } = drawn;
    let lopdf::Document { objects, trailer, .. } = drawn;
    // For each bookmark and link there is an object as well, and some dozens for what is there once.
    let room = objects.len() + headings.len() + links.len() + 256;
    let mut assembly = Assembly { objects: Vec::with_capacity(room) };
    for ((number, _), object) in objects {
        if assembly.add(convert_object(object)?) != number {
            return Err(unexpected("gaps in its object numbers"));
        }
    }
    let reference = |key: &[u8]| {
        let found = trailer.get(key).and_then(lopdf::Object::as_reference);
        found.map(|(number, _)| number).map_err(|_| unexpected("no catalog or Info"))
    };
    let (root, info) = (reference(b"Root")?, reference(b"Info")?);
    let pages = page_numbers(&mut assembly, root)?;
    let resources = character_maps(&mut assembly, fonts)?;
    let made_at = time::written(document.made_at.fixed_offset());
    let title = crate::text::clean(&document.title);
    let information = dict([
        ("Author", Value::words(&crate::text::clean(&document.author))),
        ("CreationDate", Value::words(&made_at)),
        ("Creator", Value::words("Cabinet")),
        ("ModDate", Value::words(&made_at)),
        ("Producer", Value::words(&crate::drawing::producer())),
        ("Subject", Value::words(&crate::text::clean(&document.subject))),
        ("Title", Value::words(&title)),
    ]);
    assembly.replace(info, Object::Value(Value::Dict(information)))?;

    let files = attach(&mut assembly, attachments, &made_at)?;
    let (form, mut widgets) = form(&mut assembly, document.language, &fields, &pages, &resources, fonts)?;
    widgets.extend(links::annotate(&mut assembly, &structure, &links, &headings, &pages, document.language)?);
    let metadata = assembly.add(archive::metadata(document));
    let colours = assembly.add(archive::colour_profile());
    let bookmarks = tags::bookmarks(&mut assembly, &structure, &headings, &pages);
    let (tree, elements) = tags::write(&mut assembly, &structure, &parts, &widgets, &pages)?;
    // The elements know their numbers.
    if assembly.next() != tree + 2 {
        return Err(unexpected("objects behind its structure"));
    }
    drop((structure, parts, headings, links));
    let catalog = assembly.dict_mut(root)?;
    let intent = dict([
        ("DestOutputProfile", Value::Ref(colours)),
        ("Info", Value::words(archive::COLOURS)),
        ("OutputConditionIdentifier", Value::words(archive::COLOURS)),
        ("S", Value::name("GTS_PDFA1")),
        ("Type", Value::name("OutputIntent")),
    ]);
    set(catalog, "Lang", Value::words(document.language.code()));
    set(catalog, "MarkInfo", Value::Dict(dict([("Marked", Value::Bool(true))])));
    set(catalog, "Metadata", Value::Ref(metadata));
    set(catalog, "OutputIntents", Value::Array(vec![Value::Dict(intent)]));
    set(catalog, "StructTreeRoot", Value::Ref(tree));
    set(catalog, "ViewerPreferences", Value::Dict(dict([("DisplayDocTitle", Value::Bool(true))])));
    if let Some(bookmarks) = bookmarks {
        set(catalog, "Outlines", Value::Ref(bookmarks));
    }
    set(catalog, "AcroForm", Value::Dict(form));
    if !files.is_empty() {
        let listed: Vec<Value> = files.iter().map(|(_, number)| Value::Ref(*number)).collect();
        let names = files.iter().flat_map(|(name, number)| [Value::words(name), Value::Ref(*number)]).collect();
        let tree = dict([("Names", Value::Array(names))]);
        set(catalog, "AF", Value::Array(listed));
        set(catalog, "Names", Value::Dict(dict([("EmbeddedFiles", Value::Dict(tree))])));
    }
    let trailer = dict([
        ("Info", Value::Ref(info)),
        ("Root", Value::Ref(root)),
        ("Size", Value::Int(i64::try_from(assembly.objects.len() + elements.len()).unwrap_or(0) + 1)),
    ]);
    Ok(write_identified(&assembly.objects, &elements, trailer))
}

fn convert_object(object: lopdf::Object) -> Result<Object, MinutesError> {
    if let lopdf::Object::Stream(stream) = object {
        let mut dict = convert_dict(&stream.dict)?;
        dict.remove(b"Length".as_slice());
        if dict.contains_key(b"Filter".as_slice()) {
            return Ok(Object::Stream { dict, data: stream.content });
        }
        return Ok(Object::deflated(dict, &stream.content));
    }
    convert(&object).map(Object::Value)
}

fn convert_dict(dict: &lopdf::Dictionary) -> Result<Dict, MinutesError> {
    dict.iter().map(|(key, value)| Ok((key.clone(), convert(value)?))).collect()
}

fn convert(object: &lopdf::Object) -> Result<Value, MinutesError> {
    Ok(match object {
        lopdf::Object::Null => Value::Null,
        lopdf::Object::Boolean(yes) => Value::Bool(*yes),
        lopdf::Object::Integer(number) => Value::Int(*number),
        lopdf::Object::Real(number) => Value::Real(decimal(*number)),
        lopdf::Object::Name(name) => Value::Name(name.clone()),
        lopdf::Object::String(bytes, format) => {
            let hex = matches!(format, lopdf::StringFormat::Hexadecimal);
            Value::Text(Text { bytes: bytes.clone(), hex, span: 0..0 })
        }
        lopdf::Object::Array(values) => Value::Array(values.iter().map(convert).collect::<Result<_, _>>()?),
        lopdf::Object::Dictionary(dict) => Value::Dict(convert_dict(dict)?),
        lopdf::Object::Reference((number, _)) => Value::Ref(*number),
        lopdf::Object::Stream(_) => return Err(unexpected("a stream inside another object")),
    })
}

/// A number with at most three decimals and always a point, so that it reads back as the same kind.
fn decimal(number: f32) -> String {
    let text = format!("{number:.3}");
    let trimmed = text.trim_end_matches('0');
    if trimmed.ends_with('.') { format!("{trimmed}0") } else { trimmed.to_owned() }
}

/// The page objects in order; their empty annotation lists and Trapped leftovers go.
fn page_numbers(assembly: &mut Assembly, root: u32) -> Result<Vec<u32>, MinutesError> {
    let tree = get(assembly.dict_mut(root)?, "Pages").and_then(Value::as_ref).ok_or_else(|| unexpected("no pages"))?;
    let kids = get(assembly.dict_mut(tree)?, "Kids").and_then(Value::as_array).ok_or_else(|| unexpected("no pages"))?;
    let pages: Vec<u32> = kids.iter().filter_map(Value::as_ref).collect();
    for page in &pages {
        let page = assembly.dict_mut(*page)?;
        page.remove(b"Annots".as_slice());
        page.remove(b"TrimBox".as_slice());
        page.remove(b"CropBox".as_slice());
    }
    Ok(pages)
}

/// Gives every font our own ToUnicode map and widths: printpdf's list only what the pages draw, and a later signature
/// may draw more. Returns resource name and object of each font.
fn character_maps(assembly: &mut Assembly, embedded: &FontSet) -> Result<Vec<(String, u32)>, MinutesError> {
    let mut fonts = Vec::new();
    for subset in embedded.all() {
        let wanted = Value::Name(subset.name.as_bytes().to_vec());
        let found = (1_u32..).zip(&assembly.objects).find_map(|(number, object)| match object {
            Object::Value(Value::Dict(font)) => {
                let matches = get(font, "Subtype").is_some_and(|kind| kind.is_name("Type0"))
                    && get(font, "BaseFont") == Some(&wanted);
                matches.then(|| (number, get(font, "ToUnicode").and_then(Value::as_ref)))
            }
            Object::Value(_) | Object::Stream { .. } => None,
        });
        // A face that no page draws was left out by printpdf; later appearances do without it.
        let Some((number, Some(map))) = found else { continue };
        assembly.replace(map, Object::deflated(Dict::new(), to_unicode(subset).as_bytes()))?;
        let font = assembly.dict_mut(number)?;
        let Some(Value::Array(descendants)) = font.get_mut(b"DescendantFonts".as_slice()) else {
            return Err(unexpected("a font without descendants"));
        };
        let Some(Value::Dict(descendant)) = descendants.first_mut() else {
            return Err(unexpected("a font whose descendant stands elsewhere"));
        };
        let widths: Vec<Value> = subset.advances.keys().map(|code| Value::Int(subset.width(*code))).collect();
        let first = subset.advances.keys().next().copied().unwrap_or(1);
        set(descendant, "W", Value::Array(vec![Value::Int(i64::from(first)), Value::Array(widths)]));
        fonts.push((subset.resource.clone(), number));
    }
    Ok(fonts)
}

fn to_unicode(subset: &Subset) -> String {
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) \
         /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> \
         <FFFF>\nendcodespacerange\n",
    );
    for chunk in subset.letters.chunks(100) {
        map.push_str(&format!("{} beginbfchar\n", chunk.len()));
        for (code, letters) in chunk {
            let units: String = letters.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
            map.push_str(&format!("<{code:04X}> <{units}>\n"));
        }
        map.push_str("endbfchar\n");
    }
    map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    map
}

fn attach(
    assembly: &mut Assembly,
    attachments: &[&Attachment],
    made_at: &str,
) -> Result<Vec<(String, u32)>, MinutesError> {
    let mut files = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for attachment in attachments {
        let name = &attachment.name;
        let refuse = |why: &'static str| Err(MinutesError::Attachment { name: name.clone(), why });
        if name.is_empty()
            || name.len() > 100
            || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        {
            return refuse("its name is not of ASCII letters, digits, dot, dash and underscore");
        }
        if !seen.insert(name.clone()) {
            return refuse("its name is taken");
        }
        let size = i64::try_from(attachment.bytes.len()).unwrap_or(i64::MAX);
        let parameters = dict([("ModDate", Value::words(made_at)), ("Size", Value::Int(size))]);
        let stream = dict([
            ("Params", Value::Dict(parameters)),
            ("Subtype", Value::name(&attachment.media_type)),
            ("Type", Value::name("EmbeddedFile")),
        ]);
        let stream = assembly.add(Object::deflated(stream, &attachment.bytes));
        let relationship = match attachment.relationship {
            Relationship::Source => "Source",
            Relationship::Supplement => "Supplement",
        };
        let specification = dict([
            ("AFRelationship", Value::name(relationship)),
            ("Desc", Value::words(&crate::text::clean(&attachment.description))),
            ("EF", Value::Dict(dict([("F", Value::Ref(stream)), ("UF", Value::Ref(stream))]))),
            ("F", Value::words(name)),
            ("Type", Value::name("Filespec")),
            ("UF", Value::words(name)),
        ]);
        let number = assembly.add(Object::Value(Value::Dict(specification)));
        files.insert(name.clone(), number);
    }
    // A name tree is sorted by name (ISO 32000-1, 7.9.6).
    Ok(files.into_iter().collect())
}

fn form(
    assembly: &mut Assembly,
    language: Language,
    fields: &[PlacedField],
    pages: &[u32],
    fonts: &[(String, u32)],
    embedded: &FontSet,
) -> Result<(Dict, Vec<Widget>), MinutesError> {
    let resources: Dict =
        fonts.iter().map(|(resource, number)| (resource.as_bytes().to_vec(), Value::Ref(*number))).collect();
    let mut listed = Vec::new();
    let mut widgets = Vec::new();
    let mut by_page: BTreeMap<u32, Vec<Value>> = BTreeMap::new();
    for placed in fields {
        let page = pages.get(placed.page).copied().ok_or_else(|| unexpected("a field on no page"))?;
        let [left, bottom, right, top] = placed.rect;
        let regular = embedded.own.get(&Face::Regular);
        let appearance = assembly.add(waiting(language, right - left, top - bottom, &resources, regular));
        let told = language.signature_of(&placed.field.name, &placed.field.role);
        let widget = dict([
            ("AP", Value::Dict(dict([("N", Value::Ref(appearance))]))),
            ("F", Value::Int(132)),
            ("FT", Value::name("Sig")),
            ("P", Value::Ref(page)),
            ("Rect", Value::Array(vec![real(left), real(bottom), real(right), real(top)])),
            ("Subtype", Value::name("Widget")),
            ("T", Value::words(&placed.field.field)),
            ("TU", Value::words(&crate::text::clean(&told))),
            ("Type", Value::name("Annot")),
        ]);
        let widget = assembly.add(Object::Value(Value::Dict(widget)));
        listed.push(Value::Ref(widget));
        widgets.push(Widget { element: placed.element, annotation: widget, page });
        by_page.entry(page).or_default().push(Value::Ref(widget));
    }
    for (page, annotations) in by_page {
        set(assembly.dict_mut(page)?, "Annots", Value::Array(annotations));
    }
    let form = dict([
        ("DR", Value::Dict(dict([("Font", Value::Dict(resources))]))),
        ("Fields", Value::Array(listed)),
        ("SigFlags", Value::Int(3)),
    ]);
    Ok((form, widgets))
}
