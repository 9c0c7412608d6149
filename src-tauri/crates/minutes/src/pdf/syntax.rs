//! A strict, bounded reader of PDF values.

use std::borrow::Cow;
use std::ops::Range;

use super::value::{Dict, Text, Value};
use crate::error::{Refusal, RefusalCode};

/// Deeper nesting than this is refused; our own files stay below ten.
const MAX_DEPTH: u32 = 24;

/// More values in one object are not made: five hundred items have some fifty thousand in the largest, and a file of hostile
/// numbers would take fifty times its size.
const MOST_VALUES: u32 = 1_000_000;

/// The bytes that a name holds as they are (ISO 32000-1, 7.3.5).
const IN_NAMES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        table[byte] = !matches!(byte as u8, b'#' | b'/' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'%');
        byte += 1;
    }
    table
};

/// A position in the bytes being read.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(crate) const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(crate) fn refuse(&self, detail: &str) -> Refusal {
        Refusal::at(RefusalCode::Structure, self.at, detail)
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(crate) fn looking_at(&self, token: &[u8]) -> bool {
        self.rest().starts_with(token)
    }

    /// Takes exactly these bytes or refuses.
    pub(crate) fn expect(&mut self, token: &[u8]) -> Result<(), Refusal> {
        if !self.looking_at(token) {
            return Err(self.refuse(&format!("expected {:?}", String::from_utf8_lossy(token))));
        }
        self.at += token.len();
        Ok(())
    }

    /// Takes `count` bytes whatever they are.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Refusal> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let Some(end) = end else {
            return Err(self.refuse("the file ends too early"));
        };
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// An unsigned decimal number without sign, leading zeros or more than ten digits.
    pub(crate) fn number(&mut self) -> Result<u64, Refusal> {
        let digits = self.rest().iter().take(11).take_while(|byte| byte.is_ascii_digit()).count();
        let text = &self.rest()[..digits];
        if digits == 0 || digits > 10 || (digits > 1 && text[0] == b'0') {
            return Err(self.refuse("expected a plain number"));
        }
        let value = text.iter().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        self.at += digits;
        Ok(value)
    }

    fn spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n')) {
            self.at += 1;
        }
    }

    /// One direct value.
    pub(crate) fn value(&mut self) -> Result<Value, Refusal> {
        self.nested(&mut Values { left: MOST_VALUES }, 0)
    }

    /// Walks one direct value and notes which names occur in it.
    pub(crate) fn notes(&mut self) -> Result<Notes, Refusal> {
        let mut notes = Notes::default();
        self.nested(&mut notes, 0)?;
        Ok(notes)
    }

    fn nested<M: Maker>(&mut self, maker: &mut M, depth: u32) -> Result<M::Made, Refusal> {
        if depth > MAX_DEPTH {
            return Err(self.refuse("values are nested too deeply"));
        }
        if !maker.spend() {
            return Err(self.refuse("more values in one than any of ours has"));
        }
        match self.peek() {
            Some(b'/') => {
                let name = self.name()?;
                Ok(maker.name(&name))
            }
            Some(b'(') => self.literal(maker),
            Some(b'[') => self.array(maker, depth),
            Some(b'<') if self.looking_at(b"<<") => self.dict(maker, depth),
            Some(b'<') => self.hex(maker),
            Some(b't') => self.expect(b"true").map(|()| maker.plain(Plain::Bool(true))),
            Some(b'f') => self.expect(b"false").map(|()| maker.plain(Plain::Bool(false))),
            Some(b'n') => self.expect(b"null").map(|()| maker.plain(Plain::Null)),
            Some(b'0'..=b'9' | b'-' | b'.') => self.numeric(maker),
            Some(_) => Err(self.refuse("no value can begin like this")),
            None => Err(self.refuse("the file ends inside a value")),
        }
    }

    fn name(&mut self) -> Result<Cow<'a, [u8]>, Refusal> {
        self.expect(b"/")?;
        let plain = |byte: &u8| IN_NAMES[usize::from(*byte)];
        let rest = self.rest();
        let length = rest.iter().position(|byte| !plain(byte)).unwrap_or(rest.len());
        let mut name = Cow::Borrowed(rest.get(..length).unwrap_or_default());
        self.at += length;
        while self.peek() == Some(b'#') {
            let code = self.rest().get(1..3).and_then(|digits| hex::decode(digits).ok());
            let Some(code) = code else {
                return Err(self.refuse("a name with a broken escape"));
            };
            name.to_mut().extend(code);
            self.at += 3;
            while let Some(byte) = self.peek().filter(plain) {
                name.to_mut().push(byte);
                self.at += 1;
            }
        }
        if name.is_empty() { Err(self.refuse("an empty name")) } else { Ok(name) }
    }

    fn literal<M: Maker>(&mut self, maker: &mut M) -> Result<M::Made, Refusal> {
        let start = self.at;
        self.at += 1;
        loop {
            let Some(byte) = self.peek() else {
                return Err(self.refuse("the file ends inside a string"));
            };
            self.at += 1;
            match byte {
                b')' => break,
                b'\\' => self.escaped()?,
                0x20..=0x7e if byte != b'(' => {}
                _ => return Err(self.refuse("a string with an unescaped byte")),
            }
        }
        Ok(maker.text(self.bytes, start..self.at, false))
    }

    /// What follows a backslash: a bracket, a backslash, or three octal digits of a byte.
    fn escaped(&mut self) -> Result<(), Refusal> {
        let rest = self.rest();
        if rest.first().is_some_and(|byte| b"()\\".contains(byte)) {
            self.at += 1;
            return Ok(());
        }
        match rest {
            [b'0'..=b'3', b'0'..=b'7', b'0'..=b'7', ..] => {
                self.at += 3;
                Ok(())
            }
            _ => Err(self.refuse("a string with a broken escape")),
        }
    }

    fn hex<M: Maker>(&mut self, maker: &mut M) -> Result<M::Made, Refusal> {
        let start = self.at;
        let Some(length) = self.rest().iter().position(|byte| *byte == b'>') else {
            return Err(self.refuse("the file ends inside a string"));
        };
        let digits = &self.rest()[1..length];
        // One spelling only: with both cases allowed, a signature's bytes could be changed without effect.
        let canonical = digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        if !canonical || !digits.len().is_multiple_of(2) {
            return Err(self.refuse("a hexadecimal string that is not lower-case pairs"));
        }
        self.at += length + 1;
        Ok(maker.text(self.bytes, start..self.at, true))
    }

    fn array<M: Maker>(&mut self, maker: &mut M, depth: u32) -> Result<M::Made, Refusal> {
        self.at += 1;
        let mut values = M::Array::default();
        loop {
            self.spaces();
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(maker.array(values));
            }
            let value = self.nested(maker, depth + 1)?;
            maker.push(&mut values, value);
        }
    }

    /// Its keys ascend, as Cabinet writes them: none can be there twice.
    fn dict<M: Maker>(&mut self, maker: &mut M, depth: u32) -> Result<M::Made, Refusal> {
        self.expect(b"<<")?;
        let mut dict = M::Dict::default();
        let mut before: Cow<'a, [u8]> = Cow::Borrowed(b"");
        loop {
            self.spaces();
            if self.looking_at(b">>") {
                self.at += 2;
                return Ok(maker.dict(dict));
            }
            let key = self.name()?;
            if *key <= *before {
                return Err(self.refuse("a dictionary with the same key twice, or out of order"));
            }
            self.spaces();
            maker.name(&key);
            let value = self.nested(maker, depth + 1)?;
            maker.entry(&mut dict, &key, value);
            before = key;
        }
    }

    fn numeric<M: Maker>(&mut self, maker: &mut M) -> Result<M::Made, Refusal> {
        if let Some(reference) = self.reference()? {
            return Ok(maker.plain(Plain::Ref(reference)));
        }
        let rest = self.rest();
        let length = rest.iter().take(24).take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'.')).count();
        let text = std::str::from_utf8(&rest[..length]).unwrap_or_default();
        let sign_first = !text.bytes().skip(1).any(|digit| digit == b'-');
        let points = text.bytes().filter(|byte| *byte == b'.').count();
        let has_digit = text.bytes().any(|digit| digit.is_ascii_digit());
        if length > 20 || !sign_first || points > 1 || !has_digit {
            return Err(self.refuse("a malformed number"));
        }
        if points == 1 {
            self.at += length;
            return Ok(maker.plain(Plain::Real(text)));
        }
        let Ok(number) = text.parse() else {
            return Err(self.refuse("a number that is too large"));
        };
        self.at += length;
        Ok(maker.plain(Plain::Int(number)))
    }

    /// `12 0 R`, if that is what stands here.
    fn reference(&mut self) -> Result<Option<u32>, Refusal> {
        let rest = self.rest();
        let digits = rest.iter().take(11).take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || digits > 10 || !rest[digits..].starts_with(b" 0 R") {
            return Ok(None);
        }
        let number = self.number()?;
        let Some(number) = u32::try_from(number).ok().filter(|number| *number > 0) else {
            return Err(self.refuse("a reference to no object"));
        };
        self.at += 4;
        Ok(Some(number))
    }
}

