//! An entry of every kind, by whom it may be written and about what it must be.
use std::collections::BTreeMap;

use domain::attested::{AttestedAnswer, AttestedBody, Question};
use domain::change::{ChangeKind, Window};
use domain::circular::CircularBody;
use domain::correction::{
    CorrectionAnswerBody, CorrectionBody, ErratumBody, ErratumSealedBody, MinutesApprovalBody, MinutesSection,
};
use domain::disposal::{DisposalBody, Ground};
use domain::emergency::{Asserted, EmergencyBody};
use domain::entry::{Act, ActKind, ActRef, Auth, Body, Contest, Head, Involved, MeetingRef, Predicate};
use domain::gate::GateResult;
use domain::ids::{ConditionId, Digest, EntryId, LogId, MeetingId, MemberId};
use domain::meeting::{
    Agenda, AgendaGroup, AgendaItem, Basis, Brief, BriefGate, Condition, ConditionTime, Decision, DecisionKind,
    Position, QuorumStamp, TallyStamp,
};
use domain::plan::{PlanApprovalBody, PlanReview, PlanSection, SectionReview};
use domain::policy::proposal::{Proposal, ProposedSetting};
use domain::rescheduling::ReschedulingBody;
use domain::risk::{Answer, AnsweredAssessment, Provenance, RiskLevel};
use domain::roster::Role;
use domain::standing::{ObligationBody, Outcome, StandingBody, UseBody};

use super::{
    CHAIR, CTO, Desk, LEAD, agenda, agenda_digest, blobs, change, content, exception, id, manifest, overriding,
    policy_digest, ruling, seconding, sign_off, stamp, time, waiver,
};
use crate::canonical;
use crate::chain;
use crate::entry::Entry;
use crate::keys::Signer as _;
use crate::statement::Subject;

/// The chair's recording key.
pub const DEVICE: u128 = 11;

pub fn window() -> Window {
    Window { start: time(10), end: time(40), zone: "Europe/Berlin".to_owned() }
}

pub fn item(n: u32) -> AgendaItem {
    AgendaItem {
        number: n,
        change: change(16 + n),
        title: "Upgrade PostgreSQL".to_owned(),
        group: AgendaGroup::HighRisk,
        level: Some(RiskLevel::High),
        minutes: 5,
        content: Digest::of(b"content"),
        material_attachments: vec!["plan.pdf".to_owned()],
        release: None,
        restricted: None,
    }
}

fn decision() -> Decision {
    Decision {
        item: 1,
        change: change(17),
        kind: DecisionKind::ApprovedWithConditions,
        basis: Basis::Vote,
        rationale: "Rehearsed".to_owned(),
        conditions: vec![Condition {
            id: ConditionId(id(60)),
            text: "Rehearse once more".to_owned(),
            owner: "Edsger".to_owned(),
            due: "2026-12-01".to_owned(),
            when: ConditionTime::Before,
        }],
        deferred_to: String::new(),
        quorum: QuorumStamp {
            formula: "floor(n/2)+1".to_owned(),
            seats: 3,
            present: 2,
            required: 2,
            missing_mandatory: vec![MemberId(id(LEAD))],
        },
        tally: Some(TallyStamp { formula: "floor(n/2)+1".to_owned(), approve: 2, reject: 0, abstain: 1, required: 2 }),
        content: Digest::of(b"content"),
        risk: stamp(),
        brief: Brief {
            kind: Some(ChangeKind::Normal),
            window: Some(window()),
            heaviest: vec!["regulated data".to_owned()],
            floors: Vec::new(),
            gates: vec![BriefGate {
                clause: "R36".to_owned(),
                title: "Description".to_owned(),
                result: GateResult::Warned,
                why: "It is short".to_owned(),
            }],
            gates_passed: 11,
            plan_review: String::new(),
        },
    }
}

/// Every act there is.
pub fn acts() -> Vec<Act> {
    let act = |n: u128, minute: u32, what: ActKind| Act { actor: MemberId(id(n)), at: time(minute), what };
    vec![
        act(CTO, 2, ActKind::Arrived { delegate_for: Some(MemberId(id(LEAD))) }),
        act(LEAD, 3, ActKind::Recused { item: 1, reason: "wrote it".to_owned() }),
        act(CHAIR, 4, ActKind::ConsentAsked { item: 1, present: vec![MemberId(id(CTO))], objections: Vec::new() }),
        act(CTO, 5, ActKind::Voted { item: 1, position: Position::Approve }),
        act(CHAIR, 6, ActKind::Decided { decision: Box::new(decision()) }),
        act(
            CHAIR,
            7,
            ActKind::ActionAssigned {
                action: "Watch the figures".to_owned(),
                owner: MemberId(id(CTO)),
                due: String::new(),
            },
        ),
        act(CHAIR, 8, ActKind::LateAdmitted { item: Box::new(item(2)) }),
        act(CHAIR, 9, ActKind::Noted { item: None, text: "Nothing else".to_owned() }),
        act(CTO, 10, ActKind::Left {}),
    ]
}

