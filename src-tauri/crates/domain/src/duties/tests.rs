use super::*;
use crate::gate::fixture::{account as named, board, change, id};
use crate::policy::Strength;

/// Members 1 to 4 have accounts 1 to 4 on CHG; member 5 has none; 99 is a shared account.
fn board_of_five() -> Roster {
    let mut roster = board(5);
    roster.members[4].accounts.clear();
    roster
}

fn policy() -> Policy {
    let mut policy = Policy::built_in(Strength::Starter);
    policy.shared_accounts = vec!["CHG:99".to_owned(), "OPS:98".to_owned()];
    policy
}

fn on(author: Option<&str>, requester: Option<&str>, deployer: Option<&str>) -> Involved {
    let own = |a: Option<&str>| a.map(str::to_owned);
    Involved { author: own(author), requester: own(requester), deployer: own(deployer), committers: Vec::new() }
}

/// The same, and these committed.
fn committed(committers: &[&str], involved: Involved) -> Involved {
    Involved { committers: committers.iter().map(|c| (*c).to_owned()).collect(), ..involved }
}

/// Members 1 and 5 with what they are called in git.
fn board_in_git() -> Roster {
    let mut roster = board_of_five();
    roster.members[0].git = vec!["one@Example.org".to_owned(), " Uno ".to_owned(), String::new()];
    roster.members[4].git = vec!["five@example.org".to_owned()];
    roster
}

/// The codes of signing, voting and recording; `ok` when allowed.
fn codes(member: u8, involved: &Involved) -> [&'static str; 3] {
    let code = |r: Result<(), Duty>| r.map_or_else(|d| d.code(), |()| "ok");
    let (roster, policy) = (board_in_git(), policy());
    [
        code(may_sign(&roster, &policy, id(member), "CHG", involved)),
        code(may_vote(&roster, id(member), "CHG", involved)),
        code(may_record(&roster, &policy, id(member), "CHG", involved)),
    ]
}

#[test]
fn who_may_sign_vote_and_record() {
    const OK: &str = "ok";
    const AUTHOR: &str = "duty-author";
    const REQUESTER: &str = "duty-requester";
    const DEPLOYER: &str = "duty-deployer";
    const NO_ACCOUNT: &str = "duty-no-account";
    const MISSING: &str = "duty-author-missing";
    const SHARED: &str = "duty-author-shared";
    const STRANGER: &str = "duty-not-a-member";
    // member · author, requester, deployer → sign, vote, record
    type Case = (u8, [Option<&'static str>; 3], [&'static str; 3]);
    let cases: [Case; 22] = [
        (1, [Some("50"), Some("51"), Some("52")], [OK, OK, OK]),
        (1, [Some("50"), None, None], [OK, OK, OK]),
        (1, [Some("1"), Some("51"), Some("52")], [AUTHOR, AUTHOR, AUTHOR]),
        (1, [Some("50"), Some("1"), Some("52")], [REQUESTER, REQUESTER, REQUESTER]),
        (1, [Some("50"), Some("51"), Some("1")], [OK, DEPLOYER, DEPLOYER]),
        (1, [Some("1"), Some("1"), Some("1")], [AUTHOR, AUTHOR, AUTHOR]),
        (1, [Some("50"), Some("1"), Some("1")], [REQUESTER, REQUESTER, REQUESTER]),
        (1, [Some("2"), Some("3"), Some("4")], [OK, OK, OK]),
        // Fails closed: no author, a blank one, a shared one. Advice is free of what cannot be judged.
        (1, [None, Some("51"), Some("52")], [MISSING, OK, MISSING]),
        (1, [Some(" "), Some("51"), Some("52")], [MISSING, OK, MISSING]),
        (1, [None, None, None], [MISSING, OK, MISSING]),
        (1, [None, Some("1"), None], [MISSING, REQUESTER, MISSING]),
        (1, [Some("99"), Some("51"), Some("52")], [SHARED, OK, SHARED]),
        (1, [Some("99"), Some("1"), None], [SHARED, REQUESTER, SHARED]),
        // Shared elsewhere is not shared here.
        (1, [Some("98"), None, None], [OK, OK, OK]),
        // A signer without an account might be anybody.
        (5, [Some("50"), Some("51"), Some("52")], [NO_ACCOUNT, OK, NO_ACCOUNT]),
        (5, [None, None, None], [NO_ACCOUNT, OK, NO_ACCOUNT]),
        (77, [Some("50"), Some("51"), Some("52")], [STRANGER, STRANGER, STRANGER]),
        // Accounts are compared whole, spaces around them aside.
        (1, [Some("11"), Some("10"), Some("01")], [OK, OK, OK]),
        (1, [Some(" 1 "), None, None], [AUTHOR, AUTHOR, AUTHOR]),
        (1, [Some("50"), Some(""), Some("")], [OK, OK, OK]),
        (2, [Some("1"), Some("1"), Some("2")], [OK, DEPLOYER, DEPLOYER]),
    ];
    for (member, [author, requester, deployer], expected) in cases {
        let involved = on(author, requester, deployer);
        assert_eq!(codes(member, &involved), expected, "member {member}, {involved:?}");
    }
}

