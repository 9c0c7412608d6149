//! Random boards and what happens on them.
pub mod circulars;
mod decisions;
mod delegated;
mod said;

use std::collections::{BTreeMap, BTreeSet};

use super::windows;
use crate::chain::ReleaseType;
use crate::entry::{
    Act, ActKind, ActRef, Attestation, Auth, Body, ClaimedTime, Head, Involved, LogPosition, MeetingRef, Predicate,
    RosterRef,
};
use crate::gate::fixture::{at, id, roster};
use crate::ids::{BoardId, ChangeKey, ConditionId, Digest, EntryId, KeyId, LogId, MeetingId, MemberId};
use crate::ledger::Ledger;
use crate::meeting::{Agenda, AgendaGroup, AgendaItem, Position};
use crate::plan::PlanSection;
use crate::policy::{Policy, QuorumFormula, Strength, ThresholdFormula};
use crate::risk::{Facts, RiskLevel, RiskStamp};
use crate::roster::{Member, Role, Roster};

/// A small generator: one seed, one history.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xd1b5_4a32_d192_ed03);
        dice.roll(2);
        dice
    }
    pub fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % below as u64).expect("fits")
    }
    pub fn one_in(&mut self, n: usize) -> bool {
        self.roll(n) == 0
    }
    pub fn of<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.roll(items.len())].clone()
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// An entry of the record.
    Entry { id: EntryId, subject: Digest, predicate: Box<Predicate> },
    /// The change is edited in the ticketing system, or its risk is assessed anew.
    Now { change: ChangeKey, content: Digest, level: RiskLevel },
}

/// A board and everything that happened on it, in causal order.
#[derive(Debug, Clone)]
pub struct History {
    pub roster: Roster,
    pub policy: Policy,
    /// Whose change each is.
    pub involved: BTreeMap<ChangeKey, Involved>,
    /// Which type of release each is, where anybody can tell.
    pub releases: BTreeMap<ChangeKey, Option<ReleaseType>>,
    pub events: Vec<Event>,
}

pub const CHANGES: u32 = 3;
pub const MEETINGS: u128 = 2;
const LEVELS: [RiskLevel; 4] = [RiskLevel::Low, RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical];
const POSITIONS: [Position; 3] = [Position::Approve, Position::Reject, Position::Abstain];

pub fn change(n: u32) -> ChangeKey {
    ChangeKey::new("CHG", n)
}

pub fn meeting(n: u128) -> MeetingId {
    MeetingId(uuid::Uuid::from_u128(900 + n))
}

/// The section of the plan in which the first two contents differ, and in nothing else.
pub const EDITED: PlanSection = PlanSection::Training;

/// The contents that differ from this one in the plan alone.
pub fn edited(now: Digest) -> BTreeMap<Digest, BTreeSet<PlanSection>> {
    let pair = [1, 2].map(|said| windows::content(said, windows::number(now)));
    let others = pair.iter().filter(|other| **other != now && pair.contains(&now));
    others.map(|other| (*other, BTreeSet::from([EDITED]))).collect()
}

/// The project of a change.
pub fn project(change: &ChangeKey) -> String {
    format!("projects/{}", change.number())
}

fn content(n: usize) -> Digest {
    windows::content(n, 0)
}

fn a_member(dice: &mut Dice, n: u8) -> Member {
    let mut roles = if n == 1 { vec![Role::Chair] } else { Vec::new() };
    let all =
        [Role::Cto, Role::TechnicalLead, Role::Security, Role::BoardMember, Role::ReleaseManager, Role::BoardMember];
    if n > 1 || dice.one_in(4) {
        roles.push(dice.of(&all));
    }
    if n > 1 && dice.one_in(8) {
        roles = vec![Role::Auditor];
    }
    let auditor = roles.contains(&Role::Auditor);
    let account = match dice.roll(12) {
        0 => None,
        1 => Some("  ".to_owned()),
        2 => Some("1".to_owned()),
        3 => Some(format!(" {n} ")),
        _ => Some(n.to_string()),
    };
    let mut member = crate::gate::fixture::member(n, &roles);
    member.accounts = account.map(|a| ("CHG".to_owned(), a)).into_iter().collect();
    member.git = vec![format!("m{n}@example.org")];
    member.voting = !auditor && !dice.one_in(6);
    member.mandatory = !auditor && dice.one_in(5);
    if n.is_multiple_of(3) {
        member.scope = vec!["projects/1".to_owned(), "PROJECTS/2".to_owned()];
    }
    member
}

