//! What Cabinet writes on a ticket, before any markup.
use domain::change::TextFormat;
pub use domain::change::carries_marker;
use domain::ids::OperationId;
use serde::{Deserialize, Serialize};

/// A comment, block by block. The text in it is plain; the adapter escapes it for its server's markup.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Note {
    /// In order.
    pub blocks: Vec<NoteBlock>,
}

/// One block of a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum NoteBlock {
    /// A headline.
    Heading {
        /// Plain text.
        text: String,
    },
    /// A paragraph; line ends are kept.
    Paragraph {
        /// Plain text.
        text: String,
    },
    /// A list.
    Bullets {
        /// Plain text each.
        items: Vec<String>,
    },
    /// `label: value` on a line.
    Fact {
        /// Plain text.
        label: String,
        /// Plain text.
        value: String,
    },
    /// Lines that are shown as they are, to be copied. Without markup they stand as they are.
    Code {
        /// Plain text; line ends are kept.
        text: String,
    },
}

/// The marker of an operation, found again on the ticket after a lost answer: `CAB-<8 hex digits>`.
/// The *last* digits: the first ones of a UUIDv7 are the time and equal for operations of the same minute.
#[must_use]
pub fn marker(operation: &OperationId) -> String {
    let hex = operation.0.simple().to_string();
    format!("CAB-{}", &hex[24..])
}

impl Note {
    /// The note in a server's markup. Nothing in it is interpreted there.
    #[must_use]
    pub fn render(&self, format: TextFormat) -> String {
        let escape = |text: &str| match format {
            TextFormat::Plain => neutral_lines(text),
            TextFormat::Textile => textile(text),
            TextFormat::Markdown => markdown(text),
        };
        let mut out = String::new();
        let mut previous_fact = false;
        for block in &self.blocks {
            let fact = matches!(block, NoteBlock::Fact { .. });
            if !out.is_empty() {
                out.push_str(if fact && previous_fact { "\n" } else { "\n\n" });
            }
            previous_fact = fact;
            match block {
                NoteBlock::Heading { text } => {
                    let text = escape(&one_line(text));
                    match format {
                        TextFormat::Plain => out.push_str(&text),
                        TextFormat::Textile => out.push_str(&format!("h3. {text}")),
                        TextFormat::Markdown => out.push_str(&format!("### {text}")),
                    }
                }
                NoteBlock::Paragraph { text } => out.push_str(&escape(text)),
                NoteBlock::Bullets { items } => {
                    let sign = if format == TextFormat::Textile { "*" } else { "-" };
                    let lines: Vec<String> =
                        items.iter().map(|item| format!("{sign} {}", escape(&one_line(item)))).collect();
                    out.push_str(&lines.join("\n"));
                }
                NoteBlock::Fact { label, value } => {
                    let (label, value) = (escape(&one_line(label)), escape(&one_line(value)));
                    match format {
                        TextFormat::Plain => out.push_str(&format!("{label}: {value}")),
                        TextFormat::Textile => out.push_str(&format!("*{label}:* {value}")),
                        // Two spaces end a line in CommonMark.
                        TextFormat::Markdown => out.push_str(&format!("**{label}:** {value}  ")),
                    }
                }
                NoteBlock::Code { text } => out.push_str(&code(text, format)),
            }
        }
        out
    }
}

/// A block of code that nothing in it can end.
fn code(text: &str, format: TextFormat) -> String {
    let text = neutral_lines(text);
    let text = text.trim_end();
    match format {
        TextFormat::Plain => text.to_owned(),
        // Inside `<pre>` an entity is shown as it is written, and so is a tag, but for the one that ends it.
        TextFormat::Textile => format!("<pre>\n{}\n</pre>", text.replace("</", "&lt;/")),
        TextFormat::Markdown => {
            let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
            let fence = "`".repeat(longest.max(2) + 1);
            format!("{fence}\n{text}\n{fence}")
        }
    }
}

