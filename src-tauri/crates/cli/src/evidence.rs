//! `cab change evidence`: what pipelines say of a change.
use board::requests::OfChange;
use board::{Cabinet, EvidenceView};

use crate::changes::word;
use crate::exit::Done;
use crate::names;
use crate::reply::Reply;
use crate::table::{Table, cut};

/// Tells what was read, and what was not.
pub async fn run(cabinet: &Cabinet, change: &str) -> Done<Reply> {
    let view = cabinet.evidence_of(OfChange { change: names::change(change) }).await?;
    let text = told(&view);
    Ok(Reply::of(&view, text))
}

fn told(view: &EvidenceView) -> String {
    let mut text = String::new();
    if view.files.is_empty() {
        text.push_str(&format!("Nothing was read for {}.\n", view.change));
    } else {
        let mut table = Table::new(&["File", "From", "Format", "Says", "Tool", "SHA-256"]);
        for file in &view.files {
            table.row([
                cut(&file.name, 40),
                word(&file.source),
                file.format.to_string(),
                file.summary.clone(),
                cut(&file.tools.join(", "), 30),
                file.sha256.clone(),
            ]);
        }
        text.push_str(&table.text());
    }
    if !view.problems.is_empty() {
        text.push_str("\nNot read:\n");
        let mut table = Table::bare();
        for problem in &view.problems {
            table.row([word(&problem.source), problem.why.clone()]);
        }
        text.push_str(&table.text());
    }
    if view.folder.is_none() {
        text.push_str(
            "\nNo evidence folder is set (evidence_folder in config.toml): only the ticket's files were looked at.\n",
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_file_is_a_row_and_what_was_not_read_stands_below_with_its_reason() {
        let digest = "ab".repeat(32);
        let says = json!({"kind": "coverage", "lines_covered": 5, "lines_valid": 9});
        let tools = json!([{"name": "coverage.py", "version": "7"}]);
        let provenance = json!({
            "file": "c.xml", "bytes": 10, "sha256": digest, "format": "cobertura", "format_version": "", "tools": tools,
        });
        let view: EvidenceView = serde_json::from_value(json!({
            "change": "CHG-7",
            "folder": null,
            "files": [{
                "name": "c.xml", "source": "folder", "kind": "coverage", "format": "cobertura",
                "summary": "5 of 9 lines covered", "tools": ["coverage.py 7"], "bytes": 10, "sha256": digest,
                "evidence": {"provenance": provenance, "says": says},
            }],
            "problems": [{
                "name": "a.sarif", "source": "folder", "code": "evidence_malformed", "why": "a.sarif, line 1: cut",
            }],
        }))
        .expect("a view");
        let text = told(&view);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], format!("c.xml  folder  Cobertura  5 of 9 lines covered  coverage.py 7  {digest}"));
        assert_eq!(lines[3..5], ["Not read:", "folder  a.sarif, line 1: cut"]);
        assert!(text.contains("No evidence folder is set"), "{text}");
    }
}
