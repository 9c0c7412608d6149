//! `cab fork`: where two entries stand at one position, and which of them counts.
use board::views::ForkRow;
use board::{Cabinet, SettleForkRequest};
use clap::Subcommand;
use serde_json::json;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::secrets;

/// Two histories of one log, as after a copied data folder.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// What stands where two do, who may say which counts, and what follows from each choice.
    List,
    /// Say which entry stands. Whoever wrote both says it, or enough of those who hold root.
    Settle {
        /// The entry that stands: its id, or the beginning of it, as `cab fork list` shows it.
        stands: String,
        /// Why there were two; goes into the record.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Who says so; otherwise whoever wrote both.
        #[arg(long = "as", value_name = "MEMBER")]
        by: Option<String>,
        /// That what follows is accepted; without it, it is only shown.
        #[arg(long)]
        accept: bool,
    },
}

/// Runs the verb.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    let cabinet = host.open().await?;
    match verb {
        Verb::List => {
            let forks = cabinet.forks().await?;
            let text = listed(&forks);
            Ok(Reply { result: json!({ "forks": forks }), text })
        }
        Verb::Settle { stands, reason, by, accept } => settle(host, &cabinet, &stands, reason, by, accept).await,
    }
}

async fn settle(
    host: &Host,
    cabinet: &Cabinet,
    typed: &str,
    reason: String,
    by: Option<String>,
    accept: bool,
) -> Done<Reply> {
    let forks = cabinet.forks().await?;
    let (fork, entry) = meant(&forks, typed)?;
    let outcome = &fork.entries[entry].outcome;
    if !accept {
        return Err(CabError::Usage(format!(
            "{outcome} What another member had seen before counts all the same. Say it with --accept."
        )));
    }
    let who = match by {
        Some(typed) => names::member(&cabinet.members().await?, &typed)?.member.clone(),
        None => {
            fork.deciders.first().cloned().ok_or_else(|| board::BoardError::not_found("member", "who may say so"))?
        }
    };
    let pin = secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {}: ", who.name))?;
    let stands = fork.entries[entry].id.clone();
    let request = SettleForkRequest { stands: stands.clone(), reason, by: who.id, pin };
    let counts = cabinet.settle_fork(request).await?;
    host.finish(cabinet).await;
    let text = if counts {
        format!("Entry {} stands. {outcome}", &stands[..8])
    } else {
        format!(
            "Signed. It counts once {} of those who hold root say the same; what another member had seen before counts \
             whatever is said.",
            fork.holders_needed
        )
    };
    Ok(Reply { result: json!({ "stands": stands, "counts": counts }), text })
}

/// The fork and the number of the entry meant by the beginning of its id.
fn meant<'f>(forks: &'f [ForkRow], typed: &str) -> Done<(&'f ForkRow, usize)> {
    let typed = typed.trim().to_lowercase();
    if typed.len() < 4 {
        return Err(CabError::Usage(
            "give at least four digits of the entry's id, as `cab fork list` shows it".to_owned(),
        ));
    }
    let mut fitting = forks.iter().flat_map(|fork| {
        let numbers = fork.entries.iter().enumerate().filter(|(_, entry)| entry.id.starts_with(&typed));
        numbers.map(move |(number, _)| (fork, number)).collect::<Vec<_>>()
    });
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(CabError::Usage(format!("{typed:?} fits more than one entry"))),
        (None, _) => Err(board::BoardError::not_found("entry at a fork", typed).into()),
    }
}

fn listed(forks: &[ForkRow]) -> String {
    if forks.is_empty() {
        return "No two entries stand at one position.".to_owned();
    }
    let mut blocks = Vec::new();
    for fork in forks {
        let names: Vec<&str> = fork.deciders.iter().map(|m| m.name.as_str()).collect();
        let (author, holders) = names.split_first().map_or(("nobody", &[][..]), |(first, rest)| (*first, rest));
        let mut lines = vec![format!("Number {} of log {}:{} of {}", fork.seq, &fork.key[..8], fork.epoch, fork.owner)];
        for entry in &fork.entries {
            let mark = if entry.counts { "counts" } else { "does not count" };
            lines.push(format!("  {}  {mark}  {}  {}", &entry.id[..8], entry.at, entry.meaning));
            if !fork.settled {
                lines.push(format!("      If it stands: {}", entry.outcome));
            }
        }
        lines.push(if fork.settled {
            "  It was said which stands.".to_owned()
        } else if holders.is_empty() {
            format!("  {author} says which stands: `cab fork settle`.")
        } else {
            format!(
                "  {author} says which stands, or {} of {}: `cab fork settle`.",
                fork.holders_needed,
                holders.join(", ")
            )
        });
        blocks.push(lines.join("\n"));
    }
    blocks.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use board::views::{ForkEntry, MemberRef};

    fn fork(seq: u32, ids: [&str; 2], settled: bool) -> ForkRow {
        let entry = |id: &&str| ForkEntry {
            id: format!("{id:0<64}"),
            meaning: "I approve CHG-17.".to_owned(),
            at: "2026-11-25T14:00:00Z".to_owned(),
            counts: settled && *id == ids[0],
            outcome: "This one counts.".to_owned(),
        };
        ForkRow {
            owner: "Ada".to_owned(),
            key: "9c".repeat(32),
            epoch: 1,
            seq,
            entries: ids.iter().map(entry).collect(),
            settled,
            deciders: ["Ada", "Grace"]
                .map(|name| MemberRef { id: name.to_owned(), name: name.to_owned(), roles: Vec::new() })
                .to_vec(),
            holders_needed: 1,
        }
    }

    #[test]
    fn an_entry_is_meant_by_the_beginning_of_its_id_and_never_guessed() {
        let forks = [fork(3, ["aaaa1", "bbbb1"], false), fork(5, ["cccc1", "aaaa2"], false)];
        let (found, number) = meant(&forks, "BBBB").expect("one");
        assert_eq!((found.seq, number), (3, 1));
        assert_eq!(meant(&forks, "aaaa").expect_err("two").code(), crate::exit::USAGE);
        assert_eq!(meant(&forks, "bbb").expect_err("too short").code(), crate::exit::USAGE);
        assert_eq!(meant(&forks, "dddd").expect_err("none").code(), crate::exit::NOT_FOUND);
    }

    #[test]
    fn the_list_says_who_decides_and_what_follows_until_it_is_settled() {
        let open = listed(&[fork(3, ["aaaa1", "bbbb1"], false)]);
        assert!(open.contains("Ada says which stands, or 1 of Grace"), "{open}");
        assert_eq!(open.matches("If it stands: This one counts.").count(), 2, "{open}");
        let settled = listed(&[fork(3, ["aaaa1", "bbbb1"], true)]);
        assert!(!settled.contains("If it stands") && settled.contains("It was said which stands."), "{settled}");
    }
}
