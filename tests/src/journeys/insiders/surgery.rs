//! Unsigned pages changed where no composing reaches: in what a page draws, and in the outlines of its letters.
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

fn find(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).position(|window| window == what).expect("it is there")
}

fn find_last(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).rposition(|window| window == what).expect("it is there")
}

fn number(text: &[u8]) -> usize {
    let digits: String = text.iter().map(|byte| char::from(*byte)).take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

/// The file with the first packed stream changed for which `change` has other content, its table written anew.
fn with_stream(base: &[u8], change: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let start = find_last(base, b"startxref\n");
    let table = number(&base[start + b"startxref\n".len()..]);
    let trailer = table + find(&base[table..start], b"trailer\n");
    let listed = base[table..trailer].split(|byte| *byte == b'\n').filter(|line| line.ends_with(b" n "));
    let offsets: Vec<usize> = listed.map(number).collect();
    let ends = offsets.iter().skip(1).copied().chain([table]);
    let mut out = base[..offsets[0]].to_vec();
    let (mut places, mut changed) = (Vec::new(), false);
    for (from, to) in offsets.iter().copied().zip(ends) {
        let object = &base[from..to];
        places.push(out.len());
        match restreamed(object, &change).filter(|_| !changed) {
            Some(other) => {
                changed = true;
                out.extend(other);
            }
            None => out.extend_from_slice(object),
        }
    }
    assert!(changed, "a stream is changed");
    let at = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).into_bytes());
    for place in places {
        out.extend(format!("{place:010} 00000 n \n").into_bytes());
    }
    out.extend_from_slice(&base[trailer..start]);
    out.extend(format!("startxref\n{at}\n%%EOF\n").into_bytes());
    out
}

/// The object with other content in its stream.
fn restreamed(object: &[u8], change: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
    let begins = object.windows(8).position(|window| window == b"\nstream\n")?;
    let packed = object[begins + 8..].strip_suffix(b"\nendstream\nendobj\n")?;
    let mut content = Vec::new();
    ZlibDecoder::new(packed).read_to_end(&mut content).ok()?;
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&change(&content)?).expect("written");
    let packed = encoder.finish().expect("packed");
    let head = &object[..begins];
    let length = find(head, b"/Length ") + b"/Length ".len();
    let digits = head[length..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let said = packed.len().to_string();
    let parts: [&[u8]; 6] =
        [&head[..length], said.as_bytes(), &head[length + digits..], b"\nstream\n", &packed, b"\nendstream\nendobj\n"];
    Some(parts.concat())
}

/// A page that draws a line more, in the mode that shows nothing and is copied all the same (ISO 32000-1, 9.3.6).
pub(super) fn invisible_text(base: &[u8]) -> Vec<u8> {
    with_stream(base, |content| {
        let draws = content.windows(3).any(|window| window == b" Tf");
        let shows = content.windows(2).any(|window| window == b"BT");
        (draws && shows).then(|| [content, b"\nBT 3 Tr 1 0 0 1 60 60 Tm <0001> Tj ET\n"].concat())
    })
}

fn u16_at(font: &[u8], at: usize) -> usize {
    usize::from(u16::from_be_bytes([font[at], font[at + 1]]))
}

fn u32_at(font: &[u8], at: usize) -> usize {
    (u16_at(font, at) << 16) | u16_at(font, at + 2)
}

/// Where a table of a TrueType font begins, and how long it is.
fn table(font: &[u8], tag: &[u8; 4]) -> Option<(usize, usize)> {
    let records = (0..u16_at(font, 4)).map(|record| 12 + 16 * record);
    let mut named = records.filter(|record| font.get(*record..*record + 4) == Some(tag.as_slice()));
    named.next().map(|record| (u32_at(font, record + 8), u32_at(font, record + 12)))
}

/// Two neighbouring glyphs of an embedded typeface with each other's outlines: letters that say what they said and look
/// like others.
pub(super) fn permuted_glyphs(base: &[u8]) -> Vec<u8> {
    with_stream(base, |font| {
        if !font.starts_with(&[0, 1, 0, 0]) {
            return None;
        }
        let (head, glyf) = (table(font, b"head")?.0, table(font, b"glyf")?.0);
        let (loca, length) = table(font, b"loca")?;
        let wide = u16_at(font, head + 50) == 1;
        let step = if wide { 4 } else { 2 };
        let place = |glyph: usize| {
            let at = loca + step * glyph;
            glyf + if wide { u32_at(font, at) } else { 2 * u16_at(font, at) }
        };
        let drawn = |glyph: &usize| place(*glyph) < place(glyph + 1) && place(glyph + 1) < place(glyph + 2);
        let first = (1..(length / step).saturating_sub(2)).find(drawn)?;
        let (from, middle, to) = (place(first), place(first + 1), place(first + 2));
        let mut turned = font.to_vec();
        turned[from..to].rotate_left(middle - from);
        let between = from + (to - middle) - glyf;
        let at = loca + step * (first + 1);
        if wide {
            turned[at..at + 4].copy_from_slice(&u32::try_from(between).ok()?.to_be_bytes());
        } else {
            turned[at..at + 2].copy_from_slice(&u16::try_from(between / 2).ok()?.to_be_bytes());
        }
        (turned != font).then_some(turned)
    })
}
