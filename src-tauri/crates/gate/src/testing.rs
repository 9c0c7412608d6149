//! Approvals on paper: a board with real keys and signatures, whose CHG-17 is decided, signed and exported.
//!
//! The clock of the story, 2026-11-21: exported 19:30, window 20:00 to 22:00, judged 20:30.
use std::collections::BTreeMap;

use chrono::{DateTime, TimeZone as _, Utc};
use domain::approval::{Allowed, Artifact};
use domain::change::Window;
use domain::dispensation::OverrideBody;
use domain::entry::{
    Act, ActKind, Attestation, Auth, Body, Involved, MeetingRef, Predicate, SignOffBody, Verdict, Written,
    WrittenSource,
};
use domain::ids::{ChangeKey, Digest, EntryId, MeetingId, MemberId};
use domain::meeting::{Agenda, AgendaGroup, AgendaItem, Basis, Brief, Condition, Decision, DecisionKind, QuorumStamp};
use domain::policy::{Policy, Strength};
use domain::risk::{Facts, RiskLevel, RiskStamp};
use domain::roster::Role;
use domain::ruling::RulingBody;
use domain::standing::{Outcome, StandingBody, UseBody};
use domain::written::sentence;
use record::bundle::{Bundle, Checkpoint, Scope};
use record::canonical;
use record::chain;
use record::entry::Entry;
use record::manifest::{Blob, Manifest, content_digest};
use record::merkle;
use record::roster::RosterFingerprint;
use record::statement::Subject;
use record::testing::{CHAIR, CTO, Desk, LEAD, POLICY, change, id};
use record::verify::link;
use record::written::Comment;

use crate::asked::Asked;

/// The recording key of the chair's device.
pub const DEVICE: u128 = 11;
/// The change of the story.
pub const NUMBER: u32 = 17;

pub fn key() -> ChangeKey {
    change(NUMBER)
}

/// A time on the day of the story.
pub fn at(hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, hour, minute, 0).single().expect("a time of the day")
}

/// An artifact whose digits are all the same.
pub fn artifact(digit: char) -> Artifact {
    format!("sha256:{}", String::from(digit).repeat(64)).parse().expect("an artifact")
}

/// The material fields of the change.
pub fn fields() -> BTreeMap<String, Vec<u8>> {
    [
        ("artifact_digest", artifact('b').to_string()),
        ("commit", String::new()),
        ("environment", "prod-eu".to_owned()),
        ("plan.backout", "Restore the snapshot".to_owned()),
        ("repository", String::new()),
        ("title", "Upgrade PostgreSQL".to_owned()),
        ("version", format!("4.2.0 registry.example/pay@{} and {}", artifact('a'), artifact('c'))),
        ("window.end", "2026-11-21T22:00:00Z".to_owned()),
        ("window.start", "2026-11-21T20:00:00Z".to_owned()),
        ("window.zone", "Europe/Berlin".to_owned()),
    ]
    .into_iter()
    .map(|(field, text)| (field.to_owned(), text.into_bytes()))
    .collect()
}

/// The fields with one of them changed.
pub fn with(field: &str, text: &str) -> BTreeMap<String, Vec<u8>> {
    let mut changed = fields();
    changed.insert(field.to_owned(), text.as_bytes().to_vec());
    changed
}

pub fn digest_of(fields: &BTreeMap<String, Vec<u8>>) -> Digest {
    content_digest(fields.iter().map(|(k, v)| (k.as_str(), v.as_slice()))).expect("writable")
}

pub fn stamp(level: RiskLevel) -> RiskStamp {
    RiskStamp {
        facts: Facts::default(),
        model: "points-100/1".to_owned(),
        model_digest: Digest::of(b"model"),
        answers: Digest::of(b"answers"),
        score: 42,
        level,
        assumed: 0,
    }
}

/// What an export says.
#[derive(Debug, Clone)]
pub struct Handed {
    pub content: Digest,
    pub artifacts: Vec<String>,
    pub environment: String,
    pub window: Option<Window>,
    pub claimed: DateTime<Utc>,
    pub fresh_until: DateTime<Utc>,
}

