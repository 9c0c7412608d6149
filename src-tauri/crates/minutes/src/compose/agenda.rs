//! The agenda before a meeting, and what is to be read for it. Nobody signs it: it has no field for a signature.

use super::links::Keys;
use super::review::of_change;
use super::words::{grouped, risk};
use super::{item, row, section, table};
use crate::agenda::{AgendaLine, AgendaSaid, MeetingAgenda};
use crate::document::{Block, Document, KeyValue, Mark, Span};
use crate::language::Language;
use crate::review::ReviewChange;

/// Composes the agenda of a meeting.
#[must_use]
pub fn compose_agenda(agenda: &MeetingAgenda) -> Document {
    document(agenda, agenda.language.agenda(), blocks(agenda, agenda.language.agenda()))
}

/// Composes the agenda with the review pages of its changes behind it, each under the number of its item. What is
/// restricted has none.
#[must_use]
pub fn compose_pre_read(agenda: &MeetingAgenda, changes: &[ReviewChange]) -> Document {
    let language = agenda.language;
    let mut blocks = blocks(agenda, language.pre_read());
    if !changes.is_empty() {
        blocks.push(section(language.read_before()));
    }
    for line in agenda.items.iter().filter(|line| line.said.is_some()) {
        let of_it = changes.iter().find(|change| change.key == line.key);
        blocks.extend(of_it.into_iter().flat_map(|change| of_change(language, line.number, change, false)));
    }
    document(agenda, language.pre_read(), blocks)
}

fn document(agenda: &MeetingAgenda, kind: &str, blocks: Vec<Block>) -> Document {
    let language = agenda.language;
    let provisional = if agenda.provisional { language.running_provisional() } else { "" };
    Document {
        watermark: None,
        title: format!("{kind} · {} · {}", agenda.meeting, agenda.begins),
        author: agenda.board.clone(),
        subject: language.items_in_minutes(agenda.items.len(), minutes(agenda)),
        language,
        paper: agenda.paper,
        made_at: agenda.made_at,
        running_head: (format!("{} · {}{provisional}", agenda.board, agenda.meeting), kind.to_owned()),
        running_foot: language.review_foot(&agenda.as_of, &agenda.policy_version, &agenda.roster_version),
        blocks,
    }
}

fn minutes(agenda: &MeetingAgenda) -> u32 {
    agenda.items.iter().map(|item| item.minutes).fold(0, u32::saturating_add)
}

fn blocks(agenda: &MeetingAgenda, kind: &str) -> Vec<Block> {
    let language = agenda.language;
    let keys = Keys::of(agenda.items.iter().map(|line| (line.key.as_str(), line.number)));
    let below = format!("{} · {}", agenda.meeting, agenda.begins);
    let mut blocks = vec![Block::Title { above: agenda.board.clone(), title: kind.to_owned(), below }];
    if agenda.provisional {
        blocks.push(Block::Notice {
            spans: vec![
                Span::strong(language.provisional_board()).with_mark(Mark::Attention),
                Span::plain(language.one_keyholder()),
            ],
        });
    }
    let (state, says) = if agenda.frozen {
        (language.frozen(), language.since_called())
    } else {
        (language.in_preparation(), language.until_called())
    };
    blocks.push(Block::Notice { spans: vec![Span::strong(state), Span::plain(says)] });
    blocks.push(facts(agenda));
    if !agenda.first.is_empty() {
        blocks.push(section(language.comes_first()));
        blocks.extend(keys.sentences(&agenda.first));
    }
    blocks.push(section(language.agenda()));
    let Some(overview) = overview(language, &agenda.items, &keys) else {
        blocks.push(Block::Paragraph { spans: vec![Span::plain(language.empty_agenda())] });
        return blocks;
    };
    let counted = language.items_in_minutes(agenda.items.len(), minutes(agenda));
    blocks.extend([Block::Paragraph { spans: vec![Span::plain(counted)] }, overview]);
    blocks.extend(agenda.items.iter().flat_map(|line| of_line(language, line)));
    blocks
}

fn facts(agenda: &MeetingAgenda) -> Block {
    let language = agenda.language;
    let plain = |text: &str| vec![vec![Span::plain(text)]];
    let mut rows = vec![row(language.begins(), vec![vec![Span::strong(&agenda.begins)]])];
    if !agenda.place.is_empty() {
        rows.push(row(language.place(), plain(&agenda.place)));
    }
    rows.push(row(language.chair(), plain(&agenda.chair)));
    if let Some(secretary) = &agenda.secretary {
        rows.push(row(language.secretary(), plain(secretary)));
    }
    let quorum = &agenda.quorum;
    rows.push(row(
        language.quorum_needed(),
        vec![vec![Span::strong(language.seats_needed(quorum.required, quorum.of))], vec![Span::quiet(&quorum.formula)]],
    ));
    if !quorum.mandatory.is_empty() {
        rows.push(row(language.mandatory_seats(), plain(&quorum.mandatory.join(", "))));
    }
    rows.push(row(
        language.rests_on(),
        vec![
            vec![Span::quiet(language.policy(&agenda.policy_version)), Span::code(grouped(&agenda.policy_digest))],
            vec![Span::quiet(language.roster(&agenda.roster_version))],
        ],
    ));
    rows.push(row(language.shows_state_of(), plain(&agenda.as_of)));
    Block::KeyValues { rows }
}

