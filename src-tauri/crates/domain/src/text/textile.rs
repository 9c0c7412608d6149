//! Textile as Redmine writes it: headings, paragraphs, lists, tables, quotes, preformatted text.
//! A block that is none of these is shown verbatim.
use super::{Block, Inline, blank, code, textile_inline, trim};

/// Deepest nesting of lists and of quotes; together they stay under [`super::MAX_DEPTH`].
const MAX_LEVEL: usize = 10;

/// Block signatures that Redmine knows and this program does not draw: shown as they are written.
const VERBATIM: [&str; 7] = ["table", "fn", "notextile", "pre", "bc", "dl", "clear"];

pub(super) fn parse(text: &str) -> Vec<Block> {
    blocks(text, 1)
}

fn blocks(text: &str, depth: usize) -> Vec<Block> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let line = first_line(rest);
        let used = if blank(line) {
            line_length(line, rest)
        } else if starts_with_tag(rest.trim_start(), "pre") {
            preformatted(rest, &mut out)
        } else if is_rule(line) {
            out.push(Block::Rule);
            line_length(line, rest)
        } else {
            run(rest, depth, &mut out)
        };
        rest = &rest[used..];
    }
    out
}

fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or("")
}

/// The line's length with its end.
fn line_length(line: &str, text: &str) -> usize {
    (line.len() + 1).min(text.len())
}

fn is_rule(line: &str) -> bool {
    let line = trim(line);
    line.len() >= 3 && line.chars().all(|c| c == '-')
}

/// Whether an element of this name opens the text: `<pre>`, `<pre class="…">`, any case.
fn starts_with_tag(text: &str, name: &str) -> bool {
    let Some(rest) = text.strip_prefix('<') else { return false };
    let Some(found) = rest.get(..name.len()) else { return false };
    found.eq_ignore_ascii_case(name) && rest[name.len()..].starts_with(['>', ' ', '\n'])
}

/// `<pre>…</pre>`, with `<code class="sql">` inside or not. Unclosed, it goes on to the end.
fn preformatted(text: &str, out: &mut Vec<Block>) -> usize {
    let line = first_line(text);
    let Some(open) = line.find('>') else {
        out.push(code("", line));
        return line_length(line, text);
    };
    let from = open + 1;
    let (end, next) = match find_ignoring_case(&text[from..], "</pre>") {
        Some(i) => (from + i, from + i + "</pre>".len()),
        None => (text.len(), text.len()),
    };
    let inner = &text[from..end];
    let (language, inner) = highlighted(inner).unwrap_or(("", inner));
    out.push(code(language, inner.trim_matches('\n')));
    next
}

/// The language and text of `<code class="sql">…</code>`.
fn highlighted(inner: &str) -> Option<(&str, &str)> {
    let trimmed = inner.trim();
    if !starts_with_tag(trimmed, "code") {
        return None;
    }
    let (tag, rest) = trimmed.split_once('>')?;
    let language = tag.split_once("class=").map_or("", |(_, class)| class.trim_matches(['"', '\'']));
    let language = language.split_whitespace().next_back().unwrap_or("");
    let end = find_ignoring_case(rest, "</code>").unwrap_or(rest.len());
    // Something after the element is text too: then the whole stays as it is.
    if rest[end..].len() > "</code>".len() { None } else { Some((language, &rest[..end])) }
}

/// The first place of an ASCII needle, any case.
fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    text.as_bytes().windows(needle.len()).position(|w| w.eq_ignore_ascii_case(needle.as_bytes()))
}

/// A run of lines up to a blank one, split where another kind of block begins.
fn run(text: &str, depth: usize, out: &mut Vec<Block>) -> usize {
    let kind = Kind::of(first_line(text));
    let mut used = 0;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let starts_other = used > 0 && ends_run(kind, line, &text[used..]);
        if blank(line) || starts_other {
            break;
        }
        lines.push(line);
        used += line_length(line, &text[used..]);
        if kind == Kind::Heading {
            break;
        }
    }
    match kind {
        Kind::Heading | Kind::Paragraph | Kind::SignedQuote => out.push(signed(&lines, depth)),
        Kind::List => out.extend(lists(&lines, depth)),
        Kind::Table => out.push(table(&lines, depth)),
        Kind::Quote => out.push(quote(&lines, depth)),
        Kind::Verbatim => out.push(code("", &lines.join("\n"))),
    }
    used
}

