//! A board of five with a long record, made up: real keys, real signatures, and entries of the size they have in use.
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, TimeZone as _, Utc};
use domain::entry::{
    Attestation, Auth, Body, ClaimedTime, Head, Involved, LogPosition, Predicate, RosterRef, SignOffBody, Verdict,
};
use domain::ids::{BoardId, ChangeKey, Digest, KeyId, LogId, MemberId};
use domain::plan::{PlanReview, PlanSection, SectionReview};
use domain::policy::{Policy, Strength};
use domain::risk::{Answer, AnsweredAssessment, Facts, Provenance, RiskLevel, RiskStamp};
use domain::roster::{KeyStatus, KeyUse, Member, Role, Roster, RosterKey};
use p256::ecdsa::SigningKey;
use record::entry::Entry;
use record::keys::{SignError, Signer, key_id_of, sign_p256, spki_of};
use record::statement::Subject;
use uuid::Uuid;

pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// How many changes the entries are about.
const CHANGES: usize = 5_000;

struct Key {
    key: SigningKey,
    spki: Vec<u8>,
}

impl Key {
    fn new(seed: u8) -> Outcome<Self> {
        let key = SigningKey::from_slice(&[seed; 32])?;
        let spki = spki_of(key.verifying_key())?;
        Ok(Self { key, spki })
    }
}

impl Signer for Key {
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

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}

/// Second `n` of the record.
pub fn time(n: usize) -> DateTime<Utc> {
    let first = Utc.timestamp_opt(1_760_000_000, 0).single().unwrap_or_default();
    first + Duration::seconds(i64::try_from(n).unwrap_or(i64::MAX))
}

pub fn change(n: usize) -> ChangeKey {
    ChangeKey::new("CHG", u32::try_from(n).unwrap_or(u32::MAX))
}

/// The board, and where its logs end.
pub struct Paper {
    pub board: BoardId,
    pub roster: Vec<u8>,
    pub policy: Vec<u8>,
    /// Signature keys, then recording keys, one of each for a member.
    keys: Vec<Key>,
    heads: BTreeMap<LogId, Head>,
}

const MEMBERS: [(&str, Role); 5] = [
    ("Ada", Role::Chair),
    ("Barbara", Role::Security),
    ("Edsger", Role::TechnicalLead),
    ("Grace", Role::Cto),
    ("Donald", Role::BoardMember),
];

impl Paper {
    pub fn new() -> Outcome<Self> {
        let seeds = 1..=u8::try_from(2 * MEMBERS.len())?;
        let keys = seeds.map(Key::new).collect::<Outcome<Vec<Key>>>()?;
        let members = MEMBERS.iter().enumerate().map(|(who, (name, role))| Member {
            id: member(who),
            name: (*name).to_owned(),
            accounts: BTreeMap::from([("CHG".to_owned(), (who + 10).to_string())]),
            roles: vec![*role],
            scope: Vec::new(),
            voting: true,
            mandatory: false,
            git: Vec::new(),
            departments: Vec::new(),
            sealed_to: None,
            certificate: None,
            keys: vec![
                roster_key(&keys[who], KeyUse::Signature),
                roster_key(&keys[who + MEMBERS.len()], KeyUse::Recording),
            ],
        });
        let board = BoardId(id(100));
        let roster = Roster {
            schema: Roster::SCHEMA.to_owned(),
            board,
            name: "Bench".to_owned(),
            version: 1,
            created: time(0),
            members: members.collect(),
            root_holders: vec![member(0), member(1)],
            threshold: 2,
            certificate_root: String::new(),
        };
        Ok(Self {
            board,
            roster: record::canonical::to_bytes(&roster)?,
            policy: record::canonical::to_bytes(&Policy::built_in(Strength::Starter))?,
            keys,
            heads: BTreeMap::new(),
        })
    }

    /// Goes on where a record ends.
    pub fn after<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Outcome<Self> {
        let mut paper = Self::new()?;
        for entry in entries {
            paper.heads.insert(entry.log().id, Head { seq: entry.log().seq, id: entry.id() });
        }
        Ok(paper)
    }

    /// Who signs with `key`, and the log it writes.
    pub fn log(&self, key: usize) -> LogId {
        LogId { key: self.keys[key].key_id(), epoch: 1 }
    }

    /// Entry number `n`, in its place. The first three adopt roster and policy.
    pub fn write(&mut self, n: usize) -> Outcome<Entry> {
        let (key, subject, body) = match n {
            0 | 1 => (n, ("roster 1", Digest::of(&self.roster)), Body::Roster { version: 1 }),
            2 => (0, ("policy", Digest::of(&self.policy)), Body::Policy { name: "starter/1".to_owned() }),
            _ => {
                let key = n % self.keys.len();
                let about = change(1 + (n / self.keys.len()) % CHANGES);
                (key, ("change", Digest::of(about.as_str().as_bytes())), said(n, key < MEMBERS.len(), about))
            }
        };
        let entry = self.sign(n, key, subject, body)?;
        self.heads.insert(entry.log().id, Head { seq: entry.log().seq, id: entry.id() });
        Ok(entry)
    }

    /// A sign-off by the first member, after `head` of their log.
    pub fn sign_off(&self, n: usize, head: Option<Head>) -> Outcome<Entry> {
        let mut position = self.position(0);
        position.seq = head.map_or(1, |head| head.seq + 1);
        position.prev = head.map(|head| head.id);
        let about = change(1);
        let subject = ("change", Digest::of(about.as_str().as_bytes()));
        self.sign_at(n, 0, position, subject, said(n, true, about))
    }

