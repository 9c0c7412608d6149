//! Entries by people who may not.
use domain::circular::CircularBody;
use domain::entry::{Act, ActKind, ActRef, Attestation, Auth, Body, InSeat, Predicate};
use domain::ids::{BoardId, Digest, EntryId, MeetingId, MemberId};
use domain::meeting::{Agenda, Position};
use domain::roster::Role;
use serde_json::Value;

use super::Vector;
use super::build::{bundle, committed_by, desk, extract, in_git, sealed, statement, vector, with, written_after};
use super::rosters::adopted;
use crate::canonical;
use crate::statement::Subject;
use crate::testing::bodies::{DEVICE, acts, around, bodies, circular, disposal, emergency, item, write};
use crate::testing::{
    CHAIR, CTO, Desk, LEAD, agenda, exception, id, overriding, ruling, running, seconding, sign_off, time, vote, waiver,
};

pub fn all() -> Vec<Vector> {
    [people(), delegations(), seats(), duties(), among(), circulars()].concat()
}

/// The board's bundle with one more entry of `signer`, its predicate changed before it was signed.
fn by(name: &str, signer: u128, body: Body, edit: impl FnOnce(&mut Predicate)) -> Vector {
    let desk = desk();
    let (subjects, mut predicate) = desk.prepare(signer, body);
    edit(&mut predicate);
    vector(name, &with(&desk, [sealed(&statement(subjects, predicate), desk.key_of(signer))]))
}

fn people() -> Vec<Vector> {
    let member = |n: u128| MemberId(id(n));
    vec![
        by("other-board--replayed", CTO, sign_off(18), |p| p.board = BoardId(id(101))),
        by("roster-unknown--later-version", CTO, sign_off(18), |p| p.roster.version = 2),
        by("roster-unknown--other-digest", CTO, sign_off(18), |p| p.roster.digest = Digest([0; 32])),
        by("not-a-member--stranger", CTO, sign_off(18), |p| p.actor = member(77)),
        by("key-owner--signed-for-another", CTO, sign_off(18), |p| p.actor = member(LEAD)),
        by("key-owner--voted-for-another", LEAD, vote(), |p| {
            p.actor = member(CTO);
            p.attestation = Attestation::Recorded;
        }),
        by("attestation--device-claims-signed", DEVICE, running(), |p| p.attestation = Attestation::Signed),
        by("attestation--running-record-claims-witnessed", DEVICE, running(), |p| {
            p.attestation = Attestation::Witnessed
        }),
        by("attestation--running-record-claims-written", DEVICE, running(), |p| p.attestation = Attestation::Written),
        by("attestation--vote-that-is-only-recorded", LEAD, vote(), |p| p.attestation = Attestation::Recorded),
        by("attestation--sign-off-that-is-only-recorded", CHAIR, sign_off(18), |p| {
            p.actor = member(CTO);
            p.attestation = Attestation::Recorded;
        }),
        by("key-owner--meeting-kept-in-anothers-name", DEVICE, running(), |p| p.actor = member(CTO)),
        told("key-owner--attested-for-another", "attested"),
        told("key-owner--rescheduled-for-another", "rescheduled"),
        told("key-owner--emergency-met-for-another", "emergency_met"),
        told("key-owner--rolled-back-for-another", "rolled_back"),
        called("role--meeting-called-by-a-member", CTO, agenda()),
        called("role--meeting-under-a-chair-who-is-none", CHAIR, Agenda { chair: member(LEAD), ..agenda() }),
        by("key-owner--ruled-for-another", CHAIR, ruling(), |p| {
            p.actor = member(CTO);
            p.auth = Auth::Pin;
            p.attestation = Attestation::Recorded;
        }),
        by("auth--device-says-pin", DEVICE, running(), |p| p.auth = Auth::Pin),
        by("auth--signature-key-says-device", CHAIR, running(), |p| p.auth = Auth::Device),
        by("role--not-held", CTO, sign_off(18), |p| p.role = Some(Role::TechnicalLead)),
        by("role--policy-by-no-root-holder", LEAD, Body::Policy { name: "mild".to_owned() }, |p| p.auth = Auth::Pin),
        by("role--disposal-by-no-root-holder", LEAD, disposal(), |p| p.auth = Auth::Pin),
        by("attestation--disposal-that-is-only-recorded", CHAIR, disposal(), |p| {
            p.auth = Auth::Pin;
            p.attestation = Attestation::Recorded;
        }),
        by("role--emergency-not-as-service-manager", CHAIR, emergency(), |p| p.auth = Auth::Pin),
        by("role--emergency-by-no-service-manager", LEAD, emergency(), |p| {
            p.auth = Auth::Pin;
            p.role = Some(Role::ServiceManager);
        }),
        by("attestation--emergency-that-is-only-recorded", CHAIR, emergency(), |p| {
            p.auth = Auth::Pin;
            p.role = Some(Role::ServiceManager);
            p.attestation = Attestation::Recorded;
        }),
        by("role--auditor", CHAIR, sign_off(18), |p| {
            p.actor = member(9);
            p.attestation = Attestation::Recorded;
        }),
    ]
}