fn level(language: Language, said: &AgendaSaid) -> Span {
    said.level.map_or_else(|| Span::plain(language.not_scored()), |level| risk(language, level))
}

fn overview(language: Language, items: &[AgendaLine], keys: &Keys<'_>) -> Option<Block> {
    let line = |line: &AgendaLine| {
        let (title, level) = match &line.said {
            Some(said) => (Span::plain(&said.title), level(language, said)),
            None => (Span::strong(language.restricted()), Span::plain("–")),
        };
        vec![
            vec![Span::plain(line.number.to_string())],
            vec![keys.key(Span::strong(&line.key))],
            vec![title],
            vec![level],
            vec![Span::plain(line.minutes.to_string())],
        ]
    };
    let columns = [
        (language.number(), 6),
        (language.key(), 16),
        (language.title(), 58),
        (language.risk(), 18),
        (language.minutes_of_time(), 16),
    ];
    table(columns, items.iter().map(line).collect())
}

fn of_line(language: Language, line: &AgendaLine) -> Vec<Block> {
    let number = line.number;
    let Some(said) = &line.said else {
        let spans = vec![
            Span::strong(language.restricted()).with_mark(Mark::Attention),
            Span::plain(language.restricted_says()),
        ];
        return vec![item::heading_of(number, format!("{number} · {}", line.key)), Block::Paragraph { spans }];
    };
    let plain = |text: &str| vec![vec![Span::plain(text)]];
    let lines = |texts: &[String]| texts.iter().map(|text| vec![Span::plain(text)]).collect::<Vec<_>>();
    let or_none = |texts: &[String], none: &str| if texts.is_empty() { plain(none) } else { lines(texts) };
    let mut rows: Vec<KeyValue> = vec![row(language.kind(), plain(&said.kind))];
    if let Some(release) = &said.release {
        rows.push(row(language.release(), plain(release)));
    }
    rows.push(row(language.window(), or_none(&said.window, language.no_window())));
    rows.push(row(language.risk(), vec![vec![level(language, said)]]));
    let presents = if said.presents.is_empty() { language.nobody_named() } else { said.presents.as_str() };
    rows.push(row(language.presents(), plain(presents)));
    rows.push(row(language.has_to_sign(), or_none(&said.approvers, language.nobody_named())));
    vec![item::heading_of(number, format!("{number} · {} · {}", line.key, said.title)), Block::KeyValues { rows }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen;

    #[test]
    fn an_agenda_says_what_is_before_the_board_and_has_no_field_to_sign() {
        let document = compose_agenda(&specimen::agenda(Language::English));
        let said = document.texts().join("\n");
        let due = "Wednesday 25 November 2026, 14:00 CET (Europe/Berlin)";
        for words in [due, "4 of 7 voting seats", "CHG-101", "Søren Lindqvist"] {
            assert!(said.contains(words), "{words} in {said}");
        }
        assert!(!document.blocks.iter().any(|block| matches!(block, Block::SignatureField(_))));
    }

    #[test]
    fn of_a_restricted_item_the_key_alone_is_there_and_no_page_to_read() {
        let mut agenda = specimen::agenda(Language::English);
        let changes = specimen::pre_read();
        let title = agenda.items[0].said.as_ref().expect("said").title.clone();
        let open = compose_pre_read(&agenda, &changes);
        assert!(open.texts().join("\n").contains(&title));
        agenda.items[0].said = None;
        let document = compose_pre_read(&agenda, &changes);
        let said = document.texts().join("\n");
        assert!(said.contains("CHG-101") && said.contains("What it says is not in this document."));
        assert!(!said.contains(&title), "{said}");
        let is_head = |block: &&Block| matches!(block, Block::ItemHead { .. });
        let heads = |document: &Document| document.blocks.iter().filter(is_head).count();
        assert_eq!((heads(&open), heads(&document)), (1, 0));
    }

    #[test]
    fn an_agenda_without_items_says_so() {
        let mut agenda = specimen::agenda(Language::English);
        agenda.items.clear();
        assert!(compose_agenda(&agenda).texts().join("\n").contains("There are no items yet."));
    }
}
