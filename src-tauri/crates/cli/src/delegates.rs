//! `cab member delegate`, `delegations` and `undelegate`: who sits in whose seat, and until when (R72).
use board::{Cabinet, DelegateRequest, DelegatedSeat, EndDelegationRequest};
use clap::Args;
use serde_json::json;

use crate::exit::Done;
use crate::host::Host;
use crate::members::signer;
use crate::names;
use crate::reply::Reply;
use crate::table::Table;

/// Who sits in whose seat.
#[derive(Debug, Args)]
pub struct Delegate {
    /// Whose seat; they sign.
    member: String,
    /// Who sits in it.
    #[arg(long, value_name = "MEMBER")]
    to: String,
    /// Until when, as 2026-12-01T18:00:00Z.
    #[arg(long, value_name = "TIME")]
    until: String,
    /// From when; otherwise from now on.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// For this meeting alone.
    #[arg(long, value_name = "ID")]
    meeting: Option<String>,
    /// Why.
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
}

/// Which delegation ends.
#[derive(Debug, Args)]
pub struct Undelegate {
    /// Its entry, or the beginning of it, as `cab member delegations` lists it.
    delegation: String,
    /// Whose seat it is; they sign.
    #[arg(long = "as", value_name = "MEMBER")]
    member: String,
    /// Why.
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
}

/// Delegates.
pub async fn delegate(host: &Host, args: Delegate) -> Done<Reply> {
    let cabinet = host.open().await?;
    let to = names::member(&cabinet.members().await?, &args.to)?.member.id.clone();
    let (member, pin) = signer(host, &cabinet, Some(&args.member)).await?;
    let Delegate { meeting, from, until, reason, .. } = args;
    let made = cabinet.delegate(DelegateRequest { member, to, meeting, from, until, reason, pin }).await?;
    host.finish(&cabinet).await;
    let text = listed(std::slice::from_ref(&made));
    Ok(Reply::of(&made, text))
}

/// Takes a delegation back.
pub async fn undelegate(host: &Host, args: Undelegate) -> Done<Reply> {
    let cabinet = host.open().await?;
    let (member, pin) = signer(host, &cabinet, Some(&args.member)).await?;
    let Undelegate { delegation, reason, .. } = args;
    cabinet.end_delegation(EndDelegationRequest { delegation, member, reason, pin }).await?;
    host.finish(&cabinet).await;
    list(&cabinet).await
}

/// Lists what is not over.
pub async fn list(cabinet: &Cabinet) -> Done<Reply> {
    let all = cabinet.delegations().await?;
    let text = if all.is_empty() { "No seat is delegated.".to_owned() } else { listed(&all) };
    Ok(Reply { result: json!({ "delegations": all }), text })
}

fn listed(all: &[DelegatedSeat]) -> String {
    let mut table = Table::new(&["Delegation", "Seat of", "Sits in it", "From", "Until", "Meeting"]);
    for d in all {
        let id: String = d.entry.to_string().chars().take(12).collect();
        let until = if d.withdrawn { "taken back".to_owned() } else { d.until.clone() };
        let meeting = d.meeting.clone().unwrap_or_else(|| "each".to_owned());
        table.row([id, d.seat.clone(), d.to.clone(), d.from.clone(), until, meeting]);
    }
    table.text()
}
