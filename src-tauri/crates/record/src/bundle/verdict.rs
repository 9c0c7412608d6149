//! Verifying a bundle. `docs/FORMAT.md` says the same for whoever writes another verifier.
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::{ActKind, Body, Predicate, SignOffBody, Written};
use domain::ids::{ChangeKey, Digest, EntryId, LogId};

use super::{Bundle, sign_off_subjects};
use crate::chain::Fault;
use crate::entry::Entry;
use crate::merkle;
use crate::refusal::{Code, Refusal};
use crate::roster::{RosterChain, RosterFingerprint};
use crate::verify::{self, Context, DutyRule, Policies, Verified};
use crate::written;

/// What to judge beyond the signatures.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// Segregation of duties (R89).
    pub duties: Option<DutyRule<'a>>,
    /// The least version of the roster: a bundle may have been cut before a later one, and the revocation in it.
    pub least_roster: Option<u32>,
}

/// What a bundle shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The roster chain; its root is what trust hangs on.
    pub rosters: RosterChain,
    /// Whether the roster root was compared with one known from elsewhere.
    pub anchored: bool,
    /// The entries: what holds, what is refused, what is wrong with the logs.
    pub verified: Verified,
    /// What else is wrong: subjects, checkpoint, proofs.
    pub refusals: Vec<Refusal>,
    /// Gaps and unseen heads of a bundle that does not claim to be complete.
    pub left_out: Vec<Fault>,
    /// Forks of which their author, or enough root holders, have said which entry stands: told, and no longer wrong.
    pub settled: Vec<Fault>,
    /// Digests whose blobs are not in this edition, and of which no entry in it disposes.
    pub withheld: BTreeSet<Digest>,
    /// Digests whose blobs are not here, with the first entry that disposes of each.
    pub disposed: BTreeMap<Digest, EntryId>,
    /// The same of blobs that are here all the same: a copy that was handed out before cannot be unmade.
    pub outlived: BTreeMap<Digest, EntryId>,
}

impl Evidence {
    /// Whether everything in the bundle holds. Left-out entries of an extract and withheld blobs are
    /// told beside it; an unanchored bundle can hold, but only in itself.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.refusals.is_empty() && self.verified.holds()
    }

    /// Every reason why it does not hold.
    #[must_use]
    pub fn reasons(&self) -> Vec<Refusal> {
        let faults = self.verified.faults.iter().map(Fault::refusal);
        self.refusals.iter().chain(&self.verified.refusals).cloned().chain(faults).collect()
    }
}

