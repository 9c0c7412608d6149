//! What members did, and what was recorded in their names.
use domain::entry::{ActKind, SignOffBody, Verdict};
use domain::ids::MemberId;
use domain::ledger::Spoken;
use domain::meeting::Position;
use domain::text::mark_invisible;

use super::{Language, Words};

impl Words {
    /// What was recorded of a member, with the item it is about and the seat in which a delegate did it (R72).
    pub(in crate::minutes) fn spoken(
        self,
        spoken: &Spoken,
        name: &dyn Fn(MemberId) -> String,
    ) -> (Option<u32>, String) {
        match self.language {
            Language::English => crate::spoken::spoken_words(spoken, name),
            Language::German => {
                let (item, what) = german(&spoken.what, spoken.actor, name);
                match spoken.seat {
                    // Whoever arrives says it already.
                    Some(seat) if item.is_some() => (item, format!("{what}, in Vertretung von {}", name(seat))),
                    Some(_) | None => (item, what),
                }
            }
        }
    }

    /// The same of a sign-off that was recorded for somebody.
    pub(in crate::minutes) fn signed_off(self, body: &SignOffBody) -> String {
        match (self.language, body.verdict) {
            (Language::English, _) => crate::spoken::sign_off_words(body),
            (Language::German, Verdict::Approve) => "schriftlich freigegeben".to_owned(),
            (Language::German, Verdict::Reject) => format!("schriftlich abgelehnt: {}", mark_invisible(&body.reason)),
        }
    }

    /// To which meeting or day an item was put off.
    pub(in crate::minutes) fn put_off(self, to: &str) -> String {
        format!("{} {to}", self.either("to", "auf"))
    }

    pub(in crate::minutes) fn note(self, text: &str) -> String {
        format!("{} {text}", self.either("Note:", "Anmerkung:"))
    }

    pub(in crate::minutes) fn open(self) -> &'static str {
        self.either("open", "offen")
    }

    /// When minutes were sealed, and by whom.
    pub(in crate::minutes) fn sealed(self, at: &str, by: &str) -> String {
        format!("{at}, {} {by}", self.either("by", "durch"))
    }
}

fn german(what: &ActKind, of: MemberId, name: &dyn Fn(MemberId) -> String) -> (Option<u32>, String) {
    match what {
        ActKind::Arrived { delegate_for: None } => (None, "war anwesend".to_owned()),
        ActKind::Arrived { delegate_for: Some(other) } => (None, format!("war anwesend, auch für {}", name(*other))),
        ActKind::Left {} => (None, "ging".to_owned()),
        ActKind::Recused { item, reason } => (Some(*item), format!("enthielt sich der Mitwirkung: {reason}")),
        ActKind::Voted { item, position } => {
            let word = match position {
                Position::Approve => "stimmte dafür",
                Position::Reject => "stimmte dagegen",
                Position::Abstain => "enthielt sich",
            };
            (Some(*item), word.to_owned())
        }
        ActKind::ConsentAsked { item, objections, .. } if objections.contains(&of) => {
            (Some(*item), "widersprach, als nach Widerspruch gefragt wurde".to_owned())
        }
        ActKind::ConsentAsked { item, .. } => {
            (Some(*item), "widersprach nicht, als nach Widerspruch gefragt wurde".to_owned())
        }
        ActKind::Decided { .. }
        | ActKind::ActionAssigned { .. }
        | ActKind::LateAdmitted { .. }
        | ActKind::Noted { .. } => (None, "handelte".to_owned()),
    }
}
