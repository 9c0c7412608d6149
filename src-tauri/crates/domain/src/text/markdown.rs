//! CommonMark with tables and strike-through. HTML is shown verbatim; images are named, never
//! fetched.
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

use super::{Block, Inline, MAX_DEPTH, code, links, mark_invisible, push_words};

/// The parser's events. Its own work is not recursive; ours is, and bounded by [`MAX_DEPTH`].
type Events<'a> = Parser<'a, pulldown_cmark::DefaultBrokenLinkCallback>;

pub(super) fn parse(text: &str) -> Vec<Block> {
    let mut events = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    blocks(&mut events, 1)
}

/// Blocks until the end of the container. Inlines that stand in it directly, as in a tight list's
/// item, become paragraphs.
fn blocks(events: &mut Events<'_>, depth: usize) -> Vec<Block> {
    let mut out = Vec::new();
    let mut loose = Vec::new();
    while let Some(event) = events.next() {
        if let Event::End(_) = event {
            break;
        }
        if let Some(event) = block(event, events, depth, &mut loose, &mut out) {
            inline(event, events, depth + 1, &mut loose);
        }
    }
    close(&mut loose, &mut out);
    out
}

fn close(loose: &mut Vec<Inline>, out: &mut Vec<Block>) {
    if !loose.is_empty() {
        out.push(Block::Paragraph { inlines: std::mem::take(loose) });
    }
}

/// Handles the start of a block; gives back an event that is no block's.
fn block<'a>(
    event: Event<'a>,
    events: &mut Events<'a>,
    depth: usize,
    loose: &mut Vec<Inline>,
    out: &mut Vec<Block>,
) -> Option<Event<'a>> {
    if let Event::Rule = event {
        close(loose, out);
        out.push(Block::Rule);
        return None;
    }
    if !matches!(&event, Event::Start(tag) if !is_inline(tag)) {
        return Some(event);
    }
    let Event::Start(tag) = event else { return None };
    close(loose, out);
    if depth >= MAX_DEPTH {
        let text = flat(events);
        out.push(code("", &text));
        return None;
    }
    match tag {
        Tag::Heading { level, .. } => {
            out.push(Block::Heading { level: number(level), inlines: inlines(events, depth + 1) });
        }
        Tag::BlockQuote(_) => out.push(Block::Quote { blocks: blocks(events, depth + 1) }),
        Tag::CodeBlock(kind) => {
            let language = match &kind {
                CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or(""),
                CodeBlockKind::Indented => "",
            };
            let text = flat(events);
            out.push(code(language, text.strip_suffix('\n').unwrap_or(&text)));
        }
        Tag::HtmlBlock => out.push(code("html", flat(events).trim_end_matches('\n'))),
        Tag::List(start) => out.push(Block::List { ordered: start.is_some(), items: items(events, depth + 1) }),
        Tag::Table(_) => out.push(table(events, depth + 1)),
        // A paragraph; the others are not enabled, or stand only inside those above.
        Tag::Paragraph
        | Tag::Item
        | Tag::FootnoteDefinition(_)
        | Tag::DefinitionList
        | Tag::DefinitionListTitle
        | Tag::DefinitionListDefinition
        | Tag::TableHead
        | Tag::TableRow
        | Tag::TableCell
        | Tag::MetadataBlock(_)
        | Tag::Emphasis
        | Tag::Strong
        | Tag::Strikethrough
        | Tag::Superscript
        | Tag::Subscript
        | Tag::Link { .. }
        | Tag::Image { .. } => {
            let inlines = inlines(events, depth + 1);
            if !inlines.is_empty() {
                out.push(Block::Paragraph { inlines });
            }
        }
    }
    None
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// A list's items, until its end.
fn items(events: &mut Events<'_>, depth: usize) -> Vec<Vec<Block>> {
    let mut items = Vec::new();
    while let Some(event) = events.next() {
        if let Event::End(_) = event {
            break;
        }
        if let Event::Start(_) = event {
            items.push(blocks(events, depth));
        }
    }
    items
}

