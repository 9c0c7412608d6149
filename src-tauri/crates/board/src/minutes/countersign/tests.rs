//! Whose turn it is, by the fields of a file alone.
use super::*;

#[test]
fn a_field_says_whose_it_is_and_in_which_turn_and_nothing_else_is_read_as_one() {
    let turn = Turn { number: 2, member: MemberId(uuid::Uuid::from_u128(7)) };
    assert_eq!(Turn::of(&turn.field()), Some(turn));
    let id = turn.member.to_string();
    for field in ["chair", "sign-", "sign-2", "sign-two-x"] {
        assert_eq!(Turn::of(field), None, "{field}");
    }
    for (number, id) in [("02", id.clone()), ("+2", id.clone()), ("2", id.replace('-', "")), ("-2", id)] {
        let field = format!("sign-{number}-{id}");
        assert_eq!(Turn::of(&field), None, "{field}");
    }
}

fn id(n: u128) -> MemberId {
    MemberId(uuid::Uuid::from_u128(n))
}

fn turn(number: u32, member: u128) -> Turn {
    Turn { number, member: id(member) }
}

/// A signature in a field, by this member.
fn signature(field: String, member: u128, meaning: &str) -> minutes::SignatureReport {
    minutes::SignatureReport {
        field,
        name: "Ada".to_owned(),
        role: "CTO".to_owned(),
        board: "Board".to_owned(),
        member_id: id(member).to_string(),
        meaning: meaning.to_owned(),
        claimed_time: chrono::DateTime::UNIX_EPOCH,
        key_fingerprint: String::new(),
        certifies: false,
        stamped: None,
        corporate: None,
    }
}

/// A file that the chair sealed, with these signatures after it and these fields still open.
fn file(after: Vec<minutes::SignatureReport>, open: &[Turn]) -> Report {
    let mut signatures = vec![signature("chair".to_owned(), 1, "I seal it.")];
    signatures.extend(after);
    Report {
        title: String::new(),
        pages: 1,
        layout: Some(minutes::LAYOUT),
        signatures,
        unsigned_fields: open.iter().map(|turn| turn.field()).collect(),
        anchored: true,
        certificate_root: String::new(),
        attachments: Vec::new(),
        sha256: String::new(),
    }
}

fn signed(turn: Turn) -> minutes::SignatureReport {
    signature(turn.field(), turn.member.0.as_u128(), COUNTERSIGN_MEANING.in_words(Words::ENGLISH))
}

fn found(report: &Report) -> String {
    match check_turns(report) {
        Ok(()) => String::new(),
        Err(BoardError::Verification { code, .. }) => code,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn fields_are_filled_from_the_lowest_turn_on_and_who_shares_one_in_any_order() {
    let (first, also, last) = (turn(1, 3), turn(1, 2), turn(2, 4));
    for (after, open, waiting) in [
        (vec![], vec![last, first, also], vec![also, first]),
        (vec![first], vec![last, also], vec![also]),
        (vec![first, also], vec![last], vec![last]),
        (vec![also, first, last], vec![], vec![]),
    ] {
        let report = file(after.into_iter().map(signed).collect(), &open);
        assert_eq!(found(&report), "", "{report:?}");
        assert_eq!(next(&report), waiting);
        let all = prepared(&report).expect("fields of ours");
        assert_eq!(all, [also, first, last], "in turn, whoever signed");
    }
}

#[test]
fn who_signs_after_the_chair_signs_in_the_language_of_the_seal_and_in_no_other() {
    let first = turn(1, 3);
    for (sealed, signs, code) in [
        (Words::ENGLISH, Words::ENGLISH, ""),
        (Words::GERMAN, Words::GERMAN, ""),
        (Words::ENGLISH, Words::GERMAN, "meaning"),
        (Words::GERMAN, Words::ENGLISH, "meaning"),
    ] {
        let mut report = file(vec![signature(first.field(), 3, COUNTERSIGN_MEANING.in_words(signs))], &[]);
        report.signatures[0].meaning = SEAL_MEANING.in_words(sealed).to_owned();
        assert_eq!(found(&report), code, "{sealed:?}, {signs:?}");
    }
}

#[test]
fn a_signature_out_of_turn_in_anothers_field_or_with_another_sentence_is_refused() {
    let (first, last) = (turn(1, 3), turn(2, 4));
    let other = signature(first.field(), 4, COUNTERSIGN_MEANING.in_words(Words::ENGLISH));
    let sentence = signature(first.field(), 3, "I was there.");
    let foreign = signature("secretary".to_owned(), 3, COUNTERSIGN_MEANING.in_words(Words::ENGLISH));
    for (after, open, code) in [
        (vec![signed(last)], vec![first], "not-in-turn"),
        (vec![signed(last), signed(first)], vec![], "not-in-turn"),
        (vec![other], vec![last], "not-the-signatory"),
        (vec![sentence], vec![last], "meaning"),
        (vec![foreign], vec![last], "field"),
    ] {
        assert_eq!(found(&file(after, &open)), code);
    }
}
