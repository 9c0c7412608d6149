//! The structure tree as it stands in the file (ISO 32000-1, 14.7), and the bookmarks that follow from its headings.

use crate::error::MinutesError;
use crate::finish::{Assembly, unexpected};
use crate::layout::structure::{ElementId, Figure, Kind, Structure};
use crate::pdf::file::{Object, Tail};
use crate::pdf::value::{Dict, Value, dict, put_number, set};

/// Which element each marked part of a page belongs to: by page, by the part's number on it (MCID).
pub(crate) type Parts = Vec<Vec<ElementId>>;

/// The annotation of a field or of a link, and the element that holds it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Widget {
    pub(crate) element: ElementId,
    pub(crate) annotation: u32,
    /// The page's object.
    pub(crate) page: u32,
}

/// Where a heading stands: page from 0, height in points from the bottom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Heading {
    pub(crate) element: ElementId,
    pub(crate) page: usize,
    pub(crate) top: f32,
}

/// What an element directly holds.
#[derive(Clone, Copy)]
enum Kid {
    Element(u32),
    /// A part of a page, both counted from 0.
    Part(u32, u32),
    /// One of the widgets, counted from 0.
    Widget(u32),
}

/// Writes the tree; returns the object of its root, and the elements, which are the last objects of the file: nothing is added
/// after them.
pub(crate) fn write(
    assembly: &mut Assembly,
    structure: &Structure,
    parts: &Parts,
    widgets: &[Widget],
    pages: &[u32],
) -> Result<(u32, Tail), MinutesError> {
    let root = assembly.next();
    let document = root + 1;
    let number = |id: ElementId| document + 1 + id.0;
    let mut kids = Kids::of(structure.elements.len());
    let mut top = Vec::new();
    let lost = || unexpected("something drawn for an element that is not there");
    for (index, element) in structure.elements.iter().enumerate() {
        let own = number(ElementId(u32::try_from(index).map_err(|_| lost())?));
        match element.parent {
            // It stands among the words of its parent, where its own do.
            Some(_) if element.kind == Kind::Link => {}
            Some(parent) => kids.push(parent, Kid::Element(own)).ok_or_else(lost)?,
            None => top.push(Value::Ref(own)),
        }
    }
    for (page, elements) in (0..).zip(parts) {
        for (part, element) in (0..).zip(elements) {
            let of = structure.elements.get(element.0 as usize).ok_or_else(lost)?;
            let begins = of.kind == Kind::Link && kids.is_empty(*element);
            kids.push(*element, Kid::Part(page, part)).ok_or_else(lost)?;
            if let Some(parent) = of.parent.filter(|_| begins) {
                kids.push(parent, Kid::Element(number(*element))).ok_or_else(lost)?;
            }
        }
    }
    for (index, widget) in (0..).zip(widgets) {
        kids.push(widget.element, Kid::Widget(index)).ok_or_else(lost)?;
    }

    // By page first, then by widget: the keys under which pages and annotations find their elements. Each part of each page is
    // in it, so it is written at once as well.
    let mut numbers = Vec::with_capacity(12 * parts.iter().map(|elements| elements.len() + 1).sum::<usize>());
    put(&mut numbers, "[");
    for (page, elements) in (0..).zip(parts) {
        put(&mut numbers, if page > 0 { " " } else { "" });
        put_number(page, &mut numbers);
        put(&mut numbers, " [");
        for (index, element) in elements.iter().enumerate() {
            put(&mut numbers, if index > 0 { " " } else { "" });
            reference(&mut numbers, number(*element));
        }
        put(&mut numbers, "]");
    }
    for (key, widget) in (parts.len() as u64..).zip(widgets) {
        put(&mut numbers, if key > 0 { " " } else { "" });
        put_number(key, &mut numbers);
        put(&mut numbers, " ");
        reference(&mut numbers, number(widget.element));
        let key = Value::Int(i64::try_from(key).unwrap_or(i64::MAX));
        set(assembly.dict_mut(widget.annotation)?, "StructParent", key);
    }
    put(&mut numbers, "]");
    for (index, page) in pages.iter().enumerate() {
        let page = assembly.dict_mut(*page)?;
        set(page, "StructParents", Value::Int(i64::try_from(index).unwrap_or(i64::MAX)));
        set(page, "Tabs", Value::name("S"));
    }
    let next = i64::try_from(parts.len() + widgets.len()).unwrap_or(i64::MAX);
    let tree = dict([
        ("K", Value::Ref(document)),
        ("ParentTree", Value::Dict(dict([("Nums", Value::Verbatim(numbers))]))),
        ("ParentTreeNextKey", Value::Int(next)),
        ("Type", Value::name("StructTreeRoot")),
    ]);
    assembly.add(Object::Value(Value::Dict(tree)));
    let whole = dict([
        ("K", Value::Array(top)),
        ("P", Value::Ref(root)),
        ("S", Value::name("Document")),
        ("Type", Value::name("StructElem")),
    ]);
    assembly.add(Object::Value(Value::Dict(whole)));
    let (mut written, mut own) = (Tail::default(), Vec::new());
    for (id, element) in (0..).map(ElementId).zip(&structure.elements) {
        let parent = element.parent.map_or(document, number);
        own.clear();
        own.extend(kids.each(id));
        let figure = if element.kind == Kind::Figure { structure.figures.get(&id) } else { None };
        written.add(|out| write_element(element.kind, figure, parent, &own, (pages, widgets), out));
    }
    Ok((root, written))
}

