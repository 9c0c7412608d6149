//! `cab change`: what is on the desk.
use board::requests::{MeetCondition, OfAttachment, OfChange};
use board::views::{
    ChangeColumn, ChangeRow, ChangeView, ChangesQuery, ChangesQuerySort, ChangesQueryView, Condition, ConditionState,
    DelegatedApproval, GateResult, RiskSummary, SignOffState,
};
use board::{BoardError, visible};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use crate::calendar;
use crate::chase;
use crate::dispose;
use crate::evidence;
use crate::exit::{CabError, Done};
use crate::gates;
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::reschedule;
use crate::returns;
use crate::set_aside;
use crate::stale;
use crate::table::{Table, counted, cut};

/// Which part of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Every change.
    All,
    /// Without a decision.
    Open,
    /// Gates failed, stale, or changed since you looked.
    Attention,
    /// With a decision.
    Decided,
}

/// By which column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Column {
    /// By key.
    Key,
    /// By title.
    Title,
    /// By kind.
    Kind,
    /// By risk.
    Risk,
    /// By decision.
    Decision,
    /// By implementation window.
    Window,
    /// By last update.
    Updated,
}

/// What is on the desk.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The list.
    List {
        /// Search in key, title, people and systems.
        #[arg(long, default_value = "")]
        text: String,
        /// standard, normal, emergency; may be given more than once.
        #[arg(long = "kind", value_name = "KIND")]
        kinds: Vec<String>,
        /// low, medium, high, critical; may be given more than once.
        #[arg(long = "level", value_name = "LEVEL")]
        levels: Vec<String>,
        /// Which part.
        #[arg(long, value_enum, default_value = "all")]
        view: Part,
        /// By which column.
        #[arg(long, value_enum, default_value = "key")]
        sort: Column,
        /// Greatest first.
        #[arg(long)]
        descending: bool,
        /// Rows, at most 500.
        #[arg(long, default_value_t = 100)]
        limit: u32,
        /// From which row.
        #[arg(long, default_value_t = 0)]
        offset: u32,
    },
    /// One change: gates, plan, risk, decision.
    Show {
        /// Its key, such as CHG-17.
        change: String,
    },
    /// Who is asked about it, in which order and why, and the RACI matrix of its type of release.
    Chain {
        /// The change's key.
        change: String,
    },
    /// Its window, what is in its way, and when the same hours are free.
    Schedule {
        /// The change's key.
        change: String,
        /// Show the window in this zone as well, such as Asia/Tokyo.
        #[arg(long, value_name = "ZONE")]
        zone: Option<String>,
    },
    Reschedule(reschedule::Reschedule),
    /// For each stale sign-off what was signed beside what the change says now.
    Difference {
        /// The change's key.
        change: String,
    },
    /// Rule that the edit since a sign-off is immaterial: the chair and a second person, each with the PIN.
    Immaterial {
        /// The change's key.
        change: String,
        /// Why it does not matter; printed in the minutes. The second person may leave it out and agree with the first.
        #[arg(long, default_value = "", value_name = "TEXT")]
        reason: String,
        /// Who rules; otherwise the member at this device.
        #[arg(long = "as", value_name = "MEMBER")]
        member: Option<String>,
    },
    /// Say that a condition is met. It cannot be taken back.
    ConditionMet {
        /// The condition's id, as `cab change show` has it.
        condition: String,
        /// What shows it.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
    /// Record that a condition is met, and what shows it. What waited for it goes on.
    Met {
        /// The change's key.
        change: String,
        /// Its number among the change's conditions, from 1; may be left out when one is open.
        #[arg(long, value_name = "N")]
        condition: Option<usize>,
        /// What shows that it is met; printed.
        #[arg(long)]
        note: String,
        /// Whose word it is; otherwise the member at this device.
        #[arg(long = "as", value_name = "MEMBER")]
        member: Option<String>,
    },
    /// Download attachments and keep their digests; a material one that is not here cannot be signed.
    Download {
        /// The change's key.
        change: String,
        /// The attachment's name or id; without it, every material one that is missing.
        attachment: Option<String>,
    },
    /// What pipelines say of it: tests, findings, components, coverage, planned changes; and what could not be read.
    Evidence {
        /// The change's key.
        change: String,
    },
    /// Every gate at a glance: what blocks, what warns, what has no evidence, what passed; and what can be attested.
    Gates {
        /// The change's key.
        change: String,
    },
    /// Attest an answer that no file of a machine can give; the newest to each question counts, and it is said whose it is.
    Attest(gates::Attest),
    /// Templates for plan and risk answers, to be pasted on the ticket and filled in there.
    Template(returns::Template),
    /// Return changes to their requesters: one comment each that lists what is missing, at most once a day per ticket.
    Return(returns::Return),
    /// Waive a gate that fails: the first of the two people it takes, with the PIN.
    Waive(set_aside::Waive),
    /// Override the risk's level: up by one, down by two people, with the PIN; never below a floor.
    Override(set_aside::Override),
    /// Except the change from a freeze: the first of the two people it takes, with the PIN.
    Except(set_aside::Except),
    /// Second a waiver, an override or an exception, with the PIN.
    Second(set_aside::Second),
    /// Take a word of one's own back, with the PIN: what it set aside blocks again.
    TakeBack(set_aside::TakeBack),
    /// Every waiver, override and exception, and where it stands.
    Waivers {
        /// The change's key.
        change: String,
    },
    /// Dispose of the bytes of attachments, with the PIN of somebody who holds root. It cannot be taken back.
    Dispose(dispose::Dispose),
}

