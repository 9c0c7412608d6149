//! The chain of roster versions: who may sign, from the ceremony on.
//!
//! Version 1 is signed by all its own root holders at the ceremony; version N+1 by whom its changes call for
//! ([`consent_needed`]): in general the threshold of N's root holders, each counted once however many keys they hold. A roster is signed
//! like everything else: each root holder writes an entry of kind `roster` whose subject is the digest
//! of the document. Those of version 1 name version 1 as the roster in force, those of N+1 name N.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::entry::{Body, RosterRef};
use domain::ids::{BoardId, Digest, KeyId, MemberId};
use domain::roster::{Consent, KeyStatus, KeyUse, Member, Role, Roster, RosterKey, consent_needed};

use crate::canonical::{self, CanonicalError};
use crate::entry::Entry;
use crate::envelope::decode_base64;
use crate::json::Limits;
use crate::keys::PublicKey;
use crate::refusal::{Code, Refusal};
use crate::verify::Checked;

/// The only algorithm of this version.
pub const ALGORITHM: &str = "ecdsa-p256-sha256";

/// The fingerprint of the roster root: the digest of roster version 1. Whoever has compared it once
/// can check everything that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RosterFingerprint(pub Digest);

impl RosterFingerprint {
    /// Six English words for comparison on a call: the first 66 bits, 11 to a word (the BIP-39 list).
    #[must_use]
    pub fn words(&self) -> [&'static str; 6] {
        let list = bip39::Language::English.word_list();
        std::array::from_fn(|word| {
            let index = (0..11).fold(0usize, |index, bit| {
                let at = word * 11 + bit;
                (index << 1) | usize::from((self.0.0[at / 8] >> (7 - at % 8)) & 1)
            });
            list[index]
        })
    }
}

impl fmt::Display for RosterFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One version with its exact bytes and its keys, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterVersion {
    roster: Roster,
    bytes: Vec<u8>,
    digest: Digest,
    keys: BTreeMap<KeyId, PublicKey>,
}

impl RosterVersion {
    /// Checks a document: canonical, of this schema, every key what it says, root holders enrolled.
    ///
    /// # Errors
    /// The codes of the strict reader, [`Code::RosterVersion`], [`Code::KeyEncoding`] or [`Code::KeyId`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let roster: Roster =
            canonical::read(bytes, Limits::ENTRY).map_err(|error| Refusal::of_canonical(&error, "roster"))?;
        let place = format!("roster {}", roster.version);
        let refuse = |what: String| Refusal::new(Code::RosterVersion, what, place.clone());
        if roster.schema != Roster::SCHEMA {
            return Err(refuse(format!("the schema is not {}", Roster::SCHEMA)));
        }
        let mut members = BTreeSet::new();
        let mut keys = BTreeMap::new();
        for member in &roster.members {
            if !members.insert(member.id) {
                return Err(refuse(format!("member {} stands twice", member.id)));
            }
            for key in &member.keys {
                let public = read_key(key).map_err(|refusal| refusal.within(&place))?;
                if keys.insert(key.id, public).is_some() {
                    return Err(refuse(format!("key {} stands twice", key.id.short())));
                }
            }
        }
        check_root(&roster).map_err(refuse)?;
        Ok(Self { roster, bytes: bytes.to_vec(), digest: Digest::of(bytes), keys })
    }

    /// The canonical bytes of `roster` and its digest, checked like one that came from outside.
    ///
    /// # Errors
    /// [`CanonicalError`] as a refusal, or what [`RosterVersion::parse`] refuses.
    pub fn of(roster: &Roster) -> Result<Self, Refusal> {
        let bytes =
            canonical::to_bytes(roster).map_err(|error: CanonicalError| Refusal::of_canonical(&error, "roster"))?;
        Self::parse(&bytes)
    }

    /// The document.
    #[must_use]
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Its canonical bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its digest, which entries name.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What entries under this roster carry.
    #[must_use]
    pub fn reference(&self) -> RosterRef {
        RosterRef { version: self.roster.version, digest: self.digest }
    }

    fn named(&self) -> (u32, Digest) {
        (self.roster.version, self.digest)
    }

    /// The member and the key with this id.
    ///
    /// # Errors
    /// [`Code::KeyUnknown`].
    pub fn key(&self, id: KeyId) -> Result<(&Member, &RosterKey), Refusal> {
        self.roster.key(id).ok_or_else(|| {
            let what = format!("the roster does not know key {}", id.short());
            Refusal::new(Code::KeyUnknown, what, format!("roster {}", self.roster.version))
        })
    }
}

