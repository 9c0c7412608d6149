//! A board on paper for the tests of this crate and of those above it: real keys, real signatures, fixed times.
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeZone as _, Utc};
use domain::dispensation::{ExceptionBody, OverrideBody, SecondBody, WaiverBody};
use domain::entry::{
    Attestation, Auth, Body, ClaimedTime, Head, Involved, MeetingRef, Predicate, SignOffBody, Verdict,
};
use domain::ids::{BoardId, ChangeKey, Digest, EntryId, KeyId, LogId, MeetingId, MemberId};
use domain::meeting::{Agenda, Position};
use domain::plan::PlanSection;
use domain::risk::{RiskLevel, RiskStamp};
use domain::roster::{KeyStatus, KeyUse, Member, Role, Roster, RosterKey};
use domain::ruling::RulingBody;
use p256::ecdsa::SigningKey;
use uuid::Uuid;

use crate::canonical;
use crate::chain;
use crate::entry::Entry;
use crate::keys::{SignError, Signer, key_id_of, sign_p256, spki_of};
use crate::manifest::{Blob, Manifest, content_digest};
use crate::roster::{ALGORITHM, RosterChain, RosterVersion};
use crate::statement::Subject;

pub mod bodies;

/// A signing key made from a number.
pub struct TestKey {
    pub key: SigningKey,
    pub spki: Vec<u8>,
}

impl TestKey {
    pub fn new(seed: u8) -> Self {
        let key = SigningKey::from_slice(&[seed; 32]).expect("a scalar in range");
        let spki = spki_of(key.verifying_key()).expect("a valid point");
        Self { key, spki }
    }
}

impl Signer for TestKey {
    fn key_id(&self) -> KeyId {
        key_id_of(&self.spki)
    }
    fn spki_der(&self) -> &[u8] {
        &self.spki
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        sign_p256(&self.key, message)
    }
}

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}

pub fn time(minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 19, minute, 0).single().expect("a valid time")
}

pub fn change(n: u32) -> ChangeKey {
    ChangeKey::new("CHG", n)
}

pub const CHAIR: u128 = 1;
pub const CTO: u128 = 2;
pub const LEAD: u128 = 3;

/// The keys of three members: signature keys 1 to 3, the chair's recording key 11.
pub struct Desk {
    pub board: BoardId,
    pub chair: TestKey,
    pub cto: TestKey,
    pub lead: TestKey,
    pub device: TestKey,
    pub rosters: Vec<Roster>,
    pub entries: Vec<Entry>,
}

pub fn roster_key(key: &TestKey, usage: KeyUse) -> RosterKey {
    RosterKey {
        id: key.key_id(),
        alg: ALGORITHM.to_owned(),
        usage,
        spki: STANDARD.encode(&key.spki),
        certificate: None,
        status: KeyStatus::Active,
        revoked: None,
        keystore: "memory".to_owned(),
    }
}

pub fn member(n: u128, name: &str, roles: &[Role], keys: Vec<RosterKey>) -> Member {
    Member {
        id: MemberId(id(n)),
        name: name.to_owned(),
        accounts: BTreeMap::from([("CHG".to_owned(), n.to_string())]),
        roles: roles.to_vec(),
        scope: Vec::new(),
        voting: true,
        mandatory: false,
        git: Vec::new(),
        departments: Vec::new(),
        sealed_to: None,
        keys,
        certificate: None,
    }
}

impl Desk {
    /// A board whose roster 1 has been adopted by chair and CTO.
    pub fn open() -> Self {
        Self::open_as(BoardId(id(100)))
    }

    pub fn open_as(board: BoardId) -> Self {
        let (chair, cto, lead, device) = (TestKey::new(1), TestKey::new(2), TestKey::new(3), TestKey::new(11));
        let own = |key: &TestKey| roster_key(key, KeyUse::Signature);
        let roster = Roster {
            schema: Roster::SCHEMA.to_owned(),
            board,
            name: "Payments board".to_owned(),
            version: 1,
            created: time(0),
            members: vec![
                member(
                    CHAIR,
                    "Ada",
                    &[Role::Chair, Role::ServiceManager],
                    vec![own(&chair), roster_key(&device, KeyUse::Recording)],
                ),
                member(CTO, "Grace", &[Role::Cto], vec![own(&cto)]),
                member(LEAD, "Edsger", &[Role::TechnicalLead, Role::BoardMember], vec![own(&lead)]),
                member(9, "Auditor", &[Role::Auditor], Vec::new()),
            ],
            root_holders: vec![MemberId(id(CHAIR)), MemberId(id(CTO))],
            threshold: 2,
            certificate_root: String::new(),
        };
        let mut desk = Self { board, chair, cto, lead, device, rosters: vec![roster], entries: Vec::new() };
        desk.adopt(1, &[CHAIR, CTO]);
        desk
    }

