//! A mapping as the rows of the screen, and back.
use std::collections::{BTreeMap, BTreeSet};

use domain::change::{IssueKind, Severity, StatusCategory, TextFormat};
use serde::Serialize;
use serde::de::DeserializeOwned;
use ticketing::RemoteField;
use ticketing::mapping::{DecisionRule, Direction, FieldRule, Mapping, NamedId, Schema, Target, ValueKind};

use super::targets::{
    DECISIONS, KEEP_STATUS, LINKED_TRACKER, SET_STATUS, STATUS, TEXT, TRACKER, mapped_targets, rows_text,
};
use crate::error::{Answer, BoardError};
use crate::outbox::decision_word;
use crate::views::{MappingRow, MappingRowValues};

/// The snake_case word of an enum of the domain.
fn word<T: Serialize>(value: &T) -> Option<String> {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(ToOwned::to_owned))
}

fn from_word<T: DeserializeOwned>(target: &str, word: &str) -> Answer<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| BoardError::invalid("mapping", format!("{target} has no value {word:?}.")))
}

fn row(target: &str, source: Option<&str>, values: Vec<MappingRowValues>) -> MappingRow {
    MappingRow { target: target.to_owned(), source: source.map(ToOwned::to_owned), values, zone: None }
}

fn value(remote: &str, ours: Option<String>) -> MappingRowValues {
    MappingRowValues { remote: remote.to_owned(), ours }
}

/// The rows of a mapping. With the schema, values that the server offers and nobody mapped are shown too.
pub(super) fn of(mapping: &Mapping, schema: Option<&Schema>) -> Vec<MappingRow> {
    let tracker_names: Vec<String> = match schema {
        Some(schema) => schema.trackers.iter().map(|t| t.name.clone()).collect(),
        None => vec![mapping.scope.tracker.clone()],
    };
    let trackers = tracker_names
        .iter()
        .map(|name| value(name, (*name == mapping.scope.tracker).then(|| "change".to_owned())))
        .collect();
    let statuses = mapping.statuses.values().map(|r| value(&r.name, r.category.as_ref().and_then(word))).collect();
    let mut rows = vec![
        row("tracker", Some(TRACKER), trackers),
        row("status", Some(STATUS), statuses),
        row("text_format", Some(TEXT), vec![value(&rows_text(), word(&mapping.text_format))]),
    ];
    for target in mapped_targets() {
        let rule = mapping.rule(&target);
        let mut values: BTreeMap<String, Option<String>> = BTreeMap::new();
        if let (ValueKind::Word, Some(rule)) = (target.kind(), rule) {
            let offered = schema.and_then(|s| s.fields.iter().find(|f| f.id == rule.from.id));
            values.extend(offered.into_iter().flat_map(|f| f.values.iter().map(|v| (v.clone(), None))));
            values.extend(rule.values.iter().map(|(remote, ours)| (remote.clone(), Some(ours.clone()))));
        }
        rows.push(MappingRow {
            zone: matches!(target, Target::WindowStart | Target::WindowEnd)
                .then(|| rule.and_then(|r| r.zone.clone()).unwrap_or_else(|| mapping.zone.clone())),
            ..row(
                &target.to_string(),
                rule.map(|r| r.from.id.as_str()),
                values.into_iter().map(|(remote, ours)| MappingRowValues { remote, ours }).collect(),
            )
        });
    }
    let kinds = mapping
        .links
        .kinds
        .iter()
        .map(|(id, kind)| {
            let name = schema.and_then(|s| s.all_trackers.iter().find(|t| t.id == *id)).map(|t| t.name.clone());
            value(&name.unwrap_or_else(|| format!("tracker {id}")), word(kind))
        })
        .collect();
    rows.push(row("link.kind", Some(LINKED_TRACKER), kinds));
    let severities = mapping.links.severities.iter().map(|(remote, severity)| value(remote, word(severity))).collect();
    rows.push(row("link.severity", mapping.links.severity.as_ref().map(|f| f.id.as_str()), severities));
    for kind in DECISIONS {
        let target = format!("decision.{}", decision_word(kind));
        let source = mapping.decisions.get(decision_word(kind)).map(|rule| match &rule.status {
            Some(status) => format!("{SET_STATUS}{}", status.id),
            None => KEEP_STATUS.to_owned(),
        });
        rows.push(row(&target, source.as_deref(), Vec::new()));
    }
    rows
}

/// The proposed mapping with a person's rows in it. Targets without a row stay as proposed.
pub(super) fn applied(mut mapping: Mapping, rows: &[MappingRow], schema: &Schema) -> Answer<Mapping> {
    let mut seen = BTreeSet::new();
    for row in rows {
        if !seen.insert(row.target.as_str()) {
            return Err(BoardError::invalid("mapping", format!("{} stands twice.", row.target)));
        }
        match row.target.as_str() {
            "tracker" => apply_tracker(&mut mapping, row, schema)?,
            "status" => apply_statuses(&mut mapping, row)?,
            "text_format" => {
                if let Some(ours) = row.values.first().and_then(|v| v.ours.as_deref()) {
                    mapping.text_format = from_word::<TextFormat>("text_format", ours)?;
                }
            }
            "link.kind" => apply_link_kinds(&mut mapping, row, schema)?,
            "link.severity" => apply_severities(&mut mapping, row, schema)?,
            target => match target.strip_prefix("decision.") {
                Some(decision) => apply_decision(&mut mapping, decision, row, schema)?,
                None => apply_field(&mut mapping, row, schema)?,
            },
        }
    }
    mapping.check().map_err(|e| BoardError::invalid("mapping", crate::gates::sentence(&e.to_string())))?;
    Ok(mapping)
}

