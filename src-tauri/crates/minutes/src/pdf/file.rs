//! Whole files: writing a base revision, appending one, and walking both back.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read as _;

use flate2::read::ZlibDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};
use sha2::{Digest as _, Sha256};

use super::found::Found;
use super::syntax::Reader;
use super::value::{Dict, Value, get, put_number, set};
use crate::error::{Refusal, RefusalCode};

/// PDF 1.7 and four high bytes, so that transports treat the file as binary (ISO 32000-1, 7.5.2).
const HEADER: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";
/// Files above this size are refused unread, in bytes (256 MiB).
pub const MAX_FILE: usize = 256 << 20;
/// More objects than this are refused; an item of an agenda makes about a hundred, most of them structure elements.
const MAX_OBJECTS: usize = 500_000;

/// More revisions than this are refused: the base and one for each signature.
pub(crate) const MAX_REVISIONS: usize = 100;

/// An indirect object ready to be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Object {
    Value(Value),
    Stream { dict: Dict, data: Vec<u8> },
}

impl Object {
    /// A stream, deflated; `Length` and `Filter` are set here.
    pub(crate) fn deflated(dict: Dict, data: &[u8]) -> Self {
        match deflated(data) {
            Some(packed) => {
                let mut dict = dict;
                set(&mut dict, "Filter", Value::name("FlateDecode"));
                Self::Stream { dict, data: packed }
            }
            // What could not be packed stays as it is: nothing is lost.
            None => Self::Stream { dict, data: data.to_vec() },
        }
    }

    /// About how many bytes of a file it takes. It seldom takes more, for what is written to grows by doubling.
    fn size(&self) -> usize {
        match self {
            Self::Value(value) => value.size() + 24,
            Self::Stream { data, .. } => data.len() + 256,
        }
    }

    fn write(&self, number: u32, out: &mut Vec<u8>) {
        begin_object(number, out);
        match self {
            Self::Value(value) => value.write(out),
            Self::Stream { dict, data } => {
                let mut dict = dict.clone();
                set(&mut dict, "Length", Value::Int(i64::try_from(data.len()).unwrap_or(i64::MAX)));
                Value::Dict(dict).write(out);
                out.extend_from_slice(b"\nstream\n");
                out.extend_from_slice(data);
                out.extend_from_slice(b"\nendstream");
            }
        }
        end_object(out);
    }
}

fn begin_object(number: u32, out: &mut Vec<u8>) {
    put_number(u64::from(number), out);
    out.extend_from_slice(b" 0 obj\n");
}

fn end_object(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\nendobj\n");
}

/// The last objects of a document, as they stand in the file: its structure elements, of which there are tens of thousands.
/// Chunks of them fit where pages stood in memory; one buffer of some megabytes would not.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    chunks: Vec<Chunk>,
    values: usize,
    bytes: usize,
}

#[derive(Debug)]
struct Chunk {
    bytes: Vec<u8>,
    /// Where each value ends.
    ends: Vec<usize>,
}

/// A chunk is full with so many bytes; the value that goes beyond is the last in it.
const CHUNK: usize = 64 << 10;

impl Tail {
    /// Adds what `write` writes as one value.
    pub(crate) fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if self.chunks.last().is_none_or(|chunk| chunk.bytes.len() >= CHUNK) {
            // The value that goes beyond has room as well, as a rule.
            self.chunks.push(Chunk { bytes: Vec::with_capacity(CHUNK + 1024), ends: Vec::new() });
        }
        if let Some(chunk) = self.chunks.last_mut() {
            let before = chunk.bytes.len();
            write(&mut chunk.bytes);
            chunk.ends.push(chunk.bytes.len());
            self.bytes += chunk.bytes.len() - before;
            self.values += 1;
        }
    }

    /// How many objects there are.
    pub(crate) const fn len(&self) -> usize {
        self.values
    }

    fn each(&self) -> impl Iterator<Item = &[u8]> {
        self.chunks.iter().flat_map(|chunk| {
            let mut from = 0;
            chunk
                .ends
                .iter()
                .map(move |end| chunk.bytes.get(std::mem::replace(&mut from, *end)..*end).unwrap_or_default())
        })
    }
}

/// Packs bytes (RFC 1950); `None` if that fails. A document has a stream for each page: what packs them is made once for a
/// thread.
pub(crate) fn deflated(data: &[u8]) -> Option<Vec<u8>> {
    thread_local! {
        static PACKER: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), true));
    }
    PACKER.with_borrow_mut(|packer| {
        packer.reset();
        // Rarely is there more than this; then there is another round.
        let mut packed = Vec::with_capacity(data.len() / 2 + 256);
        loop {
            let taken = usize::try_from(packer.total_in()).ok()?;
            match packer.compress_vec(data.get(taken..)?, &mut packed, FlushCompress::Finish).ok()? {
                Status::StreamEnd => {
                    packed.shrink_to_fit();
                    return Some(packed);
                }
                Status::Ok | Status::BufError => packed.reserve(data.len() / 4 + 1024),
            }
        }
    })
}

