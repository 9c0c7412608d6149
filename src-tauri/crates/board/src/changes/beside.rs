//! What was signed, laid beside what the change says now: line by line, in two columns.
use std::collections::BTreeMap;

use domain::ids::Digest;
use domain::risk::RiskLevel;
use domain::sign_off::{SignOff, Staleness};
use record::manifest::{Blob, Manifest};

use super::differences::{between, label};
use crate::cabinet::OpenBoard;
use crate::content::Content;
use crate::error::{Answer, BoardError};
use crate::state::refused;
use crate::views::{DiffLine, DiffLineKind, DiffRow, DiffRowKind, Difference};

/// What differs between a sign-off and now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beside {
    /// Field by field.
    pub differences: Vec<Difference>,
    /// Names of fields that were signed and are not kept here: nothing can be laid beside them.
    pub not_kept: Vec<String>,
}

/// The lines of a difference in two columns: what was taken out beside what came in its place.
pub(crate) fn rows(lines: &[DiffLine]) -> Vec<DiffRow> {
    let mut rows = Vec::new();
    let (mut out, mut came) = (Vec::new(), Vec::new());
    for line in lines {
        match line.kind {
            DiffLineKind::Removed => out.push(line.text.as_str()),
            DiffLineKind::Added => came.push(line.text.as_str()),
            DiffLineKind::Same => {
                pair(&mut out, &mut came, &mut rows);
                rows.push(row(DiffRowKind::Same, &line.text, &line.text));
            }
        }
    }
    pair(&mut out, &mut came, &mut rows);
    rows
}

fn pair(out: &mut Vec<&str>, came: &mut Vec<&str>, rows: &mut Vec<DiffRow>) {
    for at in 0..out.len().max(came.len()) {
        rows.push(match (out.get(at), came.get(at)) {
            (Some(before), Some(after)) => row(DiffRowKind::Changed, before, after),
            (Some(before), None) => row(DiffRowKind::Removed, before, ""),
            (None, after) => row(DiffRowKind::Added, "", after.copied().unwrap_or_default()),
        });
    }
    out.clear();
    came.clear();
}

fn row(kind: DiffRowKind, before: &str, after: &str) -> DiffRow {
    DiffRow { kind, before: before.to_owned(), after: after.to_owned() }
}

/// What makes a sign-off stale.
pub(crate) async fn beside(
    board: &OpenBoard,
    sign_off: &SignOff,
    staleness: Staleness,
    (now, level): (&Content, RiskLevel),
) -> Answer<Beside> {
    match staleness {
        Staleness::Current => Ok(Beside::default()),
        Staleness::ContentChanged => signed_and_now(board, sign_off, now).await,
        Staleness::RiskRose => Ok(Beside { differences: vec![risk_rose(sign_off, level)], not_kept: Vec::new() }),
    }
}

/// What was signed, opened from its manifest, laid beside what is there now.
async fn signed_and_now(board: &OpenBoard, sign_off: &SignOff, now: &Content) -> Answer<Beside> {
    let mut after: BTreeMap<String, String> =
        now.fields.iter().map(|(field, bytes)| (field.clone(), String::from_utf8_lossy(bytes).into_owned())).collect();
    let Some(bytes) = blob(board, sign_off.manifest).await? else {
        return Ok(Beside { differences: Vec::new(), not_kept: after.keys().map(|field| label(field)).collect() });
    };
    let manifest = Manifest::parse(&bytes).map_err(|r| refused("the manifest that was signed", &r))?;
    let (mut before, mut not_kept) = (BTreeMap::new(), Vec::new());
    for line in manifest.lines() {
        let Some(stored) = blob(board, line.sha256).await? else {
            // Withheld or disposed of: its digest stands, and whether it differs cannot be told.
            after.remove(&line.field);
            not_kept.push(label(&line.field));
            continue;
        };
        let shown = Blob::from_stored(&stored, line.sha256).map_err(|r| refused("what was signed", &r))?;
        before.insert(line.field.clone(), String::from_utf8_lossy(&shown.bytes).into_owned());
    }
    Ok(Beside { differences: between(&before, &after, |_| true), not_kept })
}

fn risk_rose(sign_off: &SignOff, level: RiskLevel) -> Difference {
    let line = |kind, level| DiffLine { kind, text: crate::words::level(level).to_owned() };
    let lines = vec![line(DiffLineKind::Removed, sign_off.body.risk.level), line(DiffLineKind::Added, level)];
    Difference { field: "risk".to_owned(), label: "Risk level".to_owned(), material: true, rows: rows(&lines), lines }
}

async fn blob(board: &OpenBoard, digest: Digest) -> Answer<Option<Vec<u8>>> {
    match board.store.blob(digest).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(store::StoreError::BlobMissing(_)) => Ok(None),
        Err(error) => Err(BoardError::internal(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::differences::line_diff;
    use super::*;

    fn columns(before: &str, after: &str) -> Vec<(DiffRowKind, String, String)> {
        rows(&line_diff(before, after)).into_iter().map(|r| (r.kind, r.before, r.after)).collect()
    }

    fn line(kind: DiffRowKind, before: &str, after: &str) -> (DiffRowKind, String, String) {
        (kind, before.to_owned(), after.to_owned())
    }

    #[test]
    fn what_was_changed_stands_beside_what_came_in_its_place() {
        use DiffRowKind::{Added, Changed, Removed, Same};
        for (before, after, wanted) in [
            ("", "", vec![]),
            ("restore", "restore", vec![]),
            ("", "restore", vec![line(Added, "", "restore")]),
            ("restore", "", vec![line(Removed, "restore", "")]),
            (
                "stop\nrestore",
                "stop\nrestore twice",
                vec![line(Same, "stop", "stop"), line(Changed, "restore", "restore twice")],
            ),
            (
                "a\nb\nc",
                "x\nc\nd",
                vec![line(Changed, "a", "x"), line(Removed, "b", ""), line(Same, "c", "c"), line(Added, "", "d")],
            ),
        ] {
            assert_eq!(columns(before, after), wanted, "{before:?} → {after:?}");
        }
    }

    #[test]
    fn each_line_stands_on_its_own_side_and_none_is_lost() {
        let before: String = (1..=40).map(|n| format!("step {n}\n")).collect();
        let after = before.replace("step 7\n", "").replace("step 30\n", "step 30a\nstep 30b\n");
        let shown = columns(&before, &after);
        let left: Vec<&str> = shown.iter().map(|(_, b, _)| b.as_str()).filter(|t| t.contains("step")).collect();
        let right: Vec<&str> = shown.iter().map(|(_, _, a)| a.as_str()).filter(|t| t.contains("step")).collect();
        assert!(left.contains(&"step 7") && !right.contains(&"step 7"));
        assert!(right.contains(&"step 30a") && right.contains(&"step 30b") && !left.contains(&"step 30b"));
    }
}