fn a_policy(dice: &mut Dice) -> Policy {
    let mut policy = Policy::built_in(dice.of(&[Strength::Observe, Strength::Starter, Strength::Full]));
    let percent = u32::try_from(dice.roll(101)).expect("small");
    if dice.one_in(2) {
        policy.quorum.formula = QuorumFormula::AtLeastPercent { percent };
    }
    if dice.one_in(2) {
        policy.threshold.formula = ThresholdFormula::AtLeastPercent { percent };
    }
    policy.quorum.mandatory_seats = !dice.one_in(3);
    policy.threshold.casting_vote = dice.one_in(2);
    policy.circular_any = dice.one_in(3);
    policy.window_tolerance_minutes = dice.of(&[0, 10, 30, 30]);
    if dice.one_in(4) {
        policy.shared_accounts = vec![dice.of(&["CHG:2".to_owned(), "CHG:70".to_owned(), "JIRA:3".to_owned()])];
    }
    // Now and then what somebody says in a role depends on a part of the plan.
    for role in [Role::Chair, Role::Cto, Role::TechnicalLead] {
        if dice.one_in(3) {
            policy.sections.insert(role, vec![PlanSection::Backout]);
        }
        if dice.one_in(12) {
            policy.sections.remove(&role);
        }
    }
    policy
}

fn an_account(dice: &mut Dice) -> Option<String> {
    match dice.roll(8) {
        0 => None,
        1 => Some(" ".to_owned()),
        2 | 3 => Some("70".to_owned()),
        _ => Some((1 + dice.roll(7)).to_string()),
    }
}

/// What the generator keeps beside the history, to make what comes next plausible.
struct Maker<'d> {
    dice: &'d mut Dice,
    /// For what is delegated and what is owed after it, so that everything else falls as it would without.
    beside: Dice,
    history: History,
    ledger: Ledger,
    members: u8,
    entries: u32,
    conditions: u128,
    now: BTreeMap<ChangeKey, (Digest, RiskLevel)>,
    /// Acts and sign-offs so far: who might affirm, withdraw or witness them.
    acts: Vec<ActRef>,
    sign_offs: Vec<(EntryId, MemberId)>,
    /// Entry, seat, who sits.
    delegations: Vec<(EntryId, MemberId, MemberId)>,
    running: Vec<EntryId>,
    /// What the board's device wrote, and what was written on a device that travels.
    logs: [Vec<EntryId>; 2],
    /// How much of the other's log each of the two has: by pack out, and by pack back.
    has: [usize; 2],
    /// Which of the two writes.
    away: bool,
    /// By which digest the next entry names what it is about, and at which hour it says that it is written.
    asked: Digest,
    hour: u32,
}

/// The two logs.
fn log(n: usize) -> LogId {
    LogId { key: KeyId([u8::try_from(1 + n).expect("small"); 32]), epoch: 1 }
}

