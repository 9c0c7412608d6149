//! `cab policy`: the rules in force, what others would do to the changes on the desk, and adopting them.
use std::path::{Path, PathBuf};

use board::{
    AdoptPolicyRequest, ChangeUnder, ClauseTotals, PolicyFare, PolicyInForce, PolicyProposed, PolicySimulation,
};
use clap::Subcommand;
use serde_json::json;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::names;
use crate::reply::{self, Reply};
use crate::secrets;
use crate::table::{Table, cut};

/// How many changes are listed to be read.
const LISTED: usize = 40;

/// The policy: what is in force, and what another would do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The policy in force: who adopted it, and what blocks.
    Show {
        /// As a policy.toml that can be edited.
        #[arg(long)]
        toml: bool,
    },
    /// Whether a policy.toml can be adopted; every mistake with its line.
    Check {
        /// The policy.toml.
        file: PathBuf,
    },
    /// What a policy would block, and no longer block, on the desk; nothing is written.
    Simulate {
        /// The policy.toml.
        file: PathBuf,
        /// Changes that were updated within so many days.
        #[arg(long, default_value_t = 90, value_name = "N")]
        days: u32,
    },
    /// How the changes on the desk would have fared under observe, starter and full, and which to switch on.
    Fare {
        /// Changes that were updated within so many days.
        #[arg(long, default_value_t = 90, value_name = "N")]
        days: u32,
    },
    /// Adopt a policy: signed with the PIN by somebody who holds root, after what it would do is shown.
    Adopt {
        /// The policy.toml.
        file: PathBuf,
        /// Who adopts it; otherwise the first who holds root and whose keys are on this device.
        #[arg(long = "as", value_name = "MEMBER")]
        member: Option<String>,
    },
}

/// Runs the verb.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    let cabinet = host.open().await?;
    match verb {
        Verb::Show { toml } => {
            let policy = cabinet.policy_in_force().await?;
            // As lines of this system; an editor elsewhere may have ended them its own way.
            let lines = policy.text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n");
            let text = if toml { lines } else { in_force(&policy) };
            Ok(Reply::of(&policy, text))
        }
        Verb::Check { file } => {
            let read = cabinet.check_policy(&text_of(&file)?).await?;
            let now = if read.in_force { "It is in force." } else { "It can be adopted." };
            let text = format!("{} is a policy of strength {}. {now}", read.name, read.strength.word());
            Ok(Reply::of(&read, format!("{text}\nSHA-256 {}", read.digest)))
        }
        Verb::Simulate { file, days } => {
            let found = cabinet.simulate_policy(&text_of(&file)?, days).await?;
            let text = format!("{}\n{}", totals(&found), differing(&found.differing));
            Ok(Reply::of(&found, text))
        }
        Verb::Fare { days } => {
            let fare = cabinet.how_they_would_have_fared(days).await?;
            let text = fared(&fare);
            Ok(Reply::of(&fare, text))
        }
        Verb::Adopt { file, member } => adopt(host, &cabinet, &file, member.as_deref()).await,
    }
}

async fn adopt(host: &Host, cabinet: &board::Cabinet, file: &Path, member: Option<&str>) -> Done<Reply> {
    let text = text_of(file)?;
    let proposed = cabinet.propose_policy(&text).await?;
    let found = cabinet.simulate_policy(&text, 90).await?;
    if !host.global.json {
        reply::complain(&format!("{}\n{}", totals(&found), to_sign(&proposed)));
    }
    let who = match member {
        Some(typed) => names::member(&cabinet.members().await?, typed)?.member.clone(),
        None => {
            let first = proposed.holders.first().cloned();
            first.ok_or_else(|| board::BoardError::not_found("member", "who holds root"))?
        }
    };
    let pin = secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {}: ", who.name))?;
    let adopted = cabinet.adopt_policy(AdoptPolicyRequest { text, by: who.id, pin }).await?;
    host.finish(cabinet).await;
    let told = format!(
        "{} is in force, adopted by {}.\nrules SHA-256 {}\ntext SHA-256 {}\nentry {}",
        adopted.name, who.name, adopted.digest, adopted.text_sha256, adopted.entry
    );
    Ok(Reply { result: json!({ "adopted": adopted, "simulation": found }), text: told })
}

