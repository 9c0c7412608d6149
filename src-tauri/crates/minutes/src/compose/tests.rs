use crate::document::{Block, Document};
use crate::model::{Action, Attestation, Circulated, Covers, Decision, GateResult, Head, Minutes, Withheld};
use crate::{
    Language, PaperSize, compose, compose_annex, compose_draft, compose_erratum, compose_extract, compose_plan,
    specimen,
};

fn text(document: &Document) -> String {
    document.texts().join("\n")
}

#[test]
fn minutes_name_everything_a_reader_is_promised() {
    let minutes = specimen::minutes(5);
    let said = text(&compose(&minutes));
    let head = &minutes.head;
    for expected in [&head.board, &head.date, &head.place, &head.chair, &head.meeting_id, &head.policy_version] {
        assert!(said.contains(expected.as_str()), "{expected} is missing");
    }
    for item in &minutes.items {
        for expected in [&item.key, &item.title, &item.kind, &item.basis_text, &item.window[0], &item.window[1]] {
            assert!(said.contains(expected.as_str()), "{expected} is missing");
        }
        let risk = item.risk.as_ref().expect("scored");
        assert!(risk.heaviest.iter().all(|answer| said.contains(answer.as_str())));
        assert!(item.conditions.iter().all(|condition| said.contains(&condition.text)));
        assert!(item.sign_offs.iter().all(|given| said.contains(&given.meaning)));
    }
    assert!(said.contains("5 votes: 1 signed, 1 witnessed, 3 spoken, on the word of the chair"));
    assert!(said.contains("Quorum met") && said.contains("strict majority: floor(7/2)+1 = 4"));
    assert!(said.contains("CHG-104: author of the change"));
    assert!(said.contains("delegate for Piotr Nowak (Operations)"));
}

#[test]
fn the_meetings_number_stands_in_small_print_and_not_under_the_title() {
    let (minutes, head) = (specimen::minutes(1), specimen::minutes(1).head);
    let plan = specimen::plan(Language::English);
    let documents = [
        compose(&minutes),
        compose(&Minutes { circulated: Some(Circulated { withheld: Vec::new() }), ..minutes.clone() }),
        compose_extract(&specimen::extract()),
        compose_annex(&specimen::annex()),
        compose_erratum(&specimen::erratum()),
        compose_plan(&plan),
    ];
    for document in &documents {
        let Block::Title { above, title, below } = &document.blocks[0] else { panic!("{document:?} has no title") };
        assert!([above, title, below].iter().all(|line| !line.contains(&head.meeting_id)), "{}", document.title);
        let rows =
            document.blocks.iter().filter_map(|b| if let Block::KeyValues { rows } = b { Some(rows) } else { None });
        let small = rows.flatten().find(|row| row.label == Language::English.rests_on()).expect("the small print");
        let said: Vec<&str> = small.lines[0].iter().map(|span| span.text.as_str()).collect();
        assert_eq!(said, ["Meeting", head.meeting_id.as_str()], "{}", document.title);
    }
    let nowhere = compose_plan(&crate::ApprovedPlan { head: Head { meeting_id: String::new(), ..head }, ..plan });
    assert!(!text(&nowhere).contains("2026-W47"), "no meeting decided on it");
}

#[test]
fn a_provisional_board_says_so_at_the_top_and_on_every_page() {
    let mut minutes = specimen::minutes(1);
    assert!(!text(&compose(&minutes)).to_lowercase().contains("provisional"));
    minutes.head.provisional = true;
    let document = compose(&minutes);
    assert!(matches!(&document.blocks[1], Block::Notice { spans } if spans[0].text == "Provisional."));
    assert!(document.running_head.0.contains("provisional board"));
}

#[test]
fn a_quorum_that_was_short_says_by_how_many_and_which_seats() {
    let mut minutes = specimen::minutes(1);
    minutes.quorum[0].met = false;
    minutes.quorum[0].present = 2;
    minutes.quorum[0].missing_seats = vec!["Security".into()];
    let said = text(&compose(&minutes));
    assert!(said.contains("Quorum short by 2") && said.contains("Mandatory seats missing: Security"));
}

