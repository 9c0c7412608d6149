//! `cab calendar`: what is planned, what is frozen, what is in whose way, and when there is room; `cab change schedule`.
use std::io::Read as _;
use std::path::{Path, PathBuf};

use board::Cabinet;
use board::views::{CalendarRequest, CalendarView, ScheduleRequest, ScheduleView, SlotHours, SlotRequest, SlotView};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::table::{Table, counted, cut};

/// What is planned, what is frozen, and what is in whose way.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Calendar {
    /// Without it, the calendar.
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The first day; otherwise today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<String>,
    /// The last day; otherwise 31 days in all.
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<String>,
    /// In which zone days and times are, such as Europe/Berlin; otherwise UTC.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Write the changes as an iCalendar file as well.
    #[arg(long, value_name = "FILE")]
    ics: Option<PathBuf>,
}

/// What else the calendar answers.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The next free slot.
    Slot {
        /// How long, in minutes.
        #[arg(long, value_name = "N")]
        minutes: u32,
        /// Where to.
        #[arg(long, value_name = "NAME")]
        environment: String,
        /// Which service.
        #[arg(long, value_name = "NAME")]
        service: String,
        /// Not before this time (RFC 3339); otherwise now.
        #[arg(long, value_name = "TIME")]
        after: Option<String>,
        /// In which zone the hours are; otherwise UTC.
        #[arg(long, value_name = "ZONE")]
        zone: Option<String>,
        /// A region of the policy instead: its business hours, in its zone.
        #[arg(long, value_name = "NAME", conflicts_with = "zone")]
        region: Option<String>,
        /// When it may be.
        #[arg(long, value_enum, default_value = "any")]
        hours: Hours,
    },
    /// Read an organisation's iCalendar file (holidays, maintenance) as freezes for a policy.toml. Changes nothing.
    Freezes {
        /// The file.
        file: PathBuf,
        /// The zone of whole days and of times without one.
        #[arg(long, value_name = "ZONE")]
        zone: String,
        /// The environments they are for.
        #[arg(long, value_name = "PATTERN", default_value = "prod*")]
        environment: String,
        /// They block; otherwise they warn.
        #[arg(long)]
        hard: bool,
    },
}

/// When a change may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Hours {
    /// At any time.
    Any,
    /// The business hours of the region or zone; where the policy names none, Monday to Friday, 08:00 to 18:00.
    Business,
    /// Every night, 20:00 to 06:00.
    Quiet,
}

/// Runs `cab calendar`.
pub async fn run(host: &Host, args: Calendar) -> Done<Reply> {
    let Calendar { verb, from, to, zone, ics } = args;
    match verb {
        None => show(host, CalendarRequest { from, to, zone }, ics.as_deref()).await,
        Some(Verb::Slot { minutes, environment, service, after, zone, region, hours }) => {
            let hours = match hours {
                Hours::Any => SlotHours::Any,
                Hours::Business => SlotHours::Business,
                Hours::Quiet => SlotHours::Quiet,
            };
            let cabinet = host.open().await?;
            let request = SlotRequest { minutes, environment, service, after, zone, region, hours };
            let slot = cabinet.free_slot(request).await?;
            let text = slot_text(&slot);
            Ok(Reply::of(&slot, text))
        }
        Some(Verb::Freezes { file, zone, environment, hard }) => {
            let freezes = board::freezes_of_calendar(&bytes_of(&file)?, &zone, &environment, hard)?;
            Ok(Reply { text: board::freezes_as_toml(&freezes), result: json!({ "freezes": freezes }) })
        }
    }
}

/// Reads no more than a calendar may have, and one byte, so that a larger one is refused and not loaded.
fn bytes_of(file: &Path) -> Done<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(board::LONGEST_CALENDAR).unwrap_or(u64::MAX).saturating_add(1);
    let opened = std::fs::File::open(file).map_err(CabError::file(file))?;
    opened.take(most).read_to_end(&mut bytes).map_err(CabError::file(file))?;
    Ok(bytes)
}

async fn show(host: &Host, request: CalendarRequest, ics: Option<&Path>) -> Done<Reply> {
    let cabinet = host.open().await?;
    let view = cabinet.calendar(request.clone()).await?;
    let mut text = calendar_text(&view);
    if let Some(path) = ics {
        let file = cabinet.calendar_file(request).await?;
        std::fs::write(path, &file.text).map_err(CabError::file(path))?;
        text.push_str(&format!("\n{} written to {}\n", counted(file.events, "event", "events"), path.display()));
    }
    Ok(Reply::of(&view, text))
}

