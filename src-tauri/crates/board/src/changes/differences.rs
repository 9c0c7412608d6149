//! What differs between two moments, field by field and line by line.
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use domain::plan::PlanSection;
use domain::text::mark_invisible;
use similar::{Algorithm, ChangeTag, capture_diff_slices_deadline};

use crate::views::{DiffLine, DiffLineKind, Difference};

/// Unchanged lines shown around a change.
const CONTEXT: usize = 2;
/// Lines shown of one field; a difference longer than this is read on the ticket.
const MOST_LINES: usize = 400;
/// A hostile text may be made so that the shortest difference is expensive; then a longer one is shown.
const PATIENCE: Duration = Duration::from_millis(100);

/// What a field is called for people.
pub(crate) fn label(field: &str) -> String {
    if let Some(section) = field.strip_prefix("plan.") {
        let found = PlanSection::ALL.iter().find(|s| section_word(**s) == section);
        return found.map_or_else(|| format!("Plan: {section}"), |s| format!("Plan: {}", s.title()));
    }
    if let Some(id) = field.strip_prefix("defect.") {
        return format!("Linked defect #{id}");
    }
    if let Some(name) = field.strip_prefix("attachment.") {
        return format!("Attachment {}", mark_invisible(name));
    }
    match field {
        "window.start" => "Window: start".to_owned(),
        "window.end" => "Window: end".to_owned(),
        "window.zone" => "Window: time zone".to_owned(),
        "kind" => "Change kind".to_owned(),
        "commit" => "Commit".to_owned(),
        "technical_lead" => "Technical Development Lead".to_owned(),
        other => crate::gates::sentence(&other.replace('_', " ")).trim_end_matches('.').to_owned(),
    }
}

/// The section's word in field names.
pub(crate) fn section_word(section: PlanSection) -> String {
    match serde_json::to_value(section) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => section.clause().to_lowercase(),
    }
}

/// The differences between two sets of fields, in the order of the fields. A field that is only on one
/// side counts as blank on the other.
pub(crate) fn between(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    material: impl Fn(&str) -> bool,
) -> Vec<Difference> {
    let fields: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    fields
        .into_iter()
        .filter_map(|field| {
            let (old, new) =
                (before.get(field).map_or("", String::as_str), after.get(field).map_or("", String::as_str));
            (old != new).then(|| {
                let lines = line_diff(old, new);
                Difference {
                    field: field.clone(),
                    label: label(field),
                    material: material(field),
                    rows: super::beside::rows(&lines),
                    lines,
                }
            })
        })
        .collect()
}

/// The difference of two texts, line by line, with a little around each change.
pub(crate) fn line_diff(before: &str, after: &str) -> Vec<DiffLine> {
    if before == after {
        return Vec::new();
    }
    let old: Vec<&str> = before.lines().collect();
    let new: Vec<&str> = after.lines().collect();
    let deadline = Instant::now().checked_add(PATIENCE);
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, deadline);
    let mut all: Vec<(DiffLineKind, &str)> = Vec::new();
    for change in ops.iter().flat_map(|op| op.iter_changes(&old, &new)) {
        let kind = match change.tag() {
            ChangeTag::Equal => DiffLineKind::Same,
            ChangeTag::Insert => DiffLineKind::Added,
            ChangeTag::Delete => DiffLineKind::Removed,
        };
        all.push((kind, change.value()));
    }
    if all.iter().all(|(kind, _)| *kind == DiffLineKind::Same) {
        // Only line ends or a last line break differ.
        return vec![line(DiffLineKind::Added, "(white space only)")];
    }
    shorten(&all)
}

