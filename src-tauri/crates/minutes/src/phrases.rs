//! What Cabinet itself writes into a document, in every language. A phrase that one language lacks does not compile.
//!
//! Sealed documents are drawn again to compare their bytes: a changed phrase makes older files differ.

use chrono::{DateTime, FixedOffset};

use crate::language::Language;

/// Phrases without a gap to fill: name, English, German.
macro_rules! phrases {
    ($($name:ident: $english:literal, $german:literal;)*) => {
        impl Language {
            $(pub(crate) const fn $name(self) -> &'static str {
                match self {
                    Self::English => $english,
                    Self::German => $german,
                }
            })*
        }

        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$(($english, $german)),*];
    };
}

phrases! {
    // Kinds of documents, and their sections.
    minutes: "Minutes", "Protokoll";
    review_pack: "Review pack", "Prüfmappe";
    running_review_pack: "review pack", "Prüfmappe";
    attendance_and_quorum: "Attendance and quorum", "Anwesenheit und Beschlussfähigkeit";
    items_and_decisions: "Items and decisions", "Tagesordnungspunkte und Entscheidungen";
    immaterial_since: "Edits ruled immaterial since the last meeting",
        "Seit der letzten Sitzung als unwesentlich eingestufte Bearbeitungen";
    dispensations_since: "Waivers, overrides and exceptions since the last meeting",
        "Befreiungen, Übersteuerungen und Ausnahmen seit der letzten Sitzung";
    delegated_since: "Signed off without an agenda since the last meeting",
        "Seit der letzten Sitzung ohne Tagesordnung freigegeben";
    late_answers: "Answers that came late, or are still owed", "Verspätete und noch ausstehende Antworten";
    who_does_what: "Who does what, by type of release", "Wer was tut, nach Art des Release";
    not_ratified: "Resolutions made in writing and not ratified",
        "Schriftlich gefasste, noch nicht bestätigte Beschlüsse";
    actions_and_next: "Actions and next meeting", "Maßnahmen und nächste Sitzung";
    signatures: "Signatures", "Unterschriften";
    evidence_section: "Evidence: how to verify without Cabinet", "Nachweis: Prüfung ohne Cabinet";
    digests: "Digests (SHA-256, hexadecimal)", "Prüfsummen (SHA-256, hexadezimal)";

    // The head.
    provisional: "Provisional.", "Vorläufig.";
    provisional_board: "Provisional board.", "Vorläufiges Gremium.";
    running_provisional: " · provisional board", " · vorläufiges Gremium";
    one_keyholder: "One keyholder only. What is recorded here rests on that one key until a second is admitted.",
        "Nur eine Person hat einen Schlüssel. Was hier festgehalten ist, beruht auf diesem einen Schlüssel, bis eine zweite \
         Person aufgenommen ist.";
    provisional_one_keyholder: "Provisional board: one keyholder only. What is recorded here rests on that one key until a \
         second is admitted.",
        "Vorläufiges Gremium: Nur eine Person hat einen Schlüssel. Was hier festgehalten ist, beruht auf diesem einen \
         Schlüssel, bis eine zweite Person aufgenommen ist.";
    date: "Date", "Datum";
    place: "Place", "Ort";
    chair: "Chair", "Vorsitz";
    secretary: "Secretary", "Protokollführung";
    rests_on: "Rests on", "Grundlage";
    meeting: "Meeting", "Sitzung";
    certificate_root: "Certificate root", "Zertifikatswurzel";
    next_meeting: "Next meeting", "Nächste Sitzung";
    not_fixed: "not settled", "nicht festgelegt";

    // Heads of columns, and labels.
    name: "Name", "Name";
    name_and_role: "Name and role", "Name und Rolle";
    role: "Role", "Rolle";
    attendance: "Attendance", "Anwesenheit";
    time: "Time", "Zeit";
    time_claimed: "Time (claimed)", "Zeit (laut Angabe)";
    time_claimed_entry: "Time (claimed), entry", "Zeit (laut Angabe), Eintrag";
    recused_from: "Recused from", "Befangen bei";
    number: "No.", "Nr.";
    key: "Key", "Kennung";
    title: "Title", "Titel";
    risk: "Risk", "Risiko";
    decision: "Decision", "Entscheidung";
    quorum: "Quorum", "Beschlussfähigkeit";
    release: "Release", "Release";
    letter: "Letter", "RACI";
    who: "Who", "Wer";
    action: "Action", "Maßnahme";
    owner: "Owner", "Verantwortlich";
    due: "Due", "Fällig";
    item: "Item", "Punkt";
    kind: "Kind", "Art";
    window: "Window", "Zeitfenster";
    plan_review: "Plan review", "Planprüfung";
    approval: "Approval", "Genehmigung";
    what_was_shown: "What was shown", "Was vorgelegt wurde";
    manifest: "Manifest", "Verzeichnis";
    gates: "Gates", "Prüfpunkte";
    votes: "Votes", "Stimmen";
    vote: "Position", "Votum";
    attestation: "Attestation", "Nachweis";
    remark: "Remark", "Bemerkung";
    conditions: "Conditions", "Auflagen";
    condition: "Condition", "Auflage";
    when: "When", "Wann";
    state: "State", "Stand";
    sign_offs: "Sign-offs", "Freigaben";
    meaning: "Meaning", "Bedeutung";
    key_fingerprint: "Key fingerprint", "Fingerabdruck des Schlüssels";
    circular_resolution: "Circular resolution", "Umlaufbeschluss";
    emergency: "Emergency", "Notfall";
    immaterial: "Edits ruled immaterial", "Als unwesentlich eingestufte Bearbeitungen";
    dispensations: "Waivers, overrides and exceptions", "Befreiungen, Übersteuerungen und Ausnahmen";

    // What stands in cells.
    throughout: "throughout", "durchgehend";
    quorum_met: "Quorum met", "Beschlussfähig";
    quorum_not_met: "Quorum not met", "Nicht beschlussfähig";
    no_items: "The meeting took no items.", "Die Sitzung behandelte keine Tagesordnungspunkte.";
    nobody: "nobody", "niemand";
    no_actions: "No actions were agreed.", "Es wurden keine Maßnahmen vereinbart.";
    none_apply: "none apply", "keiner anwendbar";
    before_deployment: "before deployment", "vor der Bereitstellung";
    after_deployment: "after deployment", "nach der Bereitstellung";
    met: "Met", "Erfüllt";
    open: "Open", "Offen";
    stale: "stale", "veraltet";
    no_key: "no key", "kein Schlüssel";

    // One word for each thing.
    approved: "Approved", "Genehmigt";
    approved_with_conditions: "Approved with conditions", "Mit Auflagen genehmigt";
    rejected: "Rejected", "Abgelehnt";
    deferred: "Deferred", "Vertagt";
    more_information: "More information", "Weitere Angaben nötig";
    withdrawn: "Withdrawn", "Zurückgezogen";
    no_decision: "No decision", "Keine Entscheidung";
    low: "Low", "Niedrig";
    medium: "Medium", "Mittel";
    high: "High", "Hoch";
    critical: "Critical", "Kritisch";
    passed: "Passed", "Bestanden";
    failed: "Failed", "Nicht bestanden";
    waived: "Waived", "Befreit";
    warned: "Warned", "Warnung";
    not_applicable: "Not applicable", "Nicht anwendbar";
    no_evidence: "No evidence", "Kein Nachweis";
    approve: "Approve", "Zustimmung";
    reject: "Reject", "Ablehnung";
    abstain: "Abstain", "Enthaltung";
    recused: "Recused", "Befangen";
    no_objection: "No objection", "Kein Einwand";
    present: "Present", "Anwesend";
    absent: "Absent", "Abwesend";
    by_delegate: "By delegate", "Vertreten";
    guest: "Guest, no vote", "Gast, ohne Stimme";
    signed: "signed", "signiert";
    confirmed_later: "confirmed", "bestätigt";
    written: "written", "schriftlich";
    witnessed: "witnessed", "bezeugt";
    spoken: "recorded", "vermerkt";
    consent: "Consent.", "Konsens.";
    counted_vote: "Counted vote.", "Ausgezählte Abstimmung.";
    chairs_ruling: "Chair's ruling.", "Entscheid des Vorsitzes.";
    by_circulation: "Circular resolution.", "Umlaufbeschluss.";

    // Annexes.
    belongs_to: "What it belongs to", "Wozu er gehört";
    belongs_to_text: "The minutes of this meeting are sealed and stay as they are. Since then members have said, each by their own key, \
         whether what was recorded in their names was so. What nobody names here stands as it was recorded: silence confirms \
         nothing.",
        "Das Protokoll dieser Sitzung ist versiegelt und bleibt, wie es ist. Seither haben Mitglieder, jedes mit dem eigenen \
         Schlüssel, erklärt, ob zutrifft, was in ihrem Namen festgehalten wurde. Was hier niemand nennt, gilt, wie es \
         festgehalten wurde: Schweigen bestätigt nichts.";
    minutes_digest: "Minutes, SHA-256", "Protokoll, SHA-256";
    sealed: "Sealed", "Versiegelt";
    confirmed_and_contested: "Confirmed and contested", "Bestätigt und bestritten";
    confirmed: "Confirmed", "Bestätigt";
    contested: "Contested", "Bestritten";
    contested_stop: "Contested.", "Bestritten.";
    recorded: "Recorded", "Festgehalten";
    says_now: "Says now", "Erklärt nun";
    heads_next: " What is contested heads the next agenda.",
        " Was bestritten ist, steht am Anfang der nächsten Tagesordnung.";

    // Corrections, drafts and errata.
    draft: "DRAFT", "ENTWURF";
    corrections: "Corrections", "Berichtigungen";
    words_and_no_decision: "A correction changes the words of these minutes. What was decided stands as it was recorded.",
        "Eine Berichtigung ändert den Wortlaut dieses Protokolls. Was entschieden wurde, gilt, wie es festgehalten ist.";
    as_it_stood: "As it stood", "Bisheriger Wortlaut";
    new_wording: "New wording", "Neuer Wortlaut";
    nothing_stood: "(nothing)", "(nichts)";
    asked_by: "Asked for by", "Beantragt von";
    taken_in: "Taken in.", "Übernommen.";
    declined: "Declined.", "Nicht übernommen.";
    unanswered: "Open.", "Offen.";
    approval_of_minutes: "Approval of these minutes", "Genehmigung dieses Protokolls";
    erratum_text: "The minutes of this meeting are sealed and stay as they are. The chair says here what is wrong in them, and what is \
         right instead. What was decided stands as it was recorded.",
        "Das Protokoll dieser Sitzung ist versiegelt und bleibt, wie es ist. Der Vorsitz erklärt hier, was darin falsch ist und \
         was stattdessen richtig ist. Was entschieden wurde, gilt, wie es festgehalten ist.";
    put_right: "What is put right", "Was richtiggestellt wird";
    wrong: "Wrong", "Falsch";
    right: "Right", "Richtig";
    stated: "Stated", "Erklärt";

    // Review packs.
    left_out: "What is left out", "Was fehlt";
    nothing_left_out: "Nothing that belongs to these changes was left out.",
        "Nichts, was zu diesen Änderungen gehört, wurde weggelassen.";
    changes: "Changes", "Änderungen";
    opens_after: "It opens after that, too. By then ask whether anything has changed.",
        "Sie lässt sich auch danach öffnen. Fragen Sie dann, ob sich etwas geändert hat.";
    no_end: "no end was set", "ohne Ende";
    addressee: "For", "Für";
    sender: "From", "Von";
    shows_state_of: "As of", "Stand vom";
    good_until: "Good until", "Gültig bis";
    for_reading: "For reading", "Nur zum Lesen";
    for_reading_text: "Nothing is signed on this paper. Score, review and sign in Cabinet, where the pack was opened.",
        "Auf diesem Papier wird nichts unterschrieben. Bewerten, prüfen und unterschreiben Sie in Cabinet, wo die Mappe \
         geöffnet wurde.";
    gates_failing: "Gates failing", "Prüfpunkte nicht bestanden";
    none: "none", "keine";
    stands: "Stands", "Stand";
    description: "Description", "Beschreibung";
    nothing_written: "Nothing is written.", "Es ist nichts geschrieben.";
    question: "Question", "Frage";
    answer: "Answer", "Antwort";
    provenance: "From", "Herkunft";
    points: "Points", "Punkte";
    sum: "Sum", "Summe";
    by_question: "Score, question by question", "Bewertung, Frage für Frage";
    gates_that_fail: "Gates that do not pass", "Nicht bestandene Prüfpunkte";
    gate: "Gate", "Prüfpunkt";
    result: "Result", "Ergebnis";
    clause: "Clause", "Klausel";
    why: "Why", "Warum";
    no_earlier_look: "There was no earlier look to compare with.",
        "Es gibt keine frühere Durchsicht, mit der sich vergleichen ließe.";
    since_last_look: "What changed since the last look", "Was sich seit der letzten Durchsicht geändert hat";
    field: "Field", "Feld";
    before: "Before", "Vorher";
    now: "Now", "Jetzt";
    remarks: "Members' questions and remarks", "Fragen und Bemerkungen der Mitglieder";
    about: "About", "Wozu";
    words: "Words", "Wortlaut";
    attachments: "Attachments", "Anhänge";
    file: "File", "Datei";
    in_this_pack: "In this pack", "In dieser Mappe";

    // Fields, attachments, and how to check them.
    not_signed_yet: "Not signed yet", "Noch nicht unterschrieben";
    evidence_described: "The signed entries this document is made from",
        "Die signierten Einträge, aus denen dieses Dokument gebildet ist";
    root_described: "The board's certificate root; compare its fingerprint with one you got from the board",
        "Die Zertifikatswurzel des Gremiums; vergleichen Sie ihren Fingerabdruck mit dem, den Sie vom Gremium haben";
    typefaces_described: "The shapes of the words that are drawn with typefaces of the machine this was made on",
        "Die Formen der Wörter, die mit Schriften des Rechners gesetzt sind, auf dem dies entstand";
    how_to_verify: "Any PDF reader that checks signatures shows this file as unmodified; it also shows it as trusted once the \
         board's certificate root is known to it. Get the root from the board, not from this file, and compare its \
         fingerprint with the one printed here. The attached evidence.json holds the signed entries that this \
         document is a projection of.",
        "Jedes PDF-Programm, das Unterschriften prüft, zeigt diese Datei als unverändert an; als vertrauenswürdig zeigt es \
         sie, sobald es die Zertifikatswurzel des Gremiums kennt. Beziehen Sie die Wurzel vom Gremium, nicht aus dieser \
         Datei, und vergleichen Sie ihren Fingerabdruck mit dem hier gedruckten. Die angehängte Datei evidence.json enthält \
         die signierten Einträge, aus denen dieses Dokument gebildet ist.";

    // The circulated edition.
    circulated: "Minutes, circulated edition", "Protokoll, Verteilfassung";
    circulated_edition: "Circulated edition.", "Verteilfassung.";
    circulated_says: "Restricted items are withheld, on the pages and in the evidence inside alike. What concerns changes that \
         were not on the agenda is left out, and so are corrections of the wording. The full minutes are sealed apart.",
        "Vertrauliche Punkte sind zurückgehalten, auf den Seiten wie im enthaltenen Nachweis. Was Changes betrifft, die nicht \
         auf der Tagesordnung standen, ist ausgelassen, ebenso Berichtigungen des Wortlauts. Das vollständige Protokoll ist \
         gesondert besiegelt.";
    withheld: "Withheld in this edition", "In dieser Fassung zurückgehalten";
    withheld_what: "title, risk level, content, attachments and release; and every entry about it: answers, reviews, votes, \
         decision, conditions and sign-offs.",
        "Titel, Risikostufe, Inhalt, Anhänge und Release; und jeder Eintrag dazu: Antworten, Prüfungen, Stimmen, \
         Entscheidung, Auflagen und Freigaben.";
}