/// A value without parts of its own, as it stands in a file.
enum Plain<'t> {
    Null,
    Bool(bool),
    Int(i64),
    Real(&'t str),
    Ref(u32),
}

/// What is made of the values that are read. There is one grammar, and whoever walks a file walks all of it: most of a
/// file's objects are never asked for, so nothing is made of them but notes.
trait Maker {
    type Made;
    type Array: Default;
    type Dict: Default;
    /// Whether one more may be made.
    fn spend(&mut self) -> bool {
        true
    }
    fn plain(&mut self, plain: Plain<'_>) -> Self::Made;
    /// A name: a value, or the key of an entry before its value is read.
    fn name(&mut self, name: &[u8]) -> Self::Made;
    /// A string: the file, and where it stands with its brackets.
    fn text(&mut self, file: &[u8], span: Range<usize>, hex: bool) -> Self::Made;
    fn push(&mut self, array: &mut Self::Array, value: Self::Made);
    fn array(&mut self, array: Self::Array) -> Self::Made;
    fn entry(&mut self, dict: &mut Self::Dict, key: &[u8], value: Self::Made);
    fn dict(&mut self, dict: Self::Dict) -> Self::Made;
}

/// Makes the values themselves, so many at most.
struct Values {
    left: u32,
}

impl Maker for Values {
    type Made = Value;
    type Array = Vec<Value>;
    type Dict = Dict;

