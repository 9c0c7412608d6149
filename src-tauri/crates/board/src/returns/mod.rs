//! Requesters without Cabinet: templates to paste on a ticket, and the one comment that asks for what is missing.
use domain::change::TextFormat;
use domain::ids::ChangeKey;
use domain::plan::PlanSection;
use domain::risk::{Model, points_100};
use domain::template::{answers_template, plan_template};
use domain::text::mark_invisible;

use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::outbox::Returning;
use crate::requests::{OfChange, ReturnRequest};
use crate::views::{Noun, ReturnRow, Templates};

/// Changes that are named at once, at most.
const MOST: usize = 500;

/// The templates of the whole plan and of every answer, in a markup: of the model that is built in.
#[must_use]
pub fn templates(format: TextFormat) -> Templates {
    templates_by(format, &points_100())
}

/// The same with the questions of a model.
fn templates_by(format: TextFormat, model: &Model) -> Templates {
    Templates {
        format,
        plan: plan_template(format, &PlanSection::ALL),
        answers: answers_template(format, &model.questions.iter().collect::<Vec<_>>()),
    }
}

impl Cabinet {
    /// The templates in the markup of a change's ticket, with the questions of the model in force.
    pub async fn change_templates(&self, request: OfChange) -> Answer<Templates> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?;
        let format = self.load_change(&board, &key).await?.description.format;
        Ok(templates_by(format, &state.model.model))
    }

    /// The templates in a markup, with the questions of the model in force on the board that is open, if one is.
    pub async fn templates_in(&self, format: TextFormat) -> Answer<Templates> {
        let Ok(board) = self.board() else { return Ok(templates(format)) };
        Ok(templates_by(format, &board.state().await?.model.model))
    }

    /// What returning changes to their requesters would write on each ticket, or why nothing.
    pub async fn preview_returns(&self, request: ReturnRequest) -> Answer<Vec<ReturnRow>> {
        let board = self.board()?;
        let state = board.state().await?;
        let mut rows = Vec::new();
        for key in self.meant(&board, &request).await? {
            let returning = self.returning(&board, &state, &key).await?;
            rows.push(self.return_row(&board, &key, &returning).await?);
        }
        Ok(rows)
    }

    /// Returns changes to their requesters: one comment each, through the outbox, at most once a day per ticket. Answers
    /// for each what will stand on its ticket, or why nothing is asked.
    pub async fn return_to_requester(&self, request: ReturnRequest) -> Answer<Vec<ReturnRow>> {
        let board = self.board()?;
        let state = board.state().await?;
        let mut rows = Vec::new();
        let mut queued = Vec::new();
        for key in self.meant(&board, &request).await? {
            let returning = self.returning(&board, &state, &key).await?;
            if let Returning::Ask(asking) = &returning {
                self.queue_return(&board, asking).await?;
                queued.push(key.clone());
            }
            rows.push(self.return_row(&board, &key, &returning).await?);
        }
        if !queued.is_empty() {
            let ids: Vec<&str> = queued.iter().map(ChangeKey::as_str).collect();
            self.changed(&[Noun::Outbox, Noun::Changes], &ids);
            self.push_in_background(&board);
        }
        Ok(rows)
    }

    /// The changes a request means: those named, each once, or every one that a board could still take up.
    async fn meant(&self, board: &OpenBoard, request: &ReturnRequest) -> Answer<Vec<ChangeKey>> {
        let Some(named) = &request.changes else {
            let rows = self.waiting_rows(board).await?;
            return Ok(rows.into_iter().map(|row| row.key).collect());
        };
        if named.is_empty() || named.len() > MOST {
            return Err(BoardError::invalid("changes", format!("Name at least one change and at most {MOST}.")));
        }
        let mut keys: Vec<ChangeKey> = Vec::new();
        for change in named {
            let key = crate::words::change_key(change)?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Ok(keys)
    }

    async fn return_row(&self, board: &OpenBoard, key: &ChangeKey, returning: &Returning) -> Answer<ReturnRow> {
        let change = self.load_change(board, key).await?;
        let to = change.requester.or(change.author).map(|person| mark_invisible(&person.name));
        let (text, missing, none) = match returning {
            Returning::Ask(asking) => (Some(asking.text.clone()), asking.missing, None),
            Returning::No(why) => (None, 0, Some(crate::gates::sentence(why))),
        };
        Ok(ReturnRow {
            change: key.to_string(),
            title: mark_invisible(&change.title),
            to,
            text,
            missing: u32::try_from(missing).unwrap_or(u32::MAX),
            none,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_name_every_section_and_every_question() {
        for format in [TextFormat::Plain, TextFormat::Textile, TextFormat::Markdown] {
            let templates = templates(format);
            assert!(PlanSection::ALL.iter().all(|s| templates.plan.contains(s.title())), "{format:?}");
            assert!(points_100().questions.iter().all(|q| templates.answers.contains(&q.text)), "{format:?}");
        }
    }
}
