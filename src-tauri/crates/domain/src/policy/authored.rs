//! A policy as people write it: `policy.toml`, with comments, in any order (R112). Adoption compiles it to [`Policy`], whose
//! canonical JSON is what entries name.
//!
//! Whatever is wrong is told at once, each with its line and the mend; what is no setting is never passed over, since a
//! misspelt rule would be a rule that is not there.
use serde::{Deserialize, Serialize};
use specta::Type;
use toml::de::DeTable;

use super::{Policy, PolicyError, Strength};
use crate::text::invisible::{code_point, invisible};

mod coverage;
mod described;
mod freezes;
mod propose;
mod read;
mod regions;
mod risk;
mod settings;
#[cfg(test)]
mod tests;
mod types;
mod write;

pub use described::{SettingInWords, SettingsSection, describe};
pub use propose::with_settings;
pub use write::{freeze_rows, write};

/// The most bytes that are read.
pub const MOST_BYTES: usize = 256 * 1024;

/// The most characters of a line of text, such as the reason of a freeze.
pub const LONGEST_LINE: usize = 200;

/// The most problems that are told at once.
const MOST_PROBLEMS: usize = 50;

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Problem {
    /// Counted from 1.
    pub line: u32,
    /// In characters, counted from 1.
    pub column: u32,
    /// The path of the setting, `quorum.formula`, with rows counted from 1, `freezes[2].end`; empty: the text itself.
    pub path: String,
    /// What is wrong, and the mend.
    pub what: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.what)
    }
}

/// The shipped `policy.toml` of this strength, with its comments.
#[must_use]
pub fn pack(strength: Strength) -> &'static str {
    match strength {
        Strength::Observe => include_str!("packs/observe.toml"),
        Strength::Starter => include_str!("packs/starter.toml"),
        Strength::Full => include_str!("packs/full.toml"),
    }
}

/// Reads a `policy.toml`.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn parse(text: &str) -> Result<Policy, Vec<Problem>> {
    let mut report = Report::of(text);
    if text.len() > MOST_BYTES {
        let kib = MOST_BYTES / 1024;
        report.at(0, "", format!("the text has {} bytes; a policy has {kib} KiB at most", text.len()));
        return Err(report.told());
    }
    for (at, c) in text.char_indices() {
        let begins = at == 0 && c == '\u{FEFF}';
        if invisible(c) && c != '\r' && !begins {
            report.at(
                at,
                "",
                format!("an invisible character ({}) hides or reorders what is read; remove it", code_point(c)),
            );
        }
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        report.at(error.span().map_or(0, |span| span.start), "", read::syntax(error.message()));
    }
    // What follows from a line that was not understood would be said of something else.
    if report.is_bad() {
        return Err(report.told());
    }
    let json = read::table(root.get_ref(), 0, "", settings::SETTINGS, &mut report);
    let (Some(json), false) = (json, report.is_bad()) else { return Err(report.told()) };
    let policy: Policy = match serde_json::from_value(json) {
        Ok(policy) => policy,
        Err(error) => {
            report.at(0, "", error.to_string());
            return Err(report.told());
        }
    };
    freezes::check(root.get_ref(), &policy.freezes, &mut report);
    coverage::check(root.get_ref(), &policy.coverage, &mut report);
    regions::check(root.get_ref(), &policy.regions, &mut report);
    types::check(root.get_ref(), &policy.types, &mut report);
    risk::check(root.get_ref(), &policy.risk, &mut report);
    if report.is_bad() {
        return Err(report.told());
    }
    if let Err(error) = policy.check() {
        let key = field_of(&error);
        report.at(root.get_ref().get(key).map_or(0, |value| value.span().start), key, error.to_string());
        return Err(report.told());
    }
    Ok(policy)
}

/// The setting that a policy's own check speaks of.
fn field_of(error: &PolicyError) -> &'static str {
    match error {
        PolicyError::Percent { field, .. } | PolicyError::Empty { field } | PolicyError::Twice { field, .. } => field,
        PolicyError::NotMaterial { setting, .. } => setting,
        PolicyError::Freeze { .. } => "freezes",
        PolicyError::NeverWaived { .. } => "waivable",
        PolicyError::Dispensing => "dispensation_roles",
        PolicyError::Department { .. } => "departments",
        PolicyError::Delegated { .. } => "chains",
        PolicyError::Hours(_) => "hours",
        PolicyError::Ladder(_) => "ladder",
        PolicyError::Coverage { .. } => "coverage",
        PolicyError::Region { .. } => "regions",
        PolicyError::NoTest { .. } | PolicyError::LeadTime { .. } => "types",
        PolicyError::Risk(_) => "risk",
        PolicyError::Schema { .. } => "schema",
    }
}

/// What was found, by the place in the text.
struct Report<'t> {
    text: &'t str,
    found: Vec<(usize, String, String)>,
    left_out: usize,
}

impl<'t> Report<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, found: Vec::new(), left_out: 0 }
    }

    fn at(&mut self, at: usize, path: &str, what: impl Into<String>) {
        if self.found.len() < MOST_PROBLEMS {
            self.found.push((at, path.to_owned(), what.into()));
        } else {
            self.left_out += 1;
        }
    }

    fn is_bad(&self) -> bool {
        !self.found.is_empty()
    }

    fn told(mut self) -> Vec<Problem> {
        self.found.sort();
        if self.left_out > 0 {
            let what = format!("and {} more; mend those above first", self.left_out);
            self.found.push((self.text.len(), String::new(), what));
        }
        let text = self.text;
        let problem = |(at, path, what): (usize, String, String)| {
            let (line, column) = position(text, at);
            Problem { line, column, path, what }
        };
        self.found.into_iter().map(problem).collect()
    }
}

/// Line and column of a byte of the text, counted from 1.
fn position(text: &str, at: usize) -> (u32, u32) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default().trim_start_matches('\u{FEFF}');
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (number(line), number(last.chars().count() + 1))
}
