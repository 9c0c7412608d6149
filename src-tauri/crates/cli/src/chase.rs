//! `cab chase` and `cab change chain`: who owes an answer, and who is asked about a change at all.
use board::Cabinet;
use board::requests::OfChange;
use board::views::{ChainView, ChaseView};

use crate::exit::Done;
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::table::{Table, cut};

/// Runs `cab chase`.
pub async fn run(host: &Host) -> Done<Reply> {
    let cabinet = host.open().await?;
    let view = cabinet.chase().await?;
    let text = chase_text(&view);
    Ok(Reply::of(&view, text))
}

/// Runs `cab change chain`.
pub async fn chain(cabinet: &Cabinet, change: &str) -> Done<Reply> {
    let view = cabinet.chain(OfChange { change: names::change(change) }).await?;
    let text = chain_text(&view);
    Ok(Reply::of(&view, text))
}

fn chase_text(view: &ChaseView) -> String {
    if view.rows.is_empty() {
        return "Nobody owes an answer.".to_owned();
    }
    let mut table = Table::new(&["Key", "Who", "Owes", "Asked", "Due", "Working hours", "Now", "To"]);
    for row in &view.rows {
        let hours = clock(row.left_minutes.saturating_abs());
        table.row([
            row.change.clone(),
            row.name.clone(),
            cut(&row.what, 40),
            row.asked_at.clone(),
            row.due_at.clone(),
            if row.breached { format!("{hours} late") } else { format!("{hours} left") },
            row.rung.words().to_owned(),
            row.to.join(", "),
        ]);
    }
    let mut text = table.text();
    for row in &view.rows {
        text.push_str(&format!("\n{}\n", row.text));
    }
    text
}

/// `12:05`: hours and minutes.
fn clock(minutes: i32) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

fn chain_text(view: &ChainView) -> String {
    let mut text = format!(
        "{}: a {} release at {} risk, {}\n\n",
        view.change,
        view.release.word(),
        view.level.word().to_lowercase(),
        view.route.words()
    );
    let mut table = Table::new(&["Who", "As", "Part", "Why"]);
    for asked in &view.asked {
        table.row([asked.name.as_str(), asked.role.title(), asked.part.word(), asked.reason.as_str()]);
    }
    text.push_str(&table.text());
    for vacant in &view.vacant {
        text.push_str(&format!("Vacant: {vacant}.\n"));
    }
    if !view.raci.is_empty() {
        let mut table = Table::new(&["RACI", "Role", "Who"]);
        for line in &view.raci {
            let people = if line.people.is_empty() { "nobody".to_owned() } else { line.people.join(", ") };
            table.row([line.letter.word().to_owned(), line.role.title().to_owned(), people]);
        }
        text.push('\n');
        text.push_str(&table.text());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_told_with_their_minutes() {
        for (minutes, told) in [(0, "0:00"), (5, "0:05"), (60, "1:00"), (965, "16:05")] {
            assert_eq!(clock(minutes), told);
        }
    }

    #[test]
    fn nobody_owes_anything_on_an_empty_desk() {
        let view = ChaseView { zone: "Etc/UTC".to_owned(), answer_hours: 16, rows: Vec::new() };
        assert_eq!(chase_text(&view), "Nobody owes an answer.");
    }
}
