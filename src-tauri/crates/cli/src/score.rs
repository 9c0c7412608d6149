//! `cab score`: the risk walk, drafts until submitted; and what other bounds would have done.
use board::requests::{AnswerRiskRequest, OfChange};
use board::views::{RiskQuestion, RiskWalk};
use board::{BoardError, Cabinet, RiskSimulation, SimulateRiskRequest};
use clap::{Args, Subcommand};

use crate::changes::{risk, word};
use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::table::{Table, counted};

/// Assesses a change's risk. Without options it shows the questions and the score.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Score {
    /// About the model, not one change.
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The change's key.
    change: Option<String>,
    /// QUESTION=ANSWER, such as I1=3 (the third answer) or I1=high (how it begins).
    #[arg(long, value_name = "QUESTION=ANSWER")]
    answer: Vec<String>,
    /// Open a question again.
    #[arg(long, value_name = "QUESTION")]
    clear: Vec<String>,
    /// QUESTION=TEXT: a note beside the answer, kept on this device.
    #[arg(long, value_name = "QUESTION=TEXT")]
    note: Vec<String>,
    /// Submit the answers as one entry of the record.
    #[arg(long)]
    submit: bool,
    /// Show the answers in another model as well, for comparison: it decides nothing.
    #[arg(long)]
    compare: bool,
    /// Whose assessment it is; otherwise the member at this device.
    #[arg(long = "as", value_name = "MEMBER")]
    member: Option<String>,
}

/// What concerns the model.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Which past changes would have another level if the levels began elsewhere. Changes nothing.
    Simulate {
        /// Where Medium, High and Critical would begin, by score, such as 20,45,70.
        #[arg(long, value_name = "MEDIUM,HIGH,CRITICAL", value_delimiter = ',', required = true)]
        bounds: Vec<u32>,
        /// Of the last so many days.
        #[arg(long, value_name = "N", default_value_t = 90)]
        days: u32,
    },
}

/// Runs the verb.
pub async fn run(host: &Host, args: Score) -> Done<Reply> {
    if let Some(Verb::Simulate { bounds, days }) = &args.verb {
        let bounds = <[u32; 3]>::try_from(bounds.as_slice())
            .map_err(|_| CabError::Usage("--bounds takes three numbers: MEDIUM,HIGH,CRITICAL".to_owned()))?;
        let cabinet = host.open().await?;
        let simulation = cabinet.simulate_risk(SimulateRiskRequest { bounds, days: *days }).await?;
        let text = simulated(&simulation);
        return Ok(Reply::of(&simulation, text));
    }
    let change = args.change.as_deref().ok_or_else(|| CabError::Usage("score needs a change's key".to_owned()))?;
    let cabinet = host.open().await?;
    names::acting_as(&cabinet, args.member.as_deref(), act(&cabinet, change, &args)).await
}

async fn act(cabinet: &Cabinet, change: &str, args: &Score) -> Done<Reply> {
    let change = names::change(change);
    let mut walk = cabinet.risk_walk(OfChange { change: change.clone() }).await?;
    for (flag, given) in args.answer.iter().map(|a| ("--answer", a)).chain(args.note.iter().map(|n| ("--note", n))) {
        let (id, value) =
            given.split_once('=').ok_or_else(|| CabError::Usage(format!("{flag} {given:?}: write QUESTION=…")))?;
        let q = question(&walk, id)?;
        let (answer, note) = match flag {
            "--note" => (q.answer, value.to_owned()),
            _ => (Some(choice(q, value)?), q.note.clone()),
        };
        let request = AnswerRiskRequest { change: change.clone(), question: q.id.clone(), answer, note };
        walk = cabinet.answer_risk(request).await?;
    }
    for id in &args.clear {
        let q = question(&walk, id)?;
        let request =
            AnswerRiskRequest { change: change.clone(), question: q.id.clone(), answer: None, note: q.note.clone() };
        walk = cabinet.answer_risk(request).await?;
    }
    if args.submit {
        walk = cabinet.submit_risk(OfChange { change }).await?;
    }
    let mut text = shown(&walk);
    if args.compare {
        text.push_str(&compared(&walk));
    }
    Ok(Reply::of(&walk, text))
}

fn question<'w>(walk: &'w RiskWalk, id: &str) -> Done<&'w RiskQuestion> {
    let id = id.trim();
    walk.questions
        .iter()
        .find(|q| q.id.eq_ignore_ascii_case(id))
        .ok_or_else(|| BoardError::not_found("question", id).into())
}

/// The answer's place, from what was typed: its number from 1, or how its words begin.
fn choice(question: &RiskQuestion, typed: &str) -> Done<u32> {
    let wanted = typed.trim().to_lowercase();
    let many = question.options.len();
    let wrong = |why: &str| {
        let all: Vec<String> = question.options.iter().zip(1..).map(|(o, n)| format!("{n} {}", o.label)).collect();
        BoardError::invalid("answer", format!("{}: {why}; there are: {}", question.id, all.join(", ")))
    };
    if let Some(n) = wanted.parse::<u32>().ok().filter(|_| !wanted.is_empty()) {
        return if (1..=many).contains(&(n as usize)) { Ok(n - 1) } else { Err(wrong("no such number").into()) };
    }
    let mut fitting = (0u32..)
        .zip(&question.options)
        .filter(|(_, o)| !wanted.is_empty() && o.label.to_lowercase().starts_with(&wanted));
    match (fitting.next(), fitting.next()) {
        (Some((n, _)), None) => Ok(n),
        (Some(_), Some(_)) => Err(wrong("it fits more than one answer").into()),
        (None, _) => Err(wrong("no such answer").into()),
    }
}