impl History {
    pub fn random(seed: u64) -> Self {
        let dice = &mut Dice::new(seed);
        let members = u8::try_from(2 + dice.roll(6)).expect("small");
        let roster = roster((1..=members).map(|n| a_member(dice, n)).collect());
        let mut policy = a_policy(dice);
        let mut beside = Dice::new(!seed);
        let releases = delegated::bind(&mut policy, &mut beside);
        let involved = (1..=CHANGES)
            .map(|n| {
                let involved = Involved {
                    author: an_account(dice),
                    requester: an_account(dice),
                    deployer: an_account(dice),
                    // Member 4 committed the code of the last change.
                    committers: if n == CHANGES { vec!["M4@example.org".to_owned()] } else { Vec::new() },
                };
                (change(n), involved)
            })
            .collect();
        let history = Self { roster, policy, involved, releases, events: Vec::new() };
        let now =
            (1..=CHANGES).map(|n| (change(n), (windows::content(1, dice.of(&[0, 0, 7])), RiskLevel::Medium))).collect();
        let mut maker = Maker {
            dice,
            beside,
            history,
            ledger: Ledger::default(),
            members,
            entries: 0,
            conditions: 0,
            now,
            acts: Vec::new(),
            sign_offs: Vec::new(),
            delegations: Vec::new(),
            running: Vec::new(),
            logs: [Vec::new(), Vec::new()],
            has: [0, 0],
            away: false,
            asked: Digest([0; 32]),
            hour: 9,
        };
        for n in 1..=CHANGES {
            let (content, level) = maker.now[&change(n)];
            maker.history.events.push(Event::Now { change: change(n), content, level });
        }
        for _ in 0..maker.dice.roll(4) {
            maker.delegate();
        }
        maker.freeze(1);
        maker.everybody_arrives(1);
        let steps = 6 + maker.dice.roll(24);
        for step in 0..steps {
            if step == steps / 2 && maker.dice.one_in(2) {
                maker.close(1);
                maker.freeze(2);
                maker.everybody_arrives(2);
            }
            maker.step();
            maker.beside_the_board();
            if maker.dice.one_in(3) {
                maker.in_writing();
            }
        }
        // What is moved once all is said shows whose word goes on speaking.
        for n in 1..=CHANGES {
            if maker.dice.one_in(2) {
                maker.shift(n);
            }
        }
        maker.history
    }
}

