//! Of what a line is true: up to which entry, of which meeting, and of what nothing is recorded.

use crate::language::Language;
use crate::model::Covers;

phrases! {
    checkpoint_at_close: "Checkpoint at the close of the meeting", "Kontrollpunkt beim Schluss der Sitzung";
    checkpoint_inside: "Checkpoint of all entries inside", "Kontrollpunkt aller enthaltenen Einträge";
    gates_not_recorded: "none in the record: nothing was decided", "keine in den Einträgen: Es wurde nichts entschieden";
    carried: "Actions of earlier meetings that are open", "Offene Maßnahmen früherer Sitzungen";
    carried_means: "Open is every action that no remark of a meeting names as done (“Done:”, then its words).",
        "Offen ist jede Maßnahme, die kein Vermerk einer Sitzung als erledigt nennt („Erledigt:“ und ihr Wortlaut).";
    carried_from: "From the meeting", "Aus der Sitzung";
}

impl Language {
    /// What a checkpoint covers.
    pub(crate) const fn checkpoint(self, covers: Covers) -> &'static str {
        match covers {
            Covers::Close => self.checkpoint_at_close(),
            Covers::Inside => self.checkpoint_inside(),
        }
    }
}