/// A key with its public half, checked: the one algorithm, one encoding, and the id that follows from them.
pub(crate) fn read_key(key: &RosterKey) -> Result<PublicKey, Refusal> {
    let place = format!("key {}", key.id.short());
    if key.alg != ALGORITHM {
        return Err(Refusal::new(Code::KeyEncoding, format!("the algorithm is not {ALGORITHM}"), place));
    }
    let public = PublicKey::from_spki(&decode_base64(&key.spki, &place)?).map_err(|refusal| refusal.within(&place))?;
    if public.key_id() != key.id {
        return Err(Refusal::new(Code::KeyId, "the id is not the SHA-256 of the key", place));
    }
    Ok(public)
}

fn check_root(roster: &Roster) -> Result<(), String> {
    let holders: BTreeSet<MemberId> = roster.root_holders.iter().copied().collect();
    if holders.len() != roster.root_holders.len() {
        return Err("a root holder stands twice".to_owned());
    }
    for id in &holders {
        let member = roster.member(*id).ok_or_else(|| format!("root holder {id} is not a member"))?;
        if member.signature_key().is_none() {
            return Err(format!("root holder {id} has no active signature key"));
        }
        if member.has(Role::Auditor) {
            return Err(format!("root holder {id} is an auditor, who reads and never holds root"));
        }
    }
    let count = u32::try_from(holders.len()).map_err(|_| "too many root holders".to_owned())?;
    if roster.threshold == 0 || roster.threshold > count {
        return Err(format!("a threshold of {} with {count} root holders", roster.threshold));
    }
    Ok(())
}

/// The verified versions, from 1 to the newest, without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterChain {
    versions: Vec<RosterVersion>,
    keys: BTreeMap<KeyId, PublicKey>,
}

impl RosterChain {
    /// Verifies the documents, version 1 first, against the entries that adopt them. Entries of other
    /// kinds are passed over.
    ///
    /// # Errors
    /// [`Code::RosterVersion`] if a version does not follow, [`Code::RosterThreshold`] if too few root
    /// holders signed it, or what [`RosterVersion::parse`] refuses.
    pub fn verify(documents: &[Vec<u8>], entries: &[Entry]) -> Result<Self, Refusal> {
        Self::verify_checked(documents, entries, &Checked::default())
    }

    /// As [`RosterChain::verify`]; signatures in `checked` are not verified again.
    ///
    /// # Errors
    /// As [`RosterChain::verify`].
    pub fn verify_checked(documents: &[Vec<u8>], entries: &[Entry], checked: &Checked) -> Result<Self, Refusal> {
        let mut chain = Self { versions: Vec::new(), keys: BTreeMap::new() };
        for document in documents {
            let next = RosterVersion::parse(document)?;
            chain.check_next(&next, entries, checked)?;
            chain.push(next);
        }
        if chain.versions.is_empty() {
            return Err(Refusal::new(Code::RosterVersion, "no roster at all", "roster"));
        }
        Ok(chain)
    }

    fn check_next(&self, next: &RosterVersion, entries: &[Entry], checked: &Checked) -> Result<(), Refusal> {
        let place = format!("roster {}", next.roster.version);
        let refuse = |what: String| Refusal::new(Code::RosterVersion, what, place.clone());
        let before = self.versions.last();
        let expected = before.map_or(1, |before| before.roster.version + 1);
        if next.roster.version != expected {
            return Err(refuse(format!("version {} where {expected} must follow", next.roster.version)));
        }
        if let Some(before) = before
            && before.roster.board != next.roster.board
        {
            return Err(refuse("of another board".to_owned()));
        }
        let judge = before.unwrap_or(next);
        let (may, needed) = entitled(before, next);
        let signers = signers(judge, next.named(), entries, &may, checked);
        if signers.len() < needed {
            let what = format!("signed by {} of the {needed} it needs", signers.len());
            return Err(Refusal::new(Code::RosterThreshold, what, place));
        }
        Ok(())
    }

