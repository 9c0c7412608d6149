//! `cab connect`: address, key, project, mapping; tried on real changes before anything is kept.
use std::path::PathBuf;

use board::requests::{DryRunRequest, OfDraftProject};
use board::views::{ConnectionTest, ConnectionView, DryRun, MappingProposal, MappingRow, SaveConnectionRequest};
use board::views::{TestConnectionRequest, TicketingSystemKind};
use board::{BoardError, ExposeSecret as _};
use clap::Args;
use serde_json::json;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::reply::Reply;
use crate::secrets;
use crate::table::{Table, counted, cut};

/// Connects to the ticketing system; without --url shows the connection.
///
/// Without --project the projects that the key can see are listed. The mapping is proposed from the server's own fields
/// (print it with --dry-run --json, edit it, and hand it back with --mapping) and tried on twenty real changes; a value that
/// it does not know stops, unless --accept-unmapped says that such changes may show the value as an error.
#[derive(Debug, Args)]
pub struct Connect {
    /// The address of the Redmine.
    #[arg(long)]
    url: Option<String>,
    /// The identifier of the project that holds the change requests.
    #[arg(long)]
    project: Option<String>,
    /// What keys of changes begin with; proposed by the server's name otherwise.
    #[arg(long)]
    prefix: Option<String>,
    /// A JSON file with the mapping rows, instead of the proposal.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Try, and keep nothing.
    #[arg(long)]
    dry_run: bool,
    /// Keep the connection although some values are not mapped.
    #[arg(long)]
    accept_unmapped: bool,
    /// Consent to http on a private network; loopback needs none.
    #[arg(long)]
    allow_http: bool,
    /// Read the API key from this file descriptor instead of asking.
    #[arg(long, value_name = "N")]
    api_key_fd: Option<u32>,
}

/// Runs the verb.
pub async fn run(host: &Host, args: Connect) -> Done<Reply> {
    let cabinet = host.open().await?;
    let Some(url) = args.url.clone() else {
        let view = cabinet.connection().await?.ok_or_else(|| BoardError::not_found("connection", "on this board"))?;
        return Ok(Reply::of(&view, shown(&view)));
    };
    let given = args.mapping.as_deref().map(read_mapping).transpose()?;
    let key = secrets::one(args.api_key_fd, "--api-key-fd", "API key: ")?;
    let test = cabinet
        .test_connection(TestConnectionRequest {
            system: TicketingSystemKind::Redmine,
            url,
            api_key: Some(key.expose_secret().to_owned()),
            allow_http: args.allow_http,
        })
        .await?;
    let Some(project) = args.project else {
        let text = projects(&test);
        return Ok(Reply::of(&json!({ "test": test, "kept": false }), text));
    };
    let draft = test.draft.clone();
    let proposal = cabinet.propose_mapping(OfDraftProject { draft: draft.clone(), project: project.clone() }).await?;
    let mapping = given.unwrap_or_else(|| proposal.mapping.clone());
    let tried = cabinet
        .dry_run_mapping(DryRunRequest { draft: draft.clone(), project: project.clone(), mapping: mapping.clone() })
        .await?;
    if args.dry_run {
        let text = format!("{}\n{}", mapped(&proposal, &mapping), dry(&tried));
        let result = json!({ "test": test, "proposal": proposal, "mapping": mapping, "dry_run": tried, "kept": false });
        return Ok(Reply { result, text });
    }
    if !tried.unmapped.is_empty() && !args.accept_unmapped {
        let first: Vec<String> =
            tried.unmapped.iter().take(5).map(|u| format!("{} has {:?} ({})", u.target, u.remote, u.count)).collect();
        return Err(BoardError::invalid(
            "mapping",
            format!(
                "Values that nothing maps: {}. Map them with --mapping, or say --accept-unmapped.",
                first.join("; ")
            ),
        )
        .into());
    }
    let prefix = args.prefix.unwrap_or_else(|| proposal.suggested_prefix.clone());
    let view = cabinet.save_connection(SaveConnectionRequest { draft, project, prefix, mapping }).await?;
    let text = format!("{}\nNext: cab sync", shown(&view));
    Ok(Reply { result: json!({ "connection": view, "dry_run": tried, "kept": true }), text })
}

fn read_mapping(path: &std::path::Path) -> Done<Vec<MappingRow>> {
    let text = std::fs::read_to_string(path).map_err(CabError::file(path))?;
    serde_json::from_str(&text).map_err(|e| BoardError::invalid("mapping", format!("{}: {e}", path.display())).into())
}

fn shown(view: &ConnectionView) -> String {
    let mut text = format!(
        "{} project {} as {}, keys {}-…\n{}, last synced {}",
        view.url,
        view.project,
        view.account,
        view.prefix,
        counted(view.changes, "change", "changes"),
        view.last_synced_at.as_deref().unwrap_or("never")
    );
    if let Some(stopped) = &view.stopped {
        text.push_str(&format!("\nStopped: {stopped}"));
    }
    text
}

fn projects(test: &ConnectionTest) -> String {
    let mut table = Table::new(&["Project", "Name", "Changes"]);
    for p in &test.projects {
        table.row([p.id.clone(), p.name.clone(), p.changes.to_string()]);
    }
    let mut text = format!("{} answers {}.\n\n{}", test.server, test.account, table.text());
    for warning in &test.warnings {
        text.push_str(&format!("\n{warning}"));
    }
    text.push_str("\nNothing is kept yet: name the project with --project.");
    text
}

fn mapped(proposal: &MappingProposal, mapping: &[MappingRow]) -> String {
    let mut table = Table::new(&["Field", "From", "Clause"]);
    for target in &proposal.targets {
        let source = mapping.iter().find(|m| m.target == target.target).and_then(|m| m.source.clone());
        let name = source
            .as_ref()
            .map(|s| proposal.fields.iter().find(|f| f.id == *s).map_or_else(|| s.clone(), |f| f.name.clone()));
        table.row([
            target.label.clone(),
            name.unwrap_or_else(|| "not mapped".to_owned()),
            target.clause.clone().unwrap_or_default(),
        ]);
    }
    table.text()
}

fn dry(tried: &DryRun) -> String {
    let mut text = format!(
        "Tried on {}: {}.",
        counted(tried.rows.len(), "change", "changes"),
        counted(tried.problems, "problem", "problems")
    );
    for u in &tried.unmapped {
        text.push_str(&format!(
            "\n  {} has {:?} on {}, which nothing maps",
            u.target,
            cut(&u.remote, 60),
            counted(u.count, "change", "changes")
        ));
    }
    for row in &tried.rows {
        for cell in &row.cells {
            if let Some(problem) = &cell.problem {
                text.push_str(&format!("\n  {} {}: {problem}", row.key, cell.target));
            }
        }
    }
    text
}
