//! The command line of `cab-gate`, and running it: reads the files that were named, judges, writes the receipt.
//!
//! `cab gate` has the same arguments and ends with the same numbers: both make a [`Line`] of what they were [`Given`].
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use domain::ids::Digest;
use record::json::Limits;
use record::roster::RosterFingerprint;

use crate::asked::{Asked, Repeated};
use crate::reason::{Finding, Reason};
use crate::verdict::Verdict;

/// What is printed under `--help`.
pub const HELP: &str = "\
Whether an approval lets an artifact into an environment now. Needs no server, no account and no data folder.

Usage: cab-gate KEY --approval FILE --artifact ARTIFACT… --environment NAME --roster-root FINGERPRINT

  KEY                        the change, for example CHG-17
  --approval FILE            what `cab export --approval` wrote
  --artifact ARTIFACT        sha256:<64 hex digits> or <project>@<commit>; again for each platform
  --environment NAME         as the ticket names it
  --roster-root FINGERPRINT  the board's root of trust, known from elsewhere
  --fresh FILE               a newer export or snapshot: later edits, withdrawals and decisions are seen
  --at TIME                  judge for this time (RFC 3339) instead of now
  --least-roster N           refuse an older version of the roster
  --least-version X.Y.Z      refuse to run as an older program
  --warn                     end with 0 and tell what would have been blocked
  --receipt FILE             write what was asked, judged and answered
  --service NAME             under a standing approval of a standard change: the service that is deployed,
  --pipeline NAME            and the pipeline that deploys it; any artifact, until it is used up, suspended or over
  --break-glass REASON       deploy although it is refused, where the policy allows; needs --receipt, which the board
                             takes in as an obligation
  --json                     one JSON object on stdout
  --help, --version

Exit codes: 0 may be deployed, 1 refused, 2 wrong usage, 4 invalid input, 7 does not verify. docs/pipeline.md lists the
reason codes.";

/// The arguments as words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// The change's key.
    pub change: String,
    /// The approval.
    pub approval: PathBuf,
    /// Each `--artifact`.
    pub artifacts: Vec<String>,
    /// The environment.
    pub environment: String,
    /// The roster root.
    pub roster_root: String,
    /// The newer file.
    pub fresh: Option<PathBuf>,
    /// The time to judge for.
    pub at: Option<String>,
    /// The least version of the roster.
    pub least_roster: Option<String>,
    /// The least version of the program.
    pub least_version: Option<String>,
    /// Never block.
    pub warn: bool,
    /// Where the receipt goes.
    pub receipt: Option<PathBuf>,
    /// The service, under a standing approval.
    pub service: Option<String>,
    /// The pipeline, under a standing approval.
    pub pipeline: Option<String>,
    /// Why the glass is broken.
    pub break_glass: Option<String>,
    /// JSON on stdout.
    pub json: bool,
}

/// A command line that makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What is asked.
    pub asked: Asked,
    /// The approval.
    pub approval: PathBuf,
    /// The newer file.
    pub fresh: Option<PathBuf>,
    /// The time to judge for; `None`: now.
    pub at: Option<DateTime<Utc>>,
    /// Never block.
    pub warn: bool,
    /// Where the receipt goes.
    pub receipt: Option<PathBuf>,
    /// Why the glass is broken.
    pub break_glass: Option<String>,
    /// JSON on stdout.
    pub json: bool,
}

/// What the arguments ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A judgement.
    Judge(Box<Line>),
    /// [`HELP`].
    Help,
    /// The version.
    Version,
}

/// Why the arguments make no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