fn shown(walk: &RiskWalk) -> String {
    let mut table = Table::new(&["", "Question", "Answer", "Points", "Known by"]);
    for q in &walk.questions {
        let given = q.answer.and_then(|a| q.options.get(a as usize));
        table.row([
            q.id.clone(),
            q.prompt.clone(),
            given.map_or_else(|| "open".to_owned(), |o| o.label.clone()),
            given.map(|o| o.points.to_string()).unwrap_or_default(),
            q.provenance.map(|p| word(&p)).unwrap_or_default(),
        ]);
    }
    let mut text = format!("{} {}\n\n{}", walk.change.key, walk.change.title, table.text());
    text.push_str(&format!("\nRisk: {}", risk(&walk.outcome.summary)));
    if let Some(older) = &walk.outcome.older_model {
        let (model, version) = (&walk.outcome.model, walk.outcome.model_version);
        text.push_str(&format!(
            "\nSubmitted under {older}; its answers are scored anew by {model}/{version}, which is in force by now. Submit it \
             again to put that into the record."
        ));
    }
    if let Some(follows) = &walk.outcome.follows {
        text.push_str(&format!("\nHow it follows (open questions at their worst): {follows}"));
    }
    if let Some(inherent) = &walk.outcome.inherent {
        text.push_str(&format!(
            "\nInherent, without rollback, tests and roll-out in steps: {} {}",
            inherent.score,
            word(&inherent.level)
        ));
    }
    for floor in walk.outcome.floors.iter().filter(|f| f.applies) {
        let clause = floor.clause.as_deref().map(|c| format!(" ({c})")).unwrap_or_default();
        text.push_str(&format!("\nAt least {}: {}{clause}", word(&floor.level), floor.label));
    }
    for i in &walk.outcome.improvements {
        text.push_str(&format!("\nCheaper by {}: {} Then {} {}.", i.saves, i.text, i.new_score, word(&i.new_level)));
    }
    for q in &walk.questions {
        if let Some(help) = &q.help {
            text.push_str(&format!("\n{}: {help}", q.id));
        }
    }
    if walk.unsubmitted > 0 {
        let answers = counted(walk.unsubmitted, "answer waits", "answers wait");
        text.push_str(&format!("\n{answers}; submit with --submit."));
    }
    text
}

/// The same answers in another model.
fn compared(walk: &RiskWalk) -> String {
    let mut beside = Vec::new();
    if let Some(matrix) = &walk.outcome.matrix {
        beside.push(format!(
            "{}, likelihood {} of 5, impact {} of 5, {}",
            matrix.model,
            matrix.likelihood,
            matrix.impact,
            word(&matrix.level)
        ));
    }
    if let Some(points) = &walk.outcome.points {
        beside.push(format!("{}, {} of {} points, {}", points.model, points.score, points.of, word(&points.level)));
    }
    if beside.is_empty() {
        return "\n\nThe questions of the model in force fit no other model to compare with.".to_owned();
    }
    format!("\n\nFor comparison only, it decides nothing: {} (open questions at their worst)", beside.join("; "))
}

fn simulated(simulation: &RiskSimulation) -> String {
    let list = |bounds: &[u32]| bounds.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let outcome = &simulation.outcome;
    let mut text = format!(
        "{} with its levels from {} instead of {}, on {} assessed in {}: {} would rise, {} fall, {} stay.",
        simulation.model,
        list(&simulation.proposed),
        list(&simulation.bounds),
        counted(simulation.changes, "change", "changes"),
        counted(simulation.days, "day", "days"),
        outcome.rise,
        outcome.fall,
        outcome.stay
    );
    if !outcome.moved.is_empty() {
        let mut table = Table::new(&["Change", "Score", "Is", "Would be"]);
        for moved in &outcome.moved {
            table.row([moved.change.to_string(), moved.score.to_string(), word(&moved.level), word(&moved.new_level)]);
        }
        text.push_str(&format!("\n\n{}", table.text()));
    }
    for unscored in &outcome.unscored {
        text.push_str(&format!("\n{} is not scored: {}", unscored.change, unscored.why));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use board::views::{RiskFactor, RiskOption};

    fn question() -> RiskQuestion {
        let options = ["none", "low", "medium", "mission-critical"];
        RiskQuestion {
            id: "I1".to_owned(),
            factor: RiskFactor::Impact,
            prompt: String::new(),
            help: None,
            options: options.iter().map(|l| RiskOption { label: (*l).to_owned(), points: 0 }).collect(),
            answer: None,
            provenance: None,
            evidence: None,
            note: String::new(),
        }
    }

    #[test]
    fn an_answer_is_given_by_number_from_one_or_by_its_beginning() {
        assert_eq!(choice(&question(), "1").expect("first"), 0);
        assert_eq!(choice(&question(), "4").expect("last"), 3);
        assert_eq!(choice(&question(), "Low").expect("word"), 1);
        assert_eq!(choice(&question(), "mis").expect("beginning"), 3);
        for wrong in ["0", "5", "m", "huge", ""] {
            assert_eq!(choice(&question(), wrong).expect_err(wrong).code(), crate::exit::INVALID);
        }
    }
}
