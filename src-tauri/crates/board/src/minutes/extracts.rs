//! Extracts by a list of changes: of each the sealed extract of its newest decision, and an index that names those
//! without one and why. What one change lacks takes nothing from the others.
use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::ids::ChangeKey;
use domain::ledger::{Meeting, RecordedDecision};
use domain::meeting::DecisionKind;
use serde::Serialize;

use super::distribute::{date, extract_name};
use super::handing::{Kept, Out, kept, one_line, write_all};
use super::phrases::Words;
use super::{extract_file, off_thread};
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::outbox::decision_word;
use crate::state::BoardState;

/// Changes that are asked for at once, at most.
const MOST: usize = 500;
/// Characters of a key that is none, as the index names it.
const LONGEST_KEY: usize = 40;

/// Asks for the extracts of these changes.
#[derive(Debug, Clone)]
pub struct ExtractsRequest {
    /// The changes' keys.
    pub keys: Vec<String>,
    /// The folder; it is made if it is not there.
    pub to: PathBuf,
}

/// Why there is no extract of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoExtract {
    /// The board has no such change.
    UnknownChange,
    /// No meeting decided on it.
    NoDecision,
    /// The extract of its newest decision is not sealed.
    NotSealed,
    /// It was sealed on another device.
    NotHere,
    /// The file is not the one that was sealed.
    Damaged,
}

impl NoExtract {
    /// As the index writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::UnknownChange => "unknown_change",
            Self::NoDecision => "no_decision",
            Self::NotSealed => "not_sealed",
            Self::NotHere => "not_here",
            Self::Damaged => "damaged",
        }
    }
}

/// A row of the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExtractRow {
    /// The change's key, as it was asked for.
    pub key: String,
    /// Its title, by the agenda of the meeting that decided.
    pub title: Option<String>,
    /// The newest decision.
    pub decision: Option<String>,
    /// The title of the meeting that decided.
    pub meeting: Option<String>,
    /// The day of that meeting by its own clock.
    pub date: Option<String>,
    /// The file in the folder.
    pub file: Option<String>,
    /// Its SHA-256.
    pub sha256: Option<String>,
    /// Why there is no file.
    pub reason: Option<NoExtract>,
    /// The same in words.
    pub why: Option<String>,
}

/// The extracts, as `index.json` tells of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Extracts {
    /// The folder.
    #[serde(skip)]
    pub folder: PathBuf,
    /// How a reader knows it.
    pub schema: &'static str,
    /// A row for each change, in the order in which they were asked for.
    pub rows: Vec<ExtractRow>,
}

const SCHEMA: &str = "urn:x-cabinet:extracts:1";
const HEADER: [&str; 9] = ["key", "title", "decision", "meeting", "date", "file", "sha256", "reason", "why"];

impl Cabinet {
    /// Writes the sealed extract of the newest decision of each change into a folder, with `index.csv` and
    /// `index.json`. A change without one has a row with the reason. What is there already is not written over.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] without a key, or with more than 500; [`BoardError::Refused`] where a name is taken.
    pub async fn collect_extracts(&self, request: ExtractsRequest) -> Answer<Extracts> {
        let board = self.board()?;
        let state = board.state().await?;
        let asked = asked(request.keys)?;
        let (mut rows, mut files) = (Vec::new(), Vec::new());
        for key in asked {
            let (row, file) = self.extract_row(&board, &state, &key).await?;
            rows.push(row);
            files.extend(file);
        }
        let extracts = Extracts { folder: request.to.clone(), schema: SCHEMA, rows };
        let mut json = serde_json::to_vec_pretty(&extracts).map_err(|e| BoardError::internal(&e))?;
        json.push(b'\n');
        files.push(Out { name: "index.csv".to_owned(), bytes: csv(&extracts.rows).into_bytes() });
        files.push(Out { name: "index.json".to_owned(), bytes: json });
        let folder = request.to;
        off_thread(move || write_all(&folder, &files)).await?;
        Ok(extracts)
    }

