//! A history that five members wrote, with two forks, an unseen entry of a lost key, and what strangers threw in.
use std::collections::{BTreeMap, BTreeSet};

use domain::attested::{AttestedAnswer, AttestedBody, Question};
use domain::change::{ChangeKind, Window};
use domain::circular::resolution;
use domain::dispensation::{ExceptionBody, OverrideBody, SecondBody, WaiverBody};
use domain::disposal::{DisposalBody, Ground};
use domain::entry::{Act, ActKind, ActRef, Body, Contest, Head, Involved, SignOffBody, Verdict};
use domain::ids::{ChangeKey, ConditionId, Digest, EntryId, LogId};
use domain::meeting::{
    Agenda, AgendaGroup, AgendaItem, Basis, Brief, Condition, ConditionTime, Decision, DecisionKind, Position,
    QuorumStamp,
};
use domain::plan::{PlanApprovalBody, PlanReview, PlanSection, SectionReview};
use domain::policy::{Policy, Strength};
use domain::rescheduling::ReschedulingBody;
use domain::risk::{Answer, AnsweredAssessment, Facts, Provenance, RiskLevel, RiskStamp};
use domain::roster::{KeyStatus, Revocation, RevocationReason};
use domain::ruling::RulingBody;
use domain::standing::{ObligationBody, Outcome, StandingBody, UseBody};

use super::corrected::{corrected, put_right};
use super::scribe::{
    CHAIR, CTO, DEVICES, LEAD, MEMBER, SECURITY, Scribe, With, decided, meeting_id, member_id, policy, question,
};
use crate::canonical;
use crate::entry::Entry;
use crate::envelope::Envelope;
use crate::keys::Signer;
use crate::roster::RosterFingerprint;
use crate::rules;
use crate::statement::Subject;
use crate::testing::bodies::emergency;
use crate::testing::{TestKey, change, id, manifest, time};

/// One thing that travels.
#[derive(Debug, Clone)]
pub enum Parcel {
    Roster(Vec<u8>),
    Policy(Vec<u8>),
    Envelope(Vec<u8>),
}

/// What there is to travel, each with the device that has it first.
pub struct History {
    pub root: RosterFingerprint,
    pub parcels: Vec<(usize, Parcel)>,
    /// The honest entries, in the order in which they were written.
    pub entries: Vec<Entry>,
    /// Roster versions that are adopted, 1 first.
    pub rosters: Vec<Vec<u8>>,
    /// What the policies that travel say, read once: what holds on a device names one that it has.
    pub policies: BTreeMap<Digest, Policy>,
    pub forked: BTreeSet<LogId>,
    /// Entries that never count, whatever arrives.
    pub never: BTreeSet<EntryId>,
    pub recording_logs: Vec<LogId>,
    pub signing_logs: Vec<LogId>,
}

fn item(number: u32) -> AgendaItem {
    AgendaItem {
        number,
        change: change(number),
        title: format!("Change {number}"),
        group: AgendaGroup::Medium,
        level: Some(RiskLevel::Medium),
        minutes: 3,
        content: content(),
        material_attachments: Vec::new(),
        release: None,
        restricted: None,
    }
}

fn content() -> Digest {
    Digest::of(b"content")
}

fn agenda(n: u128, items: impl IntoIterator<Item = u32>) -> Agenda {
    Agenda {
        meeting: meeting_id(n),
        title: format!("Meeting {n}"),
        place: "Room 1".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        called: time(1),
        chair: member_id(CHAIR),
        secretary: member_id(CHAIR),
        items: items.into_iter().map(item).collect(),
    }
}

fn risk() -> RiskStamp {
    RiskStamp {
        facts: Facts::default(),
        model: "points-100/1".to_owned(),
        model_digest: Digest::of(b"model"),
        answers: Digest::of(b"answers"),
        score: 42,
        level: RiskLevel::Medium,
        assumed: 0,
    }
}

fn decision(number: u32, kind: DecisionKind, conditions: Vec<Condition>) -> Decision {
    Decision {
        item: number,
        change: change(number),
        kind,
        basis: Basis::Vote,
        rationale: "as voted".to_owned(),
        conditions,
        deferred_to: String::new(),
        quorum: QuorumStamp {
            formula: "strict majority".to_owned(),
            seats: 5,
            present: 5,
            required: 3,
            missing_mandatory: Vec::new(),
        },
        tally: None,
        content: content(),
        risk: risk(),
        brief: Brief {
            kind: None,
            window: None,
            heaviest: Vec::new(),
            floors: Vec::new(),
            gates: Vec::new(),
            gates_passed: 12,
            plan_review: String::new(),
        },
    }
}