/// Writes a complete first revision. Object numbers must run from 1 without gaps: readers refuse to
/// sign again over a fragmented table.
#[cfg(test)]
pub(crate) fn write_base(objects: &BTreeMap<u32, Object>, trailer: &Dict) -> Vec<u8> {
    let mut out = HEADER.to_vec();
    append(&mut out, objects, trailer, None);
    out
}

/// The same with an identity of its own, the digest of what it is without one: the same content is the same file.
/// The first of `objects` is number 1; the `last` stand behind them.
pub(crate) fn write_identified(objects: &[Object], last: &Tail, mut trailer: Dict) -> Vec<u8> {
    let sizes = objects.iter().map(Object::size).sum::<usize>() + last.bytes + 24 * last.len();
    // An object has a line in the table as well.
    let mut out = Vec::with_capacity(sizes + 20 * (objects.len() + last.len()) + (4 << 10));
    out.extend_from_slice(HEADER);
    let mut offsets = Vec::with_capacity(objects.len() + last.len());
    for (number, object) in (1..).zip(objects) {
        offsets.push((number, out.len()));
        object.write(number, &mut out);
    }
    let behind = u32::try_from(objects.len()).unwrap_or(u32::MAX).saturating_add(1);
    for (number, value) in (behind..).zip(last.each()) {
        offsets.push((number, out.len()));
        begin_object(number, &mut out);
        out.extend_from_slice(value);
        end_object(&mut out);
    }
    let table = write_table(&mut out, &offsets, true);
    let end = out.len();
    write_trailer(&mut out, &trailer, table);
    let digest = Sha256::digest(&out);
    let id = Value::hex(&digest[..16]);
    set(&mut trailer, "ID", Value::Array(vec![id.clone(), id]));
    out.truncate(end);
    write_trailer(&mut out, &trailer, table);
    out
}

/// Appends a revision to `out`: its objects, table and trailer (`Prev` is set here). Returns where each object stands.
pub(crate) fn write_update(
    out: &mut Vec<u8>,
    objects: &BTreeMap<u32, Object>,
    trailer: &Dict,
    previous_table: usize,
) -> BTreeMap<u32, usize> {
    append(out, objects, trailer, Some(previous_table))
}

fn append(
    out: &mut Vec<u8>,
    objects: &BTreeMap<u32, Object>,
    trailer: &Dict,
    previous: Option<usize>,
) -> BTreeMap<u32, usize> {
    let numbered = objects.iter().map(|(number, object)| (*number, object));
    let mut offsets = Vec::with_capacity(objects.len());
    for (number, object) in numbered {
        offsets.push((number, out.len()));
        object.write(number, out);
    }
    let table = write_table(out, &offsets, previous.is_none());
    let mut trailer = trailer.clone();
    if let Some(previous) = previous {
        set(&mut trailer, "Prev", Value::Int(i64::try_from(previous).unwrap_or(i64::MAX)));
    }
    write_trailer(out, &trailer, table);
    offsets.into_iter().collect()
}

/// Appends the table of objects that stand at these offsets; returns where it stands.
fn write_table(out: &mut Vec<u8>, offsets: &[(u32, usize)], base: bool) -> usize {
    let at = out.len();
    out.extend(table(offsets, base));
    at
}

/// The cross-reference table of objects at these offsets, in one section of a base revision, else in a section for each
/// run of consecutive numbers.
fn table(offsets: &[(u32, usize)], base: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + 20 * offsets.len());
    out.extend_from_slice(b"xref\n");
    if base {
        out.extend_from_slice(format!("0 {}\n0000000000 65535 f \n", offsets.len() + 1).as_bytes());
    }
    let follows = |a: &(u32, usize), b: &(u32, usize)| a.0 + 1 == b.0;
    for run in offsets.chunk_by(|a, b| base || follows(a, b)) {
        if let (false, Some((first, _))) = (base, run.first()) {
            out.extend_from_slice(format!("{first} {}\n", run.len()).as_bytes());
        }
        for (_, offset) in run {
            let mut entry = *b"0000000000 00000 n \n";
            let mut rest = *offset;
            for digit in entry[..10].iter_mut().rev() {
                *digit = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
            out.extend_from_slice(&entry);
        }
    }
    out
}

fn write_trailer(out: &mut Vec<u8>, trailer: &Dict, table: usize) {
    out.extend_from_slice(b"trailer\n");
    Value::Dict(trailer.clone()).write(out);
    out.extend_from_slice(format!("\nstartxref\n{table}\n%%EOF\n").as_bytes());
}

