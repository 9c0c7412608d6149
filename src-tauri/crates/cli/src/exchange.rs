//! `cab exchange` and `cab recover`: how entries travel, and what to do when some are gone.
use std::path::PathBuf;

use board::{Exchanged, RecoverRequest, RelaySetting};
use clap::Args;
use serde_json::json;

use crate::exit::Done;
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::secrets;
use crate::table::counted;

/// Exchanges the record with the board's other devices.
#[derive(Debug, Args)]
pub struct Exchange {
    /// Use this folder from now on: a network drive or synced folder that the others reach, too.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Use this PostgreSQL table from now on, besides a folder: its address, postgres://account:password@host/database,
    /// read from this file descriptor.
    #[arg(long, value_name = "N")]
    postgres_fd: Option<u32>,
}

/// Says in the record that this folder was an older copy and what is missing is gone.
#[derive(Debug, Args)]
pub struct Recover {
    /// What happened.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The member whose own signatures are missing too; asks for their PIN.
    #[arg(long = "as", value_name = "MEMBER")]
    member: Option<String>,
}

/// Runs `cab exchange`.
pub async fn exchange(host: &Host, args: Exchange) -> Done<Reply> {
    let cabinet = host.open().await?;
    if let Some(path) = args.folder {
        let mut relays = cabinet.relays().await?;
        relays.retain(|r| !matches!(r, RelaySetting::Folder { .. }));
        relays.push(RelaySetting::Folder { path });
        cabinet.set_relays(relays).await?;
    }
    if args.postgres_fd.is_some() {
        cabinet.use_postgres(secrets::one(args.postgres_fd, "--postgres-fd", "Address: ")?).await?;
    }
    let relays = cabinet.relays().await?;
    if relays.is_empty() {
        return Err(board::BoardError::refused(
            "no_relay",
            "This device has no relay.",
            None,
            "Name a folder that the others reach: `cab exchange --folder FOLDER`.",
        )
        .into());
    }
    let done = cabinet.exchange().await?;
    let text = told(&done);
    Ok(Reply::of(&done, text))
}

fn told(done: &Exchanged) -> String {
    let mut text = format!(
        "{}, {}. Roster {}.",
        counted(done.came, "entry came", "entries came"),
        counted(done.went, "parcel went", "parcels went"),
        done.roster
    );
    if done.rivals > 0 {
        text.push_str(&format!(
            "\n{} where another stands: a fork. `cab fork list` shows it; its author says which stands.",
            counted(done.rivals, "of them stands", "of them stand")
        ));
    }
    if done.waiting > 0 {
        text.push_str(&format!("\n{} for something that has not come yet.", counted(done.waiting, "waits", "wait")));
    }
    if done.not_ours > 0 {
        text.push_str(&format!(
            "\n{} not for this device's key: passed over from now on.",
            counted(done.not_ours, "sealed parcel is", "sealed parcels are")
        ));
    }
    for returned in &done.returned {
        text.push('\n');
        text.push_str(&returned.told(done.incomplete));
    }
    for line in done.refused.iter().chain(&done.unreachable) {
        text.push('\n');
        text.push_str(line);
    }
    text
}

/// Runs `cab recover`.
pub async fn recover(host: &Host, args: Recover) -> Done<Reply> {
    let cabinet = host.open().await?;
    let member = match &args.member {
        Some(typed) => {
            let found = names::member(&cabinet.members().await?, typed)?.member.clone();
            let pin = secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {}: ", found.name))?;
            Some((found.id, pin))
        }
        None => None,
    };
    let logs = cabinet.recover(RecoverRequest { reason: args.reason, member }).await?;
    host.finish(&cabinet).await;
    let text = format!(
        "{} in a new epoch. What was missing is taken all the same if it ever comes.",
        counted(logs, "log goes on", "logs go on")
    );
    Ok(Reply { result: json!({ "logs": logs }), text })
}