/// What the chair's device tells in the name of the CTO.
fn told(name: &str, kind: &str) -> Vector {
    let desk = desk();
    let body = bodies(&desk).into_iter().find(|body| body.kind() == kind).expect("one of every kind");
    let (subjects, mut predicate) = around(&desk, body);
    predicate.actor = MemberId(id(CTO));
    vector(name, &with(&desk, [sealed(&statement(subjects, predicate), desk.key_of(DEVICE))]))
}

/// A seat of the CTO's, delegated as nobody may.
fn delegated(name: &str, to: u128, minutes: (u32, u32), edit: impl FnOnce(&mut Predicate)) -> Vector {
    let (from, until) = (time(minutes.0), time(minutes.1));
    let body = Body::Delegation { to: MemberId(id(to)), from, until, meeting: None, reason: String::new() };
    by(name, CTO, body, |p| {
        p.auth = Auth::Pin;
        edit(p);
    })
}

fn delegations() -> Vec<Vector> {
    let seatless = {
        let desk = adopted(|next| next.members[1].voting = false);
        let to = MemberId(id(LEAD));
        let body = Body::Delegation { to, from: time(5), until: time(9), meeting: None, reason: String::new() };
        let (subjects, mut predicate) = desk.prepare(CTO, body);
        predicate.auth = Auth::Pin;
        let bytes = sealed(&statement(subjects, predicate), &desk.cto);
        vector("delegation--of-a-seat-without-a-vote", &with(&desk, [bytes]))
    };
    vec![
        delegated("delegation--to-oneself", CTO, (5, 9), |_| ()),
        delegated("delegation--to-a-stranger", 77, (5, 9), |_| ()),
        delegated("delegation--to-an-auditor", 9, (5, 9), |_| ()),
        delegated("delegation--that-ends-before-it-begins", LEAD, (9, 5), |_| ()),
        delegated("delegation--that-ends-at-once", LEAD, (9, 9), |_| ()),
        delegated("key-owner--seat-delegated-for-another", LEAD, (5, 9), |p| {
            p.actor = MemberId(id(CHAIR));
            p.attestation = Attestation::Recorded;
        }),
        delegated("auth--delegation-in-a-session", LEAD, (5, 9), |p| {
            p.auth = Auth::Session { id: "s1".to_owned(), n: 1 };
        }),
        seatless,
    ]
}

/// A board whose chair's device kept a meeting: the CTO came for the lead, too, and voted.
fn kept() -> (Desk, EntryId) {
    let mut desk = desk();
    let (from, until) = (time(0), time(59));
    let body = Body::Delegation { to: MemberId(id(CTO)), from, until, meeting: None, reason: "on leave".to_owned() };
    let (subjects, mut predicate) = desk.prepare(LEAD, body);
    predicate.auth = Auth::Pin;
    desk.push(LEAD, subjects, predicate);
    let running = write(&mut desk, Body::Running { acts: acts() }).id();
    (desk, running)
}

/// What the CTO confirms of these acts, and in whose seat they say that they did some of them.
fn confirms(running: EntryId, confirmed: &[Option<u32>], seats: &[(Option<u32>, u128)]) -> Body {
    let named = |act: Option<u32>| ActRef { entry: running, act };
    Body::Affirmation {
        confirmed: confirmed.iter().copied().map(named).collect(),
        contested: Vec::new(),
        seats: seats.iter().map(|(act, seat)| InSeat { act: named(*act), seat: MemberId(id(*seat)) }).collect(),
    }
}

