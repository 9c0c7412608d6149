use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn markdown(text: &str) -> Vec<Block> {
    parse(TextFormat::Markdown, text)
}

fn textile(text: &str) -> Vec<Block> {
    parse(TextFormat::Textile, text)
}

fn t(text: &str) -> Inline {
    Inline::Text { text: text.to_owned() }
}

fn strong(inlines: Vec<Inline>) -> Inline {
    Inline::Strong { inlines }
}

fn em(inlines: Vec<Inline>) -> Inline {
    Inline::Emphasis { inlines }
}

fn c(text: &str) -> Inline {
    Inline::Code { text: text.to_owned() }
}

fn p(inlines: Vec<Inline>) -> Block {
    Block::Paragraph { inlines }
}

fn pre(language: &str, text: &str) -> Block {
    super::code(language, text)
}

fn link(words: &str, target: &str) -> Inline {
    Inline::Link { inlines: vec![t(words)], target: target.to_owned() }
}

fn list(ordered: bool, items: &[&str]) -> Block {
    Block::List { ordered, items: items.iter().map(|i| vec![p(vec![t(i)])]).collect() }
}

#[test]
fn plain_text_keeps_lines_and_paragraphs() {
    let blocks = parse(TextFormat::Plain, "one\r\n  *two*\n\n\nthree <b>\n");
    assert_eq!(blocks, [p(vec![t("one"), Inline::LineBreak, t("  *two*")]), p(vec![t("three <b>")])]);
    assert!(parse(TextFormat::Plain, "").is_empty());
}

#[test]
fn markdown_becomes_blocks() {
    let cases = [
        ("## Two", vec![Block::Heading { level: 2, inlines: vec![t("Two")] }]),
        (
            "a *b* **c** `d` ~~e~~",
            vec![p(vec![
                t("a "),
                em(vec![t("b")]),
                t(" "),
                strong(vec![t("c")]),
                t(" "),
                c("d"),
                t(" "),
                Inline::Strike { inlines: vec![t("e")] },
            ])],
        ),
        ("- a\n- b", vec![list(false, &["a", "b"])]),
        ("1. a\n2. b", vec![list(true, &["a", "b"])]),
        ("- a\n\n- b", vec![list(false, &["a", "b"])]),
        ("- a\n  - b", vec![Block::List { ordered: false, items: vec![vec![p(vec![t("a")]), list(false, &["b"])]] }]),
        ("> q", vec![Block::Quote { blocks: vec![p(vec![t("q")])] }]),
        ("---", vec![Block::Rule]),
        ("```sql\nselect 1;\n```", vec![pre("sql", "select 1;")]),
        ("    indented", vec![pre("", "indented")]),
        (
            "|a|b|\n|-|-|\n|1|2|",
            vec![Block::Table {
                header: vec![vec![t("a")], vec![t("b")]],
                rows: vec![vec![vec![t("1")], vec![t("2")]]],
            }],
        ),
        ("one\ntwo", vec![p(vec![t("one"), Inline::LineBreak, t("two")])]),
        ("[x](https://a.example/b)", vec![p(vec![link("x", "https://a.example/b")])]),
        ("<https://a.example>", vec![p(vec![link("https://a.example", "https://a.example")])]),
        ("![plan](https://a.example/p.png)", vec![p(vec![t("[image: plan, https://a.example/p.png]")])]),
    ];
    for (text, expected) in cases {
        assert_eq!(markdown(text), expected, "{text}");
    }
}

#[test]
fn html_in_markdown_is_shown_and_never_kept() {
    let cases = [
        ("<script>alert(1)</script>", vec![pre("html", "<script>alert(1)</script>")]),
        ("a <img src=x onerror=alert(1)> b", vec![p(vec![t("a "), c("<img src=x onerror=alert(1)>"), t(" b")])]),
        ("<!-- hidden -->", vec![pre("html", "<!-- hidden -->")]),
    ];
    for (text, expected) in cases {
        assert_eq!(markdown(text), expected, "{text}");
    }
}

