//! `cab change gates` and `cab change attest`: everything that speaks for and against a change, and what people add to it.
use std::path::PathBuf;

use board::requests::OfChange;
use board::views::Gate;
use board::{AttestRequest, Cabinet, GatesView};
use clap::Args;

use crate::changes::word;
use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::table::{Table, cut};

/// Attests an answer.
#[derive(Debug, Args)]
pub struct Attest {
    /// The change's key.
    change: String,
    /// The question's word, as `cab change gates` lists it.
    question: String,
    /// The answer; to a yes-or-no question it begins with one of the two.
    value: String,
    /// A file that shows it; it is kept, and its digest stands in the record.
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// Who attests; otherwise the member at this device. It has to be the device's owner.
    #[arg(long = "as", value_name = "MEMBER")]
    member: Option<String>,
}

/// Shows every gate of a change.
pub async fn gates(cabinet: &Cabinet, change: &str) -> Done<Reply> {
    let view = cabinet.change_gates(OfChange { change: names::change(change) }).await?;
    let text = told(&view);
    Ok(Reply::of(&view, text))
}

/// Records an answer, and shows the gates as they are then.
pub async fn attest(host: &Host, cabinet: &Cabinet, args: Attest) -> Done<Reply> {
    let Attest { change, question, value, evidence, member } = args;
    let evidence = match evidence {
        Some(file) => Some(std::fs::read(&file).map_err(CabError::file(&file))?),
        None => None,
    };
    let request = AttestRequest { change: names::change(&change), question, value, evidence };
    let view = names::acting_as(cabinet, member.as_deref(), async { Ok(cabinet.attest(request).await?) }).await?;
    host.finish(cabinet).await;
    let text = told(&view);
    Ok(Reply::of(&view, text))
}

/// A group of gates: each with why, and what would satisfy it.
fn group(text: &mut String, heading: &str, gates: &[Gate]) {
    if gates.is_empty() {
        return;
    }
    text.push_str(&format!("\n{heading} ({})\n", gates.len()));
    let mut table = Table::bare();
    for gate in gates {
        table.row([
            gate.clause.clone(),
            gate.label.clone(),
            cut(&gate.finding, 110),
            gate.remedy.clone().unwrap_or_default(),
            gate.control.clone(),
        ]);
    }
    text.push_str(&table.text());
}

fn told(view: &GatesView) -> String {
    let mut text = format!("{} {}\nPolicy {}\n", view.change, view.title, view.policy);
    if view.blocking.is_empty() {
        text.push_str("\nNothing blocks.\n");
    }
    group(&mut text, "Blocks", &view.blocking);
    group(&mut text, "Warns", &view.warned);
    group(&mut text, "No evidence", &view.no_evidence);
    group(&mut text, "Waived", &view.waived);
    group(&mut text, "Passed", &view.passed);
    group(&mut text, "Not applicable", &view.not_applicable);
    text.push_str("\nTo be attested: `cab change attest KEY QUESTION VALUE`\n");
    let mut table = Table::bare();
    for question in &view.questions {
        let said = match &question.answer {
            None => String::new(),
            Some(answer) => {
                let value = cut(&answer.value, 60);
                let lapsed = if answer.lapsed { "; the change was edited since: it does not count" } else { "" };
                format!("“{value}”, attested by {} ({}), {}{lapsed}", answer.by, word(&answer.role), answer.at)
            }
        };
        table.row([question.clause.clone(), question.question.clone(), question.asks.clone(), said]);
    }
    text.push_str(&table.text());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn gates_stand_under_what_they_mean_and_questions_with_who_answered_them() {
        let gate = |clause: &str, result: &str, remedy: Option<&str>| {
            json!({
                "id": clause, "label": "A gate", "clause": clause, "result": result, "hard": false,
                "blocks": result == "failed",
                "finding": "So it is.", "remedy": remedy, "control": "NIST CM-3",
            })
        };
        let answer = json!({
            "value": "yes", "by": "Barbara", "role": "release_manager", "at": "2026-11-27T10:00:00Z", "evidence": null,
            "lapsed": false,
        });
        let mut lapsed = answer.clone();
        lapsed["lapsed"] = json!(true);
        let view: GatesView = serde_json::from_value(json!({
            "change": "CHG-7", "title": "Pay faster", "policy": "ours/1",
            "blocking": [gate("R7", "failed", Some("Mend it."))],
            "warned": [], "no_evidence": [gate("R62", "no_evidence", Some("Attest it."))], "waived": [],
            "passed": [gate("R11", "passed", None)], "not_applicable": [],
            "questions": [
                {"question": "peer_review", "clause": "R62", "asks": "Was it reviewed?", "yes_or_no": true, "answer": answer},
                {"question": "main_protected", "clause": "R43", "asks": "Is it?", "yes_or_no": true, "answer": lapsed},
                {"question": "high_traffic", "clause": "R83", "asks": "Is it busy?", "yes_or_no": true, "answer": null},
            ],
        }))
        .expect("a view");
        let text = told(&view);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..2], ["CHG-7 Pay faster", "Policy ours/1"]);
        assert_eq!(lines[3..5], ["Blocks (1)", "R7  A gate  So it is.  Mend it.  NIST CM-3"]);
        assert_eq!(lines[6..8], ["No evidence (1)", "R62  A gate  So it is.  Attest it.  NIST CM-3"]);
        assert_eq!(lines[9..11], ["Passed (1)", "R11  A gate  So it is.    NIST CM-3"]);
        assert!(!text.contains("Warns") && !text.contains("Nothing blocks."), "{text}");
        assert!(text.contains("“yes”, attested by Barbara (release manager), 2026-11-27T10:00:00Z"), "{text}");
        assert_eq!(text.matches("; the change was edited since: it does not count").count(), 1, "{text}");
        assert!(text.trim_end().ends_with("R83  high_traffic    Is it busy?"), "{text}");
    }
}