/// A delegate's word that holds: arrived, asked for consent and voted in the seat of the lead.
pub fn confirmed_as_a_delegate() -> Vector {
    let (mut desk, running) = kept();
    let all = [Some(0), Some(2), Some(3)];
    desk.write(CTO, confirms(running, &all, &all.map(|act| (act, LEAD))));
    vector("confirmed-in-the-seat-of-another", &bundle(&desk))
}

/// An act of the CTO's.
fn by_cto(what: ActKind) -> Act {
    Act { actor: MemberId(id(CTO)), at: time(2), what }
}

fn came_for(seat: Option<u128>) -> Act {
    by_cto(ActKind::Arrived { delegate_for: seat.map(|n| MemberId(id(n))) })
}

fn voted() -> Act {
    by_cto(ActKind::Voted { item: 1, position: Position::Approve })
}

/// What the CTO confirms holds by what they had; that they came for themselves tells another log, which they had not.
pub fn confirmed_before_another_log_tells_otherwise() -> Vector {
    let mut desk = desk();
    let running = desk.write(DEVICE, Body::Running { acts: vec![voted()] }).id();
    let known = desk.entries.clone();
    desk.write(LEAD, Body::Running { acts: vec![came_for(None)] });
    desk.write_after(&known, CTO, confirms(running, &[Some(0)], &[(Some(0), LEAD)]));
    vector("confirmed-in-a-seat-of-which-an-unseen-log-tells-otherwise", &bundle(&desk))
}

/// Where something is left out that they had, nobody can say from the rest in whose seat they came.
pub fn confirmed_by_what_is_left_out() -> Vector {
    let mut desk = desk();
    let running = desk.write(DEVICE, Body::Running { acts: vec![came_for(None), voted()] }).id();
    let acts = vec![by_cto(ActKind::Left {}), came_for(Some(LEAD))];
    let left_out = desk.write(DEVICE, Body::Running { acts }).id();
    desk.write(CTO, confirms(running, &[Some(1)], &[(Some(1), LEAD)]));
    let part = extract(&desk, |entry| entry.id() != left_out);
    vector("confirmed-in-a-seat-of-which-tells-what-is-left-out", &part)
}

/// By what the CTO had they came for themselves; another log, which they had not, tells that they came for the lead.
fn seen_there_later() -> Vector {
    let mut desk = desk();
    let running = desk.write(DEVICE, Body::Running { acts: vec![came_for(None), voted()] }).id();
    let bad = written_after(&desk, CTO, confirms(running, &[Some(1)], &[(Some(1), LEAD)]), |_| ());
    desk.write(LEAD, Body::Running { acts: vec![came_for(Some(LEAD))] });
    vector("seat--in-which-only-a-log-that-came-later-saw-them", &with(&desk, [bad]))
}

fn seats() -> Vec<Vector> {
    let said = |name: &str, confirmed: &[Option<u32>], seats: &[(Option<u32>, u128)]| {
        let (desk, running) = kept();
        vector(name, &with(&desk, [written_after(&desk, CTO, confirms(running, confirmed, seats), |_| ())]))
    };
    let none = {
        let (desk, running) = kept();
        let bytes = written_after(&desk, CTO, confirms(running, &[Some(3)], &[]), |v| {
            v["predicate"]["body"]["affirmation"]["seats"] = Value::Array(Vec::new());
        });
        vector("schema--seats-that-are-none", &with(&desk, [bytes]))
    };
    vec![
        said("seat--of-an-act-that-is-not-confirmed", &[Some(3)], &[(Some(0), LEAD)]),
        said("seat--of-acts-in-another-order", &[Some(0), Some(3)], &[(Some(3), LEAD), (Some(0), LEAD)]),
        said("seat--of-an-entry-that-is-one-act", &[None], &[(None, LEAD)]),
        said("seat--in-which-the-meeting-did-not-see-them", &[Some(3)], &[(Some(3), CHAIR)]),
        said("seat--of-what-another-did", &[Some(1)], &[(Some(1), LEAD)]),
        said("seat--of-an-act-that-is-not-there", &[Some(99)], &[(Some(99), LEAD)]),
        seen_there_later(),
        none,
    ]
}

