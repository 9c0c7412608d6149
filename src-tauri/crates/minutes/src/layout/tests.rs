use super::*;
use crate::document::{Bar, Chart, Column, KeyValue, Mark, Table};
use crate::model::{Decision, GateResult, Position, RiskLevel};
use crate::{compose, specimen};

fn laid(blocks: Vec<Block>) -> Layout {
    let document = Document { blocks, ..compose(&specimen::minutes(0)) };
    lay_out(&document, Fonts::load().expect("fonts"), A4).expect("laid out")
}

/// The words of a page in drawing order.
fn words_of(page: &[Drawn]) -> Vec<(f32, String)> {
    let text = |drawn: &Drawn| match drawn {
        Drawn::Text { y, text, .. } => Some((*y, text.to_string())),
        Drawn::Fill { .. } | Drawn::Stroke { .. } | Drawn::Field { .. } => None,
    };
    page.iter().filter_map(text).collect()
}

fn long_table(rows: usize) -> Block {
    let cell = |text: String| vec![Span::plain(text)];
    let rows = (0..rows)
        .map(|row| vec![cell(format!("row{row} {}", "words that wrap ".repeat(row % 7))), cell(format!("value{row}"))]);
    let columns =
        vec![Column { title: "First column".into(), share: 1 }, Column { title: "Second column".into(), share: 1 }];
    Block::Table(Table { columns, rows: rows.collect() })
}

#[test]
fn a_long_table_repeats_its_header_on_every_page() {
    let layout = laid(vec![long_table(200)]);
    assert!(layout.pages.len() > 3);
    for page in &layout.pages {
        assert_eq!(words_of(page).iter().filter(|(_, text)| text == "First column").count(), 1);
    }
}

#[test]
fn strips_that_stay_together_do_so_whichever_block_they_are_of() {
    let document = Document { blocks: Vec::new(), ..compose(&specimen::minutes(0)) };
    let fonts = Fonts::load().expect("fonts");
    let strip = |name: &str, height: f32, keep_with_next: bool| {
        let drawn = lines::line_of(fonts, name, lines::BODY, 0.0, 10.0);
        pages::Strip { height, keep_with_next, drawn, ..pages::Strip::default() }
    };
    let mut stack = pages::Stack::new(A4);
    stack.add([strip("first", A4.room() - 50.0, false)]);
    stack.add([strip("head", 30.0, true)]);
    stack.add([strip("body", 30.0, false), strip("end", 30.0, true)]);
    let made = stack.finish(&document, fonts);
    let of = |page: &Vec<Drawn>| -> Vec<String> { words_of(page).into_iter().map(|(_, text)| text).collect() };
    let pages: Vec<Vec<String>> = made.iter().map(of).collect();
    assert_eq!(pages.len(), 2);
    assert_eq!(pages[0][0], "first");
    assert!(!pages[0].contains(&"head".to_owned()), "{pages:?}");
    assert_eq!(pages[1][..3], ["head", "body", "end"], "the last of all stays with nothing");
}

#[test]
fn rows_never_split_over_a_page() {
    let layout = laid(vec![long_table(200)]);
    let mut seen = std::collections::BTreeSet::new();
    for page in &layout.pages {
        let words = words_of(page);
        for (y, text) in &words {
            let Some(row) = text.strip_prefix("value") else { continue };
            let first = format!("row{row}");
            let partner = words.iter().find(|(_, other)| *other == first || other.starts_with(&format!("{first} ")));
            assert!(partner.is_some_and(|(other, _)| (other - y).abs() < 0.01), "row {row} is torn");
            assert!(seen.insert(row.to_owned()));
        }
    }
    assert_eq!(seen.len(), 200);
}