fn one_line(text: &str) -> String {
    text.split(['\r', '\n', '\u{2028}', '\u{2029}'])
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Line ends as LF, no control characters.
fn neutral_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}'], "\n")
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect()
}

/// Textile as Redmine reads it, wiki links, macros, issue and mail links included: every character that any of
/// them begins with becomes a numeric entity, and colons that would make a link or a block (`p:`, `http:`) too.
fn textile(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (number, line) in neutral_lines(text).split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        // Leading blanks make nothing, but keep a line from beginning with a block sign such as `h1.` or `#`.
        let line = line.trim_start();
        let mut dotted = false;
        let mut word_so_far = String::new();
        for (at, c) in line.char_indices() {
            let at_word = at == 0 || !line[..at].ends_with(|p: char| p.is_alphanumeric());
            let before_word = line[at..].chars().nth(1).is_some_and(char::is_alphanumeric);
            let sign = match c {
                '*' | '_' | '@' | '+' | '^' | '~' | '%' | '?' | '!' | '"' | '|' | '{' | '}' | '[' | ']' | '<' | '>'
                | '=' | '#' | '&' | '\\' | '`' | '$' | '\'' => true,
                // Strike-through and dashes; a dash inside a word (CAB-1a2b3c4d) is only itself.
                '-' => at_word || !before_word,
                // `http:`, `user:`, `commit:`, `source:` …
                ':' => true,
                // `h1.`, `bq.`, `fn1.` at the start of a line; `www.` becomes a link.
                '.' => {
                    let opens = !dotted && word_so_far.len() <= 6 && word_so_far.chars().all(char::is_alphanumeric);
                    dotted = true;
                    opens || word_so_far.ends_with(['w', 'W'])
                }
                // `(c)`, `(r)`, `(tm)`.
                '(' => true,
                // Revision links: r123.
                'r' => at_word && line[at + 1..].starts_with(|n: char| n.is_ascii_digit()),
                _ => false,
            };
            if sign {
                out.push_str(&format!("&#{};", u32::from(c)));
            } else {
                out.push(c);
            }
            word_so_far.push(c);
        }
    }
    out
}

