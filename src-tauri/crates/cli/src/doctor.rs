//! `cab doctor`: settings and where they came from, keys, server, folder.
use std::collections::BTreeMap;

use board::config::Setting;
use board::{Examination, Health, Line};
use serde_json::json;

use crate::exit::Done;
use crate::host::Host;
use crate::reply::Reply;
use crate::table::Table;

/// Runs the verb. What is not well is said; only a fault of the program itself ends it otherwise than with 0.
pub async fn run(host: &Host) -> Done<Reply> {
    let vault = host.vault_unasked().await?;
    let kind = host.vault_kind().await;
    let mut seen: Examination = board::examine(&host.data_dir(), vault.as_ref(), host.now()).await;
    let mut connection = None;
    if let (Some(_), Some(vault)) = (&seen.board, vault) {
        let line = |health, found: String| Line { what: "connection".to_owned(), health, found };
        let opened = board::Cabinet::open(host.options(host.data_dir(), vault)).await;
        let asked = match &opened {
            Ok(cabinet) => cabinet.connection().await,
            Err(error) => Err(error.clone()),
        };
        seen.lines.push(match asked {
            Ok(Some(view)) => {
                let synced = view.last_synced_at.as_deref().unwrap_or("never").to_owned();
                let line = match &view.stopped {
                    Some(why) => line(Health::Broken, format!("{}: {why}", view.url)),
                    None => line(Health::Well, format!("{} as {}, last synced {synced}", view.url, view.account)),
                };
                connection = Some(view);
                line
            }
            Ok(None) => line(Health::Note, "not connected to a ticketing system".to_owned()),
            Err(error) => line(Health::Broken, error.to_string()),
        });
    }
    let broken = seen.lines.iter().filter(|l| l.health == Health::Broken).count();
    let mut settings = host.config.settings().clone();
    if let Some(vault) = settings.get_mut("vault").filter(|s| kind.word() != s.value) {
        let from = if host.global.vault.is_some() { "--vault" } else { "the board's roster" };
        (vault.value, vault.from) = (kind.word().to_owned(), from.to_owned());
    }
    let text = shown(&settings, &seen, broken);
    let result = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "settings": settings,
        "folder": seen,
        "connection": connection,
        "well": broken == 0,
    });
    Ok(Reply { result, text })
}

fn shown(settings: &BTreeMap<String, Setting>, seen: &Examination, broken: usize) -> String {
    let mut table = Table::new(&["Setting", "Value", "From"]);
    for (key, setting) in settings {
        let value = if setting.value.is_empty() { "none" } else { &setting.value };
        table.row([key.as_str(), value, setting.from.as_str()]);
    }
    let mut lines = Table::bare();
    for line in &seen.lines {
        let mark = match line.health {
            Health::Well => "",
            Health::Note => "note",
            Health::Broken => "NOT WELL",
        };
        lines.row([line.what.as_str(), mark, line.found.as_str()]);
    }
    let end = match broken {
        0 => "All is well.".to_owned(),
        1 => "1 thing is not well.".to_owned(),
        n => format!("{n} things are not well."),
    };
    format!("cab {}\n\n{}\n{}\n{end}", env!("CARGO_PKG_VERSION"), table.text(), lines.text())
}
