// The one list of commands: read by `build.rs` (what exists), by the capabilities (what each window may
// call) and by `ipc.rs` (what is registered and exported to TypeScript). A command that is missing here
// does not exist anywhere; one that is here and not in `commands/` does not compile.
commands! {
    main {
        status: app_status, preferences, set_preferences, members, set_me, cancel_work, touch;
        boards: enrolment_terms, create_board, open_sample_board;
        connections: connection, test_connection, propose_mapping, dry_run_mapping, save_connection, sync;
        changes: list_changes, change, mark_looked, download_attachment, meet_condition, hand_out,
            preview_returns, return_to_requester;
        calendar: calendar, schedule, preview_reschedule, reschedule, freezes, preview_freezes;
        chase: chase;
        releases: releases, release, assess_release;
        pipelines: pipelines, suspend_standing, meet_obligation, bring_receipt;
        emergencies: emergencies, meet_owed;
        dispensations: gate_acts, waiting_words;
        attesting: attest;
        circulars: circulars, end_circular;
        risk: risk_walk, answer_risk, submit_risk;
        plan: plan_review, tick_section, comment_section, submit_plan_review;
        agenda: list_meetings, create_meeting, agenda, build_agenda, add_agenda_item, remove_agenda_item,
            move_agenda_item, set_item_minutes, restrict_agenda_item, call_to_order, write_agenda;
        meeting: meeting, meeting_item, set_current_item, set_attendance, recuse, unrecuse, vote, record_consent,
            decide, decide_release, set_note, assign_action, set_timer, admit_late;
        sign_offs: request_signing, written, ask_in_writing;
        wrap_up: wrap_up, close_meeting, compose_minutes, verify_minutes, open_minutes, annexes, open_annex,
            corrections, beside_minutes, open_circulated, open_erratum, hand_out_minutes,
            signatories, choose_signatories, settle_next_meeting, write_extracts;
        outbox: outbox, retry_outbox;
        policies: policy, check_policy, simulate_policy, policy_fare;
        record: record, set_relay_folders, exchange, recover;
        members: invite, receive_enrolment, spoken, delegations;
        packs: packs, make_pack, open_pack, save_answer, open_pack_pdf;
        joining: read_invitation, join_board, joining, save_enrolment;
        verifying: verify_document;
        documents: document_page;
    }
    sign {
        sign_offs: signing_view, sign, close_signing;
    }
}
