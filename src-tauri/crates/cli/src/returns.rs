//! `cab change template` and `cab change return`: what requesters without Cabinet fill in, and what is asked of them.
use board::requests::{OfChange, ReturnRequest};
use board::views::{ReturnRow, Templates};
use board::{Cabinet, TextFormat};
use clap::{Args, ValueEnum};

use crate::exit::Done;
use crate::host::Host;
use crate::names;
use crate::reply::Reply;

/// A ticket's markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Markup {
    /// Redmine's default.
    Textile,
    /// `CommonMark`.
    Markdown,
    /// No markup.
    Plain,
}

impl Markup {
    fn format(self) -> TextFormat {
        match self {
            Self::Textile => TextFormat::Textile,
            Self::Markdown => TextFormat::Markdown,
            Self::Plain => TextFormat::Plain,
        }
    }
}

/// Templates for plan and risk answers, to be pasted on the ticket and filled in there.
#[derive(Debug, Args)]
pub struct Template {
    /// The change's key: its ticket's markup is used.
    #[arg(required_unless_present = "format", conflicts_with = "format")]
    change: Option<String>,
    /// Which markup.
    #[arg(long, value_enum, value_name = "MARKUP")]
    format: Option<Markup>,
    /// Only the plan's.
    #[arg(long, conflicts_with = "answers")]
    plan: bool,
    /// Only the answers'.
    #[arg(long)]
    answers: bool,
}

/// Return changes to their requesters: one comment each that lists what is missing, at most once a day per ticket.
#[derive(Debug, Args)]
pub struct Return {
    /// The changes' keys.
    #[arg(required_unless_present = "all", conflicts_with = "all", value_name = "CHANGE")]
    changes: Vec<String>,
    /// Every open change that is incomplete.
    #[arg(long)]
    all: bool,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    preview: bool,
}

/// Runs `cab change template`.
pub async fn template(cabinet: &Cabinet, args: Template) -> Done<Reply> {
    let made = match (args.change, args.format) {
        (Some(change), _) => cabinet.change_templates(OfChange { change: names::change(&change) }).await?,
        (None, format) => cabinet.templates_in(format.unwrap_or(Markup::Textile).format()).await?,
    };
    let Templates { format, plan, answers } = made;
    let shown = Templates {
        format,
        plan: if args.answers { String::new() } else { plan },
        answers: if args.plan { String::new() } else { answers },
    };
    let parts: Vec<&str> =
        [shown.plan.as_str(), shown.answers.as_str()].into_iter().filter(|p| !p.is_empty()).collect();
    let text = parts.join("\n");
    Ok(Reply::of(&shown, text))
}

/// Runs `cab change return`.
pub async fn give_back(host: &Host, cabinet: &Cabinet, args: Return) -> Done<Reply> {
    let named = args.changes.iter().map(|change| names::change(change)).collect();
    let request = ReturnRequest { changes: (!args.all).then_some(named) };
    let rows = if args.preview {
        cabinet.preview_returns(request).await?
    } else {
        let rows = cabinet.return_to_requester(request).await?;
        host.finish(cabinet).await;
        rows
    };
    let text = shown(&rows, args.all, args.preview);
    Ok(Reply::of(&rows, text))
}

/// What is asked; of those that nobody named one by one, only how many are not.
fn shown(rows: &[ReturnRow], all: bool, preview: bool) -> String {
    let mut lines = Vec::new();
    let mut not_asked = 0;
    for row in rows {
        let to = row.to.as_deref().unwrap_or("nobody");
        match (&row.text, &row.none) {
            (Some(text), _) if preview => {
                lines.push(format!("{} {}, to {to}:\n\n{text}\n", row.change, row.title));
            }
            (Some(_), _) => lines.push(format!("{}: asked {to} for what is missing ({}).", row.change, row.missing)),
            (None, Some(why)) if !all => lines.push(format!("{}: not asked. {why}", row.change)),
            (None, _) => not_asked += 1,
        }
    }
    if not_asked > 0 {
        lines.push(format!("Not asked: {not_asked}."));
    }
    if lines.is_empty() { "No change is open.".to_owned() } else { lines.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(change: &str, text: Option<&str>, none: Option<&str>) -> ReturnRow {
        ReturnRow {
            change: change.to_owned(),
            title: "Move".to_owned(),
            to: Some("Ana".to_owned()),
            text: text.map(str::to_owned),
            missing: 2,
            none: none.map(str::to_owned),
        }
    }

    #[test]
    fn a_preview_shows_the_comment_and_a_refusal_says_why() {
        let rows = [row("CHG-1", Some("h3. Returned"), None), row("CHG-2", None, Some("Nothing is missing."))];
        let preview = shown(&rows, false, true);
        assert!(preview.contains("CHG-1 Move, to Ana:\n\nh3. Returned"), "{preview}");
        assert!(preview.contains("CHG-2: not asked. Nothing is missing."), "{preview}");
        assert_eq!(shown(&rows, true, false), "CHG-1: asked Ana for what is missing (2).\nNot asked: 1.");
        assert_eq!(shown(&[], true, false), "No change is open.");
    }
}
