//! The summary, and what happened since the last meeting.

use crate::language::Language;
use crate::model::Since;

phrases! {
    summary: "Summary", "Zusammenfassung";
    by_decision: "Items by decision", "Punkte nach Entscheidung";
    by_risk: "Items by risk", "Punkte nach Risiko";
    not_scored: "Not scored", "Nicht bewertet";
    decisions: "Decisions", "Entscheidungen";
    overdue: "Overdue", "Überfällig";
    none_overdue: "By the record, nothing that was owed by a date is overdue.",
        "Nach den Einträgen ist nichts überfällig, was bis zu einem Tag geschuldet war.";
    since_last: "Since the last meeting", "Seit der letzten Sitzung";
    conditions_opened: "Conditions opened", "Neue Auflagen";
    no_conditions: "No condition was opened.", "Es wurde keine Auflage gemacht.";
    obligation: "What is owed", "Was geschuldet ist";
    emergencies_since: "Emergencies since the last meeting", "Notfälle seit der letzten Sitzung";
    deployments_since: "Deployments taken back, failed, or let through against the gate",
        "Zurückgenommene, fehlgeschlagene oder trotz Sperre erfolgte Bereitstellungen";
    remarks_made: "Noted on the meeting", "Zur Sitzung vermerkt";
}

impl Language {
    /// How many items the meeting had.
    pub(crate) fn items(self, count: usize) -> String {
        match (self, count) {
            (Self::English, 1) => "1 item.".to_owned(),
            (Self::English, _) => format!("{count} items."),
            (Self::German, 1) => "1 Punkt.".to_owned(),
            (Self::German, _) => format!("{count} Punkte."),
        }
    }

    /// How many conditions were opened, and when each kind has to be met.
    pub(crate) fn opened(self, before: usize, after: usize) -> String {
        let count = before + after;
        let (before_words, after_words) = (self.before_deployment(), self.after_deployment());
        match (self, count) {
            (Self::English, 1) => format!("1 condition: {before} {before_words}, {after} {after_words}."),
            (Self::English, _) => format!("{count} conditions: {before} {before_words}, {after} {after_words}."),
            (Self::German, 1) => format!("1 Auflage: {before} {before_words}, {after} {after_words}."),
            (Self::German, _) => format!("{count} Auflagen: {before} {before_words}, {after} {after_words}."),
        }
    }

    /// How much of what was owed is overdue.
    pub(crate) fn overdue_count(self, count: usize) -> String {
        match (self, count) {
            (Self::English, 1) => "1 obligation is overdue by the record.".to_owned(),
            (Self::English, _) => format!("{count} obligations are overdue by the record."),
            (Self::German, 1) => "Nach den Einträgen ist 1 Verpflichtung überfällig.".to_owned(),
            (Self::German, _) => format!("Nach den Einträgen sind {count} Verpflichtungen überfällig."),
        }
    }

    /// Of how many another policy says by when they owe something.
    pub(crate) fn untold(self, count: u32) -> String {
        match (self, count) {
            (Self::English, 1) => {
                "Not counted: by when 1 emergency or deployment owes something an older policy says.".to_owned()
            }
            (Self::English, _) => {
                format!("Not counted: by when {count} emergencies or deployments owe something an older policy says.")
            }
            (Self::German, 1) => {
                "Nicht mitgezählt: Bis wann 1 Notfall oder Bereitstellung etwas schuldet, sagt eine ältere Richtlinie."
                    .to_owned()
            }
            (Self::German, _) => format!(
                "Nicht mitgezählt: Bis wann {count} Notfälle oder Bereitstellungen etwas schulden, bestimmt eine ältere \
                 Richtlinie."
            ),
        }
    }

    /// Those that the summary has no room for.
    pub(crate) fn more_conditions(self, count: usize) -> String {
        match (self, count) {
            (Self::English, 1) => "1 more stands with its item.".to_owned(),
            (Self::English, _) => format!("{count} more stand with their items."),
            (Self::German, 1) => "1 weitere steht bei ihrem Punkt.".to_owned(),
            (Self::German, _) => format!("{count} weitere stehen bei ihren Punkten."),
        }
    }

    /// What happened since the last meeting, in numbers: of emergencies and deployments, then of what was set aside.
    pub(crate) fn happened(self, since: &Since) -> [String; 2] {
        let Since { emergencies, taken_back, failed, against_the_gate, exceptions, overrides, waivers } = since;
        match self {
            Self::English => [
                format!(
                    "Emergencies: {emergencies}. Deployments taken back: {taken_back}, failed: {failed}, let through against \
                     the gate: {against_the_gate}."
                ),
                format!("Freeze exceptions: {exceptions}, overrides of risk: {overrides}, waivers: {waivers}."),
            ],
            Self::German => [
                format!(
                    "Notfälle: {emergencies}. Bereitstellungen zurückgenommen: {taken_back}, fehlgeschlagen: {failed}, trotz \
                     Sperre erfolgt: {against_the_gate}."
                ),
                format!(
                    "Ausnahmen von Sperrzeiten: {exceptions}, Übersteuerungen des Risikos: {overrides}, Befreiungen: {waivers}."
                ),
            ],
        }
    }

    /// When somebody who came was out in between.
    pub(crate) fn away(self, times: &[String]) -> String {
        let times = times.join(", ");
        match self {
            Self::English => format!("away {times}"),
            Self::German => format!("abwesend {times}"),
        }
    }
}