impl Handed {
    /// What follows from the fields, as the board exports it at 19:30.
    pub fn of(fields: &BTreeMap<String, Vec<u8>>) -> Self {
        let allowed = Allowed::of(|name| fields.get(name).map(Vec::as_slice));
        Self {
            content: digest_of(fields),
            artifacts: allowed.artifacts.iter().map(ToString::to_string).collect(),
            environment: allowed.environment,
            window: allowed.window,
            claimed: at(19, 30),
            fresh_until: at(19, 30) + chrono::Duration::hours(24),
        }
    }
}

/// A board and what it wrote so far.
pub struct Story {
    pub desk: Desk,
    pub policies: Vec<Vec<u8>>,
    pub policy: Digest,
    pub manifests: Vec<Manifest>,
    pub blobs: BTreeMap<Digest, Blob>,
    /// Who is author of the change, by account.
    pub author: Option<String>,
    /// The risk's level when it is decided and signed.
    pub level: RiskLevel,
    salt: u8,
}

impl Story {
    /// A board with the policy *starter*, in a meeting on CHG-17.
    pub fn begin() -> Self {
        Self::of(Desk::open(), &Policy::built_in(Strength::Starter))
    }

    pub fn of(desk: Desk, policy: &Policy) -> Self {
        let bytes = canonical::to_bytes(policy).expect("writable");
        let mut story = Self {
            policy: Digest::of(&bytes),
            // The founding entries of the paper board name a policy of their own.
            policies: vec![POLICY.to_vec(), bytes],
            manifests: Vec::new(),
            blobs: BTreeMap::new(),
            author: Some("7".to_owned()),
            level: RiskLevel::Medium,
            salt: 0,
            desk,
        };
        let adopted = Subject { name: policy.name.clone(), sha256: story.policy };
        story.write(CHAIR, vec![adopted], Body::Policy { name: policy.name.clone() }, |p| p.auth = Auth::Pin);
        let frozen = Subject { name: "agenda".to_owned(), sha256: agenda_digest() };
        story.write(DEVICE, vec![frozen], Body::AgendaFrozen { agenda: agenda() }, |_| {});
        story
    }

    /// Decided, signed by the CTO, exported.
    pub fn approved() -> Self {
        let mut story = Self::signed();
        story.export(Handed::of(&fields()));
        story
    }

    /// Decided and signed by the CTO.
    pub fn signed() -> Self {
        let mut story = Self::begin();
        story.decide(DecisionKind::Approved);
        story.sign(CTO, Verdict::Approve);
        story
    }

    /// Writes an entry in the next place of the signer's log.
    pub fn write(
        &mut self,
        signer: u128,
        subjects: Vec<Subject>,
        body: Body,
        edit: impl FnOnce(&mut Predicate),
    ) -> Entry {
        let mut predicate = self.desk.predicate(signer, body);
        predicate.policy = self.policy;
        predicate.meeting = Some(MeetingRef { id: MeetingId(id(50)), agenda: agenda_digest() });
        edit(&mut predicate);
        self.desk.push(signer, subjects, predicate)
    }

    pub fn decide(&mut self, kind: DecisionKind) -> Entry {
        self.decide_on(kind, digest_of(&fields()), Vec::new())
    }