fn text_of(file: &Path) -> Done<String> {
    std::fs::read_to_string(file).map_err(CabError::file(file))
}

fn in_force(policy: &PolicyInForce) -> String {
    let mut text = format!("{}, of strength {}", policy.name, policy.strength.word());
    if let (Some(at), Some(entry)) = (&policy.adopted_at, &policy.entry) {
        text.push_str(&format!("\nadopted by {} on {at} (claimed), entry {entry}", policy.adopted_by));
    }
    text.push_str(&format!("\nSHA-256 {}\nblocks: {}", policy.digest, policy.blocking.join(", ")));
    if policy.pin_every_act {
        text.push_str("\nevery act takes the PIN");
    }
    text
}

fn totals(found: &PolicySimulation) -> String {
    let mut text = format!(
        "{} beside {}, over {} changes of the last {} days:\n  blocked now {}, then {}; newly {}, no longer {}; approvals lost {}\n",
        found.then,
        found.now,
        found.changes,
        found.days,
        found.blocked_now,
        found.blocked_then,
        found.newly_blocked,
        found.released,
        found.approvals_lost
    );
    if !found.clauses.is_empty() {
        text.push_str(&by_clause(&found.clauses));
    }
    text
}

fn by_clause(clauses: &[ClauseTotals]) -> String {
    let mut table = Table::new(&["Clause", "Gate", "Now", "Then"]);
    for totals in clauses {
        table.row([totals.clause.clone(), totals.title.clone(), totals.now.to_string(), totals.then.to_string()]);
    }
    table.text()
}

fn differing(changes: &[ChangeUnder]) -> String {
    if changes.is_empty() {
        return "No change would fare otherwise.".to_owned();
    }
    let mut table = Table::new(&["Change", "Title", "Would block", "No longer", "Approval"]);
    for change in changes.iter().take(LISTED) {
        let approval = if change.approval_lost { "lost" } else { "" };
        table.row([
            change.change.clone(),
            cut(&change.title, 48),
            change.newly.join(" "),
            change.no_longer.join(" "),
            approval.to_owned(),
        ]);
    }
    let more = changes.len().saturating_sub(LISTED);
    if more == 0 { table.text() } else { format!("{}and {more} more; --json has them all", table.text()) }
}

fn fared(fare: &PolicyFare) -> String {
    let mut table = Table::new(&["Strength", "Blocked", "Newly", "Approvals lost"]);
    for pack in &fare.packs {
        table.row([
            pack.strength.word().to_owned(),
            pack.blocked.to_string(),
            pack.newly_blocked.to_string(),
            pack.approvals_lost.to_string(),
        ]);
    }
    format!(
        "{} changes of the last {} days, now under {}:\n{}Proposed: {}. {}",
        fare.changes,
        fare.days,
        fare.now,
        table.text(),
        fare.proposed.word(),
        fare.why
    )
}

fn to_sign(proposed: &PolicyProposed) -> String {
    let holders: Vec<&str> = proposed.holders.iter().map(|holder| holder.name.as_str()).collect();
    format!("What is signed:\n  {}\nWho may sign: {}", proposed.meaning, holders.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(count: usize) -> Vec<ChangeUnder> {
        let change = |n: usize| ChangeUnder {
            change: format!("CHG-{n}"),
            title: "Rotate the certificates".to_owned(),
            now: vec!["R36".to_owned()],
            then: vec!["R84".to_owned()],
            newly: vec!["R84".to_owned()],
            no_longer: vec!["R36".to_owned()],
            approval_lost: n == 0,
        };
        (0..count).map(change).collect()
    }

    #[test]
    fn a_change_says_what_would_block_it_what_no_longer_and_whether_its_approval_is_lost() {
        let text = differing(&changes(2));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[1].starts_with("CHG-0") && lines[1].ends_with("R84          R36        lost"), "{text}");
        assert!(lines[2].ends_with("R36"), "{text}");
        assert_eq!(differing(&[]), "No change would fare otherwise.");
    }

    #[test]
    fn a_long_list_says_how_much_of_it_is_not_shown() {
        let text = differing(&changes(LISTED + 3));
        assert!(text.ends_with("and 3 more; --json has them all"), "{text}");
    }
}
