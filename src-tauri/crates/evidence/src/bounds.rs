//! How much is read at most, and the looks at raw bytes that hold a file to it before any parser sees it.
use crate::error::{At, Fault};

/// Bytes of a file.
pub const BYTES: usize = 64 << 20;

/// Nesting of JSON and XML.
pub const DEPTH: usize = 128;

/// Elements: values of JSON, tags of XML, lines of LCOV.
pub const ELEMENTS: usize = 5_000_000;

/// Characters that are kept of any one text.
pub const TEXT: usize = 300;

/// The first [`TEXT`] characters.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The text of a file, without a byte order mark.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, At> {
    if bytes.len() > BYTES {
        return Err(At::whole(Fault::TooLarge));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| At::byte(error.valid_up_to(), Fault::NotUtf8))?;
    match text.find('\0') {
        Some(at) => Err(At::byte(at, Fault::Nul)),
        None => Ok(text),
    }
}

/// Holds JSON to its bounds. Brackets and commas inside strings do not count.
pub(crate) fn json(text: &str) -> Result<(), At> {
    let (mut depth, mut elements, mut in_string, mut escaped) = (0usize, 0usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => {
                depth += 1;
                elements += 1;
                if depth > DEPTH {
                    return Err(At::byte(at, Fault::TooDeep));
                }
            }
            b',' => elements += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if elements > ELEMENTS {
            return Err(At::byte(at, Fault::TooMany));
        }
    }
    Ok(())
}

/// Holds XML to its bound of elements: each has one `<` that opens it. One in a comment counts as well.
pub(crate) fn xml(text: &str) -> Result<(), At> {
    let bytes = text.as_bytes();
    let opens = |(at, _): &(usize, &str)| !matches!(bytes.get(at + 1), Some(b'/' | b'!' | b'?'));
    match text.match_indices('<').filter(opens).map(|(at, _)| at).nth(ELEMENTS) {
        Some(at) => Err(At::byte(at, Fault::TooMany)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_characters_end() {
        assert_eq!(cut("kurz"), "kurz");
        let long = cut(&"ü".repeat(TEXT + 5));
        assert_eq!(long.chars().count(), TEXT + 1, "the first, and an ellipsis");
        assert!(long.ends_with("ü…"));
    }

    #[test]
    fn json_is_measured_outside_strings_only() {
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert_eq!(json(&deep(DEPTH)), Ok(()));
        assert_eq!(json(&deep(DEPTH + 1)), Err(At::byte(DEPTH, Fault::TooDeep)));
        assert_eq!(json(&format!("[\"{}\\\"[\"]", "[".repeat(1_000))), Ok(()), "brackets in a string are text");
    }

    #[test]
    fn xml_counts_what_opens() {
        assert_eq!(xml("<?xml version='1.0'?><a><b/></a><!-- -->"), Ok(()));
        let many = "<a/>".repeat(ELEMENTS + 1);
        assert_eq!(xml(&many), Err(At::byte(ELEMENTS * 4, Fault::TooMany)));
    }
}
