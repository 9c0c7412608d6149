//! A circulated register: all that was decided, as one table. Cabinet seals no such document; benchmarks draw it beside
//! minutes, whose items have a block each, because one long table is what such programs are usually measured with.

use super::{case, minutes};
use crate::compose;
use crate::compose::words;
use crate::document::{Block, Column, Document, Span, Table};
use crate::language::Language;
use crate::model::{Minutes, Signatory};

const TITLE: &str = "Register of decisions";
const COLUMNS: [(&str, u32); 6] =
    [("Key", 14), ("Title", 44), ("Risk", 15), ("Decision", 24), ("Owner", 22), ("Date", 15)];
const OWNERS: [&str; 4] = ["Søren Lindqvist", "Mara Lind", "Ελένη Παπαδοπούλου", "Nguyễn Thị Ánh"];

/// A register of `items` decided items: the head and the attendance as minutes have them, one table, and a field for
/// each of `signatories`.
#[must_use]
pub fn register(items: u32, signatories: &[Signatory]) -> Document {
    let around = compose(&Minutes { signatories: signatories.to_vec(), ..minutes(0) });
    let (fields, mut blocks): (Vec<Block>, Vec<Block>) =
        around.blocks.into_iter().partition(|block| matches!(block, Block::SignatureField(_)));
    // Attendance is the first table; nothing that follows it is a register's.
    let attended = blocks.iter().position(|block| matches!(block, Block::Table(_)));
    blocks.truncate(attended.map_or(0, |at| at + 1));
    for block in &mut blocks {
        if let Block::Title { title, .. } = block {
            TITLE.clone_into(title);
        }
    }
    let section = |text: &str| Block::Heading { level: 1, text: text.into(), item: None };
    blocks.push(section("Decisions"));
    if items > 0 {
        blocks.push(Block::Table(decided(around.language, items)));
    }
    blocks.push(section("Signatures"));
    blocks.extend(fields);
    Document {
        title: TITLE.into(),
        subject: format!("{items} items"),
        running_head: (around.running_head.0, TITLE.into()),
        blocks,
        ..around
    }
}

fn decided(language: Language, items: u32) -> Table {
    let row = |number: u32| {
        let case = case(number % 5);
        vec![
            vec![Span::strong(format!("CHG-{}", 100 + number))],
            vec![Span::plain(case.title)],
            vec![words::risk(language, case.level)],
            vec![words::decision(language, case.decision)],
            vec![Span::plain(OWNERS[number as usize % OWNERS.len()])],
            vec![Span::plain(format!("{} Nov 2026", 1 + number % 28))],
        ]
    };
    let columns = COLUMNS.into_iter().map(|(title, share)| Column { title: title.into(), share }).collect();
    Table { columns, rows: (1..=items).map(row).collect() }
}