#[test]
fn a_mandatory_seat_can_miss_although_the_numbers_suffice() {
    let mut minutes = specimen::minutes(1);
    minutes.quorum[0].met = false;
    assert!(text(&compose(&minutes)).contains("Quorum not met"));
}

#[test]
fn a_stale_sign_off_and_one_without_a_key_are_named_so() {
    let mut minutes = specimen::minutes(1);
    let given = &mut minutes.items[0].sign_offs[0];
    given.stale = true;
    given.key_fingerprint = None;
    given.attestation = Attestation::Written;
    let said = text(&compose(&minutes));
    assert!(said.contains("stale") && said.contains("no key") && said.contains("written"));
}

#[test]
fn every_gate_result_has_its_word() {
    let mut minutes = specimen::minutes(1);
    let gate = minutes.items[0].gates[0].clone();
    let results = [
        (GateResult::Passed, "Passed"),
        (GateResult::Failed, "Failed"),
        (GateResult::Waived, "Waived"),
        (GateResult::Warned, "Warned"),
        (GateResult::NotApplicable, "Not applicable"),
        (GateResult::NoEvidence, "No evidence"),
    ];
    for (result, word) in results {
        minutes.items[0].gates = vec![crate::model::Gate { result, ..gate.clone() }];
        assert!(compose(&minutes).texts().contains(&word), "{word}");
    }
}

#[test]
fn an_empty_meeting_is_still_a_document() {
    let mut minutes = specimen::minutes(0);
    minutes.attendance.clear();
    minutes.quorum.clear();
    minutes.actions.clear();
    minutes.next_meeting = None;
    let said = text(&compose(&minutes));
    assert!(
        said.contains("The meeting took no items.")
            && said.contains("No actions were agreed.")
            && said.contains("not settled")
    );
}

#[test]
fn an_item_that_was_not_decided_rests_on_nothing_and_claims_no_gates() {
    let mut minutes = specimen::minutes(1);
    let item = &mut minutes.items[0];
    (item.basis, item.decision) = (None, Decision::NoDecision);
    item.basis_text = "The item was not decided.".to_owned();
    item.gates.clear();
    item.gates_passed = 0;
    let said = text(&compose(&minutes));
    assert!(said.contains("The item was not decided.") && said.contains("none in the record: nothing was decided"));
    for claim in ["Chair's ruling.", "Consent.", "Counted vote.", "none apply"] {
        assert!(!said.contains(claim), "{claim}");
    }
    let before = serde_json::to_value(specimen::minutes(1)).expect("written");
    assert!(before["items"][0]["basis"].is_string(), "what was decided is written as before");
    assert!(before["head"].get("covers").is_none() && before["quorum"][0].get("moment").is_none());
}

#[test]
fn a_quorum_says_when_it_was_counted_and_a_checkpoint_up_to_where_it_goes() {
    let mut minutes = specimen::minutes(1);
    minutes.quorum[0].moment = "at the call to order, 14:00".to_owned();
    let said = text(&compose(&minutes));
    assert!(said.contains("at the call to order, 14:00"));
    assert!(said.contains("Checkpoint at the close of the meeting") && !said.contains("Checkpoint of"));
    minutes.head.covers = Covers::Inside;
    let said = text(&compose(&minutes));
    assert!(said.contains("Checkpoint of all entries inside") && !said.contains("Checkpoint at"));
}

#[test]
fn open_actions_of_earlier_meetings_stand_apart_with_the_meeting_of_each() {
    let mut minutes = specimen::minutes(1);
    assert!(!text(&compose(&minutes)).contains("Actions of earlier meetings"));
    let before = Action {
        text: "Order the second line".to_owned(),
        owner: "Mara Lind".to_owned(),
        due: "open".to_owned(),
        item: None,
        meeting: Some("Weekly board, 11 November 2026".to_owned()),
    };
    minutes.carried = vec![before];
    let said = text(&compose(&minutes));
    assert!(said.contains("Actions of earlier meetings that are open"));
    assert!(said.contains("Order the second line") && said.contains("Weekly board, 11 November 2026"));
}

