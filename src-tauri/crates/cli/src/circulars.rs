//! `cab circular`: the board decides between meetings, in writing, to be ratified at the next.
use board::{
    CircularSaid, CircularState, CircularView, OpenCircularRequest, Position, RecuseCircularRequest,
    VoteCircularRequest,
};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use crate::exit::Done;
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::secrets;
use crate::table::Table;

/// Questions that are put to all members between meetings.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Put a question about a change to all members, as the chair: an emergency, or what the policy allows.
    Open {
        /// The change.
        change: String,
        /// The question that members answer.
        #[arg(long, value_name = "TEXT")]
        question: String,
        /// Until when answers count (RFC 3339).
        #[arg(long, value_name = "TIME")]
        closes: String,
        /// The chair.
        #[arg(long = "as", value_name = "MEMBER")]
        member: String,
    },
    /// Vote in writing, with your own key. The last answer before it closes counts; silence is no yes.
    Vote {
        /// The change, or the id of the circular.
        circular: String,
        /// What you say.
        #[arg(value_enum)]
        position: Word,
        /// Who answers.
        #[arg(long = "as", value_name = "MEMBER")]
        member: String,
    },
    /// Step aside: your seat is not counted.
    Recuse {
        /// The change, or the id of the circular.
        circular: String,
        /// Why; the minutes carry it.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Who steps aside.
        #[arg(long = "as", value_name = "MEMBER")]
        member: String,
    },
    /// End it, as its chair: once a majority of all who are entitled says yes, all have answered, or it is closed.
    End {
        /// The change, or the id of the circular.
        circular: String,
        /// Why it ends without a resolution; the change is left to the next meeting.
        #[arg(long, value_name = "TEXT")]
        without: Option<String>,
    },
    /// All of them: who has answered, what came of each, and whether it is ratified.
    List,
}

/// A vote, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Word {
    /// For.
    Approve,
    /// Against.
    Reject,
    /// Neither.
    Abstain,
}

impl Word {
    fn position(self) -> Position {
        match self {
            Self::Approve => Position::Approve,
            Self::Reject => Position::Reject,
            Self::Abstain => Position::Abstain,
        }
    }
}

/// Runs `cab circular`.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    let cabinet = host.open().await?;
    let pin = |member: &str| secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {member}: "));
    let one = match verb {
        Verb::Open { change, question, closes, member } => {
            let id = names::member(&cabinet.members().await?, &member)?.member.id.clone();
            let (change, pin) = (names::change(&change), pin(&member)?);
            cabinet.open_circular(OpenCircularRequest { member: id, pin, change, question, closes }).await?
        }
        Verb::Vote { circular, position, member } => {
            let id = names::member(&cabinet.members().await?, &member)?.member.id.clone();
            let (pin, position) = (pin(&member)?, position.position());
            cabinet.vote_circular(VoteCircularRequest { circular, member: id, pin, position }).await?
        }
        Verb::Recuse { circular, reason, member } => {
            let id = names::member(&cabinet.members().await?, &member)?.member.id.clone();
            let pin = pin(&member)?;
            cabinet.recuse_circular(RecuseCircularRequest { circular, member: id, pin, reason }).await?
        }
        Verb::End { circular, without } => {
            cabinet.end_circular(&circular, without.as_deref().unwrap_or_default()).await?
        }
        Verb::List => {
            let all = cabinet.circulars().await?;
            let text = if all.is_empty() { "Nothing was asked in writing.".to_owned() } else { listed(&all) };
            return Ok(Reply { result: json!({ "circulars": all }), text });
        }
    };
    host.finish(&cabinet).await;
    let text = listed(std::slice::from_ref(&one));
    Ok(Reply { result: json!({ "circular": one }), text })
}

/// Each with its question, a line for each member, and what came of it.
fn listed(all: &[CircularView]) -> String {
    let mut text = String::new();
    for one in all {
        let state = match one.state {
            CircularState::Open => "open",
            CircularState::Carried => "carried, to be ratified",
            CircularState::NotCarried => "not carried",
            CircularState::Ratified => "carried and ratified",
            CircularState::NotRatified => "carried and NOT ratified",
        };
        text.push_str(&format!(
            "{} {} ({state})\n{}\nAsked by {}, {} to {}\n",
            one.change, one.title, one.question, one.chair, one.opened_at, one.closes_at
        ));
        let mut table = Table::new(&["Member", "Said", "Why"]);
        for answer in &one.answers {
            let said = match answer.said {
                CircularSaid::Approve => "approve",
                CircularSaid::Reject => "reject",
                CircularSaid::Abstain => "abstain",
                CircularSaid::Recused => "stepped aside",
                CircularSaid::Barred => "may not vote",
                CircularSaid::Silent if answer.has_key => "silent",
                CircularSaid::Silent => "silent, has no key",
            };
            table.row([answer.name.as_str(), said, answer.why.as_str()]);
        }
        text.push_str(&table.text());
        text.push_str(&format!("\n{}\n{}\nId: {}\n\n", one.arithmetic, one.outcome, one.id));
    }
    text.trim_end().to_owned()
}
