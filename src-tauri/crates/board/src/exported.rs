//! Verifying a folder that `cab export --all` wrote: its list of files, and whatever in it is signed. Needs no data folder.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::entry::{Body, SignOffBody, Written};
use domain::ids::{Digest, LogId};
use record::chain::Fault;
use record::entry::Entry;
use record::manifest::{Blob, Manifest};
use record::roster::{RosterChain, RosterFingerprint};
use record::verify::{self, Context, Policies};
use record::written::check_raw;
use serde::Serialize;
use serde_json::Value;

use crate::audit::Finding;
use crate::backup::in_files;
use crate::error::{Answer, BoardError};
use crate::export::{LIST, list};
use crate::minutes::{annex_file, erratum_file, extract_file, minutes_file};
use crate::state::{BoardState, Stored, judge_duties};

/// What was found in an exported folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedExport {
    /// The board, by its roster.
    pub board: String,
    /// Fingerprint of the roster root.
    pub roster_root: String,
    /// The same in six words.
    pub roster_words: String,
    /// Whether the roster root was compared with one known from elsewhere.
    pub anchored: bool,
    /// Files compared with the list.
    pub files: u32,
    /// Entries that hold.
    pub entries: u32,
    /// Everything that does not hold, by file or entry.
    pub findings: Vec<Finding>,
}

struct Look<'a> {
    folder: &'a Path,
    files: BTreeMap<String, Digest>,
    findings: Vec<Finding>,
}

/// Verifies an exported folder. `root` is the fingerprint of the roster root, known from elsewhere.
///
/// # Errors
/// [`BoardError::NotFound`] where there is no such folder, [`BoardError::Invalid`] for a root that is no fingerprint. What does not
/// hold stands in the answer's findings.
pub fn verify_export(folder: &Path, root: Option<&str>) -> Answer<CheckedExport> {
    if !folder.join(LIST).is_file() {
        return Err(BoardError::not_found("export", folder.join(LIST).display()));
    }
    let root = root
        .map(|text| text.trim().parse().map(RosterFingerprint))
        .transpose()
        .map_err(|_| BoardError::invalid("roster_root", "A roster root is 64 lower-case hexadecimal digits."))?;
    let mut look = Look { folder, files: list(folder)?, findings: Vec::new() };
    look.compare_list()?;
    let entries = look.entries()?;
    let parsed: Vec<Entry> = entries.values().cloned().collect();
    let rosters = look.rosters()?;
    let mut checked = CheckedExport {
        board: String::new(),
        roster_root: String::new(),
        roster_words: String::new(),
        anchored: root.is_some(),
        files: u32::try_from(look.files.len()).unwrap_or(u32::MAX),
        entries: u32::try_from(entries.len()).unwrap_or(u32::MAX),
        findings: Vec::new(),
    };
    let chain = RosterChain::verify(&rosters, &parsed).and_then(|chain| chain.check_newest(&parsed).map(|()| chain));
    match chain {
        Ok(chain) => {
            let fingerprint = chain.fingerprint();
            if root.is_some_and(|root| root != fingerprint) {
                look.find("roster-root", "rosters/1.json", format!("the roster root is {fingerprint}"));
            }
            checked.board.clone_from(&chain.current().roster().name);
            checked.roster_root = fingerprint.to_string();
            checked.roster_words = fingerprint.words().join(" ");
            look.everything(&chain, &entries, rosters)?;
        }
        // Then nothing more can be said of what the entries are worth.
        Err(refusal) => look.find(refusal.code.as_str(), format!("rosters/, {}", refusal.place), &refusal.what),
    }
    checked.findings = look.findings;
    Ok(checked)
}

