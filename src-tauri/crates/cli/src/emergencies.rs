//! `cab emergency`: what is declared on a Friday night, what it owes afterwards, and what was taken back.
use board::requests::{MeetOwed, ProposalForm};
use board::{Asserted, BindRequest, DeclareRequest, EmergencyView, RevalidateRequest, RollbackView};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::exit::Done;
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::secrets;
use crate::table::Table;

/// Emergencies, what they owe, and deployments that were taken back.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Declare one, as the Service Manager. What the policy lets wait is owed from then on.
    Declare(Box<Declare>),
    /// Say which ticket a provisional key stands for.
    Bind {
        /// The provisional key, for example EMG-1.
        declaration: String,
        /// The ticket.
        change: String,
        /// The Service Manager.
        #[arg(long = "as", value_name = "MEMBER")]
        member: String,
    },
    /// Say that it was reviewed.
    Review {
        /// The change, the provisional key, or the id of the declaration.
        declaration: String,
        /// What the review found, or where that stands.
        #[arg(long, value_name = "TEXT")]
        note: String,
        /// What it proposes for the policy, and why.
        #[arg(long, value_name = "TEXT")]
        propose: Option<String>,
        /// A setting of policy.toml that it proposes, such as risk.levels.high=45; may be given again.
        #[arg(long, value_name = "PATH=VALUE", requires = "propose")]
        set: Vec<String>,
    },
    /// Say that something else it owed is done.
    Met {
        /// The change, the provisional key, or the id of the declaration.
        declaration: String,
        /// What: as `cab emergency list` shows it.
        owed: String,
        /// What shows it.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
    /// All of them, with what they owe by when; and what was taken back.
    List,
    /// Tell that a deployment was taken back: the change is not deployed again until it is revalidated.
    RolledBack {
        /// The change.
        change: String,
        /// The incident.
        #[arg(long, value_name = "INCIDENT")]
        incident: String,
        /// When (RFC 3339); now, if it is left out.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Let it be deployed again.
    Revalidate {
        /// The id of the rollback, as `cab emergency list` shows it.
        rollback: String,
        /// Why it had to be taken back.
        #[arg(long, value_name = "TEXT")]
        root_cause: String,
        /// What shows that it works now.
        #[arg(long, value_name = "TEXT")]
        note: String,
        /// Who says so.
        #[arg(long = "as", value_name = "MEMBER")]
        member: String,
    },
}

/// Ten things, three of them facts.
#[derive(Debug, Args)]
pub struct Declare {
    /// The change; left out while the ticketing system is down.
    change: Option<String>,
    /// It corrects an error.
    #[arg(long)]
    corrects_error: bool,
    /// The error is in the current release.
    #[arg(long)]
    current_release: bool,
    /// The impact on the business is major.
    #[arg(long)]
    major_impact: bool,
    /// The incident.
    #[arg(long, value_name = "INCIDENT")]
    incident: String,
    /// Who of the business was consulted.
    #[arg(long, value_name = "NAME")]
    consulted: String,
    /// What is broken: the service.
    #[arg(long, value_name = "SERVICE")]
    breaks: String,
    /// What is done.
    #[arg(long, value_name = "TEXT")]
    plan: String,
    /// How it is taken back.
    #[arg(long, value_name = "TEXT")]
    backout: String,
    /// Who deploys.
    #[arg(long, value_name = "NAME")]
    deployer: String,
    /// From when (RFC 3339).
    #[arg(long, value_name = "TIME")]
    from: String,
    /// Until when (RFC 3339).
    #[arg(long, value_name = "TIME")]
    until: String,
    /// The zone in which people read it.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    zone: String,
    /// The Service Manager.
    #[arg(long = "as", value_name = "MEMBER")]
    member: String,
}

/// Runs `cab emergency`.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    let cabinet = host.open().await?;
    let pin = |member: &str| secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {member}: "));
    let one = match verb {
        Verb::Declare(asked) => {
            let Declare { member, from, until, .. } = &*asked;
            let (start, end) = (names::time(from)?, names::time(until)?);
            let id = names::member(&cabinet.members().await?, member)?.member.id.clone();
            let request = DeclareRequest {
                member: id,
                pin: pin(member)?,
                change: asked.change.as_deref().map(names::change),
                facts: Asserted {
                    corrects_error: asked.corrects_error,
                    current_release: asked.current_release,
                    major_impact: asked.major_impact,
                },
                incident: asked.incident.clone(),
                consulted: asked.consulted.clone(),
                breaks: asked.breaks.clone(),
                plan: asked.plan.clone(),
                backout: asked.backout.clone(),
                deployer: asked.deployer.clone(),
                start,
                end,
                zone: asked.zone.clone(),
            };
            cabinet.declare_emergency(request).await?
        }
        Verb::Bind { declaration, change, member } => {
            let id = names::member(&cabinet.members().await?, &member)?.member.id.clone();
            let (pin, change) = (pin(&member)?, names::change(&change));
            cabinet.bind_emergency(BindRequest { member: id, pin, declaration, change }).await?
        }
        Verb::Review { declaration, note, propose, set } => {
            let proposal = propose.map(|words| ProposalForm { words, settings: set });
            cabinet.meet_owed_with(MeetOwed { declaration, owed: "review".to_owned(), note, proposal }).await?
        }
        Verb::Met { declaration, owed, note } => cabinet.meet_owed(&declaration, &owed, &note).await?,
        Verb::List => {
            let (all, back) = (cabinet.emergencies().await?, cabinet.rollbacks().await?);
            let text = match (all.is_empty(), back.is_empty()) {
                (true, true) => "No emergency was declared, and nothing was taken back.".to_owned(),
                (true, false) => taken_back(&back),
                (false, true) => listed(&all),
                (false, false) => format!("{}\n{}", listed(&all), taken_back(&back)),
            };
            return Ok(Reply { result: json!({ "emergencies": all, "rollbacks": back }), text });
        }
        Verb::RolledBack { change, incident, at } => {
            let at = at.as_deref().map_or_else(|| Ok(host.now()), names::time)?;
            let told = cabinet.roll_back(&names::change(&change), &incident, at).await?;
            host.finish(&cabinet).await;
            let text = taken_back(std::slice::from_ref(&told));
            return Ok(Reply { result: json!({ "rollback": told }), text });
        }
        Verb::Revalidate { rollback, root_cause, note, member } => {
            let id = names::member(&cabinet.members().await?, &member)?.member.id.clone();
            let pin = pin(&member)?;
            let request = RevalidateRequest { member: id, pin, rollback, root_cause, note };
            let told = cabinet.revalidate(request).await?;
            host.finish(&cabinet).await;
            let text = taken_back(std::slice::from_ref(&told));
            return Ok(Reply { result: json!({ "rollback": told }), text });
        }
    };
    host.finish(&cabinet).await;
    let text = listed(std::slice::from_ref(&one));
    Ok(Reply { result: json!({ "emergency": one }), text })
}