// After the macro, which they use.
mod links;
mod moments;
mod plan;
mod roles;
mod summary;

/// How the line of an override begins, among the floors of a decision, in whichever language the board worded it.
const OVERRIDES: [&str; 2] = ["Override of ", "Übersteuerung "];

/// Whether a floor is the line of an override.
pub(crate) fn is_override(floor: &str) -> bool {
    OVERRIDES.iter().any(|begins| floor.starts_with(begins))
}

/// Phrases with gaps.
impl Language {
    pub(crate) fn extract(self, key: &str) -> String {
        match self {
            Self::English => format!("Extract: {key}"),
            Self::German => format!("Auszug: {key}"),
        }
    }

    /// "Item 3, CHG-17".
    pub(crate) fn withheld_item(self, number: u32, key: &str) -> String {
        match self {
            Self::English => format!("Item {number}, {key}"),
            Self::German => format!("Punkt {number}, {key}"),
        }
    }

    /// "withheld: 5 fields".
    pub(crate) fn withheld_fields(self, fields: u32) -> String {
        match (self, fields) {
            (Self::English, 1) => "withheld: 1 field".to_owned(),
            (Self::English, _) => format!("withheld: {fields} fields"),
            (Self::German, 1) => "zurückgehalten: 1 Feld".to_owned(),
            (Self::German, _) => format!("zurückgehalten: {fields} Felder"),
        }
    }