pub(super) fn verify(
    bundle: &Bundle,
    expected: Option<RosterFingerprint>,
    options: &Options<'_>,
) -> Result<Evidence, Refusal> {
    // Entries that do not even parse are refused below with their reason; the roster needs the others.
    let parsed: Vec<Entry> = bundle.entries.iter().filter_map(|bytes| Entry::parse(bytes).ok()).collect();
    let rosters = RosterChain::verify(&bundle.rosters, &parsed)?;
    rosters.check_newest(&parsed)?;
    if let Some(expected) = expected
        && rosters.fingerprint() != expected
    {
        let what = format!("roster root {}, expected {expected}", rosters.fingerprint());
        return Err(Refusal::new(Code::RosterRoot, what, "roster 1"));
    }
    let newest = rosters.current().roster().version;
    if let Some(least) = options.least_roster.filter(|least| newest < *least) {
        let what = format!("the newest is roster {newest}, expected is {least} or newer");
        return Err(Refusal::new(Code::RosterOlder, what, "roster"));
    }
    if rosters.board() != bundle.board {
        return Err(Refusal::new(Code::OtherBoard, "the roster is another board's", "board"));
    }
    let policies = Policies::of(bundle.policies.iter().map(Vec::as_slice));
    let context = Context {
        policies: Some(&policies),
        change: bundle.scope.change.as_ref(),
        duties: options.duties,
        ..Context::of(&rosters)
    };
    let bytes = bundle.entries.iter().map(Vec::as_slice);
    let mut verified = verify::verify_log(bytes, &context, &bundle.checkpoint.heads);
    let mut left_out = Vec::new();
    if !bundle.scope.complete {
        (left_out, verified.faults) = verified.faults.into_iter().partition(leaves_out);
    }
    let is_settled = |fault: &Fault| match fault {
        Fault::Fork { log, seq, .. } => verified.settled.contains(&(*log, *seq)),
        Fault::Gap { .. } | Fault::Prev { .. } | Fault::SeenMissing { .. } => false,
    };
    let (settled, faults) = std::mem::take(&mut verified.faults).into_iter().partition(is_settled);
    verified.faults = faults;
    let mut refusals = Vec::new();
    refusals.extend(check_subjects(bundle, &verified));
    refusals.extend(check_content(bundle, &verified));
    refusals.extend(check_written(bundle, &verified));
    refusals.extend(check_again(bundle, &verified));
    // Beside a refused entry the rest would only say the same again.
    if verified.refusals.is_empty() {
        refusals.extend(check_order(bundle, &verified));
        refusals.extend(check_labels(bundle, &rosters, &verified));
        refusals.extend(check_meeting(bundle, &verified));
        refusals.extend(check_nothing_else(bundle, &verified));
        refusals.extend(check_closings(bundle, &verified));
        refusals.extend(check_checkpoint(bundle, &verified));
        refusals.extend(check_merkle(bundle, &verified));
    }
    let anchored = expected.is_some();
    let mut withheld = bundle.withheld();
    let raw = verified.entries.iter().filter_map(written_of).map(|(_, written)| written.raw);
    withheld.extend(raw.filter(|raw| !bundle.blobs.contains_key(raw)));
    let disposals = disposals(&verified);
    let (gone, outlived): (BTreeMap<_, _>, BTreeMap<_, _>) =
        disposals.into_iter().partition(|(digest, _)| !bundle.blobs.contains_key(digest));
    let disposed: BTreeMap<Digest, EntryId> =
        gone.into_iter().filter(|(digest, _)| withheld.contains(digest)).collect();
    withheld.retain(|digest| !disposed.contains_key(digest));
    Ok(Evidence { rosters, anchored, verified, refusals, left_out, settled, withheld, disposed, outlived })
}

/// What entries that count dispose of, with the first in causal order that does.
fn disposals(verified: &Verified) -> BTreeMap<Digest, EntryId> {
    let mut disposals = BTreeMap::new();
    for entry in verified.entries.iter().filter(|entry| !verified.disputed.contains(&entry.id())) {
        let Some(Body::Disposed(body)) = entry.predicate().map(|predicate| &predicate.body) else { continue };
        for digest in &body.blobs {
            disposals.entry(*digest).or_insert(entry.id());
        }
    }
    disposals
}

/// A sign-off in writing, and where its words stand.
fn written_of(entry: &Entry) -> Option<(&SignOffBody, &Written)> {
    let Body::SignOff(body) = &entry.predicate()?.body else { return None };
    body.written.as_deref().map(|written| (body, written))
}

/// The comment or mail behind a sign-off says what the entry quotes, where it is here.
fn check_written(bundle: &Bundle, verified: &Verified) -> Vec<Refusal> {
    let refusal_of = |entry: &Entry| {
        let (body, written) = written_of(entry)?;
        let raw = bundle.blobs.get(&written.raw)?;
        let mut subjects = entry.statement().subjects.iter();
        subjects.find_map(|subject| written::check_raw(body, written, subject.sha256, &raw.bytes).err())
    };
    let placed = |entry: &Entry| refusal_of(entry).map(|refusal| refusal.within(&entry.place()));
    verified.entries.iter().filter_map(placed).collect()
}

fn leaves_out(fault: &Fault) -> bool {
    match fault {
        Fault::Gap { .. } | Fault::SeenMissing { .. } => true,
        Fault::Fork { .. } | Fault::Prev { .. } => false,
    }
}