#[test]
fn an_extract_holds_its_one_change_and_no_other() {
    let said = text(&compose_extract(&specimen::extract()));
    assert!(said.contains("CHG-101") && said.contains("Extract: CHG-101"));
    assert!(!said.contains("CHG-102"));
    assert!(!said.contains("Nguyễn Thị Ánh"), "guests of the meeting are no part of a ticket");
}

#[test]
fn an_annex_names_its_minutes_and_who_said_what_instead() {
    let annex = specimen::annex();
    let said = text(&compose_annex(&annex));
    let digest: Vec<&str> =
        annex.minutes.as_bytes().chunks(8).filter_map(|part| std::str::from_utf8(part).ok()).collect();
    assert!(said.contains(&digest.join(" ")), "the minutes it belongs to");
    assert!(said.contains("2 confirmed, 1 contested. What is contested heads the next agenda."));
    assert!(said.contains("I abstained, and said so twice."), "in the member's words");
    let mut silent = annex;
    silent.answers.truncate(2);
    let said = text(&compose_annex(&silent));
    assert!(said.contains("2 confirmed, 0 contested.") && !said.contains("next agenda"));
}

#[test]
fn corrections_stand_beside_their_item_with_both_wordings_and_touch_no_decision() {
    let plain = specimen::minutes(2);
    let mut corrected = plain.clone();
    corrected.corrections = specimen::corrections();
    corrected.approval = "Approved: no correction was open at the deadline.".to_owned();
    let (before, after) = (compose(&plain), compose(&corrected));
    let said = text(&after);
    for words in ["Measured on ten hosts", "Measured on two hosts", "Taken in.", "Declined.", "Open.", "(nothing)"] {
        assert!(said.contains(words), "{words}");
    }
    assert!(!text(&before).contains("Taken in."));
    assert!(said.contains("Approved: no correction was open at the deadline."));
    let at = |needle: &str| said.find(needle).unwrap_or_else(|| panic!("{needle} is not there"));
    let second = said.rfind("CHG-102").expect("the second item");
    assert!(at("Measured on ten hosts") < second && at("(nothing)") > second, "each in its place");
    let heads = |document: &Document| -> Vec<Block> {
        document.blocks.iter().filter(|block| matches!(block, Block::ItemHead { .. })).cloned().collect()
    };
    assert_eq!(heads(&before), heads(&after), "decisions are as they were");
}

#[test]
fn a_draft_says_so_on_every_page_in_its_language_and_nobody_can_sign_it() {
    for (language, word) in [(Language::English, "DRAFT"), (Language::German, "ENTWURF")] {
        let minutes = specimen::minutes_in(1, language, PaperSize::A4);
        let draft = compose_draft(&minutes);
        assert_eq!(draft.watermark.as_deref(), Some(word));
        assert!(draft.title.contains(word) && draft.running_head.0.contains(word), "{}", draft.title);
        assert!(!draft.blocks.iter().any(|block| matches!(block, Block::SignatureField(_))));
        assert_eq!(compose(&minutes).watermark, None, "what is sealed is none");
    }
}

#[test]
fn an_erratum_names_its_minutes_and_says_what_is_wrong_and_what_is_right() {
    let erratum = specimen::erratum();
    let said = text(&compose_erratum(&erratum));
    let digest: Vec<&str> =
        erratum.minutes.as_bytes().chunks(8).filter_map(|part| std::str::from_utf8(part).ok()).collect();
    assert!(said.contains(&digest.join(" ")), "the minutes it belongs to");
    let put_right = &erratum.errata[0];
    assert!(said.contains("Erratum 1 to the minutes"), "{said}");
    assert!(said.contains(&put_right.wrong) && said.contains(&put_right.right));
}