/// As much of an id as names it.
fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// What each owes, a line for each thing.
fn listed(all: &[EmergencyView]) -> String {
    let mut table = Table::new(&["Change", "Incident", "Declared by", "Owes", "Clause", "What", "Due", "State"]);
    for one in all {
        for owed in &one.owed {
            let state = match (&owed.met, owed.overdue) {
                (Some(met), _) => met.as_str(),
                (None, true) => "OVERDUE",
                (None, false) => "open",
            };
            table.row([
                one.change.as_str(),
                one.incident.as_str(),
                one.declared_by.as_str(),
                owed.id.as_str(),
                owed.clause.as_str(),
                owed.what.as_str(),
                owed.due.as_str(),
                state,
            ]);
        }
    }
    let told: Vec<(&str, &str)> = all.iter().map(|one| (one.change.as_str(), one.told.as_str())).collect();
    format!("{}{}", table.text(), told_where(&told))
}

/// Where hand-offs are told beside the changes' own tickets, a line for each that is told anywhere.
fn told_where(all: &[(&str, &str)]) -> String {
    let told = all.iter().filter(|(_, told)| !told.is_empty());
    told.map(|(change, told)| format!("{change}: {told}\n")).collect()
}

fn taken_back(all: &[RollbackView]) -> String {
    let mut table = Table::new(&["Id", "Change", "Taken back", "Incident", "Deployed again"]);
    for one in all {
        let again = one.revalidated.as_deref().unwrap_or("not until it is revalidated");
        table.row([short(&one.id), one.change.as_str(), one.at.as_str(), one.incident.as_str(), again]);
    }
    let told: Vec<(&str, &str)> = all.iter().map(|one| (one.change.as_str(), one.told.as_str())).collect();
    format!("{}{}", table.text(), told_where(&told))
}
