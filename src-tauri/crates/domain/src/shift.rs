//! Shifts of the implementation window that a policy tolerates (`record.md`, *Staleness people survive*): what was decided
//! and signed goes on speaking for a change whose window was moved a little, and in nothing else edited.
use chrono::Duration;

use crate::change::Window;
use crate::ids::Digest;

/// How far a window was moved, forwards or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Its start.
    pub start: Duration,
    /// Its end.
    pub end: Duration,
}

/// A shift since the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The content that was decided, with the window where it was.
    pub from: Digest,
    /// How far.
    pub shift: Shift,
}

impl Shift {
    /// The sentence people read.
    #[must_use]
    pub fn words(self) -> String {
        if self.start == self.end {
            return format!("The window was moved to {}, within the policy's tolerance.", side(self.start));
        }
        let (start, end) = (side(self.start), side(self.end));
        format!("The window was moved within the policy's tolerance: it begins {start} and ends {end}.")
    }
}

/// "20 minutes later"; a part of a minute counts as a whole one.
fn side(by: Duration) -> String {
    let seconds = by.num_seconds();
    let minutes = (seconds.abs() + 59) / 60;
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    match seconds.signum() {
        0 => "as decided".to_owned(),
        1 => format!("{minutes} {unit} later"),
        _ => format!("{minutes} {unit} earlier"),
    }
}

/// The shift from one window to another, where a tolerance of that many minutes covers it: neither start nor end is moved
/// further, the window grows by no more, and it is planned in the same zone.
#[must_use]
pub fn tolerated(before: &Window, after: &Window, minutes: u32) -> Option<Shift> {
    let tolerance = Duration::minutes(i64::from(minutes));
    let shift = Shift {
        start: after.start.signed_duration_since(before.start),
        end: after.end.signed_duration_since(before.end),
    };
    let moved = before.start != after.start || before.end != after.end;
    let near = shift.start.abs() <= tolerance && shift.end.abs() <= tolerance;
    let short = after.start <= after.end && near && shift.end - shift.start <= tolerance;
    (moved && short && before.zone == after.zone).then_some(shift)
}

/// Whether two windows have some time in common.
#[must_use]
pub fn overlap(one: &Window, other: &Window) -> bool {
    one.start < other.end && other.start < one.end
}

#[cfg(test)]
mod tests;