/// The board's bundle with one more entry of `signer`: the agenda of a meeting that is called to order.
fn called(name: &str, signer: u128, agenda: Agenda) -> Vector {
    let desk = desk();
    let digest = Digest::of(&canonical::to_bytes(&agenda).expect("writable"));
    let (_, mut predicate) = desk.prepare(signer, Body::AgendaFrozen { agenda });
    predicate.meeting.as_mut().expect("set").agenda = digest;
    let subjects = vec![Subject { name: "agenda".to_owned(), sha256: digest }];
    vector(name, &with(&desk, [sealed(&statement(subjects, predicate), desk.key_of(signer))]))
}

/// The board's bundle with one more entry of `signer`: a question that is put in writing.
fn asked(name: &str, signer: u128, body: CircularBody, edit: impl FnOnce(&mut Predicate)) -> Vector {
    asked_beside(name, (signer, body), &[], edit)
}

/// The same, with further subjects beside the question.
fn asked_beside(
    name: &str,
    (signer, body): (u128, CircularBody),
    beside: &[Digest],
    edit: impl FnOnce(&mut Predicate),
) -> Vector {
    let desk = desk();
    let digest = Digest::of(&canonical::to_bytes(&body).expect("writable"));
    let (_, mut predicate) = desk.prepare(signer, Body::CircularOpened(body));
    predicate.auth = Auth::Pin;
    predicate.meeting.as_mut().expect("set").agenda = digest;
    edit(&mut predicate);
    let subject = |sha256: &Digest| Subject { name: "circular".to_owned(), sha256: *sha256 };
    let subjects = [digest].iter().chain(beside).map(subject).collect();
    vector(name, &with(&desk, [sealed(&statement(subjects, predicate), desk.key_of(signer))]))
}

fn circulars() -> Vec<Vector> {
    let about = |items| CircularBody { agenda: Agenda { items, ..circular().agenda }, ..circular() };
    let blank = CircularBody { question: " \u{2003}\n".to_owned(), ..circular() };
    let of_cto = || CircularBody {
        agenda: Agenda { chair: MemberId(id(CTO)), secretary: MemberId(id(CTO)), ..circular().agenda },
        ..circular()
    };
    vec![
        asked("role--circular-put-by-no-chair", CTO, of_cto(), |_| ()),
        asked("role--circular-put-by-neither-chair-nor-secretary", CTO, circular(), |_| ()),
        asked("attestation--circular-that-is-only-recorded", CHAIR, circular(), |p| {
            p.attestation = Attestation::Recorded;
        }),
        asked("auth--circular-in-a-session", CHAIR, circular(), |p| {
            p.auth = Auth::Session { id: "s1".to_owned(), n: 1 };
        }),
        asked("circular--that-closes-as-it-is-put", CHAIR, CircularBody { closes: time(1), ..circular() }, |_| ()),
        asked("circular--that-asks-nothing", CHAIR, blank, |_| ()),
        asked("circular--about-two-changes", CHAIR, about(vec![item(1), item(2)]), |_| ()),
        asked("circular--about-none", CHAIR, about(Vec::new()), |_| ()),
        asked("subject--circular-named-by-another-digest", CHAIR, circular(), |p| {
            p.meeting.as_mut().expect("set").agenda = Digest([8; 32]);
        }),
        // Both are subjects; but votes would name the other.
        asked_beside("subject--circular-named-by-another-subject", (CHAIR, circular()), &[Digest([8; 32])], |p| {
            p.meeting.as_mut().expect("set").agenda = Digest([8; 32]);
        }),
        asked("subject--circular-of-another-meeting", CHAIR, circular(), |p| {
            p.meeting.as_mut().expect("set").id = MeetingId(id(51));
        }),
    ]
}

/// A sign-off by the CTO (account 2) whose people were changed before it was signed.
fn involving(name: &str, edit: impl FnOnce(&mut Value)) -> Vector {
    let desk = desk();
    let (subjects, predicate) = desk.prepare(CTO, sign_off(18));
    let mut value = statement(subjects, predicate);
    edit(&mut value["predicate"]["body"]["sign_off"]);
    vector(name, &with(&desk, [sealed(&value, &desk.cto)]))
}

