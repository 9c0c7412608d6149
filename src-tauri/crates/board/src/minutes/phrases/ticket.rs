//! What a decision says on its ticket, beside its extract.
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::entry::Attestation;
use domain::meeting::{Basis, ConditionTime, Decision, DecisionKind};
use domain::roster::Role;

use super::{Language, Words};

impl Words {
    /// "Decision of the board: Deferred to Monday".
    pub(crate) fn decision_of(self, board: &str, decision: &Decision) -> String {
        let kind = match self.language {
            Language::English => decision.kind.words(),
            Language::German => match decision.kind {
                DecisionKind::Approved => "Genehmigt",
                DecisionKind::ApprovedWithConditions => "Mit Auflagen genehmigt",
                DecisionKind::Rejected => "Abgelehnt",
                DecisionKind::Deferred => "Vertagt",
                DecisionKind::MoreInformation => "Weitere Angaben nötig",
                DecisionKind::Withdrawn => "Zurückgezogen",
                DecisionKind::NoDecision => "Keine Entscheidung",
            },
        };
        let to = if decision.kind == DecisionKind::Deferred && !decision.deferred_to.is_empty() {
            format!(" {}", self.put_off(&decision.deferred_to))
        } else {
            String::new()
        };
        format!("{} {board}: {kind}{to}", self.either("Decision of", "Entscheidung von"))
    }

    /// The meeting and when it decided, with the label of the fact.
    pub(crate) fn decided_at(self, meeting: &str, at: DateTime<Utc>, zone: Tz) -> (&'static str, String) {
        (self.meeting(), format!("{meeting}, {}", self.local(at, zone)))
    }

    pub(crate) fn chair_label(self) -> &'static str {
        self.role(Role::Chair)
    }

    /// On what a decision rests, with the label of the fact.
    pub(crate) fn rests_on(self, basis: Basis) -> (&'static str, &'static str) {
        let (english, german) = match basis {
            Basis::Consent => ("consent: asked, no objection", "Konsens: gefragt, kein Widerspruch"),
            Basis::Vote => ("counted vote", "ausgezählte Abstimmung"),
            Basis::ChairRuling => ("the chair's ruling", "Entscheidung des Vorsitzes"),
            Basis::CircularResolution => (
                "circular resolution: votes in writing, of a majority of all entitled",
                "Umlaufbeschluss: schriftliche Stimmen, mit der Mehrheit aller Stimmberechtigten",
            ),
        };
        (self.either("Basis", "Grundlage"), self.either(english, german))
    }

    pub(crate) fn risk_label(self) -> &'static str {
        self.either("Risk", "Risiko")
    }

    /// A condition as one line: its text, its owner, when it is due.
    pub(crate) fn condition(self, text: &str, owner: &str, when: ConditionTime, due: &str) -> String {
        let when = match when {
            ConditionTime::Before => self.either("before implementation", "vor der Umsetzung"),
            ConditionTime::After => self.either("afterwards", "danach"),
        };
        let due = if due.is_empty() {
            String::new()
        } else {
            format!(", {} {}", self.either("due", "fällig"), self.due(due))
        };
        format!("{text} ({owner}, {when}{due})")
    }

    pub(crate) fn conditions_follow(self) -> &'static str {
        self.either("Conditions:", "Auflagen:")
    }

    pub(crate) fn signed_off_by(self) -> &'static str {
        self.either("Signed off by", "Freigegeben von")
    }

    /// Who signed off, in which role, and how it is known.
    pub(crate) fn signer(self, name: &str, role: Option<Role>, attestation: Attestation) -> String {
        let role = role.map_or_else(String::new, |role| format!(", {}", self.role(role)));
        format!("{name}{role} ({})", self.attested(attestation))
    }

    /// What heads the note of an approval that the policy's chain delegates.
    pub(crate) fn delegated_by(self, board: &str) -> String {
        let said =
            self.either("Approved without a meeting, as delegated by", "Ohne Sitzung genehmigt, wie delegiert von");
        format!("{said} {board}")
    }

    pub(crate) fn chain_delegates(self) -> &'static str {
        self.either(
            "The policy's chain delegates this change to an authority; the board has not decided on it.",
            "Die Kette der Richtlinie delegiert diesen Change an eine entscheidende Stelle; das Gremium hat darüber nicht \
             entschieden.",
        )
    }

    pub(crate) fn approved_by(self) -> &'static str {
        self.either("Approved by", "Genehmigt von")
    }

    pub(crate) fn signed_at(self) -> &'static str {
        self.either("Signed", "Signiert")
    }

    pub(crate) fn release_label(self) -> &'static str {
        self.either("Type of release", "Art des Release")
    }

    pub(crate) fn policy_label(self) -> &'static str {
        self.either("Policy", "Richtlinie")
    }

    pub(crate) fn sign_off_entry(self) -> &'static str {
        self.either("Sign-off, entry", "Freigabe, Eintrag")
    }

    pub(crate) fn extract_digest(self) -> &'static str {
        self.either("Extract of the minutes, SHA-256", "Auszug aus dem Protokoll, SHA-256")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_ticket_is_told_is_in_the_language_of_its_extract() {
        let both = |said: &dyn Fn(Words) -> String| [said(Words::ENGLISH), said(Words::GERMAN)];
        let before = ConditionTime::Before;
        assert_eq!(
            both(&|words| words.condition("Rehearse", "Ada", before, "2026-12-01")),
            [
                "Rehearse (Ada, before implementation, due Tue 1 Dec 2026)",
                "Rehearse (Ada, vor der Umsetzung, fällig Di., 1.12.2026)",
            ]
        );
        assert_eq!(
            both(&|words| words.condition("Rehearse", "Ada", ConditionTime::After, "")),
            ["Rehearse (Ada, afterwards)", "Rehearse (Ada, danach)"]
        );
        assert_eq!(
            both(&|words| words.signer("Ada", Some(Role::TechnicalLead), Attestation::Signed)),
            ["Ada, Technical Development Lead (signed)", "Ada, Technische Entwicklungsleitung (signiert)"]
        );
        for basis in [Basis::Consent, Basis::Vote, Basis::ChairRuling, Basis::CircularResolution] {
            let [english, german] = [Words::ENGLISH, Words::GERMAN].map(|words| words.rests_on(basis));
            assert!(english.0 != german.0 && english.1 != german.1, "{english:?}");
        }
        for said in [
            Words::risk_label,
            Words::conditions_follow,
            Words::signed_off_by,
            Words::chain_delegates,
            Words::approved_by,
            Words::signed_at,
            Words::release_label,
            Words::policy_label,
            Words::sign_off_entry,
            Words::extract_digest,
        ] {
            assert_ne!(said(Words::ENGLISH), said(Words::GERMAN));
        }
    }
}