    /// Whether the entries show that a version after the newest was adopted: then its document has been left out, and
    /// with it perhaps the revocation of a key. One that too few root holders have signed is only proposed.
    ///
    /// # Errors
    /// [`Code::RosterVersion`].
    pub fn check_newest(&self, entries: &[Entry]) -> Result<(), Refusal> {
        let newest = self.current();
        let version = newest.roster.version.saturating_add(1);
        let proposed: BTreeSet<Digest> = entries
            .iter()
            .filter(|entry| {
                entry.predicate().is_some_and(|p| matches!(p.body, Body::Roster { version: v } if v == version))
            })
            .flat_map(|entry| entry.statement().subjects.iter().map(|subject| subject.sha256))
            .collect();
        let checked = Checked::default();
        let adopted = |digest: &Digest| {
            let signers = signers(newest, (version, *digest), entries, &newest.roster.root_holders, &checked);
            signers.len() >= newest.roster.threshold as usize
        };
        match proposed.iter().find(|digest| adopted(digest)) {
            None => Ok(()),
            Some(digest) => {
                let what = format!("roster {version} with digest {} was adopted and is not here", digest.short());
                Err(Refusal::new(Code::RosterVersion, what, format!("roster {version}")))
            }
        }
    }

    /// The longest chain from the root with this fingerprint, out of documents in whatever order, some of which may
    /// be proposals that too few have signed. Where two follow, the one with the smaller digest does: a threshold of
    /// root holders that signs two futures is beyond what a verifier can mend, but every reader reads the same.
    ///
    /// # Errors
    /// [`Code::RosterRoot`] if the root is not among them, or [`Code::RosterThreshold`] if it is not signed.
    pub fn gather(root: RosterFingerprint, documents: &[Vec<u8>], entries: &[Entry]) -> Result<Self, Refusal> {
        Self::gather_checked(root, documents, entries, &Checked::default())
    }

    /// As [`RosterChain::gather`]; signatures in `checked` are not verified again.
    ///
    /// # Errors
    /// As [`RosterChain::gather`].
    pub fn gather_checked(
        root: RosterFingerprint,
        documents: &[Vec<u8>],
        entries: &[Entry],
        checked: &Checked,
    ) -> Result<Self, Refusal> {
        let mut versions: BTreeMap<(u32, Digest), RosterVersion> = BTreeMap::new();
        for version in documents.iter().filter_map(|bytes| RosterVersion::parse(bytes).ok()) {
            versions.insert((version.roster.version, version.digest), version);
        }
        let first = versions.remove(&(1, root.0)).ok_or_else(|| {
            Refusal::new(Code::RosterRoot, "the roster with the expected root is not here", "roster 1")
        })?;
        let mut chain = Self { versions: Vec::new(), keys: BTreeMap::new() };
        chain.check_next(&first, entries, checked)?;
        chain.push(first);
        while let Some(next) = {
            let number = chain.current().roster.version.saturating_add(1);
            versions
                .range((number, Digest([0; 32]))..=(number, Digest([0xff; 32])))
                .map(|(_, version)| version)
                .find(|version| chain.check_next(version, entries, checked).is_ok())
                .cloned()
        } {
            chain.push(next);
        }
        Ok(chain)
    }

    fn push(&mut self, next: RosterVersion) {
        self.keys.extend(next.keys.iter().map(|(id, key)| (*id, key.clone())));
        self.versions.push(next);
    }

    /// The board.
    #[must_use]
    pub fn board(&self) -> BoardId {
        self.current().roster.board
    }

    /// The newest version.
    #[must_use]
    pub fn current(&self) -> &RosterVersion {
        self.versions.last().expect("a chain has at least version 1")
    }

    /// All versions, 1 first.
    #[must_use]
    pub fn versions(&self) -> &[RosterVersion] {
        &self.versions
    }

