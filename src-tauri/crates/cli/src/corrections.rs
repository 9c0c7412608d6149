//! `cab minutes correct`, `answer`, `approve`, `corrections` and `erratum`: from the draft to the seal, and after it.
use std::path::PathBuf;

use board::requests::OfMeeting;
use board::views::CorrectionsView;
use board::{AnswerCorrectionRequest, ApproveMinutesRequest, CorrectRequest, SealErratumRequest};
use clap::Subcommand;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::meetings::Which;
use crate::names::{self, Wanted};
use crate::reply::Reply;
use crate::secrets;
use crate::table::Table;

/// What members ask of minutes, and what becomes of it.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// List the corrections that were asked for, and by what the minutes are approved.
    Corrections {
        /// Which.
        #[command(flatten)]
        which: Which,
    },
    /// Ask for other words in the minutes, with your PIN. What was decided no correction changes.
    Correct {
        /// Who asks.
        member: String,
        /// What is wrong: an item's number or change, or attendance, quorum, actions, other.
        about: String,
        /// The words that stand there; left out where something is missing.
        #[arg(long, value_name = "WORDS", default_value = "")]
        was: String,
        /// The words asked for.
        #[arg(long, value_name = "WORDS")]
        wording: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Which.
        #[command(flatten)]
        which: Which,
    },
    /// Take a correction in, or decline it, with the PIN of the chair or the secretary.
    Answer {
        /// Who answers.
        member: String,
        /// The correction, by how its entry begins.
        correction: String,
        /// Decline it; else it is taken in.
        #[arg(long, requires = "reason", conflicts_with = "wording")]
        decline: bool,
        /// The words it is taken in with; left out: those that were asked for.
        #[arg(long, value_name = "WORDS", default_value = "")]
        wording: String,
        /// Why.
        #[arg(long, default_value = "")]
        reason: String,
        /// Which.
        #[command(flatten)]
        which: Which,
    },
    /// Record that the minutes are approved by the policy's rule, with the PIN of the chair or the secretary.
    Approve {
        /// Who records it.
        member: String,
        /// The later meeting that approved them, where the policy asks for one.
        #[arg(long, value_name = "MEETING")]
        by: Option<String>,
        /// Which.
        #[command(flatten)]
        which: Which,
    },
    /// Say what is wrong in sealed minutes and seal it in a new document beside them, with the chair's PIN.
    Erratum {
        /// What is wrong; left out with `--right`: what was said before and no document tells yet.
        #[arg(long, value_name = "WORDS", default_value = "")]
        wrong: String,
        /// What is right.
        #[arg(long, value_name = "WORDS", default_value = "")]
        right: String,
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Seal without a timestamp, whatever service the settings name.
        #[arg(long)]
        without_timestamp: bool,
        /// Copy the erratum to this file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Runs the verb.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    let without_timestamp = matches!(verb, Verb::Erratum { without_timestamp: true, .. });
    let cabinet = host.open_to_seal(without_timestamp).await?;
    let which = match &verb {
        Verb::Corrections { which }
        | Verb::Correct { which, .. }
        | Verb::Answer { which, .. }
        | Verb::Approve { which, .. }
        | Verb::Erratum { which, .. } => which,
    };
    let meeting = names::meeting(&cabinet, which.meeting.as_deref(), Wanted::Closed).await?.id;
    let pin_of = |who: &str| secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {who}: "));
    let view = match verb {
        Verb::Corrections { .. } => cabinet.corrections(OfMeeting { meeting }).await?,
        Verb::Correct { member, about, was, wording, reason, .. } => {
            let (id, pin) = (names::member(&cabinet.members().await?, &member)?.member.id.clone(), pin_of(&member)?);
            let asked = CorrectRequest { meeting, member: id, pin, about, was, wording, reason };
            cabinet.correct_minutes(asked).await?
        }
        Verb::Answer { member, correction, decline, wording, reason, .. } => {
            let (id, pin) = (names::member(&cabinet.members().await?, &member)?.member.id.clone(), pin_of(&member)?);
            let taken = !decline;
            let answer = AnswerCorrectionRequest { meeting, member: id, pin, correction, taken, wording, reason };
            cabinet.answer_correction(answer).await?
        }
        Verb::Approve { member, by, .. } => {
            let (id, pin) = (names::member(&cabinet.members().await?, &member)?.member.id.clone(), pin_of(&member)?);
            let by = match by {
                Some(by) => Some(names::meeting(&cabinet, Some(&by), Wanted::Held).await?.id),
                None => None,
            };
            cabinet.approve_minutes(ApproveMinutesRequest { meeting, member: id, pin, by }).await?
        }
        Verb::Erratum { wrong, right, out, .. } => {
            let pin = pin_of("the chair")?;
            let sealed = cabinet.seal_erratum(SealErratumRequest { meeting, pin, wrong, right }).await?;
            host.finish(&cabinet).await;
            if let Some(out) = &out {
                std::fs::copy(&sealed.path, out).map_err(CabError::file(out))?;
            }
            let text = format!(
                "Erratum {} to the minutes with SHA-256 {}.\n{}\nSHA-256 {}",
                sealed.number,
                sealed.minutes,
                sealed.path.display(),
                sealed.sha256
            );
            return Ok(Reply::of(&sealed, text));
        }
    };
    host.finish(&cabinet).await;
    Ok(Reply::of(&view, shown(&view)))
}

fn shown(view: &CorrectionsView) -> String {
    let mut text = match (&view.approved, &view.deadline) {
        (Some(approved), _) => format!("Approved: {approved}\n"),
        (None, Some(until)) => format!("Not approved. Corrections may be asked for until {until}.\n"),
        (None, None) => "Not approved.\n".to_owned(),
    };
    if view.corrections.is_empty() {
        text.push_str("No correction was asked for.");
        return text;
    }
    let mut table = Table::new(&["Correction", "About", "As it stands", "Asked for", "By", "Why", "Answer"]);
    for asked in &view.corrections {
        let answer = match (asked.taken, &asked.answer) {
            (Some(true), Some(words)) => format!("taken in: {words}"),
            (Some(false), Some(why)) => format!("declined: {why}"),
            (Some(_), None) | (None, _) => "open".to_owned(),
        };
        let entry: String = asked.entry.chars().take(12).collect();
        table.row([
            entry.as_str(),
            asked.about.as_str(),
            asked.was.as_str(),
            asked.wording.as_str(),
            asked.asked_by.as_str(),
            asked.reason.as_str(),
            answer.as_str(),
        ]);
    }
    text.push_str(&table.text());
    text
}
