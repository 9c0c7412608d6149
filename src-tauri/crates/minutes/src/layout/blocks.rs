//! Each kind of block as strips.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::lines::{BODY, Line, Type, set, words};
use super::pages::{Strip, rule};
use super::structure::{Kind, Structure, Tag};
use super::{ACCENT, Colour, Drawn, GREY, HAIRLINE, PANEL, Paper, Segment};
use crate::document::{Block, Column, KeyValue, SignatureField, Span, Table};
use crate::fonts::Fonts;

const LABEL_WIDTH: f32 = 104.0;
const CELL_GAP: f32 = 9.0;
const CELL_PAD: f32 = 3.6;
/// The size of the box a signature fills, in points.
const FIELD: (f32, f32) = (262.0, 84.0);

const LABEL: Type = Type { face: crate::fonts::Face::Bold, size: 8.0, colour: GREY, leading: 13.4, link: None };
const CELL: Type = BODY.sized(8.8, 12.2);

/// Sets blocks at one measure.
pub(super) struct Setter<'a> {
    pub(super) fonts: &'a Fonts,
    /// Width of the text, in points.
    pub(super) measure: f32,
    /// Height of a page's text, in points; taller rows are cut into pieces.
    pub(super) tallest: f32,
    /// What was set so far.
    pub(super) structure: Structure,
    /// The items that have a head: links lead to these.
    pub(super) headed: BTreeSet<u32>,
    /// What stands below an item's head is one level deeper, until the next section.
    in_item: bool,
}

/// One cell of a row: where it stands and its lines.
struct Cell {
    x: f32,
    lines: Vec<Line>,
    tag: Tag,
}

pub(super) fn panel(x: f32, y: f32, width: f32, height: f32, colour: Colour) -> Drawn {
    let path = vec![
        Segment::Move(x, y),
        Segment::Line(x + width, y),
        Segment::Line(x + width, y + height),
        Segment::Line(x, y + height),
    ];
    Drawn::Fill { path, colour, tag: None }
}

impl<'a> Setter<'a> {
    pub(super) fn new(fonts: &'a Fonts, paper: Paper, headed: BTreeSet<u32>) -> Self {
        let (measure, tallest) = (paper.measure(), paper.room());
        Self { fonts, measure, tallest, structure: Structure::default(), headed, in_item: false }
    }

    /// The strips of a block, none taller than a page.
    pub(super) fn block(&mut self, block: &Block) -> Vec<Strip> {
        self.strips(block).into_iter().flat_map(|strip| strip.cut(self.tallest)).collect()
    }

    fn strips(&mut self, block: &Block) -> Vec<Strip> {
        match block {
            Block::Title { above, title, below } => self.title(above, title, below),
            Block::Heading { level, text, item } => self.heading(*level, text, *item),
            Block::ItemHead { number, key, title, verdict } => self.item_head(*number, key, title, verdict),
            Block::Paragraph { spans } => self.paragraph(spans, BODY, 0.0, 5.0),
            Block::Notice { spans } => self.notice(spans),
            Block::KeyValues { rows } => self.key_values(rows),
            Block::Table(table) => self.table(table),
            Block::Commands { lines } => self.commands(lines),
            Block::SignatureField(field) => vec![self.signature(field)],
            Block::Charts { charts } => self.charts(charts),
        }
    }

    pub(super) fn lines(&self, text: &str, set_in: Type, measure: f32) -> Vec<Line> {
        set(self.fonts, &[Span::plain(text)], set_in, measure)
    }

    /// Draws lines one below the other at `x` from `y` on; returns their height.
    pub(super) fn stack(
        &self,
        lines: impl IntoIterator<Item = Line>,
        (x, y): (f32, f32),
        tag: Tag,
        drawn: &mut Vec<Drawn>,
    ) -> f32 {
        let mut height = 0.0;
        for line in lines {
            let leading = line.leading;
            line.draw(self.fonts, (x, y + height), tag, drawn);
            height += leading;
        }
        height
    }

