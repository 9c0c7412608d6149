//! `cab change difference` and `cab change immaterial`: what was signed beside what stands there now.
use board::Cabinet;
use board::requests::{OfChange, SigningRequest};
use board::views::{ChangeView, DiffRow, DiffRowKind, SignOff, SignOffState, SigningSubject, Verdict};

use crate::exit::Done;
use crate::host::Host;
use crate::names;
use crate::reply::{Reply, complain};
use crate::secrets;
use crate::sign_offs::{How, shown, sign_all, signer};

/// Characters of a column.
const COLUMN: usize = 58;

/// What was signed beside what the change says now, for each sign-off that is stale.
pub async fn difference(cabinet: &Cabinet, change: &str) -> Done<Reply> {
    let view = cabinet.change(OfChange { change: names::change(change) }).await?;
    let stale: Vec<&SignOff> = view.sign_offs.iter().filter(|s| s.state == SignOffState::Stale).collect();
    let text = text(&view, &stale);
    Ok(Reply::of(&stale, text))
}

/// One of the two words it takes that an edit is immaterial.
pub async fn immaterial(
    host: &Host,
    cabinet: &Cabinet,
    change: &str,
    reason: String,
    who: Option<&str>,
) -> Done<Reply> {
    let change = names::change(change);
    let subject = SigningSubject::Immaterial { change: change.clone(), reason };
    cabinet.request_signing(SigningRequest { subject }).await?;
    let view = cabinet.signing_view().await?;
    let signer = signer(cabinet, &view, who).await?;
    if host.global.pin_fd.is_none() {
        complain(&shown(&view, None));
    }
    let pin = secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {}: ", signer.member.name))?;
    let how = How { signer: &signer, pin: &pin, single: true, verdict: Verdict::Approve, reason: "" };
    let signed = sign_all(cabinet, &view, &how).await;
    cabinet.close_signing().await?;
    host.finish(cabinet).await;
    signed?;
    let view = cabinet.change(OfChange { change }).await?;
    let ruled = view.sign_offs.iter().flat_map(|s| &s.rulings).any(|ruling| ruling.in_force);
    let text = if ruled {
        "Ruled immaterial: the sign-off speaks for what the change says now."
    } else {
        "Said. It takes the chair and a second person: `cab change immaterial` once more, by the other."
    };
    Ok(Reply::of(&view.sign_offs, text.to_owned()))
}

fn text(view: &ChangeView, stale: &[&SignOff]) -> String {
    if stale.is_empty() {
        return format!("No sign-off on {} is stale.", view.row.key);
    }
    let mut text = format!("{} {}\n", view.row.key, view.row.title);
    for s in stale {
        text.push_str(&format!("\n{}, signed {}\n", s.signer, s.signed_at));
        for difference in &s.differences {
            text.push_str(&format!("\n  {}\n", difference.label));
            text.push_str(&format!("    {:<COLUMN$}   {}\n", "Signed", "Now"));
            for row in &difference.rows {
                text.push_str(&lines(row));
            }
        }
        if !s.not_kept.is_empty() {
            text.push_str(&format!("\n  Not kept here, nothing can be laid beside it: {}\n", s.not_kept.join(", ")));
        }
        for ruling in &s.rulings {
            let word =
                if ruling.in_force { "Ruled immaterial" } else { "Said to be immaterial, in force once two have" };
            text.push_str(&format!(
                "\n  {word}: {}, by {}: {}\n",
                ruling.fields.join(", "),
                ruling.by.join(", "),
                ruling.reason
            ));
        }
        if s.reaffirmable {
            text.push_str(&format!("\n  To give it again: cab sign-off {} --reaffirm\n", view.row.key));
        }
    }
    text
}

/// A row with a sign on each side, so that no colour is needed. A long line goes on in the next: nothing is cut off.
fn lines(row: &DiffRow) -> String {
    let signs = match row.kind {
        DiffRowKind::Same => (' ', ' '),
        DiffRowKind::Changed => ('-', '+'),
        DiffRowKind::Added => (' ', '+'),
        DiffRowKind::Removed => ('-', ' '),
    };
    let (left, right) = (folded(&row.before), folded(&row.after));
    let mut text = String::new();
    for at in 0..left.len().max(right.len()).max(1) {
        let side = |of: &[String]| of.get(at).cloned().unwrap_or_default();
        let (l, r) = if at == 0 { signs } else { (' ', ' ') };
        let line = format!("  {l} {:<COLUMN$} {r} {}", side(&left), side(&right));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn folded(text: &str) -> Vec<String> {
    let all: Vec<char> = text.chars().collect();
    all.chunks(COLUMN).map(|chunk| chunk.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: DiffRowKind, before: &str, after: &str) -> DiffRow {
        DiffRow { kind, before: before.to_owned(), after: after.to_owned() }
    }

    #[test]
    fn each_side_has_its_sign_and_its_place() {
        let changed = lines(&row(DiffRowKind::Changed, "4.2.0", "4.2.1"));
        assert!(changed.starts_with("  - 4.2.0 ") && changed.ends_with(" + 4.2.1\n"), "{changed}");
        let added = lines(&row(DiffRowKind::Added, "", "twice"));
        assert_eq!(added.find("+ twice"), changed.find("+ 4.2.1"), "under each other");
        assert!(!lines(&row(DiffRowKind::Removed, "gone", "")).contains('+'));
    }

    #[test]
    fn a_long_line_is_folded_and_nothing_of_it_is_left_out() {
        let long = "x".repeat(COLUMN * 2 + 5);
        let shown = lines(&row(DiffRowKind::Changed, &long, "short"));
        assert_eq!(shown.lines().count(), 3);
        assert_eq!(shown.matches('x').count(), long.len());
        assert_eq!(shown.matches(['-', '+']).count(), 2, "one sign on each side");
    }
}