#[test]
fn who_committed_neither_signs_nor_votes_nor_records() {
    const OK: &str = "ok";
    const COMMITTER: &str = "duty-committer";
    const NO_ACCOUNT: &str = "duty-no-account";
    let others = || on(Some("50"), Some("51"), Some("52"));
    // member · who committed → sign, vote, record
    type Case = (u8, &'static [&'static str], [&'static str; 3]);
    let cases: [Case; 14] = [
        (1, &[], [OK, OK, OK]),
        (1, &["one@example.org"], [COMMITTER, COMMITTER, COMMITTER]),
        // Mail addresses are the same in capitals, accounts are not; spaces around either say nothing.
        (1, &["ONE@EXAMPLE.ORG"], [COMMITTER, COMMITTER, COMMITTER]),
        (1, &[" one@example.org\t"], [COMMITTER, COMMITTER, COMMITTER]),
        (1, &["Uno"], [COMMITTER, COMMITTER, COMMITTER]),
        (1, &["uno"], [OK, OK, OK]),
        (1, &["somebody@example.org", "Uno", "zoe"], [COMMITTER, COMMITTER, COMMITTER]),
        // Nobody on the roster is called so: it blocks nobody. What is blank is nobody's.
        (1, &["somebody@example.org", "un", "one", "example.org"], [OK, OK, OK]),
        (1, &["", "  "], [OK, OK, OK]),
        // An account in the ticketing system is none in git.
        (1, &["1"], [OK, OK, OK]),
        (2, &["one@example.org", "Uno"], [OK, OK, OK]),
        // Whoever has no account is known in git all the same.
        (5, &["five@example.org"], [NO_ACCOUNT, COMMITTER, NO_ACCOUNT]),
        (5, &["one@example.org"], [NO_ACCOUNT, OK, NO_ACCOUNT]),
        (77, &["one@example.org"], ["duty-not-a-member"; 3]),
    ];
    for (member, committers, expected) in cases {
        let involved = committed(committers, others());
        assert_eq!(codes(member, &involved), expected, "member {member}, {committers:?}");
    }
    // What weighs more is named first.
    let both = |involved| codes(1, &committed(&["Uno"], involved));
    assert_eq!(both(on(Some("1"), None, None)), ["duty-author"; 3]);
    assert_eq!(both(on(Some("50"), Some("1"), None)), ["duty-requester"; 3]);
    assert_eq!(both(on(Some("50"), None, Some("1"))), [COMMITTER; 3]);
    assert_eq!(both(on(None, None, None)), ["duty-author-missing", COMMITTER, "duty-author-missing"]);
}

#[test]
fn who_committed_neither_rules_nor_sets_anything_aside() {
    let (roster, policy) = (board_in_git(), policy());
    let involved = committed(&["one@example.org"], on(Some("50"), None, None));
    for (member, expected) in [(1, Err(Duty::Committer)), (2, Ok(()))] {
        assert_eq!(may_rule(&roster, &policy, id(member), "CHG", &involved), expected);
        assert_eq!(may_dispense(&roster, &policy, id(member), "CHG", &involved), expected);
    }
    // Every system is meant: commits have none.
    let mut elsewhere = roster;
    elsewhere.members[0].accounts.insert("OPS".to_owned(), "7".to_owned());
    assert_eq!(may_sign(&elsewhere, &policy, id(1), "OPS", &involved), Err(Duty::Committer));
}

#[test]
fn of_those_who_committed_the_record_names_whom_the_roster_knows() {
    let told = ["zoe", "Uno", "five@example.org", " Uno", "ONE@example.org", "", "five@example.org", "one"];
    assert_eq!(known_committers(&board_in_git(), told.into_iter()), ["ONE@example.org", "Uno", "five@example.org"]);
    assert!(known_committers(&board_of_five(), told.into_iter()).is_empty());
    // Of the others it is counted how many there are: “zoe” and “one”; what is blank is nobody.
    assert_eq!(unknown_committers(&board_in_git(), told.into_iter()), 2);
    assert_eq!(unknown_committers(&board_of_five(), told.into_iter()), 5);
    assert_eq!(unknown_committers(&board_of_five(), std::iter::empty()), 0);
    // Leaving the others out changes nobody's duties.
    for member in 1..=5 {
        let all = committed(&told, on(Some("50"), None, None));
        let known = Involved { committers: known_committers(&board_in_git(), told.into_iter()), ..all.clone() };
        assert_eq!(codes(member, &all), codes(member, &known), "member {member}");
    }
}

#[test]
fn a_commit_makes_no_other_ticket() {
    let ticket = on(Some("1"), Some("2"), Some("3"));
    assert!(same_ticket(&ticket, &committed(&["Uno"], ticket.clone())));
    for other in [on(None, Some("2"), Some("3")), on(Some("1"), None, Some("3")), on(Some("1"), Some("2"), None)] {
        assert!(!same_ticket(&ticket, &other), "{other:?}");
    }
}

#[test]
fn no_combination_lets_author_or_requester_sign() {
    let accounts = [None, Some("1"), Some("2"), Some("50"), Some("99")];
    for author in accounts {
        for requester in accounts {
            for (deployer, commits) in accounts.into_iter().flat_map(|d| [(d, false), (d, true)]) {
                let committers: &[&str] = if commits { &["ada", "one@example.org"] } else { &["ada"] };
                let involved = committed(committers, on(author, requester, deployer));
                let [sign, vote, record] = codes(1, &involved);
                let own = author == Some("1") || requester == Some("1") || commits;
                let judged = author.is_some() && author != Some("99");
                assert_eq!(sign == "ok", judged && !own, "{involved:?}");
                assert_eq!(vote == "ok", !own && deployer != Some("1"), "{involved:?}");
                assert_eq!(record == "ok", judged && !own && deployer != Some("1"), "{involved:?}");
            }
        }
    }
}

#[test]
fn an_account_of_another_system_is_not_ones_own() {
    let mut roster = board_of_five();
    roster.members[0].accounts.insert("OPS".to_owned(), "50".to_owned());
    let involved = on(Some("50"), None, None);
    assert_eq!(may_sign(&roster, &policy(), id(1), "CHG", &involved), Ok(()));
    assert_eq!(may_sign(&roster, &policy(), id(1), "OPS", &involved), Err(Duty::Author));
    assert_eq!(
        may_sign(&roster, &policy(), id(2), "OPS", &involved),
        Err(Duty::NoAccount { prefix: "OPS".to_owned() })
    );
}

#[test]
fn an_author_whose_account_two_members_claim_is_shared() {
    let mut roster = board_of_five();
    roster.members[1].accounts.insert("CHG".to_owned(), "3".to_owned());
    let refused = may_sign(&roster, &policy(), id(1), "CHG", &on(Some("3"), None, None));
    assert_eq!(refused, Err(Duty::AuthorShared { account: "3".to_owned() }));
}

#[test]
fn the_deployer_is_never_the_only_approver() {
    let cases: [(&[u8], Option<&str>, bool); 9] = [
        (&[1], Some("1"), false),
        (&[1, 2], Some("1"), true),
        (&[2], Some("1"), true),
        (&[1], None, true),
        (&[1], Some(" "), true),
        (&[1, 5], Some("1"), false),
        (&[5], Some("1"), false),
        (&[1, 77], Some("1"), false),
        (&[], Some("1"), true),
    ];
    for (approvers, deployer, expected) in cases {
        let approvers: Vec<MemberId> = approvers.iter().map(|n| id(*n)).collect();
        let answer = not_only_deployer(&board_of_five(), &approvers, "CHG", &on(Some("50"), None, deployer));
        assert_eq!(answer.is_ok(), expected, "{approvers:?} {deployer:?}");
    }
}

#[test]
fn the_involved_are_read_from_the_change() {
    assert_eq!(involved(&change()), on(Some("6"), Some("5"), Some("7")));
    let mut pushed = change();
    pushed.committers = vec!["Uno".to_owned()];
    assert_eq!(involved(&pushed), committed(&["Uno"], involved(&change())));
    let mut without = change();
    without.author = Some(named("", "ghost"));
    without.requester = None;
    without.deployer = None;
    assert_eq!(involved(&without), Involved::default());
}

#[test]
fn names_that_look_shared_are_hinted_at() {
    let cases = [
        ("Redmine Admin", true),
        ("deploy-bot", true),
        ("svc_payments", true),
        ("CI", true),
        ("Anonymous", true),
        ("Anton Weiss", false),
        ("Abbot Rooter", false),
        ("Cicely Adminowska", false),
        ("", false),
    ];
    for (name, expected) in cases {
        assert_eq!(looks_shared(&named("1", name)), expected, "{name}");
    }
}

#[test]
fn every_refusal_names_its_clause_and_what_would_satisfy_it() {
    let all = [
        Duty::NotAMember,
        Duty::NoAccount { prefix: "CHG".to_owned() },
        Duty::AuthorMissing,
        Duty::AuthorShared { account: "99".to_owned() },
        Duty::Author,
        Duty::Requester,
        Duty::Committer,
        Duty::Deployer,
        Duty::OnlyDeployer,
    ];
    let codes: std::collections::BTreeSet<&str> = all.iter().map(Duty::code).collect();
    assert_eq!(codes.len(), all.len());
    assert!(all.iter().all(|d| d.to_string().contains("(R") && !d.satisfied_by().is_empty()));
}