    /// The version an entry names.
    ///
    /// # Errors
    /// [`Code::RosterUnknown`] if there is none with this number and digest.
    pub fn named(&self, reference: &RosterRef) -> Result<&RosterVersion, Refusal> {
        self.versions
            .iter()
            .find(|version| version.roster.version == reference.version && version.digest == reference.digest)
            .ok_or_else(|| {
                let what =
                    format!("roster {} with digest {} is not known", reference.version, reference.digest.short());
                Refusal::new(Code::RosterUnknown, what, "payload, predicate.roster")
            })
    }

    /// The public key with this id, in whatever version it stands.
    #[must_use]
    pub fn public_key(&self, id: KeyId) -> Option<&PublicKey> {
        self.keys.get(&id)
    }

    /// Whose key this is. A key stays with the member in whose name it first stood.
    #[must_use]
    pub fn owner_of(&self, key: KeyId) -> Option<MemberId> {
        self.versions.iter().find_map(|version| version.roster.key(key)).map(|(member, _)| member.id)
    }

    /// Those of `entries`, verified ones, whose signatures made this version part of the chain.
    pub fn adopters<'e>(&self, version: u32, entries: impl IntoIterator<Item = &'e Entry>) -> Vec<&'e Entry> {
        let at = self.versions.iter().position(|known| known.roster.version == version);
        let Some(next) = at.and_then(|at| self.versions.get(at)) else { return Vec::new() };
        let before = at.and_then(|at| at.checked_sub(1)).and_then(|at| self.versions.get(at));
        let (may, _) = entitled(before, next);
        entries
            .into_iter()
            .filter(|entry| adopts(before.unwrap_or(next), next.named(), entry, &may).is_some())
            .collect()
    }

    /// The fingerprint of the roster root.
    #[must_use]
    pub fn fingerprint(&self) -> RosterFingerprint {
        RosterFingerprint(self.versions.first().expect("a chain has at least version 1").digest)
    }
}

/// Who may sign `next` after `before`, and how many of them must.
fn entitled(before: Option<&RosterVersion>, next: &RosterVersion) -> (Vec<MemberId>, usize) {
    let Some(before) = before else {
        return (next.roster.root_holders.clone(), next.roster.root_holders.len());
    };
    let holders = || before.roster.root_holders.clone();
    match consent_needed(&before.roster, &next.roster) {
        Consent::Threshold => (holders(), before.roster.threshold as usize),
        Consent::OneRootHolder => (holders(), 1),
        Consent::OwnKey(member) => (vec![member], 1),
    }
}

/// Those of `may` who signed the version with this number and digest with a key of `judge`, each once.
fn signers(
    judge: &RosterVersion,
    next: (u32, Digest),
    entries: &[Entry],
    may: &[MemberId],
    checked: &Checked,
) -> BTreeSet<MemberId> {
    entries
        .iter()
        .filter_map(|entry| {
            let member = adopts(judge, next, entry, may)?;
            let key = judge.keys.get(&entry.envelope().key_id())?;
            (checked.verify(entry.envelope(), key).is_ok() && crate::verify::check_self(entry).is_ok())
                .then_some(member)
        })
        .collect()
}

/// Who of `may` says in this entry that `next` follows `judge`. Whether the signature is theirs is not looked at.
fn adopts(judge: &RosterVersion, (number, digest): (u32, Digest), entry: &Entry, may: &[MemberId]) -> Option<MemberId> {
    let predicate = entry.predicate()?;
    let Body::Roster { version } = predicate.body else {
        return None;
    };
    let about_next = version == number
        && predicate.board == judge.roster.board
        && entry.statement().subjects.iter().any(|subject| subject.sha256 == digest)
        && predicate.roster == judge.reference();
    let (member, key) = judge.roster.key(entry.envelope().key_id())?;
    let entitled = key.usage == KeyUse::Signature
        && key.status == KeyStatus::Active
        && may.contains(&member.id)
        && predicate.actor == member.id;
    (about_next && entitled).then_some(member.id)
}

#[cfg(test)]
mod tests;
