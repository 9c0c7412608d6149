//! Random words of waiving, overriding, excepting, seconding and taking back, against a model that walks over all of them
//! for each question.
use chrono::{DateTime, Utc};

use super::generate::{Dice, change};
use super::{histories, seed};
use crate::dispensation::{ExceptionBody, Force, OverrideBody, SecondBody, WaiverBody};
use crate::entry::{Attestation, Auth, Body, ClaimedTime, Involved, LogPosition, Predicate, RosterRef};
use crate::gate::fixture::{at, id, member, roster};
use crate::ids::{BoardId, Digest, EntryId, KeyId, LogId};
use crate::ledger::{Ledger, Rules, Verified};
use crate::policy::{Policy, Strength};
use crate::risk::RiskLevel;
use crate::roster::{Role, Roster};

const CONTENTS: [Digest; 2] = [Digest([1; 32]), Digest([2; 32])];
const ROLES: [Role; 5] = [Role::Chair, Role::Cto, Role::ServiceManager, Role::Security, Role::BoardMember];
const CLAUSES: [&str; 4] = ["R23", "R24", "R32", "R39"];
const HOURS: std::ops::Range<usize> = 8..14;

/// Member 6 shares the account of member 5.
fn board() -> Roster {
    let mut board = roster((1..=6).map(|n| member(n, &ROLES)).collect());
    if let Some(last) = board.members.last_mut() {
        last.accounts.insert("CHG".to_owned(), "5".to_owned());
    }
    board
}

fn policy() -> Policy {
    Policy { waivable: vec!["R23".to_owned(), "R24".to_owned()], ..Policy::built_in(Strength::Full) }
}

fn hour(dice: &mut Dice) -> DateTime<Utc> {
    at(u32::try_from(HOURS.start + dice.roll(HOURS.len())).expect("an hour of the day"))
}

fn predicate(who: u8, role: Option<Role>, body: Body) -> Predicate {
    let key = KeyId([who; 32]);
    Predicate {
        board: BoardId(uuid::Uuid::from_u128(9)),
        actor: id(who),
        recorder: key,
        attestation: Attestation::Signed,
        auth: Auth::Pin,
        keystore: "memory".to_owned(),
        meaning: "a test".to_owned(),
        role,
        policy: Digest([0; 32]),
        roster: RosterRef { version: 1, digest: Digest([0; 32]) },
        meeting: None,
        log: LogPosition { id: LogId { key, epoch: 1 }, seq: 1, prev: None, seen: std::collections::BTreeMap::new() },
        time: ClaimedTime { claimed: at(9) },
        app: "cabinet/test".to_owned(),
        body,
    }
}

/// Somebody says something: entry number `n`, so many were before.
fn word(dice: &mut Dice, n: u8) -> Predicate {
    let who = u8::try_from(1 + dice.roll(6)).expect("small");
    let role = if dice.one_in(8) { None } else { Some(dice.of(&ROLES)) };
    let change = change(u32::try_from(1 + dice.roll(2)).expect("small"));
    let content = dice.of(&CONTENTS);
    let person = |dice: &mut Dice| dice.one_in(3).then(|| (1 + dice.roll(6)).to_string());
    let author = Some(if dice.one_in(3) { (1 + dice.roll(6)).to_string() } else { "90".to_owned() });
    let involved = if dice.one_in(2) {
        Involved { author: Some("90".to_owned()), ..Involved::default() }
    } else {
        Involved { author, requester: person(dice), deployer: person(dice), committers: Vec::new() }
    };
    let reason = if dice.one_in(12) { " ".to_owned() } else { "a reason".to_owned() };
    let entry = EntryId([u8::try_from(dice.roll(usize::from(n).max(1))).expect("small"); 32]);
    let levels = [RiskLevel::Low, RiskLevel::Medium, RiskLevel::High];
    let body = match dice.roll(8) {
        0 | 1 => Body::Waived(WaiverBody {
            clause: dice.of(&CLAUSES).to_owned(),
            gate: "a gate".to_owned(),
            until: dice.one_in(2).then(|| hour(dice)),
            change,
            content,
            involved,
            reason,
        }),
        2 => {
            let (from, to) = (dice.of(&levels), dice.of(&levels));
            Body::Overridden(OverrideBody { change, content, from, involved, reason, to })
        }
        3 => {
            let (freeze, until) = ("year-end".to_owned(), hour(dice));
            Body::Excepted(ExceptionBody { change, content, freeze, involved, reason, until })
        }
        4..=6 => Body::Seconded(SecondBody { change, content, entry, involved, reason }),
        _ => Body::Withdrawal { entry, reason },
    };
    predicate(who, role, body)
}