/// One revision: the objects it adds or replaces, and where it ends.
#[derive(Debug)]
pub(crate) struct Revision<'a> {
    pub(crate) objects: BTreeMap<u32, Found<'a>>,
    pub(crate) trailer: Dict,
    /// Offset of its cross-reference table.
    pub(crate) table: usize,
    /// One past its last byte.
    pub(crate) end: usize,
}

/// A file read from its first byte to its last.
#[derive(Debug)]
pub(crate) struct PdfFile<'a> {
    pub(crate) bytes: &'a [u8],
    /// Never empty: the base revision, then the appended ones.
    pub(crate) revisions: Vec<Revision<'a>>,
}

impl<'a> PdfFile<'a> {
    /// Walks the whole file. Refuses anything that Cabinet would not have written.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Refusal> {
        if bytes.len() > MAX_FILE {
            return Err(Refusal::new(RefusalCode::TooLarge, format!("{} bytes; at most {MAX_FILE}", bytes.len())));
        }
        if !bytes.starts_with(HEADER) {
            return Err(Refusal::at(RefusalCode::NotOurPdf, 0, "the file does not begin as a PDF 1.7 of Cabinet"));
        }
        let mut reader = Reader::new(bytes, HEADER.len());
        let mut revisions = vec![read_revision(&mut reader, None)?];
        while !reader.is_at_end() {
            if !reader.rest().first().is_some_and(u8::is_ascii_digit) {
                let detail = "bytes follow the end of the last revision";
                return Err(Refusal::at(RefusalCode::TrailingBytes, reader.at(), detail));
            }
            if revisions.len() == MAX_REVISIONS {
                return Err(reader.refuse("too many revisions"));
            }
            let previous = revisions.last();
            revisions.push(read_revision(&mut reader, previous)?);
        }
        Ok(Self { bytes, revisions })
    }

    /// The base revision.
    pub(crate) fn base(&self) -> &Revision<'a> {
        &self.revisions[0]
    }

    /// The object as it stands after revision `upto` (counting from 0).
    pub(crate) fn object_in(&self, upto: usize, number: u32) -> Option<&Found<'a>> {
        self.revisions.get(..=upto)?.iter().rev().find_map(|revision| revision.objects.get(&number))
    }

    /// The object as it stands at the end of the file.
    pub(crate) fn object(&self, number: u32) -> Option<&Found<'a>> {
        self.object_in(self.revisions.len() - 1, number)
    }

    /// Follows a reference; a direct value stands for itself.
    pub(crate) fn resolve<'v>(&'v self, value: &'v Value) -> Option<&'v Value> {
        value.as_ref().map_or(Some(value), |number| self.object(number).map(Found::value))
    }

    /// The document catalog at the end of the file.
    pub(crate) fn catalog(&self) -> Option<&Dict> {
        self.object(self.root()?)?.dict()
    }

    /// The catalog's object number.
    pub(crate) fn root(&self) -> Option<u32> {
        get(&self.base().trailer, "Root")?.as_ref()
    }

    /// A stream's bytes, unpacked, at most `limit` of them.
    pub(crate) fn stream(&self, found: &Found<'_>, limit: u64) -> Option<Vec<u8>> {
        let data = self.bytes.get(found.stream.clone()?)?;
        match get(found.dict()?, "Filter") {
            None => (data.len() as u64 <= limit).then(|| data.to_vec()),
            Some(filter) if filter.is_name("FlateDecode") => {
                let mut unpacked = Vec::new();
                let mut decoder = ZlibDecoder::new(data);
                let read = decoder.by_ref().take(limit + 1).read_to_end(&mut unpacked).ok()?;
                (read as u64 <= limit && decoder.total_in() as usize == data.len()).then_some(unpacked)
            }
            Some(_) => None,
        }
    }
}

fn read_revision<'a>(reader: &mut Reader<'a>, previous: Option<&Revision<'a>>) -> Result<Revision<'a>, Refusal> {
    let mut objects = BTreeMap::new();
    let mut offsets = Vec::new();
    let mut last = 0;
    while !reader.looking_at(b"xref\n") {
        let at = reader.at();
        let number = u32::try_from(reader.number()?).map_err(|_| reader.refuse("an object number too large"))?;
        if number <= last || objects.len() >= MAX_OBJECTS {
            return Err(reader.refuse("objects out of order, twice, or too many"));
        }
        last = number;
        offsets.push((number, at));
        objects.insert(number, read_object(reader)?);
    }
    let at = reader.at();
    read_table(reader, &offsets, previous.is_none())?;
    reader.expect(b"trailer\n")?;
    let Value::Dict(trailer) = reader.value()? else {
        return Err(reader.refuse("a trailer that is no dictionary"));
    };
    reader.expect(b"\nstartxref\n")?;
    if usize::try_from(reader.number()?) != Ok(at) {
        return Err(reader.refuse("startxref does not point at this revision's table"));
    }
    reader.expect(b"\n%%EOF\n")?;
    let revision = Revision { objects, trailer, table: at, end: reader.at() };
    check_trailer(reader, &revision, previous)?;
    Ok(revision)
}