    pub(crate) fn annex(self, number: u32) -> String {
        match self {
            Self::English => format!("Annex {number} to the minutes"),
            Self::German => format!("Nachtrag {number} zum Protokoll"),
        }
    }

    pub(crate) fn erratum(self, number: u32) -> String {
        match self {
            Self::English => format!("Erratum {number} to the minutes"),
            Self::German => format!("Richtigstellung {number} zum Protokoll"),
        }
    }

    pub(crate) fn annex_subject(self, digest: &str) -> String {
        match self {
            Self::English => format!("To the minutes with SHA-256 {digest}"),
            Self::German => format!("Zum Protokoll mit SHA-256 {digest}"),
        }
    }

    pub(crate) fn items_decided(self, count: usize, date: &str) -> String {
        match (self, count) {
            (Self::English, _) => format!("{count} items decided on {date}"),
            (Self::German, 1) => format!("1 Punkt, entschieden am {date}"),
            (Self::German, _) => format!("{count} Punkte, entschieden am {date}"),
        }
    }

    pub(crate) fn foot(self, checkpoint: &str, policy: &str, roster: &str) -> String {
        match self {
            Self::English => format!("Checkpoint {checkpoint} · policy {policy} · roster {roster}"),
            Self::German => format!("Kontrollpunkt {checkpoint} · Richtlinie {policy} · Mitgliederliste {roster}"),
        }
    }

