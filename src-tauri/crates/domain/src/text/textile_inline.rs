//! Textile within a paragraph: `*strong*`, `_emphasis_`, `-struck-`, `@code@`, `"words":link` and
//! `!image!`. Linear per level of nesting: a delimiter without its partner is remembered.
use super::{Inline, MAX_DEPTH, blank, links, mark_invisible, push_words, words};

/// Delimiters of spans, the longer first.
const SPANS: [&str; 5] = ["**", "__", "*", "_", "-"];

/// The inlines of a paragraph; line ends become breaks.
pub(super) fn parse(text: &str, depth: usize) -> Vec<Inline> {
    let mut scan = Scan { text, at: 0, plain_from: 0, hopeless: [false; SPANS.len() + 2], out: Vec::new() };
    scan.run(depth);
    scan.out
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    /// Where the words that are not yet put out begin.
    plain_from: usize,
    /// Per delimiter whether no partner follows any more: later openers need not look again.
    hopeless: [bool; SPANS.len() + 2],
    out: Vec<Inline>,
}

/// Places of `@code@` and `<code>` in [`Scan::hopeless`], after the spans.
const CODE: usize = SPANS.len();
const ELEMENT: usize = SPANS.len() + 1;

impl Scan<'_> {
    fn run(&mut self, depth: usize) {
        while let Some(c) = self.text[self.at..].chars().next() {
            let step = match c {
                '\n' => self.line_break(),
                '*' | '_' | '-' => self.span(depth),
                '@' => self.code(),
                '<' => self.code_element(),
                '"' => self.link(),
                '!' => self.image(),
                _ => None,
            };
            match step {
                // `step` is where the text goes on after what was put out.
                Some(end) => {
                    self.at = end;
                    self.plain_from = end;
                }
                None => self.at += c.len_utf8(),
            }
        }
        self.flush(self.text.len());
    }

    /// Puts out the words before what begins at `end`.
    fn flush(&mut self, end: usize) {
        push_words(&self.text[self.plain_from..end], &mut self.out);
    }

    fn line_break(&mut self) -> Option<usize> {
        self.flush(self.at);
        self.out.push(Inline::LineBreak);
        Some(self.at + 1)
    }

    /// Whether a delimiter may open here: at the start, or after something that is no word.
    fn may_open(&self) -> bool {
        !self.text[..self.at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_')
    }

    /// Where the partner of the delimiter stands: after something that is no blank, before
    /// something that is no word.
    fn partner(&mut self, place: usize, delimiter: &str, from: usize) -> Option<usize> {
        if self.hopeless[place] {
            return None;
        }
        let found = self.text[from..].match_indices(delimiter).map(|(i, _)| from + i).find(|i| {
            let before = self.text[from..*i].chars().next_back();
            let after = self.text[i + delimiter.len()..].chars().next();
            before.is_some_and(|c| !c.is_whitespace())
                && !after.is_some_and(|c| c.is_alphanumeric() || delimiter.contains(c))
        });
        // Whatever could close a later opener could have closed this one, but for the character
        // right after it.
        self.hopeless[place] = found.is_none();
        found
    }

    fn span(&mut self, depth: usize) -> Option<usize> {
        if depth >= MAX_DEPTH || !self.may_open() {
            return None;
        }
        let rest = &self.text[self.at..];
        let place = SPANS.iter().position(|d| rest.starts_with(d))?;
        let delimiter = SPANS[place];
        let from = self.at + delimiter.len();
        if self.text[from..].chars().next().is_none_or(|c| c.is_whitespace() || delimiter.contains(c)) {
            return None;
        }
        let end = self.partner(place, delimiter, from)?;
        self.flush(self.at);
        let inlines = parse(&self.text[from..end], depth + 1);
        self.out.push(match delimiter {
            "**" | "*" => Inline::Strong { inlines },
            "-" => Inline::Strike { inlines },
            _ => Inline::Emphasis { inlines },
        });
        Some(end + delimiter.len())
    }

    fn code(&mut self) -> Option<usize> {
        if !self.may_open() {
            return None;
        }
        let from = self.at + 1;
        let end = self.partner(CODE, "@", from)?;
        self.put_code(from, end, end + 1)
    }

    /// `<code>…</code>`, which Redmine's editors write; any other element stays visible as text.
    fn code_element(&mut self) -> Option<usize> {
        const OPEN: &str = "<code>";
        const CLOSE: &str = "</code>";
        if self.hopeless[ELEMENT] || !self.text[self.at..].starts_with(OPEN) {
            return None;
        }
        let from = self.at + OPEN.len();
        let Some(length) = self.text[from..].find(CLOSE) else {
            self.hopeless[ELEMENT] = true;
            return None;
        };
        let end = from + length;
        self.put_code(from, end, end + CLOSE.len())
    }

    fn put_code(&mut self, from: usize, end: usize, next: usize) -> Option<usize> {
        self.flush(self.at);
        self.out.push(Inline::Code { text: mark_invisible(&self.text[from..end]) });
        Some(next)
    }

    /// `"words":target`.
    fn link(&mut self) -> Option<usize> {
        if !self.may_open() {
            return None;
        }
        let from = self.at + 1;
        let rest = &self.text[from..];
        // Only up to the next quotation mark: that one may open a link of its own.
        let length = rest.find(['"', '\n'])?;
        let label = &rest[..length];
        let target = address(rest[length..].strip_prefix("\":")?);
        if blank(label) || target.is_empty() {
            return None;
        }
        self.flush(self.at);
        links::push(words(label), target, &mut self.out);
        Some(from + length + 2 + target.len())
    }

    /// `!address!`, with `(words)` before the last mark.
    fn image(&mut self) -> Option<usize> {
        if !self.may_open() {
            return None;
        }
        let from = self.at + 1;
        let rest = &self.text[from..];
        let length = rest.find(|c: char| c == '!' || c.is_whitespace())?;
        let inner = &rest[..length];
        if !rest[length..].starts_with('!') || !inner.contains(['.', '/']) {
            return None;
        }
        let (target, label) = match inner.split_once('(') {
            Some((target, label)) => (target, label.strip_suffix(')').unwrap_or(label)),
            None => (inner, ""),
        };
        self.flush(self.at);
        self.out.push(links::image(label, target.trim_start_matches(['<', '>', '='])));
        Some(from + length + 1)
    }
}

/// The address at the start of the text: up to a blank, without the punctuation that ends a
/// sentence around it.
fn address(text: &str) -> &str {
    let end = text.find(|c: char| c.is_whitespace() || "<>\"|".contains(c)).unwrap_or(text.len());
    let mut address = &text[..end];
    let mut unpaired = address.matches(')').count().saturating_sub(address.matches('(').count());
    while let Some(last) = address.chars().next_back() {
        if last == ')' && unpaired > 0 {
            unpaired -= 1;
        } else if !".,;:!?*_'".contains(last) {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address
}