    fn spend(&mut self) -> bool {
        let left = self.left.checked_sub(1);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    fn plain(&mut self, plain: Plain<'_>) -> Value {
        match plain {
            Plain::Null => Value::Null,
            Plain::Bool(yes) => Value::Bool(yes),
            Plain::Int(number) => Value::Int(number),
            Plain::Real(text) => Value::Real(text.to_owned()),
            Plain::Ref(number) => Value::Ref(number),
        }
    }

    fn name(&mut self, name: &[u8]) -> Value {
        Value::Name(name.to_vec())
    }

    fn text(&mut self, file: &[u8], span: Range<usize>, hex: bool) -> Value {
        let inner = file.get(span.start + 1..span.end - 1).unwrap_or_default();
        let bytes = if hex { hex::decode(inner).unwrap_or_default() } else { unescaped(inner) };
        Value::Text(Text { bytes, hex, span })
    }

    fn push(&mut self, array: &mut Vec<Value>, value: Value) {
        array.push(value);
    }

    fn array(&mut self, array: Vec<Value>) -> Value {
        Value::Array(array)
    }

    fn entry(&mut self, dict: &mut Dict, key: &[u8], value: Value) {
        dict.insert(key.to_vec(), value);
    }

    fn dict(&mut self, dict: Dict) -> Value {
        Value::Dict(dict)
    }
}

/// The bytes of a literal string that was walked.
fn unescaped(inner: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) => {
                bytes.push(((a - b'0') << 6) | ((b - b'0') << 3) | (c - b'0'));
                rest = after;
            }
            (b'\\', [plain, after @ ..]) => {
                bytes.push(*plain);
                rest = after;
            }
            (plain, _) => bytes.push(*plain),
        }
    }
    bytes
}

/// Which names occur in a value, as keys or as values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    /// One that makes a document do something ([`is_active`]).
    pub(crate) active: bool,
    /// One that a field, a signature or a permission cannot do without.
    pub(crate) form: bool,
}

impl Maker for Notes {
    type Made = ();
    type Array = ();
    type Dict = ();

    fn plain(&mut self, _: Plain<'_>) {}

    fn name(&mut self, name: &[u8]) {
        // Most names of a file are keys of one letter.
        if name.len() < 2 {
            return;
        }
        self.active |= is_active(name);
        self.form |= matches!(name, b"FT" | b"Sig" | b"ByteRange" | b"Perms");
    }

    fn text(&mut self, _: &[u8], _: Range<usize>, _: bool) {}

    fn push(&mut self, (): &mut (), (): ()) {}

    fn array(&mut self, (): ()) {}

    fn entry(&mut self, (): &mut (), _: &[u8], (): ()) {}

    fn dict(&mut self, (): ()) {}
}

/// Keys and action types that make a document do something. Minutes never do.
fn is_active(name: &[u8]) -> bool {
    matches!(
        name,
        b"JavaScript"
            | b"JS"
            | b"OpenAction"
            | b"AA"
            | b"XFA"
            | b"Launch"
            | b"SubmitForm"
            | b"ImportData"
            | b"Rendition"
            | b"RichMedia"
            | b"GoToR"
            | b"GoToE"
            | b"URI"
            | b"Thread"
            | b"Sound"
            | b"Movie"
            | b"Hide"
            | b"ResetForm"
            | b"SetOCGState"
            | b"Trans"
    )
}