/// Runs the verb.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    let cabinet = host.open().await?;
    match verb {
        Verb::Chain { change } => chase::chain(&cabinet, &change).await,
        Verb::Schedule { change, zone } => calendar::schedule(&cabinet, &change, zone).await,
        Verb::Reschedule(args) => reschedule::run(&cabinet, args).await,
        Verb::List { text, kinds, levels, view, sort, descending, limit, offset } => {
            let page = cabinet
                .list_changes(ChangesQuery {
                    text,
                    kinds: words("kind", &kinds)?,
                    levels: words("level", &levels)?,
                    view: match view {
                        Part::All => ChangesQueryView::All,
                        Part::Open => ChangesQueryView::Open,
                        Part::Attention => ChangesQueryView::Attention,
                        Part::Decided => ChangesQueryView::Decided,
                    },
                    sort: ChangesQuerySort { column: column(sort), descending },
                    offset,
                    limit: limit.clamp(1, 500),
                })
                .await?;
            let shown = page.rows.len();
            let text = format!("{}\n{shown} of {}", table(&page.rows), page.total);
            Ok(Reply::of(&page, text))
        }
        Verb::Show { change } => {
            let view = cabinet.change(OfChange { change: names::change(&change) }).await?;
            let text = shown(&view);
            Ok(Reply::of(&view, text))
        }
        Verb::Difference { change } => stale::difference(&cabinet, &change).await,
        Verb::Evidence { change } => evidence::run(&cabinet, &change).await,
        Verb::Gates { change } => gates::gates(&cabinet, &change).await,
        Verb::Attest(args) => gates::attest(host, &cabinet, args).await,
        Verb::Template(args) => returns::template(&cabinet, args).await,
        Verb::Return(args) => returns::give_back(host, &cabinet, args).await,
        Verb::Dispose(args) => dispose::run(host, &cabinet, args).await,
        Verb::Waive(args) => set_aside::waive(host, &cabinet, args).await,
        Verb::Override(args) => set_aside::override_level(host, &cabinet, args).await,
        Verb::Except(args) => set_aside::except(host, &cabinet, args).await,
        Verb::Second(args) => set_aside::second(host, &cabinet, args).await,
        Verb::TakeBack(args) => set_aside::take_back(host, &cabinet, args).await,
        Verb::Waivers { change } => set_aside::list(&cabinet, &names::change(&change)).await,
        Verb::Immaterial { change, reason, member } => {
            stale::immaterial(host, &cabinet, &change, reason, member.as_deref()).await
        }
        Verb::ConditionMet { condition, note } => {
            cabinet.meet_condition(MeetCondition { condition: condition.clone(), note }).await?;
            Ok(Reply { result: json!({ "condition": condition, "state": "met" }), text: "Recorded as met.".to_owned() })
        }
        Verb::Met { change, condition, note, member } => {
            let change = names::change(&change);
            let view = cabinet.change(OfChange { change: change.clone() }).await?;
            let met = condition_meant(&view, condition)?;
            let (id, text) = (met.id.clone(), format!("{change}: met: {}", met.text));
            let request = MeetCondition { condition: id, note };
            names::acting_as(&cabinet, member.as_deref(), async { Ok(cabinet.meet_condition(request).await?) }).await?;
            host.finish(&cabinet).await;
            let view = cabinet.change(OfChange { change }).await?;
            Ok(Reply::of(&view, text))
        }
        Verb::Download { change, attachment } => {
            let change = names::change(&change);
            let view = cabinet.change(OfChange { change: change.clone() }).await?;
            let wanted: Vec<String> = match attachment {
                Some(named) => {
                    let found = view.attachments.iter().find(|a| a.id == named || a.name == named);
                    vec![found.map(|a| a.id.clone()).ok_or_else(|| BoardError::not_found("attachment", &named))?]
                }
                None => {
                    view.attachments.iter().filter(|a| a.material && a.digest.is_none()).map(|a| a.id.clone()).collect()
                }
            };
            let mut got = Vec::new();
            for attachment in wanted {
                got.push(cabinet.download_attachment(OfAttachment { change: change.clone(), attachment }).await?);
            }
            let mut table = Table::new(&["Attachment", "Bytes", "SHA-256"]);
            for a in &got {
                table.row([a.name.clone(), a.bytes.to_string(), a.digest.clone().unwrap_or_default()]);
            }
            let text = if got.is_empty() { "Every material attachment is here.".to_owned() } else { table.text() };
            Ok(Reply { result: json!({ "change": change, "downloaded": got }), text })
        }
    }
}