impl Line {
    /// Reads the words.
    ///
    /// # Errors
    /// The first argument that is missing or malformed.
    pub fn of(given: Given) -> Result<Self, Usage> {
        let wrong = |name: &str, why: String| Usage(format!("{name}: {why}"));
        if given.artifacts.is_empty() {
            return Err(wrong("--artifact", "say what is to be deployed".to_owned()));
        }
        if given.environment.trim().is_empty() {
            return Err(wrong("--environment", "say where it is to be deployed".to_owned()));
        }
        let change = given.change.trim().parse().map_err(|e: domain::ids::MalformedId| wrong("KEY", e.to_string()))?;
        let artifacts = given
            .artifacts
            .iter()
            .map(|text| {
                text.trim().parse().map_err(|e: domain::approval::NoArtifact| wrong("--artifact", e.to_string()))
            })
            .collect::<Result<_, _>>()?;
        let at = given.at.as_deref().map(|text| {
            let time = DateTime::parse_from_rfc3339(text.trim());
            time.map(|t| t.with_timezone(&Utc))
                .map_err(|e| wrong("--at", format!("{text:?} is no time like 2026-11-25T14:00:00Z: {e}")))
        });
        let least_roster = given.least_roster.as_deref().map(|text| {
            text.trim().parse().map_err(|_| wrong("--least-roster", format!("{text:?} is no version of a roster")))
        });
        let least_program =
            given.least_version.as_deref().map(|text| text.trim().parse().map_err(|why| wrong("--least-version", why)));
        let named = |name: &str, given: Option<&String>| match given.map(|text| text.trim()) {
            Some("") => Err(wrong(name, "say which".to_owned())),
            given => Ok(given.map(ToOwned::to_owned)),
        };
        let repeated =
            match (named("--service", given.service.as_ref())?, named("--pipeline", given.pipeline.as_ref())?) {
                (Some(service), Some(pipeline)) => Some(Repeated { service, pipeline }),
                (None, None) => None,
                (Some(_), None) => {
                    return Err(wrong("--pipeline", "say which pipeline deploys the service".to_owned()));
                }
                (None, Some(_)) => return Err(wrong("--service", "say which service the pipeline deploys".to_owned())),
            };
        let break_glass = named("--break-glass", given.break_glass.as_ref())?;
        if break_glass.is_some() && given.receipt.is_none() {
            return Err(wrong("--break-glass", "what is owed stands in the receipt: give --receipt FILE".to_owned()));
        }
        let asked = Asked {
            change,
            artifacts,
            environment: given.environment.trim().to_owned(),
            roster_root: fingerprint(&given.roster_root).ok_or_else(|| {
                let why = format!("{:?} is no fingerprint of 64 hexadecimal digits", given.roster_root);
                wrong("--roster-root", why)
            })?,
            least_roster: least_roster.transpose()?.unwrap_or(1),
            least_program: least_program.transpose()?,
            repeated,
        };
        Ok(Self {
            asked,
            approval: given.approval,
            fresh: given.fresh,
            at: at.transpose()?,
            warn: given.warn,
            receipt: given.receipt,
            break_glass,
            json: given.json,
        })
    }
}

/// A fingerprint as people copy it: in capitals, or with colons.
fn fingerprint(text: &str) -> Option<RosterFingerprint> {
    let plain: String = text.trim().chars().filter(|c| *c != ':').collect::<String>().to_ascii_lowercase();
    plain.parse::<Digest>().ok().map(RosterFingerprint)
}