fn condition(n: u128) -> Condition {
    Condition {
        id: ConditionId(id(700 + n)),
        text: "Rehearse the backout".to_owned(),
        owner: "Operations".to_owned(),
        due: String::new(),
        when: ConditionTime::Before,
    }
}

fn sign_off(number: u32, verdict: Verdict) -> Body {
    Body::SignOff(SignOffBody {
        change: change(number),
        item: Some(number),
        verdict,
        reason: "read and understood".to_owned(),
        sections: BTreeMap::new(),
        content: content(),
        involved: Involved { author: Some("70".to_owned()), ..Involved::default() },
        risk: risk(),
        written: None,
    })
}

fn shown(number: u32) -> Vec<Subject> {
    vec![Subject { name: change(number).to_string(), sha256: manifest().digest().expect("writable") }]
}

fn document(name: &str) -> Vec<Subject> {
    vec![Subject { name: name.to_owned(), sha256: Digest::of(name.as_bytes()) }]
}

fn voted(item: u32, position: Position) -> ActKind {
    ActKind::Voted { item, position }
}

fn signs(scribe: &mut Scribe, who: usize, agenda: &Agenda, number: u32, verdict: Verdict) -> EntryId {
    scribe.write(who, With::Session, Some(agenda), shown(number), sign_off(number, verdict))
}

fn votes(scribe: &mut Scribe, who: usize, agenda: &Agenda, item: u32, position: Position) {
    scribe.write(who, With::Session, Some(agenda), Vec::new(), Body::Vote { item, position });
}

impl History {
    pub fn write() -> Self {
        let mut scribe = Scribe::new();
        for who in [CHAIR, CTO] {
            let sha256 = scribe.root().0;
            let subject = Subject { name: "roster 1".to_owned(), sha256 };
            scribe.write(who, With::Pin, None, vec![subject], Body::Roster { version: 1 });
        }
        let subject = Subject { name: "policy".to_owned(), sha256: Digest::of(&policy()) };
        scribe.write(CHAIR, With::Pin, None, vec![subject], Body::Policy { name: "starter/1".to_owned() });
        let first = agenda(1, 1..=6);
        meeting_one(&mut scribe, &first);
        after_meeting_one(&mut scribe, &first);
        let second = agenda(2, 7..=9);
        let mut never = BTreeSet::new();
        meeting_two(&mut scribe, &second, &mut never);
        let hostile = hostile(&mut scribe, &mut never);
        Self::packed(scribe, hostile, never)
    }

    fn packed(scribe: Scribe, hostile: Vec<(usize, Vec<u8>)>, never: BTreeSet<EntryId>) -> Self {
        let adopted = scribe.rosters.len() - 1;
        let documents = scribe.documents();
        let rosters = documents.iter().map(|bytes| (CHAIR, Parcel::Roster(bytes.clone())));
        let envelopes = scribe.written.iter().map(|(who, entry)| (*who, Parcel::Envelope(entry.bytes().to_vec())));
        let thrown = hostile.into_iter().map(|(who, bytes)| (who, Parcel::Envelope(bytes)));
        let document = policy();
        let policies = rules::policies([&document]);
        let policy = (CHAIR, Parcel::Policy(document));
        Self {
            root: scribe.root(),
            parcels: rosters.chain([policy]).chain(envelopes).chain(thrown).collect(),
            entries: scribe.written.iter().map(|(_, entry)| entry.clone()).collect(),
            rosters: documents[..adopted].to_vec(),
            policies,
            forked: BTreeSet::from([scribe.recording_log(CHAIR), scribe.signing_log(CTO)]),
            never,
            recording_logs: (0..DEVICES).map(|who| scribe.recording_log(who)).collect(),
            signing_logs: (0..DEVICES).map(|who| scribe.signing_log(who)).collect(),
        }
    }
}

