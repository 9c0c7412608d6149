//! `cab gate`: whether an approval lets an artifact into an environment now. The same function as `cab-gate`; it opens no
//! data folder and asks no server.
use std::path::PathBuf;

use clap::Args;
use gate::line::{Given, Line};

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::reply::{self, Reply};

/// Judges an approval for a pipeline; needs no data folder. docs/pipeline.md lists the reason codes.
#[derive(Debug, Args)]
pub struct Gate {
    /// The change, for example CHG-17.
    key: String,
    /// What `cab export --approval` wrote.
    #[arg(long, value_name = "FILE")]
    approval: PathBuf,
    /// sha256:HEX (64 digits) or PROJECT@COMMIT; again for each platform.
    #[arg(long, value_name = "ARTIFACT", required = true)]
    artifact: Vec<String>,
    /// Where to, as the ticket names it.
    #[arg(long, value_name = "NAME")]
    environment: String,
    /// The board's root of trust, known from elsewhere.
    #[arg(long, value_name = "FINGERPRINT")]
    roster_root: String,
    /// A newer export or snapshot: later edits, withdrawals and decisions are seen.
    #[arg(long, value_name = "FILE")]
    fresh: Option<PathBuf>,
    /// Judge for this time (RFC 3339) instead of now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Refuse an older version of the roster.
    #[arg(long, value_name = "N")]
    least_roster: Option<String>,
    /// Refuse to run as an older program.
    #[arg(long, value_name = "X.Y.Z")]
    least_version: Option<String>,
    /// End with 0 and tell what would have been blocked.
    #[arg(long)]
    warn: bool,
    /// Write what was asked, judged and answered.
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Under a standing approval of a standard change: the service that is deployed.
    #[arg(long, value_name = "NAME", requires = "pipeline")]
    service: Option<String>,
    /// The pipeline that deploys the service.
    #[arg(long, value_name = "NAME", requires = "service")]
    pipeline: Option<String>,
    /// Deploy although it is refused, where the policy allows; the receipt is an obligation for the board.
    #[arg(long, value_name = "REASON", requires = "receipt")]
    break_glass: Option<String>,
}

/// Runs the verb.
pub fn run(host: &Host, args: Gate) -> Done<Reply> {
    let given = Given {
        change: args.key,
        approval: args.approval,
        artifacts: args.artifact,
        environment: args.environment,
        roster_root: args.roster_root,
        fresh: args.fresh,
        at: args.at,
        least_roster: args.least_roster,
        least_version: args.least_version,
        warn: args.warn,
        receipt: args.receipt,
        service: args.service,
        pipeline: args.pipeline,
        break_glass: args.break_glass,
        json: host.global.json,
    };
    let line = Line::of(given).map_err(|usage| CabError::Usage(usage.to_string()))?;
    let ran = gate::line::run(&line, host.now());
    if !line.json {
        // First of all, of when the answer speaks; also of a refusal, whose words go to the other stream.
        reply::say(&ran.verdict.fresh_line());
    }
    if ran.exit == 0 {
        return Ok(Reply { result: ran.verdict.receipt(line.warn), text: ran.verdict.text(line.warn) });
    }
    Err(CabError::Gate { verdict: Box::new(ran.verdict), exit: ran.exit })
}

#[cfg(test)]
mod tests;
