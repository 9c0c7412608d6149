//! By what minutes are approved, and which section a correction is about.
use domain::correction::MinutesSection;

use super::{Language, Words};

impl Words {
    /// "No correction was open at the deadline, 25 Nov 2026, 15:00 CET; …"
    pub(in crate::minutes) fn approved_at_deadline(self, deadline: &str, said: &str) -> String {
        match self.language {
            Language::English => {
                format!("Approved: no open correction at the deadline, {deadline}. Recorded by {said}.")
            }
            Language::German => {
                format!("Genehmigt: keine offene Berichtigung am Ende der Frist, {deadline}. Vermerkt von {said}.")
            }
        }
    }

    pub(in crate::minutes) fn approved_by_meeting(self, title: &str, day: &str, said: &str) -> String {
        match self.language {
            Language::English => format!("Approved by the next meeting: {title}, {day}. Recorded by {said}."),
            Language::German => {
                format!("Genehmigt durch die nächste Sitzung: {title}, {day}. Vermerkt von {said}.")
            }
        }
    }

    pub(in crate::minutes) fn sealed_at_the_close(self) -> String {
        self.either(
            "Sealed by the chair at the close: the policy asks for no approval before.",
            "Vom Vorsitz mit dem Schluss der Sitzung versiegelt: Die Richtlinie verlangt vorher keine Genehmigung.",
        )
        .to_owned()
    }

    pub(in crate::minutes) fn not_approved(self) -> String {
        self.either(
            "Not approved: the policy asks for an approval that the record does not hold.",
            "Nicht genehmigt: Die Richtlinie verlangt eine Genehmigung, die in den Einträgen fehlt.",
        )
        .to_owned()
    }

    /// Of a draft, what comes next; with a deadline until when corrections may be asked for.
    pub(in crate::minutes) fn still_a_draft(self, deadline: Option<&str>) -> String {
        match (self.language, deadline) {
            (Language::English, Some(until)) => {
                format!("A draft. Corrections may be asked for until {until}; it is approved then, once none is open.")
            }
            (Language::English, None) => "A draft. Corrections may be asked for until it is approved.".to_owned(),
            (Language::German, Some(until)) => format!(
                "Ein Entwurf. Berichtigungen können bis {until} beantragt werden; genehmigt wird er danach, sobald keine offen ist."
            ),
            (Language::German, None) => {
                "Ein Entwurf. Berichtigungen können beantragt werden, bis er genehmigt ist.".to_owned()
            }
        }
    }

    /// Of a draft that the chair may seal without more.
    pub(in crate::minutes) fn draft_until_sealed(self) -> String {
        self.either(
            "A draft. Corrections may be asked for until the chair seals it.",
            "Ein Entwurf. Berichtigungen können beantragt werden, bis der Vorsitz ihn versiegelt.",
        )
        .to_owned()
    }

    pub(in crate::minutes) fn minutes_section(self, section: MinutesSection) -> &'static str {
        match section {
            MinutesSection::Attendance => self.either("Attendance", "Anwesenheit"),
            MinutesSection::Quorum => self.either("Quorum", "Beschlussfähigkeit"),
            MinutesSection::Actions => self.either("Actions", "Maßnahmen"),
            MinutesSection::Other => self.either("Other", "Sonstiges"),
        }
    }

    /// Who said something, when, and why where they said why.
    pub(in crate::minutes) fn said_why(self, name: &str, at: &str, why: &str) -> String {
        let why = why.trim();
        if why.is_empty() { format!("{name}, {at}") } else { format!("{name}, {at}: {why}") }
    }
}