/// Leaves out what is the same and far from any change.
fn shorten(all: &[(DiffLineKind, &str)]) -> Vec<DiffLine> {
    let changed: Vec<usize> =
        all.iter().enumerate().filter(|(_, (kind, _))| *kind != DiffLineKind::Same).map(|(at, _)| at).collect();
    let near = |at: usize| {
        let next = changed.partition_point(|c| *c < at);
        changed.get(next).is_some_and(|c| c - at <= CONTEXT)
            || next.checked_sub(1).and_then(|n| changed.get(n)).is_some_and(|c| at - c <= CONTEXT)
    };
    let mut shown = Vec::new();
    let mut left_out = false;
    for (at, (kind, text)) in all.iter().enumerate() {
        if !near(at) {
            left_out = true;
            continue;
        }
        if std::mem::take(&mut left_out) && !shown.is_empty() {
            shown.push(line(DiffLineKind::Same, "…"));
        }
        if shown.len() >= MOST_LINES {
            let rest = changed.len() - changed.partition_point(|c| *c < at);
            shown.push(line(DiffLineKind::Same, &format!("… {rest} more changed lines are not shown")));
            break;
        }
        shown.push(line(*kind, text));
    }
    shown
}

fn line(kind: DiffLineKind, text: &str) -> DiffLine {
    // A hostile line may be a megabyte long.
    let text =
        if text.len() > 4_000 { format!("{}…", &text[..text.floor_char_boundary(4_000)]) } else { text.to_owned() };
    DiffLine { kind, text: mark_invisible(&text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[DiffLine]) -> Vec<(DiffLineKind, &str)> {
        lines.iter().map(|l| (l.kind, l.text.as_str())).collect()
    }

    #[test]
    fn a_changed_line_stands_between_its_neighbours() {
        let before: String = (1..=20).map(|n| format!("step {n}\n")).collect();
        let after = before.replace("step 10\n", "step ten\n");
        assert_eq!(
            texts(&line_diff(&before, &after)),
            [
                (DiffLineKind::Same, "step 8"),
                (DiffLineKind::Same, "step 9"),
                (DiffLineKind::Removed, "step 10"),
                (DiffLineKind::Added, "step ten"),
                (DiffLineKind::Same, "step 11"),
                (DiffLineKind::Same, "step 12"),
            ]
        );
    }

    #[test]
    fn two_changes_far_apart_are_parted_by_a_mark() {
        let before: String = (1..=30).map(|n| format!("{n}\n")).collect();
        let after = before.replace("\n3\n", "\nthree\n").replace("\n25\n", "\ntwenty-five\n");
        let lines = line_diff(&before, &after);
        assert_eq!(lines.iter().filter(|l| l.text == "…").count(), 1, "{lines:?}");
    }

    #[test]
    fn texts_that_hide_characters_show_them() {
        let lines = line_diff("deploy", "de\u{202E}ploy");
        assert_eq!(texts(&lines)[1], (DiffLineKind::Added, "de⟦U+202E⟧ploy"));
    }

    #[test]
    fn a_difference_in_line_ends_alone_says_so() {
        assert_eq!(line_diff("a\nb", "a\nb\n").len(), 1);
        assert!(line_diff("a", "a").is_empty());
    }

    #[test]
    fn a_hostile_text_is_bounded() {
        let before: String = (0..20_000).map(|n| format!("{n}\n")).collect();
        let after: String = (0..20_000).map(|n| format!("{}\n", n * 7)).collect();
        assert!(line_diff(&before, &after).len() <= MOST_LINES + 2);
    }

    #[test]
    fn fields_are_compared_one_by_one_and_named_for_people() {
        let map = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>()
        };
        let found = between(
            &map(&[("plan.backout", "restore"), ("status", "New"), ("title", "A")]),
            &map(&[("plan.backout", "restore twice"), ("status", "Assess"), ("title", "A"), ("affected_data", "all")]),
            |field| field != "status",
        );
        let shown: Vec<_> = found.iter().map(|d| (d.label.as_str(), d.material)).collect();
        assert_eq!(shown, [("Affected data", true), ("Plan: Backout plan", true), ("Status", false)]);
    }
}