/// A body of every kind, as far as one can be made up without a second roster.
pub fn bodies(desk: &Desk) -> Vec<Body> {
    let first = desk.entries.first().expect("an adoption").id();
    let device = LogId { key: desk.device.key_id(), epoch: 1 };
    let known = Head { seq: 1, id: first };
    vec![
        Body::Roster { version: 1 },
        Body::Policy { name: "starter".to_owned() },
        Body::Assessment {
            change: change(17),
            assessment: AnsweredAssessment {
                answers: BTreeMap::from([(
                    "I1".to_owned(),
                    Answer { choice: "regulated".to_owned(), provenance: Provenance::Attested },
                )]),
                stamp: stamp(),
            },
        },
        Body::PlanReview {
            change: change(17),
            review: PlanReview {
                sections: BTreeMap::from([(
                    PlanSection::Backout,
                    SectionReview { ticked: true, comment: "Rehearsed".to_owned() },
                )]),
                digests: BTreeMap::from([(PlanSection::Backout, Digest::of(b"backout"))]),
            },
        },
        Body::AgendaFrozen { agenda: Agenda { items: vec![item(1)], ..agenda() } },
        Body::Running { acts: acts() },
        Body::Vote { item: 1, position: Position::Abstain },
        sign_off(17),
        Body::Withdrawal { entry: first, reason: "a mistake".to_owned() },
        Body::Witness { entries: vec![first] },
        Body::Delegation {
            to: MemberId(id(CTO)),
            from: time(0),
            until: time(59),
            meeting: Some(MeetingId(id(50))),
            reason: "on leave".to_owned(),
        },
        Body::ConditionMet { condition: ConditionId(id(60)), note: "Seen".to_owned() },
        Body::MeetingClosed { heads: desk.heads() },
        Body::MinutesSealed {
            pdf: Digest::of(b"minutes"),
            checkpoint: first,
            edition: None,
            after: Some(Digest::of(b"sealed")),
        },
        Body::ExtractsSealed {
            extracts: BTreeMap::from([(change(17), Digest::of(b"17")), (change(18), Digest::of(b"18"))]),
            checkpoint: first,
        },
        Body::AnnexSealed {
            minutes: Digest::of(b"minutes"),
            pdf: Digest::of(b"annex"),
            answers: vec![first],
            checkpoint: first,
        },
        Body::WrittenBack {
            change: change(17),
            marker: "[cab 0a1b2c3d]".to_owned(),
            remote_time: "2026-11-21T20:40:00Z".to_owned(),
        },
        Body::Affirmation {
            confirmed: vec![ActRef { entry: first, act: Some(3) }],
            contested: vec![Contest { act: ActRef { entry: first, act: None }, reason: "I was away".to_owned() }],
            seats: Vec::new(),
        },
        Body::ForkSettled { log: device, seq: 1, stands: first, reason: "an older copy".to_owned() },
        Body::Recovered { before: device, known, held: Some(known), reason: "an older copy was put back".to_owned() },
        ruling(),
        Body::ApprovalExported {
            change: change(17),
            content: Digest::of(b"content"),
            artifacts: vec![format!("sha256:{}", Digest::of(b"artifact"))],
            environment: "production".to_owned(),
            window: Some(window()),
            fresh_until: time(50),
        },
        Body::StandingApproved(StandingBody {
            change: change(17),
            content: Digest::of(b"content"),
            service: "pay".to_owned(),
            pipeline: "deploy-pay".to_owned(),
            environment: "production".to_owned(),
            uses: 20,
            expires: time(50),
        }),
        Body::StandingUsed(UseBody {
            standing: first,
            receipt: Digest::of(b"receipt"),
            at: time(45),
            outcome: Outcome::Succeeded,
        }),
        Body::StandingSuspended { standing: first, reason: "the last one failed".to_owned() },
        Body::ObligationOpened(ObligationBody {
            change: change(17),
            what: "Review the deployment".to_owned(),
            reason: "The shop was down".to_owned(),
            receipt: Digest::of(b"receipt"),
            at: time(45),
        }),
        Body::ObligationMet { obligation: first, note: "Reviewed".to_owned() },
        disposal(),
        attested(),
        waiver(),
        overriding(),
        exception(),
        seconding(first),
        plan_approval(),
        Body::Rescheduled(ReschedulingBody {
            change: change(17),
            content: Digest::of(b"content"),
            from: Some(window()),
            to: Window { start: time(20), end: time(50), zone: "Europe/Berlin".to_owned() },
            reason: "The night shift is ill".to_owned(),
        }),
        emergency(),
        Body::EmergencyBound { change: change(17), declaration: first },
        Body::EmergencyMet {
            declaration: first,
            note: "Held".to_owned(),
            owed: "review".to_owned(),
            proposal: Some(proposal()),
        },
        Body::RolledBack { at: time(46), change: change(17), incident: "INC-8".to_owned() },
        Body::Revalidated {
            note: "Run 9 was green".to_owned(),
            rollback: first,
            root_cause: "A missing index".to_owned(),
        },
        Body::CircularOpened(circular()),
        correction(),
        correction_answered(first),
        Body::MinutesApproved(MinutesApprovalBody { checkpoint: first, deadline: Some(time(50)), meeting: None }),
        erratum(),
        Body::ErratumSealed(ErratumSealedBody {
            checkpoint: first,
            errata: vec![first],
            minutes: Digest::of(b"minutes"),
            pdf: Digest::of(b"erratum"),
        }),
    ]
}