    pub(crate) fn review_foot(self, as_of: &str, policy: &str, roster: &str) -> String {
        match self {
            Self::English => format!("As of {as_of} · policy {policy} · roster {roster}"),
            Self::German => format!("Stand vom {as_of} · Richtlinie {policy} · Mitgliederliste {roster}"),
        }
    }

    pub(crate) fn policy(self, version: &str) -> String {
        match self {
            Self::English => format!("Policy {version}"),
            Self::German => format!("Richtlinie {version}"),
        }
    }

    pub(crate) fn roster(self, version: &str) -> String {
        match self {
            Self::English => format!("Roster {version}"),
            Self::German => format!("Mitgliederliste {version}"),
        }
    }

    pub(crate) fn roster_root(self, version: &str) -> String {
        match self {
            Self::English => format!("Roster {version}, root"),
            Self::German => format!("Mitgliederliste {version}, Wurzel"),
        }
    }

    pub(crate) fn made(self, when: &str) -> String {
        match self {
            Self::English => format!("Made {when}"),
            Self::German => format!("Erstellt {when}"),
        }
    }

    pub(crate) fn delegate_for(self, seat: &str) -> String {
        match self {
            Self::English => format!("delegate for {seat}"),
            Self::German => format!("in Vertretung für {seat}"),
        }
    }