#[test]
fn table_rows_are_as_long_as_their_header() {
    let mut corrected = specimen::minutes(5);
    corrected.corrections = specimen::corrections();
    let documents = [compose(&corrected), compose_extract(&specimen::extract()), compose_annex(&specimen::annex())];
    for block in documents.iter().flat_map(|document| &document.blocks) {
        if let Block::Table(table) = block {
            assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
        }
    }
}

#[test]
fn minutes_survive_being_stored_as_json() {
    let minutes = specimen::minutes(5);
    let json = serde_json::to_string(&minutes).expect("written");
    assert_eq!(serde_json::from_str::<Minutes>(&json).expect("read"), minutes);
}

#[test]
fn what_an_emergency_owes_stands_with_its_change() {
    let mut extract = specimen::extract();
    assert!(!text(&compose_extract(&extract)).contains("Owed by"), "nothing is said of what is none");
    extract.item.emergency = vec!["Owed by 4 Dec 2026, 22:40 UTC: The review after it (R66): open".into()];
    assert!(text(&compose_extract(&extract)).contains(&extract.item.emergency[0]));
    let mut minutes = specimen::minutes(2);
    minutes.items[1].emergency.clone_from(&extract.item.emergency);
    assert!(text(&compose(&minutes)).contains(&extract.item.emergency[0]));
}