#[test]
fn a_watermark_stands_behind_every_page_as_no_content_and_within_the_margins() {
    for word in ["DRAFT", "ENTWURF"] {
        let watermark = Some(word.to_owned());
        let document = Document { watermark, blocks: vec![long_table(120)], ..compose(&specimen::minutes(0)) };
        let fonts = Fonts::load().expect("fonts");
        let layout = lay_out(&document, fonts, A4).expect("laid out");
        assert!(layout.pages.len() > 1);
        for page in &layout.pages {
            let letters: Vec<&Drawn> = page.iter().take(word.len()).collect();
            for letter in letters {
                let Drawn::Fill { path, colour, tag } = letter else { panic!("{letter:?} is a letter, as a shape") };
                assert_eq!((*tag, *colour), (None, WATERMARK));
                let xs = path.iter().map(|segment| match *segment {
                    Segment::Move(x, _) | Segment::Line(x, _) | Segment::Curve(.., x, _) => x,
                });
                let (left, right) = xs.fold((f32::MAX, f32::MIN), |(left, right), x| (left.min(x), right.max(x)));
                assert!(left >= A4.side - 0.5 && right <= A4.width - A4.side + 0.5, "from {left} to {right}");
            }
            assert!(!words_of(page).iter().any(|(_, text)| text == word), "it is not among the page's words");
        }
    }
}

#[test]
fn every_page_says_which_of_how_many_it_is() {
    let layout = laid(vec![long_table(120)]);
    let count = layout.pages.len();
    for (index, page) in layout.pages.iter().enumerate() {
        let expected = format!("Page {} of {count}", index + 1);
        assert!(words_of(page).iter().any(|(_, text)| *text == expected));
    }
    let german = compose(&specimen::minutes_in(0, Language::German, PaperSize::A4));
    let german = lay_out(&german, Fonts::load().expect("fonts"), A4).expect("laid out");
    let expected = format!("Seite 1 von {}", german.pages.len());
    assert!(words_of(&german.pages[0]).iter().any(|(_, text)| *text == expected));
}

#[test]
fn nothing_is_drawn_outside_the_margins() {
    let fonts = Fonts::load().expect("fonts");
    let sizes = |language| [PaperSize::A4, PaperSize::Letter].map(move |size| (language, size));
    for (language, size) in Language::ALL.into_iter().flat_map(sizes) {
        let document = compose(&specimen::minutes_in(30, language, size));
        let paper = Paper::of(size);
        let inside = |left: f32, right: f32, y: f32| {
            left >= paper.side - 0.1 && right <= paper.width - paper.side + 0.1 && y > 20.0 && y < paper.height - 20.0
        };
        let layout = lay_out(&document, fonts, paper).expect("laid out");
        for drawn in layout.pages.iter().flatten() {
            match drawn {
                Drawn::Text { x, y, size, face, text, .. } => {
                    let right = x + fonts.width(*face, *size, text);
                    assert!(inside(*x, right, *y), "{text:?} reaches from {x} to {right} at {y}");
                }
                Drawn::Field { x, y, width, height, .. } => {
                    assert!(inside(*x, x + width, *y) && inside(*x, x + width, y + height), "a field at {x}, {y}");
                }
                Drawn::Fill { .. } | Drawn::Stroke { .. } => {}
            }
        }
    }
}

#[test]
fn a_heading_is_never_the_last_thing_on_a_page() {
    for filler in 30..60 {
        let paragraphs = (0..filler).map(|_| Block::Paragraph { spans: vec![Span::plain("A line.")] });
        let heading = [Block::Heading { level: 1, text: "The heading".into(), item: None }];
        let layout = laid(paragraphs.chain(heading).chain([long_table(3)]).collect());
        let page = layout.pages.iter().find(|page| words_of(page).iter().any(|(_, text)| text == "The heading"));
        assert!(words_of(page.expect("drawn")).iter().any(|(_, text)| text == "value0"), "with {filler} lines before");
    }
}

#[test]
fn a_row_taller_than_a_page_goes_on_over_the_page_and_loses_nothing() {
    let text: String = (0..6_000).map(|number| format!("w{number} ")).collect();
    let layout = laid(vec![Block::KeyValues {
        rows: vec![KeyValue { label: "Long".into(), lines: vec![vec![Span::plain(text)]] }],
    }]);
    assert!(layout.pages.len() > 3);
    let all: String = layout.pages.iter().flat_map(|page| words_of(page)).map(|(_, text)| format!("{text} ")).collect();
    let words: std::collections::BTreeSet<&str> = all.split(' ').collect();
    assert!((0..6_000).all(|number| words.contains(format!("w{number}").as_str())));
}

