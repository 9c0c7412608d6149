//! Approved plans, agendas and what is read before a meeting.

use crate::language::Language;

phrases! {
    the_change: "The change", "Die Änderung";
    the_plan: "The plan", "Der Plan";
    decided_in: "Decided in", "Entschieden in";
    environment: "Environment", "Umgebung";
    may_be_deployed: "May be deployed", "Darf bereitgestellt werden";
    handed_out: "Handed out", "Ausgehändigt";
    without_agenda: "No meeting decided: it was signed off without an agenda, as the policy delegates it (R61).",
        "Keine Sitzung hat entschieden: Es wurde ohne Tagesordnung freigegeben, wie die Richtlinie es überträgt (R61).";
    not_here: "The text was signed, and is not in this file: it was withheld or disposed of.",
        "Der Text wurde freigegeben und ist nicht in dieser Datei: Er wurde zurückgehalten oder vernichtet.";
    not_among_signed: "The policy does not count this section among what is signed: its text is on the ticket.",
        "Die Richtlinie zählt diesen Abschnitt nicht zu dem, was freigegeben wird: Sein Text steht auf dem Ticket.";
    edited_since: "Edited since, and the edit was ruled immaterial. This is the text that was signed.",
        "Seither bearbeitet; die Bearbeitung wurde als unwesentlich eingestuft. Dies ist der freigegebene Text.";
    nobody_reviewed: "Nobody has reviewed this section.", "Niemand hat diesen Abschnitt geprüft.";
    reviewed: "Reviewed", "Geprüft";
    sufficient: "Sufficient", "Ausreichend";
    not_ticked: "Not ticked", "Nicht abgehakt";
    other_text: "said of an earlier text", "zu einem früheren Text gesagt";
    approval_described: "The approval file, byte for byte: what the gate of the pipeline judges",
        "Die Genehmigungsdatei, Byte für Byte: was der Prüfpunkt der Pipeline beurteilt";
    approval_inside: "The attached approval.json is the approval file as it is handed to the pipeline, byte for byte: cab-gate \
         judges it without this document.",
        "Die angehängte Datei approval.json ist Byte für Byte die Genehmigungsdatei, wie die Pipeline sie erhält: cab-gate \
         beurteilt sie ohne dieses Dokument.";

    agenda: "Agenda", "Tagesordnung";
    pre_read: "Agenda and pre-read", "Tagesordnung und Vorlagen";
    read_before: "What to read before", "Was vorher zu lesen ist";
    in_preparation: "In preparation.", "In Vorbereitung.";
    until_called: "It may change until the chair calls to order. It is not sealed, and nothing is signed on it.",
        "Sie kann sich ändern, bis der Vorsitz die Sitzung eröffnet. Sie ist nicht versiegelt, und auf ihr wird nichts \
         unterschrieben.";
    frozen: "Frozen.", "Festgelegt.";
    since_called: "The chair has called to order. This page is not sealed; the minutes will be.",
        "Der Vorsitz hat die Sitzung eröffnet. Dieses Blatt ist nicht versiegelt; das Protokoll wird es sein.";
    begins: "Begins", "Beginn";
    quorum_needed: "Quorum needed", "Nötig zur Beschlussfähigkeit";
    mandatory_seats: "Mandatory seats", "Pflichtsitze";
    minutes_of_time: "Minutes planned", "Minuten";
    comes_first: "Comes first", "Zuerst";
    empty_agenda: "There are no items yet.", "Es gibt noch keine Punkte.";
    no_window: "none is planned", "keines geplant";
    presents: "Presents", "Stellt vor";
    nobody_named: "nobody is named", "niemand genannt";
    has_to_sign: "Has to sign off", "Freizugeben durch";
    restricted: "Restricted.", "Vertraulich.";
    restricted_says: "What it says is not in this document.", "Was er sagt, steht nicht in diesem Dokument.";
}

impl Language {
    pub(crate) fn approved_plan(self, key: &str) -> String {
        match self {
            Self::English => format!("Approved plan: {key}"),
            Self::German => format!("Genehmigter Plan: {key}"),
        }
    }

    /// "4 of 7 voting seats".
    pub(crate) fn seats_needed(self, required: u32, of: u32) -> String {
        match (self, of) {
            (Self::English, _) => format!("{required} of {of} voting seats"),
            (Self::German, 1) => format!("{required} von 1 stimmberechtigten Sitz"),
            (Self::German, _) => format!("{required} von {of} stimmberechtigten Sitzen"),
        }
    }

    /// How many items there are, and how long they are planned to take.
    pub(crate) fn items_in_minutes(self, items: usize, minutes: u32) -> String {
        let items = self.items(items);
        match (self, minutes) {
            (Self::English, 1) => format!("{items} 1 minute is planned."),
            (Self::English, _) => format!("{items} {minutes} minutes are planned."),
            (Self::German, 1) => format!("{items} Geplant ist 1 Minute."),
            (Self::German, _) => format!("{items} Geplant sind {minutes} Minuten."),
        }
    }
}