    /// From arrival to leaving; without one, to the end.
    pub(crate) fn there(self, arrived: &str, left: Option<&str>) -> String {
        match (self, left) {
            (Self::English, Some(left)) => format!("{arrived} to {left}"),
            (Self::English, None) => format!("{arrived} to close"),
            (Self::German, Some(left)) => format!("{arrived} bis {left}"),
            (Self::German, None) => format!("{arrived} bis Schluss"),
        }
    }

    pub(crate) fn until(self, left: &str) -> String {
        match self {
            Self::English => format!("until {left}"),
            Self::German => format!("bis {left}"),
        }
    }

    pub(crate) fn quorum_short(self, by: u32) -> String {
        match (self, by) {
            (Self::English, _) => format!("Quorum short by {by}"),
            (Self::German, 1) => "Nicht beschlussfähig, es fehlt 1 Sitz".to_owned(),
            (Self::German, _) => format!("Nicht beschlussfähig, es fehlen {by} Sitze"),
        }
    }

    pub(crate) fn quorum_arithmetic(self, present: u32, required: u32, of: u32) -> String {
        match (self, of) {
            (Self::English, _) => format!("{present} present, {required} required of {of} voting seats"),
            (Self::German, 1) => format!("{present} anwesend, {required} erforderlich von 1 stimmberechtigten Sitz"),
            (Self::German, _) => {
                format!("{present} anwesend, {required} erforderlich von {of} stimmberechtigten Sitzen")
            }
        }
    }

