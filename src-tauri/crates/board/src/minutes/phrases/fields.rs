//! The names of a change's fields, as a ruling on an edit names them.
use domain::plan::PlanSection;
use domain::text::mark_invisible;

use super::{Language, Words};

impl Words {
    /// The names of fields, after each other.
    pub(super) fn fields(self, fields: &[String]) -> String {
        match self.language {
            Language::English => crate::rulings::labels(fields),
            Language::German => fields.iter().map(|field| german(field)).collect::<Vec<_>>().join(", "),
        }
    }
}

impl Words {
    /// A field by its id, which the window calls by this label.
    pub(crate) fn field(self, field: &str, label: &str) -> String {
        match self.language {
            Language::English => label.to_owned(),
            Language::German => german(field),
        }
    }

    /// The name of a section of the plan.
    pub(in crate::minutes) fn plan_section(self, part: PlanSection) -> &'static str {
        self.either(part.title(), section(part))
    }

    /// That a member says of something recorded in their name that it was not so, and what was instead.
    pub(in crate::minutes) fn contests(self, who: &str, what: &str, instead: Option<&str>) -> String {
        let says = self.either("contests what was recorded", "bestreitet, was festgehalten wurde");
        let instead = instead.map_or_else(String::new, |instead| format!("; {}", mark_invisible(instead)));
        format!("{who} {says}: {what}{instead}")
    }
}

/// A field that is not known keeps its own name.
fn german(field: &str) -> String {
    if let Some(word) = field.strip_prefix("plan.") {
        let found = PlanSection::ALL.into_iter().find(|known| crate::changes::section_word(*known) == word);
        return match found {
            Some(known) => format!("Plan: {}", section(known)),
            None => format!("Plan: {}", mark_invisible(word)),
        };
    }
    if let Some(id) = field.strip_prefix("defect.") {
        return format!("Verknüpfter Fehler #{id}");
    }
    if let Some(name) = field.strip_prefix("attachment.") {
        return format!("Anlage {}", mark_invisible(name));
    }
    let known = match field {
        "title" => "Titel",
        "kind" => "Art des Changes",
        "description" => "Beschreibung",
        "reason" => "Begründung",
        "affected_systems" => "Betroffene Systeme",
        "affected_applications" => "Betroffene Anwendungen",
        "affected_data" => "Betroffene Daten",
        "security_scan_status" => "Status der Sicherheitsprüfung",
        "security_scan_results" => "Ergebnisse der Sicherheitsprüfung",
        "environment" => "Umgebung",
        "source_branch" => "Quellzweig",
        "artifact_digest" => "Prüfsumme des Artefakts",
        "service" => "Dienst",
        "deployment_method" => "Art der Bereitstellung",
        "rollback_evidence" => "Nachweis der Rücknahme",
        "incident" => "Störung",
        "window.start" => "Zeitfenster: Beginn",
        "window.end" => "Zeitfenster: Ende",
        "window.zone" => "Zeitfenster: Zeitzone",
        "requester" => "Antragsteller",
        "author" => "Autor",
        "deployer" => "Ausführender",
        "technical_lead" => "Technische Entwicklungsleitung",
        "release_manager" => "Release-Management",
        "version" => "Version",
        "repository" => "Repository",
        "commit" => "Commit",
        other => return mark_invisible(other),
    };
    known.to_owned()
}

fn section(section: PlanSection) -> &'static str {
    match section {
        PlanSection::Approach => "Vorgehen",
        PlanSection::Prerequisites => "Voraussetzungen",
        PlanSection::Method => "Art der Bereitstellung",
        PlanSection::ConfigurationItems => "Konfigurationselemente",
        PlanSection::Training => "Schulung",
        PlanSection::Roles => "Rollen und Zuständigkeiten",
        PlanSection::Backout => "Rücknahmeplan",
        PlanSection::Testing => "Tests",
        PlanSection::Communication => "Kommunikation",
        PlanSection::Timing => "Zeitplan",
        PlanSection::RiskManagement => "Risikomanagement",
        PlanSection::Documentation => "Dokumentation",
        PlanSection::RelatedChanges => "Verwandte Changes, bekannte Fehler und Probleme",
    }
}