    pub fn decide_on(&mut self, kind: DecisionKind, content: Digest, conditions: Vec<Condition>) -> Entry {
        let fields = fields();
        let decision = Decision {
            item: 1,
            change: key(),
            kind,
            basis: Basis::Consent,
            rationale: String::new(),
            conditions,
            deferred_to: String::new(),
            quorum: QuorumStamp {
                formula: "strict majority".to_owned(),
                seats: 3,
                present: 3,
                required: 2,
                missing_mandatory: Vec::new(),
            },
            tally: None,
            content,
            risk: stamp(self.level),
            brief: Brief {
                kind: None,
                window: Allowed::of(|name| fields.get(name).map(Vec::as_slice)).window,
                heaviest: Vec::new(),
                floors: Vec::new(),
                gates: Vec::new(),
                gates_passed: 0,
                plan_review: String::new(),
            },
        };
        let chair = MemberId(id(CHAIR));
        let act = |what| Act { actor: chair, at: at(19, 10), what };
        let arrived = |n| Act { actor: MemberId(id(n)), at: at(19, 0), what: ActKind::Arrived { delegate_for: None } };
        let vote = ActKind::Voted { item: 1, position: domain::meeting::Position::Approve };
        let mut acts: Vec<Act> = [CHAIR, CTO, LEAD].into_iter().map(arrived).collect();
        acts.extend([act(vote), act(ActKind::Decided { decision: Box::new(decision) })]);
        let subject = Subject { name: "agenda".to_owned(), sha256: agenda_digest() };
        self.write(DEVICE, vec![subject], Body::Running { acts }, |_| {})
    }

    pub fn sign(&mut self, signer: u128, verdict: Verdict) -> Entry {
        self.sign_what(signer, verdict, &fields(), |_| {})
    }

    pub fn sign_what(
        &mut self,
        signer: u128,
        verdict: Verdict,
        fields: &BTreeMap<String, Vec<u8>>,
        edit: impl FnOnce(&mut SignOffBody),
    ) -> Entry {
        let (subject, mut body) = self.shown(verdict, fields);
        edit(&mut body);
        let role = if signer == LEAD { Role::TechnicalLead } else { Role::Cto };
        self.write(signer, vec![subject], Body::SignOff(body), |p| p.role = Some(role))
    }

    /// What is shown to whoever signs: a manifest with salts of its own.
    fn shown(&mut self, verdict: Verdict, fields: &BTreeMap<String, Vec<u8>>) -> (Subject, SignOffBody) {
        let blobs: BTreeMap<String, Blob> = fields
            .iter()
            .map(|(field, bytes)| {
                self.salt = self.salt.wrapping_add(1);
                (field.clone(), Blob { salt: [self.salt; 32], bytes: bytes.clone() })
            })
            .collect();
        let manifest = Manifest::of(&blobs);
        let subject = Subject { name: key().to_string(), sha256: manifest.digest().expect("writable") };
        self.manifests.push(manifest);
        self.blobs.extend(blobs.into_values().map(|blob| (blob.digest(), blob)));
        let body = SignOffBody {
            change: key(),
            item: Some(1),
            verdict,
            reason: "as shown".to_owned(),
            sections: BTreeMap::new(),
            content: digest_of(fields),
            involved: Involved { author: self.author.clone(), ..Involved::default() },
            risk: stamp(self.level),
            written: None,
        };
        (subject, body)
    }

    /// The CTO writes a line in a comment on the ticket (`edit` changes what the comment says), and the chair records it.
    pub fn sign_in_writing(&mut self, recorder: u128, edit: impl FnOnce(&mut String)) -> Entry {
        let (subject, mut body) = self.shown(Verdict::Approve, &fields());
        let quote = sentence(Verdict::Approve, &key(), subject.sha256);
        let mut text = quote.clone();
        edit(&mut text);
        let comment = Comment {
            schema: Comment::SCHEMA.to_owned(),
            change: key(),
            id: "931".to_owned(),
            account: CTO.to_string(),
            at: at(19, 15),
            text,
        };
        let raw = Blob { salt: [200; 32], bytes: comment.to_bytes().expect("writable") };
        let (source, account) = (WrittenSource::Comment, CTO.to_string());
        body.reason = String::new();
        body.written = Some(Box::new(Written { source, account, raw: raw.digest(), quote }));
        self.blobs.insert(raw.digest(), raw);
        self.write(recorder, vec![subject], Body::SignOff(body), |p| {
            (p.actor, p.attestation, p.role) = (MemberId(id(CTO)), Attestation::Written, Some(Role::Cto));
        })
    }

