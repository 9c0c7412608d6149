//! Sentences about a change: circulars, rulings, dispensations, emergencies, late answers, and what was delegated.
use chrono_tz::Tz;
use domain::chain::{Breach, Ended, ReleaseType};
use domain::circular::Ratification;
use domain::dispensation::{Dispensation, Grant};
use domain::emergency::{Emergency, Owed, Rollback};
use domain::gate::SLOT;
use domain::ids::{ChangeKey, Digest, MeetingId, MemberId};
use domain::ledger::{ConditionState, Ledger};
use domain::risk::RiskLevel;
use domain::ruling::Ruled;
use domain::text::mark_invisible;

use super::{Language, Words};
use crate::conditions::one_line;
use crate::dispensations::{back, in_words};

impl Words {
    /// What came of a resolution that was carried, and what follows.
    pub(in crate::minutes) fn follows(self, ledger: &Ledger, then: Ratification) -> String {
        let title =
            |id: MeetingId| ledger.meetings.get(&id).map_or_else(|| id.to_string(), |m| one_line(&m.agenda.title));
        match (self.language, then) {
            (Language::English, _) => crate::circulars::follows(ledger, then),
            (Language::German, Ratification::Awaited) => {
                "Noch nicht bestätigt: Der Beschluss gilt und steht zuoberst auf der nächsten Tagesordnung.".to_owned()
            }
            (Language::German, Ratification::Ratified(meeting)) => {
                format!("Bestätigt durch \u{201e}{}\u{201c}.", title(meeting))
            }
            (Language::German, Ratification::NotRatified(meeting, kind)) => format!(
                "Nicht bestätigt: \u{201e}{}\u{201c} entschied: {}. Die Genehmigung endete mit dieser Entscheidung, und auf \
                 ihrer Grundlage geht nichts mehr hinaus. Was auf ihrer Grundlage bereitgestellt wurde, bleibt als so \
                 bereitgestellt verzeichnet; es wird zurückgenommen oder dem Gremium erneut vorgelegt.",
                title(meeting),
                self.decided(kind)
            ),
        }
    }