/// The word of the CTO (account 2) that an edit does not matter, on a change whose people were changed.
fn ruling_on(name: &str, who: &str, account: Value) -> Vector {
    let desk = desk();
    let (subjects, mut predicate) = desk.prepare(CTO, ruling());
    predicate.auth = Auth::Pin;
    let mut value = statement(subjects, predicate);
    value["predicate"]["body"]["ruled_immaterial"]["involved"][who] = account;
    vector(name, &with(&desk, [sealed(&value, &desk.cto)]))
}

/// The word of the CTO (account 2) that something is set aside, on a change whose people were changed.
fn waiving(name: &str, body: Body, who: &str, account: Value) -> Vector {
    let desk = desk();
    let kind = body.kind();
    let (subjects, mut predicate) = desk.prepare(CTO, body);
    predicate.auth = Auth::Pin;
    let mut value = statement(subjects, predicate);
    value["predicate"]["body"][kind]["involved"][who] = account;
    vector(name, &with(&desk, [sealed(&value, &desk.cto)]))
}

/// The word of the CTO, on a change whose code this account or address committed.
fn committed(name: &str, committer: &str) -> Vector {
    let desk = in_git();
    let bytes = written_after(&desk, CTO, committed_by(18, &["ada@example.org", committer]), |_| ());
    vector(name, &with(&desk, [bytes]))
}

fn duties() -> Vec<Vector> {
    let of_the_waiver = {
        let desk = in_git();
        let waived = written_after(&desk, CTO, waiver(), |v| {
            v["predicate"]["auth"] = "pin".into();
            v["predicate"]["body"]["waived"]["involved"]["committers"] = serde_json::json!(["grace"]);
        });
        vector("duties--waived-on-what-one-committed", &with(&desk, [waived]))
    };
    let shared = {
        let mut desk = Desk::open();
        let mut next = desk.rosters[0].clone();
        next.version = 2;
        next.members[2].accounts.insert("CHG".to_owned(), "1".to_owned());
        desk.rosters.push(next);
        desk.adopt(2, &[CHAIR, CTO]);
        let (subjects, mut predicate) = desk.prepare(CTO, sign_off(18));
        if let Body::SignOff(body) = &mut predicate.body {
            body.involved.author = Some("1".to_owned());
        }
        let bytes = sealed(&statement(subjects, predicate), &desk.cto);
        vector("duties--author-whom-two-members-claim", &with(&desk, [bytes]))
    };
    vec![
        involving("duties--own-change", |v| v["involved"]["author"] = "2".into()),
        involving("duties--own-change-in-white-space", |v| v["involved"]["author"] = " 2\u{2003}".into()),
        committed("duties--committed-from-the-own-address", "Grace@EXAMPLE.org"),
        committed("duties--committed-from-the-own-account", " grace"),
        of_the_waiver,
        involving("duties--own-request", |v| v["involved"]["requester"] = "2".into()),
        involving("duties--no-author", |v| v["involved"]["author"] = Value::Null),
        involving("duties--blank-author", |v| v["involved"]["author"] = "  ".into()),
        ruling_on("duties--ruled-on-the-own-change", "author", "2".into()),
        ruling_on("duties--ruled-on-the-own-request", "requester", "2".into()),
        ruling_on("duties--ruled-on-what-one-deploys", "deployer", " 2".into()),
        ruling_on("duties--ruled-on-nobodys-change", "author", Value::Null),
        waiving("duties--waived-on-the-own-change", waiver(), "author", "2".into()),
        waiving("duties--overrode-on-the-own-request", overriding(), "requester", "2".into()),
        waiving("duties--excepted-what-one-deploys", exception(), "deployer", "2".into()),
        waiving("duties--seconded-on-the-own-change", seconding(EntryId([7; 32])), "author", "2".into()),
        involving("duties--no-account-in-that-system", |v| v["change"] = "OPS-18".into()),
        shared,
    ]
}

fn among() -> Vec<Vector> {
    let mut desk = desk();
    let target = desk.entries.last().expect("a sign-off").id();
    desk.write(LEAD, Body::Withdrawal { entry: target, reason: "not mine to withdraw".to_owned() });
    vec![vector("not-own-entry--withdrawn-by-another", &bundle(&desk))]
}