    fn position(&self, key: usize) -> LogPosition {
        record::chain::next_position(self.log(key), &self.heads)
    }

    fn sign(&self, n: usize, key: usize, subject: (&str, Digest), body: Body) -> Outcome<Entry> {
        self.sign_at(n, key, self.position(key), subject, body)
    }

    fn sign_at(
        &self,
        n: usize,
        key: usize,
        log: LogPosition,
        (name, sha256): (&str, Digest),
        body: Body,
    ) -> Outcome<Entry> {
        let own = key < MEMBERS.len();
        let signer = &self.keys[key];
        let auth = match (own, n) {
            (false, _) => Auth::Device,
            (true, 0..=2) => Auth::Pin,
            (true, _) => Auth::Session { id: id(900).to_string(), n: u32::try_from(n)? },
        };
        let predicate = Predicate {
            board: self.board,
            actor: member(key % MEMBERS.len()),
            recorder: signer.key_id(),
            attestation: if own { Attestation::Signed } else { Attestation::Recorded },
            auth,
            keystore: "memory".to_owned(),
            meaning: format!("I approve number {n} as shown: risk 42 (medium), window and backout plan as reviewed."),
            role: None,
            policy: Digest::of(&self.policy),
            roster: RosterRef { version: 1, digest: Digest::of(&self.roster) },
            meeting: None,
            log,
            time: ClaimedTime { claimed: time(n) },
            app: "cabinet/bench".to_owned(),
            body,
        };
        Ok(Entry::sign(vec![Subject { name: name.to_owned(), sha256 }], predicate, signer)?)
    }
}

fn member(who: usize) -> MemberId {
    MemberId(id(1 + who as u128))
}

fn roster_key(key: &Key, usage: KeyUse) -> RosterKey {
    RosterKey {
        id: key.key_id(),
        alg: record::roster::ALGORITHM.to_owned(),
        usage,
        spki: STANDARD.encode(&key.spki),
        certificate: None,
        status: KeyStatus::Active,
        revoked: None,
        keystore: "memory".to_owned(),
    }
}

/// What is said of a change: a sign-off with the member's key, else an assessment or a review by the device.
fn said(n: usize, own: bool, change: ChangeKey) -> Body {
    let digests: BTreeMap<PlanSection, Digest> =
        PlanSection::ALL.into_iter().map(|section| (section, Digest::of(format!("{section:?}").as_bytes()))).collect();
    if own {
        return Body::SignOff(SignOffBody {
            change,
            item: None,
            verdict: Verdict::Approve,
            reason: String::new(),
            sections: digests,
            content: Digest::of(b"content"),
            involved: Involved { author: Some("7".to_owned()), requester: Some("8".to_owned()), ..Involved::default() },
            risk: stamp(),
            written: None,
        });
    }
    if n.is_multiple_of(2) {
        let answer = Answer { choice: "regulated".to_owned(), provenance: Provenance::Attested };
        let answers = (1..=9).map(|n| (format!("I{n}"), answer.clone())).collect();
        return Body::Assessment { change, assessment: AnsweredAssessment { answers, stamp: stamp() } };
    }
    let ticked = SectionReview { ticked: true, comment: "Rehearsed on staging, took six minutes".to_owned() };
    let sections = digests.keys().map(|section| (*section, ticked.clone())).collect();
    Body::PlanReview { change, review: PlanReview { sections, digests } }
}

fn stamp() -> RiskStamp {
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

/// What was made, as it lies in a folder.
pub struct Set {
    pub roster: Vec<u8>,
    pub policy: Vec<u8>,
    pub envelopes: Vec<Vec<u8>>,
}

/// Envelopes are canonical JSON: one to a line.
const ENTRIES: &str = "entries.jsonl";

impl Set {
    /// Makes a record of this length.
    pub fn make(count: usize) -> Outcome<Self> {
        let mut paper = Paper::new()?;
        let envelopes = (0..count).map(|n| Ok(paper.write(n)?.bytes().to_vec())).collect::<Outcome<_>>()?;
        Ok(Self { roster: paper.roster, policy: paper.policy, envelopes })
    }

    pub fn save(&self, folder: &Path) -> Outcome<()> {
        std::fs::write(folder.join("roster.json"), &self.roster)?;
        std::fs::write(folder.join("policy.json"), &self.policy)?;
        let mut lines = self.envelopes.join(&b'\n');
        lines.push(b'\n');
        Ok(std::fs::write(folder.join(ENTRIES), lines)?)
    }

    /// The first `count` of what was saved.
    pub fn read(folder: &Path, count: usize) -> Outcome<Self> {
        let lines = std::fs::read(folder.join(ENTRIES))?;
        let envelopes: Vec<Vec<u8>> = lines
            .split(|byte| *byte == b'\n')
            .take(count)
            .map(<[u8]>::to_vec)
            .filter(|line| !line.is_empty())
            .collect();
        if envelopes.len() != count {
            return Err(format!("{} entries where {count} are wanted", envelopes.len()).into());
        }
        let read = |name: &str| std::fs::read(folder.join(name));
        Ok(Self { roster: read("roster.json")?, policy: read("policy.json")?, envelopes })
    }
}