/// Votes spoken and signed, a recusal, a condition, a late correction; the record witnessed, the meeting closed.
fn meeting_one(scribe: &mut Scribe, agenda: &Agenda) {
    let frozen = Body::AgendaFrozen { agenda: agenda.clone() };
    scribe.write(CHAIR, With::Device, Some(agenda), Vec::new(), frozen);
    let arrivals = (0..DEVICES).map(|who| (who, ActKind::Arrived { delegate_for: None })).collect();
    let mut running = vec![scribe.run(agenda, arrivals)];
    for number in 1..=6 {
        let position = if number == 3 { Position::Reject } else { Position::Approve };
        votes(scribe, CTO, agenda, number, position);
        votes(scribe, SECURITY, agenda, number, position);
        if number % 2 == 0 {
            votes(scribe, LEAD, agenda, number, position);
        }
        let kind = match number {
            2 => DecisionKind::ApprovedWithConditions,
            3 => DecisionKind::Rejected,
            4 => DecisionKind::Deferred,
            _ => DecisionKind::Approved,
        };
        let conditions = if number == 2 { vec![condition(1), condition(2)] } else { Vec::new() };
        let mut acts = vec![(MEMBER, voted(number, position)), (LEAD, voted(number, Position::Abstain))];
        if number == 5 {
            acts.push((LEAD, ActKind::Recused { item: 5, reason: "wrote it".to_owned() }));
        }
        acts.push((CHAIR, voted(number, position)));
        acts.push((CHAIR, decided(decision(number, kind, conditions))));
        running.push(scribe.run(agenda, acts));
    }
    scribe.write(SECURITY, With::Session, Some(agenda), Vec::new(), Body::Witness { entries: running[..4].to_vec() });
    // The member changes their mind on item 6, after the record so far was vouched for.
    scribe.run(agenda, vec![(MEMBER, voted(6, Position::Reject))]);
    // Those who are left are no quorum, whatever numbers the chair's decision carries.
    let mut acts: Vec<(usize, ActKind)> = [CTO, LEAD, SECURITY].map(|who| (who, ActKind::Left {})).into();
    acts.push((CHAIR, decided(decision(6, DecisionKind::Rejected, Vec::new()))));
    scribe.run(agenda, acts);
    signs(scribe, CTO, agenda, 1, Verdict::Approve);
    signs(scribe, LEAD, agenda, 2, Verdict::Approve);
    scribe.write(CHAIR, With::Device, Some(agenda), Vec::new(), Body::MeetingClosed { heads: BTreeMap::new() });
}

