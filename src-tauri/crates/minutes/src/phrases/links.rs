//! What a link says to whoever does not see where it leads.

use crate::language::Language;

impl Language {
    /// Where a link leads: the heading of an item.
    pub(crate) fn go_to(self, heading: &str) -> String {
        match self {
            Self::English => format!("Go to item {heading}"),
            Self::German => format!("Zum Punkt {heading}"),
        }
    }
}
