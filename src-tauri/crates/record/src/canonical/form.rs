//! The canonical form of a value that was read, for comparing it with what stood there: every byte that comes from
//! outside goes through here, so it is written without detours. What is signed is written by the library; a property
//! test holds the two against each other.
use std::io::Write as _;

use crate::json::Value;

/// Appends the canonical form (RFC 8785) of `value`.
pub(super) fn put(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        // Writing to memory does not fail.
        Value::Integer(number) => drop(write!(out, "{number}")),
        Value::Text(text) => put_text(text, out),
        Value::List(values) => {
            out.push(b'[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                put(value, out);
            }
            out.push(b']');
        }
        Value::Object(members) => {
            out.push(b'{');
            let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
            // Bytes of UTF-8 and units of UTF-16 sort alike, except beyond the first plane.
            if sorted.iter().any(|(key, _)| !key.is_ascii()) {
                sorted.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
            }
            for (at, (key, value)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                put_text(key, out);
                out.push(b':');
                put(value, out);
            }
            out.push(b'}');
        }
    }
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut plain = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            0x08 => b'b',
            0x09 => b't',
            0x0a => b'n',
            0x0c => b'f',
            0x0d => b'r',
            0x00..=0x1f => 0,
            _ => continue,
        };
        out.extend_from_slice(&bytes[plain..at]);
        plain = at + 1;
        if short == 0 {
            drop(write!(out, "\\u{byte:04x}"));
        } else {
            out.extend_from_slice(&[b'\\', short]);
        }
    }
    out.extend_from_slice(&bytes[plain..]);
    out.push(b'"');
}
