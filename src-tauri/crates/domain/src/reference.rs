//! Random histories against a naive reference model: who may decide and vote, whether quorum held, what is approved, at
//! which attestation, what is stale. The model ([`naive`]) walks over the raw record for each question.
use std::collections::{BTreeMap, BTreeSet};

use crate::duties::{self, Duty};
use crate::entry::Attestation;
use crate::ids::{ChangeKey, ConditionId, Digest, EntryId, MemberId};
use crate::ledger::{Ledger, Rules, Verified};
use crate::meeting::Position;
use crate::quorum::{Room, quorum};
use crate::risk::RiskLevel;
use crate::sign_off::{Present, Staleness};
use crate::vote::{electorate, tally};

mod circulars;
mod delegated;
mod dispensations;
mod generate;
mod naive;
mod windows;
mod written;

use generate::{CHANGES, Event, History, MEETINGS, change, meeting};
use naive::{Naive, Shifted};

fn histories() -> u64 {
    if std::env::var("CABINET_COUNTS").is_ok_and(|counts| counts == "full") { 100_000 } else { 2_000 }
}

fn seed() -> u64 {
    std::env::var("CABINET_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_126)
}

/// Everything that is asked, answered.
#[derive(Debug, PartialEq, Eq, Default)]
struct Answers {
    items: BTreeMap<(u128, u32), Item>,
    changes: BTreeMap<ChangeKey, Change>,
    running: BTreeMap<EntryId, Attestation>,
    closed: BTreeSet<u128>,
    circulars: BTreeMap<u128, circulars::Asked>,
    /// In whose seats people did what was recorded of them, and what they say of it.
    seats: BTreeMap<(EntryId, u32, MemberId), delegated::Sat>,
    /// Why not to sign, to vote, to record.
    duties: BTreeMap<(ChangeKey, MemberId), [String; 3]>,
}

#[derive(Debug, PartialEq, Eq)]
struct Item {
    /// n, present, required, mandatory seats that are missing.
    quorum: (u32, u32, u32, Vec<MemberId>),
    may_vote: BTreeSet<MemberId>,
    votes: BTreeMap<MemberId, (Position, Attestation)>,
    /// Whose own votes came too late.
    late: BTreeSet<MemberId>,
    /// Who confirmed what was recorded of them when consent was asked.
    consented: BTreeSet<MemberId>,
    /// For, against, abstained, advice.
    tally: (u32, u32, u32, Option<bool>),
}

#[derive(Debug, PartialEq, Eq)]
struct Change {
    decided: Option<EntryId>,
    /// The newest approval in writing, and what meetings made of it.
    resolved: Option<(EntryId, &'static str)>,
    open_before: BTreeSet<ConditionId>,
    /// Entry, how it is known, withdrawn, came too late, staleness.
    sign_offs: Vec<(EntryId, Attestation, bool, bool, &'static str)>,
    /// Of each edit that somebody ruled on, in order, whether it is immaterial.
    ruled: Vec<bool>,
    /// The content that speaks although the window was moved since, and by how many minutes its start and its end were.
    moved: Option<(Digest, i64, i64)>,
    standing: String,
    /// The sign-off by which it is approved without the board, and the one by which it was and is stale.
    delegated: [Option<EntryId>; 2],
    /// What is owed after the deployment of what was approved so, or was done.
    care: BTreeMap<ConditionId, delegated::Owed>,
}

/// Who might be asked about: the roster, and one it does not know.
fn people(history: &History) -> Vec<MemberId> {
    let known = history.roster.members.iter().map(|member| member.id);
    known.chain([crate::gate::fixture::id(99)]).collect()
}

/// What the crate's rules say after the first events.
fn by_the_rules(history: &History, until: usize) -> Answers {
    let (roster, policy) = (&history.roster, &history.policy);
    let mut ledger = Ledger::default();
    let mut now: BTreeMap<ChangeKey, (Digest, RiskLevel)> = BTreeMap::new();
    for event in &history.events[..until] {
        match event {
            Event::Entry { id, subject, predicate } => {
                ledger.apply(Verified { id: *id, subject: *subject, predicate, rules: Some(Rules { roster, policy }) });
            }
            Event::Now { change, content, level } => {
                now.insert(change.clone(), (*content, *level));
            }
        }
    }
    let (circulars, seats) = (circulars::by_the_rules(&ledger), delegated::seats(&ledger));
    let mut answers = Answers { circulars, seats, ..Answers::default() };
    let code = |answer: Result<(), Duty>| answer.err().map_or_else(String::new, |duty| duty.code().to_owned());
    for who in people(history) {
        for (key, involved) in &history.involved {
            let signs = code(duties::may_sign(roster, policy, who, "CHG", involved));
            let votes = code(duties::may_vote(roster, who, "CHG", involved));
            let records = code(duties::may_record(roster, policy, who, "CHG", involved));
            answers.duties.insert((key.clone(), who), [signs, votes, records]);
        }
    }
    for n in 1..=MEETINGS {
        let Some(held) = ledger.meetings.get(&meeting(n)) else { continue };
        answers.running.extend(held.running.iter().map(|(entry, running)| (*entry, running.attestation)));
        if held.closed.is_some() {
            answers.closed.insert(n);
        }
        for item in &held.agenda.items {
            let recused = held.recusals.get(&item.number).into_iter().flat_map(|r| r.keys().copied());
            let room = Room::now(&held.attendance, recused);
            let barred: BTreeMap<MemberId, Duty> = people(history)
                .into_iter()
                .filter_map(|who| {
                    let duty = duties::may_vote(roster, who, "CHG", &history.involved[&item.change]).err()?;
                    Some((who, duty))
                })
                .collect();
            let cast = held.votes.get(&item.number).cloned().unwrap_or_default();
            let votes: Vec<(MemberId, Position)> = cast.iter().map(|(who, vote)| (*who, vote.position)).collect();
            let count = |casting| tally(&policy.threshold, roster, &room, &barred, &votes, casting);
            let casting = count(None).counted.get(&held.agenda.chair).copied();
            let counted = count(casting);
            let stamp = quorum(&policy.quorum, roster, &room).stamp;
            let late = held.late_votes.get(&item.number).into_iter().flat_map(|late| late.keys().copied());
            let answer = Item {
                late: late.collect(),
                consented: held.consents.get(&item.number).map(|asked| asked.confirmed.clone()).unwrap_or_default(),
                quorum: (stamp.seats, stamp.present, stamp.required, stamp.missing_mandatory),
                may_vote: electorate(roster, &room, &barred),
                votes: cast.into_iter().map(|(who, vote)| (who, (vote.position, vote.attestation))).collect(),
                tally: (
                    counted.stamp.approve,
                    counted.stamp.reject,
                    counted.stamp.abstain,
                    counted.advice().map(|advice| advice == Position::Approve),
                ),
            };
            answers.items.insert((n, item.number), answer);
        }
    }
    for key in (1..=CHANGES).map(change) {
        let Some((content, level)) = now.get(&key).copied() else { continue };
        let least = ledger.least(policy, &key, level);
        let window = windows::window(windows::number(content));
        let moved = ledger.moved(&key, &window, policy, |before| windows::with(content, before));
        let now_is = ledger.present(&key, content, level).under(policy, generate::edited(content));
        let now_is = Present { moved, project: Some(generate::project(&key)), ..now_is };
        let now_is = now_is.bound(policy, history.releases[&key], ledger.binding_level(&key, level));
        let signed = ledger.sign_offs.get(&key).into_iter().flatten().map(|sign_off| {
            let stale = match sign_off.staleness(&now_is) {
                Staleness::Current => "current",
                Staleness::ContentChanged => "content",
                Staleness::RiskRose => "risk",
            };
            (sign_off.entry, sign_off.attestation, sign_off.withdrawn.is_some(), sign_off.late, stale)
        });
        let in_force = ledger.decision(&key).filter(|d| d.decision.kind != crate::meeting::DecisionKind::NoDecision);
        let answer = Change {
            decided: in_force.map(|recorded| recorded.entry),
            resolved: circulars::resolved(&ledger, &key),
            open_before: ledger.open_before(&key).into_iter().map(|state| state.condition.id).collect(),
            sign_offs: signed.collect(),
            ruled: ruled_by_the_rules(&ledger, &key),
            moved: moved.map(|moved| (moved.from, moved.shift.start.num_minutes(), moved.shift.end.num_minutes())),
            standing: ledger.standing(roster, &key, &now_is, least).words().to_owned(),
            delegated: [
                ledger.delegated_approval(roster, &key, &now_is, least).map(|signed| signed.entry),
                ledger.delegated_stale(roster, &key, &now_is, least).map(|signed| signed.entry),
            ],
            care: delegated::care(&ledger, &key),
        };
        answers.changes.insert(key, answer);
    }
    answers
}

fn ruled_by_the_rules(ledger: &Ledger, key: &ChangeKey) -> Vec<bool> {
    let in_force = ledger.ruled(key);
    let holds = |from, to| in_force.iter().any(|ruled| ruled.before() == from && ruled.after() == to);
    ledger.rulings.get(key).into_iter().flatten().map(|said| holds(said.body.from, said.body.to)).collect()
}

/// What the naive model says after the first events.
fn by_hand(history: &History, until: usize) -> Answers {
    let naive = Naive::read(history, until);
    let (circulars, seats) = (circulars::by_hand(&naive), naive.seats());
    let mut answers = Answers { circulars, seats, ..Answers::default() };
    for who in people(history) {
        for key in Naive::changes() {
            let signs = naive.may_sign(who, &key).unwrap_or_default().to_owned();
            let votes = naive.may_vote(who, &key).unwrap_or_default().to_owned();
            let records = naive.may_record(who, &key).unwrap_or_default().to_owned();
            answers.duties.insert((key, who), [signs, votes, records]);
        }
    }
    for n in 1..=MEETINGS {
        if !naive.meetings().contains(&meeting(n)) {
            continue;
        }
        answers.running.extend(naive.running(meeting(n)));
        if naive.closed(meeting(n)) != usize::MAX {
            answers.closed.insert(n);
        }
        for (item, key) in naive.agenda_now(meeting(n)) {
            let votes =
                people(history).into_iter().filter_map(|who| Some((who, naive.vote(meeting(n), item, who)?))).collect();
            let answer = Item {
                quorum: naive.quorum(meeting(n), item),
                may_vote: naive.electorate(meeting(n), item, &key),
                votes,
                late: naive.late_votes(meeting(n), item),
                consented: naive.consented(meeting(n), item),
                tally: naive.tally(meeting(n), item, &key),
            };
            answers.items.insert((n, item), answer);
        }
    }
    for key in Naive::changes() {
        if !naive.known(&key) {
            continue;
        }
        let signed = naive.sign_offs(&key).into_iter().map(|s| (s.entry, s.known, s.withdrawn, s.late, s.stale));
        let answer = Change {
            decided: naive.decision(&key).map(|(entry, _)| entry),
            resolved: naive.resolved(&key),
            open_before: naive.open_before(&key),
            sign_offs: signed.collect(),
            ruled: naive.rulings(&key).into_iter().map(|(from, to)| naive.ruled(&key, from, to)).collect(),
            moved: naive.moved(&key),
            standing: naive.standing(&key).to_owned(),
            delegated: naive.delegated_by(&key),
            care: naive.care(&key),
        };
        answers.changes.insert(key, answer);
    }
    answers
}

fn differs(history: &History) -> bool {
    let until = history.events.len();
    by_the_rules(history, until) != by_hand(history, until)
}

/// As few events as still show the difference.
fn smallest(history: &History, until: usize) -> History {
    let mut small = history.clone();
    small.events.truncate(until);
    let mut at = small.events.len();
    while at > 0 {
        at -= 1;
        let mut fewer = small.clone();
        fewer.events.remove(at);
        if differs(&fewer) {
            small = fewer;
        }
    }
    small
}

fn told(history: &History) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for member in &history.roster.members {
        let member = (member.id, &member.roles, &member.accounts, member.voting, member.mandatory);
        writeln!(text, "  {member:?}").expect("writes");
    }
    for event in &history.events {
        match event {
            Event::Entry { id, predicate, .. } => {
                let (who, known, role) = (predicate.actor, predicate.attestation, predicate.role);
                let (at, seen) = (&predicate.log, predicate.log.seen.values().map(|head| head.seq).collect::<Vec<_>>());
                write!(text, "  {}/{} {seen:?} ", at.id.key.short(), at.seq).expect("writes");
                writeln!(text, "{} {who} {known:?} {role:?}: {:?}", id.short(), predicate.body).expect("writes");
            }
            Event::Now { change, content, level } => {
                writeln!(text, "  {change} is now {} {level:?}", content.short()).expect("writes");
            }
        }
    }
    text
}

/// What was compared, and what was met on the way.
#[derive(Default)]
struct Compared {
    entries: usize,
    points: u64,
    seen: BTreeMap<String, u64>,
}

impl Compared {
    fn see(&mut self, what: String) {
        *self.seen.entry(what).or_default() += 1;
    }

    /// Compares one history, whole and at a point on the way.
    fn compare(&mut self, one: u64) {
        let history = History::random(one);
        let whole = history.events.len();
        for until in [whole, usize::try_from(one % 1_000_003).expect("small") % whole] {
            let (rules, hand) = (by_the_rules(&history, until), by_hand(&history, until));
            if rules != hand {
                let small = smallest(&history, until);
                let end = small.events.len();
                panic!(
                    "history {one} differs.\n{}\nby the rules: {:#?}\nby hand: {:#?}",
                    told(&small),
                    by_the_rules(&small, end),
                    by_hand(&small, end)
                );
            }
            self.note(&rules);
            self.note_shifts(&Naive::read(&history, until));
            self.points += 1;
        }
        self.entries += history.events.iter().filter(|event| matches!(event, Event::Entry { .. })).count();
    }

    /// Both read them alike by now; why a shift is not tolerated only the naive model says.
    fn note_shifts(&mut self, naive: &Naive<'_>) {
        for key in Naive::changes().into_iter().filter(|key| naive.known(key)) {
            match naive.shifted(&key) {
                None => {}
                Some(Shifted::Tolerated(..)) => {
                    self.see("shift tolerated".to_owned());
                    let signed = naive.sign_offs(&key);
                    for _ in signed.iter().filter(|signed| signed.by_shift && !signed.withdrawn && !signed.late) {
                        self.see("sign-off current by a shift".to_owned());
                    }
                }
                Some(Shifted::Stale(why)) => {
                    self.see("shift stale".to_owned());
                    self.see(format!("shift stale: {why}"));
                }
            }
        }
    }

    /// How often sign-offs were met that are known so, or of which that became, the withdrawn before the late before the
    /// stale.
    fn sign_offs(&self, word: &str) -> u64 {
        let of = |what: &str| {
            let (known, became) = what.strip_prefix("sign-off ")?.split_once(' ')?;
            Some(became == word || (known == word && became != "by a shift"))
        };
        self.seen.iter().filter(|(what, _)| of(what.as_str()) == Some(true)).map(|(_, times)| times).sum()
    }

    fn note(&mut self, answers: &Answers) {
        for known in answers.running.values() {
            self.see(format!("running record {}", known.word()));
        }
        for word in answers.circulars.values().flat_map(circulars::Asked::words) {
            self.see(word.to_owned());
        }
        for word in answers.seats.values().filter_map(delegated::Sat::word) {
            self.see(word.to_owned());
        }
        for change in answers.changes.values() {
            self.see(change.standing.clone());
            for (by, word) in change.delegated.iter().zip(["delegated, approved", "delegated, stale"]) {
                if by.is_some() {
                    self.see(word.to_owned());
                }
            }
            for owed in change.care.values() {
                self.see(format!("after-care {}", if owed.met.is_some() { "met" } else { "owed" }));
            }
            if let Some((_, then)) = change.resolved {
                self.see(format!("circular {then}"));
            }
            for said in &change.ruled {
                self.see(format!("ruled on, {}", if *said { "in force" } else { "not in force" }));
            }
            for (_, known, withdrawn, late, stale) in &change.sign_offs {
                let word = if *withdrawn {
                    "withdrawn"
                } else if *late {
                    "late"
                } else {
                    stale
                };
                self.see(format!("sign-off {} {word}", known.word()));
            }
        }
        for item in answers.items.values() {
            self.see(match item.tally.3 {
                Some(true) => "advice to approve".to_owned(),
                Some(false) => "advice to reject".to_owned(),
                None => "no advice".to_owned(),
            });
            let met = item.quorum.1 >= item.quorum.2 && item.quorum.3.is_empty();
            self.see(format!("quorum {}", if met { "met" } else { "short" }));
            for (_, known) in item.votes.values() {
                self.see(format!("vote {}", known.word()));
            }
            if !item.late.is_empty() {
                self.see("vote late".to_owned());
            }
            if !item.consented.is_empty() {
                self.see("consent confirmed".to_owned());
            }
        }
    }
}

#[test]
fn random_histories_are_read_by_the_rules_as_by_hand() {
    // Two halves at a time, on the two cores there are.
    let halves = std::thread::scope(|scope| {
        let half = |from: u64| {
            scope.spawn(move || {
                let mut compared = Compared::default();
                (from..histories()).step_by(2).for_each(|n| compared.compare(seed().wrapping_add(n)));
                compared
            })
        };
        [half(0), half(1)].map(|half| half.join().expect("no history differs"))
    });
    let mut both = Compared::default();
    for half in halves {
        both.entries += half.entries;
        both.points += half.points;
        for (what, times) in half.seen {
            *both.seen.entry(what).or_default() += times;
        }
    }
    // How a sign-off is known, and whether it speaks: now and then is not enough.
    let floor = histories() / 200;
    let words = ["recorded", "written", "confirmed", "signed", "current", "content", "risk", "withdrawn", "late"];
    let sign_offs = words.map(|word| (word, both.sign_offs(word)));
    let Compared { entries, points, seen } = both;
    assert_eq!(points, histories() * 2);
    println!(
        "reference model: {} histories of {entries} entries, compared at {points} points: no difference (seed {}); \
         seen: {seen:?}",
        histories(),
        seed()
    );
    println!("reference model: sign-offs met, by how they are known and what became of them: {sign_offs:?}");
    // A comparison in which something never happens shows nothing of it.
    for (word, times) in sign_offs {
        let least = if word == "late" { 1 } else { floor };
        assert!(times >= least, "sign-offs that are {word}: {times}, where {least} are the least");
    }
    for word in [
        "Approved",
        "Awaiting sign-off",
        "Awaiting conditions",
        "Stale",
        "Rejected",
        "Deferred",
        "More information",
        "Withdrawn",
        "Undecided",
    ] {
        assert!(seen.contains_key(word), "no change was ever {word}");
    }
    for word in ["shift tolerated", "shift stale", "sign-off current by a shift"] {
        assert!(seen.contains_key(word), "never: {word}");
    }
    let mut reasons = vec!["too far", "another zone"];
    if histories() >= 100_000 {
        // Rarer than that every run could be sure to meet them.
        reasons.extend(["too long", "more was edited", "meets another"]);
    }
    for why in reasons {
        assert!(seen.contains_key(&format!("shift stale: {why}")), "never: shift stale: {why}");
    }
    // Whatever key signs it: what it tells of others is on its keeper's word until somebody vouches for it.
    assert!(!seen.contains_key("running record signed"), "a keeper made their own word stronger");
    for word in [
        "circular open",
        "circular carried",
        "circular not carried",
        "circular, a late answer",
        "circular, aside",
        "circular awaited",
        "circular ratified",
        "circular not ratified",
    ] {
        assert!(seen.contains_key(word), "never: {word}");
    }
    for word in [
        "delegated, approved",
        "delegated, stale",
        "after-care owed",
        "after-care met",
        "seat said as it is recorded",
        "seat not said",
    ] {
        assert!(seen.contains_key(word), "never: {word}");
    }
    for word in ["ruled on, in force", "ruled on, not in force"] {
        assert!(seen.contains_key(word), "never: {word}");
    }
    for word in [
        "advice to approve",
        "advice to reject",
        "no advice",
        "running record recorded",
        "running record witnessed",
        "vote recorded",
        "vote witnessed",
        "vote confirmed",
        "vote signed",
        "vote late",
        "consent confirmed",
        "sign-off signed late",
        "quorum met",
        "quorum short",
    ] {
        assert!(seen.contains_key(word), "never: {word}");
    }
}