    pub fn key_of(&self, n: u128) -> &TestKey {
        match n {
            CHAIR => &self.chair,
            CTO => &self.cto,
            LEAD => &self.lead,
            _ => &self.device,
        }
    }

    pub fn roster(&self) -> RosterVersion {
        RosterVersion::of(self.rosters.last().expect("one")).expect("valid")
    }

    /// The members sign the newest roster, in force being the one before.
    pub fn adopt(&mut self, version: u32, signers: &[u128]) {
        let new = self.roster();
        let judge = self.rosters.len().checked_sub(2).map(|i| RosterVersion::of(&self.rosters[i]).expect("valid"));
        for n in signers {
            let mut predicate = self.predicate(*n, Body::Roster { version });
            predicate.roster = judge.as_ref().unwrap_or(&new).reference();
            predicate.auth = Auth::Pin;
            let subject = Subject { name: format!("roster {version}"), sha256: new.digest() };
            self.push(*n, vec![subject], predicate);
        }
    }

    /// As [`Desk::adopt`], by devices that have only `known` of the record.
    pub fn adopt_after(&mut self, known: &[Entry], version: u32, signers: &[u128]) {
        let all = std::mem::replace(&mut self.entries, known.to_vec());
        self.adopt(version, signers);
        let fresh = self.entries.split_off(known.len());
        self.entries = all;
        self.entries.extend(fresh);
    }

    pub fn predicate(&self, signer: u128, body: Body) -> Predicate {
        let key = self.key_of(signer);
        let links: Vec<chain::Link> = self.entries.iter().map(crate::verify::link).collect();
        let device = signer > 3;
        Predicate {
            board: self.board,
            actor: MemberId(id(if device { CHAIR } else { signer })),
            recorder: key.key_id(),
            attestation: if device { Attestation::Recorded } else { Attestation::Signed },
            auth: if device { Auth::Device } else { Auth::Session { id: "s1".to_owned(), n: 1 } },
            keystore: "memory".to_owned(),
            meaning: "I say so".to_owned(),
            role: None,
            policy: policy_digest(),
            roster: self.roster().reference(),
            meeting: None,
            log: chain::next_position(LogId { key: key.key_id(), epoch: 1 }, &chain::heads(&links)),
            time: ClaimedTime { claimed: time(5) },
            app: "cabinet/0.1.0".to_owned(),
            body,
        }
    }

    pub fn push(&mut self, signer: u128, subjects: Vec<Subject>, predicate: Predicate) -> Entry {
        let entry = Entry::sign(subjects, predicate, self.key_of(signer)).expect("signs");
        self.entries.push(entry.clone());
        entry
    }

    /// Whatever the test wants, in the chain's next place of `signer`.
    pub fn write(&mut self, signer: u128, body: Body) -> Entry {
        let (subjects, predicate) = self.prepare(signer, body);
        self.push(signer, subjects, predicate)
    }

    /// As [`Desk::write`], by a device that has only `known` of the record.
    pub fn write_after(&mut self, known: &[Entry], signer: u128, body: Body) -> Entry {
        let all = std::mem::replace(&mut self.entries, known.to_vec());
        let entry = self.write(signer, body);
        self.entries = all;
        self.entries.push(entry.clone());
        entry
    }

    /// As [`Desk::write_after`], with the PIN itself.
    pub fn write_with_pin_after(&mut self, known: &[Entry], signer: u128, body: Body) -> Entry {
        let all = std::mem::replace(&mut self.entries, known.to_vec());
        let (subjects, mut predicate) = self.prepare(signer, body);
        predicate.auth = Auth::Pin;
        let entry = self.push(signer, subjects, predicate);
        self.entries = all;
        self.entries.push(entry.clone());
        entry
    }

    pub fn prepare(&self, signer: u128, body: Body) -> (Vec<Subject>, Predicate) {
        let (name, sha256) = if let Body::SignOff(sign_off) = &body {
            (sign_off.change.to_string(), manifest().digest().expect("writable"))
        } else if let Body::RuledImmaterial(ruling) = &body {
            (ruling.change.to_string(), ruling.to)
        } else if ["waived", "overridden", "excepted", "seconded"].contains(&body.kind()) {
            (change(17).to_string(), content())
        } else {
            ("agenda".to_owned(), agenda_digest())
        };
        let mut predicate = self.predicate(signer, body);
        predicate.meeting = Some(MeetingRef { id: MeetingId(id(50)), agenda: agenda_digest() });
        (vec![Subject { name, sha256 }], predicate)
    }

    pub fn bytes(&self) -> Vec<&[u8]> {
        self.entries.iter().map(Entry::bytes).collect()
    }

