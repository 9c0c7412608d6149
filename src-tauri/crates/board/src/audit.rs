//! Looking over a whole data folder, without a key: the record, its plain copies, blobs, sealed files, projection.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, Utc};
use domain::disposal::Disposal;
use domain::entry::{Body, Head};
use domain::ids::{Digest, LogId, MemberId};
use domain::ledger::Sealed;
use domain::roster::Roster;
use record::entry::Entry;
use record::manifest::{Blob, Manifest};
use record::verify::{self, Context, Policies};
use record::written::check_raw;
use serde::Serialize;
use store::{Folder, Store, StoreError};

use crate::backup::in_files;
use crate::cabinet::{VaultChoice, read_stored, stored, writes_here};
use crate::error::{Answer, BoardError};
use crate::imported::is_copy;
use crate::keys::{Keys, vault_of};
use crate::minutes::{OTHER_LAYOUT, annex_file, erratum_file, extract_file, minutes_file, verify_minutes};
use crate::state::{BoardState, judge_duties};

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable code.
    pub code: String,
    /// The entry or file, by name.
    pub place: String,
    /// What is wrong.
    pub why: String,
}

/// Bytes that are gone by an entry of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisposedBlob {
    /// The digest under which they were kept.
    pub sha256: Digest,
    /// The change, where it was said of one.
    pub change: Option<String>,
    /// Whose word it is.
    pub by: String,
    /// When, as claimed.
    pub at: String,
    /// The ground, in a word.
    pub ground: String,
    /// Why.
    pub why: String,
    /// Whether they are in the folder all the same.
    pub still_here: bool,
}

/// What was found in a data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordReport {
    /// The board.
    pub board: String,
    /// A sample board proves nothing about anybody.
    pub sample: bool,
    /// Fingerprint of the roster root.
    pub roster_root: String,
    /// The same in six words.
    pub roster_words: String,
    /// Entries read.
    pub entries: u32,
    /// Logs they stand in.
    pub logs: u32,
    /// Blobs compared with their digests.
    pub blobs: u32,
    /// Blobs that were disposed of: gone by somebody's word, and not lost.
    pub disposed: Vec<DisposedBlob>,
    /// Sealed files verified.
    pub sealed: u32,
    /// Sealed files of members who do not write in this folder: they lie where they were sealed, and were never here.
    pub sealed_elsewhere: u32,
    /// Of those verified, such that another edition of Cabinet drew: they are the files that the record names, signatures and
    /// evidence hold, and their pages were not compared with it.
    pub other_layout: u32,
    /// The folder is a copy that was made from evidence.
    pub copy: bool,
    /// In a copy, what was shown to who signed and is not in the evidence; such places are no findings.
    pub not_in_evidence: u32,
    /// Whether the heads beside the keys were compared, or why not.
    pub heads: String,
    /// Digest of the projection.
    pub projection: Digest,
    /// Everything that does not hold; empty on a sound board.
    pub findings: Vec<Finding>,
}

/// The newest roster document of a folder, read but not verified.
pub(crate) async fn newest_roster(store: &Store) -> Answer<Roster> {
    let newest =
        store.roster().await.map_err(stored)?.ok_or_else(|| BoardError::not_found("roster", "in this folder"))?;
    record::canonical::read(&newest.bytes, record::json::Limits::ENTRY).map_err(|e| BoardError::internal(&e))
}

/// Where the keys of the board in a folder live, as its roster names it: `keyring`, `file`, `sample`. `None` where
/// there is no board.
///
/// # Errors
/// What the store says of a folder that holds a board.
pub async fn keystore_of(data_dir: &Path, now: DateTime<Utc>) -> Answer<Option<String>> {
    let folder = Folder::new(data_dir);
    if !folder.holds_board() {
        return Ok(None);
    }
    let store = Store::open(&folder, now).await.map_err(in_files)?;
    let (roster, copy) = (newest_roster(&store).await, is_copy(&store).await);
    store.close().await;
    if copy? {
        // It has none, whatever the roster says of its members'.
        return Ok(None);
    }
    Ok(roster?.members.iter().flat_map(|m| &m.keys).map(|k| k.keystore.clone()).next())
}

/// Verifies everything in a data folder. With a `vault` that answers, the heads beside the keys are compared as well;
/// without, an older copy of the folder cannot be told from the newest.
///
/// # Errors
/// [`BoardError::NotFound`] without a board, [`BoardError::Verification`] when the roster chain itself does not hold:
/// then nothing more can be said.
pub async fn verify_folder(data_dir: &Path, vault: Option<&VaultChoice>, now: DateTime<Utc>) -> Answer<RecordReport> {
    let folder = Folder::new(data_dir);
    let store = Store::open(&folder, now).await.map_err(|error| {
        if let StoreError::Corrupt { what } = &error {
            return BoardError::Verification {
                code: "database-damaged".to_owned(),
                what: folder.database().display().to_string(),
                why: format!("{what}; nothing was changed"),
            };
        }
        in_files(error)
    })?;
    let report = look(&store, &folder, vault).await;
    store.close().await;
    report
}

