//! What the board itself writes into minutes, extracts and annexes, in the language of its policy: dates, counts, kinds and
//! sentences. Whoever verifies a sealed file reads the same policy in its evidence, and so draws the same page.
//!
//! What others wrote is quoted as it is: texts of people and tickets, the questions and answers of a policy's own risk model,
//! and every sentence that somebody signed. What the program itself put into an entry stands there in English, and is told
//! in the language of the document where it is known (`recorded`, `risk`).
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::chain::{Letter, ReleaseType};
use domain::change::{ChangeKind, Window};
use domain::ids::MemberId;
use domain::meeting::DecisionKind;
use domain::policy::{MinutesLanguage, Policy};
use domain::risk::{ModelKind, RiskLevel};
use domain::roster::{Member, Role};
use domain::sign_off::Standing;
use domain::text::mark_invisible;
use minutes::Language;

mod acts;
mod approval;
mod fields;
mod mail;
mod meanings;
mod recorded;
mod risk;
mod room;
mod sentences;
mod signed;
mod since;
#[cfg(test)]
mod tests;
mod ticket;
mod votes;

pub(super) use mail::{DraftMinutes, SealedMinutes, Until};
pub(crate) use meanings::Meaning;

/// The words of a document, in one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    language: Language,
}

impl Words {
    /// English, for what is no minutes of a board.
    pub(crate) const ENGLISH: Self = Self { language: Language::English };
    #[cfg(test)]
    pub(super) const GERMAN: Self = Self { language: Language::German };

    /// In the language of the policy's minutes.
    pub(crate) fn of(policy: &Policy) -> Self {
        let language = match policy.minutes.language {
            MinutesLanguage::English => Language::English,
            MinutesLanguage::German => Language::German,
        };
        Self { language }
    }

    /// In the language of a document.
    pub(super) const fn in_language(language: Language) -> Self {
        Self { language }
    }

    /// Which language that is.
    pub(super) const fn language(self) -> Language {
        self.language
    }