/// The condition at a place, or the only open one.
fn condition_meant(view: &ChangeView, place: Option<usize>) -> Done<&Condition> {
    if let Some(place) = place {
        let found = place.checked_sub(1).and_then(|at| view.conditions.get(at));
        return found.ok_or_else(|| BoardError::not_found("condition", place).into());
    }
    let mut open = view.conditions.iter().filter(|c| c.state == ConditionState::Open);
    match (open.next(), open.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => {
            Err(CabError::Usage("more than one condition is open; name it with --condition N".into()))
        }
        (None, _) => Err(BoardError::not_found("open condition on", &view.row.key).into()),
    }
}

fn column(column: Column) -> ChangeColumn {
    match column {
        Column::Key => ChangeColumn::Key,
        Column::Title => ChangeColumn::Title,
        Column::Kind => ChangeColumn::Kind,
        Column::Risk => ChangeColumn::Risk,
        Column::Decision => ChangeColumn::Decision,
        Column::Window => ChangeColumn::Window,
        Column::Updated => ChangeColumn::Updated,
    }
}

/// Words of the desk's own enums.
fn words<T: serde::de::DeserializeOwned>(field: &str, typed: &[String]) -> Done<Vec<T>> {
    typed
        .iter()
        .map(|w| {
            serde_json::from_value(json!(w.to_lowercase()))
                .map_err(|_| BoardError::invalid(field, format!("there is no {field} {w:?}")).into())
        })
        .collect()
}

/// A word of the desk as it travels, for people: `approved_with_conditions` reads "approved with conditions".
pub fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(|s| s.replace('_', " "))).unwrap_or_default()
}

/// Risk in one cell.
pub fn risk(summary: &RiskSummary) -> String {
    match (summary.score, summary.level) {
        (Some(score), Some(level)) => format!("{score} {}", word(&level)),
        (None, Some(level)) => format!("{}–{} {}, {} open", summary.low, summary.high, word(&level), summary.open),
        (_, None) => format!("{}–{}, {} open", summary.low, summary.high, summary.open),
    }
}

/// Rows of the list.
pub fn table(rows: &[ChangeRow]) -> String {
    let mut table = Table::new(&["Key", "Title", "Kind", "Risk", "Decision", "Window", "Gates"]);
    for row in rows {
        table.row([
            row.key.clone(),
            cut(&row.title, 56),
            word(&row.kind),
            risk(&row.risk),
            row.decision.map(|d| word(&d)).unwrap_or_default(),
            row.window.as_ref().map(|w| w.starts_at.clone()).unwrap_or_default(),
            match (row.gates_failed, row.gates_blocking) {
                (0, _) => String::new(),
                (n, 0) => format!("{n} failed"),
                (n, hard) => format!("{n} failed, {hard} hard"),
            },
        ]);
    }
    table.text()
}