fn field(schema: &Schema, target: &str, id: &str) -> Answer<RemoteField> {
    let found = schema.fields.iter().find(|f| f.id == id);
    found.map(|f| RemoteField { id: f.id.clone(), name: f.name.clone() }).ok_or_else(|| {
        BoardError::invalid("mapping", format!("{target}: the server has no field {id:?} for this project."))
    })
}

fn apply_tracker(mapping: &mut Mapping, row: &MappingRow, schema: &Schema) -> Answer<()> {
    let chosen: Vec<&str> =
        row.values.iter().filter(|v| v.ours.as_deref() == Some("change")).map(|v| v.remote.as_str()).collect();
    let [name] = chosen.as_slice() else {
        return Err(BoardError::invalid("mapping", "Choose exactly one tracker whose tickets are changes."));
    };
    let tracker = schema
        .trackers
        .iter()
        .find(|t| t.name == *name)
        .ok_or_else(|| BoardError::invalid("mapping", format!("The project has no tracker {name:?}.")))?;
    mapping.scope.tracker.clone_from(&tracker.name);
    mapping.scope.tracker_id = tracker.id.parse().unwrap_or(0);
    Ok(())
}

fn apply_statuses(mapping: &mut Mapping, row: &MappingRow) -> Answer<()> {
    for given in &row.values {
        for rule in mapping.statuses.values_mut().filter(|r| r.name == given.remote) {
            rule.category =
                given.ours.as_deref().map(|ours| from_word::<StatusCategory>("status", ours)).transpose()?;
        }
    }
    Ok(())
}

fn apply_link_kinds(mapping: &mut Mapping, row: &MappingRow, schema: &Schema) -> Answer<()> {
    for given in &row.values {
        let Some(tracker) = schema.all_trackers.iter().find(|t| t.name == given.remote) else { continue };
        let kind = given.ours.as_deref().map(|ours| from_word::<IssueKind>("link.kind", ours)).transpose()?;
        match kind {
            Some(kind) => mapping.links.kinds.insert(tracker.id.clone(), kind),
            None => mapping.links.kinds.remove(&tracker.id),
        };
    }
    Ok(())
}

fn apply_severities(mapping: &mut Mapping, row: &MappingRow, schema: &Schema) -> Answer<()> {
    mapping.links.severity = row.source.as_deref().map(|id| field(schema, &row.target, id)).transpose()?;
    mapping.links.severities.clear();
    for given in &row.values {
        if let Some(ours) = given.ours.as_deref() {
            let severity = from_word::<Severity>("link.severity", ours)?;
            mapping.links.severities.insert(given.remote.clone(), severity);
        }
    }
    Ok(())
}

fn apply_decision(mapping: &mut Mapping, decision: &str, row: &MappingRow, schema: &Schema) -> Answer<()> {
    if !DECISIONS.iter().any(|kind| decision_word(*kind) == decision) {
        return Err(BoardError::invalid("mapping", format!("There is no decision {decision:?}.")));
    }
    let status = match row.source.as_deref() {
        None => {
            mapping.decisions.remove(decision);
            return Ok(());
        }
        Some(KEEP_STATUS) => None,
        Some(source) => {
            let id = source.strip_prefix(SET_STATUS).unwrap_or(source);
            let found = schema.statuses.iter().find(|s| s.id == id);
            let found = found.ok_or_else(|| {
                BoardError::invalid("mapping", format!("{}: the server has no status {id:?}.", row.target))
            })?;
            Some(NamedId { id: found.id.clone(), name: found.name.clone() })
        }
    };
    let value = mapping.decisions.get(decision).and_then(|rule| rule.value.clone());
    mapping.decisions.insert(decision.to_owned(), DecisionRule { status, value });
    Ok(())
}