impl Look<'_> {
    fn find(&mut self, code: &str, place: impl Into<String>, why: impl std::fmt::Display) {
        self.findings.push(Finding { code: code.to_owned(), place: place.into(), why: why.to_string() });
    }

    fn read(&self, name: &str) -> Answer<Vec<u8>> {
        let path = self.folder.join(name);
        std::fs::read(&path).map_err(|source| in_files(store::StoreError::Io { path, source }))
    }

    /// The names in `dir/` that end so.
    fn names(&self, dir: &str, end: &str) -> Vec<String> {
        self.files.keys().filter(|name| name.starts_with(dir) && name.ends_with(end)).cloned().collect()
    }

    /// Every file is as listed, none is missing, none is there besides.
    fn compare_list(&mut self) -> Answer<()> {
        let text = String::from_utf8_lossy(&self.read(LIST)?).into_owned();
        let mut listed: BTreeMap<&str, &str> = BTreeMap::new();
        for (number, line) in text.lines().enumerate() {
            match line.split_once("  ") {
                Some((digest, name)) if listed.insert(name, digest).is_none() => {}
                Some(_) | None => self.find("list", format!("{LIST}, line {}", number + 1), "not a digest and a file"),
            }
        }
        let files = self.files.clone();
        for (name, digest) in &files {
            match listed.remove(name.as_str()) {
                Some(given) if given == digest.to_string() => {}
                Some(_) => self.find("file-differs", name, "is not the file that was exported"),
                None => self.find("file-unlisted", name, "was not exported with the others"),
            }
        }
        let missing: Vec<String> = listed.keys().map(|name| (*name).to_owned()).collect();
        for name in missing {
            self.find("file-missing", name, "was exported and is not here");
        }
        Ok(())
    }

    /// Every entry that can be read, by its file; each stands where its file says.
    fn entries(&mut self) -> Answer<BTreeMap<String, Entry>> {
        let mut entries = BTreeMap::new();
        for name in self.names("entries/", ".dsse") {
            match Entry::parse(&self.read(&name)?) {
                Ok(entry) => {
                    if !place_of(&name).is_some_and(|(log, seq, id)| {
                        let same = entry.log().id == log && entry.log().seq == seq;
                        same && id.is_none_or(|id| entry.id().to_string().starts_with(&id))
                    }) {
                        self.find("misplaced", &name, format!("holds {}", entry.place()));
                    }
                    entries.insert(name, entry);
                }
                Err(refusal) => self.find(refusal.code.as_str(), name, &refusal),
            }
        }
        Ok(entries)
    }

    fn rosters(&mut self) -> Answer<Vec<Vec<u8>>> {
        let mut versions = BTreeMap::new();
        for name in self.names("rosters/", ".json") {
            let number =
                name.strip_prefix("rosters/").and_then(|n| n.strip_suffix(".json")).and_then(|n| n.parse().ok());
            let number: u32 = number.unwrap_or(u32::MAX);
            versions.insert(number, self.read(&name)?);
        }
        Ok(versions.into_values().collect())
    }

    /// The policies in the order in which they were adopted.
    fn policies(&mut self, entries: &[Entry]) -> Answer<Vec<Vec<u8>>> {
        let links: Vec<_> = entries.iter().map(verify::link).collect();
        let order = record::chain::causal_order(&links);
        let rank = |digest: Digest| {
            order.iter().position(|id| {
                let adopts = |e: &&Entry| e.predicate().is_some_and(|p| matches!(p.body, Body::Policy { .. }));
                let entry = entries.iter().filter(adopts).find(|e| e.id() == *id);
                entry.is_some_and(|e| e.statement().subjects.iter().any(|s| s.sha256 == digest))
            })
        };
        let mut ranked = Vec::new();
        for name in self.names("policies/", ".json") {
            let bytes = self.read(&name)?;
            let digest = Digest::of(&bytes);
            if name != format!("policies/{digest}.json") {
                self.find("policy", &name, "is not the policy of its name");
                continue;
            }
            match rank(digest) {
                Some(rank) => ranked.push((rank, bytes)),
                None => self.find("policy", &name, "was adopted by no entry"),
            }
        }
        ranked.sort();
        Ok(ranked.into_iter().map(|(_, bytes)| bytes).collect())
    }

    /// What is judged under a roster that holds.
    fn everything(
        &mut self,
        chain: &RosterChain,
        entries: &BTreeMap<String, Entry>,
        rosters: Vec<Vec<u8>>,
    ) -> Answer<()> {
        let policies = self.policies(&entries.values().cloned().collect::<Vec<_>>())?;
        self.record(chain, entries, &policies);
        let envelopes = entries.values().map(|entry| entry.bytes().to_vec()).collect();
        let folded = BoardState::load(&Stored { rosters, policies, envelopes, ..Stored::default() });
        // Where the record does not hold, nobody's word takes away what is missing.
        let disposed: BTreeSet<Digest> = match &folded {
            Ok(state) => state.ledger.disposals.keys().copied().collect(),
            Err(_) => BTreeSet::new(),
        };
        self.shown(entries, &disposed)?;
        match folded {
            Ok(state) => {
                self.sealed(&state);
                self.projection(&state)
            }
            Err(error) => {
                self.find("record", "entries/", error);
                Ok(())
            }
        }
    }

    /// Each entry by itself, by the name of its file; then all of them as logs.
    fn record(&mut self, chain: &RosterChain, entries: &BTreeMap<String, Entry>, policies: &[Vec<u8>]) {
        let policies = Policies::of(policies.iter().map(Vec::as_slice));
        let context = Context { policies: Some(&policies), duties: Some(&judge_duties), ..Context::of(chain) };
        for (name, entry) in entries {
            if let Err(refusal) = verify::verify_entry(entry.bytes(), &context) {
                self.find(refusal.code.as_str(), name, &refusal);
            }
        }
        let bytes = entries.values().map(Entry::bytes);
        let verified = verify::verify_log(bytes, &context, &BTreeMap::new());
        let alone: BTreeSet<String> = self.findings.iter().map(|f| f.code.clone()).collect();
        let among = verified.refusals.iter().filter(|refusal| !alone.contains(refusal.code.as_str()));
        let open = |fault: &&Fault| match fault {
            Fault::Fork { log, seq, .. } => !verified.settled.contains(&(*log, *seq)),
            Fault::Gap { .. } | Fault::Prev { .. } | Fault::SeenMissing { .. } => true,
        };
        let faults: Vec<_> = verified.faults.iter().filter(open).map(Fault::refusal).collect();
        for refusal in among.chain(&faults) {
            self.find(refusal.code.as_str(), &refusal.place, &refusal.what);
        }
    }

    /// Blobs are what their names say, and what was shown to those who signed is here, unless it was disposed of.
    fn shown(&mut self, entries: &BTreeMap<String, Entry>, disposed: &BTreeSet<Digest>) -> Answer<()> {
        for name in self.names("blobs/", "") {
            let digest = self.files.get(&name).map(ToString::to_string).unwrap_or_default();
            if name != format!("blobs/{}/{digest}", &digest[..2]) {
                self.find("blob", name, "the bytes are not those of its name");
            }
        }
        let blob = |digest: Digest| format!("blobs/{}/{digest}", &digest.to_string()[..2]);
        for entry in entries.values() {
            let Some(Body::SignOff(body)) = entry.predicate().map(|p| &p.body) else { continue };
            for subject in &entry.statement().subjects {
                if let Some(written) = body.written.as_ref().filter(|written| !disposed.contains(&written.raw)) {
                    self.written(body, written, subject.sha256, &blob(written.raw))?;
                }
                let name = blob(subject.sha256);
                if !self.files.contains_key(&name) {
                    self.find(
                        "subject",
                        entry.place(),
                        format!("what was shown of {} is not here: {name}", body.change),
                    );
                    continue;
                }
                match Manifest::parse(&self.read(&name)?) {
                    Ok(manifest) => {
                        let kept = manifest.digests().into_iter().filter(|digest| !disposed.contains(digest));
                        for missing in kept.map(blob).filter(|n| !self.files.contains_key(n)) {
                            self.findings.push(Finding {
                                code: "blob-missing".to_owned(),
                                place: missing,
                                why: format!("was shown for {} and is not here", body.change),
                            });
                        }
                    }
                    Err(refusal) => self.find(refusal.code.as_str(), name, &refusal),
                }
            }
        }
        Ok(())
    }

    /// The comment or mail behind a sign-off says what the entry quotes.
    fn written(&mut self, body: &SignOffBody, written: &Written, shown: Digest, name: &str) -> Answer<()> {
        if !self.files.contains_key(name) {
            self.find(
                "blob-missing",
                name,
                format!("holds the words of a sign-off on {} and is not here", body.change),
            );
            return Ok(());
        }
        let stored = self.read(name)?;
        let held = Blob::from_stored(&stored, written.raw).and_then(|raw| check_raw(body, written, shown, &raw.bytes));
        if let Err(refusal) = held {
            self.find(refusal.code.as_str(), name, &refusal);
        }
        Ok(())
    }

    /// The sealed files are those the record names.
    fn sealed(&mut self, state: &BoardState) {
        let mut named: BTreeMap<String, Vec<Digest>> = BTreeMap::new();
        for (id, meeting) in &state.ledger.meetings {
            // The one that the chair sealed, or a newer one that others signed.
            let signed = meeting.countersigned.iter().map(|one| one.sealed.pdf);
            let any: Option<Vec<Digest>> = meeting.minutes.last().map(|sealed| signed.chain([sealed.pdf]).collect());
            named.extend(any.map(|any| (minutes_file(*id), any)));
            named.extend(meeting.extracts.iter().map(|(change, sealed)| (extract_file(change, *id), vec![sealed.pdf])));
            named.extend((1..).zip(&meeting.annexes).map(|(n, annex)| (annex_file(*id, n), vec![annex.sealed.pdf])));
            let errata = (1..).zip(&meeting.errata_sealed);
            named.extend(errata.map(|(n, erratum)| (erratum_file(*id, n), vec![erratum.sealed.pdf])));
        }
        for (file, any) in named {
            let name = format!("minutes/{file}");
            match self.files.get(&name) {
                Some(found) if any.contains(found) => {}
                Some(_) => self.find("sealed-differs", name, "is not the file the record names"),
                None => self.find("sealed-missing", name, "the record names it, and it is not here"),
            }
        }
    }

    /// Every line of the projection follows from the entries.
    fn projection(&mut self, state: &BoardState) -> Answer<()> {
        let name = "projection.jsonl";
        if !self.files.contains_key(name) {
            return Ok(());
        }
        let mut expected: BTreeMap<(String, String), Value> = BTreeMap::new();
        for row in crate::writer::projection_rows(state, &state.ledger.all())? {
            let Some(json) = row.json else { continue };
            let value = serde_json::from_str(&json).map_err(|e| BoardError::internal(&e))?;
            expected.insert((row.noun, row.id), value);
        }
        let text = self.read(name)?;
        for (number, line) in String::from_utf8_lossy(&text).lines().enumerate() {
            let place = format!("{name}, line {}", number + 1);
            let Ok(value) = serde_json::from_str::<Value>(line) else {
                self.find("projection", place, "is no JSON");
                continue;
            };
            let part = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            match expected.remove(&(part("noun"), part("id"))) {
                Some(row) if value.get("row") == Some(&row) => {}
                Some(_) => self.find("projection", place, "is not what the entries say"),
                None => self.find("projection", place, "no entry says so"),
            }
        }
        for (noun, id) in expected.into_keys() {
            self.find("projection", name, format!("says nothing of {noun} {id}"));
        }
        Ok(())
    }
}

/// Log, position and, for a second entry there, the beginning of its id, as a file's name says.
fn place_of(name: &str) -> Option<(LogId, u32, Option<String>)> {
    let (log, file) = name.strip_prefix("entries/")?.split_once('/')?;
    let log = log.replacen('-', ":", 1).parse().ok()?;
    let place = file.strip_suffix(".dsse")?;
    let (seq, id) = place.split_once('-').map_or((place, None), |(seq, id)| (seq, Some(id.to_owned())));
    Some((log, seq.parse().ok()?, id))
}
