//! Which links stay links.
use super::{Inline, mark_invisible};

/// A link if its target is one of http, https or mailto, else its words with the target visible.
/// The scheme is judged on the target as a browser would see it.
pub(super) fn link(words: &str, target: &str) -> Vec<Inline> {
    let shown = mark_invisible(words);
    let target = target.trim();
    if harmless(target) {
        let text = if shown.trim().is_empty() { target.to_owned() } else { shown };
        return vec![Inline::Link { text, target: target.to_owned() }];
    }
    let target = mark_invisible(target);
    let text = if shown.trim().is_empty() || shown == target { target } else { format!("{shown} ({target})") };
    vec![Inline::Text { text }]
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
    let (words, target) = (mark_invisible(words.trim()), mark_invisible(target.trim()));
    let text = if words.is_empty() { format!("[image: {target}]") } else { format!("[image: {words}, {target}]") };
    Inline::Text { text }
}
