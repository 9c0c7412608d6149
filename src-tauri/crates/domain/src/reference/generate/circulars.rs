//! What a random board decides in writing: questions, answers in time and late, from both devices, and what the chair
//! makes of them, with numbers that are so and with others.
use super::{Maker, POSITIONS, change, meeting, risk, windows};
use crate::change::ChangeKind;
use crate::circular::{CircularBody, resolution};
use crate::entry::{Act, ActKind, Attestation, Body, Involved};
use crate::gate::fixture::{at, id};
use crate::ids::{ConditionId, Digest, MemberId};
use crate::meeting::{
    Agenda, AgendaGroup, AgendaItem, Basis, Brief, Condition, ConditionTime, Decision, DecisionKind, Position,
};

/// The number of the first circular, and how many there are at most.
pub const FIRST: u128 = 50;
pub const MOST: u128 = 2;

/// By what entries name each question, and by what a few name another.
const QUESTION: Digest = Digest([0; 32]);
const ANOTHER: Digest = Digest([6; 32]);

impl Maker<'_> {
    /// Something happens in writing.
    pub(super) fn in_writing(&mut self) {
        let open = (FIRST..FIRST + MOST).filter(|n| self.ledger.meetings.contains_key(&meeting(*n))).count() as u128;
        if open == 0 || (open < MOST && self.dice.one_in(8)) {
            self.ask(FIRST + open);
            if self.dice.one_in(2) {
                self.agree(FIRST + open);
            }
            return;
        }
        let n = FIRST + self.dice.roll(usize::try_from(open).expect("few")) as u128;
        match self.dice.roll(9) {
            0..=4 => self.answer(n),
            5 => self.step_aside(n),
            6 | 7 => self.end(n),
            _ => {
                if self.dice.one_in(3) {
                    self.close(n);
                }
            }
        }
    }

    fn ask(&mut self, n: u128) {
        let change = change(u32::try_from(1 + self.dice.roll(3)).expect("small"));
        let item = AgendaItem {
            number: 1,
            change: change.clone(),
            title: String::new(),
            group: AgendaGroup::Emergency,
            level: None,
            minutes: 3,
            content: self.now[&change].0,
            material_attachments: Vec::new(),
            release: None,
            restricted: None,
        };
        let agenda = Agenda {
            meeting: meeting(n),
            title: String::new(),
            place: "in writing".to_owned(),
            zone: "UTC".to_owned(),
            called: at(8),
            chair: id(1),
            secretary: if self.dice.one_in(3) { id(2) } else { id(1) },
            items: vec![item],
        };
        let involved = if self.dice.one_in(3) { self.history.involved[&change].clone() } else { Involved::default() };
        let question = if self.dice.one_in(12) { " " } else { "May it go ahead?" };
        let body = CircularBody { agenda, closes: at(12), involved, question: question.to_owned() };
        self.put(id(1), Attestation::Signed, Some(n), None, Body::CircularOpened(body));
    }

    /// The whole board says yes at once; by chance alone hardly a question would carry.
    fn agree(&mut self, n: u128) {
        if !self.ledger.meetings.contains_key(&meeting(n)) {
            // It asked nothing.
            return;
        }
        for member in 1..=self.members {
            let body = Body::Vote { item: 1, position: Position::Approve };
            self.put(id(member), Attestation::Signed, Some(n), None, body);
        }
        self.end(n);
    }

    /// Mostly in time and about this very question, by the own key.
    fn put_in_writing(&mut self, who: MemberId, n: u128, body: Body) {
        let attestation = if self.dice.one_in(12) { Attestation::Recorded } else { Attestation::Signed };
        self.asked = if self.dice.one_in(12) { ANOTHER } else { QUESTION };
        self.hour = if self.dice.one_in(8) { 13 } else { 9 };
        self.away = self.dice.one_in(3);
        self.put(who, attestation, Some(n), None, body);
        (self.asked, self.hour, self.away) = (QUESTION, 9, false);
    }

    fn answer(&mut self, n: u128) {
        let who = self.someone();
        let position = if self.dice.one_in(2) { Position::Approve } else { self.dice.of(&POSITIONS) };
        let item = if self.dice.one_in(12) { 2 } else { 1 };
        self.put_in_writing(who, n, Body::Vote { item, position });
    }

    fn step_aside(&mut self, n: u128) {
        let who = self.someone();
        let keeper = if self.dice.one_in(4) { id(1) } else { who };
        let what = ActKind::Recused { item: 1, reason: "own work".to_owned() };
        let mut acts = vec![Act { actor: who, at: at(10), what }];
        if self.dice.one_in(6) {
            // Nobody's word stands for a member's own key.
            let what = ActKind::Voted { item: 1, position: Position::Approve };
            acts.push(Act { actor: who, at: at(10), what });
        }
        self.put_in_writing(keeper, n, Body::Running { acts });
    }

    /// The chair ends it, mostly with the answers of both devices in hand.
    fn end(&mut self, n: u128) {
        if !self.dice.one_in(4) {
            self.has[0] = self.logs[1].len();
        }
        let decision = self.resolved(n);
        let who = if self.dice.one_in(8) { self.someone() } else { id(1) };
        let what = ActKind::Decided { decision: Box::new(decision) };
        let keeper = if self.dice.one_in(6) { id(2) } else { id(1) };
        self.asked = if self.dice.one_in(12) { ANOTHER } else { QUESTION };
        let acts = vec![Act { actor: who, at: at(11), what }];
        self.put(keeper, Attestation::Recorded, Some(n), None, Body::Running { acts });
        self.asked = QUESTION;
    }

    /// What the chair says came of it.
    fn resolved(&mut self, n: u128) -> Decision {
        let asked = &self.ledger.meetings[&meeting(n)];
        let item = asked.agenda.items.first().expect("it asks something").clone();
        let circular = asked.circular.as_ref().expect("a circular");
        let aside = circular.recused.keys().copied().collect();
        let of = ("CHG", &circular.involved);
        let found = resolution(&self.history.policy, &self.history.roster, of, &aside, &asked.answers());
        let (mut quorum, mut tally) = (found.quorum.clone(), Some(found.tally.clone()));
        if self.dice.one_in(8) {
            quorum.present += 1;
        }
        if self.dice.one_in(8) {
            tally = None;
        }
        let likely = if found.carried() { DecisionKind::Approved } else { DecisionKind::NoDecision };
        let any = [
            DecisionKind::Approved,
            DecisionKind::ApprovedWithConditions,
            DecisionKind::NoDecision,
            DecisionKind::Rejected,
        ];
        let kind = if self.dice.one_in(3) { self.dice.of(&any) } else { likely };
        let mut conditions = Vec::new();
        if kind == DecisionKind::ApprovedWithConditions || self.dice.one_in(12) {
            self.conditions += 1;
            conditions.push(Condition {
                id: ConditionId(uuid::Uuid::from_u128(self.conditions)),
                text: "watch".to_owned(),
                owner: "operations".to_owned(),
                due: String::new(),
                when: if self.dice.one_in(4) { ConditionTime::Before } else { ConditionTime::After },
            });
        }
        let (content, level) = self.now[&item.change];
        let brief = Brief {
            kind: if self.dice.one_in(6) { None } else { Some(ChangeKind::Emergency) },
            window: Some(windows::window(windows::number(item.content))),
            heaviest: Vec::new(),
            floors: Vec::new(),
            gates: Vec::new(),
            gates_passed: 0,
            plan_review: String::new(),
        };
        Decision {
            item: 1,
            change: item.change,
            kind,
            basis: if self.dice.one_in(12) { Basis::Vote } else { Basis::CircularResolution },
            rationale: String::new(),
            conditions,
            deferred_to: String::new(),
            quorum,
            tally,
            content: if self.dice.one_in(12) { content } else { item.content },
            risk: risk(level),
            brief,
        }
    }
}
