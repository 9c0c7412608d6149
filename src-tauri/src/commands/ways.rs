//! Which commands could bring an approval about: each is tried on blocked changes by `blocked.rs`, or it is said here why it
//! approves nothing. A new command stands in neither, and fails.
use std::collections::BTreeSet;

use crate::ipc::WINDOWS;

/// The tries, to be looked through for each command.
const TRIES: &str = include_str!("blocked.rs");

/// Tried there, and how the call is written.
const TRIED: [(&str, &str); 6] = [
    ("ask_in_writing", "sign_offs::ask_in_writing("),
    ("decide", "meeting::decide("),
    ("decide_release", "meeting::decide_release("),
    ("hand_out", "changes::hand_out("),
    ("request_signing", "self.cabinet.request_signing("),
    ("sign", "sign_offs::sign("),
];

/// Every other command, with the reason why it approves nothing.
const APPROVES_NOTHING: [(&str, &[&str]); 9] = [
    (
        "looks, and writes no entry",
        &[
            "agenda",
            "annexes",
            "app_status",
            "beside_minutes",
            "calendar",
            "change",
            "chase",
            "check_policy",
            "circulars",
            "close_signing",
            "compose_minutes",
            "connection",
            "corrections",
            "delegations",
            "document_page",
            "dry_run_mapping",
            "emergencies",
            "enrolment_terms",
            "freezes",
            "gate_acts",
            "hand_out_minutes",
            "joining",
            "list_changes",
            "list_meetings",
            "meeting",
            "meeting_item",
            "members",
            "open_annex",
            "open_circulated",
            "open_erratum",
            "open_minutes",
            "open_pack_pdf",
            "outbox",
            "packs",
            "pipelines",
            "plan_review",
            "policy",
            "policy_fare",
            "preferences",
            "preview_freezes",
            "preview_reschedule",
            "preview_returns",
            "propose_mapping",
            "read_invitation",
            "record",
            "release",
            "releases",
            "risk_walk",
            "schedule",
            "signatories",
            "signing_view",
            "simulate_policy",
            "spoken",
            "test_connection",
            "verify_document",
            "verify_minutes",
            "waiting_words",
            "wrap_up",
            "write_agenda",
            "write_extracts",
            "written",
        ],
    ),
    (
        "of this device, or of who may act: what they do is judged when they do it",
        &[
            "cancel_work",
            "create_board",
            "invite",
            "join_board",
            "mark_looked",
            "open_sample_board",
            "receive_enrolment",
            "recover",
            "save_connection",
            "save_enrolment",
            "set_me",
            "set_preferences",
            "set_relay_folders",
            "touch",
        ],
    ),
    (
        "brings in what the gates then judge anew, or asks for what is missing",
        &["attest", "download_attachment", "reschedule", "return_to_requester", "sync"],
    ),
    (
        "advice or preparation: only `decide` decides",
        &[
            "add_agenda_item",
            "admit_late",
            "answer_risk",
            "assess_release",
            "assign_action",
            "build_agenda",
            "call_to_order",
            "choose_signatories",
            "comment_section",
            "create_meeting",
            "move_agenda_item",
            "record_consent",
            "recuse",
            "remove_agenda_item",
            "restrict_agenda_item",
            "set_attendance",
            "set_item_minutes",
            "set_note",
            "set_timer",
            "settle_next_meeting",
            "submit_plan_review",
            "submit_risk",
            "tick_section",
            "unrecuse",
            "vote",
        ],
    ),
    (
        "writes or sends what was decided and signed, and nothing that is blocked by then: the journeys of hard blocks, \
         `outbox.rs`, `after.rs` and `delegated.rs`",
        &["close_meeting", "make_pack", "meet_condition", "retry_outbox", "save_answer", "set_current_item"],
    ),
    ("carries nothing that is blocked by then: the journey `hard_blocks/in_writing.rs`", &["end_circular"]),
    (
        "takes in what was signed elsewhere, and what blocks here keeps it in: the journey `hard_blocks/relay.rs`",
        &["exchange"],
    ),
    (
        "takes in what was signed elsewhere, and what blocks here keeps it in: the journey `hard_blocks/elsewhere.rs`",
        &["open_pack"],
    ),
    (
        "of what a pipeline did before, or takes an approval away",
        &["bring_receipt", "meet_obligation", "meet_owed", "suspend_standing"],
    ),
];

#[test]
fn every_command_is_tried_on_what_is_blocked_or_approves_nothing() {
    let all: BTreeSet<&str> = WINDOWS.iter().flat_map(|(_, commands)| commands.iter().copied()).collect();
    let others = APPROVES_NOTHING.iter().flat_map(|(_, commands)| commands.iter().copied());
    let told: Vec<&str> = TRIED.iter().map(|(command, _)| *command).chain(others).collect();
    let named: BTreeSet<&str> = told.iter().copied().collect();
    assert_eq!(named.len(), told.len(), "each command stands in one list, once");
    let missing: Vec<_> = all.difference(&named).collect();
    assert!(missing.is_empty(), "try these in blocked.rs, or say why they approve nothing: {missing:?}");
    let gone: Vec<_> = named.difference(&all).collect();
    assert!(gone.is_empty(), "there are no such commands any more: {gone:?}");
}

#[test]
fn what_is_said_to_be_tried_is_tried() {
    for (command, call) in TRIED {
        assert!(TRIES.contains(call), "{command} is not tried in blocked.rs");
    }
    assert!(APPROVES_NOTHING.iter().all(|(why, _)| !why.is_empty()));
}