    fn title(&mut self, above: &str, title: &str, below: &str) -> Vec<Strip> {
        let mut drawn = Vec::new();
        let mut y = 0.0;
        // The board's name stands above its title, and is read after it: a document begins with its heading.
        let heading = self.structure.heading(1, &crate::text::cleaned(title));
        let parts = [
            (above, BODY.bold().sized(10.0, 15.0).coloured(ACCENT), None),
            (title, BODY.bold().sized(25.0, 33.0), Some(heading)),
            (below, BODY.sized(11.0, 16.0).coloured(GREY), None),
        ];
        for (text, set_in, tag) in parts {
            let tag = tag.unwrap_or_else(|| self.structure.add(Kind::Paragraph, None));
            y += self.stack(self.lines(text, set_in, self.measure), (0.0, y), Some(tag), &mut drawn);
        }
        vec![Strip { height: y + 8.0, drawn, ..Strip::default() }]
    }

    fn heading(&mut self, level: u8, text: &str, item: Option<u32>) -> Vec<Strip> {
        let (set_in, space, after) = if level <= 1 {
            (BODY.bold().sized(14.0, 18.0).coloured(ACCENT), 20.0, 7.0)
        } else {
            (BODY.bold().sized(9.8, 13.4), 9.0, 2.0)
        };
        self.in_item &= level > 1;
        let depth = level.max(1) + 1 + u8::from(self.in_item);
        let heading = self.structure.heading(depth, &crate::text::cleaned(text));
        if let Some(item) = item {
            self.structure.anchor(item, heading);
        }
        let mut drawn = Vec::new();
        let lines = self.lines(text, set_in, self.measure);
        let mut height = self.stack(lines, (0.0, 0.0), Some(heading), &mut drawn);
        if level <= 1 {
            height += 3.0;
            drawn.push(rule(0.0, height, self.measure, 1.1, ACCENT));
        }
        vec![Strip { height: height + after, space, keep_with_next: true, drawn, header: None }]
    }

    fn item_head(&mut self, number: u32, key: &str, title: &str, verdict: &Span) -> Vec<Strip> {
        let pad = 9.0;
        let label = format!("{number}.  {}", crate::text::clean(key));
        self.in_item = true;
        let heading = self.structure.heading(3, &format!("{label}  {}", crate::text::cleaned(title)));
        self.structure.anchor(number, heading);
        let decision = self.structure.add(Kind::Paragraph, None);
        let key_type = BODY.bold().sized(9.0, 13.0).coloured(ACCENT);
        let verdicts = set(self.fonts, std::slice::from_ref(verdict), BODY.bold().sized(9.6, 13.0), self.measure * 0.5);
        let titles = self.lines(title, BODY.bold().sized(11.6, 15.4), self.measure - 2.0 * pad - 3.0);
        let mut drawn = Vec::new();
        let left = pad + 3.0;
        let mut y = 6.0;
        let label_lines = self.lines(&label, key_type, self.measure * 0.45);
        let label_height = self.stack(label_lines, (left, y), Some(heading), &mut drawn);
        let mut verdict_height = 0.0;
        for line in verdicts {
            let (x, leading) = (self.measure - pad - line.width, line.leading);
            line.draw(self.fonts, (x, y + verdict_height), Some(decision), &mut drawn);
            verdict_height += leading;
        }
        y += label_height.max(verdict_height);
        y += self.stack(titles, (left, y), Some(heading), &mut drawn) + 7.0;
        drawn.splice(0..0, [panel(0.0, 0.0, self.measure, y, PANEL), panel(0.0, 0.0, 3.0, y, ACCENT)]);
        vec![Strip { height: y + 4.0, space: 13.0, keep_with_next: true, drawn, header: None }]
    }

    /// Running text, a strip a line, so that it may go over a page; the first two and the last two lines stay together.
    fn paragraph(&mut self, spans: &[Span], base: Type, x: f32, after: f32) -> Vec<Strip> {
        let linked = spans.iter().any(|span| !span.links.is_empty());
        let holder = linked.then(|| self.structure.add(Kind::Paragraph, None));
        let lines = self.linked(spans, base, self.measure - x, holder);
        let count = lines.len();
        let tag = holder.or_else(|| (count > 0).then(|| self.structure.add(Kind::Paragraph, None)));
        let strip = |(index, line): (usize, Line)| {
            let (last, leading, mut drawn) = (index + 1 == count, line.leading, Vec::new());
            line.draw(self.fonts, (x, 0.0), tag, &mut drawn);
            Strip {
                height: leading + if last { after } else { 0.0 },
                keep_with_next: !last && (index == 0 || index + 2 == count),
                drawn,
                ..Strip::default()
            }
        };
        lines.into_iter().enumerate().map(strip).collect()
    }

