//! Which verbs could bring an approval about: each is tried on blocked changes by `tests/hard_blocks.rs`, or it is said here
//! why it approves nothing. A new verb stands in neither, and fails.
use std::collections::BTreeSet;

use clap::{Command, CommandFactory as _};

use crate::args::Cli;

/// The tries, to be looked through for each verb.
const TRIES: &str = include_str!("../tests/hard_blocks.rs");

/// Tried there.
const TRIED: [&str; 10] = [
    "change immaterial",
    "change waive",
    "circular open",
    "export",
    "meeting decide",
    "meeting together",
    "sign-off",
    "sign-off ask",
    "sign-off written",
    "standing approve",
];

/// Looks, and writes no entry; or writes what has no part in deciding.
const LOOKS: &str = "looks, and writes no entry";
/// Changes the ticket or this device, which the gates look at anew.
const EVIDENCE: &str = "brings in what the gates then judge anew";
/// Belongs to who may act, not to what they decide.
const PEOPLE: &str = "says who may act; what they do is judged when they do it";
/// Prepares what a decision is made of.
const ADVICE: &str = "advice or preparation: only `meeting decide` decides";
/// Of an emergency.
const EMERGENCY: &str =
    "no hard block waits in an emergency; it is decided as any other (journeys: hard_blocks/before.rs)";
/// Of a record that was approved before.
const RECORD: &str =
    "keeps, moves or judges what is in the record already; the gates stand between it and any approval";

/// Every other verb, with the reason why it approves nothing.
const APPROVES_NOTHING: &[(&str, &str)] = &[
    ("backup", RECORD),
    ("board create", PEOPLE),
    ("board show", LOOKS),
    ("calendar", LOOKS),
    ("calendar freezes", LOOKS),
    ("calendar slot", LOOKS),
    (
        "change condition-met",
        "meets a condition of what was decided and signed; exporting and writing back ask the gates",
    ),
    ("change attest", EVIDENCE),
    ("change chain", LOOKS),
    ("change difference", LOOKS),
    ("change dispose", "takes bytes away; what lacks them cannot be signed (R86)"),
    ("change download", EVIDENCE),
    ("change evidence", LOOKS),
    ("change except", "an exception to a freeze alone; no other gate looks at it"),
    ("change gates", LOOKS),
    ("change list", LOOKS),
    ("change met", "meets a condition of what was decided and signed; exporting and writing back ask the gates"),
    ("change override", "moves the level of risk, never below a floor; gates ask by the higher of score and override"),
    ("change reschedule", "tells what another window would do, or why it was moved on the ticket"),
    ("change return", "a comment that asks for what is missing"),
    ("change schedule", LOOKS),
    ("change second", "no word is there to second: `change waive` is refused for hard blocks"),
    ("change show", LOOKS),
    ("change take-back", "takes a word away: what it set aside blocks again"),
    ("change template", LOOKS),
    ("change waivers", LOOKS),
    ("chase", LOOKS),
    ("circular end", "carries nothing that is blocked by then (journeys: hard_blocks/in_writing.rs)"),
    ("circular list", LOOKS),
    ("circular recuse", ADVICE),
    ("circular vote", "a vote in writing: only `circular end` counts them"),
    ("connect", EVIDENCE),
    ("demo", "a board of its own, in a folder of its own, by the same use cases"),
    ("doctor", LOOKS),
    ("emergency bind", EMERGENCY),
    ("emergency declare", EMERGENCY),
    ("emergency list", LOOKS),
    ("emergency met", EMERGENCY),
    ("emergency revalidate", EMERGENCY),
    ("emergency review", EMERGENCY),
    ("emergency rolled-back", "takes away: nothing is deployed again until it is revalidated (R95)"),
    ("evidence import", "makes a copy in which nothing can be signed"),
    ("exchange", "takes in what was signed elsewhere; what blocks here keeps it in (journeys: hard_blocks/relay.rs)"),
    ("fork list", LOOKS),
    ("fork settle", RECORD),
    ("gate", "judges a file that was handed out; it writes nothing but a receipt"),
    ("identity import", PEOPLE),
    ("identity remove", PEOPLE),
    ("meeting action", ADVICE),
    ("meeting admit", ADVICE),
    ("meeting agenda", ADVICE),
    ("meeting attend", ADVICE),
    ("meeting call", ADVICE),
    ("meeting close", "writes what was decided; what is blocked by then is refused (journeys: hard_blocks/outbox.rs)"),
    ("meeting consent", ADVICE),
    ("meeting list", LOOKS),
    ("meeting new", ADVICE),
    ("meeting next", "writes what was decided; what is blocked by then is refused (journeys: hard_blocks/outbox.rs)"),
    ("meeting note", ADVICE),
    ("meeting reconvene", ADVICE),
    ("meeting recuse", ADVICE),
    ("meeting secretary", PEOPLE),
    ("meeting show", LOOKS),
    ("meeting vote", ADVICE),
    ("meeting witness", RECORD),
    ("meeting wrap-up", LOOKS),
    ("member admit", PEOPLE),
    ("member affirm", "confirms or contests what was recorded of a member; it decides nothing"),
    ("member certificate", PEOPLE),
    ("member change", PEOPLE),
    ("member delegate", PEOPLE),
    ("member delegations", LOOKS),
    ("member enrol", PEOPLE),
    ("member invite", PEOPLE),
    ("member list", LOOKS),
    ("member revoke", PEOPLE),
    ("member sign", PEOPLE),
    ("member spoken", LOOKS),
    ("member undelegate", PEOPLE),
    ("minutes annex", RECORD),
    ("minutes answer", "changes the words of minutes; what was decided no correction changes"),
    ("minutes approve", "approves the words of minutes, and no change"),
    ("minutes compile", LOOKS),
    ("minutes correct", "changes the words of minutes; what was decided no correction changes"),
    ("minutes corrections", LOOKS),
    ("minutes countersign", RECORD),
    ("minutes distribute", "copies what was sealed, or a draft, with the draft of a mail; it writes no entry"),
    ("minutes erratum", RECORD),
    ("minutes extracts", "copies what was sealed, with an index; it writes no entry"),
    (
        "minutes seal",
        "tells what was decided when; what is blocked by now goes to no ticket (journeys: hard_blocks/after.rs)",
    ),
    ("minutes turns", LOOKS),
    ("minutes verify", LOOKS),
    ("obligation list", LOOKS),
    ("obligation met", "what was deployed already still owes it"),
    ("outbox", LOOKS),
    ("outbox retry", "sends what holds and nothing else (journeys: hard_blocks/outbox.rs)"),
    ("pack make", "tells how changes stand, to be reviewed elsewhere"),
    (
        "pack open",
        "takes in what was signed elsewhere; what blocks here keeps it in (journeys: hard_blocks/elsewhere.rs)",
    ),
    ("pack reply", "sends back what was signed here"),
    ("policy adopt", "no policy takes a hard block away: they are not among what it can say (R102: simulated first)"),
    ("policy check", LOOKS),
    ("policy fare", LOOKS),
    ("policy proposals", LOOKS),
    ("policy show", LOOKS),
    ("policy simulate", LOOKS),
    ("rebuild", RECORD),
    ("receipt", "counts a deployment that a gate let through before"),
    ("recover", RECORD),
    ("release assess", ADVICE),
    ("release list", LOOKS),
    ("release show", LOOKS),
    ("restore", RECORD),
    ("review", ADVICE),
    ("sample-server", "the sample's ticketing system, and no board"),
    ("score", ADVICE),
    ("score simulate", LOOKS),
    ("standing list", LOOKS),
    ("standing suspend", "takes an approval away"),
    ("sync", EVIDENCE),
    ("verify", LOOKS),
];

