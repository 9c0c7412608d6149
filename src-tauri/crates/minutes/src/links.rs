//! Links inside the document as annotations over their words (ISO 32000-1, 12.5.6.5). Each has a place to go and no
//! action: nothing that a reader does with it leaves the file.

use std::collections::BTreeMap;

use crate::appearance::real;
use crate::error::MinutesError;
use crate::finish::{Assembly, unexpected};
use crate::fonts::Fonts;
use crate::language::Language;
use crate::layout::structure::{ElementId, Structure};
use crate::layout::{Drawn, Paper};
use crate::pdf::file::Object;
use crate::pdf::value::{Value, dict, set};
use crate::tags::{Heading, Widget};

/// Letters of a heading that a link says at most: titles may be as long as a page.
const LONGEST: usize = 120;

/// Words of a link that stand beside each other in one line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PlacedLink {
    pub(crate) element: ElementId,
    /// From 0.
    pub(crate) page: usize,
    /// Left, bottom, right, top in points from the bottom left.
    pub(crate) rect: [f32; 4],
}

/// Adds words of a link to those before: to the same line, or as a line of their own.
pub(crate) fn place(links: &mut Vec<PlacedLink>, drawn: &Drawn, page: usize, fonts: &Fonts, paper: Paper) {
    let Drawn::Text { x, y, size, face, text, shaped, tag: Some(element), .. } = drawn else { return };
    let width = shaped.as_ref().map_or_else(|| fonts.letters_width(*face, *size, text), |shaped| shaped.width);
    let baseline = paper.height - y;
    let [left, bottom, right, top] = [*x, baseline - 0.28 * size, x + width, baseline + 0.85 * size];
    match links.last_mut() {
        Some(last) if last.element == *element && last.page == page && (last.rect[1] - bottom).abs() < 0.01 => {
            last.rect[0] = last.rect[0].min(left);
            last.rect[2] = last.rect[2].max(right);
        }
        Some(_) | None => links.push(PlacedLink { element: *element, page, rect: [left, bottom, right, top] }),
    }
}

/// Writes an annotation for each line of each link onto its page, and returns them for the structure tree.
pub(crate) fn annotate(
    assembly: &mut Assembly,
    structure: &Structure,
    links: &[PlacedLink],
    headings: &[Heading],
    pages: &[u32],
    language: Language,
) -> Result<Vec<Widget>, MinutesError> {
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let lost = || unexpected("a link that leads nowhere");
    let places: BTreeMap<ElementId, &Heading> = headings.iter().map(|heading| (heading.element, heading)).collect();
    let mut made = Vec::with_capacity(links.len());
    for link in links {
        let found = structure.links.binary_search_by_key(&link.element, |(element, _)| *element);
        let item = found.ok().and_then(|at| structure.links.get(at)).map(|(_, item)| item).ok_or_else(lost)?;
        let anchor = structure.anchor_of(*item).ok_or_else(lost)?;
        let target = places.get(&anchor).ok_or_else(lost)?;
        let title = structure.titles.get(anchor);
        let there = pages.get(target.page).copied().ok_or_else(lost)?;
        let page = pages.get(link.page).copied().ok_or_else(lost)?;
        let place = vec![Value::Ref(there), Value::name("XYZ"), Value::Null, real(target.top), Value::Null];
        let said = language.go_to(&shortened(title.unwrap_or_default()));
        let annotation = dict([
            ("Border", Value::Array(vec![Value::Int(0), Value::Int(0), Value::Int(0)])),
            ("Contents", Value::words(&said)),
            ("Dest", Value::Array(place)),
            // Printed, and neither hidden nor locked (ISO 19005-3, 6.3.2).
            ("F", Value::Int(4)),
            ("P", Value::Ref(page)),
            ("Rect", Value::Array(link.rect.map(real).to_vec())),
            ("Subtype", Value::name("Link")),
            ("Type", Value::name("Annot")),
        ]);
        let annotation = assembly.add(Object::Value(Value::Dict(annotation)));
        let holder = assembly.dict_mut(page)?;
        if let Some(Value::Array(list)) = holder.get_mut(b"Annots".as_slice()) {
            list.push(Value::Ref(annotation));
        } else {
            set(holder, "Annots", Value::Array(vec![Value::Ref(annotation)]));
        }
        made.push(Widget { element: link.element, annotation, page });
    }
    Ok(made)
}

fn shortened(title: &str) -> String {
    match title.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", title.get(..end).unwrap_or_default().trim_end()),
        None => title.to_owned(),
    }
}