    fn notice(&mut self, spans: &[Span]) -> Vec<Strip> {
        let pad = 10.0;
        let lines = set(self.fonts, spans, BODY, self.measure - 2.0 * pad);
        let full = lines.iter().map(|line| line.leading).sum::<f32>() + 14.0;
        if full > self.tallest {
            return self.paragraph(spans, BODY, 0.0, 5.0);
        }
        let tag = self.structure.add(Kind::Paragraph, None);
        let mut drawn =
            vec![panel(0.0, 0.0, self.measure, full, Colour(1000, 970, 900)), panel(0.0, 0.0, 3.0, full, super::AMBER)];
        self.stack(lines, (pad, 7.0), Some(tag), &mut drawn);
        vec![Strip { height: full + 8.0, space: 4.0, drawn, ..Strip::default() }]
    }

    fn key_values(&mut self, rows: &[KeyValue]) -> Vec<Strip> {
        let mut strips = Vec::new();
        let table = (!rows.is_empty()).then(|| self.structure.add(Kind::Table, None));
        for (index, row) in rows.iter().enumerate() {
            let room = self.measure - LABEL_WIDTH;
            let label = self.lines(&row.label, LABEL, LABEL_WIDTH - 10.0);
            let tr = Some(self.structure.add(Kind::Row, table));
            let head = Some(self.structure.add(Kind::RowHeader, tr));
            let value = Some(self.structure.add(Kind::Cell, tr));
            let lines: Vec<Line> = row.lines.iter().flat_map(|spans| self.linked(spans, BODY, room, value)).collect();
            let cells = vec![Cell { x: 0.0, lines: label, tag: head }, Cell { x: LABEL_WIDTH, lines, tag: value }];
            strips.extend(self.row(cells, 2.3, index > 0, None));
        }
        // A few rows stay together; of many the first two, so that an item's head is not left with one of them at the foot of
        // a page, and the last two, so that none of them begins one alone.
        let count = strips.len();
        for (index, strip) in strips.iter_mut().enumerate() {
            strip.keep_with_next = index + 1 < count && (count <= 4 || index < 2 || index + 2 == count);
        }
        if let Some(last) = strips.last_mut() {
            last.height += 6.0;
        }
        strips
    }

