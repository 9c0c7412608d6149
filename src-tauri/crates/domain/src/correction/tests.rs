use super::*;
use crate::gate::fixture::at;

const NO_ENTRY: EntryId = EntryId([7; 32]);

fn asked(item: Option<u32>, section: Option<MinutesSection>, was: &str, wording: &str, reason: &str) -> CorrectionBody {
    CorrectionBody { item, reason: reason.to_owned(), section, was: was.to_owned(), wording: wording.to_owned() }
}

#[test]
fn a_correction_asks_for_other_words_in_one_place_and_says_why() {
    let section = Some(MinutesSection::Actions);
    for (body, wanted) in [
        (asked(Some(1), None, "Ten", "Two", "misheard"), Ok(())),
        (asked(None, section, "", "Ines watches it", "missing"), Ok(())),
        (asked(Some(1), None, "Ten", "Two", " \u{2003}\n"), Err(NoCorrection::Blank("reason"))),
        (asked(Some(1), None, "Ten", " ", "misheard"), Err(NoCorrection::Blank("wording"))),
        (asked(Some(1), None, "Two", "Two", "misheard"), Err(NoCorrection::Same)),
        (asked(None, None, "Ten", "Two", "misheard"), Err(NoCorrection::About)),
        (asked(Some(1), section, "Ten", "Two", "misheard"), Err(NoCorrection::About)),
    ] {
        assert_eq!(body.check(), wanted, "{body:?}");
    }
}

#[test]
fn an_answer_takes_words_in_or_says_why_not() {
    for (taken, wording, reason, wanted) in [
        (true, "Two", "", Ok(())),
        (true, " ", "so be it", Err(NoCorrection::Blank("wording"))),
        (false, "", "It was ten", Ok(())),
        (false, "", " ", Err(NoCorrection::Blank("reason"))),
        (false, "Two", "It was ten", Err(NoCorrection::Declined)),
    ] {
        let (wording, reason) = (wording.to_owned(), reason.to_owned());
        let body = CorrectionAnswerBody { correction: NO_ENTRY, reason, taken, wording };
        assert_eq!(body.check(), wanted, "{body:?}");
    }
}

#[test]
fn minutes_are_approved_by_one_rule_and_errata_put_something_right() {
    let meeting = Some(MeetingId(uuid::Uuid::from_u128(1)));
    for (deadline, meeting, wanted) in [
        (Some(at(9)), None, Ok(())),
        (None, meeting, Ok(())),
        (None, None, Err(NoCorrection::Rule)),
        (Some(at(9)), meeting, Err(NoCorrection::Rule)),
    ] {
        let body = MinutesApprovalBody { checkpoint: NO_ENTRY, deadline, meeting };
        assert_eq!(body.check(), wanted, "{body:?}");
    }
    for (wrong, right, wanted) in [
        ("Ten", "Two", Ok(())),
        ("", "Two", Err(NoCorrection::Blank("wrong"))),
        ("Ten", "\t", Err(NoCorrection::Blank("right"))),
        ("Two", "Two", Err(NoCorrection::Same)),
    ] {
        let body = ErratumBody { minutes: Digest([5; 32]), right: right.to_owned(), wrong: wrong.to_owned() };
        assert_eq!(body.check(), wanted, "{body:?}");
    }
    for (errata, wanted) in [(vec![NO_ENTRY], Ok(())), (Vec::new(), Err(NoCorrection::NoErratum))] {
        let (minutes, pdf) = (Digest([5; 32]), Digest([6; 32]));
        assert_eq!(ErratumSealedBody { checkpoint: NO_ENTRY, errata, minutes, pdf }.check(), wanted);
    }
}

#[test]
fn only_a_policy_with_a_deadline_sets_one_and_its_days_are_of_24_hours() {
    let rules = |approval, correction_days| MinutesRules { approval, correction_days, ..MinutesRules::default() };
    for (approval, days, wanted) in [
        (MinutesApprovalRule::AtOnce, 7, None),
        (MinutesApprovalRule::NextMeeting, 7, None),
        (MinutesApprovalRule::Deadline, 0, Some(at(9) + TimeDelta::hours(168))),
        (MinutesApprovalRule::Deadline, 2, Some(at(9) + TimeDelta::hours(48))),
    ] {
        assert_eq!(deadline(&rules(approval, days), at(9)), wanted, "{approval:?}");
    }
    let words = serde_json::to_value(MinutesSection::ALL).expect("words");
    assert_eq!(words, serde_json::json!(MinutesSection::ALL.map(MinutesSection::word)));
}
