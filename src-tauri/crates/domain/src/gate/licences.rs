//! Whether a licence lets a component be shared, commercially and otherwise, without binding what it is part of (R34):
//! identifiers and expressions of SPDX. What is not known here is nobody's guess: a person says it.

/// What a licence allows, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Terms {
    /// It may be shared.
    Free,
    /// A person must say.
    Unknown,
    /// It binds what it is part of, or forbids some uses.
    Binds,
}

/// Licences that ask for no more than their own text and names.
const FREE: [&str; 19] = [
    "0BSD",
    "Apache-2.0",
    "BlueOak-1.0.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "NCSA",
    "PostgreSQL",
    "PSF-2.0",
    "Python-2.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "X11",
    "Zlib",
];

/// How identifiers begin that bind what a component is part of, or forbid commercial use.
const BINDING: [&str; 8] = ["AGPL-", "BUSL-", "CC-BY-NC-", "CC-BY-SA-", "EUPL-", "GPL-", "OSL-", "SSPL-"];

/// How deep an expression may be.
const DEPTH: u32 = 32;

/// What licences allow that stand side by side: the worst of them. None says nothing.
pub(super) fn terms(licences: &[String]) -> Terms {
    licences.iter().map(|licence| expression(licence)).max().unwrap_or(Terms::Unknown)
}

fn expression(text: &str) -> Terms {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    match either(&mut words, DEPTH) {
        Some(terms) if words.peek().is_none() => terms,
        Some(_) | None => Terms::Unknown,
    }
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

/// One or the other: whoever takes the component chooses the better.
fn either(words: &mut Words<'_>, depth: u32) -> Option<Terms> {
    let mut best = both(words, depth)?;
    while words.next_if(|word| *word == "OR").is_some() {
        best = best.min(both(words, depth)?);
    }
    Some(best)
}

fn both(words: &mut Words<'_>, depth: u32) -> Option<Terms> {
    let mut worst = one(words, depth)?;
    while words.next_if(|word| *word == "AND").is_some() {
        worst = worst.max(one(words, depth)?);
    }
    Some(worst)
}

fn one(words: &mut Words<'_>, depth: u32) -> Option<Terms> {
    let word = words.next()?;
    if word == "(" {
        let inside = either(words, depth.checked_sub(1)?)?;
        return words.next_if(|word| *word == ")").map(|_| inside);
    }
    let terms = identifier(word)?;
    if words.next_if(|word| *word == "WITH").is_none() {
        return Some(terms);
    }
    // An exception only ever allows more; how much more is nobody's guess.
    words.next()?;
    Some(terms.min(Terms::Unknown))
}

fn identifier(word: &str) -> Option<Terms> {
    if matches!(word, ")" | "OR" | "AND" | "WITH") {
        return None;
    }
    let id = word.strip_suffix('+').unwrap_or(word);
    Some(if FREE.contains(&id) {
        Terms::Free
    } else if BINDING.iter().any(|start| id.starts_with(start)) {
        Terms::Binds
    } else {
        Terms::Unknown
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_free_binding_or_a_persons_to_say() {
        let cases: [(&[&str], Terms); 19] = [
            (&["MIT"], Terms::Free),
            (&["MIT", "Apache-2.0"], Terms::Free),
            (&["MIT", "GPL-3.0-only"], Terms::Binds),
            (&["MIT OR GPL-3.0-only"], Terms::Free),
            (&["MIT AND GPL-3.0-only"], Terms::Binds),
            (&["MIT AND (GPL-2.0+ OR ISC)"], Terms::Free),
            (&["GPL-2.0-only OR MIT AND AGPL-3.0-only"], Terms::Binds),
            (&["Apache-2.0 WITH LLVM-exception"], Terms::Free),
            (&["GPL-2.0-only WITH Classpath-exception-2.0"], Terms::Unknown),
            (&["MPL-2.0"], Terms::Unknown),
            (&["LGPL-2.1-only"], Terms::Unknown),
            (&["Apache License, Version 2.0"], Terms::Unknown),
            (&["LicenseRef-ours"], Terms::Unknown),
            (&[], Terms::Unknown),
            (&[""], Terms::Unknown),
            (&["MIT OR"], Terms::Unknown),
            (&["(MIT"], Terms::Unknown),
            (&["MIT)"], Terms::Unknown),
            (&["OR MIT"], Terms::Unknown),
        ];
        for (licences, expected) in cases {
            let licences: Vec<String> = licences.iter().map(|licence| (*licence).to_owned()).collect();
            assert_eq!(terms(&licences), expected, "{licences:?}");
        }
    }

    #[test]
    fn an_expression_of_any_depth_ends() {
        assert_eq!(terms(&["(".repeat(100_000)]), Terms::Unknown);
        assert_eq!(terms(&[format!("{}MIT{}", "(".repeat(32), ")".repeat(32))]), Terms::Free);
        assert_eq!(terms(&[format!("{}MIT{}", "(".repeat(33), ")".repeat(33))]), Terms::Unknown);
    }
}