#[test]
fn only_http_https_and_mailto_stay_links() {
    let cases = [
        ("http://a.example", true),
        ("HTTPS://a.example/x?y=1#z", true),
        ("mailto:a@b.example", true),
        ("javascript:alert(1)", false),
        ("JaVaScRiPt:alert(1)", false),
        (" javascript:alert(1)", false),
        ("java\tscript:alert(1)", false),
        ("data:text/html;base64,PHNjcmlwdD4=", false),
        ("vbscript:x", false),
        ("file:///etc/passwd", false),
        ("//evil.example", false),
        ("/relative", false),
        ("http:", false),
        ("http://", false),
        ("https:///evil.example", false),
        ("mailto:", false),
        ("http://a.example/\u{202E}gpj.exe", false),
        ("http://a.example\\@evil.example", false),
        ("http\u{200B}://a.example", false),
        ("h", false),
        ("", false),
        ("ü", false),
    ];
    for (target, expected) in cases {
        assert_eq!(links::harmless(target), expected, "{target:?}");
        let mut inlines = Vec::new();
        links::push(words("words"), target, &mut inlines);
        assert_eq!(matches!(inlines[0], Inline::Link { .. }), expected);
        let shown = visible(&[p(inlines)]);
        assert!(shown.contains("words") && shown.contains(&mark_invisible(target.trim())), "{shown}");
    }
}

#[test]
fn a_harmful_link_is_text_with_its_target_visible() {
    assert_eq!(markdown("[x](javascript:alert(1))"), [p(vec![t("x (javascript:alert(1))")])]);
    assert_eq!(textile("\"x\":javascript:alert(1)"), [p(vec![t("x (javascript:alert(1))")])]);
}

#[test]
fn textile_becomes_blocks() {
    let cases = [
        ("h1. One\n\ntext", vec![Block::Heading { level: 1, inlines: vec![t("One")] }, p(vec![t("text")])]),
        ("h3(#anchor). Three", vec![Block::Heading { level: 3, inlines: vec![t("Three")] }]),
        (
            "h2{color:red}. *Two*\nnext",
            vec![Block::Heading { level: 2, inlines: vec![strong(vec![t("Two")])] }, p(vec![t("next")])],
        ),
        ("h7. no", vec![p(vec![t("h7. no")])]),
        ("p. para", vec![p(vec![t("para")])]),
        ("p(class)>. para", vec![p(vec![t("para")])]),
        ("p.m. is late", vec![p(vec![t("p.m. is late")])]),
        ("one\ntwo", vec![p(vec![t("one"), Inline::LineBreak, t("two")])]),
        ("* a\n* b", vec![list(false, &["a", "b"])]),
        ("# a\n# b", vec![list(true, &["a", "b"])]),
        ("Steps:\n# a\n# b\n\nend", vec![p(vec![t("Steps:")]), list(true, &["a", "b"]), p(vec![t("end")])]),
        (
            "* a\n** b\n** c\n* d",
            vec![Block::List {
                ordered: false,
                items: vec![vec![p(vec![t("a")]), list(false, &["b", "c"])], vec![p(vec![t("d")])]],
            }],
        ),
        ("# a\n#* b", vec![Block::List { ordered: true, items: vec![vec![p(vec![t("a")]), list(false, &["b"])]] }]),
        ("* a\n# b\n# c", vec![list(false, &["a"]), list(true, &["b", "c"])]),
        ("** deep", vec![Block::List { ordered: false, items: vec![vec![list(false, &["deep"])]] }]),
        (
            "* a\ngoes on",
            vec![Block::List { ordered: false, items: vec![vec![p(vec![t("a"), Inline::LineBreak, t("goes on")])]] }],
        ),
        (
            "|_. a|_. b|\n|1|2|",
            vec![Block::Table {
                header: vec![vec![t("a")], vec![t("b")]],
                rows: vec![vec![vec![t("1")], vec![t("2")]]],
            }],
        ),
        (
            "|_. a|1|\n|>. b|\\2. c|",
            vec![Block::Table {
                header: vec![],
                rows: vec![vec![vec![strong(vec![t("a")])], vec![t("1")]], vec![vec![t("b")], vec![t("c")]]],
            }],
        ),
        ("|a. b||", vec![Block::Table { header: vec![], rows: vec![vec![vec![t("a. b")], vec![]]] }]),
        ("bq. said", vec![Block::Quote { blocks: vec![p(vec![t("said")])] }]),
        (
            "> said\n> * a\n>> deep",
            vec![Block::Quote {
                blocks: vec![
                    p(vec![t("said")]),
                    list(false, &["a"]),
                    Block::Quote { blocks: vec![p(vec![t("deep")])] },
                ],
            }],
        ),
        ("---", vec![Block::Rule]),
        ("<pre>\na *b*\n\nc\n</pre>\nafter", vec![pre("", "a *b*\n\nc"), p(vec![t("after")])]),
        ("text\n<pre>x</pre>", vec![p(vec![t("text")]), pre("", "x")]),
        ("<pre><code class=\"sql\">select 1;\n</code></pre>", vec![pre("sql", "select 1;")]),
        ("<PRE>x</Pre>", vec![pre("", "x")]),
        ("<pre>never closed\n\nx", vec![pre("", "never closed\n\nx")]),
        ("<pre hidden", vec![pre("", "<pre hidden")]),
        ("{{toc}}\n\nx", vec![pre("", "{{toc}}"), p(vec![t("x")])]),
        ("<script>alert(1)</script>", vec![pre("", "<script>alert(1)</script>")]),
        ("fn1. note", vec![pre("", "fn1. note")]),
        ("table(x). \n|a|", vec![pre("", "table(x). \n|a|")]),
    ];
    for (text, expected) in cases {
        assert_eq!(textile(text), expected, "{text}");
    }
}

