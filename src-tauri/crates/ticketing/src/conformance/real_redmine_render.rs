//! What Cabinet writes, as Redmine itself renders it to people.
use std::collections::BTreeSet;

use super::real_redmine_push::{decided, receipt};
use crate::{Note, NoteBlock};

/// Lines that are something else in textile, in Redmine's own links, or in HTML.
const HOSTILE: [&str; 40] = [
    "*bold* _emphasis_ +inserted+ -deleted- ^up^ ~down~ %span% ??cite?? @code@",
    "a*b*c snake_case_name x-y-z a -b- c -- d --- e",
    "h1. heading",
    "bq. quote",
    "p>. right",
    "pre. text",
    "fn1. note[1]",
    "* item",
    "# numbered",
    "- definition := text",
    "; term",
    "|_. cell |_. cell |",
    "> quoted",
    "---",
    "\"link\":https://evil.example and \"x\":javascript:alert(1)",
    "https://evil.example/path?x=1 www.evil.example mailto:a@evil.example a@evil.example",
    "!https://evil.example/pixel.gif! !>x.png(title)!",
    "{{macro}} {{toc}} {{collapse(x)",
    "[[Wiki]] [[Wiki|name]] [[delivery:Page]]",
    "#1 #1-2 ##1 issue #12 (#12) r12 r1 commit:abc source:some/file export:x version:1 attachment:plan.pdf",
    "document:x forum:x message#1 news:x project:delivery user:alice user#1 @alice note#3",
    "delivery:#1 sandbox:r12",
    "<script>alert(1)</script> <b>bold</b> <img src=x onerror=alert(1)> <!-- c -->",
    "&lt;b&gt; &amp; &#42; &copy; &nbsp;",
    "ACME(Acme Corporation) TLA(three)",
    "(c) (r) (tm) ... -> <- 2 x 3",
    "==no textile== <notextile>x</notextile> <pre><code class=\"ruby\">x</code></pre>",
    "%{color:red}red% *(class)x* p(class#id). x p{color:red}. x",
    "=HYPERLINK(\"https://evil.example\",\"pay\")",
    "+1+1 -2+3 @SUM(A1)",
    "`backticks` ~~~ ``` ***",
    "trailing space \\ backslash \\* and 'quotes' \"double\"",
    "1. one 2. two",
    "*",
    "_",
    "\"",
    "|",
    "$ % ^ & ( ) [ ] { }",
    "Überprüfung 💶 年度決算",
    "reason: because; see: nothing",
];

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = rest.find(';').filter(|end| *end <= 10) else {
            out.push('&');
            rest = &rest[1..];
            continue;
        };
        let name = &rest[1..end];
        let decoded = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some('\u{a0}'),
            _ => name.strip_prefix('#').and_then(|n| n.parse().ok()).and_then(char::from_u32),
        };
        match decoded {
            Some(c) => out.push(c),
            None => out.push_str(&rest[..=end]),
        }
        rest = &rest[end + 1..];
    }
    out + rest
}

/// Names of the tags, and the text without them.
fn stripped(html: &str) -> (BTreeSet<String>, String) {
    let (mut tags, mut text) = (BTreeSet::new(), String::new());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        let end = rest[at..].find('>').map_or(rest.len() - 1, |e| at + e);
        let tag = &rest[at + 1..end];
        tags.insert(tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default().to_owned());
        if tag.starts_with("br") {
            text.push(' ');
        }
        rest = &rest[end + 1..];
    }
    text.push_str(rest);
    (tags, unescaped(&text))
}

/// Lines of signs and words in every order, the same in each run.
fn random_lines(count: usize) -> Vec<String> {
    let parts = [
        "*",
        "_",
        "@",
        "+",
        "-",
        "^",
        "~",
        "%",
        "?",
        "??",
        "!",
        "\"",
        "|",
        "{",
        "}",
        "{{",
        "[",
        "[[",
        "]",
        "<",
        ">",
        "=",
        "==",
        "#",
        "##",
        "&",
        "\\",
        "`",
        "$",
        "'",
        ":",
        ".",
        "(",
        ")",
        ";",
        ",",
        " ",
        " ",
        " ",
        "word",
        "r12",
        "h1",
        "bq",
        "http",
        "//x.example",
        "www",
        "user",
        "12",
        "a",
        "B2",
        "é",
    ];
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let line = |next: &mut dyn FnMut() -> u64| {
        let length = 1 + next() % 14;
        let parts: Vec<&str> = (0..length).map(|_| parts[(next() % parts.len() as u64) as usize]).collect();
        parts.concat().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    (0..count).map(|_| line(&mut next)).filter(|l| !l.is_empty()).collect()
}

#[tokio::test]
async fn c27_what_cabinet_writes_is_read_as_plain_words_whatever_signs_are_in_it() {
    let mut it = decided("Approved").await;
    it.operation.status = None;
    it.operation.file = None;
    let mut lines: Vec<String> = HOSTILE.iter().map(|l| (*l).to_owned()).collect();
    lines.extend(random_lines(800));
    it.operation.note = Note {
        blocks: vec![
            NoteBlock::Heading { text: lines[0].clone() },
            NoteBlock::Bullets { items: lines[..HOSTILE.len()].to_vec() },
            NoteBlock::Fact { label: lines[1].clone(), value: lines[0].clone() },
            NoteBlock::Paragraph { text: lines.join("\n") },
        ],
    };
    receipt(&it.pushed().await);
    // The feed carries the rendered note. Its key is not the API's.
    let feed = "f".repeat(40);
    it.server.sql(&format!(
        "delete from tokens where action = 'feeds' and user_id = 1; \
         insert into tokens (user_id, action, value, created_on, updated_on) \
         values (1, 'feeds', '{feed}', datetime('now'), datetime('now'))"
    ));
    let atom = it.server.bytes("admin", &format!("issues/{}.atom?key={feed}", it.id)).await;
    let atom = String::from_utf8(atom).expect("text");
    let start = atom.find("<content type=\"html\">").expect("a note") + "<content type=\"html\">".len();
    let html = unescaped(&atom[start..start + atom[start..].find("</content>").expect("an end")]);
    let (tags, text) = stripped(&html);
    let ours: BTreeSet<String> = ["br", "h3", "li", "p", "strong", "ul"].into_iter().map(str::to_owned).collect();
    // The headline's own two anchors are Redmine's.
    let foreign: Vec<&String> = tags.difference(&ours).filter(|t| *t != "a").collect();
    assert!(foreign.is_empty(), "{foreign:?} in {html}");
    assert_eq!(
        html.matches("<a ").count(),
        2 * html.matches("class=\"wiki-anchor\"").count(),
        "a link of its own in {html}"
    );
    let plain: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let wanted: String = lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    if !plain.contains(&wanted) {
        let lost = lines.iter().find(|l| !plain.contains(l.as_str()));
        panic!("the words were changed, first at {lost:?} in {html}");
    }
}