#[test]
fn a_word_wider_than_the_measure_is_cut_and_loses_nothing() {
    let word = "0123456789abcdef".repeat(40);
    let layout = laid(vec![Block::Paragraph { spans: vec![Span::plain(&word)] }]);
    let all: String = layout.pages.iter().flat_map(|page| words_of(page)).map(|(_, text)| text).collect();
    assert!(all.contains(&word[..20]) && all.matches("0123456789abcdef").count() >= 36);
}

#[test]
fn a_title_longer_than_a_page_stays_within_the_page_and_loses_nothing() {
    let title: String = (0..20_000).map(|number| format!("t{number} ")).collect();
    let mut minutes = specimen::minutes(1);
    minutes.items[0].title.clone_from(&title);
    minutes.head.meeting_title.clone_from(&title);
    minutes.signatories[0].meaning.clone_from(&title);
    let layout = lay_out(&compose(&minutes), Fonts::load().expect("fonts"), A4).expect("laid out");
    let mut times = std::collections::BTreeMap::new();
    for page in &layout.pages {
        for (y, text) in words_of(page) {
            assert!(y > 20.0 && y < A4.height - 20.0, "{text:?} stands at {y}");
            for word in text.split(' ') {
                *times.entry(word.to_owned()).or_insert(0) += 1;
            }
        }
    }
    // Once in the overview, once above the item, once below the title, once beside the signature.
    assert!((0..20_000).all(|number| times.get(&format!("t{number}")).is_some_and(|times| *times >= 4)));
}

#[test]
fn five_megabytes_of_text_are_laid_out_in_bounded_time() {
    let layout = laid(vec![Block::Paragraph { spans: vec![Span::plain("x".repeat(5_000_000))] }]);
    assert!(layout.pages.len() > 500);
}

#[test]
fn characters_without_a_glyph_are_counted_and_named() {
    let layout = laid(vec![Block::Paragraph { spans: vec![Span::plain("山田 and 花")] }]);
    assert_eq!(layout.missing.iter().collect::<String>(), "山田花");
    let kept: Vec<String> = layout
        .pages
        .iter()
        .flatten()
        .filter_map(|drawn| match drawn {
            Drawn::Text { kept, .. } => kept.as_deref().map(str::to_owned),
            Drawn::Fill { .. } | Drawn::Stroke { .. } | Drawn::Field { .. } => None,
        })
        .collect();
    assert_eq!(kept, ["山田", "花"]);
    assert!(words_of(&layout.pages[0]).iter().any(|(_, text)| text.contains("U+5C71")));
}

#[test]
fn no_two_marks_share_a_shape() {
    let marks = [
        Mark::Decision(Decision::Approved),
        Mark::Decision(Decision::ApprovedWithConditions),
        Mark::Decision(Decision::Rejected),
        Mark::Decision(Decision::Deferred),
        Mark::Decision(Decision::MoreInformation),
        Mark::Decision(Decision::Withdrawn),
        Mark::Decision(Decision::NoDecision),
        Mark::Risk(RiskLevel::Low),
        Mark::Risk(RiskLevel::Medium),
        Mark::Risk(RiskLevel::High),
        Mark::Risk(RiskLevel::Critical),
        Mark::Gate(GateResult::Failed),
        Mark::Gate(GateResult::Waived),
        Mark::Gate(GateResult::Warned),
        Mark::Position(Position::Approve),
        Mark::Position(Position::Abstain),
        Mark::Position(Position::NoObjection),
    ];
    // Colour aside: light and dark remain, as on a black and white printer.
    let shape = |mark: Mark| {
        let strip = |drawn: &Drawn| match drawn {
            Drawn::Fill { path, colour, .. } => format!("fill {path:?} {}", *colour == WHITE || *colour == HAIRLINE),
            Drawn::Stroke { path, width, .. } => format!("stroke {path:?} {width}"),
            Drawn::Text { .. } | Drawn::Field { .. } => String::new(),
        };
        marks::draw(mark, 0.0, 0.0, 10.0).iter().map(strip).collect::<Vec<_>>().join("|")
    };
    let shapes: std::collections::BTreeSet<String> = marks.iter().map(|mark| shape(*mark)).collect();
    assert_eq!(shapes.len(), marks.len());
}