/// A member enrols, confirms and contests; sign-offs, a withdrawal, conditions, sealed papers.
fn after_meeting_one(scribe: &mut Scribe, agenda: &Agenda) {
    let closed = scribe.last().id();
    let keys = scribe.own_keys(MEMBER);
    scribe.adopt(|next| next.members[MEMBER].keys = keys, &[CHAIR, CTO]);
    let spoken: Vec<EntryId> = scribe
        .written
        .iter()
        .filter(|(_, entry)| entry.statement().kind() == "running")
        .map(|(_, entry)| entry.id())
        .collect();
    let act = |n: usize| ActRef { entry: spoken[n], act: Some(0) };
    let body = Body::Affirmation {
        confirmed: vec![act(1), act(2), act(4)],
        contested: vec![Contest { act: act(3), reason: "I abstained".to_owned() }],
        seats: Vec::new(),
    };
    let (from, until) = (crate::testing::time(0), crate::testing::time(59));
    let reason = "on leave".to_owned();
    let body_of_leave = Body::Delegation { to: member_id(CTO), from, until, meeting: None, reason };
    scribe.write(LEAD, With::Pin, None, document("delegation"), body_of_leave);
    let answered = scribe.write(MEMBER, With::Pin, None, document("what was recorded"), body);
    let withdrawn = signs(scribe, LEAD, agenda, 6, Verdict::Approve);
    let body = Body::Withdrawal { entry: withdrawn, reason: "the wrong tab".to_owned() };
    scribe.write(LEAD, With::Session, None, document("withdrawal"), body);
    signs(scribe, CTO, agenda, 6, Verdict::Approve);
    let ruling = RulingBody {
        change: change(6),
        fields: vec!["title".to_owned()],
        from: content(),
        involved: Involved { author: Some("70".to_owned()), ..Involved::default() },
        reason: "a typing error".to_owned(),
        to: Digest::of(b"edited content"),
    };
    for who in [CHAIR, LEAD] {
        let subject = vec![Subject { name: change(6).to_string(), sha256: ruling.to }];
        scribe.write(who, With::Pin, None, subject, Body::RuledImmaterial(ruling.clone()));
    }
    let note = "rehearsed on staging".to_owned();
    let met = Body::ConditionMet { condition: condition(1).id, note };
    scribe.write(LEAD, With::Device, None, document("condition"), met);
    corrected(scribe, agenda, closed);
    let pdf = Digest::of(b"minutes");
    let subject = vec![Subject { name: "minutes.pdf".to_owned(), sha256: pdf }];
    let sealed = Body::MinutesSealed { pdf, checkpoint: closed, edition: None, after: None };
    scribe.write(CHAIR, With::Pin, Some(agenda), subject, sealed);
    let annex = Digest::of(b"annex");
    let subject = vec![Subject { name: "annex.pdf".to_owned(), sha256: annex }];
    let body = Body::AnnexSealed { minutes: pdf, pdf: annex, answers: vec![answered], checkpoint: closed };
    scribe.write(CHAIR, With::Pin, Some(agenda), subject, body);
    put_right(scribe, agenda, (pdf, closed));
    let extracts: BTreeMap<_, _> = [1, 2].map(|n| (change(n), Digest::of(&[n as u8]))).into();
    let subjects = extracts.iter().map(|(key, pdf)| Subject { name: key.to_string(), sha256: *pdf }).collect();
    scribe.write(CHAIR, With::Pin, Some(agenda), subjects, Body::ExtractsSealed { extracts, checkpoint: closed });
    let body = Body::WrittenBack { change: change(1), marker: "0a1b2c3d".to_owned(), remote_time: "later".to_owned() };
    scribe.write(CHAIR, With::Device, None, document("write-back"), body);
    let body = Body::ApprovalExported {
        change: change(1),
        content: content(),
        artifacts: vec!["sha256:00".to_owned()],
        environment: "production".to_owned(),
        window: None,
        fresh_until: time(59),
    };
    scribe.write(CHAIR, With::Device, None, shown(1), body);
    repeated(scribe);
}

/// A gate is waived, a level overridden, and a change excepted from a freeze, each by two.
fn set_aside(scribe: &mut Scribe) {
    let (key, content, until) = (change(6), content(), time(59));
    let involved = Involved { author: Some("70".to_owned()), ..Involved::default() };
    let reason = "the regulator asks for it".to_owned();
    let subject = || vec![Subject { name: key.to_string(), sha256: content }];
    let waiver = WaiverBody {
        change: key.clone(),
        clause: "R23".to_owned(),
        content,
        gate: "plan-r23".to_owned(),
        involved: involved.clone(),
        reason: reason.clone(),
        until: None,
    };
    let overriding = OverrideBody {
        change: key.clone(),
        content,
        from: RiskLevel::High,
        involved: involved.clone(),
        reason: reason.clone(),
        to: RiskLevel::Medium,
    };
    let freeze = "year-end".to_owned();
    let exception = ExceptionBody {
        change: key.clone(),
        content,
        freeze,
        involved: involved.clone(),
        reason: reason.clone(),
        until,
    };
    for body in [Body::Waived(waiver), Body::Overridden(overriding), Body::Excepted(exception)] {
        let entry = scribe.write(CHAIR, With::Pin, None, subject(), body);
        let (change, involved) = (key.clone(), involved.clone());
        let body = Body::Seconded(SecondBody { change, content, entry, involved, reason: String::new() });
        scribe.write(CTO, With::Pin, None, subject(), body);
    }
}

