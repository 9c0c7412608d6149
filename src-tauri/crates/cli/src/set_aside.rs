//! `cab change waive`, `override`, `except`, `second`, `take-back` and `waivers`: what two people set aside (R69, R77).
use board::{Cabinet, DispensationView, DispenseRequest, RiskLevel, SecondRequest, SetAside, TakeBackRequest};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::exit::Done;
use crate::host::Host;
use crate::members::signer;
use crate::names;
use crate::reply::Reply;
use crate::table::Table;

/// Which gate is waived.
#[derive(Debug, Args)]
pub struct Waive {
    /// The change's key.
    change: String,
    /// The gate's id, as `cab change show --json` lists it; of departments the slot of one, `departments:Payments`.
    #[arg(long, value_name = "ID")]
    gate: String,
    /// Why; printed in the minutes.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Until when, as 2026-12-01T18:00:00Z; otherwise as long as the change is not edited.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Who waives; otherwise the chair.
    #[arg(long = "as", value_name = "MEMBER")]
    member: Option<String>,
}

/// A level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

/// Which level counts instead.
#[derive(Debug, Args)]
pub struct Override {
    /// The change's key.
    change: String,
    /// The level that counts instead.
    #[arg(long, value_enum, value_name = "LEVEL")]
    to: Level,
    /// Why; printed in the minutes.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who overrides; otherwise the chair.
    #[arg(long = "as", value_name = "MEMBER")]
    member: Option<String>,
}

/// From which freeze the change is excepted.
#[derive(Debug, Args)]
pub struct Except {
    /// The change's key.
    change: String,
    /// The freeze's id in the policy.
    #[arg(long, value_name = "ID")]
    freeze: String,
    /// Why; printed in the minutes.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Until when, as 2026-12-20T22:00:00Z: the end of the change's window, or later.
    #[arg(long, value_name = "TIME")]
    until: String,
    /// Who excepts; otherwise the chair.
    #[arg(long = "as", value_name = "MEMBER")]
    member: Option<String>,
}

/// What is seconded.
#[derive(Debug, Args)]
pub struct Second {
    /// The change's key.
    change: String,
    /// Its entry, or the beginning of it, as `cab change waivers` lists it; may be left out where one waits.
    #[arg(default_value = "")]
    entry: String,
    /// Why, in words of your own; printed in the minutes.
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
    /// Who seconds: another than who said it.
    #[arg(long = "as", value_name = "MEMBER")]
    member: String,
}

/// Which word is taken back.
#[derive(Debug, Args)]
pub struct TakeBack {
    /// The change's key.
    change: String,
    /// Its entry, or the beginning of it, as `cab change waivers` lists it, of what was said or of what was seconded; may be
    /// left out where the member said one thing alone.
    #[arg(default_value = "")]
    entry: String,
    /// Why; printed in the minutes.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Whose word it is: nobody takes another's back.
    #[arg(long = "as", value_name = "MEMBER")]
    member: String,
}

/// Waives a gate.
pub async fn waive(host: &Host, cabinet: &Cabinet, args: Waive) -> Done<Reply> {
    let Waive { change, gate, reason, until, member } = args;
    say(host, cabinet, &change, SetAside::Gate { gate, until }, reason, member.as_deref()).await
}

/// Overrides a level.
pub async fn override_level(host: &Host, cabinet: &Cabinet, args: Override) -> Done<Reply> {
    let to = match args.to {
        Level::Low => RiskLevel::Low,
        Level::Medium => RiskLevel::Medium,
        Level::High => RiskLevel::High,
        Level::Critical => RiskLevel::Critical,
    };
    say(host, cabinet, &args.change, SetAside::Level { to }, args.reason, args.member.as_deref()).await
}

/// Excepts the change from a freeze.
pub async fn except(host: &Host, cabinet: &Cabinet, args: Except) -> Done<Reply> {
    let Except { change, freeze, reason, until, member } = args;
    say(host, cabinet, &change, SetAside::Freeze { freeze, until }, reason, member.as_deref()).await
}

/// Seconds what another said.
pub async fn second(host: &Host, cabinet: &Cabinet, args: Second) -> Done<Reply> {
    let (by, pin) = signer(host, cabinet, Some(&args.member)).await?;
    let change = names::change(&args.change);
    let Second { entry, reason, .. } = args;
    let seconded = cabinet.second(SecondRequest { change, entry, reason, by, pin }).await?;
    host.finish(cabinet).await;
    let text = listed(std::slice::from_ref(&seconded));
    Ok(Reply::of(&seconded, text))
}

/// Takes a member's own word back.
pub async fn take_back(host: &Host, cabinet: &Cabinet, args: TakeBack) -> Done<Reply> {
    let (by, pin) = signer(host, cabinet, Some(&args.member)).await?;
    let change = names::change(&args.change);
    let TakeBack { entry, reason, .. } = args;
    let left = cabinet.take_back(TakeBackRequest { change, entry, reason, by, pin }).await?;
    host.finish(cabinet).await;
    let text = listed(std::slice::from_ref(&left));
    Ok(Reply::of(&left, text))
}

/// Lists what was said of a change.
pub async fn list(cabinet: &Cabinet, change: &str) -> Done<Reply> {
    let all = cabinet.dispensations(change).await?;
    let text = if all.is_empty() { format!("Nothing was set aside for {change}.") } else { listed(&all) };
    Ok(Reply { result: json!({ "change": change, "waivers": all }), text })
}

async fn say(
    host: &Host,
    cabinet: &Cabinet,
    change: &str,
    what: SetAside,
    reason: String,
    member: Option<&str>,
) -> Done<Reply> {
    let (by, pin) = signer(host, cabinet, member).await?;
    let change = names::change(change);
    let said = cabinet.dispense(DispenseRequest { change: change.clone(), what, reason, by, pin }).await?;
    host.finish(cabinet).await;
    let mut text = listed(std::slice::from_ref(&said));
    if !said.in_force {
        text.push_str(&format!("\nIt takes a second person: `cab change second {change} --as MEMBER`."));
    }
    Ok(Reply::of(&said, text))
}

fn listed(all: &[DispensationView]) -> String {
    let mut table = Table::new(&["Entry", "What", "Said by", "Seconded by", "Until", "State", "Reason"]);
    for said in all {
        let id: String = said.entry.to_string().chars().take(12).collect();
        let what = format!("{}: {}", said.kind, said.what);
        let second = said.second.clone().unwrap_or_default();
        let until = said.until.clone().unwrap_or_default();
        let words = std::iter::once(&said.reason).chain(&said.taken_back);
        let reason = words.map(String::as_str).collect::<Vec<_>>().join("; ");
        table.row([id, what, said.by.clone(), second, until, said.state.clone(), reason]);
    }
    table.text()
}
