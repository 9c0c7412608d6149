//! `cab chase` and `cab change chain`: who owes an answer, and who is asked about a change at all.
use board::Cabinet;
use board::requests::OfChange;
use board::views::{ChainView, ChaseView};
use clap::Args;

use crate::exit::Done;
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::table::{Table, cut};

/// What is listed.
#[derive(Debug, Args)]
pub struct Chase {
    /// The log of breaches: what is owed and late, and what was answered late.
    #[arg(long)]
    breaches: bool,
}

/// Runs `cab chase`.
pub async fn run(host: &Host, args: &Chase) -> Done<Reply> {
    let cabinet = host.open().await?;
    let view = cabinet.chase().await?;
    let text = if args.breaches { breaches_text(&view) } else { chase_text(&view) };
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

fn breaches_text(view: &ChaseView) -> String {
    let mut table = Table::new(&["Key", "Who", "Owed", "Asked", "Due", "Ended", "Late"]);
    let open = view.rows.iter().filter(|row| row.breached);
    for row in open {
        let late = clock(row.left_minutes.saturating_abs());
        let (asked, due) = (row.asked_at.clone(), row.due_at.clone());
        table.row([row.change.clone(), row.name.clone(), cut(&row.what, 40), asked, due, "open".to_owned(), late]);
    }
    for row in &view.breaches {
        let who = if row.answered { row.name.clone() } else { "nobody; decided anew".to_owned() };
        let (asked, due, ended) = (row.asked_at.clone(), row.due_at.clone(), row.ended_at.clone());
        table.row([row.change.clone(), who, cut(&row.what, 40), asked, due, ended, clock(row.late_minutes)]);
    }
    if view.breaches.is_empty() && !view.rows.iter().any(|row| row.breached) {
        return "No answer came late.".to_owned();
    }
    table.text()
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
    use board::views::BreachRow;

    #[test]
    fn hours_are_told_with_their_minutes() {
        for (minutes, told) in [(0, "0:00"), (5, "0:05"), (60, "1:00"), (965, "16:05")] {
            assert_eq!(clock(minutes), told);
        }
    }

    #[test]
    fn nobody_owes_anything_on_an_empty_desk() {
        let view = ChaseView { zone: "Etc/UTC".to_owned(), answer_hours: 16, rows: Vec::new(), breaches: Vec::new() };
        assert_eq!(chase_text(&view), "Nobody owes an answer.");
        assert_eq!(breaches_text(&view), "No answer came late.");
    }

    #[test]
    fn the_log_tells_who_answered_late_and_by_how_much() {
        let breach = BreachRow {
            change: "CHG-17".to_owned(),
            name: "Grace".to_owned(),
            what: "sign-off that decides".to_owned(),
            asked_at: "2026-11-23T09:00:00Z".to_owned(),
            due_at: "2026-11-24T16:00:00Z".to_owned(),
            ended_at: "2026-11-25T10:00:00Z".to_owned(),
            answered: true,
            late_minutes: 185,
            text: String::new(),
        };
        let unanswered = BreachRow { name: String::new(), answered: false, ..breach.clone() };
        let breaches = vec![breach, unanswered];
        let view = ChaseView { zone: "Etc/UTC".to_owned(), answer_hours: 16, rows: Vec::new(), breaches };
        let text = breaches_text(&view);
        assert!(text.contains("Grace") && text.contains("3:05") && text.contains("nobody; decided anew"), "{text}");
    }
}
