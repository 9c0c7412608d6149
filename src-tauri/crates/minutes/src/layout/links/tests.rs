use crate::document::{Block, Column, Document, KeyValue, Link, Span, Table};
use crate::fonts::Fonts;
use crate::layout::structure::{ElementId, Kind};
use crate::layout::{A4, Drawn, Layout, Segment, lay_out};
use crate::{compose, specimen};

/// A span whose word of this number leads to item 7, but for so many bytes around it.
fn leading(text: &str, word: u32, from: u32, to: u32) -> Span {
    Span { links: Box::new([Link { item: 7, word, from, to }]), ..Span::plain(text) }
}

fn head(number: u32) -> Block {
    Block::ItemHead { number, key: format!("CHG-{number}"), title: "A title".into(), verdict: Span::strong("Approved") }
}

fn laid(blocks: Vec<Block>) -> Layout {
    let document = Document { blocks, ..compose(&specimen::minutes(0)) };
    lay_out(&document, Fonts::load().expect("fonts"), A4).expect("laid out")
}

/// The words of the first page's content, each with the kind of its element.
fn said(layout: &Layout) -> Vec<(Kind, String)> {
    let of = |drawn: &Drawn| match drawn {
        Drawn::Text { text, tag: Some(id), .. } => {
            Some((layout.structure.elements[id.0 as usize].kind, text.to_string()))
        }
        Drawn::Text { .. } | Drawn::Fill { .. } | Drawn::Stroke { .. } | Drawn::Field { .. } => None,
    };
    layout.pages[0].iter().filter_map(of).collect()
}

fn paragraph(span: Span) -> Block {
    Block::Paragraph { spans: vec![span] }
}

#[test]
fn a_link_is_an_element_among_the_words_of_its_paragraph_without_the_signs_around_it() {
    let layout = laid(vec![paragraph(leading("as (CHG-7), below", 1, 1, 6)), head(7)]);
    let said = said(&layout);
    let (p, link) = (Kind::Paragraph, Kind::Link);
    let expected = [(p, "as ("), (link, "CHG-7"), (p, "), below")].map(|(kind, text)| (kind, text.to_owned()));
    assert_eq!(said[..3], expected);
    let [(element, item)] = layout.structure.links[..] else { panic!("one link: {:?}", layout.structure.links) };
    assert_eq!((item, layout.structure.elements[element.0 as usize].parent), (7, Some(ElementId(0))));
    let heading = layout.structure.anchor_of(7).expect("it is headed");
    assert_eq!(layout.structure.titles.get(heading), Some("7.  CHG-7  A title"));
}

#[test]
fn between_a_link_and_the_words_around_it_a_space_is_said_that_is_no_part_of_the_link() {
    let layout = laid(vec![paragraph(leading("see CHG-7 below", 1, 0, 5)), head(7)]);
    let words: Vec<String> = said(&layout).into_iter().take(3).map(|(_, text)| text).collect();
    assert_eq!(words, ["see ", "CHG-7", " below"]);
}

#[test]
fn a_link_to_an_item_without_a_head_is_words() {
    let layout = laid(vec![paragraph(leading("see CHG-7 below", 1, 0, 5)), head(8)]);
    assert_eq!(said(&layout)[0], (Kind::Paragraph, "see CHG-7 below".to_owned()));
    assert!(layout.structure.links.is_empty());
}

#[test]
fn a_link_is_underlined_as_no_content_and_the_words_around_it_are_not() {
    let layout = laid(vec![paragraph(leading("see CHG-7 below", 1, 0, 5)), head(7)]);
    let fonts = Fonts::load().expect("fonts");
    let place = |drawn: &Drawn| match drawn {
        Drawn::Text { x, y, size, face, text, .. } if **text == *"CHG-7" => {
            Some((*x, x + fonts.width(*face, *size, text), *y))
        }
        Drawn::Text { .. } | Drawn::Fill { .. } | Drawn::Stroke { .. } | Drawn::Field { .. } => None,
    };
    let (left, right, baseline) = layout.pages[0].iter().find_map(place).expect("the link");
    let line = |drawn: &Drawn| match drawn {
        Drawn::Stroke { path, tag: None, .. } => match path[..] {
            [Segment::Move(from, y), Segment::Line(to, _)] if y > baseline && y < baseline + 3.0 => Some((from, to)),
            _ => None,
        },
        Drawn::Stroke { .. } | Drawn::Text { .. } | Drawn::Fill { .. } | Drawn::Field { .. } => None,
    };
    let lines: Vec<(f32, f32)> = layout.pages[0].iter().filter_map(line).collect();
    let [(from, to)] = lines[..] else { panic!("one underline: {lines:?}") };
    assert!((from - left).abs() < 0.01 && (to - right).abs() < 0.01, "{from} to {to} under {left} to {right}");
}

#[test]
fn links_stand_in_cells_and_beside_labels_too_and_headings_can_be_where_they_lead() {
    let cell = || vec![leading("CHG-7", 0, 0, 5)];
    let columns = vec![Column { title: "Key".into(), share: 1 }];
    let layout = laid(vec![
        Block::Table(Table { columns, rows: vec![vec![cell()]] }),
        Block::KeyValues { rows: vec![KeyValue { label: "Item".into(), lines: vec![cell()] }] },
        Block::Heading { level: 2, text: "7 · CHG-7".into(), item: Some(7) },
        head(7),
    ]);
    let elements = &layout.structure.elements;
    let parents = layout.structure.links.iter().map(|(id, _)| elements[id.0 as usize].parent.expect("a cell"));
    assert_eq!(parents.map(|id| elements[id.0 as usize].kind).collect::<Vec<_>>(), [Kind::Cell, Kind::Cell]);
    let anchor = layout.structure.anchor_of(7).expect("it is headed");
    assert_eq!(layout.structure.titles.get(anchor), Some("7 · CHG-7"), "the first of two");
}

#[test]
fn a_linked_word_wider_than_the_measure_is_one_element_over_its_lines() {
    let word = "CHG7".repeat(100);
    let layout = laid(vec![paragraph(leading(&word, 0, 0, 4)), head(7)]);
    let linked = said(&layout).into_iter().filter(|(kind, _)| *kind == Kind::Link);
    let linked: String = linked.map(|(_, text)| text).collect();
    assert_eq!((linked, layout.structure.links.len()), (word, 1));
}
