//! What the demonstration claims, looked at from outside: the file as a stranger has it, the tickets as the server has
//! them, the record as the data folder has it.
use std::path::Path;

use board::requests::OfChange;
use board::views::{DecisionKind, OutboxRow, OutboxState};
use board::{TrustAnchor, VaultChoice};
use serde_json::{Value, json};

use super::choice::Chosen;
use super::{Files, Journey};
use crate::exit::{CabError, Done};

/// The account with which Cabinet writes.
const SERVICE: &str = "svc-cabinet";

/// Claims, each with whether it holds.
#[derive(Debug, Default)]
pub struct Claims {
    held: Vec<String>,
    broken: Vec<(String, String, String)>,
}

impl Claims {
    fn expect(&mut self, holds: bool, code: &str, place: &str, claim: &str, found: impl FnOnce() -> String) {
        if holds {
            self.held.push(format!("{place}: {claim}"));
        } else {
            self.broken.push((code.to_owned(), place.to_owned(), format!("claimed: {claim}; found: {}", found())));
        }
    }

    /// How many were looked at.
    pub fn checked(&self) -> usize {
        self.held.len() + self.broken.len()
    }

    /// In words.
    pub fn words(&self) -> String {
        match self.broken.len() {
            0 => "all hold".to_owned(),
            n => format!("{n} do not hold"),
        }
    }

    /// For the result.
    pub fn to_json(&self) -> Value {
        json!(self.held)
    }

    /// What does not hold; `None` when everything does.
    pub fn findings(&self) -> Option<Value> {
        let finding = |(code, place, why): &(String, String, String)| json!({"code": code, "place": place, "why": why});
        (!self.broken.is_empty()).then(|| Value::Array(self.broken.iter().map(finding).collect()))
    }
}

impl Journey<'_> {
    /// The minutes hold under the root that was left beside them, and not with one bit changed.
    pub(super) fn check_file(&mut self, files: &Files, claims: &mut Claims) -> Done<()> {
        let place = files.minutes.display().to_string();
        let mut pdf = std::fs::read(&files.minutes).map_err(CabError::file(&files.minutes))?;
        let pem = std::fs::read_to_string(&files.root).map_err(CabError::file(&files.root))?;
        let trust = TrustAnchor::parse(&pem).map_err(|e| board::BoardError::internal(&e))?;
        let checked = board::verify_minutes(&pdf, Some(&trust));
        claims.expect(
            checked.as_ref().is_ok_and(|c| c.anchored && c.recomputed),
            "minutes",
            &place,
            "verify under root.pem, every page drawn again from the evidence",
            || checked.as_ref().map_or_else(ToString::to_string, |c| c.verdict.clone()),
        );
        let verdict = checked.map(|c| c.verdict);
        self.told(format!("Verified the minutes: {}", verdict.unwrap_or_else(|e| e.to_string())));
        for part in 1..4 {
            let at = pdf.len() * part / 4;
            pdf[at] ^= 1;
            let refused = board::verify_minutes(&pdf, Some(&trust)).is_err();
            claims
                .expect(refused, "changed-byte", &place, "one changed bit is refused", || format!("accepted at {at}"));
            pdf[at] ^= 1;
        }
        Ok(())
    }

    /// Each ticket carries the decision's note, status and extract exactly once.
    pub(super) async fn check_tickets(&mut self, chosen: &Chosen, claims: &mut Claims) -> Done<()> {
        let outbox = self.cabinet.outbox().await?;
        let world = self.server.world();
        let service = world.users.values().find(|u| u.login == SERVICE).map_or(0, |u| u.id);
        for (row, kind) in chosen.decisions() {
            let key = row.key.as_str();
            let waiting: Vec<&OutboxRow> = outbox.rows.iter().filter(|o| o.key == key).collect();
            let verified = waiting.len() == 1 && waiting[0].state == OutboxState::Verified;
            claims.expect(verified, "outbox", key, "one operation, written and read back", || {
                let rows: Vec<_> = waiting.iter().map(|o| format!("{:?} {:?}", o.state, o.problem)).collect();
                rows.join("; ")
            });
            let marker = waiting.first().and_then(|o| marker(o)).unwrap_or_default();
            let number: u32 = key.rsplit('-').next().and_then(|n| n.parse().ok()).unwrap_or(0);
            let Some(issue) = self.server.issue(number) else {
                claims.expect(false, "ticket", key, "the ticket is there", || "no such ticket".to_owned());
                continue;
            };
            let notes = issue.journals.iter().filter(|j| !marker.is_empty() && j.notes.contains(&marker)).count();
            claims
                .expect(notes == 1, "note", key, "the decision's note stands there once", || format!("{notes} times"));
            let ours = issue.journals.iter().filter(|j| j.user == service && !j.notes.is_empty()).count();
            claims.expect(ours == 1, "note", key, "and nothing else was written by us", || {
                format!("{ours} notes of ours")
            });
            let status = world.statuses.get(&issue.status).map_or("", |s| s.name.as_str()).to_owned();
            if kind == DecisionKind::Approved || kind == DecisionKind::ApprovedWithConditions {
                claims.expect(status == "Approved", "status", key, "the ticket is approved", || status.clone());
            }
            let files: Vec<_> = issue.attachments.iter().filter(|a| a.author == service).collect();
            let path = self.cabinet.extract_path(OfChange { change: key.to_owned() }).await?;
            let extract = std::fs::read(&path).map_err(CabError::file(&path))?;
            let same = files.len() == 1 && files[0].content[..] == extract[..];
            claims.expect(same, "extract", key, "the sealed extract hangs on the ticket once", || {
                format!("{} files of ours", files.len())
            });
            let held = board::verify_minutes(&extract, None);
            claims.expect(held.is_ok(), "extract", key, "and verifies by itself", || {
                held.as_ref().map_or_else(ToString::to_string, |c| c.verdict.clone())
            });
        }
        self.told("Read the tickets on the server: note, status and extract, once each".to_owned());
        Ok(())
    }

    /// The record holds, and its projections are what it says.
    pub(super) async fn check_record(&mut self, data: &Path, claims: &mut Claims) -> Done<()> {
        let (before, after) = self.cabinet.rebuild().await?;
        let place = data.display().to_string();
        claims.expect(before == after, "projection", &place, "rebuilt projections are the same", || {
            format!("{before} before, {after} after")
        });
        let report = board::verify_folder(data, Some(&VaultChoice::Sample), self.host.now()).await?;
        for f in &report.findings {
            claims.expect(false, &f.code, &f.place, "the record holds", || f.why.clone());
        }
        claims.expect(report.entries > 0, "record", &place, "the record holds", || "no entries".to_owned());
        self.told(format!(
            "Verified the record: {} entries in {} logs, {} blobs, {} sealed files",
            report.entries, report.logs, report.blobs, report.sealed
        ));
        Ok(())
    }
}

/// The reference that the note carries: `CAB-` and eight digits.
fn marker(row: &OutboxRow) -> Option<String> {
    row.preview.iter().find_map(|p| {
        let at = p.after.rfind("CAB-")?;
        let found = p.after.get(at..at + 12)?;
        found[4..].bytes().all(|b| b.is_ascii_hexdigit()).then(|| found.to_owned())
    })
}