    /// Somebody's word that an edit of the title does not matter.
    pub fn rule(&mut self, signer: u128, from: Digest, to: Digest) -> Entry {
        let body = RulingBody {
            change: key(),
            fields: vec!["title".to_owned()],
            from,
            involved: Involved { author: self.author.clone(), ..Involved::default() },
            reason: "A typing error".to_owned(),
            to,
        };
        let subject = Subject { name: key().to_string(), sha256: to };
        self.write(signer, vec![subject], Body::RuledImmaterial(body), |p| {
            p.auth = Auth::Pin;
            p.role = (signer == CHAIR).then_some(Role::Chair);
        })
    }

    /// The chair's word that another level counts, for what the change said with this content.
    pub fn override_level(&mut self, (from, to): (RiskLevel, RiskLevel), content: Digest) -> Entry {
        let involved = Involved { author: self.author.clone(), ..Involved::default() };
        let reason = "The vendor warned".to_owned();
        let body = OverrideBody { change: key(), content, from, involved, reason, to };
        let subject = Subject { name: key().to_string(), sha256: content };
        self.write(CHAIR, vec![subject], Body::Overridden(body), |p| {
            p.auth = Auth::Pin;
            p.role = Some(Role::Chair);
        })
    }

    /// Hands an approval out; the subjects are the manifests that were signed.
    pub fn export(&mut self, handed: Handed) -> Entry {
        let subject = |m: &Manifest| Subject { name: key().to_string(), sha256: m.digest().expect("writable") };
        let mut subjects: Vec<Subject> = self.manifests.iter().map(subject).collect();
        if subjects.is_empty() {
            subjects.push(Subject { name: key().to_string(), sha256: handed.content });
        }
        self.export_with(handed, subjects, |_| {})
    }

    pub fn export_with(&mut self, handed: Handed, subjects: Vec<Subject>, edit: impl FnOnce(&mut Predicate)) -> Entry {
        let body = Body::ApprovalExported {
            change: key(),
            content: handed.content,
            artifacts: handed.artifacts,
            environment: handed.environment,
            window: handed.window,
            fresh_until: handed.fresh_until,
        };
        self.write(DEVICE, subjects, body, |p| {
            p.meeting = None;
            p.time.claimed = handed.claimed;
            edit(p);
        })
    }

    /// Hands an approval out after edits of the plan: what was edited is named by its digest as it is now.
    pub fn export_edited(&mut self, now: &BTreeMap<String, Vec<u8>>, names: &[&str]) -> Entry {
        let subject = |m: &Manifest| Subject { name: key().to_string(), sha256: m.digest().expect("writable") };
        let mut subjects: Vec<Subject> = self.manifests.iter().map(subject).collect();
        let edited = |name: &&str| Subject { name: (*name).to_owned(), sha256: Digest::of(&now[*name]) };
        subjects.extend(names.iter().map(edited));
        self.export_with(Handed::of(now), subjects, |_| {})
    }

    /// Tells how the change stands now, at 20:15.
    pub fn snapshot(&mut self, fields: &BTreeMap<String, Vec<u8>>) -> Entry {
        let handed = Handed { artifacts: Vec::new(), claimed: at(20, 15), ..Handed::of(fields) };
        let fresh_until = at(20, 15) + chrono::Duration::hours(24);
        self.export(Handed { fresh_until, ..handed })
    }

    /// An authority lets pipeline `deploy-pay` repeat what was signed off, until the end of the month.
    pub fn stand(&mut self, signer: u128, uses: u32, fields: &BTreeMap<String, Vec<u8>>) -> Entry {
        let subjects =
            self.manifests.iter().map(|m| Subject { name: key().to_string(), sha256: m.digest().expect("writable") });
        let subjects = subjects.collect();
        let body = StandingBody {
            change: key(),
            content: digest_of(fields),
            service: "pay".to_owned(),
            pipeline: "deploy-pay".to_owned(),
            environment: "prod-eu".to_owned(),
            uses,
            expires: Utc.with_ymd_and_hms(2026, 11, 30, 0, 0, 0).single().expect("a time"),
        };
        let role = if signer == LEAD { Role::TechnicalLead } else { Role::Cto };
        self.write(signer, subjects, Body::StandingApproved(body), |p| {
            p.auth = Auth::Pin;
            p.role = Some(role);
        })
    }