/// Reads the arguments of `cab-gate`, without the program's name.
///
/// # Errors
/// The first that is unknown, given twice, without its value, or malformed.
pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Wanted, Usage> {
    let mut given = Given::default();
    let (mut change, mut approval, mut environment, mut root) = (None, None, None, None);
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let (name, glued) = match arg.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name.to_owned(), Some(value.to_owned())),
            Some(_) | None => (arg.clone(), None),
        };
        let flag = match name.as_str() {
            "--help" | "-h" => return Ok(Wanted::Help),
            "--version" | "-V" => return Ok(Wanted::Version),
            "--warn" => Some(&mut given.warn),
            "--json" => Some(&mut given.json),
            _ => None,
        };
        if let Some(flag) = flag {
            if glued.is_some() {
                return Err(Usage(format!("{name} takes no value")));
            }
            *flag = true;
            continue;
        }
        if !name.starts_with('-') {
            once(&mut change, "KEY", arg)?;
            continue;
        }
        let known = [
            "--approval",
            "--artifact",
            "--environment",
            "--roster-root",
            "--fresh",
            "--at",
            "--least-roster",
            "--least-version",
            "--receipt",
            "--service",
            "--pipeline",
            "--break-glass",
        ];
        if !known.contains(&name.as_str()) {
            return Err(Usage(format!("{name} is unknown")));
        }
        let value = glued.or_else(|| args.next()).ok_or_else(|| Usage(format!("{name} needs a value")))?;
        match name.as_str() {
            "--approval" => once(&mut approval, &name, value)?,
            "--artifact" => given.artifacts.push(value),
            "--environment" => once(&mut environment, &name, value)?,
            "--roster-root" => once(&mut root, &name, value)?,
            "--fresh" => once(&mut given.fresh, &name, value.into())?,
            "--at" => once(&mut given.at, &name, value)?,
            "--least-roster" => once(&mut given.least_roster, &name, value)?,
            "--least-version" => once(&mut given.least_version, &name, value)?,
            "--service" => once(&mut given.service, &name, value)?,
            "--pipeline" => once(&mut given.pipeline, &name, value)?,
            "--break-glass" => once(&mut given.break_glass, &name, value)?,
            _ => once(&mut given.receipt, &name, value.into())?,
        }
    }
    let needed = |value: Option<String>, name: &str| value.ok_or_else(|| Usage(format!("{name} is missing")));
    given.change = needed(change, "KEY")?;
    given.approval = needed(approval, "--approval")?.into();
    given.environment = needed(environment, "--environment")?;
    given.roster_root = needed(root, "--roster-root")?;
    Line::of(given).map(|line| Wanted::Judge(Box::new(line)))
}

/// A second value would be an accident, or an attack on whoever reads only the first.
fn once<T>(slot: &mut Option<T>, name: &str, value: T) -> Result<(), Usage> {
    match slot {
        Some(_) => Err(Usage(format!("{name} is given twice"))),
        None => {
            *slot = Some(value);
            Ok(())
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Ran {
    /// The answer.
    pub verdict: Verdict,
    /// With which number the program ends.
    pub exit: u8,
}

/// Reads the files, judges, writes the receipt. Without a receipt that was asked for nothing is deployed.
#[must_use]
pub fn run(line: &Line, now: DateTime<Utc>) -> Ran {
    let at = line.at.unwrap_or(now);
    let mut verdict = judge(line, at);
    if let Some(reason) = &line.break_glass {
        verdict = verdict.break_glass(reason);
    }
    if let Some(path) = &line.receipt {
        let text = format!("{:#}\n", verdict.receipt(line.warn));
        if let Err(why) = std::fs::write(path, text) {
            let what = format!("{}: {why}", path.display());
            verdict.findings.push(Finding::new(Reason::ReceiptUnwritten, what));
            // What is owed would be forgotten.
            verdict.broken = None;
        }
    }
    Ran { exit: verdict.exit(line.warn), verdict }
}

fn judge(line: &Line, at: DateTime<Utc>) -> Verdict {
    let unread = |reason, path: &Path, why: std::io::Error| {
        Verdict::unread(&line.asked, at, reason, format!("{}: {why}", path.display()))
    };
    let approval = match read(&line.approval) {
        Ok(bytes) => bytes,
        Err(why) => return unread(Reason::Unreadable, &line.approval, why),
    };
    let fresh = match line.fresh.as_deref().map(|path| read(path).map_err(|why| (path, why))).transpose() {
        Ok(bytes) => bytes,
        Err((path, why)) => return unread(Reason::FreshUnreadable, path, why),
    };
    crate::check(&approval, fresh.as_deref(), &line.asked, at)
}

/// A file, up to a byte more than any bundle may have: the reader refuses it then.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(Limits::BUNDLE.bytes as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