/// By whom it is approved without the board, and whether that holds.
fn without_the_board(approval: &DelegatedApproval) -> String {
    format!("Approved by {}, to whom the chain delegates it, approval {}", approval.by, word(&approval.approval))
}

fn shown(view: &ChangeView) -> String {
    let row = &view.row;
    let none = if view.missing.is_empty() { "nobody" } else { "nobody whom the evidence names" };
    let nobody = || none.to_owned();
    let mut text = format!("{} {}\n", row.key, row.title);
    let mut facts = Table::bare();
    facts.row(["Kind".to_owned(), word(&row.kind)]);
    facts.row(["On the ticket".to_owned(), row.remote_status.clone()]);
    facts.row(["Risk".to_owned(), risk(&row.risk)]);
    facts.row(["Author".to_owned(), row.author.clone().unwrap_or_else(nobody)]);
    facts.row(["Requester".to_owned(), view.requester.clone().unwrap_or_else(nobody)]);
    facts.row(["Implementer".to_owned(), view.implementer.clone().unwrap_or_else(nobody)]);
    if let Some(w) = &row.window {
        facts.row(["Window".to_owned(), format!("{} to {} ({})", w.starts_at, w.ends_at, w.zone)]);
    }
    if let Some(release) = &row.release {
        facts.row(["Release".to_owned(), release.clone()]);
    }
    let sections = counted(row.plan_total, "section", "sections");
    facts.row(["Plan".to_owned(), format!("{} of {sections} ticked", row.plan_ticked)]);
    if let Some(d) = &view.decision {
        facts.row(["Decision".to_owned(), format!("{}, approval {}", word(&d.kind), word(&d.approval))]);
    }
    if let Some(d) = &view.delegated {
        facts.row(["Delegated".to_owned(), without_the_board(d)]);
    }
    for s in &view.sign_offs {
        let state = match s.state {
            SignOffState::Late => "came after the decision: kept, not counted".to_owned(),
            SignOffState::Holds | SignOffState::Rejects | SignOffState::Stale | SignOffState::Withdrawn => {
                word(&s.state)
            }
        };
        facts.row(["Sign-off".to_owned(), format!("{}, {state}, {}", s.signer, s.signed_at)]);
    }
    for (n, c) in (1..).zip(&view.conditions) {
        facts.row([format!("Condition {n}"), format!("{} ({}, {}) {}", c.text, c.owner, word(&c.state), c.id)]);
    }
    for a in &view.attachments {
        if let Some(gone) = &a.disposed {
            let said = format!("{} by {}, {}: {}", a.name, gone.by, gone.at, gone.reason);
            facts.row(["Disposed of".to_owned(), said]);
        }
    }
    if view.missing.is_empty() {
        facts.row(["Ticket".to_owned(), view.url.clone()]);
    } else {
        facts.row(["Not in the evidence".to_owned(), view.missing.join("; ")]);
    }
    text.push_str(&facts.text());
    let open: Vec<_> = view
        .gates
        .iter()
        .filter(|g| !matches!(g.result, GateResult::Passed | GateResult::NotApplicable | GateResult::Waived))
        .collect();
    if !open.is_empty() {
        let mut gates = Table::new(&["Gate", "", "Why", "Remedy"]);
        for g in open {
            gates.row([
                format!("{} {}", g.clause, g.label),
                word(&g.result),
                cut(&g.finding, 90),
                g.remedy.clone().unwrap_or_default(),
            ]);
        }
        text.push('\n');
        text.push_str(&gates.text());
    }
    if let Some(refused) = &view.signing_refusal {
        text.push_str(&format!("\nYou cannot sign it now: {} {}\n", refused.rule, refused.remedy));
    }
    text.push_str(&format!("\n{}", visible(&view.description)));
    text
}

#[cfg(test)]
mod tests {
    use board::views::ApprovalState;

    use super::*;

    #[test]
    fn an_approval_without_the_board_is_told_with_who_gave_it_and_whether_it_holds() {
        for (approval, wanted) in [(ApprovalState::Holds, "holds"), (ApprovalState::Stale, "stale")] {
            let given = DelegatedApproval { by: "Okafor".to_owned(), at: "2026-11-19T15:40:00Z".to_owned(), approval };
            let said = format!("Approved by Okafor, to whom the chain delegates it, approval {wanted}");
            assert_eq!(without_the_board(&given), said);
        }
    }
}
