//! What counts as written, by whom, and what does not.
use std::collections::BTreeMap;

use super::*;
use crate::entry::Involved;
use crate::gate::fixture::{board, id};
use crate::policy::Strength;
use crate::risk::{Facts, RiskLevel, RiskStamp};

const SHOWN: Digest = Digest([0xab; 32]);
const APPROVE: &str = "I approve CHG-17 abababababababab";
const REJECT: &str = "I reject CHG-17 abababababababab";

fn key() -> ChangeKey {
    ChangeKey::new("CHG", 17)
}

fn code<T>(answer: Result<T, NotWritten>) -> &'static str {
    answer.map_or_else(|why| why.code(), |_| "ok")
}

#[test]
fn the_sentences_name_verdict_change_and_short_digest() {
    assert_eq!(sentence(Verdict::Approve, &key(), SHOWN), APPROVE);
    assert_eq!(sentence(Verdict::Reject, &key(), SHOWN), REJECT);
    assert_eq!(short_digest(SHOWN).len(), SHORT_DIGITS);
}

#[test]
fn a_line_of_its_own_counts_however_it_is_spaced() {
    for text in [
        APPROVE.to_owned(),
        format!("{APPROVE}."),
        "Good evening,\r\n\r\n  I  approve\tCHG-17 abababababababab \r\n\r\nG. Figueira".to_owned(),
        format!("{APPROVE}\n{APPROVE}"),
    ] {
        let said = said_in(&text, &key(), SHOWN).expect("it is said");
        assert_eq!((said.verdict, said.reason.as_str()), (Verdict::Approve, ""), "{text}");
    }
    let said = said_in(&format!("{REJECT}:  The  backout is untested."), &key(), SHOWN).expect("it is said");
    assert_eq!((said.verdict, said.reason.as_str()), (Verdict::Reject, "The backout is untested."));
}

#[test]
fn whatever_is_not_exactly_said_does_not_count() {
    let cases = [
        (String::new(), "written-not-said"),
        ("I approve it.".to_owned(), "written-not-said"),
        (format!("> {APPROVE}"), "written-not-said"),
        (format!("to approve: {APPROVE}"), "written-not-said"),
        (format!("I do not: {APPROVE}"), "written-not-said"),
        (format!("{APPROVE}, but not before Friday"), "written-not-said"),
        ("I approve CHG-17 abababababababa".to_owned(), "written-not-said"),
        ("I approve CHG-17 ababababababababab".to_owned(), "written-not-said"),
        ("I approve CHG-17 cdcdcdcdcdcdcdcd".to_owned(), "written-not-said"),
        ("I approve CHG-18 abababababababab".to_owned(), "written-not-said"),
        ("I approve\nCHG-17 abababababababab".to_owned(), "written-not-said"),
        (REJECT.to_owned(), "written-not-said"),
        (format!("{REJECT}: "), "written-not-said"),
        (format!("{REJECT} because"), "written-not-said"),
        (format!("{APPROVE}\n{REJECT}: on second thought"), "written-both"),
    ];
    for (text, wanted) in cases {
        assert_eq!(code(said_in(&text, &key(), SHOWN)), wanted, "{text}");
    }
}

fn written(source: WrittenSource, account: &str, quote: &str) -> Written {
    Written { source, account: account.to_owned(), raw: Digest([9; 32]), quote: quote.to_owned() }
}

fn body(verdict: Verdict, reason: &str) -> SignOffBody {
    SignOffBody {
        change: key(),
        item: None,
        verdict,
        reason: reason.to_owned(),
        sections: BTreeMap::new(),
        content: SHOWN,
        involved: Involved::default(),
        risk: RiskStamp {
            model: "points-100/1".to_owned(),
            model_digest: Digest([0; 32]),
            answers: Digest([0; 32]),
            score: 30,
            level: RiskLevel::High,
            assumed: 0,
            facts: Facts::default(),
        },
        written: None,
    }
}

#[test]
fn an_entry_says_what_its_quote_says() {
    let rejected = format!("{REJECT}: untested");
    for (quote, verdict, reason, wanted) in [
        (APPROVE, Verdict::Approve, "", "ok"),
        (rejected.as_str(), Verdict::Reject, "untested", "ok"),
        (APPROVE, Verdict::Reject, "", "written-otherwise"),
        (rejected.as_str(), Verdict::Approve, "untested", "written-otherwise"),
        (rejected.as_str(), Verdict::Reject, "tested", "written-other-reason"),
        (APPROVE, Verdict::Approve, "gladly", "written-other-reason"),
        ("I approve  CHG-17 abababababababab", Verdict::Approve, "", "written-not-said"),
        ("so\nI approve CHG-17 abababababababab", Verdict::Approve, "", "written-not-said"),
    ] {
        let written = written(WrittenSource::Comment, "2", quote);
        assert_eq!(code(check_quote(&body(verdict, reason), &written, SHOWN)), wanted, "{quote} {verdict:?} {reason}");
    }
}

#[test]
fn only_the_actors_own_account_writes_for_them() {
    // Members 1 to 4 have accounts 1 to 4 on CHG; 2 and 3 have mail addresses; 4 claims the address of 3.
    let mut roster = board(4);
    for (n, address) in [(1, "Grace@Example.org"), (2, "ed@example.org"), (3, "ed@example.org")] {
        roster.members[n].accounts.insert(MAIL.to_owned(), address.to_owned());
    }
    roster.members[0].accounts.insert("CHG".to_owned(), " ".to_owned());
    let mut policy = Policy::built_in(Strength::Starter);
    policy.shared_accounts = vec!["CHG:4".to_owned()];
    use WrittenSource::{Comment, Mail};
    for (actor, source, account, wanted) in [
        (2, Comment, "2", "ok"),
        (2, Comment, " 2 ", "ok"),
        (2, Comment, "3", "written-not-theirs"),
        (2, Comment, "grace@example.org", "written-not-theirs"),
        (2, Mail, "grace@example.org", "ok"),
        (2, Mail, "2", "written-not-theirs"),
        (2, Mail, "grace@example.org.evil", "written-not-theirs"),
        (3, Mail, "ed@example.org", "written-shared"),
        (4, Comment, "4", "written-shared"),
        (1, Comment, "", "written-not-theirs"),
        (1, Mail, "", "written-not-theirs"),
        (77, Comment, "2", "written-not-theirs"),
    ] {
        let written = written(source, account, APPROVE);
        let answer = check_account(&roster, &policy, id(actor), "CHG", &written);
        assert_eq!(code(answer), wanted, "{actor} {source:?} {account:?}");
    }
}