/// What the words of a kind have in common: change, content, people, reason.
fn about(body: &Body) -> Option<(u32, Digest, &Involved, &str)> {
    let (change, content, involved, reason) = if let Body::Waived(b) = body {
        (&b.change, b.content, &b.involved, &b.reason)
    } else if let Body::Overridden(b) = body {
        (&b.change, b.content, &b.involved, &b.reason)
    } else if let Body::Excepted(b) = body {
        (&b.change, b.content, &b.involved, &b.reason)
    } else if let Body::Seconded(b) = body {
        (&b.change, b.content, &b.involved, &b.reason)
    } else {
        return None;
    };
    Some((change.number(), content, involved, reason))
}

/// Whether whoever says it may: in a role with the right, with no part in the change, under an account of their own.
fn may(said: &Predicate) -> bool {
    let Some((_, _, people, _)) = about(&said.body) else { return false };
    let account = match (1..=6).find(|n| id(*n) == said.actor) {
        Some(5 | 6) | None => return false,
        Some(n) => n.to_string(),
    };
    // Two members claim the account 5, so as an author nobody can say whose it is.
    let identified = people.author.as_deref().is_some_and(|author| author != "5");
    let part = [&people.author, &people.requester, &people.deployer];
    let right = matches!(said.role, Some(Role::Chair | Role::Cto | Role::ServiceManager));
    right && identified && part.iter().all(|who| who.as_deref() != Some(account.as_str()))
}

/// Whether what entry `n` sets aside counts, for a change that says `now`, at this time.
fn counts(words: &[Predicate], n: usize, now: Digest, time: DateTime<Utc>) -> bool {
    let first = &words[n];
    let Some((change, content, people, reason)) = about(&first.body) else { return false };
    let stands = |at: usize| {
        let taken_back = words[at + 1..].iter().any(|later| {
            later.actor == words[at].actor
                && matches!(&later.body, Body::Withdrawal { entry, .. } if usize::from(entry.0[0]) == at)
        });
        may(&words[at]) && !taken_back
    };
    let seconded = (n + 1..words.len()).any(|at| {
        let Body::Seconded(body) = &words[at].body else { return false };
        let same = about(&words[at].body).is_some_and(|(c, d, p, _)| (c, d, p) == (change, content, people));
        usize::from(body.entry.0[0]) == n && same && words[at].actor != first.actor && stands(at)
    });
    let (held, alone) = if let Body::Waived(body) = &first.body {
        let over = body.until.is_some_and(|until| until <= time);
        (["R23", "R24"].contains(&body.clause.as_str()) && !over && content == now, false)
    } else if let Body::Overridden(body) = &first.body {
        (body.from != body.to && content == now, body.to > body.from)
    } else if let Body::Excepted(body) = &first.body {
        (time < body.until, false)
    } else {
        return false;
    };
    held && stands(n) && !reason.trim().is_empty() && (alone || seconded)
}

#[test]
fn what_two_people_set_aside_counts_as_a_person_reading_all_their_words_would_say() {
    let (board, policy) = (board(), policy());
    let (mut in_force, mut not) = (0_u64, 0_u64);
    for run in 0..histories() {
        let mut dice = Dice::new(seed().wrapping_add(run));
        let (mut ledger, mut words) = (Ledger::default(), Vec::new());
        for n in 0..16_u8 {
            let said = word(&mut dice, n);
            let rules = Some(Rules { roster: &board, policy: &policy });
            ledger.apply(Verified { id: EntryId([n; 32]), subject: Digest([0; 32]), predicate: &said, rules });
            words.push(said);
        }
        let time = hour(&mut dice);
        for now in CONTENTS {
            for n in 0..words.len() {
                let entry = EntryId([u8::try_from(n).expect("small"); 32]);
                let kept = ledger.dispensations.values().flatten().find(|kept| kept.entry == entry);
                let found = kept.is_some_and(|kept| kept.force(&policy, now, time) == Force::InForce);
                let expected = counts(&words, n, now, time);
                assert_eq!(found, expected, "seed {}, run {run}, entry {n} at {time}: {words:#?}", seed());
                in_force += u64::from(found);
                not += u64::from(kept.is_some() && !found);
            }
        }
    }
    assert!(in_force > 100 && not > 100, "{in_force} in force, {not} not");
}