/// The same comment or mail counts once for a change as it was shown: who had it in the record does not record it again,
/// also not after it was taken back. Salts are made anew each time, so what is compared is the bytes, where they are here.
fn check_again(bundle: &Bundle, verified: &Verified) -> Vec<Refusal> {
    let mut places = BTreeSet::new();
    let twins = verified.entries.iter().map(Entry::log).filter(|log| !places.insert((log.id, log.seq)));
    let forked: BTreeSet<LogId> = twins.map(|log| log.id).collect();
    let written: Vec<(&Entry, &ChangeKey, Digest)> = verified
        .entries
        .iter()
        .filter_map(|entry| {
            let (body, written) = written_of(entry)?;
            let words = bundle.blobs.get(&written.raw).map_or(written.raw, |raw| Digest::of(&raw.bytes));
            Some((entry, &body.change, words))
        })
        .collect();
    let mut refusals = Vec::new();
    for (entry, change, words) in &written {
        let subjects = sign_off_subjects(entry);
        let again = written.iter().any(|(earlier, about, same)| {
            (change, words) == (about, same)
                && !forked.contains(&earlier.log().id)
                && had(entry, earlier)
                && sign_off_subjects(earlier).iter().any(|subject| subjects.contains(subject))
        });
        if again {
            let what = "the comment or mail is in the record already";
            refusals.push(Refusal::new(Code::WrittenAgain, what, entry.place()));
        }
    }
    refusals
}

/// Whether an entry's recorder had another: below it in the same log, or up to a head that was seen.
fn had(entry: &Entry, earlier: &Entry) -> bool {
    let (log, other) = (entry.log(), earlier.log());
    if log.id == other.id {
        return other.seq < log.seq;
    }
    log.seen.get(&other.id).is_some_and(|head| other.seq <= head.seq)
}

/// The manifest of every sign-off is in the bundle, and its blobs are what was shown.
fn check_subjects(bundle: &Bundle, verified: &Verified) -> Vec<Refusal> {
    let manifests: BTreeSet<Digest> = bundle.manifests.iter().filter_map(|manifest| manifest.digest().ok()).collect();
    let missing = verified.entries.iter().flat_map(|entry| {
        let subjects = sign_off_subjects(entry).into_iter().filter(|subject| !manifests.contains(subject));
        subjects.map(|subject| {
            let what = format!("manifest {} of what was shown is not in the bundle", subject.short());
            Refusal::new(Code::Subject, what, entry.place())
        })
    });
    let blobs = bundle.manifests.iter().filter_map(|manifest| manifest.open(&bundle.blobs).err());
    missing.chain(blobs).collect()
}

/// What a sign-off says of content and sections is what its manifest says, as far as the blobs are here.
fn check_content(bundle: &Bundle, verified: &Verified) -> Vec<Refusal> {
    let manifests = bundle.manifests_by_digest().unwrap_or_default();
    let mut refusals = Vec::new();
    for entry in &verified.entries {
        let Some(Body::SignOff(body)) = entry.predicate().map(|predicate| &predicate.body) else { continue };
        for manifest in entry.statement().subjects.iter().filter_map(|subject| manifests.get(&subject.sha256)) {
            let judged = manifest.check_content(body.content, &body.sections, &bundle.blobs);
            refusals.extend(judged.err().map(|refusal| refusal.within(&entry.place())));
        }
    }
    refusals
}

/// The file lists entries in causal order, each once, so that equal evidence is equal bytes.
fn check_order(bundle: &Bundle, verified: &Verified) -> Option<Refusal> {
    let ordered = |at: usize| verified.entries.get(at).map(Entry::bytes);
    let odd = bundle.entries.iter().enumerate().find(|(at, bytes)| ordered(*at) != Some(bytes.as_slice()));
    if odd.is_none() && bundle.entries.len() == verified.entries.len() {
        return None;
    }
    let entry = odd.and_then(|(_, bytes)| Entry::parse(bytes).ok());
    let place = entry.map_or_else(|| "entries".to_owned(), |entry| format!("entries, {}", entry.place()));
    Some(Refusal::new(Code::NotCanonical, "the entries are not in causal order, each once", place))
}

/// What the bundle says it is about is what its entries are about.
fn check_labels(bundle: &Bundle, rosters: &RosterChain, verified: &Verified) -> Vec<Refusal> {
    let refuse = |what: String, place: &str| Refusal::new(Code::Label, what, place);
    let mut refusals = Vec::new();
    let name = &rosters.current().roster().name;
    if bundle.board_name != *name {
        refusals.push(refuse(format!("the roster names the board {name:?}"), "board, name"));
    }
    let about = |test: &dyn Fn(&Predicate) -> bool| verified.entries.iter().filter_map(Entry::predicate).any(test);
    if let Some(meeting) = bundle.scope.meeting
        && !about(&|p| verify::called(&p.body).is_some_and(|agenda| agenda.meeting == meeting))
    {
        refusals.push(refuse(format!("no entry calls meeting {meeting} to order"), "scope, meeting"));
    }
    if let Some(change) = &bundle.scope.change
        && !about(&|p| names(&p.body, change))
    {
        refusals.push(refuse(format!("no entry is about {change}"), "scope, change"));
    }
    refusals
}

