//! Five members with a device each, who write what their own device knows.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::circular::CircularBody;
use domain::entry::{Act, ActKind, Attestation, Auth, Body, ClaimedTime, MeetingRef, Predicate, RosterRef};
use domain::ids::{BoardId, Digest, EntryId, LogId, MeetingId, MemberId};
use domain::meeting::{Agenda, Decision};
use domain::policy::{Policy, Strength};
use domain::roster::{KeyUse, Member, Role, Roster};

use crate::canonical;
use crate::entry::Entry;
use crate::keys::Signer as _;
use crate::roster::{RosterChain, RosterFingerprint, RosterVersion};
use crate::statement::Subject;
use crate::testing::{self, TestKey, id, roster_key};
use crate::verify::{Checked, Context, Verified, verify_entries};

pub const CHAIR: usize = 0;
pub const CTO: usize = 1;
pub const LEAD: usize = 2;
pub const SECURITY: usize = 3;
pub const MEMBER: usize = 4;
pub const DEVICES: usize = 5;

/// How an entry is signed.
#[derive(Clone, Copy, PartialEq)]
pub enum With {
    Device,
    Session,
    Pin,
}

pub struct Scribe {
    pub board: BoardId,
    keys: Vec<TestKey>,
    recording: Vec<TestKey>,
    /// Versions, proposals among them.
    pub rosters: Vec<Roster>,
    /// Every entry with the device that wrote it.
    pub written: Vec<(usize, Entry)>,
    /// What each device knows, by its place in `written`.
    pub views: Vec<BTreeSet<usize>>,
    /// Which devices hear of each other's entries at once.
    pub online: BTreeSet<usize>,
    pub checked: Checked,
    minute: u32,
    session: u32,
}

pub fn member_id(who: usize) -> MemberId {
    MemberId(id(who as u128 + 1))
}

/// The policy the board adopted, as it travels.
pub fn policy() -> Vec<u8> {
    canonical::to_bytes(&Policy::built_in(Strength::Starter)).expect("writable")
}

fn member(who: usize, name: &str, role: Role) -> Member {
    testing::member(who as u128 + 1, name, &[role], Vec::new())
}

impl Scribe {
    pub fn new() -> Self {
        let seeds = 1..=u8::try_from(DEVICES).expect("few");
        let keys: Vec<TestKey> = seeds.clone().map(TestKey::new).collect();
        let recording: Vec<TestKey> = seeds.map(|n| TestKey::new(n + 20)).collect();
        let mut members = vec![
            member(CHAIR, "Ada", Role::Chair),
            member(CTO, "Grace", Role::Cto),
            member(LEAD, "Edsger", Role::TechnicalLead),
            member(SECURITY, "Barbara", Role::Security),
            member(MEMBER, "Donald", Role::BoardMember),
        ];
        for (who, member) in members.iter_mut().enumerate().filter(|(who, _)| *who != MEMBER) {
            member.keys =
                vec![roster_key(&keys[who], KeyUse::Signature), roster_key(&recording[who], KeyUse::Recording)];
        }
        members[CTO].roles.push(Role::ServiceManager);
        let board = BoardId(id(100));
        let roster = Roster {
            schema: Roster::SCHEMA.to_owned(),
            board,
            name: "Five hands".to_owned(),
            version: 1,
            created: testing::time(0),
            members,
            root_holders: vec![member_id(CHAIR), member_id(CTO)],
            threshold: 2,
            certificate_root: String::new(),
        };
        Self {
            board,
            keys,
            recording,
            rosters: vec![roster],
            written: Vec::new(),
            views: vec![BTreeSet::new(); DEVICES],
            online: (0..DEVICES).collect(),
            checked: Checked::default(),
            minute: 0,
            session: 0,
        }
    }

    pub fn own_keys(&self, who: usize) -> Vec<domain::roster::RosterKey> {
        vec![roster_key(&self.keys[who], KeyUse::Signature), roster_key(&self.recording[who], KeyUse::Recording)]
    }

    pub fn signing_log(&self, who: usize) -> LogId {
        LogId { key: self.keys[who].key_id(), epoch: 1 }
    }

    pub fn recording_log(&self, who: usize) -> LogId {
        LogId { key: self.recording[who].key_id(), epoch: 1 }
    }

    pub fn root(&self) -> RosterFingerprint {
        RosterFingerprint(RosterVersion::of(&self.rosters[0]).expect("valid").digest())
    }

    pub fn documents(&self) -> Vec<Vec<u8>> {
        self.rosters.iter().map(|roster| RosterVersion::of(roster).expect("valid").bytes().to_vec()).collect()
    }

    pub fn last(&self) -> &Entry {
        &self.written.last().expect("something was written").1
    }

    /// What a device knows, judged; and the roster in force there.
    fn known(&self, device: usize) -> (Verified, Roster, RosterRef) {
        let entries: Vec<Entry> = self.views[device].iter().map(|at| self.written[*at].1.clone()).collect();
        match RosterChain::gather_checked(self.root(), &self.documents(), &entries, &self.checked) {
            Ok(rosters) => {
                let context = Context { checked: Some(&self.checked), ..Context::of(&rosters) };
                let verified = verify_entries(entries, &context, &BTreeMap::new());
                (verified, rosters.current().roster().clone(), rosters.current().reference())
            }
            // The ceremony: version 1 is not signed by all yet, and its own first entries are all there is.
            Err(_) => {
                let first = RosterVersion::of(&self.rosters[0]).expect("valid");
                let verified = Verified { entries, ..Verified::default() };
                (verified, first.roster().clone(), first.reference())
            }
        }
    }

