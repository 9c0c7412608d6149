//! `cab release`: the changes that the tickets put under one version, seen together.
use board::requests::OfRelease;
use board::views::{AssessReleaseRequest, ReleaseDecided, ReleaseQuestion, ReleaseRow, ReleaseView, ReleasesView};
use clap::Subcommand;

use crate::changes::word;
use crate::exit::Done;
use crate::host::Host;
use crate::reply::Reply;
use crate::table::{Table, cut};

/// Releases, by the name that the ticketing system gives them.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// All of them, the next one first.
    List,
    /// One with its changes, its risk and its plan.
    Show {
        /// Its name.
        release: String,
    },
    /// Answer what is asked of the release itself, beside the risk of its changes.
    Assess {
        /// Its name.
        release: String,
        /// If the whole release fails: low, medium, high or critical.
        #[arg(long, value_name = "WORD")]
        impact: Option<String>,
        /// How its changes hang together: independent, ordered or together.
        #[arg(long, value_name = "WORD")]
        complexity: Option<String>,
        /// The way back: each, whole or impossible.
        #[arg(long, value_name = "WORD")]
        rollback: Option<String>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// Runs `cab release`.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    let cabinet = host.open().await?;
    match verb {
        Verb::List => {
            let view = cabinet.releases().await?;
            let text = list_text(&view);
            Ok(Reply::of(&view, text))
        }
        Verb::Show { release } => {
            let view = cabinet.release(OfRelease { release }).await?;
            let text = show_text(&view);
            Ok(Reply::of(&view, text))
        }
        Verb::Assess { release, impact, complexity, rollback, reason } => {
            let request = AssessReleaseRequest { release, impact, complexity, rollback, reason };
            let view = cabinet.assess_release(request).await?;
            host.finish(&cabinet).await;
            let text = show_text(&view);
            Ok(Reply::of(&view, text))
        }
    }
}

/// What `cab meeting together` says.
pub fn decided_text(view: &ReleaseDecided) -> String {
    let mut text = format!("Release {}\nDecided together: {}\n", view.release, view.decided.join(", "));
    for left in &view.left {
        text.push_str(&format!("Not {}: {} {}\n", left.change, left.refusal.rule, left.refusal.remedy));
    }
    text
}

fn list_text(view: &ReleasesView) -> String {
    if view.releases.is_empty() {
        return "No ticket names a release. Map its field: cab connect, or Connection in the window.".to_owned();
    }
    let mut table = Table::new(&["Release", "Begins", "Ends", "Changes", "Approved", "Risk", "Manager", "Milestone"]);
    for row in &view.releases {
        let none = || "\u{2013}".to_owned();
        table.row([
            cut(&row.name, 40),
            row.starts_at.clone().unwrap_or_else(none),
            row.ends_at.clone().unwrap_or_else(none),
            row.changes.to_string(),
            row.approved.to_string(),
            level_words(row),
            row.manager.clone().unwrap_or_else(none),
            cut(row.milestone.as_deref().unwrap_or("\u{2013}"), 40),
        ]);
    }
    let mut text = table.text();
    if view.more {
        text.push_str("There are more changes in releases than are looked at.\n");
    }
    text
}

/// `High`, or `Low to Critical` while something open can change it.
fn level_words(row: &ReleaseRow) -> String {
    match row.level {
        Some(level) => level.word().to_owned(),
        None => format!("{} to {}", row.low_level.word(), row.high_level.word()),
    }
}