/// Whether a body is about the change, or about a meeting that has it on its agenda.
fn names(body: &Body, change: &ChangeKey) -> bool {
    if verify::change_of(body) == Some(change) {
        return true;
    }
    let of_act = |what: &ActKind| match what {
        ActKind::LateAdmitted { item } => item.change == *change,
        ActKind::Decided { decision } => decision.change == *change,
        ActKind::Arrived { .. }
        | ActKind::Left {}
        | ActKind::Recused { .. }
        | ActKind::ConsentAsked { .. }
        | ActKind::Voted { .. }
        | ActKind::ActionAssigned { .. }
        | ActKind::Noted { .. } => false,
    };
    let on_agenda = verify::called(body).is_some_and(|agenda| agenda.items.iter().any(|i| i.change == *change));
    on_agenda || matches!(body, Body::Running { acts } if acts.iter().any(|act| of_act(&act.what)))
}

/// What was said in a meeting stands in no other meeting's extract.
fn check_meeting(bundle: &Bundle, verified: &Verified) -> Vec<Refusal> {
    let Some(expected) = bundle.scope.meeting.filter(|_| !bundle.scope.complete) else {
        return Vec::new();
    };
    let in_a_meeting = |body: &Body| {
        matches!(
            body,
            Body::AgendaFrozen { .. }
                | Body::CircularOpened(_)
                | Body::Correction(_)
                | Body::CorrectionAnswered(_)
                | Body::MinutesApproved(_)
                | Body::Erratum(_)
                | Body::Running { .. }
                | Body::Vote { .. }
                | Body::MeetingClosed { .. }
        )
    };
    let elsewhere = verified.entries.iter().filter(|entry| {
        entry
            .predicate()
            .is_some_and(|p| in_a_meeting(&p.body) && p.meeting.as_ref().is_none_or(|meeting| meeting.id != expected))
    });
    elsewhere
        .map(|entry| {
            let what = format!("belongs to another meeting than {expected}");
            Refusal::new(Code::OtherMeeting, what, format!("{}, predicate.meeting", entry.place()))
        })
        .collect()
}

/// No manifest, blob or policy is in the bundle that no entry speaks of.
fn check_nothing_else(bundle: &Bundle, verified: &Verified) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let signed: BTreeSet<Digest> = verified.entries.iter().flat_map(sign_off_subjects).collect();
    let manifests = bundle.manifests.iter().filter_map(|manifest| manifest.digest().ok());
    for digest in manifests.filter(|digest| !signed.contains(digest)) {
        let place = format!("manifest {}", digest.short());
        refusals.push(Refusal::new(Code::Subject, "no sign-off is about this manifest", place));
    }
    let mut named: BTreeSet<Digest> = bundle.manifests.iter().flat_map(super::Manifest::digests).collect();
    named.extend(verified.entries.iter().filter_map(written_of).map(|(_, written)| written.raw));
    for digest in bundle.blobs.keys().filter(|digest| !named.contains(digest)) {
        let what = "nothing in the bundle names this blob";
        refusals.push(Refusal::new(Code::Blob, what, format!("blob {}", digest.short())));
    }
    let policies: Vec<Digest> = bundle.policies.iter().map(|bytes| Digest::of(bytes)).collect();
    let expected = super::policies_named(verified.entries.iter());
    if policies != expected {
        let what = "the policies are not those the entries name, in the order in which they are first named, each once";
        let odd = policies.iter().enumerate().find(|(at, digest)| expected.get(*at) != Some(*digest));
        let odd = odd.map(|(_, digest)| digest).or_else(|| expected.get(policies.len()));
        let place = odd.map_or_else(|| "policies".to_owned(), |digest| format!("policy {}", digest.short()));
        refusals.push(Refusal::new(Code::Policy, what, place));
    }
    refusals
}