#[test]
fn textile_becomes_inlines() {
    let strike = |inlines| Inline::Strike { inlines };
    let cases = [
        (
            "*bold* _em_ @code@ -gone-",
            vec![
                strong(vec![t("bold")]),
                t(" "),
                em(vec![t("em")]),
                t(" "),
                c("code"),
                t(" "),
                strike(vec![t("gone")]),
            ],
        ),
        ("**bold** and __em__.", vec![strong(vec![t("bold")]), t(" and "), em(vec![t("em")]), t(".")]),
        ("*_both_*", vec![strong(vec![em(vec![t("both")])])]),
        ("a * b * c", vec![t("a * b * c")]),
        ("2*3*4", vec![t("2*3*4")]),
        ("snake_case_name", vec![t("snake_case_name")]),
        ("_snake_case_", vec![em(vec![t("snake_case")])]),
        ("rm -rf x -v", vec![t("rm -rf x -v")]),
        ("2026-03-04 - 2026-03-05", vec![t("2026-03-04 - 2026-03-05")]),
        ("--force --now", vec![t("--force --now")]),
        ("mail a@b.example and c@d.example", vec![t("mail a@b.example and c@d.example")]),
        ("(*x*)", vec![t("("), strong(vec![t("x")]), t(")")]),
        ("*open", vec![t("*open")]),
        ("@*raw*@", vec![c("*raw*")]),
        ("<code>x < y</code>!", vec![c("x < y"), t("!")]),
        ("<code>open", vec![t("<code>open")]),
        ("see \"docs\":https://a.example/x. Then", vec![t("see "), link("docs", "https://a.example/x"), t(". Then")]),
        ("(\"docs\":https://a.example/x_(y))", vec![t("("), link("docs", "https://a.example/x_(y)"), t(")")]),
        ("\"quoted\" and \"x\":http://a.example", vec![t("\"quoted\" and "), link("x", "http://a.example")]),
        ("say \"this\": that", vec![t("say \"this\": that")]),
        ("\"here\":/relative", vec![t("here (/relative)")]),
        ("!https://a.example/i.png!", vec![t("[image: https://a.example/i.png]")]),
        ("!>shot.png(The screen)!", vec![t("!>shot.png(The screen)!")]),
        ("!>shot.png(Screen)!", vec![t("[image: Screen, shot.png]")]),
        ("Wow! Really!", vec![t("Wow! Really!")]),
        ("a <b onclick=x>b</b>", vec![t("a <b onclick=x>b</b>")]),
        ("[[Wiki]] &amp; #17", vec![t("[[Wiki]] &amp; #17")]),
    ];
    for (text, expected) in cases {
        assert_eq!(textile(text), [p(expected)], "{text}");
    }
}