    pub(crate) fn seats_missing(self, seats: &[String]) -> String {
        let listed = seats.join(", ");
        match (self, seats.len()) {
            (Self::English, _) => format!("Mandatory seats missing: {listed}"),
            (Self::German, 1) => format!("Es fehlt der Pflichtsitz: {listed}"),
            (Self::German, _) => format!("Es fehlen die Pflichtsitze: {listed}"),
        }
    }

    pub(crate) fn raised(self, floor: &str) -> String {
        match self {
            Self::English => format!("Raised: {floor}"),
            Self::German => format!("Angehoben: {floor}"),
        }
    }

    pub(crate) fn passed_count(self, count: u32) -> String {
        match self {
            Self::English => format!("{count} passed"),
            Self::German => format!("{count} bestanden"),
        }
    }

    /// How many gates passed, where those that did not are listed above; `none` where none failed.
    pub(crate) fn gates_passed(self, count: u32, none: bool) -> String {
        let first = match (self, none) {
            (Self::English | Self::German, false) => "",
            (Self::English, true) => "None. ",
            (Self::German, true) => "Keine. ",
        };
        match (self, count) {
            (Self::English, 1) => format!("{first}1 gate passed."),
            (Self::English, _) => format!("{first}{count} gates passed."),
            (Self::German, 1) => format!("{first}1 Prüfpunkt bestanden."),
            (Self::German, _) => format!("{first}{count} Prüfpunkte bestanden."),
        }
    }

    pub(crate) fn answered(self, confirmed: usize, contested: usize) -> String {
        let next = if contested > 0 { self.heads_next() } else { "" };
        match self {
            Self::English => format!("{confirmed} confirmed, {contested} contested.{next}"),
            Self::German => format!("{confirmed} bestätigt, {contested} bestritten.{next}"),
        }
    }

    /// `who` is the name, and the item if it is about one.
    pub(crate) fn recorded_as(self, who: &str, recorded: &str) -> String {
        match self {
            Self::English => format!("{who}, recorded as \u{201c}{recorded}\u{201d}:"),
            Self::German => format!("{who}, festgehalten als \u{201e}{recorded}\u{201c}:"),
        }
    }