    pub fn documents(&self) -> Vec<Vec<u8>> {
        self.rosters.iter().map(|roster| RosterVersion::of(roster).expect("valid").bytes().to_vec()).collect()
    }

    pub fn chain(&self) -> RosterChain {
        RosterChain::verify(&self.documents(), &self.entries).expect("the roster chain holds")
    }

    pub fn heads(&self) -> BTreeMap<LogId, Head> {
        chain::heads(&self.entries.iter().map(crate::verify::link).collect::<Vec<_>>())
    }
}

pub const POLICY: &[u8] = br#"{"name":"starter"}"#;

pub fn policy_digest() -> Digest {
    Digest::of(POLICY)
}

pub fn agenda() -> Agenda {
    Agenda {
        meeting: MeetingId(id(50)),
        title: "Weekly".to_owned(),
        place: "Room 1".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        called: time(1),
        chair: MemberId(id(CHAIR)),
        secretary: MemberId(id(CHAIR)),
        items: Vec::new(),
    }
}

pub fn agenda_digest() -> Digest {
    Digest::of(&canonical::to_bytes(&agenda()).expect("writable"))
}

pub fn blobs() -> BTreeMap<String, Blob> {
    let blob = |n: u8, text: &str| Blob { salt: [n; 32], bytes: text.as_bytes().to_vec() };
    BTreeMap::from([
        ("plan.backout".to_owned(), blob(1, "Restore the snapshot")),
        ("title".to_owned(), blob(2, "Upgrade PostgreSQL")),
    ])
}

pub fn manifest() -> Manifest {
    Manifest::of(&blobs())
}

/// The digest of what is shown, without salts.
pub fn content() -> Digest {
    let blobs = blobs();
    content_digest(blobs.iter().map(|(field, blob)| (field.as_str(), blob.bytes.as_slice()))).expect("writable")
}

pub fn sign_off(n: u32) -> Body {
    Body::SignOff(SignOffBody {
        change: change(n),
        item: Some(1),
        verdict: Verdict::Approve,
        reason: "rückwärts geprüft \u{1F600}".to_owned(),
        sections: BTreeMap::from([(PlanSection::Backout, Digest::of(b"Restore the snapshot"))]),
        content: content(),
        involved: Involved { author: Some("7".to_owned()), ..Involved::default() },
        risk: stamp(),
        written: None,
    })
}

/// Somebody's word that an edit of CHG-17 does not matter.
pub fn ruling() -> Body {
    Body::RuledImmaterial(RulingBody {
        change: change(17),
        fields: vec!["plan.backout".to_owned(), "title".to_owned()],
        from: content(),
        involved: of_others(),
        reason: "Only typing errors".to_owned(),
        to: Digest::of(b"edited content"),
    })
}

/// Whose own change CHG-17 is where it is ruled on, or dispensed from something.
fn of_others() -> Involved {
    Involved { author: Some("7".to_owned()), deployer: Some("8".to_owned()), ..Involved::default() }
}

/// Somebody's word that a gate of CHG-17 is waived.
pub fn waiver() -> Body {
    Body::Waived(WaiverBody {
        change: change(17),
        clause: "R23".to_owned(),
        content: content(),
        gate: "plan-r23".to_owned(),
        involved: of_others(),
        reason: "The vendor restores it".to_owned(),
        until: Some(time(59)),
    })
}

/// Somebody's word that the risk of CHG-17 is another.
pub fn overriding() -> Body {
    Body::Overridden(OverrideBody {
        change: change(17),
        content: content(),
        from: RiskLevel::Medium,
        involved: of_others(),
        reason: "Rehearsed twice".to_owned(),
        to: RiskLevel::Low,
    })
}

/// Somebody's word that CHG-17 is excepted from a freeze.
pub fn exception() -> Body {
    Body::Excepted(ExceptionBody {
        change: change(17),
        content: content(),
        freeze: "year-end-2026".to_owned(),
        involved: of_others(),
        reason: "The regulator asks for it".to_owned(),
        until: time(59),
    })
}

/// Another's word on one of these.
pub fn seconding(entry: EntryId) -> Body {
    let reason = "I agree".to_owned();
    Body::Seconded(SecondBody { change: change(17), content: content(), entry, involved: of_others(), reason })
}

pub fn stamp() -> RiskStamp {
    RiskStamp {
        facts: domain::risk::Facts::default(),
        model: "points-100/1".to_owned(),
        model_digest: Digest::of(b"model"),
        answers: Digest::of(b"answers"),
        score: 42,
        level: RiskLevel::Medium,
        assumed: 0,
    }
}

pub fn vote() -> Body {
    Body::Vote { item: 1, position: Position::Approve }
}

pub fn running() -> Body {
    Body::Running { acts: Vec::new() }
}