#[test]
fn what_hides_or_reorders_is_marked() {
    assert_eq!(mark_invisible("a\u{202E}b\u{200B}\tc\nd\u{7}"), "a⟦U+202E⟧b⟦U+200B⟧\tc\nd⟦U+0007⟧");
    let hidden = [
        '\u{0}',
        '\u{1B}',
        '\u{7F}',
        '\u{85}',
        '\u{9F}',
        '\u{AD}',
        '\u{61C}',
        '\u{200C}',
        '\u{200D}',
        '\u{200E}',
        '\u{200F}',
        '\u{2028}',
        '\u{202A}',
        '\u{2066}',
        '\u{2069}',
        '\u{2060}',
        '\u{3164}',
        '\u{FEFF}',
        '\u{E0041}',
    ];
    for c in hidden {
        let marked = format!("a⟦U+{:04X}⟧b", u32::from(c));
        assert_eq!(mark_invisible(&format!("a{c}b")), marked);
        for format in [TextFormat::Plain, TextFormat::Textile, TextFormat::Markdown] {
            let shown = visible(&parse(format, &format!("a{c}b")));
            // CommonMark itself replaces NUL by U+FFFD: visible as well.
            assert!(shown.trim() == marked || (c == '\u{0}' && shown.contains('\u{FFFD}')), "{format:?} {c:?} {shown}");
        }
    }
    let seen = "äöü ß 漢字 العربية עברית 🙂 ❤\u{FE0F} é \u{A0}";
    assert_eq!(mark_invisible(seen), seen);
}

#[test]
fn marks_stand_apart_from_words_and_hide_nowhere() {
    let mark = Inline::Mark { code_point: "U+202E".to_owned() };
    assert_eq!(markdown("a\u{202E}b"), [p(vec![t("a"), mark, t("b")])]);
    for text in ["`a\u{202E}`", "```\u{202E}\na\n```", "![\u{202E}](x\u{202E}.png)", "[x](y\u{202E})", "<b \u{202E}>"] {
        assert!(serde_json::to_string(&markdown(text)).unwrap().contains("U+202E"), "{text}");
        assert_eq!(no_hidden(&markdown(text)), "", "{text}");
    }
}

/// Invisible characters anywhere in the tree, targets and languages included.
fn no_hidden(blocks: &[Block]) -> String {
    fn strings(value: &serde_json::Value, out: &mut String) {
        match value {
            serde_json::Value::String(s) => out.extend(s.chars().filter(|c| invisible::invisible(*c))),
            serde_json::Value::Array(items) => items.iter().for_each(|v| strings(v, out)),
            serde_json::Value::Object(map) => map.values().for_each(|v| strings(v, out)),
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
        }
    }
    let mut out = String::new();
    strings(&serde_json::to_value(blocks).unwrap(), &mut out);
    out
}

/// Depth of the tree, blocks and inlines together.
fn depth(blocks: &[Block]) -> usize {
    fn inner(inlines: &[Inline]) -> usize {
        let of = |i: &Inline| match i {
            Inline::Emphasis { inlines }
            | Inline::Strong { inlines }
            | Inline::Strike { inlines }
            | Inline::Link { inlines, .. } => 1 + inner(inlines),
            Inline::Text { .. } | Inline::Code { .. } | Inline::Mark { .. } | Inline::LineBreak => 1,
        };
        inlines.iter().map(of).max().unwrap_or(0)
    }
    let of = |b: &Block| match b {
        Block::Paragraph { inlines } | Block::Heading { inlines, .. } => 1 + inner(inlines),
        Block::List { items, .. } => 1 + items.iter().map(|i| depth(i)).max().unwrap_or(0),
        Block::Table { header, rows } => {
            1 + header.iter().chain(rows.iter().flatten()).map(|c| inner(c)).max().unwrap_or(0)
        }
        Block::Quote { blocks } => 1 + depth(blocks),
        Block::Code { .. } | Block::Rule => 1,
    };
    blocks.iter().map(of).max().unwrap_or(0)
}

