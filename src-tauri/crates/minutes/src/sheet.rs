//! One page of a document as a file of its own: what a window draws, without the thousands of objects of the others.

use std::collections::{BTreeMap, VecDeque};

use crate::error::{Refusal, RefusalCode};
use crate::pdf::file::{Object, PdfFile, Tail, write_identified};
use crate::pdf::value::{Dict, Value, dict, get, set};

/// A page and how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// How many pages the whole document has.
    pub pages: usize,
    /// A PDF with the one page: its content, fonts and what is drawn in its fields, each stream as it stands in the
    /// document. No structure, attachment, link or signature: it is to be looked at and proves nothing.
    pub pdf: Vec<u8>,
}

/// What of a page and of what stands on it leads elsewhere, or has no part in how it looks.
const AWAY: [&str; 9] = ["A", "AF", "Dest", "P", "Parent", "StructParent", "StructParents", "Tabs", "V"];
/// The number of the first object after the catalog, the page tree and the page.
const FIRST_BESIDE: u32 = 4;
/// A page with its fonts has dozens; whoever makes more has the whole document drawn instead.
const MOST_OBJECTS: usize = 2_000;

/// Page `number`, from 1, as a file of its own. The document is walked as [`crate::verify()`] does: of what is found by its
/// tables and what stands in it, there is one reading.
///
/// # Errors
/// A [`Refusal`] where it is not written as Cabinet writes, or has no such page.
pub fn sheet(pdf: &[u8], number: usize) -> Result<Sheet, Refusal> {
    let file = PdfFile::read(pdf)?;
    let lost = |what: &str| Refusal::new(RefusalCode::Structure, format!("{what} cannot be found"));
    let tree = file.catalog().and_then(|catalog| get(catalog, "Pages")).and_then(|tree| file.resolve(tree)?.as_dict());
    let kids = tree.and_then(|tree| get(tree, "Kids")).and_then(Value::as_array).ok_or_else(|| lost("the pages"))?;
    let page = number.checked_sub(1).and_then(|at| kids.get(at)).and_then(|page| file.resolve(page)?.as_dict());
    let page = page.filter(|page| get(page, "Type").is_some_and(|kind| kind.is_name("Page")));
    let page = page.ok_or_else(|| lost(&format!("page {number} of {}", kids.len())))?;

    let mut copy = Copy { numbers: BTreeMap::new(), wanted: VecDeque::new() };
    let mut alone = copy.dict(&file, page);
    set(&mut alone, "Parent", Value::Ref(2));
    let whole = dict([("Pages", Value::Ref(2)), ("Type", Value::name("Catalog"))]);
    let pages =
        dict([("Count", Value::Int(1)), ("Kids", Value::Array(vec![Value::Ref(3)])), ("Type", Value::name("Pages"))]);
    let mut objects: Vec<Object> = [whole, pages, alone].map(|dict| Object::Value(Value::Dict(dict))).into();
    while let Some(old) = copy.wanted.pop_front() {
        let found = file.object(old).ok_or_else(|| lost("an object"))?;
        objects.push(match (&found.stream, found.value()) {
            (Some(span), Value::Dict(dict)) => {
                let data = pdf.get(span.clone()).unwrap_or_default().to_vec();
                Object::Stream { dict: copy.dict(&file, dict), data }
            }
            (_, value) => Object::Value(copy.value(&file, value)),
        });
        if objects.len() > MOST_OBJECTS {
            return Err(lost("an end of the page"));
        }
    }
    let size = i64::try_from(objects.len()).unwrap_or(i64::MAX) + 1;
    let trailer = dict([("Root", Value::Ref(1)), ("Size", Value::Int(size))]);
    Ok(Sheet { pages: kids.len(), pdf: write_identified(&objects, &Tail::default(), trailer) })
}

/// What a page needs, numbered anew in the order in which it is met.
struct Copy {
    /// By the number in the document.
    numbers: BTreeMap<u32, u32>,
    /// Numbered, and not yet copied.
    wanted: VecDeque<u32>,
}

impl Copy {
    fn dict(&mut self, file: &PdfFile<'_>, of: &Dict) -> Dict {
        let stays = |key: &[u8]| !AWAY.iter().any(|away| away.as_bytes() == key);
        of.iter().filter(|(key, _)| stays(key)).map(|(key, value)| (key.clone(), self.value(file, value))).collect()
    }

    fn value(&mut self, file: &PdfFile<'_>, of: &Value) -> Value {
        match of {
            Value::Ref(old) => Value::Ref(self.number(*old)),
            Value::Array(values) => {
                let shown = values.iter().filter(|value| !is_link(file, value));
                Value::Array(shown.map(|value| self.value(file, value)).collect())
            }
            Value::Dict(dict) => Value::Dict(self.dict(file, dict)),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Real(_)
            | Value::Name(_)
            | Value::Text(_)
            | Value::Verbatim(_) => of.clone(),
        }
    }

    fn number(&mut self, old: u32) -> u32 {
        let next = FIRST_BESIDE + u32::try_from(self.numbers.len()).unwrap_or(u32::MAX - FIRST_BESIDE);
        *self.numbers.entry(old).or_insert_with(|| {
            self.wanted.push_back(old);
            next
        })
    }
}

/// Links are not drawn.
fn is_link(file: &PdfFile<'_>, value: &Value) -> bool {
    let of = file.resolve(value).and_then(Value::as_dict);
    of.and_then(|of| get(of, "Subtype")).is_some_and(|kind| kind.is_name("Link"))
}