async fn look(store: &Store, folder: &Folder, vault: Option<&VaultChoice>) -> Answer<RecordReport> {
    let mut findings = Vec::new();
    let roster = newest_roster(store).await?;
    let here = writes_here(store, &roster).await?;
    let copy = is_copy(store).await?;
    let (witnessed, heads) = if copy {
        (BTreeMap::new(), "not compared: a copy made from evidence has no keys".to_owned())
    } else {
        heads_beside(folder, &roster, here.clone(), vault).await
    };
    let bytes = read_stored(store, witnessed).await?;
    let state = BoardState::load(&bytes)?;
    if let Err(error) = store.integrity_check().await {
        findings.push(finding("database-damaged", "cabinet.db", error));
    }
    let entries = look_at_entries(store, folder, &state, &mut findings).await?;
    // What one entry alone does not show: gaps, forks, omissions, heads that are gone.
    let words = |text: &str| text.split(" (").next().unwrap_or_default().to_owned();
    let told: BTreeSet<String> = findings.iter().map(|f| words(&f.why)).collect();
    let of_the_whole: Vec<Finding> = state
        .problems
        .iter()
        .filter(|p| !told.contains(&words(p)))
        .map(|p| finding("record", "the record", p))
        .collect();
    findings.extend(of_the_whole);
    let blobs = look_at_blobs(store, &state, &mut findings).await?;
    let had: Option<BTreeSet<Digest>> = if copy {
        Some(store.blobs().await.map_err(stored)?.into_iter().map(|blob| blob.digest).collect())
    } else {
        None
    };
    let not_in_evidence = look_at_manifests(store, &state, &entries, had.as_ref(), &mut findings).await;
    let looked = look_at_sealed(folder, &state, here.as_ref(), &mut findings).await?;
    look_at_projection(store, &state, &mut findings).await?;
    let fingerprint = state.rosters.fingerprint();
    Ok(RecordReport {
        board: state.roster().name.clone(),
        sample: roster.members.iter().flat_map(|m| &m.keys).any(|k| k.keystore == "sample"),
        roster_root: fingerprint.to_string(),
        roster_words: fingerprint.words().join(" "),
        entries: state.entries,
        logs: u32::try_from(state.heads.len()).unwrap_or(u32::MAX),
        blobs,
        disposed: disposed(&state, folder),
        sealed: looked.verified,
        sealed_elsewhere: looked.elsewhere,
        other_layout: looked.other_layout,
        copy,
        not_in_evidence,
        heads,
        projection: store.projection_digest().await.map_err(stored)?,
        findings,
    })
}

fn finding(code: &str, place: impl Into<String>, why: impl std::fmt::Display) -> Finding {
    Finding { code: code.to_owned(), place: place.into(), why: why.to_string() }
}

/// Heads known beside the keys, and what to say of the comparison.
async fn heads_beside(
    folder: &Folder,
    roster: &Roster,
    here: Option<BTreeSet<MemberId>>,
    vault: Option<&VaultChoice>,
) -> (BTreeMap<LogId, Head>, String) {
    let Some(choice) = vault else {
        return (BTreeMap::new(), "not compared: no vault was opened".to_owned());
    };
    let heads = match vault_of(choice, folder, false) {
        Ok(vault) => Keys::new(vault, roster).of_folder(here).heads().await,
        Err(error) => Err(error),
    };
    match heads {
        Ok(heads) => {
            let words = format!("compared: {} known beside the keys", heads.len());
            (heads, words)
        }
        Err(error) => (BTreeMap::new(), format!("not compared: {error}")),
    }
}