/// What a line begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `h1. ` to `h6. `.
    Heading,
    /// `bq. `.
    SignedQuote,
    /// `* ` or `# `.
    List,
    /// `|`.
    Table,
    /// `> `.
    Quote,
    /// Markup that is not drawn.
    Verbatim,
    /// Anything else, `p. ` included.
    Paragraph,
}

impl Kind {
    fn of(line: &str) -> Self {
        let trimmed = line.trim_start();
        if marker(line).is_some() {
            Self::List
        } else if trimmed.starts_with('|') && trimmed.trim_end().len() > 1 && trimmed.trim_end().ends_with('|') {
            Self::Table
        } else if trimmed.starts_with('>') {
            Self::Quote
        } else if trimmed.starts_with("{{") || html_element(trimmed) {
            Self::Verbatim
        } else {
            match signature(line) {
                Some(("bq", _)) => Self::SignedQuote,
                Some((tag, _)) if heading_level(tag).is_some() => Self::Heading,
                Some((tag, _)) if VERBATIM.contains(&tag.trim_end_matches(|c: char| c.is_ascii_digit())) => {
                    Self::Verbatim
                }
                Some(_) | None => Self::Paragraph,
            }
        }
    }
}

/// Whether the line begins an HTML element or comment; `<code>` may begin a sentence.
fn html_element(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('<') else { return false };
    rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!') && !line.starts_with("<code>")
}

/// Whether a run of this kind ends before the line.
fn ends_run(kind: Kind, line: &str, rest: &str) -> bool {
    if starts_with_tag(rest.trim_start(), "pre") {
        return true;
    }
    let next = Kind::of(line);
    match kind {
        // An item goes on in the next line; anything with a mark of its own does not.
        Kind::List => next != Kind::List && next != Kind::Paragraph,
        Kind::Table | Kind::Quote => next != kind,
        Kind::Paragraph | Kind::SignedQuote => next != Kind::Paragraph || is_rule(line),
        Kind::Verbatim | Kind::Heading => false,
    }
}

/// The tag and the text of `tag(attributes). text`. Attributes say how it looks and are not drawn.
fn signature(line: &str) -> Option<(&str, &str)> {
    let end = line.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (tag, mut rest) = line.split_at(end);
    let known = ["p", "bq"].contains(&tag)
        || heading_level(tag).is_some()
        || VERBATIM.contains(&tag.trim_end_matches(|c: char| c.is_ascii_digit()));
    if !known {
        return None;
    }
    loop {
        let close = match rest.chars().next()? {
            '(' => ')',
            '{' => '}',
            '[' => ']',
            '<' | '>' | '=' => {
                rest = &rest[1..];
                continue;
            }
            '.' => break,
            _ => return None,
        };
        rest = &rest[rest.find(close)? + 1..];
    }
    let text = rest.trim_start_matches('.');
    if text.is_empty() { Some((tag, "")) } else { text.strip_prefix(' ').map(|t| (tag, t)) }
}

fn heading_level(tag: &str) -> Option<u8> {
    let digit = tag.strip_prefix('h')?.parse::<u8>().ok()?;
    (tag.len() == 2 && (1..=6).contains(&digit)).then_some(digit)
}

/// A heading, a `bq.` quote or a paragraph.
fn signed(lines: &[&str], depth: usize) -> Block {
    let text = lines.join("\n");
    match signature(&text) {
        Some((tag, rest)) => {
            let inlines = |depth| textile_inline::parse(rest, depth);
            match heading_level(tag) {
                Some(level) => Block::Heading { level, inlines: inlines(depth + 1) },
                None if tag == "bq" => Block::Quote { blocks: vec![Block::Paragraph { inlines: inlines(depth + 2) }] },
                None => Block::Paragraph { inlines: inlines(depth + 1) },
            }
        }
        None => Block::Paragraph { inlines: textile_inline::parse(&text, depth + 1) },
    }
}

/// Lines that begin with `>`: the mark goes, and what stands behind it is read again.
fn quote(lines: &[&str], depth: usize) -> Block {
    if depth >= MAX_LEVEL {
        return code("", &lines.join("\n"));
    }
    let inner: Vec<&str> = lines
        .iter()
        .map(|line| {
            let rest = line.trim_start().strip_prefix('>').unwrap_or(line);
            rest.strip_prefix(' ').unwrap_or(rest)
        })
        .collect();
    Block::Quote { blocks: blocks(&inner.join("\n"), depth + 1) }
}