    /// The word of this language.
    fn either(self, english: &'static str, german: &'static str) -> &'static str {
        match self.language {
            Language::English => english,
            Language::German => german,
        }
    }

    /// A number with its word: one, or several.
    fn counted(self, n: usize, english: (&str, &str), german: (&str, &str)) -> String {
        let (one, several) = match self.language {
            Language::English => english,
            Language::German => german,
        };
        format!("{n} {}", if n == 1 { one } else { several })
    }

    /// A time in a zone: "25 Nov 2026, 22:00 CET"; "25.11.2026, 22:00 Uhr MEZ".
    pub(crate) fn local(self, at: DateTime<Utc>, zone: Tz) -> String {
        match self.language {
            Language::English => crate::words::local(at, zone),
            Language::German => {
                let at = at.with_timezone(&zone);
                format!("{} Uhr {}", at.format("%-d.%-m.%Y, %H:%M"), german_zone(&at.format("%Z").to_string()))
            }
        }
    }

    /// The same, as claimed by whose device it was.
    pub(super) fn claimed(self, at: DateTime<Utc>, zone: Tz) -> String {
        format!("{} {}", self.local(at, zone), self.either("(claimed)", "(laut Angabe)"))
    }

    /// The day of a meeting and from when to when: "Wednesday 18 November 2026, 14:00–15:20 CET (Europe/Berlin)".
    pub(super) fn day(self, began: DateTime<Utc>, ended: Option<DateTime<Utc>>, zone: Tz) -> String {
        let began = began.with_timezone(&zone);
        let ended = ended.map(|at| at.with_timezone(&zone).format("–%H:%M").to_string()).unwrap_or_default();
        let short = began.format("%Z").to_string();
        match self.language {
            Language::English => format!("{}{ended} {short} ({zone})", began.format("%A %-d %B %Y, %H:%M")),
            Language::German => {
                let (weekday, month) = (german_weekday(began.weekday()), german_month(began.month0()));
                let (day, year, clock) = (began.day(), began.year(), began.format("%H:%M"));
                format!("{weekday}, {day}. {month} {year}, {clock}{ended} Uhr {} ({zone})", german_zone(&short))
            }
        }
    }

    /// A day by which something is due, or the word that there is none.
    pub(crate) fn due(self, due: &str) -> String {
        if due.is_empty() {
            return self.open().to_owned();
        }
        // A text that is no day was never checked, and is quoted.
        let Ok(day) = due.parse::<NaiveDate>() else { return mark_invisible(due) };
        match self.language {
            Language::English => day.format("%a %-d %b %Y").to_string(),
            Language::German => {
                let weekday: String = german_weekday(day.weekday()).chars().take(2).collect();
                format!("{weekday}., {}", day.format("%-d.%-m.%Y"))
            }
        }
    }

    /// A window in its own zone, and in the reader's or UTC.
    pub(crate) fn window(self, window: &Window, zone: Tz) -> Vec<String> {
        let own: Tz = window.zone.parse().unwrap_or(Tz::UTC);
        if own == zone && zone == Tz::UTC {
            return vec![self.span(window, own)];
        }
        if own == zone {
            vec![self.span(window, own), self.span(window, Tz::UTC)]
        } else {
            vec![self.span(window, own), self.span(window, zone)]
        }
    }

    fn span(self, window: &Window, zone: Tz) -> String {
        let (a, b) = (window.start.with_timezone(&zone), window.end.with_timezone(&zone));
        let one_day = a.date_naive() == b.date_naive();
        match (self.language, one_day) {
            (Language::English, true) => {
                format!("{}–{} ({zone})", a.format("%a %-d %b %Y, %H:%M"), b.format("%H:%M %Z"))
            }
            (Language::English, false) => {
                format!("{} – {} ({zone})", a.format("%a %-d %b %Y, %H:%M %Z"), b.format("%a %-d %b %Y, %H:%M %Z"))
            }
            (Language::German, true) => {
                let short = german_zone(&b.format("%Z").to_string()).to_owned();
                format!("{}–{} Uhr {short} ({zone})", german_short(&a), b.format("%H:%M"))
            }
            (Language::German, false) => {
                let end = |at: &DateTime<Tz>| {
                    format!("{} Uhr {}", german_short(at), german_zone(&at.format("%Z").to_string()))
                };
                format!("{} – {} ({zone})", end(&a), end(&b))
            }
        }
    }

    /// A member who is on no roster.
    pub(super) fn unknown(self, id: MemberId) -> String {
        format!("{} {id}", self.either("member", "Mitglied"))
    }

    /// The roles of a member; a seat on the board is said only of whom nothing else is.
    pub(super) fn seat(self, member: &Member) -> String {
        let several = member.roles.len() > 1;
        let roles = member.roles.iter().filter(|role| !(several && **role == Role::BoardMember));
        roles.map(|role| self.role(*role)).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn role(self, role: Role) -> &'static str {
        let german = match role {
            Role::Chair => "Vorsitz",
            Role::Cto => "CTO",
            Role::TechnicalLead => "Technische Entwicklungsleitung",
            Role::ReleaseManager => "Release-Management",
            Role::ServiceManager => "Service-Management",
            Role::Security => "Sicherheit",
            Role::BoardMember => "Gremiumsmitglied",
            Role::Auditor => "Revision",
        };
        self.either(role.title(), german)
    }

    pub(super) fn meeting(self) -> &'static str {
        self.either("Meeting", "Sitzung")
    }

    /// An item of the agenda by its number.
    pub(super) fn item(self, number: u32) -> String {
        format!("{} {number}", self.either("item", "TOP"))
    }

    pub(super) fn kind(self, kind: Option<ChangeKind>) -> &'static str {
        match kind {
            Some(ChangeKind::Standard) => self.either("standard change", "Standard-Change"),
            Some(ChangeKind::Normal) => self.either("normal change", "normaler Change"),
            Some(ChangeKind::Emergency) => self.either("emergency change", "Notfall-Change"),
            None => self.either("change", "Change"),
        }
    }

    pub(crate) fn release(self, release: ReleaseType) -> &'static str {
        let german = match release {
            ReleaseType::Major => "Hauptversion",
            ReleaseType::Minor => "Nebenversion",
            ReleaseType::Patch => "Patch",
            ReleaseType::Emergency => "Notfall",
        };
        self.either(release.word(), german)
    }

    pub(super) fn letter(self, letter: Letter) -> &'static str {
        let german = match letter {
            Letter::Responsible => "durchführungsverantwortlich",
            Letter::Accountable => "rechenschaftspflichtig",
            Letter::Consulted => "zu konsultieren",
            Letter::Informed => "zu informieren",
        };
        self.either(letter.word(), german)
    }

    /// A level of risk in a sentence.
    pub(super) fn level(self, level: RiskLevel) -> &'static str {
        let german = match level {
            RiskLevel::Low => "niedrig",
            RiskLevel::Medium => "mittel",
            RiskLevel::High => "hoch",
            RiskLevel::Critical => "kritisch",
        };
        self.either(level.word(), german)
    }

    /// A score: "12 of 20 points".
    pub(super) fn scored(self, kind: ModelKind, score: u32, of: u32) -> String {
        match (self.language, kind) {
            (Language::English, _) => kind.scored(score, of),
            (Language::German, ModelKind::Sum) => format!("{score} von {of} Punkten"),
            (Language::German, ModelKind::Matrix) => format!("{score} von {of} in der Matrix"),
            (Language::German, ModelKind::Mean) => format!("{score} von {of} im Mittel"),
        }
    }

    /// A score by a model that is not at hand.
    pub(super) fn score_alone(self, score: u32) -> String {
        format!("{} {score}", self.either("a score of", "ein Wert von"))
    }

    pub(super) fn assumed(self, n: u32) -> String {
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        let counted = self.counted(n, ("answer", "answers"), ("Antwort", "Antworten"));
        match self.language {
            Language::English => format!("{counted} assumed; each counted as its worst"),
            Language::German => format!("{counted} angenommen; jede zählt als die ungünstigste"),
        }
    }

    /// A decision in a sentence.
    fn decided(self, kind: DecisionKind) -> String {
        let german = match kind {
            DecisionKind::Approved => "genehmigt",
            DecisionKind::ApprovedWithConditions => "mit Auflagen genehmigt",
            DecisionKind::Rejected => "abgelehnt",
            DecisionKind::Deferred => "vertagt",
            DecisionKind::MoreInformation => "weitere Angaben verlangt",
            DecisionKind::Withdrawn => "zurückgezogen",
            DecisionKind::NoDecision => "nicht entschieden",
        };
        match self.language {
            Language::English => kind.words().to_lowercase(),
            Language::German => german.to_owned(),
        }
    }

    /// Whether an approval holds.
    pub(super) fn approval(self, standing: Standing) -> String {
        use Standing as S;
        let said = match standing {
            S::Approved => self.either(
                "The approval holds: decided in favour, and every required sign-off is valid.",
                "Die Genehmigung gilt: Es wurde dafür entschieden, und jede erforderliche Freigabe ist gültig.",
            ),
            S::AwaitingConditions => self
                .either("Not yet an approval: a condition is open.", "Noch keine Genehmigung: Eine Auflage ist offen."),
            S::AwaitingSignOff => self.either(
                "Not yet an approval: the Technical Development Lead or the CTO has not signed (R31).",
                "Noch keine Genehmigung: Die Freigabe der Technischen Entwicklungsleitung oder des CTO fehlt (R31).",
            ),
            S::Stale => self.either(
                "Not an approval: a material field changed after it was signed.",
                "Keine Genehmigung: Ein wesentliches Feld wurde nach der Freigabe geändert.",
            ),
            S::Undecided | S::Rejected | S::Deferred | S::MoreInformation | S::Withdrawn => {
                let german = match standing {
                    S::Rejected => "abgelehnt",
                    S::Deferred => "vertagt",
                    S::MoreInformation => "weitere Angaben verlangt",
                    S::Withdrawn => "zurückgezogen",
                    S::Undecided | S::AwaitingSignOff | S::AwaitingConditions | S::Approved | S::Stale => {
                        "nicht entschieden"
                    }
                };
                return match self.language {
                    Language::English => format!("Not an approval: {}.", standing.words().to_lowercase()),
                    Language::German => format!("Keine Genehmigung: {german}."),
                };
            }
        };
        said.to_owned()
    }
}

