//! What somebody wrote in the ticket: paragraphs, and tables drawn as the document's own are.

use super::item;
use crate::document::{Block, Column, Span, Style, Table};
use crate::review::{ReviewTable, ReviewText};

/// More columns than this cannot be told apart on paper; then each row is a paragraph.
const MOST_COLUMNS: usize = 8;
/// Letters in a head's cell; a longer one is no heading to repeat on each page, but a row like the others.
const LONGEST_HEAD: usize = 120;
/// The least and the most share of the width: a long column gets three times the room of a short one, not all of it.
const SHARES: (usize, usize) = (12, 36);

/// Heading and text, or nothing.
pub(super) fn prose(title: &str, text: &[ReviewText]) -> Vec<Block> {
    if text.is_empty() {
        return Vec::new();
    }
    std::iter::once(item::heading(title)).chain(text.iter().flat_map(piece)).collect()
}

fn piece(text: &ReviewText) -> Vec<Block> {
    match text {
        ReviewText::Paragraph(words) => vec![Block::Paragraph { spans: vec![Span::plain(words)] }],
        ReviewText::Table(written) => table(written),
    }
}

fn table(written: &ReviewTable) -> Vec<Block> {
    let all = || std::iter::once(&written.header).chain(&written.rows);
    let width = all().map(Vec::len).max().unwrap_or(0);
    if width == 0 {
        return Vec::new();
    }
    if width > MOST_COLUMNS {
        let line = |row: &Vec<String>| Block::Paragraph { spans: vec![Span::plain(row.join(" | "))] };
        return all().filter(|row| !row.is_empty()).map(line).collect();
    }
    let heads = written.header.iter().all(|cell| letters(cell) <= LONGEST_HEAD);
    let columns = (0..width)
        .map(|index| {
            let longest = all().filter_map(|row| row.get(index)).map(|cell| letters(cell)).max().unwrap_or(0);
            let share = u32::try_from(longest.clamp(SHARES.0, SHARES.1)).unwrap_or(1);
            let title = written.header.get(index).filter(|_| heads).cloned().unwrap_or_default();
            Column { title, share }
        })
        .collect();
    let cells = |row: &Vec<String>, style: Style| {
        let text = |index: usize| row.get(index).cloned().unwrap_or_default();
        (0..width).map(|index| vec![Span::styled(text(index), style)]).collect::<Vec<_>>()
    };
    let mut rows = Vec::new();
    if !heads {
        rows.push(cells(&written.header, Style::Strong));
    }
    rows.extend(written.rows.iter().map(|row| cells(row, Style::Plain)));
    vec![Block::Table(Table { columns, rows })]
}