/// Each entry by itself, and its plain copy.
async fn look_at_entries(
    store: &Store,
    folder: &Folder,
    state: &BoardState,
    findings: &mut Vec<Finding>,
) -> Answer<Vec<Entry>> {
    let policies = store.policies().await.map_err(stored)?;
    let policies = Policies::of(policies.iter().map(|policy| policy.bytes.as_slice()));
    let context = Context { policies: Some(&policies), duties: Some(&judge_duties), ..Context::of(&state.rosters) };
    let mut held = Vec::new();
    for kept in store.all_entries().await.map_err(stored)? {
        let place = format!("entry {} of log {} ({})", kept.seq, kept.log.key.short(), kept.kind);
        match verify::verify_entry(&kept.envelope, &context) {
            Ok(entry) if entry.id() != kept.id || entry.log().id != kept.log || entry.log().seq != kept.seq => {
                findings.push(finding("misplaced", &place, "the row names another entry than its bytes are"));
            }
            Ok(entry) => held.push(entry),
            Err(refusal) => findings.push(finding(refusal.code.as_str(), &place, &refusal)),
        }
        let path = folder.entry_or_rival(kept.log, kept.seq, kept.rival.then_some(kept.id));
        match std::fs::read(&path) {
            Ok(copy) if copy == kept.envelope => {}
            Ok(_) => findings.push(finding(
                "copy-differs",
                path.display().to_string(),
                "differs from the entry in the store",
            )),
            Err(error) => findings.push(finding("copy-missing", path.display().to_string(), error)),
        }
    }
    for stray in store.stray_copies().await.map_err(stored)? {
        let path = folder.entry(stray.log, stray.seq).display().to_string();
        findings.push(finding(
            "copy-stray",
            path,
            "the store has no such entry: an older database, or a file put here by hand",
        ));
    }
    Ok(held)
}

/// What is missing is a finding, unless an entry that counts disposed of it.
async fn look_at_blobs(store: &Store, state: &BoardState, findings: &mut Vec<Finding>) -> Answer<u32> {
    let mut compared = 0u32;
    for blob in store.blobs().await.map_err(stored)? {
        match store.blob(blob.digest).await {
            Err(StoreError::BlobMissing(digest)) if state.ledger.disposals.contains_key(&digest) => continue,
            Err(error) => {
                let path = store.folder().blob(blob.digest).display().to_string();
                findings.push(finding("blob", path, error));
            }
            Ok(_) => {}
        }
        compared = compared.saturating_add(1);
    }
    Ok(compared)
}

/// What was disposed of, with whose word it is.
fn disposed(state: &BoardState, folder: &Folder) -> Vec<DisposedBlob> {
    let told = |(digest, disposal): (&Digest, &Disposal)| DisposedBlob {
        sha256: *digest,
        change: disposal.change.as_ref().map(ToString::to_string),
        by: state.name(disposal.actor),
        at: crate::words::time(disposal.claimed),
        ground: disposal.ground.word().to_owned(),
        why: disposal.reason.clone(),
        still_here: folder.blob(*digest).is_file(),
    };
    state.ledger.disposals.iter().map(told).collect()
}

/// What was shown to those who signed is here, and is what they signed. Of a copy `had` is what came with its evidence: what
/// never came is lost by nobody. How much that is.
async fn look_at_manifests(
    store: &Store,
    state: &BoardState,
    entries: &[Entry],
    had: Option<&BTreeSet<Digest>>,
    findings: &mut Vec<Finding>,
) -> u32 {
    let mut never_here = 0u32;
    let never_came = |digest: Digest| had.is_some_and(|had| !had.contains(&digest));
    for entry in entries {
        let Some(Body::SignOff(body)) = entry.predicate().map(|p| &p.body) else { continue };
        let place = format!("sign-off {} of {}", entry.id().short(), body.change);
        for subject in &entry.statement().subjects {
            if let Some(written) = &body.written {
                let raw = match store.blob(written.raw).await {
                    Ok(bytes) => Blob::from_stored(&bytes, written.raw)
                        .and_then(|raw| check_raw(body, written, subject.sha256, &raw.bytes)),
                    Err(StoreError::BlobMissing(raw)) if state.ledger.disposals.contains_key(&raw) => Ok(()),
                    Err(StoreError::BlobMissing(raw)) if never_came(raw) => {
                        never_here = never_here.saturating_add(1);
                        Ok(())
                    }
                    Err(error) => {
                        findings.push(finding("written-missing", &place, error));
                        Ok(())
                    }
                };
                findings.extend(raw.err().map(|refusal| finding(refusal.code.as_str(), &place, &refusal)));
            }
            let manifest = match store.blob(subject.sha256).await {
                Ok(bytes) => Manifest::parse(&bytes),
                Err(error) => {
                    findings.push(finding("manifest-missing", &place, error));
                    continue;
                }
            };
            match manifest {
                Ok(manifest) => {
                    for digest in manifest.digests() {
                        match store.blob(digest).await {
                            Ok(_) => {}
                            Err(StoreError::BlobMissing(gone)) if state.ledger.disposals.contains_key(&gone) => {}
                            Err(StoreError::BlobMissing(gone)) if never_came(gone) => {
                                never_here = never_here.saturating_add(1);
                            }
                            Err(error) => findings.push(finding("shown-missing", &place, error)),
                        }
                    }
                }
                Err(refusal) => findings.push(finding(refusal.code.as_str(), &place, &refusal)),
            }
        }
    }
    never_here
}