#[test]
fn a_long_text_is_cut_for_display_and_says_how_much_is_not_shown() {
    for format in [TextFormat::Plain, TextFormat::Textile, TextFormat::Markdown] {
        let text = "A line of the description, über alles.\n\n".repeat(10_000);
        let blocks = parse(format, &text);
        let last = visible(&blocks[blocks.len() - 1..]);
        let hidden: usize = last.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!(last.contains("not shown") && hidden > text.len() - MAX_SHOWN && hidden < text.len());
        assert!(visible(&blocks).len() < MAX_SHOWN + 100);
        let short = "x".repeat(MAX_SHOWN);
        assert!(!visible(&parse(format, &short)).contains("not shown"));
        // Cut between two characters, not inside one.
        let wide = "ü".repeat(MAX_SHOWN);
        assert!(visible(&parse(format, &wide)).contains("not shown"));
    }
}

#[test]
fn five_megabytes_parse_in_well_under_a_second() {
    let paragraph =
        "h2. A heading\n\nSome *words* of a plan, \"linked\":https://a.example/x and @code@.\n\n* one\n* two\n\n";
    let text = paragraph.repeat(5 * 1024 * 1024 / paragraph.len());
    for format in [TextFormat::Plain, TextFormat::Textile, TextFormat::Markdown] {
        let started = Instant::now();
        assert!(visible(&parse(format, &text)).contains("not shown"));
        assert!(started.elapsed() < Duration::from_secs(1), "{format:?} took {:?}", started.elapsed());
    }
}

#[test]
fn hostile_shapes_stay_cheap_and_shallow() {
    let shapes = [
        "A plain line with *some* words.\n",
        "> ",
        ">",
        "* ",
        "*",
        "**a ",
        "_a ",
        "*a_b ",
        "-a ",
        "@a ",
        "`",
        "``a",
        "[",
        "](",
        "[a](",
        "![",
        "!a",
        "!a.b",
        "\"a ",
        "\"a\":",
        "\"a\":) ",
        "\"a\":x",
        "<pre>",
        "<pre>\n",
        "<code>",
        "</code>",
        "<",
        "<a",
        "<!--",
        "|",
        "|a",
        "|a|\n",
        "|_. a|\n",
        "|-",
        "#",
        "# a\n",
        "- ",
        "  - a\n",
        "h1. ",
        "h1.((",
        "bq. ",
        "\n",
        "\n\n\n ",
        "---\n",
        "{{",
        "```\n",
        "~~a",
        "1. ",
        "&amp;",
        "\\",
        "\u{202E}",
        "]: x\n",
        "[a]: <b> \"",
        "*_",
        "(",
        ")",
        "\"x\":((((",
        "\t",
        " ",
        "<pre ",
        "<pre \n",
        "%{",
        "##########* x\n",
    ];
    for shape in shapes {
        // Long enough that quadratic work shows, and short enough for every run of the tests.
        let text = shape.repeat(40 * 1024 / shape.len());
        for format in [TextFormat::Plain, TextFormat::Textile, TextFormat::Markdown] {
            let started = Instant::now();
            let blocks = parse(format, &text);
            assert!(started.elapsed() < Duration::from_secs(1), "{format:?} {shape:?} took {:?}", started.elapsed());
            assert!(depth(&blocks) <= MAX_DEPTH + 1, "{format:?} {shape:?} is {} deep", depth(&blocks));
            assert!(nodes(&blocks) <= MAX_NODES + 2, "{format:?} {shape:?} has {} nodes", nodes(&blocks));
        }
    }
}