pub(super) fn read_object<'a>(reader: &mut Reader<'a>) -> Result<Found<'a>, Refusal> {
    reader.expect(b" 0 obj\n")?;
    let (file, at) = (reader.bytes(), reader.at());
    let notes = reader.notes()?;
    let mut found = Found::walked(file, at, notes);
    if reader.looking_at(b"\nstream\n") {
        let length = found.dict().and_then(|dict| get(dict, "Length")).and_then(Value::as_int);
        let Some(length) = length.and_then(|length| usize::try_from(length).ok()) else {
            return Err(reader.refuse("a stream without a plain length"));
        };
        reader.expect(b"\nstream\n")?;
        let start = reader.at();
        reader.take(length)?;
        found.stream = Some(start..start + length);
        reader.expect(b"\nendstream")?;
    }
    reader.expect(b"\nendobj\n")?;
    Ok(found)
}

/// The table must say exactly what was walked: same numbers, same offsets, nothing more.
fn read_table(reader: &mut Reader<'_>, offsets: &[(u32, usize)], base: bool) -> Result<(), Refusal> {
    let contiguous = || (1..).zip(offsets).all(|(expected, (number, _))| expected == *number);
    if base && !contiguous() {
        return Err(reader.refuse("object numbers of the first revision have gaps"));
    }
    let expected = table(offsets, base);
    if !reader.looking_at(&expected) {
        return Err(reader.refuse("the cross-reference table differs from the objects before it"));
    }
    reader.expect(&expected)
}

fn check_trailer(reader: &Reader<'_>, revision: &Revision<'_>, previous: Option<&Revision<'_>>) -> Result<(), Refusal> {
    let trailer = &revision.trailer;
    let refuse = |detail: &str| Err(reader.refuse(detail));
    let allowed: &[&[u8]] = &[b"ID", b"Info", b"Prev", b"Root", b"Size"];
    if trailer.keys().any(|key| !allowed.contains(&key.as_slice())) {
        return refuse("a trailer with an unknown entry");
    }
    let highest = revision.objects.last_key_value().map_or(0, |(number, _)| *number);
    let known = previous.map_or(0, |previous| size(&previous.trailer));
    if size(trailer) != (i64::from(highest) + 1).max(known) {
        return refuse("a trailer whose Size is not one more than the highest object");
    }
    let Some(previous) = previous else {
        return if trailer.contains_key(b"Prev".as_slice()) { refuse("a first revision with Prev") } else { Ok(()) };
    };
    let same = |key: &str| get(trailer, key).is_some() && get(trailer, key) == get(&previous.trailer, key);
    if !same("Root") || !same("Info") {
        return refuse("a later revision names another catalog or Info");
    }
    let first_id = |trailer: &Dict| get(trailer, "ID").and_then(Value::as_array).and_then(|ids| ids.first().cloned());
    if first_id(trailer).is_none() || first_id(trailer) != first_id(&previous.trailer) {
        return refuse("a later revision names another document");
    }
    if get(trailer, "Prev").and_then(Value::as_int) != i64::try_from(previous.table).ok() {
        return refuse("a later revision does not point back at the one before");
    }
    Ok(())
}

/// The trailer's Size: one more than the highest object number.
pub(crate) fn size(trailer: &Dict) -> i64 {
    get(trailer, "Size").and_then(Value::as_int).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::value::dict;
    use super::*;

    #[test]
    fn a_tail_of_many_values_is_read_back_in_order_behind_the_other_objects() {
        let words = |number: usize| match number {
            // Longer than a chunk, and nothing at all in between.
            700 => "x".repeat(3 * CHUNK),
            701 => String::new(),
            _ => format!("value {number}"),
        };
        let mut tail = Tail::default();
        for number in 0..20_000 {
            tail.add(|out| Value::words(&words(number)).write(out));
        }
        assert!(tail.chunks.len() > 4);
        let first = [Object::Value(Value::Int(1)), Object::deflated(Dict::new(), b"stream")];
        let size = Value::Int(20_003);
        let pdf = write_identified(&first, &tail, dict([("Root", Value::Ref(1)), ("Size", size)]));
        let file = PdfFile::read(&pdf).expect("it is written as it is read");
        let read: Vec<String> =
            file.base().objects.values().skip(2).map(|found| found.value().as_words().expect("words")).collect();
        assert_eq!(read.len(), 20_000);
        for (number, read) in read.into_iter().enumerate() {
            assert!(read == words(number), "{number}");
        }
    }
}