    pub(in crate::minutes) fn ratifies(self) -> &'static str {
        self.either("This meeting ratifies it.", "Diese Sitzung bestätigt den Beschluss.")
    }

    pub(in crate::minutes) fn did_not_decide(self, follows: &str) -> String {
        let said = self.either("This meeting did not decide on it.", "Diese Sitzung hat darüber nicht entschieden.");
        format!("{said} {follows}")
    }

    pub(in crate::minutes) fn decided_in_writing(self, at: &str, tally: &str) -> String {
        match self.language {
            Language::English => format!("Decided in writing between meetings, on {at}: {tally}."),
            Language::German => format!("Zwischen den Sitzungen schriftlich beschlossen am {at}: {tally}."),
        }
    }

    pub(in crate::minutes) fn asked_in_writing(self, by: &str, (at, until): (&str, &str), question: &str) -> String {
        match self.language {
            Language::English => format!("Asked in writing by {by} on {at}, until {until}: {question}"),
            Language::German => format!("Schriftlich gefragt durch {by} am {at}, Frist bis {until}: {question}"),
        }
    }

    pub(in crate::minutes) fn silent(self, names: &str) -> String {
        format!("{} {names}.", self.either("Silent, which is no yes:", "Ohne Antwort, was keine Zustimmung ist:"))
    }

    pub(in crate::minutes) fn barred(self, names: &str) -> String {
        let said =
            self.either("Not asked, since it is their own change:", "Nicht gefragt, da es ihr eigener Change ist:");
        format!("{said} {names}.")
    }

    /// An edit that was ruled immaterial.
    pub(in crate::minutes) fn ruling(self, ruled: &Ruled<'_>, name: &dyn Fn(MemberId) -> String) -> String {
        let fields = self.fields(&ruled.chair.body.fields);
        let (chair, second) = (name(ruled.chair.actor), name(ruled.second.actor));
        let mut reasons = vec![mark_invisible(ruled.chair.body.reason.trim())];
        if ruled.second.body.reason.trim() != ruled.chair.body.reason.trim() {
            reasons.push(mark_invisible(ruled.second.body.reason.trim()));
        }
        let reasons = reasons.join(" / ");
        match self.language {
            Language::English => format!(
                "The edit of {fields} after it was signed was ruled immaterial by {chair} (chair) and {second}: {reasons}"
            ),
            Language::German => format!(
                "Die Bearbeitung nach der Freigabe ({fields}) wurde von {chair} (Vorsitz) und {second} für unwesentlich \
                 erklärt: {reasons}"
            ),
        }
    }

    /// A waiver, an override or an exception, by whom, until when, why, and who took their word back.
    pub(in crate::minutes) fn dispensation(
        self,
        dispensation: &Dispensation,
        ledger: &Ledger,
        zone: Tz,
        name: &dyn Fn(MemberId) -> String,
    ) -> String {
        if self.language == Language::English {
            return in_words(dispensation, ledger, zone, name);
        }
        let grant = &dispensation.grant;
        let what = match grant {
            Grant::Waiver(body) => match body.gate.strip_prefix(SLOT) {
                Some(department) => format!("Verzicht auf die Freigabe für {} ({})", department.trim(), body.clause),
                None => format!("Verzicht auf die Prüfung {} ({})", body.gate, body.clause),
            },
            Grant::Override(body) => {
                format!("Abweichende Risikostufe, statt {} nun {}", self.level(body.from), self.level(body.to))
            }
            Grant::Exception(body) => format!("Ausnahme von der Sperrzeit {}", body.freeze),
        };
        let second = dispensation.seconds.iter().find(|second| second.withdrawn.is_none());
        let seconded = match second {
            Some(second) => format!(", mitgetragen von {}", name(second.actor)),
            None if grant.takes_two() => ", nicht mitgetragen und daher nicht in Kraft".to_owned(),
            None => String::new(),
        };
        let until = grant.until().map_or_else(String::new, |at| format!(", gültig bis {}", self.local(at, zone)));
        let withdrawn = if dispensation.withdrawn.is_some() { ", seither zurückgenommen" } else { "" };
        let mut reasons = vec![one_line(grant.reason())];
        reasons.extend(second.map(|second| one_line(&second.reason)).filter(|reason| !reason.is_empty()));
        let by = name(dispensation.actor);
        let said = format!("{what} durch {by}{seconded}{until}{withdrawn}: {}", reasons.join(" / "));
        let backs = back(dispensation).map(|(who, entry)| {
            let why = ledger.taken_back.get(&entry).map_or_else(String::new, |back| one_line(&back.reason));
            let why = if why.is_empty() { why } else { format!(": {why}") };
            mark_invisible(&format!("zurückgenommen durch {}{why}", name(who)))
        });
        std::iter::once(mark_invisible(&said)).chain(backs).collect::<Vec<_>>().join("; ")
    }

    /// Who declared an emergency, and what was said then.
    pub(in crate::minutes) fn declared(self, one: &Emergency, by: &str, zone: Tz) -> String {
        let body = &one.body;
        let own = body.change != *one.about();
        let at = self.local(one.claimed, zone);
        let (incident, breaks) = (one_line(&body.incident), one_line(&body.breaks));
        let (consulted, deployer) = (one_line(&body.consulted), one_line(&body.deployer));
        match self.language {
            Language::English => {
                let key = if own { format!(" as {}", body.change) } else { String::new() };
                format!(
                    "Declared an emergency{key} by {by} (Service Manager) on {at}: it corrects an error, in the current \
                     release, with major impact on the business; incident {incident}. Broken: {breaks}. Consulted: \
                     {consulted}. Deployed by {deployer}."
                )
            }
            Language::German => {
                let key = if own { format!(" (als {})", body.change) } else { String::new() };
                format!(
                    "Zum Notfall erklärt{key} durch {by} ({}) am {at}: behebt einen Fehler, in der laufenden Version, mit \
                     erheblicher Auswirkung auf das Geschäft; Störung {incident}. Gestört: {breaks}. Konsultiert: \
                     {consulted}. Bereitgestellt durch {deployer}.",
                    self.role(domain::roster::Role::ServiceManager)
                )
            }
        }
    }

    /// What an emergency owes.
    pub(in crate::minutes) fn owed(self, owed: &Owed, zone: Tz) -> String {
        let done = self.either("done", "erledigt");
        let state = match &owed.met {
            Some(note) => format!("{done}: {}", self.owed_met(owed, note)),
            None => self.open().to_owned(),
        };
        let by = self.either("Owed by", "Geschuldet bis");
        format!("{by} {}: {} ({}): {state}", self.local(owed.due, zone), self.owed_what(owed), owed.clause)
    }

    pub(in crate::minutes) fn owed_by_policy(self, policy: Digest) -> String {
        match self.language {
            Language::English => format!("What it owes by when policy {} says.", policy.short()),
            Language::German => format!("Was bis wann geschuldet ist, bestimmt die Richtlinie {}.", policy.short()),
        }
    }

    /// What was taken back after a deployment, and what was found out since.
    pub(in crate::minutes) fn taken_back(self, back: &Rollback, zone: Tz, name: &dyn Fn(MemberId) -> String) -> String {
        let after = back.revalidated.as_ref().map_or_else(
            || {
                let said = self.either(
                    "Not deployed again until it is revalidated.",
                    "Keine erneute Bereitstellung vor erneuter Prüfung.",
                );
                said.to_owned()
            },
            |again| {
                let (cause, note) = (one_line(&again.root_cause), one_line(&again.note));
                let by = self.either("Revalidated by", "Erneut geprüft durch");
                format!("{by} {}: {cause}; {note}", name(again.actor))
            },
        );
        let (at, incident) = (self.local(back.at, zone), one_line(&back.incident));
        match self.language {
            Language::English => format!("Taken back on {at}; incident {incident}. {after}"),
            Language::German => format!("Zurückgenommen am {at}; Störung {incident}. {after}"),
        }
    }

    /// An answer that came late, or is still owed.
    pub(in crate::minutes) fn breach(self, breach: &Breach, zone: Tz, name: &dyn Fn(MemberId) -> String) -> String {
        if self.language == Language::English {
            return crate::breaches::in_words(breach, zone, name);
        }
        let late = self.worked(breach.late.minutes);
        let end = match (breach.late.ended, breach.by) {
            (Ended::Answered(at), Some(by)) => {
                format!("{} gab sie am {}, {late} zu spät", name(by), self.local(at, zone))
            }
            (Ended::Answered(at), None) => format!("sie wurde am {} gegeben, {late} zu spät", self.local(at, zone)),
            (Ended::Over(at), _) => {
                let at = self.local(at, zone);
                format!("niemand gab sie, bevor das Gremium am {at} neu entschied, {late} danach")
            }
            (Ended::Open, _) => format!("niemand hat sie bisher gegeben, {late} danach"),
        };
        let what = match &breach.department {
            Some(department) => format!("Freigabe für {department}"),
            None => "entscheidende Freigabe".to_owned(),
        };
        let (asked, until) = (self.local(breach.late.asked, zone), self.local(breach.late.until, zone));
        mark_invisible(&format!("{}: Die {what} wurde am {asked} erbeten, Frist bis {until}; {end}.", breach.change))
    }

    /// A span of working time, in German; the English one is the chase's own.
    fn worked(self, minutes: i64) -> String {
        let minutes = usize::try_from(minutes).unwrap_or_default();
        let hours = |n: usize| self.counted(n, ("working hour", "working hours"), ("Arbeitsstunde", "Arbeitsstunden"));
        match (minutes / 60, minutes % 60) {
            (0, n) => self.counted(n, ("working minute", "working minutes"), ("Arbeitsminute", "Arbeitsminuten")),
            (n, 0) => hours(n),
            (n, rest) => format!("{} {}", hours(n), self.counted(rest, ("minute", "minutes"), ("Minute", "Minuten"))),
        }
    }

    /// What an authority signed off without the board.
    pub(in crate::minutes) fn delegated(self, change: &ChangeKey, by: &str, at: &str, level: RiskLevel) -> String {
        let level = self.level(level);
        match self.language {
            Language::English => {
                format!("{change}: {by} signed it off on {at} at {level} risk, without a decision of the board.")
            }
            Language::German => format!(
                "{change}: freigegeben durch {by} am {at} bei Risikostufe {level}, ohne Entscheidung des Gremiums."
            ),
        }
    }

    /// After-care that what was delegated owes.
    pub(in crate::minutes) fn after_care(self, change: &ChangeKey, owed: &ConditionState) -> String {
        let releases: Vec<&str> = owed.releases.iter().map(|release: &ReleaseType| self.release(*release)).collect();
        let releases = releases.join(", ");
        let state = if owed.met.is_some() { self.either("met", "erfüllt") } else { self.open() };
        let (text, owner) = (one_line(&owed.condition.text), one_line(&owed.condition.owner));
        match self.language {
            Language::English => format!(
                "{change}: after the deployment, where such a release is delegated ({releases}): {text}, owed by {owner}, \
                 {state}."
            ),
            Language::German => format!(
                "{change}: nach der Bereitstellung, sofern ein solches Release delegiert ist ({releases}): {text}, \
                 geschuldet von {owner}, {state}."
            ),
        }
    }
}