/// What each element holds, in order: chains through one list, since there are tens of thousands and most hold one thing.
struct Kids {
    /// By element: its first and its last in the list.
    ends: Vec<Option<(u32, u32)>>,
    /// Each with the next of the same element.
    all: Vec<(Kid, Option<u32>)>,
}

impl Kids {
    fn of(elements: usize) -> Self {
        Self { ends: vec![None; elements], all: Vec::with_capacity(2 * elements) }
    }

    fn is_empty(&self, of: ElementId) -> bool {
        self.ends.get(of.0 as usize).is_none_or(Option::is_none)
    }

    /// `None` if there is no such element.
    fn push(&mut self, of: ElementId, kid: Kid) -> Option<()> {
        let at = u32::try_from(self.all.len()).ok()?;
        let ends = self.ends.get_mut(of.0 as usize)?;
        let first = match ends {
            Some((first, last)) => {
                self.all.get_mut(*last as usize)?.1 = Some(at);
                *first
            }
            None => at,
        };
        *ends = Some((first, at));
        self.all.push((kid, None));
        Some(())
    }

    fn each(&self, of: ElementId) -> impl Iterator<Item = Kid> {
        let mut next = self.ends.get(of.0 as usize).copied().flatten().map(|(first, _)| first);
        std::iter::from_fn(move || {
            let (kid, after) = self.all.get(next? as usize)?;
            next = *after;
            Some(*kid)
        })
    }
}

/// Writes an element's dictionary, its keys in order. There are tens of thousands: they are written at once, and without
/// what may be left out (their type; the brackets around a single kid).
fn write_element(
    kind: Kind,
    figure: Option<&Figure>,
    parent: u32,
    kids: &[Kid],
    (pages, widgets): (&[u32], &[Widget]),
    out: &mut Vec<u8>,
) {
    let page_of = |page: u32| pages.get(page as usize).copied().unwrap_or(0);
    put(out, "<<");
    if let Some(scope) = kind.scope() {
        put(out, "/A <</O /Table/Scope /");
        put(out, scope);
        put(out, ">>");
    }
    if let Some(figure) = figure {
        if let Some(bounds) = figure.bounds {
            let edges = bounds.map(|edge| crate::appearance::real(edge as f32 / 100.0));
            let attributes = dict([
                ("BBox", Value::Array(edges.to_vec())),
                ("O", Value::name("Layout")),
                ("Placement", Value::name("Block")),
            ]);
            put(out, "/A ");
            Value::Dict(attributes).write(out);
        }
        put(out, "/Alt ");
        Value::words(&figure.alt).write(out);
    }
    // Parts of one page need no more than their numbers.
    let home = kids.iter().find_map(|kid| if let Kid::Part(page, _) = kid { Some(*page) } else { None });
    let (open, close) = match kids {
        [] => ("", ""),
        // pyHanko asks the tree by /K/Obj whether a change to a widget is explained: no array may stand between.
        [_] => ("/K ", ""),
        [_, _, ..] => ("/K [", "]"),
    };
    put(out, open);
    for (index, kid) in kids.iter().enumerate() {
        put(out, if index > 0 { " " } else { "" });
        match kid {
            Kid::Element(number) => reference(out, *number),
            Kid::Part(page, part) if Some(*page) == home => put_number(u64::from(*part), out),
            Kid::Part(page, part) => {
                put(out, "<</MCID ");
                put_number(u64::from(*part), out);
                put(out, "/Pg ");
                reference(out, page_of(*page));
                put(out, "/Type /MCR>>");
            }
            Kid::Widget(index) => {
                let (annotation, page) =
                    widgets.get(*index as usize).map_or((0, 0), |widget| (widget.annotation, widget.page));
                put(out, "<</Obj ");
                reference(out, annotation);
                put(out, "/Pg ");
                reference(out, page);
                put(out, "/Type /OBJR>>");
            }
        }
    }
    put(out, close);
    put(out, "/P ");
    reference(out, parent);
    if let Some(page) = home {
        put(out, "/Pg ");
        reference(out, page_of(page));
    }
    put(out, "/S /");
    put(out, kind.name());
    put(out, ">>");
}

fn reference(out: &mut Vec<u8>, number: u32) {
    put_number(u64::from(number), out);
    put(out, " 0 R");
}