/// Somebody asks for other words about the actions.
pub fn correction() -> Body {
    Body::Correction(CorrectionBody {
        item: None,
        reason: "misheard".to_owned(),
        section: Some(MinutesSection::Actions),
        was: "Ten hosts".to_owned(),
        wording: "Two hosts".to_owned(),
    })
}

/// The chair takes it in.
pub fn correction_answered(correction: EntryId) -> Body {
    let (reason, wording) = (String::new(), "Two hosts".to_owned());
    Body::CorrectionAnswered(CorrectionAnswerBody { correction, reason, taken: true, wording })
}

/// The chair puts right what is wrong in the sealed minutes.
pub fn erratum() -> Body {
    let (right, wrong) = ("Two hosts".to_owned(), "Ten hosts".to_owned());
    Body::Erratum(ErratumBody { minutes: Digest::of(b"minutes"), right, wrong })
}

/// The chair asks all members in writing about CHG-17, until minute 30.
pub fn circular() -> CircularBody {
    CircularBody {
        agenda: Agenda { items: vec![item(1)], ..agenda() },
        closes: time(30),
        involved: Involved { author: Some("7".to_owned()), ..Involved::default() },
        question: "May CHG-17 go ahead tonight?".to_owned(),
    }
}

/// Two answers about CHG-17, one of them with its evidence.
pub fn attested() -> Body {
    let answer = |value: &str, evidence: Option<&[u8]>| AttestedAnswer {
        evidence: evidence.map(Digest::of),
        value: value.to_owned(),
    };
    Body::Attested(AttestedBody {
        answers: BTreeMap::from([
            (Question::PeerReview, answer("yes, by Barbara", None)),
            (Question::MainProtected, answer("yes", Some(b"the rules of the branch".as_slice()))),
        ]),
        change: change(17),
    })
}

/// Somebody's approval of the plan of CHG-17, of one section of it.
pub fn plan_approval() -> Body {
    let sections = BTreeMap::from([(PlanSection::Backout, Digest::of(b"backout"))]);
    Body::PlanApproved(PlanApprovalBody { change: change(17), reason: "Rehearsed".to_owned(), sections })
}

/// The Service Manager declares CHG-17 an emergency.
pub fn emergency() -> Body {
    let text = |s: &str| s.to_owned();
    Body::EmergencyDeclared(EmergencyBody {
        backout: text("Deploy 4.1.9 again"),
        breaks: text("payments"),
        change: change(17),
        consulted: text("Head of Retail"),
        deployer: text("Dora Lind"),
        facts: Asserted { corrects_error: true, current_release: true, major_impact: true },
        incident: text("INC-7"),
        plan: text("Deploy 4.2.1, which closes the leak"),
        window: window(),
    })
}

/// What the review of it proposes for the policy.
fn proposal() -> Proposal {
    let high = ProposedSetting { path: "risk.levels.high".to_owned(), value: "45".to_owned() };
    Proposal { settings: vec![high], words: "It was scored too low".to_owned() }
}

/// In which role the kind is said, where it is said in one only.
pub fn role_of(body: &Body) -> Option<Role> {
    let managed = matches!(body, Body::EmergencyDeclared(_) | Body::EmergencyBound { .. });
    managed.then_some(Role::ServiceManager)
}