fn show_text(view: &ReleaseView) -> String {
    let row = &view.release;
    let mut text = format!("{}\nRisk: {}", row.name, level_words(row));
    if !view.worst.is_empty() {
        text.push_str(&format!(" (by {})", view.worst.join(", ")));
    }
    text.push('\n');
    let facts = [
        ("Begins", &row.starts_at),
        ("Ends", &row.ends_at),
        ("Release Manager", &row.manager),
        ("Milestone", &row.milestone),
    ];
    for (label, value) in facts {
        text.push_str(&value.as_ref().map_or_else(String::new, |value| format!("{label}: {value}\n")));
    }
    let mut table = Table::new(&["Change", "Title", "Window", "Risk", "Decision", "Blocks"]);
    for change in &view.changes {
        let level = change.risk.level.map_or("open", |level| level.word());
        table.row([
            change.key.clone(),
            cut(&change.title, 50),
            change.window.as_ref().map_or_else(|| "\u{2013}".to_owned(), |window| window.starts_at.clone()),
            level.to_owned(),
            change.decision.map(|decision| word(&decision)).unwrap_or_default(),
            change.gates_blocking.to_string(),
        ]);
    }
    text.push('\n');
    text.push_str(&table.text());
    if !view.out.is_empty() {
        text.push_str(&format!("Does not go out with it: {}\n", view.out.join(", ")));
    }
    text.push('\n');
    for question in &view.questions {
        text.push_str(&question_text(question));
    }
    let lacking: Vec<_> = view.plan.iter().filter(|section| !section.lacking.is_empty()).collect();
    if lacking.is_empty() {
        text.push_str("\nThe plan has every section for every change.\n");
    } else {
        let mut table = Table::new(&["Plan", "Section", "Nothing, or next to nothing, for"]);
        for section in lacking {
            table.row([section.clause.clone(), section.title.clone(), section.lacking.join(", ")]);
        }
        text.push('\n');
        text.push_str(&table.text());
    }
    for lack in &view.lacks {
        text.push_str(lack);
        text.push('\n');
    }
    text
}

fn question_text(question: &ReleaseQuestion) -> String {
    let given = question.choices.iter().find(|choice| Some(&choice.word) == question.answer.as_ref());
    let answer = given.map_or_else(|| "open".to_owned(), |choice| format!("{}: {}", choice.word, choice.words));
    let open = match (given.is_some(), question.open.is_empty()) {
        (true, false) => format!(" (not yet with {}: counts at its worst)", question.open.join(", ")),
        (false, _) => " (counts at its worst)".to_owned(),
        (true, true) => String::new(),
    };
    format!("{} {answer}{open}\n", question.asks)
}

#[cfg(test)]
mod tests {
    use board::RiskLevel;
    use board::views::ReleaseChoice;

    use super::*;

    fn row() -> ReleaseRow {
        ReleaseRow {
            name: "Winter payments".to_owned(),
            changes: 3,
            approved: 1,
            undecided: 2,
            starts_at: None,
            ends_at: None,
            level: None,
            low_level: RiskLevel::Low,
            high_level: RiskLevel::Critical,
            milestone: None,
            manager: Some("Ria Maas".to_owned()),
        }
    }

    #[test]
    fn a_release_without_answers_shows_a_range() {
        let view = ReleasesView { releases: vec![row()], more: false };
        let text = list_text(&view);
        assert!(text.contains("Winter payments") && text.contains("Low to Critical"), "{text}");
        let none = list_text(&ReleasesView { releases: Vec::new(), more: false });
        assert!(none.starts_with("No ticket names a release."), "{none}");
    }

    #[test]
    fn an_answer_that_a_later_change_did_not_get_counts_at_its_worst() {
        let question = |answer: Option<&str>, open: &[&str]| ReleaseQuestion {
            question: "release_rollback".to_owned(),
            asks: "Can the release be taken back?".to_owned(),
            choices: vec![ReleaseChoice {
                word: "whole".to_owned(),
                words: "it can only be taken back as a whole".to_owned(),
                least: RiskLevel::Medium,
            }],
            answer: answer.map(str::to_owned),
            open: open.iter().map(|key| (*key).to_owned()).collect(),
        };
        for (answer, open, told) in [
            (None, &["CHG-1"][..], "open (counts at its worst)"),
            (Some("whole"), &[][..], "whole: it can only be taken back as a whole\n"),
            (Some("whole"), &["CHG-2"][..], "(not yet with CHG-2: counts at its worst)"),
        ] {
            let text = question_text(&question(answer, open));
            assert!(text.contains(told), "{text}");
        }
    }
}
