//! `cab sign-off ask` and `cab sign-off written`: an authority without a key here writes one line elsewhere.
use std::path::PathBuf;

use board::views::Verdict;
use board::{RecordWrittenRequest, WordsIn};
use clap::Subcommand;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::members;
use crate::names;
use crate::reply::Reply;

/// Sign-offs in writing.
#[derive(Debug, Subcommand)]
pub enum Writing {
    /// What to ask a member for who has no key here: one line, in a comment on the ticket or in a mail.
    Ask {
        /// The change's key.
        change: String,
        /// Who is asked.
        #[arg(long, value_name = "MEMBER")]
        of: String,
    },
    /// Record the line a member wrote; the recorder signs that it stands there.
    Written {
        /// The change's key.
        change: String,
        /// Who wrote it.
        #[arg(long, value_name = "MEMBER")]
        of: String,
        /// The number the ticket shows at the comment; without it, the newest of theirs that says it.
        #[arg(long, value_name = "N", conflicts_with = "mail")]
        from_comment: Option<u32>,
        /// The mail as it was received (.eml); its sender's address stands in the roster.
        #[arg(long, value_name = "FILE")]
        mail: Option<PathBuf>,
        /// Who records it; otherwise the chair.
        #[arg(long = "as", value_name = "MEMBER")]
        recorder: Option<String>,
    },
}

/// Runs the verb.
pub async fn run(host: &Host, verb: Writing) -> Done<Reply> {
    let cabinet = host.open().await?;
    let members = cabinet.members().await?;
    match verb {
        Writing::Ask { change, of } => {
            let of = names::member(&members, &of)?.member.id.clone();
            let asking = cabinet.ask_in_writing(&names::change(&change), &of).await?;
            Ok(Reply::of(&asking, asking.text.clone()))
        }
        Writing::Written { change, of, from_comment, mail, recorder } => {
            let member = names::member(&members, &of)?.member.id.clone();
            let words = match mail {
                Some(file) => WordsIn::Mail(std::fs::read(&file).map_err(CabError::file(&file))?),
                None => WordsIn::Comment(from_comment),
            };
            let (recorder, pin) = members::signer(host, &cabinet, recorder.as_deref()).await?;
            let request = RecordWrittenRequest { change: names::change(&change), member, recorder, pin, words };
            let recorded = cabinet.record_in_writing(request).await?;
            host.finish(&cabinet).await;
            let verdict = match recorded.verdict {
                Verdict::Approve => "approves",
                Verdict::Reject => "rejects",
            };
            let enough = if recorded.counts {
                "It counts as it is: written."
            } else {
                "It stands in the record and does not count: at the risk at which it was decided, or now, a sign-off must be signed or confirmed."
            };
            let text = format!(
                "{} {verdict} {}, written from {}: \u{201c}{}\u{201d}\n{enough}",
                recorded.member, recorded.change, recorded.account, recorded.quote
            );
            Ok(Reply::of(&recorded, text))
        }
    }
}