    /// A time that goes on with each entry.
    pub fn now(&mut self) -> DateTime<Utc> {
        self.minute += 1;
        testing::time(0) + chrono::Duration::minutes(i64::from(self.minute))
    }

    /// `who` writes on their own device; those online hear of it at once.
    pub fn write(
        &mut self,
        who: usize,
        with: With,
        meeting: Option<&Agenda>,
        subjects: Vec<Subject>,
        body: Body,
    ) -> EntryId {
        let (verified, _, reference) = self.known(who);
        self.session += 1;
        let key = if with == With::Device { &self.recording[who] } else { &self.keys[who] };
        // Whoever tells that a log was lost begins the next; nobody here does so twice, or writes in it again.
        let epoch = if matches!(body, Body::Recovered { .. }) { 2 } else { 1 };
        let log = LogId { key: key.key_id(), epoch };
        let personal = with != With::Device;
        let claimed = self.minute + 1;
        let named = meeting.map(|a| MeetingRef { id: a.meeting, agenda: digest_of(a) });
        let predicate = Predicate {
            board: self.board,
            actor: member_id(who),
            recorder: key.key_id(),
            attestation: if personal { Attestation::Signed } else { Attestation::Recorded },
            auth: match with {
                With::Device => Auth::Device,
                With::Session => Auth::Session { id: "s1".to_owned(), n: self.session },
                With::Pin => Auth::Pin,
            },
            keystore: "memory".to_owned(),
            meaning: "I say so".to_owned(),
            role: role_of(who, &body),
            policy: Digest::of(&policy()),
            roster: reference,
            meeting: named.clone(),
            log: verified.ends().next_position(log),
            time: ClaimedTime { claimed: testing::time(0) + chrono::Duration::minutes(i64::from(claimed)) },
            app: "cabinet/0.1.0".to_owned(),
            body,
        };
        let subjects = match named {
            Some(named) if subjects.is_empty() => {
                vec![Subject { name: "agenda".to_owned(), sha256: named.agenda }]
            }
            Some(_) | None => subjects,
        };
        let entry = Entry::sign(subjects, predicate, key).expect("signs");
        self.minute += 1;
        self.put(who, entry)
    }

    /// Something that is in the record whatever the rules say.
    pub fn put(&mut self, who: usize, entry: Entry) -> EntryId {
        let (at, id) = (self.written.len(), entry.id());
        self.written.push((who, entry));
        self.views[who].insert(at);
        if self.online.contains(&who) {
            for device in &self.online {
                self.views[*device].insert(at);
            }
        }
        id
    }

    /// The device is online again: everybody hears everything.
    pub fn come_online(&mut self, device: usize) {
        self.online.insert(device);
        let all: BTreeSet<usize> = self.online.iter().flat_map(|d| self.views[*d].clone()).collect();
        for device in &self.online {
            self.views[*device].clone_from(&all);
        }
    }

    /// A new version of the roster, signed by these.
    pub fn adopt(&mut self, edit: impl FnOnce(&mut Roster), signers: &[usize]) {
        let (_, mut next, _) = self.known(CHAIR);
        next.version += 1;
        edit(&mut next);
        let version = next.version;
        let sha256 = RosterVersion::of(&next).expect("valid").digest();
        self.rosters.push(next);
        for who in signers {
            let subject = Subject { name: format!("roster {version}"), sha256 };
            self.write(*who, With::Pin, None, vec![subject], Body::Roster { version });
        }
    }

    /// The chair's device records what happened.
    pub fn run(&mut self, agenda: &Agenda, acts: Vec<(usize, ActKind)>) -> EntryId {
        let at = self.now();
        let acts = acts.into_iter().map(|(who, what)| Act { actor: member_id(who), at, what }).collect();
        self.write(CHAIR, With::Device, Some(agenda), Vec::new(), Body::Running { acts })
    }
}

/// What is asked in writing, with time enough for everybody to answer.
pub fn question() -> CircularBody {
    CircularBody { closes: testing::time(0) + chrono::Duration::hours(9), ..testing::bodies::circular() }
}

/// By what entries name a meeting: its agenda, or the whole question that is put in writing.
pub fn digest_of(agenda: &Agenda) -> Digest {
    let asked = question();
    let bytes = if asked.agenda == *agenda { canonical::to_bytes(&asked) } else { canonical::to_bytes(agenda) };
    Digest::of(&bytes.expect("writable"))
}

pub fn meeting_id(n: u128) -> MeetingId {
    MeetingId(id(500 + n))
}

pub fn decided(decision: Decision) -> ActKind {
    ActKind::Decided { decision: Box::new(decision) }
}

/// In which role a member signs, attests or rules.
fn role_of(who: usize, body: &Body) -> Option<Role> {
    if matches!(body, Body::RuledImmaterial(_)) {
        return (who == CHAIR).then_some(Role::Chair);
    }
    if let Some(only) = testing::bodies::role_of(body) {
        return Some(only);
    }
    matches!(body, Body::SignOff(_) | Body::Attested(_)).then_some(if who == CTO {
        Role::Cto
    } else {
        Role::TechnicalLead
    })
}
