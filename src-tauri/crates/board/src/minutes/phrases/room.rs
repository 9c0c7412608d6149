//! At which moment a quorum was counted.
use minutes::Language;

use super::Words;

impl Words {
    /// At the call to order, once the roll was taken.
    pub(in crate::minutes) fn at_the_call(self, clock: &str) -> String {
        match self.language {
            Language::English => format!("at the call to order, when the roll was taken: {clock}"),
            Language::German => format!("zu Beginn, nach Feststellung der Anwesenheit: {clock} Uhr"),
        }
    }

    /// When the fewest were there while the board was deciding.
    pub(in crate::minutes) fn fewest(self, clock: &str) -> String {
        match self.language {
            Language::English => format!("the fewest while the board was deciding: {clock}"),
            Language::German => format!("die wenigsten, während das Gremium entschied: {clock} Uhr"),
        }
    }

    /// When an item was decided.
    pub(in crate::minutes) fn when_decided(self, clock: &str) -> String {
        match self.language {
            Language::English => format!("when it was decided: {clock}"),
            Language::German => format!("bei der Entscheidung: {clock} Uhr"),
        }
    }
}