fn calendar_text(view: &CalendarView) -> String {
    let mut text = format!("{} to {}, {}\n", view.from, view.to, view.zone);
    if view.items.is_empty() {
        text.push_str("Nothing is planned.\n");
    } else {
        let mut table = Table::new(&["Key", "Title", "Window", "Environment", "Service", "Status", ""]);
        for item in &view.items {
            let mut marks = Vec::new();
            if item.conflicts > 0 {
                marks.push(format!("{} in the way", item.conflicts));
            }
            marks.extend(item.freezes.iter().map(|name| format!("freeze: {name}")));
            if item.covered == Some(false) {
                marks.push("nobody on call".to_owned());
            }
            if !item.deployment.is_empty() {
                marks.push(format!("deployment {}", item.deployment));
            }
            table.row([
                item.key.clone(),
                cut(&item.title, 40),
                item.local.clone(),
                item.environment.clone(),
                item.service.clone(),
                item.status.clone(),
                marks.join("; "),
            ]);
        }
        text.push_str(&table.text());
    }
    if !view.releases.is_empty() {
        let mut table = Table::new(&["Release", "When", "Changes", "Risk", "Milestone"]);
        for release in &view.releases {
            table.row([
                cut(&release.name, 40),
                release.local.clone(),
                release.changes.to_string(),
                release.level.word().to_owned(),
                cut(release.milestone.as_deref().unwrap_or("\u{2013}"), 40),
            ]);
        }
        text.push('\n');
        text.push_str(&table.text());
    }
    if view.more {
        text.push_str("There is more than is shown: ask for fewer days.\n");
    }
    if !view.freezes.is_empty() {
        let mut table = Table::new(&["Freeze", "", "When", "Environment", "Services", "Why"]);
        for freeze in &view.freezes {
            let services = if freeze.services.is_empty() { "all".to_owned() } else { freeze.services.join(", ") };
            table.row([
                freeze.name.clone(),
                if freeze.hard { "hard" } else { "soft" }.to_owned(),
                match freeze.repeats.as_str() {
                    "" => freeze.local.clone(),
                    repeats => format!("{}, {repeats}", freeze.local),
                },
                freeze.environment.clone(),
                services,
                cut(&freeze.reason, 60),
            ]);
        }
        text.push('\n');
        text.push_str(&table.text());
    }
    if !view.conflicts.is_empty() {
        let mut table = Table::new(&["Change", "In the way", "Why"]);
        for conflict in &view.conflicts {
            table.row([conflict.one.clone(), conflict.other.clone(), conflict.reasons.join("; ")]);
        }
        text.push('\n');
        text.push_str(&table.text());
    }
    text
}

fn slot_text(slot: &SlotView) -> String {
    let mut text = format!("{}\n{} to {}\n", slot.local, slot.window.starts_at, slot.window.ends_at);
    if !slot.passed.is_empty() {
        let mut table = Table::new(&["Passed over", "Why"]);
        for day in &slot.passed {
            table.row([day.date.clone(), day.why.join("; ")]);
        }
        text.push('\n');
        text.push_str(&table.text());
    }
    text
}

/// Runs `cab change schedule`.
pub async fn schedule(cabinet: &Cabinet, change: &str, zone: Option<String>) -> Done<Reply> {
    let view = cabinet.schedule(ScheduleRequest { change: names::change(change), zone }).await?;
    let text = schedule_text(&view);
    Ok(Reply::of(&view, text))
}

fn schedule_text(view: &ScheduleView) -> String {
    let Some(planned) = &view.planned else {
        return format!("{} has no implementation window yet; enter one on its ticket, then sync.", view.change);
    };
    let mut facts = Table::bare();
    facts.row(["Window".to_owned(), planned.clone()]);
    if let Some(elsewhere) = &view.elsewhere {
        facts.row(["In your zone".to_owned(), elsewhere.clone()]);
    }
    if let Some(minutes) = view.minutes {
        facts.row(["Minutes".to_owned(), minutes.to_string()]);
    }
    for conflict in &view.conflicts {
        let said = format!(
            "{} {} ({}): {}",
            conflict.key,
            cut(&conflict.title, 40),
            conflict.local,
            conflict.reasons.join("; ")
        );
        facts.row(["In the way".to_owned(), said]);
    }
    for freeze in &view.freezes {
        let kind = if freeze.hard { "Hard freeze" } else { "Soft freeze" };
        let part = if freeze.whole { "" } else { ", in part" };
        let said = format!("{}{part} ({}): {} {}", freeze.name, freeze.local, freeze.reason, freeze.needs);
        facts.row([kind.to_owned(), said]);
        if !freeze.excepted.is_empty() {
            facts.row(["Excepted".to_owned(), freeze.excepted.clone()]);
        }
    }
    if let Some(coverage) = &view.coverage {
        for by in &coverage.by {
            facts.row(["On call".to_owned(), by.clone()]);
        }
        for gap in &coverage.gaps {
            facts.row(["Nobody on call".to_owned(), gap.clone()]);
        }
    }
    for told in &view.deployments {
        facts.row(["Deployment".to_owned(), told.clone()]);
    }
    match (&view.next, &view.no_next) {
        (Some(slot), _) => facts.row(["Same hours free".to_owned(), slot.local.clone()]),
        (None, Some(why)) => facts.row(["Same hours free".to_owned(), why.clone()]),
        (None, None) => {}
    }
    format!("{}\n{}", view.change, facts.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_file_becomes_freezes_and_a_large_one_is_not_loaded() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("holidays.ics");
        std::fs::write(&path, vec![b'x'; board::LONGEST_CALENDAR + 10]).expect("written");
        let bytes = bytes_of(&path).expect("readable");
        assert_eq!(bytes.len(), board::LONGEST_CALENDAR + 1);
        assert!(board::freezes_of_calendar(&bytes, "Europe/Berlin", "prod*", true).is_err());
        assert_eq!(bytes_of(&dir.path().join("none.ics")).expect_err("missing").code(), crate::exit::NOT_FOUND);
    }

    #[test]
    fn a_change_without_a_window_says_what_to_do() {
        let view = ScheduleView {
            change: "CHG-1".to_owned(),
            window: None,
            planned: None,
            elsewhere: None,
            minutes: None,
            conflicts: Vec::new(),
            freezes: Vec::new(),
            coverage: None,
            deployments: Vec::new(),
            next: None,
            no_next: None,
        };
        assert!(schedule_text(&view).contains("no implementation window"));
    }
}