    /// The row of a change, and its file if there is one.
    async fn extract_row(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        typed: &str,
    ) -> Answer<(ExtractRow, Option<Out>)> {
        let words = Words::of(&state.policy);
        let none = |row: ExtractRow, reason: NoExtract| {
            let why = Some(words.no_extract(reason).to_owned());
            Ok((ExtractRow { reason: Some(reason), why, ..row }, None))
        };
        let row = row_of(typed);
        let Ok(key) = typed.parse::<ChangeKey>() else { return none(row, NoExtract::UnknownChange) };
        let Some((decided, meeting)) = newest(state, &key) else {
            let Some(known) = board.store.change(&key).await.map_err(stored)? else {
                return none(row, NoExtract::UnknownChange);
            };
            return none(ExtractRow { title: Some(one_line(&known.change.title)), ..row }, NoExtract::NoDecision);
        };
        let item = meeting.agenda.items.iter().find(|item| item.change == key);
        let row = ExtractRow {
            title: item.map(|item| one_line(&item.title)),
            decision: Some(decision_word(decided.decision.kind).to_owned()),
            meeting: Some(one_line(&meeting.agenda.title)),
            date: Some(date(meeting)),
            ..row
        };
        // An older decision's extract would say what no longer holds.
        let Some(sealed) = meeting.extracts.get(&key) else { return none(row, NoExtract::NotSealed) };
        match kept(board, &extract_file(&key, meeting.agenda.meeting), sealed.pdf).await? {
            Kept::Whole(bytes) => {
                let name = extract_name(words, &key, meeting);
                let row = ExtractRow { file: Some(name.clone()), sha256: Some(sealed.pdf.to_string()), ..row };
                Ok((row, Some(Out { name, bytes })))
            }
            Kept::Elsewhere => none(row, NoExtract::NotHere),
            Kept::Damaged => none(row, NoExtract::Damaged),
        }
    }
}

/// The keys, each once.
fn asked(keys: Vec<String>) -> Answer<Vec<String>> {
    let mut seen = BTreeSet::new();
    let asked: Vec<String> = keys
        .into_iter()
        .map(|key| key.trim().to_owned())
        .filter(|key| !key.is_empty() && seen.insert(key.clone()))
        .collect();
    match asked.len() {
        0 => Err(BoardError::invalid("keys", "Name at least one change.")),
        1..=MOST => Ok(asked),
        n => Err(BoardError::invalid("keys", format!("These are {n} changes; name at most {MOST} at a time."))),
    }
}

/// The decision in force on a change, with its meeting. An item that was skipped is no decision.
fn newest<'s>(state: &'s BoardState, key: &ChangeKey) -> Option<(&'s RecordedDecision, &'s Meeting)> {
    let decided = state.ledger.decision(key).filter(|d| d.decision.kind != DecisionKind::NoDecision)?;
    Some((decided, state.ledger.meetings.get(&decided.meeting)?))
}

fn row_of(typed: &str) -> ExtractRow {
    let mut key: String = typed.chars().take(LONGEST_KEY).collect();
    if key.len() < typed.len() {
        key.push('…');
    }
    ExtractRow {
        key: one_line(&key),
        title: None,
        decision: None,
        meeting: None,
        date: None,
        file: None,
        sha256: None,
        reason: None,
        why: None,
    }
}

/// The index for a spreadsheet (RFC 4180).
fn csv(rows: &[ExtractRow]) -> String {
    let mut csv = store::csv_line(&HEADER);
    for row in rows {
        let cell = |cell: &Option<String>| cell.clone().unwrap_or_default();
        csv.push_str(&store::csv_line(&[
            row.key.clone(),
            cell(&row.title),
            cell(&row.decision),
            cell(&row.meeting),
            cell(&row.date),
            cell(&row.file),
            cell(&row.sha256),
            row.reason.map_or_else(String::new, |reason| reason.word().to_owned()),
            cell(&row.why),
        ]));
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_asked_for_once_and_so_many_at_most() {
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        let twenty_five = keys(&["CHG-1", " CHG-2 ", "CHG-1", "", "CHG-2"].repeat(5));
        assert_eq!(twenty_five.len(), 25);
        assert_eq!(asked(twenty_five).expect("two"), ["CHG-1", "CHG-2"]);
        assert!(matches!(asked(keys(&["", " "])), Err(BoardError::Invalid { .. })));
        let many = |n: usize| (0..n).map(|n| format!("CHG-{n}")).collect::<Vec<_>>();
        assert_eq!(asked(many(MOST)).map(|keys| keys.len()), Ok(MOST));
        assert!(matches!(asked(many(MOST + 1)), Err(BoardError::Invalid { .. })));
    }

    #[test]
    fn a_row_is_a_line_whatever_its_texts_say() {
        let row = ExtractRow {
            title: Some("=HYPERLINK(\"https://evil.example\"), \"x\"".to_owned()),
            reason: Some(NoExtract::NotSealed),
            ..row_of("CHG-1\r\nCHG-2")
        };
        let csv = csv(&[row]);
        assert_eq!(
            csv,
            "key,title,decision,meeting,date,file,sha256,reason,why\r\n\
             CHG-1⟦U+000D⟧ CHG-2,\"'=HYPERLINK(\"\"https://evil.example\"\"), \"\"x\"\"\",,,,,,not_sealed,\r\n"
        );
        let long = row_of(&"x".repeat(100_000)).key;
        assert_eq!(long.chars().count(), LONGEST_KEY + 1);
    }

    #[test]
    fn the_index_writes_a_reason_as_its_word() {
        use NoExtract as N;
        for reason in [N::UnknownChange, N::NoDecision, N::NotSealed, N::NotHere, N::Damaged] {
            assert_eq!(serde_json::to_value(reason).expect("json"), reason.word());
        }
    }
}