/// A table's head and rows, until its end.
fn table(events: &mut Events<'_>, depth: usize) -> Block {
    let mut header = Vec::new();
    let mut rows = Vec::new();
    while let Some(event) = events.next() {
        if let Event::End(_) = event {
            break;
        }
        match event {
            Event::Start(Tag::TableHead) => header = cells(events, depth),
            Event::Start(_) => rows.push(cells(events, depth)),
            Event::End(_)
            | Event::Text(_)
            | Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }
    Block::Table { header, rows }
}

/// A row's cells, until its end.
fn cells(events: &mut Events<'_>, depth: usize) -> Vec<Vec<Inline>> {
    let mut cells = Vec::new();
    while let Some(event) = events.next() {
        if let Event::End(_) = event {
            break;
        }
        if let Event::Start(_) = event {
            cells.push(inlines(events, depth));
        }
    }
    cells
}

/// Inlines until the end of their container.
fn inlines(events: &mut Events<'_>, depth: usize) -> Vec<Inline> {
    let mut out = Vec::new();
    while let Some(event) = events.next() {
        if let Event::End(_) = event {
            break;
        }
        inline(event, events, depth, &mut out);
    }
    out
}

fn inline<'a>(event: Event<'a>, events: &mut Events<'a>, depth: usize, out: &mut Vec<Inline>) {
    match event {
        Event::Text(text) | Event::FootnoteReference(text) => push_words(&text, out),
        Event::Code(text)
        | Event::Html(text)
        | Event::InlineHtml(text)
        | Event::InlineMath(text)
        | Event::DisplayMath(text) => out.push(Inline::Code { text: mark_invisible(&text) }),
        // The ticketing systems show a line's end as one, and so do we.
        Event::SoftBreak | Event::HardBreak => out.push(Inline::LineBreak),
        Event::Rule | Event::TaskListMarker(_) | Event::End(_) => {}
        Event::Start(tag) => start(tag, events, depth, out),
    }
}

fn start<'a>(tag: Tag<'a>, events: &mut Events<'a>, depth: usize, out: &mut Vec<Inline>) {
    if let Tag::Image { dest_url, .. } = &tag {
        out.push(links::image(&flat(events), dest_url));
        return;
    }
    let inner = if depth >= MAX_DEPTH { super::words(&flat(events)) } else { inlines(events, depth + 1) };
    match tag {
        Tag::Link { dest_url, .. } => links::push(inner, &dest_url, out),
        Tag::Strong => out.push(Inline::Strong { inlines: inner }),
        Tag::Strikethrough => out.push(Inline::Strike { inlines: inner }),
        Tag::Emphasis => out.push(Inline::Emphasis { inlines: inner }),
        // Not enabled, or no inline: its words stay.
        Tag::Superscript
        | Tag::Subscript
        | Tag::Image { .. }
        | Tag::Paragraph
        | Tag::Heading { .. }
        | Tag::BlockQuote(_)
        | Tag::CodeBlock(_)
        | Tag::HtmlBlock
        | Tag::List(_)
        | Tag::Item
        | Tag::FootnoteDefinition(_)
        | Tag::DefinitionList
        | Tag::DefinitionListTitle
        | Tag::DefinitionListDefinition
        | Tag::Table(_)
        | Tag::TableHead
        | Tag::TableRow
        | Tag::TableCell
        | Tag::MetadataBlock(_) => out.extend(inner),
    }
}

/// The text up to the end of the container, however deep, without recursion.
fn flat(events: &mut Events<'_>) -> String {
    let mut text = String::new();
    let mut open = 1_usize;
    for event in events.by_ref() {
        match event {
            Event::Start(_) => open += 1,
            Event::End(_) => {
                open -= 1;
                if open == 0 {
                    break;
                }
            }
            Event::Text(t)
            | Event::Code(t)
            | Event::Html(t)
            | Event::InlineHtml(t)
            | Event::InlineMath(t)
            | Event::DisplayMath(t)
            | Event::FootnoteReference(t) => text.push_str(&t),
            Event::SoftBreak | Event::HardBreak | Event::Rule => text.push('\n'),
            Event::TaskListMarker(_) => {}
        }
    }
    text
}
