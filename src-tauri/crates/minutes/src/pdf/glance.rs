//! The few objects of a file that signing needs, found by its tables: nobody walks ten thousand others for them.
//!
//! Nothing else is judged here, and nothing that is found may be believed of a file that [`PdfFile::read`] did not walk
//! before, or does not walk before anybody gets it.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{MAX_FILE, MAX_REVISIONS, PdfFile, Revision, read_object};
use super::syntax::Reader;
use super::value::{Value, get};
use crate::error::{Refusal, RefusalCode};

/// What ends a revision.
const END: &[u8] = b"\n%%EOF\n";
/// A line of a table: ten digits of the offset, five of the generation, and which of both kinds it is.
const LINE: usize = 20;
/// What of the catalog signing looks at.
const ROOMS: [&str; 2] = ["AcroForm", "Names"];
/// More objects than this are not looked at; a form and what is attached have dozens.
const MOST: usize = 2_000;

/// A run of consecutive objects in a table.
struct Section {
    first: u32,
    count: u32,
    /// Where its first line stands.
    at: usize,
}

/// The last revision of a file and those before it, with the form, its fonts and the attachments of it alone.
///
/// # Errors
/// A [`Refusal`] where these cannot be found as Cabinet writes them.
pub(crate) fn glance(bytes: &[u8]) -> Result<PdfFile<'_>, Refusal> {
    if bytes.len() > MAX_FILE {
        return Err(Refusal::new(RefusalCode::TooLarge, format!("{} bytes; at most {MAX_FILE}", bytes.len())));
    }
    let (mut revisions, mut sections) = (Vec::new(), Vec::new());
    let mut table = last_table(bytes)?;
    loop {
        let (revision, held) = revision_at(bytes, table)?;
        let before = get(&revision.trailer, "Prev").and_then(Value::as_int);
        revisions.push(revision);
        sections.push(held);
        let Some(before) = before else { break };
        // Each stands before the one that names it, so this ends.
        table = usize::try_from(before).ok().filter(|before| *before < table).ok_or_else(|| lost("its tables"))?;
        if revisions.len() == MAX_REVISIONS {
            return Err(lost("its first revision"));
        }
    }
    revisions.reverse();
    sections.reverse();
    let root = revisions.first().and_then(|base| get(&base.trailer, "Root")?.as_ref());
    let root = root.ok_or_else(|| lost("its catalog"))?;
    let mut seen = BTreeSet::from([root]);
    let mut next = vec![root];
    while let Some(number) = next.pop() {
        let place =
            sections.iter().enumerate().rev().find_map(|(index, held)| Some((index, offset(bytes, held, number)?)));
        let (index, at) = place.ok_or_else(|| lost("an object"))?;
        let mut reader = Reader::new(bytes, at);
        if reader.number()? != u64::from(number) {
            return Err(lost("an object where its table says"));
        }
        let found = read_object(&mut reader)?;
        let mut named = Vec::new();
        match found.dict() {
            Some(catalog) if number == root => {
                ROOMS.iter().filter_map(|room| get(catalog, room)).for_each(|room| references(room, &mut named));
            }
            Some(_) | None => references(found.value(), &mut named),
        }
        next.extend(named.into_iter().filter(|number| seen.insert(*number)));
        if seen.len() > MOST {
            return Err(lost("an end of its form"));
        }
        if let Some(revision) = revisions.get_mut(index) {
            revision.objects.insert(number, found);
        }
    }
    Ok(PdfFile { bytes, revisions })
}

fn lost(what: &str) -> Refusal {
    Refusal::new(RefusalCode::Structure, format!("the file does not say where {what} stands"))
}

/// Where the last table stands, as the end of the file says.
fn last_table(bytes: &[u8]) -> Result<usize, Refusal> {
    let told = bytes.strip_suffix(END).ok_or_else(|| lost("its last table"))?;
    let digits = told.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, digits) = told.split_at(told.len() - digits);
    let table = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    table.filter(|_| before.ends_with(b"\nstartxref\n")).ok_or_else(|| lost("its last table"))
}

/// The table at an offset, and the trailer after it.
fn revision_at(bytes: &[u8], table: usize) -> Result<(Revision<'_>, Vec<Section>), Refusal> {
    let mut reader = Reader::new(bytes, table);
    reader.expect(b"xref\n")?;
    let mut sections = Vec::new();
    while !reader.looking_at(b"trailer\n") {
        let part = |number: u64| u32::try_from(number).map_err(|_| lost("its objects"));
        let first = part(reader.number()?)?;
        reader.expect(b" ")?;
        let count = part(reader.number()?)?;
        reader.expect(b"\n")?;
        let at = reader.at();
        reader.take((count as usize).checked_mul(LINE).ok_or_else(|| lost("its objects"))?)?;
        sections.push(Section { first, count, at });
    }
    reader.expect(b"trailer\n")?;
    let Value::Dict(trailer) = reader.value()? else { return Err(lost("its trailer")) };
    reader.expect(b"\nstartxref\n")?;
    reader.number()?;
    reader.expect(END)?;
    Ok((Revision { objects: BTreeMap::new(), trailer, table, end: reader.at() }, sections))
}

/// Where an object stands by a table; `None` where the table does not have it.
fn offset(bytes: &[u8], sections: &[Section], number: u32) -> Option<usize> {
    let held = |section: &&Section| number >= section.first && number - section.first < section.count;
    let section = sections.iter().find(held)?;
    let line = section.at + (number - section.first) as usize * LINE;
    let line = bytes.get(line..line + LINE)?;
    let (digits, used) = (line.get(..10)?, line.ends_with(b" 00000 n \n"));
    std::str::from_utf8(digits).ok()?.parse().ok().filter(|_| used)
}

/// The objects that a value names. A field also names its page: what stands there is nothing to signing.
fn references(value: &Value, out: &mut Vec<u32>) {
    match value {
        Value::Ref(number) => out.push(*number),
        Value::Array(values) => values.iter().for_each(|value| references(value, out)),
        Value::Dict(dict) => {
            dict.iter().filter(|(key, _)| key.as_slice() != b"P").for_each(|(_, value)| references(value, out));
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Real(_) | Value::Name(_) | Value::Text(_) => {}
        Value::Verbatim(_) => {}
    }
}