/// How many sealed files were looked at.
#[derive(Default)]
struct SealedFiles {
    verified: u32,
    elsewhere: u32,
    other_layout: u32,
}

/// The sealed files are those the record names, and hold under the board's own certificate root: how many were verified,
/// how many lie elsewhere, and of how many the pages were not compared. What a member sealed who writes in this folder (`here`; `None`: everybody does) must be
/// here; of the others' files one that is here is held to the same.
async fn look_at_sealed(
    folder: &Folder,
    state: &BoardState,
    here: Option<&BTreeSet<MemberId>>,
    findings: &mut Vec<Finding>,
) -> Answer<SealedFiles> {
    let mut files: Vec<(String, &Sealed, Vec<Digest>)> = Vec::new();
    for (id, meeting) in &state.ledger.meetings {
        // A newer file that others signed takes the place of the one that the chair sealed, once it has come.
        let signed = || meeting.countersigned.iter().map(|one| one.sealed.pdf).collect();
        files.extend(meeting.minutes.last().map(|sealed| (minutes_file(*id), sealed, signed())));
        files.extend(meeting.extracts.iter().map(|(change, sealed)| (extract_file(change, *id), sealed, Vec::new())));
        files.extend((1..).zip(&meeting.annexes).map(|(n, annex)| (annex_file(*id, n), &annex.sealed, Vec::new())));
        let errata = (1..).zip(&meeting.errata_sealed);
        files.extend(errata.map(|(n, erratum)| (erratum_file(*id, n), &erratum.sealed, Vec::new())));
    }
    let files: Vec<(String, Vec<Digest>, bool)> = files
        .into_iter()
        .map(|(name, sealed, mut any)| {
            any.push(sealed.pdf);
            (name, any, here.is_none_or(|members| members.contains(&sealed.actor)))
        })
        .collect();
    let root = state.roster().certificate_root.clone();
    let dir = folder.minutes();
    let (found, looked) = crate::minutes::off_thread(move || {
        let trust = minutes::TrustAnchor::parse(&root).map_err(|e| BoardError::internal(&e))?;
        let (mut found, mut looked) = (Vec::new(), SealedFiles::default());
        for (name, any, ours) in files {
            let path = dir.join(name);
            let place = path.display().to_string();
            let pdf = match std::fs::read(&path) {
                Err(error) if !ours && error.kind() == std::io::ErrorKind::NotFound => {
                    looked.elsewhere = looked.elsewhere.saturating_add(1);
                    continue;
                }
                read => read,
            };
            looked.verified = looked.verified.saturating_add(1);
            match pdf {
                Err(error) => found.push(finding("sealed-missing", place, error)),
                Ok(pdf) if !any.contains(&Digest::of(&pdf)) => {
                    found.push(finding("sealed-differs", place, "the record names another file: its digest differs"));
                }
                Ok(pdf) => match verify_minutes(&pdf, Some(&trust)) {
                    Ok(_) => {}
                    Err(BoardError::Verification { code, .. }) if code == OTHER_LAYOUT => {
                        looked.other_layout = looked.other_layout.saturating_add(1);
                    }
                    Err(BoardError::Verification { code, what, why }) => {
                        found.push(finding(&code, place, format!("{what}: {why}")));
                    }
                    Err(other) => return Err(other),
                },
            }
        }
        Ok((found, looked))
    })
    .await?;
    findings.extend(found);
    Ok(looked)
}

/// The projection is what the record folds to.
async fn look_at_projection(store: &Store, state: &BoardState, findings: &mut Vec<Finding>) -> Answer<()> {
    let rows = crate::writer::projection_rows(state, &state.ledger.all())?;
    for row in rows.iter().filter(|r| r.json.is_some()) {
        let kept = store.projection(&row.noun, &row.id).await.map_err(stored)?;
        if kept != row.json {
            let place = format!("projection of {} {}", row.noun, row.id);
            findings.push(finding("projection", place, "is not what the record says; `cab rebuild` makes it again"));
        }
    }
    Ok(())
}

/// The policy a board starts with, by its word.
///
/// # Errors
/// [`BoardError::Invalid`].
pub fn strength(word: &str) -> Answer<domain::policy::Strength> {
    use domain::policy::Strength;
    [Strength::Observe, Strength::Starter, Strength::Full]
        .into_iter()
        .find(|s| s.word() == word)
        .ok_or_else(|| BoardError::invalid("strength", format!("{word:?} is none of observe, starter, full.")))
}

#[cfg(test)]
mod tests;