/// The level, kind and text of a list's line: `** text`.
fn marker(line: &str) -> Option<(usize, bool, &str)> {
    let line = line.trim_start();
    let end = line.find(|c: char| c != '*' && c != '#')?;
    let (marks, rest) = line.split_at(end);
    let ordered = marks.ends_with('#');
    let text = rest.strip_prefix(' ')?;
    (!marks.is_empty()).then_some((marks.len().min(MAX_LEVEL), ordered, trim(text)))
}

/// A list's item as written: its level, its kind and its lines.
struct Entry {
    level: usize,
    ordered: bool,
    text: String,
}

fn lists(lines: &[&str], depth: usize) -> Vec<Block> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in lines {
        match (marker(line), entries.last_mut()) {
            (Some((level, ordered, text)), _) => entries.push(Entry { level, ordered, text: text.to_owned() }),
            (None, Some(last)) => {
                last.text.push('\n');
                last.text.push_str(trim(line));
            }
            (None, None) => {}
        }
    }
    nested(&entries, 1, depth)
}

/// The lists of a level, from entries of this level and deeper ones: a new list begins where the
/// kind changes. A deeper entry belongs to the item before it; without one it stands in an item of
/// its own.
fn nested(entries: &[Entry], level: usize, depth: usize) -> Vec<Block> {
    let mut lists = Vec::new();
    let mut ordered = entries.first().is_some_and(|e| e.ordered);
    let mut items: Vec<Vec<Block>> = Vec::new();
    let mut i = 0;
    while i < entries.len() {
        let entry = &entries[i];
        if entry.level <= level {
            if entry.ordered != ordered && !items.is_empty() {
                lists.push(Block::List { ordered, items: std::mem::take(&mut items) });
            }
            ordered = entry.ordered;
            items.push(vec![Block::Paragraph { inlines: textile_inline::parse(&entry.text, depth + 2) }]);
            i += 1;
            continue;
        }
        let deeper = entries[i..].iter().take_while(|e| e.level > level).count();
        let inner = nested(&entries[i..i + deeper], level + 1, depth + 1);
        match items.last_mut() {
            Some(item) => item.extend(inner),
            None => items.push(inner),
        }
        i += deeper;
    }
    lists.push(Block::List { ordered, items });
    lists
}

/// Rows of `|cell|cell|`. A first row of `_.` cells is the head; such a cell elsewhere is strong.
fn table(lines: &[&str], depth: usize) -> Block {
    let mut header = Vec::new();
    let mut rows = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let cells: Vec<(bool, Vec<Inline>)> = row(line).into_iter().map(|c| cell(c, depth)).collect();
        if i == 0 && cells.iter().all(|(head, _)| *head) {
            header = cells.into_iter().map(|(_, inlines)| inlines).collect();
            continue;
        }
        let strong = |(head, inlines): (bool, Vec<Inline>)| {
            if head { vec![Inline::Strong { inlines }] } else { inlines }
        };
        rows.push(cells.into_iter().map(strong).collect());
    }
    Block::Table { header, rows }
}

/// The cells of a row, without the bars around it.
fn row(line: &str) -> Vec<&str> {
    let line = trim(line);
    let line = line.strip_prefix('|').unwrap_or(line);
    line.strip_suffix('|').unwrap_or(line).split('|').collect()
}

/// A cell's content, and whether it is a head's. Its attributes end in `. ` and are not drawn.
fn cell(text: &str, depth: usize) -> (bool, Vec<Inline>) {
    let (attributes, rest) = match text.split_once(". ") {
        Some((attributes, rest)) if is_attributes(attributes) => (attributes, rest),
        Some(_) | None => ("", text),
    };
    (attributes.contains('_'), textile_inline::parse(trim(rest), depth + 3))
}

/// Whether this can only say how a cell looks: head, alignment, span, class, style.
fn is_attributes(text: &str) -> bool {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let close = match c {
            '_' | '<' | '>' | '=' | '^' | '~' | '-' => {
                rest = &rest[1..];
                continue;
            }
            '\\' | '/' => {
                let digits = rest[1..].len() - rest[1..].trim_start_matches(|c: char| c.is_ascii_digit()).len();
                if digits == 0 {
                    return false;
                }
                rest = &rest[1 + digits..];
                continue;
            }
            '(' => ')',
            '{' => '}',
            '[' => ']',
            _ => return false,
        };
        let Some(end) = rest.find(close) else { return false };
        rest = &rest[end + 1..];
    }
    !text.is_empty()
}