    pub(crate) fn for_as_of(self, to: &str, as_of: &str) -> String {
        match self {
            Self::English => format!("For {to}, as of {as_of}"),
            Self::German => format!("Für {to}, Stand vom {as_of}"),
        }
    }

    pub(crate) fn running_for(self, to: &str) -> String {
        match self {
            Self::English => format!("for {to}"),
            Self::German => format!("für {to}"),
        }
    }

    pub(crate) fn to_be_reviewed(self, count: usize, by: &str) -> String {
        match (self, count) {
            (Self::English, _) => format!("{count} changes to be reviewed by {by}"),
            (Self::German, 1) => format!("1 Änderung zur Prüfung durch {by}"),
            (Self::German, _) => format!("{count} Änderungen zur Prüfung durch {by}"),
        }
    }

    pub(crate) fn plan(self, section: &str) -> String {
        match self {
            Self::English => format!("Plan {section}"),
            Self::German => format!("Plan: {section}"),
        }
    }

    /// What heads the differences since an earlier look, or says that there are none.
    pub(crate) fn since(self, since: &str, nothing: bool) -> String {
        match (self, nothing) {
            (Self::English, true) => format!("Nothing has changed since {since}."),
            (Self::English, false) => format!("Since {since}:"),
            (Self::German, true) => format!("Seit {since} hat sich nichts geändert."),
            (Self::German, false) => format!("Seit {since}:"),
        }
    }

    pub(crate) fn page(self, number: usize, count: usize) -> String {
        match self {
            Self::English => format!("Page {number} of {count}"),
            Self::German => format!("Seite {number} von {count}"),
        }
    }

    /// `shown` are the first of `count` characters, `more` how many are not shown.
    pub(crate) fn no_glyph(self, count: usize, shown: &str, more: usize) -> String {
        match self {
            Self::English => {
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let subject = if count == 1 { "1 character has".into() } else { format!("{count} characters have") };
                format!(
                    "{subject} no glyph in this document's font: {shown}{more}. A box stands for each; the text \
                     behind the box is kept (copy it, or read evidence.json)."
                )
            }
            Self::German => {
                let more = if more > 0 { format!(" und {more} weitere") } else { String::new() };
                format!(
                    "Für {count} Zeichen hat die Schrift dieses Dokuments keine Glyphe: {shown}{more}. An ihrer Stelle \
                     steht jeweils ein Kästchen; der Text dahinter bleibt erhalten (kopieren Sie ihn, oder lesen Sie \
                     evidence.json)."
                )
            }
        }
    }

    /// A time with its offset from UTC, as a signature's field shows it: "18 Nov 2026, 15:30 +01:00". Its letters are
    /// ASCII: the field's face has no more for certain.
    pub(crate) fn time_and_offset(self, at: DateTime<FixedOffset>) -> String {
        let time = match self {
            Self::English => at.format("%-d %b %Y, %H:%M"),
            Self::German => at.format("%-d.%-m.%Y, %H:%M"),
        };
        if at.offset().local_minus_utc() == 0 { format!("{time} UTC") } else { format!("{time} {}", at.offset()) }
    }

    pub(crate) fn signed_at(self, time: &str) -> String {
        match self {
            Self::English => format!("Signed {time} (time claimed)"),
            Self::German => format!("Signiert {time} (laut Angabe)"),
        }
    }

    /// The first digits of a key's fingerprint, below a signature: there is room for a line.
    pub(crate) fn fingerprint_begins(self, digits: &str) -> String {
        match self {
            Self::English => format!("Key fingerprint {digits} …"),
            Self::German => format!("Fingerabdruck {digits} …"),
        }
    }

    pub(crate) fn signature_of(self, name: &str, role: &str) -> String {
        match self {
            Self::English => format!("Signature of {name}, {role}"),
            Self::German => format!("Unterschrift von {name}, {role}"),
        }
    }
}

#[cfg(test)]
mod tests;