/// A root holder's word that what was shown of the backout plan of CHG-17 is disposed of.
pub fn disposal() -> Body {
    let backout = blobs().get("plan.backout").expect("shown").digest();
    let (change, reason) = (Some(change(17)), "It named a patient".to_owned());
    Body::Disposed(DisposalBody { blobs: vec![backout], change, ground: Ground::Erasure, reason })
}

/// Who writes such a body: the chair with the PIN where a person is bound, else the chair's device.
pub fn signer_of(body: &Body) -> u128 {
    if body.binds_a_person() { CHAIR } else { DEVICE }
}

/// The entry around a body: in its place, in its meeting, about what its kind demands.
pub fn around(desk: &Desk, body: Body) -> (Vec<Subject>, Predicate) {
    let signer = signer_of(&body);
    let mut agenda_digest = agenda_digest();
    let subject = |name: &str, sha256: Digest| vec![Subject { name: name.to_owned(), sha256 }];
    let subjects = match &body {
        Body::SignOff(_) | Body::ApprovalExported { .. } | Body::StandingApproved(_) | Body::PlanApproved(_) => {
            subject("CHG-17", manifest().digest().expect("writable"))
        }
        Body::Roster { .. } => subject("roster 1", desk.roster().digest()),
        Body::Policy { .. } => subject("starter", policy_digest()),
        Body::AgendaFrozen { agenda } => {
            agenda_digest = Digest::of(&canonical::to_bytes(agenda).expect("writable"));
            subject("agenda", agenda_digest)
        }
        Body::CircularOpened(circular) => {
            agenda_digest = Digest::of(&canonical::to_bytes(circular).expect("writable"));
            subject("circular", agenda_digest)
        }
        Body::StandingUsed(UseBody { receipt, .. }) | Body::ObligationOpened(ObligationBody { receipt, .. }) => {
            subject("receipt", *receipt)
        }
        Body::MinutesSealed { pdf, .. } => subject("minutes.pdf", *pdf),
        Body::AnnexSealed { pdf, .. } => subject("annex.pdf", *pdf),
        Body::ErratumSealed(body) => subject("erratum.pdf", body.pdf),
        Body::RuledImmaterial(ruling) => subject("CHG-17", ruling.to),
        Body::Waived(_) | Body::Overridden(_) | Body::Excepted(_) | Body::Seconded(_) => subject("CHG-17", content()),
        Body::Rescheduled(body) => subject("CHG-17", body.content),
        Body::ExtractsSealed { extracts, .. } => {
            extracts.iter().map(|(change, pdf)| Subject { name: format!("{change}.pdf"), sha256: *pdf }).collect()
        }
        Body::Assessment { .. }
        | Body::PlanReview { .. }
        | Body::Running { .. }
        | Body::Vote { .. }
        | Body::Withdrawal { .. }
        | Body::Witness { .. }
        | Body::Delegation { .. }
        | Body::ConditionMet { .. }
        | Body::MeetingClosed { .. }
        | Body::WrittenBack { .. }
        | Body::Affirmation { .. }
        | Body::ForkSettled { .. }
        | Body::Recovered { .. }
        | Body::StandingSuspended { .. }
        | Body::ObligationMet { .. }
        | Body::Disposed(_)
        | Body::Attested(_)
        | Body::EmergencyDeclared(_)
        | Body::EmergencyBound { .. }
        | Body::EmergencyMet { .. }
        | Body::RolledBack { .. }
        | Body::Revalidated { .. }
        | Body::Correction(_)
        | Body::CorrectionAnswered(_)
        | Body::MinutesApproved(_)
        | Body::Erratum(_) => subject("agenda", agenda_digest),
    };
    let epoch = if matches!(body, Body::Recovered { .. }) { 2 } else { 1 };
    let mut predicate = desk.predicate(signer, body);
    predicate.log = chain::next_position(LogId { key: desk.key_of(signer).key_id(), epoch }, &desk.heads());
    if signer == CHAIR {
        predicate.auth = Auth::Pin;
    }
    predicate.role = role_of(&predicate.body);
    predicate.meeting = Some(MeetingRef { id: MeetingId(id(50)), agenda: agenda_digest });
    (subjects, predicate)
}

/// Writes such an entry.
pub fn write(desk: &mut Desk, body: Body) -> Entry {
    let signer = signer_of(&body);
    let (subjects, predicate) = around(desk, body);
    desk.push(signer, subjects, predicate)
}

/// The id of nothing.
pub const NOBODY: EntryId = EntryId([7; 32]);
