//! Which links stay links.
use super::{Inline, mark_invisible, push_words, trim, words};

/// Appends a link if its target is one of http, https or mailto, else its words with the target
/// visible. The target is judged as it would be shown.
pub(super) fn push(inner: Vec<Inline>, target: &str, inlines: &mut Vec<Inline>) {
    let target = trim(target);
    let blank = inner.is_empty();
    if harmless(target) {
        let inner = if blank { words(target) } else { inner };
        inlines.push(Inline::Link { inlines: inner, target: target.to_owned() });
    } else if blank {
        push_words(target, inlines);
    } else {
        inlines.extend(inner);
        push_words(&format!(" ({target})"), inlines);
    }
}

/// Whether the target is plain http, https or mailto: nothing invisible, no blank, no back slash,
/// and something after the scheme.
pub(super) fn harmless(target: &str) -> bool {
    let hidden = |c: char| super::invisible::invisible(c) || c.is_whitespace() || "\\<>\"".contains(c);
    if target.len() > 2048 || target.chars().any(hidden) {
        return false;
    }
    let rest = |scheme: &str| {
        target.get(..scheme.len()).filter(|s| s.eq_ignore_ascii_case(scheme)).map(|_| &target[scheme.len()..])
    };
    match (rest("https://").or_else(|| rest("http://")), rest("mailto:")) {
        (Some(host), _) => !host.is_empty() && !host.starts_with('/'),
        (None, Some(address)) => !address.is_empty(),
        (None, None) => false,
    }
}

/// An image is never fetched: its words and address are shown.
pub(super) fn image(words: &str, target: &str) -> Inline {
    let (words, target) = (mark_invisible(trim(words)), mark_invisible(trim(target)));
    let text = if words.is_empty() { format!("[image: {target}]") } else { format!("[image: {words}, {target}]") };
    Inline::Text { text }
}
