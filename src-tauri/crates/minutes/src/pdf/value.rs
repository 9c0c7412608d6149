//! PDF values and how they are written down.

use std::collections::BTreeMap;
use std::ops::Range;

/// A dictionary. Sorted, because bytes must not depend on the order of insertion.
pub(crate) type Dict = BTreeMap<Vec<u8>, Value>;

/// A PDF string, and where it stood in the file it was read from.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) bytes: Vec<u8>,
    pub(crate) hex: bool,
    /// From `<` or `(` to one past `>` or `)`; empty for strings made here.
    pub(crate) span: Range<usize>,
}

impl PartialEq for Text {
    // Where a string stood is no part of what it says.
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes && self.hex == other.hex
    }
}

/// Any direct PDF value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    /// Kept as written: numbers with a fraction are never computed with after layout.
    Real(String),
    Name(Vec<u8>),
    Text(Text),
    Array(Vec<Value>),
    Dict(Dict),
    Ref(u32),
    /// Bytes written as they are: the blanks that a signature fills in later, and a long list that is written at once. Never
    /// read.
    Verbatim(Vec<u8>),
}

impl Value {
    pub(crate) fn name(name: &str) -> Self {
        Self::Name(name.as_bytes().to_vec())
    }

    pub(crate) fn hex(bytes: &[u8]) -> Self {
        Self::Text(Text { bytes: bytes.to_vec(), hex: true, span: 0..0 })
    }

    pub(crate) fn literal(bytes: &[u8]) -> Self {
        Self::Text(Text { bytes: bytes.to_vec(), hex: false, span: 0..0 })
    }

    /// A text string for people: ASCII as it is, anything else as UTF-16BE with its mark (ISO 32000-1, 7.9.2.2).
    pub(crate) fn words(text: &str) -> Self {
        if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Self::literal(text.as_bytes());
        }
        let mut bytes = vec![0xfe, 0xff];
        bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        Self::hex(&bytes)
    }

    pub(crate) fn as_dict(&self) -> Option<&Dict> {
        if let Self::Dict(dict) = self { Some(dict) } else { None }
    }

    pub(crate) fn as_array(&self) -> Option<&[Value]> {
        if let Self::Array(array) = self { Some(array) } else { None }
    }

    pub(crate) fn as_int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    pub(crate) fn as_ref(&self) -> Option<u32> {
        if let Self::Ref(number) = self { Some(*number) } else { None }
    }

    pub(crate) fn as_text(&self) -> Option<&Text> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn is_name(&self, expected: &str) -> bool {
        matches!(self, Self::Name(name) if name == expected.as_bytes())
    }

    /// The words of a text string, whichever way they are encoded.
    pub(crate) fn as_words(&self) -> Option<String> {
        let bytes = &self.as_text()?.bytes;
        let Some(wide) = bytes.strip_prefix(&[0xfe, 0xff]) else {
            return String::from_utf8(bytes.clone()).ok();
        };
        let units: Vec<u16> = wide.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        if wide.len() % 2 == 0 { String::from_utf16(&units).ok() } else { None }
    }

    /// About how many bytes it takes in a file. It seldom takes more.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Ref(_) => 16,
            Self::Real(text) => text.len(),
            Self::Name(name) => name.len() + 1,
            Self::Text(text) => 2 * text.bytes.len() + 2,
            Self::Verbatim(bytes) => bytes.len(),
            Self::Array(values) => values.iter().map(|value| value.size() + 1).sum::<usize>() + 2,
            Self::Dict(dict) => dict.iter().map(|(key, value)| key.len() + value.size() + 3).sum::<usize>() + 4,
        }
    }

    /// Appends the value as it stands in a file.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(yes) => out.extend_from_slice(if *yes { b"true" } else { b"false" }),
            Self::Int(number) => {
                if *number < 0 {
                    out.push(b'-');
                }
                put_number(number.unsigned_abs(), out);
            }
            Self::Real(text) => out.extend_from_slice(text.as_bytes()),
            Self::Name(name) => write_name(name, out),
            Self::Text(text) if text.hex => {
                out.push(b'<');
                out.extend_from_slice(hex::encode(&text.bytes).as_bytes());
                out.push(b'>');
            }
            Self::Text(text) => write_literal(&text.bytes, out),
            Self::Array(values) => {
                out.push(b'[');
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        out.push(b' ');
                    }
                    value.write(out);
                }
                out.push(b']');
            }
            Self::Dict(dict) => {
                out.extend_from_slice(b"<<");
                for (key, value) in dict {
                    write_name(key, out);
                    out.push(b' ');
                    value.write(out);
                }
                out.extend_from_slice(b">>");
            }
            Self::Ref(number) => {
                put_number(u64::from(*number), out);
                out.extend_from_slice(b" 0 R");
            }
            Self::Verbatim(bytes) => out.extend_from_slice(bytes),
        }
    }
}

/// A dictionary from pairs.
pub(crate) fn dict<const N: usize>(pairs: [(&str, Value); N]) -> Dict {
    pairs.into_iter().map(|(key, value)| (key.as_bytes().to_vec(), value)).collect()
}

/// Looks a key up by its plain name.
pub(crate) fn get<'a>(dict: &'a Dict, key: &str) -> Option<&'a Value> {
    dict.get(key.as_bytes())
}

/// Sets a key by its plain name.
pub(crate) fn set(dict: &mut Dict, key: &str, value: Value) {
    dict.insert(key.as_bytes().to_vec(), value);
}

fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for byte in name {
        let plain = byte.is_ascii_graphic() && !b"#/()<>[]{}%".contains(byte);
        if plain {
            out.push(*byte);
        } else {
            out.extend_from_slice(format!("#{byte:02x}").as_bytes());
        }
    }
}

fn write_literal(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'(');
    for byte in bytes {
        match byte {
            b'(' | b')' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            0x20..=0x7e => out.push(*byte),
            other => out.extend_from_slice(format!("\\{other:03o}").as_bytes()),
        }
    }
    out.push(b')');
}

/// Appends a number.
pub(crate) fn put_number(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}