/// "Sa., 21.11.2026, 22:00"
fn german_short(at: &DateTime<Tz>) -> String {
    let weekday: String = german_weekday(at.weekday()).chars().take(2).collect();
    format!("{weekday}., {}", at.format("%-d.%-m.%Y, %H:%M"))
}

fn german_weekday(day: chrono::Weekday) -> &'static str {
    match day {
        chrono::Weekday::Mon => "Montag",
        chrono::Weekday::Tue => "Dienstag",
        chrono::Weekday::Wed => "Mittwoch",
        chrono::Weekday::Thu => "Donnerstag",
        chrono::Weekday::Fri => "Freitag",
        chrono::Weekday::Sat => "Samstag",
        chrono::Weekday::Sun => "Sonntag",
    }
}

/// A month, counted from 0.
fn german_month(month0: u32) -> &'static str {
    const MONTHS: [&str; 12] = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ];
    usize::try_from(month0).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or_default()
}

/// The short name of a zone as Germans know it; any other stays.
fn german_zone(short: &str) -> &str {
    match short {
        "CET" => "MEZ",
        "CEST" => "MESZ",
        "EET" => "OEZ",
        "EEST" => "OESZ",
        "WET" => "WEZ",
        "WEST" => "WESZ",
        other => other,
    }
}