    /// A row of cells as one strip; as several only where it is taller than a page.
    fn row(&self, cells: Vec<Cell>, pad: f32, ruled: bool, header: Option<&Rc<Strip>>) -> Vec<Strip> {
        let above = header.map_or(0.0, |header| header.height);
        let leading = cells.iter().flat_map(|cell| &cell.lines).map(|line| line.leading).fold(1.0, f32::max);
        let most = (((self.tallest - above - 2.0 * pad - 8.0) / leading) as usize).max(1);
        let longest = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0).max(1);
        let mut strips = Vec::new();
        let mut cells: Vec<_> = cells.into_iter().map(|cell| (cell.x, cell.tag, cell.lines.into_iter())).collect();
        let mut from = 0;
        while from < longest {
            let mut drawn = Vec::new();
            if ruled && from == 0 {
                drawn.push(rule(0.0, 0.0, self.measure, 0.5, HAIRLINE));
            }
            let mut height: f32 = 0.0;
            for (x, tag, lines) in &mut cells {
                height = height.max(self.stack(lines.take(most), (*x, pad), *tag, &mut drawn));
            }
            strips.push(Strip { height: height + 2.0 * pad, drawn, header: header.cloned(), ..Strip::default() });
            from += most;
        }
        strips
    }

    fn table(&mut self, table: &Table) -> Vec<Strip> {
        let columns = self.columns(&table.columns);
        let head_type = LABEL.sized(7.6, 10.6);
        // Where nothing heads the columns there is no head to repeat: the first row has the rule above it, and the first
        // cell of each row heads the others.
        let headed = table.columns.iter().any(|column| !crate::text::clean(&column.title).is_empty());
        let tag = Some(self.structure.add(Kind::Table, None));
        let mut head = Strip { space: 5.0, keep_with_next: true, ..Strip::default() };
        if headed {
            // A head alone would be a head of nothing (ISO 14289-1, 7.5).
            let kind = if table.rows.is_empty() { Kind::Body } else { Kind::Head };
            let section = Some(self.structure.add(kind, tag));
            let row = Some(self.structure.add(Kind::Row, section));
            for (column, (x, room)) in table.columns.iter().zip(&columns) {
                let lines = self.lines(&column.title, head_type, *room);
                let cell = self.structure.add(Kind::ColumnHeader, row);
                let height = self.stack(lines, (*x, 2.0), Some(cell), &mut head.drawn);
                head.height = head.height.max(height + 5.0);
            }
        }
        head.drawn.push(rule(0.0, head.height, self.measure, 0.9, GREY));
        let mut repeated = head.clone();
        for drawn in &mut repeated.drawn {
            if let Drawn::Text { tag, .. } = drawn {
                *tag = None;
            }
        }
        let repeated = Rc::new(repeated);
        let mut strips = if headed { vec![head] } else { Vec::new() };
        let body = (!table.rows.is_empty()).then(|| self.structure.add(Kind::Body, tag));
        for (index, row) in table.rows.iter().enumerate() {
            let tr = Some(self.structure.add(Kind::Row, body));
            let mut cells = Vec::new();
            for (spans, (x, room)) in row.iter().zip(&columns) {
                let heads = !headed && cells.is_empty();
                let kind = if heads { Kind::RowHeader } else { Kind::Cell };
                let tag = Some(self.structure.add(kind, tr));
                cells.push(Cell { x: *x, lines: self.linked(spans, CELL, *room, tag), tag });
            }
            strips.extend(self.row(cells, CELL_PAD, index > 0 || !headed, headed.then_some(&repeated)));
        }
        // Neither one row below a head nor one on the next page stands alone.
        let (first, count) = (usize::from(headed), strips.len());
        for (index, strip) in strips.iter_mut().enumerate().skip(first) {
            strip.keep_with_next = index + 1 < count && (index == first || index + 2 == count);
        }
        if let Some(first) = strips.first_mut() {
            first.space = 5.0;
        }
        if let Some(last) = strips.last_mut() {
            last.drawn.push(rule(0.0, last.height, self.measure, 0.5, HAIRLINE));
            last.height += 7.0;
        }
        strips
    }

    /// Left edge and width of each column.
    fn columns(&self, columns: &[Column]) -> Vec<(f32, f32)> {
        let total: u32 = columns.iter().map(|column| column.share.max(1)).sum();
        let gaps = CELL_GAP * columns.len().saturating_sub(1) as f32;
        let unit = (self.measure - gaps) / total.max(1) as f32;
        let mut x = 0.0;
        let mut out = Vec::new();
        for column in columns {
            let room = unit * column.share.max(1) as f32;
            out.push((x, room));
            x += room + CELL_GAP;
        }
        out
    }

    fn commands(&mut self, lines: &[String]) -> Vec<Strip> {
        let set_in = BODY.sized(8.2, 12.4);
        let mut strips = Vec::new();
        for line in lines {
            let paragraph = Some(self.structure.add(Kind::Paragraph, None));
            let tag = Some(self.structure.add(Kind::Code, paragraph));
            for (index, set_line) in self.lines(line, set_in, self.measure - 30.0).into_iter().enumerate() {
                let height = set_line.leading;
                let mut drawn = vec![panel(0.0, 0.0, self.measure, height, PANEL)];
                if index == 0 {
                    words(self.fonts, "$", set_in.coloured(GREY), (9.0, 9.0), None, &mut drawn);
                }
                set_line.draw(self.fonts, (20.0, 0.0), tag, &mut drawn);
                strips.push(Strip { height, drawn, ..Strip::default() });
            }
        }
        if let Some(last) = strips.last_mut() {
            last.height += 8.0;
        }
        strips
    }

    fn signature(&mut self, field: &SignatureField) -> Strip {
        let room = self.measure - FIELD.0 - 20.0;
        let mut drawn = Vec::new();
        let mut y = 4.0;
        let parts = [
            (field.name.as_str(), BODY.bold().sized(10.5, 14.5)),
            (field.role.as_str(), BODY.coloured(GREY)),
            (field.meaning.as_str(), BODY.sized(8.6, 11.8)),
        ];
        for (text, set_in) in parts {
            let lines = self.lines(text, set_in, room);
            let tag = self.structure.add(Kind::Paragraph, None);
            y += self.stack(lines, (0.0, y), Some(tag), &mut drawn) + 1.0;
        }
        let x = self.measure - FIELD.0;
        let tag = Some(self.structure.add(Kind::Form, None));
        drawn.push(Drawn::Field { x, y: 2.0, width: FIELD.0, height: FIELD.1, field: Box::new(field.clone()), tag });
        Strip { height: y.max(FIELD.1 + 4.0) + 12.0, space: 4.0, drawn, ..Strip::default() }
    }
}