/// A pipeline repeats a change, fails, and once breaks the glass.
fn repeated(scribe: &mut Scribe) {
    let standing = StandingBody {
        change: change(1),
        content: content(),
        service: "pay".to_owned(),
        pipeline: "deploy-pay".to_owned(),
        environment: "production".to_owned(),
        uses: 3,
        expires: time(59),
    };
    let standing = scribe.write(CTO, With::Pin, None, shown(1), Body::StandingApproved(standing));
    let receipt = Digest::of(b"receipt");
    let told = || vec![Subject { name: "receipt".to_owned(), sha256: receipt }];
    let used = UseBody { standing, receipt, at: time(50), outcome: Outcome::Failed };
    scribe.write(LEAD, With::Device, None, told(), Body::StandingUsed(used));
    let body = Body::StandingSuspended { standing, reason: "it failed".to_owned() };
    scribe.write(CHAIR, With::Device, None, document("standing approval"), body);
    let (what, reason) = ("a review".to_owned(), "the shop was down".to_owned());
    let owed = ObligationBody { change: change(2), what, reason, receipt, at: time(51) };
    let obligation = scribe.write(MEMBER, With::Device, None, told(), Body::ObligationOpened(owed));
    let body = Body::ObligationMet { obligation, note: "reviewed".to_owned() };
    scribe.write(CHAIR, With::Device, None, document("obligation"), body);
    set_aside(scribe);
    let sections = BTreeMap::from([(PlanSection::Backout, Digest::of(b"backout"))]);
    let approved = PlanApprovalBody { change: change(1), reason: String::new(), sections };
    scribe.write(CTO, With::Pin, None, shown(1), Body::PlanApproved(approved));
    let (blobs, reason) = (manifest().digests().into_iter().collect(), "kept long enough".to_owned());
    let body = Body::Disposed(DisposalBody { blobs, change: None, ground: Ground::Retention, reason });
    scribe.write(CTO, With::Pin, None, document("disposal"), body);
    for (who, value) in [(LEAD, "no"), (CTO, "yes")] {
        let answer = AttestedAnswer { evidence: None, value: value.to_owned() };
        let answers = BTreeMap::from([(Question::PeerReview, answer)]);
        let body = Body::Attested(AttestedBody { answers, change: change(2) });
        scribe.write(who, With::Device, None, document("answers"), body);
    }
    let to = Window { start: time(55), end: time(58), zone: "Europe/Berlin".to_owned() };
    let told = vec![Subject { name: change(1).to_string(), sha256: content() }];
    let (content, reason) = (content(), "the night shift is ill".to_owned());
    let body = Body::Rescheduled(ReschedulingBody { change: change(1), content, from: None, to, reason });
    scribe.write(LEAD, With::Device, None, told, body);
    urgent(scribe);
}

/// The ticketing system was down: an emergency gets its ticket later, is reviewed, and taken back once.
fn urgent(scribe: &mut Scribe) {
    let mut declared = emergency();
    if let Body::EmergencyDeclared(body) = &mut declared {
        body.change = ChangeKey::new("EMG", 1);
    }
    let declaration = scribe.write(CTO, With::Pin, None, document("emergency"), declared);
    let bound = Body::EmergencyBound { change: change(3), declaration };
    scribe.write(CTO, With::Pin, None, document("ticket"), bound);
    let (note, owed, proposal) = ("Held".to_owned(), "review".to_owned(), None);
    let met = Body::EmergencyMet { declaration, note, owed, proposal };
    scribe.write(CHAIR, With::Device, None, document("review"), met);
    let back = Body::RolledBack { at: time(52), change: change(3), incident: "INC-8".to_owned() };
    let rollback = scribe.write(LEAD, With::Device, None, document("rollback"), back);
    let (note, root_cause) = ("Run 9 was green".to_owned(), "A missing index".to_owned());
    let again = Body::Revalidated { note, rollback, root_cause };
    scribe.write(LEAD, With::Pin, None, document("revalidation"), again);
    answered_anew(scribe);
    in_writing(scribe);
}

/// Questions answered and a plan reviewed at a desk; the member's device lost its recording log and begins another.
fn answered_anew(scribe: &mut Scribe) {
    let answer = Answer { choice: "regulated".to_owned(), provenance: Provenance::Attested };
    let assessment = AnsweredAssessment { answers: BTreeMap::from([("I1".to_owned(), answer)]), stamp: risk() };
    let body = Body::Assessment { change: change(3), assessment };
    scribe.write(LEAD, With::Device, None, document("assessment"), body);
    let ticked = SectionReview { ticked: true, comment: "Rehearsed".to_owned() };
    let review = PlanReview {
        sections: BTreeMap::from([(PlanSection::Backout, ticked)]),
        digests: BTreeMap::from([(PlanSection::Backout, Digest::of(b"backout"))]),
    };
    scribe.write(CHAIR, With::Device, None, document("review"), Body::PlanReview { change: change(3), review });
    let before = scribe.recording_log(MEMBER);
    let own = |entry: &Entry| entry.log().id == before;
    let (_, last) = scribe.written.iter().rfind(|(_, entry)| own(entry)).expect("the member's device wrote");
    let known = Head { seq: last.log().seq, id: last.id() };
    let reason = "the newest backup was a week old".to_owned();
    let body = Body::Recovered { before, known, held: Some(known), reason };
    scribe.write(MEMBER, With::Device, None, document("recovery"), body);
}