impl Maker<'_> {
    fn someone(&mut self) -> MemberId {
        // Now and then somebody the roster does not know.
        let n = self.dice.roll(usize::from(self.members) * 8 + 1);
        id(if n == 0 { 99 } else { u8::try_from(1 + n % usize::from(self.members)).expect("small") })
    }

    fn a_meeting(&mut self) -> u128 {
        let second = self.ledger.meetings.contains_key(&meeting(2));
        if second && !self.dice.one_in(5) { 2 } else { 1 }
    }

    fn put(
        &mut self,
        actor: MemberId,
        attestation: Attestation,
        of: Option<u128>,
        role: Option<Role>,
        body: Body,
    ) -> EntryId {
        self.entries += 1;
        let entry = EntryId::of(&self.entries.to_be_bytes());
        let (own, other) = if self.away { (1, 0) } else { (0, 1) };
        let head = |at: usize| Head { seq: u32::try_from(at).expect("few"), id: self.logs[other][at - 1] };
        let seen = Some(self.has[own]).filter(|at| *at > 0).map(|at| (log(other), head(at)));
        let place = LogPosition {
            id: log(own),
            seq: u32::try_from(self.logs[own].len() + 1).expect("few"),
            prev: self.logs[own].last().copied(),
            seen: seen.into_iter().collect(),
        };
        self.logs[own].push(entry);
        let predicate = Predicate {
            board: BoardId(uuid::Uuid::from_u128(9)),
            actor,
            recorder: place.id.key,
            attestation,
            auth: if attestation == Attestation::Recorded { Auth::Device } else { Auth::Pin },
            keystore: "memory".to_owned(),
            meaning: String::new(),
            role,
            policy: Digest([0; 32]),
            roster: RosterRef { version: 1, digest: Digest([0; 32]) },
            meeting: of.map(|n| MeetingRef { id: meeting(n), agenda: self.asked }),
            log: place,
            time: ClaimedTime { claimed: at(self.hour) },
            app: "cabinet/test".to_owned(),
            body,
        };
        let subject = Digest([3; 32]);
        let rules = Some(crate::ledger::Rules { roster: &self.history.roster, policy: &self.history.policy });
        self.ledger.apply(crate::ledger::Verified { id: entry, subject, predicate: &predicate, rules });
        self.history.events.push(Event::Entry { id: entry, subject, predicate: Box::new(predicate) });
        entry
    }

    fn freeze(&mut self, n: u128) {
        let item = |number: u32| AgendaItem {
            number,
            change: change(number),
            title: String::new(),
            group: AgendaGroup::Medium,
            level: None,
            minutes: 3,
            content: content(1),
            material_attachments: Vec::new(),
            release: None,
            restricted: None,
        };
        let agenda = Agenda {
            meeting: meeting(n),
            title: String::new(),
            place: String::new(),
            zone: "UTC".to_owned(),
            called: at(9),
            chair: id(1),
            secretary: if self.dice.one_in(3) { id(2) } else { id(1) },
            items: vec![item(1), item(2)],
        };
        self.put(id(1), Attestation::Recorded, Some(n), None, Body::AgendaFrozen { agenda });
    }

    fn everybody_arrives(&mut self, n: u128) {
        let mut acts = Vec::new();
        for member in 1..=self.members {
            if !self.dice.one_in(5) {
                let what = self.arrival(id(member));
                acts.push((id(member), what));
            }
        }
        self.run(n, id(1), Attestation::Recorded, acts);
    }

    /// Alone; for somebody who let them; or so they say.
    fn arrival(&mut self, who: MemberId) -> ActKind {
        let let_by: Vec<MemberId> =
            self.delegations.iter().filter(|(_, _, to)| *to == who).map(|(_, of, _)| *of).collect();
        let delegate_for = match self.dice.roll(8) {
            0 => Some(self.someone()),
            1..=5 if !let_by.is_empty() => Some(self.dice.of(&let_by)),
            _ => None,
        };
        ActKind::Arrived { delegate_for }
    }

    /// Somebody lets another sit for them: all day, until it is too late, or in one meeting.
    fn delegate(&mut self) {
        let (who, to) = (self.someone(), self.someone());
        let (from, until) = self.dice.of(&[(at(8), at(18)), (at(8), at(18)), (at(8), at(10)), (at(11), at(18))]);
        let meeting = self.dice.one_in(2).then(|| meeting(1 + self.dice.roll(2) as u128));
        let body = Body::Delegation { to, from, until, meeting, reason: String::new() };
        let entry = self.put(who, Attestation::Signed, None, None, body);
        self.delegations.push((entry, who, to));
    }

    fn close(&mut self, n: u128) {
        let who = if self.dice.one_in(5) { self.someone() } else { id(1) };
        self.put(who, Attestation::Recorded, Some(n), None, Body::MeetingClosed { heads: BTreeMap::new() });
    }

    fn run(&mut self, n: u128, keeper: MemberId, attestation: Attestation, acts: Vec<(MemberId, ActKind)>) {
        let acts: Vec<Act> = acts.into_iter().map(|(actor, what)| Act { actor, at: at(10), what }).collect();
        let count = u32::try_from(acts.len()).expect("few");
        let entry = self.put(keeper, attestation, Some(n), None, Body::Running { acts });
        self.acts.extend((0..count).map(|act| ActRef { entry, act: Some(act) }));
        self.running.push(entry);
    }

    fn step(&mut self) {
        let n = self.a_meeting();
        match self.dice.roll(24) {
            19 => self.delegate(),
            0..=5 => {
                let keeper = match self.dice.roll(8) {
                    0 => self.someone(),
                    1 | 2 => id(2),
                    _ => id(1),
                };
                let attestation = if self.dice.one_in(6) { Attestation::Signed } else { Attestation::Recorded };
                let acts = (0..1 + self.dice.roll(4)).map(|_| self.act(n)).collect();
                self.run(n, keeper, attestation, acts);
            }
            6 | 7 => {
                let (who, position) = (self.someone(), self.dice.of(&POSITIONS));
                let item = u32::try_from(1 + self.dice.roll(4)).expect("small");
                self.away = self.dice.one_in(3);
                self.put(who, Attestation::Signed, Some(n), None, Body::Vote { item, position });
                self.away = false;
            }
            8 => {
                let who = self.someone();
                let mut entries = Vec::new();
                for entry in self.running.clone() {
                    if self.dice.one_in(2) {
                        entries.push(entry);
                    }
                }
                self.put(who, Attestation::Signed, Some(n), None, Body::Witness { entries });
            }
            9 => self.affirm(),
            10..=12 => self.sign(n),
            16..=18 => self.rule(),
            20 => self.has[1] = self.logs[0].len(),
            21 | 22 => self.has[0] = self.logs[1].len(),
            13 => {
                let mut what = self.sign_offs.clone();
                what.extend(self.running.first().map(|entry| (*entry, id(1))));
                what.extend(self.delegations.iter().map(|(entry, of, _)| (*entry, *of)));
                if !what.is_empty() {
                    let (entry, actor) = self.dice.of(&what);
                    let who = if self.dice.one_in(4) { self.someone() } else { actor };
                    let body = Body::Withdrawal { entry, reason: String::new() };
                    self.put(who, Attestation::Signed, None, None, body);
                }
            }
            14 => {
                let n = 1 + self.dice.roll(usize::try_from(self.conditions).expect("few") + 1) as u128;
                let condition = ConditionId(uuid::Uuid::from_u128(n));
                let who = self.someone();
                let body = Body::ConditionMet { condition, note: "done".to_owned() };
                self.put(who, Attestation::Recorded, None, None, body);
            }
            23 => {
                let n = u32::try_from(1 + self.dice.roll(3)).expect("small");
                self.shift(n);
            }
            _ => {
                let change = change(u32::try_from(1 + self.dice.roll(3)).expect("small"));
                let window = windows::number(self.now[&change].0);
                let now = (windows::content(1 + self.dice.roll(2), window), self.dice.of(&LEVELS));
                self.edit(change, now);
            }
        }
    }

    fn edit(&mut self, change: ChangeKey, now: (Digest, RiskLevel)) {
        self.now.insert(change.clone(), now);
        self.history.events.push(Event::Now { change, content: now.0, level: now.1 });
    }

    /// The window is moved, and nothing else is edited.
    fn shift(&mut self, n: u32) {
        let (before, level) = self.now[&change(n)];
        let after = windows::content(windows::said(before), self.dice.of(&windows::MOVED));
        self.edit(change(n), (after, level));
    }

    fn act(&mut self, n: u128) -> (MemberId, ActKind) {
        let who = self.someone();
        let item = u32::try_from(1 + self.dice.roll(4)).expect("small");
        match self.dice.roll(14) {
            0 => (who, self.arrival(who)),
            1 => (who, ActKind::Left {}),
            2 => (who, ActKind::Recused { item, reason: "own work".to_owned() }),
            3 => {
                let present = vec![who];
                (id(1), ActKind::ConsentAsked { item, present, objections: Vec::new() })
            }
            4..=9 => (who, ActKind::Voted { item, position: self.dice.of(&POSITIONS) }),
            10 | 11 => (if self.dice.one_in(6) { who } else { id(1) }, self.decision(n)),
            12 => {
                let late = AgendaItem {
                    number: item,
                    change: change(3),
                    title: String::new(),
                    group: AgendaGroup::Medium,
                    level: None,
                    minutes: 3,
                    content: content(1),
                    material_attachments: Vec::new(),
                    release: None,
                    restricted: None,
                };
                (if self.dice.one_in(4) { who } else { id(1) }, ActKind::LateAdmitted { item: Box::new(late) })
            }
            _ => (who, ActKind::Noted { item: Some(item), text: "noted".to_owned() }),
        }
    }
}

fn risk(level: RiskLevel) -> RiskStamp {
    RiskStamp {
        facts: Facts::default(),
        model: "points-100/1".to_owned(),
        model_digest: Digest([0; 32]),
        answers: Digest([0; 32]),
        score: 30,
        level,
        assumed: 0,
    }
}