fn letters(cell: &str) -> usize {
    cell.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::fonts::{Face, Fonts};
    use crate::layout::{A4, Drawn, Layout, lay_out};
    use crate::{compose, specimen};

    fn written(header: &[&str], rows: Vec<Vec<String>>) -> ReviewText {
        ReviewText::Table(ReviewTable { header: header.iter().map(|cell| (*cell).to_owned()).collect(), rows })
    }

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    fn laid(text: &ReviewText) -> Layout {
        let blocks = prose("Plan", std::slice::from_ref(text));
        let document = Document { blocks, ..compose(&specimen::minutes(0)) };
        lay_out(&document, Fonts::load().expect("fonts"), A4).expect("laid out")
    }

    /// Words, where they begin, where they end, their baseline and face, page by page.
    type Set = (String, f32, f32, f32, Face);

    fn set(layout: &Layout) -> Vec<Vec<Set>> {
        let fonts = Fonts::load().expect("fonts");
        let of = |drawn: &Drawn| match drawn {
            Drawn::Text { x, y, size, face, text, .. } => {
                Some((text.to_string(), *x, x + fonts.width(*face, *size, text), *y, *face))
            }
            Drawn::Fill { .. } | Drawn::Stroke { .. } | Drawn::Field { .. } => None,
        };
        layout.pages.iter().map(|page| page.iter().filter_map(of).collect()).collect()
    }

    fn find<'a>(page: &'a [Set], text: &str) -> &'a Set {
        page.iter().find(|(found, ..)| found == text).unwrap_or_else(|| panic!("{text} is not there: {page:?}"))
    }

    #[test]
    fn the_cells_of_a_row_stand_beside_each_other_below_their_bold_heads() {
        let rows = vec![row(&["Drain", "Operations"]), row(&["Copy", "Storage"])];
        let pages = set(&laid(&written(&["Step", "Who"], rows)));
        let [step, who, drain, operations, copy, storage] =
            ["Step", "Who", "Drain", "Operations", "Copy", "Storage"].map(|text| find(&pages[0], text).clone());
        for (left, right) in [(&step, &who), (&drain, &operations), (&copy, &storage)] {
            assert!((left.3 - right.3).abs() < 0.01 && left.2 < right.1, "{left:?} stands left of {right:?}");
        }
        for (above, below) in [(&step, &drain), (&drain, &copy), (&who, &operations), (&operations, &storage)] {
            assert!((above.1 - below.1).abs() < 0.01 && above.3 < below.3, "{above:?} stands above {below:?}");
        }
        assert_eq!((step.4, who.4, drain.4), (Face::Bold, Face::Bold, Face::Regular));
    }

    #[test]
    fn long_cells_wrap_in_their_column_and_short_ones_leave_them_the_room() {
        let long = "words that go on and on ".repeat(20);
        let pages = set(&laid(&written(&["Step", "What"], vec![row(&["1", long.as_str()])])));
        let what = find(&pages[0], "What").1;
        let wrapped = pages[0].iter().filter(|(text, x, ..)| text.starts_with("words") || (x - what).abs() < 0.01);
        let lines: Vec<_> = wrapped.filter(|(text, ..)| text != "What").collect();
        assert!(lines.len() > 1, "it wraps");
        assert!(lines.iter().all(|(_, x, end, ..)| (x - what).abs() < 0.01 && *end <= A4.width - A4.side + 0.1));
        assert!(what < A4.width / 2.0, "the short column is the narrow one: {what}");
    }

    #[test]
    fn a_row_goes_over_whole_and_the_head_comes_with_it() {
        let rows = (0..90).map(|n| vec![format!("step{n} {}", "and more ".repeat(n % 9)), format!("who{n}")]).collect();
        let pages = set(&laid(&written(&["Step", "Who"], rows)));
        assert!(pages.len() > 2, "it goes on for pages");
        let mut seen = 0;
        for page in &pages {
            assert_eq!(page.iter().filter(|(text, ..)| text == "Who").count(), 1);
            for (text, _, _, y, _) in page {
                let Some(number) = text.strip_prefix("who") else { continue };
                let first = format!("step{number}");
                let begins = |other: &str| other == first || other.starts_with(&format!("{first} "));
                let whole = page.iter().any(|(other, _, _, at, _)| (at - y).abs() < 0.01 && begins(other));
                assert!(whole, "row {number} is torn");
                seen += 1;
            }
        }
        assert_eq!(seen, 90);
    }

    #[test]
    fn without_a_head_and_with_short_rows_it_is_a_table_all_the_same() {
        let pages = set(&laid(&written(&[], vec![row(&["alone"]), row(&["left", "right"])])));
        let [alone, left, right] = ["alone", "left", "right"].map(|text| find(&pages[0], text).clone());
        assert!((alone.1 - left.1).abs() < 0.01 && alone.3 < left.3);
        assert!((left.3 - right.3).abs() < 0.01 && left.2 < right.1);
    }

    #[test]
    fn whatever_table_comes_nothing_is_lost_or_drawn_outside_the_page() {
        let many: Vec<String> = (0..40).map(|n| format!("cell{n}")).collect();
        let head = "h".repeat(5_000);
        for (table, last) in [
            (written(&[], vec![many]), "cell39"),
            (written(&[head.as_str(), "Who"], vec![row(&["Drain", "Operations"])]), "Operations"),
            (written(&["Step"; MOST_COLUMNS], vec![row(&["0123456789abcdef"; MOST_COLUMNS]), row(&["end"])]), "end"),
        ] {
            let pages = set(&laid(&table));
            let all: String = pages.iter().flatten().map(|(text, ..)| format!("{text} ")).collect();
            assert!(all.contains(last), "{last} is lost");
            for (text, x, end, y, _) in pages.iter().flatten() {
                assert!(*x >= A4.side - 0.1 && *end <= A4.width - A4.side + 0.1, "{text:?}: {x} to {end}");
                assert!(*y > 20.0 && *y < A4.height - 20.0, "{text:?} stands at {y}");
            }
        }
        assert_eq!(prose("Plan", &[written(&[], Vec::new())]).len(), 1, "of no cells nothing is drawn");
    }

    #[test]
    fn a_head_too_long_to_repeat_is_a_bold_row() {
        let long = "x".repeat(LONGEST_HEAD + 1);
        let blocks = prose("Plan", &[written(&[long.as_str(), "Who"], vec![row(&["Drain", "Operations"])])]);
        let Some(Block::Table(table)) = blocks.last() else { panic!("a table: {blocks:?}") };
        assert!(table.columns.iter().all(|column| column.title.is_empty()));
        assert_eq!((table.rows.len(), table.rows[0][1][0].style), (2, Style::Strong));
    }
}