fn put(out: &mut Vec<u8>, words: &str) {
    out.extend_from_slice(words.as_bytes());
}

/// A bookmark and those below it, by their place in the list of all.
struct Bookmark {
    title: String,
    parent: Option<usize>,
    below: Vec<usize>,
    page: u32,
    top: f32,
}

/// So many bookmarks stand side by side at most; of more, each group of so many has one of its own. Readers may walk from each to
/// the next by calling themselves: pyHanko gives up after some three hundred.
const SIDE_BY_SIDE: usize = 50;

/// Puts those below a bookmark into groups, each named by its first and its last.
fn grouped(all: &mut Vec<Bookmark>, parent: usize) {
    let Some(below) = all.get_mut(parent).filter(|one| one.below.len() > 2 * SIDE_BY_SIDE) else { return };
    let below = std::mem::take(&mut below.below);
    // "12.  CHG-112" of "12.  CHG-112  Rotate the certificates".
    let label = |one: &Bookmark| one.title.split("  ").take(2).collect::<Vec<_>>().join("  ");
    let mut groups = Vec::new();
    for part in below.chunks(SIDE_BY_SIDE) {
        let ends = part.first().zip(part.last()).and_then(|(first, last)| all.get(*first).zip(all.get(*last)));
        let Some((first, last)) = ends else { continue };
        let title = format!("{} – {}", label(first), label(last));
        let group = Bookmark { title, parent: Some(parent), below: part.to_vec(), page: first.page, top: first.top };
        let number = all.len();
        for one in part {
            if let Some(one) = all.get_mut(*one) {
                one.parent = Some(number);
            }
        }
        all.push(group);
        groups.push(number);
    }
    if let Some(parent) = all.get_mut(parent) {
        parent.below = groups;
    }
}

/// Writes a bookmark for each section and each item, closed below the first level; returns the object of their root, or
/// `None` where nothing is headed.
pub(crate) fn bookmarks(
    assembly: &mut Assembly,
    structure: &Structure,
    headings: &[Heading],
    pages: &[u32],
) -> Option<u32> {
    let mut all: Vec<Bookmark> = Vec::new();
    let mut top: Vec<usize> = Vec::new();
    for heading in headings {
        let element = structure.elements.get(heading.element.0 as usize)?;
        let title = structure.titles.get(heading.element);
        let (Kind::Heading(level @ (2 | 3)), Some(title)) = (element.kind, title) else { continue };
        let parent = (level == 3).then(|| top.last().copied()).flatten();
        let page = pages.get(heading.page).copied()?;
        let index = all.len();
        all.push(Bookmark { title: title.to_owned(), parent, below: Vec::new(), page, top: heading.top });
        match parent {
            Some(parent) => all.get_mut(parent)?.below.push(index),
            None => top.push(index),
        }
    }
    for parent in &top {
        grouped(&mut all, *parent);
    }
    let (first, last) = (*top.first()?, *top.last()?);
    let root = assembly.next();
    let number = |index: usize| u32::try_from(index).ok().map(|index| root + 1 + index);
    let count = |length: usize| Value::Int(i64::try_from(length).unwrap_or(i64::MAX));
    assembly.add(Object::Value(Value::Dict(dict([
        ("Count", count(top.len())),
        ("First", Value::Ref(number(first)?)),
        ("Last", Value::Ref(number(last)?)),
        ("Type", Value::name("Outlines")),
    ]))));
    for (index, bookmark) in all.iter().enumerate() {
        let beside = bookmark.parent.map_or(&top, |parent| &all[parent].below);
        let at = beside.iter().position(|other| *other == index)?;
        let place = vec![
            Value::Ref(bookmark.page),
            Value::name("XYZ"),
            Value::Null,
            crate::appearance::real(bookmark.top),
            Value::Null,
        ];
        let mut item: Dict = dict([
            ("Dest", Value::Array(place)),
            ("Parent", Value::Ref(bookmark.parent.map_or(Some(root), number)?)),
            ("Title", Value::words(&bookmark.title)),
        ]);
        if let Some(before) = at.checked_sub(1).and_then(|at| beside.get(at)) {
            set(&mut item, "Prev", Value::Ref(number(*before)?));
        }
        if let Some(after) = beside.get(at + 1) {
            set(&mut item, "Next", Value::Ref(number(*after)?));
        }
        if let (Some(first), Some(last)) = (bookmark.below.first(), bookmark.below.last()) {
            set(&mut item, "First", Value::Ref(number(*first)?));
            set(&mut item, "Last", Value::Ref(number(*last)?));
            // Below zero: closed, or five hundred items hide the sections.
            let length = i64::try_from(bookmark.below.len()).unwrap_or(i64::MAX);
            set(&mut item, "Count", Value::Int(-length));
        }
        assembly.add(Object::Value(Value::Dict(item)));
    }
    Some(root)
}
