//! Counts and their arithmetic.
use domain::entry::Attestation;
use domain::meeting::{QuorumStamp, TallyStamp};
use domain::vote::Outcome;

use super::{Language, Words};

impl Words {
    /// "7 votes: 1 signed, 6 spoken, on the word of the chair", of parts in words.
    pub(in crate::minutes) fn votes(self, n: usize, parts: &[String]) -> String {
        let counted = self.counted(n, ("vote", "votes"), ("Stimme", "Stimmen"));
        format!("{counted}: {}", parts.join(", "))
    }

    /// How a vote is known, after its number.
    pub(in crate::minutes) fn attested(self, attestation: Attestation) -> &'static str {
        let german = match attestation {
            Attestation::Recorded => "protokolliert",
            Attestation::Witnessed => "bezeugt",
            Attestation::Written => "schriftlich",
            Attestation::Confirmed => "bestätigt",
            Attestation::Signed => "signiert",
        };
        self.either(attestation.word(), german)
    }

    /// Of what was spoken, on whose word it stands.
    pub(in crate::minutes) fn spoken_on(self, keeper: &str) -> String {
        match self.language {
            Language::English => format!("spoken, on the word of {keeper}"),
            Language::German => format!("mündlich, nach Angabe von: {keeper}"),
        }
    }

    pub(in crate::minutes) fn the_chair(self) -> &'static str {
        self.either("the chair", "Vorsitz")
    }

    pub(in crate::minutes) fn the_secretary(self, name: &str) -> String {
        format!("{}, {name}", self.either("the secretary", "Schriftführung"))
    }

    pub(in crate::minutes) fn whoever_recorded(self) -> &'static str {
        self.either("whoever recorded it", "wer es protokolliert hat")
    }

    pub(in crate::minutes) fn signed_as_delegate(self, of: &str) -> String {
        format!("{} {of}", self.either("signed as the delegate of", "signiert in Vertretung von"))
    }

    /// One person's vote in another's seat.
    pub(in crate::minutes) fn sits_for(self, who: &str, seat: &str) -> String {
        format!("{who} {} {seat}", self.either("for", "für"))
    }

    /// "strict majority: floor(n/2)+1 = 3 with n = 4"
    pub(in crate::minutes) fn quorum(self, stamp: &QuorumStamp) -> String {
        let formula = self.formula(&stamp.formula);
        format!("{formula} = {} {} n = {}", stamp.required, self.either("with", "mit"), stamp.seats)
    }

    /// "5 approve, 1 reject, 1 abstain; … = 4 needed"
    pub(super) fn arithmetic(self, tally: &TallyStamp) -> String {
        match self.language {
            Language::English => tally.arithmetic(),
            Language::German => {
                let TallyStamp { formula, approve, reject, abstain, required } = tally;
                let formula = self.formula(formula);
                format!("{approve} dafür, {reject} dagegen, {abstain} enthalten; {formula} = {required} erforderlich")
            }
        }
    }

    /// The same with what it says.
    pub(in crate::minutes) fn arithmetic_and(self, tally: &TallyStamp, outcome: Outcome) -> String {
        let german = match outcome {
            Outcome::Carried => "angenommen",
            Outcome::CarriedByCastingVote => "angenommen durch Stichentscheid des Vorsitzes",
            Outcome::NotCarried => "nicht angenommen",
            Outcome::Tied => "Stimmengleichheit",
            Outcome::NoVotes => "keine Stimmen dafür oder dagegen",
        };
        match self.language {
            Language::English => tally.arithmetic_and(outcome),
            Language::German => format!("{}: {german}", self.arithmetic(tally)),
        }
    }

    /// Of a circular.
    pub(in crate::minutes) fn tally(self, tally: &TallyStamp) -> String {
        match self.language {
            Language::English => crate::circulars::tally_words(tally),
            Language::German => format!("{}; Schweigen ist keine Zustimmung", self.arithmetic(tally)),
        }
    }

    pub(in crate::minutes) fn consented(self, present: usize) -> String {
        match self.language {
            Language::English => format!("Asked, no objection; present: {present}."),
            Language::German => format!("Gefragt, kein Widerspruch; anwesend: {present}."),
        }
    }

    /// What the chair ruled, with the votes where some were counted.
    pub(in crate::minutes) fn ruled(self, counted: Option<&str>) -> String {
        match (self.language, counted) {
            (Language::English, Some(counted)) => format!("The chair's ruling. Votes (advice): {counted}"),
            (Language::English, None) => "The chair's ruling; no votes were counted.".to_owned(),
            (Language::German, Some(counted)) => format!("Entscheidung des Vorsitzes. Stimmen (beratend): {counted}"),
            (Language::German, None) => "Entscheidung des Vorsitzes; es wurden keine Stimmen gezählt.".to_owned(),
        }
    }

    pub(in crate::minutes) fn undecided(self) -> &'static str {
        self.either("The item was not decided.", "Über den Punkt wurde nicht entschieden.")
    }

    /// A formula as a decision carries it. Those that this program writes are known here; any other is quoted.
    pub(super) fn formula(self, recorded: &str) -> String {
        let german = || {
            let (rule, sum) = recorded.split_once(": ")?;
            let of_percent = |after: &str| {
                let percent = rule.strip_prefix("at least ")?.strip_suffix(after)?;
                percent.parse::<u32>().ok().map(|percent| format!("mindestens {percent} %"))
            };
            let rule = match rule {
                "strict majority" => "absolute Mehrheit".to_owned(),
                "simple majority of approve and reject" => "einfache Mehrheit der Stimmen dafür und dagegen".to_owned(),
                "majority of all entitled" => "Mehrheit aller Stimmberechtigten".to_owned(),
                _ => of_percent(" %")
                    .or_else(|| {
                        Some(format!("{} der Stimmen dafür und dagegen", of_percent(" % of approve and reject")?))
                    })
                    .or_else(|| {
                        let percent = of_percent(" % of all entitled and more than half")?;
                        Some(format!("{percent} aller Stimmberechtigten und mehr als die Hälfte"))
                    })?,
            };
            let sum = sum.replace("; the chair breaks a tie", "; bei Stimmengleichheit entscheidet der Vorsitz");
            Some(format!("{rule}: {sum}"))
        };
        match self.language {
            Language::English => recorded.to_owned(),
            Language::German => german().unwrap_or_else(|| recorded.to_owned()),
        }
    }
}