    /// A receipt was brought back.
    pub fn used(&mut self, standing: EntryId, receipt: u8, outcome: Outcome) -> Entry {
        let receipt = Digest([receipt; 32]);
        let subject = Subject { name: "receipt".to_owned(), sha256: receipt };
        let body = UseBody { standing, receipt, at: at(20, 10), outcome };
        self.write(DEVICE, vec![subject], Body::StandingUsed(body), |p| p.meeting = None)
    }

    pub fn suspend(&mut self, standing: EntryId) -> Entry {
        let subject = Subject { name: "standing approval".to_owned(), sha256: Digest(standing.0) };
        let body = Body::StandingSuspended { standing, reason: "it looked odd".to_owned() };
        self.write(DEVICE, vec![subject], body, |p| p.meeting = None)
    }

    pub fn withdraw(&mut self, signer: u128, entry: EntryId) -> Entry {
        let subject = Subject { name: "entry".to_owned(), sha256: Digest(entry.0) };
        let body = Body::Withdrawal { entry, reason: "I looked again".to_owned() };
        self.write(signer, vec![subject], body, |_| {})
    }

    /// The extract of what was written so far, without the entries that `leave` names.
    pub fn extract(&self, leave: &[EntryId]) -> Bundle {
        let links: Vec<chain::Link> = self.desk.entries.iter().map(link).collect();
        let record = chain::causal_order(&links);
        let kept: Vec<chain::Link> = links.iter().filter(|l| !leave.contains(&l.id)).cloned().collect();
        let order = chain::causal_order(&kept);
        let entry = |id: &EntryId| self.desk.entries.iter().find(|e| e.id() == *id).expect("an entry");
        let (tree, proofs) = merkle::prove(&record, &order.iter().copied().collect()).expect("all are in the record");
        Bundle {
            board: self.desk.board,
            board_name: "Payments board".to_owned(),
            scope: Scope { complete: false, change: Some(key()), meeting: Some(MeetingId(id(50))) },
            rosters: self.desk.documents(),
            policies: self.policies.clone(),
            entries: order.iter().map(|id| entry(id).bytes().to_vec()).collect(),
            manifests: self.manifests.clone(),
            blobs: self.blobs.clone(),
            checkpoint: Checkpoint { entry: None, heads: chain::heads(&kept) },
            merkle: Some(tree),
            proofs: Some(proofs),
        }
    }

    /// The file.
    pub fn file(&self) -> Vec<u8> {
        self.extract(&[]).to_bytes().expect("writable")
    }

    pub fn root(&self) -> RosterFingerprint {
        self.desk.chain().fingerprint()
    }

    /// What the pipeline of the story asks.
    pub fn asked(&self) -> Asked {
        Asked {
            change: key(),
            artifacts: vec![artifact('a')],
            environment: "prod-eu".to_owned(),
            roster_root: self.root(),
            least_roster: 1,
            least_program: None,
            repeated: None,
        }
    }
}

fn agenda() -> Agenda {
    let item = AgendaItem {
        number: 1,
        change: key(),
        title: "Upgrade PostgreSQL".to_owned(),
        group: AgendaGroup::Medium,
        level: Some(RiskLevel::Medium),
        minutes: 3,
        content: digest_of(&fields()),
        material_attachments: Vec::new(),
        release: None,
        restricted: None,
    };
    Agenda { items: vec![item], ..record::testing::agenda() }
}

fn agenda_digest() -> Digest {
    Digest::of(&canonical::to_bytes(&agenda()).expect("writable"))
}
