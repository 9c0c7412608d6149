//! The sentences by which members sign off, in the language of the board's documents, which print them as signed.
use domain::ids::ChangeKey;
use domain::risk::{ModelKind, RiskLevel};

use super::{Language, Words};

impl Words {
    /// "I approve CHG-1 as shown to me, with high risk (61 of 100 points), for implementation in its window".
    pub(crate) fn i_approve(
        self,
        change: &ChangeKey,
        level: RiskLevel,
        (kind, score, of): (ModelKind, u32, u32),
    ) -> String {
        let scored = self.scored(kind, score, of);
        match self.language {
            Language::English => format!(
                "I approve {change} as shown to me, with {} risk ({scored}), for implementation in its window",
                crate::words::level(level).to_lowercase()
            ),
            Language::German => format!(
                "Ich gebe {change} frei, wie mir vorgelegt, bei Risikostufe {} ({scored}), zur Umsetzung in seinem \
                 Zeitfenster",
                self.level(level)
            ),
        }
    }

    /// The same of a sign-off that is given again, by the short name of its entry.
    pub(crate) fn reaffirming(self, approval: &str, entry: &str) -> String {
        match self.language {
            Language::English => format!("{approval}, reaffirming my sign-off {entry}."),
            Language::German => format!("{approval}, und bekräftige meine Freigabe {entry}."),
        }
    }

    /// How a rejection begins; its reason follows.
    pub(crate) fn i_reject(self, change: &ChangeKey) -> String {
        match self.language {
            Language::English => format!("I reject {change} as shown to me:"),
            Language::German => format!("Ich lehne {change} ab, wie mir vorgelegt:"),
        }
    }

    /// Why a sign-off is given again, as it is prefilled: the names of fields that were edited, and how many more.
    pub(crate) fn reaffirmed(self, names: &[String], more: usize) -> String {
        let and = self.either("and", "und");
        let named = match (names, more) {
            ([], _) => {
                let said = self.either(
                    "Reaffirmed after the change was edited.",
                    "Bekräftigt, nachdem der Change bearbeitet wurde.",
                );
                return said.to_owned();
            }
            ([one], 0) => one.clone(),
            ([first @ .., last], 0) => format!("{} {and} {last}", first.join(", ")),
            (many, more) => format!("{} {and} {more} {}", many.join(", "), self.either("more", "weiteren")),
        };
        match self.language {
            Language::English => format!("Reaffirmed after a change of {named}."),
            Language::German => format!("Bekräftigt nach Bearbeitung von: {named}."),
        }
    }

    /// What somebody wrote elsewhere, and who recorded it.
    pub(crate) fn wrote(self, who: &str, quote: &str, place: &str, recorder: &str) -> String {
        match self.language {
            Language::English => format!("{who} wrote \u{201c}{quote}\u{201d} in {place}; recorded by {recorder}."),
            Language::German => {
                let place = self.recorded(place);
                format!("{who} schrieb \u{201e}{quote}\u{201c} in {place}; festgehalten von {recorder}.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_signs_off_signs_in_the_language_of_the_documents() {
        let change = ChangeKey::new("CHG", 1);
        let both = |said: &dyn Fn(Words) -> String| [Words::ENGLISH, Words::GERMAN].map(said);
        assert_eq!(
            both(&|words| {
                let approval = words.i_approve(&change, RiskLevel::High, (ModelKind::Sum, 61, 100));
                words.reaffirming(&approval, "0a0b0c0d")
            }),
            [
                "I approve CHG-1 as shown to me, with high risk (61 of 100 points), for implementation in its window, \
                 reaffirming my sign-off 0a0b0c0d.",
                "Ich gebe CHG-1 frei, wie mir vorgelegt, bei Risikostufe hoch (61 von 100 Punkten), zur Umsetzung in \
                 seinem Zeitfenster, und bekräftige meine Freigabe 0a0b0c0d.",
            ]
        );
        assert_eq!(
            both(&|words| words.i_reject(&change)),
            ["I reject CHG-1 as shown to me:", "Ich lehne CHG-1 ab, wie mir vorgelegt:"]
        );
        assert_eq!(
            both(&|words| words.wrote("Ada", "Yes", "a mail", "Grace")),
            [
                "Ada wrote \u{201c}Yes\u{201d} in a mail; recorded by Grace.",
                "Ada schrieb \u{201e}Yes\u{201c} in einer E-Mail; festgehalten von Grace.",
            ]
        );
    }

    #[test]
    fn what_was_edited_is_named_up_to_a_bound() {
        let fields = [("version", "Version"), ("title", "Title"), ("environment", "Environment")];
        for (count, more, english, german) in [
            (0, 0, "Reaffirmed after the change was edited.", "Bekräftigt, nachdem der Change bearbeitet wurde."),
            (1, 0, "Reaffirmed after a change of Version.", "Bekräftigt nach Bearbeitung von: Version."),
            (
                2,
                0,
                "Reaffirmed after a change of Version and Title.",
                "Bekräftigt nach Bearbeitung von: Version und Titel.",
            ),
            (
                3,
                2,
                "Reaffirmed after a change of Version, Title, Environment and 2 more.",
                "Bekräftigt nach Bearbeitung von: Version, Titel, Umgebung und 2 weiteren.",
            ),
        ] {
            for (words, wanted) in [(Words::ENGLISH, english), (Words::GERMAN, german)] {
                let names: Vec<String> =
                    fields[..count].iter().map(|(field, label)| words.field(field, label)).collect();
                assert_eq!(words.reaffirmed(&names, more), wanted);
            }
        }
    }
}