/// Every verb that can be run by itself, as it is typed.
fn verbs(command: &Command, typed: &str, found: &mut BTreeSet<String>) {
    for verb in command.get_subcommands() {
        let typed = format!("{typed} {}", verb.get_name()).trim_start().to_owned();
        if !verb.is_subcommand_required_set() {
            found.insert(typed.clone());
        }
        verbs(verb, &typed, found);
    }
}

#[test]
fn every_verb_is_tried_on_what_is_blocked_or_approves_nothing() {
    let mut all = BTreeSet::new();
    verbs(&Cli::command(), "", &mut all);
    let told: Vec<&str> = TRIED.into_iter().chain(APPROVES_NOTHING.iter().map(|(verb, _)| *verb)).collect();
    let named: BTreeSet<String> = told.iter().map(|verb| (*verb).to_owned()).collect();
    assert_eq!(named.len(), told.len(), "each verb stands in one list, once");
    let missing: Vec<_> = all.difference(&named).collect();
    assert!(missing.is_empty(), "try these in tests/hard_blocks.rs, or say why they approve nothing: {missing:?}");
    let gone: Vec<_> = named.difference(&all).collect();
    assert!(gone.is_empty(), "there are no such verbs any more: {gone:?}");
}

#[test]
fn what_is_said_to_be_tried_is_tried() {
    for verb in TRIED {
        assert!(TRIES.contains(&format!("self.refused(\"{verb}\",")), "{verb} is not tried in tests/hard_blocks.rs");
    }
    for (verb, why) in APPROVES_NOTHING {
        assert!(!why.is_empty(), "{verb}");
    }
}
