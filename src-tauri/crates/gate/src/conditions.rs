//! Conditions that had to be met before deployment: a device says that one is, and the verdict names whose.
use domain::ids::{ChangeKey, EntryId};
use domain::meeting::ConditionTime;
use serde::Serialize;

use crate::evidence::{Held, Told};

/// A condition `before` that the record says is met. No key of a person stands behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConditionShown {
    /// The entry that says so.
    pub entry: EntryId,
    /// What had to be met.
    pub condition: String,
    /// Printed name of in whose name it is said, by the roster.
    pub by: String,
    /// Printed name of whose device recorded it, by the roster.
    pub device_of: String,
    /// What shows it, in their words.
    pub note: String,
}

impl ConditionShown {
    /// The conditions `before` of the change that are met.
    pub(crate) fn of(held: &Held, told: &Told<'_>, change: &ChangeKey) -> Vec<Self> {
        let roster = held.roster();
        let before =
            told.ledger.conditions.values().filter(|state| {
                state.change == *change && !state.void && state.condition.when == ConditionTime::Before
            });
        let shown = before.filter_map(|state| {
            let (id, note) = state.met.as_ref()?;
            let entry = told.entry(*id)?;
            let (actor, key) = (entry.predicate()?.actor, entry.log().id.key);
            Some(Self {
                entry: *id,
                condition: state.condition.text.clone(),
                by: roster.member(actor).map_or_else(|| format!("member {actor}"), |m| m.name.clone()),
                device_of: roster.key(key).map_or_else(|| format!("key {}", key.short()), |(m, _)| m.name.clone()),
                note: note.clone(),
            })
        });
        shown.collect()
    }

    /// In one line, for people.
    pub(crate) fn line(&self) -> String {
        let Self { condition, by, device_of, note, .. } = self;
        format!("Condition met: {condition}; said by {by}, recorded by the device of {device_of}: {note}")
    }
}
