//! What two people set aside.
use super::Report;
use crate::dispensations::in_words;

impl Report<'_> {
    /// Every waiver, override and exception, whether in force or not (R69); nothing where there is none.
    pub(super) fn set_aside(&mut self) {
        let all = self.ledger.dispensations.iter();
        let all = all.flat_map(|(change, all)| all.iter().map(move |dispensation| (change, dispensation)));
        let in_words = |dispensation| in_words(dispensation, self.ledger, chrono_tz::Tz::UTC, |id| self.name(id));
        let lines: Vec<String> =
            all.map(|(change, dispensation)| format!("{change}: {}", in_words(dispensation))).collect();
        if !lines.is_empty() {
            self.title("Waivers, overrides and exceptions");
            self.list(lines, "");
        }
    }
}
