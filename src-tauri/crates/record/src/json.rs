//! Strict JSON: the only reader of bytes that come from outside.
//!
//! The usual parsers silently drop a repeated key and round a large integer, so that two readers of
//! the same signed bytes may see two different things. This one refuses instead (record.md, *Entry*):
//! repeated keys, fractions and exponents, integers beyond ±(2⁵³−1), negative zero, lone
//! surrogates, bytes that are not UTF-8, more than [`Limits::depth`] levels and more than
//! [`Limits::bytes`] bytes. Every refusal says at which byte.
use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

/// The largest integer a record may hold: 2⁵³−1, the last that every JSON reader keeps exactly (RFC 8259 §6).
pub const MAX_INTEGER: i64 = 9_007_199_254_740_991;

/// How much a reader accepts before it refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The greatest length, in bytes.
    pub bytes: usize,
    /// The greatest nesting of lists and objects.
    pub depth: u32,
}

impl Limits {
    /// For one entry's envelope or payload: 1 MiB, 32 levels.
    pub const ENTRY: Self = Self { bytes: 1 << 20, depth: 32 };
    /// For a whole evidence bundle, blobs included: 512 MiB, 32 levels.
    pub const BUNDLE: Self = Self { bytes: 512 << 20, depth: 32 };
}

/// A JSON value as records know it: no fractions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer within ±(2⁵³−1).
    Integer(i64),
    /// A string, unescaped.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// An object; keys are unique by construction.
    Object(BTreeMap<String, Value>),
}

impl Value {
    /// The member `key` of an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(key),
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The values of a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(values) => Some(values),
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::Text(_) | Self::Object(_) => None,
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(values) => values.serialize(serializer),
            Self::Object(members) => members.serialize(serializer),
        }
    }
}

/// What is wrong with the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// More bytes than the limit named.
    TooLarge(usize),
    /// More levels than the limit named.
    TooDeep(u32),
    /// Not UTF-8, or a surrogate without its pair.
    NotUtf8,
    /// The same key twice in one object.
    DuplicateKey(String),
    /// A fraction or an exponent.
    Float,
    /// An integer beyond ±(2⁵³−1), or negative zero.
    IntegerRange,
    /// Not JSON; the text says what was expected.
    Syntax(&'static str),
}

/// A refusal to read, with the byte at which it happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault} (byte {at})")]
pub struct JsonError {
    /// What is wrong.
    pub fault: Fault,
    /// Offset in bytes from the start.
    pub at: usize,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(limit) => write!(f, "larger than {limit} bytes"),
            Self::TooDeep(limit) => write!(f, "nested deeper than {limit} levels"),
            Self::NotUtf8 => f.write_str("not valid UTF-8"),
            Self::DuplicateKey(key) => {
                let key: String = key.chars().take(60).collect();
                write!(f, "the key {key:?} stands twice in one object")
            }
            Self::Float => f.write_str("a number with a fraction or an exponent"),
            Self::IntegerRange => f.write_str("an integer beyond ±(2^53-1), or negative zero"),
            Self::Syntax(expected) => write!(f, "not JSON: expected {expected}"),
        }
    }
}

/// Reads exactly one value and nothing after it but white space.
///
/// # Errors
/// [`JsonError`] for everything the module's page lists.
pub fn parse(bytes: &[u8], limits: Limits) -> Result<Value, JsonError> {
    if bytes.len() > limits.bytes {
        return Err(JsonError { fault: Fault::TooLarge(limits.bytes), at: limits.bytes });
    }
    let text =
        std::str::from_utf8(bytes).map_err(|error| JsonError { fault: Fault::NotUtf8, at: error.valid_up_to() })?;
    let mut reader = Reader { text, at: 0, limits };
    reader.skip_space();
    let value = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.syntax("the end"));
    }
    Ok(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    limits: Limits,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault(&self, fault: Fault) -> JsonError {
        JsonError { fault, at: self.at }
    }

    fn syntax(&self, expected: &'static str) -> JsonError {
        self.fault(Fault::Syntax(expected))
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: u32) -> Result<Value, JsonError> {
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(Value::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(_) | None => Err(self.syntax("a value")),
        }
    }

    fn word(&mut self, word: &'static str, value: Value) -> Result<Value, JsonError> {
        if self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.syntax(word))
        }
    }

    fn deeper(&self, depth: u32) -> Result<u32, JsonError> {
        if depth >= self.limits.depth {
            return Err(self.fault(Fault::TooDeep(self.limits.depth)));
        }
        Ok(depth + 1)
    }

    fn object(&mut self, depth: u32) -> Result<Value, JsonError> {
        let depth = self.deeper(depth)?;
        self.at += 1;
        let mut members = BTreeMap::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_space();
            let key_at = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.syntax("a key"));
            }
            let key = self.string()?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.syntax("':'"));
            }
            self.at += 1;
            self.skip_space();
            let value = self.value(depth)?;
            if members.contains_key(&key) {
                return Err(JsonError { fault: Fault::DuplicateKey(key), at: key_at });
            }
            members.insert(key, value);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::Object(members));
                }
                Some(_) | None => return Err(self.syntax("',' or '}'")),
            }
        }
    }

    fn list(&mut self, depth: u32) -> Result<Value, JsonError> {
        let depth = self.deeper(depth)?;
        self.at += 1;
        let mut values = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(values));
        }
        loop {
            self.skip_space();
            values.push(self.value(depth)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::List(values));
                }
                Some(_) | None => return Err(self.syntax("',' or ']'")),
            }
        }
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let digits = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        let count = self.at - digits;
        if count == 0 || (count > 1 && self.text.as_bytes()[digits] == b'0') {
            self.at = start;
            return Err(self.syntax("a number without leading zeros"));
        }
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            self.at = start;
            return Err(self.fault(Fault::Float));
        }
        let range = JsonError { fault: Fault::IntegerRange, at: start };
        let text = &self.text[start..self.at];
        let value: i64 = text.parse().map_err(|_| range.clone())?;
        if text == "-0" || !(-MAX_INTEGER..=MAX_INTEGER).contains(&value) {
            return Err(range);
        }
        Ok(Value::Integer(value))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            // Both ends stand beside ASCII bytes, so the slice falls on character boundaries.
            out.push_str(&self.text[start..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => self.escape(&mut out)?,
                Some(_) => return Err(self.syntax("no bare control character in a string")),
                None => return Err(self.syntax("the end of the string")),
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), JsonError> {
        let start = self.at;
        self.at += 1;
        let short = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                out.push(self.unicode(start)?);
                return Ok(());
            }
            Some(_) | None => return Err(self.syntax("an escape")),
        };
        self.at += 1;
        out.push(short);
        Ok(())
    }

    fn unicode(&mut self, start: usize) -> Result<char, JsonError> {
        let lone = JsonError { fault: Fault::NotUtf8, at: start };
        let first = self.hex4()?;
        let code = match first {
            0xD800..=0xDBFF => {
                if !self.text.as_bytes()[self.at..].starts_with(b"\\u") {
                    return Err(lone);
                }
                self.at += 2;
                let second = self.hex4()?;
                if !(0xDC00..=0xDFFF).contains(&second) {
                    return Err(lone);
                }
                0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            }
            _ => first,
        };
        char::from_u32(code).ok_or(lone)
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.syntax("four hexadecimal digits"))?;
            self.at += 1;
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests;