/// Between meetings: a question, four answers, one member who steps aside, and what the chair makes of them.
fn in_writing(scribe: &mut Scribe) {
    let asked = question();
    scribe.write(CHAIR, With::Pin, Some(&asked.agenda), Vec::new(), Body::CircularOpened(asked.clone()));
    let said = [
        (CHAIR, Position::Approve),
        (CTO, Position::Approve),
        (SECURITY, Position::Approve),
        (MEMBER, Position::Reject),
    ];
    for (who, position) in said {
        votes(scribe, who, &asked.agenda, 1, position);
    }
    let aside = ActKind::Recused { item: 1, reason: "wrote it".to_owned() };
    let acts = vec![Act { actor: member_id(LEAD), at: time(2), what: aside }];
    scribe.write(LEAD, With::Session, Some(&asked.agenda), Vec::new(), Body::Running { acts });
    let (policy, roster) = (Policy::built_in(Strength::Starter), scribe.rosters.last().expect("one"));
    let of = ("CHG", &asked.involved);
    let found = resolution(&policy, roster, of, &[member_id(LEAD)].into(), &said.map(|(who, p)| (member_id(who), p)));
    let told = decision(1, DecisionKind::Approved, Vec::new());
    let (basis, quorum, tally) = (Basis::CircularResolution, found.quorum, Some(found.tally));
    let brief = Brief { kind: Some(ChangeKind::Emergency), ..told.brief.clone() };
    let told = Decision { change: change(17), basis, quorum, tally, brief, ..told };
    scribe.run(&asked.agenda, vec![(CHAIR, decided(told))]);
    scribe.write(CHAIR, With::Device, Some(&asked.agenda), Vec::new(), Body::MeetingClosed { heads: BTreeMap::new() });
}

