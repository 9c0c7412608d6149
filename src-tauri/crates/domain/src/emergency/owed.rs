//! What an emergency still owes, and by when.
use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};

use super::{Emergency, EmergencyRules, REVIEW, is_provisional};
use crate::ids::{ChangeKey, EntryId};
use crate::plan::PlanSection;

/// Something that is owed by a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The declaration it follows from.
    pub declaration: EntryId,
    /// The change, or its provisional key.
    pub change: ChangeKey,
    /// Which: `binding`, `review`, `root_cause`, or the clause that waits.
    pub id: String,
    /// The clause that asks for it.
    pub clause: String,
    /// What is owed, in words.
    pub what: String,
    /// By when.
    pub due: DateTime<Utc>,
    /// What shows that it is done; `None` while it is open.
    pub met: Option<String>,
}

impl Owed {
    /// Whether it is open and its time is over.
    #[must_use]
    pub fn overdue(&self, now: DateTime<Utc>) -> bool {
        self.met.is_none() && now > self.due
    }
}

/// The emergencies before this one that it repeats: of the same change, incident or service, within the policy's days
/// (R67).
pub fn repeats<'e>(
    emergency: &'e Emergency,
    all: impl IntoIterator<Item = &'e Emergency>,
    days: u32,
) -> impl Iterator<Item = &'e Emergency> {
    let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
    let since =
        emergency.claimed.checked_sub_signed(Duration::days(i64::from(days))).unwrap_or(DateTime::<Utc>::MIN_UTC);
    all.into_iter().filter(move |before| {
        let earlier = (before.claimed, before.entry) < (emergency.claimed, emergency.entry);
        let (one, other) = (&before.body, &emergency.body);
        let alike = before.about() == emergency.about()
            || same(&one.incident, &other.incident)
            || same(&one.breaks, &other.breaks);
        earlier && before.claimed >= since && alike
    })
}

/// Everything that follows from a declaration under the policy it names, what is due first. `kept` are the clauses whose
/// gates the ticket passes by now: of them nothing is owed.
#[must_use]
pub fn owed<'e>(
    emergency: &'e Emergency,
    all: impl IntoIterator<Item = &'e Emergency>,
    rules: &EmergencyRules,
    kept: &BTreeSet<String>,
) -> Vec<Owed> {
    let said = |id: &str| emergency.met.get(id).map(|(_, note)| note.clone());
    let one = |id: &str, clause: &str, what: String, due: DateTime<Utc>, met: Option<String>| Owed {
        declaration: emergency.entry,
        change: emergency.about().clone(),
        id: id.to_owned(),
        clause: clause.to_owned(),
        what,
        due,
        met,
    };
    let declared = emergency.claimed;
    let latest = after(declared, Duration::days(LONGEST_DAYS));
    let over = emergency.body.window.end.clamp(declared, latest);
    let mut found = Vec::new();
    if is_provisional(&emergency.body.change) {
        let what = format!("A ticket for {}", emergency.body.change);
        let met = emergency.bound.as_ref().map(|bound| format!("bound to {}", bound.change));
        found.push(one("binding", "R11", what, after(declared, Duration::hours(i64::from(rules.bind_hours))), met));
    }
    let wait = after(declared, Duration::days(i64::from(rules.deferred_days)));
    for clause in rules.waiting().filter(|clause| !kept.contains(*clause)) {
        found.push(one(clause, clause, words(clause), wait, said(clause)));
    }
    let review = after(over, Duration::days(i64::from(rules.review_days)));
    found.push(one(REVIEW, "R66", "The review after it".to_owned(), review, said(REVIEW)));
    let mut before: Vec<String> =
        repeats(emergency, all, rules.repeat_days).map(|one| one.about().to_string()).collect();
    if !before.is_empty() {
        before.sort();
        before.dedup();
        let what = format!("The root cause: it repeats {}", before.join(", "));
        found.push(one("root_cause", "R67", what, review, said("root_cause")));
    }
    found.sort_by(|a, b| (a.due, &a.id).cmp(&(b.due, &b.id)));
    found
}

/// For how many days an emergency goes on at most, as the date of its review takes it: a window without an end puts off
/// nothing.
const LONGEST_DAYS: i64 = 7;

/// A time so much later, or the last there is: what others wrote may be any number.
fn after(time: DateTime<Utc>, later: Duration) -> DateTime<Utc> {
    time.checked_add_signed(later).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// What a clause that waits asks for.
fn words(clause: &str) -> String {
    match PlanSection::ALL.into_iter().find(|section| section.clause() == clause) {
        Some(section) => format!("The plan: {}", section.title()),
        None => format!("What {clause} asks for"),
    }
}