/// Whoever closed a meeting said how far the record went: a bundle that claims to be complete goes as far.
fn check_closings(bundle: &Bundle, verified: &Verified) -> Vec<Refusal> {
    let here: BTreeSet<(LogId, u32, EntryId)> =
        verified.entries.iter().map(|entry| (entry.log().id, entry.log().seq, entry.id())).collect();
    let mut refusals = Vec::new();
    for entry in verified.entries.iter().filter(|_| bundle.scope.complete) {
        let Some(Body::MeetingClosed { heads }) = entry.predicate().map(|predicate| &predicate.body) else { continue };
        for (log, head) in heads.iter().filter(|(log, head)| !here.contains(&(**log, head.seq, head.id))) {
            let place = format!("log {}:{} #{}", log.key.short(), log.epoch, head.seq);
            let what = format!("{} names entry {}, which is missing", entry.place(), head.id.short());
            refusals.push(Refusal::new(Code::Incomplete, what, place));
        }
    }
    refusals
}

/// The bundle ends exactly at its checkpoint.
fn check_checkpoint(bundle: &Bundle, verified: &Verified) -> Vec<Refusal> {
    let place = "checkpoint";
    let mut refusals = Vec::new();
    if let Some(id) = bundle.checkpoint.entry {
        let closes = |entry: &Entry| {
            entry.id() == id && entry.predicate().is_none_or(|p| matches!(p.body, Body::MeetingClosed { .. }))
        };
        if !verified.entries.iter().any(closes) {
            let what = format!("entry {} is not in the bundle, or closes no meeting", id.short());
            refusals.push(Refusal::new(Code::Checkpoint, what, place));
        }
    }
    let (heads, named) = (verified.heads(), &bundle.checkpoint.heads);
    let odd = named.iter().find(|(log, head)| heads.get(*log) != Some(*head));
    if let Some((log, head)) = odd.or_else(|| heads.iter().find(|(log, _)| !named.contains_key(*log))) {
        let what = format!("the heads are not those of the entries: entry {}", head.id.short());
        let place = format!("{place}, log {}:{} #{}", log.key.short(), log.epoch, head.seq);
        refusals.push(Refusal::new(Code::Checkpoint, what, place));
    }
    refusals
}

/// The root is that of the entries, or the proofs lead to it: of every entry, and of the last one of the tree.
fn check_merkle(bundle: &Bundle, verified: &Verified) -> Vec<Refusal> {
    let refuse = |what: &str| vec![Refusal::new(Code::MerkleProof, what, "merkle")];
    let tree = match (&bundle.merkle, &bundle.proofs) {
        (None, None) => return Vec::new(),
        (None, Some(_)) => return refuse("proofs without a root"),
        (Some(tree), _) => tree,
    };
    let ids: Vec<EntryId> = verified.entries.iter().map(Entry::id).collect();
    if bundle.scope.complete {
        let whole = u32::try_from(ids.len()).ok() == Some(tree.size) && merkle::root(&ids) == tree.root;
        return match &bundle.proofs {
            Some(_) => refuse("proofs where every entry is here"),
            None if whole => Vec::new(),
            None => refuse("the root is not that of the entries"),
        };
    }
    let proofs = bundle.proofs.as_deref().unwrap_or_default();
    if let Some((one, next)) = proofs.iter().zip(proofs.iter().skip(1)).find(|(one, next)| one.index >= next.index) {
        let what = format!(
            "the proofs are not in order of their positions, each once: that of entry {} is followed by that of entry {}",
            one.entry.short(),
            next.entry.short()
        );
        return vec![Refusal::new(Code::MerkleProof, what, format!("proofs, entry {}", one.entry.short()))];
    }
    if proofs.last().and_then(|last| last.index.checked_add(1)) != Some(tree.size) {
        return refuse("no proof of the last entry of the tree");
    }
    let mut missing: BTreeSet<EntryId> = ids.into_iter().collect();
    let mut refusals = Vec::new();
    for proof in proofs {
        let here = missing.remove(&proof.entry);
        if !here && proof.index.checked_add(1) != Some(tree.size) {
            let place = format!("entry {}", proof.entry.short());
            refusals.push(Refusal::new(Code::MerkleProof, "a proof of an entry that is not here", place));
        }
        refusals.extend(merkle::check_path(proof.entry, proof.index, tree.size, &proof.path, tree.root).err());
    }
    let unproven = |id: EntryId| Refusal::new(Code::MerkleProof, "no proof", format!("entry {}", id.short()));
    refusals.extend(missing.into_iter().map(unproven));
    refusals
}