fn chart(counts: &[u32]) -> Chart {
    let levels = [RiskLevel::Critical, RiskLevel::High, RiskLevel::Medium, RiskLevel::Low];
    let bar = |(level, count): (RiskLevel, &u32)| Bar {
        label: Span::strong(format!("{level:?}")).with_mark(Mark::Risk(level)),
        count: *count,
    };
    let bars = levels.into_iter().zip(counts).map(bar).collect();
    Chart { title: "By risk".into(), alt: format!("By risk: {counts:?}"), bars }
}

/// The lengths of the bars of a page, left to right and from above.
fn bars(page: &[Drawn]) -> Vec<f32> {
    let length = |drawn: &Drawn| match drawn {
        Drawn::Fill { path, tag: Some(_), .. } => {
            let across = |segment: &Segment| match *segment {
                Segment::Move(x, _) | Segment::Line(x, _) | Segment::Curve(.., x, _) => x,
            };
            let left = path.iter().map(across).fold(f32::INFINITY, f32::min);
            Some(path.iter().map(across).fold(f32::NEG_INFINITY, f32::max) - left)
        }
        Drawn::Fill { .. } | Drawn::Text { .. } | Drawn::Stroke { .. } | Drawn::Field { .. } => None,
    };
    page.iter().filter_map(length).collect()
}

#[test]
fn bars_are_as_long_as_their_numbers_on_one_scale_and_none_is_drawn_for_nothing() {
    let layout = laid(vec![Block::Charts { charts: vec![chart(&[1, 2, 0, 4]), chart(&[2, 0, 0, 0])] }]);
    let lengths = bars(&layout.pages[0]);
    assert_eq!(lengths.len(), 4, "{lengths:?}");
    for (length, share) in lengths.iter().zip([0.25, 0.5, 1.0, 0.5]) {
        assert!((length / lengths[2] - share).abs() < 0.01, "{lengths:?}");
    }
    let words = words_of(&layout.pages[0]);
    for word in ["By risk", "Critical", "High", "Medium", "Low", "0", "1", "2", "4"] {
        assert!(words.iter().any(|(_, text)| text == word), "{word} stands beside its bar: {words:?}");
    }
}

#[test]
fn a_figure_says_in_words_what_it_shows_and_knows_its_box() {
    let layout = laid(vec![Block::Charts { charts: vec![chart(&[1, 2, 0, 4]), chart(&[2, 0, 0, 0])] }]);
    let figures: Vec<_> = layout.structure.figures.values().collect();
    let said: Vec<&str> = figures.iter().map(|figure| figure.alt.as_str()).collect();
    assert_eq!(said, ["By risk: [1, 2, 0, 4]", "By risk: [2, 0, 0, 0]"]);
    for figure in figures {
        let [left, bottom, right, top] = figure.bounds.expect("it is placed").map(|edge| edge as f32 / 100.0);
        assert!(left >= A4.side && right <= A4.width - A4.side && left < right, "{left} to {right}");
        assert!(bottom >= A4.bottom && top <= A4.height - A4.top && bottom < top, "{bottom} to {top}");
    }
    let all = (0..).map(structure::ElementId).zip(&layout.structure.elements);
    let kinds: Vec<_> = all.filter(|(_, one)| one.kind == structure::Kind::Figure).map(|(id, _)| id).collect();
    assert_eq!(kinds, layout.structure.figures.keys().copied().collect::<Vec<_>>());
}

#[test]
fn charts_of_nothing_and_of_the_most_there_can_be_stay_within_the_page() {
    assert!(laid(vec![Block::Charts { charts: Vec::new() }]).pages.len() == 1);
    let charts = vec![chart(&[0, 0, 0, 0]), chart(&[u32::MAX, 1, 0, 7])];
    let layout = laid(vec![Block::Charts { charts }]);
    for drawn in layout.pages.iter().flatten() {
        if let Drawn::Text { x, size, face, text, .. } = drawn {
            let right = x + Fonts::load().expect("fonts").width(*face, *size, text);
            assert!(*x >= A4.side - 0.1 && right <= A4.width - A4.side + 0.1, "{text:?} from {x} to {right}");
        }
    }
    assert!(bars(&layout.pages[0]).iter().all(|length| *length > 0.0));
}