/// Two forks: one on a recording log, settled by its author; one on a signature log, of which another had seen one.
fn meeting_two(scribe: &mut Scribe, agenda: &Agenda, never: &mut BTreeSet<EntryId>) {
    let frozen = Body::AgendaFrozen { agenda: agenda.clone() };
    scribe.write(CHAIR, With::Device, Some(agenda), Vec::new(), frozen);
    let arrivals = (0..DEVICES).map(|who| (who, ActKind::Arrived { delegate_for: None })).collect();
    scribe.run(agenda, arrivals);

    // The chair's laptop falls off the network, records an item, and is put back to yesterday's copy.
    scribe.online.remove(&CHAIR);
    let yesterday = scribe.views[CHAIR].clone();
    never.insert(scribe.run(agenda, vec![(MEMBER, voted(7, Position::Reject))]));
    let rejected = decided(decision(7, DecisionKind::Rejected, Vec::new()));
    never.insert(scribe.run(agenda, vec![(CHAIR, rejected)]));
    scribe.views[CHAIR] = yesterday;
    let approved = decided(decision(7, DecisionKind::Approved, Vec::new()));
    let stands = scribe.run(agenda, vec![(MEMBER, voted(7, Position::Approve)), (CHAIR, approved)]);
    let seq = scribe.last().log().seq;
    scribe.come_online(CHAIR);
    // By now the others have both, from the chair's other folder. Whoever writes takes no side.
    let (from, to) = (scribe.written.len() - 3, scribe.written.len());
    for device in 0..DEVICES {
        scribe.views[device].extend(from..to);
    }
    votes(scribe, LEAD, agenda, 8, Position::Approve);
    votes(scribe, MEMBER, agenda, 8, Position::Approve);
    let log = scribe.recording_log(CHAIR);
    let reason = "an older copy was put back".to_owned();
    let settled = Body::ForkSettled { log, seq, stands, reason };
    scribe.write(CHAIR, With::Pin, None, document("fork"), settled);
    let approved = decided(decision(8, DecisionKind::Approved, Vec::new()));
    scribe.run(agenda, vec![(SECURITY, voted(8, Position::Approve)), (CHAIR, approved)]);

    // The CTO signs off, the lead has seen it; an older copy of the CTO's folder then says the opposite.
    scribe.online.remove(&CTO);
    let yesterday = scribe.views[CTO].clone();
    signs(scribe, CTO, agenda, 7, Verdict::Approve);
    let signed = scribe.written.len() - 1;
    scribe.views[LEAD].insert(signed);
    signs(scribe, LEAD, agenda, 7, Verdict::Approve);
    scribe.views[CTO] = yesterday;
    never.insert(signs(scribe, CTO, agenda, 7, Verdict::Reject));
    never.insert(signs(scribe, CTO, agenda, 8, Verdict::Reject));
    scribe.come_online(CTO);
    for device in 0..DEVICES {
        scribe.views[device].insert(signed);
    }

    // Security loses the laptop. What it wrote last nobody had seen when the key was taken away.
    scribe.online.remove(&SECURITY);
    let lost = Body::Vote { item: 9, position: Position::Reject };
    never.insert(scribe.write(SECURITY, With::Session, Some(agenda), Vec::new(), lost));
    let revoked = Revocation { from: time(30), reason: RevocationReason::Lost };
    let take_away = |next: &mut domain::roster::Roster| {
        for key in &mut next.members[SECURITY].keys {
            key.status = KeyStatus::Revoked;
            key.revoked = Some(revoked.clone());
        }
    };
    scribe.adopt(take_away, &[CTO, CHAIR]);
    scribe.come_online(SECURITY);
    votes(scribe, MEMBER, agenda, 9, Position::Approve);
    scribe.run(agenda, vec![(CHAIR, decided(decision(9, DecisionKind::NoDecision, Vec::new())))]);
    scribe.write(CHAIR, With::Device, Some(agenda), Vec::new(), Body::MeetingClosed { heads: BTreeMap::new() });
    signs(scribe, LEAD, agenda, 8, Verdict::Approve);
    newer_kind(scribe);
    // Only proposed: one of the two root holders signed it.
    scribe.adopt(|next| next.name = "Another name".to_owned(), &[CHAIR]);
}

/// The lead's Cabinet is newer than the others'.
fn newer_kind(scribe: &mut Scribe) {
    let template = scribe.write(LEAD, With::Session, None, shown(9), sign_off(9, Verdict::Approve));
    let (at, (_, entry)) = (scribe.written.len() - 1, scribe.written.pop().expect("just written"));
    assert_eq!(entry.id(), template);
    for view in &mut scribe.views {
        view.remove(&at);
    }
    let mut value: serde_json::Value = serde_json::from_slice(entry.envelope().payload()).expect("JSON");
    value["predicateType"] = "urn:x-cabinet:entry:sign_off:2".into();
    let payload = canonical::to_bytes(&value).expect("writable");
    let lead = TestKey::new(3);
    assert_eq!(lead.key_id(), entry.envelope().key_id());
    let newer = Entry::of(Envelope::seal(payload, &lead).expect("signs")).expect("kept");
    scribe.put(LEAD, newer);
}

/// What never holds: a member withdraws another's act, bytes that are nothing.
fn hostile(scribe: &mut Scribe, never: &mut BTreeSet<EntryId>) -> Vec<(usize, Vec<u8>)> {
    let others = scribe.written[20].1.id();
    let body = Body::Withdrawal { entry: others, reason: "not mine".to_owned() };
    never.insert(scribe.write(MEMBER, With::Session, None, document("withdrawal"), body));
    let honest = scribe.written[5].1.bytes().to_vec();
    let mut torn = honest.clone();
    torn.truncate(400);
    let mut bent = String::from_utf8(honest).expect("text");
    let at = bent.find("\"sig\":\"").expect("a signature") + 20;
    let flipped = if bent.as_bytes()[at] == b'A' { "B" } else { "A" };
    bent.replace_range(at..=at, flipped);
    vec![(CHAIR, b"garbage".to_vec()), (CTO, torn), (LEAD, bent.into_bytes()), (MEMBER, b"{}".to_vec())]
}
