//! LCOV's tracefiles, as geninfo(1) describes them. A source file that stands under several tests counts once, and a line
//! of it is covered when any of them reached it.
//!
//! By hand: a line-based format of two fields that matter, which the bounds have to reach into.
use std::collections::BTreeMap;

use domain::evidence::{Coverage, Format, Says};

use crate::Read;
use crate::bounds::{ELEMENTS, cut};
use crate::error::{At, Fault, Place};

fn count(text: &str) -> Option<u64> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Whether a file begins as a tracefile does.
pub(crate) fn begins(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| line.starts_with("TN:") || line.starts_with("SF:"))
}

/// Reads a tracefile.
pub(crate) fn read(text: &str) -> Result<Read, At> {
    let mut files: BTreeMap<&str, BTreeMap<u64, bool>> = BTreeMap::new();
    let mut file: Option<&str> = None;
    for (n, line) in text.lines().enumerate() {
        let malformed =
            |why: &str| At { place: Place::Line(n + 1), fault: Fault::Malformed(format!("{why}: {:?}", cut(line))) };
        if n >= ELEMENTS {
            return Err(At { place: Place::Line(n + 1), fault: Fault::TooMany });
        }
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line == "end_of_record" {
            file.take().ok_or_else(|| malformed("a record ends that did not begin"))?;
            continue;
        }
        let (keyword, rest) = line.split_once(':').ok_or_else(|| malformed("it is no line of a tracefile"))?;
        match (keyword, file) {
            ("SF", None) if !rest.is_empty() => {
                files.entry(rest).or_default();
                file = Some(rest);
            }
            ("SF", _) => return Err(malformed("a record begins within a record, or without a name")),
            ("DA", Some(name)) => {
                let mut fields = rest.split(',');
                let pair = (fields.next().and_then(count), fields.next().and_then(count));
                let (Some(at), Some(hits)) = pair else { return Err(malformed("it is no line and its count")) };
                *files.entry(name).or_default().entry(at).or_default() |= hits > 0;
            }
            ("LF" | "LH", Some(_)) if count(rest).is_some() => {}
            ("DA" | "LF" | "LH", _) => return Err(malformed("it stands outside of a record, or is no count")),
            // What else there is speaks of functions, branches and conditions.
            (other, _) if !other.is_empty() && other.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) => {}
            (_, _) => return Err(malformed("it is no line of a tracefile")),
        }
    }
    if let Some(name) = file {
        return Err(At::whole(Fault::Malformed(format!("it ends within the record of {:?}", cut(name)))));
    }
    let (mut lines_covered, mut lines_valid) = (0usize, 0usize);
    for lines in files.values() {
        lines_valid += lines.len();
        lines_covered += lines.values().filter(|reached| **reached).count();
    }
    // Fewer than the lines of the text, of which there is a bound.
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let coverage = Coverage { lines_covered: small(lines_covered), lines_valid: small(lines_valid) };
    Ok(Read { format: Format::Lcov, version: String::new(), tools: Vec::new(), says: Says::Coverage(coverage) })
}