#[test]
fn the_deepest_tree_can_be_read_back_from_json() {
    for text in [
        format!("{}x", "> ".repeat(500)),
        format!("{}x", "> - ".repeat(500)),
        "*a _b ".repeat(200) + &" c_ d*".repeat(200),
    ] {
        for format in [TextFormat::Textile, TextFormat::Markdown] {
            let blocks = parse(format, &text);
            let json = serde_json::to_string(&blocks).unwrap();
            assert_eq!(serde_json::from_str::<Vec<Block>>(&json).unwrap(), blocks, "{format:?}");
        }
    }
}

#[test]
fn nesting_beyond_the_limit_is_flattened_and_its_words_stay() {
    let quoted = format!("{}deepest", "> ".repeat(500));
    let emphasised = format!("{}deepest{}", "*a _a ".repeat(100), "_ *".repeat(100));
    for format in [TextFormat::Textile, TextFormat::Markdown] {
        for text in [&quoted, &emphasised] {
            let blocks = parse(format, text);
            assert!(visible(&blocks).contains("deepest"), "{format:?}");
            assert!(depth(&blocks) <= MAX_DEPTH + 1);
        }
    }
}

#[test]
fn a_wide_table_with_short_rows_stays_small() {
    let head = format!("{}|\n{}|\n", "|a".repeat(20_000), "|-".repeat(20_000));
    let text = format!("{head}{}", "|b|\n".repeat(20_000));
    let started = Instant::now();
    let blocks = markdown(&text);
    let cells: usize = blocks
        .iter()
        .map(|b| match b {
            Block::Table { rows, .. } => rows.iter().map(Vec::len).sum(),
            Block::Paragraph { .. }
            | Block::Heading { .. }
            | Block::List { .. }
            | Block::Code { .. }
            | Block::Quote { .. }
            | Block::Rule => 0,
        })
        .sum();
    assert!(cells < 600_000 && started.elapsed() < Duration::from_secs(2), "{cells} cells, {:?}", started.elapsed());
}

/// Without white space, which parsing into lines and paragraphs may move.
fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Pieces that mean something to one of the parsers, and words that do not.
fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z ü]{0,6}",
        prop::sample::select(vec![
            "*",
            "**",
            "_",
            "__",
            "@",
            "-",
            "--",
            "\"",
            "\":",
            "!",
            "|",
            "\n",
            "\n\n",
            "> ",
            "* ",
            "** ",
            "# ",
            "h1. ",
            "bq. ",
            "<pre>",
            "</pre>",
            "<code>",
            "</code>",
            "[x](",
            ")",
            "`",
            "```",
            "http://a.example",
            "javascript:x",
            "{{",
            "<b>",
            "\u{202E}",
            "\u{200B}",
            "\r\n",
            "\t",
            "ä",
            "漢",
            "\u{0}",
            "---\n",
            "_. ",
            "\\2. ",
        ])
        .prop_map(str::to_owned),
        ".{0,4}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_makes_a_parser_panic_or_hide(text in markup()) {
        for format in [TextFormat::Plain, TextFormat::Textile, TextFormat::Markdown] {
            let blocks = parse(format, &text);
            prop_assert_eq!(no_hidden(&blocks), "");
            prop_assert!(depth(&blocks) <= MAX_DEPTH + 1);
        }
    }

    #[test]
    fn plain_text_is_shown_whole(text in "\\PC{0,80}|[\\x00-\\x20a-z\u{202A}-\u{202E}\n]{0,80}") {
        let expected = mark_invisible(&text.replace("\r\n", "\n").replace('\r', "\n"));
        prop_assert_eq!(dense(&visible(&parse(TextFormat::Plain, &text))), dense(&expected));
    }

    #[test]
    fn textile_keeps_every_word(text in markup()) {
        let shown = dense(&visible(&parse(TextFormat::Textile, &text)));
        for word in text.split(|c: char| !c.is_ascii_lowercase()).filter(|w| w.len() > 6) {
            prop_assert!(shown.contains(word), "{} is missing", word);
        }
    }
}