#[test]
fn a_resolution_in_writing_stands_with_its_change_or_among_those_that_no_meeting_ratified() {
    let mut minutes = specimen::minutes(2);
    assert!(!text(&compose(&minutes)).contains("in writing"), "nothing is said where nothing was asked");
    minutes.items[0].circular = vec!["Decided in writing between meetings.".into(), "This meeting ratifies it.".into()];
    minutes.circulars = vec!["CHG-9: Decided in writing. Not ratified yet: it stands.".into()];
    let said = text(&compose(&minutes));
    for line in minutes.items[0].circular.iter().chain(&minutes.circulars) {
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn edits_that_were_ruled_immaterial_stand_with_their_change_or_among_those_since_the_last_meeting() {
    let mut minutes = specimen::minutes(2);
    assert!(!text(&compose(&minutes)).contains("immaterial"), "nothing is said where nothing was ruled");
    minutes.items[0].rulings = vec!["The edit of Title was ruled immaterial by Ada (chair) and Grace: a typo".into()];
    minutes.rulings = vec!["CHG-9: The edit of Reason was ruled immaterial by Ada (chair) and Grace: a date".into()];
    let said = text(&compose(&minutes));
    assert!(said.contains(&minutes.items[0].rulings[0]) && said.contains(&minutes.rulings[0]), "{said}");
    let mut extract = specimen::extract();
    extract.item.rulings.clone_from(&minutes.items[0].rulings);
    assert!(text(&compose_extract(&extract)).contains(&extract.item.rulings[0]));
}

#[test]
fn answers_that_came_late_and_who_does_what_stand_where_there_are_any() {
    let mut minutes = specimen::minutes(1);
    let before = text(&compose(&minutes));
    assert!(!before.contains("came late") && !before.contains("by type of release"), "{before}");
    minutes.delegated = vec!["CHG-8: Grace signed it off at Low risk, without a decision of the board.".into()];
    minutes.breaches = vec!["CHG-9: the sign-off that decides was due by noon; Grace gave it at two.".into()];
    let line = |role: &str, people: Vec<String>| crate::model::Raci {
        release: "major".into(),
        letter: "accountable".into(),
        role: role.into(),
        people,
    };
    minutes.raci = vec![line("CTO", vec!["Grace".into(), "Ada".into()]), line("Release Manager", Vec::new())];
    let said = text(&compose(&minutes));
    assert!(said.contains(&minutes.breaches[0]) && said.contains(&minutes.delegated[0]), "{said}");
    for words in ["Who does what, by type of release", "accountable", "Grace, Ada", "Release Manager", "nobody"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn waivers_overrides_and_exceptions_stand_with_their_change_or_among_those_since_the_last_meeting() {
    let mut minutes = specimen::minutes(2);
    minutes.dispensations.clear();
    assert!(!text(&compose(&minutes)).contains("Waivers"), "nothing is said where nothing was set aside");
    minutes.items[0].dispensations = vec!["Waiver of gate backout (R23) by Ada, seconded by Grace: a deadline".into()];
    minutes.dispensations = vec!["CHG-9: Exception to freeze year-end by Ada, seconded by Grace: the law".into()];
    let risk = minutes.items[0].risk.as_mut().expect("the specimen's first item has a risk");
    risk.floors = vec!["Override of risk from High to Medium by Ada, seconded by Grace: rehearsed".into()];
    let said = text(&compose(&minutes));
    assert!(said.contains(&minutes.items[0].dispensations[0]) && said.contains(&minutes.dispensations[0]), "{said}");
    assert!(said.contains("Override of risk from High to Medium") && !said.contains("Raised: Override"), "{said}");
    let mut extract = specimen::extract();
    extract.item.dispensations.clone_from(&minutes.items[0].dispensations);
    assert!(text(&compose_extract(&extract)).contains(&extract.item.dispensations[0]));
}

/// The charts of the summary, and where it stands among the blocks.
fn charts(document: &Document) -> (usize, &[crate::document::Chart]) {
    let found = document.blocks.iter().enumerate().find_map(|(at, block)| match block {
        Block::Charts { charts } => Some((at, charts.as_slice())),
        Block::Title { .. }
        | Block::Heading { .. }
        | Block::ItemHead { .. }
        | Block::Paragraph { .. }
        | Block::Notice { .. }
        | Block::KeyValues { .. }
        | Block::Table(_)
        | Block::Commands { .. }
        | Block::SignatureField(_) => None,
    });
    found.expect("a summary has charts")
}

#[test]
fn the_summary_counts_what_stands_below_in_bars_and_in_words_before_the_items() {
    let mut minutes = specimen::minutes(5);
    minutes.items[2].risk = None;
    let document = compose(&minutes);
    let (at, charts) = charts(&document);
    let items = document.blocks.iter().position(|block| matches!(block, Block::ItemHead { .. }));
    assert!(items.is_some_and(|first| at < first), "it stands before the items");
    let counts = |chart: &crate::document::Chart| {
        chart.bars.iter().map(|bar| format!("{} {}", bar.label.text, bar.count)).collect::<Vec<_>>()
    };
    let decided = ["Approved 2", "Approved with conditions 1", "Rejected 1", "Deferred 1"];
    let scored = ["Critical 0", "High 2", "Medium 1", "Low 1", "Not scored 1"];
    assert_eq!(counts(&charts[0]), decided);
    assert_eq!(counts(&charts[1]), scored);
    for chart in charts {
        assert_eq!(chart.bars.iter().map(|bar| bar.count).sum::<u32>(), 5, "every item is counted once");
        assert!(chart.bars.iter().all(|bar| !bar.label.text.is_empty()), "no bar is told by its colour alone");
    }
    let said = text(&document);
    for words in [
        "5 items.",
        "Approved: 2, Approved with conditions: 1, Rejected: 1, Deferred: 1.",
        "Critical: 0, High: 2, Medium: 1, Low: 1, Not scored: 1.",
        "2 conditions: 1 before deployment, 1 after deployment.",
        "1 obligation is overdue by the record.",
        "Emergencies: 1. Deployments taken back: 1, failed: 1, let through against the gate: 0.",
        "Freeze exceptions: 1, overrides of risk: 1, waivers: 1.",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(charts[1].alt, "Items by risk. Critical: 0, High: 2, Medium: 1, Low: 1, Not scored: 1.");
}

#[test]
fn the_summary_names_conditions_that_block_first_and_leaves_the_rest_to_the_items() {
    let mut minutes = specimen::minutes(1);
    let one = minutes.items[0].conditions[1].clone();
    let more = (0..9).map(|n| crate::model::Condition { text: format!("Step {n}"), ..one.clone() });
    minutes.items[0].conditions.splice(0..0, more);
    let said = text(&compose(&minutes));
    assert!(said.contains("11 conditions: 1 before deployment, 10 after deployment."), "{said}");
    assert!(said.contains("3 more stand with their items."), "{said}");
    let summary = said.split("Items and decisions").next().expect("a summary");
    assert!(summary.contains("Restore the archive once from backup") && summary.contains("Step 6"), "{summary}");
    assert!(!summary.contains("Step 7"), "{summary}");
}

#[test]
fn a_summary_of_nothing_says_so() {
    let mut minutes = specimen::minutes(0);
    minutes.overdue.clear();
    minutes.since = Some(crate::model::Since::default());
    let document = compose(&minutes);
    assert!(!document.blocks.iter().any(|block| matches!(block, Block::Charts { .. })), "no bars of nothing");
    let said = text(&document);
    let summary = said.split("Items and decisions").next().expect("a summary");
    for words in [
        "The meeting took no items.",
        "No condition was opened.",
        "By the record, nothing that was owed by a date is overdue.",
        "Emergencies: 0.",
    ] {
        assert!(summary.contains(words), "{words}: {summary}");
    }
    minutes.untold = 1;
    assert!(text(&compose(&minutes)).contains("Not counted: by when 1 emergency"), "what is not known is said");
    minutes.since = None;
    assert!(!text(&compose(&minutes)).contains("Emergencies: 0."), "a resolution in writing tells of itself alone");
}

#[test]
fn what_is_overdue_and_what_happened_since_the_last_meeting_stands_in_full() {
    let mut minutes = specimen::minutes(1);
    minutes.overdue[0].owner.clear();
    minutes.remarks = vec!["The chair thanks the night shift.".into()];
    let said = text(&compose(&minutes));
    let overdue = &minutes.overdue[0];
    let since = minutes.emergencies.iter().chain(&minutes.deployments).chain(&minutes.dispensations);
    for words in since.chain(&minutes.remarks) {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(said.contains(&overdue.text) && said.contains(&overdue.item) && said.contains(&overdue.due), "{said}");
}

#[test]
fn who_was_out_in_between_is_told_with_the_times() {
    let said = text(&compose(&specimen::minutes(1)));
    assert!(said.contains("14:12 to 15:05; away 14:30–14:41"), "{said}");
}

#[test]
fn minutes_stored_before_there_was_a_summary_are_read() {
    let minutes = specimen::minutes(1);
    let mut stored = serde_json::to_value(&minutes).expect("written");
    let fields = stored.as_object_mut().expect("an object");
    for field in ["since", "emergencies", "deployments", "overdue"] {
        assert!(fields.remove(field).is_some(), "{field}");
    }
    assert!(!fields.contains_key("untold") && !fields.contains_key("remarks"), "what is empty is not written");
    let read = serde_json::from_value::<Minutes>(stored).expect("read");
    assert!(read.since.is_none() && read.overdue.is_empty() && read.emergencies.is_empty());
}

#[test]
fn the_circulated_edition_says_so_at_its_head_and_how_much_of_which_items_is_withheld() {
    let mut minutes = specimen::minutes(2);
    assert!(!text(&compose(&minutes)).to_lowercase().contains("withheld"));
    minutes.circulated = Some(Circulated { withheld: vec![Withheld { number: 3, key: "CHG-103".into(), fields: 5 }] });
    let document = compose(&minutes);
    assert!(matches!(&document.blocks[1], Block::Notice { spans } if spans[0].text == "Circulated edition."));
    assert!(document.title.starts_with("Minutes, circulated edition"), "{}", document.title);
    let said = text(&document);
    for words in ["Withheld in this edition", "Item 3, CHG-103", "withheld: 5 fields", "every entry about it"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    minutes.head.language = crate::Language::German;
    let said = text(&compose(&minutes));
    assert!(said.contains("zurückgehalten: 5 Felder") && !said.contains("withheld"), "{said}");
}
