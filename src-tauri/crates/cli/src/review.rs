//! `cab review`: ticks and comments on a deployment plan, drafts until submitted.
use board::ApprovePlanRequest;
use board::requests::{CommentSectionRequest, OfChange, TickSectionRequest};
use board::views::{PlanReview, PlanSection};
use clap::Args;
use serde_json::json;

use crate::changes::word;
use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::secrets;
use crate::table::Table;

/// Reviews a deployment plan. Without options it shows the plan's sections.
///
/// A SECTION is its number from 1 to 13, its id, or the beginning of its title.
#[derive(Debug, Args)]
pub struct Review {
    /// The change's key.
    change: String,
    /// Tick a section as sufficient; `all` ticks the thirteen.
    #[arg(long, value_name = "SECTION")]
    tick: Vec<String>,
    /// Take a tick away.
    #[arg(long, value_name = "SECTION")]
    untick: Vec<String>,
    /// SECTION=TEXT; blank takes the waiting comment away.
    #[arg(long, value_name = "SECTION=TEXT")]
    comment: Vec<String>,
    /// Submit what waits as one entry of the record.
    #[arg(long)]
    submit: bool,
    /// Approve the plan as it is, with the PIN of `--as` (R16); this decides nothing about the change.
    #[arg(long, requires = "member", conflicts_with_all = ["tick", "untick", "comment", "submit"])]
    approve: bool,
    /// What is to be said with the approval.
    #[arg(long, value_name = "TEXT", requires = "approve")]
    reason: Option<String>,
    /// Whose review it is; otherwise the member at this device.
    #[arg(long = "as", value_name = "MEMBER")]
    member: Option<String>,
}

/// Runs the verb.
pub async fn run(host: &Host, args: Review) -> Done<Reply> {
    let cabinet = host.open().await?;
    if let (true, Some(member)) = (args.approve, &args.member) {
        let id = names::member(&cabinet.members().await?, member)?.member.id.clone();
        let pin = secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {member}: "))?;
        let change = names::change(&args.change);
        let reason = args.reason.clone().unwrap_or_default();
        let approved = cabinet.approve_plan(ApprovePlanRequest { change, member: id, pin, reason }).await?;
        host.finish(&cabinet).await;
        let text = format!("{} approved the plan of {} as {}.", approved.by, approved.change, approved.role);
        return Ok(Reply { result: json!({ "plan_approved": approved }), text });
    }
    names::acting_as(&cabinet, args.member.as_deref(), act(&cabinet, &args)).await
}

async fn act(cabinet: &board::Cabinet, args: &Review) -> Done<Reply> {
    let change = names::change(&args.change);
    let of = || OfChange { change: change.clone() };
    let mut view = cabinet.plan_review(of()).await?;
    for (typed, ticked) in args.tick.iter().map(|t| (t, true)).chain(args.untick.iter().map(|t| (t, false))) {
        for section in sections(&view, typed)? {
            view = cabinet.tick_section(TickSectionRequest { change: change.clone(), section, ticked }).await?;
        }
    }
    for comment in &args.comment {
        let (typed, text) = comment
            .split_once('=')
            .ok_or_else(|| CabError::Usage(format!("--comment {comment:?}: write SECTION=TEXT")))?;
        for section in sections(&view, typed)? {
            let text = text.to_owned();
            view = cabinet.comment_section(CommentSectionRequest { change: change.clone(), section, text }).await?;
        }
    }
    if args.submit {
        view = cabinet.submit_plan_review(of()).await?;
    }
    let text = shown(&view);
    Ok(Reply::of(&view, text))
}

/// Ids of the sections meant.
fn sections(view: &PlanReview, typed: &str) -> Done<Vec<String>> {
    let wanted = typed.trim().to_lowercase();
    if wanted == "all" {
        return Ok(view.sections.iter().map(|s| s.summary.id.clone()).collect());
    }
    let fits = |s: &&PlanSection| {
        let s = &s.summary;
        s.id == wanted || s.number.to_string() == wanted || s.title.to_lowercase().starts_with(&wanted)
    };
    let mut found = view.sections.iter().filter(|_| !wanted.is_empty()).filter(fits);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(vec![one.summary.id.clone()]),
        (Some(_), Some(_)) => Err(CabError::Usage(format!("{typed:?} fits more than one section"))),
        (None, _) => Err(board::BoardError::not_found("section of the plan", typed).into()),
    }
}

fn shown(view: &PlanReview) -> String {
    let mut table = Table::new(&["", "Section", "Clause", "Text", "Ticked", "Comments"]);
    for s in &view.sections {
        let s = &s.summary;
        table.row([
            s.number.to_string(),
            s.title.clone(),
            s.clause.clone(),
            word(&s.completeness),
            if s.ticked { "yes".to_owned() } else { String::new() },
            if s.comments == 0 { String::new() } else { s.comments.to_string() },
        ]);
    }
    let state = match (view.unsubmitted, &view.submitted_by, &view.submitted_at) {
        (0, Some(who), Some(at)) => format!("Submitted by {who}, {at}."),
        (0, _, _) => "Not reviewed yet.".to_owned(),
        (n, _, _) => format!("{n} ticks and comments wait; submit them with --submit."),
    };
    let missing = view.sections.iter().flat_map(|s| s.findings.iter().map(move |finding| (s, finding)));
    let missing: String = missing
        .map(|(s, finding)| format!("{} ({}): {} {}\n", s.summary.title, finding.clause, finding.what, finding.mend))
        .collect();
    format!(
        "{} {}\n\n{}\n{missing}{} of {} ticked. {state}",
        view.change.key,
        view.change.title,
        table.text(),
        view.ticked,
        view.sections.len()
    )
}