fn apply_field(mapping: &mut Mapping, row: &MappingRow, schema: &Schema) -> Answer<()> {
    let target = Target::parse(&row.target)
        .ok_or_else(|| BoardError::invalid("mapping", format!("There is no field {:?}.", row.target)))?;
    let zone = row.zone.as_deref().map(str::trim).filter(|z| !z.is_empty());
    let Some(source) = row.source.as_deref() else {
        mapping.fields.remove(&row.target);
        return Ok(());
    };
    let before = mapping.fields.get(&row.target);
    let rule = FieldRule {
        from: field(schema, &row.target, source)?,
        kind: target.kind(),
        values: row
            .values
            .iter()
            .filter_map(|v| Some((v.remote.clone(), v.ours.clone().filter(|o| !o.is_empty())?)))
            .collect(),
        zone: zone.filter(|z| *z != mapping.zone).map(ToOwned::to_owned),
        required: before.is_some_and(|r| r.required),
        direction: Direction::Pull,
    };
    mapping.fields.insert(row.target.clone(), rule);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::change::Account;
    use ticketing::mapping::{FieldSeen, StatusSeen, ValueFormat};
    use ticketing::{ProjectSeen, SystemKind, suggest};

    fn schema() -> Schema {
        let named = |id: &str, name: &str| NamedId { id: id.into(), name: name.into() };
        let status = |id: &str, name: &str, closed| StatusSeen { id: id.into(), name: name.into(), closed };
        let list = |id: &str, name: &str, values: &[&str]| FieldSeen {
            id: id.into(),
            name: name.into(),
            format: ValueFormat::List,
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            complete: true,
            trackers: BTreeSet::new(),
        };
        Schema {
            system: SystemKind::Redmine,
            account: Account { id: "9".into(), name: "svc-cabinet".into() },
            project: ProjectSeen { id: 3, identifier: "changes".into(), name: "Changes".into() },
            trackers: vec![named("1", "Change"), named("2", "Bug")],
            all_trackers: vec![named("1", "Change"), named("2", "Bug")],
            statuses: vec![status("1", "New", false), status("4", "Approved", false), status("5", "Parked", false)],
            fields: vec![
                list("cf:1", "Change type", &["Normal change", "Pre-approved"]),
                list("cf:2", "Change reason", &[]),
                list("cf:3", "Severity", &["High", "Odd"]),
            ],
            people: Vec::new(),
            inferred: false,
        }
    }

    fn proposed() -> Mapping {
        suggest(&schema(), "UTC").expect("a tracker is there")
    }

    fn find<'r>(rows: &'r [MappingRow], target: &str) -> &'r MappingRow {
        rows.iter().find(|r| r.target == target).expect("it has a row")
    }

    #[test]
    fn a_mapping_survives_the_screen() {
        let mapping = proposed();
        let rows = of(&mapping, Some(&schema()));
        let again = applied(mapping.clone(), &rows, &schema()).expect("unchanged rows are valid");
        assert_eq!(of(&again, Some(&schema())), rows);
    }

    #[test]
    fn values_that_nobody_mapped_are_shown_as_such() {
        let rows = of(&proposed(), Some(&schema()));
        let kind: Vec<_> = find(&rows, "kind").values.iter().map(|v| (v.remote.as_str(), v.ours.as_deref())).collect();
        assert_eq!(kind, [("Normal change", Some("normal")), ("Pre-approved", None)]);
        let status: Vec<_> =
            find(&rows, "status").values.iter().map(|v| (v.remote.as_str(), v.ours.as_deref())).collect();
        assert!(status.contains(&("Parked", None)), "{status:?}");
    }

    #[test]
    fn what_a_person_chose_is_what_is_saved() {
        let mut rows = of(&proposed(), Some(&schema()));
        for row in &mut rows {
            match row.target.as_str() {
                "kind" => row.values[1].ours = Some("standard".into()),
                "decision.rejected" => row.source = Some("status:5".into()),
                "decision.deferred" => row.source = Some(KEEP_STATUS.into()),
                "decision.approved" => row.source = None,
                "text_format" => row.values[0].ours = Some("markdown".into()),
                _ => {}
            }
        }
        let mapping = applied(proposed(), &rows, &schema()).expect("valid");
        assert_eq!(mapping.fields["kind"].values["Pre-approved"], "standard");
        assert_eq!(mapping.decisions["rejected"].status.as_ref().map(|s| s.name.as_str()), Some("Parked"));
        assert_eq!(mapping.decisions["deferred"].status, None, "mapped, and leaves the status alone");
        assert!(!mapping.decisions.contains_key("approved"), "not mapped: the outbox will say so");
        assert_eq!(mapping.text_format, TextFormat::Markdown);
    }

    #[test]
    fn rows_that_cannot_be_are_refused_by_name() {
        let bad = |target: &str, source: Option<&str>, values: Vec<MappingRowValues>| {
            applied(proposed(), &[row(target, source, values)], &schema()).expect_err("refused").to_string()
        };
        assert!(bad("reason", Some("cf:99"), vec![]).contains("cf:99"));
        assert!(bad("nothing", Some("cf:1"), vec![]).contains("nothing"));
        assert!(bad("decision.approved", Some("status:77"), vec![]).contains("77"));
        assert!(bad("decision.maybe", None, vec![]).contains("maybe"));
        assert!(bad("tracker", Some(TRACKER), vec![]).contains("exactly one"));
        assert!(bad("status", Some(STATUS), vec![value("New", Some("soon".into()))]).contains("soon"));
        let twice = [row("reason", Some("cf:2"), vec![]), row("reason", None, vec![])];
        assert!(applied(proposed(), &twice, &schema()).expect_err("refused").to_string().contains("twice"));
    }
}