/// CommonMark: every ASCII punctuation that can begin something gets a backslash; Redmine's own links too.
fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (number, line) in neutral_lines(text).split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let line = line.trim_start();
        for (at, c) in line.char_indices() {
            let at_word = at == 0 || !line[..at].ends_with(|p: char| p.is_alphanumeric());
            let numbered = at > 0 && line[..at].bytes().all(|b| b.is_ascii_digit());
            match c {
                '.' | ')' if numbered => out.push('\\'),
                '-' if at == 0 => out.push('\\'),
                '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '(' | ')' | '#' | '+' | '!' | '|'
                | '~' | '&' | '"' | '@' | '$' | '=' => out.push('\\'),
                ':' => {
                    out.push_str("&#58;");
                    continue;
                }
                'r' if at_word && line[at + 1..].starts_with(|n: char| n.is_ascii_digit()) => {
                    out.push_str("&#114;");
                    continue;
                }
                '.' if line[..at].ends_with(['w', 'W']) => {
                    out.push_str("&#46;");
                    continue;
                }
                _ => {}
            }
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str) -> Note {
        Note { blocks: vec![NoteBlock::Paragraph { text: text.into() }] }
    }

    #[test]
    fn markers_of_operations_of_one_minute_differ() {
        let id = |s: &str| OperationId(uuid::Uuid::parse_str(s).expect("uuid"));
        let (a, b) = (id("019a9f00-1111-7abc-8def-0123456789ab"), id("019a9f00-1111-7abc-8def-0123456789ac"));
        assert_eq!(marker(&a), "CAB-456789ab");
        assert_ne!(marker(&a), marker(&b));
        assert!(carries_marker(&format!("Decision of the board ({})", marker(&a))));
    }

    #[test]
    fn only_a_whole_marker_counts() {
        for (text, carries) in [
            ("CAB-1a2b3c4d", true),
            ("x CAB-1a2b3c4d.", true),
            ("CAB-1a2b3c4", false),
            ("CAB-1a2b3c4d5", false),
            ("CAB-1A2B3C4D", false),
            ("CAB- CAB-12 CAB-00000000\n", true),
            ("", false),
            ("CAB-", false),
            ("CAB-1a2b3c4\u{e9}", false),
        ] {
            assert_eq!(carries_marker(text), carries, "{text:?}");
        }
    }

    #[test]
    fn textile_signs_lose_their_meaning_and_the_marker_stays_readable() {
        let out = note("h1. Big\n* item\n!x.gif! {{macro}} [[Wiki]] #12 r12 \"a\":http://x <b> =HYPER CAB-1a2b3c4d")
            .render(TextFormat::Textile);
        for sign in ["h1.", "* item", "!", "{{", "[[", " #12", " r12", "\":", "<b>", "http:", "="] {
            assert!(!out.contains(sign), "{sign} survived in {out}");
        }
        assert!(out.contains("CAB-1a2b3c4d"));
        assert!(!out.contains('\r'));
    }

    #[test]
    fn markdown_signs_lose_their_meaning() {
        let out =
            note("# Big\n1. one\n- item\n<script> [a](javascript:x) **b** r12 www.x.y").render(TextFormat::Markdown);
        assert_eq!(
            out,
            "\\# Big\n1\\. one\n\\- item\n\\<script\\> \\[a\\]\\(javascript&#58;x\\) \\*\\*b\\*\\* &#114;12 www&#46;x.y"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_leaves_a_sign_of_its_own_in_textile(text in "\\PC*") {
            let out = note(&text).render(TextFormat::Textile);
            let bare = out.replace("&#", "");
            proptest::prop_assert!(!bare.contains(['*', '_', '@', '+', '^', '~', '%', '?', '!', '"', '|', '{', '[', '<', '>', '=', '`', ':']), "{}", out);
        }

        #[test]
        fn any_text_renders_in_any_markup(text in ".*") {
            for format in [TextFormat::Plain, TextFormat::Textile, TextFormat::Markdown] {
                proptest::prop_assert!(!note(&text).render(format).contains('\r'));
            }
        }
    }

    #[test]
    fn code_stands_as_it_is_and_nothing_in_it_ends_it() {
        let code = |text: &str, format| Note { blocks: vec![NoteBlock::Code { text: text.into() }] }.render(format);
        let template = "h3. R23 Backout plan\n\n* >30 min\n";
        assert_eq!(code(template, TextFormat::Textile), "<pre>\nh3. R23 Backout plan\n\n* >30 min\n</pre>");
        assert_eq!(code(template, TextFormat::Plain), template.trim_end());
        assert_eq!(code("### R23\r\n", TextFormat::Markdown), "```\n### R23\n```");
        assert_eq!(code("a\n````\nb", TextFormat::Markdown), "`````\na\n````\nb\n`````");
        let hostile = code("</pre> <PRE></PRE>", TextFormat::Textile);
        assert_eq!(hostile.matches("</").count(), 1, "{hostile}");
    }

    #[test]
    fn a_heading_or_fact_cannot_break_out_of_its_line() {
        let note = Note {
            blocks: vec![
                NoteBlock::Heading { text: "One\r\nh1. Two".into() },
                NoteBlock::Fact { label: "Decision".into(), value: "approved\n\n* x".into() },
                NoteBlock::Fact { label: "Reference".into(), value: "CAB-00000000".into() },
            ],
        };
        let out = note.render(TextFormat::Textile);
        assert_eq!(out.lines().count(), 4, "{out}");
        assert!(out.ends_with("*Reference:* CAB-00000000"));
    }
}
